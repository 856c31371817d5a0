"""The tables of a sweep, counted again from its runs: means, coverage, ranks, variances, flags, gates, confidence.

Models are the places of the book; facts are called as in scoring.md, `<fact of the table>/<model>`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from bot.review import stats
from bot.review.declared import FILE_NAME, Declared, Named, read_declared
from bot.review.detail_sweep import add_details
from bot.review.raw import RawArchive
from bot.review.raw_sweep import COMPLETE, RawSweep, SweepRun, read_sweep, scored
from bot.review.recount import COUNT, RATIO, SHARE, Book
from bot.review.stats import Measure, Tally

CLEAN, SAME = 0.01, 0.00005
DEAD, REJECTING, MANY = 0.1, 0.05, 5
SCORE = "score"
INFRASTRUCTURE = ("environment", "judge", "infra", "harness")
Pair = tuple[float, str]


@dataclass(frozen=True, slots=True)
class Model:
    """One model's runs, what its log adds, and how many runs it was to have."""

    name: str
    runs: tuple[SweepRun, ...]
    logged: Mapping[tuple[str, int], float]
    lost: frozenset[tuple[str, int]]
    due: int

    @property
    def archived(self) -> list[Pair]:
        """Score and task of every archived run."""
        return [(run.score, run.task) for run in self.runs]

    @property
    def only_logged(self) -> list[Pair]:
        """Score and task of runs that only the log has."""
        there = {run.slot for run in self.runs}
        return [(score, slot[0]) for slot, score in self.logged.items() if slot not in there]

    @property
    def clean(self) -> list[Pair]:
        """Archived runs that did not score zero."""
        return [pair for pair in self.archived if pair[0] >= CLEAN]

    @property
    def failed(self) -> list[SweepRun]:
        """Runs whose judge failed."""
        return [run for run in self.runs if run.failed is not None]

    def is_infrastructure(self, run: SweepRun) -> bool:
        """A zero with evidence that it is not the agent's."""
        told = run.error or run.slot in self.lost or any(word in run.mode for word in INFRASTRUCTURE)
        return run.score < CLEAN and told


@dataclass(slots=True)
class SweepBook(Book):
    """A book of a sweep: `models` by name, `rank_by` the mean that ranks, `tasks` with their runs.

    `flagged` are tasks with a flag, `split` pairs of neighbours that no interval tells apart and that rank apart.
    """

    models: Mapping[str, Model] = None  # type: ignore[assignment]
    rank_by: str = "clean_mean"
    runs_due: int = 0
    tasks: tuple[str, ...] = ()
    sweep: RawSweep = None  # type: ignore[assignment]
    flagged: frozenset[str] = frozenset()
    split: tuple[tuple[str, str], ...] = ()


def recount_sweep(roots: Sequence[Path], report_yaml: Path | None = None) -> SweepBook:
    """Count the sweep in the first of `roots`; raises ArchiveError or ExperimentError."""
    declared = read_declared(report_yaml or roots[0] / FILE_NAME)
    raw = _mapping(declared.raw.get("models"))
    logs = {name: log for name, entry in raw.items() if isinstance(log := _mapping(entry).get("log"), str)}
    said = _mapping(declared.raw.get("sweep"))
    tag, left_out = said.get("tag"), said.get("exclude")
    sweep = read_sweep(roots[0], logs, tag if isinstance(tag, str) else None)
    archive = RawArchive(sweep.root, sweep.root.name, unreadable=sweep.unreadable)
    rank_by = said.get("rank_by")
    book = SweepBook(declared, (archive,), sweep=sweep)
    book.rank_by = rank_by if isinstance(rank_by, str) else "clean_mean"
    _expect(book, declared)
    without = left_out if isinstance(left_out, list) else []
    book.models = {name: _model(book, name) for name in sweep.models if name not in without}
    for model in book.models.values():
        _model_facts(book, model)
    _compare(book)
    _name(book, raw)
    _task_facts(book)
    _total_facts(book)
    add_details(book)
    return book


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _expect(book: SweepBook, declared: Declared) -> None:
    """Tasks and runs as declared, else what files and logs show."""
    said = _mapping(declared.raw.get("sweep"))
    numbers = [run.run for run in book.sweep.runs]
    numbers += [number for log in book.sweep.logs.values() for _, number in log.scores]
    book.tasks = book.sweep.tasks
    tasks = int(said["tasks"]) if str(said.get("tasks", "")).isdigit() else len(book.sweep.tasks)
    book.runs_due = int(said["runs"]) if str(said.get("runs", "")).isdigit() else max(numbers, default=-1) + 1
    book.add("tasks", tasks, COUNT)
    book.add("runs", book.runs_due, COUNT)
    book.add("expected", tasks * book.runs_due, COUNT)


