"""Averages, groups without a name, the rest, ends of a way, declared lines, and tables of what lies between."""

from __future__ import annotations

import pytest
from test_doubting import RIGHT, claim_of

from bot.review import Reviewer
from bot.review.agreeing import UNMATCHED, WRONG

RIGHTLY = [
    ("Opus scores every condition higher than Sonnet, by 22 points on average.", "22 points"),
    ("For Sonnet α goes from 88.8 down to 28.2 when the model is finetuned.", "88.8 down to 28.2"),
    ("The gap is not uniform. It is 16-19 points where coherence is around 70.", "16-19 points"),
    (
        "The two prompts with the lower α also have lower coherence, by 18 to 25 points on Sonnet.",
        "18 to 25 points",
    ),
    ("By Sonnet there are two pairs, at least 20 points apart.", "20 points"),
    ("Grid #2 on Opus lost 7 judgements, and the other five cells lost between 1 and 4 each.", "1 and 4"),
    ("No interval reaches down to 28.", "28"),
    ("H2: no α comes near its falsifier of 15.", "15"),
    ("All 8 intervals lie above the target.", "8"),
    ("H1 asked for one α at or below 28.21: 0 of 8 cells.", "0"),
    ("The 95% intervals extend about 3 to 5 points on either side.", "3 to 5 points"),
    ("For Grid #2 with Sonnet, the failures could move its mean down by at most 1.3 or up by at most 1.6.", "1.6"),
    (
        "Grid #2 loses 2.9 % of its judgements on Sonnet. In no other cell do the bounds span more than 0.7 points.",
        "0.7 points",
    ),
    ("With every failure at the end that makes the gap smallest, the gap of Grid #2 is 26.83.", "26.83"),
    ("Grid #2 − Grid #3 is 0.38 [−5.27, 6.03] on Sonnet.", "−5.27, 6.03"),
    ("C at 72-82 % of the EM finetune, α at 1.6 to 2.4 times the finetune's.", "72-82 %"),
    ("The scorer applies its default of 20 % for failures.", "20 %"),
    ("The gate is on the judges. It allows 10 points.", "10 points"),
    ("That makes 49 failures in 8,320, or 0.6 %.", "8,320"),
]
WRONGLY = [
    ("Opus scores every condition higher than Sonnet, by 25 points on average.", "25 points"),
    ("For Sonnet α goes from 88.8 down to 38.2 when the model is finetuned.", "88.8 down to 38.2"),
    ("By Sonnet there are two pairs, at least 25 points apart.", "25 points"),
    ("No interval reaches down to 29.", "29"),
    ("Grid #2 − Grid #3 is 0.38 [−5.27, 7.03] on Sonnet.", "−5.27, 7.03"),
    ("C at 72-85 % of the EM finetune, α at 1.6 to 2.4 times the finetune's.", "72-85 %"),
    ("That makes 49 failures in 8,330, or 0.6 %.", "8,330"),
]
BOTH = "### Failed judgements\n\n| | Sonnet | Opus | both |\n|---|--:|--:|--:|\n"
BETWEEN = (
    "Judges side by side (Opus minus Sonnet):\n\n"
    "| Condition | Gap in α | Times the gate | Gap in coherence |\n|---|--:|--:|--:|\n"
)
TABLES = {
    "failures of both judges": (BOTH + "| Grid #2 | 30 | 7 | {} |\n| **total** | 39 | 10 | **49** |\n", "37", "36"),
    "multiples of the gate": (BETWEEN + "| Grid #2 | 28.90 | {} | −10.09 |\n", "2.89", "2.98"),
    "gaps of coherence": (BETWEEN + "| Grid #2 | 28.90 | 2.89 | {} |\n", "−10.09", "10.09"),
    "the match to a reference": (
        "| | Grid #1 | Grid #2 |\n|---|--:|--:|\n| Match to the finetune, C | {} | 0.68 |\n",
        "0.74",
        "0.47",
    ),
    "C against the target's": ("| | C | C − target |\n|---|--:|--:|\n| Grid #1 | 0.7353 | {} |\n", "-0.1617", "0.1617"),
    "the mean gap": (
        "| | PAIR #111 | Grid #1 | Grid #2 | Grid #3 | mean |\n|---|--:|--:|--:|--:|--:|\n"
        "| gap | 19 | 16 | 29 | 24 | {} |\n",
        "22",
        "25",
    ),
    "bounds of the gap": (
        "| Condition | Opus − Sonnet | Bounds |\n|---|--:|--:|\n| Grid #2 | 28.90 | {} |\n",
        "26.83 to 30.39",
        "26.83 to 30.93",
    ),
}


@pytest.mark.parametrize(("text", "quote"), RIGHTLY)
def test_it_is_found_right(text: str, quote: str, reviewer_164: Reviewer) -> None:
    assert claim_of(reviewer_164, text, quote).status in RIGHT


@pytest.mark.parametrize(("text", "quote"), WRONGLY)
def test_a_changed_one_is_not(text: str, quote: str, reviewer_164: Reviewer) -> None:
    assert claim_of(reviewer_164, text, quote).status in (WRONG, UNMATCHED)


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_what_lies_between(name: str, reviewer_164: Reviewer) -> None:
    table, right, wrong = TABLES[name]
    accused = [c for c in reviewer_164.review(table.format(right)).claims if c.status in (WRONG, UNMATCHED)]
    assert accused == []
    assert wrong in [c.quote for c in reviewer_164.review(table.format(wrong)).claims if c.status == WRONG]


@pytest.mark.parametrize(
    "heading",
    ["## What the judges agree on", "## How far the judges agree", "The judges agree on which prompts are lower."],
)
def test_a_heading_claims_no_agreement(heading: str, reviewer_164: Reviewer) -> None:
    assert not [o for o in reviewer_164.review(f"{heading}\n").overclaims if o.rule == "judges-agree"]
