"""The benefit of the doubt: what a number may be when it is not what this reader took it for.

"Filling in the extremes of the scale moves it to 44.52 or 47.40" speaks of bounds in words that nobody listed. Such a
number is held against everything else that the archive has of the very condition and judge that it is bound to: it may
be any of these that a word of its sentence, or of what leads to it, speaks of. A metric that stands right beside its
number ("an α of 44.52") leaves only what else its name may mean. A number of few digits is held against few values,
since it is equal to one of many by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from bot.review import cues
from bot.review.agreeing import EXACT, ROUNDS, UNMATCHED, WRONG, Finding, span_text
from bot.review.answers import COMPARE, Answer, Ask, Value, Where
from bot.review.cues import Cue, last_before
from bot.review.deriving import is_declared
from bot.review.families import APART as APART_WORDS
from bot.review.families import COHERENT, families
from bot.review.grouped import OF_TWO_PLACES
from bot.review.names import JUDGE, NUMBER_WORDS, PLACE
from bot.review.numbers import JUDGE_CHAR, PLACE_CHAR, SILENT_CHAR, Spot
from bot.review.otherwise import COUNTS, ITS_OWN, NO_PROMPT
from bot.review.recount import HIGH
from bot.review.remarks import difference_in
from bot.review.replying import NUMBERS, cell_behind
from bot.review.scope import NAIVE
from bot.review.singles import thresholds
from bot.review.stated import Stated
from bot.review.turns import OVER_BY
from bot.review.wider import TIMES_IT

NAME = f"[{JUDGE_CHAR}{PLACE_CHAR}]+(?:['’]s?)?"
# What may stand between the name of a metric and its number, or its list of numbers; nothing of it is tried twice.
GLUE = re.compile(
    r"(?:\s|[()\[\]=:,;|/±*]|[-−+]?\d[\d.,]*\s?%?|–|\b(?:of|at|is|was|are|were|be|about|only|just|the|for|on|by"
    r"|falls?|drops?|under|with|as|an?|one|has|and|but|while|to|it|its|from|points?|in|respectively|between|judges|judged|scored"
    r"|rated|seen"
    rf"|largest|smallest|highest|lowest|widest|narrowest)\b|{NAME})*+"
)
# "About 10 points lower on the others (43.66, 37.43)": what stands in brackets is no difference.
APART = ("diff", "gap", "apart")
A_NUMBER = re.compile(r"\d[\d.]*\s*(?:points?\s*)?$")
# "Grid #2 and Grid #3 are about 20 points lower": than what was told of before.
TO_NOBODY = re.compile(r"\s*(?:points?\s+)?(?:lower|higher|less|more)\b(?!\s+(?:than|on|for|with|under)\b)")
CHANGED_BY = re.compile(r"\b(?:down|up|higher|ahead|lower\w*|rais\w*|reduc\w*|shift\w*|mov\w*)\b[^.;\d]{0,12}\bby\s+$")
BASELINE = re.compile(rf"\bbaseline\b|\b{NO_PROMPT}|\b(?:below|under|above|from) (?:that|it)\b")
# "Between the pairs it is about 20 points or more".
AMONG_GROUPS = re.compile(
    r"\b(?:between|among|within|across) (?:the |these |those |both |each )?(?:two )?"
    r"(?:pairs?|groups?|clusters?|halves|strat(?:um|a)|tiers?|bands?)\b"
)
LIMIT = re.compile(r"\b(?:gates?|limits?|tolerance)\b[^.;\d]{0,12}$")  # "the gate (10 points)" is a declared one
OF_AN_INTERVAL = re.compile(r"\b(?:lowest|highest|lower|upper) limits?\b[^.;\d]{0,12}$")
FALSIFYING = re.compile(r"\bfalsif\w*|\bthreshold")
TIMES = re.compile(r"\d\s*(?:×|times\b)")  # "at 1.6 times the target. For PAIR #111 it is 2.4"
QUOTIENTS = ("share", "ratio", "relative")
WORKED_OUT = re.compile(r"\d+(?:\.\d+)? / \d+(?:\.\d+)?")
SURE = "count("  # what words that leave no doubt made be counted
CLOSE = 3  # how much wider than what it holds for a comparison of a rare derivation may be
OVER_SO_MANY = re.compile(r"\bover\s+(?:the\s+|all\s+)?$")  # "it is −28.73 over 1,003 pairs"
MANY_NUMBERS = 100  # nobody doubts the numbers of such a sentence one by one
UNNAMED_GROUPS = "the sentence speaks of groups that no name here stands for"
ONE_QUESTION = re.compile(r"\b(?:for|on|of) (?:the|one|a single) question\b(?!s)")
UNNAMED_QUESTION = "the sentence speaks of a question that it does not quote"
THE_ABOVE = re.compile(
    r"\s*(?:points?|%)?\s*(?:(?:told |quoted |mentioned )?above|from above|mentioned|quoted)\s*[,.;:)]"
)
TOLD_ELSEWHERE = "it was told of elsewhere in the text"
WINNERS = re.compile(r"\bwinners?\b|\bthose two\b|#\d{2,}|\bearlier\b|\btheir\b|\bboth of them\b")
EITHER_SIDE = re.compile(
    r"\b(?:on|to) (?:either|each) side\b|\beach way\b|\bin (?:each|either) direction\b|\bplus or minus\b"
)
HALF_WIDTHS = re.compile(r"\bhalf-?\s?widths?\b")
# "Same story in every cell, ratio 3.0 to 3.7".
IN_EVERY_CELL = re.compile(r"\b(?:every|each|all|eight|the) (?:\w+ )?cells?\b|\beverywhere\b|\bacross (?:the|all)\b")
EQUALS = re.compile(rf"(?P<metric>α|\balpha|\bc|(?P<name>{PLACE_CHAR}))\s*=\s*$|,\s*(?P<coherence>coherence)\s+$")
ITS_INTERVAL_BEHIND = re.compile(r"\s*(?:points\s*)?(?:±|[(\[]\s*(?:95\s?%|ci\b|se\b|[-−]?\d))")
ITS_NUMBER = re.compile(
    r"\bcoheren\w+\s*(?:=|of|is|:)?\s*\d[\d.]*|\b\d+\s+(?:judge\s+)?(?:errors?|failures?|failed|missing)\b"
)
STANDARD = re.compile(r"\bstandard errors?\b|\bse\b|\bnaive\b|\bclustered\b")
ANY_REFERENCE = re.compile(
    rf"#\d|\b(?:winners?|earlier|previous|former|before|baselines?|references?|untouched|unprompted|plain|default|rows?)\b|{NO_PROMPT}",
    re.IGNORECASE,
)
FACTOR = re.compile(r"\bfactors?\b|\btimes\b")
MARGINS = re.compile(r"\b(?:margins?|distances?)\b")
WITH_IT = re.compile(r"\b(?:tied|level|even|par) with (?:it|that|this)\b")
OF_INTERVALS = re.compile(r"\bintervals\b")
OF_HEAD = re.compile(
    rf"\s*(?:points?\s*)?(?:(?:above|below|over|from)\s+(?:the\s+)?{PLACE_CHAR}+\s*)?"
    rf"(?:(?:under|on|by|for|with)\s+{JUDGE_CHAR}+\s*)?[(\[,]\s*(?:with\s+(?:an?\s+)?)?"
    r"(?:95\s?%\s*)?(?:(?:confidence )?interval|ci)?\s*(?:of|from)?\s*[:,]?\s*[(\[]?"
)
BEFORE_BRACKET = re.compile(r"[^.;:,\d()\[\]]{1,60}[(\[]")  # "at −1.94 relative to that same baseline [−5.88, 2.00]"
# "They differ by 0.4 points, with an uncertainty of nearly 6 either way".
WITH_A_MARGIN = re.compile(
    r"(?:\s*points?)?,?\s*(?:±|(?:plus or minus|(?:with|and) an? (?:uncertainty|margin|error|half-?width"
    r"|standard error)"
    r" of)\s*(?:about|around|nearly|almost|roughly|some)?)\s*"
)
NOT_ONE = re.compile(r"\b(?:no|none|nowhere|never|neither)\b[^.;:,]*$")
OPPOSITE = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}
# Parts of a value that a number is only where words speak of them.
SPOKEN_OF = {
    "ci": re.compile(
        r"\bintervals?\b|\bcis?\b|\bc\.i\b|\bends?\b|\blimits?\b|\bbound\w*|\blower\b|\bupper\b|\breach\w*|\bstart"
    ),
    "half": re.compile(
        r"±|\bhalf|\bplus or minus\b|\bmargin|\bside\b|\bway\b|\bwid\w+|\buncertain|\bextend|\bdirection|\bnarrow"
        r"|(?<!standard )\berrors?\b|\bci\b"
    ),
    "se": re.compile(r"\bs\.?e\b|\berrors?\b"),
    "design_effect": re.compile(r"\bdesign\b|\binflat\w*|\bdeff\b|\bvarianc\w*|\bcluster\w*"),
    "effective_n": re.compile(r"\beffective\w*|\bindependent\w*|\bworth\b"),
}
OF_BREACHES = re.compile(r"^gate/\w+/(?:breached|places)$")  # "8 of 8 cells", where a breached gate is spoken of
ELSEWHERE = re.compile(r"\b(?<!each )(?:others?|else|elsewhere|otherwise|rest|remaining)\b")
OTHER_SO_MANY = re.compile(rf"\b(?:other|remaining)\s+(?P<many>{'|'.join(NUMBER_WORDS)}|\d{{1,2}})\b")
OF_THEM = re.compile(r"\s*of (?:them|these|those)\b")
ONLY_ONE = re.compile(r"\bthe only (?:cell|condition|prompt|one)\b[^.;\d]{0,20}$")
RISES_TO = re.compile(r"\b(?:rises?|goes|moves|becomes|climbs|increases|drops|falls)\s+to\s+$")
OF_ITS = re.compile(r"\b(?:below|above|from|to|than|of) (?:its|that|the same)\s+$")  # "23 points below its 88.82"
NEARER_TO = re.compile(r"\b(?:nearer|closer)\s+(?:to\s+|to\s+\d[\d.]*\s+than\s+to\s+)$")
MINUS_IT = re.compile(r"\bminus\s+(?:(?:the|this|that|same)\s+)*$|\s[−–-]\s+$")  # "Opus α minus 28.21"
MORE_OFTEN = re.compile(
    r"\b(?:more|less) (?:often|frequently)\b|\bone in (?:two|three|four|five|six|seven|eight|nine|ten|\d+)\b"
    r"|\b(?:times|half|third|quarter|twice) as (?:many|often)\b"
)
A_THRESHOLD = "it is a threshold that something is counted by, and not what was counted"
BEYOND_THE_SCALE = "it counts something that the sentence does not name, since no score is so high"
UNNAMED_OTHER = "the sentence does not say what it is compared with"


class Doubting(Stated):
    """A last chance for a number that everything before would call wrong, or could not find."""

    def doubted(self, found: Sequence[Finding]) -> Iterable[Finding]:
        """The findings, those that are wrong of what they were taken for as what else they are."""
        if len(self.s.spots) > MANY_NUMBERS:
            return found
        if any(self._quoted()):  # what is told of a question in words of its own was held against that question
            return [self._of_singles_alone(f) if self._is_doubtful(f) else f for f in found]
        once = self._doubted_once(found)
        self.right.update(value.fact for finding in once for value in finding.values)
        better = any(new.status != old.status for new, old in zip(once, found, strict=False))
        return self._doubted_once(once) if better else once  # with what was only now found right

    def _doubted_once(self, found: Sequence[Finding]) -> list[Finding]:
        done: list[Finding] = []
        self.sound = {f.start: f.facts for f in found if f.status in (EXACT, ROUNDS)}
        for finding in found:
            doubtful = self._is_doubtful(finding) and not self._is_worked_out(finding, done)
            head = next(
                (f for f in reversed(done) if f.facts != ("interval/level",)), None
            )  # "88.82, 95 % CI [87.43, …]"
            half = self._half_of(head, finding) or self._interval_of(head, finding) if head and doubtful else None
            done.append(half or (self._doubted(finding) if doubtful else self._of_a_gate(finding) or finding))
        return [f for f in done if not self._is_counted_by(f, done)]

    def _of_a_gate(self, finding: Finding) -> Finding | None:
        """ "The error-rate gate, 20 %, is fine": nothing else than the limit of a gate may stand there."""
        i = self.place_of(finding)
        before = self.s.low[: finding.start]
        limits = LIMIT.search(before) or cues.LIMIT_TIGHT.search(before)
        told = finding.status in (WRONG, UNMATCHED) and i >= 0 and limits is not None
        off = self.not_near_the_limit(self.s.spots[i]) if finding.status == WRONG and i >= 0 else None
        return off or (self.gate_told(self.s.spots[i]) if told else None)

    def _is_counted_by(self, finding: Finding, found: Sequence[Finding]) -> bool:
        """A threshold that another number was counted by claims nothing of its own."""
        counted = any(fact.startswith("count(") for f in found for fact in f.facts)
        if not counted or finding.status not in (WRONG, UNMATCHED) or self.place_of(finding) < 0:
            return False
        return self.s.spots[self.place_of(finding)].low.value in {limit for _, limit in thresholds(self.s.low)}

    def _half_of(self, head: Finding, finding: Finding) -> Finding | None:
        """ "The interval of Grid #3 is 45.5 ± 3.7": of the value before it, whatever that was first taken for."""
        fact = head.values[0].fact if len(head.values) == 1 else next(iter(head.facts), "")
        if WITH_A_MARGIN.fullmatch(self.s.low[head.end : finding.start]) is None:
            return None
        if (two := OF_TWO_PLACES.fullmatch(fact)) is not None:
            both = Where((two["one"],), (two["judge"],), (two["other"],))
            return self.hit(
                self.s.spots[self.place_of(finding)], list(self.m.answers.singles(Ask("diff", "half"), both))
            )
        half = self.m.answers.value(f"{fact}/half")
        return self.hit(self.s.spots[self.place_of(finding)], [Answer(half)] if half is not None else [])

    def _interval_of(self, head: Finding, finding: Finding) -> Finding | None:
        """ "The 28.21 (interval 25.97 to 30.45) comes from #98": of the right value before it."""
        spot = self.s.spots[self.place_of(finding)]
        between = self.s.low[head.end : finding.start]
        beside = OF_HEAD.fullmatch(between) is not None or BEFORE_BRACKET.fullmatch(between) is not None
        if not beside or not spot.is_range or head.status not in (EXACT, ROUNDS):
            return None
        fact = head.values[0].fact if len(head.values) == 1 else next(iter(head.facts), "")
        if (two := OF_TWO_PLACES.fullmatch(fact)) is not None:
            both = Where((two["one"],), (two["judge"],), (two["other"],))
            return self.hit(spot, list(self.m.answers.ranges(Ask("diff", "ci"), both)))
        if len(head.facts) != 1:
            return None
        ends = self.m.answers.both_ends(difference_in(head.facts[0]) or head.facts[0])
        return self.hit(spot, [Answer(*ends)] if ends is not None else [])

    def _is_doubtful(self, finding: Finding) -> bool:
        before = self.s.low[: finding.start]
        limit = cues.LIMIT_TIGHT.search(before) is not None or LIMIT.search(before) is not None
        of_interval = OF_AN_INTERVAL.search(before) is not None and "interval" in self.s.low
        by_so_much = cues.EXCEEDS_BY.search(before) is not None or OVER_BY.search(before) is not None
        limit = limit and not by_so_much and not of_interval
        doubtful = finding.status in (WRONG, UNMATCHED) and self.place_of(finding) >= 0
        doubtful = doubtful and not any(fact.startswith(SURE) for fact in finding.facts)
        doubtful = doubtful and finding.start not in self.held
        of_breaches = bool(finding.facts) and all(OF_BREACHES.search(fact) for fact in finding.facts)
        return doubtful and not limit and (of_breaches or not is_declared(finding))

    def _is_worked_out(self, finding: Finding, done: Sequence[Finding]) -> bool:
        """ "49 of 8,320 failed (0.4 %)": two right counts leave nothing else that their share may be."""
        told = any(WORKED_OUT.fullmatch(fact) for fact in finding.facts)
        told = told and OF_THEM.match(self.s.low, finding.end) is None  # "39 of 4,160, 77 % of them on Grid #2"
        return told and len(done) > 1 and all(f.status in (EXACT, ROUNDS) for f in done[-2:])

    def _doubted(self, finding: Finding) -> Finding:
        i = self.place_of(finding)
        compares = self.s.spots[i].operator is not None
        spot = self.s.spots[i]
        hit = self._compared_otherwise(i) or self.at_a_line(spot) or self.bounded_so(spot) if compares else None
        if not compares or OVER_SO_MANY.search(self.s.low[: self.s.spots[i].start]):
            hit = hit or self._something_else(i, finding)
        hit = hit or self.stated(self.s.spots[i])
        if hit is not None:
            return hit
        if (supposed := self.supposed(self.s.spots[i])) is not None:
            return supposed
        if finding.status != WRONG:
            return finding
        why = self._not_said(i)
        return finding._replace(status=UNMATCHED, expected="", facts=(), why=why) if why else finding

    def _only_compared(self, spot: Spot, where: Where) -> Finding | None:
        only = self._the_only_one(spot) or self.nothing_within(spot, where)
        return only or self.compared_of_some(spot) or self._compared_by_phrase(spot, where)

    def _compared_by_phrase(self, spot: Spot, where: Where) -> Finding | None:
        near = self.not_near_the_limit(spot) or self.no_closer_than(spot, where)
        return self.times_the_limit(spot) or near or self.all_within_in_x(spot)

    def _compared_otherwise(self, i: int) -> Finding | None:
        """A comparison of what few reports derive, where it holds for all and by no wide margin."""
        spot, where = self.s.spots[i], self.where(i, self.inquiries.get(i))
        ways = [where, replace(where, places=self.named_places(i) or where.places)]
        text = self.s.text.casefold()
        elsewhere = ELSEWHERE.search(text) is not None
        if elsewhere:
            ways += [replace(where, places=self.m.book.conditions, judges=self.m.own_judges)]
        if (only := self._only_compared(spot, where)) is not None:
            return only
        if TIMES_IT.match(self.s.low, spot.end):
            return self._over_naive_errors(spot, ways)
        if FACTOR.search(text) and (naive := self._over_naive_errors(spot, ways)) is not None:
            return naive
        for values in self._rarely_compared(i, ways):
            if elsewhere:  # "in every other cell the bounds are less than 1 point apart"
                told = self.cells_told()
                values = [v for v in values if cell_behind(v.fact) not in told] or values
            sizes = sorted(abs(v.value) for v in values)
            if (others := OTHER_SO_MANY.search(text)) is not None:  # "the other seven cells"
                sizes = sizes[: NUMBERS.get(others["many"])]
            holds = sizes and all(self._stands(spot, size) for size in sizes)
            if holds and spot.low.value <= CLOSE * max(sizes) and not (spot.percent or spot.is_range):
                return self.found(spot, EXACT, span_text([Answer(v) for v in values]), tuple(v.fact for v in values))
        return None

    def _rarely_compared(self, i: int, ways: Sequence[Where]) -> Iterator[list[Value]]:
        """What a threshold may be held against, a list for each kind."""
        spot, text = self.s.spots[i], self.s.text.casefold()
        for way in ways:
            yield from self.m.further.compared(self._own_words[0], way)
        if spot.points and self.s.frame.cue == "gap":  # "the difference stays below 20 for the first two"
            yield from (self.m.answers.values(Ask("gap"), way) for way in ways)
        if WINNERS.search(text):
            yield from self.of_winners(spot)
        yield from self.between_lines(spot)
        yield from self.told_again(spot)
        if MARGINS.search(text) and spot.points:
            judges = self.s.bind(i, JUDGE).ids or ways[0].judges
            yield self.m.answers.values(Ask("diff"), Where(self.m.book.conditions, judges, self.m.targets))

    def _over_naive_errors(self, spot: Spot, ways: Sequence[Where]) -> Finding | None:
        """ "Ignoring that would shrink the standard errors by a factor of 3 or more"."""
        told = STANDARD.search(f"{self.s.low} {self.s.frame.words}") is not None
        for values in (self.m.answers.values(Ask("alpha", "se_ratio"), way) for way in (ways if told else ())):
            if (
                values
                and all(self._stands(spot, v.value) for v in values)
                and spot.low.value <= CLOSE * values[0].value
            ):
                return self.found(spot, EXACT, span_text([Answer(v) for v in values]), tuple(v.fact for v in values))
        return None

    def _the_only_one(self, spot: Spot) -> Finding | None:
        """ "With 2.9 %, Grid #2 on Sonnet is the only cell above 2 %": no other one is, and it is."""
        if ONLY_ONE.search(self.s.low[: spot.start]) is None or spot.is_range:
            return None
        everywhere = Where(self.m.book.conditions, self.m.own_judges)
        asks = [Ask("alpha", "error_rate")] if spot.percent else [Ask("alpha", "errors"), Ask("alpha")]
        for ask in asks:
            values = self.m.answers.values(ask, everywhere)
            beyond = [v for v in values if self._stands(spot, v.value * (100 if v.percent else 1))]
            if len(beyond) == 1 and cell_behind(beyond[0].fact) in {cell_behind(f) for f in self._facts}:
                return self.found(spot, EXACT, span_text([Answer(beyond[0])]), (beyond[0].fact,))
        return None

    def _stands(self, spot: Spot, size: float) -> bool:
        """Whether a size stands so to a threshold, or is rounded to it: 0.163 is "at most 0.16"."""
        sign = str(spot.operator)
        if NOT_ONE.search(self.s.text[: spot.start].casefold()):  # "in no other cell do the bounds span more than 0.7"
            sign = OPPOSITE[sign]
        return COMPARE[sign](size, spot.low.value) or round(size, spot.low.places) == spot.low.value

    def _not_said(self, i: int) -> str:
        """Why a sentence does not say what its number is of; "" where it does."""
        compares, before = self.s.spots[i].operator is not None, self.s.low[: self.s.spots[i].start]
        if compares and FALSIFYING.search(self.s.low) and cues.PRONOUN.search(self.s.low):
            return UNNAMED_OTHER
        if ONE_QUESTION.search(self.s.low):
            return UNNAMED_QUESTION
        if self._is_beyond_the_scale(i):
            return BEYOND_THE_SCALE
        if THE_ABOVE.match(self.s.low, self.s.spots[i].end) and before.endswith("the "):
            return TOLD_ELSEWHERE
        if compares and MORE_OFTEN.search(self.s.low):
            return A_THRESHOLD
        return UNNAMED_GROUPS if AMONG_GROUPS.search(self.s.low) and not self._is_attached(i, PLACE) else ""

    def _is_beyond_the_scale(self, i: int) -> bool:
        """ "Both scored 4,111": a count of something, since no score is so high, whatever it was taken for."""
        spot, inquiry = self.s.spots[i], self.inquiries.get(i)
        scores = inquiry is not None and {a.base for a in inquiry.asks if not a.part} & {
            "alpha",
            "gap",
            "diff",
            "coherent",
        }
        whole = not (spot.percent or spot.is_range or spot.low.places or self._in_points(spot))
        return bool(scores) and not self.rules and whole and spot.low.value > HIGH and not self._said(i, carried=False)

    def _something_else(self, i: int, finding: Finding) -> Finding | None:
        if (tight := self._tight(i, finding)) is not None:
            return tight if tight.status != WRONG else None
        spot, where = self.s.spots[i], self.where(i, self.inquiries.get(i))
        said = self._said(i, carried=finding.status == WRONG)
        before = self.s.low[: spot.start]
        scores = {*said} <= {"gap", "apart"} and i in self.s.behind[JUDGE] and not self._in_points(spot)
        if scores and COHERENT.search(self.s.low):
            said = ()  # "on coherence the judges hardly differ: 72.9 from Sonnet and 72.5 from Opus"
        level = {"alpha", "coherent"} & set(said) and self.bases and not RISES_TO.search(before)
        words = f"{self._own_words[0]} {self.s.frame.cue or ''} {'' if level else self.s.frame.words}"
        inquiry, elsewhere = self.inquiries.get(i), list(self._bound_otherwise(i, where, said))
        found = (self.another_of(spot, bound, words, said) for bound in (where, *elsewhere))
        asks = inquiry.asks if inquiry is not None else ()
        own = ((ask, bound) for bound in elsewhere for ask in asks if bound.judges == where.judges)
        return (
            next((hit for hit in found if hit is not None), None)
            or self._first_hit(spot, own)
            or self._one_for_each_judge(i, where)
            or self._of_the_most(i, spot, where)
            or self._its_own(i, spot)
            or self._of_a_reference(i, spot, said)
            or self._gap_of_the_winners(i, spot)
            or self._of_the_whole(i, spot, words)
            or self._of_singles(i, spot, where)
            or self._from_references(i, spot, where)
            or (
                self._over_some(spot, replace(where, places=self.m.book.conditions), ["alpha"])
                if self._tells_groups
                else None
            )
            or self._like_its_neighbours(i, spot, where, said)
            or self.of_part_and_whole(i, spot, where)
            or self._beside_its_share(i, spot)
            or self._near_a_threshold(i, spot)
            or self._roughly_between(i, spot, where)
            or self._of_one_judge(i, spot, where)
            or (
                self._the_target(spot)
                if finding.status == UNMATCHED
                or MINUS_IT.search(before)
                or OF_ITS.search(before)
                or cues.COMPARED_NUMBER.search(before)
                or NEARER_TO.search(before)
                else None
            )
            or self._between_ends(spot)
            or self.wider(i, spot, where)
            or self.all_over(i, spot, where)
            or self.besides(i, spot, where)
            or self.beside_what_was_told(i, spot, where)
            or self.of_distances(i, spot, where)
            or self.by_clause(i, spot, where)
            or self.counted_of_some(i, spot)
            or self.remarked(i, spot, where)
            or self.turned_so(i, spot, where)
            or self.going_on(i, spot, where)
            or self.grouped(i, spot, where)
            or self.parted(i, spot, where)
        )

    def _tight(self, i: int, finding: Finding) -> Finding | None:
        """ "α = 67.5, coherence 72.9": the metric, or the noun, stands at it; what else it may be, or the finding.

        What the sentence tells of other metrics by a number of their own says nothing about this one.
        """
        spot, where = self.s.spots[i], self.where(i, self.inquiries.get(i))
        errors = cues.NOUN["errors"].match(self.s.low, spot.end) is not None and not spot.percent
        equals = EQUALS.search(self.s.low[: spot.start]) if not spot.is_range else None
        apart = cues.DIFFERS_FROM.search(self.s.low[: spot.start]) is not None
        if finding.status == WRONG and not apart and self._is_of_a_reference_alone(spot):
            return self._of_a_reference(i, spot, ()) or finding
        if finding.status != WRONG or not (equals is not None or (errors and not spot.low.value)):
            return None
        words = f"{ITS_NUMBER.sub(' ', self.s.low)} {ITS_NUMBER.sub(' ', self.s.frame.words)}"
        if equals is None:
            return finding
        said = self._equal_to(i, equals)
        other = self._of_a_reference(i, spot, said) if said == ("x",) else None
        return self.another_of(spot, where, words, said) or other or finding

    def _equal_to(self, i: int, equals: re.Match[str]) -> tuple[str, ...]:
        """The metric before "=", or that which a name stands for there: "Grid #2 = 45.84"."""
        inquiry = self.inquiries.get(i)
        if equals["name"]:
            return tuple(ask.base for ask in inquiry.asks[:1]) if inquiry is not None else ("alpha",)
        return ("coherent",) if equals["coherence"] else ("x",) if equals["metric"] == "c" else ("alpha",)

    def another_of(self, spot: Spot, where: Where, words: str, said: Sequence[str]) -> Finding | None:
        """A number of these conditions and judges that `words` speak of; `said` are metrics that are named for it."""
        plain = spot.low.places and not spot.percent  # no count has decimals
        said = () if set(said) & {*COUNTS} and plain else said
        before = self.s.frame.places.ids
        named = (p for m in self.s.mentions if m.kind == PLACE for p in m.ids)
        compared = [p for m in self.s.compared for p in m.ids if p in self.m.book.references]
        told = compared or self._references_named() or {*before} & {*self.m.book.references} or self.s.frame.others
        spoken = self.m.book.references if not told or self._is_of_a_reference else ()
        others = dict.fromkeys(compared or (*where.others, *named, *before, *self.m.targets, *spoken))
        wide = replace(where, others=tuple(others))
        asks = [(a, wide) for f in families(said, is_range=spot.is_range) if f.words.search(words) for a in f.asks]
        asks = [(ask, w) for ask, w in asks if said or spot.is_range or self._may_be(ask.part, words)]
        if ITS_INTERVAL_BEHIND.match(self.s.low, spot.end) and not spot.is_range:
            asks = [(ask, w) for ask, w in asks if ask.part not in ("ci", "bound")]  # it is no end of an interval
        asks = [(ask, w) for ask, w in asks if ask.base not in QUOTIENTS or self._is_spoken_of(ask.part)]
        if TIMES_IT.match(self.s.low, spot.end):
            asks = [(ask, w) for ask, w in asks if ask.base in QUOTIENTS or ask.part == "se_ratio"]
        if spot.is_range and ("diff" in said or (not said and APART_WORDS.search(words))):
            asks += [(Ask("diff"), where), *((Ask("diff"), replace(where, others=(other,))) for other in others)]
        if self._in_points(spot) and (references := self._references_named()):
            asks.append((Ask("diff"), replace(where, others=references)))
        if "diff" in said and WITH_IT.search(self._own_words[1]):
            asks.append((Ask("diff"), replace(where, others=before)))
        if spot.is_range and HALF_WIDTHS.search(self.s.low):
            asks.append((Ask("alpha", "half"), where))
        if "diff" in said and BASELINE.search(self.s.low):
            asks += [(Ask("diff"), wide), (Ask("diff", "ci"), wide)]
        return self._first_hit(spot, asks) or self._than_before(spot, where)

    @cached_property
    def _is_of_a_reference(self) -> bool:
        return ANY_REFERENCE.search(f"{self.s.low} {self.s.frame.words}") is not None

    @staticmethod
    def _may_be(part: str, words: str) -> bool:
        """Whether words speak of this part of a value, where it is one that nobody means without a word for it."""
        return part not in SPOKEN_OF or SPOKEN_OF[part].search(words) is not None

    def _gap_of_the_winners(self, i: int, spot: Spot) -> Finding | None:
        """ "The gaps from #98 are small. 0.80 and 2.36 look great next to ours": how far judges were apart there."""
        words = self.s.frame.words
        earlier = SILENT_CHAR in words or WINNERS.search(words) is not None  # "#98" is masked
        told = earlier and any(c.kind == "gap" for c in self.m.lexicon.bases(words))
        alone = spot.low.places and not spot.is_range and not self.named_places(i)
        return self._first_hit(spot, [(Ask("gap"), Where(self.m.vocabulary.old, ()))]) if told and alone else None

    def _than_before(self, spot: Spot, where: Where) -> Finding | None:
        """ "PAIR #111 and Grid #1 … Grid #2 and Grid #3 are about 20 points lower": than what was told of before."""
        before = self.s.low[: spot.start]
        changed = TO_NOBODY.match(self.s.low, spot.end) or CHANGED_BY.search(before)
        compared = self.s.compared or BASELINE.search(before) or not changed
        other = replace(where, others=tuple(p for p in self.s.frame.places.ids if p not in where.places))
        found = [] if compared else [*self._ranges(Ask("diff"), other), *self.m.answers.singles(Ask("diff"), other)]
        return self.hit(spot, [a for a in found if (a.high is not None) == spot.is_range])

    def _is_spoken_of(self, metric: str) -> bool:
        """Whether a part of something may be one of this metric: of the one that is named, else of α."""
        before = {c.kind for c in self.m.lexicon.bases(self.s.frame.words)} if not self.bases else set()
        named = {c.kind for c in self.bases} & {"x", "coherent", "alpha"} or {self.s.frame.cue or "alpha"}
        return metric in named | before

    def _bound_otherwise(self, i: int, where: Where, said: Sequence[str]) -> Iterator[Where]:
        """Other judges of the sentence; for counts all of them."""
        yield from (replace(where, judges=judges) for judges in self._judges_otherwise(i) if judges != where.judges)
        as_often = TIMES_IT.match(self.s.low, self.s.spots[i].end) is not None
        compared = {*where.places} <= {*self.m.book.references} and (as_often or not self._is_next_to(i, PLACE))
        over_all = self.s.spots[i].is_range and not self._is_next_to(i, PLACE)
        if self._is_of_some(i) or compared or over_all:
            yield replace(where, places=self.m.book.conditions)
        inquiry = self.inquiries.get(i)
        halves = (
            "half" in said
            or EITHER_SIDE.search(self.s.low)
            or HALF_WIDTHS.search(self.s.low)
            or (inquiry is not None and any(a.part == "half" for a in inquiry.asks))
        )
        everywhere = halves or IN_EVERY_CELL.search(self.s.text.casefold())
        if everywhere and self.s.spots[i].is_range and not self._is_next_to(i, PLACE):
            yield Where(self.m.book.conditions, self.m.own_judges, where.others)
        one_each = len(self.s.runs.get(i, [i])) > 2  # "n = 1,036, 1,039, 1,010 and 1,036": each of its own
        if self._is_whole_number(self.s.spots[i]) and self.s.spots[i].low.value >= HIGH and not one_each:
            yield from (replace(where, places=(place,)) for place in self.named_places(i))
            if not self._is_next_to(i, JUDGE):
                yield Where(self.m.book.conditions, self.m.own_judges, where.others)
        asked = {ask.part for ask in inquiry.asks} if inquiry is not None else set()
        if not self._is_attached(i, JUDGE) and {"errors", "judgements"} & {*said, *asked}:
            yield Where(self.named_places(i) or where.places, self.m.own_judges, where.others)

    def _judges_otherwise(self, i: int) -> Iterator[tuple[str, ...]]:
        """Two numbers may be one for each judge, or both of the judge told before; judges named farther off."""
        run, named = self.s.runs.get(i, [i]), [m for m in self.s.mentions if m.kind == JUDGE]
        if len(run) == 2 == len(self.s.pair) and not named:
            yield from ((judge,) for judge in self.s.pair)
        alone = dict.fromkeys(m.ids for m in named if not m.every)
        if len(alone) > 1 and not self._is_attached(i, JUDGE):
            yield from alone

    def _said(self, i: int, *, carried: bool) -> tuple[str, ...]:
        """The metric that stands right beside a number, or its list; the one before that a pronoun takes up."""
        spot, before = self.s.spots[i], self.s.low[: self.s.spots[i].start]
        if (right := self._right_cue(i, spot)) is not None:
            return ("gap" if right.kind == "apart" else right.kind,)
        if (
            counted := next((k for k, noun in cues.NOUN.items() if noun.match(self.s.low, spot.end)), None)
        ) is not None:
            return (counted,)
        if before.rstrip().endswith("±") or ITS_OWN.search(before):
            return ("half",) if before.rstrip().endswith("±") else ("alpha",)
        naive = NAIVE.search(self.s.low) is not None  # "the naive standard error would be 0.66" tells of no bound
        known = [c for c in (*self.bases, *self.parts) if not self._is_verb(c) and not (naive and c.kind == "bound")]
        cue = last_before(known, spot.start)
        if cue is None:
            taken_up = carried and self.s.frame.cue is not None and cues.ANAPHOR.search(before) is not None
            taken_up = taken_up and not TIMES.search(self.s.frame.words)
            taken_up = taken_up and not (spot.is_range and OF_INTERVALS.search(self.s.frame.words))
            counts = self.s.frame.cue in COUNTS and spot.low.places > 0
            return (str(self.s.frame.cue),) if taken_up and not counts else ()
        kind = "gap" if cue.kind == "apart" else cue.kind
        return (kind,) if self._is_glued(cue, spot) else ()

    def _is_glued(self, cue: Cue, spot: Spot) -> bool:
        between = self.s.low[cue.end : spot.start]
        inside = between.partition(")")[0]
        if between.count(")") > between.count("(") and any(letter.isdigit() for letter in inside):
            return False  # "(95 % interval 13.54 to 18.76), 28.73 for Grid #2": what stands in brackets is over
        aside = cue.kind in APART and "(" in between and A_NUMBER.search(self.s.low[: cue.start]) is not None
        return GLUE.fullmatch(between) is not None and not aside

    def _is_verb(self, cue: Cue) -> bool:
        """ "Are the answers coherent? PAIR #111 scores 72.92": what is scored was told before."""
        told = self.s.frame.cue not in (None, "alpha")
        return told and self.s.low[cue.start : cue.end].startswith("scor")
