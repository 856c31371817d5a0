from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweep_builders import document, judged

from bot.archives import sweep_rows
from bot.archives.decoding import CannotDecode
from bot.archives.sweep_records import JUDGE_FAILURES, Run
from bot.archives.sweep_rows import PHRASES, Place, judge_failure, read_row

PLACE = Place("m", "t1-a", 0)


def row(content: dict[str, Any] | bytes, place: Place = PLACE) -> Run:
    return read_row(content if isinstance(content, bytes) else json.dumps(content).encode(), place)


def refusal(content: dict[str, Any] | bytes) -> str:
    with pytest.raises(CannotDecode) as caught:
        row(content)
    return str(caught.value)


def test_a_row_holds_what_its_file_says():
    assert row(document(environment_image="img@sha256:1")) == Run(
        model="m",
        task="t1-a",
        run=0,
        run_score=0.6,
        c=0.75,
        t=0.5,
        b=0.25,
        total_assertions=4,
        enabled=True,
        j=0.9,
        judge_failed=None,
        rejudged=False,
        delivery="partial",
        failure_mode="timeout",
        error=None,
        n_messages=2,
        has_assistant_text=True,
        judge_model="judge-1",
        image="img@sha256:1",
        n_bytes=len(json.dumps(document(environment_image="img@sha256:1"))),
    )


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("0.5", "run_score is a string, not a number"),
        (True, "run_score is a boolean, not a number"),
        (None, "run_score is null or missing"),
        (900, "run_score is 900, outside 0 to 1"),
        (-0.01, "run_score is -0.01, outside 0 to 1"),
        (float("nan"), "run_score is NaN or infinite"),
        (float("inf"), "run_score is NaN or infinite"),
        ([0.5], "run_score is a list, not a number"),
        (10**300, "run_score is 10000000… (301 digits), outside 0 to 1"),
    ],
)
def test_a_run_score_that_is_none_is_refused_with_the_reason(value, reason):
    assert refusal(document(run_score=value)) == reason


@pytest.mark.parametrize("part", ["completion_result", "trajectory_result", "behavior_result"])
def test_a_part_that_is_wrong_is_refused_and_one_that_is_missing_is_not(part):
    assert refusal(document(**{part: {"score": "1.0"}})) == f"{part}.score is a string, not a number"
    assert refusal(document(**{part: [1]})) == f"{part} is a list, not an object"
    assert getattr(row(document(**{part: None})), part[0]) is None
    assert getattr(row(document(**{part: {}})), part[0]) is None


@pytest.mark.parametrize("value", [-1, 2.5, "3", True, 2**40])
def test_a_count_of_assertions_that_is_none_is_refused(value):
    assert "total_assertions is" in refusal(document(completion_result={"score": 1.0, "total_assertions": value}))


def test_whole_numbers_are_scores_too():
    found = row(document(run_score=1, completion_result={"score": 0, "total_assertions": 3.0}))
    assert (found.run_score, found.c, found.total_assertions) == (1.0, 0.0, 3)
    assert isinstance(found.run_score, float)


def test_nan_elsewhere_costs_no_run():
    assert row(document(duration_ms=float("nan"))).run_score == 0.6


def test_lone_surrogates_cost_no_run():
    content = json.dumps(document(failure_mode="a\ud800b", delivery_outcome="x\udfff")).encode()
    found = row(content)
    assert (found.failure_mode, found.delivery) == ("a?b", "x?")


def test_a_byte_order_mark_costs_no_run():
    assert row(b"\xef\xbb\xbf" + json.dumps(document()).encode()).run_score == 0.6


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not JSON: Expecting value at line 1, column 1"),
        (b'{"run_score": 0.5, "transcript": {"mess', "not JSON: Unterminated string"),
        (b"[1, 2]", "a list where a run's object belongs"),
        (b"null", "null where a run's object belongs"),
        (b'{"run_score": 0.5} {"run_score": 0.6}', "not JSON: Extra data"),
        (b'{"run_score": 0.5, "error": "\xff"}', "not UTF-8 text: byte 0xff at offset 29"),
        (b"[" * 100_000 + b"]" * 100_000, "not usable: nested too deeply"),
        (b'{"run_score": 0.5, "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "not usable: nested too deeply"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "a Git LFS pointer"),
    ],
)
def test_what_is_no_run_is_refused_with_the_reason(content, reason):
    assert refusal(content).startswith(reason)


def test_text_nested_too_deeply_in_a_message_is_refused():
    deep = b"[" * 50_000 + b"]" * 50_000
    content = b'{"run_score": 0.5, "transcript": {"messages": [{"role": "assistant", "text": ' + deep + b"}]}}"
    assert refusal(content) == "not usable: nested too deeply"


