"""Numbers of all conditions together, counts over a threshold told short, and numbers of another kind than expected."""

from __future__ import annotations

import pytest

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
    claims = reviewer_164.review(text.format(right)).claims
    assert claims
    assert [c for c in claims if c.status not in RIGHT] == []


@pytest.mark.parametrize("text", RIGHT_ONES)
def test_what_holds_of_all_of_them_is_right(text: str, reviewer_164: Reviewer) -> None:
    claims = reviewer_164.review(text).claims
    assert claims
    assert [c for c in claims if c.status == WRONG] == []
    assert sum(c.status in RIGHT for c in claims) > len(claims) / 2


@pytest.mark.parametrize(("text", "right", "wrong"), [t for t in TOLD if t[1] != t[2]])
def test_another_number_is_not(text: str, right: str, wrong: str, reviewer_164: Reviewer) -> None:
    claims = reviewer_164.review(text.format(wrong)).claims
    assert any(c.status == WRONG and wrong in c.quote for c in claims), [(c.quote, c.status) for c in claims]


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
