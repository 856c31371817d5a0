"""The judge gap chart: how far the judges lie apart on every condition, held against the declared gate."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bot.charts import furniture
from bot.charts.notes import hidden_rows_note
from bot.charts.points import Gap, GapPlot
from bot.charts.rows import LABEL_WIDTH, MOST_ROWS, Row, RowChart, draw_span
from bot.charts.scales import Scale, free_scale
from bot.charts.sheet import Sheet, Type
from bot.charts.style import BAND, BASE, INK, OKABE_ITO, SOFT_INK, JudgeStyle, figure_style
from bot.charts.text import distinct_labels

KEPT = JudgeStyle(OKABE_ITO[0], "o", 6.4)
BREACHED = JudgeStyle(OKABE_ITO[1], "X", 7.6)


def draw_gaps(plot: GapPlot) -> Figure:
    """A row for every condition, in the order given; breached gates differ in colour and shape."""
    with figure_style():
        return _draw(plot)


def _draw(plot: GapPlot) -> Figure:
    shown = plot.gaps[:MOST_ROWS]
    chart = RowChart(_rows(shown), 1, _scale(plot), plot.x_label)
    head = "" if plot.limit is None else f"declared gate: |gap| below {plot.limit:g}"
    below = furniture.notes_below(chart.sheet, [hidden_rows_note(len(shown), len(plot.gaps))])
    chart.lay_out(furniture.title_lines(chart.sheet, plot.title), _entries(plot), head, below)
    chart.axes.axvline(0, color=INK, lw=0.8, zorder=1.1)
    if plot.limit is not None:
        _draw_gate(chart, plot.limit, head)
    for row, gap in enumerate(shown):
        _draw_gap(chart, gap, row)
    return chart.sheet.figure


def _rows(gaps: Sequence[Gap]) -> list[Row]:
    sheet, kind = Sheet(100), Type(BASE)
    fits_twice = sheet.fits(2 * LABEL_WIDTH * 0.85, kind)
    names = distinct_labels([gap.label for gap in gaps], [gap.condition for gap in gaps], fits_twice)
    return [Row(sheet.balanced(name, LABEL_WIDTH, kind, 2), kind) for name in names]


def _scale(plot: GapPlot) -> Scale:
    gate = [] if plot.limit is None else [-plot.limit, plot.limit]
    gaps = [value for gap in plot.gaps for value in (gap.gap, gap.low, gap.high) if value is not None]
    return free_scale([0.0, *gate, *gaps])


def _entries(plot: GapPlot) -> list[tuple[Line2D, str]]:
    """A legend where there is a gate to keep or breach."""
    if plot.limit is None:
        return []
    kinds = ((BREACHED, "gate breached", True), (KEPT, "within the gate", False))
    present = {gap.breached for gap in plot.gaps}
    return [(furniture.marker_line(style, is_open=False), text) for style, text, kind in kinds if kind in present]


def _draw_gate(chart: RowChart, limit: float, head: str) -> None:
    chart.axes.axvspan(-limit, limit, color=BAND, lw=0, zorder=0.5, gid="gate")
    for side in (-limit, limit):
        chart.axes.axvline(side, color=SOFT_INK, lw=1.0, ls=(0, (4, 2.5)), zorder=1.2)
    chart.write_head(head, 0.0, gid="gate-label")


def _draw_gap(chart: RowChart, gap: Gap, row: int) -> None:
    style, y = BREACHED if gap.breached else KEPT, chart.height(row, 0)
    if gap.low is not None and gap.high is not None:
        draw_span(chart.axes, (gap.low, gap.high), y, style.color, gid=f"interval-{row}")
    marker = furniture.marker_line(style, is_open=False, xdata=[gap.gap], ydata=[y])
    marker.set(zorder=3, gid=f"marker-{row}", clip_on=False)
    chart.axes.add_line(marker)
