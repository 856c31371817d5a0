"""Limits and ticks of axes: round numbers, and room for markers that sit at the edge."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from matplotlib.ticker import MaxNLocator

STEPS = (1, 2, 2.5, 5, 10)


class Scale(NamedTuple):
    """An axis: its limits, and its ticks between them."""

    low: float
    high: float
    ticks: tuple[float, ...]


def given_scale(limits: tuple[float, float], values: Sequence[float], edge: float = 0.04) -> Scale:
    """The limits as given, widened to hold all values, and by `edge` of their span where a value is that close."""
    low, high = min(limits[0], *values), max(limits[1], *values)
    ticks = _ticks(low, high, 6)
    margin = edge * (high - low)
    below = margin if min(values) < low + margin else 0.0
    above = margin if max(values) > high - margin else 0.0
    return Scale(low - below, high + above, ticks)


def free_scale(values: Sequence[float], edge: float = 0.05) -> Scale:
    """Limits around the values with `edge` of their span to spare, stretched to a round number that lies close."""
    span = (max(values) - min(values)) or abs(max(values)) or 1.0
    low, high = min(values) - edge * span, max(values) + edge * span
    round_numbers = MaxNLocator(nbins=6, steps=STEPS).tick_values(low, high)
    step = min(after - before for before, after in pairwise(round_numbers))
    floor = max((number for number in round_numbers if number <= low), default=low)
    ceiling = min((number for number in round_numbers if number >= high), default=high)
    low = floor if low - floor <= 0.6 * step else low
    high = ceiling if ceiling - high <= 0.6 * step else high
    return Scale(float(low), float(high), _ticks(low, high, 6))


def _ticks(low: float, high: float, count: int) -> tuple[float, ...]:
    slack = 1e-9 * (high - low)
    numbers = MaxNLocator(nbins=count, steps=STEPS).tick_values(low, high)
    return tuple(float(number) for number in numbers if low - slack <= number <= high + slack)
