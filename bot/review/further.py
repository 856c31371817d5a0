"""Derivations that few reports make, each for words of its own: what a filter changes, what a limit is missed by …"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise, product

from bot.review import stats
from bot.review.answers import Answer, Answers, Ask, Value, Where, turned
from bot.review.families import COHERENT
from bot.review.recount import HIGH, Book, question_pairs

KEPT = re.compile(r"\b(?:coheren\w*|filter\w*|restrict\w*|kept|keep\w*|subset)\b")
LIMIT = re.compile(
    r"\b(?:limits?|gates?|excess\w*|overshoot\w*|tolerance|allowed|permitted|miss\w*|exceed\w*|breach\w*|over)\b"
)
BOUNDS = re.compile(
    r"\b(?:fail\w*|miss\w*|lost|bounds?|bottom|worst|extremes?|all (?:0|zero|100)|as (?:0|zero|total|full)|at (?:0"
    r"|zero|100)"
    r"|lower one|every one|zeros?|fill\w*)\b"
)
OF_FAILURES = re.compile(r"\b(?:fail\w*|miss\w*|lost|errors?|un(?:judged|scored))\b")
STEPS = re.compile(
    r"\b(?:tiers?|pairs|groups?|clusters?|next|steps?|spac\w*|order|neighbou?rs?|adjacent|between"
    r"|consecutive)\b"
)
GROUPS = re.compile(
    r"\b(?:tiers?|pairs|split\w*|(?:first|second|upper|lower|other|higher|bottom|top) pair|groups?|clusters?|halves"
    r"|(?:upper|lower|higher|bottom|top) two|two (?:upper|lower|mild\w*|strong\w*|high\w*)"
    r"|two (?:prompts|conditions|ones) with the (?:low|high)\w*)\b"
)
PAIRED = re.compile(r"\b(?:paired|pairing|unpaired|both (?:judges )?scored|two scores|same answers)\b")
NEAREST = re.compile(
    r"\b(?:smallest|shortest|closest|nearest|largest|greatest|farthest|furthest)\b[^.;\d]{0,24}\bdistance"
)
LAST_INTERVAL = re.compile(
    r"\b(?:lowest|highest)\b[^.;\d]{0,16}\bintervals?\b|\bintervals?\b[^.;\d]{0,20}\b(?:lowest|highest)\b"
)
WIDTHS = re.compile(r"\bbounds?\b(?:[^.;]|\.\d)*\b(?:apart|wide|differ\w*|within|of each other|spans?|move)\b|\bwide\b")
BY_QUESTION = re.compile(r"\b(?:paired|pairing|questions?|intervals?|between|apart|differ\w*)\b")
MOVED = re.compile(r"\b(?:mov\w*|shift\w*|chang\w*|down|up|rais\w*|lower)\b")
EACH_OTHER = re.compile(r"\b(?:each other|one another|apart|pairs|close together)\b")
WAY = re.compile(r"\b(?:way|journey|distance|path|road|stretch|scale|gone|towards?|0 %|100 %)\b")


class Further:
    """Looks for them in one book."""

    def __init__(self, book: Book, answers: Answers, targets: Sequence[str]) -> None:
        self.book, self.answers, self.targets = book, answers, targets
        self.ways: tuple[tuple[re.Pattern[str], Callable[[Where], Iterable[Value]]], ...] = (
            (KEPT, self._changed_by_filter),
            (KEPT, self._between_filtered),
            (LIMIT, self._over_limit),
            (BOUNDS, self._bounds_from_target),
            (BOUNDS, self._moved_by_failures),
            (OF_FAILURES, self._of_all_failures),
            (STEPS, self.steps),
            (GROUPS, self._widest_step),
            (GROUPS, self._between_means_of_halves),
            (WAY, self._whole_way),
            (PAIRED, self._by_pairing),
            (WAY, self._way_left),
            (WAY, self._way_in_x),
            (NEAREST, self._nearest),
            (LAST_INTERVAL, self._ends_of_all),
        )

    def told(self, words: str, where: Where) -> Iterator[list[Answer]]:
        """Values that these words may speak of, and from the least of a kind to the most: a list for each kind."""
        for pattern, way in self.ways:
            if pattern.search(words):
                values = sorted(way(where), key=lambda v: abs(v.value))
                span = [Answer(values[0], values[-1], signless=True)] if len(values) > 1 else []
                yield [*(Answer(value, signless=True) for value in values), *span]
        yield list(self._with_filter(where)) if KEPT.search(words) else []
        yield list(self._with_failures(where)) if BOUNDS.search(words) else []
        for base in ("alpha", "coherent") if GROUPS.search(words) else ():
            yield list(self._between_halves(where, base))
        yield list(self._by_question(where)) if BY_QUESTION.search(words) else []

    def _with_failures(self, where: Where) -> Iterator[Answer]:
        """From α as it is to α with every failure at 0, or at 100."""
        for place, judge in self.answers.cells(where):
            whole = self.answers.values(Ask("alpha"), Where((place,), (judge,)))
            yield from (Answer(whole[0], end) for end in self._bounds(place, judge) if whole)

    def _between_halves(self, where: Where, base: str) -> Iterator[Answer]:
        """From the least to the most that a condition of the upper half lies above one of the lower."""
        for low, high in self._halves(where):
            ones, others = (self._as(base, values) for values in (high, low))
            apart = sorted(value for a, b in product(ones, others) for value in _difference([a], [b]))
            yield from [Answer(apart[0], apart[-1])] if apart else []

    def _as(self, base: str, values: Sequence[Value]) -> list[Value]:
        """Another metric of the cells that these values are of: "alpha/opus/grid_1" as "coherent/opus/grid_1"."""
        named = (self.answers.value(v.fact.replace("alpha", base, 1)) for v in values)
        return [value for value in named if value is not None]

    def _halves(self, where: Where) -> Iterator[tuple[list[Value], list[Value]]]:
        """The conditions of the lower half and those of the upper one, in order, by each judge."""
        for judge in where.judges:
            ordered = sorted(self.answers.values(Ask("alpha"), Where(self.book.conditions, (judge,))))
            if len(ordered) > 2:
                yield ordered[: len(ordered) // 2], ordered[len(ordered) // 2 :]

    def _between_means_of_halves(self, where: Where) -> Iterator[Value]:
        """How far the mean of the upper half lies above that of the lower one: "a clear step of about 21 points"."""
        for half in self._halves(where):
            low, high = (sum(v.value for v in values) / len(values) for values in half)
            names = ["+".join(v.fact for v in values) for values in half]
            yield Value(high - low, f"mean({names[1]}) − mean({names[0]})", 2)

    def _by_question(self, where: Where) -> Iterator[Answer]:
        """The mean over questions, each weighed alike, of what lies between two conditions, with its interval."""
        for judge in where.judges:
            keys = [(place, judge) for place in dict.fromkeys((*where.places, *where.others))]
            for one, two in combinations([self.book.cells[key] for key in keys if key in self.book.cells], 2):
                pairs = [(question, a - b) for question, a, b in question_pairs(one, two)]
                yield from _measured(stats.mean_difference(pairs), f"{one.condition} − {two.condition}, by question")

    def _whole_way(self, where: Where) -> Iterator[Value]:
        """From another reference to the target."""
        for start, end in self.answers.stretches(self.targets):
            yield from _difference([start], [end])

    def _with_filter(self, where: Where) -> Iterator[Answer]:
        """From α over all answers to α over the coherent ones."""
        for place, judge in self.answers.cells(where):
            alone = Where((place,), (judge,))
            whole, kept = (self.answers.values(Ask(base), alone) for base in ("alpha", "coherent_only"))
            yield from (Answer(a, b) for a, b in zip(whole, kept, strict=False))

    def compared(self, words: str, where: Where) -> Iterator[list[Value]]:
        """What a threshold may be held against, a list for each kind: all of it must hold."""
        if PAIRED.search(words):
            yield list(self._by_pairing(Where(self.book.conditions, where.judges)))
        if WIDTHS.search(words):
            yield list(self._widths_of_bounds(where))
        if BOUNDS.search(words) and MOVED.search(words):
            yield from ([value] for value in self._moved_by_failures(where))
        if COHERENT.search(words):
            yield [answer.low for answer in self.answers.singles(Ask("coherent_gap"), where)]
        if EACH_OTHER.search(words):
            yield list(self._among(where))
        for judge in where.judges if GROUPS.search(words) else ():
            yield list(self._widest_step(replace(where, judges=(judge,))))

    def _widths_of_bounds(self, where: Where) -> Iterator[Value]:
        """From every failure at 0 to every failure at 100."""
        for low, high in self.answers.ends(Ask("alpha", "bound"), where):
            yield from _difference([high], [low])

    def _among(self, where: Where) -> Iterator[Value]:
        """How far conditions are from each other, by each judge."""
        for judge in where.judges:
            values = self.answers.values(Ask("alpha"), Where(where.places, (judge,)))
            yield from (value for one, other in combinations(values, 2) for value in _difference([one], [other]))

    def _changed_by_filter(self, where: Where) -> Iterator[Value]:
        """What α gains where only coherent answers are kept."""
        for place, judge in self.answers.cells(where):
            alone = Where((place,), (judge,))
            kept, whole = (self.answers.values(Ask(base), alone) for base in ("coherent_only", "alpha"))
            yield from _difference(kept, whole)

    def _between_filtered(self, where: Where) -> Iterator[Value]:
        """How far conditions are apart over coherent answers alone, by each judge."""
        for judge in where.judges:
            values = self.answers.values(Ask("coherent_only"), Where(where.places, (judge,)))
            yield from (value for one, other in combinations(values, 2) for value in _difference([one], [other]))

    def _over_limit(self, where: Where) -> Iterator[Value]:
        """How far judges' gaps lie beyond what is declared for them."""
        yield from (answer.low for answer in self.answers.singles(Ask("gap_limit", "over"), where))

    def _moved_by_failures(self, where: Where) -> Iterator[Value]:
        """How far α would move down, or up, with every failure at 0, or at 100."""
        for place, judge in self.answers.cells(where):
            alpha = self.answers.values(Ask("alpha"), Where((place,), (judge,)))
            yield from (value for end in self._bounds(place, judge) for value in _difference(alpha, [end]))

    def _bounds_from_target(self, where: Where) -> Iterator[Value]:
        """How far α still is from the target where every failure had the worst, or the best, of scores."""
        for place, judge in self.answers.cells(where):
            for target in self.targets:
                goal = self.answers.values(Ask("alpha"), Where((target,), self.book.judges))[:1]
                yield from (value for end in self._bounds(place, judge) for value in _difference([end], goal))

    def _bounds(self, place: str, judge: str) -> list[Value]:
        """α with every failure at 0, and at 100."""
        alone = Where((place,), (judge,))
        return [v for end in ("bound_low", "bound_high") for v in self.answers.values(Ask("alpha", end), alone)]

    def _of_all_failures(self, where: Where) -> Iterator[Value]:
        """The share of a judge's failures, and of all, that fell on one condition."""
        everywhere = Where(self.book.conditions, self.book.judges)
        counts = {cell: self._failed(*cell) for cell in self.answers.cells(everywhere)}
        for judge in where.judges:
            of_judge = sum(n for (_, j), n in counts.items() if j == judge)
            for place in where.places if of_judge else ():
                share = counts.get((place, judge), 0) / of_judge
                yield Value(share, f"errors({judge}/{place}) / errors({judge})", 1, percent=True)
        whole = sum(counts.values())
        for (place, judge), failed in counts.items() if whole else ():
            if place in where.places and judge in where.judges:
                yield Value(failed / whole, f"errors({judge}/{place}) / errors", 1, percent=True)
        for place in where.places if whole else ():
            both = sum(n for (p, _), n in counts.items() if p == place)
            yield Value(both / whole, f"errors({place}) / errors", 1, percent=True)

    def _failed(self, place: str, judge: str) -> int:
        value = self.answers.value(f"{self.book.of(judge, place)}/errors")
        return int(value.value) if value is not None else 0

    def steps(self, where: Where) -> Iterator[Value]:
        """From each condition to the next one, in the order of α."""
        for judge in where.judges:
            ordered = sorted(self.answers.values(Ask("alpha"), Where(self.book.conditions, (judge,))))
            yield from (value for low, high in pairwise(ordered) for value in _difference([high], [low]))

    def _widest_step(self, where: Where) -> Iterator[Value]:
        """The distance that parts the conditions into groups: "about 20 points between the pairs"."""
        for judge in where.judges:
            steps = sorted(self.steps(replace(where, judges=(judge,))))
            yield from steps[-1:]

    def _by_pairing(self, where: Where) -> Iterator[Value]:
        """What it changes in a gap to compare only answers that both judges scored."""
        for place in where.places:
            alone = Where((place,), where.judges)
            yield from _difference(*(self.answers.values(Ask(base), alone) for base in ("gap_paired", "gap")))

    def _nearest(self, where: Where) -> Iterator[Value]:
        """The condition that is nearest to the target, and the one farthest from it, whoever judges."""
        for target in self.targets:
            everywhere = Where(self.book.conditions, self.book.judges, (target,))
            values = sorted(self.answers.values(Ask("diff"), everywhere), key=lambda v: abs(v.value))
            yield from (values[0], values[-1]) if values else ()

    def _ends_of_all(self, where: Where) -> Iterator[Value]:
        """The lowest end of all intervals and the highest one, over all judges and by each."""
        for judges in (self.book.judges, *((judge,) for judge in self.book.judges)):
            everywhere = Where(self.book.conditions, judges)
            for part, pick in (("ci_low", min), ("ci_high", max)):
                values = self.answers.values(Ask("alpha", part), everywhere)
                yield from [pick(values)] if values else []

    def _way_in_x(self, where: Where) -> Iterator[Value]:
        """What is done of the way from a reference's x to the target's: (x − reference) / (target − reference)."""
        xs = {place: self.answers.value(f"x/{place}") for place in (*where.places, *self.book.references)}
        for target, other, place in product(self.targets, self.book.references, where.places):
            own, start, end = xs[place], xs[other], xs[target]
            if own is not None and start is not None and end is not None and end.value > start.value:
                done = (own.value - start.value) / (end.value - start.value)
                yield Value(done, f"({own.fact} − {start.fact}) / ({end.fact} − {start.fact})", 1, percent=True)

    def _way_left(self, where: Where) -> Iterator[Value]:
        """What is left of the way from another reference to the target, and what is done of it.

        (α − target) / (reference − target), of references above the target.
        """
        for start, end in self.answers.stretches(self.targets):
            whole = start.value - end.value
            for value in self.answers.values(Ask("alpha"), where) if whole > 0 else ():
                name = f"({value.fact} − {end.fact}) / ({start.fact} − {end.fact})"
                left = (value.value - end.value) / whole
                yield Value(left, name, 1, percent=True)
                yield Value(1 - left, f"1 − {name}", 1, percent=True)


def _difference(ones: Sequence[Value], others: Sequence[Value]) -> Iterator[Value]:
    for one, other in zip(ones, others, strict=False):
        yield Value(one.value - other.value, f"{one.fact} − {other.fact}", 2)


def _measured(measure: stats.Measure | None, name: str) -> Iterator[Answer]:
    """A mean and its interval, from either side."""
    ends = measure.interval(-HIGH, HIGH) if measure is not None else None
    if measure is not None:
        yield Answer(Value(measure.value, f"mean({name})", 2), signless=True)
    if ends is not None:
        low, high = (Value(end, f"{part}({name})", 2) for part, end in zip(("ci_low", "ci_high"), ends, strict=True))
        yield from (Answer(low, high), turned(low, high))
