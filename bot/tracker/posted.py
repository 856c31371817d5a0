"""What stands on an issue: the current results comment and clean result as posted, for the second count to read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from bot.errors import TrackerError
from bot.reports.markers import CHANGES, outside_fences
from bot.tracker.clean_results import CONTINUED, SOURCE, find_clean_results, marker_in
from bot.tracker.protocol import Issue, Tracker
from bot.tracker.publishing import Found, latest, own_markers
from bot.tracker.standing import in_place

FILE = "posted.json"
PINNED = re.compile(r"To count again from the archive as of commit `([0-9a-f]{40}(?:[0-9a-f]{24})?)`:")


class PostedClean(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A clean result: its title and its text, in parts."""

    title: str
    parts: list[str]


class PostedTexts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is posted about an experiment, without markers and notes on changes. `issue` is the experiment's."""

    issue: int
    title: str
    results: list[str]
    clean: PostedClean | None = None


def posted_texts(tracker: Tracker, number: int) -> PostedTexts:
    """The current texts of issue `number`; raises TrackerError where no results comment of ours stands there."""
    there = latest(own_markers(tracker, number), "results")
    if not there:
        raise TrackerError("this issue has no results comment", where=f"issue {number}", fix="`/report` posts one")
    issue = tracker.issue(number)
    return PostedTexts(number, issue.title, contents(there), posted_clean(tracker, issue))


def posted_clean(tracker: Tracker, issue: Issue) -> PostedClean | None:
    """The clean result of an experiment, in an issue of its own or in the experiment's."""
    there = find_clean_results(tracker, issue.number)
    if not there and not in_place(tracker, issue):
        return None
    holder = there[0] if there else issue
    marker = marker_in(holder.body)
    if marker is None:
        return None
    text = SOURCE.sub("", marker.content, count=1).strip()
    rest = contents(latest(own_markers(tracker, holder.number), CONTINUED))
    return PostedClean(holder.title, [text, *rest])


def contents(found: Sequence[Found]) -> list[str]:
    """The parts of a comment without the notes that publishing added."""
    texts = (each.marker.content.replace("\r\n", "\n").strip() for each in found)
    return [CHANGES.sub(r"\1", text) for text in texts]


def pinned_commit(texts: PostedTexts) -> str | None:
    """The commit that the results comment names as what it was counted from; None where it names none."""
    lines = "\n".join(texts.results).split("\n")
    found = [match for i in outside_fences(lines) if (match := PINNED.search(lines[i]))]
    return found[-1].group(1) if found else None


def write_posted(texts: PostedTexts, folder: Path) -> None:
    """As a file for the build, which has no token."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_bytes(msgspec.json.encode(texts))


def read_posted(folder: Path) -> PostedTexts:
    """The same in the build; raises TrackerError where it is missing or something else."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=PostedTexts)
    except (OSError, msgspec.MsgspecError) as error:
        raise TrackerError(f"what is posted cannot be read: {error}", where=FILE,
                           fix="run `recount act read` before the build, with a token") from None  # fmt: skip
