"""The tables of a sweep as facts: `<fact of the table>/<model>`, means with `/ci_low` and `/ci_high`.

A run's file is one of thousands, so a fact about many runs starts from their folder: its source's digest is taken over
one line a run (path, size, row), which anyone can make again from the files.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence

import msgspec

from bot.archives.records import Source
from bot.archives.sweep_records import Run, SweepArchive
from bot.scoring import shown
from bot.scoring.clusters import LEVEL, Estimate
from bot.scoring.facts import Fact, Facts, Origin
from bot.scoring.grading import Confidence
from bot.scoring.pairing import Difference
from bot.scoring.run_score import COMPLETE
from bot.scoring.sweep import CLEAN, ModelTable, SweepTables
from bot.scoring.sweep_audit import COVERAGE_LIMIT, Variance

SCORE, SHARE, COUNT, RATIO = "score", "share", "count", "ratio"

MEANS = {
    "overall_mean": "mean run_score of archived runs",
    "clean_mean": f"mean of archived runs with run_score ≥ {CLEAN}",
    "clean_mean_evidence": "mean of archived runs but for zeros with evidence of infrastructure",
    "all_mean": "overall_mean with logged but unarchived scores merged in",
    "clean_mean_merged": "clean_mean with logged but unarchived scores merged in",
    "judge_mean": "mean J of enabled judgements that did not fail",
    "judge_mean_as_stored": "mean J of enabled judgements, failures as stored",
    "without_judge_mean": "overall_mean with every run whose judge failed counted without its judge",
}


class SweepBook:
    """Facts under construction."""

    def __init__(self) -> None:
        self.facts = Facts()

    def score(self, name: str, value: float | None, recipe: str, origins: Sequence[Origin]) -> None:
        """A score of 0–1, three decimals."""
        self.facts.add(Fact(name, value, shown.decimals(value, 3), SCORE, recipe, tuple(origins)))

    def count(self, name: str, value: int | None, recipe: str, origins: Sequence[Origin]) -> None:
        """How many there are."""
        self.facts.add(Fact(name, value, shown.count(value), COUNT, recipe, tuple(origins)))

    def share(self, name: str, value: float | None, recipe: str, origins: Sequence[Origin]) -> None:
        """A share, in per cent."""
        self.facts.add(Fact(name, value, shown.percent(value), SHARE, recipe, tuple(origins)))

    def other(
        self, name: str, value: float | None, text: str, unit: str, recipe: str, origins: Sequence[Origin]
    ) -> None:
        """Anything else."""
        self.facts.add(Fact(name, value, text, unit, recipe, tuple(origins)))

    def mean(self, name: str, estimate: Estimate | None, recipe: str, origins: Sequence[Origin]) -> None:
        """A mean with its interval clustered by task, clipped to 0–1."""
        self.score(name, estimate.value if estimate else None, recipe, origins)
        self.interval(name, estimate, origins, 0.0, 1.0)

    def interval(
        self, name: str, estimate: Estimate | None, origins: Sequence[Origin], low: float, high: float
    ) -> None:
        """Error and interval under `name`; nothing where there is no error."""
        if estimate is None or (ends := estimate.interval(low, high)) is None:
            return
        recipe = "clustered by task: mean ± t(0.975, tasks − 1) · se"
        self.score(f"{name}/se", estimate.se, "standard error clustered by task", origins)
        self.score(f"{name}/half", estimate.half_width, recipe, origins)
        self.score(f"{name}/ci_low", ends[0], recipe, origins)
        self.score(f"{name}/ci_high", ends[1], recipe, origins)


def folder_source(archive: SweepArchive, path: str, runs: Iterable[Run]) -> Source:
    """The folder of `runs` as a source, with the digest over their rows."""
    digest = hashlib.sha256()
    for run in runs:
        digest.update(f"{run.place} {run.n_bytes} ".encode("utf-8", "surrogatepass") + msgspec.json.encode(run) + b"\n")
    return Source(path, digest.hexdigest(), "", archive.commit)


def sweep_facts(tables: SweepTables, variances: Sequence[Variance]) -> Facts:
    """All facts of one tag."""
    book, archive = SweepBook(), tables.archive
    origins = {m.model: model_origins(archive, m) for m in tables.models}
    everything = [o for listed in origins.values() for o in listed]
    for model in tables.models:
        model_facts(book, model, tables, origins[model.model])
    for versus in tables.versus:
        if versus.difference is not None:
            both = [*origins[versus.a], *origins[versus.b]]
            versus_facts(book, f"diff/{versus.a}/{versus.b}", versus.difference, tables.rank_by, both)
    for variance in variances:
        variance_facts(book, variance, everything)
    total_facts(book, tables, everything)
    return book.facts


def model_origins(archive: SweepArchive, model: ModelTable) -> list[Origin]:
    """The model's folder, its log where there is one, and the journal where judges were asked again."""
    source = folder_source(archive, f"{archive.cited}/{model.model}", (s.run for s in model.runs))
    return [Origin(source, "/run_score"), *([Origin(archive.journal, "")] if archive.journal else [])]


