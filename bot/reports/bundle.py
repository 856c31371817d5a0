"""The bundle: a folder that holds everything to be published, and the border of trust.

What comes before it reads untrusted archives and needs no write token; what comes after it writes, and reads nothing
but the bundle, which it validates first: schema version, digests of all files, no file too many, no path out.
"""

from __future__ import annotations

import ctypes
import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict, TypeVar

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
# A path that means the same on every file system and in every URL, and leads nowhere but down.
PLAIN = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}/){0,3}[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")
T = TypeVar("T")
AGAIN = "build the bundle again"


class CommentEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A comment to post: its kind, and the files that hold its parts in order."""

    kind: str
    parts: list[str]


class IssueEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The issue that the report belongs to; `number` None where nobody said."""

    number: int | None
    title: str
    body: str


class CleanResultEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The clean-result issue: its title, the files of its body's parts, and the comment that links to it."""

    title: str
    parts: list[str]
    link: str


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
    clean_result: CleanResultEntry | None = None


@dataclass(frozen=True, slots=True)
class CleanResultText:
    """A clean result before it is written: `link` is the source issue's comment, with LINK where its number goes."""

    title: str
    parts: Sequence[str]
    link: str


# What stands in a bundle where publishing writes the number of the clean-result issue, and the board's column.
LINK = "#CLEAN-RESULT"
COLUMN = "#BOARD-COLUMN"


class FactEntry(TypedDict):
    """A fact in facts.json."""

    value: float | int | str | None
    shown: str
    unit: str
    recipe: str
    sources: list[dict[str, Any]]
    stated: bool


class FactsFile(msgspec.Struct, frozen=True):
    """facts.json."""

    schema: int
    files: list[dict[str, Any]]
    facts: dict[str, FactEntry]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was read and found whole."""

    folder: Path
    manifest: Manifest

    def text(self, path: str) -> str:
        """A text file of the bundle; raises BundleError where it is no text."""
        try:
            return (self.folder / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise BundleError("a text of the bundle is not UTF-8", where=path, fix=AGAIN) from None

    def figures(self) -> dict[str, bytes]:
        """Every figure by its path below `figures/`, with `figures/` in front."""
        return {path: (self.folder / path).read_bytes() for path in self.manifest.figures}

    def facts(self) -> dict[str, FactEntry]:
        """facts.json: name to fact; raises BundleError where it is something else."""
        return decoded((self.folder / FACTS).read_bytes(), FactsFile, FACTS).facts


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
    clean_result: CleanResultText | None = None,
) -> Bundle:
    """Write a bundle beside `folder` and put it in its place in one step, so that no half bundle is ever there."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        entries = [write_comment(draft, kind, parts) for kind, parts in comments.items()]
        names = [copy_figure(draft, path) for path in figures]
        (draft / FACTS).write_bytes(facts_json(facts))
        clean = write_clean_result(draft, clean_result) if clean_result else None
        paths = [FACTS, *names, *(part for entry in entries for part in entry.parts), *clean_paths(clean)]
        manifest = Manifest(
            SCHEMA, __version__, archive, commit, created, issue, entries, names, list(summary),
            {path: digest(draft / path) for path in sorted(paths)}, clean,
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


def write_clean_result(folder: Path, text: CleanResultText) -> CleanResultEntry:
    """The clean result's body and the comment that links to it, as files."""
    parts = write_comment(folder, "clean-result", text.parts).parts
    return CleanResultEntry(text.title, parts, write_comment(folder, "analysis", [text.link]).parts[0])


def clean_paths(entry: CleanResultEntry | None) -> list[str]:
    """The files that a clean result names."""
    return [*entry.parts, entry.link] if entry else []


def copy_figure(folder: Path, path: Path) -> str:
    """One figure's file under `figures/`."""
    (folder / "figures").mkdir(exist_ok=True)
    shutil.copyfile(path, folder / "figures" / path.name)
    return f"figures/{path.name}"


def replace(draft: Path, folder: Path) -> None:
    """Put `draft` where `folder` is; whatever happens meanwhile, one of the two is there whole."""
    draft.chmod(0o755)
    if not is_taken(folder):
        draft.replace(folder)
        return
    check_former(folder)
    if not swap(draft, folder):
        former = Path(tempfile.mkdtemp(prefix=f".{folder.name}-former-", dir=folder.parent))
        folder.replace(former / "bundle")
        draft.replace(folder)
        shutil.rmtree(former, ignore_errors=True)


def is_taken(folder: Path) -> bool:
    """Whether something stands where a bundle is to be."""
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


def check_former(folder: Path) -> None:
    """What is to be replaced is a bundle and nothing else: it will be gone. Raises BundleError."""
    if not is_taken(folder):
        return
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=dict[str, Any])
        known = {MANIFEST, *manifest["digests"]} if "recount" in manifest else set()
        check_no_more(folder, known)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, LookupError, TypeError, BundleError):
        raise BundleError("there is something else in the place of the bundle", where=str(folder),
                          fix="name an empty or a new folder with --bundle") from None  # fmt: skip


