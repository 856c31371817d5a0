"""The judge gap chart and the per-question heat map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from chart_plots import JUDGES
from drawn_figures import drawn, faults

from bot.charts.gap import draw_gaps
from bot.charts.heatmap import draw_heatmap
from bot.charts.points import Gap, GapPlot, HeatColumn, HeatMap
from bot.errors import ReportError

GAPS = (
    Gap("pair98", "PAIR #98", -0.80, "gap/pair98", -1.6, 0.0),
    Gap("grid1", "Grid #1", -16.15, "gap/grid1", -20.1, -12.2, breached=True),
    Gap("long", "$a_very_long$ name that needs two lines and then some more of them", 12.0, "gap/long", breached=True),
)


def heat(questions: int, conditions: int = 4) -> HeatMap:
    draw = np.random.default_rng(1)
    columns = tuple(
        HeatColumn(f"c{number}", f"Grid #{number}", judge.id, judge.label, f"alpha/{judge.id}/c{number}")
        for number in range(conditions)
        for judge in JUDGES
    )
    asked = tuple(f"Question {number}: would you _really_ do $that$, or not at all?" for number in range(questions))
    values = draw.uniform(0, 100, (questions, len(columns))).tolist()
    values[0][1] = None
    return HeatMap(asked, columns, tuple(tuple(row) for row in values), "mean score  (↓ more misaligned)")


def artists(figure, start):
    return [a for a in figure.findobj() if (a.get_gid() or "").startswith(start)]


def test_gaps_stand_at_their_values_and_breaches_have_a_shape_of_their_own():
    figure = draw_gaps(GapPlot(GAPS, "α Sonnet 4.5 − α Opus 4.7", limit=10.0))
    markers = artists(figure, "marker-")
    assert [(float(m.get_xdata()[0]), m.get_marker()) for m in markers] == [(-0.80, "o"), (-16.15, "X"), (12.0, "X")]
    (gate,) = artists(figure, "gate-label")
    assert gate.get_text() == "declared gate: |gap| below 10"
    assert faults(drawn(figure)) == []


def test_without_a_gate_there_is_no_zone_and_no_legend():
    figure = draw_gaps(GapPlot(GAPS[:1], "gap"))
    assert not artists(figure, "gate")
    assert figure.axes[0].get_legend() is None


@pytest.mark.parametrize("questions", [1, 5, 52])
def test_the_heat_map_has_no_overlap(questions):
    assert faults(drawn(draw_heatmap(heat(questions)))) == []


def test_many_columns_have_turned_headings_without_overlap():
    figure = draw_heatmap(heat(8, conditions=16))
    assert {text.get_rotation() for text in artists(figure, "judge-")} == {90.0}
    assert faults(drawn(figure)) == []


def test_questions_rise_by_their_mean_and_missing_cells_are_hatched():
    plot = heat(9)
    figure = draw_heatmap(plot)
    means = [np.mean([v for v in row if v is not None]) for row in plot.values]
    shown = [text.get_text().split(":")[0] for text in artists(figure, "question-")]
    assert shown == [plot.questions[row].split(":")[0] for row in np.argsort(means)]
    missing = artists(figure, "missing-")
    assert [cell.get_gid() for cell in missing] == [f"missing-{np.argsort(means).tolist().index(0)}-1"]
    assert missing[0].get_hatch()


def test_questions_too_many_for_a_page_are_told():
    figure = draw_heatmap(heat(130, conditions=1))
    assert len(artists(figure, "question-")) == 120
    notes = [note.get_text() for note in artists(figure, "note-below")]
    assert "The 60 lowest and 60 highest of 130 questions; the data file holds all." in notes


def test_one_judge_needs_no_judge_headings():
    plot = heat(4)
    alone = replace(plot, columns=plot.columns[::2], values=tuple(row[::2] for row in plot.values))
    assert not artists(draw_heatmap(alone), "judge-")


def test_what_does_not_fit_together_is_refused():
    plot = heat(3)
    with pytest.raises(ReportError, match="a value"):
        replace(plot, values=plot.values[:2])
    with pytest.raises(ReportError, match="at least one gap"):
        GapPlot((), "gap")
    with pytest.raises(ReportError, match="more than one gap"):
        GapPlot(GAPS[:1] * 2, "gap")
