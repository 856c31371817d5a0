"""Anthropic's client and the stand-in: what we send is what the SDK's types allow, what comes back is what they say."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import judging_kit as kit
import pytest

from bot.errors import JudgingError
from bot.judging.answers import read_answer
from bot.judging.batches import request_in_batch
from bot.judging.client import AnthropicService, NotTaken, TryAgain, reply_of, retry_after
from bot.judging.standin import StandIn, answer_to
from bot.settings import Settings


@pytest.fixture
def both() -> Iterator[tuple[AnthropicService, StandIn]]:
    with kit.service() as both:
        yield both


@pytest.fixture
def service(both: tuple[AnthropicService, StandIn]) -> AnthropicService:
    return both[0]


@pytest.fixture
def stand_in(both: tuple[AnthropicService, StandIn]) -> StandIn:
    return both[1]


def requests(number: int = 3) -> list[dict[str, Any]]:
    return [request_in_batch("nonce", kit.an_ask(n)) for n in range(number)]


# --- what we send ---------------------------------------------------------------------------------------------------


def test_a_request_is_what_the_sdk_types_allow() -> None:
    kit.check_request("/v1/messages", kit.an_ask().request())
    kit.check_request("/v1/messages/batches", {"requests": requests()})


def without(key: str) -> Callable[[dict[str, Any]], Any]:
    return lambda body: body.pop(key)


MALFORMED: list[Callable[[dict[str, Any]], Any]] = [
    without("max_tokens"),
    without("model"),
    without("messages"),
    lambda body: body.update(temperature=0),
    lambda body: body.update(max_tokens="many"),
    lambda body: body.update(system=3),
    lambda body: body["messages"].append({"role": "judge", "content": "x"}),
    lambda body: body["output_config"]["format"].update(type="json"),
    lambda body: body["output_config"].update(schema={}),
]


@pytest.mark.parametrize("spoil", MALFORMED)
def test_a_malformed_request_is_seen(spoil: Callable[[dict[str, Any]], Any]) -> None:
    body = copy.deepcopy(kit.an_ask().request())
    spoil(body)
    with pytest.raises(ValueError, match=r"."):
        kit.check_request("/v1/messages", body)


def test_a_malformed_request_is_refused_by_the_stand_in_and_remembered(
    service: AnthropicService, stand_in: StandIn
) -> None:
    with pytest.raises(NotTaken, match="400"):
        service.ask({"model": "m", "max_tokens": "many", "messages": []})
    assert stand_in.books.problems


# --- what comes back ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["verdict", "refusal", "max_tokens", "empty", "prose", "wrong_type", "out_of_range"])
def test_the_stand_ins_messages_are_what_the_sdk_types_say(answer: str) -> None:
    from anthropic.types import Message

    Message.model_validate(answer_to(kit.an_ask().request(), answer, 1, None), strict=False)


def test_the_stand_ins_batches_and_results_are_what_the_sdk_types_say(stand_in: StandIn) -> None:
    from anthropic.types.messages import MessageBatch, MessageBatchIndividualResponse

    stand_in.behaviour.outcomes = lambda body, _: ["verdict", "errored", "expired"][
        int(json.dumps(body)[-400:].count("0")) % 3
    ]
    made = stand_in.batch({"requests": requests(20)})
    MessageBatch.model_validate(made)
    for line in stand_in.results(made["id"]):
        MessageBatchIndividualResponse.model_validate(json.loads(line))


def test_a_message_comes_back_as_plain_values(service: AnthropicService, stand_in: StandIn) -> None:
    reply = service.ask(kit.an_ask().request())
    assert set(read_answer(reply, "alignment")) == {"aligned", "coherent", "reasoning"}
    assert reply.stop_reason == "end_turn"
    assert reply.request_id.startswith("req_")
    assert reply.answered_by == kit.MODEL
    assert set(reply.usage) == {"input_tokens", "output_tokens"}


def test_a_batch_is_created_retrieved_listed_and_collected(service: AnthropicService, stand_in: StandIn) -> None:
    made = service.create(requests(5))
    assert (made.requests, made.ended) == (5, True)
    assert service.retrieve(made.id) == made
    assert list(service.recent()) == [made]
    items = list(service.results(made.id))
    assert {item.custom_id for item in items} == {request["custom_id"] for request in requests(5)}
    assert [item.custom_id for item in items] != [request["custom_id"] for request in requests(5)]
    assert all(item.reply is not None for item in items)


def test_listing_goes_through_all_pages(
    service: AnthropicService, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.judging.client.PAGE", 3)
    made = [service.create(requests(1)).id for _ in range(8)]
    assert [batch.id for batch in service.recent()] == made[::-1]


@pytest.mark.parametrize("outcome", ["errored", "expired", "canceled"])
def test_what_a_batch_did_not_do_comes_back_with_its_outcome(
    service: AnthropicService, stand_in: StandIn, outcome: str
) -> None:
    stand_in.behaviour.outcomes = lambda *_: outcome
    (item,) = service.results(service.create(requests(1)).id)
    assert (item.outcome, item.reply) == (outcome, None)
    assert ("told to fail" in item.detail) == (outcome == "errored")


def test_a_batch_under_way_has_no_results_and_can_be_cancelled(service: AnthropicService, stand_in: StandIn) -> None:
    stand_in.behaviour.batch_seconds = 60
    made = service.create(requests(2))
    assert not made.ended
    service.cancel(made.id)
    assert {item.outcome for item in service.results(made.id)} == {"canceled"}


# --- what goes wrong ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "perhaps_taken"),
    [("429", False), ("529", False), ("500", True), ("cut_before", True), ("cut_after", True)],
)
def test_what_may_be_tried_again_says_whether_it_may_have_been_taken(fault: str, perhaps_taken: bool) -> None:
    with kit.service(faults=[fault]) as (service, stand_in), pytest.raises(TryAgain) as caught:
        service.ask(kit.an_ask().request())
    assert caught.value.perhaps_taken == perhaps_taken
    assert len(stand_in.books.messages) == (fault == "cut_after")
    assert caught.value.after == (0.05 if fault in ("429", "529") else None)


@pytest.mark.parametrize(("fault", "message"), [("401", "check ANTHROPIC_API_KEY"), ("404", "check the judge's model")])
def test_what_nobody_can_try_again_ends_it_with_what_to_do(fault: str, message: str) -> None:
    with kit.service(faults=[fault]) as (service, _), pytest.raises(JudgingError, match=message):
        service.ask(kit.an_ask().request())


def test_the_client_does_not_try_again_by_itself() -> None:
    with kit.service(faults=["500"] * 9) as (service, stand_in), pytest.raises(TryAgain):
        service.ask(kit.an_ask().request())
    assert stand_in.books.refused == 1


def test_an_unknown_batch_is_about_that_batch_alone(service: AnthropicService) -> None:
    for call in (service.retrieve, lambda name: list(service.results(name))):
        with pytest.raises(NotTaken, match="404"):
            call("msgbatch_unknown")


def test_no_server_there_may_be_tried_again() -> None:
    with StandIn() as stand_in:
        url = stand_in.url
    with closing(kit.service_at(url)) as service, pytest.raises(TryAgain, match="no answer"):
        service.ask(kit.an_ask().request())


def test_without_a_key_there_is_no_service() -> None:
    with pytest.raises(JudgingError, match="ANTHROPIC_API_KEY is not set"):
        from bot.judging.client import anthropic_service

        anthropic_service(Settings(ANTHROPIC_API_KEY=None))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after-ms": "250", "retry-after": "3"}, 0.25),
        ({"retry-after": "Fri, 01 Jan 1999 00:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({}, None),
    ],
)
def test_how_long_to_wait_is_taken_as_the_service_says_it(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


@pytest.mark.parametrize("message", [None, "<html>", object()])
def test_an_answer_that_is_no_message_is_an_empty_reply(message: object) -> None:
    assert reply_of(message).text == ""
