"""What the archive replies to an inquiry, and whether the number agrees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.review import cues
from bot.review.agreeing import EXACT, UNMATCHED, WRONG, Finding, facts_behind, size_of, span_text, tolerance
from bot.review.answers import COMPARE, Answer, Ask, Value, Where
from bot.review.cues import Cue, last_before
from bot.review.inquiring import Inquiring
from bot.review.names import JUDGE, NUMBER_WORDS, PLACE
from bot.review.numbers import JUDGE_CHAR, PLACE_CHAR, Spot
from bot.review.scope import Inquiry

COUNTS = (
    "questions",
    "n",
    "judgements",
    "errors",
    "panel/questions",
    "panel/samples",
    "conditions",
    "cells",
    "seeds",
    "judges",
)
LOOSE = (
    Ask("alpha"),
    Ask("gap"),
    Ask("x"),
    Ask("diff"),
    Ask("alpha", "n"),
    Ask("alpha", "judgements"),
    Ask("mean", "alpha"),
)
LOOSE_RANGES = (
    Ask("alpha", "ci"),
    Ask("alpha", "bound"),
    Ask("gap", "ci"),
    Ask("diff", "ci"),
    Ask("gap"),
    Ask("alpha"),
)


WIDE = (
    *LOOSE, Ask("coherent"), Ask("coherent_only"), Ask("gap_paired"), Ask("alpha", "se"), Ask("alpha", "naive_se"),
    Ask("alpha", "half"), Ask("alpha", "bound"),
)  # fmt: skip
WIDE_RANGES = (*LOOSE_RANGES, Ask("coherent", "ci"), Ask("gap_paired", "ci"))
BECOMES = re.compile(r"\d\s*(?:becomes|→|-+>|(?:goes|moves|rises|climbs) (?:up )?to)\s*$")
RESTRICTED = re.compile(r"\b(?:restrict|keep|kept|drop|leav|limit|throw|discard|filter)\w*\b")
EXTREME = re.compile(r"\bup to\s*$|\bas (?:much|many|high|low|wide|few|little) as\s*$")
OVER_ALL = re.compile(
    r"\b(?:measur\w+|means?|averag\w+|scor\w+|comput\w+|evaluat\w+|summed|pooled|taken|alpha)\b[^.;,\d]{0,24}\bover\s*$"
    r"|α\s+over\s*$|\(\s*over\s*$"
)
DECLARED = re.compile(
    r"\b(?:gates?|limits?|tolerance)\s*[(:=][^()\d]*$"
)  # "the judge gate (no more than 10 points apart)"
PREDICTED = re.compile(
    r"\bh\d+\s*\([^().]*$|\bh\d+\s+(?:said|says|stated?|predict\w*|claim\w*|held)\b|\bpredict(?:s"
    r"|ed)\b[^.;]{0,30}\bthat\b"
)
RULE_ALONE = re.compile(
    r"(?:the )?judges?(?: gap)?,?\s+(?:at most|within|no more than|not more than|≤|<=)"
    r"\s+\d+(?:\.\d+)? points(?: apart| of each other)?\.?",
    re.I,
)
NO_OTHER = re.compile(
    r"\b(?:no other|none of the others?|every other|all other|the others?|the rest|otherwise)\b[^;]*$"
)
NUMBERS = {word: n for n, word in enumerate(NUMBER_WORDS)} | {str(n): n for n in range(100)}
# "Two of the four conditions are below 50": how many do, no more and no fewer.
SOME_OF = re.compile(
    rf"\b({'|'.join(NUMBER_WORDS)}|\d{{1,2}})\s+(?:out\s+)?of\s+(?:the\s+|all\s+)?(?:\ue000|(?:four|three|two"
    rf"|five)\s+(?:gaps|differences|values)|them\b)"
)
FROM_TARGET = re.compile(r"\b(?:fu?a?rthest|closest|nearest)\b[^.;\d]{0,24}\b(?:from|to)\s+(?:the\s+)?\ue000")
# "Three exceed 74 and two are ≥ 80": so many of those that are spoken of.
NOT_COUNTED = "".join(rf"(?<!\b{word} )" for word in ("the", "all", "these", "those", "other", "both", "first", "last",
                                                      "at least", "no", "any", "every", "each"))  # fmt: skip
NO_CONDITIONS = r"(?!(?:points?|times|judges?|seeds?|questions?|answers?|completions?)\b)"
SO_MANY = re.compile(
    rf"{NOT_COUNTED}\b({'|'.join(NUMBER_WORDS[1:])}|\d{{1,2}}(?=\s(?:gaps|cells|conditions|values|means|prompts|of)\b))"
    rf"(?:\s+{NO_CONDITIONS}(?:[a-zα]+|\ue001+|(?<=of )\d{{1,2}})){{1,9}}\s*[≥>≤<]?=?\s*$"
)
# "In two of four conditions the gap is more than twice the limit".
SOME_CONDITIONS = re.compile(
    rf"(?:\b(?:in|on|for) |^)({'|'.join(NUMBER_WORDS)}|\d{{1,2}}) (?:out )?of (?:the )?(?:\w+|\d)"
    r" (?:conditions|prompts|cells|gaps)\b[^.;,]*$"
)
COUNT_WORD = re.compile(rf"\b(?:{'|'.join(NUMBER_WORDS)}|\d{{1,2}})\b")
SOME_GAPS = re.compile(
    rf"\b(?:{'|'.join(NUMBER_WORDS)}|\d{{1,2}})\s+(?:(?:out\s+)?of\s+(?:the\s+|all\s+)?(?:four|three|two|five)\s+)?gaps\b"
    r"[^.;:,\d]*$"
)
OF_THEM = re.compile(r"\bof them\b[^.;:,\d]*$")  # "All eight cells are at 45 or more, and six of them exceed 60"
OF_CELLS = re.compile(
    rf"\bof\s+(?:the\s+|all\s+)?(?P<many>{'|'.join(NUMBER_WORDS)}|\d{{1,2}})\s+(?:cells|values|means|α)?[^.;:,\d]*$"
)  # "All four ≥ 69 for Opus, and six of the eight cells are above 65"
TIMES_LIMIT = re.compile(
    r"\s*(?:the|that)\s+(?:(?:declared|allowed|permitted|tolerated)\s+)?(?:limit|gate|tolerance|size|gap)\b"
)
# "By nearly three times the limit in the worst case": the greatest of them.
AT_WORST = re.compile(
    r"\b(?:worst case|at worst|at its widest|at most|up to|(?:widest|largest) (?:gap|one|of|is|was))\b[^.;\d]{0,20}$"
)
OWN_VALUE = re.compile(r"\ue000(?:['’]s?)?\s+$")
RESTATES = re.compile(r"\s*(?:points)?\s*[,(]?\s*(?:that is|i\.e\.|or)?\s*,?\s*")
CHANGES = re.compile(r"\b(?:lose|loses|lost|drop|fall|fell|move|shift|cover|gain|share)s?\b[^.;]{0,16}$")
DISTANCE_IS = re.compile(r"\bdistance\b[^.;]{0,24}$")
AS_LARGE = re.compile(r"\s*as (?:large|big|high|wide|much)\b")
FAR_BEYOND = 3  # times the highest x there is: no slip makes a number so large
ABOUT = 0.15  # how far a ratio told in words may be off, as a share of it
THE_LAST = re.compile(
    r"\bthe (?:last|latter|first|former|other) (?:(?:one|two|three) )?"
    r"(?:is|was|are|were|lies?|sits?|ends? up|comes? out)\b[^.;\d]{0,20}$"
)
CANNOT_CLOSE = re.compile(
    r"\b(?:clos|explain|account|bridg|remov|undo|chang)\w*[^.;\d]{0,20}\b(?:gaps?|differences?)\b"
)
NEXT_NAME = re.compile(rf"(?:[\s;,():]|\b(?:and|but|by|for|under|with|from|of|to|is)\b|[{JUDGE_CHAR}{PLACE_CHAR}]+)*+")
NO_RATIO = (
    r"(?!\s+the\s+(?:width|length|size|questions|samples|cells|conditions|prompts"
    r"|(?:judges?['’]?\s+)?gaps?|distances?|differences?|margins?)\b)"
)
NO_NAME = r"(?!\s+(?:that|as (?:much|many))\s*[:,.;)]|\s+as far\b)"  # "lose about twice that: 43.0 and 43.4"
NEARLY = re.compile(r"nearly|almost")
OPERATOR = "(?P<op>more than|over|less than|under|at least|about|nearly|almost)"
WORD_RATIOS = tuple(
    (re.compile(rf"\b{OPERATOR}?\s*\b{word}\b{NO_NAME}(?=\s+(?:as\s|the\b|that\b|{cues.ANY})){NO_RATIO}"), factor)
    for word, factor in cues.WORD_RATIO
)


class Replying(Inquiring):
    """Values, ranges and comparisons for what a number is bound to."""

    def match(self, i: int, spot: Spot, inquiry: Inquiry) -> Finding | None:
        """Hold a number against what it may be."""
        wheres = self.wheres(i, inquiry)
        first: list[Answer] = []
        for where in wheres:
            asks = [*(self._on_its_scale(spot, inquiry) or inquiry.asks), *self._moved(spot, inquiry)]
            found = [a for ask in asks for a in self._answers(i, spot, ask, where)]
            if inquiry.magnitude:
                found = [size_of(a) for a in found]
            if spot.is_range and len(where.places) < 3 and cues.CHANGING.search(self.s.low[: spot.start]):
                found += self._moves(inquiry, where)
            first = first or found
            if (hit := self.hit(spot, found)) is not None:
                return hit
        if not inquiry.certain and (hit := self.loosely(i, spot, wheres, inquiry)) is not None:
            return hit
        if self.precise(spot) and (hit := self._of_other_names(i, spot, wheres[0], inquiry)) is not None:
            return hit
        bound = bool(first) and self.bound_here(i)
        certain = inquiry.certain or (bound and (self.precise(spot) or self._repeats(i, inquiry)))
        if not inquiry.firm and (other := self._of_another_metric(i, spot, wheres[0])) is not None:
            return other
        return self.judged(spot, first, certain=certain)

    def _repeats(self, i: int, inquiry: Inquiry) -> bool:
        """ "By Opus, α = 69–87; by Sonnet, 45–68": one range after another, with nothing but a name between."""
        before = self.inquiries.get(i - 1)
        if before is None or not (self.s.spots[i].is_range and self.s.spots[i - 1].is_range):
            return False
        between = self.s.low[self.s.spots[i - 1].end : self.s.spots[i].start]
        return before.certain and before.asks == inquiry.asks and NEXT_NAME.fullmatch(between) is not None

    def _on_its_scale(self, spot: Spot, inquiry: Inquiry) -> list[Ask]:
        """ "C is 0.6480. Compared with the null baseline of 88.82": no C is so high, and the sentence names none."""
        carried = inquiry.asks == [Ask("x")] and not any(c.kind == "x" for c in self.bases)
        known = (*self.m.book.conditions, *self.m.book.references)
        most = max((abs(v.value) for v in self.m.answers.values(Ask("x"), Where(known, ()))), default=0.0)
        beyond = carried and not (spot.is_range or spot.percent) and most < abs(spot.low.value) / FAR_BEYOND
        return [Ask("alpha")] if beyond else []

    def _moved(self, spot: Spot, inquiry: Inquiry) -> list[Ask]:
        """ "Keep only coherent answers and it goes 45.8 → 57.8": the first is the value without, the second with."""
        coherent = (self.s.frame.cue or "").startswith("coherent") or "filter" in self.s.low
        filtered = any(a.base == "coherent_only" for a in inquiry.asks)
        first = filtered and re.match(r"\s*(?:→|-+>|to\b)", self.s.low[spot.end :]) is not None
        second = coherent and BECOMES.search(self.s.low[: spot.start]) is not None
        return [*([Ask("alpha")] if first else []), *([Ask("coherent_only")] if second else [])]

    def _of_other_names(self, i: int, spot: Spot, where: Where, inquiry: Inquiry) -> Finding | None:
        """Pairs that no word names as such, and names of the sentence that no number of it is bound to."""
        found: list[Answer] = []
        if len({self.s.spots[j].low.sign for j in self.s.runs.get(i, [i])}) > 1:
            return None  # "−1.9, 82.1, 74.7 and 69.5" lists no differences
        if any(a.base == "diff" for a in inquiry.asks) and not (self.named_places(i) and inquiry.others):
            everywhere = (*self.m.book.conditions, *self.m.book.references)
            wide = Where(self.named_places(i) or everywhere, where.judges, everywhere)
            found += [a for ask in inquiry.asks for a in self._oriented(i, spot, ask, wide)]
        if cues.NEAR.search(self.s.low[: spot.start]):
            found += self._answers(i, spot, Ask("alpha"), Where(self.m.book.references, self.m.book.judges))
        for place in self.nameless():
            own = Where((place,), where.judges, where.others)
            found += [a for ask in inquiry.asks for a in self._answers(i, spot, ask, own)]
        behind = self.s.behind[PLACE].get(i)
        found = [a for a in found if behind is None or _is_of(a, behind.ids)]
        return self.hit(spot, found)

    def _of_another_metric(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """A number whose metric stands farther off, and which is another one of the very same cell.

        Either the text mixes them up or this reader does, so nobody is accused.
        """
        if spot.low.places < 2 or len(list(self.m.answers.cells(where))) > 2:
            return None
        if OWN_VALUE.search(self.s.low[: spot.start]):
            return None  # "the target's 28.21", "EvoPrompt #98 3.70 under Sonnet" leave nothing to mix up
        wide = Where(where.places, where.judges, where.others or self.others_of(i))
        for ask in WIDE_RANGES if spot.is_range else WIDE:
            if (hit := self.hit(spot, list(self._answers(i, spot, ask, wide)))) is not None:
                why = "it is another number of what it is bound to, and no word beside it says which is meant"
                return hit._replace(status=UNMATCHED, expected="", why=why)
        return None

    def _moves(self, inquiry: Inquiry, where: Where) -> list[Answer]:
        """ "rises from 45.84 to 57.77": from one value to another one of the same cells."""
        asks = [a for a in inquiry.asks if not a.part or a.part == "bound"]
        if any(a.part == "bound" for a in asks):
            asks = [Ask("alpha"), *asks]
        restricted = (self.s.frame.cue or "").startswith("coherent") and RESTRICTED.search(self.s.low) is not None
        if restricted or any(a.base == "coherent_only" for a in asks):
            asks = [Ask("alpha"), *(a for a in asks if a.base != "alpha"), Ask("coherent_only")]
        values = [a.low for ask in asks for a in self.m.answers.singles(ask, where)]
        return [Answer(a, b) for a in values for b in values if a.fact != b.fact]

    def loosely(self, i: int, spot: Spot, wheres: Sequence[Where], inquiry: Inquiry) -> Finding | None:
        """Where no word says which metric it is: any of the bound condition and judge, if it is written precisely."""
        nothing = spot.high is not None and spot.high.value == spot.low.value  # "Opus alone 86.9–86.9"
        if (not self.precise(spot) and not spot.low.value >= 100) or inquiry.told or nothing:
            return None
        others = self.others_of(i)
        for where in wheres:
            wide = Where(where.places, where.judges, others)
            for ask in LOOSE_RANGES if spot.is_range else LOOSE:
                if (hit := self.hit(spot, list(self._answers(i, spot, ask, wide)))) is not None:
                    return hit
        return None

    def _answers(self, i: int, spot: Spot, ask: Ask, where: Where) -> Iterator[Answer]:
        if ask.base == "places":
            yield from self._gate_counts(breached=False, only_breached=ask.part == "breached")
        elif ask.base == "breached":
            yield from self._gate_counts(breached=True)
        elif ask.base == "diff":
            yield from self._oriented(i, spot, ask, where)
        elif spot.is_range:
            yield from self._range_answers(i, ask, where)
        else:
            found = list(self.m.answers.singles(ask, where))
            yield from self._extreme(i, spot, ask, found) if len(where.places) > 1 else found

    def _oriented(self, i: int, spot: Spot, ask: Ask, where: Where) -> Iterator[Answer]:
        """Differences whose direction the words give must have that direction."""
        others = where.others or self.others_of(i)
        where = Where(where.places, where.judges, others)
        found = list(self._range_answers(i, ask, where) if spot.is_range else self.m.answers.singles(ask, where))
        inquiry = self.inquiries.get(i)
        direction = inquiry.direction if inquiry is not None else 0
        for answer in found:
            if (
                ask.part
                or not answer.signless
                or not direction * answer.low.value < 0
                or len(set(where.places) & set(others)) > 1
            ):
                yield answer

    def _range_answers(self, i: int, ask: Ask, where: Where) -> Iterator[Answer]:
        """A range of a single cell is its interval or its bounds, of a group from its lowest to its highest."""
        if ask.part or ask.base in ("x", "share", "ratio", "relative"):
            yield from self.m.answers.ranges(ask, where)
            return
        single = len({round(abs(a.low.value), 9) for a in self.m.answers.singles(ask, where)}) == 1
        if single:
            yield from self.m.answers.ranges(ask._replace(part="ci"), where)
        if single and ask.base == "alpha":
            yield from self.m.answers.ranges(Ask("alpha", "bound"), where)
        if not single:
            yield from self.m.answers.ranges(ask, where)
        if not self.bound(i, JUDGE).ids and len(where.judges) > 1:
            for judge in where.judges:
                yield from self.m.answers.ranges(ask, Where(where.places, (judge,), where.others))

    def is_extreme(self, spot: Spot) -> bool:
        """ "up to 28.9" names the highest value rather than a limit."""
        return EXTREME.search(self.s.low[: spot.start]) is not None

    def is_domain(self, spot: Spot) -> bool:
        """ "α over 52 questions" tells what is averaged over, not what is exceeded."""
        return OVER_ALL.search(self.s.low[: spot.start]) is not None

    def _extreme(self, i: int, spot: Spot, ask: Ask, found: list[Answer]) -> list[Answer]:
        """The lowest or the highest where the words say so and no place is named for it."""
        before = self.s.low[max(0, spot.start - 60) : spot.start]
        before = re.split(r"[;:]|\d", before)[-1]
        bound = self.bound(i, PLACE)
        if not found or (bound.ids and not bound.every) or self.s.runs.get(i, [i]) != [i]:
            return found
        ordered = sorted(found, key=lambda a: abs(a.low.value) if a.signless else a.low.value)
        low, high = cues.LOWEST.search(before) is not None, cues.HIGHEST.search(before) is not None
        if FROM_TARGET.search(before) and ask.base in ("x", "alpha") and not ask.part:
            ordered.sort(key=lambda a: self._from_target(ask, a))
        if (ask.base == "gap" or ask.part in ("errors", "error_rate")) and (
            "confidence" in self.around() or "worst" in before
        ):  # of gaps and failures the highest
            low, high = False, True
        if low == high or "second" in before:
            return found
        ends = [ordered[0] if low else ordered[-1]]
        for judge in self.m.own_judges:
            mine = [a for a in ordered if f"/{judge}/" in a.low.fact]
            ends += [mine[0] if low else mine[-1]] if mine else []
        return ends

    def _from_target(self, ask: Ask, answer: Answer) -> float:
        """How far a value of a condition lies from the target's own."""
        targets = self.m.answers.values(ask, Where(self.m.targets, self.m.book.judges))
        return min((abs(answer.low.value - v.value) for v in targets), default=0.0)

    def _gate_counts(self, *, breached: bool, only_breached: bool = False) -> Iterator[Answer]:
        """On how many places a gate stands, or is breached; of gates that are breached anywhere where that is asked."""
        for name in dict.fromkeys(g.name for g in self.m.grading.gates):
            mine = [g for g in self.m.grading.gates if g.name == name]
            count = sum(not g.passed for g in mine) if breached else len(mine)
            if (not breached or count) and (not only_breached or any(not g.passed for g in mine)):
                yield Answer(Value(count, f"gate/{name}/{'breached' if breached else 'places'}", 0))

    def compare(self, i: int, spot: Spot, inquiry: Inquiry) -> Finding | None:
        """A threshold: the comparison must hold, or in a rule the threshold must be a declared one."""
        sign = spot.operator or ">="
        before = self.s.text[: spot.start].casefold()
        declared = DECLARED.search(self.s.low[: spot.start]) or RULE_ALONE.fullmatch(self.s.text.strip())
        rule = cues.HYPOTHETICAL.search(self.s.low) is not None
        if declared or PREDICTED.search(before) or "rule" in (self.s.frame.cue or ""):
            return self.judged(spot, [Answer(v) for v in self.limits(spot)], certain=True)
        equal = self.hit(spot, [Answer(v) for v in self.limits(spot)])
        if equal is not None and (rule or self.own_place(i) is not None):
            return equal
        values: list[Value] = []
        counts = any(a.base in ("fact", "alpha") and a.part in COUNTS for a in inquiry.asks)
        if counts and not NO_OTHER.search(before) and (hit := self._equal(i, spot, inquiry)):
            return hit
        for where in self._compared_in(i, inquiry, before):
            aside = [Ask("alpha")] if inquiry.asks == [Ask("diff")] and self.s.inner(spot.start) is not None else []
            for ask in (*inquiry.asks, *aside):  # "17 to 40 points above the target (all four ≥ 45)"
                every = self.m.answers.singles(ask, where) if NO_OTHER.search(before) else None
                found = [a for a in every or self._answers(i, spot, ask, where) if a.high is None]
                values = values or [self._unsigned(a, inquiry) for a in found]
                if found and self._holds(spot, sign, [self._unsigned(a, inquiry) for a in found], i):
                    return self.found(spot, EXACT, span_text(found), facts_behind(found))
        if equal is not None and not values:
            return equal
        known = (*self.m.book.conditions, *self.m.book.references)
        named = self.m.answers.singles(Ask("alpha"), Where(known, self.m.book.judges)) if spot.low.places >= 2 else ()
        if (equal := self.hit(spot, list(named))) is not None:
            return equal
        if not values:
            return self.judged(spot, [], certain=False)
        answers = [Answer(v) for v in values]
        certain = inquiry.certain or self.bound_here(i)
        return self.found(
            spot,
            WRONG if certain else UNMATCHED,
            span_text(answers),
            facts_behind(answers),
            "the comparison does not hold",
        )

    def _compared_in(self, i: int, inquiry: Inquiry, before: str) -> list[Where]:
        """Where a comparison must hold: "no other cell lost more than 4" speaks of every judge's."""
        wheres = self.wheres(i, inquiry)[:2]
        if SOME_GAPS.search(before):  # "two of four gaps exceed 20"
            return [replace(w, places=self.m.book.conditions) for w in wheres[:1]]
        cells = len(self.m.book.conditions) * len(self.m.own_judges)
        of, counted = OF_CELLS.search(before), counts_told(before)
        if (of is not None and NUMBERS.get(of["many"]) == cells) or (OF_THEM.search(before) and cells in counted):
            return [Where(self.m.book.conditions, self.m.own_judges, w.others) for w in wheres[:1]]
        if NO_OTHER.search(before):
            everywhere = self.m.book.conditions
            return [
                Where(w.places if len(w.places) > 1 else everywhere, self.m.own_judges, w.others) for w in wheres[:1]
            ]
        return wheres

    def _equal(self, i: int, spot: Spot, inquiry: Inquiry) -> Finding | None:
        """ "over 52 questions" compares with nothing."""
        return self.hit(
            spot,
            [
                a
                for where in self.wheres(i, inquiry)
                for ask in inquiry.asks
                for a in self._answers(i, spot, ask, where)
            ],
        )

    def _unsigned(self, answer: Answer, inquiry: Inquiry) -> Value:
        value = answer.low
        return value._replace(value=abs(value.value)) if answer.signless else value

    def _holds(self, spot: Spot, sign: str, values: Sequence[Value], i: int) -> bool:
        before = self.s.text[: spot.start].casefold()
        clause = re.split(r"[;:]|^no\.|, (?:and|but|while|whereas)\b", before)[-1]
        if cues.NEGATION.search(clause) and not CANNOT_CLOSE.search(clause):
            sign = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}[sign]
        slack = tolerance(spot.low, 10.0**-spot.low.places, approximate=True) if spot.approximate else 0.0
        claimed = spot.low.value + (slack if "<" in sign else -slack)  # "about 70 or more" holds for 69.94
        if NO_OTHER.search(before):
            told = {cell_behind(f) for f in (*self.right, *(v.fact for v in self.s.frame.told))}
            values = [v for v in values if cell_behind(v.fact) not in told] or values
        sizes = [v.value * (100 if spot.percent and v.percent else 1) for v in values]
        checks = [COMPARE[sign](size, claimed) or _is_its_rounding(sign, size, spot) for size in sizes]
        low = self.s.low
        for mention in (m for m in self.s.mentions if m.kind == PLACE and m.every):  # "six of the eight cells"
            low = low[: mention.start] + "x" * (mention.end - mention.start) + low[mention.end :]
        said = low[len(before) - len(clause) : spot.start]
        if (counted := SO_MANY.search(said) or SOME_OF.search(said)) is not None:
            places = {v.fact.rpartition("/")[2] for v in values}
            failing = {v.fact.rpartition("/")[2] for v, holds in zip(values, checks, strict=True) if not holds}
            shown = self.s.text[len(before) - len(clause) : spot.start].casefold()
            of = counts_told(before if OF_THEM.search(said) else shown[counted.end(1) :])
            by_cell = len(values) in of and len(values) > len(places)  # "six of the eight are above 65"
            return (sum(checks) if by_cell else len(places - failing)) == NUMBERS.get(counted[1], -1)
        return any(checks) if cues.SOME.search(clause) else all(checks)

    def word_ratios(self) -> Iterator[Finding]:
        """ "more than twice the target's": ratios told in words."""
        for pattern, factor in WORD_RATIOS:
            for match in pattern.finditer(self.s.low):
                finding = self._word_ratio(match, factor)
                if finding is not None:
                    yield finding

    def _word_ratio(self, match: re.Match[str], factor: float) -> Finding | None:
        sign = {"more than": ">", "over": ">", "at least": ">=", "less than": "<", "under": "<"}.get(match["op"] or "")
        before = [m for m in self.s.named_before(PLACE, match.start()) if m not in self.s.compared]
        behind = [m for m in self.s.compared if m.start >= match.end()] or [
            m for m in self.s.compared if m.end <= match.start()
        ]
        if TIMES_LIMIT.match(self.s.low, match.end()):
            return self._of_limit(match, factor, sign)
        if DISTANCE_IS.search(self.s.low[: match.start()]):
            return self._of_distances(match, factor, sign)
        judges = [m for m in self.s.mentions if m.kind == JUDGE]
        others = tuple(behind[0].ids) if behind else self.s.frame.others or self.m.targets
        places = next((m.ids for m in reversed(before) if not set(m.ids) & set(others)), ())
        if not places or not others or len(judges) > 1:
            return None
        cue = last_before([c for c in self.bases if c.kind in ("x", "alpha", "coherent")], match.end()) or Cue(
            "alpha", 0, 0
        )
        after = next((c for c in self.bases if c.start >= match.end() and c.kind in ("x", "alpha", "coherent")), None)
        base = after.kind if after is not None and after.start - match.end() < 40 else cue.kind
        where = Where(places, judges[0].ids if judges else self.s.frame.judges.ids or self.m.own_judges, others)
        values = [a.low for a in self.m.answers.singles(Ask("ratio", base), where)]
        if CHANGES.search(self.s.low[: match.start()]):
            return None  # "they lose about half as much as the others": of a change, and of no value
        return self._told_in_words(match, values, factor, sign) if values else None

    def _of_distances(self, match: re.Match[str], factor: float, sign: str | None) -> Finding | None:
        """ "On Sonnet its distance to the target is more than twice that of Grid #3": of one over that of another."""
        own = {*self.m.book.conditions}
        alone = [m for m in self.s.mentions if m.kind == PLACE and len(m.ids) == 1 and {*m.ids} <= own]
        before, behind = ([m.ids for m in alone if (m.start > match.end()) == after] for after in (False, True))
        judges = next((m.ids for m in self.s.mentions if m.kind == JUDGE), self.s.frame.judges.ids)
        if not (before and behind and judges):
            return None
        ways = (Where(ids[0], judges, self.m.targets) for ids in (before, behind))
        ones, others = (self.m.answers.values(Ask("diff"), way) for way in ways)
        values = [Value(abs(a.value / b.value), a.fact, 1) for a, b in zip(ones, others, strict=False) if b.value]
        return self._told_in_words(match, values, factor, sign) if values else None

    def _of_limit(self, match: re.Match[str], factor: float, sign: str | None) -> Finding | None:
        """ "28.90, nearly three times the limit": a gap over what was declared for it."""
        before = [m.ids for m in self.s.named_before(PLACE, match.start())]
        where = Where(before[-1] if before else self.s.frame.places.ids, ())
        pairs = [(gap, limit) for gap, limit in self.m.answers.gaps_and_limit(where) if limit.value]
        values = [gap._replace(value=abs(gap.value) / limit.value) for gap, limit in pairs]
        return self._told_in_words(match, values, factor, sign) if values else None

    def _is_of_the_limit(self, match: re.Match[str], factor: float, sign: str | None) -> bool:
        """ "The smallest gap is one and a half times the limit; the biggest is nearly three times as large"."""
        if not AS_LARGE.match(self.s.low, match.end()) or "limit" not in self.s.low[: match.start()]:
            return False
        pairs = self.m.answers.gaps_and_limit(Where(self.m.book.conditions, ()))
        times = sorted(abs(gap.value) / limit.value for gap, limit in pairs if limit.value)
        return bool(times) and any(self._is_so_many_times(end, factor, sign) for end in (times[0], times[-1]))

    def _is_restated(self, match: re.Match[str], factor: float, sign: str | None) -> bool:
        """ "20 points, that is, twice the limit", "22.04, more than twice the limit": of a number told right before."""
        limit = self.m.answers.value("gate/judge_gap_max/limit")
        before = [s for s in self.s.spots if s.end <= match.start()]
        told = before and limit is not None and RESTATES.fullmatch(self.s.low[before[-1].end : match.start()])
        if not told or limit is None or not limit.value:
            return False
        times = before[-1].low.value / limit.value
        nearly = NEARLY.match(match.group()) is not None and times < factor
        return self._is_so_many_times(times, factor, sign) if sign or nearly else times == factor

    def _is_of_what_was_told(self, match: re.Match[str], factor: float, sign: str | None) -> bool:
        """ "The four average 56.3, about twice the target": of a right number that was told right before."""
        before = [s for s in self.s.spots if s.end <= match.start() and not (s.is_range or s.percent)]
        beside = before and RESTATES.fullmatch(self.s.low[before[-1].end : match.start()])
        targets = [m for m in self.s.mentions if m.kind == PLACE and m.start >= match.end()][:1]
        ids = targets[0].ids if targets else ()
        values = self.m.answers.values(Ask("alpha"), Where(ids, self.m.book.judges)) if beside and len(ids) == 1 else []
        return bool(values) and self._is_so_many_times(before[-1].low.value / values[0].value, factor, sign)

    def _is_so_many_times(self, times: float, factor: float, sign: str | None) -> bool:
        return COMPARE[sign](times, factor) if sign else abs(times / factor - 1) < ABOUT

    def _told_in_words(self, match: re.Match[str], values: Sequence[Value], factor: float, sign: str | None) -> Finding:
        checks = [self._is_so_many_times(v.value, factor, sign) for v in values]
        extreme = AT_WORST.search(self.s.low[: match.start()]) is not None
        holds = self._is_so_many_times(max(values).value, factor, None) if extreme else all(checks)
        alone = THE_LAST.search(self.s.low[: match.start()]) is not None and any(checks)
        counted = SOME_CONDITIONS.search(self.s.text[: match.start()].casefold())
        holds = sum(checks) == NUMBERS.get(counted[1], -1) if counted is not None else holds
        holds = holds or alone or self._is_restated(match, factor, sign)
        holds = holds or self._is_of_what_was_told(match, factor, sign) or self._is_of_the_limit(match, factor, sign)
        status = EXACT if holds else WRONG
        return Finding(
            match.start(),
            match.end(),
            status,
            span_text([Answer(v) for v in values]),
            tuple(v.fact for v in values),
            "ratio",
        )


def _is_its_rounding(sign: str, size: float, spot: Spot) -> bool:
    """ "No condition is less than 41.28 above" holds for 41.2753, which is told so."""
    return "=" in sign and spot.low.places > 1 and round(size, spot.low.places) == spot.low.value


def counts_told(words: str) -> list[int]:
    """Numbers that words, or one digit or two, tell in a text: of "six of 8" six and eight."""
    return [NUMBERS[word] for word in COUNT_WORD.findall(words) if word in NUMBERS]


def _is_of(answer: Answer, places: Sequence[str]) -> bool:
    """Whether one of these stands in a name behind an answer."""
    return any(place in fact.split("/") for fact in answer.facts for place in places)


def cell_behind(fact: str) -> str:
    """What a fact is one of: "alpha/sonnet/grid_2" for its errors and its error rate."""
    return "/".join(fact.split("/")[:3])
