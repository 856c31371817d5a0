"""A clean result in place of its issue's own text, and `/restore`, which brings that text back.

In place, the source issue's own text becomes the clean result. The text it had is kept whole in an `original-body`
comment first, so that a crash between any two steps loses nothing and running again ends the same.
"""

from __future__ import annotations

import re

from bot.errors import TrackerError
from bot.reports.markers import find_markers, wrap
from bot.tracker.clean_results import body_of, marker_in
from bot.tracker.configuration import Configuration
from bot.tracker.limits import BODY_LIMIT
from bot.tracker.protocol import Issue, Tracker

ORIGINAL = "original-body"
KEPT = re.compile(r"\A(`{3,})text\n(.*)\n\1\Z", re.DOTALL)
# What the markers around one part take, at most.
ROOM = 300


def in_place(tracker: Tracker, issue: Issue) -> bool:
    """Whether the issue's own text was replaced by us."""
    return bool(originals(tracker, issue.number))


def put_in_place(tracker: Tracker, number: int, title: str, text: str) -> Issue:
    """Make the clean result the text of issue `number` itself, its old text kept first; may be run again."""
    body, issue = body_of(number, text), tracker.issue(number)
    marker = marker_in(issue.body)
    ours = marker is not None and marker.honest and in_place(tracker, issue)
    if marker is not None and not ours and in_place(tracker, issue):
        raise TrackerError("a person has edited the clean result in this issue's text", where=f"issue {number}",
                           fix="`/restore` is refused too; move the edit elsewhere first")  # fmt: skip
    if not ours:
        keep_original(tracker, issue)
    if issue.body != body:
        tracker.edit_body(number, body)
    if issue.title != title:
        tracker.edit_title(number, title)
    return tracker.issue(number)


def keep_original(tracker: Tracker, issue: Issue) -> None:
    """The issue's title and text as an `original-body` comment of a new version, unless the newest one holds them."""
    kept = f"{issue.title}\n{issue.body}".replace("\r\n", "\n")
    there = originals(tracker, issue.number)
    if there and there[max(there)] == kept:
        return
    version = max(there, default=0) + 1
    parts = pieces(kept)
    posted = parts_there(tracker, issue.number, version)
    for i, part in enumerate(parts, start=1):
        body = wrap(ORIGINAL, fenced(part), version=version, part=i, parts=len(parts))
        if i not in posted:
            tracker.post_comment(issue.number, body)


def fenced(text: str) -> str:
    """`text` in a fence longer than any inside, so that nothing in it is read as Markdown."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def pieces(text: str) -> list[str]:
    """`text` in parts that fit into comments, each with its fence."""
    size = BODY_LIMIT - ROOM - 2 * max((len(run) for run in re.findall("`+", text)), default=0)
    return [text[i : i + size] for i in range(0, max(len(text), 1), size)]


def parts_there(tracker: Tracker, number: int, version: int) -> set[int]:
    """Parts of a version that was begun and not ended."""
    login = tracker.login()
    mine = (m for c in tracker.comments(number) if c.author == login for m in find_markers(c.body))
    return {m.part for m in mine if m.kind == ORIGINAL and m.honest and m.version == version}


def originals(tracker: Tracker, number: int) -> dict[int, str]:
    """Every text that was kept whole, by version: the title's line, then the body."""
    login, found = tracker.login(), {}
    mine = [m for c in tracker.comments(number) if c.author == login for m in find_markers(c.body)]
    for version in sorted({m.version for m in mine if m.kind == ORIGINAL and m.honest}):
        markers = {m.part: m for m in mine if m.kind == ORIGINAL and m.honest and m.version == version}
        texts = [match.group(2) for _, m in sorted(markers.items()) if (match := KEPT.match(m.content.strip("\n")))]
        if len(texts) == markers[min(markers)].parts:
            found[version] = "".join(texts)
    return found


def restore(tracker: Tracker, number: int, configuration: Configuration) -> Issue:  # noqa: ARG001 - as promote_for
    """Give issue `number` the title and text that it had; raises TrackerError where there is nothing to bring back."""
    issue, there = tracker.issue(number), originals(tracker, number)
    if not there:
        raise TrackerError("no former text of this issue is kept", where=f"issue {number}",
                           fix="`/restore` brings back what a clean result in place has replaced")  # fmt: skip
    title, body = there[max(there)].split("\n", 1)
    marker = marker_in(issue.body)
    if marker is not None and not marker.honest:
        raise TrackerError("a person has edited the clean result in this issue's text", where=f"issue {number}",
                           fix="copy the edit elsewhere and take its markers out, then restore again")  # fmt: skip
    if marker is not None:
        tracker.edit_body(number, body or " ")
    if issue.title != title:
        tracker.edit_title(number, title)
    return tracker.issue(number)
