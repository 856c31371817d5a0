"""Publishing a bundle to a tracker: idempotent, append-only, and safe to kill at any step and run again.

State lives in the comments themselves: own markers whose content digest is right. The same content is never posted
twice; other content is a new version that says what changed.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from bot.errors import TrackerError
from bot.reports.bundle import COLUMN, LINK, Bundle, FactEntry
from bot.reports.markers import Marker, current, digest_of, find_markers, outside_fences, relinked, wrap
from bot.reports.sanitising import code, inline
from bot.scoring import shown
from bot.tracker.clean_results import CONTINUED, CleanResult, ensure_clean_result, problems_of
from bot.tracker.configuration import Configuration, column_of
from bot.tracker.protocol import Comment, Tracker, UnclearAnswerError
from bot.tracker.standing import put_in_place

FACTS_LINE = re.compile(r"<!-- facts (\{.*\}) -->")
MOST_CHANGES = 8
MOST_CHARACTERS = 1_500  # of the note on them: splitting leaves room for that


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of one comment of the bundle: its version, its parts' places, and whether anything was written."""

    kind: str
    version: int
    urls: tuple[str, ...]
    new: bool


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a bundle. `said` holds what a person should know: what was not done, and why."""

    posted: tuple[Posted, ...]
    clean_result: CleanResult | None
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """An own comment of the issue with the honest marker in it."""

    comment: Comment
    marker: Marker


@dataclass(frozen=True, slots=True)
class Place:
    """Where a bundle goes: the tracker, the issue, what the repository lets us do, and the run that posts (0: none)."""

    tracker: Tracker
    number: int
    configuration: Configuration = field(default_factory=Configuration)
    run: int = 0


def publish(bundle: Bundle, place: Place) -> Published:
    """Post `bundle`: results, clean result, analysis, then what closes the report, in the bundle's order.

    Raises TrackerError, after which it may be run again.
    """
    with place.tracker.writing():
        reported = (f for f in own_markers(place.tracker, place.number) if f.marker.kind != "progress")
        newest = max((f.marker.run for f in reported), default=0)
        if 0 < place.run < newest:
            return Published((), None, (f"run {newest} has reported since: this older one posts nothing",))
        prefix = store_figures(bundle, place.tracker, place.number)
        texts = [
            (entry.kind, [relinked(bundle.text(path), prefix) for path in entry.parts])
            for entry in bundle.manifest.comments
        ]
        posted = [post(place, kind, parts, bundle) for kind, parts in texts[:1]]
        clean, said = publish_clean_result(bundle, place, prefix)
        where = number_of_clean(place, clean, bundle, said)
        if where is not None and bundle.manifest.clean_result is not None:
            texts.insert(1, ("analysis", [relinked(bundle.text(bundle.manifest.clean_result.link), prefix)]))
        told = where or "none was opened", column_for(place, clean)
        posted += [post(place, kind, located(parts, *told), bundle) for kind, parts in texts[1:]]
        return Published(tuple(posted), clean, tuple(said))


def number_of_clean(place: Place, clean: CleanResult | None, bundle: Bundle, said: Sequence[str]) -> str | None:
    """`#12`, the issue that holds the clean result; None where there is none."""
    if clean is not None:
        return f"#{clean.issue.number}"
    kept_in_place = place.configuration.clean_results and place.configuration.in_place and not said
    return f"#{place.number}" if kept_in_place and bundle.manifest.clean_result is not None else None


def column_for(place: Place, clean: CleanResult | None) -> str:
    """The column that the clean result's card belongs to, whether or not a board is there; no other card is moved."""
    names = place.configuration
    if clean is None:
        return "as it was"
    return names.columns.get(names.clean_label if clean.promoted else names.draft_label, "as it was")


def located(parts: Sequence[str], clean_result: str, column: str) -> list[str]:
    """`parts` with what only publishing knows: where the clean result is, and the column its card goes to."""
    return [part.replace(LINK, clean_result).replace(COLUMN, str(inline(column))) for part in parts]


def publish_clean_result(bundle: Bundle, place: Place, prefix: str) -> tuple[CleanResult | None, list[str]]:
    """Open the clean result or bring it up to date; nothing, with a word why, where its form is not right."""
    entry = bundle.manifest.clean_result
    if entry is None or not place.configuration.clean_results:
        return None, []
    parts = [relinked(bundle.text(path), prefix) for path in entry.parts]
    if problems := problems_of(entry.title, "\n".join(parts), promoting=False):
        return None, [f"no clean result was opened: {'; '.join(problems)}"]
    if place.configuration.in_place:
        put_in_place(place.tracker, place.number, entry.title, parts[0])
        post_rest(place, parts, bundle)
        return None, []
    clean = ensure_clean_result(place.tracker, place.number, entry.title, parts[0], place.configuration)
    if clean.edited or clean.promoted:
        why = "it is promoted" if clean.promoted else "a person has edited it"
        return clean, [f"clean result #{clean.issue.number} was left as it is: {why}"]
    post_rest(Place(place.tracker, clean.issue.number, place.configuration, place.run), parts, bundle)
    return clean, move_card(place, clean)


