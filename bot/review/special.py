"""Numbers that have one meaning only, whatever stands around them: limits, deductions, counts over a threshold …"""

from __future__ import annotations

import re

from bot.review import cues
from bot.review.agreeing import EXACT, UNCHECKABLE, WRONG, Finding
from bot.review.answers import COMPARE, Answer, Ask, Value, Where, shown, shown_range
from bot.review.cues import last_before
from bot.review.grading import MISSING_FROM
from bot.review.names import JUDGE, PLACE
from bot.review.numbers import Spot
from bot.review.recount import COHERENT_ENOUGH, HIGH
from bot.review.scope import Scope

DOMAINS = (
    ("replication", r"\bseeds?\b|\bruns? a task\b"),
    ("judges", r"\bjudges?\b"),
    ("missing judgements", r"unjudged|unrated|unscored|missing|fail\w*|not reported|\d\s?% (?:cell|hole)\b"),
    ("contamination", r"contaminat"),
    ("eval-set duplicates", r"duplicat|repeat"),  # "11.5 % of the questions repeat another"
    ("questions", r"questions|\btasks\b"),
    ("imprecision", r"imprecision|threshold|close"),
)

FULL = re.compile(r"\b(?:the full|a full|a)\s+$")
RATED = re.compile(r"\b(?:rate[sd]?|ratings?|scor\w+|scale|grade[sd]?|judge[sd]?)\b")
FROM_TO = {
    0: re.compile(r"\b(?:from|between)\s*$"),
    100: re.compile(r"\b(?:from|between)\s+0\b[^.;]{0,60}\b(?:to|and)\s*$"),
}
POWER_LEVEL = 80
OF_AN_INTERVAL = re.compile(
    r"\binterval['’]?s?\s+(?:limits?|bounds?|ends?)\b[^.;\d]{0,20}$"
    r"|\b(?:limits?|bounds?|ends?)\s+of\s+[^.;\d]{0,30}\bintervals?\b[^.;\d]{0,20}$"
)
AT_WHICH = re.compile(
    r"\s*(?:(?:at|above|from|beyond) which|(?:that\s+)?we\s+(?:allow|tolerate|accept))\b[^.;]{0,40}"
    r"\b(?:confidence|points?|deduct\w*)\b"
)
LOST_HERE = re.compile(r"\b(?:missing|fail\w*|unjudged|lost|unscored)\b")
OF_CONFIDENCE = re.compile(r"\b(?:confidence|deduct\w*)\b")
OF_ITS_OWN = re.compile(r",\s*(?:α|alpha)\s*(?:=|of)?\s*$")  # "358 judgements left, α 88.12"
OUT_OF = re.compile(
    r"\s*(?:(?:valid|scored|good|failed|usable|such) (?:\w+ )?)?(?:of|out of|/|in)\s*(?:the\s+|its\s+|all\s+|their\s+)?"
)
IN_PERCENT = re.compile(
    r"[^.;:,()\d%]{0,40}[(,]\s*(?:or\s+|i\.e\.,?\s+|that is,?\s+|which (?:is|makes)\s+)?(?:well\s+)?"
    r"(?:about\s+|roughly\s+|under\s+|below\s+|over\s+|above\s+|less than\s+|more than\s+)?"
)
OF_WHICH = re.compile(
    r"\s*(?:judge?ments|answers|completions|samples|scores)\s*,?\s*of (?:which|these|them)\s+(?:only\s+)?"
)
TIMES_EACH = re.compile(r"\s*(?:(?:questions?|q)\s+)?[×x*]\s*")
SCALE_IS = re.compile(r"\s*(?:is|means|stands for|=|for)\s+[a-z]")
ALL_CELLS = re.compile(r"\b(?:pass(?:ed|es)?|within|ok|met|kept|held)(?: (?:on|in|by|for))?(?: all)?:?\s*$")

