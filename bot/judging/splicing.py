"""Changing single values of a JSON text and no other byte of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

_DECODER = json.JSONDecoder(strict=False)
_SPACE = " \t\n\r"
_MARK = "\ufeff"


class Span(NamedTuple):
    """Where a value stands in a text: from `start` up to `end`."""

    start: int
    end: int


class Change(NamedTuple):
    """A value's place, and the text that takes it."""

    span: Span
    text: str


def whole(text: str) -> Span:
    """The one value of a JSON text. Raises ValueError where there is none."""
    return _span_at(text, _skipped(text, len(_MARK) if text.startswith(_MARK) else 0))


def members(text: str, of: Span) -> dict[str, Span]:
    """The values of an object by key; of a key given twice the last, as every reader takes it."""
    return dict(_members(text, of)) if text[of.start] == "{" else {}


def elements(text: str, of: Span) -> list[Span]:
    """The values of a list."""
    return list(_elements(text, of)) if text[of.start] == "[" else []


def value_at(text: str, span: Span) -> Any:
    """What stands there."""
    return _DECODER.raw_decode(text, span.start)[0]


def changed(text: str, changes: Iterable[Change]) -> str:
    """The text with all changes, which must not overlap."""
    for change in sorted(changes, reverse=True):
        text = text[: change.span.start] + change.text + text[change.span.end :]
    return text


def written_like(text: str, span: Span, value: object) -> str:
    """`value` as JSON in the manner of what stands at `span`: indented as deep, or in one line."""
    old = text[span.start : span.end]
    ascii_only = text.isascii()
    if "\n" not in old:
        separators = (", ", ": ") if ": " in old or len(old) < 3 else (",", ":")
        return json.dumps(value, ensure_ascii=ascii_only, separators=separators)
    inner, outer = _indents(old)
    lines = json.dumps(value, ensure_ascii=ascii_only, indent=inner[len(outer) :] or 1).split("\n")
    return f"\n{outer}".join(lines)


def _indents(old: str) -> tuple[str, str]:
    """What the first inner line and the last line start with."""
    lines = old.split("\n")
    inner = lines[1][: len(lines[1]) - len(lines[1].lstrip(_SPACE))]
    outer = lines[-1][: len(lines[-1]) - len(lines[-1].lstrip(_SPACE))]
    return (inner, outer) if inner.startswith(outer) else (inner, "")


def _members(text: str, of: Span) -> Iterator[tuple[str, Span]]:
    at = _skipped(text, of.start + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        span = _span_at(text, _skipped(text, _skipped(text, at) + 1))
        yield key, span
        at = _next(text, span.end)


def _elements(text: str, of: Span) -> Iterator[Span]:
    at = _skipped(text, of.start + 1)
    while text[at] != "]":
        span = _span_at(text, at)
        yield span
        at = _next(text, span.end)


def _span_at(text: str, at: int) -> Span:
    return Span(at, _DECODER.raw_decode(text, at)[1])


def _next(text: str, at: int) -> int:
    """The place after a value: its end, or past the comma to what follows."""
    at = _skipped(text, at)
    return _skipped(text, at + 1) if text[at] == "," else at


def _skipped(text: str, at: int) -> int:
    while text[at : at + 1] and text[at] in _SPACE:
        at += 1
    return at
