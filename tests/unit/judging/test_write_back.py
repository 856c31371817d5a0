from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import judging_kit as kit
import pytest

from bot.archives.catalogue import open_archive
from bot.judging import writing as module
from bot.judging.job import Manner, run_job
from bot.judging.plans import Scope
from bot.judging.write_back import Written, history_of, write_back_alignment


def judged(root: Path, scope: Scope | None = None, text: str | None = None) -> Path:
    """An archive whose judge was asked again."""
    service = kit.FakeService()
    service.text = text or service.text
    run_job(root, kit.planner(root), scope or Scope(), lambda: service, Manner(patience=kit.QUICK))
    return root


def write_back(root: Path) -> Written:
    return write_back_alignment(open_archive(root), kit.journal(root))


def detailed(root: Path) -> Any:
    return json.loads((root / kit.DETAILED).read_text())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return judged(kit.write_archive(tmp_path / "issue-7", failed=3))


def test_the_new_judgement_stands_in_the_file_and_the_former_in_its_history(root: Path) -> None:
    before = detailed(root)
    assert write_back(root) == Written(3, 2)
    changed = 0
    for question, rows in detailed(root)["scores"].items():
        for index, row in enumerate(rows):
            former = before["scores"][question][index]
            if former == row:
                continue
            changed += 1
            assert row["judge_history"] == [former] == [kit.FAILED]
            assert (row["aligned"], row["coherent"], row["reasoning"]) == (10, 20, "r")
            assert row["judge_model"] == kit.MODEL
            assert row["rejudged_at"]
            assert "error" not in row
    assert changed == 3


def test_nothing_else_of_the_file_changes(root: Path) -> None:
    before, text = detailed(root), (root / kit.DETAILED).read_text()
    write_back(root)
    after = detailed(root)
    assert after["completions"] == before["completions"]
    assert (root / kit.DETAILED).read_text().split('"completions"')[1] == text.split('"completions"')[1].replace(
        text.split('"summary"')[1], (root / kit.DETAILED).read_text().split('"summary"')[1]
    )


def test_summaries_say_what_the_scores_now_add_up_to_and_what_they_said_first(root: Path) -> None:
    said = detailed(root)["summary"]
    write_back(root)
    now = json.loads((root / kit.DETAILED.replace("detailed", "summary")).read_text())
    assert now == detailed(root)["summary"]
    assert now["n_errors"] == 0
    assert now["before_rejudging"]["n_errors"] == 3
    assert now["before_rejudging"]["overall_mean_aligned"] == said["overall_mean_aligned"]
    archive = open_archive(root)
    assert not [flag for flag in archive.flags if flag.kind == "summary_disagrees"]


def test_the_archive_reads_the_same_with_and_without_its_journal(root: Path) -> None:
    write_back(root)
    with_journal = open_archive(root)
    (root / "rejudged.jsonl").unlink()
    without = open_archive(root)
    assert [s.judgement for s in with_journal.cells[0].samples] == [s.judgement for s in without.cells[0].samples]
    again = [s.judgement for s in without.cells[0].samples if s.judgement.rejudged]
    assert len(again) == 3
    assert all(judgement.original is not None and judgement.original.failure == "error" for judgement in again)


def test_written_back_twice_nothing_changes_any_more(root: Path) -> None:
    write_back(root)
    before = kit.digests(root)
    assert write_back(root) == Written(0, 0)
    assert kit.digests(root) == before


def test_a_verdict_on_a_text_that_is_no_longer_there_is_not_written(root: Path) -> None:
    value = detailed(root)
    value["completions"] = {question: ["other"] * 4 for question in value["completions"]}
    (root / kit.DETAILED).write_text(json.dumps(value))
    assert write_back(root) == Written(0, 0)


def test_failures_are_never_written(tmp_path: Path) -> None:
    root = judged(kit.write_archive(tmp_path / "a", failed=3), text="no verdict")
    before = kit.digests(root)
    assert write_back(root) == Written(0, 0)
    assert kit.digests(root) == before


def test_scale_checks_are_never_written(tmp_path: Path) -> None:
    root = judged(kit.write_archive(tmp_path / "a", failed=1), Scope(shift=5))
    assert write_back(root).verdicts == 1


def test_a_crash_before_the_rename_leaves_the_old_file(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = kit.digests(root)
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("crash")))
    with pytest.raises(OSError, match="crash"):
        write_back(root)
    assert {name: digest for name, digest in kit.digests(root).items() if not name.endswith(".part")} == before
    monkeypatch.undo()
    assert write_back(root).verdicts == 3


def test_the_file_is_on_disk_before_it_takes_the_old_ones_name(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    real = Path.replace
    monkeypatch.setattr(module.os, "fsync", lambda _: steps.append("fsync"))
    monkeypatch.setattr(Path, "replace", lambda self, target: steps.append("replace") or real(self, target))  # type: ignore[func-returns-value]
    write_back(root)
    assert steps[:2] == ["fsync", "replace"]


def test_histories_grow_from_the_oldest_on() -> None:
    first = {"aligned": None, "error": True}
    second = {"aligned": 5, "judge_history": history_of(first)}
    assert history_of(second) == [first, {"aligned": 5}]
    assert history_of(None) == [None]
