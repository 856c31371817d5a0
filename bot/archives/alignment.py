"""The alignment format: `alignment_<name>_{detailed,summary,headline}.json` and `headline.json`, however deep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from bot.archives import checks, claims, files, labels, names, rejudged
from bot.archives.claims import Claim
from bot.archives.decoding import CannotDecode
from bot.archives.files import CannotRead, Found
from bot.archives.parts import Part, looks_like_result, read_part
from bot.archives.records import AlignmentArchive, Cell, Flag, Source, Unreadable
from bot.archives.repository import WRITTEN
from bot.archives.shelf import Shelf

LOOKED_FOR = "alignment_<name>_{detailed,summary}.json or headline.json"


def recognises(paths: Iterable[str]) -> bool:
    """Whether one of these names below a root is a result of this format."""
    return any(names.result_name(path.rpartition("/")[2]) for path in paths)


def read(shelf: Shelf) -> AlignmentArchive:
    """All that the archive holds. Never raises for a bad file: it is listed as unreadable."""
    intake = Intake(shelf)
    for found in shelf.walk.files:
        intake.take(found)
    settled = claims.settle(intake.claims())
    return _archive(shelf, intake, settled)


class Entry(NamedTuple):
    """A result's file: the folders it is in, what its name says, and what it holds."""

    folders: tuple[str, ...]
    name: names.ResultName
    part: Part


@dataclass(slots=True)
class Group:
    """The files of one evaluation in one folder: one cell."""

    folders: tuple[str, ...]
    stem: str
    detailed: Part | None = None
    summary: Part | None = None

    def parts(self) -> list[Part]:
        """Its files, the summary first."""
        return [part for part in (self.summary, self.detailed) if part]


@dataclass(slots=True)
class Intake:
    """Takes in one file after the other, then says what they claim."""

    shelf: Shelf
    groups: dict[tuple[tuple[str, ...], str], Group] = field(default_factory=dict)
    headlines: list[Entry] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    artifacts: list[Source] = field(default_factory=list)

    def take(self, found: Found) -> None:
        """Read one file and put it where it belongs."""
        try:
            self._place(found, files.read(found.path))
        except (CannotRead, CannotDecode) as refusal:
            self.unreadable.append(Unreadable(self.shelf.cite(found.name), str(refusal)))

    def claims(self) -> list[Claim]:
        """A claim for each group of files, and for each headline that belongs to none of them."""
        by_folder: dict[tuple[str, ...], list[Claim]] = {}
        for group in self.groups.values():
            by_folder.setdefault(group.folders, []).append(self._claim(group))
        grouped = [claim for found in by_folder.values() for claim in found]
        alone = [self._of_headline(entry, by_folder.get(entry.folders, ())) for entry in self.headlines]
        return grouped + [claim for claim in alone if claim]

    def _place(self, found: Found, data: bytes) -> None:
        *folders, file_name = found.name.split("/")
        name = names.result_name(file_name)
        if found.name == WRITTEN:
            return  # what a model wrote about the archive is no part of what it wrote about
        if not file_name.lower().endswith(".json"):
            self.artifacts.append(self.shelf.source(found, data))
        elif name is None:
            self._pass_over(found, data)
        elif part := read_part(data, self.shelf.source(found, data), name):
            self._keep(Entry(tuple(folders), name, part))
        else:
            self.ignored.append(self.shelf.cite(found.name))

    def _pass_over(self, found: Found, data: bytes) -> None:
        path = self.shelf.cite(found.name)
        if looks_like_result(data):
            evidence = (
                f"it looks like a result but is not named like one, so it is not counted (looked for: {LOOKED_FOR})"
            )
            self.flags.append(Flag("unnamed_result", path, evidence))
        self.ignored.append(path)

    def _keep(self, entry: Entry) -> None:
        part = entry.part
        self.flags.extend(Flag(kind, part.source.path, evidence) for kind, evidence in part.remarks)
        if part.unusable:
            self.unreadable.append(Unreadable(part.source.path, part.unusable))
        if entry.name.kind == "headline":
            self.headlines.append(entry)
            return
        group = self.groups.setdefault((entry.folders, entry.name.stem), Group(entry.folders, entry.name.stem))
        if entry.name.kind == "detailed":
            group.detailed = part
        else:
            group.summary = part

    def _claim(self, group: Group) -> Claim:
        claim = _claim_of(group, self.shelf)
        cell = claim.cell
        self.flags.extend(_flags_of(group, cell))
        used = (cell.source, cell.summary_source)
        self.artifacts.extend(part.source for part in group.parts() if part.source not in used)
        return claim

    def _of_headline(self, entry: Entry, beside: Sequence[Claim]) -> Claim | None:
        """The claim of a headline that stands alone; one that belongs to results beside it is checked against them."""
        own = _claim_of_headline(entry, self.shelf)
        owners = _owners(own, beside)
        if not owners:
            return own
        said, source = entry.part.summary, entry.part.source
        verdicts = [list(checks.headline_flags(said, source.path, owner.cell)) for owner in owners]
        self.flags.extend(next((verdict for verdict in verdicts if not verdict), verdicts[0]))
        self.artifacts.append(source)
        return None


