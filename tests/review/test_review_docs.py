"""docs/review.md names every derivation, status, need and verdict that there is."""

from __future__ import annotations

import re

import review_texts

from bot.review import CONCERNS, FAIL, PASS
from bot.review.answers import DERIVATIONS
from bot.review.overclaims import NEEDS
from bot.review.verdict import STATUSES

PAGE = (review_texts.ROOT / "docs" / "review.md").read_text(encoding="utf-8")


def rows(mark: str) -> list[str]:
    """First cells of the table between two marks."""
    table = PAGE.partition(f"<!-- {mark} -->")[2].partition(f"<!-- /{mark} -->")[0]
    return [line.split("|")[1].strip(" `") for line in table.strip().splitlines()[2:]]


def test_derivations_and_needs_are_those_of_the_code() -> None:
    assert rows("derivations") == list(DERIVATIONS)
    assert rows("needs") == list(NEEDS)


def test_statuses_and_verdicts_are_named() -> None:
    assert all(f"| `{status}` |" in PAGE for status in STATUSES)
    assert all(re.search(rf"(?m)^\| {verdict} \|", PAGE) for verdict in (PASS, CONCERNS, FAIL))
