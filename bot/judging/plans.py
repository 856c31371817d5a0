"""What there is to ask in an archive: a pure function of the archive and of what was asked for."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bot.archives.records import AlignmentArchive, Cell, Sample
from bot.archives.rejudged import api_model, judged_text
from bot.errors import JudgingError
from bot.judging.asks import Ask, Place, Purpose
from bot.judging.costs import NOTHING, Estimate, estimate
from bot.judging.failures import Models, Refused, failing, gathered, named, primary_cells, same_model, served
from bot.judging.prompts import ALIGNMENT, Part

Mode = Literal["failed", "all"]

SHIFT_SEED = 42


@dataclass(frozen=True, slots=True)
class Scope:
    """What was asked for: which judgements, by which judge (None: each cell's own), and how many to check the scale by.

    With `column`, every sample is judged by `judge` into a folder of its own.
    """

    mode: Mode = "failed"
    judge: str | None = None
    shift: int = 0
    column: bool = False
    any_provider: bool = False

    def as_dict(self) -> dict[str, Any]:
        """As a journal keeps it."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Scope:
        """From a journal; keys that this version does not know are passed over."""
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(**{key: value for key, value in values.items() if key in known})


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask, and what failed but cannot be asked."""

    asks: tuple[Ask, ...]
    refused: tuple[Refused, ...] = ()

    def without(self, ids: Iterable[str]) -> Plan:
        """The plan less what is answered already."""
        answered = set(ids)
        return Plan(tuple(ask for ask in self.asks if ask.id not in answered), self.refused)

    def estimate(self, prices: Mapping[str, Any], *, batch: bool) -> Estimate:
        """Calls, tokens and dollars of all asks."""
        total = NOTHING
        for ask in self.asks:
            total = total.plus(estimate_of(ask, prices, batch=batch))
        return total

    def lines(self, prices: Mapping[str, Any], *, batch: bool) -> list[tuple[str, str, Estimate]]:
        """(model, class, estimate) for `--dry-run`, sorted."""
        sums: dict[tuple[str, str], Estimate] = {}
        for ask in self.asks:
            name = (ask.model, ask.failure or ask.purpose)
            sums[name] = sums.get(name, NOTHING).plus(estimate_of(ask, prices, batch=batch))
        return [(*name, sums[name]) for name in sorted(sums)]

    def reasons(self) -> Counter[str]:
        """How many cannot be asked, by class."""
        counts: Counter[str] = Counter()
        for refused in self.refused:
            counts[refused.reason] += refused.number
        return counts


def estimate_of(ask: Ask, prices: Mapping[str, Any], *, batch: bool) -> Estimate:
    """What one ask will come to, by the length of its texts."""
    texts = ask.rubric.system + "".join(part.text for part in ask.parts)
    return estimate(ask.model, texts, prices, batch=batch)


def plan_alignment(archive: AlignmentArchive, scope: Scope) -> Plan:
    """What to ask in an alignment archive. Raises JudgingError where a column is asked for without naming its judge."""
    if scope.column:
        return _column_plan(archive, scope)
    models = Models(archive)
    own, other = _sorted_out(archive, scope, models)
    asks = [ask for cell, model in own for ask in _own_asks(archive, cell, model, scope)]
    asks += [ask for cell in other for ask in _other_asks(archive, cell, scope)]
    asks += _shift_asks(archive, own, scope)
    return Plan(tuple(asks), gathered(_refusals(archive, scope, models)))


# --- alignment: whose judge is asked --------------------------------------------------------------------------------


def _sorted_out(archive: AlignmentArchive, scope: Scope, models: Models) -> tuple[list[tuple[Cell, str]], list[Cell]]:
    """Cells whose own judge is asked, with its model; and those of which `scope.judge` makes another column."""
    own: list[tuple[Cell, str]] = []
    other: list[Cell] = []
    for cell in _cells(archive):
        model = models.of(cell)
        if scope.judge is not None and not same_model(model, scope.judge):
            other.append(cell)
        elif model is not None and served(model, any_provider=scope.any_provider):
            own.append((cell, model))
    covered = {(cell.condition, cell.seed) for cell, _ in own}
    return own, primary_cells([cell for cell in other if (cell.condition, cell.seed) not in covered])


def _cells(archive: AlignmentArchive) -> list[Cell]:
    """The cells that stand in files, without columns that a journal made."""
    return [cell for cell in archive.cells if cell.source != cell.journal]


def _own_asks(archive: AlignmentArchive, cell: Cell, model: str, scope: Scope) -> Iterator[Ask]:
    samples = failing(cell) if scope.mode == "failed" else cell.samples
    for sample in samples:
        if sample.completion is not None:
            yield _ask(archive, cell, sample, scope.mode, model, own=True)


def _other_asks(archive: AlignmentArchive, cell: Cell, scope: Scope) -> Iterator[Ask]:
    samples = failing(cell) if scope.mode == "failed" else cell.samples
    for sample in samples:
        if sample.completion is not None:
            yield _ask(archive, cell, sample, scope.mode, api_model(str(scope.judge)), own=False)


def _ask(archive: AlignmentArchive, cell: Cell, sample: Sample, purpose: Purpose, model: str, *, own: bool) -> Ask:
    return Ask(
        place=Place(below_root(archive, cell), sample.question, sample.index),
        purpose=purpose,
        model=model,
        own=own,
        rubric=ALIGNMENT,
        parts=(Part("question", sample.question), Part("completion", sample.completion or "")),
        judged=judged_text(sample),
        failure=sample.judgement.failure or "",
        where=named(cell),
    )


def below_root(archive: AlignmentArchive, cell: Cell) -> str:
    """The path of the cell's file below the archive's root."""
    return cell.source.path.removeprefix(f"{archive.cited}/") if archive.cited else cell.source.path


def _refusals(archive: AlignmentArchive, scope: Scope, models: Models) -> Iterator[tuple[str, str, int]]:
    for cell in _cells(archive):
        where, model = named(cell), models.of(cell)
        if not cell.samples:
            yield where, "no_text", (cell.summary.errors or 0) if cell.summary else 0
            continue
        silent = sum(sample.completion is None for sample in failing(cell))
        yield where, "no_text", silent
        if scope.judge is None and model is None:
            yield where, "no_model", len(failing(cell)) - silent
        elif scope.judge is None and not served(str(model), any_provider=scope.any_provider):
            yield where, "other_provider", len(failing(cell)) - silent


# --- alignment: is it the same scale? -------------------------------------------------------------------------------


def _shift_asks(archive: AlignmentArchive, own: Sequence[tuple[Cell, str]], scope: Scope) -> list[Ask]:
    """A seeded sample of `scope.shift` valid judgements of the whole archive, asked again of the same judge."""
    if not scope.shift or scope.mode == "all":
        return []
    valid = [(cell, sample, model) for cell, model in own for sample in cell.samples if _is_checkable(sample)]
    chosen = random.Random(SHIFT_SEED).sample(range(len(valid)), min(scope.shift, len(valid)))  # noqa: S311 - repeatable
    return [_ask(archive, *valid[at][:2], "shift", valid[at][2], own=True) for at in sorted(chosen)]


def _is_checkable(sample: Sample) -> bool:
    return sample.judgement.failure is None and not sample.judgement.rejudged and sample.completion is not None


# --- alignment: an alternate judge's column --------------------------------------------------------------------------


def _column_plan(archive: AlignmentArchive, scope: Scope) -> Plan:
    if scope.judge is None:
        raise JudgingError("an alternate judge needs a model", where="--judge", fix="name one, as claude-opus-4-7")
    model = api_model(scope.judge)
    cells = [cell for cell in columns_to_fill(archive, model) if cell.samples]
    asks = [
        _ask(archive, cell, sample, "column", model, own=False)
        for cell in cells
        for sample in cell.samples
        if sample.completion is not None
    ]
    silent = ((named(c), "no_text", sum(s.completion is None for s in c.samples)) for c in cells)
    return Plan(tuple(asks), gathered(silent))


def columns_to_fill(archive: AlignmentArchive, model: str) -> list[Cell]:
    """The cell of each condition and seed whose samples `model` has not judged: the one with the most completions."""
    judged = {(c.condition, c.seed) for c in _cells(archive) if same_model(c.judge_model, model) and not c.partial}
    best: dict[tuple[str, str | None], Cell] = {}
    for cell in sorted(_cells(archive), key=lambda cell: (-_completions(cell), cell.source.path)):
        if (cell.condition, cell.seed) not in judged:
            best.setdefault((cell.condition, cell.seed), cell)
    return sorted(best.values(), key=lambda cell: cell.source.path)


def _completions(cell: Cell) -> int:
    return sum(sample.completion is not None for sample in cell.samples)
