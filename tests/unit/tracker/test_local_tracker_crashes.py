"""Writers that die at every step, and writers that meet."""

import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.errors import TrackerError
from bot.tracker.files import write_atomically
from bot.tracker.local import LocalTracker

# Newer Pythons warn that a fork copies no threads; the children here use none.
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")

STEPS = {"open", "os.rename", "os.mkdir", "os.remove"}
DIED, FINISHED = 9, 0
TEXT = "new " * 5000


def run_and_die(step: int, folder: Path, write: Callable[[], object]) -> bool:
    """Run `write` in a process that ends itself right before its `step`-th change to `folder`; did it die?"""
    child = os.fork()
    if not child:
        sys.addaudithook(_dying(step, folder))
        write()
        os._exit(FINISHED)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in (DIED, FINISHED)
    return code == DIED


def _dying(step: int, folder: Path) -> Callable[[str, tuple[object, ...]], None]:
    left = [step]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in STEPS and str(arguments[0]).startswith(str(folder)):
            left[0] -= 1
            if left[0] < 0:
                os._exit(DIED)

    return hook


def every_crash(tmp_path: Path, write: Callable[[LocalTracker], object]):
    """Yield a tracker after a crash at step 0, 1, 2 … of `write`, until it dies no more."""
    template = tmp_path / "template"
    LocalTracker(template).ensure_issue(164, "Title", "Body")
    LocalTracker(template).post_comment(164, "first")
    for step in range(200):
        folder = tmp_path / f"step-{step}"
        shutil.copytree(template, folder)
        died = run_and_die(step, folder, lambda folder=folder: write(LocalTracker(folder)))
        yield LocalTracker(folder, patience=0)
        if not died:
            assert step >= 4, "the hook saw too few steps to prove anything"
            return
    raise AssertionError("the write never finished")


def bodies(tracker: LocalTracker) -> list[str]:
    return [comment.body for comment in tracker.comments(164)]


def test_a_crash_while_posting_leaves_the_comment_whole_or_absent_and_going_on_posts_it_once(tmp_path):
    for tracker in every_crash(tmp_path, lambda tracker: tracker.post_comment(164, TEXT)):
        assert bodies(tracker) in (["first"], ["first", TEXT])
        if TEXT not in bodies(tracker):
            assert tracker.post_comment(164, TEXT).id == 2
        assert bodies(tracker) == ["first", TEXT]


def test_a_shorter_text_after_a_crash_holds_nothing_of_the_lost_one(tmp_path):
    for tracker in every_crash(tmp_path, lambda tracker: tracker.post_comment(164, TEXT)):
        tracker.post_comment(164, "short")
        assert bodies(tracker) in (["first", "short"], ["first", TEXT, "short"])


def test_a_crash_while_opening_an_issue_leaves_it_whole_or_absent(tmp_path):
    for tracker in every_crash(tmp_path, lambda tracker: tracker.create_issue("New", TEXT, ["draft"])):
        found = tracker.find_issues(label="draft")
        if not found:
            found = [tracker.create_issue("New", TEXT, ["draft"])]
        assert [(issue.number, issue.title, issue.body) for issue in found] == [(165, "New", TEXT)]
        assert [issue.number for issue in tracker.find_issues()] == [164, 165]


def test_a_crash_at_the_very_first_write_leaves_a_folder_to_go_on_with(tmp_path):
    for step in range(200):
        folder = tmp_path / f"fresh-{step}"
        died = run_and_die(step, folder, lambda folder=folder: LocalTracker(folder).ensure_issue(164, "T", "B"))
        assert LocalTracker(folder).ensure_issue(164, "T", "B").body == "B"
        if not died:
            break
    assert step >= 6


@pytest.mark.parametrize(
    ("write", "seen"),
    [
        (lambda tracker: tracker.edit_comment(164, 1, TEXT), bodies),
        (lambda tracker: tracker.delete_comment(164, 1), bodies),
        (lambda tracker: tracker.edit_body(164, TEXT), lambda tracker: tracker.issue(164).body),
        (lambda tracker: tracker.edit_title(164, "New"), lambda tracker: tracker.issue(164).title),
        (lambda tracker: tracker.add_labels(164, ["a", "b"]), lambda tracker: tracker.issue(164).labels),
        (lambda tracker: tracker.move(164, "Done"), lambda tracker: tracker.issue(164).column),
    ],
    ids=["edit_comment", "delete_comment", "edit_body", "edit_title", "add_labels", "move"],
)
def test_a_crash_while_changing_leaves_the_old_or_the_new_and_repeating_gives_the_new(tmp_path, write, seen):
    states = []
    for tracker in every_crash(tmp_path, write):
        states.append(seen(tracker))
        write(tracker)
        after = seen(tracker)
    old, new = states[0], after
    assert old != new
    assert set(map(repr, states)) == {repr(old), repr(new)}


