"""What a number of a sentence is bound to, and what came of it: shared by all ways of reading one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.review import cues
from bot.review.agreeing import EXACT, ROUNDS, UNMATCHED, WRONG, Finding, distance, expected_text, status_of
from bot.review.answers import Answer, Ask, Value, Where
from bot.review.binding import OWN, Bound, Sentence
from bot.review.names import JUDGE, PLACE
from bot.review.numbers import Spot

if TYPE_CHECKING:
    from bot.review.matching import Matcher

SHOWN_AT_MOST = 3
STRANGER_BEFORE = re.compile(
    r"\b[a-z]+['’]s?\s+(?:α\s+of\s+)?$|\b(?:that|those|one|ones) of the [a-z]+\s*$"
    r"|\bthe [a-z]+ (?:model|checkpoint|network)\s+(?:[a-z]+\s+){0,3}$"
)
STRANGER_BEHIND = re.compile(r"\s*for (?:the|an?) [a-z-]+ (?:one|model|prompt|run|cell)\b")
TAKEN_OFF = re.compile(r"(?:\bminus|[−–]|\b(?:gap|distance|difference)s?\s+(?:to|from))\s+(?:the\s+)?$")
ITS = re.compile(r"['’]s?\s")
AGAINST = re.compile(r"\s*(?:against|versus|vs\.?|compared (?:with|to))\s*")
BESIDE_OTHER = re.compile(
    r"\s*(?:points?\s+)?(?:above|below|over|under|beyond|short\s+of|away\s+from|from|(?:higher|lower|more"
    r"|less)\s+than)\s+(?:the\s+)?"
)
PERCENT_OF = re.compile(r"\s*of\s+(?:the\s+)?")
CLAUSE_END = re.compile(r"[.;:](?!\d)")
UNDER_ONE_AND = re.compile(r"\s*(?:under|by|on|with|from)\s+\ue001+\s*(?:,|and|, and)\s*")
RIGHT_BEHIND = re.compile(r"\s*(?:\(|\bunder\b|\bby\b|\bfrom\b)\s*")
NAIVE = re.compile(r"\bnaive\b")
EVERYTHING = re.compile(r"\binclud\w+|\bbaseline|\breference|\ball rows\b|\bbetween\b")


@dataclass(slots=True)
class Inquiry:
    """What a number may be of: `asks` in the order of likelihood; `certain` where the words leave no other metric.

    `head` is the number that this one belongs to, `places` override what it is bound to. `direction` is 1 or −1 where
    the words say above or below, `magnitude` where they leave no room for a sign. `told` says that a sentence before
    named the metric. `firm` says that the word which names it stands right beside the number.
    """

    asks: list[Ask]
    certain: bool
    others: tuple[str, ...] = ()
    head: int | None = None
    places: tuple[str, ...] = ()
    direction: int = 0
    magnitude: bool = False
    told: bool = False
    firm: bool = True


class Scope:
    """One sentence being read against one book."""

    def __init__(self, matcher: Matcher, sentence: Sentence) -> None:
        self.m = matcher
        self.s = sentence
        self.bases = matcher.lexicon.bases(sentence.hidden)
        self.parts = matcher.lexicon.parts(sentence.hidden)
        self.inquiries: dict[int, Inquiry] = {}
        self.nouns: dict[int, tuple[str, str]] = {}
        self.taken: dict[int, tuple[str, float]] = {}
        self.before: dict[int, tuple[Value, ...]] = {}  # what the number right before one stands for
        self.worked_out: dict[int, str] = {}  # numbers that were found as differences of others, and of which
        self.right: set[str] = set()  # facts that the numbers before were found to be
        self.held: set[int] = set()  # where numbers stand that can be nothing else than what they were held against
        self._own_places: dict[int, str | None] = {}
        self._bounds: dict[tuple[int, str], Bound] = {}
        self.kept = False  # whether a share of kept answers was told in this sentence

    def bound(self, i: int, kind: str) -> Bound:
        """What number `i` is bound to; a lone condition told of before is meant where a pronoun stands for it."""
        if (i, kind) not in self._bounds:
            self._bounds[i, kind] = self._bound(i, kind)
        return self._bounds[i, kind]

    def _bound(self, i: int, kind: str) -> Bound:
        bound = self.s.bind(i, kind)
        if kind == PLACE and (own := self._one_against_other(i) or self.own_place(i)) is not None:
            return Bound((own,), True)
        if kind == PLACE and bound.every and (meant := self._meant_by_it(i)) is not None:
            return Bound(meant, True)
        if cues.TOGETHER.search(self.s.low[: self.s.spots[i].start]) and (kind == JUDGE or not self._is_led(i)):
            return Bound((), False)
        total = cues.IN_TOTAL.match(self.s.low, self.s.spots[i].end) and i not in self.s.behind[kind]
        if total and (i or not any(g.end <= self.s.spots[i].start for g in self.s.groups[kind])):
            return Bound((), False)
        if self.stranger(self.s.spots[i]) and self.own_place(i) is None:
            return Bound((), False)
        if bound is self.s.frame.of(kind) and len(bound.ids) == 1 and kind == PLACE and cues.ANAPHOR.search(self.s.low):
            return Bound(bound.ids, True, bound.every)
        if (
            bound is self.s.frame.of(kind)
            and bound.ids
            and re.search(r"\b(?:overall|across|in all|altogether|anywhere|any of)\b", self.s.low)
        ):
            return Bound(bound.ids, False, bound.every)
        return bound

    def _one_against_other(self, i: int) -> str | None:
        """ "Grid #3 is closest to the target: 45.46 against 28.21": the first is the one's, the second the other's."""
        run = self.s.runs.get(i, [i])
        if len(run) != 2 or not AGAINST.fullmatch(self.s.low[self.s.spots[run[0]].end : self.s.spots[run[1]].start]):
            return None
        before = self.s.named_before(PLACE, self.s.spots[run[0]].start)
        alone = [m for m in before if len(m.ids) == 1 and not m.every][-2:]
        if len(alone) != 2 or [m in self.s.compared for m in alone] != [False, True]:
            return None
        return alone[run.index(i)].ids[0]

    def _is_led(self, i: int) -> bool:
        """Whether a condition is named for number `i` in its own sentence."""
        return any(g.end <= self.s.spots[i].start for g in self.s.groups[PLACE]) or i in self.s.behind[PLACE]

    def _meant_by_it(self, i: int) -> tuple[str, ...] | None:
        """ "The target of 28.21 in every condition"; "Grid #1 is the closest of the four, and it lies 37 above"."""
        if (own := self.own_place(i)) is not None:
            return (own,)
        before = self.s.named_before(PLACE, self.s.spots[i].start)
        alone = {m.ids for m in before if not m.every and m not in self.s.compared}
        it = re.search(r"\b(?:of|among)\s+\ue000+[^.;\d]*\bit\b[^.;\d]{0,30}$", self.s.low[: self.s.spots[i].start])
        return next(iter(alone)) if it is not None and len(alone) == 1 and len(next(iter(alone))) == 1 else None

    def bound_here(self, i: int) -> bool:
        """Whether the sentence itself names what number `i` belongs to."""
        return any(
            self.s.bind(i, kind).ids and self.s.bind(i, kind) is not self.s.frame.of(kind) for kind in (JUDGE, PLACE)
        )

    def own_place(self, i: int) -> str | None:
        """The place whose own number this is: "the target's α of 28.21"."""
        if i not in self._own_places:
            self._own_places[i] = next(self._own_of(i, self.s.spots[i]), None)
        return self._own_places[i]

    def _own_of(self, i: int, spot: Spot) -> Iterator[str]:
        for mention in self.s.compared:
            behind = self.s.hidden[mention.end : spot.start]
            if len(mention.ids) != 1 or mention.end > spot.start or OWN.match(behind) is None:
                continue
            if self.s.hidden[mention.end :].startswith(",") and self.s.follows_a_subject(mention.start):
                continue  # "Grid #1 is closest to the finetune, with 0.7353"
            if behind.strip() in (":", ",") and i in self.s.behind[PLACE]:
                continue  # "nowhere near the finetune: 0.031 for the PAIR winner"
            its_own = ITS.match(self.s.hidden, mention.end) is not None  # "distance to the target's 28.2"
            if its_own or not TAKEN_OFF.search(self.s.low[: mention.start]):
                yield mention.ids[0]

    def named_places(self, i: int) -> tuple[str, ...]:
        """Conditions and references named in the sentence, of its last part where that names several."""
        start = self.s.low.rfind(";", 0, self.s.spots[i].start)
        named = [m for m in self.s.mentions if m.kind == PLACE and not m.every]
        clause = [m for m in named if m.start > start and m.end <= self.s.spots[i].start]
        chosen = clause if start >= 0 and len({m.ids for m in clause}) > 1 else named
        return tuple(dict.fromkeys(p for m in chosen for p in m.ids))

    def others_of(self, i: int, *, ahead: bool = False) -> tuple[str, ...]:
        """Places that the number compares with: named so, else what the text compared with before, else the target."""
        spot = self.s.spots[i]
        near = 400 if ahead else 60
        right = BESIDE_OTHER.match(self.s.low, spot.end) or (
            PERCENT_OF.match(self.s.low, spot.end) if spot.percent else None
        )  # "14 to 16 times the baseline, and 72–82 % of the finetune's own"
        beside = [m for m in self.s.compared if right is not None and m.start == right.end()]
        if beside:  # "43 points below the baseline and 17 to 18 points above the finetune"
            return beside[0].ids
        behind = [m for m in self.s.compared if m.end <= spot.start]
        if behind and re.search(r"\d", self.s.low[behind[-1].end : spot.start]) is None:
            return tuple(dict.fromkeys(behind[-1].ids))
        named = [m for m in self.s.compared if m.start >= spot.end and m.start - spot.end < near][:1]
        named = named or [m for m in self.s.numbered if m.start >= spot.end and m.start - spot.end < near][:1]
        named = named or [m for m in self.s.compared if m.end <= spot.start]
        if named:
            return tuple(dict.fromkeys(p for m in named for p in m.ids))
        frame = self.s.frame
        if cues.OVERTAKES.search(self.s.low) and len(frame.places.ids) == 1:
            return frame.places.ids
        if cues.PRONOUN.search(self.s.low):
            return frame.others or self.m.targets or frame.places.ids
        own = self.named_places(i)
        number = re.search(r"\b(?:above|below)\s+[-−]?\d", self.s.low) is not None
        if len(own) >= 2 and not number and re.search(r"\bdiffer|\bapart\b|\bbetween\b|\bfrom\b", self.s.low):
            return own
        return frame.others or self.m.targets or (own if len(own) > 1 else frame.places.ids)

    def where(self, i: int, inquiry: Inquiry | None = None) -> Where:
        """The condition and judge that number `i` is bound to, all of them where nothing is named."""
        head = inquiry.head if inquiry is not None and inquiry.head is not None else i
        places, judges = self.bound(head, PLACE), self.bound(head, JUDGE)
        if head != i:
            own_places, own_judges = self.s.behind[PLACE].get(i), self.s.behind[JUDGE].get(i)
            places = Bound(own_places.ids, True) if own_places and not self.s.behind[PLACE].get(head) else places
            judges = Bound(own_judges.ids, True) if own_judges and not self.s.behind[JUDGE].get(head) else judges
        own = inquiry.places if inquiry is not None and inquiry.places else places.ids
        if (
            inquiry is not None
            and len(inquiry.others) > 1
            and any(a.base == "diff" for a in inquiry.asks)
            and set(own) <= set(inquiry.others)
        ):
            own = inquiry.others
        quotient = inquiry is not None and any(a.base in ("ratio", "share", "relative") for a in inquiry.asks)
        if quotient and inquiry is not None and set(own) <= set(inquiry.others):
            own = ()  # "the closest we got is 1.6 times the target": of what is not said
        if inquiry is not None and self._is_end(i) and Ask("diff") in inquiry.asks and own == inquiry.others:
            own = ()  # "all eight values are above it, the lowest by 17.3 points"
        return Where(own or self.m.book.conditions, judges.ids or self.m.own_judges, inquiry.others if inquiry else ())

    def _is_end(self, i: int) -> bool:
        """Whether a number is told to be that of the lowest, or of the highest."""
        before = self.s.low[max(0, self.s.spots[i].start - 30) : self.s.spots[i].start]
        return cues.LOWEST.search(before) is not None or cues.HIGHEST.search(before) is not None

    def wheres(self, i: int, inquiry: Inquiry) -> list[Where]:
        """What it is bound to first, then what else it may be bound to where that is not sure."""
        first = self.where(i, inquiry)
        head = inquiry.head if inquiry.head is not None else i
        found = [first]
        if inquiry.places:
            return [first, Where(first.places, self.m.own_judges, first.others)]
        place_sure, judge_sure = self.bound(head, PLACE).sure, self.bound(head, JUDGE).sure
        everywhere = (*self.m.book.conditions, *self.m.book.references)
        if not judge_sure and first.judges != self.m.own_judges:
            found.append(Where(first.places, self.m.own_judges, first.others))
        behind = self.s.behind[JUDGE].get(i)
        if behind is not None and RIGHT_BEHIND.fullmatch(self.s.low[self.s.spots[i].end : behind.start]):
            judge_sure = True  # "45.8 (Sonnet) vs 74.7 (Opus)", "1.59 under Opus"
        place_sure = place_sure or self._is_alone_in_its_clause(i)
        if not place_sure or (self.s.spots[i].is_range and len(first.places) == 1):
            found.append(Where(self.m.book.conditions, first.judges, first.others))
        # A small whole number stands somewhere in every archive: what was spoken of before is all it may be of.
        number = self.s.spots[i]
        counts_failures = all(a.part == "errors" or a.base == "sum:errors" for a in inquiry.asks)
        vague = counts_failures and abs(number.low.value) < 100
        group = number.is_range and EVERYTHING.search(self.s.low) is None
        if not place_sure and not vague and not group:
            found.append(Where(everywhere, first.judges, first.others))
            if not judge_sure:
                found.append(Where(everywhere, self.m.own_judges, first.others))
        return found

    def _is_alone_in_its_clause(self, i: int) -> bool:
        """ "EvoPrompt #98 3.70 under Sonnet and 6.06 under Opus": one name, and a number of its own before this one."""
        start = self.s.spots[i].start
        clause = CLAUSE_END.split(self.s.low[:start])[-1]
        named = [m for m in self.s.mentions if m.kind == PLACE and start - len(clause) <= m.start < start]
        alone = len(named) == 1 and len(named[0].ids) == 1 and not named[0].every
        if not alone or named[0] in self.s.compared or i == 0 or i in self.s.behind[PLACE]:
            return False
        return UNDER_ONE_AND.fullmatch(self.s.low[self.s.spots[i - 1].end : start]) is not None

    def stranger(self, spot: Spot) -> bool:
        """Whether the number is told to be of something that no name here stands for: "the student's 28.21"."""
        before = STRANGER_BEFORE.search(self.s.low[: spot.start]) is not None
        return before or STRANGER_BEHIND.match(self.s.low, spot.end) is not None

    def nameless(self) -> Iterator[str]:
        """Places that the sentence names, to compare with none, and to which none of its numbers is bound."""
        taken = {p for i in range(len(self.s.spots)) for p in self.s.bind(i, PLACE).ids}
        for mention in self.s.mentions:
            alone = mention.kind == PLACE and len(mention.ids) == 1 and mention not in self.s.compared
            if alone and (mention.ids[0] not in taken or self.s.bind(0, PLACE).every):
                yield mention.ids[0]

    def bound_words(self) -> bool:
        """Whether the sentence speaks of what failed judgements could do."""
        if NAIVE.search(self.s.low):
            return False  # "the naive standard error would be 0.66"
        return (
            re.search(
                r"\bfail|\bzero\b|\btop\b|\ball\b|\bcounting\b|\bmissing\b|\bbound|\bwould\b|\bpull|\bworst\b|\bbest\b",
                self.s.low,
            )
            is not None
        )

    def around(self) -> str:
        """The sentence with the metric that stands before it."""
        return f"{self.s.low} {self.s.frame.cue or ''}"

    def precise(self, spot: Spot) -> bool:
        """Whether a number has decimals, so that it stands by chance nowhere."""
        return spot.low.places >= 1

    def hit(self, spot: Spot, found: Iterable[Answer]) -> Finding | None:
        """A finding where one of the answers is what is written, the exact one first."""
        best: Finding | None = None
        for answer in found:
            status = status_of(spot, answer)
            if status is not None and (best is None or (best.status, status) == (ROUNDS, EXACT)):
                stated = any(v is not None and v.stated for v in (answer.low, answer.high))
                best = self.found(
                    spot, status, expected_text(spot, answer), answer.facts, "stated, not counted" if stated else ""
                )._replace(values=tuple(v for v in (answer.low, answer.high) if v is not None))
        return best

    def judged(self, spot: Spot, found: Sequence[Answer], *, certain: bool) -> Finding | None:
        """Right, wrong with the nearest right values, or unmatched where the context binds no fact."""
        hit = self.hit(spot, found)
        if hit is not None:
            return hit
        near = sorted(
            {expected_text(spot, a): a for a in found if (a.high is not None) == spot.is_range}.items(),
            key=lambda p: distance(spot, p[1]),
        )
        if not certain or not near:
            return self.found(spot, UNMATCHED, "", (), "no fact is bound to it by its context")
        expected = " or ".join(text for text, _ in near[:SHOWN_AT_MOST])
        facts = tuple(dict.fromkeys(f for _, a in near[:SHOWN_AT_MOST] for f in a.facts))
        return self.found(spot, WRONG, expected, facts)

    def found(
        self,
        spot: Spot,
        status: str,
        expected: str = "",
        facts: tuple[str, ...] = (),
        why: str = "",
        end: int | None = None,
    ) -> Finding:
        """A finding on a number."""
        return Finding(spot.start, spot.end if end is None else end, status, expected, facts, why)
