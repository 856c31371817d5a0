"""The two kinds of archive as re-judging sees them: open it, plan, write back, say what has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Protocol

from bot import sweeps
from bot.archives.asking import Asked
from bot.archives.catalogue import open_archive
from bot.archives.records import AlignmentArchive
from bot.archives.rejudged import Line
from bot.archives.sweep_layout import is_sweep
from bot.archives.sweep_records import SweepArchive, TaskDefinition
from bot.experiment import Experiment, find, load
from bot.judging.plans import Plan, Scope, plan_alignment
from bot.scoring.facts import Facts


class Subject(Protocol):
    """An archive to re-judge. It is read again at each call, since the journal beside it grows."""

    root: Path
    experiment: Experiment

    def plan(self, scope: Scope) -> Plan:
        """What `scope` asks for; raises what reading the archive raises."""

    def write_back(self, lines: Iterable[Line]) -> tuple[int, int]:
        """Write verdicts into the archive's files: how many, into how many files."""

    def outcome(self) -> list[str]:
        """What re-judging has come to: before and after, recovered, still failed; a line each, for a person."""


def subject_of(root: Path, asked: Asked) -> Subject:
    """The archive in `root`; raises ArchiveError or ExperimentError."""
    return SweepSubject(root, asked) if is_sweep(root) else AlignmentSubject(root, asked)


def declared(root: Path, asked: Asked) -> Experiment:
    """report.yaml as asked for, else the archive's own, else an empty one."""
    path = asked.report_yaml or find(root)
    return load(path) if path is not None else Experiment()


class AlignmentSubject:
    """An alignment archive."""

    def __init__(self, root: Path, asked: Asked) -> None:
        self.root = root
        self.experiment = declared(root, asked)

    def open(self) -> AlignmentArchive:
        """The archive as it is now."""
        return open_archive(self.root, judge_ids=self.experiment.judges.ids)

    def plan(self, scope: Scope) -> Plan:
        """What to ask."""
        return plan_alignment(self.open(), scope)

    def write_back(self, lines: Iterable[Line]) -> tuple[int, int]:
        """Into the detailed files, and the summaries beside them."""
        from bot.judging.write_back import write_back_alignment

        return write_back_alignment(self.open(), lines)

    def outcome(self) -> list[str]:
        """alpha before and after."""
        from bot.scoring.alignment import score_alignment
        from bot.scoring.alignment_facts import alignment_facts

        archive = self.open()
        tables = score_alignment(archive.cells, self.experiment, {}, archive.flags)
        facts = alignment_facts(tables, self.experiment, None)
        names = [f"{again.after.judge}/{again.after.condition}" for again in tables.rejudged]
        lines = [_before_after(facts, name, f"alpha/{name}") for name in names]
        return [*lines, *_shifts(facts, [f"shift/{shift.judge}" for shift in tables.shifts]), *_standing(facts)]


class SweepSubject:
    """One tag of a sweep."""

    def __init__(self, root: Path, asked: Asked) -> None:
        self.root = root
        self.asked = asked
        self.experiment = declared(root, asked)

    def open(self) -> SweepArchive:
        """The archive as it is now."""
        return sweeps.open_tag(self.root, self.asked, self.experiment, self.asked.tags[0] if self.asked.tags else None)

    @cached_property
    def tasks(self) -> Mapping[str, TaskDefinition]:
        """The task definitions by id; none where no folder of them is known."""
        from bot.archives.tasks import read_tasks

        folder = self.asked.tasks or self.open().tasks_folder
        return read_tasks(folder).by_id if folder is not None else {}

    def plan(self, scope: Scope) -> Plan:
        """What to ask."""
        from bot.judging.plans_sweep import plan_sweep

        return plan_sweep(self.open(), self.tasks, scope)

    def write_back(self, lines: Iterable[Line]) -> tuple[int, int]:
        """Into the runs' files."""
        from bot.judging.write_back import write_back_sweep

        return write_back_sweep(self.open(), lines, self.tasks, sweeps.score_again)

    def outcome(self) -> list[str]:
        """The overall mean before and after."""
        from bot.scoring.rejudging_runs import rejudging_facts, runs_again

        tables = sweeps.tables_of(self.open(), self.asked, self.experiment)
        facts = rejudging_facts(tables, {}).facts
        lines = []
        for table in tables.models:
            found = runs_again(tables, table)
            if found is not None and found.after is not None:
                lines.append(_before_after(facts, table.model, None, f"{found.after.value:.3f}"))
        return [*lines, *_shifts(facts, ["shift"] if "shift" in facts else []), *_standing(facts)]


def _before_after(facts: Facts, name: str, after: str | None, value: str = "") -> str:
    again = f"rejudged/{name}"
    now = facts[after].shown if after is not None else value
    told = f"{name}: {facts[f'{again}/before'].shown} → {now}, {facts[f'{again}/recovered'].shown} recovered"
    if facts[f"{again}/replaced"].value:
        told += f", {facts[f'{again}/replaced'].shown} replaced"
    if facts[f"{again}/in_vain"].value:
        told += f", {facts[f'{again}/in_vain'].shown} still failed ({_classes(facts, f'{again}/in_vain')})"
    return told


def _shifts(facts: Facts, names: Iterable[str]) -> list[str]:
    return [_shift(facts, name) for name in names]


def _shift(facts: Facts, name: str) -> str:
    half = facts.get(f"{name}/half")
    spread = f" ± {half.shown}" if half is not None else ""
    judge = name.removeprefix("shift").removeprefix("/")
    of = f" of {judge}" if judge else ""
    return f"scale{of}: asked again − original = {facts[name].shown}{spread} over {facts[f'{name}/n'].shown} judgements"


def _standing(facts: Facts) -> list[str]:
    told = (
        f"{facts['standing/original'].shown} judgements are original, {facts['standing/rejudged'].shown} re-judged, "
        f"{facts['standing/failed'].shown} still failed"
    )
    classes = _classes(facts, "standing/failed")
    return [told + (f" ({classes})" if classes else "")]


def _classes(facts: Facts, name: str) -> str:
    found = {key.removeprefix(f"{name}/"): facts[key].shown for key in facts if key.startswith(f"{name}/")}
    return ", ".join(f"{number} {failure}" for failure, number in found.items())
