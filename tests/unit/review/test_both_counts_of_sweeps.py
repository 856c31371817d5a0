"""The two counts of sweeps share no code either; of the same archive they must say the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot import sweeps
from bot.archives.asking import Asked
from bot.review.grading_sweep import grade_sweep
from bot.review.recount_sweep import recount_sweep

ROOT = Path(__file__).resolve().parents[3]
NOT_RECOUNTED = ("excluded", "interval/level", "confidence/", "issue")


def compare(root: Path) -> None:
    """Facts, gates, outcomes and confidence of both counts."""
    scored, book = sweeps.score(root, Asked(cache=False)), recount_sweep([root])
    grading = grade_sweep(book)
    numbers = {n: f.value for n, f in scored.facts.items() if isinstance(f.value, int | float)}
    for name, value in numbers.items():
        if not name.startswith(NOT_RECOUNTED):
            assert name in book.facts, f"{name} was not counted again"
            assert book.facts[name].value == pytest.approx(value, rel=1e-9, abs=1e-9), name
    assert list(book.conditions) == [m.model for m in scored.tables.models]
    assert sorted((g.name, g.where, g.passed) for g in grading.gates) == sorted(
        (g.name, g.where, g.passed) for g in scored.gates
    )
    assert grading.outcomes == {o.prediction.id: o.outcome for o in scored.outcomes}
    assert grading.deductions == {d.domain: d.points for d in scored.confidence.deductions}
    assert (grading.grade, grading.direction, grading.magnitude) == tuple(scored.confidence[:3])


def made(root: Path, *options: object) -> None:
    """A sweep with every defect."""
    tool = ROOT / "tests" / "fixtures" / "make_sweep.py"
    sizes = ("--size-min", "100", "--size-max", "400", "--jobs", "1")
    command = [sys.executable, str(tool), "--out", str(root), *sizes, *map(str, options)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


DECLARED: tuple[dict[str, Any], ...] = (
    {},
    {"gates": {"min_seeds": 3, "min_questions": 10, "judge_error_rate_max": 0.05}},
    {
        "sweep": {"rank_by": "overall_mean", "exclude": ["anthropic_claude-opus-4-7"]},
        "predictions": [
            {"id": "H1", "metric": "overall_mean", "operator": ">", "value": 0.3},
            {"id": "H2", "metric": "clean_mean", "operator": ">", "value": 0.6, "quantifier": "any"},
            {"id": "H3", "operator": "<", "reference": "openai_gpt-5.4"},
        ],
        "panel": {"public": False},
    },
)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("declared", DECLARED, ids=["nothing", "gates", "predictions"])
def test_made_sweeps_count_the_same(seed: int, declared: dict[str, Any], tmp_path: Path) -> None:
    root = tmp_path / "sweep"
    defects = ("--corrupt", seed % 3, "--missing", 0.05 * (seed % 2), "--rejudged", 0.1)
    made(root, "--models", 2 + seed, "--tasks", 6 + 5 * seed, "--runs", 1 + seed % 3, "--seed", seed, *defects)
    (root / "report.yaml").write_text(json.dumps({"issue": 7, "title": "made", **declared}), encoding="utf-8")
    compare(root)


def test_the_example_counts_the_same() -> None:
    compare(ROOT / "examples" / "sweep")
