"""What results say of each item: difficulty, item-rest correlation, and whether it still tells models apart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.evalsets.findings import Finding, some
from bot.evalsets.items import Item
from bot.evalsets.results import Results

CEILING, FLOOR = 0.95, 0.05
FEWEST_RESPONDENTS = 3
"""With fewer respondents no item can be said to be dead, and a correlation has no meaning."""


class ItemStatistic(NamedTuple):
    """One item over all respondents that answered it.

    `mean` is the mean honest share (0–1): the difficulty of classical test theory, high is easy. `item_rest` is the
    correlation of respondents' means on this item with their means on all others, None where it cannot be formed.
    """

    item: str
    respondents: int
    answers: int
    mean: float
    item_rest: float | None
    dead: bool
    ceiling: bool
    floor: bool


def statistics_of(items: Sequence[Item], results: Results) -> tuple[ItemStatistic, ...]:
    """Statistics of all items that somebody answered, in the set's order."""
    means = {
        name: {item: _mean(own) for item, own in scores.items() if own} for name, scores in results.respondents.items()
    }
    return tuple(
        statistic(item.id, means, results.of_item(item.id))
        for item in items
        if any(item.id in own for own in means.values())
    )


def statistic(item: str, means: dict[str, dict[str, float]], answers: Sequence[float]) -> ItemStatistic:
    """The statistics of one item."""
    own = [scores[item] for scores in means.values() if item in scores]
    rest = [_rest(scores, item) for scores in means.values() if item in scores]
    mean = _mean(own)
    enough = len(own) >= FEWEST_RESPONDENTS
    return ItemStatistic(
        item, len(own), len(answers), mean,
        correlation(own, rest) if enough else None,
        dead=enough and max(own) - min(own) < 1e-9,
        ceiling=mean >= CEILING, floor=mean <= FLOOR,
    )  # fmt: skip


def _rest(scores: dict[str, float], item: str) -> float:
    others = [value for name, value in scores.items() if name != item]
    return _mean(others) if others else math.nan


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def correlation(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Pearson's r; None where one side does not vary."""
    mean_x, mean_y = _mean(x), _mean(y)
    sxx = math.fsum((value - mean_x) ** 2 for value in x)
    syy = math.fsum((value - mean_y) ** 2 for value in y)
    if not (sxx > 1e-18 and syy > 1e-18):
        return None
    sxy = math.fsum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return max(-1.0, min(1.0, sxy / math.sqrt(sxx * syy)))


def findings_of(found: Sequence[ItemStatistic]) -> Iterator[Finding]:
    """Items that no longer measure anything."""
    if dead := [each.item for each in found if each.dead]:
        yield Finding("low", f"{len(dead)} dead items: every respondent scores the same on them", some(dead))
    if ceiling := [each.item for each in found if each.ceiling and not each.dead]:
        yield Finding("info", f"{len(ceiling)} items at the ceiling (mean {CEILING} or more)", some(ceiling))
    if floor := [each.item for each in found if each.floor and not each.dead]:
        yield Finding("info", f"{len(floor)} items at the floor (mean {FLOOR} or less)", some(floor))
    against = [each.item for each in found if each.item_rest is not None and each.item_rest < -0.1]
    if against and max(each.respondents for each in found) >= 8:
        yield Finding("medium", f"{len(against)} items run against the rest of the set", some(against))
