"""What else a number may be, by the words that stand beside it: over a limit, clear of the target, a part of the way.

Each way is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain, product

from bot.review import cues
from bot.review.agreeing import Finding
from bot.review.allover import AllOver
from bot.review.answers import Answer, Ask, Value, Where
from bot.review.names import PLACE
from bot.review.numbers import JUDGE_CHAR, Spot

GATE_FAILED_BY = re.compile(
    r"\b(?:gates?|limits?|tolerance)\b[^.;]{0,60},?\s*by\s+"
    r"(?:\d[\d.]*\s*(?:points?\s*)?(?:at (?:best|least|worst|most)\s*)?and\s+)?$"
)
OF_A_GAP = re.compile(r"gap/[^/]+")
CLEARS_BY = re.compile(
    r"[^.;\d]{0,48}\b(?:clears|beats|exceeds|tops|(?:is|lies|stays|sits)(?:\s+still)?\s+(?:above|over))"
    r"\s+(?:the\s+)?\ue000+\s+by\s+(?:about\s+|some\s+)?"
)
IN_ALIGNMENT = re.compile(r"\s*(?:points?\s+)?(?:in|on)\s+(?:alignment|α|alpha)\b")
AS_MUCH = re.compile(r"\s*times\s+(?:as much|that|it|more)\b")
OUTSIDE = re.compile(r"\b(?:outside|inside|beyond|past|clear of|within|excludes?)\s+(?:the\s+|those\s+|our\s+)?$")
NONE_FAILED_OF = re.compile(r"\b(?:no|zero|without)\s+(?:failures?|errors?|failed \w+)\s+(?:in|of|among|out of)\s+$")
CLOSEST_BY = re.compile(r"\b(?:closest|nearest|best|farthest|highest|lowest|match\w*)\b[^.;\d]{0,20}\bby\s+\w")
OF_THE_WAY = re.compile(r"\s*of the (?:roughly |about |some |nearly )?\d[\d.]* points (?:between|from)\b")
BOUND = re.compile(r"\bbound\b[^.;\d]{0,16}$")
TIMES_ALONE = re.compile(r"\s*(?:×|times)\s*(?:[.,;)]|$)")
MOST_OF = re.compile(rf"\b(?:most|the majority|more than half) of (?:the |its |all )?(?:{JUDGE_CHAR}+(?:['’]s?)?\s+)?$")
THAT_FAILED = re.compile(r"\s*(?:failed|failures?|missing|unjudged|lost|judge errors?|errors?)\b")
OF_THOSE = re.compile(r"\b(?:those|these)\s+(?:two\s+)?(?:α|alpha|values?|scores?)\b")
THE_TOLD = re.compile(r"(?:^|[,;:(]|\b(?:so|but|and|since|because|as|that))\s*the\s+$")
IS_TOLD_OF = re.compile(r"\s*(?:points?\s+)?(?:was|were|is|comes?|came|compares?|mix(?:es)?|refers?|rests?|relies)\b")
STARTS_AT = re.compile(
    r"\b(?P<which>lowest|highest)(?: one)?(?: of (?:them|these|those|all))?\s+"
    r"(?:start|begin|end|reach)(?:ing|s|es)?(?:\s+(?:at|only at))?\s+$"
)
OF_A_REFERENCE = re.compile(r"(?P<cell>reference/[^/]+/[^/]+)/(?:errors|judgements)$")


class Besides(AllOver):
    """Each way tells what a number is, or None where it is nothing of the kind."""

    def besides(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """The first of them that fits."""
        return (
            self._times_the_limit(spot)
            or self._bound_of_a_reference(spot)
            or self._clears_the_target(i, spot)
            or self._over_the_limit(spot)
            or self._over_the_named(i, spot, where)
            or self._failures_instead(i, spot, where)
            or self._ratio_of_values(i, spot, where)
            or self._in_alignment(spot, where)
            or self._times_as_much(spot, where)
            or self._none_failed_of(spot, where)
            or self._from_the_named(i, spot, where)
            or self._part_of_the_way(spot, where)
            or self._most_of_all(spot, where)
            or self._of_those(spot)
            or self._as_it_was_told(spot)
            or self._end_of_the_intervals(spot)
        )

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
        ends = (f"{next(iter(told))}/{part}" for part in ("bound_low", "bound_high"))
        return self.hit(spot, map(Answer, self.m.answers.values_of(ends)))

    def _clears_the_target(self, i: int, spot: Spot) -> Finding | None:
        """ "The lowest end being 41.55, which clears the target by 13.3": from the right one before to the target."""
        before = self.s.spots[i - 1] if i else None
        told = before is not None and CLEARS_BY.fullmatch(self.s.low[before.end : spot.start])
        values = self.m.answers.values_of(self.right) if told else []
        ends = [number for number in (before.low, before.high) if number is not None] if before is not None else []
        mine = [v for v in values if any(abs(abs(v.value) - abs(n.value)) < 1 for n in ends)]
        targets = self.m.answers.values(Ask("alpha"), Where(self.m.targets, self.m.book.judges))
        apart = {(v.value - t.value, v.fact, t.fact) for v, t in product(mine, targets)}
        return self.hit(spot, [Answer(Value(a, f"{one} − {two}", 2), signless=True) for a, one, two in sorted(apart)])

    def _over_the_limit(self, spot: Spot) -> Finding | None:
        """ "All four gaps exceed the limit, by 6.15 to 18.90 points", "stays outside 10 points"."""
        before = self.s.low[: spot.start]
        if OUTSIDE.search(before):
            return self.hit(spot, self._limit_of("judge_gap_max"))
        failed_by = GATE_FAILED_BY.search(before) is not None and spot.low.places  # "… by 6.15 at best and 18.90"
        if cues.EXCEEDS_BY.search(before) is None and not failed_by:
            return None
        return self.hit(spot, self._over_limit(self._everywhere(), "over"))

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

    def _failures_instead(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "30 failed, which leaves n = 1,010; next comes the same prompt with Opus, with 7"."""
        counts = any(ask.part in ("n", "judgements") for ask in self._asked(i))
        plain = self._is_whole_number(spot) and not spot.points
        told = any(fact.endswith("/errors") for fact in self.right)
        if not (counts and plain and told) or len(where.places) * len(where.judges) != 1:
            return None
        return self.hit(spot, list(self.m.answers.singles(Ask("alpha", "errors"), where)))

    def _ratio_of_values(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "The closest by C, Grid #1, is at 2.3 times the target": C says which one, and α is what is told of it."""
        if Ask("ratio", "x") not in self._asked(i) or CLOSEST_BY.search(self.s.low[: spot.start]) is None:
            return None
        where = replace(where, others=where.others or self.others_of(i))
        return self.hit(spot, self.m.answers.offered(Ask("ratio", "alpha"), where, is_range=spot.is_range))

    def _in_alignment(self, spot: Spot, where: Where) -> Finding | None:
        """ "They differ by just 0.38 in coherence and by 19.08 in alignment"."""
        if IN_ALIGNMENT.match(self.s.low, spot.end) is None or not spot.low.places:
            return None
        asks = (Ask("gap"), Ask("diff"))
        offered = (self.m.answers.offered(ask, where, is_range=spot.is_range) for ask in asks)
        return self.hit(spot, chain.from_iterable(offered))

    def _times_as_much(self, spot: Spot, where: Where) -> Finding | None:
        """ "C is 0.65–0.74, against 0.046 for no prompt; that's 14 to 16 times as much": of what was told right."""
        told = self.m.answers.values_of(f for f in self.right if f.startswith("x/"))
        if AS_MUCH.match(self.s.low, spot.end) is None or len(told) < 2:
            return None
        low, *more = sorted(told)
        times = [Value(v.value / low.value, f"{v.fact} / {low.fact}", 1) for v in more if low.value]
        ranges = [Answer(times[0], times[-1])] if len(times) > 1 else []
        return self.hit(spot, [*map(Answer, times), *ranges])

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
        others = [m.ids for m in self.s.named_before(PLACE, spot.start)][-1:]
        return self.hit(
            spot, [a for ids in others for a in self.m.answers.singles(Ask("diff"), Where(places, where.judges, ids))]
        )

    def _part_of_the_way(self, spot: Spot, where: Where) -> Finding | None:
        """ "It has lost 43 of the roughly 61 points between null and finetune"."""
        if OF_THE_WAY.match(self.s.low, spot.end) is None or spot.is_range or spot.percent:
            return None
        ways = (Where(where.places, where.judges, (other,)) for other in self.m.book.references)
        return self.hit(spot, [a for way in ways for a in self.m.answers.singles(Ask("diff"), way)])

    def _most_of_all(self, spot: Spot, where: Where) -> Finding | None:
        """ "Most of Sonnet's 39 failed judgements are in Grid #2": all of that judge's, wherever most of them are."""
        told = MOST_OF.search(self.s.low[: spot.start]) and THAT_FAILED.match(self.s.low, spot.end)
        if not told or spot.is_range or spot.percent:
            return None
        ways = [replace(where, places=self.m.book.conditions), self._everywhere()]
        return self.hit(spot, [a for way in ways for a in self.m.answers.singles(Ask("sum:errors"), way)])

    def _of_those(self, spot: Spot) -> Finding | None:
        """ "The gaps of the #98 winners are small. Those α values lie near the bottom (0.79 to 6.06)"."""
        old = tuple(p for p in self.m.vocabulary.old if p in self.s.frame.places.ids)
        if not spot.is_range or len(old) < 2 or not OF_THOSE.search(self.s.low[: spot.start]):
            return None
        return self._over_some(spot, Where(old, self.m.book.judges), ["alpha"])

    def _as_it_was_told(self, spot: Spot) -> Finding | None:
        """ "To make it worse, the 28.21 was scored by Sonnet alone, so the 47 compares …": what was told before."""
        if not THE_TOLD.search(self.s.low[: spot.start]) or not IS_TOLD_OF.match(self.s.low, spot.end):
            return None
        references = self.m.answers.values(Ask("alpha"), Where(self.m.book.references, self.m.book.judges))
        return self.hit(spot, [Answer(v, signless=True) for v in (*self.s.frame.told, *references)])

    def _end_of_the_intervals(self, spot: Spot) -> Finding | None:
        """ "All eight intervals lie above the target, the lowest of them starting at 41.55"."""
        told = STARTS_AT.search(self.s.low[: spot.start])
        if told is None or "interval" not in self.s.low or not spot.low.places or spot.is_range:
            return None
        low = told["which"] == "lowest"
        ways = (self._everywhere(judge) for judge in (None, *self.m.own_judges))
        ends = (self.m.answers.values(Ask("alpha", "ci_low" if low else "ci_high"), way) for way in ways)
        return self.hit(spot, [Answer((min if low else max)(values)) for values in ends if values])


def _cell_of_reference(fact: str) -> str | None:
    found = OF_A_REFERENCE.match(fact)
    return found["cell"] if found is not None else None
