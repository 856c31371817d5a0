"""Remarks of a text on its own numbers: an edge that stays off a limit, a rounding, what a filter loses."""

from __future__ import annotations

import pytest
from review_texts import assert_all_right, assert_wrong_there

from bot.review import Reviewer
from bot.review.agreeing import UNMATCHED, WRONG

# Right sentences, each with a number in it that is wrong, or of nothing, when it is another one.
TOLD = [
    ("The gap runs from 16.15 points (Grid #1) to 28.90 (Grid #2), so even the smallest is\n"
     "more than {} times the limit.",
     "1.6", "1.8"),
    ("Grid #2 averages {} coherence on Sonnet and 37.43 on Opus.", "47.52", "37.43"),
    ("Opus has no target of its own; against Sonnet's target its conditions are {} above.",
     "41.28 to 58.67", "14.28 to 58.67"),
    ("Even the lowest bound in the table, 44.52, is {} above 28.21.", "16.31", "13.61"),
    ("The four prompts here have C within {} of the target and α above it.", "0.1617 to 0.2490", "0.1671 to 0.2490"),
    ("| Deduction | Points |\n|---|---|\n| judges 28.90 apart | −2 |\n| 2.9 % of a cell unjudged | {} |\n", "−1", "−2"),
    ("| Condition | C | below the target's C by |\n|---|---|---|\n| PAIR #111 | 0.6945 | {} |\n", "0.2025", "0.2052"),
    ("Gaps are computed before rounding, so Grid #3 differs by {} from the difference of the two rounded values.",
     "0.01", "0.03"),
    ("The largest gap is 28.90. None of the four intervals reaches {}; the nearest edge is −13.55.", "−10", "−12"),
    ("Checked for repeated questions: no duplicates and no near duplicates among the {}.", "52", "25"),
    ("| Item | Value |\n|---|---|\n| Panel | 52 questions |\n| Seeds | {} |\n", "1", "3"),
    ("With the filter, coherence of at least 50, Grid #2 on Sonnet rises by 11.92 points\n"
     "and loses {} of its judgements.",
     "49 %", "94 %"),
    ("On samples that both judges scored the gaps are −19.07, −16.15, −28.73 and −24.03. The largest change\n"
     "is in Grid #2, about {}.", "0.2 points", "0.9 points"),
    ("| | Sonnet: α − 28.21 (95 %) | Opus: α − 28.21 (95 %), across judges |\n|---|---|---|\n"
     "| PAIR #111 | 39.59 ({}) | 58.67 (54.37 to 62.97) |\n", "34.56 to 44.62", "35.46 to 44.62"),
    ("| | Sonnet: α − 88.82 (95 %) |\n|---|---|\n| PAIR #111 | {} (−25.75 to −16.30) |\n", "−21.02", "−12.02"),
    ("| Condition | Sonnet | Opus | gap as % of the Sonnet distance |\n|---|---|---|---|\n"
     "| PAIR #111 | 67.80 | 86.88 | {} |\n", "48 %", "84 %"),
    ("| Item | Outcome |\n|---|---|\n| Confidence | LOW |\n| – judges 28.90 apart | {} |\n", "−2", "−1"),
    ("What would have falsified H2 outright was 15 or lower; Grid #3 on Sonnet is {} points above that.",
     "30.46", "34.06"),
    ("The null baseline is only on record from Sonnet. PAIR #111 on Opus (86.88) is 1.94 points under that Sonnet\n"
     "baseline, and the interval on that difference, {}, includes zero.",
     "−5.88 to 2.00", "−8.58 to 2.00"),
    ("The gap on Grid #2 is bigger than the whole spread between the highest and lowest condition on either judge\n"
     "({} points on Sonnet, 17.39 on Opus).", "22.34", "23.24"),
    ("Against the null baseline Sonnet sees a drop of more than {} points in every condition.", "20", "22"),
    ("The table has every distance to the #98 winners. All 16 distances are above {} points.", "40", "42"),
]  # fmt: skip
# Of these another number is told to be of nothing.
LOOSELY_TOLD = [
    ("Which judge is asked moves α by {} points.", "16.15 to 28.90", "16.15 to 29.80"),
    ("The smallest of these {} distances is 17.25.", "16", "13"),
    ("On Opus's scores PAIR #111 is hardly distinguishable from the unprompted model ({}).", "−5.88 to 2.00",
     "−8.58 to 2.00"),
    ("Both declared predictions evaluated, all {} gate checks run.", "12", "21"),
    ("Spearman correlation over shared samples: {}.", "0.44 to 0.46", "0.14 to 0.46"),
    ("All four gap intervals are entirely beyond 10 points. The end nearest to it is {} (Grid #1).", "13.55", "15.53"),
    ("For Grid #2 and Grid #3 the gap between judges is larger than Sonnet's distance to the target\n"
     "({} against 17.63, and 24.02 against 17.25).", "28.90", "29.80"),
    ("Grid #3 lies 43.36 below the null baseline on Sonnet, which is {} of the 60.61 points between null and target.",
     "71.5 %", "75.1 %"),
    ("In C PAIR #98 and EvoPrompt #98 are 0.866 and 0.873 below the target, slightly more than the null baseline's {}.",
     "0.851", "0.815"),
    ("The judges order the questions in a similar way ({}) and single samples in a similar way (0.44 to 0.46).",
     "0.74 to 0.86", "0.47 to 0.86"),
    ("On coherence they agree for PAIR #111 to within 0.38 points (72.92 and 72.54). For Grid #2, Sonnet gives {}.",
     "47.52", "45.72"),
    ("Four points spanning {} in C say little either way.", "0.0873", "0.0837"),
    ("If you hold Opus's scores against Sonnet's baseline anyway,\n"
     "PAIR #111 is {} below it.", "1.94 points", "4.91 points"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "right"), [(text, right) for text, right, _ in (*TOLD, *LOOSELY_TOLD)])
def test_what_holds_is_right(text: str, right: str, reviewer_164: Reviewer) -> None:
    assert_all_right(reviewer_164, text.format(right))


@pytest.mark.parametrize(("text", "wrong"), [(text, wrong) for text, _, wrong in TOLD])
def test_another_number_is_not(text: str, wrong: str, reviewer_164: Reviewer) -> None:
    assert_wrong_there(reviewer_164, text, wrong)


@pytest.mark.parametrize(("text", "other"), [(text, other) for text, _, other in LOOSELY_TOLD])
def test_another_number_is_noticed(text: str, other: str, reviewer_164: Reviewer) -> None:
    assert any(c.status in (WRONG, UNMATCHED) for c in reviewer_164.review(text.format(other)).claims)
