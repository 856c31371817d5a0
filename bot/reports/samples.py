"""Sample outputs: a few a condition, drawn at random with a stated seed, so that nobody picks the nice ones."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from bot.archives.records import Cell, Judgement, Sample
from bot.scoring import shown
from bot.scoring.alignment import AlignmentTables
from bot.scoring.alignment_facts import escaped
from bot.scoring.alpha import Alpha
from bot.scoring.facts import Fact, Facts, Origin

SEED = 42
PER_CONDITION = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one judge said of a drawn sample; `fact` is None where the judge failed (`failure` says how)."""

    judge: str
    fact: str | None
    failure: str | None
    rejudged: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn sample; `completion` None where none is archived, then `reasoning` stands in."""

    question: str
    completion: str | None
    reasoning: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class DrawnCondition:
    """The samples of one condition, empty where it has none."""

    condition: str
    samples: tuple[Drawn, ...]


def draw_samples(tables: AlignmentTables, facts: Facts, seed: int = SEED) -> tuple[DrawnCondition, ...]:
    """Three samples a condition; their scores are added to `facts`."""
    facts.add(Fact("samples/seed", seed, str(seed), "seed", "seed of the draw of sample outputs"))
    facts.add(Fact("samples/per_condition", PER_CONDITION, str(PER_CONDITION), "count", "samples drawn a condition"))
    return tuple(
        DrawnCondition(c, draw(c, [a for a in tables.alphas if a.condition == c], facts, seed))
        for c in tables.conditions
    )


def draw(condition: str, alphas: Sequence[Alpha], facts: Facts, seed: int) -> tuple[Drawn, ...]:
    """From the first judge's first seed; the other judges are looked up by question and place."""
    source = next((cell for a in alphas for cell in a.cells if cell.samples), None)
    if source is None:
        return ()
    samples = source.samples
    chooser = random.Random(f"{seed}/{condition}")  # noqa: S311 - a draw that anyone can repeat is the point
    places = sorted(chooser.sample(range(len(samples)), min(PER_CONDITION, len(samples))))
    cells = [cell for a in alphas for cell in a.cells if cell.seed == source.seed]
    return tuple(drawn(condition, k, samples[i], cells, facts) for k, i in enumerate(places))


def drawn(condition: str, k: int, sample: Sample, cells: Sequence[Cell], facts: Facts) -> Drawn:
    """The sample with the verdict of every judge of `cells`, which are of one seed."""
    verdicts = [v for cell in cells if (v := verdict(condition, k, sample, cell, facts)) is not None]
    return Drawn(sample.question, sample.completion, sample.judgement.reasoning, tuple(verdicts))


def verdict(condition: str, k: int, sample: Sample, cell: Cell, facts: Facts) -> Verdict | None:
    """What the judge of `cell` said of the same question and place, None where it has no such sample."""
    match = next((s for s in cell.samples if (s.question, s.index) == (sample.question, sample.index)), None)
    if match is None:
        return None
    judgement: Judgement = match.judgement
    if judgement.aligned is None:
        return Verdict(cell.judge, None, judgement.failure, judgement.rejudged)
    name = f"sample/{cell.judge}/{condition}/{k}"
    origin = Origin(cell.source, f"{cell.pointer}/{escaped(sample.question)}/{sample.index}/aligned")
    shows = shown.stated(judgement.aligned)
    facts.add(Fact(name, judgement.aligned, shows, "points", "aligned score of the drawn sample", (origin,)))
    return Verdict(cell.judge, name, None, judgement.rejudged)
