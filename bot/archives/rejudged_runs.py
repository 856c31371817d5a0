"""The journal of re-judging over a sweep: runs with the judge's score that was given when it was asked again.

A line names its run by the file below the archive's root and holds the digest of that file's bytes, so a verdict on a
file that has changed since is not counted. The run's score is computed again, by a function that is handed in: formulas
are not this room's business.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from bot.archives import files
from bot.archives.judgements import score_failure
from bot.archives.records import ASKED_FAILURES, Flag, ScaleCheck, Source, Unreadable
from bot.archives.rejudged import ANSWERS, JOURNAL, Journal, Line, answering_flags, api_model, read_journal
from bot.archives.sweep_records import SHORT, Run, SweepArchive

ScoreAgain = Callable[[Run], float | None]


@dataclasses.dataclass(slots=True)
class Findings:
    """What is found while a journal is laid over a sweep."""

    as_stored: dict[str, Run] = dataclasses.field(default_factory=dict)
    checks: list[ScaleCheck] = dataclasses.field(default_factory=list)
    stale: int = 0


def lay_over_runs(archive: SweepArchive, score_again: ScoreAgain) -> SweepArchive:
    """The sweep with its journal over it, as it is where there is none; a journal that cannot be read is listed.

    `score_again` gives a run's score by its parts, None where it lacks one.
    """
    path, cited = archive.root / JOURNAL, f"{archive.name}/{JOURNAL}"
    if not path.exists() and not path.is_symlink():
        return archive
    try:
        data = files.read(path)
    except files.CannotRead as refusal:
        unreadable = (*archive.unreadable, Unreadable(cited, str(refusal)))
        return replace(archive, unreadable=unreadable)
    source = Source(cited, files.sha256(data), files.git_blob(data))
    return _laid_over(archive, read_journal(data), source, score_again)


def file_of(archive: SweepArchive, run: Run) -> str:
    """The run's file below the archive's root."""
    return (archive.folder / run.place).relative_to(archive.root).as_posix()


def digest_of_file(archive: SweepArchive, run: Run) -> str | None:
    """SHA-256 of the run's file; None where it cannot be read."""
    try:
        return files.sha256(files.read(archive.folder / run.place))
    except files.CannotRead:
        return None


def _laid_over(archive: SweepArchive, journal: Journal, source: Source, score_again: ScoreAgain) -> SweepArchive:
    by_file: dict[str, list[Line]] = {}
    for line in journal.lines:
        if line.kind in ANSWERS and line.own:
            by_file.setdefault(line.file, []).append(line)
    findings = Findings()
    runs = tuple(
        _again(archive, run, by_file[name], findings, score_again)
        if (name := file_of(archive, run)) in by_file
        else run
        for run in archive.runs
    )
    return replace(
        archive,
        runs=runs,
        journal=source,
        as_stored=findings.as_stored,
        scale_checks=tuple(findings.checks),
        flags=(*archive.flags, *_flags(journal, source, findings)),
    )


def _again(archive: SweepArchive, run: Run, lines: Sequence[Line], findings: Findings, score_again: ScoreAgain) -> Run:
    digest = digest_of_file(archive, run)
    fitting = [line for line in lines if line.judged == digest and is_own(line, run)]
    findings.stale += sum(line not in fitting and not _is_written(line, run) for line in lines)
    counting = last_of(line for line in fitting if line.purpose != "shift")
    check = last_of(line for line in fitting if line.purpose == "shift")
    if check is not None:
        findings.checks += _check(run, check)
    if counting is None or (run.judge_failed is None and (counting.purpose == "failed" or counting.kind == "failure")):
        return run
    if counting.purpose == "all":
        findings.checks += _check(run, counting)
    findings.as_stored[run.place] = run
    return judged_again(run, counting, score_again)


def is_own(line: Line, run: Run) -> bool:
    """Whether the line speaks for the run's own judge."""
    return run.judge_model is None or api_model(run.judge_model) == line.judge_model


def _is_written(line: Line, run: Run) -> bool:
    """Whether the run's file has this verdict already: writing it back changed its digest."""
    return run.rejudged and line.kind == "verdict" and share_of(line) == run.j


def last_of(lines: Iterable[Line]) -> Line | None:
    """The last verdict, or without one the last failure."""
    found = None
    for line in lines:
        if line.kind == "verdict" or found is None or found.kind == "failure":
            found = line
    return found


def judged_again(run: Run, line: Line, score_again: ScoreAgain) -> Run:
    """The run as `line` has it: with the judge's new score and its own computed again, or with the new failure."""
    if line.kind == "failure":
        failure = line.failure if line.failure in ASKED_FAILURES else "unparsable"
        return replace(run, judge_failed=failure, judge_reason=_short(line.detail))
    score = share_of(line)
    if score is None:
        return replace(run, judge_failed="unparsable", judge_reason="")
    stands = replace(run, enabled=True, j=score, judge_failed=None, judge_error=None, judge_reason="", rejudged=True)
    again = score_again(stands)
    return stands if again is None else replace(stands, run_score=again)


def _short(text: str) -> str:
    return text[:SHORT].encode("utf-8", "replace").decode("utf-8")


def share_of(line: Line) -> float | None:
    """The score that a verdict gives, None for what is no number from 0 to 1."""
    score: Any = line.verdict.get("score")
    return float(score) if score_failure(score) is None and 0 <= score <= 1 else None


def _check(run: Run, line: Line) -> Iterator[ScaleCheck]:
    said = share_of(line) if line.kind == "verdict" else None
    if run.judge_failed is None and run.j is not None and said is not None:
        yield ScaleCheck(f"{run.model}/{run.task}", run.run, run.j, said)


def _flags(journal: Journal, source: Source, findings: Findings) -> Iterator[Flag]:
    if journal.damaged:
        evidence = f"{journal.damaged} of its lines could not be read and are not counted"
        yield Flag("journal_damaged", source.path, evidence)
    if findings.stale:
        evidence = f"{findings.stale} verdicts are of files or judges that are others now, and are not counted"
        yield Flag("stale_verdicts", source.path, evidence)
    yield from answering_flags(journal, source.path)
