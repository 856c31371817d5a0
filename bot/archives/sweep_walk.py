"""What lies in a tag's folder: models, tasks and run files, each file with the mark by which a change is seen.

Links are followed to files inside the archive only, hidden names are passed over, and whatever is not where a sweep has
its runs is listed, not read.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec

from bot.archives.files import printable, reason_of
from bot.archives.records import Unreadable
from bot.archives.sweep_layout import run_number

# (mtime in ns, ctime in ns, size in bytes): ctime cannot be set back, so a rewritten file of the same size is seen too.
Mark = tuple[int, int, int]
UNMARKED: Mark = (0, 0, 0)

_TASK_NAME = re.compile(r"t[0-9]{1,3}-")
_USUAL_RUNS = {f"run{number}.json": number for number in range(200)}
_LEADS_OUT = "a link that leads out of the archive, not followed"
_ODD_RUN = "named like a run, but not run<N>.json with N from 0 and without leading zeros"


# What is known of a task's folder from before: its own mark, and its runs. Given the model and the task.
Known = Callable[[str, str], tuple[Mark, list[int]] | None]


def mark_of(status: os.stat_result) -> Mark:
    """The mark of a file or a folder."""
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size


class TaskFolder(msgspec.Struct, gc=False):
    """One model's folder for one task: the numbers of its runs in order, and the marks of their files beside them.

    `links` are the runs whose files are links, with the path of the file they lead to. `mark` is the folder's own from
    before its files were looked at; None where anything but run files lies in it.
    """

    model: str
    task: str
    runs: list[int]
    marks: list[Mark]
    links: dict[int, str]
    mark: Mark | None = None

    def add(self, run: int, status: os.stat_result) -> None:
        """Take in one run's file, in any order."""
        self.runs.append(run)
        self.marks.append(mark_of(status))

    def sort(self) -> None:
        """Put the runs in the order of their numbers."""
        if self.runs != sorted(self.runs):
            together = sorted(zip(self.runs, self.marks, strict=True))
            self.runs = [run for run, _ in together]
            self.marks = [mark for _, mark in together]

    def only(self, positions: list[int]) -> TaskFolder:
        """The same folder with some of its runs."""
        runs = [self.runs[at] for at in positions]
        return TaskFolder(self.model, self.task, runs, [self.marks[at] for at in positions], self.links)


