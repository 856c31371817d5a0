"""Which condition and which judge a number in a sentence belongs to.

A name binds a number by where it stands: behind it ("67.80 for PAIR #111", "67.80 (Sonnet)"), in the same brackets, or
before it; lists of as many names as numbers bind one to one. Where a sentence names none, what stood before it in the
paragraph, the list's lead or the heading does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from bot.review.answers import Rule, Value
from bot.review.names import JUDGE, PLACE, Mention
from bot.review.numbers import DIGITS, JUDGE_CHAR, PLACE_CHAR, UNIT, Spot, masked, runs, spots

NAME = {JUDGE: JUDGE_CHAR, PLACE: PLACE_CHAR}
ANY_NAME = f"[{JUDGE_CHAR}{PLACE_CHAR}]"
TAIL = re.compile(
    rf"(?:\s?\])?{UNIT}?(?:\s+(?:(?:on|in|for)\s+)?coherence)?"
    rf"(?:\s+of\s+(?:the\s+|all\s+|its\s+)?(?:valid\s+)?(?:judge?ments|completions|samples|answers|replies|verdicts|cases))?"
    rf"(?:\s?\(?±\s?(?:{DIGITS}){UNIT}?\)?)?(?:\s+of\s+(?:the\s+|its\s+|all\s+)?(?:{DIGITS}))?"
    rf"(?:\s+(?:valid|failed|missing|shared|paired)?\s*(?:{JUDGE_CHAR}+(?:['’]s)?\s+)?"
    r"(?:judge?ments?|completions?|samples?|answers?|repl(?:y|ies)|verdicts?|points?|errors?|failures?|questions?|times|bands?|ranges?))?"
    r"(?:\s+of\s+(?:those|these|them)(?=\s+(?:for|on|by|in|at|with|from|under)\s))?"
    r"(?:\s+(?:that\s+|which\s+)?(?:failed|were\s+missing|went\s+unscored))?"
    rf"(?:\s+of\s+the\s+(?:way|distance|journey)(?:\s+from\s+(?:the\s+)?{PLACE_CHAR}+\s+to\s+(?:the\s+)?{PLACE_CHAR}+)?)?"
    r"(?:\s+(?:above|below|higher|lower|more|less|apart|wide|wider|at\s+(?:the\s+)?(?:most|least))(?=\s+(?:by|under|for|with|on)\s|\s*\())?"
    rf"(?:(?:\s+(?:above|below|over|under|(?:higher|lower|more|less)\s+than)\s+(?:it|that|this|them)"
    rf"|\s+(?:above|below|(?:higher|lower|more|less)\s+than)\s+(?:the\s+)?[{JUDGE_CHAR}{PLACE_CHAR}]+"
    rf"|(?<=times)(?:\s+as\s+(?:high|much|large)\s+as)?\s+(?:the\s+|that\s+of\s+(?:the\s+)?)?{PLACE_CHAR}+)"
    r"(?!\w))?"
)
PREPOSITION = re.compile(
    r"(?:\s*,)?\s*(?:for|on|under|with|by|from|in|to|of|at|across|over|between|when|among|→|"
    r"(?:are|were|is|come\s+from|came\s+from|fell\s+to|belong\s+to)(?=\s+\ue001+['’]s?\b(?!\s+\w*\s*\d))|"
    r"(?:as\s+)?(?:seen|scored|judged|rated|given)\s+by|according\s+to|in\s+the\s+eyes\s+of|as"
    r"|(?:if|when)\s+(?:you|one|we|i)\s+asks?|asking)\s+"
    r"(?:the\s+(?:same\s+(?:\w+\s+)?)?|its\s+|that\s+of\s+|those\s+of\s+|all\s+of\s+|judge\s+|prompt\s+|condition\s+)*"
)  # fmt: skip
TOLD_FIRST = re.compile(r"\s+first\b")  # "0, 2, 7 and 1 times (PAIR #111 first, then the grids)"
COMPARED = re.compile(
    r"(?:\babove|\bbelow|\btrail(?:s|ed|ing)?|\bleads?|\bbeats?|\bbehind|\bahead\s+of|\bthan(?:\s+(?:for|on|with|in|to))?|\bminus|\ue000\s*−|\bfrom|\bagainst|\bversus|\bvs\.?|\bcompared\s+(?:to|with)|\brelative\s+to|\bclos(?:e|er|est)\s+to|\b(?:level|tied|equal|on\s+a\s+par|even)\s+with|\bindistinguishable\s+from|\bpass(?:es|ed)?|\bcross(?:es|ed)?"
    r"|\b(?:gap|distance)s?\s+(?:to|from)|\b(?:down|up)\s+to|\bshort\s+of|\bovershoots?|\bundershoots?|\d\s+under(?=\s+the\b)|\bexceeds?|\bbeyond|\bnear|\btimes|(?<=\d)\s?×|(?:%|per\s?cent)\s+of|\bfraction\s+of|\bshare\s+of"
    r"|\bpoints?\s+(?:over|under)|\bwithin\s+\d[\d.]*\s+(?:points?\s+)?of|\bas\s+(?:high|low|much)\s+as|\breach(?:es)?)(?:\s+(?:even|the|this|that|its|that\s+of|those\s+of|stated|same|\(?[a-z]+-[a-z]+\)?|\(?\ue001+-[a-z]+\)?))*(?:\s+(?:c|α|alpha|coherence|score|value|match|level)\s+of(?:\s+the)?)?"
    rf"(?:\s+{JUDGE_CHAR}+['’]s?\s+(?:own\s+)?(?:score|value|α|alpha)\s+(?:for|of|on)(?:\s+the)?)?\s*$"
)
OVER_ONE = re.compile(rf"\d\s*(?:\({JUDGE_CHAR}+\)\s*)?over\s+(?:the\s+)?$")  # "37.71 (Sonnet) over the target"
# "Lower than the 88.82 of the bare model": compared with, and with a number of its own.
NUMBERED = re.compile(r"\b(?:above|below|than|from|to)\s+(?:the\s+)?[-−]?\d[\d.,]*\s+(?:of|for)(?:\s+the)?\s*$")
POSSESSIVE = r"(?:['’]s?)?"
# What may stand between a name and the number that is its own: "the target's α of 28.21", "null baseline (#98): 88.82".
OWN = re.compile(
    rf"^{POSSESSIVE}\s*(?:\(\s*\ue002+\s*\)\s*)?"
    r"(?:\s*(?:\b(?:alpha|C|mean|aligned|scored?|value|is|was|has|had|of|at|with|an?)\b|α|=|:|,))*\s*[(=:]?\s*(?:α|alpha|C)?\s*[=:]?\s*$"
)
LISTED = re.compile(r"\s*(?:,\s*(?:and|or)?|and|or|/|&|\+|to|–|-|−|minus|vs\.?|versus|against)\s*(?:the\s+|from\s+)?")


THOSE = re.compile(r"\b(?:those|these)\s+(?:\w+\s+)?(?:prompts|conditions|cells|ones)$")
IN_BRACKETS_ASIDE = re.compile(r",\s*(?:against|vs\.?|versus|while|but)\b")  # "41.3 (Opus, against Sonnet's target)"
WHICH = re.compile(r",?\s*(?:which|whose)\b")  # "higher than Grid #3, which has the lowest C (0.648)"
# "For PAIR #111 the difference is tiny (0.4 points), for Grid #2 and Grid #3 it is about 10".
IT_IS = re.compile(
    r"\s*\)?\s*[,;]\s*(?:and\s+|but\s+)?(?:for|on|with|under)\s+(?:the\s+)?[\ue000\ue001]+(?:\s+and\s+[\ue000\ue001]+)?"
    r"\s+it\s+is\s+(?:about\s+|only\s+|just\s+)?"
)
ALIKE = re.compile(
    r"\s*(?:for|on|under|with|by|in)\s+(?:the\s+)?[\ue000\ue001]+(?:\s+and\s+[\ue000\ue001]+)?\s*(?:,|,?\s*and|,?\s*but)\s*"
    r"(?:by\s+)?(?:about\s+|only\s+|just\s+|another\s+)?"
)
FIRST_SECOND = re.compile(
    rf"{JUDGE_CHAR}+\s+first\s*(?:,|and|,\s*and|then)\s*(?:then\s+)?{JUDGE_CHAR}+\s+second\b"
    rf"|{JUDGE_CHAR}+\s+(?:then|before)\s+{JUDGE_CHAR}+\s*[:)]"
)
ASIDE_VS = re.compile(r"^[(\[]\s*(?:vs\.?|versus|against|compared)\b")  # "O (vs T by S): +58.7"
PAIRED = re.compile(r"\s*(?:/|against|versus|vs\.?|or)\s*(?:only\s+|just\s+|about\s+)?")
OF_ALL = re.compile(
    r"\b(?:all|each|both|everything)\s+(?:of\s+them\s+|as\s+)?(?:scored\s+|judged\s+|seen\s+)?(?:by|under|from|per|with)\s+(?:the\s+)?"
    rf"(?P<judge>{JUDGE_CHAR}+)\s*[.)]*\s*$"
)


IN_PERCENT = re.compile(r"(?:in|as an?) (?:per ?cent(?:age)?|%) of\b")
HAS_OWN = re.compile(r"\s*[:=]\s*|['’]s?\s+[a-z]+\s+(?:is|was)\s+")  # "(Sonnet's range is 22.34)"
SAID_ITS = re.compile(r"\s+(?:(?:said|says|gave|gives|has|had|scored|puts it at)\s+)?")  # "86.88 (Sonnet said 67.80)"
BESIDE = 4  # characters between a name and its number: "(all four ≥ 45)"
LIKE = re.compile(r"\b(?:close(?:r)? to|near|unlike|like|(?:more|less) \w+ than|than (?:with|on|under|for|by))\s+$")
LED = re.compile(r"\s*(?:With|At|Having|Despite)\b")
COMMA = re.compile(r"[;:]|,(?!\d).*,(?!\d)")
ADJECTIVE = re.compile(r" (?:valid |failed |missing )?")


class Bound(NamedTuple):
    """What a number is bound to in one respect. `sure` says that nothing else is meant; `ids` () is unknown."""

    ids: tuple[str, ...]
    sure: bool
    every: bool = False


NOTHING = Bound((), False)


class Group(NamedTuple):
    """Names of one kind that are listed together, from `start` to `end`."""

    members: tuple[Mention, ...]
    start: int
    end: int

    @property
    def ids(self) -> tuple[str, ...]:
        """All that is named."""
        return tuple(dict.fromkeys(i for m in self.members for i in m.ids))

    @property
    def every(self) -> bool:
        """Whether it stands for all there are."""
        return any(m.every for m in self.members)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a sentence: names and the metric that it takes over where it has none of its own.

    `sample` is the question, and the completion where one is quoted, that the sentence speaks of. `told` are values
    that were given rightly before it in its paragraph. `bounds` says that it led up to what failed judgements could do,
    `rule` by which threshold answers are being counted, `part` which part of a metric the
    sentence right before it spoke of, `words` what that sentence said, or the lead or the heading.
    """

    judges: Bound = NOTHING
    places: Bound = NOTHING
    others: tuple[str, ...] = ()
    cue: str | None = None
    sample: tuple[str, str | None] | None = None
    told: tuple[Value, ...] = ()
    bounds: bool = False
    rule: Rule | None = None
    part: str | None = None
    words: str = ""

    def of(self, kind: str) -> Bound:
        """Judges or places."""
        return self.judges if kind == JUDGE else self.places


