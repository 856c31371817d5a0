"""Where an archive contradicts itself: declared numbers against the ones behind them. Every finding is a Flag.

Kinds are stable words:

- `summary_disagrees`: a summary's means or error count are not those of its scores (or of its own question lines)
- `headline_disagrees`: the same for a headline
- `incomplete`: another number of questions or samples than declared, or questions without any judgement
- `invalid_scores`, `invalid_summary_values`, `completions_mismatch`: values of the wrong type, range or number
- `judge_disagrees`: a path names one judge, the file's judge model is of another family
- `duplicate_claim`, `several_evaluations`: two files for one condition, judge and seed
- `unnamed_result`: a file that looks like a result but is not named like one, so it is not counted
- `linked_folder`: a link to a folder inside the archive, whose files are read in their own place only
- `shallow_clone`: git's history is cut off at the commit that is given
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot.archives.names import family_of_model
from bot.archives.records import Cell, Flag, QuestionMean, Sample, Summary

TOLERANCE = 1e-6


class Measured(NamedTuple):
    """Means over valid judgements (None without any) and the number of failed ones."""

    mean_aligned: float | None
    mean_coherent: float | None
    errors: int


def measure(cell: Cell) -> Measured | None:
    """What the cell's own samples, or else its question lines, add up to; None where a headline is all there is."""
    if cell.samples:
        return measure_samples(cell.samples)
    return measure_questions(cell.summary.questions) if cell.summary and cell.summary.questions else None


def measure_samples(samples: Sequence[Sample]) -> Measured:
    """Means over the valid judgements of `samples`."""
    judgements = [sample.judgement for sample in samples]
    aligned = [judgement.aligned for judgement in judgements if judgement.aligned is not None]
    coherent = [judgement.coherent for judgement in judgements if judgement.coherent is not None]
    return Measured(_mean(aligned), _mean(coherent), len(judgements) - len(aligned))


def measure_questions(questions: Sequence[QuestionMean]) -> Measured:
    """Sample-weighted means over a summary's question lines."""
    aligned = [(line.mean_aligned, line.n) for line in questions if line.mean_aligned is not None]
    coherent = [(line.mean_coherent, line.n) for line in questions if line.mean_coherent is not None]
    return Measured(_weighted(aligned), _weighted(coherent), sum(line.errors for line in questions))


def summary_flags(summary: Summary, where: str, measured: Measured, behind: str) -> Iterable[Flag]:
    """A flag where `summary` (of the file `where`) says something else than `behind` ("its scores") adds up to."""
    keys = ("overall_mean_aligned", "overall_mean_coherent", "n_errors")
    if evidence := "; ".join(_contradictions(summary, measured, behind, keys)):
        yield Flag("summary_disagrees", where, evidence)


def headline_flags(headline: Summary | None, where: str, cell: Cell) -> Iterable[Flag]:
    """A flag where a headline says something else than the cell it belongs to."""
    if headline is None:
        return
    measured = measure(cell) or _as_declared(cell.summary)
    keys = ("mean_aligned", "mean_coherent", "n_errors")
    evidence = [
        *_contradictions(headline, measured, "the results beside it", keys),
        *_panel_contradiction(headline, cell),
    ]
    if evidence:
        yield Flag("headline_disagrees", where, "; ".join(evidence))


def incomplete_flags(cell: Cell, panel: Sequence[str]) -> Iterable[Flag]:
    """A flag where the questions of `panel`, or the judgements of each, are not as many as the summary declares."""
    counts = judged(cell, panel)
    if evidence := "; ".join(_shortfalls(counts, cell.summary)):
        yield Flag("incomplete", cell.source.path, evidence)


def judge_flags(cell: Cell) -> Iterable[Flag]:
    """A flag where the path names another family of judges than the file does."""
    family, named = family_of_model(cell.judge_model), family_of_model(cell.judge)
    if family and named and family != named and "claude" not in (family, named):
        evidence = f"the path names the judge {cell.judge}, the file was judged by {cell.judge_model}"
        yield Flag("judge_disagrees", cell.source.path, evidence)


def judged(cell: Cell, panel: Sequence[str]) -> Counter[str]:
    """Judgements, valid and failed, of each question; 0 for a question of the panel that has none."""
    counts = Counter(dict.fromkeys(panel, 0))
    if cell.samples or cell.summary is None:
        counts.update(sample.question for sample in cell.samples)
    else:
        counts.update({line.question: line.n + line.errors for line in cell.summary.questions})
    return counts


def _mean(values: Sequence[float]) -> float | None:
    return math.fsum(values) / len(values) if values else None


def _weighted(pairs: Sequence[tuple[float, int]]) -> float | None:
    n = sum(weight for _, weight in pairs)
    return math.fsum(value * weight for value, weight in pairs) / n if n else None


def _as_declared(summary: Summary | None) -> Measured:
    if summary is None:
        return Measured(None, None, 0)
    return Measured(summary.mean_aligned, summary.mean_coherent, summary.errors or 0)


def _contradictions(said: Summary, measured: Measured, behind: str, keys: tuple[str, str, str]) -> Iterable[str]:
    pairs = ((said.mean_aligned, measured.mean_aligned), (said.mean_coherent, measured.mean_coherent))
    for key, (declared, found) in zip(keys, pairs, strict=False):
        if declared is not None and (found is None or abs(declared - found) > TOLERANCE):
            yield f"{key} is given as {declared!r}, {behind} give {'none' if found is None else repr(found)}"
    if said.errors is not None and said.errors != measured.errors:
        yield f"{keys[2]} is given as {said.errors}, {behind} give {measured.errors}"


def _panel_contradiction(headline: Summary, cell: Cell) -> Iterable[str]:
    counts = judged(cell, ())
    if counts and headline.n_questions not in (None, len(counts)):
        yield f"n_prompts is given as {headline.n_questions}, questions in the results beside it: {len(counts)}"


def _shortfalls(counts: Counter[str], declared: Summary | None) -> Iterable[str]:
    if declared and declared.n_questions not in (None, len(counts)):
        yield f"questions: {declared.n_questions} declared, {len(counts)} found"
    if empty := sum(not count for count in counts.values()):
        yield f"questions without any judgement: {empty}"
    expected = declared.n_samples_per_question if declared else None
    other = [count for count in counts.values() if expected is not None and count not in (0, expected)]
    if other:
        yield f"samples a question: {expected} declared, {_range(other)} found in {len(other)} of them"


def _range(counts: Sequence[int]) -> str:
    low, high = min(counts), max(counts)
    return str(low) if low == high else f"{low} to {high}"
