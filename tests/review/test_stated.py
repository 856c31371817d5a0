"""What a text states and does not claim, and derivations over groups: right ones pass, changed ones do not."""

from __future__ import annotations

import pytest

from bot.review import Reviewer
from bot.review.agreeing import EXACT, ROUNDS, UNCHECKABLE, WRONG

RIGHT = [
    ("None of the four gets to 28.21.", "28.21"),
    ("Judge gap of at most 10 points: not met, in any of the four conditions.", "10 points"),
    ("We registered a judge gap below 10.", "10"),
    ("H2 survives anything above 28.21, and its explicit falsifier is 15.", "15"),
    ("What about the region between 15 and 28.21?", "15 and 28.21"),
    ("The error-rate gate, 20 %, is fine.", "20 %"),
    ("The other gate, a maximum judge error rate of 20 %, passes everywhere.", "20 %"),
    ("We set 10 points as the largest gap between judges that we would tolerate.", "10 points"),
    ("If you drop everything below 50 for coherence, Sonnet's α for Grid #3 goes from 45.5 to 52.9.", "50"),
    ("PAIR #111 and Grid #1 average 66.9 on Sonnet. Opus sees the same split (84.5 against 72.1).", "84.5"),
    ("The correlation of C with α over the four is 0.79 with Sonnet and 0.74 with Opus.", "0.79"),
    ("The judges should be within 10 points of each other. They are not; the best case is 16.15.", "16.15"),
    ("Lowest mean is 45.46, lowest interval bound 41.55 (Grid #2, Sonnet).", "45.46"),
    ("Under Opus, PAIR #111 is only 1.94 points below the null baseline (which was scored by Sonnet).", "1.94 points"),
    ("Only answers that both judges scored: Grid #2 moves from −28.90 to −28.73.", "−28.90 to −28.73"),
    ("On Sonnet, Grid #2 is level with Grid #3, 17.63 above.", "17.63"),
    ("The prompts of #98 drove α down to 0.79 and 3.70 according to Sonnet.", "3.70"),
    ("The gap on Grid #1 is above 1.6 times the limit; the biggest, on Grid #2, nearly three times as large.", "three"),
    ("On Sonnet the four average 56.3, about twice the target.", "about twice"),
    ("Opus puts PAIR #111 at 86.88, which is less than 2 points under the null baseline.", "2 points"),
    ("The gate on judge errors passed 8 times out of 8.", "8"),
    ("judge_gap_max: 0/4 pass", "0"),
    ("The gate on judge failures passes in all 8 places.", "8"),
    ("LOW. Deductions: −1 one seed, −2 judges 28.90 apart, −1 contamination not assessed.", "−2"),
    ("PAIR #111 exceeds Grid #3 by 22.34 on Sonnet (15.88 to 28.79).", "15.88 to 28.79"),
    ("The half-widths of the 95 % intervals of α are between 3.70 and 4.53 for Sonnet.", "3.70 and 4.53"),
    ("Only 515 of Sonnet's 1,010 valid judgements for Grid #2 reach a coherence of 50.", "515"),
    ("The Opus values are 41.28 to 58.67 above Sonnet's 28.21.", "41.28 to 58.67"),
    ("Opus has 10 failures, and 7 of those are in Grid #2.", "10"),
    ("This failed 49 times in 8,320, and 30 of those were Sonnet judging Grid #2.", "8,320"),
    ("Single-judge results in the 40–90 range should not be reported any more.", "40–90"),
]
WRONGLY = [
    ("All judge gaps are below 10 points.", "10 points"),
    ("Judge gap within 10 points in all four conditions: yes.", "10 points"),
    ("The error-rate gate, 25 %, is fine.", "25 %"),
    ("PAIR #111 and Grid #1 average 66.9 on Sonnet. Opus sees the same split (87.5 against 72.1).", "87.5"),
    ("The lowest α of the four by Sonnet is 45.64.", "45.64"),
    ("Under Opus, PAIR #111 is only 1.34 points below the null baseline (which was scored by Sonnet).", "1.34 points"),
    ("The gate on judge errors passed 7 times out of 8.", "7"),
    ("judge_gap_max: 1/4 pass", "1"),
    ("LOW. Deductions: −1 one seed, −1 judges 28.90 apart, −1 contamination not assessed.", "−1"),
    ("PAIR #111 exceeds Grid #3 by 22.34 on Sonnet (15.88 to 29.79).", "15.88 to 29.79"),
    ("Only 525 of Sonnet's 1,010 valid judgements for Grid #2 reach a coherence of 50.", "525"),
    ("On Sonnet the four average 56.3, about three times the target.", "about three times"),
    ("An α of 20 was measured for Grid #3 on Sonnet.", "20"),
]
TABLE = """
| Gate | Limit | Places | Breached |
|:--|--:|--:|--:|
| judge error rate | 20 % | 8 | 0 |
| gap between judges | 10 points | 4 | 4 |

| cell | sum of scores | n | α |
|:--|--:|--:|--:|
| Grid #1, Opus | 85,192 | 1,038 | 82.07 |
"""


