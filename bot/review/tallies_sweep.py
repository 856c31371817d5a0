"""What a whole number, or a share, of a sweep may be by a turn of phrase: runs in no log, models of the judge's family.

Each way needs words that tell of it, and is tried only on a number that is not what it was taken for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.review.answers import Answer, Ask, Value, Where
from bot.review.numbers import Spot
from bot.review.recount_sweep import family_of
from bot.review.replying import NUMBERS
from bot.review.totals_sweep import SweepTotals

LEFT_NO_TRACE = re.compile(
    r"\s*is in neither\b|\s*(?:of them |runs? )?(?:left|leaves?|has|have|with) (?:no|without(?: a)?) (?:trace|line|log)"
)
AMONG_THOSE = re.compile(
    r"\s*of\s+(?:the\s+|its\s+)?flagged\b[^.;]*\bamong\b|\s*of\s+(?:those|these|them)\s+(?:are|is)\s+flagged\b"
)
INSEPARABLE = re.compile(r"\bvarianc\w*|\bnoise\b|\bbetween models\b")
SAME_FAMILY = re.compile(r"\b(?:same|shares? (?:a|its)) (?:family|maker|vendor)\b")
SHORT = re.compile(
    r"\b(?:are|is) short of\b|\bhave fewer\b|\black runs\b|\bmiss(?:es|ing)? (?:at least )?(?:some|one|a run)"
)
OTHER_RANKS = re.compile(r"\s*of (?:them|these|those)\b[^.;]*\b(?:different|other) ranks\b")
OF_SO_MANY = re.compile(r"\b(?P<part>[a-z]+|\d+)\s+of\s+(?:the\s+|its\s+|all\s+)?(?P<whole>\d+)\s+\w+\s*[(,]\s*$")
OF_WHICH = re.compile(r"\bof (?:which|these|them)\s+(?:only\s+)?$")
LOGGED = re.compile(r"\s*(?:is|are|was|were)\s+(?:in the log|logged|known from the log)")
THOSE_DIFFERENCES = re.compile(r"\s*of (?:those|these) differences\b")
NEIGHBOURS = re.compile(r"\s*(?:neighbou?ring|adjacent)\b|\s*(?:pairs of )?neighbou?rs\b")
THE = re.compile(r"\b(?:the|all)\s+$")
OF_THE = re.compile(r"\bof (?:the|those|these)\s+$")
IN_LOGS = re.compile(r"\s*(?:appear|are|have a line)\s+(?:known\s+)?(?:in|from)\s+(?:the\s+|a\s+)?logs?\b")
OF_ITS = re.compile(r"\s*of its \d")
COMPLETION = re.compile(r"\bcomplet\w*|\bpass(?:es)?\b")
HAS = re.compile(r"[,;]\s*(?:and\s+|while\s+)?[^\s,;]*\s*has\s+$")
COMPLETED = re.compile(r"\b(?:completed|finished|passed)\s+(?:only\s+)?$")
RANKS = re.compile(r"\branks\s+(?:\d+(?:=)?\s*(?:,|and|&|to|–)\s*)*$|\bbetween (?:rank \d+ and )?rank\s+$")


class SweepTallies(SweepTotals):
    """Each way tells what a number may be; `sound_values` are those that numbers of the sentence are right of."""

    sound_values: Sequence[Value] = ()

    def _counted_so(self, spot: Spot) -> Iterator[Answer]:
        yield from self._told_of_models(spot)
        yield from self._told_of_runs(spot)

    def _told_of_models(self, spot: Spot) -> Iterator[Answer]:
        """Counts of models, of pairs of them, of tasks; ranks."""
        before, behind, book = self.s.low[: spot.start], self.s.low[spot.end :], self.m.book
        if AMONG_THOSE.match(behind) and INSEPARABLE.search(self._words):
            ratios = self.m.answers.values_of(f"variance/{task}/ratio" for task in book.flagged)
            yield _counted(sum(v.value < 1 for v in ratios), "flagged tasks with a ratio below 1")
        if THOSE_DIFFERENCES.match(behind) or (NEIGHBOURS.match(behind) and THE.search(before)):
            yield _counted(len(book.conditions) - 1, "neighbours")
        if RANKS.search(before):
            ranks = self.m.answers.values(Ask("rank"), Where(book.conditions, ()))
            yield from (_counted(v.value, "rank") for v in ranks)
        if SAME_FAMILY.search(self._words):
            yield _counted(len(self._models_of_the_judge()), "models of the judge's family")
        if SHORT.search(self.s.low):
            lack = self.m.answers.values_of(f"missing/{m}" for m in book.conditions)
            yield _counted(sum(v.value > 0 for v in lack), "models with missing runs")
        if OTHER_RANKS.search(behind):
            yield _counted(len(book.split), "pairs within noise that rank apart")

    def _told_of_runs(self, spot: Spot) -> Iterator[Answer]:
        """Counts of runs."""
        before, behind = self.s.low[: spot.start], self.s.low[spot.end :]
        if LEFT_NO_TRACE.match(behind):
            sums = [a.low for a in self._sums_of(["missing", "logged_not_archived"])]
            yield from [_counted(sums[0].value - sums[1].value, "missing − logged")] if sums[1:] else []
        if OF_WHICH.search(before) and LOGGED.match(behind):
            yield from self.m.answers.singles(Ask("logged_not_archived"), Where(self._of_whom()[:1], ()))
        if OF_THE.search(before) and IN_LOGS.match(behind):
            yield from self._sums_of(["missing"])
        if HAS.search(before):
            kinds = {v.fact.split("/")[0] for v in self.sound_values if v.fact.count("/") == 1 and not v.places}
            last = self._named_before(spot)[-1:]
            yield from map(Answer, self.m.answers.values_of(f"{kind}/{m}" for kind in sorted(kinds) for m in last))
        if OF_ITS.match(behind) and COMPLETION.search(self.s.low):
            yield from self.m.answers.singles(Ask("c_pass"), Where(self._of_whom()[:1], ()))
        if COMPLETED.search(before):
            own = self._named_before(spot)[-1:] or self._of_whom()
            yield from self.m.answers.singles(Ask("c_pass"), Where(tuple(own), ()))

    def _named_before(self, spot: Spot) -> list[str]:
        return [p for m in self.named if m.end <= spot.start for p in self._ids(m)]

    def _models_of_the_judge(self) -> list[str]:
        runs = (run for model in self.m.book.models.values() for run in model.runs)
        families = {family_of(run.judge_model) for run in runs if run.judge_model} - {None}
        return [m for m in self.m.book.conditions if family_of(m) in families]

    def _share_of_words(self, spot: Spot) -> Iterator[Answer]:
        """ "Six of 20 tasks (30 %)": of the two numbers right before it, one of them in words."""
        told = OF_SO_MANY.search(self.s.text[: spot.start].casefold())
        part = (NUMBERS.get(told["part"]) or _number(told["part"])) if told is not None else None
        if told is not None and part and float(told["whole"]):
            whole = float(told["whole"])
            yield Answer(Value(part / whole, f"{part:g} / {whole:g}", 1, percent=True))


def _counted(count: float, of: str) -> Answer:
    return Answer(Value(count, f"count({of})", 0))


def _number(text: str) -> float | None:
    return float(text) if text.isdigit() else None
