"""Which models are told apart: the paired difference of every two, with its interval, each in a cell of its own."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any, NamedTuple

from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch

from bot.charts import furniture
from bot.charts.furniture import BLOCK_GAP
from bot.charts.geometry import Box
from bot.charts.notes import hidden_rows_note
from bot.charts.sheet import EDGE, Sheet, Type, outlines
from bot.charts.style import BASE, INK, OKABE_ITO, SOFT_INK, WIDTH, figure_style
from bot.charts.sweep_points import Pair, SeparationPlot, Verdict
from bot.charts.text import distinct_labels
from bot.scoring.shown import decimals

LABELS, MOST_MODELS = 150.0, 40
WIDEST_CELL, HIGHEST_CELL, LOWEST_CELL = 54.0, 25.0, 11.0
FEWEST_POINTS = 37.0
"""A cell narrower than that has no room for numbers: it shows a bar instead."""

SPAN = 8.0
"""What a bar's scale spans, in half-widths of the usual interval."""

NUMBER, SHORTEST_BAR = 7.5, 1.5
LINE_COLOR = "#9a9a9a"


Spot = tuple[float, float]
Segment = tuple[Spot, Spot]


class Look(NamedTuple):
    """How a verdict is drawn: its cell's fill and edge, the ink in it, and the legend's word for it."""

    fill: str
    edge: str
    ink: str
    word: str


LOOKS = {
    Verdict.BETTER: Look("#bcd9ec", "none", OKABE_ITO[0], "the row's model is better"),
    Verdict.WORSE: Look("#f7b98f", "none", OKABE_ITO[1], "the row's model is worse"),
    Verdict.NOISE: Look("white", "#b0b0b0", "#6e6e6e", "within noise: the interval holds 0"),
}


def draw_separation(plot: SeparationPlot) -> Figure:
    """A triangle of cells: from its name a model's row runs right, against all that rank below it."""
    with figure_style():
        return _Triangle(plot).draw()


