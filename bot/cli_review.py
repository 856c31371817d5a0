"""`recount review`: what a person types to have a posted text counted again. It calls one function of `bot.review`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.errors import ExitCode, RecountError

Texts = Annotated[
    list[Path],
    typer.Argument(metavar="TEXT [ARCHIVE]...", help="Markdown file, or `-`; what follows it are further archives."),
]
Against = Annotated[
    list[Path] | None,
    typer.Option("--against", metavar="ARCHIVE", help="Archive that the text reports; further ones it speaks of."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object: verdict, claims, overclaims.")]
ReportYaml = Annotated[
    Path | None, typer.Option("--report-yaml", metavar="FILE", help="Declarations, instead of the archive's own.")
]
Figures = Annotated[
    Path | None, typer.Option("--figures", metavar="DIR", help="A bundle's figures: linked ones must be the same.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing; the exit code is the verdict.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


def review(
    text: Texts,
    against: Against = None,
    as_json: AsJson = False,
    report_yaml: ReportYaml = None,
    figures: Figures = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Count every number of a text again from the raw files: exit 0 for PASS, 4 for CONCERNS, 5 for FAIL."""
    from bot.review.command import review_command

    archives = [*(against or []), *text[1:]]
    if not against:
        raise RecountError("no archive to review against", where=str(text[0]), fix="name one with --against ARCHIVE")
    answer = review_command(text[0], archives, json=as_json, report_yaml=report_yaml, figures=figures)
    if not quiet or as_json:
        typer.echo(answer.output)
    if answer.exit_code != ExitCode.FINE:
        raise typer.Exit(answer.exit_code)
