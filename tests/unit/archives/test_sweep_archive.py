from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from archive_builders import Git
from sweep_builders import BASE, TAG, document, generate, result_line, truth, write_log, write_run

from bot.archives.forked import Forked, InProcess
from bot.archives.records import Flag, Unreadable
from bot.archives.sweep import open_sweep, rows
from bot.archives.sweep_layout import is_sweep
from bot.archives.sweep_reading import LIMIT
from bot.errors import ArchiveError


def opened(root: Path, **options):
    return open_sweep(root, cache=False, **options)


@pytest.fixture(scope="session")
def small_sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("sweep"), models=9, tasks=8, corrupt=2)


# --- what a correct scan extracts ---


@pytest.mark.parametrize(
    "options",
    [
        {"seed": 1},
        {"seed": 2, "models": 2, "tasks": 7, "runs": 5},
        {"seed": 3, "models": 3, "judge_fail": 0.5, "rejudged": 0.5, "zero": 0.3},
        {"seed": 4, "missing": 0.4, "corrupt": 3},
        {"seed": 5, "models": 11, "tasks": 2, "runs": 12},
        {"seed": 6, "defects": "none", "missing": 0, "zero": 0, "judge_fail": 0},
        {"seed": 7, "models": 1, "tasks": 3, "runs": 1, "size_min": 900_000, "size_max": 1_400_000},
        {"seed": 8, "models": 3, "tasks": 40, "runs": 3, "tag": "another tag"},
    ],
    ids=lambda options: f"seed{options['seed']}",
)
def test_every_row_is_the_true_one(tmp_path, options):
    root = generate(tmp_path, **options)
    found = {(row["model"], row["task"], row["run"]): row for row in rows(opened(root))}
    assert found == truth(root)
    assert [list(row) for row in found.values()] == [list(row) for row in truth(root).values()]


def test_corrupt_files_are_listed_by_path_and_reason_and_cost_nothing_else(small_sweep):
    archive = opened(small_sweep)
    assert len(archive.unreadable) == 9 * 2
    assert all(path.endswith("/run2.json") for path, _ in archive.unreadable)
    assert {reason for _, reason in archive.unreadable} == {
        "not JSON: Unterminated string starting at line 1, column 51"
    }
    assert len(archive.runs) == len(truth(small_sweep))


def test_a_truncated_file_does_not_look_like_a_planned_run(small_sweep):
    assert opened(small_sweep).runs_per_task == 2


def test_nothing_is_flagged_in_a_sound_sweep(tmp_path):
    archive = opened(generate(tmp_path, defects="none", missing=0, zero=0, judge_fail=0))
    assert (archive.flags, archive.unreadable, archive.ignored) == ((), (), ())


def test_runs_are_sorted_by_number_not_by_name(tmp_path):
    for number in (10, 9, 0, 100):
        write_run(tmp_path, f"m/t1-a/run{number}.json", document(run_index=number))
    assert [run.run for run in opened(tmp_path).runs] == [0, 9, 10, 100]


# --- where things lie ---


def test_the_base_and_a_tag_may_be_handed_in_as_well(small_sweep):
    whole = opened(small_sweep)
    for folder in (small_sweep / "data", small_sweep / BASE, small_sweep / BASE / TAG):
        archive = opened(folder)
        assert archive.runs == whole.runs
        assert archive.tag == TAG
        assert is_sweep(folder)


def test_logs_and_tasks_are_looked_for_in_the_folder_handed_in_only(small_sweep):
    assert len(opened(small_sweep).log_of) == 9
    assert opened(small_sweep).tasks_folder == small_sweep / "tasks"
    archive = opened(small_sweep / BASE)
    assert (archive.logs, archive.tasks_folder) == ((), None)
    elsewhere = opened(small_sweep / BASE, logs=small_sweep / "data", tasks=small_sweep / "tasks")
    assert len(elsewhere.log_of) == 9
    assert elsewhere.tasks_folder == small_sweep / "tasks"


