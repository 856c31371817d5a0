#!/usr/bin/env python3
"""Write the parts of docs/ that are made from the code, so that they cannot drift from it.

  python docs/make.py           writes them (`make docs`)
  python docs/make.py --check   writes nothing, names those that are out of date and exits 1

To add a document: put its prose into docs/parts/, with a line `<!-- made: NAME -->` where something made belongs, and
an entry into DOCUMENTS.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.errors import ExperimentError
from bot.experiment import json_schema, parse

DOCS = Path(__file__).resolve().parent
EXAMPLE = DOCS.parent / "examples" / "eval_results" / "issue-164" / "report.yaml"
NOTE = "<!-- Made by docs/make.py out of docs/parts/{name} and the code. Change those, then run `make docs`. -->\n\n"

LONGEST_NAME = 200

Made = Mapping[str, Callable[[], str]]
Schema = dict[str, Any]

MISTAKEN = """\
issue: 164
titel: no far-reaching claim
conditions:
  grid_1: {label: no, x: "0.7353"}
gates:
  judge_gap_max: 1_0
predictions:
  - {id: H2, operator: ">"}
"""


def page(name: str, made: Made) -> str:
    """docs/parts/`name` with every `<!-- made: … -->` replaced; raises KeyError for one that nobody makes."""
    prose = (DOCS / "parts" / name).read_text(encoding="utf-8")
    return NOTE.format(name=name) + re.sub(r"<!-- made: (\w+) -->", lambda match: made[match[1]]().strip(), prose)


def fenced(text: str, language: str = "") -> str:
    """`text` as a code block."""
    return f"```{language}\n{text.rstrip()}\n```"


def schema_json() -> str:
    """report.schema.json."""
    return json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"


def mistakes() -> str:
    """What a mistaken report.yaml is told, word for word."""
    try:
        parse(MISTAKEN, "report.yaml")
    except ExperimentError as error:
        return fenced(MISTAKEN, "yaml") + "\n\n" + fenced(str(error), "text")
    raise AssertionError("the mistaken example is read without a word")


def example() -> str:
    """The bundled example's report.yaml."""
    return fenced(EXAMPLE.read_text(encoding="utf-8"), "yaml")


def keys() -> str:
    """A section with a table for every part of report.yaml."""
    schema = json_schema()
    places = dict(places_of(schema, schema, ""))
    parts = {"": schema} | {name: schema["$defs"][name] for name in places}
    return "\n\n".join(section(places.get(name, ""), part, places) for name, part in parts.items())


def places_of(part: Schema, schema: Schema, path: str) -> Iterator[tuple[str, str]]:
    """Every nested part's name in the schema, with the path where it is first used."""
    for key, value in part["properties"].items():
        for name, suffix in references_in(value):
            place = f"{path}.{key}".removeprefix(".") + suffix
            yield name, place
            yield from places_of(schema["$defs"][name], schema, place)


def references_in(value: Schema) -> Iterator[tuple[str, str]]:
    """The nested parts that `value` names, each with what comes after its key."""
    if not value:
        return
    if "$ref" in value:
        yield value["$ref"].rsplit("/", 1)[-1], ""
    for each in value.get("anyOf", []):
        yield from references_in(each)
    for inner, suffix in ((value.get("items", {}), "[]"), (values_of(value), ".NAME")):
        yield from ((name, suffix) for name, _ in references_in(inner))


def values_of(value: Schema) -> Schema:
    """What the values of a map must be; empty for what is no map."""
    return next(iter(value.get("patternProperties", {}).values()), value.get("additionalProperties") or {})


def section(place: str, part: Schema, places: Mapping[str, str]) -> str:
    """Heading, description and table of one part."""
    heading = f"## `{place}`" if place else "## Top level"
    rows = ["| key | what it takes | default | what it says |", "|:--|:--|:--|:--|"]
    for key, value in part["properties"].items():
        default = "**required**" if key in part.get("required", []) else default_of(value)
        cells = (f"`{key}`", takes(value, places), default, value["description"])
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join([heading, "", one_line(part["description"]), "", *rows])


def one_line(text: str) -> str:
    """`text` without its line ends."""
    return " ".join(text.split())


def default_of(value: Schema) -> str:
    """The default in code, empty where a key that is left out says nothing."""
    default = value.get("default")
    return "" if default is None else f"`{default if isinstance(default, str) else json.dumps(default)}`"


def takes(value: Schema, places: Mapping[str, str]) -> str:
    """What a key takes, in words."""
    if "$ref" in value:
        place = places[value["$ref"].rsplit("/", 1)[-1]]
        return f"[`{place}`](#{re.sub(r'[^a-z0-9_-]', '', place.lower())})"
    if "anyOf" in value:
        branches = [takes(each, places) for each in value["anyOf"] if each.get("type") != "null"]
        return " or ".join(each for each in branches if each != "whole number" or "number" not in branches)
    if "const" in value:
        return f"`{value['const']}`"
    if "enum" in value:
        return "one of " + ", ".join(f"`{each}`" for each in value["enum"])
    if value["type"] == "array":
        return f"list of {takes(value['items'], places)}"
    if value["type"] == "object":
        return f"map of NAME to {takes(values_of(value), places)}"
    return simple(value)


def simple(value: Schema) -> str:
    """A text, a number or a truth value with its limits."""
    if "pattern" in value:
        return "name of letters, digits, `_`, `.`, `-`"
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    limits = [
        f"{sign} {value[key]}"
        for key, sign in (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"))
        if key in value
    ]
    if value.get("maxLength", LONGEST_NAME) != LONGEST_NAME:
        limits.append(f"at most {value['maxLength']} characters")
    return ", ".join([words[value["type"]], *limits])


DOCUMENTS: Mapping[str, Callable[[], str]] = {
    "report.schema.json": schema_json,
    "report-yaml.md": lambda: page("report-yaml.md", {"keys": keys, "example": example, "mistakes": mistakes}),
}


def is_current(path: Path, text: str) -> bool:
    """Whether `path` already holds `text`."""
    return path.is_file() and path.read_text(encoding="utf-8") == text


def main(arguments: list[str] | None = None) -> int:
    """Write or check all documents; 1 where a check finds one out of date."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 where something is out of date")
    check = parser.parse_args(arguments).check
    stale = {name: text for name, make in DOCUMENTS.items() if not is_current(DOCS / name, text := make())}
    for name, text in stale.items():
        if not check:
            (DOCS / name).write_text(text, encoding="utf-8", newline="\n")
        sys.stdout.write(f"docs/{name}: {'out of date, run `make docs`' if check else 'written'}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
