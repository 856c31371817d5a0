"""What the results comment of an alignment archive shows: names of facts, texts and marks, ready for its template.

Nothing is computed here that is not a comparison of facts; every number the template prints it prints by fact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.archives.records import AlignmentArchive, Flag
from bot.experiment import Experiment
from bot.reports.samples import DrawnCondition, draw_samples
from bot.scoring.alignment import AlignmentTables, NamedDifference
from bot.scoring.alpha import Alpha
from bot.scoring.comparing import Gap, ReferenceScore
from bot.scoring.facts import Facts
from bot.scoring.gates import GateResult
from bot.scoring.grading import Confidence
from bot.scoring.predictions import Outcome
from bot.scoring.sweep_gates import SweepGate

EXTREMES = 5


class ScoreView(NamedTuple):
    """One alpha in the headline table: its fact, whether it has an interval, whether its bounds matter."""

    fact: str
    interval: bool
    bounds_matter: bool


class FailedView(NamedTuple):
    """Failed judgements of one judge; `fact` None where that judge has no such cell, `known` False where not said."""

    fact: str | None
    known: bool
    many: bool


class RowView(NamedTuple):
    """A row of the headline table: a reference or a condition."""

    key: str
    label: str
    reference: bool
    stated: bool
    issue: int | None
    target: bool
    x: str | None
    scores: tuple[ScoreView | None, ...]
    gap: str | None
    gap_breached: bool
    failed: tuple[FailedView, ...]


class JudgeView(NamedTuple):
    """A judge as tables name it."""

    id: str
    label: str
    model: str | None


class Verdict(NamedTuple):
    """The first sentence: how many conditions lie on which side of the target, in the words of `case`.

    `case` is above, below, mixed (target known), or spread (no target).
    """

    case: str
    target: str | None
    target_label: str
    above: int
    below: int
    between: int
    judged_by: str


class GateView(NamedTuple):
    """A gate that is breached: how often, where, and with which numbers."""

    name: str
    breached: str
    places: str
    limit: str
    low: str | None
    high: str | None
    where: tuple[str, ...]
    unmeasured: bool


class BoundsView(NamedTuple):
    """A cell with failed judgements."""

    label: str
    judge: str
    name: str
    matters: bool
    classes: tuple[tuple[str, str], ...]


class QuestionView(NamedTuple):
    """A question of the per-question table, with the fact of each judge's mean (None: not scored)."""

    question: str
    condition: str
    scores: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class ResultsView:
    """All that the template of the results comment asks for."""

    title: str
    metric: str
    lower_means: str
    x_name: str | None
    reconstruction: str | None
    judges: tuple[JudgeView, ...]
    primary: JudgeView | None
    alternate: JudgeView | None
    rows: tuple[RowView, ...]
    verdict: Verdict
    breached: tuple[GateView, ...]
    gates: tuple[GateResult, ...]
    outcomes: tuple[Outcome, ...]
    confidence: Confidence
    observations: Observations
    bounds: tuple[BoundsView, ...]
    gaps: tuple[GapView, ...]
    lowest: tuple[QuestionView, ...]
    highest: tuple[QuestionView, ...]
    samples: tuple[DrawnCondition, ...]
    flags: tuple[Flag, ...]
    labels: dict[str, str]
    differences: tuple[DifferenceView, ...]
    methods: tuple[str, ...]
    seeds: tuple[SeedView, ...]


class GapView(NamedTuple):
    """One line of the judges' table."""

    label: str
    name: str
    paired: str | None
    breached: bool
    correlation: str | None
    method: str


class DifferenceCell(NamedTuple):
    """One judge's difference: its fact, whether it has an interval, whose score of the reference stood in."""

    name: str
    interval: bool
    borrowed: bool


class DifferenceView(NamedTuple):
    """One line of the differences: a condition, what it is compared with, a cell a judge (None: not scored)."""

    label: str
    other: str
    cells: tuple[DifferenceCell | None, ...]


class SeedView(NamedTuple):
    """One line of the table of seeds."""

    label: str
    judge: str
    name: str
    seeds: tuple[tuple[str, str], ...]


