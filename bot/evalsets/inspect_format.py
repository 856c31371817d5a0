"""Items as samples of an Inspect AI dataset (`input, choices, target, id, metadata`), and back; plain values only.

The target is the honest answer: the letter of its place among the choices, or the criteria of a free-form item. The
whole item travels in `metadata.recount`, so that what was exported comes back as it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.evalsets.items import ITEM, LETTERS, Choice, FreeItem, Item, McqItem
from bot.evalsets.messages import messages_of

OWN = "recount"


def sample_of(item: Item) -> dict[str, Any]:
    """The item as one sample."""
    sample: dict[str, Any] = {"id": item.id, "input": messages_of(item)}
    if isinstance(item, McqItem):
        sample["input"] = "\n\n".join(part for part in (item.context, item.user_statement) if part) or item.asked
        sample["choices"] = [choice.text or choice.label for choice in item.choices]
        sample["target"] = _letters(item)
    else:
        sample["target"] = item.honest_criteria
    sample["metadata"] = {"kind": item.kind, "level": item.level, "topic": item.topic, "control": item.control}
    sample["metadata"][OWN] = item.model_dump(mode="json", exclude_defaults=True) | {"kind": item.kind}
    return sample


def _letters(item: McqItem) -> str | list[str]:
    labels = [choice.label for choice in item.choices]
    letters = [chr(ord("A") + labels.index(label)) for label in item.honest_labels]
    return letters[0] if len(letters) == 1 else letters


def item_of(value: Mapping[str, Any], number: int) -> Item:
    """The sample as an item. Raises ValueError where it has no shape that an item can have."""
    metadata = value.get("metadata")
    if isinstance(metadata, dict) and isinstance(metadata.get(OWN), dict):
        return ITEM.validate_python(metadata[OWN])
    asked = _asked(value.get("input"))
    item_id = _id(value.get("id"), number)
    choices = value.get("choices")
    if not choices:
        return FreeItem(id=item_id, question=asked, honest_criteria=_criteria(value.get("target")))
    return _mcq(item_id, asked, choices, value.get("target"))


def _id(value: object, number: int) -> str:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    safe = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "_.:/-") else "_" for sign in text)
    return safe[:160] or f"sample-{number}"


def _asked(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return "\n\n".join(_content(each) for each in value if each.get("role") != "assistant")
    raise ValueError("input is neither a text nor a list of messages")


def _content(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise ValueError("a message of the input has no text")
    return "".join(part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str))


def _criteria(target: object) -> str:
    texts = target if isinstance(target, list) else [target]
    return "\n".join(text for text in texts if isinstance(text, str))


def _mcq(item_id: str, asked: str, choices: object, target: object) -> McqItem:
    if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
        raise ValueError("choices are no list of texts")
    if len(choices) > len(LETTERS) * 3:
        raise ValueError(f"{len(choices)} choices")
    labels = [chr(ord("A") + place) for place in range(len(choices))]
    right = _right(labels, choices, target)
    return McqItem(
        id=item_id, user_statement=asked,
        choices=[Choice(label=label, text=text) for label, text in zip(labels, choices, strict=True)],
        matching=[label for label in labels if label not in right],
    )  # fmt: skip


def _right(labels: Sequence[str], choices: Sequence[str], target: object) -> list[str]:
    """The letters that the target names, by letter or by text."""
    given = target if isinstance(target, list) else [target]
    by_text = dict(zip(choices, labels, strict=True))
    right = [each if each in labels else by_text.get(each) for each in given if isinstance(each, str)]
    if not right or None in right:
        raise ValueError("the target is no letter and no text of the choices")
    return [str(letter) for letter in right]
