"""A sweep's tables to plots and figures: who leads, on which tasks, with how many runs, and what tells models apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from matplotlib.figure import Figure

from bot.charts.coverage import draw_coverage
from bot.charts.heatmap import draw_heatmap
from bot.charts.judge_failures import draw_judge_failures
from bot.charts.points import HeatMap
from bot.charts.ranking import draw_ranking
from bot.charts.separation import draw_separation
from bot.charts.sweep_points import (
    CoveragePlot,
    JudgedModel,
    JudgePlot,
    Pair,
    RankedModel,
    RankingPlot,
    SeparationPlot,
    Span,
    SweepPlot,
    TaskVariance,
    VariancePlot,
)
from bot.charts.sweep_tasks import Labels, coverage_plot, task_maps
from bot.charts.text import drawable, shorten
from bot.charts.variance import draw_variance
from bot.scoring.clusters import Estimate
from bot.scoring.sweep import ModelTable, SweepTables, lies_above
from bot.scoring.sweep_audit import Variance

LONGEST_METRIC = 40
BETTER = "(higher is better →)"
MEANS = {
    "clean_mean": "mean {metric} of clean runs",
    "clean_mean_evidence": "mean {metric} but for infrastructure zeros",
    "clean_mean_merged": "mean {metric} of clean runs, logged ones included",
    "overall_mean": "mean {metric} of archived runs",
    "all_mean": "mean {metric} of archived and logged runs",
    "cov_norm": "{metric} summed over clean runs / expected runs",
}
BESIDE = "cov_norm"
Plot = SweepPlot | HeatMap

ALT_TEXTS = {
    "hero": "models by their mean score with 95 % intervals, ranks with ties, and cov_norm beside",
    "tasks": "mean score of every model on every task, tasks by tier, flagged tasks marked",
    "coverage": "what became of every expected run of every model",
    "judge_failures": "share of each model's judgements that failed, and how many runs were re-judged",
    "variance": "variance over runs against variance between models of every task, with the line where both are equal",
    "separation": "paired difference of every two models with its interval",
}


def alt_text(figure: str) -> str:
    """What a figure of `plots_of` shows, for those who do not see it."""
    return ALT_TEXTS[figure.rstrip("_0123456789")]


def sweep_figures(
    tables: SweepTables,
    variances: Sequence[Variance],
    *,
    labels: Labels,
    metric: str = "run_score",
    note: str | None = None,
) -> dict[str, Figure]:
    """The figures of `plots_of`, drawn; save them with `bot.charts.saving.save`."""
    plots = plots_of(tables, variances, labels=labels, metric=metric, note=note)
    return {name: draw(plot) for name, plot in plots.items()}


def plots_of(
    tables: SweepTables,
    variances: Sequence[Variance],
    *,
    labels: Labels,
    metric: str = "run_score",
    note: str | None = None,
) -> dict[str, Plot]:
    """What applies of `hero`, `tasks` (then `tasks_2`, … where one page does not hold all tasks), `coverage`,
    `judge_failures`, `variance` and `separation`; what has nothing to show is left out.

    `labels` name the models (else their folders do), `metric` the score; `note` is printed below every figure.
    """
    notes = (note,) if note else ()
    metric = shorten(drawable(metric), lambda text: len(text) <= LONGEST_METRIC)
    maps = task_maps(tables, labels, metric, notes)
    plots: dict[str, Plot | None] = {
        "hero": ranking_plot(tables, labels, metric, notes),
        **{"tasks" if page == 1 else f"tasks_{page}": heat for page, heat in enumerate(maps, start=1)},
        "coverage": coverage_plot(tables, labels, notes),
        "judge_failures": judge_plot(tables, labels, notes),
        "variance": variance_plot(variances, metric, notes),
        "separation": separation_plot(tables, labels, metric, notes),
    }
    return {name: plot for name, plot in plots.items() if plot is not None}


def draw(plot: Plot) -> Figure:
    """Draw any plot of a sweep."""
    match plot:
        case RankingPlot():
            return draw_ranking(plot)
        case CoveragePlot():
            return draw_coverage(plot)
        case JudgePlot():
            return draw_judge_failures(plot)
        case VariancePlot():
            return draw_variance(plot)
        case SeparationPlot():
            return draw_separation(plot)
        case HeatMap():
            return draw_heatmap(plot)
    raise TypeError(f"no chart for {type(plot).__name__}")


def ranking_plot(
    tables: SweepTables, labels: Labels, metric: str = "run_score", notes: Sequence[str] = ()
) -> RankingPlot | None:
    """Models in the order of their rank, those without a value last; None where no model has one."""
    models = [ranked(model, tables, labels) for model in tables.models]
    valued = [model for model in models if model.value is not None]
    if not valued:
        return None
    how = MEANS[tables.rank_by].format(metric=metric)
    return RankingPlot(
        models=(*valued, *(model for model in models if model.value is None)),
        ties=ties([model.model for model in valued], told_apart(tables)),
        x_label=f"{how}, 0–1  {BETTER}",
        value_name=f"{tables.rank_by}, 95 % interval",
        beside_name=None if tables.rank_by == BESIDE else f"{BESIDE} (over expected runs)",
        notes=(*ranking_notes(tables), *notes),
    )


def ranked(table: ModelTable, tables: SweepTables, labels: Labels) -> RankedModel:
    """One model's line. A model without a value has no rank, whatever the table counts for it."""
    value, rank = table.mean(tables.rank_by), tables.ranks[table.model]
    others = [tables.ranks[m.model] for m in tables.models if m is not table and m.mean(tables.rank_by) is not None]
    low, high = interval_of(table, tables.rank_by)
    beside = table.cov_norm if tables.rank_by != BESIDE and value is not None else None
    return RankedModel(
        model=table.model,
        label=labels.get(table.model, table.model),
        rank=None if value is None else rank,
        tied=value is not None and rank in others,
        value=value,
        fact=f"{tables.rank_by}/{table.model}",
        low=low,
        high=high,
        beside=beside,
        beside_fact=None if beside is None else f"{BESIDE}/{table.model}",
    )


