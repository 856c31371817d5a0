"""`Executor.map` over this process and forks of it: for work of tens of milliseconds, where a process pool is too slow.

A fork costs about a millisecond and starts with everything loaded; `concurrent.futures` takes forty to begin. Whatever
a fork leaves undone, because it died or was killed, this process does itself: every answer is there once and in order.
"""

from __future__ import annotations

import os
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

Job = TypeVar("Job")
_Job = TypeVar("_Job", contravariant=True)

MOST_PROCESSES = 4
# All tickets must fit into a pipe before anyone takes one.
MOST_JOBS = 4_000

_TICKET = struct.Struct("<I")
_FRAME = struct.Struct("<II")
_CHUNK = 1 << 20


class Mapper(Protocol):
    """What is needed of an executor: `concurrent.futures` ones have it, and Dask's."""

    def map(self, function: Callable[[Job], bytes], jobs: Iterable[Job], /) -> Iterator[bytes]:
        """The answers of `function` to `jobs`, in their order."""
        ...


class InProcess:
    """One after the other, in this process."""

    def map(self, function: Callable[[Job], bytes], jobs: Iterable[Job], /) -> Iterator[bytes]:
        """The answers of `function` to `jobs`, in their order."""
        return map(function, jobs)


class Forked:
    """All at once, in this process and in `processes` − 1 forks of it."""

    def __init__(self, processes: int) -> None:
        self.processes = processes

    def map(self, function: Callable[[Job], bytes], jobs: Iterable[Job], /) -> Iterator[bytes]:
        """The answers of `function` to `jobs`, in their order. At most MOST_JOBS jobs."""
        jobs = list(jobs)
        tickets = _tickets(len(jobs))
        forks = [_fork(function, jobs, tickets) for _ in range(self.processes - 1)]
        answers: dict[int, bytes] = {}
        try:
            answers.update(_answers(function, jobs, tickets))
        finally:
            # After a failure here nobody shall go on with what is left.
            os.read(tickets, MOST_JOBS * _TICKET.size)
            os.close(tickets)
            for process, pipe in forks:
                answers.update(_received(pipe))
                os.waitpid(process, 0)
        return (answers[index] if index in answers else function(job) for index, job in enumerate(jobs))


def best_mapper(jobs: int) -> Mapper:
    """Forks where there are processors, more than one job, and no other thread that a fork could cut in half."""
    processes = min(_processors(), MOST_PROCESSES, jobs)
    safe = hasattr(os, "fork") and threading.active_count() == 1
    return Forked(processes) if safe and processes > 1 and jobs <= MOST_JOBS else InProcess()


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _tickets(count: int) -> int:
    """A pipe that holds the number of each job once: whoever reads one, does that job."""
    taking, giving = os.pipe()
    os.write(giving, b"".join(map(_TICKET.pack, range(count))))
    os.close(giving)
    return taking


def _answers(function: Callable[[Job], bytes], jobs: Sequence[Job], tickets: int) -> Iterator[tuple[int, bytes]]:
    while ticket := os.read(tickets, _TICKET.size):
        (index,) = _TICKET.unpack(ticket)
        yield index, function(jobs[index])


def _fork(function: Callable[[Job], bytes], jobs: Sequence[Job], tickets: int) -> tuple[int, int]:
    receiving, sending = os.pipe()
    process = os.fork()
    if process:
        os.close(sending)
        return process, receiving
    # From here on this is the fork: it answers, and ends without running anything of its parent's.
    try:
        os.close(receiving)
        _send(sending, _answers(function, jobs, tickets))
    finally:
        os._exit(0)


def _send(pipe: int, answers: Iterable[tuple[int, bytes]]) -> None:
    # Everything at the end: the parent reads only once its own share is done, and a pipe holds little.
    frames = b"".join(_FRAME.pack(index, len(answer)) + answer for index, answer in answers)
    with os.fdopen(pipe, "wb", buffering=0) as stream:
        view = memoryview(frames)
        while view:
            view = view[stream.write(view) :]


def _received(pipe: int) -> Iterator[tuple[int, bytes]]:
    with os.fdopen(pipe, "rb") as stream:
        frames = stream.read()
    at = 0
    while at + _FRAME.size <= len(frames):
        index, size = _FRAME.unpack_from(frames, at)
        at += _FRAME.size + size
        if at <= len(frames):
            yield index, frames[at - size : at]
