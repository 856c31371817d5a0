"""The stages of a build as pure functions: deduplicate, look for what is missing, draw a sample for people."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot.evalsets.clusters import clusters_of, cores_of
from bot.evalsets.items import Item, McqItem, PreferenceItem
from bot.evalsets.pairs import NEAR, alike

LEAST_REVIEWED, MOST_REVIEWED, REVIEWED = 0.10, 0.20, 0.15


class Dropped(NamedTuple):
    """An item that a stage left out, and why."""

    item: str
    why: str


class Sifted(NamedTuple):
    """What a stage kept, in order, and what it left out."""

    kept: tuple[Item, ...]
    dropped: tuple[Dropped, ...]


def deduplicated(items: Sequence[Item], near: float = NEAR) -> Sifted:
    """Items without exact and near duplicates of an earlier one; an item and its control are never duplicates."""
    clusters = clusters_of(cores_of([item.asked for item in items]))
    why: dict[int, str] = {}
    for cluster in clusters:
        for row in cluster.rows[1:]:
            why[row] = f"asks the same as {items[cluster.rows[0]].id}"
    for pair in alike([cluster.core for cluster in clusters], near).near:
        first, second = clusters[pair.a].rows[0], clusters[pair.b].rows[0]
        if first not in why and second not in why and not are_matched(items[first], items[second]):
            why[second] = f"near duplicate of {items[first].id} (similarity {pair.similarity:.2f})"
    return with_their_matches(_sifted(items, why))


def are_matched(a: Item, b: Item) -> bool:
    """Whether one is the matched control of the other."""
    return a.control != b.control and (a.matched == b.id or b.matched == a.id)


def _sifted(items: Sequence[Item], why: dict[int, str]) -> Sifted:
    dropped = tuple(Dropped(items[row].id, reason) for row, reason in sorted(why.items()))
    return Sifted(tuple(item for row, item in enumerate(items) if row not in why), dropped)


def with_their_matches(sifted: Sifted) -> Sifted:
    """Without the controls whose items are gone: a control alone matches nothing. An item may stand without one."""
    there = {item.id for item in sifted.kept}
    alone = {item.id for item in sifted.kept if item.control and item.matched and item.matched not in there}
    kept = [item for item in sifted.kept if item.id not in alone]
    left = {item.id for item in kept}
    whole = tuple(item if item.matched in left else item.model_copy(update={"matched": None}) for item in kept)
    gone = (Dropped(item.id, "control of an item that is gone") for item in sifted.kept if item.id in alone)
    return Sifted(whole, (*sifted.dropped, *gone))


def complete(items: Sequence[Item]) -> Sifted:
    """Items that say what a usable item must: level, rationale, source URL, both criteria, answers that differ."""
    why = {row: "; ".join(missing) for row, item in enumerate(items) if (missing := list(missing_in(item)))}
    return with_their_matches(_sifted(items, why))


def missing_in(item: Item) -> Iterable[str]:
    """What an item lacks to be usable."""
    needed = ("level", "difficulty", "topic", "rationale", "source_url", "honest_criteria", "sycophantic_criteria")
    yield from (f"no {name}" for name in needed if not getattr(item, name))
    if isinstance(item, McqItem) and len({choice.text.casefold().strip(" .") for choice in item.choices}) < len(
        item.choices
    ):
        yield "two choices say the same"
    if isinstance(item, PreferenceItem) and item.chosen.strip() == item.rejected.strip():
        yield "both responses are the same"


def stratum_of(item: Item) -> str:
    """The stratum an item is sampled in: level, kind and who wrote it."""
    return f"level {item.level or 'not stated'}, {item.kind}, {item.source or 'source not stated'}"


def strata_of(items: Iterable[Item]) -> dict[str, list[Item]]:
    """Items by stratum."""
    strata: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        strata[stratum_of(item)].append(item)
    return dict(sorted(strata.items()))


def sample(items: Sequence[Item], share: float = REVIEWED) -> tuple[Item, ...]:
    """That share of every stratum, at least one item of each: the same items every time, in the set's order."""
    chosen = set()
    for own in strata_of(items).values():
        by_chance = sorted(own, key=lambda item: hashlib.sha256(item.id.encode()).digest())
        chosen |= {item.id for item in by_chance[: max(1, math.ceil(share * len(own) - 1e-9))]}
    return tuple(item for item in items if item.id in chosen)
