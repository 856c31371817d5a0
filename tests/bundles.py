"""Small bundles to publish, and a tracker that fails where a test wants it to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.errors import TrackerError
from bot.reports.bundle import Bundle, CleanResultText, IssueEntry, write_bundle
from bot.scoring import shown
from bot.scoring.facts import Fact, Facts
from bot.tracker.local import LocalTracker
from bot.tracker.protocol import Comment

OWN, OTHER = "recount[bot]", "mallory"
NOW = "2026-01-02T03:04:05+00:00"
VALUES = {"alpha/sonnet/a": 67.8, "alpha/opus/a": 86.88}


def facts_of(values: Mapping[str, float]) -> Facts:
    facts = Facts()
    for name, value in values.items():
        facts.add(Fact(name, value, shown.points(value), "points", "a recipe"))
    return facts


def body(values: Mapping[str, float], text: str = "as both judges see it") -> str:
    """A comment as a template writes one: heading, figure, facts."""
    told = ", ".join(shown.points(value) for value in values.values())
    return (
        f"## Results\n\n![hero](figures/hero.png)\n\nα is {told}, {text}\n\n<!-- facts {json.dumps(dict(values))} -->\n"
    )


def bundle(
    folder: Path, values: Mapping[str, float] = VALUES, *, parts: Sequence[str] = (), picture: bytes = b"picture",
    comments: Mapping[str, Sequence[str]] | None = None, clean: CleanResultText | None = None,
) -> Bundle:  # fmt: skip
    """A bundle with a `results` comment of `values` (or of `parts`), or with other `comments`."""
    figure = folder.parent / "hero.png"
    folder.parent.mkdir(parents=True, exist_ok=True)
    figure.write_bytes(picture)
    return write_bundle(
        folder, archive="issue-7", commit=None, created=NOW, issue=IssueEntry(7, "Why?", "body"),
        comments=comments or {"results": [*parts] or [body(values)]}, facts=facts_of(values), figures=[figure],
        summary=["x"], clean_result=clean,
    )  # fmt: skip


def tracker(folder: Path, login: str = OWN) -> LocalTracker:
    """A local tracker with issue 7 in it."""
    made = LocalTracker(folder, login=login, now=NOW, patience=0)
    made.ensure_issue(7, "Why?", "body")
    return made


def bodies(of: Any, number: int = 7) -> list[str]:
    return [comment.body for comment in of.comments(number)]


class Stopped(TrackerError):
    """The tracker went away."""


class Failing:
    """A tracker whose `at`-th write raises `error`, before or after it is done; the others pass through."""

    def __init__(self, of: LocalTracker, at: int, *, after: bool, error: Callable[[], Exception]) -> None:
        self.of = of
        self.left = at
        self.after = after
        self.error = error

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.of, name)
        return self.failing(found) if name in WRITES else found

    def failing(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left == -1 and not self.after:
                raise self.error()
            answer = write(*arguments, **named)
            if self.left == -1:
                raise self.error()
            return answer

        return call


WRITES = (
    *("create_issue", "post_comment", "edit_comment", "delete_comment", "add_labels", "remove_label", "move"),
    *("edit_body", "edit_title", "store_figures"),
)


def as_other_account(of: LocalTracker, text: str, login: str = OTHER) -> Comment:
    """A comment that somebody else types."""
    return LocalTracker(of.folder, login=login, patience=0).post_comment(7, text)
