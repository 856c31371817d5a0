"""A sweep scored: per model, what its runs came to, how much of it is there, and how the models rank.

Every mean carries an interval clustered by task. Nothing is taken for granted: the number of runs to expect is
declared or inferred from what files and logs show, and printed with where it comes from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import msgspec

from bot.archives.sweep_records import LogLine, Run, SweepArchive
from bot.scoring.clusters import Estimate, mean_of
from bot.scoring.pairing import Difference, pairs
from bot.scoring.run_score import COMPLETE, Recomputed, differs, recompute

CLEAN = 0.01  # run_score from which a run counts as clean
INFRA_MODES = ("environment", "judge", "infra", "harness")
RANK_BY = ("clean_mean", "overall_mean", "clean_mean_evidence", "cov_norm", "all_mean", "clean_mean_merged")


class Expected(NamedTuple):
    """How many runs each model was to have, and where that is known from."""

    tasks: int
    runs: int
    declared: bool

    @property
    def total(self) -> int:
        """Runs a model."""
        return self.tasks * self.runs


class Scored(NamedTuple):
    """A run with its recomputed scores."""

    run: Run
    again: Recomputed


class ModelTable(msgspec.Struct, frozen=True):
    """One model's line. Means are 0–1 with intervals clustered by task, None where there is nothing to average.

    `cov_norm` is the sum of the clean scores over the expected runs, `coverage` the share of expected runs with a clean
    score. `judge_bounds`: the overall mean with every failed judge at 0, then at 1. `infra` are the task and run of
    zeros with evidence of infrastructure; `due_tasks`, `due_runs` what there should be.
    """

    model: str
    runs: tuple[Scored, ...]
    logged: Mapping[tuple[str, int], LogLine]
    unarchived: tuple[LogLine, ...]
    overall_mean: Estimate | None
    clean_mean: Estimate | None
    clean_mean_evidence: Estimate | None
    all_mean: Estimate | None
    clean_mean_merged: Estimate | None
    cov_norm: float | None
    coverage: float | None
    tiers: tuple[tuple[str, Estimate], ...]
    judge_mean: Estimate | None
    judge_mean_as_stored: Estimate | None
    c_pass: int
    missing: int
    judge_enabled: int
    judge_failures: int
    rejudged: int
    infra_zero: int
    genuine_zero: int
    without_judge_mean: Estimate | None
    judge_bounds: tuple[float, float] | None
    misstored: tuple[Scored, ...]
    infra: frozenset[tuple[str, int]]
    due_tasks: tuple[str, ...]
    due_runs: int

    def mean(self, name: str) -> float | None:
        """The value of one of RANK_BY."""
        if name == "cov_norm":
            return self.cov_norm
        estimate: Estimate | None = getattr(self, name)
        return None if estimate is None else estimate.value


class Versus(NamedTuple):
    """The paired difference over tasks of two models, `a` minus `b`; None where they share fewer than two tasks."""

    a: str
    b: str
    difference: Difference | None


class SweepTables(msgspec.Struct, frozen=True):
    """Everything computed of one tag. `models` are in the order of their rank; `ranks` by model."""

    archive: SweepArchive
    expected: Expected
    rank_by: str
    models: tuple[ModelTable, ...]
    ranks: Mapping[str, int]
    versus: tuple[Versus, ...]
    excluded: tuple[str, ...]

    def model(self, name: str) -> ModelTable | None:
        """One model's line."""
        return next((m for m in self.models if m.model == name), None)

    @property
    def runs(self) -> list[Scored]:
        """All runs of all models."""
        return [scored for model in self.models for scored in model.runs]


def score_sweep(
    archive: SweepArchive,
    *,
    expected: tuple[int, int] | None = None,
    exclude: Sequence[str] = (),
    rank_by: str = "clean_mean",
) -> SweepTables:
    """Score one tag; `expected` is (tasks, runs) as declared, `exclude` names model folders to leave out."""
    models = [m for m in archive.models if m not in exclude]
    runs: dict[str, list[Scored]] = {m: [] for m in models}
    for run in archive.runs:
        if run.model in runs:
            runs[run.model].append(Scored(run, recompute(run)))
    due = expected_runs(archive, expected)
    tables = [model_table(archive, m, runs[m], due) for m in models]
    values = {t.model: task_values(t, rank_by) for t in tables}
    versus = versus_all(models, values)
    ranks = ranks_of([t.model for t in tables if t.mean(rank_by) is not None], versus)
    ranks |= {model: len(ranks) + 1 for model in models if model not in ranks}
    order = sorted(tables, key=lambda t: (ranks[t.model], -(t.mean(rank_by) or 0.0), t.model))
    return SweepTables(
        archive, due, rank_by, tuple(order), ranks, versus, tuple(e for e in archive.models if e in exclude)
    )


