"""What asking the judge again has changed: before and after, recovered and still failed, and whether the scale held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from bot.archives.records import Cell, Judgement
from bot.scoring.alpha import Alpha, alpha_of
from bot.scoring.clusters import Estimate, mean_of


@dataclass(frozen=True, slots=True)
class Rejudged:
    """One condition and judge with at least one judgement that was asked again.

    `before` is alpha as the archive's own files have it, `after` as it stands now. Counts of judgements: `original`
    valid and as they were, `recovered` failed and valid now, `replaced` valid before and asked again all the same,
    `in_vain` asked again and still failed.
    """

    before: Alpha
    after: Alpha
    original: int
    recovered: int
    replaced: int
    in_vain: tuple[tuple[str, int], ...]

    @property
    def rejudged(self) -> int:
        """Judgements that stand as re-judged."""
        return self.recovered + self.replaced

    @property
    def change(self) -> float | None:
        """alpha after minus before; None where one of them is none."""
        if self.before.value is None or self.after.value is None:
            return None
        return self.after.value - self.before.value


class Standing(NamedTuple):
    """Judgements by where they come from, over a whole archive: `failed` by class."""

    original: int
    rejudged: int
    failed: tuple[tuple[str, int], ...]


class Shift(NamedTuple):
    """One judge: mean of (again − original) over `n` valid judgements asked again, clustered by question."""

    judge: str
    estimate: Estimate
    n: int
    cells: tuple[Cell, ...]


def rejudged_of(alpha: Alpha) -> Rejudged | None:
    """What asking again has changed of one alpha; None where nobody was asked again."""
    said = [sample.judgement for cell in alpha.cells for sample in cell.samples]
    if not any(judgement.rejudged or judgement.original for judgement in said):
        return None
    again = [judgement for judgement in said if judgement.rejudged]
    replaced = sum(j.original is not None and j.original.failure is None for j in again)
    in_vain = Counter(j.failure for j in said if j.failure is not None and j.original is not None)
    return Rejudged(
        before=alpha_of([as_stored(cell) for cell in alpha.cells]),
        after=alpha,
        original=sum(j.failure is None and not j.rejudged for j in said),
        recovered=len(again) - replaced,
        replaced=replaced,
        in_vain=tuple(sorted((str(failure), n) for failure, n in in_vain.items())),
    )


def as_stored(cell: Cell) -> Cell:
    """The cell with every judgement as it was before anyone was asked again."""
    samples = (msgspec.structs.replace(s, judgement=former(s.judgement)) for s in cell.samples)
    return msgspec.structs.replace(cell, samples=tuple(samples))


def former(judgement: Judgement) -> Judgement:
    """What stood there first."""
    return judgement if judgement.original is None else former(judgement.original)


def standing_of(alphas: Iterable[Alpha]) -> Standing:
    """How many judgements of all cells are original, re-judged, and still failed by class."""
    original = rejudged = 0
    failed: Counter[str] = Counter()
    for alpha in alphas:
        again = sum(s.judgement.rejudged for cell in alpha.cells for s in cell.samples)
        rejudged += again
        original += (alpha.n or 0) - again
        failed.update(dict(alpha.failures))
    return Standing(original, rejudged, tuple(sorted(failed.items())))


def shifts_of(alphas: Sequence[Alpha], judges: Sequence[str]) -> tuple[Shift, ...]:
    """Each judge's shift, where valid judgements were asked again."""
    found = []
    for judge in judges:
        cells = tuple(cell for alpha in alphas if alpha.judge == judge for cell in alpha.cells if cell.scale_checks)
        checks = [check for cell in cells for check in cell.scale_checks]
        estimate = mean_of([check.again - check.original for check in checks], [check.question for check in checks])
        if estimate is not None:
            found.append(Shift(judge, estimate, len(checks), cells))
    return tuple(found)
