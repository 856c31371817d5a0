"""What every reader is given: the archive's files in order, and how to cite one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.archives import files
from bot.archives.records import Flag, Source
from bot.archives.repository import Repository


@dataclass(frozen=True, slots=True)
class Shelf:
    """An archive before it is read. `judge_ids` maps folder names, suffixes and judge models to judge ids."""

    root: Path
    walk: files.Walk
    repository: Repository | None
    judge_ids: Mapping[str, str]

    @property
    def name(self) -> str:
        """The archive's own name: its folder's, as text."""
        return files.printable(self.root.name) or "archive"

    @property
    def prefix(self) -> str:
        """What the paths of all files start with, before their name below the root; "" at a repository's top."""
        folder = self.name if self.repository is None else files.printable(self.repository.folder)
        return "" if folder == "." else folder

    def cite(self, name: str) -> str:
        """The path of a file as records give it, from its name below the archive's root."""
        return "/".join(part for part in (self.prefix, name) if part and part != ".") or self.name

    def source(self, found: files.Found, data: bytes) -> Source:
        """Where numbers from `data`, the bytes of `found`, come from."""
        blob = files.git_blob(data, self.repository.algorithm if self.repository else "sha1")
        commit = self.repository.commit_of(found.raw, blob) if self.repository else None
        return Source(self.cite(found.name), files.sha256(data), blob, commit)

    def flags(self) -> tuple[Flag, ...]:
        """What the folder and its repository make of every number: links passed over, a history that is cut off."""
        passed = "a link to a folder inside the archive: its files are read in their own place only"
        links = tuple(Flag("linked_folder", self.cite(path), passed) for path in self.walk.links)
        if self.repository is None or not self.repository.shallow:
            return links
        cut = f"history is cut off at {self.repository.commit}: an earlier commit may be the last one in truth"
        return (*links, Flag("shallow_clone", self.cite(""), cut))
