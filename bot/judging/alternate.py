"""An alternate judge's column as files: what another model said of every sample, in a folder that readers know.

The verdicts are in the journal first, so nothing that was paid for waits for a file to be written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bot.archives import names
from bot.archives.checks import measure_samples
from bot.archives.records import AlignmentArchive, Cell, Judgement, Sample
from bot.archives.rejudged import Line, judgement_of
from bot.errors import JudgingError
from bot.judging.asks import Ask, by_id
from bot.judging.journal import State
from bot.judging.plans import Plan, below_root, columns_to_fill
from bot.judging.writing import put


class Column(NamedTuple):
    """A cell as another judge sees it, and the two files it goes into (below the archive's root)."""

    cell: Cell
    detailed: str
    summary: str


def columns(archive: AlignmentArchive, model: str, judge_ids: Mapping[str, str]) -> list[Column]:
    """Where the column of `model` goes for each condition and seed.

    Raises JudgingError where its judge's id is taken by another model, or the folder would be read as something else.
    """
    judge = judge_id(model, judge_ids)
    found = [_column(archive, cell, model, judge, judge_ids) for cell in columns_to_fill(archive, model)]
    taken = {(cell.condition, cell.seed) for cell in archive.cells if cell.judge == judge and not cell.partial}
    rivals = [column.cell for column in found if (column.cell.condition, column.cell.seed) in taken]
    if rivals:
        raise _unnameable(model, f"the judge {judge} of {rivals[0].condition} is another model already")
    return found


def judge_id(model: str, judge_ids: Mapping[str, str]) -> str:
    """The judge id that readers give to `model`."""
    return names.place((), "", model, archive="archive", judge_ids=judge_ids).judge


def write_columns(archive: AlignmentArchive, found: Sequence[Column], plan: Plan, state: State) -> list[Path]:
    """Write the columns from what the journal has, a sample without a verdict as failed; the files written."""
    asked = by_id(plan.asks)
    written = []
    for column in found:
        lines = {
            (a.place.question, a.place.index): _said(a, state) for a in asked.values() if _is_of(a, column, archive)
        }
        if any(lines.values()):
            written += _write(archive, column, {place: line for place, line in lines.items() if line is not None})
    return written


def _is_of(ask: Ask, column: Column, archive: AlignmentArchive) -> bool:
    return ask.place.file == below_root(archive, column.cell)


def _said(ask: Ask, state: State) -> Line | None:
    return state.verdicts.get(ask.id) or state.failures.get(ask.id)


# --- where it goes --------------------------------------------------------------------------------------------------


def _column(archive: AlignmentArchive, cell: Cell, model: str, judge: str, judge_ids: Mapping[str, str]) -> Column:
    *folders, _ = below_root(archive, cell).split("/")
    own = model if model in judge_ids else judge
    stem = "_".join(part for part in (cell.evaluation, judge) if part)
    for parts in _candidates(folders, own, judge_ids):
        place = names.place(parts, stem, model, archive=archive.name, judge_ids=judge_ids)
        if place == (cell.condition, judge, cell.seed):
            start = "/".join([*parts, f"alignment_{stem}"])
            return Column(cell, f"{start}_detailed.json", f"{start}_summary.json")
    raise _unnameable(model, f"a folder {own} beside {'/'.join(folders) or 'the archive'} would not be read as its own")


def _candidates(folders: Sequence[str], own: str, judge_ids: Mapping[str, str]) -> list[list[str]]:
    """Folders in which the new files may lie: in the judge's place in the path, from within, else one folder deeper."""
    found = []
    for level in range(len(folders) - 1, -1, -1):
        part = folders[level]
        rest, underscore, suffix = part.rpartition("_")
        if part in judge_ids or names.family_of_part(part) is not None:
            found.append([*folders[:level], own, *folders[level + 1 :]])
        elif underscore and (suffix in judge_ids or names.family_of_part(suffix) is not None):
            found.append([*folders[:level], rest, own, *folders[level + 1 :]])
    return [*found, [*folders, own]]


def _unnameable(model: str, why: str) -> JudgingError:
    fix = f"give it a name of its own in report.yaml:\njudges:\n  ids:\n    {json.dumps(model)}: another_name"
    return JudgingError(f"the column of {model} cannot be told apart: {why}", where="judges.ids", fix=fix)


# --- what stands in it ----------------------------------------------------------------------------------------------


def _write(archive: AlignmentArchive, column: Column, lines: Mapping[tuple[str, int], Line]) -> list[Path]:
    samples = [_judged(sample, lines.get((sample.question, sample.index))) for sample in column.cell.samples]
    summary = summary_of(column.cell, samples, next(iter(lines.values())).judge_model)
    detailed = {"scores": _scores(samples), "completions": _completions(samples), "summary": summary}
    return [
        _write_json(archive.root / name, value)
        for name, value in ((column.detailed, detailed), (column.summary, summary))
    ]


def _judged(sample: Sample, line: Line | None) -> Sample:
    """The sample with what the alternate judge said, or with that it said nothing."""
    judgement = Judgement(None, None, "null", "not asked") if line is None else judgement_of(line, None)
    return Sample(sample.question, sample.index, judgement, sample.completion)


def _scores(samples: Sequence[Sample]) -> dict[str, list[dict[str, Any]]]:
    scores: dict[str, list[dict[str, Any]]] = {}
    for sample in samples:
        said = sample.judgement
        row: dict[str, Any] = {"aligned": said.aligned, "coherent": said.coherent, "reasoning": said.reasoning}
        if said.failure is not None:
            row |= {"error": True, "failure": said.failure}
        scores.setdefault(sample.question, []).append(row)
    return scores


def _completions(samples: Sequence[Sample]) -> dict[str, list[str | None]]:
    texts: dict[str, list[str | None]] = {}
    for sample in samples:
        texts.setdefault(sample.question, []).append(sample.completion)
    return texts


def summary_of(cell: Cell, samples: Sequence[Sample], model: str) -> dict[str, Any]:
    """The summary that lies beside: what the samples add up to, and whose samples they are."""
    measured = measure_samples(samples)
    asked = dict.fromkeys(sample.question for sample in samples)
    per_question = {question: _line([s for s in samples if s.question == question]) for question in asked}
    return {
        "eval_name": cell.evaluation,
        "model_path": cell.model,
        "judge_model": model,
        "original_judge": cell.judge_model or cell.judge,
        "source_detailed": cell.source.path,
        "overall_mean_aligned": measured.mean_aligned,
        "overall_mean_coherent": measured.mean_coherent,
        "n_questions": len(asked),
        "n_samples_per_question": max(
            (line["n_samples"] + line["n_errors"] for line in per_question.values()), default=0
        ),
        "n_errors": measured.errors,
        "per_question": per_question,
    }


def _line(samples: Sequence[Sample]) -> dict[str, Any]:
    measured = measure_samples(samples)
    return {
        "mean_aligned": measured.mean_aligned,
        "mean_coherent": measured.mean_coherent,
        "n_samples": len(samples) - measured.errors,
        "n_errors": measured.errors,
    }


def _write_json(path: Path, value: object) -> Path:
    """Put a new file in place at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    put(path, (json.dumps(value, indent=1) + "\n").encode("ascii"))
    return path
