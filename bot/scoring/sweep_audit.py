"""What is wrong with a sweep: per-task flags with their evidence, the variance split, and the fairness audit."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.archives.records import Flag
from bot.archives.sweep_records import Run
from bot.scoring.shown import count, decimals, percent
from bot.scoring.sweep import CLEAN, Scored, SweepTables, lies_above

DEAD, REJECTING, MANY = 0.1, 0.05, 5
COVERAGE_LIMIT = 0.05
NAMED = 12

PASSED, FAILED, NOT_RECORDED = "passed", "failed", "not recorded"


class Audit(NamedTuple):
    """One line of the fairness audit: passed, failed or not recorded, with what it was computed from."""

    name: str
    status: str
    evidence: str


class Variance(NamedTuple):
    """One task's variance split (sample variances of run_score); None where there are too few runs or models.

    `seed`: mean over models of the variance over runs. `capability`: variance of the models' means. `ratio`:
    capability / seed; below 1 the task cannot separate the models.
    """

    task: str
    seed: float | None
    capability: float | None
    ratio: float | None


class TaskRuns(NamedTuple):
    """All that is known of one task: its archived runs by model, scores that only logs have, harness errors."""

    task: str
    runs: tuple[Scored, ...]
    logged: tuple[float, ...]
    logged_by_model: Mapping[str, tuple[float, ...]]
    harness_errors: int


def task_runs(tables: SweepTables) -> list[TaskRuns]:
    """Runs and log lines gathered by task, in the archive's order of tasks."""
    runs: dict[str, list[Scored]] = defaultdict(list)
    logged: dict[str, list[tuple[str, float]]] = defaultdict(list)
    errors: Counter[str] = Counter()
    for model in tables.models:
        for scored in model.runs:
            runs[scored.run.task].append(scored)
        for line in model.unarchived:
            logged[line.task].append((model.model, line.score))
        log = tables.archive.log_of.get(model.model)
        errors.update({(e.task, e.run): e.task for e in log.errors}.values() if log else ())
    return [gathered(task, runs[task], logged[task], errors[task]) for task in tables.archive.tasks]


def gathered(task: str, runs: Sequence[Scored], logged: Sequence[tuple[str, float]], errors: int) -> TaskRuns:
    """One task."""
    by_model: dict[str, list[float]] = defaultdict(list)
    for model, score in logged:
        by_model[model].append(score)
    frozen = {model: tuple(scores) for model, scores in by_model.items()}
    return TaskRuns(task, tuple(runs), tuple(score for _, score in logged), frozen, errors)


def audit_flags(tables: SweepTables) -> tuple[Flag, ...]:
    """All flags, task by task, then coverage holes and stored scores that the parts do not explain."""
    found: list[Flag] = []
    for task in task_runs(tables):
        found += [flag for flag in task_flags(task) if flag is not None]
    return (*found, *coverage_flags(tables), *stored_flags(tables))


def task_flags(task: TaskRuns) -> list[Flag | None]:
    """The flags of one task."""
    dead = dead_task(task)
    zero = [] if dead else model_zero(task)
    return [dead, rejecting(task), no_verifier(task), no_judge(task), harness(task), judge(task), *zero]


def dead_task(task: TaskRuns) -> Flag | None:
    """Pooled mean over all models, logged runs included, below 0.1."""
    scores = [s.run.run_score for s in task.runs] + list(task.logged)
    if not scores or sum(scores) / len(scores) >= DEAD:
        return None
    mean = decimals(sum(scores) / len(scores), 3)
    return Flag("dead_task", task.task, f"pooled mean {mean} over {len(scores)} runs of all models, limit {DEAD}")


def rejecting(task: TaskRuns) -> Flag | None:
    """Pooled mean C below 0.05 though more than half the runs produced assistant text."""
    checked = [s.run for s in task.runs if s.run.total_assertions > 0 and s.run.c is not None]
    if not checked:
        return None
    mean_c = sum(run.c or 0.0 for run in checked) / len(checked)
    spoke = sum(run.has_assistant_text for run in checked)
    if mean_c >= REJECTING or spoke * 2 <= len(checked):
        return None
    evidence = f"mean C {decimals(mean_c, 3)} though {spoke} of {len(checked)} runs produced assistant text"
    return Flag("verifier_rejects_all", task.task, evidence)


def no_verifier(task: TaskRuns) -> Flag | None:
    """No run of the task has an assertion: half of run_score is the judge's word."""
    runs = task.runs
    if not runs or any(s.run.total_assertions > 0 for s in runs):
        return None
    return Flag(
        "no_verifier", task.task, f"none of {len(runs)} runs has an assertion: the judge decides half of the score"
    )


