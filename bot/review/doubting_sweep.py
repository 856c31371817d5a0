"""The benefit of the doubt in texts about sweeps: what a number may be when it is not what this reader took it for.

Each way needs a word that tells of its kind ("lead", "zeros", "tier"), and holds a number against few values, those of
the models that the sentence names where it names any, since a number equals one of many by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, permutations

from bot.review import words_sweep as words
from bot.review.agreeing import EXACT, ROUNDS, UNMATCHED, WRONG, Finding
from bot.review.answers import COMPARE, Answer, Ask, Value, Where
from bot.review.counting_sweep import HIGHEST, LOWEST
from bot.review.cues_sweep import PART_MEANS, TIER
from bot.review.deriving_sweep import TIMES
from bot.review.detail_sweep import is_misstored
from bot.review.numbers import Spot
from bot.review.pairing_sweep import TASK
from bot.review.raw_sweep import COMPLETE, scored
from bot.review.replying import NUMBERS
from bot.review.steps_sweep import HALF_WIDTHS, MOST_MODELS, STEPS
from bot.review.totals_sweep import OF_LOGS, ON_ONE_TASK, RATIO, TOTALS
from bot.review.turns_sweep import SweepTurns

SETTLED = ("/limit", "/level", "/threshold")
RESTORED = re.compile(r"\bparts\b|\brecomput\w*|\brecount\w*")
PASSES = re.compile(r"\b(?:full|complet\w*|pass\w*)\b")
AT_MOST = re.compile(r"\b(?:at most|up to|worst(?: is| at)?|highest)\s*$")
EXTREME_COVERAGE = re.compile(r"\b(?:lowest|highest|worst|best|most|least|fewest)\b[^.;\d]*$")
NUMBER_OF_RUNS = re.compile(r"\bnumber of runs\b[^.;]*$")
SO_MANY_TASKS = re.compile(r"\b(?P<many>[a-z]+|\d+) tasks (?:are|lie|stay|have)\b[^.;\d]*$")
# Shares that are declared, or told of all models, by the words that tell of them.
DECLARED = (
    (re.compile(r"\brange\b|\bdiffers?\b|\bspread\b"), ("coverage/range",)),
    (re.compile(r"\ballows?\b|\blimit\b|\bgate\b"), ("coverage/limit", "gate/judge_error_rate_max/limit")),
)
OF_TIERS = re.compile(r"\btiers?\b|\bcells?\b|\bintervals?\b")
INFRA_BEFORE = re.compile(r"\binfra\w*\s+zeros?\b[^.;]*:[^.;]*$")
MISSES = re.compile(r"\bmiss(?:es)?\b[^.;]*$")
LIMIT_TOLD = re.compile(r"\blimits?\b|\ballows?\b")


class SweepDoubting(SweepTurns):
    """A last chance for a number of a sweep that would be called wrong, or could not be found."""

    def doubted(self, found: Sequence[tuple[int, Finding]]) -> list[Finding]:
        """The findings, those that are wrong of what they were taken for as what else they are."""
        once = self._doubted_once(found)
        places = [i for i, _ in found]
        better = any(new.status != old.status for new, (_, old) in zip(once, found, strict=True))
        return self._doubted_once(list(zip(places, once, strict=True))) if better else once  # with what is right now

    def _doubted_once(self, found: Sequence[tuple[int, Finding]]) -> list[Finding]:
        self.sound_values = [v for _, f in found if f.status in (EXACT, ROUNDS) for v in f.values]
        return [self._doubted(i, f) if self._is_doubtful(f) else f for i, f in found]

    def _is_doubtful(self, finding: Finding) -> bool:
        settled = bool(finding.facts) and finding.facts[0].endswith(SETTLED) and "gate" not in finding.facts[0]
        by_class = any(fact.startswith("standing/failed/") for fact in finding.facts)
        return finding.status in (WRONG, UNMATCHED) and not settled and not by_class

    def _doubted(self, i: int, finding: Finding) -> Finding:
        spot = self.s.spots[i]
        of_task = (self._of_its_task, self._what_parts_give, self._share_of_two)
        of_all = (self._any_rate, self._any_step, self._any_count, self._any_share, self._anything_else, self._any_turn)
        for way in of_task if self.scope(i).firm else (*of_task, *of_all):
            if (hit := self.hit(spot, way(i, spot))) is not None:
                return hit
        unsaid = finding.status == UNMATCHED or self._each(spot) or self._of_runs_told(spot)
        return (self.hit(spot, self._any_count_of_models(i, spot)) if unsaid else None) or finding

    def _of_runs_told(self, spot: Spot) -> bool:
        """ "They do not have the same number of runs (33 for GPT-5.4, …)", "Sonnet 4.6 has 2 without such evidence"."""
        before = self.s.low[: spot.start]
        of_runs = NUMBER_OF_RUNS.search(before) is not None or OF_LOGS.search(before) is not None
        passes = (
            PASSES.search(before) is not None
            and re.match(r"\s*of\s+(?:its\s+|the\s+|their\s+)?\d", self.s.low[spot.end :]) is not None
        )
        of_runs = of_runs or INFRA_BEFORE.search(before) is not None
        return of_runs or passes or "evidence" in self._words or MISSES.search(before) is not None

    # Shares.

    def _any_share(self, i: int, spot: Spot) -> Iterator[Answer]:
        """ "138 are in the archive, which is 95.8 %": of counts that stand here, or of one and a total."""
        if spot.percent and not spot.is_range and PASSES.search(self._words):
            yield from self._shares_of_passes()
        extreme = LOWEST.search(self.s.low[: spot.start]) or HIGHEST.search(self.s.low[: spot.start])
        if not spot.percent or spot.is_range or extreme or EXTREME_COVERAGE.search(self.s.low[: spot.start]):
            return
        wholes = [a.low for a in self._sums_of(("expected", "archived", "judge_enabled"))]
        kinds_here = [k for pattern, names in TOTALS if pattern.search(self.s.low) for k in names if k != "zeros"]
        told = [a.low for a in self._sums_of(kinds_here)]
        counts = _counts_in((*self.sound_values, *self.s.frame.told))
        yield from self._relative_steps(i)
        for part in dict.fromkeys((*counts, *told)):
            for whole in dict.fromkeys((*counts, *wholes)):
                if part.value < whole.value:
                    yield Answer(Value(part.value / whole.value, f"{part.fact} / {whole.fact}", 1, percent=True))

    def _share_of_two(self, i: int, spot: Spot) -> Iterator[Answer]:
        """ "7 of the 12 failures (58.3 %)": of the two counts that stand right before it."""
        if not (self.scope(i).firm or ON_ONE_TASK.search(self.s.low)):
            return
        for part, whole in combinations(sorted({*_counts_in(self.sound_values)}), 2) if spot.percent else ():
            yield Answer(Value(part.value / whole.value, f"{part.fact} / {whole.fact}", 1, percent=True))

    def _shares_of_passes(self) -> Iterator[Answer]:
        """Runs that passed completion in full, of those archived: of each model, and of all."""
        ways = [self.m.answers.values_of((f"c_pass/{m}", f"archived/{m}")) for m in self.m.book.conditions]
        sums = [a.low for a in self._sums_of(("c_pass", "archived"))]
        for two in (*ways, sums):
            if len(two) == 2 and two[1].value:
                yield Answer(Value(two[0].value / two[1].value, f"{two[0].fact} / {two[1].fact}", 1, percent=True))

    def _relative_steps(self, i: int) -> Iterator[Answer]:
        """ "0.107 over Sonnet 4.6, or 16 % of Sonnet 4.6's score": one model's mean over another's, less one."""
        named = self._of_whom()
        for one, other in permutations(named, 2) if len(named) < MOST_MODELS and STEPS.search(self._words) else ():
            for base in self._bases_told():
                ends = [self.m.answers.values(Ask(base), Where((model,), ())) for model in (one, other)]
                for a, b in zip(*ends, strict=True):
                    if b.value:
                        yield Answer(Value(abs(a.value / b.value - 1), f"{a.fact} / {b.fact} − 1", 1, percent=True))

    def _any_rate(self, i: int, spot: Spot) -> Iterator[Answer]:
        """ "Judge error rate at most 12.5 %": of the worst model."""
        if spot.percent and re.search(r"\brates?\b|\bfail\w*|\bunjudged\b", self._words):
            rates = self.values([Ask("judge_failure_rate")], self.m.book.conditions)
            worst = [max(rates, key=lambda a: a.low.value)] if rates else []
            beyond = spot.operator in ("<", "<=") or AT_MOST.search(self.s.low[: spot.start]) is not None
            yield from worst if beyond else rates if "gate" in self._words or "limit" in self._words else ()
        if spot.percent and not spot.is_range:
            names = [name for pattern, names in DECLARED if pattern.search(self._words) for name in names]
            yield from map(Answer, self.m.answers.values_of(names))

    # What few texts tell.

    def _anything_else(self, i: int, spot: Spot) -> Iterator[Answer]:
        """Ratios of half-widths, from where on a run is complete, means named anew."""
        if TIMES.match(self.s.low, spot.end) and HALF_WIDTHS.search(self.s.low[: spot.start]):
            yield from self._times_as_wide(i)
        if PASSES.search(self._words) and spot.low.value == COMPLETE:
            yield Answer(Value(COMPLETE, "complete/threshold", 4))
        whole = spot.high is not None and (spot.low.value, spot.high.value) == (0, 1)
        if whole and OF_TIERS.search(self._words):
            yield from self._whole_ranges()
        yield from self._constants(spot)
        of_points = spot.points or ("points" in self.s.low and spot.low.places == 1)
        if LIMIT_TOLD.search(self.s.low) and of_points:
            limits = self.m.answers.values_of(["coverage/limit"])
            yield from (Answer(v._replace(value=100 * v.value, percent=False, places=1)) for v in limits)
        of_a_part = any(c.kind in PART_MEANS for c in self.bases)
        if not (spot.percent or spot.is_range or of_a_part) and spot.low.places > 2:
            own = self.own_models(i) or self._right_before(spot)
            yield from self.values([Ask(base) for base in self._bases_told()], own) if len(own) == 1 else ()
            if EXTREME_COVERAGE.search(self.s.low[: spot.start]) and TIER.search(self.s.text):
                ends = [self.values([Ask(base)], self.m.book.conditions) for base in self._bases_told()]
                yield from (end(found, key=lambda a: a.low.value) for found in ends if found for end in (min, max))

    def _constants(self, spot: Spot) -> Iterator[Answer]:
        """Ends of the scale that intervals reach, a score stored as 0, a ratio of 1, a bound that tasks have."""
        words_told, low = self._words, self.s.low
        if spot.low.value in (0, 1) and OF_TIERS.search(words_told) and "interval" in words_told and spot.low.places:
            yield Answer(Value(spot.low.value, f"scale/{spot.low.value:g}", 3))
        if "stored" in low and spot.low.places > 3 and not spot.low.value:
            yield Answer(Value(0.0, "stored", 4))
        if RATIO.search(words_told) and "closest to" in low[: spot.start]:
            yield from map(Answer, self.m.answers.values_of(["ratio/limit"]))
        if spot.operator and RATIO.search(words_told) and self._so_many_ratios(spot):
            yield Answer(Value(spot.low.value, "count(ratios)", spot.low.places))

    def _so_many_ratios(self, spot: Spot) -> bool:
        """ "Six tasks are below 0.30": whether as many are."""
        told = SO_MANY_TASKS.search(self.s.low[: spot.start])
        many = NUMBERS.get(told["many"]) if told is not None else None
        sign = COMPARE[spot.operator or "<"]
        return bool(many == sum(sign(ratio, spot.low.value) for ratio in self._ratios()))

    def _whole_ranges(self) -> Iterator[Answer]:
        """Intervals of tiers that reach over the whole scale."""
        yield from (Answer(low, high) for low, high in self._tier_intervals() if low.value <= 0 and high.value >= 1)

    def _what_parts_give(self, i: int, spot: Spot) -> Iterator[Answer]:
        """ "Five runs are stored as 0.0000 while their parts give 0.5662 to 0.9008": of the task and model named."""
        if not RESTORED.search(self._words) or spot.low.places < 3 or words.RUN.search(self.s.text):
            return
        here = {task for m in self.s.mentions if m.kind == TASK for task in m.ids}
        tasks = here or {*self.m.book.tasks}
        runs = [r for r in self.m.book.sweep.runs if is_misstored(r) and r.task in tasks]
        values = sorted(Value(again, f"recomputed({r.model})", 4) for r in runs if (again := scored(r)) is not None)
        if spot.is_range:
            yield from [Answer(values[0], values[-1])] if len(values) > 1 else []
        else:
            yield from map(Answer, values)

    def _times_as_wide(self, i: int) -> Iterator[Answer]:
        for model in self._of_whom():
            halves = self.m.answers.values_of(f"{base}/{model}/half" for base in ("overall_mean", "clean_mean"))
            if len(halves) == 2 and halves[1].value:
                yield Answer(Value(halves[0].value / halves[1].value, f"{halves[0].fact} / {halves[1].fact}", 1))


def _counts_in(values: Iterable[Value]) -> list[Value]:
    """Those of them that count something."""
    return [v for v in values if v.value and not v.percent and float(v.value).is_integer()]
