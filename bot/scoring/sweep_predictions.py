"""Predictions about a sweep: a mean of models, against a value, a stated reference, or another model.

The rules are those of `bot.scoring.predictions`; cells are models. Against another model the paired difference over
tasks is what has to lie on one side of zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from bot.scoring.clusters import Estimate
from bot.scoring.pairing import pairs
from bot.scoring.predictions import (
    COMPARE,
    CONFIRMED,
    FALSIFIED,
    INCONCLUSIVE,
    OPPOSITE,
    SUPPORTED,
    decided,
    falsified_why,
)
from bot.scoring.sweep import RANK_BY, ModelTable, SweepTables, task_values

if TYPE_CHECKING:
    from bot.experiment import Experiment, Prediction, Rule


class Held(NamedTuple):
    """One model against a threshold. `estimate` is its mean, or its difference from the reference model.

    `low`, `high` are the scale that its interval is clipped to.
    """

    model: str
    estimate: Estimate | None
    threshold: float | None
    low: float = 0.0
    high: float = 1.0


class SweepOutcome(NamedTuple):
    """What came of one prediction, why, and the models it was held against."""

    prediction: Prediction
    outcome: str
    why: str
    tested: tuple[Held, ...]


def sweep_predictions(tables: SweepTables, experiment: Experiment, *, breached: bool) -> tuple[SweepOutcome, ...]:
    """Every declared prediction with its outcome; `breached` says whether any gate is."""
    return tuple(outcome_of(p, tables, experiment, breached=breached) for p in experiment.predictions)


def outcome_of(prediction: Prediction, tables: SweepTables, experiment: Experiment, *, breached: bool) -> SweepOutcome:
    """The rules of scoring.md, falsification first."""
    named, absent = named_models(prediction, tables, experiment)
    tested = tuple(hold(table, prediction, prediction, tables, experiment) for table in named)
    if not tested:
        return SweepOutcome(prediction, INCONCLUSIVE, "no model of the sweep is what it speaks of", ())
    if is_falsified(prediction, named, tested, tables, experiment, whole=not absent):
        return SweepOutcome(prediction, FALSIFIED, falsified_why(prediction), tested)
    sides = [on_side(held, prediction.operator) for held in tested]
    if not decided(prediction.quantifier, sides, whole=not absent):
        return SweepOutcome(prediction, INCONCLUSIVE, open_because(tested, absent), tested)
    side = "every interval lies" if prediction.quantifier == "all" else "at least one interval lies"
    if breached:
        return SweepOutcome(
            prediction, SUPPORTED, f"{side} wholly on the predicted side, but a gate is breached", tested
        )
    return SweepOutcome(prediction, CONFIRMED, f"{side} wholly on the predicted side and no gate is breached", tested)


def named_models(
    prediction: Prediction, tables: SweepTables, experiment: Experiment
) -> tuple[list[ModelTable], list[str]]:
    """The models it speaks of that the sweep holds, and those that it does not.

    A model is not held against itself where `conditions: all` meets `reference: that model`.
    """
    folders = [m.model for m in tables.models]
    wanted = list(dict.fromkeys((*experiment.models, *folders))) if prediction.conditions == "all" else None
    names = [n for n in wanted or prediction.conditions if n != prediction.reference and n not in tables.excluded]
    if prediction.group is not None:
        names = [n for n in names if (m := experiment.models.get(n)) is not None and m.group == prediction.group]
    found = [table for name in names if (table := tables.model(name)) is not None]
    return found, [name for name in names if name not in folders]


def hold(table: ModelTable, prediction: Prediction, rule: Rule, tables: SweepTables, experiment: Experiment) -> Held:
    """Line up one model with the threshold that applies to it."""
    metric = metric_of(prediction, tables)
    other = tables.model(rule.reference) if rule.reference is not None else None
    if other is not None:
        return Held(table.model, difference(table, other, metric), 0.0, -1.0)
    return Held(table.model, estimate_of(table, metric), threshold_of(rule, experiment))


def metric_of(prediction: Prediction, tables: SweepTables) -> str:
    """The mean it names; `alpha`, which no sweep has, is the default and stands for the mean models are ranked by."""
    return tables.rank_by if prediction.metric == "alpha" else prediction.metric


def estimate_of(table: ModelTable, metric: str) -> Estimate | None:
    """A model's mean with its interval; cov_norm has none, and None is what a sweep does not measure."""
    if metric == "cov_norm":
        return None if table.cov_norm is None else Estimate(table.cov_norm, None, None)
    found = getattr(table, metric, None)
    return found if isinstance(found, Estimate) else None


def difference(table: ModelTable, other: ModelTable, metric: str) -> Estimate | None:
    """`table` minus `other` over the tasks that both have, each counting once; None where they share fewer than two."""
    if metric not in RANK_BY:
        return None
    mine, theirs = task_values(table, metric), task_values(other, metric)
    shared = sorted(mine.keys() & theirs.keys())
    if len(shared) < 2:
        return None
    step = pairs([mine[t] for t in shared], [theirs[t] for t in shared], shared, "paired by task")
    return step.estimate if step is not None else None


def threshold_of(rule: Rule, experiment: Experiment) -> float | None:
    """The rule's value, or what its reference states."""
    if rule.value is not None or rule.reference is None:
        return rule.value
    reference = experiment.references.get(rule.reference)
    stated = list(reference.scores.values()) if reference is not None else []
    return stated[0].value if stated else None


def on_side(held: Held, sign: str) -> bool:
    """Whether the model's whole interval stands `sign` to the threshold; without an interval it never does."""
    if held.estimate is None or held.threshold is None:
        return False
    interval = held.estimate.interval(held.low, held.high)
    return interval is not None and all(COMPARE[sign](end, held.threshold) for end in interval)


def is_falsified(
    prediction: Prediction, named: Sequence[ModelTable], tested: Sequence[Held], tables: SweepTables,
    experiment: Experiment, *, whole: bool,
) -> bool:  # fmt: skip
    """By its own rule on the values as measured; without one, by whole intervals on the other side."""
    rule = prediction.falsified_by
    if rule is None:
        other = [on_side(held, OPPOSITE[prediction.operator]) for held in tested]
        return decided("any" if prediction.quantifier == "all" else "all", other, whole=whole)
    own = [hold(table, prediction, rule, tables, experiment) for table in named]
    return decided(rule.quantifier, [value_stands(held, rule.operator) for held in own], whole=whole)


def value_stands(held: Held, sign: str) -> bool:
    """Whether the measured value itself stands so."""
    if held.estimate is None or held.threshold is None:
        return False
    return COMPARE[sign](held.estimate.value, held.threshold)


def open_because(tested: Sequence[Held], absent: Sequence[str]) -> str:
    """What kept it open."""
    if absent:
        return f"not in the sweep: {', '.join(absent)}"
    if any(held.threshold is None for held in tested):
        return "its reference has no value"
    if any(held.estimate is None or held.estimate.se is None for held in tested):
        return "a model has no interval"
    return "an interval holds the threshold"
