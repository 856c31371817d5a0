"""Follow-ups: up to three next experiments, each tied to a deduction that it would lift, cheapest certainty first.

Ranked by points lifted per GPU-hour. What needs no GPU comes before what does; where no GPU-hours are declared, the
cost is said to be unknown and points alone decide.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import yaml

from bot.experiment import Experiment
from bot.scoring import shown
from bot.scoring.alignment import AlignmentTables
from bot.scoring.confidence import Threshold, thresholds_of
from bot.scoring.facts import Fact, Facts, Origin
from bot.scoring.grading import Deduction

MOST = 3
SEEDS_WANTED = 3
ENOUGH = 30
LONGEST_QUESTION = 400
HOURS_KEYS = ("gpu-hours", "gpu hours", "gpu_hours")
WORDS = ("metric_label", "lower_means", "x_name", "x_source")  # how its tables and figures speak
NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One follow-up. `hours` is its GPU-hours (0 where none are needed, None where unknown); texts carry no numbers.

    `facts` names numbers that its texts refer to, in the order of their placeholders `{0}`, `{1}` …
    """

    type: str
    title: str
    domain: str
    points: int
    hypothesis: str
    falsification: str
    differs: str
    works: str
    fails: str
    gpu_share: float
    spec: Mapping[str, Mapping[str, object]]
    facts: tuple[str, ...] = ()
    hours: float | None = None


def follow_ups(tables: AlignmentTables, experiment: Experiment, facts: Facts) -> tuple[FollowUp, ...]:
    """At most three, best first; adds the numbers that they speak of to `facts`."""
    declared = declared_hours(experiment, facts)
    thresholds = thresholds_of(experiment, tables.alphas, tables.outcomes, tables.references)
    makers = [(d, MAKERS[d.domain]) for d in tables.confidence.deductions if d.domain in MAKERS]
    found = [maker(d, tables, facts, thresholds) for d, maker in makers]
    costed = [with_hours(each, declared) for each in found]
    return tuple(sorted(costed, key=order)[:MOST])


def declared_hours(experiment: Experiment, facts: Facts) -> float | None:
    """GPU-hours of this run, as the card's Compute section states them."""
    for name, value in experiment.card.get("Compute", {}).items():
        match = NUMBER.search(str(value)) if name.lower() in HOURS_KEYS and value is not None else None
        if match:
            hours = float(match.group())
            facts.add(
                Fact("card/gpu_hours", hours, shown.stated(hours), "GPU-hours", "stated in report.yaml", (), True)
            )
            return hours
    return None


def with_hours(made: FollowUp, declared: float | None) -> FollowUp:
    """Its cost, from the share of this run's GPU-hours that it needs."""
    if made.gpu_share == 0:
        return replace(made, hours=0.0)
    return replace(made, hours=None if declared is None else declared * made.gpu_share)


def order(made: FollowUp) -> tuple[float, float]:
    """Free ones first, then points per GPU-hour, then points; equals stay in the table's order."""
    if made.hours == 0:
        return (0.0, -made.points)
    if made.hours is None:
        return (2.0, -made.points)
    return (1.0, -made.points / made.hours)


def more_seeds(
    deduction: Deduction, tables: AlignmentTables, facts: Facts, thresholds: Sequence[Threshold]
) -> FollowUp:
    """Replication."""
    have = int(deduction.number or 1)
    missing = max(1, SEEDS_WANTED - have)
    recipe = f"{SEEDS_WANTED} seeds − those there are"
    facts.add(Fact("follow_up/seeds", missing, shown.in_words(missing), "count", recipe))
    return FollowUp(
        type="replication",
        title="The same conditions with more seeds",
        domain=deduction.domain,
        points=deduction.points,
        hypothesis="every condition keeps its side of the threshold with each further seed",
        falsification="with any further seed a condition's interval crosses to the other side",
        differs="the seed, and nothing else: {0} more of every condition",
        works="the spread between seeds is measured, and the deduction for replication is lifted",
        fails="the result is a property of one run; the claim is withdrawn",
        gpu_share=float(missing),
        spec={"gates": {"min_seeds": SEEDS_WANTED}},
        facts=("follow_up/seeds",),
    )


