"""Numbers of all conditions together, counts over a threshold told short, and numbers of another kind than expected."""

from __future__ import annotations

import pytest
from review_texts import assert_all_right, assert_wrong_there

from bot.review import Reviewer
from bot.review.agreeing import EXACT, ROUNDS, UNMATCHED, WRONG

RIGHT = {EXACT, ROUNDS}
# Right sentences, each with a number in it that is wrong when it is another one.
TOLD = [
    ("On Sonnet all four are ≥ 45 and two are ≥ {}.", "65", "67"),
    ("On Opus all four α are above 69, three exceed {} and two exceed 80.", "74", "75"),
    ("On Opus three of the four exceed 74 and two are above {}.", "80", "84"),
    ("49 of 8,320 judgements failed. Sonnet accounts for {} of them, 30 on Grid #2 alone.", "39", "38"),
    ("Krippendorff's agreement coefficient is 0.00 on Grid #2 and no better than {} anywhere.", "0.17", "0.27"),
    (
        "With Opus's scores against the Sonnet baseline without a prompt, PAIR #111 differs by only {}.",
        "−1.94",
        "−1.49",
    ),
    ("The deductions are −1 for a single seed, {} for the judges and −1 for missing judgements.", "−2", "−1"),
    ("It is the farthest of the four from the target by C, at {}.", "0.6480", "0.6840"),
    ("| Valid scores | Sonnet | Opus |\n|---|---|---|\n| ≤ 15 | {} (4.9 %) | 13 (0.3 %) |\n", "202", "202"),
    ("Six of the eight cells are above {}.", "65", "70"),
    ("The gap runs from -16.15 (Grid #1) to -28.90 (Grid #2); two of four gaps exceed {}.", "20", "17"),
    ("The gap of {} on Grid #1 still breaks the limit.", "16.15", "19.15"),
    ("Grid #2 and Grid #3 differ by 0.38 on Sonnet, with an interval of [−5.27, 6.03] that includes {}.", "0", "0"),
    ("The lowest end of any interval is 41.55, which clears the target by {}.", "13.3", "31.3"),
    ("C is 0.648–0.735 here vs. 0.897 for the finetune and {} without a prompt.", "0.046", "0.064"),
    ("Grid #3 has the lowest C, 0.6480. Compared with the null baseline of {}, Sonnet sees a drop.", "88.82", "82.88"),
    (
        "C said that they were nowhere near the finetune: {} for the PAIR winner and 0.024 for EvoPrompt.",
        "0.031",
        "0.031",
    ),
    ("The judges also differ on coherence. For PAIR #111 they nearly agree, {} and 72.54.", "72.92", "79.22"),
    ("The prompts score about {} times the target on Sonnet and 2.5 to 3.1 times on Opus.", "1.6 to 2.4", "1.9 to 2.4"),
    ("| | Sonnet | Opus |\n|---|---|---|\n| PAIR #111 (C={}) | 67.80 | 86.88 |\n", "0.6945", "0.6954"),
    ("49 failed. 30 are 77% of Sonnet's 39 failures; Opus had {}.", "10", "16"),
    ("- Opus minus the same {}: +41.3 to +58.7.", "28.21", "21.28"),
    ("PAIR on Opus lacks 298 of 1,040 in #98, and its upper bound of 29.79 passes {}.", "28.21", "28.21"),
]
RIGHT_ONES = [
    "The LOW grade sums these deductions:\n\n- one seed: −1;\n- judges up to 28.90 points apart: −2;\n",
    "On Sonnet they lie 17 to 40 points above the target. The lowest lower end among these differences is 12.81.",
    "The gate on error rates allows 20 % and passed in every one of its 8 places.",
    "Counted by question, Sonnet's mean lies below 28.21 in 12 of 208 cells.",
    "Question by question it is similar. Of 208 condition-question cells, Sonnet puts 12 below the target's 28.21.",
    "No α comes within 30 points of the 15 that would have falsified H2.",
    "Restricted to coherent answers, α rises to 53–70 on Sonnet, and the gaps stay between 16.8 and 30.4 points.",
]


@pytest.mark.parametrize(("text", "right"), [(text, right) for text, right, _ in TOLD])
def test_what_holds_is_right(text: str, right: str, reviewer_164: Reviewer) -> None:
    assert_all_right(reviewer_164, text.format(right))


@pytest.mark.parametrize("text", RIGHT_ONES)
def test_what_holds_of_all_of_them_is_right(text: str, reviewer_164: Reviewer) -> None:
    claims = reviewer_164.review(text).claims
    assert claims
    assert [c for c in claims if c.status == WRONG] == []
    assert sum(c.status in RIGHT for c in claims) > len(claims) / 2


@pytest.mark.parametrize(("text", "wrong"), [(text, wrong) for text, right, wrong in TOLD if right != wrong])
def test_another_number_is_not(text: str, wrong: str, reviewer_164: Reviewer) -> None:
    assert_wrong_there(reviewer_164, text, wrong)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Grid #3 scores 45.46 on Sonnet, which leaves α about 11 points of daylight.", "11 points"),
        ("By our own measure Sonnet gave Grid #3 an α of 45.46, Opus 44 of 4,150.", "44"),
    ],
)
def test_a_number_of_another_kind_accuses_nobody(text: str, quote: str, reviewer_164: Reviewer) -> None:
    claims = reviewer_164.review(text).claims
    assert [c.status for c in claims if c.quote == quote] == [UNMATCHED]


@pytest.mark.parametrize(
    ("interval", "verb", "status"),
    [
        ("−5.27 to 6.03", "includes", EXACT),
        ("−5.27 to 6.03", "excludes", WRONG),
        ("−5.27 to 6.03", "does not include", WRONG),
    ],
)
def test_whether_an_interval_includes_zero_is_looked_up(
    interval: str, verb: str, status: str, reviewer_164: Reviewer
) -> None:
    text = f"Grid #2 and Grid #3 differ by 0.38 on Sonnet, with an interval of {interval} that {verb} 0."
    assert [c.status for c in reviewer_164.review(text).claims if c.quote == "0"] == [status]


def test_which_of_several_intervals_is_meant_nobody_can_tell(reviewer_164: Reviewer) -> None:
    text = "On Opus it is a staircase: steps of 4.81, 7.33 and 5.25, the last with a CI that includes 0."
    assert "0" not in [c.quote for c in reviewer_164.review(text).claims]
