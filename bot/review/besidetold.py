"""What else a number may be, by another number of its sentence that is right: over it, the other judge's, beside it.

Each way is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import re
from itertools import permutations

from bot.review.agreeing import Finding
from bot.review.answers import Answer, Ask, Value, Where
from bot.review.besides import OF_A_GAP, Besides
from bot.review.names import PLACE
from bot.review.numbers import Spot

AS_LARGE = re.compile(
    r"\s*times\s+(?:as\s+(?:large|big|much|far|wide|high|great|long)|larger|bigger|wider|higher|the size"
    r"|the (?:mildest|smallest|narrowest))\b"
)
OF_THE_MILDEST = re.compile(r"\bthe (?:mildest|smallest|narrowest)$")
AND = re.compile(r"\s*(?:and|,|/|against|vs\.?|versus|compared (?:with|to))\s*")
DIFFERENCE = re.compile(r"diff/(?P<judge>[^/ ]+)/(?P<place>[^/ ]+)/(?P<other>[^/ ]+)")
UNROUNDED = re.compile(r"\b(?:without|before) rounding\b|\bunrounded\b|\bto two (?:decimals|places)\b|\bexactly\b")
ASIDE = re.compile(r"(?P<open>[(\[])\s*$")
MINUS = " − "
TWO = 2
NEAR = 0.5  # how far off a gap may be told in the sentence, so that it is known whose it is
MOST_TOLD = 6  # values of a sentence that are set against each other, so that nothing fits by chance


class BesideTold(Besides):
    """Each way tells what a number is, or None where it is nothing of the kind."""

    def beside_what_was_told(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """The first of them that fits."""
        return (
            self._over_what_was_told(i, spot)
            or self._other_judges(i, spot)
            or self._same_of_another_judge(i, spot)
            or self._aside_of_a_difference(i, spot)
            or self._same_of_another_place(i, spot)
            or self._against_a_gap(i, spot)
            or self._before_rounding(spot)
        )

    def _right_values(self) -> list[Value]:
        """Facts that numbers of this sentence were found to be."""
        return self.m.answers.values_of(sorted(self.right))

    def _told_here(self) -> list[Value]:
        """Those of them that are no counts."""
        return [v for v in self._right_values() if v.places and v.value and not v.percent]

    def _joined_before(self, i: int) -> Spot | None:
        """The number that stands before number `i` with nothing but "and", "against" or the like between."""
        before, spot = self.s.spots[i - 1] if i else None, self.s.spots[i]
        joined = before is not None and AND.fullmatch(self.s.low[before.end : spot.start])
        return before if joined and not spot.is_range else None

    def _over_what_was_told(self, i: int, spot: Spot) -> Finding | None:
        """ "α falls by 20.08 points on Sonnet and 7.33 on Opus, so Sonnet's step is 2.7 times as large"."""
        times = AS_LARGE.match(self.s.low, spot.end)
        mildest = times is not None and OF_THE_MILDEST.search(times.group()) is not None
        values = self.m.answers.values(Ask("gap"), self._everywhere()) if mildest else self._told_here()
        if times is None or spot.is_range or spot.percent or not 1 < len(values) <= MOST_TOLD:
            return None
        same = (p for p in permutations(values, 2) if p[0].fact.split("/")[0] == p[1].fact.split("/")[0])
        return self.hit(spot, [Answer(over(one, other)) for one, other in same])

    def _other_judges(self, i: int, spot: Spot) -> Finding | None:
        """ "2.36 apart on EvoPrompt #98 (3.70 and 6.06)": behind one judge's value that of the other."""
        before = self._joined_before(i)
        if before is None:
            return None
        mine = [v for v in self._right_values() if abs(v.value) == abs(before.low.value)]
        cells = [v.fact.split("/") for v in mine if v.fact.count("/") == 2]
        found: list[Answer] = []
        for base, judge, place in cells:
            rest = tuple(j for j in self.m.book.judges if j != judge)
            ask = Ask("alpha" if base == "reference" else base)
            found += (
                self.m.answers.singles(ask, Where((place,), rest)) if base in ("alpha", "reference", "coherent") else []
            )
        return self.hit(spot, found)

    def _same_of_another_judge(self, i: int, spot: Spot) -> Finding | None:
        """ "The filter raises α by 2.4 and 2.3": beside what is worked out for one judge the same for the other."""
        behind = self.s.spots[i + 1] if i + 1 < len(self.s.spots) else None
        beside = behind is not None and AND.fullmatch(self.s.low[spot.end : behind.start])
        facts = self.sound.get(behind.start, ()) if beside and behind is not None else ()
        if len(facts) != 1 or MINUS not in facts[0] or spot.is_range:
            return None
        names = [facts[0].replace(f"/{judge}/", "/{}/") for judge in self.m.own_judges if f"/{judge}/" in facts[0]]
        others = (name.replace("{}", judge) for name in names for judge in self.m.own_judges)
        return self.hit(spot, [a for name in others if name != facts[0] for a in self._difference_named(name)])

    def _difference_named(self, name: str) -> list[Answer]:
        ends = self.m.answers.values_of(name.split(MINUS))
        if len(ends) != TWO:
            return []
        return [Answer(Value(ends[0].value - ends[1].value, name, 2), signless=True)]

    def _same_of_another_place(self, i: int, spot: Spot) -> Finding | None:
        """ "Further apart than Sonnet's α is from the target (17.63 and 17.25)": behind one distance another one's."""
        before = self._joined_before(i)
        behind = self.s.spots[i + 1] if i + 1 < len(self.s.spots) else None
        beside = behind if behind is not None and self._joined_before(i + 1) is self.s.spots[i] else before
        facts = self.sound.get(beside.start, ()) if beside is not None else ()
        told = DIFFERENCE.fullmatch(facts[0]) if len(facts) == 1 else None
        if told is None:
            return None
        places = self.named_places(i) or self.m.book.conditions
        return self.hit(spot, self.m.answers.singles(Ask("diff"), Where(places, (told["judge"],), (told["other"],))))

    def _against_a_gap(self, i: int, spot: Spot) -> Finding | None:
        """ "The gap exceeds the distance to the target on Grid #3, too (24.02 against 17.25)": of that condition."""
        before = self._joined_before(i)
        if before is None:
            return None
        gaps = [v for v in self._right_values() if OF_A_GAP.fullmatch(v.fact)]
        mine = [v.fact.split("/")[1] for v in gaps if abs(abs(v.value) - abs(before.low.value)) < NEAR]
        where = Where(tuple(mine), self.m.own_judges, self.m.targets)
        hit = self.hit(spot, self.m.answers.singles(Ask("diff"), where) if mine else ())
        self.held |= {spot.start} if hit is not None else set()  # so that it is no odd one in a row of gaps
        return hit

    def _before_rounding(self, spot: Spot) -> Finding | None:
        """ "Opus's lowest α (69) is above Sonnet's highest (68); without rounding, 69.49 and 67.80"."""
        if UNROUNDED.search(self.s.low[: spot.start]) is None or not spot.low.places:
            return None
        return self.hit(spot, [Answer(v, signless=True) for v in self._right_values()])

    def _aside_of_a_difference(self, i: int, spot: Spot) -> Finding | None:
        """ "PAIR #111 is within 2 points of the null baseline (-1.9, …)": the one less the other, by either judge."""
        before = self.s.low[: spot.start]
        named = [m for m in self.s.named_before(PLACE, spot.start) if not m.every][-2:]
        told = ASIDE.search(before) is not None and spot.low.sign == "-" and len(named) == 2
        if not told or self.s.low[named[-1].end : spot.start].strip(" (["):
            return None
        where = Where(named[0].ids, self.m.own_judges, named[1].ids)
        return self.hit(spot, self.m.answers.offered(Ask("diff"), where, is_range=spot.is_range))


def over(one: Value, other: Value) -> Value:
    """The size of a ratio of two values."""
    return Value(abs(one.value / other.value), f"{one.fact} / {other.fact}", 1)
