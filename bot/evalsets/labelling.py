"""How far a set's labels can be trusted: do annotators agree, and how sure does the set say it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from bot.evalsets.agreement import krippendorff
from bot.evalsets.findings import NOT_ASSESSED, Finding, some
from bot.evalsets.items import Item

CONFIDENT = 0.8
TENTATIVE = 0.667
"""Krippendorff's own limit below which labels support no conclusion."""


class Labelling(NamedTuple):
    """Krippendorff's nominal alpha over the items that two annotators or more labelled, and label confidence.

    `alpha` is None where no two annotators labelled the same item; `stated` counts items that state a confidence.
    """

    alpha: float | None
    annotated: int
    annotators: int
    stated: int
    threshold: float
    unsure: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        agreement: Any = NOT_ASSESSED
        if self.annotated:
            agreement = {"krippendorff_alpha": self.alpha, "items": self.annotated, "annotators": self.annotators}
        confidence: Any = NOT_ASSESSED
        if self.stated:
            confidence = {"stated": self.stated, "threshold": self.threshold, "below": list(self.unsure)}
        return {"agreement": agreement, "label_confidence": confidence}


def labelling_of(items: Sequence[Item], threshold: float = CONFIDENT) -> Labelling:
    """Agreement and confidence of all labels."""
    units = [list(item.annotations.values()) for item in items if len(item.annotations) > 1]
    stated = [item for item in items if item.label_confidence is not None]
    unsure = tuple(item.id for item in stated if (item.label_confidence or 0.0) < threshold)
    annotators = {name for item in items for name in item.annotations}
    return Labelling(krippendorff(units), len(units), len(annotators), len(stated), threshold, unsure)


def findings_of(found: Labelling, threshold: float) -> Iterator[Finding]:
    """Labels that should not be relied on."""
    if found.annotated and found.alpha is not None and found.alpha < TENTATIVE:
        yield Finding("high", f"annotators agree too little: Krippendorff's alpha {found.alpha:.2f}, below {TENTATIVE}")
    if not found.annotated:
        yield Finding("info", "label agreement not assessed: no item was labelled by two annotators")
    if found.unsure:
        yield Finding("medium", f"{len(found.unsure)} labels with a confidence below {threshold}", some(found.unsure))
    if not found.stated:
        yield Finding("info", "label confidence not assessed: no item states it")
