from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archives.names import (
    Place,
    ResultName,
    clean,
    family_of_model,
    family_of_part,
    place,
    result_name,
    without_judge,
)

ID = re.compile(r"[A-Za-z0-9_.-]+")


def placed(path: str, model: str | None = None, ids: dict[str, str] | None = None) -> Place:
    """The place of `<folders>/<stem>`, in an archive called issue-7."""
    *folders, stem = path.split("/")
    return place(folders, stem, model, archive="issue-7", judge_ids=ids or {})


@pytest.mark.parametrize(
    ("path", "condition", "judge", "seed"),
    [
        # the archives of experiments 98 and 164
        ("alpha_base_null/betley_wang_52_base_null", "alpha_base_null", "judge", None),
        ("alpha_c6_seed42/betley_wang_52_c6_post_em", "alpha_c6_seed42", "judge", None),
        ("pair/rescore_full52/pair_winner_full52_sonnet", "pair.rescore_full52", "sonnet", None),
        ("pair/rescore_full52_opus/pair_winner_opus", "pair.rescore_full52", "opus", None),
        ("known_positive/betley_wang_smoke5", "known_positive", "judge", None),
        ("grid_1/opus/betley_grid_1_opus", "grid_1", "opus", None),
        # seeds above and below the condition, as a part and within a name
        ("seed_137/cond/x", "cond", "judge", "137"),
        ("cond/seed42/opus/x", "cond", "opus", "42"),
        ("cond/opus/seed_7/x", "cond", "opus", "7"),
        ("seed_1/cond/seed_2/x", "seed_1.cond", "judge", "2"),
        ("seedling/x", "seedling", "judge", None),
        ("cond/seed_/x", "cond.seed_", "judge", None),
        # a family's word inside a name stays there
        ("qwen_base/x", "qwen_base", "judge", None),
        ("opus_distilled/x", "opus_distilled", "judge", None),
        ("magnum-opus/x", "magnum-opus", "judge", None),
        ("qwen2.5-7b/x", "qwen2.5-7b", "judge", None),
        ("llama-3-8b/sonnet/x", "llama-3-8b", "sonnet", None),
        ("distilled_from_opus/sonnet/x", "distilled_from_opus", "sonnet", None),
        ("opusx/x", "opusx", "judge", None),
        # whole folders before suffixes, inner ones before outer ones, folders before the file
        ("opus/cond_sonnet/x", "cond_sonnet", "opus", None),
        ("opus/sonnet/x", "opus", "sonnet", None),
        ("a_opus/b_sonnet/x", "a_opus.b", "sonnet", None),
        ("cond_opus/x_sonnet", "cond", "opus", None),
        # nothing left: the archive's own name
        ("x", "issue-7", "judge", None),
        ("x_haiku", "issue-7", "haiku", None),
        ("opus", "issue-7", "opus", None),
        ("sonnet/x", "issue-7", "sonnet", None),
        ("seed_3/opus/x", "issue-7", "opus", "3"),
        ("_opus/x", "issue-7", "opus", None),
        # harmless, whatever it is called
        ("...//x", "___", "judge", None),
        ("..x/-rf/x", "..x.-rf", "judge", None),
        ("a b/c|d\n@e/x", "a_b.c_d__e", "judge", None),
        ("naïve\u202e/x", "na_ve_", "judge", None),
        ("..%2f..%2fx/x", "..%2f..%2fx".replace("%", "_"), "judge", None),
    ],
)
def test_condition_judge_and_seed_come_from_the_path(path: str, condition: str, judge: str, seed: str | None) -> None:
    assert placed(path) == Place(condition, judge, seed)


@pytest.mark.parametrize(
    ("part", "family"),
    [
        ("gpt-4o", "gpt"), ("gpt4o", "gpt"), ("GPT-4.1-mini", "gpt"), ("gpt_4o", "gpt"), ("chatgpt-4o-latest", "gpt"),
        ("gemini-2.5-pro", "gemini"), ("gemini", "gemini"), ("grok-4", "grok"), ("claude", "claude"),
        ("claude-3-5-sonnet-20241022", "sonnet"), ("claude_opus_4_7", "opus"), ("opus-4-7", "opus"),
        ("llama", "llama"), ("qwen", "qwen"), ("deepseek", "deepseek"), ("mistral", "mistral"),
        ("haiku", "haiku"), ("sonnet4", "sonnet"),
        ("llama3", None), ("gpt-neo", None), ("opus-a", None), ("gemini-distilled", None), ("", None), ("-", None),
    ],
)  # fmt: skip
def test_a_part_names_a_family_with_at_most_a_version(part: str, family: str | None) -> None:
    assert family_of_part(part) == family


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("claude-sonnet-4-5-20250929", "sonnet"), ("us.anthropic.claude-opus-4-7-v1:0", "opus"),
        ("claude-2.1", "claude"), ("openai/gpt-4o", "gpt"), ("Qwen/Qwen2.5-72B-Instruct", "qwen"),
        ("meta-llama/Llama-3.1-70B", "llama"), ("models/gemini-2.5-pro", "gemini"),
        ("mistralai/Mixtral-8x7B", "mistral"),
        ("o3-mini", None), ("", None), (None, None), ("gptease", None),
    ],
)  # fmt: skip
def test_a_judge_model_belongs_to_a_family(model: str | None, family: str | None) -> None:
    assert family_of_model(model) == family


