from __future__ import annotations

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
