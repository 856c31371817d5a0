"""Confidence: where each domain's points begin, and what is graded for direction and for magnitude."""

from __future__ import annotations

from typing import Any

import builders
import msgspec
import pytest
from builders import cell, headline, summarised

from bot.archives.records import Cell
from bot.scoring.alpha import alpha_of
from bot.scoring.confidence import Threshold, imprecision
from bot.scoring.grading import CUTOFFS, Confidence, grade

# Three seeds, 40 questions, two judges that agree, nothing failed, private questions, far from every threshold.
SOUND = {"seeds": 3, "questions": 40, "judges": {"sonnet": 60.0, "opus": 61.0}, "failed": 0, "samples": 3}
ABOVE_20 = [{"id": "H", "operator": ">", "value": 20}]


def archive(**changes: Any) -> list[Cell]:
    made = {**SOUND, **changes}
    cells = []
    for judge, value in made["judges"].items():
        for seed in range(made["seeds"]):
            scores = builders.flat(value, questions=made["questions"], samples=made["samples"], spread=0.5)
            for question in list(scores)[: made["failed"]]:
                scores[question][0] = None
            cells.append(cell(scores, judge=judge, seed=str(seed)))
    return cells


def confidence(cells: list[Cell], **declared: Any) -> Confidence:
    return builders.tables(cells, **{"panel": {"public": False}, **declared}).confidence


def points(found: Confidence) -> dict[str, int]:
    return {deduction.domain: deduction.points for deduction in found.deductions}


def test_a_sound_experiment_is_graded_high() -> None:
    found = confidence(archive(), predictions=ABOVE_20)
    assert found == Confidence("HIGH", "HIGH", "HIGH", ())


@pytest.mark.parametrize(("total", "expected"), [(0, "HIGH"), (1, "MODERATE"), (2, "LOW"), (3, "LOW"), (9, "LOW")])
def test_points_make_the_grade(total: int, expected: str) -> None:
    assert grade(total) == expected


@pytest.mark.parametrize(("seeds", "expected"), [(1, 1), (2, 1), (3, 0), (4, 0)])
def test_replication(seeds: int, expected: int) -> None:
    assert points(confidence(archive(seeds=seeds))).get("replication", 0) == expected


def test_no_named_seed_is_one_seed() -> None:
    cells = [cell(builders.flat(60.0), judge=judge) for judge in ("sonnet", "opus")]
    (found,) = [d for d in confidence(cells).deductions if d.domain == "replication"]
    assert (found.points, found.why, found.number) == (1, "one seed", 1)


def test_the_condition_with_the_fewest_seeds_counts() -> None:
    cells = archive() + [msgspec.structs.replace(c, condition="b") for c in archive(seeds=2)]
    (found,) = confidence(cells).deductions
    assert (found.domain, found.why) == ("replication", "2 seeds")
    assert found.fact in {"alpha/sonnet/b/seeds", "alpha/opus/b/seeds"}


@pytest.mark.parametrize(("questions", "expected"), [(40, 0), (30, 0), (29, 1), (10, 1), (9, 2), (2, 2)])
def test_questions(questions: int, expected: int) -> None:
    assert points(confidence(archive(questions=questions))).get("questions", 0) == expected


@pytest.mark.parametrize(
    ("d", "h", "expected"),
    [(2.001, 1.0, 0), (2.0, 1.0, 1), (1.001, 1.0, 1), (1.0, 1.0, 2), (0.5, 1.0, 2), (0.0, 1.0, 2), (0.0, 0.0, 2),
     (0.1, 0.0, 0), (50.0, None, 2)],
)  # fmt: skip
def test_imprecision(d: float, h: float | None, expected: int) -> None:
    found = imprecision([Threshold(alpha_of([cell({"q": [50.0]})]), 50.0 - d, d, h)])
    assert (found.points if found else 0) == expected


def test_the_cell_nearest_to_its_threshold_counts_in_half_widths() -> None:
    alpha = alpha_of([cell({"q": [50.0]})])
    far, near = Threshold(alpha, 40.0, 10.0, 1.0), Threshold(alpha, 35.0, 15.0, 10.0)
    assert imprecision([far]) is None
    found = imprecision([far, near])
    assert found is not None
    assert found.points == 1


def test_without_a_threshold_nothing_is_imprecise() -> None:
    assert imprecision([]) is None


@pytest.mark.parametrize(
    ("opus", "expected"), [(60.0, 0), (69.5, 0), (70.0, 1), (50.0, 1), (79.5, 1), (80.0, 2), (40.0, 2), (95.0, 2)]
)
def test_judges_by_their_gap(opus: float, expected: int) -> None:
    found = confidence(archive(judges={"sonnet": 60.0, "opus": opus}))
    assert points(found).get("judges", 0) == expected


