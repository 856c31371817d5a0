"""Gates, predictions and confidence of a sweep, worked out a second time: models are conditions, runs of a task seeds.

The rules and cut-offs are those of scoring.md ("Gates, predictions, confidence"); no code is shared with `bot.scoring`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from bot.review.declared import Prediction, Threshold
from bot.review.grading import (
    COMPARE,
    CONFIRMED,
    FALSIFIED,
    GRADES,
    INCONCLUSIVE,
    OPPOSITE,
    SUPPORTED,
    Gate,
    Grading,
)  # fmt: skip
from bot.review.recount import COUNT, POINTS, SHARE
from bot.review.recount_sweep import SCORE, SweepBook, difference, means_of, task_means
from bot.review.stats import Measure

RANKING = ("clean_mean", "overall_mean", "clean_mean_evidence", "cov_norm", "all_mean", "clean_mean_merged")


class Held(NamedTuple):
    """A model's mean, or its difference from the model that it is predicted against (then `paired`)."""

    model: str
    measure: Measure | None
    threshold: float | None
    paired: bool
    metric: str


def grade_sweep(book: SweepBook) -> Grading:
    """Grade everything that the sweep holds."""
    gates = tuple(_gates(book))
    breached = any(not gate.passed for gate in gates)
    held = {p.id: _held(book, p, p.rule) for p in book.declared.predictions}
    outcomes = {p.id: _outcome(book, p, held[p.id], breached=breached) for p in book.declared.predictions}
    magnitude = _deductions(book)
    against = [h for each in held.values() for h in each if h.threshold is not None]
    direction = _with_direction(book, magnitude, against) if against else None
    points = [sum(found.values()) for found in (magnitude, direction) if found is not None]
    _keep_facts(book, gates, held)
    return Grading(
        gates, outcomes, _word(max(points)), _word(points[1]) if direction is not None else None, _word(points[0]),
        magnitude if direction is None else direction,
    )  # fmt: skip


def _word(points: int) -> str:
    return GRADES[min(points, 2)]


def _value(book: SweepBook, name: str) -> float | None:
    return book.facts[name].value if name in book.facts else None


def _gates(book: SweepBook) -> Iterator[Gate]:
    limits = {name: limit.value for name, limit in book.declared.gates.items()}
    for model in book.conditions:
        rate, limit = _value(book, f"judge_failure_rate/{model}"), limits["judge_error_rate_max"]
        if rate is not None:
            yield Gate("judge_error_rate_max", limit, rate, rate <= limit, model)
        if "judge_gap_max" in limits:
            yield Gate("judge_gap_max", limits["judge_gap_max"], None, False, model)
        for name, fact in (("min_seeds", "seeds"), ("min_questions", "tasks_archived")):
            if name in limits:
                count = book.facts[f"{fact}/{model}"].value
                yield Gate(name, limits[name], count, count >= limits[name], model)


# Predictions.


def _held(book: SweepBook, prediction: Prediction, rule: Threshold) -> list[Held]:
    metric = book.rank_by if prediction.metric == "alpha" else prediction.metric
    found = []
    for name in _named(book, prediction):
        model, other = book.models.get(name), book.models.get(rule.reference or "")
        if model is not None and other is not None:
            step = None
            if metric in RANKING:
                step = difference(task_means(book, model, metric), task_means(book, other, metric))
            found.append(Held(name, step[0] if step else None, 0.0, True, metric))
        elif model is not None:
            found.append(Held(name, _measure(book, name, metric), _threshold(book, rule), False, metric))
    return found


def _named(book: SweepBook, prediction: Prediction) -> list[str]:
    """Models that it speaks of, those that are not there too; none is held against itself."""
    raw = book.declared.raw.get("models")
    entries: dict[str, Any] = raw if isinstance(raw, dict) else {}
    names = list(prediction.conditions) if prediction.conditions else list(dict.fromkeys((*entries, *book.conditions)))
    names = [name for name in names if name != prediction.rule.reference]
    if prediction.group is not None:
        entry = {n: entries.get(n) for n in names}
        names = [n for n in names if isinstance(e := entry[n], dict) and e.get("group") == prediction.group]
    return names


def _measure(book: SweepBook, name: str, metric: str) -> Measure | None:
    if metric == "cov_norm":
        value = _value(book, f"cov_norm/{name}")
        return None if value is None else Measure(value, None, None)
    return means_of(book.models[name]).get(metric)


def _threshold(book: SweepBook, rule: Threshold) -> float | None:
    if rule.value is not None:
        return rule.value.value
    reference = book.declared.references.get(rule.reference or "")
    scores = [score["value"].value for score in reference.scores.values() if "value" in score] if reference else []
    return scores[0] if scores else None


