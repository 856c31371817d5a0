"""Charts with a row for every condition: labels on the left, values across, as tall as the rows need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from bot.charts.furniture import BLOCK_GAP, NOTE, Below, legend_row, move_legend, write_notes, write_title
from bot.charts.geometry import Box
from bot.charts.scales import Scale
from bot.charts.sheet import EDGE, Sheet, Type, fit
from bot.charts.style import GRID, LARGE, WIDTH

LABEL_WIDTH = 165.0
VALUE_LABEL_WIDTH = 310.0
LINE_HEIGHT = 11.5
AXIS_HEIGHT = 40.0
MOST_ROWS = 200

FEW_ROWS = 12

TURNED = str.maketrans("↓↑", "←→")
"""A label made for an upright axis says its direction upright; lying, down is left."""


def label_lines(rows: int) -> int:
    """How many lines the labels of so many rows may have, so that many rows still fit a page."""
    return 2 if rows <= FEW_ROWS else 1


class Row(NamedTuple):
    """The label of a row, already broken into lines, and how it is set."""

    label: str
    kind: Type


class RowChart:
    """A sheet with a legend and a line of text above its rows, and notes below.

    Rows are one unit apart, the first at y = 0 and the last at y = 1 - len(rows). `step` is how many points each of
    the `lanes` inside a row (judges) lies below the one before.
    """

    def __init__(self, rows: Sequence[Row], lanes: int, scale: Scale, value_label: str) -> None:
        self.rows, self.scale = rows, scale
        self.sheet = Sheet(200)
        self.axes = self.sheet.axes(Box(100, 50, 400, 150))
        lines = max(row.label.count("\n") + 1 for row in rows)
        self.step = 8.5
        self.pitch = max(20.0, lines * LINE_HEIGHT + 6, lanes * self.step + 7)
        self._set_axes(value_label)

    def _set_axes(self, value_label: str) -> None:
        axes, count = self.axes, len(self.rows)
        axes.set(xlim=self.scale[:2], ylim=(0.5 - count, 0.5), xticks=self.scale.ticks)
        axes.set_yticks([-place for place in range(count)], [row.label for row in self.rows], linespacing=1.05)
        for tick, row in zip(axes.get_yticklabels(), self.rows, strict=True):
            tick.set(fontsize=row.kind.size, fontweight=row.kind.weight, color=row.kind.color, parse_math=False)
        axes.tick_params(axis="y", length=0, pad=6)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", gid="grid")
        for place in range(1, count):
            axes.axhline(0.5 - place, color=GRID, lw=0.7, zorder=0.4)
        kind = Type(LARGE)
        axes.set_xlabel(self.sheet.wrapped(value_label, VALUE_LABEL_WIDTH, kind, lines=3), labelpad=5)

    def lay_out(
        self,
        title: tuple[str, float],
        entries: Sequence[tuple[Line2D, str]],
        head: str,
        below: Below,
        right: float = 0.0,
    ) -> None:
        """Size the sheet; write title, legend and notes. `head` is the text that `write_head` will put on the rows.

        `right` points are kept free beside the rows, for what is written at their ends.
        """
        legend = legend_row(self.sheet, self.axes, entries) if entries else None
        legend_height = self.sheet.box(legend).height + BLOCK_GAP if legend else 0.0
        head_height = self.sheet.size(head, NOTE)[1] + 4 if head else 0.0
        above = title[1] + legend_height + head_height
        self.sheet.resize(len(self.rows) * self.pitch + AXIS_HEIGHT + above + below.height + 2 * EDGE)
        self.frame = fit(self.sheet, self.axes, above, below.height, right=right)
        if legend:
            y = self.sheet.height - EDGE - title[1] - legend_height + BLOCK_GAP
            move_legend(self.sheet, legend, WIDTH - EDGE - self.sheet.box(legend).width, y)
        write_title(self.sheet, title[0])
        write_notes(self.sheet, below)

    def write_head(self, text: str, value: float, gid: str) -> None:
        """Write a text just above the rows, centred on `value` as far as the sheet's sides allow."""
        width = self.sheet.size(text, NOTE)[0]
        x = self.sheet.place(self.axes, value, 0)[0] - width / 2
        x = min(max(x, EDGE), WIDTH - EDGE - width)
        self.sheet.write(x, self.frame.y1 + 2, text, NOTE, gid=gid)

    def height(self, row: int, lane: float) -> float:
        """The y of a lane of a row; lane 0 is the row's middle, 1 is one step below it."""
        return -row - lane * self.step / self.pitch


def draw_span(axes: Axes, ends: tuple[float, float], y: float, color: str, gid: str) -> None:
    """An error bar along a row."""
    bar: dict[str, Any] = {"marker": "|", "ms": 6, "mew": 1.5, "lw": 1.5, "color": color}
    axes.add_line(Line2D(ends, (y, y), zorder=2, clip_on=False, gid=gid, **bar))
