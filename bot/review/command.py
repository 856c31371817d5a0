"""`recount review TEXT --against ARCHIVE…`: what the command line calls."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bot.errors import RecountError
from bot.review.verdict import EXIT_CODES, Reviewer, as_json, as_text

LIMIT = 10 * 2**20


class Answer(NamedTuple):
    """What to print, and the exit code: 0 for PASS, 4 for CONCERNS, 5 for FAIL."""

    output: str
    exit_code: int


def review_command(
    text: Path,
    against: Sequence[Path],
    *,
    json: bool = False,
    report_yaml: Path | None = None,
    figures: Path | None = None,
) -> Answer:
    """Review the Markdown file `text` (`-` for standard input) against archives, the first being the one it reports.

    Raises RecountError where a text, an archive or report.yaml cannot be read.
    """
    review = Reviewer(against, report_yaml, figures).review(read_text(text))
    return Answer(as_json(review) if json else as_text(review), EXIT_CODES[review.verdict])


def read_text(path: Path) -> str:
    """The text to review; raises RecountError where it cannot be read, or is larger than 10 MB."""
    try:
        data = sys.stdin.buffer.read(LIMIT + 1) if str(path) == "-" else path.read_bytes()[: LIMIT + 1]
    except OSError as error:
        raise RecountError(
            f"cannot be read: {error.strerror}", where=str(path), fix="give a Markdown file, or -"
        ) from None
    if len(data) > LIMIT:
        raise RecountError("is larger than 10 MB", where=str(path), fix="give the text of one report")
    return data.decode("utf-8", "replace").removeprefix("\ufeff")
