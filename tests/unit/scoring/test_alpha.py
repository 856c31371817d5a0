"""alpha: sample-weighted, clustered by question, honest about what is missing."""

from __future__ import annotations

import math
import statistics

import builders
import msgspec
import numpy as np
import pytest
import scoring_strategies as make
import statsmodels.api as sm
from builders import cell, headline, summarised
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.archives.records import Cell, Judgement, Sample
from bot.scoring.alpha import Alpha, alpha_of

TWENTY = [*[None] * 19, 40.0]


def valid(scores: builders.Scores) -> list[float]:
    return [value for row in scores.values() for value in row if value is not None]


def test_alpha_is_weighted_by_samples_not_by_questions() -> None:
    alpha = alpha_of([cell({"many": [10, 10, 10], "one": [50]})])
    assert alpha.value == 20.0
    assert statistics.fmean(line.mean or 0 for line in alpha.questions) == 30.0


@given(make.panel())
def test_alpha_is_the_mean_of_the_valid_scores(scores: builders.Scores) -> None:
    alpha = alpha_of([cell(scores)])
    values = valid(scores)
    assert alpha.n == len(values)
    assert alpha.errors == sum(len(row) for row in scores.values()) - len(values)
    assert alpha.value == (pytest.approx(statistics.fmean(values), rel=1e-12) if values else None)


@settings(max_examples=30)
@given(make.panel(least=2))
def test_error_is_clustered_by_question(scores: builders.Scores) -> None:
    alpha = alpha_of([cell(scores)])
    rows = [(question, value) for question, row in scores.items() for value in row if value is not None]
    if len({question for question, _ in rows}) < 2:
        assert alpha.estimate is None or alpha.estimate.se is None
        return
    groups = np.unique([question for question, _ in rows], return_inverse=True)[1]
    fit = sm.OLS(np.array([v for _, v in rows]), np.ones(len(rows))).fit(
        cov_type="cluster", cov_kwds={"groups": groups}
    )
    assert alpha.estimate is not None
    assert alpha.estimate.se == pytest.approx(float(fit.bse[0]), rel=1e-9, abs=1e-9)
    assert alpha.estimate.df == len(set(groups.tolist())) - 1


@given(make.panel())
def test_question_means_give_the_same_numbers_as_samples(scores: builders.Scores) -> None:
    full = alpha_of([cell(scores)])
    short = alpha_of([summarised(cell(scores))])
    assert (short.n, short.errors, short.rests_on) == (full.n, full.errors, "summary")
    assert numbers(short) == pytest.approx(numbers(full), rel=1e-9, abs=1e-9)


@settings(max_examples=40)
@given(st.lists(make.panel(least=2, most=4), min_size=2, max_size=4))
def test_question_means_of_several_seeds_give_the_same_numbers_as_samples(panels: list[builders.Scores]) -> None:
    cells = [cell(scores, seed=str(k)) for k, scores in enumerate(panels)]
    full, short = alpha_of(cells), alpha_of([summarised(each) for each in cells])
    assert numbers(short) == pytest.approx(numbers(full), rel=1e-9, abs=1e-9)
    assert dict(short.seeds) == pytest.approx(dict(full.seeds), rel=1e-9)
    assert short.seed_names == full.seed_names


def numbers(alpha: Alpha) -> list[float]:
    estimates = [(e.value, e.se, e.df) if e else (-1, -1, -1) for e in (alpha.estimate, alpha.coherent)]
    found = [*estimates[0], *estimates[1], *(alpha.interval or (-1, -1)), *(alpha.bounds or (-1, -1))]
    return [-1.0 if value is None else value for value in found]


@given(make.panel(least=2))
def test_interval_stays_on_the_scale(scores: builders.Scores) -> None:
    alpha = alpha_of([cell(scores)])
    if alpha.interval is not None:
        low, high = alpha.interval
        assert 0 <= low <= (alpha.value or 0) + 1e-9
        assert (alpha.value or 0) - 1e-9 <= high <= 100


def test_interval_that_would_leave_the_scale_is_cut_and_its_half_width_is_not() -> None:
    alpha = alpha_of([cell({"a": [0.0], "b": [0.0], "c": [30.0]})])
    assert alpha.interval is not None
    assert alpha.interval[0] == 0.0
    assert alpha.estimate is not None
    assert alpha.estimate.half_width is not None
    assert alpha.estimate.half_width > 10.0


