"""The publish job: bundles to issues; it holds the write token and reads nothing but bundles."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bot.acting.building import FAILURE_FILE
from bot.acting.checking import digest_of, read_counted
from bot.acting.desk import CONFUSED, DONE, Desk, move_card, react, write_outputs
from bot.acting.progress import hide_progress, run_url
from bot.archives.rejudged import JOURNAL
from bot.archives.repository import WRITTEN
from bot.errors import BundleError, RecountError, TrackerError
from bot.reports.bundle import MAX_FILE
from bot.tracker.follow_ups import open_follow_up
from bot.tracker.gate import CHANGES, Plan, Wanted, declared_folder
from bot.tracker.posted import posted_clean
from bot.tracker.promotion import promote_for
from bot.tracker.publishing import publish as publish_bundle
from bot.tracker.publishing import say_once
from bot.tracker.standing import restore

if TYPE_CHECKING:
    from bot.reports.bundle import Bundle
    from bot.tracker.protocol import Issue

FAILURE = "failure"
REPLY = "reply"
KEPT = {
    JOURNAL: "Keep what judges said when they were asked again",
    WRITTEN: "Keep what models wrote about these results",
}


class FailureFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """failure.json, as the build wrote it."""

    kind: str
    what: str
    where: str
    fix: str


class BuildFailed(RecountError):
    """The build could not make a bundle; `kind` says whether that lies with the code or its surroundings."""

    def __init__(self, said: FailureFile) -> None:
        super().__init__(said.what, where=said.where, fix=said.fix)
        self.kind = "infra" if said.kind == "infra" else "code"


def publish(desk: Desk, plan: Plan, out: Path) -> list[str]:
    """Do what `plan` wants, and take the progress out of view; the summary's lines.

    Raises TrackerError at the end where something failed.
    """
    try:
        return publish_all(desk, plan, out)
    finally:
        hide_progress(desk, plan)


def publish_all(desk: Desk, plan: Plan, out: Path) -> list[str]:
    """Every report of `plan`, or the one change that it is."""
    if plan.command in CHANGES and plan.issue is not None:
        return [change(desk, plan, out / "0")]
    lines, failed = [], False
    for k, wanted in enumerate(plan.wanted):
        try:
            lines += publish_one(desk, plan, wanted, out / str(k))
        except Exception as error:  # noqa: BLE001 - whatever it is, the issue must hear of it; the log has the rest
            failed = True
            lines.append(f"failed: {error}")
            desk.say(str(error) if isinstance(error, RecountError) else traceback.format_exc())
            tell_failure(desk, plan.issue or wanted.issue, error)
    react(desk, plan, CONFUSED if failed else DONE)
    for line in lines:
        desk.say(line)
    if failed:
        raise TrackerError("not every report was published", where="publish", fix="the failure comments say why")
    return lines


def publish_one(desk: Desk, plan: Plan, wanted: Wanted, folder: Path) -> list[str]:
    """One bundle: comments, clean result, labels, card."""
    from bot.reports.bundle import read_bundle

    if (folder / FAILURE_FILE).is_file():
        raise BuildFailed(msgspec.json.decode((folder / FAILURE_FILE).read_bytes(), type=FailureFile))
    if not (folder / "bundle").is_dir():
        what = FailureFile("infra", "the build ended without a bundle", "build", "the run's log says why; try it again")
        raise BuildFailed(what)
    bundle = read_bundle(folder / "bundle")
    asked, own = (plan.issue, wanted.issue) if plan.command != "review" else (wanted.issue, plan.issue)
    number = asked or own or bundle.manifest.issue.number
    if number is None:
        raise BundleError("nobody said which issue the report belongs to", where="report.yaml", fix="set `issue: N`")
    told = publish_to(desk, bundle, number, dry_run=plan.dry_run)
    return told if plan.dry_run else [*told, *commit_journals(desk, plan, wanted, folder)]


def commit_journals(desk: Desk, plan: Plan, wanted: Wanted, folder: Path) -> list[str]:
    """What was paid for, beside its archive: without it nobody could count, or make, the report again."""
    return [line for name, why in KEPT.items() for line in commit_journal(desk, plan, wanted, folder / name, why)]


def commit_journal(desk: Desk, plan: Plan, wanted: Wanted, journal: Path, why: str) -> list[str]:
    """One such file, where there is one."""
    if not journal.is_file() or journal.is_symlink() or journal.stat().st_size > MAX_FILE:
        return []
    path = f"{wanted.path or declared_folder(wanted.issue, desk.root)}/{journal.name}"
    try:
        branch = plan.branch or desk.repository.default_branch
        desk.tracker.store_file(branch, path, journal.read_bytes(), why)
    except TrackerError as error:
        return [f"{path} was not committed ({error.what}): take it from the run's artifact and commit it"]
    return [f"{path} is on branch {branch}"]


def publish_to(desk: Desk, bundle: Bundle, number: int, *, dry_run: bool) -> list[str]:
    """Post what is missing; with `dry_run` only say what would be posted."""
    if dry_run:
        parts = ", ".join(f"{entry.kind} ({len(entry.parts)})" for entry in bundle.manifest.comments)
        clean = bundle.manifest.clean_result
        return [f"would post on issue {number}: {parts}"] + ([f"would open: {clean.title}"] if clean else [])
    done = publish_bundle(bundle, desk.place(number))
    results = [p.urls[0] for p in done.posted if p.kind == "results"]
    write_outputs(desk.settings, {
        "results-url": results[0] if results else "",
        "clean-result": str(done.clean_result.issue.number) if done.clean_result else "",
    })  # fmt: skip
    told = [
        f"issue {number}: {p.kind} v{p.version} {'posted' if p.new else 'is there already'}: {', '.join(p.urls)}"
        for p in done.posted
    ]
    if done.clean_result:
        told.append(f"clean result: {done.clean_result.issue.url}")
    return [*told, *done.said]


def tell_failure(desk: Desk, number: int | None, error: Exception) -> None:
    """The `failure` comment; where even that cannot be posted, the log says so."""
    if number is None:
        return
    try:
        say_once(desk.place(number), FAILURE, failure_text(error, run_url(desk)))
    except TrackerError as second:
        desk.say(f"the failure could not be told on issue {number}: {second.what}")


def failure_text(error: Exception, run: str) -> str:
    """Its class, what happened, what to do, the log's last lines, and where the rest is."""
    from bot.reports.sanitising import fence, inline

    if isinstance(error, RecountError):
        what, fix = error.what, error.fix
    else:
        what, fix = f"{type(error).__name__} in the publish job", "the run's log has the traceback"
    kind = error.kind if isinstance(error, BuildFailed) else class_of(error)
    parts = [
        "## The report failed", f"**failure_class: {kind}**", inline(what, 1000), inline(fix, 500),
        fence(str(error), 3000), f"[The run's log]({run})" if run else "",
    ]  # fmt: skip
    return "\n\n".join(part for part in parts if part)


