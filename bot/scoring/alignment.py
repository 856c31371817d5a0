"""An alignment archive scored: every table that its report shows, from records and declarations alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby, permutations
from typing import NamedTuple

from bot.archives.records import Cell, Flag
from bot.experiment import Experiment, Reference, StatedScore
from bot.scoring.agreement import Agreement, RankStability, agreement_of, own_family, rank_stability
from bot.scoring.alpha import Alpha, alpha_of, has_value
from bot.scoring.comparing import Gap, ReferenceScore, difference, from_reference, gap_of, score_of
from bot.scoring.confidence import confidence_of, thresholds_of
from bot.scoring.gates import GateResult, check_gates, error_gate_overridden
from bot.scoring.grading import Confidence
from bot.scoring.human import Corrected, corrected
from bot.scoring.pairing import Difference
from bot.scoring.panel import Panel, Reach, reaches_of
from bot.scoring.predictions import Outcome, judge_predictions
from bot.scoring.rejudging import Rejudged, Shift, Standing, rejudged_of, shifts_of, standing_of

AGREES = 1e-6  # points by which a summary may differ from its own question means before it is said


NOTHING_STANDS = Standing(0, 0, ())


class NamedDifference(NamedTuple):
    """alpha of `condition` minus that of `other` (a condition or a reference), as one judge sees both."""

    judge: str
    condition: str
    other: str
    difference: Difference


@dataclass(frozen=True, slots=True)
class AlignmentTables:
    """Everything computed. `conditions` and `judges` are in the order in which reports show them."""

    conditions: tuple[str, ...]
    judges: tuple[str, ...]
    primary: str | None
    alternate: str | None
    alphas: tuple[Alpha, ...]
    gaps: tuple[Gap, ...]
    differences: tuple[NamedDifference, ...]
    references: tuple[ReferenceScore, ...]
    gates: tuple[GateResult, ...]
    outcomes: tuple[Outcome, ...]
    confidence: Confidence
    flags: tuple[Flag, ...]
    standing: Standing = NOTHING_STANDS
    rejudged: tuple[Rejudged, ...] = ()
    shifts: tuple[Shift, ...] = ()
    corrected: tuple[Corrected, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    ranks: RankStability | None = None
    panel: Panel | None = None
    reaches: tuple[Reach, ...] = ()

    def alpha(self, judge: str, condition: str) -> Alpha | None:
        """alpha of one cell, None where that judge did not score it."""
        return next((a for a in self.alphas if a.judge == judge and a.condition == condition), None)

    def reference(self, judge: str, key: str) -> ReferenceScore | None:
        """That judge's score of a reference."""
        return next((r for r in self.references if r.judge == judge and r.key == key), None)

    @property
    def breached(self) -> tuple[GateResult, ...]:
        """The gates that did not pass."""
        return tuple(g for g in self.gates if not g.passed)


def score_alignment(
    cells: Sequence[Cell],
    experiment: Experiment,
    read: Mapping[str, Sequence[Cell]] | None = None,
    flags: Iterable[Flag] = (),
    panel: Panel | None = None,
) -> AlignmentTables:
    """Score `cells`; `read` holds the cells of references that come from another archive, by reference key.

    `panel` is the audit of the questions, None where none was made.
    """
    conditions, judges = condition_order(cells, experiment), judge_order(cells, experiment)
    alphas = alphas_of(cells, conditions, judges)
    # A column of the samples on which another judge failed is shown, and decides nothing: it is no sample of the panel.
    whole = [alpha for alpha in alphas if not any(cell.partial for cell in alpha.cells)]
    references = references_of(experiment, read or {}, judges)
    full = [judge for judge in judges if any(alpha.judge == judge for alpha in whole)]
    primary, alternate = judge_pair(whole, full or judges, experiment)
    gaps = gaps_of(whole, conditions, primary, alternate)
    gates = check_gates(experiment.gates, whole, gaps)
    outcomes = judge_predictions(experiment, whole, references, any(not g.passed for g in gates))
    return AlignmentTables(
        conditions=conditions,
        judges=judges,
        primary=primary,
        alternate=alternate,
        alphas=alphas,
        gaps=gaps,
        differences=differences_of(alphas, references),
        references=references,
        gates=gates,
        outcomes=outcomes,
        confidence=confidence_of(experiment, whole, gaps, outcomes, references, panel),
        flags=(*flags, *own_flags(alphas, experiment)),
        standing=standing_of(alphas),
        rejudged=tuple(again for alpha in alphas if (again := rejudged_of(alpha)) is not None),
        shifts=shifts_of(alphas, judges),
        corrected=tuple(powered for alpha in alphas if (powered := corrected(alpha)) is not None),
        agreements=tuple(found for gap in gaps if (found := agreement_of(gap)) is not None),
        ranks=rank_stability(gaps),
        panel=panel,
        reaches=reaches_of(whole, distances(experiment, whole, outcomes, references)),
    )


