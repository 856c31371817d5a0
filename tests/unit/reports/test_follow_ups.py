"""Follow-ups: each tied to a deduction, ranked by points per GPU-hour, with a report.yaml that reads back."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import pipeline
from bot.experiment import Experiment, parse
from bot.reports.after import done_comment, follow_ups_comment
from bot.reports.comments import AlignmentReport, prepare
from bot.reports.follow_ups import FollowUp, follow_ups, order, spec_of

EXAMPLE = Path(__file__).parents[3] / "examples/eval_results/issue-164"


@pytest.fixture
def report() -> AlignmentReport:
    scored = pipeline.score(pipeline.load_archive(EXAMPLE))
    return pipeline.report_of(scored, {})


def with_card(experiment: Experiment, hours: str) -> Experiment:
    return experiment.model_copy(update={"card": {"Compute": {"GPU-hours": hours}}})


def test_each_is_tied_to_a_deduction_of_the_report(report: AlignmentReport) -> None:
    lifted = {d.domain: d.points for d in report.tables.confidence.deductions}
    ups = follow_ups(report.tables, report.experiment, report.facts)
    assert len(ups) == 3
    assert all(lifted[up.domain] == up.points for up in ups)


def test_what_needs_no_gpu_comes_first_then_points_per_hour(report: AlignmentReport) -> None:
    ups = follow_ups(report.tables, with_card(report.experiment, "40 GPU-hours"), report.facts)
    assert [up.hours for up in ups] == sorted((up.hours for up in ups), key=lambda h: (h != 0, h))
    assert [order(up) for up in ups] == sorted(order(up) for up in ups)


def test_a_cost_is_unknown_where_no_hours_are_declared(report: AlignmentReport) -> None:
    ups = follow_ups(report.tables, report.experiment, report.facts)
    assert {up.hours for up in ups} == {0.0, None}


def test_every_spec_reads_back(report: AlignmentReport) -> None:
    for up in follow_ups(report.tables, report.experiment, report.facts):
        assert parse(spec_of(up, report.experiment), "spec").title == up.title


def test_seeds_ask_for_those_that_are_missing(report: AlignmentReport) -> None:
    ups = follow_ups(report.tables, with_card(report.experiment, "1"), report.facts)
    seeds = [up for up in ups if up.domain == "replication"]
    assert not seeds or seeds[0].hours == 2.0
    assert report.facts["follow_up/seeds"].value == 2


def test_the_comments_print_what_they_speak_of(report: AlignmentReport) -> None:
    view = prepare(report)
    done, ups = done_comment(report, view), follow_ups_comment(report)
    assert "supported, gate breached" in done.text and "LOW" in done.text
    assert ups.text.count("### ") == 3 and "judges: −2" in ups.text


def test_free_beats_costly_and_costly_beats_unknown() -> None:
    def up(hours: float | None, points: int = 1) -> FollowUp:
        return FollowUp("diagnostic", "t", "judges", points, "", "", "", "", "", 1.0, {}, (), hours)

    assert order(up(0.0)) < order(up(5.0, points=2)) < order(up(None, points=2))
    assert order(up(5.0, points=2)) < order(up(5.0))
