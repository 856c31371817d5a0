"""No label overlaps anything and nothing is cut off: measured on drawn figures."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from chart_plots import issue_164, random_plot, without_x
from drawn_figures import drawn, faults

from bot.charts.hero import draw_hero


def test_the_published_experiment_has_no_overlap():
    shown = drawn(draw_hero(issue_164()))
    assert faults(shown) == []
    assert len([name for name in shown.texts if name.startswith("label-")]) == 7
    assert {"legend", "target", "star", "note"} <= set(shown.texts)


@pytest.mark.parametrize(("count", "seed"), [*product([3, 8, 15], range(3)), (30, 0), (30, 2)])
def test_random_clustered_layouts_have_no_overlap(count, seed):
    shown = drawn(draw_hero(random_plot(count, seed)))
    assert faults(shown) == []
    assert len([name for name in shown.texts if name.startswith("label-")]) >= count * 0.5


@pytest.mark.parametrize("count", [3, 8, 30])
@pytest.mark.parametrize("spread", [0.0, 0.1])
def test_points_at_one_place_have_no_overlap(count, spread):
    assert faults(drawn(draw_hero(random_plot(count, 7, clusters=1, spread=spread)))) == []


@pytest.mark.parametrize("count", [3, 30])
def test_dot_plots_have_no_overlap(count):
    assert faults(drawn(draw_hero(without_x(random_plot(count, 1))))) == []


def test_everything_at_once_has_no_overlap():
    plot = issue_164()
    points = tuple(
        replace(point, bound_low=point.y / 2, bound_high=point.y / 2 + 50, n_failed=9) for point in plot.points
    )
    busy = replace(plot, points=points, title="A title " * 30, stated_note="C is stated in #111. " * 12)
    assert faults(drawn(draw_hero(busy))) == []
    assert faults(drawn(draw_hero(without_x(busy)))) == []


def test_the_measuring_itself_sees_an_overlap_and_a_cut():
    figure = draw_hero(issue_164())
    labels = {text.get_gid(): text for text in figure.texts}
    labels["label-0"].set_position(labels["label-3"].get_position())
    labels["label-1"].set_x(0.99)
    found = faults(drawn(figure))
    assert "label-0 on label-3" in found
    assert "label-1 leaves the sheet" in found