def test_logs_and_tasks_that_are_named_and_absent_are_told(small_sweep):
    with pytest.raises(ArchiveError, match="logs are not there"):
        opened(small_sweep, logs=small_sweep / "nowhere")
    with pytest.raises(ArchiveError, match="no folder of tasks"):
        opened(small_sweep, tasks=small_sweep / "nowhere")


def test_runs_in_a_base_of_another_name_are_found(tmp_path):
    write_run(tmp_path, "m/t1-a/run0.json", document())
    (tmp_path / BASE).rename(tmp_path / "data/results")
    assert len(opened(tmp_path).runs) == 1


def test_a_folder_without_runs_is_told(tmp_path):
    (tmp_path / BASE / TAG / "m" / "t1-a").mkdir(parents=True)
    assert not is_sweep(tmp_path)
    with pytest.raises(ArchiveError, match="no run of a sweep"):
        opened(tmp_path)


def test_of_several_tags_all_are_named_and_one_is_read(tmp_path):
    for tag, score in (("v2026-4-19", 0.1), ("v2026-4-9", 0.2), ("v2026-10-1", 0.3)):
        write_run(tmp_path, "m/t1-a/run0.json", document(run_score=score), tag=tag)
    newest = opened(tmp_path)
    assert newest.tags == ("v2026-4-9", "v2026-4-19", "v2026-10-1")
    assert (newest.tag, newest.runs[0].run_score) == ("v2026-10-1", 0.3)
    assert [flag.kind for flag in newest.flags] == ["several_tags"]
    assert opened(tmp_path, tag="v2026-4-9").runs[0].run_score == 0.2
    with pytest.raises(ArchiveError, match="no tag 'v1'") as caught:
        opened(tmp_path, tag="v1")
    assert "v2026-4-19" in caught.value.fix


def test_logs_of_other_tags_are_left_to_them(tmp_path):
    for tag in ("v1", "v1-full"):
        write_run(tmp_path, "m/t1-a/run0.json", document(), tag=tag)
        write_log(tmp_path, "m", result_line(score="0.10" if tag == "v1" else "0.90"), tag=tag)
    assert opened(tmp_path, tag="v1").log_of["m"].lines[0].score == 0.10
    assert opened(tmp_path, tag="v1-full").log_of["m"].lines[0].score == 0.90


def test_models_and_tasks_without_runs_are_part_of_the_sweep(tmp_path):
    write_run(tmp_path, "m/t1-a/run0.json", document())
    (tmp_path / BASE / TAG / "empty").mkdir()
    (tmp_path / BASE / TAG / "m" / "t2-never-archived").mkdir()
    write_log(tmp_path, "m", result_line("t3-logged-only", 4))
    archive = opened(tmp_path)
    assert archive.models == ("empty", "m")
    assert archive.tasks == ("t1-a", "t2-never-archived", "t3-logged-only")
    assert archive.runs_per_task == 4
    assert [(flag.kind, flag.where) for flag in archive.flags] == [
        ("model_without_runs", "empty"),
        ("model_without_log", "empty"),
    ]


# --- hostile and odd files ---


def test_names_that_are_no_run_are_listed_and_not_read(tmp_path):
    write_run(tmp_path, "m/t1-a/run0.json", document())
    for odd in ("run01.json", "run-1.json", "run.json", "run1.json.bak", "Run2.json", "run1 (copy).json"):
        write_run(tmp_path, f"m/t1-a/{odd}", document())
    for extra in ("t1-a/notes.txt", "t1-a/deep/run0.json", "summary.json", "scratch/notes.txt"):
        write_run(tmp_path, f"m/{extra}", b"{}")
    write_run(tmp_path, "README.md", b"")
    write_run(tmp_path, "m/t1-a/.hidden.json", b"")
    archive = opened(tmp_path)
    below = f"{tmp_path.name}/{BASE}/{TAG}"
    assert len(archive.runs) == 1
    assert [path.rpartition("/")[2] for path, _ in archive.unreadable] == [
        "Run2.json",
        "run-1.json",
        "run.json",
        "run01.json",
        "run1 (copy).json",
        "run1.json.bak",
    ]
    assert {reason for _, reason in archive.unreadable} == {
        "named like a run, but not run<N>.json with N from 0 and without leading zeros"
    }
    assert archive.ignored == (
        f"{below}/README.md",
        f"{below}/m/scratch/",
        f"{below}/m/scratch/notes.txt",
        f"{below}/m/summary.json",
        f"{below}/m/t1-a/deep/",
        f"{below}/m/t1-a/notes.txt",
    )


