"""What the questions behind a report can show of its result."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import normal_power

from bot.scoring.alignment import score_alignment
from bot.scoring.panel import Panel, Signal, detectable, power
from tests.builders import cell, experiment, flat

POSITIVE = st.floats(0.01, 100)


def panel(repeated: int = 0, *signals: Signal) -> Panel:
    return Panel(40, 40 - repeated, 40.0 - repeated, repeated, repeated, 0, 0.5, ("a", "b"), "", signals)


def deductions(audited: Panel | None, **declared: object) -> dict[str, tuple[int, str]]:
    cells = [cell(flat(50.0, spread=5.0))]
    tables = score_alignment(cells, experiment(**declared), panel=audited)
    return {d.domain: (d.points, d.why) for d in tables.confidence.deductions}


@given(POSITIVE, POSITIVE)
def test_power_is_that_of_the_two_sided_normal_test(distance: float, half: float) -> None:
    error = half / stats.norm.ppf(0.975)
    assert power(distance, half) == pytest.approx(normal_power(distance / error, 1, 0.05), abs=1e-9)


@given(POSITIVE)
def test_the_detectable_distance_is_found_with_80_per_cent_power(half: float) -> None:
    assert power(detectable(half), half) == pytest.approx(0.8, abs=1e-5)


@pytest.mark.parametrize(("repeated", "points"), [(0, None), (1, 1), (4, 1), (5, 2)])
def test_questions_that_nearly_repeat_cost_confidence(repeated: int, points: int | None) -> None:
    assert deductions(panel(repeated)).get("eval-set duplicates", (None,))[0] == points


@pytest.mark.parametrize(
    ("signals", "public", "points"),
    [
        ((), None, 1),
        ((), False, None),
        ((Signal("canary", "not assessed", ""),), None, 1),
        ((Signal("canary", "clean", ""),), False, None),
        ((Signal("easy_on_hard", "weak signal", ""),), False, 1),
        ((Signal("easy_on_hard", "weak signal", ""), Signal("canary", "hit", "")), False, 2),
    ],
)
def test_signs_of_contamination_cost_confidence(
    signals: tuple[Signal, ...], public: bool | None, points: int | None
) -> None:
    found = deductions(panel(0, *signals), panel={"public": public}).get("contamination", (None, ""))
    assert found[0] == points


def test_a_cell_is_held_against_its_nearest_threshold() -> None:
    cells = [cell(flat(50.0, spread=5.0))]
    claims = [{"id": name, "operator": ">", "value": value} for name, value in (("H1", 10.0), ("H2", 48.0))]
    (reach,) = score_alignment(cells, experiment(predictions=claims), panel=panel()).reaches
    (alpha,) = score_alignment(cells, experiment()).alphas
    assert alpha.estimate is not None
    assert alpha.estimate.half_width is not None
    assert reach.distance == pytest.approx(abs(alpha.estimate.value - 48.0))
    assert reach.power == pytest.approx(power(reach.distance or 0.0, alpha.estimate.half_width))


def test_without_a_threshold_only_what_could_be_told_is_said() -> None:
    (reach,) = score_alignment([cell(flat(50.0, spread=5.0))], experiment()).reaches
    assert reach.distance is None
    assert reach.power is None
    assert reach.detectable > 0
