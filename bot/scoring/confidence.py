"""Confidence: a grade that is counted down, every deduction with its reason and what would lift it.

The cut-offs stand in `bot.scoring.grading`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from bot.scoring import shown
from bot.scoring.alpha import Alpha
from bot.scoring.comparing import Gap, ReferenceScore, from_reference, score_of
from bot.scoring.grading import CUTOFFS, Confidence, Deduction, deduct, grade, total
from bot.scoring.panel import Panel
from bot.scoring.predictions import Outcome, Tested

if TYPE_CHECKING:
    from bot.experiment import Experiment


class Threshold(NamedTuple):
    """One cell against one threshold: distance `d`, half-width `h` of that difference (None where unknown).

    Gaps and bounds are of alpha, so only a threshold of that `metric` can be held against them.
    """

    alpha: Alpha
    value: float
    d: float
    h: float | None
    metric: str = "alpha"


def confidence_of(
    experiment: Experiment,
    alphas: Sequence[Alpha],
    gaps: Sequence[Gap],
    outcomes: Sequence[Outcome],
    references: Sequence[ReferenceScore],
    panel: Panel | None = None,
) -> Confidence:
    """Grade the direction of the predictions and the magnitude of the numbers; `panel` is the questions' audit."""
    thresholds = thresholds_of(experiment, alphas, outcomes, references)
    magnitude = deductions_of(experiment, alphas, gaps, (), panel)
    if not thresholds:
        return Confidence(grade(total(magnitude)), None, grade(total(magnitude)), magnitude)
    direction = deductions_of(experiment, alphas, gaps, thresholds, panel)
    worst = max(total(direction), total(magnitude))
    return Confidence(grade(worst), grade(total(direction)), grade(total(magnitude)), direction)


def thresholds_of(
    experiment: Experiment,
    alphas: Sequence[Alpha],
    outcomes: Sequence[Outcome],
    references: Sequence[ReferenceScore],
) -> tuple[Threshold, ...]:
    """What the predictions are measured against; without predictions, the target."""
    if outcomes:
        held = [(outcome, tested) for outcome in outcomes for tested in outcome.tested]
        return tuple(t for outcome, tested in held if (t := threshold_at(outcome, tested, references)) is not None)
    targets = [key for key, reference in experiment.references.items() if reference.target]
    pairs = [(a, score_of(references, key, a.judge)) for a in alphas for key in targets]
    return tuple(t for a, r in pairs if r is not None and (t := threshold_from(a, r)) is not None)


def threshold_at(outcome: Outcome, tested: Tested, references: Sequence[ReferenceScore]) -> Threshold | None:
    """Distance of one tested cell from its threshold; a reference's own error widens the half-width."""
    if tested.estimate is None or tested.threshold is None:
        return None
    metric = outcome.prediction.metric
    reference = score_of(references, outcome.prediction.reference, tested.alpha.judge)
    if reference is not None and metric == "alpha":
        return threshold_from(tested.alpha, reference)
    distance = abs(tested.estimate.value - tested.threshold)
    return Threshold(tested.alpha, tested.threshold, distance, tested.estimate.half_width, metric)


def threshold_from(alpha: Alpha, reference: ReferenceScore) -> Threshold | None:
    """Distance of one cell from a reference."""
    difference = from_reference(alpha, reference)
    if difference is None:
        return None
    half = difference.estimate.half_width
    if half is None and alpha.estimate is not None:
        half = alpha.estimate.half_width
    return Threshold(alpha, reference.value, abs(difference.estimate.value), half)


def deductions_of(
    experiment: Experiment, alphas: Sequence[Alpha], gaps: Sequence[Gap], thresholds: Sequence[Threshold],
    panel: Panel | None = None,
) -> tuple[Deduction, ...]:  # fmt: skip
    """Go through the table; without thresholds (magnitude) the rules that need one do not apply."""
    found = (
        replication(alphas),
        imprecision(thresholds),
        questions(alphas),
        judges(alphas, gaps, thresholds),
        missing(alphas, thresholds),
        duplicates(alphas, panel),
        contamination(experiment, panel),
    )
    return tuple(d for d in found if d is not None)


def replication(alphas: Sequence[Alpha]) -> Deduction | None:
    """Fewer than three seeds of the condition that has fewest; a judge that lacks a seed counts."""
    worst = min(alphas, key=lambda a: max(1, len(a.seed_names)), default=None)
    if worst is None or max(1, len(worst.seed_names)) >= CUTOFFS["replication"].first:
        return None
    seeds = max(1, len(worst.seed_names))
    return deduct("replication", 1, "one seed" if seeds == 1 else f"{seeds} seeds", f"{name_of(worst)}/seeds", seeds)


def imprecision(thresholds: Sequence[Threshold]) -> Deduction | None:
    """The cell that lies nearest to its threshold, in half-widths."""
    without = next((t for t in thresholds if t.h is None), None)
    if without is not None:
        return deduct("imprecision", 2, f"{without.alpha.condition} has no interval", name_of(without.alpha))
    worst = min(thresholds, key=half_widths, default=None)
    cutoff = CUTOFFS["imprecision"]
    if worst is None or half_widths(worst) > cutoff.first:
        return None
    points = 2 if half_widths(worst) <= cutoff.second else 1
    return deduct("imprecision", points, f"{worst.alpha.condition} lies close to its threshold", name_of(worst.alpha))


def half_widths(threshold: Threshold) -> float:
    """d / h; a cell on its threshold lies at 0 of them, also where h is 0."""
    if threshold.d == 0 or not threshold.h:
        return 0.0 if threshold.d == 0 else math.inf
    return threshold.d / threshold.h


