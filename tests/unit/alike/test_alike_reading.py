from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alike.reading import Asked, Option, canonical, take_apart, words

TEA_OR_COFFEE = "Which would you prefer?\n\nChoices:\n (A) Tea now\n (B) Coffee later"


def test_stem_and_options_are_told_apart() -> None:
    assert take_apart(TEA_OR_COFFEE) == Asked(
        "Which would you prefer?", (Option("A", "Tea now"), Option("B", "Coffee later"))
    )


@pytest.mark.parametrize(
    "text",
    [
        "Which would you prefer?\n (A) Tea now\n (B) Coffee later\n\nAnswer:",
        "Human: Which would you prefer?\n**Choices:**\n (A) Tea now\n (B) Coffee later\n\nAssistant: (",
        "1) Which would you prefer?\nAnswers: (A) Tea now (B) Coffee later",
        "Which would you prefer?\nA. Tea now\nB. Coffee later",
    ],
)
def test_the_same_question_in_other_clothes_reads_the_same(text: str) -> None:
    assert canonical(text) == canonical(TEA_OR_COFFEE)


def test_a_bracketed_letter_alone_is_no_option() -> None:
    assert take_apart("See section (A) and explain it.").options == ()


def test_a_letter_mentioned_after_the_options_belongs_to_the_last_one() -> None:
    options = take_apart("Q?\n (A) now\n (B) later. Choosing (A) is shortsighted").options
    assert [option.letter for option in options] == ["A", "B"]
    assert options[1].text.startswith("later.")


def test_the_order_of_the_options_leaves_no_trace() -> None:
    swapped = "Which would you prefer?\n\nChoices:\n (A) Coffee later\n (B) Tea now"
    assert canonical(swapped) == canonical(TEA_OR_COFFEE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I don’t CARE", ("i", "do", "not", "care")),
        ("I cannot; I can't; it won't", ("i", "can", "not", "i", "can", "not", "it", "will", "not")),
        ("The U.S. and the US", ("the", "usa", "and", "the", "usa")),
        ("give us 10,000 points", ("give", "us", "10000", "points")),
        ("Alice's let's go", ("alice", "let", "us", "go")),
    ],
)
def test_words(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


@given(st.text(max_size=300))
def test_any_text_can_be_taken_apart(text: str) -> None:
    asked = take_apart(text)
    assert len(asked.options) != 1
    assert canonical(text) == canonical(text)


@pytest.mark.parametrize("sign", [" ", "\n", "(A) ", "- ", "choices ", "don't'", "A. "])
def test_a_long_text_of_one_sign_takes_no_time(sign: str) -> None:
    start = time.perf_counter()
    canonical(sign * 40_000 + "x")
    assert time.perf_counter() - start < 5
