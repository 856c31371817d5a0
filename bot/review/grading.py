"""Gates, predictions and confidence, worked out a second time from report.yaml and the recounted facts.

The rules and cut-offs are those of scoring.md ("Gates, predictions, confidence"); no code is shared with `bot.scoring`.
"""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.review import panel
from bot.review.declared import Prediction, Threshold
from bot.review.recount import POINTS, SHARE, Book, Cell, from_reference, questions_of, reference_judge, repeated
from bot.review.stats import Measure

CONFIRMED, SUPPORTED, FALSIFIED, INCONCLUSIVE = "confirmed", "supported, gate breached", "falsified", "inconclusive"
GRADES = ("HIGH", "MODERATE", "LOW")
COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
MISSING_FROM = (0.02, 0.20)  # shares of missing judgements from which on confidence loses a point, and two


class Gate(NamedTuple):
    """A gate on one place; `value` None where it could not be measured, which does not pass."""

    name: str
    limit: float
    value: float | None
    passed: bool
    where: str


class Held(NamedTuple):
    """A cell held against a threshold: distance and half-width of that difference (None where unknown)."""

    cell: Cell
    threshold: float
    distance: float
    half: float | None
    metric: str = "alpha"


@dataclass(frozen=True, slots=True)
class Grading:
    """All gates, each prediction's outcome by its id, and the confidence with what was taken off, by domain."""

    gates: tuple[Gate, ...]
    outcomes: dict[str, str]
    grade: str
    direction: str | None
    magnitude: str
    deductions: dict[str, int]

    @property
    def breached(self) -> tuple[Gate, ...]:
        """Gates that did not pass."""
        return tuple(gate for gate in self.gates if not gate.passed)


def grade(book: Book) -> Grading:
    """Grade everything that the archive under review holds."""
    gates = tuple(_gates(book))
    breached = any(not gate.passed for gate in gates)
    outcomes = {p.id: _outcome(book, p, breached) for p in book.declared.predictions}
    held = tuple(_held(book))
    _reach_facts(book, held)
    magnitude = _deductions(book, ())
    direction = _deductions(book, held) if held else None
    worst = max(sum(magnitude.values()), sum(direction.values()) if direction is not None else 0)
    return Grading(
        gates,
        outcomes,
        _word(worst),
        _word(sum(direction.values())) if direction is not None else None,
        _word(sum(magnitude.values())),
        magnitude if direction is None else direction,
    )


def _reach_facts(book: Book, held: Sequence[Held]) -> None:
    """What the panel can show of each cell: the smallest distance, and the power for the one that was seen."""
    for cell in own_cells(book):
        mine = [h for h in held if h.cell is cell and h.metric == "alpha" and h.half]
        nearest = min(mine, key=lambda h: h.distance / (h.half or 1.0), default=None)
        half = nearest.half if nearest is not None else (cell.measure.half if cell.measure else None)
        place = f"{cell.judge}/{cell.condition}"
        book.add(f"panel/detectable/{place}", panel.detectable(half) if half else None, POINTS)
        if nearest is not None and half:
            book.add(f"panel/distance/{place}", nearest.distance, POINTS)
            book.add(f"panel/power/{place}", panel.power(nearest.distance, half), SHARE)


def _word(points: int) -> str:
    return GRADES[min(points, 2)]


def own_cells(book: Book) -> list[Cell]:
    """Cells of the archive under review, in the order of reports."""
    cells = [book.cells[c, j] for c in book.conditions for j in book.judges if (c, j) in book.cells]
    return [cell for cell in cells if not cell.partial]


def _gates(book: Book) -> Iterator[Gate]:
    limits = {name: limit.value for name, limit in book.declared.gates.items()}
    for cell in own_cells(book):
        where = f"{cell.judge}/{cell.condition}"
        limit = limits["judge_error_rate_max"]
        rate = cell.error_rate
        yield Gate("judge_error_rate_max", limit, rate, rate is not None and rate <= limit, where)
        for name, value in (("min_seeds", max(1, len(cell.seeds))), ("min_questions", _questions(cell))):
            if name in limits:
                yield Gate(name, limits[name], value, value >= limits[name], where)
    for condition in book.conditions if "judge_gap_max" in limits else ():
        limit, gap = limits["judge_gap_max"], book.facts.get(f"gap/{condition}")
        size = abs(gap.value) if gap else None
        yield Gate("judge_gap_max", limit, size, size is not None and not _reaches(size, limit), condition)


