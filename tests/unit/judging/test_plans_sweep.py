from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import judging_kit as kit
import pytest

from bot.archives.sweep import open_sweep
from bot.archives.tasks import read_tasks
from bot.errors import JudgingError
from bot.judging.plans import Plan, Scope
from bot.judging.plans_sweep import plan_sweep
from bot.judging.write_back import write_back_sweep
from bot.scoring.run_score import recompute


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return kit.write_sweep(tmp_path / "sweep")


def plan(root: Path, **scope: Any) -> Plan:
    return plan_sweep(open_sweep(root, cache=False), read_tasks(root / "tasks").by_id, Scope(**scope))


def test_runs_whose_judge_failed_are_asked_about_by_their_tasks_rubric(root: Path) -> None:
    (ask,) = plan(root).asks
    assert (ask.model, ask.where, ask.failure) == ("claude-sonnet-4-6", "model_a", "timed_out")
    assert "Did it finish t1-one?" in ask.rubric.system
    assert [part.name for part in ask.parts] == ["task", "verifier", "transcript"]
    assert "did the work" in ask.parts[2].text


def test_a_task_without_a_rubric_cannot_be_asked_about(root: Path) -> None:
    (root / "tasks/tier1/t1-one.yaml").unlink()
    assert plan(root).reasons() == {"no_rubric": 1}


def test_a_run_without_a_transcript_cannot_be_asked_about(root: Path) -> None:
    kit.edit_run(root, "model_a/t1-one/run0.json", transcript={"messages": []})
    assert plan(root).reasons() == {"no_text": 1}


def test_another_judge_is_never_mixed_in(root: Path) -> None:
    found = plan(root, judge="claude-opus-4-7")
    assert found.asks == ()
    assert found.reasons() == {"other_judge": 1}


def test_a_run_that_names_no_judge_takes_the_one_of_all_others(root: Path) -> None:
    judge = json.loads((root / kit.RUNS / "model_a/t1-one/run0.json").read_text())["judge_result"]
    kit.edit_run(root, "model_a/t1-one/run0.json", judge_result=judge | {"model": ""})
    assert [ask.model for ask in plan(root).asks] == ["claude-sonnet-4-6"]


def test_a_scale_check_draws_runs_whose_judge_did_not_fail(root: Path) -> None:
    found = [ask for ask in plan(root, shift=2).asks if ask.purpose == "shift"]
    assert len(found) == 2
    assert all(ask.failure == "" for ask in found)


def test_a_sweep_has_no_columns(root: Path) -> None:
    with pytest.raises(JudgingError, match="one judge each"):
        plan(root, column=True, judge="claude-opus-4-7")


def test_written_back_a_run_has_its_new_judgement_score_and_history(root: Path) -> None:
    path = root / kit.RUNS / "model_a/t1-one/run0.json"
    before = json.loads(path.read_text())
    (ask,) = plan(root).asks
    verdict = {"score": 0.5, "confidence": 0.9, "reason": "half", "rubric_hits": ["a"], "rubric_misses": []}
    line = ask.line("verdict", verdict=verdict, time="2026-11-21T00:00:00+00:00")
    archive, tasks = open_sweep(root, cache=False), read_tasks(root / "tasks").by_id
    assert write_back_sweep(archive, [line], tasks, lambda run: recompute(run).score).verdicts == 1
    after = json.loads(path.read_text())
    judge = after["judge_result"]
    assert (judge["score"], judge["reason"], judge["passed"], judge["error"]) == (0.5, "half", False, None)
    assert judge["judge_history"] == [before["judge_result"] | {"run_score": before["run_score"]}]
    assert {key for key in after if after[key] != before[key]} == {"judge_result", "run_score"}
    (run,) = [run for run in open_sweep(root, cache=False).runs if run.place == "model_a/t1-one/run0.json"]
    assert (run.rejudged, run.judge_failed, run.j) == (True, None, 0.5)
    assert run.run_score == recompute(run).score
    assert write_back_sweep(open_sweep(root, cache=False), [line], tasks, lambda run: None).verdicts == 0
