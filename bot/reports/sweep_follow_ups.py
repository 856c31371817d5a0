"""Follow-ups of a sweep: the same three things as of an experiment, in the words of models, tasks and runs."""

from __future__ import annotations

from collections.abc import Callable

from bot.experiment import Experiment
from bot.reports.follow_ups import ENOUGH, MOST, SEEDS_WANTED, FollowUp, declared_hours, order, with_hours
from bot.scoring import shown
from bot.scoring.facts import Fact, Facts
from bot.scoring.grading import Deduction
from bot.scoring.sweep import SweepTables


def sweep_follow_ups(
    tables: SweepTables, deductions: tuple[Deduction, ...], experiment: Experiment, facts: Facts
) -> tuple[FollowUp, ...]:
    """At most three, best first; adds the numbers that they speak of to `facts`."""
    declared = declared_hours(experiment, facts)
    found = [MAKERS[d.domain](d, tables, facts) for d in deductions if d.domain in MAKERS]
    return tuple(sorted((with_hours(each, declared) for each in found), key=order)[:MOST])


def more_runs(deduction: Deduction, tables: SweepTables, facts: Facts) -> FollowUp:
    """Replication."""
    now = tables.expected.runs
    recipe = f"{SEEDS_WANTED} runs of every task − those there are"
    facts.add(Fact("follow_up/runs", SEEDS_WANTED - now, shown.in_words(SEEDS_WANTED - now), "count", recipe))
    return FollowUp(
        type="replication",
        title="More runs of every task",
        domain=deduction.domain,
        points=deduction.points,
        hypothesis="no model changes its rank with further runs",
        falsification="with further runs two models that were told apart change places",
        differs="the run, and nothing else: {0} more of every task by every model",
        works="the spread between runs is measured, and the deduction for replication is lifted",
        fails="the ranking is a property of single runs; it is withdrawn",
        gpu_share=(SEEDS_WANTED - now) / max(now, 1),
        spec={"gates": {"min_seeds": SEEDS_WANTED}, "sweep": {"runs": SEEDS_WANTED}},
        facts=("follow_up/runs",),
    )


def second_judge(deduction: Deduction, tables: SweepTables, facts: Facts) -> FollowUp:
    """Judges."""
    return FollowUp(
        type="diagnostic",
        title="A second judge on the same transcripts",
        domain=deduction.domain,
        points=deduction.points,
        hypothesis="a judge of another family gives the models the same order",
        falsification="under the second judge two models that were told apart change places",
        differs="the judge, on the same transcripts",
        works="the order does not rest on one judge, and the deduction for judges is lifted",
        fails="the order depends on who judges; it is reported by judge, never as one ranking",
        gpu_share=0.0,
        spec={},
    )


def ask_again(deduction: Deduction, tables: SweepTables, facts: Facts) -> FollowUp:
    """Missing judgements."""
    return FollowUp(
        type="diagnostic",
        title="Ask the judge again where it failed",
        domain=deduction.domain,
        points=deduction.points,
        hypothesis="the recovered judgements resemble the others of their model",
        falsification="with them, any model's mean leaves its interval",
        differs="the judgements that failed, and nothing else",
        works="the bounds close, and the deduction for missing judgements is lifted",
        fails="failures are not random; the means are reported with their bounds",
        gpu_share=0.0,
        spec={},
    )


def more_tasks(deduction: Deduction, tables: SweepTables, facts: Facts) -> FollowUp:
    """Few tasks."""
    now = max(tables.expected.tasks, 1)
    facts.add(Fact("follow_up/tasks", ENOUGH, str(ENOUGH), "count", "tasks from which on nothing is deducted"))
    return FollowUp(
        type="extension",
        title="More tasks of the same kind",
        domain=deduction.domain,
        points=deduction.points,
        hypothesis="with {0} tasks the models keep their order",
        falsification="with {0} tasks two models that were told apart change places",
        differs="the tasks: the present ones and new ones of the same kind",
        works="the ranking does not hang on a few tasks, and the deduction is lifted",
        fails="a few tasks carry the ranking; it is reported for these tasks alone",
        gpu_share=max(0.0, ENOUGH / now - 1.0),
        spec={"gates": {"min_questions": ENOUGH}, "sweep": {"tasks": ENOUGH}},
        facts=("follow_up/tasks",),
    )


Maker = Callable[[Deduction, SweepTables, Facts], FollowUp]
MAKERS: dict[str, Maker] = {
    "replication": more_runs,
    "judges": second_judge,
    "missing judgements": ask_again,
    "questions": more_tasks,
}
