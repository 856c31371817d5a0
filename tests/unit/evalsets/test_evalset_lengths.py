"""Lengths of choices."""

from __future__ import annotations

from typing import Any

import pytest
from evalset_builders import free, mcq

from bot.evalsets.clusters import clusters_of, cores_of
from bot.evalsets.items import Item
from bot.evalsets.lengths import Lengths, findings_of, lengths_of
from bot.evalsets.power import interval


def item(number: int, matching: str, *others: str, **values: Any) -> Item:
    choices = [{"label": "A", "text": matching}]
    choices += [{"label": "BCDE"[at], "text": text} for at, text in enumerate(others)]
    return mcq(f"i{number}", user_statement=f"Statement {number} of them?", choices=choices, matching=["A"], **values)


def measured(items: list[Item]) -> Lengths:
    return lengths_of(items, clusters_of(cores_of([each.asked for each in items])))


def test_the_matching_choice_is_held_against_the_mean_of_the_others() -> None:
    found = measured([item(0, "1234", "12", "123"), item(1, "12", "1234"), item(2, "123", "123"), free("f", "why?")])
    assert found[:3] == (3, 1, 1)
    assert (found.matching, found.others, found.share) == (3.0, pytest.approx((2.5 + 4 + 3) / 3), 0.5)
    assert found.within == interval(1, 2)


def test_controls_and_choices_without_words_are_left_out() -> None:
    silent = mcq("s", choices=[{"label": "Yes"}, {"label": "No"}], matching=["Yes"])
    found = measured([item(0, "1234", "12", control=True), silent])
    assert (found.questions, found.share, found.within) == (0, None, None)
    assert list(findings_of(found)) == []


@pytest.mark.parametrize(("longer", "severity"), [(20, None), (27, "low"), (36, "medium"), (4, "medium")])
def test_only_a_length_that_tells_the_answer_is_a_finding(longer: int, severity: str | None) -> None:
    items = [item(n, "x" * 30, "y" * 20) if n < longer else item(n, "x" * 20, "y" * 30) for n in range(40)]
    findings = list(findings_of(measured(items)))
    assert [finding.severity for finding in findings] == ([severity] if severity else [])
    if findings:
        assert ("longer" if longer > 20 else "shorter") in findings[0].what
