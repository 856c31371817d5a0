"""Numbers in a series: what stands in one list, each under a name of its own, is of one metric.

"Coherence falls to 47.52 (Sonnet) / 37.43 (Opus)", "39.59 for PAIR #111, 37.71 for Grid #1 and 17.63 for Grid #2":
where all the others are what they were taken for, the one that is not is held against the same metric of its own name,
and nothing else that it may happen to be equal to. So is a value against the interval that stands right behind it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.review.agreeing import EXACT, ROUNDS, UNCHECKABLE, Finding
from bot.review.answers import Answer, Ask, Where
from bot.review.besidetold import DIFFERENCE
from bot.review.doubting import Doubting
from bot.review.names import JUDGE, PLACE
from bot.review.numbers import JUDGE_CHAR, PLACE_CHAR

RIGHT = (EXACT, ROUNDS)
NAMES = re.compile(f"[{JUDGE_CHAR}{PLACE_CHAR}]+")
# All that stands between the numbers of a series, names and brackets with numbers of their own left out.
BETWEEN = re.compile(
    r"(?:[\s,;/&:()|$]|['’]s\b|\b(?:and|but|only|just|while|whereas|vs|versus|against|or|then|compared|to|for|on|in|at"
    r"|with|of|by|under|from|is|are|was|has|one|gets?|scores?|gives?|puts?|the|it|judged|as|followed)\b|vs\.)*"
)
NUMBERED_ASIDE = re.compile(r"\s*(?:±\s*\d[\d.]*|[(\[][^()\[\]]*\d[^()\[\]]*[)\]])")
# Words behind a number that make it another thing than the plain one before it.
COMPARING = re.compile(
    r"\s*(?:points?\s+)?(?:above|below|over|higher|lower|more|less|apart|times|×|wider|narrower|milder|harsher|away"
    r"|short|of)\b"
)
SIMPLE = re.compile(r"(?P<base>alpha|coherent|reference)/(?P<judge>[^/ ]+)/(?P<place>[^/ ]+)(?:/(?P<part>\w+))?")
PAIRED = re.compile(r"(?P<base>gap|gap_paired|reference_gap|x)/(?P<place>[^/ ]+)")
MINUS = re.compile(r"alpha/(?P<judge>[^/ ]+)/(?P<place>[^/ ]+) − (?:alpha|reference)/(?P=judge)/(?P<other>[^/ ]+)")
FEW = 2  # as many right ones say what a series is of
OF_ALL_JUDGES = ("gap", "gap_paired", "x")
PARTS = ("", "coherent_only", "errors", "n", "half", "se", "error_rate")
ITS_INTERVAL = re.compile(
    r"\s*(?:points?\s*)?(?:±\s*|(?:[(\[]|(?:,\s*|(?=with))(?:with\s+(?:an?\s+)?)?(?=95|ci|interval|bounds|se))\s*(?:(?:95\s?%\s*)?"
    r"(?:confidence\s+)?(?:interval|ci)?|bounds|se|standard error)\s*(?:of|from|=)?\s*[:,]?\s*[(\[]?)"
)
# "39.59 points above 28.21, Grid #1 37.71": the number of what the others are compared with.
COMPARED = re.compile(r"\b(?:above|below|over|under|than|from|reach\w*)\s+(?:the\s+)?$")
# What joins two numbers that are one thing for two names.
JOINED = re.compile(
    r"(?:[\s()]|\b(?:on|for|by|under|with|to)\b)*(?:/|\b(?:and|vs|versus|against)\b|vs\.)"
    r"(?:[\s()]|\b(?:only|just|for|on|with|by|under|to|at|is|has|gets|scores)\b)*"
)
OF_ITSELF = re.compile(r"(?P<fact>[^ ]+)/(?:ci_low|bound_low|half|se)")


class Kind(NamedTuple):
    """What a fact is of: metric and part, and what it is compared with."""

    ask: Ask
    other: str = ""


class Member(NamedTuple):
    """A number of a series: its place among the sentence's, what it is bound to, and what came of it."""

    i: int
    place: str
    judge: str
    finding: Finding


