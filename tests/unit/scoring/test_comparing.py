"""Differences: both kinds of gap, paired or Welch, and from references."""

from __future__ import annotations

import math
import statistics

import builders
import numpy as np
import pytest
import scoring_strategies as make
import statsmodels.api as sm
from builders import cell, headline, summarised
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from bot.scoring.alpha import Alpha, alpha_of
from bot.scoring.clusters import Estimate
from bot.scoring.comparing import (
    BY_SAMPLE,
    BY_SUMMARY,
    PAIRED,
    WELCH,
    Gap,
    ReferenceScore,
    correlation,
    difference,
    from_reference,
    gap_of,
    score_of,
    welch,
)

COLUMN = st.lists(make.score, min_size=2, max_size=12)


def alpha(scores: builders.Scores, judge: str = "sonnet") -> Alpha:
    return alpha_of([cell(scores, judge=judge)])


def gap(primary: builders.Scores, alternate: builders.Scores) -> Gap:
    found = gap_of(alpha(primary), alpha(alternate, "opus"))
    assert found is not None
    return found


class TestWelch:
    @given(COLUMN, COLUMN)
    def test_one_score_a_question_is_scipys_test_of_unequal_variances(self, x: list[float], y: list[float]) -> None:
        assume(len(set(x)) > 1 and len(set(y)) > 1)  # of scores without spread scipy itself warns
        a, b = ({f"{name}{k}": [v] for k, v in enumerate(column)} for name, column in (("a", x), ("b", y)))
        found = difference(alpha(a), alpha(b))
        assert found is not None
        assert found.method == WELCH
        result = stats.ttest_ind(x, y, equal_var=False)
        interval = result.confidence_interval(0.95)
        assert found.estimate.df == pytest.approx(result.df, rel=1e-9)
        assert found.estimate.interval() == pytest.approx((interval.low, interval.high), rel=1e-9, abs=1e-8)
        assert (found.n, found.correlation) == (None, None)

    def test_clustered_errors_add_up(self) -> None:
        found = welch(Estimate(50.0, 3.0, 10), Estimate(40.0, 4.0, 20))
        assert (found.estimate.value, found.estimate.se) == (10.0, 5.0)
        assert found.estimate.df == pytest.approx(625 / (81 / 10 + 256 / 20))

    def test_errors_of_zero_leave_an_interval_without_width(self) -> None:
        found = welch(Estimate(50.0, 0.0, 10), Estimate(40.0, 0.0, math.inf))
        assert found.estimate.interval() == (10.0, 10.0)

    @pytest.mark.parametrize("sides", [(None, 3.0), (3.0, None), (None, None)])
    def test_a_side_without_an_error_leaves_no_interval(self, sides: tuple[float | None, float | None]) -> None:
        a, b = (Estimate(50.0, se, None if se is None else 5) for se in sides)
        assert welch(a, b).estimate == Estimate(0.0, None, None)


