"""Predictions: every outcome, by every way to declare one."""

from __future__ import annotations

import operator
from typing import Any

import builders
import pytest
import scoring_strategies as make
from builders import cell, headline
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.archives.records import Cell
from bot.scoring.predictions import CONFIRMED, FALSIFIED, INCONCLUSIVE, SUPPORTED, Outcome

THRESHOLD = 50.0
PLACES = {"below": (30.0, 1.0), "above": (70.0, 1.0), "across": (50.0, 5.0), "unknown": (70.0, None)}
MIRRORED = {"below": "above", "above": "below", "across": "across", "unknown": "unknown"}
REFERENCE = {"target": {"scores": {"sonnet": {"value": THRESHOLD}}}}
BOTH_JUDGES = {"target": {"scores": {"sonnet": {"value": 20}, "opus": {"value": 60}}}}
BREACHED = {"min_seeds": 2}


def at(place: str, condition: str, judge: str = "sonnet") -> Cell:
    """A cell whose whole interval lies at that place of the threshold; unknown: one question, so no interval."""
    value, spread = PLACES[place]
    scores = {"q": [value]} if spread is None else builders.flat(value, spread=spread)
    return cell(scores, condition=condition, judge=judge)


def outcome(cells: list[Cell], *, gates: dict[str, Any] | None = None, read: Any = None, references: Any = None,
            conditions_declared: Any = None, **rule: Any) -> Outcome:  # fmt: skip
    prediction = {"id": "H1", **rule}
    if "value" not in rule and "reference" not in rule:
        prediction["value"] = THRESHOLD
    declared = {"references": references or {}, "conditions": conditions_declared or {}, "gates": gates or {}}
    return builders.tables(cells, read, predictions=[prediction], **declared).outcomes[0]


# Places of the cells for a prediction that they lie above; the outcome without and with a breached gate.
OUTCOMES = [
    ("all", ["above", "above"], CONFIRMED, SUPPORTED),
    ("all", ["above"], CONFIRMED, SUPPORTED),
    ("all", ["above", "across"], INCONCLUSIVE, INCONCLUSIVE),
    ("all", ["across"], INCONCLUSIVE, INCONCLUSIVE),
    ("all", ["above", "below"], FALSIFIED, FALSIFIED),
    ("all", ["across", "below"], FALSIFIED, FALSIFIED),
    ("all", ["below", "below"], FALSIFIED, FALSIFIED),
    ("all", ["above", "unknown"], INCONCLUSIVE, INCONCLUSIVE),
    ("all", ["below", "unknown"], FALSIFIED, FALSIFIED),
    ("any", ["above", "above"], CONFIRMED, SUPPORTED),
    ("any", ["above", "across"], CONFIRMED, SUPPORTED),
    ("any", ["above", "below"], CONFIRMED, SUPPORTED),
    ("any", ["above", "unknown"], CONFIRMED, SUPPORTED),
    ("any", ["across", "below"], INCONCLUSIVE, INCONCLUSIVE),
    ("any", ["across"], INCONCLUSIVE, INCONCLUSIVE),
    ("any", ["below", "unknown"], INCONCLUSIVE, INCONCLUSIVE),
    ("any", ["below", "below"], FALSIFIED, FALSIFIED),
    ("any", ["below"], FALSIFIED, FALSIFIED),
]
TARGETS = {
    "value": {"value": THRESHOLD},
    "stated": {"reference": "target", "references": REFERENCE},
    "read": {
        "reference": "target",
        "references": {"target": {"source": {"archive": "issue-98", "condition": "c6"}}},
        "read": {"target": [cell(builders.flat(THRESHOLD), condition="c6")]},
    },
}


@pytest.mark.parametrize("operator", [">", ">=", "<", "<="])
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("quantifier", "places", "free", "breached"), OUTCOMES)
def test_every_outcome(
    operator: str, target: str, quantifier: str, places: list[str], free: str, breached: str
) -> None:
    if operator.startswith("<"):
        places = [MIRRORED[place] for place in places]
    cells = [at(place, f"c{k}") for k, place in enumerate(places)]
    rule = {"operator": operator, "quantifier": quantifier, **TARGETS[target]}
    assert outcome(cells, **rule).outcome == free
    assert outcome(cells, gates=BREACHED, **rule).outcome == breached