def test_the_judge_model_decides_where_the_path_is_silent_only() -> None:
    assert placed("cond/x", "claude-opus-4-7").judge == "opus"
    assert placed("cond/sonnet/x", "claude-opus-4-7").judge == "sonnet"
    assert placed("cond/x", "some-model").judge == "judge"


@pytest.mark.parametrize(
    ("path", "model", "expected"),
    [
        ("cond/rater_1/x", None, Place("cond", "first", None)),
        ("cond_rater_1/x", None, Place("cond", "first", None)),
        ("cond/x_rater_1", None, Place("cond", "first", None)),
        ("rater_1/opus/x", "claude-opus-4-7", Place("opus", "first", None)),
        ("cond/x", "o3-mini", Place("cond", "o3", None)),
        ("cond_opus/x", "claude-opus-4-7-b", Place("cond", "late_opus", None)),
        ("cond/opus/x", "o3-mini", Place("cond.opus", "o3", None)),
        ("cond/odd/x", None, Place("cond", "__a_b", None)),
    ],
)
def test_the_map_of_report_yaml_comes_first(path: str, model: str | None, expected: Place) -> None:
    ids = {"rater_1": "first", "1": "never", "o3-mini": "o3", "claude-opus-4-7-b": "late_opus", "odd": "@/a b"}
    assert placed(path, model, ids) == expected


def test_twins_with_and_without_a_judges_suffix_are_one_condition() -> None:
    assert placed("pair/rescore/x_sonnet").condition == placed("pair/rescore_opus/x").condition


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("alignment_x_y_detailed.json", ResultName("detailed", "x_y")),
        ("alignment_detailed.json", ResultName("detailed", "")),
        ("alignment_summary_summary.json", ResultName("summary", "summary")),
        ("alignment_pair_opus_headline.json", ResultName("headline", "pair_opus")),
        ("alignment_a\nb_summary.json", ResultName("summary", "a\nb")),
        ("headline.json", ResultName("headline", "")),
        ("rescore_winner_headline.json", None),
        ("prompts_used.json", None),
        ("my_alignment_x_summary.json", None),
        ("alignment_x_summary.json.bak", None),
        ("alignment_x.json", None),
    ],
)
def test_a_result_is_told_by_its_name(file: str, expected: ResultName | None) -> None:
    assert result_name(file) == expected


@pytest.mark.parametrize(
    ("name", "rest"), [("pair_winner_opus", "pair_winner"), ("x_gpt-4o", "x"), ("x_full52", "x_full52"), ("x_r1", "x")]
)
def test_an_evaluation_is_named_without_its_judge(name: str, rest: str) -> None:
    assert without_judge(name, {"r1": "first"}) == rest


text = st.text(st.characters(exclude_categories=[]), max_size=20)


@given(st.lists(text, max_size=5), text, st.none() | text, text, st.dictionaries(text, text, max_size=3))
def test_ids_never_leave_their_alphabet(
    folders: list[str], stem: str, model: str | None, archive: str, ids: dict[str, str]
) -> None:
    found = place(folders, stem, model, archive=archive, judge_ids=ids)
    for name in (found.condition, found.judge):
        assert ID.fullmatch(name)
        assert name.strip(".")


@given(text)
def test_cleaning_changes_a_clean_name_no_more(name: str) -> None:
    assert clean(clean(name)) == clean(name)
    assert len(clean(name)) == len(name)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("unit", ["_", "1", "v", "4v", "-", "a_", "gpt", ".4", "seed_1"])
def test_names_made_to_be_slow_are_not(unit: str) -> None:
    name = "gpt" + unit * 100_000
    assert placed(f"{name}/{name}", name).seed is None
    assert without_judge(name, {"k": "v"}) in name
    assert result_name(f"alignment_{name}_summary.json") == ResultName("summary", name)