class Series(Doubting):
    """A last look at numbers that stand in a row."""

    def in_series(self, found: Sequence[Finding]) -> list[Finding]:
        """The findings, an odd one in a series as what the series is of."""
        by_start = {f.start: f for f in found}
        for run in self._series():
            members = [self._member(i, by_start) for i in run]
            odd = self._odd_one([m for m in members if m is not None]) if all(members) else None
            if odd is not None:
                by_start[odd.start] = odd
        return [by_start[f.start] for f in found]

    def with_intervals(self, found: Sequence[Finding]) -> list[Finding]:
        """The findings, a number as what the interval right behind it is of."""
        done = list(found)
        for k in range(len(done) - 1):
            done[k] = self._with_its_interval(done, k) or done[k]
        return done

    def _with_its_interval(self, found: Sequence[Finding], k: int) -> Finding | None:
        """ "45.46 (95 % interval 41.76 to 49.16)": the value of that interval, and none of its ends."""
        head, tail = found[k], next((f for f in found[k + 1 : k + 3] if f.facts != ("interval/level",)), found[k])
        own = OF_ITSELF.fullmatch(tail.facts[0]) if tail.facts and tail.status in RIGHT else None
        i = self.place_of(head)
        between = self.s.low[head.end : tail.start]
        beside = ITS_INTERVAL.fullmatch(between) or (between == ", " and self._is_range(tail))
        if (
            own is None
            or i < 0
            or not beside
            or self.s.spots[i].is_range
            or self.s.spots[i].percent
            or own["fact"] in head.facts
        ):
            return None
        value = self.m.answers.value(own["fact"])
        elsewhere = any(own["fact"] in f.facts for f in found[:k]) or head.status == UNCHECKABLE
        known = SIMPLE.fullmatch(own["fact"]) or PAIRED.fullmatch(own["fact"])
        paired = known is not None and "judge" not in known.groupdict()
        gaps = [told["place"] for told in map(PAIRED.fullmatch, head.facts if paired else ()) if told is not None]
        levels = paired and head.status in RIGHT and any(SIMPLE.fullmatch(fact) for fact in head.facts)
        # A gap and the paired gap: either may be meant. "82.1 ± 3.1" is no gap, whatever 3.1 was taken for.
        if value is None or elsewhere or known is None or known["place"] in gaps or levels:
            return None
        return self.judged(self.s.spots[i], [Answer(value)], certain=True)

    def _is_range(self, finding: Finding) -> bool:
        return any(s.start == finding.start and s.is_range for s in self.s.spots)

    def _series(self) -> Iterator[list[int]]:
        """Numbers of one manner of writing with nothing but names and small words between."""
        plain = [i for i in range(len(self.s.spots)) if not self._is_aside(i)]
        run: list[int] = []
        for i in plain:
            if run and not self._goes_on(run[-1], i):
                yield from [run] if len(run) > 1 else []
                run = []
            run.append(i)
        yield from [run] if len(run) > 1 else []

    def _is_aside(self, i: int) -> bool:
        """The ± behind a number, and what is told in brackets behind it."""
        spot = self.s.spots[i]
        before = self.s.low[: spot.start]
        if before.rstrip().endswith("±") or COMPARED.search(before) or not spot.low.places:
            return True
        span = self.s.inner(spot.start)
        return span is not None and i > 0 and self.s.owner(span) is not None

    def _goes_on(self, one: int, other: int) -> bool:
        """Whether a number stands in the same series as the one before it."""
        first, second = self.s.spots[one], self.s.spots[other]
        alike = first.low.places == second.low.places and not (first.percent or second.percent)
        single = not (first.is_range or second.is_range or first.operator or second.operator)
        between = self.s.low[first.end : second.start]
        plain = NAMES.sub("", NUMBERED_ASIDE.sub("", between))
        turns = COMPARING.match(NAMES.sub("", self.s.low[second.end :])) and not COMPARING.match(between)
        same = self.s.inner(first.start) == self.s.inner(second.start)
        return alike and single and same and not turns and BETWEEN.fullmatch(plain) is not None

    def _member(self, i: int, found: dict[int, Finding]) -> Member | None:
        finding = found.get(self.s.spots[i].start)
        places, judges = self.bound(i, PLACE).ids, self.s.bind(i, JUDGE).ids
        if finding is None or self.place_of(finding) != i:
            return None
        if places in {m.ids for m in self.s.compared} and i not in self.s.behind[PLACE]:
            places = ()  # "no nearer to it than the null baseline: 0.031 and 0.024"
        return Member(i, places[0] if len(places) == 1 else "", judges[0] if len(judges) == 1 else "", finding)

    def _odd_one(self, members: Sequence[Member]) -> Finding | None:
        """The finding on the one number that is of another kind than all the others, held against theirs."""
        kinds = {m.i: self._kind_of(m) for m in members}
        told = [k for k in kinds.values() if k is not None]
        kind = Counter(k for k in told if not (len(kinds) == FEW and k.other)).most_common(1)
        known = [m for m in members if kind and kinds[m.i] == kind[0][0]]
        odd = [m for m in members if m not in known]
        apart = len({(m.place, m.judge) for m in members}) == len(members)
        if not kind or len(odd) != 1 or not apart or odd[0].finding.start in self.held:
            return None
        own = kinds[odd[0].i]
        unlike = own is None or bool(own.other)
        if len(known) < FEW and not (unlike and not kind[0][0].ask.part and self._are_joined(members)):
            return None
        return self._held_against(odd[0], known, kind[0][0])

    def _held_against(self, odd: Member, known: Sequence[Member], kind: Kind) -> Finding | None:
        """What the number is that the odd one should be: of this kind, under its own name or the one of all."""
        unnamed = (odd.place and not all(m.place for m in known)) or (odd.judge and not all(m.judge for m in known))
        beside = self._is_next_to(odd.i, PLACE) or odd.i in self.s.behind[JUDGE]
        if unnamed and odd.finding.status in RIGHT and not beside:
            return None
        place = odd.place or self._shared(known, "place")
        judge = odd.judge or self._shared(known, "judge")
        if not place or not (judge or kind.ask.base in OF_ALL_JUDGES):
            return None
        where = Where((place,), (judge,) if judge else (), (kind.other,) if kind.other else ())
        answers = list(self.m.answers.singles(kind.ask, where))
        return self.judged(self.s.spots[odd.i], answers, certain=True) if len(answers) == 1 else None

    def _are_joined(self, members: Sequence[Member]) -> bool:
        """ "47.52 (Sonnet) / 37.43 (Opus)", "67.80 and 65.92": two, and nothing else in the row."""
        between = self.s.low[self.s.spots[members[0].i].end : self.s.spots[members[1].i].start]
        bracketed = re.fullmatch(rf"\s*\({NAMES.pattern}\)\s*,\s*", between)
        return JOINED.fullmatch(NAMES.sub("", NUMBERED_ASIDE.sub("", between))) is not None or bracketed is not None

    @staticmethod
    def _shared(members: Sequence[Member], name: str) -> str:
        values = {getattr(m, name) for m in members}
        return values.pop() if len(values) == 1 else ""

    def _kind_of(self, member: Member) -> Kind | None:
        """What a number is of, where it is right, and right of the very names that it is bound to."""
        finding = member.finding
        if finding.status not in RIGHT or len(finding.facts) != 1:
            return None
        for pattern in (SIMPLE, PAIRED, DIFFERENCE, MINUS):
            told = pattern.fullmatch(finding.facts[0])
            if told is not None:
                return self._kind(told.groupdict(), member)
        return None

    def _kind(self, told: dict[str, str | None], member: Member) -> Kind | None:
        own = member.place in ("", told["place"]) and member.judge in ("", told.get("judge") or member.judge)
        part = told.get("part") or ""
        base = str(told.get("base") or "diff").removeprefix("reference_").replace("reference", "alpha")
        return Kind(Ask(base, part), told.get("other") or "") if own and part in PARTS else None
