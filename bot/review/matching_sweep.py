"""Texts about a sweep, held against its recounted tables: models are the places, and no judge tells numbers apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import permutations, product
from typing import TYPE_CHECKING

from bot.review import cues_sweep
from bot.review import words_sweep as words
from bot.review.agreeing import EXACT, ROUNDS, UNMATCHED, WRONG, Finding
from bot.review.answers import COMPARE, Answer, Ask, Value, Where
from bot.review.answers_sweep import SweepAnswers
from bot.review.binding import Bound, Frame, Sentence
from bot.review.cues import Cue, last_before
from bot.review.cues_sweep import AS_SHARE, COUNTS, MEANS, SweepLexicon
from bot.review.doubting_sweep import SweepDoubting
from bot.review.grading import Grading
from bot.review.matching import Matcher
from bot.review.names import PLACE, Mention, _Alias
from bot.review.numbers import PLACE_CHAR, Spot
from bot.review.pairing_sweep import TASK, is_aside
from bot.review.raw_sweep import scored
from bot.review.recount_sweep import SweepBook
from bot.review.rows_sweep import TaskRow
from bot.review.special import DOMAINS
from bot.review.tables import Head, TableReader, _plain_part, _Row
from bot.review.text import Block, Text, sentences

if TYPE_CHECKING:
    from bot.review.claims import Claim, PageReader

LEADER = ("the leader", "the overall leader", "the winner", "the overall winner", "the top model", "the front-runner")
VERSION = re.compile(r"(?<![\d.])\d\.\d(?![\d.])")
TWO_VERSIONS = re.compile(r"\b(\d\.\d) (?:over|or|instead of|rather than) (\d\.\d)\b(?!\.\d)")
IN_POINTS = re.compile(r"\bpoints?\b|\bpp\b|%|\bper ?cent\b")
OF_RUN = re.compile(r"([^\s/`]+)/([^\s/`]+)/run(\d+)\.json")
TASK_BASES = ("variance:seed", "variance:capability", "variance:ratio")


BARE = re.compile(r"\W*([1-9]\d?)\W*")
TIERS = re.compile(r"\b[Tt]iers?\s+\d+(?:\s*(?:to|–|-|,|and|through)\s*\d+)+\b")


class SweepMatcher(Matcher):
    """Reads sentences against one sweep."""

    book: SweepBook
    answers: SweepAnswers

    def __init__(self, book: SweepBook, grading: Grading) -> None:
        super().__init__(book, grading)
        self.answers = SweepAnswers(book)
        self.lexicon = SweepLexicon()  # type: ignore[assignment]
        self.targets = ()
        first = [model for model in book.conditions if book.facts[f"rank/{model}"].value == 1]
        self._leader = first if len(first) == 1 and len(book.conditions) > 1 else []
        self.vocabulary.places.update({name: _Alias(dict.fromkeys(self._leader)) for name in LEADER if self._leader})
        self.vocabulary.know(book.tasks)

    def sentence(self, text: str, frame: Frame | None = None) -> Sentence:
        """A sentence ready to be read; tasks are bound beside models, on the axis that judges have elsewhere."""
        key = (text, frame, self.vocabulary.given)
        if key not in self._sentences:
            mentions = [self._on_axis(m) for m in self.vocabulary.find(text) if m.ids]
            mentions = [m for m in mentions if not (m.kind == TASK and is_aside(text, m))]
            if (frame is not None and frame.of(TASK).ids) or any(m.kind == TASK for m in mentions):
                # Who leads on a task need not be who leads the sweep.
                mentions = [m for m in mentions if text[m.start : m.end].casefold() not in LEADER]
            self._sentences[key] = Sentence(text, mentions, frame or Frame())
        return self._sentences[key]

    def _on_axis(self, mention: Mention) -> Mention:
        return mention._replace(kind=TASK) if set(mention.ids) <= set(self.book.tasks) else mention

    def read(self, sentence: Sentence) -> list[Finding]:
        """A finding for every number that claims something."""
        key = (sentence.text, sentence.frame, self.vocabulary.given)
        if key not in self._findings:
            self._findings[key] = SweepReading(self, sentence).findings()
        return self._findings[key]

    def table(self, reader: PageReader, block: Block) -> TableReader:
        """Tables of sweeps have heads of their own."""
        return SweepTable(reader, block)


class SweepReading(SweepDoubting):
    """One sentence about a sweep being read."""

    def __init__(self, matcher: SweepMatcher, sentence: Sentence) -> None:
        super().__init__(matcher, sentence)
        self.asked: dict[int, list[Ask]] = {}

    def hit(self, spot: Spot, found: Iterable[Answer]) -> Finding | None:
        """A finding where one of the answers is what is written; differences in points only where words say points."""
        in_points = spot.points or spot.percent or IN_POINTS.search(self.s.low) is not None
        return super().hit(spot, (a for a in found if in_points or not _is_in_points(a.low)))

    def findings(self) -> list[Finding]:
        """Go through the numbers from left to right, then work out what nothing accounts for."""
        told = [(i, f) for i, spot in enumerate(self.s.spots) if (f := self._finding(i, spot)) is not None and f.status]
        derived = [(i, self.derived(i, f, [other for _, other in told])) for i, f in told]
        return self.doubted(derived)

    def _finding(self, i: int, spot: Spot) -> Finding | None:
        for way in (
            self.level, self.uncheckable, self.evidence, self.of_gate, self.deduction, self.planned, self.limit,
            self.clean_from, self.bound_of_count, self.silent, self.of_wins, self.of_end,
        ):  # fmt: skip
            if (finding := way(i, spot)) is not None:
                return finding
        told = self.on_task(i, spot)
        if told is not None and (hit := self.hit(spot, told.found)) is not None:
            return hit
        if told is not None and told.found and spot.operator and (finding := self._compared(spot, told.found)):
            return finding
        if told is None or self.leads_back(i, spot, told, self._of_all(i, spot)):
            return self._of_all(i, spot)
        return self.judged(spot, told.found, certain=told.understood)

    def _of_all(self, i: int, spot: Spot) -> Finding | None:
        """What a number is that no task binds."""
        return self.counted(i, spot) or self._measured(i, spot)

    def level(self, i: int, spot: Spot) -> Finding | None:
        """ "95 % interval", "intervals are 95 %"; what else is in per cent is a share of something."""
        if spot.percent and not spot.is_range and cues_sweep.LEVEL.search(self.s.low[: spot.start]):
            return self.judged(spot, [Answer(Value(0.95, "interval/level", 0, percent=True))], certain=True)
        return super().level(i, spot)

    def uncheckable(self, i: int, spot: Spot) -> Finding | None:
        """Numbers of things that no archive holds; a rank is one that it does."""
        ranked = re.search(r"\brank(?:s|ed)?(?:\s+(?:is|of|at|on))?\s*$", self.s.low[: spot.start]) is not None
        return None if ranked else super().uncheckable(i, spot)

    def evidence(self, i: int, spot: Spot) -> Finding | None:
        """What a flag on a task rests on."""
        tasks = self.tasks(i)
        if not tasks or spot.is_range:
            return None
        before, behind = self.s.low[: spot.start], self.s.low[spot.end :]
        for part, left, right in cues_sweep.EVIDENCE:
            if (left is None or left.search(before)) and (right is None or right.match(behind)):
                found = self.values([Ask(f"task:{part}")], tasks)
                return self.judged(spot, found, certain=True) if self.scope(i).firm else self.hit(spot, found)
        kind = re.match(r"\s+(\w+)", self.s.text[spot.end :])
        if kind is not None and "judgements failed" in before and kind[1] in self._classes():
            return self.judged(spot, self.values([Ask(f"task:failed/{kind[1]}")], tasks), certain=True)
        told = "attempts" if re.match(r"\s*attempted", behind) else None
        told = "highest" if re.search(r"\battempted runs scored\s*$", before) else told
        if told is not None:
            asks = [Ask(f"task:{told}/{m}") for m in self.tasked_models()]
            return self.judged(spot, self.values(asks, tasks), certain=True)
        return None

    def limit(self, i: int, spot: Spot) -> Finding | None:
        """A limit: the one of what the words before it speak of."""
        before, behind = self.s.low[: spot.start], self.s.low[spot.end :]
        if not cues_sweep.LIMIT.search(before) and not cues_sweep.LIMIT_BEHIND.match(behind):
            return None if self.is_count(spot) else super().limit(i, spot)
        if spot.is_range:
            return None
        found = [Answer(v) for name in self._limits(i, spot) for v in self._scaled(name, spot)]
        return self.judged(spot, found, certain=True)

    def _limits(self, i: int, spot: Spot) -> list[str]:
        named = [
            *(c.kind for c in self.bases if c.end <= spot.start),
            *(c.kind for c in self.bases if c.start >= spot.end),
        ]
        left = [c.kind for c in self.bases if c.end <= spot.start and c.kind in cues_sweep.LIMIT_OF]
        kinds = left[-1:] or [k for k in named if k in cues_sweep.LIMIT_OF][:1]
        kinds = kinds or [k for k in (self.s.frame.cue,) if k in cues_sweep.LIMIT_OF]
        flags = ["flag/dead", "flag/many"] if self.tasks(i) or not kinds else []
        return [*flags, *(cues_sweep.LIMIT_OF[k] for k in kinds)] if kinds else [*flags, *cues_sweep.LIMIT_OF.values()]

    def _scaled(self, name: str, spot: Spot) -> Iterator[Value]:
        """A limit in per cent may be told without the sign: "8.3 percentage points, where our limit is 5"."""
        value = self.m.answers.value(name)
        if value is not None and (value.percent or not re.search(r"\bpoints\b|%", self.s.low)):
            yield value
            if value.percent and not spot.percent:
                yield Value(100 * value.value, name, 1)

    def clean_from(self, i: int, spot: Spot) -> Finding | None:
        """ "below 0.01 it counts as a zero": from which score on a run is clean."""
        low, value = self.s.low[: spot.start], self.m.answers.value("clean/threshold")
        small = spot.low.places == 2 and spot.low.value < 0.1 and cues_sweep.CLEAN_FROM.search(self.s.low)
        told = small or (spot.low.places and (cues_sweep.LEFT_OUT.search(low) or cues_sweep.SCORED_FROM.search(low)))
        if spot.operator is None or not told or value is None:
            return None
        return self.judged(spot, [Answer(value)], certain=True)

    def planned(self, i: int, spot: Spot) -> Finding | None:
        """ "a panel of 30 questions or more": wished for, not reported."""
        wished = re.match(r"\s*\w+\s+or\s+more\b|\s*more\s*$", self.s.low[spot.end :])
        alone = re.fullmatch(r"\W*\d+ or more\W*", self.s.low) is not None  # in a cell of its own
        return self.found(spot, "") if wished is not None or alone else None

    def silent(self, i: int, spot: Spot) -> Finding | None:
        """ "sweep 165", "tier 3", "had the failed ones been 0 or 1": names and the scale claim nothing."""
        tiers = (*cues_sweep.TIER.finditer(self.s.text), *TIERS.finditer(self.s.text))
        inside = any(m.start() <= spot.start < m.end() for m in tiers)
        named = re.search(r"\bsweep\s+#?$", self.s.low[: spot.start]) is not None
        scale = any(
            m.start() <= spot.start < m.end() for m in re.finditer(r"\b0 (?:or|and|to) (?:at )?1\b", self.s.low)
        )
        inside = inside or any(
            m.start() <= spot.start < m.end() and re.match(r"\s+(?:of|on|by)\s+[\ue000\ue001]", self.s.low[m.end() :])
            for m in words.RUN.finditer(self.s.text)
        )  # "Run 2 of A" names a run
        cut = re.match(r"\s+\w+\s+\w*\s*…", self.s.text[spot.end :]) is not None  # "7 of anth … [shortened]"
        inside = inside or self._is_version(spot)
        return self.found(spot, "") if inside or named or cut or (scale and "fail" in self.s.low) else None

    def _is_version(self, spot: Spot) -> bool:
        """ "No reason to pick 4.7 over 4.6": models that are told apart by their versions."""
        pair = next((m for m in TWO_VERSIONS.finditer(self.s.text) if m.start() <= spot.start < m.end()), None)
        names = (n for named in self.m.book.aliases.values() for n in named.names) if pair is not None else ()
        return pair is not None and {pair[1], pair[2]} <= {v for name in names for v in VERSION.findall(name)}

    def refined(self, spot: Spot, cue: Cue | None) -> Cue | None:
        """The judge's mean with its failures as they are stored, where the words around say so."""
        if cue is not None and cue.end and self._is_spent(spot, cue):
            return None
        cue = self._of_part(cue) if cue is not None and cue.kind == "mean" else cue
        told = cue is not None and cue.kind == "judge_mean" and cues_sweep.AS_STORED.search(self._told_with(spot))
        return cue._replace(kind="judge_mean_as_stored") if cue is not None and told else cue

    def _of_part(self, cue: Cue) -> Cue:
        """ "trajectories average 0.74": a mean of the part that stands right before."""
        last = next((c for c in reversed(self.measures) if c.end <= cue.start), None)
        near = last is not None and re.fullmatch(r"[^\d.;,]{0,20}", self.s.low[last.end : cue.start]) is not None
        return last if last is not None and near and last.kind in cues_sweep.PART_MEANS else cue

    def _is_spent(self, spot: Spot, cue: Cue) -> bool:
        """ "has C = 1, and A ends on 0.95": a letter with its own number is not what the next clause speaks of."""
        between = self.s.low[cue.end : spot.start]
        return re.match(r"\s*=\s*[\d.]*\d\W*(?:[;,]|\band\b|\bbut\b)", between) is not None

    def _told_with(self, spot: Spot) -> str:
        """What stands before a number, and behind it up to the next one."""
        return self.s.low[: spot.start] + re.split(r"[\d;]", self.s.low[spot.end :])[0]

    def _measured(self, i: int, spot: Spot) -> Finding | None:
        """The fact that the nearest words name, of the models that the number is bound to."""
        cue = self.refined(spot, self.cue(spot))
        if self.is_step(i, spot, cue) and not self._belongs(i) and not HALF.search(self.s.low[: spot.start]):
            return self._stepped(i, spot, cue)
        return self._valued(i, spot, cue if cue is None or cue.kind != "diff" else self.cue(spot, steps=False))

    def _belongs(self, i: int) -> bool:
        return bool(i) and re.search(r"±\s?$", self.s.low[: self.s.spots[i].start]) is not None

    def _stepped(self, i: int, spot: Spot, cue: Cue | None) -> Finding | None:
        """A difference; where none fits, a value that stands behind its words ("above the others with 0.761")."""
        found, certain = self.difference(i, spot)
        if (hit := self.hit(spot, found)) is not None:
            return hit
        if self.is_told_behind(spot) and certain and spot.low.places:
            return self.judged(spot, found, certain=True)
        valued = self._valued(i, spot, cue if cue is not None and cue.kind != "diff" else self.cue(spot, steps=False))
        if valued is not None and valued.status in (EXACT, ROUNDS, ""):
            return valued
        if valued is not None and valued.status == WRONG and self._right_before(spot):
            return valued
        last = self.paired.get(i - 1) or self.pair(i)  # "0.181 above B (0.846 against 0.665)"
        values = self._told([Ask(self.base_of_step(spot))], (*last.own, *last.others), spot)
        if last.named and (hit := self.hit(spot, values)) is not None:
            return hit
        return self.judged(spot, found, certain=certain and bool(spot.low.places))

    def _valued(self, i: int, spot: Spot, cue: Cue | None) -> Finding | None:
        if (finding := self.changed(i, spot)) is not None:
            return finding
        halves = self._belongs(i) or HALF.search(self.s.low[: spot.start])
        if halves and (found := self.half_of_step(i) or self._half_of_pair(i)):
            return self.judged(spot, found, certain=True)
        asks, where, certain = self._asks(i, spot, cue)
        self.asked[i] = asks
        if any(c.kind == "judge_bounds" for c in self.bases) and {a.base for a in asks} & {"mean", "overall_mean"}:
            asks = [*asks, Ask("judge_bounds")]
        found = self._told(asks, where.places, spot)
        if self._goes_on(i):
            found += self._told(asks, self.m.book.conditions, spot)
        alone = not self.own_models(i) and not spot.is_range and len(asks) == 1
        found = self._singled(spot, found) if alone else found
        if (hit := self.hit(spot, found)) is not None:
            return hit
        if not self.bound_here(i) and not alone:
            found = self._told(asks, self.m.book.conditions, spot) or found
            if (hit := self.hit(spot, found)) is not None:
                return hit
        if spot.operator is not None and found and not spot.is_range and (finding := self._compared(spot, found)):
            return finding
        tiered = cue is not None and cue.kind.startswith("tier")
        loose = self._loosely(i, spot) if not certain and not tiered else None
        return loose or self.judged(spot, found, certain=certain or tiered or self._is_beside(i, spot))

    def _half_of_pair(self, i: int) -> list[Answer]:
        """ "the least certain is A versus B, with a half-width of 0.092"."""
        pair = self.pair(i)
        return list(self._paired(self.steps(pair), "/half")) if pair.named and not self._belongs(i) else []

    def _singled(self, spot: Spot, found: list[Answer]) -> list[Answer]:
        """ "the lowest coverage is 80.6 %": one model's, and no total's."""
        of_models = [a for a in found if a.low.fact.rpartition("/")[2] in self.m.book.models]
        chosen = self._extreme(spot, of_models)
        return chosen if len(chosen) < len(of_models) else found

    def _goes_on(self, i: int) -> bool:
        """ "0.797 (A), 0.627, 0.678 and 0.645": a list goes on behind the one member that is named."""
        first = self.s.runs.get(i, [i])[0]
        between = self.s.low[self.s.spots[first - 1].end : self.s.spots[first].start] if first else ""
        return len(self.s.runs.get(i, [])) > 1 and ")" in between and not re.search(r"[a-z]", between)

    def _is_beside(self, i: int, spot: Spot) -> bool:
        """ "Sonnet at 0.65", "0.65 for Sonnet": a number right beside a single model's name, and no task's, is its."""
        own = self.own_models(i)
        precise = spot.low.places >= (1 if spot.percent else 2)
        if (
            len(own) != 1
            or not precise
            or spot.operator is not None
            or any(p in self.m.book.tasks for p in self._around())
        ):
            return False
        behind = re.match(rf"\s+(?:for|by|from)\s+{PLACE_CHAR}", self.s.hidden[spot.end :])
        interval = spot.is_range and last_before([p for p in self.parts if p.kind == "ci"], spot.start) is not None
        return behind is not None or interval or bool(self._right_before(spot))

    def _around(self) -> list[str]:
        return [p for m in self.s.mentions for p in m.ids] + list(self.s.frame.of(TASK).ids)

    def _told(self, asks: Sequence[Ask], places: Sequence[str], spot: Spot) -> list[Answer]:
        """The answers in the unit that is written: a mean may be told in per cent."""
        tasks = {a.base for a in asks} & set(TASK_BASES)
        found = self.values(asks, self._tasked(spot) if tasks else places, ranges=spot.is_range)
        if not spot.percent:
            return found
        found = [_in_per_cent(a) for a in found]
        rated = any(a.base in cues_sweep.AS_SHARE.values() for a in asks)
        return [*found, *self.m.answers.shares(places)] if rated and not spot.is_range else found

    def _tasked(self, spot: Spot) -> tuple[str, ...]:
        return self.tasks(self.s.spots.index(spot)) or self.m.book.tasks

    def _asks(self, i: int, spot: Spot, cue: Cue | None) -> tuple[list[Ask], Where, bool]:
        named = bool(self.own_models(i))
        where = Where(self.models(i - 1 if self._belongs(i) else i), ())
        base = cue.kind if cue is not None else None
        if self._belongs(i):
            return [a._replace(part="half") for a in self.asked.get(i - 1, [])], where, True
        if base in TASK_BASES:
            return [Ask(str(base))], where, bool(self.tasks(i))
        if spot.percent:
            told = base in cues_sweep.AS_SHARE.values() or (base in MEANS and named)
            return self._in_shares(base), where, told
        if (facts := self._of_everything(spot, base)) and not self._right_before(spot):
            return facts, where, True
        if base in cues_sweep.PART_MEANS and cue is not None and not cue.end:
            # A sentence before spoke of a part; this one may go on, or speak of the whole score again.
            return [Ask(str(base)), Ask("mean"), Ask("overall_mean")], where, named and bool(spot.low.places)
        if base in (None, "mean") and (self.s.frame.cue or "").startswith("tier:"):
            here = words.HERE.search(self.s.low) is not None
            return [Ask(str(self.s.frame.cue)), *([] if here else [Ask("mean"), Ask("overall_mean")])], where, named
        if base in (None, "mean", "diff"):
            told_mean = base == "mean" and named and spot.low.places >= 2
            return [Ask("mean"), Ask("overall_mean")], where, told_mean
        return [Ask(str(base))], where, named and bool(spot.low.places)

    def _of_everything(self, spot: Spot, base: str | None) -> list[Ask]:
        """ "over all 138 runs mean C is 0.635": one mean of all runs of all models."""
        if words.OVER_ALL.search(self.s.low[: spot.start]) is None or (
            self.named and base not in cues_sweep.PART_MEANS
        ):
            return []
        base = "overall_mean" if base == "mean" else base
        known = base in (*cues_sweep.PART_MEANS, "overall_mean", "clean_mean")
        return [Ask("fact", f"{base}{which}") for which in ("", ":averaged")] if known else []

    def _in_shares(self, base: str | None) -> list[Ask]:
        if base in cues_sweep.AS_SHARE.values():
            return [Ask(str(base))]
        known = base is not None and (base in MEANS or base.startswith("tier"))
        means = [Ask(str(base))] if known else [Ask("mean"), Ask("overall_mean")]
        return [*means, Ask("coverage"), Ask("judge_failure_rate")]

    def cue(self, spot: Spot, *, steps: bool = True) -> Cue | None:
        """The nearest word on the left that names what is measured, a tier before a mean; else the only one behind."""
        named = self._fitting(spot, steps=steps)
        left = last_before(named, spot.start)
        tiers = [c for c in named if c.kind.startswith("tier")]
        tier = last_before(tiers, spot.start) or (tiers[0] if len(tiers) == 1 else None)
        if tier is not None and (left is None or left.kind == "mean" or tier.start > left.start):
            return tier
        right = [c for c in named if c.start >= spot.end]
        right = [c for c in right if c.kind != "diff"]
        only = right[0] if left is None and len({c.kind for c in right}) == 1 else None
        carried = cues_sweep.AS_SHARE.get(self.s.frame.cue or "") if spot.percent else None
        carried = carried or self.s.frame.cue
        known = carried in METRIC_NAMES and carried not in cues_sweep.COUNTS
        return left or only or (Cue(str(carried), 0, 0) if known else None)

    def _fitting(self, spot: Spot, *, steps: bool) -> list[Cue]:
        """Words for what a number like this can be: a share for one in per cent, no count for a fraction."""
        found = [*self.measures, *(c for c in self.bases if steps and c.kind == "diff")]
        if spot.percent:
            shares = [c._replace(kind=AS_SHARE[c.kind]) for c in self.bases if c.kind in AS_SHARE]
            found = [c for c in found if not any(c.start == s.start for s in shares)] + shares
        return sorted(found, key=lambda c: (c.start, -c.end))

    def _loosely(self, i: int, spot: Spot) -> Finding | None:
        """Where no word says which fact it is: any of the bound models, if it is written precisely."""
        if spot.low.places < (1 if spot.percent else 2):
            return None
        told_pair = i in self.paired and self.paired[i].named  # whose differences were held against it already
        names = (*MEANS, "diff") if not spot.percent and not told_pair else MEANS
        return self.hit(spot, self._told([Ask(name) for name in names], self.models(i), spot))

    def _compared(self, spot: Spot, found: Sequence[Answer]) -> Finding | None:
        """ "all above 0.6"."""
        scale = 100 if spot.percent else 1
        sign = COMPARE[spot.operator or ">="]
        if words.NOBODY.search(self.s.low[: spot.start]):
            return None  # "nobody above 0.51" is no bound that all are on the right side of
        holds = all(sign(a.low.value * (scale if a.low.percent else 1), spot.low.value) for a in found)
        if holds:
            return self.found(spot, EXACT, "", tuple(f for a in found[:3] for f in a.facts))
        return None


