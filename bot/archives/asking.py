"""What a command asks of a sweep, in one piece."""

from __future__ import annotations

from pathlib import Path

import msgspec

from bot.errors import RecountError


class Asked(msgspec.Struct, frozen=True):
    """What the command line asks of a sweep, over what report.yaml says; the first tag is reported, others compared."""

    report_yaml: Path | None = None
    expected: tuple[int, int] | None = None
    exclude: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    logs: Path | None = None
    tasks: Path | None = None
    rank_by: str | None = None
    cache: bool = True


def parse_expected(text: str | None) -> tuple[int, int] | None:
    """`TASKSxRUNS` as two numbers; raises RecountError for anything else."""
    if text is None:
        return None
    tasks, _, runs = text.lower().replace("×", "x").partition("x")
    if not (tasks.isascii() and tasks.isdigit() and runs.isascii() and runs.isdigit() and int(tasks) and int(runs)):
        raise RecountError(f"{text!r} is not TASKSxRUNS", where="--expected", fix="write it like --expected 40x3")
    return int(tasks), int(runs)
