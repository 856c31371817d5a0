"""Seed variance against capability variance: which tasks tell models apart, and which only tell runs apart.

Both axes are square-rooted, so that distances are standard deviations and zero has a place; the ticks are variances.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10, sqrt
from typing import NamedTuple

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bot.charts import furniture
from bot.charts.furniture import BLOCK_GAP, marker_line
from bot.charts.geometry import Box, table
from bot.charts.labels import runs
from bot.charts.page import Rung
from bot.charts.placement import NAMES, NUMBERS, Anchor, Candidates, Manner, Place, Surroundings, beside, place
from bot.charts.scales import free_scale
from bot.charts.sheet import EDGE, Sheet, Type, fit
from bot.charts.style import INK, LARGE, OKABE_ITO, SOFT_INK, JudgeStyle, figure_style
from bot.charts.sweep_points import ROUNDING, TaskVariance, VariancePlot
from bot.charts.text import distinct_labels, drawable

ABOVE = JudgeStyle(OKABE_ITO[0], "o", 5.2)
BELOW = JudgeStyle(OKABE_ITO[1], "D", 5.0)

AXES_HEIGHT = 300.0
NAME_WIDTH, KEY_WIDTH = 165.0, 138.0
"""How wide names may be; in a long key so that three stand side by side."""

MOST_NAMED, MOST_NUMBERED = 16, 40
"""More names than the first never find room and get numbers at once; more numbers than the second do not all do."""

MOST_NAMES = 3
"""So many tasks at one place are named each; more are counted."""

NAMED = (Rung(8.0, 1.0), Rung(7.5, 1.3))
NUMBERED = (Rung(8.0, 1.0, "all"), Rung(7.5, 1.4, "all"))
CROWD = Rung(7.5, 1.25, "some")
CROWD_NOTE = "The list is complete, the lowest ratio first; in the crowd a few points may lack their number."
NEARBY = Manner(directions=20, reach=40.0, through_marks=False)
"""How numbers stand in a crowd: near their mark or nowhere, because long leader lines cannot be followed there."""

MANNERS = {"none": NAMES, "all": NUMBERS, "some": NEARBY}

FROM_ZERO = 0.25
"""An axis starts at zero where its lowest standard deviation is less than this share of the highest."""

CLOSEST_TICKS, FEW_TICKS = 0.09, 4
"""The least distance of two ticks, as a share of their axis; and how many an axis should have at least."""

MOST_FLAT = 12

LEADER = {"color": "#8a8a8a", "lw": 0.7, "zorder": 1.8}


class Spot(NamedTuple):
    """The tasks to be named at one place of the chart, their numbers in the key."""

    tasks: tuple[str, ...]
    numbers: tuple[int, ...]
    x: float
    y: float


def draw_variance(plot: VariancePlot) -> Figure:
    """A point for every task; those below the line of equal variances are named, by number where names have no room."""
    with figure_style():
        for rung in ladder(sum(task.below for task in plot.tasks)):
            page = _Page(plot, rung)
            if page.complete:
                break
        return page.draw()


def ladder(below: int) -> tuple[Rung, ...]:
    """What is tried in turn until every name has a place: names, then numbers with a key, on ever taller axes."""
    names = NAMED if below <= MOST_NAMED else ()
    return (*names, *NUMBERED, CROWD) if below <= MOST_NUMBERED else (CROWD,)


class _Page:
    """The chart laid out for one attempt, with the places found for its names."""

    def __init__(self, plot: VariancePlot, rung: Rung) -> None:
        self.plot, self.rung = plot, rung
        self.sheet = Sheet(AXES_HEIGHT * rung.height)
        self.axes = self.sheet.axes(Box(60, 60, 500, 250))
        self.tasks = [task for task in plot.tasks if not task.flat]
        self.named = sorted((t for t in plot.tasks if t.below), key=lambda t: (t.ratio or 0.0, t.task))
        fits = self.sheet.fits(KEY_WIDTH if rung is CROWD else NAME_WIDTH, Type(furniture.KEY_SIZE))
        tasks = [task.task for task in self.named]
        self.names = dict(zip(tasks, distinct_labels(tasks, tasks, fits), strict=True))
        self.numbered = rung.numbers != "none" and bool(self.named)
        self._set_axes()
        self._lay_out()
        self.spots = self._spots()
        self.places = place(self._candidates())
        self.complete = len(self.places) == len(self.spots)

    def _set_axes(self) -> None:
        xs, ys = [sqrt(t.seed) for t in self.tasks], [sqrt(t.capability) for t in self.tasks]
        for axis, limits in zip((self.axes.xaxis, self.axes.yaxis), both_limits(xs, ys), strict=True):
            ticks = root_ticks(*limits)
            axis.set_ticks([sqrt(tick) for tick in ticks], [f"{tick:g}" for tick in ticks])
            axis.set_view_interval(*limits, ignore=True)
        self.axes.grid(gid="grid")
        kind, metric = Type(LARGE), drawable(self.plot.metric)
        x_label = f"seed variance of {metric}, over the runs of a model  (noisier →)"
        y_label = "capability variance, of the models' means  (↑ separates more)"
        self.axes.set_xlabel(self.sheet.wrapped(x_label, 420, kind, lines=2), labelpad=5)
        self.axes.set_ylabel(self.sheet.balanced(y_label, 250 * self.rung.height, kind, lines=2), labelpad=5)

    def _lay_out(self) -> None:
        self.key = furniture.key_of(self.sheet, self._key_entries()) if self.numbered else None
        crowd = CROWD_NOTE if self.rung is CROWD else None
        notes = [crowd, self._flat_note(), self._unknown_note(), *self.plot.notes]
        self.below = furniture.notes_below(self.sheet, notes)
        self.legend = furniture.legend_row(self.sheet, self.axes, self._entries())
        above = self.sheet.box(self.legend).height + BLOCK_GAP
        below = self.below.height + (self.key.height if self.key else 0.0)
        self.sheet.resize(AXES_HEIGHT * self.rung.height + above + below)
        self.frame = fit(self.sheet, self.axes, above, below)
        x = self.frame.x1 - self.sheet.box(self.legend).width
        furniture.move_legend(self.sheet, self.legend, max(x, EDGE), self.sheet.height - EDGE - above + BLOCK_GAP)

    def _key_entries(self) -> list[tuple[str, Type]]:
        return [(name, Type(furniture.KEY_SIZE, "normal", INK)) for name in self.names.values()]

    def _flat_note(self) -> str | None:
        flat = [task.task for task in self.plot.tasks if task.flat]
        if not flat:
            return None
        more = f" and {len(flat) - MOST_FLAT:,} more" if len(flat) > MOST_FLAT else ""
        return f"Not drawn, because nothing varies on them: {', '.join(flat[:MOST_FLAT])}{more}."

    def _unknown_note(self) -> str | None:
        if not self.plot.unknown:
            return None
        return f"Not drawn: {self.plot.unknown:,} tasks with fewer than two runs of a model, or fewer than two models."

    def _entries(self) -> list[tuple[Line2D, str]]:
        words = ((ABOVE, "ratio 1 or more", False), (BELOW, "ratio below 1: cannot separate models", True))
        present = {task.below for task in self.tasks}
        entries = [(marker_line(style, is_open=False), word) for style, word, below in words if below in present]
        return [*entries, (Line2D([], [], color=SOFT_INK, lw=1.0, ls=(0, (4, 2.5))), "ratio = 1")]

    def _at(self, task: TaskVariance) -> tuple[float, float]:
        return self.sheet.place(self.axes, sqrt(task.seed), sqrt(task.capability))

    def _spots(self) -> list[Spot]:
        """The named tasks by place: those that lie on each other share a label."""
        gathered: dict[tuple[float, float], list[int]] = {}
        for number, task in enumerate(self.named):
            x, y = self._at(task)
            gathered.setdefault((round(x, 1), round(y, 1)), []).append(number)
        return [
            Spot(tuple(self.named[n].task for n in own), tuple(n + 1 for n in own), x, y)
            for (x, y), own in gathered.items()
        ]

    def _text(self, spot: Spot) -> str:
        if self.numbered:
            return runs(spot.numbers)
        if len(spot.tasks) > MOST_NAMES:
            return f"{len(spot.tasks):,} tasks"
        return "\n".join(self.names[task] for task in spot.tasks)

    def _type(self) -> Type:
        return Type(self.rung.size, "bold" if self.numbered else "normal", INK)

    def _candidates(self) -> list[Candidates]:
        around = self._surroundings()
        manner = MANNERS[self.rung.numbers]
        listed = []
        for spot in self.spots:
            anchor = Anchor(spot.x, spot.y, 3.4, spot.y - 3.4, spot.y + 3.4)
            size = self.sheet.size(self._text(spot), self._type())
            listed.append(beside(spot.tasks[0], size, [anchor], around, self.rung.size, manner))
        return listed

    def _surroundings(self) -> Surroundings:
        owner = {task: spot.tasks[0] for spot in self.spots for task in spot.tasks}
        boxes = [Box(*self._at(task), *self._at(task)).grown(3.2) for task in self.tasks]
        owners = tuple(owner.get(task.task, "") for task in self.tasks)
        lines = table([self._line()])
        return Surroundings(self.frame.grown(-2.0), lines, table(boxes), owners, table([]), ())

    def _line(self) -> tuple[float, float, float, float]:
        """The line of equal variances, from where both axes start to where one of them ends."""
        (left, right), (bottom, top) = self.axes.get_xlim(), self.axes.get_ylim()
        start, end = max(left, bottom), min(right, top)
        return (*self.sheet.place(self.axes, start, start), *self.sheet.place(self.axes, end, end))

    def draw(self) -> Figure:
        self.sheet.line(self.axes, self._line(), "target-line", color=SOFT_INK, lw=1.0, ls=(0, (4, 2.5)), zorder=1.2)
        for number, task in enumerate(self.tasks):
            style = BELOW if task.below else ABOVE
            marker = marker_line(style, is_open=False, xdata=[sqrt(task.seed)], ydata=[sqrt(task.capability)])
            marker.set(zorder=3, gid=f"marker-{number}", clip_on=False)
            self.axes.add_line(marker)
        for number, spot in enumerate(self.spots):
            if (found := self.places.get(spot.tasks[0])) is not None:
                self._write(spot, found, number)
        if self.key:
            furniture.write_key(self.sheet, self.key, EDGE + self.below.height)
        furniture.write_notes(self.sheet, self.below)
        return self.sheet.figure

    def _write(self, spot: Spot, found: Place, number: int) -> None:
        self.sheet.write(found.box.x0, found.box.y0, self._text(spot), self._type(), gid=f"label-{number}")
        if found.leader:
            self.sheet.line(self.axes, found.leader, gid=f"leader-{number}", **LEADER)


Limits = tuple[float, float]


def both_limits(xs: Sequence[float], ys: Sequence[float]) -> tuple[Limits, Limits]:
    """Where both axes start and end; from zero where the line of equal variances would not be seen else."""
    across, up = root_limits(xs, FROM_ZERO), root_limits(ys, FROM_ZERO)
    if min(across[1], up[1]) - max(across[0], up[0]) > 0.3 * min(across[1] - across[0], up[1] - up[0]):
        return across, up
    return root_limits(xs, 1.1), root_limits(ys, 1.1)


def root_limits(roots: Sequence[float], from_zero: float) -> Limits:
    """Where an axis of standard deviations starts and ends: from zero, unless all lie far from it."""
    low, high = min(roots), max(roots)
    high = high if high**2 > ROUNDING else 0.1
    if low < from_zero * high:
        return -0.03 * high, 1.07 * high
    margin = 0.06 * (high - low) or 0.5 * high
    return low - margin, high + margin


def root_ticks(low: float, high: float) -> list[float]:
    """Round variances whose square roots lie well apart between `low` and `high`, chosen from the largest down."""
    kept: list[float] = [0.0] if low <= 0 else []
    powers = range(floor(log10(high**2)), floor(log10(high**2)) - 5, -1)
    for digits in ((5, 2, 1), (9, 8, 7, 6, 4, 3, 2.5, 1.5)):
        for tick in (round(digit * 10.0**power, 12) for power in powers for digit in digits):
            clear = all(abs(sqrt(tick) - sqrt(other)) >= CLOSEST_TICKS * (high - low) for other in kept)
            if low <= sqrt(tick) <= high and clear and (len(kept) < FEW_TICKS or digits[0] == 5):
                kept.append(tick)
    if len(kept) > 2:
        return sorted(kept)
    return [tick for tick in free_scale([low**2, high**2], 0.0).ticks if low**2 <= tick <= high**2]
