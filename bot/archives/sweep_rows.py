"""One run's file, from bytes to a row: scores, what the judge said, and how much the agent spoke.

The transcript, nearly all of the file, is stepped over: msgspec checks its grammar but makes no text of it, so bytes in
it that are no UTF-8 go unnoticed. What msgspec finds to be exactly as it should be becomes a row at once; everything
else is looked at again, value by value.
Scores are never coerced: a run whose scores are no numbers from 0 to 1 is refused with the reason, a judge's score that
is none is a failure of the judge.
"""

from __future__ import annotations

import json
import math
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import Meta, Raw

from bot.archives.decoding import CannotDecode, decode, kind_of
from bot.archives.sweep_records import SHORT, Run

MOST_COUNTED = 2**31 - 1

PHRASES = {
    b"gateway is restarting": "gateway_restarting",
    b"judge execution failed": "execution_failed",
    b"judge failed to run": "failed_to_run",
    b"judge call failed": "call_failed",
    b"judge timed out": "timed_out",
}

_NULL = Raw(b"null")
_EMPTY = Raw(b'""')
_QUOTE = 0x22
_TOO_DEEP = "not usable: nested too deeply"

_Score = Annotated[float, Meta(ge=0.0, le=1.0)]
_Count = Annotated[int, Meta(ge=0, le=MOST_COUNTED)]
_Short = Annotated[str, Meta(max_length=SHORT)]


class _Message(msgspec.Struct, gc=False):
    role: str | None = None
    text: Raw = _NULL


class _Transcript(msgspec.Struct, gc=False):
    messages: list[_Message] = []


class _Part(msgspec.Struct, gc=False):
    score: _Score | None = None


class _Verifier(msgspec.Struct, gc=False):
    score: _Score | None = None
    total_assertions: _Count | None = None


class _Judge(msgspec.Struct, gc=False):
    enabled: bool | None = None
    score: _Score | None = None
    reason: str | None = None
    error: _Short | None = None
    model: _Short | None = None
    rejudged_at: _Short | None = None


class _OddJudge(_Judge, gc=False):
    """A judgement whose score is none: `wrong` says what stands in its place (a class of JUDGE_FAILURES)."""

    wrong: str = "malformed"


class _Environment(msgspec.Struct, gc=False):
    image: _Short | None = None


class _Document(msgspec.Struct, gc=False):
    """The keys of a run's file that a row needs; every other key is stepped over."""

    run_score: _Score
    completion_result: _Verifier | None = None
    trajectory_result: _Part | None = None
    behavior_result: _Part | None = None
    judge_result: _Judge | None = None
    transcript: _Transcript | None = None
    delivery_outcome: _Short | None = None
    failure_mode: _Short | None = None
    error: _Short | None = None
    task_id: _Short | None = None
    run_index: int | None = None
    environment_image: _Short | None = None
    docker_image: _Short | None = None
    image: _Short | None = None
    environment: _Environment | None = None


class Place(NamedTuple):
    """Which run a file is, by the folders it lies in and its name."""

    model: str
    task: str
    run: int


class _Judgement(NamedTuple):
    enabled: bool = False
    j: float | None = None
    failed: str | None = None
    rejudged: bool = False
    model: str | None = None
    reason: str = ""
    error: str | None = None


_NO_JUDGE = _Judgement()
_NO_PART = _Part()
_NO_VERIFIER = _Verifier()
_DECODER = msgspec.json.Decoder(_Document)
_decode = _DECODER.decode


def read_row(data: bytes | memoryview, place: Place) -> Run:
    """The row of the run at `place` whose file holds `data`. Raises CannotDecode for what is no usable run."""
    try:
        try:
            return _row(_decode(data), place, len(data))
        except (msgspec.DecodeError, ValueError):
            # NaN, lone surrogates and parts of another shape are no reason to lose a run.
            return _row(decode(bytes(data), _DECODER, _document), place, len(data))
    except RecursionError:
        raise CannotDecode(_TOO_DEEP) from None


