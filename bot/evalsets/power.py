"""What a number of items can show: widths of intervals and power, in closed forms and exact sums.

Shares are 0–1 and half-widths are half of an interval's length, on the same scale. Intervals by four methods (Brown,
Cai and DasGupta 2001, Statistical Science 16:101); power of the two-sided exact binomial test with α/2 in each tail,
and of the normal tests (Fleiss, Levin and Paik 2003, chapters 2 and 4). Tests hold it all to scipy and statsmodels.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist
from typing import Literal, NamedTuple

from bot.errors import EvalSetError

Method = Literal["Wald", "Wilson", "Jeffreys", "Clopper–Pearson"]
METHODS: tuple[Method, ...] = ("Wald", "Wilson", "Jeffreys", "Clopper–Pearson")
LEVEL, ALPHA, POWER = 0.95, 0.05, 0.80
MOST_ITEMS = 20_000
"""Exact sums go up to here; a plan for more items rests on the normal approximation, and says so."""

_TINY = 1e-300
_STEPS = 500


class Interval(NamedTuple):
    """A share's interval."""

    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of its length."""
        return (self.high - self.low) / 2


class Needed(NamedTuple):
    """Items for a power: by the normal approximation; the first number that reaches it; that from which it is kept.

    The exact power goes up and down with n, because the test's limits are whole numbers: `first` and `for_good` differ.
    They are None beyond MOST_ITEMS.
    """

    normal: int
    first: int | None
    for_good: int | None


def z_of(p: float) -> float:
    """The normal quantile."""
    return NormalDist().inv_cdf(p)


# --- intervals ------------------------------------------------------------------------------------------------------


def interval(successes: float, n: int, method: Method = "Wilson", level: float = LEVEL) -> Interval:
    """The interval of a share of `successes` in `n`; `successes` need not be whole when a plan is made."""
    if n < 1 or not 0 <= successes <= n:
        raise EvalSetError(f"no share: {successes} of {n}", fix="give a share between 0 and 1 and at least one item")
    return _INTERVALS[method](successes, n, (1 - level) / 2)


def _wald(k: float, n: int, tail: float) -> Interval:
    share = k / n
    half = z_of(1 - tail) * math.sqrt(share * (1 - share) / n)
    return Interval(share - half, share + half)


def _wilson(k: float, n: int, tail: float) -> Interval:
    z, share = z_of(1 - tail), k / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def _jeffreys(k: float, n: int, tail: float) -> Interval:
    low = 0.0 if k == 0 else beta_quantile(tail, k + 0.5, n - k + 0.5)
    return Interval(low, 1.0 if k == n else beta_quantile(1 - tail, k + 0.5, n - k + 0.5))


def _clopper_pearson(k: float, n: int, tail: float) -> Interval:
    low = 0.0 if k == 0 else beta_quantile(tail, k, n - k + 1)
    return Interval(low, 1.0 if k == n else beta_quantile(1 - tail, k + 1, n - k))


_INTERVALS: dict[Method, Callable[[float, int, float], Interval]] = {
    "Wald": _wald,
    "Wilson": _wilson,
    "Jeffreys": _jeffreys,
    "Clopper–Pearson": _clopper_pearson,
}


def half_width(n: int, share: float = 0.5, method: Method = "Wilson", level: float = LEVEL) -> float:
    """Half-width of the interval that `n` items give at that share."""
    return interval(share * n, n, method, level).half_width


def items_for(half: float, share: float = 0.5, method: Method = "Wilson", level: float = LEVEL) -> int:
    """The fewest items whose interval at that share is no wider than ± `half`."""
    if not 0 < half < 1:
        raise EvalSetError(
            f"±{half} is no half-width of a share", fix="give one between 0 and 1, as 0.1 for ten points"
        )
    low, high = 0, 1
    while half_width(high, share, method, level) > half:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if half_width(middle, share, method, level) <= half else (middle, high)
    return high


# --- power ----------------------------------------------------------------------------------------------------------


def exact_power(n: int, null: float, true: float, alpha: float = ALPHA) -> float:
    """Power of the exact two-sided binomial test of share `null` with `n` items where the share is `true`."""
    limits = _limits(n, null, alpha)
    return math.fsum(_pmf(k, n, true) for k in range(n + 1) if k <= limits[0] or k >= limits[1])


@lru_cache(maxsize=4096)
def _limits(n: int, null: float, alpha: float) -> tuple[int, int]:
    """The largest count that is rejected as too low, and the smallest that is rejected as too high."""
    low, tail = -1, 0.0
    while (tail := tail + _pmf(low + 1, n, null)) <= alpha / 2:
        low += 1
    high, tail = n + 1, 0.0
    while (tail := tail + _pmf(high - 1, n, null)) <= alpha / 2:
        high -= 1
    return low, high


def _pmf(k: int, n: int, p: float) -> float:
    if p in (0.0, 1.0):
        return float(k == round(n * p))
    choose = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(choose + k * math.log(p) + (n - k) * math.log1p(-p))


def needed(null: float, true: float, power: float = POWER, alpha: float = ALPHA) -> Needed:
    """Items with which a test of share `null` finds the share `true` with that power."""
    _check_shares(null, true)
    normal = normal_items(null, true, power, alpha)
    most = math.ceil(1.3 * normal) + 40
    if most > MOST_ITEMS:
        return Needed(normal, None, None)
    start = max(1, math.floor(0.6 * normal) - 10)
    powers = {n: exact_power(n, null, true, alpha) for n in range(start, most)}
    enough = [n for n, reached in powers.items() if reached >= power]
    short = [n for n, reached in powers.items() if reached < power]
    return Needed(normal, enough[0], max(short, default=start - 1) + 1)


def normal_items(null: float, true: float, power: float = POWER, alpha: float = ALPHA) -> int:
    """n = ((z_α√(p₀q₀) + z_β√(p₁q₁)) / (p₁ − p₀))², rounded up."""
    _check_shares(null, true)
    spread = z_of(1 - alpha / 2) * math.sqrt(null * (1 - null)) + z_of(power) * math.sqrt(true * (1 - true))
    return math.ceil((spread / (true - null)) ** 2)


def two_arm_items(first: float, second: float, power: float = POWER, alpha: float = ALPHA) -> int:
    """Items in each of two arms: n = ((z_α√(2p̄q̄) + z_β√(p₁q₁ + p₂q₂)) / (p₂ − p₁))², rounded up."""
    _check_shares(first, second)
    mean = (first + second) / 2
    pooled = z_of(1 - alpha / 2) * math.sqrt(2 * mean * (1 - mean))
    apart = z_of(power) * math.sqrt(first * (1 - first) + second * (1 - second))
    return math.ceil(((pooled + apart) / (second - first)) ** 2)


def _check_shares(one: float, other: float) -> None:
    if not (0 < one < 1 and 0 < other < 1) or one == other:
        raise EvalSetError(f"nothing to tell apart: {one} and {other}", fix="give two different shares between 0 and 1")


def detectable(n: int, null: float = 0.5, power: float = POWER, alpha: float = ALPHA) -> float | None:
    """The smallest share above `null` that `n` items find with that power (exact test); None where none is."""
    if exact_power(n, null, 1.0, alpha) < power:
        return None
    low, high = null, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if exact_power(n, null, middle, alpha) >= power else (middle, high)
    return high


def with_samples(items: int, samples: int, correlation: float) -> int:
    """Items that are enough when each is sampled k times: items·(1 + (k − 1)ρ)/k, rounded up.

    `correlation` ρ is the intraclass correlation of the answers to one item: at 1 more samples add nothing.
    """
    if samples < 1 or not 0 <= correlation <= 1:
        raise EvalSetError("no design: samples from 1 and a correlation of 0 to 1 are needed")
    return math.ceil(items * (1 + (samples - 1) * correlation) / samples - 1e-9)


# --- the beta distribution ------------------------------------------------------------------------------------------


def beta_cdf(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b) (Press et al., Numerical Recipes, 3rd ed., section 6.4)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _continued_fraction(a, b, x) / a
    return 1 - front * _continued_fraction(b, a, 1 - x) / b


def _continued_fraction(a: float, b: float, x: float) -> float:
    """Lentz's method."""
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1) or _TINY)
    h = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1 / (1 + term * d or _TINY)
            c = 1 + term / c or _TINY
            h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return h


@lru_cache(maxsize=4096)
def beta_quantile(p: float, a: float, b: float) -> float:
    """The x with I_x(a, b) = p, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if beta_cdf(middle, a, b) < p else (low, middle)
    return (low + high) / 2
