"""Statements on single tasks, runs and parts of the score in the ways that people write, true ones and false ones.

What is said of a task or of a part is held against that alone: the mean that ranks a model is wrong there.
"""

from __future__ import annotations

import pytest
import review_texts

from bot.review import Reviewer
from bot.review.agreeing import EXACT, ROUNDS, UNCHECKABLE, WRONG

RIGHT = """\
On `t1-feature-export`, Opus 4.7 averages 0.511.
Opus 4.7 averages 0.511 on `t1-feature-export`, which is 0.053 more than GPT-5.4.
t1-feature-export is the task where Opus 4.7 (0.511) beats GPT-5.4 (0.458).
The pooled mean of t1-bugfix-discount is 0.600; without zeros it is 0.749.
With a pooled mean of 0.681, t5-config-loader sits in the middle.
`t2-fs-quick-note`: GPT-5.4 0.740, Sonnet 4.6 0.777, Opus 4.6 0.514, Opus 4.7 0.720.
`t3-add-tests-normalizer` ranges from 0.548 (Sonnet 4.6) to 0.872 (GPT-5.4).
GPT-5.4's best task is `t3-add-tests-normalizer` with 0.872.
The lowest clean run of all is 0.2098, by Sonnet 4.6 on t1-feature-export.
In run1 of t5-config-loader, GPT-5.4 scored 0.9153.
Sonnet 4.6 fell from 0.7849 in run0 to 0.3304 in run2 on t5-config-loader.
The three runs of Opus 4.7 on t1-feature-export scored 0.4879, 0.5220 and 0.5235.
On t1-bugfix-discount Opus 4.6 has a spread of 0.798 with the zero and 0.056 without it.
t4-data-pipeline-report had 7 judge failures.
7 of 11 judgements of t4-data-pipeline-report failed.
The judge failed 7 times on t4-data-pipeline-report.
Of the 17 zeros, 12 are on t2-msg-inbox-triage.
t2-msg-inbox-triage accounts for 12 of the 17 zeros.
11 of 12 runs of t1-feature-export are archived.
Mean completion is 0.718 for GPT-5.4 and 0.578 for Opus 4.7.
GPT-5.4: C 0.718, T 0.718, B 0.678.
GPT-5.4 (C = 0.718, T = 0.718, B = 0.678, J = 0.708) leads on all four parts.
The judge gives GPT-5.4 a mean of 0.708 and Opus 4.7 one of 0.556.
With failed judgements as zeros, the judge mean of GPT-5.4 is 0.638.
On trajectory Sonnet 4.6 gets 0.614, on behaviour 0.591.
Opus 4.6 has the lowest number of full passes, 7.
GPT-5.4 passed every check in 14 runs, Opus 4.7 in 8.
On t5-data-sql-query every run passed: 12 of 12.
GPT-5.4 has a mean C of 0.944 on t3-add-tests-normalizer.
t3-priv-redact-doc: mean C 0.674, mean T 0.648.
The stored score of run0 of t4-browser-form-fix by Opus 4.6 is 0.0000, but its parts give 0.8444.
Run 2 of Sonnet 4.6 on t3-priv-redact-doc should have scored 0.8008 instead of 0.0000.
openai_gpt-5.4/t1-bugfix-discount/run1.json says 0.0000; recomputed it is 0.9008.
Sonnet 4.6 has a mean of 0.495 on tier3, against 0.846 for GPT-5.4.
In tier 4 Opus 4.6 comes last with 0.494.
The largest gap between two models is on t4-browser-form-fix: 0.440.
On t4-browser-form-fix GPT-5.4 leads Opus 4.6 by 0.440.
On t4-browser-form-fix, GPT-5.4 and Opus 4.6 are 0.440 apart.
The difference between GPT-5.4 and Sonnet 4.6 is largest on t3-add-tests-normalizer (0.324).
On t1-bugfix-discount GPT-5.4 reaches 0.378, well below its overall mean of 0.669.
GPT-5.4 wins 9 of 11 tasks against Sonnet 4.6.
GPT-5.4 beats Opus 4.6 on 9 tasks and Opus 4.7 on 10.
Opus 4.7 beats GPT-5.4 on one task only and loses on 10.
Sonnet 4.6 versus Opus 4.6 is 5 to 6 by tasks.
Head to head, Sonnet 4.6 leads Opus 4.7 7–4 in tasks.
Two models are tied on place 2=.
Opus 4.6 has 5 zeros, 3 of them on t2-msg-inbox-triage.
GPT-5.4 is missing 3 runs, one each on t1-feature-export, t1-bugfix-discount and t4-browser-form-fix.
4 run files could not be parsed.
Of the 9 lines of the fairness audit, 3 pass and 5 fail.
On t1-feature-export the best score was 0.5556 and the worst 0.2098.
Averaged over all four models, t5-data-sql-query comes to 0.692.
Every model is between 0.591 and 0.687 on t4-data-pipeline-report.
Opus 4.6 on t5-data-sql-query: 0.6204 / 0.5782 / 0.9546.
Judge means on t5-config-loader: GPT-5.4 0.824, Opus 4.7 0.610.
0.777 on t2-fs-quick-note is the best that Sonnet 4.6 has.
GPT-5.4 drops to 0.458 on t1-feature-export and to 0.378 on t1-bugfix-discount.
Tasks where GPT-5.4 is not first: t1-feature-export (0.458), t2-fs-quick-note (0.740) and t1-bugfix-discount (0.378).
The mean of all 138 archived runs' C is 0.635.
The model means on t4-data-pipeline-report span 0.096.
""".splitlines()