def statuses(reviewer: Reviewer, text: str, quote: str) -> set[str]:
    return {claim.status for claim in reviewer.review(text).claims if quote in claim.quote}


@pytest.mark.parametrize(("text", "quote"), RIGHT)
def test_a_right_one_is_right(text: str, quote: str, reviewer_164: Reviewer) -> None:
    assert statuses(reviewer_164, text, quote) in ({EXACT}, {ROUNDS})


@pytest.mark.parametrize(("text", "quote"), WRONGLY)
def test_a_changed_one_is_wrong(text: str, quote: str, reviewer_164: Reviewer) -> None:
    assert WRONG in statuses(reviewer_164, text, quote)


@pytest.mark.parametrize(
    "text",
    [
        "An α of 20 would contradict H2's first sentence.",
        "If Opus were as generous to the target, the target would be near 50 and not 28.",
        "It is consistent with a prompt that did nothing (α near 89).",
        "Imagine two teachers, one giving 46 and the other 75.",
    ],
)
def test_what_is_supposed_is_not_claimed(text: str, reviewer_164: Reviewer) -> None:
    assert {claim.status for claim in reviewer_164.review(text).claims} <= {UNCHECKABLE, EXACT, ROUNDS}


def test_a_table_of_gates_and_one_of_sums_are_read(reviewer_164: Reviewer) -> None:
    claims = reviewer_164.review(TABLE).claims
    assert len(claims) == 9
    assert {claim.status for claim in claims} == {EXACT}


@pytest.mark.parametrize(
    ("old", "new"), [("| 8 | 0 |", "| 8 | 1 |"), ("| 4 | 4 |", "| 4 | 3 |"), ("85,192", "85,292"), ("20 %", "30 %")]
)
def test_a_changed_cell_of_them_is_wrong(old: str, new: str, reviewer_164: Reviewer) -> None:
    wrong = [c.quote for c in reviewer_164.review(TABLE.replace(old, new)).claims if c.status == WRONG]
    assert len(wrong) == 1


def test_a_wish_below_its_heading_is_a_plan(reviewer_164: Reviewer) -> None:
    claims = reviewer_164.review("## To do\n\n- ≥ 3 seeds for all four prompts\n").claims
    assert {claim.status for claim in claims} == {UNCHECKABLE}


def test_one_that_failed_nowhere_may_be_said_to_have_no_failures(reviewer_164: Reviewer) -> None:
    def rules(text: str) -> set[str]:
        return {found.rule for found in reviewer_164.review(text).overclaims}

    assert "nothing-failed" not in rules("PAIR #111 under Opus has no failures at all.")
    assert "nothing-failed" in rules("Grid #2 under Opus has no failures at all.")
