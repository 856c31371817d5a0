"""What else a number may be: a mean of some, a correlation over the conditions, the least or the most, told once more.

Like the ways of `wider`, each is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from bot.review import cues, stats
from bot.review.agreeing import ROUNDS, Finding, facts_behind, span_text
from bot.review.answers import Answer, Ask, Value, Where
from bot.review.families import JUDGES, KEPT, SHARED
from bot.review.names import JUDGE, PLACE
from bot.review.numbers import Spot
from bot.review.onward import Onward
from bot.review.otherwise import NO_PROMPT, allowed

AVERAGED = re.compile(r"\b(?:average\w*|means?|split\w*|pairs|groups?|tiers?|halves|(?:upper|lower|top|bottom) two)\b")
PARTED = re.compile(r"\b(?:split\w*|pairs|groups?|tiers?|halves|(?:upper|lower|top|bottom|other) two)\b")
CORRELATES = re.compile(r"\bcorrel\w*|\bpearson\b|\bspearman\b|\bkendall\b|\b[rρτ]\s*(?:=|of|is)")
# "Lowest mean is 45.46", "the best case is 16.15".
THE_MOST = re.compile(
    r"\b(?P<which>lowest|highest|smallest|largest|biggest|widest|narrowest|best|worst|mildest|closest|nearest|least"
    r"|most|minimum|maximum)\b"
    r"(?:\s+(?!and\b|or\b|but\b)[\w'’α-]+){0,4}?\s*(?:\b(?:is|was|being|at|of|stands at|comes to)\b|[:=(,])"
    r"\s*(?:only\s+|just\s+|still\s+|about\s+)?$"
)
EITHER_END = ("best", "worst", "mildest", "closest", "nearest", "least", "most")
N_IS = re.compile(r"\bn\s*(?:=|is|of)\s*(?:only\s+)?$")
LOSES = re.compile(r"\b(?:los(?:es?|ing|t)|drops?|costs?|gives? up|comes? down|pulls?|shed\w*)\b[^.;\d]{0,40}$")
ABOVE_IT = re.compile(r"\s*(?:points?\s+)?(?:above|below|higher|lower|away|off|to go)\s*(?:[.,;:)]|$)")
SCORED_BY = re.compile(r"\ue001+ (?:both )?(?:returned|gave|scored|have|had|has)\b")
FROM_HERE = re.compile(r"\bfrom\s+$")
TAKES_OVER = re.compile(
    r"\s*(?:on average\s+)?(?:on|for|with|under|by|in|from)\s+(?:the\s+)?[\ue000\ue001]+\s*,?\s*(?:and|but|against"
    r"|versus)?\s*(?:only|just|about)?\s*"
)
OF_TWO_PLACES = re.compile(r"alpha/(?P<judge>[^/]+)/(?P<one>\S+) − alpha/(?P=judge)/(?P<other>\S+)")
COUNTED_AT = re.compile(r"count\(\S+ (?P<sign>[<>=]+) (?P<limit>[\d.]+)(?:, \S+)?\)")
COUNTED_SIDES = re.compile(
    r"count\((?P<what>answers|questions), (?P<one>\S+) (?P<sign>[<>=]+) (?P<two>\S+), (?P<place>\S+)\)"
)
OPPOSITE_SIDE = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
OF_JUDGEMENTS = re.compile(r"\s*(?:out\s+)?of\s+(?P<many>\d[\d,]*)")
JUDGE_SAYS = re.compile(r"['’]s?\s+|\s+(?:says|gives|has|scores|sees|gets|puts)\s+(?:it\s+(?:at\s+)?)?")
UNPROMPTED = re.compile(rf"\b(?:{NO_PROMPT})[^.;:\d]{{0,40}}$")
PROMPTLESS = re.compile(rf"\s*(?:{NO_PROMPT})")
CELL_PARTS = 3
LEFT_BETWEEN = re.compile(r"\b(?:margin|distance|difference|room|remain\w*|left|apart|between them|gap)\b")
ABOVE_JUDGES = re.compile(r"\s*(?:points?\s+)?(?:above|below|over|from)\s+\ue001+['’]s?\s+(?P<value>\d+\.\d+)")
PART_FOLLOWS = re.compile(r"\s*,?\s*(?:and\s+|of which\s+)?\d+\s+(?:of (?:those|them|these)|are|were)\b")
OF_RANGE = re.compile(r"\s*range\b")
MOST_TOLD = 6
RIGHT_BEFORE = re.compile(r",?\s*(?:which|that)\s+(?:is|was|lies|are)\b[^.;\d]*$")


class Grouped(Onward):
    """Each way tells what a number is, or None where it is nothing of the kind."""

    def grouped(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """The first of them that fits."""
        return (
            self._mean_of_some(spot, where)
            or self._correlation(spot)
            or self._the_most(spot, where)
            or self._of_the_judge_before(i, spot, where)
            or self._of_the_scored(spot, where)
            or self._lost(spot, where)
            or self._above_the_target(i, spot, where)
            or self._of_two_references(i, spot)
            or self._like_the_one_before(i, spot, where)
            or self._counted_as_before(spot, where)
            or self._of_all_judgements(i, spot, where)
            or self._of_that_judge(spot)
            or self._without_a_prompt(spot)
            or self._between_told(spot)
            or self._above_its_target(spot)
            or self._whole_of_part(i, spot)
            or self._in_the_range(spot, where)
        )

    def _mean_of_some(self, spot: Spot, where: Where) -> Finding | None:
        """ "Opus sees the same split (84.5 against 72.1)": means of two or three conditions, by one judge."""
        if spot.is_range or spot.percent or not spot.low.places or not AVERAGED.search(self._own_words[1]):
            return None
        groups = [group for size in (2, 3) for group in combinations(self.m.book.conditions, size)]
        if not PARTED.search(self._own_words[1]):
            groups = [
                group
                for group in (self.named_places(0), self.s.frame.places.ids)
                if 1 < len(group) < len(self.m.book.conditions)
            ]
        named = {c.kind for c in self.bases} & {"coherent", "x", "gap"} or {"alpha"}
        offered = [
            mean
            for base in sorted(named) for group in groups for judge in where.judges
            for mean in _mean(self.m.answers.values(Ask(base), Where(group, (judge,))))
        ]  # fmt: skip
        return self.hit(spot, offered) if len({a.low.value for a in offered}) <= 2 * allowed(spot) else None

    def _correlation(self, spot: Spot) -> Finding | None:
        """ "The correlation over the four is 0.79 with Sonnet": of C, or of coherence, with α over the conditions."""
        told = CORRELATES.search(self._own_words[1]) is not None
        if told and N_IS.search(self.s.low[: spot.start]):  # "The correlation is 0.79, n = 4"
            return self.hit(spot, [Answer(v) for v in [self.m.answers.value("conditions")] if v is not None])
        if not told or spot.is_range or spot.percent or spot.low.places < 1 or abs(spot.low.value) > 1:
            return None
        return self.hit(spot, [Answer(value) for value in self._correlations()])

    def _correlations(self) -> Iterator[Value]:
        rows = [(Ask("x"), self.m.own_judges[:1])]
        rows += [(Ask(base), (judge,)) for base in ("alpha", "coherent") for judge in self.m.own_judges]
        told = [self.m.answers.values(ask, Where(self.m.book.conditions, judges)) for ask, judges in rows]
        whole = [values for values in told if len(values) == len(self.m.book.conditions)]
        for one, other in combinations(whole, 2):
            pairs = [(a.value, b.value) for a, b in zip(one, other, strict=True)]
            for name, measure in (
                ("pearson", stats.correlation),
                ("spearman", stats.spearman),
                ("kendall", stats.kendall),
            ):
                if (value := measure(pairs)) is not None:
                    yield Value(value, f"{name}({one[0].fact} …, {other[0].fact} …)", 2)

    def _the_most(self, spot: Spot, where: Where) -> Finding | None:
        """ "Lowest mean is 45.46", "the best case is 16.15": the least, or the most, of all that there is."""
        found = THE_MOST.search(self.s.low[: spot.start])
        if found is None or spot.is_range or spot.percent or not spot.low.places:
            return None
        bases = [c.kind for c in self.bases if c.kind in ("alpha", "gap", "coherent")]
        bases += ["gap"] if JUDGES.search(self._own_words[1]) else []
        bases += ["alpha"] if "alpha" not in bases and "coherent" not in bases else []
        ends = [0, -1] if found["which"] in EITHER_END else [-1 if cues.HIGHEST.search(found["which"]) else 0]
        judges = [self.m.own_judges, *((judge,) for judge in where.judges)] if len(where.judges) > 1 else [where.judges]
        offered = []
        for base in dict.fromkeys(bases):
            for one in judges:
                values = self.m.answers.values(Ask(base), Where(self.m.book.conditions, one))
                ordered = sorted(values, key=lambda v: abs(v.value))
                offered += [Answer(ordered[end], signless=True) for end in ends if ordered]
        return self.hit(spot, offered)

    def _of_the_judge_before(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "Under Opus, PAIR #111 is 1.94 points below the baseline (which Sonnet scored)": by the one told first."""
        before = [m for m in self.s.named_before(JUDGE, spot.start) if not m.every]
        inquiry = self.inquiries.get(i)
        behind = self.s.behind[JUDGE].get(i)
        aside = behind is None or "(" in self.s.low[spot.end : behind.start]
        if not before or inquiry is None or before[-1].ids == where.judges or not aside:
            return None
        own = Where(where.places, before[-1].ids, inquiry.others or where.others or self.m.targets)
        return self._first_hit(spot, ((ask, own) for ask in inquiry.asks))

    def _of_the_scored(self, spot: Spot, where: Where) -> Finding | None:
        """ "Only answers that both judges scored: Grid #2 moves from −28.90 to −28.73": a gap, and its paired one."""
        words = self._own_words[1]
        filtered = KEPT.search(words) is not None
        told = (filtered or SHARED.search(words) or SCORED_BY.search(words)) and FROM_HERE.search(
            self.s.low[: spot.start]
        )
        if not told or not spot.is_range or spot.percent:
            return None
        each = (Where((place,), where.judges) for place in self.m.book.conditions)
        other = Ask("kept_gap" if filtered else "gap_paired")
        pairs = ((self._values(Ask("gap"), w), self._values(other, w)) for w in each)
        offered = [Answer(a, b, signless=True) for ones, twos in pairs for a, b in zip(ones, twos, strict=False)]
        return self.hit(spot, offered)

    def _values(self, ask: Ask, where: Where) -> list[Value]:
        return [answer.low for answer in self.m.answers.singles(ask, where)]

    def _lost(self, spot: Spot, where: Where) -> Finding | None:
        """ "It has the best match and loses only 23 points": from another reference than the target."""
        others = tuple(p for p in self.m.book.references if p not in self.m.targets)
        if not spot.points or LOSES.search(self.s.low[: spot.start]) is None or len(where.places) > 1:
            return None
        named = self._references_named() or tuple(p for p in others if "baseline" in p)
        own = Where(where.places, where.judges, named)
        asks = Ask("diff")
        offered = [a._replace(signless=True) for a in self.m.answers.singles(asks, own)] if not spot.is_range else []
        return self.hit(spot, offered)

    def _above_the_target(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "Grid #2 is practically level with Grid #3, 17.63 above": the target that was told of before."""
        if spot.is_range or spot.percent or ABOVE_IT.match(self.s.low, spot.end) is None:
            return None
        first = next((m.ids for m in self.s.mentions if m.kind == PLACE and not m.every), where.places)
        judges = self.s.bind(i, JUDGE).ids or where.judges
        return self._first_hit(spot, [(Ask("diff"), Where(first, judges, self.m.targets))])

    def _of_two_references(self, i: int, spot: Spot) -> Finding | None:
        """ "They drove α down to 0.79 and 3.70", "by C, they scored 0.031 and 0.024": prompts found earlier."""
        run = self.s.runs.get(i, [i])
        others = [p for p in self.m.book.references if p not in self.m.targets]
        if len(run) != 2 or spot.percent or spot.is_range or spot.low.places < 2:
            return None
        for base in ("alpha", "x"):
            for judge in self.m.book.judges:
                values = self.m.answers.values(Ask(base), Where(tuple(others), (judge,)))
                hits = {j: self.hit(self.s.spots[j], [Answer(v) for v in values]) for j in run}
                if all(hits.values()) and len({hit.facts for hit in hits.values() if hit is not None}) == 2:
                    return hits[i]
        return None

    def _like_the_one_before(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "The step in the middle is 20 points on Sonnet, 7 on Opus": of the same, in the same unit."""
        last = self.s.spots[i - 1] if i else None
        if last is None or not last.points or spot.points or spot.percent or spot.is_range:
            return None
        if TAKES_OVER.fullmatch(self.s.low[last.end : spot.start]) is None:
            return None
        judges = self.s.behind[JUDGE].get(i)
        told = [OF_TWO_PLACES.fullmatch(fact) for fact in sorted(self._facts)]
        steps = [(step["one"], step["other"]) for step in told if step is not None] if judges is not None else []
        ways = (Where((one,), judges.ids, (other,)) for one, other in steps if judges is not None)
        offered = [a._replace(signless=True) for way in ways for a in self.m.answers.singles(Ask("diff"), way)]
        if (hit := self.hit(spot, offered)) is not None or judges is None:
            return hit
        spot.points = True
        return self.single_of(spot, Where(where.places, judges.ids, where.others), self._own_words[1])

    def _counted_as_before(self, spot: Spot, where: Where) -> Finding | None:
        """ "209 of Sonnet's scores lie at or below 28.21. For PAIR #111 it's 41": the same count, of another cell."""
        if spot.is_range or spot.percent or spot.low.places or len(where.places) > 1:
            return None
        told = sorted({*self._facts, *(value.fact for value in self.s.frame.told)})
        offered = [a for fact in told if (found := COUNTED_AT.fullmatch(fact)) for a in self._passing(found, where)]
        sides = [found for fact in told if (found := COUNTED_SIDES.fullmatch(fact)) is not None]
        elsewhere = [found for found in sides if found["place"] not in where.places]
        for found in elsewhere if len(self.m.own_judges) == 2 else ():
            sign = found["sign"] if found["one"] == self.m.own_judges[0] else OPPOSITE_SIDE.get(found["sign"], "==")
            offered += self.m.singles.sides_of(found["what"], where.places, [sign])
        return self.hit(spot, [a for a in offered if not a.low.percent])

    def _passing(self, found: re.Match[str], where: Where) -> Iterator[Answer]:
        return self.m.answers.passing(where, found["sign"], float(found["limit"]))

    def _of_all_judgements(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "On Sonnet 39 of 4,160, on Opus 10 of 4,160": of so many judgements, those that failed."""
        of = OF_JUDGEMENTS.match(self.s.text, spot.end)
        if of is None or spot.is_range or spot.percent or spot.low.places:
            return None
        judges = self.s.bind(i, JUDGE).ids or where.judges
        for places in (self.m.book.conditions, where.places):
            way = Where(places, judges)
            whole = [a.low.value for a in self._sum_of_all("judgements", way)]
            if float(of["many"].replace(",", "")) in whole:
                return self.hit(spot, self._sum_of_all("errors", way))
        return None

    def _of_that_judge(self, spot: Spot) -> Finding | None:
        """ "37.43, about 10 points below Sonnet's 47.52", "where Sonnet says 47.52": the same of another judge."""
        said = [m for m in self.s.named_before(JUDGE, spot.start) if len(m.ids) == 1]
        if not said or not JUDGE_SAYS.fullmatch(self.s.low[said[-1].end : spot.start]):
            return None
        offered = []
        for fact in sorted(self._facts):
            parts = fact.split("/")
            if len(parts) == CELL_PARTS and parts[0] in ("alpha", "coherent", "coherent_only"):
                value = self.m.answers.value("/".join((parts[0], said[-1].ids[0], parts[2])))
                offered += [Answer(value)] if value is not None else []
        return self.hit(spot, offered)

    def _without_a_prompt(self, spot: Spot) -> Finding | None:
        """ "For scale: without any prompt the model scores 88.82"."""
        text = self.s.text.casefold()
        told = UNPROMPTED.search(text[: spot.start]) or PROMPTLESS.match(text, spot.end)
        others = tuple(p for p in self.m.book.references if p not in self.m.targets)
        if not told or spot.is_range or spot.percent:
            return None
        baselines = tuple(p for p in others if "baseline" in p or "null" in p) or others
        return self._first_hit(spot, [(Ask("alpha"), Where(baselines, self.m.book.judges))])

    def _between_told(self, spot: Spot) -> Finding | None:
        """ "Its α is 44.52, the target's bound 30.21. A margin of 14.31 remains": between what was told before."""
        told = list(dict.fromkeys(v for v in self.s.frame.told if not v.percent))[-MOST_TOLD:]
        if spot.is_range or spot.percent or spot.low.places < 2 or not LEFT_BETWEEN.search(self.s.low):
            return None
        apart = (Value(abs(a.value - b.value), f"{a.fact} − {b.fact}", 2) for a, b in combinations(told, 2))
        return self.hit(spot, [Answer(value) for value in apart])

    def _above_its_target(self, spot: Spot) -> Finding | None:
        """ "The Opus values are 41.28 to 58.67 above Sonnet's 28.21": what one judge gave above another's target."""
        found = ABOVE_JUDGES.match(self.s.low, spot.end)
        judges = next((m.ids for m in self.s.mentions if m.kind == JUDGE and not m.every), ())
        targets = self.m.answers.values(Ask("alpha"), Where(self.m.targets, self.m.book.judges))
        if found is None or not judges or all(f"{v.value:.2f}" != found["value"] for v in targets):
            return None
        way = Where(self.m.book.conditions, judges, self.m.targets)
        answers = self.m.answers.ranges(Ask("diff"), way) if spot.is_range else self.m.answers.singles(Ask("diff"), way)
        return self.hit(spot, list(answers))

    def _whole_of_part(self, i: int, spot: Spot) -> Finding | None:
        """ "Opus has 10, and 7 of those are in Grid #2": what the part that follows is of."""
        if PART_FOLLOWS.match(self.s.low, spot.end) is None or spot.is_range or spot.percent:
            return None
        judges = self.s.bind(i, JUDGE).ids or self.m.own_judges
        return self.hit(spot, self._sum_of_all("errors", Where(self.m.book.conditions, judges)))

    def _in_the_range(self, spot: Spot, where: Where) -> Finding | None:
        """ "Results in the 40–90 range": tens around all that there is."""
        low, high = spot.low.value, spot.high.value if spot.high is not None else 0
        tens = spot.is_range and low % 10 == high % 10 == 0 and not spot.percent
        values = self.m.answers.values(Ask("alpha"), Where(self.m.book.conditions, where.judges)) if tens else []
        if not values or OF_RANGE.match(self.s.low, spot.end) is None:
            return None
        near = 0 <= min(values).value - low < 10 and 0 <= high - max(values).value < 10
        span = [Answer(min(values), max(values))]
        return self.found(spot, ROUNDS, span_text(span), facts_behind(span)) if near else None

    def told_again(self, spot: Spot) -> Iterator[list[Value]]:
        """ "Opus puts it at 86.88, which is less than 2 points under that baseline": from the value told before."""
        i = self.s.spots.index(spot)
        if not i or not spot.points or RIGHT_BEFORE.search(self.s.low[self.s.spots[i - 1].end : spot.start]) is None:
            return
        told, references = self.s.spots[i - 1].low, Where(self.m.book.references, self.m.book.judges)
        for other in self.m.answers.values(Ask("alpha"), references):
            yield [Value(told.value - other.value, f"{told.value:g} − {other.fact}", told.places)]


def _mean(values: Sequence[Value]) -> list[Answer]:
    if len(values) < 2:
        return []
    mean = math.fsum(v.value for v in values) / len(values)
    return [Answer(Value(mean, f"mean({', '.join(v.fact for v in values)})", values[0].places), signless=True)]
