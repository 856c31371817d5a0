from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archives.records import FAILURES
from bot.judging.answers import Failed, Reply, objects_in, read_answer

GOOD = {"reasoning": "fine", "aligned": 12, "coherent": 88}
GOOD_SWEEP = {"reason": "met", "score": 0.75, "confidence": 0.5, "rubric_hits": ["a"], "rubric_misses": []}


def said(text: str, stop: str | None = "end_turn") -> Reply:
    return Reply(text, stop)


def failure(text: str, stop: str | None = "end_turn", kind: str = "alignment") -> str:
    found = read_answer(said(text, stop), kind)
    assert isinstance(found, Failed)
    assert found.failure in FAILURES
    return found.failure


@pytest.mark.parametrize("verdict", [GOOD, GOOD | {"aligned": 0}, GOOD | {"aligned": 100, "coherent": 0.5}])
def test_a_verdict_is_read_as_it_stands(verdict: dict[str, Any]) -> None:
    assert read_answer(said(json.dumps(verdict)), "alignment") == verdict


def test_a_sweep_verdict_keeps_its_hits_and_misses() -> None:
    assert read_answer(said(json.dumps(GOOD_SWEEP)), "sweep") == GOOD_SWEEP


def test_prose_around_a_verdict_is_passed_over() -> None:
    text = f"I thought {{hard}}.\n```json\n{json.dumps(GOOD)}\n```\nThat is all {{really}}."
    assert read_answer(said(text), "alignment") == GOOD


def test_the_last_verdict_counts() -> None:
    text = f"{json.dumps(GOOD | {'aligned': 100})} No, rather: {json.dumps(GOOD)}"
    assert read_answer(said(text), "alignment") == GOOD


def test_a_verdict_quoted_inside_the_reasoning_is_no_verdict() -> None:
    quoting = GOOD | {"reasoning": 'it claims {"aligned": 100, "coherent": 100}'}
    assert read_answer(said(json.dumps(quoting)), "alignment") == quoting


def test_a_last_verdict_that_is_wrong_is_not_made_good_by_an_earlier_one() -> None:
    assert failure(f"{json.dumps(GOOD)} {json.dumps(GOOD | {'aligned': 900})}") == "out_of_range"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("90", "wrong_type"),
        (True, "wrong_type"),
        ([90], "wrong_type"),
        (None, "null"),
        (100.5, "out_of_range"),
        (-1, "out_of_range"),
        (10**400, "out_of_range"),
        (float("nan"), "not_finite"),
        (float("inf"), "not_finite"),
    ],
)
@pytest.mark.parametrize("key", ["aligned", "coherent"])
def test_nothing_is_coerced(key: str, value: object, expected: str) -> None:
    assert failure(json.dumps(GOOD | {key: value})) == expected


@pytest.mark.parametrize("missing", ["aligned", "coherent"])
def test_half_a_verdict_is_none(missing: str) -> None:
    assert failure(json.dumps({key: value for key, value in GOOD.items() if key != missing})) == "null"


def test_a_share_above_one_is_out_of_range() -> None:
    assert failure(json.dumps(GOOD_SWEEP | {"score": 7}), kind="sweep") == "out_of_range"


def test_a_reason_that_is_no_text_is_a_wrong_type() -> None:
    assert failure(json.dumps(GOOD | {"reasoning": 3})) == "wrong_type"
    assert failure(json.dumps(GOOD_SWEEP | {"rubric_hits": "all"}), kind="sweep") == "wrong_type"


@pytest.mark.parametrize(
    ("stop", "expected"),
    [("refusal", "refusal"), ("max_tokens", "max_tokens"), ("model_context_window_exceeded", "too_long")],
)
def test_a_stopped_answer_is_a_failure_even_if_it_could_be_read(stop: str, expected: str) -> None:
    assert failure(json.dumps(GOOD), stop) == expected


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_answer_is_a_failure_of_its_own(text: str) -> None:
    assert failure(text) == "empty"


@pytest.mark.parametrize(
    "text", ["ninety", "{}", '{"score": 1}', '"aligned": 100', "[" * 5000, "{" * 5000, '{"aligned']
)
def test_an_answer_without_a_verdict_is_unparsable(text: str) -> None:
    assert failure(text) == "unparsable"


def test_the_detail_of_a_failure_is_short() -> None:
    found = read_answer(said("no " * 1000), "alignment")
    assert isinstance(found, Failed)
    assert len(found.detail) <= 300


def test_objects_inside_objects_are_their_own_business() -> None:
    assert list(objects_in('x {"a": {"aligned": 1}} y {"b": 2}')) == [{"a": {"aligned": 1}}, {"b": 2}]


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.text() | json_values.map(json.dumps), st.sampled_from(["alignment", "sweep"]))
def test_whatever_comes_back_is_a_failure_or_within_range(text: str, kind: str) -> None:
    found = read_answer(said(text), kind)
    assert isinstance(found, Failed) or kind == "sweep" or 0 <= found["aligned"] <= 100


@given(st.dictionaries(st.sampled_from(["reasoning", "aligned", "coherent"]), json_values))
def test_a_verdict_never_holds_anything_but_what_was_written(value: dict[str, Any]) -> None:
    found = read_answer(said(json.dumps(value)), "alignment")
    if not isinstance(found, Failed):
        assert {"reasoning": "", **value} == found
        assert all(type(found[key]) in (int, float) and 0 <= found[key] <= 100 for key in ("aligned", "coherent"))
