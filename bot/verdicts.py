"""The second count of what is posted: texts to `bot.review`, its findings to the comment that tells them.

The room that reviews and the room that writes do not know each other; here they meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import ArchiveError
from bot.reports.verdict_comment import (
    CLEAN_SECTIONS,
    RESULTS_SECTIONS,
    SWEEP_SECTIONS,
    Audited,
    Checked,
    Counts,
    ReadText,
    Review,
    Verdict,
    sections_of,
    verdict_comment,
)

if TYPE_CHECKING:
    from bot import review as second
    from bot.reports.bundle import Bundle

RIGHT = ("exact", "rounds")
WORDS = ("PASS", "CONCERNS", "FAIL")
# Where a figure is pinned, and which commits are named, is known only once a text is posted: what is right of it is
# not counted, so that a text has the same verdict before and after.
PLACE = re.compile(r"\w+://\S+|[0-9a-f]{7,40}")


def reviewer(
    roots: Sequence[Path], report_yaml: Path | None = None, figures: Path | None = None
) -> tuple[Review | None, str]:
    """What reviews texts against the archives in `roots`, the first being the one reported.

    Where the second count cannot read them, None and why: a report is posted all the same, and says so. Raises
    ExperimentError.
    """
    from bot.review import Reviewer

    try:
        return partial(verdict_on, Reviewer(roots, report_yaml, figures)), ""
    except ArchiveError as error:
        return None, f"not reviewed: the second count cannot read this archive ({error.what})"


def verdict_on(reviewer: second.Reviewer, texts: Sequence[ReadText]) -> Verdict:
    """One verdict on several texts: the worst of theirs, with everything that it rests on."""
    reviews = [counted(reviewer.review(text.text)) for text in texts]
    sections = tuple(section for text in texts for section in sections_of(text))
    lacking = sum(not section.there for section in sections)
    words = [review.verdict for review in reviews] + (["CONCERNS"] if lacking else [])
    word = max(words, key=WORDS.index)
    claims = tuple(dict.fromkeys(c for pair in zip(texts, reviews, strict=True) for c in checked(*pair)))
    counts = tuple(counts_of(*pair) for pair in zip(texts, reviews, strict=True))
    return Verdict(
        word, headline(counts), reasons_of(word, texts, reviews, lacking), counts, without_twins(claims),
        tuple(a for pair in zip(texts, reviews, strict=True) for a in audited(*pair)),
        tuple(dict.fromkeys(" / ".join(filter(None, field)) for review in reviews for field in review.missing)),
        tuple(dict.fromkeys(u for review in reviews for u in review.unreadable)), sections,
        tuple(dict.fromkeys(a for review in reviews for a in review.alternatives)), recommendation(reviews, lacking),
    )  # fmt: skip


def counted(review: second.Review) -> second.Review:
    """Without what only a posted text can have, unless that is wrong."""
    kept = tuple(c for c in review.claims if c.status == "wrong" or not PLACE.fullmatch(c.quote))
    return replace(review, claims=kept)


def checked(text: ReadText, review: second.Review) -> Iterator[Checked]:
    """Its claims."""
    for c in review.claims:
        yield Checked(text.name, c.quote, c.facts, c.expected, c.status, c.why, c.context)


def without_twins(claims: Sequence[Checked]) -> tuple[Checked, ...]:
    """A right number that stands in several places of the texts is told once."""
    once = {(c.quote, c.facts, c.status) if c.status in RIGHT else c: c for c in reversed(claims)}
    kept = set(map(id, once.values()))
    return tuple(c for c in claims if id(c) in kept)


def counts_of(text: ReadText, review: second.Review) -> Counts:
    """How its claims came out."""
    found = [("right" if c.status in RIGHT else c.status) for c in review.claims]
    return Counts(text.key, text.name, {s: found.count(s) for s in ("right", "wrong", "unmatched", "uncheckable")})


def headline(counts: Sequence[Counts]) -> str:
    """One sentence on all claims of all texts."""
    words = {"right": "right", "wrong": "wrong", "unmatched": "match no fact", "uncheckable": "cannot be checked"}
    total = {status: sum(c.by_status[status] for c in counts) for status in words}
    told = [f"{number} {words[status]}" for status, number in total.items() if number or status == "right"]
    return f"{sum(total.values())} claims checked: {', '.join(told)}"


def reasons_of(word: str, texts: Sequence[ReadText], reviews: Sequence[second.Review], lacking: int) -> tuple[str, ...]:
    """Why it is this verdict: the reasons of the texts that have it; one that several share is told once."""
    found: dict[str, list[str]] = {}
    for text, review in zip(texts, reviews, strict=True):
        for reason in review.reasons if review.verdict == word else ():
            found.setdefault(reason, []).append(text.name)
    shared = len(texts)
    told = [reason if len(names) == shared else f"{', '.join(names)}: {reason}" for reason, names in found.items()]
    if lacking and word == "CONCERNS":
        told.append(f"{lacking} {'section is' if lacking == 1 else 'sections are'} missing")
    return tuple(told)


def recommendation(reviews: Sequence[second.Review], lacking: int) -> str:
    """What the author should do next, by what was found."""
    found = (
        (any(r.having("wrong") for r in reviews), "correct what is wrong before anyone relies on it"),
        (any(r.overclaims for r in reviews), "weaken or back the words that are listed"),
        (any(r.having("unmatched") for r in reviews), "say where the numbers without a fact come from"),
        (any(r.missing for r in reviews), "fill in the reproducibility card"),
        (any(r.unreadable for r in reviews), "mend or remove the files that could not be read"),
        (bool(lacking), "add the sections that are missing"),
    )
    return "; ".join(told for applies, told in found if applies) or "nothing stands against it"


def audited(text: ReadText, review: second.Review) -> Iterator[Audited]:
    """What its words claim beyond the archive, then what of them the second count bears out."""
    for o in review.overclaims:
        yield Audited(text.name, o.label, o.quote, o.why)
    accused = {o.rule for o in review.overclaims}
    if "outcome" not in accused:
        yield from outcomes(text, review)
    if "confidence" not in accused:
        yield from grade(text, review)
    if "gate-unmentioned" not in accused and review.grading.breached:
        names = ", ".join(dict.fromkeys(gate.name for gate in review.grading.breached))
        yield Audited(text.name, "SUPPORTED", names, "breached by the second count too, and the first lines say so")


def outcomes(text: ReadText, review: second.Review) -> Iterator[Audited]:
    """Outcomes of predictions that stand in the text as the second count has them."""
    for name, outcome in review.grading.outcomes.items():
        said = re.search(rf"\b{re.escape(name)}\b\W{{1,6}}{re.escape(outcome)}\b", text.text)
        if said is not None:
            why = "its rule, held against the recounted numbers and gates, gives the same outcome"
            yield Audited(text.name, "SUPPORTED", f"{name}: {outcome}", why)


def grade(text: ReadText, review: second.Review) -> Iterator[Audited]:
    """The confidence, where the text states it."""
    word = review.grading.grade
    if re.search(rf"\bconfidence\b\W{{1,6}}{word}\b|\b{word} confidence\b", text.text, re.IGNORECASE):
        yield Audited(text.name, "SUPPORTED", f"confidence {word}", "the deductions, counted again, give this grade")


def posted_to_read(results: Sequence[str], clean: tuple[str, Sequence[str]] | None, *, sweep: bool) -> list[ReadText]:
    """Posted parts as the texts that are reviewed: of the results comment, and of a clean result with its title."""
    from bot.reports.building import joined

    sections = SWEEP_SECTIONS if sweep else RESULTS_SECTIONS
    texts = [ReadText("results", "results comment", joined(results), sections)]
    if clean is not None:
        title, body = clean
        texts.append(ReadText("clean-result", "clean result", joined([f"# {title}", *body]), CLEAN_SECTIONS))
    return texts


def write_review(
    texts: Sequence[ReadText], archive: Path, report_yaml: Path | None, folder: Path, *, issue: tuple[int, str]
) -> Bundle:
    """A bundle that holds nothing but the verdict on `texts`; raises ArchiveError where nothing can be counted."""
    from bot.reports.building import parts_of
    from bot.reports.bundle import IssueEntry, write_bundle
    from bot.scoring.facts import Facts

    review, why = reviewer([archive], report_yaml)
    if review is None:
        raise ArchiveError(why, where=archive.name, fix="`recount score` says what can be read of it")
    verdict, facts = review(texts), Facts()
    draft = verdict_comment(verdict, facts)
    return write_bundle(
        folder, archive=archive.name, commit=None, created=None, issue=IssueEntry(*issue, ""),
        comments={draft.kind: parts_of(draft)}, facts=facts, figures=(), summary=[f"Review: {verdict.line}"],
    )  # fmt: skip
