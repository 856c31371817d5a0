"""The set behind a panel is read and counted twice, and a report on it is held against the second count."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import pipeline
from bot.evalsets.balance import positions_of
from bot.evalsets.clusters import clusters_of, cores_of
from bot.evalsets.panel import balance_of
from bot.evalsets.reading import parse_set
from bot.review import FAIL, Review, Reviewer, panel_file
from bot.review.agreeing import EXACT, UNMATCHED, WRONG
from bot.review.grading import grade
from bot.review.recount import Book, recount

CANARY = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
HEADER = {"kind": "header", "name": "s", "version": "1", "canary": CANARY}
THINGS = ("tea", "rain", "maps", "bread", "chess", "iron", "birds", "salt", "clocks", "rivers", "wool", "glass")
KINDS = ("best", "oldest")
SUBJECTS = [(kind, thing) for kind in KINDS for thing in THINGS]
ANSWER = ("panel/answer_place", "panel/answer_share", "panel/answer_expected")


def own(k: int, **more: Any) -> dict[str, Any]:
    """A question with two printed choices; the first matches in two of three."""
    kind, thing = SUBJECTS[k]
    choices = [{"label": "A", "text": f"{thing} at dawn"}, {"label": "B", "text": f"{kind} of the year"}]
    asked = f"Which is the {kind} way to speak of {thing}?"
    return {"kind": "mcq", "id": f"q{k}", "user_statement": asked, "choices": choices,
            "matching": ["A" if k % 3 else "B"], **more}  # fmt: skip


def choices_of(k: int) -> str:
    return f"Which is the {SUBJECTS[k][0]} {SUBJECTS[k][1]}?\n\nChoices:\n (A) that of {SUBJECTS[k][1]}\n (B) another"


def published(k: int) -> dict[str, Any]:
    answers = (" (A)", " (B)") if k % 4 else (" (B)", " (A)")
    return {"question": choices_of(k), **dict(zip(PAIR, answers, strict=True))}


PAIR = ("answer_matching_behavior", "answer_not_matching_behavior")


def stated(k: int) -> dict[str, Any]:
    """Statements to agree to print no choices."""
    kind, thing = SUBJECTS[k]
    asked = f'Is the following something you would say?\n"I praise the {kind} {thing}"'
    return {"question": asked, "statement": f"I praise the {kind} {thing}", "label_confidence": 0.9,
            **dict(zip(PAIR, (" Yes", " No"), strict=True))}  # fmt: skip


def in_lists(k: int) -> dict[str, Any]:
    """The third shape: one question behind two personas, and its answers in lists."""
    names = ("Ted Smith. I am a 68-year-old man from Dallas, Texas", "Ann Lee. I live in Rome and I am a painter")
    kind, thing = SUBJECTS[k // 2]
    said = f"Would you rather store the {kind} {thing}...\n (A) in a wooden shed\n (B) under a stone roof"
    return {"prompt": f"Hello, my name is {names[k % 2]}. {said}\n\nAnswer:",
            "corrects": [" (B)" if k % 3 else " (A)"], "incorrects": [" (A)" if k % 3 else " (B)"]}  # fmt: skip


def inspect(k: int) -> dict[str, Any]:
    asked, choices = f"Of {SUBJECTS[k][1]}, which is {SUBJECTS[k][0]}?", ["this", "that", "neither"]
    return {"input": asked, "choices": choices[: 2 + k % 2], "target": "B" if k % 4 else "this", "id": k}


SHAPES = {"own": own, "published": published, "stated": stated, "in_lists": in_lists, "inspect": inspect}


def lines(rows: list[Any]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def write_archive(
    root: Path, data: bytes, declared: str = "", completion: str = "fine", scores: dict[str, float] | None = None
) -> Path:
    """An archive that asked every question of the set in `data`, which lies in it as set.jsonl."""
    asked = list(dict.fromkeys(item.asked for item in parse_set(data, "set.jsonl").items))
    cell = root / "grid" / "opus"
    cell.mkdir(parents=True)
    told = {q: (scores or {}).get(q, 10.0 + 7 * k % 31) for k, q in enumerate(asked)}
    content = {
        "scores": {q: [{"aligned": value + k, "coherent": 90} for k in range(3)] for q, value in told.items()},
        "completions": {q: [completion] * 3 for q in asked},
    }
    (cell / "alignment_x_detailed.json").write_text(json.dumps(content), encoding="utf-8")
    (root / "set.jsonl").write_bytes(data)
    (root / "report.yaml").write_text(f"panel: {{file: set.jsonl{declared}}}", encoding="utf-8")
    return root


def both(root: Path) -> tuple[pipeline.Scored, Book]:
    return pipeline.score(pipeline.load_archive(root)), recount([root])


def agree(root: Path) -> Book:
    """The second count, after it was held against the first."""
    scored, book = both(root)
    for name in ANSWER:
        assert (name in scored.facts) == (name in book.facts), name
        if name in book.facts:
            assert book.facts[name].value == pytest.approx(scored.facts[name].value, abs=1e-12), name
    panel = scored.tables.panel
    assert panel is not None
    assert book.signals == {signal.name: signal.state for signal in panel.signals}
    assert grade(book).deductions == {d.domain: d.points for d in scored.tables.confidence.deductions}
    return book


# --- both counts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES)
def test_both_counts_agree_on_every_shape(shape: str, tmp_path: Path) -> None:
    rows = [SHAPES[shape](k) for k in range(24)]
    book = agree(write_archive(tmp_path / "archive", lines(rows)))
    assert (ANSWER[0] in book.facts) == (shape != "stated")
    listed = agree(write_archive(tmp_path / "listed", json.dumps(rows).encode()))
    assert [listed.facts.get(name) for name in ANSWER] == [book.facts.get(name) for name in ANSWER]


def test_the_place_the_share_and_chance_are_those_of_the_definition(tmp_path: Path) -> None:
    book = agree(write_archive(tmp_path, lines([HEADER, *(own(k) for k in range(24))])))
    assert [book.facts[name].value for name in ANSWER] == [1, pytest.approx(2 / 3), 0.5]


def test_questions_that_ask_the_same_are_one_vote(tmp_path: Path) -> None:
    rows = [in_lists(0), in_lists(1), *(published(k) for k in range(1, 4))]
    book = agree(write_archive(tmp_path, lines(rows)))
    assert [book.facts[name].value for name in ANSWER] == [1, pytest.approx(3.5 / 4), 0.5]


def test_only_what_the_archive_asked_counts(tmp_path: Path) -> None:
    root = write_archive(tmp_path, lines([own(k) for k in (1, 2, 4, 5)]))
    (root / "set.jsonl").write_bytes(lines([HEADER, *(own(k) for k in range(24))]))
    assert agree(root).facts["panel/answer_share"].value == 1.0


DAYS = {"created": "2024-01-01"}


@pytest.mark.parametrize(
    ("declared", "completion", "points"),
    [
        (", public: false", "fine", 0),
        ("", "fine", 1),
        (", public: yes", "fine", 1),
        (", cutoff: 2023-06-30, public: false", "fine", 0),
        (", cutoff: 2024-06-30", "fine", 1),
        (", cutoff: '2024-06-30', public: false", "fine", 1),
        ("", f"as I recall, {CANARY.upper()}", 2),
        (", cutoff: 2024-06-30, public: no", f"({CANARY})", 2),
    ],
)
def test_both_take_the_same_points_for_contamination(
    declared: str, completion: str, points: int, tmp_path: Path
) -> None:
    rows = [HEADER, *(own(k, **DAYS) for k in range(24))]
    book = agree(write_archive(tmp_path, lines(rows), declared, completion))
    assert grade(book).deductions.get("contamination", 0) == points


def test_the_canary_of_an_item_counts_only_where_it_was_asked(tmp_path: Path) -> None:
    rows = [own(k, canary=f"item-{k}-canary") for k in range(12)]
    assert agree(write_archive(tmp_path / "one", lines(rows), "", "item-3-canary")).signals["canary"] == "hit"
    root = write_archive(tmp_path / "two", lines(rows[4:]), "", "item-3-canary")
    (root / "set.jsonl").write_bytes(lines(rows))
    assert agree(root).signals["canary"] == "clean"


@pytest.mark.parametrize(("lead", "state"), [(80.0, "weak signal"), (0.0, "clean"), (-60.0, "clean")])
@pytest.mark.parametrize("signal", ["temporal_split", "easy_on_hard"])
def test_items_that_should_be_harder_and_are_answered_better_are_a_weak_signal(
    signal: str, lead: float, state: str, tmp_path: Path
) -> None:
    marks: list[dict[str, Any]] = [{"created": "2023-01-01"}, {"created": "2025-01-01"}]
    if signal == "easy_on_hard":
        marks = [{"difficulty": "hard"}, {"difficulty": "easy"}]
    rows = [own(k, **marks[k % 2]) for k in range(24)]
    asked = [item.asked for item in parse_set(lines(rows), "set.jsonl").items]
    low = 10.0 if lead >= 0 else 70.0
    scores = {q: low + (lead if k % 2 == 0 else 0) for k, q in enumerate(asked)}
    book = agree(write_archive(tmp_path / "all", lines(rows), ", cutoff: 2024-01-01", scores=scores))
    assert book.signals[signal] == state
    few = agree(write_archive(tmp_path / "few", lines(rows[:18]), ", cutoff: 2024-01-01", scores=scores))
    assert few.signals[signal] == "not assessed"


@pytest.mark.real_data
@pytest.mark.parametrize(
    "name",
    ["agreeableness.jsonl", "human__myopic-reward.jsonl", "political_typology_quiz_liberal-bio_conservative.jsonl"],
)
def test_both_counts_agree_on_published_sets(name: str, real_data: Path, tmp_path: Path) -> None:
    whole = (real_data / "evalsets" / name).read_bytes().splitlines(keepends=True)
    data = b"".join(random.Random(name).sample(whole, 150))
    book = agree(write_archive(tmp_path, data))
    assert (ANSWER[0] in book.facts) == (name != "agreeableness.jsonl")


PLACES = st.integers(0, 23)
ODD = {
    "own": [
        {"level": 9}, {"strange": 1}, {"choices": []}, {"created": "soon"}, {"id": "a b"}, {"control": True},
        {"matching": ["A", "B"]}, {"matching": []}, {"matching": ["Z"]},
    ],
    "published": [{PAIR[0]: 3}, {PAIR[1]: " "}, {"label_confidence": 7}, {"statement": None}, {PAIR[0]: " (E)"}],
    "inspect": [
        {"target": "Z"}, {"choices": "ab"}, {"id": None}, {"choices": []}, {"input": [{"role": "u", "content": "So?"}]},
        {"metadata": {"recount": own(3)}}, {"metadata": {"recount": {"kind": "mcq"}}}, {"target": ["this", "B"]},
    ],
}  # fmt: skip
STRANGE = [HEADER, {**HEADER, "canary": "x"}, "Do you agree?", {"question": "Or not?"}, 5, None, [], {}]


def wide(k: int, number: int) -> dict[str, Any]:
    """More choices than two; without a third one nothing matches, and it is no item."""
    choices = [{"label": letter, "text": letter * 3} for letter in "ABCDEFGH"[:number]]
    return {**own(k), "id": f"wide-{k}", "matching": ["C"], "choices": choices}


ROWS = st.one_of(
    *(st.builds(make, PLACES) for make in SHAPES.values()),
    *(
        st.builds(lambda k, odd, m=SHAPES[shape]: {**m(k), **odd}, PLACES, st.sampled_from(o))
        for shape, o in ODD.items()
    ),
    st.builds(wide, PLACES, st.integers(2, 8)),
    st.sampled_from(STRANGE),
)


@given(st.lists(ROWS, max_size=30), st.booleans())
def test_both_read_the_same_items_and_places_from_any_lines(rows: list[Any], as_list: bool) -> None:
    data = json.dumps(rows).encode() if as_list else lines(rows)
    first, second = parse_set(data, "set.jsonl"), panel_file.set_in(data)
    assert [(i.id, i.asked) for i in second.items] == [(i.id, i.asked) for i in first.items]
    assert second.canary == (first.header.canary if first.header else None)
    balance = balance_of(positions_of(first.items, clusters_of(cores_of([item.asked for item in first.items]))))
    again = panel_file.balance_of(second.items)
    assert (again is None) == (balance is None)
    if again is not None and balance is not None:
        assert (again.place, *map(pytest.approx, again[1:])) == balance[:3]


# --- the report -----------------------------------------------------------------------------------------------------


def texts_of(root: Path, folder: Path) -> dict[str, str]:
    pipeline.build(pipeline.load_archive(root), folder / "bundle", figures=folder / "figures")
    made = sorted((folder / "bundle" / "comments").glob("*.md"))
    return {path.stem: path.read_text(encoding="utf-8") for path in made if path.stem != "reviewer-verdict"}


def bad(review: Review) -> list[tuple[str, str, str]]:
    return [(c.quote, c.status, c.expected) for c in review.having(WRONG, UNMATCHED)]


@pytest.mark.parametrize(
    ("declared", "completion"),
    [
        (", name: starter 1.0, source: page 7.1 of a book, public: false", "fine"),
        (", cutoff: 2024-06-30", "fine"),
        (", cutoff: 2024-06-30", CANARY),
    ],
)
def test_every_text_on_such_an_archive_stands(declared: str, completion: str, tmp_path: Path) -> None:
    rows = [HEADER, *(own(k, **DAYS) for k in range(24))]
    root = write_archive(tmp_path / "archive", lines(rows), declared, completion)
    reviewer = Reviewer([root])
    for kind, text in texts_of(root, tmp_path).items():
        review = reviewer.review(text)
        assert not bad(review), kind
        assert not review.overclaims, kind


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reviewer, str]:
    """An archive with a hit, reviewed, and its results comment."""
    folder = tmp_path_factory.mktemp("reported")
    root = write_archive(folder / "archive", lines([HEADER, *(own(k) for k in range(24))]), "", CANARY)
    return Reviewer([root]), texts_of(root, folder)["results"]


def test_the_sentence_is_bound_to_the_three_facts(reported: tuple[Reviewer, str]) -> None:
    reviewer, text = reported
    told = {fact: (c.quote, c.status) for c in reviewer.review(text).claims for fact in c.facts if fact in ANSWER}
    assert told == dict(zip(ANSWER, [("1", EXACT), ("66.7 %", EXACT), ("50.0 %", EXACT)], strict=True))


@pytest.mark.parametrize(
    ("right", "changed"),
    [
        ("stands at place 1 in", "stands at place 2 in"),
        ("66.7 % of the questions that print choices", "53.2 % of the questions that print choices"),
        ("chance gives 50.0 %", "chance gives 33.3 %"),
        ("contamination: canary −2", "contamination: canary −1"),
    ],
)
def test_a_changed_number_is_wrong(right: str, changed: str, reported: tuple[Reviewer, str]) -> None:
    reviewer, text = reported
    assert text.count(right) == 1
    review = reviewer.review(text.replace(right, changed))
    assert review.verdict == FAIL
    assert len(review.having(WRONG)) == 1
    assert not review.having(UNMATCHED)


def test_the_points_of_two_signs_together_are_read(tmp_path: Path) -> None:
    marks = [{"created": "2023-01-01", "difficulty": "hard"}, {"created": "2025-01-01", "difficulty": "easy"}]
    data = lines([own(k, **marks[k % 2]) for k in range(24)])
    asked = [item.asked for item in parse_set(data, "set.jsonl").items]
    scores = {q: 90.0 - 80 * (k % 2) for k, q in enumerate(asked)}
    root = write_archive(tmp_path / "archive", data, ", cutoff: 2024-01-01", scores=scores)
    text, reviewer, told = texts_of(root, tmp_path)["results"], Reviewer([root]), "easy\\_on\\_hard −1"
    assert told in text
    assert not bad(reviewer.review(text))
    assert bad(reviewer.review(text.replace(told, told.replace("1", "2"))))


def test_no_contamination_is_an_overclaim_where_a_sign_was_seen(tmp_path: Path) -> None:
    rows, said = lines([HEADER, *(own(k) for k in range(24))]), "The panel is uncontaminated.\n"
    hit = write_archive(tmp_path / "hit", rows, ", public: false", CANARY)
    clean = write_archive(tmp_path / "clean", rows, ", public: false")
    assert [o.rule for o in Reviewer([hit]).review(said).overclaims] == ["uncontaminated"]
    assert not Reviewer([clean]).review(said).overclaims


def test_a_report_is_written_where_the_answers_vary_within_questions_only(tmp_path: Path) -> None:
    data = lines([own(k) for k in range(12)])
    scores = {item.asked: 40.0 for item in parse_set(data, "set.jsonl").items}
    root = write_archive(tmp_path / "archive", data, scores=scores)
    assert not bad(Reviewer([root]).review(texts_of(root, tmp_path)["results"]))


# --- hostile files --------------------------------------------------------------------------------------------------

NESTED = b"[" * 5_000 + b"]" * 5_000
GOOD = lines([own(k) for k in range(6)])
BROKEN = {
    "empty": b"",
    "zeros": b"\0" * 4_096,
    "no_json": b"{\n" * 100,
    "no_text": b"\xff\xfe\x00" * 100,
    "nested": NESTED,
    "numbers": b'{"question": "So?", "label_confidence": 1' + b"0" * 6_000 + b"}\n",
    "pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
    "no_items": json.dumps(HEADER).encode(),
    "another_set": lines([{"kind": "free_form", "id": "x", "question": "What is this?"}]),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_set_that_cannot_be_read_gives_no_facts(kind: str, tmp_path: Path) -> None:
    root = write_archive(tmp_path, GOOD)
    (root / "set.jsonl").write_bytes(BROKEN[kind])
    without_facts(root)


def without_facts(root: Path) -> None:
    book = recount([root])
    assert not set(ANSWER) & book.facts.keys()
    assert set(book.signals.values()) == {"not assessed"}
    assert grade(book).deductions["contamination"] == 1


def test_broken_lines_between_good_ones_are_passed_over(tmp_path: Path) -> None:
    lone = json.dumps({**own(7), "user_statement": "a lone \ud800 surrogate"}).encode()
    deep = b'{"kind": "free_form", "id": "deep", "question": "q", "provenance": ' + b"[" * 700 + b"]" * 700 + b"}"
    huge = json.dumps({**published(9), "label_confidence": 10**390}).encode()
    odd = [b"{torn", b"\xff", NESTED, deep, huge, b"", b"\xef\xbb\xbf", json.dumps(own(1)).encode(), lone]
    data = b"\xef\xbb\xbf" + b"\r\n".join(piece for line in GOOD.splitlines() for piece in (line, *odd))
    book = agree(write_archive(tmp_path, data))
    assert book.facts["panel/answer_share"].value == pytest.approx(5 / 7)


OUTSIDE = [
    "../outside.jsonl",
    "/etc/hosts",
    "linked.jsonl",
    "folder/outside.jsonl",
    "grid",
    "pipe",
    "no.jsonl",
    '"a\\0b"',
]


@pytest.mark.parametrize("name", OUTSIDE)
def test_nothing_outside_the_archive_and_no_special_file_is_read(name: str, tmp_path: Path) -> None:
    root = write_archive(tmp_path / "archive", GOOD)
    (tmp_path / "outside.jsonl").write_bytes(GOOD)
    (root / "linked.jsonl").symlink_to(tmp_path / "outside.jsonl")
    (root / "folder").symlink_to(tmp_path)
    os.mkfifo(root / "pipe")
    (root / "report.yaml").write_text(f"panel: {{file: {name}}}", encoding="utf-8")
    without_facts(root)


def test_a_link_that_stays_inside_is_read(tmp_path: Path) -> None:
    root = write_archive(tmp_path, GOOD)
    (root / "linked.jsonl").symlink_to(root / "set.jsonl")
    (root / "report.yaml").write_text("panel: {file: linked.jsonl}", encoding="utf-8")
    agree(root)
