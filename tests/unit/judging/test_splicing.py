from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.judging.splicing import Change, changed, elements, members, value_at, whole, written_like

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
manners = st.sampled_from([{}, {"indent": 1}, {"indent": 2}, {"indent": 4}, {"separators": (",", ":")}])


@given(st.dictionaries(st.text(max_size=5), json_values, min_size=1, max_size=5), manners, st.booleans())
def test_every_value_is_found_where_it_stands(value: dict[str, Any], manner: dict[str, Any], ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, **manner)
    spans = members(text, whole(text))
    assert {key: json.loads(text[span.start : span.end]) for key, span in spans.items()} == value


@given(st.lists(json_values, max_size=5), manners)
def test_every_element_of_a_list_is_found(value: list[Any], manner: dict[str, Any]) -> None:
    text = json.dumps(value, **manner)
    assert [value_at(text, span) for span in elements(text, whole(text))] == value


@given(st.dictionaries(st.text(max_size=5), json_values, min_size=1), json_values, manners)
def test_a_change_changes_its_value_and_nothing_else(value: dict[str, Any], new: Any, manner: dict[str, Any]) -> None:
    text = json.dumps(value, **manner)
    key, span = next(iter(members(text, whole(text)).items()))
    after = changed(text, [Change(span, written_like(text, span, new))])
    assert json.loads(after) == value | {key: new}
    assert after.startswith(text[: span.start])
    assert after.endswith(text[span.end :])


def test_several_changes_do_not_disturb_each_other() -> None:
    text = '{"a": 1, "b": [2, 3], "c": "four"}'
    spans = members(text, whole(text))
    inside = elements(text, spans["b"])
    after = changed(text, [Change(spans["a"], "100"), Change(inside[1], "{}"), Change(spans["c"], "5")])
    assert after == '{"a": 100, "b": [2, {}], "c": 5}'


@pytest.mark.parametrize("indent", [1, 2, 4])
def test_an_indented_value_is_written_as_deep_as_the_one_it_replaces(indent: int) -> None:
    value = {"rows": [{"a": 1, "b": [1, 2]}, {"a": 2}], "c": 3}
    text = json.dumps(value, indent=indent)
    first = elements(text, members(text, whole(text))["rows"])[0]
    new = {"a": 9, "b": {"x": [1]}, "d": "e"}
    after = changed(text, [Change(first, written_like(text, first, new))])
    assert after == json.dumps(value | {"rows": [new, {"a": 2}]}, indent=indent)


def test_of_a_key_given_twice_the_last_counts_as_it_does_for_every_reader() -> None:
    text = '{"a": 1, "a": 2}'
    assert value_at(text, members(text, whole(text))["a"]) == json.loads(text)["a"] == 2


def test_what_json_does_not_allow_but_files_hold_is_kept() -> None:
    text = '\ufeff{"a": NaN, "b": "\\ud800", "c": "tab\there"}'
    span = members(text, whole(text))["b"]
    assert changed(text, [Change(span, "1")]) == '\ufeff{"a": NaN, "b": 1, "c": "tab\there"}'


def test_a_text_with_other_scripts_keeps_them() -> None:
    text = json.dumps({"a": "日本語", "b": 1}, ensure_ascii=False)
    span = members(text, whole(text))["b"]
    assert "é" in written_like(text, span, "é")
    assert "\\u00e9" in written_like('{"b": 1}', members('{"b": 1}', whole('{"b": 1}'))["b"], "é")
