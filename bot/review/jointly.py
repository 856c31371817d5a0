"""Numbers that stand together and are right together: a value with its interval, a list, both ends of a range.

One number may be right of something that its words do not name by chance; two with all their digits, of one metric and
of different conditions, are not. So where words seem to speak of something else, what fits all of a group is taken,
if the digits that agree are far more than the ways that were tried. One wrong number among them is enough that nothing
fits.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import product

from bot.review.agreeing import UNMATCHED, WRONG, Finding, status_of
from bot.review.answers import Answer, Value, Where
from bot.review.deriving import is_declared
from bot.review.doubting import MANY_NUMBERS
from bot.review.names import JUDGE, PLACE
from bot.review.series import BETWEEN, ITS_INTERVAL, NAMES, RIGHT
from bot.review.slips import Slips
from bot.review.voting import Ways, digits, ways_of

SURPLUS = 2.0  # decimal digits that must agree beyond those that the many ways account for
MOST = 4  # numbers of a list that are looked at together
FEWEST_DIGITS, FEWEST_IN_A_RANGE = 3, 5  # "45–88" is told of something by its words alone
OPERATION = re.compile(r" [−/] ")
PLACE_OF_FORM = "…"
OPENS = re.compile(r"\s*[(\[]\s*")


class Jointly(Slips):
    """A last look at numbers that stand together."""

    def together(self, found: Sequence[Finding]) -> list[Finding]:
        """The findings, those of a group that is right of one thing as that."""
        if len(self.s.spots) > MANY_NUMBERS:
            return list(found)
        done = list(found)
        for group in self._beside_each_other(done):
            before = done[group[0] - 1] if group[0] else None
            better = self._of_one_thing([done[k] for k in group], before)
            for k, finding in zip(group, better, strict=False):
                done[k] = finding
        return [self._like_the_others(f, done) or f if f.status in (WRONG, UNMATCHED) else f for f in done]

    def _like_the_others(self, finding: Finding, found: Sequence[Finding]) -> Finding | None:
        """ "On Grid #2 it is then 30.35 points, on Grid #3 26.44": worked out as another one, of a place of its own."""
        i = self.place_of(finding)
        if i < 0 or self.s.spots[i].is_range or not self.s.spots[i].low.places or is_declared(finding):
            return None
        named = {p for m in self.s.mentions if m.kind == PLACE for p in m.ids} & {*self.m.book.conditions}
        told: dict[str, set[str]] = {}
        for other in found:
            if other.status in RIGHT and len(other.facts) == 1 and (form := self._form_of(other.facts[0])) is not None:
                told.setdefault(form[0], set()).add(form[1])
        own = (form.replace(PLACE_OF_FORM, place) for form, taken in told.items() for place in sorted(named - taken))
        answers = [Answer(v, signless=True) for fact in own if (v := self._worked_out_as(fact)) is not None]
        return self.hit(self.s.spots[i], answers)

    def _form_of(self, fact: str) -> tuple[str, str] | None:
        """How a number is worked out of one condition, and of which; None for what is no difference and no ratio."""
        places = {part for part in re.split(r"[/ ]+", fact) if part in self.m.book.conditions}
        if len(places) != 1 or OPERATION.search(fact) is None:
            return None
        (place,) = places
        return fact.replace(place, PLACE_OF_FORM), place

    def _worked_out_as(self, fact: str) -> Value | None:
        one, sign, other = fact.partition(" − ") if " − " in fact else fact.partition(" / ")
        ends = self.m.answers.values_of([one, other])
        if len(ends) < len((one, other)) or (sign == " / " and not ends[1].value):
            return None
        value = ends[0].value - ends[1].value if sign == " − " else ends[0].value / ends[1].value
        return Value(value, fact, max(end.places for end in ends))

    def _beside_each_other(self, found: Sequence[Finding]) -> Iterator[list[int]]:
        """Places in `found`: a value and its interval, a list, or one range alone."""
        k = 0
        while k < len(found):
            group = [k]
            while k + 1 < len(found) and len(group) < MOST and self._goes_with(found[k], found[k + 1], len(group)):
                k += 1
                group.append(k)
            if self.m.groups_left > 0 and self._is_doubted([found[j] for j in group]):
                self.m.groups_left -= 1
                yield group
            k += 1

    def _goes_with(self, one: Finding, other: Finding, count: int) -> bool:
        i, j = self.place_of(one), self.place_of(other)
        if i < 0 or j != i + 1:
            return False
        first, second = self.s.spots[i], self.s.spots[j]
        between = self.s.low[one.end : other.start]
        if second.is_range:
            return (
                count == 1 and not first.is_range and bool(ITS_INTERVAL.fullmatch(between) or OPENS.fullmatch(between))
            )
        alike = first.low.places == second.low.places and first.percent == second.percent and not first.is_range
        return alike and BETWEEN.fullmatch(NAMES.sub("", between)) is not None

    def _is_doubted(self, group: Sequence[Finding]) -> bool:
        """Whether enough of them are not what they were taken for, and have digits to tell what else they are."""
        spots = [self.s.spots[i] for i in map(self.place_of, group) if i >= 0]
        doubted = [f.status in (WRONG, UNMATCHED) and not is_declared(f) for f in group]
        told = len(spots) == len(group) and all(
            s.operator is None and not s.approximate and s.low != s.high for s in spots
        )
        with_interval = len(group) > 1 and spots[-1].is_range
        enough = all(digits(s) >= (FEWEST_IN_A_RANGE if s.is_range else FEWEST_DIGITS) for s in spots[with_interval:])
        return told and enough and (all(doubted) or (with_interval and any(doubted)))

    def _of_one_thing(self, group: Sequence[Finding], before: Finding | None) -> list[Finding]:
        """What all of a group is, where the digits that agree leave nothing to chance; nothing where none is."""
        known = [self.place_of(f) for f in group]
        spots = [self.s.spots[i] for i in known]
        if len(spots) == 1:
            tried, found = self._of_range(known[0], before)
        elif spots[-1].is_range:
            tried, found = self._with_interval(known)
        else:
            tried, found = self._lists(known)
        if not found or sum(map(digits, spots)) - math.log10(max(1, tried)) < SURPLUS:
            return []
        return [f for s, a in zip(spots, found, strict=True) if (f := self.judged(s, [a], certain=True)) is not None]

    def _of_range(self, i: int, before: Finding | None) -> tuple[int, list[Answer]]:
        """Of one range: an interval of one cell, or from the lowest to the highest of all, or of those named."""
        wheres = dict.fromkeys([*self._cells(i), *self._cells_before(before), *self._sets(i)])
        each = [self._metrics(where, is_range=True) for where in wheres]
        offered = [a for ways in each for answers in ways.values() for a in answers]
        return len(offered), [a for a in offered if status_of(self.s.spots[i], a) is not None][:1]

    def _with_interval(self, known: Sequence[int]) -> tuple[int, list[Answer]]:
        """Of a value and the interval behind it: both of one fact."""
        tried = 0
        value, interval = (self.s.spots[i] for i in known)
        for where in self._cells(known[0]):
            values, ends = self._metrics(where, is_range=False), self._metrics(where, is_range=True)
            for name, answers in values.items():
                base, part, *other = name.split("/")
                behind = [] if part else ends.get("/".join((base, "ci", *other)), [])
                tried += len(behind)
                for one, two in product(answers, behind):
                    if status_of(value, one) is not None and status_of(interval, two) is not None:
                        return tried, [one, two]
        return tried, []

    def _lists(self, known: Sequence[int]) -> tuple[int, list[Answer]]:
        """Of a list: one metric, each number of another condition or judge, and the other of the two the same."""
        cells = [self._cells(i) for i in known]
        fits: list[dict[str, dict[Where, Answer]]] = []
        for i, own in zip(known, cells, strict=True):
            fits.append(self._fits_of(i, own, fits[-1] if fits else None))
            if not fits[-1]:
                return 0, []
        for name in fits[0]:
            for row in product(*(told.get(name, {}) for told in fits)):
                if _is_row(row):
                    tried = len(self._metrics(row[0], is_range=False)) * sum(map(_is_row, product(*cells)))
                    return tried, [told[name][cell] for told, cell in zip(fits, row, strict=True)]
        return 0, []

    def _fits_of(self, i: int, cells: Sequence[Where], among: Collection[str] | None) -> dict[str, dict[Where, Answer]]:
        """By metric, one of those `among`, the cells that a number is right of."""
        found: dict[str, dict[Where, Answer]] = {}
        for cell in cells:
            for name, answers in self._metrics(cell, is_range=False).items():
                if (among is None or name in among) and (fitting := self._fitting(i, answers)) is not None:
                    found.setdefault(name, {})[cell] = fitting
        return found

    def _fitting(self, i: int, answers: Sequence[Answer]) -> Answer | None:
        spot = self.s.spots[i]
        return next((a for a in answers if a.low.percent == spot.percent and status_of(spot, a) is not None), None)

    def _metrics(self, where: Where, *, is_range: bool) -> Ways:
        if (where, is_range) not in self.m.metrics:
            others = tuple(p for p in self.m.book.conditions if p not in where.places)
            ways = ways_of(self.m.answers, self.m.book, where, is_range=is_range, others=others)
            self.m.metrics[where, is_range] = ways
        return self.m.metrics[where, is_range]

    def _cells(self, i: int) -> list[Where]:
        """Each condition with each judge that the words leave open for a number."""
        return [Where((place,), (judge,)) for place in self._places(i) for judge in self._judges(i)]

    def _cells_before(self, before: Finding | None) -> Iterator[Where]:
        """ "PAIR #111 on Opus is 1.94 below the null baseline, with an interval from …": what that number was of."""
        facts = before.facts if before is not None and before.status in RIGHT else ()
        for _, judge, place, *_ in (f.split("/") for fact in facts for f in fact.split(" − ") if f.count("/") > 1):
            if (place, judge) in self.m.book.cells:
                yield Where((place,), (judge,))

    def _sets(self, i: int) -> Iterator[Where]:
        """All conditions, and those that are named together, by each judge and by all that the words leave open."""
        judges = self._judges(i)
        named = [group.ids for group in self.s.groups[PLACE] if len(group.ids) > 1 or len(judges) > 1]
        for places in dict.fromkeys([self.m.book.conditions, *named]):
            yield from (Where(tuple(places), own) for own in dict.fromkeys([*((j,) for j in judges), judges]))

    def _judges(self, i: int) -> tuple[str, ...]:
        bound = self.s.bind(i, JUDGE)
        return bound.ids if bound.ids and (bound.sure or bound is not self.s.frame.judges) else self.m.own_judges

    def _places(self, i: int) -> tuple[str, ...]:
        bound = self.s.bind(i, PLACE)
        mine = bound.ids and not bound.every and (bound.sure or bound is not self.s.frame.places)
        named = tuple(p for m in self.s.mentions if m.kind == PLACE and not m.every for p in m.ids)
        return tuple(dict.fromkeys(bound.ids if mine else named or self.m.book.conditions))


def _is_row(cells: Sequence[Where]) -> bool:
    """Whether cells are of one judge and of different conditions, or of one condition and different judges."""
    places, judges = {c.places for c in cells}, {c.judges for c in cells}
    return sorted((len(places), len(judges))) == [1, len(cells)]
