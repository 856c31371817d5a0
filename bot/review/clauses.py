"""What else a number may be, by its clause: a bound of the one named, what a judge's most is, an end of all intervals.

Each way is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.review.agreeing import Finding
from bot.review.answers import BOUNDS, Answer, Ask, Where
from bot.review.distances import Distances
from bot.review.names import PLACE
from bot.review.numbers import JUDGE_CHAR, PLACE_CHAR, Spot

# "the target's own upper bound of 30.21"
ITS_BOUND = re.compile(
    rf"(?P<name>{PLACE_CHAR}+)(?:['’]s)?\s+(?:own\s+)?(?:upper|lower|worst|best)[- ](?:case\s+)?bound"
    r"\s+(?:of\s+|is\s+|at\s+|\()?$"
)
GAP_TO = re.compile(rf"\b(?:gap|distance|way)\s+(?:up\s+|down\s+)?(?:to|from)\s+(?P<judge>{JUDGE_CHAR}+)['’]s?\s+$")
OF_INTERVALS = re.compile(r"\bintervals\b")
MOST_OF_A_JUDGE = re.compile(
    rf"\b(?P<which>lowest|smallest|worst|highest|largest|best)\s+(?P<judge>{JUDGE_CHAR}+)(?:['’]s)?\s+"
    r"(?:α|alpha|score|value|mean)\s*(?:(?:is|was|of)\s+|[(,]\s*)?$"
)
BOUNDS_OF_THAT = re.compile(r"\bbounds\s+(?:for|of|on|in)\s+(?:that|this|the) (?:one |same )?(?:cell|one|condition)\b")
OF_A_NAME = re.compile(rf"\s*of\s+(?:the\s+)?(?P<name>{PLACE_CHAR})")
THE_SAME_BOUND = re.compile(r"\b(?:same|that|corresponding) bound\b[^.;\d]{0,12}$")
OTHER_BOUNDS = re.compile(rf"(?:\bother\b|{PLACE_CHAR})[^.;:]{{0,20}}\bbounds\b")
MOST_OF_ANY = re.compile(
    r"\bmost\b[^.;]{0,24}\b(?:any|each|every|\ue000+)[^.;]{0,24}\b(?:lost|lacks?|misse[sd]|failed)\b[^.;]{0,8}$"
)
THE_RATE = re.compile(r"\berror rates?\s*\(\s*(?:at most\s+|up to\s+|≤\s*)?$")
PLUS_MINUS = re.compile(r"±\s*$")
THERE = re.compile(r"\bthere\b")
FAILED = re.compile(r"\bfail\w*|\bmiss\w*|\blost\b|\black\w*")


class Clauses(Distances):
    """Each way tells what a number is, or None where it is nothing of the kind."""

    def by_clause(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """The first of them that fits."""
        return (
            self._bound_of_the_named(spot)
            or self._of_the_judge_named(spot, where)
            or self._ends_of_all_intervals(spot, where)
            or self._half_widths(spot)
            or self._most_of_a_judge(spot)
            or self._bounds_of_others(spot)
            or self._allowed_rate(spot)
            or self._most_of_any(spot)
            or self._bounds_of_that_cell(spot)
            or self._failures_there(i, spot, where)
            or self._of_the_one_behind(spot)
            or self._same_bound(spot)
        )

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

    def _half_widths(self, spot: Spot) -> Finding | None:
        """ "The 95 % intervals are ± 3.14 to ± 4.53": the narrowest and the widest, of one judge or of all."""
        if PLUS_MINUS.search(self.s.low[: spot.start]) is None or OF_INTERVALS.search(self.s.low) is None:
            return None
        return self._least_or_most_half_width(spot)

    def _least_or_most_half_width(self, spot: Spot) -> Finding | None:
        groups = [self.m.answers.values(Ask("alpha", "half"), self._everywhere(j)) for j in (None, *self.m.own_judges)]
        return self.hit(spot, [Answer(end(group)) for group in groups if group for end in (min, max)])

    def _most_of_a_judge(self, spot: Spot) -> Finding | None:
        """ "The lowest Opus α (69.49) is still above the highest Sonnet α (67.80)": of all that this judge gave."""
        told = MOST_OF_A_JUDGE.search(self.s.low[: spot.start])
        named = [m.ids for m in self.s.mentions if told is not None and m.start == told.start("judge")]
        if told is None or not named or spot.is_range:
            return None
        values = self.m.answers.values(Ask("alpha"), Where(self.m.book.conditions, named[0]))
        least = told["which"] in ("lowest", "smallest", "worst")
        return self.hit(spot, [Answer((min if least else max)(values))] if values else [])

    def _bounds_of_others(self, spot: Spot) -> Finding | None:
        """ "The other three upper bounds stay under it: 16.53, 3.88 and 16.72": of references told of before."""
        if OTHER_BOUNDS.search(self.s.low[: spot.start]) is None or not spot.low.places or spot.is_range:
            return None
        where = Where(self.m.book.references, self.m.book.judges)
        return self.hit(spot, self.m.answers.singles(Ask("alpha", "bound"), where))

    def _bounds_of_that_cell(self, spot: Spot) -> Finding | None:
        """ "Bounds for that cell, with all failures at 0 and then at 100: 44.52 to 47.40"."""
        if not spot.is_range or BOUNDS_OF_THAT.search(self.s.low[: spot.start]) is None:
            return None
        return self.hit(spot, self.m.answers.ranges(Ask("alpha", "bound"), self._everywhere()))

    def _allowed_rate(self, spot: Spot) -> Finding | None:
        """ "The gate on the error rate (20 %) passed": what is declared for it."""
        told = THE_RATE.search(self.s.low[: spot.start]) is not None and spot.percent
        return self.hit(spot, self._limit_of("judge_error_rate_max")) if told else None

    def _most_of_any(self, spot: Spot) -> Finding | None:
        """ "The most that any of our cells lost is 30 of 1,040"."""
        if MOST_OF_ANY.search(self.s.low[: spot.start]) is None or not self._is_whole_number(spot):
            return None
        values = self.m.answers.values(Ask("alpha", "errors"), self._everywhere())
        return self.hit(spot, [Answer(max(values))] if values else [])

    def _failures_there(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "Both prompts of #98 score near the floor, and many judgements failed there (298 and 118 of 1,040)"."""
        before = self.s.low[: spot.start]
        references = self._references_named() or tuple(
            p for p in self.s.frame.places.ids if p in self.m.book.references
        )
        told = THERE.search(before) is not None and FAILED.search(before) is not None and self._is_whole_number(spot)
        if not told:
            return None
        old = references or tuple(r for r in self.m.book.references if r not in self.m.targets)
        return self.hit(spot, self.m.answers.singles(Ask("alpha", "errors"), Where(old, where.judges)))

    def _of_the_one_behind(self, spot: Spot) -> Finding | None:
        """ "Compared with the 88.82 of the null baseline, PAIR #111 is lower": of the one named behind it."""
        told = OF_A_NAME.match(self.s.low, spot.end)
        if told is None or spot.is_range or spot.percent or not self.s.low[: spot.start].endswith("the "):
            return None
        named = [m.ids for m in self.s.mentions if m.start == told.start("name")]
        return self.hit(
            spot, [a for ids in named for a in self.m.answers.singles(Ask("alpha"), Where(ids, self.m.book.judges))]
        )

    def _same_bound(self, spot: Spot) -> Finding | None:
        """ "Its Opus α reaches 29.79 with all failures at 100. On Sonnet the same bound is 16.53"."""
        told = [v.fact for v in self.s.frame.told if v.fact.rpartition("/")[2] in BOUNDS]
        if THE_SAME_BOUND.search(self.s.low[: spot.start]) is None or not told:
            return None
        _, _, place, part = told[-1].split("/")
        return self.hit(spot, self.m.answers.singles(Ask("alpha", part), Where((place,), self.m.book.judges)))
