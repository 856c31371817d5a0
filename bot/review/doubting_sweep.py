"""The benefit of the doubt in texts about sweeps: what a number may be when it is not what this reader took it for.

Each way needs a word that tells of its kind ("lead", "zeros", "tier"), and holds a number against few values, those of
the models that the sentence names where it names any, since a number equals one of many by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from bot.review import words_sweep as words
from bot.review.agreeing import EXACT, ROUNDS, UNMATCHED, WRONG, Finding
from bot.review.answers import Answer, Ask, Value, Where
from bot.review.counting_sweep import HIGHEST, LOWEST
from bot.review.cues_sweep import MEANS, PART_MEANS, TIER
from bot.review.deriving_sweep import CHANGING, DIFFERENCE, TIMES
from bot.review.detail_sweep import is_misstored
from bot.review.numbers import Spot
from bot.review.pairing_sweep import TASK
from bot.review.raw_sweep import COMPLETE, scored
from bot.review.tasking_sweep import SweepTasking

SETTLED = ("/limit", "/level", "/threshold")
PAIRS_TOLD = re.compile(
    r"\bpair\w*|\bdifferences?\b|\bgaps?\b|\bleads?\b|\bover\b|\bagainst\b|\binterval\w*|\bversus\b|\bvs\b"
)
ENDS = re.compile(r"\bstarts?\b|\bends?\b|\binterval\w*|\bbounds?\b|\bedges?\b|\bfrom\b")
STEPS = re.compile(
    rf"{DIFFERENCE.pattern}|\bleads?\b|\bwithin\b|\brais\w+|\blower\w*|\blift\w*|\bthin\b|\bsmallest\b|\bwidest\b|\blargest\b"
)
FIRST_TWO = re.compile(r"\brunner-?up\b|\bnext\b|\bsecond\b|\bleads?\b")
RESTORED = re.compile(r"\bparts\b|\brecomput\w*|\brecount\w*")
RATIO = re.compile(r"\bratios?\b|\bvariances?\b")
HALF_WIDTHS = re.compile(r"\bhalf-?\s?widths?\b|\bintervals?\b")
PASSES = re.compile(r"\b(?:full|complet\w*|pass\w*)\b")
AT_MOST = re.compile(r"\b(?:at most|up to|worst(?: is| at)?|highest)\s*$")
WISHED = re.compile(r"\bat least\s*$|\bof\s+$")
LARGER = re.compile(r"\bpanel\b|\bmore tasks\b|\blarger\b|\btasks\b")
ENOUGH_TASKS = 30.0  # with fewer a point is taken off the confidence
# What is counted over the whole sweep, by the words that tell of it.
TOTALS = (
    (re.compile(r"\bzeros?\b|\bdead\b"), ("archived_zeros", "zeros", "genuine_zero", "infra_zero")),
    (re.compile(r"\bclean\b|\bruns?\b|\bcover\w*"), ("clean",)),
    (re.compile(r"\barchiv\w*"), ("archived",)),
    (re.compile(r"\bruns?\b|\bexpected\b|\bplanned\b|\bin (?:all|total)\b"), ("expected", "archived")),
    (re.compile(r"\blog(?:s|ged)?\b|\bline in\b"), ("logged", "logged_not_archived")),
    (re.compile(r"\bmissing\b|\black\w*"), ("missing", "logged_not_archived")),
    (re.compile(r"\bjudg\w+"), ("judge_enabled", "judge_failures", "rejudged")),
    (re.compile(r"\b(?:full|complet\w*|pass\w*)\b"), ("c_pass",)),
    (re.compile(r"\bstored\b|\bparts\b|\brecomput\w*"), ("stored_differs",)),
)
FACTS = (
    (re.compile(r"\btasks?\b|\bpanel\b"), ("tasks", "tasks/flagged")),
    (re.compile(r"\bexpected\b|\bno model has all\b"), ("expected",)),
    (re.compile(r"\bvarianc\w*|\bvar(?:y|ies)\b|\bdiffer\b|\bnoise\b"), ("tasks/inseparable",)),
    (re.compile(r"\bassertions?\b|\bverifier\b"), ("verifier/varied", "tasks")),
    (re.compile(r"\blines?\b|\baudit\b"), ("fairness/lines", "fairness/failed", "fairness/passed")),
    (re.compile(r"\bfirst given\b|\bjudge?ments?\b"), ("standing/original",)),
)
OF_TASKS = (
    (re.compile(r"\bharness\b"), "harness_errors"),
    (re.compile(r"\bjudge?ments? (?:are |were )?fail\w*|\bfailed judge?ments?\b"), "judge_failures"),
    (re.compile(r"\bjudge?ments? (?:are |were )?fail\w*|\bfailed judge?ments?\b"), "checked"),
    (re.compile(r"\bruns?\b"), "scores"),
)
EXTREME_COVERAGE = re.compile(r"\b(?:lowest|highest|worst|best|most|least|fewest)\b[^.;\d]*$")
SOME_TIERS = re.compile(r"\btiers\s+(?P<all>\d+(?:\s*(?:to|–|-|,|and|through)\s*\d+)+)", re.IGNORECASE)
FAILED_SO = re.compile(r"\bworst\b|\bbounds?\b|\bfailed judge?ments?\b")
SOME_MODELS = re.compile(r"\b(?:first|other|last|top|bottom) (?:two|three|four|five|models)\b")
IN_ORDER = re.compile(r"\bin (?:the |that |this |table |same )*order\b|\brespectively\b")
FIRST = re.compile(r"\b(?:first place|in front|leader|top model|best-scoring model|ranked first)\b[^.;]*$")
OF_TIERS = re.compile(r"\btiers?\b|\bcells?\b|\bintervals?\b")
LIMIT_TOLD = re.compile(r"\blimits?\b")
AT_TASK = (
    (re.compile(r"\bruns?\b"), "archived"),
    (re.compile(r"\bzeros?\b|\baccounts? for\b"), "zeros"),
)
FULL_RANGE = re.compile(r"\b(?:from 0|full range|whole range|0(?:\.0+)? to 1)\b")
USUAL = ("clean_mean", "overall_mean", "clean_mean_evidence", "cov_norm")
MOST_MODELS = 12  # of a larger sweep the pairs are too many to try


class SweepDoubting(SweepTasking):
    """A last chance for a number of a sweep that would be called wrong, or could not be found."""

    def doubted(self, found: Sequence[tuple[int, Finding]]) -> list[Finding]:
        """The findings, those that are wrong of what they were taken for as what else they are."""
        once = self._doubted_once(found)
        places = [i for i, _ in found]
        better = any(new.status != old.status for new, (_, old) in zip(once, found, strict=True))
        return self._doubted_once(list(zip(places, once, strict=True))) if better else once  # with what is right now

    def _doubted_once(self, found: Sequence[tuple[int, Finding]]) -> list[Finding]:
        sound = [v for _, f in found if f.status in (EXACT, ROUNDS) for v in f.values]
        return [self._doubted(i, f, sound) if self._is_doubtful(f) else f for i, f in found]

    def _is_doubtful(self, finding: Finding) -> bool:
        settled = bool(finding.facts) and finding.facts[0].endswith(SETTLED) and "gate" not in finding.facts[0]
        by_class = any(fact.startswith("standing/failed/") for fact in finding.facts)
        return finding.status in (WRONG, UNMATCHED) and not settled and not by_class

    def _doubted(self, i: int, finding: Finding, sound: Sequence[Value]) -> Finding:
        spot = self.s.spots[i]
        of_task = (self._of_its_task, self._what_parts_give)
        of_all = (self._any_rate, self._any_step, self._any_count, self._any_share, self._anything_else)
        for way in of_task if self.scope(i).firm else (*of_task, *of_all):
            if (hit := self.hit(spot, way(i, spot, sound))) is not None:
                return hit
        unsaid = finding.status == UNMATCHED or self._each(spot)
        return (self.hit(spot, self._any_count_of_models(i, spot)) if unsaid else None) or finding

    @property
    def _words(self) -> str:
        return f"{self.s.frame.words} {self.s.low}"

    def _of_whom(self, i: int) -> tuple[str, ...]:
        """Models that the sentence names, or the one before it; all where none is named, or only one and no other."""
        named = [p for m in self.named for p in self._ids(m)]
        told = [*named, *(p for p in self.s.frame.places.ids if p in self.m.book.models)]
        return tuple(dict.fromkeys(told or self.m.book.conditions))

    # Differences.

    def _any_step(self, i: int, spot: Spot, sound: Sequence[Value]) -> Iterator[Answer]:
        """Of one model's means from another's, paired or plain, and of one mean from another of the same model."""
        if spot.percent or spot.low.places < 2 or len(self.m.book.conditions) > MOST_MODELS:
            return
        if i in self.paired and self.paired[i].named and self.is_told_behind(spot):
            return  # "0.09 higher than B" says which way
        if PAIRS_TOLD.search(self._words):
            yield from self._paired_ones(i, spot)
        if STEPS.search(self._words):
            yield from self._plain_ones(i, spot)

    def _pairs_of(self, i: int) -> list[tuple[str, str]]:
        """Two of the models named; one of them and any other, where the sentence names no two."""
        named = self._of_whom(i)
        here = {p for m in self.named for p in self._ids(m)}
        everyone = self.m.book.conditions
        mine = [pair for pair in combinations(everyone, 2) if len({*pair} & {*named}) == 2]
        return mine if len(here) > 1 else [p for p in combinations(everyone, 2) if {*p} & {*named}]

    def _paired_ones(self, i: int, spot: Spot) -> Iterator[Answer]:
        ends = ENDS.search(self.s.low) is not None
        before = self.s.spots[i - 1].low.value if i and not self.s.spots[i - 1].is_range else 0.0
        for one, other in self._pairs_of(i):
            for a, b in ((one, other), (other, one)):
                told = self.m.answers.values_of(f"diff/{a}/{b}{tail}" for tail in ("", "/ci_low", "/ci_high"))
                if len(told) != 3 or (spot.is_range and before * told[0].value < 0):
                    continue
                yield Answer(told[1], told[2]) if spot.is_range else Answer(told[0], signless=True)
                yield from (Answer(end, signless=True) for end in told[1:] if ends and not spot.is_range)
                if HALF_WIDTHS.search(self.s.low):
                    yield from map(Answer, self.m.answers.values_of([f"diff/{a}/{b}/half"]))

    def _plain_ones(self, i: int, spot: Spot) -> Iterator[Answer]:
        bases, named = self._bases_told(), self._of_whom(i)
        if FAILED_SO.search(self.s.low):
            yield from (Answer(v, signless=True) for model in named for v in self._moved_by_failures(model))
            return
        if spot.is_range:
            yield from self._ranges_of_changes(bases)
            return
        for base in bases:
            yield from self.m.answers.steps(base, self._pairs_of(i))
            yield from self.m.answers.spans(base, self.m.book.conditions)
            yield from (self.m.answers.spans(base, self._ordered(base)[1:]))
            if FIRST_TWO.search(self._words):
                yield from self.m.answers.steps(base, [tuple(self._ordered(base)[:2])])  # type: ignore[list-item]
        for model in named if CHANGING.search(self._words) else ():
            yield from (Answer(v, signless=True) for v in self._between_means(model, bases))

    def _moved_by_failures(self, model: str) -> Iterator[Value]:
        """ "Setting the failed judgements to worst or best moves an overall mean by 0.003 at most"."""
        names = ("judge_bound_low", "judge_bound_high", "overall_mean")
        values = self.m.answers.values_of(f"{name}/{model}" for name in names)
        for one, other in combinations(values, 2):
            yield Value(one.value - other.value, f"{one.fact} − {other.fact}", 3)

    def _bases_told(self) -> list[str]:
        """Means and tiers that the sentence names; the usual ones where it names none."""
        tiers = [f"tier:tier{m[1]}" for m in TIER.finditer(self.s.text)]
        tiers += [f"tier:tier{n}" for m in SOME_TIERS.finditer(self.s.text) for n in _numbers_in(m["all"])]
        named = [c.kind for c in self.bases if c.kind in MEANS]
        return list(dict.fromkeys([*tiers, *named])) or list(USUAL)

    def _ordered(self, base: str) -> list[str]:
        values = {m: self.m.answers.values(Ask(base), Where((m,), ())) for m in self.m.book.conditions}
        return sorted((m for m, found in values.items() if found), key=lambda m: -values[m][0].value)

    def _between_means(self, model: str, bases: Sequence[str]) -> Iterator[Value]:
        wide = [
            *bases,
            *(b for b in ("clean_mean", "overall_mean", "clean_mean_evidence", "cov_norm") if b not in bases),
        ]
        values = [v for base in wide for v in self.m.answers.values(Ask(base), Where((model,), ()))]
        for one, other in combinations(values, 2):
            yield Value(one.value - other.value, f"{one.fact} − {other.fact}", 3)

    def _ranges_of_changes(self, bases: Sequence[str]) -> Iterator[Answer]:
        """ "Leaving them out raises a model's mean by 0.053 to 0.093": from the least to the most."""
        for one, other in combinations(MEANS[:3], 2):
            pairs = [self.m.answers.values_of((f"{one}/{m}", f"{other}/{m}")) for m in self.m.book.conditions]
            apart = sorted(
                Value(abs(a.value - b.value), f"{a.fact} − {b.fact}", 3) for a, b in (p for p in pairs if len(p) == 2)
            )
            for some in (apart, *((apart[1:], apart[:-1]) if SOME_MODELS.search(self.s.low) else ())):
                yield from [Answer(some[0], some[-1])] if len(some) > 1 else []

    # Counts.

    def _any_count(self, i: int, spot: Spot, sound: Sequence[Value]) -> Iterator[Answer]:
        """Of the whole sweep, where no model stands at the number."""
        if not self.is_count(spot) or self._right_before(spot):
            return
        told = self._words
        for pattern, kinds in TOTALS:
            if pattern.search(told):
                yield from self.values([Ask("sum", kind) for kind in kinds], self.m.book.conditions)
        for pattern, facts in FACTS:
            yield from map(Answer, self.m.answers.values_of(facts)) if pattern.search(told) else ()
        for pattern, part in OF_TASKS if "task" in told or "flag" in told else ():
            yield from self.values([Ask(f"task:{part}")], self.m.book.tasks) if pattern.search(self.s.low) else ()
        yield from self._of_tiers(told) if "tier" in told else ()
        if spot.low.value and re.match(r"=[.\s]", self.s.low[spot.end :]):
            yield from self.values([Ask("rank")], self.m.book.conditions)  # "2=. Sonnet 4.6"
        if FIRST.search(self.s.low[: spot.start]):
            best = self._ordered("mean")[:1]
            yield from self.values([Ask(kind) for p, kinds in TOTALS if p.search(told) for kind in kinds], best)
        if (WISHED.search(self.s.low[: spot.start]) or spot.operator) and LARGER.search(told):
            yield Answer(Value(ENOUGH_TASKS, "confidence/questions", 0))

    def _any_count_of_models(self, i: int, spot: Spot) -> Iterator[Answer]:
        """ "GPT-5.4 has 33, the other three have 35 each", "3, 3, 2 and 4 for the models in the order of the table"."""
        if not self.is_count(spot):
            return
        kinds = [kind for pattern, names in TOTALS if pattern.search(self._words) for kind in names]
        run, everyone = self.s.runs.get(i, [i]), self._ordered("mean")
        in_order = IN_ORDER.search(self.s.low) is not None and len(run) == len(everyone)
        own = (everyone[run.index(i)],) if in_order else self.attached(spot) or self.own_models(i)
        for kind in kinds if own else ():
            values = self.values([Ask(kind)], own)
            if len({a.low.value for a in values}) == 1:  # "5 each for two of them" is so of both
                yield values[0]

    def _of_its_task(self, i: int, spot: Spot, sound: Sequence[Value]) -> Iterator[Answer]:
        """ "t3-priv-redact-doc: 12 harness failures": of the task that the number is bound to."""
        tasks = self.bound(i, TASK).ids
        for pattern, part in OF_TASKS if tasks and self.is_count(spot) else ():
            yield from self.values([Ask(f"task:{part}")], tasks) if pattern.search(self.s.low) else ()
        for pattern, fact in AT_TASK if len(tasks) == 1 and self.is_count(spot) and not self.own_models(i) else ():
            names = [f"{fact}@{task}" for task in tasks] if pattern.search(self.s.low) else []
            yield from map(Answer, self.m.answers.values_of(names))
        if tasks and RATIO.search(self._words) and not spot.percent and spot.low.places:
            yield from self.values([Ask("variance:ratio")], tasks)

    def _of_tiers(self, told: str) -> Iterator[Answer]:
        """How many tiers there are, and intervals of them; how many of these reach from 0 to 1."""
        names = {m[2] for f in self.m.book.facts if (m := re.fullmatch(r"(tier)/[^/]+/([^/]+)", f))}
        models = self.m.book.conditions
        yield Answer(Value(len(names), "tiers", 0))
        yield Answer(Value(len(names) * len(models), "tiers × models", 0))
        if FULL_RANGE.search(told):
            ends = (
                self.m.answers.values_of((f"tier/{m}/{t}/ci_low", f"tier/{m}/{t}/ci_high"))
                for m in models
                for t in names
            )
            whole = sum(len(two) == 2 and two[0].value <= 0 and two[1].value >= 1 for two in ends)
            yield Answer(Value(whole, "count(tier intervals from 0 to 1)", 0))
        best = (self._ordered(f"tier:{name}")[:1] for name in sorted(names))
        leaders = [found[0] for found in best if found]
        yield from (Answer(Value(leaders.count(m), f"count(tiers led by {m})", 0)) for m in dict.fromkeys(leaders))

    # Shares.

    def _any_share(self, i: int, spot: Spot, sound: Sequence[Value]) -> Iterator[Answer]:
        """ "138 are in the archive, which is 95.8 %": of counts that stand here, or of one and a total."""
        extreme = LOWEST.search(self.s.low[: spot.start]) or HIGHEST.search(self.s.low[: spot.start])
        if not spot.percent or spot.is_range or extreme or EXTREME_COVERAGE.search(self.s.low[: spot.start]):
            return
        kinds = ("expected", "archived", "judge_enabled")
        wholes = [a.low for a in self.values([Ask("sum", kind) for kind in kinds], self.m.book.conditions)]
        counts = [v for v in (*sound, *self.s.frame.told) if v.value and not v.percent and float(v.value).is_integer()]
        if PASSES.search(self._words):
            counts += [a.low for a in self.values([Ask("c_pass"), Ask("archived")], self.own_models(i))]
            ways = [self.m.answers.values_of((f"c_pass/{m}", f"archived/{m}")) for m in self.m.book.conditions]
            for two in ways:
                yield Answer(Value(two[0].value / two[1].value, f"{two[0].fact} / {two[1].fact}", 1, percent=True))
        yield from self._relative_steps(i)
        for part in dict.fromkeys(counts):
            for whole in dict.fromkeys((*counts, *wholes)):
                if part.value < whole.value:
                    yield Answer(Value(part.value / whole.value, f"{part.fact} / {whole.fact}", 1, percent=True))

    def _relative_steps(self, i: int) -> Iterator[Answer]:
        """ "0.107 over Sonnet 4.6, or 16 % of Sonnet 4.6's score": one model's mean over another's, less one."""
        named = self._of_whom(i)
        for one, other in permutations(named, 2) if len(named) < MOST_MODELS and STEPS.search(self._words) else ():
            for base in self._bases_told():
                ends = [self.m.answers.values(Ask(base), Where((model,), ())) for model in (one, other)]
                for a, b in zip(*ends, strict=True):
                    if b.value:
                        yield Answer(Value(abs(a.value / b.value - 1), f"{a.fact} / {b.fact} − 1", 1, percent=True))

    def _any_rate(self, i: int, spot: Spot, sound: Sequence[Value]) -> Iterator[Answer]:
        """ "Judge error rate at most 12.5 %": of the worst model."""
        if spot.percent and re.search(r"\brates?\b|\bfail\w*|\bunjudged\b", self._words):
            rates = self.values([Ask("judge_failure_rate")], self.m.book.conditions)
            worst = [max(rates, key=lambda a: a.low.value)] if rates else []
            beyond = spot.operator in ("<", "<=") or AT_MOST.search(self.s.low[: spot.start]) is not None
            yield from worst if beyond else rates if "gate" in self._words or "limit" in self._words else ()

    # What few texts tell.

    def _anything_else(self, i: int, spot: Spot, sound: Sequence[Value]) -> Iterator[Answer]:
        """Ratios of half-widths, from where on a run is complete, means named anew."""
        if TIMES.match(self.s.low, spot.end) and HALF_WIDTHS.search(self.s.low[: spot.start]):
            yield from self._times_as_wide(i)
        if PASSES.search(self._words) and spot.low.value == COMPLETE:
            yield Answer(Value(COMPLETE, "complete/threshold", 4))
        if (
            spot.is_range
            and (spot.low.value, getattr(spot.high, "value", 0)) == (0, 1)
            and OF_TIERS.search(self._words)
        ):
            yield from self._whole_ranges()
        if LIMIT_TOLD.search(self.s.low) and spot.points:
            limits = self.m.answers.values_of(["coverage/limit"])
            yield from (Answer(v._replace(value=100 * v.value, percent=False, places=1)) for v in limits)
        of_a_part = any(c.kind in PART_MEANS for c in self.bases)
        if not (spot.percent or spot.is_range or of_a_part) and spot.low.places > 2:
            own = self.own_models(i) or self._right_before(spot)
            yield from self.values([Ask(base) for base in self._bases_told()], own) if len(own) == 1 else ()

    def _whole_ranges(self) -> Iterator[Answer]:
        """Intervals of tiers that reach over the whole scale."""
        names = [f for f in self.m.book.facts if f.startswith("tier/") and f.count("/") == 2]
        ends = (self.m.answers.values_of((f"{name}/ci_low", f"{name}/ci_high")) for name in names)
        yield from (Answer(t[0], t[1]) for t in ends if len(t) == 2 and t[0].value <= 0 and t[1].value >= 1)

    def _what_parts_give(self, i: int, spot: Spot, sound: Sequence[Value]) -> Iterator[Answer]:
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
        for model in self._of_whom(i):
            halves = self.m.answers.values_of(f"{base}/{model}/half" for base in ("overall_mean", "clean_mean"))
            if len(halves) == 2 and halves[1].value:
                yield Answer(Value(halves[0].value / halves[1].value, f"{halves[0].fact} / {halves[1].fact}", 1))


def _numbers_in(words: str) -> list[int]:
    """ "2 to 5" as all of these, "3, 4 and 5" as they are told."""
    told = [int(number) for number in re.findall(r"\d+", words)]
    through = re.search(r"to|–|-|through", words) is not None and len(told) == 2 and told[1] - told[0] < MOST_MODELS
    return list(range(told[0], told[1] + 1)) if through else told
