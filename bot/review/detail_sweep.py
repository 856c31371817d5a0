"""What one task, one run and one part of the score give, counted from the raw rows for the facts of a sweep.

Names: `<fact>@<task>/<model>` for one model on one task, `<fact>@<task>` for all runs of a task, `<fact>/<model>` for a
part over all runs of a model; `run<N>@<task>/<model>` for one run, `run<N>:again@…` for what its parts give, and
`run<N>:c@…` for the parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import TYPE_CHECKING

from bot.review.raw_sweep import COMPLETE, SweepRun, scored
from bot.review.recount import COUNT

if TYPE_CHECKING:
    from bot.review.recount_sweep import Model, SweepBook

CLEAN, SCORE, SAME = 0.01, "score", 0.00005
PLACES = 3


def add_details(book: SweepBook) -> None:
    """Keep every fact of this file."""
    for model in book.models.values():
        _keep(book, parts_of(model.runs), f"/{model.name}")
        for task in book.tasks:
            runs = [run for run in model.runs if run.task == task]
            _keep(book, {**parts_of(runs), **scores_of(runs)}, f"@{task}/{model.name}")
            _keep_counts(book, model, task, runs)
        for run in model.runs:
            _keep_run(book, run)
    for task in book.tasks:
        runs = [run for model in book.models.values() for run in model.runs if run.task == task]
        _keep(book, {**parts_of(runs), **scores_of(runs)}, f"@{task}")
        _keep_totals(book, task)
    everything = [run for model in book.models.values() for run in model.runs]
    scores = scores_of(everything)
    _keep(book, {**parts_of(everything), "overall_mean": scores["mean"], "clean_mean": scores["clean_mean"]}, "")
    _keep_averages(book)
    _keep_unreadable(book)
    _keep_wins(book)


def _keep(book: SweepBook, found: Mapping[str, float | None], tail: str) -> None:
    for name, value in found.items():
        if f"{name}{tail}" not in book.facts:
            book.add(f"{name}{tail}", value, SCORE, places=PLACES)


def mean(values: Sequence[float]) -> float | None:
    """Mean of what is there; None of nothing."""
    return sum(values) / len(values) if values else None


def parts_of(runs: Sequence[SweepRun]) -> dict[str, float | None]:
    """The parts of run_score averaged over runs, 0–1; judgements without failures, and with failures as stored."""
    judged = [run for run in runs if run.judged]
    return {
        "c_mean": mean([run.c for run in runs if run.c is not None]),
        "t_mean": mean([run.t for run in runs if run.t is not None]),
        "b_mean": mean([run.b for run in runs if run.b is not None]),
        "judge_mean": mean([run.j for run in judged if run.failed is None and run.j is not None]),
        "judge_mean_as_stored": mean([run.j or 0.0 for run in judged]),
        "highest": max((run.score for run in runs), default=None),
        "lowest": min((run.score for run in runs), default=None),
        "lowest_clean": min((run.score for run in runs if run.score >= CLEAN), default=None),
    }


def scores_of(runs: Sequence[SweepRun]) -> dict[str, float | None]:
    """Means and spreads (highest minus lowest) of run_score, with zeros and without."""
    scores = [run.score for run in runs]
    clean = [score for score in scores if score >= CLEAN]
    return {
        "mean": mean(scores),
        "clean_mean": mean(clean),
        "spread": max(scores) - min(scores) if scores else None,
        "spread_clean": max(clean) - min(clean) if clean else None,
        "again_mean": mean([run.score if (again := scored(run)) is None else again for run in runs]),
    }


def _keep_counts(book: SweepBook, model: Model, task: str, runs: Sequence[SweepRun]) -> None:
    for name, count in _counts(book, model, task, runs):
        book.add(f"{name}@{task}/{model.name}", count, COUNT)


def _counts(book: SweepBook, model: Model, task: str, runs: Sequence[SweepRun]) -> Iterator[tuple[str, int]]:
    """Counts of one model's runs of one task; a zero is infrastructure's only where there is evidence."""
    zeros = [run for run in runs if run.score < CLEAN]
    lost = sum(model.is_infrastructure(run) for run in zeros)
    there = {run.slot for run in runs}
    only = [score for slot, score in model.logged.items() if slot[0] == task and slot not in there]
    yield "archived", len(runs)
    yield "expected", book.runs_due
    yield "missing", book.runs_due - len(runs)
    yield "clean", len(runs) - len(zeros)
    yield "zeros", len(zeros)
    yield "genuine_zero", len(zeros) - lost
    yield "infra_zero", lost + sum(score < CLEAN for score in only)
    yield "logged_not_archived", len(only)
    yield "c_pass", sum(run.c is not None and run.c >= COMPLETE for run in runs)
    yield "judge_enabled", sum(run.judged for run in runs)
    yield "judge_failures", sum(run.failed is not None for run in runs)
    yield "rejudged", sum(run.rejudged for run in runs)
    yield "stored_differs", sum(is_misstored(run) for run in runs)


COUNTED = (
    "archived", "expected", "missing", "clean", "zeros", "genuine_zero", "infra_zero", "logged_not_archived", "c_pass",
    "judge_enabled", "judge_failures", "rejudged", "stored_differs",
)  # fmt: skip


def _keep_totals(book: SweepBook, task: str) -> None:
    for name in COUNTED:
        values = [book.facts[f"{name}@{task}/{model}"].value for model in book.models]
        book.add(f"{name}@{task}", sum(values), COUNT)


def is_misstored(run: SweepRun) -> bool:
    """Whether a run's stored score is not what its parts give."""
    again = scored(run)
    return again is not None and abs(run.score - again) > SAME


def _keep_run(book: SweepBook, run: SweepRun) -> None:
    where = f"@{run.task}/{run.model}"
    book.add(f"run{run.run}{where}", run.score, SCORE, places=4)
    book.add(f"run{run.run}:again{where}", scored(run), SCORE, places=4)
    judge = run.j if run.judged else None
    for part, value in (("c", run.c), ("t", run.t), ("b", run.b), ("j", judge)):
        book.add(f"run{run.run}:{part}{where}", value, SCORE, places=4)


def _keep_averages(book: SweepBook) -> None:
    """Means of the models' means, each model counting once."""
    for base in (*parts_of([]), "overall_mean", "clean_mean"):
        names = [f"{base}/{model}" for model in book.models]
        values = [book.facts[name].value for name in names if name in book.facts]
        book.add(f"{base}:averaged", mean(values), SCORE, places=PLACES)


def _keep_unreadable(book: SweepBook) -> None:
    """Files that could not be read, by model."""
    for model in book.models:
        mine = [path for path, _ in book.sweep.unreadable if f"/{model}/" in f"/{path}"]
        book.add(f"unreadable/{model}", len(mine), COUNT)


def _keep_wins(book: SweepBook) -> None:
    """On how many tasks one model's mean is above another's, of those that both have."""
    for base in ("clean_mean", "mean"):
        for a, b in permutations(book.models, 2):
            pairs = [(_of(book, base, task, a), _of(book, base, task, b)) for task in book.tasks]
            both = [(x, y) for x, y in pairs if x is not None and y is not None]
            book.add(f"wins:{base}/{a}/{b}", sum(x > y for x, y in both), COUNT)
            book.add(f"ties:{base}/{a}/{b}", sum(x == y for x, y in both), COUNT)
            book.add(f"met:{base}/{a}/{b}", len(both), COUNT)


def _of(book: SweepBook, base: str, task: str, model: str) -> float | None:
    fact = book.facts.get(f"{base}@{task}/{model}")
    return fact.value if fact is not None else None
