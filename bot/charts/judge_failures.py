"""Judge failures by model: how many judgements failed, which share that is, and how many runs were re-judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bot.charts import furniture
from bot.charts.notes import hidden_rows_note
from bot.charts.rows import LABEL_WIDTH, MOST_ROWS, Row, RowChart, label_lines
from bot.charts.scales import Scale, free_scale
from bot.charts.sheet import EDGE, Sheet, Type
from bot.charts.style import BASE, INK, OKABE_ITO, SMALL, SOFT_INK, WIDTH, figure_style
from bot.charts.sweep_points import JudgedModel, JudgePlot
from bot.charts.text import distinct_labels
from bot.scoring.shown import count, percent

FAILED, REJUDGED = OKABE_ITO[1], "#a6d3f2"
"""Dark and light, so that the bars are told apart in print without colour."""

BAR, LANE = 3.8, 0.6
"""Half of a bar's height in points, and how far its middle lies from that of its row, in lanes."""

TEXT_GAP = 4.0
NUMBER = Type(SMALL, "normal", INK)
SOFT_NUMBER = Type(SMALL, "normal", SOFT_INK)
X_LABEL = "share of judged runs, %  (← lower is better)"


def draw_judge_failures(plot: JudgePlot) -> Figure:
    """A row for every model, in the order given, with two bars: failures left, and runs re-judged."""
    with figure_style():
        return _draw(plot)


def _draw(plot: JudgePlot) -> Figure:
    shown = plot.models[:MOST_ROWS]
    rows = _rows(shown)
    chart = RowChart(rows, label_lines(len(rows)), _scale(shown, rows), X_LABEL)
    cut = hidden_rows_note(len(shown), len(plot.models), "models")
    below = furniture.notes_below(chart.sheet, [cut, *plot.notes])
    chart.lay_out(("", 0.0), _entries(shown), head="", below=below)
    for row, model in enumerate(shown):
        _draw_model(chart, model, row)
    return chart.sheet.figure


def _rows(models: Sequence[JudgedModel]) -> list[Row]:
    sheet, kind, lines = Sheet(100), Type(BASE), label_lines(len(models))
    fits = sheet.fits(LABEL_WIDTH * (1 if lines == 1 else lines * 0.85), kind)
    names = distinct_labels([model.label for model in models], [model.model for model in models], fits)
    return [Row(sheet.balanced(name, LABEL_WIDTH, kind, lines), kind) for name in names]


def _scale(models: Sequence[JudgedModel], rows: Sequence[Row]) -> Scale:
    """From 0, where bars start, far enough that every bar and the text at its end have room; at least one per cent."""
    sheet = Sheet(100)
    axes = WIDTH - 2 * EDGE - max(sheet.size(row.label, row.kind)[0] for row in rows) - 12
    ends = [
        bar * axes / (axes - TEXT_GAP - sheet.size(text, NUMBER)[0])
        for model in models
        for bar, text in zip(bars_of(model), texts_of(model), strict=True)
    ]
    scale = free_scale([0.0, max(*ends, 1.0)], edge=0.0)
    return Scale(0.0, scale.high, tuple(tick for tick in scale.ticks if tick >= 0))


def bars_of(model: JudgedModel) -> tuple[float, float]:
    """Failures left and re-judged runs in per cent of the judged runs."""
    judged = model.judged or 1
    return 100 * model.failed / judged, 100 * model.rejudged / judged


def texts_of(model: JudgedModel) -> tuple[str, str]:
    """What is written at the ends of the two bars."""
    if model.share is None:
        return "not judged", ""
    return f"{count(model.failed)} of {count(model.judged)} · {percent(model.share)}", count(model.rejudged)


def _entries(models: Sequence[JudgedModel]) -> list[tuple[Line2D, str]]:
    entries = [(_sign(FAILED), "judge failures left")]
    return [*entries, (_sign(REJUDGED), "re-judged")] if any(model.rejudged for model in models) else entries


def _sign(color: str) -> Line2D:
    return Line2D([], [], ls="none", marker="s", ms=7, mfc=color, mec="none")


def _draw_model(chart: RowChart, model: JudgedModel, row: int) -> None:
    looks = ((FAILED, NUMBER, -LANE), (REJUDGED, SOFT_NUMBER, LANE))
    for place, (bar, text, (color, kind, lane)) in enumerate(zip(bars_of(model), texts_of(model), looks, strict=True)):
        y, half = chart.height(row, lane), BAR / chart.pitch
        chart.axes.barh(y, bar, height=2 * half, color=color, lw=0, gid=f"bar-{row}-{place}")
        x, up = chart.sheet.place(chart.axes, bar, y)
        how: dict[str, Any] = {"va": "center_baseline"}
        if text and (place == 0 or model.rejudged):
            chart.sheet.write(x + TEXT_GAP, up, text, kind, gid=f"label-{row}-{place}", **how)