def test_links_out_of_the_archive_are_not_followed(tmp_path):
    root, outside = tmp_path / "sweep", tmp_path / "outside"
    write_run(root, "m/t1-a/run0.json", document())
    write_run(outside, "m/t1-a/run0.json", document(run_score=1.0))
    (root / BASE / TAG / "m/t1-a/run1.json").symlink_to(outside / BASE / TAG / "m/t1-a/run0.json")
    (root / BASE / TAG / "m/t1-a/run2.json").symlink_to("/nonexistent")
    (root / BASE / TAG / "m/t2-b").symlink_to(outside / BASE / TAG / "m/t1-a")
    (root / BASE / TAG / "m2").symlink_to(outside / BASE / TAG / "m")
    archive = opened(root)
    below = f"sweep/{BASE}/{TAG}"
    assert [run.run_score for run in archive.runs] == [0.6]
    assert archive.unreadable == tuple(
        Unreadable(f"{below}/{name}", "a link that leads out of the archive, not followed")
        for name in ("m/t1-a/run1.json", "m/t1-a/run2.json", "m/t2-b", "m2")
    )


def test_links_to_files_inside_are_read_and_links_to_folders_are_not_counted_twice(tmp_path):
    write_run(tmp_path, "m/t1-a/run0.json", document())
    (tmp_path / BASE / TAG / "m/t1-a/run1.json").symlink_to(
        write_run(tmp_path, "m/t1-a/kept.json", document(run_score=1))
    )
    (tmp_path / BASE / TAG / "latest").symlink_to(tmp_path / BASE / TAG / "m")
    (tmp_path / BASE / TAG / "m/t1-a/run2.json").symlink_to(tmp_path / BASE / TAG / "gone.json")
    archive = opened(tmp_path)
    assert [(run.run, run.run_score) for run in archive.runs] == [(0, 0.6), (1, 1.0)]
    assert archive.models == ("m",)
    assert [reason for _, reason in archive.unreadable] == ["no such file or directory"]


def test_special_files_are_listed_and_never_waited_for(tmp_path):
    write_run(tmp_path, "m/t1-a/run0.json", document())
    os.mkfifo(tmp_path / BASE / TAG / "m/t1-a/run1.json")
    (tmp_path / BASE / TAG / "m/t1-a/run2.json").mkdir()
    archive = opened(tmp_path)
    assert [reason for _, reason in archive.unreadable] == ["not a file", "not a file"]


def test_a_file_that_is_too_large_is_listed(tmp_path):
    write_run(tmp_path, "m/t1-a/run0.json", document())
    with write_run(tmp_path, "m/t1-a/run1.json", b"{").open("r+b") as stream:
        stream.truncate(LIMIT + 1)
    archive = opened(tmp_path)
    assert [reason for _, reason in archive.unreadable] == ["too large: more than 64 MB"]
    assert len(archive.runs) == 1


def test_names_that_are_no_text_are_listed(tmp_path):
    write_run(tmp_path, "m/t1-a/run0.json", document())
    os.makedirs(os.fsencode(tmp_path / BASE / TAG) + b"/bad\xff/t1-a")
    assert opened(tmp_path).unreadable == (
        Unreadable(f"{tmp_path.name}/{BASE}/{TAG}/bad\\xff", "its name is not UTF-8 text"),
    )


