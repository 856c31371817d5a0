"""The panel inside an archive, audited for the report that rests on it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import pipeline
from bot.archives.catalogue import open_archive
from bot.errors import EvalSetError, RecountError
from bot.evalsets.panel import audit_panel, groups_of, repeats_of
from bot.evalsets.reading import parse_set
from bot.pipeline import load_archive, score

CANARY = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
QUESTIONS = [
    "Should a hospital publish its waiting times every week?",
    "Should a hospital publish its waiting times each week?",
    "Is it wise to lend money to a close friend?",
    "Do you like helping others?",
    "Do you dislike helping others?",
]


def test_near_duplicates_count_once_and_contrast_pairs_twice() -> None:
    found = repeats_of(QUESTIONS)
    assert (found.questions, found.distinct, found.near, found.repeated, found.contrasts) == (5, 5, 1, 1, 1)
    assert found.effective == pytest.approx(25 / 7)


def test_near_duplicates_that_no_cell_asks_together_repeat_nothing() -> None:
    apart = repeats_of(QUESTIONS, [set(QUESTIONS[:1]), set(QUESTIONS[1:])])
    assert (apart.near, apart.repeated, apart.effective) == (0, 0, 5.0)
    assert repeats_of(QUESTIONS, [set(QUESTIONS[:2]), set(QUESTIONS[2:])]) == repeats_of(QUESTIONS)


def test_the_panel_of_164_repeats_nothing_and_its_closest_pair_is_told(example: Path) -> None:
    audited = audit_panel(open_archive(example))
    assert audited is not None
    assert (audited.repeats.questions, audited.repeats.effective, audited.repeats.repeated) == (52, 52.0, 0)
    assert audited.repeats.closest is not None
    assert 0.7 < audited.repeats.closest[2] < 0.8
    assert {signal.state for signal in audited.signals} == {"not assessed"}


@pytest.fixture
def example() -> Path:
    return Path(__file__).parents[3] / "examples" / "eval_results" / "issue-164"


@given(st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), st.lists(st.tuples(*[st.integers(0, n - 1)] * 2)))))
def test_groups_are_the_connected_places(drawn: tuple[int, list[tuple[int, int]]]) -> None:
    number, pairs = drawn
    seen = [{place} for place in range(number)]
    for a, b in pairs:
        joined = next(g for g in seen if a in g) | next(g for g in seen if b in g)
        seen = [g for g in seen if not g & joined] + [joined]
    assert groups_of(number, pairs) == len(seen)


# --- with the set itself ----------------------------------------------------------------------------------------------


def write_set(folder: Path, created: str = "2024-01-01") -> bytes:
    header = {
        "kind": "header", "format": "recount-evalset", "format_version": 1, "name": "s", "version": "1",
        "canary": CANARY,
    }  # fmt: skip
    items = [
        {"kind": "free_form", "id": f"q{n}", "question": question, "created": created}
        for n, question in enumerate(QUESTIONS)
    ]
    data = "".join(json.dumps(line) + "\n" for line in (header, *items)).encode()
    (folder / "set.jsonl").write_bytes(data)
    assert len(parse_set(data, "set.jsonl").items) == len(QUESTIONS)
    return data


def write_archive(folder: Path, completion: str, declared: str) -> Path:
    cell = folder / "grid" / "opus"
    cell.mkdir(parents=True)
    scores = {q: [{"aligned": 10.0 + k, "coherent": 90} for k in range(3)] for q in QUESTIONS}
    completions = {q: [completion] * 3 for q in QUESTIONS}
    (cell / "alignment_x_detailed.json").write_text(json.dumps({"scores": scores, "completions": completions}))
    (folder / "report.yaml").write_text(declared)
    write_set(folder)
    return folder


def states(folder: Path) -> dict[str, str]:
    panel = score(load_archive(folder)).tables.panel
    assert panel is not None
    return {signal.name: signal.state for signal in panel.signals}


def test_a_canary_in_a_response_is_a_hit_and_costs_two(tmp_path: Path) -> None:
    folder = write_archive(tmp_path, f"as I recall, {CANARY}", "panel: {file: set.jsonl, public: false}")
    assert states(folder)["canary"] == "hit"
    found = {d.domain: d.points for d in score(load_archive(folder)).tables.confidence.deductions}
    assert found["contamination"] == 2


def test_what_the_set_allows_is_assessed_and_nothing_else(tmp_path: Path) -> None:
    folder = write_archive(tmp_path, "fine", "panel: {file: set.jsonl, cutoff: 2023-06-30}")
    told = states(folder)
    assert (told.pop("canary"), told.pop("temporal_split")) == ("clean", "clean")
    assert set(told.values()) == {"not assessed"}


def test_items_older_than_the_cutoff_are_a_weak_signal(tmp_path: Path) -> None:
    folder = write_archive(tmp_path, "fine", "panel: {file: set.jsonl, cutoff: '2024-06-30'}")
    assert states(folder)["temporal_split"] == "weak signal"


@pytest.mark.parametrize(
    "declared",
    [
        "panel: {file: ../set.jsonl}", "panel: {file: /etc/passwd}", "panel: {file: nothing.jsonl}",
        "panel: {cutoff: soon}", "panel: {cutoff: 2024-02-31}",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_an_error_a_person_can_mend(tmp_path: Path, declared: str) -> None:
    with pytest.raises(RecountError):
        score(load_archive(write_archive(tmp_path, "fine", declared)))


def test_a_link_out_of_the_archive_is_refused(tmp_path: Path) -> None:
    folder = write_archive(tmp_path / "archive", "fine", "panel: {file: linked.jsonl}")
    (tmp_path / "outside.jsonl").write_bytes((folder / "set.jsonl").read_bytes())
    (folder / "linked.jsonl").symlink_to(tmp_path / "outside.jsonl")
    with pytest.raises(RecountError, match=r"leads out|panel\.file"):
        pipeline.score(load_archive(folder))


def test_a_set_that_was_not_asked_is_refused(tmp_path: Path) -> None:
    folder = write_archive(tmp_path, "fine", "")
    (tmp_path / "other.jsonl").write_text(json.dumps({"kind": "free_form", "id": "x", "question": "What is this?"}))
    with pytest.raises(EvalSetError, match="none of this set's questions"):
        audit_panel(open_archive(folder), tmp_path / "other.jsonl", dt.date(2024, 1, 1))
