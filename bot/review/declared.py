"""report.yaml as the reviewer reads it: names, stated values, gates and predictions, and nothing it need not know.

Every scalar is taken as the text that stands there (PyYAML's base loader builds texts, lists and maps only), so that
`0.6480` keeps its decimals and `no` stays a name. What is not of the expected form is left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bot.errors import ExperimentError

FILE_NAME = "report.yaml"
LIMIT = 2**20
TRUE = ("true", "yes", "on", "y", "t", "1")
ERROR_RATE_MAX = 0.2  # the limit that stands where report.yaml names none (scoring.md)


class Stated(NamedTuple):
    """A number as somebody wrote it: its value and how many decimals it has."""

    value: float
    places: int


class Threshold(NamedTuple):
    """A rule: `quantifier` (all, any) of the cells stand `operator` to `value`, or to the reference `reference`."""

    operator: str
    value: Stated | None
    reference: str | None
    quantifier: str


class Prediction(NamedTuple):
    """A claim declared before the run. `judges`, `conditions` None where it speaks of all of them."""

    id: str
    rule: Threshold
    metric: str
    judges: tuple[str, ...] | None
    conditions: tuple[str, ...] | None
    group: str | None
    falsified_by: Threshold | None


@dataclass(frozen=True, slots=True)
class Named:
    """A condition or a reference as it is named: every name a text may call it by."""

    names: tuple[str, ...]
    description: str | None
    group: str | None = None
    x: Stated | None = None
    issue: int | None = None
    target: bool = False
    scores: Mapping[str, Mapping[str, Stated]] = field(default_factory=dict)
    source: tuple[str, str, Mapping[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """What a team declared. Empty where there is no report.yaml."""

    raw: Mapping[str, Any]
    metric_label: str | None = None
    x_name: str | None = None
    primary: str | None = None
    alternate: str | None = None
    judge_labels: Mapping[str, str] = field(default_factory=dict)
    judge_ids: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, Named] = field(default_factory=dict)
    references: Mapping[str, Named] = field(default_factory=dict)
    gates: Mapping[str, Stated] = field(default_factory=dict)
    predictions: tuple[Prediction, ...] = ()
    public: bool | None = None
    set_file: str | None = None
    cutoff: str | None = None
    texts: tuple[str, ...] = ()
    card: tuple[tuple[str, str, str], ...] = ()


def read_declared(path: Path) -> Declared:
    """The declarations in `path`, empty ones where it does not exist; raises ExperimentError for what is no YAML."""
    if not path.is_file():
        return declared_of({})
    try:
        data = path.read_bytes()
        if len(data) > LIMIT:
            raise ExperimentError("is larger than 1 MB", where=str(path), fix="keep it to what a person wrote")
        loaded = yaml.load(data.decode("utf-8-sig"), Loader=yaml.BaseLoader)  # noqa: S506 - builds texts, lists, maps
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise ExperimentError(
            f"cannot be read: {error}", where=str(path), fix="check it with recount validate"
        ) from None
    return declared_of(_map(loaded))


def declared_of(raw: Mapping[str, Any]) -> Declared:
    """Take what the reviewer needs out of report.yaml's map."""
    judges, panel = _map(raw.get("judges")), _map(raw.get("panel"))
    public = _text(panel.get("public"))
    return Declared(
        raw=raw,
        metric_label=_text(raw.get("metric_label")),
        x_name=_text(raw.get("x_name")),
        primary=_text(judges.get("primary")),
        alternate=_text(judges.get("alternate")),
        judge_labels=_texts(judges.get("labels")),
        judge_ids=_texts(judges.get("ids")),
        conditions={k: _named(k, _map(v)) for k, v in _map(raw.get("conditions")).items()},
        references={k: _named(k, _map(v)) for k, v in _map(raw.get("references")).items()},
        gates=_gates(_map(raw.get("gates"))),
        predictions=tuple(_predictions(raw.get("predictions"))),
        public=None if public is None else public.lower() in TRUE,
        set_file=_text(panel.get("file")),
        cutoff=_text(panel.get("cutoff")),
        texts=tuple(_prose(raw)),
        card=tuple(_card(_map(raw.get("card")))),
    )


def _map(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value not in ("", "~", "null", "Null", "NULL") else None


def _texts(value: object) -> dict[str, str]:
    return {key: text for key, item in _map(value).items() if (text := _text(item)) is not None}


def stated(value: object) -> Stated | None:
    """A written number, None for everything else."""
    text = _text(value)
    try:
        number = float(text) if text else math.nan
    except ValueError:
        return None
    if text is None or not math.isfinite(number):
        return None
    mantissa = text.lower().partition("e")[0]
    return Stated(number, len(mantissa.partition(".")[2]))


def _named(key: str, raw: Mapping[str, Any]) -> Named:
    names = [key, *(t for k in ("label", "short") if (t := _text(raw.get(k))))]
    issue, scores = stated(raw.get("issue")), _map(raw.get("scores"))
    source = _map(raw.get("source"))
    archive, condition = _text(source.get("archive")), _text(source.get("condition"))
    return Named(
        names=tuple(dict.fromkeys(names)),
        description=_text(raw.get("description")),
        group=_text(raw.get("group")),
        x=stated(raw.get("x")),
        issue=int(issue.value) if issue else None,
        target=(_text(raw.get("target")) or "").lower() == "true",
        scores={judge: _numbers(score) for judge, score in scores.items()},
        source=(archive, condition, _texts(source.get("judges"))) if archive and condition else None,
    )


def _numbers(raw: object) -> dict[str, Stated]:
    return {key: number for key, value in _map(raw).items() if (number := stated(value)) is not None}


def _gates(raw: Mapping[str, Any]) -> dict[str, Stated]:
    return {"judge_error_rate_max": Stated(ERROR_RATE_MAX, 1), **_numbers(raw)}


def _rule(raw: Mapping[str, Any]) -> Threshold | None:
    operator, value, reference = _text(raw.get("operator")), stated(raw.get("value")), _text(raw.get("reference"))
    if operator not in (">", ">=", "<", "<=") or (value is None) == (reference is None):
        return None
    return Threshold(operator, value, reference, _text(raw.get("quantifier")) or "all")


def _predictions(raw: object) -> Iterator[Prediction]:
    for item in raw if isinstance(raw, list) else ():
        entry = _map(item)
        name, rule = _text(entry.get("id")), _rule(entry)
        if name is None or rule is None:
            continue
        yield Prediction(
            name, rule, _text(entry.get("metric")) or "alpha", _chosen(entry.get("judges")),
            _chosen(entry.get("conditions")), _text(entry.get("group")), _rule(_map(entry.get("falsified_by"))),
        )  # fmt: skip


def _chosen(value: object) -> tuple[str, ...] | None:
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else None


def _prose(raw: Mapping[str, Any]) -> Iterator[str]:
    """What people wrote in report.yaml about what they declare: a report may quote it without claiming it."""
    predictions = raw.get("predictions")
    for item in predictions if isinstance(predictions, list) else ():
        if text := _text(_map(item).get("text")):
            yield text
    for key in ("question", "reconstruction"):
        if text := _text(raw.get(key)):
            yield text
    panel = _map(raw.get("panel"))
    if name := _text(panel.get("name")):
        source = _text(panel.get("source"))
        yield f"Panel: {name}{f', from {source}' if source else ''}."


def _card(raw: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for section, fields in raw.items():
        for name, value in _map(fields).items():
            if isinstance(value, str):
                yield section, name, _text(value) or ""
