"""The hero figure as a dot plot: a row for every condition, judges side by side, the target as an upright line."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bot.charts import furniture
from bot.charts.groups import Group, grouped
from bot.charts.marks import BOUND_WIDTH
from bot.charts.notes import bounds_note, hidden_rows_note
from bot.charts.points import HeroPlot, Point, Target, metric_values
from bot.charts.rows import LABEL_WIDTH, MOST_ROWS, TURNED, Row, RowChart, draw_span
from bot.charts.scales import given_scale
from bot.charts.sheet import Sheet, Type
from bot.charts.style import BAND, BASE, SOFT_INK, judge_styles
from bot.charts.text import distinct_labels, drawable

LABEL_LINES = 2


def draw_dots(plot: HeroPlot) -> Figure:
    """The dot plot, conditions in the order of their first points from top to bottom."""
    groups = grouped(plot.points, plot.judges)
    shown = groups[:MOST_ROWS]
    lanes = max(len(group.points) for group in shown)
    rows = _rows(shown)
    scale = given_scale(plot.y_limits, metric_values(plot), edge=0.02)
    chart = RowChart(rows, lanes, scale, plot.y_label.translate(TURNED))
    head = _surround(chart, plot, shown, hidden_rows_note(len(shown), len(groups)))
    if plot.target:
        _draw_target(chart, plot.target, head)
    for row, group in enumerate(shown):
        for place, point in enumerate(group.points):
            _draw_point(chart, plot, point, row, place - (len(group.points) - 1) / 2)
    return chart.sheet.figure


def _rows(groups: Sequence[Group]) -> list[Row]:
    """Labels broken into lines; a name is cut where two lines do not hold it."""
    sheet, ids = Sheet(100), [group.condition for group in groups]
    bold = Type(BASE, "bold")
    fits_twice = sheet.fits(LABEL_LINES * LABEL_WIDTH * 0.85, bold)
    names = distinct_labels([group.raw_label for group in groups], ids, fits_twice)
    kinds = [group.type() for group in groups]
    return [
        Row(sheet.balanced(name, LABEL_WIDTH, bold, LABEL_LINES), kind) for name, kind in zip(names, kinds, strict=True)
    ]


def _surround(chart: RowChart, plot: HeroPlot, groups: Sequence[Group], hidden: str | None) -> str:
    """Title, legend and notes; answers with the target's label, for which room is kept above the rows."""
    sheet = chart.sheet
    judges = furniture.judge_labels(sheet, plot.judges)
    names = {group.condition: drawable(group.raw_label) for group in groups}
    drawn = [point for group in groups for point in group.points]
    note = bounds_note(drawn, judges, names, drawable(plot.symbol))
    below = furniture.notes_below(sheet, [note, hidden, plot.stated_note])
    head = sheet.wrapped(plot.target.label, furniture.TEXT_WIDTH, furniture.NOTE, lines=1) if plot.target else ""
    entries = furniture.legend_entries(plot, judges, None)
    chart.lay_out(furniture.title_lines(sheet, plot.title), entries, head, below)
    return head


def _draw_target(chart: RowChart, target: Target, head: str) -> None:
    axes = chart.axes
    if target.low is not None and target.high is not None:
        axes.axvspan(target.low, target.high, color=BAND, lw=0, zorder=0.5, gid="target-band")
    axes.axvline(target.value, color=SOFT_INK, lw=1.0, ls=(0, (4, 2.5)), zorder=1.2, gid="target-line")
    chart.write_head(head, target.value, gid="target")


def _draw_point(chart: RowChart, plot: HeroPlot, point: Point, row: int, lane: float) -> None:
    style, y = judge_styles(plot.judges)[point.judge], chart.height(row, lane)
    if point.bound_low is not None and point.bound_high is not None:
        _draw_bounds(chart.axes, (point.bound_low, point.bound_high), y, BOUND_WIDTH / chart.pitch, style.color)
    if point.low is not None and point.high is not None:
        draw_span(chart.axes, (point.low, point.high), y, style.color, gid=f"interval-{row}-{lane}")
    marker = furniture.marker_line(style, is_open=point.role == "reference", xdata=[point.y], ydata=[y])
    marker.set(zorder=3, gid=f"marker-{row}-{lane}", clip_on=False)
    chart.axes.add_line(marker)


def _draw_bounds(axes: Axes, ends: tuple[float, float], y: float, half: float, color: str) -> None:
    bar = Rectangle((ends[0], y - half), ends[1] - ends[0], 2 * half, facecolor=color, alpha=0.24, lw=0, zorder=1)
    axes.add_patch(bar)