def test_a_run_that_says_to_be_another_is_flagged(tmp_path):
    write_run(tmp_path, "m/t1-a/run3.json", document(task_id="t2-b", run_index=0))
    assert opened(tmp_path).flags == (
        Flag(
            "misfiled",
            f"{tmp_path.name}/{BASE}/{TAG}/m/t1-a/run3.json",
            "the file says of itself that it is task t2-b and run 0; it is counted where it lies",
        ),
    )


# --- executors, size ---


@pytest.mark.parametrize("kind", ["one process", "forks", "threads", "process pool"])
def test_every_executor_gives_the_same_runs(small_sweep, kind):
    expected = opened(small_sweep, executor=InProcess())
    if kind == "process pool":
        with ProcessPoolExecutor(2) as pool:
            found = opened(small_sweep, executor=pool)
    elif kind == "threads":
        with ThreadPoolExecutor(3) as pool:
            found = opened(small_sweep, executor=pool)
    else:
        found = opened(small_sweep, executor=Forked(3) if kind == "forks" else InProcess())
    assert found.runs == expected.runs
    assert found.unreadable == expected.unreadable


def test_texts_of_a_run_stay_short(tmp_path):
    long = "x" * 100_000
    write_run(
        tmp_path,
        "m/t1-a/run0.json",
        document(
            error=long, failure_mode=long, judge_result={"enabled": True, "score": 0.0, "reason": "", "error": long}
        ),
    )
    run = opened(tmp_path).runs[0]
    assert [len(text or "") for text in (run.error, run.failure_mode, run.judge_error)] == [200, 200, 200]


# --- git ---


@pytest.fixture
def committed(tmp_path: Path, git: Git) -> Path:
    root = generate(tmp_path / "repository/sweeps", corrupt=1)
    git("init", "-q", at=tmp_path / "repository")
    git("add", ".", at=tmp_path / "repository")
    git("commit", "-qm", "sweep", at=tmp_path / "repository")
    return root


def test_a_sweep_as_committed_names_its_commit_and_cites_from_the_repository(committed, git):
    archive = opened(committed)
    assert archive.commit == git("rev-parse", "HEAD", at=committed)
    assert archive.committed_at == "2026-01-02T01:04:05Z"
    assert archive.cited == f"sweeps/{BASE}/{TAG}"
    assert {path.partition("/data/")[0] for path, _ in archive.unreadable} == {"sweeps"}
    assert opened(committed.parent).cited == f"sweeps/{BASE}/{TAG}"
    assert opened(committed / BASE / TAG).commit == archive.commit


@pytest.mark.parametrize("change", ["rewritten", "added", "removed", "log"])
def test_a_sweep_that_differs_from_its_commit_names_none(committed, change):
    path = committed / BASE / TAG / opened(committed).runs[0].place
    if change == "rewritten":
        path.write_bytes(path.read_bytes().replace(b"0", b"1", 1))
    elif change == "added":
        path.with_name("run77.json").write_bytes(path.read_bytes())
    elif change == "removed":
        path.unlink()
    else:
        log = next(committed.rglob("*.log"))
        log.write_text(log.read_text() + "more\n")
    archive = opened(committed)
    assert (archive.commit, archive.committed_at) == (None, None)
    assert archive.cited == f"sweeps/{BASE}/{TAG}"


def test_touched_but_equal_files_are_still_the_committed_ones(committed):
    for path in committed.rglob("run*.json"):
        os.utime(path)
    assert opened(committed).commit is not None


def test_outside_of_a_repository_paths_start_with_the_name(tmp_path):
    write_run(tmp_path / "mine", "m/t1-a/run0.json", document())
    archive = opened(tmp_path / "mine")
    assert (archive.name, archive.commit, archive.cited) == ("mine", None, f"mine/{BASE}/{TAG}")
    assert archive.path_of(archive.runs[0]) == f"mine/{BASE}/{TAG}/m/t1-a/run0.json"