def _in_per_cent(answer: Answer) -> Answer:
    """A mean of 0.669 as 66.9 %."""
    low, high = (v and (v if v.percent else v._replace(percent=True, places=1)) for v in (answer.low, answer.high))
    return answer._replace(low=low or answer.low, high=high)


def _is_in_points(value: Value) -> bool:
    """Whether it is a difference of two means times 100."""
    return " − " in value.fact and value.places == 1 and not value.percent


AS_COUNT = {
    "clean_mean": "clean",
    "coverage": "clean",
    "judge_failure_rate": "judge_failures",
    "judge_mean": "judge_enabled",
}
ALL_HEAD = re.compile(r"(?:all|total|sum|together|overall|all (?:models|four|of them))")
RATE_HEAD = re.compile(r"\brate\b|\bshare\b|%")
DEDUCTED_HEAD = re.compile(r"deduct\w*|points? off")
PLACE_HEAD = re.compile(r"\b(?:place|rank|position)\b")
VARIANCE_HEADS = (
    (re.compile(r"\b(?:over|between|within) (?:repeated )?runs\b"), "seed"),
    (re.compile(r"\bbetween models\b"), "capability"),
)
SETUP = {
    "models": ("models",), "tasks": ("tasks",), "runs": ("runs", "expected"), "runs a task": ("runs",),
    "archived": ("archived",), "archived runs": ("archived",), "missing": ("missing",), "missing runs": ("missing",),
    "flagged tasks": ("tasks/flagged",), "judgements": ("judge_enabled",), "failed judgements": ("judge_failures",),
}  # fmt: skip
ZEROS_HEAD = re.compile(r"\b(?P<first>infra|genuine)\b[^/]*/\W*(?P<second>infra|genuine)\b")
SHORT_TIER = re.compile(r"T(\d{1,2})\b(?!\s*[−–-]\s*T?\d)")
TIER_LESS_TIER = re.compile(r"\bt(?:ier)?\s*(\d{1,2})\s*(?:[−–-]|minus|to|less)\s*t(?:ier)?\s*(\d{1,2})")
APART_HEAD = re.compile(r"\bgap\b|\bdiff\w*|[δΔ]|\bchange\b|\bdrop\b|\bloss\b|\bshift\b|\bmoves?\b")
FROM_FIRST = re.compile(r"\bbehind\b|\bto (?:the )?(?:first|leader|top)\b|\bgap\b|\bdistance\b")
OF_LEADER = re.compile(r"\b(?:share|%|percent) of (?:the )?(?:leader|first|best)")
RANGE_ROW = re.compile(
    r"^\W*(?:range|spread|span|(?:max|best|highest|top)\w*\s*(?:−|–|-|minus|to)\s*(?:min|worst|lowest))"
)
FULL = 3  # a difference and both ends of its interval
HALF = re.compile(r"half-?\s?width(?:\s+(?:of|is|at))?\s*$")
METRIC_NAMES = {name for name, _ in cues_sweep.METRICS}
HEADS = (
    ("clean_mean_evidence", r"^clean by evidence"), ("clean_mean_merged", r"^clean, merged"),
    ("clean_mean", r"^clean\b"), ("all_mean", r"^all$"), ("judge_mean_as_stored", r"^(?:(?:judge|j),? )?as stored"),
    ("judge_mean", r"^(?:judge(?: only| alone)?|(?:mean )?j)$"), ("c_mean", r"^(?:mean )?c$"),
    ("t_mean", r"^(?:mean )?t$"),
    ("b_mean", r"^(?:mean )?b$"), ("overall_mean", r"^(?:overall|mean)$"), ("judge_enabled", r"^judged$"),
    ("c_pass", r"^(?:(?:fully )?completed?\b|runs (?:fully )?completed?\b|full(?:y complete)? runs|full completions?)"),
    ("judge_failures", r"^(?:judge )?fail(?:ed|ures)$"),
    ("stored_differs", r"^stored?(?: scores?)? (?:≠|!=|differs from)(?: its)? parts$"),
    ("logged_not_archived", r"^only logged$"), ("rank", r"^(?:#|rank|place|position|pos\.?|standing)$"),
)  # fmt: skip
NEXT = re.compile(r"^(?:next|other|from|vs\.?|versus|against|than)\b")