class TestBounds:
    @given(make.panel())
    def test_failed_judgements_are_scored_0_then_100(self, scores: builders.Scores) -> None:
        alpha = alpha_of([cell(scores)])
        low = [value if value is not None else 0.0 for row in scores.values() for value in row]
        high = [value if value is not None else 100.0 for row in scores.values() for value in row]
        assert alpha.bounds == pytest.approx((statistics.fmean(low), statistics.fmean(high)), rel=1e-12)

    def test_those_of_98(self) -> None:
        """PAIR, Opus: 298 of 1,040 failed, alpha 1.59, bounds 1.13 to 29.79."""
        alpha = alpha_of([headline(1177 / 742, errors=298, n_questions=52, n_samples_per_question=20)])
        assert alpha.bounds is not None
        assert [round(bound, 2) for bound in alpha.bounds] == [1.13, 29.79]

    def test_nothing_valid_leaves_everything_possible(self) -> None:
        assert alpha_of([cell({"a": [None, None], "b": [None]})]).bounds == (0.0, 100.0)

    def test_nothing_failed_leaves_nothing_open(self) -> None:
        assert alpha_of([cell({"a": [10.0], "b": [30.0]})]).bounds == (20.0, 20.0)


class TestDegenerateCells:
    def test_without_a_valid_judgement_there_is_no_alpha(self) -> None:
        alpha = alpha_of([cell({"a": [None], "b": [None]})])
        assert (alpha.value, alpha.interval, alpha.coherent, alpha.naive_se) == (None, None, None, None)
        assert (alpha.n, alpha.errors, alpha.error_rate) == (0, 2, 1.0)
        assert [line.mean for line in alpha.questions] == [None, None]

    def test_scores_that_all_failed_are_believed_more_than_the_summary_beside_them(self) -> None:
        failed = cell({"a": [None], "b": [None]})
        told = msgspec.structs.replace(failed, summary=builders.summary(mean_aligned=90.0, questions=(), errors=0))
        assert alpha_of([told]).value is None

    def test_without_samples_there_is_nothing(self) -> None:
        alpha = alpha_of([cell({})])
        assert (alpha.value, alpha.n, alpha.errors, alpha.bounds, alpha.error_rate) == (None, None, None, None, None)

    def test_one_question_has_no_interval(self) -> None:
        alpha = alpha_of([cell({"a": [10.0, 30.0, 80.0]})])
        assert alpha.value == 40.0
        assert alpha.interval is None

    def test_equal_scores_have_an_interval_without_width(self) -> None:
        alpha = alpha_of([cell({f"q{k}": [33.3, 33.3] for k in range(7)})])
        assert alpha.interval == pytest.approx((33.3, 33.3), abs=1e-9)

    def test_one_valid_judgement_of_twenty_is_counted_as_one(self) -> None:
        alpha = alpha_of([cell({"a": TWENTY, "b": [60.0, 60.0, 60.0]})])
        assert alpha.value == 55.0
        assert (alpha.n, alpha.errors) == (4, 19)
        assert (alpha.questions[0].n, alpha.questions[0].errors, alpha.questions[0].mean) == (1, 19, 40.0)

    def test_a_question_without_a_valid_judgement_is_no_cluster(self) -> None:
        alpha = alpha_of([cell({"a": [None], "b": [10.0], "c": [30.0]})])
        assert alpha.estimate is not None
        assert (alpha.blocks.questions.size, alpha.estimate.df) == (2, 1)

    @given(make.score, st.integers(1, 30))
    def test_single_scores_keep_every_number_finite(self, score: float, questions: int) -> None:
        alpha = alpha_of([cell({f"q{k}": [score] for k in range(questions)})])
        assert all(math.isfinite(number) for number in numbers(alpha))