class TestPaired:
    @given(st.lists(st.tuples(make.score, make.score), min_size=2, max_size=12))
    def test_one_score_a_question_is_scipys_paired_test(self, rows: list[tuple[float, float]]) -> None:
        x, y = zip(*rows, strict=True)
        found = difference(
            alpha({f"q{k}": [v] for k, v in enumerate(x)}), alpha({f"q{k}": [v] for k, v in enumerate(y)})
        )
        assert found is not None
        assert (found.method, found.n) == (PAIRED, len(rows))
        spread = statistics.stdev(a - b for a, b in rows)
        assert found.estimate.se == pytest.approx(spread / math.sqrt(len(rows)), rel=1e-9, abs=1e-9)
        if spread > 0:
            interval = stats.ttest_rel(x, y).confidence_interval(0.95)
            assert found.estimate.interval() == pytest.approx((interval.low, interval.high), rel=1e-8, abs=1e-8)

    @settings(max_examples=30)
    @given(make.panel(least=2, most=5, rows=make.full_row), make.panel(least=2, most=5, rows=make.full_row))
    def test_many_scores_a_question_are_a_regression_clustered_by_question(
        self, one: builders.Scores, two: builders.Scores
    ) -> None:
        two = {question: two.get(question, [50.0]) for question in one}
        found = difference(alpha(one), alpha(two))
        rows = [(q, 1.0, v) for q, row in one.items() for v in row] + [
            (q, 0.0, v) for q, row in two.items() for v in row
        ]
        clusters = np.unique([q for q, _, _ in rows], return_inverse=True)[1]
        design = np.column_stack([np.ones(len(rows)), [side for _, side, _ in rows]])
        fit = sm.OLS(np.array([v for _, _, v in rows]), design).fit(
            cov_type="cluster", cov_kwds={"groups": clusters, "use_correction": False}
        )
        g = len(one)
        assert found is not None
        assert found.estimate.value == pytest.approx(float(fit.params[1]), rel=1e-9, abs=1e-9)
        variance = max(0.0, float(fit.cov_params()[1, 1]))  # of equal scores it comes out as −1e-17
        assert found.estimate.se == pytest.approx(math.sqrt(variance * g / (g - 1)), rel=1e-7, abs=1e-6)

    def test_equal_cells_do_not_differ_at_all(self) -> None:
        scores = {"a": [10.0, 20.0], "b": [60.0], "c": [90.0, 0.0, 50.0]}
        found = difference(alpha(scores), alpha(scores))
        assert found is not None
        assert found.estimate.interval() == (0.0, 0.0)
        assert found.correlation == pytest.approx(1.0)

    def test_what_both_share_does_not_widen_it(self) -> None:
        hard = {f"q{k}": [10.0 * k, 10.0 * k] for k in range(9)}
        harder = {question: [value - 5 + (value % 20) / 10 for value in row] for question, row in hard.items()}
        paired, apart = difference(alpha(hard), alpha(harder)), welch(alpha(hard).estimate, alpha(harder).estimate)
        assert paired is not None
        assert (paired.estimate.se or 99) < (apart.estimate.se or 0) / 10
        assert (paired.correlation or 0) > 0.9

    def test_from_question_means_it_is_the_same(self) -> None:
        one = {"a": [10.0, 20.0, 90.0], "b": [60.0], "c": [90.0, 0.0]}
        two = {"a": [30.0], "b": [50.0, 10.0], "c": [70.0, None]}
        full = difference(alpha(one), alpha(two))
        short = difference(alpha_of([summarised(cell(one))]), alpha_of([summarised(cell(two))]))
        assert full is not None
        assert short is not None
        assert short.estimate == pytest.approx(full.estimate, rel=1e-12)
        assert (short.method, short.n, short.correlation) == (full.method, full.n, pytest.approx(full.correlation))


class TestChoice:
    @pytest.mark.parametrize(
        ("other", "method"),
        [
            ({"a": [1.0], "b": [2.0]}, PAIRED),
            ({"b": [2.0], "a": [1.0]}, PAIRED),
            ({"a": [1.0], "b": [None]}, PAIRED),
            ({"a": [1.0], "c": [2.0]}, WELCH),
            ({"a": [1.0], "b": [2.0], "c": [3.0]}, WELCH),
        ],
    )
    def test_it_is_paired_where_both_were_asked_the_same_questions(self, other: builders.Scores, method: str) -> None:
        found = difference(alpha({"a": [10.0, 20.0], "b": [30.0]}), alpha(other))
        assert found is not None
        assert found.method == method

    def test_a_question_that_failed_on_one_side_moves_the_other_side_alone(self) -> None:
        """By hand: u_a = (−20, 0, 20)/3 and u_b = (−10, 0, 10)/2, so SE² = 3/2 · ((5/3)² + (5/3)²)."""
        a, b = {"x": [30.0], "y": [50.0], "z": [70.0]}, {"x": [10.0], "y": [None], "z": [30.0]}
        found = difference(alpha(a), alpha(b))
        assert found is not None
        assert found.estimate.value == 30.0
        assert found.estimate.se == pytest.approx(math.sqrt(1.5 * 2 * (5 / 3) ** 2))
        assert (found.estimate.df, found.n) == (2, 3)

    def test_without_a_value_there_is_no_difference(self) -> None:
        assert difference(alpha({"a": [None]}), alpha({"a": [1.0]})) is None
        assert difference(alpha({"a": [1.0]}), alpha({"a": [None]})) is None

    def test_a_headline_gives_a_difference_without_an_interval(self) -> None:
        found = difference(alpha({"a": [10.0], "b": [30.0]}), alpha_of([headline(5.0)]))
        assert found is not None
        assert found.estimate == Estimate(15.0, None, None)
        assert "no interval" in found.method