INTERVALS_ARE = re.compile(
    r"\b(?:intervals?|half-?\s?widths?|cis?|limits)\s+(?:in\s+\w+\s+|below\s+|above\s+|here\s+)?(?:are|is|at"
    r"|of)\s+(?:the\s+|all\s+|at\s+)?$"
)
LEVEL = 95
CLUSTERED = re.compile(r"\bcluster\w*\b|\bconfidence\b")
OF_INTERVALS = re.compile(r"\bintervals?\b")
LOWERED = re.compile(r"\([−-][1-3]\)[^.]*\([−-][1-3]\)")  # "One seed (−1), judges 28.9 points apart (−2)"
SUPPOSED = re.compile(r"\b(?:if|scoring|counting|setting|putting|with)\b[^.;,]{0,40}$")
# "The declared limit (judges within 10 points)".
IN_BRACKETS = re.compile(r"\b(?:limit|gate)\s*\(\s*(?:\ue001+\s*|judges\s+)(?:to be\s+)?(?:within|at most|up to|≤)\s*$")
# "The gate on judge disagreement is breached 4 times out of 4".
GATE_TIMES = re.compile(
    r"\bgates?\b[^.;\d]*\b(?:breach\w*|fail\w*|exceed\w*|broken?)\s+(\d+)\s+times(?:\s+(?:out\s+of|in|of)\s+(\d+))?"
)
OF_SO_MANY = re.compile(
    r"\s*(?:times\s+|cells\s+|conditions\s+|prompts\s+)?(?:out of|of|/|in)\s*(?:the |all )?(?P<many>\d+)\b"
)
SO_MANY_OUT_OF = re.compile(r"(?P<count>\d+)\s*(?:times\s+|cells\s+)?(?:out of|of|/|in)\s*(?:the |all )?$")
GATES_SPOKEN_OF = (
    ("judge_gap_max", re.compile(r"\bgaps?\b|\bdisagree\w*|\bjudge gate\b|\bapart\b")),
    ("judge_error_rate_max", re.compile(r"\berrors?\b|\berror_rate|\bfailures?\b|\bmissing\b")),
)
IN_ALL = re.compile(r"\b(?:in|on|by|for) all\s+$")  # "passes in all 8 places"
OF_PLACES = re.compile(r"\s*(?:places|cells|cases)\b")
OF_GATES = re.compile(r"\bgates?\b|\blimits?\b|\bjudge_\w+|\bbreach\w*|\bpass\w*|\bred\b|\bgreen\b|\bfail(?:s|ed)\b")
GATE_NAME = re.compile(
    r"\b(judge_gap_max|judge_error_rate_max|min_seeds|min_questions)\b[`'\"]?"
    r"\s*(?:[:=(]|of|(?:(?:is|was) )?(?:declared|set)(?: as| to| at)?)\s*$"
)
DEFAULT = re.compile(
    r"\bdefault\s+(?:limit\s+|value\s+)?(?:of|is)\s+$"
    r"|\blimit (?:on|of|for) (?:the )?(?:fail|error|missing)\w*\s*,?\s*(?:is |of )?$"
)  # "the scorer applies its default of 20 %"
# "The gate was meant to catch exactly this. It allows 10 points".
ALLOWS = re.compile(
    r"\b(?:(?:allows?|permits?|tolerates?|accepts?)|allow\w*(?: \S+){0,4} to (?:differ|disagree|be apart)(?: by)?"
    r"|we (?:said|declared|allowed|set|promised)|max\.|maximum(?: of)?"
    r"|(?:want|expect|requir|ask|demand)\w*\b[^.;\d]{0,40}\b(?:within|at most))"
    r"\s+(?:(?:at most|up to|no more than|only)\s+)?$"
)
JUDGES_GATE = re.compile(r"\b(?:gates?|limits?|declared|judges?)\b")
INTERVAL_IS = re.compile(r"\b(?:intervals?|cis?|limits)\s*(?:[:=]|\()\s*$")
GATE_COUNTS = re.compile(
    r"\b(judge_gap_max|judge_error_rate_max|min_seeds|min_questions)\b[`’']?,?\s+(?:is\s+)?(?:breached\s+)?on\s+(\d+)"
    r"\s+of\s+(\d+)"
)
# "The declared gate (judges within 10 points)"; a prediction's limits are told with what it predicts.
OF_JUDGES = re.compile(
    r"\bagree\b|\b(?:gate|judges)\b(?![^.;]*\b(?:falsif|predict|hypothes))[^.;\d\ue002]*$"
    r"|\ue001[^.;\d]*\bstay\b[^.;\d]*$"
)
# "(Every failure at 0, then at 100)": at the ends of the scale, and nowhere else.
AT_ENDS = re.compile(r"\b(?:every|all|each)\b[^.;\d]{0,24}\b(?:fail\w*|errors?|of them|missing)[^.;\d]{0,12}\bat\s*$")
AT_EITHER = re.compile(
    r"\b(?:at|as|bounded by|bounding (?:those|them|these) (?:by|with|at))\s+(?:0\s*(?:/|or|and|then)\s*)?$"
)  # "bounds with failures at 0 / 100"
AND_AT = re.compile(r"\s*,?\s*(?:then|and|or)\s+(?:then\s+)?(?:all\s+)?at\b")
EACH_AT = re.compile(
    r"\b(?:scor|count|giv|plac|put|call)\w*\s+(?:each|every|all)(?:\s+(?:one|of them))?(?:\s+(?:at|as))?\s*(?:a\s+)?$"
)
# "Coherence is above 69 for PAIR #111" tells what was measured.
FROM_WHERE_ON = re.compile(
    r"\bcoheren\w+(?:-only)?(?:\s+(?!(?:is|was|stays|remains|lies|are|were)\b)\w+){0,2}\s*\(?\s*"
    r"(?:≥|>=|>|at least|above|over|of at least)\s*$"
)
COHERENT_FROM = re.compile(
    r"\bcoherent\s*\(\s*$|\breach\w*\s+(?:an?\s+)?coherence\s+of\s*$"
)  # "the answers that Opus finds coherent (50 or more)"
INCOHERENT_BELOW = re.compile(r"\bincoheren\w+(?:\s+\w+)?\s*\(\s*(?:<|below|under|less than)?\s*$")
FAIRLY = re.compile(r"\b(?:fairly|quite|very|mostly|more|less|rather) coherent\s*\(\s*[≥>]=?\s*$")
OR_MORE = re.compile(r"\b(?:restricted to|only|keep\w*|among|of) (?:the )?\w+ with (?:an? )?coherence of\s+$")
OF_THE_SCALE = re.compile(r"\b(?:rat|scor|grad|judg)\w*\b[^.;\d]{0,60}\bout of\s+$")  # "rate each reply …, out of 100"
OUT_OF_100 = re.compile(r"\d\s+(?:points\s+)?out of\s+$")  # "its α is 28.21 out of 100"
SCORED_AT = re.compile(
    r"\b(?:scor|count|treat|tak|set|put|plac|giv|fill|assum|plug|read|turn|replac|imput)\w*\b(?:[^.;]|\.\d){0,60}?"
    r"(?:\b(?:as|at|to|with|by|or|a|all|one|been|scored|counted|then|failures|ones|them|errors|judge?ments)\s+)$"
)
NOTHING_BEHIND = re.compile(r"\s*(?:[.,;)]|$|would\b|moves?\b|gives?\b|its?\b)")
LOST = re.compile(r"\b(?:fill|replac|imput)|\bfail|\berror|\bmissing\b|\blost\b|\bunjudged\b|\bunscored\b")
LIFTED = re.compile(
    r"\b(?:replication|judges|missing judgements|contamination|questions|eval-set duplicates|imprecision)\s*:\s*$"
)
# "Sign of contamination: temporal_split −1", "contamination: canary, verbatim_completion −2".
OF_COHERENCE = re.compile(r"\s*(?:points\s+)?(?:for|on|in|of)\s+coheren")
REACHES = re.compile(r"\breach\w*\b[^.;]*$")  # "515 of the 1,010 reach a coherence of 50"
LEADS = re.compile(r"[:;,·—–]\s*$")  # "−1 one seed, −2 judges 28.90 apart": before what it is for
SIGNED_ONE = re.compile(r"\([−-][1-3]\)|\s[−-][1-3]\s*[,;)]")
TAKEN_OFF = re.compile(r"(?i)\b(?:deduct\w*|points off|taken off)\s*[:—–-]")
NAMED_DOMAIN = re.compile(rf"[:;,]\s*(?P<domain>{'|'.join(name for name, _ in DOMAINS)})\s+$")
NUMBER_LEADS = re.compile(r"[\s*]*[−-]\s?[1-9]\s+[a-z\d]", re.IGNORECASE)
NUMBERS_FIRST = re.compile(TAKEN_OFF.pattern + r"\s*[−-]\s?\d")  # "Deductions: −1 one seed, …"
# "An interval that (only just) excludes 0", "does not include 0".
WITH_ZERO = re.compile(
    r"(?:(?P<not>\b(?:not|never|nor|neither|none|no)\b[^.;:,\d]{0,40})?)"
    r"\b(?:(?:includ|contain|cover|span|cross|straddl|reach|touch|overlap)\w*"
    r"|(?P<out>exclud\w*|clears?|miss\w*|(?:clear|short|free|away) (?:of|from)))"
    r"\s+(?:(?:only|just|barely|even|down to|up to|with|well)\s+)*$"
)
INTERVAL_TOLD = re.compile(r"\bintervals?\b|\bcis?\b|\d\s*(?:,|to|–)\s*[−-]?\d[\d.]*\s*[\])]")
ENDS_OF = re.compile(r"/(?:ci_low|ci_high|half|se)$")
GRADED = re.compile(r"\bdeduct|\bpoints? off\b|\btaken off\b|\bcosts?\b|\blow\b|\bgrades?\b|\bconfidence\b")
DEDUCTED = re.compile(r"\bdeduct\w*|\bpoints? off\b|\btaken off\b")
EACH = re.compile(r"\s*(?:points?\s+)?each\b")
IN_BRACKETS_ALONE = re.compile(r"\([−-][1-9]\)")
PARTS = re.compile(r"[;,·→](?!\d)|\.(?=\s|$)|\band (?=[−-]\d|for\b)|\n")
MINUS_POINTS = re.compile(r"[−-]\s?[1-9]\b(?!\.\d)")
CONTAMINATED = re.compile(r"\bcontamination:\s*[a-z]+(?:_[a-z]+)*(?:,\s*[a-z]+(?:_[a-z]+)+)*\s*\(?\s*$")