# --- the judge ---


@pytest.mark.parametrize("reason", PHRASES)
def test_a_reason_that_tells_of_infrastructure_is_a_failure(reason):
    said = f"Sorry: {reason.decode().upper()}, please retry"
    found = row(document(judge_result=judged(score=0.0, reason=said)))
    assert found.judge_failed == PHRASES[reason]
    assert found.judge_reason == said


@pytest.mark.parametrize(
    ("changes", "failure", "j"),
    [
        ({"score": 0.0, "reason": "", "error": None}, "empty", 0.0),
        ({"score": 0.0, "reason": " \n"}, "empty", 0.0),
        ({"score": 0.0, "reason": "all wrong"}, None, 0.0),
        ({"score": 0.4, "reason": ""}, None, 0.4),
        ({"score": 0.4, "error": "Expecting value"}, "error", 0.4),
        ({"score": 0.4, "error": ""}, None, 0.4),
        ({"score": None}, "null", None),
        ({"score": "0.4"}, "wrong_type", None),
        ({"score": True}, "wrong_type", None),
        ({"score": float("nan")}, "not_finite", None),
        ({"score": 70}, "out_of_range", None),
        ({"enabled": "yes"}, "malformed", None),
        ({"score": "0.4", "error": "x"}, "error", None),
        ({"enabled": False, "score": 0.0, "reason": ""}, None, None),
        ({"enabled": None}, None, 0.9),
    ],
)
def test_a_judgement_that_is_none_is_a_failure_of_the_judge(changes, failure, j):
    found = row(document(judge_result=judged(**changes)))
    assert (found.judge_failed, found.j) == (failure, j)
    assert failure is None or failure in JUDGE_FAILURES


@pytest.mark.parametrize("value", [None, "absent"])
def test_no_judgement_is_no_failure(value):
    content = document(judge_result=None)
    if value == "absent":
        del content["judge_result"]
    found = row(content)
    assert (found.enabled, found.j, found.judge_failed, found.rejudged) == (False, None, None, False)


@pytest.mark.parametrize("value", ["good", [1], 0.5, True])
def test_a_judgement_of_another_kind_is_malformed(value):
    found = row(document(judge_result=value))
    assert (found.enabled, found.j, found.judge_failed) == (True, None, "malformed")


def test_rejudging_heals_only_with_a_score():
    stamp = {"rejudged_at": "2026-04-20T03:14:15Z"}
    spoken = judged(reason="The agent saw that the judge timed out", **stamp)
    assert row(document(judge_result=spoken)).judge_failed is None
    assert row(document(judge_result=judged(reason="Judge timed out", **stamp, score=0.0))).judge_failed == "timed_out"
    assert row(document(judge_result=judged(error="unparsable", **stamp))).judge_failed == "error"
    assert row(document(judge_result=judged(reason="", score=0.0, **stamp))).judge_failed == "empty"
    assert row(document(judge_result=judged(**stamp))).rejudged is True
    assert row(document(judge_result=judged(rejudged_at=None))).rejudged is False


def test_reasons_are_kept_short_and_for_failures_only():
    assert row(document()).judge_reason == ""
    found = row(document(judge_result=judged(score=0.0, reason="Judge timed out " + "x" * 5000)))
    assert len(found.judge_reason) == 200


def test_a_phrase_in_the_reason_of_a_judge_without_error_counts_before_the_empty_score():
    assert judge_failure(0.0, "gateway is restarting", None, False) == "gateway_restarting"
    assert judge_failure(0.0, "gateway is restarting", "boom", False) == "gateway_restarting"


# --- the transcript ---


@pytest.mark.parametrize(
    ("messages", "count", "spoke"),
    [
        ([], 0, False),
        (None, 0, False),
        ([{"role": "assistant", "text": ""}], 1, False),
        ([{"role": "assistant", "text": None}], 1, False),
        ([{"role": "assistant"}], 1, False),
        ([{"role": "user", "text": "hi"}, {"role": "toolResult", "text": "x"}], 2, False),
        ([{"role": "assistant", "text": "hi"}, {"role": "toolResult", "text": ""}], 2, True),
        ([{"role": "assistant", "text": [{"type": "text", "text": ""}, {"type": "text", "text": "hi"}]}], 1, True),
        ([{"role": "assistant", "text": [{"type": "image"}]}], 1, False),
        ([{"role": "assistant", "text": 3}], 1, False),
        (["odd", {"role": "assistant", "text": "hi"}, None], 3, True),
        ({"0": "odd"}, 0, False),
    ],
)
def test_messages_are_counted_and_spoken_text_is_seen(messages, count, spoke):
    found = row(document(transcript={"messages": messages}))
    assert (found.n_messages, found.has_assistant_text) == (count, spoke)


