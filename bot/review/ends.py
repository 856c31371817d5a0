"""Numbers that are told to be the smallest, the largest, the mean or what was declared: that one, and no other.

"The smallest gap is 28.90" is right of a gap, "averaged over the four prompts Sonnet says 45.5" of an α, "H1: some
condition at or below 3.70" of a reference: each a number of the archive, so that it passes wherever words leave room.
Here they leave none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from bot.review.agreeing import Finding, status_of
from bot.review.answers import Answer, Ask, Where
from bot.review.cues import HIGHEST
from bot.review.firm import LEVEL
from bot.review.jointly import Jointly
from bot.review.names import JUDGE, PLACE
from bot.review.numbers import JUDGE_CHAR, PLACE_CHAR, Spot
from bot.review.series import RIGHT
from bot.review.wider import TIMES_IT

GAP = re.compile(r"gap/(?P<place>[^/ ]+)")
# "The smallest gap is 16.15", "(the smallest gap, 16.15", "the smallest is 16.15, the largest 28.90".
END_OF_GAPS = re.compile(
    r"\b(?P<which>smallest|largest|biggest|widest|narrowest)(?: (?:of (?:the|these) )?(?:judge |such )?"
    r"(?:gaps?|differences?)(?: observed| seen| measured)?[\s(,:=]*)?\s*(?:is|was|of|at|only)?\s*\(?$"
)
AT_THE_END = re.compile(r"\s*(?:points )?at (?:the )?(?P<which>most|least)\b")
LARGEST = ("largest", "biggest", "widest", "most")
END_OF_ALL = re.compile(
    r"(?<!second-)(?<!second )(?<!third )\b(?P<which>lowest|highest) "
    r"(?:of (?:the |all |these )?(?:\w+ )?(?:values|cells|means|scores) )?"
    rf"(?:{JUDGE_CHAR}+ )?(?:α|alpha|value|score|mean|cell|one)?(?:\s+(?:is|of|was))?[\s(,:]*$"
)
# "Among the two less coherent prompts the smallest gap is 24.02".
OF_SOME = re.compile(
    r"\b(?:among|within|between|of|in) (?:the |these |those )?(?:two|three|other|lower|upper|less|more|first|last)\b"
)
ITS = re.compile(r"\b(?:its|whose|their)\b")
JUDGES_APART = re.compile(r"\bjudges(?: are| were| stand)?(?: up to)? $")
APART_BEHIND = re.compile(r"\s*(?:points )?apart\b(?!\s+(?:on|for|in|at)\b)")
IN_A_GRADE = re.compile(
    r"\bLOW\b|\bMODERATE\b|\bHIGH\b|\bdeduct\w*|\bgrade\b|\btaken off\b|[-−]\s?\d\b|\bpoints? off\b|\bconfidence\b"
)
ALL_OF_THEM = rf"(?:over|across|of)\s+(?:the|all|these)?\s*(?:the\s+)?(?:four|conditions|prompts|{PLACE_CHAR}+)"
MEAN_BEHIND = re.compile(rf"\s*(?:points\s*)?\(?on average {ALL_OF_THEM}")
MEAN_BEFORE = re.compile(
    rf"\b(?:means?|averaged?)\s+{ALL_OF_THEM}[\s\w]{{0,12}}[,:]?\s*"
    rf"(?:{JUDGE_CHAR}+\s*(?:says|has|is|at|arrives at)?|is|of)?\s*$"
    r"|\bwith an average of\s+$|\baverage gap (?:over|across|of) (?:the )?(?:four|all|conditions)\s*(?:is|:|of)?\s*$"
)
PREDICTED = re.compile(
    r"\bh\d\b[^.;\d]{0,60}(?:[<>≤≥]=?|\bat or (?:below|under|above)|\b(?:below|above|under|over|reach\w*))\s*$"
)


class Told(NamedTuple):
    """A number that is right of one fact: a level or a gap where it is one, and the part of that, if any."""

    i: int
    spot: Spot
    fact: str
    base: str = ""
    place: str = ""
    judge: str = ""
    part: str = ""

    @property
    def is_score(self) -> bool:
        """Whether it is an α or a coherence."""
        return self.base in ("alpha", "coherent") and not self.part

    @property
    def is_c(self) -> bool:
        """Whether it is a C."""
        return self.base == "x" and not self.part

    @property
    def is_gap(self) -> bool:
        """Whether it is a gap between the judges."""
        return self.base == "gap"


class Ends(Jointly):
    """Each rule tells what alone a number may be; nothing where its words leave room."""

    def told(self, finding: Finding) -> Told | None:
        """A number that is right of one thing; None for ranges, shares and comparisons."""
        i = self.place_of(finding)
        if finding.status not in RIGHT or len(finding.facts) != 1 or i < 0:
            return None
        spot = self.s.spots[i]
        if spot.is_range or spot.percent or spot.operator:
            return None
        value = self.m.answers.value(finding.facts[0])
        if value is None or status_of(spot, Answer(value, signless=True)) is None:
            return Told(i, spot, finding.facts[0])  # a quotient or a mean, which names the fact that it is of
        level, gap = LEVEL.fullmatch(finding.facts[0]), GAP.fullmatch(finding.facts[0])
        if level is not None:
            base = "alpha" if level["base"] == "reference" else level["base"]
            return Told(i, spot, finding.facts[0], base, level["place"], level["judge"] or "", level["part"] or "")
        return Told(i, spot, finding.facts[0], *(("gap", gap["place"]) if gap is not None else ()))

    def end_of_gaps(self, told: Told) -> Sequence[Answer]:
        """ "The smallest gap is 16.15": that one, and no other gap."""
        words = END_OF_GAPS.search(self.s.low[: told.spot.start]) or AT_THE_END.match(self.s.low, told.spot.end)
        if words is None or not told.is_gap or OF_SOME.search(self.s.low[: told.spot.start]):
            return ()
        return self._gaps()[-1:] if words["which"] in LARGEST else self._gaps()[:1]

    def _gaps(self) -> list[Answer]:
        gaps = self.m.answers.singles(Ask("gap"), Where(self.m.book.conditions, ()))
        return sorted(gaps, key=lambda a: abs(a.low.value))

    def in_a_grade(self, told: Told) -> Sequence[Answer]:
        """ "LOW: one seed (−1), judges 28.90 apart (−2)": the largest gap is what the points are taken off for."""
        before = JUDGES_APART.search(self.s.text[: told.spot.start].casefold())
        apart = before is not None and APART_BEHIND.match(self.s.low, told.spot.end) is not None
        return self._gaps()[-1:] if told.is_gap and apart and IN_A_GRADE.search(self.s.text) else ()

    def end_of_all(self, told: Told) -> Sequence[Answer]:
        """ "The lowest value is 45.46": the lowest of what is spoken of."""
        words = END_OF_ALL.search(self.s.low[: told.spot.start])
        some = OF_SOME.search(self.s.low[: told.spot.start]) or TIMES_IT.match(self.s.low, told.spot.end)
        if words is None or not told.is_score or some:
            return ()
        side = -1 if HIGHEST.search(words["which"]) else 0
        ends = (
            sorted(self.m.answers.singles(Ask(told.base), Where(places, judges)), key=lambda a: a.low.value)
            for places in self._sets_of_places(told.spot)
            for judges in self._sets_of_judges()
        )
        return [ordered[side] for ordered in ends if ordered]

    def _sets_of_places(self, spot: Spot) -> Iterator[tuple[str, ...]]:
        """All conditions, those named together, those spoken of before; one that is named before the number."""
        groups = (*(g.ids for g in self.s.groups[PLACE]), self.s.frame.places.ids)
        alone = (m.ids for m in self.s.named_before(PLACE, spot.start))
        yield from (self.m.book.conditions, *(ids for ids in groups if len(ids) > 1), *alone)

    def _sets_of_judges(self) -> Iterator[tuple[str, ...]]:
        """All judges, each that is named, each that "its" may stand for."""
        named = tuple(dict.fromkeys(j for m in self.s.mentions if m.kind == JUDGE for j in m.ids))
        meant = self.m.own_judges if ITS.search(self.s.low) else named or self.s.frame.judges.ids
        yield from (self.m.own_judges, *((judge,) for judge in meant))

    def of_a_mean(self, told: Told) -> Sequence[Answer]:
        """ "Averaged over the four prompts Sonnet says 56.3": no value of one of them."""
        mean = MEAN_BEHIND.match(self.s.low, told.spot.end) or MEAN_BEFORE.search(self.s.low[: told.spot.start])
        if mean is None or not (told.is_score or told.is_c or told.is_gap):
            return ()
        judges = self.s.bind(told.i, JUDGE).ids or self.m.own_judges
        ways = (Where(self.m.book.conditions, (judge,)) for judge in judges)
        return [a for way in ways for a in self.m.answers.singles(Ask("mean", told.base), way)]

    def of_a_prediction(self, finding: Finding) -> Finding | None:
        """ "H1: at least one condition at or below 28.21": what was declared."""
        i = self.place_of(finding)
        if i < 0 or finding.status not in RIGHT or not PREDICTED.search(self.s.text[: finding.start].casefold()):
            return None
        lines, spot = [Answer(v) for v in self.m.answers.lines()], replace(self.s.spots[i], operator=None)
        known = not lines or any(status_of(spot, a) is not None for a in lines)
        return None if known else self.judged(spot, lines, certain=True)
