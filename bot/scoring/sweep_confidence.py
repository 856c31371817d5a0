"""Confidence in a sweep's numbers: the same table of deductions, read for models × tasks × runs.

Seeds are runs of a task, questions are tasks, missing judgements are judge failures left. Direction is graded where
predictions fix one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.scoring import shown
from bot.scoring.grading import CUTOFFS, Confidence, Deduction, deduct, grade, total
from bot.scoring.sweep import SweepTables

if TYPE_CHECKING:
    from bot.scoring.sweep_predictions import Held, SweepOutcome


def sweep_confidence(
    tables: SweepTables, outcomes: Sequence[SweepOutcome] = (), *, public: bool | None = None
) -> Confidence:
    """Grade direction and magnitude; `public` False says that the tasks were never public."""
    found = (runs(tables), tasks(tables), one_judge(tables), missing(tables), contamination(public))
    magnitude = tuple(d for d in found if d is not None)
    held = [each for outcome in outcomes for each in outcome.tested if each.threshold is not None]
    if not held:
        return Confidence(grade(total(magnitude)), None, grade(total(magnitude)), magnitude)
    direction = with_bounds(tuple(d for d in (imprecision(held), *magnitude) if d is not None), tables, outcomes)
    worst = max(total(direction), total(magnitude))
    return Confidence(grade(worst), grade(total(direction)), grade(total(magnitude)), direction)


def imprecision(held: Sequence[Held]) -> Deduction | None:
    """The model that lies nearest to its threshold, in half-widths."""
    worst = min(held, key=half_widths)
    cutoff = CUTOFFS["imprecision"]
    if half_widths(worst) > cutoff.first:
        return None
    known = worst.estimate is not None and worst.estimate.half_width is not None
    why = f"{worst.model} lies close to its threshold" if known else f"{worst.model} has no interval"
    return deduct("imprecision", 2 if half_widths(worst) <= cutoff.second else 1, why)


def half_widths(held: Held) -> float:
    """d / h; 0 where there is no interval, or where a model lies on its threshold."""
    half = held.estimate.half_width if held.estimate is not None else None
    if held.estimate is None or held.threshold is None or half is None:
        return 0.0
    distance = abs(held.estimate.value - held.threshold)
    return 0.0 if distance == 0 else (distance / half if half else math.inf)


def with_bounds(
    found: tuple[Deduction, ...], tables: SweepTables, outcomes: Sequence[SweepOutcome]
) -> tuple[Deduction, ...]:
    """Where failed judgements could carry an overall mean over its threshold, that is what is missing."""
    reached = next((h.model for o in outcomes for h in o.tested if bounds_reach(tables, o, h)), None)
    if reached is None:
        return found
    why, fact = "bounds reach the threshold", f"judge_failure_rate/{reached}"
    others = tuple(d for d in found if d.domain != "missing judgements")
    return (*others, deduct("missing judgements", 2, why, fact, failure_rates(tables)[reached]))


def bounds_reach(tables: SweepTables, outcome: SweepOutcome, held: Held) -> bool:
    """The bounds are those of the mean of all archived runs, so only its threshold can be held against them."""
    table = tables.model(held.model)
    metric = tables.rank_by if outcome.prediction.metric == "alpha" else outcome.prediction.metric
    if table is None or table.judge_bounds is None or metric != "overall_mean" or held.low < 0:
        return False
    return held.threshold is not None and table.judge_bounds[0] <= held.threshold <= table.judge_bounds[1]


def failure_rates(tables: SweepTables) -> dict[str, float]:
    """Share of a model's judged runs that have no judgement, by model."""
    return {m.model: m.judge_failures / m.judge_enabled for m in tables.models if m.judge_enabled}


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
    rates = failure_rates(tables)
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
