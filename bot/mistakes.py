"""What a model says against a document, in the words of the one who wrote it: line, key, what is wrong, what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.safe_yaml import Document, Path, WrittenFloat, WrittenInt, plain_scalar, shorten

MOST_LISTED = 30

_WANTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a map of `key: value` lines",
    "model_type": "a map of `key: value` lines",
    "model_attributes_type": "a map of `key: value` lines",
}
_NUMBERS = {"a number", "a whole number"}


class Mistake(NamedTuple):
    """One thing to mend: its line, the key's path as a person writes it, what is wrong, what to do."""

    line: int
    key: str
    what: str
    fix: str

    def said_of(self, where: str) -> str:
        """The mistake in one line that names the file."""
        key = f"`{self.key}`: " if self.key else ""
        return f"{where}:{self.line}: {key}{self.what}" + (f"; {self.fix}" if self.fix else "")


def mistakes_in(document: Document, error: ValidationError, model: type[BaseModel]) -> list[Mistake]:
    """All mistakes by line. The branches of a union that refused one value are told as one mistake."""
    grouped: dict[tuple[Path, str], list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        path = _path_in(document.value, detail["loc"])
        missing = str(detail["loc"][-1]) if detail["type"] == "missing" else ""
        grouped.setdefault((path, missing), []).append(detail)
    found = [
        _mistake(document, path, details, model)
        for (path, missing), details in grouped.items()
        if missing or not _is_told_deeper(path, details, grouped)
    ]
    found += [Mistake(fault.line, "", fault.what, fault.fix) for fault in document.faults]
    return sorted(found)


def nearest(name: str, known: Collection[str]) -> str:
    """Words that lead from a wrong `name` to the right one of `known`."""
    close = difflib.get_close_matches(name.lower(), [each.lower() for each in known], n=1, cutoff=0.6)
    for each in known:
        if close and each.lower() == close[0]:
            return f"did you mean `{shorten(each)}`?"
    if not known:
        return "there is none to choose from"
    listed = ", ".join(f"`{shorten(each)}`" for each in list(known)[:12])
    return f"known are {listed}{' …' if len(known) > 12 else ''}"


def inner_types(annotation: Any) -> Iterator[Any]:
    """The alternatives of an annotation without Annotated and None: `Annotated[A, …] | None` gives A."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from inner_types(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for each in get_args(annotation):
            yield from inner_types(each)
    elif annotation is not type(None):
        yield annotation


def _mistake(document: Document, path: Path, details: Sequence[ErrorDetails], model: type[BaseModel]) -> Mistake:
    line = document.place(path).line
    detail = next((each for each in details if each["type"] not in {*_WANTED, "literal_error"}), details[0])
    if detail["type"] == "missing":
        return Mistake(line, _shown(path), f"`{detail['loc'][-1]}` is missing here", "every such entry needs it")
    if detail["type"] == "extra_forbidden":
        return Mistake(line, _shown(path), "unknown key", _known_keys(path, model))
    if detail["type"] not in {*_WANTED, "literal_error"}:
        what, _, fix = _said(detail, document.place(path).text).partition("; ")
        return Mistake(line, _shown(path), what, fix)
    return _wrong_kind(document, path, details)


def _is_told_deeper(path: Path, details: Sequence[ErrorDetails], grouped: Collection[tuple[Path, str]]) -> bool:
    """Whether the value fits another branch of its union but for something inside, which has its own mistake."""
    deeper = any(other[: len(path)] == path and len(other) > len(path) for other, _ in grouped)
    return deeper and all(detail["type"] == "literal_error" for detail in details)


def _wrong_kind(document: Document, path: Path, details: Sequence[ErrorDetails]) -> Mistake:
    line, text = document.place(path)
    wanted = _wanted(details)
    value = _at(document.value, path)
    what = f"{' or '.join(wanted)} is wanted, not {_given(value, text)}"
    return Mistake(line, _shown(path), what, _fix(value, text, wanted, details))


def _given(value: Any, text: str | None) -> str:
    if isinstance(value, bool):
        return f"`{text or value}`, which YAML reads as {str(value).lower()}"
    if value is None:
        return "nothing"
    if isinstance(value, dict | list):
        return "a map" if isinstance(value, dict) else "a list"
    return f"`{shorten(str(value))}`"


def _fix(value: Any, text: str | None, wanted: list[str], details: Sequence[ErrorDetails]) -> str:
    choices = [choice for detail in details for choice in _choices(detail)]
    if value is None:
        return "write it, or take the line out"
    if isinstance(value, bool) and "a text" in wanted:
        return f'put quotes around it: "{text or value}"'
    if isinstance(value, str) and "a list" in wanted and value.lower() not in choices:
        return f"write `[{shorten(value)}]`"
    if choices:
        return nearest(str(value), choices)
    return _fix_number(value, wanted) if _NUMBERS & set(wanted) else ""


def _fix_number(value: Any, wanted: list[str]) -> str:
    if isinstance(value, str) and isinstance(plain_scalar(value), WrittenInt | WrittenFloat):
        return "take the quotes off"
    return "write plain digits, like " + ("42" if "a whole number" in wanted else "1000 or 0.5")


def _wanted(details: Sequence[ErrorDetails]) -> list[str]:
    """What each branch would have taken, in words."""
    words = []
    for detail in details:
        if detail["type"] == "literal_error":
            words.append(_choices_in_words(_choices(detail)))
        elif detail["type"] in _WANTED:
            words.append(_WANTED[detail["type"]])
    if "a number" in words:
        words = [word for word in words if word != "a whole number"]
    return list(dict.fromkeys(words))


def _choices(detail: ErrorDetails) -> list[str]:
    return re.findall(r"'([^']+)'", detail.get("ctx", {}).get("expected", ""))


def _choices_in_words(choices: Sequence[str]) -> str:
    listed = ", ".join(f"`{choice}`" for choice in choices)
    return f"one of {listed}" if len(choices) > 1 else listed


def _said(detail: ErrorDetails, written: str | None) -> str:
    """Pydantic's own sentence, turned to speak of the key, with the value as written."""
    if detail["type"] == "string_pattern_mismatch":
        return "must be made of letters, digits, `_`, `.` and `-` alone; give it another name"
    said = re.sub(r"^Value error, ", "", detail["msg"])
    said = re.sub(r"^(Input|String|Value|List|Dictionary) should ", "must ", said)
    said = said.replace(" after validation", "")
    return f"{said}, not `{shorten(written)}`" if written and said.startswith("must be ") else said


def _known_keys(path: Path, model: type[BaseModel]) -> str:
    name = str(path[-1])
    here = _model_at(model, path[:-1])
    if here is model and (section := _section_with(name, model)):
        return f"it belongs under {section}"
    return nearest(name, list(here.model_fields) if here else [])


def _section_with(name: str, model: type[BaseModel]) -> str:
    """The section of `model` that knows `name`, empty where none does."""
    for key, field in model.model_fields.items():
        for kind in inner_types(field.annotation):
            parts = list(inner_types(get_args(kind)[-1])) if get_args(kind) else [kind]
            if any(
                isinstance(part, type) and issubclass(part, BaseModel) and name in part.model_fields for part in parts
            ):
                return f"an entry of `{key}`" if get_args(kind) else f"`{key}`"
    return ""


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model that reads the part of the document at `path`."""
    here: Any = model
    for step in path:
        here = _inside(here, step)
    return here if isinstance(here, type) and issubclass(here, BaseModel) else None


def _inside(annotation: Any, step: str | int) -> Any:
    for each in inner_types(annotation):
        if isinstance(each, type) and issubclass(each, BaseModel) and step in each.model_fields:
            return next(inner_types(each.model_fields[str(step)].annotation))
        if get_origin(each) in (dict, list):
            return next(inner_types(get_args(each)[-1]))
    return None


def _path_in(value: Any, loc: tuple[int | str, ...]) -> Path:
    """`loc` without the steps that pydantic adds for branches of a union and for missing keys."""
    path: Path = ()
    for step in loc:
        in_map = isinstance(value, dict) and step in value
        if in_map or (isinstance(value, list) and isinstance(step, int)):
            value = _at(value, (step,))
            path = (*path, step)
    return path


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _shown(path: Path) -> str:
    """`path` as people write it: `predictions[0].value`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{shorten(step)}" for step in path)
    return "".join(steps).removeprefix(".")
