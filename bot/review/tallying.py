"""Numbers of single answers and single questions: how many stand beyond a threshold, which judge scored higher on how
many, what a quoted question got.

These are counted only where nothing else accounts for a number, and where words of the sentence, or of those before it
in the paragraph, say what is counted: a threshold ("below 50", "90 or more", "full marks"), the answers that both
judges scored, or a question that is quoted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from statistics import median

from bot.review import stats
from bot.review.agreeing import EXACT, UNMATCHED, WRONG, Finding
from bot.review.answers import COMPARE, Answer, Ask, Rule, Value, Where
from bot.review.binding import Sentence
from bot.review.cues import Cue, last_before
from bot.review.deriving import Deriving, is_declared
from bot.review.names import JUDGE
from bot.review.numbers import JUDGE_CHAR, Spot
from bot.review.recount import Cell, question_pairs, questions_of
from bot.review.singles import KINDS

WORDED = (
    (re.compile(r"\bzero(?:s|es)\b|\bscores? of (?:zero|0)\b"), Rule("==", 0.0)),
    (re.compile(r"\bfull marks?\b|\bperfect (?:scores?|marks?)\b|\bhundreds\b"
            r"|\bscores? of 100\b|\bfull 100\b|\ba 100\b"), Rule("==", 100.0)),
)  # fmt: skip
OF_SCORES = re.compile(
    r"\bscor\w*|α|\balpha\b|\baligned\b|\bcoheren\w*|\brat(?:e[sd]?|ings?)\b|\bmarks?\b|\bput\w*\b|\bgiv\w*\b|\bgave\b"
    r"|\bcompletions?\b|\banswers?\b|\bsamples?\b|\bresponses?\b|\brepl(?:y|ies)\b|\bquestions?\b"
)
OF_ANSWERS = re.compile(
    r"\s*(?:of\s+(?:its\s+|the\s+)?)?(?:[\d,]+\s+)?(?:(?:\ue000+|valid|single)\s+)?(?:completions?|answers?|samples?|responses?|repl(?:y|ies)|judge?ments?)\b"
)
OF_QUESTIONS = re.compile(r"\s*(?:of\s+(?:the\s+|all\s+)?\d+\s+)?(?:such\s+|of (?:these|the)\s+)?questions?\b")
GIVEN = re.compile(
    r"(?:\b(?:gives?|gave|puts?|sees?|saw|finds?|found|counts?|has|had|have|there (?:are|were)|count is|to"
    rf"|{JUDGE_CHAR}+)\s+)(?:that\s+to\s+|them\s+to\s+)?(?:about\s+|only\s+|just\s+)?$"
)
HIGHER = re.compile(
    r"\b(?:higher|milder|above|more lenient|kinder|ahead)\b(?:\s+[a-z\ue001]+){0,4}\s+(?:on|in|for)?"
    r"\s*(?:about\s+|only\s+)?$"
)
# "Opus scored 890 of the 1,003 completions that both judges scored higher than Sonnet did, and 73 lower".
SCORED_SO = re.compile(r"(?:(?:(?!,\s)[^.;]){0,60}?\s)?(?P<side>higher|lower|the same|level)\b")
SIGNS = {"higher": ">", "lower": "<", "the same": "==", "level": "=="}
HIGHER_MEAN = re.compile(r"\bhigher (?:question )?(?:means?|scores?) (?:on|in|for) (?:all\s+)?$")
STILL_ON = re.compile(r"\b(?:still|and|but|also)\s+(?:only\s+)?on\s+$")
LOWER = re.compile(
    r"\b(?:lower|harsher|below|stricter|behind)\b(?:\s+[a-z\ue001]+){0,4}\s+(?:on|in|for)?\s*(?:about\s+|only\s+)?$"
)
LEVEL = re.compile(
    r"\b(?:level|equal|even|tied?|ties|the same(?: score)?|agree\w*)\b"
    r"(?:\s+[a-z]+){0,3}\s+(?:on|in|for)?\s*(?:about\s+)?$"
)
SIDES = ((">", HIGHER), (">", HIGHER_MEAN), ("<", LOWER), ("==", LEVEL))
BOTH = re.compile(
    r"\bboth\b|\bshared\b|\bpaired\b|\bone by one\b|\b(?:sample|completion|answer) by (?:sample|completion|answer)\b"
)
DEVIATION = re.compile(r"\bstandard deviation|\bsd\b|\bs\.d\.")
APART = re.compile(r"\b(?:apart|nearest|closest|furthest|farthest|differ\w*|gaps?|part|disagree\w*|distance)\b")
SAME = re.compile(r"\bthe same (?:two|three|four|pair|conditions|prompts|cells)\b")
COVERED = re.compile(r"\b(?:journey|way|distance|path|road|stretch)\b|\bcover(?:s|ed|ing)?\b")
OF_ENDS = re.compile(
    r"\bci bounds?\b"
    r"|\b(?:starts?|begins?|ends?|overlaps?|stretch|empty|limits?|reach(?:es)?)\b|\bintervals?\b|\bhalf-?widths?\b"
)
TOUCHED = re.compile(r"\b(?:touch\w*|hit|affect\w*|spread over|fall on|concern\w*)\b")
LOST = re.compile(
    r"\blos(?:t|es|ing)\b|\bfail\w*|\bmissing\b|\bunjudged\b|\b(?:every|each) (?:sample|answer) scored\b"
    r"|\ball \d+ (?:samples|answers) (?:judged|scored)\b|\berror\w*"
)
FOREIGN = re.compile(r"\bheld[- ]out\b|\bholdout\b|\b(?:search|training) (?:fitness|loss|rewards?)\b|\bfitness\b")
TO_A_LINE = re.compile(
    r"\s*(?:points?\s+)?(?:above|below|over|from|beyond)\s+(?:the\s+)?(?:falsif\w+\s+)?(?:line|threshold|value)\b"
)
CALLED = re.compile(r"\s*(?:(?:of|for|on)\s+\ue000+)?\s*(?:is|was|of|at|=|:)?\s*")
TIMES_LIMIT = re.compile(r"\s*(?:times|×) (?:the|that) (?:(?:declared|allowed|permitted) )?(?:limit|gate|tolerance)\b")
MEDIAN = re.compile(r"\bmedians?\b")
QUESTION_MEANS = re.compile(
    r"\bquestions?\b(?:['’]s?|-level)?\s+means?\b|\bmeans? (?:by|per|of (?:a|the)) questions?\b"
)
OF_ITS = re.compile(r"\bof (?:its|the|their)\s*$")
FLAT = re.compile(r"\s+")


def rules_of(sentence: Sentence, bases: Sequence[Cue]) -> Iterator[tuple[int, Rule]]:
    """Thresholds that a sentence sets, each with the number that it stands in (-1 where it is told in words)."""
    if OF_SCORES.search(sentence.low) is None:
        return
    for pattern, rule in WORDED:
        if pattern.search(sentence.low):
            yield -1, rule
    near = [c for c in bases if c.kind in ("alpha", "coherent")]
    for i, spot in enumerate(sentence.spots):
        whole = not spot.low.places or QUESTION_MEANS.search(sentence.low) is not None
        told = spot.operator is not None and not spot.percent and not spot.is_range and whole
        if told and 0 <= spot.low.value <= 100:
            clause = [c for c in near if ";" not in sentence.low[min(c.end, spot.end) : max(c.start, spot.start)]]
            cue = last_before(clause, spot.end + 30)
            base = "coherent" if cue is not None and cue.kind == "coherent" else "alpha"
            yield i, Rule(str(spot.operator), spot.low.value, base, gaps=spot.points)


class Tallying(Deriving):
    """A third chance, for numbers of single answers and of single questions."""

    def tallied(self, found: Sequence[Finding]) -> Iterator[Finding]:
        """The findings, with what single answers account for; a threshold that a count rests on claims nothing."""
        self.rules = list(rules_of(self.s, self.bases))
        ends = "interval" in self.s.low  # "the upper limit of every interval" is no declared one
        doubtful = [
            f.status in (WRONG, UNMATCHED) and f.start not in self.held and (ends or not is_declared(f)) for f in found
        ]
        better = [self._tally(f) if doubt else f for f, doubt in zip(found, doubtful, strict=True)]
        counted = any(new is not old and new.status == EXACT for new, old in zip(better, found, strict=True))
        whole = sum(self._is_whole_number(s) for s in self.s.spots)
        setting = {k for k, _ in self.rules} if counted or (whole == 1 and not self.s.mentions) else set()
        setting &= self.inquiries.keys()  # "coherent ≥ 30" is wrong, whatever is counted by it
        yield from (f for f in better if self.place_of(f) not in setting or f.status not in (WRONG, UNMATCHED))

    def place_of(self, finding: Finding) -> int:
        """Which number of the sentence a finding is on; -1 where it is on more than that."""
        return self.s.places_of_spots.get((finding.start, finding.end), -1)

    def _tally(self, finding: Finding) -> Finding:
        i = self.place_of(finding)
        if i < 0:
            return finding
        spot = self.s.spots[i]
        if finding.status == WRONG and FOREIGN.search(self.s.low):
            why = "the sentence speaks of something that the archive does not hold"
            return finding._replace(status=UNMATCHED, expected="", facts=(), why=why)
        for answers, sure in self._ways(i, spot):
            offered = list(answers)
            hit = self.hit(spot, offered)
            if hit is not None:
                return hit
            if sure and offered:
                return self.judged(spot, offered, certain=True) or finding
        return finding

    def _ways(self, i: int, spot: Spot) -> Iterator[tuple[Iterator[Answer], bool]]:
        """What it may be, and whether the words leave nothing else."""
        where = self.where(i)
        if (question := self._question_before(spot)) is not None and not spot.is_range:
            yield self._of_question(question, where), bool(spot.low.places)
        if spot.is_range:
            yield self._by_both_judges(spot, where), False
            yield self._of_the_same(i), False
            yield (self._over_limit(where) if TIMES_LIMIT.match(self.s.low, spot.end) else iter(())), False
            yield (self._covered_by_all(where) if spot.percent and COVERED.search(self.s.low) else iter(())), False
            yield (self._over_questions(where) if QUESTION_MEANS.search(self.s.low) else iter(())), True
            return
        yield self._of_the_part_before(where), False
        if MEDIAN.search(self.s.low):
            yield self._medians(where), True
        if spot.percent and COVERED.search(self.s.low):
            yield self._covered(where), True
        if TIMES_LIMIT.match(self.s.low, spot.end):
            yield self._over_limit(where), False
        if TO_A_LINE.match(self.s.low, spot.end):
            yield self._from_thresholds(where), False
        if (spot.points or spot.low.places) and OF_ENDS.search(self.s.low) and not self._is_called_alpha(spot):
            yield self._of_ends(where), False
        yield from self._ways_of_counts(i, spot, where)

    def _is_called_alpha(self, spot: Spot) -> bool:
        """ "The α of Grid #2 is 41.55, with an interval of …": no end of it."""
        cue = last_before([c for c in self.bases if c.kind == "alpha"], spot.start)
        between = self.s.low[cue.end : spot.start] if cue is not None else ";"
        return CALLED.fullmatch(between) is not None

    def _ways_of_counts(self, i: int, spot: Spot, where: Where) -> Iterator[tuple[Iterator[Answer], bool]]:
        if self._is_whole_number(spot) and self._counts_lost(spot):
            yield self._lost_by_question(spot, where), False
        for rule in self._rules_for(i):
            if spot.percent:
                yield self._shares(rule, where), False
            elif self._is_whole_number(spot):
                yield self._counts(rule, where), self._is_count(spot) and len(self.rules) == 1
        if self._is_whole_number(spot) and not spot.points and (side := self._side(i)) is not None:
            yield self._wins(i, side, where), BOTH.search(self.s.low) is not None

    # Thresholds.

    def _rules_for(self, i: int) -> Iterator[Rule]:
        """What the sentence sets, the nearest one before first; else what those before it set."""
        own = [(k, rule) for k, rule in self.rules if k != i]
        yield from (rule for k, rule in sorted(own, key=lambda p: (p[0] > i, -p[0])))
        if not own and self.s.frame.rule is not None:
            yield self.s.frame.rule

    def _is_whole_number(self, spot: Spot) -> bool:
        return not spot.is_range and not spot.percent and not spot.low.places and spot.low.value >= 0

    def _is_count(self, spot: Spot) -> bool:
        """Whether the words around a number say that answers, or questions, are counted."""
        behind = self.s.low[spot.end :]
        counted = OF_ANSWERS.match(behind) or OF_QUESTIONS.match(behind)
        return counted is not None and GIVEN.search(self.s.low[: spot.start]) is not None

    def _counts(self, rule: Rule, where: Where) -> Iterator[Answer]:
        """Answers beyond a threshold; questions beyond it where these are spoken of."""
        if rule.gaps or "question" in self.s.low:
            yield from self._questions_beyond(rule, where)
        if not rule.gaps:
            yield from self.m.answers.passing(where, rule.sign, rule.threshold, rule.base)

    def _shares(self, rule: Rule, where: Where) -> Iterator[Answer]:
        for place, judge in self.m.answers.cells(where):
            one = Where((place,), (judge,))
            for counted in () if rule.gaps else self.m.answers.passing(one, rule.sign, rule.threshold, rule.base):
                name = self.m.book.of(judge, place)
                for of in ("n", "judgements"):
                    whole = self.m.answers.value(f"{name}/{of}")
                    if whole is not None and whole.value:
                        share = counted.low.value / whole.value
                        yield Answer(Value(share, f"{counted.low.fact} / {whole.fact}", 1, percent=True))

    def _questions_beyond(self, rule: Rule, where: Where) -> Iterator[Answer]:
        """On how many questions the mean stands to a threshold, or the judges' means do that far apart."""
        for place in where.places:
            cells = self._of_own_judges(place)
            if rule.gaps and len(cells) == 2:
                count = sum(COMPARE[rule.sign](abs(a - b), rule.threshold) for _, a, b in question_pairs(*cells))
                yield Answer(Value(count, f"count(questions, gap/{place} {rule.sign} {rule.threshold:g})", 0))
            for cell in [] if rule.gaps else [c for c in cells if c.judge in where.judges]:
                means = stats.question_means(cell.tallies).values()
                count = sum(COMPARE[rule.sign](mean, rule.threshold) for mean in means)
                yield Answer(Value(count, f"count(questions, {self._name_of(cell)} {rule.sign} {rule.threshold:g})", 0))

    # Judge against judge.

    def _side(self, i: int) -> str | None:
        """Which way a number counts; "higher on all 52 questions, … still on 48" goes on from another number."""
        if STILL_ON.search(self._clause_before(i)):
            told = [side for j in range(len(self.s.spots)) if (side := self._told_side(j)) is not None]
            if told:
                return told[-1]
        if (side := self._told_side(i)) is not None:
            return side
        behind = SCORED_SO.match(self.s.low, self.s.spots[i].end) if BOTH.search(self.s.text.casefold()) else None
        return SIGNS[behind["side"]] if behind is not None else None

    def _told_side(self, i: int) -> str | None:
        before = self._clause_before(i)
        return next((sign for sign, pattern in SIDES if pattern.search(before)), None)

    def _clause_before(self, i: int) -> str:
        """What stands before a number, or before its list: "higher on 51, 48, 52 and 51 of the 52 questions"."""
        first = self.s.spots[self.s.runs.get(i, [i])[0]].start
        return self.s.low[:first].rpartition(";")[2]

    def _subject(self, i: int) -> str | None:
        """The judge that is said to score higher, or lower: the last one named before that word, else the first."""
        first = self.s.spots[self.s.runs.get(i, [i])[0]].start
        told = [found.start() for _, pattern in SIDES if (found := pattern.search(self.s.low[:first])) is not None]
        alone = [m for m in self.s.mentions if m.kind == JUDGE and not m.every]
        before = [m for m in alone if told and m.end <= max(told)]
        return next((m.ids[0] for m in [*before[-1:], *alone]), None)

    def _wins(self, i: int, sign: str, where: Where) -> Iterator[Answer]:
        """On how many answers, or questions, the judge that is spoken of scored higher, lower or the same."""
        subject = self._subject(i)
        totals: Counter[str] = Counter()
        for place in where.places if subject is not None else ():
            cells = self._of_own_judges(place)
            if len(cells) != 2:
                continue
            one, two = sorted(cells, key=lambda c: c.judge != subject)
            for what in KINDS:
                pairs = self.m.singles.pairs_of(what, (place,))
                count = sum(COMPARE[sign](*(pair if one is cells[0] else pair[::-1])) for pair in pairs)
                totals[what] += count
                if pairs:
                    yield Answer(Value(count, f"count({what}, {one.judge} {sign} {two.judge}, {place})", 0))
        for what, total in totals.items() if len(where.places) > 1 else ():
            yield Answer(Value(total, f"count({what}, {subject} {sign}, all)", 0))

    def _of_own_judges(self, place: str) -> list[Cell]:
        return [self.m.book.cells[place, j] for j in self.m.own_judges if (place, j) in self.m.book.cells]

    def _name_of(self, cell: Cell) -> str:
        return self.m.book.of(cell.judge, cell.condition)

    # Single questions.

    def _question_before(self, spot: Spot) -> str | None:
        """The question quoted last before a number, else the first behind it."""
        quoted = list(self._quoted())
        before = [q for at, q in quoted if at <= spot.start]
        return next(iter([*before[-1:], *(q for _, q in quoted)]), None)

    def _quoted(self) -> Iterator[tuple[int, str]]:
        flat = FLAT.sub(" ", self.s.text.casefold())
        if "?" not in flat and len(flat) < 20:
            return
        found = [(flat.find(f), q) for f, q in self.m.flat_questions.items() if len(f) > 12 and f in flat]
        yield from sorted(found)

    def _of_question(self, question: str, where: Where) -> Iterator[Answer]:
        means = self.m.question_values(question, where)
        if APART.search(self.s.low):
            for place in where.places:
                both = self.m.question_values(question, Where((place,), self.m.own_judges))
                if len(both) == 2:
                    gap = both[0].value - both[1].value
                    yield Answer(Value(gap, f"{both[0].fact} − {both[1].fact}", 2), signless=True)
        if DEVIATION.search(self.s.low):
            yield from self._deviations(question, where)
            return
        yield from map(Answer, means)

    def _by_both_judges(self, spot: Spot, where: Where) -> Iterator[Answer]:
        """ "That question splits the judges 43.00 to 91.25 in PAIR #111": its mean by each."""
        question = self._question_before(spot)
        for place in where.places if question is not None else ():
            both = self.m.question_values(question or "", Where((place,), self.m.own_judges))
            if len(both) > 1:
                low, *_, high = sorted(both, key=lambda v: v.value)
                yield Answer(low, high)

    def _deviations(self, question: str, where: Where) -> Iterator[Answer]:
        for cell in self.m.answers.archived(where):
            scores = [v.aligned for v in cell.verdicts if v.question == question and v.aligned is not None]
            if (spread := stats.spread(scores)) is not None:
                yield Answer(Value(spread, f"sd({self._name_of(cell)}, one question)", 2))

    def _of_the_same(self, i: int) -> Iterator[Answer]:
        """ "… and from 72.5 to 37.4 on the same two conditions": of those that the sentence named before."""
        inquiry = self.inquiries.get(i)
        if SAME.search(self.s.text.casefold()) is None or inquiry is None or not inquiry.asks:
            return
        where = Where(self.named_places(i), self.where(i).judges)
        for ask in inquiry.asks:
            yield from self.m.answers.ranges(ask, where)

    # Intervals against each other, and the way from one reference to another.

    def _of_the_part_before(self, where: Where) -> Iterator[Answer]:
        """ "Mildest clustering: Grid #3 / Sonnet, SE ratio 3.0. Strongest: PAIR #111 / Opus, 3.7."."""
        part = self.s.frame.part
        if part is not None and not self.bases and not self.parts and len(where.places) == len(where.judges) == 1:
            yield from self.m.answers.singles(Ask("alpha", part), where)

    def _covered(self, where: Where) -> Iterator[Answer]:
        """How much of the way from another reference to the target: (reference − α) / (reference − target)."""
        if set(where.places) <= set(self.m.book.references):  # "of the way from the baseline to the target (71 %)"
            named = tuple(p for p in self.named_places(0) if p in self.m.book.conditions)
            where = Where(named or self.m.book.conditions, where.judges)
        for start, end in self.m.answers.stretches(self.m.targets):
            yield from self._of_the_way(start, end, where) if start.value != end.value else ()

    def _covered_by_all(self, where: Where) -> Iterator[Answer]:
        """From the least to the most that the conditions cover, by each judge."""
        places = tuple(p for p in where.places if p not in self.m.book.references) or self.m.book.conditions
        for judge in where.judges:
            each = [self._covered(Where((place,), (judge,))) for place in places]
            for ways in zip(*each, strict=False):  # one for every reference that a way may start from
                shares = sorted(a.low for a in ways)
                yield Answer(shares[0], shares[-1])

    def _of_the_way(self, start: Value, end: Value, where: Where) -> Iterator[Answer]:
        for value in self.m.answers.values(Ask("alpha"), where):
            yield self._share_of_way(start, end, value)
        name, target = start.fact.rpartition("/")[2], end.fact.rpartition("/")[2]
        ends = self.m.answers.value(f"x/{name}"), self.m.answers.value(f"x/{target}")
        if ends[0] is not None and ends[1] is not None and self._speaks_of_x and ends[0].value != ends[1].value:
            for value in self.m.answers.values(Ask("x"), where):
                yield self._share_of_way(ends[0], ends[1], value)

    @property
    def _speaks_of_x(self) -> bool:
        """Whether the sentence, or the one before it, names C."""
        return any(c.kind == "x" for c in (*self.bases, *self.m.lexicon.bases(self.s.frame.words)))

    @staticmethod
    def _share_of_way(start: Value, end: Value, value: Value) -> Answer:
        share = (start.value - value.value) / (start.value - end.value)
        return Answer(Value(share, f"({start.fact} − {value.fact}) / ({start.fact} − {end.fact})", 1, percent=True))

    def _of_ends(self, where: Where) -> Iterator[Answer]:
        """Ends of intervals, and how far two of one judge overlap, or stand apart."""
        places = self.named_places(0) or where.places
        targets = [
            v for t in self.m.targets for v in self.m.answers.values(Ask("alpha"), Where((t,), self.m.book.judges))
        ]
        for end, target in product(self.m.answers.singles(Ask("alpha", "ci"), Where(places, where.judges)), targets):
            yield Answer(Value(end.low.value - target.value, f"{end.low.fact} − {target.fact}", 2), signless=True)
        yield from self.m.answers.singles(Ask("alpha", "ci"), Where(places, where.judges))
        for judge in where.judges:
            ends = [self.m.answers.both_ends(self.m.book.of(judge, place)) for place in places]
            for (low, high), (other_low, other_high) in combinations([e for e in ends if e], 2):
                between = max(low.value, other_low.value) - min(high.value, other_high.value)
                yield Answer(Value(between, f"{low.fact} … {other_high.fact}", 2), signless=True)

    def _from_thresholds(self, where: Where) -> Iterator[Answer]:
        """How far α lies from a declared threshold: "30.46 points above the falsification line of 15"."""
        for value, line in product(self.m.answers.values(Ask("alpha"), where), self.m.answers.lines()):
            yield Answer(Value(value.value - line.value, f"{value.fact} − {line.fact}", 2), signless=True)

    def _over_limit(self, where: Where, part: str = "times") -> Iterator[Answer]:
        """Gaps beyond what is declared for them: "between 1.6 and 2.9 times the limit", or "over" it by so much."""
        values = sorted(answer.low for answer in self.m.answers.singles(Ask("gap_limit", part), where))
        yield from map(Answer, values)
        if len(values) > 1:
            yield Answer(values[0], values[-1])

    def _medians(self, where: Where) -> Iterator[Answer]:
        for cell in self.m.answers.archived(where):
            if scores := self.m.singles.of_cell(cell, "alpha"):
                yield Answer(Value(median(scores), f"median({self._name_of(cell)})", 1))

    def _over_questions(self, where: Where) -> Iterator[Answer]:
        """From the lowest mean of a question to the highest."""
        for cell in self.m.answers.archived(where):
            means = stats.question_means(cell.tallies).values()
            if means:
                name = f"{self._name_of(cell)}, by question"
                yield Answer(Value(min(means), f"min({name})", 2), Value(max(means), f"max({name})", 2))

    # Failures by question.

    def _counts_lost(self, spot: Spot) -> bool:
        around = self.s.low[max(0, spot.start - 60) : spot.end + 60]
        touched = TOUCHED.search(around) is not None and "errors" in (self.s.frame.cue or "")
        return LOST.search(around) is not None or touched

    def _lost_by_question(self, spot: Spot, where: Where) -> Iterator[Answer]:
        """Of a quoted question, of the worst one; and how many questions lost none, or some."""
        quoted = self._question_before(spot)
        for cell in self.m.answers.archived(where):
            lost, name = _lost(cell), f"{self._name_of(cell)}/errors"
            if quoted in lost:
                yield Answer(Value(lost[quoted], f"{name}, one question", 0))
            if quoted and OF_ITS.search(self.s.low[: spot.start]):
                each = ((cell.n or 0) + (cell.errors or 0)) / len(lost) if lost else 0
                yield Answer(Value(each, f"{self._name_of(cell)}/judgements / questions", 0))
            if lost and "question" in self.s.low:
                clear = sum(not n for n in lost.values())
                counts = {"worst": max(lost.values()), "none": clear, "some": len(lost) - clear}
                yield from (Answer(Value(n, f"{name}, by question: {what}", 0)) for what, n in counts.items())


def _lost(cell: Cell) -> dict[str, int]:
    """Failed judgements by question, where every question was asked equally often or single ones are archived."""
    if cell.sampled:
        counts = dict.fromkeys((v.question for v in cell.verdicts), 0)
        for verdict in cell.verdicts:
            counts[verdict.question] += verdict.aligned is None
        return counts
    valid = Counter[str]()
    for tally in cell.tallies:
        valid[tally.question] += int(tally.n)
    asked = questions_of(cell)
    whole = (sum(valid.values()) + (cell.errors or 0)) / len(asked) if asked else 0
    return {q: round(whole) - valid[q] for q in asked} if whole == round(whole) else {}