def expected_runs(archive: SweepArchive, declared: tuple[int, int] | None) -> Expected:
    """As declared, else all tasks that any file or log shows times the highest number of runs that any shows."""
    if declared is not None:
        return Expected(*declared, True)
    return Expected(len(archive.tasks), archive.runs_per_task, False)


def model_table(archive: SweepArchive, model: str, runs: Sequence[Scored], due: Expected) -> ModelTable:
    """Everything about one model."""
    log = archive.log_of.get(model)
    logged = {(line.task, line.run): line for line in log.lines} if log else {}
    harness = {(e.task, e.run) for e in log.errors} if log else set()
    there = {(s.run.task, s.run.run) for s in runs}
    unarchived = tuple(line for place, line in logged.items() if place not in there)
    clean = [s for s in runs if s.run.run_score >= CLEAN]
    zeros = [s for s in runs if s.run.run_score < CLEAN]
    infra = frozenset((s.run.task, s.run.run) for s in zeros if is_infrastructure(s.run, harness))
    merged = [*(as_pair(s) for s in runs), *((line.score, line.task) for line in unarchived)]
    judged = [s for s in runs if s.run.enabled]
    good = [s for s in judged if s.run.judge_failed is None and s.run.j is not None]
    return ModelTable(
        model=model, runs=tuple(runs), logged=logged, unarchived=unarchived,
        overall_mean=mean_by_task(as_pair(s) for s in runs),
        clean_mean=mean_by_task(as_pair(s) for s in clean),
        clean_mean_evidence=mean_by_task(as_pair(s) for s in runs if (s.run.task, s.run.run) not in infra),
        all_mean=mean_by_task(merged),
        clean_mean_merged=mean_by_task(pair for pair in merged if pair[0] >= CLEAN),
        cov_norm=sum(s.run.run_score for s in clean) / due.total if due.total else None,
        coverage=len(clean) / due.total if due.total else None,
        tiers=tier_means(runs),
        judge_mean=mean_by_task((s.run.j or 0.0, s.run.task) for s in good),
        judge_mean_as_stored=mean_by_task((s.run.j or 0.0, s.run.task) for s in judged),
        c_pass=sum(s.run.c is not None and s.run.c >= COMPLETE for s in runs),
        missing=due.total - len(runs),
        judge_enabled=len(judged),
        judge_failures=sum(s.run.judge_failed is not None for s in runs),
        rejudged=sum(s.run.rejudged for s in runs),
        infra_zero=len(infra) + sum(line.score < CLEAN for line in unarchived),
        genuine_zero=len(zeros) - len(infra),
        without_judge_mean=without_judge(runs),
        judge_bounds=judge_bounds(runs),
        misstored=tuple(s for s in runs if differs(s.run, s.again.score)),
        infra=infra, due_tasks=archive.tasks, due_runs=due.runs,
    )  # fmt: skip


def as_pair(scored: Scored) -> tuple[float, str]:
    """A run as a mean wants it: its score and its cluster."""
    return scored.run.run_score, scored.run.task


def mean_by_task(pairs_of: Iterable[tuple[float, str]]) -> Estimate | None:
    """The mean with its error clustered by task."""
    listed = list(pairs_of)
    return mean_of([value for value, _ in listed], [task for _, task in listed])


def is_infrastructure(run: Run, harness: set[tuple[str, int]]) -> bool:
    """Whether there is evidence that this zero is the infrastructure's and not the agent's."""
    mode = (run.failure_mode or "").lower()
    return bool(run.error) or (run.task, run.run) in harness or any(word in mode for word in INFRA_MODES)


def tier_means(runs: Sequence[Scored]) -> tuple[tuple[str, Estimate], ...]:
    """Mean run_score a tier, by the K of `t<K>-…`; tasks of no tier are left out."""
    groups: dict[int, list[Scored]] = defaultdict(list)
    for scored in runs:
        if scored.run.tier is not None:
            groups[scored.run.tier].append(scored)
    means = ((tier, mean_by_task(as_pair(s) for s in groups[tier])) for tier in sorted(groups))
    return tuple((f"tier{tier}", mean) for tier, mean in means if mean is not None)


