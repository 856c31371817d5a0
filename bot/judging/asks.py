"""One thing to ask a judge: what, of whom, by which rubric, and where the answer belongs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from bot.archives.rejudged import Line
from bot.judging.prompts import Part, Rubric, request_of

Purpose = Literal["failed", "all", "shift", "column"]

ID_LENGTH = 40  # of 64 hexadecimal digits; with a batch's nonce before it, it fits into a custom_id


@dataclass(frozen=True, slots=True)
class Place:
    """Where a verdict belongs: a file below the archive's root, and in it a question's sample, or a run's number."""

    file: str
    question: str
    index: int


@dataclass(frozen=True)
class Ask:
    """One call. `judged` is the digest that readers hold a verdict against; `own` whether the judge is the cell's own.

    `failure` is the class of the judgement that failed, "" for one that did not; `where` names its cell in tables.
    """

    place: Place
    purpose: Purpose
    model: str
    own: bool
    rubric: Rubric
    parts: tuple[Part, ...]
    judged: str
    failure: str
    where: str

    @cached_property
    def key(self) -> str:
        """Digest of (judge model, rubric, question or task, completion or excerpt, parameters)."""
        return digest([self.model, self.rubric.digest, self.parts, self.rubric.parameters])

    @cached_property
    def id(self) -> str:
        """Digest of the key and the place: two samples with the same text are judged each for itself."""
        return digest([self.key, self.place.file, self.place.question, self.place.index])[:ID_LENGTH]

    def request(self) -> dict[str, Any]:
        """The body of the request; made anew at each call, since ten thousand of them would fill the memory."""
        return request_of(self.model, self.rubric, self.parts)

    def line(self, kind: str, **values: Any) -> Line:
        """A line of the journal about this ask."""
        place = self.place
        return Line(
            kind=kind, id=self.id, key=self.key, purpose=self.purpose, file=place.file, question=place.question,
            index=place.index, judged=self.judged, judge_model=self.model, own=self.own, rubric=self.rubric.digest,
            **values,
        )  # fmt: skip


def digest(value: object) -> str:
    """SHA-256 of a JSON value."""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def by_id(asks: Iterable[Ask]) -> dict[str, Ask]:
    """Asks by their id."""
    return {ask.id: ask for ask in asks}
