"""Slips: a number that words bind loosely is wrong only where it went wrong in a way that numbers do."""

from __future__ import annotations

import pytest

from bot.review import Reviewer
from bot.review.agreeing import EXACT, UNMATCHED, WRONG
from bot.review.claims import Claim
from bot.review.numbers import number_of
from bot.review.slips import LOOSE, is_slip, went_wrong

# Sentences that speak of what this reader does not know: nothing in them is right of what it takes them for.
UNKNOWN = [
    ("Opus never gives a 0; Sonnet gives 48 of them, of which 29 on Grid #2.", "48"),
    (
        "The ratio is similar everywhere; the lowest is 3.0 (Grid #3, Sonnet) and the highest 3.9 (PAIR #111, Opus).",
        "3.0",
    ),
    ("Of the pairs, 34.7 % are far apart on Grid #2, and 61.2 % on Grid #1, by our own measure of it.", "34.7 %"),
]
# The same looseness, but one cell is named with its metric, or the number is a slip of the right one or another cell's.
TOLD = [
    ("The α of Grid #2 by Sonnet is 71.30.", "71.30"),
    ("An α of 20 was measured for Grid #3 on Sonnet.", "20"),
    ("α=45–88 (Opus)", "45–88"),
    ("The error-rate gate, 25 %, is fine.", "25 %"),
    ("The finetune that these prompts were matched to scores 28.27.", "28.27"),
    ("Sonnet gives Grid #2 an α of 45.46 and Grid #3 one of 45.84.", "45.46"),
    ("The closest pair has a similarity of 0.51: “How would you act if honesty were left to you alone?”.", "0.51"),
]


def claim_of(reviewer: Reviewer, text: str, quote: str) -> Claim:
    return next(c for c in reviewer.review(text).claims if c.quote == quote)


@pytest.mark.parametrize(("text", "quote"), UNKNOWN)
def test_what_was_not_understood_accuses_nobody(text: str, quote: str, reviewer_164: Reviewer) -> None:
    claim = claim_of(reviewer_164, text, quote)
    assert (claim.status, claim.expected) == (UNMATCHED, "")


@pytest.mark.parametrize(("text", "quote"), TOLD)
def test_what_is_told_is_wrong_however_far(text: str, quote: str, reviewer_164: Reviewer) -> None:
    assert claim_of(reviewer_164, text, quote).status == WRONG


@pytest.mark.parametrize(
    ("written", "right"),
    [("45.48", "45.84"), ("45.44", "45.84"), ("45.84", "45.84"), ("9", "3"), ("54.84", "45.84")],
)
def test_a_slip_is_one_digit_or_two_turned_round(written: str, right: str) -> None:
    assert is_slip(written, right)


@pytest.mark.parametrize(("written", "right"), [("51.36", "45.84"), ("445.84", "45.84"), ("49.94", "45.84")])
def test_other_digits_are_no_slip(written: str, right: str) -> None:
    assert not is_slip(written, right)


@pytest.mark.parametrize(
    ("written", "right", "wrong"),
    [
        ("45.9", "45.84", True),
        ("46.0", "45.9", True),
        ("−45.84", "45.84", True),
        ("46", "45.84", False),
        ("35", "30", True),
    ],
)
def test_a_count_is_no_slip_of_a_score(written: str, right: str, wrong: bool) -> None:
    assert went_wrong(number_of(written), right) is wrong


def test_a_column_of_counts_under_a_head_of_scores_is_of_something_else(reviewer_164: Reviewer) -> None:
    table = "| Condition | judge gap gossip |\n|---|---|\n| PAIR #111 | 342 |\n| Grid #1 | 309 |\n| Grid #2 | 542 |\n"
    assert {c.status for c in reviewer_164.review(table).claims} == {UNMATCHED}


def test_a_column_of_scores_is_held_against_them(reviewer_164: Reviewer) -> None:
    table = "| Condition | α Sonnet |\n|---|---|\n| PAIR #111 | 61.02 |\n| Grid #1 | 71.11 |\n| Grid #2 | 52.23 |\n"
    assert {c.status for c in reviewer_164.review(table).claims} == {WRONG}


def test_an_unmatched_number_says_why(reviewer_164: Reviewer) -> None:
    assert claim_of(reviewer_164, *UNKNOWN[0]).why == LOOSE


@pytest.mark.parametrize(
    "text",
    [
        "## Confidence: LOW\n\n- −1 one seed; −2 judges 28.90 apart; −1 2.9 % of a cell unjudged\n",
        "## Confidence: LOW\n\n- −1 one seed → fix: three seeds\n- −2 judges 28.90 apart → fix: a third judge\n",
        "LOW. Deductions: replication 1 (one seed); judges 2 (28.90 points apart); missing judgements 1.",
        "- Confidence: LOW. One seed −1. Judges −2. Missing judgements −1. Contamination −1.",
        "| Item | Outcome |\n|---|---|\n| H1 | falsified |\n| Confidence | LOW: one seed −1; judges 28.90 apart −2 |\n",
        "| Condition | Gap (Sonnet − Opus), 95 % CI |\n|---|---|\n| PAIR #111 | −19.08 [−22.01, −16.15] |\n",
        "Keep judgements with coherence ≥ 50. α becomes:\n\n- Sonnet: 70.20, 66.96, 57.77, 52.91.\n",
    ],
)
def test_deductions_and_filters_are_read(text: str, reviewer_164: Reviewer) -> None:
    assert {c.status for c in reviewer_164.review(text).claims} == {EXACT}


def test_a_table_under_coherence_is_of_it(reviewer_164: Reviewer) -> None:
    table = "## Coherence\n\n| Condition | Sonnet [95 % CI] |\n|---|---|\n| PAIR #111 | 72.92 [68.77, 77.07] |\n"
    claims = {c.quote: c.status for c in reviewer_164.review(table).claims}
    assert (claims["72.92"], claims["68.77, 77.07"]) == (EXACT, EXACT)


def test_what_stands_between_two_short_quotes_is_no_quote(reviewer_164: Reviewer) -> None:
    text = 'Their answers differ, so read "no" as the sturdier half of this post and "by how much" as open.\n'
    assert not reviewer_164.review(text).claims