@pytest.mark.parametrize(("threshold", "expected"), [(51.0, 0), (54.5, 0), (55.0, 2), (56.0, 2), (70.5, 0), (68.0, 2)])
def test_judges_that_differ_as_much_as_the_distance_to_the_threshold(threshold: float, expected: int) -> None:
    """Sonnet says 60, Opus 65: five apart."""
    rule = [{"id": "H", "operator": ">", "value": threshold}]
    found = confidence(archive(judges={"sonnet": 60.0, "opus": 65.0}), predictions=rule)
    assert points(found).get("judges", 0) == expected
    if expected:
        why = next(d.why for d in found.deductions if d.domain == "judges")
        assert why == "judges 5.00 apart, no less than the distance to the threshold"


def test_a_distance_in_coherence_is_not_measured_in_gaps_or_bounds_of_alpha() -> None:
    cells = [msgspec.structs.replace(c) for c in archive(judges={"sonnet": 60.0, "opus": 65.0}, failed=1)]
    rule = [{"id": "H", "operator": ">", "value": 79, "metric": "coherent"}]
    assert points(confidence(cells, predictions=rule)) == {}


@pytest.mark.parametrize("judges", [{"sonnet": 60.0}, {"judge": 60.0}])
def test_one_judge(judges: dict[str, float]) -> None:
    (found,) = confidence(archive(judges=judges)).deductions
    assert (found.domain, found.points, found.why, found.fact) == ("judges", 1, "one judge", None)


def test_one_condition_that_one_judge_alone_scored_is_enough() -> None:
    cells = archive() + [msgspec.structs.replace(c, condition="b") for c in archive(judges={"sonnet": 60.0})]
    assert points(confidence(cells)) == {"judges": 1}


def test_a_judge_that_failed_wholly_is_no_second_judge() -> None:
    failed = [cell(builders.flat(None), judge="opus", seed=str(seed)) for seed in range(3)]
    assert points(confidence(archive(judges={"sonnet": 60.0}) + failed))["judges"] == 1


