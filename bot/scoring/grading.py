"""The table of deductions: what costs confidence, in any kind of archive, and what would lift it.

The cut-offs stand in CUTOFFS and nowhere else; docs/confidence.md is made from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

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


def grade(points: int) -> str:
    """0 → HIGH, 1 → MODERATE, 2 or more → LOW."""
    return GRADES[min(points, 2)]


def total(deductions: Sequence[Deduction]) -> int:
    """Points taken off in all."""
    return sum(d.points for d in deductions)


def deduct(domain: str, points: int, why: str, fact: str | None = None, number: float | None = None) -> Deduction:
    """A deduction with the table's own word on what would lift it."""
    return Deduction(domain, points, why, CUTOFFS[domain].lift, fact, number)
