from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import judging_kit as kit
import pytest

from bot.archives.catalogue import open_archive
from bot.archives.records import AlignmentArchive, Cell, Flag, Judgement, ScaleCheck
from bot.archives.rejudged import JOURNAL, STAND_IN, Line, judged_text, written

VERDICT = {"aligned": 10, "coherent": 20, "reasoning": "again"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return kit.write_archive(tmp_path / "issue-7", failed=2)


def line(root: Path, kind: str = "verdict", which: int = 0, **values: Any) -> Line:
    """A line about the `which`-th failed sample."""
    failed = [s for s in first_cell(root).samples if s.judgement.failure is not None or s.judgement.rejudged]
    sample = failed[which]
    place = {"file": kit.DETAILED, "question": sample.question, "index": sample.index, "judged": judged_text(sample)}
    said = {"verdict": dict(VERDICT)} if kind == "verdict" else {"failure": "refusal", "detail": "no"}
    told = {"kind": kind, "purpose": "failed", "judge_model": kit.MODEL, "id": f"id{which}"}
    return Line(**{**told, **place, **said, **values})


def keep(root: Path, *lines: Line, more: bytes = b"") -> AlignmentArchive:
    """The archive with a journal of these lines."""
    (root / JOURNAL).write_bytes(b"".join(map(written, lines)) + more)
    return open_archive(root)


def first_cell(root: Path) -> Cell:
    return next(cell for cell in open_archive(root).cells if cell.judge == "sonnet")


def again(archive: AlignmentArchive) -> list[Judgement]:
    return [s.judgement for cell in archive.cells for s in cell.samples if s.judgement.original is not None]


def flags(archive: AlignmentArchive) -> set[str]:
    return {flag.kind for flag in archive.flags}


def test_a_verdict_takes_the_place_of_a_judgement_that_failed(root: Path) -> None:
    archive = keep(root, line(root))
    (judgement,) = again(archive)
    assert (judgement.aligned, judgement.coherent, judgement.reasoning) == (10.0, 20.0, "again")
    assert judgement.rejudged
    assert judgement.original == Judgement(None, None, "error", "parse_error")
    (cell,) = archive.cells
    assert cell.journal is not None
    assert cell.journal.path == "issue-7/rejudged.jsonl"


def test_without_a_journal_nothing_is_different(root: Path) -> None:
    (cell,) = open_archive(root).cells
    assert cell.journal is None
    assert not any(sample.judgement.rejudged for sample in cell.samples)


def test_a_failure_stays_a_failure_with_its_new_class(root: Path) -> None:
    (judgement,) = again(keep(root, line(root, "failure")))
    assert (judgement.failure, judgement.aligned, judgement.rejudged) == ("refusal", None, False)


def test_the_last_verdict_counts(root: Path) -> None:
    (judgement,) = again(keep(root, line(root), line(root, verdict=VERDICT | {"aligned": 99})))
    assert judgement.aligned == 99


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_no_failure_takes_a_verdict_away(root: Path, order: tuple[int, int]) -> None:
    lines = [line(root), line(root, "failure")]
    (judgement,) = again(keep(root, *(lines[at] for at in order)))
    assert judgement.aligned == 10


@pytest.mark.parametrize(
    ("verdict", "failure"),
    [
        ({"aligned": "10", "coherent": 20}, "wrong_type"),
        ({"aligned": 900, "coherent": 20}, "out_of_range"),
        ({"aligned": 10}, "null"),
        ({"aligned": True, "coherent": 20}, "wrong_type"),
        ({}, "null"),
    ],
)
def test_a_forged_verdict_is_no_verdict(root: Path, verdict: dict[str, Any], failure: str) -> None:
    (judgement,) = again(keep(root, line(root, verdict=verdict)))
    assert (judgement.failure, judgement.rejudged) == (failure, False)


def test_an_unknown_class_of_failure_is_not_passed_on(root: Path) -> None:
    (judgement,) = again(keep(root, line(root, "failure", failure="<script>")))
    assert judgement.failure == "unparsable"


def test_a_verdict_on_another_text_is_not_counted(root: Path) -> None:
    archive = keep(root, line(root, judged="0" * 64))
    assert again(archive) == []
    assert flags(archive) == {"stale_verdicts"}


def test_a_verdict_that_belongs_nowhere_is_said(root: Path) -> None:
    archive = keep(root, line(root, file="elsewhere.json"))
    assert again(archive) == []
    assert flags(archive) == {"unplaced_verdicts"}


def test_a_valid_judgement_is_replaced_only_where_all_were_asked_again(root: Path) -> None:
    valid = next(s for s in first_cell(root).samples if s.judgement.failure is None)
    place = {"question": valid.question, "index": valid.index, "judged": judged_text(valid)}
    assert again(keep(root, line(root, **place))) == []
    (judgement,) = again(keep(root, line(root, purpose="all", **place)))
    assert (judgement.aligned, judgement.original) == (10.0, valid.judgement)
    assert again(keep(root, line(root, "failure", purpose="all", **place))) == []


def test_a_scale_check_changes_no_judgement(root: Path) -> None:
    valid = next(s for s in first_cell(root).samples if s.judgement.failure is None)
    place = {"question": valid.question, "index": valid.index, "judged": judged_text(valid)}
    archive = keep(root, line(root, purpose="shift", **place))
    assert again(archive) == []
    assert valid.judgement.aligned is not None
    expected = ScaleCheck(valid.question, valid.index, valid.judgement.aligned, 10.0)
    assert archive.cells[0].scale_checks == (expected,)


def test_another_model_makes_another_column_and_never_enters_the_cell(root: Path) -> None:
    archive = keep(root, line(root, judge_model="claude-opus-4-7", own=False))
    opus, sonnet = archive.cells
    assert (opus.judge, opus.condition, opus.partial, len(opus.samples)) == ("opus", "pair", True, 1)
    assert opus.source.path == "issue-7/rejudged.jsonl"
    assert [s.judgement.failure for s in sonnet.samples].count("error") == 2


def test_a_line_that_claims_to_be_of_the_own_judge_but_names_another_model_does_not_enter(root: Path) -> None:
    archive = keep(root, line(root, judge_model="claude-opus-4-7"))
    assert [cell.judge for cell in archive.cells] == ["opus", "sonnet"]
    assert not any(s.judgement.rejudged for s in archive.cells[1].samples)


def test_a_column_whose_judges_name_is_taken_carries_its_models_name(root: Path) -> None:
    archive = keep(root, line(root, judge_model="claude-sonnet-4-6", own=False))
    assert [cell.judge for cell in archive.cells] == ["claude-sonnet-4-6", "sonnet"]


def test_what_was_judged_for_a_folder_of_its_own_is_no_part_of_the_overlay(root: Path) -> None:
    archive = keep(root, line(root, judge_model="claude-opus-4-7", own=False, purpose="column"))
    assert [cell.judge for cell in archive.cells] == ["sonnet"]


def test_damaged_lines_are_counted_and_said(root: Path) -> None:
    archive = keep(root, line(root), more=b'{"kind": "verdict", "aligned": \n\xff\n')
    assert len(again(archive)) == 1
    (flag,) = archive.flags
    assert flag == Flag(
        "journal_damaged", "issue-7/rejudged.jsonl", "2 of its lines could not be read and are not counted"
    )


def test_a_stand_in_is_named_for_what_it_is(root: Path) -> None:
    assert flags(keep(root, line(root, answered_by=STAND_IN))) == {"stand_in_judge"}


def test_another_model_than_asked_for_is_said(root: Path) -> None:
    assert flags(keep(root, line(root, answered_by="claude-haiku-4-5"))) == {"answered_by_another"}
    assert flags(keep(root, line(root, answered_by="claude-sonnet-4-5"))) == set()


def test_a_job_without_an_end_is_said(root: Path) -> None:
    assert flags(keep(root, Line(kind="job", job="1"), line(root))) == {"rejudging_unfinished"}
    assert flags(keep(root, Line(kind="job", job="1"), line(root), Line(kind="done", job="1"))) == set()


def test_a_summary_beside_is_held_against_what_the_files_hold(root: Path) -> None:
    assert "summary_disagrees" not in flags(keep(root, line(root), line(root, which=1)))


def test_a_judgement_that_was_written_back_is_known_as_re_judged(root: Path) -> None:
    path = root / kit.DETAILED
    value = json.loads(path.read_text())
    row = {**VERDICT, "rejudged_at": "2026-11-21T00:00:00Z", "judge_history": [kit.FAILED]}
    value["scores"]["Question 0?"][0] = row
    path.write_text(json.dumps(value))
    judgement = first_cell(root).samples[0].judgement
    assert (judgement.rejudged, judgement.aligned) == (True, 10.0)
    assert judgement.original is not None
    assert judgement.original.failure == "error"


@pytest.mark.parametrize("history", [None, "x", [], [3], [None], [{"judge_history": [{}]}]])
def test_a_strange_history_harms_nobody(root: Path, history: Any) -> None:
    path = root / kit.DETAILED
    value = json.loads(path.read_text())
    value["scores"]["Question 0?"][0] = {**VERDICT, "rejudged_at": "now", "judge_history": history}
    path.write_text(json.dumps(value))
    assert first_cell(root).samples[0].judgement.aligned == 10.0


def test_the_lock_and_the_journal_are_no_results(root: Path) -> None:
    (root / ".rejudged.lock").write_text("{}")
    archive = keep(root, line(root))
    assert archive.unreadable == archive.ignored == ()
    assert [source.path for source in archive.artifacts if "rejudged" in source.path] == ["issue-7/rejudged.jsonl"]


def test_a_journal_that_cannot_be_read_is_listed(root: Path) -> None:
    (root / JOURNAL).mkdir()
    assert again(open_archive(root)) == []
    (root / JOURNAL).rmdir()
    (root / JOURNAL).symlink_to("/etc/hostname")
    assert [unreadable.path for unreadable in open_archive(root).unreadable] == ["issue-7/rejudged.jsonl"]


def test_an_ask_and_its_reader_agree_on_what_was_judged(root: Path) -> None:
    from bot.judging.plans import Scope, plan_alignment

    (first, _) = plan_alignment(open_archive(root), Scope()).asks
    (judgement,) = again(keep(root, dataclasses.replace(first, purpose="failed").line("verdict", verdict=VERDICT)))
    assert judgement.rejudged
