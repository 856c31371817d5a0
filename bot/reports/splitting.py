"""A long report in parts: split at section borders, never cut in silence."""

from __future__ import annotations

import re
from collections.abc import Iterator

CUT = "\x1e\n"
INSIDE = "\x1f\n"
LIMIT = 65_536
ROOM = 600  # for the marker lines, and for what publishing adds: longer figure links and the note on what changed
CONTINUED = "\n</details>\n"
SUMMARY = re.compile(r"<details><summary>.*?</summary>\n", re.DOTALL)


def size(text: str) -> int:
    """Length as GitHub may count it at worst: UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def split(text: str, limit: int = LIMIT - ROOM) -> list[str]:
    """`text` in parts of at most `limit`: at section cuts first, then at the cuts inside a section, then at lines."""
    parts: list[str] = []
    for piece in pieces(text, limit):
        if parts and size(parts[-1]) + size(piece) + 1 <= limit:
            parts[-1] += piece
        else:
            parts.append(piece)
    return [part.strip() + "\n" for part in parts if part.strip()] or ["\n"]


def pieces(text: str, limit: int) -> Iterator[str]:
    """Sections that fit, and the parts of those that do not."""
    for section in text.split(CUT):
        whole = section.replace(INSIDE, "")
        if size(whole) <= limit:
            yield whole
        else:
            yield from folded(section, limit)


def folded(section: str, limit: int) -> Iterator[str]:
    """A section too long for one comment, each part with the fold's own summary so that it stands by itself."""
    opening = match.group() if (match := SUMMARY.match(section)) else ""
    body = section[len(opening) :].rstrip()
    body = body.removesuffix("</details>") if opening else body
    closing = CONTINUED if opening else ""
    again = opening.replace("</summary>", " (continued)</summary>")
    room = limit - size(again) - size(closing)
    for k, part in enumerate(packed(body, room)):
        yield f"{again if k else opening}{part.rstrip()}\n{closing}"


def packed(body: str, room: int) -> Iterator[str]:
    """The body's chunks, packed."""
    current = ""
    for chunk in chunks(body, room):
        if current and size(current) + size(chunk) > room:
            yield current
            current = ""
        current += chunk
    if current:
        yield current


def chunks(body: str, room: int) -> Iterator[str]:
    """Pieces between inner cuts; one that is still too long goes by lines, a table with its head repeated."""
    for chunk in body.split(INSIDE):
        if size(chunk) <= room:
            yield chunk
        else:
            yield from by_lines(chunk, room)


def by_lines(chunk: str, room: int) -> Iterator[str]:
    """Groups of lines that fit; a group that begins inside a table begins with the table's head."""
    lines = chunk.splitlines(keepends=True)
    current, head = "", ""
    for i, line in enumerate(lines):
        if not line.startswith("|"):
            head = ""
        elif not head and i + 1 < len(lines) and lines[i + 1].startswith("|:"):
            head = line + lines[i + 1]
        if current and size(current) + size(line) > room:
            yield current
            current = "\n" + head if head and line != head.splitlines(keepends=True)[0] else ""
        current += line
    yield current
