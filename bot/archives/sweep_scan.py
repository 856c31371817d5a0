"""All run files of a tag to rows, in one pass.

Files are read in batches by the `map` of whatever executor is at hand. What comes back is rows, never transcripts.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from bot.archives.decoding import CannotDecode
from bot.archives.files import reason_of
from bot.archives.forked import InProcess, Mapper, best_mapper
from bot.archives.sweep_records import Run
from bot.archives.sweep_rows import Place, read_row
from bot.archives.sweep_walk import TaskFolder

WORTH_A_PROCESS = 200
SMALLEST_BATCH = 16
MOST_BATCHES = 256
LIMIT = 64 * 2**20

_BUFFER = 2**20
_OPEN_FLAGS = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))


class Refusal(msgspec.Struct, frozen=True, gc=False, array_like=True, tag=1):
    """Why a file gave no row; `lasting` says that the bytes are the reason, so that the same bytes fail again."""

    reason: str
    lasting: bool = True


Row = Run | Refusal


class Batch(NamedTuple):
    """Some task folders below one folder, the tag's."""

    folder: str
    parts: list[TaskFolder]


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(list[list[Row]])


def read_batch(batch: Batch) -> bytes:
    """Read every file of `batch`: a list of Row for each task folder, as msgpack. Raises for no file."""
    reader = _Reader()
    return _ENCODER.encode([reader.read(batch.folder, part) for part in batch.parts])


def read_folders(folder: str, parts: Sequence[TaskFolder], executor: Mapper | None = None) -> Iterator[list[Row]]:
    """The rows of each task folder, in order; by `executor`, else in as many processes as the work is worth."""
    count = sum(len(part.runs) for part in parts)
    batches = list(_batches(folder, parts, max(SMALLEST_BATCH, count // MOST_BATCHES)))
    mapper = executor or (best_mapper(len(batches)) if count > WORTH_A_PROCESS else InProcess())
    for answer in mapper.map(read_batch, batches):
        yield from _DECODER.decode(answer)


def _batches(folder: str, parts: Sequence[TaskFolder], size: int) -> Iterator[Batch]:
    """Batches of at least `size` files, but for the last."""
    batch = Batch(folder, [])
    count = 0
    for part in parts:
        batch.parts.append(part)
        count += len(part.runs)
        if count >= size:
            yield batch
            batch, count = Batch(folder, []), 0
    if batch.parts:
        yield batch


class _Reader:
    """Reads one file after the other into the same memory, so that 10,000 files need no more than the largest."""

    def __init__(self) -> None:
        # Memory that starts on a page: the system copies into it three times faster than into a bytearray.
        # Private, because a fork must not share it.
        self.buffer = mmap.mmap(-1, _BUFFER, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.view = memoryview(self.buffer)

    def read(self, folder: str, part: TaskFolder) -> list[Row]:
        stem = f"{folder}/{part.model}/{part.task}/run"
        links = part.links
        return [
            self._row(links.get(run) or f"{stem}{run}.json", Place(part.model, part.task, run), mark[2])
            for run, mark in zip(part.runs, part.marks, strict=True)
        ]

    def _row(self, path: str, place: Place, size: int) -> Row:
        try:
            descriptor = os.open(path, _OPEN_FLAGS)
            try:
                count = os.readv(descriptor, (self.buffer,))
                data = self.view[:count] if count == size < _BUFFER else self._large(descriptor, count)
                return read_row(data, place)
            finally:
                os.close(descriptor)
        except CannotDecode as refusal:
            return Refusal(str(refusal))
        except OSError as error:
            return Refusal(reason_of(error), lasting=False)

    def _large(self, descriptor: int, count: int) -> bytes:
        """All of a file that the buffer does not hold, or that is not as large as it was when it was found."""
        parts = [bytes(self.view[:count])]
        while count <= LIMIT and (chunk := os.read(descriptor, _BUFFER)):
            parts.append(chunk)
            count += len(chunk)
        if count > LIMIT:
            raise CannotDecode(f"too large: more than {LIMIT // 2**20} MB")
        return b"".join(parts)
