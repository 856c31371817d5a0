from __future__ import annotations

from typing import Any

import pytest
from archive_builders import Folder, detailed, json_values, judged, summary
from hypothesis import given
from hypothesis import strategies as st

from bot.archives.records import Flag, QuestionMean
from bot.archives.summaries import MOST_COUNTED, headline_of, summary_of

DETAILED, SUMMARY, HEADLINE = (f"cond/sonnet/alignment_x_{kind}.json" for kind in ("detailed", "summary", "headline"))


def flags(folder: Folder) -> list[Flag]:
    return list(folder.open().flags)


def test_a_summary_alone_is_a_cell_without_samples(folder: Folder) -> None:
    folder.write(SUMMARY, summary(10, None, 20, judge_model="claude-sonnet-4-5", system_prompt="s", n_errors=1))
    (cell,) = folder.open().cells
    assert (cell.condition, cell.judge, cell.pointer, cell.samples) == ("cond", "sonnet", "/per_question", ())
    assert cell.summary is not None
    assert cell.summary.questions == (QuestionMean("Q", 15.0, 50.0, 2, 1),)
    assert (cell.summary.errors, cell.summary.n_questions, cell.summary.n_samples_per_question) == (1, 1, 3)
    assert (cell.judge_model, cell.model, cell.summary.system_prompt) == ("claude-sonnet-4-5", "m", "s")
    assert cell.source == cell.summary_source


def test_a_summary_beside_its_scores_is_the_same_cell(folder: Folder) -> None:
    folder.write(DETAILED, detailed(10, None))
    folder.write(SUMMARY, summary(10, None))
    archive = folder.open()
    (cell,) = archive.cells
    assert (cell.source.path, cell.pointer) == (f"issue-7/{DETAILED}", "/scores")
    assert cell.summary_source is not None
    assert cell.summary_source.path == f"issue-7/{SUMMARY}"
    assert (archive.flags, archive.ignored, archive.artifacts) == ((), (), ())


def test_the_summary_inside_stands_where_none_lies_beside(folder: Folder) -> None:
    folder.write(DETAILED, detailed(10))
    (cell,) = folder.open().cells
    assert cell.summary is not None
    assert (cell.summary.mean_aligned, cell.summary_source) == (10.0, cell.source)


@pytest.mark.parametrize(
    ("changes", "evidence"),
    [
        ({"overall_mean_aligned": 15.00001}, "overall_mean_aligned is given as 15.00001, its scores give 15.0"),
        ({"overall_mean_coherent": 51}, "overall_mean_coherent is given as 51.0, its scores give 50.0"),
        ({"n_errors": 0}, "n_errors is given as 0, its scores give 1"),
    ],
)
@pytest.mark.parametrize("inside", [True, False])
def test_a_summary_that_disagrees_with_its_scores_is_flagged_and_the_scores_stay(
    folder: Folder, changes: dict[str, Any], evidence: str, inside: bool
) -> None:
    wrong = summary(10, None, 20, **changes)
    folder.write(DETAILED, {"scores": {"Q": judged(10, None, 20)}} | ({"summary": wrong} if inside else {}))
    if not inside:
        folder.write(SUMMARY, wrong)
    where = f"issue-7/{DETAILED if inside else SUMMARY}"
    assert flags(folder) == [Flag("summary_disagrees", where, evidence)]
    assert [sample.judgement.aligned for sample in folder.open().cells[0].samples] == [10.0, None, 20.0]


def test_a_difference_of_rounding_is_none(folder: Folder) -> None:
    folder.write(DETAILED, detailed(10, 20, summary=summary(10, 20, overall_mean_aligned=15 + 9e-7)))
    assert flags(folder) == []


def test_a_mean_over_nothing_disagrees(folder: Folder) -> None:
    folder.write(DETAILED, {"scores": {"Q": judged(None)}, "summary": summary(None, overall_mean_aligned=0)})
    (flag,) = flags(folder)
    assert flag.evidence == "overall_mean_aligned is given as 0.0, its scores give none"


def test_a_summary_that_disagrees_with_its_own_questions_is_flagged(folder: Folder) -> None:
    folder.write(SUMMARY, summary(10, 20, overall_mean_aligned=40))
    (flag,) = flags(folder)
    assert flag.evidence == "overall_mean_aligned is given as 40.0, its own questions give 15.0"


