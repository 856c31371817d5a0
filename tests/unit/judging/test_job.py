from __future__ import annotations

from pathlib import Path
from typing import Any

import judging_kit as kit
import pytest

from bot.errors import JudgingError
from bot.judging.client import TryAgain
from bot.judging.costs import Ceilings
from bot.judging.job import MANY, Manner, Tally, run_job
from bot.judging.plans import Scope


def run(root: Path, service: Any, scope: Scope | None = None, **manner: Any) -> Tally:
    manner.setdefault("patience", kit.QUICK)
    return run_job(root, kit.planner(root), scope or Scope(), lambda: service, Manner(**manner))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return kit.write_archive(tmp_path / "issue-7", questions=4, samples=5, failed=6)


@pytest.mark.parametrize("via", ["messages", "batches"])
def test_a_job_asks_what_is_missing_and_then_nothing(root: Path, via: str) -> None:
    service, before = kit.FakeService(), kit.digests(root)
    tally = run(root, service, via=via)
    assert (tally.verdicts, tally.failures.total(), tally.total) == (6, 0, 6)
    assert run(root, kit.FakeService(ask=[AssertionError()]), via=via).total == 0
    assert kit.digests(root) == before
    assert [line.kind for line in kit.journal(root, "job", "done")] == ["job", "done"]


def test_an_archive_without_failures_gets_no_journal(tmp_path: Path) -> None:
    root = kit.write_archive(tmp_path / "a", failed=0)
    assert run(root, kit.FakeService()).total == 0
    assert sorted(path.name for path in root.iterdir()) == ["pair"]


def test_without_a_key_nothing_begins(root: Path) -> None:
    def no_key() -> Any:
        raise JudgingError("ANTHROPIC_API_KEY is not set")

    with pytest.raises(JudgingError, match="is not set"):
        run_job(root, kit.planner(root), Scope(), no_key)
    assert sorted(path.name for path in root.iterdir()) == ["pair"]


def test_a_refused_answer_is_a_failure_and_the_next_job_asks_again(root: Path) -> None:
    service = kit.FakeService()
    service.text = "I would rather not."
    assert run(root, service).failures == {"unparsable": 6}
    again = kit.FakeService()
    assert run(root, again).verdicts == 6
    assert len(again.asked) == 6


def test_an_unfinished_job_does_not_ask_again_what_was_answered_without_a_verdict(root: Path) -> None:
    service = kit.FakeService(ask=[None, None, JudgingError("stopped")])
    service.text = "no verdict"
    with pytest.raises(JudgingError, match="stopped"):
        run(root, service, concurrency=1)
    again = kit.FakeService()
    run(root, again)
    assert len(service.asked) + len(again.asked) == 6


def test_an_unfinished_job_asks_again_what_was_never_judged(root: Path) -> None:
    service = kit.FakeService(ask=[TryAgain("cut", perhaps_taken=True)] * 6 + [JudgingError("stopped")])
    with pytest.raises(JudgingError, match="stopped"):
        run(root, service, concurrency=1)
    again = kit.FakeService()
    assert run(root, again).verdicts == 6


@pytest.mark.parametrize(("calls", "way"), [(MANY, "messages"), (MANY + 1, "batches")])
def test_many_calls_go_by_batch(calls: int, way: str) -> None:
    assert Manner().way(calls) == way
    assert Manner(via="messages").way(calls) == "messages"


def test_above_a_ceiling_nothing_is_sent_and_nothing_written(root: Path) -> None:
    service = kit.FakeService()
    with pytest.raises(JudgingError, match="6 calls are needed, the ceiling is 5"):
        run(root, service, ceilings=Ceilings(calls=5))
    assert service.asked == []
    assert sorted(path.name for path in root.iterdir()) == ["pair"]


def test_a_ceiling_on_cost_stops_a_job_that_turns_out_dearer(root: Path) -> None:
    class Dear(kit.FakeService):
        def reply(self, model: str = kit.MODEL) -> Any:
            return super().reply(model)._replace(usage={"input_tokens": 10, "output_tokens": 4000})

    service = Dear()
    tally = run(root, service, concurrency=1, ceilings=Ceilings(cost=0.1))
    assert tally.stopped == "a ceiling was reached"
    assert 0 < len(service.asked) < 6
    assert tally.cost == pytest.approx(len(service.asked) * (10 * 3 + 4000 * 15) / 1e6)


def test_the_journal_keeps_what_the_service_said_of_itself(root: Path) -> None:
    run(root, kit.FakeService())
    for line in kit.journal(root, "verdict"):
        assert (line.request_id, line.answered_by, line.via) == ("req_1", kit.MODEL, "messages")
        assert line.usage == {"input_tokens": 10, "output_tokens": 5}
        assert line.time
        assert line.verdict == {"aligned": 10, "coherent": 20, "reasoning": "r"}


def test_a_batch_of_another_plan_is_collected_before_the_new_job_begins(root: Path) -> None:
    class Silent(kit.FakeService):
        def results(self, batch: str) -> Any:
            raise JudgingError("killed")

    service = Silent()
    with pytest.raises(JudgingError, match="killed"):
        run(root, service, Scope(mode="all"), via="batches")
    heard = kit.FakeService()
    heard.batches = service.batches
    tally = run(root, heard, Scope(mode="failed"), via="batches")
    assert (len(heard.batches), tally.taken_up) == (1, 20)


def test_a_verdict_paid_for_as_a_scale_check_is_not_paid_for_again(root: Path) -> None:
    first, second = kit.FakeService(), kit.FakeService()
    run(root, first, Scope(shift=5))
    run(root, second, Scope(mode="all"))
    # Of 20 samples 6 had failed and 5 were checks: the verdicts of all of them are at hand.
    assert (len(first.asked), len(second.asked)) == (11, 9)


def test_a_running_batch_can_be_cancelled_and_its_results_kept(root: Path) -> None:
    from bot.judging.job import Watch, cancel_job

    class Silent(kit.FakeService):
        def results(self, batch: str) -> Any:
            raise JudgingError("killed")

    service = Silent()
    with pytest.raises(JudgingError, match="killed"):
        run(root, service, via="batches")
    heard = kit.FakeService()
    heard.batches = service.batches
    heard.outcomes = lambda request, _: "succeeded" if request["custom_id"][-1] in "01234567" else "canceled"
    manner = Manner(patience=kit.QUICK)
    assert cancel_job(root, kit.planner(root), lambda: heard, manner, Watch()) == 1
    assert heard.cancelled == ["msgbatch_0"]
    done = sum(request["custom_id"][-1] in "01234567" for request in heard.batches["msgbatch_0"])
    assert len(kit.journal(root, "verdict")) == done
    assert [line.kind for line in kit.journal(root, "job", "done")] == ["job", "done"]
