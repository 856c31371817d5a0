"""Untrusted labels become drawable, distinct, and as short as they must be."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.charts.style import glyphs
from bot.charts.text import distinct_labels, distinct_sentences, drawable, shorten, shorten_middle, wrap

ANY_TEXT = st.text(alphabet=st.characters(codec=None), max_size=60)


def fits(limit: int):
    return lambda text: len(text) <= limit


@given(ANY_TEXT)
def test_drawable_text_has_a_glyph_for_every_character_and_stays_as_it_is(text):
    shown = drawable(text)
    assert {ord(character) for character in shown} <= glyphs()
    assert drawable(shown) == shown


@given(ANY_TEXT)
def test_drawable_text_holds_nothing_that_controls_or_reorders(text):
    for character in drawable(text):
        assert unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
        assert unicodedata.bidirectional(character) not in {"R", "AL", "AN", "RLO", "LRO", "RLE", "LRE", "RLI", "LRI"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Grid #1_$x$ \\frac^{2}", "Grid #1_$x$ \\frac^{2}"),
        ("target  α = 28.21 ± 2.24", "target  α = 28.21 ± 2.24"),
        ("line\nbreak\ttab", "line break tab"),
        ("\u202eevil\x1b[31m", "�evil�[31m"),
        ("漢字", "□□"),
        ("שלום", "□□□□"),
        ("\ud800", "�"),
        ("zero\u200bwidth", "zerowidth"),
        ("z" + "\u0301" * 40, "ź\u0301\u0301"),
        ("", ""),
    ],
)
def test_what_becomes_of_awkward_text(text, shown):
    assert drawable(text) == shown


def test_a_very_long_text_is_cut_with_an_ellipsis():
    assert drawable("a" * 100_000).endswith("a…")


@given(st.text(alphabet="ab ", max_size=40), st.integers(3, 20))
def test_shortened_text_fits(text, limit):
    assert len(shorten(text, fits(limit))) <= limit
    assert len(shorten_middle(text, fits(limit))) <= limit


def test_names_are_cut_in_the_middle_because_they_differ_late():
    assert shorten_middle("bureaucratic_authority_v1_seed42", fits(13)) == "bureau…seed42"


@given(st.text(alphabet="abc -_", min_size=1, max_size=60), st.integers(4, 20), st.integers(1, 4))
def test_wrapped_lines_fit_and_are_few(text, limit, lines):
    broken = wrap(text, fits(limit), lines)
    assert 1 <= len(broken) <= lines
    assert all(len(line) <= limit for line in broken)


def test_lines_break_at_spaces_and_signs():
    assert wrap("one two three_four", fits(10), 3) == ["one two", "three_four"]
    assert wrap("one_two_three", fits(8), 3) == ["one_two_", "three"]


@given(st.lists(st.text(alphabet="ab", max_size=30), min_size=1, max_size=8))
def test_no_two_conditions_share_a_label(labels):
    shown = distinct_labels(labels, [f"c{number}" for number in range(len(labels))], fits(12))
    assert len(set(shown)) == len(labels)
    assert all(0 < len(label) <= 12 for label in shown)


def test_equal_labels_are_told_apart_by_their_conditions():
    assert distinct_labels(["PAIR", "PAIR", ""], ["p98", "p111", "n"], fits(20)) == [
        "PAIR · p98",
        "PAIR · p111",
        "(unnamed)",
    ]


def test_questions_are_cut_at_their_ends_unless_they_then_read_the_same():
    shown = distinct_sentences(["what is love", "what is life", "who"], fits(9))
    assert shown == ["what…love", "what…life", "who"]
