"""What `recount evalset import` and `export` do."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import NamedTuple

from bot.errors import EvalSetError
from bot.evalsets.inspect_format import sample_of
from bot.evalsets.items import Header
from bot.evalsets.reading import read_set
from bot.evalsets.writing import write_lines, write_set

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]+")


class Imported(NamedTuple):
    """How many items were written, and how many lines were left out because they could not be read."""

    items: int
    left_out: int


def import_file(path: Path, output: Path, name: str | None, version: str) -> Imported:
    """Read any set and write it as Recount's own, under a canary minted for this version."""
    found = read_set(path)
    named = name or _NOT_IN_NAMES.sub("_", found.name)[:100]
    write_set(output, header_of(named, version), found.items)
    return Imported(len(found.items), len(found.unreadable))


def header_of(name: str, version: str) -> Header:
    """A header with a new canary; raises EvalSetError for a name or version that no header may have."""
    try:
        return Header(name=name, version=version, canary=str(uuid.uuid4()))
    except ValueError:
        fix = "use letters, digits, `_`, `-` and `.`"
        raise EvalSetError(f"{name!r} {version!r} is no name and version of a set", fix=fix) from None


def export_file(path: Path, output: Path) -> int:
    """Write a set as Inspect samples; how many."""
    items = read_set(path).items
    write_lines(output, (sample_of(item) for item in items))
    return len(items)
