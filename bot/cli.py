"""What a person types. Each command calls one function of the pipeline and says what came of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot import __version__
from bot.errors import ExitCode, RecountError

if TYPE_CHECKING:
    from bot.pipeline import Published
    from bot.reports.bundle import Bundle

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
    now: Now = None,
    strict: Strict = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Build a report and publish it to the local tracker: score, check, draw, write, publish."""
    from bot import pipeline

    built = build_bundle(archive, bundle, figures, issue, report_yaml, templates, now, quiet)
    progress(quiet)("publishing to the local tracker")
    published = pipeline.publish_locally(built.bundle, tracker, number=issue)
    tell_bundle(built.bundle)
    tell_places(built.bundle, built.figures, published)
    pipeline.check_strict(built.scored, strict=strict)


@app.command()
def build(
    archive: Archive,
    bundle: BundleFolder = None,
    figures: FigureFolder = FIGURES,
    issue: IssueNumber = None,
    report_yaml: ReportYaml = None,
    templates: Templates = None,
    now: Now = None,
    strict: Strict = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Build the bundle (comments, facts, figures) without publishing it."""
    from bot import pipeline

    built = build_bundle(archive, bundle, figures, issue, report_yaml, templates, now, quiet)
    tell_bundle(built.bundle)
    tell_places(built.bundle, built.figures, None)
    pipeline.check_strict(built.scored, strict=strict)


def build_bundle(
    archive: Path, bundle: Path | None, figures: Path, issue: int | None, report_yaml: Path | None,
    templates: Path | None, now: str | None, quiet: bool,
) -> Any:  # fmt: skip
    """Load and build, with the places that a person expects."""
    from bot import pipeline

    say = progress(quiet)
    say(f"reading {archive}")
    loaded = pipeline.load_archive(archive, report_yaml)
    name = loaded.archive.name
    return pipeline.build(
        loaded, bundle or OUT / name / "bundle", figures=figures / name, created=now, issue=issue,
        templates=templates, say=say,
    )  # fmt: skip


@app.command()
def publish(
    bundle: Annotated[Path, typer.Argument(help="Bundle that `recount build` wrote.", show_default=False)],
    tracker: TrackerFolder = OUT / "tracker",
    issue: IssueNumber = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Publish a bundle to the local tracker; running it again changes nothing."""
    from bot import pipeline
    from bot.reports.bundle import read_bundle

    checked = read_bundle(bundle)
    progress(quiet)(f"publishing to {tracker}")
    tell_places(checked, None, pipeline.publish_locally(checked, tracker, number=issue))


@app.command()
def score(
    archive: Archive,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object with every fact.")] = False,
    report_yaml: ReportYaml = None,
    strict: Strict = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Score an archive and print its facts, gates, predictions and confidence."""
    from bot import pipeline

    scored = pipeline.score(pipeline.load_archive(archive, report_yaml))
    if as_json:
        from bot.reports.score_json import score_json

        typer.echo(score_json(scored.loaded.archive, scored.tables, scored.facts))
    else:
        from bot.reports.score_text import score_text

        typer.echo(score_text(scored.loaded.archive, scored.tables, scored.facts, scored.loaded.experiment))
    pipeline.check_strict(scored, strict=strict)


@app.command()
def init(
    archive: Archive,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write, `-` for standard output.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a report.yaml that is there.")] = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write a commented report.yaml from what the archive holds."""
    from bot.archives.catalogue import open_archive
    from bot.experiment import FILE_NAME
    from bot.reports.draft import draft_report_yaml

    text = draft_report_yaml(open_archive(archive))
    if output == Path("-"):
        typer.echo(text, nl=False)
        return
    path = output or archive / FILE_NAME
    if path.exists() and not force:
        raise RecountError("there is a file of that name already", where=str(path), fix="use --force to replace it")
    path.write_text(text, encoding="utf-8")
    progress(quiet)(f"wrote {path}")


@app.command()
def validate(
    archive: Annotated[Path, typer.Argument(help="Archive's folder, or a report.yaml.", show_default=False)],
    report_yaml: ReportYaml = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Check report.yaml, against its archive where there is one, and say what could not be read."""
    from bot import pipeline

    if archive.is_file():
        from bot.experiment import load

        load(archive)
        progress(quiet)(f"{archive} is fine")
        return
    loaded = pipeline.load_archive(archive, report_yaml)
    pipeline.check_declarations(loaded)
    for path, reason in loaded.archive.unreadable:
        typer.echo(f"could not be read: {path}: {reason}")
    for flag in loaded.archive.flags:
        typer.echo(f"{flag.kind}: {flag.where}: {flag.evidence}")
    progress(quiet)(f"{archive} holds {len(loaded.archive.cells)} cells; its declarations fit")


@app.command()
def schema(quiet: Quiet = False, debug: Debug = False) -> None:
    """Print the JSON Schema of report.yaml, for editors."""
    import json

    from bot.experiment import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


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
        typer.echo(f"{posted.kind:<8}{what} on issue {published.number if published else ''}")
    if published is not None:
        typer.echo(f"page    {published.page.resolve().as_uri()}")
    hero = figures / "hero.png" if figures else None
    if hero is not None and hero.exists():
        typer.echo(f"figure  {hero}")
    typer.echo(f"bundle  {bundle.folder}")


def wants_debug() -> bool:
    """Whether --debug stands anywhere on the command line."""
    return "--debug" in sys.argv or bool(os.environ.get("RECOUNT_DEBUG"))


def complain(message: str, code: int = ExitCode.USER_ERROR) -> int:
    """An error for a person, on standard error."""
    typer.echo(f"recount: error: {message}", err=True)
    return int(code)


def main() -> None:
    """The console command: user errors end in a plain message and their own exit code, never in a traceback."""
    sys.exit(run())


def run() -> int:
    """Run the command line; the exit code."""
    try:
        result = app(standalone_mode=False)
        return int(result) if isinstance(result, int) else int(ExitCode.FINE)
    except typer.Exit as stop:
        return stop.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return complain("interrupted; nothing that was written is lost", 130)
    except UsageError as error:
        return complain(error.format_message())
    except RecountError as error:
        if wants_debug():
            raise
        return complain(str(error), error.exit_code)
    except OSError as error:
        if wants_debug():
            raise
        return complain(f"{error.filename or ''}: {error.strerror or error}".lstrip(": "))