@dataclass
class Sentence:
    """A sentence with its names and numbers lined up; `pair` are the two judges, where there are two, in order."""

    text: str
    mentions: Sequence[Mention]
    frame: Frame = field(default_factory=Frame)
    pair: tuple[str, ...] = ()

    @cached_property
    def hidden(self) -> str:
        """The text with names and silent numbers blanked out."""
        return masked(self.text, self.mentions)

    @cached_property
    def low(self) -> str:
        """The same in small letters."""
        return self.hidden.lower()

    @cached_property
    def spots(self) -> list[Spot]:
        """Its numbers and ranges."""
        found = spots(self.hidden)
        lead = IN_PERCENT.match(self.low)
        for spot in found if lead is not None else ():  # "In percent of the finetune's C, Grid #1 reaches 82.0"
            whole = spot.low.places > 1 or spot.low.value > 100 or self.inner(spot.start) is not None
            spot.percent = spot.percent or not (whole or spot.is_range)
        for one, other in pairwise(found):  # "by about 12 points for Grid #2 and 7 for Grid #3"
            bare = not (other.points or other.percent or other.is_range or other.low.places > one.low.places)
            between = self.hidden[one.end : other.start] if one.points and bare else ""
            if ALIKE.fullmatch(between):
                other.points = PREPOSITION.match(self.low, other.end) is not None
            other.points = other.points or IT_IS.fullmatch(between) is not None
        return found

    @cached_property
    def places_of_spots(self) -> dict[tuple[int, int], int]:
        """Which number stands from where to where."""
        return {(spot.start, spot.end): i for i, spot in enumerate(self.spots)}

    @cached_property
    def runs(self) -> dict[int, list[int]]:
        """For each number, the list that it stands in."""
        return {i: run for run in runs(self.hidden, self.spots) for i in run}

    @cached_property
    def brackets(self) -> list[tuple[int, int]]:
        """Spans of brackets, opening to closing character, inner ones after outer ones."""
        return _brackets(self.hidden)

    @cached_property
    def groups(self) -> dict[str, list[Group]]:
        """Names by kind, those listed together as one."""
        return {
            kind: _groups([m for m in self.mentions if m.kind == kind], self.hidden, self.low)
            for kind in (JUDGE, PLACE)
        }

    @cached_property
    def behind(self) -> dict[str, dict[int, Group]]:
        """By kind, for each number the names that are attached behind it."""
        return {kind: self._attached(kind) for kind in (JUDGE, PLACE)}

    @cached_property
    def compared(self) -> list[Mention]:
        """Places that others are compared with ("above the target")."""
        return [
            m
            for m in self.mentions
            if m.kind == PLACE
            and (
                COMPARED.search(self.low[: m.start]) is not None
                or (not m.every and len(m.ids) == 1 and OVER_ONE.search(self.low[: m.start]) is not None)
            )
        ]

    @cached_property
    def numbered(self) -> list[Mention]:
        """Places that others are compared with by a number of theirs."""
        return [m for m in self.mentions if m.kind == PLACE and NUMBERED.search(self.low[: m.start]) is not None]

    def named_before(self, kind: str, position: int) -> list[Mention]:
        """The names of a kind that end before a position, in order."""
        return [m for m in self.mentions if m.kind == kind and m.end <= position]

    def inner(self, position: int) -> tuple[int, int] | None:
        """The innermost brackets around a position."""
        around = [span for span in self.brackets if span[0] < position < span[1]]
        return max(around, default=None)

    def owner(self, span: tuple[int, int]) -> int | None:
        """The number that stands right before brackets, at most with its unit and names between."""
        for i in reversed(range(len(self.spots))):
            spot = self.spots[i]
            if spot.end <= span[0]:
                between = re.sub(ANY_NAME + "+", "", self.low[spot.end : span[0]]).lstrip("]")
                return i if OWNED.fullmatch(between) else None
        return None

    @cached_property
    def _bounds(self) -> dict[tuple[int, str], Bound]:
        return {}

    def bind(self, i: int, kind: str) -> Bound:
        """What number `i` is bound to; asked for often, and worked out once."""
        if (i, kind) not in self._bounds:
            self._bounds[i, kind] = self._bind(i, kind)
        return self._bounds[i, kind]

    def _bind(self, i: int, kind: str) -> Bound:
        if kind == JUDGE and self.told_order and len(self.runs.get(i, [i])) == 2 and i not in self.behind[JUDGE]:
            return Bound((self.told_order[self.runs[i].index(i)],), True)
        group, place = self._group_for(i, kind)
        if group is not None:
            if kind == JUDGE and group.every and self.is_pair(i):
                return self._in_order(i)
            bound = self._picked(group, place, i)
            return bound._replace(sure=False) if kind == PLACE and self._left_behind(group, i) else bound
        if kind == JUDGE and self.is_pair(i):
            return self._in_order(i)
        return self.frame.of(kind)

    @cached_property
    def told_order(self) -> tuple[str, ...]:
        """ "Counting Sonnet first and Opus second: PAIR #111 4 and 0, Grid #1 1 and 2": whose each of two is."""
        found = FIRST_SECOND.search(self.low)
        named = [m for m in self.mentions if m.kind == JUDGE and found and found.start() <= m.start < found.end()]
        return tuple(m.ids[0] for m in named) if len(named) == 2 else ()

    def is_pair(self, i: int) -> bool:
        """ "coherence: 72.92 / 72.54", "72.9 against 72.5", "18 points or 47": one number for each of two judges."""
        run = self.runs.get(i, [i])
        if len(run) != 2 or len(self.pair) != 2:
            return False
        end = self.spots[run[1]].end
        named = any(not m.every and g.start < end for g in self.groups[JUDGE] for m in g.members)
        if named or any(j in self.behind[JUDGE] for j in run):
            return False
        return PAIRED.fullmatch(self.low[self.spots[run[0]].end : self.spots[run[1]].start]) is not None

    def _in_order(self, i: int) -> Bound:
        return Bound((self.pair[self.runs[i].index(i)],), False)

    def _left_behind(self, group: Group, i: int) -> bool:
        """ "…, 30 of them on Grid #2; Opus failed 10 times": a new part with a judge of its own may speak of all."""
        start = self.hidden.rfind(";", 0, self.spots[i].start)
        judged = any(start < g.start and g.end <= self.spots[i].start for g in self.groups[JUDGE])
        return start >= group.end and judged

    def _picked(self, group: Group, run: list[int] | None, i: int) -> Bound:
        """All of a group, or the one that stands in the same place of its list as the number does in its own."""
        members = [m for m in group.members if not m.every]
        if run is not None and i in run and 1 < len(run) == len(members) == len(group.members):
            return Bound(members[run.index(i)].ids, True)
        ids, every = group.ids, group.every
        if every and THOSE.search(self.text[: group.members[0].end].casefold()) and self.frame.places.ids:
            return self.frame.places
        if (nth := next((m.nth for m in group.members if m.nth), 0)) and (known := self._named_before(group)):
            return Bound(known[:nth] if nth > 0 else known[nth:], True)
        if any(m.others for m in group.members):
            named = {
                n for m in self.mentions if m.kind == PLACE and not m.every and m.start < group.start for n in m.ids
            }
            ids = tuple(
                p for p in ids if p not in (named or set(self.frame.places.ids if not self.frame.places.every else ()))
            )
        return Bound(ids, True, every)

    def _named_before(self, group: Group) -> tuple[str, ...]:
        """The conditions that were named one by one before a group, in their order."""
        alone = [m for m in self.mentions if m.kind == PLACE and not m.every and m.end <= group.start]
        known = tuple(dict.fromkeys(i for m in alone for i in m.ids)) or self.frame.places.ids
        return known if len(known) > 2 else next(m.ids for m in group.members if m.nth)

    def _group_for(self, i: int, kind: str) -> tuple[Group | None, list[int] | None]:
        run = self.runs.get(i)
        if (group := self.behind[kind].get(i)) is not None:
            return group, None if run is None or run[-1] != i else run
        if (owner := self._owner_of_interval(i)) is not None:
            return self._group_for(owner, kind)
        if run is not None and len(run) > 1 and (told := self._compared_list(run, kind)) is not None:
            return told, run
        if run is not None and (group := self.behind[kind].get(run[-1])) is not None:
            return group, run
        span = self.inner(self.spots[i].start)
        if span is not None and not (span[0] + 1 >= self.spots[i].start and self.spots[i].bracket):
            return self._in_brackets(i, kind, span)
        if (
            run is not None
            and len(run) > 1
            and (listed := self._one_by_one(run, kind, self.spots[run[0]].start)) is not None
        ):
            return listed, run
        return self._before(i, kind, self.spots[i].start, 0), run

    def _owner_of_interval(self, i: int) -> int | None:
        """The number that "[63.27, 72.32]" stands behind."""
        spot = self.spots[i]
        span = self.inner(spot.start) if spot.bracket else None
        if span is None or span[0] + 1 < spot.start - 1:
            return None
        owner = self.owner(span)
        return owner if owner is not None and owner < i else None

    def _compared_list(self, run: Sequence[int], kind: str) -> Group | None:
        """ "Grid #2 against Grid #3 under Sonnet, 45.84 against 45.46": the list of names right before."""
        start = self.spots[run[0]].start
        before = [g for g in self.groups[kind] if g.end <= start]
        if not before or len(before[-1].members) != len(run) or before[-1].members[-1] not in self.compared:
            return None
        earlier = any(s.start >= before[-1].end and s.end <= start for s in self.spots)
        return None if earlier else before[-1]

    def _in_brackets(self, i: int, kind: str, span: tuple[int, int]) -> tuple[Group | None, list[int] | None]:
        run = self.runs.get(i)
        inside = [g for g in self.groups[kind] if span[0] < g.start < span[1]]
        start = self.spots[i].start
        before = [g for g in inside if g.end <= start and (start - g.end < BESIDE or not self._spent(g, i, kind))]
        if before:
            return before[-1], run
        ahead = [g for g in inside if g.start >= self.spots[i].end]
        if ahead and kind == JUDGE:
            return ahead[0], run
        if run is not None and len(run) > 1 and (listed := self._one_by_one(run, kind, span[0])) is not None:
            return listed, run
        if (owner := self.owner(span)) is not None:
            # Bracketed numbers behind a list belong to its members one by one; a single one to what stands before it.
            return self._group_for(owner, kind)
        return self._before(i, kind, span[0], 0), run

    def _one_by_one(self, run: Sequence[int], kind: str, position: int) -> Group | None:
        """The last names before a list, one for each of its members, where each was attached to a number of its own."""
        before = [g for g in self.groups[kind] if g.end <= position and g.members[-1] not in self.compared]
        alone = [g for g in before if len(g.ids) == 1]
        each = {place for g in alone for place in g.ids}
        if len(alone) == len(run) and all({*g.ids} >= each for g in before if g not in alone):
            before = alone  # "The winners of #98: PAIR #98 scored … and EvoPrompt #98 …"
        seen = [g for g in before if any(h.start == g.start for h in self.behind[kind].values())]
        ends = [*(g.start for g in before[1:]), position]
        if (
            not seen
            and len(before) == len(run)
            and ";" not in self.hidden[before[0].start : position]
            and all(
                any(g.end <= s.start < end for s in self.spots[: run[0]]) for g, end in zip(before, ends, strict=True)
            )
        ):
            # "PAIR went from 0.79 to 1.59 and EvoPrompt from 3.70 to 6.06, so the gap is 0.80 and 2.36".
            seen = before
        last = seen[-len(run) :]
        free = [g for g in before if last and last[-1].end <= g.start and g.end <= position]
        if len(last) < len(run) or any(len(g.members) > 1 for g in last) or free:
            return None
        return Group(tuple(g.members[0] for g in last), last[0].start, last[-1].end)

    def _spent(self, group: Group, i: int, kind: str) -> bool:
        """Whether a name was attached behind an earlier number, and so is not this one's."""
        if self._takes_own(group) and not any(group.end <= s.start < self.spots[i].start for s in self.spots):
            return False
        earlier = [j for j, g in self.behind[kind].items() if g.start == group.start and j != i]
        return any(self.spots[j].end <= group.start for j in earlier)

    def _before(self, i: int, kind: str, position: int, floor: int) -> Group | None:
        """The last name before a position that is free to bind, else the next one that the style binds to."""
        earlier = [g for g in self.groups[kind] if floor <= g.start and g.end <= position]
        if earlier and WHICH.match(self.hidden, earlier[-1].end):
            return earlier[-1]
        seen = [g for g in earlier if self._visible(g, position)]
        free = [g for g in seen if not self._spent(g, i, kind)]
        clause = self.hidden.rfind(";", 0, position)
        mine = [g for g in seen if g.start > clause]
        if free and (free[-1].start > clause or not mine):
            return free[-1]
        if mine and free:
            return mine[-1]
        ahead = [g for j, g in sorted(self.behind[kind].items()) if j > i]
        if ahead and self._same_breath(i, ahead[0].start):
            return ahead[0]
        if seen:
            return seen[-1]
        if kind == JUDGE and not self.frame.judges.sure and (told := self._told_of_all()) is not None:
            return told
        return self._only_later(i, kind, position)

    def _only_later(self, i: int, kind: str, position: int) -> Group | None:
        """The one name that stands behind a number in the same clause, where nothing before it says whose it is."""
        if self.frame.of(kind).sure:
            return None
        end = self.spots[i].end
        later = [g for g in self.groups[kind] if g.start >= end and self._visible(g, position)]
        led = LED.match(self.hidden) is not None  # "With 30 failures in 1,040 judgements, Grid #2 …"
        near = [g for g in later if (COMMA if led else CLAUSE).search(self.hidden[end : g.start]) is None]
        return near[0] if len({g.ids for g in near}) == 1 else None

    def _told_of_all(self) -> Group | None:
        """ "72.9 on PAIR #111 and 71.8 on Grid #1, all by Sonnet": the judge of every number before it."""
        found = OF_ALL.search(self.low)
        return next((g for g in self.groups[JUDGE] if found is not None and g.start == found.start("judge")), None)

    def _same_breath(self, i: int, ahead: int) -> bool:
        return ELSEWHERE.search(self.low[self.spots[i].end : ahead]) is None

    def _visible(self, group: Group, position: int) -> bool:
        """Names in other brackets that hold numbers are those numbers'; a place compared with is only its own's."""
        span = self.inner(group.start)
        outside = span is not None and not span[0] < position <= span[1]
        if outside and span is not None and any(span[0] < s.start < span[1] for s in self.spots):
            return False
        if outside and span is not None and ASIDE_VS.search(self.low[span[0] : span[1]]):
            return False
        if self._is_other_judge(group, position):
            return False
        if group.members[-1] in self.compared and group.end <= position and WHICH.match(self.hidden, group.end):
            return True
        if group.members[-1] in self.compared:
            if self.hidden[group.end :].startswith((", with ", ", at ")) and self.follows_a_subject(group.start):
                return False  # "Grid #1 is closest to the finetune, with 0.7353"
            return group.end <= position and OWN.match(self.hidden[group.end : position]) is not None
        if EXCEPT.search(self.low[: group.start]):
            return False
        if group.every and group.end <= position and MOST_OF.search(self.low[: group.start]):
            return False  # "Grid #2 is the least coherent of the four, at 37–48"
        # "with the target as Sonnet scored it" is an aside.
        return not (ASIDE.search(self.low[: group.start]) and SEEING.match(self.low, group.end))

    def _begins_anew(self, spot: Spot, group: Group) -> bool:
        """ "On Sonnet α goes down by 21 to 43 points, on Opus by much less": a name with something of its own."""
        comma = "," in self.low[spot.end : group.start]
        return comma and re.match(r"\s+by\s+(?!\ue001|\ue000)", self.low[group.end :]) is not None

    def follows_a_subject(self, position: int) -> bool:
        """Whether a condition that is compared with none is named before, or heads what the sentence stands in."""
        if len(self.frame.places.ids) == 1 and self.frame.places.sure:
            return True
        before = [m for m in self.mentions if m.kind == PLACE and m.end <= position]
        return any(len(m.ids) == 1 and m not in self.compared for m in before)

    def _is_other_judge(self, group: Group, position: int) -> bool:
        """ "Opus is close to Sonnet on the first two, with 72.54": the judge that another one is compared with."""
        compared = group.members[-1].kind == JUDGE and LIKE.search(self.low[: group.start]) is not None
        earlier = bool(self.frame.judges.ids) or any(g.end < group.start for g in self.groups[JUDGE])
        return compared and earlier and group.end <= position and not OWN.match(self.hidden[group.end : position])

    def _attached(self, kind: str) -> dict[int, Group]:
        found = {}
        for i, spot in enumerate(self.spots):
            group = self._attached_to(spot, kind)
            if group is not None and not self._begins_anew(spot, group):
                found[i] = group
        return found

    def _attached_to(self, spot: Spot, kind: str) -> Group | None:
        """Follow what stands behind a number: units, brackets, "for PAIR #111 under Sonnet"."""
        if (direct := self._directly(spot, kind)) is not None:
            return direct
        at = self._after_tail(spot.end)
        for _ in range(6):
            step = self._step(at, kind)
            if step is None or isinstance(step, Group):
                return None if step is not None and TOLD_FIRST.match(self.low, step.end) else step
            at = step
        return None

    def _directly(self, spot: Spot, kind: str) -> Group | None:
        """ "39 Sonnet, 10 Opus": the name right behind a number, unless a number of its own follows it."""
        group = next(
            (
                g
                for g in self.groups[kind]
                if g.start > spot.end and ADJECTIVE.fullmatch(self.hidden[spot.end : g.start])
            ),
            None,
        )
        if group is None or re.match(r"['’]?\s?(?:[\d−-]|\.\d)", self.hidden[group.end :]):
            return None
        first = group.members[0]
        return group if len(group.members) == 1 else Group((first,), first.start, first.end)

    def _after_tail(self, end: int) -> int:
        tail = TAIL.match(self.low, end)
        return tail.end() if tail else end

    def _step(self, at: int, kind: str) -> Group | int | None:
        rest = self.hidden[at:]
        lead = len(rest) - len(rest.lstrip())
        if rest.lstrip()[:1] in ("(", "["):
            return self._through_brackets(at + lead, kind)
        if kind == JUDGE and (beside := self._beside(at)) is not None:
            return beside
        preposition = PREPOSITION.match(self.low, at)
        start = preposition.end() if preposition else -1
        if preposition and preposition.group().lstrip().startswith(",") and self._names_first(at, kind):
            return None
        group = next((g for k in (JUDGE, PLACE) for g in self.groups[k] if g.start == start), None)
        if group is None or group.members[0] in self.compared:
            return None
        if group.members[0].kind == kind:
            part_of = kind == JUDGE and preposition is not None and preposition.group().split() == ["of"]
            return group if part_of or not self._takes_own(group) else None  # "7 of Opus's 10"
        if kind == JUDGE and (scored := self._behind_a_stroke(group.end)) is not None:
            return scored
        possessive = re.match(POSSESSIVE, self.hidden[group.end :])
        return group.end + (possessive.end() if possessive else 0)

    def _behind_a_stroke(self, at: int) -> Group | None:
        """ "28.7 % for PAIR/Opus": the judge behind the condition."""
        return next((g for g in self.groups[JUDGE] if re.fullmatch(r"\s?/\s?", self.hidden[at : g.start])), None)

    def _beside(self, at: int) -> Group | None:
        """ "n = 1,036 for PAIR #111, Sonnet": a judge behind a comma, with nothing more to say."""
        group = next((g for g in self.groups[JUDGE] if re.fullmatch(r"\s*,\s*", self.hidden[at : g.start])), None)
        ends = group is not None and re.match(r"\s*(?:[.;)]|$)", self.hidden[group.end :]) is not None
        return group if ends and group is not None and len(group.members) == 1 else None

    def _names_first(self, at: int, kind: str) -> bool:
        """Whether names stand before their numbers here: ", judged by Opus it is 69" is the next number's."""
        before = any(g.end <= at for g in self.groups[kind])
        return before and any(s.start > at for s in self.spots)

    def _takes_own(self, group: Group) -> bool:
        """ "16.2 to PAIR #111's 67.80": the name is the next number's own."""
        following = next((s for s in self.spots if s.start >= group.end), None)
        if following is None:
            return False
        between = self.hidden[group.end : following.start]
        return re.match(r"^['’]s?\s*(?:α|C)?\s*(?:of\s*)?$|^\s*[=:]\s*$", between) is not None

    def _through_brackets(self, opening: int, kind: str) -> Group | int | None:
        span = next((s for s in self.brackets if s[0] == opening), None)
        if span is None:
            return None
        inside = [g for g in self.groups[kind] if span[0] < g.start < span[1]]
        numbers = [s.start for s in self.spots if span[0] < s.start < span[1]]
        aside = IN_BRACKETS_ASIDE.search(self.low, span[0], span[1])
        inside = [g for g in inside if aside is None or g.end <= aside.start()]
        if inside and len(re.findall(r"[a-z]+", self.low[span[0] : inside[0].start])) > ASIDE_WORDS:
            return span[1] + 1  # "(the second number compares an Opus score with a Sonnet target)"
        first = next((s for s in self.spots if span[0] < s.start < span[1]), None)
        own = first is not None and first.low.places > 0 and not first.percent and not first.is_range
        between = self.hidden[inside[0].end : numbers[0]] if inside and numbers else ""
        if inside and numbers and (HAS_OWN.fullmatch(between) or (own and SAID_ITS.fullmatch(between))):
            return span[1] + 1  # "17.4 points (Sonnet: 22.3)": the name is the other number's
        if inside and (not numbers or inside[0].start < numbers[0]):
            members = tuple(m for g in inside for m in g.members)
            return Group(members, inside[0].start, inside[-1].end)
        return span[1] + 1


