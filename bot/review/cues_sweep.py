"""Which fact of a sweep's tables a number is, told by the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.review.cues import Cue

# Names of columns and of facts in running text; where two begin at the same place the earlier in this list counts.
METRICS = (
    ("clean_mean_evidence", r"clean_mean_evidence|clean (?:mean )?(?:by|with) evidence|evidence-based clean mean"),
    ("clean_mean_merged", r"clean_mean_merged|clean(?: mean)?,? (?:\(?merged|with logs)|merged clean mean"),
    ("without_judge_mean", r"without_judge_mean|without (?:the |a |its )?judge"),
    ("judge_mean_as_stored", r"judge_mean_as_stored|judge(?: mean)?,? as stored"),
    ("judge_bounds", r"(?:failed )?at worst\s*/\s*best"),
    ("judge_failure_rate", r"judge_failure_rate|judge(?:-| )failure rates?|share of (?:failed|unjudged)"),
    (
        "judge_failures",
        r"judge(?:ment)?[_ ]failures?|failed judge?ments?|judges? failed|"
        r"judge?ments? (?:are |is )?(?:left )?failed|unjudged",
    ),
    ("judge_mean", r"judge_mean|judge(?:'s|’s)? (?:mean|score)s?|mean judge scores?|\bmean j\b"),
    ("judge_enabled", r"judge_enabled|\bjudged\b"),
    ("clean_mean", r"clean_mean|clean means?|\bclean scores?\b"),
    ("overall_mean", r"overall_mean|overall means?|overall scores?|\boverall\b|mean of all archived runs"),
    ("all_mean", r"all_mean|\ball means?\b"),
    ("cov_norm", r"cov_norm|cov-norm|coverage[- ]normali[sz]ed(?: (?:score|mean)s?)?"),
    ("coverage", r"\bcoverage\b|\bcovers?\b|\bcovered\b"),
    (
        "diff",
        r"\bdifferences?\b|\bahead of\b|\bbehind\b(?= \ue000)|\bleads?\b|\b(?:better|worse|higher|lower) than\b"
        r"|\babove\b|\bbelow\b",
    ),
    ("c_pass", r"c_pass(?:es)?|\bc[- ]pass(?:es)?\b|passed (?:the )?verifiers?|verifier pass(?:es)?"),
    (
        "logged_not_archived",
        r"logged_not_archived|only (?:in the )?log(?:s|ged)?|logged,? but (?:not|never|un)\s?archived",
    ),
    ("infra_zero", r"infra_zeros?|infra(?:structure)?[- ]zeros?"),
    ("genuine_zero", r"genuine_zeros?|genuine zeros?"),
    ("stored_differs", r"stored_differs|stored scores? that"),
    ("rejudged", r"\bre-?judged\b"),
    ("missing", r"\bmissing\b|\black(?:s|ed)?\b|not archived"),
    ("archived", r"\barchived\b"),
    ("logged", r"\blogged\b"),
    ("expected", r"\bexpected\b"),
    ("rank", r"\brank(?:s|ed)?\b"),
    ("variance:seed", r"seed variances?|variance over runs|run-to-run variance"),
    ("variance:capability", r"capability variances?|variance between models"),
    ("variance:ratio", r"\bratios?\b"),
    ("mean", r"\brun_scores?\b|\bmeans?\b|\baverages?\b|\bscor(?:e|es|ed|ing)\b"),
)
PATTERN = re.compile("|".join(f"(?P<m{i}>{pattern})" for i, (_, pattern) in enumerate(METRICS)))
PARTS = (
    ("ci", r"\bintervals?\b|\bcis?\b"),
    ("half", r"half-?\s?widths?|^±"),
    ("se", r"standard errors?|\bse\b"),
)
PART = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in PARTS))
TIER = re.compile(r"\btier[\s_-]?(\d{1,3})\b", re.IGNORECASE)

# Counts that the words right behind a number name.
BEHIND = tuple(
    (fact, re.compile(pattern))
    for fact, pattern in (
        ("fairness/failed", r"\s*of\s+\d+\s+lines?\b"),
        ("fairness/lines", r"\s*lines?\b"),
        ("fairness/not_recorded", r"\s*not\s+recorded"),
        ("fairness/failed", r"\s*failed\s*,[^;.]*\bnot\s+recorded"),
        ("fairness/passed", r"\s*passed\b"),
        ("tasks/flagged", r"\s*(?:tasks?\s+)?(?:are\s+|is\s+)?flagged"),
        ("tasks/inseparable", r"\s*(?:tasks?\s+)?cannot\s+(?:separate|tell)"),
        ("verifier/varied", r"\s*of\s+\d+\s+tasks?\s*(?::|$)"),
        ("standing/original", r"\s*(?:judge?ments?\s+)?stands?\s+as\s+first"),
        ("standing/failed", r"\s*still\s+fail"),
        ("rejudged", r"\s*(?:runs?\s+)?(?:were\s+|was\s+)?re-?judged"),
        (
            "judge_failures",
            r"\s*(?:failed\s+judge?ments?|judge\s+failures?|(?:judge?ments?\s+)?(?:are\s+|is\s+)?left\b)",
        ),
        ("judge_failures", r"\s*of\s+\d+\s+judge?ments?\s+(?:are\s+left\s+)?failed"),
        (
            "missing",
            r"\s*(?:runs?\s+)?(?:are\s+|is\s+|were\s+)?missing|\s*of\s+\d+\s+runs?\s+(?:are|is)\s+not\s+archived",
        ),
        ("logged_not_archived", r"\s*of\s+them\s+logged|\s*(?:runs?\s+)?only\s+logged"),
        ("archived", r"\s*(?:runs?\s+)?(?:are\s+|is\s+|were\s+)?archived|\s*of\s+\d+\s+(?:runs?\s+)?archived"),
        ("c_pass", r"\s*c[- ]pass"),
        ("infra_zero", r"\s*infra\w*\s+zeros?"),
        ("genuine_zero", r"\s*genuine\s+zeros?"),
        ("runs", r"\s*runs?\s+(?:a|per|for each)\s+task"),
        ("expected", r"\s*runs?\s+(?:are|is|were)\s+not\s+archived|\s*(?:expected|runs?\s+expected)"),
        ("models", r"\s*models?\b"),
        ("tasks", r"\s*tasks?\b"),
        ("judge_enabled", r"\s*judge?ments?\b"),
    )
)
# … and those that the words before it name.
BEFORE = tuple(
    (fact, re.compile(pattern))
    for fact, pattern in (
        ("runs", r"×\s*$"),
        ("expected", r"×\s*\d+\s*runs\s*=\s*$"),
        ("coverage/range", r"\brange of\s*$"),
        ("stored_differs", r"\bparts do not give\s*\(\s*$"),
        ("archived", r"\bhas\s*$"),
    )
)
# What "of 126" is the whole of, by the word behind it.
WHOLE = (("judge_enabled", "judge?ments?"), ("fairness/lines", "lines?"), ("tasks", "tasks?"), ("expected", "runs?"))
# Evidence of a flag on a task, or of a line of the audit, by the words around a number.
EVIDENCE = (
    ("pooled_mean", re.compile(r"\bpooled mean\s*$"), None),
    ("mean_c", re.compile(r"\bmean c\s*$"), None),
    ("scores", re.compile(r"\bover\s*$"), re.compile(r"\s*runs? of all")),
    ("spoke", None, re.compile(r"\s*of\s+\d+\s+runs?\s+produced")),
    ("checked", re.compile(r"\d\s*of\s*$"), re.compile(r"\s*runs?\s+produced")),
    ("harness_errors", re.compile(r"\bharness failed on\s*$"), None),
    ("runs", re.compile(r"\bnone of\s*$"), None),
    ("judge_failures", None, re.compile(r"\s*of\s+\d+\s+judge?ments?\s+failed")),
    ("runs", re.compile(r"\d\s*of\s*$"), re.compile(r"\s*judge?ments?\s+failed")),
)


class SweepLexicon:
    """The words of a sweep's report."""

    def bases(self, hidden: str) -> list[Cue]:
        """Facts that a masked sentence names, in order."""
        found = (m for m in PATTERN.finditer(hidden.lower()))
        return [Cue(METRICS[int((m.lastgroup or "m0")[1:])][0], m.start(), m.end()) for m in found]

    def parts(self, hidden: str) -> list[Cue]:
        """Intervals and errors that it names."""
        return list(_parts(hidden.lower()))


def _parts(low: str) -> Iterator[Cue]:
    for match in PART.finditer(low):
        yield Cue(match.lastgroup or "", match.start(), match.end())
