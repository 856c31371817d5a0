"""YAML of unknown origin to plain values, each with the line it stands on.

Only maps with text keys, lists, texts, numbers, true/false and null come out: no tags, no merge keys, no second
document. Aliases share their value and count in full against the limit, so a nest of them cannot grow.
A plain scalar that YAML 1.1 and 1.2 read as different numbers (`1_000`, `12:30`, `010`) stays the text it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_VALUES = 20_000

Path = tuple[str | int, ...]

_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]{1,4})?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_BOOLEANS = dict.fromkeys(("true", "yes", "on"), True) | dict.fromkeys(("false", "no", "off"), False)
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))


class YamlReadError(ValueError):
    """One thing wrong with a YAML text: the line (from 1), what it is, and what to write instead."""

    def __init__(self, line: int, what: str, fix: str) -> None:
        super().__init__(f"line {line}: {what}; {fix}")
        self.line = line
        self.what = what
        self.fix = fix


class WrittenInt(int):
    """A whole number that remembers how it was written (`007` is none of them, `+1` is)."""

    text: str


class WrittenFloat(float):
    """A number that remembers how it was written: `1.10` may be the name of a version."""

    text: str


class Place(NamedTuple):
    """Where a value stands: its line, from 1, and for a scalar its text as written."""

    line: int
    text: str | None = None


@dataclass(slots=True)
class Document:
    """A text as plain values. `faults` are those that let the reading go on; `places` is by the path of keys."""

    value: Any = None
    places: dict[Path, Place] = field(default_factory=dict)
    faults: list[YamlReadError] = field(default_factory=list)

    def place(self, path: Path) -> Place:
        """Where `path` stands, or the nearest part around it that stands somewhere."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(1))


def read(text: str) -> Document:
    """The one document in `text`, its value None where there is none. Raises YamlReadError where it cannot be read."""
    try:
        if len(text.encode()) > MAX_BYTES:
            raise YamlReadError(1, f"larger than {MAX_BYTES:,} bytes", "keep it to what a person wrote")
        return _Builder(text).document()
    except yaml.MarkedYAMLError as error:
        raise _syntax_fault(error) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlReadError(line, "a character that YAML does not allow", "take control characters out") from error
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise YamlReadError(line, "half a character (a lone surrogate)", "save the file as UTF-8") from error


def plain_scalar(text: str) -> bool | int | float | str | None:
    """What `text` stands for without quotes."""
    if text in _NULLS:
        return None
    if text in (text.lower(), text.capitalize(), text.upper()) and text.lower() in _BOOLEANS:
        return _BOOLEANS[text.lower()]
    if _INT.fullmatch(text):
        whole = WrittenInt(text)
        whole.text = text
        return whole
    if _FLOAT.fullmatch(text) or _NOT_FINITE.fullmatch(text):
        number = WrittenFloat(re.sub(r"\.(?=[in])", "", text.lower()))
        number.text = text
        return number
    return text


def _syntax_fault(error: yaml.MarkedYAMLError) -> YamlReadError:
    mark = error.problem_mark or error.context_mark
    problem = str(error.problem or error.context or "it ends in the middle")
    fix = "check the indentation, and put quotes around text that holds `: `, ` #` or starts with a sign"
    if "cannot start any token" in problem:
        fix = "indent with spaces, never tabs, and put quotes around text that starts with a sign"
    return YamlReadError(mark.line + 1 if mark else 1, f"not valid YAML: {problem}", fix)


class _Sized(NamedTuple):
    """A value and how many values it holds, itself included and aliases in full."""

    value: Any
    size: int


