"""A report to its bundle: comments rendered, split, and written with facts and figures."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from bot.reports import sanitising
from bot.reports.bundle import Bundle, IssueEntry, write_bundle
from bot.reports.comments import AlignmentReport, results_comment
from bot.reports.rendering import Page, render
from bot.reports.splitting import split

MARKUP = re.compile(r"\*\*|(?<!\w)\*|\*(?!\w)|^> ?|<[^>]+>|\\(?=[\\`*_\[\]|~^{}#.-])")


def build(
    report: AlignmentReport, figures: Sequence[Path], folder: Path, *, created: str | None, issue: int | None,
    templates: Path | None = None,
) -> Bundle:  # fmt: skip
    """Render every comment and write the bundle to `folder`."""
    results = results_comment(report, templates)
    return write_bundle(
        folder,
        archive=report.archive.name,
        commit=report.archive.commit,
        created=created,
        issue=issue_entry(report, issue, templates),
        comments={results.kind: split(results.text)},
        facts=report.facts,
        figures=figures,
        summary=first_screen(results.text),
    )


def issue_entry(report: AlignmentReport, number: int | None, templates: Path | None) -> IssueEntry:
    """The issue as a laptop opens it; on GitHub it is there already."""
    context = {"experiment": report.experiment, "name": report.archive.name}
    body = render("comments/issue.md.j2", Page(report.facts), context, templates)
    title = report.experiment.question or report.experiment.title or f"Experiment {report.archive.name}"
    return IssueEntry(number, str(sanitising.title(title)), body)


def first_screen(text: str) -> list[str]:
    """The lines above the hero figure as plain text: what was found, for a terminal and a job summary."""
    above = text.partition("\n![")[0].partition("\n| ")[0]
    plain = [MARKUP.sub("", line).replace(sanitising.JOINER, "").strip() for line in above.splitlines()]
    return [unescaped(line) for line in plain if line and not line.startswith("[!")]


def unescaped(line: str) -> str:
    """Entities back to characters."""
    return line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def copy_figures(bundle: Bundle, folder: Path) -> None:
    """The bundle's figures once more under names that stay, for papers and READMEs."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in bundle.manifest.figures:
        shutil.copyfile(bundle.folder / path, folder / Path(path).name)
