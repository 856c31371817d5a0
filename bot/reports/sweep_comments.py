"""The comments of a sweep: results, and done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from markupsafe import Markup

from bot.archives.declared_when import DeclaredWhen
from bot.archives.records import Flag
from bot.archives.sweep_records import SweepArchive
from bot.experiment import Experiment, Prediction
from bot.reports import sanitising
from bot.reports.after import NOT_REVIEWED, done_of
from bot.reports.comments import COMPACT, Draft, compact, figure, points_of, sign_and_threshold
from bot.reports.rendering import Page, render
from bot.reports.splitting import CUT, INSIDE
from bot.reports.sweep_results import SweepView, sweep_view
from bot.reports.verdict_comment import Verdict
from bot.scoring import shown
from bot.scoring.facts import Fact, Facts
from bot.scoring.grading import Confidence
from bot.scoring.sweep import SweepTables
from bot.scoring.sweep_audit import Audit, Variance
from bot.scoring.sweep_gates import SweepGate
from bot.scoring.sweep_predictions import SweepOutcome


@dataclass(frozen=True, slots=True)
class SweepReport:
    """All that comments about one sweep are made from."""

    archive: SweepArchive
    experiment: Experiment
    tables: SweepTables
    facts: Facts
    flags: tuple[Flag, ...]
    audits: tuple[Audit, ...]
    variances: tuple[Variance, ...]
    confidence: Confidence
    moved: Mapping[str, tuple[str, ...]]
    figures: Mapping[str, str]
    command: str
    gates: tuple[SweepGate, ...] = ()
    outcomes: tuple[SweepOutcome, ...] = ()
    declared: DeclaredWhen | None = None


def sweep_comment(report: SweepReport, templates: Path | None = None, view: SweepView | None = None) -> Draft:
    """The `results` comment."""
    page = Page(report.facts)
    context = sweep_context(report, view or prepare_sweep(report), page)
    text = render("comments/results-sweep.md.j2", page, context, templates)
    return Draft("results", text.replace(COMPACT, compact(page.used)), page.used)


def sweep_done(
    report: SweepReport, view: SweepView, templates: Path | None = None, verdict: Verdict | None = None, why: str = ""
) -> Draft:
    """The `done` comment; `why` says why there is no verdict."""
    page = Page(report.facts)
    return done_of(page, sweep_context(report, view, page), templates, verdict, why or NOT_REVIEWED)


def prepare_sweep(report: SweepReport) -> SweepView:
    """What all comments of one report share: its view, and the facts that only a report needs."""
    unreadable = len(report.archive.unreadable)
    text = shown.count(unreadable)
    report.facts.add(Fact("unreadable", unreadable, text, "count", "files of the archive that could not be read"))
    if (issue := report.experiment.issue) is not None:
        report.facts.add(Fact("issue", issue, str(issue), "issue", "stated in report.yaml", (), True))
    return sweep_view(
        report.tables, report.flags, report.audits, report.variances, report.confidence, report.experiment,
        report.facts, report.moved, report.gates, report.outcomes,
    )  # fmt: skip


def sweep_context(report: SweepReport, view: SweepView, page: Page) -> dict[str, object]:
    """What the templates may call and read."""
    return {
        "view": view,
        "experiment": report.experiment,
        "unreadable": report.archive.unreadable,
        "ignored": report.archive.ignored,
        "logs": report.archive.logs,
        "sources": sources_of(report.facts),
        "commit": report.archive.commit,
        "command": report.command,
        "declared": report.declared,
        "has_fact": report.facts.__contains__,
        "failed_classes": [name.rpartition("/")[2] for name in report.facts if name.startswith("standing/failed/")],
        "figure": partial(figure, report.figures),
        "more_task_figures": [name for name in report.figures if name.startswith("tasks_")],
        "reason": lambda deduction: sanitising.inline(deduction.why),
        "points_of": points_of,
        "rule": partial(sweep_rule, page, report.tables.rank_by),
        "place": lambda model: sanitising.inline(view.labels.get(model, model)),
        "cut": Markup(CUT),
        "cut_inside": Markup(INSIDE),
        "compact_facts": Markup(COMPACT),
    }


def sweep_rule(page: Page, rank_by: str, prediction: Prediction) -> Markup:
    """A prediction's rule in a formula's words."""
    whom = "model" if prediction.conditions == "all" else " or ".join(prediction.conditions)
    whom += f" of {prediction.group}" if prediction.group else ""
    metric = rank_by if prediction.metric == "alpha" else prediction.metric
    start = f"{'every' if prediction.quantifier == 'all' else 'any'} {whom}: {metric}"
    name = f"prediction/{prediction.id}"
    text = sanitising.inline(start) + " " + sign_and_threshold(page, prediction, f"{name}/threshold")
    own = prediction.falsified_by
    if own is None:
        return text
    text += Markup(f"; falsified by {'every' if own.quantifier == 'all' else 'any'} ")
    return text + sign_and_threshold(page, own, f"{name}/falsified_by")


def sources_of(facts: Facts) -> list[object]:
    """Every folder that a fact starts from, by path."""
    found = {o.source.path: o.source for fact in facts.values() for o in fact.origins}
    return [found[path] for path in sorted(found)]