def _model(book: SweepBook, name: str) -> Model:
    log = book.sweep.logs.get(name)
    runs = tuple(run for run in book.sweep.runs if run.model == name)
    due = int(book.facts["expected"].value)
    return Model(name, runs, log.scores if log else {}, log.lost if log else frozenset(), due)


def mean_of(pairs: Iterable[Pair]) -> Measure | None:
    """Mean with its error clustered by task."""
    groups: dict[str, list[float]] = defaultdict(list)
    for score, task in pairs:
        groups[task].append(score)
    return stats.measure([Tally(task, "", len(scores), sum(scores)) for task, scores in groups.items()])


def means_of(model: Model) -> dict[str, Measure | None]:
    """Every mean of a model's line."""
    judged = [run for run in model.runs if run.judged]
    good = [run for run in judged if run.failed is None and run.j is not None]
    merged = [*model.archived, *model.only_logged]
    return {
        "overall_mean": mean_of(model.archived),
        "clean_mean": mean_of(model.clean),
        "clean_mean_evidence": mean_of((r.score, r.task) for r in model.runs if not model.is_infrastructure(r)),
        "all_mean": mean_of(merged),
        "clean_mean_merged": mean_of(pair for pair in merged if pair[0] >= CLEAN),
        "judge_mean": mean_of((run.j or 0.0, run.task) for run in good),
        "judge_mean_as_stored": mean_of((run.j or 0.0, run.task) for run in judged),
        "without_judge_mean": mean_of((_instead(r, None), r.task) for r in model.runs) if model.failed else None,
    }


def _instead(run: SweepRun, j: float | None) -> float:
    """The stored score; where the judge failed and it is the formula's, the one with another J."""
    stored, other = scored(run), scored(run, j)
    if run.failed is None or other is None or (stored is not None and abs(run.score - stored) > SAME):
        return run.score
    return other


def _model_facts(book: SweepBook, model: Model) -> None:
    for name, measure in means_of(model).items():
        _mean_facts(book, f"{name}/{model.name}", measure, 0.0, 1.0)
    clean = model.clean
    if model.due:
        book.add(f"cov_norm/{model.name}", sum(s for s, _ in clean) / model.due, SCORE, places=3)
        book.add(f"coverage/{model.name}", len(clean) / model.due, SHARE)
    for tier in sorted({t for run in model.runs if (t := tier_of(run.task)) is not None}):
        mine = mean_of((run.score, run.task) for run in model.runs if tier_of(run.task) == tier)
        _mean_facts(book, f"tier/{model.name}/tier{tier}", mine, 0.0, 1.0)
    for name, count in counts_of(model).items():
        book.add(f"{name}/{model.name}", count, COUNT)
    judged = sum(run.judged for run in model.runs)
    book.add(f"judge_failure_rate/{model.name}", len(model.failed) / judged if judged else None, SHARE)
    if model.failed:
        for name, ends in (("low", min), ("high", max)):
            total = sum(ends(_instead(r, 0.0), _instead(r, 1.0)) for r in model.runs)
            book.add(f"judge_bound_{name}/{model.name}", total / len(model.runs), SCORE, places=3)


def tier_of(task: str) -> int | None:
    """The K of `t<K>-…`."""
    head, _, rest = task.partition("-")
    return int(head[1:]) if rest and head[:1] == "t" and head[1:].isdigit() and len(head) < 5 else None


