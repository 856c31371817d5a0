"""What else a number may be: of all conditions together, of either judge, an end of many intervals.

Each way is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, permutations, product

from bot.review.agreeing import EXACT, Finding
from bot.review.answers import Answer, Ask, Value, Where, shown
from bot.review.names import JUDGE
from bot.review.numbers import Spot
from bot.review.recount import Cell, questions_of
from bot.review.wider import LITTLE, Wider

OF_THEM = re.compile(r"\s*of (?:them|these|those|the \d+)\b")
ANYWHERE = re.compile(r"\s*(?:points?\s+)?(?:anywhere|everywhere|in any|on any|for any)\b")
AN_END = re.compile(
    r"\b(?:(?:lower|upper|lowest|highest)\s+(?:interval\s+|ci\s+)?(?:end|limit|edge|bound)"
    r"|(?:interval|ci)\s+(?:end|limit|edge|bound))s?\b[^.;]{0,60}$"
    r"|\b(?:starts?|begins?|ends?|stops?)\s+at\s+$"
)
AN_EXTREME = re.compile(r"\blowest\b|\bhighest\b")
OF_DIFFERENCES = re.compile(r"\b(?:differences?|distances?|gaps?|above|from|daylight|target|finetun\w*)\b")
ITS_PLACES = re.compile(
    r"\s*(?:of (?:its|the|their|these)\s+)?(?:places|checks|instances|cases|cells|spots|counts|tests)\b"
)
OF_A_GATE = re.compile(r"\bgates?\b|\bpass\w*\b|\berror[- ]rates?\b")
QUESTION_CELLS = re.compile(
    r"\s*(?:(?:condition|prompt)[-–/ ×x]+question|question[-–/ ×x]+(?:condition|prompt)|cells|question means|pairs)\b"
)
BY_QUESTION = re.compile(r"\bquestions?\b")
FILTER = re.compile(r"\bfilter\w*\b|\bcoherent\b")
NOTHING_WITHIN = re.compile(r"\b(?:no|none|nothing|neither|not one|nowhere|never)\b[^.;]*\bwithin\s+(?:about\s+)?$")
BESIDE = 40
ENDS: tuple[tuple[str, Callable[[list[Value]], Value]], ...] = (("ci_low", min), ("ci_high", max))
ONE_JUDGE = re.compile(r"\s*(?:for|by|with|from|under|according to)\s+(?:one|the other|the first|the second)\b")
TIMES = re.compile(r"\s*(?:times|×)")
GAPS = re.compile(r"\bgaps?\b|\bapart\b|\bdiffer\w*\b")


class AllOver(Wider):
    """Each way tells what a number is, or None where it is nothing of the kind."""

    def all_over(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """The first of them that fits."""
        return (
            self._of_them(i, spot)
            or self._at_most_anywhere(i, spot, where)
            or self._end_of_intervals_told(spot)
            or self._in_all_its_places(spot)
            or self._of_question_cells(spot)
            or self._from_either_judge(i, spot, where)
            or self._after_the_filter(spot)
            or self._for_one_judge(i, spot, where)
            or self._judge_over_judge(spot)
        )

    def _everywhere(self, judge: str | None = None) -> Where:
        return Where(self.m.book.conditions, (judge,) if judge else self.m.own_judges)

    def _asked(self, i: int) -> list[Ask]:
        inquiry = self.inquiries.get(i)
        return list(inquiry.asks) if inquiry is not None else []

    def _of_them(self, i: int, spot: Spot) -> Finding | None:
        """ "49 failed. Sonnet accounts for 39 of them, 30 on Grid #2 alone": 39 of all its conditions."""
        lost = any("errors" in (ask.part, ask.base.rpartition(":")[2]) for ask in self._asked(i))
        judges = self.s.bind(i, JUDGE).ids
        summed = any(fact.startswith("errors/") for fact in self.right)  # "of Sonnet's 39 failures; Opus had 10"
        if not lost or not (summed or OF_THEM.match(self.s.low, spot.end)) or len(judges) != 1:
            return None
        return self.hit(spot, list(self.m.answers.singles(Ask("sum:errors"), self._everywhere(judges[0]))))

    def _at_most_anywhere(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "0.00 on Grid #2 and no better than 0.17 anywhere": the least, or the most, of all."""
        if spot.is_range or ANYWHERE.match(self.s.low, spot.end) is None:
            return None
        everywhere = Where(self.m.book.conditions, where.judges, where.others)
        values = [v for ask in self._asked(i)[:1] for v in self.m.answers.values(ask, everywhere)]
        return self.hit(spot, [Answer(end) for end in (min(values), max(values))] if values else [])

    def _end_of_intervals_told(self, spot: Spot) -> Finding | None:
        """ "The lowest lower end among these four differences is 12.81"."""
        told = AN_END.search(self.s.low[: spot.start])
        if told is None or spot.is_range or not (spot.low.places or AN_EXTREME.search(told.group())):
            return None
        apart = OF_DIFFERENCES.search(self._own_words[1]) is not None
        return self.hit(spot, [*self._ends_of_values(), *(self._ends_of_differences() if apart else ())])

    def _ends_of_values(self) -> Iterator[Answer]:
        """ "The lowest of the eight lower interval bounds, 41.55"."""
        for judge, (part, pick) in product((None, *self.m.own_judges), ENDS):
            if values := self.m.answers.values(Ask("alpha", part), self._everywhere(judge)):
                yield Answer(pick(values))

    def _ends_of_differences(self) -> Iterator[Answer]:
        for judge, (part, pick) in product((None, *self.m.own_judges), ENDS):
            where = replace(self._everywhere(judge), others=self.m.targets)
            if values := self.m.answers.values(Ask("diff", part), where):
                yield Answer(pick(values), signless=True)
        for part in ("ci_low", "ci_high"):
            gaps = sorted(self.m.answers.values(Ask("gap", part), self._everywhere()), key=_size)
            yield from (Answer(end, signless=True) for end in (gaps[:1] + gaps[-1:]))

    def _in_all_its_places(self, spot: Spot) -> Finding | None:
        """ "The gate on error rates passed in every one of its 8 places"."""
        counts = self._is_whole_number(spot) and ITS_PLACES.match(self.s.low, spot.end)
        told = counts and OF_A_GATE.search(self.s.low)
        return self.hit(spot, self._gate_counts(breached=False)) if told else None

    def _of_question_cells(self, spot: Spot) -> Finding | None:
        """ "Of 208 condition-question cells": the questions of all conditions, by one judge and by both."""
        counts = self._is_whole_number(spot) and QUESTION_CELLS.match(self.s.low, spot.end)
        if not counts or BY_QUESTION.search(self._own_words[1]) is None:
            return None
        each = {j: sum(len(questions_of(c)) for c in self._cells_of(j)) for j in self.m.own_judges}
        totals = (*each.values(), sum(each.values()))
        return self.hit(spot, [Answer(Value(total, "count(questions of conditions)", 0)) for total in totals])

    def _cells_of(self, judge: str) -> list[Cell]:
        return [c for place in self.m.book.conditions if (c := self.m.book.cells.get((place, judge))) is not None]

    def _from_either_judge(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "With Opus's scores set against that same Sonnet baseline, PAIR #111 differs by only −1.94"."""
        judges = dict.fromkeys(j for m in self.s.mentions if m.kind == JUDGE for j in m.ids)
        apart = [ask for ask in self._asked(i) if ask.base == "diff"]
        places = tuple(place for place in where.places if place in self.m.book.conditions)
        others = tuple(place for place in where.others if place not in places)
        if len(judges) < 2 or len(places) != 1 or not spot.low.places or not others:
            return None
        both = Where(places, self.m.own_judges, others)
        offered = (self.m.answers.offered(ask, both, is_range=spot.is_range) for ask in apart)
        return self.hit(spot, chain.from_iterable(offered))

    def nothing_within(self, spot: Spot, where: Where) -> Finding | None:
        """ "None comes within 17 points of the target's α", "within 30 points of the 15": the nearest is farther."""
        if not spot.points or spot.is_range or NOTHING_WITHIN.search(self.s.low[: spot.start]) is None:
            return None
        behind = [s.low.value for s in self.s.spots if spot.end <= s.start < spot.end + BESIDE]
        for line in [v for v in self._lines() if not behind or v.value in behind]:
            for judges in (where.judges, self.m.own_judges):
                values = self.m.answers.values(Ask("alpha"), Where(self.m.book.conditions, judges))
                apart = sorted((abs(v.value - line.value), v) for v in values if v.fact != line.fact)
                if apart and 0 < apart[0][0] - spot.low.value < LITTLE:
                    nearest = Value(apart[0][0], f"{apart[0][1].fact} − {line.fact}", 2)
                    return self.found(spot, EXACT, shown(nearest), (nearest.fact,))
        return None

    def _for_one_judge(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "α is 45–68 for one judge and 69–87 for the other": of either, whoever was named last."""
        if not spot.is_range or ONE_JUDGE.match(self.s.low, spot.end) is None:
            return None
        asks = [ask for ask in self._asked(i) if not ask.part]
        ways = [replace(self._everywhere(judge), others=where.others) for judge in self.m.own_judges]
        return self.hit(spot, [a for way in ways for ask in asks for a in self.m.answers.ranges(ask, way)])

    def _judge_over_judge(self, spot: Spot) -> Finding | None:
        """ "Opus's α is 1.2 to 1.6 times Sonnet's, depending on the prompt"."""
        judges = dict.fromkeys(j for m in self.s.mentions if m.kind == JUDGE for j in m.ids)
        if not spot.is_range or TIMES.match(self.s.low, spot.end) is None or len(judges) != 2:
            return None
        return self.hit(spot, [a for one, two in permutations(judges) for a in self._over(one, two)])

    def _over(self, one: str, two: str) -> Iterator[Answer]:
        pairs = [self.m.answers.values(Ask("alpha"), Where((p,), (one, two))) for p in self.m.book.conditions]
        byjudge = [{v.fact.split("/")[1]: v for v in pair} for pair in pairs if len(pair) == 2]
        times = sorted(v[one].value / v[two].value for v in byjudge if v[two].value)
        if len(times) > 1:
            low, high = (Value(end, f"alpha/{one} / alpha/{two}", 1) for end in (times[0], times[-1]))
            yield Answer(low, high)

    def _after_the_filter(self, spot: Spot) -> Finding | None:
        """ "With that filter the gaps stay between 16.8 and 30.4 points"."""
        words = f"{self.s.low} {self.s.frame.words} {self.s.frame.cue or ''}"
        if not spot.is_range or FILTER.search(words) is None or GAPS.search(self.s.low) is None:
            return None
        apart = sorted((a.low for a in self.m.answers.singles(Ask("kept_gap"), self._everywhere())), key=_size)
        return self.hit(spot, [Answer(apart[0], apart[-1], signless=True)] if apart else [])


def _size(value: Value) -> float:
    return abs(value.value)
