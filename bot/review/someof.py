"""Comparisons that are told of some: of the two where something holds, of the lower two, of every difference.

Each way is tried only on a number that is not what it was taken for, and holds by no wide margin.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.review.agreeing import EXACT, Finding, tolerance
from bot.review.answers import COMPARE, Answer, Ask, Value, Where, shown
from bot.review.clauses import Clauses
from bot.review.distances import OF_THE_WAY
from bot.review.families import COHERENT
from bot.review.names import JUDGE, NUMBER_WORDS
from bot.review.numbers import PLACE_CHAR, Spot
from bot.review.replying import NUMBERS

COUNT = rf"(?P<count>{'|'.join(NUMBER_WORDS[1:6])})"
# "the two where both judges put coherence at about 70 or more", "two of them go more than 70 % of the way".
THOSE_SOME = re.compile(
    rf"\b(?:(?:the|only|both|those)\s+(?:other\s+)?{COUNT}\s+(?:(?:conditions|prompts|ones|cells|where|that|with|above|below|under|over)\b)"
    rf"|{COUNT.replace('count', 'few')}\s+of\s+(?:them|these|those|the\s+(?:four|prompts|conditions|\ue000+)))[^.;:]*$"
)
# "Gap above 20 points: two of four conditions".
HOW_MANY_BEHIND = re.compile(
    rf"\s*(?:points?\s*)?[:=]\s*{COUNT}\s+of\s+(?:the\s+)?(?P<all>{'|'.join(NUMBER_WORDS[1:9])})\b"
)
OF_TWO = re.compile(r"\b(?P<side>upper|top|higher|first|lower|bottom|last)\s+two\b[^.;,]*$")
UPPER = ("upper", "top", "higher", "first")
TIMES_THE_X = re.compile(rf"\s*(?:×|times)\s+(?:the\s+)?c\s+of\s+(?:the\s+)?(?P<name>{PLACE_CHAR})")
EVERY_DIFFERENCE = re.compile(
    r"\b(?:every|each|all)\b(?:\s+\w+){0,3}?\s+(?:differences?|distances?)\b|\b(?:differences?|distances?)\s+are\s+all\b"
)
A_DROP = re.compile(r"\b(?:drop|fall|decrease|reduction|loss|rise|distance)s?\s+of\s+(?:more than|over|at least)?\s*$")
IN_EVERY = re.compile(r"\s*(?:points?\s+)?(?:in|on|for)\s+(?:every|each|all)\b")
A_GAP = re.compile(r"\bgaps?\b|\bapart\b|\bdisagree\w*")
LITTLE = 2.0  # points that such a comparison may hold by
WIDEST = re.compile(
    r"\b(?:widest|largest|biggest)\s+(?:span|range|bracket|bounds?|band)\s+(?:is\s+|spans\s+|covers\s+)?"
    r"(?:under\s+|below\s+|less than\s+|at most\s+|no more than\s+)?$"
)
FAILING = re.compile(r"\bfail\w*|\bmissing\b|\bunjudged\b|\bbounds?\b")
WITHIN = re.compile(r"\bwithin\s+(?:about\s+)?$")
SO_MANY = re.compile(r"\s*(?:points?\s*)?[:=]\s*(?P<many>\d{1,2})\s*(?:of|/|out of)\s*(?:the\s+)?(?P<all>\d{1,2})\b")
COLON = re.compile(r"\s*(?:points?\s*)?[:=]\s*")
NEAREST = 1.0  # how much farther than the farthest of those meant "within" may reach
# What is counted over a threshold: the first of these that the sentence names, or what leads to it.
KINDS = (
    ("gap", re.compile(r"\bgaps?\b")),
    ("coherent", COHERENT),
    ("alpha", re.compile(r"\bα|\balpha\b|\bscores?\b")),
)


class SomeOf(Clauses):
    """Each way tells that a comparison holds, or None where it is of another kind, or does not."""

    def compared_of_some(self, spot: Spot) -> Finding | None:
        """The first of them that fits."""
        return (
            self._widest_bounds(spot)
            or self._within_for_some(spot)
            or self._counted_behind(spot)
            or self._so_many_told(spot)
            or self._of_the_two(spot)
            or self._every_difference(spot)
            or self._times_the_x(spot)
        )

    def _so_many_told(self, spot: Spot) -> Finding | None:
        """ "The gaps of 16 and 19 are on the two where both judges put coherence at about 70 or more"."""
        count = self._how_many(spot)
        if not count or spot.is_range or spot.operator is None:
            return None
        for groups in self._groups_of_values(spot):
            holding = [group for group in groups if all(self._holds_for(spot, v) for v in group)]
            if len(holding) == count < len(groups):
                nearest = min((v for group in holding for v in group), key=lambda v: abs(abs(v.value) - spot.low.value))
                return self.found(spot, EXACT, shown(nearest), (nearest.fact,))
        return None

    def _how_many(self, spot: Spot) -> int:
        """How many the words say it holds for; 0 where they say nothing of the kind."""
        text = self.s.text.casefold()
        behind, before = HOW_MANY_BEHIND.match(text, spot.end), THOSE_SOME.search(text[: spot.start])
        if behind is not None or before is None:
            return NUMBERS[behind["count"]] if behind is not None else 0
        return NUMBERS[before["count"] or before["few"]]

    def _groups_of_values(self, spot: Spot) -> list[list[list[Value]]]:
        """Each condition's values of what the sentence is about: by each judge, and by all of them together."""
        words = self.s.low
        level = Ask("coherent") if COHERENT.search(words) else Ask("alpha")
        asks = [Ask("gap"), level] if A_GAP.search(words) else [level]
        ways = [Ask("way", "alpha"), Ask("way", "x")] if OF_THE_WAY.match(words, spot.end) else []
        named: list[tuple[str, ...]] = [m.ids for m in self.s.mentions if m.kind == JUDGE and len(m.ids) == 1]
        judges = named[:1] or [self.m.own_judges, *((judge,) for judge in self.m.own_judges)]
        return [
            [self._values_in(place, group, ask) for place in self.m.book.conditions]
            for ask in ways or asks
            for group in judges
        ]

    def _values_in(self, place: str, judges: Sequence[str], ask: Ask) -> list[Value]:
        where = Where((place,), tuple(judges))
        return [answer.low for answer in self.m.answers.singles(ask, where)]

    def _holds_for(self, spot: Spot, value: Value) -> bool:
        slack = tolerance(spot.low, 10.0**-spot.low.places, approximate=True) if spot.approximate else 0.0
        sign, size = str(spot.operator), abs(value.value) * (100 if spot.percent and value.percent else 1)
        return bool(COMPARE[sign](size, spot.low.value + (slack if "<" in sign else -slack)))

    def _of_the_two(self, spot: Spot) -> Finding | None:
        """ "They form two pairs: the lower two are less than 1 point apart"."""
        told = OF_TWO.search(self.s.text[: spot.start].casefold())
        if told is None or spot.is_range or spot.operator is None:
            return None
        for judge in self.m.own_judges:
            values = sorted(self.m.answers.values(Ask("alpha"), self._everywhere(judge)), reverse=told["side"] in UPPER)
            apart = [Value(abs(a.value - b.value), f"{a.fact} − {b.fact}", 2) for a, b in pairwise(values[:2])]
            if apart and self._holds_for(spot, apart[0]) and abs(apart[0].value - spot.low.value) < 1:
                return self.found(spot, EXACT, shown(apart[0]), (apart[0].fact,))
        return None

    def _times_the_x(self, spot: Spot) -> Finding | None:
        """ "All four have at least 14 times the C of the unprompted model": over that of the one named behind."""
        told = TIMES_THE_X.match(self.s.low, spot.end)
        named = [m.ids for m in self.s.mentions if told is not None and told.start("name") == m.start]
        where = Where(self.m.book.conditions, (), named[0]) if named else None
        times = [a.low for a in self.m.answers.singles(Ask("ratio", "x"), where)] if where is not None else []
        holds = bool(times) and spot.operator is not None and all(self._holds_for(spot, v) for v in times)
        nearest = min(times, key=lambda v: abs(v.value - spot.low.value)) if holds else None
        if nearest is None or abs(nearest.value - spot.low.value) >= NEAREST:
            return None
        return self.found(spot, EXACT, shown(nearest), (nearest.fact,))

    def _every_difference(self, spot: Spot) -> Finding | None:
        """ "Every difference is above 40 points": to one reference, or to all but the target."""
        before = self.s.low[: spot.start]
        dropped = A_DROP.search(before) is not None and IN_EVERY.match(self.s.text.casefold(), spot.end) is not None
        if spot.is_range or not (dropped or EVERY_DIFFERENCE.search(before)):
            return None
        named = [m.ids for m in self.s.named_before(JUDGE, spot.start)][-1:]
        judges = named[0] if named and dropped else self.m.own_judges
        for others in (self.m.vocabulary.old, *((place,) for place in self.m.book.references)):
            where = Where(self.m.book.conditions, judges, others)
            apart = sorted((abs(v.value), v) for v in self.m.answers.values(Ask("diff"), where))
            holds = bool(apart) and all(self._holds_for(spot, v) for _, v in apart)
            nearest = min(apart, key=lambda p: abs(p[0] - spot.low.value))[1] if holds else None
            if nearest is not None and abs(abs(nearest.value) - spot.low.value) < LITTLE:
                return self.found(spot, EXACT, shown(nearest), (nearest.fact,))
        return None

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
        if spot.is_range or WITHIN.search(self.s.low[: spot.start]) is None or COHERENT.search(words) is None:
            return None
        apart = (a.low for a in self.m.answers.singles(Ask("coherent_gap"), self._everywhere()))
        near = sorted((abs(v.value), v) for v in apart if abs(v.value) <= spot.low.value)
        some = 1 < len(near) < len(self.m.book.conditions)
        if not some or spot.low.value - near[-1][0] >= NEAREST:
            return None
        return self.found(spot, EXACT, shown(near[-1][1]), (near[-1][1].fact,))

    def counted_of_some(self, i: int, spot: Spot) -> Finding | None:
        """ "Cells with α above 28.21: 8 of 8; above 50: 6 of 8": how many are."""
        before = self.s.spots[i - 1] if i else None
        told = (
            before is not None and before.operator is not None and COLON.fullmatch(self.s.low[before.end : spot.start])
        )
        counts = self._counts_over(before) if told and before is not None else ()
        over = [Answer(Value(many, "count(values over a threshold)", 0)) for many, _ in counts]
        return self.judged(spot, over, certain=True) if over else None

    def _counted_behind(self, spot: Spot) -> Finding | None:
        """The threshold of these: right where as many are over it as it says behind it."""
        told = SO_MANY.match(self.s.low, spot.end)
        if told is None or (int(told["many"]), int(told["all"])) not in self._counts_over(spot):
            return None
        return self.found(spot, EXACT, f"{told['many']} of {told['all']}", ("count(values over a threshold)",))

    def _counts_over(self, spot: Spot) -> list[tuple[int, int]]:
        """How many values stand so to a threshold, of how many: of each kind that the sentence may be about."""
        told = SO_MANY.match(self.s.low, spot.end)
        words = f"{self.s.low} {self.s.frame.words} {self.s.frame.cue or ''}"
        kinds = [kind for kind, pattern in KINDS if pattern.search(self.s.low)] or [
            k for k, p in KINDS if p.search(words)
        ]
        ways = [self._everywhere(judge) for judge in (None, *self.m.own_judges)]
        groups = [self.m.answers.values(Ask(kind), way) for kind in kinds[:1] or ["alpha"] for way in ways]
        groups = [group for group in groups if told is not None and len(group) == int(told["all"])]
        sign = COMPARE[spot.operator or "=="]
        return [(sum(sign(abs(v.value), spot.low.value) for v in group), len(group)) for group in groups]
