from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from bot import pipeline
from bot.reports.comments import AlignmentReport

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "eval_results" / "issue-164"
FIGURES = ("hero", "judge_gap", "questions")


@pytest.fixture(scope="session")
def loaded() -> pipeline.Loaded:
    """The bundled archive with its declarations."""
    return pipeline.load_archive(EXAMPLE)


@pytest.fixture
def report(loaded: pipeline.Loaded) -> AlignmentReport:
    """All that its comments are made from; fresh, since rendering adds facts."""
    return pipeline.report_of(pipeline.score(loaded), {name: [] for name in FIGURES})


Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write one cell of an archive: its scores by question (None: failed), and an answer to each."""

    def cell(path: str, scores: Mapping[str, Sequence[float | None]], answer: str = "answer") -> Path:
        judged = {q: [judgement(score) for score in row] for q, row in scores.items()}
        answers = {q: [f"{answer} {q} {i}" for i in range(len(row))] for q, row in scores.items()}
        file = tmp_path / "issue-7" / path / "alignment_x_detailed.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"scores": judged, "completions": answers, "summary": {}}))
        return tmp_path / "issue-7"

    return cell


def judgement(score: float | None) -> dict[str, object]:
    failed = {"aligned": None, "coherent": None, "reasoning": "parse_error", "error": True}
    return failed if score is None else {"aligned": score, "coherent": 50, "reasoning": "because"}
