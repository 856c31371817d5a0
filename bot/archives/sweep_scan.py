"""All run files that are to be read to rows, in one pass, by the `map` of whatever executor is at hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from bot.archives.forked import InProcess, Mapper, best_mapper
from bot.archives.sweep_records import Row
from bot.archives.sweep_walk import TaskFolder

if TYPE_CHECKING:
    from bot.archives.sweep_reading import Batch

WORTH_A_PROCESS = 200
SMALLEST_BATCH = 16
MOST_BATCHES = 256

_DECODER = msgspec.msgpack.Decoder(list[list[Row]])


def read_folders(folder: str, parts: Sequence[TaskFolder], executor: Mapper | None = None) -> Iterator[list[Row]]:
    """The rows of each task folder, in order; by `executor`, else in as many processes as the work is worth."""
    if not parts:
        return
    # Late: where everything is remembered nothing is read. Before any fork: each would load it again.
    from bot.archives.sweep_reading import read_batch

    count = sum(len(part.runs) for part in parts)
    batches = list(_batches(folder, parts, max(SMALLEST_BATCH, count // MOST_BATCHES)))
    mapper = executor or (best_mapper(len(batches)) if count > WORTH_A_PROCESS else InProcess())
    for answer in mapper.map(read_batch, batches):
        yield from _DECODER.decode(answer)


def _batches(folder: str, parts: Sequence[TaskFolder], size: int) -> Iterator[Batch]:
    """Batches of at least `size` files, but for the last."""
    from bot.archives.sweep_reading import Batch

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
