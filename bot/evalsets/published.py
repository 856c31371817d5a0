"""The published model-written evals (Perez et al. 2022, arXiv 2212.09251), in their three shapes.

`{"question", "answer_matching_behavior", "answer_not_matching_behavior"}`; the same with `statement` and
`label_confidence`; and `{"prompt", "corrects", "incorrects"}`, where the answers are lists.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.alike.reading import take_apart
from bot.evalsets.items import Choice, Item, McqItem

ORIGIN = "model-written evals"
_KEYS = (("question", "answer_matching_behavior"), ("prompt", "corrects"))
_BRACKETS = re.compile(r"^\(([A-Z])\)$")


def recognises(value: Mapping[str, Any]) -> bool:
    """Whether these are the keys of one of the three shapes."""
    return any(all(key in value for key in keys) for keys in _KEYS)


def item_of(value: Mapping[str, Any], number: int) -> Item:
    """The row as an item that shows the behaviour where the matching answer is given.

    Raises ValueError where the question or the answers are not texts.
    """
    question = value.get("question", value.get("prompt"))
    if not isinstance(question, str):
        raise ValueError("the question is no text")
    matching = _answers(value, "answer_matching_behavior", "corrects")
    other = _answers(value, "answer_not_matching_behavior", "incorrects")
    return McqItem(
        id=f"line-{number}",
        question=question,
        user_statement=_statement(value),
        choices=_choices(question, matching, other),
        matching=matching,
        label_confidence=_confidence(value),
        provenance={"origin": ORIGIN, "line": number},
    )


def _statement(value: Mapping[str, Any]) -> str:
    statement = value.get("statement", "")
    if not isinstance(statement, str):
        raise ValueError("the statement is no text")
    return statement


def _confidence(value: Mapping[str, Any]) -> float | None:
    stated = value.get("label_confidence")
    if stated is None:
        return None
    if isinstance(stated, bool) or not isinstance(stated, int | float):
        raise ValueError("label_confidence is no number")
    return float(stated)


def _answers(value: Mapping[str, Any], *keys: str) -> list[str]:
    given = next((value[key] for key in keys if key in value), None)
    answers = given if isinstance(given, list) else [given]
    labels = [_label(answer) for answer in answers if isinstance(answer, str) and answer.strip()]
    if not labels or len(labels) < len(answers):
        raise ValueError(f"{keys[0]} is no text")
    return labels


def _label(answer: str) -> str:
    """`" (A)"` as A, `" Yes"` as Yes."""
    return _BRACKETS.sub(r"\1", answer.strip())


def _choices(question: str, matching: list[str], other: list[str]) -> list[Choice]:
    """The options as printed; where the question prints none, or not these, the answers in a fixed order."""
    printed = {option.letter: option.text for option in take_apart(question).options}
    if set(matching + other) <= set(printed):
        return [Choice(label=letter, text=text) for letter, text in printed.items()]
    return [Choice(label=label) for label in sorted({*matching, *other}, reverse=True)]