def no_judge(task: TaskRuns) -> Flag | None:
    """No run of the task was judged."""
    runs = task.runs
    if not runs or any(s.run.enabled for s in runs):
        return None
    return Flag("no_judge", task.task, f"the judge was enabled on none of {len(runs)} runs")


def harness(task: TaskRuns) -> Flag | None:
    """Five runs or more on which the harness failed."""
    if task.harness_errors < MANY:
        return None
    return Flag("harness_errors", task.task, f"the harness failed on {task.harness_errors} runs, limit {MANY}")


def judge(task: TaskRuns) -> Flag | None:
    """Five judge failures or more."""
    failed = [s.run.judge_failed for s in task.runs if s.run.judge_failed]
    if len(failed) < MANY:
        return None
    kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(Counter(failed).items()))
    return Flag("judge_failures", task.task, f"{len(failed)} of {len(task.runs)} judgements failed ({kinds})")


def model_zero(task: TaskRuns) -> list[Flag]:
    """Models whose every attempted run of this task scored 0, logged runs included."""
    scores: dict[str, list[float]] = defaultdict(list)
    for scored in task.runs:
        scores[scored.run.model].append(scored.run.run_score)
    for model, logged in task.logged_by_model.items():
        scores[model] += logged
    worst = [m for m, values in sorted(scores.items()) if all(value < CLEAN for value in values)]
    return [Flag("model_all_zero", f"{task.task}/{m}", f"all {len(scores[m])} attempted runs scored 0") for m in worst]


def coverage_flags(tables: SweepTables) -> list[Flag]:
    """Models with fewer archived runs than expected, and which runs they lack."""
    flags = []
    for model in tables.models:
        if model.missing <= 0:
            continue
        there = {(s.run.task, s.run.run) for s in model.runs}
        runs = range(tables.expected.runs)
        holes = [f"{t}/run{r}" for t in tables.archive.tasks for r in runs if (t, r) not in there]
        named = ", ".join(holes[:NAMED]) + (f" and {count(len(holes) - NAMED)} more" if len(holes) > NAMED else "")
        lost = len(model.unarchived)
        evidence = f"{model.missing} of {tables.expected.total} runs are not archived, {lost} of them logged: {named}"
        flags.append(Flag("coverage_hole", model.model, evidence))
    return flags


def stored_flags(tables: SweepTables) -> list[Flag]:
    """Every run whose stored score its own parts do not give."""
    return [
        Flag("stored_differs", s.run.place, f"stored {s.run.run_score:.4f}, recomputed {s.again.score:.4f}")
        for model in tables.models
        for s in model.misstored
    ]


def variances(tables: SweepTables) -> tuple[Variance, ...]:
    """The variance split of every task."""
    return tuple(variance_of(task) for task in task_runs(tables))


def variance_of(task: TaskRuns) -> Variance:
    """One task's."""
    by_model: dict[str, list[float]] = defaultdict(list)
    for scored in task.runs:
        by_model[scored.run.model].append(scored.run.run_score)
    within = [variance(values) for values in by_model.values() if len(values) > 1]
    means = [sum(values) / len(values) for values in by_model.values()]
    seed = sum(within) / len(within) if within else None
    capability = variance(means) if len(means) > 1 else None
    ratio = capability / seed if capability is not None and seed else None
    return Variance(task.task, seed, capability, ratio)


def variance(values: Sequence[float]) -> float:
    """Sample variance (n − 1)."""
    if min(values) == max(values):
        return 0.0  # the mean of equal scores may be off by rounding, and a ratio to that would be noise
    mean = math.fsum(values) / len(values)
    return math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)


def fairness(tables: SweepTables) -> tuple[Audit, ...]:
    """Every line computed; what the archive does not record is said to be not recorded."""
    runs = [s.run for s in tables.runs]
    return (
        same_tasks(tables),
        same_runs(tables),
        same_verifier(runs),
        same_recorded("same_environment", {run.image for run in runs}, "environment images"),
        same_recorded("same_judge_model", {run.judge_model for run in runs if run.enabled}, "judge models"),
        judge_family(tables, runs),
        judge_failures_left(tables),
        coverage_parity(tables),
        within_noise(tables),
    )


def status(passed: bool) -> str:
    """passed or failed."""
    return PASSED if passed else FAILED


def same_tasks(tables: SweepTables) -> Audit:
    """Every model has an archived run of every task."""
    every = set(tables.archive.tasks)
    lacks = {m.model: sorted(every - {s.run.task for s in m.runs}) for m in tables.models}
    short = {model: tasks for model, tasks in lacks.items() if tasks}
    if not short:
        return Audit("same_tasks", PASSED, f"all {len(tables.models)} models have runs of all {len(every)} tasks")
    return Audit("same_tasks", FAILED, "; ".join(f"{m} lacks {listed(tasks)}" for m, tasks in short.items()))


