"""Clean-result issues: opened once for a source issue, found again by their marker, promoted by a person.

The body stands between markers of kind `clean-result` whose first line names the source issue, so that a clean result
is found again whatever its title has become. A body that a person has edited is never overwritten: its digest tells.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import TrackerError
from bot.reports.markers import Marker, find_markers, wrap
from bot.tracker.configuration import Configuration
from bot.tracker.protocol import Issue, Tracker, UnclearAnswerError

KIND = "clean-result"
# What does not fit into the issue's text follows in comments of this kind.
CONTINUED = "clean-result-continued"
SOURCE = re.compile(r"<!-- clean result of #([1-9][0-9]*) -->")


@dataclass(frozen=True, slots=True)
class CleanResult:
    """A clean-result issue; `edited` where a person changed its body, `promoted` where it carries the final label."""

    issue: Issue
    edited: bool
    promoted: bool
    new: bool


def body_of(source: int, text: str) -> str:
    """The issue's body: marker, source, text."""
    return wrap(KIND, f"<!-- clean result of #{source} -->\n{text}")


def marker_in(body: str) -> Marker | None:
    """The clean result's marker in an issue's body, honest or not; None where there is none."""
    return next((m for m in find_markers(body) if m.kind == KIND and m.terminated), None)


def source_in(body: str) -> int | None:
    """The source issue that a clean result names."""
    found = SOURCE.search(body)
    return int(found.group(1)) if found and marker_in(body) else None


def find_clean_results(tracker: Tracker, source: int) -> list[Issue]:
    """All clean results of `source` by our own account; anybody can type a marker, only ours count."""
    login = tracker.login()
    mine = tracker.find_issues(author=login)
    return [issue for issue in mine if issue.author == login and source_in(issue.body) == source]


def ensure_clean_result(
    tracker: Tracker, source: int, title: str, text: str, configuration: Configuration
) -> CleanResult:
    """Open the clean result of `source`, or bring the one that is there up to date; may be run again at any time."""
    body = body_of(source, text)
    there = find_clean_results(tracker, source)
    if not there:
        return CleanResult(opened(tracker, source, title, body, configuration), False, False, True)
    issue = there[0]
    promoted = configuration.clean_label in issue.labels
    marker = marker_in(issue.body)
    if promoted or marker is None or not marker.honest:
        return CleanResult(issue, marker is None or not marker.honest, promoted, False)
    return CleanResult(updated(tracker, issue, title, body, configuration), False, False, False)


def opened(tracker: Tracker, source: int, title: str, body: str, configuration: Configuration) -> Issue:
    """Open it; after an unclear answer look whether it is there before opening another."""
    try:
        return tracker.create_issue(title, body, [configuration.draft_label])
    except UnclearAnswerError:
        time.sleep(getattr(tracker, "patience", 0.0))
        there = find_clean_results(tracker, source)
        return there[0] if there else tracker.create_issue(title, body, [configuration.draft_label])


def updated(tracker: Tracker, issue: Issue, title: str, body: str, configuration: Configuration) -> Issue:
    """Write only what differs."""
    old, new = marker_in(issue.body), marker_in(body)
    if old is None or new is None or old.digest != new.digest:
        tracker.edit_body(issue.number, body)
    if issue.title != title:
        tracker.edit_title(issue.number, title)
    if configuration.draft_label not in issue.labels:
        tracker.add_labels(issue.number, [configuration.draft_label])
    return tracker.issue(issue.number)


def promote(tracker: Tracker, number: int, configuration: Configuration, problems: Sequence[str]) -> Issue:
    """A person's word that a clean result stands: label and column change; `problems` withhold it."""
    issue = tracker.issue(number)
    if marker_in(issue.body) is None:
        raise TrackerError("this is no clean-result issue", where=f"issue {number}", fix="name one: /promote #N")
    if problems:
        raise TrackerError("promotion is withheld:\n- " + "\n- ".join(problems), where=f"issue {number}",
                           fix="mend these, then promote it again")  # fmt: skip
    tracker.add_labels(number, [configuration.clean_label])
    tracker.remove_label(number, configuration.draft_label)
    return tracker.issue(number)


HEADINGS = ("### Background", "### Methodology", "### Results", "### Next steps")
TO_BE_WRITTEN = "*To be written by a person"
LEFT_OVER = re.compile(r"\{\{|\bTBD\b|\bsee config\b", re.IGNORECASE)
IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")
PINNED = re.compile(r"/raw/[0-9a-f]{40}/|^figures/[0-9a-f]{12,}/")
CONFIDENCE = re.compile(r"^\*\*Confidence: (HIGH|MODERATE|LOW)\*\*", re.MULTILINE)
TITLE = re.compile(r"\((HIGH|MODERATE|LOW) confidence\)$")
CONDITION = re.compile(r"^### Condition: .*$", re.MULTILINE)
LEAST_SAMPLES = 3


def problems_of(title: str, body: str, *, promoting: bool) -> list[str]:
    """What is wrong with a clean result's form: before posting, and again, more strictly, before promotion."""
    text = body.replace("\r\n", "\n")
    found = [
        *heading_problems(text),
        *figure_problems(text),
        *takeaway_problems(text),
        *confidence_problems(title, text),
    ]
    found += sample_problems(text)
    if LEFT_OVER.search(text):
        found.append("something is left to be filled in: {{, TBD or “see config”")
    if promoting and TO_BE_WRITTEN in text:
        found.append("a section that only a person can write is still empty")
    return found


def heading_problems(text: str) -> list[str]:
    """The four headings of the TL;DR, once each, in order."""
    tldr = text.partition("# Detailed report")[0]
    there = [line for line in tldr.split("\n") if line.startswith("### ")]
    return [] if there == list(HEADINGS) else [f"the headings under TL;DR are not {', '.join(HEADINGS)}"]


def figure_problems(text: str) -> list[str]:
    """One hero figure, pinned to what it shows."""
    results = text.partition("### Results")[2].partition("### Next steps")[0]
    images = IMAGE.findall(results)
    if len(images) != 1:
        return [f"there are {len(images)} figures under Results, not one"]
    return [] if PINNED.search(images[0]) else ["the hero figure's link is not pinned to a commit"]


def takeaway_problems(text: str) -> list[str]:
    """Two to five takeaways."""
    part = text.partition("**Main takeaways:**")[2].partition("**Confidence")[0]
    bullets = sum(line.startswith("- ") for line in part.split("\n"))
    return [] if 2 <= bullets <= 5 else [f"there are {bullets} takeaways, not two to five"]


def confidence_problems(title: str, text: str) -> list[str]:
    """One confidence line, and the title's grade is its own."""
    grades = CONFIDENCE.findall(text)
    if len(grades) != 1:
        return [f"there are {len(grades)} confidence lines, not one"]
    stated = TITLE.search(title)
    return [] if stated and stated.group(1) == grades[0] else ["the title does not carry the computed confidence"]


def sample_problems(text: str) -> list[str]:
    """Three fenced samples under every condition."""
    part = text.partition("## Sample outputs")[2].partition("## Headline numbers")[0]
    pieces = CONDITION.split(part)[1:]
    fences = [len(re.findall(r"^`{3,}text$", piece, re.MULTILINE)) for piece in pieces]
    short = sum(count < LEAST_SAMPLES for count in fences)
    return [f"{short} conditions show fewer than {LEAST_SAMPLES} samples"] if short or not fences else []