@pytest.mark.parametrize(("failed", "expected"), [(0, 0), (20, 0), (21, 1), (200, 1), (201, 2), (900, 2)])
def test_missing_judgements(failed: int, expected: int) -> None:
    """Of 1,000 judgements of one cell."""
    scores = {f"q{k}": [60.0] * 25 for k in range(40)}
    for index in range(failed):
        scores[f"q{index % 40}"][index // 40] = None
    cells = [cell(scores), cell({q: [60.0] * 25 for q in scores}, judge="opus")]
    found = points(confidence(cells))
    assert found.get("missing judgements", 0) == expected


def test_missing_judgements_that_nobody_counted() -> None:
    cells = [headline(60.0, mean_coherent=80.0), headline(61.0, judge="opus", errors=0)]
    (found,) = [d for d in confidence(cells).deductions if d.domain == "missing judgements"]
    assert (found.points, found.why) == (1, "failed judgements not reported")


def test_bounds_that_reach_the_threshold() -> None:
    """Ten of 1,000 failed: alpha 60, bounds 59.4 to 60.4."""
    cells = archive(seeds=1, samples=25, failed=10, judges={"sonnet": 60.0, "opus": 60.0})
    far, near = ([{"id": "H", "operator": ">", "value": value}] for value in (59.0, 59.5))
    assert points(confidence(cells, predictions=far)).get("missing judgements", 0) == 0
    found = confidence(cells, predictions=near)
    (reason,) = [d for d in found.deductions if d.domain == "missing judgements"]
    assert (reason.points, reason.why, reason.number) == (2, "bounds reach the threshold", 0.01)


def test_nothing_failed_reaches_nothing() -> None:
    rule = [{"id": "H", "operator": ">=", "value": 60}]
    found = confidence(archive(judges={"sonnet": 60.0, "opus": 60.0}), predictions=rule)
    assert "missing judgements" not in points(found)


@pytest.mark.parametrize(
    ("repeated", "of", "expected"), [(0, 50, 0), (1, 50, 0), (2, 50, 1), (5, 50, 1), (6, 50, 2), (1, 40, 1)]
)
def test_duplicates(repeated: int, of: int, expected: int) -> None:
    scores = {f"Is it  {k} or not?": [60.0] * 3 for k in range(of - repeated)}
    scores |= {f"is it {k}  OR not?": [60.0] * 3 for k in range(repeated)}
    cells = [cell(scores, judge=judge, seed=seed) for judge in ("sonnet", "opus") for seed in "123"]
    assert points(confidence(cells)).get("eval-set duplicates", 0) == expected


@pytest.mark.parametrize(("panel", "expected"), [({"public": False}, 0), ({"public": True}, 1), ({}, 1)])
def test_contamination(panel: dict[str, bool], expected: int) -> None:
    found = confidence(archive(), panel=panel)
    assert points(found).get("contamination", 0) == expected


class TestDirectionAndMagnitude:
    def test_a_near_threshold_costs_the_direction_alone(self) -> None:
        rule = [{"id": "H", "operator": ">", "value": 59.9}]
        cells = archive(judges={"sonnet": 60.0, "opus": 60.0})
        found = confidence(cells, predictions=rule)
        assert (found.grade, found.direction, found.magnitude) == ("LOW", "LOW", "HIGH")

    def test_without_predictions_and_target_nothing_fixes_a_direction(self) -> None:
        found = confidence(archive(seeds=1))
        assert (found.grade, found.direction, found.magnitude) == ("MODERATE", None, "MODERATE")

    def test_without_predictions_the_target_is_the_threshold(self) -> None:
        scores = {"sonnet": {"value": 20, "ci_low": 19, "ci_high": 21}}
        found = confidence(archive(), references={"c6": {"target": True, "scores": scores}})
        assert (found.grade, found.direction) == ("HIGH", "HIGH")
        near = {"sonnet": {"value": 59.9, "ci_low": 50, "ci_high": 70}}
        found = confidence(archive(), references={"c6": {"target": True, "scores": near}})
        assert (found.grade, found.direction, found.magnitude) == ("LOW", "LOW", "HIGH")

    def test_every_judge_is_held_against_its_own_score_of_the_target(self) -> None:
        """Sonnet says 60 and its target 20, Opus 20 and its target 60: crosswise, both would lie on a target."""
        cells = archive(judges={"sonnet": 60.0, "opus": 20.0})
        scores = {judge: {"value": v, "ci_low": v - 1, "ci_high": v + 1} for judge, v in (("sonnet", 20), ("opus", 60))}
        found = confidence(cells, references={"c6": {"target": True, "scores": scores}})
        assert "imprecision" not in points(found)

    def test_an_error_of_the_reference_widens_the_half_width(self) -> None:
        """Alpha 60 ± 0.1 lies 1 above a reference of 59; stated as ± 0.9 it is near, as ± 3 too near."""
        rule = [{"id": "H", "operator": ">", "reference": "r"}]
        cells = archive(judges={"sonnet": 60.0, "opus": 60.0}, seeds=1)
        for half, expected in ((0.01, 0), (0.9, 1), (3, 2)):
            scores = {"sonnet": {"value": 59, "ci_low": 59 - half, "ci_high": 59 + half}}
            found = confidence(cells, predictions=rule, references={"r": {"scores": scores}})
            assert points(found).get("imprecision", 0) == expected

    def test_a_reference_without_an_interval_leaves_the_cells_own_half_width(self) -> None:
        rule = [{"id": "H", "operator": ">", "reference": "r"}]
        cells = archive(judges={"sonnet": 60.0, "opus": 60.0}, seeds=1)
        found = confidence(cells, predictions=rule, references={"r": {"scores": {"sonnet": {"value": 59}}}})
        assert "imprecision" not in points(found)


def test_every_deduction_says_what_would_lift_it() -> None:
    cells = [summarised(cell({"a": [50.0, None], "A": [51.0]})), cell({"a": [90.0]}, judge="opus")]
    found = confidence(cells, panel={}, predictions=[{"id": "H", "operator": ">", "value": 50}])
    assert set(points(found)) == set(CUTOFFS)
    assert all(deduction.lift and deduction.why for deduction in found.deductions)


def test_a_deduction_names_the_fact_that_holds_its_number() -> None:
    cells = [cell({"a": [50.0, None], "A": [51.0]}), cell({"a": [90.0], "A": [91.0]}, judge="opus")]
    declared = {"predictions": [{"id": "H", "operator": ">", "value": 50}]}
    facts = builders.facts(cells, **declared)
    for deduction in confidence(cells, panel={}, **declared).deductions:
        assert facts[f"confidence/{deduction.domain.replace(' ', '_')}"].value == -deduction.points
        if deduction.number is not None and deduction.fact is not None:
            name = deduction.fact + ("/abs" if deduction.domain == "judges" else "")
            assert facts[name].value == deduction.number


def test_the_table_holds_the_published_cut_offs() -> None:
    assert [(row.domain, row.one, row.two) for row in CUTOFFS.values()] == [
        ("replication", "fewer than 3 seeds", ""),
        ("imprecision", "h < d ≤ 2h", "d ≤ h"),
        ("questions", "fewer than 30", "fewer than 10"),
        ("judges", "one judge, or gap ≥ 10", "gap ≥ 20, or ≥ d"),
        ("missing judgements", "over 2 %, or not reported", "over 20 %, or bounds reach the threshold"),
        ("eval-set duplicates", "over 2 %", "over 10 %"),
        ("contamination", "weak signal, or public items not assessed", "verbatim or canary hit"),
    ]
