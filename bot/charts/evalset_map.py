"""The coverage map: how many items each cell of level × topic × difficulty holds; empty cells are hatched."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bot.charts import furniture
from bot.charts.evalset_points import MapPlot
from bot.charts.geometry import Box
from bot.charts.sheet import EDGE, Sheet, Type
from bot.charts.style import INK, SMALL, SOFT_INK, WIDTH, figure_style
from bot.charts.text import drawable

MOST_ROWS = 60
LABELS, PITCH, SECTION_PITCH, HEAD, WIDEST = 190.0, 15.0, 19.0, 16.0, 90.0
LABEL, COUNT, SECTION = Type(SMALL, "normal", INK), Type(SMALL, "bold", INK), Type(SMALL, "bold", SOFT_INK)
SHADES = ("#e3eef7", "#c6deef", "#9ccae4", "#6fb0d8")
EMPTY: dict[str, Any] = {"facecolor": "#f7f7f7", "edgecolor": "#b0b0b0", "hatch": "//////", "lw": 0}


def draw_map(plot: MapPlot) -> Figure:
    """A row for every topic, under its level, and a column for every difficulty."""
    with figure_style():
        return _Map(plot).draw()


class _Map:
    """A coverage map being laid out, in points."""

    def __init__(self, plot: MapPlot) -> None:
        self.plot, self.sheet = plot, Sheet(400)
        self.rows = plot.map_rows[:MOST_ROWS]
        self.sections = [(name, list(rows)) for name, rows in groupby(self.rows, key=lambda row: row.section)]
        self.cell = min(WIDEST, (WIDTH - 2 * EDGE - LABELS) / len(plot.columns))
        cut = len(plot.map_rows) - len(self.rows)
        hidden = f"{cut} more rows are in the data file." if cut else None
        self.title, title_height = furniture.title_lines(self.sheet, plot.title)
        self.below = furniture.notes_below(self.sheet, [*plot.notes, hidden])
        self.body = PITCH * len(self.rows) + SECTION_PITCH * len(self.sections)
        self.sheet.resize(self.body + HEAD + title_height + self.below.height + 2 * EDGE + 4)
        self.top = self.sheet.height - EDGE - title_height - HEAD
        self.most = max((count for row in self.rows for count in row.counts), default=1) or 1

    def draw(self) -> Figure:
        """Draw everything."""
        axes = self.sheet.axes(Box(0, 0, WIDTH, self.sheet.height))
        axes.set(xlim=(0, WIDTH), ylim=(0, self.sheet.height))
        axes.axis("off")
        self._write_heads()
        y = self.top
        for number, (section, rows) in enumerate(self.sections):
            y -= SECTION_PITCH
            self.sheet.write(EDGE, y + 4, self._fitting(section, SECTION), SECTION, gid=f"label-section-{number}")
            for row in rows:
                y -= PITCH
                self._draw_row(axes, row.label, row.counts, y)
        furniture.write_title(self.sheet, self.title)
        furniture.write_notes(self.sheet, self.below)
        return self.sheet.figure

    def _fitting(self, text: str, kind: Type) -> str:
        return self.sheet.wrapped(text, LABELS - 8, kind, lines=1)

    def _left(self, column: int) -> float:
        return EDGE + LABELS + column * self.cell

    def _write_heads(self) -> None:
        for column, name in enumerate(self.plot.columns):
            x = self._left(column) + self.cell / 2
            self.sheet.write(x, self.top + 2, drawable(name), LABEL, gid=f"label-head-{column}", ha="center")

    def _draw_row(self, axes: Any, label: str, counts: tuple[int, ...], y: float) -> None:
        middle = y + PITCH / 2
        name = self._fitting(label, LABEL)
        self.sheet.write(EDGE + LABELS - 6, middle, name, LABEL, gid="label-row", ha="right", va="center_baseline")
        for column, count in enumerate(counts):
            place = (self._left(column) + 0.6, y + 0.6)
            how = {"facecolor": self._shade(count), "lw": 0} if count else EMPTY
            axes.add_patch(Rectangle(place, self.cell - 1.2, PITCH - 1.2, **how))
            if count:
                x = self._left(column) + self.cell / 2
                text = f"{count:,}"
                self.sheet.write(x, middle, text, COUNT, gid="label-count", ha="center", va="center_baseline")

    def _shade(self, count: int) -> str:
        return SHADES[min(len(SHADES) - 1, int(len(SHADES) * count / (self.most + 1)))]