def _questions(cell: Cell) -> int:
    return len({t.question for t in cell.tallies})


# Predictions.


def _outcome(book: Book, prediction: Prediction, breached: bool) -> str:
    cells = [cell for cell in own_cells(book) if _speaks_of(book, prediction, cell)]
    if not cells:
        return INCONCLUSIVE
    whole = not _absent(book, prediction)
    if _falsified(book, prediction, cells, whole=whole):
        return FALSIFIED
    sides = [_whole_side(book, cell, prediction, prediction.rule.operator) for cell in cells]
    if not _quantified(prediction.rule.quantifier, sides, whole=whole):
        return INCONCLUSIVE
    return SUPPORTED if breached else CONFIRMED


def _speaks_of(book: Book, prediction: Prediction, cell: Cell) -> bool:
    group = prediction.group is None or book.aliases[cell.condition].group == prediction.group
    judge = prediction.judges is None or cell.judge in prediction.judges
    return group and judge and (prediction.conditions is None or cell.condition in prediction.conditions)


def _absent(book: Book, prediction: Prediction) -> bool:
    """Whether a cell that it names is not archived: of all cells nothing can be said while some are missing."""
    present = {(cell.condition, cell.judge) for cell in own_cells(book)}
    scored = {condition for condition, _ in present}
    named = prediction.conditions if prediction.conditions is not None else tuple(book.declared.conditions)
    groups = {key: named.group for key, named in book.declared.conditions.items()}
    wanted = [c for c in {*named, *scored} if prediction.conditions is None or c in prediction.conditions]
    wanted = [c for c in wanted if prediction.group is None or groups.get(c) == prediction.group]
    if prediction.judges is None:
        return any(c not in scored for c in wanted)
    return any((c, judge) not in present for c in wanted for judge in prediction.judges)


def _quantified(quantifier: str, answers: Sequence[bool], *, whole: bool = True) -> bool:
    return whole and all(answers) if quantifier == "all" else any(answers)


def _metric(prediction: Prediction, cell: Cell) -> Measure | None:
    return cell.measure if prediction.metric == "alpha" else cell.coherent_measure


def threshold_value(book: Book, rule: Threshold, judge: str) -> float | None:
    """What a rule compares with, for this judge."""
    if rule.value is not None:
        return rule.value.value
    chosen = reference_judge(book, judge, rule.reference or "")
    fact = book.facts.get(f"reference/{chosen}/{rule.reference}")
    return fact.value if fact else None


def _whole_side(book: Book, cell: Cell, prediction: Prediction, sign: str) -> bool:
    measure, threshold = _metric(prediction, cell), threshold_value(book, prediction.rule, cell.judge)
    interval = measure.interval(0.0, 100.0) if measure else None
    if interval is None or threshold is None:
        return False
    return all(COMPARE[sign](end, threshold) for end in interval)


def _falsified(book: Book, prediction: Prediction, cells: Sequence[Cell], *, whole: bool) -> bool:
    rule = prediction.falsified_by
    if rule is None:
        sign = OPPOSITE[prediction.rule.operator]
        other = "any" if prediction.rule.quantifier == "all" else "all"
        return _quantified(other, [_whole_side(book, cell, prediction, sign) for cell in cells], whole=whole)
    answers = []
    for cell in cells:
        measure, threshold = _metric(prediction, cell), threshold_value(book, rule, cell.judge)
        answers.append(
            measure is not None and threshold is not None and COMPARE[rule.operator](measure.value, threshold)
        )
    return _quantified(rule.quantifier, answers, whole=whole)


# Confidence.


def _held(book: Book) -> Iterator[Held]:
    """Every cell against what the predictions, or without any the target, measure it against."""
    for prediction in book.declared.predictions:
        for cell in own_cells(book):
            if _speaks_of(book, prediction, cell):
                yield from _held_to_prediction(book, prediction, cell)
    if not book.declared.predictions:
        for key in (k for k, r in book.declared.references.items() if r.target):
            for cell in own_cells(book):
                yield from _held_to_reference(book, cell, key)


