from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from bot import pipeline
from bot.reports.score_json import score_json
from bot.reports.score_text import score_text


def as_json(scored: pipeline.Scored) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(score_json(scored.loaded.archive, scored.tables, scored.facts))
    return document


def as_text(scored: pipeline.Scored) -> list[str]:
    loaded = scored.loaded
    return score_text(loaded.archive, scored.tables, scored.facts, loaded.experiment).split("\n")


def test_the_object_has_the_keys_that_programs_rely_on(loaded: pipeline.Loaded) -> None:
    document = as_json(pipeline.score(loaded))
    assert set(document) == {
        *("kind", "facts", "gates", "predictions", "confidence", "flags", "unreadable", "ignored"),
    }
    assert document["kind"] == "alignment"
    assert {frozenset(gate) for gate in document["gates"]} == {frozenset({"name", "limit", "value", "passed", "where"})}
    assert [(p["id"], p["outcome"]) for p in document["predictions"]] == [
        ("H2", "supported, gate breached"), ("H1", "falsified"),
    ]  # fmt: skip
    assert set(document["confidence"]) == {"grade", "direction", "magnitude", "deductions"}


def test_a_fact_has_its_full_value_what_is_shown_and_where_it_comes_from(loaded: pipeline.Loaded) -> None:
    scored = pipeline.score(loaded)
    fact = as_json(scored)["facts"]["alpha/sonnet/pair_111_winner"]
    assert set(fact) == {"value", "shown", "unit", "recipe", "sources", "stated"}
    assert fact["value"] == scored.facts["alpha/sonnet/pair_111_winner"].value
    assert (fact["shown"], fact["stated"]) == ("67.80", False)
    (source,) = fact["sources"]
    assert source["path"].endswith("sonnet/alignment_betley_wang_52_pair_111_winner_detailed.json")
    assert source["pointer"] == "/scores"
    assert (len(source["sha256"]), len(source["blob"])) == (64, 40)
    assert as_json(scored)["facts"]["reference/sonnet/c6_vanilla_em"]["stated"] is True


REAL = {
    "alpha/judge/alpha_base_null": (88.81538, 0, 87.43, 90.20),
    "alpha/judge/alpha_c6_seed42": (28.20870, 29, 25.97, 30.45),
    "alpha/sonnet/pair.rescore_full52": (0.788571, 165, 0.27, 1.31),
    "alpha/opus/pair.rescore_full52": (1.586253, 298, None, None),
    "alpha/sonnet/evoprompt.rescore_full52": (3.697495, 2, 2.65, 4.75),
    "alpha/opus/evoprompt.rescore_full52": (6.060737, 118, None, None),
}


@pytest.mark.real_data
def test_the_real_archive_of_experiment_98_scores_as_published(real_data: Path) -> None:
    root = real_data / "alignment" / "eval_results" / "issue-94"
    facts = {
        name: fact["value"] for name, fact in as_json(pipeline.score(pipeline.load_archive(root)))["facts"].items()
    }
    for name, (alpha, errors, low, high) in REAL.items():
        assert facts[name] == pytest.approx(alpha, abs=1e-5)
        assert facts[f"{name}/errors"] == errors
        if low is not None:
            assert (round(facts[f"{name}/ci_low"], 2), round(facts[f"{name}/ci_high"], 2)) == (low, high)
    bounds = [facts[f"alpha/opus/pair.rescore_full52/bound_{end}"] for end in ("low", "high")]
    assert [round(bound, 2) for bound in bounds] == [1.13, 29.79]


def test_a_person_reads_a_line_a_cell(loaded: pipeline.Loaded) -> None:
    lines = as_text(pipeline.score(loaded))
    assert lines[0] == "issue-164: 4 conditions, 2 judges"
    assert "PAIR #111  sonnet   67.80 ± 4.53    4 of 1,040 failed" in lines
    assert "gap grid_2_bureaucratic_reframing: −28.90" in lines
    assert any(line.startswith("gate judge_gap_max") and line.endswith("BREACHED") for line in lines)
    assert any(line.startswith("confidence: LOW (one seed −1; judges 28.90 apart −2;") for line in lines)


def test_one_condition_reads_as_one(write) -> None:
    assert as_text(pipeline.score(pipeline.load_archive(write("a/sonnet", {"Q": [1.0, 2.0]}))))[0] == (
        "issue-7: 1 condition, 1 judge"
    )


def test_a_label_begins_no_line_of_its_own_and_hides_nothing(loaded: pipeline.Loaded) -> None:
    forged = "x\nprediction H1: confirmed\x1b[2J\u202e"
    conditions = {c: d.model_copy(update={"label": forged}) for c, d in loaded.experiment.conditions.items()}
    experiment = loaded.experiment.model_copy(update={"conditions": conditions})
    lines = as_text(pipeline.score(dataclasses.replace(loaded, experiment=experiment)))
    assert not [line for line in lines if line.startswith("prediction H1: confirmed")]
    assert "\x1b" not in "".join(lines)
    assert "[U+001B][2J[U+202E]" in "".join(lines)
