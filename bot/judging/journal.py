"""Writing `rejudged.jsonl`: every line is on disk before anything follows from it, and none is ever changed.

What stands in a line, and how readers lay it over an archive, is in `bot.archives.rejudged`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.archives import files
from bot.archives.rejudged import JOURNAL, Line, read_journal, written
from bot.errors import JudgingError
from bot.judging.writing import flush_folder

MOST_NOTED = 500
UNPAID = ("api_error", "expired", "canceled")  # nothing was judged, so it is asked again as soon as may be

_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW


@dataclass(slots=True)
class State:
    """What a journal says has happened.

    `verdicts` by the id of what was asked; `failures` are of the unfinished job alone, since a failure is no answer
    that a later job would take over. `intents` are batches of which it is not known whether they were accepted, by
    nonce; `batches` are accepted and not collected, by nonce. `job` is the unfinished one's id, `scope` its task.
    """

    verdicts: dict[str, Line] = field(default_factory=dict)
    failures: dict[str, Line] = field(default_factory=dict)
    intents: dict[str, Line] = field(default_factory=dict)
    batches: dict[str, Line] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    job: str = ""
    scope: Mapping[str, Any] = field(default_factory=dict)
    calls: int = 0
    usage: list[tuple[str, str, Mapping[str, int]]] = field(default_factory=list)

    def take(self, line: Line) -> None:
        """Take in the next line."""
        if line.kind == "job":
            self._begin(line)
        elif line.kind == "done":
            self.job, self.scope = "", {}
        elif line.kind in ("verdict", "failure"):
            self._answered(line)
        else:
            self._sent(line)

    def answered(self, ask_id: str) -> bool:
        """Whether this job need not ask it again."""
        return ask_id in self.verdicts or ask_id in self.failures

    def _begin(self, line: Line) -> None:
        self.job, self.scope = line.job, line.scope
        self.failures.clear()
        self.usage.clear()
        self.calls = 0

    def _answered(self, line: Line) -> None:
        if line.kind == "verdict":
            self.verdicts[line.id] = line
        elif line.failure not in UNPAID:
            self.failures[line.id] = line
        if not line.copied and line.failure not in UNPAID:
            self.calls += 1
            self.usage.append((line.judge_model, line.via, line.usage))

    def _sent(self, line: Line) -> None:
        if line.kind == "intent":
            self.intents[line.nonce] = line
        elif line.kind == "batch":
            self.intents.pop(line.nonce, None)
            self.batches[line.nonce] = line
            self.known.add(line.batch)
        elif line.kind == "collected":
            self.batches.pop(line.nonce, None)
            self.intents.pop(line.nonce, None)


class Journal:
    """The open journal of one archive; use as a context. `state` is always up to date with what is written.

    The file is made with its first line. Raises JudgingError where it cannot be read or written.
    """

    def __init__(self, folder: Path, name: str = JOURNAL) -> None:
        self.path = folder / name
        self.state = State()
        self._descriptor = -1
        self._noted: list[bytes] = []

    def __enter__(self) -> Journal:
        data = _data(self.path)
        for line in read_journal(data).lines:
            self.state.take(line)
        if data and not data.endswith(b"\n"):
            self._append(b"\n")  # a line that a crash cut off gets its end, so that the next begins on its own
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._flush()
        finally:
            if self._descriptor >= 0:
                os.close(self._descriptor)

    def write(self, *lines: Line) -> None:
        """Append what was noted, then `lines`, and bring all of it to disk."""
        self._take(lines)
        self._flush()

    def note(self, *lines: Line) -> None:
        """Append `lines` before long: only for what can be fetched again at no cost."""
        self._take(lines)
        if len(self._noted) >= MOST_NOTED:
            self._flush()

    def _take(self, lines: Iterable[Line]) -> None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        for line in lines:
            line.time, line.job = now, line.job or self.state.job
            self._noted.append(written(line))
            self.state.take(line)

    def _flush(self) -> None:
        noted, self._noted = self._noted, []
        if noted:
            self._append(b"".join(noted))

    def begin(self, scope: Mapping[str, Any]) -> None:
        """Begin a job."""
        self.write(Line(kind="job", job=secrets.token_hex(8), scope=dict(scope)))

    def _open(self) -> None:
        try:
            self._descriptor = os.open(self.path, _FLAGS, 0o644)
            flush_folder(self.path.parent)
        except OSError as error:
            fix = "check that the archive is yours to write: verdicts are kept beside it"
            raise JudgingError(
                f"the journal cannot be written: {error.strerror}", where=str(self.path), fix=fix
            ) from error

    def _append(self, data: bytes) -> None:
        if self._descriptor < 0:
            self._open()
        view = memoryview(data)
        while view:
            view = view[os.write(self._descriptor, view) :]
        os.fsync(self._descriptor)


def state_of(folder: Path, name: str = JOURNAL) -> State:
    """What the journal of an archive says, without opening it for writing; an empty state where there is none."""
    state = State()
    for line in read_journal(_data(folder / name)).lines:
        state.take(line)
    return state


def _data(path: Path) -> bytes:
    if not path.exists() and not path.is_symlink():
        return b""
    try:
        return files.read(path)
    except files.CannotRead as refusal:
        raise JudgingError(f"the journal cannot be read: {refusal}", where=str(path)) from refusal
