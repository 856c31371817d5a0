"""What else a number may be by a turn of phrase: over the limit by so much, its bound, so many times another's figure.

Each way is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.review.agreeing import Finding
from bot.review.answers import Answer, Ask, Value, Where
from bot.review.besidetold import over
from bot.review.families import COHERENT
from bot.review.further import KEPT
from bot.review.names import JUDGE, PLACE
from bot.review.numbers import JUDGE_CHAR, Spot
from bot.review.remarks import OF_LIMIT, Remarks

OVER_BY = re.compile(
    r"\b(?:over|above|beyond|past|exceed\w*|miss\w*) the (?:declared |agreed )?(?:limit|gate|tolerance) by\b"
)
ITS_BOUND = re.compile(
    r"\b(?:its|the)\s+(?:own\s+)?(?P<side>upper|lower|worst|best)[- ](?:case\s+)?bound\s*(?:(?:of|is|at)\s+|[(,]\s*)?$"
)
ANOTHERS_FIGURE = re.compile(rf"\s*(?:×|times)\s+(?:{JUDGE_CHAR}+['’]s?|that of {JUDGE_CHAR}+)")
DISTANCE = re.compile(r"\bdistances?\b|\babove the target\b")
ASSIGN = re.compile(r"\b(?:assign|give|put|set|count|score|fill)\w*\b[^.;]*$")
BOUNDS = re.compile(r"\bbounds?\b|\bextremes?\b")
FOR = re.compile(r"\s+for\s+")
PASSED = re.compile(r"\b(?P<how>pass(?:ed|es)?|met|breach\w*|broken|exceeded)\b[^.;]*$")
OVERSHOOT = re.compile(r"\bover-?shoot\w*|\bunder-?shoot\w*")
AS_MUCH_X = re.compile(
    r"\s*times\s+(?:as\s+much|as\s+high\s+an?|the)\s+c\s+(?:as|of)\s+(?:those|these|them|the\s+two|that)\b"
)
FACTOR_BETWEEN = re.compile(r"\bby\s+(?:an?\s+)?factors?\s+(?:of\s+)?(?:between\s+|from\s+)?$")
LIMIT = re.compile(r"\blimit\b|\bgate\b|\btolerance\b|\bbreach\w*")
GETS_CLOSER = re.compile(r"\b(?:no|none|nothing)\b[^.;]*\b(?:closer|nearer)\s+(?:to it\s+|to the target\s+)?than\s*$")
DETECTABLE = re.compile(r"\bdetect\w*\b[^.;]*$")
SAME_JUDGE = re.compile(r"\s*(?:on|by|under|with|for)\s+(?:the\s+same|that|this)\s+\w+")
BETWEEN_MARGINS = re.compile(r"\bbetween\s+±\s*$|\bbetween\s+±\s*\d[\d.]*\s*(?:points\s+)?and\s+±\s*$")
ALL_WITHIN = re.compile(r"\ball\s+(?:\w+\s+){0,3}within\s+$")
OF_JUDGE = re.compile(rf"\s*of\s+(?:that of\s+)?(?P<judge>{JUDGE_CHAR}+)(?:['’]s?)?")
IT_IS = re.compile(r"\bit\s+(?:is|lies|stays)\s+(?:only\s+)?(?:between\s+)?$")
KEEPS = re.compile(r"\b(?:keeps?|leaves?|retains?)\b(?:[^.;]|\.\d)*$")
OF_ITS_JUDGEMENTS = re.compile(rf"\s*of\s+(?:the\s+)?(?:valid\s+)?(?P<judge>{JUDGE_CHAR}+)")
OF_COUNT = re.compile(r"\s*of\s+\d")
TWO_BEFORE = re.compile(r"\bfrom\s+\d[\d.]*\s+and\s+$")
TWO_BEHIND = re.compile(r"\s*and\s+\d")
TO_BETWEEN = re.compile(r"\bto\s+(?:between\s+)?$")
LACK_ONE = re.compile(r"\black\w*\s+(?:one|either|a score|one or both)\b")
DROPS = re.compile(r"\b(?:drops?|removes?|discards?|leaves out|loses?|throws away)\b[^;]*$")
THAT_COMPARISON = re.compile(r"\b(?:that|this|the) (?:last |latter )?comparison\b[^.;]*$")
THEN = re.compile(r"\b(?:then|now)\b")
HALF_A_PLACE = 0.5
ONE = 1.0


class Turns(Remarks):
    """Each way tells what a number is, or None where it is nothing of the kind."""

    def turned_so(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """The first of them that fits."""
        return (
            self._over_it_by(spot, where)
            or self._its_bound(spot, where)
            or self._times_anothers(spot, where)
            or self._assigned(spot)
            or self._so_many_for_so_many(i, spot)
            or self._overshot(spot, where)
            or self._times_their_x(spot)
            or self._factors_of_the_limit(spot)
            or self._detectable_everywhere(spot)
            or self._on_the_same_judge(spot)
            or self._between_margins(spot)
            or self._share_of_another_judges(spot, where)
            or self._it_is_between(i, spot)
            or self._kept_of_a_judges(spot, where)
            or self._so_many_kept(spot, where)
            or self._listed_times_the_limit(i, spot, where)
            or self._from_two_to_two(spot, where)
            or self._to_between_in_x(spot)
            or self._unshared(i, spot, where)
            or self._dropped(spot, where)
            or self._of_the_last_comparison(spot, where)
            or self._then_above_the_target(spot)
            or self.no_closer_than(spot, where)
            or self.all_within_in_x(spot)
        )

    def _over_it_by(self, spot: Spot, where: Where) -> Finding | None:
        """ "Over the limit by: 9.08 (PAIR #111), 6.15 (Grid #1)"."""
        told = OVER_BY.search(self.s.low[: spot.start]) is not None and not spot.percent
        offered = self.m.answers.offered(Ask("gap_limit", "over"), where, is_range=spot.is_range)
        return self.hit(spot, offered) if told else None

    def _its_bound(self, spot: Spot, where: Where) -> Finding | None:
        """ "For PAIR #98 on Opus that is 28.7 %, and its upper bound (29.79) passes the target"."""
        told = ITS_BOUND.search(self.s.low[: spot.start])
        named = [m.ids for m in self.s.named_before(PLACE, spot.start)][-1:]
        if told is None or not named or spot.is_range:
            return None
        part = "bound_low" if told["side"] in ("lower", "worst") else "bound_high"
        return self.hit(spot, self.m.answers.singles(Ask("alpha", part), Where(named[0], where.judges)))

    def _times_anothers(self, spot: Spot, where: Where) -> Finding | None:
        """ "For Grid #3, Opus puts the distance to the target at 2.4 times Sonnet's figure"."""
        told = ANOTHERS_FIGURE.match(self.s.low, spot.end) and DISTANCE.search(self.s.low[: spot.start])
        own = [m.ids for m in self.s.mentions if m.kind == PLACE and {*m.ids} <= {*self.m.book.conditions}]
        places = next((ids for ids in (*own, where.places) if len(ids) == 1), ())
        if not told or not places or spot.is_range:
            return None
        return self._one_judges_over_the_others(spot, places)

    def _assigned(self, spot: Spot) -> Finding | None:
        """ "Bounds assign 0 and 100 to them": the ends of the scale."""
        before = self.s.low[: spot.start]
        if spot.is_range or spot.percent or ASSIGN.search(before) is None or BOUNDS.search(before) is None:
            return None
        return self.hit(spot, [Answer(Value(end, f"scale/{name}", 0)) for end, name in ((0, "low"), (100, "high"))])

    def _so_many_for_so_many(self, i: int, spot: Spot) -> Finding | None:
        """ "Error gate (20 % a cell): passed, 8 for 8"."""
        spots, low = self.s.spots, self.s.low
        beside = [(a, b) for a, b in pairwise(spots) if FOR.fullmatch(low[a.end : b.start])]
        pair = next(((a, b) for a, b in beside if spot in (a, b)), None)
        told = PASSED.search(low[: pair[0].start]) if pair is not None else None
        if pair is None or told is None:
            return None
        part = "places" if spot is pair[1] else "passed" if told["how"].startswith(("pass", "met")) else "breached"
        names = dict.fromkeys(gate.name for gate in self.m.grading.gates)
        return self.hit(spot, [Answer(self.gate_count(name, part)) for name in names])

    def _overshot(self, spot: Spot, where: Where) -> Finding | None:
        """ "PAIR #98 and EvoPrompt #98 overshoot it, by 27.4 and 24.5 points by Sonnet"."""
        if OVERSHOOT.search(self.s.low[: spot.start]) is None or not spot.low.places:
            return None
        places = self._references_named() or self.m.vocabulary.old
        way = Where(tuple(places), where.judges, self.m.targets)
        return self.hit(
            spot, [a._replace(signless=True) for a in self.m.answers.offered(Ask("diff"), way, is_range=spot.is_range)]
        )

    def _times_their_x(self, spot: Spot) -> Finding | None:
        """ "Our four have 21 to 31 times as much C as those two": as the references told of before."""
        if AS_MUCH_X.match(self.s.low, spot.end) is None:
            return None
        way = Where(self.m.book.conditions, (), self.m.vocabulary.old)
        times = [a.low for a in self.m.answers.singles(Ask("ratio", "x"), way)]
        return self.hit(spot, each_or_all(spot, times))

    def _factors_of_the_limit(self, spot: Spot) -> Finding | None:
        """ "The limit is breached in all 4 conditions, by a factor of between 1.6 and 2.9"."""
        before = self.s.low[: spot.start]
        if FACTOR_BETWEEN.search(before) is None or LIMIT.search(before) is None:
            return None
        return self.hit(spot, each_or_all(spot, self._times_of_the_limit()))

    def _detectable_everywhere(self, spot: Spot) -> Finding | None:
        """ "Detectable differences at 80 % power run from 4.49 to 6.47 points"."""
        if DETECTABLE.search(self.s.low[: spot.start]) is None or not spot.is_range:
            return None
        return self.hit(spot, self.m.answers.ranges(Ask("of cell", "panel/detectable"), self._everywhere()))

    def _on_the_same_judge(self, spot: Spot) -> Finding | None:
        """ "The finetune is at 28.21 on Sonnet. The prompts land between 45 and 68 on the same judge"."""
        if SAME_JUDGE.match(self.s.low, spot.end) is None or not spot.is_range:
            return None
        judges = [m.ids for m in self.s.named_before(JUDGE, spot.start)][-1:]
        way = self._everywhere()
        ways = [Where(way.places, ids) for ids in (*judges, self.s.frame.judges.ids) if ids]
        return self.hit(spot, [a for way in ways for a in self.m.answers.ranges(Ask("alpha"), way)])

    def _between_margins(self, spot: Spot) -> Finding | None:
        """ "The uncertainty on our values is between ± 3.1 and ± 4.5 points": the least and the most."""
        if BETWEEN_MARGINS.search(self.s.low[: spot.start]) is None:
            return None
        return self._least_or_most_half_width(spot)

    def _share_of_another_judges(self, spot: Spot, where: Where) -> Finding | None:
        """ "Sonnet's α is between 61.3 % and 80.3 % of Opus's": of the same condition."""
        behind = OF_JUDGE.match(self.s.low, spot.end)
        before = [m.ids for m in self.s.named_before(JUDGE, spot.start) if len(m.ids) == 1][-1:]
        other = [m.ids for m in self.s.mentions if behind and m.kind == JUDGE and m.start == behind.start("judge")]
        if not (before and other and spot.percent):
            return None
        shares = [v for place in where.places for v in self._over_by_judges(place, before[0][0], other[0][0])]
        return self.hit(spot, each_or_all(spot, shares))

    def _over_by_judges(self, place: str, one: str, other: str) -> list[Value]:
        ends = [self.m.answers.values(Ask("alpha"), Where((place,), (judge,))) for judge in (one, other)]
        return [over(a, b)._replace(percent=True) for a in ends[0] for b in ends[1] if b.value]

    def _it_is_between(self, i: int, spot: Spot) -> Finding | None:
        """ "Coherence is between 70 and 73 for both. On Grid #2 and Grid #3 it is between 37.43 and 53.64"."""
        told = IT_IS.search(self.s.low[: spot.start]) is not None and COHERENT.search(self.s.frame.words) is not None
        if not told or not spot.is_range:
            return None
        places = self.named_places(i) or self.m.book.conditions
        return self.hit(spot, self.m.answers.ranges(Ask("coherent"), Where(places, self.m.own_judges)))

    def _kept_of_a_judges(self, spot: Spot, where: Where) -> Finding | None:
        """ "That filter keeps 51.0 % of the valid Sonnet judgements and 34.7 % of the Opus ones"."""
        behind = OF_ITS_JUDGEMENTS.match(self.s.low, spot.end)
        keeps = KEEPS.search(self.s.low[: spot.start]) is not None and spot.percent
        judges = [m.ids for m in self.s.mentions if behind and m.kind == JUDGE and m.start == behind.start("judge")]
        if not keeps or not judges:
            return None
        return self.hit(spot, self.m.answers.singles(Ask("kept"), Where(where.places, judges[0])))

    def _so_many_kept(self, spot: Spot, where: Where) -> Finding | None:
        """ "For Grid #2 that filter keeps 51.0 % of Sonnet's valid judgements (515 of 1,010)"."""
        told = KEEPS.search(self.s.low[: spot.start]) is not None and OF_COUNT.match(self.s.low, spot.end) is not None
        if not told or not self._is_whole_number(spot):
            return None
        return self.hit(spot, self.m.answers.singles(Ask("coherent_only", "n"), Where(where.places, self.m.own_judges)))

    def _listed_times_the_limit(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "The gaps are 1.9, 1.6, 2.4 and 2.9 times the limit": each of a list."""
        run = self.s.runs.get(i, [i])
        if len(run) == 1 or OF_LIMIT.match(self.s.low, self.s.spots[run[-1]].end) is None or spot.is_range:
            return None
        return self.hit(spot, self.m.answers.singles(Ask("gap_limit", "times"), where))

    def _from_two_to_two(self, spot: Spot, where: Where) -> Finding | None:
        """ "Opus goes from 72.54 and 69.94 to 37.43 and 43.66": read as a range, and the ends of two lists."""
        low, high = self.s.low, spot.high
        if high is None or not (TWO_BEFORE.search(low[: spot.start]) and TWO_BEHIND.match(low, spot.end)):
            return None
        places = self.m.book.conditions
        for ask in (Ask("coherent"), Ask("alpha")):
            ends = [
                [v for v in self.m.answers.values(ask, Where(places, where.judges)) if _is_near(v.value, number)]
                for number in (spot.low.value, high.value)
            ]
            if all(ends):
                return self.hit(spot, [Answer(ends[0][0], ends[1][0])])
        return None

    def _to_between_in_x(self, spot: Spot) -> Finding | None:
        """ "Going from a C of 0.031 and 0.024 (the #98 winners) to between 0.6480 and 0.7353": of the conditions."""
        in_x = any(c.kind == "x" for c in self.bases)
        if not spot.is_range or not in_x or TO_BETWEEN.search(self.s.low[: spot.start]) is None:
            return None
        return self.hit(spot, self.m.answers.ranges(Ask("x"), self._everywhere()))

    def _unshared(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "In Grid #2 37 of 1,040 answers lack one of the two scores or both": those that not both judges scored."""
        if not self._is_whole_number(spot) or LACK_ONE.search(self.s.low[spot.end :]) is None:
            return None
        found = []
        for place in self.named_places(i) or where.places:
            shared = self.m.answers.values_of([f"gap_paired/{place}/n"])
            asked = self.m.answers.values(Ask("alpha", "judgements"), Where((place,), self.m.own_judges))[:1]
            found += [Value(b.value - a.value, f"{b.fact} − {a.fact}", 0) for a, b in zip(shared, asked, strict=False)]
        return self.hit(spot, map(Answer, found))

    def _dropped(self, spot: Spot, where: Where) -> Finding | None:
        """ "The filter drops 495 of 1,010 valid Sonnet judgements for Grid #2, and 675 of 1,033 on Opus"."""
        told = DROPS.search(self.s.low[: spot.start]) is not None and KEPT.search(self._around_here()) is not None
        if not told or not self._is_whole_number(spot) or OF_COUNT.match(self.s.low, spot.end) is None:
            return None
        ways = (Where((place,), (judge,)) for place in where.places for judge in self.m.own_judges)
        found = []
        for way in ways:
            ends = (self.m.answers.values(ask, way) for ask in (Ask("alpha", "n"), Ask("coherent_only", "n")))
            found += [Value(a.value - b.value, f"{a.fact} − {b.fact}", 0) for a, b in zip(*ends, strict=False)]
        return self.hit(spot, map(Answer, found))

    def _around_here(self) -> str:
        return f"{self.s.low} {self.s.frame.words} {self.s.frame.cue or ''}".replace("coherent_only", "coherent")

    def _of_the_last_comparison(self, spot: Spot, where: Where) -> Finding | None:
        """ "For PAIR #111 that last comparison has an interval including zero (−5.88 to 2.00)"."""
        if not spot.is_range or THAT_COMPARISON.search(self.s.low[: spot.start]) is None:
            return None
        own = tuple(p for p in where.places if p in self.m.book.conditions)
        ways = [Where(own, (judge,), (other,)) for judge in self.m.own_judges for other in self.m.book.references]
        return self.hit(spot, [a for way in ways for a in self.m.answers.ranges(Ask("diff", "ci"), way)])

    def _then_above_the_target(self, spot: Spot) -> Finding | None:
        """ "α becomes 57.77 and 52.91. The last two are then 29.56 and 24.70 points above the target": of these."""
        if THEN.search(self.s.low[: spot.start]) is None or spot.is_range or not spot.low.places:
            return None
        told = [v for v in self.s.frame.told if v.fact.endswith("coherent_only")]
        ends = self.m.answers.values(Ask("alpha"), Where(self.m.targets, self.m.book.judges))
        apart = [Value(v.value - end.value, f"{v.fact} − {end.fact}", 2) for v in told for end in ends]
        return self.hit(spot, [Answer(value, signless=True) for value in apart])

    def no_closer_than(self, spot: Spot, where: Where) -> Finding | None:
        """ "On Opus, no prompt gets closer than 41.28": to the target."""
        if GETS_CLOSER.search(self.s.text[: spot.start].casefold()) is None or spot.is_range or spot.percent:
            return None
        way = Where(self.m.book.conditions, where.judges, self.m.targets)
        apart = sorted((abs(v.value), v) for v in self.m.answers.values(Ask("diff"), way))
        return self.hit(spot, [Answer(apart[0][1], signless=True)] if apart else [])

    def all_within_in_x(self, spot: Spot) -> Finding | None:
        """ "They lie between the C of the baseline and that of the finetune, and all are within 0.25 of the latter"."""
        words = f"{self.s.low} {self.s.frame.words}"
        named = any(c.kind == "x" for c in self.m.lexicon.bases(words))
        if not named or ALL_WITHIN.search(self.s.text[: spot.start].casefold()) is None or spot.low.value >= ONE:
            return None
        values = self.m.answers.values(Ask("x_diff"), Where(self.m.book.conditions, (), self.m.targets))
        farthest = max(values, key=lambda v: abs(v.value), default=None)
        return self.hit(spot, [Answer(farthest, signless=True)] if farthest is not None else [])


def each_or_all(spot: Spot, values: Sequence[Value]) -> list[Answer]:
    """From the least to the most for a range, each of them for a number."""
    return [Answer(min(values), max(values))] if spot.is_range and len(values) > 1 else [*map(Answer, values)]


def _is_near(value: float, number: float) -> bool:
    """Whether a value is told by a number, which has two places or fewer."""
    return abs(value - number) < HALF_A_PLACE
