"""What the results comment of a sweep shows: names of facts, texts and marks, ready for its template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from bot.archives.records import Flag
from bot.experiment import Experiment
from bot.reports.results import GateView, gate_view
from bot.scoring import shown
from bot.scoring.facts import Fact, Facts
from bot.scoring.grading import Confidence
from bot.scoring.sweep import ModelTable, SweepTables, lies_above
from bot.scoring.sweep_audit import FAILED, NOT_RECORDED, PASSED, Audit, Variance
from bot.scoring.sweep_gates import SweepGate
from bot.scoring.sweep_predictions import SweepOutcome

STORED_SHOWN = 20
TASKS_SHOWN = 12


class ModelView(NamedTuple):
    """A model's line of the ranking; `tied` when its rank is not its alone, `flags` what to know beside it."""

    id: str
    label: str
    tied: bool
    clean_readings_differ: bool
    judge_failed: bool
    tiers: tuple[str | None, ...]


class VersusView(NamedTuple):
    """A neighbouring pair in the ranking, and whether their difference is told apart from noise."""

    a: str
    b: str
    fact: str | None
    apart: bool


class SnapshotView(NamedTuple):
    """One model's difference from another tag of the archive."""

    label: str
    tag: str
    fact: str


@dataclass(frozen=True, slots=True)
class SweepView:
    """All that the template asks for."""

    title: str
    metric: str
    rank_by: str
    models: tuple[ModelView, ...]
    leaders: tuple[ModelView, ...]
    tiers: tuple[str, ...]
    audits: tuple[Audit, ...]
    failed: tuple[Audit, ...]
    task_flags: tuple[Flag, ...]
    holes: tuple[Flag, ...]
    stored: tuple[Flag, ...]
    other_flags: tuple[Flag, ...]
    variances: tuple[Variance, ...]
    inseparable: int
    neighbours: tuple[VersusView, ...]
    confidence: Confidence
    labels: Mapping[str, str]
    moved: tuple[SnapshotView, ...]
    glossary: tuple[tuple[str, str], ...]
    caveats: tuple[str, ...]
    breached: tuple[GateView, ...] = ()
    gates: tuple[SweepGate, ...] = ()
    outcomes: tuple[SweepOutcome, ...] = ()


TASK_FLAGS = {
    "dead_task", "verifier_rejects_all", "no_verifier", "no_judge", "harness_errors", "judge_failures",
    "model_all_zero",
}  # fmt: skip


def sweep_view(
    tables: SweepTables, flags: tuple[Flag, ...], audits: tuple[Audit, ...], variances: tuple[Variance, ...],
    confidence: Confidence, experiment: Experiment, facts: Facts, moved: Mapping[str, tuple[str, ...]],
    gates: tuple[SweepGate, ...] = (), outcomes: tuple[SweepOutcome, ...] = (),
) -> SweepView:  # fmt: skip
    """Line everything up; adds the counts of the audit to `facts`."""
    labels = labels_of(tables, experiment)
    tiers = tuple(dict.fromkeys(sorted(t for m in tables.models for t, _ in m.tiers)))
    models = tuple(model_view(m, tables, labels, tiers) for m in tables.models)
    add_audit_facts(facts, audits, flags, variances)
    breached = [gate for gate in gates if not gate.passed]
    return SweepView(
        title=experiment.title or f"sweep {tables.archive.tag}",
        metric=experiment.metric_label or "run_score",
        rank_by=tables.rank_by,
        models=models,
        leaders=tuple(m for m in models if tables.ranks[m.id] == 1),
        tiers=tiers,
        audits=audits,
        failed=tuple(a for a in audits if a.status == FAILED),
        task_flags=tuple(f for f in flags if f.kind in TASK_FLAGS),
        holes=tuple(f for f in flags if f.kind == "coverage_hole"),
        stored=tuple(f for f in flags if f.kind == "stored_differs")[:STORED_SHOWN],
        other_flags=tuple(f for f in flags if f.kind not in TASK_FLAGS | {"coverage_hole", "stored_differs"}),
        variances=least_separating(variances),
        inseparable=sum(v.ratio is not None and v.ratio < 1 for v in variances),
        neighbours=neighbours(tables, facts),
        confidence=confidence,
        labels=labels,
        moved=tuple(SnapshotView(labels[m], tag, f"tag_diff/{m}/{tag}") for tag, ms in moved.items() for m in ms),
        glossary=glossary(tables, facts),
        caveats=caveats(tables, audits, flags),
        breached=tuple(gate_view(breached, name, labels) for name in dict.fromkeys(g.name for g in breached)),
        gates=gates,
        outcomes=outcomes,
    )  # fmt: skip


def labels_of(tables: SweepTables, experiment: Experiment) -> dict[str, str]:
    """The declared label, else the folder's name."""
    names = {m.model: m.model for m in tables.models}
    return {**names, **{f: d.label for f, d in experiment.models.items() if d.label and f in names}}


