"""The journal of re-judging, `rejudged.jsonl` in the archive's folder, and how its verdicts lie over the archive.

Each line is one JSON object that is never changed again; `docs/judging.md` says what stands in it. A verdict counts for
a sample of the file it names if that file still holds the text that was judged; the last verdict counts, and a failure
only where there is no verdict. A verdict by another model than the cell's own never enters the cell.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from bot.archives import files, names
from bot.archives.decoding import CannotDecode, decode, kind_of
from bot.archives.judgements import score_failure
from bot.archives.records import FAILURES, Cell, Flag, Judgement, Sample, ScaleCheck, Source
from bot.archives.shelf import Shelf

JOURNAL = "rejudged.jsonl"
STAND_IN = "recount-stand-in"
ANSWERS = ("verdict", "failure")

Purpose = str  # failed · all · shift · column


class Line(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A line of the journal; which keys it has depends on its kind.

    Kinds: `job` (a command began), `intent` (a batch is about to be sent), `batch` (it was accepted), `collected` (its
    results are all here), `verdict`, `failure`, `done` (the command ended).
    """

    kind: str
    time: str = ""
    job: str = ""
    scope: dict[str, Any] = msgspec.field(default_factory=dict)
    via: str = ""
    nonce: str = ""
    batch: str = ""
    count: int = 0
    id: str = ""
    key: str = ""
    purpose: str = ""
    file: str = ""
    question: str = ""
    index: int = 0
    judged: str = ""
    judge_model: str = ""
    own: bool = True
    rubric: str = ""
    request_id: str = ""
    answered_by: str = ""
    verdict: dict[str, Any] = msgspec.field(default_factory=dict)
    failure: str = ""
    detail: str = ""
    usage: dict[str, int] = msgspec.field(default_factory=dict)
    copied: bool = False


class Journal(NamedTuple):
    """What a journal holds, and how many of its lines could not be read."""

    lines: tuple[Line, ...]
    damaged: int


_DECODER = msgspec.json.Decoder(Line)


def read_journal(data: bytes) -> Journal:
    """The lines in `data`; one that is torn or no line of ours is counted, not guessed at."""
    lines: list[Line] = []
    damaged = 0
    for raw in data.split(b"\n"):
        if not raw.strip():
            continue
        try:
            lines.append(decode(raw, _DECODER, _shape))
        except (CannotDecode, msgspec.ValidationError):
            damaged += 1
    return Journal(tuple(lines), damaged)


