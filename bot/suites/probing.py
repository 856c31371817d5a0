"""Asking a model for the rest of items' own text: whether it has seen them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from bot.errors import JudgingError
from bot.evalsets.contamination import Continued
from bot.evalsets.items import Item
from bot.evalsets.probing import continued, probes_of
from bot.judging.client import Service
from bot.judging.job import Manner, Watch
from bot.judging.texts import TextRubric, ask_texts, text_ask

PROBE_TOKENS = 600


def probed(
    items: Sequence[Item], model: str, folder: Path, service: Callable[[], Service], manner: Manner, watch: Watch
) -> tuple[Continued, ...]:
    """Ask `model` for the rest of some of the items. Raises JudgingError where it answers none."""
    rubric = TextRubric("", PROBE_TOKENS)
    probes = probes_of(items)
    asks = [text_ask("verbatim", number, model, rubric, probe.prompt) for number, probe in enumerate(probes)]
    texts = ask_texts(folder, asks, service, manner, watch, PROBE_TOKENS)
    pairs = [(probe, texts.answers[ask.id]) for probe, ask in zip(probes, asks, strict=True) if ask.id in texts.answers]
    if probes and not pairs:
        raise JudgingError(f"the model gave no answer: {next(iter(texts.failed.values()), 'nothing came back')}")
    return tuple(continued(probe, answer) for probe, answer in pairs)
