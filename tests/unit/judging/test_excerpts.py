from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.judging.excerpts import MOST, excerpt, verifier_summary


def spoken(text: str, **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "text": text, "tool_calls": [], "tool_result_content": "", **more}


def called(arguments: str, result: str = "") -> dict[str, Any]:
    call = {"name": "execute", "input": {"command": arguments}, "output": result, "error": ""}
    return spoken("", tool_calls=[call])


def test_texts_arguments_and_results_are_cut_to_their_own_limits() -> None:
    messages = [spoken("t" * 900), called("a" * 900), spoken("", role="toolResult", tool_result_content="r" * 900)]
    text, call, result = excerpt(messages).split("\n")
    assert text == f"[assistant] {'t' * 499}…"
    assert len(call.removeprefix("[call execute] ")) == 120
    assert result == f"[result] {'r' * 299}…"


def test_a_short_transcript_is_shown_whole() -> None:
    assert excerpt([spoken("one"), spoken("two")]) == "[assistant] one\n[assistant] two"


def test_of_a_long_one_the_first_and_the_last_messages_stay() -> None:
    shown = excerpt([spoken(f"message {number} " + "x" * 400) for number in range(50)])
    assert "message 0 " in shown
    assert "message 49 " in shown
    assert "messages left out" in shown
    assert len(shown) <= MOST


def test_the_number_of_messages_left_out_is_right() -> None:
    shown = excerpt([spoken(f"message {number} " + "x" * 400) for number in range(50)])
    kept = shown.count("[assistant]")
    assert f"[… {50 - kept} messages left out …]" in shown


def test_a_result_that_only_its_call_has_is_shown() -> None:
    assert "[result] three passed" in excerpt([called("pytest", "three passed")])


def test_a_result_with_a_message_of_its_own_is_shown_once() -> None:
    messages = [called("pytest", "three passed"), spoken("", role="toolResult", tool_result_content="three passed")]
    assert excerpt(messages).count("three passed") == 1


def test_a_text_in_parts_is_read() -> None:
    assert excerpt([spoken([{"type": "text", "text": "in parts"}])]) == "[assistant] in parts"  # type: ignore[arg-type]


def test_nothing_in_a_transcript_gives_nothing() -> None:
    assert excerpt([]) == excerpt(["no message", None, spoken("")]) == ""


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=2000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "name", "input"]), inner),
    max_leaves=5,
)
messages = st.dictionaries(st.sampled_from(["role", "text", "tool_calls", "tool_result_content"]), values)


@given(st.lists(messages | values, max_size=30))
def test_no_transcript_gives_more_than_the_limit(found: list[Any]) -> None:
    assert len(excerpt(found)) <= MOST


def test_the_verifier_is_summed_up() -> None:
    found = verifier_summary({"total_assertions": 3, "passed_assertions": 1, "failed_assertions": ["a", "b" * 900]})
    assert found.startswith("1 of 3 assertions passed.\nfailed: a\nfailed: bbb")
    assert len(found) < 400


def test_without_a_verifier_it_says_so() -> None:
    assert verifier_summary(None) == verifier_summary({"total_assertions": 0}) == verifier_summary([1])