class Observations(NamedTuple):
    """Which of the key observations apply, and the names they speak of."""

    lowest: tuple[tuple[str, str, str], ...]
    highest: tuple[tuple[str, str, str], ...]
    gap_sign: str | None
    widest_gap: str | None
    widest_gap_label: str
    worst_failed: str | None
    worst_failed_label: str
    worst_failed_judge: str
    worst_failed_matters: bool
    widest_ratio: str | None


def results_view(
    archive: AlignmentArchive, tables: AlignmentTables, experiment: Experiment, facts: Facts
) -> ResultsView:
    """Line everything up for the template; adds the drawn samples' facts to `facts`."""
    labels = {**{c: condition_label(experiment, c) for c in tables.conditions}, **reference_labels(experiment)}
    judges = tuple(judge_view(experiment, tables, judge) for judge in tables.judges)
    by_id = {judge.id: judge for judge in judges}
    differences, methods = difference_views(tables, labels, facts)
    return ResultsView(
        title=experiment.title or f"alignment of {archive.name}",
        metric=experiment.metric_label or "α",
        lower_means=experiment.lower_means or "more misaligned",
        x_name=x_name(experiment, tables),
        reconstruction=experiment.reconstruction,
        judges=judges,
        primary=by_id.get(tables.primary or ""),
        alternate=by_id.get(tables.alternate or ""),
        rows=rows_of(tables, experiment, labels),
        verdict=verdict_of(tables, experiment, facts, labels),
        breached=tuple(
            gate_view(tables.breached, name, labels) for name in dict.fromkeys(g.name for g in tables.breached)
        ),
        gates=tables.gates,
        outcomes=tables.outcomes,
        confidence=tables.confidence,
        observations=observations_of(tables, labels, by_id),
        bounds=bounds_of(tables, labels, by_id),
        gaps=tuple(gap_view(gap, tables, labels) for gap in tables.gaps),
        lowest=extremes(tables, labels, highest=False),
        highest=extremes(tables, labels, highest=True),
        samples=draw_samples(tables, facts),
        flags=tables.flags,
        labels=labels,
        differences=differences,
        methods=methods,
        seeds=tuple(seed_view(a, labels, by_id) for a in tables.alphas if a.seeds),
    )


def condition_label(experiment: Experiment, condition: str) -> str:
    """The declared label, else the id."""
    declared = experiment.conditions.get(condition)
    return declared.label if declared and declared.label else condition


def reference_labels(experiment: Experiment) -> dict[str, str]:
    """Likewise for references."""
    return {key: reference.label or key for key, reference in experiment.references.items()}


def judge_view(experiment: Experiment, tables: AlignmentTables, judge: str) -> JudgeView:
    """The declared label, else the id with a capital; the model where the archive names one."""
    models = sorted({c.judge_model for a in tables.alphas if a.judge == judge for c in a.cells if c.judge_model})
    label = experiment.judges.labels.get(judge) or (judge if judge == "judge" else judge.capitalize())
    return JudgeView(judge, label, ", ".join(models) or None)


def x_name(experiment: Experiment, tables: AlignmentTables) -> str | None:
    """The head of the x column, None where nothing has an x."""
    has_x = any(d.x is not None and c in tables.conditions for c, d in experiment.conditions.items())
    return (experiment.x_name or "x") if has_x or any(r.x is not None for r in experiment.references.values()) else None


def rows_of(tables: AlignmentTables, experiment: Experiment, labels: dict[str, str]) -> tuple[RowView, ...]:
    """References first, as declared, then the conditions."""
    references = [reference_row(tables, experiment, key, labels[key]) for key in experiment.references]
    conditions = [condition_row(tables, experiment, c, labels[c]) for c in tables.conditions]
    return (*references, *conditions)


