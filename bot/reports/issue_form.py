"""An experiment's issue as it was opened by the form: its fields, and what it declares in blocks of YAML."""

from __future__ import annotations

import re

from bot.errors import ExperimentError
from bot.experiment import Experiment, parse
from bot.reports.draft import quoted

COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
BLOCK = re.compile(r"(?ms)^(?P<fence>`{3,}|~{3,})[ \t]*ya?ml[ \t]*\n(?P<text>.*?)^(?P=fence)[`~]*[ \t]*$")
HEADING = re.compile(r"(?m)^### +(?P<label>.+?) *$")
EMPTY = "_No response_"
LONGEST = 2_000
HEAD = "\n# From the issue's text.\n"


def yaml_in(body: str) -> str:
    """The blocks of YAML in a text, one below the other; not those in HTML comments, since nobody sees them."""
    visible = COMMENT.sub("", body.replace("\r\n", "\n"))
    return "\n".join(match["text"].rstrip() for match in BLOCK.finditer(visible))


def declared_in(body: str) -> Experiment | None:
    """What an issue's text declares, all blocks together; None where that is nothing, or no report.yaml."""
    try:
        found = parse(yaml_in(body), "issue")
    except ExperimentError:
        return None
    return found if found.predictions or found.gates.model_fields_set else None


def fields(body: str) -> dict[str, str]:
    """The form's fields that were filled in: label to text."""
    text = COMMENT.sub("", body.replace("\r\n", "\n"))
    found = list(HEADING.finditer(text))
    ends = [*(match.start() for match in found), len(text)][1:]
    filled = {m["label"]: text[m.end() : end].strip() for m, end in zip(found, ends, strict=bool(found))}
    return {label: value for label, value in filled.items() if value and value != EMPTY}


def drawn(body: str) -> str:
    """What a report.yaml takes from an issue's text: its question, what it does not say, and its declarations."""
    told = fields(body)
    lines = [f"question: {quoted(_line(told['Goal']))}"] if "Goal" in told else []
    if "Out of scope" in told:
        points = [_line(line.lstrip("-* ")) for line in told["Out of scope"].split("\n") if line.strip("-* ")]
        lines += ["does_not_update:", *(f"  - {quoted(point)}" for point in points)]
    lines += [yaml_in(body)] if yaml_in(body) else []
    return HEAD + "\n".join(lines) + "\n" if lines else ""


def with_issue(draft: str, body: str, where: str) -> str:
    """A drafted report.yaml with what an issue declares; raises ExperimentError where the two do not fit together."""
    text = draft + drawn(body)
    try:
        parse(text, where)
    except ExperimentError as error:
        what = f"what the issue declares cannot be taken over: {error.what}"
        fix = "mend the issue's YAML, or write report.yaml by hand from both"
        raise ExperimentError(what, where=where, fix=fix) from None
    return text


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST]