def _mean_facts(book: Book, name: str, measure: Measure | None, low: float, high: float) -> None:
    if measure is None:
        return
    book.add(name, measure.value, SCORE, places=3)
    ends = measure.interval(low, high)
    parts = {"se": measure.se, "half": measure.half, "ci_low": ends and ends[0], "ci_high": ends and ends[1]}
    for part, value in parts.items():
        book.add(f"{name}/{part}", value, SCORE, places=3)


def counts_of(model: Model) -> dict[str, int]:
    """The counts of a model's line."""
    only = model.only_logged
    zeros = [run for run in model.runs if run.score < CLEAN]
    lost = sum(model.is_infrastructure(run) for run in zeros)
    tasks = Counter(run.task for run in model.runs)
    return {
        "archived": len(model.runs), "logged": len(model.logged), "logged_not_archived": len(only),
        "missing": model.due - len(model.runs), "expected": model.due, "clean": len(model.clean),
        "c_pass": sum(run.c is not None and run.c >= COMPLETE for run in model.runs),
        "judge_enabled": sum(run.judged for run in model.runs), "judge_failures": len(model.failed),
        "rejudged": sum(run.rejudged for run in model.runs),
        "infra_zero": lost + sum(score < CLEAN for score, _ in only), "genuine_zero": len(zeros) - lost,
        "stored_differs": len(misstored(model.runs)), "seeds": min(tasks.values(), default=0),
        "tasks_archived": len(tasks),
    }  # fmt: skip


def misstored(runs: Iterable[SweepRun]) -> list[SweepRun]:
    """Runs whose stored score their parts do not give."""
    return [run for run in runs if (again := scored(run)) is not None and abs(run.score - again) > SAME]


# Models against each other.


def task_means(book: SweepBook, model: Model, rank_by: str) -> dict[str, float]:
    """By task, the mean of the scores that `rank_by` averages; cov_norm counts what is missing as 0."""
    if rank_by == "cov_norm":
        sums = dict.fromkeys(book.tasks, 0.0)
        for score, task in model.clean:
            sums[task] += score
        return {task: total / book.runs_due for task, total in sums.items()}
    merged = [*model.archived, *model.only_logged]
    chosen: dict[str, Callable[[], list[Pair]]] = {
        "clean_mean": lambda: model.clean, "all_mean": lambda: merged,
        "clean_mean_evidence": lambda: [(r.score, r.task) for r in model.runs if not model.is_infrastructure(r)],
        "clean_mean_merged": lambda: [pair for pair in merged if pair[0] >= CLEAN],
    }  # fmt: skip
    groups: dict[str, list[float]] = defaultdict(list)
    for score, task in chosen.get(rank_by, lambda: model.archived)():
        groups[task].append(score)
    return {task: sum(scores) / len(scores) for task, scores in groups.items()}


def difference(a: Mapping[str, float], b: Mapping[str, float]) -> tuple[Measure, int] | None:
    """Mean difference over the tasks that both have, and their number."""
    shared = sorted(a.keys() & b.keys())
    found = stats.mean_difference([(task, a[task] - b[task]) for task in shared]) if len(shared) > 1 else None
    return (found, len(shared)) if found is not None else None


def _compare(book: SweepBook) -> None:
    means = {name: task_means(book, model, book.rank_by) for name, model in book.models.items()}
    above: Counter[str] = Counter()
    for a in means:
        for b in means:
            step = difference(means[a], means[b]) if a != b else None
            if step is None:
                continue
            _mean_facts(book, f"diff/{a}/{b}", step[0], -1.0, 1.0)
            book.add(f"diff/{a}/{b}/n", step[1], COUNT)
            interval = step[0].interval(-1e9, 1e9)
            above[b] += interval is not None and interval[0] > 0
    ranked = [m for m in means if f"{book.rank_by}/{m}" in book.facts]
    for model in means:
        book.add(f"rank/{model}", 1 + above[model] if model in ranked else len(ranked) + 1, COUNT)
    book.conditions = tuple(
        sorted(means, key=lambda m: (book.facts[f"rank/{m}"].value, -_value(book, f"{book.rank_by}/{m}"), m))
    )


