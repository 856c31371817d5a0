"""The gate: what an event asks for, whether its author may ask it, and what is to be done then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bot.reports.markers import wrap
from bot.tracker.commands import USAGE, Command, Wrong, parse
from bot.tracker.events import CalledEvent, CommentEvent, Event, PushEvent, changed_archives
from bot.tracker.faults import told
from bot.tracker.protocol import Tracker
from bot.tracker.trust import is_ignored, may_command, refuse

if TYPE_CHECKING:
    from github.Repository import Repository

HELP = "help"
WRONG = "wrong-command"
BUILDS = frozenset({"report", "rejudge", "pushed"})


class Wanted(msgspec.Struct, frozen=True):
    """One archive to report: its issue, and its folder where the command or the push names it."""

    issue: int | None
    path: str | None = None


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be done; travels from job to job as one line of JSON. `ref` is the exact commit of the results."""

    command: str
    issue: int | None = None
    comment: int | None = None
    wanted: tuple[Wanted, ...] = ()
    rejudge: str | None = None
    judge: str | None = None
    dry_run: bool = False
    number: int | None = None
    ref: str | None = None

    @property
    def builds(self) -> bool:
        """Whether bundles are to be built."""
        return self.command in BUILDS and bool(self.wanted)


def to_line(plan: Plan) -> str:
    """The plan as one line."""
    return msgspec.json.encode(plan).decode()


def from_line(line: str) -> Plan:
    """A plan as an earlier job wrote it; it is validated again, since it crossed a border."""
    return msgspec.json.decode(line, type=Plan)


def decide(event: Event | None, repository: Repository, tracker: Tracker) -> Plan | None:
    """The plan that an event asks for, None where it asks for nothing (wrong and forbidden commands are answered)."""
    if isinstance(event, CommentEvent):
        return decide_comment(event, repository, tracker)
    if isinstance(event, PushEvent):
        return decide_push(event, repository)
    if isinstance(event, CalledEvent) and (event.path or event.issue):
        return Plan("pushed", event.issue, wanted=(Wanted(event.issue, event.path),))
    return None


def decide_comment(event: CommentEvent, repository: Repository, tracker: Tracker) -> Plan | None:
    """A comment: ours only if it is new, a person's, and begins with a command."""
    if is_ignored(event, tracker.login()) or event.on_pull_request:
        return None
    answer = parse(event.body)
    if answer is None:
        return None
    if not may_command(repository, event.author):
        refuse(tracker, event)
        return None
    if isinstance(answer, Wrong):
        tracker.post_comment(event.issue, wrap(WRONG, answer.explain()))
        return None
    return plan_of(answer, event)


def plan_of(command: Command, event: CommentEvent) -> Plan:
    """A command as a plan."""
    builds = command.name in BUILDS
    return Plan(
        command=command.name,
        issue=command.issue or event.issue,
        comment=event.comment,
        wanted=(Wanted(event.issue, command.path),) if builds else (),
        rejudge=command.rejudge or ("failed" if command.name == "rejudge" else None),
        judge=command.judge,
        dry_run=command.dry_run,
        number=command.number,
    )


def decide_push(event: PushEvent, repository: Repository) -> Plan | None:
    """A push: the archives that it touched, and no other."""
    if event.after is None or not event.ref.startswith("refs/heads/"):
        return None
    paths = event.paths if event.complete else asked_paths(event, repository)
    archives = changed_archives(paths)
    wanted = tuple(Wanted(issue, path) for issue, path in sorted(archives.items()))
    return Plan("pushed", wanted=wanted, ref=event.after) if wanted else None


def asked_paths(event: PushEvent, repository: Repository) -> tuple[str, ...]:
    """The touched paths of a push that is too large for its event to list."""
    if set(event.before) == {"0"}:
        return ()
    with told("comparing the commits of the push"):
        return tuple(file.filename for file in repository.compare(event.before, str(event.after)).files)


def help_text() -> str:
    """The answer to `/recount help`."""
    lines = [text for name, text in USAGE.items() if name != "recount"]
    return "\n".join(["Recount understands, as the first line of a new comment:", "", *(f"- {line}" for line in lines)])
