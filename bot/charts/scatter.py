"""The hero figure as a scatter: a metric against x, every condition named beside its points."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bot.charts import furniture
from bot.charts.groups import Group, grouped
from bot.charts.labels import LEGEND, OWNER, Arrangement, arrange, owner
from bot.charts.marks import draw_marks
from bot.charts.page import STAR, Outside, Page, Rung
from bot.charts.points import HeroPlot, Target
from bot.charts.sheet import EDGE
from bot.charts.style import BAND, BASE, SMALL, SOFT_INK

MOST = 60
"""Beyond so many conditions a scatter cannot be read, and a dot plot is drawn."""

FEW = 3
"""For at most so many labels without a place, legend and note make room."""

LADDER = (
    Rung(BASE, 1.0),
    Rung(SMALL, 1.15),
    Rung(8.0, 1.45),
    Rung(SMALL, 1.15, "some"),
    Rung(8.0, 1.0, "all"),
    Rung(8.0, 1.4, "all"),
    Rung(7.5, 1.9, "all"),
)
"""What is tried in turn until every label has a place: smaller labels, taller axes, at last numbers with a key."""

LEADER = {"color": "#8a8a8a", "lw": 0.7, "zorder": 1.8}


def draw_scatter(plot: HeroPlot) -> Figure | None:
    """The scatter, or None where no attempt placed every label without overlap."""
    groups = grouped(plot.points, plot.judges)
    if len(groups) > MOST:
        return None
    names_fit = True
    for rung in LADDER:
        if names_fit or rung.numbers == "all":
            figure, nameless = _attempt(plot, groups, rung)
            if figure is not None:
                return figure
            names_fit = names_fit and len(nameless) <= len(groups) / 2
    return None


def _attempt(plot: HeroPlot, groups: Sequence[Group], rung: Rung) -> tuple[Figure | None, frozenset[str]]:
    """Try one rung, changing what can be changed on it; with no figure come the conditions that found no place."""
    outside = Outside()
    numbered = frozenset(group.condition for group in groups if rung.numbers == "all")
    while True:
        page = Page(plot, groups, rung, outside, numbered)
        arrangement = arrange(page)
        missing = arrangement.missing
        if not missing:
            return _drawn(page, arrangement), missing
        before = outside, numbered
        if (outside := _moved_out(outside, arrangement)) == before[0] and rung.numbers == "some":
            numbered |= _conditions(page, missing)
        if (outside, numbered) == before or (rung.numbers == "some" and len(numbered) > len(groups) / 2):
            return None, _conditions(page, missing)


def _moved_out(outside: Outside, arrangement: Arrangement) -> Outside:
    """What to move out of the axes: texts without a place, else all that might give way to a few labels."""
    named = {name: True for name in outside._fields if name in arrangement.missing}
    if named or arrangement.hopeless or len(arrangement.missing) > FEW:
        return outside._replace(**named)
    return outside._replace(legend=True, note=True)


def _conditions(page: Page, missing: frozenset[str]) -> frozenset[str]:
    """The conditions whose labels are among the missing texts."""
    return frozenset(condition for bunch in page.bunches if owner(bunch[0]) in missing for condition in bunch)


def _drawn(page: Page, arrangement: Arrangement) -> Figure:
    if page.plot.target:
        _draw_target(page, page.plot.target)
    draw_marks(page.sheet, page.axes, page.marks)
    _draw_labels(page, arrangement)
    furniture.write_title(page.sheet, page.title)
    if page.key:
        furniture.write_key(page.sheet, page.key, EDGE + page.below.height)
    furniture.write_notes(page.sheet, page.below)
    return page.sheet.figure


def _draw_target(page: Page, target: Target) -> None:
    axes = page.axes
    if target.low is not None and target.high is not None:
        axes.axhspan(target.low, target.high, color=BAND, lw=0, zorder=0.5, gid="target-band")
    axes.axhline(target.value, color=SOFT_INK, lw=1.0, ls=(0, (4, 2.5)), zorder=1.2, gid="target-line")
    if target.x is not None:
        star = Line2D([target.x], [target.value], marker="*", ms=STAR, mfc="#333333", mec="white", mew=0.8, ls="none")
        star.set(zorder=3, gid="star", clip_on=False)
        axes.add_line(star)


def _draw_labels(page: Page, arrangement: Arrangement) -> None:
    legend = arrangement.places.get(LEGEND)
    if legend:
        furniture.move_legend(page.sheet, page.legend, legend.box.x0, legend.box.y0)
    for number, (name, (text, kind)) in enumerate(arrangement.labels.items()):
        at = arrangement.places[name]
        gid = f"label-{number}" if name.startswith(OWNER) else name
        page.sheet.write(at.box.x0, at.box.y0, text, kind, gid=gid)
        if at.leader:
            page.sheet.line(page.axes, at.leader, gid=f"leader-{number}", **LEADER)
