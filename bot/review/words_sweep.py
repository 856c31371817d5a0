"""Words that say what of a task a number is: which run, with zeros or not, differences, ways back to all."""

from __future__ import annotations

import re
from collections.abc import Iterator

OF_OTHERS = re.compile(
    r"\s*(?:(?:out\s+)?of\s+(?:the\s+|all\s+)?\d+\s+)?(?:\w+\s+)?"
    r"(?:tasks?|models?|pairs?|lines?|files?|assertions?|tiers?)\b"
)
NO_ZEROS = re.compile(
    r"\b(?:without|leav\w+ out|drop\w*|exclud\w+|ignor\w+|omit\w*|not counting|minus)\s+"
    r"(?:the\s+|all\s+|its\s+)?zeros?\b"
    r"|\bleav\w+ (?:the\s+|all\s+|its\s+)?zeros? out\b"
    r"|\bzeros?\s+(?:aside|apart|excluded|left out|dropped|removed|out)\b|\bnon-?zero\b|\bclean\b"
)
AGAIN = re.compile(
    r"\brecomput\w+|\brecount\w*"
    r"|\bparts (?:of [a-z ]{1,20} )?(?:\w+ )?gives?\b"
    r"|\bparts (?:\w+ )?(?:give|say|yield|make|add up)|\b(?:by|from) (?:its|the) (?:own )?parts"
    r"|\bshould (?:be|read|have been|say)|\bought to (?:be|read)|\bcorrect (?:value|score)|\bcorrected|\bformula\b"
    r"|\bactual(?:ly)?\b|\binstead of\b|\brather than\b|\b(?:works|comes?|came) out (?:at|to|as)"
)
NOBODY = re.compile(r"\b(?:nobody|no one|none(?: of \S+)?|no (?:\w+ )?(?:models?|runs?|tasks?))\b[^.;:,\d]{0,25}$")
SUPPOSED = re.compile(r"\b(?:would|could|might|if)\b")
UNJUDGED = re.compile(r"\bfail\w*|\bunusable\b|\blost\b|\bdied\b|\bbroke\w*|\bunjudged\b|\bno verdict\b")
OVER_ALL = re.compile(
    r"\b(?:over|across|on|for|in|of) (?:all|the whole|every|\ue000+|the (?:two|three|four|five|six|\d+))(?!\w)"
    r"[^.;,]{0,30}?\b(?:runs?|models?|sweep|archive)\b"
)
AGAIN_BEFORE = re.compile(rf"(?:{AGAIN.pattern})(?<!instead of)(?<!rather than)[^\d;]{{0,30}}$")
SPREAD = re.compile(r"\b(?:spread|range|swing|scatter)s?\b")
STORED = re.compile(
    r"\bstored (?:scores?|values?|numbers?|run_scores?|0)|\b(?:is|are|was|were|has|have) stored (?:as|with)\b"
    r"|\bfiles? (?:says?|has|have|holds?|records?)\b|\brecorded as\b|\bon disk\b"
)
SINGLE = re.compile(r"\b(?:runs?|attempts?|tries|single)\b")
OF_A_RUN = r"\b(?:\s+[a-z]+){0,2}?\s+(?:runs?|attempts?|scores?|results?)\b"
BEST = re.compile(
    rf"\b(?:best|highest|top|strongest|maximum|max|perfect|record|peak){OF_A_RUN}"
    r"|\b(?:runs?|attempts?)\s+(?:\w+\s+)?(?:reach\w*|peak\w*|up to|as high as)\b"
)
WORST = re.compile(rf"\b(?:worst|lowest|weakest|poorest|minimum|min|bottom){OF_A_RUN}")
LOW = ("worst", "lowest", "weakest", "poorest", "minimum")
EXTREME = re.compile(rf"\b(?:the|its)\s+(best|highest|top|{'|'.join(LOW)})(?:\s+(?:is|was|at|got|scored|of))?\s*$")
POOLED = re.compile(
    r"\bpool\w*|\bover all (?:\w+ )?(?:models|runs|four)|\bacross (?:all |the )?(?:\w+ )?(?:models|runs)\b"
    r"|\btask(?:['’]s)? mean\b|\ball (?:\w+ )?(?:models|runs) together\b"
)
WIDTH = re.compile(
    r"\b(?:apart|spread|range|swing\w*|scatter\w*|span\w*|gap|differ\w*|var(?:y|ies|ied|iation)|wide(?:st|r)?"
    r"|within|between runs"
    r"|from run to run|run-to-run|by no more than|by at most|by up to|erratic|stead\w+|stable|minus)\b"
)
OWN_MEAN = re.compile(r"\b(?:its|their|the model['’]?s)\s+(?:own\s+|usual\s+)?(?:\w+[ _])?(?:mean|average|score)\b")
LED_BACK = re.compile(
    r"\b(?:overall|across (?:all|the)|all (?:\w+ )?tasks|whole sweep|sweep-?wide|elsewhere|every task|other tasks"
    r"|in all|in total|total|altogether|clean_mean|overall_mean|cov_norm|headline|ranking|rank|coverage)\b"
    r"|\bits (?:own |usual )?(?:clean )?(?:mean|average)\b"
)
HERE = re.compile(r"\b(?:here|there|on it|it|this task|that task|this one|its runs)\b")
ZERO_AT = re.compile(
    r"\b(?:scor\w+|stored|says?|with|at|of|is|was|are|were|as|a|exactly|[ctbj]\s*=|=|got|gets|to)\s*(?:an?\s+|just\s+)?$"
)
SCORED_AT = re.compile(r"(?:\bscor(?:e|es|ed|ing)|\bfiles? says?|\b[ctbj]\s*(?:=|of|is|at))\s*$")
FALLS_ON = re.compile(
    r"\s*,?\s*(?:(?!and\b|but\b|while\b|whereas\b|or\b|than\b|against\b)[a-z]+\s+){0,5}?"
    r"(?:on|in|to|at|from|are|is|by|of|for|with)\s+(?:the\s+)?"
)
# Words that may stand between what a number belongs to and the number without saying that it is of something else.
LINKS = (
    "a|an|the|at|with|to|of|is|are|was|were|be|by|for|on|in|as|its|it|it's|and|but|then|only|just|still|again|here|there|first"
    "|last|second|third|next|best|worst|top|lowest|highest|mean|means|average|averages|averaged|averaging|score|scores|scored"
    "|scoring|gets|get|got|getting|has|have|had|having|reaches|reach|reached|reaching|manages|managed|achieves|achieved|run"
    "|runs|run_score|result|results|from|against|vs|versus|down|up|about|around|some|roughly|comes|come|came|out|leads|led|trails"
    "|where|who|which|that|while|whereas|even|ahead|behind|follows|followed|drops|dropped|falls|fell|rises|rose|goes|went|tops|sits"
    "|stands|lands|ends|leading|trailing|level|both|each|all|end|starts|started|collapsed|collapses|slides|slid|climbs|climbed"
    "|clean|overall|model|models|task|this|these|those|one|does|do|did|well|better|worse|weakest|strongest|after|before|than"
    "|between|lie|lies|lying|range|ranges|pooled|over|across|or|now|yet|also|too|brings|rear|record|posts|posted"
    "|hits|delivers|delivered|hardest|easiest|task's|same|two|three|four|ends|extremes|between|them|other|others|respectively|per"
)
LINKED = re.compile(rf"(?:[\s,:;=()\[\]|*–—~≈>'’`\ue000\ue001-]|\b(?:{LINKS})\b)*")
# What is told of a task and stands in no archive of a sweep, or is none of the numbers that are counted here.
FOREIGN = re.compile(
    r"\b(?:efforts?|costs?|prices?|times?|latency|durations?|tokens?|accurac\w+|precision|recall|probabilit\w+|temperature"
    r"|entropy|loss|confidence|weights?|lengths?|sizes?|p-values?|correlat\w+|kappa"
    r"|(?:pass|success|error|solve|win) rates?"
    r"|assertions?|passing threshold|share|fraction|percentile|quantile|median|standard deviation|sd)\b"
)
ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1, "final": -1}
RUN = re.compile(
    r"\brun[_#]?(?P<joined>\d{1,3})\b|\bruns?\s+(?:no\.?\s*|number\s+|#\s?)?(?P<apart>\d{1,3})\b(?![.,]\d|\s?%)"
    rf"|\b(?P<word>{'|'.join(ORDINALS)})\s+(?:\w+\s+)?(?:runs?|attempts?|try)\b",
    re.IGNORECASE,
)
AT_RUN = re.compile(r"\s*\)?\s*(?:(?:in|on|at|for|from|of|by)\s+)?(?:its\s+|the\s+|their\s+)?\(?\s*")
TO_VALUE = re.compile(r"(?:(?!\.\s)[^\d;]){0,60}")


def numbers_of(run: re.Match[str], last: int) -> Iterator[int]:
    """Which runs a match of RUN names, of 0 to `last`; "run 1" may be counted from 0, as files are, or from 1."""
    if run["word"]:
        number = ORDINALS[run["word"].lower()]
        yield last if number < 0 else number
    elif run["joined"]:
        yield int(run["joined"])
    else:
        yield from (k for k in (int(run["apart"]), int(run["apart"]) - 1) if 0 <= k <= last)
