"""Lengths of choices: where the matching answer is mostly the longer one, a model can pick it without reading."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from bot.evalsets.clusters import Cluster
from bot.evalsets.findings import Finding, percent
from bot.evalsets.items import Item, McqItem
from bot.evalsets.power import Interval, interval

TELLS, GIVES_AWAY = 0.10, 0.25
"""How far from one half the share must be to be told as low and as medium, with one half outside of its interval."""


class Lengths(NamedTuple):
    """How long the matching choice is against the mean of the others, over distinct questions that are no controls.

    `longer` and `shorter` are counts of questions, which with those of equal length come to `questions`; `matching` and
    `others` are mean lengths in characters; `within` is Wilson's interval of longer / (longer + shorter).
    """

    questions: int
    longer: int
    shorter: int
    matching: float
    others: float
    within: Interval | None

    @property
    def share(self) -> float | None:
        """Questions whose matching choice is the longer one, of those where lengths differ."""
        differ = self.longer + self.shorter
        return self.longer / differ if differ else None

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        low, high = self.within or (None, None)
        ends = {"ci_low": low, "ci_high": high, "method": "Wilson"}
        return {key: value for key, value in self._asdict().items() if key != "within"} | {"share": self.share} | ends


def lengths_of(items: Sequence[Item], clusters: Sequence[Cluster]) -> Lengths:
    """Compare lengths; items without printed choices, or with several matching ones, are left out."""
    found = [pair for cluster in clusters if (pair := _pair(items[cluster.rows[0]])) is not None]
    longer = sum(matching > other for matching, other in found)
    shorter = sum(matching < other for matching, other in found)
    within = interval(longer, longer + shorter) if longer + shorter else None
    means = [math.fsum(column) / len(found) for column in zip(*found, strict=True)] if found else [0.0, 0.0]
    return Lengths(len(found), longer, shorter, means[0], means[1], within)


def _pair(item: Item) -> tuple[float, float] | None:
    if not isinstance(item, McqItem) or item.control or len(item.matching) != 1:
        return None
    texts = {choice.label: len(choice.text.strip()) for choice in item.choices}
    if not all(texts.values()):
        return None
    matching = texts.pop(item.matching[0])
    return float(matching), math.fsum(texts.values()) / len(texts)


def findings_of(found: Lengths) -> Iterator[Finding]:
    """What a user of the set should know."""
    share, within = found.share, found.within
    if share is None or within is None or within.low <= 0.5 <= within.high or abs(share - 0.5) < TELLS:
        return
    word, told = ("longer", share) if share > 0.5 else ("shorter", 1 - share)
    differ = found.longer + found.shorter
    yield Finding(
        "medium" if abs(share - 0.5) >= GIVES_AWAY else "low",
        f"the matching answer is the {word} choice in {percent(told)} of the {differ:,} questions where lengths differ "
        f"(mean {found.matching:.0f} against {found.others:.0f} characters): picking by length needs no reading",
    )
