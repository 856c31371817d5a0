"""What the figures of a sweep show, read off the drawn figures; and the files they become."""

from __future__ import annotations

import csv
import json
import time
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from sweep_archives import archive, run, tables
from sweep_drawn import boxes_of, words

from bot.charts import coverage, judge_failures, separation
from bot.charts.coverage import draw_coverage
from bot.charts.judge_failures import draw_judge_failures
from bot.charts.ranking import draw_ranking, rank_text
from bot.charts.saving import rendered, save
from bot.charts.separation import draw_separation, scale_of
from bot.charts.sidecar import write_sidecar
from bot.charts.sweep_plots import plots_of, ranking_plot, sweep_figures
from bot.charts.sweep_points import (
    JudgedModel,
    JudgePlot,
    Pair,
    RankedModel,
    RankingPlot,
    SeparationPlot,
    State,
    Verdict,
)
from bot.charts.sweep_tasks import coverage_plot
from bot.charts.variance import both_limits, root_ticks
from bot.scoring.sweep import score_sweep
from bot.scoring.sweep_audit import variances

TABLES = tables(4, 12)


def marks(figure) -> dict[str, object]:
    return {artist.get_gid(): artist for artist in figure.findobj(lambda artist: bool(artist.get_gid()))}


def test_the_ranking_has_the_best_on_top_with_its_value_where_it_belongs():
    plot = ranking_plot(TABLES, {})
    drawn = marks(draw_ranking(plot))
    heights = [drawn[f"marker-{row}"].get_ydata()[0] for row in range(4)]
    assert heights == sorted(heights, reverse=True)
    for row, model in enumerate(plot.models):
        assert drawn[f"marker-{row}"].get_xdata()[0] == model.value
        assert drawn[f"marker-beside-{row}"].get_xdata()[0] == model.beside
        assert tuple(drawn[f"interval-{row}"].get_xdata()) == (model.low, model.high)


def test_ranks_say_where_they_are_shared():
    def model(rank, tied):
        return RankedModel("m", "m", rank, tied, None, "f")

    assert [rank_text(model(1, True)), rank_text(model(3, False)), rank_text(model(None, False))] == ["1=", "3", "–"]


def test_the_ranking_says_its_direction_and_names_no_interval_it_does_not_have():
    lone = score_sweep(archive([run("m", "t1-a", 0, 0.5)]))
    figure = draw_ranking(ranking_plot(lone, {}))
    assert "interval-0" not in marks(figure)
    assert any("higher is better →" in word for word in words(figure))


def test_a_ranking_without_any_number_can_be_drawn():
    empty = RankedModel("m", "m", None, False, None, "clean_mean/m")
    assert "no value" in words(draw_ranking(RankingPlot((empty,), (), "x", "clean_mean")))


def test_the_coverage_strip_draws_every_expected_run_once_and_counts_it():
    plot = coverage_plot(TABLES, {})
    figure = draw_coverage(plot)
    cells = dict.fromkeys(State, 0)
    for name, patch in marks(figure).items():
        kind, _, state = name.partition("-")
        if kind in ("cells", "edges"):
            cells[State[state]] = len(boxes_of(figure, patch))
    assert cells == {state: sum(row.count(state) for row in plot.models) for state in State}
    shown = {text.get_gid(): text.get_text() for text in figure.texts}
    for place, row in enumerate(plot.models):
        assert [shown[f"label-count-{place}-{n}"] for n in range(5)] == [str(row.count(state)) for state in State]


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.1)."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_states_and_verdicts_are_told_apart_without_colour():
    fills = (coverage.CLEAN_COLOR, coverage.ZERO_COLOR, coverage.INFRA_COLOR)
    assert all(contrast(a, b) > 1.8 for n, a in enumerate(fills) for b in fills[:n])
    assert contrast(judge_failures.FAILED, judge_failures.REJUDGED) > 1.8
    shares = {coverage.LOOKS[state].share for state in (State.INFRA, State.LOGGED, State.MISSING)}
    assert len(shares) == 3
    noise = separation.LOOKS[Verdict.NOISE]
    assert all(look.edge != noise.edge for verdict, look in separation.LOOKS.items() if verdict is not Verdict.NOISE)


