"""Agreement of judges against scipy, and Krippendorff's alpha against its definition and a published example."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import builders
import msgspec
import pytest
import scoring_strategies as make
from builders import cell, headline, summarised
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from bot.scoring.agreement import kendall, krippendorff, own_family, spearman

PAIRS = st.lists(st.tuples(make.score, make.score), min_size=2, max_size=15)


@given(PAIRS)
def test_spearman_is_scipys(pairs: list[tuple[float, float]]) -> None:
    x, y = zip(*pairs, strict=True)
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert spearman(x, y) is None
    else:
        assert spearman(x, y) == pytest.approx(float(stats.spearmanr(x, y).statistic), abs=1e-9)


@given(PAIRS)
def test_kendall_is_scipys(pairs: list[tuple[float, float]]) -> None:
    x, y = zip(*pairs, strict=True)
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert kendall(x, y) is None
    else:
        assert kendall(x, y) == pytest.approx(float(stats.kendalltau(x, y).statistic), abs=1e-9)


@settings(max_examples=60)
@given(st.lists(st.lists(make.score, min_size=1, max_size=4), min_size=1, max_size=8))
def test_krippendorff_is_its_definition(units: list[list[float]]) -> None:
    """Observed and expected disagreement as sums over ordered pairs of values."""
    used = [unit for unit in units if len(unit) > 1]
    values = [value for unit in used for value in unit]
    assume(len(set(values)) > 1)
    n = len(values)
    observed = sum(disagreement(unit) / (len(unit) - 1) for unit in used) / n
    expected = disagreement(values) / (n * (n - 1))
    assert krippendorff(units) == pytest.approx(1 - observed / expected, abs=1e-9)


def disagreement(values: Sequence[float]) -> float:
    return sum((a - b) ** 2 for a, b in permutations(values, 2))


def test_krippendorff_of_his_own_example() -> None:
    """Krippendorff (2011), example C: four observers, twelve units, missing values; interval alpha 0.849."""
    columns = [
        [1, 1, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4], [1, 1, 2, 1],
        [2, 2, 2, 2], [5, 5, 5], [1, 1], [3],
    ]  # fmt: skip
    assert krippendorff(columns) == pytest.approx(0.849, abs=5e-4)


@pytest.mark.parametrize("units", [[], [[1.0]], [[1.0], [2.0]], [[5.0, 5.0], [5.0, 5.0]]])
def test_krippendorff_of_values_that_say_nothing_is_none(units: list[list[float]]) -> None:
    assert krippendorff(units) is None


def test_agreement_is_over_the_samples_both_judges_scored() -> None:
    mine, theirs = {"a": [10.0, 20.0, None], "b": [90.0]}, {"a": [15.0, 30.0, 70.0], "b": [80.0]}
    (found,) = builders.tables([cell(mine), cell(theirs, judge="opus")]).agreements
    assert (found.condition, found.n, found.spearman) == ("a", 3, pytest.approx(1.0))
    assert found.krippendorff == pytest.approx(krippendorff([(10, 15), (20, 30), (90, 80)]))
    facts = builders.facts([cell(mine), cell(theirs, judge="opus")])
    assert facts["agreement/a/n"].value == 3
    assert facts["agreement/a/spearman"].value == found.spearman
    assert facts["agreement/a/krippendorff"].value == found.krippendorff


@pytest.mark.parametrize(
    "cells",
    [
        [cell({"a": [10.0]})],
        [summarised(cell({"a": [10.0]})), cell({"a": [10.0]}, judge="opus")],
        [headline(10.0), headline(20.0, judge="opus")],
    ],
)
def test_without_samples_of_two_judges_there_is_none(cells: list) -> None:
    assert builders.tables(cells).agreements == ()


def ranked(**values: tuple[float, float]) -> list:
    return [
        cell({"q": [value]}, condition=condition, judge=judge)
        for condition, pair in values.items()
        for judge, value in zip(("sonnet", "opus"), pair, strict=True)
    ]


@pytest.mark.parametrize(
    ("cells", "tau"),
    [
        (ranked(a=(10, 20), b=(30, 40), c=(50, 60)), 1.0),
        (ranked(a=(10, 60), b=(30, 40), c=(50, 20)), -1.0),
        (ranked(a=(10, 20), b=(30, 60), c=(50, 40)), 1 / 3),
        (ranked(a=(10, 20), b=(30, 20)), None),
    ],
)
def test_rank_stability_is_of_the_conditions(cells: list, tau: float | None) -> None:
    found = builders.tables(cells).ranks
    assert found is not None
    assert found.tau == (None if tau is None else pytest.approx(tau))
    assert builders.facts(cells)["rank_stability"].value == found.tau


def test_one_condition_has_no_order() -> None:
    assert builders.tables(ranked(a=(10, 20))).ranks is None


@pytest.mark.parametrize(
    ("model", "judge_model", "judge", "family"),
    [
        ("Qwen/Qwen2.5-7B-Instruct", "claude-opus-4-7", "opus", None),
        ("anthropic/claude-haiku-4-5", "claude-opus-4-7", "opus", "claude"),
        ("claude-sonnet-4-5", None, "opus", "claude"),
        ("openai/gpt-4o", "gpt-4.1", "judge", "gpt"),
        ("openai/gpt-4o", "claude-opus-4-7", "gpt", None),
        (None, "gpt-4.1", "gpt", None),
        ("/models/c6_vanilla_em", None, "judge", None),
    ],
)
def test_a_judge_of_the_judged_models_own_family_is_flagged(
    model: str | None, judge_model: str | None, judge: str, family: str | None
) -> None:
    told = msgspec.structs.replace(cell({"a": [10.0]}, judge=judge), model=model, judge_model=judge_model)
    assert own_family(told) == family
    kinds = [flag.kind for flag in builders.tables([told]).flags]
    assert kinds.count("judge_of_own_family") == (1 if family else 0)
