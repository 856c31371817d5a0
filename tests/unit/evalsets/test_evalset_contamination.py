from __future__ import annotations

import datetime as dt
from typing import Any

import evalset_builders as builders
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from bot.evalsets.contamination import SIGNALS, Continued, newcombe, signals_of, states_of
from bot.evalsets.items import Header
from bot.evalsets.results import Results

CANARY = "9b2e6c1e-0b7b-4f0e-9e55-0e6a5f5b8b11"
HEADER = Header(name="x", version="1", canary=CANARY)
CUTOFF = dt.date(2025, 6, 30)


def items(number: int = 20, **values: Any) -> list[Any]:
    return [builders.free(f"i{n}", f"Question {n}?", **values) for n in range(number)]


def results(scores: dict[str, float], **values: Any) -> Results:
    return Results("r", {"m": {item: [score] for item, score in scores.items()}}, **values)


def state(name: str, *given: Any, **values: Any) -> str:
    return states_of(signals_of(*given, **values))[name]


def test_what_cannot_be_assessed_is_never_called_clean() -> None:
    assert states_of(signals_of(items(), None, None)) == dict.fromkeys(SIGNALS, "not assessed")


def test_the_canary_in_a_response_is_a_hit() -> None:
    assert state("canary", items(), HEADER, results({}, texts=("no", f"id {CANARY.upper()}"))) == "hit"
    assert state("canary", items(), HEADER, results({}, texts=("no",))) == "clean"
    assert state("canary", items(), HEADER, None) == "not assessed"


def test_temporal_split() -> None:
    old, new = items(created=dt.date(2025, 1, 1)), items(created=dt.date(2025, 12, 1))
    assert state("temporal_split", new, None, None, cutoff=CUTOFF) == "clean"
    assert state("temporal_split", old, None, None, cutoff=CUTOFF) == "weak signal"
    assert state("temporal_split", old, None, None) == "not assessed"


def test_better_on_what_the_model_may_have_seen_is_a_signal() -> None:
    dated = [builders.free(f"i{n}", f"Question {n}?", created=dt.date(2025, 1 if n < 15 else 12, 1)) for n in range(30)]
    better = results({f"i{n}": float(n < 15) for n in range(30)})
    same = results({f"i{n}": float(n % 2) for n in range(30)})
    assert state("temporal_split", dated, None, better, cutoff=CUTOFF) == "weak signal"
    assert state("temporal_split", dated, None, same, cutoff=CUTOFF) == "clean"


def test_a_stem_completed_word_for_word_is_a_hit() -> None:
    assert state("verbatim_completion", items(), None, None, continued=[Continued("i0", 0.95)]) == "hit"
    assert state("verbatim_completion", items(), None, None, continued=[Continued("i0", 0.3)]) == "clean"


def test_confidence() -> None:
    sure = results({}, confidences={f"i{n}": [0.999] for n in range(12)})
    unsure = results({}, confidences={f"i{n}": [0.6] for n in range(12)})
    few = results({}, confidences={"i0": [1.0]})
    found = [state("high_confidence", items(), None, each) for each in (sure, unsure, few)]
    assert found == ["weak signal", "clean", "not assessed"]


def test_easy_on_hard() -> None:
    rated = [builders.free(f"i{n}", f"Q{n}?", difficulty="hard" if n < 15 else "easy") for n in range(30)]
    odd = results({f"i{n}": float(n < 15) for n in range(30)})
    sound = results({f"i{n}": float(n >= 15) for n in range(30)})
    assert state("easy_on_hard", rated, None, odd) == "weak signal"
    assert state("easy_on_hard", rated, None, sound) == "clean"
    assert state("easy_on_hard", items(), None, odd) == "not assessed"


def test_transformed_variants() -> None:
    scores = {f"i{n}": 1.0 for n in range(15)}
    worse = results(scores, variants={"option_shuffle": {f"i{n}": [0.0] for n in range(15)}})
    same = results(scores, variants={"option_shuffle": {f"i{n}": [1.0] for n in range(15)}})
    assert state("transformed_variants", items(), None, worse) == "weak signal"
    assert state("transformed_variants", items(), None, same) == "clean"
    assert state("transformed_variants", items(), None, results(scores)) == "not assessed"


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0, 1), st.floats(0, 1))
def test_the_interval_of_a_difference_is_newcombes(n1: int, n2: int, p1: float, p2: float) -> None:
    k1, k2 = round(p1 * n1), round(p2 * n2)
    expected = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff")
    assert newcombe(k1, n1, k2, n2) == pytest.approx(expected, abs=1e-9)
