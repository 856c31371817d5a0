"""Numbers copied from another row or column: each is in the archive, and wrong where it stands."""

from __future__ import annotations

import pytest
from review_texts import assert_all_right, assert_wrong_there

from bot.review import Reviewer
from bot.review.agreeing import WRONG

# Sentences with one number left open, the right one, and one of another row, judge or column.
COPIES = [
    ("The null baseline has a C of {}.", "0.046", "0.024"),
    ("Grid #1 matches the finetune best (C = {}) and has the second-highest α on Sonnet, 65.92.", "0.7353", "0.6945"),
    ("No prompt brings α down to the finetune's {}.", "28.21", "0.90"),
    ("The target is {}.", "28.21", "0.90"),
    ("PAIR #98 scored 0.79 and EvoPrompt #98 {} on Sonnet.", "3.70", "0.02"),
    ("By C, the two winners of #98 sit at 0.031 and {}, below the 0.046 of the plain model.", "0.024", "0.735"),
    ("With a C of {} and 0.024 the winners of #98 do not resemble it at all.", "0.031", "0.680"),
    ("The smallest gap is {} points and the largest 28.90.", "16.15", "19.08"),
    ("The smallest gap is 16.15 points and the largest {}.", "28.90", "24.02"),
    ("Opus is higher by 16.15 points at the least and {} at the most.", "28.90", "19.08"),
    ("Confidence is LOW: one seed (−1), judges {} apart (−2).", "28.90", "24.02"),
    ("The lowest α is 45.46 and the highest is {} (PAIR #111, Opus 4.7).", "86.88", "67.80"),
    ("The lowest Opus value (69.49) is above the highest Sonnet value ({}).", "67.80", "45.84"),
    ("Averaged over the four prompts, Sonnet says {} and Opus says 78.29.", "56.26", "67.80"),
    ("H1: at least one condition at or below {}, for at least one judge.", "28.21", "3.70"),
    ("On Opus the lowest is Grid #3, at {}.", "69.49", "6.06"),
    ("By C the order is Grid #1 (0.7353), PAIR #111 ({}), Grid #2 (0.6796).", "0.6945", "0.7353"),
    ("The lowest mean is {}, from Grid #3 under Sonnet.", "45.46", "3.70"),
    ("Coherence on Sonnet is 72.92, {}, 47.52 and 53.64, in the order of the table.", "71.80", "65.92"),
    ("In all cells α lies above the finetune's 28.21. The lowest is {} and the highest 86.88.", "45.46", "−24.02"),
]  # fmt: skip
TWICE = [
    ("By C, the two winners of #98 sit at 0.031 and {}.", "0.024", "0.031"),
    ("Coherence of Grid #2 and Grid #3 on Sonnet is 47.52 and {}.", "53.64", "47.52"),
]
# What looks like a copy: of two families named together, of some of the conditions, of one condition's gap.
NO_COPIES = [
    "PAIR #98 and the finetune have a C of 0.031 and 0.897.",
    "Grid #1 comes closest to the finetune by C: 0.735 and 0.897.",
    "Among the two less coherent prompts the smallest gap is 24.02.",
    "The judges are 16.15 points apart on Grid #1, a low value for this panel.",
    "On Opus, the lowest α is 69.49.",
    "α and C of the finetune are 28.21 and 0.897.",
    "H1 was that some α falls to 28.21; the lowest, 45.46, stays above it.",
    "The gaps are 1.9, 1.6, 2.9 and 2.4 times the limit, in the order of the table.",
    "PAIR #111 on Sonnet reaches 67.80 and 0.6945 on C.",
    "- Sonnet α as multiple of target: 2.40×, 2.34×, 1.63×, 1.61×.",
]


@pytest.mark.parametrize(("text", "right"), [(text, right) for text, right, _ in (*COPIES, *TWICE)])
def test_its_own_number_is_right(text: str, right: str, reviewer_164: Reviewer) -> None:
    assert_all_right(reviewer_164, text.format(right))


@pytest.mark.parametrize(("text", "other"), [(text, other) for text, _, other in COPIES])
def test_that_of_another_row_or_column_is_wrong(text: str, other: str, reviewer_164: Reviewer) -> None:
    assert_wrong_there(reviewer_164, text, other)


@pytest.mark.parametrize(("text", "right", "other"), TWICE)
def test_one_number_twice_side_by_side_is_one_wrong_claim(
    text: str, right: str, other: str, reviewer_164: Reviewer
) -> None:
    wrong = [c for c in reviewer_164.review(text.format(other)).claims if c.status == WRONG]
    assert len(wrong) == 1
    assert other in wrong[0].quote
    assert right not in wrong[0].quote


@pytest.mark.parametrize("text", NO_COPIES)
def test_what_only_looks_like_a_copy_is_right(text: str, reviewer_164: Reviewer) -> None:
    assert_all_right(reviewer_164, text)
