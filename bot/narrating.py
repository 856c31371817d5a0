"""Models that write about an archive and read what is posted: their answers are kept beside it, and asked for once.

`written.jsonl` is a journal like `rejudged.jsonl`. A report is made from it alone, so that the same archive with the
same journal gives the same bytes; only what it lacks is asked, where there is a key.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from bot.archives.asking import Asked
from bot.archives.declared_when import Recorded
from bot.archives.repository import WRITTEN
from bot.errors import JudgingError
from bot.experiment import Experiment, Writing
from bot.judging.client import Service
from bot.judging.costs import PRICES, Ceilings
from bot.judging.job import Manner, Watch
from bot.judging.texts import TextRubric, answer_in, ask_texts, text_ask
from bot.reports import narrative, second_reading
from bot.reports.narrative import Author, Authors
from bot.settings import Settings

IN_REPORTS = Ceilings(calls=narrative.TRIES + 1, cost=5.0)

Say = Callable[[str], None]


class Pen(NamedTuple):
    """How models are asked about the archive in `root`; `service` is None where nobody may be asked."""

    root: Path
    service: Callable[[], Service] | None
    manner: Manner
    say: Say

    def ask(
        self, purpose: str, model: str, tokens: int, schema: Mapping[str, Any] | None, system: str, prompt: str, k: int
    ) -> str | None:
        """The answer that is kept, else a new one; None where there is none, which is said."""
        ask = text_ask(purpose, k, model, TextRubric(system, tokens, schema), prompt)
        kept = answer_in(self.root, ask, WRITTEN)
        if kept is not None or self.service is None:
            return kept
        self.say(f"asking {model} ({purpose})")
        try:
            texts = ask_texts(self.root, [ask], self.service, self.manner, Watch(), tokens, WRITTEN)
        except JudgingError as error:
            self.say(f"not written: {' '.join(str(error).splitlines())}")
            return None
        if ask.id not in texts.answers:
            self.say(f"not written: {texts.failed.get(ask.id, 'no answer came')}")
        return texts.answers.get(ask.id)


def authors_of(writing: Writing, pen: Pen) -> Authors:
    """Who writes and who reads, as declared."""
    prose, reader = writing.prose, writing.second_reading
    return Authors(
        Author(prose, partial(pen.ask, "prose", prose, narrative.TOKENS, None)) if prose else None,
        Author(reader, partial(pen.ask, "second reading", reader, second_reading.TOKENS, second_reading.SCHEMA))
        if reader else None,
    )  # fmt: skip


def pen_of(root: Path, settings: Settings, say: Say) -> Pen:
    """A pen that asks where a key is set, within the ceilings of the environment."""
    from bot.judging.client import anthropic_service

    calls, cost = (IN_REPORTS.calls, IN_REPORTS.cost)
    if settings.max_calls is not None:
        calls = min(calls or 0, settings.max_calls)
    if settings.max_cost is not None:
        cost = min(cost or 0.0, settings.max_cost)
    service = partial(anthropic_service, settings) if settings.anthropic_api_key is not None else None
    return Pen(root, service, Manner("messages", 1, Ceilings(calls, cost), PRICES), say)


def writing_of(experiment: Experiment, prose: str | None = None, second: str | None = None) -> Writing:
    """What report.yaml declares, with what the command says over it; `off` takes one away."""
    declared = experiment.writing
    chosen = {"prose": prose or declared.prose, "second_reading": second or declared.second_reading}
    return Writing(**{key: None if model == "off" else model for key, model in chosen.items()})


def write_ahead(
    archive: Path, asked: Asked, settings: Settings, say: Say, *, clean_results: bool = True,
    recorded: Recorded | None = None,
) -> None:  # fmt: skip
    """Ask all that the report of `archive` will want, so that it can be built where there is no key."""
    from bot import pipeline, sweeps
    from bot.archives.sweep_layout import is_sweep

    how: dict[str, Any] = {"clean_results": clean_results, "recorded": recorded}
    with tempfile.TemporaryDirectory() as scratch:
        bundle, figures = Path(scratch) / "bundle", Path(scratch) / "figures"
        if is_sweep(archive):
            scored = sweeps.score(archive, asked)
            writing = writing_of(scored.experiment or Experiment())
            if writing.prose or writing.second_reading:
                authors = authors_of(writing, pen_of(archive, settings, say))
                sweeps.build(scored, bundle, figures=figures, authors=authors, **how)
            return
        loaded = pipeline.load_archive(archive, asked.report_yaml)
        writing = writing_of(loaded.experiment)
        if writing.prose or writing.second_reading:
            authors = authors_of(writing, pen_of(archive, settings, say))
            pipeline.build(loaded, bundle, figures=figures, authors=authors, **how)
