"""Student's t against scipy, which costs too much to import in the bot itself."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from bot.scoring.student import t_cdf, t_density, t_quantile

DEGREES = st.one_of(
    st.floats(0.2, 5),
    st.floats(1, 300),
    st.integers(1, 2000).map(float),
    st.floats(2.5, 5).map(lambda exponent: 10**exponent),
)
MANY = st.floats(5, 12).map(lambda exponent: 10**exponent)
# Nearer to a half, scipy itself loses digits: p − ½ is what the quantile hangs on there.
PROBABILITIES = st.one_of(
    st.sampled_from([0.975, 0.95, 0.995, 0.5]), st.floats(0.5005, 0.9995), st.floats(-10, -3).map(lambda e: 1 - 10**e)
)


@given(PROBABILITIES, DEGREES | MANY)
def test_quantile_is_scipys(p: float, df: float) -> None:
    assert t_quantile(p, df) == pytest.approx(float(stats.t.ppf(p, df)), rel=1e-10)


@given(st.integers(1, 5000))
def test_quantile_of_every_interval_is_scipys(df: int) -> None:
    assert t_quantile(0.975, df) == pytest.approx(float(stats.t.ppf(0.975, df)), rel=1e-12)


@given(PROBABILITIES)
def test_infinite_degrees_are_the_normal_distribution(p: float) -> None:
    assert t_quantile(p, math.inf) == pytest.approx(float(stats.norm.ppf(p)), rel=1e-10, abs=1e-15)


@given(st.floats(1e-9, 1e-4), st.floats(0.5, 200))
def test_quantile_near_the_median_follows_the_density(offset: float, df: float) -> None:
    p = 0.5 + offset
    slope = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(df * math.pi)
    assert t_quantile(p, df) == pytest.approx((p - 0.5) / slope, rel=1e-6)


# Right at the median scipy computes from 1 − t²/df, in which a small t is lost; there the density is the measure.
AT_THE_MEDIAN = 1e-4


@given(st.floats(-60, 60), DEGREES)
def test_distribution_function_is_scipys(t: float, df: float) -> None:
    tolerance = 1e-8 if abs(t) < AT_THE_MEDIAN * math.sqrt(df) else 1e-15
    assert t_cdf(t, df) == pytest.approx(float(stats.t.cdf(t, df)), rel=1e-10, abs=tolerance)


@given(st.floats(-AT_THE_MEDIAN, AT_THE_MEDIAN), DEGREES)
def test_distribution_function_at_the_median_follows_the_density(t: float, df: float) -> None:
    assert t_cdf(t, df) == pytest.approx(0.5 + t * float(stats.t.pdf(0, df)), abs=1e-12)


@given(st.floats(-60, 60), DEGREES)
def test_density_is_scipys(t: float, df: float) -> None:
    assert t_density(t, df) == pytest.approx(float(stats.t.pdf(t, df)), rel=1e-9, abs=1e-300)


@given(PROBABILITIES, DEGREES)
def test_distribution_function_undoes_the_quantile(p: float, df: float) -> None:
    assert t_cdf(t_quantile(p, df), df) == pytest.approx(p, abs=1e-11)


@pytest.mark.parametrize(("p", "df"), [(0.49, 5), (1.0, 5), (0.975, 0), (0.975, -1), (math.nan, 5), (0.975, math.nan)])
def test_what_has_no_quantile_is_refused(p: float, df: float) -> None:
    with pytest.raises(ValueError, match="t_quantile needs"):
        t_quantile(p, df)
