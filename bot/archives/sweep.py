"""A sweep archive, from a folder to records: one pass over its runs, its logs matched to its models.

python -m bot.archives.sweep FOLDER     the scan alone, summed up in one line
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from msgspec.structs import replace

from bot.archives.cache import Cache
from bot.archives.files import CannotRead, printable
from bot.archives.forked import Mapper
from bot.archives.logs import label_of, match_logs, read_log
from bot.archives.records import Flag, Unreadable
from bot.archives.sweep_git import in_repository
from bot.archives.sweep_layout import Layout, find_layout
from bot.archives.sweep_memory import Memory
from bot.archives.sweep_provenance import provenance
from bot.archives.sweep_records import Log, Row, Run, SweepArchive
from bot.archives.sweep_scan import read_folders
from bot.archives.sweep_walk import Walk

NO_LOGS: Mapping[str, str] = {}


def open_sweep(
    root: Path,
    *,
    tag: str | None = None,
    logs: Path | None = None,
    tasks: Path | None = None,
    log_of: Mapping[str, str] = NO_LOGS,
    cache: bool = True,
    executor: Mapper | None = None,
) -> SweepArchive:
    """Read one tag of the sweep in `root`: its base of tags, a tag's folder, or any folder around them.

    `tag` picks one of several (default: the last in natural order), `logs` and `tasks` name folders that lie elsewhere,
    `log_of` maps model folders to file names of logs. `cache` recalls rows of unchanged files from the user's cache.
    `executor` reads the files by its `map`; by default this process does, with forks of it where that is worth it.

    Raises ArchiveError where there is no run, where a named thing is not there, and where a log fits two models
    equally. A file that cannot be read never raises: it is listed.
    """
    layout = find_layout(root, tag=tag, logs=logs, tasks=tasks)
    memory = Memory(layout.folder, Cache() if cache else None)
    marking = cache or in_repository(layout.root)
    walk = Walk(layout.root, layout.folder, memory.known, marking=marking).everything()
    found, recalled = _rows(walk, memory, executor)
    archive = _Assembly(layout, memory, walk, found, recalled).archive(log_of)
    memory.keep(walk.folders, found)
    return archive


def rows(archive: SweepArchive) -> Iterator[dict[str, Any]]:
    """The runs as plain objects, one each, in the archive's order; `judge_infra_failed` is any failure of the judge."""
    for run in archive.runs:
        yield {
            "model": run.model,
            "task": run.task,
            "run": run.run,
            "run_score": run.run_score,
            "c": run.c,
            "t": run.t,
            "b": run.b,
            "total_assertions": run.total_assertions,
            "enabled": run.enabled,
            "j": run.j,
            "judge_infra_failed": run.judge_failed is not None,
            "rejudged": run.rejudged,
            "delivery": run.delivery,
            "failure_mode": run.failure_mode,
            "error": run.error,
            "n_messages": run.n_messages,
            "has_assistant_text": run.has_assistant_text,
        }


def _rows(walk: Walk, memory: Memory, executor: Mapper | None) -> tuple[list[list[Row]], int]:
    """The rows of each task folder, and how many of them were recalled."""
    known, incomplete = memory.recall(walk.folders)
    parts = [walk.folders[at].only(_gaps(known[at])) for at in incomplete]
    fresh = list(read_folders(str(walk.folder), parts, executor))
    for at, rows in zip(incomplete, fresh, strict=True):
        left = iter(rows)
        known[at] = [next(left) if row is None else row for row in known[at]]
    complete = cast("list[list[Row]]", known)
    return complete, sum(map(len, complete)) - sum(map(len, fresh))


def _gaps(rows: list[Row | None]) -> list[int]:
    return [at for at, row in enumerate(rows) if row is None]