def model_view(table: ModelTable, tables: SweepTables, labels: Mapping[str, str], tiers: tuple[str, ...]) -> ModelView:
    """One model's line."""
    rank = tables.ranks[table.model]
    own = dict(table.tiers)
    return ModelView(
        id=table.model,
        label=labels[table.model],
        tied=list(tables.ranks.values()).count(rank) > 1,
        clean_readings_differ=table.mean("clean_mean") != table.mean("clean_mean_evidence"),
        judge_failed=table.judge_failures > 0,
        tiers=tuple(f"tier/{table.model}/{t}" if t in own else None for t in tiers),
    )


def add_audit_facts(
    facts: Facts, audits: tuple[Audit, ...], flags: tuple[Flag, ...], variances: tuple[Variance, ...]
) -> None:
    """How many lines of the audit passed, failed, were not recorded; how many flags of each kind there are."""
    numbers = {
        "fairness/passed": (sum(a.status == PASSED for a in audits), "lines of the fairness audit that passed"),
        "fairness/failed": (sum(a.status == FAILED for a in audits), "lines of the fairness audit that failed"),
        "fairness/not_recorded": (sum(a.status == NOT_RECORDED for a in audits), "lines without a record"),
        "fairness/lines": (len(audits), "lines of the fairness audit"),
        "tasks/inseparable": (sum(v.ratio is not None and v.ratio < 1 for v in variances), "tasks with ratio < 1"),
        "tasks/flagged": (len({f.where for f in flags if f.kind in TASK_FLAGS}), "tasks with a flag"),
    }
    for kind, number in sorted(Counter(f.kind for f in flags).items()):
        numbers[f"flags/{kind}"] = (number, f"flags of kind {kind}")
    for name, (number, recipe) in numbers.items():
        facts.add(Fact(name, number, shown.count(number), "count", recipe))


def least_separating(variances: tuple[Variance, ...]) -> tuple[Variance, ...]:
    """The tasks that separate the models least."""
    known = [v for v in variances if v.ratio is not None]
    return tuple(sorted(known, key=lambda v: (v.ratio or 0.0, v.task))[:TASKS_SHOWN])


def neighbours(tables: SweepTables, facts: Facts) -> tuple[VersusView, ...]:
    """Each model against the next in the ranking."""
    names = [m.model for m in tables.models]
    above = {(v.a, v.b) for v in tables.versus if lies_above(v)}
    views = []
    for a, b in pairwise(names):
        name = f"diff/{a}/{b}"
        views.append(VersusView(a, b, name if name in facts else None, bool({(a, b), (b, a)} & above)))
    return tuple(views)


GLOSSARY = {
    "clean_mean": "mean run_score of the archived runs that did not score zero",
    "clean_mean_evidence": "the same, leaving out only those zeros that evidence lays to the infrastructure",
    "overall_mean": "mean run_score of all archived runs",
    "cov_norm": "sum of the clean scores over the runs that were to be there: a missing run counts as zero",
    "coverage": "share of the expected runs that have a clean score",
    "all_mean": "overall_mean with the scores that only the log has",
    "judge_mean": "mean score of the judge where it did not fail",
    "rank": "one more than the number of models that are better by a whole interval, so that ties stay ties",
}


def glossary(tables: SweepTables, facts: Facts) -> tuple[tuple[str, str], ...]:
    """The words that this report uses."""
    used = [word for word in GLOSSARY if any(f"{word}/{m.model}" in facts for m in tables.models)]
    unarchived = any(m.unarchived for m in tables.models)
    return tuple((word, GLOSSARY[word]) for word in used if word != "all_mean" or unarchived)


def caveats(tables: SweepTables, audits: tuple[Audit, ...], flags: tuple[Flag, ...]) -> tuple[str, ...]:
    """What limits the numbers, each only where it applies."""
    status, kinds = {a.name: a.status for a in audits}, {f.kind for f in flags}
    possible = (
        (tables.expected.runs < 3, "Fewer than three runs a task: run-to-run noise is hardly known."),
        (not tables.expected.declared, "The number of expected runs is inferred from what is there, not declared."),
        (status.get("judge_failures_left") == FAILED, "Failed judgements are in the scores as they were stored."),
        (status.get("judge_family") == FAILED, "The judge comes from the family of a model that it judged."),
        (status.get("same_environment") == NOT_RECORDED, "Nothing records in which environment the runs were made."),
        (status.get("same_verifier") == FAILED, "The verifier did not check the same number of things in every run."),
        ("no_verifier" in kinds, "On tasks without a verifier half of the score is the judge's word."),
        ("dead_task" in kinds, "A task on which everything scores zero pulls every mean down and separates nobody."),
        ("stored_differs" in kinds, "Some stored scores are not what their own parts give; means use them as stored."),
        ("coverage_hole" in kinds, "Models with missing runs are compared over the tasks that both have."),
    )
    return tuple(text for applies, text in possible if applies)