# Value of the one cell (its interval lies wholly above 50), own rule, outcome.
@pytest.mark.parametrize(
    ("values", "own", "expected"),
    [
        ([70], {"operator": "<=", "value": 15, "quantifier": "any"}, CONFIRMED),
        ([70, 58], {"operator": "<=", "value": 60, "quantifier": "any"}, FALSIFIED),
        ([70, 58], {"operator": "<=", "value": 60, "quantifier": "all"}, CONFIRMED),
        ([59, 58], {"operator": "<=", "value": 60, "quantifier": "all"}, FALSIFIED),
        ([70], {"operator": "<", "value": 70, "quantifier": "any"}, CONFIRMED),
        ([70], {"operator": "<=", "value": 70, "quantifier": "any"}, FALSIFIED),
        ([70], {"operator": ">", "value": 70, "quantifier": "any"}, CONFIRMED),
        ([70], {"operator": ">=", "value": 70, "quantifier": "any"}, FALSIFIED),
        ([30], {"operator": "<=", "value": 15, "quantifier": "any"}, INCONCLUSIVE),
        ([30, 30], {"operator": "<=", "value": 15, "quantifier": "any"}, INCONCLUSIVE),
        ([30, 12], {"operator": "<=", "value": 15, "quantifier": "any"}, FALSIFIED),
        ([30, 12], {"operator": "<=", "value": 15, "quantifier": "all"}, INCONCLUSIVE),
        ([30], {"operator": "<", "reference": "target", "quantifier": "any"}, FALSIFIED),
        ([70], {"operator": "<", "reference": "target", "quantifier": "any"}, CONFIRMED),
    ],
)
def test_its_own_rule_alone_falsifies_it(values: list[float], own: dict[str, Any], expected: str) -> None:
    cells = [cell(builders.flat(value), condition=f"c{k}") for k, value in enumerate(values)]
    found = outcome(cells, operator=">", falsified_by=own, references=REFERENCE)
    assert found.outcome == expected
    assert (found.why == "its own falsification rule holds") == (expected == FALSIFIED)


def test_its_own_rule_holds_on_the_value_as_measured_without_any_interval() -> None:
    own = {"operator": "<=", "value": 15, "quantifier": "any"}
    assert outcome([headline(12.0)], operator=">", falsified_by=own).outcome == FALSIFIED
    assert outcome([headline(90.0)], operator=">", falsified_by=own).outcome == INCONCLUSIVE


def test_a_breached_gate_does_not_save_a_falsified_prediction() -> None:
    own = {"operator": "<=", "value": 80, "quantifier": "any"}
    assert outcome([at("above", "a")], gates=BREACHED, operator=">", falsified_by=own).outcome == FALSIFIED


@pytest.mark.parametrize(
    ("operator", "expected"), [(">", FALSIFIED), (">=", CONFIRMED), ("<", FALSIFIED), ("<=", CONFIRMED)]
)
def test_an_interval_that_is_the_threshold(operator: str, expected: str) -> None:
    assert outcome([cell(builders.flat(THRESHOLD))], operator=operator).outcome == expected


def test_an_interval_that_touches_the_threshold_lies_on_neither_side_of_a_strict_one() -> None:
    cells = [cell({"q": [0.0], "r": [0.0], "s": [0.0], "t": [10.0]})]
    tables = builders.tables(cells)
    assert tables.alphas[0].interval is not None
    assert tables.alphas[0].interval[0] == 0.0
    assert outcome(cells, operator=">", value=0).outcome == INCONCLUSIVE
    assert outcome(cells, operator=">=", value=0).outcome == CONFIRMED


class TestScope:
    CELLS = (at("above", "a"), at("below", "a", "opus"), at("below", "b"), at("above", "c", "opus"))

    @pytest.mark.parametrize(
        ("scope", "tested", "expected"),
        [
            ({}, 4, FALSIFIED),
            ({"judges": ["sonnet"]}, 2, FALSIFIED),
            ({"judges": ["sonnet"], "conditions": ["a"]}, 1, CONFIRMED),
            ({"judges": ["opus"], "conditions": ["a"]}, 1, FALSIFIED),
            ({"conditions": ["c"]}, 1, CONFIRMED),
            ({"group": "high"}, 1, CONFIRMED),
            ({"group": "high", "conditions": ["a", "c"]}, 1, CONFIRMED),
            ({"group": "high", "conditions": ["a"]}, 0, INCONCLUSIVE),
            ({"group": "nobody"}, 0, INCONCLUSIVE),
            ({"judges": ["haiku"]}, 0, INCONCLUSIVE),
        ],
    )
    def test_it_speaks_of_the_named_judges_conditions_and_group(
        self, scope: dict[str, Any], tested: int, expected: str
    ) -> None:
        found = outcome(list(self.CELLS), operator=">", conditions_declared={"c": {"group": "high"}}, **scope)
        assert (len(found.tested), found.outcome) == (tested, expected)

    @pytest.mark.parametrize(
        ("scope", "absent"),
        [
            ({"conditions": ["a", "gone"]}, "gone"),
            ({"group": "g"}, "gone"),
            ({"judges": ["sonnet", "opus"]}, "opus/b"),
            ({"judges": ["sonnet", "opus"], "conditions": ["b"]}, "opus/b"),
        ],
    )
    def test_a_cell_that_is_missing_keeps_all_from_being_confirmed(self, scope: dict[str, Any], absent: str) -> None:
        cells = [at("above", "a"), at("above", "a", "opus"), at("above", "b")]
        declared = {"a": {"group": "g"}, "gone": {"group": "g"}} if "group" in scope else {}
        found = outcome(cells, operator=">", conditions_declared=declared, **scope)
        assert (found.outcome, found.why) == (INCONCLUSIVE, f"not scored: {absent}")
        assert (
            outcome(cells, operator=">", quantifier="any", conditions_declared=declared, **scope).outcome == CONFIRMED
        )

    def test_a_cell_that_is_missing_keeps_any_from_being_falsified_and_all_not(self) -> None:
        cells, names = [at("below", "a")], {"conditions": ["a", "gone"]}
        assert outcome(cells, operator=">", quantifier="any", **names).outcome == INCONCLUSIVE
        assert outcome(cells, operator=">", quantifier="all", **names).outcome == FALSIFIED

    def test_all_judges_are_those_that_scored(self) -> None:
        assert outcome([at("above", "a"), at("above", "b", "opus")], operator=">").outcome == CONFIRMED


