"""The build: archives to bundles, without any token. What fails is written down for publishing to tell."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal

from bot.errors import RecountError
from bot.tracker.configuration import load_configuration
from bot.tracker.gate import Plan, Wanted, declared_folder

if TYPE_CHECKING:
    from bot.experiment import Experiment
    from bot.reports.narrative import Authors
    from bot.settings import Settings
    from bot.tracker.posted import PostedTexts

FAILURE_FILE = "failure.json"
REREADS = ("review", "promote")
Say = Callable[[str], None]


def build(plan: Plan, _: Settings, root: Path, results: Path, out: Path, say: Say) -> None:
    """Build a bundle for every archive of `plan` below `out`; a failure of one does not stop the others."""
    for k, wanted in enumerate(plan.wanted):
        folder = out / str(k)
        try:
            if plan.command in REREADS:
                reread_one(plan, wanted, root, results, out, folder)
                continue
            build_one(wanted, root, results, folder, say)
            keep_journals(wanted, root, results, folder)
        except RecountError as error:
            say(f"failed: {error}")
            write_failure(folder, "code", error.what, error.where, error.fix)
        except Exception as error:  # noqa: BLE001 - whatever it is, the issue must hear of it; the log has the rest
            say(traceback.format_exc())
            kind = "infra" if isinstance(error, OSError) else "code"
            write_failure(folder, kind, f"{type(error).__name__}: {error}", "build", "the run's log has the traceback")


def build_one(wanted: Wanted, root: Path, results: Path, folder: Path, say: Say) -> None:
    """One archive to one bundle. Its declarations come from the default branch, whatever lies beside the results."""
    from bot import pipeline, sweeps
    from bot.archives.asking import Asked
    from bot.archives.sweep_layout import is_sweep

    path = wanted.path or declared_folder(wanted.issue, root)
    archive, clean = below(results, path), load_configuration(root).clean_results
    with tempfile.TemporaryDirectory() as scratch:
        report_yaml = declarations(root / path, Path(scratch))
        if is_sweep(archive):
            scored = sweeps.score(archive, Asked(report_yaml=report_yaml, cache=False))
            sweeps.build(
                scored, folder / "bundle", figures=folder / "figures", issue=wanted.issue, clean_results=clean,
                authors=kept_authors(archive, scored.experiment), recorded=wanted.recorded,
            )  # fmt: skip
            return
        loaded = pipeline.load_archive(archive, report_yaml)
        pipeline.build(
            loaded, folder / "bundle", figures=folder / "figures", issue=wanted.issue, say=say, clean_results=clean,
            authors=kept_authors(archive, loaded.experiment), recorded=wanted.recorded,
        )  # fmt: skip


def kept_authors(archive: Path, experiment: Experiment | None) -> Authors | None:
    """Models that write and read, by what they answered in the job before this one: here is no key."""
    if experiment is None:
        return None
    from bot.judging.job import Manner
    from bot.narrating import Pen, authors_of

    return authors_of(experiment.writing, Pen(archive, None, Manner(), lambda _: None))


def reread_one(plan: Plan, wanted: Wanted, root: Path, results: Path, out: Path, folder: Path) -> None:
    """What is posted, counted again from the archive as of the commit that it names: for a verdict, or a promotion."""
    from bot.tracker.posted import read_posted

    path = wanted.path or declared_folder(wanted.issue, root)
    posted = read_posted(out)
    with tempfile.TemporaryDirectory() as scratch:
        report_yaml = declarations(root / path, Path(scratch))
        archive = below(as_of(results, plan.ref, path, report_yaml, Path(scratch) / "tree"), path)
        bring_journal(root / path, archive)
        (review if plan.command == "review" else count_clean)(posted, archive, report_yaml, folder)


def review(posted: PostedTexts, archive: Path, report_yaml: Path, folder: Path) -> None:
    """The verdict on all that is posted, as a bundle of one comment."""
    from bot import verdicts
    from bot.archives.sweep_layout import is_sweep

    clean = (posted.clean.title, posted.clean.parts) if posted.clean else None
    texts = verdicts.posted_to_read(posted.results, clean, sweep=is_sweep(archive))
    verdicts.write_review(texts, archive, report_yaml, folder / "bundle", issue=(posted.issue, posted.title))


def count_clean(posted: PostedTexts, archive: Path, report_yaml: Path, folder: Path) -> None:
    """What the second count has against the clean result, for the publish job to read."""
    from bot.acting.checking import Counted, digest_of, problems_in, text_of, write_counted
    from bot.review import Reviewer

    if posted.clean is None:
        raise RecountError("this experiment has no clean result", where=f"issue {posted.issue}", fix="`/report` first")
    text = text_of(posted.clean)
    problems = problems_in(Reviewer([archive], report_yaml).review(text), text)
    write_counted(folder, Counted(digest_of(posted.clean), problems))


def as_of(results: Path, commit: str | None, path: str, report_yaml: Path, scratch: Path) -> Path:
    """The checkout, where it stands at `commit`; else the archives that the report rests on, written out as of it."""
    from bot.archives.repository import export, head_of
    from bot.experiment import load

    if commit is None or head_of(results) in (None, commit):
        return results
    beside = PurePosixPath(path).parent
    others = [r.source.archive for r in load(report_yaml).references.values() if r.source is not None]
    export(results, commit, [path, *((beside / other).as_posix() for other in others)], scratch)
    return scratch


def bring_journal(declared: Path, archive: Path) -> None:
    """What judges said when asked again is committed after the commit that a report names; bring it along."""
    from bot.archives.rejudged import JOURNAL

    journal, place = declared / JOURNAL, archive / JOURNAL
    if journal.is_file() and not journal.is_symlink() and not os.path.lexists(place):
        shutil.copyfile(journal, place)


def keep_journals(wanted: Wanted, root: Path, results: Path, folder: Path) -> None:
    """What judges said when asked again, and what models wrote, goes along to be committed beside the archive."""
    archive = below(results, wanted.path or declared_folder(wanted.issue, root))
    for name in journals():
        journal = archive / name
        if journal.is_file() and not journal.is_symlink():
            shutil.copyfile(journal, folder / name)


def journals() -> tuple[str, str]:
    """The files beside an archive that hold what was paid for."""
    from bot.archives.rejudged import JOURNAL
    from bot.archives.repository import WRITTEN

    return JOURNAL, WRITTEN


def declarations(folder: Path, scratch: Path) -> Path:
    """The default branch's report.yaml for this archive; an empty one where it has none."""
    own = folder / "report.yaml"
    if own.is_file():
        return own
    empty = scratch / "report.yaml"
    empty.write_text("", encoding="utf-8")
    return empty


