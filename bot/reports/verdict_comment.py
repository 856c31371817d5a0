"""The `reviewer-verdict` comment: what the second count found in the texts that are posted.

The room that counts again knows nothing of this one; `bot.verdicts` hands its findings over as the types below. They
hold texts alone: the quotes are from texts that anybody may have written, and are made safe by the template.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from markupsafe import Markup

from bot.reports.comments import COMPACT, Draft, compact
from bot.reports.rendering import Page, render
from bot.reports.second_reading import SecondReading
from bot.reports.splitting import CUT, INSIDE
from bot.scoring import shown
from bot.scoring.facts import Fact, Facts

KIND = "reviewer-verdict"
STATUSES = ("right", "wrong", "unmatched", "uncheckable")
RECIPES = {
    "claims": "numbers, ranges, quotes and digests that the second count found in the posted text",
    "right": "of these, those that are exact or round correctly",
    "wrong": "of these, those that the archive contradicts",
    "unmatched": "of these, those that no fact is bound to",
    "uncheckable": "of these, those that cannot be checked",
}


DROPPED = "a model's findings that quote what does not stand in the texts, state a number, or are one too many"


class ReadText(NamedTuple):
    """A text as it is posted: what it is called, its Markdown, and which sections it owes its readers.

    `key` names it in facts; `sections` maps a section's name to a pattern of the line that shows it is there.
    """

    key: str
    name: str
    text: str
    sections: Mapping[str, str]


class Checked(NamedTuple):
    """A claim: its words, the facts that it was held against, the value counted again, what came of it, and why."""

    text: str
    quote: str
    facts: tuple[str, ...]
    recomputed: str
    status: str
    why: str
    context: str


class Audited(NamedTuple):
    """Words that were held against outcomes, gates, seeds and intervals: SUPPORTED, OVERCLAIMED, UNSUPPORTED, WRONG."""

    text: str
    label: str
    quote: str
    why: str


class Section(NamedTuple):
    """A section that a text owes, and whether it is there."""

    text: str
    name: str
    there: bool


class Counts(NamedTuple):
    """How many claims of one text came out how, by the words of STATUSES."""

    key: str
    name: str
    by_status: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that the comment tells. `word` is PASS, CONCERNS or FAIL; `claims` hold every different claim once."""

    word: str
    headline: str
    reasons: tuple[str, ...]
    counts: tuple[Counts, ...]
    claims: tuple[Checked, ...]
    audited: tuple[Audited, ...]
    missing: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    alternatives: tuple[str, ...]
    recommendation: str

    def with_status(self, *statuses: str) -> tuple[Checked, ...]:
        """Claims of these statuses."""
        return tuple(claim for claim in self.claims if claim.status in statuses)

    @property
    def line(self) -> str:
        """The verdict in one line, for a terminal and for the `done` comment."""
        return f"{self.word}: {'; '.join(self.reasons) or self.headline}"


Review = Callable[[Sequence[ReadText]], Verdict]


def verdict_comment(
    verdict: Verdict, facts: Facts, templates: Path | None = None, reading: SecondReading | None = None
) -> Draft:
    """The `reviewer-verdict` comment; adds how many claims came out how to `facts`.

    `reading` is what a model found besides; it is shown as findings, and changes nothing of the verdict.
    """
    add_counts(verdict, facts)
    if reading is not None:
        text = shown.count(reading.dropped)
        facts.add(Fact("review/second_reading/dropped", reading.dropped, text, "count", DROPPED))
    page = Page(facts)
    context: dict[str, object] = {
        "v": verdict,
        "accused": verdict.with_status("wrong"),
        "unmatched": verdict.with_status("unmatched"),
        "uncheckable": together(verdict.with_status("uncheckable")),
        "between": Markup(", "),
        "right": verdict.with_status("exact", "rounds"),
        "charges": tuple(a for a in verdict.audited if a.label != "SUPPORTED"),
        "borne_out": tuple(a for a in verdict.audited if a.label == "SUPPORTED"),
        "lacking": tuple(s for s in verdict.sections if not s.there),
        "statuses": STATUSES,
        "reading": reading,
        "cut": Markup(CUT),
        "cut_inside": Markup(INSIDE),
        "compact_facts": Markup(COMPACT),
    }
    text = render("comments/reviewer-verdict.md.j2", page, context, templates)
    return Draft(KIND, text.replace(COMPACT, compact(page.used)), page.used)


