"""Clustered errors against statsmodels' OLS on a constant."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.scoring.clusters import Estimate, clustered_se, crossed, mean_of, partition, two_way_se

VALUES = st.integers(0, 200).map(lambda half: half / 2)
ROWS = st.lists(st.tuples(VALUES, st.sampled_from("abcdef"), st.sampled_from("xyz")), min_size=3, max_size=40)


def residuals_of(values: list[float]) -> list[float]:
    mean = math.fsum(values) / len(values)
    return [value - mean for value in values]


def ols(values: list[float], *clusters: list[str], corrected: bool) -> float:
    """Standard error of the mean by statsmodels, clustered; `corrected` puts its (n−1)/(n−k)·G/(G−1) in."""
    codes = np.column_stack([np.unique(labels, return_inverse=True)[1] for labels in clusters])
    groups = codes[:, 0] if len(clusters) == 1 else codes
    model = sm.OLS(np.array(values), np.ones(len(values)))
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": corrected})
    return float(fit.bse[0])


def small_sample(groups: int) -> float:
    return math.sqrt(groups / (groups - 1))


@settings(max_examples=40)
@given(ROWS.filter(lambda rows: len({q for _, q, _ in rows}) > 1))
def test_clustered_error_is_that_of_statsmodels(rows: list[tuple[float, str, str]]) -> None:
    values, questions = [v for v, _, _ in rows], [q for _, q, _ in rows]
    clusters = partition(questions)
    ours = clustered_se(clusters, residuals_of(values), len(values))
    # On a constant alone k = 1, so statsmodels' own correction (n−1)/(n−k) is 1 and only G/(G−1) is left.
    assert ours == pytest.approx(ols(values, questions, corrected=True), rel=1e-9, abs=1e-9)
    plain = ols(values, questions, corrected=False)
    assert ours == pytest.approx(plain * small_sample(clusters.size), rel=1e-9, abs=1e-9)


@settings(max_examples=20)
@given(ROWS.filter(lambda rows: len({q for _, q, _ in rows}) > 1 and len({s for _, _, s in rows}) > 1))
def test_two_way_error_is_that_of_statsmodels_where_it_is_the_wider_one(rows: list[tuple[float, str, str]]) -> None:
    values, questions, seeds = [v for v, _, _ in rows], [q for _, q, _ in rows], [s for _, _, s in rows]
    ours = two_way_se(partition(questions), partition(seeds), residuals_of(values), len(values))
    alone = clustered_se(partition(questions), residuals_of(values), len(values))
    theirs = two_way_variance(values, questions, seeds)
    assert ours == pytest.approx(max(alone, math.sqrt(max(theirs, 0.0))), rel=1e-7, abs=1e-6)


def two_way_variance(values: list[float], first: list[str], second: list[str]) -> float:
    """Cameron, Gelbach & Miller's sum of three one-way variances, each by statsmodels."""
    both = [f"{a}|{b}" for a, b in zip(first, second, strict=True)]
    joint = 0.0 if len(set(both)) < 2 else ols(values, both, corrected=True) ** 2
    return ols(values, first, corrected=True) ** 2 + ols(values, second, corrected=True) ** 2 - joint


def balanced(seed: int) -> tuple[list[float], list[str], list[str]]:
    """12 questions × 4 seeds × 3 samples with effects of question and of seed."""
    draw = random.Random(seed)
    of_question = {f"q{k}": draw.gauss(0, 15) for k in range(12)}
    of_seed = {f"s{k}": draw.gauss(0, 12) for k in range(4)}
    rows = [(q, s) for q in of_question for s in of_seed for _ in range(3)]
    return [50 + of_question[q] + of_seed[s] + draw.gauss(0, 5) for q, s in rows], *map(list, zip(*rows, strict=True))


@pytest.mark.parametrize("seed", range(5))
def test_two_way_error_is_that_of_statsmodels_two_groups(seed: int) -> None:
    values, questions, seeds = balanced(seed)
    ours = two_way_se(partition(questions), partition(seeds), residuals_of(values), len(values))
    assert ours == pytest.approx(ols(values, questions, seeds, corrected=True), rel=1e-9)
    assert ours > clustered_se(partition(questions), residuals_of(values), len(values))


def test_two_way_error_without_effect_of_the_seed_is_that_by_question_alone() -> None:
    values, questions, seeds = [0.0, 0.0, 100.0, 100.0], ["a", "a", "b", "b"], ["x", "y", "x", "y"]
    ours = two_way_se(partition(questions), partition(seeds), residuals_of(values), 4)
    assert ours == clustered_se(partition(questions), residuals_of(values), 4)


@given(ROWS)
def test_rows_may_come_in_any_order(rows: list[tuple[float, str, str]]) -> None:
    def error(rows: list[tuple[float, str, str]]) -> float:
        values = [v for v, _, _ in rows]
        first, second = partition([q for _, q, _ in rows]), partition([s for _, _, s in rows])
        return two_way_se(first, second, residuals_of(values), len(values)) or 0.0

    assert error(rows) == pytest.approx(error(sorted(rows, reverse=True)), rel=1e-12, abs=1e-12)


def test_fewer_than_two_clusters_leave_the_error_unknown() -> None:
    one = partition(["a", "a"])
    assert clustered_se(one, [1.0, -1.0], 2) is None
    assert two_way_se(one, partition(["x", "y"]), [1.0, -1.0], 2) is None
    assert clustered_se(partition([]), [], 0) is None


def test_one_seed_adds_nothing_to_the_error() -> None:
    questions = partition(["a", "b", "b"])
    assert two_way_se(questions, partition(["x", "x", "x"]), [2.0, -1.0, -1.0], 3) == clustered_se(
        questions, [2.0, -1.0, -1.0], 3
    )


def test_crossed_clusters_are_the_pairs_that_occur() -> None:
    pairs = crossed(partition(["a", "a", "b", "a"]), partition(["x", "y", "x", "x"]))
    assert pairs.size == 3
    assert pairs.codes[0] == pairs.codes[3]


@pytest.mark.parametrize("label", ["", "ü", "a b", "\x1f", "q" * 5000, "<!-- -->"])
def test_labels_may_be_any_text(label: str) -> None:
    found = partition([label, "other", label])
    assert found.sums([1.0, 2.0, 3.0])[found.codes[0]] == 4.0


def test_mean_of_nothing_is_nothing() -> None:
    assert mean_of([], []) is None


class TestEstimate:
    def test_interval_is_value_plus_minus_t_times_error(self) -> None:
        low, high = Estimate(50.0, 2.0, 10).interval(0, 100) or (0, 0)
        assert (low, high) == pytest.approx((50 - 2.228138851964939 * 2, 50 + 2.228138851964939 * 2), abs=1e-9)

    @given(st.floats(0, 100), st.floats(0, 80), st.integers(1, 60))
    def test_interval_is_clipped_and_holds_the_value(self, value: float, se: float, df: int) -> None:
        low, high = Estimate(value, se, df).interval(0.0, 100.0) or (1, 0)
        assert 0.0 <= low <= value <= high <= 100.0

    def test_half_width_is_not_clipped(self) -> None:
        assert (Estimate(1.0, 30.0, 10).half_width or 0) > 60

    def test_no_error_no_interval(self) -> None:
        assert Estimate(1.0, None, None).interval() is None
        assert Estimate(1.0, None, None).half_width is None
