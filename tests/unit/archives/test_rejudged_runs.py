from __future__ import annotations

from pathlib import Path
from typing import Any

import judging_kit as kit
import pytest

from bot.archives import files
from bot.archives.rejudged import JOURNAL, Line, written
from bot.archives.rejudged_runs import lay_over_runs
from bot.archives.sweep import open_sweep
from bot.archives.sweep_records import Run, SweepArchive
from bot.scoring.run_score import recompute

PLACE = "model_a/t1-one/run0.json"
VALID = "model_b/t1-one/run0.json"
VERDICT = {"score": 0.5, "confidence": 1, "reason": "", "rubric_hits": [], "rubric_misses": []}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return kit.write_sweep(tmp_path / "sweep")


def line(root: Path, kind: str = "verdict", place: str = PLACE, **values: Any) -> Line:
    digest = files.sha256((root / kit.RUNS / place).read_bytes())
    said = {"verdict": dict(VERDICT)} if kind == "verdict" else {"failure": "refusal", "detail": "no"}
    told = {"kind": kind, "purpose": "failed", "judge_model": "claude-sonnet-4-6", "judged": digest}
    return Line(**{**told, "file": f"{kit.RUNS}/{place}", **said, **values})


def keep(root: Path, *lines: Line) -> SweepArchive:
    (root / JOURNAL).write_bytes(b"".join(map(written, lines)))
    return lay_over_runs(open_sweep(root, cache=False), lambda run: recompute(run).score)


def run_at(archive: SweepArchive, place: str = PLACE) -> Run:
    return next(run for run in archive.runs if run.place == place)


def test_a_verdict_gives_the_run_its_judges_score_and_its_own_again(root: Path) -> None:
    archive = keep(root, line(root))
    run = run_at(archive)
    assert (run.j, run.judge_failed, run.rejudged) == (0.5, None, True)
    assert run.run_score == pytest.approx(0.2 + 0.1 + 0.05 + 0.25)
    assert archive.as_stored[PLACE].run_score == pytest.approx(0.35)
    assert archive.journal is not None
    assert archive.journal.path == "sweep/rejudged.jsonl"


def test_other_runs_are_as_they_were(root: Path) -> None:
    before = open_sweep(root, cache=False).runs
    after = keep(root, line(root)).runs
    assert [run.place for run, former in zip(after, before, strict=True) if run != former] == [PLACE]


def test_without_a_journal_the_archive_is_the_same(root: Path) -> None:
    archive = open_sweep(root, cache=False)
    assert lay_over_runs(archive, lambda _: None) is archive


def test_a_failure_stays_one_with_its_class(root: Path) -> None:
    run = run_at(keep(root, line(root, "failure")))
    assert (run.judge_failed, run.rejudged) == ("refusal", False)
    assert run.run_score == pytest.approx(0.35)


@pytest.mark.parametrize("score", ["0.5", True, 7, None, float("nan")])
def test_a_forged_score_is_none(root: Path, score: Any) -> None:
    assert run_at(keep(root, line(root, verdict=VERDICT | {"score": score}))).judge_failed == "unparsable"


def test_a_verdict_on_a_file_that_has_changed_is_not_counted(root: Path) -> None:
    said = line(root)
    kit.edit_run(root, PLACE, family="coding")
    archive = keep(root, said)
    assert run_at(archive).judge_failed == "timed_out"
    assert [flag.kind for flag in archive.flags] == ["stale_verdicts"]


def test_a_verdict_of_another_judge_is_never_mixed_in(root: Path) -> None:
    archive = keep(root, line(root, judge_model="claude-opus-4-7"))
    assert run_at(archive).judge_failed == "timed_out"
    assert [flag.kind for flag in archive.flags] == ["stale_verdicts"]


def test_a_valid_judgement_changes_only_where_all_were_asked_again(root: Path) -> None:
    assert not run_at(keep(root, line(root, place=VALID)), VALID).rejudged
    archive = keep(root, line(root, place=VALID, purpose="all"))
    assert run_at(archive, VALID).j == 0.5
    assert [(check.original, check.again) for check in archive.scale_checks] == [(0.8, 0.5)]


def test_a_scale_check_is_kept_apart(root: Path) -> None:
    archive = keep(root, line(root, place=VALID, purpose="shift"))
    assert run_at(archive, VALID).j == 0.8
    assert [(check.original, check.again) for check in archive.scale_checks] == [(0.8, 0.5)]


def test_a_run_that_lacks_a_part_keeps_its_stored_score(root: Path) -> None:
    kit.edit_run(root, PLACE, behavior_result=None)
    run = run_at(keep(root, line(root)))
    assert (run.j, run.run_score) == (0.5, 0.35)


def test_a_journal_that_cannot_be_read_is_listed(root: Path) -> None:
    (root / JOURNAL).symlink_to("/etc/hostname")
    archive = lay_over_runs(open_sweep(root, cache=False), lambda _: None)
    assert [found.path for found in archive.unreadable] == ["sweep/rejudged.jsonl"]
