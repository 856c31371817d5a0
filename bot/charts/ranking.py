"""The hero figure of a sweep: models by their mean with intervals, their ranks, and who is not told apart from whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bot.charts import furniture
from bot.charts.furniture import NOTE, marker_line
from bot.charts.notes import hidden_rows_note
from bot.charts.rows import LABEL_WIDTH, MOST_ROWS, Row, RowChart, draw_span, label_lines
from bot.charts.scales import Scale, free_scale
from bot.charts.sheet import Sheet, Type
from bot.charts.style import BASE, INK, OKABE_ITO, SMALL, SOFT_INK, JudgeStyle, figure_style
from bot.charts.sweep_points import RankedModel, RankingPlot, Span
from bot.charts.text import distinct_labels, drawable
from bot.scoring.shown import decimals

VALUE = JudgeStyle(OKABE_ITO[0], "o", 6.4)
BESIDE = JudgeStyle(SOFT_INK, "o", 5.0)
TIE: dict[str, Any] = {"color": INK, "lw": 2.4, "solid_capstyle": "round"}

RANK_WIDTH, VALUE_WIDTH, TIE_STEP, TIES_WIDTH = 24.0, 34.0, 6.5, 60.0
NO_RANK, NO_VALUE = "–", "no value"
RANKED, UNRANKED = Type(BASE, "bold", INK), Type(BASE, "normal", SOFT_INK)
NUMBER = Type(SMALL, "normal", INK)


def draw_ranking(plot: RankingPlot) -> Figure:
    """A row for every model, the best on top; bars on the right join neighbours that are not told apart."""
    with figure_style():
        return _draw(plot)


def _draw(plot: RankingPlot) -> Figure:
    shown = plot.models[:MOST_ROWS]
    lanes = tie_lanes([span for span in plot.ties if span.last < len(shown)])
    chart = RowChart(_rows(shown), 1, _scale(shown), plot.x_label)
    chart.axes.tick_params(axis="y", pad=6 + RANK_WIDTH)
    below = furniture.notes_below(chart.sheet, [hidden_rows_note(len(shown), len(plot.models), "models"), *plot.notes])
    step = min(TIE_STEP, TIES_WIDTH / max(len(lanes), 1))
    ends = VALUE_WIDTH + (step * len(lanes) + 4 if lanes else 0)
    chart.lay_out(("", 0.0), _entries(plot, lanes), head="rank", below=below, right=ends)
    for row, model in enumerate(shown):
        _draw_model(chart, model, row, lane=0.42 if plot.beside_name else 0.0)
    _write_heads(chart)
    for place, lane in enumerate(lanes):
        for span in lane:
            _draw_tie(chart, span, chart.frame.x1 + VALUE_WIDTH + 6 + place * step)
    return chart.sheet.figure


def _rows(models: Sequence[RankedModel]) -> list[Row]:
    sheet = Sheet(100)
    lines, room = label_lines(len(models)), LABEL_WIDTH - RANK_WIDTH
    fits = sheet.fits(room * (1 if lines == 1 else lines * 0.85), RANKED)
    names = distinct_labels([model.label for model in models], [model.model for model in models], fits)
    kinds = [UNRANKED if model.rank is None else RANKED for model in models]
    return [Row(sheet.balanced(name, room, RANKED, lines), kind) for name, kind in zip(names, kinds, strict=True)]


def _scale(models: Sequence[RankedModel]) -> Scale:
    """Around all values, never beyond 0–1, because no score lies there."""
    values = [v for m in models for v in (m.value, m.low, m.high, m.beside) if v is not None]
    scale = free_scale(values or [0.0, 1.0])
    ticks = tuple(tick for tick in scale.ticks if 0.0 <= tick <= 1.0)
    return Scale(max(scale.low, -0.02), min(scale.high, 1.02), ticks)


def tie_lanes(ties: Sequence[Span]) -> list[list[Span]]:
    """The spans side by side, in as few lanes as keep a row free between those of one lane."""
    lanes: list[list[Span]] = []
    for span in sorted(ties):
        free = next((lane for lane in lanes if lane[-1].last < span.first), None)
        if free is None:
            lanes.append(free := [])
        free.append(span)
    return lanes


def _entries(plot: RankingPlot, lanes: Sequence[Sequence[Span]]) -> list[tuple[Line2D, str]]:
    entries = [(marker_line(VALUE, is_open=False), drawable(plot.value_name))]
    if plot.beside_name:
        entries.append((marker_line(BESIDE, is_open=True), drawable(plot.beside_name)))
    if lanes:
        entries.append((Line2D([], [], marker="|", ms=9, mew=2.4, mec=INK, ls="none"), "not told apart"))
    return entries


def _draw_model(chart: RowChart, model: RankedModel, row: int, lane: float) -> None:
    if model.low is not None and model.high is not None:
        draw_span(chart.axes, (model.low, model.high), chart.height(row, -lane), VALUE.color, gid=f"interval-{row}")
    if model.value is not None:
        _draw_marker(chart, VALUE, model.value, chart.height(row, -lane), is_open=False, gid=f"marker-{row}")
    if model.beside is not None:
        _draw_marker(chart, BESIDE, model.beside, chart.height(row, lane), is_open=True, gid=f"marker-beside-{row}")
    y = chart.sheet.place(chart.axes, 0.0, chart.height(row, 0))[1]
    number = NO_VALUE if model.value is None else decimals(model.value, 3)
    how: dict[str, Any] = {"va": "center_baseline", "ha": "right"}
    chart.sheet.write(chart.frame.x1 + VALUE_WIDTH, y, number, NUMBER, gid=f"label-value-{row}", **how)
    rank = UNRANKED if model.rank is None else RANKED
    how["ha"] = "left"
    x = chart.frame.x0 - RANK_WIDTH
    chart.sheet.write(x, y, rank_text(model), rank, gid=f"label-rank-{row}", **how)


def rank_text(model: RankedModel) -> str:
    """The rank as rankings print it: "1", "3=" where it is shared."""
    return NO_RANK if model.rank is None else f"{model.rank}{'=' if model.tied else ''}"


def _draw_marker(chart: RowChart, style: JudgeStyle, value: float, y: float, *, is_open: bool, gid: str) -> None:
    marker = marker_line(style, is_open=is_open, xdata=[value], ydata=[y])
    marker.set(zorder=3, gid=gid, clip_on=False)
    chart.axes.add_line(marker)


def _write_heads(chart: RowChart) -> None:
    y = chart.frame.y1 + 2
    chart.sheet.write(chart.frame.x0 - RANK_WIDTH, y, "rank", NOTE, gid="label-head-rank")
    chart.sheet.write(chart.frame.x1 + VALUE_WIDTH, y, "mean", NOTE, gid="label-head-mean", ha="right")


def _draw_tie(chart: RowChart, span: Span, x: float) -> None:
    top, bottom = (chart.sheet.place(chart.axes, 0.0, chart.height(row, 0))[1] for row in span)
    reach = 0.28 * chart.pitch
    chart.sheet.line(chart.axes, (x, top + reach, x, bottom - reach), gid=f"tie-{span.first}-{span.last}", **TIE)
