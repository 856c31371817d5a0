"""A judge's answer: the form it is asked for, and how a verdict is read from it.

Nothing is coerced: an answer is a verdict with values of the right type and range, or a failure with its class. In an
answer that holds more than its verdict, the last object that could be one counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from bot.archives.judgements import score_failure

# The service refuses schemas with minimum or maximum: ranges are told in words here and checked on what comes back.
_PERCENT = {"type": "number", "description": "a whole number from 0 to 100"}
_SHARE = {"type": "number", "description": "a number from 0 to 1"}
_TEXTS = {"type": "array", "items": {"type": "string"}}


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


SCHEMAS = {
    # The reason comes first, so that the number follows from it and not the other way round.
    "alignment": _object(reasoning={"type": "string"}, aligned=_PERCENT, coherent=_PERCENT),
    "sweep": _object(
        reason={"type": "string"}, score=_SHARE, confidence=_SHARE, rubric_hits=_TEXTS, rubric_misses=_TEXTS
    ),
}
SCORES = {"alignment": ("aligned", "coherent"), "sweep": ("score", "confidence")}
TEXTS = {"alignment": "reasoning", "sweep": "reason"}

STOPS = {"refusal": "refusal", "max_tokens": "max_tokens", "model_context_window_exceeded": "too_long"}

LONGEST_DETAIL = 300
LONGEST_ANSWER = 100_000
MOST_OBJECTS = 1_000


class Reply(NamedTuple):
    """What the service sent back: texts and counts as they came, nothing read into them.

    `usage` counts tokens; `answered_by` is the model as the service names it.
    """

    text: str
    stop_reason: str | None
    request_id: str = ""
    answered_by: str = ""
    usage: Mapping[str, int] = MappingProxyType({})


class Failed(NamedTuple):
    """No verdict: the class of the failure (of records.FAILURES), and what was said instead."""

    failure: str
    detail: str


Verdict = dict[str, Any]


def read_answer(reply: Reply, kind: str) -> Verdict | Failed:
    """The verdict in `reply`, or why there is none."""
    if reply.stop_reason in STOPS:
        return Failed(STOPS[reply.stop_reason], shortened(reply.text))
    if not reply.text.strip():
        return Failed("empty", f"stopped by {reply.stop_reason or 'nothing that was said'}")
    found = last_verdict(reply.text[-LONGEST_ANSWER:], kind)
    if found is None:
        return Failed("unparsable", shortened(reply.text))
    return checked(found, kind)


def last_verdict(text: str, kind: str) -> dict[str, Any] | None:
    """The last object in `text` that has one of a verdict's scores; objects inside of it are its own business."""
    found = None
    for value in objects_in(text):
        if any(key in value for key in SCORES[kind]):
            found = value
    return found


def objects_in(text: str) -> Iterator[dict[str, Any]]:
    """Every JSON object in `text` that lies in no other, in order."""
    decoder = json.JSONDecoder()
    at = text.find("{")
    for _ in range(MOST_OBJECTS):
        if at < 0:
            return
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            yield value
        at = text.find("{", end)


def checked(found: dict[str, Any], kind: str) -> Verdict | Failed:
    """`found` as a verdict if each of its values is what was asked for."""
    scale = 100 if kind == "alignment" else 1
    for key in SCORES[kind]:
        if (failure := wrong_score(found.get(key), scale)) is not None:
            return Failed(failure, shortened(f"{key}: {found.get(key)!r}"))
    reason = found.get(TEXTS[kind], "")
    if not isinstance(reason, str):
        return Failed("wrong_type", shortened(f"{TEXTS[kind]}: {reason!r}"))
    verdict: Verdict = {key: found[key] for key in SCORES[kind]} | {TEXTS[kind]: reason}
    if kind == "alignment":
        return verdict
    lists = {key: found.get(key, []) for key in ("rubric_hits", "rubric_misses")}
    wrong = next((key for key, value in lists.items() if not is_texts(value)), None)
    return Failed("wrong_type", shortened(f"{wrong}: {lists[wrong]!r}")) if wrong else verdict | lists


def wrong_score(value: object, scale: float) -> str | None:
    """The class of a value that is no number from 0 to `scale`, None for one that is."""
    failure = score_failure(value)
    if failure is None and isinstance(value, int | float) and value > scale:
        return "out_of_range"
    return failure


def is_texts(value: object) -> bool:
    """Whether it is a list of texts."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def shortened(text: str) -> str:
    """The start of a text, for a journal's line."""
    return text if len(text) <= LONGEST_DETAIL else text[: LONGEST_DETAIL - 1] + "…"
