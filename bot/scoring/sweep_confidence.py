"""Confidence in a sweep's numbers: the same table of deductions, read for models × tasks × runs.

Seeds are runs of a task, questions are tasks, missing judgements are judge failures left. A sweep declares no threshold
here, so its magnitude is graded and its direction is not.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.scoring import shown
from bot.scoring.grading import CUTOFFS, Confidence, Deduction, deduct, grade, total
from bot.scoring.sweep import SweepTables


def sweep_confidence(tables: SweepTables, *, public: bool | None = None) -> Confidence:
    """Grade the magnitude; `public` False says that the tasks were never public."""
    found = (runs(tables), tasks(tables), one_judge(tables), missing(tables), contamination(public))
    deductions: Sequence[Deduction] = tuple(d for d in found if d is not None)
    points = grade(total(deductions))
    return Confidence(points, None, points, tuple(deductions))


def runs(tables: SweepTables) -> Deduction | None:
    """Fewer than three runs a task."""
    number = tables.expected.runs
    if number >= CUTOFFS["replication"].first:
        return None
    return deduct("replication", 1, f"{number} runs a task" if number != 1 else "one run a task", "runs", number)


def tasks(tables: SweepTables) -> Deduction | None:
    """Few tasks."""
    number = tables.expected.tasks
    if number >= CUTOFFS["questions"].first:
        return None
    return deduct("questions", 2 if number < CUTOFFS["questions"].second else 1, f"{number} tasks", "tasks", number)


def one_judge(tables: SweepTables) -> Deduction | None:
    """A single judge model, or none named."""
    models = {s.run.judge_model for s in tables.runs if s.run.enabled and s.run.judge_model}
    return deduct("judges", 1, "one judge") if len(models) < 2 else None


def missing(tables: SweepTables) -> Deduction | None:
    """The model with the largest share of failed judgements."""
    rates = {m.model: m.judge_failures / m.judge_enabled for m in tables.models if m.judge_enabled}
    worst = max(rates, key=lambda m: rates[m], default=None)
    cutoff = CUTOFFS["missing judgements"]
    if worst is None or rates[worst] <= cutoff.first:
        return None
    points = 2 if rates[worst] > cutoff.second else 1
    why = f"{shown.percent(rates[worst])} of a model's runs unjudged"
    return deduct("missing judgements", points, why, f"judge_failure_rate/{worst}", rates[worst])


def contamination(public: bool | None) -> Deduction | None:
    """Tasks that are not declared private were not assessed here."""
    return None if public is False else deduct("contamination", 1, "contamination not assessed")
