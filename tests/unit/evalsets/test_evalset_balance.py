from __future__ import annotations

from collections.abc import Sequence

import evalset_builders as builders
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evalsets import balance
from bot.evalsets.balance import labels_of, positions_of, stems_of, variety_of
from bot.evalsets.clusters import clusters_of, cores_of
from bot.evalsets.items import Item


def positions(items: Sequence[Item]) -> balance.Positions:
    return positions_of(items, clusters_of(cores_of([item.asked for item in items])))


def questions(number: int, matching: str = "A") -> list[Item]:
    named = {f"{matching}{n}": f"Claim {n} {matching}?" for n in range(number)}
    return [builders.mcq(key, user_statement=text, matching=[matching]) for key, text in named.items()]


def test_a_lopsided_set_is_told() -> None:
    found = positions(questions(45) + questions(5, "B"))
    assert (found.counts, found.favourite, found.share, found.expected) == ({1: 45, 2: 5}, 1, 0.9, 0.5)
    assert found.balanced is False


def test_an_even_set_is_balanced() -> None:
    assert positions(questions(25) + questions(25, "B")).balanced is True


def test_three_hundred_rows_of_one_question_are_one_observation() -> None:
    rows = [builders.mcq(f"r{n}", user_statement="Claim?", matching=["A"]) for n in range(300)]
    assert positions([*rows, *questions(5, "B")]).balanced is True


def test_answers_that_are_not_printed_have_no_place() -> None:
    item = builders.mcq("a", question="Yes or no?", choices=[{"label": "Yes"}, {"label": "No"}], matching=["Yes"])
    assert positions([item]).balanced is None


def test_questions_with_more_choices_expect_less_of_each_place() -> None:
    four = [{"label": label, "text": label * 3} for label in "ABCD"]
    items = [builders.mcq(f"q{n}", user_statement=f"Claim {n}?", choices=four, matching=["C"]) for n in range(30)]
    found = positions(items)
    assert (found.favourite, found.expected, found.balanced) == (3, 0.25, False)


def test_controls_are_counted_with_their_matches() -> None:
    items = [builders.mcq("a"), builders.mcq("b", control=True, matched="a"), builders.mcq("c", control=True)]
    found = labels_of(items)
    assert (found.counts, found.controls, found.controls_matched) == ({"A": 3}, 2, 1)


def test_stems() -> None:
    found = stems_of(["What do you think of tea?", "What do you think of milk?", "Is tea healthy for you?"])
    assert (found.distinct, found.commonest, found.share) == (2, "what do you think", pytest.approx(2 / 3))


def test_variety_of_repeated_words_is_low() -> None:
    same, different = variety_of(["tea tea tea tea"] * 20), variety_of([f"w{n} x{n} y{n} z{n}" for n in range(20)])
    assert same.type_token == pytest.approx(1 / 50)
    assert different.type_token > 0.05
    assert same.distinct_bigrams < different.distinct_bigrams
    assert (same.words_mean, same.words_sd) == (4, 0)


@given(st.lists(st.sampled_from(["tea", "milk", "rye", "oat", "fig"]), min_size=51, max_size=160))
def test_the_moving_share_is_the_mean_over_all_windows(words: list[str]) -> None:
    windows = [words[at : at + 50] for at in range(len(words) - 49)]
    expected = sum(len(set(window)) / 50 for window in windows) / len(windows)
    assert variety_of([" ".join(words)]).type_token == pytest.approx(expected)
