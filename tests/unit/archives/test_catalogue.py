from __future__ import annotations

from pathlib import Path

import pytest
from archive_builders import Folder, detailed

from bot.archives.catalogue import READERS, open_archive, recognise
from bot.errors import ArchiveError


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("cond/opus/alignment_x_detailed.json", "alignment"),
        ("alignment_detailed.json", "alignment"),
        ("cond/headline.json", "alignment"),
        ("tag/model/t1-task/run0.json", "sweep"),
        ("tag/model/t1-task/run10.json", "sweep"),
        ("model/t1-task/run0.json", "unknown"),
        ("tag/model/t1-task/run0.json.bak", "unknown"),
        ("notes.json", "unknown"),
        ("cond/alignment_x.json", "unknown"),
    ],
)
def test_a_format_is_recognised_by_names(folder: Folder, path: str, expected: str) -> None:
    folder.write(path, {})
    assert recognise(folder.root) == expected


def test_an_empty_folder_is_unknown(folder: Folder) -> None:
    assert recognise(folder.root) == "unknown"


def test_a_missing_folder_is_said_with_the_way_out(tmp_path: Path) -> None:
    for call in (open_archive, recognise):
        with pytest.raises(ArchiveError) as error:
            call(tmp_path / "missing")
        assert error.value.what == "no archive here: no such file or directory"
        assert error.value.where == str(tmp_path / "missing")
        assert error.value.fix


def test_a_file_is_no_folder(folder: Folder) -> None:
    with pytest.raises(ArchiveError, match="an archive is a folder, this is a file"):
        open_archive(folder.write("alignment_x_detailed.json", detailed(1)))


def test_a_path_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for path in (tmp_path / "loop", tmp_path / "nul\0"):
        with pytest.raises(ArchiveError, match="no archive here"):
            open_archive(path)


def test_a_folder_with_nothing_to_count_says_what_is_there_and_what_was_looked_for(folder: Folder) -> None:
    folder.write("note\x1b[31m.json", {})
    (folder.root / "out").symlink_to("/etc/passwd")
    with pytest.raises(ArchiveError) as error:
        folder.open()
    assert error.value.what == (
        "nothing to count in this folder (found 2 files: 'note\\x1b[31m.json', "
        "'out' (a link that leads out of the archive, not followed))"
    )
    assert "alignment_<name>_{detailed,summary}.json" in error.value.fix


def test_a_folder_with_headlines_of_another_form_only_has_nothing_to_count(folder: Folder) -> None:
    folder.write("headline.json", {"rescore_mean_aligned": 3})
    with pytest.raises(ArchiveError, match="nothing to count"):
        folder.open()


def test_a_folder_in_which_every_result_is_broken_is_an_archive_all_the_same(folder: Folder) -> None:
    folder.write("alignment_x_detailed.json", "{")
    archive = folder.open()
    assert (archive.cells, len(archive.unreadable)) == ((), 1)


def test_a_sweep_is_named_as_what_it_is(folder: Folder) -> None:
    folder.write("tag/model/t1-task/run0.json", {})
    with pytest.raises(ArchiveError, match="this is a sweep"):
        folder.open()


def test_an_archive_may_be_reached_by_a_link(folder: Folder, tmp_path: Path) -> None:
    folder.write("cond/alignment_x_detailed.json", detailed(1))
    (tmp_path / "link").symlink_to("issue-7")
    assert open_archive(tmp_path / "link") == folder.open()


def test_every_format_has_one_reader() -> None:
    assert [reader.format for reader in READERS] == ["alignment", "sweep"]
