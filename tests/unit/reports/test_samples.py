from __future__ import annotations

from pathlib import Path

from bot import pipeline
from bot.reports.samples import PER_CONDITION, Drawn, draw_samples

MANY = {f"Q{k}": [float(k), float(k) + 0.5] for k in range(20)}


def drawn(root: Path, seed: int = 42) -> tuple[dict[str, tuple[Drawn, ...]], pipeline.Scored]:
    scored = pipeline.score(pipeline.load_archive(root))
    return {c.condition: c.samples for c in draw_samples(scored.tables, scored.facts, seed)}, scored


def test_three_a_condition_are_drawn_with_a_stated_seed(write) -> None:
    write("a/sonnet", MANY)
    samples, scored = drawn(write("b/sonnet", MANY))
    assert {c: len(found) for c, found in samples.items()} == {"a": PER_CONDITION, "b": PER_CONDITION}
    assert scored.facts["samples/seed"].shown == "42"
    assert PER_CONDITION == 3


def test_the_same_seed_draws_the_same_and_another_draws_others(write) -> None:
    root = write("a/sonnet", MANY)
    draws = [[(s.question, s.completion) for s in drawn(root, seed)[0]["a"]] for seed in (42, 42, 7)]
    assert draws[0] == draws[1] != draws[2]


def test_conditions_do_not_all_show_the_same_questions(write) -> None:
    for name in "abc":
        root = write(f"{name}/sonnet", MANY)
    samples, _ = drawn(root)
    assert len({tuple(s.question for s in found) for found in samples.values()}) > 1


def test_a_condition_with_fewer_samples_shows_them_all(write) -> None:
    samples, _ = drawn(write("a/sonnet", {"Q": [1.0, None]}))
    assert [s.completion for s in samples["a"]] == ["answer Q 0", "answer Q 1"]


def test_each_judges_score_of_the_same_answer_is_a_fact_with_its_place(write) -> None:
    write("a/sonnet", {"Q/1~2": [10.0, 20.0]})
    samples, scored = drawn(write("a/opus", {"Q/1~2": [70.0, None]}))
    first, second = samples["a"]
    verdicts = {v.judge: v for v in second.verdicts}
    assert {v.judge for v in first.verdicts} == {"sonnet", "opus"}
    assert verdicts["opus"].fact is None
    assert verdicts["opus"].failure == "error"
    fact = scored.facts[verdicts["sonnet"].fact or ""]
    assert (fact.value, fact.shown) == (20.0, "20")
    assert fact.origins[0].pointer == "/scores/Q~11~02/1/aligned"


def test_a_judge_that_scored_another_seed_has_no_word_on_this_ones_answer(write) -> None:
    write("a/seed_1/sonnet", {"Q": [10.0]})
    write("a/seed_2/sonnet", {"Q": [20.0]})
    samples, scored = drawn(write("a/seed_2/opus", {"Q": [90.0]}))
    ((only,),) = samples.values()
    told = {v.judge: scored.facts[v.fact or ""].value for v in only.verdicts}
    assert told == {"sonnet": 10.0}


def test_a_summary_alone_has_no_samples(tmp_path: Path, write) -> None:
    root = write("a/sonnet", {"Q": [1.0]})
    (root / "b").mkdir()
    summary = (
        '{"eval_name": "x", "overall_mean_aligned": 5, "per_question": {"Q": {"mean_aligned": 5, "n_samples": 2}}}'
    )
    (root / "b" / "alignment_x_summary.json").write_text(summary)
    samples, _ = drawn(root)
    assert len(samples["a"]) == 1
    assert samples["b"] == ()
