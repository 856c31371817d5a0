"""`--write-back`: verdicts of the journal into the archive's own files, only where a person asks for it.

A file is changed value by value and put in place at once, so a crash leaves the old one or the new one. The judgement
that stood there before is kept beside the new one in `judge_history`. Run again, it changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bot.archives import files
from bot.archives.checks import Measured, measure_samples
from bot.archives.judgements import samples_of, scores_of
from bot.archives.records import AlignmentArchive, Cell, Sample
from bot.archives.rejudged import Line, is_own, judged_text, latest
from bot.archives.rejudged_runs import ScoreAgain, file_of, judged_again, last_of
from bot.archives.rejudged_runs import is_own as is_own_run
from bot.archives.sweep_records import Run, SweepArchive, TaskDefinition
from bot.archives.tasks import DEFAULT_THRESHOLD
from bot.errors import JudgingError
from bot.judging import splicing
from bot.judging.plans import below_root
from bot.judging.splicing import Change
from bot.judging.writing import put

HISTORY = "judge_history"
BEFORE = "before_rejudging"
OVERALL = ("overall_mean_aligned", "overall_mean_coherent", "n_errors")

Say = Callable[[str], None]


class Written(NamedTuple):
    """How many verdicts went into how many files."""

    verdicts: int
    files: int


# --- an alignment archive -------------------------------------------------------------------------------------------


def write_back_alignment(archive: AlignmentArchive, lines: Iterable[Line], say: Say = lambda _: None) -> Written:
    """Write the verdicts in `lines` into the files they belong to, and the summaries that lie beside."""
    verdicts, touched = 0, 0
    by_file = _by_file(line for line in lines if line.kind == "verdict" and line.purpose in ("failed", "all"))
    for cell in archive.cells:
        own = [line for line in by_file.get(below_root(archive, cell), ()) if is_own(line, cell)]
        if own and cell.source != cell.journal:
            done = _write_cell(archive, cell, own)
            verdicts, touched = verdicts + done.verdicts, touched + done.files
            if done.verdicts:
                say(f"{done.verdicts} verdicts written into {cell.source.path}")
    return Written(verdicts, touched)


def _by_file(lines: Iterable[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.file, []).append(line)
    return found


def _write_cell(archive: AlignmentArchive, cell: Cell, lines: Sequence[Line]) -> Written:
    path = archive.root / below_root(archive, cell)
    text = _text(path)
    new, verdicts = with_verdicts(text, lines)
    touched = _write(path, text, new)
    if cell.summary_source is not None and cell.summary_source != cell.source:
        beside = path.with_name(cell.summary_source.path.rpartition("/")[2])
        said = _text(beside)
        touched += _write(beside, said, with_measures(said, splicing.whole(said), _samples(new)))
    return Written(verdicts, touched)


def with_verdicts(text: str, lines: Sequence[Line]) -> tuple[str, int]:
    """A detailed file's text with the verdicts in it, its summary counted again; and how many they were."""
    top = splicing.members(text, splicing.whole(text))
    samples = {(s.question, s.index): s for s in _samples(text)}
    questions = splicing.members(text, top["scores"])
    changes = []
    for place, line in latest(lines).items():
        sample = samples.get(place)
        if sample is not None and _is_new(sample, line):
            span = splicing.elements(text, questions[place[0]])[place[1]]
            changes.append(Change(span, splicing.written_like(text, span, _judgement(text, span, line))))
    new = splicing.changed(text, changes)
    inside = splicing.members(new, splicing.whole(new)).get("summary")
    return (with_measures(new, inside, _samples(new)) if inside else new), len(changes)


def _is_new(sample: Sample, line: Line) -> bool:
    said = sample.judgement
    wanted = said.failure is not None or (line.purpose == "all" and said.aligned != line.verdict["aligned"])
    return wanted and line.judged == judged_text(sample)


def _judgement(text: str, span: splicing.Span, line: Line) -> dict[str, Any]:
    """What takes a judgement's place: the new one, and in its history all that stood there."""
    former = splicing.value_at(text, span)
    kept = {k: v for k, v in former.items() if k not in ("error", HISTORY)} if isinstance(former, dict) else {}
    scores = {key: line.verdict[key] for key in ("aligned", "coherent", "reasoning")}
    told = {"judge_model": line.judge_model, "rejudged_at": line.time, HISTORY: history_of(former)}
    return {**kept, **scores, **told}


def history_of(former: object) -> list[object]:
    """What stood there before, the oldest first; a former judgement's own history comes before itself."""
    if not isinstance(former, dict):
        return [former]
    older = former.get(HISTORY)
    itself = {key: value for key, value in former.items() if key != HISTORY}
    return [*(older if isinstance(older, list) else []), itself]


