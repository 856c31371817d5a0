"""The figures that the specification names, and all of it against statsmodels and exact sums of scipy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_confint

from bot.errors import EvalSetError
from bot.evalsets import power
from bot.evalsets.power import METHODS, Method

PEERS = {"Wald": "normal", "Wilson": "wilson", "Jeffreys": "jeffreys", "Clopper–Pearson": "beta"}
SHARES = st.floats(0.05, 0.95)


def peer_power(n: int, null: float, true: float, alpha: float = 0.05) -> float:
    """The exact binomial test with α/2 in each tail, in scipy's words."""
    low = max(c for c in range(-1, n + 1) if c < 0 or stats.binom.cdf(c, n, null) <= alpha / 2)
    high = min(c for c in range(n + 2) if stats.binom.sf(c - 1, n, null) <= alpha / 2)
    return float(stats.binom.cdf(low, n, true) + stats.binom.sf(high - 1, n, true))


@pytest.mark.parametrize(
    ("method", "items"), [("Wald", 97), ("Wilson", 93), ("Jeffreys", 94), ("Clopper–Pearson", 104)]
)
def test_items_for_ten_points(method: Method, items: int) -> None:
    assert power.items_for(0.10, method=method) == items


def test_ninety_seven_items_have_48_percent_power_against_sixty_percent() -> None:
    assert power.exact_power(97, 0.5, 0.6) == pytest.approx(peer_power(97, 0.5, 0.6), rel=1e-9)
    assert round(power.exact_power(97, 0.5, 0.6), 2) == 0.48


def test_items_for_fifty_against_sixty_percent() -> None:
    assert power.needed(0.5, 0.6) == (194, 199, 210)
    assert power.two_arm_items(0.5, 0.6) == 388


def test_from_210_items_on_the_power_is_kept() -> None:
    assert peer_power(209, 0.5, 0.6) < 0.8
    assert all(peer_power(n, 0.5, 0.6) >= 0.8 for n in range(210, 300))
    assert all(peer_power(n, 0.5, 0.6) < 0.8 for n in range(100, 199))


def test_two_arms_as_statsmodels_plans_them() -> None:
    """Its arcsine plan lies within two items of the plan by the shares themselves."""
    effect = 2 * math.asin(math.sqrt(0.6)) - 2 * math.asin(math.sqrt(0.5))
    assert NormalIndPower().solve_power(effect, power=0.8, alpha=0.05) == pytest.approx(388, abs=2)


@pytest.mark.parametrize(("items", "half"), [(100, 9.6), (20, 20), (10, 26)])
def test_half_widths_of_the_starter_suite(items: int, half: float) -> None:
    assert round(100 * power.half_width(items), 1 if half < 10 else 0) == half


@pytest.mark.parametrize(("samples", "rho", "items"), [(1, 0.3, 199), (5, 0.0, 40), (5, 1.0, 199), (5, 0.3, 88)])
def test_design_effect(samples: int, rho: float, items: int) -> None:
    assert power.with_samples(199, samples, rho) == items == math.ceil(199 * (1 + (samples - 1) * rho) / samples)


@given(st.integers(1, 400), st.floats(0, 1), st.sampled_from(METHODS), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_intervals_are_those_of_statsmodels(n: int, share: float, method: Method, level: float) -> None:
    k = round(share * n)
    found = power.interval(k, n, method, level)
    low, high = proportion_confint(k, n, 1 - level, PEERS[method])
    if method == "Wald":  # statsmodels clips it to 0–1
        found = power.Interval(max(found.low, 0.0), min(found.high, 1.0))
    if method == "Jeffreys" and k in (0, n):  # and does not set its outer limit to 0 or 1, as Brown et al. do
        low, high = (0.0, high) if k == 0 else (low, 1.0)
    assert found == pytest.approx((low, high), abs=1e-9)


@given(st.integers(1, 300), SHARES, SHARES)
@settings(max_examples=40)
def test_power_is_the_exact_sum(n: int, null: float, true: float) -> None:
    assert power.exact_power(n, null, true) == pytest.approx(peer_power(n, null, true), abs=1e-9)


@given(st.floats(0.001, 0.999), st.floats(0.5, 300), st.floats(0.5, 300))
def test_the_beta_distribution(x: float, a: float, b: float) -> None:
    assert power.beta_cdf(x, a, b) == pytest.approx(stats.beta.cdf(x, a, b), abs=1e-10)


def test_what_a_set_can_find() -> None:
    share = power.detectable(100)
    assert share is not None
    assert peer_power(100, 0.5, share) == pytest.approx(0.8, abs=1e-6)
    assert power.detectable(4) is None


def test_plans_too_large_for_exact_sums_are_told_apart() -> None:
    assert power.needed(0.5, 0.501)[1:] == (None, None)


@pytest.mark.parametrize("call", [
    lambda: power.items_for(0), lambda: power.needed(0.5, 0.5), lambda: power.needed(0.5, 1.2),
    lambda: power.two_arm_items(0, 0.5), lambda: power.with_samples(10, 0, 0.1), lambda: power.interval(3, 2),
])  # fmt: skip
def test_impossible_plans_are_refused(call: object) -> None:
    with pytest.raises(EvalSetError):
        call()  # type: ignore[operator]
