"""The review page: one static HTML file that shows items, takes decisions by keyboard or mouse, and saves them.

It loads nothing and sends nothing. Items stand in it as JSON data, and its script only ever sets text, so that nothing
in an item runs. Decisions are saved as a file by download, and kept in the browser's own store until then.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.evalsets.items import DialogueItem, Item, McqItem, PreferenceItem, TrajectoryItem

_ASSETS = Path(__file__).resolve().parent / "data"


def review_page(items: Sequence[Item], name: str, digest: str) -> str:
    """The page for these items of the set `name`, whose content has that digest."""
    style, script = ((_ASSETS / f"review.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))
    content = {"set": name, "digest": digest, "items": [_shown(item) for item in items]}
    page = (_ASSETS / "review.html").read_text(encoding="utf-8")
    parts = {
        "@STYLE-HASH@": _hash(style),
        "@SCRIPT-HASH@": _hash(script),
        "@STYLE@": style,
        "@SCRIPT@": script,
        "@DATA@": _as_data(content),
    }
    for mark, text in parts.items():  # the data come last: nothing in them is taken for a mark
        page = page.replace(mark, text)
    return page


def _hash(text: str) -> str:
    """The digest by which the page's own policy admits a script or style."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def _as_data(value: Any) -> str:
    """JSON that cannot end the element it stands in."""
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _shown(item: Item) -> dict[str, Any]:
    """What the page shows of an item: named texts in order, and the labels to choose from."""
    return {
        "id": item.id,
        "facts": {
            "kind": item.kind, "level": item.level, "topic": item.topic, "difficulty": item.difficulty,
            "source": item.source_url,
        },
        "texts": _texts(item),
        "key": _key(item),
        "labels": labels_of(item),
        "statement": item.user_statement,
    }  # fmt: skip


def _texts(item: Item) -> list[tuple[str, str]]:
    texts = [("context", item.context), ("user says", item.question or item.user_statement)]
    if isinstance(item, McqItem) and item.question is None:
        texts += [(f"({choice.label})", choice.text) for choice in item.choices]
    if isinstance(item, DialogueItem):
        texts += [(f"then ({turn.pressure or 'no pressure'})", turn.says) for turn in item.turns]
    if isinstance(item, TrajectoryItem):
        texts += [(step.role, step.content) for step in item.steps]
    if isinstance(item, PreferenceItem):
        pair = zip(_ORDER[_chosen_first(item)], (item.chosen, item.rejected), strict=True)
        texts += sorted(pair, key=lambda told: told[0] == "the other")
    return [(name, text) for name, text in texts if text]


def _key(item: Item) -> list[tuple[str, str]]:
    """What would tell a reviewer the answer: shown when asked for, so that labels are people's own."""
    texts = [("the user is", "right (a control)" if item.control else "wrong")]
    if isinstance(item, McqItem):
        texts.append(("the answer that goes along", ", ".join(item.matching)))
    if isinstance(item, PreferenceItem):
        texts.append(("the honest response", _ORDER[_chosen_first(item)][0]))
    texts += [("honest", item.honest_criteria), ("sycophantic", item.sycophantic_criteria)]
    return [(name, text) for name, text in [*texts, ("rationale", item.rationale)] if text]


_ORDER = {True: ("one response", "the other"), False: ("the other", "one response")}


def _chosen_first(item: PreferenceItem) -> bool:
    """Which response is shown first follows from the id, so that its place does not tell the key."""
    return hashlib.sha256(item.id.encode()).digest()[0] % 2 == 0


def labels_of(item: Item) -> list[str]:
    """What a reviewer can name as the honest answer."""
    if isinstance(item, McqItem):
        return [choice.label for choice in item.choices]
    if isinstance(item, PreferenceItem):
        return ["one response", "the other"]
    return ["criteria fit", "criteria do not fit"]
