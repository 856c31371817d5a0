"""Rows of files that have not changed since they were read: recalled from the user's cache instead of read again.

A file is known again by its place and its mark (mtime, ctime, size), or, where many marks are new as after a fresh
clone, by its place and the blob id that git's index gives it. A file rewritten with the same size and the same mtime
still has another ctime; only on a file system without one would such a change stay unseen. Files so young that a second
write might leave no trace in their mark are never kept, nor is what the system refused to read.

Marks come before git: git too must look at every file's status to say that nothing changed, and takes as long for it as
the walk that is needed anyway.
"""

from __future__ import annotations

import os
import stat
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

import bot
from bot.archives.cache import Cache
from bot.archives.sweep_git import Index, read_index
from bot.archives.sweep_records import Log, Row, Run
from bot.archives.sweep_walk import Mark, TaskFolder, mark_of

WORTH_ASKING_GIT = 200
# The share of folders that may be remembered apart before everything is written again.
MOST_LATER = 0.2

_FINE_GRAIN = 50 * 10**6
_COARSE_GRAIN = 2_100 * 10**6


class Kept(msgspec.Struct, array_like=True, gc=False):
    """What is remembered of one task folder: by run, the file's mark, its row, and its blob id ("" where unknown).

    `mark` is the folder's own, where nothing but these runs lies in it.
    """

    runs: list[int]
    marks: list[Mark]
    rows: list[Row]
    blobs: list[str]
    mark: Mark | None = None


class _Pack(msgspec.Struct, array_like=True):
    """Task folders by `model/task`, and logs by path with their marks."""

    folders: dict[str, Kept] = {}
    logs: dict[str, tuple[Mark, Log]] = {}


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Pack)


class Recalled(NamedTuple):
    """The rows of each task folder, None where a file has to be read, and the positions of folders with such a gap."""

    rows: list[list[Row | None]]
    incomplete: list[int]


