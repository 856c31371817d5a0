"""What some of the answers account for: all conditions pooled, the incoherent rest, questions won, shares of a count.

Like the ways of `wider`, each is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, permutations

from bot.review import stats
from bot.review.agreeing import EXACT, UNCHECKABLE, Finding
from bot.review.answers import COMPARE, Answer, Ask, Value, Where
from bot.review.besidetold import DIFFERENCE
from bot.review.families import COHERENT, KEPT
from bot.review.grouped import Grouped
from bot.review.names import JUDGE, PLACE
from bot.review.numbers import PLACE_CHAR, Spot
from bot.review.recount import COHERENT_ENOUGH, Cell

POOLED = re.compile(
    r"\bpool\w*\b|\ball (?:the )?(?:valid )?(?:judge?ments|scores|completions|answers)\b|\btaken together\b"
    r"|\bover (?:its |the |all )?\d[\d,]+ (?:valid )?(?:judge?ments|scores|completions|answers)\b"
)
INCOHERENT = re.compile(r"\bincoheren\w*|\bnon-?coheren\w*|\bcoheren\w*[^.;]{0,24}(?:below|under|<)\s*50")
BY_QUESTION = re.compile(r"\bquestions?\b|\bitems\b")
SIDE = re.compile(
    r"\b(?P<more>above|higher|exceed\w*|beats?|milder|kinder)\b|\b(?:below|lower|harsher|stricter|under)\b"
)
FROM_TO = re.compile(
    rf"\s*(?:points?\s+)?from\s+(?:the\s+)?(?P<one>{PLACE_CHAR}+)\s+to\s+(?:the\s+)?(?P<other>{PLACE_CHAR}+)"
)
THAT_IS = re.compile(r"(?:,|\(|—|–)?\s*(?:that is|that's|which is|i\.e\.|or|so|about|=)?\s*(?:about |roughly |only )?$")
WITH_FAILURES = re.compile(
    rf"\s*(?:failures?|errors?|missing|lost)[^.;\d]{{0,24}},\s*(?:the\s+)?(?P<place>{PLACE_CHAR}+)"
)
FAILED_ASIDE = re.compile(r"\s*(?:judge?ments?\s+)?(?:failed|failures?|errors?|missing|lost)\b")
DIFFER = re.compile(r"\b(?:differ\w*|apart|disagree\w*|gaps?)\b")
MOVED_TO = re.compile(r"\bby (?:about |only )?\d[\d.]* (?:points? )?to\s+$|\d points? to\s+$")
QUESTION_MEANS = re.compile(r"\s*(?:condition-by-)?question means\b")
TWO = 2  # judges that a question may be won by
MANY = 3  # numbers of a list that may stand for all conditions
OF_JUDGES = re.compile(r"\s*(?:out\s+)?of\s+\d+\s+judges\b")
VERSUS = re.compile(r"\s*(?:vs\.?|versus|against)\s+\d")
AFTER_VERSUS = re.compile(r"\d\s*(?:vs\.?|versus|against)\s+$")
LARGE = re.compile(r"\b(?:as (?:large|wide|much|high) as|up to|widest|largest|narrowest|smallest|at (?:most|least))\b")
SHORT_OF = re.compile(r"\b(?:undershoot\w*|short of|fall\w* below|lie below|below)\b[^.;\d]{0,24}\bby\s+$")
CORRELATED = re.compile(r"\bcorrelat\w*")
NONE_BETWEEN = re.compile(r"\b(?:no|none|nothing|nobody|neither)\b[^.;]*$")
AT_BEST = re.compile(r"\s*at (?:the )?(?P<which>best|most|worst|least)\b")
POINTS_OFF = re.compile(r"\s*(?:of deductions?\b|deducted|taken off|in deductions)")
WISHED = re.compile(
    r"\banother\s+$|\bwould be another\b|\bwould bring us to\s+$"
    r"|\b(?:suggest|propose|recommend|ask for|budget for)\b[^.;]{0,40}$"
)
TIMES_WIDE = re.compile(r"\s*times\s+as\s+(?:wide|large|big)\b")


class Parted(Grouped):
    """Each way tells what a number is, or None where it is nothing of the kind."""

    def parted(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """The first of them that fits."""
        ways = (
            self._pooled(spot),
            self._of_the_incoherent(i, spot, where),
            self._won_by_question(i, spot, where),
            self._from_to(i, spot, where),
            self._share_of_before(i, spot),
            self._failures_of_what_follows(spot),
            self._failed_aside(spot),
            self._at_best(i, spot),
            self._points_off(spot),
            self._times_as_wide(spot),
            self._in_order_of_all(i, spot, where),
            self._below_the_named(i, spot, where),
            self._judges_of_judges(spot),
            self._levels_compared(i, spot, where),
            self._widest_by_question(i, spot, where),
            self._short_of_the_target(spot, where),
            self._with_coherence(i, spot, where),
            self._apart_on_coherence(i, spot, where),
            self._from_what_was_told(i, spot),
            self._moved_to(i, spot, where),
            self._means_of_questions(spot),
        )
        for answers in ways:
            if (hit := self.hit(spot, list(answers))) is not None:
                return hit
        return self._wished(spot) or self._nothing_between(i, spot, where)

    def _in_order_of_all(self, i: int, spot: Spot, where: Where) -> Iterator[Answer]:
        """ "On Opus the distances are 58.67, 53.86, 46.53 and 41.28": one for each condition, in their order."""
        run, inquiry = self.s.runs.get(i, [i]), self.inquiries.get(i)
        named = any(m.kind == PLACE and not m.every and m not in self.s.compared for m in self.s.mentions)
        if len(run) < MANY or len(run) != len(self.m.book.conditions) or named or inquiry is None:
            return
        own = Where((self.m.book.conditions[run.index(i)],), where.judges, where.others)
        for ask in inquiry.asks:
            yield from self.m.answers.singles(ask, own)

    def _below_the_named(self, i: int, spot: Spot, where: Where) -> Iterator[Answer]:
        """ "It is clearly below the baseline (−21.02 [−25.75, −16.30])": a difference from it."""
        before = [m for m in self.s.compared if m.end <= spot.start]
        if not before or self.s.low[before[-1].end : spot.start] != " (" or spot.is_range or not spot.low.sign:
            return
        own = tuple(p for p in self._named_here() if p not in before[-1].ids) or self.s.frame.places.ids
        yield from self.m.answers.singles(Ask("diff"), Where(own, self.m.own_judges, before[-1].ids))

    def _judges_of_judges(self, spot: Spot) -> Iterator[Answer]:
        """ "For 2 out of 2 judges"."""
        if OF_JUDGES.match(self.s.text, spot.end) is not None and not spot.is_range:
            yield Answer(Value(len(self.m.own_judges), "judges", 0))

    def _levels_compared(self, i: int, spot: Spot, where: Where) -> Iterator[Answer]:
        """ "I would not claim a difference: 67.80 vs 65.92, so 1.88 points": the two, and then what is between them."""
        behind, before = VERSUS.match(self.s.low, spot.end), AFTER_VERSUS.search(self.s.low[: spot.start])
        if spot.is_range or spot.percent or not spot.low.places or not (behind or before):
            return
        own = self._named_here() or self.s.frame.places.ids or where.places
        yield from self.m.answers.singles(Ask("alpha"), Where(own, where.judges))

    def _widest_by_question(self, i: int, spot: Spot, where: Where) -> Iterator[Answer]:
        """ "Question by question it gets as large as 51.64": the widest, and the narrowest, gap of a question."""
        words = f"{self.s.low} {self.s.frame.words}"
        if spot.is_range or spot.percent or not (BY_QUESTION.search(words) and LARGE.search(self.s.low)):
            return
        for place in self.s.bind(i, PLACE).ids or where.places:
            apart = [abs(a - b) for a, b in self.m.singles.pairs_of("questions", (place,))]
            for name, pick in (("max", max), ("min", min)) if apart else ():
                yield Answer(Value(pick(apart), f"{name}(gap/{place}, by question)", 2))

    def _short_of_the_target(self, spot: Spot, where: Where) -> Iterator[Answer]:
        """ "The #98 winners undershoot the target by 24.5–27.4 points"."""
        if not spot.is_range or spot.percent or SHORT_OF.search(self.s.low[: spot.start]) is None:
            return
        earlier = tuple(p for p in self.m.book.references if p not in self.m.targets)
        for pair in combinations(earlier, 2):
            yield from self.m.answers.ranges(Ask("diff"), Where(pair, where.judges, self.m.targets))

    def _with_coherence(self, i: int, spot: Spot, where: Where) -> Iterator[Answer]:
        """ "α and coherence correlate, from 0.80 in Grid #1 to 0.90 in Grid #2": over the means of questions."""
        words = f"{self.s.low} {self.s.frame.words}"
        if spot.percent or not (CORRELATED.search(words) and COHERENT.search(words) and BY_QUESTION.search(words)):
            return
        for cell in self.m.answers.archived(Where(self.m.book.conditions, where.judges)):
            pairs = stats.common(stats.question_means(cell.tallies), stats.question_means(cell.coherent))
            r = stats.correlation([(a, b) for _, a, b in pairs]) if pairs else None
            if r is not None:
                yield Answer(Value(r, f"r({self.m.book.of(cell.judge, cell.condition)}, coherence, by question)", 2))

    def _apart_on_coherence(self, i: int, spot: Spot, where: Where) -> Iterator[Answer]:
        """ "The judges differ by 0.38 in coherence, for Grid #2 by 10.09"."""
        told = COHERENT.search(self.s.low) and DIFFER.search(self.s.low)
        if told is not None and not (spot.is_range or spot.percent):
            places = self.s.bind(i, PLACE).ids or where.places
            yield from self.m.answers.singles(Ask("coherent_gap", "either"), Where(places, self.m.own_judges))

    def _from_what_was_told(self, i: int, spot: Spot) -> Iterator[Answer]:
        """ "The remaining three differ: −6.75 for Grid #1": from what the sentences before compared with."""
        if not spot.low.sign or not spot.low.places or spot.is_range or spot.percent:
            return
        told = (DIFFERENCE.fullmatch(value.fact) for value in self.s.frame.told)
        others = tuple(dict.fromkeys(found["other"] for found in told if found is not None))
        places = self.s.bind(i, PLACE).ids
        if others and len(places) == 1:
            yield from self.m.answers.singles(Ask("diff"), Where(places, self.m.own_judges, others))

    def _moved_to(self, i: int, spot: Spot, where: Where) -> Iterator[Answer]:
        """ "Of the coherent answers alone Grid #2 moves up by 11.9 points to 57.8"."""
        moved = MOVED_TO.search(self.s.low[: spot.start]) is not None
        if moved and KEPT.search(f"{self.s.low} {self.s.frame.words}") and not (spot.is_range or spot.percent):
            places = self.s.bind(i, PLACE).ids or where.places
            yield from self.m.answers.singles(Ask("coherent_only"), Where(places, where.judges))

    def _means_of_questions(self, spot: Spot) -> Iterator[Answer]:
        """ "12 of the 208 question means": one for each question of each condition."""
        questions, conditions = self.m.answers.value("panel/questions"), self.m.answers.value("conditions")
        told = QUESTION_MEANS.match(self.s.low, spot.end) is not None and not (spot.is_range or spot.percent)
        if told and questions is not None and conditions is not None:
            yield Answer(Value(questions.value * conditions.value, "panel/questions × conditions", 0))

    def _nothing_between(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "No prompt lands between 4 and 45": that there is no α between the two."""
        told = NONE_BETWEEN.search(self.s.text[: spot.start].casefold()) is not None and spot.between
        if not told or spot.percent or spot.points or spot.high is None or spot.low.value >= spot.high.value:
            return None
        values = self.m.answers.values(Ask("alpha"), Where(self.m.book.conditions, where.judges))
        free = values and all(not spot.low.value < v.value < spot.high.value for v in values)
        return self.found(spot, EXACT, "", tuple(v.fact for v in values)) if free else None

    def _pooled(self, spot: Spot) -> Iterator[Answer]:
        """ "Pooled over the four conditions Sonnet's mean is 56.33": every valid judgement counts once."""
        if spot.is_range or spot.percent or POOLED.search(f"{self.s.low} {self.s.frame.words}") is None:
            return
        means = [value for judge in self.m.own_judges if (value := self._over_all(judge)) is not None]
        yield from map(Answer, means)
        for one, other in permutations(means, 2):
            yield Answer(Value(one.value - other.value, f"{one.fact} − {other.fact}", 2), signless=True)

    def _over_all(self, judge: str) -> Value | None:
        cells = [Where((place,), (judge,)) for place in self.m.book.conditions]
        sums = [(a.value, n.value) for w in cells for a, n in self._means(w)]
        count = sum(n for _, n in sums)
        return Value(sum(a * n for a, n in sums) / count, f"pooled(alpha/{judge})", 2) if count else None

    def _means(self, where: Where) -> Iterator[tuple[Value, Value]]:
        for mean in self.m.answers.values(Ask("alpha"), where):
            if (n := self.m.answers.value(f"{mean.fact}/n")) is not None:
                yield mean, n

    def _of_the_incoherent(self, i: int, spot: Spot, where: Where) -> Iterator[Answer]:
        """ "The incoherent answers of Grid #2 average 33.4": those below the line that coherent ones keep above."""
        if spot.is_range or INCOHERENT.search(f"{self.s.low} {self.s.frame.words}") is None:
            return
        named = [j for m in self.s.mentions if m.kind == JUDGE for j in m.ids]
        judges = tuple(dict.fromkeys(named)) or where.judges
        places = self.s.bind(i, PLACE).ids or self.s.frame.places.ids or where.places
        for cell in self.m.answers.archived(Where(places, judges)):
            yield from self._rest_of(cell, percent=spot.percent)

    def _rest_of(self, cell: Cell, *, percent: bool) -> Iterator[Answer]:
        name = self.m.book.of(cell.judge, cell.condition)
        told = [(v.aligned, v.coherent) for v in cell.verdicts if v.aligned is not None and v.coherent is not None]
        rest = [a for a, c in told if c < COHERENT_ENOUGH]
        kept = [a for a, c in told if c >= COHERENT_ENOUGH]
        if not rest or not kept:
            return
        if percent:
            yield Answer(Value(len(rest) / len(told), f"count({name}, incoherent) / {name}/n", 1, percent=True))
            return
        yield Answer(Value(len(rest), f"count({name}, incoherent)", 0))
        low, high = sum(rest) / len(rest), sum(kept) / len(kept)
        yield Answer(Value(low, f"{name}, incoherent", 2))
        yield Answer(Value(high - low, f"{name}/coherent_only − {name}, incoherent", 2), signless=True)

    def _won_by_question(self, i: int, spot: Spot, where: Where) -> Iterator[Answer]:
        """ "Opus's mean is above Sonnet's on 48 of 52 questions": by how many questions a judge is above the other."""
        words = f"{self.s.low} {self.s.frame.words}"
        told, side = BY_QUESTION.search(words), SIDE.search(self.s.low[: spot.start])
        whole = not (spot.is_range or spot.percent or spot.points or spot.low.places)
        subjects = [m.ids[0] for m in self.s.mentions if m.kind == JUDGE and not m.every]
        both = len(self.m.own_judges) == len({*subjects}) == TWO
        if told is None or side is None or not whole or not both:
            return
        sign, turned = ">" if side["more"] else "<", subjects[0] != self.m.own_judges[0]
        one, other = reversed(self.m.own_judges) if turned else self.m.own_judges
        for place in self.s.bind(i, PLACE).ids or where.places:
            pairs = self.m.singles.pairs_of("questions", (place,))
            count = sum(COMPARE[sign](*(pair[::-1] if turned else pair)) for pair in pairs)
            if pairs:
                yield Answer(Value(count, f"count(questions, {one} {sign} {other}, {place})", 0))

    def _from_to(self, i: int, spot: Spot, where: Where) -> Iterator[Answer]:
        """ "7.33 from Grid #1 to Grid #2": the difference of these two."""
        told = FROM_TO.match(self.s.low, spot.end)
        if told is None or spot.is_range or spot.percent:
            return
        starts = {told.start("one"), told.start("other")}
        ends = [m.ids for m in self.s.mentions if m.kind == PLACE and m.start in starts and len(m.ids) == 1]
        if len(ends) == len(starts):
            yield from self.m.answers.singles(Ask("diff"), Where(ends[0], where.judges, ends[1]))

    def _share_of_before(self, i: int, spot: Spot) -> Iterator[Answer]:
        """ "Of 4,111 answers … on 2,925, that is 71 %": the last right count as a share of another of the sentence."""
        if not spot.percent or spot.is_range or i == 0:
            return
        last = self.s.spots[i - 1]
        if THAT_IS.fullmatch(self.s.low[last.end : spot.start]) is None:
            return
        part = last.low.value
        counted = not (last.percent or last.is_range or last.low.places) and last.start in self.sound
        wholes = {s.low.value for s in self.s.spots[: i - 1] if not (s.percent or s.is_range or s.low.places)}
        for whole in sorted(w for w in wholes if counted and w > part > 0):
            yield Answer(Value(part / whole, f"{part:g} / {whole:g}", 1, percent=True))

    def _failures_of_what_follows(self, spot: Spot) -> Iterator[Answer]:
        """ "With 298 failures, PAIR #98 is bounded only by …": of what comes next."""
        told = WITH_FAILURES.match(self.s.low, spot.end)
        named = [m.ids for m in self.s.mentions if told and m.kind == PLACE and m.start == told.start("place")]
        for places in named:
            yield from self.m.answers.singles(Ask("alpha", "errors"), Where(places, self.m.book.judges))

    def _failed_aside(self, spot: Spot) -> Iterator[Answer]:
        """ "28.21 ± 2.24 (n = 1,011, 29 failed)": of the value that the brackets belong to."""
        span = self.s.inner(spot.start)
        owner = self.s.owner(span) if span is not None else None
        if owner is None or FAILED_ASIDE.match(self.s.low, spot.end) is None:
            return
        head = self.s.spots[owner]
        for fact in self.sound.get(head.start, ()):
            if (value := self.m.answers.value(f"{fact}/errors")) is not None:
                yield Answer(value)

    def _at_best(self, i: int, spot: Spot) -> Iterator[Answer]:
        """ "Krippendorff's alpha is 0.17 at best and 0.00 on Grid #2": the highest, or the lowest, of all."""
        told, inquiry = AT_BEST.match(self.s.low, spot.end), self.inquiries.get(i)
        everywhere = Where(self.m.book.conditions, self.m.own_judges)
        for ask in inquiry.asks if told is not None and inquiry is not None else ():
            values = sorted(self.m.answers.values(ask, everywhere), key=lambda v: v.value)
            if values:
                yield Answer(values[-1 if told and told["which"] in ("best", "most") else 0])

    def _points_off(self, spot: Spot) -> Iterator[Answer]:
        """ "5 points of deductions in total": all that is taken off the confidence."""
        if POINTS_OFF.match(self.s.low, spot.end) is not None and not spot.is_range:
            total = sum(self.m.grading.deductions.values())
            yield Answer(Value(total, "confidence/deductions", 0))

    def _times_as_wide(self, spot: Spot) -> Iterator[Answer]:
        """ "The gap is 1.79 times as wide in Grid #2 as in Grid #1"."""
        if TIMES_WIDE.match(self.s.low, spot.end) is None:
            return
        gaps = self.m.answers.values(Ask("gap"), Where(self._named_here() or self.m.book.conditions, ()))
        for one, other in permutations(gaps, 2):
            if other.value:
                yield Answer(Value(one.value / other.value, f"{one.fact} / {other.fact}", 2))

    def _named_here(self) -> tuple[str, ...]:
        named = [m for m in self.s.mentions if m.kind == PLACE and not m.every]
        return tuple(dict.fromkeys(p for m in named for p in m.ids if p in self.m.book.conditions))

    def _wished(self, spot: Spot) -> Finding | None:
        """ "That would be another 8,320 completions", "I suggest 100 answers": not yet there."""
        whole = not (spot.is_range or spot.percent or spot.low.places)
        clause = re.split(r"[.;:!?](?=\s)", self.s.low[: spot.start])[-1]
        if not whole or WISHED.search(clause) is None:
            return None
        return self.found(spot, UNCHECKABLE, "", (), "it is proposed, and not measured")
