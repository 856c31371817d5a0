"""Where a sweep's runs, logs and task definitions lie below the folder that was handed in.

Runs lie in `<base>/<tag>/<model>/<task>/run<N>.json`. The folder handed in may be the base, one of its tags, or any
folder around the base (`<folder>/data/run_cache_archive` is looked at first). Nothing outside of it is looked at.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bot.archives.files import printable
from bot.errors import ArchiveError

USUAL_BASES = ("data/run_cache_archive", "run_cache_archive")
MOST_LOOKED_AT = 20_000
DEEPEST = 8

_RUN_NAME = re.compile(r"run(0|[1-9][0-9]{0,5})\.json", re.ASCII)
_TIER_FOLDER = re.compile(r"tier[0-9]+")


class Layout(NamedTuple):
    """The base that holds the tags, the tag that was picked, all there are, every log, and the folder of tasks.

    `logs_from` is where logs were looked for.
    """

    root: Path
    base: Path
    tag: str
    tags: tuple[str, ...]
    logs: tuple[Path, ...]
    logs_from: Path
    tasks: Path | None

    @property
    def folder(self) -> Path:
        """The folder of the tag."""
        return self.base / self.tag


def run_number(name: str) -> int | None:
    """The N of `run<N>.json`; None for any other name, leading zeros included."""
    found = _RUN_NAME.fullmatch(name)
    return int(found[1]) if found else None


def is_sweep(root: Path) -> bool:
    """Whether `root` holds a sweep's runs somewhere where `find_layout` finds them."""
    return _base_and_tags(root.resolve()) is not None


def find_layout(root: Path, *, tag: str | None = None, logs: Path | None = None, tasks: Path | None = None) -> Layout:
    """Find everything; `tag` picks one of several, the last in natural order by default.

    Raises ArchiveError where no run is found, and where `tag`, `logs` or `tasks` are given and are not there.
    """
    root = root.resolve()
    found = _base_and_tags(root)
    if found is None:
        raise ArchiveError(
            "no run of a sweep is in this folder",
            where=printable(str(root)),
            fix="runs are looked for as <tag>/<model>/<task>/run<N>.json; hand in the folder above the tags",
        )
    base, tags = found
    picked = _picked(tag, tags)
    logs_from = root if logs is None else logs.resolve()
    return Layout(root, base, picked, tags, _logs(root, base, logs), logs_from, _tasks(root, base, tasks))


def natural(name: str) -> tuple[tuple[bool, int, str], ...]:
    """A sort key by which v2026-4-9 comes before v2026-4-19."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name)
    return tuple((part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts)


def folders_in(folder: Path) -> list[str]:
    """Names of the real folders in `folder`, sorted, without hidden ones and links; none where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(e.name for e in entries if not e.name.startswith(".") and e.is_dir(follow_symlinks=False))
    except OSError:
        return []


# --- runs -----------------------------------------------------------------------------------------------------------


def _base_and_tags(root: Path) -> tuple[Path, tuple[str, ...]] | None:
    for usual in USUAL_BASES:
        base = root / usual
        if not base.is_symlink() and (tags := _tags(base)):
            return base, tags
    return _searched(root)


def _tags(base: Path) -> tuple[str, ...]:
    """The folders of `base` that hold <model>/<task>/run<N>.json, in natural order."""
    tags = [tag for tag in folders_in(base) if any(map(_holds_run, _tasks_of(base / tag)))]
    return tuple(sorted(tags, key=natural))


def _tasks_of(tag: Path) -> Iterator[Path]:
    for model in folders_in(tag):
        yield from (tag / model / task for task in folders_in(tag / model))


def _searched(root: Path) -> tuple[Path, tuple[str, ...]] | None:
    """Search breadth-first for the first folder that holds a run, and count up from there."""
    for task, depth in _folders_below(root):
        if depth >= 2 and _holds_run(task):
            tag = task.parent.parent
            if depth == 2:
                return tag.parent, (tag.name,)
            return tag.parent, _tags(tag.parent)
    return None


def _folders_below(root: Path) -> Iterator[tuple[Path, int]]:
    waiting = deque([(root, 0)])
    for _ in range(MOST_LOOKED_AT):
        if not waiting:
            return
        folder, depth = waiting.popleft()
        yield folder, depth
        if depth < DEEPEST:
            waiting.extend((folder / name, depth + 1) for name in folders_in(folder))


def _holds_run(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(run_number(entry.name) is not None for entry in entries)
    except OSError:
        return False


def _picked(tag: str | None, tags: tuple[str, ...]) -> str:
    if tag is None:
        return tags[-1]
    if tag not in tags:
        there = ", ".join(printable(each) for each in tags)
        raise ArchiveError(f"no tag {tag!r} in this archive", where="--tag", fix=f"there are: {there}")
    return tag


# --- logs and tasks -------------------------------------------------------------------------------------------------


def _logs(root: Path, base: Path, given: Path | None) -> tuple[Path, ...]:
    if given is None:
        return tuple(_logs_below(root, base))
    if not given.exists():
        raise ArchiveError("these logs are not there", where=printable(str(given)), fix="check the path given as logs")
    given = given.resolve()
    return (given,) if given.is_file() else tuple(_logs_below(given, None))


def _logs_below(folder: Path, without: Path | None) -> list[Path]:
    """Files named `*.log` at most DEEPEST folders below `folder`, sorted; runs' folders are not searched."""
    found: list[Path] = []
    waiting = deque([(folder, 0)])
    for _ in range(MOST_LOOKED_AT):
        if not waiting:
            break
        here, depth = waiting.popleft()
        if here != without and depth <= DEEPEST:
            found.extend(_log_files(here))
            waiting.extend((here / name, depth + 1) for name in folders_in(here))
    return sorted(found)


def _log_files(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [folder / e.name for e in entries if e.name.endswith(".log") and not e.name.startswith(".")]
    except OSError:
        return []


def _tasks(root: Path, base: Path, given: Path | None) -> Path | None:
    if given is not None:
        if not given.is_dir():
            raise ArchiveError(
                "no folder of tasks is there", where=printable(str(given)), fix="check the path of tasks"
            )
        return given.resolve()
    beside = [base, *base.parents]
    inside = [folder / "tasks" for folder in beside if folder == root or root in folder.parents]
    return next((folder for folder in inside if _is_tasks_folder(folder)), None)


def _is_tasks_folder(folder: Path) -> bool:
    return not folder.is_symlink() and any(_TIER_FOLDER.fullmatch(name) for name in folders_in(folder))
