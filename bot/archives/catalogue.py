"""Which format a folder holds, and the one place where a format's reader is entered."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal, NamedTuple, NoReturn

from bot.archives import alignment, files, repository
from bot.archives.files import Walk
from bot.archives.records import AlignmentArchive
from bot.archives.shelf import Shelf
from bot.errors import ArchiveError

Format = Literal["alignment", "sweep"]

NO_IDS: Mapping[str, str] = MappingProxyType({})

_RUN = re.compile(r"[^/]+/[^/]+/[^/]+/run[0-9]+\.json")
_EXAMPLES = 5


class Reader(NamedTuple):
    """A format: how names below a root give it away, how it is read, and how an error names it."""

    format: Format
    looked_for: str
    recognises: Callable[[Iterable[str]], bool]
    read: Callable[[Shelf], AlignmentArchive]


def open_archive(root: Path, *, judge_ids: Mapping[str, str] = NO_IDS) -> AlignmentArchive:
    """Read the archive in the folder `root`; `judge_ids` maps folder names, suffixes and judge models to judge ids.

    Raises ArchiveError where there is no such folder, or nothing in it that can be counted. A bad file never raises:
    it is listed in the archive.
    """
    folder = _folder(root)
    walk = files.walk(folder)
    reader = _reader(walk)
    if reader is None:
        raise _nothing(root, walk)
    archive = reader.read(Shelf(folder, walk, repository.locate(folder), judge_ids))
    if not archive.cells and not archive.unreadable:
        raise _nothing(root, walk)
    return archive


def recognise(root: Path) -> Literal["alignment", "sweep", "unknown"]:
    """The format of the folder `root`, told by the names in it alone. Raises ArchiveError where there is no folder."""
    reader = _reader(files.walk(_folder(root)))
    return reader.format if reader else "unknown"


def _is_sweep(paths: Iterable[str]) -> bool:
    return any(_RUN.fullmatch(path) for path in paths)


def _read_sweep(shelf: Shelf) -> NoReturn:
    raise ArchiveError(
        "this is a sweep (models × tasks × runs), and sweeps cannot be read yet",
        where=str(shelf.root),
        fix="give the folder of an alignment archive",
    )


READERS = (
    Reader("alignment", alignment.LOOKED_FOR, alignment.recognises, alignment.read),
    Reader("sweep", "<tag>/<model>/<task>/run<N>.json", _is_sweep, _read_sweep),
)


def _reader(walk: Walk) -> Reader | None:
    paths = [found.name for found in walk.files]
    return next((reader for reader in READERS if reader.recognises(paths)), None)


def _folder(root: Path) -> Path:
    try:
        folder = Path(os.path.realpath(root, strict=True))
    except (OSError, ValueError) as error:
        reason = files.reason_of(error) if isinstance(error, OSError) else str(error)
        raise ArchiveError(f"no archive here: {reason}", where=str(root), fix="give the folder of an archive") from None
    if not folder.is_dir():
        fix = "give the folder that the results are in"
        raise ArchiveError("an archive is a folder, this is a file", where=str(root), fix=fix)
    return folder


def _nothing(root: Path, walk: Walk) -> ArchiveError:
    # repr keeps a hostile file name from steering the terminal.
    seen = [repr(found.name) for found in walk.files[:_EXAMPLES]] + [
        f"{u.path!r} ({u.reason})" for u in walk.unreadable
    ]
    count = len(walk.files) + len(walk.unreadable)
    examples = ", ".join(seen[:_EXAMPLES]) + (", …" if count > _EXAMPLES else "")
    found = f"{count} files: {examples}" if count else "no files"
    looked_for = "; ".join(reader.looked_for for reader in READERS)
    return ArchiveError(
        f"nothing to count in this folder (found {found})",
        where=str(root),
        fix=f"give the folder that holds {looked_for}",
    )