AGAINST_HEAD = re.compile(
    r"^(?:Δ|δ|vs\.?|versus|against|minus|less|over|to|gap|paired|(?:difference|distance)s?)\b|^[−–-]\s"
)


def _part_of(low: str) -> str | None:
    """Heads that are an end, a half-width or an error of the mean on their left."""
    part = _plain_part(low.replace("_", " "))
    if part in ("half", "ci_low", "ci_high"):
        return part
    return "se" if re.search(r"^(?:standard error|s\.?e\.?)$", low) else None


@dataclass
class SweepTable(TableReader):
    """One table of a sweep's report."""

    matcher: SweepMatcher = field(init=False)

    def __post_init__(self) -> None:
        """A heading that names one task says of which one the table is, whatever else it says."""
        super().__post_init__()
        title = self.matcher.sentence(self.reader.titles[-1]) if self.reader.titles else None
        named = {t for m in title.mentions if m.kind == TASK for t in m.ids} if title is not None else set()
        if len(named) == 1 and not self.around.of(TASK).ids:
            self.around = replace(self.around, judges=Bound(tuple(named), True))

    def _head(self, text: str) -> Head:
        sentence = self.matcher.sentence(text)
        low = sentence.low.strip()
        bare = re.sub(r"\([^()]*\)", " ", low)
        exact = next((n for n, words in HEADS if re.search(words, low) or re.search(words, bare.strip())), None)
        tier = cues_sweep.TIER.search(text) or self._short_tier(text)
        found = self.matcher.lexicon.bases(bare) or self.matcher.lexicon.bases(low)
        base = f"tier:tier{tier[1]}" if tier else exact or (found[0].kind if found else None)
        places = tuple(dict.fromkeys(p for m in sentence.mentions if m.kind == PLACE for p in m.ids))
        if not base and AGAINST_HEAD.match(low) and places:
            base = "diff"
        part = {"limit": "limit", "value": "value", "points": "points_off"}.get(low) or _part_of(low)
        tasks = tuple(dict.fromkeys(p for m in sentence.mentions if m.kind == TASK for p in m.ids))
        return Head(text, places, tasks, (base,) if base else (), part)

    def _short_tier(self, text: str) -> re.Match[str] | None:
        """ "T1" under a heading of tiers, where the sweep has such a tier."""
        told = SHORT_TIER.match(text.strip(" *`"))
        if told is None or not any(fact.endswith(f"/tier{told[1]}") for fact in self.matcher.book.facts):
            return None
        around = " ".join((*self.reader.titles[-1:], self.around.words, self.block.rows[0][0].plain)).casefold()
        heads = sum(SHORT_TIER.match(cell.plain.strip(" *`")) is not None for cell in self.block.rows[0])
        return told if "tier" in around or heads > 1 else None

    def _row(self, row: Sequence[Text]) -> Iterator[Claim]:
        """Runs by their files first, then cell by cell."""
        path = OF_RUN.search(" ".join(cell.plain for cell in row))
        run = path and next(
            (r for r in self.matcher.book.sweep.runs if (r.model, r.task, str(r.run)) == path.groups()), None
        )
        if run is None:
            yield from super()._row(row)
            return
        values = [run.score, again] if (again := scored(run)) is not None else [run.score]
        for k, cell in enumerate(row):
            judge = k < len(self.heads) and "judge" in self.heads[k].text.casefold()
            for i, spot in enumerate(self.matcher.sentence(cell.plain).spots):
                reading = SweepReading(self.matcher, self.matcher.sentence(cell.plain))
                told = [run.j] if judge and run.j is not None else _told(values, i, reading.s.low[: spot.start])
                answers = [Answer(Value(value, f"run({path[0]})", 4)) for value in told] if path else []
                if (finding := reading.judged(spot, answers, certain=True)) is not None:
                    yield self.reader.claim(cell, finding)

    @property
    def by_tier(self) -> bool:
        """Whether bare numbers in the first column are tiers: "| Tier | A | B |" above "| 1 | 0.56 | 0.61 |"."""
        return self.heads[0].text.strip().casefold() in ("tier", "tiers")

    def _is_label(self, k: int, cell: Sentence) -> bool:
        return (k == 0 and self.by_tier) or super()._is_label(k, cell)

    def _prose(self, k: int, text: Text, label: _Row) -> Iterator[Claim]:
        frame = replace(label.frame(k), words=label.own.text.casefold())
        for part in sentences(text):
            yield from self.reader.read(part, self.matcher.sentence(part.plain, frame))

    def row(self, row: Sequence[Text], cells: Sequence[Sentence], labels: Sequence[int]) -> _Row:
        """A row with what its labels say."""
        return SweepRow(self, row, cells, labels)