class TestThreshold:
    def test_every_judge_is_held_against_its_own_score_of_the_reference(self) -> None:
        cells = [at("across", "a"), at("across", "a", "opus")]
        found = outcome(cells, operator=">", reference="target", references=BOTH_JUDGES)
        assert {t.alpha.judge: t.threshold for t in found.tested} == {"sonnet": 20, "opus": 60}
        assert found.outcome == FALSIFIED

    def test_a_judge_without_one_is_held_against_the_primary_judges(self) -> None:
        cells = [at("across", "a", "haiku"), at("across", "b", "sonnet")]
        found = outcome(cells, operator=">", reference="target", references=BOTH_JUDGES)
        assert {t.alpha.judge: t.threshold for t in found.tested} == {"sonnet": 20, "haiku": 20}

    def test_an_unknown_reference_decides_nothing(self) -> None:
        found = outcome([at("above", "a")], operator=">", reference="nobody")
        assert (found.outcome, found.why) == (INCONCLUSIVE, "its reference has no value")

    def test_coherence_is_not_held_against_an_alpha(self) -> None:
        """Cells have coherence 80: below the stated alpha of 90, above the 60 that was read as coherence."""
        stated = {"target": {"scores": {"sonnet": {"value": 90}}}}
        rule = {"operator": ">", "metric": "coherent", "reference": "target"}
        assert outcome([at("above", "a")], references=stated, **rule).outcome == INCONCLUSIVE
        source = {"target": {"source": {"archive": "issue-98", "condition": "c6"}}}
        read = {"target": [cell(builders.flat(90.0), condition="c6", coherent=60.0)]}
        found = outcome([at("above", "a")], references=source, read=read, **rule)
        assert (found.tested[0].threshold, found.outcome) == (60.0, CONFIRMED)

    def test_coherence_is_compared_by_its_own_interval(self) -> None:
        cells = [cell(builders.flat(10.0), coherent=80.0)]
        assert outcome(cells, operator=">", metric="coherent").outcome == CONFIRMED
        assert outcome(cells, operator=">", metric="alpha").outcome == FALSIFIED


OPERATOR = st.sampled_from([">", ">=", "<", "<="])
QUANTIFIER = st.sampled_from(["all", "any"])
RULE = st.fixed_dictionaries({"operator": OPERATOR, "quantifier": QUANTIFIER, "value": st.integers(0, 100)})
PREDICTION = st.tuples(RULE, st.none() | RULE).map(
    lambda rules: {**rules[0], **({"falsified_by": rules[1]} if rules[1] else {})}
)
GATES = st.fixed_dictionaries(
    {"judge_error_rate_max": st.sampled_from([0.2, 1.0])},
    optional={"judge_gap_max": st.integers(1, 100), "min_seeds": st.integers(1, 2), "min_questions": st.integers(1, 4)},
)
ARCHIVE = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.sampled_from(["sonnet", "opus"]), st.sampled_from([None, "1", "2"]),
        make.panel(least=1, most=5),
    ),
    min_size=1, max_size=6, unique_by=lambda drawn: drawn[:3],
)  # fmt: skip


@settings(max_examples=60)
@given(ARCHIVE, GATES, PREDICTION)
def test_nothing_is_confirmed_while_any_gate_is_breached(
    archive: list[Any], gates: dict[str, Any], prediction: dict[str, Any]
) -> None:
    cells = [cell(scores, condition=c, judge=j, seed=s) for c, j, s, scores in archive]
    tables = builders.tables(cells, gates=gates, predictions=[{"id": "H", **prediction}])
    (found,) = tables.outcomes
    assert found.outcome in {CONFIRMED, SUPPORTED, FALSIFIED, INCONCLUSIVE}
    assert found.outcome != (CONFIRMED if tables.breached else SUPPORTED)
    if found.outcome in {CONFIRMED, SUPPORTED}:
        assert supported(found)


def supported(found: Outcome) -> bool:
    """The predicted side, said once more and plainly."""
    compare = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}[found.prediction.operator]
    sides = []
    for tested in found.tested:
        ends = tested.estimate.interval(0, 100) if tested.estimate else None
        sides.append(ends is not None and all(compare(end, tested.threshold) for end in ends))
    return any(sides) if found.prediction.quantifier == "any" else all(sides)
