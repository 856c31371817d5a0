"""What an audit found, in words, the worst first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

Severity = Literal["high", "medium", "low", "info"]
SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low", "info")

NOT_ASSESSED = "not assessed"


class Finding(NamedTuple):
    """One thing to know about a set: how much it weighs, what it is, and where (ids, or "" for the whole set)."""

    severity: Severity
    what: str
    where: str = ""


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first, those of one severity as they came."""
    return tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))


def some(ids: Sequence[str], most: int = 5) -> str:
    """The first few of many ids."""
    return ", ".join(ids[:most]) + (f" and {len(ids) - most:,} more" if len(ids) > most else "")


def percent(share: float) -> str:
    """A share as a percentage."""
    return f"{100 * share:.1f} %"
