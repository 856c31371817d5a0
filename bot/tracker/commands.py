"""Commands in comments: `/report path=eval_results/issue-164 rejudge=off dry-run`.

A comment is *not mine*, *mine*, or *mine but wrong*; the last is told to its author with the place marked. Only the
first text of a paragraph counts: commands in code, quotes, lists, tables and HTML are text about commands.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal, NamedTuple

NAMES = ("report", "rejudge", "review", "promote", "restore", "follow-up", "recount")
REJUDGE = ("off", "failed", "all")
ISSUE = re.compile(r"#?([1-9][0-9]{0,8})")
FIRST = re.compile(r"/([A-Za-z][A-Za-z-]*)([^\sA-Za-z/-]\S*)?(?=\s|$)")
WORD = re.compile(r"\S+")
LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Command:
    """A command that was understood. `issue` is the #N it names, None for the issue it stands on; `number` is K."""

    name: str
    path: str | None = None
    rejudge: Literal["off", "failed", "all"] | None = None
    judge: str | None = None
    dry_run: bool = False
    issue: int | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Wrong:
    """A command that is ours but wrong: the line, where in it (character from 0, length), what, and what is allowed."""

    line: str
    at: int
    length: int
    what: str
    allowed: str

    def explain(self) -> str:
        """The reply: the line quoted in a code block with the place marked under it."""
        mark = " " * self.at + "^" * max(1, self.length)
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", self.line)), default=0))
        return f"{self.what}\n\n{fence}text\n{self.line}\n{mark}\n{fence}\n\n{self.allowed}\n"


Answer = Command | Wrong | None


class Given(NamedTuple):
    """One word of the line: its text and where it begins."""

    text: str
    at: int


@dataclass(slots=True)
class Reading:
    """A line being read: its words, and what was understood so far."""

    line: str
    name: str
    words: list[Given]
    found: dict[str, object] = field(default_factory=dict)

    def wrong(self, word: Given, what: str) -> Wrong:
        """The whole word is what is wrong."""
        return Wrong(self.line, word.at, len(word.text), what, USAGE[self.name])


def parse(body: str) -> Answer:
    """Read a comment's body: the first command in it, what is wrong with that, or None."""
    line = first_command_line(body)
    if line is None:
        return None
    match = FIRST.match(line)
    name = match.group(1).lower() if match else ""
    if name not in NAMES:
        return unknown(line, name)
    if match and match.group(2):
        at, extra = match.start(2), match.group(2)
        what = f"`{safe(extra)}` cannot stand right after `/{name}`."
        return Wrong(line[:LONGEST], at, min(len(extra), LONGEST), what, USAGE[name])
    if len(line) > LONGEST:
        return Wrong(line[:80] + " …", 80, 1, "This line is too long for a command.", USAGE[name])
    words = [Given(m.group(), m.start()) for m in WORD.finditer(line)][1:]
    return READERS[name](Reading(line, name, words))


def first_command_line(body: str) -> str | None:
    """The first line of a paragraph's first text that starts with `/word`, read as GitHub reads Markdown."""
    if "/" not in body:
        return None
    from marko.ext.gfm import gfm

    document = gfm.parse(body.replace("\r\n", "\n").replace("\r", "\n"))
    for block in getattr(document, "children", ()):
        inside = getattr(block, "children", ())
        if type(block).__name__ == "Paragraph" and inside:
            text = first_text(inside[0])
            if text is not None and FIRST.match(text):
                return whole_line(body, text)
    return None


def first_text(element: object) -> str | None:
    """The raw text a paragraph begins with, None where it begins with anything else (emphasis, code, a link)."""
    if type(element).__name__ != "RawText":
        return None
    return str(getattr(element, "children", ""))


def whole_line(body: str, text: str) -> str:
    """The line as written: Markdown may have cut it into several inline elements."""
    start = text.split("\n", 1)[0]
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return next((line.strip() for line in lines if line.strip().startswith(start.strip())), start.strip())


def unknown(line: str, name: str) -> Answer:
    """A near miss of one of our names is told; anything else is another program's command, or a path."""
    near = difflib.get_close_matches(name, NAMES, n=1, cutoff=0.8)
    if not near:
        return None
    what = f"`/{name}` is no command; did you mean `/{near[0]}`?"
    return Wrong(line[:LONGEST], 0, len(name) + 1, what, USAGE["recount"])


