"""Run files to rows, a batch at a time: the work that is shared out among processes.

Files are read whole, one after the other; what comes back is rows, never transcripts.
"""

from __future__ import annotations

import mmap
import os
import threading
from typing import Any, NamedTuple

import msgspec

from bot.archives.decoding import CannotDecode
from bot.archives.files import reason_of
from bot.archives.sweep_records import Refusal, Row
from bot.archives.sweep_rows import Place, read_row
from bot.archives.sweep_walk import TaskFolder

LIMIT = 64 * 2**20

_BUFFER = 2**20
_OPEN_FLAGS = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
_CAN_READ_INTO = hasattr(os, "readv")
# Not shared with forks, which read into it at the same time.
_PRIVATE: dict[str, Any] = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}


class Batch(NamedTuple):
    """Some task folders below one folder, the tag's."""

    folder: str
    parts: list[TaskFolder]


_ENCODER = msgspec.msgpack.Encoder()


def read_batch(batch: Batch) -> bytes:
    """Read every file of `batch`: a list of Row for each task folder, as msgpack. Raises for no file."""
    reader = _reader()
    return _ENCODER.encode([reader.read(batch.folder, part) for part in batch.parts])


class _Local(threading.local):
    reader: _Reader | None = None


def _reader() -> _Reader:
    """This thread's reader; a fork has its own copy of the memory in it."""
    if _LOCAL.reader is None:
        _LOCAL.reader = _Reader()
    return _LOCAL.reader


class _Reader:
    """Reads one file after the other into the same memory, so that 10,000 files need no more than the largest."""

    def __init__(self) -> None:
        # Memory that starts on a page: the system copies into it three times faster than into a bytearray.
        self.buffer = mmap.mmap(-1, _BUFFER, **_PRIVATE)
        self.view = memoryview(self.buffer)

    def read(self, folder: str, part: TaskFolder) -> list[Row]:
        stem = f"{folder}/{part.model}/{part.task}/run"
        links = part.links
        return [
            self._row(links.get(run) or f"{stem}{run}.json", Place(part.model, part.task, run)) for run in part.runs
        ]

    def _row(self, path: str, place: Place) -> Row:
        try:
            descriptor = os.open(path, _OPEN_FLAGS)
            try:
                return read_row(self._content(descriptor), place)
            finally:
                os.close(descriptor)
        except CannotDecode as refusal:
            return Refusal(str(refusal))
        except OSError as error:
            return Refusal(reason_of(error), lasting=False)

    def _content(self, descriptor: int) -> memoryview | bytes:
        """All of a file: in the buffer where it fits."""
        count = os.readv(descriptor, (self.buffer,)) if _CAN_READ_INTO else 0
        # Files end where a read gives nothing more, not where one gives less than was asked for.
        while 0 < count < _BUFFER and (more := os.readv(descriptor, (self.view[count:],))):
            count += more
        return self.view[:count] if 0 < count < _BUFFER else self._large(descriptor, count)

    def _large(self, descriptor: int, count: int) -> bytes:
        """All of a file that the buffer does not hold; `count` bytes of it are there."""
        parts = [bytes(self.view[:count])]
        while count <= LIMIT and (chunk := os.read(descriptor, _BUFFER)):
            parts.append(chunk)
            count += len(chunk)
        if count > LIMIT:
            raise CannotDecode(f"too large: more than {LIMIT // 2**20} MB")
        return b"".join(parts)


_LOCAL = _Local()
