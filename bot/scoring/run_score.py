"""run_score: one attempt of an agent at a task, from completion, trajectory, behaviour and judge."""

from __future__ import annotations

from typing import NamedTuple

from bot.archives.sweep_records import Run

COMPLETE = 0.9999  # C from which a verifier counts as passed
SAME = 0.00005  # by how much a stored score may differ from the recomputed one
PLACES = 4


class Recomputed(NamedTuple):
    """A run counted again: `score` as its judge's score is stored, `without_judge`, and with J at 0 and at 1.

    All 0–1, rounded to 4 places; None where the archive lacks a part that the formula needs.
    """

    score: float | None
    without_judge: float | None
    lowest: float | None
    highest: float | None


def recompute(run: Run) -> Recomputed:
    """Count one run again (scoring.md, "run_score")."""
    if run.c is None or run.t is None or run.b is None:
        return Recomputed(None, None, None, None)
    verified = run.total_assertions > 0
    stored = run.j if run.enabled and run.judge_error is None else None
    base = weighted(run.c, run.t, run.b, None, verified=verified)
    if run.judge_failed is None:
        score = weighted(run.c, run.t, run.b, stored, verified=verified)
        return Recomputed(score, base, score, score)
    ends = [weighted(run.c, run.t, run.b, j, verified=verified) for j in (0.0, 1.0)]
    return Recomputed(weighted(run.c, run.t, run.b, stored, verified=verified), base, min(ends), max(ends))


def weighted(c: float, t: float, b: float, j: float | None, *, verified: bool) -> float:
    """The weighted sum that applies, clipped to 0–1 and rounded to 4 places.

    No judge score, or a verifier that did not pass: (0.4C + 0.3T + 0.2B) / 0.9. A verifier that passed:
    0.4C + 0.3T + 0.2B + 0.1J. No verifier: 0.2C + 0.2T + 0.1B + 0.5J.
    """
    if j is None or (verified and c < COMPLETE):
        return clipped((0.4 * c + 0.3 * t + 0.2 * b) / 0.9)
    if verified:
        return clipped(0.4 * c + 0.3 * t + 0.2 * b + 0.1 * j)
    return clipped(0.2 * c + 0.2 * t + 0.1 * b + 0.5 * j)


def clipped(value: float) -> float:
    """Between 0 and 1, 4 places."""
    return round(min(1.0, max(0.0, value)), PLACES)


def differs(run: Run, recomputed: float | None) -> bool:
    """Whether the stored score is another one than the recomputed."""
    return recomputed is not None and abs(run.run_score - recomputed) > SAME
