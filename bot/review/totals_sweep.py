"""What a whole number of a sweep may count: over all models or tiers, of one task, of each model in turn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from bot.review.answers import Answer, Ask, Value
from bot.review.counting_sweep import HOLDS
from bot.review.cues_sweep import FAIRNESS
from bot.review.numbers import Spot
from bot.review.pairing_sweep import TASK
from bot.review.steps_sweep import SweepSteps

RATIO = re.compile(r"\bratios?\b|\bvariances?\b")
WISHED = re.compile(r"\b(?:at least|towards?|to|of)\s*$")
LARGER = re.compile(r"\bpanel\b|\bmore tasks\b|\blarger\b|\btasks\b")
ENOUGH_TASKS = 30.0  # with fewer a point is taken off the confidence
# What is counted over the whole sweep, by the words that tell of it.
TOTALS = (
    (re.compile(r"\bzeros?\b|\bdead\b"), ("archived_zeros", "zeros", "genuine_zero", "infra_zero")),
    (re.compile(r"\bclean\b|\bruns?\b|\bcover\w*"), ("clean",)),
    (re.compile(r"\barchiv\w*"), ("archived",)),
    (re.compile(r"\bruns?\b|\bexpected\b|\bplanned\b|\bin (?:all|total)\b"), ("expected", "archived")),
    (re.compile(r"\blog(?:s|ged)?\b|\bline in\b"), ("logged", "logged_not_archived")),
    (re.compile(r"\bmiss(?:ing|es)?\b|\black\w*"), ("missing", "logged_not_archived")),
    (re.compile(r"\bjudg\w+"), ("judge_enabled", "judge_failures", "rejudged")),
    (re.compile(r"\b(?:full|complet\w*|pass\w*)\b"), ("c_pass",)),
    (re.compile(r"\bstored\b|\bparts\b|\brecomput\w*|\bmismatch\w*"), ("stored_differs",)),
)
FACTS = (
    (re.compile(r"\btasks?\b|\bpanel\b"), ("tasks", "tasks/flagged")),
    (re.compile(r"\bexpected\b|\bno model has all\b|\beach model\b"), ("expected",)),
    (re.compile(r"\bruns? each\b|\b(?:a|per|each) task\b"), ("runs",)),
    (re.compile(r"\bvarianc\w*|\bvar(?:y|ies)\b|\bdiffer\b|\bnoise\b"), ("tasks/inseparable",)),
    (re.compile(r"\bassertions?\b|\bverifier\b"), ("verifier/varied", "tasks")),
    (re.compile(r"\blines?\b|\baudit\b|\bfairness\b"), ("fairness/lines",)),
    (re.compile(r"\bfirst given\b|\bjudge?ments?\b"), ("standing/original",)),
)
JUDGE_FAILED = re.compile(
    r"\bjudge?ments?[^.;]{0,12} fail\w*|\bfailed judge?ments?\b|\bjudge failed\b|\bstill failed\b|\bfailures?\b"
)
OF_TASKS = (
    (re.compile(r"\bharness\b"), "harness_errors"),
    (JUDGE_FAILED, "judge_failures"),
    (JUDGE_FAILED, "checked"),
    (re.compile(r"\bruns?\b"), "scores"),
)
NOISE = re.compile(r"\bnois\w+|\bvarian\w+|\bover runs\b")
STORED_BEHIND = re.compile(r"[^.;,\d]{0,24}\bstored\b")
RANKED = re.compile(r"\brank\s*$")
OF_LOGS = re.compile(r"\blogs?\b")
IN_ORDER = re.compile(r"\bsame_expected_runs\b|\bin (?:the |that |this |table |same )*order\b|\brespectively\b")
FIRST = re.compile(r"\b(?:first place|in front|leader|top model|best-scoring model|ranked first)\b[^.;]*$")
AT_TASK = (
    (re.compile(r"\bruns?\b"), "archived"),
    (re.compile(r"\bzeros?\b|\baccounts? for\b"), "zeros"),
    (re.compile(r"\bstored\b|\bparts\b|\blie on\b"), "stored_differs"),
)
NOT_SO = re.compile(r"\b(?:do|does|have|has|are|is)(?: not|n't)\b|\bneither\b|\bno log\b")
OF_SO_MANY = re.compile(r"\bof\s+(?:the\s+|its\s+|all\s+|those\s+|these\s+)?$")
LINES_THAT = re.compile(
    r"\s*(?:of\s+(?:the\s+|its\s+)?\d+\s+)?(?:(?:fairness\s+|audit\s+)?lines?\s+(?:of\s+the\s+(?:fairness\s+)?audit\s+)?)?"
    r"(?P<how>failed|fail|passed|pass)\b"
)
FAILED_BEFORE = re.compile(r"\baudit\s+failed\s+(?:on\s+|in\s+)?$")
ON_ONE_TASK = re.compile(r"\b(?:on|to|in) (?:one|a single) task\b")
OF_A_TIER = 2  # strokes in "tier/<model>/<tier>"
FULL_RANGE = re.compile(r"\b(?:from 0|full range|whole range|0(?:\.0+)? to 1)\b")


class SweepTotals(SweepSteps):
    """Each way tells what a number may be."""

    def _any_count(self, i: int, spot: Spot) -> Iterator[Answer]:
        """Of the whole sweep, where no model stands at the number."""
        if not self.is_count(spot) or self._right_before(spot):
            return
        told, whole = self._words, OF_SO_MANY.search(self.s.low[: spot.start]) is not None
        if RANKED.search(self.s.low[: spot.start]):
            yield from self._by_other_words(spot, told)
            return
        yield from self._sums_of(self._kinds_told)
        for pattern, facts in FACTS:
            yield from map(Answer, self.m.answers.values_of(facts)) if pattern.search(told) else ()
        for pattern, part in OF_TASKS if "flag" in told or (whole and "task" in told) else ():
            yield from self.values([Ask(f"task:{part}")], self.m.book.tasks) if pattern.search(self.s.low) else ()
        yield from self._of_tiers(told, whole=whole) if "tier" in told else ()
        yield from self._by_other_words(spot, told)

    @property
    def _kinds_told(self) -> list[str]:
        """What is counted, by the words of the sentence and of the one before it."""
        return [kind for pattern, kinds in TOTALS if pattern.search(self._words) for kind in kinds]

    def _sums_of(self, kinds: Sequence[str]) -> list[Answer]:
        return self.values([Ask("sum", kind) for kind in kinds], self.m.book.conditions)

    def _by_other_words(self, spot: Spot, told: str) -> Iterator[Answer]:
        """Pairs, tasks with such a ratio, ranks, what the first model lacks, tasks that would be enough."""
        line, before = LINES_THAT.match(self.s.low, spot.end), FAILED_BEFORE.search(self.s.low[: spot.start])
        if (line is not None or before is not None) and FAIRNESS.search(told):
            part = "failed" if line is None or line["how"].startswith("fail") else "passed"
            yield from map(Answer, self.m.answers.values_of([f"fairness/{part}"]))
        if "pair" in told:
            yield from self._of_pairs()
        if RATIO.search(told) and (size := HOLDS.search(self.s.low, spot.end)) is not None:
            yield self.tasks_holding(size)
        if RANKED.search(self.s.low[: spot.start]) or re.match(r"=[.\s]", self.s.low[spot.end :]):
            ranks = [a.low.value for a in self.values([Ask("rank")], self.m.book.conditions)]
            yield from (Answer(Value(r, "rank", 0)) for r in dict.fromkeys(ranks) if ranks.count(r) > 1)  # "2=."
        if FIRST.search(self.s.low[: spot.start]):
            best = self.m.answers.ordered("mean")[:1]
            yield from self.values([Ask(kind) for kind in self._kinds_told], best)
        if (WISHED.search(self.s.low[: spot.start]) or spot.operator) and LARGER.search(told):
            yield Answer(Value(ENOUGH_TASKS, "confidence/questions", 0))

    def _any_count_of_models(self, i: int, spot: Spot) -> Iterator[Answer]:
        """ "GPT-5.4 has 33, the other three have 35 each", "3, 3, 2 and 4 for the models in the order of the table"."""
        if not self.is_count(spot):
            return
        run, everyone = self.s.runs.get(i, [i]), self.m.answers.ordered("mean")
        in_order = IN_ORDER.search(self._words) is not None and len(run) == len(everyone)
        own = (everyone[run.index(i)],) if in_order else self.attached(spot) or self.own_models(i)
        if OF_LOGS.search(self._words) and NOT_SO.search(self.s.low[spot.end :]):
            yield from self._in_no_log(own)
            return
        for kind in self._kinds_told if own else ():
            values = self.values([Ask(kind)], own)
            if len({a.low.value for a in values}) == 1:  # "5 each for two of them" is so of both
                yield values[0]

    def _of_pairs(self) -> Iterator[Answer]:
        """Pairs of models, those that an interval tells apart, those that none does; tasks that two have in common."""
        pairs = list(combinations(self.m.book.conditions, 2))
        apart = self.pairs_apart
        for count in (len(pairs), apart, len(pairs) - apart):
            yield Answer(Value(count, "pairs", 0))
        yield from map(Answer, self.m.answers.values_of(f"diff/{one}/{other}/n" for one, other in pairs))

    def _in_no_log(self, models: Sequence[str]) -> Iterator[Answer]:
        """ "4 of the 6 appear in a log; 2 of GPT-5.4's do not": missing runs that no log has."""
        for model in models:
            told = self.m.answers.values_of((f"missing/{model}", f"logged_not_archived/{model}"))
            if len(told) == 2:
                yield Answer(Value(told[0].value - told[1].value, f"{told[0].fact} − {told[1].fact}", 0))

    def _of_its_task(self, i: int, spot: Spot) -> Iterator[Answer]:
        """ "t3-priv-redact-doc: 12 harness failures": of the task that the number is bound to."""
        tasks = self.scope(i).tasks or self.bound(i, TASK).ids
        if not tasks and ON_ONE_TASK.search(self.s.low):
            tasks = next((m.ids for m in self.s.mentions if m.kind == TASK), ())
        for pattern, part in OF_TASKS if tasks and self.is_count(spot) else ():
            yield from self.values([Ask(f"task:{part}")], tasks) if pattern.search(self._words) else ()
        for pattern, fact in AT_TASK if len(tasks) == 1 and self.is_count(spot) and not self.own_models(i) else ():
            names = [f"{fact}@{task}" for task in tasks] if pattern.search(self.s.low) else []
            yield from map(Answer, self.m.answers.values_of(names))
        if tasks and self.is_count(spot) and ON_ONE_TASK.search(self.s.low):
            yield from self.values([Ask("task:judge_failures"), Ask("task:harness_errors")], tasks)
        if tasks and self.is_count(spot) and OF_SO_MANY.search(self.s.low[: spot.start]):
            yield from self._sums_of(self._kinds_told)
        of_ratios = RATIO.search(self._words) or any(v.fact.startswith("variance/") for v in self.s.frame.told[-1:])
        if tasks and of_ratios and not spot.percent and spot.low.places:
            yield from self.values([Ask("variance:ratio")], tasks)
        if tasks and NOISE.search(self._words) and spot.low.places > 2:
            yield from self.values([Ask("variance:seed"), Ask("variance:capability")], tasks)
        if self.is_count(spot) and STORED_BEHIND.match(self.s.low, spot.end):
            yield from self._sums_of(["stored_differs"])

    def _of_tiers(self, told: str, *, whole: bool) -> Iterator[Answer]:
        """How many tiers there are, and intervals of them; how many of these reach from 0 to 1."""
        tiers = sorted({name.rpartition("/")[2] for name in self._of_each_tier})
        if whole:
            yield Answer(Value(len(tiers), "tiers", 0))
            yield Answer(Value(len(tiers) * len(self.m.book.conditions), "tiers × models", 0))
            return
        if FULL_RANGE.search(told) or "reach" in told:
            at = [(low.value <= 0, high.value >= 1) for low, high in self._tier_intervals()]
            yield Answer(Value(sum(map(all, at)), "count(tier intervals from 0 to 1)", 0))
            yield Answer(Value(sum(map(any, at)), "count(tier intervals that reach 0 or 1)", 0))
        best = (self.m.answers.ordered(f"tier:{tier}")[:1] for tier in tiers)
        leaders = [found[0] for found in best if found]
        yield from (Answer(Value(leaders.count(m), f"count(tiers led by {m})", 0)) for m in dict.fromkeys(leaders))

    @property
    def _of_each_tier(self) -> list[str]:
        """The names of the means of each model in each tier."""
        return [fact for fact in self.m.book.facts if fact.startswith("tier/") and fact.count("/") == OF_A_TIER]

    def _tier_intervals(self) -> list[tuple[Value, Value]]:
        """The interval of each of them that has one."""
        ends = (self.m.answers.both_ends(name) for name in self._of_each_tier)
        return [two for two in ends if two is not None]
