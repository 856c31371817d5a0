"""Asking by Message Batches, at half the price, so that no batch is ever paid for twice.

Before a batch is sent, the journal says that it will be, with a nonce that stands in each of its `custom_id`s; when it
was accepted, the journal has its id before anything else is done. Where it is not known whether a batch was accepted
(the process died, or the answer was lost), the service's recent batches are looked through for the nonce first.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count, takewhile
from typing import Any, TypeVar

from bot.archives.rejudged import Line
from bot.errors import JudgingError
from bot.judging.answers import Failed
from bot.judging.asks import Ask
from bot.judging.client import BatchInfo, BatchItem, NotTaken, Service, TryAgain
from bot.judging.journal import Journal
from bot.judging.messages import Answered
from bot.judging.patience import Patience

MOST_REQUESTS = 100_000
MOST_BYTES = 256_000_000
ROUNDS = 3
NONCE_BYTES = 8
SKEW = timedelta(hours=2)

T = TypeVar("T")

OUTCOMES = {"errored": "api_error", "expired": "expired", "canceled": "canceled"}


class Batches:
    """The way of batches, with what it must remember in `journal`."""

    name = "batches"

    def __init__(
        self,
        service: Service,
        journal: Journal,
        *,
        patience: Patience | None = None,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._service = service
        self._journal = journal
        self._patience = patience or Patience()
        self._say = say

    def answers(self, asks: Sequence[Ask], may_go_on: Callable[[], bool] = lambda: True) -> Iterator[Answered]:
        """Answers of all `asks`; what a batch did not do is sent again, at most ROUNDS times in all."""
        left = {ask.id: ask for ask in asks}
        for sent in range(1, ROUNDS + 1):
            if not left or not may_go_on():
                return
            for batch in self._sent(list(left.values())):
                yield from self._collected(batch, left, last=sent == ROUNDS)

    def taken_up(self, asks: Mapping[str, Ask]) -> Iterator[Answered]:
        """Answers of the batches that an earlier process left: sent and not collected, or not even known as accepted.

        `asks` are all that they may have held, by id. What they did not do is left to be asked again.
        """
        for intent in list(self._journal.state.intents.values()):
            found = self._found(intent)
            if found is None:
                self._journal.write(Line(kind="collected", nonce=intent.nonce))
            else:
                self._note(intent.nonce, found)
        for line in list(self._journal.state.batches.values()):
            self._say(f"taking up batch {line.batch}")
            yield from self._collected(line, dict(asks), last=False)

    def cancel(self) -> int:
        """Ask that every open batch of this journal be stopped; how many there are.

        One that is not there any more is given up, and what it held will be asked again.
        """
        lines = list(self._journal.state.batches.values())
        for line in lines:
            try:
                self._patiently(partial(self._service.cancel, line.batch))
            except NotTaken:
                self._give_up_if_gone(line)
        return len(lines)

    def _give_up_if_gone(self, line: Line) -> None:
        """A batch that has ended cannot be cancelled, but it can be collected; one that is gone can be neither."""
        try:
            self._patiently(partial(self._service.retrieve, line.batch))
        except NotTaken:
            self._say(f"batch {line.batch} is gone")
            self._journal.write(Line(kind="collected", nonce=line.nonce, batch=line.batch))

    # --- sending ----------------------------------------------------------------------------------------------------

    def _sent(self, asks: Sequence[Ask]) -> list[Line]:
        return [self._send(part) for part in split(asks)]

    def _send(self, asks: Sequence[Ask]) -> Line:
        nonce = secrets.token_hex(NONCE_BYTES)
        intent = Line(kind="intent", nonce=nonce, count=len(asks))
        self._journal.write(intent)
        self._say(f"sending a batch of {len(asks):,}")
        return self._note(nonce, self._created(intent, asks))

    def _created(self, intent: Line, asks: Sequence[Ask]) -> BatchInfo:
        """The batch as accepted; sent again only where it is certain that it was not."""
        requests = [request_in_batch(intent.nonce, ask) for ask in asks]
        for attempt in range(1, self._patience.tries + self._patience.limited):
            try:
                return self._service.create(requests)
            except TryAgain as busy:
                found = self._found(intent) if busy.perhaps_taken else None
                if found is not None:
                    return found
                self._patience.pause(busy.after, attempt)
            except NotTaken as refusal:
                self._journal.write(Line(kind="collected", nonce=intent.nonce))
                raise JudgingError(f"the batch was refused: {refusal.detail}", fix="try --via messages") from refusal
        raise JudgingError(
            "the service takes no batch now", fix="run the same command again later: it first looks for its own batch"
        )

    def _note(self, nonce: str, batch: BatchInfo) -> Line:
        line = Line(kind="batch", nonce=nonce, batch=batch.id, count=batch.requests)
        self._journal.write(line)
        return line

    # --- looking whether it was accepted ----------------------------------------------------------------------------

    def _found(self, intent: Line) -> BatchInfo | None:
        """The batch that carries the intent's nonce; None where the service has had time enough and has none."""
        written = datetime.fromisoformat(intent.time)
        seen: set[str] = set()
        while True:
            for batch in self._candidates(intent, written):
                if batch.id not in seen and self._carries(batch, intent.nonce):
                    return batch
                seen.add(batch.id)
            waited = (datetime.now(UTC) - written).total_seconds()
            if waited >= self._patience.settle:
                return None
            self._patience.sleep(min(self._patience.poll, self._patience.settle - waited))

    def _candidates(self, intent: Line, written: datetime) -> list[BatchInfo]:
        """Batches of about that time and of just that size that no line of the journal knows, the ended ones first."""
        recent = self._patiently(lambda: list(takewhile(lambda b: b.created > written - SKEW, self._service.recent())))
        known = self._journal.state.known
        found = [batch for batch in recent if batch.requests == intent.count and batch.id not in known]
        return sorted(found, key=lambda batch: not batch.ended)

    def _carries(self, batch: BatchInfo, nonce: str) -> bool:
        """Whether it is ours: only its results show its `custom_id`s, so it has to end first."""
        self._ended(batch.id)
        first = self._patiently(lambda: self._first(batch.id))
        return first is not None and first.custom_id.startswith(f"{nonce}_")

    def _first(self, batch: str) -> BatchItem | None:
        with closing(self._service.results(batch)) as results:
            return next(results, None)

    # --- waiting and collecting -------------------------------------------------------------------------------------

    def _collected(self, line: Line, left: dict[str, Ask], *, last: bool) -> Iterator[Answered]:
        """The answers of a batch, each taken out of `left`; with `last`, what it did not do is a failure.

        Raises JudgingError where the service does not know the batch: it may be another key's, so it is not sent again.
        """
        try:
            yield from self._collecting(line, left, last=last)
        except NotTaken as gone:
            fix = "use the key that sent it, or give it up with recount rejudge --cancel: it is then asked again"
            raise JudgingError(f"batch {line.batch} cannot be read: {gone.detail}", fix=fix) from gone

    def _collecting(self, line: Line, left: dict[str, Ask], *, last: bool) -> Iterator[Answered]:
        self._ended(line.batch)
        undone: dict[str, BatchItem] = {}
        for item in self._results(line.batch):
            ask = left.get(item.custom_id.partition("_")[2])
            if ask is None:
                continue
            if item.reply is None:
                undone[ask.id] = item
            else:
                del left[ask.id]
                yield Answered(ask, item.reply)
        for ask_id, item in undone.items() if last else ():
            failed = Failed(OUTCOMES.get(item.outcome, "api_error"), item.detail)
            yield Answered(left.pop(ask_id), None, failed)
        self._journal.write(Line(kind="collected", nonce=line.nonce, batch=line.batch))

    def _ended(self, batch: str) -> None:
        pause = self._patience.poll
        while not self._patiently(lambda: self._service.retrieve(batch)).ended:
            self._patience.sleep(pause)
            pause = min(self._patience.slowest_poll, pause * 1.5)

    def _results(self, batch: str) -> Iterator[BatchItem]:
        """All results; a stream that breaks off is read again, and what came twice is passed over."""
        seen: set[str] = set()
        for attempt in count(1):
            try:
                for item in self._service.results(batch):
                    if item.custom_id not in seen:
                        seen.add(item.custom_id)
                        yield item
            except TryAgain as busy:
                self._wait_after(busy, attempt)
            else:
                return

    def _patiently(self, call: Callable[[], T]) -> T:
        """What `call` gives; such calls cost nothing and may be made again."""
        for attempt in count(1):
            try:
                return call()
            except TryAgain as busy:
                self._wait_after(busy, attempt)
        raise AssertionError("counting has no end")

    def _wait_after(self, busy: TryAgain, attempt: int) -> None:
        """Wait as the service asked; raises JudgingError after the last try."""
        if attempt >= self._patience.tries:
            fix = "run the same command again: it takes up the batch it sent"
            raise JudgingError(f"the service did not answer: {busy.detail}", fix=fix) from busy
        self._patience.pause(busy.after, attempt)


def request_in_batch(nonce: str, ask: Ask) -> dict[str, Any]:
    """An ask as an entry of a batch."""
    return {"custom_id": f"{nonce}_{ask.id}", "params": ask.request()}


def split(asks: Iterable[Ask]) -> Iterator[list[Ask]]:
    """Asks in parts that fit into one batch each, by number and by bytes."""
    part: list[Ask] = []
    size = 0
    for ask in asks:
        length = len(json.dumps(request_in_batch("0" * 2 * NONCE_BYTES, ask))) + 2
        if part and (len(part) == MOST_REQUESTS or size + length > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(ask)
        size += length
    if part:
        yield part
