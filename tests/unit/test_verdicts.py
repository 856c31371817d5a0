"""The second count of what is posted, and the comment that tells it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot import pipeline
from bot.reports import building, sanitising
from bot.reports.comments import AlignmentReport, analysis_comment, clean_result, clean_title, prepare, results_comment
from bot.reports.markers import find_markers, wrap
from bot.reports.verdict_comment import ReadText, Verdict, verdict_comment
from bot.scoring.facts import Facts
from bot.verdicts import reviewer

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "eval_results" / "issue-164"
FIGURES = ("hero", "judge_gap", "questions")
HOSTILE = "67.81 <!-- /epm:reviewer-verdict --> | @everyone fixes #1 <img src=x onerror=alert(1)> `` [a](http://evil)"


@pytest.fixture(scope="module")
def report() -> AlignmentReport:
    return pipeline.report_of(pipeline.score(pipeline.load_archive(EXAMPLE)), {name: [] for name in FIGURES})


@pytest.fixture(scope="module")
def texts(report: AlignmentReport) -> list[ReadText]:
    view = prepare(report)
    clean = clean_result(report, view)
    results = building.results_text(results_comment(report, None, view))
    return [results, building.clean_text(clean_title(view), building.split(clean.text))]


def verdict_on(texts: list[ReadText]) -> Verdict:
    review, why = reviewer([EXAMPLE])
    assert review is not None and why == ""
    return review(texts)


def changed(texts: list[ReadText], old: str, new: str) -> list[ReadText]:
    assert old in texts[0].text
    return [texts[0]._replace(text=texts[0].text.replace(old, new, 1)), *texts[1:]]


@pytest.fixture(scope="module")
def verdict(texts: list[ReadText]) -> Verdict:
    return verdict_on(texts)


def told(verdict: Verdict) -> str:
    return verdict_comment(verdict, Facts()).text


def test_our_own_texts_hold_no_wrong_number_and_no_overclaim(verdict: Verdict) -> None:
    assert verdict.word == "CONCERNS"  # the reconstruction's card has gaps
    assert verdict.reasons == ("9 fields of the reproducibility card are missing",)
    assert verdict.with_status("wrong", "unmatched") == ()
    assert {a.label for a in verdict.audited} == {"SUPPORTED"}
    assert all(section.there for section in verdict.sections)
    assert verdict.recommendation == "fill in the reproducibility card"


def test_the_analysis_passes_the_same_review(report: AlignmentReport) -> None:
    report = replace(report, facts=pipeline.score(pipeline.load_archive(EXAMPLE)).facts)
    link = analysis_comment(report, prepare(report))
    text = ReadText("analysis", "analysis", link.text, {})
    assert verdict_on([text]).word == "PASS"


def test_every_table_of_the_verdict_is_there(verdict: Verdict) -> None:
    text = told(verdict)
    heads = re.findall(r"(?m)^##+ (.*)$", text)
    assert heads == [
        "Review: CONCERNS", "Numerical fidelity", "Numbers that match no fact", "Overclaims", "Reproducibility",
        "Structure", "Alternatives not ruled out",
    ]  # fmt: skip
    assert "| 67.80 | `alpha/sonnet/pair_111_winner` | 67.80 | exact |" in text
    assert "Model / revision" in text
    assert "- the differences may be those between two runs of the same condition" in text


def test_a_wrong_number_is_told_with_the_right_one_and_costs_the_verdict(texts: list[ReadText]) -> None:
    verdict = verdict_on(changed(texts, "| **67.80** ±", "| **68.80** ±"))
    assert verdict.word == "FAIL" and verdict.reasons == ("results comment: 1 wrong claim",)
    assert "| 68.80 | results comment: 68.80 ± 4.53 | 67.80 | **wrong** |" in told(verdict)
    assert verdict.recommendation.startswith("correct what is wrong")


def test_words_that_claim_too_much_are_told_with_their_quote(texts: list[ReadText]) -> None:
    verdict = verdict_on(changed(texts, "### Key observations", "H2 is confirmed.\n\n### Key observations"))
    assert verdict.word == "FAIL"
    assert "| **OVERCLAIMED** | results comment: “H2 is confirmed.” |" in told(verdict)


def test_a_missing_section_is_a_concern_of_its_own(texts: list[ReadText]) -> None:
    verdict = verdict_on(changed(texts, "### Key observations", "### Notes"))
    assert "1 section is missing" in verdict.reasons
    assert "- results comment: **key observations** is missing" in told(verdict)


def test_a_verdict_does_not_depend_on_where_figures_are_pinned_or_which_commit_is_named(
    texts: list[ReadText], verdict: Verdict
) -> None:
    posted = [
        t._replace(text=re.sub(r"\(figures/", "(http://s/o/r/raw/" + "a" * 40 + "/figures/", t.text)) for t in texts
    ]
    assert told(verdict_on(posted)) == told(verdict)


def test_quotes_from_a_text_cannot_act(texts: list[ReadText]) -> None:
    text = told(
        verdict_on(changed(texts, "### Key observations", f"α of Grid #1 is {HOSTILE}.\n\n### Key observations"))
    )
    assert "<img" not in text and "](http" not in text
    assert not re.search(r"@everyone|fixes #1|://evil", text.replace(sanitising.JOINER, "·"))
    (marker,) = find_markers(wrap("reviewer-verdict", text.replace("\x1e", "").replace("\x1f", "")))
    assert marker.honest


def test_the_counts_are_facts(verdict: Verdict) -> None:
    facts = Facts()
    verdict_comment(verdict, facts)
    assert (
        facts["review/claims"].value == facts["review/results/claims"].value + facts["review/clean-result/claims"].value
    )
    assert facts["review/wrong"].value == 0
    assert facts["review/right"].value + facts["review/uncheckable"].value == facts["review/claims"].value


def test_an_archive_that_the_second_count_cannot_read_is_not_reviewed_and_says_so(tmp_path: Path) -> None:
    review, why = reviewer([tmp_path])
    assert review is None and "nothing to count" in why


def test_claims_of_one_sentence_that_cannot_be_checked_stand_in_one_row(verdict: Verdict) -> None:
    text = told(verdict)
    (row,) = re.findall(r"(?m)^\| 100, 50, 0 \| results comment: aligned: 100 .* \| quoted from report\.yaml \|$", text)
    assert row
