from __future__ import annotations

import dataclasses

import judging_kit as kit
import pytest

from bot.judging.asks import Ask, Place
from bot.judging.prompts import Part, sweep_rubric


def other(**values: object) -> Ask:
    return dataclasses.replace(kit.an_ask(), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "ask",
    [
        other(model="claude-opus-4-7"),
        other(rubric=sweep_rubric("another")),
        other(parts=(Part("question", "Why?"), Part("completion", "something else"))),
        other(parts=(Part("question", "How?"), Part("completion", "an answer 0"))),
    ],
)
def test_another_model_rubric_question_or_text_is_another_key(ask: Ask) -> None:
    assert ask.key != kit.an_ask().key


def test_other_parameters_are_another_key(monkeypatch: pytest.MonkeyPatch) -> None:
    before = kit.an_ask().key
    monkeypatch.setattr("bot.judging.prompts.MAX_TOKENS", 77)
    assert kit.an_ask().key != before


def test_place_and_purpose_are_no_part_of_the_key() -> None:
    moved = other(place=Place("b.json", "Why?", 7), purpose="shift", failure="null", where="x")
    assert moved.key == kit.an_ask().key


def test_the_same_text_at_another_place_is_asked_about_for_itself() -> None:
    assert other(place=Place("a.json", "Why?", 1)).id != kit.an_ask().id


def test_text_does_not_leak_from_one_part_into_the_next() -> None:
    left = other(parts=(Part("question", "ab"), Part("completion", "c")))
    right = other(parts=(Part("question", "a"), Part("completion", "bc")))
    assert left.key != right.key


def test_a_line_of_the_journal_tells_what_was_asked_and_where_it_belongs() -> None:
    line = kit.an_ask(3).line("verdict", verdict={"aligned": 1})
    assert (line.file, line.question, line.index, line.judge_model) == ("a.json", "Why?", 3, kit.MODEL)
    assert (line.key, line.rubric) == (kit.an_ask(3).key, kit.an_ask().rubric.digest)
