"""A draft is taken for what it is: text that names facts; whatever else it brings is refused or made safe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports.narrative import (
    PLACE,
    TRIES,
    Author,
    Material,
    Told,
    authorship,
    filled,
    material_of,
    narrated,
    narrative_context,
    prompt_of,
    refusals,
)
from bot.reports.rendering import Page
from bot.reports.verdict_comment import Audited, Checked, ReadText, Verdict
from bot.scoring.facts import Fact, Facts

FACTS = Facts()
for name, value, shown in (("alpha/s/a", 45.0, "45.00"), ("alpha/s/b", 30.0, "30.00"), ("issue", 7, "7")):
    FACTS.add(Fact(name, value, shown, "points", "mean aligned score"))
NAMES = {"a": "PAIR *#1*", "s": "Sonnet @4"}
MATERIAL = material_of(FACTS, FACTS, NAMES, ["It holds."])
GOOD = "[[name a]] lies at [[fact alpha/s/a]] by [[name s]]."


def test_a_good_draft_is_refused_nothing_and_filled() -> None:
    page = Page(FACTS)
    assert list(refusals(GOOD, MATERIAL)) == []
    assert filled(GOOD, page, NAMES) == "PAIR \\*#\u20601\\* lies at 45.00 by Sonnet @\u20604."
    assert list(page.used) == ["alpha/s/a"]


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        ("", "empty"),
        (GOOD + " x" * 1500, "longer"),
        ("\n\n".join([GOOD] * 4), "paragraphs"),
        (GOOD + " It is 3 times that.", "digit"),
        (GOOD + " It is \N{ARABIC-INDIC DIGIT THREE} more.", "digit"),
        (GOOD + " It is \N{VULGAR FRACTION ONE HALF}.", "digit"),
        (GOOD + " It is \N{ROMAN NUMERAL SEVEN}.", "digit"),
        (GOOD + " Twice the target.", "words (Twice)"),
        (GOOD + " Some %.", "words (%)"),
        (GOOD + " See https://example.org.", "link"),
        (GOOD + " <b>bold</b>", "markup"),
        (GOOD + " @team", "markup"),
        (GOOD + " [[fact alpha/s/zz]]", "no fact is called"),
        (GOOD + " [[name zz]]", "no name is called"),
        (GOOD + " [[fact issue]]", "no fact is called"),
        (GOOD + " [[value a]]", "not written as"),
        (GOOD + " a\u202eb", "do not show"),
        ("Only [[name a]].", "places no fact"),
    ],
)
def test_what_is_refused(draft: str, why: str) -> None:
    assert any(why in reason for reason in refusals(draft, MATERIAL)), list(refusals(draft, MATERIAL))


@given(st.text(max_size=80))
def test_whatever_is_taken_shows_no_number_but_a_facts(text: str) -> None:
    draft = GOOD + " " + text
    if not list(refusals(draft, MATERIAL)):
        shown = filled(draft, Page(FACTS), NAMES).replace("45.00", "").replace("30.00", "")
        assert not any(c.isnumeric() for c in shown.replace("#\u20601", "").replace("@\u20604", ""))


def verdict(text: str) -> Verdict:
    """A second count that has something against one name, and always against the text around it."""
    claims = [Checked("t", "9", (), "8", "wrong", "", "")]
    claims += [Checked("t", "45.00", (), "30.00", "wrong", "", "")] if "at 45.00" in text else []
    audited = (Audited("t", "OVERCLAIMED", "proven", "nothing proves it"),) if "proven" in text else ()
    return Verdict("FAIL", "", (), (), tuple(claims), audited, (), (), (), (), "")


def write(told: Told) -> ReadText:
    return ReadText("t", "text", str(narrative_context(told, Page(FACTS), NAMES)["narrative"]), {})


def asked(*drafts: str | None) -> tuple[Told, list[str]]:
    prompts: list[str] = []
    left = list(drafts)

    def ask(_: str, prompt: str, number: int) -> str | None:
        assert number == len(prompts)
        prompts.append(prompt)
        return left.pop(0)

    told = narrated(Author("m", ask), MATERIAL, write, lambda texts: verdict(texts[0].text))
    return told, prompts


def test_a_draft_that_the_second_count_refuses_is_asked_again_and_told_why() -> None:
    good = "It lies at about [[fact alpha/s/b]]."
    told, prompts = asked("It lies at [[fact alpha/s/a]].", good + " It is proven.", good)
    assert told.draft == good
    assert len(told.refused) == 2
    assert "“45.00” is wrong (counted again: 30.00)" in prompts[1]
    assert "“9” is wrong" not in prompts[1]  # that stood there before
    assert "nothing proves it" in prompts[2]


def test_it_is_asked_no_more_than_three_times() -> None:
    told, prompts = asked(*["no fact"] * TRIES)
    assert (told.draft, len(prompts), told.answered) == (None, TRIES, True)


def test_no_answer_is_no_draft() -> None:
    told, _ = asked(None)
    assert told == Told("m")
    assert "was not asked (no key)" in authorship(told)


def test_without_a_second_count_nothing_is_asked() -> None:
    def ask(*_: object) -> str:
        raise AssertionError

    told = narrated(Author("m", ask), MATERIAL, write, None)
    assert told.draft is None
    assert "nothing counts it again" in authorship(told)


def test_the_prompt_lists_facts_as_they_are_shown() -> None:
    prompt = prompt_of(Material(MATERIAL.facts, NAMES, ("It holds.",)))
    assert "[[fact alpha/s/a]] = 45.00 (mean aligned score)" in prompt
    assert "[[name s]]: Sonnet @4" in prompt
    assert not PLACE.findall("[[fact ]] [[fact a]b]]")
