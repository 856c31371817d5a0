"""Follow-ups of a sweep: each tied to a deduction, with a report.yaml that reads back."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import sweeps
from bot.archives.asking import Asked
from bot.experiment import Experiment, parse
from bot.reports.after import proposed
from bot.reports.follow_ups import FollowUp, order, spec_of
from bot.reports.sweep_follow_ups import MAKERS, sweep_follow_ups
from bot.scoring.facts import Facts
from bot.scoring.grading import deduct

EXAMPLE = Path(__file__).parents[3] / "examples" / "sweep"
CARD = {"Compute": {"GPU-hours": 36}}


@pytest.fixture(scope="module")
def scored() -> sweeps.SweepScored:
    return sweeps.score(EXAMPLE, Asked(cache=False, expected=(12, 1)))


def ups_of(scored: sweeps.SweepScored, facts: Facts) -> tuple[FollowUp, ...]:
    assert scored.experiment is not None
    experiment = scored.experiment.model_copy(update={"card": CARD})
    return sweep_follow_ups(scored.tables, scored.confidence.deductions, experiment, facts)


def test_each_is_tied_to_a_deduction_and_what_needs_no_gpu_comes_first(scored: sweeps.SweepScored) -> None:
    ups = ups_of(scored, Facts())
    lifted = {d.domain: d.points for d in scored.confidence.deductions}
    assert len(ups) == 3 and all(lifted[up.domain] == up.points for up in ups)
    assert [order(up) for up in ups] == sorted(order(up) for up in ups)
    assert [up.hours for up in ups][:2] == [0.0, 0.0]


def test_runs_that_are_missing_to_three_cost_their_share(scored: sweeps.SweepScored) -> None:
    facts = Facts()
    up = MAKERS["replication"](deduct("replication", 1, "one run a task", "runs", 1), scored.tables, facts)
    assert (facts["follow_up/runs"].value, up.gpu_share) == (2, 2.0)


def test_tasks_that_are_missing_to_thirty_cost_their_share(scored: sweeps.SweepScored) -> None:
    up = MAKERS["questions"](deduct("questions", 1, "12 tasks", "tasks", 12), scored.tables, Facts())
    assert up.gpu_share == pytest.approx(30 / 12 - 1)


def test_every_spec_reads_back_and_the_comment_prints_it(scored: sweeps.SweepScored) -> None:
    facts = Facts()
    for name in ("questions", "judges", "missing_judgements", "replication"):
        facts.add(scored.facts[f"confidence/{name}"])
    ups = ups_of(scored, facts)
    experiment = scored.experiment or Experiment()
    assert [parse(spec_of(up, experiment), "spec").title for up in ups] == [up.title for up in ups]
    text = proposed(ups, experiment.model_copy(update={"issue": None}), facts).text
    assert text.count("### ") == 3 and "sweep:\n  tasks: 12" in text