def _told(values: list[float], i: int, before: str) -> list[float]:
    """Which of a run's scores a number of its row is: the stored one first, the recomputed one where it says so."""
    if "recomputed" in before:
        return values[-1:]
    return values[:1] if i == 0 else values


@dataclass
class SweepRow(TaskRow):
    """A row of a sweep's table."""

    table: SweepTable

    @cached_property
    def own(self) -> Head:
        """The labels read as one head; a bare number in a column of tiers is that tier."""
        head: Head = super().own
        number = BARE.fullmatch(self.texts[0].plain) if self.table.by_tier else None
        return head._replace(bases=(f"tier:tier{number[1]}",)) if number is not None else head

    def _finding(
        self, k: int, i: int, spot: Spot, judge: str | None, previous: Ask | None
    ) -> tuple[Finding | None, Ask | None]:
        told = self._differences(k) if self._is_difference(k) else self.task_answers(k, spot)
        if told is None:
            return super()._finding(k, i, spot, judge, previous)
        found = [_in_per_cent(a) for a in told] if spot.percent else told
        reading = SweepReading(self.table.matcher, self.cells[k])
        finding = reading.judged(spot, found, certain=True)
        unsaid = finding is not None and finding.status == UNMATCHED
        return (reading.hit(spot, self._anything(k, spot)) if unsaid else None) or finding, previous

    def _doubted(self, reading: object, k: int, spot: Spot, where: Where) -> Finding | None:
        """What else a cell may be: a total under "All", a tier under "3", a rate, a difference from the corner's."""
        told = SweepReading(self.table.matcher, self.cells[k])
        return told.hit(spot, self._anything(k, spot))

    def _anything(self, k: int, spot: Spot) -> Iterator[Answer]:
        head, answers = self.table.heads[k].text.casefold().strip(" *"), self.table.matcher.answers
        everyone, own = self.table.matcher.book.conditions, self.own.places
        bases = [b for b in (*self.own.bases, *self.table.heads[k].bases) if b in COUNTS or b in AS_COUNT]
        if ALL_HEAD.fullmatch(head) or self._is_total():
            asks = [Ask("sum", AS_COUNT.get(base, base)) for base in bases]
            yield from (a for ask in asks for a in answers.singles(ask, Where(everyone, ())))
            yield from answers.shares(everyone) if spot.percent else ()
        if (tier := BARE.fullmatch(head)) is not None and self._speaks_of_tiers():
            yield from answers.singles(Ask(f"tier:tier{tier[1]}"), Where(own or everyone, ()))
        if "genuine" in head:
            yield from self._zeros(k, spot, head)
        if DEDUCTED_HEAD.match(head) and spot.low.sign == "-":
            label = " ".join(text.plain for j, text in enumerate(self.texts) if j != k).casefold()
            taken = self.table.matcher.grading.deductions
            told = [d for d, pattern in DOMAINS if re.search(pattern, label) and d in taken]
            yield from (Answer(Value(-taken[d], f"confidence/{d.replace(' ', '_')}", 0)) for d in told[:1])
        yield from self._by_own_words(k, spot, head)
        if spot.percent and OF_LEADER.search(head) and own:
            yield from self._of_the_leader(own)
        if RANGE_ROW.match(self.own.text.casefold()) and not spot.percent:
            for base in self.table.heads[k].bases or ([f"tier:tier{tier[1]}"] if tier is not None else []):
                yield from answers.spans(base, everyone)
        if spot.percent and RATE_HEAD.search(self.own.text.casefold()) and self.table.heads[k].places:
            yield from answers.singles(Ask("judge_failure_rate"), Where(self.table.heads[k].places, ()))
        if spot.percent and RATE_HEAD.search(head):
            yield from answers.singles(Ask("judge_failure_rate"), Where(own, ())) if own else answers.shares(everyone)
        yield from self._from_the_corner(spot) if own else ()
        yield from self._apart(k, head)
        yield from self._of_setup(spot, head)

    def _apart(self, k: int, head: str) -> Iterator[Answer]:
        """ "T1 − T5", "tier 1 − tier 5": from the one to the other; or between two cells on the left."""
        told = TIER_LESS_TIER.search(head)
        for model in self.own.places if told is not None else ():
            ends = self.table.matcher.answers.values_of(f"tier/{model}/tier{n}" for n in told.groups()) if told else []
            if len(ends) > 1:
                yield Answer(Value(ends[0].value - ends[1].value, f"{ends[0].fact} − {ends[1].fact}", 3))
        yield from self._between_cells(k) if APART_HEAD.search(head) else ()

    def _of_setup(self, spot: Spot, head: str) -> Iterator[Answer]:
        """ "| Models | 6 |" under heads that say nothing."""
        label = self.texts[0].plain.casefold().strip(" *:")
        names = SETUP.get(label, ()) if not (head or spot.low.places or spot.percent or spot.is_range) else ()
        answers, everyone = self.table.matcher.answers, Where(self.table.matcher.book.conditions, ())
        yield from map(Answer, answers.values_of(names))
        yield from (a for name in names for a in answers.singles(Ask("sum", name), everyone))

    def _between_cells(self, k: int) -> Iterator[Answer]:
        """ "| Judge mean | As stored | Gap |": how far two means on the left are apart, where both are right."""
        left = [told for told in self.table.told if told.label is self and told.k < k]
        means = [v for told in left for v in told.finding.values if v.places > 2 and not v.percent]
        for one, other in permutations(means, 2):
            yield Answer(Value(one.value - other.value, f"{one.fact} − {other.fact}", 3))

    def _zeros(self, k: int, spot: Spot, head: str) -> Iterator[Answer]:
        """ "Zeros: infra / genuine" above "1 / 3", "genuine zeros": of the model of the row, or of all."""
        answers, own = self.table.matcher.answers, Where(self.own.places, ())
        both = ZEROS_HEAD.search(head) if "/" in self.cells[k].hidden else None
        if both is not None:
            kind = both["second"] if "/" in self.cells[k].hidden[: spot.start] else both["first"]
            yield from answers.singles(Ask(f"{kind}_zero"), own)
        elif own.places:
            yield from answers.singles(Ask("genuine_zero"), own)
        else:
            yield from answers.singles(Ask("sum", "genuine_zero"), Where(self.table.matcher.book.conditions, ()))

    def _by_own_words(self, k: int, spot: Spot, head: str) -> Iterator[Answer]:
        """Places by another mean, half-widths of a difference, both variances of a task, the least of a tier."""
        answers, own, everyone = self.table.matcher.answers, self.own.places, self.table.matcher.book.conditions
        base = next(iter(self.table.heads[k].bases), "mean")
        if PLACE_HEAD.search(head) and len(own) == 1 and not spot.low.places:
            ordered = answers.ordered(base)
            yield Answer(Value(ordered.index(own[0]) + 1, f"rank({base}/{own[0]})", 0))
        if "half" in head and len(own) > 1:
            yield from map(Answer, answers.values_of(f"diff/{a}/{b}/half" for a, b in permutations(own, 2)))
        for pattern, kind in VARIANCE_HEADS if self.own.judges else ():
            facts = [f"variance/{task}/{kind}" for task in self.own.judges] if pattern.search(head) else []
            yield from map(Answer, answers.values_of(facts))
        if FROM_FIRST.search(head) and len(own) == 1:
            yield from answers.steps("mean", [(m, own[0]) for m in everyone if m != own[0]])
        of_tier = [b for b in self.own.bases if b.startswith("tier")]
        if self.table.by_tier and spot.low.places and of_tier:
            yield from answers.singles(Ask(of_tier[0]), Where(everyone, ()))
            yield from answers.spans(of_tier[0], everyone)

    def _of_the_leader(self, own: Sequence[str]) -> Iterator[Answer]:
        """ "Share of the leader": one model's ranking mean over that of the first."""
        answers = self.table.matcher.answers
        best = answers.values(Ask("mean"), Where(tuple(answers.ordered("mean")[:1]), ()))
        for first, value in product(best, answers.values(Ask("mean"), Where(tuple(own), ()))):
            yield Answer(Value(value.value / first.value, f"{value.fact} / {first.fact}", 1, percent=True))

    def _speaks_of_tiers(self) -> bool:
        titles = " ".join(self.table.reader.titles[-1:])
        return "tier" in f"{titles} {self.table.around.words} {self.table.heads[0].text}".casefold()

    def _from_the_corner(self, spot: Spot) -> Iterator[Answer]:
        """ "| GPT-5.4 against | Paired difference |": of the model in the corner from the one of the row."""
        corner, answers = self.table.heads[0].places, self.table.matcher.answers
        for one, other in product(corner if len(corner) == 1 else (), self.own.places):
            told = answers.values_of(f"diff/{one}/{other}{tail}" for tail in ("", "/ci_low", "/ci_high"))
            if len(told) == FULL:
                yield Answer(told[1], told[2]) if spot.is_range else Answer(told[0])

    def _is_difference(self, k: int) -> bool:
        """Whether a column holds the differences of the two models on its left, for what the row names."""
        named = self._models_on_the_left(k)
        bases = {"diff", *cues_sweep.PART_MEANS}
        own = next(iter(self.own.bases), None)
        known = bool(self.own.judges) or own in bases or (own or "").startswith("tier")
        return len(named) == 2 and known and self.table.heads[k].bases == ("diff",) and not self.own.places

    def _models_on_the_left(self, k: int) -> list[str]:
        heads = [head.places for head in self.table.heads[:k] if len(head.places) == 1]
        return list(dict.fromkeys(places[0] for places in heads))

    def _differences(self, k: int) -> list[Answer]:
        one, other = self._models_on_the_left(k)
        tasks = self.own.judges
        bases = [f"{base}@{task}" for task in tasks for base in ("mean", "clean_mean")] or list(self.own.bases)
        return [a for base in bases for a in self.table.matcher.answers.steps(base, [(one, other)])]

    def _is_duel(self, k: int) -> bool:
        """Whether row and column name one model each: a cell of theirs sets one against the other."""
        head, own = self.table.heads[k], self.own
        return len(own.places) == len(head.places) == 1 and own.places != head.places

    def _is_other(self, k: int) -> bool:
        return k < len(self.table.heads) and NEXT.match(self.table.heads[k].text.strip().casefold()) is not None

    def _asks(self, k: int, i: int, spot: Spot, previous: Ask | None) -> tuple[list[Ask], bool]:
        before = self.cells[k].low[: spot.start]
        base = self._typed(next(iter((*self.table.heads[k].bases, *self.own.bases)), None), spot)
        if base == "judge_bounds":
            return [Ask("judge_bound_high" if "/" in before else "judge_bound_low"), Ask("overall_mean")], True
        if i and base in COUNTS and re.search(r"(?:\bof|/)\s*$", before):
            parts = self._parted(k)
            wholes = [parts[1]] if len(parts) > 1 else ["expected", "judge_enabled", "archived"]
            return [ask for whole in wholes for ask in (Ask(whole), *self._totals(whole, k))], True
        part = "half" if i and re.search(r"±\s?$", before) else self._part(k) if base not in COUNTS else None
        if base is None and self._is_duel(k):
            base, part = "diff", "ci" if spot.is_range else part
        if base is None and (part is not None or spot.is_range):
            base = self._measure_on_the_left(k)
        if part in ("half", "se", "ci_low", "ci_high"):
            return [Ask(base or "mean", part)], True
        if base == "diff" and self._is_duel(k) and not part and not spot.low.places and not spot.is_range:
            title = " ".join(self.table.reader.titles[-1:]).casefold()
            clean = "clean" in title or (self.table.around.cue or "").startswith("clean")
            return [Ask("wins:clean_mean"), *([] if clean else [Ask("wins:mean")])], True
        if base is None:
            return [Ask("mean"), Ask("overall_mean")], False
        of_one = bool(self.table.heads[k].places or self.cells[k].mentions)  # "| overall | 0.669 |" below a model
        if self._is_total() and not of_one and base in (*cues_sweep.PART_MEANS, "overall_mean", "clean_mean"):
            return [Ask("fact", base)], True
        totals = self._totals(base, k)
        return totals if totals and self._is_total() else [Ask(base), *totals], True

    def _typed(self, base: str | None, spot: Spot) -> str | None:
        """Whole numbers count, shares are in per cent: "clean runs: 29", "judge failures: 10 %"."""
        if base is None or spot.is_range:
            return base
        if base.startswith("tier") and not spot.low.places and not spot.percent and spot.low.value > 1:
            return None  # "| Tier | Tasks | Flagged |": no mean
        if spot.percent:
            return cues_sweep.AS_SHARE.get(base, base)
        if not spot.low.places and not spot.low.sign and (spot.low.value > 1 or base != "clean_mean"):
            return AS_COUNT.get(base, base)
        return cues_sweep.AS_MEAN.get(base, base) if spot.low.places else base

    def _parted(self, k: int) -> list[str]:
        """ "clean / expected": what the numbers on both sides of a stroke are."""
        table = self.table
        heads = [table._head(part).bases for part in table.heads[k].text.split("/")]
        return [AS_COUNT.get(bases[0], bases[0]) for bases in heads if bases] if len(heads) == 2 else []

    def _measure_on_the_left(self, k: int) -> str | None:
        """ "0.761 | 0.695 – 0.827": an interval is of the mean beside it."""
        bases = (b for j in reversed(range(k)) for b in self.table.heads[j].bases)
        return next((b for b in bases if b not in COUNTS and b != "coverage"), None)

    def _totals(self, base: str, k: int) -> list[Ask]:
        """A row that names no model may give what all of them have together."""
        named = self.own.places or self.table.heads[k].places
        return [Ask("sum", base), Ask("fact", base)] if base in COUNTS and not named else []

    def _is_total(self) -> bool:
        label = " ".join(self.texts[k].plain for k in self.labels[:1]).casefold().strip(" *:")
        return re.fullmatch(r"(?:all|total|sum|together|overall)(?: (?:models|of them|four))?", label) is not None

    def _gate_value(self, reading: object, k: int, spot: Spot, where: Where) -> Finding | None:
        told = SweepReading(self.table.matcher, self.cells[k])
        if self.table.heads[k].part == "limit":
            found = list(told.m.answers.singles(Ask("fact", f"gate/{self.gate}/limit"), where))
        else:
            fact = {"min_seeds": "seeds", "min_questions": "tasks_archived"}.get(self.gate or "", "judge_failure_rate")
            found = list(told.m.answers.singles(Ask(fact), where))
        return told.judged(spot, found, certain=True)
