"""Numbers told by what stands beside them: over a limit, clear of the target, of either judge, of what came before."""

from __future__ import annotations

import pytest
from review_texts import assert_all_right, assert_wrong_there

from bot.review import Reviewer
from bot.review.agreeing import EXACT, ROUNDS, UNMATCHED, WRONG

RIGHT = {EXACT, ROUNDS}
# Right sentences, each with a number in it that is wrong when it is another one.
TOLD = [
    ("Most of Sonnet's {} failed judgements are in Grid #2 (30, or 2.9 % of that cell).", "39", "93"),
    ("The model without finetune or system prompt scores {} under Sonnet.", "88.82", "82.82"),
    ("All four gaps exceed the limit, by {} points.", "6.15 to 18.90", "6.15 to 19.80"),
    ("The judges differ by more (28.9) on Grid #2 than the Sonnet score differs from the target ({}).", "17.6", "16.7"),
    ("On Sonnet PAIR #111 and Grid #1 are at 66–68; Grid #2 and Grid #3 are at {}, only 0.38 apart.", "45–46", "48–49"),
    ("As ratios: Sonnet {}× the target, Opus 2.5× to 3.1×.", "1.6× to 2.4", "1.9× to 2.4"),
    ("The closest by C, Grid #1, is at {} times the target on Sonnet and 2.9 times on Opus.", "2.3", "3.2"),
    ("Sonnet lost 39 of 4,160, {} of them on Grid #2, and Opus lost 10.", "77 %", "72 %"),
    ("Opus's α is {} times Sonnet's, depending on the prompt.", "1.2 to 1.6", "1.2 to 1.9"),
    ("On PAIR #111 they differ by just 0.38 in coherence and by {} in alignment.", "19.08", "18.09"),
    ("By Sonnet the prompts lie 21.02 to 43.36 points below the null baseline (88.82, 95 % CI [{}]).", "87.43, 90.20",
     "83.47, 90.20"),
    ("The error rate is 2.9 %, far from the {} at which the gate would close.", "20 %", "30 %"),
    ("Grid #2 on Sonnet has bounds 44.52–47.40, so even the low one clears the target by {}.", "16.3", "13.6"),
    ("Three of the eight cells have a mean coherence below {}.", "50", "60"),
    ("So α is {} for one judge and 69–87 for the other.", "45–68", "46–78"),
    ("| prompt | judge | α ± half-width |\n|---|---|---|\n| PAIR #111 | Sonnet | {} ± 4.53 |\n", "67.80", "68.70"),
]  # fmt: skip
RIGHT_ONES = [
    "Is Grid #2 17.63 points above the finetune on Sonnet, or 46.53 on Opus? To make it worse, the 28.21 was scored\n"
    "by Sonnet alone, so the 47 compares an Opus score with a Sonnet target.",
    "The gap on Grid #1 is mildest, and even its interval (−18.76 to −13.55) stays entirely outside 10 points.",
    "All eight cells are at 45 or more, and six of them exceed 65.",
    "PAIR #98 scored 0.79 on Sonnet and EvoPrompt #98 3.70: there the judges were just -0.80 and -2.36 apart.",
    "Its C of 0.648 to 0.735 is 14 to 16 times the baseline, and 72–82% of the finetune's own 0.897.",
    'If you ask "how misaligned is this prompt?", the answer depends on whom you ask.',
]


@pytest.mark.parametrize(("text", "right"), [(text, right) for text, right, _ in TOLD])
def test_what_holds_is_right(text: str, right: str, reviewer_164: Reviewer) -> None:
    assert_all_right(reviewer_164, text.format(right))


@pytest.mark.parametrize("text", RIGHT_ONES)
def test_nobody_is_accused(text: str, reviewer_164: Reviewer) -> None:
    assert [c for c in reviewer_164.review(text).claims if c.status == WRONG] == []


@pytest.mark.parametrize(("text", "wrong"), [(text, wrong) for text, _, wrong in TOLD])
def test_another_number_is_not(text: str, wrong: str, reviewer_164: Reviewer) -> None:
    assert_wrong_there(reviewer_164, text, wrong)


ROWS = (("PAIR #111", "67.80"), ("Grid #1", "65.92"), ("Grid #2", "45.84"))


def test_a_column_wrongly_headed_is_wrong(reviewer_164: Reviewer) -> None:
    table = "| prompt | Sonnet coherence |\n|---|---|\n" + "".join(f"| {place} | {value} |\n" for place, value in ROWS)
    assert {c.status for c in reviewer_164.review(table).claims} == {WRONG}


def test_a_column_whose_head_and_labels_disagree_accuses_nobody(reviewer_164: Reviewer) -> None:
    rows = "".join(f"| C of {place} | {value} |\n" for place, value in ROWS)
    table = "| label | Sonnet |\n|---|---|\n" + rows
    assert {c.status for c in reviewer_164.review(table).claims} == {UNMATCHED}
