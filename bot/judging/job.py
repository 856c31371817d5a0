"""One re-judging from its plan to its last verdict; killed at any moment and started again, it asks what is missing."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec

from bot.archives.rejudged import Line
from bot.judging.answers import Failed, read_answer
from bot.judging.asks import Ask, by_id
from bot.judging.batches import Batches
from bot.judging.client import Service
from bot.judging.costs import PRICES, Ceilings, Price, cost_of_usage, price_of, refuse_above
from bot.judging.journal import Journal, State
from bot.judging.lock import held
from bot.judging.messages import CONCURRENCY, Answered, Messages
from bot.judging.patience import Patience
from bot.judging.plans import Plan, Scope, estimate_of

Via = Literal["messages", "batches", "auto"]
Planner = Callable[[Scope], Plan]

NO_CEILING = Ceilings()
MANY = 200  # above so many calls, `auto` sends a batch


@dataclass(frozen=True)
class Manner:
    """How to ask: by which way, how many at a time, how patiently, and within which ceilings."""

    via: Via = "auto"
    concurrency: int = CONCURRENCY
    ceilings: Ceilings = NO_CEILING
    prices: Mapping[str, Price] = field(default_factory=lambda: PRICES)
    patience: Patience = field(default_factory=Patience)

    def way(self, calls: int) -> str:
        """The way for so many calls."""
        if self.via == "auto":
            return "batches" if calls > MANY else "messages"
        return self.via


@dataclass(slots=True)
class Tally:
    """How far a job is: `total` to ask, verdicts and failures so far, dollars spent in it, seconds it has run.

    `unpriced` answers came from a model without a known price, and are in no dollars.
    """

    total: int = 0
    verdicts: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    cost: float = 0.0
    unpriced: int = 0
    taken_up: int = 0
    stopped: str = ""
    started: float = field(default_factory=time.monotonic)

    @property
    def done(self) -> int:
        """Answered in any way."""
        return self.verdicts + self.failures.total()

    @property
    def spent(self) -> str:
        """The dollars, in words."""
        told = f"${self.cost:,.2f}"
        return f"{told} and {self.unpriced:,} answers without a known price" if self.unpriced else told

    @property
    def left(self) -> float | None:
        """Seconds that the rest will take at the pace so far; None before there is a pace."""
        if not self.done:
            return None
        return (time.monotonic() - self.started) / self.done * (self.total - self.done)


@dataclass(frozen=True)
class Watch:
    """Who is told how it goes: `say` a line for each step, `tell` the tally after each answer."""

    say: Callable[[str], None] = lambda _: None
    tell: Callable[[Tally], None] = lambda _: None


class Job:
    """Asks what a plan holds and keeps what comes back. `service` is made only once there is something to ask."""

    def __init__(
        self, journal: Journal, plan_of: Planner, service: Callable[[], Service], manner: Manner, watch: Watch
    ) -> None:
        self._journal = journal
        self._plan_of = plan_of
        self._make_service = service
        self._manner = manner
        self._watch = watch
        self._service: Service | None = None
        self._sent = 0
        self._reserved = 0.0
        self.tally = Tally()

    def run(self, scope: Scope) -> Tally:
        """Ask all that `scope` wants and nobody has answered.

        Raises JudgingError where a ceiling forbids it, or where the service cannot be used; the job then stays open.
        """
        self._take_up(scope)
        asks = self._missing(self._plan_of(scope).asks)
        way = self._manner.way(len(asks))
        self._refuse_above_ceilings(asks, batch=way == "batches")
        if asks:
            self._serve()  # without a key nothing begins
        if asks and not self._journal.state.job:
            self._journal.begin(scope.as_dict())
        self._ask(asks, way)
        if self._journal.state.job:
            self._journal.write(Line(kind="done"))
        return self.tally

    def cancel(self) -> int:
        """Stop the batches that are under way, and keep what they have done; how many there were."""
        batches = self._batches()
        stopped = batches.cancel()
        self._collect(batches, Scope.from_dict(self._journal.state.scope))
        if self._journal.state.job:
            self._journal.write(Line(kind="done"))
        return stopped

    # --- what an earlier process left -------------------------------------------------------------------------------

    def _take_up(self, scope: Scope) -> None:
        state = self._journal.state
        if not state.job:
            return
        old = Scope.from_dict(state.scope)
        self.tally.cost = self._spent(state)
        if state.intents or state.batches:
            self._collect(self._batches(), old)
        if old != scope:
            self._journal.write(Line(kind="done"))
            self.tally.cost = 0.0

    def _collect(self, batches: Batches, scope: Scope) -> None:
        asks = by_id(ask for ask in self._plan_of(scope).asks if not self._journal.state.answered(ask.id))
        for answered in batches.taken_up(asks):
            self.tally.taken_up += 1
            self._take(answered, "batches")

    def _spent(self, state: State) -> float:
        prices = self._manner.prices
        return sum(cost_of_usage(model, usage, prices, batch=via == "batches") for model, via, usage in state.usage)

    def _missing(self, asks: Sequence[Ask]) -> list[Ask]:
        """What nobody has answered in this job; a verdict that was paid for in another purpose is adopted."""
        state = self._journal.state
        missing = []
        for ask in asks:
            verdict = state.verdicts.get(ask.id)
            if verdict is not None:
                self._journal.note(*_adopted(ask, verdict))
            elif ask.id not in state.failures or not state.job:
                missing.append(ask)
        return missing

    # --- asking -----------------------------------------------------------------------------------------------------

    def _ask(self, asks: Sequence[Ask], way: str) -> None:
        self.tally.total = self.tally.done + len(asks)
        self.tally.started = time.monotonic()
        if not asks:
            return
        self._watch.tell(self.tally)
        for answered in self._answers(asks, way):
            self._take(answered, way)
        if self.tally.done < self.tally.total:
            self.tally.stopped = "a ceiling was reached"

    def _answers(self, asks: Sequence[Ask], way: str) -> Iterator[Answered]:
        if way == "batches":
            return self._batches().answers(asks, self._may_go_on)
        manner = self._manner
        messages = Messages(self._serve(), concurrency=manner.concurrency, patience=manner.patience)
        return messages.answers(self._counted(asks), self._may_go_on)

    def _counted(self, asks: Iterable[Ask]) -> Iterator[Ask]:
        for ask in asks:
            self._sent += 1
            self._reserved += self._expected(ask)
            yield ask

    def _expected(self, ask: Ask) -> float:
        return estimate_of(ask, self._manner.prices, batch=False).cost or 0.0

    def _may_go_on(self) -> bool:
        """Whether the ceilings leave room for another call, with those under way counted at their estimate."""
        calls, cost = self._manner.ceilings
        return (calls is None or self._sent < calls) and (cost is None or self.tally.cost + self._reserved < cost)

    def _take(self, answered: Answered, way: str) -> None:
        line = line_of(answered, way)
        # An answer by message is gone if it is not on disk now; a batch's results can be fetched again.
        keep = self._journal.write if way == "messages" else self._journal.note
        keep(line)
        if way == "messages":
            self._reserved -= self._expected(answered.ask)
        self.tally.cost += cost_of_usage(line.judge_model, line.usage, self._manner.prices, batch=way == "batches")
        self.tally.unpriced += price_of(line.judge_model, self._manner.prices) is None
        if line.kind == "verdict":
            self.tally.verdicts += 1
        else:
            self.tally.failures[line.failure] += 1
        self._watch.tell(self.tally)

    def _refuse_above_ceilings(self, asks: Sequence[Ask], *, batch: bool) -> None:
        refuse_above(Plan(tuple(asks)).estimate(self._manner.prices, batch=batch), self._manner.ceilings)

    def _batches(self) -> Batches:
        return Batches(self._serve(), self._journal, patience=self._manner.patience, say=self._watch.say)

    def _serve(self) -> Service:
        if self._service is None:
            self._service = self._make_service()
        return self._service

    def close(self) -> None:
        """Let go of the service."""
        if self._service is not None:
            self._service.close()


def line_of(answered: Answered, via: str) -> Line:
    """What the journal keeps of an answer: a verdict, or a failure with its class."""
    ask, reply = answered.ask, answered.reply
    if reply is None:
        failed = answered.failed or Failed("api_error", "")
        return ask.line("failure", via=via, failure=failed.failure, detail=failed.detail)
    kept = {"via": via, "request_id": reply.request_id, "answered_by": reply.answered_by, "usage": dict(reply.usage)}
    found = read_answer(reply, ask.rubric.kind)
    if isinstance(found, Failed):
        return ask.line("failure", failure=found.failure, detail=found.detail, **kept)
    return ask.line("verdict", verdict=found, **kept)


def _adopted(ask: Ask, verdict: Line) -> list[Line]:
    """The verdict under the purpose it is wanted for now; nothing where it serves as it is."""
    if ask.purpose == "column" or verdict.purpose in (ask.purpose, "all"):
        return []
    copy = msgspec.structs.replace(verdict, purpose=ask.purpose, own=ask.own, copied=True, usage={}, job="")
    return [copy]


def run_job(
    folder: Path, plan_of: Planner, scope: Scope, service: Callable[[], Service],
    manner: Manner | None = None, watch: Watch | None = None,
    afterwards: Callable[[State], None] = lambda _: None,
) -> Tally:  # fmt: skip
    """Re-judge the archive in `folder` as `scope` says, alone; `afterwards` gets the journal's state, still alone.

    Raises JudgingError where another process is at it, where a ceiling forbids it, or where the service fails.
    """
    with held(folder), Journal(folder) as journal:
        with closing(Job(journal, plan_of, service, manner or Manner(), watch or Watch())) as job:
            tally = job.run(scope)
        afterwards(journal.state)
    return tally


def cancel_job(folder: Path, plan_of: Planner, service: Callable[[], Service], manner: Manner, watch: Watch) -> int:
    """Stop the batches that the archive's journal knows as under way; how many there were."""
    with held(folder), Journal(folder) as journal, closing(Job(journal, plan_of, service, manner, watch)) as job:
        return job.cancel()
