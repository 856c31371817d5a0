"""One re-judging of an archive at a time: a lock that names its holder and dies with it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import JudgingError

LOCK = ".rejudged.lock"

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the lock of the archive in `folder`; raises JudgingError that names the holder where another has it.

    The system frees the lock when its process ends, however it ends: what a dead process left behind is taken over.
    """
    path = folder / LOCK
    descriptor = _acquired(path)
    try:
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, _holder(), 0)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _acquired(path: Path) -> int:
    """An open lock file that is ours, and that still is the one of this name."""
    while True:
        descriptor = os.open(path, _FLAGS, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _taken(path, _read_and_close(descriptor)) from None
        if _is_current(path, descriptor):
            return descriptor
        os.close(descriptor)


def _is_current(path: Path, descriptor: int) -> bool:
    # Its last holder unlinks it; whoever opened it before that holds a file that has no name any more.
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    return False


def _holder() -> bytes:
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since}).encode()


def _read_and_close(descriptor: int) -> bytes:
    try:
        return os.pread(descriptor, 4096, 0)
    finally:
        os.close(descriptor)


def _taken(path: Path, data: bytes) -> JudgingError:
    try:
        found = json.loads(data)
        holder = f"process {int(found['pid'])} on {found['host']!r} since {found['since']!r}"
    except (ValueError, KeyError, TypeError):
        holder = "another process"
    fix = "wait until it has ended; what it has paid for is in the journal and is not asked twice"
    return JudgingError(f"{holder} is re-judging this archive", where=str(path), fix=fix)
