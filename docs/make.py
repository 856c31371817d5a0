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
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from bot.archives.logs import FITS
from bot.archives.records import FAILURES
from bot.archives.sweep_records import JUDGE_FAILURES
from bot.cli import app
from bot.cli_evalset import app as evalset_app
from bot.errors import ExitCode, ExperimentError
from bot.experiment import json_schema, parse
from bot.judging.costs import PRICED_ON, PRICES
from bot.judging.failures import CANNOT
from bot.scoring.confidence import CUTOFFS
from bot.settings import Settings

DOCS = Path(__file__).resolve().parent
EXAMPLE = DOCS.parent / "examples" / "eval_results" / "issue-164" / "report.yaml"
NOTE = "<!-- Made by docs/make.py out of docs/parts/{name} and the code. Change those, then run `make docs`. -->\n\n"

LONGEST_NAME = 200

EXITS = {
    0: "All is well.",
    1: "A mistake that the message explains: a wrong option, a folder without an archive, a report.yaml that is not "
    "right, a bundle that was changed, a folder that cannot be written.",
    2: "With `--strict`: a gate is breached, or for a sweep a line of the fairness audit failed.",
    3: "With `--strict`: a part of the archive could not be read.",
    4: "The reviewer's verdict is CONCERNS.",
    5: "The reviewer's verdict is FAIL.",
    130: "Interrupted by Ctrl-C. Nothing that was written is lost.",
}
INTERRUPTED = 130
GITHUB_NAMES = ("GITHUB_", "PROJECT_")
KINDS = {"str": "text", "int": "whole number", "int range": "whole number", "float": "number", "float range": "number"}

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
    if value.get("pattern", "").startswith(r"^\d{4}-"):
        return "day, as 2025-06-30"
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


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    first, *lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in (head, *rows)]
    return "\n".join([first, "|" + ":--|" * len(head), *lines])


def commands() -> str:
    """A section for every command, those of groups under their full name."""
    return "\n\n".join(command_section(name, command) for name, command in commands_of(typer.main.get_command(app)))


def evalset_commands() -> str:
    """The same for `recount evalset`, whose commands are an app of their own."""
    group = typer.main.get_command(evalset_app)
    return "\n\n".join(command_section(name, command) for name, command in commands_of(group, "recount evalset"))


def commands_of(group: Any, before: str = "recount") -> Iterator[tuple[str, Any]]:
    """Full name and command, depth first, in the order of `recount --help`."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, f"{before} {name}")
        elif not command.hidden:
            yield f"{before} {name}", command


def command_section(name: str, command: Any) -> str:
    """Heading, what the command does, and a table of its arguments and options."""
    arguments = " ".join(shown_name(each) for each in command.params if each.param_type_name == "argument")
    rows = [parameter_row(each) for each in command.params if not getattr(each, "hidden", False)]
    head = ("argument or option", "takes", "default", "what it does")
    usage = f"```text\n{name} [OPTIONS] {arguments}".rstrip() + "\n```"
    return "\n\n".join([f"## `{name}`", one_line(command.help), usage, table(head, rows)])


def parameter_row(parameter: Any) -> tuple[str, ...]:
    """One line of that table; raises AttributeError for what has no help text."""
    names = ", ".join(f"`{each}`" for each in (*parameter.opts, *parameter.secondary_opts))
    is_argument = parameter.param_type_name == "argument"
    default = "**required**" if parameter.required else parameter_default(parameter)
    return f"`{shown_name(parameter)}`" if is_argument else names, taken(parameter), default, one_line(parameter.help)


def shown_name(argument: Any) -> str:
    """An argument as usage lines show it."""
    return str(argument.name).upper()


def parameter_default(parameter: Any) -> str:
    """The default in code; empty where leaving the option out says nothing."""
    default = parameter.default
    return "" if default in (None, False, "", [], ()) else f"`{default}`"


def taken(parameter: Any) -> str:
    """What stands behind an option, in words."""
    if getattr(parameter, "is_flag", False):
        return ""
    kind = parameter.type
    words = KINDS.get(kind.name, kind.name)
    if choices := getattr(kind, "choices", None):
        words = "one of " + ", ".join(f"`{getattr(each, 'value', each)}`" for each in choices)
    if (least := getattr(kind, "min", None)) is not None:
        words += f", ≥ {least}"
    if parameter.metavar:
        words = f"`{parameter.metavar}`"
    return words + ("; may be given again" if getattr(parameter, "multiple", False) else "")


def exits() -> str:
    """The exit codes."""
    codes = [*(int(code) for code in ExitCode), INTERRUPTED]
    return table(("code", "meaning"), [(f"`{code}`", EXITS[code]) for code in codes])


def environment(*, github: bool) -> str:
    """What is read from the environment through Settings: on GitHub, or anywhere."""
    fields = {str(field.alias): str(field.description) for field in Settings.model_fields.values()}
    rows = [(f"`{name}`", said) for name, said in fields.items() if name.startswith(GITHUB_NAMES) is github]
    return table(("name", "what it is"), rows)


def classes(of: Mapping[str, str]) -> str:
    """Stable words with their meanings."""
    return table(("word", "meaning"), [(f"`{word}`", meaning) for word, meaning in of.items()])


def cutoffs() -> str:
    """The table of deductions."""
    rows = [(row.domain, row.one, row.two or "–", row.lift) for row in CUTOFFS.values()]
    return table(("domain", "−1", "−2", "what would lift it"), rows)


def prices() -> str:
    """What models cost."""
    return table(("model", "input", "output"), [(f"`{m}`", f"{p.input:g}", f"{p.output:g}") for m, p in PRICES.items()])


DOCUMENTS: Mapping[str, Callable[[], str]] = {
    "report.schema.json": schema_json,
    "commands.md": lambda: page(
        "commands.md",
        {
            "commands": commands,
            "exits": exits,
            "environment": lambda: environment(github=False),
            "github": lambda: environment(github=True),
        },
    ),
    "evalsets.md": lambda: page("evalsets.md", {"commands": evalset_commands}),
    "confidence.md": lambda: page("confidence.md", {"cutoffs": cutoffs}),
    "formats.md": lambda: page(
        "formats.md",
        {
            "failures": lambda: classes(FAILURES),
            "judge_failures": lambda: classes(JUDGE_FAILURES),
            "fits": lambda: classes(FITS),
        },
    ),
    "judging.md": lambda: page(
        "judging.md",
        {
            "cannot": lambda: classes(CANNOT),
            "prices": prices,
            "priced_on": lambda: PRICED_ON,
        },
    ),
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
