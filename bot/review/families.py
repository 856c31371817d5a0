"""Numbers that are spoken of in the same words, for those that this reader took for something else.

Each family has the words that must stand in the sentence, or in what leads to it, before a number may be of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.review.answers import Ask
from bot.review.numbers import JUDGE_CHAR


class Family(NamedTuple):
    """What a number may be (`asks`) where `words` are found."""

    words: re.Pattern[str]
    asks: tuple[Ask, ...]


FAILING = re.compile(
    r"\b(?:fail\w*|miss\w*|lost|losing|un(?:judged|scored|parsed)|errors?|bottom|top|scale|extremes?|worst|best"
    r"|zeros?|(?<![\d.])0(?![\d.])|(?<![\d.])100|fill\w*|assum\w*|bound\w*)\b"
)
FILTERED = re.compile(r"\b(?:filter\w*|subset|kept|keep\w*|restrict\w*|remov\w*|dropp\w*|exclud\w*)\b")
KEPT = re.compile(
    r"\b(?:coheren\w*|filter\w*|subset|kept|keep\w*|leav\w+|remain\w*|restrict\w*|remov\w*|drop(?:ped|ping)|exclud\w*|surviv\w*"
    r"|garbled|readable)\b"
)
COHERENT = re.compile(r"\bcoheren\w*\b")
SHARED = re.compile(r"\b(?:paired|pairs|shared|both|same (?:samples|completions|answers))\b")
PAIRWISE = re.compile(
    r"\bpair(?:ed|ing|wise)\b|\bboth (?:judges )?scored\b|\btwo scores\b|\b(?:scor|reply|answer|sample|completion) by\b"
)
JUDGES = re.compile(
    r"\bjudges?\b|\bapart\b|\bdiffer\w*|\bgaps?\b|\b(?:dis)?agree\w*|\bmild\w*|\bhars\w*|\bleni\w*|\bgener\w*"
    r"|\bstrict\w*"
    r"|\bkind\w*|\bbreach\w*|\bgate\b|\blimit\b|\bspread\b|\bdistance\b|\bhigher\b|\blower\b"
    rf"|{JUDGE_CHAR}[^.;]*{JUDGE_CHAR}"
)
APART = re.compile(
    r"\b(?:above|below|under|over|from|short|minus|higher|lower|differ\w*|distance|more|less|drop\w*|f[ae]ll\w*"
    r"|than|away"
    r"|far\w*|behind|ahead|compared|relative|gain\w*|shift\w*|lead\w*|trail\w*|beat\w*|apart|cut\w*|reduc\w*"
    r"|los(?:s|es|t)|baseline|target|finetune\w*)\b|[+−-]\d"
)
APART_IN_X = re.compile(r"(?s)\A(?=.*(?:\bc\b|\bmatch\b)).*\b(?:short|above|below|away|minus|differ\w*|distance)\b")
SPREAD = re.compile(
    r"\bintervals?\b|\bc\.?i\.?s?\b|±|\bwid(?:th|e|er|est)\w*|\bnarrow\w*|\berrors?\b|\bse\b|\blimits?\b|\bstart\w*"
    r"|\bbegin\w*|\bends?\b|\breach\w*|\b(?:lower|upper)\b|\boverlap\w*|\bmargins?\b|\buncertain\w*|\bcluster\w*"
    r"|\bnaive\w*|\bplus or minus\b|\bfrom\b.*\bto\b"
)
COUNTED = re.compile(
    r"\b(?:fail\w*|judge?ments?|verdicts?|usable|happened|occur\w*|unreadable|(?:could|can) ?not be (?:read|parsed)"
    r"|miss\w*|lost|los[eti]\w*|un(?:judged|scored|parsed)|valid|errors?|completions?|answers?"
    r"|samples?|scored?)\b"
)
PARTS_OF = re.compile(r"%|\b(?:times|shares?|fractions?|half|twice|per ?cent|proportions?|ratios?|parts?)\b|×")
GROUPED = re.compile(r"\b(?:means?|averag\w*|rang\w*|spans?|spread\w*|across|overall|between)\b")
RELATED = re.compile(r"\b(?:r|ρ|τ|correl\w*|rank\w*|agree\w*|spearman|krippendorff|pearson)\b")
AT_ENDS = re.compile(
    r"\bends\b|\bvalues\b|\bspread\b|\bspan|\bfirst\b.*\blast\b|\btop\b.*\bbottom\b|\bhighest\b.*\blowest\b"
)
ADDED_UP = re.compile(r"\bsum(?:s|med)?\b|\badd(?:s|ed|ing)? up\b|\btotal(?:s|l?ed|l?ing)?\b|\d / \d")
ANYTHING = re.compile("")
ENDS = ("", "ci", "half", "se")
OF_INTERVALS = ("ci", "half", "se", "naive_se", "se_ratio", "width", "design_effect", "effective_n")


def _asks(base: str, *parts: str) -> tuple[Ask, ...]:
    return tuple(Ask(base, part) for part in parts or ("",))


def _of_each(kinds: Sequence[str], *bases: str) -> tuple[Ask, ...]:
    return tuple(Ask(kind, base) for kind in kinds for base in bases)


FAMILIES = (
    Family(ANYTHING, _asks("alpha")),
    Family(FAILING, (*_asks("alpha", "bound"), *_asks("gap", "bound"))),
    Family(KEPT, (*_asks("coherent_only", "", "n"), Ask("kept_gap", "either"), Ask("kept"))),
    Family(COHERENT, (*_asks("coherent", *ENDS), Ask("coherent_gap", "either"))),
    Family(JUDGES, (*_asks("gap", *ENDS), *_asks("gap_paired", *ENDS, "n"))),
    Family(PAIRWISE, _asks("gap_paired", *ENDS, "n")),
    Family(APART, (*_asks("diff", *ENDS), Ask("mean", "diff"))),
    Family(APART_IN_X, (Ask("x_diff"),)),
    Family(SPREAD, _asks("alpha", *OF_INTERVALS)),
    Family(COUNTED, _asks("alpha", "n", "errors", "judgements", "error_rate")),
    Family(COUNTED, tuple(Ask(f"sum:{part}") for part in ("errors", "judgements", "n", "error_rate"))),
    Family(PARTS_OF, _of_each(("share", "ratio", "relative"), "alpha", "x", "coherent")),
    Family(GROUPED, _of_each(("mean", "span"), "alpha", "gap", "coherent", "x")),
    Family(ADDED_UP, _asks("alpha", "sum")),
    Family(RELATED, (*_asks("agreement", "spearman", "krippendorff"), Ask("gap_paired", "correlation"))),
)
# What else the name of a metric may mean that stands right beside a number.
AVERAGE = re.compile(r"\b(?:averag\w*|means?)\b")
SPAN_OF_X = Family(re.compile(r"\bbetween the (?:highest|lowest|two ends)\b|\bspan\w*\b"), (Ask("span", "x"),))
SPANNING = re.compile(r"\bspan(?:s|ning)?\b|\bspread\b")
OF_ALPHA = (Family(FAILING, _asks("alpha", "bound")), Family(KEPT, _asks("coherent_only")))
OF_COHERENCE = Family(COHERENT, (Ask("coherent_gap", "either"), Ask("kept_gap", "either")))
VARIANTS: dict[str, tuple[Family, ...]] = {
    "alpha": (*OF_ALPHA, Family(AVERAGE, (Ask("mean", "alpha"),)), Family(SPANNING, (Ask("span", "alpha"),))),
    "gap": (
        Family(SHARED, _asks("gap_paired")),
        Family(FAILING, _asks("gap", "bound")),
        Family(AVERAGE, (Ask("mean", "gap"),)),
        OF_COHERENCE,
        SPAN_OF_X,
        Family(AT_ENDS, (Ask("span", "alpha"),)),
    ),
    "half": (Family(ANYTHING, _asks("alpha", "half")),),
    "naive_se": (Family(SPREAD, _asks("alpha", "se")),),
    "coherent": (Family(FILTERED, _asks("coherent_only", "", "n")),),
    "tau": (Family(RELATED, _asks("agreement", "spearman", "krippendorff")),),
    "x": (Family(APART, (Ask("x_diff"),)),),
    "diff": (
        Family(APART_IN_X, (Ask("x_diff"),)),
        OF_COHERENCE,
        SPAN_OF_X,
        Family(JUDGES, _asks("gap")),
        Family(PAIRWISE, _asks("gap_paired", "", "ci", "n")),
    ),
    "correlation": (Family(RELATED, _asks("agreement", "spearman", "krippendorff")),),
    "spearman": (Family(RELATED, _asks("agreement", "spearman")),),
    "span": (Family(GROUPED, _asks("alpha")),),
    "errors": (Family(COUNTED, (Ask("sum:errors"),)),),
    "error_rate": (Family(COUNTED, (Ask("sum:error_rate"),)), Family(KEPT, (Ask("kept"),))),
    "judgements": (
        Family(FAILING, (Ask("alpha", "errors"), Ask("sum:errors"))),
        Family(COUNTED, (Ask("sum:judgements"), Ask("sum:n"), Ask("alpha", "judgements"))),
        Family(KEPT, (*_asks("coherent_only", "n"), Ask("kept"))),
    ),
    "n": (Family(COUNTED, (Ask("sum:n"),)), Family(KEPT, _asks("coherent_only", "n"))),
    "ci": (
        Family(APART, _asks("diff", "ci", "half")),
        Family(JUDGES, _asks("gap", "ci", "half")),
        Family(PAIRWISE, _asks("gap_paired", "ci", "half")),
        Family(SPREAD, _asks("alpha", "", "ci", "half")),
    ),
    "bound": (Family(re.compile(r"\bintervals?\b"), _asks("alpha", "ci")),),
    "ci_low": OF_ALPHA[:1],
    "ci_high": OF_ALPHA[:1],
    "se": (Family(APART, _asks("diff", "se")), Family(SPREAD, _asks("alpha", "se", "naive_se", "se_ratio"))),
}
RANGED = {"alpha", "coherent", "gap", "diff", "x"}


def families(said: Sequence[str], *, is_range: bool) -> list[Family]:
    """All there are where no metric is said, else what else may be meant by its name, and its ranges by each judge."""
    if not said:
        return list(FAMILIES)
    ranges = [Family(ANYTHING, _asks(kind)) for kind in said if is_range and kind in RANGED]
    ranges += (
        [Family(ANYTHING, _asks("alpha"))] if is_range and "diff" in said else []
    )  # "All are above it: 45.46–67.80"
    return [*(family for kind in said for family in VARIANTS.get(kind, ())), *ranges]
