"""Gates: each kind, exactly at its limit, and where nobody measured."""

from __future__ import annotations

import builders
import pytest
from builders import cell, headline
from hypothesis import given
from hypothesis import strategies as st

from bot.archives.records import Cell
from bot.scoring.gates import GateResult


def gates(cells: list[Cell], name: str, **limits: float) -> list[GateResult]:
    return [gate for gate in builders.tables(cells, gates=limits).gates if gate.name == name]


def two_judges(sonnet: float, opus: float, condition: str = "a") -> list[Cell]:
    return [
        cell({"q": [sonnet], "r": [sonnet]}, condition=condition),
        cell({"q": [opus], "r": [opus]}, condition=condition, judge="opus"),
    ]


def failing(valid: int, failed: int) -> Cell:
    return cell({"q": [50.0] * valid + [None] * failed})


class TestJudgeGap:
    @pytest.mark.parametrize(
        ("sonnet", "opus", "passed"),
        [
            (50.0, 59.5, True),
            (50.0, 60.0, False),
            (60.0, 50.0, False),
            (50.0, 60.5, False),
            (60.0, 50.5, True),
            (50.0, 50.0, True),
        ],
    )
    def test_it_is_breached_at_its_limit_and_beyond_whichever_judge_is_higher(
        self, sonnet: float, opus: float, passed: bool
    ) -> None:
        (gate,) = gates(two_judges(sonnet, opus), "judge_gap_max", judge_gap_max=10)
        assert (gate.value, gate.passed, gate.limit, gate.where) == (abs(sonnet - opus), passed, 10, "a")

    @given(st.integers(0, 900), st.integers(1, 1000))
    def test_a_gap_that_equals_the_limit_in_decimals_is_breached(self, low: int, limit: int) -> None:
        high = low + limit
        if high <= 1000:
            (gate,) = gates(two_judges(low / 10, high / 10), "judge_gap_max", judge_gap_max=limit / 10)
            assert not gate.passed

    def test_it_stands_on_every_condition_in_the_order_of_the_report(self) -> None:
        cells = [*two_judges(50, 51, "a"), *two_judges(50, 75, "b")]
        found = builders.tables(cells, gates={"judge_gap_max": 10}, conditions={"b": {}, "a": {}}).gates
        assert [(g.where, g.passed) for g in found if g.name == "judge_gap_max"] == [("b", False), ("a", True)]

    def test_one_judge_cannot_pass_it(self) -> None:
        (gate,) = gates(two_judges(50, 51)[:1], "judge_gap_max", judge_gap_max=10)
        assert (gate.value, gate.passed) == (None, False)

    def test_a_judge_without_a_valid_judgement_cannot_pass_it(self) -> None:
        cells = [cell({"q": [50.0]}), cell({"q": [None]}, judge="opus")]
        (gate,) = gates(cells, "judge_gap_max", judge_gap_max=10)
        assert (gate.value, gate.passed) == (None, False)

    def test_undeclared_it_does_not_stand(self) -> None:
        assert gates(two_judges(0, 100), "judge_gap_max") == []

    @pytest.mark.parametrize("judges", [{"alternate": "sonnet"}, {"alternate": "opus"}, {"primary": "opus"}, {}])
    def test_no_declaration_makes_a_judge_agree_with_itself(self, judges: dict[str, str]) -> None:
        tables = builders.tables(two_judges(0, 100), judges=judges, gates={"judge_gap_max": 10})
        assert {tables.primary, tables.alternate} == {"sonnet", "opus"}
        assert tables.judges == (tables.primary, tables.alternate)
        assert not next(g for g in tables.gates if g.name == "judge_gap_max").passed

    def test_the_only_judge_declared_as_alternate_is_compared_with_nobody(self) -> None:
        tables = builders.tables(two_judges(50, 51)[:1], judges={"alternate": "sonnet"})
        assert (tables.primary, tables.alternate, tables.gaps) == ("sonnet", None, ())


