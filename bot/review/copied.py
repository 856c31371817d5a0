"""Numbers that were copied from another row or column: right of something else than what they are told of.

"The null baseline has a C of 0.024" is right of EvoPrompt #98, "down to the finetune's 0.90" of a C and of no α, "the
lowest α is −24.02" of a gap. A reader who looked such a number up would find another one, so it is held against that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.review.agreeing import Finding
from bot.review.answers import Answer, Ask, Where
from bot.review.cues import last_before
from bot.review.doubting import WINNERS
from bot.review.ends import Ends, Told
from bot.review.names import JUDGE, PLACE, Mention
from bot.review.numbers import JUDGE_CHAR, PLACE_CHAR
from bot.review.series import RIGHT

Rule = Callable[[Told], Sequence[Answer]]
LEVELS = ("alpha", "coherent", "x")
SCORE = re.compile(r"scor\w*")
# Words by which a C is told without its name, or compared.
CORRELATED = re.compile(r"\bcorrelat\w*|\bpearson\b|\bspearman\b")
OF_C = re.compile(
    r"\bsimilar\w*|\bmatch\w*|\bdistribut\w*|\bresembl\w*|\blike\b|\bclose\w*|\bnear\w*|\bc\b"
    rf"|{CORRELATED.pattern}"
)
NEAR_IT = re.compile(r"(?:(?!\bthan\b)[^.,;:\d(]){0,60}")
C_OF = re.compile(r"\bc\b[^.;\d]{0,20}(?:\d[\d.]*[^.;\d]{0,12})?$")
# "3.70 on Sonnet", "0.79 and 3.70 on Sonnet", and not "0.024 with Sonnet α values of 0.79".
OF_ONE_JUDGE = re.compile(
    rf"(?:\s*and\s+\d[\d.]*)?\s*\(?(?:on|under|by|with)?\s*{JUDGE_CHAR}+(?![{JUDGE_CHAR}'’\w]|\s*(?:α|alpha))"
)
SEVERAL = re.compile(r"\b(?:they|these|those|neither|both|two)\b")
OPENS = re.compile(r"\s*\(")
AT_IT = re.compile(rf"(?:[\s,:(]|\b(?:on|under|by|with|at|is|has|of|scores|gets|α|alpha|an?)\b|{JUDGE_CHAR}+)*")
CELL_BEHIND = re.compile(
    rf"\s*[(]{PLACE_CHAR}+(?:,|\s*/)?\s*(?:(?:on|under|by|with)\s+)?{JUDGE_CHAR}+[)]"
    rf"|\s*[(]{JUDGE_CHAR}+,?\s*(?:on\s+)?{PLACE_CHAR}+[)]"
)
# What a number is only where words speak of it: parts of a value, and the words.
OF_ERRORS = re.compile(
    r"\bnaive\b|\bstandard\b|\btimes\b|×|\bratio|\bfactor|\binflat|\bwider\b|\berror|\bdesign\b|\bcluster"
)
OF_HALF = re.compile(r"±|\bhalf|\bmargin|\binterval|\berror|\buncertain|\bwid|\bplus or minus\b|\bci\b|\bse\b")
OF_BOUNDS = re.compile(r"\bbound|\bfail|\bzero\b|\b0\b|\bmissing\b|\bworst\b|\blower\b|\bunjudged\b")
SPOKEN_OF = {
    "se_ratio": OF_ERRORS, "design_effect": OF_ERRORS, "half": OF_HALF, "se": OF_HALF, "bound_low": OF_BOUNDS,
}  # fmt: skip
RARE = re.compile(
    r"(?:alpha|reference)/(?P<judge>[^/ ]+)/(?P<place>[^/ ]+)"
    r"/(?P<part>se_ratio|design_effect|half|se|bound_low(?= − ))(?: − .*)?"
)
OF_GAPS = re.compile(
    rf"\bgaps?\b|\bdiffer\w*|\bapart\b|\bminus\b|\bdistan\w*|\bdisagree\w*|\bbetween\b|\bpair\w*"
    rf"|\bnear\w*|\bclose\w*|[−-] {JUDGE_CHAR}"
)
HIGHER = re.compile(
    r"\b(?:lower|higher|milder|harsher|stricter|kinder|below|above|breach\w*|spread|offset|shift|bias|agree\w*)\b"
)


class Copied(Ends):
    """Each rule tells what alone a number may be; nothing where its words leave room."""

    def held_to_their_own(self, found: Sequence[Finding]) -> list[Finding]:
        """The findings, what is right of another row or column held against its own."""
        self.sound = {f.start: f.facts for f in found if f.status in RIGHT}
        return [self.of_a_prediction(f) or self._held_to_its_own(f) for f in found]

    def _held_to_its_own(self, finding: Finding) -> Finding:
        told = self.told(finding)
        rules: tuple[Rule, ...] = (
            self._no_c, self._c_of_its_place, self.end_of_gaps, self.in_a_grade, self._no_gap, self._of_the_bracket,
            self._behind_a_name, self.end_of_all, self._no_rarity, self._of_its_place, self.of_a_mean,
        )  # fmt: skip
        for own in (rule(told) for rule in rules if told is not None):
            if own and told is not None:
                return self.judged(told.spot, own, certain=True) or finding
        return finding

    def _no_c(self, told: Told) -> Sequence[Answer]:
        """ "Down to the finetune's 0.90", where α is spoken of: its α, and not its C."""
        if not told.is_c or not self._tells_a_score(told):
            return ()
        judges = self.s.bind(told.i, JUDGE).ids or self.m.book.judges
        return list(self.m.answers.singles(Ask("alpha"), Where((told.place,), judges)))

    def _tells_a_score(self, told: Told) -> bool:
        """Whether α, or a judge, stands at the number, or nothing in the sentence and around it speaks of a C."""
        cue = last_before([c for c in self.bases if c.kind in LEVELS], told.spot.start)
        named = cue is not None and cue.kind == "alpha" and SCORE.fullmatch(self.s.low[cue.start : cue.end]) is None
        at_it = named and cue is not None and NEAR_IT.fullmatch(self.s.low[cue.end : told.spot.start]) is not None
        return at_it or self._is_one_judges(told) or not self._speaks_of_c(told)

    def _is_one_judges(self, told: Told) -> bool:
        """ "3.70 on Sonnet": no judge scores a C."""
        behind = OF_ONE_JUDGE.match(self.s.low, told.spot.end) is not None
        return behind and not (CORRELATED.search(self.s.low) or C_OF.search(self.s.low[: told.spot.start]))

    def _speaks_of_c(self, told: Told) -> bool:
        others = [fact for start, facts in self.sound.items() if start != told.spot.start for fact in facts]
        spoken = any(fact.startswith("x/") for fact in (*others, *(v.fact for v in self.s.frame.told)))
        named = self.s.frame.cue == "x" or any(c.kind == "x" for c in self.bases)
        return spoken or named or OF_C.search(f"{self.s.low} {self.s.frame.words}") is not None

    def _named_last(self, told: Told) -> Mention | None:
        """The one condition or reference that was named last before a number, where nothing is compared with it."""
        before = self.s.named_before(PLACE, told.spot.start)
        alone = bool(before) and len(before[-1].ids) == 1 and before[-1] not in self.s.compared
        return before[-1] if alone else None

    def _c_of_its_place(self, told: Told) -> Sequence[Answer]:
        """ "The null baseline has a C of 0.024": its own, and not that of what the sentence does not name."""
        last = self._named_last(told) if told.is_c else None
        if last is None or told.place in self._named_for(told) or len(self.s.runs.get(told.i, ())) > 1:
            return ()
        several = SEVERAL.search(self.s.low[: told.spot.start]) or ";" in self.s.low[last.end : told.spot.start]
        return () if several else list(self.m.answers.singles(Ask("x"), Where(last.ids, self.m.book.judges)))

    def _named_for(self, told: Told) -> set[str]:
        """What is named before a number, right behind it, or as the winners of an earlier search."""
        behind = self.s.behind[PLACE].get(told.i)
        named = {p for m in self.s.named_before(PLACE, told.spot.start) for p in m.ids}
        old = self.m.vocabulary.old if WINNERS.search(self.s.text.casefold()) else ()
        return named | {*old} | {*(behind.ids if behind is not None else ())}

    def _of_its_place(self, told: Told) -> Sequence[Answer]:
        """ "On Opus the lowest is Grid #3, at 69.49": of what was named last, and not of what nothing speaks of."""
        last = self._named_last(told) if told.is_score else None
        named = {p for m in self.s.mentions if m.kind == PLACE for p in m.ids}
        if last is None or told.place in named or WINNERS.search(self.s.text.casefold()):
            return ()
        if AT_IT.fullmatch(self.s.low[last.end : told.spot.start]) is None:
            return ()
        judges = self.s.bind(told.i, JUDGE).ids or self.m.book.judges
        return list(self.m.answers.singles(Ask(told.base), Where(last.ids, judges)))

    def _of_the_bracket(self, told: Told) -> Sequence[Answer]:
        """ "The highest is 86.88 (PAIR #111, Opus 4.7)": of that cell."""
        cell = CELL_BEHIND.match(self.s.low, told.spot.end)
        if cell is None or not told.is_score:
            return ()
        named = {m.kind: m.ids for m in self.s.mentions if cell.start() <= m.start < cell.end() and len(m.ids) == 1}
        if {*named} != {PLACE, JUDGE}:
            return ()
        return list(self.m.answers.singles(Ask(told.base), Where(named[PLACE], named[JUDGE])))

    def _behind_a_name(self, told: Told) -> Sequence[Answer]:
        """ "By C the order is Grid #1 (0.7353), PAIR #111 (0.6945)": of the name that the bracket stands behind."""
        last = self._named_last(told) if told.is_c else None
        if last is None or OPENS.fullmatch(self.s.low[last.end : told.spot.start]) is None:
            return ()
        alone = self.s.low[told.spot.end : told.spot.end + 1] in (")", ",")
        return list(self.m.answers.singles(Ask("x"), Where(last.ids, self.m.book.judges))) if alone else ()

    def _no_rarity(self, told: Told) -> Sequence[Answer]:
        """ "The lowest mean is 3.7": no quotient of standard errors, where nothing speaks of these."""
        rare = RARE.fullmatch(told.fact)
        if rare is None or SPOKEN_OF[rare["part"]].search(f"{self.s.low} {self.s.frame.words}"):
            return ()
        return list(self.m.answers.singles(Ask("alpha"), Where((rare["place"],), (rare["judge"],))))

    def _no_gap(self, told: Told) -> Sequence[Answer]:
        """ "The lowest α is −24.02": a gap, where a level is told."""
        spoken = OF_GAPS.search(f"{self.s.low} {self.s.frame.words}") or HIGHER.search(self.s.low)
        if not told.is_gap or told.spot.low.sign != "-" or spoken:
            return ()
        cue = last_before([c for c in self.bases if c.kind not in ("mean", "span")], told.spot.start)
        level = cue.kind if cue is not None else self.s.frame.cue
        if level not in ("alpha", "coherent"):
            return ()
        where = Where((told.place,), self.s.bind(told.i, JUDGE).ids or self.m.own_judges)
        return list(self.m.answers.singles(Ask(level), where))
