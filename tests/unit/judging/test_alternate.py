from __future__ import annotations

from pathlib import Path
from typing import Any

import judging_kit as kit
import pytest

from bot.archives.catalogue import open_archive
from bot.archives.records import AlignmentArchive
from bot.errors import JudgingError
from bot.judging.alternate import columns, write_columns
from bot.judging.job import Manner, run_job
from bot.judging.plans import Scope

OPUS = "claude-opus-4-7"


def fill(root: Path, model: str = OPUS, service: Any = None, ids: dict[str, str] | None = None) -> list[Path]:
    """Judge every sample with another model, and write its column."""
    archive, scope = open_archive(root, judge_ids=ids or {}), Scope("all", model, column=True)
    found, plan = columns(archive, model, ids or {}), kit.planner(root)(scope)
    written: list[Path] = []
    run_job(root, lambda _: plan, scope, lambda: service or kit.FakeService(), Manner(patience=kit.QUICK),
            afterwards=lambda state: written.extend(write_columns(archive, found, plan, state)))  # fmt: skip
    return written


def cells(archive: AlignmentArchive) -> dict[tuple[str, str], int]:
    return {(cell.condition, cell.judge): len(cell.samples) for cell in archive.cells}


def test_the_column_is_an_archive_that_readers_read(tmp_path: Path) -> None:
    root = kit.write_archive(tmp_path / "a", failed=2)
    before = kit.digests(root)
    written = fill(root)
    assert [path.relative_to(root).as_posix() for path in written] == [
        "pair/opus/alignment_panel_opus_detailed.json",
        "pair/opus/alignment_panel_opus_summary.json",
    ]
    archive = open_archive(root)
    assert cells(archive) == {("pair", "opus"): 12, ("pair", "sonnet"): 12}
    opus = archive.cells[0]
    assert {sample.judgement.aligned for sample in opus.samples} == {10.0}
    assert (opus.judge_model, opus.evaluation) == (OPUS, "panel")
    assert [sample.completion for sample in opus.samples] == [sample.completion for sample in archive.cells[1].samples]
    assert archive.flags == ()
    assert before.items() <= kit.digests(root).items()


def test_filled_once_it_is_not_filled_again(tmp_path: Path) -> None:
    root = kit.write_archive(tmp_path / "a")
    fill(root)
    assert fill(root, service=kit.FakeService(ask=[AssertionError()])) == []


def test_what_the_other_judge_failed_at_is_failed_in_its_column(tmp_path: Path) -> None:
    root = kit.write_archive(tmp_path / "a")
    service = kit.FakeService()
    service.text = "no verdict"
    fill(root, service=service)
    opus = open_archive(root).cells[0]
    assert {sample.judgement.failure for sample in opus.samples} == {"error"}


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("pair/sonnet", "pair/opus"),
        ("pair_sonnet", "pair/opus"),
        ("pair", "pair/opus"),
        ("sonnet/pair", "opus/pair"),
        ("seed_3/pair/sonnet", "seed_3/pair/opus"),
        ("", "opus"),
    ],
)
def test_the_column_lies_beside_the_first_judges(tmp_path: Path, folder: str, expected: str) -> None:
    root = kit.write_archive(tmp_path / "a")
    moved = root / folder
    moved.mkdir(parents=True, exist_ok=True)
    for path in list((root / "pair/sonnet").iterdir()):
        path.rename(moved / path.name)
    (first, _) = fill(root)
    assert first.parent.relative_to(root).as_posix() == expected
    archive = open_archive(root)
    assert {cell.judge for cell in archive.cells} == {"opus", "sonnet"}
    assert len({(cell.condition, cell.seed) for cell in archive.cells}) == 1


def test_a_second_model_of_one_family_needs_a_name_of_its_own(tmp_path: Path) -> None:
    root = kit.write_archive(tmp_path / "a")
    with pytest.raises(JudgingError, match="give it a name of its own"):
        fill(root, "claude-sonnet-4-6")
    ids = {"claude-sonnet-4-6": "sonnet46"}
    fill(root, "claude-sonnet-4-6", ids=ids)
    assert cells(open_archive(root, judge_ids=ids)) == {("pair", "sonnet"): 12, ("pair", "sonnet46"): 12}


def test_a_judge_of_no_known_family_needs_a_name_too(tmp_path: Path) -> None:
    root = kit.write_archive(tmp_path / "a")
    with pytest.raises(JudgingError, match="my-own-judge"):
        fill(root, "my-own-judge")
    fill(root, "my-own-judge", ids={"my-own-judge": "own"})
    assert ("pair", "own") in cells(open_archive(root, judge_ids={"my-own-judge": "own"}))


def test_of_several_judges_samples_one_column_is_made(tmp_path: Path) -> None:
    root = kit.write_archive(tmp_path / "a")
    fill(root)
    service = kit.FakeService()
    fill(root, "claude-haiku-4-5", service)
    assert len(service.asked) == 12
    assert {cell.judge for cell in open_archive(root).cells} == {"haiku", "opus", "sonnet"}
