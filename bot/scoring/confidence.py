"""Confidence: a grade that is counted down, every deduction with its reason and what would lift it.

The cut-offs stand in CUTOFFS and nowhere else; docs/confidence.md is made from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from bot.experiment import Experiment
from bot.scoring import shown
from bot.scoring.alpha import Alpha
from bot.scoring.comparing import Gap, ReferenceScore, from_reference
from bot.scoring.predictions import Outcome, Tested

GRADES = ("HIGH", "MODERATE", "LOW")


class Cutoff(NamedTuple):
    """One domain of the table: what costs one point, what costs two, and what would lift it."""

    domain: str
    one: str
    two: str
    lift: str
    first: float = 0.0
    second: float = 0.0


CUTOFFS = {
    row.domain: row
    for row in (
        Cutoff("replication", "fewer than 3 seeds", "", "run at least three seeds of every condition", 3),
        Cutoff(
            "imprecision", "h < d ≤ 2h", "d ≤ h",
            "more questions or samples, until the distance to the threshold is over twice its half-width", 2, 1,
        ),
        Cutoff("questions", "fewer than 30", "fewer than 10", "a panel of 30 questions or more", 30, 10),
        Cutoff(
            "judges", "one judge, or gap ≥ 10", "gap ≥ 20, or ≥ d",
            "a third judge or human labels that show which judge to believe", 10, 20,
        ),
        Cutoff(
            "missing judgements", "over 2 %, or not reported", "over 20 %, or bounds reach the threshold",
            "ask the judge again where it failed", 0.02, 0.20,
        ),
        Cutoff("eval-set duplicates", "over 2 %", "over 10 %", "remove the duplicates from the panel", 0.02, 0.10),
        Cutoff(
            "contamination", "weak signal, or public items not assessed", "verbatim or canary hit",
            "assess the panel for contamination, or use questions that were never public",
        ),
    )
}  # fmt: skip


class Deduction(NamedTuple):
    """Points taken off in one domain; `fact` names the number behind it where there is one."""

    domain: str
    points: int
    why: str
    lift: str
    fact: str | None
    number: float | None = None


class Confidence(NamedTuple):
    """`grade` is the lower of the two: direction (the predictions; None where nothing fixes one) and magnitude."""

    grade: str
    direction: str | None
    magnitude: str
    deductions: tuple[Deduction, ...]


class Threshold(NamedTuple):
    """One cell against one threshold: distance `d`, half-width `h` of that difference (None where unknown)."""

    alpha: Alpha
    value: float
    d: float
    h: float | None


def grade(points: int) -> str:
    """0 → HIGH, 1 → MODERATE, 2 or more → LOW."""
    return GRADES[min(points, 2)]


def confidence_of(
    experiment: Experiment,
    alphas: Sequence[Alpha],
    gaps: Sequence[Gap],
    outcomes: Sequence[Outcome],
    references: Sequence[ReferenceScore],
) -> Confidence:
    """Grade the direction of the predictions and the magnitude of the numbers."""
    thresholds = thresholds_of(experiment, alphas, outcomes, references)
    magnitude = deductions_of(experiment, alphas, gaps, ())
    if not thresholds:
        return Confidence(grade(total(magnitude)), None, grade(total(magnitude)), magnitude)
    direction = deductions_of(experiment, alphas, gaps, thresholds)
    worst = max(total(direction), total(magnitude))
    return Confidence(grade(worst), grade(total(direction)), grade(total(magnitude)), direction)


def total(deductions: Sequence[Deduction]) -> int:
    """Points taken off in all."""
    return sum(d.points for d in deductions)


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
    targets = [r for r in references if r.key in experiment.references and experiment.references[r.key].target]
    return tuple(t for a in alphas for r in targets if (t := threshold_from(a, r)) is not None)


def threshold_at(outcome: Outcome, tested: Tested, references: Sequence[ReferenceScore]) -> Threshold | None:
    """Distance of one tested cell from its threshold; a reference's own error widens the half-width."""
    if tested.estimate is None or tested.threshold is None:
        return None
    of_reference = [r for r in references if r.key == outcome.prediction.reference]
    own = [r for r in of_reference if r.judge == tested.alpha.judge] or of_reference
    if own and outcome.prediction.metric == "alpha":
        return threshold_from(tested.alpha, own[0])
    distance = abs(tested.estimate.value - tested.threshold)
    return Threshold(tested.alpha, tested.threshold, distance, tested.estimate.half_width)


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
    experiment: Experiment, alphas: Sequence[Alpha], gaps: Sequence[Gap], thresholds: Sequence[Threshold]
) -> tuple[Deduction, ...]:
    """Go through the table; without thresholds (magnitude) the rules that need one do not apply."""
    found = (
        replication(alphas),
        imprecision(thresholds),
        questions(alphas),
        judges(alphas, gaps, thresholds),
        missing(alphas, thresholds),
        duplicates(alphas),
        contamination(experiment),
    )
    return tuple(d for d in found if d is not None)


