"""Telling how re-judging goes: a bar on a terminal, plain lines anywhere else, nothing where quiet is asked for."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bot.judging.job import Tally, Watch

EVERY = 10.0  # seconds between two plain lines


@contextmanager
def watching(say: Callable[[str], None], *, quiet: bool) -> Iterator[Watch]:
    """A watch for one job; `say` prints a line."""
    if quiet:
        yield Watch()
    elif sys.stderr.isatty():
        with _bar() as watch:
            yield watch
    else:
        yield Watch(say, _Lines(say))


class _Lines:
    """A line now and then, and one at the end."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._told = time.monotonic()

    def __call__(self, tally: Tally) -> None:
        now = time.monotonic()
        if tally.total and (tally.done == tally.total or now - self._told >= EVERY):
            self._told = now
            self._say(line(tally))


def line(tally: Tally) -> str:
    """How far it is, in one line."""
    left = f", about {duration(tally.left)} left" if tally.left is not None and tally.done < tally.total else ""
    failed = tally.failures.total()
    return f"{tally.done:,} of {tally.total:,} asked, {failed:,} without a verdict, {tally.spent}{left}"


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    if seconds < 90:
        return f"{round(seconds)} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


@contextmanager
def _bar() -> Iterator[Watch]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    with Progress(
        TextColumn("recount:"), BarColumn(), TextColumn("{task.description}"), console=Console(stderr=True)
    ) as bar:
        task = bar.add_task("asking", total=None)

        def tell(tally: Tally) -> None:
            bar.update(task, total=tally.total, completed=tally.done, description=line(tally))

        yield Watch(lambda text: bar.console.print(f"recount: {text}", markup=False, highlight=False), tell)
