"""Formulas of the specification, written a second time with the standard library alone.

Student's quantile comes from Gauss–Legendre integration of the density and Newton's method: no table, and no code or
method shared with the scoring that it checks.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from statistics import NormalDist
from typing import NamedTuple

_NODES = 64
_NEARLY_NORMAL = 1e6
LEVEL = 0.95


class Measure(NamedTuple):
    """A value with its standard error and degrees of freedom; the error is None where it cannot be told."""

    value: float
    se: float | None
    df: float | None

    @property
    def half(self) -> float | None:
        """Half of the 95 % interval before clipping."""
        if self.se is None or self.df is None:
            return None
        return t_quantile(0.5 + LEVEL / 2, self.df) * self.se

    def interval(self, low: float, high: float) -> tuple[float, float] | None:
        """The 95 % interval clipped to `low`–`high`."""
        half = self.half
        return None if half is None else (max(low, self.value - half), min(high, self.value + half))


class Ordered:
    """Values in order, so that how many lie beyond a threshold is told without going over them."""

    def __init__(self, values: Iterable[float]) -> None:
        self._values = sorted(values)

    def __len__(self) -> int:
        return len(self._values)

    def count(self, sign: str, limit: float) -> int:
        """How many stand so to the limit; the signs are >, >=, <, <= and ==."""
        if sign in (">", "<="):
            up_to = bisect_right(self._values, limit)
            return up_to if sign == "<=" else len(self) - up_to
        below = bisect_left(self._values, limit)
        if sign == "==":
            return bisect_right(self._values, limit) - below
        return below if sign == "<" else len(self) - below


@cache
def _legendre() -> tuple[tuple[float, float], ...]:
    """Nodes and weights of Gauss–Legendre integration on −1…1, by Newton's method on the polynomial."""
    return tuple(_legendre_node(i) for i in range(_NODES))


def _legendre_node(i: int) -> tuple[float, float]:
    x = math.cos(math.pi * (i + 0.75) / (_NODES + 0.5))
    slope = 1.0
    for _ in range(50):
        p, q = 1.0, 0.0
        for k in range(_NODES):
            p, q = ((2 * k + 1) * x * p - k * q) / (k + 1), p
        slope = _NODES * (x * p - q) / (x * x - 1)
        step = p / slope
        x -= step
        if abs(step) < 1e-15:
            break
    return x, 2.0 / ((1.0 - x * x) * slope * slope)


@cache
def t_quantile(p: float, df: float) -> float:
    """The t with P(T ≤ t) = p for p in 0.5–1; `df` > 0 may be broken or infinite."""
    normal = NormalDist().inv_cdf(p)
    if df > _NEARLY_NORMAL:
        return normal + (normal**3 + normal) / (4 * df)
    front = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(df * math.pi)
    t = normal
    for _ in range(200):
        miss = 0.5 + front * _bell(t, df) - p
        step = miss / (front * (1 + t * t / df) ** (-(df + 1) / 2))
        # Started below the root, where the distribution function is concave: the steps only ever climb towards it.
        t -= step
        if abs(step) <= 1e-13 * t:
            break
    return t


def _bell(t: float, df: float) -> float:
    """∫₀ᵗ (1 + u²/df)^(−(df+1)/2) du."""
    half = t / 2
    power = -(df + 1) / 2
    return half * math.fsum(w * (1 + (half * (x + 1)) ** 2 / df) ** power for x, w in _legendre())


class Tally(NamedTuple):
    """How many valid scores one question has under one seed, and their sum."""

    question: str
    seed: str
    n: float
    total: float


def mean_of(tallies: Sequence[Tally]) -> float | None:
    """Sum of the scores over their number, None without any."""
    n = math.fsum(t.n for t in tallies)
    return math.fsum(t.total for t in tallies) / n if n else None


def measure(tallies: Sequence[Tally]) -> Measure | None:
    """The mean with its error clustered by question, and by seed too where there are several seeds."""
    used = [t for t in tallies if t.n > 0]
    mean = mean_of(used)
    if mean is None:
        return None
    n = math.fsum(t.n for t in used)
    rest = [(t, t.total - mean * t.n) for t in used]
    by_question = cluster_se(((t.question, r) for t, r in rest), n)
    if by_question is None or len({t.seed for t in used}) < 2:
        return Measure(mean, by_question, len({t.question for t in used}) - 1 if by_question is not None else None)
    by_seed = cluster_se(((t.seed, r) for t, r in rest), n)
    crossed = cluster_se((((t.question, t.seed), r) for t, r in rest), n)
    both = (by_question**2 + (by_seed or 0) ** 2) - (crossed or 0) ** 2
    smaller = min(len({t.question for t in used}), len({t.seed for t in used}))
    return Measure(mean, max(by_question, math.sqrt(max(both, 0.0))), smaller - 1)


