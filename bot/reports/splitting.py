"""A long report in parts: split at section borders, never cut in silence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

from bot.reports.markers import FENCE, FENCE_END

CUT = "\x1e\n"
INSIDE = "\x1f\n"
LIMIT = 65_536
ROOM = 3_000  # for the marker lines, and for what publishing adds: longer figure links and the note on what changed
DELIMITER = re.compile(r"\|[ :|-]*-[ :|-]*")
CLOSED = "\n</details>\n"


def size(text: str) -> int:
    """Length as GitHub may count it at worst: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int = LIMIT - ROOM) -> list[str]:
    """`text` in parts of at most `limit`: at section cuts first, then at the cuts inside a section, then at lines."""
    parts: list[str] = []
    for piece in pieces(text, limit):
        if parts and size(parts[-1]) + size(piece) <= limit:
            parts[-1] += piece
        else:
            parts.append(piece)
    return [part.strip() + "\n" for part in parts if part.strip()] or ["\n"]


def pieces(text: str, limit: int) -> Iterator[str]:
    """Sections that fit, and the parts of those that do not."""
    for section in text.split(CUT):
        whole = ended(section.replace(INSIDE, ""))
        if size(whole) <= limit:
            yield whole
        else:
            yield from packed(section, limit)


def ended(text: str) -> str:
    """`text` with a new line at its end."""
    return text if text.endswith("\n") or not text else f"{text}\n"


class Open(NamedTuple):
    """What is open at a place of a comment: the folds, fence and table that a part must close and the next reopen.

    Each by the lines that it begins with; `row` is the table's line before the place.
    """

    folds: tuple[str, ...] = ()
    fence: str = ""
    head: str = ""
    row: str = ""

    def after(self, lines: str) -> Open:
        """What is open behind `lines`, which begin at this place."""
        place = self
        for line in lines.rstrip("\n").split("\n"):
            place = place.after_line(line)
        return place

    def after_line(self, line: str) -> Open:
        """What is open behind one line."""
        if self.fence:
            return self._replace(fence="" if closes(self.fence, line) else self.fence)
        if FENCE.fullmatch(line):
            return Open(self.folds, line)
        if line.startswith("|"):
            is_head = not self.head and self.row and DELIMITER.fullmatch(line)
            return Open(self.folds, "", f"{self.row}\n{line}\n" if is_head else self.head, line)
        if line.startswith("<details"):
            return Open((*self.folds, line))
        return Open(self.folds[:-1] if line.startswith("</details>") else self.folds)

    @property
    def closing(self) -> str:
        """What ends a part here."""
        return (f"{ticks(self.fence)}\n" if self.fence else "") + CLOSED * len(self.folds)

    @property
    def reopening(self) -> str:
        """What begins the next part: each fold by its own summary, so that the part stands by itself."""
        folds = [fold.replace("</summary>", " (continued)</summary>") + "\n\n" for fold in self.folds]
        return "".join(folds) + (f"{self.fence}\n" if self.fence else self.head)


def closes(fence: str, line: str) -> bool:
    """Whether `line` ends the fence that begins with the line `fence`."""
    match = FENCE_END.fullmatch(line)
    return match is not None and match.group(1).startswith(ticks(fence))


def ticks(fence: str) -> str:
    """The run of backticks or tildes that a fence begins with."""
    match = FENCE.fullmatch(fence)
    return (match["ticks"] or match["tildes"]) if match else ""


def packed(section: str, limit: int) -> Iterator[str]:
    """A section too long for one comment, unit by unit; what is open at a cut is closed and opened again."""
    place, current = Open(), ""
    for unit in units(section, limit // 3):
        after = place.after(unit)
        if current and size(current) + size(unit) + size(after.closing) > limit:
            yield current + place.closing
            current = place.reopening
        current += unit
        place = after
    yield current


def units(section: str, most: int) -> Iterator[str]:
    """What a part holds whole: the pieces between inner cuts, and the lines of those that are too long for that."""
    for chunk in section.split(INSIDE):
        if size(chunk) <= most:
            yield ended(chunk)
        else:
            yield from lines_of(chunk, most)


def lines_of(chunk: str, most: int) -> Iterator[str]:
    """Lines, the two of a table's head together; one that is longer than `most` goes on in the next."""
    lines = [piece for line in chunk.removesuffix("\n").split("\n") for piece in broken(line, most)]
    head = ""
    for line, following in zip_longest(lines, lines[1:], fillvalue=""):
        if not head and line.startswith("|") and DELIMITER.fullmatch(following):
            head = f"{line}\n"
        else:
            yield f"{head}{line}\n"
            head = ""


def broken(line: str, most: int) -> Iterator[str]:
    """A line in pieces of at most `most`, cut at a space where there is one; a new piece says that it goes on."""
    while size(line) > most:
        end = line.rfind(" ", most // 4, most // 2) + 1 or most // 2
        yield line[:end]
        line = f"… {line[end:]}"
    yield line