@pytest.mark.parametrize(
    ("changes", "evidence"),
    [
        ({"n_questions": 52}, "questions: 52 declared, 1 found"),
        ({"n_samples_per_question": 20}, "samples a question: 20 declared, 2 found in 1 of them"),
    ],
)
@pytest.mark.parametrize("scored", [True, False])
def test_less_than_declared_is_incomplete(folder: Folder, changes: dict[str, Any], evidence: str, scored: bool) -> None:
    said = summary(10, None, **changes)
    path = folder.write(*((DETAILED, detailed(10, None, summary=said)) if scored else (SUMMARY, said)))
    assert flags(folder) == [Flag("incomplete", f"issue-7/cond/sonnet/{path.name}", evidence)]


def test_a_question_without_judgements_is_incomplete(folder: Folder) -> None:
    folder.write(DETAILED, {"scores": {"Q": judged(1), "R": []}, "summary": summary(1, n_questions=2)})
    (flag,) = flags(folder)
    assert (flag.kind, flag.evidence) == ("incomplete", "questions without any judgement: 1")


def test_values_of_the_wrong_kind_are_left_out_and_named(folder: Folder) -> None:
    lines = {
        "string": {"mean_aligned": "50", "n_samples": 2, "n_errors": 0},
        "null": None,
        "no count": {"mean_aligned": 50, "n_samples": -1},
        "boolean": {"mean_aligned": True, "n_samples": True},
        "good/one": {"mean_aligned": 40, "mean_coherent": None, "n_samples": 2.0, "n_errors": None},
        "none valid": {"mean_aligned": None, "mean_coherent": None, "n_samples": 0, "n_errors": 3},
    }
    folder.write(SUMMARY, {"overall_mean_aligned": 900, "n_errors": "3", "per_question": lines})
    archive = folder.open()
    said = archive.cells[0].summary
    assert said is not None
    assert (said.mean_aligned, said.errors) == (None, None)
    assert {(line.question, line.mean_aligned, line.n, line.errors) for line in said.questions} == {
        ("string", None, 0, 0), ("null", None, 0, 0), ("no count", None, 0, 0), ("boolean", None, 0, 0),
        ("good/one", 40.0, 2, 0), ("none valid", None, 0, 3),
    }  # fmt: skip
    (wrong,) = (flag for flag in archive.flags if flag.kind == "invalid_summary_values")
    assert "/per_question/string/mean_aligned: the score is not a number" in wrong.evidence
    assert wrong.evidence.endswith("and 4 more")


@pytest.mark.parametrize("content", ["{}", "[]", '"x"', "null", "3"])
def test_a_summary_that_is_none_is_unreadable(folder: Folder, content: str) -> None:
    folder.write(SUMMARY, content)
    archive = folder.open()
    assert (archive.cells, len(archive.unreadable)) == ((), 1)


NORMAL = {"model": "m", "n_prompts": 1, "n_samples_per_prompt": 2, "alpha_mean_aligned": 15.0, "n_errors": 0}
AGAIN = {
    "judge_model": "claude-opus-4-7",
    "mean_aligned": 15.0,
    "mean_coherent": 50.0,
    "original_judge_mean_aligned": 9,
}


@pytest.mark.parametrize(("content", "key"), [(NORMAL, "alpha_mean_aligned"), (AGAIN, "mean_aligned")])
def test_a_headline_alone_is_a_cell_without_questions(folder: Folder, content: dict[str, Any], key: str) -> None:
    folder.write("cond/headline.json", content)
    (cell,) = folder.open().cells
    assert (cell.condition, cell.pointer, cell.samples) == ("cond", f"/{key}", ())
    assert cell.judge == ("opus" if content is AGAIN else "judge")
    assert cell.summary is not None
    assert (cell.summary.mean_aligned, cell.summary.questions) == (15.0, ())
    assert cell.summary.original_judge == ("unknown" if content is AGAIN else None)
    assert (cell.summary.n_questions, cell.summary.errors) == ((None, None) if content is AGAIN else (1, 0))


@pytest.mark.parametrize("name", ["headline.json", "alignment_x_headline.json", "alignment_x_sonnet_headline.json"])
def test_a_headline_belongs_to_the_results_beside_it(folder: Folder, name: str) -> None:
    folder.write("cond/alignment_x_summary.json", summary(10, 20, judge_model="claude-sonnet-4-5"))
    folder.write(f"cond/{name}", NORMAL)
    archive = folder.open()
    assert len(archive.cells) == 1
    assert archive.flags == ()
    assert [source.path for source in archive.artifacts] == [f"issue-7/cond/{name}"]


