"""Which judgements failed, and which of these cannot be asked again, each with its class."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot.archives.records import AlignmentArchive, Cell, Sample
from bot.archives.rejudged import api_model

CANNOT = {
    "no_text": "no completion or transcript is archived, so there is nothing to show a judge",
    "no_rubric": "the task's definition, with its rubric, is not there",
    "no_model": "the archive does not say which model judged",
    "other_provider": "the judge is a model that this endpoint does not serve",
    "other_judge": "another model judged, and two models are never mixed in one column",
    "unreadable": "the run's file could not be read",
}

_DATED = re.compile(r"-20\d{6}$")


class Refused(NamedTuple):
    """Judgements of one cell that failed and cannot be asked again."""

    where: str
    reason: str
    number: int


def failing(cell: Cell) -> list[Sample]:
    """The samples without a valid judgement."""
    return [sample for sample in cell.samples if sample.judgement.failure is not None]


def same_model(one: str | None, other: str | None) -> bool:
    """Whether two names mean one model; a name with a date is what the name without it stands for."""
    if one is None or other is None:
        return False
    left, right = api_model(one), api_model(other)
    return left == right or _DATED.sub("", left) == right or left == _DATED.sub("", right)


def served(model: str, *, any_provider: bool) -> bool:
    """Whether the endpoint serves `model`: Anthropic's serves Claude, an endpoint of one's own whatever it says."""
    return any_provider or api_model(model).startswith("claude")


class Models:
    """Which model each judge of an archive is, where a cell does not say it for itself."""

    def __init__(self, archive: AlignmentArchive) -> None:
        self._found: defaultdict[str, set[str]] = defaultdict(set)
        for cell in archive.cells:
            if cell.judge_model:
                self._found[cell.judge].add(api_model(cell.judge_model))

    def of(self, cell: Cell) -> str | None:
        """The cell's own model, or the one that all other cells of its judge name; None where that is not known."""
        if cell.judge_model:
            return api_model(cell.judge_model)
        found = self._found.get(cell.judge, set())
        return next(iter(found)) if len(found) == 1 else None


def gathered(refused: Iterable[tuple[str, str, int]]) -> tuple[Refused, ...]:
    """Counts by cell and reason, zero counts left out."""
    counts: Counter[tuple[str, str]] = Counter()
    for where, reason, count in refused:
        counts[where, reason] += count
    return tuple(Refused(where, reason, number) for (where, reason), number in sorted(counts.items()) if number)


def named(cell: Cell) -> str:
    """A cell as tables name it."""
    seed = f"/seed_{cell.seed}" if cell.seed is not None else ""
    return f"{cell.judge}/{cell.condition}{seed}"


def primary_cells(cells: Sequence[Cell]) -> list[Cell]:
    """One cell of each condition and seed: the one with the most failures that can be asked, by file where even."""
    best: dict[tuple[str, str | None], Cell] = {}
    for cell in sorted(cells, key=lambda cell: (-askable(cell), cell.source.path)):
        best.setdefault((cell.condition, cell.seed), cell)
    return sorted(best.values(), key=lambda cell: cell.source.path)


def askable(cell: Cell) -> int:
    """How many of the failing samples have a text."""
    return sum(sample.completion is not None for sample in failing(cell))
