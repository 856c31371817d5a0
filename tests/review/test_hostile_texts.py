"""A text made to hang or to break the reviewer does neither."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.review import Reviewer
from bot.review.numbers import MINUS, number_of, spots
from bot.review.text import parse

MB = 2**20
HOSTILE = {
    "a million digits": "α is " + "9" * MB,
    "ten megabytes of words": "word " * (2 * MB),
    "a hundred thousand characters of numbers": "12.5 " * 20_000,
    "numbers in one sentence": "α of PAIR #111: " + "67.80, " * 5_000,
    "many sentences": "PAIR #111 has an α of 67.80 under Sonnet.\n\n" * 3_000,
    "nested lists": "\n".join("  " * k + f"- α is {k}" for k in range(1_500)),
    "nested quotes": ">" * 20_000 + " α is 5",
    "nested brackets": "(" * 20_000 + "67.80" + ")" * 20_000,
    "nested links": "[" * 20_000 + "67.80" + "](x)" * 20_000,
    "stars": "*" * 50_000 + "67.80" + "*" * 50_000,
    "unclosed fence": "```\n" + "α is 5\n" * 20_000,
    "fences": "```\n" * 20_000,
    "unclosed comment": "<!-- " * 20_000,
    "unclosed tags": "<td " * 20_000,
    "html rows": "<table>" + "<tr><td>67.80" * 3_000,
    "html tables": "<table>\n" * 20_000,
    "dollars": "$" * 20_000 + "67.80$" * 2_000,
    "a wide table": "|" + " a |" * 5_000 + "\n|" + "-|" * 5_000 + "\n|" + " 67.80 |" * 5_000,
    "a long table": "| Prompt | Sonnet |\n|--|--|\n" + "| PAIR #111 | 67.80 |\n" * 3_000,
    "control characters": "α\x00is\x1b[31m 67.80\x07 \u202e PAIR #111 \ue000\ue001\ue002 " * 100,
    "private use": "\ue000" * 5_000 + " 45 " + "\ue001" * 5_000,
    "spaces": " " * 200_000 + "1" + "\t" * 200_000,
    "minus signs": "−-–" * 20_000 + "5",
    "exponents": "α = 1e999999999, 1e-999999999 and −1e400 for PAIR #111",
    "names": "PAIR #111 Grid #1 Sonnet " * 3_000 + "67.80",
    "a name and a number again and again": "PAIR #111 (28.21) and " * 1_000,
    "headings": "# PAIR #111\n" * 20_000,
    "ranges": "45–" * 20_000,
    "hashes": ("a1" * 32 + "\n") * 5_000,
    "quotes": '"completion said ' * 5_000,
    "of of": "4 of " * 4_000,
    "one percent": "% " * 50_000 + "5 %",
    "long words": "confirmed " * 20_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_answered_in_bounded_time(name: str, reviewer_164: Reviewer) -> None:
    start = time.process_time()
    review = reviewer_164.review(HOSTILE[name])
    assert review.verdict in ("PASS", "CONCERNS", "FAIL")
    assert time.process_time() - start < 20


TEXT = st.text(st.sampled_from("0123456789.,-−–+ %()[]|*_`#<>$\\\n\tαeab to and±/:;≥"), max_size=120)


@given(TEXT)
def test_spots_lie_in_order_and_inside_of_the_text(text: str) -> None:
    found = spots(text)
    assert all(0 <= s.start < s.end <= len(text) for s in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(TEXT)
def test_every_character_of_a_page_knows_its_place(text: str) -> None:
    for block in parse(text).blocks:
        for each in [block.text, *(cell for row in block.rows for cell in row)]:
            assert len(each.plain) == len(each.at)
            assert all(0 <= at < len(text) for at in each.at)


@given(
    st.decimals(min_value=-99999, max_value=99999, places=2, allow_nan=False),
    st.sampled_from(MINUS),
    st.booleans(),
)
def test_a_number_is_read_as_it_is_written(value: object, minus: str, commas: bool) -> None:
    written = (f"{value:,}" if commas else f"{value}").replace("-", minus)
    number = number_of(written)
    assert number.value == float(str(value))
    assert number.places == 2
    found = spots(f"x {written} y")
    assert [(s.low.value, s.high) for s in found] == [(float(str(value)), None)]


@given(st.integers(0, 500), st.integers(501, 999), st.sampled_from(["–", "—", "-", " to ", " – ", " - ", "…"]))
def test_a_range_is_one_spot_with_two_ends(low: int, high: int, dash: str) -> None:
    (found,) = spots(f"from {low / 10}{dash}{high / 10} in all")
    assert found.high is not None
    assert (found.low.value, found.high.value) == (low / 10, high / 10)
