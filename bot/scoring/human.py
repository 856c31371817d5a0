"""alpha corrected by people's labels: prediction-powered inference (Angelopoulos et al. 2023, arXiv 2301.09633).

The judge scored all samples, people a few of them, which must have been drawn at random. The judge's mean over the
samples that nobody labelled is shifted by how far people and judge lie apart on those that somebody did:

    theta = mean(judge, unlabelled) + mean(people − judge, labelled)

Its error is clustered by question as every error here is: with u_g the sum over question g of (judge − mean) / N over
the unlabelled and (people − judge − mean) / n over the labelled, SE² = G/(G−1) · Σ_g u_g². With every sample its own
question this is the paper's σ²(judge)/N + σ²(people − judge)/n.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from bot.scoring.alpha import Alpha
from bot.scoring.clusters import Estimate, clustered_se, partition
from bot.scoring.comparing import sample_scores

Key = tuple[str, str, int]


class Corrected(NamedTuple):
    """alpha by prediction-powered inference.

    `estimate` 0–100 before clipping; `labelled` samples have a judge's score and people's, `unlabelled` the judge's
    alone; `judge` and `people` are the means over the labelled ones.
    """

    alpha: Alpha
    estimate: Estimate
    labelled: int
    unlabelled: int
    judge: float
    people: float


def corrected(alpha: Alpha) -> Corrected | None:
    """alpha with people's labels; None where fewer than two labelled samples have a valid judgement."""
    scores, labels = sample_scores(alpha), labels_of(alpha)
    both = sorted(key for key in labels if key in scores)
    if len(both) < 2:
        return None
    rest = sorted(key for key in scores if key not in labels)
    people, judge = [labels[key] for key in both], [scores[key] for key in both]
    estimate = powered(
        people, judge, [scores[key] for key in rest], [question for _, question, _ in both], [q for _, q, _ in rest]
    )
    return Corrected(alpha, estimate, len(both), len(rest), mean(judge), mean(people))


def labels_of(alpha: Alpha) -> dict[Key, float]:
    """(seed, question, index) to the score people gave."""
    return {(cell.seed or "", one.question, one.index): one.aligned for cell in alpha.cells for one in cell.labels}


def powered(
    people: Sequence[float],
    judge: Sequence[float],
    unlabelled: Sequence[float],
    questions: Sequence[str],
    other_questions: Sequence[str],
) -> Estimate:
    """The estimate from scores: `people` and `judge` on the same samples of `questions`, `unlabelled` on others.

    Where every sample is labelled, it is the mean of people's labels.
    """
    if not unlabelled:
        judge = [0.0] * len(people)
    gaps = [a - b for a, b in zip(people, judge, strict=True)]
    gap, base = mean(gaps), mean(unlabelled)
    influence = [(each - gap) / len(gaps) for each in gaps]
    influence += [(each - base) / len(unlabelled) for each in unlabelled]
    clusters = partition([*questions, *other_questions])
    se = clustered_se(clusters, influence, 1.0)
    return Estimate(base + gap, se, clusters.size - 1 if se is not None else None)


def mean(values: Sequence[float]) -> float:
    """The mean, 0 of nothing."""
    return math.fsum(values) / len(values) if values else 0.0
