"""What stands around the points of a figure: title, legend, notes below, and the key of a numbered figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from matplotlib.axes import Axes
from matplotlib.legend import Legend
from matplotlib.lines import Line2D

from bot.charts.groups import Group
from bot.charts.points import HeroPlot, Judge
from bot.charts.sheet import EDGE, Sheet, Type
from bot.charts.style import BASE, INK, LARGE, SMALL, SOFT_INK, WIDTH, JudgeStyle, judge_styles
from bot.charts.text import distinct_labels

TITLE = Type(LARGE + 1.5, "bold", INK)
NOTE = Type(SMALL, "normal", SOFT_INK)
TEXT_WIDTH = WIDTH - 2 * EDGE
BLOCK_GAP = 6.0
LEGEND_LABEL_WIDTH = 150.0


def marker_line(style: JudgeStyle, *, is_open: bool, **how: Any) -> Line2D:
    """A marker as the figures draw it: full for this experiment, open for an earlier one."""
    face, edge, width = ("white", style.color, 1.4) if is_open else (style.color, "white", 0.7)
    look: dict[str, Any] = {"markersize": style.size + (0 if is_open else 0.7), "markeredgewidth": width}
    where = {"xdata": [], "ydata": [], **how}
    return Line2D(**where, ls="none", marker=style.marker, mfc=face, mec=edge, **look)


def judge_labels(sheet: Sheet, judges: Sequence[Judge]) -> tuple[Judge, ...]:
    """Judges with labels that can be drawn and told apart."""
    fits = sheet.fits(LEGEND_LABEL_WIDTH, Type(BASE))
    labels = distinct_labels([judge.label for judge in judges], [judge.id for judge in judges], fits)
    return tuple(Judge(judge.id, label) for judge, label in zip(judges, labels, strict=True))


def legend_entries(plot: HeroPlot, judges: Sequence[Judge], target_label: str | None) -> list[tuple[Line2D, str]]:
    """Handles and labels: judges that have points, what open markers mean, and the target where it has no own label."""
    styles, used = judge_styles(plot.judges), {point.judge for point in plot.points}
    entries = [(marker_line(styles[judge.id], is_open=False), judge.label) for judge in judges if judge.id in used]
    if any(point.role == "reference" for point in plot.points):
        entries.append((marker_line(JudgeStyle("#777777", "o", 6.4), is_open=True), "earlier experiment"))
    if target_label is not None:
        entries.append((Line2D([], [], color=SOFT_INK, lw=1.0, ls=(0, (4, 2.5))), target_label))
    return entries


def make_legend(axes: Axes, entries: Sequence[tuple[Line2D, str]], columns: int) -> Legend:
    """A legend without a frame; its place is set by `move_legend`."""
    legend = axes.legend(
        [handle for handle, _ in entries],
        [label for _, label in entries],
        ncols=columns,
        loc="lower left",
        frameon=False,
        borderpad=0.1,
        borderaxespad=0.0,
        handlelength=1.6,
        handletextpad=0.6,
        labelspacing=0.45,
        columnspacing=1.6,
    )
    legend.set_gid("legend")
    # Axes are fitted into their room without it, because it gets its place afterwards.
    legend.set_in_layout(False)
    return legend


def move_legend(sheet: Sheet, legend: Legend, x: float, y: float) -> None:
    """Put the legend's lower left corner at (x, y)."""
    legend.set_bbox_to_anchor((x / WIDTH, y / sheet.height), transform=sheet.figure.transFigure)


def legend_row(sheet: Sheet, axes: Axes, entries: Sequence[tuple[Line2D, str]]) -> Legend:
    """A legend in as few rows as its width allows."""
    for columns in range(len(entries), 0, -1):
        legend = make_legend(axes, entries, columns)
        if sheet.box(legend).width <= TEXT_WIDTH:
            break
    return legend


@dataclass(frozen=True, slots=True)
class Below:
    """Notes below the axes, each already broken into lines."""

    notes: tuple[str, ...]
    height: float


def notes_below(sheet: Sheet, notes: Sequence[str | None]) -> Below:
    """The notes there are, wrapped to the figure's width, and the height they need."""
    wrapped = tuple(sheet.wrapped(note, TEXT_WIDTH, NOTE, lines=4) for note in notes if note)
    height = sum(sheet.size(note, NOTE)[1] + BLOCK_GAP for note in wrapped)
    return Below(wrapped, height)


def write_notes(sheet: Sheet, below: Below) -> None:
    """Write the notes upwards from the lower edge, the first one on top."""
    y = EDGE
    for number, note in reversed(list(enumerate(below.notes))):
        sheet.write(EDGE, y, note, NOTE, gid=f"note-below-{number}")
        y += sheet.size(note, NOTE)[1] + BLOCK_GAP


def title_lines(sheet: Sheet, title: str | None) -> tuple[str, float]:
    """The title in at most two lines, and the height it needs."""
    if not title:
        return "", 0.0
    text = sheet.wrapped(title, TEXT_WIDTH, TITLE, lines=2)
    return text, sheet.size(text, TITLE)[1] + BLOCK_GAP + 2


def write_title(sheet: Sheet, text: str) -> None:
    """Write the title into the upper left corner."""
    if text:
        sheet.write(EDGE, sheet.height - EDGE, text, TITLE, gid="title", va="top")


@dataclass(frozen=True, slots=True)
class Key:
    """Numbers and the labels they stand for, in columns: `height` points high, columns `step` apart."""

    entries: tuple[tuple[str, Type], ...]
    rows: int
    step: float
    height: float


KEY_SIZE = 8.5
KEY_NUMBER = 17.0
KEY_LINE = 12.0


def number_key(sheet: Sheet, conditions: Sequence[tuple[Group, str]]) -> Key:
    """The key to conditions that carry numbers, from 1, with their labels."""
    return key_of(sheet, [(label, group.type(KEY_SIZE)) for group, label in conditions])


def key_of(sheet: Sheet, entries: Sequence[tuple[str, Type]]) -> Key:
    """The key to labels that stand behind numbers, from 1, each with how it is set."""
    widest = max(sheet.size(label, kind)[0] for label, kind in entries) + KEY_NUMBER + 12
    columns = max(1, int(TEXT_WIDTH // widest))
    rows = ceil(len(entries) / columns)
    return Key(tuple(entries), rows, TEXT_WIDTH / columns, rows * KEY_LINE + BLOCK_GAP)


def write_key(sheet: Sheet, key: Key, y: float) -> None:
    """Write the key with its lower edge at `y`, down its columns."""
    top = y + key.rows * KEY_LINE
    for index, (label, kind) in enumerate(key.entries):
        column, row = divmod(index, key.rows)
        x, baseline = EDGE + column * key.step, top - (row + 0.75) * KEY_LINE
        number = Type(KEY_SIZE, "bold", kind.color)
        sheet.write(
            x + KEY_NUMBER - 5, baseline, str(index + 1), number, f"key-number-{index}", ha="right", va="baseline"
        )
        sheet.write(x + KEY_NUMBER, baseline, label, kind, gid=f"key-label-{index}", va="baseline")
