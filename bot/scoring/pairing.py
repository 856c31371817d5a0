"""A difference over pairs: the piece that alpha and sweeps share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from bot.scoring.clusters import Estimate, mean_of


class Difference(NamedTuple):
    """`estimate` of a − b in points; `method` says how its error was made; `n` pairs or questions behind it."""

    estimate: Estimate
    method: str
    n: int | None
    correlation: float | None


def correlation(x: Sequence[float], y: Sequence[float]) -> float | None:
    """Pearson correlation, None where one side does not vary."""
    if len(x) < 2 or min(x) == max(x) or min(y) == max(y):
        return None
    mean_x, mean_y = math.fsum(x) / len(x), math.fsum(y) / len(y)
    across, along = [v - mean_x for v in x], [v - mean_y for v in y]
    spread = math.sqrt(math.fsum(v * v for v in across) * math.fsum(v * v for v in along))
    return max(-1.0, min(1.0, math.fsum(u * v for u, v in zip(across, along, strict=True)) / spread))


def pairs(a: Sequence[float], b: Sequence[float], clusters: Sequence[str], method: str) -> Difference | None:
    """Mean of a − b over pairs, clustered by label."""
    estimate = mean_of([x - y for x, y in zip(a, b, strict=True)], clusters)
    return Difference(estimate, method, len(a), correlation(a, b)) if estimate is not None else None
