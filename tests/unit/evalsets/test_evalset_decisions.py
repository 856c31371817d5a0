"""Decisions of reviewers: read, applied, and what follows from them."""

from __future__ import annotations

import contextlib
import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from evalset_builders import free, mcq
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.errors import EvalSetError
from bot.evalsets.decisions import COLUMNS, Decisions, apply, from_csv, read_decisions, to_csv
from bot.evalsets.power import interval


def decided(*entries: tuple[str, str], reviewer: str = "ada", **more: Any) -> Decisions:
    return Decisions.model_validate(
        {"reviewer": reviewer, "decisions": [{"item": item, "decision": word, **more} for item, word in entries]}
    )


def saved(tmp_path: Path, content: str | bytes, name: str = "decisions.json") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


ITEMS = [free(name, f"statement {name}?", level=1, source="synthetic") for name in "abcde"]


def test_dropped_items_go_fixed_ones_change_and_labels_are_kept() -> None:
    fixed = decided(("b", "fix"), corrected={"user_statement": "a better one?"}, label="No", note="was unclear")
    dropped = decided(("c", "drop"), reviewer="cy")
    applied = apply(ITEMS, [decided(("a", "keep")), fixed.model_copy(update={"reviewer": "bo"}), dropped])
    assert [item.id for item in applied.sifted.kept] == ["a", "b", "d", "e"]
    assert applied.sifted.kept[1].user_statement == "a better one?"
    assert applied.sifted.kept[1].annotations == {"bo": "No"}
    assert applied.sifted.dropped == (("c", "dropped in review"),)
    assert applied.notes == ("b: was unclear",)
    assert applied.sifted.kept[0].provenance["reviewed"] == 1
    assert "reviewed" not in applied.sifted.kept[2].provenance


def test_acceptance_by_stratum_has_wilsons_interval() -> None:
    one, none = apply([*ITEMS, mcq("m", level=2)], [decided(("a", "keep"), ("b", "fix"), ("c", "drop"))]).acceptance
    assert (one.items, one.reviewed, one.kept, one.fixed, one.dropped, one.rate) == (5, 3, 1, 1, 1, 2 / 3)
    assert one.within == interval(2, 3)
    assert (none.stratum, none.reviewed, none.rate, none.within) == (
        "level 2, mcq, source not stated", 0, None, None
    )  # fmt: skip


def test_the_strictest_of_two_reviewers_counts_and_both_labels_stand() -> None:
    both = [decided(("a", "keep"), label="A"), decided(("a", "keep"), reviewer="bo", label="B")]
    assert apply(ITEMS, both).sifted.kept[0].annotations == {"ada": "A", "bo": "B"}
    applied = apply(ITEMS, [*both, decided(("a", "drop"), reviewer="cy", note="wrong source")])
    assert applied.sifted.dropped == (("a", "dropped in review: wrong source"),)


def test_two_files_of_one_name_are_two_reviewers() -> None:
    kept = apply(ITEMS, [decided(("a", "keep"), label="A"), decided(("a", "keep"), label="B")]).sifted.kept
    assert kept[0].annotations == {"ada 1": "A", "ada 2": "B"}


def test_decisions_about_items_that_are_not_there_are_named() -> None:
    applied = apply(ITEMS, [decided(("zz", "drop"))])
    assert applied.unknown == ("zz",)
    assert applied.sifted.kept == tuple(ITEMS)


def test_a_correction_that_cannot_be_names_its_item() -> None:
    with pytest.raises(EvalSetError, match="the correction cannot be") as raised:
        apply(ITEMS, [decided(("a", "fix"), corrected={"user_statement": " "})])
    assert raised.value.where == "a"
    with pytest.raises(EvalSetError, match="difficulty"):
        apply(ITEMS, [decided(("a", "fix"), corrected={"difficulty": "impossible"})])


def test_a_label_against_the_key_is_told() -> None:
    items = [mcq("m", level=1), mcq("right", level=1, control=True)]
    against = apply(items, [decided(("m", "keep"), ("right", "keep"), label="A")])
    assert against.against_key == ("m",)
    assert apply(items, [decided(("m", "keep"), ("right", "keep"), label="B")]).against_key == ("right",)


