"""Points as they stand on the page: where each marker and bar is, in points, and how it is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from bot.charts.furniture import marker_line
from bot.charts.geometry import Box
from bot.charts.groups import Group
from bot.charts.placement import Anchor
from bot.charts.points import Point
from bot.charts.sheet import Sheet
from bot.charts.style import LINE, JudgeStyle

CAP = 3.0
BOUND_WIDTH = 3.2
"""Half widths in points of an error bar's cap and of a bar of bounds."""

ASIDE = (0.0, 7.0, -7.0, 14.0, -14.0)
"""How far, in points, a condition may step aside from one that would hide it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A point at (x, y) on the page, with the ends of its error bar and of its bounds along y; None: not drawn."""

    point: Point
    style: JudgeStyle
    x: float
    y: float
    bar: tuple[float, float] | None
    bounds: tuple[float, float] | None

    @property
    def radius(self) -> float:
        """Half its marker's size, edge included."""
        return self.style.size / 2 + 0.8

    @property
    def marker_box(self) -> Box:
        """The box around its marker."""
        return Box(self.x, self.y, self.x, self.y).grown(self.radius)

    @property
    def bar_boxes(self) -> list[Box]:
        """The boxes of its error bar and of its bounds, where it has them."""
        widths = ((self.bar, CAP), (self.bounds, BOUND_WIDTH))
        return [Box(self.x - half, ends[0] - 0.8, self.x + half, ends[1] + 0.8) for ends, half in widths if ends]

    @property
    def anchor(self) -> Anchor:
        """Where a label can stand beside it."""
        ends = (self.y - self.radius, self.y + self.radius, *(self.bar or ()))
        return Anchor(self.x, self.y, self.radius, min(ends), max(ends))


class Standing(NamedTuple):
    """Where all points of a scatter stand.

    `bunches` are the conditions that share a label, because their points cover each other; most hold just one.
    `stepped` says whether any condition stands a little aside from its x so as not to hide another.
    """

    marks: tuple[Mark, ...]
    bunches: tuple[tuple[str, ...], ...]
    stepped: bool


def stand(
    sheet: Sheet, axes: Axes, groups: Sequence[Group], styles: Mapping[str, JudgeStyle], xs: Mapping[str, float]
) -> Standing:
    """Put every point at its place.

    Where two judges' markers of a condition would touch, the condition's markers stand side by side around its x.
    A condition that would half hide another steps aside; where no step is left, or where it lies exactly on the
    other, it stays and shares that one's label.
    """
    standing: dict[str, list[Mark]] = {}
    bunches: dict[str, list[str]] = {}
    stepped = False
    for group in groups:
        own = _side_by_side([_mark(sheet, axes, point, styles, xs[group.condition]) for point in group.points])
        step, host = _room_for(own, standing)
        standing[group.condition] = [replace(mark, x=mark.x + step) for mark in own]
        bunches.setdefault(_label_of(host, bunches) if host else group.condition, []).append(group.condition)
        stepped = stepped or step != 0.0
    marks = tuple(mark for own in standing.values() for mark in own)
    return Standing(marks, tuple(tuple(bunch) for bunch in bunches.values()), stepped)


def _room_for(own: Sequence[Mark], standing: Mapping[str, Sequence[Mark]]) -> tuple[float, str | None]:
    """How far to step aside, or at no step the condition whose label to share."""
    same = next((condition for condition, others in standing.items() if _lie_on(own, others)), None)
    if same is not None:
        return 0.0, same
    for step in ASIDE:
        if not any(_hide(own, others, step) for others in standing.values()):
            return step, None
    return 0.0, next(condition for condition, others in standing.items() if _hide(own, others, 0.0))


def _label_of(condition: str, bunches: Mapping[str, Sequence[str]]) -> str:
    return next(first for first, bunch in bunches.items() if condition in bunch)


