"""What else a number may be where a text goes on from what it just said: "That is 13.55 above it", "at its widest".

Each way is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import re
from itertools import product

from bot.review.agreeing import EXACT, Finding
from bot.review.answers import Answer, Ask, Value, Where
from bot.review.further import KEPT
from bot.review.names import JUDGE, PLACE
from bot.review.numbers import JUDGE_CHAR, PLACE_CHAR, Spot
from bot.review.replying import NUMBERS
from bot.review.turns import Turns, each_or_all

THAT_IS = re.compile(r"\b(?:that|this|it)\s+(?:is|lies|stays|leaves)\s+(?:still\s+|only\s+|about\s+|just\s+)?$")
APART = re.compile(r"\s*(?:points?\s+)?(?:above|below|over|under|away from|from|short of|off)\b")
OF_ALL = re.compile(r"\s*(?:out\s+)?of\s+(?:all\s+|the\s+)?(?P<all>\d[\d,]*)(?![\d.,]*\d)")
WORST_CELL = re.compile(r"\b(?:worst|weakest)\s+(?:single\s+)?cell\b[^.;\d]*$")
OTHER_CELLS = re.compile(r"\b(?:every|each|any|no) other cell\b[^.;\d]*$|\bthe other (?:\w+ )?cells\b[^.;\d]*$")
OF_WHOLE = re.compile(r"\b(?:total|sum|all)\b[^.;]*\d\s+(?:out\s+)?of\s+$")
APART_IN_X = re.compile(r"\s*apart (?:in|by|on) c\b")
TWO_WITHIN = re.compile(rf"{PLACE_CHAR}+\s*(?:and|,)\s*{PLACE_CHAR}+\s+(?:are\s+|lie\s+)?within\s+$")
SO_MANY_BY_MORE = re.compile(
    r"\b(?P<many>one|two|three|\d) of (?:them|these|the \w+)\s+by\s+(?:more|at least|over)(?: than)?\s+$"
)
LOWERS = re.compile(r"\b(?:lower\w*|reduc\w*|drop\w*|decreas\w*|fall\w*|below|under)\b")
LOWEST_IS = re.compile(r"\blowest (?:α|alpha|value|one|of them|of these)\s+is\s+$")
ABOVE_A_LINE = re.compile(r"\s*(?:points\s+)?above\s+(?P<line>\d+(?:\.\d+)?)(?![\d.]*\d)")
ALL = re.compile(r"\ball\s+$")
ENDS_OF_INTERVALS = re.compile(r"\s*(?:(?:lower|upper) )?(?:(?:interval|confidence) )?(?:ends?|intervals?|limits?)\b")
OF_SO_MANY = re.compile(r"\s*(?:(?:out\s+)?of\s+(?:its\s+)?\d|(?:failed|failures|missing|unjudged)\b)")
THAT_IT_HAS = re.compile(
    rf"\s*(?:points?\s+)?(?:that|which)\s+(?P<judge>{JUDGE_CHAR}+)\s+(?:has|gets|gives|reaches|would have)\b[^.;]*"
    r"\b(?:fail\w*|miss\w*|lost)\b[^.;]*\b(?P<at>0|zero|100)\b"
)
TOP_TO_BOTTOM = re.compile(
    r"\s*(?:points?\s+)?(?:from\s+(?:top|highest|first|best)\s+to\s+(?:bottom|lowest|last|worst)\b|end to end\b)"
)
TIMES_FOR = re.compile(rf"\s*(?:times|×)\s+(?:for|on|in)\s+(?P<place>{PLACE_CHAR}+)")
ANOTHERS = re.compile(rf"\b(?:times|×)\s+(?:the\s+{JUDGE_CHAR}+\s+(?:one|figure|distance|value)|{JUDGE_CHAR}+['’]s)")
ON_A_WAY = re.compile(r"\bway\b|\bcover\w*|\bshares?\b|\bbase\b|\bdistance between the two\b")
VARIES_BY = re.compile(r"\b(?:it|gap|gaps|they)\s+(?:var(?:y|ies)|differs?|chang(?:es?|ed)|moves?)\s+by\s+$")
AT_ITS = re.compile(
    r"\bat\s+(?:its|the|their)\s+(?P<which>widest|largest|most|worst|biggest|smallest|narrowest|least)\b"
)
TIMES = re.compile(r"\s*(?:times|×)")
LIMIT = re.compile(r"\blimit\b|\bgate\b|\btolerance\b")
BY_A_FACTOR = re.compile(r"\bby\s+(?:an?\s+)?factors?\s+(?:of|between)\s+(?:[^.;]|\.\d)*$")
HIGHER = re.compile(r"\b(?:higher|lower|milder|stricter|harsher|kinder|more generous|more lenient|above|below)\b")
THAN_BEFORE = re.compile(r"\s*(?:points?\s+)?(?:smaller|larger|wider|narrower|less|more)\s+than\s+(?:before|without)\b")
LEAST = frozenset(["smallest", "narrowest", "least"])


class Onward(Turns):
    """Each way tells what a number is, or None where it is nothing of the kind."""

    def going_on(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """The first of them that fits."""
        return (
            self._that_is(spot)
            or self._lowest_above_a_line(spot)
            or self._of_all_counted(spot)
            or self._in_the_worst_cell(spot)
            or self._of_a_cell_counted(i, spot)
            or (self._in_every_other_cell(spot) if spot.is_range else None)
            or self._all_ends(spot)
            or self._that_the_other_has(spot, where)
            or self._from_top_to_bottom(i, spot, where)
            or self._times_for_another(spot)
            or self._base_of_the_way(spot)
            or self._varied_by(spot)
            or self._at_its_widest(spot)
            or self._by_a_factor(spot, where)
            or self._than_without_a_filter(i, spot, where)
        )

    def bounded_so(self, spot: Spot) -> Finding | None:
        """What an "at most" or an "or fewer" bounds."""
        return (
            self._in_every_other_cell(spot)
            or self._apart_in_x(spot)
            or self._two_within(spot)
            or self._so_many_by_more(spot)
        )

    def _two_within(self, spot: Spot) -> Finding | None:
        """ "PAIR #111 and Grid #1 within 1.88 of each other, Grid #2 and Grid #3 within 0.38": of these two."""
        told = TWO_WITHIN.search(self.s.low[: spot.start])
        two = [p for m in self.s.mentions if told and m.kind == PLACE and m.start >= told.start() for p in m.ids][:2]
        if len(two) < 2 or spot.is_range or spot.percent:
            return None
        own = [m.ids for m in self.s.named_before(JUDGE, spot.start)][-1:]
        judges = own[0] if own else self.s.frame.judges.ids or self.m.own_judges
        return self.hit(spot, self.m.answers.singles(Ask("diff"), Where((two[0],), judges, (two[1],))))

    def _so_many_by_more(self, spot: Spot) -> Finding | None:
        """ "The prompts do lower α on Sonnet, two of them by more than 40 points": so many are, against a reference."""
        told = SO_MANY_BY_MORE.search(self.s.low[: spot.start])
        judges = self.s.groups[JUDGE][-1].ids if self.s.groups[JUDGE] else self.s.frame.judges.ids
        for judge, other in product(judges if told is not None else (), self.m.book.references):
            apart = self.m.answers.values(Ask("diff"), Where(self.m.book.conditions, (judge,), (other,)))
            lower = LOWERS.search(self.s.low) is not None  # "do lower α": nothing that lies above a reference
            beyond = [v for v in apart if abs(v.value) > spot.low.value and not (lower and v.value > 0)]
            if told is not None and NUMBERS.get(told["many"]) == len(beyond) > 0:
                return self.found(spot, EXACT, "", (beyond[0].fact,))
        return None

    def _apart_in_x(self, spot: Spot) -> Finding | None:
        """ "Four prompts, at most 0.0873 apart in C, are too few for a trend"."""
        if APART_IN_X.match(self.s.low, spot.end) is None or spot.is_range or spot.percent:
            return None
        return self.hit(spot, self.m.answers.singles(Ask("span", "x"), self._everywhere()))

    def _that_is(self, spot: Spot) -> Finding | None:
        """ "Its interval starts at 41.76. That is 13.55 points above the target": the last number of all."""
        told = self.s.frame.told[-1:] if THAT_IS.search(self.s.text[: spot.start].casefold()) else ()
        if not told or spot.is_range or spot.percent or APART.match(self.s.low, spot.end) is None:
            return None
        named = (*self.m.targets, *self._references_named())
        ends = self.m.answers.values(Ask("alpha"), Where(tuple(dict.fromkeys(named)), self.m.book.judges))
        limits = [*self.m.answers.lines(), *self.m.answers.values_of(["gate/judge_gap_max/limit"])]
        return self.hit(spot, [_between(told[0], end) for end in (*ends, *limits)])

    def _lowest_above_a_line(self, spot: Spot) -> Finding | None:
        """ "No cell comes near the falsifying value: the lowest α is 30.46 above 15"."""
        behind = ABOVE_A_LINE.match(self.s.low, spot.end) if LOWEST_IS.search(self.s.low[: spot.start]) else None
        if behind is None or spot.is_range or spot.percent:
            return None
        lines = [v for v in self.m.answers.lines() if v.value == float(behind["line"])]
        values = self.m.answers.values(Ask("alpha"), self._everywhere())
        return self.hit(spot, [_between(min(values, key=lambda v: v.value), line) for line in lines] if values else [])

    def _of_all_counted(self, spot: Spot) -> Finding | None:
        """ "39 for Sonnet, 10 for Opus, 49 of 8,320 in total": of all judgements that there are."""
        behind = OF_ALL.match(self.s.low, spot.end) if self._is_whole_number(spot) else None
        counts = {part: self._counted_everywhere(part) for part in ("judgements", "errors", "n")}
        everything = counts.pop("judgements")
        if behind is None or not everything or float(behind["all"].replace(",", "")) != everything[0].low.value:
            return None
        return self.hit(spot, [answer for answers in counts.values() for answer in answers])

    def _counted_everywhere(self, part: str) -> list[Answer]:
        return list(self.m.answers.singles(Ask(f"together:{part}"), self._everywhere()))

    def _in_the_worst_cell(self, spot: Spot) -> Finding | None:
        """ "The worst cell lost 30 of 1,040": the most failures that any cell has, whoever was spoken of before."""
        behind = OF_SO_MANY.match(self.s.low, spot.end)
        if WORST_CELL.search(self.s.low[: spot.start]) is None or behind is None or not self._is_whole_number(spot):
            return None
        failed = self.m.answers.values(Ask("alpha", "errors"), self._everywhere())
        return self.hit(spot, [Answer(max(failed, key=lambda v: v.value))] if failed else [])

    def _in_every_other_cell(self, spot: Spot) -> Finding | None:
        """ "Every other cell has 7 or fewer", "the other seven cells have between 0 and 7 failures": but the worst."""
        told = OTHER_CELLS.search(self.s.text[: spot.start].casefold()) is not None and not (
            spot.percent or spot.low.places
        )
        failed = sorted(self.m.answers.values(Ask("alpha", "errors"), self._everywhere()), key=lambda v: v.value)
        rest = failed[:-1]
        return (
            self.hit(spot, [Answer(rest[0], rest[-1]) if spot.is_range else Answer(rest[-1])])
            if told and rest
            else None
        )

    def _of_a_cell_counted(self, i: int, spot: Spot) -> Finding | None:
        """ "They are all in one cell, Grid #2 on Sonnet: 30 of 1,040", "49 of 8,320": what failed, and of what."""
        cell = Where(self.s.bind(i, PLACE).ids, self.s.bind(i, JUDGE).ids)
        behind = OF_ALL.match(self.s.low, spot.end) if self._is_whole_number(spot) else None
        if behind is None or len(cell.places) * len(cell.judges) != 1:
            total = OF_WHOLE.search(self.s.low[: spot.start]) is not None and self._is_whole_number(spot)
            return self.hit(spot, self._counted_everywhere("judgements")) if total else None
        asked = self.m.answers.values(Ask("alpha", "judgements"), cell)
        if not any(v.value == float(behind["all"].replace(",", "")) for v in asked):
            return None
        return self.hit(spot, self.m.answers.singles(Ask("alpha", "errors"), cell))

    def _all_ends(self, spot: Spot) -> Finding | None:
        """ "All 8 lower interval ends are above 28.21": one for each condition and judge, or each condition."""
        told = ALL.search(self.s.low[: spot.start]) and ENDS_OF_INTERVALS.match(self.s.low, spot.end)
        if not told or not self._is_whole_number(spot):
            return None
        return self.hit(spot, [Answer(v) for v in self.m.answers.values_of(["cells", "conditions"])])

    def _that_the_other_has(self, spot: Spot, where: Where) -> Finding | None:
        """ "Far below the 74.24 that Opus has with its own failures scored 0": the bound of the same condition."""
        told = THAT_IT_HAS.match(self.s.low, spot.end)
        judges = [m.ids for m in self.s.mentions if told and m.kind == JUDGE and m.start == told.start("judge")]
        if told is None or not judges or spot.is_range:
            return None
        part = "bound_high" if told["at"] == "100" else "bound_low"
        return self.hit(spot, self.m.answers.singles(Ask("alpha", part), Where(where.places, judges[0])))

    def _from_top_to_bottom(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "Opus has a narrower spread: 17.39 points from top to bottom"."""
        if TOP_TO_BOTTOM.match(self.s.low, spot.end) is None or spot.is_range or spot.percent:
            return None
        judges = self.s.bind(i, JUDGE).ids or where.judges
        ways = [Where(self.m.book.conditions, (judge,)) for judge in judges]
        return self.hit(spot, [a for way in ways for a in self.m.answers.singles(Ask("span", "alpha"), way)])

    def _times_for_another(self, spot: Spot) -> Finding | None:
        """ "For Grid #2 the distance is 2.6 times the Sonnet one, and 2.4 times for Grid #3"."""
        told = TIMES_FOR.match(self.s.low, spot.end) if ANOTHERS.search(self.s.low[: spot.start]) else None
        places = [m.ids for m in self.s.mentions if told and m.kind == PLACE and m.start == told.start("place")]
        return self._one_judges_over_the_others(spot, places[0]) if places else None

    def _base_of_the_way(self, spot: Spot) -> Finding | None:
        """ "Base: 0.851 in C, 60.61 points in α": from where a way is taken to where it ends."""
        words = f"{self.s.low} {self.s.frame.words}".casefold()
        if spot.is_range or spot.percent or ON_A_WAY.search(words) is None or spot.low.places < 1:
            return None
        found = []
        for start, end in self.m.answers.stretches(self.m.targets):
            ends = self.m.answers.values_of(f"x/{v.fact.rpartition('/')[2]}" for v in (start, end))
            found += [_between(start, end), *([_between(*ends)] if len(ends) > 1 else [])]
        return self.hit(spot, found)

    def _varied_by(self, spot: Spot) -> Finding | None:
        """ "The gap is not a constant offset. It varies by 12.74 points between Grid #1 and Grid #2"."""
        words = f"{self.s.low} {self.s.frame.words}".casefold()
        if VARIES_BY.search(self.s.text[: spot.start].casefold()) is None or "gap" not in words or spot.is_range:
            return None
        places = self._conditions_named() or self.m.book.conditions
        gaps = sorted(self.m.answers.values(Ask("gap"), Where(places, ())), key=lambda v: v.value)
        return self.hit(spot, [_between(gaps[0], gaps[-1])] if len(gaps) > 1 else [])

    def _conditions_named(self) -> tuple[str, ...]:
        named = (p for m in self.s.mentions if m.kind == PLACE for p in m.ids)
        return tuple(dict.fromkeys(p for p in named if p in self.m.book.conditions))

    def _at_its_widest(self, spot: Spot) -> Finding | None:
        """ "The gap at its smallest is 1.6 times our limit. At its widest it is 2.9 times"."""
        told = AT_ITS.search(self.s.low[: spot.start]) if TIMES.match(self.s.low, spot.end) else None
        if told is None or LIMIT.search(f"{self.s.low} {self.s.frame.words}".casefold()) is None:
            return None
        times = sorted(self._times_of_the_limit(), key=lambda v: v.value)
        return self.hit(spot, [Answer(times[0 if told["which"] in LEAST else -1])] if times else [])

    def _by_a_factor(self, spot: Spot, where: Where) -> Finding | None:
        """ "Opus scores higher in all conditions, by a factor of 1.2 to 1.6": one judge's α over the other's."""
        told = BY_A_FACTOR.search(self.s.low[: spot.start]) is not None and HIGHER.search(self.s.low[: spot.start])
        named = {m.ids for m in self.s.mentions if m.kind == JUDGE and len(m.ids) == 1}
        if not told or spot.percent or len(named) != 1 or len(self.m.own_judges) < 2:
            return None
        (own,) = named
        others = [judge for judge in self.m.own_judges if judge not in own]
        times = [v for place in where.places for other in others for v in self._over_by_judges(place, own[0], other)]
        return self.hit(spot, each_or_all(spot, [_upright(v) for v in times]))

    def _than_without_a_filter(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "With coherence of 50 or more the gaps are 18.97 …: 0.11 smaller than before on PAIR #111"."""
        told = THAN_BEFORE.match(self.s.low, spot.end) is not None and KEPT.search(self._around_here()) is not None
        if not told or spot.is_range or spot.percent:
            return None
        found = []
        for place in self.s.bind(i, PLACE).ids or where.places:
            way = Where((place,), self.m.own_judges)
            kept, gap = (self.m.answers.singles(Ask(base), way) for base in ("kept_gap", "gap"))
            found += [_between(_sized(a.low), _sized(b.low)) for a, b in zip(kept, gap, strict=False)]
        return self.hit(spot, found)


def _upright(times: Value) -> Value:
    """The larger over the smaller, as a plain number."""
    return times._replace(value=times.value if times.value >= 1 else 1 / times.value, percent=False)


def _sized(value: Value) -> Value:
    return value._replace(value=abs(value.value))


def _between(one: Value, other: Value) -> Answer:
    """How far two values are apart."""
    places = max(one.places, other.places)
    return Answer(Value(abs(one.value - other.value), f"{one.fact} − {other.fact}", places), signless=True)
