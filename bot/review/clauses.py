"""What else a number may be, by its clause: over a value just told, the other judge's, an end of all intervals.

Each way is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, permutations

from bot.review.agreeing import EXACT, Finding
from bot.review.answers import COMPARE, Answer, Ask, Value, Where, shown
from bot.review.besides import Besides
from bot.review.names import PLACE
from bot.review.numbers import JUDGE_CHAR, PLACE_CHAR, Spot

# "the target's own upper bound of 30.21"
ITS_BOUND = re.compile(
    rf"(?P<name>{PLACE_CHAR}+)(?:['’]s)?\s+(?:own\s+)?(?:upper|lower|worst|best)[- ](?:case\s+)?bound"
    r"\s+(?:of\s+|is\s+|at\s+|\()?$"
)
GAP_TO = re.compile(rf"\b(?:gap|distance|way)\s+(?:up\s+|down\s+)?(?:to|from)\s+(?P<judge>{JUDGE_CHAR}+)['’]s?\s+$")
OF_INTERVALS = re.compile(r"\bintervals\b")
AS_LARGE = re.compile(
    r"\s*times\s+(?:as\s+(?:large|big|much|far|wide|high|great|long)|larger|bigger|wider|higher|the size"
    r"|the (?:mildest|smallest|narrowest))\b"
)
OF_THE_MILDEST = re.compile(r"\bthe (?:mildest|smallest|narrowest)$")
AND = re.compile(r"\s*(?:and|,|/|against|vs\.?|versus|compared (?:with|to))\s*")
THE_WHOLE_WAY = re.compile(r"\b(?:way|distance|stretch|span|range)\s+(?:is|measures|comes to|covers)\s+$")
WIDEST = re.compile(
    r"\b(?:widest|largest|biggest)\s+(?:span|range|bracket|bounds?|band)\s+(?:is\s+|spans\s+|covers\s+)?"
    r"(?:under\s+|below\s+|less than\s+|at most\s+|no more than\s+)?$"
)
FAILING = re.compile(r"\bfail\w*|\bmissing\b|\bunjudged\b|\bbounds?\b")
WITHIN = re.compile(r"\bwithin\s+(?:about\s+)?$")
COHERENCE = re.compile(r"\bcoheren\w*")
STEPS = re.compile(r"\b(?:in|by) steps of\b")
ASIDE = re.compile(r"(?P<open>[(\[])\s*$")
NEAREST = 1.0  # how much farther than the farthest of those meant "within" may reach
MOST_TOLD = 6  # values of a sentence that are set against each other, so that nothing fits by chance


class Clauses(Besides):
    """Each way tells what a number is, or None where it is nothing of the kind."""

    def by_clause(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """The first of them that fits."""
        return (
            self._bound_of_the_named(spot)
            or self._of_the_judge_named(spot, where)
            or self._ends_of_all_intervals(spot, where)
            or self._over_what_was_told(i, spot)
            or self._other_judges(i, spot)
            or self._aside_of_a_difference(i, spot)
            or self._whole_way(spot)
            or self._in_steps(i, spot, where)
        )

    def compared_by_clause(self, spot: Spot) -> Finding | None:
        """The same for what stands behind "under", "within" and the like."""
        return self._widest_bounds(spot) or self._within_for_some(spot)

    def _bound_of_the_named(self, spot: Spot) -> Finding | None:
        """ "44.52 to 47.40, which stay above the target's own upper bound of 30.21"."""
        told = ITS_BOUND.search(self.s.low[: spot.start])
        if told is None or spot.is_range:
            return None
        named = (m for m in self.s.mentions if m.kind == PLACE and m.start == told.start("name"))
        ways = (Where(m.ids, self.m.book.judges) for m in named)
        return self.hit(spot, [a for way in ways for a in self.m.answers.singles(Ask("alpha", "bound"), way)])

    def _of_the_judge_named(self, spot: Spot, where: Where) -> Finding | None:
        """ "Its α would be 47.40, and the gap to Opus's 74.74 would still be wide": what is that judge's."""
        told = GAP_TO.search(self.s.low[: spot.start])
        named = [m for m in self.s.mentions if told is not None and m.start == told.start("judge")]
        ways = (replace(where, judges=m.ids) for m in named)
        return self.hit(
            spot, [a for way in ways for a in self.m.answers.offered(Ask("alpha"), way, is_range=spot.is_range)]
        )

    def _ends_of_all_intervals(self, spot: Spot, where: Where) -> Finding | None:
        """ "The intervals overlap: Sonnet's run from 42 to 72 and Opus's from 65 to 91"."""
        if not spot.is_range or OF_INTERVALS.search(self.s.low) is None:
            return None
        found = []
        for judges in ((judge,) for judge in where.judges):
            low, high = (
                self.m.answers.values(Ask("alpha", end), replace(where, judges=judges)) for end in ("ci_low", "ci_high")
            )
            found += [Answer(min(low), max(high))] if len(low) > 1 and len(high) > 1 else []
        return self.hit(spot, found)

    def _told_here(self) -> list[Value]:
        """Values, no counts, that other numbers of this sentence are right of."""
        values = self.m.answers.values_of(sorted(self.right))
        return [v for v in values if v.places and v.value and not v.percent]

    def _over_what_was_told(self, i: int, spot: Spot) -> Finding | None:
        """ "α falls by 20.08 points on Sonnet and 7.33 on Opus, so Sonnet's step is 2.7 times as large"."""
        times = AS_LARGE.match(self.s.low, spot.end)
        mildest = times is not None and OF_THE_MILDEST.search(times.group()) is not None
        values = self.m.answers.values(Ask("gap"), self._everywhere()) if mildest else self._told_here()
        if times is None or spot.is_range or spot.percent or not 1 < len(values) <= MOST_TOLD:
            return None
        same = (p for p in permutations(values, 2) if p[0].fact.split("/")[0] == p[1].fact.split("/")[0])
        return self.hit(spot, [Answer(_over(one, other)) for one, other in same])

    def _other_judges(self, i: int, spot: Spot) -> Finding | None:
        """ "2.36 apart on EvoPrompt #98 (3.70 and 6.06)": behind one judge's value that of the other."""
        before = self.s.spots[i - 1] if i else None
        if before is None or spot.is_range or AND.fullmatch(self.s.low[before.end : spot.start]) is None:
            return None
        mine = [v for v in self.m.answers.values_of(sorted(self.right)) if abs(v.value) == abs(before.low.value)]
        cells = [v.fact.split("/") for v in mine if v.fact.count("/") == 2]
        found: list[Answer] = []
        for base, judge, place in cells:
            rest = tuple(j for j in self.m.book.judges if j != judge)
            ask = Ask("alpha" if base == "reference" else base)
            found += (
                self.m.answers.singles(ask, Where((place,), rest)) if base in ("alpha", "reference", "coherent") else []
            )
        return self.hit(spot, found)

    def _aside_of_a_difference(self, i: int, spot: Spot) -> Finding | None:
        """ "PAIR #111 is within 2 points of the null baseline (-1.9, …)": the one less the other, by either judge."""
        before = self.s.low[: spot.start]
        named = [m for m in self.s.mentions if m.kind == PLACE and m.end <= spot.start and not m.every][-2:]
        told = ASIDE.search(before) is not None and spot.low.sign == "-" and len(named) == 2
        if not told or self.s.low[named[-1].end : spot.start].strip(" (["):
            return None
        where = Where(named[0].ids, self.m.own_judges, named[1].ids)
        return self.hit(spot, self.m.answers.offered(Ask("diff"), where, is_range=spot.is_range))

    def _whole_way(self, spot: Spot) -> Finding | None:
        """ "For C the whole way is 0.851, for α on Sonnet 60.61 points": between two references."""
        if THE_WHOLE_WAY.search(self.s.low[: spot.start]) is None or not spot.low.places:
            return None
        where = Where(self.m.book.references, self.m.book.judges, self.m.targets)
        asks = (Ask("x_diff"), Ask("diff"))
        return self.hit(spot, [a for ask in asks for a in self.m.answers.singles(ask, where)])

    def _widest_bounds(self, spot: Spot) -> Finding | None:
        """ "Failures hardly matter: the widest span is under 3 points": of the bounds that they leave."""
        words = f"{self.s.low} {self.s.frame.words}"
        if spot.is_range or WIDEST.search(self.s.low[: spot.start]) is None or FAILING.search(words) is None:
            return None
        ends = self.m.answers.ends(Ask("alpha", "bound"), self._everywhere())
        spans = sorted(
            high._replace(value=high.value - low.value, fact=f"{high.fact} − {low.fact}") for low, high in ends
        )
        if not spans:
            return None
        widest = spans[-1]
        if spot.operator is None:
            return self.hit(spot, [Answer(widest)])
        holds = COMPARE[spot.operator](widest.value, spot.low.value) and abs(widest.value - spot.low.value) < NEAREST
        return self.found(spot, EXACT, shown(widest), (widest.fact,)) if holds else None

    def _within_for_some(self, spot: Spot) -> Finding | None:
        """ "On coherence they are within 2 points on the first two, and about 10 apart on the others"."""
        words = f"{self.s.low} {self.s.frame.words} {self.s.frame.cue or ''}"
        if spot.is_range or WITHIN.search(self.s.low[: spot.start]) is None or COHERENCE.search(words) is None:
            return None
        apart = (a.low for a in self.m.answers.singles(Ask("coherent_gap"), self._everywhere()))
        near = sorted((abs(v.value), v) for v in apart if abs(v.value) <= spot.low.value)
        some = 1 < len(near) < len(self.m.book.conditions)
        if not some or spot.low.value - near[-1][0] >= NEAREST:
            return None
        return self.found(spot, EXACT, shown(near[-1][1]), (near[-1][1].fact,))

    def _in_steps(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "Opus comes down more evenly, in steps of 5, 7 and 5 points": from each value to the next."""
        told = STEPS.search(self.s.low)
        if told is None or told.end() > spot.start or spot.is_range or spot.percent:
            return None
        return self.hit(spot, [Answer(step) for judge in where.judges for step in self._steps(judge)])

    def _steps(self, judge: str) -> Iterator[Value]:
        values = sorted(self.m.answers.values(Ask("alpha"), self._everywhere(judge)), reverse=True)
        yield from (Value(high.value - low.value, f"{high.fact} − {low.fact}", 2) for high, low in pairwise(values))


def _over(one: Value, other: Value) -> Value:
    return Value(abs(one.value / other.value), f"{one.fact} / {other.fact}", 1)
