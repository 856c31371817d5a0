"""The prompts of a set for any runner: one JSON line a response that is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.evalsets.items import Item
from bot.evalsets.messages import messages_of, then_of
from bot.evalsets.variants import variants_of


def prompts_of(items: Sequence[Item], samples: int = 1, *, variants: bool = False) -> Iterator[dict[str, Any]]:
    """Lines `{"item", "sample", "messages", "then"?, "variant"?}`.

    `then` holds what the user says after each answer of a dialogue, in turn; its responses come back as a list. Neither
    the canary nor the key is in a prompt.
    """
    for item in items:
        yield from _samples(item, samples, {})
    if variants:
        for name, changed in variants_of(items):
            yield from _samples(changed, samples, {"variant": name})


def _samples(item: Item, samples: int, more: dict[str, Any]) -> Iterator[dict[str, Any]]:
    then = {"then": then_of(item)} if then_of(item) else {}
    for sample in range(samples):
        yield {"item": item.id, "sample": sample, "messages": messages_of(item), **then, **more}
