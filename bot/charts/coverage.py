"""The coverage strip: what became of every expected run, model by model, task by task."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch

from bot.charts import furniture
from bot.charts.furniture import BLOCK_GAP
from bot.charts.geometry import Box
from bot.charts.notes import hidden_rows_note
from bot.charts.rows import MOST_ROWS
from bot.charts.sheet import EDGE, Sheet, Type, outlines
from bot.charts.style import INK, OKABE_ITO, SMALL, SOFT_INK, WIDTH, figure_style
from bot.charts.sweep_points import CoveragePlot, State
from bot.charts.text import distinct_labels
from bot.scoring.shown import count

LABEL = Type(SMALL, "normal", INK)
COUNT = Type(SMALL, "normal", INK)
NO_COUNT = Type(SMALL, "normal", "#9a9a9a")
TIER = Type(7.5, "normal", SOFT_INK)

LABELS, COUNTS, GAP = 120.0, 22.0, 8.0
WIDEST_CELL, NARROWEST_CELL, HIGHEST_CELL, LOWEST_CELL = 18.0, 2.1, 6.0, 2.4
TIER_GAP, ROW_GAP, BAND_GAP = 4.0, 5.0, 10.0
STRIP, PAGE = 90.0, 560.0
"""Points that all runs of a task take at most, one above the other, and that all strips take if they can."""

EMPTY = "#8c8c8c"
CLEAN_COLOR, ZERO_COLOR, INFRA_COLOR = "#c9dff0", INK, OKABE_ITO[1]
"""Light, dark, and between the two: told apart in print without colour."""


class Look(NamedTuple):
    """How a state is drawn: its fill, its edge, and which share of its cell is filled, from below."""

    fill: str
    edge: str
    share: float = 1.0


LOOKS = {
    State.CLEAN: Look(CLEAN_COLOR, "none"),
    State.ZERO: Look(ZERO_COLOR, "none"),
    State.INFRA: Look(INFRA_COLOR, "none"),
    State.LOGGED: Look(INFRA_COLOR, INFRA_COLOR, 0.5),
    State.MISSING: Look("none", EMPTY, 0.0),
}


def draw_coverage(plot: CoveragePlot) -> Figure:
    """A strip for every model, with the counts of its states at the end; more tasks than fit go on in bands below."""
    with figure_style():
        return _Strips(plot).draw()


class _Strips:
    """A coverage chart being laid out, in points."""

    def __init__(self, plot: CoveragePlot) -> None:
        self.plot, self.sheet = plot, Sheet(400)
        self.models = plot.models[:MOST_ROWS]
        self.states = list(State)
        fits = self.sheet.fits(LABELS, LABEL)
        self.labels = distinct_labels([m.label for m in self.models], [m.model for m in self.models], fits)
        self.left = max(self.sheet.size(label, LABEL)[0] for label in self.labels) + 2 * EDGE
        self._set_bands()
        strip = min(STRIP, PAGE / len(self.models) / len(self.bands) - ROW_GAP)
        self.cell_height = max(LOWEST_CELL, min(HIGHEST_CELL, strip / plot.runs))
        self.pitch = max(self.cell_height * plot.runs + ROW_GAP, 14.0)
        self._lay_out()

    def _set_bands(self) -> None:
        """As many tasks side by side as can be told apart; the others go on below."""
        room = WIDTH - EDGE - self.left - GAP - COUNTS * len(self.states)
        tiers = len(list(groupby(self.plot.tiers)))
        most = max(1, int((room - TIER_GAP * (tiers - 1)) / NARROWEST_CELL))
        size = -(-len(self.plot.tasks) // -(-len(self.plot.tasks) // most))
        self.bands = [
            range(start, min(start + size, len(self.plot.tasks))) for start in range(0, len(self.plot.tasks), size)
        ]
        self.cell = min(WIDEST_CELL, (room - TIER_GAP * (tiers - 1)) / size)
        self.right = max(x1 for band in self.bands for _, _, x1 in self._tiers(self._columns(band)))

    def _lay_out(self) -> None:
        cut = hidden_rows_note(len(self.models), len(self.plot.models), "models")
        self.below = furniture.notes_below(self.sheet, [cut, *self.plot.notes])
        self.axes = self.sheet.axes(Box(0, 0, WIDTH, self.sheet.height))
        self.legend = furniture.legend_row(self.sheet, self.axes, [(_swatch(s), s.value) for s in self.states])
        legend_height = self.sheet.box(self.legend).height + BLOCK_GAP
        self.band_height = self.sheet.size("tier", TIER)[1] + 4 + self.pitch * len(self.models)
        body = self.band_height * len(self.bands) + BAND_GAP * (len(self.bands) - 1)
        self.sheet.resize(body + legend_height + self.below.height + 2 * EDGE + 4)
        furniture.move_legend(self.sheet, self.legend, EDGE, self.sheet.height - EDGE - legend_height + BLOCK_GAP)
        self.top = self.sheet.height - EDGE - legend_height - 4
        self.sheet.rule(self.axes)

    def draw(self) -> Figure:
        for number, band in enumerate(self.bands):
            self._write_band(number, band)
        for state in self.states:
            self._draw_cells(state)
        self._write_counts()
        furniture.write_notes(self.sheet, self.below)
        return self.sheet.figure

    def _write_band(self, number: int, band: range) -> None:
        self._write_tiers(self._columns(band), self.top - number * (self.band_height + BAND_GAP), number)
        for place, label in enumerate(self.labels):
            x, y = self.left - EDGE, self._row(number, place)
            self.sheet.write(x, y, label, LABEL, f"label-{number}-{place}", ha="right", va="center_baseline")

    def _row(self, band: int, place: int) -> float:
        """The middle of a model's strip."""
        last = self.top - band * (self.band_height + BAND_GAP) - self.band_height
        return last + self.pitch * (len(self.models) - place - 0.5)

    def _columns(self, band: range) -> dict[int, float]:
        """The left side of every task's column, tiers a little apart."""
        places: dict[int, float] = {}
        x = self.left
        for task in band:
            if task > band.start and self.plot.tiers[task] != self.plot.tiers[task - 1]:
                x += TIER_GAP
            places[task] = x
            x += self.cell
        return places

    def _tiers(self, columns: dict[int, float]) -> Iterator[tuple[str, float, float]]:
        """Name, left and right side of every tier of a band."""
        for tier, tasks in groupby(columns, key=lambda task: self.plot.tiers[task]):
            own = list(tasks)
            yield tier, columns[own[0]], columns[own[-1]] + self.cell

    def _write_tiers(self, columns: dict[int, float], top: float, band: int) -> None:
        """The tiers' names, shortened to their numbers where a strip is too narrow for one of them."""
        tiers = list(self._tiers(columns))
        names = [name for name, _, _ in tiers]
        y = top - self.sheet.size("tier", TIER)[1]
        if any(self.sheet.size(name, TIER)[0] > x1 - x0 for name, x0, x1 in tiers):
            names = [name.removeprefix("tier ") for name in names]
            self.sheet.write(self.left - EDGE, y, "tier", TIER, f"label-tier-{band}", ha="right")
        for place, (name, (_, x0, x1)) in enumerate(zip(names, tiers, strict=True)):
            if self.sheet.size(name, TIER)[0] <= x1 - x0 + TIER_GAP / 2:
                self.sheet.write((x0 + x1) / 2, y, name, TIER, f"label-tier-{band}-{place}", ha="center")

    def _cells(self, state: State) -> Iterator[Box]:
        """Where the runs in `state` are drawn."""
        for number, band in enumerate(self.bands):
            columns = self._columns(band)
            for place, model in enumerate(self.models):
                top = self._row(number, place) + self.cell_height * self.plot.runs / 2
                for task, x in columns.items():
                    for run, found in enumerate(model.cells[task]):
                        if found is state:
                            y = top - (run + 1) * self.cell_height
                            yield Box(x, y, x + self.cell, y + self.cell_height)

    def _draw_cells(self, state: State) -> None:
        """All cells of a state as one shape."""
        look, gap = LOOKS[state], min(0.6, 0.16 * self.cell)
        boxes = [box.grown(-gap / 2, -0.2) for box in self._cells(state)]
        if look.share and boxes:
            filled = [box._replace(y1=box.y0 + look.share * box.height) for box in boxes]
            self.axes.add_artist(PathPatch(outlines(filled), facecolor=look.fill, lw=0, gid=f"cells-{state.name}"))
        if look.edge != "none" and boxes:
            edge: dict[str, Any] = {"edgecolor": look.edge, "lw": min(0.6, 0.2 * self.cell), "fill": False}
            self.axes.add_artist(PathPatch(outlines(boxes), gid=f"edges-{state.name}", **edge))

    def _write_counts(self) -> None:
        """The counts beside the first band, each under the sign of its state."""
        for column, state in enumerate(self.states):
            x = self.right + GAP + COUNTS * (column + 0.5)
            sign = _swatch(state)
            sign.set_data([x], [self.top - 4])
            sign.set(clip_on=False, gid=f"sign-{column}")
            self.axes.add_line(sign)
            for place, model in enumerate(self.models):
                number = model.count(state)
                how: dict[str, Any] = {"ha": "center", "va": "center_baseline"}
                kind = COUNT if number else NO_COUNT
                self.sheet.write(x, self._row(0, place), count(number), kind, f"label-count-{place}-{column}", **how)


def _swatch(state: State) -> Line2D:
    """The sign of a state for the legend and above its counts."""
    look = LOOKS[state]
    edge = look.fill if look.edge == "none" else look.edge
    face = look.fill if look.share else "white"
    sign = Line2D([], [], ls="none", marker="s", ms=6.5, mfc=face, mfcalt="white", mec=edge, mew=0.8)
    sign.set_fillstyle("bottom" if 0 < look.share < 1 else "full")
    return sign