def post_rest(place: Place, parts: Sequence[str], bundle: Bundle) -> None:
    """What does not fit into the clean result's own text, as comments below it."""
    if len(parts) > 1:
        post(place, CONTINUED, parts[1:], bundle)


def move_card(place: Place, clean: CleanResult) -> list[str]:
    """Put the clean result's card where its labels say; what cannot be moved is said, and fails nothing."""
    try:
        column = column_of(clean.issue.labels, place.configuration)
        if column is not None and clean.issue.column != column:
            place.tracker.move(clean.issue.number, column)
    except TrackerError as error:
        return [f"{error.what} ({error.where}); {error.fix}"]
    return []


def store_figures(bundle: Bundle, tracker: Tracker, number: int) -> str:
    """Keep the figures under a path that names their content, so that a link never changes what it shows."""
    figures = bundle.figures()
    if not figures:
        return "figures/"
    content = hashlib.sha256(b"".join(hashlib.sha256(figures[path]).digest() for path in sorted(figures)))
    folder = f"{content.hexdigest()[:12]}/"
    return f"{tracker.store_figures(number, {folder + path: data for path, data in figures.items()})}/{folder}figures/"


def post(place: Place, kind: str, parts: Sequence[str], bundle: Bundle) -> Posted:
    """Post what is missing of one comment."""
    there = latest(own_markers(place.tracker, place.number), kind)
    if there and all(shows_one_of(parts, found.marker) for found in there):
        version, same = there[0].marker.version, {found.marker.part: found for found in there}
    else:
        version, same = (there[0].marker.version + 1 if there else 1), {}
        parts = [with_changes(parts[0], changes(there, bundle)), *parts[1:]] if there else parts
    urls = [
        same[i].comment.url if i in same
        else post_once(place, wrap(kind, part, version=version, part=i, parts=len(parts), run=place.run)).url
        for i, part in enumerate(parts, start=1)
    ]  # fmt: skip
    return Posted(kind, version, tuple(urls), len(same) < len(parts))


def shows_one_of(parts: Sequence[str], marker: Marker) -> bool:
    """Whether an honest marker is of these parts."""
    return marker.parts == len(parts) and marker.digest == digest_of(parts[marker.part - 1])


def post_once(place: Place, body: str) -> Comment:
    """Post a comment; after an unclear answer look whether it is there before posting it again."""
    try:
        return place.tracker.post_comment(place.number, body)
    except UnclearAnswerError:
        time.sleep(getattr(place.tracker, "patience", 0.0))
        (wanted,) = find_markers(body)
        for found in own_markers(place.tracker, place.number):
            if identity(found.marker) == identity(wanted):
                return found.comment
        return place.tracker.post_comment(place.number, body)


def identity(marker: Marker) -> tuple[str, int, int, int, str | None]:
    """What two markers of the same comment share, whatever a tracker made of its line ends."""
    return marker.kind, marker.version, marker.part, marker.parts, marker.digest


def say_once(place: Place, kind: str, text: str) -> bool:
    """Post `text` under `kind` unless we said the very same on this issue before; whether it was posted now."""
    body = wrap(kind, text)
    (wanted,) = find_markers(body)
    if any(
        f.marker.kind == kind and f.marker.digest == wanted.digest for f in own_markers(place.tracker, place.number)
    ):
        return False
    post_once(place, body)
    return True


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
    ends = accumulate(len(line) for line in lines)
    told = [line for line, end in zip(lines, ends, strict=True) if end <= MOST_CHARACTERS][:MOST_CHANGES]
    more = f"; and {shown.count(len(lines) - len(told))} more" if len(lines) > len(told) else ""
    lost = f"; {shown.count(gone)} numbers are no longer there" if gone else ""
    what = "; ".join(told) if lines else "no number that was shown before; the text or the figures did"
    return f"> **Changed since v{version}:** {what}{more}{lost}.\n"


def facts_in(content: str) -> dict[str, Any]:
    """The compact facts of a posted comment; what a sample calls facts stands in a fence, and is none."""
    found: dict[str, Any] = {}
    lines = content.replace("\r\n", "\n").split("\n")
    for i in outside_fences(lines):
        if match := FACTS_LINE.fullmatch(lines[i]):
            found.update(read_facts(match.group(1)))
    return found


def read_facts(text: str) -> dict[str, Any]:
    """One line of them; nothing where it is damaged, since a note on changes is not worth a failed report."""
    try:
        facts: dict[str, Any] = json.loads(text)
    except ValueError:
        return {}
    return facts


def changed(name: str, before: object, fact: FactEntry) -> str | None:
    """`name` before → after, None where it shows the same."""
    old, new = shown.as_unit(before, fact["unit"]), fact["shown"]
    return None if old == new or before == fact["value"] else f"{code(name)} {inline(old, 60)} → {inline(new, 60)}"
