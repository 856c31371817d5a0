"""How numbers are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.scoring import shown


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (-19.084, 2, "−19.08"),
        (67.798, 2, "67.80"),
        (-0.001, 2, "0.00"),
        (-0.0, 2, "0.00"),
        (0.0, 0, "0"),
        (-0.4, 0, "0"),
        (-0.6, 0, "−1"),
        (1040.0, 1, "1040.0"),
        (None, 2, "–"),
    ],
)
def test_decimals(value: float | None, places: int, text: str) -> None:
    assert shown.decimals(value, places) == text


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
def test_decimals_can_be_read_back(value: float, places: int) -> None:
    text = shown.decimals(value, places)
    assert float(text.replace("−", "-")) == pytest.approx(value, abs=0.5 * 10**-places + 1e-9)
    assert "-" not in text
    assert not (text.startswith("−") and float(text[1:]) == 0)


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0"), (999, "999"), (1040, "1,040"), (1234567, "1,234,567"), (-2, "−2"), (None, "–")]
)
def test_count(value: int | None, text: str) -> None:
    assert shown.count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0288, "2.9 %"), (0.2, "20.0 %"), (1.0, "100.0 %"), (0.0, "0.0 %"), (-0.0001, "0.0 %"), (None, "–")],
)
def test_percent(value: float | None, text: str) -> None:
    assert shown.percent(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.6945, "0.6945"),
        (28.21, "28.21"),
        (10.0, "10"),
        (10, "10"),
        (-2.5, "−2.5"),
        (0.1 + 0.2, "0.3"),
        (1e-05, "0.00001"),
        (-0.0, "0"),
        (2e15, "2000000000000000"),
    ],
)
def test_stated_values_stay_as_they_were_written(value: float, text: str) -> None:
    assert shown.stated(value) == text


@pytest.mark.parametrize(
    ("values", "places"),
    [([], 0), ([1.0, 20.0], 0), ([0.6945, 0.648], 4), ([1e-05, 0.5], 5), ([2e-06], 6), ([1e20], 0)],
)
def test_a_column_has_as_many_decimals_as_its_finest_value(values: list[float], places: int) -> None:
    assert shown.places_of(values) == places


@pytest.mark.parametrize(("value", "text"), [(0, "no"), (1, "one"), (12, "twelve"), (13, "13"), (1040, "1,040")])
def test_small_counts_are_words(value: int, text: str) -> None:
    assert shown.in_words(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0288, "share", "2.9 %"),
        (1040, "count", "1,040"),
        (-19.084, "points", "−19.08"),
        (0.6945, "C", "0.6945"),
        ("HIGH", "grade", "HIGH"),
        (True, "count", "True"),
        (None, "points", "–"),
    ],
)
def test_values_of_former_reports_are_shown_by_their_unit(value: object, unit: str, text: str) -> None:
    assert shown.as_unit(value, unit) == text
