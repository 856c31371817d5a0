"""Facts: stable names, a recipe for each, and the files each starts from."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import builders
import pytest
import scoring_strategies as make
from builders import cell, headline, summarised
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import pipeline
from bot.archives.records import Cell
from bot.errors import ReportError
from bot.scoring.facts import Fact, Facts

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "eval_results" / "issue-164"
MADE_OF_NOTHING = {"definition"}  # the unit of what is so by definition

TWO_SEEDS = [
    cell({"q": [10.0, 20.0], "r": [30.0, None]}, condition="grid_1", seed="42"),
    cell({"q": [40.0, 20.0], "r": [60.0, 10.0]}, condition="grid_1", seed="137"),
    cell({"q": [50.0, 60.0], "r": [70.0, 80.0]}, condition="grid_1", judge="opus", seed="42"),
]
DECLARED: dict[str, Any] = {
    "conditions": {"grid_1": {"x": 0.7353}},
    "references": {"c6": {"x": 0.9, "issue": 98, "scores": {"sonnet": {"value": 28.21, "ci_low": 26, "ci_high": 30}}}},
    "gates": {"judge_gap_max": 10, "min_seeds": 3},
}


def test_the_names_that_others_rely_on() -> None:
    facts = builders.facts(TWO_SEEDS, **DECLARED)
    under = ("", "/n", "/errors", "/se", "/ci_low", "/ci_high", "/bound_low", "/bound_high", "/seed_42", "/seed_137")
    expected = {f"alpha/sonnet/grid_1{part}" for part in under}
    expected |= {"coherent/sonnet/grid_1", "coherent/opus/grid_1", "x/grid_1", "diff/sonnet/grid_1/c6"}
    expected |= {f"{gap}/grid_1{part}" for gap in ("gap", "gap_paired") for part in ("", "/ci_low", "/ci_high", "/n")}
    expected |= {f"agreement/grid_1/{part}" for part in ("n", "spearman", "krippendorff")}
    assert expected <= set(facts)


def test_seeds_have_their_own_alphas_and_a_spread() -> None:
    facts = builders.facts(TWO_SEEDS)
    assert facts["alpha/sonnet/grid_1/seed_42"].value == 20.0
    assert facts["alpha/sonnet/grid_1/seed_137"].value == 32.5
    assert facts["alpha/sonnet/grid_1/seed_sd"].value == pytest.approx(12.5 / math.sqrt(2))
    assert facts["alpha/sonnet/grid_1"].value == pytest.approx(190 / 7)
    assert facts["alpha/sonnet/grid_1/seeds"].value == 2
    assert "V_seed" in facts["alpha/sonnet/grid_1/se"].recipe


def test_one_seed_has_its_name_and_no_spread() -> None:
    facts = builders.facts([cell({"q": [10.0]}, seed="42")])
    assert facts["alpha/sonnet/a/seed_42"].value == 10.0
    assert facts["alpha/sonnet/a/seeds"].value == 1
    assert "alpha/sonnet/a/seed_sd" not in facts


def test_a_difference_names_the_files_of_both_sides() -> None:
    facts = builders.facts(TWO_SEEDS, **DECLARED)
    paths = {origin.source.path for origin in facts["diff/sonnet/grid_1/c6"].origins}
    assert len(paths) == 3
    assert builders.DECLARED_IN.path in paths
    (declared,) = [o for o in facts["diff/sonnet/grid_1/c6"].origins if o.source == builders.DECLARED_IN]
    assert declared.pointer == "/references/c6/scores/sonnet"


def test_a_difference_from_another_judges_score_says_so() -> None:
    facts = builders.facts(TWO_SEEDS, **DECLARED)
    assert "as sonnet scored it" in facts["diff/opus/grid_1/c6"].recipe
    assert "scored it" not in facts["diff/sonnet/grid_1/c6"].recipe


def test_a_reference_that_was_read_names_the_other_archives_files() -> None:
    read = {"c6": [cell({"q": [5.0], "r": [6.0]}, condition="c6", judge=judge) for judge in ("sonnet", "opus")]}
    declared = {"references": {"c6": {"source": {"archive": "issue-98", "condition": "c6"}}}}
    facts = builders.facts(TWO_SEEDS, read, **declared)
    for name in ("reference/sonnet/c6", "reference_gap/c6", "diff/sonnet/grid_1/c6"):
        assert any("/c6/" in origin.source.path for origin in facts[name].origins)
        assert not facts[name].stated
    assert facts["diff/sonnet/grid_1/c6"].recipe.endswith("paired by question")


def test_a_reference_is_read_under_the_judges_names_of_this_archive() -> None:
    read = {"c6": [cell({"q": [5.0], "r": [6.0]}, condition="c6", judge="judge")]}
    source = {"archive": "issue-98", "condition": "c6", "judges": {"sonnet": "judge"}}
    facts = builders.facts(TWO_SEEDS, read, references={"c6": {"source": source}})
    assert facts["reference/sonnet/c6"].value == 5.5


def test_how_many_degrees_of_freedom_stands_in_the_recipe() -> None:
    facts = builders.facts([cell({"q": [1.0], "r": [2.0], "s": [4.0]})])
    assert facts["alpha/sonnet/a/half"].recipe == "t(0.975, df) · se with df = 2, before clipping"
    assert facts["alpha/sonnet/a/ci_low"].recipe == "value ± half, clipped to 0 and 100"


def test_a_gap_is_clipped_to_its_own_scale() -> None:
    facts = builders.facts([cell({"q": [0.0], "r": [3.0]}), cell({"q": [100.0], "r": [90.0]}, judge="opus")])
    assert facts["gap/a"].value == 93.5
    assert facts["gap/a/ci_low"].value == pytest.approx(93.5 - 12.706204736 * 6.5)
    assert facts["gap/a/ci_high"].value == 100.0
    assert facts["gap/a/ci_high"].recipe == "value ± half, clipped to -100 and 100"


@pytest.mark.parametrize(
    ("name", "unit", "shown"),
    [
        ("judge_gap_max", "points", "10"),
        ("judge_error_rate_max", "share", "20.0 %"),
        ("min_seeds", "count", "3"),
    ],
)
def test_limits_of_gates_have_their_unit(name: str, unit: str, shown: str) -> None:
    fact = builders.facts(TWO_SEEDS, **DECLARED)[f"gate/{name}/limit"]
    assert (fact.unit, fact.shown, fact.stated) == (unit, shown, True)
    assert bool(fact.origins) == (name != "judge_error_rate_max")


class TestDegenerate:
    def test_a_cell_without_a_valid_judgement_has_no_number_but_its_counts(self) -> None:
        facts = builders.facts([cell({"q": [None, None]})])
        name = "alpha/sonnet/a"
        assert (facts[name].value, facts[name].shown) == (None, "–")
        assert (facts[f"{name}/n"].value, facts[f"{name}/errors"].value) == (0, 2)
        assert facts[f"{name}/error_rate"].shown == "100.0 %"
        assert f"{name}/se" not in facts
        assert not {"alpha_min/sonnet", "gap/a"} & set(facts)

    def test_one_question_has_an_alpha_without_an_interval(self) -> None:
        facts = builders.facts([cell({"q": [10.0, 20.0]})])
        assert facts["alpha/sonnet/a"].value == 15.0
        assert not {f"alpha/sonnet/a/{part}" for part in ("se", "half", "ci_low", "ci_high")} & set(facts)

    def test_counts_of_a_headline_are_its_own_or_none(self) -> None:
        known = headline(28.2, errors=29, n_questions=52, n_samples_per_question=20)
        facts = builders.facts([known, headline(30.0, condition="b")])
        assert (facts["alpha/sonnet/a/n"].value, facts["alpha/sonnet/b/n"].value) == (1011, None)
        assert "questions × samples" in facts["alpha/sonnet/a/n"].recipe
        assert (facts["errors/sonnet"].value, facts["judgements/sonnet"].value) == (None, None)

    def test_samples_a_question_are_said_where_they_are_the_same_everywhere(self) -> None:
        twenty = [cell({"q": [1.0] * 20, "r": [None] * 20}, seed=seed) for seed in "12"]
        assert builders.facts(twenty)["panel/samples"].value == 20
        ten = cell({"q": [1.0] * 10}, condition="b")
        assert "panel/samples" not in builders.facts([*twenty, ten])


def test_a_question_points_into_the_files_that_hold_it() -> None:
    one = cell({"a/b": [10.0], "~": [20.0]}, seed="1")
    two = summarised(cell({"a/b": [30.0]}, seed="2"))
    facts = builders.facts([one, two])
    pointers = [(o.source, o.pointer) for o in facts["alpha/sonnet/a/q0"].origins]
    assert pointers == [(one.source, "/scores/a~1b"), (two.source, "/per_question/a~1b")]
    assert [o.pointer for o in facts["alpha/sonnet/a/q1"].origins] == ["/scores/~0"]


def test_a_condition_and_a_reference_of_one_name_are_refused() -> None:
    references = {"c6": {"x": 1, "scores": {"sonnet": {"value": 1}}}}
    with pytest.raises(ReportError, match="/c6'") as refused:
        builders.facts([cell({"q": [1.0]}, condition="c6")], conditions={"c6": {"x": 1}}, references=references)
    assert "another name" in refused.value.fix


ARCHIVE = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]), st.sampled_from(["sonnet", "opus"]), st.sampled_from([None, "1", "2"]),
        st.sampled_from(["samples", "summary", "headline"]), make.panel(least=1, most=4),
    ),
    min_size=1, max_size=6, unique_by=lambda drawn: drawn[:3],
)  # fmt: skip


def drawn_cell(condition: str, judge: str, seed: str | None, kind: str, scores: builders.Scores) -> Cell:
    full = cell(scores, condition=condition, judge=judge, seed=seed)
    if kind == "headline":
        return headline(50.0, condition=condition, judge=judge, seed=seed, errors=1)
    return summarised(full) if kind == "summary" else full


@settings(max_examples=60)
@given(ARCHIVE)
def test_every_fact_of_any_archive_is_sound(archive: list[Any]) -> None:
    facts = builders.facts([drawn_cell(*drawn) for drawn in archive], **{**DECLARED, "conditions": {"a": {"x": 0.5}}})
    for fact in facts.values():
        sound(fact)
    for name in facts:
        if name.endswith("/ci_low") and name.startswith(("alpha/", "coherent/")):
            assert 0 <= number(facts[name]) <= number(facts[name.replace("ci_low", "ci_high")]) <= 100


def sound(fact: Fact) -> None:
    assert fact.recipe
    assert fact.shown
    assert "nan" not in fact.shown
    assert fact.value is None or not isinstance(fact.value, float) or math.isfinite(fact.value)
    assert (fact.shown == "–") == (fact.value is None)
    assert fact.origins or fact.unit in MADE_OF_NOTHING or fact.recipe == "the default limit"


def number(fact: Fact) -> float:
    assert isinstance(fact.value, float)
    return fact.value


def test_every_fact_of_the_example_is_sound() -> None:
    scored = pipeline.score(pipeline.load_archive(EXAMPLE))
    for fact in scored.facts.values():
        sound(fact)
    stated = {name.split("/")[0] for name, fact in scored.facts.items() if fact.stated}
    assert stated == {"x", "reference", "reference_gap", "gate", "issue", "scale", "interval", "coherent_only", "panel"}


def test_every_origin_of_the_example_leads_to_a_value() -> None:
    facts = pipeline.score(pipeline.load_archive(EXAMPLE)).facts
    read: dict[str, Any] = {}
    for fact in facts.values():
        for source, pointer in fact.origins:
            if source.path.endswith(".json"):
                name = source.path[source.path.index("issue-164/") + len("issue-164/") :]
                if name not in read:
                    read[name] = json.loads((EXAMPLE / name).read_text())
                assert resolved(read[name], pointer) is not None


def resolved(document: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        document = document[part.replace("~1", "/").replace("~0", "~")]
    return document


class TestFacts:
    def test_a_name_is_given_once(self) -> None:
        facts = Facts()
        fact = facts.add(Fact("alpha/j/a", 1.0, "1.00", "points", "r"))
        assert facts["alpha/j/a"] is fact
        with pytest.raises(ReportError, match="two facts are called"):
            facts.add(Fact("alpha/j/a", 2.0, "2.00", "points", "r"))

    def test_they_keep_their_order(self) -> None:
        facts = Facts()
        for name in ("b", "a", "c"):
            facts.add(Fact(name, 1, "1", "count", "r"))
        assert list(facts) == ["b", "a", "c"]
        assert len(facts) == 3