def cluster_se(residuals: Iterable[tuple[object, float]], n: float) -> float | None:
    """sqrt( G/(G−1) · Σ_g (Σ residuals of g)² ) / n; None for fewer than two clusters."""
    sums: dict[object, float] = {}
    for cluster, residual in residuals:
        sums[cluster] = sums.get(cluster, 0.0) + residual
    g = len(sums)
    if g < 2 or not n:
        return None
    return math.sqrt(g / (g - 1) * math.fsum(s * s for s in sums.values())) / n


def influence(tallies: Sequence[Tally]) -> dict[str, float]:
    """By question, its share in how far the mean is off: (sum − mean · count) / n."""
    mean, n = mean_of(tallies), math.fsum(t.n for t in tallies)
    found: dict[str, float] = {}
    for t in tallies:
        if t.n > 0 and mean is not None:
            found[t.question] = found.get(t.question, 0.0) + (t.total - mean * t.n) / n
    return found


def question_means(tallies: Iterable[Tally]) -> dict[str, float]:
    """By question, the mean of its valid scores over all seeds."""
    sums: dict[str, tuple[float, float]] = {}
    for t in tallies:
        n, total = sums.get(t.question, (0.0, 0.0))
        sums[t.question] = n + t.n, total + t.total
    return {question: total / n for question, (n, total) in sums.items() if n > 0}


def independent(a: Measure, b: Measure) -> Measure:
    """a − b of two independent measures: Welch, degrees of freedom by Satterthwaite."""
    if a.se is None or b.se is None or a.df is None or b.df is None:
        return Measure(a.value - b.value, None, None)
    va, vb = a.se**2, b.se**2
    spread = va**2 / a.df + vb**2 / b.df
    return Measure(a.value - b.value, math.sqrt(va + vb), (va + vb) ** 2 / spread if spread else a.df + b.df)


def paired_difference(a: Sequence[Tally], b: Sequence[Tally]) -> Measure | None:
    """a − b over the same panel: the difference of their influences, clustered by question.

    A question with valid scores on one side only moves that side's mean alone.
    """
    left, right = influence(a), influence(b)
    one, two = mean_of(a), mean_of(b)
    if one is None or two is None:
        return None
    asked = sorted({*left, *right})
    se = cluster_se(((q, left.get(q, 0.0) - right.get(q, 0.0)) for q in asked), 1.0)
    return Measure(one - two, se, len(asked) - 1 if se is not None else None)


def mean_difference(pairs: Sequence[tuple[str, float]]) -> Measure | None:
    """The mean of paired differences, each with its question, clustered by question."""
    if not pairs:
        return None
    mean = math.fsum(d for _, d in pairs) / len(pairs)
    se = cluster_se(((question, d - mean) for question, d in pairs), len(pairs))
    return Measure(mean, se, len({question for question, _ in pairs}) - 1 if se is not None else None)


def correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Pearson's, None where a side does not vary."""
    if len(pairs) < 2:
        return None
    mx, my = math.fsum(x for x, _ in pairs) / len(pairs), math.fsum(y for _, y in pairs) / len(pairs)
    xx = math.fsum((x - mx) ** 2 for x, _ in pairs)
    yy = math.fsum((y - my) ** 2 for _, y in pairs)
    return math.fsum((x - mx) * (y - my) for x, y in pairs) / math.sqrt(xx * yy) if xx and yy else None


def spread(values: Sequence[float]) -> float | None:
    """Standard deviation with n − 1, None for fewer than two."""
    if len(values) < 2:
        return None
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (len(values) - 1))


def common(left: Mapping[str, float], right: Mapping[str, float]) -> list[tuple[str, float, float]]:
    """Keys that both have, with both values."""
    return [(key, left[key], right[key]) for key in left if key in right]


def ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values share the mean of their ranks."""
    order = sorted(range(len(values)), key=values.__getitem__)
    found = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for i in order[start : end + 1]:
            found[i] = (start + end) / 2 + 1
        start = end + 1
    return found


def spearman(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Spearman's rank correlation: Pearson's of the ranks."""
    if not pairs:
        return None
    return correlation(list(zip(ranks([x for x, _ in pairs]), ranks([y for _, y in pairs]), strict=True)))


def krippendorff(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Krippendorff's alpha for intervals and two judges: 1 − observed over expected squared disagreement."""
    values = [value for pair in pairs for value in pair]
    n = len(values)
    if n < 2:
        return None
    observed = math.fsum((x - y) ** 2 for x, y in pairs) / len(pairs)
    # Over all pairs of values, Σ (a − b)² is n Σ a² − (Σ a)²; each pair is counted once here.
    expected = (n * math.fsum(v * v for v in values) - math.fsum(values) ** 2) / (n * (n - 1) / 2)
    return 1 - observed / expected if expected > 0 else None


def kendall(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Kendall's tau-b."""
    above = tied_x = tied_y = 0
    for i, (x, y) in enumerate(pairs):
        for u, v in pairs[:i]:
            product = (x - u) * (y - v)
            above += (product > 0) - (product < 0)
            tied_x += x == u
            tied_y += y == v
    every = len(pairs) * (len(pairs) - 1) / 2
    untied = (every - tied_x) * (every - tied_y)
    return above / math.sqrt(untied) if untied > 0 else None