def judge_failure(score: float | None, reason: str, error: object, rejudged: bool) -> str | None:
    """The class (of JUDGE_FAILURES) of an enabled judgement that failed, None for one that stands.

    A re-judged one that has a score above 0 and no error stands, whatever words its reason uses.
    """
    if rejudged and score and not error:
        return None
    # The phrases are ASCII; lowering bytes is ten times faster than lowering text that is not.
    lowered = reason.encode("utf-8", "replace").lower()
    if b"judge" in lowered or b"gateway" in lowered:
        for phrase, failure in PHRASES.items():
            if phrase in lowered:
                return failure
    if error:
        return "error"
    if score is None:
        return "null"
    return "empty" if score == 0 and not reason.strip() else None


def _row(document: _Document, place: Place, size: int) -> Run:
    model, task, run = place
    verifier = document.completion_result or _NO_VERIFIER
    judge = document.judge_result
    enabled, j, failed, rejudged, judge_model, reason, error = _judgement(judge) if judge else _NO_JUDGE
    messages, spoke = _spoken(document.transcript)
    other_task = document.task_id != task and document.task_id
    other_run = document.run_index != run and _possible_run(document.run_index)
    return Run(
        model,
        task,
        run,
        document.run_score,
        verifier.score,
        (document.trajectory_result or _NO_PART).score,
        (document.behavior_result or _NO_PART).score,
        verifier.total_assertions or 0,
        enabled,
        j,
        failed,
        rejudged,
        document.delivery_outcome or None,
        document.failure_mode or None,
        document.error or None,
        messages,
        spoke,
        judge_model,
        reason,
        error,
        document.environment_image or document.docker_image or document.image or _image_inside(document.environment),
        other_task or None,
        document.run_index if other_run else None,
        size,
    )


def _judgement(judge: _Judge) -> _Judgement:
    enabled, rejudged, error = judge.enabled, bool(judge.rejudged_at), judge.error or None
    model = judge.model or None
    odd = isinstance(judge, _OddJudge)
    if enabled is None:
        # The key is missing: a score says that somebody judged.
        enabled = odd or judge.score is not None
    if not enabled:
        return _Judgement(rejudged=rejudged, model=model)
    reason = judge.reason or ""
    failed = judge_failure(judge.score, reason, error, rejudged)
    if isinstance(judge, _OddJudge) and failed == "null":
        failed = judge.wrong
    return _Judgement(True, judge.score, failed, rejudged, model, reason[:SHORT] if failed else "", error)


def _possible_run(run: int | None) -> bool:
    return run is not None and 0 <= run <= MOST_COUNTED


def _image_inside(environment: _Environment | None) -> str | None:
    return (environment.image or None) if environment else None


# --- the transcript -------------------------------------------------------------------------------------------------


def _spoken(transcript: _Transcript | None) -> tuple[int, bool]:
    """The number of messages, and whether the assistant wrote any text in them."""
    if transcript is None:
        return 0, False
    messages = transcript.messages
    # From the end: what an agent says last is nearly always a text.
    for message in reversed(messages):
        if message.role == "assistant" and _has_text(message.text):
            return len(messages), True
    return len(messages), False


def _has_text(raw: Raw) -> bool:
    if raw in (_EMPTY, _NULL):
        return False
    return memoryview(raw)[0] == _QUOTE or _holds_text(json.loads(bytes(raw)))


def _holds_text(value: object) -> bool:
    """Whether a message's text, given in parts (`[{"type": "text", "text": …}]`), holds any."""
    if isinstance(value, list):
        return any(_holds_text(part) for part in value)
    if isinstance(value, dict):
        return _holds_text(value.get("text"))
    return isinstance(value, str) and bool(value)


# --- what msgspec refused -------------------------------------------------------------------------------------------


