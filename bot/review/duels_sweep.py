"""Two models set against each other by counting tasks ("ahead on 10 of 11"), and single ends of intervals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.review.agreeing import Finding
from bot.review.answers import Answer, Ask, Where
from bot.review.counting_sweep import OUT_OF
from bot.review.deriving_sweep import SweepDeriving
from bot.review.names import PLACE
from bot.review.numbers import Spot
from bot.review.pairing_sweep import Pair

WON = re.compile(
    r"\b(?:ahead|beat(?:s|en|ing)?|wins?|won|winning|los(?:es|ing|e)|lost|better|higher|lower|worse|leads?|led|trails?|outscor\w+"
    r"|tops?|on top|above|below|behind|defeat\w*|head[- ]to[- ]head|versus|vs)\b"
)
LOST = re.compile(r"\b(?:los(?:es|ing|e)|lost|behind|trails?|below|worse|lower|beaten)\b")
TASKS = re.compile(r"\btasks?\b|\bhead[- ]to[- ]head\b|\bduels?\b")
OF_TASKS = re.compile(r"\s*(?:of\s+(?:the\s+|all\s+)?\d+\s*)?(?:shared\s+|common\s+|\w+\s+)?tasks?\b")
ON = re.compile(r"\b(?:on|in|wins?|won|los(?:es|t)|takes?)\s+(?:only\s+|just\s+|all\s+|as many as\s+)?$")
TO_TASKS = re.compile(r"\d\s*tasks?\s+to\s+$")
AGAINST_BEHIND = re.compile(
    r"\s*(?:(?:out\s+)?of\s+(?:the\s+)?\d+\s*)?(?:tasks?\s*)?(?:to\s+\d+\s*)?(?:tasks?\s*)?"
    r"(?:against|over|from)\s+(?:the\s+)?"
)
MET = re.compile(r"\s*(?:of\s+(?:the\s+)?\d+|each\b|tasks?\b|times\b|[,.;)]|$|and\b|against\b|over\b|to\b|from\b)")
END = re.compile(
    r"\b(?P<end>lower|upper|bottom|top)\s+(?:end|bound|limit|edge)\b[^.;:\d]{0,25}$"
    r"|\b(?:interval|band|it)\s+(?P<starts>starts|begins|ends|stops)\s+(?:only\s+|just\s+)?(?:at|from)\s*$"
)
OUTER = ("upper", "top", "ends", "stops")


class SweepDuels(SweepDeriving):
    """Wins by task, and ends of intervals."""

    def of_wins(self, i: int, spot: Spot) -> Finding | None:
        """ "ahead of B on 10 of 11", "(6 to 5)": on how many tasks one model's mean is above another's."""
        if not WON.search(self.s.low) or not self._is_duel(i, spot):
            return None
        pairs = self._duels(i, spot)
        if not pairs:
            return None
        if i and OUT_OF.search(self.s.low[: spot.start]):
            return self.judged(spot, list(self._met(pairs, ("clean_mean", "mean"))), certain=True)
        found = list(self._scores(pairs) if spot.is_range else self._wins(spot, pairs))
        strict = TASKS.search(self.s.low) is not None and MET.match(self.s.low, spot.end) is not None
        return self.judged(spot, found, certain=True) if strict else self.hit(spot, found)

    def _is_duel(self, i: int, spot: Spot) -> bool:
        """Whether a number counts tasks, and not what there is of them."""
        before, behind = self.s.low[: spot.start], self.s.low[spot.end :]
        if spot.is_range:
            whole = not (spot.low.places or spot.low.sign or spot.percent or spot.high is None or spot.high.places)
            return whole and TASKS.search(self.s.low) is not None
        if not self.is_count(spot) or not TASKS.search(self.s.low + " " + behind):
            return False
        if i and OUT_OF.search(before):
            return self._is_duel(i - 1, self.s.spots[i - 1]) and not re.match(r"\s*(?:\w+\s+)?runs?\b", behind)
        named = bool(self.pair(i).named) or len(self.named) > 1
        told = ON.search(before) or OF_TASKS.match(behind) or TO_TASKS.search(before)
        return named and told is not None

    def _duels(self, i: int, spot: Spot) -> list[tuple[str, str]]:
        """Every two models that are meant: the first has won unless words say that it lost."""
        pair = self._against_behind(spot) or self._rivals(spot) or self.pair(i)
        if i and (OUT_OF.search(self.s.low[: spot.start]) or spot.is_range) and not pair.named:
            pair = self.pair(i - 1)
        if len(pair.own) != 1 or not pair.others:
            return []
        clause = re.split(r"[;]|\bbut\b|\bwhile\b", self.s.low[: spot.start])[-1]
        pairs = [(pair.own[0], other) for other in pair.others]
        if TO_TASKS.search(self.s.low[: spot.start]):
            return [(b, a) for a, b in pairs]
        return [(b, a) for a, b in pairs] if LOST.search(clause) and not spot.is_range else pairs

    def _against_behind(self, spot: Spot) -> Pair | None:
        """ "wins 10 of 11 against B", "5 tasks to 3 against B": the other model stands behind the number."""
        told = AGAINST_BEHIND.match(self.s.low, spot.end)
        other = next((m for m in self.named if told is not None and m.start == told.end()), None)
        before = [m for m in self.named if m.end <= spot.start]
        if other is None or not before or re.search(r"[;.]\s", self.s.low[before[-1].end : spot.start]):
            return None
        return Pair(self._ids(before[-1]), self._ids(other))

    def _rivals(self, spot: Spot) -> Pair | None:
        """ "and of B and C on 9 each": the models right before, against the first of the sentence."""
        before = [g for g in self.s.groups[PLACE] if g.end <= spot.start]
        if not before or not re.fullmatch(
            r"\s*,?\s*(?:on|in|by)?\s*(?:only|just)?\s*", self.s.low[before[-1].end : spot.start]
        ):
            return None
        others = tuple(p for p in before[-1].ids if p in self.m.book.models)
        first = next((m for m in self.named if m.start < before[-1].start), None)
        own = self._ids(first) if first is not None else self._framed(others)
        return Pair(own, tuple(p for p in others if p not in own)) if len(own) == 1 else None

    def _held_in(self, spot: Spot, pairs: Sequence[tuple[str, str]]) -> list[str]:
        """Clean means, or those of all runs: as words say, or the number of tasks that is told beside ("of 11")."""
        clean = re.search(r"\bclean\b|\b(?:without|no) zeros?\b", self.s.low) is not None
        bases = ["clean_mean"] if clean else ["clean_mean", "mean"]
        told = re.match(r"\s*(?:out\s+)?of\s+(?:the\s+)?(\d+)", self.s.low[spot.end :])
        met = [b for b in bases if told is not None and any(a.low.value == int(told[1]) for a in self._met(pairs, [b]))]
        return met or bases

    def _wins(self, spot: Spot, pairs: Sequence[tuple[str, str]]) -> Iterator[Answer]:
        """Wins over one model, or over each of several where they are the same number."""
        for base in self._held_in(spot, pairs):
            values = [v for a, b in pairs if (v := self.m.answers.value(f"wins:{base}/{a}/{b}")) is not None]
            if len({v.value for v in values}) == 1:
                yield Answer(values[0])

    def _scores(self, pairs: Sequence[tuple[str, str]]) -> Iterator[Answer]:
        """ "6 to 5", either way round."""
        for base in ("clean_mean", "mean"):
            for a, b in pairs:
                one, other = (self.m.answers.value(f"wins:{base}/{x}/{y}") for x, y in ((a, b), (b, a)))
                if one is not None and other is not None:
                    yield from (Answer(one, other), Answer(other, one))

    def _met(self, pairs: Sequence[tuple[str, str]], bases: Sequence[str]) -> Iterator[Answer]:
        """How many tasks two models can be compared on."""
        for base in bases:
            for a, b in pairs:
                if (value := self.m.answers.value(f"met:{base}/{a}/{b}")) is not None:
                    yield Answer(value)

    def of_end(self, i: int, spot: Spot) -> Finding | None:
        """ "where the lower end is 0.015": one end of the interval of a difference, or of a mean."""
        told = END.search(self.s.low[: spot.start])
        if told is None or spot.is_range or not spot.low.places:
            return None
        part = "ci_high" if (told["end"] or told["starts"]) in OUTER else "ci_low"
        pair = self.pair(i)
        if pair.named:
            return self.judged(spot, list(self._paired(self.steps(pair), f"/{part}")), certain=True)
        own = self.own_models(i)
        kind = next((c.kind for c in reversed(self.measures) if c.end <= spot.start), self.s.frame.cue) or "mean"
        found = [Answer(v) for v in self.m.answers.values(Ask(kind, part), Where(own, ()))] if own else []
        return self.judged(spot, found, certain=True) if found else None
