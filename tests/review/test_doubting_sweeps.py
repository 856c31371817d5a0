"""What a number of a sweep may be when it is not what it was first taken for: leads, totals, shares, parts."""

from __future__ import annotations

import pytest
from review_texts import ROOT, assert_all_right, assert_noticed_there

from bot.review import Reviewer
from bot.review.agreeing import WRONG

# Right sentences about the example, each with a number in it that another one is noticed for.
TOLD = [
    ("GPT-5.4 ranks first. Against Opus 4.6 the paired difference is {}, and against Opus 4.7 it is 0.133.",
     "0.111", "0.101"),
    ("Sonnet 4.6 over Opus 4.6 is 0.019 ({}), so the two are not told apart.", "−0.058 to 0.096", "−0.058 to 0.069"),
    ("Three intervals exclude zero. The smallest of the differences of GPT-5.4 starts at {}.", "0.015", "0.025"),
    ("GPT-5.4 stays first, but its lead over the runner-up shrinks from {} in clean_mean to 0.063 in cov_norm.",
     "0.107", "0.170"),
    ("GPT-5.4 leads tier 3 by {} and tier 4 by 0.132.", "0.181", "0.118"),
    ("The other three sit within {} of each other on `clean_mean`.", "0.035", "0.053"),
    ("Leaving the zeros out raises a model's mean by {}.", "0.053 to 0.093", "0.053 to 0.193"),
    ("138 runs are in the archive, which is {} of the 144 expected.", "95.8 %", "98.5 %"),
    ("There are {} archived zeros in all.", "17", "14"),
    ("Of the 9 lines of the fairness audit {} failed.", "5", "7"),
    ("The tiers are small: {} of the 20 intervals run from 0 to 1.", "10", "13"),
    ("Five runs are stored as 0.0000 although their parts give {}.", "0.5662 to 0.9008", "0.5662 to 0.9080"),
    ("The variance ratio is lowest on `t4-data-pipeline-report` ({}).", "0.13", "0.31"),
    ("With the zeros left in, the intervals grow: for GPT-5.4 the half-width is {} times as large.", "2.5", "5.2"),
    ("No gate breached (judge error rate at most {}).", "12.5 %", "15.2 %"),
    ("Its lead in `clean_mean` is 0.107 over Sonnet 4.6: GPT-5.4 is {} above Sonnet 4.6.", "16 %", "61 %"),
    ("Every model passes some runs in full: GPT-5.4 {} of its 33.", "14", "24"),
    ("- **1. GPT-5.4:** 0.761 ± 0.066\n- **{}=. Sonnet 4.6:** 0.654 ± 0.095", "2", "3"),
    ("GPT-5.4 is best in tiers 2 to 5: 0.527, {}, 0.707 and 0.797.", "0.846", "0.864"),
    ("Taking the failed judgements at worst or at best moves an overall mean by {} at most.", "0.003", "0.013"),
    ("Judge failures: {}, 3, 2 and 4 for the models in the order of the table.", "3", "5"),
    ("| | GPT-5.4 | All |\n|---|---|---|\n| Archived | 33 | {} |\n", "138", "183"),
    ("| Model | Clean | Coverage |\n|---|---|---|\n| GPT-5.4 | 29 | 80.6 % |\n| Total | 121 | {} |\n", "84.0 %",
     "80.4 %"),
    ("| GPT-5.4 against | Paired difference |\n|---|---|\n| Sonnet 4.6 | {} |\n", "0.092", "0.029"),
    ("## Tiers\n\n| Model | 1 | 2 |\n|---|---|---|\n| GPT-5.4 | 0.562 | {} |\n", "0.527", "0.572"),
    ("| Model | Judged | Failed | Rate |\n|---|---|---|---|\n| GPT-5.4 | 30 | 3 | {} |\n", "10.0 %", "11.0 %"),
    ("Sonnet 4.6 to Opus 4.6 is {}, Opus 4.6 to Opus 4.7 is 0.022.", "0.019", "0.091"),
    ("All six pairs are compared over {} tasks, since the twelfth has zeros only.", "11", "10"),
    ("- 138 of 144 runs archived, 6 missing. 4 of the 6 appear in a log; {} of GPT-5.4's do not.", "2", "8"),
    ("`t2-msg-inbox-triage` has 12 zeros; {} have a stored score that their parts contradict.", "5", "8"),
    ("The variance ratio is 0.13 at the lowest. {} tasks have a ratio below 0.5.", "8", "5"),
    ("The models do not have the same number of runs ({} for GPT-5.4, 35 for the rest).", "33", "38"),
    ("Coverage goes from 80.6 % to 88.9 %. The range between models is {}.", "8.3 %", "3.8 %"),
    ("On the judge's own score, leaving failures out, the order is GPT-5.4 {}, Opus 4.6 0.621.", "0.708", "0.780"),
    ("12 tasks × 3 runs × {} models make 144 expected runs.", "4", "7"),
    ("GPT-5.4 has the highest rate of full completion, {} of its archived runs.", "42.4 %", "24.4 %"),
    ("Each tier is small: {} of the 20 tier intervals reach 0.000 or 1.000.", "16", "18"),
    ("Highest to lowest is 0.142 on `clean_mean` and {} on `cov_norm`.", "0.081", "0.088"),
    ("The harness failed on {} runs of `t3-priv-redact-doc`.", "12", "21"),
    ("| Readings | GPT-5.4 | Sonnet 4.6 |\n|---|---|---|\n| overall | {} | 0.561 |\n", "0.669", "0.696"),
    ("## Tiers\n\n| Model | 1 |\n|---|---|\n| GPT-5.4 | 0.562 |\n| Range | {} |\n", "0.086", "0.068"),
    ("| Model | clean_mean | Share of the leader |\n|---|---|---|\n| Sonnet 4.6 | 0.654 | {} |\n", "86.0 %", "68.0 %"),
    ("| Judge | GPT-5.4 | Sonnet 4.6 |\n|---|---|---|\n| Rate | {} | 9.4 % |\n", "10.0 %", "11.0 %"),
    ("| Model | Judge mean | As stored |\n|---|---|---|\n| GPT-5.4 | 0.708 | {} |\n", "0.638", "0.683"),
    ("GPT-5.4 leads by the judge alone ({}; the next is Opus 4.6 with 0.621).", "0.708", "0.780"),
    ("Opus 4.7 loses least between clean and overall (0.053); the other three lose between {}.", "0.091 and 0.093",
     "0.019 and 0.093"),
    ("Of the judge failures 7 of the 12 failures ({}) are on one task, `t4-data-pipeline-report`.", "58.3 %", "53.8 %"),
    ("The intervals are wider: for GPT-5.4 the half-width is {} instead of 0.066.", "0.168", "0.186"),
    ("The half-widths of the paired differences are much alike, from {}.", "0.077 to 0.092", "0.017 to 0.092"),
    ("Coverage has a range of 8.3 points where the audit allows {}.", "5.0", "6.0"),
    ("GPT-5.4 passes completion in full most often: {} of 33 archived runs.", "14", "24"),
    ("Of 144 expected runs 138 are archived. GPT-5.4 misses {}, the others 1 each.", "3", "8"),
    ("`t4-data-pipeline-report` holds 7 of the {} failed judgements in the sweep.", "12", "21"),
    ("| Reading | first |\n|---|---|\n| overall | GPT-5.4 {} |\n", "0.669", "0.696"),
    ("| Model | cov_norm | Place by cov_norm |\n|---|---|---|\n| Sonnet 4.6 | 0.545 | {} |\n", "3", "4"),
    ("| Model | Stored score ≠ parts |\n|---|---|\n| Sonnet 4.6 | {} |\n", "2", "4"),
    ("| Tier | Highest | | Lowest | |\n|---|---|---|---|---|\n| 1 | Opus 4.7 | 0.648 | GPT-5.4 | {} |\n",
     "0.562", "0.526"),
    ("| Pair | Difference | Half-width |\n|---|---|---|\n| GPT-5.4 − Opus 4.7 | 0.133 | {} |\n", "0.084", "0.048"),
    ("| Task | over runs | between models |\n|---|---|---|\n| `t4-data-pipeline-report` | {} | 0.0018 |\n", "0.0142",
     "0.0124"),
    ("| # | Model | clean_mean | Behind first |\n|---|---|---|---|\n| 2= | Sonnet 4.6 | 0.654 | {} |\n",
     "0.107", "0.170"),
    ("Without zeros of the infrastructure the scores fall: Sonnet 4.6 by {}.", "0.041 to 0.613", "0.041 to 0.631"),
    ("Infrastructure zeros, logged runs included: Sonnet 4.6 {}, GPT-5.4 1.", "4", "9"),
]  # fmt: skip
# What stands at a task or a part is of that alone, whatever the model has elsewhere.
STILL_WRONG = [
    "On `t1-feature-export`, Opus 4.7 averages 0.619.",
    "GPT-5.4 has a mean C of 0.761.",
    "Sonnet 4.6 is 0.092 higher than GPT-5.4, paired by task.",
    "Sonnet 4.6 against GPT-5.4: a paired difference of −0.092, from 0.015 to 0.169.",
]


@pytest.fixture(scope="module")
def sweep() -> Reviewer:
    """One count of the example."""
    return Reviewer([ROOT / "examples" / "sweep"])


@pytest.mark.parametrize(("text", "right"), [(text, right) for text, right, _ in TOLD])
def test_what_holds_is_right(text: str, right: str, sweep: Reviewer) -> None:
    assert_all_right(sweep, text.format(right))


@pytest.mark.parametrize(("text", "other"), [(text, other) for text, _, other in TOLD])
def test_another_number_is_noticed(text: str, other: str, sweep: Reviewer) -> None:
    assert_noticed_there(sweep, text, other)


@pytest.mark.parametrize("text", STILL_WRONG)
def test_what_words_bind_is_not_doubted(text: str, sweep: Reviewer) -> None:
    assert any(c.status == WRONG for c in sweep.review(text).claims)
