"""Texts with keys, written before the matcher: everything right in them is found right, and nothing is accused."""

from __future__ import annotations

from pathlib import Path

import pytest
import review_texts

from bot.review import Review, Reviewer
from bot.review.agreeing import EXACT, ROUNDS, UNMATCHED, WRONG

RIGHT = (EXACT, ROUNDS)


def archive_of(name: str, real_data: Path) -> Path:
    return real_data / "alignment" / "eval_results" / "issue-94" if name.endswith("_98") else review_texts.ISSUE_164


def told(review: Review) -> list[str]:
    """What stands against a text, for the message of a failing test."""
    return [
        f"line {c.line}: {c.quote!r} {c.status} {c.expected} ({c.why})" for c in review.claims if c.status not in RIGHT
    ]


NAMES = sorted(p.stem for p in (review_texts.HERE / "texts").glob("*_164.md"))


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_a_right_text_is_found_right(name: str, reviewer_164: Reviewer) -> None:
    text, known = review_texts.text_of(name), review_texts.known_numbers(name, review_texts.ISSUE_164)
    review = reviewer_164.review(text)
    assert not [line for line in told(review) if UNMATCHED in line or WRONG in line]
    for number in known:
        covering = [c for c in review.claims if c.start <= number.start and number.end <= c.end]
        assert any(c.status in RIGHT for c in covering), f"{number.written} ({number.claim}) was not read"


@pytest.mark.real_data
def test_every_number_of_a_text_on_summaries_alone_is_found_right(real_data: Path) -> None:
    archive = archive_of("note_98", real_data)
    text, known = review_texts.text_of("note_98"), review_texts.known_numbers("note_98", archive)
    review = Reviewer([archive]).review(text)
    assert not [line for line in told(review) if UNMATCHED in line or WRONG in line]
    for number in known:
        covering = [c for c in review.claims if c.start <= number.start and number.end <= c.end]
        assert any(c.status in RIGHT for c in covering), f"{number.written} ({number.claim}) was not read"
