"""The `results` comment of a sweep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from markupsafe import Markup

from bot.archives.records import Flag
from bot.archives.sweep_records import SweepArchive
from bot.experiment import Experiment
from bot.reports import sanitising
from bot.reports.comments import COMPACT, Draft, compact, figure, points_of
from bot.reports.rendering import Page, render
from bot.reports.splitting import CUT
from bot.reports.sweep_results import sweep_view
from bot.scoring import shown
from bot.scoring.facts import Fact, Facts
from bot.scoring.grading import Confidence
from bot.scoring.sweep import SweepTables
from bot.scoring.sweep_audit import Audit, Variance


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


def sweep_comment(report: SweepReport, templates: Path | None = None) -> Draft:
    """The `results` comment."""
    unreadable = len(report.archive.unreadable)
    text = shown.count(unreadable)
    report.facts.add(Fact("unreadable", unreadable, text, "count", "files of the archive that could not be read"))
    view = sweep_view(
        report.tables, report.flags, report.audits, report.variances, report.confidence, report.experiment,
        report.facts, report.moved,
    )  # fmt: skip
    page = Page(report.facts)
    context: dict[str, object] = {
        "view": view,
        "experiment": report.experiment,
        "unreadable": report.archive.unreadable,
        "ignored": report.archive.ignored,
        "logs": report.archive.logs,
        "sources": sources_of(report.facts),
        "commit": report.archive.commit,
        "command": report.command,
        "has_fact": report.facts.__contains__,
        "failed_classes": [name.rpartition("/")[2] for name in report.facts if name.startswith("standing/failed/")],
        "figure": partial(figure, report.figures),
        "more_task_figures": [name for name in report.figures if name.startswith("tasks_")],
        "reason": lambda deduction: sanitising.inline(deduction.why),
        "points_of": points_of,
        "cut": Markup(CUT),
        "compact_facts": Markup(COMPACT),
    }
    text = render("comments/results-sweep.md.j2", page, context, templates)
    return Draft("results", text.replace(COMPACT, compact(page.used)), page.used)


def sources_of(facts: Facts) -> list[object]:
    """Every folder that a fact starts from, by path."""
    found = {o.source.path: o.source for fact in facts.values() for o in fact.origins}
    return [found[path] for path in sorted(found)]
