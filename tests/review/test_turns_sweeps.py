"""Turns of phrase about a sweep: what else a number may be, and what it may not. The sweep has six models."""

from __future__ import annotations

import pytest
from review_texts import assert_all_right, assert_noticed_there, made_sweep

from bot.review import Reviewer

# Right sentences, each with a number in it that another one is noticed for.
TOLD = [
    ("Every model scores lower on tier 5 than on tier 1. The drop is smallest for GPT-5.4 ({}).", "0.857 to 0.631",
     "0.857 to 0.361"),
    ("All models are lower on tier 5 than on tier 1, by 0.227 to {}.", "0.400", "0.440"),
    ("GPT-5.4 has the highest mean on four of the five tiers; on tier 4 GLM-5.1 is first, with 0.708 against {}.",
     "0.627", "0.672"),
    ("No tier 5 interval is narrower than {}, so the wide range there is weak evidence of anything.", "0.71", "0.19"),
    ("The two Opus models are within 0.002 of each other on `clean_mean` and within {} on `overall`.", "0.003",
     "0.033"),
    ("The two readings differ for all six models, most for GLM-5.1 (0.061) and least for Gemini 3.1 Pro and GPT-5.4\n"
     "({} each).", "0.020", "0.200"),
    ("Behind them come Sonnet 4.6 at 0.707 ± {} (rank 3), Opus 4.6 at 0.641 ± 0.083 (rank 4).", "0.075", "0.057"),
    ("Sonnet 4.6 follows at 0.707, then Opus 4.6 and Opus 4.7 at {} and 0.640.", "0.641", "0.614"),
    ("Opus 4.6 and Opus 4.7 lie between {} behind the two leaders in the paired comparison.", "0.148 and 0.167",
     "0.148 and 0.176"),
    ("Opus 4.6 drops furthest from tier 1 to tier 5 and keeps {} of its tier-1 mean.", "43 %", "34 %"),
    ("Don't lean too hard on the tier-5 lead ({}).", "0.631 to 0.512", "0.631 to 0.521"),
    ("I would not make Gemini 3.1 Pro the default: its `cov_norm` is 0.651, a full {} below GPT-5.4.", "0.100",
     "0.010"),
    ("The two Opus models, with clean means of 0.641 and 0.640, carry ranks {} and 5.", "4", "2"),
    ("GPT-5.4 completed 21 runs in full, which is 54 % of its archived runs. GLM-5.1 completed {}.", "17", "71"),
    ("- **Failed**, `same_expected_runs`: {} of 6 models are short of 40 runs.", "4", "9"),
    ("The judge, Sonnet 4.6, is of the same family as {} models and is one of them.", "3", "5"),
    ("10 of 20 tasks have more variance over runs than between models, and {} of the flagged tasks are among those 10.",
     "3", "5"),
    ("All five pairs of neighbours are within noise, and {} of them have different ranks all the same.", "3", "5"),
    ("Six of 20 tasks ({}) carry a flag, each for a different reason.", "30 %", "33 %"),
    ("The logs have a result line for 239, so 4 of the 5 missing runs are known from the log and {} is in neither.",
     "1", "3"),
    ("| Model | T1 | T5 | T1 − T5 |\n|---|---|---|---|\n| GLM-5.1 | 0.848 | 0.512 | {} |\n", "0.336", "0.363"),
    ("| Model | T1 | T5 |\n|---|---|---|\n| GLM-5.1 | {} | 0.512 |\n", "0.848", "0.884"),
    ("| Model | Judge mean | As stored | Gap |\n|---|---|---|---|\n| GLM-5.1 | 0.741 | 0.661 | {} |\n", "0.080",
     "0.088"),
    ("| Model | Tier 1 | Tier 2 |\n|---|---|---|\n| GLM-5.1 | 0.848 | 0.823 |\n| Best − worst | {} | 0.166 |\n",
     "0.215", "0.251"),
    ("| Model | Fully completed runs |\n|---|---|\n| GPT-5.4 | {} of 39 |\n", "21", "12"),
    ("GLM-5.1 has 3 genuine zeros among its archived runs, GPT-5.4 has {}.", "1", "8"),
    ("The clean mean flatters GLM-5.1. With all archived zeros kept it has {}, and GPT-5.4 has 0.771.", "0.736",
     "0.763"),
    ("| | |\n|---|---|\n| Models | {} |\n| Tasks | 20 in five tiers |\n", "6", "8"),
]  # fmt: skip
# Versions of models that are told apart by them, and what a deduction would take: no numbers of the sweep.
SILENT = (
    "I see no reason to pick 4.7 over 4.6.\n\n| Lost | What would lift it |\n|---|---|\n| questions | 30 or more |\n"
)


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Reviewer:
    """One count of a sweep of six models."""
    return Reviewer([made_sweep("k", tmp_path_factory.mktemp("sweep"))])


@pytest.mark.parametrize(("text", "right"), [(text, right) for text, right, _ in TOLD])
def test_what_holds_is_right(text: str, right: str, six: Reviewer) -> None:
    assert_all_right(six, text.format(right))


@pytest.mark.parametrize(("text", "other"), [(text, other) for text, _, other in TOLD])
def test_another_number_is_noticed(text: str, other: str, six: Reviewer) -> None:
    assert_noticed_there(six, text, other)


def test_versions_and_wishes_claim_nothing(six: Reviewer) -> None:
    assert six.review(SILENT).claims == ()
