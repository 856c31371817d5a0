"""Judgements of an alignment file: what JSON holds, and the samples that come out of it.

Scores are never coerced: whatever is not a number from 0 to 100 is a failed judgement with its class of FAILURES.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from bot.archives.decoding import kind_of
from bot.archives.pointers import clipped, escaped
from bot.archives.records import FAILURES, Judgement, Sample

LOW, HIGH = 0, 100

_EXAMPLES = 3


class JudgementShape(msgspec.Struct, gc=False):
    """A judgement as it stands in a file, its values of any type; `judge_history` holds what stood there before."""

    aligned: Any = None
    coherent: Any = None
    reasoning: Any = None
    error: Any = None
    rejudged_at: Any = None
    judge_history: Any = None


Scores = dict[str, list[JudgementShape | None]]


def score_failure(value: object) -> str | None:
    """The class (of FAILURES) of a value that is no score; None for a number from 0 to 100."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if LOW <= value <= HIGH:
            return None
        return "not_finite" if isinstance(value, float) and not math.isfinite(value) else "out_of_range"
    return "null" if value is None else "wrong_type"


def scores_of(value: object) -> Scores | None:
    """Plain values as scores; None where they are no object of questions."""
    return {question: _rows(rows) for question, rows in value.items()} if isinstance(value, dict) else None


def samples_of(scores: Scores, completions: object) -> Iterable[Sample]:
    """A sample for each judgement, in the file's order, with the completion of the same question and index."""
    texts = completions if isinstance(completions, dict) else {}
    for question, rows in scores.items():
        answers = texts.get(question)
        found: list[object] = answers if isinstance(answers, list) else []
        for index, row in enumerate(rows):
            answer = found[index] if index < len(found) else None
            yield Sample(question, index, _judgement(row), answer if isinstance(answer, str) else None)


def score_remarks(scores: Scores) -> Iterable[tuple[str, str]]:
    """A remark on values that no judge should have given: neither a score nor an honest failure."""
    rows = ((question, index, row) for question, listed in scores.items() for index, row in enumerate(listed))
    bad = [fault for question, index, row in rows if not _is_sound(row) for fault in _faults(question, index, row)]
    if bad:
        counts = Counter(f"{name}: {FAILURES[failure]}" for _, name, failure in bad)
        places = ", ".join(clipped(place) for place, _, _ in bad[:_EXAMPLES])
        yield "invalid_scores", f"{_counted(counts)}; first at {places}"


def completion_remarks(scores: Scores, completions: object) -> Iterable[tuple[str, str]]:
    """A remark where the completions do not lie beside the judgements, one for one."""
    if completions is None:
        return
    if not isinstance(completions, dict):
        yield "completions_mismatch", f"completions is {kind_of(completions)}, not an object of questions"
        return
    counts = Counter(odd for question, texts in completions.items() for odd in _odd(scores.get(question), texts))
    counts["questions without completions"] = len(scores.keys() - completions.keys())
    if +counts:
        yield "completions_mismatch", _counted(+counts)


def _rows(rows: object) -> list[JudgementShape | None]:
    # Something else than a list was meant as judgements all the same: it counts as one that failed, not as none.
    return [_row(row) for row in rows] if isinstance(rows, list) else [None]


def _row(row: object) -> JudgementShape | None:
    if not isinstance(row, dict):
        return None
    return JudgementShape(**{key: row.get(key) for key in JudgementShape.__struct_fields__})


def _judgement(row: JudgementShape | None) -> Judgement:
    if row is None:
        return Judgement(None, None, "malformed")
    reasoning = row.reasoning if isinstance(row.reasoning, str) else ""
    failure = "error" if row.error else score_failure(row.aligned)
    if failure is not None:
        return Judgement(None, None, failure, reasoning)
    coherent = None if score_failure(row.coherent) else float(row.coherent)
    again = isinstance(row.rejudged_at, str)
    former = _former(row.judge_history) if again else None
    return Judgement(float(row.aligned), coherent, None, reasoning, rejudged=again, original=former)


def _former(history: object) -> Judgement | None:
    """The judgement that a file held first, before it was written over."""
    if not isinstance(history, list) or not history:
        return None
    first = history[0]
    return _judgement(_row({**first, "judge_history": None} if isinstance(first, dict) else first))


def _is_sound(row: JudgementShape | None) -> bool:
    return row is not None and (bool(row.error) or score_failure(row.aligned) is score_failure(row.coherent) is None)


def _faults(question: str, index: int, row: JudgementShape | None) -> Iterable[tuple[str, str, str]]:
    place = f"/scores/{escaped(question)}/{index}"
    if row is None:
        yield place, "judgement", "malformed"
        return
    for name, value in (("aligned", row.aligned), ("coherent", row.coherent)):
        if (failure := score_failure(value)) not in (None, "null"):
            yield f"{place}/{name}", name, str(failure)


def _odd(rows: list[JudgementShape | None] | None, texts: object) -> Iterable[str]:
    if rows is None:
        yield "questions with completions but no scores"
    elif not isinstance(texts, list):
        yield "questions whose completions are no list"
    else:
        yield from ("completions that are no text" for text in texts if text is not None and not isinstance(text, str))
        if len(texts) != len(rows):
            yield "questions with another number of completions than of judgements"


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} × {what}" for what, count in sorted(counts.items()))
