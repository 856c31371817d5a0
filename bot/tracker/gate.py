"""The gate: what an event asks for, whether its author may ask it, and what is to be done then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bot.archives.declared_when import Recorded
from bot.errors import RecountError, TrackerError
from bot.tracker.clean_results import source_in
from bot.tracker.commands import USAGE, Command, Wrong, parse
from bot.tracker.events import RESULTS, CalledEvent, CommentEvent, Event, PushEvent, changed_folders
from bot.tracker.faults import told
from bot.tracker.posted import pinned_commit, posted_texts
from bot.tracker.promotion import clean_result_for
from bot.tracker.protocol import Tracker
from bot.tracker.trust import REFUSAL, is_ignored, may_command, refusal_text

if TYPE_CHECKING:
    from github.Repository import Repository

HELP = "help"
WRONG = "wrong-command"
BUILDS = frozenset({"report", "rejudge", "pushed", "review", "promote"})
CHANGES = frozenset({"promote", "restore", "follow-up"})


class Wanted(msgspec.Struct, frozen=True):
    """One archive to report: its issue, and its folder where the command or the push names it."""

    issue: int | None
    path: str | None = None
    recorded: Recorded | None = None


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be done; travels from job to job as one line of JSON.

    `issue` and `comment` are where the command stands, `target` the issue that it names. `ref` is the exact commit of
    the results and `branch` where they were pushed, None for the default branch. `reply` is what to answer where
    nothing else is to be done.
    """

    command: str
    issue: int | None = None
    comment: int | None = None
    wanted: tuple[Wanted, ...] = ()
    rejudge: str | None = None
    judge: str | None = None
    dry_run: bool = False
    target: int | None = None
    number: int | None = None
    ref: str | None = None
    branch: str | None = None
    reply_kind: str | None = None
    reply: str | None = None

    @property
    def builds(self) -> bool:
        """Whether bundles are to be built."""
        return self.command in BUILDS and bool(self.wanted)

    @property
    def answers(self) -> bool:
        """Whether somebody waits for a reply or a sign: who commanded, or who looks at an issue that will change."""
        return self.comment is not None or self.builds

    @property
    def publishes(self) -> bool:
        """Whether something is to be changed on issues, beside a reply."""
        return self.builds or self.command in CHANGES


def with_records(plan: Plan, repository: Repository, root: Path, say: Callable[[str], None]) -> Plan:
    """The plan with what GitHub's record says of the text of each issue, where report.yaml declares anything."""
    return msgspec.structs.replace(
        plan, wanted=tuple(with_record(wanted, repository, root, say) for wanted in plan.wanted)
    )


def with_record(wanted: Wanted, repository: Repository, root: Path, say: Callable[[str], None]) -> Wanted:
    """One archive with that record; that it cannot be read is said, and no report waits for it."""
    from bot.tracker.pre_registration import recorded

    folder = wanted.path or declared_folder(wanted.issue, root)
    if wanted.issue is None or not declares_something(root / folder / "report.yaml"):
        return wanted
    try:
        return msgspec.structs.replace(wanted, recorded=recorded(repository, wanted.issue))
    except TrackerError as error:
        say(f"the record of edits of issue {wanted.issue} was not read: {error.what}")
        return wanted


def declares_something(path: Path) -> bool:
    """Whether a report.yaml declares gates or predictions; a mistake in it is told when its report is built."""
    from bot.experiment import load

    if not path.is_file() or path.is_symlink():
        return False
    try:
        found = load(path)
    except RecountError:
        return False
    return bool(found.predictions or found.gates.model_fields_set)


def to_line(plan: Plan) -> str:
    """The plan as one line."""
    return msgspec.json.encode(plan).decode()


def from_line(line: str) -> Plan:
    """A plan as an earlier job wrote it; it is validated again, since it crossed a border."""
    try:
        return msgspec.json.decode(line, type=Plan)
    except msgspec.MsgspecError as error:
        raise TrackerError(f"the plan cannot be read: {error}", where="RECOUNT_PLAN",
                           fix="hand on what `recount act gate` wrote, unchanged") from None  # fmt: skip


def decide(event: Event | None, repository: Repository, tracker: Tracker, root: Path) -> Plan | None:
    """The plan that an event asks for, None where it asks for nothing. `root` is the default branch's checkout."""
    if isinstance(event, CommentEvent):
        return decide_comment(event, repository, tracker)
    if isinstance(event, PushEvent):
        return decide_push(event, repository, root)
    if isinstance(event, CalledEvent) and (event.path or event.issue):
        return Plan("pushed", wanted=(Wanted(event.issue, event.path),), ref=event.ref)
    return None


