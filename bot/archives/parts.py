"""One file of an alignment archive, from bytes to what it says: judgements, a summary, or a headline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from bot.archives.decoding import ANYTHING, CannotDecode, decode, kind_of
from bot.archives.judgements import Scores, completion_remarks, samples_of, score_remarks, scores_of
from bot.archives.names import ResultName
from bot.archives.records import Sample, Source, Summary
from bot.archives.summaries import SUMMARY_KEYS, Said, headline_of, summary_of

_NO_SCORES = "scores is missing, or no object of questions"


class _DetailedShape(msgspec.Struct):
    scores: Scores | None = None
    completions: Any = None
    summary: Any = None


class _Probe(msgspec.Struct):
    """Just enough of a JSON file to see whether it looks like a result."""

    scores: msgspec.Raw | None = None
    summary: msgspec.Raw | None = None
    overall_mean_aligned: msgspec.Raw | None = None
    alpha_mean_aligned: msgspec.Raw | None = None


_DETAILED = msgspec.json.Decoder(_DetailedShape)
_PROBE = msgspec.json.Decoder(_Probe)


@dataclass(frozen=True, slots=True)
class Part:
    """What one file says.

    `panel` names the questions under its scores, also those without a judgement; `samples` is None where it holds no
    scores, and `unusable` then says so. `pointer` leads to the summary's numbers. `remarks` are (flag kind, evidence).
    """

    source: Source
    summary: Summary | None
    pointer: str
    samples: tuple[Sample, ...] | None = None
    panel: tuple[str, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
    unusable: str | None = None


def read_part(data: bytes, source: Source, name: ResultName) -> Part | None:
    """What a result's file says; None for a headline in another form than ours. Raises CannotDecode."""
    if name.kind == "detailed":
        return _detailed(decode(data, _DETAILED, _detailed_shape), source, name.stem)
    raw = _object(decode(data, ANYTHING, _as_is))
    if name.kind == "headline":
        return _of_summary(headline_of(raw, name.stem), source)
    part = _of_summary(summary_of(raw, name.stem), source)
    if part is None:
        raise CannotDecode(f"a summary without {' or '.join(SUMMARY_KEYS)}")
    return part


def looks_like_result(data: bytes) -> bool:
    """Whether JSON under another name holds what results hold. Raises CannotDecode for what is no JSON."""
    probe = decode(data, _PROBE, _probe_shape)
    summarised = probe.scores is not None and probe.summary is not None
    return summarised or probe.overall_mean_aligned is not None or probe.alpha_mean_aligned is not None


def _detailed(shape: _DetailedShape, source: Source, stem: str) -> Part:
    said = summary_of(shape.summary, stem, "/summary") if isinstance(shape.summary, dict) else None
    if shape.scores is None:
        return _without_scores(said, source)
    samples = tuple(samples_of(shape.scores, shape.completions))
    remarks = [*score_remarks(shape.scores), *completion_remarks(shape.scores, shape.completions)]
    if not samples:
        remarks.append(("incomplete", "scores holds no judgement"))
    return Part(
        source,
        summary=said.summary if said else None,
        pointer=said.pointer if said else "/scores",
        samples=samples,
        panel=tuple(shape.scores),
        remarks=(*remarks, *(said.remarks() if said else ())),
    )


def _without_scores(said: Said | None, source: Source) -> Part:
    if said is None:
        raise CannotDecode(_NO_SCORES)
    unusable = f"{_NO_SCORES}; only the summary in it is used"
    return Part(source, said.summary, said.pointer, remarks=said.remarks(), unusable=unusable)


def _of_summary(said: Said | None, source: Source) -> Part | None:
    return Part(source, said.summary, said.pointer, remarks=said.remarks()) if said else None


def _detailed_shape(value: object) -> _DetailedShape:
    raw = _object(value)
    return _DetailedShape(scores_of(raw.get("scores")), raw.get("completions"), raw.get("summary"))


def _probe_shape(value: object) -> _Probe:
    if not isinstance(value, dict):
        return _Probe()
    return _Probe(**{key: msgspec.Raw(b"null") for key in _Probe.__struct_fields__ if value.get(key) is not None})


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise CannotDecode(f"{kind_of(value)} where an object belongs")
    return value


def _as_is(value: object) -> object:
    return value
