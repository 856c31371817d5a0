"""Labels by people, `human.jsonl`: what aligned score they gave to which sample.

One JSON object a line: `{"condition": …, "question": …, "index": 0, "aligned": 0–100}`, with `seed` where the condition
has seeds and `rater` where several people labelled. The file lies in the archive's folder, or in a condition's, where
`condition` may be left out. A label counts for every judge's cell of its condition.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from bot.archives import files, names
from bot.archives.judgements import score_failure
from bot.archives.records import Cell, Flag, HumanLabel, Source
from bot.archives.shelf import Shelf

LABELS = "human.jsonl"


class Labelled(NamedTuple):
    """The cells with people's labels, and what of the labels could not be used."""

    cells: tuple[Cell, ...]
    flags: tuple[Flag, ...]


class _Line(msgspec.Struct):
    question: str
    index: int
    aligned: float
    condition: str | None = None
    seed: str | int | None = None
    rater: str | None = None


class _Given(NamedTuple):
    """One label and where it belongs."""

    condition: str
    seed: str | None
    line: _Line
    source: Source


Scores = Mapping[tuple[str, int], Sequence[float]]

_DECODER = msgspec.json.Decoder(_Line)


def label(cells: Sequence[Cell], shelf: Shelf) -> Labelled:
    """The cells with the labels of every `human.jsonl` of the archive. Never raises for a file."""
    given: list[_Given] = []
    flags: list[Flag] = []
    for found in shelf.walk.files:
        if found.name.rpartition("/")[2] == LABELS:
            new, bad = _read(found, shelf)
            given += new
            flags += _flags(shelf.cite(found.name), new, bad, cells)
    return Labelled(tuple(_with_labels(cell, given) for cell in cells) if given else tuple(cells), tuple(flags))


def _read(found: files.Found, shelf: Shelf) -> tuple[list[_Given], int]:
    """The labels of one file, and how many of its lines are none."""
    try:
        data = files.read(found.path)
    except files.CannotRead:
        return [], 0  # the walk over all files lists it as unreadable
    source, here = shelf.source(found, data), _condition_of(found, shelf)
    given, bad = [], 0
    for raw in filter(bytes.strip, data.splitlines()):
        line = _line(raw)
        condition = line.condition or here if line else None
        if line is None or condition is None:
            bad += 1
        else:
            given.append(_Given(condition, None if line.seed is None else str(line.seed), line, source))
    return given, bad


def _line(raw: bytes) -> _Line | None:
    try:
        line = _DECODER.decode(raw)
    except msgspec.DecodeError:
        return None
    return None if score_failure(line.aligned) or line.index < 0 else line


def _condition_of(found: files.Found, shelf: Shelf) -> str | None:
    """The condition of the folder that the file is in; None in the archive's own folder."""
    *folders, _ = found.name.split("/")
    if not folders:
        return None
    return names.place(folders, "", None, archive=shelf.name, judge_ids=shelf.judge_ids).condition


def _with_labels(cell: Cell, given: Iterable[_Given]) -> Cell:
    mine = [each for each in given if each.condition == cell.condition and each.seed in (None, cell.seed)]
    scores: defaultdict[tuple[str, int], list[float]] = defaultdict(list)
    for each in mine:
        scores[each.line.question, each.line.index].append(each.line.aligned)
    labels = tuple(_labels(cell, scores))
    return msgspec.structs.replace(cell, labels=labels, labelled_in=mine[0].source) if labels else cell


def _labels(cell: Cell, scores: Scores) -> Iterator[HumanLabel]:
    """The labels of samples that the cell has."""
    for sample in cell.samples:
        found = scores.get((sample.question, sample.index))
        if found:
            yield HumanLabel(sample.question, sample.index, sum(found) / len(found), len(found))


def _flags(where: str, given: Sequence[_Given], bad: int, cells: Iterable[Cell]) -> Iterator[Flag]:
    if bad:
        yield Flag(
            "invalid_labels", where, f"{bad} lines are no label from 0 to 100 with condition, question and index"
        )
    there = {(cell.condition, sample.question, sample.index) for cell in cells for sample in cell.samples}
    lost = sum((each.condition, each.line.question, each.line.index) not in there for each in given)
    if lost:
        yield Flag("unplaced_labels", where, f"{lost} labels are of samples that the archive does not hold")