@pytest.mark.parametrize("transcript", [None, [], "text", 3])
def test_a_transcript_of_another_kind_costs_no_run(transcript):
    assert row(document(transcript=transcript)).n_messages == 0


def test_escaped_keys_and_roles_are_the_same_keys_and_roles():
    content = (
        json.dumps(document()).replace('"assistant"', r'"\u0061ssistant"').replace('"run_score"', r'"run\u005fscore"')
    )
    assert row(content.encode()) == row(document()).__class__(
        **{name: getattr(row(document()), name) for name in Run.__struct_fields__[:-1]}, n_bytes=len(content)
    )


# --- its place ---


def test_a_file_that_says_to_be_another_run_is_known_by_it():
    found = row(document(task_id="t9-other", run_index=7))
    assert (found.task, found.run, found.stated_task, found.stated_run) == ("t1-a", 0, "t9-other", 7)


@pytest.mark.parametrize("changes", [{}, {"task_id": None, "run_index": None}, {"task_id": 3, "run_index": "0"}])
def test_a_file_that_says_nothing_else_of_its_place_is_at_home(changes):
    found = row(document(**changes))
    assert found.stated_run is None
    assert found.stated_task in (None, "3")


@pytest.mark.parametrize(
    "changes",
    [{"docker_image": "img"}, {"image": "img"}, {"environment": {"image": "img"}}, {"environment": "img"}],
)
def test_the_environment_image_is_found_under_its_usual_names(changes):
    assert row(document(**changes)).image == "img"


# --- both ways of reading agree ---

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.0, 0.3, 1.0, 1.5, -1.0, 2.0, 10**30]),
    st.sampled_from(["", "0.5", "Judge timed out", "GATEWAY IS RESTARTING", "ok", "é" * 201, " "]),
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=2), inner, max_size=2)),
)


def part(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({}, optional=keys)


SCORES = st.sampled_from([0, 0.0, 0.25, 1, 1.0])
TEXTS = st.sampled_from([None, "", "a", "Judge call failed: 529", "日本", "t1-a"])
MESSAGES = st.lists(part(role=st.sampled_from(["assistant", "user"]), text=TEXTS), max_size=4)
SOUND = st.fixed_dictionaries(
    {
        "run_score": SCORES,
        "completion_result": part(score=SCORES, total_assertions=st.integers(0, 9)),
        "trajectory_result": part(score=SCORES),
        "behavior_result": part(score=SCORES),
        "judge_result": part(
            enabled=st.booleans(), score=SCORES, reason=TEXTS, error=TEXTS, model=TEXTS, rejudged_at=TEXTS
        ),
        "transcript": part(messages=MESSAGES),
        **dict.fromkeys(("delivery_outcome", "failure_mode", "error", "task_id", "image"), TEXTS),
        "run_index": st.integers(0, 2),
        "environment": part(image=TEXTS),
    },
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A sound document with at most two values replaced by anything."""
    found = draw(SOUND)
    for _ in range(draw(st.integers(0, 2))):
        where: Any = found
        key = draw(st.sampled_from(sorted(where)))
        if isinstance(where[key], dict) and where[key] and draw(st.booleans()):
            where = where[key]
            key = draw(st.sampled_from(sorted(where)))
        where[key] = draw(ANYTHING)
    return found


DOCUMENTS = documents()


@settings(max_examples=400)
@given(DOCUMENTS)
def test_what_msgspec_reads_is_what_plain_values_give(content):
    data = json.dumps(content).encode()
    try:
        fast = sweep_rows._row(sweep_rows._decode(data), PLACE, len(data))
    except sweep_rows.msgspec.DecodeError:
        return
    assert fast == sweep_rows._row(sweep_rows._document(json.loads(data)), PLACE, len(data))


@given(st.one_of(DOCUMENTS.map(lambda value: json.dumps(value).encode()), st.binary(max_size=200)), st.data())
def test_any_bytes_give_a_row_or_a_reason(data, draw):
    cut = draw.draw(st.integers(0, len(data)))
    for content in (data, data[:cut]):
        try:
            found = read_row(memoryview(content), PLACE)
        except CannotDecode as refusal:
            assert str(refusal)
        else:
            assert 0 <= found.run_score <= 1
            assert sweep_rows.msgspec.msgpack.decode(sweep_rows.msgspec.msgpack.encode(found), type=Run) == found
