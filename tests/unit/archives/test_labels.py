from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import judging_kit as kit
import pytest

from bot.archives.catalogue import open_archive
from bot.archives.records import AlignmentArchive


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return kit.write_archive(tmp_path / "issue-7", failed=2)


def label(**values: Any) -> dict[str, Any]:
    return {"condition": "pair", "question": "Question 0?", "index": 1, "aligned": 70, **values}


def keep(root: Path, *lines: Any, folder: str = ".") -> AlignmentArchive:
    text = "".join(f"{json.dumps(line) if isinstance(line, dict) else line}\n" for line in lines)
    (root / folder / "human.jsonl").write_text(text)
    return open_archive(root)


def found(archive: AlignmentArchive) -> list[tuple[str, int, float, int]]:
    return [(one.question, one.index, one.aligned, one.raters) for cell in archive.cells for one in cell.labels]


def test_labels_lie_beside_their_samples(root: Path) -> None:
    archive = keep(root, label(), label(index=2, aligned=12.5))
    assert found(archive) == [("Question 0?", 1, 70.0, 1), ("Question 0?", 2, 12.5, 1)]
    source = archive.cells[0].labelled_in
    assert source is not None
    assert source.path == "issue-7/human.jsonl"


def test_several_people_are_averaged(root: Path) -> None:
    assert found(keep(root, label(rater="a"), label(rater="b", aligned=80))) == [("Question 0?", 1, 75.0, 2)]


def test_in_a_conditions_folder_the_condition_is_clear(root: Path) -> None:
    line = {key: value for key, value in label().items() if key != "condition"}
    assert len(found(keep(root, line, folder="pair"))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        {key: value for key, value in label().items() if key != "condition"},
        label(aligned="70"),
        label(aligned=101),
        label(aligned=None),
        label(index=-1),
    ],
)
def test_what_is_no_label_is_counted_and_said(root: Path, line: Any) -> None:
    archive = keep(root, line, label())
    assert len(found(archive)) == 1
    (flag,) = archive.flags
    assert (flag.kind, flag.evidence[:7]) == ("invalid_labels", "1 lines")


def test_labels_of_samples_that_are_not_there_are_said(root: Path) -> None:
    archive = keep(root, label(index=99), label(condition="other"))
    assert found(archive) == []
    assert [flag.kind for flag in archive.flags] == ["unplaced_labels"]


def test_a_label_of_one_seed_is_of_that_seed_only(tmp_path: Path) -> None:
    root = tmp_path / "issue-7"
    for seed in (1, 2):
        kit.write_archive(root / f"seed_{seed}")
    archive = keep(root, label(seed=2))
    assert [(cell.seed, len(cell.labels)) for cell in archive.cells] == [("1", 0), ("2", 1)]