class TestErrorRate:
    @pytest.mark.parametrize(
        ("valid", "failed", "passed"),
        [(80, 20, True), (79, 21, False), (832, 208, True), (831, 209, False), (100, 0, True)],
    )
    def test_more_than_a_fifth_breaches_it_by_default(self, valid: int, failed: int, passed: bool) -> None:
        (gate,) = gates([failing(valid, failed)], "judge_error_rate_max")
        assert (gate.limit, gate.passed) == (0.2, passed)
        assert gate.value == failed / (valid + failed)

    @given(st.integers(1, 60), st.integers(0, 60))
    def test_a_share_that_equals_the_limit_passes(self, valid: int, failed: int) -> None:
        share = failed / (valid + failed)
        if share > 0:
            (gate,) = gates([failing(valid, failed)], "judge_error_rate_max", judge_error_rate_max=share)
            assert gate.passed

    def test_its_limit_can_be_declared_and_that_is_flagged(self) -> None:
        tables = builders.tables([failing(60, 40)], gates={"judge_error_rate_max": 0.5})
        assert tables.gates[0].passed
        (flag,) = [flag for flag in tables.flags if flag.kind == "error_gate_overridden"]
        assert flag.evidence == "up to 50.0 % failed judgements pass the gate, 20.0 % by default"

    def test_the_usual_limit_is_no_override(self) -> None:
        tables = builders.tables([failing(60, 40)], gates={"judge_error_rate_max": 0.2})
        assert not [flag for flag in tables.flags if flag.kind == "error_gate_overridden"]

    def test_it_stands_on_every_cell(self) -> None:
        found = gates([cell({"q": [1.0]}), cell({"q": [None]}, judge="opus")], "judge_error_rate_max")
        assert [(g.where, g.value, g.passed) for g in found] == [("opus/a", 1.0, False), ("sonnet/a", 0.0, True)]

    def test_what_nobody_counted_does_not_pass(self) -> None:
        (gate,) = gates([headline(50.0)], "judge_error_rate_max")
        assert (gate.value, gate.passed) == (None, False)

    def test_a_headline_that_counts_is_measured(self) -> None:
        (gate,) = gates([headline(50.0, errors=29, n_questions=52, n_samples_per_question=20)], "judge_error_rate_max")
        assert (gate.value, gate.passed) == (29 / 1040, True)


class TestSeeds:
    @pytest.mark.parametrize(
        ("seeds", "passed"), [((None,), False), (("1",), False), (("1", "2"), False), (("1", "2", "3"), True)]
    )
    def test_fewer_than_declared_breach_it(self, seeds: tuple[str | None, ...], passed: bool) -> None:
        (gate,) = gates([cell({"q": [1.0]}, seed=seed) for seed in seeds], "min_seeds", min_seeds=3)
        assert (gate.value, gate.passed) == (len(seeds), passed)

    def test_a_seed_that_failed_wholly_does_not_count(self) -> None:
        cells = [cell({"q": [value]}, seed=seed) for seed, value in (("1", 1.0), ("2", 2.0), ("3", None))]
        (gate,) = gates(cells, "min_seeds", min_seeds=3)
        assert (gate.value, gate.passed) == (2, False)

    def test_every_judge_needs_them(self) -> None:
        cells = [cell({"q": [1.0]}, seed=s) for s in "123"] + [cell({"q": [1.0]}, seed="1", judge="opus")]
        assert [(g.where, g.passed) for g in gates(cells, "min_seeds", min_seeds=3)] == [
            ("sonnet/a", True),
            ("opus/a", False),
        ]


class TestQuestions:
    @pytest.mark.parametrize(("questions", "passed"), [(29, False), (30, True), (31, True)])
    def test_fewer_than_declared_breach_it(self, questions: int, passed: bool) -> None:
        (gate,) = gates([cell(builders.flat(50.0, questions=questions))], "min_questions", min_questions=30)
        assert (gate.value, gate.passed) == (questions, passed)

    def test_a_question_without_a_valid_judgement_does_not_count(self) -> None:
        (gate,) = gates([cell({"q": [1.0], "r": [None]})], "min_questions", min_questions=2)
        assert (gate.value, gate.passed) == (1, False)


@pytest.mark.parametrize(
    "limits", [{"judge_gap_max": 10}, {"judge_error_rate_max": 0.1}, {"min_seeds": 2}, {"min_questions": 2}]
)
def test_every_gate_names_the_fact_that_holds_its_value(limits: dict[str, float]) -> None:
    cells = [*two_judges(50, 65), cell({"q": [1.0]}, condition="b")]
    facts = builders.facts(cells, gates=limits)
    for gate in builders.tables(cells, gates=limits).gates:
        if gate.value is not None:
            assert abs(float(str(facts[gate.fact].value))) == gate.value
    name = next(iter(limits))
    assert facts[f"gate/{name}/limit"].value == limits[name]