def _mark(sheet: Sheet, axes: Axes, point: Point, styles: Mapping[str, JudgeStyle], x: float) -> Mark:
    def along(low: float | None, high: float | None) -> tuple[float, float] | None:
        if low is None or high is None:
            return None
        return sheet.place(axes, x, low)[1], sheet.place(axes, x, high)[1]

    across, up = sheet.place(axes, x, point.y)
    bar, bounds = along(point.low, point.high), along(point.bound_low, point.bound_high)
    return Mark(point, styles[point.judge], across, up, bar, bounds)


def _side_by_side(marks: Sequence[Mark]) -> list[Mark]:
    pairs = combinations(marks, 2)
    if not any(abs(a.y - b.y) < a.radius + b.radius for a, b in pairs):
        return list(marks)
    step = 1.8 * max(mark.radius for mark in marks)
    first = -step * (len(marks) - 1) / 2
    return [replace(mark, x=mark.x + first + place * step) for place, mark in enumerate(marks)]


def _lie_on(own: Sequence[Mark], others: Sequence[Mark]) -> bool:
    def same(mark: Mark, other: Mark) -> bool:
        return mark.style == other.style and abs(mark.x - other.x) < 0.5 and abs(mark.y - other.y) < 0.5

    return len(own) == len(others) and all(same(mark, other) for mark, other in zip(own, others, strict=True))


def _hide(own: Sequence[Mark], others: Sequence[Mark], step: float) -> bool:
    def hides(mark: Mark, other: Mark) -> bool:
        return abs(mark.x + step - other.x) < mark.radius and abs(mark.y - other.y) < mark.radius

    return any(hides(mark, other) for mark in own for other in others)


def connectors(marks: Sequence[Mark]) -> list[tuple[float, float, float, float]]:
    """Lines between the neighbouring marks of each condition, from the lowest to the highest."""
    members: dict[str, list[Mark]] = {}
    for mark in marks:
        members.setdefault(mark.point.condition, []).append(mark)
    lines = []
    for own in members.values():
        rising = sorted(own, key=lambda mark: (mark.y, mark.x))
        lines += [(a.x, a.y, b.x, b.y) for a, b in pairwise(rising)]
    return lines


def draw_marks(sheet: Sheet, axes: Axes, marks: Sequence[Mark]) -> None:
    """Draw bounds, connectors, error bars and markers, each above the one before."""
    for line in connectors(marks):
        sheet.line(axes, line, gid="connector", color=LINE, lw=1.2, zorder=1.5)
    for number, mark in enumerate(marks):
        _draw_mark(sheet, axes, mark, number)


def _draw_mark(sheet: Sheet, axes: Axes, mark: Mark, number: int) -> None:
    if mark.bounds:
        low, high = mark.bounds
        _draw_bounds(sheet, axes, Box(mark.x - BOUND_WIDTH, low, mark.x + BOUND_WIDTH, high), mark, number)
    if mark.bar:
        ends = [sheet.data(axes, mark.x, end) for end in mark.bar]
        bar = Line2D(*zip(*ends, strict=True), color=mark.style.color, lw=1.5, marker="_", ms=2 * CAP, mew=1.5)
        bar.set(zorder=2, gid=f"interval-{number}", clip_on=False)
        axes.add_line(bar)
    x, y = sheet.data(axes, mark.x, mark.y)
    marker = marker_line(mark.style, is_open=mark.point.role == "reference", xdata=[x], ydata=[y])
    marker.set(zorder=3, gid=f"marker-{number}", clip_on=False)
    axes.add_line(marker)


def _draw_bounds(sheet: Sheet, axes: Axes, box: Box, mark: Mark, number: int) -> None:
    (x0, y0), (x1, y1) = sheet.data(axes, box.x0, box.y0), sheet.data(axes, box.x1, box.y1)
    bar = Rectangle((x0, y0), x1 - x0, y1 - y0, facecolor=mark.style.color, alpha=0.24, lw=0, zorder=1)
    bar.set(gid=f"bounds-{number}", clip_on=False)
    axes.add_patch(bar)
