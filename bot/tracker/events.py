"""What happened on GitHub: the event file that Actions hands over, as one of a few plain records."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from bot.errors import TrackerError
from bot.tracker.commands import check_path

RESULTS = "eval_results"
ARCHIVE = re.compile(rf"({RESULTS}/[A-Za-z0-9][A-Za-z0-9._-]{{0,199}})/.+")
NUMBER = re.compile(r"[1-9][0-9]{0,8}")
SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class CommentEvent:
    """Somebody wrote a comment on an issue. `created` False for edits and deletions, which never count."""

    issue: int
    comment: int
    author: str
    is_bot: bool
    body: str
    created: bool
    locked: bool
    on_pull_request: bool


@dataclass(frozen=True, slots=True)
class PushEvent:
    """Commits were pushed. `paths` are all that they touched; `after` is the new head, None for a deleted branch."""

    ref: str
    before: str
    after: str | None
    paths: tuple[str, ...]
    by: str
    complete: bool


@dataclass(frozen=True, slots=True)
class LabelEvent:
    """Labels of an issue changed; `labels` as they are now."""

    issue: int
    labels: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class CalledEvent:
    """Started by hand or by another workflow, with the path and issue that its inputs name."""

    path: str | None
    issue: int | None
    by: str
    ref: str | None = None


Event = CommentEvent | PushEvent | LabelEvent | CalledEvent


def read_event(name: str, path: Path) -> Event | None:
    """The event in the file at `path`, None for a kind that concerns nobody here; TrackerError for a damaged file."""
    reader = READERS.get(name)
    if reader is None:
        return None
    try:
        return reader(msgspec.json.decode(path.read_bytes(), type=dict[str, Any]))
    except (OSError, msgspec.MsgspecError, KeyError, TypeError, ValueError) as error:
        raise TrackerError(f"the event cannot be read: {type(error).__name__}: {error}", where=str(path),
                           fix="it must be the file that GITHUB_EVENT_PATH names") from error  # fmt: skip


def comment_event(data: Mapping[str, Any]) -> CommentEvent:
    """issue_comment."""
    issue, comment = data["issue"], data["comment"]
    author = comment.get("user") or {}
    return CommentEvent(
        issue=int(issue["number"]),
        comment=int(comment["id"]),
        author=str(author.get("login", "")),
        is_bot=author.get("type") == "Bot" or str(author.get("login", "")).endswith("[bot]"),
        body=str(comment.get("body") or ""),
        created=data.get("action") == "created",
        locked=bool(issue.get("locked")),
        on_pull_request=issue.get("pull_request") is not None,
    )


def push_event(data: Mapping[str, Any]) -> PushEvent:
    """push. GitHub lists the paths of at most 20 commits with up to 3,000 files; then they must be asked for."""
    commits = data.get("commits") or []
    touched = [c.get(kind) or [] for c in commits for kind in ("added", "modified", "removed")]
    after = str(data["after"])
    return PushEvent(
        ref=str(data["ref"]),
        before=str(data["before"]),
        after=None if data.get("deleted") or set(after) == {"0"} else after,
        paths=tuple(sorted({str(path) for paths in touched for path in paths})),
        by=str((data.get("sender") or {}).get("login", "")),
        complete=len(commits) < 20 and not data.get("forced"),
    )


def label_event(data: Mapping[str, Any]) -> LabelEvent:
    """issues: labeled, unlabeled."""
    issue = data["issue"]
    labels = tuple(str(label["name"]) for label in issue.get("labels") or ())
    return LabelEvent(int(issue["number"]), labels, str((data.get("sender") or {}).get("login", "")))


def called_event(data: Mapping[str, Any]) -> CalledEvent:
    """workflow_dispatch, workflow_call. Raises TrackerError for inputs that are not what they may be."""
    inputs = {name: str(value or "").strip() for name, value in (data.get("inputs") or {}).items()}
    issue, path, ref = inputs.get("issue", "").lstrip("#"), inputs.get("path", ""), inputs.get("ref", "")
    problem = check_path(path) if path else ""
    if issue and not NUMBER.fullmatch(issue):
        problem = "`issue` is no issue's number."
    if ref and not SHA.fullmatch(ref):
        problem = "`ref` is no commit's full SHA."
    if problem:
        raise TrackerError(problem, where="inputs", fix="start the workflow again with other inputs")
    by = str((data.get("sender") or {}).get("login", ""))
    return CalledEvent(path or None, int(issue) if issue else None, by, ref or None)


READERS: Mapping[str, Callable[[Mapping[str, Any]], Event]] = {
    "issue_comment": comment_event,
    "push": push_event,
    "issues": label_event,
    "workflow_dispatch": called_event,
    "workflow_call": called_event,
}


def changed_folders(paths: tuple[str, ...]) -> list[str]:
    """The folder of every archive that a push touched; a path that is no archive's is passed over."""
    return sorted({match.group(1) for path in paths if (match := ARCHIVE.fullmatch(path))})
