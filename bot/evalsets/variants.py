"""Held-out transformations of items: options in another order, other names, the statement negated.

A model that knows a set by heart does better on its wording than on the same questions in another. Each variant keeps
its item's id and adds what was done; an item to which a transformation does not apply is left out of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from bot.evalsets.items import Choice, Item, McqItem

Variant = Literal["option_shuffle", "entity_rename", "negation"]
VARIANTS: tuple[Variant, ...] = ("option_shuffle", "entity_rename", "negation")

NAMES = {
    "Alice": "Ingrid", "Bob": "Marek", "John": "Tomas", "Mary": "Leila", "Sarah": "Noor", "David": "Emeka",
    "Maria": "Yuki", "Anna": "Freya", "Tom": "Ravi", "Priya": "Hanna", "James": "Otto", "Emma": "Zofia",
    "Acme": "Norvik", "Initech": "Baltor", "Globex": "Serwin", "Contoso": "Almira", "London": "Lisbon",
    "Chicago": "Denver", "Berlin": "Vienna", "Paris": "Madrid",
}  # fmt: skip
_NAME = re.compile(rf"\b({'|'.join(NAMES)})\b")
_AUXILIARY = re.compile(
    r"\b(is|are|was|were|am|can|could|should|would|will|must|may|might|has|have)\b(?!\s+(?:not|never)\b|n't)", re.I
)
_I_VERB = re.compile(r"^(I|People|We|They|You)\s+(?=[a-z]+\b)")
_NOT = re.compile(r"\b(?:not|never|no)\b|n['’]t\b", re.I)


def variants_of(items: Sequence[Item]) -> Iterator[tuple[Variant, Item]]:
    """Every variant that applies to an item, item by item."""
    for item in items:
        for name, make in (("option_shuffle", shuffled), ("entity_rename", renamed), ("negation", negated)):
            changed = make(item)
            if changed is not None:
                yield name, changed  # type: ignore[misc]  # the names of VARIANTS


def shuffled(item: Item) -> Item | None:
    """The options moved on by one place; labels stay in order, and the matching ones follow their texts."""
    if not isinstance(item, McqItem) or not all(choice.text for choice in item.choices):
        return None
    labels = [choice.label for choice in item.choices]
    texts = [choice.text for choice in item.choices]
    moved = texts[1:] + texts[:1]
    choices = [Choice(label=label, text=text) for label, text in zip(labels, moved, strict=True)]
    matching = [labels[(labels.index(label) - 1) % len(labels)] for label in item.matching]
    question = item.question and _with_options(item.question, texts, moved)
    return _changed(item, choices=choices, matching=[x for x in labels if x in matching], question=question)


def _with_options(question: str, texts: Sequence[str], moved: Sequence[str]) -> str:
    """A question given as one text, with each option's text replaced by the one that takes its place."""
    at = len(question)
    for old, new in zip(reversed(texts), reversed(moved), strict=True):
        at = question.rindex(old, 0, at)
        question = question[:at] + new + question[at + len(old) :]
    return question


def renamed(item: Item) -> Item | None:
    """Names of people, firms and towns replaced by others; None where the item has none of them."""
    values = item.model_dump(mode="json", exclude={"id", "provenance", "source_url", "tags", "annotations"})
    swapped = {key: _renamed(value) for key, value in values.items()}
    return None if swapped == values else _changed(item, **swapped)


def _renamed(value: object) -> object:
    if isinstance(value, str):
        return _NAME.sub(lambda match: NAMES[match[1]], value)
    if isinstance(value, list):
        return [_renamed(each) for each in value]
    if isinstance(value, dict):
        return {key: _renamed(each) for key, each in value.items()}
    return value


def negated(item: Item) -> Item | None:
    """For a statement to agree or disagree with: its negation, with the other answer matching."""
    if not isinstance(item, McqItem) or len(item.choices) != 2 or len(item.matching) != 1:
        return None
    statement = item.user_statement
    if item.question is None or not statement or statement not in item.question:
        return None
    opposite = negation_of(statement)
    if opposite is None:
        return None
    question = item.question.replace(statement, opposite)
    return _changed(item, user_statement=opposite, question=question, matching=item.honest_labels)


def negation_of(statement: str) -> str | None:
    """The statement with `not` in it; None where no simple rule gives good English."""
    if _NOT.search(statement):
        return None
    match = _AUXILIARY.search(statement)
    if match:
        return f"{statement[: match.end()]} not{statement[match.end() :]}"
    match = _I_VERB.match(statement)
    return f"{match[0]}do not {statement[match.end() :]}" if match else None


def _changed(item: Item, **values: object) -> Item:
    return type(item).model_validate(item.model_dump(mode="python") | values)