def decide_comment(event: CommentEvent, repository: Repository, tracker: Tracker) -> Plan | None:
    """A comment: ours only if it is new, a person's, and begins with a command."""
    if is_ignored(event, tracker.login()) or event.on_pull_request:
        return None
    answer = parse(event.body)
    if answer is None:
        return None
    if not may_command(repository, event.author):
        return Plan("refuse", event.issue, event.comment, reply_kind=REFUSAL, reply=refusal_text(event.author))
    if isinstance(answer, Wrong):
        return replied(event, WRONG, answer.explain())
    if answer.name == "help":
        return replied(event, HELP, help_text())
    if answer.name == "review":
        return plan_of_review(answer, event, tracker)
    if answer.name == "promote":
        return plan_of_promotion(answer, event, tracker)
    return plan_of(answer, event)


def plan_of_review(command: Command, event: CommentEvent, tracker: Tracker) -> Plan:
    """`/review`: of this issue or the one named, against the commit that its results comment names."""
    number = command.issue or event.issue
    try:
        texts = posted_texts(tracker, number)
    except TrackerError as error:
        return replied(event, WRONG, f"{error.what} ({error.where}); {error.fix}")
    return Plan("review", event.issue, event.comment, (Wanted(number),), "off", ref=pinned_commit(texts))


def plan_of_promotion(command: Command, event: CommentEvent, tracker: Tracker) -> Plan:
    """`/promote`: the clean result of this issue or the one named, counted again as of the commit its results name."""
    number = command.issue or event.issue
    try:
        clean = clean_result_for(tracker, number)
        source = source_in(clean.body) or number
        texts = posted_texts(tracker, source)
    except TrackerError as error:
        return replied(event, WRONG, f"{error.what} ({error.where}); {error.fix}")
    return Plan(
        "promote", event.issue, event.comment, (Wanted(source),), "off", target=clean.number, ref=pinned_commit(texts)
    )


def replied(event: CommentEvent, kind: str, text: str) -> Plan:
    """Nothing but a reply; it names its comment, so that each comment gets its own and none gets two."""
    return Plan(kind, event.issue, event.comment, reply_kind=kind,
                reply=f"<!-- in reply to comment {event.comment} -->\n{text}")  # fmt: skip


def plan_of(command: Command, event: CommentEvent) -> Plan:
    """A command as a plan."""
    builds = command.name in BUILDS
    return Plan(
        command=command.name,
        issue=event.issue,
        comment=event.comment,
        wanted=(Wanted(event.issue, command.path),) if builds else (),
        rejudge=command.rejudge or ("failed" if command.name == "rejudge" else None),
        judge=command.judge,
        dry_run=command.dry_run,
        target=command.issue,
        number=command.number,
    )


def decide_push(event: PushEvent, repository: Repository, root: Path) -> Plan | None:
    """A push: the archives that it touched and whose issue is known, and no other."""
    if event.after is None or not event.ref.startswith("refs/heads/"):
        return None
    paths = event.paths if event.complete else asked_paths(event, repository)
    issues = {folder: issue_of_folder(folder, root) for folder in changed_folders(paths)}
    wanted = tuple(Wanted(issue, folder) for folder, issue in sorted(issues.items()) if issue is not None)
    branch = event.ref.removeprefix("refs/heads/")
    return Plan("pushed", wanted=wanted, ref=event.after, branch=branch) if wanted else None


def asked_paths(event: PushEvent, repository: Repository) -> tuple[str, ...]:
    """The touched paths of a push that is too large for its event to list, or that made a branch."""
    base = repository.default_branch if set(event.before) == {"0"} else event.before
    with told("comparing the commits of the push"):
        return tuple(file.filename for file in repository.compare(base, str(event.after)).files)


def issue_of_folder(folder: str, root: Path) -> int | None:
    """The issue of an archive: by its report.yaml on the default branch, else by its name, `issue-N`."""
    name = folder.rpartition("/")[2]
    number = name.removeprefix("issue-")
    by_name = int(number) if number.isascii() and number.isdigit() and len(number) < 10 and name != number else None
    return declared_issue(root / folder / "report.yaml") or by_name


def declared_issue(path: Path) -> int | None:
    """The issue that a report.yaml names; a mistake in it is told when its report is built."""
    from bot.experiment import load

    if not path.is_file() or path.is_symlink():
        return None
    try:
        return load(path).issue
    except RecountError:
        return None


def declared_folder(issue: int | None, root: Path) -> str:
    """The folder whose report.yaml names the issue, else the usual one."""
    for path in sorted((root / RESULTS).glob("*/report.yaml")):
        if issue is not None and declared_issue(path) == issue:
            return path.parent.relative_to(root).as_posix()
    return f"{RESULTS}/issue-{issue}"


def help_text() -> str:
    """The answer to `/recount help`."""
    lines = [text for name, text in USAGE.items() if name != "recount"]
    return "\n".join(["Recount understands, as the first line of a new comment:", "", *(f"- {line}" for line in lines)])
