"""Numbers with a percent sign: shares of failed judgements, of coherent answers, of another condition's value."""

from __future__ import annotations

import re

from bot.review import cues
from bot.review.answers import Ask
from bot.review.counting import Counting
from bot.review.cues import last_before
from bot.review.numbers import Spot
from bot.review.scope import Inquiry

# "49 of 8,320, or 0.6 %": the same told as a share.
RESTATED = re.compile(
    r"\s*(?:judge?ments?|completions?|samples?|attempts|tries|calls)?\s*(?:(?:failed|errored)\s*)?"
    r"(?:(?<=ed),\s*|[,(]?\s*(?:or|i\.e\.,?|that is|which is|=)\s*)(?:about\s+|roughly\s+)?"
)
OF_ANSWERS = re.compile(r"\s*of\s+(?:the\s+|all\s+|its\s+)?(?:valid\s+)?(?:answers|completions|samples|cases)")
OF_A_CELL = re.compile(
    r"\s*of (?:a|one|the|its|all|[\ue001]+['’]?s?)?\s*(?:cells?|judge?ments?|completions?|samples?|answers?|cases)"
)
OF_ONE_CELL = re.compile(r"\s*of (?:a|one|the|its) (?:cells?|judge|completion)")
# "77 %, 82 % and 72 % of the target's C", but not "C at 72 % of the target, α at 1.6 times it".
OF_ITS = re.compile(
    r"\s*of\s+[^.;,]{0,40}?(?:['’]s?|\b(?:own|its|their|the|in|by|that of))\s+(?:own\s+|mean\s+|stated\s+)*|\s*of\s+"
)
COMPARABLE = ("x", "alpha", "coherent")


class Percents(Counting):
    """What a percentage may be of."""

    def in_percent(self, i: int, spot: Spot) -> Inquiry | None:
        """A percentage by the words around it, the surest first."""
        if not spot.percent:
            return None
        for way in (self._restated, self._repeated, self._failed, self._kept, self._of_another, self._by_surroundings):
            inquiry = way(i, spot)
            if inquiry is not None:
                return inquiry
        return Inquiry([Ask("alpha", "error_rate"), Ask("share", "x"), Ask("share", "alpha")], False, self.others_of(i))

    def _failures_told(self) -> bool:
        return any(c.kind == "errors" for c in self.bases)

    def _restated(self, i: int, spot: Spot) -> Inquiry | None:
        if not i or not self._failures_told():
            return None
        if RESTATED.fullmatch(self.s.low[self.s.spots[i - 1].end : spot.start]) is None:
            return None
        head = self.inquiries.get(i - 1)
        own = i - 1 if head is None or head.head is None else head.head
        total = cues.IN_TOTAL.match(self.s.low, self.s.spots[own].end) or (own != i - 1 and not self._is_of_a_cell(own))
        single = [] if total else [Ask("alpha", "error_rate")]
        return Inquiry([*single, Ask("sum:error_rate")], True, (), own)

    def _is_of_a_cell(self, i: int) -> bool:
        """Whether a count of failures is that of a single cell, and no sum."""
        known = self.m.answers.singles(Ask("alpha", "errors"), self.where(i))
        return any(answer.low.value == self.s.spots[i].low.value for answer in known)

    def _repeated(self, _: int, spot: Spot) -> Inquiry | None:
        if re.match(r"\s*of the questions repeat", self.s.low[spot.end :]) is None:
            return None
        return Inquiry([Ask("fact", "panel/repeated_share"), Ask("fact", "panel/duplicate_share")], True)

    def _failed(self, _: int, spot: Spot) -> Inquiry | None:
        near = last_before(self.bases, spot.start)
        if near is not None and near.kind == "errors" and spot.start - near.end < 30:
            return Inquiry([Ask("alpha", "error_rate"), Ask("sum:error_rate")], True)
        if self._failures_told() and OF_A_CELL.match(self.s.low, spot.end):
            return Inquiry([Ask("alpha", "error_rate")], True)
        return None

    def _kept(self, _: int, spot: Spot) -> Inquiry | None:
        """The share of coherent answers; told once in a sentence, the other shares in it are of the same kind."""
        told = any(c.kind == "coherent_only" for c in self.bases)
        if not told or not (self.kept or OF_ANSWERS.match(self.s.low, spot.end)):
            return None
        self.kept = True
        return Inquiry([Ask("kept")], True)

    def _of_another(self, i: int, spot: Spot) -> Inquiry | None:
        last = self.s.spots[self.s.runs.get(i, [i])[-1]].end  # "77 %, 82 % and 72 % of the target's C"
        if cues.OF_PLACE.match(self.s.hidden, last) or re.match(r"\s*of\b[^.;,]{0,40}\ue000", self.s.low[last:]):
            base = last_before([c for c in self.bases if c.kind in COMPARABLE], spot.start)
            named = next((c for c in self.bases if c.start >= spot.end and c.kind in COMPARABLE), None)
            chosen = named if named is not None and OF_ITS.fullmatch(self.s.low[last : named.start]) else base
            told = self.s.frame.cue if self.s.frame.cue in COMPARABLE else "alpha"
            return Inquiry([Ask("share", chosen.kind if chosen else str(told))], True, self.others_of(i, ahead=True))
        if cues.CHANGE.match(self.s.low[spot.end :]) and not self._failures_told():
            return Inquiry([Ask("relative", "alpha")], True, self.others_of(i, ahead=True))
        return None

    def _by_surroundings(self, _: int, spot: Spot) -> Inquiry | None:
        if re.search(r"repeat|duplicat", self.s.low):
            return Inquiry([Ask("fact", "panel/duplicate_share")], True)
        if any(c.kind == "coherent_only" for c in self.bases) or self.s.frame.cue == "coherent_only":
            return Inquiry([Ask("kept")], True)
        failing = self._failures_told() or re.search(r"errors|missing", self.s.frame.cue or "") is not None
        if failing or OF_ONE_CELL.match(self.s.low, spot.end):
            return Inquiry([Ask("alpha", "error_rate"), Ask("sum:error_rate")], True)
        return None