def below(root: Path, path: str) -> Path:
    """`path` below `root`, whatever links and dots say."""
    folder = (root / path).resolve()
    if not folder.is_relative_to(root.resolve()):
        raise RecountError("the path leads out of the repository", where=path, fix="name a folder below its root")
    if not folder.is_dir():
        raise RecountError("there is no such folder", where=path, fix="push the results first, or name path=DIR")
    return folder


def rejudge(plan: Plan, settings: Settings, root: Path, results: Path, _: Path, say: Say) -> None:
    """Ask judges again before the build, where a key is set and the command wants it; a fault is said, not raised."""
    from bot.archives.asking import Asked
    from bot.rejudging.commands import Wish, before_report, usual

    mode = mode_of(plan, usual(settings))
    limits = load_configuration(root).limits
    for wanted in plan.wanted if mode != "off" else ():
        try:
            path = wanted.path or declared_folder(wanted.issue, root)
            with tempfile.TemporaryDirectory() as scratch:
                asked = Asked(report_yaml=declarations(root / path, Path(scratch)))
                wish = Wish(below(results, path), asked, "failed" if mode == "off" else mode, plan.judge)
                before_report(wish, mode, limited(settings, limits.max_calls, limits.max_cost), say)
        except RecountError as error:
            say(f"not re-judged: {error}")
    write_ahead(plan, settings, root, results, say)


def write_ahead(plan: Plan, settings: Settings, root: Path, results: Path, say: Say) -> None:
    """Have models write and read what a report will want of them, where a key is set; a fault is said, not raised."""
    if settings.anthropic_api_key is None or plan.dry_run or plan.command not in ("report", "rejudge"):
        return
    from bot import narrating
    from bot.archives.asking import Asked

    ours = load_configuration(root)
    within = limited(settings, ours.limits.max_calls, ours.limits.max_cost)
    for wanted in plan.wanted:
        try:
            path = wanted.path or declared_folder(wanted.issue, root)
            with tempfile.TemporaryDirectory() as scratch:
                asked = Asked(report_yaml=declarations(root / path, Path(scratch)), cache=False)
                narrating.write_ahead(
                    below(results, path), asked, within, say, clean_results=ours.clean_results,
                    recorded=wanted.recorded,
                )  # fmt: skip
        except RecountError as error:
            say(f"not written: {error}")


def mode_of(plan: Plan, usual: Literal["off", "failed", "all"]) -> Literal["off", "failed", "all"]:
    """What the command says; where it says nothing, what is usual here."""
    said: dict[str | None, Literal["off", "failed", "all"]] = {"off": "off", "failed": "failed", "all": "all"}
    return said.get(plan.rejudge, usual) if not plan.dry_run and plan.command not in REREADS else "off"


def limited(settings: Settings, calls: int, cost: float) -> Settings:
    """The settings with ceilings no higher than the repository's."""
    return settings.model_copy(update={
        "max_calls": calls if settings.max_calls is None else min(calls, settings.max_calls),
        "max_cost": cost if settings.max_cost is None else min(cost, settings.max_cost),
    })  # fmt: skip


def write_failure(folder: Path, kind: str, what: str, where: str, fix: str) -> None:
    """What went wrong, for the job that may write comments."""
    folder.mkdir(parents=True, exist_ok=True)
    said = {"kind": kind, "what": what, "where": where, "fix": fix}
    (folder / FAILURE_FILE).write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
