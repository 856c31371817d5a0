"""The hero figure: one look at a metric over all conditions, judges side by side, held against the target."""

from __future__ import annotations

from matplotlib.figure import Figure

from bot.charts.dots import draw_dots
from bot.charts.points import HeroPlot
from bot.charts.scatter import draw_scatter
from bot.charts.style import figure_style


def draw_hero(plot: HeroPlot) -> Figure:
    """The hero figure as `plot.kind` asks for it; nothing in it overlaps and nothing is cut off.

    A scatter that cannot name all its points without overlap, even with numbers and a key, becomes a dot plot.
    Save it with `bot.charts.saving.save`, which uses the same style.
    """
    with figure_style():
        figure = draw_scatter(plot) if _is_scatter(plot) else None
        return figure or draw_dots(plot)


def _is_scatter(plot: HeroPlot) -> bool:
    conditions = [point for point in plot.points if point.role == "condition"] or list(plot.points)
    placed = {point.condition for point in conditions if point.x is not None}
    if plot.kind == "auto":
        return all(point.condition in placed for point in conditions)
    return plot.kind == "scatter" and any(point.x is not None for point in plot.points)
