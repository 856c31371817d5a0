"""Re-judging by Message Batches against the stand-in: exactly one batch is paid for, whenever the process dies."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from pathlib import Path
from typing import Any

import judging_kit as kit
import pytest

from bot.archives.catalogue import open_archive
from bot.judging.standin import StandIn

KILLS, FAILED = 20, 165


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """1,040 samples of which 165 failed."""
    return kit.write_archive(tmp_path / "issue-98", questions=52, samples=20, failed=FAILED)


def is_complete(root: Path) -> bool:
    verdicts = kit.journal(root, "verdict")
    judged = all(s.judgement.failure is None for cell in open_archive(root).cells for s in cell.samples)
    return judged and len(verdicts) == len({line.id for line in verdicts}) == FAILED


def test_one_batch_gives_every_verdict(root: Path) -> None:
    before = kit.digests(root)
    with StandIn(kit.behaviour(batch_seconds=0.2)) as stand_in:
        tally = kit.rejudge(root, stand_in, via="batches")
    assert (tally.verdicts, len(stand_in.books.batches), stand_in.books.problems) == (FAILED, 1, [])
    assert is_complete(root)
    assert kit.digests(root) == before


def test_killed_at_twenty_moments_it_pays_for_one_batch(root: Path) -> None:
    before, rng = kit.digests(root), random.Random(9)
    with StandIn(kit.behaviour(batch_seconds=2.0)) as stand_in:
        for _ in range(KILLS):
            process = kit.started(root, stand_in.url, "batches")
            time.sleep(rng.uniform(0.02, 0.4))
            process.kill()
            process.join()
        kit.rejudge(root, stand_in, via="batches")
    assert len(stand_in.books.batches) == 1
    assert is_complete(root)
    assert kit.digests(root) == before


def test_killed_between_acceptance_and_our_noting_it_it_pays_for_one_batch(root: Path) -> None:
    died: list[int] = []

    def kill() -> None:
        if not died:
            died.append(process.pid)
            os.kill(process.pid, signal.SIGKILL)

    with StandIn(kit.behaviour(after_batch=kill)) as stand_in:
        process: Any = kit.started(root, stand_in.url, "batches")
        process.join(60)
        assert process.exitcode == -signal.SIGKILL
        assert [line.kind for line in kit.journal(root)] == ["job", "intent"]
        tally = kit.rejudge(root, stand_in, via="batches")
    assert (len(stand_in.books.batches), tally.taken_up) == (1, FAILED)
    assert is_complete(root)


def test_killed_before_acceptance_it_sends_the_batch_once(root: Path) -> None:
    with StandIn(kit.behaviour()) as stand_in:
        process: Any = kit.started(root, stand_in.url, "batches")
        stand_in.behaviour.check = lambda *_: os.kill(process.pid, signal.SIGKILL) or time.sleep(0.2) or refuse()
        process.join(60)
        stand_in.behaviour.check = kit.check_request
        kit.rejudge(root, stand_in, via="batches")
    assert len(stand_in.books.batches) == 1
    assert is_complete(root)


def refuse() -> None:
    raise ValueError("never accepted")


def test_a_stranger_with_a_batch_of_the_same_size_changes_nothing(root: Path) -> None:
    def requests() -> list[dict[str, Any]]:
        return [{"custom_id": f"stranger-{n}", "params": kit.an_ask(n).request()} for n in range(FAILED)]

    with StandIn(kit.behaviour(faults=["cut_after"])) as stand_in:
        stand_in.batch({"requests": requests()})
        tally = kit.rejudge(root, stand_in, via="batches")
    assert (tally.verdicts, len(stand_in.books.batches)) == (FAILED, 2)
    assert is_complete(root)


def test_what_errored_expired_or_was_cancelled_is_sent_again_and_nothing_else(root: Path) -> None:
    outcomes = ["errored", "expired", "canceled", "verdict", "verdict"]

    def outcome(body: dict[str, Any], batch: int) -> str:
        return outcomes[sum(body["messages"][0]["content"].encode()) % 5] if batch == 1 else "verdict"

    with StandIn(kit.behaviour(outcomes=outcome)) as stand_in:
        tally = kit.rejudge(root, stand_in, via="batches")
    first, second = stand_in.books.batches.values()
    undone = [request for request in first if outcome(request["params"], 1) != "verdict"]
    assert len(second) == len(undone) > 0
    assert tally.verdicts == FAILED
    assert is_complete(root)


def test_ten_thousand_judgements_take_less_than_a_minute_and_300_megabytes(tmp_path: Path) -> None:
    root = kit.write_archive(tmp_path / "many", questions=100, samples=100, failed=10_000)
    receive, send = multiprocessing.get_context("forkserver").Pipe(duplex=False)
    with StandIn(kit.behaviour(check=lambda *_: None)) as stand_in, receive, send:
        process = kit.started(root, stand_in.url, "batches", report=send)
        process.join(120)
        assert receive.poll(0)
        seconds, megabytes = receive.recv()
    assert stand_in.books.in_batches == len(kit.journal(root, "verdict")) == 10_000
    assert seconds < 60
    assert megabytes < 300
