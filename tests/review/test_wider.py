"""Averages, groups without a name, the rest, ends of a way, declared lines, and tables of what lies between."""

from __future__ import annotations

import pytest
from test_doubting import RIGHT, claim_of

from bot.review import Reviewer
from bot.review.agreeing import UNCHECKABLE, UNMATCHED, WRONG

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
    ("H2: every α above 28.21 for each judge. Holds in 8 of 8 cells, with the gate breached.", "8"),
    ("Counting Sonnet first and Opus second: PAIR #111 4 and 0 failures, Grid #2 30 and 7.", "30"),
    ("The gate on judge disagreement is breached 4 times out of 4.", "4"),
    ("The winners of #98 undershoot the target by about 25-27 points on Sonnet.", "25-27 points"),
    ("For Grid #2, Opus's α is 1.6 times Sonnet's.", "1.6"),
    ("Grid #1 matches the finetune best (0.74), yet it keeps a higher α than Grid #2 (0.68).", "0.68"),
    ("The mandate prompt has 67.80 with Sonnet.", "67.80"),
    ("The fine-tuned model has α = 28.21.", "28.21"),
    (
        "Relative to 28.21, Sonnet has them at 39.59, 37.71, 17.63 and 17.25 (PAIR #111, then Grid #1 to Grid #3).",
        "17.63",
    ),
    ("None of the intervals reaches down to the target's interval of 25.97 to 30.45.", "25.97 to 30.45"),
]
WRONGLY = [
    ("Opus scores every condition higher than Sonnet, by 25 points on average.", "25 points"),
    ("For Sonnet α goes from 88.8 down to 38.2 when the model is finetuned.", "88.8 down to 38.2"),
    ("By Sonnet there are two pairs, at least 25 points apart.", "25 points"),
    ("No interval reaches down to 29.", "29"),
    ("Grid #2 − Grid #3 is 0.38 [−5.27, 7.03] on Sonnet.", "−5.27, 7.03"),
    ("C at 72-85 % of the EM finetune, α at 1.6 to 2.4 times the finetune's.", "72-85 %"),
    ("That makes 49 failures in 8,330, or 0.6 %.", "8,330"),
    ("Counting Sonnet first and Opus second: PAIR #111 4 and 0 failures, Grid #2 7 and 30.", "7"),
    ("The gate on judge disagreement is breached 3 times out of 4.", "3"),
    ("For Grid #2, Opus's α is 1.9 times Sonnet's.", "1.9"),
    ("The mandate prompt has 65.92 with Sonnet.", "65.92"),
]
BOTH = "### Failed judgements\n\n| | Sonnet | Opus | both |\n|---|--:|--:|--:|\n"
BETWEEN = (
    "Judges side by side (Opus minus Sonnet):\n\n"
    "| Condition | Gap in α | Times the gate | Gap in coherence |\n|---|--:|--:|--:|\n"
)
TABLES = {
    "percentages without a sign": (
        "| Condition | Judge | Failed | Failed, % |\n|---|---|--:|--:|\n| Grid #2 | Sonnet | 30 | {} |\n",
        "2.9",
        "3.9",
    ),
    "lower and upper ends": (
        "| Prompt | Judge | α | α low | α high |\n|---|---|--:|--:|--:|\n| Grid #2 | Sonnet | 45.84 | {} | 50.14 |\n",
        "41.55",
        "41.76",
    ),
    "a corner that heads all cells": (
        "| Failed judgements, of 1,040 | Grid #1 | Grid #2 |\n|---|--:|--:|\n| Sonnet | 1 | {} |\n",
        "30",
        "7",
    ),
    "a row against the target": (
        "| Sonnet 4.5 | Grid #1 | Grid #2 |\n|---|--:|--:|\n| above the target by | 37.7 | {} |\n",
        "17.6",
        "17.3",
    ),
    "differences of conditions": (
        "| Pair | Sonnet | Opus |\n|---|--:|--:|\n| Grid #2 − Grid #3 | 0.4 ± 5.6 | {} |\n",
        "5.3 ± 6.0",
        "5.9 ± 6.0",
    ),
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
    found = [c.quote for c in reviewer_164.review(table.format(wrong)).claims if c.status == WRONG]
    assert any(quote in wrong for quote in found)


@pytest.mark.parametrize(
    "heading",
    ["## What the judges agree on", "## How far the judges agree", "The judges agree on which prompts are lower."],
)
def test_a_heading_claims_no_agreement(heading: str, reviewer_164: Reviewer) -> None:
    assert not [o for o in reviewer_164.review(f"{heading}\n").overclaims if o.rule == "judges-agree"]


def test_a_box_that_is_not_ticked_is_a_plan(reviewer_164: Reviewer) -> None:
    to_do = reviewer_164.review("- [ ] Human labels on about 100 answers of Grid #2, α 99\n").claims
    done = reviewer_164.review("- [x] Sonnet scored Grid #2 at an α of 99\n").claims
    assert {c.status for c in to_do} <= {UNCHECKABLE}
    assert [c.status for c in done] == [WRONG]


def test_the_number_of_a_section_claims_nothing(reviewer_164: Reviewer) -> None:
    assert not reviewer_164.review("## 5 Results\n\n## Slide 3: Coherence\n").claims
