"""Where a sweep's numbers come from, in git's terms: how its files are cited, and the commit that holds them all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.archives.files import CannotRead, git_blob, printable, read
from bot.archives.sweep_git import in_repository, read_index
from bot.archives.sweep_layout import Layout, run_number
from bot.archives.sweep_walk import Mark, Walk

if TYPE_CHECKING:
    from bot.archives.repository import Repository
    from bot.archives.sweep_git import Index


class Provenance(NamedTuple):
    """`prefix` stands before every path below the root: the root's place in its repository, else its own name.

    `commit` is the last one that touched the root, and `committed_at` its date in UTC: given where it holds every
    run and log exactly as it was found, and no run besides.
    """

    prefix: str
    commit: str | None = None
    committed_at: str | None = None


def provenance(layout: Layout, walk: Walk) -> Provenance:
    """Ask git about the sweep; costs nothing outside of a repository."""
    name = printable(layout.root.name) or "archive"
    if not in_repository(layout.root):
        return Provenance(name)
    from bot.archives.repository import locate

    repository = locate(layout.root)
    if repository is None:
        return Provenance(name)
    prefix = printable(repository.folder)
    if repository.commit is None or not _holds_all(repository, layout, walk):
        return Provenance(prefix)
    return Provenance(prefix, repository.commit, repository.committed_at)


def _holds_all(repository: Repository, layout: Layout, walk: Walk) -> bool:
    index = read_index(layout.root)
    found = dict(_files(layout, walk))
    same = all(_is_committed(repository, index, layout.root, path, mark) for path, mark in found.items())
    return same and all(path in found for path in _committed_runs(repository, layout))


def _files(layout: Layout, walk: Walk) -> Iterator[tuple[str, Mark | None]]:
    """All runs, the unreadable ones included, and all logs, by path below the root."""
    below = os.path.relpath(layout.folder, layout.root)
    for part in walk.folders:
        for run, mark in zip(part.runs, part.marks, strict=True):
            path = f"{part.model}/{part.task}/run{run}.json"
            yield (path if below == "." else f"{below}/{path}"), None if run in part.links else mark
    for log in layout.logs:
        if log.is_relative_to(layout.root):
            yield os.path.relpath(log, layout.root), None


def _is_committed(repository: Repository, index: Index | None, root: Path, path: str, mark: Mark | None) -> bool:
    blob = index.blob(path, mark) if index and mark else ""
    return repository.commit_of(os.fsencode(path), blob or _blob_now(root / path, repository.algorithm)) is not None


def _blob_now(path: Path, algorithm: str) -> str:
    try:
        return git_blob(read(path), algorithm)
    except CannotRead:
        return ""


def _committed_runs(repository: Repository, layout: Layout) -> Iterable[str]:
    below = os.path.relpath(layout.folder, layout.root)
    prefix = b"" if below == "." else os.fsencode(below) + b"/"
    for raw in repository.blobs:
        path = os.fsdecode(raw)
        is_run = run_number(path.rpartition("/")[2]) is not None and path.count("/") - prefix.count(b"/") == 2
        if is_run and raw.startswith(prefix):
            yield path
