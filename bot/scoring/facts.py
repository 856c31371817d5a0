"""A fact: a number together with how it was made and what it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from bot.archives.records import Source
from bot.errors import ReportError

Value = float | int | str | None


class Origin(NamedTuple):
    """Where in a file a number starts from: the file, and the JSON pointer inside it."""

    source: Source
    pointer: str


class Fact(msgspec.Struct, frozen=True):
    """One number of a report.

    `value` is at full precision, `shown` is how reports print it, `unit` in words ("points", "share", "count"),
    `recipe` says how a stranger computes it from `origins`. `stated` marks a value that somebody declared
    (report.yaml, an earlier issue) and that no archive at hand can confirm.
    """

    name: str
    value: Value
    shown: str
    unit: str
    recipe: str
    origins: tuple[Origin, ...] = ()
    stated: bool = False


class Facts(Mapping[str, Fact]):
    """All facts of a report by name, in the order they were made. A name is given once."""

    def __init__(self) -> None:
        self._facts: dict[str, Fact] = {}

    def add(self, fact: Fact) -> Fact:
        """Keep `fact`; raises ReportError where its name is taken, because two numbers would answer to it."""
        if fact.name in self._facts:
            raise ReportError(
                f"two facts are called {fact.name!r}", fix="give one of the conditions or references another name"
            )
        self._facts[fact.name] = fact
        return fact

    def __getitem__(self, name: str) -> Fact:
        return self._facts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)
