"""Which fact of a sweep's tables a number is, told by the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.review.cues import Cue

CORRUPT = r"(?:corrupt\w*|unreadable|truncated|broken|damaged|malformed|unparsable)"

# Names of columns and of facts in running text; where two begin at the same place the earlier in this list counts.
METRICS = (
    (
        "clean_mean_evidence",
        r"clean_mean_evidence|clean (?:mean )?(?:by|with) evidence|evidence-based clean mean"
        r"|(?:drop\w*|remov\w+|exclud\w+|leav\w+ out|tak\w+ out|without|ignor\w+) (?:only |just )?(?:the |those )?"
        r"(?:zeros (?:\w+ ){0,2}?evidence|infra\w*)[^.;,\d]{0,24}",
    ),
    ("clean_mean_merged", r"clean_mean_merged|clean(?: mean)?,? (?:\(?merged|with logs)|merged clean mean"),
    ("without_judge_mean", r"without_judge_mean|without (?:the |a |its )?judge\b"),
    ("judge_mean_as_stored", r"judge_mean_as_stored|judge(?: mean)?,? as stored|failures as (?:\w+ )?stored"),
    ("judge_bounds", r"(?:failed )?at worst\s*/\s*best|\bbounds?\b|\bbounded\b|\b0 (?:or|and|to) (?:at )?1\b"),
    (
        "judge_failure_rate",
        r"judge_failure_rate|(?:judge(?:-| ))?(?:failure|error)[- ]rates?|share of (?:failed|unjudged)",
    ),
    (
        "judge_failures",
        r"judge(?:ment)?[_ ]failures?|failed judge?ments?|judges? fail(?:ed|s|ing)?\b|"
        r"judge?ments? (?:of|on|for) \S+ fail|"
        r"judge?ments? (?:are |is |were )?(?:left |still )?fail(?:ed|ing)|unjudged"
        r"|fail(?:ed|s|ures?) for good|gave no (?:score|verdict)|judge (?:errors?|outages?)"
        r"|(?:without a|no) (?:valid )?(?:judge score|judge?ment|verdict)",
    ),
    (
        "judge_mean",
        r"judge_mean|judge(?:'s|’s)? (?:own )?(?:mean|score|average)s?|(?:mean|average) judge scores?"
        r"|\b(?:mean|average) j\b|\bjudge (?:alone|only)\b"
        r"|\bjudge (?:gives|gave|awards|awarded|rates|rated)\b(?! (?:no|up|nothing)\b)",
    ),
    ("c_mean", r"\bc_mean\b|\b(?:mean |average )?(?<!full )(?<!judged )completion(?: (?:scores?|means?|parts?))?\b"),
    ("t_mean", r"\bt_mean\b|\b(?:mean |average )?trajector(?:y|ies)(?: (?:scores?|means?|parts?))?\b"),
    ("b_mean", r"\bb_mean\b|\b(?:mean |average )?behaviou?rs?(?: (?:scores?|means?|parts?))?\b"),
    (
        "judge_enabled",
        r"judge_enabled|judge (?:was |is |were )?(?:enabled|switched on|active)"
        r"|(?:enabled|switched on|turned on) (?:in|for|on)\b|\bjudged\b",
    ),
    (
        "clean",
        r"\bclean (?:\w+ )?(?:runs?|attempts?|ones|counts?|results?)\b|\b(?:runs?|attempts?) (?:\w+ )?clean\b"
        r"|count(?:ed|s|ing)? as clean|(?:is|are|were|came out|stay|stayed) clean\b"
        r"|non-?zero (?:runs?|scores?|results?)|scor\w+ (?:at least|≥|>=) ?0\.0\d",
    ),
    ("clean_mean", r"clean_mean|clean (?:means?|averages?)|\bclean scores?\b"),
    (
        "overall_mean",
        r"overall_mean|overall (?:means?|scores?|averages?)|mean of all archived runs|\ball archived runs\b|\boverall\b"
        r"|(?:with|including|counting) (?:the )?zeros?\b|zeros (?:in(?! all| total)|included|counted|kept)\b",
    ),
    (
        "all_mean",
        r"all_mean|\ball means?\b|\bmeans? (?:of all runs )?with (?:the )?log[- ]only (?:scores|runs)(?: merged in)?",
    ),
    (
        "cov_norm",
        r"cov_norm|cov-norm|coverage[- ]normali[sz]ed(?: (?:score|mean)s?)?"
        r"|(?:divided?|dividing|divides?) by (?:the |all )?(?:\w+ )?expected|over all expected runs",
    ),
    ("coverage", r"\bcoverage(?:_parity)?\b|\bcovers?\b|\bcovered\b"),
    (
        "genuine_zero",
        r"genuine_zeros?|(?:genuine|other|remaining|real|true|own|plain|unexplained) zeros?"
        r"|zeros? (?:\w+ ){0,4}?(?:without|with no|lack(?:s|ing)?|no) (?:such |any |that )?(?:evidence|signs?)"
        r"|(?:without|no) (?:such|any|that|infrastructure) (?:evidence|signs?|excuses?|traces?)"
        r"|(?:without|no) (?:evidence|signs?) of infra\w*",
    ),
    (
        "infra_zero",
        r"infra_zeros?|infra(?:structure)?[- ](?:\w+ )?zeros?"
        r"|zeros? (?:\w+ ){0,4}?(?:with|due to|from|by|of|show\w*|carr\w+|to) (?:\w+ ){0,3}?infra\w*"
        r"|zeros? (?:\w+ ){0,3}?evidence of infra\w*|evidence of infra\w*|(?:due|down) to (?:the )?infra\w*"
        r"|infra\w* ones|infra\w* (?:trouble|failures?|problems?)",
    ),
    (
        "diff",
        r"\bdifferences?\b|\bahead of\b|\bbehind\b(?= \ue000)|\bleads?\b(?! (?:with|at|on)\b)"
        r"|\b(?:better|worse|higher|lower|more|less) than\b|\babove\b|\bbelow\b|\bpaired\b|\bgaps?\b"
        r"|\bseparat\w+\b(?=(?:[^.;]|\.\d)*\bby\b)"
        r"|\bspread\b|\bmargins?\b|\badvantages?\b|(?<!told )\bapart\b|\bbeats?\b|\btrails?\b",
    ),
    (
        "c_pass",
        r"c_pass(?:es)?|\bc[- ]pass(?:es)?\b|passed (?:the |all )?(?:\w+ )?(?:verifiers?|checks?)|verifier pass(?:es)?"
        r"|(?:full|complete) pass(?:es)?\b|\b(?:every|all|each|no) runs? pass(?:es|ed)?\b"
        r"|pass(?:es|ed)? (?:of )?(?:all|every) (?:\w+ )?(?:checks?|assertions?|verifiers?)|full completions?",
    ),
    (
        "logged_not_archived",
        r"logged_not_archived|only (?:in the )?log(?:s|ged)?|logged,? but (?:not|never|un)\s?archived|log only",
    ),
    (
        "stored_differs",
        r"stored_differs|stored scores? (?:that|is not|are not|do(?:es)? not|differs?|disagrees?)|parts do not give",
    ),
    ("rejudged", r"\bre-?judge?(?:d|ments?)\b|judged (?:again|a second time|twice|anew)|asked again"),
    (
        "missing",
        r"\bmissing\b|\black(?:s|ed)?\b|(?:not|never) (?:\w+ )?archived|no (?:readable )?(?:archives?|files?)\b"
        r"|(?:never|not) (?:\w+ ){0,3}?(?:in)?to (?:the )?archive|un-?archived|(?:are|were|is|got|was) lost\b"
        r"|without (?:an? |any )?(?:readable )?(?:archives?|files?)\b",
    ),
    ("archived_zeros", r"zero (?:scores|runs) in (?:the )?archives?|zeros in (?:the )?archives?|archived zeros"),
    (
        "zeros",
        r"archived (?:runs|ones) (?:that |which )?(?:scor\w+|are|were|came out|end\w*)(?: at| as)? (?:a )?"
        r"(?:zeros?\b|0\b(?!\.))"
        r"|\bscor\w+ (?:a )?zero\b|\bzeros? scores?\b",
    ),
    ("unreadable", rf"\b{CORRUPT}\b"),
    (
        "archived",
        r"\barchive[ds]\b|(?<!the )\barchive\b|\b(?:is|are|was|were) in the archive\b"
        r"|\bruns? (?:found|present|on disk)\b",
    ),
    ("logged", r"\blogged\b"),
    ("expected", r"\bexpected\b|\bplanned\b"),
    ("rank", r"\brank(?:s|ed)?\b|\bplaces?(?=\s+=?\d)"),
    ("variance:ratio", r"ratios? (?:of|between) (?:the )?(?:capability|variance)[^.;,]{0,60}?variance\b"),
    ("variance:seed", r"seed variances?|variance (?:over|between repeated) runs|run-to-run variance"),
    ("variance:capability", r"capability variances?|variance between models"),
    ("variance:ratio", r"\bratios?\b"),
    ("judge_failures", r"\bfailures?\b"),
    ("zeros", r"\bzeros\b|\bzero (?:runs|scores)\b|scored zero\b"),
    ("judge_enabled", r"\bjudge?ments?\b"),
    ("mean", r"\brun_scores?\b|\bmeans?\b|\baverages?\b|\bscor(?:e|es|ed|ing)\b"),
)
COUNTS = (
    "archived", "logged", "logged_not_archived", "missing", "expected", "clean", "c_pass", "judge_enabled",
    "judge_failures", "rejudged", "infra_zero", "genuine_zero", "stored_differs", "rank", "zeros",
    "archived_zeros", "unreadable",
)  # fmt: skip
# A count, the share that is its own, and the mean that is told with the same words.
AS_COUNT = {"coverage": "clean", "judge_failure_rate": "judge_failures"}
AS_SHARE = {"clean": "coverage", "judge_failures": "judge_failure_rate"}
AS_MEAN = {"clean": "clean_mean", "judge_enabled": "judge_mean"}
MEANS = (
    "clean_mean", "overall_mean", "clean_mean_evidence", "all_mean", "clean_mean_merged", "cov_norm", "judge_mean",
    "judge_mean_as_stored", "without_judge_mean", "judge_bound_low", "judge_bound_high",
)  # fmt: skip
PART_MEANS = ("c_mean", "t_mean", "b_mean", "judge_mean", "judge_mean_as_stored")
LETTERS = {"C": "c_mean", "T": "t_mean", "B": "b_mean", "J": "judge_mean"}
# A part of the score by its letter, where the words beside it leave no other letter: "mean C", "T = 0.7", "(J)".
LETTER = re.compile(
    r"(?:(?:\b(?:[Mm]ean|[Aa]verage|avg\.?|[Cc]omponent|[Pp]art|[Oo]n|[Ii]n|[Ff]or|its|and)\s+|[(|,]\s?)(?P<a>[CTBJ])(?![\w.'’-])"
    r"|(?<![\w.'’-])(?P<b>[CTBJ])(?=\s+[01]?\.\d|\s*(?:=|:|\)|$|\b(?:of|is|was|at|averag\w+|mean|score|component|part)\b)))"
)
AS_STORED = re.compile(
    r"\bas (?:\w+ )?stored\b|\bstored as\b"
    r"|\bas zeros?\b|\bcounted as 0\b"
    r"|\b(?:failures?|failed)\b[^.;\d]{0,40}\b(?:zeros?|as 0|at 0|kept|left in|counted|included)\b"
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
        (
            "zeros",
            r"\s*(?:[a-z]+\s+)?(?:runs?|ones|attempts?)\s+(?:that\s+|which\s+)?(?:\w+\s+)?scor\w+\s+(?:an?\s+|at\s+)?"
            r"(?:zero|0\b(?!\.))",
        ),
        ("archived_zeros", r"\s*archived\s+zeros?\b"),
        ("fairness/failed", r"\s*of\s+\d+\s+lines?\b"),
        ("fairness/passed", r"\s*lines?\s+(?:\w+\s+)?pass(?:ed)?\b"),
        ("fairness/failed", r"\s*lines?\s+(?:\w+\s+)?fail(?:ed)?\b"),
        ("fairness/not_recorded", r"\s*lines?\s+(?:\w+\s+)?not\s+recorded"),
        ("fairness/lines", r"\s*lines?\b"),
        ("fairness/not_recorded", r"\s*not\s+recorded"),
        ("fairness/failed", r"\s*failed\s*,[^;.]*\bnot\s+recorded"),
        ("fairness/passed", r"\s*passed\b(?!\s+(?:all|every|the)\b)"),
        (
            "tasks/flagged",
            r"\s*(?:of\s+(?:the\s+)?\d+\s+)?(?:tasks?\s+)?(?:are\s+|is\s+|were\s+|(?:carry|have|bear|got|get)\s+an?\s+)?flag",
        ),
        (
            "tasks/inseparable",
            r"\s*(?:of\s+(?:the\s+)?\d+\s+)?(?:tasks?\s+)?[^.;,:\d]{0,30}?(?:cannot|can't|do\s+not|don't|fail\s+to)\s+"
            r"(?:be\s+)?(?:separat|tell|told|distinguish)",
        ),
        ("verifier/varied", r"\s*of\s+\d+\s+tasks?\s*(?::|$)"),
        ("standing/original", r"\s*(?:judge?ments?\s+)?stands?\s+as\s+first"),
        ("standing/failed", r"\s*(?:are\s+|is\s+)?still\s+fail"),
        ("rejudged", r"\s*(?:runs?\s+)?(?:were\s+|was\s+)?re-?judged"),
        (
            "judge_failures",
            r"\s*(?:failed\s+judge?ments?|judge\s+failures?|(?:judge?ments?\s+)?(?:are\s+|is\s+)?left\b)",
        ),
        ("judge_failures", r"\s*judge?ments?\s+(?:[a-z]+\s+){0,4}?(?:fail|without|unresolved)"),
        (
            "judge_failures",
            r"\s*(?:of\s+(?:the\s+|its\s+)?|/\s*)\d+\s+judge?ments?\b[^.;,\d]{0,70}\b(?:fail|unusable|lost|missing|invalid)",
        ),
        (
            "missing",
            r"\s*(?:runs?\s+)?(?:are\s+|is\s+|were\s+)?missing|\s*of\s+\d+\s+runs?\s+(?:are|is)\s+not\s+archived",
        ),
        ("logged_not_archived", r"\s*of\s+them\s+logged|\s*(?:runs?\s+)?only\s+logged"),
        ("archived", r"\s*(?:runs?\s+)?(?:are\s+|is\s+|were\s+)?archived|\s*of\s+\d+\s+(?:runs?\s+)?archived"),
        ("c_pass", r"\s*c[- ]pass"),
        ("infra_zero", r"\s*infra\w*\s+zeros?"),
        ("genuine_zero", r"\s*genuine\s+zeros?"),
        ("runs", r"\s*runs?\s+(?:a|per|for each|(?:of|on|for|at|in)\s+(?:each|every))\s+(?:single\s+)?task"),
        ("expected", r"\s*runs?\s+(?:are|is|were)\s+not\s+archived|\s*(?:expected|runs?\s+expected)"),
        (
            "unreadable",
            rf"\s*(?:{CORRUPT}\s+(?:run\s+|json\s+)?(?:files?|runs?|ones)"
            rf"|(?:run\s+|json\s+)?files?\s+(?:\w+\s+){{0,3}}?(?:{CORRUPT}|not\s+(?:be\s+)?(?:parse|read)))",
        ),
        ("models", r"\s*models?\b"),
        ("tasks", r"\s*tasks?\b"),
        ("judge_enabled", r"\s*judge?ments?\b"),
    )
)
# … and those that the words before it name.
BEFORE = tuple(
    (fact, re.compile(pattern))
    for fact, pattern in (
        ("unreadable", rf"\b{CORRUPT}\s+(?:run\s+|json\s+)?files?\s*(?:[:=(]|is|are|number)\s*$"),
        ("runs", r"×\s*$"),
        ("expected", r"×\s*\d+\s*runs\s*=\s*$"),
        ("coverage/range", r"\brange of\s*$"),
        ("stored_differs", r"\bparts do not give\s*\(\s*$"),
    )
)
# Lines of the fairness audit, where a sentence or what leads to it speaks of them.
FAIRNESS = re.compile(r"\bfairness\b|\baudit lines?\b|\blines?\b[^.;]*\b(?:pass|fail)")
OF_FAIRNESS = (
    ("fairness/not_recorded", r"not\s+recorded|unrecorded|not\s+known|cannot be judged"),
    ("fairness/passed", r"pass(?:es|ed)?\b|hold\b|held\b|are\s+(?:met|fine|ok)"),
    ("fairness/failed", r"fail(?:s|ed)?\b|break\b|broken\b|do\s+not\s+hold"),
)
# Limits: what stands before one, and what each of them limits.
LIMIT = re.compile(
    r"\b(?:limit|threshold|gate|cut-?off|ceiling|maximum|tolerance)\b(?:\s+(?:is|of|at|was|here|stands|set|being)\b)*\s*[:=(]?\s*$"
)
LIMIT_BEHIND = re.compile(
    r"\s*(?:(?:percentage\s+)?points?\s+)?(?:limit|threshold|gate|cut-?off|ceiling)\b"
    r"|\s*(?:at|where) which (?:our|the) gate"
)
LIMIT_OF = {
    "coverage": "coverage/limit", "judge_failure_rate": "gate/judge_error_rate_max/limit",
    "judge_failures": "gate/judge_error_rate_max/limit", "variance:ratio": "ratio/limit", "clean": "clean/threshold",
    "clean_mean": "clean/threshold",
}  # fmt: skip
LEVEL = re.compile(
    r"\b(?:intervals?|cis?|confidence(?: level)?|level)\b(?:\s+(?:is|are|at|of|all|the|level))*\s*[:=(]?\s*$"
)
CLEAN_FROM = re.compile(r"\bclean|\bleaves?\b|\bleft out\b|\bzeros?\b|\bdrop|\bexclud|\bcount")
LEFT_OUT = re.compile(r"\b(?:leav\w+ out|left out|drop\w*|exclud\w+|ignor\w+|discard\w+|omit\w*)\b[^.;,\d]{0,40}$")
SCORED_FROM = re.compile(r"\bruns? (?:that |which )?scor\w+ (?:at least|above|over|more than|≥|>=?)\s*$")
# What "of 126" is the whole of, by the word behind it.
WHOLE = (("judge_enabled", "judge?ments?"), ("fairness/lines", "lines?"), ("tasks", "tasks?"), ("expected", "runs?"))
# Evidence of a flag on a task, or of a line of the audit, by the words around a number.
EVIDENCE = (
    ("pooled_mean", re.compile(r"\bpooled mean(?:\s+(?:is|of|was))?\s*$"), None),
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
        named = [Cue(METRICS[int((m.lastgroup or "m0")[1:])][0], m.start(), m.end()) for m in found]
        tiers = [Cue(f"tier:tier{m[1]}", m.start(), m.end()) for m in TIER.finditer(hidden)]
        return sorted([*named, *_by_letters(hidden, named), *tiers], key=lambda c: c.start)

    def parts(self, hidden: str) -> list[Cue]:
        """Intervals and errors that it names."""
        return list(_parts(hidden.lower()))


def _by_letters(hidden: str, named: list[Cue]) -> Iterator[Cue]:
    """Parts of the score that are told by their letter, outside of what a longer name takes."""
    for match in LETTER.finditer(hidden):
        start, end = match.span(match.lastgroup or 0)
        if all(c.end <= start or c.start >= end for c in named):
            yield Cue(LETTERS[hidden[start]], start, end)


def _parts(low: str) -> Iterator[Cue]:
    for match in PART.finditer(low):
        yield Cue(match.lastgroup or "", match.start(), match.end())
