"""Differences between models, and numbers worked out from others beside them: "0.613 and 0.550, 0.063 apart".

A difference is the paired one over tasks, or one model's value less another's; words say which, and either is meant
where none does. What nothing else accounts for may still be worked out from two right numbers of the same sentence or
paragraph: of one fact of two models, or of two means of one model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from bot.review.agreeing import EXACT, ROUNDS, UNMATCHED, WRONG, Finding, expected_text, status_of
from bot.review.answers import Answer, Value
from bot.review.counting_sweep import SweepCounting
from bot.review.cues import Cue
from bot.review.cues_sweep import AS_MEAN, COUNTS, MEANS, TIER
from bot.review.numbers import PLACE_CHAR, Spot
from bot.review.pairing_sweep import NEIGHBOUR, TASK, TOP_TWO, Pair

OF_RUNS = ("run", "highest@", "lowest@", "lowest_clean@")  # facts of single runs of a task
FIXED = ("/limit", "/level", "/threshold")  # what is declared is worked out from nothing
PARTS = ("/ci_low", "/ci_high", "/half", "/se")
FAR = 70  # characters within which a word tells how a number was worked out
DIFFERENCE = re.compile(
    r"\b(?:apart|above|below|over|under|higher|lower|more|less|short|shy|off|ahead|behind|differences?|gaps?|distances?|steps?"
    r"|drops?|rises?|falls?|fell|rose|gains?|loses?|loss|by|spread|span|range|margin|between|shifts?|closer|further|lifts?"
    r"|adds?|costs?|down|up|moves?|points|widens?|shrinks?|narrows?|lead|that is|which is|minus)\b|[−Δ]\s*$|\+\s*$"
)
TIMES = re.compile(r"\s*(?:times|×|x\b|-?\s?fold)")
IN_ALL = re.compile(r"\b(?:in total|in all|altogether|together|combined|overall|total(?:s|ling)?|sum)\b")
STEP = r"(?:higher|lower|above|below|ahead|behind|more|less|better|worse|apart|short|up|down)\b"
BEHIND = re.compile(rf"\s*(?:(?:percentage\s+)?points?\s+)?(?:(?:further|clear)\s+)?{STEP}")
SPREAD = re.compile(r"\b(?:spread|span|gap|difference|margin|distance)s?\s+(?:of|in|on|between|among)\b[^.;:\d]*$")
LOSS = re.compile(r"\b(?:loses?|lost|losing|gains?|gained|gaining|costs?)\b[^;:]*$")
BY = re.compile(r"\bby\s*$")
POINTS = re.compile(r"\s*percentage\s+points?\b")
DIRECTED = re.compile(
    r"\s*(?:points?\s+)?(?:(?P<up>higher than|above|ahead of|better than|more than)"
    r"|(?P<down>lower than|below|behind|worse than|less than))"
    rf"\s+(?:the\s+)?{PLACE_CHAR}"
)
PAIRED = re.compile(
    r"\bpair(?:ed|wise)\b|\btask by task\b|\bby task\b|\bshared tasks\b|\btasks (?:that )?they share\b"
    r"|\btasks? (?:that )?(?:\w+ )?both\b"
)
PLAIN = re.compile(r"\b(?:plain|raw|unpaired|simple|headline)\b")
SPAN = re.compile(r"\b(?:spread|span|range|apart|between (?:them|the (?:best|highest|lowest|top|first)))\b")
CHANGING = re.compile(
    r"\b(?:ris\w+|rais\w+|rose|fall\w*|fell|lower\w*|drop\w*|increas\w+|decreas\w+|goes|went|mov\w+|chang\w+|lift\w*|pull\w*"
    r"|shift\w*|tak\w+|climb\w*|bring\w*|push\w*)\b"
)


class SweepDeriving(SweepCounting):
    """Differences and second chances."""

    @property
    def measures(self) -> list[Cue]:
        """Words that name a mean, a share or a variance, a tier before all else; no difference."""
        tiers = [Cue(f"tier:tier{m[1]}", m.start(), m.end()) for m in TIER.finditer(self.s.text)]
        named = [c._replace(kind=AS_MEAN.get(c.kind, c.kind)) for c in self.bases if not c.kind.startswith("tier")]
        return sorted([*tiers, *(c for c in named if c.kind not in (*COUNTS, "diff"))], key=lambda c: c.start)

    def base_of_step(self, spot: Spot) -> str:
        """What a difference is one of, where it is not paired: the nearest measure on the left, else on the right."""
        named = self.measures
        left = [c for c in named if c.end <= spot.start and c.kind != "mean"] or [c for c in named if c.kind != "mean"]
        carried = self.s.frame.cue if self.s.frame.cue in (*MEANS, "coverage") else None
        kind = left[-1].kind if left else carried or "mean"
        return "mean" if kind.startswith("variance") else kind

    def is_step(self, i: int, spot: Spot, cue: Cue | None) -> bool:
        """Whether a number is told as a difference."""
        behind = self.s.low[spot.end :]
        if self._speaks_of_variance() and self.bound(i, TASK).ids:
            return False
        told = BEHIND.match(behind) is not None or POINTS.match(behind) is not None or spot.points
        told = told or SPREAD.search(self.s.low[: spot.start]) is not None
        told = told or (spot.low.places > 0 and LOSS.search(self.s.low[: spot.start]) is not None)
        told = told or (bool(self.paired) and spot.low.places > 0 and BY.search(self.s.low[: spot.start]) is not None)
        return told or (cue is not None and cue.kind == "diff")

    def is_told_behind(self, spot: Spot) -> bool:
        """ "0.11 higher than": the words right behind leave nothing but a difference."""
        return BEHIND.match(self.s.low, spot.end) is not None

    def difference(self, i: int, spot: Spot) -> tuple[list[Answer], bool]:
        """What a difference in this place may be, and whether both models are named."""
        pair = self.pair(i)
        found = list(self._intervals(i, spot, pair) if spot.is_range else self._steps(spot, pair))
        if not pair.named and not any(status_of(spot, a) for a in found):
            open_pair = Pair(pair.own, ()) if pair.own else Pair((), ())
            found += self._intervals(i, spot, open_pair) if spot.is_range else self._steps(spot, open_pair)
        return found, pair.named or self._is_sure(spot, pair) or (self._of_last(i) is not None and bool(pair.own))

    def _is_sure(self, spot: Spot, pair: Pair) -> bool:
        """Whether words say between which models a difference is, or which kind of difference of a named one."""
        before = self.s.low[max(0, spot.start - FAR) : spot.start]
        ordered = NEIGHBOUR.search(self.s.low) or TOP_TWO.search(self.s.low)
        return bool(pair.own and (ordered or PAIRED.search(before) or re.search(r"\bspread\b|\bspan\b", before)))

    def _steps(self, spot: Spot, pair: Pair) -> Iterator[Answer]:
        base = self.base_of_step(spot)
        around = self.s.low[max(0, spot.start - FAR) : spot.end + FAR // 2]
        if not PLAIN.search(around):
            yield from self._directed(spot, pair, self._paired(self.told_steps(pair, "mean"), ""))
        if not PAIRED.search(around) or PLAIN.search(around):
            yield from self._directed(spot, pair, self.m.answers.steps(base, self.told_steps(pair, base)))
        own = self.own_models(self.s.spots.index(spot))
        if LOSS.search(self.s.low[: spot.start]):
            yield from (a for model in own for a in self.m.answers.losses(model))
        if SPAN.search(around):
            bases = (base, "coverage") if spot.points else (base,)
            models = (own, self.m.book.conditions)
            yield from (a for b in bases for some in models for a in self.m.answers.spans(b, some))

    def _paired(self, steps: Sequence[tuple[str, str]], tail: str) -> Iterator[Answer]:
        for a, b in steps:
            if (value := self.m.answers.value(f"diff/{a}/{b}{tail}")) is not None:
                yield Answer(value, signless=not tail)

    def _directed(self, spot: Spot, pair: Pair, found: Iterator[Answer]) -> Iterator[Answer]:
        """ "0.09 higher than B" is right only where it is higher; "+0.09" likewise."""
        told = DIRECTED.match(self.s.hidden, spot.end)
        sign = (1 if spot.low.sign == "+" else 0) or (0 if told is None else 1 if told["up"] else -1)
        if not sign or not pair.named or spot.low.sign == "-":
            yield from found
            return
        yield from (Answer(a.low._replace(value=sign * a.low.value)) for a in found)

    def _intervals(self, i: int, spot: Spot, pair: Pair) -> Iterator[Answer]:
        """Intervals of the paired difference, turned as the difference beside it is, either way where none is."""
        last = (
            self.s.spots[i - 1] if i and self.paired.get(i - 1) == pair and not self.s.spots[i - 1].is_range else None
        )
        for a, b in self.steps(pair):
            value, low, high = (self.m.answers.value(f"diff/{a}/{b}{tail}") for tail in ("", "/ci_low", "/ci_high"))
            if value is None or low is None or high is None:
                continue
            if last is None or last.low.value * value.value > 0:
                yield Answer(low, high)
            if last is None or last.low.value * value.value < 0:
                yield Answer(high._replace(value=-high.value), low._replace(value=-low.value))

    def half_of_step(self, i: int) -> list[Answer]:
        """ "0.092 ± 0.077": what belongs to the difference before it."""
        return list(self._paired(self.steps(self.paired[i - 1]), "/half")) if i - 1 in self.paired else []

    def changed(self, i: int, spot: Spot) -> Finding | None:
        """ "lifts it from 0.561 to 0.613": two means of one model."""
        own = self.own_models(i)
        if not spot.is_range or len(own) != 1 or CHANGING.search(self.s.low) is None:
            return None
        return self.hit(spot, self.m.answers.changes(own[0]))

    # Second chances.

    def derived(self, i: int, finding: Finding, found: Sequence[Finding]) -> Finding:
        """The finding, or a better one where the number can be worked out from its neighbours."""
        spot = self.s.spots[i]
        if finding.status not in (WRONG, UNMATCHED) or spot.is_range or spot.operator is not None:
            return finding
        if finding.facts and finding.facts[0].endswith(FIXED):
            return finding
        if i in self.paired and self.paired[i].named and self.is_told_behind(spot):
            return finding
        beside = tuple(v for f in found if f is not finding and f.status in (EXACT, ROUNDS) for v in f.values)
        for answer in self._worked_out(spot, beside):
            if (status := status_of(spot, answer)) is not None:
                return self.found(spot, status, expected_text(spot, answer), answer.facts)
        return finding

    def _worked_out(self, spot: Spot, beside: Sequence[Value]) -> Iterator[Answer]:
        before, behind = self.s.low[max(0, spot.start - FAR) : spot.start], self.s.low[spot.end : spot.end + FAR]
        operands = [*beside, *(self.s.frame.told if spot.low.places else ()), *self._headline(beside)]
        if TIMES.match(behind):
            yield from _quotients(operands, percent=False)
        elif spot.percent:
            yield from _quotients(operands, percent=True)
        elif self.is_count(spot) and IN_ALL.search(before + behind):
            yield from _sums(self._added(beside))
        told = DIFFERENCE.search(before) or DIFFERENCE.search(behind) or POINTS.match(behind)
        if told and not spot.percent and (spot.low.places or spot.points or POINTS.match(behind)):
            yield from _differences(operands)

    def _added(self, beside: Sequence[Value]) -> list[Value]:
        """Counts that a total may be of: what the sentence counts, where it says what."""
        kinds = {_kind(v)[0] for v in beside} | {c.kind for c in self.counting}
        kinds |= {"archived_zeros"} if "zeros" in kinds else set()
        return [v for v in (*beside, *self.s.frame.told) if not kinds or _kind(v)[0] in kinds]

    def _headline(self, beside: Sequence[Value]) -> Iterator[Value]:
        """The mean that ranks, of the models whose other means stand here: "66.9 %, 9.2 points less"."""
        for model in dict.fromkeys(model for v in beside for model in (_kind(v)[1],) if _kind(v)[0] in MEANS):
            value = self.m.answers.value(f"{self.m.book.rank_by}/{model}")
            yield from (value,) if value is not None else ()


def _kind(value: Value) -> tuple[str, str]:
    """A fact's name and its model."""
    name, _, rest = value.fact.partition("/")
    return name, rest.partition("/")[0]


