"""What the questions behind a report are worth, and what their number can show of the result at hand.

The panel's audit is made elsewhere; here it meets the scores. Power is that of a test at the level of the intervals,
by the normal approximation: with h the half-width of the difference from a threshold, its error is h / z(0.975), so a
true distance d is told from nothing with the power Φ(z·(d/h − 1)) + Φ(−z·(d/h + 1)).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import NormalDist
from typing import NamedTuple

from bot.scoring.alpha import Alpha
from bot.scoring.clusters import LEVEL

POWER = 0.8
NORMAL = NormalDist()
Z = NORMAL.inv_cdf((1 + LEVEL) / 2)


class Signal(NamedTuple):
    """One sign of contamination: `state` is clean, weak signal, hit or not assessed; `needs` what assessing takes."""

    name: str
    state: str
    needs: str


class Panel(NamedTuple):
    """An audited panel. `repeated` are the questions beyond the first of each group that asks the same, or nearly.

    `closest` is the similarity (0–1) of the two questions in `alike`; `answer` is the place, the share and the chance
    share of the matching answer, None where questions print no choices.
    """

    questions: int
    distinct: int
    effective: float
    repeated: int
    near: int
    contrasts: int
    closest: float | None
    alike: tuple[str, str] | None
    method: str
    signals: tuple[Signal, ...]
    answer: tuple[int, float, float] | None = None
    balanced: bool | None = None

    @property
    def repeated_share(self) -> float:
        """Of all questions, 0–1."""
        return self.repeated / self.questions if self.questions else 0.0

    def having(self, state: str) -> tuple[Signal, ...]:
        """The signals of one state."""
        return tuple(signal for signal in self.signals if signal.state == state)


class Reach(NamedTuple):
    """What the panel can show of one cell, in points: the smallest distance found with 80 % power.

    `distance` is the observed one from the nearest threshold and `power` (0–1) that for it; None without a threshold.
    """

    alpha: Alpha
    detectable: float
    distance: float | None
    power: float | None


def reaches_of(alphas: Sequence[Alpha], held: Iterable[tuple[Alpha, float, float | None]]) -> tuple[Reach, ...]:
    """Every cell with an interval; `held` are cells with their distance from a threshold and its half-width."""
    nearest: dict[tuple[str, str], tuple[float, float]] = {}
    for alpha, distance, half in held:
        place = (alpha.judge, alpha.condition)
        if half and (place not in nearest or distance / half < nearest[place][0] / nearest[place][1]):
            nearest[place] = (distance, half)
    found = (reach_of(alpha, nearest.get((alpha.judge, alpha.condition))) for alpha in alphas)
    return tuple(reach for reach in found if reach is not None)


def reach_of(alpha: Alpha, nearest: tuple[float, float] | None) -> Reach | None:
    """One cell; None where it has no interval, or one without a width."""
    half = nearest[1] if nearest else (alpha.estimate.half_width if alpha.estimate else None)
    if not half:
        return None
    smallest = detectable(half)
    return Reach(alpha, smallest, *((nearest[0], power(*nearest)) if nearest else (None, None)))


def detectable(half: float) -> float:
    """The distance that is told from nothing with 80 % power, in the unit of `half`."""
    return half * (1 + NORMAL.inv_cdf(POWER) / Z)


def power(distance: float, half: float) -> float:
    """Chance that an interval of half-width `half` leaves out a threshold that truly lies `distance` away."""
    ratio = distance / half
    return NORMAL.cdf(Z * (ratio - 1)) + NORMAL.cdf(-Z * (ratio + 1))