def _document(value: object) -> _Document:
    """The same document from plain values, whatever they are. Raises CannotDecode with the reason for none."""
    if not isinstance(value, dict):
        raise CannotDecode(f"{kind_of(value)} where a run's object belongs")
    verifier = _object(value, "completion_result")
    run_index = value.get("run_index")
    return _Document(
        run_score=_score(value.get("run_score"), "run_score"),
        completion_result=_Verifier(
            _part_score(verifier, "completion_result"),
            _count(verifier.get("total_assertions"), "completion_result.total_assertions"),
        ),
        trajectory_result=_Part(_part_score(_object(value, "trajectory_result"), "trajectory_result")),
        behavior_result=_Part(_part_score(_object(value, "behavior_result"), "behavior_result")),
        judge_result=_judge(value.get("judge_result")),
        transcript=_transcript(value.get("transcript")),
        delivery_outcome=_short(value.get("delivery_outcome")),
        failure_mode=_short(value.get("failure_mode")),
        error=_short(value.get("error")),
        task_id=_short(value.get("task_id")),
        run_index=run_index if isinstance(run_index, int) and not isinstance(run_index, bool) else None,
        environment_image=_short(value.get("environment_image")),
        docker_image=_short(value.get("docker_image")),
        image=_short(value.get("image")),
        environment=_environment(value.get("environment")),
    )


def _object(value: dict[str, Any], name: str) -> dict[str, Any]:
    part = value.get(name)
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise CannotDecode(f"{name} is {kind_of(part)}, not an object")
    return part


def _judge(part: object) -> _Judge | None:
    if part is None:
        return None
    if not isinstance(part, dict):
        return _OddJudge(enabled=True)
    score, enabled = part.get("score"), part.get("enabled")
    wrong = "malformed" if not isinstance(enabled, bool | None) else _score_failure(score)
    judge = _Judge if wrong in (None, "null") else _OddJudge
    found = judge(
        enabled=enabled if isinstance(enabled, bool | None) else True,
        score=float(score) if wrong is None else None,  # type: ignore[arg-type]  # nothing wrong says it is a number
        reason=_carried(_text(part.get("reason"))),
        error=_short(part.get("error")),
        model=_short(part.get("model")),
        rejudged_at=_short(part.get("rejudged_at")),
    )
    if isinstance(found, _OddJudge):
        found.wrong = str(wrong)
    return found


def _transcript(part: object) -> _Transcript | None:
    messages = part.get("messages") if isinstance(part, dict) else None
    if not isinstance(messages, list):
        return None
    return _Transcript([_message(each) if isinstance(each, dict) else _Message() for each in messages])


def _message(value: dict[str, Any]) -> _Message:
    role = value.get("role")
    return _Message(role if isinstance(role, str) else None, Raw(json.dumps(value.get("text")).encode()))


def _environment(part: object) -> _Environment:
    return _Environment(_short(part.get("image") if isinstance(part, dict) else part))


def _part_score(part: dict[str, Any], name: str) -> float | None:
    value = part.get("score")
    return None if value is None else _score(value, f"{name}.score")


def _score(value: object, name: str) -> float:
    failure = _score_failure(value)
    if failure is None:
        return float(value)  # type: ignore[arg-type]  # no failure says it is a number
    raise CannotDecode(f"{name} is {_wrong(value, failure)}")


def _score_failure(value: object) -> str | None:
    if value is None:
        return "null"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "wrong_type"
    if isinstance(value, float) and not math.isfinite(value):
        return "not_finite"
    return None if 0 <= value <= 1 else "out_of_range"


def _wrong(value: object, failure: str) -> str:
    if failure == "null":
        return "null or missing"
    if failure == "wrong_type":
        return f"{kind_of(value)}, not a number"
    if failure == "not_finite":
        return "NaN or infinite"
    return f"{_digits(value)}, outside 0 to 1"


def _digits(number: object) -> str:
    text = str(number)
    return text if len(text) <= 20 else f"{text[:8]}… ({len(text)} digits)"


def _count(value: object, name: str) -> int:
    if value is None:
        return 0
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise CannotDecode(f"{name} is {kind_of(value)}, not a count")
    if not 0 <= value <= MOST_COUNTED:
        raise CannotDecode(f"{name} is {_digits(value)}, which counts nothing")
    return value


def _text(value: object) -> str:
    """`value` as text; "" for what says nothing (null, "", false, 0, {}, [])."""
    if not value:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _short(value: object) -> str | None:
    """The start of `value` as text, None for what says nothing."""
    return _carried(_text(value)[:SHORT]) or None


def _carried(text: str) -> str:
    """`text` with lone surrogates, which UTF-8 cannot carry, as question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
