"""`/follow-up K`: the issue of the K-th proposal of an experiment's `follow-ups` comment, opened once.

The proposal is read from the comment as posted, and only from our own, whose digest is right. The issue is found again
by the line under its marker that names the experiment and the deduction it would lift, whatever its title has become.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.errors import TrackerError
from bot.reports.markers import CHANGES, find_markers, outside_fences, wrap
from bot.reports.sanitising import inline
from bot.reports.sanitising import title as safe_title
from bot.tracker.protocol import Issue, Tracker, UnclearAnswerError
from bot.tracker.publishing import Place, latest, own_markers, say_once

KIND = "follow-up"
PROPOSALS = "follow-ups"
HEADING = re.compile(r"### ([1-9][0-9]?)\. (\S.*)")
LIFTS = re.compile(r"\| Lifts \| ([a-z -]+): ")
ENDS = ("### ", "Ranked by deductions", "<!-- facts ")
OPENED_AS = re.compile(r"<!-- follow-up of #([1-9][0-9]*): ([a-z-]+) -->")
NEXT = (
    "To begin: complete the report.yaml above, and commit it into the folder of this issue's archive on the default "
    "branch before the run. When the results are in, `/report` here."
)


class Proposal(NamedTuple):
    """A proposal as posted: its place, its title in plain words, what it lifts, and its section of the comment."""

    k: int
    title: str
    key: str
    text: str


class Opened(NamedTuple):
    """The issue of a follow-up, and whether it was opened now."""

    issue: Issue
    new: bool


def open_follow_up(place: Place, k: int) -> Opened:
    """Open the issue of proposal `k`, with a comment on its experiment; may be run again at any time.

    Raises TrackerError where there is no such proposal.
    """
    tracker, number = place.tracker, place.number
    with tracker.writing():
        chosen = proposal(tracker, number, k)
        there = find_follow_up(tracker, number, chosen.key)
        issue = there or opened(place, chosen)
        say_once(place, KIND, f"The follow-up “{inline(chosen.title)}” is #{issue.number}.")
        return Opened(issue, there is None)


def proposal(tracker: Tracker, number: int, k: int) -> Proposal:
    """Proposal `k` of the newest `follow-ups` comment of issue `number`."""
    there = latest(own_markers(tracker, number), PROPOSALS)
    if not there:
        raise TrackerError("this issue has no follow-ups comment", where=f"issue {number}", fix="`/report` posts one")
    text = "\n".join(CHANGES.sub(r"\1", found.marker.content.strip()) for found in there)
    found = {each.k: each for each in proposals(text)}
    if k not in found:
        known = ", ".join(map(str, found)) or "none"
        raise TrackerError(f"there is no follow-up {k}", where=f"issue {number}", fix=f"those proposed are: {known}")
    return found[k]


def proposals(text: str) -> Iterator[Proposal]:
    """Every proposal of the comment: a heading, and what stands under it."""
    from bot.reports.building import plain

    lines = text.replace("\r\n", "\n").split("\n")
    free = list(outside_fences(lines))
    for at in free:
        if match := HEADING.fullmatch(lines[at]):
            end = next((i for i in free if i > at and lines[i].startswith(ENDS)), len(lines))
            body = "\n".join(lines[at + 1 : end]).strip()
            lifts = LIFTS.search(body)
            key = lifts.group(1).replace(" ", "-") if lifts else f"number-{'i' * int(match.group(1))}"
            yield Proposal(int(match.group(1)), plain(match.group(2)), key, body)


def opened(place: Place, chosen: Proposal) -> Issue:
    """Open it; after an unclear answer look whether it is there before opening another."""
    tracker, labels = place.tracker, labels_of(place)
    title, body = title_of(place.number, chosen), body_of(place.number, chosen)
    try:
        return tracker.create_issue(title, body, labels)
    except UnclearAnswerError:
        time.sleep(getattr(tracker, "patience", 0.0))
        return find_follow_up(tracker, place.number, chosen.key) or tracker.create_issue(title, body, labels)


def labels_of(place: Place) -> Sequence[str]:
    """The label of a new experiment."""
    return [place.configuration.follow_up_label]


def title_of(source: int, chosen: Proposal) -> str:
    """`Follow-up of #164: …`"""
    return f"Follow-up of #{source}: {safe_title(chosen.title)}"


def body_of(source: int, chosen: Proposal) -> str:
    """Marker, what it follows, the proposal as it was posted, and how to begin."""
    told = f"Follow-up {chosen.k} of #{source}, as proposed there."
    return wrap(KIND, f"<!-- follow-up of #{source}: {chosen.key} -->\n{told}\n\n{chosen.text}\n\n{NEXT}\n")


def find_follow_up(tracker: Tracker, source: int, key: str) -> Issue | None:
    """The issue of that proposal by our own account, edited since or not; the first where there are several."""
    login = tracker.login()
    mine = (issue for issue in tracker.find_issues(author=login) if issue.author == login)
    return next((issue for issue in mine if opened_as(issue.body) == (source, key)), None)


def opened_as(body: str) -> tuple[int, str] | None:
    """The experiment and the deduction that an issue names in its marker."""
    ours = next((m for m in find_markers(body) if m.kind == KIND and m.terminated), None)
    match = OPENED_AS.search(ours.content) if ours else None
    return (int(match.group(1)), match.group(2)) if match else None
