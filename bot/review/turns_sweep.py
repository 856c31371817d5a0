"""What else a number of a sweep may be by a turn of phrase: from one tier to another, within so much, so much each.

Each way needs words that tell of it, and is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, permutations, product

from bot.review.answers import Answer, Ask, Value, Where
from bot.review.cues_sweep import MEANS
from bot.review.numbers import Spot
from bot.review.steps_sweep import USUAL, apart, tiers_in
from bot.review.tallies_sweep import RANKS, SweepTallies
from bot.review.totals_sweep import RATIO

FALLS = re.compile(r"\b(?:drop\w*|falls?|fell|declin\w*|lower|loss\w*|los(?:es|t)|low|from)\b")
LEADS = re.compile(r"\bleads?\b|\bahead\b|\bbehind\b|\bbelow\b|\babove\b|\bbetter\b|\bworse\b")
LEADERS = re.compile(r"\b(?:two leaders|(?:top|first|leading) two)\b")
BETWEEN_BOUNDS = re.compile(r"\bbounds?\b[^;]*\bapart\b")
ITS_OTHER_MEAN = re.compile(r"\s*(?:points\s+)?(?:above|below|over|under|higher than|lower than)\s+its\b")
SIDE = re.compile(
    r"\s*(?:points\s+)?(?P<side>above|ahead of|over|higher than|more than|below|behind|under|lower than|less than)\s+"
)
HIGHER = frozenset(["above", "ahead of", "over", "higher than", "more than"])
AGAINST_BEHIND = re.compile(r"\s*(?:against|versus|vs\.?)\s+\d")
ZEROS_KEPT = re.compile(r"\bzeros?\b[^.;]{0,20}\b(?:kept|counted|included|left in|in)\b[^.;\d]*$")
KEEPS = re.compile(r"\b(?:keeps?|retains?|is left with|holds?)\s+(?:about\s+|only\s+)?$")
TWO = 2
AGAINST = re.compile(r"\b(?:against|versus|vs\.?|compared with|to)\s+$")
NARROWER = re.compile(r"\b(?:no|none)\b[^.;]*\b(?P<which>narrower|shorter|wider|longer)\s+than\s*$")
WITHIN = re.compile(r"\b(?:within|by)\s+$")
ON_OVERALL = re.compile(r"\s*(?:points\s+)?(?:on|by|in)\s+(?:the\s+)?`?overall\b")
OF_EACH_OTHER = re.compile(r"\bof each other\b|\bapart\b|\bwithin\b")
EACH = re.compile(r"\s*(?:each|apiece)\b")
DIFFER = re.compile(r"\bdiffer\w*|\bgaps?\b|\bdistances?\b|\breadings?\b|\bmeasures?\b|\bmoves?\b|\bcost\w*")


class SweepTurns(SweepTallies):
    """Each way tells what a number may be."""

    def _any_turn(self, i: int, spot: Spot) -> Iterator[Answer]:
        """All ways whose words stand there."""
        if spot.is_range:
            yield from self._from_to(i)
            return
        yield from self._in_its_list(i)
        if spot.percent:
            yield from self._share_of_words(spot)
            yield from self._kept_of_a_tier(i) if KEEPS.search(self.s.low[: spot.start]) else ()
        elif spot.low.places:
            yield from self._differing(i, spot)
        else:
            yield from self._counted_so(spot)

    def _from_to(self, i: int) -> Iterator[Answer]:
        """What two ends may be of."""
        yield from self._from_tier_to_tier(i) if FALLS.search(self._words) else ()
        yield from self._of_two_models() if LEADS.search(self._words) else ()
        yield from self._behind_the_leaders() if LEADERS.search(self.s.text.casefold()) else ()
        yield from self._range_of_ratios() if RATIO.search(self._words) else ()

    def _range_of_ratios(self) -> Iterator[Answer]:
        """ "All tasks lie below 1, from 0.13 to 0.95"."""
        ratios = self.m.answers.values_of(f"variance/{task}/ratio" for task in self.m.book.tasks)
        yield from [Answer(min(ratios), max(ratios))] if ratios else []

    # From one tier to another.

    def _from_tier_to_tier(self, i: int) -> Iterator[Answer]:
        """ "The drop is smallest for GPT-5.4 (0.857 to 0.631)", "all are lower on tier 5, by 0.227 to 0.400"."""
        for one, other in permutations(self._tiers_around, 2):
            ends = [self._in_two_tiers(model, one, other) for model in self.m.book.conditions]
            falls = [apart(*two) for two in ends if two is not None]
            yield from [Answer(min(falls), max(falls))] if len(falls) > 1 else []
            named = self.own_models(i) or self._of_whom()
            yield from (Answer(*two) for m in named if (two := self._in_two_tiers(m, one, other)) is not None)

    def _falls_between_tiers(self) -> list[Value]:
        """ "All models are lower on tier 5 than on tier 1, by 0.227 to 0.400": each model's."""
        ways = ((m, *two) for two in combinations(self._tiers_around, 2) for m in self.m.book.conditions)
        return [apart(*ends) for way in ways if (ends := self._in_two_tiers(*way)) is not None]

    def _in_two_tiers(self, model: str, one: int, other: int) -> tuple[Value, Value] | None:
        found = self.m.answers.values_of(f"tier/{model}/tier{tier}" for tier in (one, other))
        return (found[0], found[1]) if len(found) > 1 else None

    @property
    def _tiers_around(self) -> list[int]:
        """Tiers that the sentence names, and those told of before it."""
        return tiers_in(f"{self.s.frame.words} {self.s.text}")

    def _kept_of_a_tier(self, i: int) -> Iterator[Answer]:
        """ "Opus 4.6 drops furthest from tier 1 to tier 5 and keeps 43 % of its tier-1 mean"."""
        for one, other in permutations(self._tiers_around, 2):
            for model in self.own_models(i) or self._of_whom():
                ends = self._in_two_tiers(model, one, other)
                if ends is not None and ends[0].value:
                    share = ends[1].value / ends[0].value
                    yield Answer(Value(share, f"{ends[1].fact} / {ends[0].fact}", 1, percent=True))

    def _of_two_models(self) -> Iterator[Answer]:
        """ "The tier-5 lead (0.631 to 0.512)", "with the zeros counted GPT-5.4 is ahead, 0.771 to 0.736"."""
        told = self._of_whom()
        for base in (*(f"tier:tier{n}" for n in self._tiers_around), *USUAL):
            found = {m: self.m.answers.values(Ask(base), Where((m,), ())) for m in self.m.book.conditions}
            for one, other in permutations(found, 2):
                if one in told or other in told:
                    yield from (Answer(a, b) for a in found[one] for b in found[other])

    # Of several models.

    def _in_its_list(self, i: int) -> Iterator[Answer]:
        """ "Then Opus 4.6 and Opus 4.7 at 0.641 and 0.640", "carry ranks 4 and 5": one for each that is named."""
        run = self.s.runs.get(i, [i])
        before = self._named_before(self.s.spots[run[0]])[-len(run) :]
        if len(run) < TWO or len({*before}) != len(run):
            return
        ranked = RANKS.search(self.s.low[: self.s.spots[run[0]].start]) is not None
        bases = ["rank"] if ranked else USUAL if self.s.spots[i].low.places else []
        where = Where((before[run.index(i)],), ())
        yield from (a for base in bases for a in self.m.answers.singles(Ask(base), where))

    def _behind_the_leaders(self) -> Iterator[Answer]:
        """ "Each of them lies between 0.148 and 0.167 behind the two leaders in the paired comparison"."""
        first = self.m.answers.ordered("mean")[:TWO]
        named = [m for m in dict.fromkeys(self._named_here or self._of_whom()) if m not in first]
        behind = self.m.answers.values_of(f"diff/{one}/{other}" for one in first for other in named)
        yield from [Answer(min(behind), max(behind), signless=True)] if len(behind) > 1 else []

    # Differences.

    def _half_of_what_stands_before(self, i: int) -> Iterator[Answer]:
        """ "Behind them come Sonnet 4.6 at 0.707 ± 0.075": of the mean that stands there, if it is right."""
        head = self.s.spots[i - 1].low if i else None
        near = [v for v in self.sound_values if head is not None and abs(v.value - head.value) < 10.0**-head.places]
        yield from map(Answer, self.m.answers.values_of(f"{v.fact}/half" for v in near))

    def _differing(self, i: int, spot: Spot) -> Iterator[Answer]:
        if self.s.low[: spot.start].rstrip().endswith("±"):
            yield from self._half_of_what_stands_before(i)
            return
        yield from self._by_words_around(i, spot)
        yield from self._by_words_beside(i, spot)

    def _by_words_around(self, i: int, spot: Spot) -> Iterator[Answer]:
        """What the sentence, or the one before it, is about."""
        own = self.own_models(i) or self._of_whom()
        if FALLS.search(self._words) and len(self._tiers_around) > 1:
            yield from map(Answer, self._falls_between_tiers())
        if LEADS.search(self._words):
            tiers = [f"tier:tier{n}" for n in self._tiers_around]
            for base in dict.fromkeys([*tiers, *(c.kind for c in self.bases if c.kind in MEANS)]):
                yield from self.m.answers.steps(base, combinations(self._of_whom(), 2))
            yield from map(Answer, self._from_what_stands_here())
        if LEADERS.search(self.s.text.casefold()):
            first = self.m.answers.ordered("mean")[:TWO]
            ahead = self.m.answers.values_of(f"diff/{one}/{m}" for one in first for m in self._of_whom() if m != one)
            yield from map(Answer, ahead)
        if ZEROS_KEPT.search(self.s.low[: spot.start]):
            yield from self.m.answers.singles(Ask("overall_mean"), Where(self._of_whom(), ()))
        if BETWEEN_BOUNDS.search(self._words):
            both = [self.m.answers.values_of((f"judge_bound_low/{m}", f"judge_bound_high/{m}")) for m in own]
            yield from (Answer(apart(*two)) for two in both if len(two) == TWO)
        if "reading" in self._words and len({*self._named_here}) > 1:
            for base in USUAL:  # "ahead by 0.034 on this reading"
                yield from self.m.answers.steps(base, combinations(dict.fromkeys(self._named_here), 2))

    def _by_words_beside(self, i: int, spot: Spot) -> Iterator[Answer]:
        """What the words right before a number, or right behind it, leave."""
        before, behind = self.s.low[: spot.start], self.s.low[spot.end :]
        own = self.own_models(i) or self._of_whom()
        yield from self._to_the_one_behind(spot)
        if AGAINST_BEHIND.match(behind):
            yield from (a for base in USUAL for a in self.m.answers.singles(Ask(base), Where(self._of_whom(), ())))
        if AGAINST.search(before):
            asks = [Ask(f"tier:tier{n}") for n in self._tiers_around[-1:]]
            yield from (a for ask in asks for a in self.m.answers.singles(ask, Where(self._of_whom(), ())))
        if (told := NARROWER.search(self.s.text[: spot.start].casefold())) is not None:
            yield from self._least_width(wide=told["which"] in ("wider", "longer"))
        if WITHIN.search(before) and OF_EACH_OTHER.search(self.s.low):
            yield from self._within(spot)
        if ITS_OTHER_MEAN.match(behind):
            yield from (a for model in own for a in self._between_its_means(model))
        if EACH.match(behind) and DIFFER.search(self._words):
            yield from self._each_of_two(spot)

    def _to_the_one_behind(self, spot: Spot) -> Iterator[Answer]:
        """ "It shares rank 1 although it sits 0.074 below GLM-5.1": of the means themselves, and on that side."""
        side = SIDE.match(self.s.low, spot.end)
        other = next((p for m in self.named if side and m.start == side.end() for p in self._ids(m)), None)
        for own in self._of_whom() if side is not None and other is not None else ():
            for base in dict.fromkeys(("mean", *USUAL)):
                ends = [self.m.answers.values(Ask(base), Where((m,), ())) for m in (own, other)] if other else []
                for one, two in product(*ends):
                    higher = (one.value > two.value) == (side is not None and side["side"] in HIGHER)
                    yield from [Answer(apart(one, two))] if own != other and higher else []

    def _within(self, spot: Spot) -> Iterator[Answer]:
        """ "The two Opus models are within 0.003 of each other on `overall`": a bound, of 0.0023 here."""
        named = next((c.kind for c in self.bases if c.start >= spot.end and c.kind in MEANS), None)
        named = named or ("overall_mean" if ON_OVERALL.match(self.s.text[spot.end :]) else None)
        last = 10.0**-spot.low.places
        steps = self.m.answers.steps(named, combinations(self._of_whom(), 2)) if named is not None else ()
        for answer in (a for a in steps if a.low.places > 1):  # none that is told in points
            bound = 0 < spot.low.value - abs(answer.low.value) < last
            yield Answer(answer.low._replace(value=spot.low.value)) if bound else answer

    def _between_its_means(self, model: str) -> Iterator[Answer]:
        """ "Its clean mean is 0.053 above its overall mean"."""
        steps = self._between_means(model, ())
        yield from (Answer(v._replace(value=abs(v.value))) for v in steps)

    def _from_what_stands_here(self) -> Iterator[Value]:
        """ "Its `cov_norm` is 0.651, a full 0.100 below GPT-5.4": from the mean that was just told."""
        for value in (v for v in self.sound_values if v.fact.count("/") == 1):
            base, own = value.fact.split("/")
            others = self.m.answers.values_of(f"{base}/{m}" for m in self._named_here if m != own)
            yield from (apart(value, other) for other in others)

    def _least_width(self, *, wide: bool) -> Iterator[Answer]:
        """ "No tier 5 interval is narrower than 0.71": of the narrowest, or the widest."""
        tiers = {f"tier{n}" for n in self._tiers_around}
        ends = [two for two in self._tier_intervals() if two[0].fact.split("/")[2] in tiers]
        widths = [Value(high.value - low.value, f"{high.fact} − {low.fact}", 3) for low, high in ends]
        yield from [Answer(max(widths) if wide else min(widths))] if widths else []

    def _each_of_two(self, spot: Spot) -> Iterator[Answer]:
        """ "Least for Gemini 3.1 Pro and GPT-5.4 (0.020 each)": between two means of both of them."""
        named = self._named_before(spot)[-2:]
        for one, other in combinations(USUAL, 2):
            ends = [self.m.answers.values_of((f"{one}/{m}", f"{other}/{m}")) for m in named]
            both = [apart(*two) for two in ends if len(two) > 1]
            if len(both) == len(named) > 1 and abs(both[0].value - both[1].value) < 10.0**-spot.low.places:
                yield from map(Answer, both)
