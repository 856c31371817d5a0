"""The story on one page: load, score, draw, write, count again, publish. (Re-judging joins it here.)"""

from __future__ import annotations

import json
import shlex
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.archives import catalogue, files
from bot.archives.records import AlignmentArchive, Cell, Flag, Source, Unreadable
from bot.errors import ArchiveError, ExperimentError, GateBreached, UnreadableParts
from bot.experiment import FILE_NAME, Experiment, check, find, load
from bot.scoring.alignment import AlignmentTables, score_alignment
from bot.scoring.alignment_facts import alignment_facts
from bot.scoring.facts import Facts
from bot.scoring.panel import Panel, Signal

if TYPE_CHECKING:
    from bot.archives.declared_when import DeclaredWhen, Recorded
    from bot.reports.bundle import Bundle
    from bot.reports.comments import AlignmentReport
    from bot.reports.narrative import Authors
    from bot.tracker.follow_ups import Opened
    from bot.tracker.publishing import Posted

Say = Callable[[str], None]
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Loaded:
    """An archive with its declarations, read from `report_yaml`. `read` holds the cells that references name."""

    archive: AlignmentArchive
    experiment: Experiment
    declared_in: Source | None
    read: Mapping[str, tuple[Cell, ...]]
    report_yaml: Path | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """The tables of an archive and all their facts."""

    loaded: Loaded
    tables: AlignmentTables
    facts: Facts


@dataclass(frozen=True, slots=True)
class Built:
    """A written bundle and the figures' folder."""

    bundle: Bundle
    figures: Path
    scored: Scored


@dataclass(frozen=True, slots=True)
class Published:
    """Where a bundle went: the page to look at, and what became of each comment."""

    page: Path
    number: int
    posted: tuple[Posted, ...]
    said: tuple[str, ...] = ()


def load_archive(root: Path, report_yaml: Path | None = None) -> Loaded:
    """Read the archive in `root` with its report.yaml (or the one named); raises ArchiveError or ExperimentError."""
    path = report_yaml if report_yaml is not None else find(root)
    experiment = load(path) if path is not None else Experiment()
    archive = catalogue.open_archive(root, judge_ids=experiment.judges.ids)
    return Loaded(archive, experiment, declared_source(archive, root, path), read_references(archive, experiment), path)


def declared_source(archive: AlignmentArchive, root: Path, path: Path | None) -> Source | None:
    """report.yaml as a source of stated facts: the archive's own, or a file from elsewhere."""
    if path is None:
        return None
    own = [s for s in archive.artifacts if Path(s.path).name == path.name]
    if path.resolve().parent == root.resolve() and own:
        return min(own, key=lambda s: len(s.path))
    data = path.read_bytes()
    return Source(path.name, files.sha256(data), files.git_blob(data))


def read_references(archive: AlignmentArchive, experiment: Experiment) -> dict[str, tuple[Cell, ...]]:
    """Cells of every reference that names another archive, which must lie beside this one."""
    found = {}
    for key, reference in experiment.references.items():
        if reference.source is None:
            continue
        beside = archive.root.resolve().parent
        folder = (beside / reference.source.archive).resolve()
        if not folder.is_relative_to(beside):
            raise ArchiveError(
                "a reference leads out of the folder that holds the archive",
                where=f"references.{key}.source.archive",
                fix="name a folder beside the archive",
            )
        other = catalogue.open_archive(folder, judge_ids=experiment.judges.ids)
        cells = tuple(cell for cell in other.cells if cell.condition == reference.source.condition)
        if not cells:
            known = ", ".join(sorted({cell.condition for cell in other.cells}))
            raise ArchiveError(f"that archive has no condition {reference.source.condition!r}",
                               where=f"references.{key}.source.condition", fix=f"it has: {known}")  # fmt: skip
        found[key] = cells
    return found


def check_declarations(loaded: Loaded) -> None:
    """Hold report.yaml against what its archive holds; raises ExperimentError with every name that does not fit."""
    if problems := problems_of(loaded):
        where = loaded.declared_in.path if loaded.declared_in else ""
        raise ExperimentError("\n".join(problems), where=where, fix="`recount init` shows the names the archive has")


