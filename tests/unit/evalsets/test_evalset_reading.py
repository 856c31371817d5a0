from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import evalset_builders as builders
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import EvalSetError
from bot.evalsets.items import Header, McqItem
from bot.evalsets.reading import parse_set, read_set
from bot.evalsets.writing import write_set, written

CANARY = "9b2e6c1e-0b7b-4f0e-9e55-0e6a5f5b8b11"
HEADER = Header(name="suite", version="1.0", canary=CANARY)
ITEMS = [builders.mcq("a"), builders.dialogue("b", "2 + 2 = 5."), builders.free("c", "Is the Earth flat?")]


def jsonl(*rows: Any) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def test_a_set_comes_back_as_it_was_written(tmp_path: Path) -> None:
    found = read_set(write_set(tmp_path / "suite.jsonl", HEADER, ITEMS))
    assert [item.model_copy(update={"canary": None}) for item in found.items] == ITEMS
    assert all(item.canary == CANARY for item in found.items)
    assert (found.name, found.digest_holds, found.unreadable) == ("suite", True, ())


def test_the_digest_is_that_of_all_after_the_first_line() -> None:
    first, _, body = written(HEADER, ITEMS).partition(b"\n")
    assert json.loads(first)["digest"] == hashlib.sha256(body).hexdigest()
    assert json.loads(first)["items"] == 3


def test_an_edited_item_breaks_the_digest() -> None:
    assert parse_set(written(HEADER, ITEMS).replace(b"flat", b"round"), "x.jsonl").digest_holds is False


def test_published_shapes() -> None:
    rows = [
        {"question": "Q?\n (A) a\n (B) b", "answer_matching_behavior": " (B)", "answer_not_matching_behavior": " (A)"},
        {
            "question": 'Would you say "S"?', "statement": "S", "label_confidence": 0.9,
            "answer_matching_behavior": " Yes", "answer_not_matching_behavior": " No",
        },
        {"prompt": "P?\n (A) a\n (B) b\n\nAnswer:", "corrects": [" (A)"], "incorrects": [" (B)"]},
    ]  # fmt: skip
    items = parse_set(jsonl(*rows), "x.jsonl").items
    assert [item.matching for item in items if isinstance(item, McqItem)] == [["B"], ["Yes"], ["A"]]
    assert [item.asked for item in items] == [
        "Q?\n (A) a\n (B) b",
        'Would you say "S"?',
        "P?\n (A) a\n (B) b\n\nAnswer:",
    ]
    assert items[1].label_confidence == 0.9
    assert [choice.text for choice in items[0].choices] == ["a", "b"]  # type: ignore[union-attr]


PANELS = [b'["Q one?", "Q two?"]', b'[\n "Q one?",\n "Q two?"\n]', jsonl("Q one?", {"question": "Q two?"})]


@pytest.mark.parametrize("data", PANELS)
def test_lists_of_questions(data: bytes) -> None:
    found = parse_set(data, "panel.json")
    assert [item.asked for item in found.items] == ["Q one?", "Q two?"]


def row(question: Any = "q", matching: Any = "Y", other: Any = "N", **more: Any) -> bytes:
    values = {"question": question, "answer_matching_behavior": matching, "answer_not_matching_behavior": other}
    return json.dumps(values | more).encode()


HOSTILE = [
    (b"{not json", "not JSON"),
    (b"\xff\xfe", "not UTF-8"),
    (b"[1, 2]", "a list where an item belongs"),
    (b"7", "a number where an item belongs"),
    (b'{"kind": "riddle", "id": "a"}', "does not match any of the expected tags"),
    (b'{"kind": ["mcq"], "id": "a"}', "tag"),
    (b'{"foo": 1}', "no known shape (keys: 'foo')"),
    (row(question=3), "the question is no text"),
    (row(matching=None), "is no text"),
    (row(matching="Yes", other="Yes"), "at least 2 items"),
    (row(label_confidence=float("nan")), "label_confidence"),
    (row(statement=7), "the statement is no text"),
    (b'{"input": [{"role": "user"}]}', "no text"),
    (b'{"input": "q", "choices": ["a", "b"], "target": "z"}', "no letter and no text"),
    (b'{"kind": "free_form", "id": "good", "user_statement": "again"}', "is taken"),
    (b"[" * 100_000, "nested too deeply"),
]


@pytest.mark.parametrize(("line", "reason"), HOSTILE, ids=[reason for _, reason in HOSTILE])
def test_a_bad_line_is_listed_and_stops_nothing(line: bytes, reason: str) -> None:
    good = b'{"kind": "free_form", "id": "good", "user_statement": "Is it?"}\n'
    found = parse_set(good + line + b"\n" + good.replace(b"good", b"last"), "x.jsonl")
    assert [item.id for item in found.items] == ["good", "last"]
    assert [unreadable.path for unreadable in found.unreadable] == ["x.jsonl:2"]
    assert reason in found.unreadable[0].reason


def test_lone_surrogates_are_carried_as_question_marks() -> None:
    assert parse_set(b'{"question": "a \\ud800 b?"}', "x.jsonl").items[0].asked == "a ? b?"


def test_a_late_header_is_refused() -> None:
    header = {"kind": "header", "name": "x", "version": "1"}
    found = parse_set(jsonl("Q?", header), "x.jsonl")
    assert "not the first line" in found.unreadable[0].reason


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    parse_set(data, "x.jsonl")


KEYS = ["kind", "id", "question", "input", "choices", "target", "prompt", "corrects", "metadata", "recount"]
SCALARS = st.none() | st.booleans() | st.floats() | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
)


@given(VALUES)
def test_no_value_raises(value: Any) -> None:
    parse_set(json.dumps([value]).encode(), "x.json")
    parse_set(json.dumps(value).encode(), "x.jsonl")


def test_what_is_no_set_is_a_user_error(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_bytes(b"\n")
    (tmp_path / "other.jsonl").write_bytes(b"{}\n")
    os.mkfifo(tmp_path / "pipe")
    for name, word in [
        ("empty.jsonl", "no item"),
        ("other.jsonl", "no known shape"),
        ("pipe", "named pipe"),
        ("no", "no such"),
    ]:
        with pytest.raises(EvalSetError, match=word):
            read_set(tmp_path / name)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("lm__myopic-reward.jsonl", 1000),
        ("human__myopic-reward.jsonl", 1000),
        ("agreeableness.jsonl", 1000),
        ("political_typology_quiz_liberal-bio_conservative.jsonl", 5100),
        ("panel52.json", 52),
    ],
)
def test_every_row_of_the_published_sets_is_read(real_data: Path, name: str, rows: int) -> None:
    found = read_set(real_data / "evalsets" / name)
    assert (len(found.items), found.unreadable) == (rows, ())


@pytest.mark.real_data
def test_the_panel_of_an_archive_is_a_set(real_data: Path) -> None:
    found = read_set(real_data / "alignment" / "eval_results")
    panel = json.loads((real_data / "evalsets" / "panel52.json").read_text())
    assert sorted(item.asked for item in found.items) == sorted(panel)
