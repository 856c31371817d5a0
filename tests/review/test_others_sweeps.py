"""Texts on sweeps by people who knew the numbers and not the reader: nobody is accused, a changed number is noticed.

They speak of single tasks and runs, of the parts of the score and of models set against each other task by task. Those
named `m…` and `l…` are about sweeps that `make_sweep.py` makes, the others about the example. What is misread is told.
"""

from __future__ import annotations

import random
import re
import subprocess
import sys
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
    "o2": ["4.3 %", "0.003"],
    "p4": ["7"],
    "w1": ["3"],
    "w2": ["0.30"],
}  # fmt: skip
NOT_FOUND: dict[str, list[str]] = {
    "o1": ["0 to 2"],
    "o2": ["5", "115", "30"],
    "o3": ["0.613 to 0.550"],
    "o4": ["8", "33", "35"],
    "p2": ["0 to 2"],
    "p3": ["0.08", "0.003"],
    "p4": ["3", "3", "2", "2", "2", "2", "0.27 and 0.44", "9"],
    "q3": ["3"],
    "q4": ["2 to 4", "33", "35", "35", "35", "3", "12"],
    "s6": ["5", "0"],
    "w3": ["0.619 and 0.654", "0.0000"],
    "x4": ["−1", "30 or more"],
    "y3": ["17"],
    "z2": ["0.07"],
    "z3": ["7", "33", "35", "35", "35"],
}  # fmt: skip
CHANGED = 250
# By the first letter of a text's name: how the sweep that it is about is made. The others are about the example.
SMALL = ("--size-min", 100, "--size-max", 400, "--jobs", 1, "--defects", "all")
MADE = {
    "m": ("--models", 3, "--tasks", 9, "--runs", 2, "--seed", 7),
    "l": ("--models", 5, "--tasks", 14, "--runs", 3, "--seed", 11, "--corrupt", 1, "--missing", 0.03),
}
Reviewers = dict[str, Reviewer]


@pytest.fixture(scope="module")
def reviewers(tmp_path_factory: pytest.TempPathFactory) -> Reviewers:
    """One count of each archive."""
    found = {"": Reviewer([review_texts.ROOT / "examples" / "sweep"])}
    tool = review_texts.ROOT / "tests" / "fixtures" / "make_sweep.py"
    for letter, size in MADE.items():
        made = tmp_path_factory.mktemp("sweep") / "made"
        command = [sys.executable, tool, "--out", made, *size, *SMALL]
        subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=60)
        found[letter] = Reviewer([made])
    return found


def reviewer_of(name: str, reviewers: Reviewers) -> Reviewer:
    return reviewers[name[0] if name[0] in MADE else ""]


def text_of(name: str) -> str:
    return (OTHERS / f"{name}.md").read_text(encoding="utf-8")


def having(review: Review, status: str) -> list[str]:
    return [claim.quote for claim in review.claims if claim.status == status]


@pytest.mark.parametrize("name", NAMES)
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
        states = {c.status for c in reviewer.review(new).claims if c.start <= at < c.end}
        found[next((s for s in (WRONG, UNMATCHED) if s in states), "passed")] += 1
    assert found[WRONG] >= 0.78 * found.total(), found
    assert found["passed"] <= 0.05 * found.total(), found
