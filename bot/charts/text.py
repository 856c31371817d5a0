"""Untrusted text made drawable: nothing in a label may hide, reorder, break or blow up a figure.

mathtext is switched off by the style; here go characters that no font shows or that change how others are shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import count

ELLIPSIS = "…"
UNSHOWN = "\N{REPLACEMENT CHARACTER}"
NO_GLYPH = "\N{WHITE SQUARE}"
UNNAMED = "(unnamed)"
BREAK_AFTER = " _-/.,:"
MAX_MARKS = 2
MAX_INPUT = 2000
WIDE_SPACE = re.compile(" {3,}")

Fits = Callable[[str], bool]


def drawable(text: str) -> str:
    """`text` on one line, with every character that cannot or must not be drawn replaced by a visible sign.

    Controls, bidirectional overrides and lone surrogates become U+FFFD, characters without a glyph in the figure's
    font a white square; joiners and variation selectors are dropped, and stacked accents beyond two. Right-to-left
    scripts count as having no glyph: they would reorder the words around them.
    """
    shown: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text if len(text) <= MAX_INPUT else text[:MAX_INPUT] + ELLIPSIS):
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me", "Mc"} else 0
        if marks <= MAX_MARKS:
            shown.append(_drawable_character(character))
    return WIDE_SPACE.sub("  ", "".join(shown)).strip()


@lru_cache(maxsize=4096)
def _drawable_character(character: str) -> str:
    if character.isspace():
        return " "
    if _is_dropped(character):
        return ""
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn"}:
        return UNSHOWN
    if unicodedata.bidirectional(character) in {"R", "AL", "AN"} or ord(character) not in _glyphs():
        return NO_GLYPH
    return character


def _is_dropped(character: str) -> bool:
    zero_width = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
    return character in zero_width or "\ufe00" <= character <= "\ufe0f"


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    """Code points that the figure's font shows in regular and in bold."""
    from bot.charts.style import glyphs

    return glyphs()


def shorten(text: str, fits: Fits) -> str:
    """`text`, or as much of its start as fits, ended by an ellipsis. For sentences."""
    return _longest(text, fits, lambda keep: text[:keep].rstrip() + ELLIPSIS)


def shorten_middle(text: str, fits: Fits) -> str:
    """`text`, or as much of its start and end as fits, joined by an ellipsis. For names, which often differ late."""

    def middle(keep: int) -> str:
        tail = keep // 2
        return text[: keep - tail].rstrip() + ELLIPSIS + (text[-tail:].lstrip() if tail else "")

    return _longest(text, fits, middle)


def _longest(text: str, fits: Fits, cut: Callable[[int], str]) -> str:
    if fits(text):
        return text
    low, high = 0, len(text) - 1
    while low < high:
        keep = (low + high + 1) // 2
        low, high = (keep, high) if fits(cut(keep)) else (low, keep - 1)
    return cut(low)


def wrap(text: str, fits: Fits, lines: int) -> list[str]:
    """`text` in at most `lines` lines that fit, broken at spaces or signs, else inside a word; the last is cut."""
    broken: list[str] = []
    rest = text
    while len(broken) < lines - 1 and not fits(rest):
        head = _first_line(rest, fits)
        broken.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return [*broken, shorten(rest, fits)] if rest or not broken else broken


def _first_line(text: str, fits: Fits) -> str:
    low, high = 1, max(len(text) - 1, 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(text[:middle]) else (low, middle - 1)
    if text[low : low + 1] == " ":
        return text[:low]
    breaks = [place for place in range(1, low) if text[place] in BREAK_AFTER]
    return text[: breaks[-1] + 1] if breaks else text[:low]


def distinct_labels(labels: Sequence[str], ids: Sequence[str], fits: Fits) -> list[str]:
    """One drawable label for each id, shortened to fit and never twice the same: two points must not share a name."""
    names = [drawable(label) or UNNAMED for label in labels]
    shown = [shorten_middle(name, fits) for name in names]
    if (again := _twice(shown)) and _twice(names):
        long = [f"{name} · {drawable(key)}" for name, key in zip(names, ids, strict=True)]
        shown = [shorten_middle(long[i], fits) if shown[i] in again else shown[i] for i in range(len(shown))]
    return _numbered(shown, fits)


def distinct_sentences(texts: Sequence[str], fits: Fits) -> list[str]:
    """Drawable sentences cut at their ends; those that would then read the same are cut in the middle instead."""
    whole = [drawable(text) or UNNAMED for text in texts]
    shown = [shorten(text, fits) for text in whole]
    again = _twice(shown)
    middle = [shorten_middle(text, fits) if cut in again else cut for text, cut in zip(whole, shown, strict=True)]
    return _numbered(middle, fits)


def _twice(names: Sequence[str]) -> set[str]:
    return {name for name, times in Counter(names).items() if times > 1}


def _numbered(shown: Sequence[str], fits: Fits) -> list[str]:
    again = _twice(shown)
    taken = set(shown) - again
    unique = []
    for label in shown:
        unique.append(_first_free(label, taken, fits) if label in again else label)
        taken.add(unique[-1])
    return unique


def _first_free(label: str, taken: set[str], fits: Fits) -> str:
    endings = (f" ({number})" for number in count(1))
    return next(name for ending in endings if (name := _with_ending(label, ending, fits)) not in taken)


def _with_ending(label: str, ending: str, fits: Fits) -> str:
    return shorten(label, lambda start: fits(start + ending)) + ending
