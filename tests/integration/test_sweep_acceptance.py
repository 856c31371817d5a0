"""Sweeps made by the generator, held against its truth and against a plain recomputation that shares no code."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from scipy import stats

from bot import sweeps
from bot.archives.asking import Asked

GENERATOR = Path(__file__).parent.parent / "fixtures" / "make_sweep.py"
SMALL = ("--size-min", "2500", "--size-max", "4000")
NO_DEFECTS = ("--defects", "none", "--missing", "0", "--zero", "0", "--judge-fail", "0")
LINE = re.compile(r"\[\d+/\d+\] (\S+) \(\S+\) run (\d+): . (\d\.\d\d) C=")
LABELS = {
    "opus46": "anthropic_claude-opus-4-6", "opus47": "anthropic_claude-opus-4-7",
    "sonnet46": "anthropic_claude-sonnet-4-6", "gpt54": "openai_gpt-5.4", "gemini": "google_gemini-3.1-pro-preview",
    "glm": "openrouter_z-ai_glm-5.1", "minimax": "openrouter_minimax_minimax-m2.7",
    "kimi": "openrouter_moonshotai_kimi-k2.5", "qwen": "openrouter_qwen_qwen3.6-plus",
}  # fmt: skip


def made(folder: Path, *options: str) -> Path:
    subprocess.run([sys.executable, GENERATOR, "--out", folder, *SMALL, *options], check=True, capture_output=True)
    return folder


def truth_of(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "data/truth.jsonl").read_text().splitlines()]


def logged_of(folder: Path) -> dict[str, dict[tuple[str, int], float]]:
    found = {}
    for path in folder.glob("data/drift_*/docker_*.log"):
        label = path.name.removeprefix("docker_").split("_v2026")[0]
        lines = LINE.findall(path.read_text())
        found[LABELS[label]] = {(task, int(run) - 1): float(score) for task, run, score in lines}
    return found


def harness_errors(folder: Path) -> dict[str, set[tuple[str, int]]]:
    found = {}
    for path in folder.glob("data/drift_*/docker_*.log"):
        label = path.name.removeprefix("docker_").split("_v2026")[0]
        lines = re.findall(r"ERROR clawbench.harness: Run (\S+)/(\d+) failed", path.read_text())
        found[LABELS[label]] = {(task, int(run)) for task, run in lines}
    return found


def mean(values: list[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def interval(values: list[float], clusters: list[str]) -> tuple[float, float]:
    m, n = math.fsum(values) / len(values), len(values)
    sums: dict[str, float] = defaultdict(float)
    for value, cluster in zip(values, clusters, strict=True):
        sums[cluster] += value - m
    g = len(sums)
    half = stats.t.ppf(0.975, g - 1) * math.sqrt(g / (g - 1) * sum(s * s for s in sums.values())) / n
    return max(0.0, m - half), min(1.0, m + half)


def plain_table(folder: Path, model: str, tasks: int, runs: int) -> dict[str, float | None]:
    rows = [row for row in truth_of(folder) if row["model"] == model]
    logged, errors = logged_of(folder)[model], harness_errors(folder)[model]
    there = {(r["task"], r["run"]) for r in rows}
    lost = {place: score for place, score in logged.items() if place not in there}
    scores = [r["run_score"] for r in rows]
    clean = [s for s in scores if s >= 0.01]
    infra = [
        r for r in rows
        if r["run_score"] < 0.01
        and (r["error"] or (r["task"], r["run"]) in errors or "environment" in (r["failure_mode"] or ""))
    ]  # fmt: skip
    judged = [r for r in rows if r["enabled"]]
    merged = scores + list(lost.values())
    return {
        "overall_mean": mean(scores),
        "clean_mean": mean(clean),
        "clean_mean_evidence": mean([r["run_score"] for r in rows if r not in infra]),
        "cov_norm": math.fsum(clean) / (tasks * runs),
        "coverage": len(clean) / (tasks * runs),
        "all_mean": mean(merged),
        "clean_mean_merged": mean([s for s in merged if s >= 0.01]),
        "judge_mean": mean([r["j"] for r in judged if not r["judge_infra_failed"]]),
        "judge_mean_as_stored": mean([r["j"] for r in judged]),
        "c_pass": sum(r["c"] >= 0.9999 for r in rows),
        "archived": len(rows),
        "logged": len(logged),
        "logged_not_archived": len(lost),
        "missing": tasks * runs - len(rows),
        "judge_failures": sum(r["judge_infra_failed"] for r in rows),
        "rejudged": sum(r["rejudged"] for r in rows),
        "infra_zero": len(infra) + sum(s < 0.01 for s in lost.values()),
    }


SHAPES = [
    (("--models", "9", "--tasks", "20", "--runs", "3", "--seed", "7"), 20, 3),
    (("--models", "2", "--tasks", "7", "--runs", "5", "--seed", "1"), 7, 5),
    (("--models", "3", "--tasks", "12", "--runs", "2", "--seed", "3", "--missing", ".2", "--zero", ".2",
      "--judge-fail", ".3", "--rejudged", ".2", "--corrupt", "3"), 12, 2),
]  # fmt: skip


@pytest.fixture(scope="module", params=SHAPES, ids=["nine models", "two models, five runs", "many faults"])
def sweep(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, int]:
    options, tasks, runs = request.param
    return made(tmp_path_factory.mktemp("sweep"), *options), tasks, runs


def test_rows_equal_the_truth(sweep: tuple[Path, int, int], tmp_path: Path) -> None:
    folder, _, _ = sweep
    rows = tmp_path / "rows.jsonl"
    sweeps.write_rows(sweeps.score(folder, Asked(cache=False)).archive, rows)
    order = lambda row: (row["model"], row["task"], row["run"])  # noqa: E731
    assert sorted(map(json.loads, rows.read_text().splitlines()), key=order) == sorted(truth_of(folder), key=order)


def test_every_fact_of_the_table_equals_a_plain_recomputation(sweep: tuple[Path, int, int]) -> None:
    folder, tasks, runs = sweep
    scored = sweeps.score(folder, Asked(cache=False))
    for model in scored.archive.models:
        for name, value in plain_table(folder, model, tasks, runs).items():
            assert scored.facts[f"{name}/{model}"].value == pytest.approx(value, abs=1e-12), (name, model)


def test_intervals_are_clustered_by_task(sweep: tuple[Path, int, int]) -> None:
    folder, _, _ = sweep
    scored = sweeps.score(folder, Asked(cache=False))
    for model in scored.archive.models:
        rows = [r for r in truth_of(folder) if r["model"] == model and r["run_score"] >= 0.01]
        low, high = interval([r["run_score"] for r in rows], [r["task"] for r in rows])
        assert scored.facts[f"clean_mean/{model}/ci_low"].value == pytest.approx(low, abs=1e-9)
        assert scored.facts[f"clean_mean/{model}/ci_high"].value == pytest.approx(high, abs=1e-9)


def test_ranks_count_the_models_whose_paired_difference_lies_above(sweep: tuple[Path, int, int]) -> None:
    folder, _, _ = sweep
    scored = sweeps.score(folder, Asked(cache=False))
    means: dict[str, dict[str, float]] = {}
    for model in scored.archive.models:
        by_task = defaultdict(list)
        for row in truth_of(folder):
            if row["model"] == model and row["run_score"] >= 0.01:
                by_task[row["task"]].append(row["run_score"])
        means[model] = {task: sum(v) / len(v) for task, v in by_task.items()}
    for model in means:
        rank = 1
        for other in means.keys() - {model}:
            shared = means[model].keys() & means[other].keys()
            steps = [means[other][t] - means[model][t] for t in shared]
            rank += stats.ttest_1samp(steps, 0).confidence_interval(0.95).low > 0
        assert scored.facts[f"rank/{model}"].value == rank


def test_a_small_sweep_is_reported_out_of_its_own_size(tmp_path: Path) -> None:
    scored = sweeps.score(made(tmp_path, "--models", "2", "--tasks", "7", "--runs", "5"), Asked(cache=False))
    assert scored.facts["expected"].value == 35 and scored.facts["runs"].value == 5


DEFECTS = {
    "dead_task": -1, "verifier_rejects_all": -2, "no_verifier": -3, "judge_failures": -4, "harness_errors": -5,
    "no_judge": -6,
}  # fmt: skip


@pytest.mark.parametrize("models", [3, 9])
def test_every_defect_raises_its_flag_on_its_task_and_on_no_other(tmp_path: Path, models: int) -> None:
    folder = made(tmp_path, "--models", str(models), "--tasks", "16")
    order = list(dict.fromkeys(row["task"] for row in truth_of(folder)))
    flags = sweeps.score(folder, Asked(cache=False)).flags
    for kind, place in DEFECTS.items():
        assert [f.where for f in flags if f.kind == kind] == [order[place]], kind


@pytest.mark.parametrize("models", [3, 9])
@pytest.mark.parametrize("seed", ["7", "11"])
def test_a_sound_sweep_raises_no_flag(tmp_path: Path, models: int, seed: str) -> None:
    folder = made(tmp_path, "--models", str(models), "--tasks", "20", "--seed", seed, *NO_DEFECTS)
    assert sweeps.score(folder, Asked(cache=False)).flags == ()


def test_gaps_and_failed_judgements_fail_the_fairness_audit(tmp_path: Path) -> None:
    scored = sweeps.score(made(tmp_path, "--models", "3", "--tasks", "10", "--missing", ".3"), Asked(cache=False))
    status = {audit.name: audit.status for audit in scored.audits}
    assert status["same_expected_runs"] == "failed"
    assert status["judge_failures_left"] == "failed"
    assert scored.facts["judge_failures"].value != 0


def test_a_sound_sweep_passes_what_it_can(tmp_path: Path) -> None:
    folder = made(tmp_path, "--models", "3", "--tasks", "10", *NO_DEFECTS)
    status = {audit.name: audit.status for audit in sweeps.score(folder, Asked(cache=False)).audits}
    assert status["same_expected_runs"] == status["judge_failures_left"] == status["coverage_parity"] == "passed"
    assert status["same_environment"] == "not recorded"


def test_corrupt_files_are_listed_by_path_and_reason(tmp_path: Path) -> None:
    scored = sweeps.score(made(tmp_path, "--models", "2", "--tasks", "8", "--corrupt", "2"), Asked(cache=False))
    assert len(scored.archive.unreadable) == 4
    assert all(path.endswith("run3.json") and "JSON" in reason for path, reason in scored.archive.unreadable)


def test_models_can_be_left_out_and_runs_declared(tmp_path: Path) -> None:
    folder = made(tmp_path, "--models", "3", "--tasks", "8")
    asked = Asked(cache=False, exclude=("anthropic_claude-sonnet-4-6", "anthropic_claude-opus-4-6"), expected=(10, 4))
    scored = sweeps.score(folder, asked)
    assert [m.model for m in scored.tables.models] == ["anthropic_claude-opus-4-7"]
    assert scored.facts["expected/anthropic_claude-opus-4-7"].value == 40


def test_two_tags_are_compared_model_by_model(tmp_path: Path) -> None:
    for tag, seed in (("v1", "1"), ("v2", "2")):
        made(tmp_path, "--models", "2", "--tasks", "8", "--tag", tag, "--seed", seed)
    scored = sweeps.score(tmp_path, Asked(cache=False, tags=("v2", "v1")))
    name = "tag_diff/anthropic_claude-opus-4-6/v1"
    assert scored.facts[name].value is not None and f"{name}/ci_low" in scored.facts
