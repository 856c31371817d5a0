"""What else a number may be: of all conditions together, told after the name of one of them.

Each way is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import permutations, product

from bot.review import cues
from bot.review.agreeing import EXACT, Finding, is_near
from bot.review.answers import Answer, Ask, Value, Where, shown
from bot.review.names import JUDGE, PLACE
from bot.review.numbers import Spot
from bot.review.recount import Cell, questions_of
from bot.review.wider import LITTLE, Wider

OF_THEM = re.compile(r"\s*of (?:them|these|those|the \d+)\b")
ANYWHERE = re.compile(r"\s*(?:points?\s+)?(?:anywhere|everywhere|in any|on any|for any)\b")
AN_END = re.compile(
    r"\b(?:(?:lower|upper)\s+(?:interval\s+|ci\s+)?(?:end|limit|edge|bound)|(?:interval|ci)\s+(?:end|limit|edge|bound))s?\b[^.;]{0,60}$|\b(?:starts?|begins?|ends?|stops?)\s+at\s+$"
)
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
OF_A_GAP = re.compile(r"gap/[^/]+")
OF_A_REFERENCE = re.compile(r"(?P<cell>reference/[^/]+/[^/]+)/(?:errors|judgements)$")
CLEARS_BY = re.compile(
    r"[^.;\d]{0,48}\b(?:clears|beats|exceeds|tops|(?:is|lies|stays|sits)(?:\s+still)?\s+(?:above|over))"
    r"\s+(?:the\s+)?\ue000+\s+by\s+(?:about\s+|some\s+)?"
)
ONE_JUDGE = re.compile(r"\s*(?:for|by|with|from|under|according to)\s+(?:one|the other|the first|the second)\b")
IN_ALIGNMENT = re.compile(r"\s*(?:points?\s+)?(?:in|on)\s+(?:alignment|α|alpha)\b")
AS_MUCH = re.compile(r"\s*times\s+(?:as much|that|it|more)\b")
TIMES = re.compile(r"\s*(?:times|×)")
OUTSIDE = re.compile(r"\b(?:outside|inside|beyond|clear of|within)\s+(?:the\s+|those\s+|our\s+)?$")
NONE_FAILED_OF = re.compile(r"\b(?:no|zero|without)\s+(?:failures?|errors?|failed \w+)\s+(?:in|of|among|out of)\s+$")
CLOSEST_BY = re.compile(r"\b(?:closest|nearest|best|farthest|highest|lowest|match\w*)\b[^.;\d]{0,20}\bby\s+\w")
OF_THE_WAY = re.compile(r"\s*of the (?:roughly |about |some |nearly )?\d[\d.]* points (?:between|from)\b")
BOUND = re.compile(r"\bbound\b[^.;\d]{0,16}$")
TIMES_ALONE = re.compile(r"\s*(?:×|times)\s*(?:[.,;)]|$)")
GAPS = re.compile(r"\bgaps?\b|\bapart\b|\bdiffer\w*\b")


class AllOver(Wider):
    """Each way tells what a number is, or None where it is nothing of the kind."""

    def all_over(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """The first of them that fits."""
        return (
            self._of_them(i, spot)
            or self._at_most_anywhere(i, spot, where)
            or self._end_of_differences(spot)
            or self._in_all_its_places(spot)
            or self._of_question_cells(spot)
            or self._from_either_judge(i, spot, where)
            or self._after_the_filter(spot)
            or self._times_the_limit(spot)
            or self._bound_of_a_reference(spot)
            or self._clears_the_target(i, spot)
            or self._over_the_limit(spot)
            or self._over_the_named(i, spot, where)
            or self._failures_instead(i, spot, where)
            or self._ratio_of_values(i, spot, where)
            or self._for_one_judge(i, spot, where)
            or self._in_alignment(spot, where)
            or self._times_as_much(spot, where)
            or self._judge_over_judge(spot)
            or self._none_failed_of(spot, where)
            or self._from_the_named(i, spot, where)
            or self._part_of_the_way(spot, where)
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

    def _end_of_differences(self, spot: Spot) -> Finding | None:
        """ "The lowest lower end among these four differences is 12.81"."""
        if AN_END.search(self.s.low[: spot.start]) is None or not spot.low.places or spot.is_range:
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
        counts = not (spot.is_range or spot.percent or spot.low.places) and ITS_PLACES.match(self.s.low, spot.end)
        told = counts and OF_A_GATE.search(self.s.low)
        names = dict.fromkeys(g.name for g in self.m.grading.gates) if told else ()
        counted = [(name, sum(g.name == name for g in self.m.grading.gates)) for name in names]
        return self.hit(spot, [Answer(Value(count, f"gate/{name}/places", 0)) for name, count in counted])

    def _of_question_cells(self, spot: Spot) -> Finding | None:
        """ "Of 208 condition-question cells": the questions of all conditions, by one judge and by both."""
        counts = not (spot.is_range or spot.percent or spot.low.places) and QUESTION_CELLS.match(self.s.low, spot.end)
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
        offered = self.m.answers.ranges if spot.is_range else self.m.answers.singles
        return self.hit(spot, [a for ask in apart for a in offered(ask, both)])

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

    def _clears_the_target(self, i: int, spot: Spot) -> Finding | None:
        """ "The lowest end being 41.55, which clears the target by 13.3": from the right one before to the target."""
        before = self.s.spots[i - 1] if i else None
        told = before is not None and CLEARS_BY.fullmatch(self.s.low[before.end : spot.start])
        values = [v for f in self.right if (v := self.m.answers.value(f)) is not None] if told else []
        ends = [number for number in (before.low, before.high) if number is not None] if before is not None else []
        mine = [v for v in values if any(is_near(n, v) and abs(abs(v.value) - abs(n.value)) < 1 for n in ends)]
        targets = self.m.answers.values(Ask("alpha"), Where(self.m.targets, self.m.book.judges))
        apart = {(v.value - t.value, v.fact, t.fact) for v, t in product(mine, targets)}
        return self.hit(spot, [Answer(Value(a, f"{one} − {two}", 2), signless=True) for a, one, two in sorted(apart)])

    def _over_the_limit(self, spot: Spot) -> Finding | None:
        """ "All four gaps exceed the limit, by 6.15 to 18.90 points", "stays outside 10 points"."""
        before = self.s.low[: spot.start]
        if OUTSIDE.search(before):
            limit = self.m.answers.value("gate/judge_gap_max/limit")
            return self.hit(spot, [Answer(limit)] if limit is not None else [])
        if cues.EXCEEDS_BY.search(before) is None:
            return None
        over = sorted(a.low for a in self.m.answers.singles(Ask("gap_limit", "over"), self._everywhere()))
        return self.hit(spot, [*map(Answer, over), *([Answer(over[0], over[-1])] if over else [])])

    def _over_the_named(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "PAIR #111 and Grid #1 are at 66–68, only 1.88 apart": from one to the other of those named there."""
        named = self.s.low[self.s.low.rfind(";", 0, spot.start) + 1 : spot.start]
        start = spot.start - len(named)
        places = [p for m in self.s.mentions if m.kind == PLACE and start <= m.start < spot.start for p in m.ids]
        if not spot.is_range or len(set(places)) < 2:
            return None
        over = Where(tuple(dict.fromkeys(places)), where.judges, where.others)
        asks = [*(ask for ask in self._asked(i) if not ask.part), Ask("alpha")]
        return self.hit(spot, [a for ask in asks for a in self.m.answers.ranges(ask, over)])

    def _ratio_of_values(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "The closest by C, Grid #1, is at 2.3 times the target": C says which one, and α is what is told of it."""
        if Ask("ratio", "x") not in self._asked(i) or CLOSEST_BY.search(self.s.low[: spot.start]) is None:
            return None
        offered = self.m.answers.ranges if spot.is_range else self.m.answers.singles
        where = replace(where, others=where.others or self.others_of(i))
        return self.hit(spot, list(offered(Ask("ratio", "alpha"), where)))

    def _failures_instead(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "30 failed, which leaves n = 1,010; next comes the same prompt with Opus, with 7"."""
        counts = any(ask.part in ("n", "judgements") for ask in self._asked(i))
        plain = not (spot.is_range or spot.percent or spot.low.places or spot.points)
        told = any(fact.endswith("/errors") for fact in self.right)
        if not (counts and plain and told) or len(where.places) * len(where.judges) != 1:
            return None
        return self.hit(spot, list(self.m.answers.singles(Ask("alpha", "errors"), where)))

    def _for_one_judge(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "α is 45–68 for one judge and 69–87 for the other": of either, whoever was named last."""
        if not spot.is_range or ONE_JUDGE.match(self.s.low, spot.end) is None:
            return None
        asks = [ask for ask in self._asked(i) if not ask.part]
        ways = [replace(self._everywhere(judge), others=where.others) for judge in self.m.own_judges]
        return self.hit(spot, [a for way in ways for ask in asks for a in self.m.answers.ranges(ask, way)])

    def _in_alignment(self, spot: Spot, where: Where) -> Finding | None:
        """ "They differ by just 0.38 in coherence and by 19.08 in alignment"."""
        if IN_ALIGNMENT.match(self.s.low, spot.end) is None or not spot.low.places:
            return None
        offered = self.m.answers.ranges if spot.is_range else self.m.answers.singles
        return self.hit(spot, [a for base in ("gap", "diff") for a in offered(Ask(base), where)])

    def _times_as_much(self, spot: Spot, where: Where) -> Finding | None:
        """ "C is 0.65–0.74, against 0.046 for no prompt; that's 14 to 16 times as much": of what was told right."""
        told = [v for f in self.right if f.startswith("x/") and (v := self.m.answers.value(f)) is not None]
        if AS_MUCH.match(self.s.low, spot.end) is None or len(told) < 2:
            return None
        low, *more = sorted(told)
        times = [Value(v.value / low.value, f"{v.fact} / {low.fact}", 1) for v in more if low.value]
        ranges = [Answer(times[0], times[-1])] if len(times) > 1 else []
        return self.hit(spot, [*map(Answer, times), *ranges])

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

    def _none_failed_of(self, spot: Spot, where: Where) -> Finding | None:
        """ "Compared with no prompt (88.82, no failures in 1,040)": of how many judgements none failed."""
        if NONE_FAILED_OF.search(self.s.low[: spot.start]) is None:
            return None
        places = dict.fromkeys((*where.places, *where.others, *self._references_named()))
        cells = Where(tuple(places), self.m.book.judges)
        return self.hit(spot, list(self.m.answers.singles(Ask("alpha", "judgements"), cells)))

    def _from_the_named(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "The judges differ by more (28.9) than the Sonnet score differs from the target (17.6)"."""
        if cues.DIFFERS_FROM.search(self.s.low[: spot.start]) is None or not spot.low.places:
            return None
        places = tuple(p for p in self.named_places(i) if p in self.m.book.conditions) or where.places
        others = [m.ids for m in self.s.mentions if m.kind == PLACE and m.end <= spot.start][-1:]
        return self.hit(
            spot, [a for ids in others for a in self.m.answers.singles(Ask("diff"), Where(places, where.judges, ids))]
        )

    def _part_of_the_way(self, spot: Spot, where: Where) -> Finding | None:
        """ "It has lost 43 of the roughly 61 points between null and finetune"."""
        if OF_THE_WAY.match(self.s.low, spot.end) is None or spot.is_range or spot.percent:
            return None
        ways = (Where(where.places, where.judges, (other,)) for other in self.m.book.references)
        return self.hit(spot, [a for way in ways for a in self.m.answers.singles(Ask("diff"), way)])

    def _times_the_limit(self, spot: Spot) -> Finding | None:
        """ "−16.15 (from −18.76 to −13.55), 1.6 times": a gap that was just told, over its limit."""
        told = [f for f in sorted(self.right) if OF_A_GAP.fullmatch(f)]
        if spot.is_range or spot.percent or TIMES_ALONE.match(self.s.low, spot.end) is None or len(told) != 1:
            return None
        gap, limit = self.m.answers.value(told[0]), self.m.answers.value("gate/judge_gap_max/limit")
        if gap is None or limit is None or not limit.value:
            return None
        return self.hit(spot, [Answer(Value(abs(gap.value) / limit.value, f"{told[0]} / {limit.fact}", 1))])

    def _bound_of_a_reference(self, spot: Spot) -> Finding | None:
        """ "PAIR #98 on Opus lost 298 of 1,040; upper bound 29.79, over the target": of the one told of before."""
        told = {cell for f in sorted(self.right) if (cell := _cell_of_reference(f))}
        if len(told) != 1 or spot.is_range or not spot.low.places or BOUND.search(self.s.low[: spot.start]) is None:
            return None
        parts = (self.m.answers.value(f"{next(iter(told))}/{part}") for part in ("bound_low", "bound_high"))
        return self.hit(spot, [Answer(value) for value in parts if value is not None])

    def _after_the_filter(self, spot: Spot) -> Finding | None:
        """ "With that filter the gaps stay between 16.8 and 30.4 points"."""
        words = f"{self.s.low} {self.s.frame.words} {self.s.frame.cue or ''}"
        if not spot.is_range or FILTER.search(words) is None or GAPS.search(self.s.low) is None:
            return None
        apart = sorted((a.low for a in self.m.answers.singles(Ask("kept_gap"), self._everywhere())), key=_size)
        return self.hit(spot, [Answer(apart[0], apart[-1], signless=True)] if apart else [])


def _cell_of_reference(fact: str) -> str | None:
    found = OF_A_REFERENCE.match(fact)
    return found["cell"] if found is not None else None


def _size(value: Value) -> float:
    return abs(value.value)
