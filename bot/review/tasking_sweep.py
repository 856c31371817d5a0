"""Numbers of one task: its means, runs, zeros, spreads and differences, within the model, run and part that bind them.

A number that stands at a task is held against what that task gives and nothing else, unless words lead back to the
whole sweep ("well below its overall mean"). Where words do not say what of the task it is, it is unmatched, not wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from bot.review import words_sweep as words
from bot.review.agreeing import EXACT, ROUNDS, Finding
from bot.review.answers import Answer, Ask, Value, Where
from bot.review.counting_sweep import OUT_OF
from bot.review.cues import Cue
from bot.review.cues_sweep import PART_MEANS
from bot.review.detail_sweep import COUNTED, is_misstored
from bot.review.duels_sweep import SweepDuels
from bot.review.names import PLACE
from bot.review.numbers import Spot
from bot.review.pairing_sweep import TASK

FAILURES = r"(?:judge\s+)?failures?"


class Scope(NamedTuple):
    """Tasks that a number is of; `firm` where its own sentence says so."""

    tasks: tuple[str, ...]
    firm: bool


class Told(NamedTuple):
    """What a number of a task may be, and whether its words leave nothing else."""

    found: list[Answer]
    understood: bool


class SweepTasking(SweepDuels):
    """Ways of reading numbers that are of one task, or of one run."""

    def scope(self, i: int) -> Scope:
        """Tasks that number `i` is bound to."""
        if (attached := self._task_behind(i)) is not None:
            return Scope(attached, firm=True)
        bound = self.s.bind(i, TASK)
        if self._is_next_sentence(i, bound.ids):
            bound = self.s.frame.of(TASK)
        return Scope(bound.ids, bool(bound.ids) and bound is not self.s.frame.of(TASK))

    def _is_next_sentence(self, i: int, tasks: Sequence[str]) -> bool:
        """Whether tasks are named behind a number only, and behind a full stop ("17. t2 has 12" is read as one)."""
        end = self.s.spots[i].end
        named = [m for m in self.s.mentions if m.kind == TASK and set(m.ids) & set(tasks)]
        return (
            bool(named)
            and named[0].start >= end
            and re.search(r"[.;:]\s", self.s.low[end : named[0].start]) is not None
        )

    def _task_behind(self, i: int) -> tuple[str, ...] | None:
        """ "7 of them fall on t4", "12 of these are t2": the task that a count is told to be of, behind it."""
        end = self.s.spots[i].end
        group = next((g for g in self.s.groups[TASK] if g.start >= end), None)
        if group is None or words.FALLS_ON.fullmatch(self.s.low[end : group.start]) is None:
            return None
        if re.match(r"['’]?s?\s*[:(=]?\s*\d", self.s.hidden[group.end :]):
            return None
        told = re.match(r"\s*(?:is|was|has|had|were|did|does)\b", self.s.low[group.end :])  # the last is a clause's own
        return group.members[0].ids if told else group.ids

    def on_task(self, i: int, spot: Spot) -> Told | None:
        """What a number of a task may be; None where it is of none."""
        tasks = self.scope(i).tasks
        if (words.OF_OTHERS.match(self.s.low, spot.end) or self.is_all_told(spot)) and self.is_count(spot):
            return None  # "more than half of the 12 failed judgements are on t4"
        if not tasks:
            return self._misstored(i, spot)
        cue = self.refined(spot, self.cue(spot, steps=False))
        if cue is not None and cue.kind.startswith("variance"):
            return None
        if self.is_count(spot):
            return self._counts(i, spot, tasks)
        return self._values(i, spot, tasks, cue)

    def leads_back(self, i: int, spot: Spot, told: Told, finding: Finding | None) -> bool:
        """Whether a right number of the whole sweep may stand where a task is spoken of."""
        if finding is None or finding.status not in (EXACT, ROUNDS, "", "uncheckable"):
            return False
        firm = self.scope(i).firm
        if not told.found and not firm:
            return True
        before, behind = self.s.low[: spot.start], self.s.low[spot.end : spot.end + 40]
        behind = re.sub(r"^\s*(?:out\s+)?of\s+(?:the\s+|all\s+)?\d+", "", behind)
        back = any(words.LED_BACK.search(text) for text in (before, re.split(r"[.;,\d]", behind)[0]))
        small = self.is_count(spot) and not (self._is_named(i, spot) or self.s.frame.places.sure)
        return back or not (firm or words.HERE.search(self.s.low) or small)

    # Whose a number is.

    def _places(self, i: int, spot: Spot) -> tuple[tuple[str, ...], bool]:
        """Models that a number is of, and whether all runs of the task may be meant as well."""
        own = self.attached(spot) or self.own_models(i) if self.is_count(spot) else self.own_models(i)
        own = self._in_turn(i) or own
        everyone = set(own) == set(self.m.book.conditions)
        named = bool(self._right_before(spot) or self._in_turn(i)) or self._is_named(i, spot)
        pooled = words.POOLED.search(self._around_spot(spot)) is not None
        return (() if everyone else own), not own or everyone or not named or pooled

    def _is_named(self, i: int, spot: Spot) -> bool:
        """Whether the sentence names a model for this number, and not for another one that it stands behind."""
        taken = {m for j, group in self.s.behind[PLACE].items() if j != i for m in group.members}
        return i in self.s.behind[PLACE] or any(m.end <= spot.start and m not in taken for m in self.named)

    def _in_turn(self, i: int) -> tuple[str, ...]:
        """ "for A over B it is t1, with means of 0.8 and 0.5": as many numbers as models before them, in order."""
        run = self.s.runs.get(i, [i])
        before = [m for m in self.named if m.end <= self.s.spots[run[0]].start]
        alone = len(run) > 1 and len(before) == len(run) and all(len(self._ids(m)) == 1 for m in before)
        if not alone or run[0] or any(j in self.s.behind[PLACE] for j in run):
            return ()
        return self._ids(before[run.index(i)])

    def _around_spot(self, spot: Spot) -> str:
        return self.s.low[max(0, spot.start - 45) : spot.end + 35]

    def _of(self, bases: Sequence[str], tasks: Sequence[str], models: Sequence[str], *, pooled: bool) -> list[Answer]:
        """These facts of the tasks: of models, and of all runs together."""
        names = [f"{base}@{task}/{model}" for task in tasks for base in bases for model in models]
        names += [f"{base}@{task}" for task in tasks for base in bases] if pooled or not models else []
        return [Answer(v) for name in names if (v := self.m.answers.value(name)) is not None]

    # Counts.

    def _counts(self, i: int, spot: Spot, tasks: Sequence[str]) -> Told:
        kind, firm = self._counted_kind(spot)
        if (told := self._of_totals(i, spot, tasks)) is not None:
            return told
        names, understood = self._count_names(i, spot, kind)
        names = [] if words.SCORED_AT.search(self.s.low[: spot.start]) else names
        models, pooled = self._places(i, spot)
        if names and len(models) > 1 and self._each(spot):
            found = self._of(names, tasks, models, pooled=False)
            return Told([a for a in found if a.low.value != spot.low.value] or found, understood=True)
        if not names and words.ZERO_AT.search(self.s.low[: spot.start]):
            return self._whole_score(i, spot, tasks, models)
        found = self._of(names, tasks, models, pooled=pooled)
        found += [_sum_of(found)] if len(models) > 1 and found else []
        said = firm or kind is None or bool(models) or any(c.kind == kind for c in self.counting)
        return Told(found, understood and said)

    def _whole_score(self, i: int, spot: Spot, tasks: Sequence[str], models: Sequence[str]) -> Told:
        """ "scored 0", "C = 1": a score told without decimals is that score and no rounding."""
        runs = self._run_names(i) or (self._every_run if words.STORED.search(self.s.low) else [])
        bases = ("mean", "c_mean", "t_mean", "b_mean", *runs)
        found = self._of(bases, tasks, models or self.m.book.conditions, pooled=True)
        exact = [a for a in found if abs(a.low.value - spot.low.value) < 1e-9]
        other = [a for a in found if abs(a.low.value - spot.low.value) > 0.5]  # what is no rounding of it
        return Told(exact or other, understood=bool(exact) or len(other) == len(found))

    def _of_totals(self, i: int, spot: Spot, tasks: Sequence[str]) -> Told | None:
        """ "12 of the 17 zeros": what a task's count is a part of may be the count of the whole sweep."""
        if not i or not OUT_OF.search(self.s.low[: spot.start]):
            return None
        for noun, total, own in (("zeros?", "archived_zeros", "zeros"), (FAILURES, "judge_failures", "judge_failures")):
            if re.match(rf"\s*(?:\w+\s+)?{noun}\b", self.s.low[spot.end :]):
                sums = self.values([Ask("sum", total)], self.m.book.conditions)
                return Told([*sums, *self._of([own], tasks, (), pooled=True)], understood=True)
        return None

    def _counted_kind(self, spot: Spot) -> tuple[str | None, bool]:
        """What a number counts, by the words right behind it or before it, and whether they stand right there."""
        fact = self._fact(spot)
        if fact in COUNTED:
            return fact, True
        judged = re.search(r"\bjudge", f"{self.s.low} {self.s.frame.cue or ''}") is not None
        if judged and re.match(r"\s*(?:more\s+|others?\s+)?(?:\w+\s+)?failed\b", self.s.low[spot.end :]):
            return "judge_failures", True
        return self._kind(spot)

    def _count_names(self, i: int, spot: Spot, kind: str | None) -> tuple[list[str], bool]:
        """Counts that a number may be, and whether words say so."""
        behind = self.s.low[spot.end :]
        if i and OUT_OF.search(self.s.low[: spot.start]):
            judged = re.match(r"\s*(?:\w+\s+)?judge?ments?\b", behind) is not None
            return (["judge_enabled"] if judged else ["archived", "expected", "clean", "judge_enabled", "zeros"]), True
        if kind == "judge_enabled" and words.UNJUDGED.search(self.s.low):
            return ["judge_failures", kind], True
        if kind in COUNTED:
            carried = re.match(r"\s*of\s+\d", behind) and not any(c.kind == kind for c in self.counting)
            return [str(kind), *(["archived", "clean"] if carried else [])], True
        if re.match(r"\s*(?:of\s+(?:its\s+|the\s+|all\s+)?\d+\s+)?(?:\w+\s+){0,2}?(?:runs?|attempts?)\b", behind):
            averaged = re.search(r"\b(?:over|across|from|mean)\s+(?:all\s+|its\s+|the\s+)?$", self.s.low[: spot.start])
            found = averaged or re.match(r"\s*(?:out\s+)?of\b", behind)
            return ["archived"] if found else ["archived", "expected"], True
        return [], False

    # Values.

    def _values(self, i: int, spot: Spot, tasks: Sequence[str], cue: Cue | None) -> Told:
        models, pooled = self._places(i, spot)
        bases, named = self._bases(i, spot, cue)
        told = self._ranges(bases, tasks, models) if spot.is_range else None
        found = self._singles(bases, tasks, models, pooled=pooled) if told is None else told
        step = self.is_step(i, spot, self.cue(spot)) or spot.low.sign in ("+", "-")
        wide = words.WIDTH.search(self.s.low) is not None and not spot.is_range
        if (wide or (step and spot.operator is None)) and not spot.is_range:
            steps = list(self._steps_on(i, spot, tasks, models, bases))
            steps = steps if spot.points else [a for a in steps if a.low.places != 1]  # no hundredths
            found = steps if self.is_told_behind(spot) else [*found, *steps]
        if spot.percent:
            found = [a._replace(low=a.low._replace(percent=True, places=1)) for a in found if not a.low.percent]
        precise = spot.low.places >= (1 if spot.percent else 2)
        supposed = words.SUPPOSED.search(self._clause(spot)) and not words.AGAIN.search(self._stretch(spot))
        precise = precise and not supposed  # "would lift its mean to 0.83" tells no number of the archive
        return Told(found, precise and len(tasks) == 1 and (named or step or wide or self._is_linked(i, spot)))

    def _singles(
        self, bases: Sequence[str], tasks: Sequence[str], models: Sequence[str], *, pooled: bool
    ) -> list[Answer]:
        found = self._of(bases, tasks, models or self.m.book.conditions, pooled=pooled)
        names = [f"task/{task}/pooled_mean" for task in tasks] if pooled and {"mean"} & set(bases) else []
        return [*found, *(Answer(v) for name in names if (v := self.m.answers.value(name)) is not None)]

    def _ranges(self, bases: Sequence[str], tasks: Sequence[str], models: Sequence[str]) -> list[Answer]:
        """From the lowest to the highest mean of the models, or run of one; from one model's value to another's."""
        found = []
        for task in tasks:
            for base in bases:
                asked = self.m.answers.values(Ask(f"{base}@{task}"), Where(tuple(models or self.m.book.conditions), ()))
                values = sorted(asked, key=lambda v: v.value)
                if base == "again_mean":
                    found += self._from_stored(task, models)
                found += [Answer(values[0], values[-1])] if len(values) > 1 else []
            for tail in [f"@{task}/{m}" for m in models] or [f"@{task}"]:
                for low in ("lowest", "lowest_clean"):
                    first, last = (self.m.answers.value(f"{end}{tail}") for end in (low, "highest"))
                    found += [Answer(first, last)] if first is not None and last is not None else []
        return found

    def _from_stored(self, task: str, models: Sequence[str]) -> list[Answer]:
        """ "would lift its mean from 0.378 to 0.828": from the stored scores to what the parts give."""
        pairs = [[self.m.answers.value(f"{name}@{task}/{m}") for name in ("mean", "again_mean")] for m in models]
        return [Answer(low, high) for low, high in pairs if low is not None and high is not None]

    def _bases(self, i: int, spot: Spot, cue: Cue | None) -> tuple[list[str], bool]:
        """Facts of a task that a number may be, and whether words name them."""
        for way in (self._named_run, self._part, self._extremes, self._runs_of_it):
            if names := way(i, spot, cue):
                return names, True
        return self._means(spot, cue)

    @property
    def _every_run(self) -> list[str]:
        return [f"run{k}" for k in range(self.m.book.runs_due)]

    def _named_run(self, i: int, spot: Spot, cue: Cue | None) -> list[str]:
        """One run, or a part of its score, or what its parts give."""
        part = {"c_mean": ":c", "t_mean": ":t", "b_mean": ":b", "judge_mean": ":j"}.get(cue.kind if cue else "", "")
        tails = dict.fromkeys((part or ":again", part))  # who names a run may mean what it should have scored
        return [run + tail for run in self._run_names(i) for tail in tails]

    def _part(self, i: int, spot: Spot, cue: Cue | None) -> list[str]:
        """A part of the score that the sentence itself names."""
        return [cue.kind] if cue is not None and cue.kind in PART_MEANS and cue.end else []

    def _extremes(self, i: int, spot: Spot, cue: Cue | None) -> list[str]:
        """The best run, or the worst."""
        near = self.s.low[max(0, spot.start - 60) : spot.end + 25]
        if (end := words.EXTREME.search(self.s.low[: spot.start])) and words.BEST.search(self.s.low):
            return ["lowest", "lowest_clean"] if end[1] in words.LOW else ["highest"]
        if words.POOLED.search(near):
            return []
        if words.BEST.search(near):
            return ["highest"]
        return ["lowest", "lowest_clean"] if words.WORST.search(near) else []

    def _runs_of_it(self, i: int, spot: Spot, cue: Cue | None) -> list[str]:
        """Runs that are told one after the other, or one that should read otherwise."""
        if self._is_run_by_run(i):
            return self._every_run
        return (
            [f"{run}:again" for run in self._every_run] if words.AGAIN_BEFORE.search(self.s.low[: spot.start]) else []
        )

    def _means(self, spot: Spot, cue: Cue | None) -> tuple[list[str], bool]:
        """Means with zeros or without, and single runs where the sentence speaks of some."""
        kind, told = (cue.kind if cue is not None else None), cue is not None and cue.end > 0
        single = self._every_run if self._may_be_runs(spot) else []
        if words.NO_ZEROS.search(self._clause(spot)) or (kind == "clean_mean" and told):
            return ["clean_mean", *single], True
        if kind == "overall_mean" and told:
            return ["mean", *single], True
        again = [f"{run}:again" for run in single] if words.AGAIN.search(self._stretch(spot)) else []
        known = kind in (None, "mean", "diff", "clean_mean", "overall_mean") or not told
        again += [kind] if kind in PART_MEANS and not told else []  # a sentence before may have spoken of a part only
        again += ["again_mean"] if words.SUPPOSED.search(self._stretch(spot)) else []
        return (["mean", "clean_mean", *single, *again] if known else []), kind == "mean" and told

    def _is_run_by_run(self, i: int) -> bool:
        """ "0.74 → 0.00 → 0.80": a list of as many scores as there are runs, of one model."""
        run = self.s.runs.get(i, [i])
        alone = len(self.own_models(i)) == 1 and len({self.own_models(j) for j in run}) == 1
        return alone and len(run) == self.m.book.runs_due >= 3

    def _may_be_runs(self, spot: Spot) -> bool:
        return spot.low.places == 4 or words.SINGLE.search(self.s.low) is not None

    def _is_linked(self, i: int, spot: Spot) -> bool:
        """Whether nothing between a number and what it belongs to says that it is of something else."""
        ends = [m.end for m in self.s.mentions if m.end <= spot.start]
        ends += [s.end for s in self.s.spots if s.end <= spot.start]
        ends += [c.end for c in self.bases if c.end <= spot.start]
        if words.FOREIGN.search(self._stretch(spot)):
            return False
        before = words.LINKED.fullmatch(self.s.low[max(ends, default=0) : spot.start]) is not None
        behind = re.match(r"\s*(?:of\s+(?:the|its|all)|%)", self.s.low[spot.end :]) is not None
        return before and not behind

    # Differences.

    def _steps_on(
        self, i: int, spot: Spot, tasks: Sequence[str], models: Sequence[str], bases: Sequence[str]
    ) -> Iterator[Answer]:
        bases = [b for b in bases if not b.startswith("run")] or ["mean", "clean_mean"]
        if words.SINGLE.search(self.s.low) or (len(models) == 1 and words.SPREAD.search(self.s.low)):
            yield from self._widths(spot, tasks, models)
        pair = self.pair(i)
        for base in (f"{b}@{task}" for task in tasks for b in bases):
            if pair.named:
                yield from self._directed(spot, pair, self.m.answers.steps(base, [(pair.own[0], pair.others[0])]))
                continue
            yield from self.m.answers.spans(base, self.m.book.conditions)
            if words.OWN_MEAN.search(self.s.low) and models:
                yield from self._from_own_mean(base, models)
            if pair.own or pair.others:
                yield from self.m.answers.steps(base, self.steps(pair))

    def _stretch(self, spot: Spot) -> str:
        """The sentence around a number, where several are read as one because the next begins with a small letter."""
        return re.split(r"\.\s", self.s.low[: spot.start])[-1] + re.split(r"\.\s", self.s.low[spot.end :])[0]

    def _clause(self, spot: Spot) -> str:
        """The part of the sentence between commas, and such, that a number stands in."""
        before = re.split(r"[;:]|,\s|\bbut\b|\(", self.s.low[: spot.start])[-1]
        return before + re.split(r"[;:)]|,\s|\bbut\b|\d", self.s.low[spot.end :])[0]

    def _widths(self, spot: Spot, tasks: Sequence[str], models: Sequence[str]) -> Iterator[Answer]:
        """Highest minus lowest run of the models; without a model, of any of them, or of all together."""
        clean = words.NO_ZEROS.search(self._clause(spot)) is not None
        names = ["spread_clean"] if clean else ["spread", "spread_clean"]
        yield from self._of(names, tasks, models or self.m.book.conditions, pooled=not models)

    def _from_own_mean(self, base: str, models: Sequence[str]) -> Iterator[Answer]:
        """ "0.2 below its mean": a model on one task against the same model on all of them."""
        whole = {"mean": "overall_mean"}.get(base.partition("@")[0], base.partition("@")[0])
        for model in models:
            one, other = self.m.answers.value(f"{base}/{model}"), self.m.answers.value(f"{whole}/{model}")
            if one is not None and other is not None:
                yield Answer(Value(one.value - other.value, f"{one.fact} − {other.fact}", 3), signless=True)

    # Single runs.

    def _run_names(self, i: int) -> list[str]:
        """The runs that a number is told to be of ("0.94 in `run0`", "its last run gave 0.26"); [] where none is."""
        spot = self.s.spots[i]
        found = [m for m in self._runs_told if not spot.start <= m.start() < spot.end]
        low, end = self.s.low, spot.end
        behind = [m for m in found if m.start() >= end and words.AT_RUN.fullmatch(low[end : m.start()])]
        if behind:
            return list(self._numbered(behind[0]))
        listed = self.s.runs.get(i, [i])
        start = self.s.spots[listed[0]].start
        before = [m for m in found if m.end() <= start]
        close = [m for m in before if words.TO_VALUE.fullmatch(self._without_runs[m.end() : start])]
        if len(listed) > 1 and len(close) == len(listed):
            return list(self._numbered(close[listed.index(i)]))
        return list(self._numbered(close[-1])) if close and len(listed) == 1 else []

    @cached_property
    def _without_runs(self) -> str:
        """The sentence without the numbers of runs."""
        text = list(self.s.hidden)
        for run in self._runs_told:
            text[run.start() : run.end()] = " " * (run.end() - run.start())
        return "".join(text)

    @cached_property
    def _runs_told(self) -> list[re.Match[str]]:
        return list(words.RUN.finditer(self.s.text))

    def _numbered(self, run: re.Match[str]) -> Iterator[str]:
        """Names of a run's facts."""
        yield from (f"run{number}" for number in words.numbers_of(run, self.m.book.runs_due - 1))

    def _misstored(self, i: int, spot: Spot) -> Told | None:
        """ "the file says 0.0000", "should read 0.8444": stored scores that the parts do not give; no task is named."""
        stored = words.STORED.search(self.s.low)
        again = words.AGAIN.search(self.s.low) and re.search(r"\bruns?\b", self.s.low)
        if not (stored or again) or spot.low.places < 3 or spot.is_range or self.measured_here(spot):
            return None
        models = self.own_models(i) or self.m.book.conditions
        runs = [r for r in self.m.book.sweep.runs if r.model in models and is_misstored(r)]
        names = [f"run{r.run}{tail}@{r.task}/{r.model}" for r in runs for tail in ("", ":again")]
        found = [Answer(v) for name in names if (v := self.m.answers.value(name)) is not None]
        return Told(found, understood=True) if found else None

    def measured_here(self, spot: Spot) -> bool:
        """Whether the sentence names a mean or a share that the number may be."""
        return self.s.frame.cue in PART_MEANS or any(c.kind not in ("mean", "diff") for c in self.measures)

    def cue(self, spot: Spot, *, steps: bool = True) -> Cue | None:
        """The word that names what is measured; told where sentences are read as a whole."""
        raise NotImplementedError

    def refined(self, spot: Spot, cue: Cue | None) -> Cue | None:
        """The same, with what the words around it make of it."""
        raise NotImplementedError


def _sum_of(found: Sequence[Answer]) -> Answer:
    return Answer(Value(sum(a.low.value for a in found), " + ".join(a.low.fact for a in found), 0))