def _samples(text: str) -> list[Sample]:
    document = splicing.value_at(text, splicing.whole(text))
    scores = scores_of(document.get("scores")) if isinstance(document, dict) else None
    return list(samples_of(scores, document.get("completions"))) if scores is not None else []


def with_measures(text: str, span: splicing.Span, samples: Sequence[Sample]) -> str:
    """A text whose summary at `span` says what `samples` add up to; what it said first is kept in it."""
    said = splicing.value_at(text, span)
    if not isinstance(said, dict):
        return text
    whole = _measures(measure_samples(samples), OVERALL)
    counted = {key: value for key, value in whole.items() if key in said}
    lines = {"per_question": _per_question(said["per_question"], samples)} if "per_question" in said else {}
    new = {**said, **counted, **lines}
    if new == said:
        return text
    new.setdefault(BEFORE, {key: said[key] for key in OVERALL if key in said})
    return splicing.changed(text, [Change(span, splicing.written_like(text, span, new))])


def _measures(measured: Measured, keys: Sequence[str]) -> dict[str, Any]:
    return dict(zip(keys, measured, strict=True))


def _per_question(said: object, samples: Sequence[Sample]) -> object:
    if not isinstance(said, dict):
        return said
    asked: dict[str, list[Sample]] = {}
    for sample in samples:
        asked.setdefault(sample.question, []).append(sample)
    return {question: _line(line, asked.get(question)) for question, line in said.items()}


def _line(line: object, samples: Sequence[Sample] | None) -> object:
    if not isinstance(line, dict) or samples is None:
        return line
    measured = measure_samples(samples)
    counted = _measures(measured, ("mean_aligned", "mean_coherent", "n_errors"))
    counted["n_samples"] = len(samples) - measured.errors
    return {**line, **{key: value for key, value in counted.items() if key in line}}


# --- a sweep --------------------------------------------------------------------------------------------------------


def write_back_sweep(
    archive: SweepArchive,
    lines: Iterable[Line],
    tasks: Mapping[str, TaskDefinition],
    score_again: ScoreAgain,
) -> Written:
    """Write the verdicts in `lines` into their runs' files, and each run's score counted again."""
    by_file = _by_file(line for line in lines if line.kind == "verdict" and line.purpose in ("failed", "all"))
    stored = {**{run.place: run for run in archive.runs}, **archive.as_stored}
    verdicts = 0
    for run in stored.values():
        own = (line for line in by_file.get(file_of(archive, run), ()) if is_own_run(line, run))
        line = last_of(own)
        task = tasks.get(run.task)
        if line is not None:
            threshold = task.passing_threshold if task else DEFAULT_THRESHOLD
            verdicts += _write_run(archive.folder / run.place, run, line, threshold, score_again)
    return Written(verdicts, verdicts)


def _write_run(path: Path, run: Run, line: Line, threshold: float, score_again: ScoreAgain) -> int:
    text = _text(path)
    if files.sha256(text.encode("utf-8")) != line.judged:
        return 0
    top = splicing.members(text, splicing.whole(text))
    judge, score = top["judge_result"], top["run_score"]
    again = judged_again(run, line, score_again)
    result = _result(splicing.value_at(text, judge), splicing.value_at(text, score), line, threshold)
    changes = [Change(judge, splicing.written_like(text, judge, result))]
    if again.run_score != run.run_score:
        changes.append(Change(score, splicing.written_like(text, score, again.run_score)))
    return _write(path, text, splicing.changed(text, changes))


def _result(former: object, run_score: object, line: Line, threshold: float) -> dict[str, Any]:
    kept = {key: value for key, value in former.items() if key != HISTORY} if isinstance(former, dict) else {}
    *older, itself = history_of(former)
    last = {**itself, "run_score": run_score} if isinstance(itself, dict) else itself
    return {
        **kept,
        "enabled": True,
        **line.verdict,
        "passed": line.verdict["score"] >= threshold,
        "passing_threshold": threshold,
        "error": None,
        "rejudged_at": line.time,
        HISTORY: [*older, last],
    }


# --- files ----------------------------------------------------------------------------------------------------------


def _text(path: Path) -> str:
    try:
        return files.read(path).decode("utf-8")
    except (files.CannotRead, UnicodeDecodeError) as refusal:
        raise JudgingError(f"cannot be written back: {refusal}", where=str(path), fix="mend the file") from refusal


def _write(path: Path, old: str, new: str) -> int:
    """Put `new` in the place of `old` at once; 1 where that changed anything."""
    if new == old:
        return 0
    put(path, new.encode("utf-8"))
    return 1
