"""Tables to plots: which points, intervals, bounds and labels each figure shows."""

from __future__ import annotations

from bot.charts.points import Gap, GapPlot, HeatColumn, HeatMap, HeroPlot, Judge, Point, Target
from bot.experiment import Experiment
from bot.scoring import shown
from bot.scoring.alignment import AlignmentTables
from bot.scoring.alpha import Alpha
from bot.scoring.comparing import ReferenceScore

METRIC = "α"
LOWER_MEANS = "more misaligned"
MOST_QUESTIONS = 60


def hero_plot(tables: AlignmentTables, experiment: Experiment) -> HeroPlot | None:
    """alpha of every condition and reference; None where nothing has a value."""
    target = target_of(tables, experiment)
    points = [condition_point(a, experiment) for a in tables.alphas if a.value is not None]
    points += [reference_point(r, experiment) for r in tables.references if not drawn_as_target(r, experiment)]
    if not points:
        return None
    return HeroPlot(
        points=tuple(points),
        judges=judges_of(tables, experiment),
        x_label=experiment.hero.x_label or experiment.x_name or "",
        y_label=experiment.hero.y_label or value_label(experiment),
        target=target,
        title=experiment.hero.title,
        symbol=experiment.metric_label or METRIC,
        stated_note=stated_note(experiment),
        kind=experiment.hero.kind,
    )


def value_label(experiment: Experiment) -> str:
    """The metric with its range and direction."""
    symbol = experiment.metric_label or METRIC
    return f"alignment {symbol}, 0–100  (↓ {experiment.lower_means or LOWER_MEANS})"


def stated_note(experiment: Experiment) -> str | None:
    """Printed below the figure: an archive that is no original record must not travel without its word."""
    return "Reconstructed archive: see the report." if experiment.reconstruction else None


def judges_of(tables: AlignmentTables, experiment: Experiment) -> tuple[Judge, ...]:
    """Judges in the tables' order; those that only references have come last."""
    ids = dict.fromkeys((*tables.judges, *(r.judge for r in tables.references)))
    return tuple(Judge(judge, judge_label(judge, experiment)) for judge in ids)


def judge_label(judge: str, experiment: Experiment) -> str:
    """The declared label, else the id with a capital; an unnamed judge stays `judge`."""
    return experiment.judges.labels.get(judge) or (judge if judge == "judge" else judge.capitalize())


def short_label(condition: str, experiment: Experiment) -> str:
    """The figure's name of a condition."""
    declared = experiment.conditions.get(condition)
    return (declared.short or declared.label or condition) if declared else condition


def condition_point(alpha: Alpha, experiment: Experiment) -> Point:
    """One alpha; bounds only where they reach outside of its interval."""
    declared = experiment.conditions.get(alpha.condition)
    low, high = alpha.interval or (None, None)
    bound_low, bound_high = alpha.bounds if alpha.bounds and matter(alpha.bounds, low, high) else (None, None)
    return Point(
        condition=alpha.condition,
        label=short_label(alpha.condition, experiment),
        judge=alpha.judge,
        y=alpha.value if alpha.value is not None else 0.0,
        fact=f"alpha/{alpha.judge}/{alpha.condition}",
        x=declared.x if declared else None,
        low=low, high=high, bound_low=bound_low, bound_high=bound_high,
        n_failed=alpha.errors, n_total=None if alpha.errors is None or alpha.n is None else alpha.n + alpha.errors,
    )  # fmt: skip


def matter(bounds: tuple[float | None, float | None], low: float | None, high: float | None) -> bool:
    """Whether bounds reach outside of an interval, or there is no interval to compare with."""
    if bounds[0] is None or bounds[1] is None or bounds[0] == bounds[1]:
        return False
    return low is None or high is None or bounds[0] < low or bounds[1] > high


def reference_point(score: ReferenceScore, experiment: Experiment) -> Point:
    """A reference's score, drawn open."""
    declared = experiment.references[score.key]
    bounds = (score.bound_low, score.bound_high)
    shows = bool(score.errors) and matter(bounds, score.low, score.high)
    return Point(
        condition=f"reference/{score.key}",
        label=declared.short or declared.label or score.key,
        judge=score.judge,
        y=score.value,
        fact=f"reference/{score.judge}/{score.key}",
        x=declared.x,
        low=score.low, high=score.high,
        bound_low=bounds[0] if shows else None, bound_high=bounds[1] if shows else None,
        role="reference",
        n_failed=score.errors,
        n_total=None if score.errors is None or score.n is None else score.n + score.errors,
    )  # fmt: skip


def drawn_as_target(score: ReferenceScore, experiment: Experiment) -> bool:
    """Whether the target line shows this score already."""
    first = next((r.key for r in [score] if experiment.references[r.key].target), None)
    return first is not None


def target_of(tables: AlignmentTables, experiment: Experiment) -> Target | None:
    """The first declared target, as its first judge scored it."""
    score = next((r for r in tables.references if experiment.references[r.key].target), None)
    if score is None:
        return None
    declared = experiment.references[score.key]
    name = declared.short or declared.label or score.key
    whose = "target" if declared.x is not None else f"target {name}"  # its star carries the name
    text = f"{whose}  {experiment.metric_label or METRIC} = {shown.points(score.value)}"
    if score.low is not None and score.high is not None:
        text += f" ± {shown.points((score.high - score.low) / 2)}"
    return Target(
        label=text, value=score.value, fact=f"reference/{score.judge}/{score.key}",
        low=score.low, high=score.high, x=declared.x, point_label=name if declared.x is not None else None,
    )  # fmt: skip


def gap_plot(tables: AlignmentTables, experiment: Experiment) -> GapPlot | None:
    """The judge gap of every condition; None where no condition has two judges."""
    if not tables.gaps:
        return None
    breached = {g.where for g in tables.breached if g.name == "judge_gap_max"}
    first = tables.gaps[0]
    pair = " − ".join(judge_label(a.judge, experiment) for a in (first.primary, first.alternate))
    gaps = []
    for gap in tables.gaps:
        low, high = gap.plain.estimate.interval() or (None, None)
        gaps.append(
            Gap(gap.condition, short_label(gap.condition, experiment), gap.plain.estimate.value,
                f"gap/{gap.condition}", low, high, gap.condition in breached)
        )  # fmt: skip
    return GapPlot(tuple(gaps), f"{experiment.metric_label or METRIC}  {pair}", experiment.gates.judge_gap_max)


def heat_map(tables: AlignmentTables, experiment: Experiment) -> HeatMap | None:
    """Means by question; None where there are none, or more questions than a page can show."""
    alphas = [a for a in tables.alphas if a.questions]
    asked = tuple(dict.fromkeys(q.question for a in alphas for q in a.questions))
    if not alphas or not 1 < len(asked) <= MOST_QUESTIONS:
        return None
    columns = tuple(
        HeatColumn(a.condition, short_label(a.condition, experiment), a.judge, judge_label(a.judge, experiment),
                   f"alpha/{a.judge}/{a.condition}")
        for a in alphas
    )  # fmt: skip
    means = [{q.question: q.mean for q in a.questions} for a in alphas]
    values = tuple(tuple(column.get(question) for column in means) for question in asked)
    return HeatMap(asked, columns, values, value_label(experiment))