def test_bars_of_judge_failures_are_as_long_as_their_shares():
    rows = (JudgedModel("a", "A", 50, 5, 2), JudgedModel("b", "B", 0, 0, 0))
    figure = draw_judge_failures(JudgePlot(rows))
    drawn = marks(figure)
    assert (drawn["bar-0-0"].get_width(), drawn["bar-0-1"].get_width()) == (10.0, 4.0)
    assert {"5 of 50 · 10.0 %", "2", "not judged"} <= set(words(figure))


def test_small_differences_are_written_with_their_half_widths():
    pairs = (Pair("a", "b", 0.1234, 9, "diff/a/b", 0.1, 0.1468), Pair("a", "c", -0.0001, 9, "diff/a/c", -0.2, 0.1998))
    figure = draw_separation(SeparationPlot((("a", "A"), ("b", "B"), ("c", "C")), pairs, "difference"))
    assert {"+0.123", "±0.023", "0.000", "±0.200"} <= set(words(figure))
    assert any("share fewer than two tasks" in word for word in words(figure))


def test_the_scale_of_bars_holds_zero_and_the_usual_interval():
    pairs = [Pair("a", str(n), n / 10, 9, f"diff/a/{n}", n / 10 - 0.05, n / 10 + 0.05) for n in range(9)]
    low, high = scale_of(pairs)
    assert low <= -0.05
    assert high >= 0.15
    assert high - low == pytest.approx(separation.SPAN * 0.05)


@given(st.floats(0, 0.5), st.floats(1e-4, 0.6))
def test_ticks_of_variances_are_on_their_axis_and_at_least_two(start, span):
    low, high = (start, start + span) if start > span / 3 else (-0.03 * span, span)
    ticks = root_ticks(low, high)
    assert len(ticks) >= 2
    assert ticks == sorted(set(ticks))
    assert all(low - 1e-9 <= sqrt(tick) <= high + 1e-9 for tick in ticks)


ROOTS = st.lists(st.floats(0, 0.7), min_size=1, max_size=9)


@given(ROOTS, ROOTS)
def test_the_line_of_equal_variances_is_always_seen_and_all_tasks_are(xs, ys):
    across, up = both_limits(xs, ys)
    assert max(across[0], up[0]) < min(across[1], up[1])
    assert across[0] < min(xs) and max(xs) < across[1]
    assert up[0] < min(ys) and max(ys) < up[1]


def test_figures_are_made_of_the_same_bytes_every_time():
    first, second = (sweep_figures(tables(3, 12), variances(tables(3, 12)), labels={}) for _ in range(2))
    for name in first:
        assert rendered(first[name], "svg") == rendered(second[name], "svg"), name
    for kind in ("png", "pdf"):
        assert rendered(first["coverage"], kind) == rendered(second["coverage"], kind), kind


def test_a_sweep_of_nine_models_and_forty_tasks_is_drawn_in_time():
    scored = tables(9, 40)
    split = variances(scored)
    before = time.process_time()
    sweep_figures(scored, split, labels={})
    assert time.process_time() - before < 3


def test_files_of_a_figure_and_its_data(tmp_path):
    plots = plots_of(TABLES, variances(TABLES), labels={"openai_gpt-5.4": "=GPT"})
    for name, plot in plots.items():
        table, text = write_sidecar(plot, tmp_path / name, provenance={"commit": "abc"})
        held = json.loads(text.read_text())
        assert held["provenance"] == {"commit": "abc"}
        with table.open() as file:
            assert len(list(csv.DictReader(file))) == len(held["points"]) > 0
    hero = json.loads((tmp_path / "hero.json").read_text())
    assert hero["figure"]["kind"] == "ranking"
    assert [(point["fact"], point["value"]) for point in hero["points"]] == [
        (f"clean_mean/{model.model}", model.mean("clean_mean")) for model in TABLES.models
    ]
    assert "'=GPT" in (tmp_path / "hero.csv").read_text()
    assert all(path.stat().st_size for path in save(draw_ranking(plots["hero"]), tmp_path / "hero"))