def read_report(reading: Reading) -> Answer:
    """`/report` and `/rejudge`: options in any order, each once."""
    for word in reading.words:
        key, sign, value = word.text.partition("=")
        option = OPTIONS.get(key)
        if option is None or (key == "dry-run") == bool(sign):
            return reading.wrong(word, f"`{safe(word.text)}` is no option of `/{reading.name}`{nearest(key)}.")
        if option.field in reading.found:
            return reading.wrong(word, f"`{key}` is given twice.")
        problem = option.check(value)
        if problem:
            return Wrong(reading.line, word.at + len(key) + 1, max(1, len(value)), problem, USAGE[reading.name])
        reading.found[option.field] = value if sign else True
    return Command(reading.name, **reading.found)  # type: ignore[arg-type]


def read_issue(reading: Reading) -> Answer:
    """`/review`, `/promote`: at most one #N."""
    if len(reading.words) > 1:
        return reading.wrong(reading.words[1], f"`/{reading.name}` takes one issue at most.")
    if not reading.words:
        return Command(reading.name)
    match = ISSUE.fullmatch(reading.words[0].text)
    if match is None:
        return reading.wrong(reading.words[0], f"`{safe(reading.words[0].text)}` is no issue number.")
    return Command(reading.name, issue=int(match.group(1)))


def read_number(reading: Reading) -> Answer:
    """`/follow-up K`."""
    whole = Given(reading.line, 0)
    if len(reading.words) != 1:
        return reading.wrong(whole, "`/follow-up` takes the number of one follow-up.")
    match = ISSUE.fullmatch(reading.words[0].text)
    if match is None or reading.words[0].text.startswith("#"):
        return reading.wrong(reading.words[0], f"`{safe(reading.words[0].text)}` is no number of a follow-up.")
    return Command(reading.name, number=int(match.group(1)))


def read_bare(reading: Reading) -> Answer:
    """`/restore`: no options."""
    if reading.words:
        return reading.wrong(reading.words[0], f"`/{reading.name}` takes no options.")
    return Command(reading.name)


def read_help(reading: Reading) -> Answer:
    """`/recount help`."""
    if [word.text for word in reading.words] == ["help"]:
        return Command("help")
    return reading.wrong(reading.words[0] if reading.words else Given(reading.line, 0), "`/recount` knows `help` only.")


class Option(NamedTuple):
    """An option: the field of Command that it fills, and what is wrong with a value ("" for nothing)."""

    field: str
    check: Callable[[str], str]


def check_path(value: str) -> str:
    """A folder below the repository's root: relative, without `..`, of plain characters."""
    if not value:
        return "`path=` needs a folder."
    path = PurePosixPath(value)
    if path.is_absolute() or ".." in path.parts or "\\" in value or value.startswith("~"):
        return "`path` must lie below the repository's root."
    if not re.fullmatch(r"[A-Za-z0-9._/+@=-]{1,500}", value) or value.startswith("-"):
        return "`path` has a character that folders of archives do not have."
    return ""


def check_rejudge(value: str) -> str:
    """off, failed or all."""
    return "" if value in REJUDGE else f"`rejudge` is one of {', '.join(f'`{each}`' for each in REJUDGE)}."


def check_judge(value: str) -> str:
    """A model's name."""
    return "" if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}", value) else "`judge=` needs a model's name."


OPTIONS: Mapping[str, Option] = {
    "path": Option("path", check_path),
    "rejudge": Option("rejudge", check_rejudge),
    "judge": Option("judge", check_judge),
    "dry-run": Option("dry_run", lambda _: ""),
}

READERS: Mapping[str, Callable[[Reading], Answer]] = {
    "report": read_report,
    "rejudge": read_report,
    "review": read_issue,
    "promote": read_issue,
    "restore": read_bare,
    "follow-up": read_number,
    "recount": read_help,
}

REPORT_OPTIONS = "`[path=DIR] [rejudge=off|failed|all] [judge=MODEL] [dry-run]`"
USAGE: Mapping[str, str] = {
    "report": f"Allowed: `/report` {REPORT_OPTIONS}",
    "rejudge": f"Allowed: `/rejudge` {REPORT_OPTIONS}",
    "review": "Allowed: `/review [#N]`",
    "promote": "Allowed: `/promote [#N]`",
    "restore": "Allowed: `/restore`",
    "follow-up": "Allowed: `/follow-up K`, K being the number of a follow-up in the last `follow-ups` comment",
    "recount": "Allowed: `/report`, `/rejudge`, `/review`, `/promote`, `/restore`, `/follow-up K`, `/recount help`",
}


def safe(text: str) -> str:
    """A word quoted in a reply, inside a code span: short, without backticks."""
    return text[:60].replace("`", "'")


def nearest(key: str) -> str:
    """A word on the option that was probably meant."""
    near = difflib.get_close_matches(key, OPTIONS, n=1)
    return f"; did you mean `{near[0]}`?" if near else ""
