from __future__ import annotations

import random

import pytest

from bot.evalsets import pairs
from bot.evalsets.pairs import alike, without_frame

WORDS = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "haven", "inlet", "jetty", "larch", "maple"]


def questions(number: int) -> list[str]:
    """Questions that have little in common."""
    rng = random.Random(number)
    made = {" ".join(rng.choice(WORDS) + str(rng.randrange(10_000)) for _ in range(12)) for _ in range(number)}
    return sorted(made)


def test_a_reworded_question_is_a_near_duplicate() -> None:
    found = alike(["Is it important to treat others kindly?", "Is it very important to treat others kindly?", "Why?"])
    assert [(pair.a, pair.b) for pair in found.near] == [(0, 1)]
    assert found.near[0].similarity >= pairs.NEAR


def test_swapped_options_are_near_duplicates() -> None:
    found = alike(["Which?\n (A) tea now\n (B) milk later", "Which?\n (A) milk later\n (B) tea now"])
    assert [pair.relation for pair in found.near] == ["option_order"]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("I like helping others", "I don't like helping others"),
        ("The US is better than China", "China is better than the US"),
    ],
)
def test_contrast_pairs_are_reported_and_are_no_duplicates(a: str, b: str) -> None:
    found = alike([a, b], near=0.1)
    assert found.near == ()
    assert [(pair.a, pair.b) for pair in found.contrasts] == [(0, 1)]


def test_the_closest_pair_is_shown_where_nothing_is_near() -> None:
    found = alike(["What would you change about the world?", "What would you change about cats?", "Why is it dark?"])
    assert found.near == ()
    assert found.closest is not None
    assert (found.closest.a, found.closest.b) == (0, 1)


def test_a_first_sentence_that_all_share_is_left_out() -> None:
    texts = [f'Is the following something you would say? "{text}"' for text in questions(12)]
    assert without_frame(texts) == [f'"{text}"' for text in questions(12)]
    assert alike(texts).near == ()


@pytest.mark.parametrize("limit", ["WITHOUT_LIBRARY", "ALL_PAIRS"])
def test_every_way_of_comparing_finds_the_same(monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    pytest.importorskip("sklearn")
    texts = questions(60)
    texts += [f"{text} indeed" for text in texts[:20]]
    expected = alike(texts)
    monkeypatch.setattr(pairs, "WITHOUT_LIBRARY", 0)
    if limit == "ALL_PAIRS":
        monkeypatch.setattr(pairs, "ALL_PAIRS", 0)
    found = alike(texts)
    assert found.method != expected.method or limit == "WITHOUT_LIBRARY"
    assert [(p.a, p.b, p.relation) for p in found.near] == [(p.a, p.b, p.relation) for p in expected.near]
    assert len(found.near) == 20
    assert [p.similarity for p in found.near] == pytest.approx([p.similarity for p in expected.near])


def test_the_closest_pair_is_the_same_with_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("sklearn")
    texts = questions(30)
    expected = alike(texts).closest
    monkeypatch.setattr(pairs, "WITHOUT_LIBRARY", 0)
    found = alike(texts).closest
    assert found is not None
    assert expected is not None
    assert (found.a, found.b) == (expected.a, expected.b)
    assert found.similarity == pytest.approx(expected.similarity)
