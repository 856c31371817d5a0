"""Differences that a number of a sweep may be: of two models, by each mean or tier, and of two means of one model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise, permutations

from bot.review.answers import Answer, Ask, Value, Where
from bot.review.cues_sweep import MEANS, TIER
from bot.review.deriving_sweep import BY, CHANGING, DIFFERENCE
from bot.review.numbers import Spot
from bot.review.tasking_sweep import SweepTasking

PAIRS_TOLD = re.compile(
    r"\bpair\w*|\bdifferences?\b|\bgaps?\b|\bleads?\b|\bover\b|\bagainst\b|\binterval\w*|\bversus\b|\bvs\b"
)
ENDS = re.compile(r"\bstarts?\b|\bends?\b|\binterval\w*|\bbounds?\b|\bedges?\b|\bfrom\b")
END_OF_ONE = re.compile(r"\b(?:lower|upper) (?:end|bound|limit)\b[^.;\d]{0,12}$")
STEPS = re.compile(
    rf"{DIFFERENCE.pattern}|\bleads?\b|\bwithin\b|\brais\w+|\blower\w*|\blift\w*|\bthin\b|\bsmallest\b|\bwidest\b|\blargest\b"
    r"|\bhighest to lowest\b|\blie\b|\bat most\b"
)
FIRST_TWO = re.compile(r"\brunner-?up\b|\bnext\b|\bsecond\b|\bleads?\b")
HALF_WIDTHS = re.compile(r"\bhalf-?\s?widths?\b|\bintervals?\b")
OF_PAIRS = re.compile(r"\bpairs\b|\badjacent\b|\bneighbou?r\w*")
SOME_TIERS = re.compile(r"\btiers\s+(?P<all>\d+(?:\s*(?:to|–|-|,|and|through)\s*\d+)+)", re.IGNORECASE)
FAILED_SO = re.compile(r"\bworst\b|\bbounds?\b|\bfailed judge?ments?\b")
SOME_MODELS = re.compile(r"\b(?:first|other|last|top|bottom) (?:two|three|four|five|models)\b")
USUAL = ("clean_mean", "overall_mean", "clean_mean_evidence", "cov_norm")
MOST_MODELS = 12  # of a larger sweep the pairs are too many to try


class SweepSteps(SweepTasking):
    """Each way tells what a number may be."""

    @property
    def _words(self) -> str:
        return f"{self.s.frame.words} {self.s.low}"

    @property
    def _named_here(self) -> list[str]:
        """Models that the sentence names."""
        return [p for m in self.named for p in self._ids(m)]

    def _of_whom(self) -> tuple[str, ...]:
        """Models that the sentence names, and those told of before it; all where there are none."""
        told = [*self._named_here, *(p for p in self.s.frame.places.ids if p in self.m.book.models)]
        return tuple(dict.fromkeys(told or self.m.book.conditions))

    def _any_step(self, i: int, spot: Spot) -> Iterator[Answer]:
        """Of one model's means from another's, paired or plain, and of one mean from another of the same model."""
        if spot.percent or spot.low.places < 2 or len(self.m.book.conditions) > MOST_MODELS:
            return
        if i in self.paired and self.paired[i].named and self.is_told_behind(spot):
            return  # "0.09 higher than B" says which way
        if HALF_WIDTHS.search(self.s.low) and not spot.is_range:
            of = self.own_models(i) or self._of_whom()
            yield from map(Answer, self.m.answers.values_of(f"{b}/{m}/half" for b in USUAL for m in of))
        if PAIRS_TOLD.search(self._words) or len({*self._named_here}) > 1:
            yield from self._paired_ones(i, spot)
        if STEPS.search(self._words):
            yield from self._plain_ones(i, spot)

    def _pairs_of(self) -> list[tuple[str, str]]:
        """Two of the models named; one of them and any other, where the sentence names no two."""
        named, pairs = {*self._of_whom()}, list(combinations(self.m.book.conditions, 2))
        if OF_PAIRS.search(self.s.low):
            return pairs
        both = len({*self._named_here}) > 1
        return [pair for pair in pairs if ({*pair} <= named if both else {*pair} & named)]

    def _paired_ones(self, i: int, spot: Spot) -> Iterator[Answer]:
        ends = ENDS.search(self.s.low) is not None
        if spot.is_range and HALF_WIDTHS.search(self.s.low):
            pairs = permutations(self.m.book.conditions, 2)
            halves = self.m.answers.values_of(f"diff/{a}/{b}/half" for a, b in pairs)
            yield from [Answer(min(halves), max(halves))] if halves else []
        before = self.s.spots[i - 1].low.value if i and not self.s.spots[i - 1].is_range else 0.0
        for one, other in self._pairs_of():
            for a, b in ((one, other), (other, one)):
                told = self.m.answers.values_of(f"diff/{a}/{b}{tail}" for tail in ("", "/ci_low", "/ci_high"))
                if len(told) != 3 or (spot.is_range and before * told[0].value < 0):
                    continue
                yield Answer(told[1], told[2]) if spot.is_range else Answer(told[0], signless=True)
                yield from (Answer(end, signless=True) for end in told[1:] if ends and not spot.is_range)
                if HALF_WIDTHS.search(self.s.low):
                    yield from map(Answer, self.m.answers.values_of([f"diff/{a}/{b}/half"]))

    def _plain_ones(self, i: int, spot: Spot) -> Iterator[Answer]:
        if END_OF_ONE.search(self.s.low[: spot.start]) or spot.low.places < 3:
            return
        bases, own = self._bases_told(), self.own_models(i)
        named = own if len(own) == 1 else self._of_whom()
        if FAILED_SO.search(self.s.low):
            yield from (Answer(v, signless=True) for model in named for v in self._moved_by_failures(model))
            return
        if spot.is_range:
            if BY.search(self.s.low[: spot.start]):
                yield from (a for model in named for a in self._changes_and_ends(model))
            yield from self._ranges_of_changes(bases)
            rest = SOME_MODELS.search(f"{self.s.frame.words} {self.s.text.casefold()}") is not None
            yield from self._ranges_of_the_rest(bases) if rest else ()
            return
        for base in bases:
            yield from self.m.answers.steps(base, self._pairs_of())
            yield from self.m.answers.spans(base, self.m.book.conditions)
            ordered = self.m.answers.ordered(base)
            yield from self.m.answers.spans(base, ordered[1:])
            if FIRST_TWO.search(self._words):
                yield from self.m.answers.steps(base, pairwise(ordered[:2]))
        for model in named if CHANGING.search(self._words) or "differ" in self.s.low else ():
            yield from (Answer(v, signless=True) for v in self._between_means(model, bases))

    def _changes_and_ends(self, model: str) -> Iterator[Answer]:
        """ "Sonnet 4.6 falls by 0.041 to 0.613": by how much, and to what."""
        values = [v for base in USUAL for v in self.m.answers.values(Ask(base), Where((model,), ()))]
        for one, other in permutations(values, 2):
            yield Answer(apart(one, other), other)

    def _ranges_of_the_rest(self, bases: Sequence[str]) -> Iterator[Answer]:
        """ "No order among the other three: they lie between 0.619 and 0.654": of all but the first."""
        for base in bases:
            values = [
                v for m in self.m.answers.ordered(base)[1:] for v in self.m.answers.values(Ask(base), Where((m,), ()))
            ]
            yield from [Answer(min(values), max(values))] if len(values) > 1 else []

    def _moved_by_failures(self, model: str) -> Iterator[Value]:
        """ "Setting the failed judgements to worst or best moves an overall mean by 0.003 at most"."""
        names = ("judge_bound_low", "judge_bound_high", "overall_mean")
        values = self.m.answers.values_of(f"{name}/{model}" for name in names)
        for one, other in combinations(values, 2):
            yield Value(one.value - other.value, f"{one.fact} − {other.fact}", 3)

    def _bases_told(self) -> list[str]:
        """Means and tiers that the sentence names; the usual ones where it names none."""
        tiers = [f"tier:tier{n}" for n in tiers_in(self.s.text)]
        named = [c.kind for c in self.bases if c.kind in MEANS]
        return list(dict.fromkeys([*tiers, *named])) or list(USUAL)

    def _between_means(self, model: str, bases: Sequence[str]) -> Iterator[Value]:
        wide = dict.fromkeys((*bases, *USUAL))
        values = [v for base in wide for v in self.m.answers.values(Ask(base), Where((model,), ()))]
        for one, other in combinations(values, 2):
            yield Value(one.value - other.value, f"{one.fact} − {other.fact}", 3)

    def _ranges_of_changes(self, bases: Sequence[str]) -> Iterator[Answer]:
        """ "Leaving them out raises a model's mean by 0.053 to 0.093": from the least to the most."""
        for one, other in combinations(MEANS[:3], 2):
            pairs = [self.m.answers.values_of((f"{one}/{m}", f"{other}/{m}")) for m in self.m.book.conditions]
            steps = sorted(apart(*pair) for pair in pairs if len(pair) == 2)
            for some in (steps, *((steps[1:], steps[:-1]) if SOME_MODELS.search(self.s.text.casefold()) else ())):
                yield from [Answer(some[0], some[-1])] if len(some) > 1 else []


def apart(one: Value, other: Value) -> Value:
    """How far two means are apart, whichever is the higher."""
    return Value(abs(one.value - other.value), f"{one.fact} − {other.fact}", 3)


def tiers_in(words: str) -> list[int]:
    """The tiers that words name: "tier 2", "tiers 2 to 5"."""
    alone = [int(m[1]) for m in TIER.finditer(words)]
    return list(dict.fromkeys([*alone, *(n for m in SOME_TIERS.finditer(words) for n in _numbers_in(m["all"]))]))


def _numbers_in(words: str) -> list[int]:
    """ "2 to 5" as all of these, "3, 4 and 5" as they are told."""
    told = [int(number) for number in re.findall(r"\d+", words)]
    through = re.search(r"to|–|-|through", words) is not None and len(told) == 2 and told[1] - told[0] < MOST_MODELS
    return list(range(told[0], told[1] + 1)) if through else told
