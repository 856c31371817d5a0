"""What the hero figure shows, and how it takes what archives may hold."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import matplotlib
import pytest
from chart_plots import JUDGES, SONNET, issue_164, random_plot, without_x
from drawn_figures import drawn, faults
from matplotlib.colors import to_hex
from matplotlib.text import Text

from bot.charts.hero import draw_hero
from bot.charts.points import HeroPlot, Judge, Point, Target
from bot.charts.style import figure_style, judge_styles
from bot.errors import ReportError

HOSTILE = (
    "$\\frac{1}{2}$ \\undefined{", "\u202eevil\u202c", "emoji 🦄 漢字", "\x00\x07\x1b[31m", "z" + "\u0301" * 40,
    "a" * 500, "same", "same", "", "line\nbreak\ttab", "\ud800 lone", "שלום عالم",
    "__init__ ^ {} %s & < > \" '", "</svg><script>",
)  # fmt: skip


def artists(figure, start):
    return [a for a in figure.findobj() if (a.get_gid() or "").startswith(start)]


def texts(figure, start):
    return [text.get_text() for text in artists(figure, start) if isinstance(text, Text)]


def hostile_plot() -> HeroPlot:
    points = [
        Point(
            f"c{number}",
            label,
            "sonnet",
            7.0 * number,
            "fact",
            x=number / 14,
            low=7.0 * number - 2,
            high=7.0 * number + 2,
        )
        for number, label in enumerate(HOSTILE)
    ]
    target = Target("t $_1$ " * 40, 33.0, "fact", 30, 40, 0.5, "p" * 80)
    judge = Judge("sonnet", "judge $x$ " * 20)
    return HeroPlot(
        tuple(points), (judge,), "x $_2$ " * 60, "y \u202e" * 60, target, title="T " * 300, stated_note="N " * 900
    )


def test_every_condition_is_named_once_and_conditions_stand_out_from_references():
    figure = draw_hero(issue_164())
    labels = {text.get_text(): text for text in artists(figure, "label-")}
    assert set(labels) == {
        "null baseline (#98)",
        "PAIR #98",
        "EvoPrompt #98",
        "PAIR #111",
        "Grid #1",
        "Grid #2",
        "Grid #3",
    }
    assert {name for name, text in labels.items() if text.get_fontweight() == "bold"} == {
        "PAIR #111", "Grid #1", "Grid #2", "Grid #3",
    }  # fmt: skip


def test_target_note_and_legend_say_what_the_shapes_mean():
    figure = draw_hero(issue_164())
    assert texts(figure, "target") == ["EM finetune target  α = 28.21 ± 2.24"]
    assert texts(figure, "star") == ["c6_vanilla_em"]
    (note,) = texts(figure, "note")
    assert note.replace("\n", " ") == (
        "shaded: where α can lie with 298 (PAIR #98) and 118 (EvoPrompt #98) of 1,040 Opus 4.7 judgements missing"
    )
    legend = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert legend == ["Sonnet 4.5", "Opus 4.7", "earlier experiment"]


def test_markers_stand_at_their_values_and_references_are_open():
    figure = draw_hero(issue_164())
    markers = {
        (round(float(m.get_xdata()[0]), 2), round(float(m.get_ydata()[0]), 2)): m for m in artists(figure, "marker-")
    }
    assert {(0.69, 67.80), (0.69, 86.88), (0.74, 65.92), (0.65, 69.49), (0.05, 88.82)} <= set(markers)
    assert to_hex(markers[0.05, 88.82].get_markerfacecolor()) == "#ffffff"
    assert to_hex(markers[0.69, 67.80].get_markerfacecolor()) == "#0072b2"


def test_error_bars_and_bounds_end_at_their_values():
    figure = draw_hero(issue_164())
    bars = {tuple(round(float(y), 2) for y in bar.get_ydata()) for bar in artists(figure, "interval-")}
    assert {(63.27, 72.33), (0.27, 1.31)} <= bars
    bounds = {
        tuple(round(float(y), 2) for y in (b.get_y(), b.get_y() + b.get_height())) for b in artists(figure, "bounds-")
    }
    assert bounds == {(1.13, 29.79), (5.37, 16.72)}


def test_judges_of_one_condition_that_would_cover_each_other_stand_side_by_side():
    points = tuple(Point("a", "A", judge.id, 50.0, f"alpha/{judge.id}/a", x=0.5) for judge in JUDGES)
    figure = draw_hero(HeroPlot(points, JUDGES, "x", "y"))
    left, right = (float(marker.get_xdata()[0]) for marker in artists(figure, "marker-"))
    assert left < 0.5 < right
    assert left + right == pytest.approx(1.0)


def test_conditions_at_one_place_share_a_label():
    points = tuple(Point(name, name.upper(), "sonnet", 50.0, name, x=0.5) for name in "ab")
    figure = draw_hero(HeroPlot(points, (SONNET,), "x", "y"))
    assert texts(figure, "label-") == ["A\nB"]
    assert "Conditions named together lie on each other." in texts(figure, "note-below")


def test_without_x_conditions_are_rows_in_the_order_given():
    figure = draw_hero(without_x(issue_164()))
    axes = figure.axes[0]
    assert [label.get_text() for label in axes.get_yticklabels()][:3] == [
        "null baseline (#98)",
        "PAIR #98",
        "EvoPrompt #98",
    ]
    assert axes.get_xlabel() == "alignment α, 0–100  (← more misaligned)"
    sonnet, opus = (m for m in artists(figure, "marker-3-"))
    assert [float(m.get_xdata()[0]) for m in (sonnet, opus)] == [67.80, 86.88]
    assert -3.5 < opus.get_ydata()[0] < sonnet.get_ydata()[0] < -2.5


def test_a_dot_plot_grows_with_its_rows():
    few, many = (draw_hero(without_x(random_plot(count, 1))).get_size_inches() for count in (5, 30))
    assert few[0] == many[0]
    assert many[1] > 4 * few[1]


def test_a_reference_without_x_stands_apart_and_is_not_lost():
    plot = issue_164()
    points = tuple(replace(point, x=None) if point.condition == "null" else point for point in plot.points)
    figure = draw_hero(replace(plot, points=points))
    assert artists(figure, "gutter")
    assert "not\nstated" in [tick.get_text() for tick in figure.axes[0].get_xticklabels()]
    assert faults(drawn(figure)) == []


def test_kind_dots_wins_over_x_and_scatter_needs_one():
    plot = issue_164()
    assert not artists(draw_hero(replace(plot, kind="dots")), "star")
    assert draw_hero(replace(without_x(plot), kind="scatter")).axes[0].get_xlabel().startswith("alignment")


def test_too_many_conditions_for_a_scatter_become_rows_and_the_cut_is_told():
    points = tuple(Point(f"c{n}", f"condition {n}", "sonnet", n % 100, "f", x=n / 300) for n in range(230))
    figure = draw_hero(HeroPlot(points, (SONNET,), "x", "y"))
    assert len(figure.axes[0].get_yticklabels()) == 200
    assert "The first 200 of 230 conditions; the data file holds all." in texts(figure, "note-below")


@pytest.mark.parametrize("plot", [hostile_plot(), without_x(hostile_plot())], ids=["scatter", "dots"])
def test_hostile_texts_are_drawn_as_text_and_stay_in_their_place(plot):
    figure = draw_hero(plot)
    assert faults(drawn(figure)) == []
    shown = [*texts(figure, "label-"), *(tick.get_text() for tick in figure.axes[0].get_yticklabels())]
    assert any("$\\frac{1}{2}$" in text for text in shown)
    assert not any(text.get_parse_math() for text in figure.findobj(Text))


def test_points_beyond_the_given_limits_widen_the_axis():
    figure = draw_hero(replace(issue_164(), y_limits=(40.0, 60.0)))
    low, high = figure.axes[0].get_ylim()
    assert low < 0.27 and high > 90.58


def test_drawing_changes_no_global_state_and_needs_no_pyplot():
    before = dict(matplotlib.rcParams)
    draw_hero(issue_164())
    assert dict(matplotlib.rcParams) == before
    rooms = "bot.charts.hero, bot.charts.gap, bot.charts.heatmap, bot.charts.saving"
    code = f"import sys, {rooms}; print('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_users_own_settings_do_not_reach_a_figure():
    with matplotlib.rc_context({"font.size": 30, "axes.grid": True, "text.usetex": True}), figure_style():
        assert matplotlib.rcParams["text.usetex"] is False
        assert matplotlib.rcParams["font.size"] < 12


def test_judges_differ_in_shape_and_in_colour():
    styles = judge_styles([Judge(str(number), "") for number in range(6)])
    assert len({style.marker for style in styles.values()}) == 6
    assert len({style.color for style in styles.values()}) == 6


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        (lambda: replace(issue_164(), points=()), "at least one point"),
        (lambda: replace(issue_164(), judges=(SONNET,)), "judges that the figure does not list: opus"),
        (lambda: replace(issue_164(), points=issue_164().points[:1] * 2), "more than one point"),
        (lambda: Point("a", "A", "sonnet", float("nan"), "fact"), "nan cannot be drawn"),
        (lambda: replace(issue_164(), y_limits=(1.0, 1.0)), "cannot run"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(broken, says):
    with pytest.raises(ReportError, match=says):
        broken()
