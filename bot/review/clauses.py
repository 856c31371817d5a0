"""What else a number may be, by its clause: over a value just told, the other judge's, an end of all intervals.

Each way is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise, permutations

from bot.review.agreeing import EXACT, Finding
from bot.review.answers import COMPARE, Answer, Ask, Value, Where, shown
from bot.review.besides import Besides
from bot.review.names import PLACE
from bot.review.numbers import JUDGE_CHAR, PLACE_CHAR, Spot

# "the target's own upper bound of 30.21"
ITS_BOUND = re.compile(
    rf"(?P<name>{PLACE_CHAR}+)(?:['’]s)?\s+(?:own\s+)?(?:upper|lower|worst|best)[- ](?:case\s+)?bound"
    r"\s+(?:of\s+|is\s+|at\s+|\()?$"
)
GAP_TO = re.compile(rf"\b(?:gap|distance|way)\s+(?:up\s+|down\s+)?(?:to|from)\s+(?P<judge>{JUDGE_CHAR}+)['’]s?\s+$")
OF_INTERVALS = re.compile(r"\bintervals\b")
AS_LARGE = re.compile(
    r"\s*times\s+(?:as\s+(?:large|big|much|far|wide|high|great|long)|larger|bigger|wider|higher|the size"
    r"|the (?:mildest|smallest|narrowest))\b"
)
OF_THE_MILDEST = re.compile(r"\bthe (?:mildest|smallest|narrowest)$")
AND = re.compile(r"\s*(?:and|,|/|against|vs\.?|versus|compared (?:with|to))\s*")
THE_WHOLE_WAY = re.compile(r"\b(?:way|distance|stretch|span|range)\s+(?:is|measures|comes to|covers)\s+$")
WIDEST = re.compile(
    r"\b(?:widest|largest|biggest)\s+(?:span|range|bracket|bounds?|band)\s+(?:is\s+|spans\s+|covers\s+)?"
    r"(?:under\s+|below\s+|less than\s+|at most\s+|no more than\s+)?$"
)
FAILING = re.compile(r"\bfail\w*|\bmissing\b|\bunjudged\b|\bbounds?\b")
WITHIN = re.compile(r"\bwithin\s+(?:about\s+)?$")
COHERENCE = re.compile(r"\bcoheren\w*")
STEPS = re.compile(r"\b(?:in|by) steps of\b|\bsteps are\b")
STEP_DOWN = re.compile(r"\bstep(?:s|ped)? (?:down|up)\b[^.;:]*:")
IN_X = re.compile(r"\s*(?:points\s+)?(?:of|in|by|on)\s+c\b")
APART = re.compile(r"\b(?:distance|way|difference|apart)\b")
SPANNED = re.compile(r"\bspan(?:s|ned|ning)?\b(?:[^.;]|\.\d){0,40}$")
MULTIPLE = re.compile(r"\bmultiples? of\b|\bin (?:units|terms) of the\b")
LOWERED_BY = re.compile(
    r"\b(?:lower|reduc|cut|depress)\w*\s+(?:α|alpha|it|the score)\b[^.;]{0,6}\bby\b(?:[^.;]|\.\d)*$"
)
DIFFERENCE = re.compile(r"diff/(?P<judge>[^/ ]+)/(?P<place>[^/ ]+)/(?P<other>[^/ ]+)")
MOST_OF_A_JUDGE = re.compile(
    rf"\b(?P<which>lowest|smallest|worst|highest|largest|best)\s+(?P<judge>{JUDGE_CHAR}+)(?:['’]s)?\s+"
    r"(?:α|alpha|score|value|mean)\s*(?:(?:is|was|of)\s+|[(,]\s*)?$"
)
FACTOR = re.compile(r"\bfactors?\b")
OTHER_BOUNDS = re.compile(rf"(?:\bother\b|{PLACE_CHAR})[^.;:]{{0,20}}\bbounds\b")
MOST_OF_ANY = re.compile(
    r"\bmost\b[^.;]{0,24}\b(?:any|each|every|\ue000+)[^.;]{0,24}\b(?:lost|lacks?|misse[sd]|failed)\b[^.;]{0,8}$"
)
THE_RATE = re.compile(r"\berror rates?\s*\(\s*(?:at most\s+|up to\s+|≤\s*)?$")
AWAY = re.compile(r"\s*(?:and\s+\d[\d.]*\s+)?(?:away|off|short)\b")
PLUS_MINUS = re.compile(r"±\s*$")
OF_THE_WAY = re.compile(r"\s*of the (?:way|distance)\b")
THE_SIDE_OF = re.compile(r"\b(?:sides? of|(?:set|put|held|hold|sett|putt)\w* \w+ against)\s+(?:the\s+)?$")
UNROUNDED = re.compile(r"\b(?:without|before) rounding\b|\bunrounded\b|\bto two (?:decimals|places)\b|\bexactly\b")
THERE = re.compile(r"\bthere\b")
FAILED = re.compile(r"\bfail\w*|\bmiss\w*|\blost\b|\black\w*")
SO_MANY = re.compile(r"\s*(?:points?\s*)?[:=]\s*(?P<many>\d{1,2})\s*(?:of|/|out of)\s*(?:the\s+)?(?P<all>\d{1,2})\b")
COLON = re.compile(r"\s*(?:points?\s*)?[:=]\s*")
GATE_FAILED_BY = re.compile(
    r"\b(?:gates?|limits?|tolerance)\b[^.;]{0,60},?\s*by\s+"
    r"(?:\d[\d.]*\s*(?:points?\s*)?(?:at (?:best|least|worst|most)\s*)?and\s+)?$"
)
ASIDE = re.compile(r"(?P<open>[(\[])\s*$")
MINUS = " − "
FEW = 2
NEAREST = 1.0  # how much farther than the farthest of those meant "within" may reach
NEAR = 0.5  # how far off a gap may be told in the sentence, so that it is known whose it is
# What is counted over a threshold: the first of these that the sentence names, or what leads to it.
KINDS = (
    ("gap", re.compile(r"\bgaps?\b")),
    ("coherent", re.compile(r"\bcoheren\w*")),
    ("alpha", re.compile(r"\bα|\balpha\b|\bscores?\b")),
)
MOST_TOLD = 6  # values of a sentence that are set against each other, so that nothing fits by chance


class Clauses(Besides):
    """Each way tells what a number is, or None where it is nothing of the kind."""

    def by_clause(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """The first of them that fits."""
        return (
            self._bound_of_the_named(spot)
            or self._of_the_judge_named(spot, where)
            or self._ends_of_all_intervals(spot, where)
            or self._over_what_was_told(i, spot)
            or self._other_judges(i, spot)
            or self._same_of_another_judge(i, spot)
            or self._aside_of_a_difference(i, spot)
            or self._whole_way(spot)
            or self._in_steps(i, spot, where)
            or self._spanned(spot, where)
            or self._half_widths(spot)
            or self._done_of_the_way(i, spot, where)
            or self._on_a_side(spot)
            or self._as_a_multiple(spot, where)
            or self._most_of_a_judge(spot)
            or self._factor_between_judges(spot, where)
            or self._bounds_of_others(spot)
            or self._most_of_any(spot)
            or self._away_in_x(spot)
            or self._lowered_by(spot, where)
            or self._same_of_another_place(i, spot)
            or self._against_a_gap(i, spot)
            or self._before_rounding(spot)
            or self._failures_there(i, spot, where)
            or self._so_many_over(i, spot)
            or self._over_the_gate(spot)
        )

    def compared_by_clause(self, spot: Spot) -> Finding | None:
        """The same for what stands behind "under", "within" and the like."""
        return self._widest_bounds(spot) or self._within_for_some(spot) or self._counted_behind(spot)

    def _bound_of_the_named(self, spot: Spot) -> Finding | None:
        """ "44.52 to 47.40, which stay above the target's own upper bound of 30.21"."""
        told = ITS_BOUND.search(self.s.low[: spot.start])
        if told is None or spot.is_range:
            return None
        named = (m for m in self.s.mentions if m.kind == PLACE and m.start == told.start("name"))
        ways = (Where(m.ids, self.m.book.judges) for m in named)
        return self.hit(spot, [a for way in ways for a in self.m.answers.singles(Ask("alpha", "bound"), way)])

    def _of_the_judge_named(self, spot: Spot, where: Where) -> Finding | None:
        """ "Its α would be 47.40, and the gap to Opus's 74.74 would still be wide": what is that judge's."""
        told = GAP_TO.search(self.s.low[: spot.start])
        named = [m for m in self.s.mentions if told is not None and m.start == told.start("judge")]
        ways = (replace(where, judges=m.ids) for m in named)
        return self.hit(
            spot, [a for way in ways for a in self.m.answers.offered(Ask("alpha"), way, is_range=spot.is_range)]
        )

    def _ends_of_all_intervals(self, spot: Spot, where: Where) -> Finding | None:
        """ "The intervals overlap: Sonnet's run from 42 to 72 and Opus's from 65 to 91"."""
        if not spot.is_range or OF_INTERVALS.search(self.s.low) is None:
            return None
        found = []
        for judges in ((judge,) for judge in where.judges):
            low, high = (
                self.m.answers.values(Ask("alpha", end), replace(where, judges=judges)) for end in ("ci_low", "ci_high")
            )
            found += [Answer(min(low), max(high))] if len(low) > 1 and len(high) > 1 else []
        return self.hit(spot, found)

    def _told_here(self) -> list[Value]:
        """Values, no counts, that other numbers of this sentence are right of."""
        values = self.m.answers.values_of(sorted(self.right))
        return [v for v in values if v.places and v.value and not v.percent]

    def _over_what_was_told(self, i: int, spot: Spot) -> Finding | None:
        """ "α falls by 20.08 points on Sonnet and 7.33 on Opus, so Sonnet's step is 2.7 times as large"."""
        times = AS_LARGE.match(self.s.low, spot.end)
        mildest = times is not None and OF_THE_MILDEST.search(times.group()) is not None
        values = self.m.answers.values(Ask("gap"), self._everywhere()) if mildest else self._told_here()
        if times is None or spot.is_range or spot.percent or not 1 < len(values) <= MOST_TOLD:
            return None
        same = (p for p in permutations(values, 2) if p[0].fact.split("/")[0] == p[1].fact.split("/")[0])
        return self.hit(spot, [Answer(_over(one, other)) for one, other in same])

    def _other_judges(self, i: int, spot: Spot) -> Finding | None:
        """ "2.36 apart on EvoPrompt #98 (3.70 and 6.06)": behind one judge's value that of the other."""
        before = self.s.spots[i - 1] if i else None
        if before is None or spot.is_range or AND.fullmatch(self.s.low[before.end : spot.start]) is None:
            return None
        mine = [v for v in self.m.answers.values_of(sorted(self.right)) if abs(v.value) == abs(before.low.value)]
        cells = [v.fact.split("/") for v in mine if v.fact.count("/") == 2]
        found: list[Answer] = []
        for base, judge, place in cells:
            rest = tuple(j for j in self.m.book.judges if j != judge)
            ask = Ask("alpha" if base == "reference" else base)
            found += (
                self.m.answers.singles(ask, Where((place,), rest)) if base in ("alpha", "reference", "coherent") else []
            )
        return self.hit(spot, found)

    def _same_of_another_judge(self, i: int, spot: Spot) -> Finding | None:
        """ "The filter raises α by 2.4 and 2.3": beside what is worked out for one judge the same for the other."""
        behind = self.s.spots[i + 1] if i + 1 < len(self.s.spots) else None
        beside = behind is not None and AND.fullmatch(self.s.low[spot.end : behind.start])
        facts = self.sound.get(behind.start, ()) if beside and behind is not None else ()
        if len(facts) != 1 or MINUS not in facts[0] or spot.is_range:
            return None
        names = [facts[0].replace(f"/{judge}/", "/{}/") for judge in self.m.own_judges if f"/{judge}/" in facts[0]]
        others = (name.replace("{}", judge) for name in names for judge in self.m.own_judges)
        return self.hit(spot, [a for name in others if name != facts[0] for a in self._difference_named(name)])

    def _difference_named(self, name: str) -> list[Answer]:
        ends = self.m.answers.values_of(name.split(MINUS))
        value = ends[0].value - ends[-1].value if len(ends) == FEW else 0.0
        return [Answer(Value(value, name, 2), signless=True)] if len(ends) == FEW else []

    def _aside_of_a_difference(self, i: int, spot: Spot) -> Finding | None:
        """ "PAIR #111 is within 2 points of the null baseline (-1.9, …)": the one less the other, by either judge."""
        before = self.s.low[: spot.start]
        named = [m for m in self.s.mentions if m.kind == PLACE and m.end <= spot.start and not m.every][-2:]
        told = ASIDE.search(before) is not None and spot.low.sign == "-" and len(named) == 2
        if not told or self.s.low[named[-1].end : spot.start].strip(" (["):
            return None
        where = Where(named[0].ids, self.m.own_judges, named[1].ids)
        return self.hit(spot, self.m.answers.offered(Ask("diff"), where, is_range=spot.is_range))

    def _whole_way(self, spot: Spot) -> Finding | None:
        """ "For C the whole way is 0.851, for α on Sonnet 60.61 points": between two references."""
        way = THE_WHOLE_WAY.search(self.s.low[: spot.start])
        apart = IN_X.match(self.s.low, spot.end) and APART.search(self.s.low)
        if not (way or apart) or not spot.low.places or spot.is_range:
            return None
        where = Where(self.m.book.references, self.m.book.judges, self.m.targets)
        asks = (Ask("x_diff"), Ask("diff"))
        return self.hit(spot, [a for ask in asks for a in self.m.answers.singles(ask, where)])

    def _widest_bounds(self, spot: Spot) -> Finding | None:
        """ "Failures hardly matter: the widest span is under 3 points": of the bounds that they leave."""
        words = f"{self.s.low} {self.s.frame.words}"
        if spot.is_range or WIDEST.search(self.s.low[: spot.start]) is None or FAILING.search(words) is None:
            return None
        ends = self.m.answers.ends(Ask("alpha", "bound"), self._everywhere())
        spans = sorted(
            high._replace(value=high.value - low.value, fact=f"{high.fact} − {low.fact}") for low, high in ends
        )
        if not spans:
            return None
        widest = spans[-1]
        if spot.operator is None:
            return self.hit(spot, [Answer(widest)])
        holds = COMPARE[spot.operator](widest.value, spot.low.value) and abs(widest.value - spot.low.value) < NEAREST
        return self.found(spot, EXACT, shown(widest), (widest.fact,)) if holds else None

    def _within_for_some(self, spot: Spot) -> Finding | None:
        """ "On coherence they are within 2 points on the first two, and about 10 apart on the others"."""
        words = f"{self.s.low} {self.s.frame.words} {self.s.frame.cue or ''}"
        if spot.is_range or WITHIN.search(self.s.low[: spot.start]) is None or COHERENCE.search(words) is None:
            return None
        apart = (a.low for a in self.m.answers.singles(Ask("coherent_gap"), self._everywhere()))
        near = sorted((abs(v.value), v) for v in apart if abs(v.value) <= spot.low.value)
        some = 1 < len(near) < len(self.m.book.conditions)
        if not some or spot.low.value - near[-1][0] >= NEAREST:
            return None
        return self.found(spot, EXACT, shown(near[-1][1]), (near[-1][1].fact,))

    def _in_steps(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "Opus comes down more evenly, in steps of 5, 7 and 5 points": from each value to the next."""
        before = self.s.low[: spot.start]
        if spot.is_range or spot.percent:
            return None
        if STEP_DOWN.search(before) is not None and not spot.points:
            return self.hit(spot, self.m.answers.singles(Ask("alpha"), replace(where, places=self.m.book.conditions)))
        if STEPS.search(before) is None:
            return None
        return self.hit(spot, [Answer(step) for judge in where.judges for step in self._steps(judge)])

    def _spanned(self, spot: Spot, where: Where) -> Finding | None:
        """ "Sonnet's four values span 22.34 points and Opus's 17.39": from the lowest to the highest of all."""
        if SPANNED.search(self.s.low[: spot.start]) is None or spot.is_range or spot.percent:
            return None
        ways = (self._everywhere(judge) for judge in where.judges)
        return self.hit(spot, [a for way in ways for a in self.m.answers.singles(Ask("span", "alpha"), way)])

    def _half_widths(self, spot: Spot) -> Finding | None:
        """ "The 95 % intervals are ± 3.14 to ± 4.53": the narrowest and the widest, of one judge or of all."""
        if PLUS_MINUS.search(self.s.low[: spot.start]) is None or OF_INTERVALS.search(self.s.low) is None:
            return None
        groups = [self.m.answers.values(Ask("alpha", "half"), self._everywhere(j)) for j in (None, *self.m.own_judges)]
        return self.hit(spot, [Answer(end(group)) for group in groups if group for end in (min, max)])

    def _done_of_the_way(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "Grid #2 and Grid #3 bring α down by 43 points, which is 71 to 72 % of the way to the finetune"."""
        if not spot.percent or OF_THE_WAY.match(self.s.low, spot.end) is None:
            return None
        named = tuple(p for p in self.named_places(i) if p in self.m.book.conditions) or where.places
        starts = [(place,) for place in self.m.book.references]
        ways = [Where(named, (judge,), start) for judge in self.m.own_judges for start in starts]
        asks = (Ask("way", "alpha"), Ask("way", "x"))
        return self.hit(
            spot, [a for way in ways for ask in asks for a in self.m.answers.offered(ask, way, is_range=spot.is_range)]
        )

    def _on_a_side(self, spot: Spot) -> Finding | None:
        """ "They also share the side of 28.21 on which the prompts fall": the target."""
        if THE_SIDE_OF.search(self.s.low[: spot.start]) is None:
            return None
        return self.hit(spot, self.m.answers.singles(Ask("alpha"), Where(self.m.targets, self.m.book.judges)))

    def _as_a_multiple(self, spot: Spot, where: Where) -> Finding | None:
        """ "As a multiple of the target's α, the Sonnet values run from 1.6 (Grid #3) to 2.4 (PAIR #111)"."""
        if MULTIPLE.search(self.s.low[: spot.start]) is None or spot.percent or not spot.low.places:
            return None
        where = replace(where, others=self.m.targets)
        return self.hit(spot, self.m.answers.offered(Ask("ratio", "alpha"), where, is_range=spot.is_range))

    def _most_of_a_judge(self, spot: Spot) -> Finding | None:
        """ "The lowest Opus α (69.49) is still above the highest Sonnet α (67.80)": of all that this judge gave."""
        told = MOST_OF_A_JUDGE.search(self.s.low[: spot.start])
        named = [m.ids for m in self.s.mentions if told is not None and m.start == told.start("judge")]
        if told is None or not named or spot.is_range:
            return None
        values = self.m.answers.values(Ask("alpha"), Where(self.m.book.conditions, named[0]))
        least = told["which"] in ("lowest", "smallest", "worst")
        return self.hit(spot, [Answer((min if least else max)(values))] if values else [])

    def _factor_between_judges(self, spot: Spot, where: Where) -> Finding | None:
        """ "17.63 points by Sonnet and 46.53 by Opus, a factor of 2.6; for Grid #3 it is 2.4": of distances."""
        if FACTOR.search(self.s.low[: spot.start]) is None or not spot.low.places or len(where.places) != 1:
            return None
        apart = {j: self._apart_from_target(where.places, j) for j in self.m.own_judges}
        pairs = [(apart[one], apart[two]) for one, two in permutations(apart, 2)]
        return self.hit(spot, [Answer(_over(a[0], b[0])) for a, b in pairs if a and b and b[0].value])

    def _apart_from_target(self, places: tuple[str, ...], judge: str) -> list[Value]:
        return self.m.answers.values(Ask("diff"), Where(places, (judge,), self.m.targets))

    def _bounds_of_others(self, spot: Spot) -> Finding | None:
        """ "The other three upper bounds stay under it: 16.53, 3.88 and 16.72": of references told of before."""
        if OTHER_BOUNDS.search(self.s.low[: spot.start]) is None or not spot.low.places or spot.is_range:
            return None
        where = Where(self.m.book.references, self.m.book.judges)
        return self.hit(spot, self.m.answers.singles(Ask("alpha", "bound"), where))

    def _most_of_any(self, spot: Spot) -> Finding | None:
        """ "The most that any of our cells lost is 30 of 1,040", and the declared limit of "the error rate (20 %)"."""
        if THE_RATE.search(self.s.low[: spot.start]) is not None and spot.percent:
            return self.hit(spot, self._limit_of("judge_error_rate_max"))
        if MOST_OF_ANY.search(self.s.low[: spot.start]) is None or not self._is_whole_number(spot):
            return None
        values = self.m.answers.values(Ask("alpha", "errors"), self._everywhere())
        return self.hit(spot, [Answer(max(values))] if values else [])

    def _away_in_x(self, spot: Spot) -> Finding | None:
        """ "In C, the #98 winners are 0.866 and 0.873 away": from the target."""
        named = any(c.kind == "x" for c in (*self.bases, *self.m.lexicon.bases(self.s.frame.words)))
        if not named or AWAY.match(self.s.low, spot.end) is None or spot.low.places < FEW or spot.is_range:
            return None
        places = (*self.m.book.conditions, *self.m.book.references)
        return self.hit(spot, self.m.answers.singles(Ask("x_diff"), Where(places, (), self.m.targets)))

    def _lowered_by(self, spot: Spot, where: Where) -> Finding | None:
        """ "No prompt: 88.82. All four prompts lower α: by 21.02 (PAIR #111), …": from a reference told before."""
        if LOWERED_BY.search(self.s.low[: spot.start]) is None or not spot.low.places:
            return None
        told = tuple(p for p in self.s.frame.places.ids if p in self.m.book.references)
        ways = (replace(where, others=(other,)) for other in told or self.m.book.references)
        return self.hit(
            spot, [a for way in ways for a in self.m.answers.offered(Ask("diff"), way, is_range=spot.is_range)]
        )

    def _same_of_another_place(self, i: int, spot: Spot) -> Finding | None:
        """ "Further apart than Sonnet's α is from the target (17.63 and 17.25)": behind one distance another one's."""
        before = self.s.spots[i - 1] if i else None
        beside = before is not None and AND.fullmatch(self.s.low[before.end : spot.start])
        facts = self.sound.get(before.start, ()) if beside and before is not None else ()
        told = DIFFERENCE.fullmatch(facts[0]) if len(facts) == 1 else None
        if told is None or spot.is_range:
            return None
        places = self.named_places(i) or self.m.book.conditions
        return self.hit(spot, self.m.answers.singles(Ask("diff"), Where(places, (told["judge"],), (told["other"],))))

    def _against_a_gap(self, i: int, spot: Spot) -> Finding | None:
        """ "The gap exceeds the distance to the target on Grid #3, too (24.02 against 17.25)": of that condition."""
        before = self.s.spots[i - 1] if i else None
        if before is None or spot.is_range or AND.fullmatch(self.s.low[before.end : spot.start]) is None:
            return None
        gaps = [
            v
            for v in self.m.answers.values_of(sorted(self.right))
            if v.fact.startswith("gap/") and v.fact.count("/") == 1
        ]
        mine = [v.fact.split("/")[1] for v in gaps if abs(abs(v.value) - abs(before.low.value)) < NEAR]
        where = Where(tuple(mine), self.m.own_judges, self.m.targets)
        hit = self.hit(spot, self.m.answers.singles(Ask("diff"), where) if mine else ())
        self.held |= {spot.start} if hit is not None else set()  # so that it is no odd one in a row of gaps
        return hit

    def _before_rounding(self, spot: Spot) -> Finding | None:
        """ "Opus's lowest α (69) is above Sonnet's highest (68); without rounding, 69.49 and 67.80"."""
        if UNROUNDED.search(self.s.low[: spot.start]) is None or not spot.low.places:
            return None
        return self.hit(spot, [Answer(v, signless=True) for v in self.m.answers.values_of(sorted(self.right))])

    def _failures_there(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "Both prompts of #98 score near the floor, and many judgements failed there (298 and 118 of 1,040)"."""
        before = self.s.low[: spot.start]
        references = self._references_named() or tuple(
            p for p in self.s.frame.places.ids if p in self.m.book.references
        )
        told = THERE.search(before) is not None and FAILED.search(before) is not None and self._is_whole_number(spot)
        if not told:
            return None
        old = references or tuple(r for r in self.m.book.references if r not in self.m.targets)
        return self.hit(spot, self.m.answers.singles(Ask("alpha", "errors"), Where(old, where.judges)))

    def _so_many_over(self, i: int, spot: Spot) -> Finding | None:
        """ "Cells with α above 28.21: 8 of 8; above 50: 6 of 8": how many are."""
        before = self.s.spots[i - 1] if i else None
        told = (
            before is not None and before.operator is not None and COLON.fullmatch(self.s.low[before.end : spot.start])
        )
        counts = self._counts_over(before) if told and before is not None else ()
        over = [Answer(Value(many, "count(values over a threshold)", 0)) for many, _ in counts]
        return self.judged(spot, over, certain=True) if over else None

    def _counted_behind(self, spot: Spot) -> Finding | None:
        """The threshold of these: right where as many are over it as it says behind it."""
        told = SO_MANY.match(self.s.low, spot.end)
        if told is None or (int(told["many"]), int(told["all"])) not in self._counts_over(spot):
            return None
        return self.found(spot, EXACT, f"{told['many']} of {told['all']}", ("count(values over a threshold)",))

    def _counts_over(self, spot: Spot) -> list[tuple[int, int]]:
        """How many values stand so to a threshold, of how many: of each kind that the sentence may be about."""
        told = SO_MANY.match(self.s.low, spot.end)
        words = f"{self.s.low} {self.s.frame.words} {self.s.frame.cue or ''}"
        kinds = [kind for kind, pattern in KINDS if pattern.search(self.s.low)] or [
            k for k, p in KINDS if p.search(words)
        ]
        ways = [self._everywhere(judge) for judge in (None, *self.m.own_judges)]
        groups = [self.m.answers.values(Ask(kind), way) for kind in kinds[:1] or ["alpha"] for way in ways]
        groups = [group for group in groups if told is not None and len(group) == int(told["all"])]
        sign = COMPARE[spot.operator or "=="]
        return [(sum(sign(abs(v.value), spot.low.value) for v in group), len(group)) for group in groups]

    def _over_the_gate(self, spot: Spot) -> Finding | None:
        """ "The gap gate failed in four of four, by 6.15 points at best and 18.90 at worst"."""
        if GATE_FAILED_BY.search(self.s.low[: spot.start]) is None or not spot.low.places:
            return None
        return self.hit(spot, self._over_limit(self._everywhere(), "over"))

    def _steps(self, judge: str) -> Iterator[Value]:
        values = sorted(self.m.answers.values(Ask("alpha"), self._everywhere(judge)), reverse=True)
        yield from (Value(high.value - low.value, f"{high.fact} − {low.fact}", 2) for high, low in pairwise(values))


def _over(one: Value, other: Value) -> Value:
    return Value(abs(one.value / other.value), f"{one.fact} / {other.fact}", 1)
