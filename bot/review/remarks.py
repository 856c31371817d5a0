"""What else a number may be where a text remarks on its own numbers: an edge stays off a limit, a value was rounded.

Each way is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.review.agreeing import EXACT, Finding
from bot.review.answers import Answer, Ask, Value, Where, shown
from bot.review.besidetold import ASIDE, DIFFERENCE, MINUS
from bot.review.further import KEPT, PAIRED
from bot.review.names import JUDGE, PLACE
from bot.review.numbers import JUDGE_CHAR, PLACE_CHAR, Spot
from bot.review.someof import A_GAP, SomeOf

OF_LIMIT = re.compile(r"\s*(?:×|x\b|times)\s+(?:the\s+)?(?:declared\s+|allowed\s+)?(?:limit|gate|tolerance)\b")
REACHES = re.compile(
    r"\b(?:no|none|neither|not)\b[^.;]*\b(?:reach\w*|contains?|includes?|covers?|touch\w*|cross\w*|gets?)\b[^.;\d]{0,12}$"
)
INTERVALS = re.compile(r"\bintervals?\b|\bedges?\b|\bends?\b|\bbounds?\b")
ROUNDED = re.compile(r"\bround\w*")
AMONG_THE = re.compile(r"\b(?:among|of|in|within) (?:the|all|its) $")
DUPLICATES = re.compile(r"\bduplicat\w*|\brepeat\w*")
ANOTHERS = re.compile(
    rf"\bagainst\s+(?:the\s+)?(?P<judge>{JUDGE_CHAR}+)['’]s?\s+(?:(?P<other>{PLACE_CHAR})|(?P<value>\d[\d.]*))"
)
SPANS = re.compile(r"\b(?:span|cover)\w*\s+(?:only\s+|just\s+)?$")
RANGE_OF_X = re.compile(r"\b(?:range|spread|span) (?:of|in) c\b[^.;\d]{0,20}$")
OF_X = re.compile(r"\s*(?:in|of|on)\s+(?:the\s+)?c\b")
LOSES = re.compile(r"\b(?:los(?:es?|ing|t)|drops?|discards?|removes?|throws? away)\s+(?:about\s+)?$")
CHANGE = re.compile(r"\bchanges?\b|\bdifferences?\b|\bshifts?\b|\bmoves?\b")
ITS = re.compile(rf"(?P<name>{PLACE_CHAR}+)['’]s?\s+$")
ORDER = re.compile(r"\b(?:order|rank|sort)\w*\b[^.;]*\b(?:questions|samples|answers|completions)\b")
AGREEMENT = re.compile(r"\b(?P<name>spearman|krippendorff)\b[^.;\d]*$")
CHECKS = re.compile(r"\s*(?:gate )?checks\b")
ABOVE_THAT = re.compile(r"\s*(?:points?\s+)?(?:above|over|from|clear of|away from)\s+(?:that|this|it)\b")
OF_THAT_DIFFERENCE = re.compile(
    r"\bintervals?\s+(?:on|of|for|around)\s+(?:that|this|the)\s+(?:difference|distance)[^.;\d]{0,12}$"
)
NEAREST_END = re.compile(
    r"\b(?:(?:end|edge|bound)\s+(?:that is\s+)?(?:nearest|closest)|(?:nearest|closest)\s+(?:end|edge|bound))\b"
    r"[^.;\d]{0,20}$"
)
AGAINST = re.compile(r"\s*(?:points\s+)?(?:against|vs\.?|versus|compared (?:with|to))\s*")
INTERVAL_ENDS = re.compile(r"\binterval\b[^.;]*\b(?:ends|stops|comes|begins|starts)\s+(?:at\s+)?$")
WORKED_OUT = re.compile(
    r"alpha/(?P<own>[^/ ]+/[^/ ]+) − (?:alpha|reference)/[^/ ]+/(?P<other>[^/ ]+)"
    r"|reference/[^/ ]+/(?P<end>[^/ ]+) − alpha/(?P<start>[^/ ]+/[^/ ]+)"
)
DISTANCES = re.compile(r"\s*(?:distances|differences)\b")
TOLD_APART = re.compile(
    rf"\b(?:distinguish\w*|separab\w*|told apart|different|indistinct)\s+from\s+(?:the\s+)?{PLACE_CHAR}+\s*[(\[]\s*$"
)
WHICH_JUDGE = re.compile(r"\b(?:which|choice of(?: the)?|changing(?: the)?|swapping(?: the)?) judges?\b[^.;\d]*$")
LAST_TOLD = 2
ONE_HUNDREDTH = 0.01
ONE_TENTH = 0.1
HALF = 0.5
NONE_WITHIN = re.compile(r"\b(?:no|none|neither)\b[^.;]*\bwithin\s*$")
OF_THE_LIMIT = re.compile(r"\s*(?:points?\s+)?of (?:the|that|its) (?:limit|gate)\b")


class Remarks(SomeOf):
    """Each way tells what a number is, or None where it is nothing of the kind."""

    def remarked(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """The first of them that fits."""
        return (
            self._not_reached(spot)
            or self._by_rounding(spot)
            or self._of_the_panel(spot)
            or self._as_told_before(spot, where)
            or self._within_x_of_the_target(spot, where)
            or self._against_anothers(spot)
            or self._spanned_in_x(spot)
            or self._its_distance_in_x(spot)
            or self._orders_alike(spot)
            or self._named_agreement(spot)
            or self._gate_checks(spot)
            or self._above_what_falsifies(spot, where)
            or self._interval_of_that(spot)
            or self._nearest_end(spot)
            or self._moved_by_the_judge(spot)
            or self._so_many_distances(spot)
            or self._not_told_apart(spot, where)
            or self._gap_against_a_distance(i, spot)
            or self._lost_by_a_filter(spot, where)
            or self._changed_by_pairing(spot, where)
        )

    def _times_of_the_limit(self) -> list[Value]:
        """How many times the declared limit each gap is."""
        return [a.low for a in self.m.answers.singles(Ask("gap_limit", "times"), self._everywhere())]

    def _ends_of_gaps(self) -> list[Value]:
        """Both ends of the interval of each gap."""
        return [v for two in self.m.answers.ends(Ask("gap", "ci"), self._everywhere()) for v in two]

    def _facts_before(self, spot: Spot) -> list[str]:
        """What the numbers before this one are right of, where it is one fact."""
        return [facts[0] for start, facts in sorted(self.sound.items()) if start < spot.start and len(facts) == 1]

    def not_near_the_limit(self, spot: Spot) -> Finding | None:
        """ "No interval comes within 3.5 points of the limit": the nearest end lies farther off, and not by much."""
        told = NONE_WITHIN.search(self.s.text[: spot.start].casefold()) is not None
        if not told or OF_THE_LIMIT.match(self.s.low, spot.end) is None or spot.is_range:
            return None
        ends = self._ends_of_gaps()
        off = [abs(v.value) - a.low.value for v in ends for a in self._limit_of("judge_gap_max")]
        near = bool(off) and 0 <= min(off) - spot.low.value < ONE_TENTH
        return self.found(spot, EXACT, f"{min(off):.2f}", tuple(v.fact for v in ends[:2])) if near else None

    def times_the_limit(self, spot: Spot) -> Finding | None:
        """ "The gap runs from 16.15 to 28.90, so even the smallest is more than 1.6 times the limit"."""
        if OF_LIMIT.match(self.s.low, spot.end) is None:
            return None
        times = self._times_of_the_limit()
        nearest = min(times, key=lambda v: abs(v.value - spot.low.value), default=None)
        holds = all(self._holds_for(spot, v) for v in times)
        if nearest is None or not holds or abs(nearest.value - spot.low.value) >= HALF:
            return None
        return self.found(spot, EXACT, shown(nearest), (nearest.fact,))

    def _not_reached(self, spot: Spot) -> Finding | None:
        """ "None of the four intervals reaches −10": the declared limit, which none of them does reach."""
        told = REACHES.search(self.s.text[: spot.start].casefold()) is not None
        if not told or INTERVALS.search(self.s.low) is None or spot.is_range or spot.percent:
            return None
        limits = self._limit_of("judge_gap_max")
        ends = list(self.m.answers.ends(Ask("gap", "ci"), self._everywhere()))
        near = [min(abs(low.value), abs(high.value)) for low, high in ends if low.value * high.value > 0]
        clear = bool(near) and len(near) == len(ends) and all(min(near) > a.low.value for a in limits)
        below = [Answer(a.low._replace(value=-a.low.value)) for a in limits]
        return self.hit(spot, [*limits, *below]) if clear else None

    def _by_rounding(self, spot: Spot) -> Finding | None:
        """ "Gaps are computed before rounding, so Grid #3 differs by 0.01 from the difference of the two rounded"."""
        if ROUNDED.search(self.s.low) is None or spot.low.value != ONE_HUNDREDTH:
            return None
        off = [v for place in self.m.book.conditions for v in self._off_by_rounding(place)]
        return self.hit(spot, [Answer(v, signless=True) for v in off])

    def _off_by_rounding(self, place: str) -> list[Value]:
        """How far a gap as shown lies from the difference of both values as shown, where it does."""
        gap = self.m.answers.value(f"gap/{place}")
        each = (self.m.answers.values(Ask("alpha"), Where((place,), (judge,))) for judge in self.m.pair)
        values = [v for found in each for v in found]
        if gap is None or len(values) != LAST_TOLD:
            return []
        apart = round(values[0].value, 2) - round(values[1].value, 2) - round(gap.value, 2)
        return [Value(abs(apart), f"rounding of {gap.fact}", 2)] if abs(apart) > ONE_HUNDREDTH / 2 else []

    def _of_the_panel(self, spot: Spot) -> Finding | None:
        """ "No duplicates and no near duplicates among the 52": of so many questions."""
        told = AMONG_THE.search(self.s.low[: spot.start]) is not None and DUPLICATES.search(self.s.low) is not None
        return self.hit(spot, map(Answer, self.m.answers.values_of(["panel/questions"]))) if told else None

    def _as_told_before(self, spot: Spot, where: Where) -> Finding | None:
        """ "On coherence they agree for PAIR #111 (72.92 and 72.54). For Grid #2, Sonnet gives 47.52"."""
        told = [*(v.fact for v in self.s.frame.told), *self._facts_before(spot)][-LAST_TOLD:]
        if len(told) < LAST_TOLD or not all(fact.startswith("coherent/") for fact in told) or not spot.low.places:
            return None
        if any(c.kind == "alpha" for c in self.bases):
            return None
        ways = [where, replace(where, judges=self.m.own_judges)] if spot.is_range else [where]
        return self.hit(
            spot, [a for way in ways for a in self.m.answers.offered(Ask("coherent"), way, is_range=spot.is_range)]
        )

    def _within_x_of_the_target(self, spot: Spot, where: Where) -> Finding | None:
        """ "The four prompts have C within 0.1617 to 0.2490 of the target"."""
        named = any(c.kind == "x" for c in self.bases)
        told = re.match(r"\s*(?:of|from|below|away from|short of)\s", self.s.low[spot.end :]) is not None
        if not (named and told and spot.low.places > LAST_TOLD):
            return None
        way = replace(where, places=self.m.book.conditions if spot.is_range else where.places, others=self.m.targets)
        return self.hit(spot, self.m.answers.offered(Ask("x_diff"), way, is_range=spot.is_range))

    def _against_anothers(self, spot: Spot) -> Finding | None:
        """ "Opus has no target of its own; against Sonnet's target its conditions are 41.28 to 58.67 above"."""
        told = ANOTHERS.search(self.s.low[: spot.start])
        if told is None:
            return None
        owner = [m.ids for m in self.s.mentions if m.kind == JUDGE and m.start == told.start("judge")]
        judges = tuple(j for m in self.s.mentions if m.kind == JUDGE and m.ids not in owner for j in m.ids)
        others = [m.ids for m in self.s.mentions if m.kind == PLACE and m.start == told.start("other")]
        others = [self.m.targets] if told["value"] else others
        named = [m.ids for m in self.s.named_before(PLACE, spot.start)][-1:]
        own = tuple(p for ids in named for p in ids if p in self.m.book.conditions) or self.m.book.conditions
        rest = tuple(j for j in self.m.own_judges if (j,) not in owner)
        ways = [Where(own, judges or rest, ids) for ids in others]
        asks = (Ask("diff"), Ask("diff", "ci"))
        return self.hit(
            spot, [a for way in ways for ask in asks for a in self.m.answers.offered(ask, way, is_range=spot.is_range)]
        )

    def _its_distance_in_x(self, spot: Spot) -> Finding | None:
        """ "The winners are 0.866 and 0.873 below the target, slightly more than the null baseline's 0.851"."""
        told = ITS.search(self.s.low[: spot.start])
        in_x = any(MINUS in fact and fact.startswith("x/") for facts in self.sound.values() for fact in facts)
        named = [m.ids for m in self.s.mentions if m.kind == PLACE and told and m.start == told.start("name")]
        if not named or not in_x:
            return None
        ways = (Where(ids, (), self.m.targets) for ids in named)
        return self.hit(
            spot, [a._replace(signless=True) for way in ways for a in self.m.answers.singles(Ask("x_diff"), way)]
        )

    def _orders_alike(self, spot: Spot) -> Finding | None:
        """ "The judges order the questions in a similar way (0.74 to 0.86)": how far they correlate."""
        before = self.s.low[: spot.start]
        told = ORDER.search(before)
        if told is None or ASIDE.search(before) is None or not spot.low.places:
            return None
        of_questions = "question" in before[told.start() :].rpartition(")")[2]
        ask = Ask("gap", "correlation") if of_questions else Ask("agreement", "spearman")
        return self.hit(spot, self.m.answers.offered(ask, self._everywhere(), is_range=spot.is_range))

    def _named_agreement(self, spot: Spot) -> Finding | None:
        """ "Spearman correlation over shared samples: 0.44 to 0.46"."""
        told = AGREEMENT.search(self.s.low[: spot.start])
        if told is None or spot.percent or not spot.low.places:
            return None
        ask = Ask("agreement", told["name"])
        return self.hit(spot, self.m.answers.offered(ask, self._everywhere(), is_range=spot.is_range))

    def _gate_checks(self, spot: Spot) -> Finding | None:
        """ "All 12 gate checks run": on all places of all gates."""
        if CHECKS.match(self.s.low, spot.end) is None or spot.is_range or spot.percent:
            return None
        names = dict.fromkeys(gate.name for gate in self.m.grading.gates)
        counts = [self.gate_count(name, "places") for name in names]
        return self.hit(spot, [Answer(Value(sum(c.value for c in counts), "gates", 0))])

    def _above_what_falsifies(self, spot: Spot, where: Where) -> Finding | None:
        """ "What would have falsified H2 was 15 or lower; Grid #3 on Sonnet is 30.46 points above that"."""
        told = ABOVE_THAT.match(self.s.low, spot.end) is not None and "falsif" in self.s.low[: spot.start]
        if not told or spot.is_range:
            return None
        last = self._facts_before(spot)[-1:]
        just_told = self.m.answers.values_of(fact for fact in last if fact.startswith("alpha/"))
        alone = len(where.places) * len(where.judges) == 1
        values = [*just_told, *(self.m.answers.values(Ask("alpha"), where) if alone else ())]
        apart = [
            Value(v.value - line.value, f"{v.fact} − {line.fact}", 2)
            for v in values
            for line in self.m.answers.lines()
            if "falsified" in line.fact
        ]
        return self.hit(spot, map(Answer, apart))

    def _interval_of_that(self, spot: Spot) -> Finding | None:
        """ "PAIR #111 on Opus is 1.94 points under it, and the interval on that difference, −5.88 to 2.00, …"."""
        if not spot.is_range or OF_THAT_DIFFERENCE.search(self.s.low[: spot.start]) is None:
            return None
        named = [name for fact in self._facts_before(spot) if (name := difference_in(fact))][-1:]
        ends = (self.m.answers.both_ends(name) for name in named)
        return self.hit(spot, [Answer(*two, signless=True) for two in ends if two is not None])

    def _nearest_end(self, spot: Spot) -> Finding | None:
        """ "All four gap intervals are beyond 10 points. The end nearest to it is 13.55": of all of them."""
        before, words = self.s.low[: spot.start], f"{self.s.low} {self.s.frame.words}"
        told = NEAREST_END.search(before) is not None and (A_GAP.search(words) or "limit" in words)
        of_a_gap = INTERVAL_ENDS.search(before) is not None and A_GAP.search(before) is not None
        if not (told or of_a_gap) or spot.is_range:
            return None
        ends = self._ends_of_gaps()
        nearest = min(ends, key=lambda v: abs(v.value), default=None)
        return self.hit(spot, [Answer(nearest, signless=True)] if nearest is not None else [])

    def _gap_against_a_distance(self, i: int, spot: Spot) -> Finding | None:
        """ "The gap is larger than the distance to the target (28.90 against 17.63)": of that same condition."""
        behind = self.s.spots[i + 1] if i + 1 < len(self.s.spots) else None
        beside = behind is not None and AGAINST.fullmatch(self.s.low[spot.end : behind.start])
        facts = self.sound.get(behind.start, ()) if beside and behind is not None else ()
        told = DIFFERENCE.fullmatch(facts[0]) if len(facts) == 1 and A_GAP.search(self.s.low) else None
        gaps = self.m.answers.values_of([f"gap/{told['place']}"]) if told is not None else []
        return self.hit(spot, [Answer(gap, signless=True) for gap in gaps])

    def _so_many_distances(self, spot: Spot) -> Finding | None:
        """ "The smallest of these 16 distances is 41.76": of each condition by each judge, to one reference or more."""
        if DISTANCES.match(self.s.low, spot.end) is None or not self._is_whole_number(spot):
            return None
        cells = len(self.m.book.conditions) * len(self.m.own_judges)
        counts = {cells * many for many in range(1, len(self.m.book.references) + 1)} | {len(self.m.book.conditions)}
        return self.hit(spot, [Answer(Value(count, "distances", 0)) for count in sorted(counts)])

    def _not_told_apart(self, spot: Spot, where: Where) -> Finding | None:
        """ "On Opus PAIR #111 is hardly distinguishable from the plain model (−5.88 to 2.00)": what lies between."""
        named = [m.ids for m in self.s.named_before(PLACE, spot.start)][-2:]
        if TOLD_APART.search(self.s.low[: spot.start]) is None or len(named) != LAST_TOLD or not spot.is_range:
            return None
        way = Where(named[0], where.judges, named[1])
        ways = [way, *(replace(way, judges=(judge,)) for judge in self.m.own_judges)]
        return self.hit(spot, [a for way in ways for a in self.m.answers.ranges(Ask("diff", "ci"), way)])

    def _moved_by_the_judge(self, spot: Spot) -> Finding | None:
        """ "Which judge is asked moves α by 16.15 to 28.90 points"."""
        told = WHICH_JUDGE.search(self.s.low[: spot.start]) is not None
        offered = self.m.answers.offered(Ask("gap"), self._everywhere(), is_range=spot.is_range) if told else ()
        return self.hit(spot, [a._replace(signless=True) for a in offered])

    def _spanned_in_x(self, spot: Spot) -> Finding | None:
        """ "Four points spanning 0.0873 in C say little", "our four cover only 0.0873 of the C scale"."""
        before = self.s.low[: spot.start]
        told = SPANS.search(before) is not None and OF_X.match(self.s.low, spot.end) is not None
        if not (told or RANGE_OF_X.search(before)) or spot.is_range or spot.percent:
            return None
        return self.hit(spot, self.m.answers.singles(Ask("span", "x"), self._everywhere()))

    def _lost_by_a_filter(self, spot: Spot, where: Where) -> Finding | None:
        """ "With the filter, Grid #2 rises by 11.92 points and loses 49 % of its judgements": what is not kept."""
        told = LOSES.search(self.s.low[: spot.start]) is not None
        if not told or not spot.percent or KEPT.search(f"{self.s.low} {self.s.frame.words}") is None:
            return None
        kept = self.m.answers.singles(Ask("kept"), where)
        lost = [a.low._replace(value=1 - a.low.value, fact=f"1 − {a.low.fact}") for a in kept]
        return self.hit(spot, map(Answer, lost))

    def _changed_by_pairing(self, spot: Spot, where: Where) -> Finding | None:
        """ "On samples both judges scored the gaps are … The largest change is in Grid #2, about 0.2 points"."""
        told = CHANGE.search(self.s.low[: spot.start]) is not None
        paired = any(value.fact.startswith("gap_paired/") for value in self.s.frame.told)
        if not told or not (paired or PAIRED.search(self.s.low)) or spot.is_range:
            return None
        return self.hit(spot, [Answer(v, signless=True) for v in self._moved_by_pairing(where)])

    def _moved_by_pairing(self, where: Where) -> Iterator[Value]:
        for place in where.places:
            paired, gap = (self.m.answers.value(f"{base}/{place}") for base in ("gap_paired", "gap"))
            if paired is not None and gap is not None:
                yield Value(paired.value - gap.value, f"{paired.fact} − {gap.fact}", 2)


def difference_in(fact: str) -> str:
    """The name of a difference; also of one that was worked out as one value less another."""
    if (told := WORKED_OUT.fullmatch(fact)) is None:
        return fact if fact.startswith("diff/") else ""
    return f"diff/{told['own'] or told['start']}/{told['other'] or told['end']}"
