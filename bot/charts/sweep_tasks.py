"""A sweep task by task: the model × task heat maps, and what became of every expected run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from bot.archives.sweep_records import tier_of
from bot.charts.points import HeatColumn, HeatMap
from bot.charts.sweep_points import CoveragePlot, CoverageRow, State
from bot.scoring.sweep import CLEAN, ModelTable, SweepTables, is_infrastructure
from bot.scoring.sweep_audit import task_flags, task_runs

NO_TIER = "no tier"
HARDEST_FIRST = "In each tier the task with the lowest mean stands on top."

HOW_TO_READ = "A column is a task, its runs from top to bottom. Logged only: the log has a score, the archive no file."

TASKS_A_PAGE = 50
"""More tasks than that go on as many pages as they need, evenly filled."""

SIGNS = {
    "dead_task": ("D", "dead task"),
    "verifier_rejects_all": ("R", "verifier rejects all"),
    "no_verifier": ("V", "no verifier"),
    "no_judge": ("N", "not judged"),
    "harness_errors": ("H", "harness errors"),
    "judge_failures": ("J", "judge failures"),
    "model_all_zero": ("Z", "a model's every run scored 0"),
}
"""The flags of a task by the letter that marks them beside its name."""

Labels = Mapping[str, str]


def task_maps(
    tables: SweepTables, labels: Labels, metric: str = "run_score", notes: Sequence[str] = ()
) -> tuple[HeatMap, ...]:
    """Model × task means, a map a page: tasks grouped by tier, the hardest of each tier on top."""
    if not tables.runs:
        return ()
    means = {model.model: means_by_task(model) for model in tables.models}
    flags = {task.task: {flag.kind for flag in task_flags(task) if flag} for task in task_runs(tables)}
    columns = tuple(HeatColumn(model, labels.get(model, model), "", "", f"overall_mean/{model}") for model in means)
    return tuple(
        HeatMap(
            questions=tuple(tasks),
            columns=columns,
            values=tuple(tuple(means[model].get(task) for model in means) for task in tasks),
            value_label=f"mean {metric}, 0–1  (↑ better)",
            limits=(0.0, 1.0),
            sections=tuple(tier_name(task) for task in tasks),
            signs=tuple(sign_of(flags[task]) for task in tasks),
            notes=(HARDEST_FIRST, *sign_notes([flags[task] for task in tasks]), *notes),
        )
        for tasks in pages(in_tiers(tables.archive.tasks, means))
    )


def means_by_task(model: ModelTable) -> dict[str, float]:
    """Mean run_score of the model's archived runs of each task."""
    scores: dict[str, list[float]] = defaultdict(list)
    for scored in model.runs:
        scores[scored.run.task].append(scored.run.run_score)
    return {task: sum(values) / len(values) for task, values in scores.items()}


def in_tiers(tasks: Sequence[str], means: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Tasks by tier, those of no tier last, and by rising mean over models in each; without any run last."""

    def key(task: str) -> tuple[bool, int, bool, float, str]:
        tier, values = tier_of(task), [own[task] for own in means.values() if task in own]
        return tier is None, tier or 0, not values, sum(values) / len(values) if values else 0.0, task

    return sorted(tasks, key=key)


def tier_name(task: str) -> str:
    """The heading of a task's tier."""
    tier = tier_of(task)
    return NO_TIER if tier is None else f"tier {tier}"


def pages(tasks: Sequence[str]) -> list[Sequence[str]]:
    """Tasks on as few pages as hold them, evenly filled; a tier that fits is not torn where that costs no page."""
    count = -(-len(tasks) // TASKS_A_PAGE)
    split: list[Sequence[str]] = []
    rest = tasks
    for left in range(count, 0, -1):
        size = best_break(rest, left)
        split.append(rest[:size])
        rest = rest[size:]
    return split


def best_break(tasks: Sequence[str], pages_left: int) -> int:
    """How many tasks to put on the next of `pages_left` pages: about an even share, up to the end of a tier."""
    even = -(-len(tasks) // pages_left)
    if pages_left == 1:
        return len(tasks)
    ends = [place for place in range(1, len(tasks)) if tier_name(tasks[place - 1]) != tier_name(tasks[place])]
    possible = [end for end in ends if end <= TASKS_A_PAGE and len(tasks) - end <= TASKS_A_PAGE * (pages_left - 1)]
    nearest = min(possible, key=lambda end: abs(end - even), default=even)
    return nearest if abs(nearest - even) <= even / 4 else even


def sign_of(kinds: set[str]) -> str:
    """The letters of a task's flags."""
    return "".join(letter for kind, (letter, _) in SIGNS.items() if kind in kinds)


def sign_notes(flags: Iterable[set[str]]) -> list[str]:
    """What the letters of a page mean."""
    used = set().union(*flags)
    told = [f"{letter} {words}" for kind, (letter, words) in SIGNS.items() if kind in used]
    return [f"flags: {' · '.join(told)}"] if told else []


def coverage_plot(tables: SweepTables, labels: Labels, notes: Sequence[str] = ()) -> CoveragePlot | None:
    """What became of every expected run; None where no run is due."""
    due = tables.expected
    if not tables.models or due.total < 1:
        return None
    known = sorted(tables.archive.tasks, key=lambda task: (tier_of(task) is None, tier_of(task) or 0))
    tasks = (*known, *(f"(task {number})" for number in range(len(known) + 1, due.tasks + 1)))
    return CoveragePlot(
        models=tuple(coverage_row(model, tables, tasks, labels) for model in tables.models),
        tasks=tasks,
        tiers=tuple(tier_name(task) for task in tasks),
        runs=due.runs,
        notes=(*coverage_notes(tables, tasks), *notes),
    )


def coverage_row(model: ModelTable, tables: SweepTables, tasks: Sequence[str], labels: Labels) -> CoverageRow:
    """One model's."""
    log = tables.archive.log_of.get(model.model)
    harness = {(error.task, error.run) for error in log.errors} if log else set()
    found = {(line.task, line.run): State.LOGGED for line in model.unarchived}
    for scored in model.runs:
        run = scored.run
        zero = State.INFRA if is_infrastructure(run, harness) else State.ZERO
        found[run.task, run.run] = State.CLEAN if run.run_score >= CLEAN else zero
    cells = tuple(tuple(found.get((task, run), State.MISSING) for run in range(tables.expected.runs)) for task in tasks)
    return CoverageRow(model.model, labels.get(model.model, model.model), cells)


def coverage_notes(tables: SweepTables, tasks: Sequence[str]) -> list[str]:
    """Where the number of expected runs comes from, and runs beyond it."""
    due = tables.expected
    how = "declared" if due.declared else "inferred from files and logs"
    said = [f"Expected of each model: {due.tasks:,} tasks × {due.runs:,} runs = {due.total:,} ({how}). {HOW_TO_READ}"]
    if len(tasks) > due.tasks:
        said.append(f"The archive shows {len(tasks):,} tasks, more than declared: all of them are drawn.")
    beyond = sum(scored.run.run >= due.runs for scored in tables.runs)
    if beyond:
        said.append(f"{beyond:,} archived runs beyond the expected ones are not drawn.")
    return said
