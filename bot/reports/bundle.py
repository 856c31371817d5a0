"""The bundle: a folder that holds everything to be published, and the border of trust.

What comes before it reads untrusted archives and needs no write token; what comes after it writes, and reads nothing
but the bundle, which it validates first: schema version, digests of all files, no file too many, no path out.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from bot import __version__
from bot.errors import BundleError
from bot.reports.fact_object import fact_object
from bot.reports.markers import KIND
from bot.scoring.facts import Facts

SCHEMA = 1
MANIFEST = "manifest.json"
FACTS = "facts.json"
MAX_FILE = 50_000_000


class CommentEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A comment to post: its kind, and the files that hold its parts in order."""

    kind: str
    parts: list[str]


class IssueEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The issue that the report belongs to; `number` None where nobody said."""

    number: int | None
    title: str
    body: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """manifest.json. `digests` holds the SHA-256 of every other file by its path inside the bundle."""

    schema: int
    recount: str
    archive: str
    commit: str | None
    created: str | None
    issue: IssueEntry
    comments: list[CommentEntry]
    figures: list[str]
    summary: list[str]
    digests: dict[str, str]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was read and found whole."""

    folder: Path
    manifest: Manifest

    def text(self, path: str) -> str:
        """A text file of the bundle."""
        return (self.folder / path).read_text(encoding="utf-8")

    def figures(self) -> dict[str, bytes]:
        """Every figure by its path below `figures/`, with `figures/` in front."""
        return {path: (self.folder / path).read_bytes() for path in self.manifest.figures}

    def facts(self) -> dict[str, dict[str, Any]]:
        """facts.json: name to fact."""
        decoded: dict[str, dict[str, Any]] = msgspec.json.decode((self.folder / FACTS).read_bytes())["facts"]
        return decoded


def facts_json(facts: Facts) -> bytes:
    """facts.json: a table of files, and every fact by name with its recipe and sources."""
    found = {o.source.path: o.source for fact in facts.values() for o in fact.origins}
    files = [found[path] for path in sorted(found)]
    numbers = {source.path: i for i, source in enumerate(files)}
    document = {
        "schema": SCHEMA,
        "files": [{"path": s.path, "sha256": s.sha256, "blob": s.blob, "commit": s.commit} for s in files],
        "facts": {name: fact_object(fact, files=numbers) for name, fact in facts.items()},
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def write_bundle(
    folder: Path,
    *,
    archive: str,
    commit: str | None,
    created: str | None,
    issue: IssueEntry,
    comments: Mapping[str, Sequence[str]],
    facts: Facts,
    figures: Iterable[Path],
    summary: Sequence[str],
) -> Bundle:
    """Write a bundle beside `folder` and put it in its place in one step, so that no half bundle is ever there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        entries = [write_comment(draft, kind, parts) for kind, parts in comments.items()]
        names = [copy_figure(draft, path) for path in figures]
        (draft / FACTS).write_bytes(facts_json(facts))
        paths = [FACTS, *names, *(part for entry in entries for part in entry.parts)]
        manifest = Manifest(
            SCHEMA, __version__, archive, commit, created, issue, entries, names, list(summary),
            {path: digest(draft / path) for path in sorted(paths)},
        )  # fmt: skip
        (draft / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
        replace(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return read_bundle(folder)


def write_comment(folder: Path, kind: str, parts: Sequence[str]) -> CommentEntry:
    """The parts of one comment as files."""
    (folder / "comments").mkdir(exist_ok=True)
    names = [f"comments/{kind}.md" if len(parts) == 1 else f"comments/{kind}.{i + 1}.md" for i in range(len(parts))]
    for name, part in zip(names, parts, strict=True):
        (folder / name).write_text(part, encoding="utf-8")
    return CommentEntry(kind, names)


def copy_figure(folder: Path, path: Path) -> str:
    """One figure's file under `figures/`."""
    (folder / "figures").mkdir(exist_ok=True)
    shutil.copyfile(path, folder / "figures" / path.name)
    return f"figures/{path.name}"


def replace(draft: Path, folder: Path) -> None:
    """Put `draft` where `folder` is; a former bundle goes only once the new one is complete."""
    draft.chmod(0o755)
    former = None
    if folder.exists():
        if not (folder / MANIFEST).is_file() and any(folder.iterdir()):
            raise BundleError("there is something else in the place of the bundle", where=str(folder),
                              fix="name an empty or a new folder with --bundle")  # fmt: skip
        former = Path(tempfile.mkdtemp(prefix=f".{folder.name}-former-", dir=folder.parent))
        folder.replace(former / "bundle")
    os.replace(draft, folder)  # noqa: PTH105 - a rename, not a copy, is the point
    if former is not None:
        shutil.rmtree(former, ignore_errors=True)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_bundle(folder: Path) -> Bundle:
    """Read and validate a bundle; raises BundleError with what is wrong and where."""
    manifest = read_manifest(folder)
    for path, expected in manifest.digests.items():
        check_file(folder, path, expected)
    named = {part for entry in manifest.comments for part in entry.parts} | set(manifest.figures) | {FACTS}
    missing = named - set(manifest.digests)
    if missing:
        raise BundleError("the manifest gives no digest for a file that it names", where=sorted(missing)[0],
                          fix="build the bundle again")  # fmt: skip
    check_no_more(folder, set(manifest.digests) | {MANIFEST})
    if bad := [entry.kind for entry in manifest.comments if not KIND.fullmatch(entry.kind)]:
        raise BundleError(f"{bad[0]!r} is no comment kind", where=MANIFEST, fix="build the bundle again")
    return Bundle(folder, manifest)


def read_manifest(folder: Path) -> Manifest:
    """manifest.json, of the schema that this version speaks."""
    path = folder / MANIFEST
    if not path.is_file():
        raise BundleError("this is no bundle: manifest.json is missing", where=str(folder),
                          fix="name the folder that `recount build` wrote")  # fmt: skip
    raw = path.read_bytes()
    try:
        schema = msgspec.json.decode(raw, type=dict[str, Any]).get("schema")
        if schema != SCHEMA:
            raise BundleError(f"the bundle has schema {schema!r}, this version reads {SCHEMA}", where=str(path),
                              fix="build it again with this version")  # fmt: skip
        return msgspec.json.decode(raw, type=Manifest)
    except msgspec.MsgspecError as error:
        raise BundleError(
            f"manifest.json cannot be read: {error}", where=str(path), fix="build the bundle again"
        ) from None


def check_file(folder: Path, path: str, expected: str) -> None:
    """A file lies inside the bundle, is a plain file of bearable size, and is what the manifest says."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path:
        raise BundleError("the manifest names a path outside of the bundle", where=path, fix="build the bundle again")
    file = folder / path
    if not file.is_file() or file.is_symlink() or not file.resolve().is_relative_to(folder.resolve()):
        raise BundleError("a file of the bundle is missing", where=path, fix="build the bundle again")
    if file.stat().st_size > MAX_FILE or digest(file) != expected:
        raise BundleError("a file was changed after the bundle was built", where=path, fix="build the bundle again")


def check_no_more(folder: Path, known: set[str]) -> None:
    """A file that the manifest does not list was not built: nobody may slip one in."""
    for file in sorted(folder.rglob("*")):
        if (file.is_symlink() or not file.is_dir()) and file.relative_to(folder).as_posix() not in known:
            raise BundleError("the bundle holds a file that its manifest does not list",
                              where=file.relative_to(folder).as_posix(), fix="build the bundle again")  # fmt: skip
