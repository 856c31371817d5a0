"""Differences between models are of the very scores that the ranking mean averages, whichever it is."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from bot import sweeps
from bot.archives.asking import Asked
from bot.review.recount_sweep import recount_sweep
from bot.scoring.sweep import CLEAN, RANK_BY, SweepTables, task_values

SWEEP = Path(__file__).parents[3] / "examples" / "sweep"


def ranked_by(name: str) -> sweeps.SweepScored:
    return sweeps.score(SWEEP, Asked(rank_by=name, cache=False))


@pytest.fixture(scope="module")
def tables() -> SweepTables:
    return ranked_by("clean_mean").tables


@pytest.mark.parametrize("name", RANK_BY)
def test_task_values_average_to_the_mean_they_stand_for(tables: SweepTables, name: str) -> None:
    for model in tables.models:
        values = task_values(model, name)
        weights = dict.fromkeys(values, 1) if name == "cov_norm" else counts(model, name)
        mean = sum(values[t] * weights[t] for t in values) / sum(weights.values())
        assert mean == pytest.approx(model.mean(name), abs=1e-12)


def counts(model, name: str) -> dict[str, int]:  # type: ignore[no-untyped-def]
    """How many scores each task's value averages."""
    found: dict[str, int] = {}
    archived = [(s.run.task, s.run.run_score, (s.run.task, s.run.run) in model.infra) for s in model.runs]
    merged = archived + [(line.task, line.score, False) for line in model.unarchived]
    for task, score, infra in merged if name in ("all_mean", "clean_mean_merged") else archived:
        if (name in ("clean_mean", "clean_mean_merged") and score < CLEAN) or (name == "clean_mean_evidence" and infra):
            continue
        found[task] = found.get(task, 0) + 1
    return found


def test_a_pair_is_the_same_from_both_sides(tables: SweepTables) -> None:
    seen = {(v.a, v.b): v.difference for v in tables.versus}
    for a, b in itertools.permutations((m.model for m in tables.models), 2):
        one, other = seen[a, b], seen[b, a]
        assert one is not None
        assert other is not None
        assert (one.estimate.value, one.estimate.se) == (-other.estimate.value, other.estimate.se)


@pytest.mark.parametrize("name", RANK_BY)
def test_the_second_count_ranks_alike(tmp_path: Path, name: str) -> None:
    declared = tmp_path / "report.yaml"
    declared.write_text(f"metric: run_score\nsweep: {{tasks: 12, runs: 3, rank_by: {name}}}\n")
    book = recount_sweep([SWEEP], declared)
    scored = sweeps.score(SWEEP, Asked(report_yaml=declared, cache=False))
    for fact in scored.facts.values():
        if fact.name.startswith(("diff/", "rank/")):
            assert book.facts[fact.name].value == pytest.approx(fact.value, abs=1e-9), fact.name
