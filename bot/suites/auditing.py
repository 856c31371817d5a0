"""What `recount evalset audit` does: read, find results, ask a model where that is paid for, audit, draw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.archives import files
from bot.archives.decoding import ANYTHING, CannotDecode, decode
from bot.archives.files import CannotRead
from bot.errors import EvalSetError
from bot.evalsets.audit import Asked, Audit, audit
from bot.evalsets.clusters import clusters_of, cores_of, effective_number
from bot.evalsets.contamination import Continued
from bot.evalsets.items import Item
from bot.evalsets.labelling import CONFIDENT
from bot.evalsets.pairs import NEAR, alike
from bot.evalsets.reading import EvalSet, read_set
from bot.evalsets.responses import Read, parse_responses, score
from bot.evalsets.results import Results, from_archive, from_responses


@dataclass(frozen=True)
class Wish:
    """What a command asks for: the set, and what to hold it against."""

    path: Path
    results: Path | None = None
    cutoff: str | None = None
    near: float = NEAR
    confidence: float = CONFIDENT
    embeddings: Path | None = None


def audited(wish: Wish, continued: Sequence[Continued] | None = None) -> Audit:
    """Audit a set; raises EvalSetError where the set or what it is held against cannot be read."""
    found = read_set(wish.path)
    return audit(found, asked_of(wish, found, continued))


def effective_items(path: Path) -> tuple[int, float, tuple[Item, ...]]:
    """How many items a set has, how many of them are effective, and the items."""
    items = read_set(path).items
    return len(items), effective_of(items), items


def effective_of(items: Sequence[Item]) -> float:
    """The effective number of items, by duplicates and personas alone."""
    clusters = clusters_of(cores_of([item.asked for item in items]))
    near = alike([cluster.core for cluster in clusters]).near
    return effective_number([len(cluster.rows) for cluster in clusters], [(pair.a, pair.b) for pair in near])


def asked_of(wish: Wish, found: EvalSet, continued: Sequence[Continued] | None) -> Asked:
    """What the audit is given."""
    if not 0 < wish.near <= 1 or not 0 <= wish.confidence <= 1:
        raise EvalSetError("a similarity and a confidence lie between 0 and 1", where="--near, --confidence")
    return Asked(
        near=wish.near, confidence=wish.confidence, results=results_of(wish.results, found),
        cutoff=day_of(wish.cutoff), continued=continued, vectors=vectors_of(wish.embeddings, found.items),
    )  # fmt: skip


def day_of(text: str | None, option: str = "--cutoff") -> dt.date | None:
    """A day as year-month-day."""
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except ValueError:
        raise EvalSetError(f"{text!r} is no day", where=option, fix="write it as 2025-06-30") from None


def results_of(path: Path | None, found: EvalSet) -> Results | None:
    """Results from an archive's folder or a file of responses; the set's own archive where it came out of one."""
    if path is None:
        return from_archive(found.archive, found.items) if found.archive is not None else None
    if path.is_dir():
        from bot.archives.catalogue import open_archive

        results = from_archive(open_archive(path), found.items)
    else:
        scored, _ = score(found.items, read_responses(path).responses)
        results = from_responses(scored, path.name)
    if not results.any_scores and not results.texts:
        raise EvalSetError("these results are on none of the set's items", where=str(path))
    return results


def read_responses(path: Path) -> Read:
    """The responses in a file; raises EvalSetError where there is none."""
    try:
        read = parse_responses(files.read(path.resolve()), path.name)
    except CannotRead as refusal:
        raise EvalSetError(f"cannot be read: {refusal}", where=str(path)) from None
    if not read.responses:
        why = f": {read.unreadable[0].reason}" if read.unreadable else ""
        raise EvalSetError(f"no response in this file{why}", where=str(path), fix="a line is {item, response}")
    return read


def vectors_of(path: Path | None, items: Sequence[Item]) -> Mapping[str, Sequence[float]] | None:
    """Vectors by item id from JSONL of `item` and `vector`; all items must have one, all of the same length."""
    if path is None:
        return None
    try:
        lines = files.read(path.resolve()).splitlines()
        found = dict(_vector(decode(line, ANYTHING, lambda value: value)) for line in lines if line.strip())
    except (CannotRead, CannotDecode, TypeError, ValueError) as error:
        raise EvalSetError(f"no vectors: {error}", where=str(path), fix="a line is {item, vector}") from None
    missing = [item.id for item in items if item.id not in found]
    if missing or len({len(vector) for vector in found.values()}) > 1:
        what = f"no vector for {missing[0]!r}" if missing else "vectors of different lengths"
        raise EvalSetError(what, where=str(path), fix="give every item one vector, all of the same length")
    return found


def _vector(value: Any) -> tuple[str, list[float]]:
    return value["item"], [float(number) for number in value["vector"]]
