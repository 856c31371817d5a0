"""What a chart is drawn from: plain immutable values, already counted elsewhere.

Labels come from archives and are untrusted: they are kept here as they are and made harmless where they are drawn
(`bot.charts.text`). Numbers must be finite; what is unknown is None.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from bot.errors import ReportError

Role = Literal["condition", "reference"]
Kind = Literal["auto", "scatter", "dots"]


@dataclass(frozen=True, slots=True)
class Judge:
    """A judge as figures name it. The order of judges is the order they are drawn in, the primary first."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class Point:
    """One condition as one judge scored it.

    `y` is in the metric's unit, `low` and `high` its 95 % interval, `x` the stated position of the condition.
    `bound_low` and `bound_high` say where y can lie with the failed judgements counted as worst and best; give them
    only where that matters, because they are drawn. `fact` names the fact behind y. `label` is the figure's name of
    the condition: the same for all of its points. A `reference` comes from an earlier experiment.
    """

    condition: str
    label: str
    judge: str
    y: float
    fact: str
    x: float | None = None
    low: float | None = None
    high: float | None = None
    bound_low: float | None = None
    bound_high: float | None = None
    role: Role = "condition"
    n_failed: int | None = None
    n_total: int | None = None

    def __post_init__(self) -> None:
        numbers = (self.x, self.y, self.low, self.high, self.bound_low, self.bound_high)
        require_finite(numbers, where=self.condition)


@dataclass(frozen=True, slots=True)
class Target:
    """The value that conditions are held against, drawn as a line with its interval as a band.

    `label` is the whole text at the line, number included. With an `x` a star stands at (x, value), named
    `point_label`; then leave the same condition out of the points.
    """

    label: str
    value: float
    fact: str
    low: float | None = None
    high: float | None = None
    x: float | None = None
    point_label: str | None = None

    def __post_init__(self) -> None:
        require_finite((self.value, self.low, self.high, self.x), where=self.label)


@dataclass(frozen=True, slots=True)
class HeroPlot:
    """The hero figure: a metric (y) of conditions, against x where they have one.

    `kind` "auto" draws a scatter where every condition has an x, else a dot plot with a row per condition, in the
    order of their first points. Axis labels say their direction ("… (↓ more misaligned)"); where the dot plot lays
    the metric on the horizontal axis its arrow is turned. `symbol` is the metric's short name in the automatic note
    on bounds; `stated_note` is printed below the figure (what is stated, or reconstructed).
    """

    points: tuple[Point, ...]
    judges: tuple[Judge, ...]
    x_label: str
    y_label: str
    target: Target | None = None
    y_limits: tuple[float, float] = (0.0, 100.0)
    title: str | None = None
    symbol: str = "α"
    stated_note: str | None = None
    kind: Kind = "auto"

    def __post_init__(self) -> None:
        if not self.points:
            raise ReportError("a hero figure needs at least one point", fix="leave the figure out of an empty report")
        _require_known_judges(self.points, self.judges)
        require_once(((point.condition, point.judge) for point in self.points), what="point")
        _require_rising(self.y_limits)


def metric_values(plot: HeroPlot) -> list[float]:
    """All values of the metric that an axis must hold: points, intervals, bounds, target."""
    points = [(point.y, point.low, point.high, point.bound_low, point.bound_high) for point in plot.points]
    target = [(plot.target.value, plot.target.low, plot.target.high)] if plot.target else []
    return [value for values in (*points, *target) for value in values if value is not None]


@dataclass(frozen=True, slots=True)
class Gap:
    """The difference between two judges on one condition: `gap` with its 95 % interval, and whether it breaches."""

    condition: str
    label: str
    gap: float
    fact: str
    low: float | None = None
    high: float | None = None
    breached: bool = False

    def __post_init__(self) -> None:
        require_finite((self.gap, self.low, self.high), where=self.condition)


@dataclass(frozen=True, slots=True)
class GapPlot:
    """The judge gap of every condition. `limit` is the declared gate on |gap|, None where none was declared."""

    gaps: tuple[Gap, ...]
    x_label: str
    limit: float | None = None
    title: str | None = None

    def __post_init__(self) -> None:
        if not self.gaps:
            raise ReportError("a gap chart needs at least one gap", fix="leave it out where there is one judge only")
        require_finite((self.limit,), where="limit of the judge gap")
        require_once((gap.condition for gap in self.gaps), what="gap")


@dataclass(frozen=True, slots=True)
class HeatColumn:
    """One condition as one judge scored it, question by question; `fact` names the fact over all its questions."""

    condition: str
    label: str
    judge: str
    judge_label: str
    fact: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Means by question: `values[i][j]` is question i in column j, None where nothing was scored.

    Columns of one condition stand side by side under one heading when they follow each other. `value_label` names
    the colour scale with its direction, which spans `limits`. `sections` may give every question a heading: then
    questions stand in the order given, neighbours of one section under its heading. `signs` may give every question
    a short mark beside its name, and `notes` are printed below the figure.
    """

    questions: tuple[str, ...]
    columns: tuple[HeatColumn, ...]
    values: tuple[tuple[float | None, ...], ...]
    value_label: str
    limits: tuple[float, float] = (0.0, 100.0)
    title: str | None = None
    sections: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.questions or not self.columns:
            raise ReportError("a heat map needs questions and columns", fix="leave it out of a report that has none")
        if len(self.values) != len(self.questions) or any(len(row) != len(self.columns) for row in self.values):
            raise ReportError("a heat map needs a value (or None) for every question and column")
        if any(given and len(given) != len(self.questions) for given in (self.sections, self.signs)):
            raise ReportError("a heat map needs sections and signs for every question, or for none")
        for question, row in zip(self.questions, self.values, strict=True):
            require_finite(row, where=question)
        require_once(((column.condition, column.judge) for column in self.columns), what="column")
        _require_rising(self.limits)


def require_finite(numbers: Iterable[float | None], where: str) -> None:
    """ReportError where a number is infinite or none, because it has no place in a figure."""
    for number in numbers:
        if number is not None and not math.isfinite(number):
            raise ReportError(f"{number} cannot be drawn", where=where, fix="give None where a value is not known")


def _require_known_judges(points: tuple[Point, ...], judges: tuple[Judge, ...]) -> None:
    require_once((judge.id for judge in judges), what="judge")
    strangers = sorted({point.judge for point in points} - {judge.id for judge in judges})
    if strangers:
        raise ReportError(f"points name judges that the figure does not list: {', '.join(strangers)}")


def require_once(keys: Iterable[Hashable], what: str) -> None:
    """ReportError where a key is given twice, because two marks would answer to it."""
    counts: Counter[Any] = Counter(keys)
    twice = sorted(str(key) for key, count in counts.items() if count > 1)
    if twice:
        raise ReportError(f"more than one {what} for {', '.join(twice)}")


def _require_rising(limits: tuple[float, float]) -> None:
    require_finite(limits, where="limits of an axis")
    if limits[0] >= limits[1]:
        raise ReportError(f"an axis cannot run from {limits[0]} to {limits[1]}")
