"""Which run files git holds unchanged: blob ids from git's index, without git ever looking at the files themselves.

Git's own "is it clean?" may run filters that a repository's configuration names, and an archive's repository is as
untrusted as the archive. So git is asked for its index alone, and the marks in there are compared with ours.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from bot.archives.sweep_walk import Mark

_SECOND = 10**9
_SIZE_IN_INDEX = 2**32

# An entry of `git ls-files --stage --debug -z`: mode, blob, stage, path, then the file's status when it was added.
_ENTRY = re.compile(
    rb"100[0-7]{3} ([0-9a-f]{40,64}) 0\t([^\0]+)\0"
    rb"  ctime: ([0-9]+):([0-9]+)\n  mtime: ([0-9]+):([0-9]+)\n"
    rb"  dev: [0-9]+\tino: [0-9]+\n  uid: [0-9]+\tgid: [0-9]+\n  size: ([0-9]+)\tflags: [0-9a-f]+\n"
)


class Index(NamedTuple):
    """Git's index below a folder: each file's mark and blob id by its path there; `tree` is the folder's in HEAD."""

    tree: str
    files: dict[str, tuple[Mark, str]]

    def blob(self, path: str, mark: Mark) -> str:
        """The blob id of the file at `path`, where `mark` says that it is what was added; else ""."""
        known, blob = self.files.get(path, (None, ""))
        return blob if known == (mark[0], mark[1], mark[2] % _SIZE_IN_INDEX) else ""


def in_repository(folder: Path) -> bool:
    """Whether a repository may be around `folder`; costs no process."""
    return any(os.path.lexists(above / ".git") for above in (folder, *folder.parents))


def read_index(folder: Path) -> Index | None:
    """The index below `folder`, a real path; None outside of a repository, or where HEAD has no such folder."""
    if not in_repository(folder):
        return None
    from bot.archives.repository import ask

    answer = ask(folder, "rev-parse", "--git-path", "index", "HEAD:./")
    listing = ask(folder, "ls-files", "--stage", "--debug", "-z") if answer else None
    if answer is None or listing is None:
        return None
    index, tree = answer.splitlines()
    try:
        written = (folder / os.fsdecode(index)).stat().st_mtime_ns
    except OSError:
        return None
    return Index(tree.decode("ascii"), _files(listing, written))


def _files(listing: bytes, written: int) -> dict[str, tuple[Mark, str]]:
    """Entries by path; those as young as the index itself are left out: such a file may have changed unseen."""
    files = {}
    for blob, path, changed, changed_ns, modified, modified_ns, size in _ENTRY.findall(listing):
        mark = (int(modified) * _SECOND + int(modified_ns), int(changed) * _SECOND + int(changed_ns), int(size))
        if mark[0] < written:
            files[os.fsdecode(path)] = (mark, blob.decode("ascii"))
    return files