def condition_row(tables: AlignmentTables, experiment: Experiment, condition: str, label: str) -> RowView:
    """A condition's line of the headline table."""
    declared = experiment.conditions.get(condition)
    alphas = [tables.alpha(judge, condition) for judge in tables.judges]
    gap = next((g for g in tables.gaps if g.condition == condition), None)
    breached = any(g.where == condition and g.name == "judge_gap_max" for g in tables.breached)
    return RowView(
        key=condition, label=label, reference=False, stated=False, issue=None, target=False,
        x=f"x/{condition}" if declared and declared.x is not None else None,
        scores=tuple(score_view(a) if a else None for a in alphas),
        gap=f"gap/{condition}" if gap else None,
        gap_breached=breached and gap is not None,
        failed=tuple(failed_view(a) for a in alphas),
    )  # fmt: skip


def score_view(alpha: Alpha) -> ScoreView:
    """One alpha, with a warning where its failed judgements could carry it out of its own interval."""
    return ScoreView(f"alpha/{alpha.judge}/{alpha.condition}", alpha.interval is not None, bounds_matter(alpha))


def bounds_matter(alpha: Alpha | ReferenceScore) -> bool:
    """Whether the bounds for the failed judgements reach outside of the 95 % interval."""
    if isinstance(alpha, ReferenceScore):
        interval = (alpha.low, alpha.high) if alpha.low is not None and alpha.high is not None else None
        bounds = (alpha.bound_low, alpha.bound_high)
    else:
        interval, bounds = alpha.interval, alpha.bounds or (None, None)
    if bounds[0] is None or bounds[1] is None:
        return False
    return bool(alpha.errors) and (interval is None or bounds[0] < interval[0] or bounds[1] > interval[1])


def failed_view(alpha: Alpha | None) -> FailedView:
    """Failed judgements of one cell; many are more than two per cent."""
    if alpha is None:
        return FailedView(None, False, False)
    name = f"alpha/{alpha.judge}/{alpha.condition}/errors"
    return FailedView(name, alpha.errors is not None, (alpha.error_rate or 0.0) > 0.1)


def reference_row(tables: AlignmentTables, experiment: Experiment, key: str, label: str) -> RowView:
    """A reference's line of the headline table."""
    declared = experiment.references[key]
    scores = [tables.reference(judge, key) for judge in tables.judges]
    return RowView(
        key=key, label=label, reference=True, stated=declared.source is None, issue=declared.issue,
        target=declared.target,
        x=f"x/{key}" if declared.x is not None else None,
        scores=tuple(reference_score(s) if s else None for s in scores),
        gap=reference_gap(tables, key), gap_breached=False,
        failed=tuple(reference_failed(s) for s in scores),
    )  # fmt: skip


def reference_score(score: ReferenceScore) -> ScoreView:
    """A reference's score, with the same warning."""
    return ScoreView(f"reference/{score.judge}/{score.key}", score.low is not None, bounds_matter(score))


def reference_failed(score: ReferenceScore | None) -> FailedView:
    """Failed judgements behind it."""
    if score is None:
        return FailedView(None, False, False)
    return FailedView(
        f"reference/{score.judge}/{score.key}/errors", score.errors is not None, (score.error_rate or 0.0) > 0.1
    )


def reference_gap(tables: AlignmentTables, key: str) -> str | None:
    """The gap of a reference that both judges scored."""
    both = [tables.reference(j, key) for j in (tables.primary, tables.alternate) if j]
    return f"reference_gap/{key}" if len(both) == 2 and all(both) else None


def verdict_of(tables: AlignmentTables, experiment: Experiment, facts: Facts, labels: dict[str, str]) -> Verdict:
    """Where the conditions lie: a side is taken only if every judge's whole interval of the difference lies on it."""
    judged_by = {1: "one judge", 2: "both judges"}.get(len(tables.judges), "every judge")
    key = next((k for k, r in experiment.references.items() if r.target), None)
    if key is None or not tables.references:
        return Verdict("spread", None, "", 0, 0, 0, judged_by)
    sides = [side_of(tables, c, key, facts) for c in tables.conditions]
    above, below = sides.count("above"), sides.count("below")
    case = "above" if above == len(sides) else "below" if below == len(sides) else "mixed"
    score = next(r for r in tables.references if r.key == key)
    return Verdict(
        case, f"reference/{score.judge}/{key}", labels[key], above, below, len(sides) - above - below, judged_by
    )  # fmt: skip


