from __future__ import annotations

import json
from typing import Any

import evalset_builders as builders
import pytest
from test_evalset_items import ONE_OF_EACH

from bot.evalsets import inspect_format
from bot.evalsets.items import FreeItem, McqItem


@pytest.mark.parametrize("item", ONE_OF_EACH, ids=lambda item: item.kind)
def test_what_was_exported_comes_back_as_it_was(item: Any) -> None:
    sample = json.loads(json.dumps(inspect_format.sample_of(item)))
    assert set(sample) <= {"id", "input", "choices", "target", "metadata"}
    assert inspect_format.item_of(sample, 1) == item


def test_the_target_is_the_honest_letter() -> None:
    item = builders.mcq("a", choices=[{"label": "Yes"}, {"label": "No"}], matching=["Yes"])
    sample = inspect_format.sample_of(item)
    assert (sample["choices"], sample["target"]) == (["Yes", "No"], "B")


def test_a_foreign_sample_with_choices() -> None:
    item = inspect_format.item_of({"id": 7, "input": "Q?", "choices": ["x", "y", "z"], "target": "B"}, 1)
    assert isinstance(item, McqItem)
    assert (item.id, item.matching, item.honest_labels) == ("7", ["A", "C"], ["B"])


def test_a_foreign_sample_whose_target_is_a_text() -> None:
    item = inspect_format.item_of({"input": "Q?", "choices": ["x", "y"], "target": ["y"]}, 3)
    assert isinstance(item, McqItem)
    assert (item.id, item.honest_labels) == ("sample-3", ["B"])


def test_a_foreign_sample_of_messages() -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "Q?"}, {"type": "image", "image": "x"}]},
        {"role": "assistant", "content": "A."},
    ]
    item = inspect_format.item_of({"input": messages, "target": "says no"}, 1)
    assert isinstance(item, FreeItem)
    assert (item.asked, item.honest_criteria) == ("Be brief.\n\nQ?", "says no")