def without_judge(runs: Sequence[Scored]) -> Estimate | None:
    """Overall mean with every run whose judge failed counted without its judge; None where none failed."""
    if not any(s.run.judge_failed for s in runs):
        return None
    return mean_by_task((score_or(s, s.again.without_judge), s.run.task) for s in runs)


def judge_bounds(runs: Sequence[Scored]) -> tuple[float, float] | None:
    """Overall mean with every failed judge's score at 0, then at 1; None where none failed."""
    if not any(s.run.judge_failed for s in runs):
        return None
    low = sum(score_or(s, s.again.lowest) for s in runs) / len(runs)
    high = sum(score_or(s, s.again.highest) for s in runs) / len(runs)
    return low, high


def score_or(scored: Scored, instead: float | None) -> float:
    """The stored score, or `instead` where the judge failed and the stored score is the formula's."""
    if scored.run.judge_failed is None or instead is None or differs(scored.run, scored.again.score):
        return scored.run.run_score
    return instead


def task_values(table: ModelTable, rank_by: str) -> dict[str, float]:
    """Mean a task of the scores that `rank_by` averages; cov_norm counts a missing run as 0."""
    if rank_by == "cov_norm":
        return covered_values(table)
    scores: dict[str, list[float]] = defaultdict(list)
    for value, task in ranked_scores(table, rank_by):
        scores[task].append(value)
    return {task: sum(values) / len(values) for task, values in scores.items()}


def covered_values(table: ModelTable) -> dict[str, float]:
    """Sum of the clean scores over the expected runs, a task; 0 where a task has none."""
    sums = dict.fromkeys(table.due_tasks, 0.0)
    for scored in table.runs:
        if scored.run.run_score >= CLEAN:
            sums[scored.run.task] = sums.get(scored.run.task, 0.0) + scored.run.run_score
    return {task: total / table.due_runs for task, total in sums.items()} if table.due_runs else {}


def ranked_scores(table: ModelTable, rank_by: str) -> list[tuple[float, str]]:
    """The scores behind one of RANK_BY, with their tasks."""
    archived = [as_pair(s) for s in table.runs]
    merged = [*archived, *((line.score, line.task) for line in table.unarchived)]
    choose: dict[str, Callable[[], list[tuple[float, str]]]] = {
        "clean_mean": lambda: [p for p in archived if p[0] >= CLEAN],
        "clean_mean_evidence": lambda: [as_pair(s) for s in table.runs if (s.run.task, s.run.run) not in table.infra],
        "clean_mean_merged": lambda: [p for p in merged if p[0] >= CLEAN],
        "all_mean": lambda: merged,
    }
    return choose.get(rank_by, lambda: archived)()


def versus_all(models: Sequence[str], values: Mapping[str, Mapping[str, float]]) -> tuple[Versus, ...]:
    """Every ordered pair of models, each pair compared once: b − a is a − b with the other sign."""
    once = {(a, b): versus_of(a, b, values) for a, b in combinations(models, 2)}
    both = once | {(b, a): turned(versus) for (a, b), versus in once.items()}
    return tuple(both[a, b] for a in models for b in models if a != b)


def turned(versus: Versus) -> Versus:
    """The same pair, seen from the other side."""
    if versus.difference is None:
        return Versus(versus.b, versus.a, None)
    estimate = versus.difference.estimate
    other = versus.difference._replace(estimate=estimate._replace(value=0.0 - estimate.value))
    return Versus(versus.b, versus.a, other)


def versus_of(a: str, b: str, values: Mapping[str, Mapping[str, float]]) -> Versus:
    """a − b over the tasks that both have, each task counting once."""
    shared = sorted(values[a].keys() & values[b].keys())
    if len(shared) < 2:
        return Versus(a, b, None)
    method = "paired by task"
    return Versus(a, b, pairs([values[a][t] for t in shared], [values[b][t] for t in shared], shared, method))


def ranks_of(models: Sequence[str], versus: Sequence[Versus]) -> dict[str, int]:
    """1 + the number of models whose paired difference over tasks lies wholly above."""
    return {model: 1 + sum(v.b == model and lies_above(v) for v in versus) for model in models}


def lies_above(versus: Versus) -> bool:
    """Whether a's whole interval over b lies above zero."""
    interval = versus.difference.estimate.interval() if versus.difference else None
    return interval is not None and interval[0] > 0
