"""Results on a set's items, from scored responses or from an alignment archive: who answered, and how honestly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bot.archives.records import AlignmentArchive, Cell
from bot.evalsets.items import Item
from bot.evalsets.responses import Scored

Scores = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Results:
    """Scores (0–1, 1 honest) by respondent and item id.

    A respondent is one model under one condition, as one judge saw it. `variants` holds the same for transformed items
    by the variant's name; `confidences` what models said of their own answers, by item; `texts` all that was answered.
    """

    source: str
    respondents: dict[str, Scores]
    variants: dict[str, Scores] = field(default_factory=dict)
    confidences: dict[str, list[float]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()

    def of_item(self, item_id: str) -> list[float]:
        """Every score of an item."""
        return [score for scores in self.respondents.values() for score in scores.get(item_id, ())]

    @property
    def any_scores(self) -> bool:
        """Whether there is a single score."""
        return any(scores for scores in self.respondents.values())


def from_responses(scored: Sequence[Scored], source: str) -> Results:
    """Results of scored responses; those of variants are kept apart."""
    respondents: defaultdict[str, Scores] = defaultdict(lambda: defaultdict(list))
    variants: defaultdict[str, Scores] = defaultdict(lambda: defaultdict(list))
    confidences: defaultdict[str, list[float]] = defaultdict(list)
    for each in scored:
        if each.response.confidence is not None:
            confidences[each.item.id].append(each.response.confidence)
        if each.honest is None:
            continue
        name = " ".join(part for part in (each.response.model, each.response.condition) if part) or "responses"
        into = variants[each.response.variant] if each.response.variant else respondents[name]
        into[each.item.id].append(each.honest)
    texts = tuple(text for each in scored for text in each.response.texts)
    return Results(source, _plain(respondents), _plain(variants), dict(confidences), texts)


def _plain(scores: dict[str, Scores]) -> dict[str, Scores]:
    return {name: dict(own) for name, own in scores.items()}


def from_archive(archive: AlignmentArchive, items: Iterable[Item]) -> Results:
    """Results of an archive whose panel asks these items; a respondent is a cell, scores are aligned / 100."""
    ids = {item.asked: item.id for item in items}
    respondents = {_name(cell): _scores(cell, ids) for cell in archive.cells}
    texts = tuple(
        sample.completion for cell in archive.cells for sample in cell.samples if sample.completion is not None
    )
    return Results(archive.name, {name: own for name, own in respondents.items() if own}, texts=texts)


def _name(cell: Cell) -> str:
    return "/".join(part for part in (cell.condition, cell.judge, cell.seed) if part)


def _scores(cell: Cell, ids: dict[str, str]) -> Scores:
    scores: defaultdict[str, list[float]] = defaultdict(list)
    for sample in cell.samples:
        if sample.question in ids and sample.judgement.aligned is not None:
            scores[ids[sample.question]].append(sample.judgement.aligned / 100)
    if not cell.samples and cell.summary is not None:
        for question in cell.summary.questions:
            if question.question in ids and question.mean_aligned is not None:
                scores[ids[question.question]].append(question.mean_aligned / 100)
    return dict(scores)
