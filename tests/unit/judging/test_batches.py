from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import judging_kit as kit
import pytest

from bot.archives.rejudged import Line
from bot.errors import JudgingError
from bot.judging import batches as module
from bot.judging.asks import by_id
from bot.judging.batches import Batches, split
from bot.judging.client import BatchInfo, NotTaken, TryAgain
from bot.judging.journal import Journal
from bot.judging.messages import Answered


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path) as journal:
        journal.begin({})
        yield journal


def asks(number: int) -> list[Any]:
    return [kit.an_ask(n) for n in range(number)]


def answers(service: Any, journal: Journal, number: int = 5) -> list[Answered]:
    return list(Batches(service, journal, patience=kit.QUICK).answers(asks(number)))


def test_all_answers_come_from_one_batch_in_whatever_order(journal: Journal) -> None:
    service = kit.FakeService()
    found = answers(service, journal)
    assert len(service.batches) == 1
    assert {answered.ask.id for answered in found} == {ask.id for ask in asks(5)}
    assert not journal.state.batches


def test_the_intent_is_on_disk_before_the_batch_is_sent_and_its_id_before_it_is_asked_about(journal: Journal) -> None:
    seen: list[tuple[str, list[str]]] = []

    class Watching(kit.FakeService):
        def create(self, requests: Any) -> BatchInfo:
            seen.append(("create", [line.kind for line in kit.journal(journal.path.parent)]))
            return super().create(requests)

        def results(self, batch: str) -> Any:
            seen.append(("results", [line.kind for line in kit.journal(journal.path.parent)]))
            return super().results(batch)

    answers(Watching(), journal)
    assert seen == [("create", ["job", "intent"]), ("results", ["job", "intent", "batch"])]


def test_the_nonce_of_the_intent_is_in_every_custom_id(journal: Journal) -> None:
    service = kit.FakeService()
    answers(service, journal)
    (intent,) = kit.journal(journal.path.parent, "intent")
    custom_ids = [request["custom_id"] for request in service.batches["msgbatch_0"]]
    assert custom_ids == [f"{intent.nonce}_{ask.id}" for ask in asks(5)]
    assert all(len(custom_id) <= 64 for custom_id in custom_ids)


@pytest.mark.parametrize("outcome", ["errored", "expired", "canceled"])
def test_what_a_batch_did_not_do_is_sent_again(journal: Journal, outcome: str) -> None:
    service = kit.FakeService()
    service.outcomes = lambda request, batch: (
        outcome if batch == "msgbatch_0" and request["custom_id"].endswith(asks(1)[0].id) else "succeeded"
    )
    found = answers(service, journal)
    assert [len(batch) for batch in service.batches.values()] == [5, 1]
    assert all(answered.reply is not None for answered in found)
    assert len(found) == 5


def test_what_no_batch_does_is_a_failure_in_the_end(journal: Journal) -> None:
    service = kit.FakeService()
    service.outcomes = lambda *_: "expired"
    found = answers(service, journal, 2)
    assert len(service.batches) == module.ROUNDS
    assert [answered.failed.failure for answered in found if answered.failed] == ["expired"] * 2


def test_a_batch_whose_acceptance_was_lost_is_found_and_not_sent_again(journal: Journal) -> None:
    class Lossy(kit.FakeService):
        def create(self, requests: Any) -> BatchInfo:
            self.accept(requests)
            raise TryAgain("connection lost", perhaps_taken=True)

    service = Lossy()
    assert len(answers(service, journal)) == 5
    assert len(service.batches) == 1


def test_a_batch_that_was_not_accepted_is_sent_again(journal: Journal) -> None:
    service = kit.FakeService(create=[TryAgain("500", perhaps_taken=True), TryAgain("429", after=0.01)])
    assert len(answers(service, journal)) == 5
    assert len(service.batches) == 1


def test_a_strangers_batch_of_the_same_size_is_not_taken_for_ours(journal: Journal) -> None:
    service = kit.FakeService(create=[TryAgain("500", perhaps_taken=True)])
    service.accept([{"custom_id": f"stranger_{n}"} for n in range(5)])
    assert len(answers(service, journal)) == 5
    assert len(service.batches) == 2


def test_an_old_batch_is_not_even_looked_into(journal: Journal) -> None:
    service = kit.FakeService(create=[TryAgain("500", perhaps_taken=True)])
    service.created = datetime.now(UTC) - timedelta(days=2)
    service.accept([{"custom_id": f"old_{n}"} for n in range(5)])
    looked: list[str] = []
    real = service.results
    service.results = lambda batch: looked.append(batch) or real(batch)  # type: ignore[func-returns-value,method-assign]
    assert len(answers(service, journal)) == 5
    assert looked == ["msgbatch_1"]