def problems_of(loaded: Loaded) -> list[str]:
    """What report.yaml names and its archive lacks, a line each."""
    conditions = {cell.condition for cell in loaded.archive.cells}
    return check(loaded.experiment, conditions, {cell.judge for cell in loaded.archive.cells})


Checked = tuple[tuple[Unreadable, ...], tuple[Flag, ...], str]


def check_alignment(root: Path, report_yaml: Path | None) -> Checked:
    """Check an alignment archive's declarations: what could not be read, what to know, what there is."""
    loaded = load_archive(root, report_yaml)
    check_declarations(loaded)
    return loaded.archive.unreadable, loaded.archive.flags, f"{len(loaded.archive.cells)} cells"


def check_sweep(root: Path, report_yaml: Path | None) -> Checked:
    """Likewise for a sweep; what report.yaml names and the archive lacks is an error."""
    from bot import sweeps
    from bot.archives.asking import Asked

    scored = sweeps.score(root, Asked(report_yaml=report_yaml))
    if scored.problems:
        fix = f"its model folders: {', '.join(scored.archive.models)}"
        raise ExperimentError("\n".join(scored.problems), where=str(report_yaml or root / FILE_NAME), fix=fix)
    return scored.archive.unreadable, scored.archive.flags, f"{len(scored.archive.runs)} runs"


def score(loaded: Loaded) -> Scored:
    """Count everything. What report.yaml names and the archive lacks is told: a file that broke may be behind it."""
    flags = (*loaded.archive.flags, *(Flag("declaration", FILE_NAME, problem) for problem in problems_of(loaded)))
    tables = score_alignment(loaded.archive.cells, loaded.experiment, loaded.read, flags, panel_of(loaded))
    return Scored(loaded, tables, alignment_facts(tables, loaded.experiment, loaded.declared_in))


def panel_of(loaded: Loaded) -> Panel | None:
    """The questions behind the scores, audited; with the set itself where report.yaml names its file."""
    from bot.evalsets.panel import audit_panel

    declared, root = loaded.experiment.panel, loaded.archive.root
    file = root / declared.file if declared.file else None
    if file is not None and not file.resolve().is_relative_to(root.resolve()):
        raise ArchiveError("a link that leads out of the archive", where="panel.file", fix="put the file itself there")
    cutoff = day(declared.cutoff) if declared.cutoff else None
    made = audit_panel(loaded.archive, file, cutoff)
    if made is None:
        return None
    repeats, answer = made.repeats, made.balance
    return Panel(
        repeats.questions, repeats.distinct, repeats.effective, repeats.repeated, repeats.near, repeats.contrasts,
        repeats.closest[2] if repeats.closest else None, repeats.closest[:2] if repeats.closest else None,
        repeats.method, tuple(Signal(*state) for state in made.signals),
        (answer.place, answer.share, answer.expected) if answer else None, answer.balanced if answer else None,
    )  # fmt: skip


def day(text: str) -> date:
    """A day of report.yaml; raises ExperimentError for one that no calendar has."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ExperimentError(f"{text!r} is no day", where="panel.cutoff", fix="write it as 2025-06-30") from None


def draw(scored: Scored, folder: Path) -> dict[str, list[Path]]:
    """Draw the figures that apply into `folder`: figure's name to the files written."""
    from bot.charts import plots
    from bot.charts.gap import draw_gaps
    from bot.charts.heatmap import draw_heatmap
    from bot.charts.hero import draw_hero
    from bot.charts.saving import save
    from bot.charts.sidecar import write_sidecar

    tables, experiment = scored.tables, scored.loaded.experiment
    rests_on = provenance(scored)
    drawn: dict[str, list[Path]] = {}
    if (hero := plots.hero_plot(tables, experiment)) is not None:
        drawn["hero"] = save(draw_hero(hero), folder / "hero")
        drawn["hero"] += write_sidecar(hero, folder / "hero", provenance=rests_on)
    if (gap := plots.gap_plot(tables, experiment)) is not None:
        drawn["judge_gap"] = save(draw_gaps(gap), folder / "judge_gap")
        drawn["judge_gap"] += write_sidecar(gap, folder / "judge_gap", provenance=rests_on)
    if (heat := plots.heat_map(tables, experiment)) is not None:
        drawn["questions"] = save(draw_heatmap(heat), folder / "questions")
        drawn["questions"] += write_sidecar(heat, folder / "questions", provenance=rests_on)
    return drawn


