"""Predictions: what was claimed before the run, held against what came out."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bot.scoring.alpha import HIGH, LOW, Alpha
from bot.scoring.clusters import Estimate
from bot.scoring.comparing import ReferenceScore, score_of

if TYPE_CHECKING:
    from bot.experiment import Experiment, Prediction, Rule

CONFIRMED = "confirmed"
SUPPORTED = "supported, gate breached"
FALSIFIED = "falsified"
INCONCLUSIVE = "inconclusive"

COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip
OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}


class Tested(NamedTuple):
    """One cell that a prediction speaks of: its value and interval, and the threshold that applies to its judge."""

    alpha: Alpha
    estimate: Estimate | None
    threshold: float | None


class Outcome(NamedTuple):
    """What came of one prediction, why, and the cells it was held against."""

    prediction: Prediction
    outcome: str
    why: str
    tested: tuple[Tested, ...]


def judge_predictions(
    experiment: Experiment, alphas: Sequence[Alpha], references: Sequence[ReferenceScore], breached: bool
) -> tuple[Outcome, ...]:
    """Every declared prediction with its outcome; `breached` says whether any gate is."""
    return tuple(outcome_of(p, experiment, alphas, references, breached) for p in experiment.predictions)


def outcome_of(
    prediction: Prediction,
    experiment: Experiment,
    alphas: Sequence[Alpha],
    references: Sequence[ReferenceScore],
    breached: bool,
) -> Outcome:
    """The rules of scoring.md, falsification first."""
    chosen = [a for a in alphas if speaks_of(prediction, experiment, a)]
    tested = tuple(test(prediction, a, prediction, references) for a in chosen)
    if not tested:
        return Outcome(prediction, INCONCLUSIVE, "no cell of the archive is what it speaks of", ())
    absent = unscored(prediction, experiment, alphas)
    if falsified(prediction, chosen, references, tested, whole=not absent):
        return Outcome(prediction, FALSIFIED, falsified_why(prediction), tested)
    if not decided(prediction.quantifier, [on_side(t, prediction.operator) for t in tested], whole=not absent):
        return Outcome(prediction, INCONCLUSIVE, inconclusive_why(tested, absent), tested)
    side = "every interval lies" if prediction.quantifier == "all" else "at least one interval lies"
    if breached:
        return Outcome(prediction, SUPPORTED, f"{side} wholly on the predicted side, but a gate is breached", tested)
    return Outcome(prediction, CONFIRMED, f"{side} wholly on the predicted side and no gate is breached", tested)


def speaks_of(prediction: Prediction, experiment: Experiment, alpha: Alpha) -> bool:
    """Whether the prediction covers this condition and judge."""
    judged = prediction.judges == "all" or alpha.judge in prediction.judges
    return judged and covers(prediction, experiment, alpha.condition)


def covers(prediction: Prediction, experiment: Experiment, condition: str) -> bool:
    """Whether it is among the listed conditions, and of the named group."""
    if prediction.conditions != "all" and condition not in prediction.conditions:
        return False
    declared = experiment.conditions.get(condition)
    return prediction.group is None or (declared is not None and declared.group == prediction.group)


def unscored(prediction: Prediction, experiment: Experiment, alphas: Sequence[Alpha]) -> list[str]:
    """The cells it names that the archive does not hold; nothing can be said of all cells while some are missing."""
    present = {(a.judge, a.condition) for a in alphas}
    scored = {condition for _, condition in present}
    named = experiment.conditions if prediction.conditions == "all" else prediction.conditions
    wanted = [c for c in dict.fromkeys((*named, *sorted(scored))) if covers(prediction, experiment, c)]
    if prediction.judges == "all":
        return [condition for condition in wanted if condition not in scored]
    pairs = [(judge, condition) for condition in wanted for judge in prediction.judges]
    return [f"{judge}/{condition}" for judge, condition in pairs if (judge, condition) not in present]


def test(prediction: Prediction, alpha: Alpha, rule: Rule, references: Sequence[ReferenceScore]) -> Tested:
    """Line up one cell with the threshold that applies to it."""
    estimate = {"alpha": alpha.estimate, "coherent": alpha.coherent}.get(prediction.metric)
    return Tested(alpha, estimate, threshold_of(rule, alpha.judge, references, prediction.metric))


def threshold_of(rule: Rule, judge: str, references: Sequence[ReferenceScore], metric: str = "alpha") -> float | None:
    """The rule's value, or its reference's: that judge's score of it where there is one, else the first it has.

    A stated reference states its alpha alone, so of coherence it gives no threshold.
    """
    if rule.value is not None:
        return rule.value
    score = score_of(references, rule.reference, judge)
    if score is None or metric == "alpha":
        return score.value if score else None
    return score.alpha.coherent.value if score.alpha and score.alpha.coherent else None


def on_side(tested: Tested, sign: str) -> bool:
    """Whether the cell's whole interval stands `sign` to the threshold; a cell without an interval never does."""
    if tested.estimate is None or tested.threshold is None:
        return False
    interval = tested.estimate.interval(LOW, HIGH)
    return interval is not None and all(COMPARE[sign](end, tested.threshold) for end in interval)


def decided(quantifier: str, answers: Sequence[bool], *, whole: bool = True) -> bool:
    """all or any of them; never all while cells are missing (`whole` False)."""
    return whole and all(answers) if quantifier == "all" else any(answers)


def falsified(
    prediction: Prediction,
    chosen: Sequence[Alpha],
    references: Sequence[ReferenceScore],
    tested: Sequence[Tested],
    *,
    whole: bool = True,
) -> bool:
    """By its own rule on the values as measured; without one, by whole intervals on the other side."""
    rule = prediction.falsified_by
    if rule is not None:
        held = [value_holds(test(prediction, a, rule, references), rule) for a in chosen]
        return decided(rule.quantifier, held, whole=whole)
    other = [on_side(t, OPPOSITE[prediction.operator]) for t in tested]
    return decided("any" if prediction.quantifier == "all" else "all", other, whole=whole)


def value_holds(tested: Tested, rule: Rule) -> bool:
    """Whether the measured value itself stands as the rule says."""
    if tested.estimate is None or tested.threshold is None:
        return False
    return COMPARE[rule.operator](tested.estimate.value, tested.threshold)


def falsified_why(prediction: Prediction) -> str:
    """Which rule it was."""
    if prediction.falsified_by is not None:
        return "its own falsification rule holds"
    side = "an interval lies" if prediction.quantifier == "all" else "every interval lies"
    return f"{side} wholly on the other side"


def inconclusive_why(tested: Sequence[Tested], absent: Sequence[str] = ()) -> str:
    """What kept it open."""
    if absent:
        return f"not scored: {', '.join(absent)}"
    if any(t.threshold is None for t in tested):
        return "its reference has no value"
    if any(t.estimate is None or t.estimate.se is None for t in tested):
        return "a cell has no interval"
    return "an interval holds the threshold"
