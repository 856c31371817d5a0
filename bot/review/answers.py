"""What a number could be: the values that the archive gives to a question, with the derivations that are allowed.

The derivations are this list and no others: a value; its interval, half-width and bounds; the range over a group; the
mean over a group and its span; a difference; a ratio and a share; a sum of counts; a count over a threshold; on how
many answers one judge lies above another; what a quoted question has; widths and overlaps of intervals; design effects;
medians and standard deviations; the lowest and the highest question; and what `further` and `wider` work out.
"""

from __future__ import annotations

import math
import operator
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice, product
from typing import NamedTuple

from bot.review.recount import SHARE, Book, Cell, is_unknown

DERIVATIONS = (
    "value", "interval", "bounds", "range over a group", "mean over a group", "span of a group", "difference", "ratio",
    "share", "share of a way", "sum of counts", "count over a threshold", "judge against judge", "one question",
    "width and overlap of intervals", "design effect", "median and spread", "lowest and highest question",
    "share of the failures", "change by a filter", "over a limit", "bound against the target",
    "step between conditions", "difference by question", "bounds of a gap", "sum of scores",
    "correlation over conditions", "everything pooled", "the rest of a filter", "α against coherence",
    "end of several intervals", "interval and zero", "rank", "gap over a distance", "what pairing leaves out",
    "in sweeps: step between means", "in sweeps: counts of intervals and ratios",
)  # fmt: skip
COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "==": operator.eq}
SCORES = ("alpha", "coherent", "coherent_only")
OVER_COHERENCE = "over coherence"
"""α minus coherence, of one condition and judge."""
MINUS = "−"
CI, BOUNDS = ("ci_low", "ci_high"), ("bound_low", "bound_high")


class Ask(NamedTuple):
    """A question: `base` (alpha, coherent, gap, diff, x …), and which `part` of it ("" for the value itself)."""

    base: str
    part: str = ""


class Value(NamedTuple):
    """One value with its fact. `percent` says that a report shows it as a percentage."""

    value: float
    fact: str
    places: int
    percent: bool = False
    stated: bool = False


class Answer(NamedTuple):
    """What the archive says: one value, or two ends. `signless` where the text may leave the sign out."""

    low: Value
    high: Value | None = None
    signless: bool = False

    @property
    def facts(self) -> tuple[str, ...]:
        """The names behind it."""
        return tuple(dict.fromkeys(v.fact for v in (self.low, self.high) if v is not None and v.fact))


REMEMBERED = 20_000  # values that are asked for again and again in one text


