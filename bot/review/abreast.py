"""Numbers side by side: a row of them is of one metric and of one family of conditions, and none stands in it twice.

"By C the winners of #98 sit at 0.031 and 0.735" puts a prompt of this experiment beside one of an earlier one,
"coherence is 72.92 and 65.92" an α beside a coherence. What does not belong to the row is held against what does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.review.agreeing import WRONG, Finding, status_of, told_twice
from bot.review.answers import Answer, Ask, Where
from bot.review.copied import LEVELS, Copied
from bot.review.cues import last_before
from bot.review.doubting import MANY_NUMBERS, WINNERS
from bot.review.ends import Told
from bot.review.names import JUDGE, PLACE
from bot.review.series import COMPARING

JOINED = re.compile(r"\s*(?:,|/|\band\b|,\s*and\b)\s*")
TIMES_BEHIND = re.compile(r"(?:\s*(?:,|\band\b)\s*\d[\d.]*)*\s*(?:times|×)")


class Abreast(Copied):
    """The last look at numbers that are right: whether they are right of what they are told of."""

    def copied(self, found: Sequence[Finding]) -> list[Finding]:
        """The findings, what was copied from another row or column as wrong."""
        if len(self.s.spots) > MANY_NUMBERS:
            return list(found)
        done = self.held_to_their_own(found)
        for row in self._rows(done):
            for k, finding in self._held_to_its_row(row):
                done[k] = finding
        return self._each_told_once(done)

    def _rows(self, found: Sequence[Finding]) -> Iterator[list[tuple[int, Told]]]:
        """Right numbers with nothing but commas and "and" between, each with its place in `found`."""
        row: list[tuple[int, Told]] = []
        for k, finding in enumerate(found):
            told = self.told(finding)
            if row and (told is None or not self._is_joined(row[-1][1], told)):
                yield from [row] if self._is_row(row) else []
                row = []
            row += [(k, told)] if told is not None else []
        yield from [row] if self._is_row(row) else []

    def _is_row(self, row: Sequence[tuple[int, Told]]) -> bool:
        """Whether it is more than one number, and no two clauses: "Opus has 86.88, and 88.82 lies inside"."""
        clauses = len(row) == 2 and "," in self.s.low[row[0][1].spot.end : row[1][1].spot.start]
        return len(row) > 1 and not clauses

    def _is_joined(self, one: Told, other: Told) -> bool:
        first, second = one.spot, other.spot
        alike = bool(first.low.places and second.low.places) and first.points == second.points
        times = TIMES_BEHIND.match(self.s.low, second.end) is not None  # "1.9, 1.6 and 2.4 times the limit"
        return alike and not times and JOINED.fullmatch(self.s.low[first.end : second.start]) is not None

    def _held_to_its_row(self, row: Sequence[tuple[int, Told]]) -> Iterator[tuple[int, Finding]]:
        """What stands in a row of another metric, or of another family of conditions, held against its own."""
        home = [told for _, told in row if self._is_at_home(told)]
        for k, told in row if home and not self._are_named_together(row) else ():
            if told not in home and self._may_be_copied(told, home):
                own = list(self.m.answers.singles(Ask(home[0].base), self._where_in(told, home)))
                held = self.judged(told.spot, own, certain=True) if own else None
                yield from [(k, held)] if held is not None and held.status == WRONG else []

    def _are_named_together(self, row: Sequence[tuple[int, Told]]) -> bool:
        """ "PAIR #98 and the finetune have a C of 0.031 and 0.897", "closest to the finetune: 0.735 and 0.897"."""
        places, start = {told.place for _, told in row}, row[0][1].spot.start
        before = [m.ids for m in self.s.named_before(PLACE, start)]
        last = bool(before) and row[-1][1].place in before[-1] and len(before) > 1
        return last or any({*g.ids} == places for g in self.s.groups[PLACE])

    def _is_at_home(self, told: Told) -> bool:
        """Whether a number is of the metric that was named last, and of what it is bound to."""
        cue = last_before([c for c in self.bases if c.kind in (*LEVELS, "gap", "diff")], told.spot.start)
        named = cue.kind if cue is not None else self.s.frame.cue
        base = named if named in LEVELS else "alpha"
        bound = self._places_of_a_c(told) if base == "x" else self._places_bound(told)
        return (not bound or told.place in bound) and told.base == base and not told.part

    def _places_bound(self, told: Told) -> set[str]:
        return {*(self.s.bind(told.i, PLACE).ids or self.s.frame.places.ids)}

    def _places_of_a_c(self, told: Told) -> set[str]:
        """What a C is bound to; the winners of an earlier search, where these are spoken of, and no other model."""
        bound, old = self._places_bound(told), {*self.m.vocabulary.old}
        spoken = WINNERS.search(f"{self.s.text.casefold()} {self.s.frame.words}") is not None
        winners = spoken and told.place in self.m.book.references
        return (bound | old) - ({*self.m.book.references} - old) if winners else bound

    def _may_be_copied(self, told: Told, home: Sequence[Told]) -> bool:
        """Whether it is a level or a gap, of another condition than those beside it, or a difference nobody tells."""
        plain = bool(told.base) and not told.part
        difference = " − " in told.fact and COMPARING.match(self.s.low, told.spot.end) is None
        return (plain or difference) and all(told.place != each.place for each in home)

    def _where_in(self, told: Told, home: Sequence[Told]) -> Where:
        """The rest of the family that the numbers beside it are of."""
        own, old = {each.place for each in home}, {*self.m.vocabulary.old}
        models = [p for p in self.m.book.references if p not in old]
        families = [[*self.m.book.conditions], [*self.m.vocabulary.old], models]
        family = next((members for members in families if own <= {*members}), [])
        places = tuple(p for p in family if p not in own) or tuple(family)
        bound = self.s.bind(told.i, PLACE).ids or self.m.book.conditions
        return Where(places or bound, self.s.bind(told.i, JUDGE).ids or self.m.own_judges)

    def _each_told_once(self, found: Sequence[Finding]) -> list[Finding]:
        """The findings, two equal numbers side by side as one."""
        twice = [
            (found[k], found[j])
            for row in self._rows(found)
            for (k, one), (j, other) in pairwise(row)
            if self._is_told_twice(one, other)
        ]
        rest = [f for f in found if not any(f in pair for pair in twice)]
        return [*rest, *(told_twice(a, b, a.expected, a.facts) for a, b in twice)]

    def _is_told_twice(self, one: Told, other: Told) -> bool:
        """ "47.52 and 47.52": one fact stands twice side by side, and no other one is so much."""
        if one.fact != other.fact or not one.base or one.part:
            return False
        kind = one.fact.partition("/")[0]
        known = (v for v in self.m.all_values if v.fact.partition("/")[0] == kind)
        return {v.fact for v in known if status_of(one.spot, Answer(v)) is not None} == {one.fact}