def written(line: Line) -> bytes:
    """A line as it stands in the file: pure ASCII, since texts of models may hold what UTF-8 cannot."""
    return json.dumps(msgspec.to_builtins(line), ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def digest_of(*texts: str) -> str:
    """SHA-256 over texts, whatever they hold, that no other list of texts shares."""
    return hashlib.sha256(json.dumps(texts, ensure_ascii=True).encode("ascii")).hexdigest()


def judged_text(sample: Sample) -> str:
    """The digest of what a judge is shown of a sample: by it a verdict is known to be of this very text."""
    return digest_of(sample.question, sample.completion or "")


def _shape(value: object) -> Line:
    if not isinstance(value, dict):
        raise CannotDecode(f"{kind_of(value)} where a line's object belongs")
    return msgspec.convert(value, Line)


# --- over an alignment archive --------------------------------------------------------------------------------------


class Overlaid(NamedTuple):
    """The cells with their re-judged samples, the columns of other judges among them, and what to know of it."""

    cells: tuple[Cell, ...]
    flags: tuple[Flag, ...]


@dataclasses.dataclass(slots=True)
class Findings:
    """What is found while a journal is laid over an archive."""

    source: Source
    stale: int = 0
    placed: set[str] = dataclasses.field(default_factory=set)


def lay_over(cells: Sequence[Cell], shelf: Shelf) -> Overlaid:
    """The cells with the journal of their archive over them; as they are where there is none."""
    found = next((found for found in shelf.walk.files if found.name == JOURNAL), None)
    if found is None:
        return Overlaid(tuple(cells), ())
    try:
        data = files.read(found.path)
    except files.CannotRead:
        return Overlaid(tuple(cells), ())  # the walk over all files lists it as unreadable
    return _laid_over(cells, read_journal(data), shelf, shelf.source(found, data))


def _laid_over(cells: Sequence[Cell], journal: Journal, shelf: Shelf, source: Source) -> Overlaid:
    by_file: defaultdict[str, list[Line]] = defaultdict(list)
    for line in journal.lines:
        if line.kind in ANSWERS and line.purpose != "column":
            by_file[shelf.cite(line.file)].append(line)
    findings = Findings(source)
    own = [_renewed(cell, by_file.get(cell.source.path, ()), findings) for cell in cells]
    others = [column for cell in own for column in _columns(cell, by_file.get(cell.source.path, ()), shelf, source)]
    merged = sorted(_without_rivals(own, others), key=_order)
    return Overlaid(tuple(merged), tuple(journal_flags(journal, findings, by_file)))


def _renewed(cell: Cell, lines: Sequence[Line], findings: Findings) -> Cell:
    """The cell with what its own judge said when asked again."""
    findings.placed.update([cell.source.path] if cell.samples else [])
    mine = latest(line for line in lines if is_own(line, cell) and line.purpose != "shift")
    checks = tuple(_scale_checks(cell, [line for line in lines if is_own(line, cell) and line.purpose == "shift"]))
    if not mine and not checks:
        return cell
    samples = tuple(_again(sample, mine.get((sample.question, sample.index)), findings) for sample in cell.samples)
    if samples == cell.samples and not checks:
        return cell
    checks += tuple(check for sample in samples if (check := _check_of(sample)) is not None)
    return msgspec.structs.replace(cell, samples=samples, scale_checks=checks, journal=findings.source)


def is_own(line: Line, cell: Cell) -> bool:
    """Whether the line speaks for the cell's own judge."""
    return line.own and (cell.judge_model is None or api_model(cell.judge_model) == line.judge_model)


def api_model(model: str) -> str:
    """A model's name as the service knows it: without the provider before it."""
    return model.removeprefix("anthropic/")


def latest(lines: Iterable[Line]) -> dict[tuple[str, int], Line]:
    """By question and index the line that counts: the last verdict, or without one the last failure."""
    counting: dict[tuple[str, int], Line] = {}
    for line in lines:
        former = counting.get((line.question, line.index))
        if line.kind == "verdict" or former is None or former.kind == "failure":
            counting[line.question, line.index] = line
    return counting


def _again(sample: Sample, line: Line | None, findings: Findings) -> Sample:
    former = sample.judgement
    if line is None or (former.failure is None and (line.purpose == "failed" or line.kind == "failure")):
        return sample
    if line.judged != judged_text(sample):
        findings.stale += 1
        return sample
    if former.rejudged and former.aligned == line.verdict.get("aligned"):
        return sample  # written back: the file itself has it, and its history
    return msgspec.structs.replace(sample, judgement=judgement_of(line, former))


def judgement_of(line: Line, former: Judgement | None) -> Judgement:
    """What a line says, as a judgement; values out of range or of another type are failures here too."""
    if line.kind == "failure":
        failure = line.failure if line.failure in FAILURES else "unparsable"
        return Judgement(None, None, failure, line.detail, original=former)
    said = line.verdict
    text = said["reasoning"] if isinstance(said.get("reasoning"), str) else ""
    wrong = score_failure(said.get("aligned")) or score_failure(said.get("coherent"))
    if wrong is not None:
        return Judgement(None, None, wrong, text, original=former)
    return Judgement(float(said["aligned"]), float(said["coherent"]), None, text, rejudged=True, original=former)


def _scale_checks(cell: Cell, lines: Sequence[Line]) -> Iterator[ScaleCheck]:
    found = latest(line for line in lines if line.kind == "verdict") if lines else {}
    for sample in cell.samples if found else ():
        former = sample.judgement
        line = found.get((sample.question, sample.index))
        if line is None or former.aligned is None or line.judged != judged_text(sample):
            continue
        again = judgement_of(line, None).aligned
        if again is not None:
            yield ScaleCheck(sample.question, sample.index, former.aligned, again)


def _check_of(sample: Sample) -> ScaleCheck | None:
    """A valid judgement that was asked again with all others is a check of the scale too."""
    said, former = sample.judgement.aligned, sample.judgement.original
    if said is None or former is None or former.aligned is None:
        return None
    return ScaleCheck(sample.question, sample.index, former.aligned, said)


# --- columns of another judge ---------------------------------------------------------------------------------------


def _columns(cell: Cell, lines: Sequence[Line], shelf: Shelf, source: Source) -> Iterator[Cell]:
    by_model: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if line.purpose != "shift" and not is_own(line, cell):
            by_model[line.judge_model].append(line)
    for model, said in by_model.items():
        if samples := tuple(_samples_of(cell, latest(said))):
            yield Cell(
                condition=cell.condition,
                judge=_judge_id(model, shelf.judge_ids),
                seed=cell.seed,
                evaluation=cell.evaluation,
                source=source,
                pointer="",
                samples=samples,
                judge_model=model,
                model=cell.model,
                journal=source,
                partial=len(samples) < len(cell.samples),
            )


def _samples_of(cell: Cell, lines: Mapping[tuple[str, int], Line]) -> Iterator[Sample]:
    for sample in cell.samples:
        line = lines.get((sample.question, sample.index))
        if line is not None and line.judged == judged_text(sample):
            yield msgspec.structs.replace(sample, judgement=judgement_of(line, None))


def _judge_id(model: str, judge_ids: Mapping[str, str]) -> str:
    return names.place((), "", model, archive="archive", judge_ids=judge_ids).judge


def _without_rivals(own: Sequence[Cell], others: Sequence[Cell]) -> list[Cell]:
    """All cells; a column whose judge's name is taken carries its model's, since two models are never mixed."""
    kept = list(own)
    taken = {(cell.condition, cell.judge, cell.seed): cell.judge_model for cell in own}
    rivals = {cell.judge_model for cell in others if (cell.condition, cell.judge, cell.seed) in taken}
    for cell in others:
        full = any(k.judge_model == cell.judge_model and not k.partial for k in own if k.condition == cell.condition)
        if not full:
            named = cell if cell.judge_model not in rivals else _by_model(cell)
            kept.append(named)
    return kept


def _by_model(cell: Cell) -> Cell:
    return msgspec.structs.replace(cell, judge=names.clean(cell.judge_model or cell.judge))


def _order(cell: Cell) -> tuple[str, str, int, str]:
    seed = cell.seed or ""
    return cell.condition, cell.judge, len(seed), seed


# --- what to know of a journal --------------------------------------------------------------------------------------


def journal_flags(journal: Journal, findings: Findings, by_file: Mapping[str, Sequence[Line]]) -> Iterator[Flag]:
    """Flags on a journal: what of it could not be read or placed, who answered, whether it was finished."""
    where = findings.source.path
    if journal.damaged:
        yield Flag("journal_damaged", where, f"{journal.damaged} of its lines could not be read and are not counted")
    if findings.stale:
        evidence = f"{findings.stale} verdicts are of texts that the archive no longer holds, and are not counted"
        yield Flag("stale_verdicts", where, evidence)
    unplaced = sum(len(lines) for path, lines in by_file.items() if path not in findings.placed)
    if unplaced:
        yield Flag("unplaced_verdicts", where, f"{unplaced} verdicts are of files that hold no such samples")
    yield from answering_flags(journal, where)


def answering_flags(journal: Journal, where: str) -> Iterator[Flag]:
    """Flags on who answered: a stand-in is no model, and an endpoint may give another model than asked for."""
    verdicts = [line for line in journal.lines if line.kind == "verdict" and not line.copied]
    stood_in = sum(line.answered_by == STAND_IN for line in verdicts)
    if stood_in:
        yield Flag("stand_in_judge", where, f"{stood_in} verdicts were given by Recount's stand-in, not by a model")
    others = Counter((line.judge_model, line.answered_by) for line in verdicts if _is_other(line))
    for (asked, answered), count in sorted(others.items()):
        yield Flag("answered_by_another", where, f"{count} verdicts asked of {asked} were given by {answered}")
    if is_unfinished(journal.lines):
        evidence = "the last re-judging was stopped before its end; recount rejudge takes it up"
        yield Flag("rejudging_unfinished", where, evidence)


def _is_other(line: Line) -> bool:
    asked, answered = names.family_of_model(line.judge_model), names.family_of_model(line.answered_by)
    return line.answered_by != STAND_IN and asked is not None and answered is not None and asked != answered


def is_unfinished(lines: Iterable[Line]) -> bool:
    """Whether the last job of a journal has no end."""
    open_jobs = [line.kind for line in lines if line.kind in ("job", "done")]
    return bool(open_jobs) and open_jobs[-1] == "job"
