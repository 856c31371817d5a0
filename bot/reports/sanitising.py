"""Text from archives, report.yaml and models made harmless for Markdown.

Nothing here deletes: what would act (a mention, a closing keyword, HTML, a marker, a link) is made to stand still,
what would hide (control and bidirectional characters) is made visible, what is shortened says so.
"""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup

JOINER = "\N{WORD JOINER}"  # invisible, and no part of a name, a number or a URL: it breaks them for linkifiers

HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
    + "|[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
    + "|[\ud800-\udfff]|[\U000e0000-\U000e007f]"
)
PUNCTUATION = re.compile(r"([\\`*_\[\]|~^{}])")
LINK_START = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp)(:)|\b(www)(\.)")
REFERENCE = re.compile(r"(?i)(#|\bGH-|!)(?=\d)")
CLOSING = re.compile(r"(?i)\b((?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b:?\s+[\w./-]*)(#|GH-)(?=\d)")
BLOCK_START = re.compile(r"(?m)^(\s*\d*)([#+=.)-]|```|~~~)")
ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
BACKTICKS = re.compile(r"`+")
TILDES = re.compile(r"~+")


def visible(text: str) -> str:
    """Control, bidirectional and invisible characters as `[U+202E]`; new lines and tabs stay."""
    return HIDDEN.sub(lambda m: f"[U+{ord(m.group()):04X}]", text.replace("\r\n", "\n").replace("\r", "\n"))


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, and a word that there were more."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()} … [shortened]"


def still(text: str) -> str:
    """No mention, issue reference, closing keyword or URL in `text` comes alive once it is rendered."""
    text = text.replace("@", "@" + JOINER)
    text = REFERENCE.sub(lambda m: m.group(1) + JOINER, text)
    return LINK_START.sub(lambda m: f"{m.group(1) or m.group(3)}{JOINER}{m.group(2) or m.group(4)}", text)


def inline(text: str, limit: int = 300) -> Markup:
    """Untrusted text as one line of plain Markdown text, safe in paragraphs, headings and table cells."""
    line = " ".join(visible(shortened(text, limit)).split())
    line = PUNCTUATION.sub(r"\\\1", still(line)).translate(ENTITIES)
    line = line.replace("$", "<span>$</span>")
    return Markup(BLOCK_START.sub(r"\1\\\2", line))


def title(text: str, limit: int = 200) -> Markup:
    """Untrusted text for an issue's title, where no Markdown is read but mentions and HTML might be."""
    return Markup(" ".join(still(visible(shortened(text, limit))).split()))


def code(text: str, limit: int = 200) -> Markup:
    """Untrusted text as a code span, safe in table cells too: its fence is longer than any run of backticks in it."""
    line = " ".join(visible(shortened(text, limit)).split()) or " "
    ticks = "`" * (longest(BACKTICKS, line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return Markup(f"{ticks}{pad}{line}{pad}{ticks}".replace("|", "\\|"))


def fence(text: str, limit: int = 2000) -> Markup:
    """Untrusted text as a fenced block: its fence is longer than any run of backticks inside."""
    body = visible(shortened(text, limit))
    ticks = "`" * max(3, longest(BACKTICKS, body) + 1)
    return Markup(f"{ticks}text\n{body}\n{ticks}")


def longest(run: re.Pattern[str], text: str) -> int:
    """Length of the longest run in `text`."""
    return max((len(found) for found in run.findall(text)), default=0)


def prose(text: str, limit: int = 20_000) -> Markup:
    """A person's text from report.yaml: paragraphs, emphasis, code spans, links and `#98` stay; the rest stands still.

    No HTML, mention, image, closing keyword, heading, list marker or fence of its own can change the comment around it.
    """
    body = visible(shortened(text.strip(), limit)).translate(ENTITIES)
    body = body.replace("@", "@" + JOINER).replace("![", "!\\[").replace("|", "\\|")
    body = CLOSING.sub(lambda m: m.group(1) + m.group(2) + JOINER, body)
    return Markup(BLOCK_START.sub(r"\1\\\2", body))


def is_plain(text: str) -> bool:
    """Whether nothing in `text` hides: used by checks on our own output."""
    return not HIDDEN.search(text) and unicodedata.is_normalized("NFC", text)
