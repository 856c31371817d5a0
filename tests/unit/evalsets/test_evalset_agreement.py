"""The worked examples of Krippendorff (2011), Computing Krippendorff's Alpha-Reliability."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evalsets.agreement import Scale, krippendorff

# Section D: four observers, twelve units, values missing.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
UNITS = [[label for label in unit if label is not None] for unit in zip(*OBSERVERS, strict=True)]


@pytest.mark.parametrize(
    ("scale", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)]
)
def test_the_published_example(scale: Scale, alpha: float) -> None:
    assert krippendorff(UNITS, scale) == pytest.approx(alpha, abs=5e-4)


def test_the_published_binary_example() -> None:
    first, second = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    assert krippendorff(list(zip(first, second, strict=True))) == pytest.approx(0.095, abs=5e-4)


def test_the_published_nominal_example_with_words() -> None:
    first, second = "aabbdcccedda", "babbbccceddd"
    assert krippendorff(list(zip(first, second, strict=True))) == pytest.approx(0.692, abs=5e-4)


@given(st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=4), max_size=8))
def test_perfect_agreement_is_one_and_nothing_exceeds_it(units: list[list[int]]) -> None:
    alpha = krippendorff(units)
    assert alpha is None or alpha <= 1 + 1e-12
    same = [[unit[0]] * 2 for unit in units]
    assert krippendorff(same) in (None, 1.0)


def test_units_with_one_label_say_nothing() -> None:
    assert krippendorff([["a"], ["b"]]) is None
    assert krippendorff([["a", "a"], ["b"]]) is None
