"""What a number about a sweep could be: facts of models, totals and differences of them, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from bot.review.answers import Answer, Answers, Ask, Value, Where
from bot.review.cues_sweep import COUNTS, MEANS
from bot.review.recount_sweep import SweepBook

TOTALS = tuple(name for name in COUNTS if name != "rank")
SHARES = (("coverage", "clean", "expected"), ("judge_failure_rate", "judge_failures", "judge_enabled"))


class SweepAnswers(Answers):
    """Looks up `<fact>/<model>`; tiers, variances and tasks under names of their own."""

    book: SweepBook

    def singles(self, ask: Ask, where: Where) -> Iterator[Answer]:
        """Every single value that fits."""
        if "zeros" in (ask.base, ask.part):
            renamed = (Ask(*("archived_zeros" if word == "zeros" else word for word in ask)), ask)
            yield from (Answer(v) for each in renamed for v in self._zeros(each, where))
        elif ask.base == "sum":
            yield from self._total(ask.part, where.places)
        elif ask.base == "judge_bounds":
            for name in ("judge_bound_low", "judge_bound_high"):
                yield from self.singles(Ask(name), where)
        elif ask.part == "ci":
            for low, high in self.ends(ask, where):
                yield from (Answer(low), Answer(high))
        else:
            signless = ask.base == "diff" and not ask.part
            yield from (Answer(v, signless=signless) for v in self.values(ask, where))

    def ranges(self, ask: Ask, where: Where) -> Iterator[Answer]:
        """Intervals, bounds, and from the lowest to the highest of several models."""
        if ask.base == "judge_bounds":
            lows, highs = (list(self.singles(Ask(f"judge_bound_{end}"), where)) for end in ("low", "high"))
            yield from (Answer(a.low, b.low) for a, b in zip(lows, highs, strict=True))
            return
        yield from (Answer(low, high) for low, high in self.ends(ask._replace(part="ci"), where))
        values = sorted(self.values(ask._replace(part=""), where), key=lambda v: v.value)
        if len(values) > 1:
            yield Answer(values[0], values[-1])

    def changes(self, model: str) -> Iterator[Answer]:
        """From one mean of a model to another one of the same model."""
        values = [v for name in MEANS if (v := self.value(f"{name}/{model}")) is not None]
        yield from (Answer(a, b) for a in values for b in values if a.fact != b.fact)

    def losses(self, model: str) -> Iterator[Answer]:
        """How far a model's other means lie from the one that ranks."""
        first = self.value(f"{self.book.rank_by}/{model}")
        for value in (self.value(f"{name}/{model}") for name in MEANS if name != self.book.rank_by):
            if first is not None and value is not None:
                yield Answer(Value(first.value - value.value, f"{first.fact} − {value.fact}", 3), signless=True)

    def value(self, name: str) -> Value | None:
        """A fact as a value; zeros of every kind are one too."""
        kind, _, model = name.partition("/")
        if kind not in ("zeros", "archived_zeros"):
            return super().value(name)
        names = ("infra_zero", "genuine_zero") if kind == "zeros" else ("archived", "clean")
        one, other = (super(SweepAnswers, self).value(f"{n}/{model}") for n in names)
        if one is None or other is None:
            return None
        return Value(one.value + other.value if kind == "zeros" else one.value - other.value, name, 0)

    def mean_name(self, base: str) -> str:
        """The fact behind "mean": what ranks."""
        return self.book.rank_by if base == "mean" else base

    def steps(self, base: str, pairs: Iterable[tuple[str, str]]) -> Iterator[Answer]:
        """One model's value less another's, not paired by task; `base` may be a mean, a tier, a share."""
        for a, b in pairs:
            one, other = (next(iter(self.values(Ask(base), Where((m,), ()))), None) for m in (a, b))
            if one is not None and other is not None:
                step = Value(one.value - other.value, f"{one.fact} − {other.fact}", one.places)
                scaled = step._replace(value=100 * step.value, places=1)
                yield from (Answer(each, signless=True) for each in (step, scaled))

    def ordered(self, base: str) -> list[str]:
        """Models by one mean or tier, the highest first; those that have none are left out."""
        found = {m: self.values(Ask(base), Where((m,), ())) for m in self.book.conditions}
        return sorted((m for m, values in found.items() if values), key=lambda m: -found[m][0].value)

    def spans(self, base: str, models: Sequence[str]) -> Iterator[Answer]:
        """From the lowest to the highest of several models, as one number."""
        values = sorted(self.values(Ask(base), Where(tuple(models), ())), key=lambda v: v.value)
        if len(values) > 1:
            span = Value(values[-1].value - values[0].value, f"{values[-1].fact} − {values[0].fact}", values[0].places)
            yield from (Answer(span), Answer(span._replace(value=100 * span.value, places=1)))

    def shares(self, models: Sequence[str]) -> Iterator[Answer]:
        """Coverage and judge failures of several models taken together."""
        for name, part, whole in SHARES:
            above, below = (sum(v.value for v in self.values(Ask(f), Where(tuple(models), ()))) for f in (part, whole))
            if below:
                yield Answer(Value(above / below, f"{name}({len(models)} models)", 1, percent=True))

    def _zeros(self, ask: Ask, where: Where) -> Iterator[Value]:
        """Zeros of runs, with or without those that only the log has; they may be counted either way."""
        if ask.base == "sum":
            values = self.values(Ask(ask.part), where)
            yield Value(sum(v.value for v in values), f"{ask.part}({len(values)} models)", 0)
        else:
            yield from self.values(ask, where)

    def _total(self, name: str, models: Sequence[str]) -> Iterator[Answer]:
        values = self.values(Ask(name), Where(tuple(models), ())) if name in TOTALS else []
        if len(values) > 1:
            yield Answer(Value(sum(v.value for v in values), f"{name}({len(values)} models)", 0))

    def _names(self, ask: Ask, where: Where) -> Iterator[str]:
        base, tail = ask.base, f"/{ask.part}" if ask.part else ""
        kind, _, rest = base.partition(":")
        if base == "fact":
            yield ask.part
        elif base == "diff" or kind == "wins":
            yield from self._pairs(base, where, tail)
        elif kind in ("variance", "task"):
            yield from (f"{kind}/{task}/{rest}{tail}" for task in where.judges or where.places)
        elif kind == "tier":
            yield from (f"{kind}/{place}/{rest}{tail}" for place in where.places)
        else:
            yield from (f"{self.mean_name(base)}/{place}{tail}" for place in where.places)

    def _pairs(self, base: str, where: Where, tail: str) -> Iterator[str]:
        for one in where.places:
            for other in where.others or self.book.conditions:
                if one != other:
                    yield f"{base}/{one}/{other}{tail}"


def pairs_of(models: Sequence[str]) -> int:
    """How many pairs of models there are."""
    return len(list(combinations(models, 2)))
