"""Which cells of level × topic × difficulty a set fills, and which it leaves empty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from bot.evalsets.findings import Finding
from bot.evalsets.items import DIFFICULTIES, LEVELS, Item

UNSTATED = "not stated"


class Cell(NamedTuple):
    """One cell of the map and how many items it holds."""

    level: int | None
    topic: str
    difficulty: str
    items: int


class Coverage(NamedTuple):
    """The map over the levels, topics and difficulties that the set's items state; controls count like items.

    `stated` says whether any item states its level or its difficulty: without, there is no map to hold the set to.
    """

    stated: bool
    levels: dict[str, int]
    difficulties: dict[str, int]
    topics: dict[str, int]
    kinds: dict[str, int]
    cells: tuple[Cell, ...]
    empty: tuple[Cell, ...]


def coverage_of(items: Sequence[Item], topics: Sequence[str]) -> Coverage:
    """The map; `topics` holds every item's topic, as stated or as found by clustering."""
    keys = [_key(item, topic) for item, topic in zip(items, topics, strict=True)]
    counts = Counter(keys)
    cells = tuple(Cell(*key, n) for key, n in sorted(counts.items(), key=lambda entry: _order(entry[0])))
    stated = any(item.level or item.difficulty for item in items)
    return Coverage(
        stated,
        _named(Counter(str(item.level or UNSTATED) for item in items)),
        _named(Counter(item.difficulty or UNSTATED for item in items)),
        dict(Counter(key[1] for key in keys).most_common()),
        dict(Counter(item.kind for item in items).most_common()),
        cells,
        tuple(_empty(counts)) if stated else (),
    )


Key = tuple[int | None, str, str]


def _key(item: Item, topic: str) -> Key:
    return item.level, topic or UNSTATED, item.difficulty or UNSTATED


def _order(key: Key) -> tuple[int, str, int]:
    level, topic, difficulty = key
    return level or 9, topic, DIFFICULTIES.index(difficulty) if difficulty in DIFFICULTIES else 9


def _named(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda entry: (entry[0] == UNSTATED, entry[0])))


def _empty(counts: Counter[Key]) -> Iterator[Cell]:
    """Cells without an item, for the topics that a level has at all: no level needs another level's topics."""
    topics = sorted({(level, topic) for level, topic, _ in counts if level is not None})
    for (level, topic), difficulty in product(topics, DIFFICULTIES):
        if not counts[level, topic, difficulty]:
            yield Cell(level, topic, difficulty, 0)


def findings_of(coverage: Coverage) -> Iterator[Finding]:
    """Levels and difficulties that the set leaves out."""
    if not coverage.stated:
        yield Finding("info", "coverage by level and difficulty not assessed: no item states them")
        return
    if missing := [f"{level} ({name})" for level, name in LEVELS.items() if str(level) not in coverage.levels]:
        yield Finding("info", f"no item of level {', '.join(missing)}")
    if missing := [each for each in DIFFICULTIES if each not in coverage.difficulties]:
        yield Finding("low", f"no {' and no '.join(missing)} item")
    if coverage.empty:
        filled = sum(1 for cell in coverage.cells if cell.level is not None)
        names = [f"level {cell.level} {cell.topic} {cell.difficulty}" for cell in coverage.empty]
        yield Finding(
            "info",
            f"{len(coverage.empty)} of {len(coverage.empty) + filled} cells of level × topic × difficulty are empty",
            "; ".join(names[:8]) + ("; …" if len(names) > 8 else ""),
        )
