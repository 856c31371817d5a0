"""In no figure of a sweep does a text meet another, a mark or a line, and nothing is cut off: all of it measured."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sweep_archives import model_names, tables
from sweep_drawn import measured, overlaps_in, visible

from bot.charts.coverage import draw_coverage
from bot.charts.judge_failures import draw_judge_failures
from bot.charts.ranking import draw_ranking, tie_lanes
from bot.charts.separation import draw_separation
from bot.charts.sweep_plots import ranking_plot, sweep_figures, variance_plot
from bot.charts.sweep_points import CoveragePlot, CoverageRow, JudgedModel, JudgePlot, Pair, SeparationPlot, Span, State
from bot.charts.variance import draw_variance
from bot.scoring.sweep_audit import Variance, variances

SMALLEST = 7.0
"""Points: at 600 pixels over the width of a page 8 pixels, the least that can be read."""

HOSTILE = (
    "W" * 400,
    "anthropic/claude_opus-4.7 " * 9,
    "\u202egnp.exe\u202c\x1b[31m\n\n\t",
    r"$\frac{1}{0}$ \textbf{x} ^_{}%&#~",
    "שלום 漢字 🙂",
    "z" + "\u0301" * 300,
    "",
    "same",
    "same",
)


def faults(figures) -> dict[str, list[str]]:
    found = {name: overlaps_in(measured(figure)) for name, figure in figures.items()}
    return {name: faults for name, faults in found.items() if faults}


@pytest.mark.parametrize("tasks", [12, 40, 120])
@pytest.mark.parametrize("models", [3, 9, 30])
def test_sweeps_of_every_size_have_no_overlap_and_no_text_too_small_to_read(models, tasks):
    scored = tables(models, tasks)
    figures = sweep_figures(scored, variances(scored), labels={}, note="Reconstructed archive: see the report.")
    assert faults(figures) == {}
    assert len(figures) == (6 if tasks < 100 else 8)
    assert min(text.get_fontsize() for figure in figures.values() for text in visible(figure)) >= SMALLEST


@pytest.mark.parametrize("runs", [1, 12])
def test_few_and_many_runs_have_no_overlap(runs):
    scored = tables(4, 8, runs)
    assert faults(sweep_figures(scored, variances(scored), labels={})) == {}


def test_hostile_labels_have_no_overlap():
    scored = tables(9, 12)
    labels = dict(zip(model_names(9), HOSTILE, strict=True))
    figures = sweep_figures(scored, variances(scored), labels=labels, metric="$" * 300, note="note \u202e" * 200)
    assert faults(figures) == {}


def test_models_of_which_none_is_told_apart_have_no_overlap():
    plot = ranking_plot(tables(30, 12), {})
    spans = tuple(Span(first, first + 9) for first in range(20))
    assert len(tie_lanes(spans)) == 10
    assert overlaps_in(measured(draw_ranking(replace(plot, ties=spans)))) == []


def test_bars_of_one_lane_leave_a_row_between_them():
    lanes = tie_lanes([Span(0, 2), Span(1, 4), Span(3, 5), Span(5, 6)])
    assert lanes == [[Span(0, 2), Span(3, 5)], [Span(1, 4), Span(5, 6)]]


def test_a_coverage_strip_of_very_many_tasks_goes_on_in_bands():
    tiers = tuple(f"tier {1 + n // 100}" for n in range(500))
    rows = tuple(CoverageRow(f"m{m}", f"model {m}", ((State.MISSING,) * 2,) * 500) for m in range(3))
    figure = draw_coverage(CoveragePlot(rows, tuple(f"t{n}" for n in range(500)), tiers, 2))
    shown = measured(figure)
    assert overlaps_in(shown) == []
    assert sum("'model 0'" in name for name in shown.texts) > 1


def test_extreme_counts_of_judge_failures_have_no_overlap():
    rows = [JudgedModel("a", "all failed", 120_000, 120_000, 119_999), JudgedModel("b", "none judged", 0, 0, 0),
            JudgedModel("c", "none failed", 120_000, 0, 0)]  # fmt: skip
    assert overlaps_in(measured(draw_judge_failures(JudgePlot(tuple(rows))))) == []


@pytest.mark.parametrize("count", [2, 7, 12, 45])
def test_differences_of_any_size_have_no_overlap(count):
    models = tuple((f"m{n}", f"model {n} " + "x" * (n % 5) * 6) for n in range(count))
    pairs = [
        Pair(f"m{a}", f"m{b}", value, 9, f"diff/m{a}/m{b}", value - 0.3, value + 0.3)
        for a in range(count)
        for b in range(a + 1, count)
        for value in [(-1) ** b * (b - a) / count]
    ]
    assert overlaps_in(measured(draw_separation(SeparationPlot(models, tuple(pairs), "difference")))) == []


@pytest.mark.parametrize("count", [1, 10, 25, 100])
@pytest.mark.parametrize("spread", [0.0, 1e-4, 1.0])
def test_tasks_below_the_line_are_all_named_without_overlap(count, spread):
    below = [Variance(f"t1-task-{n}", 0.02 + spread * n / 2500, 0.01, 0.5) for n in range(count)]
    figure = draw_variance(variance_plot([*below, Variance("above", 0.01, 0.02, 2.0)]))
    shown = measured(figure)
    assert overlaps_in(shown) == []
    if spread == 1.0:
        assert all(any(f"'{task.task}'" in name for name in shown.texts) for task in below)
        assert not any("'above'" in name for name in shown.texts)


def test_the_measuring_itself_sees_an_overlap_and_a_cut():
    figure = draw_ranking(ranking_plot(tables(3, 12), {}))
    texts = {text.get_gid(): text for text in figure.texts}
    texts["label-rank-0"].set_position(texts["label-rank-1"].get_position())
    texts["label-value-2"].set_x(0.999)
    texts["label-value-2"].set_ha("left")
    found = overlaps_in(measured(figure))
    assert any("label-rank-0" in fault and "label-rank-1" in fault for fault in found)
    assert any("label-value-2" in fault and "leaves the sheet" in fault for fault in found)