# --- files ----------------------------------------------------------------------------------------------------------


def test_a_file_of_the_review_page_is_read(tmp_path: Path) -> None:
    one = {"item": "a", "decision": "fix", "label": "", "note": "n", "corrected": {"user_statement": "so?"}}
    content = {"format": "recount-decisions", "set": "s", "digest": "d", "reviewer": "ada", "decisions": [one]}
    made = read_decisions(saved(tmp_path, json.dumps(content)))
    assert (made.set_name, made.reviewer, made.decisions[0].corrected) == ("s", "ada", {"user_statement": "so?"})


def filled(items: list[Any], answers: dict[str, dict[str, str]]) -> str:
    rows = list(csv.DictReader(io.StringIO(to_csv(items))))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS)
    writer.writeheader()
    writer.writerows(row | answers.get(row["item"], {}) for row in rows)
    return buffer.getvalue()


def test_the_csv_comes_back_filled_in(tmp_path: Path) -> None:
    answers = {"a": {"decision": " Drop ", "note": "no"}, "c": {"decision": "fix", "corrected_statement": "so, c?"}}
    path = saved(tmp_path, b"\xef\xbb\xbf" + filled(ITEMS, answers).encode(), "ada.csv")
    made = read_decisions(path)
    assert made.reviewer == "ada"
    assert [(one.item, one.decision, one.note) for one in made.decisions] == [("a", "drop", "no"), ("c", "fix", "")]
    assert made.decisions[1].corrected == {"user_statement": "so, c?"}


@given(st.text(max_size=60), st.sampled_from(["=", "+", "-", "@", "\t", "\r"]))
def test_no_cell_of_the_csv_is_a_formula(text: str, start: str) -> None:
    item = free("-id", f"{start}{text}x", rationale=f"{start}cmd|' /C calc'!A0")
    for row in csv.reader(io.StringIO(to_csv([item]))):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


def test_an_id_that_a_spreadsheet_would_compute_comes_back() -> None:
    assert from_csv(filled([free("-id", "so?")], {"'-id": {"decision": "keep"}}), "r").decisions[0].item == "-id"


HOSTILE = {
    "no json": ("decisions.json", b"{", "no decisions"),
    "a list": ("decisions.json", b"[]", "no decisions"),
    "another word": ("decisions.json", b'{"decisions": [{"item": "a", "decision": "burn"}]}', "decision"),
    "an unknown key": ("decisions.json", b'{"decisions": [], "run": "rm"}', "run"),
    "a correction of the key": (
        "decisions.json", b'{"decisions": [{"item": "a", "decision": "fix", "corrected": {"matching": "B"}}]}',
        "corrected",
    ),
    "an id that is a path with spaces": ("d.json", b'{"decisions": [{"item": "../ x", "decision": "keep"}]}', "item"),
    "deep": ("decisions.json", b"[" * 100_000, "no decisions"),
    "no column": ("d.csv", b"item,note\na,b\n", "no column decision"),
    "empty csv": ("d.csv", b"", "no column"),
    "latin": ("d.csv", b"item,decision\na,k\xe9\n", "no decisions"),
    "a word in csv": ("d.csv", b"item,decision\na,maybe\n", "decision"),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_decisions_file_says_so(case: str, tmp_path: Path) -> None:
    name, content, said = HOSTILE[case]
    with pytest.raises(EvalSetError, match=said) as raised:
        read_decisions(saved(tmp_path, content, name))
    assert raised.value.where.endswith(name)
    assert raised.value.fix


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(EvalSetError, match="no decisions"):
        read_decisions(tmp_path / "none.json")


@given(st.text(max_size=200))
def test_any_text_as_csv_is_read_or_refused_with_words(text: str) -> None:
    with contextlib.suppress(ValidationError, KeyError, csv.Error):
        assert isinstance(from_csv(text, "r"), Decisions)