def _value(book: Book, name: str) -> float:
    return book.facts[name].value if name in book.facts else 0.0


def _name(book: SweepBook, raw: Mapping[str, Any]) -> None:
    """What texts may call models; tasks have their ids only."""
    for model in book.conditions:
        entry = _mapping(raw.get(model))
        names = [model, *(n for key in ("label", "name") if isinstance(n := entry.get(key), str))]
        book.aliases[model] = Named(tuple(dict.fromkeys(names)), None)
    book.references = ()


# Tasks.


def _task_facts(book: SweepBook) -> None:
    flagged, inseparable = set(), 0
    for task in book.tasks:
        runs = [run for m in book.models.values() for run in m.runs if run.task == task]
        flagged |= {task} if _flags(book, task, runs) else set()
        inseparable += _variance(book, task, runs)
    book.flagged = frozenset(flagged)
    book.add("tasks/flagged", len(flagged), COUNT)
    book.add("tasks/inseparable", inseparable, COUNT)


def _flags(book: SweepBook, task: str, runs: Sequence[SweepRun]) -> bool:
    """Facts of one task, and whether anything of it is flagged."""
    logged = [score for m in book.models.values() for score, other in m.only_logged if other == task]
    scores = [run.score for run in runs] + logged
    checked = [run for run in runs if run.assertions > 0 and run.c is not None]
    failed = [run.failed for run in runs if run.failed]
    lost = sum(slot[0] == task for m in book.models.values() for slot in m.lost)
    name = f"task/{task}"
    pooled = sum(scores) / len(scores) if scores else None
    mean_c = sum(run.c or 0.0 for run in checked) / len(checked) if checked else None
    spoke = sum(run.spoke for run in checked)
    book.add(f"{name}/pooled_mean", pooled, SCORE, places=3)
    book.add(f"{name}/mean_c", mean_c, SCORE, places=3)
    counts = {
        "scores": len(scores), "runs": len(runs), "checked": len(checked), "spoke": spoke,
        "judge_failures": len(failed), "harness_errors": lost,
    } | {f"failed/{kind}": count for kind, count in Counter(failed).items()}  # fmt: skip
    for part, count in counts.items():
        book.add(f"{name}/{part}", count, COUNT)
    for model in book.models.values():
        mine = [s for s, other in (*model.archived, *model.only_logged) if other == task]
        book.add(f"{name}/attempts/{model.name}", len(mine), COUNT)
        best = max(mine, default=None)
        book.add(f"{name}/highest/{model.name}", 0.0 if best is not None and best < CLEAN else best, SCORE, places=3)
    dead = pooled is not None and pooled < DEAD
    rejects = mean_c is not None and mean_c < REJECTING and spoke * 2 > len(checked)
    bare = bool(runs) and (not any(r.assertions > 0 for r in runs) or not any(r.judged for r in runs))
    return dead or rejects or bare or len(failed) >= MANY or lost >= MANY or _all_zero(book, task)


def _all_zero(book: SweepBook, task: str) -> bool:
    """Whether every attempt of some model at a task scored 0."""
    for model in book.models.values():
        mine = [s for s, other in (*model.archived, *model.only_logged) if other == task]
        if mine and all(score < CLEAN for score in mine):
            return True
    return False


def _variance(book: SweepBook, task: str, runs: Sequence[SweepRun]) -> bool:
    """Variance over runs and between models; whether the task cannot tell the models apart."""
    groups: dict[str, list[float]] = defaultdict(list)
    for run in runs:
        groups[run.model].append(run.score)
    within = [_spread(scores) for scores in groups.values() if len(scores) > 1]
    means = [sum(scores) / len(scores) for scores in groups.values()]
    seed = sum(within) / len(within) if within else None
    capability = _spread(means) if len(means) > 1 else None
    ratio = capability / seed if capability is not None and seed else None
    for part, value, places in (("seed", seed, 4), ("capability", capability, 4), ("ratio", ratio, 2)):
        book.add(f"variance/{task}/{part}", value, RATIO, places=places)
    return ratio is not None and ratio < 1


