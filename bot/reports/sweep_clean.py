"""The clean result of a sweep, and the `analysis` comment that links it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from bot.archives.sweep_records import Run
from bot.reports.bundle import LINK
from bot.reports.comments import COMPACT, Draft, compact
from bot.reports.narrative import NOTHING_TOLD, Told, narrative_context
from bot.reports.rendering import Page, render
from bot.reports.samples import PER_CONDITION, SEED
from bot.reports.sweep_comments import SweepReport, sweep_context
from bot.reports.sweep_results import SweepView
from bot.scoring import shown
from bot.scoring.facts import Fact, Facts
from bot.scoring.sweep import ModelTable

Excerpt = Callable[[Run], str]
NOTHING = "(no transcript is archived for this run)"


class DrawnRun(NamedTuple):
    """One drawn run: its file below the tag's folder, and an excerpt of its transcript.

    `fact` holds its score, `failed` is how its judge failed.
    """

    place: str
    fact: str
    failed: str | None
    text: str


class DrawnModel(NamedTuple):
    """The drawn runs of one model, empty where it has none."""

    model: str
    runs: tuple[DrawnRun, ...]


def draw_runs(models: Sequence[ModelTable], facts: Facts, excerpt: Excerpt, seed: int = SEED) -> tuple[DrawnModel, ...]:
    """Three runs a model, of different tasks where it has as many; their scores are added to `facts`."""
    facts.add(Fact("samples/seed", seed, str(seed), "seed", "seed of the draw of sample runs"))
    facts.add(Fact("samples/per_condition", PER_CONDITION, str(PER_CONDITION), "count", "runs drawn a model"))
    return tuple(DrawnModel(m.model, drawn_of(m, facts, excerpt, seed)) for m in models)


def drawn_of(model: ModelTable, facts: Facts, excerpt: Excerpt, seed: int) -> tuple[DrawnRun, ...]:
    """The draw of one model."""
    chooser = random.Random(f"{seed}/{model.model}")  # noqa: S311 - a draw that anyone can repeat is the point
    runs = [scored.run for scored in model.runs]
    chooser.shuffle(runs)
    first = {run.task: run for run in reversed(runs)}
    others = [run for run in runs if first[run.task] is not run]
    drawn = sorted([*first.values(), *others][:PER_CONDITION], key=lambda run: (run.task, run.run))
    return tuple(one_run(run, k, model, facts, excerpt) for k, run in enumerate(drawn))


def one_run(run: Run, k: int, model: ModelTable, facts: Facts, excerpt: Excerpt) -> DrawnRun:
    """A drawn run with its score as a fact."""
    origins = facts[f"overall_mean/{model.model}"].origins
    recipe = f"run_score as stored in {run.place}"
    fact = facts.add(
        Fact(f"sample/{model.model}/{k}", run.run_score, shown.decimals(run.run_score, 3), "score", recipe, origins)
    )
    return DrawnRun(run.place, fact.name, run.judge_failed, excerpt(run) or NOTHING)


def sweep_clean_result(
    report: SweepReport, view: SweepView, samples: Sequence[DrawnModel], templates: Path | None = None,
    told: Told = NOTHING_TOLD,
) -> Draft:  # fmt: skip
    """The body of the clean-result issue, and nothing of its title; with what a model told, where it was taken."""
    page = Page(report.facts)
    context = sweep_context(report, view, page) | {"samples": samples, "archive_name": report.archive.name}
    context |= narrative_context(told, page, view.labels)
    text = render("comments/clean-result-sweep.md.j2", page, context, templates)
    return Draft("clean-result", text.replace(COMPACT, compact(page.used)), page.used)


def sweep_analysis(
    report: SweepReport, view: SweepView, templates: Path | None = None, told: Told = NOTHING_TOLD
) -> Draft:
    """The `analysis` comment on the source issue: hero figure, recap, and where the clean result stands."""
    page = Page(report.facts)
    context = sweep_context(report, view, page) | {"clean_result": Markup(LINK)}
    context |= narrative_context(told, page, view.labels)
    text = render("comments/analysis-sweep.md.j2", page, context, templates)
    return Draft("analysis", text.replace(COMPACT, compact(page.used)), page.used)
