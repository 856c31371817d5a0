from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import judging_kit as kit
import pytest

from bot.archives.catalogue import open_archive
from bot.errors import JudgingError
from bot.judging.plans import Plan, Scope, plan_alignment


def plan(root: Path, **scope: Any) -> Plan:
    return plan_alignment(open_archive(root), Scope(**scope))


def change(path: Path, edit: Any) -> None:
    value = json.loads(path.read_text())
    edit(value)
    path.write_text(json.dumps(value))


def test_what_failed_is_asked_of_the_cells_own_model(tmp_path: Path) -> None:
    found = plan(kit.write_archive(tmp_path / "a", failed=3))
    assert len(found.asks) == 3
    assert {ask.model for ask in found.asks} == {kit.MODEL}
    assert {ask.place.file for ask in found.asks} == {kit.DETAILED}
    assert all(ask.own and ask.purpose == "failed" and ask.failure == "error" for ask in found.asks)


@pytest.mark.parametrize(
    ("row", "failure"),
    [
        ({"aligned": None, "coherent": None}, "null"),
        ({"aligned": "90", "coherent": 1}, "wrong_type"),
        ({"aligned": 900, "coherent": 1}, "out_of_range"),
        ({"aligned": 50, "coherent": 50, "error": True}, "error"),
        (None, "malformed"),
    ],
)
def test_each_kind_of_failure_is_asked_again_with_its_class(tmp_path: Path, row: Any, failure: str) -> None:
    root = kit.write_archive(tmp_path / "a", failed=0)
    change(root / kit.DETAILED, lambda value: value["scores"]["Question 1?"].__setitem__(2, row))
    (ask,) = plan(root).asks
    assert (ask.failure, ask.place.question, ask.place.index) == (failure, "Question 1?", 2)


def test_all_asks_about_every_sample(tmp_path: Path) -> None:
    assert len(plan(kit.write_archive(tmp_path / "a"), mode="all").asks) == 12


def test_without_completions_nothing_can_be_asked_and_that_is_counted(tmp_path: Path) -> None:
    found = plan(kit.write_archive(tmp_path / "a", failed=2, text=lambda *_: None))
    assert found.asks == ()
    assert found.reasons() == {"no_text": 2}


def test_a_summary_without_samples_counts_its_errors_as_unaskable(tmp_path: Path) -> None:
    root = kit.write_archive(tmp_path / "a", failed=2)
    (root / kit.DETAILED).unlink()
    assert plan(root).reasons() == {"no_text": 2}


def test_an_empty_completion_is_a_text_too(tmp_path: Path) -> None:
    assert len(plan(kit.write_archive(tmp_path / "a", text=lambda *_: "")).asks) == 2


def test_a_cell_that_names_no_model_takes_that_of_its_judges_other_cells(tmp_path: Path) -> None:
    root = kit.write_archive(tmp_path / "a", model=None)
    assert plan(root).reasons() == {"no_model": 2}
    other = kit.write_archive(tmp_path / "b")
    (other / "pair").rename(root / "grid")
    assert [ask.model for ask in plan(root).asks] == [kit.MODEL] * 4


def test_a_model_of_another_provider_is_asked_of_ones_own_endpoint_only(tmp_path: Path) -> None:
    root = kit.write_archive(tmp_path / "a", model="openai/gpt-5")
    assert plan(root).reasons() == {"other_provider": 2}
    assert [ask.model for ask in plan(root, any_provider=True).asks] == ["openai/gpt-5"] * 2


def test_a_provider_before_the_name_is_no_part_of_it(tmp_path: Path) -> None:
    root = kit.write_archive(tmp_path / "a", model=f"anthropic/{kit.MODEL}")
    assert [ask.model for ask in plan(root).asks] == [kit.MODEL] * 2


def test_another_judge_makes_another_column(tmp_path: Path) -> None:
    found = plan(kit.write_archive(tmp_path / "a"), judge="claude-opus-4-7")
    assert [(ask.model, ask.own) for ask in found.asks] == [("claude-opus-4-7", False)] * 2


@pytest.mark.parametrize("judge", [kit.MODEL, "claude-sonnet-4-5", f"anthropic/{kit.MODEL}"])
def test_the_cells_own_judge_by_any_of_its_names_is_its_own(tmp_path: Path, judge: str) -> None:
    found = plan(kit.write_archive(tmp_path / "a"), judge=judge)
    assert [(ask.model, ask.own) for ask in found.asks] == [(kit.MODEL, True)] * 2


def test_a_scale_check_draws_the_same_valid_judgements_each_time(tmp_path: Path) -> None:
    root = kit.write_archive(tmp_path / "a", questions=10, samples=10, failed=5)
    drawn = [[ask.place for ask in plan(root, shift=8).asks if ask.purpose == "shift"] for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 8
    assert not {ask.place for ask in plan(root).asks} & set(drawn[0])


def test_a_scale_check_of_more_than_there_is_takes_all(tmp_path: Path) -> None:
    assert len(plan(kit.write_archive(tmp_path / "a", failed=2), shift=1000).asks) == 12


def test_a_column_asks_about_every_sample_once(tmp_path: Path) -> None:
    root = kit.write_archive(tmp_path / "a")
    kit.write_archive(tmp_path / "b", model="claude-opus-4-7")
    (tmp_path / "b/pair/sonnet").rename(root / "pair/opus")
    found = plan(root, column=True, judge="claude-haiku-4-5")
    assert len(found.asks) == len({(ask.place.question, ask.place.index) for ask in found.asks}) == 12
    assert plan(root, column=True, judge="claude-opus-4-7").asks == ()


def test_a_column_needs_a_model(tmp_path: Path) -> None:
    with pytest.raises(JudgingError, match="needs a model"):
        plan(kit.write_archive(tmp_path / "a"), column=True)


def test_a_scope_outlives_the_journal() -> None:
    scope = Scope("all", "claude-x", 5, any_provider=True)
    assert Scope.from_dict(json.loads(json.dumps(scope.as_dict())) | {"unknown": 1}) == scope


def test_a_plan_in_a_repository_names_files_below_the_archive(tmp_path: Path) -> None:
    import subprocess

    root = kit.write_archive(tmp_path / "repo" / "eval_results" / "issue-7")
    subprocess.run(["git", "init", "-q", str(tmp_path / "repo")], check=True)
    assert {ask.place.file for ask in plan(root).asks} == {kit.DETAILED}
    at_the_top = kit.write_archive(tmp_path / "top")
    subprocess.run(["git", "init", "-q", str(at_the_top)], check=True)
    assert {ask.place.file for ask in plan(at_the_top).asks} == {kit.DETAILED}