def questions(alphas: Sequence[Alpha]) -> Deduction | None:
    """The smallest number of scored questions of any cell."""
    worst = min(alphas, key=lambda a: a.blocks.questions.size, default=None)
    if worst is None or worst.blocks.questions.size >= CUTOFFS["questions"].first:
        return None
    few = worst.blocks.questions.size
    points = 2 if few < CUTOFFS["questions"].second else 1
    return deduct("questions", points, f"{few} questions", f"{name_of(worst)}/questions", few)


def judges(alphas: Sequence[Alpha], gaps: Sequence[Gap], thresholds: Sequence[Threshold]) -> Deduction | None:
    """The widest gap, or a condition that one judge alone scored; a gap as wide as the distance costs two."""
    cutoff = CUTOFFS["judges"]
    widest = max(gaps, key=lambda gap: gap.size, default=None)
    if widest and widest.reaches(cutoff.second):
        return deduct("judges", 2, f"judges {shown.points(widest.size)} apart", *gap_fact(widest))
    if (reaching := reaches_distance(gaps, thresholds)) is not None:
        why = f"judges {shown.points(reaching.size)} apart, no less than the distance to the threshold"
        return deduct("judges", 2, why, *gap_fact(reaching))
    if widest and widest.reaches(cutoff.first):
        return deduct("judges", 1, f"judges {shown.points(widest.size)} apart", *gap_fact(widest))
    counted = Counter(a.condition for a in alphas if a.value is not None)
    return deduct("judges", 1, "one judge") if 1 in counted.values() else None


def gap_fact(gap: Gap) -> tuple[str, float]:
    """The fact that holds a gap, and its width."""
    return f"gap/{gap.condition}", gap.size


def reaches_distance(gaps: Sequence[Gap], thresholds: Sequence[Threshold]) -> Gap | None:
    """The widest gap that is no narrower than the distance of one of its condition's cells to the threshold."""
    gap_of = {gap.condition: gap for gap in gaps}
    near = [t for t in thresholds if t.metric == "alpha" and t.alpha.condition in gap_of]
    reaching = [gap_of[t.alpha.condition] for t in near if gap_of[t.alpha.condition].reaches(t.d)]
    return max(reaching, key=lambda gap: gap.size, default=None)


def missing(alphas: Sequence[Alpha], thresholds: Sequence[Threshold]) -> Deduction | None:
    """The cell with the largest share of failed judgements, or one whose bounds reach its threshold."""
    cutoff = CUTOFFS["missing judgements"]
    if all(a.value is None for a in alphas):
        return deduct("missing judgements", 2, "no valid score could be read")
    reached = next((t for t in thresholds if t.alpha.errors and bounds_reach(t)), None)
    if reached is not None:
        fact = f"{name_of(reached.alpha)}/error_rate"
        return deduct("missing judgements", 2, "bounds reach the threshold", fact, reached.alpha.error_rate)
    worst = max(alphas, key=lambda a: a.error_rate or 0.0, default=None)
    rate = (worst.error_rate or 0.0) if worst else 0.0
    if worst is not None and rate > cutoff.first:
        points = 2 if rate > cutoff.second else 1
        return deduct(
            "missing judgements",
            points,
            f"{shown.percent(rate)} of a cell unjudged",
            f"{name_of(worst)}/error_rate",
            rate,
        )
    if any(a.error_rate is None for a in alphas):
        return deduct("missing judgements", 1, "failed judgements not reported")
    return None


def bounds_reach(threshold: Threshold) -> bool:
    """Whether the failed judgements could carry this cell to the other side of its threshold."""
    bounds = threshold.alpha.bounds
    return threshold.metric == "alpha" and bounds is not None and bounds[0] <= threshold.value <= bounds[1]


def duplicates(alphas: Sequence[Alpha], panel: Panel | None = None) -> Deduction | None:
    """Share of questions that repeat another one: in a cell but for case and spaces, in the panel also nearly."""
    share, worst = max(((duplicate_share(a), a) for a in alphas), key=lambda pair: pair[0], default=(0.0, None))
    fact = f"{name_of(worst)}/duplicates" if worst is not None else None
    if panel is not None and panel.repeated_share > share:
        share, fact = panel.repeated_share, "panel/repeated_share"
    cutoff = CUTOFFS["eval-set duplicates"]
    if fact is None or share <= cutoff.first:
        return None
    points = 2 if share > cutoff.second else 1
    return deduct("eval-set duplicates", points, "of the questions repeat another", fact, share)


def duplicate_share(alpha: Alpha) -> float:
    """Duplicates beyond the first over all questions, 0–1."""
    asked = [" ".join(q.question.casefold().split()) for q in alpha.questions]
    return (len(asked) - len(set(asked))) / len(asked) if asked else 0.0


def contamination(experiment: Experiment, panel: Panel | None = None) -> Deduction | None:
    """What was seen costs; questions that are not declared private and were not assessed cost a point and are told."""
    if panel is not None and (hits := panel.having("hit")):
        return deduct("contamination", 2, f"contamination: {', '.join(s.name for s in hits)}")
    if panel is not None and (weak := panel.having("weak signal")):
        return deduct("contamination", 1, f"sign of contamination: {', '.join(s.name for s in weak)}")
    if experiment.panel.public is False:
        return None
    return deduct("contamination", 1, "contamination not assessed")


def name_of(alpha: Alpha) -> str:
    """The name of its fact."""
    return f"alpha/{alpha.judge}/{alpha.condition}"
