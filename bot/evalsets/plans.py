"""What a given set can show, and what a planned one would: figures with the name of their method beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from bot.evalsets.items import Item
from bot.evalsets.power import (
    ALPHA,
    LEVEL,
    METHODS,
    POWER,
    Needed,
    detectable,
    exact_power,
    half_width,
    items_for,
    needed,
    two_arm_items,
    with_samples,
)

AGAINST = 0.6
MOST_EXACT = 5_000


class SetPower(NamedTuple):
    """What a set can show about one share near 50 %, on `effective` independent items (rounded down, at least one).

    Half-widths are Wilson's at 95 %, 0–1; `kinds` gives them by kind of item, on rows. `against_60` is the exact
    binomial power to tell 60 % from 50 %; `detectable` the smallest share above 50 % found with 80 % power.
    """

    items: int
    effective: int
    half_width_items: float
    half_width_effective: float
    kinds: dict[str, tuple[int, float]]
    against_60: float
    detectable: float | None

    def as_dict(self) -> dict[str, Any]:
        """As plain values, each with its method."""
        kinds = {kind: {"items": n, "half_width": half} for kind, (n, half) in self.kinds.items()}
        return {
            "level": LEVEL,
            "share": 0.5,
            "half_width": {"method": "Wilson", "items": self.half_width_items, "effective": self.half_width_effective},
            "kinds": kinds,
            "effective_items": self.effective,
            "power_60_against_50": {"method": "exact binomial, two-sided", "alpha": ALPHA, "value": self.against_60},
            "detectable_share": {"method": "exact binomial, two-sided", "power": POWER, "value": self.detectable},
        }


def power_of(items: int, effective: float, all_items: Sequence[Item] = ()) -> SetPower:
    """What so many items, so many of them independent, can show."""
    n = max(1, int(effective + 1e-9))
    counted = Counter(item.kind for item in all_items)
    exact = min(n, MOST_EXACT)
    return SetPower(
        items, n, half_width(items), half_width(n),
        {kind: (each, half_width(each)) for kind, each in counted.most_common()},
        exact_power(exact, 0.5, AGAINST), detectable(exact),
    )  # fmt: skip


EXAMPLES = (100, 20, 10)
"""Numbers of items whose half-widths every plan shows: what a suite of questions, dialogues and trajectories has."""


class Plan(NamedTuple):
    """A plan to tell `true` from `null` with a power, and to know a share to within ± `half`.

    `widths` gives items by interval method, `width_power` the exact power against `true` of as many as Wald's asks for,
    `half_widths` Wilson's for some numbers of items. `one` are the items of one set against a fixed share, `two_arms`
    those of each of two sets, `sampled` those of one set with `samples` of each (None: one sample).
    """

    null: float
    true: float
    power: float
    alpha: float
    half: float
    samples: int
    correlation: float
    widths: dict[str, int]
    width_power: float | None
    half_widths: dict[int, float]
    one: Needed
    two_arms: int
    sampled: int | None

    def as_dict(self) -> dict[str, Any]:
        """As plain values, each figure under its method."""
        told = self._asdict()
        exact = {"first": self.one.first, "for_good": self.one.for_good}
        told["half_widths"] = {"method": "Wilson"} | {str(items): half for items, half in self.half_widths.items()}
        return told | {"one": {"normal": self.one.normal, "exact binomial": exact}}


def plan(
    null: float = 0.5, true: float = AGAINST, power: float = POWER, alpha: float = ALPHA, half: float = 0.10,
    samples: int = 1, correlation: float = 0.0,
) -> Plan:  # fmt: skip
    """Make a plan; EvalSetError where it cannot be."""
    one = needed(null, true, power, alpha)
    widths: dict[str, int] = {method: items_for(half, null, method, 1 - alpha) for method in METHODS}
    return Plan(
        null, true, power, alpha, half, samples, correlation, widths,
        exact_power(widths["Wald"], null, true, alpha) if widths["Wald"] <= MOST_EXACT else None,
        {items: half_width(items, null, "Wilson", 1 - alpha) for items in EXAMPLES},
        one, two_arm_items(null, true, power, alpha),
        with_samples(one.first if one.first is not None else one.normal, samples, correlation) if samples > 1 else None,
    )  # fmt: skip