class TestGap:
    def test_the_published_gap_is_of_the_two_alphas_the_paired_one_of_what_both_scored(self) -> None:
        found = gap({"a": [10.0, 20.0], "b": [60.0, None]}, {"a": [30.0, None], "b": [80.0, 100.0]})
        assert found.plain.estimate.value == 30.0 - 70.0
        assert found.pairs is not None
        assert found.pairs.estimate.value == (10 - 30 + 60 - 80) / 2
        assert (found.pairs.n, found.pairs.method) == (2, BY_SAMPLE)

    @settings(max_examples=40)
    @given(make.panel(least=2, most=5), make.panel(least=2, most=5))
    def test_paired_gap_is_a_mean_of_differences_clustered_by_question(
        self, one: builders.Scores, two: builders.Scores
    ) -> None:
        found = gap_of(alpha(one), alpha(two, "opus"))
        both = [
            (question, x - y)
            for question, row in one.items()
            for x, y in zip(row, two.get(question, []), strict=False)
            if x is not None and y is not None
        ]
        if not both or found is None:
            assert found is None or found.pairs is None
            return
        assert found.pairs is not None
        expected = alpha(
            {q: [50 + d / 2 for other, d in both if other == q] for q in dict.fromkeys(q for q, _ in both)}
        )
        assert found.pairs.n == len(both)
        assert found.pairs.estimate.value == pytest.approx(2 * ((expected.value or 0) - 50), abs=1e-9)
        half = expected.estimate.se if expected.estimate else None
        assert found.pairs.estimate.se == (None if half is None else pytest.approx(2 * half, abs=1e-9))

    def test_only_the_same_sample_of_the_same_seed_is_a_pair(self) -> None:
        mine = alpha_of([cell({"q": [10.0]}, seed="1"), cell({"q": [20.0]}, seed="2")])
        theirs = alpha_of([cell({"q": [50.0]}, judge="opus", seed="2"), cell({"q": [70.0]}, judge="opus", seed="3")])
        found = gap_of(mine, theirs)
        assert found is not None
        assert found.pairs is not None
        assert (found.pairs.estimate.value, found.pairs.n) == (-30.0, 1)

    def test_of_summaries_questions_are_the_pairs(self) -> None:
        one, two = {"a": [10.0, 20.0, 30.0], "b": [60.0]}, {"a": [30.0], "b": [90.0, 70.0], "c": [5.0]}
        found = gap_of(alpha_of([summarised(cell(one))]), alpha_of([cell(two, judge="opus")]))
        assert found is not None
        assert found.pairs is not None
        assert found.pairs.estimate.value == (20 - 30 + 60 - 80) / 2
        assert (found.pairs.n, found.pairs.method) == (2, BY_SUMMARY)
        assert found.pairs.estimate.se == pytest.approx(statistics.stdev([-10, -20]) / math.sqrt(2))

    def test_of_headlines_there_are_no_pairs(self) -> None:
        found = gap_of(alpha_of([headline(10.0)]), alpha_of([headline(30.0, judge="opus")]))
        assert found is not None
        assert (found.plain.estimate.value, found.pairs) == (-20.0, None)

    def test_without_a_shared_sample_there_are_no_pairs(self) -> None:
        assert gap({"a": [1.0], "b": [None]}, {"a": [None], "b": [5.0]}).pairs is None

    def test_a_judge_without_a_value_has_no_gap(self) -> None:
        assert gap_of(alpha({"a": [1.0]}), alpha({"a": [None]}, "opus")) is None

    @pytest.mark.parametrize(
        ("mine", "theirs", "limit", "reached"),
        [(60.0, 50.0, 10, True), (50.0, 60.0, 10, True), (59.99, 50.0, 10, False), (70.3, 60.2, 10.1, True)],
    )
    def test_it_reaches_a_limit_from_either_side(self, mine: float, theirs: float, limit: float, reached: bool) -> None:
        assert gap({"a": [mine]}, {"a": [theirs]}).reaches(limit) is reached


