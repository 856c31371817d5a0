"""The project's own Markdown, as tests read it: pages, links, headings, blocks of code, tables."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import typer

from bot.cli import app
from bot.cli_evalset import app as evalset_app

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "examples" / "README.md"],
    key=lambda path: path.as_posix(),
)

FENCED = re.compile(r"(?ms)^```(\w*)\n(.*?)^```$")
CODE = re.compile(r"(`+)(.+?)(?<!`)\1(?!`)")
LINK = re.compile(r"\]\(([^)\s]+)\)")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose_of(page: Path) -> str:
    """A page without its blocks of code."""
    return FENCED.sub("", page.read_text(encoding="utf-8"))


def blocks_of(page: Path, language: str) -> list[str]:
    return [body for found, body in FENCED.findall(page.read_text(encoding="utf-8")) if found == language]


def anchors_of(page: Path) -> set[str]:
    """Headings as GitHub makes anchors of them; the same heading again gets a number."""
    seen: dict[str, int] = {}
    anchors = set()
    for heading in re.findall(r"(?m)^#{1,6} (.+)$", prose_of(page)):
        anchor = re.sub(r"[^\w -]", "", heading.strip().lower()).replace(" ", "-")
        anchors.add(f"{anchor}-{seen[anchor]}" if anchor in seen else anchor)
        seen[anchor] = seen.get(anchor, 0) + 1
    return anchors


def links_of(page: Path) -> list[str]:
    """Targets that are not on the web."""
    return [target for target in LINK.findall(CODE.sub("", prose_of(page))) if "://" not in target]


def first_cells(page: Path, head: str) -> list[list[str]]:
    """Of every table whose first column is called `head`: what stands in code in each row's cells."""
    rows = []
    for table in re.findall(r"(?m)(?:^\|.*\n?)+", page.read_text(encoding="utf-8")):
        first, _, *lines = table.strip().split("\n")
        if first.split("|")[1].strip() == head:
            rows += [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    return rows


def in_code(cell: str) -> list[str]:
    return [text for _, text in CODE.findall(cell)]


class Typed(NamedTuple):
    """A command line as a page shows it."""

    page: str
    words: tuple[str, ...]


def typed_commands() -> Iterator[Typed]:
    """Every `recount …` in blocks of code, and inside of sentences."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        lines = [line.removeprefix("$ ") for _, body in FENCED.findall(text) for line in body.splitlines()]
        lines += [code for _, code in CODE.findall(prose_of(page))]
        for line in lines:
            if re.match(r"recount [a-z-]", line):
                yield Typed(name_of(page), tuple(shlex.split(line, comments=True)))


def command_tree() -> Any:
    """All commands; those of eval sets are an app of their own that the command line loads when it is asked for."""
    tree: Any = typer.main.get_command(app)
    tree.commands["evalset"] = typer.main.get_command(evalset_app)
    return tree


def all_commands(group: Any = None, before: str = "recount") -> Iterator[tuple[str, Any]]:
    """Full name and command, those of groups too."""
    for name, command in (group or command_tree()).commands.items():
        if hasattr(command, "commands"):
            yield from all_commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}", command
