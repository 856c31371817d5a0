"""What else a number may be: one of single answers, of a reference, of a group without a name, one like its neighbours.

Each way is tried on a number that everything before called wrong, or could not find; none accuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import combinations, islice, product

from bot.review import cues
from bot.review.agreeing import ROUNDS, Finding, span_text
from bot.review.answers import Answer, Ask, Value, Where
from bot.review.families import COUNTED, JUDGES, KEPT
from bot.review.names import JUDGE, NUMBER_WORDS, PLACE
from bot.review.numbers import JUDGE_CHAR, PLACE_CHAR, Spot
from bot.review.singles import EQUAL, SIGNS, UNEQUAL
from bot.review.tallying import Tallying

ITS_OWN = re.compile(rf"[{PLACE_CHAR}]['’]s?\s+$")  # "Grid #3's 45.46"
ITS_AND = re.compile(r"['’]s\s+\S+\s+and\b")  # "it can reach 82 % of the finetune's C and still score 66"
FAR_OFF = re.compile(r"[\d;:,]|.{60}")
NO_PROMPT = r"(?:without (?:an?|any)|no) (?:system )?prompt\b|\bunprompted\b"
REFERENCE = re.compile(rf"\b(?:baseline|reference|target|finetune\w*|goal)\b|\b{NO_PROMPT}")
TOGETHER = re.compile(r"(?:the\s+)?(?:both|all|two|three|either)\b", re.IGNORECASE)
# "And 88.82 lies inside its interval": a value that an interval is compared with.
FROM_IT = re.compile(
    r"\b(?:differences?|distances?|drops?|falls?)\s+(?:from|to)\s+$|\b(?:down|up|away|starting|starts?)\s+from\s+$"
)  # "The drop from 88.82 is 21.0 points"
INSIDE = re.compile(
    r"\s*(?:lies|is|falls|sits|stays|stands)\s+(?:well\s+|just\s+)?(?:inside|within|outside|in|above|below)\b"
)
# "The lowest Opus value is 41.28 points above the target".
AN_END = re.compile(
    rf"\bthe (?P<which>lowest|highest|smallest|largest|closest|furthest)\s+(?:{JUDGE_CHAR}+\s+)?[^.;:,\d]{{1,24}}?"
    r"\s+(?:is|was|lies|stays)\s+(?:(?:still|about|some|roughly|only|now|then)\s+)*$"
)
AT_AN_END = re.compile(r"\s*(?:points?\s+)?at (?:the|its) (?P<which>lowest|highest|smallest|largest)\b")
WORST = re.compile(
    r"\b(?:worst|highest|largest|greatest|most affected) (?:cell|condition|failure rate|share)\b[^.;\d]{0,32}$"
)
IN_ONE = re.compile(
    r"\s*(?:(?:of the|failed|missing|judge) )*(?:judgements|scores|errors|failures)?"
    r"\s*in (?:one|a single) (?:cell|condition)\b"
)
SUPERLATIVE = re.compile(
    r"\b(?:prompt|condition|one|cell)s? (?:that has |which has |with |of )(?:the )?"
    r"(?P<which>highest|lowest|largest|smallest|best|worst) (?P<metric>[\wα]+)"
)
COUNTS = ("errors", "n", "judgements")
LONG = 12  # digits that no number of an archive has
OF_ANOTHER = re.compile(r"#\d|\b(?:winners?|earlier|previous|former|before)\b", re.IGNORECASE)
# "Whose outputs were not like the finetune's (C = 0.031 and 0.024)": theirs, not the finetune's.
LIKE_ITS = re.compile(
    r"\b(?:like|unlike|than|resembl\w*|match\w*|below|above)\s+(?:that of\s+)?(?:the\s+)?(?:\ue000+(?:['’]s)?|it\b)"
    r"[^;.]{0,20}?[(:][^()]*$"
)
OUT_OF_ITS = re.compile(
    rf"\s*(?:\w+\s+){{0,2}}(?:out of|of|/|times in)\s+(?:the |its |their |all |{JUDGE_CHAR}+['’]s? )?(?:\w+ )?"
)
SO_MANY_OF = re.compile(rf"\b(?:{'|'.join(NUMBER_WORDS)})\s+(?:out\s+)?of\s+(?:the\s+|all\s+)?$")  # "five of 52"
OF_CONDITIONS = re.compile(r"\s*(?:conditions|prompts)\b")
EQUAL_TO = re.compile(rf"{PLACE_CHAR}\s*(?:α\s*=\s*[\d.]+\s*)?\(?(?:α|alpha|c)\s*=\s*$")
ONE_IN = 25
MANY = 1000  # more than any cell's failures: "49 times in 8,320, and 30 of those …" lists no two of a kind
OF_SIDES = re.compile(r"count\((?P<what>answers|questions), (?P<sign>[<>=]+), (?P<places>[^,()]+)\)")
BETWEEN_JUDGES = re.compile(r"alpha/[^/]+/([^/]+) − alpha/[^/]+/\1")
MOST_NUMBERS, MOST_LETTERS = 60, 2000  # a sentence with more of them is no sentence
FEW = 6  # statistics of single answers that a small number may be held against
# "Sonnet's means are 72.92 and 71.80 for the two milder prompts": a group that is called by what it is like.
SOME_OF_THEM = re.compile(
    r"\b(?:two|three|both|other|upper|lower|top|bottom|first|last|same|remaining|\w+er|(?:most|least|more|less) \w+)\s+"
    r"(?:\w+\s+)?(?:prompts?|conditions?|ones?|pairs?|cells?|tiers?|groups?|two|three)\b"
    r"|\b(?:the|these|those) (?:two|three|others|rest)\b(?! judges)"
    r"|\b(?:two|three) (?:about|sit|lie|stay|are|is|lies|sits|stays|of (?:them|these|the))\b"
    r"|\b(?:two|three) (?:prompts|conditions) (?!is|are in)"
    r"|\bwhere (?:the )?(?:\w+ )?(?:coherence|α|alpha|alignment|c)\b"
)
GROUP_WORD = re.compile(r"\b(?:pair|tier|group|cluster)s?\b(?! #)")
OF_GROUP = re.compile(r"\s*(?:points?|%)?\s*(?:for|on|in|under|with|by|of|from)\s+(?:the\s+)?")
NEAR_IT = re.compile(r"\b(?:near|close to|nowhere near|anywhere near|approach\w*)\s+(?:the\s+)?$")


class Otherwise(Tallying):
    """Each way tells what a number is, or None where it is nothing of the kind."""

    sound: dict[int, tuple[str, ...]]  # where numbers stand that are right in the sentence, with their facts

    @property
    def _facts(self) -> set[str]:
        """Behind what is right in the sentence."""
        return {fact for facts in self.sound.values() for fact in facts}

    def _of_singles_alone(self, finding: Finding) -> Finding:
        i = self.place_of(finding)
        return self._of_singles(i, self.s.spots[i], self.where(i, self.inquiries.get(i))) or finding

    def _of_singles(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """What can be counted of answers and questions; the sentence alone first, then with the one before."""
        half = self.s.low[: spot.start].rstrip().endswith("±")
        if half or len(self.s.spots) > MOST_NUMBERS or len(self.s.low) > MOST_LETTERS:
            return None
        ways, side = list(self._single_ways(i, where)), self._side(i)
        other = {None: None, "==": UNEQUAL}.get(side, EQUAL)  # "lower on 890 and level on 73"
        for words in self._own_words if other is None else [other.sub("", w) for w in self._own_words]:
            for way in ways:
                if (hit := self.single_of(spot, way, words)) is not None:
                    return hit
        return None

    @cached_property
    def _own_words(self) -> tuple[str, str]:
        """The sentence, with names as such and as what they are called; and with the one before it."""
        own = f"{self.s.low} {self.s.text.casefold()}"
        return own, f"{own} {self.s.frame.words}"

    def _single_ways(self, i: int, where: Where) -> Iterator[Where]:
        """The member of a list, what is bound, all that the sentence names, every judge."""
        run, named = self.s.runs.get(i, [i]), self.named_places(i)
        for places in (where.places, named, self.m.book.conditions):
            if len(run) == len(places) > 1:
                yield replace(where, places=(places[run.index(i)],))
        yield where
        if (bound := self.s.bind(i, PLACE).ids) and bound != where.places:
            yield replace(where, places=bound)
        counts = self._is_whole_number(self.s.spots[i])
        for places in (named, *((place,) for place in named if counts)):
            if places and places != where.places:
                yield replace(where, places=places)
        judges = {m.ids for m in self.s.mentions if m.kind == JUDGE and not m.every}
        if len(judges) == 1 and named:
            yield replace(where, places=named, judges=next(iter(judges)))
        if not self._is_attached(i, JUDGE):
            yield replace(where, judges=self.m.own_judges)
        if self._is_of_some(i):
            yield replace(where, places=self.m.book.conditions)

    def single_of(self, spot: Spot, where: Where, words: str) -> Finding | None:
        """A statistic of single answers or questions, or a rare derivation, that these words speak of."""
        offered = self.m.offered.get((words, where))
        if offered is None and self.m.patience:
            self.m.patience -= 1
            offered = [*self._counted_of(words, where), *self.m.further.told(words, where)]
            self.m.offered[words, where] = offered
        return next((hit for way in offered or () if (hit := self._few_of(spot, way)) is not None), None)

    @property
    def _tells_groups(self) -> bool:
        return any(s.is_range for s in self.s.spots) and GROUP_WORD.search(self.s.text.casefold()) is not None

    @cached_property
    def _groups(self) -> list[re.Match[str]]:
        return list(SOME_OF_THEM.finditer(self.s.text.casefold()))

    def _is_of_some(self, i: int) -> bool:
        """Whether a number, or its list, stands before a group that has no name, or after one and before any name."""
        run = self.s.runs.get(i, [i])
        start, end = self.s.spots[run[0]].start, self.s.spots[run[-1]].end
        names = [m for m in self.s.mentions if m.kind == PLACE and len(m.ids) == 1]
        for group in self._groups:
            if group.start() >= end and OF_GROUP.fullmatch(self.s.low[end : group.start()]):
                return True
            if group.end() <= start and not any(group.end() <= m.start < start for m in names):
                return not any(OF_GROUP.fullmatch(self.s.low[end : m.start]) for m in names)
        return False

    def _few_of(self, spot: Spot, offered: Sequence[Answer]) -> Finding | None:
        """The one that it is, where a number of so many digits is not one of them by chance."""
        whole = not (spot.low.places or spot.percent or self._in_points(spot))
        fits = [a for a in offered if a.low.percent == spot.percent and (a.high is None) == (spot.high is None)]
        counts = whole and not spot.is_range
        if not whole or counts:  # a range without decimals may be one of either
            fits = [a for a in fits if (a.low.places < 2 if counts else a.low.places > 0)]
        values = {round(abs(a.low.value), 6) for a in fits}
        return self.hit(spot, fits) if len(values) <= max(allowed(spot), FEW if counts else 0) else None

    def _counted_of(self, words: str, where: Where) -> Iterator[list[Answer]]:
        """Statistics of answers and questions; from the least over the conditions to the most, too."""
        yield from self.m.singles.told(words, where)
        yield list(self.m.singles.of_question(words, replace(where, judges=self.m.own_judges)))
        each = [
            [answer for answers in self.m.singles.told(words, replace(where, places=(place,))) for answer in answers]
            for place in (where.places if len(where.places) > 1 else ())
        ]
        alone = [sorted(a.low for a in same if a.high is None) for same in zip(*each, strict=False)]
        yield [Answer(ordered[0], ordered[-1]) for ordered in alone if len(ordered) > 1]

    def _first_hit(self, spot: Spot, asks: Iterable[tuple[Ask, Where]]) -> Finding | None:
        found = (self.hit(spot, self._specific(spot, ask, where)) for ask, where in asks)
        return next((hit for hit in found if hit is not None), None)

    def _specific(self, spot: Spot, ask: Ask, where: Where) -> list[Answer]:
        """What it may be, where so many digits are no coincidence."""
        found = list(self._ranges(ask, where) if spot.is_range else self.m.answers.singles(ask, where))
        counts = not (spot.is_range or spot.percent or spot.low.places or self._in_points(spot))
        several = spot in self.s.spots and len(self.s.runs.get(self.s.spots.index(spot), ())) == 2
        counts = counts and not (ask == Ask("alpha", "bound") and several)  # "the worst or the best gives 45 or 47"
        answers = [a for a in found if a.low.percent == spot.percent and (a.low.places == 0 or not counts)]
        values = {(abs(a.low.value), a.high and abs(a.high.value)) for a in answers}
        return answers if len(values) <= allowed(spot) else []

    def _in_points(self, spot: Spot) -> bool:
        """Whether points are told, by a number or by the list that it stands in: "21 and 23 points"."""
        run = self.s.runs.get(self.s.spots.index(spot), []) if spot in self.s.spots else []
        return spot.points or any(self.s.spots[j].points for j in run)

    def _ranges(self, ask: Ask, where: Where) -> Iterator[Answer]:
        """Over all judges, and over each of them."""
        yield from self.m.answers.ranges(ask, where)
        together = any(m.every and TOGETHER.match(self.s.text, m.start) for m in self.s.mentions if m.kind == JUDGE)
        for judge in where.judges if len(where.judges) > 1 and not together else ():
            yield from self.m.answers.ranges(ask, replace(where, judges=(judge,)))

    def _one_for_each_judge(self, i: int, where: Where) -> Finding | None:
        """ "Coherence is 53.64 and 43.66": of one judge and of the other, where both are right so."""
        run, inquiry = self.s.runs.get(i, [i]), self.inquiries.get(i)
        named = any(m.kind == JUDGE and not m.every for m in self.s.mentions)
        if len(run) != 2 or len(self.s.pair) != 2 or inquiry is None or named:
            return None
        ways = {j: replace(where, judges=(judge,)) for j, judge in zip(run, self.s.pair, strict=True)}
        asks = [*inquiry.asks, *(Ask(f"sum:{a.part}") for a in inquiry.asks if a.part in ("errors", "n"))]
        intervals = [Ask("alpha", "ci")] if Ask("alpha") in asks and all(self.s.spots[j].bracket for j in run) else []
        offered = {j: [a for ask in asks for a in self.m.answers.singles(ask, ways[j])] for j in run}
        for j in run if intervals else ():
            offered[j] = list(self.m.answers.ranges(intervals[0], ways[j]))
        hits = {j: self.hit(self.s.spots[j], offered[j]) for j in run}
        if not all(hits.values()):  # "practically level (72.5 and 72.9)", where Opus was told of first
            hits = {j: self.hit(self.s.spots[j], offered[other]) for j, other in zip(run, reversed(run), strict=True)}
        return hits[i] if all(hits.values()) else None

    def _of_the_most(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "The prompt with the highest C has an α of 65.9, the one with the lowest C has 45.5"."""
        place, inquiry = self._superlative(i), self.inquiries.get(i)
        asks = [*(inquiry.asks if inquiry is not None else ()), Ask("alpha")]
        if place is not None:
            return self._first_hit(spot, ((ask, replace(where, places=(place,))) for ask in asks))
        if spot.percent and (WORST.search(self.s.low[: spot.start]) or IN_ONE.match(self.s.low, spot.end)):
            worst = self.m.answers.values(Ask("alpha", "error_rate"), Where(self.m.book.conditions, self.m.own_judges))
            return self.hit(spot, [Answer(max(worst))] if worst else [])
        told = AN_END.search(self.s.low[: spot.start]) or AT_AN_END.match(self.s.low, spot.end)
        asks = [Ask("coherent_only"), *asks] if KEPT.search(f"{self.s.low} {self.s.frame.words}") else asks
        judges = where.judges if self._is_next_to(i, JUDGE) else self.m.own_judges
        everywhere = replace(where, places=self.m.book.conditions, judges=judges)
        found = [a for ask in asks[:-1] for a in self.m.answers.singles(ask, everywhere)]
        ordered = sorted(found, key=lambda a: abs(a.low.value)) if told is not None and not spot.is_range else []
        return self.hit(spot, [ordered[-1 if cues.HIGHEST.search(told["which"]) else 0]]) if told and ordered else None

    def _superlative(self, i: int) -> str | None:
        """ "The prompt with the highest C has an α of 65.9": the one that is meant."""
        told = list(SUPERLATIVE.finditer(self.s.low, 0, self.s.spots[i].start))
        kind = next((c.kind for c in self.bases if told and c.start == told[-1].start("metric")), None)
        if not told or kind not in ("x", "alpha", "coherent"):
            return None
        found = self.m.answers.values(Ask(kind), Where(self.m.book.conditions, self.m.own_judges[:1]))
        ordered = [v.fact.rpartition("/")[2] for v in sorted(found)]
        return ordered[-1 if cues.HIGHEST.search(told[-1]["which"]) else 0] if ordered else None

    def _is_attached(self, i: int, kind: str) -> bool:
        """Whether the name that binds a number stands right behind it, or before it with only words between."""
        return len(self.s.runs.get(i, [i])) > 1 or self._is_next_to(i, kind)

    def _is_next_to(self, i: int, kind: str) -> bool:
        """Whether the name itself does."""
        if i in self.s.behind[kind]:
            return True
        before = self.s.named_before(kind, self.s.spots[i].start)
        unnamed = not before or (kind == PLACE and before[-1].every)
        if unnamed or not set(before[-1].ids) & set(self.s.bind(i, kind).ids):
            return False
        between = self.s.low[before[-1].end : self.s.spots[i].start]
        if between.strip() == ",":  # "that of Grid #3 under Sonnet, 17.3 points"
            return True
        return FAR_OFF.search(between) is None and ITS_AND.match(between) is None

    def _its_own(self, i: int, spot: Spot) -> Finding | None:
        """ "It even contains the baseline's 88.82", "Distance to the target (28.21)": α of that one."""
        before = self.s.named_before(PLACE, spot.start)
        own = ITS_OWN.search(self.s.low[: spot.start]) or (
            before and self.s.hidden[before[-1].end : spot.start] == " ("
        )
        if not own or not set(before[-1].ids) <= {*self.m.book.references}:
            return None
        return self._first_hit(spot, [(Ask("alpha"), Where(before[-1].ids, self.m.book.judges))])

    def _references_named(self) -> tuple[str, ...]:
        named = {p for m in self.s.mentions if m.kind == PLACE for p in m.ids}
        return tuple(p for p in self.m.book.references if p in named)

    def _of_a_reference(self, i: int, spot: Spot, said: Sequence[str]) -> Finding | None:
        """ "Far from the 0.046 of the model with no system prompt": α or the x of a reference that is spoken of."""
        references, named, before = self.m.book.references, self._references_named(), self.s.low[: spot.start]
        inside = INSIDE.match(self.s.low, spot.end) is not None or FROM_IT.search(before) is not None
        others = named or OF_ANOTHER.search(f"{self.s.text} {self.s.frame.words}")
        beside, like_its = self._is_next_to(i, PLACE), LIKE_ITS.search(before)
        precise = spot.low.places > 2 and not beside
        told = others or REFERENCE.search(self.s.low) or precise
        paired = {*said} == {"x"} and any(fact.startswith("x/") for fact in self._facts)  # "at C 0.024 with 3.7"
        if not inside and ((beside and not (like_its or paired)) or not told):
            return None
        elsewhere = OF_ANOTHER.search(self.s.text) is not None
        before_it = any(m.kind == PLACE and m.end <= spot.start and {*m.ids} & {*references} for m in self.s.mentions)
        everything = like_its or precise or (elsewhere and (not before_it or spot.is_range))
        told = tuple(dict.fromkeys(j for m in self.s.mentions if m.kind == JUDGE and not m.every for j in m.ids))
        judges = told if told and not inside else self.m.book.judges
        where = Where(references if everything else named or references, judges)
        beside_it = self.s.low[: spot.start].endswith(f"{PLACE_CHAR} ") and not spot.is_range
        equals = (EQUAL_TO.search(before) is not None and not like_its) or beside_it
        if (self._is_in_brackets_behind(spot) or equals) and before_it:
            last = [m.ids for m in self.s.named_before(PLACE, spot.start)][-1]
            return self._first_hit(spot, [(Ask(kind), Where(last, where.judges)) for kind in ("alpha", "x")])
        kinds = [kind for kind in ("alpha", "x") if inside or not said or paired or kind in said]
        if paired and beside and not like_its:
            own = tuple(p for p in self.s.bind(i, PLACE).ids if p in references)
            return self._first_hit(spot, [(Ask("alpha"), Where(own, self.m.book.judges))] if own else ())
        kinds += ["gap"] if others and JUDGES.search(self._own_words[0]) else []
        hit = self._first_hit(spot, ((Ask(kind), where) for kind in kinds))
        return hit or (self._over_some(spot, where, kinds) if spot.is_range else None)

    def _is_of_a_reference_alone(self, spot: Spot) -> bool:
        """ "Above the target (28.21)": whether a reference, and no condition, stands before the bracket."""
        before = [m.ids for m in self.s.named_before(PLACE, spot.start)]
        return self._is_in_brackets_behind(spot) and {*before[-1]} <= {*self.m.book.references}

    def _is_in_brackets_behind(self, spot: Spot) -> bool:
        """ "Above the target (28.21)": of nothing else than what stands before the bracket."""
        return self.s.low[: spot.start].endswith(f"{PLACE_CHAR} (") and self.s.low[spot.end :].startswith(")")

    def _over_the_old(self, spot: Spot) -> Finding | None:
        """ "Against 0.02–0.03 for the prompts found in #98": prompts of earlier experiments."""
        if not spot.is_range or spot.percent or not OF_ANOTHER.search(f"{self.s.text} {self.s.frame.words}"):
            return None
        old = self.m.vocabulary.old
        judges = (self.m.book.judges, *((judge,) for judge in self.m.book.judges))
        ways = [(Ask(kind), Where(old, one)) for kind in ("alpha", "x") for one in judges]
        return self.hit(spot, [a for ask, way in ways for a in self.m.answers.ranges(ask, way)])

    def _over_some(self, spot: Spot, where: Where, kinds: Iterable[str]) -> Finding | None:
        """ "C = 0.024–0.031 for its two winners": from the least to the most of some of them."""
        groups = [group for size in (2, 3) for group in combinations(where.places, size)]
        judges = [*((judge,) for judge in where.judges), where.judges]
        ways = [replace(where, places=group, judges=one) for group, one in product(groups, judges)]
        offered = [a for kind in kinds for way in ways for a in self.m.answers.ranges(Ask(kind), way)]
        return self.hit(spot, offered) if len({a.facts for a in offered}) <= allowed(spot) else None

    def _from_references(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """How far, or by what share, α lies from a reference that the sentence names, or tells the α of."""
        if ITS_OWN.search(self.s.low[: spot.start]):
            return None  # "PAIR #111's 67.80 is more than twice as high"
        kinds = ("share", "relative") if spot.percent else ("diff",)
        named = self.named_places(i)
        ways = [where, *([replace(where, places=named)] if named and not spot.low.places else [])]
        ways += [replace(where, places=self.m.book.conditions)] if self._is_of_some(i) else []
        alone = spot.is_range and any(m.kind == JUDGE and not m.every for m in self.s.mentions)
        ways += [replace(where, judges=self.m.own_judges)] if not (spot.low.places or alone) else []
        for other, way, kind in product(self._spoken_references(), ways, kinds):
            mine = replace(way, others=(other,), places=tuple(p for p in way.places if p != other))
            offered = list(self._ranges_or_singles(spot, Ask(kind), mine))
            if len({a.low.value for a in offered}) <= max(4, allowed(spot)) and (hit := self.hit(spot, offered)):
                return hit
        return None

    def _ranges_or_singles(self, spot: Spot, ask: Ask, where: Where) -> Iterable[Answer]:
        if not spot.is_range:
            return [a._replace(signless=True) for a in self.m.answers.singles(ask, where)]
        pairs = combinations(where.places, 2) if self._groups else ()
        return [a for group in (where.places, *pairs) for a in self._ranges(ask, replace(where, places=group))]

    def _spoken_references(self) -> tuple[str, ...]:
        """References that the sentence, or the one before it, names, or whose α it tells."""
        told = {*self.right, *(value.fact for value in self.s.frame.told)}
        named = {*self._references_named(), *self.s.frame.places.ids, *self.s.frame.others}
        own = {p: {self.m.book.of(j, p) for j in self.m.book.judges} for p in self.m.book.references}
        return tuple(p for p in self.m.book.references if p in named or own[p] & told)

    def _of_the_whole(self, i: int, spot: Spot, words: str) -> Finding | None:
        """A total of all conditions and judges, in words that speak of judgements and name no condition."""
        attached = self._is_next_to if spot.low.value >= MANY else self._is_attached
        if attached(i, PLACE) or attached(i, JUDGE) or not COUNTED.search(words) or spot.is_range:
            return None
        parts = ("error_rate",) if spot.percent else ("errors", "judgements", "n")
        whole = Where(self.m.book.conditions, self.m.own_judges)
        return self.hit(spot, [total for part in parts for total in self._sum_of_all(part, whole)])

    def _sum_of_all(self, part: str, where: Where) -> list[Answer]:
        """A count, or a share, added up over everything."""
        return list(self.m.answers.singles(Ask(f"together:{part}"), where))

    def of_part_and_whole(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "30 of Sonnet's 39 belong to Grid #2": what a right count is counted out of."""
        before = self.s.low[self.s.spots[i - 1].end if i else 0 : spot.start]
        if spot.is_range or spot.percent or spot.low.places:
            return None
        if SO_MANY_OF.search(before):
            return self.hit(spot, self._wholes())
        if OF_CONDITIONS.match(self.s.low, spot.end):
            return None  # of these there are as many as were counted first
        if not i or OUT_OF_ITS.fullmatch(before) is None:
            return None
        everywhere = self.m.book.conditions
        wheres = [where, *(Where(everywhere, judges) for judges in (where.judges, self.m.own_judges))]
        asks = [Ask(f"sum:{part}") for part in ("errors", "n", "judgements")]
        sums = [a for w in wheres for ask in asks for a in islice(self.m.answers.singles(ask, w), 1)]
        return self.hit(spot, [*sums, *self._wholes()])

    def _wholes(self) -> list[Answer]:
        whole = (self.m.answers.value(name) for name in ("panel/questions", "conditions", "cells"))
        return [Answer(value) for value in whole if value is not None]

    def _like_its_neighbours(self, i: int, spot: Spot, where: Where, said: Sequence[str]) -> Finding | None:
        """ "About 16 points for Grid #1 and about 29 for Grid #2": of the metric that others of the sentence are of."""
        kinds = dict.fromkeys(ask for fact in sorted(self._facts) if (ask := ask_of(fact)) is not None)
        where = replace(where, places=self.s.bind(i, PLACE).ids or where.places)
        own = {*said, *(("gap",) if "diff" in said else ()), *(COUNTS if {*said} & {*COUNTS} else ())}
        asks = [ask for ask in kinds if not own or ask.base.removeprefix("sum:").removesuffix("_paired") in own]
        offered = [
            a for ask in asks for a in self._ranges_or_singles(spot, ask, where) if a.low.percent == spot.percent
        ]
        near = self.hit(spot, offered) if len(offered) <= max(2, allowed(spot)) else None
        return near or self.hit(spot, self._other_sides(spot)) or self.hit(spot, self._same_side(spot, where))

    def _same_side(self, spot: Spot, where: Where) -> list[Answer]:
        """ "Higher on 81 % (PAIR #111), 74 % (Grid #1)": the same way for another condition."""
        told = {(f["what"], f["sign"]) for fact in sorted(self._facts) if (f := OF_SIDES.match(fact)) is not None}
        places = where.places if len(where.places) == 1 and not spot.is_range else ()
        signs = sorted({sign for _, sign in told})
        offered = [a for what, _ in told for place in places for a in self.m.singles.sides_of(what, (place,), signs)]
        return [a for a in offered if a.low.percent == spot.percent]

    def _other_sides(self, spot: Spot) -> list[Answer]:
        """ "Opus higher on 89 %, Sonnet on 7 %, and they tied on the remaining 4 %": of the same answers."""
        told = [found for fact in sorted(self._facts) if (found := OF_SIDES.match(fact)) is not None]
        groups = {(found["what"], tuple(found["places"].split("+"))) for found in told}
        offered = [a for what, places in groups for a in self.m.singles.sides_of(what, places, SIGNS)]
        return [a for a in offered if a.low.percent == spot.percent] if len(groups) == 1 and not spot.is_range else []

    def _beside_its_share(self, i: int, spot: Spot) -> Finding | None:
        """ "The 30 on Grid #2 are 2.9 % of that cell", "49 out of 8,320, or 0.6 %": counts with a right share."""
        if spot.is_range or spot.percent or spot.low.places:
            return None
        cells = [fact.removesuffix("/error_rate") for fact in self.right if fact.endswith("/error_rate")]
        names = [f"{cell}/{part}" for cell in cells for part in ("errors", "n", "judgements")]
        own = [Answer(v) for name in names if (v := self.m.answers.value(name)) is not None]
        share = any(f"{spot.low.value:g}" in fact.split(" / ") for fact in self.right)
        judges = (self.m.own_judges, *((judge,) for judge in self.m.own_judges))
        everywhere = [Where(self.m.book.conditions, alone) for alone in judges]
        parts = ("errors", "judgements") if share else ()
        sums = [total for part in parts for way in everywhere for total in self._sum_of_all(part, way)]
        return self.hit(spot, [*own, *sums])

    def _near_a_threshold(self, i: int, spot: Spot) -> Finding | None:
        """ "No α is anywhere near 15": a declared threshold."""
        if spot.is_range or not NEAR_IT.search(self.s.low[: spot.start]):
            return None
        return self.hit(spot, [Answer(v) for v in self.m.answers.lines() if v.value == spot.low.value])

    def _roughly_between(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "PAIR #111 and Grid #1 are between 65 and 70": round numbers around what is there."""
        inquiry, high = self.inquiries.get(i), spot.high
        if inquiry is None or high is None or not spot.between or spot.low.places or high.places:
            return None
        step = 5 if not (spot.low.value % 5 or high.value % 5) else 1
        values = [a.low for ask in inquiry.asks for a in self.m.answers.singles(ask, where)]
        inside = values and all(spot.low.value <= v.value <= high.value for v in values)
        near = inside and min(values).value - spot.low.value < step and high.value - max(values).value < step
        return self.found(spot, ROUNDS, span_text([Answer(v) for v in values]), (values[0].fact,)) if near else None

    def _of_one_judge(self, i: int, spot: Spot, where: Where) -> Finding | None:
        """ "On Opus they are 5.25 apart": by a single judge conditions are apart, and not judges."""
        inquiry = self.inquiries.get(i)
        gap = inquiry is not None and any(a.base == "gap" for a in inquiry.asks)
        bound = {self.s.bind(i, JUDGE).ids} if self._is_next_to(i, JUDGE) else set()
        judges = bound or {m.ids for m in self.s.mentions if m.kind == JUDGE}
        if not gap or len(judges) != 1 or len(next(iter(judges))) != 1 or spot.percent:
            return None
        others = tuple(dict.fromkeys((*self.s.frame.places.ids, *self.named_places(i), *self.m.book.conditions)))
        wide = replace(where, judges=next(iter(judges)), others=others)
        return self._first_hit(spot, ((Ask("diff"), wide),))

    def _the_target(self, spot: Spot) -> Finding | None:
        """ "Every interval clears 28.21": so precise a number is a reference's α wherever it stands."""
        where = Where(self.m.book.references, self.m.book.judges)
        return self._first_hit(spot, ((Ask("alpha"), where),)) if spot.low.places > 1 else None

    def _between_ends(self, spot: Spot) -> Finding | None:
        """ "The lowest Opus value is above the highest Sonnet value, by 1.7 points"."""
        judges = tuple(dict.fromkeys(m.ids[0] for m in self.s.mentions if m.kind == JUDGE and not m.every))
        told = cues.LOWEST.search(self.s.low) and cues.HIGHEST.search(self.s.low)
        if not told or len(judges) != 2 or spot.is_range or spot.percent:
            return None
        one, two = (sorted(self.m.answers.values(Ask("alpha"), Where(self.m.book.conditions, (j,)))) for j in judges)
        pairs = ((one[0], two[-1]), (two[0], one[-1])) if one and two else ()
        return self.hit(
            spot, [Answer(Value(a.value - b.value, f"{a.fact} − {b.fact}", 2), None, True) for a, b in pairs]
        )


def allowed(spot: Spot) -> int:
    """How many values a number may be held against: one in so many of those that are written with as many digits."""
    number = spot.low
    whole = len(f"{abs(number.value):.0f}")
    digits = number.places + (whole if not number.places else 2 if number.places < 3 else 0)
    digits += (spot.high is not None) - spot.approximate
    rough = 2 if spot.approximate and whole > 1 else 0  # "about 16 points"
    rough = 3 if spot.approximate and spot.high is not None else rough  # "about 3 to 5 points"
    return max(rough, int(10**digits // ONE_IN) if 1 < digits < LONG else 0)


def ask_of(fact: str) -> Ask | None:
    """What a fact is an answer to: "gap/grid_2" to a gap, "coherent/opus/grid_2" to a coherence."""
    if BETWEEN_JUDGES.fullmatch(fact):
        return Ask("gap")
    parts = fact.split("/")
    if parts[0] in ("gap", "gap_paired"):
        return Ask(parts[0], parts[2] if len(parts) > 2 and parts[2] == "n" else "")
    if parts[0] in ("alpha", "coherent") and len(parts) == 3:
        return Ask(parts[0])
    if len(parts) == 2 and parts[0] in ("errors", "n", "judgements"):
        return Ask(f"sum:{parts[0]}")
    return None
