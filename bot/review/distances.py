"""What else a number may be where a sentence speaks of distances: of a way, a step, a multiple of the target.

Each way is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import permutations

from bot.review.agreeing import Finding
from bot.review.answers import Answer, Ask, Value, Where
from bot.review.besidetold import BesideTold, over
from bot.review.numbers import Spot

THE_WHOLE_WAY = re.compile(r"\b(?:way|distance|stretch|span|range)\s+(?:is|measures|comes to|covers)\s+$")
STEPS = re.compile(r"\b(?:in|by) steps of\b|\bsteps are\b")
STEP_DOWN = re.compile(r"\bstep(?:s|ped)? (?:down|up)\b[^.;:]*:")
IN_X = re.compile(r"\s*(?:points\s+)?(?:of|in|by|on)\s+c\b")
APART = re.compile(r"\b(?:distance|way|difference|apart)\b")
SPANNED = re.compile(
    r"\b(?:span(?:s|ned|ning)?\b(?:[^.;]|\.\d){0,40}|(?:whole|full|total) (?:spread|range)\b(?:[^.;]|\.\d){0,90})$"
)
MULTIPLE = re.compile(r"\bmultiples? of\b|\bin (?:units|terms) of the\b")
LOWERED_BY = re.compile(
    r"\b(?:lower|reduc|cut|depress)\w*\s+(?:α|alpha|it|the score)\b[^.;]{0,6}\bby\b(?:[^.;]|\.\d)*$"
)
FACTOR = re.compile(r"\bfactors?\b|\bratio of\s+(?:about\s+)?$")
WHICH_IS = re.compile(
    r"\s*(?:[(][^()]{0,40}[)])?\s*,\s*(?:(?:which|so it|and)\s+)?(?:is|lies|stays|leaves)\s+(?:still\s+)?"
    r"(?:about\s+|some\s+)?"
)
AWAY = re.compile(r"\s*(?:and\s+\d[\d.]*\s+)?(?:away|off|short)\b")
OF_THE_WAY = re.compile(r"\s*of the (?:way|distance|\d[\d.]* points between)\b")
# "Goes as far towards the target by α (72 %) as by C (71 %)", "cover 71 % of the distance, and the other two 35 %".
TOWARDS = re.compile(r"\btowards? the\b|\d\s?% of the (?:way|distance)\b")
THE_SIDE_OF = re.compile(r"\b(?:sides? of|(?:set|put|held|hold|sett|putt)\w* \w+ against)\s+(?:the\s+)?$")
FEW = 2


class Distances(BesideTold):
    """Each way tells what a number is, or None where it is nothing of the kind."""

    def of_distances(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """The first of them that fits."""
        return (
            self._whole_way(spot)
            or self._in_steps(i, spot, where)
            or self._spanned(spot, where)
            or self._done_of_the_way(i, spot, where)
            or self._on_a_side(spot)
            or self._as_a_multiple(spot, where)
            or self._factor_between_judges(spot, where)
            or self._away_in_x(spot)
            or self._above_what_was_told(i, spot)
            or self._lowered_by(spot, where)
            or self._with_a_plus(spot, where)
        )

    def _whole_way(self, spot: Spot) -> Finding | None:
        """ "For C the whole way is 0.851, for α on Sonnet 60.61 points": between two references."""
        way = THE_WHOLE_WAY.search(self.s.low[: spot.start])
        apart = IN_X.match(self.s.low, spot.end) and APART.search(self.s.low)
        if not (way or apart) or not spot.low.places or spot.is_range:
            return None
        where = Where(self.m.book.references, self.m.book.judges, self.m.targets)
        asks = (Ask("x_diff"), Ask("diff"))
        return self.hit(spot, [a for ask in asks for a in self.m.answers.singles(ask, where)])

    def _done_of_the_way(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "Grid #2 and Grid #3 bring α down by 43 points, which is 71 to 72 % of the way to the finetune"."""
        end = self.s.spots[self.s.runs.get(i, [i])[-1]].end  # "71 % and 72 % of the way"
        told = OF_THE_WAY.match(self.s.low, end) or TOWARDS.search(self.s.low[: spot.start])
        if not spot.percent or told is None:
            return None
        named = tuple(p for p in self.named_places(i) if p in self.m.book.conditions) or where.places
        starts = [(place,) for place in self.m.book.references]
        ways = [Where(named, (judge,), start) for judge in self.m.own_judges for start in starts]
        asks = (Ask("way", "alpha"), Ask("way", "x"))
        return self.hit(
            spot, [a for way in ways for ask in asks for a in self.m.answers.offered(ask, way, is_range=spot.is_range)]
        )

    def _away_in_x(self, spot: Spot) -> Finding | None:
        """ "In C, the #98 winners are 0.866 and 0.873 away": from the target."""
        named = any(c.kind == "x" for c in (*self.bases, *self.m.lexicon.bases(self.s.frame.words)))
        if not named or AWAY.match(self.s.low, spot.end) is None or spot.low.places < FEW:
            return None
        places = self.m.book.conditions if spot.is_range else (*self.m.book.conditions, *self.m.book.references)
        where = Where(places, (), self.m.targets)
        return self.hit(spot, self.m.answers.offered(Ask("x_diff"), where, is_range=spot.is_range))

    def _above_what_was_told(self, i: int, spot: Spot) -> Finding | None:
        """ "The lowest end is 41.55, which is still 13 points above the target": from the number before it."""
        before = self.s.spots[i - 1] if i else None
        told = before is not None and WHICH_IS.fullmatch(self.s.low[before.end : spot.start])
        if not told or before is None or spot.is_range or spot.percent:
            return None
        lowest = self.m.answers.values(Ask("alpha", "ci_low"), self._everywhere())
        values = [*self.m.answers.values_of(sorted(self.right)), *lowest]
        values = [v for v in values if abs(abs(v.value) - before.low.value) < 1]
        where = Where(self.m.targets, self.m.book.judges)
        ends = [*self.m.answers.values(Ask("alpha"), where), *self.m.answers.values(Ask("alpha", "ci_high"), where)]
        apart = [Value(v.value - end.value, f"{v.fact} − {end.fact}", 2) for v in values for end in ends]
        return self.hit(spot, [Answer(value, signless=True) for value in apart])

    def _as_a_multiple(self, spot: Spot, where: Where) -> Finding | None:
        """ "As a multiple of the target's α, the Sonnet values run from 1.6 (Grid #3) to 2.4 (PAIR #111)"."""
        if MULTIPLE.search(self.s.low[: spot.start]) is None or spot.percent or not spot.low.places:
            return None
        own = {*where.places} <= {*self.m.book.references}  # "as multiples of the target's α they are 2.4, 2.3, …"
        where = replace(where, places=self.m.book.conditions if own else where.places, others=self.m.targets)
        return self.hit(spot, self.m.answers.offered(Ask("ratio", "alpha"), where, is_range=spot.is_range))

    def _lowered_by(self, spot: Spot, where: Where) -> Finding | None:
        """ "No prompt: 88.82. All four prompts lower α: by 21.02 (PAIR #111), …": from a reference told before."""
        if LOWERED_BY.search(self.s.low[: spot.start]) is None or not spot.low.places:
            return None
        told = tuple(p for p in self.s.frame.places.ids if p in self.m.book.references)
        ways = (replace(where, others=(other,)) for other in told or self.m.book.references)
        return self.hit(
            spot, [a for way in ways for a in self.m.answers.offered(Ask("diff"), way, is_range=spot.is_range)]
        )

    def _factor_between_judges(self, spot: Spot, where: Where) -> Finding | None:
        """ "17.63 points by Sonnet and 46.53 by Opus, a factor of 2.6; for Grid #3 it is 2.4": of distances."""
        if FACTOR.search(self.s.low[: spot.start]) is None or not spot.low.places or len(where.places) != 1:
            return None
        return self._one_judges_over_the_others(spot, where.places)

    def _one_judges_over_the_others(self, spot: Spot, places: tuple[str, ...]) -> Finding | None:
        """One judge's distance of a condition to the target over the other's."""
        apart = self.m.answers.values(Ask("diff"), Where(places, self.m.own_judges, self.m.targets))
        return self.hit(spot, [Answer(over(one, two)) for one, two in permutations(apart, 2) if two.value])

    def _in_steps(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "Opus comes down more evenly, in steps of 5, 7 and 5 points": from each value to the next."""
        before = self.s.low[: spot.start]
        if spot.is_range or spot.percent:
            return None
        if STEP_DOWN.search(before) is not None and not spot.points:
            return self.hit(spot, self.m.answers.singles(Ask("alpha"), replace(where, places=self.m.book.conditions)))
        if STEPS.search(before) is None:
            return None
        ways = (replace(where, judges=(judge,)) for judge in where.judges)
        downwards = (step for way in ways for step in reversed([*self.m.further.steps(way)]))
        return self.hit(spot, map(Answer, downwards))

    def _spanned(self, spot: Spot, where: Where) -> Finding | None:
        """ "Sonnet's four values span 22.34 points and Opus's 17.39": from the lowest to the highest of all."""
        if SPANNED.search(self.s.low[: spot.start]) is None or spot.is_range or spot.percent:
            return None
        ways = (self._everywhere(judge) for judge in where.judges)
        return self.hit(spot, [a for way in ways for a in self.m.answers.singles(Ask("span", "alpha"), way)])

    def _with_a_plus(self, spot: Spot, where: Where) -> Finding | None:
        """ "Grid #2 is at +17.63. Grid #1 is at +37.71": from the target."""
        if spot.low.sign != "+" or not spot.low.places or spot.percent or spot.is_range:
            return None
        return self.hit(spot, self.m.answers.singles(Ask("diff"), replace(where, others=self.m.targets)))

    def _on_a_side(self, spot: Spot) -> Finding | None:
        """ "They also share the side of 28.21 on which the prompts fall": the target."""
        if THE_SIDE_OF.search(self.s.low[: spot.start]) is None:
            return None
        return self.hit(spot, self.m.answers.singles(Ask("alpha"), Where(self.m.targets, self.m.book.judges)))