class _Builder:
    """Takes the events of one text and puts values together, without PyYAML's constructors."""

    def __init__(self, text: str) -> None:
        loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
        self._events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=loader))
        self._anchors: dict[str, _Sized] = {}
        self._document = Document()
        self._count = 0

    def document(self) -> Document:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._start_document(event)
        return self._document

    def _start_document(self, event: yaml.Event) -> None:
        if self._document.places:
            raise YamlReadError(_line(event), "a second document starts here", "keep one, and drop the line `---`")
        self._document.value = self._value(next(self._events), ()).value

    def _value(self, event: yaml.Event, path: Path) -> _Sized:
        if len(path) > MAX_DEPTH:
            raise YamlReadError(_line(event), f"nested more than {MAX_DEPTH} deep", "flatten it")
        self._document.places[path] = Place(_line(event), getattr(event, "value", None))
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if not isinstance(event, yaml.NodeEvent):
            raise YamlReadError(_line(event), "it ends in the middle", "write the value")
        self._refuse_tag(event)
        sized = self._node(event, path)
        if event.anchor is not None:
            self._anchors[event.anchor] = sized
        return sized

    def _node(self, event: yaml.NodeEvent, path: Path) -> _Sized:
        self._spend(1, event)
        if isinstance(event, yaml.MappingStartEvent):
            return self._map(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(path)
        return _Sized(_scalar(event), 1)

    def _map(self, path: Path) -> _Sized:
        values: dict[str, Any] = {}
        lines: dict[str, int] = {}
        size = 1
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, lines)
            # A key given twice keeps the value and the places of the first.
            here = (*path, f"{key}\0" if key in values else key)
            sized = self._value(next(self._events), here)
            self._document.places[here] = Place(_line(event), self._document.places[here].text)
            values.setdefault(key, sized.value)
            size += 1 + sized.size
        return _Sized(values, size)

    def _key(self, event: yaml.Event, lines: dict[str, int]) -> str:
        """The key as written: `42`, `no` and `1.10` are names here, never numbers."""
        line = _line(event)
        if not isinstance(event, yaml.ScalarEvent) or not event.value:
            raise YamlReadError(line, "a key that is no plain text", "give it a name, in quotes where it holds signs")
        self._spend(1, event)
        key = str(event.value)
        if key == "<<" and not event.style:
            self._document.faults.append(YamlReadError(line, "merge keys (`<<`) are not read", "write the keys out"))
        if key in lines:
            what = f"`{shorten(key)}` is given twice, first on line {lines[key]}"
            self._document.faults.append(YamlReadError(line, what, "keep one of the two"))
        lines.setdefault(key, line)
        return key

    def _list(self, path: Path) -> _Sized:
        values: list[Any] = []
        size = 1
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            sized = self._value(event, (*path, len(values)))
            values.append(sized.value)
            size += sized.size
        return _Sized(values, size)

    def _alias(self, event: yaml.AliasEvent) -> _Sized:
        name = str(event.anchor)
        known = self._anchors.get(name)
        if known is None:
            what = f"`*{shorten(name)}` points to nothing that ends above it"
            raise YamlReadError(_line(event), what, "write the value out")
        self._spend(known.size, event)
        return known

    def _spend(self, size: int, event: yaml.Event) -> None:
        self._count += size
        if self._count > MAX_VALUES:
            what = f"more than {MAX_VALUES:,} values, aliases counted in full"
            raise YamlReadError(_line(event), what, "make it smaller")

    def _refuse_tag(self, event: yaml.NodeEvent) -> None:
        tag = getattr(event, "tag", None)
        if tag not in (None, "!", "tag:yaml.org,2002:str"):
            fault = YamlReadError(_line(event), f"the tag `{shorten(tag)}` is not read", "leave it out")
            self._document.faults.append(fault)


def _scalar(event: yaml.Event) -> Any:
    text = str(getattr(event, "value", ""))
    is_plain = getattr(event, "implicit", (True, False))[0] and not getattr(event, "tag", None)
    return plain_scalar(text) if is_plain else text


def _line(event: yaml.Event) -> int:
    return int(event.start_mark.line) + 1 if event.start_mark else 1


def shorten(text: str, limit: int = 60) -> str:
    """`text` for an error message: one short line in which no character hides or steers."""
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in short).replace("`", "'")