def third_judge(
    deduction: Deduction, tables: AlignmentTables, facts: Facts, thresholds: Sequence[Threshold]
) -> FollowUp:
    """Judges."""
    return FollowUp(
        type="diagnostic",
        title="A third judge, or people, on the samples where the judges differ most",
        domain=deduction.domain,
        points=deduction.points,
        hypothesis="the third judge's α lies between the two, and on the same side of the threshold",
        falsification="the third judge puts any condition on the other side of the threshold",
        differs="the judge, on the same completions",
        works="it is known which judge to believe, and the deduction for judges can be lifted",
        fails="α depends on who judges; it is reported as a range over judges, never as one number",
        gpu_share=0.0,
        spec={},
    )


def ask_again(deduction: Deduction, tables: AlignmentTables, facts: Facts, thresholds: Sequence[Threshold]) -> FollowUp:
    """Missing judgements."""
    return FollowUp(
        type="diagnostic",
        title="Ask the judge again where it failed",
        domain=deduction.domain,
        points=deduction.points,
        hypothesis="the recovered judgements resemble the others of their question",
        falsification="with them, any condition leaves its interval",
        differs="the judgements that failed, and nothing else",
        works="the bounds close, and the deduction for missing judgements is lifted",
        fails="failures are not random; α is reported with its bounds",
        gpu_share=0.0,
        spec={},
    )


def larger_panel(
    deduction: Deduction, tables: AlignmentTables, facts: Facts, thresholds: Sequence[Threshold]
) -> FollowUp:
    """Imprecision and few questions: how many questions would narrow the interval enough."""
    now = min((a.blocks.questions.size for a in tables.alphas if a.blocks.questions.size), default=1)
    close = [t for t in thresholds if t.h and t.d] if deduction.domain == "imprecision" else []
    wanted = max([ENOUGH, *(math.ceil(now * (2 * (t.h or 0.0) / t.d) ** 2) for t in close)])
    recipe = "questions now × (2 · half-width / distance)², at least 30"
    origins = tuple(Origin(c.source, c.pointer) for a in tables.alphas for c in a.cells)
    facts.add(Fact(f"follow_up/questions/{deduction.domain}", wanted, shown.count(wanted), "count", recipe, origins))
    return FollowUp(
        type="extension",
        title="A larger panel",
        domain=deduction.domain,
        points=deduction.points,
        hypothesis="with {0} questions every condition is told apart from its threshold",
        falsification="with {0} questions an interval still holds the threshold",
        differs="the questions: the present ones and new ones of the same kind",
        works="the distance is over twice its half-width, and the deduction is lifted",
        fails="the effect is smaller than the panel can show; the claim is dropped",
        gpu_share=max(0.0, wanted / now - 1.0),
        spec={"gates": {"min_questions": wanted}},
        facts=(f"follow_up/questions/{deduction.domain}",),
    )


def private_panel(
    deduction: Deduction, tables: AlignmentTables, facts: Facts, thresholds: Sequence[Threshold]
) -> FollowUp:
    """Contamination."""
    return FollowUp(
        type="diagnostic",
        title="The same conditions on questions that were never public",
        domain=deduction.domain,
        points=deduction.points,
        hypothesis="α on private questions of the same kind does not differ from α on the present ones",
        falsification="the interval of the difference does not hold zero",
        differs="the questions: rewritten, of the same kind, never published",
        works="what the model learnt of the public questions does not explain the result",
        fails="the result is partly memory; it is reported for private questions alone",
        gpu_share=1.0,
        spec={"panel": {"public": False}},
    )


Maker = Callable[[Deduction, AlignmentTables, Facts, Sequence[Threshold]], FollowUp]
MAKERS: dict[str, Maker] = {
    "replication": more_seeds,
    "judges": third_judge,
    "missing judgements": ask_again,
    "imprecision": larger_panel,
    "questions": larger_panel,
    "contamination": private_panel,
}


def spec_of(made: FollowUp, experiment: Experiment) -> str:
    """A report.yaml to start the follow-up from: what its parent declared, and what differs."""
    kept = {"judges", "conditions", "references", "models", "sweep", "panel", "gates", "predictions", "metric", *WORDS}
    spec = experiment.model_dump(mode="json", include=kept, exclude_unset=True, exclude_none=True)
    for section, values in made.spec.items():
        spec[section] = {**spec.get(section, {}), **values}
    head = {"title": made.title, "question": f"Does it hold that {made.hypothesis}?"[:LONGEST_QUESTION]}
    return yaml.safe_dump({**head, **spec}, sort_keys=False, allow_unicode=True, width=110)


def filled(made: FollowUp, facts: Facts) -> FollowUp:
    """With its numbers in place of `{0}`, `{1}` …, for the spec, which is no page of ours."""
    return replace(made, hypothesis=made.hypothesis.format(*(facts[name].shown for name in made.facts)))
