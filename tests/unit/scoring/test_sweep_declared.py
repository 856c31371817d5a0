"""What report.yaml declares about a sweep: gates and predictions, held against its models."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from scipy import stats

from bot import sweeps
from bot.archives.asking import Asked
from bot.errors import ExperimentError, GateBreached
from bot.experiment import Gates
from bot.pipeline import check_sweep
from bot.reports.score_json import sweep_json
from bot.scoring.gates import ERROR_RATE_MAX

SWEEP = Path(__file__).parents[3] / "examples" / "sweep"
GPT, OPUS, SONNET = "openai_gpt-5.4", "anthropic_claude-opus-4-7", "anthropic_claude-sonnet-4-6"


@pytest.fixture
def scored(tmp_path: Path):  # type: ignore[no-untyped-def]
    """Score the example under declarations of the test's own."""

    def score(declared: str) -> sweeps.SweepScored:
        path = tmp_path / "report.yaml"
        path.write_text(declared)
        return sweeps.score(SWEEP, Asked(report_yaml=path, cache=False))

    return score


@cache
def run_scores(model: str) -> dict[str, list[float]]:
    """Stored scores by task, read with nothing of the package."""
    found: dict[str, list[float]] = {}
    for path in sorted(SWEEP.glob(f"data/run_cache_archive/*/{model}/*/run*.json")):
        try:
            found.setdefault(path.parent.name, []).append(json.loads(path.read_bytes())["run_score"])
        except ValueError:
            continue
    return found


def outcome(scored, prediction: str, gates: str = "") -> str:  # type: ignore[no-untyped-def]
    told = scored(f"predictions:\n- {{id: H1, {prediction}}}\n{gates}")
    return str(told.outcomes[0].outcome)


def test_the_default_limit_is_the_declared_default() -> None:
    assert Gates().judge_error_rate_max == ERROR_RATE_MAX


@pytest.mark.parametrize(
    ("prediction", "expected"),
    [
        ('operator: ">", value: 0.3', "confirmed"),
        ('operator: ">", value: 0.7', "falsified"),
        ('operator: "<", value: 0.3', "falsified"),
        ('operator: ">", value: 0.7, quantifier: any', "inconclusive"),
        (f'operator: ">", value: 0.69, conditions: [{GPT}]', "confirmed"),
        (f'operator: ">", reference: {SONNET}, conditions: [{GPT}]', "confirmed"),
        (f'operator: ">", reference: {GPT}', "falsified"),
        (f'operator: ">", reference: {SONNET}, conditions: [{OPUS}]', "inconclusive"),
        ('operator: ">", value: 0.3, metric: cov_norm', "inconclusive"),
        ('operator: ">", value: 0.1, metric: coherent', "inconclusive"),
        ('operator: ">", value: 0.3, falsified_by: {operator: "<", value: 0.65, quantifier: any}', "falsified"),
        ('operator: ">", value: 0.3, conditions: [no_such_model]', "inconclusive"),
        (f'operator: ">", value: 0.3, conditions: [{GPT}, no_such_model]', "inconclusive"),
    ],
)
def test_outcomes(scored, prediction: str, expected: str) -> None:  # type: ignore[no-untyped-def]
    assert outcome(scored, prediction) == expected


def test_a_breached_gate_keeps_every_prediction_from_confirmed(scored) -> None:  # type: ignore[no-untyped-def]
    assert outcome(scored, 'operator: ">", value: 0.3', "gates: {min_seeds: 3}") == "supported, gate breached"


def test_gates_are_held_against_every_model(scored) -> None:  # type: ignore[no-untyped-def]
    told = scored("gates: {min_seeds: 3, min_questions: 13, judge_error_rate_max: 0.1, judge_gap_max: 10}")
    by_place = {(g.name, g.where): g for g in told.gates}
    assert by_place["min_seeds", GPT].value == min(len(runs) for runs in run_scores(GPT).values())
    assert by_place["min_questions", GPT].value == len(run_scores(GPT))
    assert not by_place["min_questions", GPT].passed
    assert by_place["judge_error_rate_max", OPUS].value == 4 / 32
    assert not by_place["judge_error_rate_max", OPUS].passed
    assert by_place["judge_error_rate_max", SONNET].passed
    assert not any(g.passed for g in told.gates if g.name == "judge_gap_max")
    assert all(g.fact in told.facts for g in told.gates if g.value is not None)


