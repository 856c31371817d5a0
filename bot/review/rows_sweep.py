"""Cells of tables that are of one task: tasks × models, models × tasks, runs side by side, counts by task."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.review import words_sweep as words
from bot.review.answers import Answer
from bot.review.answers_sweep import SweepAnswers
from bot.review.cues_sweep import AS_COUNT, AS_MEAN, PART_MEANS
from bot.review.detail_sweep import COUNTED
from bot.review.numbers import Spot
from bot.review.tables import _Row

SPREAD = re.compile(r"\b(?:spread|range|swing|scatter|width)\b|\bmax(?:imum)?\s*[−–-]\s*min")
BEST = re.compile(r"^(?:best|highest|max(?:imum)?|top)\b(?!.*\bmodels?\b)")
WORST = re.compile(r"^(?:worst|lowest|min(?:imum)?|bottom)\b(?!.*\bmodels?\b)")
RUNS = re.compile(r"^(?:#\s*)?(?:archived )?(?:runs|attempts|n)(?: archived| found)?$")
ALL = re.compile(
    r"^(?:all(?: models| runs)?|pooled(?: mean)?|overall|(?:task )?mean|average|together|sweep|run_score|scores?)$"
)
AGAIN = re.compile(r"\brecomput|\bshould\b|\bcorrect|\bparts\b|\brecount|\bagain\b")


@dataclass
class TaskRow(_Row):
    """A row of a sweep's table, as to the cells of it that are of one task."""

    def task_answers(self, k: int, spot: Spot) -> list[Answer] | None:
        """What a cell of a task may be, [] where its head says nothing that is known; None where it is of no task."""
        tasks = self._where(k, None).judges
        base = self._base_of_cell(k)
        if not tasks or (base or "").startswith("variance"):
            return None
        answers = self.table.matcher.answers
        assert isinstance(answers, SweepAnswers)  # noqa: S101 - the tables of a sweep's matcher
        names = [
            f"{fact}{tail}" for task in tasks for fact in self._facts(k, spot, base) for tail in self._tails(k, task)
        ]
        names += [f"task/{task}/pooled_mean" for task in tasks if f"mean@{task}" in names]
        return [Answer(v) for name in names if (v := answers.value(name)) is not None]

    def _tails(self, k: int, task: str) -> Sequence[str]:
        """Whose fact it is: of the model of the row or the column, else of all runs of the task."""
        head, around = self.table.heads[k], self.table.around.places
        alone = around.ids if len(around.ids) == 1 else ()
        models = (
            self._nearest(k)
            or self.own.places
            or head.places
            or (() if ALL.match(head.text.casefold().strip()) else alone)
        )
        return [f"@{task}/{model}" for model in models] or [f"@{task}"]

    def _nearest(self, k: int) -> tuple[str, ...]:
        """ "task | best | its mean | second | its mean": the model that the nearest label on the left names."""
        left = [self.table._head(self.texts[j].plain).places for j in self.labels if j < k]
        named = [places for places in left if places]
        return named[-1] if len(named) > 1 else ()

    def _base_of_cell(self, k: int) -> str | None:
        """The fact that the column names, else the row, else the corner, else what leads to the table."""
        head, corner = self.table.heads[k], self.table.heads[0]
        own = () if ALL.match(self.own.text.casefold().strip()) else self.own.bases
        named = next((b for b in (*head.bases, *own, *corner.bases) if b != "all_mean"), None)
        return named or self.table.around.cue

    def _facts(self, k: int, spot: Spot, base: str | None) -> list[str]:
        """Facts of a task that the heads leave open."""
        head = self.table.heads[k].text.casefold().strip()
        both = f"{head} {self.own.text.casefold()}"
        if (run := words.RUN.search(self.table.heads[k].text) or words.RUN.search(self.own.text)) is not None:
            return self._of_run(run, base, both)
        if SPREAD.search(both):
            return ["spread_clean"] if "clean" in both else ["spread", "spread_clean"]
        for said, extremes in ((BEST, ["highest"]), (WORST, ["lowest", "lowest_clean"])):
            if said.search(head) or said.search(self.own.text.casefold()):
                return extremes
        if not spot.low.places and (counted := self._counted(head, base)):
            return counted
        return self._means(k, head, base)

    def _counted(self, head: str, base: str | None) -> list[str]:
        kind = AS_COUNT.get(base or "", base)
        kind = "zeros" if kind == "archived_zeros" else kind
        if kind in COUNTED:
            return [str(kind)]
        return ["archived"] if RUNS.match(head) or RUNS.match(self.own.text.casefold().strip()) else []

    def _means(self, k: int, head: str, base: str | None) -> list[str]:
        named = AS_MEAN.get(base or "", base)
        if named in PART_MEANS:
            return [str(named)]
        if named == "clean_mean":
            return ["clean_mean"]
        if named == "overall_mean" and head not in ("mean", "average"):
            return ["mean"]
        told = self.table.heads[k]
        known = told.places or told.judges or ALL.match(head) or self._is_mean(told.bases)
        return ["mean", "clean_mean"] if known and named in (None, "mean", "overall_mean", "diff") else []

    def _is_mean(self, bases: Sequence[str]) -> bool:
        return bool({"mean", "overall_mean"} & {*bases, *self.own.bases})

    def _of_run(self, run: re.Match[str], base: str | None, told: str) -> list[str]:
        part = {"c_mean": ":c", "t_mean": ":t", "b_mean": ":b", "judge_mean": ":j"}.get(base or "", "")
        tail = ":again" if AGAIN.search(told) else part
        last = getattr(self.table.matcher.book, "runs_due", 1) - 1
        return [f"run{number}{tail}" for number in words.numbers_of(run, last)]
