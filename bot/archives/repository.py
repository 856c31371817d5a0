"""What git knows of an archive: the repository around it, its last commit, and the files that equal what is committed.

The repository is as untrusted as the archive in it (it may be an unpacked download with a `.git` of its own), so git is
asked only to read objects, with everything switched off that a repository's own configuration could make it run.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import ArchiveError

_TIMEOUT = 60.0

# What a model wrote about the results is committed after them, and is none of them.
WRITTEN = "written.jsonl"
LEFT_OUT = f":(exclude,glob)**/{WRITTEN}"

_HARDENED = (
    "git",
    "--no-pager",
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "log.showSignature=false"),
    *("-c", "log.follow=false"),
    *("-c", "safe.bareRepository=explicit"),
)

# Without a protocol a partial clone cannot fetch what it lacks: no network, and none of the commands a remote may name.
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_KEPT = ("GIT_CONFIG", "GIT_CEILING_DIRECTORIES", "GIT_EXEC_PATH")


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository around an archive.

    `folder` is the archive's path below `root` ("" for the root itself). `commit` is the last commit that touched it,
    None where none did, and `committed_at` its committer's date, ISO 8601 in UTC. `blobs` maps the path of each
    committed file, below the archive's folder, to its blob id. `shallow` says that history is cut off right at
    `commit`, so an earlier one may be the true last one. `algorithm` names the objects: "sha1" or "sha256".
    """

    root: Path
    folder: str
    commit: str | None = None
    committed_at: str | None = None
    blobs: Mapping[bytes, str] = field(default_factory=dict)
    shallow: bool = False
    algorithm: str = "sha1"

    def commit_of(self, raw: bytes, blob: str) -> str | None:
        """The commit, where it holds exactly these bytes at this path (below the archive's folder); else None."""
        return self.commit if self.blobs.get(raw) == blob else None


def locate(folder: Path) -> Repository | None:
    """The repository around `folder` (a real path); None without git, without a repository, or where git refuses it."""
    answer = ask(folder, "rev-parse", "--is-shallow-repository", "--show-toplevel")
    if answer is None:
        return None
    shallow, _, top = answer.partition(b"\n")
    root = Path(os.fsdecode(top.removesuffix(b"\n")))
    if not folder.is_relative_to(root):
        return None
    return _last_commit(Repository(root, _below(folder, root), shallow=shallow == b"true"), folder)


def _below(folder: Path, root: Path) -> str:
    below = folder.relative_to(root).as_posix()
    return "" if below == "." else below


def _last_commit(repository: Repository, folder: Path) -> Repository:
    answer = ask(folder, "log", "-1", "--no-color", "--format=%H %ct %P", "--", ".", LEFT_OUT)
    if not answer:
        return repository
    commit, seconds, *parents = answer.decode("ascii").split()
    return Repository(
        root=repository.root,
        folder=repository.folder,
        commit=commit,
        committed_at=_utc(int(seconds)),
        blobs=_blobs(folder, f"{commit}:{repository.folder}"),
        shallow=repository.shallow and not parents,
        algorithm="sha256" if len(commit) == 64 else "sha1",
    )


def _blobs(folder: Path, tree: str) -> dict[bytes, str]:
    answer = ask(folder, "ls-tree", "-r", "-z", "--full-tree", tree) or b""
    return dict(_regular_files(answer))


def _regular_files(listing: bytes) -> list[tuple[bytes, str]]:
    entries = (entry.partition(b"\t") for entry in listing.split(b"\0") if entry)
    return [(path, head.split()[2].decode("ascii")) for head, _, path in entries if head.startswith(b"100")]


def _utc(seconds: int) -> str | None:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return None


def ask(folder: Path, *arguments: str) -> bytes | None:
    """What git answers in `folder`, with all that a repository could make it run switched off; None where it fails."""
    command = [*_HARDENED, "-C", os.fspath(folder), *arguments]
    try:
        done = subprocess.run(
            command, capture_output=True, check=False, env=_environment(), stdin=subprocess.DEVNULL, timeout=_TIMEOUT
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _environment() -> dict[str, str]:
    # A hook or another git sets GIT_DIR and its kin, which would point us to its repository instead of the archive's.
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("GIT_") or key.startswith(_KEPT)}
    return inherited | _ENVIRONMENT


def head_of(folder: Path) -> str | None:
    """The commit that is checked out around `folder`; None where git does not tell."""
    answer = ask(folder, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    return answer.decode("ascii").strip() if answer else None


def export(folder: Path, commit: str, paths: Sequence[str], to: Path) -> None:
    """Write the regular files below `paths` of `commit` into `to`, byte for byte as committed: no filter is run.

    Raises ArchiveError where the repository around `folder` does not hold that commit.
    """
    listing = ask(folder, "ls-tree", "-r", "-z", "--full-tree", commit, "--", *(f"{path}/" for path in paths))
    files = _regular_files(listing or b"")
    if not files:
        raise ArchiveError("the commit that the report rests on is not in this checkout, or has no such folder",
                           where=commit, fix="fetch the whole history (fetch-depth: 0)")  # fmt: skip
    for path, blob in files:
        data = ask(folder, "cat-file", "blob", blob)
        file = to / os.fsdecode(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data or b"")
