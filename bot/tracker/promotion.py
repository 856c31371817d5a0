"""`/promote`: a person's word that a clean result stands, withheld while something stands against it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import TrackerError
from bot.tracker.clean_results import IMAGE, find_clean_results, marker_in, problems_of, promote, source_in
from bot.tracker.configuration import Configuration
from bot.tracker.posted import posted_clean
from bot.tracker.protocol import Issue, Tracker
from bot.tracker.standing import in_place


def promote_for(tracker: Tracker, number: int, configuration: Configuration, counted: Sequence[str]) -> Issue:
    """Promote clean result `number`, or the one of experiment `number`; raises TrackerError with what withholds it.

    `counted` is what the second count has against its text.
    """
    issue = clean_result_for(tracker, number)
    clean = posted_clean(tracker, tracker.issue(source_in(issue.body) or number))
    text = "\n".join(clean.parts) if clean is not None else issue.body
    problems = [*problems_of(issue.title, text, promoting=True), *lost_figures(tracker, text), *counted]
    return promote(tracker, issue.number, configuration, problems)


def clean_result_for(tracker: Tracker, number: int) -> Issue:
    """Issue `number` where it is a clean result of ours, else the one of experiment `number`."""
    issue = tracker.issue(number)
    mine = issue.author == tracker.login() or in_place(tracker, issue)
    if marker_in(issue.body) is not None and mine:
        return issue
    there = find_clean_results(tracker, number)
    if not there:
        raise TrackerError("this issue has no clean result", where=f"issue {number}", fix="`/report` opens one")
    return there[0]


def lost_figures(tracker: Tracker, text: str) -> list[str]:
    """Figures that are not, or no longer, where the text links them."""
    return [f"the figure {link} is not there" for link in dict.fromkeys(IMAGE.findall(text)) if not tracker.shows(link)]
