"""Numbers that are worked out from others that stand right there: "19.08, so 9.08 over the limit".

A number that nothing accounts for by its own words may still be the difference, the ratio or the sum of two that the
same sentence, or those before it in the paragraph, gave rightly. Only what can be compared is: of one metric, and of
one judge or one condition. Words must say which it is, and it must come out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from bot.review.agreeing import EXACT, ROUNDS, UNMATCHED, WRONG, Finding, expected_text, is_near, status_of
from bot.review.answers import Answer, Ask, Value, Where
from bot.review.names import JUDGE, PLACE
from bot.review.numbers import Spot
from bot.review.replying import Replying

FAR = 70  # characters within which a word tells how a number was worked out
ABOUT = r"(?:(?:about|roughly|around|some|another|almost|nearly|only|just)\s+)?"
DIFFERENCE = re.compile(
    r"(?:\b(?:differences?|gaps?|distances?|steps?|drops?|rises?|gains?|widths?|spread|span|excess|shifts?|wid(?:e"
    r"|est|er))"
    rf"\b[^;]{{0,30}}|\bby\s+{ABOUT}|[Δδ]\s*"
    rf"|\b(?:which|that) is\s+{ABOUT}|\bis\s+{ABOUT}|\b(?:would|will) be\s+{ABOUT})$"
)
BY_HOW_MUCH = re.compile(
    r"\s*(?:points?\s+)?(?:apart|above|below|over|under|higher|lower|more|less|short|shy|off|away|closer|farther"
    r"|further"
    r"|wider|between|too)\b"
)
OF_BOUNDS = re.compile(r"\bbound|\b(?:worst|best) case")
OF_JUDGE = re.compile(r"\bof\s+(?:that\s+of\s+|what\s+|those\s+of\s+)?\ue001")  # "61 % of that of Opus"
GOES_ON = re.compile(r"^[^;:]{0,40}(?:,|\b(?:and|compared with|against|versus|vs))\s+(?:by\s+)?$")
WITHIN = re.compile(r"\s*(?:points?\s+)?of\s+(?:the\b|that\b|\ue000)")  # "within 1.9 points of that baseline"
BETWEEN_THEM = re.compile(r"\s*(?:points?\s+)?(?:between|separate) (?:them|the two)\b")
TIMES = re.compile(r"\s*(?:times|×|x\b|-?\s?fold)")
IN_ALL = re.compile(r"\s*(?:\w+\s+){0,3}?(?:in total|in all|altogether|together|combined|overall)\b")
AGAINST_ANOTHER = re.compile(
    r"\s*(?:points?)?\s*[,(]?\s*(?:(?:as )?against|versus|vs\.?|compared (?:with|to)|and|but|while)\s+"
    r"(?:(?:by|for|with|under)?\s*(?:the\s+)?\ue001+\s*(?:it is|has|sees|'s)?\s*)?"
)
# "99 % interval" and "the gate (19 points)" are wrong, whatever comes to as much by chance.
DECLARED = ("interval/level", "gate/", "prediction/", "confidence/", "coherent_only/threshold")
A_SIZE = re.compile(r"\b(?:span|width|distance|spread)\b[^.;\d]{0,16}$")
UNDER_ONE = re.compile(r"\s*(?:points?\s+)?(?:under|for|with|on|in|by)\s+(?:the\s+)?\ue000")
THE_LIMIT = re.compile(r"\b(?:limit|gate|tolerance)\s+(?:of|is|was|at)\s+$")
FAILING = re.compile(r"\b(?:fail\w*|miss\w*|lost|errors?)\b")
A_TOTAL = re.compile(
    r"\b(?:total(?:s|ling)?|sum|sums to|makes|together|altogether|combined)\s*(?:of|is|to|:|,)?\s*$|=\s*$"
)
LIMITS = re.compile(r"\b(?:limits?|gates?|thresholds?|allowed|declared)\b|\b(?:is|are|lies?) over by\b")
TARGET = re.compile(r"\b(?:target|finetune|finetuned|EM|em|goal|reference)\b|\ue000")
METRIC = re.compile(r"^(?:alpha|reference|coherent|gap|gap_paired|reference_gap|x|diff)(?=/)")
COUNTS = ("/errors", "/n", "/judgements", "/coherent_only_n")


def is_declared(finding: Finding) -> bool:
    """Whether a number was held against what is declared, and nothing else."""
    return bool(finding.facts) and all(f.startswith(DECLARED) for f in finding.facts)


class Deriving(Replying):
    """Second chances for numbers that nothing else accounts for."""

    def derived(self, i: int, finding: Finding, found: Sequence[Finding]) -> Finding:
        """The finding, or a better one where the number can be worked out from its neighbours."""
        spot = self.s.spots[i]
        bounded = spot.operator is not None and WITHIN.match(self.s.low, spot.end) is None
        if finding.status not in (WRONG, UNMATCHED) or spot.is_range or bounded or is_declared(finding):
            return finding
        if THE_LIMIT.search(self.s.low[: spot.start]):
            return finding  # "the declared limit of 19 points" is no difference
        if spot.percent and self._is_of_failures_alone(i):
            return finding
        last = next((f for f in reversed(found) if f.end <= spot.start), None)
        self.before[i] = last.values if last is not None and last.status in (EXACT, ROUNDS) else ()
        beside = tuple(v for f in found if f is not finding and f.status in (EXACT, ROUNDS) for v in f.values)
        for answer in (*self._worked_out(i, spot, beside), *self._by_another_judge(i)):
            # "The whole span is 17.4 points", "Opus is 22.0 points milder": no minus is left to be written.
            unsigned = A_SIZE.search(self.s.low[: spot.start]) or BY_HOW_MUCH.match(self.s.low, spot.end)
            if spot.low.sign == "-" and answer.signless and not unsigned:
                answer = answer._replace(low=answer.low._replace(value=-answer.low.value))
            if (status := status_of(spot, answer)) is not None and self._fits(i, answer.low.fact, beside):
                self.worked_out[i] = answer.low.fact
                return self.found(spot, status, expected_text(spot, answer), answer.facts)
        return self._not_accused(i, finding)

    def _is_of_failures_alone(self, i: int) -> bool:
        """ "49 of 8,320, or 0.6 %": a share of failures, and of nothing else."""
        inquiry = self.inquiries.get(i)
        restated = inquiry is not None and inquiry.certain and inquiry.head is not None
        return inquiry is not None and restated and all("error_rate" in (a.part or a.base) for a in inquiry.asks)

    def _not_accused(self, i: int, finding: Finding) -> Finding:
        """A number that is right of something else, where the sentence itself does not say of what it is.

        Either the text means that or this reader has lost the thread: nobody is accused, and a person should look.
        """
        spot = self.s.spots[i]
        digits = len(str(spot.low.value).replace(".", "").strip("0"))
        loose = finding.status == WRONG and not any(self._is_bound(i, kind) for kind in (JUDGE, PLACE))
        if not loose or (spot.low.places < 2 and digits < 3) or not self._stands_elsewhere(spot):
            return finding
        why = "it is another number of the archive, and the sentence does not say of what it is"
        return self.found(spot, UNMATCHED, "", (), why)

    def _is_bound(self, i: int, kind: str) -> bool:
        """Whether the sentence names the judge, or the condition, of a number, or what leads to it surely does."""
        bound = self.s.bind(i, kind)
        return bool(bound.ids) and (bound is not self.s.frame.of(kind) or bound.sure)

    def _stands_elsewhere(self, spot: Spot) -> bool:
        return any(
            is_near(spot.low, value) and status_of(spot, Answer(value, signless=True)) is not None
            for value in self.m.all_values
        )

    def _by_another_judge(self, i: int) -> Iterator[Answer]:
        """ "From first to last 17.39 points, against 22.34 with Sonnet": the same two, as another judge saw them."""
        operands = self.worked_out.get(i - 1, "").split(" − ")
        between = self.s.low[self.s.spots[i - 1].end : self.s.spots[i].start] if i else ""
        judges = self.s.bind(i, JUDGE).ids
        if len(operands) != 2 or len(judges) != 1 or AGAINST_ANOTHER.fullmatch(between) is None:
            return
        mine = ["/".join((f.split("/")[0], judges[0], *f.split("/")[2:])) for f in operands]
        values = self.m.answers.values_of(mine)
        self.before[i] = tuple(values)
        yield from self._differences_of(values)

    def _fits(self, i: int, facts: str, beside: Sequence[Value]) -> bool:
        """Whether both operands are of what the number is bound to, or of what it is compared with."""
        operands = re.split(r" [−/+] ", facts)
        own = self._own_condition(i)
        told = {place for f in operands for place in _cell(f)} & {*self.m.book.conditions}
        if own and told and own not in told and " − " in facts:
            return False
        if all(any(v.fact == f for v in beside) for f in operands) or self._is_from_what_was_told(operands, beside):
            return True
        compared = {p for m in self.s.compared for p in m.ids}
        if compared and any(v.fact in operands for v in self.before.get(i, ())):
            return any(set(_cell(f)) & compared for f in operands)
        if compared and self.s.spots[i].percent:
            return any(set(_cell(f)) & compared for f in operands)
        known = {v.fact for v in (*beside, *self._named(i))}
        if compared and not all(set(_cell(f)) & compared or f in known for f in operands):
            return False
        return self._is_of_what_is_named(i, operands, compared)

    def _is_from_what_was_told(self, operands: Sequence[str], beside: Sequence[Value]) -> bool:
        """ "The lowest end is 41.55. That is 13.34 above 28.21": one told in a sentence before, the other in this."""
        here, before = {v.fact for v in beside}, {v.fact for v in self.s.frame.told}
        return any(f in here for f in operands) and all(f in here | before for f in operands)

    def _own_condition(self, i: int) -> str:
        """ "PAIR #111, the farthest, is 39.59 points away": the one condition that the sentence binds a number to."""
        bound = self.s.bind(i, PLACE)
        sure = bound is not self.s.frame.places and len(bound.ids) == 1 and not bound.every
        behind = self.s.behind[PLACE].get(i)
        if behind is not None and len(behind.ids) == 1 and behind.ids[0] in self.m.book.conditions:
            return behind.ids[0]
        named = [m.ids for m in self.s.named_before(PLACE, self.s.spots[i].start)]
        sure = sure and bound.ids in named[-1:] and UNDER_ONE.match(self.s.low, self.s.spots[i].end) is None
        return bound.ids[0] if sure and bound.ids[0] in self.m.book.conditions else ""

    def _is_of_what_is_named(self, i: int, operands: Sequence[str], compared: set[str]) -> bool:
        """A sentence that names conditions, or a judge, speaks of these, and of what they are compared with."""
        bound = self.s.bind(i, JUDGE)
        named = bound.ids and not bound.every and bound is not self.s.frame.judges
        places = {p for m in self.s.mentions if m.kind == PLACE and not m.every for p in m.ids}
        places |= (
            {*self.m.targets, *self.m.book.references, *(self.s.frame.places.ids if compared else ())}
            if places
            else set()
        )
        between_judges = len({_cell(f)[1:] for f in operands}) == 1 and OF_JUDGE.search(self.s.low) is not None
        if named and not between_judges and not all(self._is_of(f, JUDGE, {*bound.ids}) for f in operands):
            return False
        return not places or all(self._is_of(f, PLACE, places) for f in operands)

    def _is_of(self, fact: str, kind: str, allowed: set[str]) -> bool:
        known = self.m.book.judges if kind == JUDGE else self.m.book.places
        if kind == JUDGE and fact.startswith("reference/"):
            return True  # a reference that one judge alone has scored is compared with both
        mine = set(_cell(fact)) & set(known)
        return not mine or bool(mine & allowed)

    def _named(self, i: int) -> list[Value]:
        """The scores of the conditions and judges that the sentence names, or that it takes over."""
        places = dict.fromkeys(p for m in self.s.mentions if m.kind == PLACE and not m.every for p in m.ids)
        carried = self.s.frame.places
        places |= dict.fromkeys(() if carried.every or len(carried.ids) > 1 else carried.ids)
        judges = tuple(dict.fromkeys(j for m in self.s.mentions if m.kind == JUDGE for j in m.ids))
        carried_judges = self.s.frame.judges.ids if self.s.frame.judges.sure else ()
        judges = (*judges, *(j for j in carried_judges if j not in judges))
        where = Where(tuple(places), judges or self.m.own_judges)
        filtered = any(c.kind == "coherent_only" for c in self.bases) or self.s.frame.cue == "coherent_only"
        asks = [Ask("alpha"), *([Ask("coherent_only")] if filtered else [])]
        asks += [Ask("alpha", "bound_low"), Ask("alpha", "bound_high")] if OF_BOUNDS.search(self.s.low) else []
        small = self.s.spots[i].low.value < 1 and self.s.spots[i].low.places > 1
        asks += [Ask("x")] if small or any(c.kind == "x" for c in self.bases) else []
        asks += [Ask("gap")] if LIMITS.search(self.s.low) else []
        if not places and LIMITS.search(self.s.low):  # "even the smallest gap is 6.15 points over the gate"
            return self.m.answers.values(Ask("gap"), Where(self.m.book.conditions, ()))
        return [v for ask in asks for v in self.m.answers.values(ask, where)] if places else []

    def _worked_out(self, i: int, spot: Spot, beside: Sequence[Value]) -> Iterator[Answer]:
        before, behind = self.s.low[max(0, spot.start - FAR) : spot.start], self.s.low[spot.end : spot.end + FAR]
        them = BETWEEN_THEM.match(behind) is not None  # "68 and 66: about 2 points between them"
        told = self.s.frame.told if spot.low.places or spot.percent or them else ()
        operands = [*beside, *told, *self._named(i), *self._limits(before + behind), *self._targets(before, behind)]
        as_often = (
            TIMES.match(behind) is not None and FAILING.search(before) is not None
        )  # "failed 4, 1, 30 and 4 times"
        if as_often and not self._as_often(spot):
            return
        if TIMES.match(behind) and (LIMITS.search(behind) or not self.s.compared):
            yield from self._ratios(spot, operands, percent=False)
        elif spot.percent:
            yield from self._ratios(spot, operands, percent=True)
        elif IN_ALL.match(behind) or A_TOTAL.search(before):
            yield from self._sums([*beside, *self.s.frame.told])
        if not spot.percent and self._is_difference(i, spot):
            yield from self._differences_of(operands)

    def _is_difference(self, i: int, spot: Spot) -> bool:
        """Whether words say so, before the number or behind it, or before or behind the list that it stands in."""
        run = self.s.runs.get(i, [i])
        first, last = self.s.spots[run[0]], self.s.spots[run[-1]]
        before = self.s.low[max(0, first.start - FAR) : first.start]
        if i - 1 in self.worked_out and GOES_ON.search(self.s.low[self.s.spots[i - 1].end : spot.start]):
            return True
        return spot.points or BY_HOW_MUCH.match(self.s.low, last.end) is not None or bool(DIFFERENCE.search(before))

    def _limits(self, around: str) -> Iterator[Value]:
        if LIMITS.search(around):
            value = self.m.answers.value("gate/judge_gap_max/limit")
            yield from (value,) if value is not None else ()

    def _targets(self, before: str, behind: str) -> Iterator[Value]:
        meant = TARGET.search(before + behind) or re.match(r"\s*(?:points?\s+)?(?:short|shy|away|off)\b", behind)
        for place in self.m.targets if meant else ():
            names = [f"reference/{judge}/{place}" for judge in self.m.book.judges_of(place)]
            for name in (*names, f"x/{place}"):
                value = self.m.answers.value(name)
                yield from (value,) if value is not None else ()

    def _differences_of(self, operands: Sequence[Value]) -> Iterator[Answer]:
        for a, b in _pairs(operands):
            yield Answer(Value(abs(abs(a.value) - abs(b.value)), f"{a.fact} − {b.fact}", 2), signless=True)

    def _as_often(self, spot: Spot) -> bool:
        return re.match(r"\s*times\s+(?:as\s+(?:often|many|much)|more)\b", self.s.low[spot.end :]) is not None

    def _ratios(self, spot: Spot, operands: Sequence[Value], *, percent: bool) -> Iterator[Answer]:
        for a, b in _pairs(operands):
            counts = "count" in {_kind(a.fact), _kind(b.fact)}
            for above, below in ((a, b), (b, a)) if percent or not counts or self._as_often(spot) else ():
                if below.value:
                    yield Answer(Value(abs(above.value / below.value), f"{above.fact} / {below.fact}", 1, percent))

    def _sums(self, operands: Sequence[Value]) -> Iterator[Answer]:
        counts = [v for v in dict.fromkeys(operands) if v.fact.startswith("errors/") or v.fact.endswith(COUNTS)]
        cells = [v for v in counts if v.fact.endswith("/errors")]
        counts = [v for v in counts if v not in cells] if len(cells) > 2 else counts  # of a list, all together
        for a, b in combinations(counts, 2):
            if a.fact != b.fact:
                yield Answer(Value(a.value + b.value, f"{a.fact} + {b.fact}", 0))


def _pairs(operands: Sequence[Value]) -> Iterator[tuple[Value, Value]]:
    for a, b in combinations(dict.fromkeys(operands), 2):
        if a.fact != b.fact and _comparable(a, b):
            yield a, b


def _comparable(a: Value, b: Value) -> bool:
    """One metric, and one judge or one condition; a limit goes with every gap, a whole with its own parts."""
    if a.percent or b.percent:
        return False
    kinds = {_kind(a.fact), _kind(b.fact)}
    if kinds == {"gap", "limit"}:
        return True
    if len(kinds) > 1 or kinds & {"", "limit"}:
        return False
    mine, other = _cell(a.fact), _cell(b.fact)
    stated = a.fact.startswith("reference/") or b.fact.startswith("reference/")
    return bool(set(mine) & set(other)) or kinds == {"gap"} or kinds == {"x"} or stated


def _kind(fact: str) -> str:
    """The family of a fact: alpha, coherent, gap, x, count, limit; "" for others."""
    if fact.startswith("gate/") and fact.endswith("/limit"):
        return "limit"
    if fact.endswith(COUNTS) or fact.startswith(("errors/", "count(")):
        return "count"
    found = METRIC.match(fact)
    if found is None:
        return ""
    return {"reference": "alpha", "gap_paired": "gap", "reference_gap": "gap"}.get(found[0], found[0])


def _cell(fact: str) -> tuple[str, ...]:
    """Judge and condition of a fact."""
    return tuple(fact.split("/")[1:3])