def class_of(error: Exception) -> str:
    """Whether it lies with the surroundings or with the code (ours, or the repository's)."""
    return "infra" if isinstance(error, TrackerError | OSError) else "code"


def change(desk: Desk, plan: Plan, folder: Path) -> str:
    """`/promote`, `/restore`, `/follow-up K`: done, or withheld with the reasons as a reply."""
    assert plan.issue is not None  # noqa: S101 - the caller has looked
    try:
        issue = changed(desk, plan, plan.target or plan.issue, folder)
    except TrackerError as error:
        say_once(
            desk.place(plan.issue), REPLY, f"<!-- in reply to comment {plan.comment} -->\n{error.what}\n\n{error.fix}"
        )
        react(desk, plan, CONFUSED)
        return f"{plan.command} was withheld: {error.what}"
    move_card(desk, issue.number, issue.labels)
    react(desk, plan, DONE)
    return f"issue {issue.number}: {plan.command} is done"


def changed(desk: Desk, plan: Plan, target: int, folder: Path) -> Issue:
    """The issue that the command changed or opened."""
    if plan.command == "follow-up":
        return open_follow_up(desk.place(target), plan.number or 0).issue
    if plan.command == "restore":
        return restore(desk.tracker, target, desk.configuration)
    return promote_for(desk.tracker, target, desk.configuration, counted_problems(desk, plan, folder))


def counted_problems(desk: Desk, plan: Plan, folder: Path) -> list[str]:
    """What the build found in the text, as long as that is still the text; raises TrackerError where it is not."""
    if (folder / FAILURE_FILE).is_file():
        said = msgspec.json.decode((folder / FAILURE_FILE).read_bytes(), type=FailureFile)
        raise TrackerError(f"promotion is withheld: {said.what}", where=said.where, fix=said.fix)
    counted = read_counted(folder)
    source = plan.wanted[0].issue if plan.wanted else None
    clean = posted_clean(desk.tracker, desk.tracker.issue(source)) if source is not None else None
    if clean is None or digest_of(clean) != counted.digest:
        raise TrackerError("promotion is withheld: the text was changed while it was being checked",
                           where="clean result", fix="`/promote` checks it again")  # fmt: skip
    return counted.problems
