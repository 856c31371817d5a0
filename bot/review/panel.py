"""What the questions of an archive are worth: those that ask the same, and what intervals as wide as these can show.

Which questions ask the same is no count but a definition; it is the house's own (`bot.alike`, `bot.evalsets.pairs`),
since a second likeness would tell other pairs apart. What is counted with it is counted here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from statistics import NormalDist
from typing import NamedTuple

from bot.evalsets.clusters import clusters_of, cores_of, effective_number
from bot.evalsets.pairs import alike

POWER = 0.80
NORMAL = NormalDist()
Z = NORMAL.inv_cdf(0.975)


class Repeats(NamedTuple):
    """`distinct` questions, `effective` ones, those `repeated`; pairs `near` and in `contrast`; the `closest` pair."""

    distinct: int
    effective: float
    repeated: int
    near: int
    contrast: int
    closest: float | None


def repeats_of(questions: Sequence[str], cells: Sequence[Collection[str]]) -> Repeats:
    """What these questions, each another text, have in common; near ones repeat each other where a cell asks both."""
    clusters = clusters_of(cores_of(questions))
    found = alike([cluster.core for cluster in clusters])
    where = [
        {place for place, cell in enumerate(cells) for row in cluster.rows if questions[row] in cell}
        for cluster in clusters
    ]
    near = [(pair.a, pair.b) for pair in found.near if where[pair.a] & where[pair.b]]
    repeated = len(questions) - _groups(len(clusters), near)
    worth = effective_number([len(cluster.rows) for cluster in clusters], near)
    closest = found.closest.similarity if found.closest is not None else None
    return Repeats(len(clusters), worth, repeated, len(near), len(found.contrasts), closest)


def _groups(number: int, pairs: Sequence[tuple[int, int]]) -> int:
    """How many groups are left where paired ones are one."""
    group = list(range(number))
    for a, b in pairs:
        old, new = group[a], group[b]
        group = [new if g == old else g for g in group]
    return len(set(group))


def detectable(half: float) -> float:
    """The distance that an interval of this half-width tells from nothing with 80 % power (normal approximation)."""
    return half * (1 + NORMAL.inv_cdf(POWER) / Z)


def power(distance: float, half: float) -> float:
    """The chance that an interval of this half-width leaves out a threshold that is truly so far away."""
    ratio = distance / half
    return NORMAL.cdf(Z * (ratio - 1)) + NORMAL.cdf(-Z * (ratio + 1))
