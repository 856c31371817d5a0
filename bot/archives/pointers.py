"""Places inside a JSON file, as reports name them."""

from __future__ import annotations

_LONGEST = 160


def escaped(key: str) -> str:
    """A key as a part of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def clipped(place: str) -> str:
    """A place short enough for a table: questions may be long, so the middle goes."""
    half = _LONGEST // 2
    return place if len(place) <= _LONGEST else f"{place[:half]}…{place[-half:]}"
