"""What a number may be when it is not what the reader took it for: of the same cell, in words that say so."""

from __future__ import annotations

import pytest

from bot.review import Reviewer
from bot.review.agreeing import EXACT, ROUNDS, UNMATCHED, WRONG
from bot.review.claims import Claim
from bot.review.numbers import spots
from bot.review.otherwise import allowed

RIGHT = (EXACT, ROUNDS)
TOLD = [
    ("Filling in the extremes of the scale moves the α of Grid #2 under Sonnet to 44.52 or 47.40.", "44.52"),
    ("Grid #1 starts at 61.89 under Sonnet, with the lower end of its interval.", "61.89"),
    ("Opus has the higher mean on every prompt:\n\n- PAIR #111: 19.08 points\n- Grid #3: 24.02", "24.02"),
    ("Only the coherent answers count here. On Sonnet Grid #2 goes up to 57.77.", "57.77"),
    ("Sonnet left 39 judgements without a score, Opus 10.", "39"),
    ("Every completion was scored by both, so there are 8,320 judgements, of which 49 failed: 39 by Sonnet.", "49"),
    ("49 of 8,320 judgements failed (0.6 %): 39 from Sonnet, 10 from Opus.", "0.6 %"),
    ("C reaches 72–82 % of the EM's C of 0.897, with Grid #3 at the low end.", "0.897"),
    ("Their C is lower than the 0.046 of the model with no system prompt at all.", "0.046"),
    ("The prompt with the highest C has an α of 65.9 on Sonnet, the one with the lowest C has 45.5.", "45.5"),
    ("Even the lowest Opus value is above the highest Sonnet value, by 1.7 points.", "1.7 points"),
    ("PAIR #111 and Grid #1 are close under Sonnet. Grid #2 and Grid #3 are 20 to 22 points lower.", "20 to 22 points"),
    ("For PAIR #111 Opus has 86.88, and 88.82 lies inside its interval.", "88.82"),
    ("The lowest α, under Sonnet, is 30.46 points above the falsification line of 15.", "30.46 points"),
    ("Opus is close to Sonnet. On coherence Opus gives PAIR #111 72.54 and Grid #1 69.94.", "69.94"),
    ("The gate is breached on all four conditions (4/4).", "4"),
    ("On Sonnet α goes from the baseline down by 21.02 to 43.36 points, on Opus by less.", "21.02 to 43.36 points"),
    ("Coherence on PAIR #111, Grid #1 and Grid #2: on the first two Opus gives 72.54 and 69.94.", "69.94"),
]  # fmt: skip
FALSE = [
    ("Under Sonnet the α of Grid #2 is 44.52.", "44.52"),  # its lower bound, of which no word speaks
    ("Under Sonnet the α of Grid #2 is 41.55, with an interval of [41.55, 50.14].", "41.55"),
    ("With all failures at the top of the scale, α of Grid #2 under Sonnet would be 47.41.", "47.41"),
    ("The judge gap on Grid #1 is 18.76 points.", "18.76 points"),  # an end of its interval
    ("The judge gap on Grid #1 is 28.90 points.", "28.90 points"),
    ("The coherence of Grid #2 under Opus is 74.74.", "74.74"),
    ("The gate (19 points) is breached on all four conditions.", "19 points"),
    ("Sonnet failed on 49 of its 4,160 judgements.", "49"),
    ("The prompt with the highest C has an α of 45.5 on Sonnet.", "45.5"),
    ("49 of 8,320 judgements failed (0.7 %).", "0.7 %"),
    ("The gate is breached on all four conditions (3/4).", "3"),
]
UNSAID = [
    (
        "Within each pair the difference is small (1.9 and 0.4 points), between the pairs it is 30 points or more.",
        "30 points or more",
    ),
]


def claim_of(reviewer: Reviewer, text: str, quote: str) -> Claim:
    found = [c for c in reviewer.review(text).claims if c.quote == quote]
    assert found, f"{quote} is not read"
    return found[0]


@pytest.mark.parametrize(("text", "quote"), TOLD)
def test_a_number_is_what_the_words_around_it_speak_of(text: str, quote: str, reviewer_164: Reviewer) -> None:
    review = reviewer_164.review(text)
    assert claim_of(reviewer_164, text, quote).status in RIGHT
    assert not [c.quote for c in review.claims if c.status == WRONG]


@pytest.mark.parametrize(("text", "quote"), FALSE)
def test_a_metric_beside_its_number_leaves_no_doubt(text: str, quote: str, reviewer_164: Reviewer) -> None:
    assert claim_of(reviewer_164, text, quote).status == WRONG


@pytest.mark.parametrize(("text", "quote"), UNSAID)
def test_groups_without_a_name_accuse_nobody(text: str, quote: str, reviewer_164: Reviewer) -> None:
    assert claim_of(reviewer_164, text, quote).status == UNMATCHED


def test_two_counts_in_all_are_read_to_an_end(reviewer_164: Reviewer) -> None:
    assert claim_of(reviewer_164, "Sonnet: 39 failed. Opus failed on 10 of 4,160 in all.", "10").status in RIGHT


def test_few_digits_are_held_against_few_values() -> None:
    counts = [
        allowed(spots(text)[0]) for text in ("is 4", "is 45", "is 45.8", "is 45.84", "about 45", "is 45.84 to 50.14")
    ]
    assert counts == [0, 4, 40, 400, 2, 4000]
    assert allowed(spots("is 1" + "0" * 40)[0]) == 0