def test_a_refused_batch_leaves_no_intent_behind(journal: Journal) -> None:
    service = kit.FakeService(create=[NotTaken("400: bad")])
    with pytest.raises(JudgingError, match="the batch was refused: 400: bad"):
        answers(service, journal)
    assert not journal.state.intents


def test_results_that_break_off_are_read_again_and_counted_once(journal: Journal) -> None:
    class Breaking(kit.FakeService):
        broken = False

        def results(self, batch: str) -> Any:
            for number, item in enumerate(super().results(batch)):
                if number == 3 and not self.broken:
                    self.broken = True
                    raise TryAgain("connection lost", perhaps_taken=True)
                yield item

    found = answers(Breaking(), journal)
    assert len(found) == len({answered.ask.id for answered in found}) == 5


def test_a_service_that_stays_silent_is_given_up_and_the_batch_kept_in_mind(journal: Journal) -> None:
    service = kit.FakeService(results=[TryAgain("no answer", perhaps_taken=True)] * 50)
    with pytest.raises(JudgingError, match="takes up the batch it sent"):
        answers(service, journal)
    assert len(journal.state.batches) == 1


def test_an_unfinished_batch_is_taken_up_by_its_id(journal: Journal) -> None:
    service = kit.FakeService()
    service.accept([{"custom_id": f"n_{ask.id}"} for ask in asks(5)])
    journal.write(Line(kind="intent", nonce="n", count=5), Line(kind="batch", nonce="n", batch="msgbatch_0", count=5))
    found = list(Batches(service, journal, patience=kit.QUICK).taken_up(by_id(asks(3))))
    assert len(found) == 3
    assert not journal.state.batches


def test_an_accepted_batch_that_nobody_noted_is_found_by_its_nonce(journal: Journal) -> None:
    service = kit.FakeService()
    service.accept([{"custom_id": f"other_{ask.id}"} for ask in asks(5)])
    service.accept([{"custom_id": f"n_{ask.id}"} for ask in asks(5)])
    journal.write(Line(kind="intent", nonce="n", count=5))
    found = list(Batches(service, journal, patience=kit.QUICK).taken_up(by_id(asks(5))))
    assert len(found) == 5
    assert [line.batch for line in kit.journal(journal.path.parent, "batch")] == ["msgbatch_1"]


def test_an_intent_that_never_became_a_batch_is_closed(journal: Journal) -> None:
    journal.write(Line(kind="intent", nonce="n", count=5))
    assert list(Batches(kit.FakeService(), journal, patience=kit.QUICK).taken_up(by_id(asks(5)))) == []
    assert not journal.state.intents


def test_open_batches_can_be_cancelled(journal: Journal) -> None:
    service = kit.FakeService()
    service.accept([])
    journal.write(Line(kind="batch", nonce="n", batch="msgbatch_0"))
    assert Batches(service, journal, patience=kit.QUICK).cancel() == 1
    assert service.cancelled == ["msgbatch_0"]


def test_batches_are_split_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_REQUESTS", 4)
    assert [len(part) for part in split(asks(10))] == [4, 4, 2]


def test_batches_are_split_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    import json

    one = len(json.dumps(module.request_in_batch("0" * 16, kit.an_ask(1)))) + 2
    monkeypatch.setattr(module, "MOST_BYTES", one * 3)
    parts = list(split(asks(7)))
    assert [len(part) for part in parts] == [3, 3, 1]


def test_several_batches_are_collected_all(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_REQUESTS", 2)
    service = kit.FakeService()
    assert len(answers(service, journal)) == 5
    assert len(service.batches) == 3


def test_a_batch_that_the_service_does_not_know_is_not_sent_again_by_itself(journal: Journal) -> None:
    journal.write(Line(kind="batch", nonce="n", batch="msgbatch_9", count=5))
    service = kit.FakeService(retrieve=[NotTaken("404: no such batch")])
    with pytest.raises(JudgingError, match="use the key that sent it"):
        list(Batches(service, journal, patience=kit.QUICK).taken_up(by_id(asks(5))))
    assert set(journal.state.batches) == {"n"}


def test_a_batch_that_is_gone_can_be_given_up(journal: Journal) -> None:
    journal.write(Line(kind="batch", nonce="n", batch="msgbatch_9", count=5))
    service = kit.FakeService(cancel=[NotTaken("404")], retrieve=[NotTaken("404")])
    assert Batches(service, journal, patience=kit.QUICK).cancel() == 1
    assert not journal.state.batches


def test_a_batch_that_has_ended_is_not_given_up(journal: Journal) -> None:
    service = kit.FakeService(cancel=[NotTaken("400: it has ended")])
    service.accept([])
    journal.write(Line(kind="batch", nonce="n", batch="msgbatch_0"))
    Batches(service, journal, patience=kit.QUICK).cancel()
    assert set(journal.state.batches) == {"n"}