class _Assembly:
    """Puts together what was found into one archive."""

    def __init__(self, layout: Layout, memory: Memory, walk: Walk, rows: list[list[Row]], recalled: int) -> None:
        self.layout = layout
        self.memory = memory
        self.walk = walk
        self.rows = rows
        self.recalled = recalled
        self.unreadable: list[Unreadable] = []
        self.ignored: list[str] = []
        self.flags: list[Flag] = []
        self.provenance = provenance(layout, walk)
        self.cited = self._cite(layout.folder)

    def archive(self, log_of: Mapping[str, str]) -> SweepArchive:
        runs = self._runs()
        logs = self._logs(log_of)
        by_model = {log.model: log for log in logs if log.model is not None}
        self._flag(runs, logs, by_model)
        tasks = {part.task for part in self.walk.folders}
        tasks |= {line.task for log in by_model.values() for line in log.lines}
        self.unreadable += [Unreadable(f"{self.cited}/{name}", reason) for name, reason in self.walk.unreadable]
        self.ignored += [f"{self.cited}/{name}" for name in self.walk.ignored]
        return SweepArchive(
            root=self.layout.root,
            name=printable(self.layout.root.name) or "archive",
            folder=self.layout.folder,
            tag=self.layout.tag,
            tags=self.layout.tags,
            models=tuple(self.walk.models),
            tasks=tuple(sorted(tasks)),
            runs=tuple(runs),
            logs=tuple(logs),
            unreadable=tuple(sorted(self.unreadable)),
            ignored=tuple(sorted(self.ignored)),
            flags=tuple(self.flags),
            cited=self.cited,
            tasks_folder=self.layout.tasks,
            commit=self.provenance.commit,
            committed_at=self.provenance.committed_at,
            from_cache=self.recalled,
            log_of=by_model,
        )

    def _cite(self, path: Path) -> str:
        """A path as records give it: from the repository's root, or the archive's own name on."""
        if not path.is_relative_to(self.layout.root):
            return printable(path.relative_to(self.layout.logs_from.parent).as_posix())
        below = path.relative_to(self.layout.root).as_posix()
        return "/".join(part for part in (self.provenance.prefix, printable(below)) if part not in ("", "."))

    def _runs(self) -> list[Run]:
        runs = []
        for part, rows in zip(self.walk.folders, self.rows, strict=True):
            for number, row in zip(part.runs, rows, strict=True):
                if isinstance(row, Run):
                    runs.append(row)
                else:
                    path = f"{self.cited}/{part.model}/{part.task}/run{number}.json"
                    self.unreadable.append(Unreadable(path, row.reason))
        return runs

    def _logs(self, log_of: Mapping[str, str]) -> list[Log]:
        logs = [log for path in self.layout.logs if (log := self._log(path)) is not None]
        matched = match_logs(logs, self.walk.models, log_of)
        return [_with_model(log, matched.get(log.path)) for log in logs]

    def _log(self, path: Path) -> Log | None:
        """A log of this tag; None for one of another tag, one without any line of the harness, and unreadable ones."""
        if self._is_of_other_tag(path.name):
            return None
        name = self._cite(path)
        log = self.memory.recall_log(path)
        try:
            if log is None:
                log = read_log(path, self.layout.root)
                self.memory.keep_log(path, log)
        except CannotRead as refusal:
            self.unreadable.append(Unreadable(name, str(refusal)))
            return None
        if log.lines or log.errors:
            return replace(log, path=name, label=label_of(path, self.layout.tag))
        self.ignored.append(name)
        return None

    def _is_of_other_tag(self, name: str) -> bool:
        named = [tag for tag in self.layout.tags if tag in name]
        return bool(named) and max(named, key=len) != self.layout.tag

    def _flag(self, runs: list[Run], logs: list[Log], by_model: Mapping[str, Log]) -> None:
        if len(self.layout.tags) > 1:
            listed = ", ".join(printable(tag) for tag in self.layout.tags)
            self.flags.append(Flag("several_tags", self.layout.tag, f"this archive is one of {listed}"))
        with_runs = {run.model for run in runs}
        for model in self.walk.models:
            if model not in with_runs:
                self.flags.append(Flag("model_without_runs", model, "its folder holds no run that can be read"))
            if by_model and model not in by_model:
                self.flags.append(Flag("model_without_log", model, "no log fits it, and other models have one"))
        self.flags += [Flag("log_without_model", log.path, _stranger(log)) for log in logs if log.model is None]
        misfiled = [run for run in runs if run.stated_task is not None or run.stated_run is not None]
        self.flags += [Flag("misfiled", f"{self.cited}/{run.place}", _stated(run)) for run in misfiled]


def _stranger(log: Log) -> str:
    return f"its label {log.label!r} fits no model's folder; {len(log.lines)} results in it are not counted"


def _with_model(log: Log, found: tuple[str, str] | None) -> Log:
    if found is None:
        return log
    return replace(log, model=found[0], matched=found[1])


def _stated(run: Run) -> str:
    said = []
    if run.stated_task is not None:
        said.append(f"task {run.stated_task}")
    if run.stated_run is not None:
        said.append(f"run {run.stated_run}")
    return f"the file says of itself that it is {' and '.join(said)}; it is counted where it lies"