def provenance(scored: Scored) -> dict[str, object]:
    """What a figure rests on, for its sidecar."""
    archive = scored.loaded.archive
    sources = {o.source.path: o.source.sha256 for f in scored.facts.values() for o in f.origins}
    return {"archive": archive.name, "commit": archive.commit, "sources": dict(sorted(sources.items()))}


def build(
    loaded: Loaded, bundle: Path, *, figures: Path, created: str | None = None, issue: int | None = None,
    templates: Path | None = None, markdown: Path | None = None, say: Say = lambda _: None, clean_results: bool = True,
    authors: Authors | None = None, recorded: Recorded | None = None,
) -> Built:  # fmt: skip
    """Score, draw and write the bundle. `created` overrides the commit's time; no clock is read.

    `authors` are the models that may write prose and read the texts again; by default nobody. `recorded` is what a
    tracker vouches for of the issue's text.
    """
    from bot.reports import building
    from bot.reports.bundle import check_former
    from bot.reports.narrative import NOBODY
    from bot.verdicts import reviewer

    building.check_places(loaded.archive.root, created, bundle, figures, markdown)
    check_former(bundle)
    say(f"scoring {len(loaded.archive.cells)} cells")
    scored = score(loaded)
    say("drawing figures")
    with tempfile.TemporaryDirectory() as scratch:
        drawn = draw(scored, Path(scratch))
        say("writing the bundle, and counting its numbers again")
        report = report_of(scored, drawn, recorded)
        review, why = reviewer([loaded.archive.root], loaded.report_yaml, Path(scratch))
        made, results = building.build(
            report, [path for paths in drawn.values() for path in paths], bundle,
            created=created or loaded.archive.committed_at, issue=issue or loaded.experiment.issue, templates=templates,
            review=review, not_reviewed=why, clean_results=clean_results, authors=authors or NOBODY,
            raw=partial(raw_of, loaded),
        )  # fmt: skip
    building.copy_figures(made, figures)
    if markdown is not None:
        building.write_markdown(results, markdown, figures)
    return Built(made, figures, scored)


def raw_of(loaded: Loaded) -> str:
    """The judgements as JSON lines, as a second reader is given them: a cell's scores by question, null where failed.

    Completions are left out: they are many times as long, and what a judge made of them is what the report is about.
    """
    lines = []
    for cell in loaded.archive.cells:
        scores: dict[str, list[float | None]] = {}
        for sample in cell.samples:
            scores.setdefault(sample.question, []).append(sample.judgement.aligned)
        told = {"condition": cell.condition, "judge": cell.judge, "seed": cell.seed, "file": cell.source.path}
        lines += [json.dumps(told, ensure_ascii=False), *(json.dumps([q[:80], s]) for q, s in scores.items())]
    return "\n".join(lines)


def report_of(scored: Scored, drawn: Mapping[str, list[Path]], recorded: Recorded | None = None) -> AlignmentReport:
    """Everything that comments are made from."""
    from bot.reports.comments import AlignmentReport

    loaded = scored.loaded
    return AlignmentReport(
        loaded.archive, loaded.experiment, loaded.declared_in, scored.tables, scored.facts,
        alt_texts(scored, drawn), command_for(loaded), when_declared(loaded, recorded),
    )  # fmt: skip


def when_declared(loaded: Loaded, recorded: Recorded | None = None) -> DeclaredWhen | None:
    """Whether the declarations were there before the results, as far as the repository or a tracker's record proves."""
    from bot.archives.declared_when import declared_when

    sources = {cell.source.path: cell.source.commit for cell in loaded.archive.cells}
    return declared_when(loaded.archive.root, loaded.experiment, sources, recorded)


