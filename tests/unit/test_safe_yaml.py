from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import safe_yaml
from bot.safe_yaml import YamlReadError, read, shorten

NUMBERS = st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(codec="utf-8", max_codepoint=0xFFFF), min_size=1, max_size=20)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0.6945", 0.6945),
        ("1040", 1040),
        ("-3", -3),
        ("+1e-3", 0.001),
        (".5", 0.5),
        ("no", False),
        ("Yes", True),
        ("ON", True),
        ("oN", "oN"),
        ("~", None),
        ("", None),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("010", "010"),
        ("0x1F", "0x1F"),
        ("2026-04-23", "2026-04-23"),
        ("1" * 5000, float("inf")),
        ("'1040'", "1040"),
        ('"no"', "no"),
        ("!!str 42", "42"),
    ],
)
def test_a_scalar_is_what_its_writer_meant(written: str, value: object) -> None:
    found = read(f"key: {written}").value["key"]
    assert found == value
    assert isinstance(found, type(value))


def test_a_number_remembers_how_it_was_written() -> None:
    assert read("a: 1.10").value["a"].text == "1.10"
    assert read("a: +3").value["a"].text == "+3"


def test_keys_are_names_as_written() -> None:
    assert read("42: a\n1.10: b\nno: c\n2026-01-01: d").value == {"42": "a", "1.10": "b", "no": "c", "2026-01-01": "d"}


def test_places_are_the_lines_of_keys_and_items() -> None:
    document = read("a:\n  b:\n    1\nc:\n  - x\n  - {d: no}\n")
    assert document.place(("a", "b")).line == 2
    assert document.place(("c", 1, "d")) == (6, "no")
    assert document.place(("c", 1, "absent", 3)).line == 6


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n", "~"])
def test_nothing_reads_as_none(text: str) -> None:
    assert read(text).value is None


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: [1", 3, "not valid YAML"),
        ("a:\n\t- 1", 2, "never tabs"),
        ("a: 1\n---\nb: 2", 2, "second document"),
        ("a: 1\n? [x]\n: 2", 2, "no plain text"),
        ("a: 1\n'': 2", 2, "no plain text"),
        ("a: *nowhere", 1, "points to nothing"),
        ("a: &a [1, *a]", 1, "points to nothing"),
        ("a: 1\nb: \x07", 2, "does not allow"),
        ("a: 1\nb: \ud800", 2, "surrogate"),
        ("[" * 100_000, 1, "nested"),
        ("a: " + "x" * safe_yaml.MAX_BYTES, 1, "larger"),
        ("[" + "1," * safe_yaml.MAX_VALUES + "1]", 1, "values"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(YamlReadError, match=said) as caught:
        read(text)
    assert caught.value.line == line
    assert caught.value.fix


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    with pytest.raises(YamlReadError, match="aliases counted in full"):
        read("\n".join(lines))


def test_an_honest_alias_is_followed() -> None:
    assert read("a: &x {n: 1}\nb: *x").value == {"a": {"n": 1}, "b": {"n": 1}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3", "`a` is given twice, first on line 1"),
        ("x: 0\n\n'42': 1\n42: 2", "`42` is given twice, first on line 3"),
        ("x: 0\ny: 1\n<<: {a: 1}", "merge keys"),
        ("x: 0\ny: 1\nz: !!python/object/apply:os.system [id]", "tag"),
    ],
)
def test_faults_that_let_the_reading_go_on_are_collected(text: str, said: str) -> None:
    document = read(text)
    assert [fault.line for fault in document.faults] == [text.count("\n") + 1]
    assert said in document.faults[0].what


def test_of_a_key_given_twice_the_first_counts() -> None:
    assert read("a: 1\na: 2").value == {"a": 1}


def test_shortened_text_neither_hides_nor_steers() -> None:
    assert shorten("a\u202eb\n`c`\x1b") == "a\\u202eb\\n'c'\\x1b"
    assert len(shorten("x" * 1000)) == 60


@given(JSON_VALUES)
def test_json_reads_back_as_itself(value: object) -> None:
    assert read(json.dumps({"key": value})).value == {"key": value}


@given(st.text(st.characters(codec="utf-8") | st.sampled_from(":-[]{}&*!|>'\"%@#,? \n\t\\"), max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text)
    except YamlReadError as error:
        assert 1 <= error.line <= text.count("\n") + 2 + sum(text.count(c) for c in "\r\x85\u2028\u2029")
