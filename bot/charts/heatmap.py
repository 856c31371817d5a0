"""The per-question heat map: which questions carry the result, and where judges and conditions part.

A sweep's tasks are drawn the same way: tasks are its questions, models its conditions, tiers its sections.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from bot.charts import furniture
from bot.charts.geometry import Box
from bot.charts.points import HeatColumn, HeatMap
from bot.charts.rows import TURNED
from bot.charts.sheet import EDGE, Sheet, Type
from bot.charts.style import INK, OKABE_ITO, SOFT_INK, WIDTH, figure_style
from bot.charts.text import distinct_labels, distinct_sentences, drawable

COLORS = "cividis"
"""Evenly perceived, and the same to colour-blind eyes; dark is low."""

LABELS = 205.0
"""Points kept at least for the question labels on the left; the colour scale stands above them."""

WIDEST_CELL, ROOMIEST_CELL, MOST_COLUMNS = 52.0, 104.0, 32
SCALE_WIDTH, SCALE_HEIGHT, SCALE_TICKS = 170.0, 8.0, 17.0
HALF_THE_ROWS = 60
"""Of more than twice as many questions only the lowest and the highest are drawn, and the figure says so."""

BRACKET = 5.0
SCALE_TYPE = Type(8.0, "normal", INK)
SIGN_COLOR = OKABE_ITO[1]

Line = int | str
"""What a row of the map holds: the place of a question, or the heading of a section."""


class Head(NamedTuple):
    """A heading over some columns: its text in lines, how it is set, turned by 90 degrees or not."""

    text: str
    kind: Type
    turned: bool


def draw_heatmap(plot: HeatMap) -> Figure:
    """Questions as rows, the lowest mean on top unless sections are given; missing cells are hatched."""
    with figure_style():
        return _Map(plot).draw()


class _Map:
    """A heat map being laid out, in points."""

    def __init__(self, plot: HeatMap) -> None:
        self.plot, self.sheet = plot, Sheet(400)
        self.order, self.left_out = _order(plot)
        self.columns = plot.columns[:MOST_COLUMNS]
        self.pitch = min(15.0, max(9.8, 520 / len(self.order)))
        self.type = Type(min(8.0, 0.76 * self.pitch), "normal", INK)
        self.questions = {line: place for place, line in enumerate(self.order) if isinstance(line, int)}
        self.sign_type = self.type._replace(weight="bold", color=SIGN_COLOR)
        widths = [self.sheet.size(sign, self.sign_type)[0] + 3 for sign in plot.signs if sign]
        self.signs = max(widths, default=0.0)
        self._share_width()
        self.judge_heads = self._judge_heads()
        self.condition_heads = self._condition_heads()
        self._lay_out()

    def _share_width(self) -> None:
        """The labels get what narrow cells leave; what short labels do not need widens the cells again."""
        room, count = WIDTH - 2 * EDGE, len(self.columns)
        longest = max(self.sheet.size(drawable(self.plot.questions[row]), self.type)[0] for row in self.questions)
        labels = max(LABELS, room - WIDEST_CELL * count)
        labels = max(LABELS, min(labels, longest + self.signs + 8), room - ROOMIEST_CELL * count)
        self.labels, self.cell = labels, (room - labels) / count

    def _lay_out(self) -> None:
        self.title, title_height = furniture.title_lines(self.sheet, self.plot.title)
        self.below = furniture.notes_below(self.sheet, self._notes())
        self.judge_height = _tallest(self.sheet, self.judge_heads)
        heads = self.judge_height + BRACKET + _tallest(self.sheet, [head for head, _ in self.condition_heads])
        value_label = self.plot.value_label.translate(TURNED)
        self.scale_label = self.sheet.balanced(value_label, LABELS - 15, SCALE_TYPE, lines=3)
        heads = max(heads, self.sheet.size(self.scale_label, SCALE_TYPE)[1] + SCALE_HEIGHT + SCALE_TICKS + 8)
        body = self.pitch * len(self.order)
        self.sheet.resize(body + heads + title_height + self.below.height + 2 * EDGE + 4)
        bottom = EDGE + self.below.height
        self.frame = Box(EDGE + self.labels, bottom, WIDTH - EDGE, bottom + body)

    def _notes(self) -> list[str | None]:
        rows, columns = len(self.plot.questions), len(self.plot.columns)
        hidden = (
            f"The {HALF_THE_ROWS} lowest and {HALF_THE_ROWS} highest of {rows:,} questions; the data file holds all."
        )
        wide = f"The first {MOST_COLUMNS} of {columns:,} columns; the data file holds all."
        hatched = any(None in self.plot.values[row] for row in self.questions)
        missing = "hatched: nothing was scored" if hatched else None
        cut = [hidden if self.left_out else None, wide if columns > MOST_COLUMNS else None]
        return [missing, *cut, *self.plot.notes]

    def _judge_heads(self) -> list[Head]:
        """Over each column its judge; none where there is only one."""
        ids = list(dict.fromkeys(column.judge for column in self.plot.columns))
        if len(ids) == 1:
            return []
        first = {column.judge: column.judge_label for column in reversed(self.columns)}
        present = [judge for judge in ids if judge in first]
        kind = Type(7.5, "normal", SOFT_INK)
        names = distinct_labels([first[judge] for judge in present], present, self.sheet.fits(80, kind))
        shown = dict(zip(present, names, strict=True))
        return _heads(self.sheet, [(shown[column.judge], self.cell) for column in self.columns], kind)

    def _condition_heads(self) -> list[tuple[Head, tuple[int, int]]]:
        """Over each run of columns of one condition its label, with the run's first and one past its last column."""
        runs = _runs(self.columns)
        kind = Type(8.0, "bold", INK)
        ids = [self.columns[start].condition for start, _ in runs]
        labels = distinct_labels([self.columns[start].label for start, _ in runs], ids, self.sheet.fits(110, kind))
        wide = [(label, (end - start) * self.cell) for label, (start, end) in zip(labels, runs, strict=True)]
        return list(zip(_heads(self.sheet, wide, kind), runs, strict=True))

    def draw(self) -> Figure:
        axes = self.sheet.axes(self.frame)
        mesh = self._draw_cells(axes)
        self._write_questions()
        self._write_heads()
        self._draw_scale(mesh)
        furniture.write_title(self.sheet, self.title)
        furniture.write_notes(self.sheet, self.below)
        return self.sheet.figure

    def _draw_cells(self, axes: Axes) -> QuadMesh:
        values = np.full((len(self.order), len(self.columns)), np.nan)
        for row, place in self.questions.items():
            values[place] = [np.nan if value is None else value for value in self.plot.values[row][: len(self.columns)]]
        low, high = self.plot.limits
        mesh = axes.pcolormesh(
            np.ma.masked_invalid(values), cmap=COLORS, vmin=low, vmax=high, edgecolors="white", linewidth=0.6
        )
        axes.set(xlim=(0, values.shape[1]), ylim=(values.shape[0], 0), xticks=[], yticks=[])
        axes.spines[["left", "bottom"]].set_visible(False)
        for place in self.questions.values():
            for column in np.flatnonzero(np.isnan(values[place])):
                axes.add_patch(_missing_cell(place, int(column)))
        if self.left_out:
            axes.axhline(HALF_THE_ROWS, color=INK, lw=1.2, ls=(0, (1, 2)))
        return mesh

    def _write_questions(self) -> None:
        fits = self.sheet.fits(self.labels - 8 - self.signs, self.type)
        labels = distinct_sentences([self.plot.questions[row] for row in self.questions], fits)
        for (row, place), label in zip(self.questions.items(), labels, strict=True):
            self._write_line(place, label, self.type, f"question-{place}", aside=self.signs)
            if self.plot.signs and self.plot.signs[row]:
                self._write_line(place, drawable(self.plot.signs[row]), self.sign_type, f"label-sign-{place}")
        for place, line in enumerate(self.order):
            if isinstance(line, str):
                heading = self.sheet.wrapped(line, self.labels - 8, self.type._replace(weight="bold"), lines=1)
                self._write_line(place, heading, self.type._replace(weight="bold"), f"label-section-{place}")

    def _write_line(self, place: int, text: str, kind: Type, gid: str, aside: float = 0.0) -> None:
        y = self.frame.y1 - (place + 0.5) * self.pitch
        self.sheet.write(self.frame.x0 - 5 - aside, y, text, kind, gid, ha="right", va="center_baseline")

    def _write_heads(self) -> None:
        y = self.frame.y1 + 3
        for place, head in enumerate(self.judge_heads):
            self._write_head(head, self.frame.x0 + (place + 0.5) * self.cell, y, f"judge-{place}")
        y += self.judge_height
        for place, (head, (start, end)) in enumerate(self.condition_heads):
            x0, x1 = (self.frame.x0 + column * self.cell for column in (start, end))
            if self.judge_heads:
                self._draw_bracket(x0, x1, y + 1)
            self._write_head(head, (x0 + x1) / 2, y + BRACKET, f"condition-{place}")

    def _write_head(self, head: Head, x: float, y: float, gid: str) -> None:
        how: dict[str, Any] = {"ha": "center", "linespacing": 1.05, "rotation": 90 if head.turned else 0}
        self.sheet.write(x, y, head.text, head.kind, gid, **how)

    def _draw_bracket(self, x0: float, x1: float, y: float) -> None:
        axes = self.sheet.figure.axes[0]
        self.sheet.line(axes, (x0 + 2, y, x1 - 2, y), gid="bracket", color=SOFT_INK, lw=0.8)

    def _draw_scale(self, mesh: QuadMesh) -> None:
        y = self.frame.y1 + SCALE_TICKS + 4
        scale = self.sheet.axes(Box(EDGE + 4, y, EDGE + 4 + SCALE_WIDTH, y + SCALE_HEIGHT))
        bar = self.sheet.figure.colorbar(mesh, cax=scale, orientation="horizontal")
        bar.outline.set_visible(False)
        scale.tick_params(labelsize=SCALE_TYPE.size, length=2.5)
        self.sheet.write(EDGE + 1, y + SCALE_HEIGHT + 3, self.scale_label, SCALE_TYPE, gid="scale-label")