class TestCorrelation:
    @given(st.lists(st.tuples(make.score, make.score), min_size=2, max_size=12))
    def test_it_is_pearsons(self, rows: list[tuple[float, float]]) -> None:
        x, y = zip(*rows, strict=True)
        if len(set(x)) == 1 or len(set(y)) == 1:
            assert correlation(x, y) is None
        else:
            assert correlation(x, y) == pytest.approx(float(stats.pearsonr(x, y).statistic), abs=1e-9)

    def test_one_pair_has_none(self) -> None:
        assert correlation([1.0], [2.0]) is None


class TestReference:
    STATED = ReferenceScore("c6", "sonnet", 28.0, low=26.0, high=30.0)

    def test_a_stated_interval_is_read_as_normal(self) -> None:
        mine = alpha({"a": [40.0], "b": [60.0]})
        found = from_reference(mine, self.STATED)
        assert found is not None
        assert found.estimate.value == 22.0
        assert found.estimate.se == pytest.approx(math.hypot(10.0, 4 / (2 * 1.959963984540054)))
        assert found.method == WELCH

    def test_without_an_interval_the_difference_has_none(self) -> None:
        found = from_reference(alpha({"a": [40.0], "b": [60.0]}), ReferenceScore("c6", "sonnet", 28.0))
        assert found is not None
        assert found.estimate == Estimate(22.0, None, None)

    def test_one_that_was_read_is_paired_where_it_answered_the_same_questions(self) -> None:
        other = alpha({"a": [10.0], "b": [20.0]})
        read = ReferenceScore("c6", "sonnet", 15.0, alpha=other)
        found = from_reference(alpha({"a": [40.0], "b": [60.0]}), read)
        assert found is not None
        assert (found.estimate.value, found.method) == (35.0, PAIRED)
        assert not read.stated

    def test_without_a_value_there_is_no_difference(self) -> None:
        assert from_reference(alpha({"a": [None]}), self.STATED) is None

    @pytest.mark.parametrize(("judge", "value"), [("opus", 2.0), ("sonnet", 1.0), ("haiku", 1.0)])
    def test_its_score_is_that_of_the_same_judge_else_the_first(self, judge: str, value: float) -> None:
        scores = [
            ReferenceScore("x", "opus", 9.0),
            ReferenceScore("c6", "sonnet", 1.0),
            ReferenceScore("c6", "opus", 2.0),
        ]
        found = score_of(scores, "c6", judge)
        assert found is not None
        assert found.value == value

    def test_an_unknown_one_has_no_score(self) -> None:
        assert score_of([self.STATED], "pair", "sonnet") is None
        assert score_of([self.STATED], None, "sonnet") is None

    @pytest.mark.parametrize(
        ("n", "errors", "rate"), [(742, 298, 298 / 1040), (None, 3, None), (5, None, None), (0, 0, None)]
    )
    def test_its_error_rate_is_failed_of_all(self, n: int | None, errors: int | None, rate: float | None) -> None:
        assert ReferenceScore("c6", "sonnet", 1.0, n=n, errors=errors).error_rate == rate
