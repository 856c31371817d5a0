"""The story of a sweep on one page: load, score, audit, draw, write. `pipeline` tells the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.archives.asking import Asked
from bot.archives.records import Flag
from bot.archives.sweep import open_sweep, rows
from bot.archives.sweep_records import Run, SweepArchive
from bot.errors import ArchiveError, GateBreached, RecountError, UnreadableParts
from bot.scoring.facts import Facts
from bot.scoring.gates import error_gate_overridden
from bot.scoring.grading import Confidence
from bot.scoring.pairing import pairs
from bot.scoring.rejudging_runs import rejudging_facts
from bot.scoring.run_score import recompute
from bot.scoring.sweep import RANK_BY, SweepTables, score_sweep, task_values
from bot.scoring.sweep_audit import FAILED, Audit, Variance, audit_flags, fairness, variances
from bot.scoring.sweep_confidence import sweep_confidence
from bot.scoring.sweep_declared import declared_facts
from bot.scoring.sweep_facts import SweepBook, confidence_facts, model_origins, row_lines, sweep_facts
from bot.scoring.sweep_gates import SweepGate, sweep_gates

if TYPE_CHECKING:
    from bot.archives.declared_when import DeclaredWhen, Recorded
    from bot.experiment import Experiment
    from bot.reports.bundle import Bundle, CleanResultText
    from bot.reports.comments import Draft
    from bot.reports.narrative import Authors, Told
    from bot.reports.sweep_comments import SweepReport
    from bot.reports.sweep_results import SweepView
    from bot.reports.verdict_comment import ReadText, Review, Verdict
    from bot.scoring.sweep_predictions import SweepOutcome


@dataclass(frozen=True, slots=True)
class SweepScored:
    """A sweep with everything computed of it; `moved` names, by other tag, the models that it is compared on."""

    archive: SweepArchive
    experiment: Experiment | None
    tables: SweepTables
    facts: Facts
    flags: tuple[Flag, ...]
    audits: tuple[Audit, ...]
    variances: tuple[Variance, ...]
    confidence: Confidence
    moved: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gates: tuple[SweepGate, ...] = ()
    outcomes: tuple[SweepOutcome, ...] = ()
    problems: tuple[str, ...] = ()
    report_yaml: Path | None = None


def score(root: Path, asked: Asked) -> SweepScored:
    """Read and score the sweep in `root`; raises ArchiveError or ExperimentError."""
    experiment = declared(root, asked)
    archive = open_tag(root, asked, experiment, asked.tags[0] if asked.tags else None)
    tables = tables_of(archive, asked, experiment)
    split = variances(tables)
    facts = sweep_facts(tables, split)
    gates = sweep_gates(tables, experiment.gates if experiment else None)
    outcomes = outcomes_of(tables, experiment, gates)
    confidence = sweep_confidence(tables, outcomes, public=experiment.panel.public if experiment else None)
    confidence_facts(facts, confidence)
    origins = {m.model: facts[f"overall_mean/{m.model}"].origins for m in tables.models}
    for fact in declared_facts(tables, experiment, gates, outcomes, origins).values():
        facts.add(fact)
    for fact in rejudging_facts(tables, origins).facts.values():
        facts.add(fact)
    moved = {tag: compare(root, tag, asked, experiment, tables, facts) for tag in asked.tags[1:]}
    problems = problems_of(archive, experiment)
    flags = (*archive.flags, *audit_flags(tables), *declaration_flags(experiment, problems))
    return SweepScored(
        archive, experiment, tables, facts, flags, fairness(tables), split, confidence, moved, gates, outcomes,
        problems, asked.report_yaml,
    )  # fmt: skip


def outcomes_of(
    tables: SweepTables, experiment: Experiment | None, gates: Sequence[SweepGate]
) -> tuple[SweepOutcome, ...]:
    """What came of the predictions; without any, nothing is loaded for them."""
    if experiment is None or not experiment.predictions:
        return ()
    from bot.scoring.sweep_predictions import sweep_predictions

    return sweep_predictions(tables, experiment, breached=not all(gate.passed for gate in gates))


def declaration_flags(experiment: Experiment | None, problems: Iterable[str]) -> Iterator[Flag]:
    """What to know of report.yaml: names that the sweep lacks, another limit on failed judgements than the usual."""
    yield from (Flag("declaration", "report.yaml", problem) for problem in problems)
    overridden = error_gate_overridden(experiment.gates.judge_error_rate_max) if experiment else None
    if overridden is not None:
        yield overridden


def problems_of(archive: SweepArchive, experiment: Experiment | None) -> tuple[str, ...]:
    """What report.yaml names and the sweep lacks, a line each."""
    if experiment is None:
        return ()
    from bot.experiment import check_sweep

    return tuple(check_sweep(experiment, archive.models))


def declared(root: Path, asked: Asked) -> Experiment | None:
    """report.yaml's declarations, None where there is none (its reader costs more than a small sweep)."""
    path = asked.report_yaml or root / "report.yaml"
    if asked.report_yaml is None and not path.exists() and not (root / "report.yml").exists():
        return None
    from bot.experiment import find, load

    found = asked.report_yaml or find(root)
    return load(found) if found else None


