"""A model's findings: only those that quote a posted text and state no number are shown."""

from __future__ import annotations

import json

import pytest

from bot.reports.narrative import Author
from bot.reports.second_reading import LONGEST_RAW, MOST_SHOWN, SecondReading, prompt_of, read_again, reading_of
from bot.reports.verdict_comment import ReadText

TEXTS = [
    ReadText("results", "results comment", 'All\nstay above. <!-- facts {"a":1} -->', {}),
    ReadText("clean-result", "clean result", "It is *clean*.", {}),
]


def read(*findings: object) -> SecondReading:
    return reading_of("m", "Here:\n" + json.dumps({"findings": list(findings)}), TEXTS)


def finding(severity: str = "low", quote: str = "All stay above.", what: str = "Is it?") -> dict[str, str]:
    return {"severity": severity, "quote": quote, "finding": what}


def test_findings_name_their_text_the_gravest_first() -> None:
    found = read(finding(), finding("high", "It is *clean*.")).found
    assert [(f.severity, f.text) for f in found] == [("high", "clean result"), ("low", "results comment")]


@pytest.mark.parametrize(
    "bad",
    [
        finding(quote="Nobody wrote this."), finding(quote=""), finding(what="It is 3."), finding(what="It is \u00bd."),
        finding(severity="urgent"), finding(what=""), {"quote": "All stay above."}, "text", None, 3,
        finding(quote='{"a":1}'),
    ],
)  # fmt: skip
def test_others_are_dropped_and_counted(bad: object) -> None:
    assert read(bad, finding()) == SecondReading("m", read(finding()).found, 1)


def test_one_too_many_is_dropped() -> None:
    reading = read(*(finding(what=f"Is it {'so' * k}?") for k in range(1, MOST_SHOWN + 3)))
    assert (len(reading.found), reading.dropped) == (MOST_SHOWN, 2)


@pytest.mark.parametrize("answer", ["", "none", "[1]", '{"findings": 3}', '{"findings": [', "{" * 5000])
def test_an_answer_without_findings_has_none(answer: str) -> None:
    assert reading_of("m", answer, TEXTS).found == ()


def test_it_is_given_the_texts_and_raw_data_and_says_where_it_cut() -> None:
    prompt = prompt_of(TEXTS, "x" * (LONGEST_RAW + 5))
    assert "facts" not in prompt
    assert "[cut here: 5 more characters]" in prompt


def test_nobody_declared_nobody_reads_and_no_answer_is_said() -> None:
    assert read_again(None, TEXTS, str) is None
    assert read_again(Author("m", lambda *_: None), TEXTS, str) == SecondReading("m", answered=False)
