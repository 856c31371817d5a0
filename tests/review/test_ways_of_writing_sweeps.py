"""Statements about the example sweep in the ways that people write: what is true is found right, what is false wrong.

The texts in `sweeps/` are right in every number. Three of them were written by others from the facts alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import review_texts

from bot.review import Reviewer
from bot.review.agreeing import EXACT, ROUNDS, UNCHECKABLE, WRONG

TEXTS = sorted((Path(__file__).parent / "sweeps").glob("*.md"))

RIGHT = """\
GPT-5.4 has 29 clean runs of 36.
Sonnet 4.6 and Opus 4.6 have 30 clean runs each.
Opus 4.7 (32 clean runs) has the highest coverage, 88.9 %.
The lowest coverage is 80.6 % (29 of 36).
138 of 144 runs are archived.
6 runs have no readable archive, 3 of them from GPT-5.4.
6 zeros come with evidence of infrastructure trouble.
13 zeros carry no evidence of infrastructure trouble.
There were 19 zeros in all.
Genuine zeros: 5 for Opus 4.6, 3 each for GPT-5.4 and Opus 4.7, and 2 for Sonnet 4.6.
GPT-5.4 sits 0.107 above the next model in plain clean_mean.
GPT-5.4 is 0.092 ahead of Sonnet 4.6 in the paired comparison [0.015, 0.169].
Sonnet 4.6 is −0.092 against GPT-5.4, paired [−0.169, −0.015].
Sonnet 4.6 against GPT-5.4: a paired difference of −0.092, from −0.169 to −0.015.
GPT-5.4 beats Sonnet 4.6 by 0.092 ± 0.077 and Opus 4.6 by 0.111 ± 0.077.
The spread of clean_mean among the Anthropic models is 0.035.
Coverage goes 8.3 percentage points apart, where our limit is 5.
Coverage differs by 8.3 points, and the limit is 5 %.
On cov_norm the gap between GPT-5.4 and Opus 4.7 is 0.063.
Taking out the infrastructure zeros lifts Sonnet 4.6 from 0.561 to 0.613.
Intervals are 95 %.
All archived runs of GPT-5.4: 66.9 %, that is 9.2 points less.
Only 3 of the 6 pairs have an interval that stays clear of zero.
On 3 of 12 tasks the ratio of the variances is above a half.
The ratio of the variance between models to the seed variance is 0.95 on t1-feature-export.
The judge was switched on in 126 runs and failed for good in 12.
The judge failed in 12 of 126 judgements, 9.5 %.
Of the judge failures 5 were plain errors and 3 came back empty.
For Opus 4.7 the overall mean has the bounds 0.563 and 0.566.
The failure rate of Opus 4.7 is 12.5 %, under the gate's limit of 20 %.
GPT-5.4 passed all checks in 14 of its 33 archived runs.
The pairs are compared over 11 shared tasks.
6 tasks are flagged.
On 11 of the 12 tasks the models cannot be separated.
Scores below 0.01 are left out, so clean_mean excludes zeros.
GPT-5.4 loses 0.092 once the zeros are counted.
Sonnet 4.6 is ranked second, on rank 2.
GPT-5.4 has 33 archives, everybody else 35.
121 of the 138 archived runs are clean.
In tier 3, GPT-5.4 is 0.181 above Opus 4.6 (0.846 against 0.665).
Fairness audit: 3 lines passed, 5 failed, 1 not recorded.
""".splitlines()

FALSE = """\
GPT-5.4 has 30 clean runs of 36.
Sonnet 4.6 and Opus 4.7 have 30 clean runs each.
The lowest coverage is 83.3 % (30 of 36).
137 of 144 runs are archived.
138 of 142 runs are archived.
7 zeros come with evidence of infrastructure trouble.
Genuine zeros: 4 for Opus 4.6.
Genuine zeros: 3 each for GPT-5.4 and Sonnet 4.6.
GPT-5.4 sits 0.117 above the next model in plain clean_mean.
GPT-5.4 is 0.092 ahead of Sonnet 4.6 in the paired comparison [−0.015, 0.169].
Sonnet 4.6 against GPT-5.4: a paired difference of −0.092, from 0.015 to 0.169.
Sonnet 4.6 is 0.092 higher than GPT-5.4, paired by task.
GPT-5.4 beats Sonnet 4.6 by 0.093 ± 0.077.
The spread of clean_mean among the Anthropic models is 0.045.
Coverage differs by 8.3 points, and the limit is 8 %.
Intervals are 90 %.
All archived runs of GPT-5.4: 69.9 %.
Only 4 of the 6 pairs have an interval that stays clear of zero.
On 5 of 12 tasks the ratio of the variances is above a half.
The ratio of the variance between models to the seed variance is 0.85 on t1-feature-export.
The judge was switched on in 127 runs.
The judge failed in 13 of 126 judgements.
Of the judge failures 4 were plain errors.
The failure rate of Opus 4.7 is 12.5 %, under the gate's limit of 15 %.
GPT-5.4 passed all checks in 12 of its 33 archived runs.
The pairs are compared over 9 shared tasks.
7 tasks are flagged.
Scores below 0.05 are left out, so clean_mean excludes zeros.
Sonnet 4.6 is on rank 3.
GPT-5.4 has 33 archives, everybody else 34.
120 of the 138 archived runs are clean.
In tier 3, GPT-5.4 is 0.281 above Opus 4.6.
Fairness audit: 4 lines passed, 5 failed, 1 not recorded.
""".splitlines()

HEAD = "| | GPT-5.4 | Opus 4.7 |\n|---|---|---|\n"
TABLES = [
    "| Model | clean_mean | 95 % interval | clean runs |\n|---|---|---|---|\n| GPT-5.4 | 0.761 | 0.695 – 0.827 | 29 |",
    "| Model | Clean / expected | Judge failed | ± |\n|---|---|---|---|\n| Opus 4.7 | 32 / 36 | 4 (12.5 %) | 0.066 |",
    f"{HEAD}| other zeros | 3 | 3 |\n| infra zeros | 1 | 0 |\n| coverage | 81 % | 89 % |\n| missing runs | 3 | 1 |",
    "| Model | clean | missing |\n|---|---|---|\n| GPT-5.4 | 29 | 3 |\n| all | 121 | 6 |",
    "| Model | overall_mean | vs GPT-5.4 |\n|---|---|---|\n| Sonnet 4.6 | 0.561 | −0.092 |",
]
FALSE_TABLES = [
    "| Model | clean runs |\n|---|---|\n| GPT-5.4 | 30 |",
    f"{HEAD}| other zeros | 3 | 2 |",
    "| Model | missing |\n|---|---|\n| GPT-5.4 | 3 |\n| all | 3 |",
    "| Model | vs GPT-5.4 |\n|---|---|\n| Sonnet 4.6 | 0.092 |",
]


@pytest.fixture(scope="module")
def sweep() -> Reviewer:
    """One count of the example sweep, for all texts on it."""
    return Reviewer([review_texts.ROOT / "examples" / "sweep"])


@pytest.mark.parametrize("text", [*RIGHT, *TABLES])
def test_what_is_true_is_found_right(text: str, sweep: Reviewer) -> None:
    claims = sweep.review(text).claims
    assert claims
    assert {c.status for c in claims} <= {EXACT, ROUNDS}, [(c.quote, c.status, c.expected) for c in claims]


@pytest.mark.parametrize("text", [*FALSE, *FALSE_TABLES])
def test_what_is_false_is_found_wrong(text: str, sweep: Reviewer) -> None:
    claims = sweep.review(text).claims
    assert any(c.status == WRONG and c.expected for c in claims), [(c.quote, c.status) for c in claims]


@pytest.mark.parametrize("path", TEXTS, ids=[path.stem for path in TEXTS])
def test_right_texts_raise_no_alarm(path: Path, sweep: Reviewer) -> None:
    claims = sweep.review(path.read_text(encoding="utf-8")).claims
    assert len(claims) >= 20
    bad = [c for c in claims if c.status not in (EXACT, ROUNDS, UNCHECKABLE)]
    assert not bad, [(c.line, c.quote, c.status, c.expected) for c in bad]


@pytest.mark.parametrize(
    ("name", "was", "now"),
    [
        ("thread", "80.6 % | 29 |", "80.6 % | 28 |"),
        ("thread", "0.550, i.e.", "0.560, i.e."),
        ("thread", "from 0.015 to", "from 0.051 to"),
        ("story", "121 scored", "112 scored"),
        ("story", "(from 0.03 up to 0.19)", "(from 0.03 up to 0.29)"),
        ("story", "5 of the failures", "6 of the failures"),
        ("notes", "archives (33)", "archives (34)"),
        ("notes", "| other zeros | 3 |", "| other zeros | 4 |"),
        ("short", "and 6 are missing", "and 8 are missing"),
        ("short", "by 0.092 ± 0.077", "by 0.092 ± 0.177"),
        ("tables", "| all | 121 |", "| all | 112 |"),
        ("remarks", "3 of 30", "3 of 33"),
        ("questions", "everybody else 1", "everybody else 2"),
        ("sceptic", "gives 0.690", "gives 0.960"),
    ],
)
def test_one_wrong_number_is_found_and_no_other(name: str, was: str, now: str, sweep: Reviewer) -> None:
    text = next(path for path in TEXTS if path.stem == name).read_text(encoding="utf-8")
    assert was in text
    wrong = [c for c in sweep.review(text.replace(was, now, 1)).claims if c.status == WRONG]
    start = text.index(was)
    assert wrong
    assert all(start - 2 <= c.start <= start + len(now) for c in wrong), [(c.quote, c.expected) for c in wrong]