def together(claims: Sequence[Checked]) -> list[list[Checked]]:
    """Claims of one sentence with one reason, in the order of the text."""
    groups: dict[tuple[str, str, str], list[Checked]] = {}
    for claim in claims:
        groups.setdefault((claim.text, claim.context, claim.why), []).append(claim)
    return list(groups.values())


def add_counts(verdict: Verdict, facts: Facts) -> None:
    """`review/claims`, `review/wrong` … over all texts, and `review/results/claims` … by text."""
    total = {status: sum(c.by_status[status] for c in verdict.counts) for status in STATUSES}
    for prefix, counts in (("", total), *((f"{c.key}/", c.by_status) for c in verdict.counts)):
        for name, number in (("claims", sum(counts.values())), *counts.items()):
            facts.add(Fact(f"review/{prefix}{name}", number, shown.count(number), "count", RECIPES[name]))


def sections_of(text: ReadText) -> tuple[Section, ...]:
    """Which of the sections that it owes are there."""
    return tuple(
        Section(text.name, name, re.search(pattern, text.text, re.MULTILINE) is not None)
        for name, pattern in text.sections.items()
    )


def fold_of(name: str) -> str:
    """The pattern of a fold by the beginning of its summary."""
    return rf"^<details><summary><b>{re.escape(name)}"


HERO = r"^!\[[^\n]*\]\([^()\s]*hero\.png\)$"
RESULTS_SECTIONS = {
    "verdict line": r"^## Results: \S",
    "hero figure": HERO,
    "headline table": r"^\| Condition \|",
    "key observations": r"^### Key observations$",
    "pre-registered outcomes": fold_of("What was predicted"),
    "what this updates and what it does not": fold_of("What this updates"),
    "reproducibility card": fold_of("Reproduce"),
    "sample outputs": fold_of("Samples"),
    "judge failures and bounds": fold_of("Unjudged samples and their bounds"),
    "artifacts": fold_of("Archive"),
    "how to recompute": r"To count again from the archive",
}
SWEEP_SECTIONS = {
    "verdict line": r"^## Results: \S",
    "hero figure": HERO,
    "ranking": r"^\| Rank \|",
    "fairness audit": fold_of("Fairness audit"),
    "coverage detail": fold_of("Coverage"),
    "per-tier table": fold_of("By tier"),
    "judge failures": fold_of("Judge failures"),
    "pre-registered outcomes": fold_of("What was predicted"),
    "glossary and caveats": fold_of("Glossary and caveats"),
    "artifacts": fold_of("Archive"),
    "how to recompute": fold_of("Reproduce"),
}
CLEAN_SECTIONS = {
    "title with its confidence": r"\A# \S[^\n]* \((?:HIGH|MODERATE|LOW) confidence\)$",
    **{name: rf"^### {name}$" for name in ("Background", "Methodology", "Results", "Next steps")},
    "hero figure": HERO,
    "main takeaways": r"^\*\*Main takeaways:\*\*$",
    "confidence line": r"^\*\*Confidence: (?:HIGH|MODERATE|LOW)\*\*",
    **{
        name: rf"^## {re.escape(name)}$"
        for name in ("Human summary", "Source issues", "Setup & hyper-parameters", "Sample outputs", "Headline numbers")
    },
    "standing caveats": r"^\*\*Standing caveats\*\*$",
    "artifacts": r"^## Artifacts$",
}
