"""Writing so that a crash at any step leaves either the old or the new, never a half; and one writer at a time."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.errors import TrackerError

PATIENCE = 10.0
_PAUSE = 0.05


@contextmanager
def explained(where: Path) -> Iterator[None]:
    """Turn what the operating system refuses into a TrackerError that names the place."""
    try:
        yield
    except OSError as error:
        raise TrackerError(
            f"the system refused: {error.strerror or error}",
            where=error.filename if isinstance(error.filename, str) else str(where),
            fix="check that the folder is yours to write and the disk is not full, then publish again",
        ) from error


def write_atomically(path: Path, data: bytes) -> None:
    """Give `path` the content `data`: on disk first, named second. A part left by a crash is written over."""
    part = path.with_name(f".{path.name}.part")
    _write_through(part, data)
    part.replace(path)
    flush_folder(path.parent)


def write_folder_atomically(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make `folder` with `files` (relative path to content) appear at once; it must not exist yet."""
    part = folder.with_name(f".{folder.name}.part")
    if part.exists():
        shutil.rmtree(part)
    for name, data in files.items():
        path = part / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_through(path, data)
    for inner in [part, *(path for path in part.rglob("*") if path.is_dir())]:
        flush_folder(inner)
    part.rename(folder)
    flush_folder(folder.parent)


def make_folder(folder: Path) -> None:
    """Make `folder` and its parents, each on disk before anything is put into it."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    flush_folder(folder.parent)


def flush_folder(folder: Path) -> None:
    """Bring a folder's names to disk, so that a rename outlives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_through(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


class FolderLock:
    """Lets one writer in. The system frees it when its holder ends, however it ends, so it can never be left behind."""

    def __init__(self, path: Path, *, patience: float = PATIENCE) -> None:
        self._path = path
        self._tries = max(1, round(patience / _PAUSE))
        self._descriptor = -1
        self._depth = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; inside of itself it is free. Raises TrackerError after `patience` seconds of waiting."""
        if not self._depth:
            self._descriptor = self._acquire()
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                os.close(self._descriptor)

    def _acquire(self) -> int:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        for _ in range(self._tries):
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(_PAUSE)
            else:
                return descriptor
        os.close(descriptor)
        raise TrackerError(
            "another process is writing to this tracker",
            where=str(self._path.parent),
            fix="wait until it has ended, then publish again: what is there already is not posted twice",
        )
