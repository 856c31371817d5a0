"""What else a number of a sweep may be by a turn of phrase: from one tier to another, within so much, so much each.

Each way needs words that tell of it, and is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from bot.review.answers import Answer, Ask, Value, Where
from bot.review.cues_sweep import MEANS, TIER
from bot.review.numbers import Spot
from bot.review.recount_sweep import family_of
from bot.review.replying import NUMBERS
from bot.review.steps_sweep import SOME_TIERS, USUAL, numbers_in
from bot.review.totals_sweep import SweepTotals

FALLS = re.compile(r"\b(?:drop\w*|falls?|fell|declin\w*|lower|loss\w*|los(?:es|t)|low|from)\b")
LEADS = re.compile(r"\bleads?\b|\bahead\b|\bbehind\b|\bbelow\b|\babove\b|\bbetter\b|\bworse\b")
LEADERS = re.compile(r"\b(?:two leaders|(?:top|first|leading) two)\b")
KEEPS = re.compile(r"\b(?:keeps?|retains?|is left with|holds?)\s+(?:about\s+|only\s+)?$")
RANKS = re.compile(r"\branks\s+(?:\d+(?:=)?\s*(?:,|and|&|to|–)\s*)*$")
COMPLETED = re.compile(r"\b(?:completed|finished|passed)\s+(?:only\s+)?$")
TWO = 2
AGAINST = re.compile(r"\b(?:against|versus|vs\.?|compared with|to)\s+$")
NARROWER = re.compile(r"\b(?:no|none)\b[^.;]*\b(?P<which>narrower|shorter|wider|longer)\s+than\s*$")
WITHIN = re.compile(r"\b(?:within|by)\s+$")
ON_OVERALL = re.compile(r"\s*(?:points\s+)?(?:on|by|in)\s+(?:the\s+)?`?overall\b")
OF_EACH_OTHER = re.compile(r"\bof each other\b|\bapart\b|\bwithin\b")
EACH = re.compile(r"\s*(?:each|apiece)\b")
DIFFER = re.compile(r"\bdiffer\w*|\bgaps?\b|\bdistances?\b|\breadings?\b|\bmeasures?\b|\bmoves?\b|\bcost\w*")
LEFT_NO_TRACE = re.compile(
    r"\s*is in neither\b|\s*(?:of them |runs? )?(?:left|leaves?|has|have|with) (?:no|without(?: a)?) (?:trace|line|log)"
)
AMONG_THOSE = re.compile(
    r"\s*of\s+(?:the\s+|its\s+)?flagged\b[^.;]*\bamong\b|\s*of\s+(?:those|these|them)\s+(?:are|is)\s+flagged\b"
)
INSEPARABLE = re.compile(r"\bvarianc\w*|\bnoise\b|\bbetween models\b")
SAME_FAMILY = re.compile(r"\bsame (?:family|maker|vendor)\b")
SHORT = re.compile(
    r"\b(?:are|is) short of\b|\bhave fewer\b|\black runs\b|\bmiss(?:es|ing)? (?:at least )?(?:some|one|a run)"
)
OTHER_RANKS = re.compile(r"\s*of (?:them|these|those)\b[^.;]*\b(?:different|other) ranks\b")
OF_SO_MANY = re.compile(r"\b(?P<part>[a-z]+|\d+)\s+of\s+(?:the\s+|its\s+|all\s+)?(?P<whole>\d+)\s+\w+\s*[(,]\s*$")


class SweepTurns(SweepTotals):
    """Each way tells what a number may be; `sound_values` are those that numbers of the sentence are right of."""

    sound_values: Sequence[Value] = ()

    def _any_turn(self, i: int, spot: Spot) -> Iterator[Answer]:
        """All ways whose words stand there."""
        if not spot.is_range:
            yield from self._in_its_list(i)
        if spot.is_range:
            yield from self._from_tier_to_tier(i) if FALLS.search(self._words) else ()
            yield from self._of_two_in_a_tier() if LEADS.search(self._words) else ()
            yield from self._behind_the_leaders() if LEADERS.search(self.s.text.casefold()) else ()
        elif spot.percent:
            yield from self._share_of_words(spot)
            yield from self._kept_of_a_tier(i) if KEEPS.search(self.s.low[: spot.start]) else ()
        elif spot.low.places:
            yield from self._differing(i, spot)
        else:
            yield from self._counted_so(spot)

    # From one tier to another.

    def _from_tier_to_tier(self, i: int) -> Iterator[Answer]:
        """ "The drop is smallest for GPT-5.4 (0.857 to 0.631)", "all are lower on tier 5, by 0.227 to 0.400"."""
        for one, other in permutations(self._tiers_around, 2):
            ends = [self._in_two_tiers(model, one, other) for model in self.m.book.conditions]
            falls = [_apart(*two) for two in ends if two is not None]
            yield from [Answer(min(falls), max(falls))] if len(falls) > 1 else []
            named = self.own_models(i) or self._of_whom()
            yield from (Answer(*two) for m in named if (two := self._in_two_tiers(m, one, other)) is not None)

    def _falls_between_tiers(self) -> list[Value]:
        """ "All models are lower on tier 5 than on tier 1, by 0.227 to 0.400": each model's."""
        ways = ((m, *two) for two in combinations(self._tiers_around, 2) for m in self.m.book.conditions)
        return [_apart(*ends) for way in ways if (ends := self._in_two_tiers(*way)) is not None]

    def _in_two_tiers(self, model: str, one: int, other: int) -> tuple[Value, Value] | None:
        found = self.m.answers.values_of(f"tier/{model}/tier{tier}" for tier in (one, other))
        return (found[0], found[1]) if len(found) > 1 else None

    @property
    def _tiers_around(self) -> list[int]:
        """Tiers that the sentence names, and those told of before it."""
        words = f"{self.s.frame.words} {self.s.text}"
        some = [n for m in SOME_TIERS.finditer(words) for n in numbers_in(m["all"])]
        return list(dict.fromkeys([*(int(m[1]) for m in TIER.finditer(words)), *some]))

    def _kept_of_a_tier(self, i: int) -> Iterator[Answer]:
        """ "Opus 4.6 drops furthest from tier 1 to tier 5 and keeps 43 % of its tier-1 mean"."""
        for one, other in permutations(self._tiers_around, 2):
            for model in self.own_models(i) or self._of_whom():
                ends = self._in_two_tiers(model, one, other)
                if ends is not None and ends[0].value:
                    share = ends[1].value / ends[0].value
                    yield Answer(Value(share, f"{ends[1].fact} / {ends[0].fact}", 1, percent=True))

    def _of_two_in_a_tier(self) -> Iterator[Answer]:
        """ "Don't lean too hard on the tier-5 lead (0.631 to 0.512)": of two models."""
        for n in self._tiers_around:
            values = self.m.answers.values(Ask(f"tier:tier{n}"), Where(self.m.book.conditions, ()))
            yield from (Answer(one, other) for one, other in permutations(values, 2))

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
        apart = self.m.answers.values_of(f"diff/{one}/{other}" for one in first for other in named)
        yield from [Answer(min(apart), max(apart), signless=True)] if len(apart) > 1 else []

    # Differences.

    def _half_of_what_stands_before(self, i: int) -> Iterator[Answer]:
        """ "Behind them come Sonnet 4.6 at 0.707 ± 0.075": of the mean that stands there, if it is right."""
        head = self.s.spots[i - 1].low if i else None
        near = [v for v in self.sound_values if head is not None and abs(v.value - head.value) < 10.0**-head.places]
        yield from map(Answer, self.m.answers.values_of(f"{v.fact}/half" for v in near))

    def _differing(self, i: int, spot: Spot) -> Iterator[Answer]:
        before, behind = self.s.low[: spot.start], self.s.low[spot.end :]
        if before.rstrip().endswith("±"):
            yield from self._half_of_what_stands_before(i)
            return
        if FALLS.search(self._words) and len(self._tiers_around) > 1:
            yield from map(Answer, self._falls_between_tiers())
        if LEADS.search(self._words):
            bases = [*(f"tier:tier{n}" for n in self._tiers_around), *(c.kind for c in self.bases if c.kind in MEANS)]
            for base in dict.fromkeys(bases):
                yield from self.m.answers.steps(base, combinations(self._of_whom(), 2))
            yield from map(Answer, self._from_what_stands_here())
        if AGAINST.search(before):
            wheres = Where(self._of_whom(), ())
            yield from (
                a for n in self._tiers_around[-1:] for a in self.m.answers.singles(Ask(f"tier:tier{n}"), wheres)
            )
        if (told := NARROWER.search(self.s.text[: spot.start].casefold())) is not None:
            yield from self._least_width(wide=told["which"] in ("wider", "longer"))
        if WITHIN.search(before) and OF_EACH_OTHER.search(self.s.low):
            named = next((c.kind for c in self.bases if c.start >= spot.end and c.kind in MEANS), None)
            named = named or ("overall_mean" if ON_OVERALL.match(self.s.text[spot.end :]) else None)
            pairs = combinations(self._of_whom(), 2)
            steps = list(self.m.answers.steps(named, pairs)) if named is not None else []
            last = 10.0**-spot.low.places  # "within 0.003" of 0.0023
            yield from (
                Answer(a.low._replace(value=spot.low.value)) if 0 < spot.low.value - abs(a.low.value) < last else a
                for a in steps
            )
        if DIFFER.search(self._words) and not self.own_models(i)[1:]:
            yield from self._of_the_means_told(i, spot)
        if EACH.match(behind) and DIFFER.search(self._words):
            yield from self._each_of_two(spot)

    def _from_what_stands_here(self) -> Iterator[Value]:
        """ "Its `cov_norm` is 0.651, a full 0.100 below GPT-5.4": from the mean that was just told."""
        for value in (v for v in self.sound_values if v.fact.count("/") == 1):
            base, own = value.fact.split("/")
            others = self.m.answers.values_of(f"{base}/{m}" for m in self._named_here if m != own)
            yield from (_apart(value, other) for other in others)

    def _least_width(self, *, wide: bool) -> Iterator[Answer]:
        """ "No tier 5 interval is narrower than 0.71": of the narrowest, or the widest."""
        tiers = {f"tier{n}" for n in self._tiers_around}
        ends = [two for two in self._tier_intervals() if two[0].fact.split("/")[2] in tiers]
        widths = [Value(high.value - low.value, f"{high.fact} − {low.fact}", 3) for low, high in ends]
        yield from [Answer(max(widths) if wide else min(widths))] if widths else []

    def _of_the_means_told(self, i: int, spot: Spot) -> Iterator[Answer]:
        """ "GPT-5.4 is ahead by 0.034 on this reading": by any of the means, of the models named."""
        if len({*self._named_here}) > 1 and "reading" in self._words:
            for base in USUAL:
                yield from self.m.answers.steps(base, combinations(dict.fromkeys(self._named_here), 2))

    def _each_of_two(self, spot: Spot) -> Iterator[Answer]:
        """ "Least for Gemini 3.1 Pro and GPT-5.4 (0.020 each)": between two means of both of them."""
        named = self._named_before(spot)[-2:]
        for one, other in combinations(USUAL, 2):
            ends = [self.m.answers.values_of((f"{one}/{m}", f"{other}/{m}")) for m in named]
            apart = [_apart(*two) for two in ends if len(two) > 1]
            if len(apart) == len(named) > 1 and abs(apart[0].value - apart[1].value) < 10.0**-spot.low.places:
                yield from map(Answer, apart)

    def _named_before(self, spot: Spot) -> list[str]:
        return [p for m in self.named if m.end <= spot.start for p in self._ids(m)]

    # Counts and shares.

    def _counted_so(self, spot: Spot) -> Iterator[Answer]:
        behind, book = self.s.low[spot.end :], self.m.book
        if LEFT_NO_TRACE.match(behind):
            sums = [a.low for a in self._sums_of(["missing", "logged_not_archived"])]
            yield from [_counted(sums[0].value - sums[1].value, "missing − logged")] if sums[1:] else []
        if AMONG_THOSE.match(behind) and INSEPARABLE.search(self._words):
            ratios = self.m.answers.values_of(f"variance/{task}/ratio" for task in book.flagged)
            yield _counted(sum(v.value < 1 for v in ratios), "flagged tasks with a ratio below 1")
        if RANKS.search(self.s.low[: spot.start]):
            ranks = self.m.answers.values(Ask("rank"), Where(book.conditions, ()))
            yield from (_counted(v.value, "rank") for v in ranks)
        if COMPLETED.search(self.s.low[: spot.start]):
            own = self._named_before(spot)[-1:] or self._of_whom()
            yield from self.m.answers.singles(Ask("c_pass"), Where(tuple(own), ()))
        if SAME_FAMILY.search(self._words):
            yield _counted(len(self._models_of_the_judge()), "models of the judge's family")
        if SHORT.search(self.s.low):
            lack = self.m.answers.values_of(f"missing/{m}" for m in book.conditions)
            yield _counted(sum(v.value > 0 for v in lack), "models with missing runs")
        if OTHER_RANKS.search(behind):
            yield _counted(len(book.split), "pairs within noise that rank apart")

    def _models_of_the_judge(self) -> list[str]:
        runs = (run for model in self.m.book.models.values() for run in model.runs)
        families = {family_of(run.judge_model) for run in runs if run.judge_model} - {None}
        return [m for m in self.m.book.conditions if family_of(m) in families]

    def _share_of_words(self, spot: Spot) -> Iterator[Answer]:
        """ "Six of 20 tasks (30 %)": of the two numbers right before it, one of them in words."""
        told = OF_SO_MANY.search(self.s.text[: spot.start].casefold())
        part = (NUMBERS.get(told["part"]) or _number(told["part"])) if told is not None else None
        if told is not None and part and float(told["whole"]):
            whole = float(told["whole"])
            yield Answer(Value(part / whole, f"{part:g} / {whole:g}", 1, percent=True))


def _counted(count: float, of: str) -> Answer:
    return Answer(Value(count, f"count({of})", 0))


def _apart(one: Value, other: Value) -> Value:
    return Value(abs(one.value - other.value), f"{one.fact} − {other.fact}", 3)


def _number(text: str) -> float | None:
    return float(text) if text.isdigit() else None
