"""A safe look at a folder of untrusted files: what is there, in order, and the bytes of one file at a time.

Nothing outside the root is opened, no special file is opened at all, and nothing here raises for one bad file.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from bot.archives.records import Unreadable

MEGABYTE = 2**20
LIMIT = 100 * MEGABYTE

# A race may swap a checked file for a link or a pipe: opening then fails or returns at once; it never follows or hangs.
_OPEN_FLAGS = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))

_LEADS_OUT = "a link that leads out of the archive, not followed"
_LEADS_HIDDEN = "a link into a hidden folder, not followed"
_LEADS_ROUND = "a link that leads in a circle"
_LEADS_NOWHERE = "a link that leads nowhere"

_SPECIAL = {
    stat.S_IFIFO: "a named pipe, not a file",
    stat.S_IFSOCK: "a socket, not a file",
    stat.S_IFCHR: "a device, not a file",
    stat.S_IFBLK: "a device, not a file",
    stat.S_IFLNK: _LEADS_ROUND,
}


class Found(NamedTuple):
    """A regular file: where to open it, and its name below the root (`/` between parts) as text and as git's bytes."""

    path: Path
    name: str
    raw: bytes


class Walk(NamedTuple):
    """All below a root, sorted by name. `links` lead to folders inside it, whose files are read in their own place."""

    files: tuple[Found, ...]
    unreadable: tuple[Unreadable, ...]
    links: tuple[str, ...]


class CannotRead(Exception):
    """A file cannot be read; its text is the reason, in words for the report and free of absolute paths."""


def walk(root: Path) -> Walk:
    """List what lies below `root`, a real path. Names that start with one dot are passed over."""
    hall = _Hall(root)
    pending = [root]
    while pending:
        pending.extend(hall.visit(pending.pop()))
    return Walk(tuple(sorted(hall.files, key=_by_name)), tuple(sorted(hall.unreadable)), tuple(sorted(hall.links)))


def read(path: Path, limit: int = LIMIT) -> bytes:
    """The bytes of a regular file of at most `limit` bytes; raises CannotRead for everything else."""
    try:
        _refuse_special(path.lstat().st_mode)
        with open(os.open(path, _OPEN_FLAGS), "rb") as stream:  # noqa: PTH123 - a Path cannot be opened without following
            return _read_open(stream.fileno(), limit)
    except OSError as error:
        raise CannotRead(reason_of(error)) from error


def reason_of(error: OSError) -> str:
    """What the system said, without the path it said it of."""
    if error.errno == errno.ELOOP:
        return _LEADS_ROUND
    return os.strerror(error.errno).lower() if error.errno else "could not be read"


def sha256(data: bytes) -> str:
    """SHA-256 of these bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def git_blob(data: bytes, algorithm: str = "sha1") -> str:
    """Git's object id of these bytes as a blob, in a repository that names objects by `algorithm`."""
    digest = hashlib.new(algorithm, b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def printable(name: str) -> str:
    """A file name as text that UTF-8 can carry: bytes that are no UTF-8 are shown as `\\xff`."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "backslashreplace")


class _Hall:
    """Collects what one walk finds."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.files: list[Found] = []
        self.unreadable: list[Unreadable] = []
        self.links: list[str] = []

    def visit(self, folder: Path) -> list[Path]:
        """Take in the entries of one folder; returns the folders to visit next."""
        try:
            with os.scandir(folder) as entries:
                paths = [folder / entry.name for entry in entries if not _hidden(entry.name)]
        except OSError as error:
            self._refuse(folder, reason_of(error))
            return []
        return [path for path in paths if self._is_folder(path)]

    def _is_folder(self, path: Path) -> bool:
        try:
            mode = path.lstat().st_mode
            if stat.S_ISDIR(mode):
                return True
            self._take_link(path) if stat.S_ISLNK(mode) else self._take_file(path, path, mode)
        except CannotRead as refusal:
            self._refuse(path, str(refusal))
        except OSError as error:
            self._refuse(path, reason_of(error))
        return False

    def _take_link(self, path: Path) -> None:
        target = _target_inside(path, self.root)
        try:
            mode = target.lstat().st_mode
        except FileNotFoundError:
            raise CannotRead(_LEADS_NOWHERE) from None
        if stat.S_ISDIR(mode):
            self.links.append(self._name(path))
        else:
            self._take_file(path, target, mode)

    def _take_file(self, path: Path, target: Path, mode: int) -> None:
        _refuse_special(mode)
        self.files.append(Found(target, self._name(path), os.fsencode(path.relative_to(self.root).as_posix())))

    def _refuse(self, path: Path, reason: str) -> None:
        self.unreadable.append(Unreadable(self._name(path), reason))

    def _name(self, path: Path) -> str:
        return printable(path.relative_to(self.root).as_posix())


def _by_name(found: Found) -> str:
    return found.name


def _hidden(name: str) -> bool:
    # "..x" is no habit of any tool: whoever made it may have put results there, so it is looked at.
    return name.startswith(".") and not name.startswith("..")


def _target_inside(link: Path, root: Path) -> Path:
    # Where it leads is asked before whether anything is there: a report must not tell what exists outside.
    target = Path(os.path.realpath(link))
    if not target.is_relative_to(root):
        raise CannotRead(_LEADS_OUT)
    if any(_hidden(part) for part in target.relative_to(root).parts):
        raise CannotRead(_LEADS_HIDDEN)
    return target


def _refuse_special(mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise CannotRead(_SPECIAL.get(stat.S_IFMT(mode), "not a regular file"))


def _read_open(descriptor: int, limit: int) -> bytes:
    status = os.fstat(descriptor)
    _refuse_special(status.st_mode)
    _refuse_large(status.st_size, limit)
    data = b"".join(_chunks(descriptor, limit + 1))
    _refuse_large(len(data), limit)
    return data


def _chunks(descriptor: int, most: int) -> Iterable[bytes]:
    while most > 0 and (chunk := os.read(descriptor, min(most, MEGABYTE))):
        most -= len(chunk)
        yield chunk


def _refuse_large(size: int, limit: int) -> None:
    if size > limit:
        raise CannotRead(f"too large: {-(-size // MEGABYTE)} MB, limit {limit // MEGABYTE} MB")