class Walk:
    """Everything below a tag's folder; names in `unreadable` and `ignored` are relative to it.

    A folder's own mark changes with every entry that comes, goes or takes another's place. So where it is as `known`,
    the entries are known too, and only the marks of the files are looked at: half the work. Without `marking` no file
    is looked at, and all marks are UNMARKED.
    """

    def __init__(self, root: Path, folder: Path, known: Known | None = None, *, marking: bool = True) -> None:
        self.root = root
        self.folder = folder
        self.known = known or (lambda _model, _task: None)
        self.marking = marking
        self.models: list[str] = []
        self.folders: list[TaskFolder] = []
        self.unreadable: list[Unreadable] = []
        self.ignored: list[str] = []

    def everything(self) -> Walk:
        """Walk all of it, sorted by model and task."""
        for model in self._inside(""):
            self.models.append(model)
            for task in self._inside(model):
                self._take_task(model, task)
        return self

    def _inside(self, below: str) -> list[str]:
        """The folders in one folder; everything else in it is listed."""
        names = []
        for entry in self._entries(below):
            if entry.is_dir(follow_symlinks=False) and self._is_text(below, entry.name):
                names.append(entry.name)
            elif entry.is_symlink():
                self._pass_link(below, entry.name)
            elif not entry.is_dir(follow_symlinks=False):
                self._ignore(below, entry.name)
        return sorted(names)

    def _take_task(self, model: str, task: str) -> None:
        mark = _mark_now(f"{self.folder}/{model}/{task}") if self.marking else None
        known = self.known(model, task)
        if known is not None and mark is not None and known[0] == mark:
            marks = _marks_now(f"{self.folder}/{model}/{task}", known[1])
            if marks is not None:
                self.folders.append(TaskFolder(model, task, known[1], marks, {}, mark))
                return
        self._visit_task(TaskFolder(model, task, [], [], {}), mark)

    def _visit_task(self, folder: TaskFolder, mark: Mark | None) -> None:
        listed = len(self.unreadable) + len(self.ignored)
        below = f"{folder.model}/{folder.task}"
        for entry in self._entries(below):
            run = _USUAL_RUNS.get(entry.name)
            if run is None and (run := run_number(entry.name)) is None:
                self._pass_by(below, entry)
            else:
                self._take_run(folder, run, entry)
        if not folder.runs and not _TASK_NAME.match(folder.task):
            self.ignored.append(printable(below) + "/")
            return
        folder.sort()
        if not folder.links and listed == len(self.unreadable) + len(self.ignored):
            folder.mark = mark
        self.folders.append(folder)

    def _take_run(self, folder: TaskFolder, run: int, entry: os.DirEntry[str]) -> None:
        try:
            if not self.marking and entry.is_file(follow_symlinks=False):
                folder.runs.append(run)
                folder.marks.append(UNMARKED)
                return
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(status.st_mode):
                folder.add(run, status)
            elif stat.S_ISLNK(status.st_mode):
                self._take_link(folder, run, entry.path)
            else:
                self._refuse(f"{folder.model}/{folder.task}/{entry.name}", "not a file")
        except OSError as error:
            self._refuse(f"{folder.model}/{folder.task}/{entry.name}", reason_of(error))

    def _take_link(self, folder: TaskFolder, run: int, path: str) -> None:
        target = os.path.realpath(path)
        name = f"{folder.model}/{folder.task}/run{run}.json"
        if not self._leads_inside(target):
            self._refuse(name, _LEADS_OUT)
        elif stat.S_ISREG((status := os.lstat(target)).st_mode):
            folder.links[run] = target
            folder.add(run, status)
        else:
            self._refuse(name, "a link to no file")

    def _leads_inside(self, target: str) -> bool:
        return Path(target).is_relative_to(self.root)

    def _pass_by(self, below: str, entry: os.DirEntry[str]) -> None:
        if entry.is_symlink():
            self._pass_link(below, entry.name)
        elif entry.is_dir(follow_symlinks=False):
            self._ignore(below, entry.name + "/")
        elif re.match(r"run.*json", entry.name, re.IGNORECASE):
            self._refuse(f"{below}/{entry.name}", _ODD_RUN)
        else:
            self._ignore(below, entry.name)

    def _pass_link(self, below: str, name: str) -> None:
        target = os.path.realpath(self.folder / below / name)
        if self._leads_inside(target):
            self._ignore(below, name)
        else:
            self._refuse(f"{below}/{name}".lstrip("/"), _LEADS_OUT)

    def _is_text(self, below: str, name: str) -> bool:
        if name.isascii() or printable(name) == name:
            return True
        self._refuse(f"{below}/{name}".lstrip("/"), "its name is not UTF-8 text")
        return False

    def _entries(self, below: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(f"{self.folder}/{below}") as entries:
                return [entry for entry in entries if not entry.name.startswith(".")]
        except OSError as error:
            self._refuse(below, reason_of(error))
            return []

    def _refuse(self, name: str, reason: str) -> None:
        self.unreadable.append(Unreadable(printable(name), reason))

    def _ignore(self, below: str, name: str) -> None:
        self.ignored.append(printable(f"{below}/{name}".lstrip("/")))


def _mark_now(path: str) -> Mark | None:
    try:
        return mark_of(os.lstat(path))
    except OSError:
        return None


def _marks_now(folder: str, runs: list[int]) -> list[Mark] | None:
    """The marks of these run files; None where one of them is no plain file, or gone."""
    marks = []
    try:
        for run in runs:
            status = os.lstat(f"{folder}/run{run}.json")
            if not stat.S_ISREG(status.st_mode):
                return None
            marks.append(mark_of(status))
    except OSError:
        return None
    return marks
