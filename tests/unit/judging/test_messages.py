from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import judging_kit as kit
import pytest

from bot.errors import JudgingError
from bot.judging.answers import Reply
from bot.judging.client import NotTaken, TryAgain
from bot.judging.messages import MOST_IN_VAIN, Messages
from bot.judging.patience import Gate, Patience


def messages(service: Any, concurrency: int = 4, **patience: Any) -> Messages:
    return Messages(
        service, concurrency=concurrency, patience=Patience(**{"first": 0.001, "longest": 0.01, **patience})
    )


def asks(number: int) -> list[Any]:
    return [kit.an_ask(n) for n in range(number)]


def test_every_ask_is_answered_once() -> None:
    service = kit.FakeService()
    found = list(messages(service).answers(asks(20)))
    assert {answered.ask.id for answered in found} == {ask.id for ask in asks(20)}
    assert len(service.asked) == 20


class Counting(kit.FakeService):
    """Counts the calls under way at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.most = 0
        self.lock = threading.Lock()

    def ask(self, request: Mapping[str, Any]) -> Reply:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.005)
        with self.lock:
            self.now -= 1
        return super().ask(request)


def test_no_more_calls_are_under_way_than_allowed() -> None:
    service = Counting()
    assert len(list(messages(service, 3).answers(asks(30)))) == 30
    assert service.most == 3


def test_never_more_answers_are_paid_for_and_not_yet_taken_than_allowed() -> None:
    service = kit.FakeService()
    answers = messages(service, 3).answers(asks(30))
    for taken in range(1, 10):
        next(answers)
        time.sleep(0.01)
        assert len(service.asked) <= taken - 1 + 3
    answers.close()


def test_a_rate_limit_holds_all_calls_as_long_as_it_says() -> None:
    service = kit.FakeService(ask=[TryAgain("429", after=0.2)])
    began = time.monotonic()
    assert len(list(messages(service, 2).answers(asks(6)))) == 6
    assert time.monotonic() - began >= 0.2
    assert len(service.asked) == 6


def test_rate_limits_do_not_use_up_the_tries() -> None:
    service = kit.FakeService(ask=[TryAgain("429", after=0.001)] * 15)
    (answered,) = messages(service, tries=2).answers(asks(1))
    assert answered.reply is not None


def test_a_lost_answer_is_asked_for_again_and_again_but_not_for_ever() -> None:
    service = kit.FakeService(ask=[TryAgain("cut", perhaps_taken=True)] * 50)
    (answered,) = messages(service, tries=3).answers(asks(1))
    assert answered.failed is not None
    assert answered.failed.failure == "api_error"
    assert service.asked == []


def test_a_request_the_service_refuses_is_not_sent_again() -> None:
    service = kit.FakeService(ask=[NotTaken("400: too long"), None])
    first, second = messages(service, 1).answers(asks(2))
    assert first.failed is not None
    assert "too long" in first.failed.detail
    assert second.reply is not None
    assert len(service.asked) == 1


def test_it_stops_where_it_may_not_go_on() -> None:
    service = kit.FakeService()
    found = list(messages(service, 2).answers(asks(10), lambda: len(service.asked) < 4))
    assert 4 <= len(found) <= 5


def test_a_service_that_cannot_be_used_ends_it_after_what_is_under_way() -> None:
    service = Counting()
    service.script = {"ask": iter([None, None, JudgingError("401")])}
    found = []
    with pytest.raises(JudgingError, match="401"):
        for answered in messages(service, 4).answers(asks(50)):
            found.append(answered)
    assert len(found) == len(service.asked)
    assert len(service.asked) < 50


def test_it_gives_up_where_call_after_call_comes_to_nothing() -> None:
    service = kit.FakeService(ask=[NotTaken("400: no credit")] * 100)
    found = []
    with pytest.raises(JudgingError, match=f"{MOST_IN_VAIN} calls in a row came to nothing.*no credit"):
        for answered in messages(service, 1).answers(asks(100)):
            found.append(answered)
    assert len(found) == MOST_IN_VAIN


def test_an_interrupt_waits_for_what_is_paid_for(monkeypatch: pytest.MonkeyPatch) -> None:
    import bot.judging.messages as module

    real, calls = module.wait, iter([None, KeyboardInterrupt()])

    def interrupted(*arguments: Any, **options: Any) -> Any:
        error = next(calls, None)
        if error is not None:
            raise error
        return real(*arguments, **options)

    monkeypatch.setattr(module, "wait", interrupted)
    service = Counting()
    found = []
    with pytest.raises(KeyboardInterrupt):
        for answered in messages(service, 4).answers(asks(50)):
            found.append(answered)
    assert len(found) == len(service.asked) <= 5


def test_a_gate_opens_when_its_time_has_come() -> None:
    now = [0.0]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    gate = Gate(sleep, lambda: now[0])
    gate.passed()
    gate.close(3)
    gate.close(1)
    gate.passed()
    assert slept == [3]


def test_waits_grow_up_to_a_limit() -> None:
    patience = Patience(first=1, longest=10)
    assert 0.75 <= patience.wait(1) <= 1
    assert 1.5 <= patience.wait(2) <= 2
    assert 7.5 <= patience.wait(30) <= 10
    assert patience.wait(5000) <= 10