def swap(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, where the system can (Linux); otherwise False, and nothing changed."""
    try:
        renameat2 = ctypes.CDLL(None).renameat2
    except (OSError, AttributeError, TypeError):
        return False
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return bool(renameat2(here, bytes(one), here, bytes(other), exchange) == 0)


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_bundle(folder: Path) -> Bundle:
    """Read and validate a bundle; raises BundleError with what is wrong and where."""
    manifest = read_manifest(folder)
    for path, expected in manifest.digests.items():
        check_file(folder, path, expected)
    check_names(manifest)
    check_no_more(folder, {*manifest.digests, MANIFEST})
    bundle = Bundle(folder, manifest)
    bundle.facts()
    for path in texts_of(manifest):
        bundle.text(path)
    return bundle


def texts_of(manifest: Manifest) -> list[str]:
    """The files that hold texts to post."""
    return [*(part for entry in manifest.comments for part in entry.parts), *clean_paths(manifest.clean_result)]


def check_names(manifest: Manifest) -> None:
    """Comments and figures are files of the bundle, and every comment is of another kind."""
    named = {*texts_of(manifest), *manifest.figures, FACTS}
    if missing := sorted(named - set(manifest.digests)):
        raise BundleError("the manifest gives no digest for a file that it names", where=missing[0], fix=AGAIN)
    kinds = [entry.kind for entry in manifest.comments]
    if bad := [kind for kind in kinds if not KIND.fullmatch(kind)]:
        raise BundleError(f"{bad[0]!r} is no comment kind", where=MANIFEST, fix=AGAIN)
    if len(kinds) > len(set(kinds)) or not all(entry.parts for entry in manifest.comments):
        raise BundleError("a comment is named twice or has no parts", where=MANIFEST, fix=AGAIN)


def read_manifest(folder: Path) -> Manifest:
    """manifest.json, of the schema that this version speaks."""
    path = folder / MANIFEST
    if not path.is_file() or path.is_symlink():
        raise BundleError("this is no bundle: manifest.json is missing", where=str(folder),
                          fix="name the folder that `recount build` wrote")  # fmt: skip
    if path.stat().st_size > MAX_FILE:
        raise BundleError("manifest.json is too large", where=str(path), fix=AGAIN)
    raw = path.read_bytes()
    schema = decoded(raw, dict[str, Any], str(path)).get("schema")
    if schema != SCHEMA:
        raise BundleError(f"the bundle has schema {schema!r}, this version reads {SCHEMA}", where=str(path),
                          fix="build it again with this version")  # fmt: skip
    return decoded(raw, Manifest, str(path))


def decoded(raw: bytes, kind: type[T], where: str) -> T:
    """JSON of that kind; raises BundleError for anything else."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BundleError(f"it cannot be read: {error}", where=where, fix=AGAIN) from None


def check_file(folder: Path, path: str, expected: str) -> None:
    """A file lies inside the bundle, is a plain file of bearable size, and is what the manifest says."""
    if not PLAIN.fullmatch(path):
        raise BundleError("the manifest names a path outside of the bundle", where=path, fix=AGAIN)
    file = folder / path
    if not file.is_file() or file.is_symlink() or not file.resolve().is_relative_to(folder.resolve()):
        raise BundleError("a file of the bundle is missing", where=path, fix=AGAIN)
    if file.stat().st_size > MAX_FILE or digest(file) != expected:
        raise BundleError("a file was changed after the bundle was built", where=path, fix=AGAIN)


def check_no_more(folder: Path, known: set[str]) -> None:
    """A file that the manifest does not list was not built: nobody may slip one in."""
    for file in sorted(folder.rglob("*")):
        if (file.is_symlink() or not file.is_dir()) and file.relative_to(folder).as_posix() not in known:
            raise BundleError("the bundle holds a file that its manifest does not list",
                              where=file.relative_to(folder).as_posix(), fix=AGAIN)  # fmt: skip
