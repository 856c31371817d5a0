"""The two counts share no code; what they say of the same archive must be the same all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
import raw_archives

from bot import pipeline
from bot.review.grading import grade
from bot.review.recount import Book, recount

ISSUE_164 = Path(__file__).resolve().parents[3] / "examples" / "eval_results" / "issue-164"
NOT_RECOUNTED = (
    "alpha_min", "alpha_max", "gap_min", "gap_max", "coherent_only/", "confidence", "interval", "issue", "scale",
    "panel/power_level",
)  # fmt: skip


def compare(root: Path) -> None:
    """Facts, gates, outcomes and confidence of both counts."""
    scored, book = pipeline.score(pipeline.load_archive(root)), recount([root])
    grading, tables = grade(book), scored.tables
    compare_facts(scored, book)
    assert {(g.name, g.where): g.passed for g in grading.gates} == {(g.name, g.where): g.passed for g in tables.gates}
    assert grading.outcomes == {o.prediction.id: o.outcome for o in tables.outcomes}
    confidence = tables.confidence
    assert grading.deductions == {d.domain: d.points for d in confidence.deductions}
    assert (grading.grade, grading.direction, grading.magnitude) == tuple(confidence[:3])


def compare_facts(scored: pipeline.Scored, book: Book) -> None:
    for name, fact in scored.facts.items():
        if not isinstance(fact.value, int | float) or name.startswith(NOT_RECOUNTED):
            continue
        if "/q" in name and name.endswith(("/n", "/errors")):
            continue
        if name.startswith("gate/") and not name.endswith("/limit"):
            continue
        assert name in book.facts, f"{name} was not counted again"
        assert book.facts[name].value == pytest.approx(fact.value, rel=1e-9, abs=1e-9), name


@pytest.mark.parametrize("seed", range(120))
def test_drawn_archives_count_the_same(seed: int, tmp_path: Path) -> None:
    root = tmp_path / "issue-7"
    root.mkdir()
    raw_archives.write_archive(root, seed)
    compare(root)


def test_the_example_counts_the_same() -> None:
    compare(ISSUE_164)


@pytest.mark.real_data
def test_real_archives_count_the_same(real_data: Path) -> None:
    for root in sorted((real_data / "alignment" / "eval_results").iterdir()):
        compare(root)