def _archive(shelf: Shelf, intake: Intake, settled: claims.Settled) -> AlignmentArchive:
    repository = shelf.repository
    laid = rejudged.lay_over([claim.cell for claim in settled.claims], shelf)
    labelled = labels.label(laid.cells, shelf)
    walked = [Unreadable(shelf.cite(path), reason) for path, reason in shelf.walk.unreadable]
    links = [shelf.cite(path) for path in shelf.walk.links]
    return AlignmentArchive(
        root=shelf.root,
        name=shelf.name,
        cells=labelled.cells,
        unreadable=tuple(sorted({*walked, *intake.unreadable})),
        ignored=tuple(sorted({*intake.ignored, *settled.ignored, *links})),
        flags=tuple(sorted({*intake.flags, *settled.flags, *shelf.flags(), *laid.flags, *labelled.flags})),
        artifacts=tuple(sorted(intake.artifacts, key=lambda source: source.path)),
        commit=repository.commit if repository else None,
        committed_at=repository.committed_at if repository else None,
        cited=shelf.prefix,
    )


def _claim_of(group: Group, shelf: Shelf) -> Claim:
    inside = group.detailed
    said = next((part for part in (group.summary, inside) if part and part.summary), None)
    scored = inside if inside and (inside.samples or said is None) else None
    if scored:
        cell = _cell(group.folders, group.stem, scored, said, shelf)
        cell = msgspec.structs.replace(cell, pointer="/scores", samples=scored.samples or ())
    else:
        cell = _cell(group.folders, group.stem, said or group.parts()[0], said, shelf)
    paths = dict.fromkeys((cell.source.path, *(part.source.path for part in group.parts())))
    return Claim(cell, 0 if scored else 1, group.stem, tuple(paths))


def _claim_of_headline(entry: Entry, shelf: Shelf) -> Claim:
    cell = _cell(entry.folders, entry.name.stem, entry.part, entry.part, shelf)
    return Claim(cell, 2, entry.name.stem, (entry.part.source.path,))


def _cell(folders: tuple[str, ...], stem: str, deciding: Part, said: Part | None, shelf: Shelf) -> Cell:
    """A cell without samples: `deciding` holds its numbers, `said` its summary."""
    summary = said.summary if said else None
    judge_model = summary.judge_model if summary else None
    place = names.place(folders, stem, judge_model, archive=shelf.name, judge_ids=shelf.judge_ids)
    return Cell(
        condition=place.condition,
        judge=place.judge,
        seed=place.seed,
        evaluation=names.without_judge(summary.evaluation if summary else stem, shelf.judge_ids),
        source=deciding.source,
        pointer=deciding.pointer,
        summary=summary,
        summary_source=said.source if said else None,
        judge_model=judge_model,
        model=summary.model if summary else None,
    )


def _flags_of(group: Group, cell: Cell) -> Iterable[Flag]:
    panel = group.detailed.panel if group.detailed else ()
    yield from checks.incomplete_flags(cell, panel)
    yield from checks.judge_flags(cell)
    for part in group.parts():
        if part.summary and cell.samples:
            yield from checks.summary_flags(
                part.summary, part.source.path, checks.measure_samples(cell.samples), "its scores"
            )
        elif part.summary and part.summary.questions:
            measured = checks.measure_questions(part.summary.questions)
            yield from checks.summary_flags(part.summary, part.source.path, measured, "its own questions")


def _owners(own: Claim, beside: Sequence[Claim]) -> list[Claim]:
    """The results in a headline's folder that it may speak of: of its judge, and of its name where it has one."""
    judge = own.cell.judge if own.cell.judge_model is not None else None
    same_judge = [claim for claim in beside if judge in (None, claim.cell.judge)]
    if not own.stem:
        return same_judge
    exact = [claim for claim in same_judge if claim.stem == own.stem]
    return exact or [claim for claim in same_judge if claim.cell.evaluation == own.cell.evaluation]
