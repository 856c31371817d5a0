"""The automatic note says what the shaded bars mean, for any number of conditions and judges."""

from __future__ import annotations

from chart_plots import JUDGES

from bot.charts.notes import bounds_note
from bot.charts.points import Point


def point(condition: str, judge: str, failed: int | None, total: int | None = 1040) -> Point:
    return Point(condition, condition, judge, 5, "f", bound_low=1, bound_high=9, n_failed=failed, n_total=total)


def note(*points: Point) -> str | None:
    return bounds_note(points, JUDGES, {name: name.upper() for name in "abcd"}, "α")


def test_no_bounds_no_note():
    assert note(Point("a", "a", "opus", 5, "f", n_failed=3, n_total=10)) is None


def test_counts_are_named_by_condition_and_judge():
    shown = note(point("a", "sonnet", 165), point("a", "opus", 298), point("b", "opus", 118))
    assert shown == (
        "shaded: where α can lie with 165 (A) of 1,040 Sonnet 4.5 judgements and 298 (A) and 118 (B) of 1,040 "
        "Opus 4.7 judgements missing"
    )


def test_many_conditions_give_a_range():
    shown = note(*(point(name, "opus", count) for name, count in zip("abcd", (7, 30, 298, 118), strict=True)))
    assert shown == "shaded: where α can lie with 7 to 298 of 1,040 Opus 4.7 judgements missing"


def test_totals_that_differ_are_told_apart():
    shown = note(point("a", "opus", 10, 1040), point("b", "opus", 20, 520))
    assert shown == "shaded: where α can lie with 10 of 1,040 (A) and 20 of 520 (B) Opus 4.7 judgements missing"


def test_counts_that_are_not_known_are_left_out():
    assert note(point("a", "opus", None)) == "shaded: where α can lie with judgements missing"
    assert note(point("a", "opus", 5, None)) == "shaded: where α can lie with 5 (A) Opus 4.7 judgements missing"
