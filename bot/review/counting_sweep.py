"""Whole numbers in a text about a sweep: counts of runs, zeros, judgements, tasks and pairs, of models or of all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from bot.review import cues_sweep
from bot.review.agreeing import EXACT, WRONG, Finding, status_of
from bot.review.answers import COMPARE, Answer, Ask, Value, Where
from bot.review.answers_sweep import pairs_of
from bot.review.cues import Cue, last_before
from bot.review.cues_sweep import AS_COUNT, COUNTS
from bot.review.names import PLACE
from bot.review.numbers import Spot
from bot.review.pairing_sweep import ELSE, Pairing

# What stands between a word and the number that is its own: "clean runs: 29", "archives (33)", "rank 2".
TIGHT = re.compile(r"[\s:=(]*(?:(?:is|are|was|were|of|at|number|count|in|on|for)\s+)*[\s:=(]*")
REACH = 48  # characters within which the word behind a number says what it counts
PART_OF = re.compile(r"\s*(?:out\s+)?of\s+(?:the\s+|its\s+|all\s+)?\d+\b")
OF_PLAN = re.compile(r"\s*(?:expected|planned|possible|due)\b")
DIVIDED = re.compile(r"[\d;:(,.|]")
LOWEST = re.compile(r"\b(?:lowest|fewest|smallest|minimum|least)\s+(?:\w+\s+)?$")
HIGHEST = re.compile(r"\b(?:highest|most|largest|greatest|maximum)\s+(?:\w+\s+)?$")
ONE_OF_THEM = re.compile(
    r"\b(?:it|its|one|models?|leaders?|winners?|top|best|worst|first|second|third|fourth|last|latter|former|each|another|every"
    r"|lowest|highest|fewest|most|least|nobody|others?)\b"
)
ALL_TOLD = re.compile(
    r"\b(?:makes?|sums? to|adds? up to|in total|in all|total(?:s|ling)?(?: of)?|altogether)[,:]?\s*$"
    r"|\b(?:half|most|thirds?|quarters?|majority|part) of (?:the|these|all)\s+$"
)
RUNS_OUT_OF = re.compile(r"\bruns out of\s+$")
OUT_OF = re.compile(r"\d[^.;:,\d]{0,40}\bof\s+(?:the\s+|all\s+|its\s+|our\s+)?$|\d\s?/\s?$")
WHOLES = {
    "clean": ("expected", "archived"), "archived": ("expected",), "missing": ("expected",),
    "c_pass": ("archived", "clean"), "judge_failures": ("judge_enabled",), "stored_differs": ("archived",),
    "rejudged": ("judge_enabled", "archived", "judge_failures"), "judge_enabled": ("archived", "expected"),
    "logged": ("expected",),
}  # fmt: skip
ANY_WHOLE = ("expected", "judge_enabled", "archived", "clean", "judge_failures")
STOPS = re.compile(r"\s*(?:[).,;:|]|$|expected|planned|archived|judged|clean|runs?\b|that\b|,)")
SHARED = re.compile(
    r"\s*(?:(?:shared|common|paired)\s+tasks?"
    r"|tasks?\s+(?:that\s+)?(?:\w+\s+){0,2}?(?:shared|in common|paired|compared|both)\b"
    r"|tasks?\s+(?:both|they both)\b)"
)
SUBSET = re.compile(
    r"\s*\w+\s+(?:that|where|with|have|has|show\w*|whose|cannot|in which|on which|reach\w*|stay\w*|lie|are)\b"
)
TIED = re.compile(r"\b(?:includ\w+|contain\w*|cross\w*|straddl\w*|within noise|not|cannot|overlap\w*|tied)\b")
APART = re.compile(r"\b(?:clear of|exclud\w+|away from|apart|separat\w+|distinguish\w*|above zero|distinct)\b")
ZERO = re.compile(r"\b(?:zero|noise|includ\w+|exclud\w+|separat\w+|tied|told apart|distinguish\w*)\b")
SIZES = {"half": 0.5, "third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1, "one": 1.0, "the": 1.0}
HOLDS = re.compile(
    r"\b(?P<word>more than|above|over|exceed\w*|greater than|larger than|at least|reach\w*"
    r"|less than|below|under|smaller than|at most)"
    r"\s+(?:an?\s+|one\s+(?=\w))?(?P<size>half|third|quarter|fifth|tenth|one\b|the\b(?= variance)|\d*\.?\d+)"
)
NO_TASK = re.compile(r"\b(?:no|none of the|not one|not a single)\s+(?:\w+\s+)?tasks?\s+(?:[a-z]+\s+){1,5}$")


class SweepCounting(Pairing):
    """Ways of reading whole numbers; each tells a finding, or None where the number is not of its kind."""

    def is_count(self, spot: Spot) -> bool:
        """Whether a number may count something."""
        return not (spot.is_range or spot.percent or spot.points or spot.low.places or spot.low.sign)

    def counted(self, i: int, spot: Spot) -> Finding | None:
        """A count by the words at it: of the models it is bound to, else of the whole sweep."""
        if not spot.is_range and (finding := self._of_range(spot)) is not None:
            return finding
        if not self.is_count(spot):
            return None
        for way in (
            self._of_audit,
            self._standing,
            self._whole,
            self._pairs,
            self._shared,
            self._tasks_that,
            self._no_task,
        ):
            if (finding := way(i, spot)) is not None:
                return finding
        if (fact := self._fact(spot)) is not None:
            return self._by_fact(i, spot, fact)
        kind, firm = self._kind(spot)
        return self._by_kind(i, spot, kind, firm=firm) if kind is not None else self._of_runs(i, spot)

    def _of_runs(self, i: int, spot: Spot) -> Finding | None:
        """ "36 runs in all": runs that no word says more of are those planned or those archived."""
        if re.match(r"\s*runs?\b", self.s.low[spot.end :]) is None:
            return None
        asks = [Ask(kind) for kind in ("expected", "archived")]
        if re.search(r"\b(?:all|the whole|every one of the)\s*$", self.s.low[: spot.start]):
            asks += [Ask("fact", "archived")]
        sums = [Ask("sum", ask.base) for ask in asks if ask.base != "fact"]
        return self.hit(spot, self.values([*asks, *sums], self.models(i)))

    def _of_range(self, spot: Spot) -> Finding | None:
        """ "a range of 8 %": how far coverage goes apart."""
        told = re.search(r"\brange of\s*$", self.s.low[: spot.start])
        value = self.m.answers.value("coverage/range")
        if told is None or value is None or not (spot.percent or spot.points):
            return None
        scaled = value._replace(value=100 * value.value, percent=False, places=1)
        return self.judged(spot, [Answer(scaled if spot.points else value)], certain=True)

    def values(self, asks: Sequence[Ask], places: Sequence[str], *, ranges: bool = False) -> list[Answer]:
        """What the archive says to all of these questions."""
        where = Where(tuple(places), ())
        source = self.m.answers.ranges if ranges else self.m.answers.singles
        return [answer for ask in asks for answer in source(ask, where)]

    # Facts that certain words name.

    def _fact(self, spot: Spot) -> str | None:
        """What the words right before a count, or behind it, say that it counts."""
        before, behind = self.s.low[: spot.start], self.s.low[spot.end :]
        if re.search(r"\d\s*of\s*$", before):
            return next((f for f, noun in cues_sweep.WHOLE if re.match(rf"\s*{noun}\b", behind)), None)
        if (noun := re.match(r"\s*(?P<of>model|task)s?\b", behind)) and re.search(r"×\s*$", before):
            return f"{noun['of']}s"  # "4 models × 12 tasks × 3 runs"
        fact = next((f for f, p in cues_sweep.BEFORE if p.search(before)), None)
        fact = fact or next((f for f, p in cues_sweep.BEHIND if p.match(behind)), None)
        if fact is None and re.search(r"\bhas\s*$", before) and re.search(r"[=]|declared|expected", before):
            return "archived"  # "36 expected; A has 33"
        return fact

    def _by_fact(self, i: int, spot: Spot, fact: str) -> Finding | None:
        if fact in COUNTS and fact != "expected":
            return self._by_kind(i, spot, fact, firm=True)
        own = self.own_models(i)
        of_model = bool(own) and f"{fact}/{own[0]}" in self.m.book.facts
        found = self.values([Ask(fact), Ask("sum", fact)] if of_model else [], own)
        found += self.values([Ask("fact", fact), Ask("sum", fact)], self.m.book.conditions)
        if fact == "tasks" and any(c.kind == "diff" for c in self.bases):
            found += self._shared_tasks(i)
        whole = re.search(r"\b(?:all|the|same|our)\s+$", self.s.low[: spot.start]) is not None
        subset = fact in ("models", "tasks") and not whole and SUBSET.match(self.s.low, spot.end) is not None
        return self.judged(spot, found, certain=not subset)

    def _of_audit(self, i: int, spot: Spot) -> Finding | None:
        """ "of nine fairness lines 3 pass, 5 fail": counts of lines, where the sentence speaks of the audit."""
        if not cues_sweep.FAIRNESS.search(f"{self.s.low} {self.s.frame.cue or ''}"):
            return None
        before, behind = self.s.low[: spot.start], self.s.low[spot.end :]
        if OUT_OF.search(before):
            return None
        for fact, words in cues_sweep.OF_FAIRNESS:
            ahead = re.match(rf"\s*(?:of\s+\d+\s+)?(?:lines?\s+)?(?:are\s+|is\s+|were\s+|was\s+)?(?:{words})", behind)
            if ahead or re.search(rf"\b(?:{words})\s*[:=(]\s*$", before):
                return self.judged(spot, self.values([Ask("fact", fact)], ()), certain=True)
        return None

    # Counts of runs.

    def _kind(self, spot: Spot) -> tuple[str | None, bool]:
        """What a number counts, and whether the word for it stands right at it."""
        if RUNS_OUT_OF.search(self.s.low[: spot.start]):
            return "expected", True  # "coverage (clean runs out of 36)"
        own = [c for c in self.counting if not self._of_whole(c)]
        left = last_before(own, spot.start) or last_before(self.counting, spot.start)
        if left is not None and TIGHT.fullmatch(self.s.low[left.end : spot.start]):
            return left.kind, True
        run = self.s.runs.get(self.s.spots.index(spot), [])
        if (right := self._behind(self.s.spots[run[-1]] if run else spot)) is not None:
            return right.kind, True  # "29, 30, 30 and 32 of these are clean"
        carried = AS_COUNT.get(self.s.frame.cue or "", self.s.frame.cue)
        near = left is not None and re.fullmatch(r"[^\d,;.:]{0,25}\(\s*", self.s.low[left.end : spot.start]) is not None
        return (left.kind if left is not None else carried if carried in COUNTS else None), near

    def _behind(self, spot: Spot) -> Cue | None:
        """The word behind a number that says what it counts; behind "121 of the 138 archived runs" the last one."""
        whole = PART_OF.match(self.s.low, spot.end)
        start = whole.end() if whole else spot.end
        named = OF_PLAN.match(self.s.low, start) if whole else None  # "138 of 144 expected" says what the whole is
        start = named.end() if named else start
        near = [c for c in self.counting if c.start >= start and c.kind != "rank"]
        near = [c for c in near if c.start - start <= REACH and not DIVIDED.search(self.s.low[start : c.start])]
        return (near[-1] if whole else near[0]) if near else None

    def _of_whole(self, cue: Cue) -> bool:
        """Whether a word names the whole that another count is a part of: "14 of its 33 archived runs"."""
        return (
            re.search(r"\d[^.;:,\d]{0,40}\bof\s+(?:the\s+|its\s+|all\s+)?\d+\s+$", self.s.low[: cue.start]) is not None
        )

    @property
    def counting(self) -> list[Cue]:
        """Words that name a count, or the share of one."""
        named = [c._replace(kind=AS_COUNT.get(c.kind, c.kind)) for c in self.bases]
        return [c for c in named if c.kind in COUNTS]

    def _by_kind(self, i: int, spot: Spot, kind: str, *, firm: bool) -> Finding | None:
        tied = self.beside(spot) or self.attached(spot)
        own = tied or (() if self.is_all_told(spot) else self.own_models(i))
        here = bool(tied) or (self.bound_here(i) and not self.is_behind(i) and bool(own))
        every = not tied and self.bound(i, PLACE).every
        if len(own) > 1 and not every and (self._each(spot) or kind == "rank" or self._is_else(spot)):
            return self._of_each(spot, kind, own)
        found = self.values([Ask(kind), Ask("sum", kind)], own) if own else []
        if not here and not (own and self.s.frame.places.sure):
            found += self.values([Ask("sum", kind), Ask("fact", kind)], self.m.book.conditions)
        listed = len(self.s.runs.get(i, [])) > 1
        if (
            not own
            and kind != "unreadable"
            and (not found or listed or (ONE_OF_THEM.search(self.s.low) and not self.is_all_told(spot)))
        ):
            found += self._extreme(spot, self.values([Ask(kind)], self.m.book.conditions))
        return self.judged(spot, found, certain=firm or bool(tied) or (here and len(own) == 1))

    def is_all_told(self, spot: Spot) -> bool:
        """ "which makes 12", "6 runs were re-judged in total"."""
        behind = re.split(r"[.;,\d]", self.s.low[spot.end :])[0]
        return bool(
            ALL_TOLD.search(self.s.low[: spot.start]) or re.search(r"\b(?:in total|in all|altogether)\b", behind)
        )

    def _is_else(self, spot: Spot) -> bool:
        """ "everybody else 1": right only if it is so of all others, or of all of them together."""
        return ELSE.search(self.s.low[: spot.start]) is not None and "together" not in self.s.low

    def _each(self, spot: Spot) -> bool:
        return re.match(r"\s*(?:\w+\s+){0,2}(?:each|apiece)\b", self.s.low[spot.end :]) is not None

    def _of_each(self, spot: Spot, kind: str, own: Sequence[str]) -> Finding | None:
        """ "3 each for A and B": right only if it is so of all of them."""
        found = self.values([Ask(kind)], own)
        wrong = [a for a in found if status_of(spot, a) is None]
        return self.judged(spot, wrong or found, certain=True)

    def _extreme(self, spot: Spot, found: list[Answer]) -> list[Answer]:
        """ "the lowest coverage (29 of 36)" is one model's only."""
        cue = last_before(self.bases, spot.start)
        if cue is None or not found or re.search(r"\d", self.s.low[cue.end : spot.start]):
            return found
        picks: tuple[tuple[re.Pattern[str], Callable[..., Answer]], ...] = ((LOWEST, min), (HIGHEST, max))
        for words, pick in picks:
            if words.search(self.s.low[: cue.start]):
                return [pick(found, key=lambda a: a.low.value)]
        return found

    def _whole(self, i: int, spot: Spot) -> Finding | None:
        """ "29 of 36", "138 archived runs out of 144": what a count is a part of."""
        before, behind = self.s.low[: spot.start], self.s.low[spot.end :]
        if not i or OUT_OF.search(before) is None or not self.is_count(self.s.spots[i - 1]):
            return None
        fact = next((f for f, noun in cues_sweep.WHOLE if re.match(rf"\s*{noun}\b", behind)), None)
        if fact is not None and fact not in COUNTS:
            return self.judged(spot, self.values([Ask("fact", fact)], ()), certain=True)
        if re.match(r"\s*pairs?\b", behind):
            return self.judged(spot, [self._all_pairs()], certain=True)
        noun = next((c.kind for c in self.counting if re.fullmatch(r"\s+(?:\w+\s+)?", self._until(spot, c))), None)
        kind, fact = self._kind(self.s.spots[i - 1])[0], fact or noun
        told = ("expected", "archived") if fact == "expected" else (fact,)
        asks = [Ask(f) for f in told if f is not None] or [Ask(f) for f in WHOLES.get(kind or "", ANY_WHOLE)]
        sums = [Ask("sum", ask.base) for ask in asks]
        loose = [Ask("fact", "tasks"), Ask("fact", "models")] if kind is None else []
        found = self.values([*asks, *sums], self.attached(spot) or self.models(i))
        found += self.values([*sums, *loose], self.m.book.conditions)
        return self.judged(spot, found, certain=fact is not None or STOPS.match(behind) is not None)

    def _until(self, spot: Spot, cue: Cue) -> str:
        return self.s.low[spot.end : cue.start] if cue.start >= spot.end else "-"

    # Judgements by how they failed.

    def _standing(self, i: int, spot: Spot) -> Finding | None:
        """ "(1 `call_failed`, 3 `empty`)", "3 came back empty": how judgements failed, of a model or of all."""
        kind = self._class_behind(spot)
        if kind is None:
            return None
        own = self.attached(spot)
        runs = [r for r in self.m.book.sweep.runs if r.model in (own or self.m.book.models)]
        fact = f"standing/failed/{kind}" + "".join(f"/{model}" for model in own)
        return self.judged(spot, [Answer(Value(sum(r.failed == kind for r in runs), fact, 0))], certain=True)

    def _class_behind(self, spot: Spot) -> str | None:
        behind = self.s.text[spot.end :].casefold()
        exact = re.match(r"\s+(\w+)", behind)
        if exact and f"standing/failed/{exact[1]}" in self.m.book.facts:
            return exact[1]
        if not re.search(r"judge|fail", f"{self.s.low} {self.s.frame.cue}"):
            return None
        for name in self._classes():
            told = re.match(rf"(?P<between>[^\d.,;:(]*?)\b{name.replace('_', '[ _-]')}s?\b", behind)
            if (
                told is not None
                and len(told["between"].split()) <= 6
                and not re.match(r"[ -]rate", behind[told.end() :])
            ):
                return name
        return None

    def _classes(self) -> Iterator[str]:
        for fact in self.m.book.facts:
            if fact.startswith("standing/failed/"):
                yield fact.removeprefix("standing/failed/")

    # Pairs and tasks.

    def _all_pairs(self) -> Answer:
        return Answer(Value(pairs_of(self.m.book.conditions), "pairs", 0))

    def _pairs(self, i: int, spot: Spot) -> Finding | None:
        """ "3 of the 6 pairs have an interval clear of zero"."""
        before, behind = self.s.low[: spot.start], self.s.low[spot.end :]
        noun = re.match(r"\s*(?:of\s+(?:the\s+|all\s+)?\d+\s+)?(?:model\s+|such\s+)?pairs?\b", behind)
        rest = re.split(r"[.;,:]|\d", behind[noun.end() if noun else 0 :])[0]
        if noun is None and not (re.search(r"\bpairs?\b", before) and ZERO.search(rest)):
            return None
        rest = "" if noun is not None and re.search(r"\bof\s+(?:the\s+|all\s+)?$", before) else rest
        total, apart = pairs_of(self.m.book.conditions), self.pairs_apart
        told = total - apart if TIED.search(rest) else apart if APART.search(rest) else total
        return self.judged(spot, [Answer(Value(told, "pairs", 0))], certain=True)

    @property
    def pairs_apart(self) -> int:
        """How many pairs of models have an interval of their difference that leaves out zero."""
        return sum(self._apart(one, other) for one, other in combinations(self.m.book.conditions, 2))

    def _apart(self, one: str, other: str) -> bool:
        low, high = (self.m.answers.value(f"diff/{one}/{other}/ci_{end}") for end in ("low", "high"))
        return low is not None and high is not None and low.value * high.value > 0

    def _shared(self, i: int, spot: Spot) -> Finding | None:
        """ "over the 11 tasks that can be paired"."""
        if SHARED.match(self.s.low, spot.end) is None:
            return None
        return self.judged(spot, self._shared_tasks(i), certain=True)

    def _shared_tasks(self, i: int) -> list[Answer]:
        """How many tasks the models of a paired difference have in common."""
        names = [f"diff/{one}/{other}/n" for one, other in self.steps(self.pair(i))]
        return self.values([Ask("fact", name) for name in names], ())

    def _speaks_of_variance(self) -> bool:
        return any(c.kind.startswith("variance") for c in self.bases) or (self.s.frame.cue or "").startswith("variance")

    def _ratios(self) -> list[float]:
        facts = self.m.book.facts
        return [facts[n].value for t in self.m.book.tasks if (n := f"variance/{t}/ratio") in facts]

    def _tasks_that(self, i: int, spot: Spot) -> Finding | None:
        """ "on 3 of 12 tasks the ratio is below a quarter": tasks counted by a bound on their ratio."""
        if not self._speaks_of_variance():
            return None
        told = HOLDS.search(self.s.low, spot.end)
        noun = re.match(r"\s*(?:of\s+(?:the\s+|all\s+)?\d+\s+)?tasks?\b|\s+the\b", self.s.low[spot.end :])
        if told is None or noun is None or ";" in self.s.low[spot.end : told.start()]:
            return None
        return self.judged(spot, [self.tasks_holding(told)], certain=True)

    def tasks_holding(self, told: re.Match[str]) -> Answer:
        """On how many tasks the ratio is as a match of HOLDS says."""
        size = SIZES.get(told["size"]) or float(told["size"] if told["size"][-1].isdigit() else "nan")
        sign = ">" if re.match(r"more|above|over|exceed|great|larg|at least|reach", told["word"]) else "<"
        count = sum(COMPARE[sign](ratio, size) for ratio in self._ratios())
        return Answer(Value(count, f"count(ratio {sign} {size:g})", 0))

    def bound_of_count(self, i: int, spot: Spot) -> Finding | None:
        """ "on 3 tasks it is above 0.5": the bound itself claims nothing."""
        told = any(told.start("size") == spot.start for told in HOLDS.finditer(self.s.low))
        silent = told and self._speaks_of_variance() and self._counts_before(spot)
        return self.found(spot, "") if silent else None

    def _counts_before(self, spot: Spot) -> bool:
        return any(s.end <= spot.start and self.is_count(s) for s in self.s.spots)

    def _no_task(self, i: int, spot: Spot) -> Finding | None:
        """ "No task reaches 1"."""
        if not self._speaks_of_variance() or NO_TASK.search(self.s.low[: spot.start]) is None:
            return None
        highest = max(self._ratios(), default=0.0)
        right = highest < spot.low.value
        return self.found(spot, EXACT if right else WRONG, "" if right else f"{highest:.2f}", ("ratio/limit",))
