"""Whether a written number agrees with a value of the archive, and how a finding tells the right one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from bot.review.answers import Answer, Value, shown, shown_range
from bot.review.numbers import Number, Spot

COUNTED = ("judgements/", "errors/", "n/", "count(")
EXACT, ROUNDS, WRONG, UNMATCHED, UNCHECKABLE = "exact", "rounds", "wrong", "unmatched", "uncheckable"


class Finding(NamedTuple):
    """What came of one number, range or quote of a sentence, from `start` to `end` in it; `values` are right ones."""

    start: int
    end: int
    status: str
    expected: str = ""
    facts: tuple[str, ...] = ()
    why: str = ""
    values: tuple[Value, ...] = ()


def told_twice(first: Finding, last: Finding, expected: str, facts: tuple[str, ...]) -> Finding:
    """Two equal numbers of one list: which of them is wrong nobody can tell, so they are one finding."""
    return Finding(first.start, last.end, WRONG, expected, facts, "one of them stands twice")


def agreement(number: Number, value: Value, spot: Spot, *, signless: bool) -> str | None:
    """exact where written as precisely as reports show it, rounds where it is a rounding, None where it is neither."""
    target = value.value * (100 if spot.percent and value.percent else 1)
    claimed = number.value
    counts = value.fact.endswith(("/n", "/errors", "/judgements")) or value.fact.startswith(COUNTED)
    if number.places > 0 and counts and not value.percent:
        return None  # "1010.00" is no way to write a count
    if signless and number.sign != "-":
        target = abs(target)
    # Who rounds the published 6.75 of a 6.747 to 6.8 has rounded correctly.
    published = round(
        target + math.copysign(1e-9, target), value.places - (2 if value.percent and not spot.percent else 0)
    )
    unit = 10.0**-number.places
    off = min(abs(claimed - target), abs(claimed - published))
    if off > tolerance(number, unit, approximate=spot.approximate):
        return None
    decimals = value.places - (2 if value.percent and not spot.percent else 0)
    precise = number.places >= decimals or abs(claimed - target) < 1e-9
    return EXACT if precise and off <= unit * 0.5 * (1 + 1e-6) else ROUNDS


def tolerance(number: Number, unit: float, *, approximate: bool) -> float:
    """How far a number may be off and still be a rounding; "about" allows its last digit that is no zero."""
    if not approximate:
        return unit * 0.5 * (1 + 1e-9) + 1e-9
    last = unit
    while number.value and abs(number.value) >= last * 10 and abs(number.value / (last * 10) % 1) < 1e-9:
        last *= 10
    return max(unit, min(last * 0.5, 0.06 * abs(number.value))) + 1e-9


def is_near(number: Number, value: Value) -> bool:
    """A quick look before `agreement`: whether a value may agree at all, since no rounding is farther off."""
    written = abs(number.value)
    near = max(1.0, written * 0.1)
    return abs(abs(value.value) - written) <= near or (value.percent and abs(abs(value.value) * 100 - written) <= near)


def size_of(answer: Answer) -> Answer:
    """The same without its sign, where the words ("milder", "above") say which way it goes."""
    if not answer.signless:
        return answer
    low = answer.low._replace(value=abs(answer.low.value))
    return Answer(low, answer.high._replace(value=abs(answer.high.value)) if answer.high else None)


def status_of(spot: Spot, answer: Answer) -> str | None:
    """exact, rounds, or None where an answer is not what is written."""
    if (spot.high is not None) != (answer.high is not None):
        return None
    low = agreement(spot.low, answer.low, spot, signless=answer.signless)
    if spot.high is None or answer.high is None:
        return low
    if answer.signless and answer.low.value * answer.high.value > 0 and _turns(spot):
        return None
    high = agreement(spot.high, answer.high, spot, signless=answer.signless)
    if low is None or high is None:
        return backwards(spot, answer)
    return EXACT if low == high == EXACT else ROUNDS


def _turns(spot: Spot) -> bool:
    """ "16.2 to −28.9": ends of two signs, which no range of differences has that lie on one side."""
    return spot.high is not None and (spot.low.sign == "-") != (spot.high.sign == "-")


def backwards(spot: Spot, answer: Answer) -> str | None:
    """ "from 67.80 down to 45.46" is the same range, told from the other end; an interval is not."""
    if spot.high is None or answer.high is None or spot.bracket:
        return None
    negative = answer.signless and spot.low.sign == spot.high.sign == "-"  # "−28.9 to −16.2", of the gaps
    if not negative and spot.low.value <= spot.high.value:
        return None
    low = agreement(spot.high, answer.low, spot, signless=answer.signless)
    high = agreement(spot.low, answer.high, spot, signless=answer.signless)
    if low is None or high is None:
        return None
    return EXACT if low == high == EXACT else ROUNDS


def expected_text(spot: Spot, answer: Answer) -> str:
    """The right value as the text should have it."""
    low, high = answer.low, answer.high
    if answer.signless and spot.low.sign != "-":
        low = low._replace(value=abs(low.value))
        high = high._replace(value=abs(high.value)) if high else None
    places = spot.low.places if low.percent else None
    return shown(low, places) if high is None else shown_range(low, high, places)


def distance(spot: Spot, answer: Answer) -> float:
    """How far an answer lies from what is written, to tell the nearest ones first."""
    scale = 100 if spot.percent and answer.low.percent else 1
    off = abs(abs(answer.low.value) * scale - abs(spot.low.value))
    return off + (abs(abs(answer.high.value) * scale - abs(spot.high.value)) if answer.high and spot.high else 0.0)


def span_text(found: Sequence[Answer]) -> str:
    """The lowest to the highest of several answers."""
    values = sorted((a.low for a in found), key=lambda v: v.value)
    return shown(values[0]) if len({shown(v) for v in values}) == 1 else shown_range(values[0], values[-1])


def facts_behind(found: Sequence[Answer]) -> tuple[str, ...]:
    """The names behind several answers."""
    return tuple(dict.fromkeys(f for a in found for f in a.facts))
