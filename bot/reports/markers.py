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
from collections.abc import Iterable
from dataclasses import dataclass

from bot.errors import ReportError

NAMESPACE = "epm"
KIND = re.compile(r"[a-z][a-z0-9-]*")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
FIGURE_LINK = re.compile(r"(?<=\]\()[^()\s]*/(?=[0-9a-f]{12}/figures/[^()\s/]+\))")
CHANGES = re.compile(r"<!-- changes -->\n.*?<!-- /changes -->\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker found in a comment. `version` from 1; `part` of `parts` from 1; `content` lies between its lines.

    `terminated` False: there is no closing tag, so the content is not known and the marker counts for nothing.
    """

    kind: str
    version: int
    digest: str | None
    part: int
    parts: int
    content: str
    terminated: bool

    @property
    def honest(self) -> bool:
        """Whether the content is what the digest says."""
        return self.terminated and self.digest == digest_of(self.content)


def digest_of(content: str) -> str:
    """First 16 hexadecimal digits of the SHA-256 of the content in its canonical form."""
    canonical = FIGURE_LINK.sub("", CHANGES.sub("", content.replace("\r\n", "\n"))).strip()
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def wrap(
    kind: str, content: str, *, version: int = 1, part: int = 1, parts: int = 1, namespace: str = NAMESPACE
) -> str:
    """`content` between its markers; raises ReportError for a kind that could not be read back."""
    if not KIND.fullmatch(kind):
        raise ReportError(f"{kind!r} is no comment kind", fix="kinds are lower-case letters, digits and hyphens")
    of = f" part={part}/{parts}" if parts > 1 else ""
    opening = f"<!-- {namespace}:{kind} v{version} digest={digest_of(content)}{of} -->"
    return f"{opening}\n{content.strip()}\n<!-- /{namespace}:{kind} -->\n"


def find_markers(body: str, namespace: str = NAMESPACE) -> list[Marker]:
    """All markers that stand on lines of their own outside of code; one inside a fence or a quote is text."""
    lines = body.replace("\r\n", "\n").split("\n")
    live = set(outside_fences(lines))
    opening = re.compile(rf"<!-- {re.escape(namespace)}:({KIND.pattern}) v([1-9]\d{{0,8}})((?: [a-z]+=[^\s>]+)*) -->")
    found = [(i, m) for i in sorted(live) if (m := opening.fullmatch(lines[i].rstrip()))]
    return [read_marker(lines, live, i, m, namespace) for i, m in found]


def outside_fences(lines: list[str]) -> Iterable[int]:
    """Numbers of the lines that no fenced block holds."""
    fence: str | None = None
    for i, line in enumerate(lines):
        match = FENCE.fullmatch(line)
        if fence is None and match:
            fence = match.group(1)
        elif fence is not None:
            if match and match.group(1).startswith(fence) and not match.group(2).strip():
                fence = None
        else:
            yield i


def read_marker(lines: list[str], live: set[int], at: int, match: re.Match[str], namespace: str) -> Marker:
    """The marker whose opening stands on line `at`."""
    kind, version = match.group(1), int(match.group(2))
    attributes = dict(pair.split("=", 1) for pair in match.group(3).split())
    part, _, parts = attributes.get("part", "1/1").partition("/")
    closing = f"<!-- /{namespace}:{kind} -->"
    end = next((i for i in range(at + 1, len(lines)) if i in live and lines[i].rstrip() == closing), None)
    content = "\n".join(lines[at + 1 : end]) if end is not None else ""
    return Marker(
        kind, version, attributes.get("digest"), whole(part), whole(parts), content, end is not None
    )  # fmt: skip


def whole(text: str) -> int:
    """A part number; anything else counts as the only part."""
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) < 10_000 else 1


def current(markers: Iterable[Marker], kind: str) -> list[Marker]:
    """The parts of the highest version of `kind`, in order; only honest markers count."""
    mine = [m for m in markers if m.kind == kind and m.honest]
    top = max((m.version for m in mine), default=0)
    return sorted((m for m in mine if m.version == top), key=lambda m: m.part)
