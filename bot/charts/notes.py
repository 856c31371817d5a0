"""Sentences that a figure says about itself, built from its points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.charts.points import Judge, Point

NAMED_COUNTS = 3
"""Up to so many conditions, the note names each one with its count; beyond, it gives the range of the counts."""


def bounds_note(points: Sequence[Point], judges: Sequence[Judge], labels: Mapping[str, str], symbol: str) -> str | None:
    """What the shaded bars mean, or None where no point has bounds. `labels` are the figure's names of conditions."""
    bounded = [point for point in points if point.bound_low is not None and point.bound_high is not None]
    if not bounded:
        return None
    parts = []
    for judge in judges:
        own = [point for point in bounded if point.judge == judge.id and point.n_failed is not None]
        if own:
            parts.append(f"{_counts(own, labels)} {judge.label} judgements")
    missing = " and ".join(parts) or "judgements"
    return f"shaded: where {symbol} can lie with {missing} missing"


def _counts(points: Sequence[Point], labels: Mapping[str, str]) -> str:
    totals = {point.n_total for point in points}
    shared = totals.pop() if len(totals) == 1 else None
    of_all = "" if shared is None else f" of {shared:,}"
    if len(points) > NAMED_COUNTS:
        return _range([point.n_failed or 0 for point in points]) + of_all
    own_total = [_of(point) if shared is None else "" for point in points]
    named = [
        f"{point.n_failed:,}{own} ({labels[point.condition]})" for point, own in zip(points, own_total, strict=True)
    ]
    return _listed(named) + of_all


def _of(point: Point) -> str:
    return "" if point.n_total is None else f" of {point.n_total:,}"


def _range(counts: Sequence[int]) -> str:
    low, high = min(counts), max(counts)
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


SIDE_BY_SIDE = "Conditions that would hide each other stand side by side."
NAMED_TOGETHER = "Conditions named together lie on each other."


def hidden_rows_note(shown: int, total: int, what: str = "conditions") -> str | None:
    """Says how many conditions a figure leaves out, None where it leaves out none."""
    return None if shown >= total else f"The first {shown:,} of {total:,} {what}; the data file holds all."
