"""What the issue shows while a run works on it; a word that cannot be shown fails no report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from bot.acting.desk import Desk
from bot.errors import TrackerError
from bot.tracker.gate import Plan
from bot.tracker.progress import end_progress, tell_progress
from bot.tracker.publishing import Place, own_markers

STAGES = ("accepted", "reading and counting the archive", "publishing")
BUILDING, PUBLISHING = 1, 2
ANSWERS = {"report": "results", "rejudge": "results", "review": "reviewer-verdict"}


def show_progress(desk: Desk, plan: Plan, stage: int) -> None:
    """Tell on every issue that the plan is about how far it is; nothing for a command that builds nothing."""
    text = progress_text(plan, stage, run_url(desk))
    for place in places(desk, plan):
        quietly(desk, partial(tell_unless_answered, place, plan, text))


def hide_progress(desk: Desk, plan: Plan) -> None:
    """The run has ended, well or not."""
    for place in places(desk, plan):
        quietly(desk, partial(end_progress, place))


def tell_unless_answered(place: Place, plan: Plan, text: str) -> None:
    """Tell it, where somebody waits for it."""
    if not is_answered(place, plan):
        tell_progress(place, text)


def is_answered(place: Place, plan: Plan) -> bool:
    """Whether this very command was answered before, as when an event comes twice: then nobody waits."""
    kind, comment = ANSWERS.get(plan.command), plan.comment
    if kind is None or comment is None:
        return False
    return any(f.marker.kind == kind and f.comment.id > comment for f in own_markers(place.tracker, place.number))


def places(desk: Desk, plan: Plan) -> Iterator[Place]:
    """The issues that somebody looks at: where the command stands, else those whose results were pushed."""
    numbers = [plan.issue] if plan.issue is not None else [wanted.issue for wanted in plan.wanted]
    for number in dict.fromkeys(numbers if plan.builds else ()):
        if number is not None:
            yield desk.place(number)


def quietly(desk: Desk, do: Callable[[], None]) -> None:
    """Do it; where the tracker refuses, the log says so."""
    try:
        do()
    except TrackerError as error:
        desk.say(f"the progress could not be shown: {error.what}")


def progress_text(plan: Plan, stage: int, run: str) -> str:
    """The stages with marks on those that are done."""
    what = "the results that were pushed" if plan.command == "pushed" else f"`/{plan.command}`"
    marks = [f"- [{'x' if k < stage else ' '}] {name}" for k, name in enumerate(STAGES)]
    log = f"[The run's log]({run}) has the details. " if run else ""
    return "\n".join([f"**Working on {what}**", "", *marks, "", f"{log}This comment goes away when the run ends."])


def run_url(desk: Desk) -> str:
    """The page of this run."""
    settings = desk.settings
    if settings.github_run_id is None:
        return ""
    return f"{settings.github_server_url}/{settings.github_repository}/actions/runs/{settings.github_run_id}"