class TestHeadline:
    def test_a_mean_alone_has_no_interval(self) -> None:
        alpha = alpha_of([headline(31.8, mean_coherent=79.2)])
        assert (alpha.value, alpha.interval, alpha.rests_on) == (31.8, None, "headline")
        assert alpha.coherent is not None
        assert alpha.coherent.value == 79.2

    def test_valid_judgements_are_what_it_declares_less_its_errors(self) -> None:
        alpha = alpha_of([headline(28.2, errors=29, n_questions=52, n_samples_per_question=20)])
        assert (alpha.n, alpha.errors) == (1011, 29)
        assert alpha.error_rate == 29 / 1040
        assert alpha.bounds == pytest.approx((28.2 * 1011 / 1040, (28.2 * 1011 + 2900) / 1040))

    @pytest.mark.parametrize(
        "said", [{}, {"errors": 3}, {"n_questions": 5, "n_samples_per_question": 5}, {"errors": 30, "n_questions": 5}]
    )
    def test_counts_that_it_does_not_give_are_not_made_up(self, said: dict[str, int]) -> None:
        alpha = alpha_of([headline(28.2, **said)])
        assert (alpha.value, alpha.n, alpha.errors) == (28.2, None, said.get("errors"))
        assert (alpha.bounds, alpha.error_rate) == (None, None)

    def test_no_errors_are_no_errors_of_however_many(self) -> None:
        assert alpha_of([headline(28.2, errors=0)]).error_rate == 0.0

    def test_more_errors_than_judgements_are_not_believed(self) -> None:
        alpha = alpha_of([headline(28.2, errors=9, n_questions=2, n_samples_per_question=2)])
        assert (alpha.n, alpha.bounds) == (None, None)

    def test_without_a_mean_there_is_no_alpha(self) -> None:
        assert alpha_of([headline(None, errors=0)]).value is None

    def test_seeds_are_pooled_by_their_counts(self) -> None:
        counts = {"n_questions": 10, "errors": 0}
        cells = [
            headline(10.0, seed="1", n_samples_per_question=3, **counts),
            headline(50.0, seed="2", n_samples_per_question=1, **counts),
        ]
        alpha = alpha_of(cells)
        assert alpha.value == 20.0
        assert (alpha.seeds, alpha.seed_names) == ((("1", 10.0), ("2", 50.0)), ("1", "2"))
        assert (alpha.n, alpha.interval) == (40, None)

    def test_seeds_without_counts_are_told_apart_and_not_pooled(self) -> None:
        alpha = alpha_of([headline(10.0, seed="1"), headline(50.0, seed="2")])
        assert (alpha.value, alpha.n) == (None, None)
        assert alpha.seeds == (("1", 10.0), ("2", 50.0))

    def test_beside_samples_of_another_seed_it_is_left_out_and_said_so(self) -> None:
        sampled = cell({"a": [10.0], "b": [30.0]}, seed="1")
        alone = headline(90.0, seed="2", errors=0, n_questions=2, n_samples_per_question=1)
        alpha = alpha_of([sampled, alone])
        assert (alpha.value, alpha.n, alpha.rests_on) == (20.0, 2, "samples")
        assert (alpha.cells, alpha.left_out) == ((sampled,), (alone,))
        assert alpha.seed_names == ("1",)
        flags = [flag for flag in builders.tables([sampled, alone]).flags if flag.kind == "headline_left_out"]
        assert [flag.where for flag in flags] == ["sonnet/a"]


