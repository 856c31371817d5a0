"""Rows that ask the same thing: identical questions, and one question behind many personas.

A persona is a self-description of the user in front of the question. A row's *core* is its question without one. Two
rows are one question where their cores are the same string.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from bot.alike.reading import Asked, bag, take_apart, words

_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]?\s+(?=[\"'(\[]?[A-Z0-9])|\n\s*\n")
_WHO = re.compile(
    r"\bmy name is\b|\b(?:i am|i'm|i’m) (?:an? |the |from |in my |currently |originally )|\byears?[- ]old\b"
    r"|\bi (?:live|work|grew up|was born|was raised|reside|identify) |\bas an? \w+"
    r"|\bmy (?:hobbies|friends and family)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:i|i'm|i’m|my|me|mine|we|our)\b", re.IGNORECASE)

ENOUGH_PERSONAS = 0.8
"""Share of the texts before a repeated question that must be self-descriptions, for them to be personas."""

FIRST_PERSON_SHARE = 0.6
SPECIFIC_WORDS = 3
GENERIC = bag(
    "a about ago agree all am an and answer any are as at be best between but by can choice choices choose closest "
    "come comes correct could describes did disagree do does each either else false following for from had has have "
    "how i if in is it its just know me most my no not of okay on one option options or other please prefer question "
    "rather really right say should so statement statements strongly sure than that the their them there these they "
    "think this to true two us use view views want was we what when which who why will with would wrong yes you your "
    "opinion"
)


class Row(NamedTuple):
    """A row's core question, and the persona before it ("" where there is none)."""

    core: str
    persona: str


class Cluster(NamedTuple):
    """Rows that ask one question: its text, the places of the rows, and in how many personas."""

    core: str
    rows: tuple[int, ...]
    personas: int


def cores_of(questions: Sequence[str]) -> list[Row]:
    """Every question without the persona that stands before it."""
    split = [_split(question) for question in questions]
    rows = [Row(question, "") for question in questions]
    for members in _grouped(range(len(split)), lambda at: split[at].ending).values():
        texts = [split[at].before for at in members]
        if len(set(texts)) > 1 and _are_personas(texts) and _is_specific(split[members[0]]):
            for at in members:
                rows[at] = _row(questions[at], split[at].before)
    return rows


class _Split(NamedTuple):
    """A question cut before the last sentence of its stem; `ending` is what a group of rows has in common."""

    before: str
    ending: str
    asked: Asked


def _split(question: str) -> _Split:
    asked = take_apart(question)
    cuts = [match.end() for match in _SENTENCE_END.finditer(asked.stem)]
    at = cuts[-1] if cuts else 0
    options = "|".join(" ".join(words(option.text)) for option in asked.options)
    return _Split(asked.stem[:at].strip(), f"{' '.join(words(asked.stem[at:]))}|{options}", asked)


def _row(question: str, persona: str) -> Row:
    return Row(question[question.index(persona) + len(persona) :].lstrip(), persona) if persona else Row(question, "")


def _are_personas(texts: Iterable[str]) -> bool:
    """Whether most of the texts describe who is speaking; a row without any persona counts for neither."""
    given = [text for text in texts if text]
    return bool(given) and sum(map(is_persona, given)) >= ENOUGH_PERSONAS * len(given)


def is_persona(text: str) -> bool:
    """Whether a text says who its speaker is, in most of its sentences in the first person."""
    sentences = [sentence for sentence in _SENTENCE_END.split(text) if sentence and sentence.strip()]
    own = sum(bool(_FIRST_PERSON.search(sentence)) for sentence in sentences)
    return bool(_WHO.search(text)) and own >= FIRST_PERSON_SHARE * len(sentences)


def _is_specific(split: _Split) -> bool:
    """Whether the shared ending is a question of its own, and no stock phrase such as `Do you agree?`."""
    return len({word for word in split.ending.replace("|", " ").split() if word not in GENERIC}) >= SPECIFIC_WORDS


def clusters_of(rows: Sequence[Row]) -> list[Cluster]:
    """Rows by their core, in the order in which the cores first appear."""
    grouped = _grouped(range(len(rows)), lambda at: rows[at].core)
    return [
        Cluster(core, tuple(members), len({rows[at].persona for at in members if rows[at].persona}))
        for core, members in grouped.items()
    ]


def _grouped(places: Iterable[int], key: Callable[[int], str]) -> dict[str, list[int]]:
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for place in places:
        groups[key(place)].append(place)
    return groups


def effective_number(sizes: Sequence[int], close: Iterable[tuple[int, int]]) -> float:
    """n² / Σ_ij s_ij with s_ij = 1 where rows i and j ask the same and 0 elsewhere, of n = Σ `sizes` rows.

    It is the number of independent items whose mean is as precise as the mean over all rows, if rows that ask the same
    are answered alike (Kish's design effect at an intraclass correlation of 1; of equal clusters, their number).
    `close` are the pairs of clusters that count as the same too.
    """
    n = sum(sizes)
    alike = sum(size * size for size in sizes) + 2 * sum(sizes[i] * sizes[j] for i, j in close)
    return n * n / alike if n else 0.0