def _order(plot: HeatMap) -> tuple[list[Line], bool]:
    """The rows to draw, by rising mean, those without any value last; and whether some are left out."""
    if plot.sections:
        return _under_headings(plot.sections), False

    def key(row: int) -> tuple[bool, float, str]:
        scored = [value for value in plot.values[row] if value is not None]
        return not scored, sum(scored) / len(scored) if scored else 0.0, plot.questions[row]

    order: list[Line] = [*sorted(range(len(plot.questions)), key=key)]
    if len(order) <= 2 * HALF_THE_ROWS:
        return order, False
    return order[:HALF_THE_ROWS] + order[-HALF_THE_ROWS:], True


def _under_headings(sections: Sequence[str]) -> list[Line]:
    order: list[Line] = []
    for row, section in enumerate(sections):
        if row == 0 or section != sections[row - 1]:
            order.append(section)
        order.append(row)
    return order


def _runs(columns: Sequence[HeatColumn]) -> list[tuple[int, int]]:
    runs, start = [], 0
    for _, members in groupby(columns, key=lambda column: column.condition):
        end = start + len(list(members))
        runs.append((start, end))
        start = end
    return runs


def _heads(sheet: Sheet, labels: Sequence[tuple[str, float]], kind: Type) -> list[Head]:
    """Headings lying in at most two lines where every one fits its width that way, else all turned."""
    shapes = [text for text, _ in labels]
    if not _all_fit(sheet, shapes, labels, kind):
        shapes = [_narrowest(sheet, text, kind) for text, _ in labels]
    if _all_fit(sheet, shapes, labels, kind):
        return [Head(text, kind, turned=False) for text in shapes]
    return [Head(text, kind, turned=True) for text, _ in labels]


def _all_fit(sheet: Sheet, shapes: Sequence[str], labels: Sequence[tuple[str, float]], kind: Type) -> bool:
    return all(sheet.size(shape, kind)[0] <= width - 3 for shape, (_, width) in zip(shapes, labels, strict=True))


def _narrowest(sheet: Sheet, text: str, kind: Type) -> str:
    """`text` broken at the one space that makes it narrowest."""
    breaks = [place for place, sign in enumerate(text) if sign == " "]
    shapes = [text, *(f"{text[:place]}\n{text[place + 1 :]}" for place in breaks)]
    return min(shapes, key=lambda shape: sheet.size(shape, kind)[0])


def _tallest(sheet: Sheet, heads: Sequence[Head]) -> float:
    sizes = [(sheet.size(head.text, head.kind), head.turned) for head in heads]
    return max((size[0] if turned else size[1] for size, turned in sizes), default=0.0) + 4


def _missing_cell(row: int, column: int) -> Rectangle:
    cell = Rectangle((column, row), 1, 1, facecolor="#f4f4f4", edgecolor="#a8a8a8", hatch="//////", lw=0, zorder=2)
    cell.set_gid(f"missing-{row}-{column}")
    return cell
