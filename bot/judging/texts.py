"""Asking a model for plain texts: every answer is on disk before the next is used, and none is paid for twice."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from bot.archives import files
from bot.archives.rejudged import JOURNAL, Line, api_model, read_journal
from bot.judging.asks import Ask, Place, digest
from bot.judging.batches import Batches
from bot.judging.client import Service
from bot.judging.costs import Estimate, cost_of, cost_of_usage, refuse_above, tokens_in
from bot.judging.job import Manner, Watch
from bot.judging.journal import Journal, state_of
from bot.judging.lock import held
from bot.judging.messages import Answered, Messages
from bot.judging.prompts import Part, Rubric, clean


class TextRubric(Rubric):
    """A system prompt for a free text, or for one of a given schema; nothing of a judge's rules is in it."""

    def __init__(self, system: str, max_tokens: int, schema: Mapping[str, Any] | None = None) -> None:
        self.kind = "sweep"
        self.system = clean(system)
        self._max_tokens = max_tokens
        self._schema = schema

    @property
    def parameters(self) -> dict[str, Any]:
        """What is sent besides the texts and the model."""
        limit: dict[str, Any] = {"max_tokens": self._max_tokens}
        if self._schema is None:
            return limit
        return limit | {"output_config": {"format": {"type": "json_schema", "schema": dict(self._schema)}}}


@dataclass(frozen=True)
class TextAsk(Ask):
    """A call whose answer is kept as the text it is."""

    def request(self) -> dict[str, Any]:
        """The body of the request: the parts as they are, since no answer of a judged model is among them."""
        message = {"role": "user", "content": clean("\n\n".join(part.text for part in self.parts))}
        system = {"system": self.rubric.system} if self.rubric.system else {}
        return {"model": self.model, "messages": [message], **system, **self.rubric.parameters}


def text_ask(name: str, number: int, model: str, rubric: TextRubric, prompt: str) -> TextAsk:
    """A call, named so that its answer is found again."""
    return TextAsk(
        place=Place(name, name, number), purpose="all", model=api_model(model), own=True, rubric=rubric,
        parts=(Part("prompt", prompt),), judged=digest(prompt), failure="", where=name,
    )  # fmt: skip


class Texts(NamedTuple):
    """Answers by ask id, those that failed with why, and what all of it cost so far, in dollars."""

    answers: dict[str, str]
    failed: dict[str, str]
    cost: float


def ask_texts(
    folder: Path, asks: Sequence[TextAsk], service: Callable[[], Service], manner: Manner, watch: Watch, tokens: int,
    name: str = JOURNAL,
) -> Texts:  # fmt: skip
    """Ask what the journal in `folder` has no answer to. Raises JudgingError above a ceiling, or without a key.

    `tokens` is how long an answer is expected to be at most, for the estimate that ceilings are held against; `name`
    is the journal's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with held(folder), Journal(folder, name) as journal:
        missing = [ask for ask in asks if ask.id not in journal.state.verdicts]
        if missing or journal.state.intents or journal.state.batches:
            refuse_above(_estimate(missing, manner, tokens), manner.ceilings)
            with closing(service()) as client:
                _ask(journal, asks, client, manner, watch)
        return _texts(journal, asks, manner)


def _estimate(asks: Sequence[TextAsk], manner: Manner, tokens: int) -> Estimate:
    batch = manner.way(len(asks)) == "batches"
    total = Estimate(0, 0, 0, 0.0)
    for ask in asks:
        inputs = tokens_in(ask.rubric.system + ask.parts[0].text)
        total = total.plus(Estimate(1, inputs, tokens, cost_of(ask.model, inputs, tokens, manner.prices, batch=batch)))
    return total


def _ask(journal: Journal, asks: Sequence[TextAsk], client: Service, manner: Manner, watch: Watch) -> None:
    batches = Batches(client, journal, patience=manner.patience, say=watch.say)
    by_id: dict[str, Ask] = {ask.id: ask for ask in asks}
    for answered in batches.taken_up(by_id):
        _keep(journal, answered, "batches")
    missing = [ask for ask in asks if ask.id not in journal.state.verdicts]
    way = manner.way(len(missing))
    if not missing:
        return
    if not journal.state.job:
        journal.begin({})
    room = _room(journal, manner)
    answers = (
        batches.answers(missing, room)
        if way == "batches"
        else Messages(client, concurrency=manner.concurrency, patience=manner.patience).answers(missing, room)
    )
    for answered in answers:
        _keep(journal, answered, way)
        watch.say(f"{len(journal.state.verdicts):,} of {len(asks):,} answered")
    journal.write(Line(kind="done"))


def _room(journal: Journal, manner: Manner) -> Callable[[], bool]:
    """Whether the ceilings leave room for another call."""

    def room() -> bool:
        calls, cost = manner.ceilings
        within = cost is None or _spent(journal, manner) < cost
        return within and (calls is None or journal.state.calls < calls)

    return room


def _spent(journal: Journal, manner: Manner) -> float:
    used = journal.state.usage
    return sum(cost_of_usage(model, usage, manner.prices, batch=via == "batches") for model, via, usage in used)


class Paid(NamedTuple):
    """Calls that were answered, and what they cost in dollars."""

    calls: int
    dollars: float


NOTHING_PAID = Paid(0, 0.0)


def paid_in(folder: Path, manner: Manner) -> Paid:
    """Everything that the journal in `folder` says was answered, whenever that was."""
    path = folder / JOURNAL
    lines = read_journal(files.read(path.resolve())).lines if path.is_file() else ()
    own = [line for line in lines if line.usage and not line.copied]
    dollars = [cost_of_usage(each.judge_model, each.usage, manner.prices, batch=each.via == "batches") for each in own]
    return Paid(len(own), math.fsum(dollars))


def _keep(journal: Journal, answered: Answered, way: str) -> None:
    ask, reply = answered.ask, answered.reply
    if reply is None or not reply.text.strip() or reply.stop_reason in ("refusal", "max_tokens"):
        why = answered.failed.detail if answered.failed else (reply.stop_reason if reply else "") or "empty"
        journal.write(ask.line("failure", via=way, failure="api_error", detail=str(why)))
        return
    usage = dict(reply.usage)
    line = ask.line("verdict", verdict={"text": reply.text}, via=way, request_id=reply.request_id,
                    answered_by=reply.answered_by, usage=usage)  # fmt: skip
    journal.write(line)


def _texts(journal: Journal, asks: Sequence[TextAsk], manner: Manner) -> Texts:
    state = journal.state
    answers = {ask.id: str(state.verdicts[ask.id].verdict["text"]) for ask in asks if ask.id in state.verdicts}
    failed = {
        ask.id: state.failures[ask.id].detail for ask in asks if ask.id in state.failures and ask.id not in answers
    }
    return Texts(answers, failed, _spent(journal, manner))


def answer_in(folder: Path, ask: TextAsk, name: str = JOURNAL) -> str | None:
    """What the journal in `folder` has as the answer to an ask; None where it has none. Asks nobody."""
    line = state_of(folder, name).verdicts.get(ask.id)
    text = line.verdict.get("text") if line is not None else None
    return text if isinstance(text, str) else None
