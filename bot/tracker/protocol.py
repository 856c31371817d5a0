"""What publishing needs of a tracker; GitHub and the folder on a laptop both stand behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from bot.errors import TrackerError

State = Literal["open", "closed"]


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as it stands now. `created` is an ISO 8601 time, None where nobody told it; `column` the board's."""

    number: int
    title: str
    body: str
    author: str
    labels: tuple[str, ...]
    column: str | None
    state: State
    created: str | None
    url: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of an issue. `id` is unique within the issue and never given twice."""

    id: int
    author: str
    body: str
    created: str | None
    url: str


class UnclearAnswerError(TrackerError):
    """The write may or may not have happened: look for its digest before writing again."""


class Tracker(Protocol):
    """Issues, comments, labels and a board. Every method raises TrackerError where the tracker refuses.

    `create_issue` and `post_comment` add something each time they are called, and raise UnclearAnswerError where nobody
    can tell whether they did. All other writes may be repeated: the second time changes nothing.
    """

    def login(self) -> str:
        """Give the own account's name, as it stands in `Comment.author`."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """Keep other writers out, as far as the tracker can, from looking for a digest until after the post."""
        ...

    def issue(self, number: int) -> Issue:
        """Give issue `number`."""
        ...

    def find_issues(self, *, label: str | None = None, author: str | None = None) -> list[Issue]:
        """Give all issues, open and closed, or those that carry `label` and were opened by `author`, by number."""
        ...

    def create_issue(self, title: str, body: str, labels: Sequence[str] = ()) -> Issue:
        """Open a new issue under the next free number."""
        ...

    def comments(self, number: int) -> list[Comment]:
        """Give all comments (of all pages), oldest first."""
        ...

    def post_comment(self, number: int, body: str) -> Comment:
        """Add a comment."""
        ...

    def edit_comment(self, number: int, comment_id: int, body: str) -> None:
        """Replace a comment's text: for the progress comment only, all others are append-only."""
        ...

    def delete_comment(self, number: int, comment_id: int) -> None:
        """Remove a comment; one that is gone already is fine."""
        ...

    def add_labels(self, number: int, labels: Iterable[str]) -> None:
        """Put labels on an issue; those that it carries already are fine."""
        ...

    def remove_label(self, number: int, label: str) -> None:
        """Take a label off an issue; one that it does not carry is fine."""
        ...

    def move(self, number: int, column: str) -> None:
        """Put the issue's card into a column. A refusal must not stop a report: say what was not moved."""
        ...

    def edit_body(self, number: int, body: str) -> None:
        """Replace the issue's text."""
        ...

    def edit_title(self, number: int, title: str) -> None:
        """Replace the issue's title."""
        ...

    def store_figures(self, number: int, files: Mapping[str, bytes]) -> str:
        """Keep `files` (relative path to content) for good; give the URL prefix P so that `P/path` shows each."""
        ...

    def shows(self, link: str) -> bool:
        """Whether a figure's link, as `store_figures` made it, shows something."""
        ...