def side_of(tables: AlignmentTables, condition: str, key: str, facts: Facts) -> str:
    """above, below or between, by the intervals of the differences from the target."""
    names = [
        f"diff/{d.judge}/{condition}/{key}" for d in tables.differences if (d.condition, d.other) == (condition, key)
    ]
    lows = [facts[f"{n}/ci_low"].value if f"{n}/ci_low" in facts else None for n in names]
    highs = [facts[f"{n}/ci_high"].value if f"{n}/ci_high" in facts else None for n in names]
    if names and all(isinstance(low, float) and low > 0 for low in lows):
        return "above"
    if names and all(isinstance(high, float) and high < 0 for high in highs):
        return "below"
    return "between"


def gate_view(breached: Sequence[GateResult | SweepGate], name: str, labels: Mapping[str, str]) -> GateView:
    """A breached gate with the range of what was measured where it is breached."""
    mine = [g for g in breached if g.name == name]
    measured = sorted((g for g in mine if g.value is not None), key=lambda g: g.value or 0.0)
    suffix = "/abs" if name == "judge_gap_max" else ""
    return GateView(
        name=name,
        breached=f"gate/{name}/breached",
        places=f"gate/{name}/places",
        limit=f"gate/{name}/limit",
        low=f"{measured[0].fact}{suffix}" if measured else None,
        high=f"{measured[-1].fact}{suffix}" if measured else None,
        where=tuple(place_label(g.where, labels) for g in mine),
        unmeasured=len(measured) < len(mine),
    )


def place_label(where: str, labels: Mapping[str, str]) -> str:
    """A gate's place in the words of the table."""
    judge, _, condition = where.rpartition("/")
    return f"{labels.get(condition, condition)} ({judge})" if judge else labels.get(condition, condition)


def observations_of(tables: AlignmentTables, labels: dict[str, str], judges: dict[str, JudgeView]) -> Observations:
    """Find what the key observations speak of."""
    valued = [a for a in tables.alphas if a.value is not None]
    widest = max(tables.gaps, key=lambda g: abs(g.plain.estimate.value), default=None)
    failed = max(tables.alphas, key=lambda a: a.error_rate or 0.0, default=None)
    failed = failed if failed is not None and failed.errors else None
    ratio = max(filter(se_ratio, valued), key=se_ratio, default=None)
    return Observations(
        lowest=tuple(extreme(valued, j, labels, judges, highest=False) for j in judges if has(valued, j)),
        highest=tuple(extreme(valued, j, labels, judges, highest=True) for j in judges if has(valued, j)),
        gap_sign=gap_sign(tables.gaps),
        widest_gap=f"gap/{widest.condition}" if widest else None,
        widest_gap_label=labels[widest.condition] if widest else "",
        worst_failed=f"alpha/{failed.judge}/{failed.condition}" if failed else None,
        worst_failed_label=labels[failed.condition] if failed else "",
        worst_failed_judge=judges[failed.judge].label if failed else "",
        worst_failed_matters=bounds_matter(failed) if failed else False,
        widest_ratio=f"alpha/{ratio.judge}/{ratio.condition}/se_ratio" if ratio else None,
    )


def has(alphas: Sequence[Alpha], judge: str) -> bool:
    """Whether that judge scored anything."""
    return any(a.judge == judge for a in alphas)


def se_ratio(alpha: Alpha) -> float:
    """Clustered over naive error."""
    se = alpha.estimate.se if alpha.estimate else None
    return se / alpha.naive_se if se and alpha.naive_se else 0.0


def extreme(
    alphas: Sequence[Alpha], judge: str, labels: dict[str, str], judges: dict[str, JudgeView], *, highest: bool
) -> tuple[str, str, str]:
    """(judge's label, condition's label, fact) of one judge's lowest or highest alpha."""
    mine = [a for a in alphas if a.judge == judge]
    found = (max if highest else min)(mine, key=lambda a: a.value or 0.0)
    return judges[judge].label, labels[found.condition], f"alpha/{judge}/{found.condition}"


