"""Which models a number of a sweep's text is bound to, and which two a difference is between."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from bot.review.binding import Sentence
from bot.review.names import JUDGE, NUMBER_WORDS, PLACE, Mention
from bot.review.numbers import Spot
from bot.review.special import Special

if TYPE_CHECKING:
    from bot.review.matching_sweep import SweepMatcher

# Tasks are bound as judges are in other archives: beside the place, and told apart from it.
TASK = JUDGE
ASIDE_BEFORE = re.compile(
    r"\b(?:leaving aside|setting aside|apart from|aside from|except(?: for)?|excepting|excluding|ignoring|other than"
    r"|besides|without|but not)\s+(?:the\s+(?:\w+\s+)?)?[`*_]*$",
    re.IGNORECASE,
)
ASIDE_BEHIND = re.compile(r"[`*_]*\s+(?:\w+\s+)?(?:aside|apart|excluded|excepted|left out)\b", re.IGNORECASE)
AGAINST = re.compile(
    r"\b(?:ahead of|behind|over|beats?|trails?|leads?|to|minus|less|vs\.?|versus)\s+(?:the\s+)?$|[−–-]\s?$"
)
# What may stand between a count and the model behind it that it is of: "5 for", "(3) from", "4 of those belong to".
ATTACHED = re.compile(
    r"\)?\s+(?:[a-z'’-]+\s+){0,7}?(?:for|from|of|by|at|in|with|to|on|under|are|is|has|have)\s+"
    r"(?:the\s+)?(?:runs of\s+)?"
)
ELSE = re.compile(
    r"\b(?:(?:every(?:body|one|thing)|all|each model) else|(?:all )?(?:the )?others?|the rest)(?: models)?"
    r"(?:\s+(?:have|has|had|lost|lack|are|is|each|only|just|get))*[\s:(]*$"
)
ELSE_BEHIND = re.compile(
    r"(?:\s+[a-z]+){0,3}?\s+(?:for|of|from|by|in|at|with|to)\s+(?:(?:each|all|every one) of )?"
    r"(?:every(?:body|one)|all|the) (?:else|others?|rest)\b"
)
BESIDE = re.compile(
    r"(?:['’]s)?(?:,(?=\s+at\b))?[\s(:=]*"
    r"(?:(?:is|at|with|has|gets|got|averages?|scores?|reach(?:es|ed)|of|was|comes? to)\s+)*"
)
PRONOUN = re.compile(
    r"\b(?:trails?|beats?|leads?|behind|above|below|ahead of|over|than|from|against)\s+(?:it|them|that)\b"
)
THEM = re.compile(r"\b(?:them|the two|both)\b[^;\d]*$")
BEHIND_IT = re.compile(r"\s*(?:points?\s+)?(?:behind|lower|less|below|ahead|higher)\s*(?:[,.;)]|$|and\b|but\b)")
NEIGHBOUR = re.compile(r"\b(?:next|second|runner-?up|closest|following|nearest)\b")
TOP_TWO = re.compile(r"\b(?:first and (?:the )?second|top two|best two|first two|leader and (?:the )?runner-?up)\b")


def is_aside(text: str, mention: Mention) -> bool:
    """ "(t2-x aside)", "leaving aside t2-x": a task that is named to say that it is not meant."""
    before, behind = text[: mention.start], text[mention.end :]
    return ASIDE_BEFORE.search(before) is not None or ASIDE_BEHIND.match(behind) is not None


class Pair(NamedTuple):
    """Models whose value is meant, and those that it is held against; () where nothing says which."""

    own: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def named(self) -> bool:
        """Whether both sides are single models."""
        return len(self.own) == len(self.others) == 1


class Pairing(Special):
    """One sentence about a sweep, as to whose its numbers are."""

    m: SweepMatcher

    def __init__(self, matcher: SweepMatcher, sentence: Sentence) -> None:
        super().__init__(matcher, sentence)
        self.paired: dict[int, Pair] = {}

    @cached_property
    def named(self) -> list[Mention]:
        """Mentions of models, but for words that stand for all of them."""
        return [m for m in self.s.mentions if m.kind == PLACE and not m.every and self._ids(m)]

    def _ids(self, mention: Mention) -> tuple[str, ...]:
        return tuple(p for p in mention.ids if p in self.m.book.models)

    def own_models(self, i: int) -> tuple[str, ...]:
        """Models that a number is bound to; () where none is named."""
        if ids := self._right_before(self.s.spots[i]) or self._set_against(i):
            return ids
        bound = self.bound(i, PLACE)
        ids = tuple(p for p in bound.ids if p in self.m.book.models)
        others = next((m for m in self.s.mentions if m.others), None) if bound.every else None
        told = NUMBER_WORDS.index(word) if others and (word := self._last_word(others)) in NUMBER_WORDS else len(ids)
        return ids if told == len(ids) else ()  # "the other three", and not what the sentence before left over

    def _right_before(self, spot: Spot) -> tuple[str, ...]:
        """ "A (0.71), B (0.70)": a name right before a number, at most with a bracket or a verb between."""
        last = next((m for m in reversed(self.named) if m.end <= spot.start), None)
        if last is None or len(last.ids) > 1 or last in self.s.compared:
            return ()
        return self._ids(last) if BESIDE.fullmatch(self.s.low[last.end : spot.start]) else ()

    def _set_against(self, i: int) -> tuple[str, ...]:
        """ "A is strong: 0.73 against 0.53 (B)": what stands behind the second number is not the first one's."""
        run, behind = self.s.runs.get(i, [i]), self.s.behind[PLACE]
        if len(run) != 2 or run[0] != i or run[1] not in behind or i in behind:
            return ()
        between = self.s.low[self.s.spots[i].end : self.s.spots[run[1]].start]
        last = next((m for m in reversed(self.named) if m.end <= self.s.spots[i].start), None)
        return self._ids(last) if last is not None and re.search(r"\b(?:against|versus|vs)\b", between) else ()

    def _last_word(self, mention: Mention) -> str:
        return self.s.text[mention.start : mention.end].casefold().split()[-1]

    def models(self, i: int) -> tuple[str, ...]:
        """Models that a number is bound to, all where none is named."""
        return self.own_models(i) or self.m.book.conditions

    def tasks(self, i: int) -> tuple[str, ...]:
        """Tasks that a number is bound to, else all that the sentence names."""
        return self.bound(i, TASK).ids or tuple(
            dict.fromkeys(t for m in self.s.mentions if m.kind == TASK for t in m.ids)
        )

    def tasked_models(self) -> tuple[str, ...]:
        """Models that stand beside a task (`t1-x/model`), all where none does."""
        named = {p for m in self.s.mentions for p in m.ids} | set(self.s.frame.places.ids)
        return tuple(p for p in self.m.book.conditions if p in named) or self.m.book.conditions

    def attached(self, spot: Spot) -> tuple[str, ...]:
        """Models that a count is tied to by the words behind it: "3 each for A and B"."""
        for group in self.s.groups[PLACE]:
            between = self.s.low[spot.end : group.start] if group.start >= spot.end else ""
            if between and ATTACHED.fullmatch(between) and not re.match(r"['’]?s?\s*\d", self.s.hidden[group.end :]):
                named = {p for m in self.named for p in self._ids(m)} if group.members[0].others else set()
                return tuple(p for p in group.ids if p in self.m.book.models and p not in named)
        return ()

    def beside(self, spot: Spot) -> tuple[str, ...]:
        """Models right before brackets that hold the count: "more than the other three together (2)"."""
        if ELSE.search(self.s.low[: spot.start]) or ELSE_BEHIND.match(self.s.low, spot.end):
            named = {p for m in self.named for p in self._ids(m)}
            return tuple(p for p in self.m.book.conditions if p not in named) if named else ()
        for mention in self.s.mentions:
            between = self.s.low[mention.end : spot.start] if mention.end <= spot.start else "no"
            if self._ids(mention) and re.fullmatch(r"\s*(?:taken\s+)?(?:together|combined)?\s*\(\s*", between):
                named = {p for m in self.named for p in self._ids(m)} if mention.others else set()
                return tuple(p for p in self._ids(mention) if p not in named)
        return ()

    def is_behind(self, i: int) -> bool:
        """Whether the names that a number is bound to stand behind it, so that they may be the next one's."""
        spot, ids = self.s.spots[i], set(self.own_models(i))
        return self.bound_here(i) and not any(
            m.end <= spot.start and ids & set(self._ids(m)) for m in self.s.mentions if m.kind == PLACE
        )

    # Differences.

    def pair(self, i: int) -> Pair:
        """Between which models a difference is; an interval behind it has the same two."""
        if i not in self.paired:
            self.paired[i] = self._of_last(i) or self._pair(self.s.spots[i])
        return self.paired[i]

    def _of_last(self, i: int) -> Pair | None:
        """ "0.11 higher than B (from 0.03 to 0.19)", "0.092, with an interval from …": what has no name of its own."""
        last, spot = (self.s.spots[i - 1], self.s.spots[i]) if i else (None, None)
        if last is None or spot is None or not spot.is_range or i - 1 not in self.paired:
            return None
        between = [m for m in self.named if last.end <= m.start and m.end <= spot.start]
        known = self.paired[i - 1]
        return known if all(set(self._ids(m)) <= {*known.own, *known.others} for m in between) else None

    def _pair(self, spot: Spot) -> Pair:
        before = [m for m in self.named if m.end <= spot.start]
        ahead = [m for m in self.named if m.start >= spot.end and self._same_clause(spot.end, m.start)]
        if (told := self._of_two(spot, before)) is not None:
            return told
        other = next((m for m in ahead if self._is_against(m)), None)
        other = other or next((m for m in reversed(before) if self._is_against(m)), None)
        own = [m for m in before if m is not other and not self._is_against(m)]
        own = own or [m for m in ahead if m is not other]
        if other is not None and len(own) > 1 and re.fullmatch(r"\s*by\s+", self.s.low[own[-1].end : spot.start]):
            return Pair(self._ids(own[0]), self._ids(own[-1]))  # "A beats B by 0.1, C by 0.2"
        if other is None and own and PRONOUN.search(self.s.low[: spot.start]):
            return Pair(self._ids(own[-1]), self._framed_others(self._ids(own[-1])))
        if other is None and len(own) > 1 and self._joined(own[-2], own[-1]):
            return Pair(self._ids(own[-2]), self._ids(own[-1]))
        mine = self._ids(own[-1]) if own else self._framed(self._ids(other) if other is not None else ())
        if other is None and ahead and own and ahead[0] is not own[-1]:
            other = ahead[0]
        others = self._ids(other) if other is not None else self._framed_others(mine)
        return Pair(mine if mine != others else (), others)

    def _of_two(self, spot: Spot, before: Sequence[Mention]) -> Pair | None:
        """ "separates A from B by 0.14, whereas … them by 0.13"; "A has 0.84, with B 0.08 behind"."""
        ids = list(dict.fromkeys(self._ids(m) for m in before))
        if len(ids) < 2 or any(len(each) > 1 for each in ids):
            return None
        last = self.s.low[before[-1].end : spot.start]
        if len(ids) == 2 and THEM.search(last):
            return Pair(ids[0], ids[1])
        if not last.strip() and BEHIND_IT.match(self.s.low, spot.end):
            return Pair(ids[-1], ids[-2])
        return None

    def _same_clause(self, start: int, end: int) -> bool:
        return re.search(r"[\d;:]", re.sub(r"\([^()]*\)", "", self.s.low[start:end])) is None

    def _is_against(self, mention: Mention) -> bool:
        return mention in self.s.compared or AGAINST.search(self.s.low[: mention.start]) is not None

    def _joined(self, one: Mention, other: Mention) -> bool:
        """ "A and B are 0.02 apart", "between A and B"."""
        joint = re.fullmatch(
            r"\s*(?:and|from|to|vs\.?|versus|−|–|-|/|,)\s*(?:the\s+)?", self.s.low[one.end : other.start]
        )
        return joint is not None and self._ids(one) != self._ids(other)

    def _framed(self, others: Sequence[str]) -> tuple[str, ...]:
        ids = tuple(p for p in self.s.frame.places.ids if p in self.m.book.models)
        return ids if ids != tuple(others) else ()

    def _framed_others(self, own: Sequence[str]) -> tuple[str, ...]:
        ids = tuple(p for p in self.s.frame.others if p in self.m.book.models)
        return ids if ids != tuple(own) else ()

    def steps(self, pair: Pair) -> list[tuple[str, str]]:
        """Every two models that a pair leaves open."""
        everyone = self.m.book.conditions
        return [(a, b) for a in pair.own or everyone for b in pair.others or everyone if a != b]

    def told_steps(self, pair: Pair, base: str) -> list[tuple[str, str]]:
        """The same, narrowed by words for a place in the order: "above the next model", "between first and second"."""
        order = sorted(self.m.book.conditions, key=lambda p: -self._value(base, p))
        if TOP_TWO.search(self.s.low):
            return [(order[0], order[1])] if len(order) > 1 else []
        if NEIGHBOUR.search(self.s.low) and not pair.others:
            beside = list(pairwise(order))
            return [p for a, b in beside for p in ((a, b), (b, a)) if not pair.own or p[0] in pair.own]
        return self.steps(pair)

    def _value(self, base: str, model: str) -> float:
        fact = self.m.book.facts.get(f"{self.m.answers.mean_name(base)}/{model}")
        return fact.value if fact is not None else 0.0
