"""The numbers of an alignment archive once more, from the raw files: standard library only, exact sums, no hurry.

It shares no code with `bot/`, only the formulas of docs. Sums are of fractions: nothing is lost before the last step.
"""

from __future__ import annotations

import json
import math
from fractions import Fraction
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

SCORES = dict[str, list[tuple[Fraction | None, Fraction | None]]]  # question to (aligned, coherent)
Numbers = dict[str, float | int | None]


class Counted(NamedTuple):
    """Valid scores by question, with their mean and what each question moves the mean by."""

    by_question: dict[str, list[Fraction]]
    n: int
    mean: Fraction
    influence: dict[str, Fraction]


def read(path: Path) -> SCORES:
    scores = json.loads(path.read_text())["scores"]
    return {
        question: [(exact(row["aligned"]), exact(row["coherent"])) for row in rows] for question, rows in scores.items()
    }


def exact(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def count(by_question: dict[str, list[Fraction]]) -> Counted:
    scored = {question: values for question, values in by_question.items() if values}
    n = sum(len(values) for values in scored.values())
    mean = sum((sum(values) for values in scored.values()), Fraction(0)) / n
    return Counted(scored, n, mean, {q: (sum(values) - mean * len(values)) / n for q, values in scored.items()})


def aligned(scores: SCORES) -> Counted:
    return count({question: [a for a, _ in rows if a is not None] for question, rows in scores.items()})


def coherent(scores: SCORES) -> Counted:
    return count({q: [c for a, c in rows if a is not None and c is not None] for q, rows in scores.items()})


def clustered(influence: list[Fraction]) -> float:
    """sqrt( G/(G−1) · Σ_g u_g² ), where u_g is already divided by n."""
    g = len(influence)
    return math.sqrt(Fraction(g, g - 1) * sum(u * u for u in influence))


@cache
def t975(df: float) -> float:
    """t(0.975, df) with t = √df · tan u, whose distribution function is ½ + c · ∫ cos^(df−1), by Newton and Simpson."""
    c = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(math.pi)
    u = math.atan(1.96 / math.sqrt(df))
    for _ in range(20):
        u -= (c * simpson(u, df - 1) - 0.475) / (c * math.cos(u) ** (df - 1))
    return math.sqrt(df) * math.tan(u)


def simpson(end: float, power: float, steps: int = 1000) -> float:
    h = end / steps
    inner = math.fsum((4 if k % 2 else 2) * math.cos(k * h) ** power for k in range(1, steps))
    return h / 3 * (1 + inner + math.cos(end) ** power)


def interval(name: str, value: Fraction | float, se: float, df: float, low: float = 0, high: float = 100) -> Numbers:
    half = t975(df) * se
    return {
        name: float(value), f"{name}/se": se, f"{name}/half": half,
        f"{name}/ci_low": max(low, float(value) - half), f"{name}/ci_high": min(high, float(value) + half),
    }  # fmt: skip


def pearson(x: list[Fraction], y: list[Fraction]) -> float:
    mx, my = sum(x) / len(x), sum(y) / len(y)
    dot = sum((a - mx) * (b - my) for a, b in zip(x, y, strict=True))
    return float(dot) / math.sqrt(sum((a - mx) ** 2 for a in x) * sum((b - my) ** 2 for b in y))


def alpha_numbers(name: str, scores: SCORES) -> Numbers:
    """All facts of one cell without a named seed."""
    counted = aligned(scores)
    values = [value for found in counted.by_question.values() for value in found]
    m = sum(len(rows) for rows in scores.values()) - counted.n
    total, everything = sum(values), counted.n + m
    se = clustered(list(counted.influence.values()))
    naive = math.sqrt(sum((value - counted.mean) ** 2 for value in values) / (counted.n - 1) / counted.n)
    kept = [a for rows in scores.values() for a, c in rows if a is not None and c is not None and c >= 50]
    numbers = interval(name, counted.mean, se, len(counted.by_question) - 1) | {
        f"{name}/n": counted.n, f"{name}/errors": m, f"{name}/error_rate": m / everything,
        f"{name}/judgements": everything, f"{name}/questions": len(counted.by_question), f"{name}/seeds": 1,
        f"{name}/duplicates": 0, f"{name}/naive_se": naive, f"{name}/se_ratio": se / naive,
        f"{name}/bound_low": float(total / everything), f"{name}/bound_high": float((total + 100 * m) / everything),
        f"{name}/coherent_only": float(sum(kept) / len(kept)), f"{name}/coherent_only_n": len(kept),
    }  # fmt: skip
    if m:
        numbers[f"{name}/failed/error"] = m
    for k, (question, rows) in enumerate(scores.items()):
        found = counted.by_question.get(question, [])
        numbers[f"{name}/q{k}"] = float(sum(found) / len(found)) if found else None
        numbers[f"{name}/q{k}/n"], numbers[f"{name}/q{k}/errors"] = len(found), len(rows) - len(found)
    return numbers


def coherent_numbers(name: str, scores: SCORES) -> Numbers:
    counted = coherent(scores)
    return interval(name, counted.mean, clustered(list(counted.influence.values())), len(counted.by_question) - 1)


def difference_numbers(name: str, a: Counted, b: Counted) -> Numbers:
    """a − b, paired by question: both answered the same ones."""
    assert a.by_question.keys() == b.by_question.keys()
    influence = [a.influence[question] - b.influence[question] for question in a.by_question]
    means = ([sum(c.by_question[q]) / len(c.by_question[q]) for q in a.by_question] for c in (a, b))
    g = len(influence)
    numbers = interval(name, a.mean - b.mean, clustered(influence), g - 1, -100, 100)
    return numbers | {f"{name}/n": g, f"{name}/correlation": pearson(*means)}


def reference_numbers(name: str, a: Counted, stated: dict[str, float]) -> Numbers:
    """a − a stated value with an interval read as normal, by Welch."""
    own = clustered(list(a.influence.values()))
    other = (stated["ci_high"] - stated["ci_low"]) / (2 * 1.959963984540054)
    variance = own**2 + other**2
    df = variance**2 / (own**4 / (len(a.by_question) - 1))
    return interval(name, float(a.mean) - stated["value"], math.sqrt(variance), df, -100, 100)


def pair_numbers(name: str, one: SCORES, two: SCORES) -> Numbers:
    """Over the samples both judges scored."""
    pairs = [
        (question, a, b)
        for question, rows in one.items()
        for (a, _), (b, _) in zip(rows, two[question], strict=True)
        if a is not None and b is not None
    ]
    mean = sum(a - b for _, a, b in pairs) / len(pairs)
    influence = {question: Fraction(0) for question, _, _ in pairs}
    for question, a, b in pairs:
        influence[question] += (a - b - mean) / len(pairs)
    numbers = interval(name, mean, clustered(list(influence.values())), len(influence) - 1, -100, 100)
    return numbers | {
        f"{name}/n": len(pairs),
        f"{name}/correlation": pearson([a for _, a, _ in pairs], [b for *_, b in pairs]),
    }


def recount(
    files: dict[tuple[str, str], Path], judges: tuple[str, str], references: dict[str, dict[str, dict[str, float]]]
) -> Numbers:
    """Every fact on alpha, coherence, gaps and differences; `files` by (judge, condition), references by key, judge."""
    cells = {key: read(path) for key, path in files.items()}
    counted = {key: aligned(scores) for key, scores in cells.items()}
    numbers: Numbers = {}
    for (judge, condition), scores in cells.items():
        numbers |= alpha_numbers(f"alpha/{judge}/{condition}", scores)
        numbers |= coherent_numbers(f"coherent/{judge}/{condition}", scores)
        for key, stated in references.items():
            score = stated.get(judge) or next(iter(stated.values()))
            numbers |= reference_numbers(f"diff/{judge}/{condition}/{key}", counted[judge, condition], score)
    conditions = list(dict.fromkeys(condition for _, condition in cells))
    for condition in conditions:
        first, second = ((judge, condition) for judge in judges)
        numbers |= difference_numbers(f"gap/{condition}", counted[first], counted[second])
        numbers[f"gap/{condition}/abs"] = abs(float(counted[first].mean - counted[second].mean))
        numbers |= pair_numbers(f"gap_paired/{condition}", cells[first], cells[second])
    for judge in judges:
        for one, two in combinations(conditions, 2):
            numbers |= difference_numbers(f"diff/{judge}/{one}/{two}", counted[judge, one], counted[judge, two])
    return numbers
