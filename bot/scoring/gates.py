"""Gates: declared limits that a result must keep. A breached one is a headline and caps every outcome."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bot.archives.records import Flag
from bot.scoring import shown

if TYPE_CHECKING:
    from bot.experiment import Gates
    from bot.scoring.alpha import Alpha
    from bot.scoring.comparing import Gap

ERROR_RATE_MAX = 0.2  # stands without any report.yaml; experiment.Gates declares the same


class GateResult(NamedTuple):
    """One gate on one place. `value` None means that it could not be told, which does not pass.

    `where` is a condition, or `<judge>/<condition>`; `fact` names the fact that holds the value.
    """

    name: str
    limit: float
    value: float | None
    passed: bool
    where: str
    fact: str


def check_gates(gates: Gates, alphas: Sequence[Alpha], gaps: Sequence[Gap]) -> tuple[GateResult, ...]:
    """Every declared gate on every place it applies to; the error gate always stands."""
    results = [*error_gate(gates, alphas)]
    if gates.judge_gap_max is not None:
        results += gap_gate(gates.judge_gap_max, alphas, gaps)
    if gates.min_seeds is not None:
        results += seed_gate(gates.min_seeds, alphas)
    if gates.min_questions is not None:
        results += question_gate(gates.min_questions, alphas)
    return tuple(results)


def error_gate(gates: Gates, alphas: Iterable[Alpha]) -> list[GateResult]:
    """Breached where more than the limit of a cell's judgements failed, or where nobody counted."""
    limit = gates.judge_error_rate_max
    return [
        GateResult(
            "judge_error_rate_max", limit, a.error_rate, a.error_rate is not None and a.error_rate <= limit,
            f"{a.judge}/{a.condition}", f"alpha/{a.judge}/{a.condition}/error_rate",
        )
        for a in alphas
    ]  # fmt: skip


def error_gate_overridden(limit: float) -> Flag | None:
    """Says that report.yaml sets another limit on failed judgements than the one that always stands."""
    if limit == ERROR_RATE_MAX:
        return None
    evidence = (
        f"up to {shown.percent(limit)} failed judgements pass the gate, {shown.percent(ERROR_RATE_MAX)} by default"
    )
    return Flag("error_gate_overridden", "report.yaml", evidence)


def gap_gate(limit: float, alphas: Iterable[Alpha], gaps: Iterable[Gap]) -> list[GateResult]:
    """Breached where the judges differ by the limit or more; a condition that only one judge scored cannot pass."""
    measured = {gap.condition: gap for gap in gaps}
    found = [(condition, measured.get(condition)) for condition in dict.fromkeys(a.condition for a in alphas)]
    return [
        GateResult(
            "judge_gap_max", limit, gap.size if gap else None, gap is not None and not gap.reaches(limit), c, f"gap/{c}"
        )
        for c, gap in found
    ]  # fmt: skip


def seed_gate(least: int, alphas: Iterable[Alpha]) -> list[GateResult]:
    """Breached where a condition and judge have fewer seeds than declared; no named seed is one seed."""
    return [
        GateResult(
            "min_seeds", least, max(1, len(a.seed_names)), max(1, len(a.seed_names)) >= least,
            f"{a.judge}/{a.condition}", f"alpha/{a.judge}/{a.condition}/seeds",
        )
        for a in alphas
    ]  # fmt: skip


def question_gate(least: int, alphas: Iterable[Alpha]) -> list[GateResult]:
    """Breached where a cell has fewer scored questions than declared."""
    return [
        GateResult(
            "min_questions", least, a.blocks.questions.size, a.blocks.questions.size >= least,
            f"{a.judge}/{a.condition}", f"alpha/{a.judge}/{a.condition}/questions",
        )
        for a in alphas
    ]  # fmt: skip