def test_a_crash_while_storing_figures_leaves_no_half_folder(tmp_path):
    files = {"hero.png": b"1" * 9999, "more/gap.png": b"2"}
    for tracker in every_crash(tmp_path, lambda tracker: tracker.store_figures(164, files)):
        folder = tracker.folder / tracker.store_figures(164, files)
        assert {name: (folder / name).read_bytes() for name in files} == files
        assert [path.name for path in (tracker.folder / "figures").iterdir()] == [folder.name]


@pytest.mark.parametrize(
    ("write", "old", "new"),
    [
        (lambda tracker: tracker.post_comment(164, TEXT), ["first"], ["first", TEXT]),
        (lambda tracker: tracker.edit_comment(164, 1, TEXT), ["first"], [TEXT]),
    ],
    ids=["post_comment", "edit_comment"],
)
def test_a_writer_killed_in_the_middle_of_a_text_leaves_no_half_of_it(tmp_path, write, old, new):
    tracker = LocalTracker(tmp_path / "tracker")
    tracker.ensure_issue(164, "T", "B")
    tracker.post_comment(164, "first")
    child = os.fork()
    if not child:
        # The system kills a process that writes a file larger than this.
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(TEXT) // 2, len(TEXT) // 2))
        write(tracker)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGXFSZ
    assert bodies(tracker) == old
    write(tracker)
    assert bodies(tracker) == new


def test_a_writer_killed_at_any_moment_leaves_whole_comments_without_a_gap(tmp_path):
    tracker = LocalTracker(tmp_path / "tracker")
    tracker.ensure_issue(164, "T", "B")
    for _ in range(4):
        child = os.fork()
        if not child:
            while True:
                tracker.post_comment(164, TEXT)
        time.sleep(0.1)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    comments = tracker.comments(164)
    assert [comment.id for comment in comments] == list(range(1, len(comments) + 1))
    assert {comment.body for comment in comments} == {TEXT}


def test_the_text_is_on_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    log: list[str] = []
    fsync, replace = os.fsync, Path.replace
    monkeypatch.setattr(os, "fsync", lambda descriptor: (log.append("flush"), fsync(descriptor))[1])
    monkeypatch.setattr(Path, "replace", lambda path, target: (log.append("name"), replace(path, target))[1])
    write_atomically(tmp_path / "file", b"data")
    assert log == ["flush", "name", "flush"]


def test_two_writers_at_once_lose_and_double_nothing(tmp_path):
    folder = tmp_path / "tracker"
    LocalTracker(folder).ensure_issue(164, "T", "B")
    children = []
    for name in ("a", "b"):
        child = os.fork()
        if not child:
            for index in range(15):
                LocalTracker(folder, patience=60).post_comment(164, f"{name}{index}")
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    comments = LocalTracker(folder).comments(164)
    assert [comment.id for comment in comments] == list(range(1, 31))
    assert sorted(comment.body for comment in comments) == sorted(f"{n}{i}" for n in "ab" for i in range(15))


def test_a_second_writer_is_told_and_a_reader_is_not_held_up(tmp_path):
    first, second = (LocalTracker(tmp_path / "tracker", patience=0) for _ in range(2))
    first.ensure_issue(164, "T", "B")
    with first.writing():
        first.post_comment(164, "mine")
        assert bodies(second) == ["mine"]
        with pytest.raises(TrackerError, match="another process is writing") as caught:
            second.post_comment(164, "theirs")
        assert str(tmp_path / "tracker") in caught.value.where
    assert second.post_comment(164, "theirs").id == 2


def test_the_lock_is_free_again_after_an_error(tmp_path):
    tracker = LocalTracker(tmp_path / "tracker", patience=0)
    tracker.ensure_issue(164, "T", "B")
    with pytest.raises(TrackerError):
        tracker.post_comment(164, "")
    assert LocalTracker(tracker.folder, patience=0).post_comment(164, "x").id == 1