ASIDE_WORDS = 4
OF_WHOLE = re.compile(r"(?:%|\btimes)\s+(?:of\s+)?(?:the\s+)?$")
ELSEWHERE = re.compile(
    r",\s*(?:and|so|but)\s+\w+ing\b|"
    r",\s*(?:(?:\w+|[\d,]+)\s+)?of\s+(?:which|them|those|these)\b|"
    r"[;:]|\b(?:against|versus|vs|compared|than)\b"
    r"|,\s*(?:e\.g|for instance|for example|such as|namely|but|while|whereas|yet)\b"
)
CLAUSE = re.compile(r"[;:,(]|\b(?:against|versus|vs|compared|than)\b|\band\b|\bbut\b|\bwhile\b|\bwhereas\b")
MOST_OF = re.compile(
    r"\ue000['’s]*\s+(?:is|has|was|stays)\b[^.;,\d]{0,40}\b(?:least|most|\w+est)\b[^.;,\d]{0,30}\b(?:of|among)\s+$"
)
EXCEPT = re.compile(
    r"(?:\b(?:all|every|none|no|each|any)\b[^.;,]{0,30}\bbut|\ue000\s+but|\bexcept(?: for)?|\bexcluding|\bother than"
    r"|\bapart from|\bbesides)\s+(?:the\s+)?$"
)
ASIDE = re.compile(r"\bas\s+(?:still\s+|also\s+)?$")
SEEING = re.compile(r"\s*(?:still\s+)?(?:scored|sees|saw|judged|rated|has|had|scores|judges|rates|put|puts)\b")
OWNED = re.compile(
    rf"\s*{UNIT}?\s*(?:±\s?(?:{DIGITS}))?(?:['’]s)?\s*(?:\s*(?:points?|failures?|errors?|answers?|on|for|under|with|by|of|from|the|in|judge?ments?|completions?|samples?|aligned|α|failed|sees)\b)*\s*,?\s*"
)


def _brackets(text: str) -> list[tuple[int, int]]:
    stack: list[int] = []
    spans = []
    for i, char in enumerate(text):
        if char in "([":
            stack.append(i)
        elif char in ")]" and stack:
            spans.append((stack.pop(), i))
    spans += [(i, len(text)) for i in stack]
    return sorted(spans)


def _groups(mentions: Sequence[Mention], hidden: str, low: str) -> list[Group]:
    groups: list[list[Mention]] = []
    for mention in mentions:
        # "97.8 % of the baseline, and Grid #3 …": what follows a whole begins anew.
        whole = bool(groups) and OF_WHOLE.search(low[: groups[-1][-1].start]) is not None
        listed = bool(groups) and LISTED.fullmatch(hidden[groups[-1][-1].end : mention.start])
        if listed and not (whole and "," in hidden[groups[-1][-1].end : mention.start]):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    return [Group(tuple(g), g[0].start, g[-1].end) for g in groups]