def test_a_headline_that_disagrees_is_flagged(folder: Folder) -> None:
    folder.write("cond/alignment_x_detailed.json", detailed(10, 20))
    folder.write("cond/headline.json", NORMAL | {"alpha_mean_aligned": 15.1, "n_errors": 2, "n_prompts": 52})
    evidence = (
        "mean_aligned is given as 15.1, the results beside it give 15.0; "
        "n_errors is given as 2, the results beside it give 0; "
        "n_prompts is given as 52, questions in the results beside it: 1"
    )
    assert flags(folder) == [Flag("headline_disagrees", "issue-7/cond/headline.json", evidence)]


def test_one_headline_over_several_evaluations_need_agree_with_one(folder: Folder) -> None:
    folder.write("cond/alignment_a_summary.json", summary(80, 80, name="a"))
    folder.write("cond/alignment_b_summary.json", summary(10, 20, name="b"))
    folder.write("cond/headline.json", NORMAL)
    assert {flag.kind for flag in flags(folder)} == {"several_evaluations"}


def test_a_headline_of_another_judge_is_a_cell_of_its_own(folder: Folder) -> None:
    folder.write("cond/alignment_x_sonnet_summary.json", summary(80, 80))
    folder.write("cond/headline.json", AGAIN)
    assert [(cell.condition, cell.judge) for cell in folder.open().cells] == [("cond", "opus"), ("cond", "sonnet")]


def test_a_headline_stands_in_for_an_unreadable_summary(folder: Folder) -> None:
    folder.write("cond/alignment_x_summary.json", '{"overall_mean')
    folder.write("cond/headline.json", NORMAL)
    archive = folder.open()
    assert [cell.pointer for cell in archive.cells] == ["/alpha_mean_aligned"]
    assert len(archive.unreadable) == 1


def test_headlines_of_a_search_are_ignored(folder: Folder) -> None:
    folder.write(SUMMARY, summary(10))
    folder.write("cond/headline.json", {"rescore_mean_aligned": 2.6})
    folder.write("cond/rescore_winner_headline.json", {"rescore_mean_aligned": 2.6})
    archive = folder.open()
    assert archive.ignored == ("issue-7/cond/headline.json", "issue-7/cond/rescore_winner_headline.json")


def test_a_judging_that_repeats_another_says_so(folder: Folder) -> None:
    folder.write("a/alignment_x_summary.json", summary(10, original_judge="claude-sonnet-4-5"))
    folder.write("b/alignment_x_summary.json", summary(10, source_detailed="/w/x_detailed.json"))
    folder.write("c/alignment_x_summary.json", summary(10))
    said = [cell.summary.original_judge for cell in folder.open().cells if cell.summary]
    assert said == ["claude-sonnet-4-5", "unknown", None]


KEYS = ["per_question", "overall_mean_aligned", "overall_mean_coherent", "n_errors", "n_questions", "eval_name"]
LINE = ["mean_aligned", "mean_coherent", "n_samples", "n_errors"]
lines = st.dictionaries(
    st.text(max_size=3), json_values | st.dictionaries(st.sampled_from(LINE), json_values), max_size=3
)


@given(st.dictionaries(st.sampled_from(KEYS), json_values | lines))
def test_no_summary_raises_and_every_line_has_a_mean_where_it_has_judgements(raw: dict[str, Any]) -> None:
    said = summary_of(raw, "x")
    assert (said is None) == (not raw.keys() & {"per_question", "overall_mean_aligned"})
    for line in said.summary.questions if said else ():
        assert (line.mean_aligned is None) == (line.n == 0)
        assert 0 <= line.n <= MOST_COUNTED >= line.errors >= 0


@given(
    st.dictionaries(
        st.sampled_from(["alpha_mean_aligned", "mean_aligned", "n_prompts", "n_errors", "model"]), json_values
    )
)
def test_no_headline_raises(raw: dict[str, Any]) -> None:
    said = headline_of(raw, "x")
    assert said is None or said.summary.mean_aligned is None or 0 <= said.summary.mean_aligned <= 100
