from __future__ import annotations

import random
import statistics

import builders
import msgspec
import numpy as np
import pytest

from bot.archives.records import Cell, HumanLabel
from bot.scoring.alpha import alpha_of
from bot.scoring.human import corrected, powered


def labelled(cell: Cell, labels: dict[tuple[str, int], float]) -> Cell:
    found = tuple(HumanLabel(question, index, value, 1) for (question, index), value in labels.items())
    return msgspec.structs.replace(cell, labels=found, labelled_in=builders.source("human.jsonl"))


def test_it_is_the_judges_mean_shifted_by_how_far_people_lie_apart() -> None:
    estimate = powered([60, 80], [50, 60], [10, 20, 30], ["a", "b"], ["a", "b", "c"])
    assert estimate.value == pytest.approx(20 + 15)


def test_with_every_sample_its_own_question_the_error_is_the_papers() -> None:
    rng = np.random.default_rng(1)
    people, judge, rest = rng.normal(50, 10, 80), rng.normal(45, 12, 80), rng.normal(45, 12, 900)
    labels = [f"q{k}" for k in range(980)]
    estimate = powered(people.tolist(), judge.tolist(), rest.tolist(), labels[:80], labels[80:])
    # arXiv 2301.09633, mean estimation: sigma²(judge)/N + sigma²(people − judge)/n
    expected = np.sqrt(rest.var() / 900 + (people - judge).var() / 80)
    assert estimate.value == pytest.approx(rest.mean() + (people - judge).mean())
    assert estimate.se == pytest.approx(expected * np.sqrt(980 / 979))


def test_questions_that_hang_together_widen_it() -> None:
    people, judge, rest = [60.0, 60.0, 40.0, 40.0], [50.0] * 4, [20.0, 20.0, 80.0, 80.0]
    apart = powered(people, judge, rest, list("abcd"), list("efgh"))
    together = powered(people, judge, rest, ["a", "a", "b", "b"], ["a", "a", "b", "b"])
    assert apart.se is not None
    assert together.se is not None
    assert together.se > apart.se


def test_its_interval_covers_the_truth_as_often_as_it_says() -> None:
    rng = random.Random(7)
    covered = 0
    for _ in range(300):
        truth = [rng.gauss(50, 15) for _ in range(400)]
        judge = [value * 0.6 + 10 + rng.gauss(0, 6) for value in truth]
        estimate = powered(
            truth[:60], judge[:60], judge[60:], [f"l{k}" for k in range(60)], [f"u{k}" for k in range(340)]
        )
        low, high = estimate.interval() or (0, 0)
        covered += low <= 50 <= high
    assert 0.91 <= covered / 300 <= 0.985


def test_where_people_labelled_everything_it_is_their_mean() -> None:
    cell = builders.cell({"a": [10, 20], "b": [30, 40]})
    labels = {("a", 0): 50.0, ("a", 1): 60.0, ("b", 0): 70.0, ("b", 1): 80.0}
    found = corrected(alpha_of([labelled(cell, labels)]))
    assert found is not None
    assert found.estimate.value == pytest.approx(65)
    assert (found.labelled, found.unlabelled) == (4, 0)


def test_samples_whose_judgement_failed_are_left_out() -> None:
    cell = builders.cell({"a": [10, None], "b": [30, 40], "c": [50, 60]})
    found = corrected(alpha_of([labelled(cell, {("a", 0): 20.0, ("a", 1): 99.0, ("b", 0): 50.0})]))
    assert found is not None
    assert (found.labelled, found.unlabelled) == (2, 3)
    assert (found.judge, found.people) == (20.0, 35.0)
    assert found.estimate.value == pytest.approx(50 + 15)


@pytest.mark.parametrize("labels", [{}, {("a", 0): 1.0}, {("z", 0): 1.0, ("z", 1): 2.0}])
def test_too_few_labels_correct_nothing(labels: dict[tuple[str, int], float]) -> None:
    assert corrected(alpha_of([labelled(builders.cell({"a": [10, 20], "b": [30, 40]}), labels)])) is None


def test_the_facts_stand_beside_the_judges_and_name_the_labels_file() -> None:
    cell = labelled(builders.cell({"a": [10, 20], "b": [30, 40]}), {("a", 0): 20.0, ("b", 0): 50.0})
    facts = builders.facts([cell])
    assert facts["alpha/sonnet/a"].value == 25
    assert facts["human/sonnet/a"].value == pytest.approx(statistics.mean([20, 40]) + 15)
    assert facts["human/sonnet/a/n"].value == 2
    assert "issue-7/human.jsonl" in {origin.source.path for origin in facts["human/sonnet/a"].origins}


def test_a_corrected_alpha_stays_on_the_scale() -> None:
    cell = labelled(builders.cell({"a": [0, 90], "b": [0, 95]}), {("a", 0): 100.0, ("b", 0): 100.0})
    assert builders.facts([cell])["human/sonnet/a"].value == 100