def _outcome(book: SweepBook, prediction: Prediction, held: Sequence[Held], *, breached: bool) -> str:
    if not held:
        return INCONCLUSIVE
    whole = all(name in book.models for name in _named(book, prediction))
    every = prediction.rule.quantifier == "all"
    if _falsified(book, prediction, held, whole=whole):
        return FALSIFIED
    sides = [_on_side(h, prediction.rule.operator) for h in held]
    if not (whole and all(sides) if every else any(sides)):
        return INCONCLUSIVE
    return SUPPORTED if breached else CONFIRMED


def _falsified(book: SweepBook, prediction: Prediction, held: Sequence[Held], *, whole: bool) -> bool:
    rule = prediction.falsified_by
    if rule is None:
        other = [_on_side(h, OPPOSITE[prediction.rule.operator]) for h in held]
        return any(other) if prediction.rule.quantifier == "all" else whole and all(other)
    own = _held(book, prediction, rule)
    stands = [
        h.measure is not None and h.threshold is not None and COMPARE[rule.operator](h.measure.value, h.threshold)
        for h in own
    ]
    return whole and all(stands) if rule.quantifier == "all" else any(stands)


def _on_side(held: Held, sign: str) -> bool:
    interval = held.measure.interval(-1.0 if held.paired else 0.0, 1.0) if held.measure else None
    if interval is None or held.threshold is None:
        return False
    return all(COMPARE[sign](end, held.threshold) for end in interval)


# Confidence.


def _deductions(book: SweepBook) -> dict[str, int]:
    tasks, judges = book.facts["tasks"].value, {r.judge_model for r in book.sweep.runs if r.judged and r.judge_model}
    rates = [r for m in book.conditions if (r := _value(book, f"judge_failure_rate/{m}")) is not None]
    worst = max(rates, default=0.0)
    points = {
        "replication": int(book.runs_due < 3),
        "questions": 2 if tasks < 10 else int(tasks < 30),
        "judges": int(len(judges) < 2),
        "missing judgements": 2 if worst > 0.20 else int(worst > 0.02),
        "contamination": int(book.declared.public is not False),
    }
    return {domain: taken for domain, taken in points.items() if taken}


def _with_direction(book: SweepBook, magnitude: dict[str, int], held: Sequence[Held]) -> dict[str, int]:
    nearest = min(_half_widths(h) for h in held)
    close = 2 if nearest <= 1 else int(nearest <= 2)
    found = {**({"imprecision": close} if close else {}), **magnitude}
    if any(_bounds_reach(book, h) for h in held):
        found["missing judgements"] = 2
    return found


def _half_widths(held: Held) -> float:
    if held.measure is None or held.measure.half is None or held.threshold is None:
        return 0.0
    distance = abs(held.measure.value - held.threshold)
    return 0.0 if not distance else distance / held.measure.half if held.measure.half else math.inf


def _bounds_reach(book: SweepBook, held: Held) -> bool:
    low, high = _value(book, f"judge_bound_low/{held.model}"), _value(book, f"judge_bound_high/{held.model}")
    if low is None or high is None or held.paired or held.metric != "overall_mean" or held.threshold is None:
        return False
    return low <= held.threshold <= high


def _keep_facts(book: SweepBook, gates: Sequence[Gate], held: dict[str, list[Held]]) -> None:
    """Limits, places and breaches of gates, thresholds of predictions and what they meet."""
    for name in dict.fromkeys(gate.name for gate in gates):
        mine = [gate for gate in gates if gate.name == name]
        unit = SHARE if "rate" in name else COUNT if name.startswith("min_") else POINTS
        places = book.declared.gates[name].places if unit == POINTS else None
        book.add(f"gate/{name}/limit", mine[0].limit, unit, stated=True, places=places)
        book.add(f"gate/{name}/places", len(mine), COUNT)
        book.add(f"gate/{name}/breached", sum(not gate.passed for gate in mine), COUNT)
    for prediction in book.declared.predictions:
        for part, rule in (("threshold", prediction.rule), ("falsified_by", prediction.falsified_by)):
            if rule is not None and rule.value is not None:
                name = f"prediction/{prediction.id}/{part}"
                book.add(name, rule.value.value, SCORE, stated=True, places=rule.value.places)
        for each in held[prediction.id]:
            if each.paired and each.measure is not None:
                _keep_difference(book, f"prediction/{prediction.id}/{each.model}", each.measure)


def _keep_difference(book: SweepBook, name: str, measure: Measure) -> None:
    ends = measure.interval(-1.0, 1.0)
    parts = {"": measure.value, "/se": measure.se, "/half": measure.half}
    parts |= {"/ci_low": ends[0], "/ci_high": ends[1]} if ends else {}
    for part, value in parts.items():
        book.add(f"{name}{part}", value, SCORE, places=3)
