"""The check behind `/promote`: a clean result's text, as people left it, counted again from the archive.

The build job counts, since it holds the archive and no token; the publish job reads what it found, makes sure that the
text is still the same, and asks GitHub whether the figure is there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bot.errors import TrackerError

if TYPE_CHECKING:
    from bot.review import Review
    from bot.tracker.posted import PostedClean

FILE = "promotion.json"
LINKED = re.compile(r"\]\(\s*https?://|<https?://|https?://\w|(?:^|[\s(])#\d+\b")
MOST = 12


class Counted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the second count has against a text; `digest` names the text that was counted."""

    digest: str
    problems: list[str]


def digest_of(clean: PostedClean) -> str:
    """SHA-256 over title and parts."""
    return hashlib.sha256("\x00".join((clean.title, *clean.parts)).encode()).hexdigest()


def text_of(clean: PostedClean) -> str:
    """The text as the second count reads it."""
    from bot.reports.building import joined

    return joined([f"# {clean.title}", *clean.parts])


def problems_in(review: Review, text: str) -> list[str]:
    """What withholds promotion: wrong numbers, numbers that nothing bears out, words stronger than the outcome."""
    found = [*number_problems(review, text.split("\n")), *word_problems(review)]
    return found if len(found) <= MOST else [*found[:MOST], f"… and {len(found) - MOST} more"]


def number_problems(review: Review, lines: Sequence[str]) -> Iterator[str]:
    """A number without a fact may stand in a line that links its source; a wrong one may stand nowhere."""
    for claim in review.having("wrong"):
        right = f"; it should be {claim.expected}" if claim.expected else ""
        yield f"“{claim.quote}” is wrong{right} (line {claim.line} of the text)"
    for claim in review.having("unmatched"):
        if not LINKED.search(lines[claim.line - 1] if claim.line <= len(lines) else ""):
            yield f"“{claim.quote}” is no number of the archive, and its line links no source (line {claim.line})"


def word_problems(review: Review) -> Iterator[str]:
    """Words that claim more than the archive bears out."""
    for over in review.overclaims:
        yield f"“{over.quote[:120]}”: {over.why} (line {over.line})"


def write_counted(folder: Path, counted: Counted) -> None:
    """For the publish job."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_bytes(msgspec.json.encode(counted))


def read_counted(folder: Path) -> Counted:
    """In the publish job; raises TrackerError where the build left nothing that can be read."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Counted)
    except (OSError, msgspec.MsgspecError):
        raise TrackerError(
            "promotion is withheld: the text's numbers could not be counted again", where=FILE,
            fix="the run's log says why; `/promote` tries again",
        ) from None  # fmt: skip