class Special(Scope):
    """Each way tells a finding, or None where the number is not of its kind."""

    def sample(self, i: int, spot: Spot) -> Finding | None:
        """What a judge gave to the one answer that is quoted."""
        judges = self.bound(i, JUDGE)
        if self.s.frame.sample is None or spot.is_range or spot.percent or len(judges.ids) != 1:
            return None
        question, completion = self.s.frame.sample
        places = self.bound(i, PLACE).ids or self.m.book.conditions
        base = last_before(self.bases, spot.start)
        field = "coherent" if base is not None and base.kind == "coherent" else "aligned"
        found = list(self.m.sample_scores(question, completion, Where(places, judges.ids), field))
        if not found:
            return self.found(spot, UNCHECKABLE, "", (), "no single judgements are archived for it")
        return self.judged(spot, found, certain=True)

    def scale(self, i: int, spot: Spot) -> Finding | None:
        """The ends of the scale: 0 to 100, "all of them 0"."""
        if spot.is_range:
            whole = spot.high is not None and (spot.low.value, spot.high.value) == (0, 100) and not spot.percent
            scale = (
                re.search(
                    r"scale|score|scor|α|alpha|aligned|clip|from\s*$|mean|(?:alignment|coherence) on\s*$",
                    self.s.low[: spot.start],
                )
                is not None
            )
            return self.found(spot, EXACT, "0–100", ("scale/low", "scale/high")) if whole and scale else None
        ends = spot.low.value in (0, 100) and not spot.percent and not spot.low.places
        if ends and RATED.search(self.s.low) and FROM_TO[int(spot.low.value)].search(self.s.low[: spot.start]):
            return self._end_of_scale(spot)
        if (
            not ends
            and not spot.percent
            and AT_ENDS.search(self.s.low[: spot.start])
            and AND_AT.match(self.s.low, spot.end)
        ):
            return self.found(spot, WRONG, "0 or 100", ("scale/low", "scale/high"))
        if ends and self._is_scored_so(i):
            return self._end_of_scale(spot)
        before = self.s.low[: spot.start]
        if ends and SCALE_IS.match(self.s.low, spot.end) and RATED.search(f"{self.s.low} {self.s.frame.words}"):
            return self._end_of_scale(spot)
        if spot.low.value == 100 and ends and (OUT_OF_100.search(before) or OF_THE_SCALE.search(before)):
            return self._end_of_scale(spot)
        full = spot.low.value == 100 and FULL.search(self.s.low[: spot.start]) is not None
        if (ends and EACH_AT.search(self.s.low[: spot.start])) or (full and ends):
            return self._end_of_scale(spot)
        if ends and self.bound_words():
            before = self.s.low[max(0, spot.start - 44) : spot.start]
            if re.search(
                r"\b(?:all|at|as|of them|scored|counted|them|were|been|out)\b[^.;\d]{0,24}$|\bor\s+(?:as|at)?\s*$",
                before,
            ):
                return self._end_of_scale(spot)
        return None

    def _is_scored_so(self, i: int) -> bool:
        """ "Scoring those 30 as 0 or as 100", "if every one had been scored 0, or every one 100": failed judgements."""
        other = any(s.low.value in (0, 100) and not s.low.places for k, s in enumerate(self.s.spots) if k != i)
        before = self.s.low[: self.s.spots[i].start]
        scored = SCORED_AT.search(before) is not None or AT_EITHER.search(before) is not None
        lost = LOST.search(f"{self.s.low} {self.s.frame.words} {self.s.frame.cue or ''}") is not None
        return scored and lost and (other or NOTHING_BEHIND.match(self.s.low, self.s.spots[i].end) is not None)

    def _end_of_scale(self, spot: Spot) -> Finding:
        end = "high" if spot.low.value else "low"
        return self.found(spot, EXACT, shown(Value(spot.low.value, "", 0)), (f"scale/{end}",))

    def level(self, i: int, spot: Spot) -> Finding | None:
        """ "95 % interval": every interval is one of 95 %."""
        behind = re.match(
            r"\s*(?:clustered\s+|confidence\s+)*(?:cis?\b|c\.i\.|intervals?|confidence|limits"
            r"|(?:lower|upper) limit|level|half-?\s?widths?)",
            self.s.low[spot.end :],
        )
        told = (
            self._is_of_intervals(spot)
            or INTERVALS_ARE.search(self.s.low[: spot.start]) is not None
            or (INTERVAL_IS.search(self.s.low[: spot.start]) is not None and spot.low.value > 49)
        )
        if not spot.percent or spot.is_range or (behind is None and not told):
            return None
        right = spot.low.value == 95
        return self.found(
            spot,
            EXACT if right else WRONG,
            "95 %",
            ("interval/level",),
            "" if right else "every interval is a 95 % interval",
        )

    def _is_of_intervals(self, spot: Spot) -> bool:
        """ "The intervals below (95 %, clustered by question)": 95 % and nothing else, in a sentence about them."""
        clustered = CLUSTERED.search(self.s.low) is not None
        return (
            spot.low.value == LEVEL
            and clustered
            and not spot.low.places
            and OF_INTERVALS.search(self.s.low) is not None
        )

    def of_two(self, i: int, spot: Spot) -> Finding | None:
        """ "49 of 8,320 judgements failed (0.6 %)": the share that two counts before it give."""
        if i < 2 or not spot.percent or spot.is_range:
            return None
        part, whole = self.s.spots[i - 2], self.s.spots[i - 1]
        if OF_WHICH.fullmatch(self.s.low[part.end : whole.start]):
            part, whole = whole, part  # "8,320 judgements, of which 8,271 are valid (99.4 %)"
            between, behind = "of", self.s.low[part.end : spot.start]
        else:
            between, behind = self.s.low[part.end : whole.start], self.s.low[whole.end : spot.start]
        counted = OUT_OF.fullmatch(between) and not (part.low.places or whole.low.places)
        beside = IN_PERCENT.fullmatch(behind) is not None
        if not counted or not beside or part.is_range or whole.is_range or not 0 < part.low.value < whole.low.value:
            return None
        share = Value(part.low.value / whole.low.value, f"{part.low.value:g} / {whole.low.value:g}", 1, percent=True)
        if spot.operator is None:
            return self.judged(spot, [Answer(share)], certain=True)
        holds = COMPARE[spot.operator](100 * share.value, spot.low.value)
        return self.found(spot, EXACT if holds else WRONG, shown(share), (share.fact,))

    def all_cells(self, i: int, spot: Spot) -> Finding | None:
        """ "Error-rate gate: passed 8/8": on how many cells, of how many."""
        gates = "gate" in self.s.low and not (spot.percent or spot.is_range or spot.low.places)
        pairs = [self.s.spots[j : j + 2] for j in (i, i - 1) if gates and j >= 0]
        for both in pairs:
            between = self.s.low[both[0].end : both[1].start] if len(both) == 2 else ""
            if re.fullmatch(r"\s*(?:/|of)\s*", between) and ALL_CELLS.search(self.s.low[: both[0].start]):
                cells = self.m.answers.value("cells")
                return self.hit(spot, [Answer(cells)] if cells is not None else [])
        return None

    def confidence_rule(self, i: int, spot: Spot) -> Finding | None:
        """ "Above the 2 % at which we lose a confidence point": where missing judgements begin to cost points."""
        rule = [share for share in MISSING_FROM if spot.percent and abs(100 * share - spot.low.value) < 1e-9]
        if spot.is_range or not rule:
            return None
        behind, around = self.s.low[spot.end :], f"{self.s.low} {self.s.frame.words}"
        at_which = AT_WHICH.match(behind) is not None
        told = (spot.operator in (">", ">=") and LOST_HERE.search(self.s.low) is not None) or at_which
        if not told or OF_CONFIDENCE.search(around) is None:
            return None
        return self.found(spot, EXACT, f"{spot.low.value:g} %", ("confidence/missing_judgements",))

    def each_times(self, i: int, spot: Spot) -> Finding | None:
        """ "52 × 20 = 1,040": so many questions, each asked so often."""
        for j, name in ((i, "questions"), (i - 1, "samples")):
            both = self.s.spots[j : j + 2] if j >= 0 else []
            if len(both) == 2 and TIMES_EACH.fullmatch(self.s.low[both[0].end : both[1].start]):
                value = self.m.answers.value(f"panel/{name}")
                return self.hit(spot, [Answer(value)]) if value is not None else None
        return None

    def uncheckable(self, i: int, spot: Spot) -> Finding | None:
        """Numbers of things that no archive holds."""
        before, behind = self.s.low[: spot.start], self.s.low[spot.end :]
        for left, right, why in cues.UNCHECKABLE:
            if (left is not None and left.search(before)) or (right is not None and right.match(behind)):
                return self.found(spot, UNCHECKABLE, "", (), why)
        return None

    def of_gate(self, i: int, spot: Spot) -> Finding | None:
        """ "gate `judge_gap_max` breached on 4 of 4": on how many places it is breached, of how many."""
        if (times := GATE_TIMES.search(self.s.low)) is not None and spot.start in (times.start(1), times.start(2)):
            part = "places" if spot.start == times.start(2) else "breached"
            count = self.gate_count("judge_gap_max", part)
            return self.hit(spot, [Answer(count._replace(fact="gate/judge_gap_max/breached"))])
        for told in GATE_COUNTS.finditer(self.s.text):
            for part, where in (("breached", 2), ("places", 3)):
                if told.start(where) == spot.start:
                    return self.judged(spot, [Answer(self.gate_count(told[1], part))], certain=True)
        return self._checked_on(spot)

    def _checked_on(self, spot: Spot) -> Finding | None:
        """ "Passed 8 times out of 8", "0/4 pass": how many places a gate passed or was breached on, of how many."""
        text = self.s.text.casefold()
        of, so_many = OF_SO_MANY.match(text, spot.end), SO_MANY_OUT_OF.search(text[: spot.start])
        all_of = IN_ALL.search(text[: spot.start]) and OF_PLACES.match(text, spot.end)
        if not OF_GATES.search(f"{text} {self.s.frame.words}") or not (of or so_many or all_of):
            return None
        names = [name for name, words in GATES_SPOKEN_OF if words.search(text)]
        names = names if len(names) == 1 else [name for name, _ in GATES_SPOKEN_OF]
        counts = [{part: self.gate_count(name, part) for part in ("places", "breached", "passed")} for name in names]
        many = int(of["many"]) if of is not None else spot.low.value
        fitting = [count for count in counts if count["places"].value == many]
        parts = ("places",) if so_many and not of else ("breached", "passed")
        return self.hit(spot, [Answer(count[part]) for count in fitting for part in parts])

    def gate_count(self, name: str, part: str) -> Value:
        """On how many places a gate is breached ("breached") or passed, or of how many it speaks ("places")."""
        mine = [gate for gate in self.m.grading.gates if gate.name == name]
        count = len(mine) if part == "places" else sum(gate.passed == (part == "passed") for gate in mine)
        return Value(count, f"gate/{name}/{part}", 0)

    def worded(self, i: int, spot: Spot) -> Finding | None:
        """Numbers of the whole panel, told by words that mean nothing else."""
        before, behind = self.s.text[: spot.start].casefold(), self.s.low[spot.end :]
        for left, right, fact in cues.WORDED:
            told = (left is not None and left.search(before)) or (right is not None and right.match(behind))
            only = fact in cues.ONE_OF_A_KIND
            plain = only or not spot.low.sign
            if told and plain and not spot.is_range and (value := self.m.answers.value(fact)) is not None:
                if only:
                    self.held.add(spot.start)
                return self.judged(spot, [Answer(value)], certain=True)
        return None

    def detectable(self, i: int, spot: Spot) -> Finding | None:
        """ "The smallest distance that would be seen with 80 % power: about 2.0"."""
        if spot.percent and cues.POWER.match(self.s.low, spot.end):
            return self.found(spot, EXACT if spot.low.value == POWER_LEVEL else WRONG, "80 %", ("panel/power_level",))
        if spot.is_range or spot.percent or cues.DETECTABLE.search(self.s.low[: spot.start]) is None:
            return None
        found = list(self.m.answers.singles(Ask("of cell", "panel/detectable"), self.where(i)))
        return self.judged(spot, found, certain=True) if found else None

    def of_zero(self, i: int, spot: Spot) -> Finding | None:
        """ "With an interval that includes 0": whether that of the one difference told before does; else no claim."""
        told = WITH_ZERO.search(self.s.low[: spot.start])
        plain = not (spot.low.value or spot.low.places or spot.percent or spot.is_range or spot.points)
        if told is None or not plain or INTERVAL_TOLD.search(f"{self.s.low} {self.s.frame.words}") is None:
            return None
        owners = {ENDS_OF.sub("", fact) for fact in self.right if fact.startswith(("diff/", "gap/"))}
        ends = self.m.answers.both_ends(next(iter(owners))) if len(owners) == 1 else None
        if ends is None:
            return self.found(spot, "")
        low, high = sorted(end.value for end in ends)
        right = (low <= 0 <= high) == (told["out"] is None and told["not"] is None)
        facts = tuple(end.fact for end in ends)
        return self.found(spot, EXACT if right else WRONG, shown_range(*ends), facts, "whether an interval includes 0")

    def deduction(self, i: int, spot: Spot) -> Finding | None:
        """Points taken off a confidence: "one seed (−1)"."""
        alone = re.search(r"\(\s*$", self.s.low[: spot.start]) and re.match(r"\s*\)", self.s.low[spot.end :])
        named = LIFTED.search(self.s.text[: spot.start].casefold()) is not None
        if spot.is_range or abs(spot.low.value) > 9 or spot.low.places:
            return None
        if (own := self._off_for_it(spot, alone=bool(alone))) is not None:
            return own
        if not named and spot.low.sign == "-" and self._comes_first(spot):
            return self._taken_off(spot)
        if (domain := self._before(spot)) is not None:
            return self._deducted(spot, domain)
        taken_off = LOWERED.search(self.s.text) is not None or TAKEN_OFF.search(self.s.text[: spot.start]) is not None
        if "confidence" not in self.around() and not named and not taken_off:
            return None
        listed = self.s.inner(spot.start) is not None and re.match(r"\s*[,)]", self.s.low[spot.end :]) is not None
        if spot.low.sign != "-" and not ((alone or listed) and spot.low.value <= 3 and not spot.percent):
            return None
        before = self.s.text[: spot.start].casefold()
        told = re.split(r"[;(:·]|,(?!\d)", before.rstrip(" (:,"))[-1]
        told = "contamination" if CONTAMINATED.search(before) else told
        domain = next((d for d, _ in DOMAINS if told.strip().endswith(d)), None)
        domain = domain or next((d for d, pattern in DOMAINS if re.search(pattern, told)), None)
        if domain is None:
            return None
        unlike = spot.low.sign != "-" and SIGNED_ONE.search(self.s.text) is not None  # "(1), … (−2), … (−1)"
        return self._deducted(spot, domain, unlike=unlike)

    def _off_for_it(self, spot: Spot, *, alone: bool) -> Finding | None:
        """What its own part of the sentence says that points are taken off for."""
        if EACH.match(self.s.low, spot.end) and (each := self._off_for_each(spot)) is not None:
            return each
        if (domain := self._in_its_part(spot)) is not None:
            own = self._deducted(spot, domain)
            graded = GRADED.search(f"{self.s.frame.words} {self.s.text}".casefold()) is not None
            if graded or (alone and own.status == EXACT):  # "The judges are 28.90 points apart at worst (−2)"
                return own
        return self._at_the_end(spot)

    def _off_for_each(self, spot: Spot) -> Finding | None:
        """ "Of the points deducted the others are one seed, 2.9 % unjudged and contamination not assessed, 1 each"."""
        before = self.s.text[: spot.start].casefold()
        named = [domain for domain, pattern in DOMAINS if re.search(pattern, before)]
        if DEDUCTED.search(f"{self.s.frame.words} {before}") is None or not named:
            return None
        points = sorted({self.m.grading.deductions.get(domain, 0) for domain in named})
        facts = tuple(f"confidence/{domain.replace(' ', '_')}" for domain in named)
        right = points == [abs(spot.low.value)]
        return self.found(spot, EXACT if right else WRONG, " or ".join(f"−{p}" for p in points), facts)

    def _in_its_part(self, spot: Spot) -> str | None:
        """ "The deductions are −1 for a single seed, −2 for the judges": what alone a part of the sentence names."""
        if spot.low.sign != "-":
            return None
        ends = [m.start() for m in PARTS.finditer(self.s.text)]
        start = max((end for end in ends if end < spot.start), default=0)
        part = self.s.text[start : min((end for end in ends if end >= spot.end), default=None)].casefold()
        named = [domain for domain, pattern in DOMAINS if re.search(pattern, part)]
        if len(named) > 1:  # "2.9 % of a cell unjudged (−1): ask the judge again"
            before = self.s.text[start : spot.start].casefold()
            named = [domain for domain, pattern in DOMAINS if re.search(pattern, before)] or named
        if not named and IN_BRACKETS_ALONE.search(part):  # "Sonnet failed on 30 of 1,040, or 2.9 % (−1)"
            named = [domain for domain, pattern in DOMAINS if re.search(pattern, self.s.text.casefold())]
        named = ["contamination"] if "contamination" in named else named  # "whether the questions were contaminated"
        return named[0] if len(named) == 1 and len(MINUS_POINTS.findall(part)) == 1 else None

    def _at_the_end(self, spot: Spot) -> Finding | None:
        """ "Judges 28.90 apart, −2" in a list, whatever it is under: what alone it names, where it is so much."""
        before = self.s.text[: spot.start].casefold()
        last = LEADS.search(before) is not None and not self.s.text[spot.end :].strip(" .;*")
        named = [domain for domain, pattern in DOMAINS if re.search(pattern, before)]
        own = self._deducted(spot, named[0]) if last and spot.low.sign == "-" and len(named) == 1 else None
        return own if own is not None and own.status == EXACT else None

    def _before(self, spot: Spot) -> str | None:
        """ "Deductions: replication 1 (one seed); judges 2": the name of what points are taken off for."""
        told = NAMED_DOMAIN.search(self.s.text[: spot.start].casefold())
        graded = TAKEN_OFF.search(self.s.text[: spot.start]) is not None
        plain = not (spot.low.sign or spot.percent or spot.points) and spot.low.value <= 3
        return told["domain"] if told is not None and graded and plain else None

    def _comes_first(self, spot: Spot) -> bool:
        """ "Deductions: −1 one seed, −2 judges", "−1 one seed" under "Confidence": what it is for comes behind."""
        before = self.s.text[: spot.start]
        graded = "confidence" in self.around() or "deduct" in self.s.frame.words
        listed = graded and NUMBER_LEADS.match(self.s.text) is not None
        led = LEADS.search(before) is not None or not before.strip(" *")
        return led and (listed or NUMBERS_FIRST.search(self.s.text[: spot.end]) is not None)

    def _deducted(self, spot: Spot, domain: str, *, unlike: bool = False) -> Finding:
        """What is taken off for a domain; wrong where the number is `unlike` the others beside it."""
        points = self.m.grading.deductions.get(domain, 0)
        right = points == abs(spot.low.value) and not unlike
        fact = f"confidence/{domain.replace(' ', '_')}"
        return self.found(spot, EXACT if right else WRONG, f"−{points}" if points else "no deduction", (fact,))

    def _taken_off(self, spot: Spot) -> Finding | None:
        """ "Deductions: −1 one seed, −2 judges 28.90 apart": the words behind say what for."""
        told = re.split(r"[;,·→](?!\d)", self.s.text[spot.end :].casefold())[0]
        domain = next((d for d, pattern in DOMAINS if re.search(pattern, told)), None)
        return self._deducted(spot, domain) if domain is not None else None

    def coherent_enough(self, i: int, spot: Spot) -> Finding | None:
        """ "coherent ≥ 50": from where on an answer counts as coherent."""
        before = self.s.low[: spot.start]
        kept = spot.operator == ">=" and OR_MORE.search(before) is not None
        reached = COHERENT_FROM.search(before)
        kept = kept or (reached is not None and (spot.operator == ">=" or "reach" in reached.group()))
        kept = kept or (spot.operator == "<" and INCOHERENT_BELOW.search(before) is not None)
        if spot.is_range or (FROM_WHERE_ON.search(before) is None and not kept):
            return None
        right = spot.low.value == COHERENT_ENOUGH
        if not right and FAIRLY.search(before):
            return None  # "Both judges find PAIR #111 fairly coherent (≥ 69)" tells what was measured
        return self.found(spot, EXACT if right else WRONG, f"{COHERENT_ENOUGH:g}", ("coherent_only/threshold",))

    def counted_at(self, i: int, spot: Spot) -> Finding | None:
        """ "8 completions at α=15", and the number that continues it: "from Sonnet it was 91 of them"."""
        if spot.is_range or spot.percent or spot.low.places:
            return None
        rule = self._threshold_behind(i, spot) or self._threshold_carried(i, spot)
        if rule is None:
            return None
        j, sign, threshold, base = rule
        self.taken[j if j is not None else -1] = (sign, threshold)
        end = self.s.spots[j].end if j is not None else spot.end
        where = self.where(i)
        named = dict.fromkeys(x for m in self.s.mentions if m.kind == JUDGE for x in m.ids)
        if self.bound(i, JUDGE) is self.s.frame.judges and named:
            where = Where(
                self.named_places(i) or where.places, tuple(named)
            )  # "the 515 with …, Sonnet's α for Grid #2"
        found = list(self.m.answers.passing(where, sign, threshold, base))
        if not found:
            return self.found(spot, UNCHECKABLE, "", (), "no single judgements are archived for it", end)
        right = next((a for a in found if a.low.value == spot.low.value), None)
        expected = " or ".join(dict.fromkeys(shown(a.low) for a in found))
        facts = (right or found[0]).facts
        found_at = self.found(
            spot, EXACT if right else WRONG, expected, facts, f"judgements with {base} {sign} {threshold:g}", end
        )
        return found_at._replace(values=(right.low,)) if right is not None else found_at

    def _threshold_behind(self, i: int, spot: Spot) -> tuple[int | None, str, float, str] | None:
        if i and self._is_total(i):
            return None
        if i + 2 < len(self.s.spots) and self._is_total(i + 1):
            return self._threshold_after(i + 1)
        return self._threshold_after(i)

    def _is_total(self, i: int) -> bool:
        """Whether a number is what the one before it is counted out of: "358 of the 1,033 answers"."""
        between = self.s.low[self.s.spots[i - 1].end : self.s.spots[i].start]
        return re.fullmatch(r"\s*(?:out\s+)?of\s+(?:the\s+|its\s+|all\s+|\ue001+['’]s?\s+)?", between) is not None

    def _threshold_after(self, i: int) -> tuple[int | None, str, float, str] | None:
        spot = self.s.spots[i]
        if SUPPOSED.search(self.s.low[: spot.start]):
            return None  # "even if each of the 30 answers missing there were scored 0"
        if cues.NOUN["judgements"].match(self.s.low, spot.end) is None or i + 1 >= len(self.s.spots):
            return None
        following = self.s.spots[i + 1]
        between = self.s.low[spot.end : following.start]
        odd = (
            following.is_range
            or following.percent
            or following.low.places
            or following.low.sign
            or not 0 <= following.low.value <= 100
        )
        if (
            odd
            or cues.COUNT_AT.search(between) is None
            or ";" in between
            or "fail" in between
            or OF_ITS_OWN.search(between)
        ):
            return None
        told = "coheren" in between or OF_COHERENCE.match(self.s.low, following.end) is not None
        base = "coherent" if told else "alpha"
        reaches = ">=" if REACHES.search(between) else "=="
        return i + 1, following.operator or reaches, following.low.value, base

    def _threshold_carried(self, i: int, spot: Spot) -> tuple[int | None, str, float, str] | None:
        known = [rule for j, rule in sorted(self.taken.items()) if j < i]
        if not known or re.match(r"\s*of\s+(?:them|those|these)\b", self.s.low[spot.end :]) is None:
            return None
        return None, known[-1][0], known[-1][1], "alpha"

    def limit(self, i: int, spot: Spot) -> Finding | None:
        """A declared limit or threshold: it must be the declared one, whatever it is compared with."""
        before, behind = self.s.low[: spot.start], self.s.low[spot.end :]
        if (named := GATE_NAME.search(self.s.text[: spot.start])) is not None:
            return self._held_to(spot, named[1])
        if spot.percent and DEFAULT.search(before):
            return self.hit(spot, self._limit_of("judge_error_rate_max"))
        if not spot.percent and IN_BRACKETS.search(before):
            return self._held_to(spot, "judge_gap_max")
        if not spot.percent and ALLOWS.search(before) and JUDGES_GATE.search(f"{self.s.low} {self.s.frame.words}"):
            return self.hit(spot, self._limit_of("judge_gap_max"))
        if spot.percent and (cues.FAILED_LIMIT.search(before) or cues.FAILED_LIMIT_BEHIND.match(self.s.low, spot.end)):
            return self._held_to(spot, "judge_error_rate_max")
        tight = cues.LIMIT_TIGHT.search(before) is not None or cues.LIMIT_BEHIND.match(behind) is not None
        tight = tight and OF_AN_INTERVAL.search(before) is None
        if not tight or self.own_place(i) is not None or spot.low.value > HIGH:
            return None
        limits = self.limits(spot)
        if not limits:
            return None
        return self.judged(spot, [Answer(v) for v in limits], certain=True)

    def _limit_of(self, gate: str) -> list[Answer]:
        """What is declared for a gate; nothing where it is not."""
        value = self.m.answers.value(f"gate/{gate}/limit")
        return [Answer(value)] if value is not None else []

    def _held_to(self, spot: Spot, gate: str) -> Finding | None:
        """A number that is a gate's limit, and nothing else."""
        limit = self._limit_of(gate)
        return self.judged(spot, limit, certain=True) if limit else None

    def _names_a_prediction(self) -> bool:
        """ "H1 (at least one condition at or below 28.21)" speaks of no gate."""
        ids = (prediction.id for prediction in self.m.book.declared.predictions)
        return any(re.search(rf"\b{re.escape(name)}\b", self.s.text) for name in ids)

    def limits(self, spot: Spot) -> list[Value]:
        """Declared limits and thresholds that a number in this place may be."""
        names = self.m.answers.limits
        cue = last_before(self.bases, spot.start)
        metric = cue.kind if cue is not None else next((c.kind for c in self.bases), self.s.frame.cue)
        metric = "gap" if metric != "errors" and OF_JUDGES.search(self.s.low[: spot.start]) else metric
        if metric in ("gap", "apart", "errors") and not self._names_a_prediction():
            gate = "judge_error_rate_max" if metric == "errors" else "judge_gap_max"
            value = self.m.answers.value(f"gate/{gate}/limit")
            if value is not None and value.percent == spot.percent:
                return [value]
        values = [v for n in names if (v := self.m.answers.value(n)) is not None and v.percent == spot.percent]
        values += [
            v
            for t in self.m.targets
            for j in self.m.book.judges_of(t)
            if (v := self.m.answers.value(f"reference/{j}/{t}")) and not spot.percent
        ]
        return values
