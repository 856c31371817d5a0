"""What was asked again, and what people said: `rejudged.jsonl` and `human.jsonl`, laid over the raw cells.

By judging.md: the last verdict counts, a failure only where there is no verdict, and both only for the text that was
judged. A verdict by another model than the cell's own never enters the cell; it makes a column of its own.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.review import raw
from bot.review.raw import RawCell, Verdict

JOURNAL, LABELS = "rejudged.jsonl", "human.jsonl"
CLASSES = ("error", "null", "wrong_type", "not_finite", "out_of_range", "malformed")

Line = dict[str, Any]
Place = tuple[str, int]


def lay_over(root: Path, archive: str, cells: Sequence[RawCell], judge_ids: Mapping[str, str]) -> list[RawCell]:
    """The cells with the journal of the archive in `root` over them, further columns behind."""
    lines = [line for line in lines_of(root / JOURNAL) if line.get("kind") in ("verdict", "failure")]
    lines = [line for line in lines if line.get("purpose") != "column"]
    if not lines:
        return list(cells)
    own = [_renewed(cell, _of_file(cell, lines)) for cell in cells]
    further = [column for cell in own for column in _columns(cell, _of_file(cell, lines), archive, judge_ids)]
    taken = {(cell.condition, cell.judge, cell.seed) for cell in own}
    rivals = {c.judge_model for c in further if (c.condition, c.judge, c.seed) in taken}
    for column in further:
        if column.judge_model in rivals:
            column.judge = raw.clean(column.judge_model or column.judge)
    whole = {(cell.condition, cell.judge_model) for cell in own}
    return [*own, *(c for c in further if (c.condition, c.judge_model) not in whole)]


def lines_of(path: Path) -> Iterator[Line]:
    """The objects of a file of JSON lines; one that is torn is passed over."""
    if not path.is_file() or path.is_symlink() or path.stat().st_size > raw.LIMIT:
        return
    for text in path.read_bytes().split(b"\n"):
        try:
            line = json.loads(text.decode("utf-8")) if text.strip() else None
        except ValueError:
            continue
        if isinstance(line, dict):
            yield line


def _of_file(cell: RawCell, lines: Iterable[Line]) -> list[Line]:
    return [line for line in lines if line.get("file") in cell.paths]


def _is_own(line: Line, cell: RawCell) -> bool:
    model = (cell.judge_model or "").removeprefix("anthropic/")
    return bool(line.get("own", True)) and (cell.judge_model is None or model == line.get("judge_model"))


def _latest(lines: Iterable[Line]) -> dict[Place, Line]:
    counting: dict[Place, Line] = {}
    for line in lines:
        place = str(line.get("question")), int(line.get("index", 0))
        if line["kind"] == "verdict" or counting.get(place, {"kind": "failure"})["kind"] == "failure":
            counting[place] = line
    return counting


def _renewed(cell: RawCell, lines: Sequence[Line]) -> RawCell:
    mine = [line for line in lines if _is_own(line, cell)]
    counting = _latest(line for line in mine if line.get("purpose") != "shift")
    checks = _latest(line for line in mine if line.get("purpose") == "shift" and line["kind"] == "verdict")
    verdicts = tuple(_again(v, counting.get((v.question, v.at))) for v in cell.verdicts)
    return dataclasses.replace(cell, verdicts=verdicts, shifts=tuple(_shifts(cell, verdicts, checks)))


def _again(verdict: Verdict, line: Line | None) -> Verdict:
    if line is None or line.get("judged") != digest(verdict):
        return verdict
    valid = verdict.failure is None
    if valid and (line.get("purpose") == "failed" or line["kind"] == "failure"):
        return verdict
    said = line.get("verdict")
    if verdict.rejudged and isinstance(said, dict) and verdict.aligned == said.get("aligned"):
        return verdict  # written back: the file itself has it
    return _said(verdict, line, verdict)


def _said(verdict: Verdict, line: Line, former: Verdict | None) -> Verdict:
    """What a line says of the answer that `verdict` is of."""
    told = line.get("verdict")
    if line["kind"] == "failure" or not isinstance(told, dict):
        failure = line.get("failure")
        kind = failure if failure in CLASSES else "unparsable"
        return verdict._replace(aligned=None, coherent=None, failure=kind, rejudged=False, former=former)
    wrong = raw.failure_of(told.get("aligned")) or raw.failure_of(told.get("coherent"))
    reasoning = told.get("reasoning")
    text = reasoning if isinstance(reasoning, str) else ""
    if wrong:
        return verdict._replace(aligned=None, coherent=None, failure=wrong, rejudged=False, former=former)
    return verdict._replace(
        aligned=float(told["aligned"]), coherent=float(told["coherent"]), failure=None, reasoning=text,
        rejudged=True, former=former,
    )  # fmt: skip


def digest(verdict: Verdict) -> str:
    """Of the text that a judge is shown."""
    shown = json.dumps((verdict.question, verdict.completion or ""), ensure_ascii=True)
    return hashlib.sha256(shown.encode("ascii")).hexdigest()


def _shifts(cell: RawCell, verdicts: Sequence[Verdict], checks: Mapping[Place, Line]) -> Iterator[tuple[str, float]]:
    """By question, how far a valid judgement moved when it was asked again."""
    for before, now in zip(cell.verdicts, verdicts, strict=True):
        line = checks.get((before.question, before.at))
        if line is not None and before.aligned is not None and line.get("judged") == digest(before):
            again = _said(before, line, None).aligned
            if again is not None:
                yield before.question, again - before.aligned
        if now.former is not None and now.former.aligned is not None and now.aligned is not None:
            yield now.question, now.aligned - now.former.aligned


def _columns(cell: RawCell, lines: Sequence[Line], archive: str, judge_ids: Mapping[str, str]) -> Iterator[RawCell]:
    """What other models said of the cell's answers."""
    models: dict[str, list[Line]] = {}
    for line in lines:
        if line.get("purpose") != "shift" and not _is_own(line, cell):
            models.setdefault(str(line.get("judge_model")), []).append(line)
    for model, said in models.items():
        counting = _latest(said)
        told = [(v, counting.get((v.question, v.at))) for v in cell.verdicts]
        verdicts = tuple(
            _said(v, line, None) for v, line in told if line is not None and line.get("judged") == digest(v)
        )
        if verdicts:
            judge = raw.place_of((), "", model, archive, judge_ids)[1]
            yield dataclasses.replace(
                cell, judge=judge, judge_model=model, verdicts=verdicts, paths=(JOURNAL,), shifts=(), said=None,
                partial=len(verdicts) < len(cell.verdicts),
            )  # fmt: skip


def labels(root: Path, archive: str, judge_ids: Mapping[str, str]) -> dict[tuple[str, str | None], dict[Place, float]]:
    """By condition and seed (None: every seed), people's mean label of each answer."""
    given: dict[tuple[str, str | None], dict[Place, list[float]]] = {}
    for path in sorted(root.rglob(LABELS)):
        folders = path.relative_to(root).parts[:-1]
        here = raw.place_of(folders, "", None, archive, judge_ids)[0] if folders else None
        for line in lines_of(path) if not any(f.startswith(".") for f in folders) else ():
            seed, condition = line.get("seed"), line.get("condition") or here
            question, index, aligned = line.get("question"), line.get("index"), line.get("aligned")
            fits = isinstance(question, str) and isinstance(index, int) and index >= 0
            if fits and isinstance(condition, str) and raw.failure_of(aligned) is None:
                key = condition, None if seed is None else str(seed)
                given.setdefault(key, {}).setdefault((str(question), int(str(index))), []).append(float(str(aligned)))
    return {key: {p: sum(v) / len(v) for p, v in places.items()} for key, places in given.items()}