def open_tag(root: Path, asked: Asked, experiment: Experiment | None, tag: str | None) -> SweepArchive:
    """The archive's runs and logs of one tag."""
    log_of = {folder: m.log for folder, m in experiment.models.items() if m.log} if experiment else {}
    wanted = tag or (experiment.sweep.tag if experiment else None)
    archive = open_sweep(root, tag=wanted, logs=asked.logs, tasks=asked.tasks, log_of=log_of, cache=asked.cache)
    return with_journal(archive)


def with_journal(archive: SweepArchive) -> SweepArchive:
    """The archive with what judges said when they were asked again, where a journal lies beside it."""
    if not (archive.root / "rejudged.jsonl").exists():
        return archive
    from bot.archives.rejudged_runs import lay_over_runs

    return lay_over_runs(archive, score_again)


def score_again(run: Run) -> float | None:
    """A run's score by its parts."""
    return recompute(run).score


def tables_of(archive: SweepArchive, asked: Asked, experiment: Experiment | None) -> SweepTables:
    """Score one tag as asked, else as declared."""
    options = experiment.sweep if experiment else None
    expected = asked.expected
    if expected is None and options and (options.tasks or options.runs):
        expected = (options.tasks or len(archive.tasks), options.runs or archive.runs_per_task)
    exclude = asked.exclude or (tuple(options.exclude) if options else ())
    if unknown := [m for m in exclude if m not in archive.models]:
        raise ArchiveError(f"there is no model {unknown[0]!r} to leave out", where="--exclude",
                           fix=f"the archive has: {', '.join(archive.models)}")  # fmt: skip
    rank_by = asked.rank_by or (options.rank_by if options else "clean_mean")
    if rank_by not in RANK_BY:
        raise RecountError(
            f"models cannot be ranked by {rank_by!r}", where="--rank-by", fix=f"one of: {', '.join(RANK_BY)}"
        )
    return score_sweep(archive, expected=expected, exclude=exclude, rank_by=rank_by)


def compare(
    root: Path, tag: str, asked: Asked, experiment: Experiment | None, tables: SweepTables, facts: Facts
) -> tuple[str, ...]:
    """Add the paired differences of every model that both tags hold; the names of those models."""
    other = tables_of(open_tag(root, asked, experiment, tag), asked, experiment)
    book, moved = SweepBook(), []
    for model in tables.models:
        before = other.model(model.model)
        if before is None:
            continue
        now, then = task_values(model, tables.rank_by), task_values(before, tables.rank_by)
        shared = sorted(now.keys() & then.keys())
        step = pairs([now[t] for t in shared], [then[t] for t in shared], shared, "paired by task") if shared else None
        if step is not None:
            name = f"tag_diff/{model.model}/{tag}"
            origins = [*model_origins(tables.archive, model), *model_origins(other.archive, before)]
            book.score(
                name, step.estimate.value, f"{tables.rank_by} minus that of {tag}, mean over shared tasks", origins
            )
            book.interval(name, step.estimate, origins, -1.0, 1.0)
            book.count(f"{name}/n", step.n, "shared tasks", origins)
            moved.append(model.model)
    for fact in book.facts.values():
        facts.add(fact)
    return tuple(moved)


