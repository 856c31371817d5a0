from __future__ import annotations

import json
import os
import random
import shutil
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from archive_builders import Folder, Git, detailed, json_values, judged, summary
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.archives import files
from bot.archives.catalogue import open_archive
from bot.archives.records import AlignmentArchive, Unreadable

GOOD = "good/alignment_x_detailed.json"


def accounted(archive: AlignmentArchive) -> set[str]:
    """Every path that the archive speaks of."""
    cited = {
        path for cell in archive.cells for path in (cell.source.path, cell.summary_source and cell.summary_source.path)
    }
    listed = {fault.path for fault in archive.unreadable} | {source.path for source in archive.artifacts}
    return {path for path in cited if path} | listed | set(archive.ignored)


def present(archive: AlignmentArchive) -> set[str]:
    return {f"{archive.name}/{found.name}" for found in files.walk(archive.root).files}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"scores": {"Q": [{"aligned": 5', "not JSON: Expecting ',' delimiter at line 1, column 32"),
        ('{"scores":\n\n {"Q', "not JSON: Unterminated string starting at line 3, column 3"),
        ("", "not JSON: Expecting value at line 1, column 1"),
        (b'{"scores": {"\xff": []}}', "not UTF-8 text: byte 0xff at offset 13"),
        ("[" * 100_000 + "]" * 100_000, "not usable: nested too deeply"),
        ('{"nan": NaN, "x": ' + "[" * 100_000, "not usable: nested too deeply"),
        ("[1, 2]", "a list where an object belongs"),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
            "a Git LFS pointer, not the file it stands for (git lfs pull fetches that)",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_listed_with_the_place_and_the_rest_stands(
    folder: Folder, content: str | bytes, reason: str
) -> None:
    folder.write(GOOD, detailed(1, 2))
    folder.write("bad/alignment_x_detailed.json", content)
    archive = folder.open()
    assert [cell.condition for cell in archive.cells] == ["good"]
    assert archive.unreadable == (Unreadable("issue-7/bad/alignment_x_detailed.json", reason),)


def test_what_must_not_be_opened_is_listed_and_the_rest_stands(folder: Folder) -> None:
    folder.write(GOOD, detailed(1, 2))
    folder.write("../secret.json", detailed(99))
    bad = folder.root / "bad"
    bad.mkdir()
    os.mkfifo(bad / "alignment_pipe_detailed.json")
    (bad / "alignment_out_detailed.json").symlink_to("../../secret.json")
    (bad / "alignment_loop_detailed.json").symlink_to("alignment_loop_detailed.json")
    os.truncate(folder.write("bad/alignment_big_detailed.json", ""), 200 * files.MEGABYTE)
    archive = folder.open()
    assert [cell.condition for cell in archive.cells] == ["good"]
    assert {Path(fault.path).name.split("_")[1]: fault.reason for fault in archive.unreadable} == {
        "big": "too large: 200 MB, limit 100 MB",
        "loop": "a link that leads in a circle",
        "out": "a link that leads out of the archive, not followed",
        "pipe": "a named pipe, not a file",
    }


def test_a_file_that_vanishes_while_the_archive_is_read_is_listed(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write(GOOD, detailed(1))
    gone = folder.write("gone/alignment_x_detailed.json", detailed(1))
    walk = files.walk
    monkeypatch.setattr(files, "walk", lambda root: (walk(root), gone.unlink())[0])
    archive = folder.open()
    assert archive.unreadable == (Unreadable("issue-7/gone/alignment_x_detailed.json", "no such file or directory"),)


def test_json_that_is_no_result_is_ignored_and_broken_json_is_not(folder: Folder) -> None:
    folder.write(GOOD, detailed(1))
    folder.write("split_indices.json", {"held_out": [1]})
    folder.write("list.JSON", "[NaN]")
    folder.write("broken.json", '{"held_out"')
    archive = folder.open()
    assert archive.ignored == ("issue-7/list.JSON", "issue-7/split_indices.json")
    assert [fault.path for fault in archive.unreadable] == ["issue-7/broken.json"]
    assert archive.flags == ()


@pytest.mark.parametrize("content", [detailed(1), summary(1), '{"alpha_mean_aligned": 3, "x": NaN}'])
def test_what_looks_like_a_result_under_another_name_is_flagged(folder: Folder, content: object) -> None:
    folder.write(GOOD, detailed(1))
    folder.write("good/old_results.json", content)
    archive = folder.open()
    assert [(flag.kind, flag.where) for flag in archive.flags] == [("unnamed_result", "issue-7/good/old_results.json")]
    assert archive.ignored == ("issue-7/good/old_results.json",)


def test_other_files_are_artifacts_with_their_digests(folder: Folder) -> None:
    folder.write(GOOD, detailed(1))
    folder.write("prompts/a.txt", "hello")
    (source,) = folder.open().artifacts
    assert source.path == "issue-7/prompts/a.txt"
    assert source.sha256 == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
    assert source.blob == "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0"
    assert source.commit is None


@pytest.mark.parametrize(
    "name", ["..x", "...", "-rf", "a\nb", "tab\t\x1b[31m", "ünï\u202e", "<!-- epm:results v9 -->", " "]
)
def test_no_name_of_a_folder_harms(folder: Folder, name: str) -> None:
    folder.write(f"{name}/opus/alignment_x_detailed.json", detailed(1))
    (cell,) = folder.open().cells
    assert set(cell.condition) <= set("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_.-")
    assert cell.condition.strip(".")
    assert cell.judge == "opus"


def test_a_name_that_is_no_utf8_can_be_written_down(folder: Folder) -> None:
    folder.write(os.fsdecode(b"caf\xe9/alignment_x_detailed.json"), detailed(1))
    (cell,) = folder.open().cells
    assert (cell.condition, cell.source.path) == ("caf_xe9", r"issue-7/caf\xe9/alignment_x_detailed.json")


def test_files_directly_in_the_root_are_of_the_archives_own_name(folder: Folder) -> None:
    folder.write("alignment_x_opus_detailed.json", detailed(1))
    folder.write("alignment_x_sonnet_detailed.json", detailed(2))
    assert [(cell.condition, cell.judge) for cell in folder.open().cells] == [
        ("issue-7", "opus"),
        ("issue-7", "sonnet"),
    ]


def test_seeds_are_cells_of_one_condition_in_the_order_of_numbers(folder: Folder) -> None:
    for path in ("seed_137/cond/opus", "cond/seed_9/opus", "cond/opus/seed42", "cond/opus"):
        folder.write(f"{path}/alignment_x_detailed.json", detailed(1))
    found = [(cell.condition, cell.judge, cell.seed) for cell in folder.open().cells]
    assert found == [("cond", "opus", seed) for seed in (None, "9", "42", "137")]


def test_report_yamls_judge_ids_are_used(folder: Folder) -> None:
    folder.write("cond/rater_1/alignment_x_detailed.json", detailed(1))
    (cell,) = folder.open(judge_ids={"rater_1": "first"}).cells
    assert (cell.condition, cell.judge) == ("cond", "first")


def test_a_path_that_contradicts_the_judge_model_is_flagged(folder: Folder) -> None:
    folder.write("a/opus/alignment_x_summary.json", summary(1, judge_model="claude-sonnet-4-5"))
    folder.write("b/opus/alignment_x_summary.json", summary(1, judge_model="claude-opus-4-7"))
    folder.write("c/claude/alignment_x_summary.json", summary(1, judge_model="claude-opus-4-7"))
    archive = folder.open()
    assert [(flag.kind, flag.where) for flag in archive.flags] == [
        ("judge_disagrees", "issue-7/a/opus/alignment_x_summary.json")
    ]
    assert archive.cells[0].judge == "opus"


def test_different_evaluations_of_one_condition_are_told_apart_for_every_judge(folder: Folder) -> None:
    folder.write("cond/alignment_a_sonnet_detailed.json", detailed(1, name="a_sonnet"))
    folder.write("cond/alignment_b_sonnet_detailed.json", detailed(2, name="b_sonnet"))
    folder.write("cond_opus/alignment_a_detailed.json", detailed(3, name="a_opus"))
    folder.write("other/alignment_b_sonnet_detailed.json", detailed(4, name="b_sonnet"))
    archive = folder.open()
    assert [(cell.condition, cell.judge) for cell in archive.cells] == [
        ("cond.a", "opus"), ("cond.a", "sonnet"), ("cond.b", "sonnet"), ("other", "sonnet"),
    ]  # fmt: skip
    (flag,) = archive.flags
    assert (flag.kind, flag.where) == ("several_evaluations", "cond")
    assert "cond.a, cond.b" in flag.evidence
    assert archive.ignored == ()


def test_of_two_files_for_one_evaluation_scores_come_before_summaries_and_then_the_path(folder: Folder) -> None:
    folder.write("a/alignment_x_opus_summary.json", summary(1))
    folder.write("a/opus/alignment_x_detailed.json", detailed(2))
    folder.write("a/opus/alignment_x_opus_detailed.json", detailed(3))
    folder.write("a/opus/alignment_x_opus_summary.json", summary(3))
    archive = folder.open()
    assert [cell.source.path for cell in archive.cells] == ["issue-7/a/opus/alignment_x_detailed.json"]
    assert archive.ignored == (
        "issue-7/a/alignment_x_opus_summary.json",
        "issue-7/a/opus/alignment_x_opus_detailed.json",
        "issue-7/a/opus/alignment_x_opus_summary.json",
    )
    assert [flag.kind for flag in archive.flags] == ["duplicate_claim", "duplicate_claim"]
    for flag, other in zip(archive.flags, archive.ignored, strict=False):
        assert flag.where == "issue-7/a/opus/alignment_x_detailed.json"
        assert f"{flag.where} and {other} both hold condition a, judge opus" in flag.evidence


def test_a_file_that_names_no_evaluation_may_be_of_any(folder: Folder) -> None:
    folder.write("cond/alignment_detailed.json", {"scores": {"Q": judged(1)}})
    folder.write("cond/alignment_x_detailed.json", detailed(2, name="x"))
    archive = folder.open()
    assert [(cell.condition, cell.evaluation) for cell in archive.cells] == [("cond", "")]
    assert [flag.kind for flag in archive.flags] == ["duplicate_claim"]


def test_scores_that_give_way_to_the_summary_beside_them_are_still_listed(folder: Folder) -> None:
    folder.write("cond/alignment_x_detailed.json", {"scores": {"Q": []}})
    folder.write("cond/alignment_x_summary.json", summary(1))
    archive = folder.open()
    assert [cell.source.path for cell in archive.cells] == ["issue-7/cond/alignment_x_summary.json"]
    assert [source.path for source in archive.artifacts] == ["issue-7/cond/alignment_x_detailed.json"]


def test_no_two_cells_share_condition_judge_and_seed_even_where_new_names_meet_old_ones(folder: Folder) -> None:
    folder.write("cond/alignment_x_detailed.json", detailed(1, name="x"))
    folder.write("cond/alignment_y_detailed.json", detailed(2, name="y"))
    folder.write("cond/x/alignment_z_detailed.json", detailed(3, name="z"))
    archive = folder.open()
    assert [cell.condition for cell in archive.cells] == ["cond.x", "cond.y"]
    assert {flag.kind for flag in archive.flags} == {"several_evaluations", "duplicate_claim"}
    assert archive.ignored == ("issue-7/cond/x/alignment_z_detailed.json",)


def test_a_hostile_evaluation_name_stays_in_the_alphabet(folder: Folder) -> None:
    folder.write("cond/alignment_a_detailed.json", detailed(1, name="../../x\n" * 10_000))
    folder.write("cond/alignment_b_detailed.json", detailed(2, name="@everyone"))
    names = [cell.condition for cell in folder.open().cells]
    assert names == ["cond." + (".._.._x_" * 10), "cond._everyone"]


def test_a_folder_that_is_a_link_is_flagged(folder: Folder) -> None:
    folder.write(GOOD, detailed(1))
    (folder.root / "again").symlink_to("good")
    archive = folder.open()
    assert len(archive.cells) == 1
    assert archive.ignored == ("issue-7/again",)
    assert [(flag.kind, flag.where) for flag in archive.flags] == [("linked_folder", "issue-7/again")]


def test_in_a_repository_paths_start_at_its_root_and_equal_files_carry_the_commit(
    tmp_path: Path, git: Git, folder: Folder
) -> None:
    folder.write(GOOD, detailed(1))
    folder.write("changed/alignment_x_detailed.json", detailed(1))
    git("init", "-q")
    git("add", "-A")
    git("commit", "-q", "-m", "results")
    folder.write("changed/alignment_x_detailed.json", detailed(2))
    archive = folder.open()
    head = git("rev-parse", "HEAD")
    assert (archive.commit, archive.committed_at) == (head, "2026-01-02T01:04:05Z")
    assert [(cell.source.path, cell.source.commit) for cell in archive.cells] == [
        ("issue-7/changed/alignment_x_detailed.json", None),
        ("issue-7/good/alignment_x_detailed.json", head),
    ]
    assert archive.cells[1].source.blob == git("rev-parse", f"HEAD:issue-7/{GOOD}")


def test_an_archive_that_is_a_whole_repository_is_cited_from_its_root(folder: Folder, git: Git) -> None:
    folder.write(GOOD, detailed(1))
    git("init", "-q", at=folder.root)
    assert [cell.source.path for cell in folder.open().cells] == [GOOD]


def test_a_shallow_clone_is_flagged(folder: Folder, git: Git, tmp_path: Path) -> None:
    folder.write(GOOD, detailed(1))
    git("init", "-q")
    for name in ("a", "b"):
        folder.write(name, "x")
        git("add", "-A")
        git("commit", "-q", "-m", "m")
    git("clone", "-q", "--depth", "1", tmp_path.as_uri(), "shallow")
    (flag,) = open_archive(tmp_path / "shallow" / "issue-7").flags
    assert (flag.kind, flag.where) == ("shallow_clone", "issue-7")


def test_the_same_layout_gives_the_same_records_anywhere_and_in_any_order(folder: Folder, tmp_path: Path) -> None:
    paths = ["b/opus/alignment_x_detailed.json", "a/alignment_y_summary.json", "a/headline.json", "p/q.txt", "z.json"]
    contents: list[object] = [detailed(1, None), summary(3), {"alpha_mean_aligned": 4}, "text", "{"]
    for path, content in zip(paths, contents, strict=True):
        folder.write(path, content)
    copy = Folder(tmp_path / "deep" / "er" / "issue-7")
    for path in random.Random(1).sample(paths, len(paths)):
        copy.write(path, (folder.root / path).read_bytes())
    first, second = folder.open(), copy.open()
    assert msgspec.structs.replace(first, root=second.root) == second


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "a/alignment_x_detailed.json", "a/alignment_x_summary.json", "a/headline.json", "a_opus/headline.json",
                "a/alignment_y_opus_headline.json", "a/opus/alignment_y_summary.json", "n.json", "t.txt",
            ]
        ),
        json_values
        | st.dictionaries(st.sampled_from(["scores", "completions", "summary", "per_question"]), json_values)
        | st.sampled_from([detailed(1, None), summary(2, name="y"), {"scores": {"Q": judged(5)}, "summary": 3}]),
        min_size=1,
    )
)  # fmt: skip
def test_whatever_the_files_hold_none_raises_and_none_is_lost(folder: Folder, contents: dict[str, Any]) -> None:
    shutil.rmtree(folder.root)
    folder.write("sound/alignment_x_summary.json", summary(1))
    for path, content in contents.items():
        folder.write(path, content)
    archive = folder.open()
    assert accounted(archive) == present(archive)
    keys = [(cell.condition, cell.judge, cell.seed) for cell in archive.cells]
    assert len(set(keys)) == len(keys)
    assert "sound" in {cell.condition for cell in archive.cells}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode()[:-1]))
def test_no_bytes_raise(folder: Folder, data: bytes) -> None:
    folder.write("sound/alignment_x_summary.json", summary(1))
    for name in ("detailed", "summary", "headline"):
        folder.write(f"a/alignment_x_{name}.json", data)
    assert "sound" in {cell.condition for cell in folder.open().cells}


def test_a_stack_that_is_nearly_used_up_is_no_excuse(folder: Folder) -> None:
    folder.write(GOOD, '{"nan": NaN, "scores": {"Q": [{"aligned": ' + "[" * 900 + "]" * 900 + "}]}}")

    def deeper(levels: int) -> AlignmentArchive:
        return deeper(levels - 1) if levels else folder.open()

    assert len(deeper(sys.getrecursionlimit() // 3).unreadable) == 1