def _held_to_prediction(book: Book, prediction: Prediction, cell: Cell) -> Iterator[Held]:
    measure, threshold = _metric(prediction, cell), threshold_value(book, prediction.rule, cell.judge)
    if measure is None or threshold is None:
        return
    if prediction.rule.reference is not None and prediction.metric == "alpha":
        yield from _held_to_reference(book, cell, prediction.rule.reference)
        return
    yield Held(cell, threshold, abs(measure.value - threshold), measure.half, prediction.metric)


def _held_to_reference(book: Book, cell: Cell, key: str) -> Iterator[Held]:
    difference = from_reference(book, cell, key)
    fact = book.facts.get(f"reference/{reference_judge(book, cell.judge, key)}/{key}")
    if difference is not None and fact is not None:
        half = difference.half if difference.half is not None else (cell.measure.half if cell.measure else None)
        yield Held(cell, fact.value, abs(difference.value), half)


def _deductions(book: Book, held: Sequence[Held]) -> dict[str, int]:
    """Points taken off, by domain; without thresholds (magnitude) the rules that need one do not apply."""
    cells = own_cells(book)
    points = {
        "replication": int(min((max(1, len(c.seeds)) for c in cells), default=3) < 3),
        "imprecision": _imprecision(held),
        "questions": _few(min((_questions(c) for c in cells), default=30), 30, 10),
        "judges": _judges(book, cells, held),
        "missing judgements": _missing(cells, held),
        "eval-set duplicates": _many(_repeated(book, cells), 0.02, 0.10),
        "contamination": _contamination(book),
    }
    return {domain: taken for domain, taken in points.items() if taken}


def _contamination(book: Book) -> int:
    """What was seen costs, even of questions that are declared private; of others that nothing was seen costs too."""
    seen = set(book.signals.values())
    return 2 if "hit" in seen else int("weak signal" in seen or book.declared.public is not False)


def _repeated(book: Book, cells: Sequence[Cell]) -> float:
    """Share of the questions that repeat another: in a cell but for case and spaces, in the panel also nearly."""
    nearly = book.facts.get("panel/repeated_share")
    return max([repeated(list(questions_of(c))) for c in cells] + [nearly.value if nearly else 0.0])


def _few(value: float, one: float, two: float) -> int:
    return 2 if value < two else int(value < one)


def _many(value: float, one: float, two: float) -> int:
    return 2 if value > two else int(value > one)


def _imprecision(held: Sequence[Held]) -> int:
    if any(h.half is None for h in held):
        return 2
    ratios = [0.0 if not h.distance else h.distance / h.half if h.half else math.inf for h in held]
    return 0 if not ratios or min(ratios) > 2 else 2 if min(ratios) <= 1 else 1


def _judges(book: Book, cells: Sequence[Cell], held: Sequence[Held]) -> int:
    gaps = {c: abs(book.facts[f"gap/{c}"].value) for c in book.conditions if f"gap/{c}" in book.facts}
    widest = max(gaps.values(), default=0.0)
    near = [h for h in held if h.metric == "alpha" and h.cell.condition in gaps]
    reaches = any(_reaches(gaps[h.cell.condition], h.distance) for h in near)
    if gaps and (_reaches(widest, 20) or reaches):
        return 2
    scored = Counter(c.condition for c in cells if c.measure is not None)
    return int(_reaches(widest, 10) or 1 in scored.values())


def _reaches(gap: float, limit: float) -> bool:
    """Whether a gap is as wide as a limit; a sum of floats that means the limit is the limit."""
    return gap >= limit or math.isclose(gap, limit, rel_tol=1e-9, abs_tol=1e-9)


def _missing(cells: Sequence[Cell], held: Sequence[Held]) -> int:
    if all(c.measure is None for c in cells) or any(h.cell.errors and _bounds_reach(h) for h in held):
        return 2
    rates = [c.error_rate for c in cells]
    return max(_many(max((r for r in rates if r is not None), default=0.0), *MISSING_FROM), int(None in rates))


def _bounds_reach(held: Held) -> bool:
    bounds = held.cell.bounds
    return held.metric == "alpha" and bounds is not None and bounds[0] <= held.threshold <= bounds[1]
