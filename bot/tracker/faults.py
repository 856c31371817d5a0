"""What GitHub answered, in words for a person: what happened, where, and what to do; the bundle is safe in any case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.errors import TrackerError
from bot.tracker.protocol import UnclearAnswerError

if TYPE_CHECKING:
    from github import GithubException

LATER = "the bundle is safe: `recount publish BUNDLE` finishes later"
FORBIDDEN = (
    (
        "secondary rate limit",
        "GitHub asks to slow down (secondary rate limit)",
        "wait a few minutes, then run it again",
    ),
    ("rate limit", "GitHub's hourly limit is used up", "wait until it is renewed, then run it again"),
    ("locked", "the issue is locked", "unlock it, or let the bot comment on locked issues"),
    ("not accessible by integration", "the token lacks a permission", "give the job the permissions of docs/setup.md"),
    ("protected branch", "the branch is protected", "let the bot push to it, or set another figures branch"),
    ("archived", "the repository is archived", "unarchive it"),
)
STATUSES = {
    401: ("GitHub does not know the token", "check the secret that holds it"),
    404: ("GitHub does not find it, or hides it from this token", "check the number, the name and the token's rights"),
    410: ("it was deleted, or issues are switched off", "switch issues on, or name another issue"),
    422: ("GitHub refuses the request as it is", "the message says why"),
    301: ("the issue or repository was moved", "name the place where it is now"),
}


@contextmanager
def told(doing: str, *, unclear: bool = False) -> Iterator[None]:
    """Turn PyGithub's and the network's exceptions into TrackerError; `unclear` for writes that may have happened."""
    from github import GithubException
    from requests import RequestException

    try:
        yield
    except GithubException as error:
        raise explained(error, doing, unclear=unclear) from error
    except (RequestException, ConnectionError, TimeoutError) as error:
        kind = UnclearAnswerError if unclear else TrackerError
        raise kind(f"GitHub could not be reached: {type(error).__name__}", where=doing, fix=LATER) from error


def explained(error: GithubException, doing: str, *, unclear: bool = False) -> TrackerError:
    """One of GitHub's answers as an error of ours."""
    message = message_of(error)
    if "protected" in message.lower() and error.status in (403, 409, 422):
        return forbidden("protected branch", doing)
    if error.status >= 500:
        kind = UnclearAnswerError if unclear else TrackerError
        return kind(f"GitHub failed with {error.status}", where=doing, fix=LATER)
    if error.status in (403, 429):
        return forbidden(message, doing, retry_after(error))
    what, fix = STATUSES.get(error.status, (f"GitHub answered {error.status}", LATER))
    return TrackerError(f"{what}: {message}" if message else what, where=doing, fix=f"{fix}; {LATER}")


def forbidden(message: str, doing: str, wait: str = "") -> TrackerError:
    """403 has many reasons; the message tells which."""
    for sign, what, fix in FORBIDDEN:
        if sign in message.lower():
            return TrackerError(what, where=doing, fix=f"{fix}{wait}; {LATER}")
    return TrackerError(f"GitHub forbids it: {message}", where=doing, fix=f"check the token's permissions; {LATER}")


def retry_after(error: GithubException) -> str:
    """How long GitHub asks to wait, where it says so."""
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    seconds = str(headers.get("retry-after", ""))
    return f" (it asks for {seconds} seconds)" if seconds.isdigit() else ""


def message_of(error: GithubException) -> str:
    """GitHub's own words, one line of bearable length."""
    data = error.data if isinstance(error.data, dict) else {}
    parts = [str(data.get("message", ""))]
    for each in data.get("errors") or ():
        parts.append(str(each.get("message") or each.get("code") or "") if isinstance(each, dict) else str(each))
    return " ".join(" ".join(parts).split())[:300]