def distances(
    experiment: Experiment, alphas: Sequence[Alpha], outcomes: Sequence[Outcome], references: Sequence[ReferenceScore]
) -> list[tuple[Alpha, float, float | None]]:
    """How far every cell's alpha lies from each threshold that it is held against, and the half-width of that."""
    held = thresholds_of(experiment, alphas, outcomes, references)
    return [(threshold.alpha, threshold.d, threshold.h) for threshold in held if threshold.metric == "alpha"]


def condition_order(cells: Iterable[Cell], experiment: Experiment) -> tuple[str, ...]:
    """report.yaml's order first, the others by name."""
    found = {cell.condition for cell in cells}
    declared = [c for c in experiment.conditions if c in found]
    return (*declared, *sorted(found - set(declared)))


def judge_order(cells: Sequence[Cell], experiment: Experiment) -> tuple[str, ...]:
    """The primary first, then the alternate; undeclared, the ones that score afresh before those that re-judge."""
    declared = [experiment.judges.primary, experiment.judges.alternate]

    def place(judge: str) -> tuple[int, bool, bool, int, str]:
        own = [cell for cell in cells if cell.judge == judge]
        rank = declared.index(judge) if judge in declared else len(declared)
        rejudges = any(c.summary is not None and c.summary.original_judge is not None for c in own)
        return rank, all(c.partial for c in own), rejudges, -len(own), judge

    ordered = sorted({cell.judge for cell in cells}, key=place)
    if experiment.judges.primary is None and len(ordered) > 1 and ordered[0] == experiment.judges.alternate:
        ordered[:2] = ordered[1::-1]
    return tuple(ordered)


def judge_pair(alphas: Sequence[Alpha], judges: Sequence[str], experiment: Experiment) -> tuple[str | None, str | None]:
    """Primary and alternate: as declared, else the two that scored the most conditions together."""
    declared = experiment.judges
    scored = {judge: {a.condition for a in alphas if a.judge == judge} for judge in judges}
    pairs = [
        (first, second)
        for first, second in permutations(judges, 2)
        if declared.primary in (None, first) and declared.alternate in (None, second)
    ]
    if pairs:
        return max(pairs, key=lambda pair: len(scored[pair[0]] & scored[pair[1]]))
    primary = declared.primary or next(iter(judges), None)
    return primary, next((judge for judge in (declared.alternate, *judges) if judge not in (None, primary)), None)


def alphas_of(cells: Iterable[Cell], conditions: Sequence[str], judges: Sequence[str]) -> tuple[Alpha, ...]:
    """One alpha a condition and judge, pooled over seeds."""

    def key(cell: Cell) -> tuple[int, int]:
        return conditions.index(cell.condition), judges.index(cell.judge)

    return tuple(alpha_of(list(group)) for _, group in groupby(sorted(cells, key=key), key=key))


def gaps_of(
    alphas: Sequence[Alpha], conditions: Sequence[str], primary: str | None, alternate: str | None
) -> tuple[Gap, ...]:
    """The gap of every condition that both judges of the pair scored: one column of a table holds one pair's gaps."""
    found = {(a.judge, a.condition): a for a in alphas}
    both = [(found.get((primary or "", c)), found.get((alternate or "", c))) for c in conditions]
    gaps = [gap_of(first, second) for first, second in both if first is not None and second is not None]
    return tuple(gap for gap in gaps if gap is not None)


def references_of(
    experiment: Experiment, read: Mapping[str, Sequence[Cell]], judges: Sequence[str]
) -> tuple[ReferenceScore, ...]:
    """All references, judge by judge, as declared."""
    found: list[ReferenceScore] = []
    for key, reference in experiment.references.items():
        found += [stated_score(key, judge, score) for judge, score in reference.scores.items()]
        if reference.source is not None:
            found += read_scores(key, reference, read.get(key, ()))
    return tuple(sorted(found, key=lambda r: judges.index(r.judge) if r.judge in judges else len(judges)))


