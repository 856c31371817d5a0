"""Differences of two alphas: between judges (the gap), between conditions, and from a reference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.scoring.alpha import Alpha, Blocks
from bot.scoring.clusters import Estimate, clustered_se, partition
from bot.scoring.pairing import Difference, correlation, pairs

NORMAL = 1.959963984540054  # the quantile a stated 95 % interval is read with, since its cluster count is not stated
PAIRED = "paired by question"
WELCH = "Welch on clustered errors"
BY_SAMPLE = "paired by sample, clustered by question"
BY_SUMMARY = "paired by question (summaries only)"
ROUNDING = 1e-9  # points that the difference of two doubles may be off


@dataclass(frozen=True, slots=True)
class ReferenceScore:
    """A score to compare with, of one judge: stated in report.yaml, or read from another archive (`alpha` set).

    `value` and the interval are 0–100; `n`, `errors` are counts, None where not stated.
    """

    key: str
    judge: str
    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None
    errors: int | None = None
    bound_low: float | None = None
    bound_high: float | None = None
    alpha: Alpha | None = None

    @property
    def stated(self) -> bool:
        """Whether nothing but somebody's word stands behind it."""
        return self.alpha is None

    @property
    def error_rate(self) -> float | None:
        """Share of failed judgements, None where it is not known."""
        if self.errors is None or not self.n:
            return None
        return self.errors / (self.n + self.errors)


def score_of(references: Sequence[ReferenceScore], key: str | None, judge: str) -> ReferenceScore | None:
    """A reference's score by `judge`, or by the first judge that has one; None where there is none."""
    found = [reference for reference in references if reference.key == key]
    return next((r for r in found if r.judge == judge), found[0] if found else None)


def difference(a: Alpha, b: Alpha) -> Difference | None:
    """a − b: paired by question where both used the same panel, else Welch on the clustered errors.

    None where one of them has no value. The paired error clusters the difference of both influences by question:
    SE² = G/(G−1) · Σ_g (u_a,g / n_a − u_b,g / n_b)², where u_g sums score − alpha over the question's valid scores.
    """
    if a.estimate is None or b.estimate is None:
        return None
    if a.blocks.rows and b.blocks.rows and same_panel(a, b):
        return paired(a.blocks, b.blocks)
    return welch(a.estimate, b.estimate)


def same_panel(a: Alpha, b: Alpha) -> bool:
    """Whether both were asked exactly the same questions, also where a judge failed on all answers to one."""
    return {line.question for line in a.questions} == {line.question for line in b.questions}


def paired(a: Blocks, b: Blocks) -> Difference:
    """Paired by question; one that has a valid score on one side only moves that side's mean alone."""
    mine, theirs = influences(a), influences(b)
    asked = sorted({*mine, *theirs})
    se = clustered_se(partition(asked), [mine.get(q, 0.0) - theirs.get(q, 0.0) for q in asked], 1.0)
    estimate = Estimate(a.mean - b.mean, se, len(asked) - 1 if se is not None else None)
    return Difference(estimate, PAIRED, len(asked), mean_correlation(a, b))


def influences(blocks: Blocks) -> dict[str, float]:
    """What each question moves the mean by: its sum of score − mean, over the number of all scores."""
    sums = blocks.questions.sums(blocks.residuals)
    return {question: total / blocks.count for question, total in zip(blocks.questions.labels, sums, strict=True)}


def question_means(blocks: Blocks) -> dict[str, float]:
    """Mean per question."""
    totals, counts = blocks.questions.sums(blocks.totals), blocks.questions.sums(blocks.n)
    return {q: total / n for q, total, n in zip(blocks.questions.labels, totals, counts, strict=True)}


def mean_correlation(a: Blocks, b: Blocks) -> float | None:
    """Correlation of the question means, over the questions both have."""
    left, right = question_means(a), question_means(b)
    shared = [question for question in left if question in right]
    return correlation([left[q] for q in shared], [right[q] for q in shared])


def welch(a: Estimate, b: Estimate) -> Difference:
    """Independent samples with unequal errors; degrees of freedom by Welch–Satterthwaite."""
    if a.se is None or b.se is None or a.df is None or b.df is None:
        return Difference(Estimate(a.value - b.value, None, None), "no interval: one side has none", None, None)
    variance = a.se**2 + b.se**2
    spread = a.se**4 / a.df + b.se**4 / b.df
    df = variance**2 / spread if spread > 0 else a.df + b.df
    return Difference(Estimate(a.value - b.value, math.sqrt(variance), df), WELCH, None, None)


def from_reference(a: Alpha, reference: ReferenceScore) -> Difference | None:
    """a − reference; a stated interval is read as normal, one without an interval gives a difference without one."""
    if a.estimate is None:
        return None
    if reference.alpha is not None:
        return difference(a, reference.alpha)
    if reference.low is None or reference.high is None:
        return Difference(Estimate(a.estimate.value - reference.value, None, None), "no interval stated", None, None)
    se = (reference.high - reference.low) / (2 * NORMAL)
    return welch(a.estimate, Estimate(reference.value, se, math.inf))


@dataclass(frozen=True, slots=True)
class Gap:
    """Primary minus alternate judge on one condition: `plain` of the two alphas, `pairs` over shared samples."""

    condition: str
    primary: Alpha
    alternate: Alpha
    plain: Difference
    pairs: Difference | None

    @property
    def size(self) -> float:
        """Its width in points, whichever judge gives more."""
        return abs(self.plain.estimate.value)

    def reaches(self, limit: float) -> bool:
        """Whether it is as wide as `limit` or wider; a last digit lost in subtracting does not make it narrower."""
        return self.size >= limit - ROUNDING


def gap_of(primary: Alpha, alternate: Alpha) -> Gap | None:
    """Both kinds of gap, None where one judge has no value."""
    plain = difference(primary, alternate)
    return None if plain is None else Gap(primary.condition, primary, alternate, plain, paired_gap(primary, alternate))


def paired_gap(primary: Alpha, alternate: Alpha) -> Difference | None:
    """Mean difference over (question, sample) pairs both judges scored; by question where only summaries are there."""
    if primary.rests_on == alternate.rests_on == "samples":
        return sample_pairs(primary, alternate)
    return question_pairs(primary.blocks, alternate.blocks)


def sample_scores(alpha: Alpha) -> dict[tuple[str, str, int], float]:
    """(seed, question, index) to aligned score, valid ones only."""
    return {
        (cell.seed or "", s.question, s.index): s.judgement.aligned
        for cell in alpha.cells
        for s in cell.samples
        if s.judgement.aligned is not None
    }


def sample_pairs(primary: Alpha, alternate: Alpha) -> Difference | None:
    """Over the samples both scored, clustered by question."""
    mine, theirs = sample_scores(primary), sample_scores(alternate)
    shared = [key for key in mine if key in theirs]
    if not shared:
        return None
    a, b = [mine[key] for key in shared], [theirs[key] for key in shared]
    return pairs(a, b, [question for _, question, _ in shared], BY_SAMPLE)


def question_pairs(a: Blocks, b: Blocks) -> Difference | None:
    """Mean over the questions both scored of the difference of their means."""
    if not a.rows or not b.rows:
        return None
    left, right = question_means(a), question_means(b)
    shared = [question for question in left if question in right]
    return pairs([left[q] for q in shared], [right[q] for q in shared], shared, BY_SUMMARY)
