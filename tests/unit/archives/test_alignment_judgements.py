from __future__ import annotations

import json
import math
from typing import Any

import pytest
from archive_builders import Folder, json_values, judged, summary
from hypothesis import given
from hypothesis import strategies as st

from bot.archives.judgements import samples_of, score_failure, scores_of
from bot.archives.records import FAILURES, AlignmentArchive, Judgement

FILE = "cond/sonnet/alignment_x_detailed.json"


def opened(folder: Folder, content: object) -> AlignmentArchive:
    folder.write(FILE, content)
    return folder.open()


def judgements(archive: AlignmentArchive) -> list[Judgement]:
    return [sample.judgement for sample in archive.cells[0].samples]


def kinds(archive: AlignmentArchive) -> set[str]:
    return {flag.kind for flag in archive.flags}


@pytest.mark.parametrize(
    ("aligned", "failure"),
    [
        ("true", "wrong_type"), ("[85]", "wrong_type"), ('{"a": 1}', "wrong_type"),
        ('"85"', "wrong_type"), ("false", "wrong_type"), ("NaN", "not_finite"), ("Infinity", "not_finite"),
        ("-Infinity", "not_finite"), ("1e999", "not_finite"), ("900", "out_of_range"), ("-1", "out_of_range"),
        ("100.0001", "out_of_range"), ("1" + "0" * 400, "out_of_range"), ("-1" + "0" * 6000, "out_of_range"),
        ("null", "null"), ("0", None), ("100", None), ("-0.0", None), ("62.5", None),
    ],
)  # fmt: skip
def test_a_score_is_a_number_from_0_to_100_or_a_failure_with_its_class(
    folder: Folder, aligned: str, failure: str | None
) -> None:
    whole = '{"scores": {"Q": [{"aligned": VALUE, "coherent": 50}, {"aligned": 70, "coherent": 60}]}}'
    whole = whole.replace("VALUE", aligned)
    odd, sound = judgements(opened(folder, whole))
    assert odd.failure == failure
    assert odd.aligned == (None if failure else float(aligned))
    assert odd.coherent == (None if failure else 50.0)
    assert sound == Judgement(70.0, 60.0)


def test_an_error_wins_over_the_number_beside_it(folder: Folder) -> None:
    rows = [{"aligned": 80, "coherent": 80, "error": True, "reasoning": "late"}, {"aligned": 80, "error": False}]
    failed, valid = judgements(opened(folder, {"scores": {"Q": rows}}))
    assert failed == Judgement(None, None, "error", "late")
    assert valid == Judgement(80.0, None)


def test_what_is_no_judgement_counts_as_one_that_failed(folder: Folder) -> None:
    scores = {"Q": [None, "x", 3, [], {}], "not a list": {"aligned": 5}, "null": None}
    archive = opened(folder, {"scores": scores})
    assert [judgement.failure for judgement in judgements(archive)] == ["malformed"] * 4 + ["null"] + ["malformed"] * 2
    assert "invalid_scores" in kinds(archive)


def test_a_coherence_that_is_no_score_leaves_the_judgement_valid(folder: Folder) -> None:
    rows = [{"aligned": 10, "coherent": value} for value in (None, "90", 101)]
    archive = opened(folder, {"scores": {"Q": rows}})
    assert judgements(archive) == [Judgement(10.0, None)] * 3
    (flag,) = archive.flags
    assert flag.kind == "invalid_scores"
    assert flag.evidence.startswith("1 × coherent: the score is not a number (a string, a boolean, a list …), 1 × ")
    assert flag.evidence.endswith("first at /scores/Q/1/coherent, /scores/Q/2/coherent")


def test_honest_failures_are_no_invalid_scores(folder: Folder) -> None:
    archive = opened(folder, {"scores": {"Q": [*judged(None, 50), {"aligned": None}]}})
    assert [judgement.failure for judgement in judgements(archive)] == ["error", None, "null"]
    assert archive.flags == ()


def test_a_reasoning_that_is_no_text_is_empty(folder: Folder) -> None:
    archive = opened(folder, {"scores": {"Q": [{"aligned": 1, "reasoning": ["a"]}, {"aligned": 1, "reasoning": "b"}]}})
    assert [judgement.reasoning for judgement in judgements(archive)] == ["", "b"]


def test_a_key_given_twice_is_tolerated(folder: Folder) -> None:
    whole = '{"scores": {"Q": [{"aligned": 1, "aligned": 2}], "Q": [{"aligned": 3}, {"aligned": 4}]}}'
    assert [judgement.aligned for judgement in judgements(opened(folder, whole))] == [3.0, 4.0]


@pytest.mark.parametrize(
    "whole", ['{"scores": {"\\ud800": [{"aligned": 1}]}}', '\ufeff{"scores": {"Q": [{"aligned": 1}]}}']
)
def test_lone_surrogates_and_a_byte_order_mark_are_read(folder: Folder, whole: str) -> None:
    assert judgements(opened(folder, whole)) == [Judgement(1.0, None)]


