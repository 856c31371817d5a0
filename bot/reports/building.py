"""A report to its bundle: comments rendered, split, and written with facts and figures."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from bot.experiment import Experiment
from bot.reports import sanitising
from bot.reports.bundle import Bundle, IssueEntry, write_bundle
from bot.reports.comments import AlignmentReport, Draft, results_comment
from bot.reports.rendering import Page, render
from bot.reports.splitting import CUT, INSIDE, split
from bot.scoring.facts import Facts

MARKUP = re.compile(r"\*\*|(?<!\w)\*|\*(?!\w)|^> ?|<[^>]+>|\\(?=[\\`*_\[\]|~^{}#.-])")


def build(
    report: AlignmentReport, figures: Sequence[Path], folder: Path, *, created: str | None, issue: int | None,
    templates: Path | None = None,
) -> tuple[Bundle, Draft]:  # fmt: skip
    """Render every comment about an alignment archive and write the bundle to `folder`; also the results comment."""
    archive, results = report.archive, results_comment(report, templates)
    bundle = assemble(
        [results], folder, name=archive.name, commit=archive.commit, created=created, facts=report.facts,
        experiment=report.experiment, issue=issue, figures=figures, templates=templates,
    )  # fmt: skip
    return bundle, results


def assemble(
    drafts: Sequence[Draft], folder: Path, *, name: str, commit: str | None, created: str | None, facts: Facts,
    experiment: Experiment, issue: int | None, figures: Sequence[Path], templates: Path | None = None,
) -> Bundle:  # fmt: skip
    """Write rendered comments, facts and figures as a bundle; the first comment's first screen is its summary."""
    return write_bundle(
        folder,
        archive=name,
        commit=commit,
        created=created,
        issue=issue_entry(experiment, name, facts, issue, templates),
        comments={draft.kind: split(draft.text) for draft in drafts},
        facts=facts,
        figures=figures,
        summary=first_screen(drafts[0].text),
    )


def issue_entry(
    experiment: Experiment, name: str, facts: Facts, number: int | None, templates: Path | None
) -> IssueEntry:
    """The issue as a laptop opens it; on GitHub it is there already."""
    body = render("comments/issue.md.j2", Page(facts), {"experiment": experiment, "name": name}, templates)
    title = experiment.question or experiment.title or f"Experiment {name}"
    return IssueEntry(number, str(sanitising.title(title)), body)


def write_markdown(draft: Draft, path: Path, figures: Path) -> None:
    """A comment as one Markdown file that stands alone; its figures are linked where they lie."""
    folder = os.path.relpath(figures, path.parent)
    text = draft.text.replace(CUT, "").replace(INSIDE, "").replace("](figures/", f"]({folder}/")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.strip() + "\n", encoding="utf-8")


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
