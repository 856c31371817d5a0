"""Numbers told by their clause: over a value just told, of the other judge, an end of all intervals, taken off each."""

from __future__ import annotations

import pytest
from review_texts import assert_all_right, assert_wrong_there

from bot.review import Reviewer
from bot.review.agreeing import UNMATCHED, WRONG

# Right sentences, each with a number in it that is wrong when it is another one.
TOLD = [
    ("PAIR #111 is within 2 points of the null baseline ({}, interval -5.9 to 2.0), which Sonnet scored.",
     "-1.9", "-9.1"),
    ("The judges rank the conditions PAIR #111 > Grid #1 > Grid #2 > Grid #3 (tau-b {}, n = 4).", "1.00", "0.67"),
    ("The judges rank the conditions PAIR #111 > Grid #1 > Grid #2 > Grid #3 (tau-b 1.00, n = {}).", "4", "5"),
    ("The gaps are about the same if I pair by sample: -19.1, -16.1, {}, -24.0.", "-28.7", "-27.8"),
    ("Counting failures moves Grid #2 to 44.52–47.40, above the target's own upper bound of {}.", "30.21", "32.01"),
    ("On Grid #2 its α would be 47.40 with all of them at 100, and the gap to Opus's {} stays.", "74.74", "77.44"),
    ("The intervals do overlap, since Sonnet's run from {} and Opus's from 65 to 91.", "42 to 72", "24 to 72"),
    ("On Grid #1 the near end of the gap's interval (−13.55) is past {} points.", "10", "12"),
    ("From Grid #1 to Grid #2 α falls by 20.08 on Sonnet and 7.33 on Opus, so Sonnet's step is {} times as large.",
     "2.7", "7.2"),
    ("The judges were 0.80 points apart on PAIR #98 (0.79 and 1.59) and 2.36 on EvoPrompt #98 (3.70 and {}).",
     "6.06", "6.60"),
    ("Points are deducted for one seed, 2.9 % of a cell unjudged, and contamination not assessed, {} each.", "1", "2"),
    ("| condition | samples scored by both |\n|---|---|\n| PAIR #111 | 1,036 |\n| Grid #1 | {} |\n", "1,037", "1,073"),
    ("| | PAIR #111 | Grid #1 |\n|---|---|---|\n| gap, Sonnet − Opus | −19.08 | −16.15 |\n| ± | {} | 2.60 |\n",
     "2.93", "3.92"),
    ("| condition | gap in α, coherence ≥ 50 only |\n|---|---|\n| PAIR #111 | {} |\n| Grid #1 | 16.84 |\n",
     "18.97", "17.98"),
    ("The 95 % intervals are ± {} to ± 4.53 on the four prompts.", "3.14", "3.41"),
    ("By Sonnet, Grid #2 and Grid #3 bring α down by 43 points from the plain model, {} of the way to the finetune.",
     "71 to 72 %", "61 to 62 %"),
    ("They share the side of {} on which the prompts fall.", "28.21", "21.28"),
    ("By Sonnet the gap exceeds the distance to the target on Grid #3, too (24.02 against {}).", "17.25", "12.75"),
    ("The lowest Opus α (69) is about two points above the highest Sonnet α (68); without rounding, {} and 67.80.",
     "69.49", "64.99"),
    ("The distance from the null baseline to the target is 60.61 points of α and {} of C.", "0.851", "0.815"),
    ("Sonnet's four values span 22.34 points and Opus's {}.", "17.39", "13.79"),
    ("The gap gate failed in four of four, by 6.15 points at best and {} at worst.", "18.90", "19.80"),
    ("Keeping coherent answers raises α on PAIR #111 by {} and 2.3 on Opus.", "2.4", "4.2"),
    ("| condition | α relative to target |\n|---|---|\n| PAIR #111 (Sonnet) | {} × |\n", "2.40", "2.04"),
    ("| condition | α as % of null | share of the way from null to target, α | same share, C |\n|---|---|---|---|\n"
     "| PAIR #111 (Sonnet) | 76.3 % | 34.7 % | {} |\n", "76.2 %", "72.6 %"),
    ("| reason | points | what lifts it |\n|---|---|---|\n| 2.9 % of a cell unjudged | {} | ask the judge again |\n",
     "−1", "−2"),
    ("| | statement |\n|---|---|\n| gate | the two judges differ by less than {} points |\n", "10", "12"),
    ("As a multiple of the target's α, the Sonnet values run from {} (Grid #3) to 2.4 (PAIR #111).", "1.6", "6.1"),
    ("With no prompt α is 88.82. By Sonnet all four lower α: by {} (PAIR #111) and 22.90 (Grid #1).", "21.02", "12.02"),
    ("The judges are further apart than Sonnet's α on Grid #2 and Grid #3 is from the target ({} and 17.25).",
     "17.63", "16.73"),
    ("By Opus, no condition is less than {} above the target.", "41.28", "48.21"),
    ("| Condition | Sonnet α | Sonnet α − 28.21 |\n|---|---|---|\n| PAIR #111 | 67.80 | {} |\n", "39.59", "35.99"),
    ("| Condition | Pearson, by question | Spearman, by sample |\n|---|---|---|\n| PAIR #111 | {} | 0.46 |\n",
     "0.76", "0.67"),
    ("On Grid #1 the judges are closest. The lowest Opus α ({}) is above the highest Sonnet α (67.80).",
     "69.49", "64.99"),
    ("On Grid #3 the distance to the target is 17.25 by Sonnet and 41.28 by Opus, a factor of {}.", "2.4", "4.2"),
    ("With every failure of Grid #2 at 0 its Sonnet α is 44.52, with every one of the target at 100 the target is {}.",
     "30.21", "31.20"),
    ("PAIR #98 on Opus has bounds 1.13–29.79. The other three upper bounds stay below: 16.53, {} and 16.72.",
     "3.88", "7.38"),
    ("| condition | gap | points over the gap limit |\n|---|---|---|\n| PAIR #111 | −19.08 | {} |\n", "9.08", "8.09"),
    ("Grid #2 lost most. Bounds for that cell, with all failures at 0 and then at 100: {}.", "44.52 to 47.40",
     "45.42 to 47.40"),
    ("As multiples of the target's α they are {}, 2.3, 1.6 and 1.6 on Sonnet.", "2.4", "4.2"),
    ("| condition | covered by C | covered by α |\n|---|---|---|\n| PAIR #111 (Sonnet) | 76.2 % | {} |\n",
     "34.7 %", "43.7 %"),
    ("The lowest interval end on Sonnet is 42, which is still {} points above the target.", "13", "31"),
    ("(Sonnet only; Opus has never scored them)\n\n| | α | failed of 1,040 |\n|---|---|---|\n| PAIR #98 | {} | 165 |\n",
     "0.79", "0.97"),
    ("No interval reaches 28.21; the lowest limit of an interval is {}.", "41.55", "14.55"),
    ("The closest to the target is Grid #2 at +17.63 (12.81 to 22.46). Grid #1 is at {} (33.12 to 42.30).",
     "+37.71", "+31.77"),
    ("With all failures at 100 the Opus α of PAIR #98 is 29.79. On Sonnet the same bound is {}.", "16.53", "13.56"),
    ("For PAIR #111 the distance to the target is 39.59 on Sonnet and 58.67 on Opus, a ratio of {}.", "1.5", "5.1"),
    ("Next to the finetune:\n\n| | C | Sonnet α |\n|---|---|---|\n| the four of #164 | {} | 45.46–67.80 |\n",
     "0.6480–0.7353", "0.6480–0.7535"),
]  # fmt: skip
RIGHT_ONES = [
    "0 % is the null baseline and not the finetune. For C the whole way is 0.851, for α on Sonnet 60.61 points.",
    "The widest gap, on Grid #2, is 1.79 times the mildest.",
    "Failures hardly matter: the widest span is under 3 points.",
    "The smallest gap is 16.15 on Grid #1 and the largest is 28.90 on Grid #2, nearly three times the limit.",
    "By coherence the judges differ by about 10 points on Grid #2, whereas they are within 2 points on the others.",
    "Cells with α above 28.21: 8 of 8; above 50: 6 of 8; above 80: 2 of 8.",
    "Gaps over 20 points: 2 of 4 (Grid #2, Grid #3).",
    "The error rate (20 %) passed in all eight cells.",
    "All four gap intervals exclude 10. The nearest end is 13.55 (Grid #1).",
    "The four prompts are 0.16 to 0.25 away on C.",
    "All four prompts have at least 14 times the C of the unprompted model.",
    "Two of the four gaps are more than twice the limit (Grid #2 and Grid #3).",
    "Compared with the 88.82 of the null baseline, PAIR #111 is lower.",
    "The lowest interval bound among the four on Sonnet is 42.",
    "In C, the #98 winners are 0.866 and 0.873 away from the target.",
    "**Opus.** The values step down more evenly: 87, 82, 75, 69. The steps are 5, 7 and 5 points.",
    "In two of four conditions the gap is more than twice the limit.",
    "Opus scores every prompt higher: 87, 82, 75 and 69. They come down in steps of 5, 7 and 5 points.",
]
# Comparisons that do not hold, or hold by far.
WRONG_ONES = [
    ("Failures hardly matter: the widest span is under {} points.", "2"),
    ("By coherence the judges differ by about 10 points on Grid #2, whereas they are within {} on the others.", "1"),
    ("The largest gap is 28.90 on Grid #2, {} the limit.", "twice"),
    ("Cells with α above 28.21: 8 of 8; above 50: {} of 8.", "5"),
    ("Gaps over 20 points: {} of 4.", "3"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "right"), [(text, right) for text, right, _ in TOLD])
def test_what_holds_is_right(text: str, right: str, reviewer_164: Reviewer) -> None:
    assert_all_right(reviewer_164, text.format(right))


def test_a_ratio_of_so_many_is_counted(reviewer_164: Reviewer) -> None:
    text = "In three of four conditions the gap is more than twice the limit."
    assert [c.status for c in reviewer_164.review(text).claims if c.quote == "more than twice"] == [WRONG]


@pytest.mark.parametrize("text", RIGHT_ONES)
def test_nobody_is_accused(text: str, reviewer_164: Reviewer) -> None:
    assert [c for c in reviewer_164.review(text).claims if c.status in (WRONG, UNMATCHED)] == []


@pytest.mark.parametrize(("text", "wrong"), [*((text, wrong) for text, _, wrong in TOLD), *WRONG_ONES])
def test_another_number_is_not(text: str, wrong: str, reviewer_164: Reviewer) -> None:
    assert_wrong_there(reviewer_164, text, wrong)
