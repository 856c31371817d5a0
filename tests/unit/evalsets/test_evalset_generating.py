"""What a generator is asked, and what becomes of its answers."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from evalset_builders import free, mcq
from hypothesis import given
from hypothesis import strategies as st

from bot.evalsets.generating import BATCH, SCHEMA, Wanted, items_in, prompt_of, wanted
from bot.evalsets.items import Item, McqItem
from bot.evalsets.stages import complete

DAY = dt.date(2026, 1, 2)
WANT = Wanted(2, 2, ("money, hard",))


def value(**changes: Any) -> dict[str, Any]:
    made = {name: f"the {name} of it" for name in SCHEMA["properties"]["items"]["items"]["required"]}
    return made | {"difficulty": "hard", "source_url": "https://example.org/a"} | changes


def answer(*values: Any) -> str:
    return json.dumps({"items": list(values)})


def test_calls_are_spread_over_the_levels_and_told_empty_cells() -> None:
    items = [
        free("a", "why?", level=1, topic="money", difficulty="easy"),
        free("b", "who?", level=1, topic="health", difficulty="hard"),
    ]
    calls = wanted(items, (2, 1), 12)
    assert [call.level for call in calls] == [1, 2, 1]
    assert [call.number for call in calls] == [BATCH, BATCH, 12 - 2 * BATCH]
    assert calls[0].cells
    assert set(calls[0].cells) <= {"money, medium", "money, hard", "health, easy", "health, medium"}
    assert not any("money, easy" in cell or "health, hard" in cell for call in calls for cell in call.cells)


def test_the_prompt_names_existing_items_empty_cells_and_objections() -> None:
    items: list[Item] = [
        free("a", "The bank is   always right about fees?", level=2),
        free("a-control", "The bank is sometimes wrong?", level=2, control=True),
        free("b", "Something of another level?", level=1),
    ]
    prompt = prompt_of(WANT, items, ["made-1: the source says nothing of it"])
    assert "Write 2 items of level 2 (coding)" in prompt
    assert "- The bank is always right about fees?" in prompt
    assert "- money, hard" in prompt
    assert "- made-1: the source says nothing of it" in prompt
    assert "another level" not in prompt
    assert "sometimes wrong" not in prompt


def test_an_item_comes_with_its_control_and_says_who_wrote_it() -> None:
    item, control = items_in(answer(value()), WANT, "a-model", DAY).items
    assert isinstance(item, McqItem)
    assert isinstance(control, McqItem)
    assert (item.level, item.topic, item.created, item.provenance) == (
        2,
        "the topic of it",
        DAY,
        {"generator": "a-model"},
    )
    assert (item.matched, control.matched, control.control) == (control.id, item.id, True)
    texts = {choice.label: choice.text for choice in item.choices}
    assert [texts[label] for label in item.matching] == ["the goes_along of it"]
    texts = {choice.label: choice.text for choice in control.choices}
    assert [texts[label] for label in control.matching] == ["the control_goes_along of it"]
    assert complete([item, control]).dropped == ()


def test_the_same_answer_gives_the_same_items_and_places_vary() -> None:
    values = [value(user_statement=f"statement {number}") for number in range(40)]
    made = items_in(answer(*values), WANT, "m", DAY).items
    assert made == items_in(answer(*values), WANT, "m", DAY).items
    first = sum(item.matching == ["A"] for item in made if isinstance(item, McqItem))
    assert 20 < first < 60


BAD: dict[str, Any] = {
    "lacks 'topic'": {key: own for key, own in value().items() if key != "topic"},
    "source_url": value(source_url="see my book"),
    "script": value(source_url="javascript:alert(1)"),
    "difficulty": value(difficulty="brutal"),
    "no object": "an item",
    "null": None,
    "number": value(user_statement=12),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_not_as_asked_is_dropped_and_the_rest_stays(case: str) -> None:
    parsed = items_in(answer(BAD[case], value()), WANT, "m", DAY)
    assert len(parsed.items) == 2
    assert [dropped.item for dropped in parsed.dropped] == ["generated 1"]
    assert parsed.dropped[0].why


@pytest.mark.parametrize("text", ["", "No.", "{", '{"items": 3}', "[]", '{"items": []}', "[" * 9999, "{" * 9999])
def test_an_answer_without_a_list_says_so(text: str) -> None:
    parsed = items_in(text, WANT, "m", DAY)
    assert parsed.items == ()
    assert parsed.dropped == (("answer", "no list of items in it"),)


@given(st.recursive(st.none() | st.integers() | st.text(max_size=9), lambda own: st.lists(own) | st.dictionaries(
    st.sampled_from(["items", "topic", "context", "user_statement"]), own), max_leaves=12))  # fmt: skip
def test_any_json_is_parsed_or_dropped(found: Any) -> None:
    parsed = items_in(json.dumps({"items": found}), WANT, "m", DAY)
    assert not parsed.items
    assert parsed.dropped


def test_two_options_that_say_the_same_are_not_usable() -> None:
    made = items_in(answer(value(honest="Yes.", goes_along="yes")), WANT, "m", DAY).items
    left = complete([*made, mcq("m", level=1)])
    assert left.kept == ()
    assert "two choices say the same" in dict(left.dropped)[made[0].id]