def _task(kind: str) -> str:
    return kind.partition("@")[2]


def _pairs(operands: Sequence[Value]) -> Iterator[tuple[Value, Value]]:
    """Two values that can be compared: one fact of two models, or two means of one model."""
    for a, b in combinations(dict.fromkeys(operands), 2):
        if a.fact.endswith(PARTS) or b.fact.endswith(PARTS):
            continue
        (one, mine), (other, theirs) = _kind(a), _kind(b)
        two_models = one == other and mine != theirs and "" not in (mine, theirs)
        two_runs = (
            mine == theirs and all(kind.startswith(OF_RUNS) for kind in (one, other)) and _task(one) == _task(other)
        )
        if a.fact != b.fact and (two_models or two_runs or (mine == theirs and one in MEANS and other in MEANS)):
            yield a, b


def _differences(operands: Sequence[Value]) -> Iterator[Answer]:
    for a, b in _pairs(operands):
        step = Value(abs(a.value - b.value), f"{a.fact} − {b.fact}", 3)
        yield Answer(step, signless=True)
        yield Answer(step._replace(value=100 * step.value, places=1), signless=True)


def _quotients(operands: Sequence[Value], *, percent: bool) -> Iterator[Answer]:
    for a, b in _pairs(operands):
        for above, below in ((a, b), (b, a)):
            if below.value:
                yield Answer(Value(abs(above.value / below.value), f"{above.fact} / {below.fact}", 1, percent))


def _sums(operands: Sequence[Value]) -> Iterator[Answer]:
    """Counts of two or three models, or of two facts of one, taken together."""
    counts = [v for v in dict.fromkeys(operands) if _kind(v)[0] in COUNTS]
    for many in (2, 3):
        for some in combinations(counts, many):
            if len({_kind(v)[0] for v in some}) == 1 or len({_kind(v)[1] for v in some}) == 1:
                yield Answer(Value(sum(v.value for v in some), " + ".join(v.fact for v in some), 0))
