"""The comments that close a report: done, follow-ups. Deterministic sentences from facts, no model's prose."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from markupsafe import Markup

from bot.experiment import Experiment
from bot.reports import sanitising
from bot.reports.bundle import COLUMN, LINK
from bot.reports.comments import COMPACT, AlignmentReport, Draft, compact, results_context
from bot.reports.follow_ups import FollowUp, filled, follow_ups, spec_of
from bot.reports.rendering import Page, render
from bot.reports.results import ResultsView
from bot.reports.splitting import CUT
from bot.reports.verdict_comment import Verdict
from bot.scoring import shown
from bot.scoring.facts import Fact, Facts

PLACE = re.compile(r"\{(\d)\}")
SAFE_PLACE = re.compile(r"FACT(\d)FACT")


NOT_REVIEWED = "not reviewed"


def done_comment(
    report: AlignmentReport, view: ResultsView, templates: Path | None = None, verdict: Verdict | None = None,
    why: str = NOT_REVIEWED,
) -> Draft:  # fmt: skip
    """The `done` comment: outcome, headline, clean result, what the review says, concerns, what is next, board."""
    page = Page(report.facts)
    return done_of(page, results_context(report, view, page), templates, verdict, why)


def done_of(
    page: Page, context: Mapping[str, object], templates: Path | None, verdict: Verdict | None,
    why: str = NOT_REVIEWED,
) -> Draft:  # fmt: skip
    """The `done` comment of any report: `context` is that of its results comment, `why` says what no verdict means."""
    known = {
        "clean_result": Markup(LINK), "board": Markup(COLUMN), "verdict": verdict, "not_reviewed": why,
        "reasons": verdict.reasons if verdict else (), "between": Markup("; "),
    }  # fmt: skip
    text = render("comments/done.md.j2", page, {**context, **known}, templates)
    return Draft("done", text.replace(COMPACT, compact(page.used)), page.used)


def follow_ups_comment(report: AlignmentReport, templates: Path | None = None) -> Draft:
    """The `follow-ups` comment; adds their numbers to the facts."""
    ups = follow_ups(report.tables, report.experiment, report.facts)
    return proposed(ups, report.experiment, report.facts, templates)


def proposed(ups: Sequence[FollowUp], experiment: Experiment, facts: Facts, templates: Path | None = None) -> Draft:
    """Follow-ups of any report as the `follow-ups` comment."""
    for k, up in enumerate(ups, start=1):
        add_facts(facts, k, up)
    page = Page(facts)
    context: dict[str, object] = {
        "ups": ups,
        "specs": [spec_of(filled(up, facts), experiment) for up in ups],
        "experiment": experiment,
        "points_of": lambda up: f"confidence/{up.domain.replace(' ', '_')}",
        "numbers": partial(numbers, page),
        "cut": Markup(CUT),
        "compact_facts": Markup(COMPACT),
    }
    text = render("comments/follow-ups.md.j2", page, context, templates)
    return Draft("follow-ups", text.replace(COMPACT, compact(page.used)), page.used)


def add_facts(facts: Facts, k: int, up: FollowUp) -> None:
    """Its number, and its cost where it is known."""
    facts.add(Fact(f"follow_up/{k}", k, str(k), "count", "place in the ranking by points per GPU-hour"))
    if up.hours is not None:
        recipe = "GPU-hours declared for this run × the share of it that is run again"
        text = shown.stated(round(up.hours, 1))
        facts.add(Fact(f"follow_up/{k}/hours", up.hours, text, "GPU-hours", recipe))


def numbers(page: Page, text: str, names: tuple[str, ...]) -> Markup:
    """One of our own sentences with its facts in place of `{0}`, `{1}` …"""
    safe = str(sanitising.inline(PLACE.sub(r"FACT\1FACT", text), 600))
    return Markup(SAFE_PLACE.sub(lambda m: str(page.fact(names[int(m.group(1))])), safe))
