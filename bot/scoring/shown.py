"""How a number is written: typographic minus, fixed decimals, no negative zero."""

from __future__ import annotations

from decimal import Decimal

MINUS = "−"


def decimals(value: float | None, places: int) -> str:
    """`value` with `places` decimals, e.g. −19.08; an en dash where there is no value."""
    if value is None:
        return "–"
    text = f"{value:.{places}f}"
    if not text.startswith("-"):
        return text
    return text[1:] if float(text) == 0 else MINUS + text[1:]


def points(value: float | None) -> str:
    """A score on the 0–100 scale, two decimals."""
    return decimals(value, 2)


def count(value: int | None) -> str:
    """A count with thousands separated by commas."""
    return "–" if value is None else f"{value:,}".replace("-", MINUS)


def percent(value: float | None) -> str:
    """A share (0–1) as a percentage, one decimal."""
    return "–" if value is None else f"{decimals(100 * value, 1)} %"


def stated(value: float) -> str:
    """A stated value as it was written, as far as a number remembers that; never in powers of ten."""
    return plain(value).replace("-", MINUS)


def plain(value: float) -> str:
    """Up to ten significant digits, without an exponent: 0.00001."""
    return format(Decimal(f"{value + 0.0:.10g}"), "f")  # + 0.0: no negative zero


def places_of(values: list[float]) -> int:
    """The fewest decimals that show all `values` as they were written, so that a column lines up."""
    return max((len(plain(v).partition(".")[2]) for v in values), default=0)


WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def in_words(value: int) -> str:
    """A small count in words, a larger one in digits."""
    return WORDS[value] if 0 <= value < len(WORDS) else count(value)


def as_unit(value: object, unit: str) -> str:
    """A value of a former report, shown as facts of that unit are."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value) if value is not None else "–"
    if unit == "share":
        return percent(value)
    if unit == "count":
        return count(int(value))
    return points(value) if unit == "points" else stated(value)
