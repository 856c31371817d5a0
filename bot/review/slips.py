"""How a wrong number came about: whether it differs from the right one in a way that numbers go wrong.

A number that is no fact of what its sentence is about is one of two things: a wrong number, or a right number of
something that this reader did not take it for. Numbers go wrong in few ways: a digit is mistyped, two are turned round,
a sign is lost, the value of another row, judge or column is copied. Where words bind a number loosely, it is called
wrong only if it went wrong in one of these ways; else nothing in the archive matches it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.review.agreeing import UNMATCHED, WRONG, Finding, expected_text, is_near, status_of, tolerance
from bot.review.answers import Answer, Ask, Where
from bot.review.deriving import is_declared
from bot.review.doubting import LIMIT
from bot.review.firm import Firm
from bot.review.numbers import Number, Spot
from bot.review.series import RIGHT

LOOSE = "it may be of something else: it is far from what its words seem to speak of, and no other cell has it either"
# What is copied from one column to another, or stands beside it in a row.
OF_A_CELL = frozenset(
    ["", "half", "se", "ci_low", "ci_high", "bound_low", "bound_high", "n", "errors", "judgements", "coherent_only",
     "coherent_only_n", "error_rate"]
)  # fmt: skip
MANY = 2  # as many bad numbers tell that a sentence speaks of something else
LEVELS = frozenset(["alpha", "coherent", "reference"])
SCORES = frozenset(["alpha", "reference"])
VALUES = LEVELS | {"x"}
SPAN = re.compile(r"\b(?:spread|span|rang|scatter)\w*\b[^.;\d]{0,24}$")  # "scores spread over 22.3 points"
PART_OF = re.compile(r"\s+(?:out )?of (?:the |all )?\d")
OTHERWISE = " or "  # between what a number may be instead
WRITTEN = re.compile(r"\d[\d,]*(?:\.\d+)?")


def is_slip(written: str, right: str) -> bool:
    """One digit is another, two are turned round, or nothing but the sign differs."""
    if len(written) != len(right):
        return False
    off = [i for i, (one, other) in enumerate(zip(written, right, strict=True)) if one != other]
    return len(off) < 2 or (len(off) == 2 and [written[i] for i in off] == [right[i] for i in reversed(off)])


def went_wrong(number: Number, right: str) -> bool:
    """Whether a number is another one by a slip, or by one of its last decimal; a count is no slip of a score."""
    size, unit, value = abs(number.value), 10.0**-number.places, float(right)
    slip = is_slip(f"{size:.{number.places}f}", f"{value:.{number.places}f}")
    return (number.places > 0 or "." not in right) and (slip or abs(size - value) <= unit * (1 + 1e-6))


def _is_same(number: Number, right: float) -> bool:
    return abs(abs(number.value) - right) <= tolerance(number, 10.0**-number.places, approximate=False)


def loosened(finding: Finding) -> Finding:
    """What was called wrong, as what nothing in the archive matches."""
    return finding._replace(status=UNMATCHED, expected="", facts=(), why=LOOSE)


class Slips(Firm):
    """A last look at what would be called wrong."""

    def weighed(self, found: Sequence[Finding]) -> list[Finding]:
        """The findings; in a sentence that was not understood, a number that no slip explains as unmatched."""
        right = sum(f.status in RIGHT for f in found)
        bad = sum(f.status in (WRONG, UNMATCHED) for f in found)
        understood = right > 0 and bad < MANY
        return [
            loosened(f)
            if (not understood or self._is_share_of_something(f) or self._is_unlike(f))
            and self._is_loose(f, alone=bad < MANY)
            else f
            for f in found
        ]

    def _is_share_of_something(self, finding: Finding) -> bool:
        """ "2,925, that is 71 %": a percentage whose words leave open what it is of."""
        i = self.place_of(finding)
        return i >= 0 and self.s.spots[i].percent and len(finding.facts) > 1

    def _is_unlike(self, finding: Finding) -> bool:
        """ "About 11 points of daylight" is no α, "44 of 4,150" none either, and "4.9 %" is no count."""
        i = self.place_of(finding)
        facts = self.m.answers.values_of(finding.facts)
        if i < 0 or not facts:
            return False
        spot = self.s.spots[i]
        apart = (
            spot.points
            and SPAN.search(self.s.low[: spot.start]) is None
            and all(v.fact.split("/")[0] in VALUES for v in facts)
        )
        part = spot.low.places == 0 and all(v.places for v in facts) and PART_OF.match(self.s.low, spot.end) is not None
        counts = spot.percent and not any(v.percent or v.places for v in facts)
        return apart or part or counts

    def _is_loose(self, finding: Finding, *, alone: bool) -> bool:
        i = self.place_of(finding)
        if finding.status != WRONG or i < 0 or finding.start in self.held or is_declared(finding):
            return False
        spot, limit = self.s.spots[i], LIMIT.search(self.s.low[: finding.start]) is not None
        told = (alone or bool(self._said(i, carried=False))) and self._is_of_one_cell(spot, finding)
        told = ((told or self._is_score(i, finding)) and not self._is_unlike(finding)) or limit
        return spot.operator is None and not told and not self._is_explained(spot, finding)

    def _is_of_one_cell(self, spot: Spot, finding: Finding) -> bool:
        """Whether the words leave one fact, or one range, of the kind of this number: no count for a score."""
        facts = self.m.answers.values_of(finding.facts)
        only = bool(facts) and OTHERWISE not in finding.expected
        return only and (spot.low.places > 0 or spot.is_range or not any(f.places for f in facts))

    def _is_score(self, i: int, finding: Finding) -> bool:
        """ "An α of 20 was measured for Grid #3": the metric itself is named, so that a whole number is one, too."""
        named = {*self._said(i, carried=False)} & {"alpha", "coherent"}
        return bool(named) and len(finding.facts) == 1

    def _is_explained(self, spot: Spot, finding: Finding) -> bool:
        targets = self.m.answers.singles(Ask("alpha"), Where(self.m.targets, self.m.book.judges))
        shown = " ".join([finding.expected, *(expected_text(spot, a) for a in targets if spot.low.places)])
        rights = [m.group().replace(",", "") for m in WRITTEN.finditer(shown)]
        if spot.high is not None:
            return any(_is_same(end, float(right)) for end in (spot.low, spot.high) for right in rights)
        return any(went_wrong(spot.low, right) for right in rights) or self._is_elsewhere(spot, finding)

    def _is_elsewhere(self, spot: Spot, finding: Finding) -> bool:
        """Whether another row, judge or column has this number."""
        return any(status_of(spot, answer) is not None for answer in self._beside(finding.facts, spot.low))

    def _beside(self, facts: Sequence[str], number: Number) -> Iterator[Answer]:
        """What stands in the same column as a fact, or in the same row."""
        told = [fact.split("/") for fact in facts]
        for value in self.m.all_values:
            if not is_near(number, value):
                continue
            base, *rest = value.fact.split("/")
            for own, *parts in told:
                same_column = (
                    (base == own or {base, own} <= SCORES) and len(rest) == len(parts) and rest[2:] == parts[2:]
                )
                part = rest[2] if len(rest) > 2 else ""
                same_row = {base, own} <= LEVELS and rest[:2] == parts[:2] and part in OF_A_CELL
                if (same_column or same_row) and (number.places > 0 or not value.places):
                    yield Answer(value, signless=True)
                    break