def listed(names: Sequence[str]) -> str:
    """Names, the first twelve of many."""
    more = f" and {count(len(names) - NAMED)} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def same_runs(tables: SweepTables) -> Audit:
    """Every model has the expected number of archived runs."""
    due = tables.expected
    short = [f"{m.model} has {len(m.runs)}" for m in tables.models if len(m.runs) != due.total]
    how = "declared" if due.declared else "inferred"
    expected = f"{due.tasks} tasks × {due.runs} runs = {due.total} ({how})"
    return Audit("same_expected_runs", status(not short), f"{expected}; {listed(short) or 'every model has them'}")


def same_verifier(runs: Iterable[Run]) -> Audit:
    """One number of assertions a task, whoever ran it."""
    totals: dict[str, set[int]] = defaultdict(set)
    for run in runs:
        totals[run.task].add(run.total_assertions)
    varied = sorted(task for task, seen in totals.items() if len(seen) > 1)
    evidence = f"the number of assertions varies on {len(varied)} of {len(totals)} tasks"
    return Audit("same_verifier", status(not varied), evidence + (f": {listed(varied)}" if varied else ""))


def same_recorded(name: str, values: set[str | None], what: str) -> Audit:
    """One recorded value; nothing recorded is said so, and some not recorded is no pass."""
    known = sorted(v for v in values if v)
    if not known:
        return Audit(name, NOT_RECORDED, f"no {what} are recorded")
    if None in values or "" in values:
        return Audit(name, FAILED, f"not all {what} are recorded; recorded: {listed(known)}")
    return Audit(name, status(len(known) == 1), f"{what}: {listed(known)}")


FAMILIES = ("claude", "gpt", "gemini", "glm", "minimax", "kimi", "qwen", "llama", "deepseek", "mistral", "grok")


def family(model: str) -> str | None:
    """The family that a model's name tells."""
    name = model.lower()
    return next((f for f in FAMILIES if f in name), None)


def judge_family(tables: SweepTables, runs: Iterable[Run]) -> Audit:
    """No judge comes from a judged model's own family."""
    judges = {run.judge_model for run in runs if run.enabled and run.judge_model}
    if not judges:
        return Audit("judge_family", NOT_RECORDED, "no judge model is recorded")
    families = {family(judge) for judge in judges} - {None}
    own = [m.model for m in tables.models if family(m.model) in families]
    evidence = f"judged by {listed(sorted(judges))}"
    return Audit("judge_family", status(not own), evidence + (f", of the same family as {listed(own)}" if own else ""))


def judge_failures_left(tables: SweepTables) -> Audit:
    """No judgement is left failed."""
    left = {m.model: m.judge_failures for m in tables.models if m.judge_failures}
    enabled = sum(m.judge_enabled for m in tables.models)
    if not enabled:
        return Audit("judge_failures_left", NOT_RECORDED, "no run was judged")
    told = ", ".join(f"{n} of {model}" for model, n in left.items())
    evidence = f"{sum(left.values())} of {enabled} judgements are left failed" + (f": {told}" if told else "")
    return Audit("judge_failures_left", status(not left), evidence)


def coverage_parity(tables: SweepTables) -> Audit:
    """The range of coverage between models stays within the limit."""
    values = {m.model: m.coverage for m in tables.models if m.coverage is not None}
    if not values:
        return Audit("coverage_parity", NOT_RECORDED, "no run is expected")
    low, high = min(values, key=lambda m: values[m]), max(values, key=lambda m: values[m])
    spread = values[high] - values[low]
    told = f"from {percent(values[low])} ({low}) to {percent(values[high])} ({high})"
    evidence = f"{told}: a range of {percent(spread)}, limit {percent(COVERAGE_LIMIT)}"
    return Audit("coverage_parity", status(spread <= COVERAGE_LIMIT), evidence)


def within_noise(tables: SweepTables) -> Audit:
    """Neighbours that run-to-run noise does not tell apart are named, and fail where they hold different ranks."""
    above = {(v.a, v.b) for v in tables.versus if lies_above(v)}
    neighbours = pairwise(m.model for m in tables.models)
    ties = [(a, b) for a, b in neighbours if not {(a, b), (b, a)} & above]
    split = [f"{a} and {b}" for a, b in ties if tables.ranks[a] != tables.ranks[b]]
    named = f"within noise: {listed([f'{a} and {b}' for a, b in ties])}" if ties else "every neighbour is told apart"
    evidence = named + (f"; with different ranks all the same: {listed(split)}" if split else "")
    return Audit("differences_within_noise", status(not split), evidence)
