"""Texts on sweeps by people who knew the numbers and not the reader: nobody is accused, a changed number is noticed.

They speak of single tasks and runs, of the parts of the score and of models set against each other task by task. Those
named `m…` are about a sweep that `make_sweep.py` makes, the others about the example. What is still misread is listed.
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
ACCUSED: dict[str, list[str]] = {}
NOT_FOUND: dict[str, list[str]] = {}
CHANGED = 250
MADE = ("--models", 3, "--tasks", 9, "--runs", 2, "--seed", 7, "--defects", "all", "--size-min", 100, "--size-max", 400)


@pytest.fixture(scope="module")
def reviewers(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Reviewer]:
    """One count of each archive; True for the made one."""
    made = tmp_path_factory.mktemp("sweep") / "made"
    tool = review_texts.ROOT / "tests" / "fixtures" / "make_sweep.py"
    command = [sys.executable, tool, "--out", made, *MADE, "--jobs", 1]
    subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=60)
    return {True: Reviewer([made]), False: Reviewer([review_texts.ROOT / "examples" / "sweep"])}


def text_of(name: str) -> str:
    return (OTHERS / f"{name}.md").read_text(encoding="utf-8")


def having(review: Review, status: str) -> list[str]:
    return [claim.quote for claim in review.claims if claim.status == status]


@pytest.mark.parametrize("name", NAMES)
def test_a_right_text_accuses_nobody(name: str, reviewers: dict[bool, Reviewer]) -> None:
    review = reviewers[name.startswith("m")].review(text_of(name))
    assert having(review, WRONG) == ACCUSED.get(name, [])
    assert having(review, UNMATCHED) == NOT_FOUND.get(name, [])


def right_numbers(reviewers: dict[bool, Reviewer]) -> Iterator[tuple[str, Claim, Reviewer]]:
    for name in NAMES:
        reviewer, text = reviewers[name.startswith("m")], text_of(name)
        right = [c for c in reviewer.review(text).claims if c.status in (EXACT, ROUNDS)]
        yield from ((text, c, reviewer) for c in right if re.search(r"\d", text[c.start : c.end]))


def test_a_changed_digit_is_noticed(reviewers: dict[bool, Reviewer]) -> None:
    rng = random.Random(20)
    found: Counter[str] = Counter()
    chosen = list(right_numbers(reviewers))
    for text, claim, reviewer in rng.sample(chosen, min(CHANGED, len(chosen))):
        new, at = changed(text, claim, rng)
        states = {c.status for c in reviewer.review(new).claims if c.start <= at < c.end}
        found[next((s for s in (WRONG, UNMATCHED) if s in states), "passed")] += 1
    assert found[WRONG] >= 0.9 * found.total(), found
    assert found["passed"] <= 0.03 * found.total(), found
