"""The page of a scatter: axes, legend, title, notes and marks laid out, before any label looks for its place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple

from bot.charts import furniture
from bot.charts.furniture import BLOCK_GAP
from bot.charts.geometry import Box
from bot.charts.groups import Group
from bot.charts.marks import stand
from bot.charts.notes import NAMED_TOGETHER, SIDE_BY_SIDE, bounds_note
from bot.charts.points import HeroPlot, metric_values
from bot.charts.scales import Scale, free_scale, given_scale
from bot.charts.sheet import EDGE, Sheet, Type, fit
from bot.charts.style import LARGE, LINE, judge_styles
from bot.charts.text import distinct_labels, drawable

AXES_HEIGHT = 318.0
LABEL_WIDTH = 190.0
TARGET_WIDTH = 320.0
STAR = 13.0
NO_X = "not\nstated"


class Rung(NamedTuple):
    """How an attempt tries to fit all labels: their size, the height of the axes, and who may get a number instead."""

    size: float
    height: float
    numbers: Literal["none", "some", "all"] = "none"


class Outside(NamedTuple):
    """What found no room inside the axes: the legend goes above, the note below, the target into the legend."""

    legend: bool = False
    note: bool = False
    target: bool = False


class Page:
    """A scatter laid out in points; nothing of it is drawn yet but the axes and the legend."""

    def __init__(
        self,
        plot: HeroPlot,
        groups: Sequence[Group],
        rung: Rung,
        outside: Outside = Outside(),  # noqa: B008 - a named tuple cannot change
        numbered: Collection[str] = (),
    ) -> None:
        self.plot, self.groups, self.rung, self.outside = plot, groups, rung, outside
        self.numbers = _numbers(groups, numbered)
        self.sheet = Sheet(AXES_HEIGHT * rung.height)
        self.axes = self.sheet.axes(Box(50, 50, 500, 250))
        self.judges = furniture.judge_labels(self.sheet, plot.judges)
        self.names = self._names()
        self.target_label = self._target_label()
        self.note = bounds_note(plot.points, self.judges, self.names, drawable(plot.symbol))
        self._set_axes()
        self._lay_out()
        self._stand()

    def _names(self) -> dict[str, str]:
        fits = self.sheet.fits(LABEL_WIDTH, Type(self.rung.size, "bold"))
        ids = [group.condition for group in self.groups]
        return dict(zip(ids, distinct_labels([group.raw_label for group in self.groups], ids, fits), strict=True))

    def _target_label(self) -> str:
        if self.plot.target is None:
            return ""
        return self.sheet.wrapped(self.plot.target.label, TARGET_WIDTH, furniture.NOTE, lines=1)

    def _set_axes(self) -> None:
        across = self._set_x()
        up = given_scale(self.plot.y_limits, metric_values(self.plot))
        self.axes.set(xlim=(across.low, across.high), ylim=(up.low, up.high), yticks=up.ticks)
        self.axes.grid(axis="y", gid="grid")
        kind = Type(LARGE)
        self.axes.set_xlabel(self.sheet.wrapped(self.plot.x_label, 420, kind, lines=2), labelpad=5)
        self.axes.set_ylabel(self.sheet.wrapped(self.plot.y_label, 255 * self.rung.height, kind, lines=2), labelpad=5)

    def _set_x(self) -> Scale:
        """Set the ticks and say where each condition stands; those without an x stand apart on the left."""
        stated = _stated_xs(self.plot, self.groups)
        scale = free_scale(stated or [0.0])
        gutter = scale.low - 0.09 * (scale.high - scale.low)
        self.xs = {group.condition: gutter if group.x is None else group.x for group in self.groups}
        self.axes.set_xticks(scale.ticks)
        if all(group.x is not None for group in self.groups):
            return scale
        self.axes.axvline((gutter + scale.low) / 2, color=LINE, lw=0.8, ls=":", gid="gutter")
        self.axes.set_xticks([gutter, *scale.ticks], [NO_X, *(f"{tick:g}" for tick in scale.ticks)])
        return scale._replace(low=gutter - 0.06 * (scale.high - scale.low))

    def _lay_out(self, *notes: str) -> None:
        """Size the sheet for everything around the axes, then fit the axes into what is left."""
        self.title, title_height = furniture.title_lines(self.sheet, self.plot.title)
        in_key = [(group, self.names[group.condition]) for group in self.groups if group.condition in self.numbers]
        self.key = furniture.number_key(self.sheet, in_key) if in_key else None
        own_note = self.note if self.outside.note else None
        self.below = furniture.notes_below(self.sheet, [own_note, *notes, self.plot.stated_note])
        above = title_height + self._make_legend()
        below = self.below.height + (self.key.height if self.key else 0.0)
        self.sheet.resize(AXES_HEIGHT * self.rung.height + above + below)
        self.frame = fit(self.sheet, self.axes, above, below)
        if self.outside.legend:
            x = self.frame.x1 - self.sheet.box(self.legend).width
            furniture.move_legend(self.sheet, self.legend, x, self.sheet.height - EDGE - above + BLOCK_GAP)

    def _make_legend(self) -> float:
        """Make the legend; answers with the height it needs above the axes."""
        target = self.target_label if self.outside.target else None
        entries = furniture.legend_entries(self.plot, self.judges, target)
        if not self.outside.legend:
            self.legend = furniture.make_legend(self.axes, entries, columns=1)
            return 0.0
        self.legend = furniture.legend_row(self.sheet, self.axes, entries)
        return self.sheet.box(self.legend).height + BLOCK_GAP

    def _stand(self) -> None:
        styles = judge_styles(self.plot.judges)
        standing = stand(self.sheet, self.axes, self.groups, styles, self.xs)
        covered = any(len(bunch) > 1 for bunch in standing.bunches)
        notes = [note for note, given in ((SIDE_BY_SIDE, standing.stepped), (NAMED_TOGETHER, covered)) if given]
        if notes:
            self._lay_out(" ".join(notes))
            standing = stand(self.sheet, self.axes, self.groups, styles, self.xs)
        self.marks, self.bunches = standing.marks, standing.bunches

    def height(self, y: float) -> float:
        """A value of the metric as a height on the sheet."""
        return self.sheet.place(self.axes, 0.0, y)[1]

    @property
    def star(self) -> Box | None:
        """The box of the star at the target's x, None where it has none."""
        target = self.plot.target
        if target is None or target.x is None:
            return None
        x, y = self.sheet.place(self.axes, target.x, target.value)
        return Box(x, y, x, y).grown(STAR / 2)

    @property
    def target_line(self) -> Box | None:
        """The target's line from side to side, a box without height."""
        if self.plot.target is None:
            return None
        return Box(
            self.frame.x0, self.height(self.plot.target.value), self.frame.x1, self.height(self.plot.target.value)
        )

    @property
    def target_band(self) -> Box | None:
        """The target's interval from side to side."""
        target = self.plot.target
        if target is None or target.low is None or target.high is None:
            return None
        return Box(self.frame.x0, self.height(target.low), self.frame.x1, self.height(target.high))


def _numbers(groups: Sequence[Group], numbered: Collection[str]) -> dict[str, int]:
    own = [group.condition for group in groups if group.condition in numbered]
    return {condition: number for number, condition in enumerate(own, start=1)}


def _stated_xs(plot: HeroPlot, groups: Sequence[Group]) -> list[float]:
    target_x = None if plot.target is None else plot.target.x
    return [x for x in (*(group.x for group in groups), target_x) if x is not None]
