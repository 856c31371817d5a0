"""A cache must never give other rows than a fresh read; everything else about it is speed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from archive_builders import Git
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sweep_builders import BASE, TAG, age, document, generate, result_line, run_generator, write_log, write_run

from bot.archives import sweep_git, sweep_memory, sweep_reading
from bot.archives.cache import Cache, cache_folder
from bot.archives.sweep import open_sweep
from bot.archives.sweep_records import SweepArchive


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    return cache_folder() / "rows-1.sqlite"


def cached_as_fresh(root: Path) -> SweepArchive:
    """The archive with the cache, once it is shown to be the archive without."""
    with_cache, fresh = open_sweep(root), open_sweep(root, cache=False)
    assert with_cache.runs == fresh.runs
    assert with_cache.unreadable == fresh.unreadable
    assert with_cache.logs == fresh.logs
    assert fresh.from_cache == 0
    return with_cache


def one_run(root: Path, **changes: object) -> Path:
    path = write_run(root, "m/t1-a/run0.json", document(**changes))
    age(root)
    return path


# --- hits and misses ---


def test_nothing_is_read_twice(tmp_path, monkeypatch):
    root = generate(tmp_path, corrupt=1)
    first = cached_as_fresh(root)
    assert first.from_cache == 0
    assert cached_as_fresh(root).from_cache == len(first.runs) + 2
    monkeypatch.setattr(sweep_reading.os, "open", None)
    assert open_sweep(root).runs == first.runs


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rewritten_files_are_read_again_and_no_others(tmp_path, seed):
    root = generate(tmp_path, seed=seed)
    before = cached_as_fresh(root)
    run_generator(root, mutate=0.2, seed=seed)
    age(root)
    after = cached_as_fresh(root)
    assert after.runs != before.runs
    assert after.from_cache == len(before.runs) - round(len(before.runs) * 0.2)
    assert cached_as_fresh(root).from_cache == len(before.runs)


def test_a_change_of_same_size_and_same_mtime_is_seen(tmp_path):
    path = one_run(tmp_path, run_score=0.25)
    status = path.stat()
    open_sweep(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"0.25", b"0.75"))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (status.st_size, status.st_mtime_ns)
    assert cached_as_fresh(tmp_path).runs[0].run_score == 0.75


def test_a_file_as_young_as_the_scan_is_not_kept(tmp_path):
    root = tmp_path
    for score in (0.25, 0.75, 0.5):
        write_run(root, "m/t1-a/run0.json", document(run_score=score))
        assert cached_as_fresh(root).runs[0].run_score == score


def test_a_file_from_the_future_is_never_kept(tmp_path):
    path = one_run(tmp_path)
    os.utime(path, (2**32, 2**32))
    age(tmp_path)
    assert [cached_as_fresh(tmp_path).from_cache for _ in range(3)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("nanoseconds_ago", "fraction", "settled"),
    [(40_000_000, 1, False), (60_000_000, 1, True), (2_000_000_000, 0, False), (3_000_000_000, 0, True)],
)
def test_marks_of_coarse_clocks_settle_later(tmp_path, nanoseconds_ago, fraction, settled):
    memory = sweep_memory.Memory(tmp_path, None)
    memory.started = 10**18 + nanoseconds_ago + fraction
    assert memory._settled((0, 10**18 + fraction, 5)) is settled


def test_what_the_system_refused_is_asked_again(tmp_path, monkeypatch):
    one_run(tmp_path)

    def refuse(*_):
        raise PermissionError(13, "denied")

    with monkeypatch.context() as patched:
        patched.setattr(sweep_reading.os, "readv", refuse)
        assert [reason for _, reason in open_sweep(tmp_path).unreadable] == ["permission denied"]
    assert len(cached_as_fresh(tmp_path).runs) == 1


def test_a_file_that_changes_while_it_is_read_is_not_kept_as_it_was(tmp_path):
    path = one_run(tmp_path, run_score=0.25)
    old = path.read_bytes()

    class Rewriting:
        def map(self, function, jobs):
            path.write_bytes(old.replace(b"0.25", b"0.75"))
            return map(function, jobs)

    assert open_sweep(tmp_path, executor=Rewriting()).runs[0].run_score == 0.75
    assert cached_as_fresh(tmp_path).runs[0].run_score == 0.75
    path.write_bytes(old)
    age(tmp_path)
    assert cached_as_fresh(tmp_path).runs[0].run_score == 0.25


def test_files_that_come_go_and_move_are_seen(tmp_path):
    path = one_run(tmp_path, run_score=0.25)
    open_sweep(tmp_path)
    path.rename(path.with_name("run4.json"))
    assert [(run.run, run.run_score) for run in cached_as_fresh(tmp_path).runs] == [(4, 0.25)]
    write_run(tmp_path, "m/t1-a/run0.json", b"{")
    assert len(cached_as_fresh(tmp_path).unreadable) == 1
    path.with_name("run4.json").rename(path)
    assert [(run.run, run.run_score) for run in cached_as_fresh(tmp_path).runs] == [(0, 0.25)]


CHANGES = {
    "rewritten": lambda runs: runs[1].write_bytes(runs[1].read_bytes().replace(b"0.725", b"0.750")),
    "another file": lambda runs: shutil.copy(runs[0], runs[0].with_name("run7.json")),
    "gone": lambda runs: runs[1].unlink(),
    "renamed": lambda runs: runs[1].rename(runs[1].with_name("run9.json")),
    "swapped": lambda runs: (runs[0].rename(runs[0].with_name("x")), runs[1].rename(runs[0])),
    "replaced": lambda runs: (write_bytes(runs[1].with_name("x")), runs[1].with_name("x").rename(runs[1])),
    "a link in its place": lambda runs: (runs[1].unlink(), runs[1].symlink_to(runs[0])),
    "a link out": lambda runs: (runs[1].unlink(), runs[1].symlink_to("/etc/hostname")),
    "a folder in its place": lambda runs: (runs[1].unlink(), runs[1].mkdir()),
    "a pipe in its place": lambda runs: (runs[1].unlink(), os.mkfifo(runs[1])),
    "an odd name beside it": lambda runs: shutil.copy(runs[0], runs[0].with_name("run01.json")),
    "another task": lambda runs: shutil.copytree(runs[0].parent, runs[0].parent.with_name("t9-z")),
    "no task": lambda runs: shutil.rmtree(runs[0].parent),
    "another folder in its place": lambda runs: (
        shutil.copytree(runs[0].parent, runs[0].parent.with_name("x")),
        (runs[0].parent.with_name("x") / "run1.json").unlink(),
        shutil.rmtree(runs[0].parent),
        runs[0].parent.with_name("x").rename(runs[0].parent),
    ),
}


def write_bytes(path: Path) -> None:
    path.write_bytes(b'{"run_score": 0.125}')


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_every_kind_of_change_is_seen_in_a_folder_known_by_heart(tmp_path, change):
    runs = [write_run(tmp_path, f"m/t1-a/run{n}.json", document(run_score=0.6 + n / 8)) for n in range(3)]
    write_run(tmp_path, "m/t2-b/run0.json", document())
    age(tmp_path)
    before = open_sweep(tmp_path)
    assert open_sweep(tmp_path).from_cache == 4
    assert sweep_memory.Memory(tmp_path / BASE / TAG, Cache()).known("m", "t1-a")[1] == [0, 1, 2]
    change(runs)
    after = cached_as_fresh(tmp_path)
    assert (after.runs, after.unreadable) != (before.runs, before.unreadable)
    age(tmp_path)
    assert cached_as_fresh(tmp_path).runs == after.runs


def test_little_news_is_written_beside_and_much_in_place(tmp_path, own_cache):
    root = generate(tmp_path, models=3, tasks=40, runs=1, missing=0)
    whole = cached_as_fresh(root)
    sizes = []
    for seed in range(6):
        run_generator(root, mutate=0.05, seed=seed)
        age(root)
        assert cached_as_fresh(root).from_cache == len(whole.runs) - 6
        sizes.append(len(Cache().find(sweep_memory._name(f"later {root / BASE / TAG}"))))
    assert sizes[0] < sizes[1] < sizes[2]
    assert min(sizes[3:]) < sizes[0]


def test_nothing_is_written_where_nothing_is_new(tmp_path, own_cache):
    root = generate(tmp_path, missing=0.5)
    write_run(root, "m/t1-a/notes.txt", b"")
    age(root)
    written = []
    for _ in range(3):
        open_sweep(root)
        written.append(own_cache.stat().st_mtime_ns)
    assert written[0] == written[1] == written[2]


def test_a_folder_that_lost_a_run_is_known_again(tmp_path):
    path = one_run(tmp_path)
    (path.parent / "run1.json").write_bytes(path.read_bytes())
    age(tmp_path)
    open_sweep(tmp_path)
    (path.parent / "run1.json").unlink()
    age(tmp_path)
    cached_as_fresh(tmp_path)
    assert sweep_memory.Memory(tmp_path / BASE / TAG, Cache()).known("m", "t1-a")[1] == [0]


def test_a_folder_with_more_than_runs_in_it_is_walked_every_time(tmp_path):
    one_run(tmp_path)
    write_run(tmp_path, "m/t1-a/notes.txt", b"")
    age(tmp_path)
    assert open_sweep(tmp_path).ignored == open_sweep(tmp_path).ignored != ()
    assert sweep_memory.Memory(tmp_path / BASE / TAG, Cache()).known("m", "t1-a") is None


@pytest.mark.parametrize("when", [2**32 + 0.5, 10**9])
def test_a_folder_whose_clock_cannot_be_trusted_is_walked_every_time(tmp_path, when):
    folder = one_run(tmp_path).parent
    os.utime(folder, (when, when))
    age(tmp_path)
    assert open_sweep(tmp_path).runs == cached_as_fresh(tmp_path).runs
    assert sweep_memory.Memory(tmp_path / BASE / TAG, Cache()).known("m", "t1-a") is None


def test_a_link_is_known_by_the_file_it_leads_to(tmp_path):
    one_run(tmp_path)
    kept = write_run(tmp_path, "m/t1-a/kept.json", document(run_score=0.25))
    (kept.parent / "run1.json").symlink_to(kept)
    age(tmp_path)
    assert cached_as_fresh(tmp_path).runs[1].run_score == 0.25
    kept.write_bytes(kept.read_bytes().replace(b"0.25", b"0.75"))
    assert cached_as_fresh(tmp_path).runs[1].run_score == 0.75


def test_logs_are_recalled_and_a_changed_one_is_read_again(tmp_path):
    one_run(tmp_path)
    log = write_log(tmp_path, "m", result_line(score="0.25"))
    age(tmp_path)
    open_sweep(tmp_path)
    assert cached_as_fresh(tmp_path).log_of["m"].lines[0].score == 0.25
    log.write_text(result_line(score="0.75") + "\n")
    assert cached_as_fresh(tmp_path).log_of["m"].lines[0].score == 0.75


def test_the_same_tag_under_another_root_cites_its_own_paths(tmp_path):
    root = generate(tmp_path, corrupt=1)
    open_sweep(root)
    archive = open_sweep(root / BASE, logs=root / "data")
    assert archive.from_cache > 0
    assert {path.partition("/")[0] for path, _ in archive.unreadable} == {"run_cache_archive"}
    assert all(log.path.startswith("data/drift_2026-04-19-full/docker_") for log in archive.logs)


def test_rows_do_not_outlive_the_code_that_made_them(tmp_path, monkeypatch):
    one_run(tmp_path)
    open_sweep(tmp_path)
    assert open_sweep(tmp_path).from_cache == 1
    monkeypatch.setattr(sweep_memory, "_READER", "another version")
    assert open_sweep(tmp_path).from_cache == 0


# --- git ---


@pytest.fixture
def repository(tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sweep_memory, "WORTH_ASKING_GIT", 0)
    root = generate(tmp_path / "repository")
    git("init", "-q", at=root)
    git("add", ".", at=root)
    git("commit", "-qm", "sweep", at=root)
    return root


def settle(git: Git, root: Path) -> None:
    """Have git look at all files again, well after they were written."""
    age(root)
    git("read-tree", "HEAD", at=root)
    git("update-index", "--refresh", at=root)


def test_a_second_clone_is_known_by_its_tree(tmp_path, git, repository):
    runs = cached_as_fresh(repository).runs
    git("clone", "-q", str(repository), str(tmp_path / "clone"))
    settle(git, tmp_path / "clone")
    archive = cached_as_fresh(tmp_path / "clone")
    assert archive.runs == runs
    assert archive.from_cache == len(runs)


def test_a_new_checkout_is_known_by_its_blobs(git, repository):
    before = cached_as_fresh(repository)
    changed = repository / BASE / TAG / before.runs[3].place
    changed.write_bytes(changed.read_bytes().replace(b'"run_score"', b'"run_score": 0.123, "old_score"'))
    git("commit", "-qam", "one run changed", at=repository)
    shutil.rmtree(repository / BASE)
    git("checkout", "-q", ".", at=repository)
    settle(git, repository)
    after = cached_as_fresh(repository)
    assert after.from_cache == len(before.runs) - 1
    assert after.runs[3].run_score == 0.123


def test_files_that_differ_from_the_index_are_read(tmp_path, git, repository):
    runs = cached_as_fresh(repository).runs
    git("clone", "-q", str(repository), str(tmp_path / "clone"))
    settle(git, tmp_path / "clone")
    run_generator(tmp_path / "clone", mutate=0.3)
    archive = cached_as_fresh(tmp_path / "clone")
    assert archive.runs != runs
    assert archive.from_cache == len(runs) - round(len(runs) * 0.3)


def test_a_row_read_from_other_bytes_is_not_kept_under_the_committed_blob(git, repository):
    path = repository / BASE / TAG / open_sweep(repository, cache=False).runs[0].place
    old = path.read_bytes()

    class Rewriting:
        def map(self, function, jobs):
            path.write_bytes(old.replace(b'"run_score"', b'"run_score": 0.123, "old_score"'))
            return map(function, jobs)

    settle(git, repository)
    assert open_sweep(repository, executor=Rewriting()).runs[0].run_score == 0.123
    path.write_bytes(old)
    settle(git, repository)
    assert cached_as_fresh(repository).from_cache > 0


def test_files_as_young_as_the_index_may_differ_from_it():
    entry = b"100644 " + b"a" * 40 + b" 0\tm/run%d.json\0  ctime: 7:1\n  mtime: %d:5\n"
    entry += b"  dev: 1\tino: 2\n  uid: 0\tgid: 0\n  size: 9\tflags: 0\n"
    found = sweep_git._files(entry % (0, 6) + entry % (1, 7), written=7 * 10**9 + 5)
    assert found == {"m/run0.json": ((6 * 10**9 + 5, 7 * 10**9 + 1, 9), "a" * 40)}


def test_no_filter_of_the_repository_is_run(tmp_path, git, repository):
    trap = tmp_path / "ran"
    git("config", "filter.trap.clean", f"touch {trap}; cat", at=repository)
    git("config", "core.fsmonitor", f"touch {trap}", at=repository)
    (repository / ".gitattributes").write_text("*.json filter=trap\n")
    cached_as_fresh(repository)
    cached_as_fresh(repository)
    assert not trap.exists()


# --- a store that does not work ---


def test_the_store_may_be_deleted_at_any_time(tmp_path, own_cache):
    one_run(tmp_path)
    open_sweep(tmp_path)
    own_cache.unlink()
    assert cached_as_fresh(tmp_path).from_cache == 0
    assert cached_as_fresh(tmp_path).from_cache == 1


@pytest.mark.parametrize("content", [b"", b"not a database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_store_that_is_none_is_made_anew(tmp_path, own_cache, content):
    one_run(tmp_path)
    own_cache.parent.mkdir(parents=True)
    own_cache.write_bytes(content)
    assert cached_as_fresh(tmp_path).from_cache == 0
    assert cached_as_fresh(tmp_path).from_cache == 1


def test_a_store_with_other_tables_is_made_anew(tmp_path, own_cache):
    one_run(tmp_path)
    own_cache.parent.mkdir(parents=True)
    with sqlite3.connect(own_cache) as store:
        store.execute("CREATE TABLE packs (something TEXT)")
    store.close()
    cached_as_fresh(tmp_path)
    cached_as_fresh(tmp_path)
    assert cached_as_fresh(tmp_path).from_cache == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    where=st.floats(0, 1, exclude_max=True), length=st.integers(1, 300), value=st.integers(0, 255), cut=st.booleans()
)
def test_damage_anywhere_in_the_store_changes_no_row(tmp_path, own_cache, where, length, value, cut):
    if not (tmp_path / "data").exists():
        generate(tmp_path, models=1)
    cached_as_fresh(tmp_path)
    content = bytearray(own_cache.read_bytes())
    start = int(where * len(content))
    content[start : start + length] = bytes([value]) * len(content[start : start + length])
    own_cache.write_bytes(content[: start + length] if cut else content)
    # Damage may show only once all else is recalled: then the store is removed, and made anew the next time.
    cached_as_fresh(tmp_path)
    cached_as_fresh(tmp_path)
    assert cached_as_fresh(tmp_path).from_cache > 0


def test_a_pack_of_another_shape_is_passed_over(tmp_path):
    one_run(tmp_path)
    Cache().put(sweep_memory._name(f"path {tmp_path / BASE / TAG}"), b"\x93\x01\x02\x03")
    assert cached_as_fresh(tmp_path).from_cache == 0


def test_a_locked_store_is_done_without(tmp_path, own_cache, monkeypatch):
    monkeypatch.setattr("bot.archives.cache.PATIENCE", 0.01)
    one_run(tmp_path)
    open_sweep(tmp_path)
    with sqlite3.connect(own_cache, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert cached_as_fresh(tmp_path).from_cache == 0
    other.close()
    assert cached_as_fresh(tmp_path).from_cache == 1


def test_a_cache_folder_that_cannot_be_made_is_done_without(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    one_run(tmp_path)
    assert cached_as_fresh(tmp_path).from_cache == 0


def test_a_relative_cache_home_is_not_used(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache/recount"


def test_several_writers_lose_nothing(tmp_path):
    code = "import sys; from pathlib import Path; from bot.archives.cache import Cache\n"
    code += "[Cache().put(f'{sys.argv[1]}{n}', bytes([n]) * 90000) for n in range(8)]"
    writers = [subprocess.Popen([sys.executable, "-c", code, name]) for name in "abc"]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert all(Cache().find(f"{name}{n}") == bytes([n]) * 90000 for name in "abc" for n in range(8))


def test_the_longest_unused_packs_are_forgotten_with_their_aliases():
    for number in range(40):
        Cache().put(f"pack {number}", b"x", aliases=[f"alias {number}"])
    found = [number for number in range(40) if Cache().find(f"alias {number}")]
    assert found == list(range(8, 40))
