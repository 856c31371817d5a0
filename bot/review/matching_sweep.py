"""Texts about a sweep, held against its recounted tables: models are the places, and no judge tells numbers apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.review import cues_sweep
from bot.review.agreeing import EXACT, Finding
from bot.review.answers import Answer, Answers, Ask, Value, Where
from bot.review.binding import Sentence
from bot.review.cues import Cue, last_before
from bot.review.cues_sweep import SweepLexicon
from bot.review.grading import Grading
from bot.review.matching import Matcher
from bot.review.names import PLACE
from bot.review.numbers import Spot
from bot.review.raw_sweep import scored
from bot.review.recount_sweep import SweepBook
from bot.review.special import Special
from bot.review.tables import Head, TableReader, _Row
from bot.review.text import Block, Text, sentences

if TYPE_CHECKING:
    from bot.review.claims import Claim, PageReader

OF_RUN = re.compile(r"([^\s/`]+)/([^\s/`]+)/run(\d+)\.json")
TASK_BASES = ("variance:seed", "variance:capability", "variance:ratio")
COUNTS = (
    "archived", "logged", "logged_not_archived", "missing", "expected", "clean", "c_pass", "judge_enabled",
    "judge_failures", "rejudged", "infra_zero", "genuine_zero", "stored_differs", "rank",
)  # fmt: skip


class SweepAnswers(Answers):
    """Looks up `<fact>/<model>`; tiers, variances and tasks under names of their own."""

    book: SweepBook

    def singles(self, ask: Ask, where: Where) -> Iterator[Answer]:
        """Every single value that fits."""
        if ask.part == "ci":
            for low, high in self._ends(ask, where):
                yield from (Answer(low), Answer(high))
        else:
            signless = ask.base == "diff" and not ask.part
            yield from (Answer(v, signless=signless) for v in self.values(ask, where))

    def ranges(self, ask: Ask, where: Where) -> Iterator[Answer]:
        """Intervals, and from the lowest to the highest of several models."""
        yield from (Answer(low, high) for low, high in self._ends(ask._replace(part="ci"), where))
        values = sorted(self.values(ask._replace(part=""), where), key=lambda v: v.value)
        if len(values) > 1:
            yield Answer(values[0], values[-1])

    def _names(self, ask: Ask, where: Where) -> Iterator[str]:
        base, tail = ask.base, f"/{ask.part}" if ask.part else ""
        kind, _, rest = base.partition(":")
        if base == "fact":
            yield ask.part
        elif base == "diff":
            yield from self._pairs(where, tail)
        elif kind in ("tier", "variance", "task"):
            yield from (f"{kind}/{place}/{rest}{tail}" for place in where.places)
        else:
            yield from (f"{self.book.rank_by if base == 'mean' else base}/{place}{tail}" for place in where.places)

    def _pairs(self, where: Where, tail: str) -> Iterator[str]:
        for one in where.places:
            for other in where.others or self.book.conditions:
                if one != other:
                    yield f"diff/{one}/{other}{tail}"


class SweepMatcher(Matcher):
    """Reads sentences against one sweep."""

    book: SweepBook

    def __init__(self, book: SweepBook, grading: Grading) -> None:
        super().__init__(book, grading)
        self.answers = SweepAnswers(book)
        self.lexicon = SweepLexicon()  # type: ignore[assignment]
        self.targets = ()
        self.vocabulary.know(book.tasks)

    def read(self, sentence: Sentence) -> list[Finding]:
        """A finding for every number that claims something."""
        key = (sentence.text, sentence.frame)
        if key not in self._findings:
            self._findings[key] = SweepReading(self, sentence).findings()
        return self._findings[key]

    def table(self, reader: PageReader, block: Block) -> TableReader:
        """Tables of sweeps have heads of their own."""
        return SweepTable(reader, block)


class SweepReading(Special):
    """One sentence about a sweep being read."""

    m: SweepMatcher

    def __init__(self, matcher: SweepMatcher, sentence: Sentence) -> None:
        super().__init__(matcher, sentence)
        self.asked: dict[int, list[Ask]] = {}

    def findings(self) -> list[Finding]:
        """Go through the numbers from left to right."""
        return [f for i, spot in enumerate(self.s.spots) if (f := self._finding(i, spot)) is not None and f.status]

    def _finding(self, i: int, spot: Spot) -> Finding | None:
        for way in (
            self.level, self.uncheckable, self.evidence, self.of_gate, self.deduction, self.planned, self.limit,
            self.counted,
        ):  # fmt: skip
            if (finding := way(i, spot)) is not None:
                return finding
        return self._measured(i, spot)

    def models(self, i: int) -> tuple[str, ...]:
        """Models that a number is bound to, all where none is named."""
        ids = tuple(p for p in self.bound(i, PLACE).ids if p in self.m.book.models)
        return ids or self.m.book.conditions

    def tasks(self, i: int) -> tuple[str, ...]:
        """Tasks that a number is bound to, or that the row or the sentence names."""
        named = (*self.bound(i, PLACE).ids, *self.s.frame.places.ids, *self.named_places(i))
        return tuple(dict.fromkeys(p for p in named if p in self.m.book.tasks))

    def level(self, i: int, spot: Spot) -> Finding | None:
        """ "95 % interval"; what else is in per cent is a share of something."""
        return super().level(i, spot)

    def tasked_models(self) -> tuple[str, ...]:
        """Models that stand beside a task (`t1-x/model`), all where none does."""
        named = {p for m in self.s.mentions for p in m.ids} | set(self.s.frame.places.ids)
        return tuple(p for p in self.m.book.conditions if p in named) or self.m.book.conditions

    def evidence(self, i: int, spot: Spot) -> Finding | None:
        """What a flag on a task rests on."""
        if re.search(r"\blimit\s*$", self.s.low[: spot.start]):
            facts = ("flag/dead", "flag/many", "coverage/limit")
            return self.judged(spot, self._answers([Ask("fact", f) for f in facts], Where((), ())), certain=True)
        tasks = self.tasks(i)
        if not tasks or spot.is_range:
            return None
        before, behind = self.s.low[: spot.start], self.s.low[spot.end :]
        for part, left, right in cues_sweep.EVIDENCE:
            if (left is None or left.search(before)) and (right is None or right.match(behind)):
                return self.judged(spot, self._answers([Ask(f"task:{part}")], Where(tasks, ())), certain=True)
        if (kind := re.match(r"\s+(\w+)", self.s.text[spot.end :])) and "judgements failed" in before:
            return self.judged(spot, self._answers([Ask(f"task:failed/{kind[1]}")], Where(tasks, ())), certain=True)
        told = "attempts" if re.match(r"\s*attempted", behind) else None
        told = "highest" if re.search(r"\battempted runs scored\s*$", before) else told
        if told is not None:
            asks = [Ask(f"task:{told}/{m}") for m in self.tasked_models()]
            return self.judged(spot, self._answers(asks, Where(tasks, ())), certain=True)
        return None

    def counted(self, i: int, spot: Spot) -> Finding | None:
        """A count by the words right before it or behind it: of the models it is bound to, else of the whole sweep."""
        if spot.is_range or (finding := self._standing(spot)) is not None:
            return None if spot.is_range else finding
        fact = self._fact(spot)
        if fact is None or ((spot.percent or spot.low.places) and fact != "coverage/range"):
            return None
        own = tuple(p for p in self.bound(i, PLACE).ids if p in self.m.book.models)
        of_model = bool(own) and f"{fact}/{own[0]}" in self.m.book.facts
        asks = [Ask(fact)] if of_model else [Ask("fact", fact)]
        if of_model and not self.bound_here(i):
            asks.append(Ask("fact", fact))
        return self.judged(spot, self._answers(asks, Where(own, ())), certain=True)

    def _fact(self, spot: Spot) -> str | None:
        """What the words right before a count, or behind it, say that it counts."""
        before, behind = self.s.low[: spot.start], self.s.low[spot.end :]
        if re.search(r"\d\s*of\s*$", before):
            return next((f for f, noun in cues_sweep.WHOLE if re.match(rf"\s*{noun}\b", behind)), None)
        fact = next((f for f, p in cues_sweep.BEFORE if p.search(before)), None)
        return fact or next((f for f, p in cues_sweep.BEHIND if p.match(behind)), None)

    def planned(self, i: int, spot: Spot) -> Finding | None:
        """ "a panel of 30 questions or more": wished for, not reported."""
        wished = re.match(r"\s*\w+\s+or\s+more\b|\s*more\s*$", self.s.low[spot.end :])
        return self.found(spot, "") if wished is not None else None

    def _standing(self, spot: Spot) -> Finding | None:
        """ "(1 `call_failed`, 3 `empty`)": how the failed judgements of the whole sweep failed."""
        kind = re.match(r"\s+(\w+)", self.s.text[spot.end :])
        name = f"standing/failed/{kind[1]}" if kind else ""
        if name not in self.m.book.facts:
            return None
        return self.judged(spot, self._answers([Ask("fact", name)], Where((), ())), certain=True)

    def _measured(self, i: int, spot: Spot) -> Finding | None:
        """The fact that the nearest words name, of the models that the number is bound to."""
        asks, where, certain = self._asks(i, spot)
        self.asked[i] = asks
        found = self._answers(asks, where, ranges=spot.is_range)
        if (hit := self.hit(spot, found)) is not None:
            return hit
        if not self.bound_here(i):
            everywhere = Where(self.m.book.conditions, (), where.others)
            found = self._answers(asks, everywhere, ranges=spot.is_range) or found
            if (hit := self.hit(spot, found)) is not None:
                return hit
        if spot.operator is not None and found and not spot.is_range:
            return self._compared(spot, found)
        loose = self._loosely(i, spot) if not certain else None
        return loose or self.judged(spot, found, certain=certain)

    def _asks(self, i: int, spot: Spot) -> tuple[list[Ask], Where, bool]:
        cue, before = self._cue(spot), self.s.low[: spot.start]
        named = bool([p for p in self.bound(i, PLACE).ids if p in self.m.book.models])
        where = Where(self.models(i), (), tuple(p for p in self.others_of(i) if p in self.m.book.models))
        base = cue.kind if cue is not None else None
        if i and re.search(r"±\s?$", before):
            return [a._replace(part="half") for a in self.asked.get(i - 1, [])], where, True
        if i and re.search(r"\d\s*of\s*$", before) and not spot.low.places:
            asks = [Ask("expected"), Ask("judge_enabled"), Ask("archived"), Ask("fact", "expected")]
            return [*asks, Ask("fact", "judge_enabled"), Ask("fact", "tasks")], where, named
        if base in TASK_BASES:
            return [Ask(str(base))], Where(self.tasks(i) or self.m.book.tasks, ()), bool(self.tasks(i))
        if spot.percent:
            share = base if base in ("coverage", "judge_failure_rate") else None
            other = "judge_failure_rate" if base == "judge_failures" else None
            told = share or other
            asks = [Ask(told)] if told else [Ask("coverage"), Ask("judge_failure_rate")]
            return asks, where, told is not None
        if base in COUNTS and not spot.low.places and not spot.is_range:
            return [Ask(str(base)), Ask("fact", str(base))] if not named else [Ask(str(base))], where, True
        if base in (None, "mean", *COUNTS):
            told_mean = base == "mean" and named and spot.low.places >= 2
            return [Ask("mean"), Ask("overall_mean")], where, told_mean
        return [Ask(str(base))], where, named

    def _cue(self, spot: Spot) -> Cue | None:
        """The nearest word on the left, a tier before all else; else the only one on the right."""
        tiers = [Cue(f"tier:tier{m[1]}", m.start(), m.end()) for m in cues_sweep.TIER.finditer(self.s.text)]
        tier = last_before(tiers, spot.start) or (tiers[0] if len(tiers) == 1 else None)
        left = last_before(self.bases, spot.start)
        if tier is not None and (left is None or left.kind == "mean" or tier.start > left.start):
            return tier
        right = [c for c in self.bases if c.start >= spot.end]
        only = right[0] if left is None and len({c.kind for c in right}) == 1 else None
        carried = self.s.frame.cue
        return left or only or (Cue(carried, 0, 0) if carried in METRIC_NAMES else None)

    def _loosely(self, i: int, spot: Spot) -> Finding | None:
        """Where no word says which fact it is: any of the bound models, if it is written precisely."""
        if spot.low.places < 2:
            return None
        asks = [Ask(name) for name in (*MEANS, "diff")]
        return self.hit(spot, self._answers(asks, Where(self.models(i), ()), ranges=spot.is_range))

    def _compared(self, spot: Spot, found: Sequence[Answer]) -> Finding | None:
        """ "all above 0.6"."""
        from bot.review.answers import COMPARE

        scale = 100 if spot.percent else 1
        sign = COMPARE[spot.operator or ">="]
        holds = all(sign(a.low.value * (scale if a.low.percent else 1), spot.low.value) for a in found)
        if holds:
            return self.found(spot, EXACT, "", tuple(f for a in found[:3] for f in a.facts))
        return None

    def _answers(self, asks: Sequence[Ask], where: Where, *, ranges: bool = False) -> list[Answer]:
        source = self.m.answers.ranges if ranges else self.m.answers.singles
        return [answer for ask in asks for answer in source(ask, where)]


MEANS = (
    "clean_mean", "overall_mean", "clean_mean_evidence", "all_mean", "clean_mean_merged", "cov_norm", "judge_mean",
    "judge_mean_as_stored", "without_judge_mean", "judge_bound_low", "judge_bound_high",
)  # fmt: skip
METRIC_NAMES = {name for name, _ in cues_sweep.METRICS}
HEADS = (
    ("clean_mean_evidence", r"^clean by evidence"), ("clean_mean_merged", r"^clean, merged"),
    ("clean_mean", r"^clean\b"), ("all_mean", r"^all$"), ("judge_mean_as_stored", r"^judge as stored"),
    ("judge_mean", r"^judge$"), ("overall_mean", r"^(?:overall|mean)$"), ("judge_enabled", r"^judged$"),
    ("judge_failures", r"^(?:judge )?fail(?:ed|ures)$"),
    ("logged_not_archived", r"^only logged$"), ("rank", r"^(?:#|rank)$"),
)  # fmt: skip
NEXT = re.compile(r"^(?:next|other|from|vs\.?|versus|against|than)\b")


@dataclass
class SweepTable(TableReader):
    """One table of a sweep's report."""

    matcher: SweepMatcher = field(init=False)

    def _head(self, text: str) -> Head:
        sentence = self.matcher.sentence(text)
        low = sentence.low.strip()
        exact = next((name for name, pattern in HEADS if re.search(pattern, low)), None)
        tier = cues_sweep.TIER.search(text)
        bare = re.sub(r"\([^()]*\)", " ", low)
        found = self.matcher.lexicon.bases(bare) or self.matcher.lexicon.bases(low)
        base = f"tier:tier{tier[1]}" if tier else exact or (found[0].kind if found else None)
        places = tuple(dict.fromkeys(p for m in sentence.mentions if m.kind == PLACE for p in m.ids))
        part = {"limit": "limit", "value": "value", "points": "points_off"}.get(low)
        return Head(text, places, (), (base,) if base else (), part)

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

    def _prose(self, k: int, text: Text, label: _Row) -> Iterator[Claim]:
        frame = label.frame(k)
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
class SweepRow(_Row):
    """A row of a sweep's table."""

    table: SweepTable

    def _is_other(self, k: int) -> bool:
        return k < len(self.table.heads) and NEXT.match(self.table.heads[k].text.strip().casefold()) is not None

    def _asks(self, k: int, i: int, spot: Spot, previous: Ask | None) -> tuple[list[Ask], bool]:
        before = self.cells[k].low[: spot.start]
        own = [b for b in self.own.bases if b]
        base = next(iter(self.table.heads[k].bases or own), None)
        if base == "judge_bounds":
            return [Ask("judge_bound_high" if "/" in before else "judge_bound_low"), Ask("overall_mean")], True
        if i and re.search(r"±\s?$", before):
            return [Ask(base or "mean", "half")], True
        if i and re.search(r"\bof\s*$", before):
            return [Ask("expected"), Ask("judge_enabled")], True
        if base == "judge_failures" and spot.percent:
            base = "judge_failure_rate"
        if base is None:
            return [Ask("mean"), Ask("overall_mean")], False
        return [Ask(base)], True

    def _gate_value(self, reading: object, k: int, spot: Spot, where: Where) -> Finding | None:
        told = SweepReading(self.table.matcher, self.cells[k])
        if self.table.heads[k].part == "limit":
            found = list(told.m.answers.singles(Ask("fact", f"gate/{self.gate}/limit"), where))
        else:
            fact = {"min_seeds": "seeds", "min_questions": "tasks_archived"}.get(self.gate or "", "judge_failure_rate")
            found = list(told.m.answers.singles(Ask(fact), where))
        return told.judged(spot, found, certain=True)
