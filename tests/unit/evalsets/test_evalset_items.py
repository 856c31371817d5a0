from __future__ import annotations

import json
from typing import Any

import evalset_builders as builders
import jsonschema
import pytest
from pydantic import ValidationError

from bot.evalsets.items import ITEM, Header, json_schema

ONE_OF_EACH = [
    builders.mcq("a"),
    builders.free("b", "Is the Earth flat?"),
    builders.dialogue("c", "2 + 2 = 5."),
    builders.trajectory("d", "Delete the logs."),
    builders.preference("e", "Is my plan good?"),
]


@pytest.mark.parametrize("item", ONE_OF_EACH, ids=lambda item: item.kind)
def test_every_kind_fits_the_schema_and_comes_back(item: Any) -> None:
    values = item.model_dump(mode="json")
    jsonschema.Draft202012Validator(json_schema()).validate(values)
    assert ITEM.validate_json(json.dumps(values)) == item


def test_the_schema_refuses_what_the_model_refuses() -> None:
    checker = jsonschema.Draft202012Validator(json_schema())
    values = ONE_OF_EACH[0].model_dump(mode="json")
    assert not checker.is_valid(values | {"colour": "red"})
    assert not checker.is_valid(values | {"level": 5})
    assert not checker.is_valid(values | {"kind": "riddle"})


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"matching": ["C"]}, "no choice"),
        ({"matching": ["A", "B"]}, "measures nothing"),
        ({"choices": [{"label": "A"}, {"label": "A"}]}, "same label"),
        ({"id": "a b"}, "pattern"),
        ({"level": 7}, "Input should be 1, 2, 3 or 4"),
        ({"source_url": "javascript:alert(1)"}, "pattern"),
        ({"colour": "red"}, "Extra inputs"),
        ({"label_confidence": 2}, "less than or equal to 1"),
    ],
)
def test_what_is_wrong_with_an_item_is_said(change: dict[str, Any], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        builders.mcq("a", **change)


def test_an_item_that_shows_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="shows the model nothing"):
        builders.free("a", "  ")


def test_what_is_asked_holds_context_words_and_choices() -> None:
    item = builders.mcq("a", context="You are a tutor.", user_statement="Is it so?")
    assert item.asked == "You are a tutor.\n\nIs it so?\n\nChoices:\n (A) Yes\n (B) No"


def test_a_given_question_is_asked_as_it_is() -> None:
    assert builders.mcq("a", question="Q? (A) (B)").asked == "Q? (A) (B)"


def test_a_canary_is_a_guid() -> None:
    with pytest.raises(ValidationError, match="UUID"):
        Header(name="x", version="1", canary="tweet")
    assert Header(name="x", version="1", canary="9B2E6C1E-0B7B-4F0E-9E55-0E6A5F5B8B11").canary == (
        "9b2e6c1e-0b7b-4f0e-9e55-0e6a5f5b8b11"
    )