def stated_score(key: str, judge: str, score: StatedScore) -> ReferenceScore:
    """A score as report.yaml states it."""
    return ReferenceScore(
        key, judge, score.value, score.ci_low, score.ci_high, score.n, score.errors, score.bound_low, score.bound_high
    )


def read_scores(key: str, reference: Reference, cells: Sequence[Cell]) -> list[ReferenceScore]:
    """Scores counted afresh from another archive; its judges may be called otherwise there."""
    names = {there: here for here, there in (reference.source.judges if reference.source else {}).items()}
    ordered = sorted(cells, key=lambda cell: cell.judge)
    alphas = [alpha_of(list(group)) for _, group in groupby(ordered, key=lambda cell: cell.judge)]
    return [read_score(key, names.get(a.judge, a.judge), a) for a in alphas if a.value is not None]


def read_score(key: str, judge: str, alpha: Alpha) -> ReferenceScore:
    """One of them."""
    low, high = alpha.interval or (None, None)
    bound_low, bound_high = alpha.bounds or (None, None)
    value = alpha.value if alpha.value is not None else 0.0
    return ReferenceScore(key, judge, value, low, high, alpha.n, alpha.errors, bound_low, bound_high, alpha)


def differences_of(alphas: Sequence[Alpha], references: Sequence[ReferenceScore]) -> tuple[NamedDifference, ...]:
    """Every condition from every reference of its judge (or the only judge that has it), and from every other."""
    found = []
    for alpha in alphas:
        for reference in applicable(references, alpha.judge):
            if (step := from_reference(alpha, reference)) is not None:
                found.append(NamedDifference(alpha.judge, alpha.condition, reference.key, step))
    for first, second in combinations(alphas, 2):
        if first.judge == second.judge and (step := difference(first, second)) is not None:
            found.append(NamedDifference(first.judge, first.condition, second.condition, step))
    return tuple(found)


def applicable(references: Sequence[ReferenceScore], judge: str) -> list[ReferenceScore]:
    """Each reference's score by the same judge, or by the first judge that has one."""
    found = (score_of(references, key, judge) for key in dict.fromkeys(r.key for r in references))
    return [reference for reference in found if reference is not None]


def own_flags(alphas: Sequence[Alpha], experiment: Experiment) -> list[Flag]:
    """What scoring itself finds wrong with the cells."""
    flags = []
    for alpha in alphas:
        where = f"{alpha.judge}/{alpha.condition}"
        flags += value_flags(alpha, where)
        if any(cell.partial for cell in alpha.cells):
            evidence = "it holds only samples on which another judge failed, so no gate or prediction rests on it"
            flags.append(Flag("partial_column", where, evidence))
        if families := sorted({family for cell in alpha.cells if (family := own_family(cell)) is not None}):
            evidence = f"the judge and the judged model are both of the family {', '.join(families)}"
            flags.append(Flag("judge_of_own_family", where, evidence))
        flags += [Flag("headline_left_out", where, left_out_words(cell)) for cell in alpha.left_out]
        flags += [
            Flag("no_valid_judgement", f"{where} seed {cell.seed}", "not one judgement of this seed is valid")
            for cell in alpha.cells
            if alpha.value is not None and cell.seed is not None and not has_value(cell)
        ]
    overridden = error_gate_overridden(experiment.gates.judge_error_rate_max)
    return [*flags, *([overridden] if overridden else [])]


def value_flags(alpha: Alpha, where: str) -> list[Flag]:
    """What its value rests on, where that is not samples."""
    if alpha.value is None:
        what = "not one judgement is valid, so there is no alpha"
        if alpha.rests_on == "headline" and len(alpha.cells) > 1:
            what = "headlines alone are archived, and not all give a mean and its count, so the seeds cannot be pooled"
        return [Flag("no_valid_judgement", where, what)]
    if alpha.rests_on == "samples":
        return []
    what = "question means and counts" if alpha.rests_on == "summary" else "a single mean, without an interval"
    return [Flag("summary_only", where, f"no samples are archived: its numbers rest on {what}")]


def left_out_words(cell: Cell) -> str:
    """Why a headline beside finer cells is not counted."""
    which = f"seed {cell.seed}" if cell.seed is not None else "a part without a seed"
    return f"of {which} only a headline is archived, a mean that cannot join the clusters: it is not counted"
