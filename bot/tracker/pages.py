"""A local tracker as static pages that look like GitHub's: one an issue, and an index. They run no script."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from bot.reports.templates import template_folder
from bot.tracker.files import explained, make_folder, write_atomically
from bot.tracker.local import LocalTracker
from bot.tracker.markdown import ALERTS, render_markdown
from bot.tracker.protocol import Comment, Issue

# The board's columns in the order of spec/reports.md; others follow by name.
COLUMNS = (
    "To do",
    "Planning",
    "Plan awaiting review",
    "In flight",
    "Blocked",
    "Awaiting promotion",
    "Followups running",
    "Clean results",
    "Done",
    "Archived",
)
# Chromium takes a page opened from disk as an origin of its own, which 'self' alone does not cover; hence file:.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "img-src 'self' file:",
        "style-src 'self' file:",
        "script-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
TINTS = 10
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BOT = "[bot]"
_ALERT_ICONS = dict(zip(ALERTS, ("info", "light-bulb", "report", "alert", "stop"), strict=True))


@dataclass(frozen=True, slots=True)
class Post:
    """One box of the timeline."""

    anchor: str
    author: str
    created: str | None
    html: Markup


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the index."""

    issue: Issue
    comments: int


def write_pages(tracker: LocalTracker, *, columns: Iterable[str] = COLUMNS) -> Path:
    """Write a page an issue and the index into the tracker's folder; gives the index's path.

    The same contents give the same bytes. `columns` orders the board. Raises TrackerError where the tracker cannot
    be read or written.
    """
    with tracker.writing(), explained(tracker.folder):
        _copy_assets(tracker.folder / "assets")
        environment = _environment()
        entries = [_write_issue(tracker, environment, issue) for issue in tracker.find_issues()]
        board = order_board([entry.issue for entry in entries], columns)
        page = environment.get_template("page/index.html.jinja").render(entries=entries[::-1], board=board)
        write_atomically(tracker.folder / "index.html", page.encode())
    return tracker.folder / "index.html"


def issue_page(tracker: LocalTracker, number: int) -> Path:
    """Give the path of an issue's page."""
    return tracker.folder / tracker.issue(number).url


def order_board(issues: Iterable[Issue], columns: Iterable[str] = COLUMNS) -> list[tuple[str, list[Issue]]]:
    """Give the columns that hold a card, in the order of `columns` and then by name, with their issues by number."""
    lanes: dict[str, list[Issue]] = {}
    for issue in sorted(issues, key=lambda issue: issue.number):
        if issue.column is not None:
            lanes.setdefault(issue.column, []).append(issue)
    known = [column for column in columns if column in lanes]
    return [(column, lanes[column]) for column in [*known, *sorted(lanes.keys() - set(known))]]


def _write_issue(tracker: LocalTracker, environment: SandboxedEnvironment, issue: Issue) -> Entry:
    comments = tracker.comments(issue.number)
    posts = [_first_post(issue), *(_post(comment) for comment in comments)]
    page = environment.get_template("page/issue.html.jinja").render(issue=issue, comments=comments, posts=posts)
    write_atomically(tracker.folder / issue.url, page.encode())
    return Entry(issue, len(comments))


def _first_post(issue: Issue) -> Post:
    return Post(f"issue-{issue.number}", issue.author, issue.created, _render_body(issue.body, "issue"))


def _post(comment: Comment) -> Post:
    html = _render_body(comment.body, str(comment.id))
    return Post(f"issuecomment-{comment.id}", comment.author, comment.created, html)


def _render_body(body: str, scope: str) -> Markup:
    html = render_markdown(body, scope=scope)
    for kind, name in _ALERT_ICONS.items():
        head = f'<div class="markdown-alert markdown-alert-{kind}">\n<p class="markdown-alert-title">'
        html = html.replace(head, head + str(_icon(name)))
    return Markup(html)  # noqa: S704 (made by nh3 from an allowlist)


def _environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(template_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(icon=_icon, policy=POLICY)
    environment.filters.update(account=_account, day=_day, is_bot=_is_bot, tint=_tint)
    return environment


@cache
def _icon(name: str) -> Markup:
    svg = (template_folder() / "assets" / "octicons" / f"{name}.svg").read_text(encoding="utf-8").strip()
    return Markup(svg.replace("<svg ", '<svg class="octicon" aria-hidden="true" '))  # noqa: S704 (a file of ours)


def _copy_assets(target: Path) -> None:
    source = template_folder() / "assets"
    for path in sorted(source.rglob("*")):
        if path.is_file():
            copy = target / path.relative_to(source)
            make_folder(copy.parent)
            if not copy.exists() or copy.read_bytes() != path.read_bytes():
                write_atomically(copy, path.read_bytes())


def _day(created: str) -> str:
    moment = datetime.fromisoformat(created)
    return f"{_MONTHS[moment.month - 1]} {moment.day}, {moment.year}"


def _is_bot(login: str) -> bool:
    return login.endswith(_BOT)


def _account(login: str) -> str:
    return login.removesuffix(_BOT)


def _tint(name: str) -> int:
    """Give a name its colour: one of the TINTS classes of page.css, always the same."""
    return hashlib.sha256(name.casefold().encode()).digest()[0] % TINTS
