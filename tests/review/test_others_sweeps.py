"""Texts on sweeps by people who knew the numbers and not the reader: nobody is accused, a changed number is noticed.

They speak of single tasks and runs, of the parts of the score and of models set against each other task by task. Those
named `m…`, `l…` and `k…` are about sweeps that `make_sweep.py` makes, the others about the example. What is misread is
told.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator

import pytest
import review_texts
from test_others import changed

from bot.review import Review, Reviewer
from bot.review.agreeing import EXACT, ROUNDS, UNMATCHED, WRONG
from bot.review.claims import Claim

OTHERS = review_texts.HERE / "sweeps" / "others"
NAMES = sorted(path.stem for path in OTHERS.glob("*.md"))
ACCUSED: dict[str, list[str]] = {
    "k10": ["21"],
    "k8": ["0.119"],
    "o2": ["4.3 %", "0.003"],
    "p4": ["7"],
    "w1": ["3"],
    "w2": ["0.30"],
}  # fmt: skip
NOT_FOUND: dict[str, list[str]] = {
    "k14": ["0.215", "12"],
    "k16": ["2"],
    "k2": ["15", "40", "39"],
    "o1": ["0 to 2"],
    "o2": ["5", "115", "30"],
    "o4": ["8", "33", "35"],
    "p2": ["0 to 2"],
    "p3": ["0.08", "0.003"],
    "p4": ["3", "3", "2", "2", "2", "2", "0.27 and 0.44", "9"],
    "q3": ["3"],
    "q4": ["2 to 4", "33", "35", "35", "35", "3"],
    "s6": ["5", "0"],
    "w3": ["0.619 and 0.654", "0.0000"],
    "y3": ["17"],
    "z2": ["0.07"],
    "z3": ["7", "33", "35", "35", "35"],
}  # fmt: skip
CHANGED = 400
Reviewers = dict[str, Reviewer]


@pytest.fixture(scope="module")
def reviewers(tmp_path_factory: pytest.TempPathFactory) -> Reviewers:
    """One count of each archive."""
    found = {"": Reviewer([review_texts.ROOT / "examples" / "sweep"])}
    for letter in review_texts.MADE:
        found[letter] = Reviewer([review_texts.made_sweep(letter, tmp_path_factory.mktemp("sweep"))])
    return found


def reviewer_of(name: str, reviewers: Reviewers) -> Reviewer:
    return reviewers[name[0] if name[0] in review_texts.MADE else ""]


def text_of(name: str) -> str:
    return (OTHERS / f"{name}.md").read_text(encoding="utf-8")


def having(review: Review, status: str) -> list[str]:
    return [claim.quote for claim in review.claims if claim.status == status]


@pytest.mark.parametrize("name", review_texts.some_of(NAMES))
def test_a_right_text_accuses_nobody(name: str, reviewers: Reviewers) -> None:
    review = reviewer_of(name, reviewers).review(text_of(name))
    assert having(review, WRONG) == ACCUSED.get(name, [])
    assert having(review, UNMATCHED) == NOT_FOUND.get(name, [])


def right_numbers(reviewers: Reviewers) -> Iterator[tuple[str, Claim, Reviewer]]:
    for name in NAMES:
        reviewer, text = reviewer_of(name, reviewers), text_of(name)
        right = [c for c in reviewer.review(text).claims if c.status in (EXACT, ROUNDS)]
        yield from ((text, c, reviewer) for c in right if re.search(r"\d", text[c.start : c.end]))


def test_a_changed_digit_is_noticed(reviewers: Reviewers) -> None:
    rng = random.Random(20)
    found: Counter[str] = Counter()
    chosen = list(right_numbers(reviewers))
    for text, claim, reviewer in rng.sample(chosen, min(CHANGED, len(chosen))):
        new, at = changed(text, claim, rng)
        found[review_texts.outcome(reviewer.review(new), at, at + 1)] += 1
    assert found[WRONG] >= 0.78 * found.total(), found
    assert found[review_texts.PASSED] <= 0.05 * found.total(), found
