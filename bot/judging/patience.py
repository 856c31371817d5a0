"""How long to wait and how often to try, in one place: the two ways of asking share it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

LONGEST_WAIT = 600.0


@dataclass(frozen=True)
class Patience:
    """Times in seconds.

    A call is tried `tries` times; waits start at `first`, double, and end at `longest`. Rate limits do not count as
    tries until `limited` of them in a row. A batch is looked at after `poll`, then at growing distances up to
    `slowest_poll`. `settle` is how long a batch that was being sent when its process died may take to show up in the
    service's list.
    """

    tries: int = 6
    first: float = 0.5
    longest: float = 30.0
    limited: int = 40
    poll: float = 1.0
    slowest_poll: float = 60.0
    settle: float = 20.0
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def wait(self, attempt: int) -> float:
        """How long to wait after try number `attempt`, from 1, with a quarter of it left to chance."""
        return min(self.longest, self.first * 2.0 ** min(attempt - 1, 30)) * (0.75 + random.random() / 4)  # noqa: S311

    def pause(self, asked: float | None, attempt: int) -> None:
        """Wait as long as the service asked, within reason, else longer after each try."""
        self.sleep(self.wait(attempt) if asked is None else min(asked, LONGEST_WAIT))


class Gate:
    """Holds all callers back while the service asked one of them to wait."""

    def __init__(self, sleep: Callable[[float], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._sleep = sleep
        self._clock = clock
        self._opens = 0.0
        self._lock = threading.Lock()

    def close(self, seconds: float) -> None:
        """Nobody passes for that long."""
        with self._lock:
            self._opens = max(self._opens, self._clock() + min(seconds, LONGEST_WAIT))

    def passed(self) -> None:
        """Wait until it is open, or until the sleep is broken off."""
        while (left := self._opens - self._clock()) > 0:
            before = self._clock()
            self._sleep(left)
            if self._clock() - before < left / 2:
                return
