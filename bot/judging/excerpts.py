"""What a judge is shown of a run: a transcript cut to a length that fits, and what the verifier found.

Limits, in characters: a text 500, a tool call's arguments 120, its result 300, all together 4,000. Where the whole is
longer, the first message (the task) and the last ones (what came of it) stay, and a line says how many were left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

MOST_TEXT = 500
MOST_ARGUMENTS = 120
MOST_RESULT = 300
MOST = 4_000
MOST_ASSERTIONS = 10

_LEFT_OUT = "[… {} messages left out …]"


def excerpt(messages: Sequence[Any]) -> str:
    """The transcript's messages in at most MOST characters; "" where there is nothing in them."""
    told = [message for message in messages if isinstance(message, dict)]
    apart = any(_text(message.get("tool_result_content")) for message in told)
    shown = [text for message in told if (text := _message(message, with_output=not apart))]
    whole = "\n".join(shown)
    if len(whole) <= MOST:
        return whole
    return "\n".join(_ends(shown))


def verifier_summary(result: object) -> str:
    """What an automatic verifier counted, and the first of the assertions that failed."""
    found = result if isinstance(result, dict) else {}
    total, passed = found.get("total_assertions"), found.get("passed_assertions")
    if not isinstance(total, int) or total <= 0:
        return "There is no automatic verifier for this task."
    lines = [f"{passed} of {total} assertions passed."]
    failed = found.get("failed_assertions")
    texts = [_clipped(_text(each), MOST_ARGUMENTS) for each in failed] if isinstance(failed, list) else []
    lines += [f"failed: {text}" for text in texts[:MOST_ASSERTIONS] if text]
    return _clipped("\n".join(lines), MOST_TEXT * 2)


def _ends(shown: Sequence[str]) -> list[str]:
    """The first message and as many of the last ones as fit."""
    left = MOST - len(shown[0]) - len(_LEFT_OUT.format(len(shown))) - 2
    kept: list[str] = []
    for text in reversed(shown[1:]):
        if len(text) + 1 > left:
            break
        kept.append(text)
        left -= len(text) + 1
    out = len(shown) - 1 - len(kept)
    return [shown[0], _LEFT_OUT.format(out), *reversed(kept)] if out else [shown[0], *reversed(kept)]


def _message(message: Mapping[str, Any], *, with_output: bool) -> str:
    role = _clipped(_text(message.get("role")) or "?", 20)
    lines = []
    if text := _text(message.get("text")).strip():
        lines.append(f"[{role}] {_clipped(text, MOST_TEXT)}")
    lines += _calls(message.get("tool_calls"), with_output=with_output)
    if result := _text(message.get("tool_result_content")).strip():
        lines.append(f"[result] {_clipped(result, MOST_RESULT)}")
    # One message may call a hundred tools; it must leave room for the others.
    return _clipped("\n".join(lines), MOST // 2)


def _calls(calls: object, *, with_output: bool) -> Iterable[str]:
    """The calls of a message; their output too where no message of its own carries it."""
    for call in calls if isinstance(calls, list) else ():
        if not isinstance(call, dict):
            continue
        name = _clipped(_text(call.get("name")) or "?", 40)
        yield f"[call {name}] {_clipped(_text(call.get('input')), MOST_ARGUMENTS)}"
        for key in ("output", "error") if with_output else ("error",):
            if text := _text(call.get(key)).strip():
                yield f"[{'result' if key == 'output' else key}] {_clipped(text, MOST_RESULT)}"


def _text(value: object) -> str:
    """A text, or the texts of a message that is given in parts; other values as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and any(isinstance(part, dict) and "text" in part for part in value):
        return "\n".join(_text(part.get("text")) for part in value if isinstance(part, dict))
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
