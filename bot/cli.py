"""What a person types. Each command calls one function of the pipeline and says what came of it."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from bot import __version__
from bot.cli_review import review
from bot.errors import ExitCode, RecountError

if TYPE_CHECKING:
    from typer.models import CommandInfo

    from bot.archives.asking import Asked
    from bot.experiment import Experiment
    from bot.pipeline import Published
    from bot.reports.bundle import Bundle
    from bot.reports.narrative import Authors

app = typer.Typer(
    name="recount",
    help="Turn eval archives into experiment reports whose every number can be recomputed from the archive.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

# The parent of what typer raises for a wrong option, argument or command; it has no public name of its own there.
UsageError: Any = typer.BadParameter.__mro__[1]
OUT = Path("recount-out")
FIGURES = Path("figures")

Archive = Annotated[Path, typer.Argument(help="Folder that holds the archive.", show_default=False)]
ReportYaml = Annotated[
    Path | None, typer.Option("--report-yaml", help="Declarations to use instead of the archive's own report.yaml.")
]
Now = Annotated[
    str | None,
    typer.Option("--now", help="Time to write on issues and comments (ISO 8601); by default the results' commit's."),
]
IssueNumber = Annotated[int | None, typer.Option("--issue", min=1, help="Issue number; by default report.yaml's.")]
Strict = Annotated[
    bool, typer.Option("--strict", help="Exit with 2 where a gate is breached, 3 where a part could not be read.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print results and errors only, no progress.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
BundleFolder = Annotated[Path | None, typer.Option("--bundle", help="Folder to write the bundle to.")]
FigureFolder = Annotated[Path, typer.Option("--figures", help="Folder where hero figures land, a folder an archive.")]
TrackerFolder = Annotated[Path, typer.Option("--tracker", help="Folder of the local tracker.")]
Templates = Annotated[
    Path | None, typer.Option("--templates", help="Folder with your own templates; those it lacks are Recount's.")
]


Expected = Annotated[
    str | None, typer.Option("--expected", metavar="TASKSxRUNS", help="Sweeps: how many runs a model was to have.")
]
Exclude = Annotated[list[str] | None, typer.Option("--exclude", metavar="MODEL", help="Sweeps: model to leave out.")]
Tag = Annotated[
    list[str] | None, typer.Option("--tag", help="Sweeps: tag to report; those given after it are compared with it.")
]
Logs = Annotated[Path | None, typer.Option("--logs", metavar="DIR", help="Sweeps: folder of the logs.")]
Tasks = Annotated[Path | None, typer.Option("--tasks", metavar="DIR", help="Sweeps: folder of the task definitions.")]
RankBy = Annotated[str | None, typer.Option("--rank-by", help="Sweeps: the mean to rank by; clean_mean by default.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Sweeps: read every file again.")]
RejudgeMode = Annotated[
    str, typer.Option("--rejudge", metavar="off|failed|all", help="Ask judges again first; costs money. Default: off.")
]
Prose = Annotated[
    str | None,
    typer.Option(
        "--prose", metavar="MODEL", help="Model that writes a narrative from facts; off for none. Costs calls."
    ),
]
SecondReading = Annotated[
    str | None,
    typer.Option(
        "--second-reading", metavar="MODEL", help="Model that reads the posted texts; off for none. Costs calls."
    ),
]
Rows = Annotated[Path | None, typer.Option("--rows", metavar="FILE", help="Sweeps: write one JSON line a run.")]
Markdown = Annotated[
    Path | None, typer.Option("--markdown", metavar="FILE", help="Write the whole report as one Markdown file too.")
]


def progress(quiet: bool) -> Callable[[str], None]:
    """A plain line a step on standard error; nothing with --quiet."""
    return (lambda _: None) if quiet else (lambda step: typer.echo(f"recount: {step}", err=True))


@app.callback(invoke_without_command=True)
def recount(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
    debug: Debug = False,
) -> None:
    """Turn eval archives into experiment reports whose every number can be recomputed from the archive."""
    context.obj = debug
    if version:
        typer.echo(f"recount {__version__}")
        raise typer.Exit


@app.command()
def report(
    archive: Archive,
    bundle: BundleFolder = None,
    tracker: TrackerFolder = OUT / "tracker",
    figures: FigureFolder = FIGURES,
    issue: IssueNumber = None,
    report_yaml: ReportYaml = None,
    templates: Templates = None,
    markdown: Markdown = None,
    expected: Expected = None,
    exclude: Exclude = None,
    tag: Tag = None,
    logs: Logs = None,
    tasks: Tasks = None,
    rank_by: RankBy = None,
    no_cache: NoCache = False,
    rejudge: RejudgeMode = "off",
    prose: Prose = None,
    second_reading: SecondReading = None,
    now: Now = None,
    strict: Strict = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Build a report and publish it to the local tracker: score, check, draw, write, publish."""
    from bot import pipeline

    asked = asked_of(report_yaml, expected, exclude, tag, logs, tasks, rank_by, no_cache)
    places = Places(bundle, figures, issue, templates, now, markdown, prose, second_reading)
    rejudge_first(archive, asked, rejudge, progress(quiet))
    built = build_bundle(archive, places, asked, progress(quiet))
    progress(quiet)("publishing to the local tracker")
    published = pipeline.publish_locally(built.bundle, tracker, number=issue)
    tell_bundle(built.bundle)
    tell_places(built.bundle, built.figures, published)
    built.check(strict)