def _spread(values: Sequence[float]) -> float:
    return 0.0 if min(values) == max(values) else (stats.spread(values) or 0.0) ** 2


def _total_facts(book: SweepBook) -> None:
    models = list(book.models.values())
    book.add("models", len(models), COUNT)
    for name in ("archived", "missing", "judge_failures", "rejudged", "infra_zero", "stored_differs", "judge_enabled"):
        book.add(name, sum(int(_value(book, f"{name}/{m.name}")) for m in models), COUNT)
    runs = [run for m in models for run in m.runs]
    judged = [run for run in runs if run.judged]
    book.add("standing/failed", sum(run.failed is not None for run in runs), COUNT)
    book.add("standing/rejudged", sum(run.rejudged and run.failed is None for run in judged), COUNT)
    book.add("standing/original", sum(not run.rejudged and run.failed is None for run in judged), COUNT)
    for kind, count in Counter(run.failed for run in runs if run.failed).items():
        book.add(f"standing/failed/{kind}", count, COUNT)
    totals: dict[str, set[int]] = defaultdict(set)
    for run in runs:
        totals[run.task].add(run.assertions)
    book.add("verifier/varied", sum(len(seen) > 1 for seen in totals.values()), COUNT)
    book.add("verifier/tasks", len(totals), COUNT)
    shares = [book.facts[f"coverage/{m.name}"].value for m in models if f"coverage/{m.name}" in book.facts]
    book.add("coverage/range", max(shares) - min(shares) if shares else None, SHARE)
    book.add("unreadable", len(book.sweep.unreadable), COUNT)
    for limit, value, unit in (
        ("clean/threshold", CLEAN, SCORE), ("coverage/limit", 0.05, SHARE), ("ratio/limit", 1.0, RATIO),
        ("flag/dead", DEAD, SCORE), ("flag/many", MANY, COUNT),
    ):  # fmt: skip
        book.add(limit, value, unit, places=2 if unit == SCORE else None)
    _fairness(book, models, runs)


def _fairness(book: SweepBook, models: Sequence[Model], runs: Sequence[SweepRun]) -> None:
    """How many lines of the fairness audit pass, fail, or are not recorded."""
    judges = {run.judge_model for run in runs if run.judged}
    images = {run.image for run in runs}
    own = {family_of(j) for j in judges if j} - {None}
    split = [
        (a, b) for a, b in pairwise(book.conditions)
        if not _apart(book, a, b) and _value(book, f"rank/{a}") != _value(book, f"rank/{b}")
    ]  # fmt: skip
    book.split = tuple(split)
    lines = [
        all({run.task for run in m.runs} == set(book.tasks) for m in models),
        all(len(m.runs) == m.due for m in models),
        not book.facts["verifier/varied"].value,
        _one(images),
        _one(judges),
        (not any(family_of(m.name) in own for m in models)) if any(judges) else None,
        (not any(m.failed for m in models)) if any(run.judged for run in runs) else None,
        book.facts["coverage/range"].value <= 0.05 if "coverage/range" in book.facts else None,
        not split,
    ]
    book.add("fairness/lines", len(lines), COUNT)
    for name, state in (("passed", True), ("failed", False), ("not_recorded", None)):
        book.add(f"fairness/{name}", sum(line is state for line in lines), COUNT)


def _one(values: set[str | None]) -> bool | None:
    """Whether one value is recorded throughout; None where none is recorded at all."""
    known = {value for value in values if value}
    return None if not known else len(known) == 1 and not values - known


def _apart(book: SweepBook, a: str, b: str) -> bool:
    return any(_value(book, f"diff/{x}/{y}/ci_low") > 0 for x, y in ((a, b), (b, a)))


FAMILIES = ("claude", "gpt", "gemini", "glm", "minimax", "kimi", "qwen", "llama", "deepseek", "mistral", "grok")


def family_of(model: str) -> str | None:
    """The family that a model's name tells."""
    return next((family for family in FAMILIES if family in model.lower()), None)
