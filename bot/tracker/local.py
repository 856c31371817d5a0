"""A tracker in a folder: issues and comments as files that people can read.

    tracker.json                       the folder's format
    issues/164/issue.json, body.md     title, labels, column; text
    issues/164/comments/0001.json, .md who and when; text
    figures/<digest>/…                 never written over
    index.html, issue-164.html         made by `bot.tracker.pages`

A text is written before its JSON file, and only what has a JSON file exists. So a crash leaves at most a text that
nobody points to; the next writer takes its number and writes over it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from bot.errors import TrackerError
from bot.tracker.files import (
    PATIENCE,
    FolderLock,
    explained,
    make_folder,
    write_atomically,
    write_folder_atomically,
)
from bot.tracker.limits import check_body, check_file_names, check_labels, check_title
from bot.tracker.protocol import Comment, Issue, State

_NUMBER = re.compile(r"[1-9]\d{0,9}")
_COMMENT_FILE = re.compile(r"(\d{4,10})\.json")
_FORMAT = 1
_MEND = "bring it back from a copy, or publish the bundle into a new folder"


class _TrackerFile(msgspec.Struct, frozen=True):
    format: int = _FORMAT


class _IssueFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: int
    title: str
    author: str
    labels: tuple[str, ...] = ()
    column: str | None = None
    state: State = "open"
    created: str | None = None


class _CommentFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: int
    author: str
    created: str | None = None
    deleted: bool = False


_File = TypeVar("_File", bound=msgspec.Struct)


class LocalTracker:
    """A tracker in `folder`, made at the first write.

    `login` writes. `now` is the ISO 8601 time that new issues and comments carry (from a commit or an argument), None
    for none: no clock is read, so the same input gives the same bytes. `patience` is how long to wait for another
    writer, in seconds.
    """

    def __init__(
        self, folder: Path, *, login: str = "recount[bot]", now: str | None = None, patience: float = PATIENCE
    ) -> None:
        self.folder = folder
        self._login = login
        _check_time(now, where="time of publishing", fix="give it as 2026-01-31T12:00:00+00:00")
        self._now = now
        self._lock = FolderLock(folder / ".lock", patience=patience)

    def login(self) -> str:
        """Give the own account's name."""
        return self._login

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Keep other writers out; may be nested. Raises TrackerError where one stays in, or this is no tracker."""
        with explained(self.folder):
            make_folder(self.folder)
            with self._lock.held():
                self._claim_folder()
                yield

    def issue(self, number: int) -> Issue:
        """Give issue `number`; raises TrackerError where it is missing or damaged."""
        with explained(self.folder):
            found = self._read_issue(number)
        if found is None:
            raise TrackerError(
                f"there is no issue {number}",
                where=str(self.folder),
                fix="name the issue in report.yaml, or check the tracker folder's name",
            )
        return found

    def find_issues(self, *, label: str | None = None, author: str | None = None) -> list[Issue]:
        """Give all issues by number, or those that carry `label` (in upper or lower case) and are by `author`."""
        with explained(self.folder):
            self._check_format()
            found = [issue for number in self._numbers() if (issue := self._read_issue(number))]
        mine = [issue for issue in found if author is None or issue.author == author]
        return [issue for issue in mine if label is None or _carries(issue.labels, label)]

    def create_issue(self, title: str, body: str, labels: Sequence[str] = ()) -> Issue:
        """Open a new issue under the next free number."""
        with self.writing():
            taken = [number for number in self._numbers() if self._issue_file(number).exists()]
            return self._write_issue(max(taken, default=0) + 1, title, body, labels)

    def ensure_issue(self, number: int, title: str, body: str, labels: Sequence[str] = ()) -> Issue:
        """Give issue `number`; where it is missing, open it under that very number first."""
        with self.writing():
            return self._read_issue(number) or self._write_issue(number, title, body, labels)

    def comments(self, number: int) -> list[Comment]:
        """Give all comments of an issue, oldest first."""
        self.issue(number)
        with explained(self.folder):
            ids = self._comment_ids(number)
            return [comment for comment_id in ids if (comment := self._read_comment(number, comment_id))]

    def post_comment(self, number: int, body: str) -> Comment:
        """Add a comment under the next id; ids of deleted comments are not given again."""
        with self.writing():
            self.issue(number)
            comment_id = max(self._comment_ids(number), default=0) + 1
            text, meta = self._comment_files(number, comment_id)
            check_body(body, where=f"comment {comment_id} of issue {number}")
            make_folder(text.parent)
            write_atomically(text, body.encode())
            write_atomically(meta, _encoded(_CommentFile(comment_id, self._login, self._now)))
            return self._comment(number, self._read_meta(meta, _CommentFile), body)

    def edit_comment(self, number: int, comment_id: int, body: str) -> None:
        """Replace a comment's text: for the progress comment only."""
        where = f"comment {comment_id} of issue {number}"
        with self.writing():
            if self._read_comment(number, comment_id) is None:
                raise TrackerError("it does not exist", where=where, fix="post it as a new comment")
            check_body(body, where=where)
            write_atomically(self._comment_files(number, comment_id)[0], body.encode())

    def delete_comment(self, number: int, comment_id: int) -> None:
        """Remove a comment. Its number stays taken, so that nothing new can be mistaken for it."""
        with self.writing():
            if self._read_comment(number, comment_id) is None:
                return
            text, meta = self._comment_files(number, comment_id)
            kept = self._read_meta(meta, _CommentFile)
            write_atomically(meta, _encoded(msgspec.structs.replace(kept, deleted=True)))
            text.unlink(missing_ok=True)

    def add_labels(self, number: int, labels: Iterable[str]) -> None:
        """Put labels on an issue, in the order given; as on GitHub, upper and lower case do not tell two apart."""
        with self.writing():
            check_labels(labels := tuple(labels), where=f"issue {number}")
            self._change_issue(number, labels=_joined(self.issue(number).labels, labels))

    def remove_label(self, number: int, label: str) -> None:
        """Take a label off an issue."""
        with self.writing():
            kept = self.issue(number).labels
            self._change_issue(number, labels=tuple(one for one in kept if not _carries((one,), label)))

    def move(self, number: int, column: str) -> None:
        """Put the issue's card into a column; any name makes a column."""
        with self.writing():
            check_labels([column], where=f"column of issue {number}")
            self._change_issue(number, column=column)

    def edit_body(self, number: int, body: str) -> None:
        """Replace the issue's text."""
        with self.writing():
            self.issue(number)
            check_body(body, where=f"issue {number}")
            write_atomically(self._issue_file(number).with_name("body.md"), body.encode())

    def edit_title(self, number: int, title: str) -> None:
        """Replace the issue's title."""
        with self.writing():
            check_title(title, where=f"issue {number}")
            self._change_issue(number, title=title)

    def store_figures(self, number: int, files: Mapping[str, bytes]) -> str:
        """Keep `files` in a folder named by their content; gives its path, relative to the issue's page."""
        with self.writing():
            self.issue(number)
            check_file_names(files, where=f"figures of issue {number}")
            prefix = f"figures/{_digest(files)}"
            folder = self.folder / prefix
            make_folder(folder.parent)
            if not folder.exists():
                write_folder_atomically(folder, files)
            _check_figures(folder, files)
            return prefix

    def shows(self, link: str) -> bool:
        """Whether there is such a file among the tracker's figures."""
        path = (self.folder / link).resolve()
        return path.is_relative_to((self.folder / "figures").resolve()) and path.is_file()

    def _claim_folder(self) -> None:
        if self._check_format():
            return
        strangers = sorted(path.name for path in self.folder.iterdir() if not path.name.startswith("."))
        if strangers:
            raise TrackerError(
                f"the folder holds other things ({', '.join(strangers[:3])}) and is no tracker",
                where=str(self.folder),
                fix="name an empty folder, or one that does not exist yet",
            )
        write_atomically(self.folder / "tracker.json", _encoded(_TrackerFile()))

    def _check_format(self) -> bool:
        path = self.folder / "tracker.json"
        if not path.exists():
            return False
        said = self._read_meta(path, _TrackerFile).format
        if said != _FORMAT:
            what = f"the tracker is of format {said}, this Recount knows {_FORMAT}"
            raise TrackerError(what, where=str(path), fix="use the Recount that made it, or a new folder")
        return True

    def _issue_file(self, number: int) -> Path:
        return self.folder / "issues" / str(number) / "issue.json"

    def _comment_files(self, number: int, comment_id: int) -> tuple[Path, Path]:
        folder = self._issue_file(number).parent / "comments"
        return folder / f"{comment_id:04}.md", folder / f"{comment_id:04}.json"

    def _numbers(self) -> list[int]:
        folder = self.folder / "issues"
        names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        return sorted(int(name) for name in names if _NUMBER.fullmatch(name))

    def _comment_ids(self, number: int) -> list[int]:
        folder = self._issue_file(number).parent / "comments"
        names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        return sorted(int(match[1]) for name in names if (match := _COMMENT_FILE.fullmatch(name)))

    def _write_issue(self, number: int, title: str, body: str, labels: Sequence[str]) -> Issue:
        where = f"issue {number}"
        if number < 1:
            raise TrackerError("issue numbers start at 1", where=where, fix="name another issue in report.yaml")
        check_title(title, where=where)
        check_body(body, where=where)
        check_labels(labels, where=where)
        path = self._issue_file(number)
        make_folder(path.parent)
        write_atomically(path.with_name("body.md"), body.encode())
        meta = _IssueFile(number, title, self._login, _joined((), labels), created=self._now)
        write_atomically(path, _encoded(meta))
        return self.issue(number)

    def _change_issue(self, number: int, **changes: object) -> None:
        self.issue(number)
        path = self._issue_file(number)
        old = self._read_meta(path, _IssueFile)
        new = msgspec.structs.replace(old, **changes)
        if new != old:
            write_atomically(path, _encoded(new))

    def _read_issue(self, number: int) -> Issue | None:
        path = self._issue_file(number)
        if not path.exists():
            self._refuse_orphans(number)
            return None
        meta = self._read_meta(path, _IssueFile)
        _check_read(path, meta.number, number, meta.created)
        body = _read_text(path.with_name("body.md"))
        return Issue(**msgspec.structs.asdict(meta), body=body, url=f"issue-{number}.html")

    def _refuse_orphans(self, number: int) -> None:
        if self._comment_ids(number):
            path = self._issue_file(number)
            raise TrackerError("the file is gone, but the issue has comments", where=str(path), fix=_MEND)

    def _read_comment(self, number: int, comment_id: int) -> Comment | None:
        text, path = self._comment_files(number, comment_id)
        # The text first: a comment that is deleted meanwhile loses its text only after it is marked as deleted.
        body = _read_text(text) if text.exists() else None
        if not path.exists():
            return None
        meta = self._read_meta(path, _CommentFile)
        _check_read(path, meta.id, comment_id, meta.created)
        if meta.deleted:
            return None
        if body is None:
            raise TrackerError("the comment's text is gone", where=str(text), fix=_MEND)
        return self._comment(number, meta, body)

    def _comment(self, number: int, meta: _CommentFile, body: str) -> Comment:
        url = f"issue-{number}.html#issuecomment-{meta.id}"
        return Comment(id=meta.id, author=meta.author, body=body, created=meta.created, url=url)

    def _read_meta(self, path: Path, kind: type[_File]) -> _File:
        try:
            return msgspec.json.decode(path.read_bytes(), type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise TrackerError(f"the file is damaged ({error})", where=str(path), fix=_MEND) from error


def _encoded(meta: msgspec.Struct) -> bytes:
    return msgspec.json.format(msgspec.json.encode(meta), indent=2) + b"\n"


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise TrackerError("the text is gone", where=str(path), fix=_MEND) from error
    except UnicodeDecodeError as error:
        raise TrackerError("the text is not UTF-8", where=str(path), fix=_MEND) from error


def _check_read(path: Path, said: int, named: int, created: str | None) -> None:
    if said != named:
        raise TrackerError(f"the file says {said}, its name says {named}", where=str(path), fix=_MEND)
    _check_time(created, where=str(path), fix=_MEND)


def _check_figures(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != data:
            raise TrackerError("the figure was changed after it was stored", where=str(path), fix=_MEND)


def _digest(files: Mapping[str, bytes]) -> str:
    lines = sorted(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:20]


def _carries(labels: Iterable[str], label: str) -> bool:
    return label.casefold() in {one.casefold() for one in labels}


def _joined(labels: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    for label in more:
        labels = labels if _carries(labels, label) else (*labels, label)
    return labels


def _check_time(time: str | None, *, where: str, fix: str) -> None:
    try:
        if time is not None:
            datetime.fromisoformat(time)
    except ValueError as error:
        raise TrackerError(f"{time!r} is not an ISO 8601 time", where=where, fix=fix) from error