def deduct(domain: str, points: int, why: str, fact: str | None = None, number: float | None = None) -> Deduction:
    """A deduction with the table's own word on what would lift it."""
    return Deduction(domain, points, why, CUTOFFS[domain].lift, fact, number)


def replication(alphas: Sequence[Alpha]) -> Deduction | None:
    """Fewer than three seeds of the condition that has fewest; a judge that lacks a seed counts."""
    worst = min(alphas, key=lambda a: max(1, len(a.seed_names)), default=None)
    if worst is None or max(1, len(worst.seed_names)) >= CUTOFFS["replication"].first:
        return None
    seeds = max(1, len(worst.seed_names))
    return deduct("replication", 1, "one seed" if seeds == 1 else f"{seeds} seeds", f"{name_of(worst)}/seeds", seeds)


def imprecision(thresholds: Sequence[Threshold]) -> Deduction | None:
    """The cell that lies nearest to its threshold, in half-widths."""
    known = [t for t in thresholds if t.h is not None]
    if len(known) < len(thresholds):
        without = next(t for t in thresholds if t.h is None)
        return deduct("imprecision", 2, f"{without.alpha.condition} has no interval", name_of(without.alpha))
    worst = min(known, key=lambda t: t.d / t.h if t.h else float("inf"), default=None)
    if worst is None or not worst.h or worst.d > CUTOFFS["imprecision"].first * worst.h:
        return None
    points = 2 if worst.d <= CUTOFFS["imprecision"].second * worst.h else 1
    return deduct("imprecision", points, f"{worst.alpha.condition} lies close to its threshold", name_of(worst.alpha))


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
    widest = max(gaps, key=lambda g: abs(g.plain.estimate.value), default=None)
    gap = abs(widest.plain.estimate.value) if widest else 0.0
    fact = f"gap/{widest.condition}" if widest else None
    if widest and (gap >= cutoff.second or reaches_distance(gaps, thresholds)):
        return deduct("judges", 2, f"judges {shown.points(gap)} apart", fact, gap)
    if widest and gap >= cutoff.first:
        return deduct("judges", 1, f"judges {shown.points(gap)} apart", fact, gap)
    counted = Counter(a.condition for a in alphas)
    alone = sorted(condition for condition, n in counted.items() if n == 1)
    return deduct("judges", 1, "one judge", None) if alone else None


def reaches_distance(gaps: Sequence[Gap], thresholds: Sequence[Threshold]) -> bool:
    """Whether some condition's gap is as wide as one of its cells' distance to the threshold."""
    gap_of = {g.condition: abs(g.plain.estimate.value) for g in gaps}
    return any(gap_of.get(t.alpha.condition, 0.0) >= t.d for t in thresholds if t.alpha.condition in gap_of)


def missing(alphas: Sequence[Alpha], thresholds: Sequence[Threshold]) -> Deduction | None:
    """The cell with the largest share of failed judgements, or one whose bounds reach its threshold."""
    cutoff = CUTOFFS["missing judgements"]
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
    bounds, value = threshold.alpha.bounds, threshold.alpha.value
    if bounds is None or value is None:
        return False
    return bounds[0] <= threshold.value <= value or value <= threshold.value <= bounds[1]


def duplicates(alphas: Sequence[Alpha]) -> Deduction | None:
    """Share of the panel's questions that repeat another one but for case and spaces."""
    share, worst = max(((duplicate_share(a), a) for a in alphas), key=lambda pair: pair[0], default=(0.0, None))
    cutoff = CUTOFFS["eval-set duplicates"]
    if worst is None or share <= cutoff.first:
        return None
    points = 2 if share > cutoff.second else 1
    return deduct(
        "eval-set duplicates", points, "of the questions repeat another", f"{name_of(worst)}/duplicates", share
    )


def duplicate_share(alpha: Alpha) -> float:
    """Duplicates beyond the first over all questions, 0–1."""
    asked = [" ".join(q.question.casefold().split()) for q in alpha.questions]
    return 1 - len(set(asked)) / len(asked) if asked else 0.0


def contamination(experiment: Experiment) -> Deduction | None:
    """Questions that are not declared private were not assessed here: that costs a point and is said."""
    if experiment.panel.public is False:
        return None
    return deduct("contamination", 1, "contamination not assessed")


def name_of(alpha: Alpha) -> str:
    """The name of its fact."""
    return f"alpha/{alpha.judge}/{alpha.condition}"
