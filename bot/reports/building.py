"""A report to its bundle: comments rendered, split, and written with facts and figures."""

from __future__ import annotations

import html
import os
import re
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from bot.errors import ReportError
from bot.experiment import Experiment
from bot.reports import sanitising
from bot.reports.after import NOT_REVIEWED, done_comment, follow_ups_comment
from bot.reports.bundle import Bundle, CleanResultText, IssueEntry, write_bundle
from bot.reports.comments import (
    AlignmentReport,
    Draft,
    analysis_comment,
    clean_result,
    clean_title,
    names_of,
    prepare,
    results_comment,
)
from bot.reports.markers import relinked, wrap
from bot.reports.narrative import NOBODY, Authors, Told, material_of, narrated
from bot.reports.rendering import Page, render
from bot.reports.second_reading import read_again
from bot.reports.splitting import CUT, INSIDE, split
from bot.reports.verdict_comment import (
    CLEAN_SECTIONS,
    RESULTS_SECTIONS,
    ReadText,
    Review,
    Verdict,
    verdict_comment,
)
from bot.scoring.facts import Facts

MARKUP = re.compile(r"\\([!-/:-@\[-`{-~])|\*\*|(?<!\w)\*|\*(?!\w)|^> ?|^#{1,6} |<[^>]+>")
REST = "\n*This text is shortened: all of it stands in the results comment.*\n"


def check_places(archive: Path, created: str | None, *places: Path | None) -> None:
    """Before the work: nothing is written into the archive, where it would be read next time, and the time is one."""
    for place in filter(None, places):
        if place.resolve().is_relative_to(archive.resolve()):
            raise ReportError(
                "this lies inside of the archive, and would be read as a part of it",
                where=str(place),
                fix="work from another folder, or name others with --bundle, --figures and --tracker",
            )
    try:
        datetime.fromisoformat(created or "2026-01-31")
    except ValueError:
        raise ReportError(f"{created!r} is no ISO 8601 time", where="--now", fix="write 2026-01-31T12:00:00Z") from None


def build(
    report: AlignmentReport, figures: Sequence[Path], folder: Path, *, created: str | None, issue: int | None,
    templates: Path | None = None, review: Review | None = None, not_reviewed: str = NOT_REVIEWED,
    clean_results: bool = True, authors: Authors = NOBODY, raw: Callable[[], str] = str,
) -> tuple[Bundle, Draft]:  # fmt: skip
    """Render every comment about an alignment archive and write the bundle to `folder`; also the results comment.

    `review` counts the texts again; without it no verdict is written, and `done` says why. Without `clean_results` no
    clean result is written, nor reviewed. `authors` are the models that may write and read; `raw` is what one reads.
    """
    archive, view = report.archive, prepare(report)
    results, title = results_comment(report, templates, view), clean_title(view)
    material = material_of(report.facts, results.used, names_of(view), first_screen(results.text))

    def written(told: Told) -> ReadText:
        return clean_text(title, split(clean_result(report, view, templates, told).text))

    told = narrated(authors.prose, material, written, review)
    body, link = (
        split(clean_result(report, view, templates, told).text),
        analysis_comment(report, view, templates, told),
    )
    texts = [results_text(results), *([clean_text(title, body)] if clean_results else [])]
    verdict = review(texts) if review else None
    reading = read_again(authors.reader, texts, raw) if verdict else None
    closing = [verdict_comment(verdict, report.facts, templates, reading)] if verdict else []
    closing += [done_comment(report, view, templates, verdict, not_reviewed), follow_ups_comment(report, templates)]
    bundle = assemble(
        [results, *closing], folder, name=archive.name, commit=archive.commit, created=created, facts=report.facts,
        experiment=report.experiment, issue=issue, figures=figures, templates=templates, verdict=verdict,
        clean=CleanResultText(title, body, "".join(split(link.text))) if clean_results else None,
    )  # fmt: skip
    return bundle, results


def results_text(results: Draft) -> ReadText:
    """A results comment of an alignment archive, as it will stand on the issue."""
    return ReadText("results", "results comment", joined(parts_of(results)), RESULTS_SECTIONS)


def clean_text(title: str, body: Sequence[str]) -> ReadText:
    """A clean result with its title, as it will stand in its issue."""
    return ReadText("clean-result", "clean result", joined([f"# {title}", *body]), CLEAN_SECTIONS)


def joined(parts: Sequence[str]) -> str:
    """The parts of a text as one, the same before and after they are posted."""
    return "\n\n".join(part.strip() for part in parts) + "\n"


def assemble(
    drafts: Sequence[Draft], folder: Path, *, name: str, commit: str | None, created: str | None, facts: Facts,
    experiment: Experiment, issue: int | None, figures: Sequence[Path], templates: Path | None = None,
    clean: CleanResultText | None = None, verdict: Verdict | None = None,
) -> Bundle:  # fmt: skip
    """Write rendered comments, facts and figures as a bundle.

    Its summary is the first comment's first screen, and the review's verdict.
    """
    return write_bundle(
        folder,
        archive=name,
        commit=commit,
        created=created,
        issue=issue_entry(experiment, name, facts, issue, templates),
        comments={draft.kind: parts_of(draft) for draft in drafts},
        facts=facts,
        figures=figures,
        summary=[*first_screen(drafts[0].text), *([f"Review: {verdict.line}"] if verdict else [])],
        clean_result=clean,
    )


def parts_of(draft: Draft) -> list[str]:
    """The comment's parts; raises ReportError for one that could not be found again once it is posted."""
    parts = split(draft.text)
    for part in parts:
        wrap(draft.kind, part)
    return parts


def issue_entry(
    experiment: Experiment, name: str, facts: Facts, number: int | None, templates: Path | None
) -> IssueEntry:
    """The issue as a laptop opens it; on GitHub it is there already."""
    body, *rest = split(
        render("comments/issue.md.j2", Page(facts), {"experiment": experiment, "name": name}, templates)
    )
    titles = (sanitising.title(text or "") for text in (experiment.question, experiment.title, f"Experiment {name}"))
    return IssueEntry(number, str(next(filter(None, titles))), body + REST if rest else body)


def write_markdown(draft: Draft, path: Path, figures: Path) -> None:
    """A comment as one Markdown file that stands alone; its figures are linked where they lie."""
    folder = quote(Path(os.path.relpath(figures, path.parent)).as_posix())
    text = relinked(draft.text.replace(CUT, "").replace(INSIDE, ""), f"{folder}/")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.strip() + "\n", encoding="utf-8")


def first_screen(text: str) -> list[str]:
    """The lines above the hero figure as plain text: what was found, for a terminal and a job summary."""
    above = text.partition("\n![")[0].partition("\n| ")[0]
    return [plain(line) for line in above.splitlines() if plain(line) and not plain(line).startswith("[!")]


def plain(line: str) -> str:
    """A line of a comment without its markup."""
    return html.unescape(MARKUP.sub(lambda m: m.group(1) or "", line).replace(sanitising.JOINER, "")).strip()


def copy_figures(bundle: Bundle, folder: Path) -> None:
    """The bundle's figures once more under names that stay, for papers and READMEs."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in bundle.manifest.figures:
        shutil.copyfile(bundle.folder / path, folder / Path(path).name)
