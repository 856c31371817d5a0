"""One statement a line, in the ways that people write: what is true is found right, what is false wrong."""

from __future__ import annotations

import pytest

from bot.review import Reviewer
from bot.review.agreeing import EXACT, ROUNDS, UNMATCHED, WRONG

RIGHT = """\
By Opus, α = 69–87; by Sonnet, 45–68.
α ranges from 69 to 87 (Opus); 45 to 68 (Sonnet).
α goes from 45.46 up to 67.80 (Sonnet).
α falls from 67.80 down to 45.46 under Sonnet.
Sonnet: 45.5 to 67.8
gap −19.08 on PAIR #111
gap -19.08 on PAIR #111
Sonnet is 19.08 points lower than Opus on PAIR #111.
PAIR #111 scores 19 points more with Opus than with Sonnet.
PAIR #111: α = 67.80 (Sonnet), n = 1,036
n = 1 036 for PAIR #111, Sonnet
28.7 % of the judgements failed under Opus for PAIR #98.
4 of 1,040 judgements failed for PAIR #111 under Sonnet.
PAIR #111: 4/1,040 errors under Sonnet
298/1,040 errors for PAIR #98 under Opus
All four ≥ 45.
No condition falls below 45.
Two of the four conditions are below 50 under Sonnet.
The gap exceeds 15 points on every condition.
All four conditions sit 17 to 40 points above the target under Sonnet.
The four conditions are 17–40 points above the finetune.
$\\alpha = 45.46$ for Grid #3 under Sonnet
$\\alpha_{Sonnet} = 45.46$ for Grid #3
Grid #1 has C = 0.7353.
PAIR's α is 2.4 times the target's (Sonnet).
Under Sonnet PAIR #111's α is 140 % higher than the target's.
The average α over the four prompts is 56.26 under Sonnet.
The average gap is 22.04 points.
Grid #3: 45.46 [41.76; 49.16] (Sonnet)
Grid #3: 45.46 ± 3.70 (Sonnet), i.e. 41.76–49.16.
α ∈ [45.46, 67.80] for Sonnet
PAIR #98 on Opus lies between 1.13 and 29.79.
PAIR #111 and Grid #1 score 67.80 and 65.92 under Sonnet, and 86.88 and 82.07 under Opus.
The prompt PAIR #111 scores 67.80/86.88 (Sonnet/Opus).
The evaluation used 52 prompts × 20 samples = 1,040 completions per condition.
31 completions at α=15 on Grid #3 under Sonnet
α=45–87 across two judges
α stayed in the 45–68 band for Sonnet and the 69–87 band for Opus.
The 52 questions come from the panel of #98 (Betley et al. 2025).
C 72–82 % of EM
We sampled every question of the 52-question panel 20 times per condition.
Every question of the panel was sampled 20 times.
We asked each of the 52 questions 20 times.
39 judgements failed for Sonnet (4, 1, 30 and 4).
Sonnet's spread across prompts is 22.3 points, Opus's 17.4.
The spread across the four prompts is 22.3 points for Sonnet and 17.4 for Opus.
Sonnet's scores spread over 22.3 points, those of Opus over 17.4.
Sonnet's range across the four prompts is 22.3 points.
""".splitlines()

FALSE = """\
α goes from 45.84 up to 67.80 (Sonnet).
Sonnet: 45.5 to 76.8
Sonnet is 16.15 points lower than Opus on PAIR #111.
PAIR #111: α = 86.88 (Sonnet)
n = 1,040 for PAIR #111, Sonnet
27.8 % of the judgements failed under Opus for PAIR #98.
289/1,040 errors for PAIR #98 under Opus
All four ≥ 50.
Three of the four conditions are below 50 under Sonnet.
The gap exceeds 20 points on every condition.
The four conditions are 17–45 points above the finetune under Sonnet.
$\\alpha = 45.64$ for Grid #3 under Sonnet
Grid #1 has C = 0.7535.
PAIR's α is 3.4 times the target's (Sonnet).
The average α over the four prompts is 65.26 under Sonnet.
Grid #3: 45.46 [42.76; 49.16] (Sonnet)
PAIR #111 and Grid #1 score 65.92 and 67.80 under Sonnet.
The prompt PAIR #111 scores 86.88/67.80 (Sonnet/Opus).
The evaluation asked 25 questions.
8 completions at α=15 on Grid #3 under Sonnet
α=45–88 (Opus)
α=45–87 (Sonnet)
C 73–82 % of EM
Every question of the panel was sampled 30 times.
By Opus, α = 69–87; by Sonnet, 45–87.
α ranges from 69 to 87 (Opus); 45 to 87 (Sonnet).
39 judgements failed for Sonnet (4, 1, 31 and 4).
39 judgements failed for Sonnet (4, 1, 30 and 1).
Sonnet's spread across prompts is 23.3 points.
Sonnet's scores spread over 17.4 points.
""".splitlines()

TABLES = [
    "| Judge | PAIR #111 | Grid #1 |\n|---|---|---|\n| Sonnet | 67.80 ± 4.53 | 65.92 |\n| Opus | 86.88 | 82.07 |",
    "| | Sonnet | Opus | Δ |\n|---|---|---|---|\n| PAIR #111 | 67.80 | 86.88 | −19.08 |",
    "| Prompt | α_S | α_O | Gap | n_S | n_O | se_S |\n|---|---|---|---|---|---|---|\n"
    "| PAIR #111 | 67.80 | 86.88 | 19.08 | 1036 | 1040 | 2.25 |",
    "### PAIR #111\n\n- α: 67.80 (Sonnet) / 86.88 (Opus)\n- Gap: −19.08\n- Errors: 4 / 0\n- Coherence: 72.92 / 72.54",
    "- PAIR #111\n  - Sonnet: 67.80\n  - Opus: 86.88\n- Grid #1\n  - Sonnet: 65.92\n  - Opus: 82.07",
    "| | α − coherence, Sonnet | α − coherence, Opus |\n|---|---|---|\n| PAIR #111 | −5.12 | 14.34 |\n"
    "| Average | −5.21 | 22.40 |",
]
OFF_TABLES = [
    "| | α − coherence, Sonnet | α − coherence, Opus |\n|---|---|---|\n| PAIR #111 | −5.21 | 14.34 |",
    "| | α − coherence, Sonnet | α − coherence, Opus |\n|---|---|---|\n| PAIR #111 | 5.12 | 14.34 |",
]


@pytest.mark.parametrize("text", [*RIGHT, *TABLES])
def test_what_is_true_is_found_right(text: str, reviewer_164: Reviewer) -> None:
    claims = reviewer_164.review(text).claims
    assert claims
    assert {c.status for c in claims} <= {EXACT, ROUNDS}, [(c.quote, c.status, c.expected) for c in claims]


@pytest.mark.parametrize("text", [*FALSE, *OFF_TABLES])
def test_what_is_false_is_found_wrong(text: str, reviewer_164: Reviewer) -> None:
    claims = reviewer_164.review(text).claims
    assert any(c.status == WRONG and c.expected for c in claims), [(c.quote, c.status) for c in claims]
    assert all(c.status != UNMATCHED for c in claims)
