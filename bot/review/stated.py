"""Numbers that a report states and does not claim: what is declared, what is only supposed.

"None of the four gets to 28.21", "judge gap of at most 10 points: not met", "an α of 20 would contradict it". Like the
ways of `wider`, each is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import re

from bot.review.agreeing import EXACT, UNCHECKABLE, Finding
from bot.review.answers import Answer, Ask, Value, Where
from bot.review.numbers import Spot
from bot.review.parted import Parted
from bot.review.recount import COHERENT_ENOUGH, HIGH, LOW

CLAUSE = re.compile(r"[.;:!?—](?=\s|$)")
# "No condition comes down to 28.21", "neither reaches it": that nothing is there.
NOTHING = re.compile(
    r"\b(?:no|none|nobody|nothing|neither|never|not|nor|without|nowhere|cannot|any|anything)\b|n['’]t\b"
)
SAYS_HOW_IT_IS = re.compile(
    r"\b(?:is|are|was|were|been|stay\w*|l(?:ie|ies|ay)|sit\w*|remain\w*|ke(?:ep|eps|pt)|h[oe]ld\w*|f[ae]ll\w*|comes?"
    r"|came|scor\w+|land\w*|ends?|ended|differ\w*|(?:dis)?agree\w*|ha[sd]|have|do|does|did|gets?|got|pass\w*|met|meets?"
    r"|satisf\w*|fine|ok|all|each|every)\b"
)
DECLARES = re.compile(
    r"\b(?:(?:pre-?)?regist\w*|declar\w*|promis\w*|requir\w*|ask\w*|demand\w*|suppos\w*|should|must|ought|(?:had"
    r"|were|was|have|has) to"
    r"|meant|anything|if|whether|unless|until|surviv\w*|wanted|hoped)\b"
)
OF_COHERENCE = re.compile(r"\bcoheren\w*\b")
CHOSEN_BY = re.compile(
    r"\b(?:answers?|completions?|outputs?|repl(?:y|ies)|texts?|everything|anything|those|only|drop\w*|keep\w*|kept"
    r"|leav\w*|left|filter\w*"
    r"|restrict\w*|remov\w*|exclud\w*|discard\w*|threshold|cut-?off|require\w*)\b"
)
NAMES_A_LINE = re.compile(
    r"\b(?:falsif\w*|thresholds?|limits?|gates?|bar|lines?|cut-?off|target|finetune\w*)\b[^.;:\d]{0,24}$"
    r"|\b(?:maximum|max\.?|upper limit)\b[^.;:\d]{0,32}$"
)
SUPPOSES = re.compile(
    r"\b(?:consistent|compatible) with\b|\bif\b[^.;]*\b(?:were|had|did|could)\b|^\W*had (?:we|it|the|they|there"
    r"|\ue001+)\b"
    r"|\bwould (?:be|have|mean|leave|put|need|look|take|suggest|require|make)\b|\b[Ii]magine\b"
    r"|\bsuppose\b|\bhypothetic\w*|\bwith (?:an? )?(?:α|alpha) (?:near|close to|of|around)\b"
)
AN_ALPHA_OF = re.compile(r"\b(?:an?|some|any) (?:α|alpha) (?:of|near|around)\s+$")
WOULD_BE = re.compile(r"\s*(?:would|could|might|should|contradict\w*|falsif\w*|refut\w*)\b")
AFFIRMED = re.compile(r"\b(?:yes|ok|pass\w*|met|holds|held|true|confirmed|supported|fine|satisfied)\b|[✓✔✅]")
SET_TO = re.compile(
    r"\b(?:with|to|at|as|by|be|is|all|were|call\w*|scores?|gets?|given|gave|(?:failure|one) an?)\s+(?:all\s+)?$"
)
FALSIFIES = re.compile(r"\bfalsif\w*\b[^.;:\d]{0,24}$")
SCORED_SO = re.compile(r"\bscored (?:as |at )?(?:0|100|zero)\b")
IF_SO = re.compile(r"\bif\b.*\b(?:would|might|could)\b")
LOST = re.compile(r"\b(?:fail\w*|missing|lost|un(?:scored|judged)|errors?|zeros?)\b")
THE_LINE = re.compile(r"\s*(?:points?\s+)?(?:line|target|threshold|mark|bar|limit|cut-?off)\b")
WE_SET = re.compile(r"\bwe (?:set|fixed|chose|declared|registered|allowed|agreed on|picked|wrote)\s+$")
A_SUPPOSITION = "the sentence supposes it, and does not claim that it is so"


class Stated(Parted):
    """Each way tells what a number is, or None where it is nothing of the kind."""

    def stated(self, spot: Spot) -> Finding | None:
        """The first of them that fits."""
        return (
            self._coherent_enough(spot)
            or self._not_at_a_line(spot)
            or self._line_named(spot)
            or self._end_of_the_scale(spot)
        )

    def supposed(self, spot: Spot) -> Finding | None:
        """ "An α of 20 would contradict it", "if Opus were as generous there, the target would be near 50"."""
        if spot.low.sign or spot.low.value > HIGH or SCORED_SO.search(self.s.low):
            return None
        rough = not (spot.low.places or (spot.high is not None and spot.high.places))
        clause = re.split(r"[;:]|, (?:and|but|while|yet|so)\b", self.s.low[: spot.start])[-1]
        supposes = SUPPOSES.search(clause) or (AN_ALPHA_OF.search(clause) and WOULD_BE.match(self.s.low, spot.end))
        supposes = supposes or IF_SO.search(self.s.low)
        if not rough or not supposes or LOST.search(self.s.low):
            return None
        return self.found(spot, UNCHECKABLE, "", (), A_SUPPOSITION)

    def gate_told(self, spot: Spot) -> Finding | None:
        """ "The error-rate gate, 20 %, is fine": a gate's limit."""
        gates = (self.m.answers.value(f"gate/{gate}/limit") for gate in ("judge_gap_max", "judge_error_rate_max"))
        limits = [Answer(v) for v in gates if v is not None and v.percent == spot.percent]
        if FALSIFIES.search(self.s.low[: spot.start]) and not spot.percent:
            limits = [Answer(v) for v in self.m.answers.lines()]
        return self.hit(spot, limits) if not spot.is_range else None

    def _end_of_the_scale(self, spot: Spot) -> Finding | None:
        """ "If every failed judgement is set to 0, α becomes 44.52; with 100 it becomes 47.40"."""
        ends = spot.low.value in (LOW, HIGH) and not (spot.is_range or spot.percent or spot.low.places)
        set_so = SET_TO.search(self.s.low[: spot.start]) and not LOST.match(self.s.low[spot.end :].lstrip())
        if not ends or not set_so or LOST.search(self._own_words[1]) is None:
            return None
        return self.found(spot, EXACT, f"{spot.low.value:g}", ("scale/low" if spot.low.value == LOW else "scale/high",))

    def _clause(self, spot: Spot) -> str:
        """What stands before a number in its clause, with names as they are written."""
        text = self.s.text[: spot.start].casefold()
        ends = [found.end() for found in CLAUSE.finditer(text)]
        return text[ends[-1] if ends else 0 :]

    def _coherent_enough(self, spot: Spot) -> Finding | None:
        """ "If you drop everything below 50 for coherence": from where on an answer counts as coherent."""
        text = self.s.text.casefold()
        told = OF_COHERENCE.search(text) and CHOSEN_BY.search(text)
        if not told or spot.is_range or spot.percent or spot.operator is None:
            return None
        right = spot.low.value == COHERENT_ENOUGH
        return self.found(spot, EXACT, f"{COHERENT_ENOUGH:g}", ("coherent_only/threshold",)) if right else None

    def _not_at_a_line(self, spot: Spot) -> Finding | None:
        """ "None of the four gets to 28.21"; "judge gap of at most 10 points: not met"."""
        clause = self._clause(spot)
        compares = spot.operator is not None
        states = DECLARES.search(clause) or SAYS_HOW_IT_IS.search(clause) is None
        if not (states if compares else NOTHING.search(clause)) or self._is_affirmed(spot):
            return None
        return self.hit(spot, [Answer(line) for line in self._written_lines(spot)])

    def _is_affirmed(self, spot: Spot) -> bool:
        """ "Judge gap within 10 points: yes": that it holds."""
        behind = self.s.text[spot.end :].casefold()
        return AFFIRMED.search(behind) is not None and NOTHING.search(behind) is None

    def _line_named(self, spot: Spot) -> Finding | None:
        """ "Its explicit falsifier is 15"; "between 15 and 28.21"."""
        lines = self._written_lines(spot)
        if spot.is_range and spot.between:
            return self.hit(spot, [Answer(a, b) for a in lines for b in lines if a.value < b.value])
        clause = self._clause(spot)
        named = NAMES_A_LINE.search(clause) or WE_SET.search(clause) or THE_LINE.match(self.s.low, spot.end)
        named = named if spot.operator is None else None
        return self.hit(spot, [Answer(line) for line in lines]) if named else None

    def _written_lines(self, spot: Spot) -> list[Value]:
        """Declared limits and thresholds, and the target's α, of the unit that is written."""
        limits = (self.m.answers.value(f"gate/{gate}/limit") for gate in ("judge_gap_max", "judge_error_rate_max"))
        targets = self.m.answers.values(Ask("alpha"), Where(self.m.targets, self.m.book.judges))
        known = [*self.m.answers.lines(), *targets, *(value for value in limits if value is not None)]
        return [v for v in known if v.percent == spot.percent and (not spot.points or v.fact.startswith("gate/"))]