FALSE = """\
On `t1-feature-export`, Opus 4.7 averages 0.619.
On `t1-feature-export` GPT-5.4 averages 0.761.
GPT-5.4 leads on `t3-add-tests-normalizer` with 0.761.
GPT-5.4 has a mean C of 0.761.
Mean completion is 0.639 for GPT-5.4.
GPT-5.4: C 0.718, T 0.614, B 0.678.
The pooled mean of t1-bugfix-discount is 0.769.
`t2-fs-quick-note`: GPT-5.4 0.777, Sonnet 4.6 0.740.
In run1 of t5-config-loader, GPT-5.4 scored 0.8273.
t4-data-pipeline-report had 12 judge failures.
On t1-bugfix-discount there were 5 zeros.
GPT-5.4 wins 7 of 11 tasks against Sonnet 4.6.
Opus 4.7 beats GPT-5.4 on 10 of 11 tasks.
The stored score of run0 of t4-browser-form-fix by Opus 4.6 is 0.0000, but its parts give 0.6099.
On t4-browser-form-fix GPT-5.4 leads Opus 4.6 by 0.111.
On t4-browser-form-fix, GPT-5.4 and Opus 4.6 are 0.111 apart.
The three runs of Opus 4.7 on t1-feature-export scored 0.3605, 0.5220 and 0.5235.
On behaviour GPT-5.4 leads with 0.718.
The judge mean of GPT-5.4 on t5-config-loader is 0.708.
On t1-bugfix-discount Opus 4.6 has a spread of 0.187.
5 corrupt files were found.
Of the 9 lines of the fairness audit, 4 pass and 5 fail.
Sonnet 4.6 has a mean of 0.512 on tier3.
""".splitlines()

FALSE_TABLES = [
    "| Task | GPT-5.4 |\n|---|---|\n| t1-feature-export | 0.761 |",
    "| Model | t1-feature-export | t5-config-loader |\n|---|---|---|\n| Opus 4.7 | 0.511 | 0.511 |",
    "| Model | C | T |\n|---|---|---|\n| GPT-5.4 | 0.761 | 0.718 |",
    "| Task | run0 | run1 |\n|---|---|---|\n| t5-config-loader, GPT-5.4 | 0.9153 | 0.8273 |",
    "| Task | zeros |\n|---|---|\n| t2-msg-inbox-triage | 3 |",
]
# What no one can tell from the words is unmatched: it accuses nobody.
UNKNOWN = [
    "On t1-feature-export GPT-5.4 fails 0.33 of the assertions.",
    "On t1-feature-export GPT-5.4 has an F1 of 0.77.",
    "The effort that GPT-5.4 spends on t5-config-loader is 0.44.",
]


@pytest.fixture(scope="module")
def sweep() -> Reviewer:
    """One count of the example sweep, for all statements on it."""
    return Reviewer([review_texts.ROOT / "examples" / "sweep"])


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_true_is_found_right(text: str, sweep: Reviewer) -> None:
    claims = sweep.review(text).claims
    assert claims
    assert {c.status for c in claims} <= {EXACT, ROUNDS, UNCHECKABLE}, [(c.quote, c.status, c.expected) for c in claims]


@pytest.mark.parametrize("text", [*FALSE, *FALSE_TABLES])
def test_what_is_false_is_found_wrong(text: str, sweep: Reviewer) -> None:
    claims = sweep.review(text).claims
    assert any(c.status == WRONG and c.expected for c in claims), [(c.quote, c.status) for c in claims]


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_is_not_understood_accuses_nobody(text: str, sweep: Reviewer) -> None:
    assert not sweep.review(text).having(WRONG, EXACT, ROUNDS)
