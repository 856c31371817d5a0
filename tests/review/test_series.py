"""Numbers in a series, in firm places, and of some of the answers: right ones pass, changed ones are found."""

from __future__ import annotations

import pytest

from bot.review import Reviewer
from bot.review.agreeing import EXACT, ROUNDS, UNCHECKABLE, WRONG

COHERENCE = "Mean coherence falls to 47.52 (Sonnet) / 37.43 (Opus) for Grid #2 and 53.64 / 43.66 for Grid #3."
DISTANCES = "Relative to the target, under Sonnet: PAIR #111 +39.59, Grid #1 +37.71, Grid #2 +17.63, Grid #3 +17.25."
GIVES = "Opus gives 86.88 to PAIR #111, 82.07 to Grid #1, 74.74 to Grid #2 and 69.49 to Grid #3."
REFERENCES = "By α: PAIR #98 0.79 under Sonnet, 1.59 under Opus; EvoPrompt #98 3.70 under Sonnet and 6.06 under Opus."
BOUNDS = "For Grid #2 under Sonnet α would be 44.5 with all of the failures at 0 and 47.4 with all of them at 100."
BESIDE = "- Opus: Grid #2: α = 74.7, coherence 37.4, 7 errors"
FAILED = "Sonnet failed on Grid #2 in 30 of 1,040 judgements (2.9 %)."
RIGHT = [
    COHERENCE, DISTANCES, GIVES, REFERENCES, BOUNDS, BESIDE, FAILED,
    "PAIR #111 exceeds Grid #2 by 21.96 points (16.08 to 27.83) and Grid #3 by 22.34 (15.88 to 28.79) on Sonnet.",
    "By C they were no nearer to it than the unprompted model: 0.031 and 0.024, where the null baseline has 0.046.",
    "On Sonnet, Grid #3 is closest to the target: 45.46 against 28.21, a difference of 17.25 points.",
    "The upper limit of the target is 30.45.",
    "The same filter moves PAIR #111 far less: 67.80 becomes 70.20 on Sonnet, 86.88 becomes 89.17 on Opus.",
    "The clustered standard errors are 3.0 to 3.7 times the naive ones.",
    "The range of gaps is −28.9 to −16.2.",
    "Pooled over the four conditions, Sonnet's mean is 56.33 and Opus's 78.30.",
    "On Grid #2 the incoherent answers average 33.4 on α for Sonnet.",
    "Opus's question mean is above Sonnet's on 48 of 52 questions for Grid #1 and on 51 for PAIR #111.",
    "On Opus α falls by 4.81 points from PAIR #111 to Grid #1, and by 7.33 from Grid #1 to Grid #2.",
    "With Sonnet I would not claim a difference between PAIR #111 and Grid #1: 67.80 vs 65.92, so 1.88 points.",
    "Krippendorff's alpha is 0.17 at best and 0.00 on Grid #2.",
    "Of the 4,111 answers scored by both, the scores differ by more than 10 points on 2,925, that is 71%.",
    "If every failure of Grid #2 on Sonnet scores 0, α is 44.52; if every one scores 100, it is 47.40.",
    "Sonnet puts no prompt between 4 and 45.",
    "Deductions: one seed, −1; judges 28.90 apart, −2; 2.9 % of one cell unjudged, −1; contamination not assessed, −1.",
    "PAIR #111 and Grid #1 lie between 65 and 68 on Sonnet.",
    "Opus gave a full 100 to 898 completions.",
    "The gap is 1.79 times as wide in Grid #2 as in Grid #1.",
]  # fmt: skip
# A text, what is changed in it, into what.
WRONGLY = [
    (COHERENCE, "37.43", "47.52"), (COHERENCE, "37.43", "88.12"), (COHERENCE, "43.66", "69.49"),
    (DISTANCES, "37.71", "20.08"), (DISTANCES, "17.63", "45.84"),
    (GIVES, "74.74", "88.12"), (GIVES, "69.49", "73.72"),
    (REFERENCES, "1.59", "0.79"), (REFERENCES, "1.59", "6.06"), (REFERENCES, "6.06", "5.37"),
    (BOUNDS, "44.5", "67.5"), (BOUNDS, "47.4", "44.5"),
    (BESIDE, "7 errors", "30 errors"),
    (FAILED, "30", "37"),
    ("Sonnet gives the lowest α to Grid #3 (45.46, 95 % interval 41.76 to 49.16).", "45.46", "41.76"),
    ("PAIR #111 has α = 67.8 (SE 2.25) under Sonnet, Grid #2 45.8 (SE 2.14).", "2.14", "2.25"),
    ("Under Sonnet, PAIR #111 is 21.02 points lower than the null baseline.", "21.02", "−21.02"),
    ("Opus scores the same completions 16.2 to 28.9 points higher than Sonnet does.", "28.9", "−28.9"),
    ("The finetune scores 28.2 under Sonnet.", "28.2", "26.0"),
    ("The four prompts stay below the EM finetune's 0.897 in C.", "0.897", "0.046"),
    ("Under Sonnet, Grid #1 is 20.08 above Grid #2.", "20.08", "61.89"),
    ("We measure α over 52 questions with 20 samples each.", "20", "21"),
    ("The declared limit of 10 points between the judges is exceeded everywhere.", "10", "15"),
    ("The judge gate is breached on 4 of 4 conditions.", "4 of", "0 of"),
    ("Confidence: LOW (one seed −1, judges 28.90 apart −2).", "apart −2", "apart 2"),
    ("Confidence: LOW: 2.9 % of a cell unjudged (−1).", "2.9", "2.0"),
    ("The scores correlate at Spearman 0.46 on PAIR #111.", "0.46", "0.16"),
    ("The standard error of PAIR #111 under Sonnet is 2.25, 3.4 times the naive one.", "3.4", "2.4"),
]  # fmt: skip
TABLE = """\
| Condition | Judge | α | all failed at 0 / 100 |
|:--|:--|--:|--:|
| PAIR #111 | Sonnet | 67.80 ± 4.53 | 67.54 / 67.92 |
| Grid #3 | Opus | 69.49 ± 4.24 | 69.42 / 69.51 |
"""


def states(reviewer: Reviewer, text: str) -> list[tuple[str, str]]:
    return [(c.quote, c.status) for c in reviewer.review(text).claims]


@pytest.mark.parametrize("text", RIGHT)
def test_a_right_one_is_not_accused(text: str, reviewer_164: Reviewer) -> None:
    found = states(reviewer_164, text)
    assert found
    assert {status for _, status in found} <= {EXACT, ROUNDS, UNCHECKABLE}, found


@pytest.mark.parametrize(("text", "old", "new"), WRONGLY)
def test_the_changed_one_is_wrong_and_no_other(text: str, old: str, new: str, reviewer_164: Reviewer) -> None:
    assert text.count(old) == 1
    assert WRONG not in {status for _, status in states(reviewer_164, text)}
    claims = reviewer_164.review(text.replace(old, new)).claims
    start = text.index(old)
    wrong = [c for c in claims if c.status == WRONG]
    assert [c for c in wrong if c.start < start + len(new) and start < c.end] == wrong != []


@pytest.mark.parametrize(("old", "new"), [("± 4.53", "± 67.54"), ("67.80 ±", "67.54 ±"), ("± 4.24", "± 69.51")])
def test_a_margin_and_a_value_of_a_table_are_what_stands_there(old: str, new: str, reviewer_164: Reviewer) -> None:
    assert {c.status for c in reviewer_164.review(TABLE).claims} == {EXACT}
    assert len([c for c in reviewer_164.review(TABLE.replace(old, new)).claims if c.status == WRONG]) == 1
