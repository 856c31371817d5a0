"""`recount act`: one GitHub event, through gate, build and publish; in three jobs or in one.

The gate reads the event and may write replies. The build reads archives and holds no token. The publish job holds the
write token and reads nothing but bundles.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import BundleError, RecountError, TrackerError
from bot.tracker.clean_results import problems_of, promote
from bot.tracker.configuration import Configuration, column_of, load_configuration
from bot.tracker.events import RESULTS, LabelEvent, read_event
from bot.tracker.faults import told
from bot.tracker.gate import HELP, Plan, Wanted, decide, help_text
from bot.tracker.github import GitHubTracker, connect, own_login

if TYPE_CHECKING:
    from github.Repository import Repository

    from bot.reports.bundle import Bundle
    from bot.settings import Settings

SEEN, DONE, CONFUSED = "eyes", "rocket", "confused"
FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Desk:
    """What acting works with: the repository, its tracker, its configuration, where outputs go, where words go."""

    settings: Settings
    repository: Repository
    tracker: GitHubTracker
    configuration: Configuration
    say: Callable[[str], None]


def desk_of(settings: Settings, root: Path, say: Callable[[str], None], *, writes: float | None = None) -> Desk:
    """Connect; raises TrackerError where the environment lacks what GitHub needs."""
    if settings.github_token is None or not settings.github_repository:
        raise TrackerError("GITHUB_TOKEN and GITHUB_REPOSITORY must be set", where="environment",
                           fix="`recount act` runs in GitHub Actions; docs/setup.md shows how")  # fmt: skip
    configuration = load_configuration(root)
    token = settings.github_token.get_secret_value()
    client = connect(token, base_url=settings.github_api_url, seconds_between_writes=writes)
    with told("reading the repository"):
        repository = client.get_repo(settings.github_repository)
        login = own_login(client, configuration.login)
    tracker = GitHubTracker(
        repository, login=login, server_url=settings.github_server_url, figures_branch=configuration.figures_branch
    )  # fmt: skip
    return Desk(settings, repository, tracker, configuration, say)


def gate(desk: Desk) -> Plan | None:
    """Read the event, answer what is wrong or forbidden, and say what is to be done."""
    settings = desk.settings
    if settings.github_event_path is None or settings.github_event_name is None:
        raise TrackerError("GITHUB_EVENT_PATH and GITHUB_EVENT_NAME must be set", where="environment",
                           fix="`recount act` runs in GitHub Actions; docs/setup.md shows how")  # fmt: skip
    event = read_event(settings.github_event_name, settings.github_event_path)
    if isinstance(event, LabelEvent):
        move_card(desk, event.issue, event.labels)
        return None
    plan = decide(event, desk.repository, desk.tracker)
    if plan is not None:
        react(desk, plan, SEEN)
        desk.say(
            f"{plan.command} on issue {plan.issue}" if plan.issue else f"{plan.command}: {len(plan.wanted)} archives"
        )
    return plan


def react(desk: Desk, plan: Plan, content: str) -> None:
    """Acknowledge a comment; a reaction that fails never fails a report."""
    if plan.comment is None or plan.issue is None:
        return
    try:
        with told("reacting to the comment"):
            desk.repository.get_issue(plan.issue).get_comment(plan.comment).create_reaction(content)
    except TrackerError as error:
        desk.say(f"no reaction was left: {error.what}")


def move_card(desk: Desk, number: int, labels: tuple[str, ...]) -> None:
    """Put the card where the labels say; what cannot be moved is said and fails nothing."""
    try:
        column = column_of(labels, desk.configuration)
        if column is not None:
            desk.tracker.move(number, column)
    except TrackerError as error:
        desk.say(f"{error.what}. {error.fix}")


def build(plan: Plan, root: Path, out: Path, *, declared: Path | None = None, say: Callable[[str], None]) -> None:
    """Build a bundle for every archive of `plan` below `out`; a failure is written there, for publishing to tell.

    `root` is the checkout that holds the results; `declared` the one that declarations are taken from (the default
    branch's), None for the same.
    """
    for k, wanted in enumerate(plan.wanted):
        folder = out / str(k)
        try:
            build_one(wanted, root, declared or root, folder, say)
        except RecountError as error:
            say(f"failed: {error}")
            write_failure(folder, wanted, error)


def build_one(wanted: Wanted, root: Path, declared: Path, folder: Path, say: Callable[[str], None]) -> None:
    """One archive to one bundle."""
    from bot import pipeline, sweeps
    from bot.archives.asking import Asked
    from bot.archives.sweep_layout import is_sweep

    archive = below(root, archive_path(wanted, declared))
    own = declared / archive.relative_to(root.resolve()) / "report.yaml"
    report_yaml = own if own.is_file() else None
    if is_sweep(archive):
        scored = sweeps.score(archive, Asked(report_yaml=report_yaml))
        sweeps.build(scored, folder / "bundle", figures=folder / "figures", issue=wanted.issue)
        return
    loaded = pipeline.load_archive(archive, report_yaml)
    pipeline.build(loaded, folder / "bundle", figures=folder / "figures", issue=wanted.issue, say=say)


def archive_path(wanted: Wanted, declared: Path) -> str:
    """The folder the command names, else the one whose report.yaml names the issue, else the usual one."""
    if wanted.path:
        return wanted.path
    from bot.experiment import load

    for path in sorted((declared / RESULTS).glob("*/report.yaml")):
        try:
            if load(path).issue == wanted.issue:
                return path.parent.relative_to(declared).as_posix()
        except RecountError:
            continue  # another experiment's mistake; its own report tells it
    return f"{RESULTS}/issue-{wanted.issue}"


def below(root: Path, path: str) -> Path:
    """`path` below `root`, whatever links and dots say."""
    folder = (root / path).resolve()
    if not folder.is_relative_to(root.resolve()):
        raise RecountError("the path leads out of the repository", where=path, fix="name a folder below its root")
    if not folder.is_dir():
        raise RecountError("there is no such folder", where=path, fix="push the results first, or name path=DIR")
    return folder


def write_failure(folder: Path, wanted: Wanted, error: RecountError) -> None:
    """What went wrong, for the job that may write comments."""
    import json

    folder.mkdir(parents=True, exist_ok=True)
    said = {"issue": wanted.issue, "what": error.what, "where": error.where, "fix": error.fix}
    (folder / "failure.json").write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


def publish(desk: Desk, plan: Plan, out: Path) -> list[str]:
    """Publish every bundle below `out`; the summary's lines. Raises the first failure once all others are done."""
    if plan.command == "help" and plan.issue is not None:
        from bot.reports.markers import wrap

        desk.tracker.post_comment(plan.issue, wrap(HELP, help_text()))
        react(desk, plan, DONE)
        return ["help was given"]
    if plan.command == "promote" and plan.issue is not None:
        return promote_one(desk, plan)
    lines, failed = [], False
    for folder in sorted(path for path in out.iterdir() if path.is_dir()) if out.is_dir() else []:
        with failures_told(desk, plan, folder) as outcome:
            lines += publish_one(desk, plan, folder)
        failed = failed or outcome.failed
    react(desk, plan, CONFUSED if failed else DONE)
    if failed:
        raise TrackerError("not every report was published", where="publish", fix="the failure comments say why")
    return lines


@dataclass(slots=True)
class Outcome:
    """Whether something failed."""

    failed: bool = False


@contextmanager
def failures_told(desk: Desk, plan: Plan, folder: Path) -> Iterator[Outcome]:
    """Any failure becomes a `failure` comment on the issue, where one can be written."""
    outcome = Outcome()
    try:
        yield outcome
    except Exception as error:  # noqa: BLE001 - whatever it is, the issue must hear of it; the log has the rest
        outcome.failed = True
        kind = "infra" if isinstance(error, TrackerError | OSError) else "code"
        desk.say(traceback.format_exc() if not isinstance(error, RecountError) else str(error))
        number = plan.issue or issue_of(folder)
        if number is not None:
            tell_failure(desk, number, kind, error)


def tell_failure(desk: Desk, number: int, kind: str, error: Exception) -> None:
    """The `failure` comment; where even that cannot be posted, the log says so."""
    from bot.reports.markers import wrap
    from bot.reports.sanitising import fence, inline

    said = (
        error if isinstance(error, RecountError) else RecountError(f"{type(error).__name__}", fix="see the run's log")
    )
    parts = [f"**failure_class: {kind}**", inline(said.what, 1000), inline(said.fix, 500), fence(str(said), 3000)]
    text = "\n\n".join(part for part in parts if part)
    try:
        desk.tracker.post_comment(number, wrap(FAILURE, text))
    except TrackerError as second:
        desk.say(f"the failure could not be told on issue {number}: {second.what}")


def issue_of(folder: Path) -> int | None:
    """The issue that a bundle or a failure below `folder` belongs to."""
    import json

    try:
        if (folder / "failure.json").is_file():
            number = json.loads((folder / "failure.json").read_text(encoding="utf-8")).get("issue")
        else:
            manifest = json.loads((folder / "bundle" / "manifest.json").read_text(encoding="utf-8"))
            number = manifest.get("issue", {}).get("number")
    except (OSError, ValueError):
        return None
    return number if isinstance(number, int) else None


def publish_one(desk: Desk, plan: Plan, folder: Path) -> list[str]:
    """One bundle: comments, clean result, labels, card."""
    from bot.reports.bundle import read_bundle

    if (folder / "failure.json").is_file():
        import json

        said = json.loads((folder / "failure.json").read_text(encoding="utf-8"))
        raise RecountError(str(said.get("what")), where=str(said.get("where")), fix=str(said.get("fix")))
    bundle = read_bundle(folder / "bundle")
    number = plan.issue or bundle.manifest.issue.number
    if number is None:
        raise BundleError("nobody said which issue the report belongs to", where="report.yaml", fix="set `issue: N`")
    return publish_bundle(desk, bundle, number, dry_run=plan.dry_run)


def publish_bundle(desk: Desk, bundle: Bundle, number: int, *, dry_run: bool) -> list[str]:
    """Post what is missing; with `dry_run` only say what would be posted."""
    from bot.tracker.publishing import publish as post_all

    if dry_run:
        parts = ", ".join(f"{entry.kind} ({len(entry.parts)})" for entry in bundle.manifest.comments)
        return [f"would post on issue {number}: {parts}"]
    posted = post_all(bundle, desk.tracker, number)
    return [f"{p.kind} v{p.version} {'posted' if p.new else 'is there already'}: {', '.join(p.urls)}" for p in posted]


def promote_one(desk: Desk, plan: Plan) -> list[str]:
    """`/promote`: the checks again, then label and card."""
    assert plan.issue is not None  # noqa: S101 - the caller has looked
    issue = desk.tracker.issue(plan.issue)
    promoted = promote(
        desk.tracker, plan.issue, desk.configuration, problems_of(issue.title, issue.body, promoting=True)
    )
    move_card(desk, promoted.number, promoted.labels)
    react(desk, plan, DONE)
    return [f"issue {promoted.number} is promoted"]
