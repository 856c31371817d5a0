"""Markers: how a comment says what it is, in a way that people do not see and machines find again.

<!-- epm:results v2 digest=0123456789abcdef part=2/3 -->
…
<!-- /epm:results -->

The digest is of the content between the two lines, with figure links brought back to their last, content-named
folders and without the note on what changed, so that anyone can compute it from the comment as posted.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.errors import ReportError

NAMESPACE = "epm"
KIND = re.compile(r"[a-z][a-z0-9-]*")
FENCE = re.compile(r" {0,3}(?:(?P<ticks>`{3,})[^`]*|(?P<tildes>~{3,}).*)")
FENCE_END = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*")
FIGURE_LINK = re.compile(r"(?m)(?<=\]\()[^()\s]*/(?=[0-9a-f]{12}/figures/[^()\s/]+\)$)")
FIGURE = re.compile(r"^(!\[.*\]\()figures/([^()\s/]+\))$")
# Right below the first line and nowhere else: what a completion calls changes is content.
CHANGES = re.compile(r"\A([^\n]*\n)<!-- changes -->\n.*?\n<!-- /changes -->\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker found in a comment. `version` from 1; `part` of `parts` from 1; `content` lies between its lines.

    `terminated` False: there is no closing tag, so the content is not known and the marker counts for nothing.
    `run` is the number of the workflow run that posted it, 0 where nobody said.
    """

    kind: str
    version: int
    digest: str | None
    part: int
    parts: int
    content: str
    terminated: bool
    run: int = 0

    @property
    def honest(self) -> bool:
        """Whether the content is what the digest says, and the part is one of the parts."""
        return self.terminated and self.part <= self.parts and self.digest == digest_of(self.content)


def digest_of(content: str) -> str:
    """First 16 hexadecimal digits of the SHA-256 of the content in its canonical form."""
    text = content.replace("\r\n", "\n").strip()
    canonical = FIGURE_LINK.sub("", CHANGES.sub(r"\1", text)).strip()
    return hashlib.sha256(canonical.encode(errors="surrogatepass")).hexdigest()[:16]


def relinked(text: str, prefix: str) -> str:
    """`text` with `prefix` in front of its figures' names, wherever a figure stands alone on a line outside of code."""
    lines = text.split("\n")
    for i in outside_fences(lines):
        lines[i] = FIGURE.sub(lambda m: f"{m.group(1)}{prefix}{m.group(2)}", lines[i])
    return "\n".join(lines)


def wrap(
    kind: str, content: str, *, version: int = 1, part: int = 1, parts: int = 1, run: int = 0,
    namespace: str = NAMESPACE,
) -> str:  # fmt: skip
    """`content` between its markers; raises ReportError for a kind or content that could not be read back."""
    if not KIND.fullmatch(kind):
        raise ReportError(f"{kind!r} is no comment kind", fix="kinds are lower-case letters, digits and hyphens")
    of = f" part={part}/{parts}" if parts > 1 else ""
    by = f" run={run}" if run else ""
    opening = f"<!-- {namespace}:{kind} v{version} digest={digest_of(content)}{of}{by} -->"
    comment = f"{opening}\n{content.strip()}\n<!-- /{namespace}:{kind} -->\n"
    if [(m.version, m.part, m.honest) for m in find_markers(comment, namespace)] != [(version, part, True)]:
        raise ReportError(
            "the comment would hide its own marker",
            where=kind,
            fix="close every fence of the template, and print untrusted text through inline, code, fence or prose",
        )
    return comment


def find_markers(body: str, namespace: str = NAMESPACE) -> list[Marker]:
    """All markers that stand on lines of their own outside of code; one inside a fence or a quote is text.

    What stands between a marker's lines is its content, whatever it looks like: markers hold no markers.
    """
    lines = body.replace("\r\n", "\n").split("\n")
    openings, closings = tags(lines, namespace)
    found, after = [], 0
    for at, match in openings:
        if at < after:
            continue
        ends = closings.get(match.group(1), [])
        place = bisect(ends, at)
        end = ends[place] if place < len(ends) else None
        found.append(read_marker(lines, at, end, match))
        after = at if end is None else end
    return found


def tags(lines: list[str], namespace: str) -> tuple[list[tuple[int, re.Match[str]]], dict[str, list[int]]]:
    """Opening tags with their lines, and the lines of the closing tags by kind."""
    name = re.escape(namespace)
    opening = re.compile(rf"<!-- {name}:({KIND.pattern}) v([1-9]\d{{0,8}})((?: [a-z]+=[^\s>]+)*) -->\s*")
    closing = re.compile(rf"<!-- /{name}:({KIND.pattern}) -->\s*")
    openings, closings = [], defaultdict(list)
    for i in outside_fences(lines):
        if match := opening.fullmatch(lines[i]):
            openings.append((i, match))
        elif match := closing.fullmatch(lines[i]):
            closings[match.group(1)].append(i)
    return openings, closings


def outside_fences(lines: Sequence[str]) -> Iterator[int]:
    """Numbers of the lines that no fenced block holds."""
    fence: str | None = None
    for i, line in enumerate(lines):
        if fence is not None:
            match = FENCE_END.fullmatch(line)
            fence = None if match and match.group(1).startswith(fence) else fence
        elif match := FENCE.fullmatch(line):
            fence = match["ticks"] or match["tildes"]
        else:
            yield i


def read_marker(lines: Sequence[str], at: int, end: int | None, match: re.Match[str]) -> Marker:
    """The marker whose opening stands on line `at` and whose closing on line `end`."""
    attributes = dict(pair.split("=", 1) for pair in match.group(3).split())
    part, _, parts = attributes.get("part", "1/1").partition("/")
    content = "\n".join(lines[at + 1 : end]) if end is not None else ""
    return Marker(
        match.group(1), int(match.group(2)), attributes.get("digest"), whole(part), whole(parts), content,
        end is not None, run_of(attributes.get("run", "")),
    )  # fmt: skip


def whole(text: str) -> int:
    """A part number; anything else counts as the only part."""
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,3}", text) else 1


def run_of(text: str) -> int:
    """A run's number; anything else is none."""
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,19}", text) else 0


def current(markers: Iterable[Marker], kind: str) -> list[Marker]:
    """The parts of the highest version of `kind`, in order; only honest markers count."""
    mine = [m for m in markers if m.kind == kind and m.honest]
    top = max((m.version for m in mine), default=0)
    return sorted((m for m in mine if m.version == top), key=lambda m: m.part)
