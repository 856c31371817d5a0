"""Which metric a number is of, told by the words around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from bot.review.numbers import JUDGE_CHAR, PLACE_CHAR, SILENT_CHAR

ANY = f"[{JUDGE_CHAR}{PLACE_CHAR}{SILENT_CHAR}]"


class Cue(NamedTuple):
    """A word that names a metric, or a part of one, from `start` to `end`."""

    kind: str
    start: int
    end: int


def words(*options: str) -> str:
    """A pattern for any of these words, each a pattern of its own."""
    return rf"\b(?:{'|'.join(options)})\b"


ANSWERS = "(?:answers|completions|judgements|samples|ones|responses|replies)"
NAMED = f"[{PLACE_CHAR}]"

# Metrics, each with the words that name it. Where two of them begin at the same place the earlier in this list counts.
BASES = (
    (
        "gap_paired",
        r"paired (?:judge )?(?:gaps?|differences?)|gaps? by (?:shared )?samples?|(?:by|over) (?:the )?shared samples?"
        r"|pair(?:ed|ing)?(?: them| the (?:judges|scores))? by (?:samples?|completions?|answers?)"
        r"|over the samples (?:that )?both"
        rf"|samples (?:of {PLACE_CHAR}+ )?(?:that )?(?:both|they both|{JUDGE_CHAR}+) (?:scored|judged|rated)",
    ),
    (
        "coherent_only",
        rf"coherent[- ]only\b|alignment (?:score )?(?:of|over|on|for) (?:the )?coherent {ANSWERS}|coherent (?:α"
        rf"|alpha)\b|"
        r"(?:α|alpha)[ ,]*(?:\(|of (?:the )?|if |when |where )coherent(?: (?:only|answers))?|"
        rf"coherent\s*(?:≥|>=|at least|above|over|of at least)|coherent {ANSWERS} only|only (?:the )?coherent\b"
        rf"|(?:{ANSWERS}|\bthose|\bthese) (?:with|of) (?:an? )?coherence (?:of )?(?:≥|>=|at least|above|over|50)"
        r"|\b(?:with|for|at|on|to|requir\w+) (?:an? )?coherence (?:of )?(?:≥|>=|at least|50 (?:or|and) (?:more|above))"
        r"|\bcoh(?:erence)?\s*(?:≥|>=)|\bfiltered\b|\bafter (?:the )?filter\w*|\bin this subset\b"
        r"|(?:keep(?:s|ing)?|restrict(?:ed|ing|s)? to|limited to|among|over|for|on)"
        rf" (?:the )?coherent {ANSWERS}",
    ),
    (
        "coherent",
        r"coheren(?:ce|t|cy)\w*|\bcoh\b"
        r"|\b(?:answer|reply|response|text|completion)s? (?:that )?(?:makes?|made) sense\b",
    ),
    (
        "gap",
        words("gaps?", "disagree(?:s|d|ing|ments?)?", "milder", "harsher", "lenient", "stricter", "kinder", "generous")
        + r"|\bagree(?:s|d|ing|ment)?\b(?=[^.;:\d]{0,20}\bwithin\b)|\b\w+est breach\b"
        + rf"|{JUDGE_CHAR}+\s*(?:−|-|–|minus)\s*(?:α\s*)?{JUDGE_CHAR}+|\b[so]\s?[−–-]\s?[so]\b",
    ),
    ("apart", r"\bapart\b|\bdiffer(?:s|ed|ing)?\b(?!ence)"),
    (
        "mean",
        rf"\b(?:mean|average)[ds]?\b(?=(?:[^.;,]|\.\d){{0,30}}\b(?:over|across|of)\s+(?:the|all|these)?\s*{NAMED})"
        r"|\b(?:mean|average)\b(?=[^.;,]{0,20}\b(?:conditions|prompts|four|three)\b)"
        r"|\b(?:mean|average)\b(?=\s*(?:of\s+|=\s*|is\s+)?[-−]?\d[\d.]*\s*points?\s*[),.;])"
        r"|\b(?:mean|average)\b(?=\s+(?:inter-)?(?:judge\s+)?gap\b)"
        r"|\bon average\b|\baverag(?:es|ed|ing)\b",
    ),
    (
        "span",
        r"\bspans?\b(?= (?:is|was|of|from)?\s*(?:about\s*)?\d[\d.]* points)"
        r"|\brange of(?=\s+(?:about\s+)?\d[\d.]* points)|\bspread (?:is|was|of)\b"
        r"|\b(?:whole|total|full) (?:span|spread|range) (?:is|was|of)\b"
        r"|\b(?:span|spread|range)\s+(?:(?:across|over|among|between|of)\s+(?:the |all |these )*)?"
        rf"(?:{PLACE_CHAR}+|prompts|conditions)"
        r"(?=\s+(?:is|was|of)\s+(?:about\s+)?\d[\d.]*(?! to\b)[^–\d]{0,2}\s*points)"
        r"|\bspread over(?=\s+(?:about\s+)?\d[\d.]* points)",
    ),
    (
        "diff",
        words("differences?", "distances?", r"steps?(?=\s+(?:of|between|from|down|up|is|are)\b)", "how far")
        + rf"|(?<={PLACE_CHAR})\s*(?:−|minus)\s*(?={PLACE_CHAR})"
        + rf"|\bwithin\b(?=\s+(?:about\s+)?\d[\d.]*\s*(?:points?\s+)?of\s+(?:the\s+)?{PLACE_CHAR})"
        + r"|\bpoints? (?:above|below|higher|lower|over|from|away|more|less|short|shy)\b"
        rf"|\b(?:above|below|from)\s+(?:it|that|them|this|{PLACE_CHAR}+)(?=\s*(?:by\b|:))"
        r"|\b(?:drops?|falls?|declines?|decreases?|loss(?:es)?|increases?|rises?|gains?|reductions?|shifts?|changes?)"
        r" of\b"
        r"|\b(?:higher|lower|up|down|drops?|falls?|fell|rises?|rose|gains?|loses?|exceed(?:s|ed)?|trail(?:s|ed)?"
        r"|leads?|beats?|above|below|overshoot\w*|undershoot\w*|miss(?:es|ed)?"
        r"|reduc\w+|rais\w+|cut|cuts|lift\w*|increas\w+|decreas\w+)\b[^.;:\d]{0,40}\bby\b|\bcompared\b(?!\s+(?:to"
        r"|with)\s+[-−]?\d)|[Δδ]",
    ),
    (
        "errors",
        r"(?<!standard )(?<!clustered )(?<!naive )\berrors?\b(?! bars?| clustered)|"
        + words(
            "errs?",
            "fail(?:s|ed|ing|ures?)?",
            "unjudged",
            "missing",
            "lost",
            "unparsed",
            "invalid",
            "unscored",
            "errored",
            "lacks",
        )
        + r"|\b(?:could|can)(?:not| not) be (?:parsed|read|scored)\b|\bunpars\w+"
        + r"|\b(?:return(?:s|ed)?|gave|gives?|produced?) no (?:usable |valid )?(?:scores?|verdicts?|judge?ments?)\b"
        + r"|\bwithout (?:an? )?(?:scores?|verdicts?)\b",
    ),
    ("alpha", r"α|\balpha\b|\baligned\b|\balignment\b(?! archive)|(?<!\ba )(?<!\bno )(?<!-)\bscor(?:e|es|ed|ing)\b"),
)
AT_AN_END = r"(?=[^.;\d]{0,20}\b(?:at|to|as) (?:0|zero|100|either|the|its)\b)"  # "Sonnet puts them at 45.5" is α
PARTS = (
    ("tau", r"\brank correlation\b|\bkendall\w*(?:['’]s)?(?:\s+(?:τ|tau))?|τ|\btau(?:[- ]?b)?\b"),
    ("spearman", r"\bspearman\w*(?:['’]s)?(?:\s+(?:rank\s+)?correlation(?:\s+coefficient)?)?|ρ"),
    ("krippendorff", r"\bkrippendorff\w*(?:['’]s)?(?:\s+(?:α|alpha))?"),
    (
        "ci",
        r"(?<!side of its )(?<!side its )(?<!within its )(?<!wider than the )\bintervals?\b"
        r"|\bcis?\b|\bconfidence limits\b|\b(?:lower|upper) (?:limits?|ends?)\b",
    ),
    ("design_effect", r"\bdesign effects?\b|\bdeff\b"),
    ("effective_n", r"\beffective (?:samples?(?: sizes?)?|n)\b"),
    ("se_ratio", r"\bse ratios?\b|\bratios? of (?:the )?(?:standard errors|ses)\b"),
    ("width", r"(?<!half-)(?<!half )\b(?:full |whole )?widths?\b(?! of the gap)"),
    ("half", words(r"half-?\s?widths?", "plus or minus", "margin of")),
    (
        "naive_se",
        r"\b(?:as|were|be) independent\b|\bunclustered\b|\bwithout clustering\b"
        r"|\bnaive(?: standard)?(?: errors?| ones?| se)?\b",
    ),
    ("se", r"\bs\.e\.|" + words("standard errors?", "se", "clustered (?:errors?|ones?|se)")),
    (
        "bound",
        words("bound(?:s|ed)?", "were (?:they |it |these |those )?all", "if (?:they |it )?(?:were )?all")
        + "|"
        + words(
            "all failed at",
            "counting the",
            r"(?:if|with) (?:the |all |every )*(?:failures?|failed|errors?)(?: \w+)? (?:are |were |is |was )?"
            r"(?:all )?(?:at |as |= )?(?=0|100)",
            "worst case",
            "best case",
            "could lie",
            "(?:lowest|highest) score",
        )
        + "|"
        + words(
            r"scor(?:e|es|ed|ing) (?:all of )?(?:them|those|these|it|the)(?: \d+)?(?: all)? (?:at|as)",
            rf"plac(?:e|es|ed|ing) (?:all|(?:them|those){AT_AN_END})",
            rf"put(?:s|ting)? (?:all|every|each|(?:them|those){AT_AN_END})",
        )
        + r"|\bextreme assumptions?\b|\b(?:bottom|top|ends?|extremes?|floor|ceiling)\b[^.;\d]{0,20}\bof the scale\b"
        + r"|\bgiv(?:e|es|ing|en)\b[^.;\d]{0,40}\b(?:top|lowest|highest|best|worst|zero|full|maximum|minimum)\b"
        + r"|\bscor(?:e|es|ed|ing) (?:all|every)\b[^.;\d]{0,40}"
        + r"|\b(?:all|every)\b[^.;]{0,40}\b(?:scored|counted|judged) (?:as|at)\b"
        + r"|\b(?:would|could)\s+(?:be|move|pull|lift|raise|lower|take|bring|reach)\b(?: anything)?",
    ),
    ("correlation", r"\bcorrelat\w+(?: between (?:their|the|both) scores)?|\br\s*=|\bpearson\w*"),
    ("n", r"\bn\s*=|\bn\b"),
    ("seed_sd", words("standard deviation (?:of|over|across|between) (?:the )?seeds", "seed (?:sd|spread)")),
)
NOUNS = (
    ("questions", r"(?:questions?|qs|clusters?)"),
    ("seeds", r"(?:random )?seeds?"),
    ("judges", r"judges"),
    ("conditions", r"(?:conditions?|prompts?)"),
    ("cells", r"cells?"),
    ("errors", r"(?:errors?|failures?|failed\b(?! (?:at|to))|unjudged|missing)"),
    (
        "judgements",
        r"(?:judge?ments?|completions?|samples?|answers?|responses?|repl(?:y|ies)|generations?|outputs?|scores"
        r"|ratings|verdicts?|left\b|remain(?:ing)?\b)",
    ),
    ("times", r"times\b"),
)
ADJECTIVES = (
    rf"(?:(?:of|the|its|those|these|valid|archived|single|independent|distinct|different|more|other|further"
    rf"|{ANY}+(?:['’]s)?"
    r"|missing|failed|failing|unjudged|invalid|lost|coherent|aligned|human|held-out|model|system|judge|panel)\s+){0,3}?"
)
NOUN = {kind: re.compile(rf"[\s-]\s*(?P<adjectives>{ADJECTIVES})(?:{pattern})(?!\w)") for kind, pattern in NOUNS}
FAILING = re.compile(words("missing", "failed", "failing", "unjudged", "invalid", "lost", "unscored"))
FAILED_BEHIND = re.compile(
    r"\s*(?:that |which |were |are |was |is |have |had )*"
    r"(?:failed|missing|unscored|unjudged|invalid|lost|errored|without (?:an? )?(?:score|verdict))\b"
)

# Numbers of things that no archive holds: what stands before the number, or behind it, and why it cannot be checked.
UNCHECKABLE = (
    (None, re.compile(r"\s+(?:JSON|json|YAML|yaml|CSV|csv|text) files\b"), "it counts files, and not what they hold"),
    (
        None,
        re.compile(r"\s+(?:for|is|means|meaning|=|as|being)\s+[\"“']?(?:ambiguous|neutral|unclear|mixed|borderline)\b"),
        "what the scale means by it",
    ),
    (re.compile(r"\blabels? (?:for|on) (?:about |some |at least )?$"), None, "planned, not measured"),
    (re.compile(r"\boff by (?:up to |about |at most )?$"), None, "what rounding may change"),
    (
        re.compile(
            r"^(?:\[ ?\]\s*)?(?:\w+ly\s+)?(?:have|label|annotate|hand-?check|relabel|recruit)\b"
            r"[^.;\d]{0,40}$"
        ),
        None,
        "it is planned, not measured",
    ),
    (
        re.compile(r"^(?:ask|get|let|have)\b[^.;\d]{0,40}\b(?:label|annotate|read|rate|check)\b[^.;\d]{0,20}$"),
        None,
        "it is planned, not measured",
    ),
    (re.compile(r"^\[ ?\]\s*[^.;]{0,80}$"), None, "it is planned, not measured"),
    (re.compile(r"\bp\s*(?:-?values?)?\s*(?:[=<>≤≥]|of)\s*$"), None, "the specification defines no test statistic"),
    (
        re.compile(
            r"\b(?:temperature|top[_-]?[pk]|learning rate|lr|batch size|max[_ ](?:new[_ ])?tokens|weight decay"
            r"|lora rank|rank|epochs?)\b\s*(?:[=:]|of|was|is|at)?\s*$"
        ),
        None,
        "the archive does not record how the model was run",
    ),
    (
        None,
        re.compile(
            r"\s*(?:(?:detailed|summary|result|archive|score|judgement)\s+files?\b|claims?\s+checked|right\b"
            r"|wrong\b|match(?:es)?\s+no\s+fact|cannot\s+be\s+checked"
            r"|fields?\s+of\s+the\s+reproducibility|files?\s+of\s+the\s+archive\s+could)"
        ),
        "it counts what a review found, not what the archive holds",
    ),
    (re.compile(r"[$€£]\s?$"), None, "the archive does not record what was paid"),
    (
        re.compile(
            r"\b(?:fitness|rewards?|accuracy|perplexity|win[- ]rates?|elo|bleu|rouge|f1|precision|recall|auc|entropy"
            r"|toxicity|refusals?|refusal rates?)\b[^.;]{0,24}$"
        ),
        None,
        "the archive has no such score",
    ),
    (
        None,
        re.compile(
            r"\s*(?:\w+\s+)?(?:gpu[- ]?hours?|gpu[- ]?h\b|gpus?\b|a100s?|h100s?|hours?|minutes?|seconds?|days?|weeks?"
            r"|months?|years?|usd|dollars?|euros?|eur\b|tokens?|epochs?|steps?|gb\b|gib\b|mb\b|layers?|parameters?"
            r"|annotators?|people|raters?|humans?|labels?|human labels?)\b"
        ),
        "nothing of the kind is in the archive",
    ),
)

# Numbers of the whole panel: what stands before them, or behind them.
WORDED = (
    (re.compile(r"\beffective (?:number of )?(?:items|questions)\s*(?::|=|is|of|are)?\s*$"), None, "panel/effective"),
    (None, re.compile(r"\s*effective(?: (?:items|questions))?\b"), "panel/effective"),
    (re.compile(r"(?:\bkendall|\btau\b|τ)(?:[^.;]|\.\d){0,30}\bn\s*=\s*$"), None, "rank_stability/n"),
    (None, re.compile(r"\s*(?:degrees? of freedom|d\.?f\.?)(?!\w)"), "panel/degrees_of_freedom"),
    (re.compile(r"\b(?:degrees? of freedom|df)\s*[:=]?\s*$"), None, "panel/degrees_of_freedom"),
    (
        None,
        re.compile(r"\s*(?:times |answers |samples |completions )?(?:per|a|for each|for every) question\b"),
        "panel/samples",
    ),
    (re.compile(r"^\W*(?:number of )?conditions\s*[:=]\s*$"), None, "conditions"),
    (re.compile(r"^\W*(?:number of )?judges\s*[:=]\s*$"), None, "judges"),
    (re.compile(r"^\W*(?:number of )?cells\s*[:=]\s*$"), None, "cells"),
    (re.compile(r"^\W*(?:number of )?questions\s*[:=]\s*$"), None, "panel/questions"),
    (re.compile(r"\bdistinct questions\s*(?::|=|is|are)?\s*$"), None, "panel/distinct"),
    (re.compile(r"\bnear[- ]duplicates\s*(?::|=|is|are)?\s*$"), None, "panel/near_duplicates"),
    (re.compile(r"\bcontrast pairs\s*(?:\([^()]*\))?\s*(?::|=|is|are)?\s*$"), None, "panel/contrast_pairs"),
    (re.compile(r"\bsimilarity\s*(?::|=|is|of)?\s*$"), None, "panel/closest"),
    (re.compile(r"\b(?:answers?|keys?) (?:stands?|is|lies) at (?:place|position)\s*$"), None, "panel/answer_place"),
    (None, re.compile(r"\s*of (?:the |all )*questions that print (?:their )?choices\b"), "panel/answer_share"),
    (re.compile(r"\bchance (?:gives|would give)(?: (?:that place|it))?\s*$"), None, "panel/answer_expected"),
)

ONE_OF_A_KIND = frozenset(["panel/closest"])  # nobody calls anything else so, whatever questions are quoted beside it

# Numbers of what a panel can show, told by the words before them.
DETECTABLE = re.compile(
    r"\b(?:detectable (?:distance|difference|effect)|smallest (?:distance|difference|effect)"
    r"(?= (?:that |which )?(?:we|one|it|can|could|would)\b))[^.;]{0,60}$"
)
POWER = re.compile(r"\s*power\b")

# What stands before a declared limit or threshold, and nothing else.
GATE = r"(?:(?<!lower )(?<!upper )limits?|gates?|thresholds?)"
LIMIT_TIGHT = re.compile(
    rf"\b{GATE}\b[^.;:\d]{{0,40}}"
    r"(?:<|≤|<=|\bmax(?:imum)?\b|\bat most\b|\bbelow\b|\bunder\b|\bwithin\b)\s*(?:of\s*)?$"
    rf"|\b{GATE}\s+(?:on|for|of)\s[^.;:\d]{{3,40}}:\s*(?:(?:<|≤|<=|max|at most|below|under|within)\s*)?$"
    rf"|\b(?:{GATE}|tolerance|cut-?offs?|falsification(?: \w+)?)(?: (?:on|for) [a-z ]{{3,30}})?\s*"
    r"(?:\(?(?:of|is|was|at|to|:|=|to be)?\s*)\(?\s*[<>≤≥=]{0,2}\s*$"
    r"|\bdeclared\b[^.;\d]{0,40}\bwithin\s*$"
    r"|\b(?:declared|allowed|permitted|tolerated|required|agreed)\s*(?:limit|gate|threshold|maximum"
    r"|minimum)?\s*(?:of|at|is|:)?\s*$"
    r"|\b(?:(?:was|were|had|has|have|is|are|supposed|meant|expected|required|ought) to|should|must|shall)"
    r" (?:be|stay|agree|remain|lie|differ|keep|come|have)\b"
    rf"[^.;:\d{PLACE_CHAR}]{{0,40}}$"
    r"|\bgates? (?:allows?|permits?|tolerates?)\s*(?:only\s+|up to\s+)?$|\b(?:beyond|over|above) our\s*$"
    r"|\bfalsifying\s*(?:(?:level|value|line|threshold|point)s?\s*(?:of|at|is|was)?\s*)?$"
    r"|\bfalsified (?:by|if|where|when)\b[^.;:\d]{0,40}$"
    r"|\bfalsif\w+[^.;:\d]{0,30}(?:≤|≥|<|>|at or (?:below|above))\s*$|\bat most\s*$(?=.*\bmay\b)"
)
FAILED_LIMIT = re.compile(
    r"\b(?:default|usual|standing) (?:ceiling|limit|gate|threshold|maximum)(?: of| is| at)?\s*$"
    r"|\bceiling (?:of|is|at)\s*$"
)
FAILED_LIMIT_BEHIND = re.compile(
    r"\s*%?\s*(?:at|above|from|beyond) which (?:(?:a|any|every) (?:cell|condition) is (?:flagged|marked)"
    r"|(?:the|that|its|this) gate\b)"
)
LIMIT_BEHIND = re.compile(
    r"\s*(?:points?|%)?\s*"
    r"(?:(?!times|over|above|below|under|beyond|past|from|off|and|but|exclud|includ|which|do|break|breach"
    r"|exceed|violat|cross|pass|miss)[\w-]+\s+){0,3}?"
    r"(?:(?:that )?would (?:have )?(?:falsif\w+|(?:count|speak|sp[eo]ke|counted) against)|falsif\w+|may (?:fail|be)"
    rf"|(?:(?:is|are|was|were) )?(?:allowed|permitted|tolerated)\b|(?<!where the )(?<!while the ){GATE}\b)"
)
HYPOTHETICAL = re.compile(
    r"\b(?:predict|hypothes|expect|falsif|need|pre-?register)\w*|"
    + words("would", "whether", "if", "must", "may", "were to", "was to", "declared")
)
PLANNED = re.compile(
    r"\b(?:need|plan|require|recommend|aim|propos)\w*|"
    + words("more", "further", "additional", "another", "extra", "next", "should", "would", "could", "want", "run")
    + "|"
    + words("add", "repeat", "future", "or more", "at least", "fewer than", "hundred")
)
BREACH = re.compile(r"\bbreach|\bviolat|\bexceed|\bbroke|\bfailed\b|\bnot met\b|\bmissed\b")
NEGATION = re.compile(
    words("no", "none", "never", "not", "neither", "nor", "nobody", "nothing", "without", "cannot") + r"|n['’]t\b"
)
SOME = re.compile(
    words("at least one", "some", "any", "one of", "one condition", "as (?:low|high) as", "reach(?:es|ed)? (?:down|up)")
)
PLAIN_AGAIN = re.compile(r"\b(?:instead of|rather than|up from|down from|not|as opposed to)\s*$")
CHANGING = re.compile(
    r"\b(?:ris|rais|rose|climb|jump|fall|fell|lower|drop|increas|decreas|goes|went|mov|chang|grow|grew|lift|pull"
    r"|shift|tak)\w*\b"
    r"[^;]*\bfrom\s*$"
)
TOGETHER = re.compile(
    r"\b(?:taken together|together|combined|overall|jointly|pooled|in all|in total|altogether)\b[,:]?[^\d;.]{0,16}$"
)
IN_TOTAL = re.compile(r"\s*(?:\w+\s+){0,3}(?:in all|in total|altogether)\b(?!\s+(?:for|by|under|on|with)\b)")
ANAPHOR = re.compile(words("it", "its", "they", "them", "their", "this", "that", "these", "those", "the same"))
GIVES = re.compile(
    words("gives?", "gave", "assign(?:s|ed)?", "award(?:s|ed)?", "rate[sd]?", "reach(?:es|ed)?", "gets?", "got")
    + "|"
    + words("receive[sd]?")
)
LOWEST = re.compile(
    words(
        "lowest",
        "least",
        "smallest",
        "narrowest",
        "minimum",
        "min",
        "fewest",
        "worst",
        "closest",
        "nearest",
        "shortest",
    )
)
HIGHEST = re.compile(
    words("highest", "most", "largest", "widest", "maximum", "max", "greatest", "biggest", "best", "fu?a?rthest")
    + "|"
    + words("up to", "as (?:much|many|high|wide|far) as", "at most")
)

# What stands right behind a number.
ITS_SCORE = r"['’]s?\s+(?:own\s+)?(?:score|value|rating|α|alpha)\b"
A_JUDGE = (
    rf"(?!\s*{JUDGE_CHAR}+(?!{JUDGE_CHAR}|{ITS_SCORE}))"  # "below Opus" is a gap, "below Opus's score for it" is none
)
RIGHT_DIFF = re.compile(rf"\s*(?:above|below|higher|lower)\b{A_JUDGE}")
RIGHT_POINTS = re.compile(
    rf"\s*(?:above|below|higher|lower|over|under|from|away|short|shy|off|more|less|better|worse"
    rf"|too (?:high|low)|out)\b{A_JUDGE}"
)
RIGHT_GAP = re.compile(
    r"\s*(?:points?\s+)?(?:(?:apart|milder|harsher|(?:more|less) lenient|kinder|stricter|more generous)\b"
    rf"|(?:above|below|higher|lower|more|less)\s+(?:than\s+)?(?:that\s+of\s+|the\s+)?{JUDGE_CHAR}+(?!{JUDGE_CHAR}"
    rf"|{ITS_SCORE})"
    rf"|(?:higher|lower|more|less)\s+(?:with|under|by|from|on|for)\s+{JUDGE_CHAR}+\s+than\b)"
)
ON_COHERENCE = re.compile(r"\s+(?:on|in|for)\s+coherence\b")  # "they score 48 and 54 on coherence"
RIGHT_COHERENT = re.compile(r"\s*(?:points?\s+)?(?:more|less) coherent\b")
# "Every question was sampled 20 times": a count of samples and no ratio.
ASKED = re.compile(r"\b(?:sampled?|sampling|asked?|posed|put|prompted|answered|drawn|drew|repeated|generated)\b[^;:]*$")
RIGHT_TIMES = re.compile(r"\s*(?:times|×|x|-fold|fold)(?!\w)")
CHANGE = re.compile(
    r"\s*(?:\w+\s+)?(?:lower|higher|less|more|drop|decrease|increase|reduction|decline|rise|below|above|smaller"
    r"|larger)\b"
)
OF_PLACE = re.compile(
    rf"\s*(?:of|as (?:high|low) as)\s+(?:(?:the\s+|its\s+|that\s+of\s+)?(?:{PLACE_CHAR}+)"
    r"|(?:its|that|their)\s+(?:C|α|alpha)\b)"
)

# "39.59 (PAIR #111), 17.25 (Grid #3) points above it": what is said behind the last number of a list is said of all.
FORWARD = re.compile(
    r"(?:\s*\([^()]*\))?(?:\s*(?:,\s*(?:and\s+)?|and\s+)[-−]?\d[\d.,]*\d(?:\s*\([^()]*\))?)*\s*"
    r"(?:points?\s+)(?:\([^()]*\)\s*)?(?P<word>above|below|higher|lower|apart|milder|harsher|more lenient)\b"
)
OVERTAKES = re.compile(r"\b(?:trail(?:s|ed|ing)?|leads?|beats?|behind|ahead of)\s+(?:it|that|this|them)\b")
PRONOUN = re.compile(r"\b(?:above|below|from|than|over|under|to)\s+(?:it|that|this|them)\b")
NEAR = re.compile(
    r"\b(?:near|clear\s+of|far\s+from|away\s+from|points?\s+of|contain(?:s|ed|ing)?|includ(?:es|ed|ing)|cover(?:s"
    r"|ed|ing)?|past|close(?:r)?\s+to|approach(?:es|ing|ed)?|down\s+to|reach(?:es|ing|ed)?|match(?:es|ing|ed)?)\s+"
    r"(?:(?:the|an?|its)\s+)?(?:target\s+)?(?:(?:α|alpha|score|level|target)\s*)?(?:=|of)?\s*$"
)
COMPARED_NUMBER = re.compile(
    r"(?:\bpoints?|%|\btimes)\s+(?:above|below|over|under|higher than|lower than|from|more than|less than)\s*"
    r"(?:(?:its|the|their|that)\s+)?(?:α\s+)?(?:of\s+)?$"
    r"|\bcompar(?:e|es|ing|ed)\s+(?:[^.;]|\.\d){0,60}\d[^.;\d]{0,60}\bwith\s+$"
    r"|(?:\d,?|\b(?:one|end|bound|edge|limit))\s+(?:(?:just|barely|even)\s+)?(?:pass|top|exceed|cross|overtak|clear)(?:e?s|ed)\s+(?:the\s+)?$"
)
EXCEEDS_BY = re.compile(
    r"\b(?:exceed|break|breach|miss|violat|overshoot|overrun)\w*\s+(?:it|(?:the|that|this|its|our)\s+(?:\w+\s+)?"
    r"(?:limit|gate|tolerance))\s*,?\s*by\s+(?:about\s+|roughly\s+|some\s+)?$"
)
DIFFERS_FROM = re.compile(
    r"\b(?:differs?|distances?|away|lies?|gaps?|is|are)\b[^.;,\d]{0,30}\b(?:from|to)\s+(?:the\s+)?\ue000+\s*\(\s*(?:by\s+)?$"
)
UP = re.compile(
    words(
        "leads?",
        "beats?",
        "ahead",
        "above",
        "higher",
        "more",
        "over",
        "up",
        "rises?",
        "increases?",
        "gains?",
        "exceeds?",
        "better",
    )
)
DOWN = re.compile(
    words("below", "lower", "less", "under", "down", "falls?", "drops?", "declines?", "decreases?", "loss(?:es)?")
    + "|"
    + words("reductions?", "loses?", "short", "worse", "trail(?:s|ed|ing)?", "behind")
)

# What stands between a count of answers and the score that they have.
SCORED = r"(?:α|alpha|aligned|scor\w+|coheren\w+)"
COUNT_AT = re.compile(
    rf"{SCORED}(?: score)?\s*(?:=|of|at|is|≤|≥|<|>|below|above|over|under)*\s*(?:at least\s*|at most\s*)?$"
    r"|\b(?:at|scored|scoring|with a score of|with scores of)\s*$"
)
WORD_RATIO = (
    ("half", 0.5), ("twice", 2.0), ("double", 2.0), ("three times", 3.0), ("thrice", 3.0), ("four times", 4.0),
    ("five times", 5.0), ("six times", 6.0), ("ten times", 10.0), ("twenty times", 20.0),
)  # fmt: skip

ASIDE = re.compile(
    r"\b(?:with|like|unlike|tracks?|follows?|mirrors?|as does)\s+(?:its\s+|the\s+)?(?:(?:low|high)(?:er|est)?\s+)?$"
)
# "The two with the widest gaps in alpha, 28.9 and 24.0", "## Missing scores": of no α.
GAP_IN = re.compile(r"\bgaps?\s+(?:in|of|on)\s+(?:the\s+)?$|\b(?:missing|failed|lost|absent)\s+$")
GATE_FAILED = re.compile(r"\bgates?\b[^.;\d]{0,24}$")  # "the judge-gap gate failed": no judgement did
LIKE_THAT = re.compile(r"\b(?:the|these|those|both|two|three) (?:two |three |other )?$")
A_GROUP = re.compile(rf"\s+(?:{PLACE_CHAR}|ones?\b|two\b|three\b|pairs?\b|groups?\b|tiers?\b)")
REMEMBERED = 4096
_BASE = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in BASES))
_PART = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in PARTS))


class Lexicon:
    """The words of one report: its own name of the metric and of x besides the common ones."""

    def __init__(self, metric_label: str | None, x_name: str | None) -> None:
        label = (metric_label or "").strip().lower()
        self._metric = (
            re.compile(rf"(?<!\w){re.escape(label)}(?!\w)") if label and label not in ("α", "alpha") else None
        )
        names = [rf"(?:(?<![\w#'])|(?<=[Δδ])){re.escape(x_name)}(?![\w'])"] if x_name else []
        self._x = re.compile("|".join([*names, r"[Dd]istributional match"]))
        self._bases: dict[str, tuple[Cue, ...]] = {}

    def bases(self, hidden: str) -> list[Cue]:
        """Metrics that a masked sentence names, in order; remembered, since each of its numbers asks for them."""
        if hidden not in self._bases:
            if len(self._bases) >= REMEMBERED:
                self._bases.clear()
            self._bases[hidden] = tuple(self._bases_of(hidden))
        return list(self._bases[hidden])

    def _bases_of(self, hidden: str) -> list[Cue]:
        found = [Cue("x", m.start(), m.end()) for m in self._x.finditer(hidden)]
        found += [c for c in _cues(_BASE, hidden.lower()) if not self._is_aside(hidden.lower(), c)]
        found = [c for c in found if c.kind != "alpha" or GAP_IN.search(hidden[: c.start].lower()) is None]
        found = [c._replace(kind="gap") if self._is_between_judges(hidden, c) else c for c in found]
        if self._metric is not None:
            found += [Cue("alpha", m.start(), m.end()) for m in self._metric.finditer(hidden.lower())]
        return sorted(found, key=lambda c: (c.start, -c.end))

    def _is_between_judges(self, hidden: str, cue: Cue) -> bool:
        """ "The difference between the judges" is a gap."""
        return (
            cue.kind == "diff"
            and re.match(rf"\s*(?:between|to|from|with)\s+(?:the\s+)?{JUDGE_CHAR}", hidden[cue.end :]) is not None
        )

    def _is_aside(self, low: str, cue: Cue) -> bool:
        """ "Coherence drops with α: 72.9": these are coherences; "for the two milder prompts" tells of no gap."""
        if cue.kind in ("gap", "diff") and LIKE_THAT.search(low[: cue.start]) and A_GROUP.match(low, cue.end):
            return True
        if cue.kind == "errors" and GATE_FAILED.search(low[: cue.start]):
            return True
        aside = cue.kind == "alpha" and ASIDE.search(low[: cue.start]) is not None
        return aside and any(earlier.kind != "alpha" for earlier in _cues(_BASE, low[: cue.start]))

    def parts(self, hidden: str) -> list[Cue]:
        """Parts of a metric that it names: intervals, errors, bounds …"""
        return list(_cues(_PART, hidden.lower()))


@lru_cache(maxsize=REMEMBERED)
def _cues(pattern: re.Pattern[str], low: str) -> tuple[Cue, ...]:
    """Remembered: a row's head and a sentence's words are asked for with each of their numbers."""
    return tuple(Cue(m.lastgroup or "", m.start(), m.end()) for m in pattern.finditer(low))


def last_before(cues: Sequence[Cue], position: int, floor: int = 0) -> Cue | None:
    """The nearest cue that ends before a position, and starts no earlier than `floor`."""
    fitting = [c for c in cues if c.end <= position and c.start >= floor]
    return max(fitting, key=lambda c: (c.end, c.start), default=None)