def model_facts(book: SweepBook, table: ModelTable, tables: SweepTables, origins: Sequence[Origin]) -> None:
    """One model's line."""
    model = table.model
    for name, recipe in MEANS.items():
        estimate: Estimate | None = getattr(table, name)
        if estimate is not None or name != "without_judge_mean":
            book.mean(f"{name}/{model}", estimate, recipe, origins)
    book.score(f"cov_norm/{model}", table.cov_norm, "sum of the clean scores / expected runs", origins)
    book.share(f"coverage/{model}", table.coverage, "expected runs with a clean score / expected runs", origins)
    rate = table.judge_failures / table.judge_enabled if table.judge_enabled else None
    book.share(f"judge_failure_rate/{model}", rate, "judge failures left / judged runs", origins)
    for tier, mean in table.tiers:
        book.mean(f"tier/{model}/{tier}", mean, f"mean run_score of the archived runs of {tier}", origins)
    for name, number, recipe in counts_of(table, tables):
        book.count(f"{name}/{model}", number, recipe, origins)
    if table.judge_bounds is not None:
        book.score(f"judge_bound_low/{model}", table.judge_bounds[0], "overall_mean, failed judges at 0", origins)
        book.score(f"judge_bound_high/{model}", table.judge_bounds[1], "overall_mean, failed judges at 1", origins)


def counts_of(table: ModelTable, tables: SweepTables) -> list[tuple[str, int, str]]:
    """The counts of one model."""
    rank = f"1 + models whose paired difference over tasks lies wholly above, by {tables.rank_by}"
    return [
        ("archived", len(table.runs), "archived runs that could be read"),
        ("logged", len(table.logged), "runs with a result line in the log"),
        ("logged_not_archived", len(table.unarchived), "logged runs without a readable file"),
        ("missing", table.missing, "expected − archived"),
        ("expected", tables.expected.total, "tasks × runs"),
        ("clean", sum(s.run.run_score >= CLEAN for s in table.runs), f"archived runs with run_score ≥ {CLEAN}"),
        ("c_pass", table.c_pass, f"archived runs with C ≥ {COMPLETE}"),
        ("judge_enabled", table.judge_enabled, "archived runs whose judge was enabled"),
        ("judge_failures", table.judge_failures, "judge failures left"),
        ("rejudged", table.rejudged, "runs that were re-judged"),
        ("infra_zero", table.infra_zero, "zeros with evidence of infrastructure, logged without archive included"),
        ("genuine_zero", table.genuine_zero, "archived zeros without such evidence"),
        ("stored_differs", len(table.misstored), "runs whose stored score their parts do not give"),
        ("rank", tables.ranks[table.model], rank),
    ]


def versus_facts(book: SweepBook, name: str, step: Difference, rank_by: str, origins: Sequence[Origin]) -> None:
    """A paired difference."""
    book.score(name, step.estimate.value, f"mean over shared tasks of the difference of {rank_by} a task", origins)
    book.interval(name, step.estimate, origins, -1.0, 1.0)
    book.count(f"{name}/n", step.n, "shared tasks", origins)


def variance_facts(book: SweepBook, variance: Variance, origins: Sequence[Origin]) -> None:
    """One task's variance split."""
    for part, value, recipe in (
        ("seed", variance.seed, "mean over models of the sample variance over runs"),
        ("capability", variance.capability, "sample variance of the models' means"),
        ("ratio", variance.ratio, "capability / seed"),
    ):
        if value is not None:
            places = 2 if part == "ratio" else 4
            book.other(f"variance/{variance.task}/{part}", value, shown.decimals(value, places), RATIO, recipe, origins)


def total_facts(book: SweepBook, tables: SweepTables, origins: Sequence[Origin]) -> None:
    """Counts over the whole sweep, and numbers that are so by definition."""
    due = tables.expected
    how = "declared" if due.declared else "inferred from files and logs"
    for name, number, recipe in (
        ("models", len(tables.models), "models with a folder, without the excluded"),
        ("excluded", len(tables.excluded), "models left out on request"),
        ("tasks", due.tasks, f"tasks, {how}"),
        ("runs", due.runs, f"runs a task, {how}"),
        ("expected", due.total, "tasks × runs"),
        ("archived", sum(len(m.runs) for m in tables.models), "archived runs of all models"),
        ("missing", sum(m.missing for m in tables.models), "expected − archived of all models"),
        ("judge_failures", sum(m.judge_failures for m in tables.models), "judge failures left of all models"),
        ("rejudged", sum(m.rejudged for m in tables.models), "re-judged runs of all models"),
        ("infra_zero", sum(m.infra_zero for m in tables.models), "infrastructure zeros of all models"),
        ("stored_differs", sum(len(m.misstored) for m in tables.models), "stored scores that differ, of all models"),
    ):
        book.count(name, number, recipe, origins)
    for name, value, text, recipe in (
        ("clean/threshold", CLEAN, shown.stated(CLEAN), "run_score from which a run counts as clean"),
        ("interval/level", LEVEL, "95 %", "level of every interval"),
        ("coverage/limit", COVERAGE_LIMIT, shown.percent(COVERAGE_LIMIT), "limit on the range of coverage"),
        ("ratio/limit", 1.0, "1", "capability / seed below which a task cannot separate the models"),
    ):
        book.other(name, value, text, "definition", recipe, ())


def confidence_facts(book_of: Facts, confidence: Confidence) -> None:
    """Points taken off, domain by domain."""
    for deduction in confidence.deductions:
        name = f"confidence/{deduction.domain.replace(' ', '_')}"
        text = shown.count(-deduction.points)
        book_of.add(Fact(name, -deduction.points, text, COUNT, deduction.why))


def row_lines(rows: Iterable[dict[str, object]]) -> Iterable[str]:
    """One JSON line a run, for `--rows FILE`."""
    return (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
