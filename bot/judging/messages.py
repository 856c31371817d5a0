"""Asking one by one: at most so many calls on their way at a time, and a rate limit holds all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import NamedTuple

from bot.errors import JudgingError
from bot.judging.answers import Failed, Reply
from bot.judging.asks import Ask
from bot.judging.client import NotTaken, Service, TryAgain
from bot.judging.patience import Gate, Patience

CONCURRENCY = 8
MOST_IN_VAIN = 10


class Answered(NamedTuple):
    """What came of an ask: the service's reply, or why there is none."""

    ask: Ask
    reply: Reply | None
    failed: Failed | None = None


class _Stopped(Exception):
    """A call was given up because everything is."""


class Messages:
    """The way of one call an ask."""

    name = "messages"

    def __init__(self, service: Service, *, concurrency: int = CONCURRENCY, patience: Patience | None = None) -> None:
        self._service = service
        self._concurrency = max(1, concurrency)
        self._patience = patience or Patience()
        self._stop = threading.Event()
        self._gate = Gate(self._pause)

    def answers(self, asks: Iterable[Ask], may_go_on: Callable[[], bool] = lambda: True) -> Iterator[Answered]:
        """Answers as they come.

        The next call is sent when the caller takes the next answer, so never more than `concurrency` answers are paid
        for and not yet taken. Ends early where `may_go_on` says no. Whatever stops it, what is under way is waited for
        and handed out first; then raises JudgingError where the service cannot be used, or KeyboardInterrupt.
        """
        with ThreadPoolExecutor(self._concurrency, thread_name_prefix="judge") as pool:
            flight = _Flight(pool, self._answer, iter(asks), self._concurrency, may_go_on)
            try:
                while flight.lifts():
                    answered = flight.landed()
                    if flight.trouble is not None:
                        self._stop.set()
                    if answered is not None:
                        yield answered
            finally:
                self._stop.set()
        if flight.trouble is not None:
            raise flight.trouble

    def _pause(self, seconds: float) -> None:
        """Sleep, but not on after all was stopped."""
        self._stop.wait(seconds)

    def _answer(self, ask: Ask) -> Answered:
        try:
            return Answered(ask, self._reply(ask))
        except (TryAgain, NotTaken) as refusal:
            return Answered(ask, None, Failed("api_error", refusal.detail))

    def _reply(self, ask: Ask) -> Reply:
        request = ask.request()
        tries = limited = 0
        while True:
            self._gate.passed()
            if self._stop.is_set():
                raise _Stopped
            try:
                return self._service.ask(request)
            except TryAgain as busy:
                if busy.perhaps_taken or limited >= self._patience.limited:
                    tries += 1
                else:
                    limited += 1
                if tries >= self._patience.tries:
                    raise
                self._hold(busy, tries + limited)

    def _hold(self, busy: TryAgain, attempt: int) -> None:
        """Wait as asked, or longer each time; a limit is everybody's, a lost answer one's own."""
        seconds = busy.after if busy.after is not None else self._patience.wait(attempt)
        if busy.perhaps_taken:
            self._pause(min(seconds, self._patience.longest))
        else:
            self._gate.close(seconds)


class _Flight:
    """The calls under way, and what has gone wrong with them."""

    def __init__(
        self,
        pool: ThreadPoolExecutor,
        answer: Callable[[Ask], Answered],
        asks: Iterator[Ask],
        most: int,
        may_go_on: Callable[[], bool],
    ) -> None:
        self._pool = pool
        self._answer = answer
        self._asks = asks
        self._most = most
        self._may_go_on = may_go_on
        self._under_way: set[Future[Answered]] = set()
        self._in_vain = 0
        self.trouble: BaseException | None = None

    def lifts(self) -> bool:
        """Send as many as may be under way; whether any is."""
        while self.trouble is None and len(self._under_way) < self._most and self._may_go_on():
            ask = next(self._asks, None)
            if ask is None:
                break
            self._under_way.add(self._pool.submit(self._answer, ask))
        return bool(self._under_way)

    def landed(self) -> Answered | None:
        """The next one that ended; None where it brought no answer but trouble."""
        try:
            done = wait(self._under_way, return_when=FIRST_COMPLETED).done.pop()
        except KeyboardInterrupt as interrupt:
            if self.trouble is not None:
                raise
            self.trouble = interrupt
            return None
        self._under_way.discard(done)
        try:
            return self._counted(done.result())
        except _Stopped:
            return None
        except JudgingError as error:
            self.trouble = self.trouble or error
            return None

    def _counted(self, answered: Answered) -> Answered:
        self._in_vain = self._in_vain + 1 if answered.failed is not None else 0
        if self._in_vain >= MOST_IN_VAIN and answered.failed is not None:
            what = f"{MOST_IN_VAIN} calls in a row came to nothing, the last with: {answered.failed.detail}"
            fix = "look at the service, then run the same command again: it asks only what is missing"
            self.trouble = self.trouble or JudgingError(what, fix=fix)
        return answered