class _Triangle:
    """A chart of differences being laid out, in points."""

    def __init__(self, plot: SeparationPlot) -> None:
        self.plot, self.sheet = plot, Sheet(400)
        self.models = plot.models[:MOST_MODELS]
        self.place = {model: place for place, (model, _) in enumerate(self.models)}
        self.pairs = [pair for pair in plot.pairs if pair.a in self.place and pair.b in self.place]
        self._set_cells()
        self.low, self.high = scale_of(self.pairs)
        self.axes = self.sheet.axes(Box(0, 0, WIDTH, self.sheet.height))
        self._lay_out()

    def _set_cells(self) -> None:
        """Cells as wide as the names leave room for; names stand on the diagonal, so only the first need room."""
        count = len(self.models)
        self.kind = Type(BASE if count <= 15 else 8.0, "bold", INK)
        fits = self.sheet.fits(LABELS, self.kind)
        self.labels = distinct_labels([label for _, label in self.models], [model for model, _ in self.models], fits)
        self.widths = [self.sheet.size(label, self.kind)[0] + 6 for label in self.labels]
        room = [WIDTH - 2 * EDGE - width for width in self.widths]
        self.cell = min(WIDEST_CELL, *(room[place] / (count - 1 - place) for place in range(count - 1)))
        self.left = EDGE + max(width - (place + 1) * self.cell for place, width in enumerate(self.widths))
        self.numbered = self.cell >= FEWEST_POINTS
        self.pitch = HIGHEST_CELL if self.numbered else max(LOWEST_CELL, min(self.cell, HIGHEST_CELL))

    def _lay_out(self) -> None:
        """The legend stands in the empty half of the triangle where it has room there, else above."""
        self.below = furniture.notes_below(self.sheet, self._notes())
        legend = self._legend(columns=1)
        size = self.sheet.box(legend)
        within = self._has_room(size)
        if not within:
            legend = furniture.legend_row(self.sheet, self.axes, self._entries())
            size = self.sheet.box(legend)
        above = 0.0 if within else size.height + BLOCK_GAP
        self.sheet.resize(self.pitch * len(self.models) + above + self.below.height + 2 * EDGE + 4)
        self.top = self.sheet.height - EDGE - above - 2
        y = EDGE + self.below.height + 4 if within else self.sheet.height - EDGE - size.height
        furniture.move_legend(self.sheet, legend, EDGE, y)
        self.sheet.rule(self.axes)

    def _entries(self) -> list[tuple[Line2D, str]]:
        present = {pair.verdict for pair in self.pairs}
        return [(_sign(look), look.word) for verdict, look in LOOKS.items() if verdict in present]

    def _legend(self, columns: int) -> Legend:
        return furniture.make_legend(self.axes, self._entries(), columns)

    def _has_room(self, legend: Box) -> bool:
        """Whether the names of the rows that a legend would stand beside leave it room."""
        rows = range(max(0, len(self.models) - 1 - int((legend.height + 8) // self.pitch)), len(self.models))
        starts = [self.left + (row + 1) * self.cell - self.widths[row] for row in rows]
        return min(starts) > EDGE + legend.width + 10 and len(rows) < len(self.models)

    def _notes(self) -> list[str | None]:
        ends = f"{decimals(self.low, 2)} to {decimals(self.high, 2)}"
        bars = f" Bars are 95 % intervals: a cell spans {ends}, with a line at 0; a triangle points beyond."
        how = " With ± half of the 95 % interval." if self.numbered else bars
        cut = hidden_rows_note(len(self.models), len(self.plot.models), "models")
        single = "Intervals are those of single pairs, not widened for their number."
        lacking = len(self.pairs) < len(self.models) * (len(self.models) - 1) // 2
        empty = "Without a cell: pairs that share fewer than two tasks." if lacking else None
        return [f"{self.plot.value_label}.{how} {single}", empty, cut, *self.plot.notes]

    def draw(self) -> Figure:
        for place, label in enumerate(self.labels):
            x, y = self.left + (place + 1) * self.cell - 5, self._row(place)
            self.sheet.write(x, y, label, self.kind, f"label-{place}", ha="right", va="center_baseline")
        for verdict, look in LOOKS.items():
            self._draw_cells([pair for pair in self.pairs if pair.verdict is verdict], look)
        furniture.write_notes(self.sheet, self.below)
        return self.sheet.figure

    def _row(self, place: int) -> float:
        """The middle of a row."""
        return self.top - (place + 0.5) * self.pitch

    def _cell(self, pair: Pair) -> Box:
        x, y = self.left + self.place[pair.b] * self.cell, self._row(self.place[pair.a])
        return Box(x, y - self.pitch / 2, x + self.cell, y + self.pitch / 2).grown(-0.6)

    def _draw_cells(self, pairs: Sequence[Pair], look: Look) -> None:
        if not pairs:
            return
        how: dict[str, Any] = {"facecolor": look.fill, "edgecolor": look.edge, "lw": 0.6}
        shape = outlines([self._cell(pair) for pair in pairs])
        self.axes.add_artist(PathPatch(shape, gid=f"cells-{pairs[0].verdict.name}", **how))
        if not self.numbered:
            self._draw_bars(pairs, look)
            return
        for pair in pairs:
            gid = f"label-{self.place[pair.a]}-{self.place[pair.b]}"
            self._write_numbers(pair, self._cell(pair).center, gid)

    def _write_numbers(self, pair: Pair, middle: tuple[float, float], gid: str) -> None:
        x, y = middle
        noise = pair.verdict is Verdict.NOISE
        how: dict[str, Any] = {"ha": "center", "va": "center_baseline"}
        value = Type(NUMBER, "normal" if noise else "bold", SOFT_INK if noise else INK)
        self.sheet.write(x, y + 0.2 * self.pitch, _signed(pair.difference), value, gid, **how)
        if pair.low is not None and pair.high is not None:
            half = f"±{decimals((pair.high - pair.low) / 2, 3)}"
            self.sheet.write(x, y - 0.2 * self.pitch, half, Type(NUMBER, "normal", value.color), f"{gid}-half", **how)

    def _draw_bars(self, pairs: Sequence[Pair], look: Look) -> None:
        """Intervals beside their cells' lines at 0, cut at the scale's ends; a triangle where little of one is left."""
        zeros: list[Segment] = []
        bars: list[Segment] = []
        beyond: dict[str, list[Spot]] = {">": [], "<": []}
        for pair in pairs:
            cell = self._cell(pair)
            y, half = cell.center[1], 0.36 * cell.height
            zero, low, high = (self._across(cell, value) for value in (0.0, *ends_of(pair)))
            zeros.append(((zero, y - half), (zero, y + half)))
            if high - low >= SHORTEST_BAR:
                bars.append(((low, y), (high, y)))
            else:
                sign, x = (">", cell.x1 - 2.5) if low > zero else ("<", cell.x0 + 2.5)
                beyond[sign].append((x, y))
        self.axes.add_collection(LineCollection(zeros, colors=LINE_COLOR, linewidths=0.6, zorder=1.5))
        self.axes.add_collection(LineCollection(bars, colors=look.ink, linewidths=2.0, capstyle="butt", zorder=2))
        for sign, spots in beyond.items():
            xs, ys = [x for x, _ in spots], [y for _, y in spots]
            self.axes.add_line(Line2D(xs, ys, ls="none", marker=sign, ms=3.2, mew=0, color=look.ink, zorder=2))

    def _across(self, cell: Box, value: float) -> float:
        """Where a value lies across a cell, cut at the scale's ends."""
        share = (max(self.low, min(self.high, value)) - self.low) / (self.high - self.low)
        return cell.x0 + 1 + share * (cell.width - 2)


def ends_of(pair: Pair) -> tuple[float, float]:
    """The ends of its interval, the difference itself where it has none."""
    low, high = (pair.difference if end is None else end for end in (pair.low, pair.high))
    return low, high


def scale_of(pairs: Sequence[Pair]) -> tuple[float, float]:
    """The ends of the bars' scale around 0: some half-widths of the usual interval, most of them on the fuller side."""
    halves = [(pair.high - pair.low) / 2 for pair in pairs if pair.low is not None and pair.high is not None]
    half = (median(halves) if halves else 0.0) or max((abs(p.difference) for p in pairs), default=0) or 1.0
    lowest = min((pair.low for pair in pairs if pair.low is not None), default=-half)
    below = min(max(-lowest, half), SPAN / 2 * half)
    return -below, SPAN * half - below


def _sign(look: Look) -> Line2D:
    edge = look.fill if look.edge == "none" else look.edge
    return Line2D([], [], ls="none", marker="s", ms=8, mfc=look.fill, mec=edge, mew=0.8)


def _signed(value: float) -> str:
    text = decimals(value, 3)
    return f"+{text}" if value > 0 and float(text) != 0 else text