def build(
    scored: SweepScored, bundle: Path, *, figures: Path, created: str | None = None, issue: int | None = None,
    templates: Path | None = None, markdown: Path | None = None, clean_results: bool = True,
    authors: Authors | None = None, recorded: Recorded | None = None,
) -> Bundle:  # fmt: skip
    """Draw and write the bundle; with `markdown`, the whole report as one Markdown file too."""
    import tempfile  # with what it needs, 4 ms that scoring alone does not have to wait for

    from bot.charts.sweep_plots import alt_text
    from bot.experiment import Experiment
    from bot.reports import building
    from bot.reports.bundle import check_former
    from bot.reports.narrative import NOBODY
    from bot.reports.sweep_comments import SweepReport, prepare_sweep, sweep_comment
    from bot.verdicts import reviewer

    building.check_places(scored.archive.root, created, bundle, figures, markdown)
    check_former(bundle)
    experiment = scored.experiment or Experiment()
    with tempfile.TemporaryDirectory() as scratch:
        drawn = draw(scored, experiment, Path(scratch))
        report = SweepReport(
            scored.archive, experiment, scored.tables, scored.facts, scored.flags, scored.audits, scored.variances,
            scored.confidence, scored.moved, {name: alt_text(name) for name in drawn}, command_for(scored.archive),
            scored.gates, scored.outcomes, when_declared(scored, recorded),
        )  # fmt: skip
        view = prepare_sweep(report)
        comment = sweep_comment(report, templates, view)
        review = reviewer([scored.archive.root], scored.report_yaml)
        authors = authors or NOBODY
        clean = clean_of(report, view, comment, templates, authors, review[0]) if clean_results else None
        closing, verdict = closing_of(report, view, comment, clean, review, templates, authors)
        made = building.assemble(
            [comment, *closing], bundle, verdict=verdict, clean=clean, name=scored.archive.name,
            commit=scored.archive.commit, created=created or scored.archive.committed_at, facts=scored.facts,
            experiment=experiment, issue=issue or experiment.issue, templates=templates,
            figures=[p for paths in drawn.values() for p in paths],
        )  # fmt: skip
    building.copy_figures(made, figures)
    if markdown is not None:
        building.write_markdown(comment, markdown, figures)
    return made


def when_declared(scored: SweepScored, recorded: Recorded | None = None) -> DeclaredWhen | None:
    """Whether the declarations were there before the results, as far as the repository or a tracker's record proves."""
    if scored.experiment is None:
        return None
    from bot.archives.declared_when import declared_when

    archive = scored.archive
    paths = {o.source.path for m in scored.tables.models for o in scored.facts[f"overall_mean/{m.model}"].origins}
    return declared_when(archive.root, scored.experiment, dict.fromkeys(paths, archive.commit), recorded)


def clean_of(
    report: SweepReport, view: SweepView, comment: Draft, templates: Path | None, authors: Authors,
    review: Review | None,
) -> CleanResultText | None:  # fmt: skip
    """The clean result with the comment that links it; none of a sweep without a model that could be read."""
    from bot.reports.building import clean_text, first_screen
    from bot.reports.bundle import CleanResultText
    from bot.reports.comments import clean_title
    from bot.reports.narrative import material_of, narrated
    from bot.reports.splitting import split
    from bot.reports.sweep_clean import draw_runs, sweep_analysis, sweep_clean_result

    if not report.tables.models:
        return None
    samples = draw_runs(report.tables.models, report.facts, partial(excerpt_of, report.archive))

    def written(told: Told) -> ReadText:
        return clean_text(clean_title(view), split(sweep_clean_result(report, view, samples, templates, told).text))

    material = material_of(report.facts, comment.used, view.labels, first_screen(comment.text))
    told = narrated(authors.prose, material, written, review)
    body = sweep_clean_result(report, view, samples, templates, told)
    link = sweep_analysis(report, view, templates, told)
    return CleanResultText(clean_title(view), split(body.text), "".join(split(link.text)))


