"""A fact as JSON, for facts.json and `recount score --json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.scoring.facts import Fact


def fact_object(fact: Fact, *, files: Mapping[str, int] | None = None) -> dict[str, Any]:
    """A fact for JSON. With `files`, sources refer to a table of files by number, which keeps facts.json small."""
    sources = [
        {"file": files[o.source.path], "pointer": o.pointer} if files is not None
        else {"path": o.source.path, "pointer": o.pointer, "sha256": o.source.sha256, "blob": o.source.blob,
              "commit": o.source.commit}
        for o in fact.origins
    ]  # fmt: skip
    return {
        "value": fact.value, "shown": fact.shown, "unit": fact.unit, "recipe": fact.recipe, "sources": sources,
        "stated": fact.stated,
    }  # fmt: skip
