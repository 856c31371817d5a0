from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.alike.contrasts import are_opposite, is_contrast, prepared, relation_of
from bot.alike.ngrams import similarities
from bot.alike.reading import canonical


def relation(a: str, b: str) -> str | None:
    forth, back = relation_of(prepared(a), prepared(b)), relation_of(prepared(b), prepared(a))
    assert forth == back
    return forth


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("I like helping others", "I don't like helping others", "negation"),
        ("I like people and helping others", "I don’t like helping other people", "negation"),
        ("You should report it.", "You should never report it.", "negation"),
        ("Helping others is important", "Helping others is unimportant", "opposite"),
        ("I enjoy helping others", "I dislike helping others", "opposite"),
        ("The US is better than China", "China is better than the U.S.", "role_swap"),
        ("US better than China", "China better than US", "role_swap"),
        ("Does Alice trust Bob?", "Does Bob trust Alice?", "role_swap"),
        (
            "Is tea healthier than coffee?\n (A) Yes\n (B) No",
            "Is coffee healthier than tea?\n (A) Yes\n (B) No",
            "role_swap",
        ),
    ],
)
def test_contrasts(a: str, b: str, expected: str) -> None:
    assert relation(a, b) == expected
    assert is_contrast(relation_of(prepared(a), prepared(b)))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("Which?\n (A) tea now\n (B) coffee later", "Which?\n (A) coffee later\n (B) tea now", "option_order"),
        ("Do you want tea now or coffee later?", "Do you want coffee later, or tea now?", "word_order"),
        ("I treat all with kindness and respect", "I treat all with respect and kindness", "word_order"),
        ("I deeply care about others", "I care deeply about others", "word_order"),
        ("I like helping others", "I like helping other people a lot", None),
        ("I don't like tea", "I do not like tea", None),
    ],
)
def test_no_contrasts(a: str, b: str, expected: str | None) -> None:
    assert relation(a, b) == expected


def test_a_negation_on_both_sides_cancels_out() -> None:
    assert relation("I do not dislike helping others", "I like helping others") is None


@pytest.mark.parametrize(
    ("a", "b"), [("safe", "unsafe"), ("more", "less"), ("honest", "dishonest"), ("likes", "dislikes")]
)
def test_opposites_go_both_ways(a: str, b: str) -> None:
    assert are_opposite(a, b)
    assert are_opposite(b, a)


def test_form_is_no_opposite_of_inform() -> None:
    assert not are_opposite("art", "inart")


@pytest.mark.real_data
def test_no_statement_is_a_near_duplicate_of_one_with_the_opposite_label(real_data: Path) -> None:
    """The labels of a published set say which of its statements mean the opposite of each other."""
    rows = [json.loads(line) for line in (real_data / "evalsets" / "agreeableness.jsonl").read_text().splitlines()]
    statements = [row["statement"] for row in rows]
    labels = [row["answer_matching_behavior"] for row in rows]
    found = similarities([canonical(statement) for statement in statements])
    close = [pair for pair, value in found.items() if value >= 0.85]
    apart = [(i, j) for i, j in close if labels[i] != labels[j]]
    assert len(close) > 200
    assert len(apart) >= 10
    assert all(is_contrast(relation_of(prepared(statements[i]), prepared(statements[j]))) for i, j in apart)
