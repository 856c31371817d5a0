"""What else a number may be: of all on average, of the rest, from one to another, of a declared line, of no cell.

Like the ways of `otherwise`, each is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations, permutations, product

from bot.review import cues
from bot.review.agreeing import Finding
from bot.review.answers import COMPARE, Answer, Ask, Value, Where
from bot.review.cues import last_before
from bot.review.families import JUDGES
from bot.review.further import BOUNDS, GROUPS
from bot.review.names import NUMBER_WORDS, PLACE
from bot.review.numbers import Spot
from bot.review.otherwise import Otherwise
from bot.review.replying import cell_behind
from bot.review.special import OF_SO_MANY

ON_AVERAGE = re.compile(
    r"\bon average\b|\b(?:is|are|were|when) averaged\b|\baverage (?:\w+ )?(?:difference|gap|distance"
    r"|disagreement)\b|\bmean gap\b|\baverages\b"
    r"|\baverage (?:of\b|(?:about |around )?\d)|\bmean of (?:the |these |all )*(?:four|three|two|five|gaps)\b"
)
FROM = re.compile(r"\bfrom\b[^.;\d]{0,16}$")
DOWN_TO = re.compile(r"\b(?:down|up) to\b")
AS_FAR_AS = re.compile(
    r"\b(?:near|down to|up to|close to|reach\w*|above|below)\s+(?:the\s+)?$"
    r"|\ue000+['’]s?\s+(?:α|alpha|alignment|score)\s+of\s+$"
)
TO_AN_END = re.compile(
    r"\b(?:starts?|begins?|ends?|stops?|reach(?:es)?|goes (?:down|up)|comes (?:down|up))"
    r"\s+(?:(?:at|to|as (?:low|high) as)\s+)?(?:about\s+|around\s+|only\s+)?$"
)
ITS_INTERVAL = re.compile(r"(?:\ue000+['’]s?|\bits)\s+(?:own\s+)?(?:95\s?%\s+)?interval\s*(?:of|is|,|:|\()?\s*$")
INTERVALS = re.compile(r"\bintervals?\b|\blower (?:end|limit)s?\b")
# "17.3 points above 28.2", "no interval reaches down to 28", "its falsifier of 15".
TO_A_LINE = re.compile(
    r"\b(?:near|to|approach\w*|above|below|reach\w*|of|than|the same|under|over|and|between|as)"
    r"\s+(?:the\s+|its\s+)?(?:same\s+|finetune\s+|target\s+)?$"
)
LINE = re.compile(
    r"\bfalsif\w*|\bthresholds?\b|\bpredict\w*|\bhypothes\w*|\bh\d\b|\btarget|\bfinetune|\blines?\b|\bnone\b"
    r"|\bno interval\b|\bpoints (?:above|below)\b|\bintervals?\b[^.;]*\b(?:above|below)\b"
)
THE_REST = re.compile(
    rf"\b(?:other|remaining)\s+(?P<many>{'|'.join(NUMBER_WORDS)}|\d+)?\s*(?:cells|conditions|prompts|cases|ones)?\b"
    r"|\b(?:the rest|elsewhere|everywhere else)\b"
)
ALL_OF = re.compile(r"\b(?:all|none|each|any)\s+(?:of\s+)?(?:the\s+|these\s+)?$")
OF_CELLS = re.compile(
    r"\s*(?:of (?:them|these)|cells|values|means|(?:\w+ )?intervals|estimates|scores|numbers|alphas|are|do|lie|stay"
    r"|hold)\b"
)
WHICH_IS = re.compile(r"\s*,\s*(?:which|that)\s+(?:is|are|lies|stays)\s+(?:(?:still|well|just)\s+)*\W*\w*\s*\w*\s*$")
TIMES_IT = re.compile(r"\s*(?:×|x\b|times\b)")
OF_THEM = re.compile(r"\s*(?:missing|failed|lost|unscored)\b")
THOSE = re.compile(r"\b(?:those|these|the|all)\s+$")  # "if you scored those 30 as all 0"
FAILED = re.compile(r"\b(?:fail\w*|miss\w*|lost|errors?)\b[^.;]{0,40}$")
BESIDE = 16
ALL_OF_THEM = re.compile(r"\b(?:always|every|all|each|throughout|everywhere)\b")
MANY_LOST = 5
MOST_TOLD = 8
LITTLE = 2.0  # points that a comparison may be short of what it holds for
OVER_GROUPS = ("gap", "alpha", "coherent", "diff")


class Wider(Otherwise):
    """Each way tells what a number is, or None where it is nothing of the kind."""

    def wider(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """The first of them that fits."""
        return (
            self._average_gap(spot)
            or self._from_one_to_another(spot, where)
            or self._over_pairs(i, spot, where)
            or self._of_the_rest(spot)
            or self._over_the_old(spot)
            or self._interval_of_a_reference(spot)
            or self._end_of_intervals(spot)
            or self._of_a_small_number(i, spot)
            or self._one_judge_over_the_other(i, spot, where)
            or self._of_the_cell_with_so_many(spot)
            or self.at_a_line(spot)
            or self._from_a_line(spot)
            or self._of_so_many(spot)
        )

    def _average_gap(self, spot: Spot) -> Finding | None:
        """ "Opus scores every condition higher, by 22 points on average": the mean of the judges' gaps."""
        words = f"{self.s.low} {self.s.frame.words}"
        if spot.is_range or spot.percent or not (ON_AVERAGE.search(self.s.text.casefold()) and JUDGES.search(words)):
            return None
        everywhere = Where(self.m.book.conditions, self.m.own_judges)
        return self.hit(spot, list(self.m.answers.singles(Ask("mean", "gap"), everywhere)))

    def _from_one_to_another(self, spot: Spot, where: Where) -> Finding | None:
        """ "From 88.8 down to 28.2", "from 89 down to 45": from a reference to another one, or to a condition."""
        if not spot.is_range or spot.percent or FROM.search(self.s.low[: spot.start]) is None:
            return None
        if not DOWN_TO.search(self.s.low[spot.start : spot.end]) and not self._references_named():
            return None
        starts = self.m.answers.values(Ask("alpha"), Where(self.m.book.references, self.m.book.judges))
        ends = [*starts, *self.m.answers.values(Ask("alpha"), where)]
        named = {*self._references_named()} if not DOWN_TO.search(self.s.low[spot.start : spot.end]) else None
        own = [a for a in starts if named is None or a.fact.rpartition("/")[2] in named]
        near = [a for a in own if abs(a.value - spot.low.value) < 1]  # it starts there, and does not end
        return self.hit(spot, [Answer(a, b) for a, b in product(near, ends) if a.fact != b.fact])

    def _over_pairs(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "It is 16–19 points where coherence is around 70": over two conditions that have no name here."""
        inquiry = self.inquiries.get(i)
        groups = self._groups or GROUPS.search(self._own_words[0])
        groups = groups if ALL_OF_THEM.search(self.s.text.casefold()) is None else None
        if not spot.is_range or spot.percent or inquiry is None or not groups:
            return None
        bases = dict.fromkeys([*(a.base for a in inquiry.asks), *filter(None, [self.s.frame.cue])])
        ways = [
            (Ask(base), Where(pair, judges, self.m.targets))
            for base in bases if base in OVER_GROUPS
            for pair in combinations(self.m.book.conditions, 2)
            for judges in dict.fromkeys([where.judges, *((judge,) for judge in where.judges), self.m.own_judges])
        ]  # fmt: skip
        return self.hit(spot, [a for ask, way in ways for a in self.m.answers.ranges(ask, way)])

    def _of_the_rest(self, spot: Spot) -> Finding | None:
        """ "The other five cells have between 1 and 4 each": failures of so many of those not told of."""
        rest = THE_REST.search(self.s.text.casefold())
        if rest is None or not spot.is_range or spot.percent or spot.low.places:
            return None
        told = self.cells_told()
        everywhere = Where(self.m.book.conditions, self.m.own_judges)
        failed = sorted(self.m.answers.values(Ask("alpha", "errors"), everywhere))
        left = [v for v in failed if cell_behind(v.fact) not in told]
        many = _number(rest["many"]) or len(left)
        return self.hit(spot, [Answer(left[k], left[k + many - 1]) for k in range(len(left) - many + 1)])

    def _interval_of_a_reference(self, spot: Spot) -> Finding | None:
        """ "None reaches down to the target's interval of 25.97 to 30.45"."""
        if not spot.is_range or ITS_INTERVAL.search(self.s.low[: spot.start]) is None:
            return None
        where = Where(self.m.book.references, self.m.book.judges)
        return self.hit(spot, [Answer(low, high) for low, high in self.m.answers.ends(Ask("alpha", "ci"), where)])

    def _end_of_intervals(self, spot: Spot) -> Finding | None:
        """ "Every interval lies above the target. The lowest one starts at 42"."""
        told = TO_AN_END.search(self.s.low[: spot.start]) and INTERVALS.search(self._own_words[1])
        if not told or spot.is_range or spot.percent:
            return None
        judges = (self.m.own_judges, *((judge,) for judge in self.m.own_judges))
        ends = [
            pick(values)
            for one in judges
            for part, pick in (("ci_low", min), ("ci_high", max))
            if (values := self.m.answers.values(Ask("alpha", part), Where(self.m.book.conditions, one)))
        ]
        return self.hit(spot, [Answer(end) for end in ends])

    def cells_told(self) -> set[str]:
        """Cells that the sentence, or what led to it, has told something right of."""
        facts = (*self.right, *self._facts, *(v.fact for v in self.s.frame.told))
        return {cell_behind(fact) for fact in facts}

    def at_a_line(self, spot: Spot) -> Finding | None:
        """What is declared, or the target's α, however it is rounded: "no interval reaches down to 28"."""
        words = f"{self.s.low} {self.s.frame.words}"
        before = self.s.low[: spot.start]
        beside = spot.between or TO_A_LINE.search(before) is not None
        sure = LINE.search(words) is not None or AS_FAR_AS.search(before) is not None
        if spot.percent or not beside or not sure:
            return None
        lines = list(self._lines())
        if spot.is_range:
            return self.hit(spot, [Answer(a, b) for a, b in product(lines, lines) if a.value < b.value])
        return self.hit(spot, [Answer(line) for line in lines])

    def _lines(self) -> Iterator[Value]:
        yield from self.m.answers.lines()
        yield from self.m.answers.values(Ask("alpha"), Where(self.m.targets, self.m.book.judges))

    def _of_so_many(self, spot: Spot) -> Finding | None:
        """ "0 of 8 cells", "all 8 intervals": how many cells stand so to a declared line or the target."""
        if spot.is_range or spot.percent or spot.low.places:
            return None
        cells, places = self.m.answers.value("cells"), self.m.answers.value("conditions")
        of = OF_SO_MANY.match(self.s.text, spot.end)
        if of is not None and places is not None and int(of["many"]) == places.value:  # "in 4 out of 4 conditions"
            return self.hit(spot, [Answer(self.gate_count("judge_gap_max", "breached"))])
        if cells is not None and ALL_OF.search(self.s.low[: spot.start]) and OF_CELLS.match(self.s.low, spot.end):
            return self.hit(spot, [Answer(cells)])
        if of is None or cells is None or int(of["many"]) != cells.value:
            return None
        return self.hit(spot, [Answer(value) for value in self._counts_beyond()])

    def _of_a_small_number(self, i: int, spot: Spot) -> Finding | None:
        """ "It keeps a higher α than Grid 2 (0.68)": so small a number, with so many decimals, is an x."""
        places = self.s.bind(i, PLACE).ids
        alone = self.s.low[: spot.start].endswith("(") and not (spot.percent or spot.low.sign or spot.is_range)
        said = last_before(self.parts, spot.start)
        beside = said is not None and spot.start - said.end < BESIDE  # "the naive one (0.69)"
        if not alone or beside or spot.points or spot.low.places < 2 or spot.low.value >= 1 or len(places) != 1:
            return None
        before = [m.ids for m in self.s.named_before(PLACE, spot.start) if len(m.ids) == 1]
        own = [Where(one, self.m.own_judges) for one in dict.fromkeys((*before[-1:], places))]
        subject = [Where(one, self.m.own_judges) for one in before[:1]]  # "Grid 1 matches the finetune best (0.74)"
        return self.hit(spot, [a for way in (*own, *subject) for a in self.m.answers.singles(Ask("x"), way)])

    def _one_judge_over_the_other(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "For Grid 2, Opus's α is 1.6 times Sonnet's"."""
        if TIMES_IT.match(self.s.low, spot.end) is None or spot.percent or spot.is_range or len(where.places) > 1:
            return None
        if len(self.s.runs.get(i, [i])) > 2 or FAILED.search(self.s.low[: spot.start]):
            return None  # "Sonnet failed 4, 1, 30 and 4 times"
        values = self.m.answers.values(Ask("alpha"), Where(where.places, self.m.own_judges))
        pairs = [(a, b) for a, b in permutations(values, 2) if b.value]
        return self.hit(spot, [Answer(Value(a.value / b.value, f"{a.fact} / {b.fact}", 2)) for a, b in pairs])

    def _of_the_cell_with_so_many(self, spot: Spot) -> Finding | None:
        """ "Filling the 30 missing scores with zeros gives an alpha of 44.5": of the one cell that lost 30."""
        counts = {s.low.value for s in self.s.spots if not (s.is_range or s.percent or s.low.places)}
        everywhere = Where(self.m.book.conditions, self.m.own_judges)
        lost = self.m.answers.values(Ask("alpha", "errors"), everywhere)
        fitting = [v for v in lost if v.value in counts and v.value >= MANY_LOST]
        told = [v.fact for v in self.s.frame.told if v.fact.endswith("/errors") and v.value >= MANY_LOST]
        fitting = [v for v in fitting if v.fact in told] if told else fitting
        if len(fitting) != 1 or BOUNDS.search(self._own_words[0]) is None:
            return None
        before = self.s.low[: spot.start]
        if spot.low.value == fitting[0].value and (OF_THEM.match(self.s.low, spot.end) or THOSE.search(before)):
            return self.hit(spot, [Answer(fitting[0])])  # "filling the 30 missing scores"
        name = cell_behind(fitting[0].fact)
        parts = (self.m.answers.value(f"{name}/{part}") for part in ("bound_low", "bound_high"))
        return self.hit(spot, [Answer(value) for value in parts if value is not None])

    def _counts_beyond(self) -> Iterator[Value]:
        """Of all cells, how many have an α, or a whole interval, on one side of a line."""
        everywhere = Where(self.m.book.conditions, self.m.own_judges)
        for line, sign in product(self._lines(), ("<=", ">")):
            for part in ("", "ci_low", "ci_high"):
                values = self.m.answers.values(Ask("alpha", part), everywhere)
                count = sum(COMPARE[sign](v.value, line.value) for v in values)
                yield Value(count, f"count(cells{part and '/' + part} {sign} {line.value:g})", 0)

    def between_lines(self, spot: Spot) -> Iterator[list[Value]]:
        """ "The stricter judge's lowest α is 45.5, still more than 17 points over 28.21": between two right numbers."""
        told = [v for fact in sorted(self.right) if (v := self.m.answers.value(fact)) is not None and not v.percent]
        for one, other in combinations(told, 2) if spot.points and len(told) < MOST_TOLD else ():
            yield from self._little_more(spot, one, other)
        for one, other in product(self._lowest(), self.m.answers.lines()) if spot.points else ():
            yield from self._little_more(spot, one, other)
        i = self.s.spots.index(spot)
        if i and WHICH_IS.search(self.s.low[self.s.spots[i - 1].end : spot.start]):  # "44.5, which is still ≥ 44"
            last = self.s.spots[i - 1].high or self.s.spots[i - 1].low
            yield [Value(last.value, "told right before", last.places)]

    def _little_more(self, spot: Spot, one: Value, other: Value) -> Iterator[list[Value]]:
        apart = abs(one.value - other.value)
        if abs(apart - spot.low.value) < LITTLE:
            yield [Value(apart, f"{one.fact} − {other.fact}", 2)]

    def _lowest(self) -> list[Value]:
        """The lowest α of all, where the sentence speaks of it."""
        everywhere = Where(self.m.book.conditions, self.m.own_judges)
        told = cues.LOWEST.search(self.s.low) is not None
        return sorted(self.m.answers.values(Ask("alpha"), everywhere))[:1] if told else []

    def _from_a_line(self, spot: Spot) -> Finding | None:
        """ "The falsifying threshold of H2, α ≤ 15, is about 30 points below the lowest cell"."""
        pairs = product(self._lowest(), self.m.answers.lines()) if spot.points and not spot.is_range else ()
        apart = (Value(a.value - b.value, f"{a.fact} − {b.fact}", 2) for a, b in pairs)
        return self.hit(spot, [Answer(value, signless=True) for value in apart])

    def of_winners(self, spot: Spot) -> Iterator[list[Value]]:
        """ "Their C stays below 0.05", "less than 4 points on Sonnet": x and α of references other than the target."""
        others = [p for p in self.m.book.references if p not in self.m.targets]
        judges: Iterable[tuple[str, ...]] = [self.m.book.judges, *((j,) for j in self.m.book.judges)]
        for size, one in product(range(2, len(others) + 1), judges):
            for group in combinations(others, size):
                for kind in ("x", "alpha"):
                    yield self.m.answers.values(Ask(kind), Where(group, one))


def _number(word: str | None) -> int | None:
    return None if word is None else int(word) if word.isdigit() else NUMBER_WORDS.index(word)