class Rule(NamedTuple):
    """A threshold that answers, or questions, are counted by: of α or coherence, or of the gap between judges."""

    sign: str
    threshold: float
    base: str = "alpha"
    gaps: bool = False


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions and judges that a number is bound to, and the places it is compared with."""

    places: tuple[str, ...]
    judges: tuple[str, ...]
    others: tuple[str, ...] = ()
    together: bool = False


def shown(value: Value, places: int | None = None) -> str:
    """As reports write it: fixed decimals, a typographic minus, commas between thousands."""
    decimals = value.places if places is None else places
    text = f"{value.value * (100 if value.percent else 1):,.{decimals}f}"
    text = text.replace("-", MINUS) if float(text.replace(",", "")) else text.lstrip("-")
    return f"{text} %" if value.percent else text


def shown_range(low: Value, high: Value, places: int | None = None) -> str:
    """Both ends with a dash between, the unit once."""
    first = shown(low, places).removesuffix(" %")
    dash = " to " if first.startswith(MINUS) or shown(high, places).startswith(MINUS) else "–"
    return f"{first}{dash}{shown(high, places)}"


def turned(low: Value, high: Value) -> Answer:
    """An interval of the same difference taken the other way round: "28.90 [25.83, 31.97]" for −28.90."""
    return Answer(high._replace(value=-high.value), low._replace(value=-low.value))


class Answers:
    """Looks values up in one book."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._values: dict[tuple[Ask, Where], tuple[Value, ...]] = {}

    def singles(self, ask: Ask, where: Where) -> Iterator[Answer]:
        """Every single value that fits."""
        if ask.base in ("share", "ratio", "relative"):
            yield from (Answer(v, signless=ask.base == "relative") for v in self._quotients(ask, where))
        elif ask.base in ("mean", "span"):
            yield from (Answer(v, signless=True) for v in self._summaries(ask, where))
        elif ask.part in ("ci", "bound"):
            signless = ask.base in ("gap", "gap_paired", "diff")
            for low, high in self.ends(ask, where):
                yield from (Answer(low, signless=signless), Answer(high, signless=signless))
        elif (counted := self._counted(ask, where)) is not None:
            yield from counted
        else:
            signless = ask.base in ("gap", "gap_paired", "diff") and ask.part == ""
            yield from (Answer(v, signless=signless) for v in self.values(ask, where))

    def _counted(self, ask: Ask, where: Where) -> Iterator[Answer] | None:
        """Sums, shares and counts that are no facts of their own; None where none of them is asked for."""
        if ask.base == "all judges":
            return iter((Answer(Value(len(self.book.judges), "judges", 0)),))
        if ask.base == "gap_change":
            return (Answer(v, signless=True) for v in self._changes_of_gap(ask.part, where))
        if (apart := self._apart(ask, where)) is not None:
            return (Answer(v, signless=True) for v in apart)
        if ask.base == "gap_limit":
            return (Answer(v, signless=True) for v in self._of_limit(ask.part, where))
        if ask.base in ("coherent_gap", "kept_gap"):
            of = Ask("coherent" if ask.base == "coherent_gap" else "coherent_only")
            gaps = list(self._gaps_of(of, where))
            back = [v._replace(value=-v.value) for v in gaps] if ask.part == "either" else []
            return (Answer(v, signless=True) for v in (*gaps, *back))
        listed = {"kept": self._kept, "sum:error_rate": self._failed_shares, OVER_COHERENCE: self._over_coherence}
        if ask.base in listed:
            return map(Answer, listed[ask.base](where))
        kind, _, part = ask.base.partition(":")
        if kind == "together":
            return map(Answer, self._together(part, where))
        if kind not in ("sum", "total"):
            return None
        everywhere = Where(self.book.conditions, self.book.judges)
        return map(Answer, self._sums(part, where if kind == "sum" else everywhere))

    def ranges(self, ask: Ask, where: Where) -> Iterator[Answer]:
        """Every pair of ends that fits: intervals, bounds, lowest to highest of a group."""
        if ask.part in ("ci", "bound"):
            yield from (Answer(low, high) for low, high in self.ends(ask, where))
            if ask.base in ("gap", "gap_paired", "diff"):
                yield from (turned(low, high) for low, high in self.ends(ask, where))
            return
        if ask.base in ("share", "ratio", "relative", "x_diff") and len(where.others) > 1:
            for other in where.others:  # each reference has a range of its own
                yield from self.ranges(ask, replace(where, others=(other,)))
        if ask.base in ("share", "ratio", "relative"):
            values = list(self._quotients(ask, where))
        else:
            worked_out = self._apart(ask, where)
            values = self.values(ask, where) if worked_out is None else list(worked_out)
        signless = ask.base in ("gap", "gap_paired", "diff", "x_diff")
        if signless and len({v.value > 0 for v in values}) == 1 and len(values) > 1:
            values.sort(key=lambda v: abs(v.value))
            yield Answer(values[0], values[-1], signless=True)
        elif len(values) > 1:
            values.sort(key=lambda v: v.value)
            yield Answer(values[0], values[-1])

    def values(self, ask: Ask, where: Where) -> list[Value]:
        """One value for each condition and judge that has one; what was asked for lately is remembered."""
        if (ask, where) not in self._values:
            if len(self._values) >= REMEMBERED:
                self._values.clear()
            self._values[ask, where] = tuple(self._values_of(ask, where))
        return list(self._values[ask, where])

    def _values_of(self, ask: Ask, where: Where) -> list[Value]:
        if ask.part == "per_question":
            return self._per_question(where)
        if ask.part == "sum":
            return list(self._sums_of_scores(where))
        if ask.part == "width":
            halves = self.values(ask._replace(part="half"), where)
            return [half._replace(value=2 * half.value, fact=f"2 × {half.fact}") for half in halves]
        found: dict[str, Value] = {}
        for name in self._names(ask, where):
            for sign, fact in ((1, name), (-1, name.removeprefix("-"))):
                if (value := self.value(fact)) is not None and (sign == 1 or name.startswith("-")):
                    found.setdefault(name, value if sign == 1 else value._replace(value=-value.value))
        return list(found.values())

    def _sums_of_scores(self, where: Where) -> Iterator[Value]:
        """What the valid scores of a cell add up to: α × n."""
        for mean in self.values(Ask("alpha"), where):
            if (n := self.value(f"{mean.fact}/n")) is not None:
                yield Value(round(mean.value * n.value), f"{mean.fact} × {n.fact}", 0)

    def gaps_and_limit(self, where: Where) -> list[tuple[Value, Value]]:
        """Every gap that is bound, each with what is declared for it; none where nothing is declared."""
        limit = self.value("gate/judge_gap_max/limit")
        return [(gap, limit) for gap in self.values(Ask("gap"), where)] if limit is not None else []

    def _per_question(self, where: Where) -> list[Value]:
        """How often each question was asked, where that comes to a whole number."""
        found = []
        for place, judge in self.cells(where):
            name = self.book.of(judge, place)
            judged, asked = self.value(f"{name}/judgements"), self.value(f"{name}/questions")
            if judged is not None and asked is not None and asked.value and judged.value % asked.value == 0:
                found.append(Value(judged.value / asked.value, f"{judged.fact} / {asked.fact}", 0))
        return found

    def value(self, name: str) -> Value | None:
        """A fact as a value."""
        fact = self.book.facts.get(name)
        if fact is None:
            return None
        return Value(fact.value, name, fact.places, fact.unit == SHARE, fact.stated)

    def values_of(self, names: Iterable[str]) -> list[Value]:
        """Those of these names that are facts, as values."""
        return [value for value in map(self.value, names) if value is not None]

    def offered(self, ask: Ask, where: Where, *, is_range: bool) -> Iterator[Answer]:
        """What a single number, or a range, may be."""
        return self.ranges(ask, where) if is_range else self.singles(ask, where)

    def _names(self, ask: Ask, where: Where) -> Iterator[str]:
        tail = f"/{ask.part}" if ask.part else ""
        if ask.base == "fact":
            yield ask.part
        elif ask.base == "of cell":
            yield from (f"{ask.part}/{judge}/{place}" for place, judge in self.cells(where))
        elif ask.base in ("gap", "gap_paired"):
            for place in where.places:
                yield f"{'reference_gap' if place in self.book.references else ask.base}/{place}{tail}"
        elif ask.base == "agreement":
            yield from (f"agreement/{place}{tail}" for place in where.places)
        elif ask.base == "x":
            yield from (f"x/{place}" for place in where.places)
        elif ask.base == "diff":
            # An error, a count or a correlation of a difference is the same from either side.
            yield from (f"{name.removeprefix('-')}{tail}" if tail else name for name in self._differences(where))
        else:
            yield from (self._score(ask, place, judge) for place, judge in self.cells(where))

    def cells(self, where: Where) -> Iterator[tuple[str, str]]:
        """Places with the judges that are meant; a reference falls back on the judge that it has."""
        found = [(p, j) for p in where.places for j in self.book.judges_of(p) if j in where.judges]
        if found:
            yield from found
            return
        for place in where.places:
            scored = self.book.judges_of(place)
            unnamed = [j for j in scored if is_unknown(j)]
            yield from ((place, j) for j in (scored if place in self.book.references else unnamed))

    def _score(self, ask: Ask, place: str, judge: str) -> str:
        if ask.base == "coherent":
            return f"coherent/{judge}/{place}" + (f"/{ask.part}" if ask.part else "")
        own = self.book.of(judge, place)
        if ask.base == "coherent_only":
            return f"{own}/coherent_only_n" if ask.part == "n" else f"{own}/coherent_only"
        return own + (f"/{ask.part}" if ask.part else "")

    def _differences(self, where: Where) -> Iterator[str]:
        """Names of differences, with a minus where only the opposite one is a fact."""
        for place in where.places:
            for other in where.others:
                if place == other:
                    continue
                judges = [j for p, j in self.cells(Where((place,), where.judges))]
                for judge in judges:
                    name, back = f"diff/{judge}/{place}/{other}", f"diff/{judge}/{other}/{place}"
                    yield name if name in self.book.facts or back not in self.book.facts else f"-{back}"

    def lines(self) -> list[Value]:
        """What predictions declare: thresholds, and the values that falsify them."""
        return self.values_of(name for name in self.limits if name.startswith("prediction/"))

    @cached_property
    def limits(self) -> list[str]:
        """The names of all that is declared: limits of gates, and what predictions declare."""
        declared = re.compile(r"gate/\w+/limit|prediction/.+/(?:threshold|falsified_by)")
        return [n for n in self.book.facts if declared.fullmatch(n)]

    @cached_property
    def failure_classes(self) -> frozenset[str]:
        """Words for how judgements failed: "error", "null"."""
        told = (name.partition("/failed/") for name in self.book.facts)
        return frozenset(word for _, _, word in told if word)

    def stretches(self, targets: Sequence[str]) -> Iterator[tuple[Value, Value]]:
        """The α of every other reference, with that of the target: both ends of the way from the one to the other."""
        for target, other in product(targets, self.book.references):
            ends = [self.values(Ask("alpha"), Where((place,), self.book.judges)) for place in (other, target)]
            if other != target and all(ends):
                yield ends[0][0], ends[1][0]

    def both_ends(self, name: str, parts: tuple[str, str] = CI) -> tuple[Value, Value] | None:
        """The interval of a fact, or its bounds; None where it has none."""
        low, high = (self.value(f"{name}/{part}") for part in parts)
        return (low, high) if low is not None and high is not None else None

    def ends(self, ask: Ask, where: Where) -> Iterator[tuple[Value, Value]]:
        """Both ends of each interval, or of each pair of bounds."""
        for name in self._names(Ask(ask.base), where):
            found = self.both_ends(name.removeprefix("-"), CI if ask.part == "ci" else BOUNDS)
            if found is not None:
                low, high = found
                back = (high._replace(value=-high.value), low._replace(value=-low.value))
                yield back if name.startswith("-") else found

    def _quotients(self, ask: Ask, where: Where) -> Iterator[Value]:
        """Each place's value over the other's (`part` says of what), for the same judge where both have it."""
        base, percent = ask.part or "alpha", ask.base != "ratio"
        if ask.base == "share" and where.places == where.others and len(where.places) == 1:
            yield Value(1.0, f"{base}/{where.places[0]} / {base}/{where.places[0]}", 0, percent)  # the target's own row
        for other in where.others:
            for place in where.places:
                if place != other:
                    for judge in where.judges or ("",):
                        yield from self._quotient(ask.base, base, place, other, judge, percent)

    def _quotient(self, kind: str, base: str, place: str, other: str, judge: str, percent: bool) -> Iterator[Value]:
        own = self.values(Ask(base), Where((place,), (judge,)))
        there = self.values(Ask(base), Where((other,), (judge,)))
        for a in own:
            for b in there:
                if b.value:
                    quotient = a.value / b.value - (1 if kind == "relative" else 0)
                    yield Value(quotient, a.fact, 1, percent, a.stated)

    def _summaries(self, ask: Ask, where: Where) -> Iterator[Value]:
        """Mean over the places, or highest minus lowest, judge by judge."""
        base = ask.part or "alpha"
        groups = [(judge,) for judge in where.judges] if base in (*SCORES, OVER_COHERENCE) else [where.judges]
        for judges in [*groups, where.judges]:
            way = Where(where.places, judges)
            counted = self._counted(Ask(base), way)
            values = [a.low for a in counted] if counted is not None else self.values(Ask(base), way)
            if len(values) > 1:
                numbers = [v.value for v in values]
                result = math.fsum(numbers) / len(numbers) if ask.base == "mean" else max(numbers) - min(numbers)
                yield Value(result, values[0].fact, values[0].places)

    def _sums(self, part: str, where: Where) -> Iterator[Value]:
        """A count added up over all that is bound; over each judge's share too, and over the judges of each place."""
        for place in where.places if len(where.places) > 1 and len(where.judges) > 1 else ():
            yield from islice(self._sums(part, Where((place,), where.judges)), 1)  # the judges' together
        each = ((j,) for j in where.judges) if len(where.places) > 1 else ()
        for judges in [where.judges, *each]:
            yield from self._sum(part, where.places, judges)

    def _sum(self, part: str, places: tuple[str, ...], judges: tuple[str, ...]) -> Iterator[Value]:
        """One count over all of these places and judges, where every one of them has it."""
        cells = list(self.cells(Where(places, judges)))
        values = [self.value(f"{self.book.of(judge, place)}/{part}") for place, judge in cells]
        if values and all(v is not None for v in values):
            yield Value(sum(v.value for v in values if v), f"{part}/{'+'.join(judges)}", 0)

    def _together(self, part: str, where: Where) -> Iterator[Value]:
        """One count, or the share that failed, over all that is bound."""
        if part == "error_rate":
            failed, of = (self._sum(each, where.places, where.judges) for each in ("errors", "judgements"))
            return _shares(failed, of)
        return self._sum(part, where.places, where.judges)

    def _failed_shares(self, where: Where) -> Iterator[Value]:
        """Failed judgements over all, added up over all that is bound."""
        return _shares(self._sums("errors", where), self._sums("judgements", where))

    def _gaps_of(self, ask: Ask, where: Where) -> Iterator[Value]:
        """How far two judges' mean coherences of one place are apart, or their α over coherent answers."""
        for place in where.places:
            found = self.values(ask, Where((place,), self.book.judges))
            for k, one in enumerate(found):
                for other in found[k + 1 :]:
                    yield Value(one.value - other.value, f"{one.fact} − {other.fact}", 2)

    def _over_coherence(self, where: Where) -> Iterator[Value]:
        """α minus the mean coherence of the same condition and judge."""
        for place, judge in self.cells(where):
            alpha, coherent = (self.value(f"{base}/{judge}/{place}") for base in ("alpha", "coherent"))
            if alpha is not None and coherent is not None:
                yield Value(alpha.value - coherent.value, f"{alpha.fact} − {coherent.fact}", 2)

    def _between_x(self, where: Where) -> Iterator[Value]:
        """How far the x of a place lies above that of another."""
        for other, place in product(where.others, where.places):
            one, two = self.value(f"x/{place}"), self.value(f"x/{other}")
            if one is not None and two is not None and place != other:
                yield Value(one.value - two.value, f"{one.fact} − {two.fact}", max(one.places, two.places))

    def _apart(self, ask: Ask, where: Where) -> Iterator[Value] | None:
        """How far places are apart in x, or on the way between references; None where neither is asked for."""
        if ask.base == "way":
            return self._ways(ask.part, where)
        if ask.base == "gap_share":
            return self._shares_of_distance(where)
        if ask.base == "rank":
            return self._ranks(ask.part, where)
        return self._between_x(where) if ask.base == "x_diff" else None

    def _ranks(self, base: str, where: Where) -> Iterator[Value]:
        """Which one a condition is among all of them, the highest first: by each judge."""
        for judge in where.judges if base != "x" else where.judges[:1]:
            each = {p: self.values(Ask(base), Where((p,), (judge,))) for p in self.book.conditions}
            ordered = sorted((p for p, found in each.items() if found), key=lambda p: -each[p][0].value)
            for place in where.places:
                if place in ordered:
                    yield Value(ordered.index(place) + 1, f"rank({each[place][0].fact})", 0)

    def _shares_of_distance(self, where: Where) -> Iterator[Value]:
        """How far the judges lie apart, over how far a place lies from another one by one judge."""
        for place in where.places:
            gap, apart = self.value(f"gap/{place}"), self.values(Ask("diff"), replace(where, places=(place,)))
            for value in apart if gap is not None else ():
                if gap is not None and value.value:
                    yield Value(abs(gap.value / value.value), f"{gap.fact} / {value.fact}", 1, percent=True)

    def _ways(self, base: str, where: Where) -> Iterator[Value]:
        """What is done of the way from another reference to the target: (start − value) / (start − end)."""
        targets = reference_others(self.book)
        others = [place for place in self.book.references if place not in targets]
        for end, start in product(targets, [place for place in where.others if place in others] or others):
            for judge in where.judges if base != "x" else where.judges[:1]:
                ends = [self.values(Ask(base), Where((place,), (judge,))) for place in (start, end)]
                one, two = (found[0] if found else None for found in ends)
                if one is None or two is None or one.value == two.value:
                    continue
                for value in self.values(Ask(base), Where(where.places, (judge,))):
                    done = (one.value - value.value) / (one.value - two.value)
                    yield Value(done, f"({one.fact} − {value.fact}) / ({one.fact} − {two.fact})", 1, percent=True)

    def _of_limit(self, part: str, where: Where) -> Iterator[Value]:
        """How far judges' gaps lie beyond what is declared for them ("over"), or how many times it they are."""
        for gap, limit in self.gaps_and_limit(where):
            if part == "over":
                yield Value(abs(gap.value) - limit.value, f"{gap.fact} − {limit.fact}", 2)
            elif limit.value:
                yield Value(abs(gap.value) / limit.value, f"{gap.fact} / {limit.fact}", 2)

    def _changes_of_gap(self, direction: str, where: Where) -> Iterator[Value]:
        """How much wider, or narrower, the judges' gap is in one place than in another."""
        ones, others = (
            [gap for p in places if (gap := self.value(f"gap/{p}")) is not None]
            for places in (where.places, where.others)
        )
        for one, two in product(ones, others):
            change = abs(one.value) - abs(two.value)
            if (change > 0) == (direction == "wider"):
                yield Value(change, f"{one.fact} − {two.fact}", 2)

    def _kept(self, where: Where) -> Iterator[Value]:
        """The share of valid answers that are coherent enough."""
        for place, judge in self.cells(where):
            name = self.book.of(judge, place)
            kept, of = self.value(f"{name}/coherent_only_n"), self.value(f"{name}/n")
            if kept is not None and of is not None and of.value:
                yield Value(kept.value / of.value, f"{kept.fact} / {of.fact}", 1, True)

    def archived(self, where: Where) -> Iterator[Cell]:
        """The cells behind places and judges, where the archive holds them."""
        found = (self.book.cells.get(key) for key in self.cells(where))
        return (cell for cell in found if cell is not None)

    def passing(self, where: Where, sign: str, threshold: float, base: str = "alpha") -> Iterator[Answer]:
        """How many judgements of each cell, and of all by one judge, stand `sign` to a threshold."""
        totals: Counter[str] = Counter()
        for cell in self.archived(where):
            if cell.sampled:
                count = sum(_passes(v, sign, threshold) for v in scores_of(cell, base))
                totals[cell.judge] += count
                name = self.book.of(cell.judge, cell.condition)
                yield Answer(Value(count, f"count({name} {sign} {threshold:g})", 0))
        for judge, total in totals.items() if len(where.places) > 1 else ():
            yield Answer(Value(total, f"count({judge}, all {sign} {threshold:g})", 0))


def _shares(ones: Iterable[Value], others: Iterable[Value]) -> Iterator[Value]:
    for part, of in zip(ones, others, strict=False):
        if of.value:
            yield Value(part.value / of.value, f"{part.fact} / {of.fact}", 1, True)


def scores_of(cell: Cell, base: str) -> Iterable[float | None]:
    """What each judgement of a cell gave: coherence for "coherent", else alignment; None where it failed."""
    return (v.coherent if base == "coherent" else v.aligned for v in cell.verdicts)


def _passes(value: float | None, sign: str, threshold: float) -> bool:
    return value is not None and COMPARE[sign](value, threshold)


def reference_others(book: Book) -> tuple[str, ...]:
    """The target, where one is declared."""
    return tuple(key for key, named in book.declared.references.items() if named.target)
