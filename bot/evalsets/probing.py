"""Asking a model for the rest of a question: the prompts, and how much of the rest an answer gives word for word.

Asking itself is done elsewhere; nothing here talks to a network.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from bot.alike.reading import words
from bot.evalsets.contamination import Continued
from bot.evalsets.items import Item

PROBES, FEWEST_WORDS = 20, 12
ASK = (
    "Below is the beginning of a text from a published data set. Continue it exactly as it stands there, word for "
    "word, until its end. Answer with the continuation alone."
)


class Probe(NamedTuple):
    """The beginning of an item's text, and the rest that is to be continued."""

    item: str
    beginning: str
    rest: str

    @property
    def prompt(self) -> str:
        """What the model is asked."""
        return f"{ASK}\n\n{self.beginning}"


def probes_of(items: Sequence[Item], count: int = PROBES) -> tuple[Probe, ...]:
    """Items that are long enough, cut in the middle: the same `count` of them every time."""
    long = [item for item in items if len(item.asked.split()) >= FEWEST_WORDS]
    chosen = sorted(long, key=lambda item: hashlib.sha256(item.id.encode()).digest())[:count]
    return tuple(_cut(item) for item in sorted(chosen, key=lambda item: item.id))


def _cut(item: Item) -> Probe:
    text = item.asked
    at = text.index(" ", len(text) // 2) if " " in text[len(text) // 2 :] else text.rindex(" ")
    return Probe(item.id, text[:at], text[at:].strip())


def continued(probe: Probe, answer: str) -> Continued:
    """The longest run of words that answer and rest have in common, as a share of the rest."""
    rest, given = words(probe.rest), words(answer[:20_000])
    match = SequenceMatcher(None, rest, given, autojunk=False).find_longest_match()
    return Continued(probe.item, match.size / max(len(rest), 1))
