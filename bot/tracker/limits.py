"""What GitHub refuses, refused by every tracker: what passes on a laptop passes there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.errors import TrackerError

BODY_LIMIT = 65_536
TITLE_LIMIT = 256
LABEL_LIMIT = 50

# One part of a path that needs no quoting in a URL, in Markdown or on any file system.
_PATH_PART = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}")


def check_body(body: str, *, where: str) -> None:
    """Raise TrackerError for a text (in characters) that GitHub would refuse."""
    if not body.strip():
        raise TrackerError("the text is empty", where=where, fix="give it at least one word")
    _check_length(body, BODY_LIMIT, where, "split it at section borders into parts")


def check_title(title: str, *, where: str) -> None:
    """Raise TrackerError for an issue title that GitHub would refuse."""
    if not title.strip():
        raise TrackerError("the title is empty", where=where, fix="give it at least one word")
    if "\n" in title or "\r" in title:
        raise TrackerError("the title has more than one line", where=where, fix="put it on one line")
    _check_length(title, TITLE_LIMIT, where, "shorten the title")


def check_labels(labels: Iterable[str], *, where: str) -> None:
    """Raise TrackerError for a label that GitHub would refuse."""
    for label in labels:
        if not label.strip():
            raise TrackerError("a label is empty", where=where, fix="give it a name")
        _check_length(label, LABEL_LIMIT, where, f"shorten the label {label[:20]!r}…")


def check_file_names(names: Iterable[str], *, where: str) -> None:
    """Raise TrackerError for a path that is not plain and relative: the same names must work in a URL and on disk."""
    for name in names:
        if not all(_PATH_PART.fullmatch(part) for part in name.split("/")):
            raise TrackerError(
                f"the file name {name!r} is not a plain relative path",
                where=where,
                fix="use letters, digits, '.', '_', '-' and '/' only, and start no part with a dot",
            )


def _check_length(text: str, limit: int, where: str, fix: str) -> None:
    if len(text) > limit:
        raise TrackerError(f"{len(text):,} characters, GitHub takes {limit:,}", where=where, fix=fix)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise TrackerError(
            f"character {error.start + 1} is half a surrogate pair, which no file can hold",
            where=where,
            fix="make it visible before it is published",
        ) from error
