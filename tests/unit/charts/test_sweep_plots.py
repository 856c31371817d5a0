"""From a sweep's tables to plots: every value is its fact's, and nothing is drawn that is not there."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sweep_archives import archive, line, run, sweep, tables

from bot.archives.sweep_records import HarnessError
from bot.charts.points import HeatMap
from bot.charts.sweep_plots import ALT_TEXTS, alt_text, plots_of, ranking_plot, separation_plot, ties, variance_plot
from bot.charts.sweep_points import Span, State, Verdict
from bot.charts.sweep_tasks import TASKS_A_PAGE, coverage_plot, pages, task_maps, tier_name
from bot.errors import ReportError
from bot.scoring.sweep import RANK_BY, score_sweep
from bot.scoring.sweep_audit import Variance, variances
from bot.scoring.sweep_facts import sweep_facts

TABLES = tables(5, 14)
FACTS = sweep_facts(TABLES, variances(TABLES))
NAMES = {"openai_gpt-5.4": "GPT-5.4"}


def state_counts(plot) -> dict[str, dict[State, int]]:
    return {row.model: {state: row.count(state) for state in State} for row in plot.models}


def test_all_figures_of_a_full_sweep_and_what_they_show_in_words():
    plots = plots_of(TABLES, variances(TABLES), labels=NAMES)
    assert list(plots) == ["hero", "tasks", "coverage", "judge_failures", "variance", "separation"]
    assert {alt_text(name) for name in plots} == set(ALT_TEXTS.values())
    assert alt_text("tasks_2") == ALT_TEXTS["tasks"]


@pytest.mark.parametrize("rank_by", RANK_BY)
def test_the_ranking_shows_the_facts_and_their_intervals(rank_by):
    scored = tables(4, 12, rank_by=rank_by)
    facts = sweep_facts(scored, variances(scored))
    plot = ranking_plot(scored, NAMES)
    for row in plot.models:
        assert row.fact == f"{rank_by}/{row.model}"
        assert row.value == facts[row.fact].value
        assert row.rank == facts[f"rank/{row.model}"].value
        if rank_by == "cov_norm":
            assert (row.low, row.beside) == (None, None)
        else:
            assert (row.low, row.high) == tuple(facts[f"{row.fact}/{end}"].value for end in ("ci_low", "ci_high"))
            assert row.beside == facts[row.beside_fact].value


def test_labels_are_the_declared_names_or_the_folders():
    labels = {row.model: row.label for row in ranking_plot(TABLES, NAMES).models}
    assert labels["openai_gpt-5.4"] == "GPT-5.4"
    assert labels["vendor_model-4"] == "vendor_model-4"


def test_equal_models_share_a_rank_and_a_bar():
    tasks = [f"t1-{n}" for n in range(6)]
    low = [run(m, t, 0, 0.5 + 0.01 * n) for m in ("a", "b") for n, t in enumerate(tasks)]
    high = [run("c", t, 0, 0.9) for t in tasks]
    plot = ranking_plot(score_sweep(archive(low + high)), {})
    assert [(row.model, row.rank, row.tied) for row in plot.models] == [("c", 1, False), ("a", 2, True), ("b", 2, True)]
    assert plot.ties == (Span(1, 2),)


def test_a_model_without_clean_runs_has_no_rank_and_stands_last():
    runs = [run("empty", "t1-a", 0, 0.0), *(run("full", f"t1-{n}", 0, 0.5) for n in range(3))]
    plot = ranking_plot(score_sweep(archive(runs)), {})
    assert [(row.model, row.rank, row.tied, row.value) for row in plot.models] == [
        ("full", 1, False, 0.5),
        ("empty", None, False, None),
    ]


def test_who_was_left_out_is_said():
    notes = ranking_plot(tables(4, 12, exclude=["openai_gpt-5.4"]), {}).notes
    assert any("openai_gpt-5.4" in note for note in notes)


@given(st.integers(1, 9), st.sets(st.frozensets(st.integers(0, 8), min_size=2, max_size=2)))
def test_bars_join_exactly_the_longest_runs_of_models_that_are_not_told_apart(count, pairs):
    models = [str(n) for n in range(count)]
    apart = {frozenset(str(n) for n in pair) for pair in pairs}

    def together(first, last):
        return not any(frozenset(pair) in apart for pair in combinations(models[first : last + 1], 2))

    joined = {(a, b) for a in range(count) for b in range(a + 1, count) if together(a, b)}
    longest = {(a, b) for a, b in joined if not joined & {(a - 1, b), (a, b + 1)}}
    assert set(ties(models, apart)) == longest


def test_cells_are_plain_means_and_missing_ones_stay_empty():
    runs = [run("a", "t1-x", 0, 0.2), run("a", "t1-x", 1, 0.4), run("b", "t1-x", 0, 0.9), run("b", "t2-y", 0, 0.5)]
    (heat,) = task_maps(score_sweep(archive(runs)), {})
    column = {heat_column.condition: n for n, heat_column in enumerate(heat.columns)}
    assert heat.sections == ("tier 1", "tier 2")
    assert heat.values[0][column["a"]] == pytest.approx(0.3)
    assert heat.values[1][column["a"]] is None


def test_tasks_stand_by_tier_the_hardest_on_top_and_those_without_a_tier_last():
    scores = {"t10-a": 0.5, "t2-b": 0.9, "t2-c": 0.1, "free": 0.3}
    (heat,) = task_maps(score_sweep(archive([run("m", task, 0, score) for task, score in scores.items()])), {})
    assert heat.questions == ("t2-c", "t2-b", "t10-a", "free")
    assert heat.sections == ("tier 2", "tier 2", "tier 10", "no tier")


def test_flagged_tasks_carry_letters_that_the_note_explains():
    runs = [run("m", "t1-dead", n, 0.0, c=0.5) for n in range(3)]
    runs += [run("m", "t1-unjudged", n, 0.5, enabled=False, j=None, total_assertions=0) for n in range(3)]
    runs += [run("m", "t1-fine", n, 0.5) for n in range(3)]
    (heat,) = task_maps(score_sweep(archive(runs)), {})
    assert dict(zip(heat.questions, heat.signs, strict=True)) == {"t1-dead": "D", "t1-unjudged": "VN", "t1-fine": ""}
    assert "flags: D dead task · V no verifier · N not judged" in heat.notes


@given(st.lists(st.integers(1, 6), min_size=1, max_size=260))
def test_pages_hold_all_tasks_in_order_and_none_is_overfull(tiers):
    tasks = [f"t{tier}-{n}" for n, tier in enumerate(sorted(tiers))]
    split = pages(tasks)
    assert [task for page in split for task in page] == tasks
    assert len(split) == -(-len(tasks) // TASKS_A_PAGE)
    assert all(0 < len(page) <= TASKS_A_PAGE for page in split)


def test_a_tier_is_not_torn_where_a_page_can_end_with_it():
    tasks = [f"t{tier}-{n:02}" for tier, count in ((1, 24), (2, 22), (3, 30)) for n in range(count)]
    first, second = pages(tasks)
    assert not {tier_name(task) for task in first} & {tier_name(task) for task in second}


def test_coverage_counts_are_the_facts():
    counts = state_counts(coverage_plot(TABLES, {}))
    for model in TABLES.models:
        own = counts[model.model]
        logged_zeros = sum(entry.score < 0.01 for entry in model.unarchived)
        assert sum(own.values()) == FACTS["expected"].value
        assert own[State.CLEAN] == FACTS[f"clean/{model.model}"].value
        assert own[State.ZERO] == FACTS[f"genuine_zero/{model.model}"].value
        assert own[State.INFRA] + logged_zeros == FACTS[f"infra_zero/{model.model}"].value
        assert own[State.LOGGED] == FACTS[f"logged_not_archived/{model.model}"].value
        assert own[State.LOGGED] + own[State.MISSING] == FACTS[f"missing/{model.model}"].value


def test_every_state_of_a_run():
    runs = [run("m", "t1-a", 0, 0.5), run("m", "t1-a", 1, 0.0), run("m", "t1-a", 2, 0.0)]
    logs = [("m", [line("t1-a", 3, 0.0), line("t1-b", 4, 0.5)], [HarnessError("t1-a", 2, "timeout", 1)])]
    plot = coverage_plot(score_sweep(archive(runs, logs=logs)), {})
    assert plot.models[0].cells[0] == (State.CLEAN, State.ZERO, State.INFRA, State.LOGGED, State.MISSING)
    assert plot.models[0].cells[1][4] is State.LOGGED


def test_declared_tasks_that_nothing_shows_are_missing():
    plot = coverage_plot(score_sweep(archive([run("m", "t1-a", 0)]), expected=(3, 2)), {})
    assert plot.tasks == ("t1-a", "(task 2)", "(task 3)")
    assert state_counts(plot)["m"][State.MISSING] == 5
    assert "(declared)" in plot.notes[0]


def test_runs_beyond_the_declared_ones_are_said_not_drawn():
    runs = [run("m", task, number) for task in ("t1-a", "t1-b") for number in range(3)]
    plot = coverage_plot(score_sweep(archive(runs), expected=(1, 2)), {})
    assert len(plot.models[0].cells) == 2
    assert [note for note in plot.notes if "beyond" in note or "more than declared" in note] == list(plot.notes[1:])
    assert len(plot.notes) == 3


def test_judge_failures_are_the_facts():
    plot = plots_of(TABLES, (), labels={})["judge_failures"]
    for row in plot.rows():
        assert row["failed"] == FACTS[row["failed_fact"]].value
        assert row["judged"] == FACTS[row["judged_fact"]].value
        assert row["rejudged"] == FACTS[row["rejudged_fact"]].value
        assert row["share"] == row["failed"] / row["judged"]


def test_variances_are_the_facts():
    for row in variance_plot(variances(TABLES)).rows():
        assert row["seed"] == FACTS[row["seed_fact"]].value
        assert row["capability"] == FACTS[row["capability_fact"]].value


def test_tasks_below_the_line_flat_ones_and_unknown_ones_are_told_apart():
    below, above, stable = Variance("a", 0.02, 0.01, 0.5), Variance("b", 0.01, 0.02, 2.0), Variance("f", 0.0, 0.1, None)
    flat, rounded, lone = (
        Variance("c", 0.0, 0.0, None),
        Variance("e", 1e-33, 1e-34, 0.1),
        Variance("d", None, 0.1, None),
    )
    plot = variance_plot([below, above, stable, flat, rounded, lone])
    assert {task.task for task in plot.tasks if task.below} == {"a"}
    assert {task.task for task in plot.tasks if task.flat} == {"c", "e"}
    assert plot.unknown == 1


def test_differences_are_the_facts_and_their_verdicts_those_of_the_intervals():
    plot = separation_plot(TABLES, {})
    ranked = [model.model for model in TABLES.models]
    assert [(pair.a, pair.b) for pair in plot.pairs] == list(combinations(ranked, 2))
    for pair in plot.pairs:
        low, high = (FACTS[f"{pair.fact}/{end}"].value for end in ("ci_low", "ci_high"))
        assert (pair.difference, pair.low, pair.high) == (FACTS[pair.fact].value, low, high)
        assert pair.verdict is (Verdict.BETTER if low > 0 else Verdict.WORSE if high < 0 else Verdict.NOISE)


def test_the_ranking_and_the_differences_agree_on_who_is_told_apart():
    plot, pairs = ranking_plot(TABLES, {}), separation_plot(TABLES, {}).pairs
    noise = {frozenset((p.a, p.b)) for p in pairs if p.verdict is Verdict.NOISE}
    joined = {frozenset((plot.models[a].model, plot.models[b].model)) for span in plot.ties
              for a, b in combinations(range(span.first, span.last + 1), 2)}  # fmt: skip
    assert joined <= noise
    neighbours = {frozenset((a.model, b.model)) for a, b in zip(plot.models, plot.models[1:], strict=False)}
    assert neighbours & noise <= joined


def test_a_long_metric_leaves_room_for_what_the_axis_says():
    plots = plots_of(TABLES, variances(TABLES), labels={}, metric="m" * 300)
    assert plots["hero"].x_label.endswith("(higher is better →)")
    assert len(plots["hero"].x_label) < 100


def test_what_has_nothing_to_show_is_left_out():
    unjudged = [run("m", f"t1-{n}", 0, 0.5, enabled=False, j=None) for n in range(3)]
    scored = score_sweep(archive(unjudged))
    assert set(plots_of(scored, variances(scored), labels={})) == {"hero", "tasks", "coverage"}
    nothing = score_sweep(archive([], models=["m"]))
    assert plots_of(nothing, variances(nothing), labels={}) == {}


def test_a_sweep_whose_runs_are_all_lost_still_shows_its_coverage():
    lost = score_sweep(archive([], models=["m"]), expected=(7, 5))
    plots = plots_of(lost, variances(lost), labels={})
    assert set(plots) == {"coverage"}
    assert state_counts(plots["coverage"])["m"][State.MISSING] == 35


def test_the_note_stands_on_every_figure():
    plots = plots_of(TABLES, variances(TABLES), labels={}, note="Reconstructed.")
    assert all(plot.notes[-1] == "Reconstructed." for plot in plots.values())


def test_a_heat_map_refuses_sections_that_do_not_match_its_rows():
    (heat,) = task_maps(TABLES, {})
    with pytest.raises(ReportError, match="sections and signs for every question"):
        HeatMap(heat.questions, heat.columns, heat.values, heat.value_label, sections=("tier 1",))


def test_many_tasks_go_on_further_pages_in_one_order():
    scored = score_sweep(sweep(2, 120, 1))
    maps = task_maps(scored, {})
    assert len(maps) == 3
    assert {task for heat in maps for task in heat.questions} == set(scored.archive.tasks)