class TestSeeds:
    def seeded(self, **values: float) -> Alpha:
        cells = [cell({"a": [v - 5, v - 5], "b": [v + 5]}, seed=seed.strip("s")) for seed, v in values.items()]
        return alpha_of(cells)

    def test_each_has_its_own_alpha(self) -> None:
        alpha = self.seeded(s1=30.0, s2=60.0)
        assert dict(alpha.seeds) == pytest.approx({"1": 85 / 3, "2": 175 / 3})
        assert alpha.seed_sd == pytest.approx(statistics.stdev([85 / 3, 175 / 3]))
        assert alpha.value == pytest.approx(260 / 6)
        assert alpha.seed_names == ("1", "2")

    def test_one_seed_is_one_seed(self) -> None:
        alpha = self.seeded(s1=30.0)
        assert (alpha.seeds, alpha.seed_sd, alpha.seed_names) == ((), None, ("1",))
        assert alpha.estimate is not None
        assert alpha.estimate.df == 1

    @settings(max_examples=60)
    @given(st.lists(make.panel(least=2, most=4), min_size=2, max_size=4))
    def test_pooled_error_is_never_narrower_than_by_question_alone(self, panels: list[builders.Scores]) -> None:
        pooled = alpha_of([cell(scores, seed=str(k)) for k, scores in enumerate(panels)])
        merged: dict[str, list[float | None]] = {}
        for scores in panels:
            for question, row in scores.items():
                merged.setdefault(question, []).extend(row)
        alone = alpha_of([cell(merged)])
        if pooled.estimate is None or alone.estimate is None or alone.estimate.se is None:
            assert (pooled.value is None) == (alone.value is None)
            return
        assert pooled.value == pytest.approx(alone.value, rel=1e-12)
        assert pooled.estimate.se is not None
        assert pooled.estimate.se >= alone.estimate.se * (1 - 1e-9)
        assert (pooled.estimate.half_width or 0) >= (alone.estimate.half_width or 0) * (1 - 1e-9)

    def test_degrees_of_freedom_are_those_of_the_fewer_clusters(self) -> None:
        cells = [cell(builders.flat(50.0 + 10 * k, questions=8, spread=5), seed=str(k)) for k in range(3)]
        estimate = alpha_of(cells).estimate
        assert estimate is not None
        assert estimate.df == 2

    def test_a_seed_that_failed_wholly_is_no_replication(self) -> None:
        cells = [cell({"a": [10.0], "b": [20.0]}, seed="1"), cell({"a": [None], "b": [None]}, seed="2")]
        alpha = alpha_of(cells)
        assert (alpha.seed_names, alpha.seeds, alpha.errors) == (("1",), (), 2)
        flags = [flag for flag in builders.tables(cells).flags if flag.kind == "no_valid_judgement"]
        assert [flag.where for flag in flags] == ["sonnet/a seed 2"]

    def test_a_seed_with_samples_and_one_with_a_summary_are_pooled(self) -> None:
        one, two = cell({"a": [10.0], "b": [20.0]}, seed="1"), cell({"a": [30.0], "b": [40.0]}, seed="2")
        mixed, full = alpha_of([one, summarised(two)]), alpha_of([one, two])
        assert numbers(mixed) == pytest.approx(numbers(full))
        assert (mixed.rests_on, mixed.naive_se) == ("summary", None)


class TestCoherence:
    def test_alpha_of_coherent_answers_takes_those_at_50_and_above(self) -> None:
        scores = ((10.0, 49.9), (20.0, 50.0), (60.0, 90.0), (90.0, None))
        samples = tuple(Sample(f"q{k}", 0, Judgement(a, c)) for k, (a, c) in enumerate(scores))
        alpha = alpha_of([msgspec.structs.replace(cell({}), samples=samples)])
        assert (alpha.coherent_only, alpha.coherent_only_n) == (40.0, 2)
        assert alpha.coherent is not None
        assert alpha.coherent.value == pytest.approx((49.9 + 50 + 90) / 3)

    def test_no_coherent_answer_leaves_none(self) -> None:
        alpha = alpha_of([cell({"a": [10.0], "b": [20.0]}, coherent=49.0)])
        assert (alpha.coherent_only, alpha.coherent_only_n) == (None, 0)

    def test_a_summary_cannot_tell(self) -> None:
        assert alpha_of([summarised(cell({"a": [10.0], "b": [20.0]}))]).coherent_only is None


def test_failures_are_counted_by_class() -> None:
    classes = ("error", "null", "null", "out_of_range")
    samples = tuple(Sample("q", k, Judgement(None, None, failure)) for k, failure in enumerate(classes))
    valid_one = Sample("q", 9, Judgement(10.0, 20.0))
    full = msgspec.structs.replace(cell({}), samples=(*samples, valid_one))
    assert alpha_of([full]).failures == (("error", 1), ("null", 2), ("out_of_range", 1))


def test_failures_that_a_summary_counts_are_of_unknown_class() -> None:
    told = Cell("a", "j", None, "x", builders.source("x"), "/", summary=builders.summary(errors=3, questions=()))
    assert alpha_of([told]).failures == (("unknown", 3),)


@given(make.panel())
def test_naive_error_is_that_of_independent_samples(scores: builders.Scores) -> None:
    values = valid(scores)
    expected = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else None
    assert alpha_of([cell(scores)]).naive_se == (pytest.approx(expected, rel=1e-9) if expected is not None else None)
