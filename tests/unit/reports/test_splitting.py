from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reports.markers import outside_fences, wrap
from bot.reports.splitting import CUT, INSIDE, LIMIT, ROOM, size, split

SMALL = 240

words = st.text("aé😀 .", min_size=1, max_size=40).map(lambda text: text.strip() or "a")
lines = st.lists(words, min_size=1, max_size=12)
paragraph = lines.map(lambda rows: "\n".join(rows) + "\n\n")
fence = lines.map(lambda rows: "````text\n" + "\n".join(["```", *rows]) + "\n````\n\n")
table = lines.map(lambda rows: "| head | b |\n|:--|--:|\n" + "".join(f"| {row} | 1 |\n" for row in rows) + "\n")
inner = st.lists(paragraph | fence | table, min_size=1, max_size=3).map(INSIDE.join)
fold = inner.map(lambda text: f"<details><summary><b>Name</b></summary>\n\n{text}</details>\n")
section = st.lists(inner | fold, min_size=1, max_size=3).map("".join)
report = st.lists(section, min_size=1, max_size=6).map(CUT.join)

AGAIN = re.compile(r"<details><summary>.* \(continued\)</summary>\n")


def told(text: str) -> list[str]:
    """The words of a text in order, without what a cut may repeat: folds, fences and tables' heads."""
    text = AGAIN.sub("", text.replace(CUT, "").replace(INSIDE, ""))
    frame = ("<details", "</details>", "````", "| head |", "|:--")
    return [word for line in text.splitlines() if not line.startswith(frame) for word in line.replace("…", " ").split()]


def assert_well_formed(part: str) -> None:
    """Folds and fences are closed where they are opened, and every table has its head."""
    rows = part.split("\n")
    free = [rows[i] for i in outside_fences(rows)]
    assert wrap("results", part)  # which refuses a fence that is left open
    assert sum(row.startswith("<details") for row in free) == sum(row.startswith("</details>") for row in free)
    for before, row in zip(["", *free], free, strict=False):
        if row.startswith("|") and not before.startswith("|"):
            assert row == "| head | b |"


@settings(max_examples=40, deadline=None)
@given(text=report)
def test_parts_are_small_whole_in_themselves_and_together_the_report(text: str) -> None:
    parts = split(text, SMALL)
    assert all(size(part) <= SMALL for part in parts)
    for part in parts:
        assert_well_formed(part)
    assert [word for part in parts for word in told(part)] == told(text)


@settings(max_examples=60, deadline=None)
@given(text=st.lists(st.text(st.characters(codec="utf-8"), max_size=300) | st.sampled_from([CUT, INSIDE])).map("".join))
def test_any_text_at_all_comes_out_whole(text: str) -> None:
    def letters(text: str) -> str:
        return re.sub(r"[\s\x1e\x1f…|`~:-]|</?details>", "", text)

    assert letters("".join(split(text, SMALL))) == letters(text)


def test_a_short_report_is_one_part_without_its_cuts() -> None:
    assert split(f"a\n{CUT}b\n{INSIDE}c\n") == ["a\nb\nc\n"]


def test_cuts_stand_for_new_lines() -> None:
    assert split(f"a{CUT}b") == ["a\nb\n"]
    assert split(INSIDE.join(c * 30 for c in "abcd"), 100) == ["\n".join(c * 30 for c in "abc") + "\n", "d" * 30 + "\n"]


def test_a_fence_is_closed_and_opened_again() -> None:
    parts = split("~~~~ text\n" + "```\nanswer\n" * 20 + "~~~~~\n", 90)
    assert all(part.startswith("~~~~ text\n") for part in parts)
    assert all(part.rstrip("~\n").endswith(("```", "answer")) for part in parts)
    assert sum(part.count("answer") for part in parts) == 20


def test_an_empty_report_is_one_empty_part() -> None:
    assert split("") == ["\n"]


def test_a_report_is_cut_between_sections_before_it_is_cut_inside_of_one() -> None:
    a, b = "a" * 40 + "\n", "b" * 40 + "\n"
    assert split(f"{a}{INSIDE}{a}{CUT}{b}{INSIDE}{b}", 100) == [a + a, b + b]


def test_a_fold_is_opened_again_by_its_own_summary() -> None:
    inside = INSIDE.join(f"{word * 50}\n\n" for word in "abc")
    parts = split(f"<details><summary><b>Samples</b> (3)</summary>\n\n{inside}</details>\n", 140)
    assert [part.splitlines()[0] for part in parts] == [
        "<details><summary><b>Samples</b> (3)</summary>",
        *["<details><summary><b>Samples</b> (3) (continued)</summary>"] * 2,
    ]
    assert all(part.endswith("</details>\n") for part in parts)


def test_a_table_goes_on_under_its_own_head() -> None:
    rows = "".join(f"| {k:03} |\n" for k in range(60))
    parts = split(f"| n |\n|--:|\n{rows}", 120)
    assert all(part.startswith("| n |\n|--:|\n| ") for part in parts)
    assert re.findall(r"\d{3}", "".join(parts)) == [f"{k:03}" for k in range(60)]


def test_sizes_are_counted_in_utf_16_units() -> None:
    assert size("a😀") == 3
    parts = split("😀\n" * 100, 90)
    assert max(size(part) for part in parts) <= 90
    assert len(parts) == 4


def test_a_line_longer_than_a_part_goes_on_in_the_next() -> None:
    parts = split(("word " * 400).strip(), 300)
    assert all(size(part) <= 300 for part in parts)
    assert " ".join(parts).replace("…", " ").split() == ["word"] * 400


def test_200_kilobytes_become_well_formed_parts_that_leave_room_for_their_markers() -> None:
    samples = [f"#### Sample {k}\n\n````text\n{'an answer ' * 90}\n````\n\n" for k in range(150)]
    table = "| head | b |\n|:--|--:|\n" + "".join(f"| {'row ' * 9} | {k} |\n" for k in range(1500)) + "\n"
    fold = "<details><summary><b>{}</b></summary>\n\n{}</details>\n"
    text = CUT.join(["## Results\n\n", fold.format("Table", table), fold.format("Samples", INSIDE.join(samples))])
    assert size(text) > 200_000
    parts = split(text)
    assert 4 <= len(parts) <= 6
    assert max(size(part) for part in parts) <= LIMIT - ROOM
    for part in parts:
        assert_well_formed(part)
    assert [word for part in parts for word in told(part)] == told(text)


@pytest.mark.timeout(20)
def test_megabytes_are_split_in_one_pass() -> None:
    assert len(split("| a |\n|---|\n" + "| row |\n" * 60_000)) > 6
