"""Numbers of single answers and questions, of rare derivations, and of columns that name no metric."""

from __future__ import annotations

import pytest
from test_doubting import RIGHT, claim_of

from bot.review import Reviewer
from bot.review.agreeing import UNMATCHED, WRONG
from bot.review.singles import thresholds

GAPS = "Opus is the milder judge in every condition. "
RIGHTLY = [
    ("Where both judges scored the same answer, Opus was higher in 80.5 % of cases for PAIR #111.", "80.5 %"),
    ("Both judges scored 4,111 of the 4,160 answers.", "4,111"),
    ("Of the answers that both scored, Opus was higher on 3,387, Sonnet higher on 430, and they tied on 294.", "430"),
    ("The median difference on a single answer is 15 points for PAIR #111, 25 for Grid #3.", "25"),
    ("Below the target's α lie 6 of the 52 question means of Grid #3 under Sonnet.", "6"),
    ("By Sonnet, 9.8 % of the Grid #2 answers score 15 or lower.", "9.8 %"),
    ("The standard deviation of the question means is 16.2 for PAIR #111 under Sonnet.", "16.2"),
    ("Sonnet's question means on PAIR #111 range from 25.75 to 94.75.", "25.75 to 94.75"),
    ("Keeping only coherent answers raises Sonnet's α for Grid #2 by 11.9 points.", "11.9 points"),
    (GAPS + "We declared a limit and missed it by 6.2 to 18.9 points.", "6.2 to 18.9 points"),
    ("Grid #2 accounts for 77 % of Sonnet's failures.", "77 %"),
    ("Under Opus the steps from one condition to the next are 4.81, 7.33 and 5.25 points.", "7.33"),
    ("Sonnet sees two pairs, with about 20 points between the pairs.", "20 points"),
    ("The paired gaps are within 0.2 points of the unpaired ones.", "0.2 points"),
    ("By Sonnet, PAIR #111 (67.80) and Grid #1 (65.92) lie within 1.9 points of each other.", "1.9 points"),
    ("On Opus, Grid #2 and Grid #3 are 5.25 apart.", "5.25"),
    ("Each condition has 52 × 20 = 1,040 answers.", "20"),
    ("Error-rate gate: passed 8/8.", "8"),
    ("Intervals use t with 51 degrees of freedom.", "51"),
    ("Coherence by Sonnet is 72.92 and 71.80 for the two milder prompts.", "72.92"),
    ("Grid #1 and #2 score 65.92 and 45.84 with Sonnet.", "45.84"),
    ("By Sonnet, PAIR #111 and Grid #1 are between 65 and 70.", "65 and 70"),
]
WRONGLY = [
    ("Where both judges scored the same answer, Opus was higher on 835 for PAIR #111.", "835"),
    ("Each condition has 53 × 20 = 1,040 answers.", "53"),
    ("Intervals use t with 52 degrees of freedom.", "52"),
    ("By Sonnet, PAIR #111 and Grid #1 are between 70 and 75.", "70 and 75"),
    ("The paired gaps are within 0.1 points of the unpaired ones.", "0.1 points"),
    ("Grid #2 on Sonnet lost 30 judgements. No other cell lost more than 0.5 %.", "0.5 %"),
]
SAME = "| Prompt | Judge | α | α minus target |\n|---|---|---|---|\n| PAIR #111 | Sonnet | 67.80 | +39.59 |\n"
TABLES = {
    "an empty first cell goes on with the one above": SAME + "| | Opus | 86.88 | +58.67 |\n",
    "a column that names no metric": "| Prompt | Sonnet α | of baseline |\n|---|--:|--:|\n| PAIR #111 | 67.8 | 76 % |\n"
    "| Grid #1 | 65.9 | 74 % |\n| Grid #2 | 45.8 | 52 % |\n| Grid #3 | 45.5 | 51 % |\n",
    "a count of questions": "| Prompt | gap | Opus higher, of 52 |\n|---|--:|--:|\n| PAIR #111 | −19.08 | 51 |\n"
    "| Grid #1 | −16.15 | 48 |\n| Grid #2 | −28.90 | 52 |\n| Grid #3 | −24.02 | 51 |\n",
    "α of coherent answers": "| | PAIR #111 | Grid #1 |\n|---|--:|--:|\n| coherent α Sonnet | 70.20 | 66.96 |\n",
    "the declared limit": "| Prompt | gap | limit |\n|---|--:|--:|\n| PAIR #111 | 19.1 | 10 |\n"
    "| Grid #1 | 16.2 | 10 |\n",
}


@pytest.mark.parametrize(("text", "quote"), RIGHTLY)
def test_what_can_be_counted_is_found_right(text: str, quote: str, reviewer_164: Reviewer) -> None:
    assert claim_of(reviewer_164, text, quote).status in RIGHT
    assert not [c.quote for c in reviewer_164.review(text).claims if c.status == WRONG]


@pytest.mark.parametrize(("text", "quote"), WRONGLY)
def test_what_was_counted_wrongly_is_not(text: str, quote: str, reviewer_164: Reviewer) -> None:
    assert claim_of(reviewer_164, text, quote).status in (WRONG, UNMATCHED)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_in_anybodys_form_is_found_right(table: str, reviewer_164: Reviewer) -> None:
    claims = reviewer_164.review(TABLES[table]).claims
    assert claims
    assert {c.status for c in claims} <= set(RIGHT), [(c.quote, c.status, c.expected) for c in claims]


@pytest.mark.parametrize(
    ("table", "right", "false"),
    [
        ("an empty first cell goes on with the one above", "+58.67", "+58.76"),
        ("a column that names no metric", "| 52 %", "| 62 %"),
        ("the declared limit", "16.2 | 10", "16.2 | 15"),
    ],
)
def test_a_false_cell_among_right_ones_is_wrong(table: str, right: str, false: str, reviewer_164: Reviewer) -> None:
    claims = reviewer_164.review(TABLES[table].replace(right, false)).claims
    assert [c.status for c in claims].count(WRONG) == 1


def test_swapped_columns_with_their_own_names_stay_wrong(reviewer_164: Reviewer) -> None:
    text = "| Prompt | α, Sonnet | coherence, Sonnet |\n|---|--:|--:|\n| PAIR #111 | 72.92 | 67.80 |\n"
    text += "| Grid #1 | 71.80 | 65.92 |\n"
    assert {c.status for c in reviewer_164.review(text).claims} == {WRONG}


def test_thresholds_are_read_with_their_signs() -> None:
    assert thresholds("below 50, 15 or lower and at least 90") == [(">=", 90.0), ("<", 50.0), ("<=", 15.0)]
    assert thresholds("50 % of them") == []
