"""Whether annotators agree: Krippendorff's alpha for any number of raters, missing labels and four kinds of label.

α = 1 − D_o/D_e over the coincidences of values within units (Krippendorff 2011, Computing Krippendorff's
Alpha-Reliability, University of Pennsylvania). Written from that paper; tests hold it to the paper's examples.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import permutations
from typing import Any, Literal

Scale = Literal["nominal", "ordinal", "interval", "ratio"]
Distance = Callable[[Any, Any], float]


def krippendorff(units: Iterable[Sequence[Hashable]], scale: Scale = "nominal") -> float | None:
    """Alpha of the labels in `units` (each holds those of one item; a unit with fewer than two says nothing).

    None where nothing can be said: fewer than two pairable labels, or all of them the same.
    """
    used = [unit for unit in units if len(unit) > 1]
    together = _coincidences(used)
    totals: Counter[Any] = Counter()
    for (value, _), weight in together.items():
        totals[value] += weight  # type: ignore[assignment]  # weights are shares of pairs
    if len(totals) < 2:
        return None
    distance = _distance(scale, totals)
    n = sum(totals.values())
    observed = math.fsum(weight * distance(a, b) for (a, b), weight in together.items())
    expected = math.fsum(totals[a] * totals[b] * distance(a, b) for a, b in permutations(totals, 2)) / (n - 1)
    return 1 - observed / expected if expected else None


def _coincidences(units: Iterable[Sequence[Hashable]]) -> dict[tuple[Any, Any], float]:
    """How often two values stand in one unit: every ordered pair counts 1/(m − 1)."""
    found: dict[tuple[Any, Any], float] = {}
    for unit in units:
        for pair in permutations(unit, 2):
            found[pair] = found.get(pair, 0.0) + 1 / (len(unit) - 1)
    return found


def _distance(scale: Scale, totals: Mapping[Any, float]) -> Distance:
    """The squared difference of two values on that scale."""
    if scale == "nominal":
        return lambda a, b: float(a != b)
    if scale == "interval":
        return lambda a, b: float(a - b) ** 2
    if scale == "ratio":
        return lambda a, b: ((a - b) / (a + b)) ** 2 if a + b else 0.0
    order = sorted(totals)
    below = {value: math.fsum(totals[each] for each in order[:place]) for place, value in enumerate(order)}

    def ordinal(a: Any, b: Any) -> float:
        low, high = sorted((a, b))
        return (below[high] - below[low] + (totals[high] - totals[low]) / 2) ** 2

    return ordinal
