"""Numbers that stand together: right of one thing together, and not so where one of them is another number."""

from __future__ import annotations

import pytest
from review_texts import assert_all_right, assert_noticed

from bot.review import Reviewer
from bot.review.agreeing import WRONG

# Right sentences with the numbers of a group left open, and the same numbers with one of them changed.
GROUPS = [
    ("The gap is wider in the two less coherent conditions ({} and {}) than in the two more coherent ones (19.08 and\n"
     "16.15).", ("28.90", "24.02"), ("28.90", "24.20")),
    ("Sonnet does not separate Grid #1 from PAIR #111. Opus has PAIR #111 higher by {} [{}, 9.55].",
     ("4.81", "0.07"), ("4.18", "0.07")),
    ("Coherence is 53.64 and 43.66 for Grid #3. Sonnet does not separate it from Grid #2 ({} [{}, 6.03]).",
     ("0.38", "−5.27"), ("0.38", "−2.57")),
    ("For Grid #2 you would have to choose between {} and {} points.", ("17.63", "46.53"), ("17.63", "45.63")),
    ("Coherence of PAIR #111 and Grid #1 is high. On Grid #2 and Grid #3 we see {} and {} by Sonnet.",
     ("47.52", "53.64"), ("47.52", "56.34")),
    ("On Opus's scores PAIR #111 is hardly distinguishable from the unprompted model ({} to {}).", ("−5.88", "2.00"),
     ("−8.58", "2.00")),
]  # fmt: skip
# Of another judge, or of other conditions than those that are named: nothing that a group may be.
NOT_THEIRS = [
    ("Sonnet's α runs from {} to {}.", ("45.46", "86.88")),
    ("Sonnet's α: PAIR #111 and Grid #1 lie at {} and {}.", ("45.84", "45.46")),
]


@pytest.mark.parametrize(("text", "right"), [(text, right) for text, right, _ in GROUPS])
def test_a_group_is_right_together(text: str, right: tuple[str, ...], reviewer_164: Reviewer) -> None:
    assert_all_right(reviewer_164, text.format(*right))


@pytest.mark.parametrize(("text", "other"), [(text, other) for text, _, other in GROUPS])
def test_one_changed_number_is_noticed(text: str, other: tuple[str, ...], reviewer_164: Reviewer) -> None:
    assert_noticed(reviewer_164, text.format(*other))


@pytest.mark.parametrize(("text", "others"), NOT_THEIRS)
def test_what_is_of_others_stays_wrong(text: str, others: tuple[str, ...], reviewer_164: Reviewer) -> None:
    assert any(c.status == WRONG for c in reviewer_164.review(text.format(*others)).claims)
