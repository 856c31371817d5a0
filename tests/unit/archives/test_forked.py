from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archives.forked import MOST_JOBS, Forked, InProcess, best_mapper

PARENT = os.getpid()


def answer(job: int) -> bytes:
    return b"%d" % job


def slow_answer(job: int) -> bytes:
    time.sleep(0.002)
    return b"%d %d" % (job, os.getpid())


def large_answer(job: int) -> bytes:
    time.sleep(0.001)
    return bytes([job]) * 300_000


def deadly_in_forks(job: int) -> bytes:
    if os.getpid() != PARENT and job % 3 == 0:
        os.kill(os.getpid(), 9)
    time.sleep(0.001)
    return answer(job)


def failing(job: int) -> bytes:
    if job == 5:
        raise ValueError("five")
    return answer(job)


@given(st.integers(0, 60), st.integers(1, 4))
def test_answers_come_once_and_in_order(jobs, processes):
    assert list(Forked(processes).map(answer, range(jobs))) == [b"%d" % job for job in range(jobs)]


def test_the_work_is_shared():
    answers = list(Forked(2).map(slow_answer, range(40)))
    assert [int(each.split()[0]) for each in answers] == list(range(40))
    assert len({each.split()[1] for each in answers}) == 2


def test_answers_larger_than_a_pipe_arrive():
    assert list(Forked(2).map(large_answer, range(20))) == [bytes([job]) * 300_000 for job in range(20)]


def test_what_a_killed_fork_leaves_is_done_here():
    assert list(Forked(3).map(deadly_in_forks, range(60))) == [b"%d" % job for job in range(60)]


def children() -> set[str]:
    """Processes of this one that are still there; other tests of the same worker may keep servers."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def test_an_error_is_raised_here_and_leaves_no_process_behind():
    before = children()
    with pytest.raises(ValueError, match="five"):
        list(Forked(3).map(failing, range(50)))
    assert children() <= before


def test_as_many_jobs_as_allowed_fit_into_the_pipe():
    assert len(list(Forked(2).map(answer, range(MOST_JOBS)))) == MOST_JOBS


def test_no_fork_where_it_could_not_help_or_could_do_harm(monkeypatch):
    monkeypatch.setattr("bot.archives.forked._processors", lambda: 2)
    monkeypatch.setattr(threading, "active_count", lambda: 1)
    assert isinstance(best_mapper(10), Forked)
    assert isinstance(best_mapper(1), InProcess)
    assert isinstance(best_mapper(MOST_JOBS + 1), InProcess)
    monkeypatch.setattr("bot.archives.forked._processors", lambda: 1)
    assert isinstance(best_mapper(10), InProcess)
    monkeypatch.setattr("bot.archives.forked._processors", lambda: 8)
    monkeypatch.setattr(threading, "active_count", lambda: 2)
    assert isinstance(best_mapper(10), InProcess)