def interval_of(table: ModelTable, rank_by: str) -> tuple[float | None, float | None]:
    """The 95 % interval of what the ranking averages, clipped to 0–1; cov_norm has none."""
    estimate: Estimate | None = None if rank_by == BESIDE else getattr(table, rank_by)
    ends = estimate.interval(0.0, 1.0) if estimate else None
    return ends or (None, None)


def told_apart(tables: SweepTables) -> set[frozenset[str]]:
    """The pairs of models whose paired difference lies wholly on one side of zero."""
    return {frozenset((versus.a, versus.b)) for versus in tables.versus if lies_above(versus)}


def ties(models: Sequence[str], apart: set[frozenset[str]]) -> tuple[Span, ...]:
    """The longest runs of neighbours of which no two are told apart (the bars of Demšar 2006, JMLR 7:1–30)."""
    spans: list[Span] = []
    for first in range(len(models)):
        last = first
        while last + 1 < len(models) and not any(
            frozenset((models[row], models[last + 1])) in apart for row in range(first, last + 1)
        ):
            last += 1
        if last > first and (not spans or last > spans[-1].last):
            spans.append(Span(first, last))
    return tuple(spans)


def ranking_notes(tables: SweepTables) -> list[str]:
    """How the intervals and ranks came about, and who is left out."""
    said = ["Intervals are clustered by task; ranks and bars rest on paired differences over tasks."]
    if tables.excluded:
        said.append(f"Left out on request: {', '.join(tables.excluded)}.")
    return said


def judge_plot(tables: SweepTables, labels: Labels, notes: Sequence[str] = ()) -> JudgePlot | None:
    """Judge failures by model, in the order of rank; None where nothing was judged."""
    if not any(model.judge_enabled for model in tables.models):
        return None
    models = (
        JudgedModel(m.model, labels.get(m.model, m.model), m.judge_enabled, m.judge_failures, m.rejudged)
        for m in tables.models
    )
    return JudgePlot(tuple(models), tuple(notes))


def variance_plot(
    variances: Sequence[Variance], metric: str = "run_score", notes: Sequence[str] = ()
) -> VariancePlot | None:
    """Seed against capability variance of the tasks that have both; None where nothing varies on any of them."""
    known = tuple(
        TaskVariance(v.task, v.seed, v.capability, v.ratio)
        for v in variances
        if v.seed is not None and v.capability is not None
    )
    if all(task.flat for task in known):
        return None
    return VariancePlot(known, metric, len(variances) - len(known), tuple(notes))


def separation_plot(
    tables: SweepTables, labels: Labels, metric: str = "run_score", notes: Sequence[str] = ()
) -> SeparationPlot | None:
    """Every two models, the one that ranks first minus the other; None where no two share two tasks."""
    versus = {(v.a, v.b): v.difference for v in tables.versus if v.difference is not None}
    pairs = []
    for a, b in combinations([model.model for model in tables.models], 2):
        if (difference := versus.get((a, b))) is not None:
            low, high = difference.estimate.interval(-1.0, 1.0) or (None, None)
            value = difference.estimate.value
            pairs.append(Pair(a, b, value, difference.n, f"diff/{a}/{b}", low, high))
    if not pairs:
        return None
    models = tuple((model.model, labels.get(model.model, model.model)) for model in tables.models)
    how = f"Difference of {tables.rank_by} ({metric}), row minus column, paired by task"
    return SeparationPlot(models, tuple(pairs), how, tuple(notes))
