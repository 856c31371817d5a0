"""Publishing a bundle to a tracker: idempotent, append-only, and safe to kill at any step and run again.

State lives in the comments themselves: own markers whose content digest is right. The same content is never posted
twice; other content is a new version that says what changed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.reports.bundle import Bundle, CommentEntry
from bot.reports.markers import Marker, current, digest_of, find_markers, wrap
from bot.scoring import shown
from bot.tracker.protocol import Comment, Tracker

FACTS_LINE = re.compile(r"^<!-- facts (\{.*\}) -->$", re.MULTILINE)
FIGURE = re.compile(r"(?<=\]\()figures/([^()\s]+)(?=\))")
MOST_CHANGES = 8


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of one comment of the bundle: its version, its parts' places, and whether anything was written."""

    kind: str
    version: int
    urls: tuple[str, ...]
    new: bool


@dataclass(frozen=True, slots=True)
class Found:
    """An own comment of the issue with the honest marker in it."""

    comment: Comment
    marker: Marker


def publish(bundle: Bundle, tracker: Tracker, number: int) -> list[Posted]:
    """Post every comment of `bundle` on issue `number`; raises TrackerError, after which it may be run again."""
    with tracker.writing():
        prefix = store_figures(bundle, tracker, number)
        return [post(bundle, entry, tracker, number, prefix) for entry in bundle.manifest.comments]


def store_figures(bundle: Bundle, tracker: Tracker, number: int) -> str:
    """Keep the figures under a path that names their content, so that a link never changes what it shows."""
    figures = bundle.figures()
    if not figures:
        return ""
    content = hashlib.sha256(b"".join(hashlib.sha256(figures[path]).digest() for path in sorted(figures)))
    folder = f"{content.hexdigest()[:12]}/"
    return f"{tracker.store_figures(number, {folder + path: data for path, data in figures.items()})}/{folder}"


def post(bundle: Bundle, entry: CommentEntry, tracker: Tracker, number: int, prefix: str) -> Posted:
    """Post what is missing of one comment."""
    parts = [FIGURE.sub(lambda m: f"{prefix}figures/{m.group(1)}", bundle.text(path)) for path in entry.parts]
    digests = [digest_of(part) for part in parts]
    own = own_markers(tracker, number)
    there = latest(own, entry.kind)
    same = {
        f.marker.part: f
        for f in there
        if f.marker.parts == len(parts) and f.marker.digest == digests[f.marker.part - 1]
    }
    if there and len(same) == len(there):
        version = there[0].marker.version
    else:
        version, same = (there[0].marker.version + 1 if there else 1), {}
        parts[0] = with_changes(parts[0], changes(there, bundle)) if there else parts[0]
    urls = []
    for i, part in enumerate(parts, start=1):
        found = same.get(i)
        urls.append(
            found.comment.url if found else post_part(tracker, number, entry.kind, part, version, i, len(parts))
        )
    return Posted(entry.kind, version, tuple(urls), len(same) < len(parts))


def post_part(tracker: Tracker, number: int, kind: str, part: str, version: int, i: int, parts: int) -> str:
    """One part between its markers; its URL."""
    return tracker.post_comment(number, wrap(kind, part, version=version, part=i, parts=parts)).url


def own_markers(tracker: Tracker, number: int) -> list[Found]:
    """Honest markers in comments of the own account: what anybody else typed is text."""
    login = tracker.login()
    mine = [comment for comment in tracker.comments(number) if comment.author == login]
    return [Found(c, m) for c in mine for m in find_markers(c.body) if m.honest]


def latest(own: Sequence[Found], kind: str) -> list[Found]:
    """The parts of the current version of `kind`."""
    markers = current([f.marker for f in own], kind)
    return [f for f in own if f.marker in markers]


def with_changes(part: str, note: str) -> str:
    """`part` with a note on what changed under its heading; the note is no part of the digest."""
    heading, _, rest = part.partition("\n")
    return f"{heading}\n<!-- changes -->\n\n{note}\n<!-- /changes -->\n{rest}"


def changes(there: Sequence[Found], bundle: Bundle) -> str:
    """In words, which numbers differ from those of the version that is there."""
    before: dict[str, Any] = {}
    for found in there:
        before.update(facts_in(found.marker.content))
    version = there[0].marker.version
    after = bundle.facts()
    lines = [change for name in before if name in after and (change := changed(name, before[name], after[name]))]
    gone = sum(name not in after for name in before)
    told = lines[:MOST_CHANGES]
    more = f"; and {shown.count(len(lines) - len(told))} more" if len(lines) > len(told) else ""
    lost = f"; {shown.count(gone)} numbers are no longer there" if gone else ""
    what = "; ".join(told) if told else "no number that was shown before; the text or the figures did"
    return f"> **Changed since v{version}:** {what}{more}{lost}.\n"


def facts_in(content: str) -> dict[str, Any]:
    """The compact facts of a posted comment, of which we made sure that it is our own."""
    found: dict[str, Any] = {}
    for line in FACTS_LINE.findall(content):
        found.update(json.loads(line))
    return found


def changed(name: str, before: object, fact: Mapping[str, Any]) -> str | None:
    """`name` before → after, None where it shows the same."""
    old, new = shown.as_unit(before, str(fact["unit"])), str(fact["shown"])
    return None if old == new or before == fact["value"] else f"`{name}` {old} → {new}"