@app.command()
def build(
    archive: Archive,
    bundle: BundleFolder = None,
    figures: FigureFolder = FIGURES,
    issue: IssueNumber = None,
    report_yaml: ReportYaml = None,
    templates: Templates = None,
    markdown: Markdown = None,
    expected: Expected = None,
    exclude: Exclude = None,
    tag: Tag = None,
    logs: Logs = None,
    tasks: Tasks = None,
    rank_by: RankBy = None,
    no_cache: NoCache = False,
    rejudge: RejudgeMode = "off",
    prose: Prose = None,
    second_reading: SecondReading = None,
    now: Now = None,
    strict: Strict = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Build the bundle (comments, facts, figures) without publishing it."""
    asked = asked_of(report_yaml, expected, exclude, tag, logs, tasks, rank_by, no_cache)
    places = Places(bundle, figures, issue, templates, now, markdown, prose, second_reading)
    rejudge_first(archive, asked, rejudge, progress(quiet))
    built = build_bundle(archive, places, asked, progress(quiet))
    tell_bundle(built.bundle)
    tell_places(built.bundle, built.figures, None)
    built.check(strict)


def rejudge_first(archive: Path, asked: Asked, mode: str, say: Callable[[str], None]) -> None:
    """Ask judges again before a report, where --rejudge says so; without a key the report goes on as it is."""
    if mode == "off":
        return
    from bot.rejudging.commands import Wish, before_report
    from bot.settings import Settings

    before_report(Wish(archive, asked), chosen(mode, ("off", "failed", "all"), "--rejudge"), Settings(), say)


def chosen(text: str, among: tuple[str, ...], option: str) -> Any:
    """`text` if it is one of the words that an option takes."""
    if text not in among:
        raise RecountError(f"{text!r} is none of {', '.join(among)}", where=option, fix="write one of these words")
    return text


class Places(NamedTuple):
    """Where the parts of a report go, as asked on the command line."""

    bundle: Path | None
    figures: Path
    issue: int | None
    templates: Path | None
    now: str | None
    markdown: Path | None
    prose: str | None = None
    second_reading: str | None = None


class Done(NamedTuple):
    """A bundle that was built, its figures' folder, and the check that --strict asks for."""

    bundle: Bundle
    figures: Path
    check: Callable[[bool], None]


def asked_of(
    report_yaml: Path | None, expected: str | None, exclude: list[str] | None, tag: list[str] | None,
    logs: Path | None, tasks: Path | None, rank_by: str | None, no_cache: bool,
) -> Asked:  # fmt: skip
    """The options that sweeps know, in one piece."""
    from bot.archives.asking import Asked, parse_expected

    runs = parse_expected(expected)
    return Asked(report_yaml, runs, tuple(exclude or ()), tuple(tag or ()), logs, tasks, rank_by, not no_cache)


def build_bundle(archive: Path, places: Places, asked: Asked, say: Callable[[str], None]) -> Done:
    """Load and build, with the places that a person expects."""
    from bot.archives.sweep_layout import is_sweep

    say(f"reading {archive}")
    return (
        build_sweep(archive, places, asked, say) if is_sweep(archive) else build_alignment(archive, places, asked, say)
    )


def build_alignment(archive: Path, places: Places, asked: Asked, say: Callable[[str], None]) -> Done:
    """The bundle of an alignment archive."""
    from bot import pipeline

    loaded = pipeline.load_archive(archive, asked.report_yaml)
    name = loaded.archive.name
    built = pipeline.build(
        loaded, places.bundle or OUT / name / "bundle", figures=places.figures / name, created=places.now,
        issue=places.issue, templates=places.templates, markdown=places.markdown, say=say,
        authors=authors_for(archive, loaded.experiment, places, say),
    )  # fmt: skip
    return Done(built.bundle, built.figures, lambda strict: pipeline.check_strict(built.scored, strict=strict))


def authors_for(
    archive: Path, experiment: Experiment | None, places: Places, say: Callable[[str], None]
) -> Authors | None:
    """Models that write and read, where report.yaml or the command names any; nothing is loaded for them else."""
    declared = experiment is not None and (experiment.writing.prose or experiment.writing.second_reading)
    if not (declared or places.prose or places.second_reading):
        return None
    from bot import narrating
    from bot.experiment import Experiment as Declarations
    from bot.settings import Settings

    writing = narrating.writing_of(experiment or Declarations(), places.prose, places.second_reading)
    return narrating.authors_of(writing, narrating.pen_of(archive, Settings(), say))


def build_sweep(archive: Path, places: Places, asked: Asked, say: Callable[[str], None]) -> Done:
    """The bundle of a sweep."""
    from bot import sweeps

    scored = sweeps.score(archive, asked)
    say(f"scored {len(scored.archive.runs)} runs of {len(scored.tables.models)} models; drawing and writing")
    name = scored.archive.name
    built = sweeps.build(
        scored, places.bundle or OUT / name / "bundle", figures=places.figures / name, created=places.now,
        issue=places.issue, templates=places.templates, markdown=places.markdown,
        authors=authors_for(archive, scored.experiment, places, say),
    )  # fmt: skip
    return Done(built, places.figures / name, lambda strict: sweeps.check_strict(scored, strict=strict))


@app.command()
def publish(
    bundle: Annotated[Path, typer.Argument(help="Bundle that `recount build` wrote.", show_default=False)],
    tracker: TrackerFolder = OUT / "tracker",
    issue: IssueNumber = None,
    github: Annotated[bool, typer.Option("--github", help="Publish to GITHUB_REPOSITORY with GITHUB_TOKEN.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --github: only say what would be posted.")] = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Publish a bundle to the local tracker, or to GitHub; running it again changes nothing."""
    from bot import pipeline
    from bot.reports.bundle import read_bundle

    checked = read_bundle(bundle)
    if github:
        say_lines(publish_github(checked, issue, dry_run, progress(quiet)))
        return
    progress(quiet)(f"publishing to {tracker}")
    tell_places(checked, None, pipeline.publish_locally(checked, tracker, number=issue))


def publish_github(bundle: Bundle, issue: int | None, dry_run: bool, say: Callable[[str], None]) -> list[str]:
    """Publish to the repository that the environment names; what was posted, a line each."""
    from bot.acting.desk import desk_of
    from bot.acting.progress import quietly
    from bot.acting.publishing import publish_to
    from bot.settings import Settings
    from bot.tracker.progress import end_progress

    number = issue or bundle.manifest.issue.number
    if number is None:
        raise RecountError("nobody said which issue the report belongs to", where="--issue", fix="give its number")
    say(f"publishing to issue {number} on GitHub")
    desk = desk_of(Settings(), Path(), say)
    told = publish_to(desk, bundle, number, dry_run=dry_run)
    if not dry_run:
        quietly(desk, lambda: end_progress(desk.place(number)))  # of the run that this one finishes
    return told


@app.command(name="follow-up")
def follow_up(
    number: Annotated[int, typer.Argument(metavar="K", min=1, help="Number of the proposal.", show_default=False)],
    issue: Annotated[int, typer.Option("--issue", min=1, help="The experiment's issue.", show_default=False)],
    tracker: TrackerFolder = OUT / "tracker",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Open the issue of a proposal of the `follow-ups` comment, in the local tracker; again, and nothing changes."""
    from bot import pipeline

    page, opened = pipeline.open_follow_up(tracker, issue, number)
    typer.echo(f"issue {opened.issue.number} {'opened' if opened.new else 'is there already'}: {opened.issue.title}")
    typer.echo(f"page     {page.resolve().as_uri()}")


@app.command()
def act(
    job: Annotated[
        str | None,
        typer.Argument(
            help="gate, answer, read, rejudge, build or publish; all of them by default.", show_default=False
        ),
    ] = None,
    results: Annotated[Path, typer.Option("--results", metavar="DIR", help="Checkout of the results.")] = Path(),
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the bundles.")] = OUT / "act",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Act on the GitHub event that the environment names, as the workflows do."""
    from bot.acting.jobs import JOBS, Where
    from bot.acting.jobs import act as act_on
    from bot.settings import Settings

    chosen_job = None if job is None else str(chosen(job, JOBS, "JOB"))
    act_on(chosen_job, Settings(), Where(Path(), results, out), lambda line: progress(quiet)(printable(line)))


@app.command()
def setup(
    repository: Annotated[Path, typer.Argument(help="Checkout of the repository.", show_default=False)],
    action: Annotated[
        str | None, typer.Option("--action", metavar="OWNER/NAME@COMMIT", help="Action that the workflows use.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that have other text.")] = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write the workflows and a sample report.yaml into a repository, and say which settings remain."""
    from bot.acting.setup import ACTION, set_up

    say_lines(set_up(repository, action or ACTION, force=force, say=progress(quiet)))


@app.command()
def score(
    archive: Archive,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with every fact.")] = False,
    report_yaml: ReportYaml = None,
    expected: Expected = None,
    exclude: Exclude = None,
    tag: Tag = None,
    logs: Logs = None,
    tasks: Tasks = None,
    rank_by: RankBy = None,
    no_cache: NoCache = False,
    rows: Rows = None,
    strict: Strict = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Score an archive and print its facts, gates, predictions and confidence."""
    from bot.archives.sweep_layout import is_sweep

    asked = asked_of(report_yaml, expected, exclude, tag, logs, tasks, rank_by, no_cache)
    if is_sweep(archive):
        score_sweep(archive, asked, rows, as_json, strict)
        return
    if rows is not None:
        raise RecountError("an alignment archive has no runs to write", where="--rows", fix="leave --rows out")
    score_alignment(archive, asked, as_json, strict)


def score_alignment(archive: Path, asked: Asked, as_json: bool, strict: bool) -> None:
    """Print the facts of an alignment archive."""
    from bot import pipeline

    scored = pipeline.score(pipeline.load_archive(archive, asked.report_yaml))
    if as_json:
        from bot.reports.score_json import score_json

        typer.echo(score_json(scored.loaded.archive, scored.tables, scored.facts))
    else:
        from bot.reports.score_text import score_text

        typer.echo(score_text(scored.loaded.archive, scored.tables, scored.facts, scored.loaded.experiment))
    pipeline.check_strict(scored, strict=strict)


def score_sweep(archive: Path, asked: Asked, rows: Path | None, as_json: bool, strict: bool) -> None:
    """Print the facts of a sweep."""
    from bot import sweeps

    scored = sweeps.score(archive, asked)
    if rows is not None:
        sweeps.write_rows(scored.archive, rows)
    if as_json:
        from bot.reports.score_json import sweep_json

        typer.echo(
            sweep_json(
                scored.archive, scored.facts, scored.flags, scored.audits, scored.confidence, scored.gates,
                scored.outcomes,
            )
        )  # fmt: skip
    else:
        from bot.reports.audit_text import print_audit

        print_audit(
            scored.tables, scored.facts, scored.flags, scored.audits, scored.variances, scored.gates, scored.outcomes,
            brief=True,
        )  # fmt: skip
    sweeps.check_strict(scored, strict=strict)


@app.command()
def audit(
    archive: Archive,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with every fact and flag.")] = False,
    report_yaml: ReportYaml = None,
    expected: Expected = None,
    exclude: Exclude = None,
    tag: Tag = None,
    logs: Logs = None,
    tasks: Tasks = None,
    rank_by: RankBy = None,
    no_cache: NoCache = False,
    rows: Rows = None,
    strict: Strict = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Audit a sweep: what is wrong with each task and run, and whether its comparison is fair."""
    from bot import sweeps

    asked = asked_of(report_yaml, expected, exclude, tag, logs, tasks, rank_by, no_cache)
    if as_json:
        score_sweep(archive, asked, rows, as_json, strict)
        return
    scored = sweeps.score(archive, asked)
    if rows is not None:
        sweeps.write_rows(scored.archive, rows)
    from bot.reports.audit_text import print_audit

    print_audit(
        scored.tables, scored.facts, scored.flags, scored.audits, scored.variances, scored.gates, scored.outcomes
    )
    sweeps.check_strict(scored, strict=strict)


@app.command()
def init(
    archive: Archive,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write, `-` for standard output.", show_default=False)
    ] = None,
    from_issue: Annotated[
        Path | None,
        typer.Option("--from-issue", metavar="FILE", help="An issue's text: its question and declarations go along."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a report.yaml that is there.")] = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write a commented report.yaml from what the archive holds."""
    from bot.experiment import FILE_NAME

    text = drafted(archive)
    if from_issue is not None:
        text = with_issue_text(text, from_issue)
    if output == Path("-"):
        typer.echo(text, nl=False)
        return
    path = output or archive / FILE_NAME
    if path.is_symlink():
        raise RecountError("this is a link, and would be written through", where=str(path), fix="remove it first")
    if path.exists() and not force:
        raise RecountError("there is a file of that name already", where=str(path), fix="use --force to replace it")
    path.write_text(text, encoding="utf-8")
    progress(quiet)(f"wrote {path}")


def with_issue_text(draft: str, path: Path) -> str:
    """A draft with what the issue declares whose text is in `path`; `-` is standard input."""
    from bot.reports.issue_form import with_issue

    try:
        body = sys.stdin.read() if path == Path("-") else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecountError(f"the issue's text cannot be read: {error}", where=str(path), fix="name a file") from None
    return with_issue(draft, body, str(path))


def drafted(archive: Path) -> str:
    """A report.yaml from what the archive holds."""
    from bot.archives.sweep_layout import is_sweep

    if is_sweep(archive):
        from bot.archives.sweep import open_sweep
        from bot.reports.draft_sweep import draft_sweep_yaml

        return draft_sweep_yaml(open_sweep(archive))
    from bot.archives.catalogue import open_archive
    from bot.reports.draft import draft_report_yaml

    return draft_report_yaml(open_archive(archive))


@app.command()
def validate(
    archive: Annotated[Path, typer.Argument(help="Archive's folder, or a report.yaml.", show_default=False)],
    report_yaml: ReportYaml = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Check report.yaml, against its archive where there is one, and say what could not be read."""
    from bot import pipeline
    from bot.archives.sweep_layout import is_sweep

    if archive.is_file():
        from bot.experiment import load

        load(archive)
        progress(quiet)(f"{archive} is fine")
        return
    checked = pipeline.check_sweep if is_sweep(archive) else pipeline.check_alignment
    unreadable, flags, what = checked(archive, report_yaml)
    for path, reason in unreadable:
        typer.echo(printable(f"could not be read: {path}: {reason}"))
    for flag in flags:
        typer.echo(printable(f"{flag.kind}: {flag.where}: {flag.evidence}"))
    progress(quiet)(f"{archive} holds {what}; its declarations fit")


def printable(text: str) -> str:
    """Untrusted text for a terminal: nothing in it steers the cursor, hides, or begins a line of its own."""
    from bot.reports.sanitising import visible

    return visible(text).replace("\n", " ")


@app.command()
def schema(quiet: Quiet = False, debug: Debug = False) -> None:
    """Print the JSON Schema of report.yaml, for editors."""
    import json

    from bot.experiment import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


Judge = Annotated[str | None, typer.Option("--judge", metavar="MODEL", help="Model to ask.", show_default=False)]
Via = Annotated[str, typer.Option("--via", metavar="messages|batches|auto", help="Call by call, or in batches.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print calls, tokens and dollars, and touch nothing.")]
MaxCalls = Annotated[int | None, typer.Option("--max-calls", min=0, metavar="N", help="Most calls to make.")]
MaxCost = Annotated[float | None, typer.Option("--max-cost", min=0, metavar="USD", help="Most dollars to spend.")]
Concurrency = Annotated[int, typer.Option("--concurrency", min=1, max=64, help="Calls under way at a time.")]
Prices = Annotated[
    list[str] | None,
    typer.Option("--price", metavar="MODEL=IN/OUT", help="Price of a model, dollars per million tokens."),
]


@app.command(name="rejudge")
def rejudge_archive(
    archive: Archive,
    mode: Annotated[str, typer.Option("--rejudge", metavar="failed|all", help="Which judgements.")] = "failed",
    judge: Judge = None,
    via: Via = "auto",
    dry_run: DryRun = False,
    max_calls: MaxCalls = None,
    max_cost: MaxCost = None,
    concurrency: Concurrency = 8,
    shift_check: Annotated[
        int, typer.Option("--shift-check", min=0, metavar="N", help="Ask again about N valid judgements too; costs.")
    ] = 0,
    price: Prices = None,
    write_back: Annotated[
        bool, typer.Option("--write-back", help="Write verdicts into the archive's own files, with history.")
    ] = False,
    cancel: Annotated[bool, typer.Option("--cancel", help="Stop the batches that are under way.")] = False,
    report_yaml: ReportYaml = None,
    tag: Tag = None,
    tasks: Tasks = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Ask the judge again where it failed; new verdicts lie in rejudged.jsonl beside the archive."""
    from bot.rejudging import commands
    from bot.settings import Settings

    asked = asked_of(report_yaml, None, None, tag, None, tasks, None, False)
    wish = commands.Wish(
        archive, asked, chosen(mode, ("failed", "all"), "--rejudge"), judge,
        chosen(via, ("messages", "batches", "auto"), "--via"), shift_check, max_calls, max_cost, concurrency,
        tuple(price or ()), write_back,
    )  # fmt: skip
    if dry_run:
        say_lines(commands.preview_lines(commands.preview(wish, Settings())))
    elif cancel:
        typer.echo(f"{commands.cancel(wish, Settings())} batches stopped; what they had done is kept")
    else:
        with watched(quiet) as watch:
            ended = commands.rejudge(wish, Settings(), watch)
        say_lines(commands.all_lines(ended))


@app.command(name="judge")
def judge_archive(
    archive: Archive,
    judge: Judge = None,
    via: Via = "auto",
    dry_run: DryRun = False,
    max_calls: MaxCalls = None,
    max_cost: MaxCost = None,
    concurrency: Concurrency = 8,
    price: Prices = None,
    report_yaml: ReportYaml = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Judge every sample with another model, into a judge's folder of its own."""
    from bot.rejudging import commands
    from bot.settings import Settings

    asked = asked_of(report_yaml, None, None, None, None, None, None, False)
    wish = commands.Wish(
        archive, asked, "all", judge, chosen(via, ("messages", "batches", "auto"), "--via"), 0, max_calls, max_cost,
        concurrency, tuple(price or ()),
    )  # fmt: skip
    if dry_run:
        say_lines(commands.preview_lines(commands.preview(wish, Settings(), column=True)))
        return
    with watched(quiet) as watch:
        ended, written = commands.judge(wish, Settings(), watch)
    say_lines([*commands.all_lines(ended), *(f"wrote {path}" for path in written)])


def watched(quiet: bool) -> Any:
    """Shows how far asking is: a bar on a terminal, lines elsewhere."""
    from bot.rejudging.telling import watching

    return watching(progress(quiet), quiet=quiet)


def say_lines(lines: Iterable[str]) -> None:
    """Results, a line each; names in them may come from an archive."""
    for line in lines:
        typer.echo(printable(line))


demo = typer.Typer(help="Show what Recount does, on a copy of an example.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(demo, name="demo")


@demo.command(name="rejudge")
def demo_rejudge(
    example: Annotated[str, typer.Option("--example", metavar="alignment|sweep", help="Which example.")] = "alignment",
    out: Annotated[Path, typer.Option("--out", help="Folder for the copy and the report.")] = OUT / "demo",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Ask a stand-in for a judge again where the example's judge failed, and report it; nothing is paid."""
    from bot.rejudging.demo import show

    kind = chosen(example, ("alignment", "sweep"), "--example")
    typer.echo("This is a demonstration: the judge is a stand-in on this machine, and its verdicts mean nothing.")
    with watched(quiet) as watch:
        shown = show(kind, out / "archives", watch, progress(quiet))
    from bot.rejudging.commands import all_lines

    say_lines(all_lines(shown.ended))
    bundle = out / "bundles" / shown.archive.name
    report(shown.archive, bundle, out / "tracker", out / "figures", no_cache=True, quiet=quiet)


@app.command(
    name="evalset",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False},
)
def evalset(context: typer.Context) -> None:
    """Build eval sets, audit them, and say what they can show; `recount evalset --help` lists its commands."""
    from bot.cli_evalset import app as commands  # an app of its own: no other command waits for its many options

    code = commands(context.args, prog_name="recount evalset", standalone_mode=False)
    if isinstance(code, int) and code:
        raise typer.Exit(code)


app.command(name="review")(review)


def tell_bundle(bundle: Bundle) -> None:
    """What was found, in the words of the report's first screen."""
    typer.echo("")
    for line in bundle.manifest.summary:
        typer.echo(line)
    typer.echo("")


def tell_places(bundle: Bundle, figures: Path | None, published: Published | None) -> None:
    """Where the page, the figure and the bundle lie."""
    for posted in published.posted if published else ():
        what = f"v{posted.version} posted" if posted.new else f"v{posted.version} is there already, nothing posted"
        typer.echo(f"{posted.kind:<8} {what} on issue {published.number if published else ''}")
    for line in published.said if published else ():
        typer.echo(line)
    if published is not None:
        typer.echo(f"page     {published.page.resolve().as_uri()}")
    hero = figures / "hero.png" if figures else None
    if hero is not None and hero.exists():
        typer.echo(f"figure   {hero}")
    typer.echo(f"bundle   {bundle.folder}")


def wants_debug() -> bool:
    """Whether --debug stands anywhere on the command line."""
    return "--debug" in sys.argv or bool(os.environ.get("RECOUNT_DEBUG"))


def complain(message: str, code: int = ExitCode.USER_ERROR) -> int:
    """An error for a person, on standard error; names in it may come from an archive."""
    from bot.reports.sanitising import visible

    typer.echo(visible(f"recount: error: {message}"), err=True)
    return int(code)


def complain_of_usage(error: Any) -> int:
    """A command line that cannot be understood, and where to read how it is written."""
    if type(error).__name__ == "NoArgsIsHelpError":  # typer keeps this class to itself as well
        typer.echo(error.format_message(), err=True)
        return int(ExitCode.USER_ERROR)
    command = error.ctx.command_path if error.ctx else app.info.name
    return complain(f"{error.format_message()}\n`{command} --help` shows how it is written")


def main() -> None:
    """The console command: user errors end in a plain message and their own exit code, never in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that cannot show α, or a name that is no text
            stream.reconfigure(errors="backslashreplace")
    gc.freeze()  # what is imported stays, and what an archive fills hardly has cycles: look for them seldom
    gc.set_threshold(50_000, 20, 50)
    sys.exit(run())


def only_what_is_asked(words: Sequence[str]) -> typer.Typer:
    """The app with the one command that `words` name: typer takes a millisecond to build each, a run needs one.

    The whole app where they name none, so that help and suggestions know every command.
    """
    name = next((word for word in words if not word.startswith("-")), None)
    chosen = [command for command in app.registered_commands if name_of(command) == name]
    if not chosen:
        return app
    lean = copy(app)
    lean.registered_commands, lean.registered_groups = chosen, []
    return lean


def name_of(command: CommandInfo) -> str:
    """A command's word, as typer makes it of a function's name where none is given."""
    return command.name or command.callback.__name__.replace("_", "-")  # type: ignore[union-attr]


def run() -> int:
    """Run the command line; the exit code."""
    try:
        result = only_what_is_asked(sys.argv[1:])(standalone_mode=False)
        return int(result) if isinstance(result, int) else int(ExitCode.FINE)
    except typer.Exit as stop:
        return stop.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return complain("interrupted; nothing that was written is lost", 130)
    except UsageError as error:
        return complain_of_usage(error)
    except RecountError as error:
        if wants_debug():
            raise
        return complain(str(error), error.exit_code)
    except BrokenPipeError:  # whoever read our output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.FINE)
    except OSError as error:
        if wants_debug():
            raise
        return complain(f"{error.filename or ''}: {error.strerror or error}".lstrip(": "))