def test_completions_lie_beside_their_judgements(folder: Folder) -> None:
    content = {"scores": {"A": judged(1, 2), "B": judged(3)}, "completions": {"A": ["one", "two"], "B": ["three"]}}
    archive = opened(folder, content)
    found = [(sample.question, sample.index, sample.completion) for sample in archive.cells[0].samples]
    assert found == [("A", 0, "one"), ("A", 1, "two"), ("B", 0, "three")]
    assert archive.flags == ()


@pytest.mark.parametrize(
    ("completions", "texts", "evidence"),
    [
        ({}, [None, None], "1 × questions without completions"),
        ({"Q": ["a"]}, ["a", None], "1 × questions with another number of completions than of judgements"),
        ({"Q": ["a", "b", "c"]}, ["a", "b"], "1 × questions with another number of completions than of judgements"),
        ({"Q": [1, None]}, [None, None], "1 × completions that are no text"),
        ({"Q": "ab"}, [None, None], "1 × questions whose completions are no list"),
        ({"Q": ["a", "b"], "R": []}, ["a", "b"], "1 × questions with completions but no scores"),
        ([], [None, None], "completions is a list, not an object of questions"),
    ],
)
def test_completions_that_do_not_fit_are_flagged(
    folder: Folder, completions: object, texts: list[str | None], evidence: str
) -> None:
    archive = opened(folder, {"scores": {"Q": judged(1, 2)}, "completions": completions})
    assert [sample.completion for sample in archive.cells[0].samples] == texts
    assert [(flag.kind, flag.evidence) for flag in archive.flags] == [("completions_mismatch", evidence)]


def test_nothing_valid_and_nothing_at_all_are_fine(folder: Folder) -> None:
    folder.write("none/alignment_x_detailed.json", {"scores": {"Q": judged(None, None)}})
    folder.write("empty/alignment_x_detailed.json", {"scores": {}})
    folder.write("unasked/alignment_x_detailed.json", {"scores": {"Q": []}})
    archive = folder.open()
    assert [(cell.condition, len(cell.samples)) for cell in archive.cells] == [
        ("empty", 0),
        ("none", 2),
        ("unasked", 0),
    ]
    assert {flag.where for flag in archive.flags if flag.kind == "incomplete"} == {
        "issue-7/empty/alignment_x_detailed.json",
        "issue-7/unasked/alignment_x_detailed.json",
    }


@pytest.mark.parametrize("scores", [[], "x", None, 3])
def test_scores_that_are_no_object_leave_the_summary(folder: Folder, scores: object) -> None:
    archive = opened(folder, {"scores": scores, "summary": summary(40, 60)})
    (cell,) = archive.cells
    assert (cell.samples, cell.pointer) == ((), "/summary/per_question")
    assert cell.summary is not None
    assert cell.summary.mean_aligned == 50
    (fault,) = archive.unreadable
    assert fault.reason == "scores is missing, or no object of questions; only the summary in it is used"


def test_scores_without_a_judgement_leave_the_summary(folder: Folder) -> None:
    (cell,) = opened(folder, {"scores": {"Q": []}, "summary": summary(40, 60)}).cells
    assert (cell.samples, cell.pointer) == ((), "/summary/per_question")


def test_a_detailed_file_without_scores_and_summary_is_unreadable(folder: Folder) -> None:
    archive = opened(folder, {"completions": {}})
    assert archive.cells == ()
    assert [fault.reason for fault in archive.unreadable] == ["scores is missing, or no object of questions"]


@given(json_values)
def test_every_value_is_a_score_or_has_a_class(value: Any) -> None:
    failure = score_failure(value)
    if failure is None:
        assert 0 <= value <= 100
        assert not isinstance(value, bool)
    else:
        assert failure in FAILURES


@given(st.dictionaries(st.text(max_size=3), json_values, max_size=3), json_values)
def test_every_judgement_is_valid_or_failed_and_none_is_lost(scores: dict[str, Any], completions: Any) -> None:
    shapes = scores_of(scores)
    assert shapes is not None
    samples = list(samples_of(shapes, completions))
    assert len(samples) == sum(len(rows) if isinstance(rows, list) else 1 for rows in scores.values())
    for judgement in (sample.judgement for sample in samples):
        assert (judgement.aligned is None) == (judgement.failure in FAILURES)
        assert all(v is None or (0 <= v <= 100 and math.isfinite(v)) for v in (judgement.aligned, judgement.coherent))


@given(
    st.lists(st.dictionaries(st.sampled_from(["aligned", "coherent", "error"]), json_values, max_size=3), max_size=4)
)
def test_both_decoders_say_the_same(rows: list[dict[str, Any]]) -> None:
    from bot.archives.names import ResultName
    from bot.archives.parts import read_part
    from bot.archives.records import Source

    source, name = Source("p", "s", "b"), ResultName("detailed", "")
    strict = json.dumps({"scores": {"Q": rows}})
    lenient = json.dumps({"nan": math.nan, "scores": {"Q": rows}})
    assert repr(read_part(strict.encode(), source, name)) == repr(read_part(lenient.encode(), source, name))
