"""Words stronger than the archive are found, with their cost; the same words denied, doubted or quoted are not."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
import review_texts

from bot.review import CONCERNS, FAIL, PASS, Reviewer
from bot.review.overclaims import NEEDS, rules

BREACH = "The declared gate on the gap between the judges is breached on all four conditions.\n\n"

CLAIMED = [
    ("H2 is confirmed.", "confirmed", FAIL),
    ("This confirms the hypothesis.", "confirmed", FAIL),
    ("| H2 | confirmed |\n|---|---|\n| H1 | falsified |", "confirmed", FAIL),
    ("# Prompts keep α high (HIGH confidence)", "confidence", FAIL),
    ("# Prompts keep α high (high confidence)", "confidence", FAIL),
    ("**Confidence: MODERATE** — one seed", "confidence", FAIL),
    ("H1 is supported.", "outcome", FAIL),
    ("All declared gates passed.", "gates-passed", FAIL),
    ("Sonnet's α is significantly higher for PAIR #111.", "significant", CONCERNS),
    ("The effect is robust across seeds.", "robust-across-seeds", CONCERNS),
    ("The finding replicates across runs.", "robust-across-seeds", CONCERNS),
    ("This proves that the prompts do not misalign the model.", "proves", CONCERNS),
    ("That is conclusive evidence.", "proves", CONCERNS),
    ("The two judges agree closely.", "judges-agree", CONCERNS),
    ("The prompt causes the drop.", "causal", CONCERNS),
    ("The predictions were pre-registered.", "preregistered", CONCERNS),
]

NO_CLAIM = [
    "H2 is not confirmed.",
    "Nothing is confirmed here, since a gate is breached.",
    "No prediction below can be called confirmed.",
    "Whether H2 would be confirmed with a third judge remains open.",
    "If the judges had agreed, H2 would be confirmed.",
    "The published text said “confirmed”; it should not have.",
    'The word "significant" stands in the issue.',
    "Nothing here is significant.",
    "No significant difference was found.",
    "The difference is significant: 17.25 points above the target (95 % CI 12.95 to 21.55) for Grid #3 under Sonnet.",
    "This does not prove anything.",
    "It is too early to say whether it is robust across seeds.",
    "H2 supported, gate breached · H1 falsified · confidence LOW",
    "# Prompts keep α high (LOW confidence)",
    "The judges agree on the order of the prompts.",
]


@pytest.mark.parametrize(("text", "rule", "verdict"), CLAIMED, ids=[text[:40] for text, _, _ in CLAIMED])
def test_words_that_the_archive_does_not_bear_out_are_found(
    text: str, rule: str, verdict: str, reviewer_164: Reviewer
) -> None:
    review = reviewer_164.review(BREACH + text)
    assert rule in {o.rule for o in review.overclaims}
    assert review.verdict == verdict
    assert all(o.why and o.line >= 1 and o.quote for o in review.overclaims)


@pytest.mark.parametrize("text", NO_CLAIM, ids=[text[:40] for text in NO_CLAIM])
def test_words_denied_doubted_or_quoted_are_no_claim(text: str, reviewer_164: Reviewer) -> None:
    review = reviewer_164.review(BREACH + text)
    assert not review.overclaims, review.overclaims
    assert review.verdict == PASS


def test_a_breached_gate_that_the_first_lines_do_not_mention_fails(reviewer_164: Reviewer) -> None:
    hidden = "Under Sonnet, α of PAIR #111 is 67.80.\n\n" + "More is to be said.\n\n" * 20
    review = reviewer_164.review(hidden + BREACH)
    assert [o.rule for o in review.overclaims] == ["gate-unmentioned"]
    assert review.verdict == FAIL


def test_a_clean_result_stronger_than_the_results_fails_where_the_results_pass(reviewer_164: Reviewer) -> None:
    results = BREACH + "H2 supported, gate breached; confidence LOW. α is 45.46 to 67.80 under Sonnet.\n"
    clean = "# All stay above (MODERATE confidence)\n\n" + results.replace("supported, gate breached", "confirmed")
    assert reviewer_164.review(results).verdict == PASS
    found = {o.rule for o in reviewer_164.review(clean).overclaims}
    assert {"confidence", "confirmed", "outcome"} <= found


def test_confirmed_is_right_where_it_is_confirmed(tmp_path: Path) -> None:
    archive = tmp_path / "issue-164"
    shutil.copytree(review_texts.ISSUE_164, archive)
    declared = (archive / "report.yaml").read_text(encoding="utf-8")
    (archive / "report.yaml").write_text(re.sub(r"(?m)^gates:\n(?:  .*\n)+", "", declared), encoding="utf-8")
    review = Reviewer([archive]).review("H2 is confirmed. Under Sonnet, α of PAIR #111 is 67.80.")
    assert review.grading.outcomes["H2"] == "confirmed"
    assert review.verdict == PASS


def test_rules_are_data_with_a_reason_each() -> None:
    assert len(rules().rules) >= 10
    for rule in rules().rules:
        assert rule.why and rule.verdict in (FAIL, CONCERNS) and rule.needs in NEEDS
    page = (review_texts.ROOT / "docs" / "review.md").read_text(encoding="utf-8")
    assert all(f"| `{need}` |" in page for need in NEEDS), json.dumps(list(NEEDS))