def alt_texts(scored: Scored, drawn: Mapping[str, list[Path]]) -> dict[str, str]:
    """What each figure shows, for those who do not see it."""
    experiment = scored.loaded.experiment
    metric, x = experiment.metric_label or "α", experiment.x_name
    texts = {
        "hero": f"{metric}{f' against {x}' if x else ''} of every condition by judge, with clustered intervals",
        "judge_gap": f"gap between the judges' {metric} on every condition, with the declared limit",
        "questions": f"mean {metric} of every question by condition and judge",
    }
    return {name: texts[name] for name in drawn}


def command_for(loaded: Loaded) -> str:
    """The command that counts every number again, from the folder that the sources' paths start from."""
    own = {source.path for source in loaded.archive.artifacts}
    declared = loaded.declared_in.path if loaded.declared_in and loaded.declared_in.path not in own else None
    words = ["recount", "score", folder_of(loaded.archive), "--json"]
    return shlex.join(words + (["--report-yaml", declared] if declared else []))


def folder_of(archive: AlignmentArchive) -> str:
    """The archive's folder as its sources name it: below the repository's root, or by its name alone."""
    for cell in archive.cells:
        parts = cell.source.path.split("/")
        if archive.name in parts:
            return "/".join(parts[: parts.index(archive.name) + 1])
    return archive.name


def check_strict(scored: Scored, *, strict: bool) -> None:
    """With `--strict`, a breached gate or an unreadable part ends the process with its own exit code."""
    if strict and scored.tables.breached:
        breached = [f"{g.name} on {g.where}" for g in scored.tables.breached]
        places = ", ".join(breached[:MOST_NAMED]) + (", …" if len(breached) > MOST_NAMED else "")
        raise GateBreached("a declared gate is breached", where=places, fix="the report says so in its first lines")
    if strict and (unreadable := scored.loaded.archive.unreadable):
        what = "one file" if len(unreadable) == 1 else f"{len(unreadable)} files"
        raise UnreadableParts(f"{what} could not be read", where=unreadable[0].path,
                              fix="mend or remove them; the report lists them all")  # fmt: skip


def publish_locally(bundle: Bundle, folder: Path, *, number: int | None = None) -> Published:
    """Publish to the tracker in `folder` and write its pages."""
    from bot.tracker.local import LocalTracker
    from bot.tracker.pages import issue_page, write_pages
    from bot.tracker.publishing import Place, publish

    manifest = bundle.manifest
    tracker = LocalTracker(folder, now=manifest.created)
    with tracker.writing():
        issue = local_issue(tracker, manifest.issue.number if number is None else number, bundle)
        done = publish(bundle, Place(tracker, issue))
        write_pages(tracker)
    return Published(issue_page(tracker, issue), issue, done.posted, done.said)


def open_follow_up(folder: Path, number: int, k: int) -> tuple[Path, Opened]:
    """Open the issue of proposal `k` of issue `number` in the tracker in `folder`; its page, and what was opened."""
    from bot.tracker.follow_ups import open_follow_up as open_issue
    from bot.tracker.local import LocalTracker
    from bot.tracker.pages import issue_page, write_pages
    from bot.tracker.publishing import Place

    times = [issue.created for issue in LocalTracker(folder).find_issues() if issue.number == number]
    tracker = LocalTracker(folder, now=times[0] if times else None)
    tracker.issue(number)
    with tracker.writing():
        opened = open_issue(Place(tracker, number), k)
        write_pages(tracker)
    return issue_page(tracker, opened.issue.number), opened


def local_issue(tracker: LocalTracker, number: int | None, bundle: Bundle) -> int:
    """The issue on the laptop that stands for the one the report belongs to; found again by its title."""
    entry = bundle.manifest.issue
    if number is not None:
        return tracker.ensure_issue(number, entry.title, entry.body).number
    same = [issue.number for issue in tracker.find_issues() if issue.title == entry.title]
    return same[0] if same else tracker.create_issue(entry.title, entry.body).number


if TYPE_CHECKING:
    from bot.tracker.local import LocalTracker