def test_without_a_report_yaml_only_the_limit_on_failures_stands() -> None:
    told = sweeps.score(SWEEP, Asked(cache=False))
    assert {g.name for g in told.gates} == {"judge_error_rate_max"}


def test_a_difference_from_another_model_is_the_paired_t_interval(scored) -> None:  # type: ignore[no-untyped-def]
    told = scored(f'predictions:\n- {{id: H1, operator: "<", reference: {GPT}, conditions: [{OPUS}]}}')
    means = {m: {t: clean_mean(scores) for t, scores in run_scores(m).items()} for m in (OPUS, GPT)}
    shared = [t for t in means[OPUS] if means[OPUS][t] is not None and means[GPT].get(t) is not None]
    steps = [means[OPUS][t] - means[GPT][t] for t in shared]  # type: ignore[operator]
    expected = stats.ttest_1samp(steps, 0).confidence_interval()
    name = f"prediction/H1/{OPUS}"
    assert told.facts[name].value == pytest.approx(sum(steps) / len(steps), abs=1e-12)
    assert told.facts[f"{name}/ci_low"].value == pytest.approx(expected.low, abs=1e-9)
    assert told.facts[f"{name}/ci_high"].value == pytest.approx(expected.high, abs=1e-9)


def clean_mean(scores: list[float]) -> float | None:
    clean = [score for score in scores if score >= 0.01]
    return sum(clean) / len(clean) if clean else None


def test_a_model_near_its_threshold_costs_confidence_in_the_direction(scored) -> None:  # type: ignore[no-untyped-def]
    told = scored('panel: {public: false}\npredictions:\n- {id: H1, operator: ">", value: 0.62}')
    assert [d.points for d in told.confidence.deductions if d.domain == "imprecision"] == [2]
    far = scored('panel: {public: false}\npredictions:\n- {id: H1, operator: ">", value: 0.05}')
    assert "imprecision" not in {d.domain for d in far.confidence.deductions}
    assert far.confidence.direction is not None


def test_bounds_that_reach_the_threshold_cost_two(scored) -> None:  # type: ignore[no-untyped-def]
    low, high = (
        sweeps.score(SWEEP, Asked(cache=False)).facts[f"judge_bound_{end}/{OPUS}"].value for end in ("low", "high")
    )
    middle = (float(low) + float(high)) / 2  # type: ignore[arg-type]
    told = scored(f'predictions:\n- {{id: H1, metric: overall_mean, operator: ">", value: {middle}}}')
    assert [d.why for d in told.confidence.deductions if d.domain == "missing judgements"] == [
        "bounds reach the threshold"
    ]


def test_the_json_object_tells_gates_and_predictions(scored) -> None:  # type: ignore[no-untyped-def]
    told = scored('gates: {min_seeds: 2}\npredictions:\n- {id: H1, operator: ">", value: 0.3}')
    document = json.loads(
        sweep_json(told.archive, told.facts, told.flags, told.audits, told.confidence, told.gates, told.outcomes)
    )
    assert document["predictions"][0]["outcome"] == "confirmed"
    assert {gate["name"] for gate in document["gates"]} == {"min_seeds", "judge_error_rate_max"}


def test_strict_ends_with_the_code_of_a_breached_gate(scored) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(GateBreached, match="min_seeds"):
        sweeps.check_strict(scored("gates: {min_seeds: 3}"), strict=True)


def test_what_a_sweep_lacks_is_told(tmp_path: Path) -> None:
    path = tmp_path / "report.yaml"
    path.write_text(
        "models: {gpt: {}}\npredictions:\n"
        '- {id: H1, conditions: [opus], operator: ">", reference: nobody, group: big, metric: coherent}\n'
    )
    with pytest.raises(ExperimentError) as told:
        check_sweep(SWEEP, path)
    for name in ("`gpt`", "`opus`", "`nobody`", "`big`", "`coherent`"):
        assert name in str(told.value)


def test_another_limit_on_failures_is_flagged(scored) -> None:  # type: ignore[no-untyped-def]
    assert "error_gate_overridden" in {flag.kind for flag in scored("gates: {judge_error_rate_max: 0.5}").flags}
    assert "error_gate_overridden" not in {flag.kind for flag in scored("title: x").flags}
