"""What asking the judge again has changed of a sweep, and its facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.archives.sweep_records import Run
from bot.scoring.clusters import Estimate, mean_of
from bot.scoring.facts import Origin
from bot.scoring.sweep import ModelTable, SweepTables, mean_by_task
from bot.scoring.sweep_facts import SweepBook


class RunsAgain(NamedTuple):
    """One model whose judge was asked again, by the archive's journal: its overall mean before and after.

    `recovered` runs had a failed judge and have a score now, `replaced` had one before too, `in_vain` still have none.
    """

    model: str
    before: Estimate | None
    after: Estimate | None
    recovered: int
    replaced: int
    in_vain: tuple[tuple[str, int], ...]


def runs_again(tables: SweepTables, table: ModelTable) -> RunsAgain | None:
    """What asking again has changed of one model; None where nobody was asked again."""
    stored = tables.archive.as_stored
    asked = [scored.run for scored in table.runs if scored.run.place in stored]
    if not asked:
        return None
    then = [stored.get(scored.run.place, scored.run) for scored in table.runs]
    now = [run for run in asked if run.judge_failed is None]
    recovered = sum(stored[run.place].judge_failed is not None for run in now)
    return RunsAgain(
        table.model,
        mean_by_task((run.run_score, run.task) for run in then),
        table.overall_mean,
        recovered,
        len(now) - recovered,
        classes(asked),
    )


def classes(runs: Iterable[Run]) -> tuple[tuple[str, int], ...]:
    """How many judges failed of each class."""
    return tuple(sorted(Counter(run.judge_failed for run in runs if run.judge_failed is not None).items()))


def rejudging_facts(tables: SweepTables, origins: Mapping[str, Sequence[Origin]]) -> SweepBook:
    """The facts: where judgements come from, before and after by model, and whether the scale held.

    `origins` are those of each model's other facts.
    """
    book = SweepBook()
    everyone = list(dict.fromkeys(origin for listed in origins.values() for origin in listed))
    standing_facts(book, [scored.run for scored in tables.runs], everyone)
    for table in tables.models:
        found = runs_again(tables, table)
        if found is not None:
            again_facts(book, found, origins.get(table.model, ()))
    checks = tables.archive.scale_checks
    shift = mean_of([check.again - check.original for check in checks], [check.question for check in checks])
    if shift is not None:
        book.score("shift", shift.value, "mean of (asked again − original) over valid judgements", everyone)
        book.interval("shift", shift, everyone, -1.0, 1.0)
        book.count("shift/n", len(checks), "valid judgements that were asked again", everyone)
    return book


def standing_facts(book: SweepBook, runs: Sequence[Run], origins: Sequence[Origin]) -> None:
    """How many judgements are original, re-judged and failed, over all models."""
    judged = [run for run in runs if run.enabled]
    valid = [run for run in judged if run.judge_failed is None and run.j is not None]
    again = sum(run.rejudged for run in valid)
    book.count("standing/original", len(valid) - again, "valid judgements as they were first given", origins)
    book.count("standing/rejudged", again, "valid judgements given when the judge was asked again", origins)
    failed = classes(judged)
    book.count("standing/failed", sum(n for _, n in failed), "judgements that failed and still do", origins)
    for failure, number in failed:
        book.count(f"standing/failed/{failure}", number, f"judgements that failed, of class {failure}", origins)


def again_facts(book: SweepBook, found: RunsAgain, origins: Sequence[Origin]) -> None:
    """One model, before and after."""
    name = f"rejudged/{found.model}"
    book.mean(f"{name}/before", found.before, "overall_mean over the runs as their files have them", origins)
    if found.before is not None and found.after is not None:
        change = found.after.value - found.before.value
        book.score(f"{name}/change", change, "overall_mean after − before", origins)
    book.count(f"{name}/recovered", found.recovered, "runs whose judge had failed and gave a score now", origins)
    book.count(f"{name}/replaced", found.replaced, "runs that had a judge's score and were given another", origins)
    in_vain = sum(number for _, number in found.in_vain)
    book.count(f"{name}/in_vain", in_vain, "runs asked about again whose judge still failed", origins)
    for failure, number in found.in_vain:
        book.count(f"{name}/in_vain/{failure}", number, f"asked about again, failed as {failure}", origins)
