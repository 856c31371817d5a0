"""Comparisons told of some: of the two where something holds, of the lower two, of every difference."""

from __future__ import annotations

import pytest
from review_texts import assert_wrong_there

from bot.review import Reviewer
from bot.review.agreeing import UNMATCHED, WRONG

# Each with a number for which it does not hold, or holds for others.
TOLD = [
    ("The gaps of 16.15 and 19.08 are on the two where both judges put coherence at about {} or more.", "70", "80"),
    ("The two conditions with gaps above {} points are those with the least coherent answers.", "20", "26"),
    ("The two conditions under {} on Sonnet have gaps of 28.90 and 24.02.", "50", "40"),
    ("The gaps of 19.08 and 16.15 are those of the two above {} by Sonnet.", "65", "75"),
    ("**Gap above {} points:** two of four conditions (Grid #2 and Grid #3).", "20", "18"),
    ("On Sonnet they form two pairs: the lower two are less than {} point apart.", "1", "0.2"),
    ("Every difference to the #98 winners is above {} points.", "40", "45"),
    ("Ours are the other way round: C of at least {}, α above the target.", "0.6480", "0.6840"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "right"), [(text, right) for text, right, _ in TOLD])
def test_what_holds_is_right(text: str, right: str, reviewer_164: Reviewer) -> None:
    claims = reviewer_164.review(text.format(right)).claims
    assert claims
    assert [c.quote for c in claims if c.status in (WRONG, UNMATCHED)] == []


@pytest.mark.parametrize(("text", "wrong"), [(text, wrong) for text, _, wrong in TOLD])
def test_what_does_not_is_wrong(text: str, wrong: str, reviewer_164: Reviewer) -> None:
    assert_wrong_there(reviewer_164, text, wrong)