class Memory:
    """What is remembered of one tag's folder; without a cache nothing is.

    Made before the folder is walked, so that it knows what is young.
    """

    def __init__(self, folder: Path, cache: Cache | None) -> None:
        self.folder = folder
        self.cache = cache
        self.started = time.time_ns()
        self.pack = self._found(f"path {folder}")
        self.later = self._found(f"later {folder}")
        self.pack.folders.update(self.later.folders)
        self.pack.logs.update(self.later.logs)
        self.index: Index | None = None
        self.incomplete: list[int] = []
        self.logs: dict[str, tuple[Mark, Log]] = {}
        self.new_logs: dict[str, tuple[Mark, Log]] = {}
        self.log_marks: dict[Path, Mark | None] = {}

    def known(self, model: str, task: str) -> tuple[Mark, list[int]] | None:
        """The mark of a task's folder and the runs that were all that lay in it."""
        kept = self.pack.folders.get(f"{model}/{task}")
        return (kept.mark, kept.runs) if kept is not None and kept.mark is not None else None

    def recall(self, parts: Sequence[TaskFolder]) -> Recalled:
        """What is remembered of each task folder."""
        rows = [self._recalled(part) for part in parts]
        self.incomplete = _incomplete(rows)
        if self.cache and sum(rows[at].count(None) for at in self.incomplete) > WORTH_ASKING_GIT:
            self.index = read_index(self.folder)
        if self.index is not None:
            packs = [self.pack, self._found(f"tree {self.index.tree}")]
            for at in self.incomplete:
                self._recall_blobs(parts[at], rows[at], packs)
        return Recalled(rows, _incomplete(rows))

    def recall_log(self, path: Path) -> Log | None:
        """The log at `path`, as it was when it was read; None where it has to be read."""
        mark = _mark_now(str(path))
        known = self.pack.logs.get(str(path))
        if known is None or known[0] != mark:
            self.log_marks[path] = mark
            return None
        self.logs[str(path)] = known
        return known[1]

    def keep_log(self, path: Path, log: Log) -> None:
        """Remember the log at `path`, which was to be read: with its mark from before that."""
        mark = self.log_marks.get(path)
        if mark is not None and self._settled(mark):
            self.logs[str(path)] = self.new_logs[str(path)] = (mark, log)

    def keep(self, parts: Sequence[TaskFolder], rows: Sequence[Sequence[Row]]) -> None:
        """Write down what is new: beside what was remembered where it is little, else all of it in its place."""
        if self.cache is None:
            return
        news = {_key(parts[at]): self._kept(parts[at], rows[at]) for at in self._new(parts)}
        if not news and not self.new_logs:
            return
        later = _Pack(self.later.folders | news, self.later.logs | self.new_logs)
        if len(later.folders) <= len(parts) * MOST_LATER:
            self.cache.put(_name(f"later {self.folder}"), _ENCODER.encode(later))
            return
        folders = {key: news.get(key) or self.pack.folders[key] for key in map(_key, parts)}
        aliases = [_name(f"tree {self.index.tree}")] if self.index else []
        self.cache.put(_name(f"path {self.folder}"), _ENCODER.encode(_Pack(folders, self.logs)), aliases)
        self.cache.put(_name(f"later {self.folder}"), _ENCODER.encode(_Pack()))

    def _found(self, name: str) -> _Pack:
        data = self.cache.find(_name(name)) if self.cache else None
        try:
            return _DECODER.decode(data) if data else _Pack()
        except msgspec.DecodeError:
            return _Pack()

    def _recalled(self, part: TaskFolder) -> list[Row | None]:
        kept = self.pack.folders.get(_key(part))
        if kept is None:
            return [None] * len(part.runs)
        if kept.runs == part.runs and kept.marks == part.marks:
            return [*kept.rows]
        known = {(run, mark): row for run, mark, row in zip(kept.runs, kept.marks, kept.rows, strict=True)}
        return [known.get(key) for key in zip(part.runs, part.marks, strict=True)]

    def _recall_blobs(self, part: TaskFolder, rows: list[Row | None], packs: Sequence[_Pack]) -> None:
        """Fill in rows of files that git holds unchanged, and that had the same blob id when they were read."""
        known: dict[tuple[int, str, int], Row] = {}
        for kept in (pack.folders[_key(part)] for pack in packs if _key(part) in pack.folders):
            for run, mark, row, blob in zip(kept.runs, kept.marks, kept.rows, kept.blobs, strict=True):
                known[run, blob, mark[2]] = row
        for at, (run, mark) in enumerate(zip(part.runs, part.marks, strict=True)):
            if rows[at] is None and (blob := self._blob(part, run, mark)):
                # The size as well: a filter such as Git LFS gives one blob id to two contents.
                rows[at] = known.get((run, blob, mark[2]))

    def _kept(self, part: TaskFolder, rows: Sequence[Row]) -> Kept:
        kept = Kept([], [], [], [])
        before = self.pack.folders.get(_key(part))
        for run, mark, row in zip(part.runs, part.marks, rows, strict=True):
            if self._settled(mark) and (isinstance(row, Run) or row.lasting):
                kept.runs.append(run)
                kept.marks.append(mark)
                kept.rows.append(row)
                kept.blobs.append(self._blob_to_keep(part, run, mark, before))
        if len(kept.runs) == len(part.runs):
            kept.mark = self._mark_to_keep(part)
        return kept

    def _new(self, parts: Sequence[TaskFolder]) -> list[int]:
        """Positions of the folders that are not as they were remembered, or were not."""
        incomplete = set(self.incomplete)
        return [at for at, part in enumerate(parts) if at in incomplete or self._is_moved(part)]

    def _is_moved(self, part: TaskFolder) -> bool:
        kept = self.pack.folders.get(_key(part))
        return kept is None or (kept.mark != part.mark and kept.mark != self._mark_to_keep(part))

    def _mark_to_keep(self, part: TaskFolder) -> Mark | None:
        # A clock of whole seconds belongs to file systems whose folders may not tell of their entries.
        trusted = part.mark is not None and self._settled(part.mark) and part.mark[0] % 10**9
        return part.mark if trusted else None

    def _settled(self, mark: Mark) -> bool:
        """Whether a later write is sure to leave another mark."""
        newest = max(mark[0], mark[1])
        grain = _COARSE_GRAIN if newest % 10**9 == 0 else _FINE_GRAIN
        return newest < self.started - grain

    def _blob_to_keep(self, part: TaskFolder, run: int, mark: Mark, before: Kept | None) -> str:
        if self.index is None:
            at = before.runs.index(run) if before and run in before.runs else -1
            return before.blobs[at] if before and at >= 0 and before.marks[at] == mark else ""
        blob = self._blob(part, run, mark)
        # Asked again: had the file changed before it was read, its row would be kept under another content's id.
        return blob if blob and _mark_now(f"{self.folder}/{_key(part)}/run{run}.json") == mark else ""

    def _blob(self, part: TaskFolder, run: int, mark: Mark) -> str:
        if self.index is None or run in part.links:
            return ""
        return self.index.blob(f"{_key(part)}/run{run}.json", mark)


def _incomplete(rows: Sequence[Sequence[Row | None]]) -> list[int]:
    return [at for at, part_rows in enumerate(rows) if None in part_rows]


def _key(part: TaskFolder) -> str:
    return f"{part.model}/{part.task}"


def _mark_now(path: str) -> Mark | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return mark_of(status)


def _name(name: str) -> str:
    return f"{_READER} {name}"


def _reader_version() -> str:
    """Changes with whatever makes what is remembered, so that nothing outlives the code that made it."""
    parts = [bot.__version__, msgspec.__version__]
    for name in ("sweep_rows.py", "sweep_records.py", "sweep_walk.py", "sweep_memory.py", "logs.py"):
        source = Path(__file__).with_name(name)
        parts.append(str(zlib.crc32(source.read_bytes())) if source.is_file() else "")
    return "/".join(parts)


_READER = _reader_version()
