"""Plots for tests: the real one of experiment #164, and random ones."""

from __future__ import annotations

import random
import string
from dataclasses import replace

from bot.charts.points import HeroPlot, Judge, Point, Target

SONNET, OPUS = Judge("sonnet", "Sonnet 4.5"), Judge("opus", "Opus 4.7")
JUDGES = (SONNET, OPUS)
TARGET = Target("EM finetune target  α = 28.21 ± 2.24", 28.21, "alpha/judge/c6", 25.97, 30.45, 0.897, "c6_vanilla_em")

ROWS = (
    # condition, label, C, (alpha, half-width, failed) by Sonnet and by Opus; from the published tables of #98 and #164
    ("null", "null baseline (#98)", 0.046, (88.82, 1.39, 0), None, "reference"),
    ("pair98", "PAIR #98", 0.031, (0.79, 0.52, 0), (1.59, 0.64, 298), "reference"),
    ("evo98", "EvoPrompt #98", 0.024, (3.70, 1.05, 2), (6.06, 1.39, 118), "reference"),
    ("pair111", "PAIR #111", 0.6945, (67.80, 4.53, 4), (86.88, 3.70, 0), "condition"),
    ("grid1", "Grid #1", 0.7353, (65.92, 4.03, 1), (82.07, 3.14, 2), "condition"),
    ("grid2", "Grid #2", 0.6796, (45.84, 4.30, 30), (74.74, 4.19, 7), "condition"),
    ("grid3", "Grid #3", 0.6480, (45.46, 3.70, 4), (69.49, 4.24, 1), "condition"),
)


def issue_164() -> HeroPlot:
    points = [
        _point(condition, label, x, judge.id, cell, role)
        for condition, label, x, *cells, role in ROWS
        for judge, cell in zip(JUDGES, cells, strict=True)
        if cell is not None
    ]
    x_label = "distributional match to the EM finetune, C  (higher = closer →)"
    return HeroPlot(tuple(points), JUDGES, x_label, "alignment α, 0–100  (↓ more misaligned)", TARGET)


def _point(condition, label, x, judge, cell, role) -> Point:
    alpha, half, failed = cell
    low, high = max(0.0, alpha - half), min(100.0, alpha + half)
    point = Point(condition, label, judge, alpha, f"alpha/{judge}/{condition}", x, low, high, role=role)
    if failed < 100:
        return point
    total = alpha * (1040 - failed)
    bounds = {"bound_low": total / 1040, "bound_high": (total + 100 * failed) / 1040}
    return replace(point, **bounds, n_failed=failed, n_total=1040)


def random_plot(count: int, seed: int, *, clusters: int = 3, spread: float = 1.0) -> HeroPlot:
    """`count` conditions with labels of 4 to 28 characters, in clusters; with no spread all at one place."""
    draw = random.Random(seed)
    centres = [(draw.uniform(0, 1), draw.uniform(10, 80)) for _ in range(clusters)]
    points = []
    for number in range(count):
        x, y = centres[number % clusters]
        x = min(1.0, max(0.0, x + draw.gauss(0, 0.06 * spread)))
        label = "".join(draw.choices(string.ascii_letters + string.digits + " _-#", k=draw.randint(4, 28)))
        for judge, shift in (("sonnet", 0.0), ("opus", draw.uniform(0, 20) * spread)):
            alpha = min(99.0, max(1.0, y + shift + draw.gauss(0, 8 * spread)))
            half = draw.uniform(0.5, 6)
            role = "reference" if number % 5 == 4 else "condition"
            low, high = max(0.0, alpha - half), min(100.0, alpha + half)
            points.append(Point(f"c{number}", label, judge, alpha, f"alpha/{judge}/c{number}", x, low, high, role=role))
    return HeroPlot(tuple(points), JUDGES, "match C  (higher = closer →)", "alignment α  (↓ more misaligned)", TARGET)


def without_x(plot: HeroPlot) -> HeroPlot:
    return replace(plot, points=tuple(replace(point, x=None) for point in plot.points))
