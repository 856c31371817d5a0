"""Bars in rows, with an interval and a line across where they have one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bot.charts import furniture
from bot.charts.evalset_points import Bar, BarPlot
from bot.charts.rows import LABEL_WIDTH, Row, RowChart
from bot.charts.scales import Scale, free_scale
from bot.charts.sheet import EDGE, Sheet, Type
from bot.charts.style import BASE, INK, OKABE_ITO, SMALL, SOFT_INK, WIDTH, figure_style

BAR_COLOR = "#a6c9e2"
INTERVAL_COLOR = OKABE_ITO[0]
HALF, TEXT_GAP = 5.0, 5.0
NUMBER = Type(SMALL, "normal", INK)
LINES = 2
DASHES = (0, (4, 2.5))


def draw_bars(plot: BarPlot) -> Figure:
    """A row for every bar, in the order given."""
    with figure_style():
        return _draw(plot)


def _draw(plot: BarPlot) -> Figure:
    rows = _rows(plot)
    chart = RowChart(rows, 1, _scale(plot, rows), plot.x_label)
    below = furniture.notes_below(chart.sheet, plot.notes)
    chart.lay_out(furniture.title_lines(chart.sheet, plot.title), _entries(plot), head="", below=below)
    if plot.expected is not None:
        chart.axes.axvline(plot.expected, color=SOFT_INK, lw=1.0, ls=DASHES, gid="expected")
    for place, bar in enumerate(plot.bars):
        y = chart.height(place, 0)
        chart.axes.barh(y, bar.value, height=2 * HALF / chart.pitch, color=BAR_COLOR, lw=0, gid=f"bar-{place}")
        if bar.low is not None and bar.high is not None:
            how: dict[str, Any] = {"marker": "|", "ms": 6, "mew": 1.5, "lw": 1.5, "color": INTERVAL_COLOR}
            chart.axes.add_line(Line2D((bar.low, bar.high), (y, y), zorder=3, gid=f"interval-{place}", **how))
        x, up = chart.sheet.place(chart.axes, _end(chart, plot, bar), y)
        chart.sheet.write(x + TEXT_GAP, up, bar.text, NUMBER, gid=f"label-{place}", va="center_baseline")
    return chart.sheet.figure


def _end(chart: RowChart, plot: BarPlot, bar: Bar) -> float:
    """Where the text of a bar begins: behind its bar and interval, and behind the line if it would cross that."""
    end = max(bar.value, bar.high or 0.0)
    if plot.expected is None or end >= plot.expected:
        return end
    start = chart.sheet.place(chart.axes, end, 0)[0] + TEXT_GAP
    line = chart.sheet.place(chart.axes, plot.expected, 0)[0]
    return plot.expected if start + chart.sheet.size(bar.text, NUMBER)[0] + 2 > line else end


def _rows(plot: BarPlot) -> list[Row]:
    sheet, kind = Sheet(100), Type(BASE)
    return [Row(sheet.wrapped(bar.label, LABEL_WIDTH, kind, LINES), kind) for bar in plot.bars]


def _scale(plot: BarPlot, rows: Sequence[Row]) -> Scale:
    """From 0 far enough that every bar and the text at its end have room."""
    sheet = Sheet(100)
    axes = WIDTH - 2 * EDGE - max(sheet.size(row.label, row.kind)[0] for row in rows) - 12
    ends = [
        max(bar.value, bar.high or 0.0, plot.expected or 0.0)
        * axes
        / (axes - 2 * TEXT_GAP - sheet.size(bar.text, NUMBER)[0])
        for bar in plot.bars
    ]
    scale = free_scale([0.0, max(*ends, plot.expected or 0.0, 1e-9)], edge=0.0)
    ticks = tuple(tick for tick in scale.ticks if 0 <= tick <= (plot.limit if plot.limit is not None else tick))
    return Scale(0.0, scale.high, ticks)


def _entries(plot: BarPlot) -> list[tuple[Line2D, str]]:
    entries = []
    if plot.interval_label:
        entries.append((Line2D([], [], color=INTERVAL_COLOR, marker="|", ms=6, mew=1.5, lw=1.5), plot.interval_label))
    if plot.expected is not None:
        entries.append((Line2D([], [], color=SOFT_INK, lw=1.0, ls=DASHES), plot.expected_label))
    return entries