def excerpt_of(archive: SweepArchive, run: Run) -> str:
    """What a judge is shown of the run; "" where its file holds no transcript."""
    from bot.judging.plans_sweep import CannotAsk, shown_of

    try:
        return shown_of(archive, run).transcript
    except CannotAsk:
        return ""


def closing_of(
    report: SweepReport, view: SweepView, comment: Draft, clean: CleanResultText | None,
    counted: tuple[Review | None, str], templates: Path | None, authors: Authors,
) -> tuple[list[Draft], Verdict | None]:  # fmt: skip
    """What closes the report: the second count's verdict, where it reads this archive, and `done`."""
    from bot.reports.building import clean_text, joined, parts_of
    from bot.reports.second_reading import read_again
    from bot.reports.sweep_comments import sweep_done
    from bot.reports.verdict_comment import SWEEP_SECTIONS, ReadText, verdict_comment

    review, why = counted
    if review is None:
        return [sweep_done(report, view, templates, why=why), next_of(report, templates)], None
    texts = [ReadText("results", "results comment", joined(parts_of(comment)), SWEEP_SECTIONS)]
    texts += [clean_text(clean.title, clean.parts)] if clean is not None else []
    verdict, reading = review(texts), read_again(authors.reader, texts, partial(raw_of, report.archive))
    told = verdict_comment(verdict, report.facts, templates, reading)
    return [told, sweep_done(report, view, templates, verdict), next_of(report, templates)], verdict


def raw_of(archive: SweepArchive) -> str:
    """The sweep's runs as JSON lines, as a second reader is given them."""
    return "".join(row_lines(rows(archive)))


def next_of(report: SweepReport, templates: Path | None) -> Draft:
    """The `follow-ups` comment."""
    from bot.reports.after import proposed
    from bot.reports.sweep_follow_ups import sweep_follow_ups

    ups = sweep_follow_ups(report.tables, report.confidence.deductions, report.experiment, report.facts)
    return proposed(ups, report.experiment, report.facts, templates)


def draw(scored: SweepScored, experiment: Experiment, folder: Path) -> dict[str, list[Path]]:
    """Draw the figures that apply, each with its data beside it: figure's name to the files written."""
    from bot.charts.saving import save
    from bot.charts.sidecar import write_sidecar
    from bot.charts.sweep_plots import draw as drawn_figure
    from bot.charts.sweep_plots import plots_of
    from bot.reports.sweep_results import labels_of

    if not scored.tables.models:
        return {}
    labels = labels_of(scored.tables, experiment)
    plots = plots_of(scored.tables, scored.variances, labels=labels, metric=experiment.metric_label or "run_score")
    rests_on = provenance(scored)
    return {
        name: [*save(drawn_figure(plot), folder / name), *write_sidecar(plot, folder / name, provenance=rests_on)]
        for name, plot in plots.items()
    }


def provenance(scored: SweepScored) -> dict[str, object]:
    """What a figure rests on, for its sidecar."""
    sources = {o.source.path: o.source.sha256 for f in scored.facts.values() for o in f.origins}
    return {
        "archive": scored.archive.name,
        "tag": scored.archive.tag,
        "commit": scored.archive.commit,
        "sources": sources,
    }


def write_rows(archive: SweepArchive, path: Path) -> None:
    """One JSON line a run, with the keys of docs/formats.md."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(row_lines(rows(archive)))


def check_strict(scored: SweepScored, *, strict: bool) -> None:
    """With `--strict`, a breached gate, a failed line of the fairness audit or an unreadable part has its exit code."""
    if strict and (breached := [f"{g.name} on {g.where}" for g in scored.gates if not g.passed]):
        raise GateBreached("a declared limit is breached", where=", ".join(breached), fix="the report says by how much")
    if strict and (failed := [a.name for a in scored.audits if a.status == FAILED]):
        raise GateBreached("the fairness audit failed", where=", ".join(failed), fix="the report says what failed")
    if strict and (unreadable := scored.archive.unreadable):
        raise UnreadableParts(f"{len(unreadable)} files could not be read", where=unreadable[0].path,
                              fix="mend or remove them; the report lists them all")  # fmt: skip


def command_for(archive: SweepArchive) -> str:
    """The command that counts every number again."""
    return f"recount score {archive.name} --tag {archive.tag} --json"
