"""Whether two judges agree: sample by sample, and on the order of the conditions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

from bot.archives.names import CLAUDE, family_of_model
from bot.archives.records import Cell
from bot.scoring.alpha import Alpha
from bot.scoring.comparing import Gap, sample_scores
from bot.scoring.pairing import correlation


class Agreement(NamedTuple):
    """Two judges on one condition, over the `n` samples both scored; None where the scores do not vary."""

    condition: str
    primary: Alpha
    alternate: Alpha
    n: int
    spearman: float | None
    krippendorff: float | None


class RankStability(NamedTuple):
    """Kendall's tau-b of the alphas of the `n` conditions both judges scored; None where one gives all the same."""

    primary: tuple[Alpha, ...]
    alternate: tuple[Alpha, ...]
    n: int
    tau: float | None


def agreement_of(gap: Gap) -> Agreement | None:
    """How far the gap's two judges agree on single samples; None where no sample was scored by both."""
    mine, theirs = sample_scores(gap.primary), sample_scores(gap.alternate)
    pairs = [(mine[key], theirs[key]) for key in mine if key in theirs]
    if not pairs:
        return None
    x, y = zip(*pairs, strict=True)
    return Agreement(gap.condition, gap.primary, gap.alternate, len(pairs), spearman(x, y), krippendorff(pairs))


def spearman(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Spearman's rank correlation: Pearson's of the ranks, ties at their mean rank."""
    return correlation(ranks(x), ranks(y))


def ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1, ties at their mean rank."""
    places: dict[float, list[int]] = {}
    for place, value in enumerate(sorted(values), start=1):
        places.setdefault(value, []).append(place)
    mean = {value: sum(found) / len(found) for value, found in places.items()}
    return [mean[value] for value in values]


def krippendorff(units: Iterable[Sequence[float]]) -> float | None:
    """Krippendorff's alpha with the interval metric: 1 − observed over expected disagreement.

    Each unit holds the scores of one sample; units with fewer than two say nothing. With squares summed around means,
    D_o = Σ_u 2·m_u/(m_u − 1)·SS_u / n and D_e = 2·SS / (n − 1) over all n values (Krippendorff 2011, Computing
    Krippendorff's Alpha-Reliability). None where all values are the same.
    """
    used = [unit for unit in units if len(unit) > 1]
    values = [value for unit in used for value in unit]
    if len(values) < 2 or min(values) == max(values):
        return None
    observed = math.fsum(2 * len(unit) / (len(unit) - 1) * squares(unit) for unit in used) / len(values)
    return 1 - observed / (2 * squares(values) / (len(values) - 1))


def squares(values: Sequence[float]) -> float:
    """Sum of squared distances from the mean; of two values that is half of their squared difference."""
    if len(values) == 2:
        return (values[0] - values[1]) ** 2 / 2
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values)


def rank_stability(gaps: Sequence[Gap]) -> RankStability | None:
    """Whether both judges put the conditions into the same order; gaps of one and the same pair of judges."""
    if len(gaps) < 2 or len({(gap.primary.judge, gap.alternate.judge) for gap in gaps}) > 1:
        return None
    x = [gap.primary.value or 0.0 for gap in gaps]
    y = [gap.alternate.value or 0.0 for gap in gaps]
    pair = tuple(gap.primary for gap in gaps), tuple(gap.alternate for gap in gaps)
    return RankStability(*pair, len(gaps), kendall(x, y))


def kendall(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Kendall's tau-b: concordant minus discordant pairs over sqrt(pairs untied in x · pairs untied in y)."""
    signs = [(sign(x[i] - x[j]), sign(y[i] - y[j])) for i, j in combinations(range(len(x)), 2)]
    untied = sum(a != 0 for a, _ in signs) * sum(b != 0 for _, b in signs)
    return sum(a * b for a, b in signs) / math.sqrt(untied) if untied else None


def sign(value: float) -> int:
    """−1, 0 or 1."""
    return (value > 0) - (value < 0)


def own_family(cell: Cell) -> str | None:
    """The family of models that both the judge and the judged model belong to, None where they do not share one."""
    judge = maker(cell.judge_model) or maker(cell.judge)
    return judge if judge is not None and judge == maker(cell.model) else None


def maker(model: str | None) -> str | None:
    """A model's family, the versions of Claude being one."""
    family = family_of_model(model)
    return "claude" if family in CLAUDE else family
