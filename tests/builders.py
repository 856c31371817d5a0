"""Cells in memory: small, true unless a test changes something in them, with files that nobody reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from bot.archives.records import Cell, Judgement, QuestionMean, Sample, Source, Summary
from bot.experiment import Experiment
from bot.scoring.alignment import AlignmentTables, score_alignment
from bot.scoring.alignment_facts import alignment_facts
from bot.scoring.facts import Facts

Scores = Mapping[str, Sequence[float | None]]  # question to aligned scores; None is a judgement that failed

DECLARED_IN = Source("issue-7/report.yaml", "d" * 64, "e" * 40)


def source(path: str) -> Source:
    return Source(f"issue-7/{path}", "a" * 64, "b" * 40)


def judgement(aligned: float | None, coherent: float | None = 80.0) -> Judgement:
    return Judgement(None, None, "error") if aligned is None else Judgement(aligned, coherent)


def cell(
    scores: Scores,
    *,
    condition: str = "a",
    judge: str = "sonnet",
    seed: str | None = None,
    coherent: float | None = 80.0,
) -> Cell:
    """One condition as one judge scored it, with samples."""
    path = "/".join(part for part in (f"seed_{seed}" if seed else "", condition, judge) if part)
    samples = [
        Sample(question, index, judgement(aligned, coherent))
        for question, row in scores.items()
        for index, aligned in enumerate(row)
    ]
    return Cell(condition, judge, seed, "x", source(f"{path}/alignment_x_detailed.json"), "/scores", tuple(samples))


def summarised(full: Cell) -> Cell:
    """The same cell with its question means alone, as a summary without a detailed file holds them."""
    questions = dict.fromkeys(sample.question for sample in full.samples)
    lines = tuple(question_mean(q, [s.judgement for s in full.samples if s.question == q]) for q in questions)
    told = summary(questions=lines, errors=sum(line.errors for line in lines), n_questions=len(lines))
    path = full.source.path.replace("_detailed", "_summary")
    where = msgspec.structs.replace(full.source, path=path)
    return msgspec.structs.replace(
        full, samples=(), summary=told, source=where, summary_source=where, pointer="/per_question"
    )


def question_mean(question: str, judgements: Sequence[Judgement]) -> QuestionMean:
    aligned = [j.aligned for j in judgements if j.aligned is not None]
    coherent = [j.coherent for j in judgements if j.coherent is not None]
    return QuestionMean(question, mean(aligned), mean(coherent), len(aligned), len(judgements) - len(aligned))


def mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def summary(**said: Any) -> Summary:
    """A summary that says nothing but what is given."""
    return Summary(**({"evaluation": "x", "mean_aligned": None, "mean_coherent": None, "errors": None} | said))


def headline(aligned: float | None, *, condition: str = "a", judge: str = "sonnet", seed: str | None = None,
             **said: Any) -> Cell:  # fmt: skip
    """A cell of which a single mean is archived; `said` may add errors, n_questions, n_samples_per_question."""
    told = summary(mean_aligned=aligned, **{"questions": (), **said})
    where = source(f"{condition}/{judge}/{seed or ''}/headline.json")
    return Cell(condition, judge, seed, "x", where, "/alpha_mean_aligned", (), told, where)


def experiment(**declared: Any) -> Experiment:
    """A report.yaml with these keys."""
    return Experiment.model_validate(declared)


def tables(cells: Sequence[Cell], read: Mapping[str, Sequence[Cell]] | None = None, **declared: Any) -> AlignmentTables:
    """The cells scored under a report.yaml with these keys; `read` holds the cells of references from elsewhere."""
    return score_alignment(cells, experiment(**declared), read)


def facts(cells: Sequence[Cell], read: Mapping[str, Sequence[Cell]] | None = None, **declared: Any) -> Facts:
    """All their facts."""
    told = experiment(**declared)
    return alignment_facts(score_alignment(cells, told, read), told, DECLARED_IN)


def flat(value: float | None, *, questions: int = 40, samples: int = 2, spread: float = 0.0) -> dict[str, list[Any]]:
    """Scores with mean `value`; the question means lie `spread` above and below it in turn."""
    if value is None:
        return {f"q{k}": [None] * samples for k in range(questions)}
    return {f"q{k}": [value + (spread if k % 2 else -spread)] * samples for k in range(questions)}
