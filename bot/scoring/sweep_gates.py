"""Declared limits held against a sweep: conditions are models, seeds are runs of a task, questions are tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from bot.scoring.gates import ERROR_RATE_MAX
from bot.scoring.sweep import ModelTable, SweepTables

if TYPE_CHECKING:
    from bot.experiment import Gates


class SweepGate(NamedTuple):
    """One gate on one model. `value` None means that it could not be told, which does not pass.

    `value` and `limit` are a share (judge_error_rate_max), points (judge_gap_max) or counts; `fact` holds the value.
    """

    name: str
    limit: float
    value: float | None
    passed: bool
    where: str
    fact: str


def sweep_gates(tables: SweepTables, gates: Gates | None) -> tuple[SweepGate, ...]:
    """Every declared gate on every model; the limit on failed judgements always stands."""
    results = error_gates(tables.models, gates.judge_error_rate_max if gates else ERROR_RATE_MAX)
    if gates is None:
        return tuple(results)
    if gates.judge_gap_max is not None:
        results += gap_gates(tables.models, gates.judge_gap_max)
    if gates.min_seeds is not None:
        results += least_gates(tables.models, "min_seeds", gates.min_seeds, seeds_of, "seeds")
    if gates.min_questions is not None:
        results += least_gates(tables.models, "min_questions", gates.min_questions, tasks_of, "tasks_archived")
    return tuple(results)


def error_gates(models: Iterable[ModelTable], limit: float) -> list[SweepGate]:
    """Breached where more than the limit of a model's judged runs have no judgement; no judge, no gate."""
    rates = [(m.model, m.judge_failures / m.judge_enabled) for m in models if m.judge_enabled]
    return [
        SweepGate("judge_error_rate_max", limit, rate, rate <= limit, model, f"judge_failure_rate/{model}")
        for model, rate in rates
    ]


def gap_gates(models: Iterable[ModelTable], limit: float) -> list[SweepGate]:
    """A run has one judge, so a limit on the judges' gap cannot be checked, which does not pass."""
    return [SweepGate("judge_gap_max", limit, None, False, m.model, f"gap/{m.model}") for m in models]


def least_gates(
    models: Iterable[ModelTable], name: str, least: int, count: Callable[[ModelTable], int], fact: str
) -> list[SweepGate]:
    """Breached where a model has fewer than `least` of what `count` counts."""
    numbers = [(m.model, count(m)) for m in models]
    return [SweepGate(name, least, number, number >= least, model, f"{fact}/{model}") for model, number in numbers]


def seeds_of(table: ModelTable) -> int:
    """Runs of the archived task that has fewest: what every mean of a task rests on at least."""
    counts: dict[str, int] = {}
    for scored in table.runs:
        counts[scored.run.task] = counts.get(scored.run.task, 0) + 1
    return min(counts.values(), default=0)


def tasks_of(table: ModelTable) -> int:
    """Tasks with an archived run."""
    return len({scored.run.task for scored in table.runs})
