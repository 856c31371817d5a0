"""The one owner of the cluster partition: standard errors, degrees of freedom and pairing all take it from here.

Scores are not independent within a question, so every standard error is clustered by question. What a clustered
error needs of the scores is, per block (one question under one seed), how many there are and their sum; a summary
knows both as well as a list of samples does, so both give the same numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot.scoring.student import t_quantile

LEVEL = 0.95


class Partition(NamedTuple):
    """Which cluster each row belongs to: `codes[i]` is the place of row i's label in `labels` (sorted, unique)."""

    labels: tuple[str, ...]
    codes: tuple[int, ...]

    @property
    def size(self) -> int:
        """How many clusters there are."""
        return len(self.labels)

    def sums(self, values: Iterable[float]) -> list[float]:
        """Sum of `values` (one a row) per cluster, in the order of `labels`."""
        gathered: list[list[float]] = [[] for _ in self.labels]
        for code, value in zip(self.codes, values, strict=True):
            gathered[code].append(value)
        return [math.fsum(group) for group in gathered]


def partition(labels: Sequence[str]) -> Partition:
    """Split rows by label."""
    names = tuple(sorted(set(labels)))
    place = {name: i for i, name in enumerate(names)}
    return Partition(names, tuple(place[label] for label in labels))


class Estimate(NamedTuple):
    """A value with its clustered error. `se`, `df` are None where fewer than two clusters leave it unknown."""

    value: float
    se: float | None
    df: float | None

    @property
    def half_width(self) -> float | None:
        """Half of the 95 % interval before any clipping: t(0.975, df) · se."""
        if self.se is None or self.df is None:
            return None
        return t_quantile((1 + LEVEL) / 2, self.df) * self.se

    def interval(self, low: float = -math.inf, high: float = math.inf) -> tuple[float, float] | None:
        """The 95 % interval clipped to `low`–`high`, None where the error is unknown."""
        half = self.half_width
        return None if half is None else (max(low, self.value - half), min(high, self.value + half))


def clustered_se(clusters: Partition, residuals: Iterable[float], n: float) -> float | None:
    """Clustered standard error of a mean over `n` scores.

    SE = sqrt( G/(G−1) · Σ_g (Σ_{i in g} residual_i)² ) / n   (Miller 2024, arXiv 2411.00640, with the G/(G−1) factor)

    `residuals`, one a row, are (block sum − mean · block count). None for fewer than two clusters.
    """
    g = clusters.size
    if g < 2 or n <= 0:
        return None
    return math.sqrt(g / (g - 1) * math.fsum(total * total for total in clusters.sums(residuals))) / n


def two_way_se(first: Partition, second: Partition, residuals: Sequence[float], n: float) -> float | None:
    """Two-way clustered standard error: V = V_first + V_second − V_both (Cameron, Gelbach & Miller 2011).

    Never below the error clustered by `first` alone: the estimate of V may fall under it, or under zero.
    """
    one, two = clustered_se(first, residuals, n), clustered_se(second, residuals, n)
    both = clustered_se(crossed(first, second), residuals, n)
    if one is None or two is None or both is None:
        return one
    return max(one, math.sqrt(max(0.0, one**2 + two**2 - both**2)))


def crossed(first: Partition, second: Partition) -> Partition:
    """The partition whose clusters are the pairs of clusters that occur."""
    pairs = zip(first.codes, second.codes, strict=True)
    return partition([f"{first.labels[a]}\x1f{second.labels[b]}" for a, b in pairs])


def mean_of(values: Sequence[float], clusters: Sequence[str]) -> Estimate | None:
    """The mean of `values` with its error clustered by label (one a value); None without values."""
    if not values:
        return None
    mean, split = math.fsum(values) / len(values), partition(clusters)
    se = clustered_se(split, [value - mean for value in values], len(values))
    return Estimate(mean, se, split.size - 1 if se is not None else None)
