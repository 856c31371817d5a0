from __future__ import annotations

from pathlib import Path

import judging_kit as kit
import pytest

from bot import sweeps
from bot.archives import files
from bot.archives.asking import Asked
from bot.archives.rejudged import JOURNAL, Line, written
from bot.scoring.facts import Facts

PLACE = "model_a/t1-one/run0.json"


def facts(root: Path, *lines: Line) -> Facts:
    (root / JOURNAL).write_bytes(b"".join(map(written, lines)))
    return sweeps.score(root, Asked(cache=False)).facts


def said(root: Path, kind: str = "verdict", place: str = PLACE, purpose: str = "failed", score: float = 0.5) -> Line:
    digest = files.sha256((root / kit.RUNS / place).read_bytes())
    return Line(
        kind=kind, purpose=purpose, judge_model="claude-sonnet-4-6", judged=digest, file=f"{kit.RUNS}/{place}",
        verdict={"score": score} if kind == "verdict" else {}, failure="" if kind == "verdict" else "max_tokens",
    )  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return kit.write_sweep(tmp_path / "sweep")


def test_a_sweep_says_where_its_judgements_come_from(root: Path) -> None:
    found = facts(root)
    assert (found["standing/original"].value, found["standing/rejudged"].value) == (7, 0)
    assert (found["standing/failed"].value, found["standing/failed/timed_out"].value) == (1, 1)
    assert "rejudged/model_a/before" not in found


def test_the_mean_before_and_after_asking_again(root: Path) -> None:
    found = facts(root, said(root))
    assert found["rejudged/model_a/before"].value == pytest.approx((0.35 + 3 * 0.75) / 4)
    assert found["overall_mean/model_a"].value == pytest.approx((0.6 + 3 * 0.75) / 4)
    assert found["rejudged/model_a/change"].value == pytest.approx(0.25 / 4)
    assert (found["rejudged/model_a/recovered"].value, found["judge_failures/model_a"].value) == (1, 0)
    assert "rejudged/model_b/before" not in found
    assert "sweep/rejudged.jsonl" in {origin.source.path for origin in found["overall_mean/model_a"].origins}


def test_what_was_asked_in_vain_stays_failed_with_its_class(root: Path) -> None:
    found = facts(root, said(root, "failure"))
    assert found["rejudged/model_a/in_vain/max_tokens"].value == 1
    assert found["standing/failed/max_tokens"].value == 1
    assert found["overall_mean/model_a"].value == found["rejudged/model_a/before"].value


def test_a_recomputed_score_is_no_stored_score_that_differs(root: Path) -> None:
    assert facts(root, said(root))["stored_differs/model_a"].value == 0


def test_the_shift_of_a_sweeps_judge(root: Path) -> None:
    places = ["model_b/t1-one/run0.json", "model_b/t1-two/run1.json"]
    found = facts(root, *(said(root, place=place, purpose="shift", score=0.7) for place in places))
    assert found["shift"].value == pytest.approx(-0.1)
    assert found["shift/n"].value == 2