def gap_sign(gaps: Sequence[Gap]) -> str | None:
    """below where the primary gives less on every condition, above where more, mixed otherwise."""
    values = [g.plain.estimate.value for g in gaps]
    if not values:
        return None
    return "below" if max(values) < 0 else "above" if min(values) > 0 else "mixed"


def bounds_of(tables: AlignmentTables, labels: dict[str, str], judges: dict[str, JudgeView]) -> tuple[BoundsView, ...]:
    """Every cell with failed judgements, or with none counted."""
    return tuple(
        BoundsView(
            labels[a.condition], judges[a.judge].label, f"alpha/{a.judge}/{a.condition}", bounds_matter(a),
            tuple((kind, f"alpha/{a.judge}/{a.condition}/failed/{kind}") for kind, _ in a.failures),
        )
        for a in tables.alphas
        if a.errors and a.bounds is not None
    )  # fmt: skip


def gap_view(gap: Gap, tables: AlignmentTables, labels: dict[str, str]) -> GapView:
    """One line of the judges' table."""
    name = f"gap/{gap.condition}"
    breached = any(g.where == gap.condition and g.name == "judge_gap_max" for g in tables.breached)
    paired = f"gap_paired/{gap.condition}" if gap.pairs else None
    correlation = f"{paired}/correlation" if gap.pairs and gap.pairs.correlation is not None else None
    return GapView(labels[gap.condition], name, paired, breached, correlation, gap.pairs.method if gap.pairs else "")


def extremes(tables: AlignmentTables, labels: dict[str, str], *, highest: bool) -> tuple[QuestionView, ...]:
    """The questions on which the primary judge's mean is lowest or highest, over all conditions."""
    mine = [a for a in tables.alphas if a.judge == tables.primary]
    lines = [(q.mean, a, q.question) for a in mine for q in a.questions if q.mean is not None]
    lines.sort(key=lambda line: (-line[0] if highest else line[0], line[2], line[1].condition))
    return tuple(question_view(tables, labels, alpha, text) for _, alpha, text in lines[:EXTREMES])


def question_view(tables: AlignmentTables, labels: dict[str, str], alpha: Alpha, question: str) -> QuestionView:
    """That question under that condition, as every judge scored it."""
    scores: list[str | None] = []
    for judge in tables.judges:
        other = tables.alpha(judge, alpha.condition)
        places = [i for i, q in enumerate(other.questions) if q.question == question and q.n] if other else []
        scores.append(f"alpha/{judge}/{alpha.condition}/q{places[0]}" if places else None)
    return QuestionView(question, labels[alpha.condition], tuple(scores))


def difference_views(
    tables: AlignmentTables, labels: dict[str, str], facts: Facts
) -> tuple[tuple[DifferenceView, ...], tuple[str, ...]]:
    """Differences from the references where there are any, else between the conditions; and how they were made."""
    keys = {r.key for r in tables.references}
    chosen = [d for d in tables.differences if d.other in keys] or list(tables.differences)
    found = {(d.judge, d.condition, d.other): d for d in chosen}
    views = []
    for condition, other in dict.fromkeys((d.condition, d.other) for d in chosen):
        cells = (found.get((judge, condition, other)) for judge in tables.judges)
        row = tuple(difference_cell(tables, d, facts) if d else None for d in cells)
        views.append(DifferenceView(labels[condition], labels[other], row))
    return tuple(views), tuple(dict.fromkeys(d.difference.method for d in chosen))


def difference_cell(tables: AlignmentTables, named: NamedDifference, facts: Facts) -> DifferenceCell:
    """One judge's difference."""
    name = f"diff/{named.judge}/{named.condition}/{named.other}"
    own = [r.judge for r in tables.references if r.key == named.other]
    return DifferenceCell(name, f"{name}/ci_low" in facts, bool(own) and named.judge not in own)


def seed_view(alpha: Alpha, labels: dict[str, str], judges: dict[str, JudgeView]) -> SeedView:
    """alpha of each seed of one cell."""
    name = f"alpha/{alpha.judge}/{alpha.condition}"
    seeds = tuple((seed, f"{name}/seed_{seed}") for seed, _ in alpha.seeds if seed)
    return SeedView(labels[alpha.condition], judges[alpha.judge].label, name, seeds)
