"""The reviewer's verdict on a text: PASS, CONCERNS or FAIL, by stated rules, with everything it rests on.

FAIL      a claim is wrong; or words of a rule that costs it: confirmed without a confirmed prediction, an outcome or a
          confidence other than the computed one, a breached gate that the first lines do not mention.
CONCERNS  a number that no fact is bound to; words of a rule that costs it; fields missing in the reproducibility card;
          files of the archive that could not be read.
PASS      none of these. Claims that cannot be checked are told, and cost nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bot.errors import ArchiveError, ExitCode
from bot.review.agreeing import EXACT, ROUNDS, UNCHECKABLE, UNMATCHED, WRONG
from bot.review.claims import Claim, PageReader
from bot.review.grading import Grading, grade
from bot.review.grading_sweep import grade_sweep
from bot.review.matching import Matcher
from bot.review.matching_sweep import SweepMatcher
from bot.review.overclaims import CONCERNS, FAIL, Overclaim, overclaims, rules
from bot.review.quotes import Quotes
from bot.review.raw_sweep import is_sweep
from bot.review.recount import Book, recount
from bot.review.recount_sweep import recount_sweep
from bot.review.text import Page, parse

PASS = "PASS"  # noqa: S105 - a verdict, not a password
EXIT_CODES = {PASS: ExitCode.FINE, CONCERNS: ExitCode.REVIEW_CONCERNS, FAIL: ExitCode.REVIEW_FAILED}
STATUSES = (EXACT, ROUNDS, WRONG, UNMATCHED, UNCHECKABLE)
CARD = ("Model", "Data", "Eval", "Compute", "Environment")
REPORT_HEADINGS = re.compile(
    r"^results:|^tl;dr|^detailed report|^setup|^reproduc|hyper-?parameters|^environment$|reproducibility card", re.I
)


class Missing(NamedTuple):
    """A field of the reproducibility card that nobody filled in; `field` "" where a whole section is missing."""

    section: str
    field: str


@dataclass(frozen=True, slots=True)
class Review:
    """Everything that the reviewer's comment tells.

    `claims` and `overclaims` are in the order of the text; `missing` are fields of the card; `unreadable` files of the
    archives with the reason; `alternatives` what the archive does not rule out; `reasons` why this is the verdict.
    """

    verdict: str
    claims: tuple[Claim, ...]
    overclaims: tuple[Overclaim, ...]
    missing: tuple[Missing, ...]
    unreadable: tuple[tuple[str, str], ...]
    alternatives: tuple[str, ...]
    reasons: tuple[str, ...]
    grading: Grading
    archives: tuple[str, ...]

    def having(self, *statuses: str) -> tuple[Claim, ...]:
        """Claims of these statuses."""
        return tuple(claim for claim in self.claims if claim.status in statuses)

    @property
    def headline(self) -> str:
        """One sentence on all claims."""
        counts = {status: len(self.having(status)) for status in STATUSES}
        right = counts[EXACT] + counts[ROUNDS]
        told = [f"{counts[s]} {word}" for s, word in HEADLINE_WORDS if counts[s]]
        return f"{len(self.claims)} claims checked: {', '.join([f'{right} right', *told])}"

    @property
    def recommendation(self) -> str:
        """What the author should do next."""
        return RECOMMENDATIONS[self.verdict]


HEADLINE_WORDS = ((WRONG, "wrong"), (UNMATCHED, "match no fact"), (UNCHECKABLE, "cannot be checked"))
RECOMMENDATIONS = {
    PASS: "nothing stands against posting it",
    CONCERNS: "say where the numbers without a fact come from, and weaken or back the words that are listed",
    FAIL: "correct what is wrong before anyone relies on it",
}


class Reviewer:
    """Reviews texts against one set of archives; the archives are counted once."""

    def __init__(self, roots: Sequence[Path], report_yaml: Path | None = None, figures: Path | None = None) -> None:
        """Count the archives in `roots`; the first is the one under review.

        `figures` is a bundle's folder of figures. Raises ArchiveError or ExperimentError.
        """
        self.book, self.grading, self.matcher = counted(roots, report_yaml)
        self.quotes = Quotes(self.book, figures)

    def review(self, source: str) -> Review:
        """Review a Markdown text."""
        page = parse(source)
        reader = PageReader(self.matcher, page, self.quotes)
        claims = tuple(sorted(reader.claims(), key=lambda c: (c.start, c.end)))
        found = tuple(overclaims(page, self.book, self.grading, reader.is_quoted))
        missing = tuple(missing_fields(self.book, page))
        unreadable = tuple(u for archive in self.book.archives for u in archive.unreadable)
        verdict, reasons = decide(claims, found, missing, unreadable, page.unread)
        alternatives = tuple(rules().alternatives[d] for d in self.grading.deductions if d in rules().alternatives)
        names = tuple(archive.name for archive in self.book.archives)
        return Review(verdict, claims, found, missing, unreadable, alternatives, reasons, self.grading, names)


def counted(roots: Sequence[Path], report_yaml: Path | None) -> tuple[Book, Grading, Matcher]:
    """The archives counted and graded, and what reads texts against that; a sweep where the first is one."""
    if not roots:
        raise ArchiveError("no archive to review against", fix="name one with --against")
    if is_sweep(roots[0]):
        sweep = recount_sweep(roots, report_yaml)
        grading = grade_sweep(sweep)
        return sweep, grading, SweepMatcher(sweep, grading)
    book = recount(roots, report_yaml)
    grading = grade(book)
    return book, grading, Matcher(book, grading)


def decide(
    claims: Sequence[Claim],
    found: Sequence[Overclaim],
    missing: Sequence[Missing],
    unreadable: Sequence[tuple[str, str]],
    unread: int = 0,
) -> tuple[str, tuple[str, ...]]:
    """The verdict, and the reasons for it, by the rules at the top of this file."""
    wrong = sum(c.status == WRONG for c in claims)
    failed = [o for o in found if o.verdict == FAIL]
    reasons = [f"{wrong} wrong {'claim' if wrong == 1 else 'claims'}"] if wrong else []
    reasons += [f"{o.rule}: {o.why}" for o in failed]
    if reasons:
        return FAIL, tuple(reasons)
    unmatched = sum(c.status == UNMATCHED for c in claims)
    concerns = [f"{unmatched} {'number matches' if unmatched == 1 else 'numbers match'} no fact"] if unmatched else []
    concerns += [f"{o.rule}: {o.why}" for o in found]
    concerns += [f"{len(missing)} fields of the reproducibility card are missing"] if missing else []
    concerns += [f"{len(unreadable)} files of the archive could not be read"] if unreadable else []
    concerns += [f"{unread:,} characters at the end of the text were not read: it is too long"] if unread else []
    return (CONCERNS if concerns else PASS), tuple(concerns)


def missing_fields(book: Book, page: Page) -> list[Missing]:
    """Fields of the card that are empty, where the text is a report and so owes one."""
    headings = [b.text.plain for b in page.blocks if b.kind == "heading"]
    if not any(REPORT_HEADINGS.search(h) for h in headings):
        return []
    sections = {section for section, _, _ in book.declared.card}
    empty = [Missing(section, name) for section, name, value in book.declared.card if not value]
    return [*(Missing(section, "") for section in CARD if section not in sections), *empty]


def as_json(review: Review) -> str:
    """The review as one JSON object: verdict, claims and overclaims."""
    told = {
        "verdict": review.verdict,
        "claims": [
            {"quote": c.quote, "line": c.line, "status": c.status, "expected": c.expected, "facts": list(c.facts)}
            for c in review.claims
        ],
        "overclaims": [{"quote": o.quote, "line": o.line, "rule": o.rule, "why": o.why} for o in review.overclaims],
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def as_text(review: Review) -> str:
    """The review for a terminal: what is not right first, and why the verdict is what it is."""
    lines = [f"{review.verdict}: {review.headline}", *(f"  {reason}" for reason in review.reasons)]
    for claim in review.having(WRONG, UNMATCHED, UNCHECKABLE):
        expected = f", should be {claim.expected}" if claim.status == WRONG and claim.expected else ""
        why = f" ({claim.why})" if claim.why else ""
        lines.append(f"line {claim.line}: {claim.quote!r} is {claim.status}{expected}{why}")
    lines += [f"line {o.line}: {o.label.lower()} ({o.rule}): {o.quote!r}: {o.why}" for o in review.overclaims]
    lines += [f"card: {' / '.join(p for p in field if p)} is missing" for field in review.missing]
    lines += [f"could not be read: {path}: {reason}" for path, reason in review.unreadable]
    return "\n".join(lines)
