"""What report.yaml declares about a sweep, as facts: limits of gates, thresholds of predictions, and what they meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from bot.scoring import shown
from bot.scoring.facts import Facts, Origin
from bot.scoring.sweep import SweepTables
from bot.scoring.sweep_facts import SCORE, SweepBook
from bot.scoring.sweep_gates import SweepGate, seeds_of, tasks_of

if TYPE_CHECKING:
    from bot.experiment import Experiment, Rule
    from bot.scoring.sweep_predictions import Held, SweepOutcome

UNITS = {"judge_gap_max": "points", "judge_error_rate_max": "share", "min_seeds": "count", "min_questions": "count"}


def declared_facts(
    tables: SweepTables, experiment: Experiment | None, gates: Sequence[SweepGate], outcomes: Sequence[SweepOutcome],
    origins: Mapping[str, Sequence[Origin]],
) -> Facts:  # fmt: skip
    """Facts of gates and predictions; `origins` by model."""
    book = SweepBook()
    for name in dict.fromkeys(gate.name for gate in gates):
        stated = experiment is not None and name in experiment.gates.model_fields_set
        gate_facts(book, [gate for gate in gates if gate.name == name], stated=stated)
    least_facts(book, tables, {gate.name for gate in gates}, origins)
    for outcome in outcomes:
        outcome_facts(book, outcome, origins)
    return book.facts


def gate_facts(book: SweepBook, gates: Sequence[SweepGate], *, stated: bool) -> None:
    """One gate's limit, on how many models it stands and on how many it is breached."""
    name, limit = gates[0].name, gates[0].limit
    text = shown.percent(limit) if name == "judge_error_rate_max" else shown.stated(limit)
    recipe = "stated in report.yaml" if stated else "the default limit"
    book.other(f"gate/{name}/limit", limit, text, UNITS[name], recipe, ())
    book.count(f"gate/{name}/places", len(gates), "models the gate applies to", ())
    book.count(f"gate/{name}/breached", sum(not g.passed for g in gates), "models on which it is breached", ())


def least_facts(
    book: SweepBook, tables: SweepTables, declared: Iterable[str], origins: Mapping[str, Sequence[Origin]]
) -> None:
    """The counts that gates on seeds and tasks are held against, where such a gate is declared."""
    for model in tables.models:
        sources = origins[model.model]
        if "min_seeds" in declared:
            recipe = "archived runs of the task that has fewest"
            book.count(f"seeds/{model.model}", seeds_of(model), recipe, sources)
        if "min_questions" in declared:
            book.count(f"tasks_archived/{model.model}", tasks_of(model), "tasks with an archived run", sources)


def outcome_facts(book: SweepBook, outcome: SweepOutcome, origins: Mapping[str, Sequence[Origin]]) -> None:
    """The thresholds of a prediction and of its falsification rule, and the differences it rests on."""
    prediction = outcome.prediction
    name = f"prediction/{prediction.id}"
    threshold_fact(book, f"{name}/threshold", prediction)
    if prediction.falsified_by is not None:
        threshold_fact(book, f"{name}/falsified_by", prediction.falsified_by)
    for held in outcome.tested:
        if held.low < 0 and held.estimate is not None:
            other = str(prediction.reference)
            difference_fact(book, f"{name}/{held.model}", held, other, [*origins[held.model], *origins[other]])


def threshold_fact(book: SweepBook, name: str, rule: Rule) -> None:
    """A threshold that is stated as a value."""
    if rule.value is not None:
        book.other(name, rule.value, shown.stated(rule.value), SCORE, "stated in report.yaml", ())


def difference_fact(book: SweepBook, name: str, held: Held, other: str, origins: Sequence[Origin]) -> None:
    """A model minus the model it is predicted against."""
    value = held.estimate.value if held.estimate is not None else None
    book.score(name, value, f"mean over shared tasks of its difference from {other}", origins)
    book.interval(name, held.estimate, origins, held.low, held.high)
