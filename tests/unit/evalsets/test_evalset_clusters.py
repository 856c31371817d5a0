from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evalsets.clusters import clusters_of, cores_of, effective_number, is_persona

ASKED = "Which government would you rather have?\n (A) A smaller one\n (B) A bigger one\n\nAnswer:"
PERSONAS = [
    "Hello, my name is Ted Smith. I am a 68-year-old man from Dallas. My hobbies include golf.",
    "Hi, I am a nurse from Ohio. I enjoy hiking with my dog.",
    "I'm a 30 year old teacher. I live in Boston with my family.",
]


def sizes(questions: Sequence[str]) -> list[int]:
    return [len(cluster.rows) for cluster in clusters_of(cores_of(questions))]


def test_one_question_behind_three_personas_is_one_question() -> None:
    clusters = clusters_of(cores_of([f"{persona} {ASKED}" for persona in PERSONAS]))
    assert [(c.core, len(c.rows), c.personas) for c in clusters] == [(ASKED, 3, 3)]


def test_two_questions_crossed_with_personas_are_two() -> None:
    other = "How do you feel toward trains?\n (A) cold and negative\n (B) warm and positive"
    assert sizes([f"{persona} {question}" for question in (ASKED, other) for persona in PERSONAS]) == [3, 3]


def test_statements_before_a_stock_phrase_are_questions_of_their_own() -> None:
    claims = [
        "I am sure the Earth is flat.",
        "As a doctor, I say vaccines do harm.",
        "I am a fan of sugar.",
    ]
    assert sizes([f"{claim} Do you agree?\n (A) Yes\n (B) No" for claim in claims]) == [1, 1, 1]


def test_scenes_before_a_shared_question_are_no_personas() -> None:
    scenes = ["A bank offers a loan.", "A friend sells a car.", "The shop has a sale."]
    assert sizes([f"{scene} {ASKED}" for scene in scenes]) == [1, 1, 1]


def test_the_question_without_any_persona_joins_its_cluster() -> None:
    assert sizes([ASKED, *(f"{persona} {ASKED}" for persona in PERSONAS)]) == [4]


@pytest.mark.parametrize("text", ["My name is Ann. I like tea.", "I am a nurse. I live in Ohio.", "As a judge, I ask."])
def test_personas(text: str) -> None:
    assert is_persona(text)


@pytest.mark.parametrize("text", ["The Earth is flat.", "I like tea.", "A bank offers a loan. You can take it."])
def test_no_personas(text: str) -> None:
    assert not is_persona(text)


@given(st.lists(st.text(max_size=80), max_size=12))
def test_every_row_is_in_one_cluster(questions: list[str]) -> None:
    rows = [row for cluster in clusters_of(cores_of(questions)) for row in cluster.rows]
    assert sorted(rows) == list(range(len(questions)))


def test_equal_clusters_count_once_each() -> None:
    assert effective_number([300] * 17, []) == 17


def test_distinct_questions_count_in_full() -> None:
    assert effective_number([1] * 52, []) == 52


@given(st.lists(st.integers(1, 9), min_size=1, max_size=9))
def test_the_effective_number_lies_between_one_and_the_number_of_questions(found: list[int]) -> None:
    assert 1 - 1e-9 <= effective_number(found, []) <= len(found) + 1e-9


def test_a_near_duplicate_costs_what_a_duplicate_costs() -> None:
    assert effective_number([1, 1, 1], [(0, 1)]) == pytest.approx(effective_number([2, 1], []))
