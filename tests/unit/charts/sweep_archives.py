"""Sweeps for tests, made in memory: the tables of models × tasks × runs with every defect a real one has."""

from __future__ import annotations

import random
from pathlib import Path

from bot.archives.sweep_records import HarnessError, Log, LogLine, Run, SweepArchive
from bot.scoring.run_score import weighted
from bot.scoring.sweep import SweepTables, score_sweep

SLUGS = ("bugfix-discount", "fs-quick-note", "hallucination-resistant-evidence", "browser-research-and-code", "csv")
NAMES = ("anthropic_claude-opus-4-7", "openai_gpt-5.4", "openrouter_minimax_minimax-m2.7", "google_gemini-3.1-pro")


def run(model: str, task: str, number: int, score: float = 0.5, **how) -> Run:
    """One archived run, judged and clean unless `how` says otherwise."""
    fields = {
        "c": score, "t": score, "b": score, "total_assertions": 4, "enabled": True, "j": score, "judge_failed": None,
        "rejudged": False, "delivery": "pass", "failure_mode": None, "error": None, "n_messages": 3,
        "has_assistant_text": True, "judge_model": "anthropic/claude-sonnet-4-6",
    }  # fmt: skip
    return Run(model, task, number, score, **{**fields, **how})


def line(task: str, number: int, score: float) -> LogLine:
    return LogLine(task, number, score, "-", 1, 1, 1)


def archive(runs, *, logs=(), models=None, tasks=None) -> SweepArchive:
    """An archive of `runs`; `logs` are (model, lines, errors)."""
    here = Path("sweep")
    made = tuple(Log(f"logs/{m}.log", m, m, "declared", tuple(lines), tuple(errors)) for m, lines, errors in logs)
    known = {r.task for r in runs} | {entry.task for log in made for entry in log.lines}
    return SweepArchive(
        root=here, name="sweep", folder=here, tag="v1", tags=("v1",),
        models=tuple(models or sorted({r.model for r in runs})), tasks=tuple(tasks or sorted(known)),
        runs=tuple(sorted(runs, key=lambda r: (r.model, r.task, r.run))),
        logs=made, cited="v1", log_of={log.model: log for log in made},
    )  # fmt: skip


def model_names(count: int) -> list[str]:
    return [NAMES[i] if i < len(NAMES) else f"vendor_model-{i}" for i in range(count)]


def task_names(count: int) -> list[str]:
    return [f"t{1 + i % 5}-{SLUGS[i // 5 % len(SLUGS)]}-{i // 25}" for i in range(count)]


def sweep(models: int, tasks: int, runs: int = 3, seed: int = 0) -> SweepArchive:
    """Models of rising skill; the last three tasks are dead, unjudged and fail their judge; some runs are lost."""
    draw = random.Random(f"{models}/{tasks}/{runs}/{seed}")
    found, logs = [], []
    for place, model in enumerate(model_names(models)):
        lines, errors = [], []
        for index, task in enumerate(task_names(tasks)):
            for number in range(runs):
                lost, skill = draw.random(), 0.5 + 0.4 * place / models
                if lost >= 0.03:
                    found.append(random_run(draw, model, task, number, skill=skill, last=tasks - 1 - index))
                lines += [line(task, number, 0.0)] if 0.01 < lost < 0.03 else []
                errors += [HarnessError(task, number, "timeout", 1)] if 0.01 < lost < 0.05 else []
        logs.append((model, lines, errors))
    return archive(found, logs=logs)


def random_run(draw: random.Random, model: str, task: str, number: int, *, skill: float, last: int) -> Run:
    c, t, b, j = (round(min(1.0, max(0.0, skill + draw.gauss(0, 0.2))), 4) for _ in range(4))
    zero = last == 0 or draw.random() < 0.03
    failed = "timed_out" if draw.random() < 0.03 or (last == 1 and number < 2) else None
    enabled = last != 2
    score = 0.0 if zero else weighted(c, t, b, j if enabled else None, verified=True)
    how = {"c": c, "t": t, "b": b, "j": j if enabled and not failed else None, "enabled": enabled}
    how |= {"judge_failed": failed if enabled else None, "rejudged": draw.random() < 0.04}
    return run(model, task, number, score, **how)


def tables(models: int, tasks: int, runs: int = 3, seed: int = 0, **how) -> SweepTables:
    return score_sweep(sweep(models, tasks, runs, seed), **how)
