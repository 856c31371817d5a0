"""What a column, a row or a list of numbers is of, where no word of its own says so: the metric that all of it fits.

One number may be equal to some fact by chance; four of them, each to the fact of its own condition under the same
metric, are not. So a metric is only taken where the digits that agree are far more than the metrics that were tried.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.review.agreeing import UNMATCHED, WRONG, Finding, status_of
from bot.review.answers import Answer, Answers, Ask, Where
from bot.review.numbers import Spot
from bot.review.recount import Book
from bot.review.scope import Scope

BASES = ("alpha", "coherent", "coherent_only", "gap", "gap_paired")
ALONE = (
    Ask("x"), Ask("kept"), Ask("coherent_gap"), Ask("kept_gap"), Ask("agreement", "spearman"),
    Ask("agreement", "krippendorff"), Ask("gap_paired", "correlation"), Ask("coherent_only", "n"),
    Ask("gap_paired", "n"), Ask("gap_limit", "over"), Ask("gap_limit", "times"),
)  # fmt: skip
OF_SCORES = ("", "ci", "half", "se", "width")
OF_ALPHA = (
    "bound", "naive_se", "se_ratio", "n", "errors", "judgements", "error_rate", "questions", "design_effect",
    "effective_n",
)  # fmt: skip
QUOTIENTS = ("share", "ratio", "relative")
SCORES = ("alpha", "x", "coherent")
SURPLUS = 2.0  # decimal digits that must agree beyond those that the many ways account for
MOST = 0.75  # of the numbers must fit
FEWEST = 2


class Entry(NamedTuple):
    """One number with where it is bound, what it was taken for, and the sentence that it is read in."""

    spot: Spot
    where: Where
    finding: Finding
    reading: Scope

    @property
    def is_doubtful(self) -> bool:
        """Whether it is not what it was taken for."""
        return self.finding.status in (WRONG, UNMATCHED)


Ways = Mapping[str, Sequence[Answer]]


def ways_of(
    answers: Answers, book: Book, where: Where, *, is_range: bool, others: Sequence[str] = ()
) -> dict[str, list[Answer]]:
    """All metrics, and those against each reference, or each of `others`, with what they are there."""
    asks = [(f"{base}/{part}", Ask(base, part), where) for base in BASES for part in OF_SCORES]
    asks += [(f"alpha/{part}", Ask("alpha", part), where) for part in OF_ALPHA]
    asks += [(f"{ask.base}/{ask.part}", ask, where) for ask in ALONE]
    for other in dict.fromkeys((*book.references, *others)):
        against = _against(where, other)
        asks += [(f"diff/{part}/{other}", Ask("diff", part), against) for part in OF_SCORES]
        asks += [(f"{kind}/{base}/{other}", Ask(kind, base), against) for kind in QUOTIENTS for base in SCORES]
    look = answers.ranges if is_range else answers.singles
    return {name: list(look(ask, place)) for name, ask, place in asks}


def _against(where: Where, other: str) -> Where:
    return Where(tuple(p for p in where.places if p != other), where.judges, (other,))


def voted(entries: Sequence[Entry], ways: Sequence[Ways]) -> Iterator[tuple[Entry, Finding]]:
    """Entries with what they are by the one metric that fits them; none where there is no such metric.

    `ways` are, for each entry, what each metric is there.
    """
    doubtful = [entry.is_doubtful for entry in entries]
    if sum(doubtful) < max(FEWEST, len(entries) / 2):
        return
    names = dict.fromkeys(name for way in ways for name in way)
    best = max(names, key=lambda name: _evidence(entries, ways, name), default=None)
    if best is None or _evidence(entries, ways, best) - math.log10(len(names)) < SURPLUS:
        return
    for entry, way in zip(entries, ways, strict=True):
        offered = [a for a in way.get(best, ()) if a.low.percent == entry.spot.percent]
        finding = entry.reading.judged(entry.spot, offered, certain=True) if offered else None
        if finding is not None and (finding.status != WRONG or entry.is_doubtful):
            yield entry, finding


def fits_one(entries: Sequence[Entry], ways: Sequence[Ways]) -> bool:
    """Whether one metric is right of every number."""
    names = dict.fromkeys(name for way in ways for name in way)
    pairs = list(zip(entries, ways, strict=True))
    return any(all(_fits(entry.spot, way.get(name, ())) for entry, way in pairs) for name in names)


def _evidence(entries: Sequence[Entry], ways: Sequence[Ways], name: str) -> float:
    """Decimal digits in which different numbers agree with this metric; nothing where too few of them do."""
    fits = [_fits(entry.spot, way.get(name, ())) for entry, way in zip(entries, ways, strict=True)]
    if sum(fits) < max(FEWEST, MOST * len(entries)):
        return 0.0
    agreeing = {entry.spot.low.value: digits(entry.spot) for entry, fit in zip(entries, fits, strict=True) if fit}
    return sum(agreeing.values()) if len(agreeing) >= FEWEST else 0.0


def _fits(spot: Spot, answers: Sequence[Answer]) -> bool:
    return any(a.low.percent == spot.percent and status_of(spot, a) is not None for a in answers)


def digits(spot: Spot) -> float:
    """How many digits say something: of "45.46" four, of "about 45" one, of "45.46–67.80" eight."""
    ends = (spot.low,) if spot.high is None else (spot.low, spot.high)
    return sum(max(0, end.places + _whole_digits(end.value) - spot.approximate) for end in ends)


def _whole_digits(value: float) -> int:
    return len(f"{abs(value):.0f}") if abs(value) >= 1 else 0
