"""Text from archives, report.yaml and models made harmless for Markdown.

Nothing here deletes: what would act (a mention, a closing keyword, HTML, a marker, a link) is made to stand still,
what would hide (control and bidirectional characters) is made visible, what is shortened says so.
"""

from __future__ import annotations

import re

from markupsafe import Markup

JOINER = "\N{WORD JOINER}"  # invisible, and no part of a name, a number or a URL: it breaks them for linkifiers

# What Unicode says to show as nothing (Default_Ignorable_Code_Point) less what JOINING names; controls, line
# separators, lone surrogates and noncharacters.
NOTHING = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# Scripts and emoji need these between characters that are more than ASCII; elsewhere they only hide.
JOINING = "\u200c\u200d\ufe0e\ufe0f"
SHOWS = f"[^\x00-\x7f{NOTHING}{JOINING}]"
HIDDEN = re.compile(
    f"[{NOTHING}]|(?<!{SHOWS})\ufe0e|(?<!{SHOWS})\ufe0f(?!\u20e3)"
    f"|(?<!{SHOWS})(?<!{SHOWS}\ufe0f)[\u200c\u200d]|[\u200c\u200d](?!{SHOWS})"
)
PUNCTUATION = re.compile(r"([`*_\[\]|~^{}])")
PROSE_PUNCTUATION = re.compile(r"([`\[\]|~^{}])")
BACKSLASH = re.compile(r"\\(?![*_])")
URL_START = re.compile(r"(?i)(:)(?=//)|(www)(?=\.)")
SHORTCODE = re.compile(r":(?=[\w+-]+:)")
REFERENCE = re.compile(r"(?i)(#|(?<![a-z0-9])GH-|!)(?=\d)")
CLOSING = re.compile(r"(?i)(?<![a-z0-9])(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?)\b[\s:*_(]*(?:[\w./-]*#|GH-)(?=\d)")
ELSEWHERE = re.compile(r"(?<=[\w./-]#)(?=\d)")
# A line that would begin a heading, a list, a rule or a table, or make a heading of the line above it.
BLOCK_START = re.compile(
    r"(?m)^(?:(\d{1,9})(?=[.)](?:[ \t]|$))|(?=#{1,6}(?:[ \t]|$)|[-+*](?:[ \t]|$)|[-=:_*][-=:_* \t]*$))"
)
CLOSING_HASHES = re.compile(r"(?<= )(?=#+$)")
# Set apart by a span and named by its entity, no dollar begins a formula; no backslash escapes a cell's end.
PROSE_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "<span>&dollar;</span>"})
ENTITIES = PROSE_ENTITIES | str.maketrans({"\\": "&bsol;"})
BACKTICKS = re.compile(r"`+")
CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
BLANK_LINES = re.compile(r"\n\s*\n")


def visible(text: str) -> str:
    """Control, bidirectional and invisible characters as `[U+202E]`; new lines and tabs stay."""
    return HIDDEN.sub(lambda m: f"[U+{ord(m.group()):04X}]", text.replace("\r\n", "\n").replace("\r", "\n"))


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, and a word that there were more."""
    if len(text) <= limit:
        return text
    return f"{text[:limit].rstrip()} … [shortened]"


def one_line(text: str) -> str:
    """`text` made visible on a single line: any space between two words is one blank."""
    return " ".join(visible(text).split())


def still(text: str) -> str:
    """No mention, issue reference, URL or emoji code in `text` comes alive once it is rendered."""
    return unlinked(REFERENCE.sub(lambda m: m.group() + JOINER, text))


def unlinked(text: str) -> str:
    """Likewise, but for issue references."""
    text = URL_START.sub(lambda m: m.group() + JOINER, text.replace("@", "@" + JOINER))
    return SHORTCODE.sub(":" + JOINER, text)


def inline(text: str, limit: int = 300) -> Markup:
    """Untrusted text as one line of plain Markdown text, safe in paragraphs, headings and table cells."""
    line = still(shortened(one_line(text), limit)).translate(ENTITIES)
    return Markup(CLOSING_HASHES.sub(r"\\", at_line_starts(PUNCTUATION.sub(r"\\\1", line))))


def at_line_starts(text: str) -> str:
    """`text` with a backslash where one of its lines would begin a block of another kind."""
    return BLOCK_START.sub(lambda m: f"{m.group(1) or ''}\\", text)


def html(text: str, limit: int = 300) -> Markup:
    """Untrusted text inside of an HTML block, such as a fold's summary, where no Markdown is read."""
    return Markup(still(shortened(one_line(text), limit)).translate(ENTITIES))


def title(text: str, limit: int = 200) -> Markup:
    """Untrusted text for an issue's title, where no Markdown is read but mentions and HTML might be."""
    # A title is quoted in comments, by people and by tools: no comment opens in it, ours least of all.
    return Markup(shortened(still(one_line(text)).replace("<!--", f"<{JOINER}!--"), limit))


def code(text: str, limit: int = 200) -> Markup:
    """Untrusted text as a code span, safe in table cells too: its fence is longer than any run of backticks in it."""
    line = shortened(one_line(text), limit) or " "
    if "|" in line:  # a cell's end, unless escaped, and the escape would show outside of tables
        return Markup(f"<code>{inline(line, len(line))}</code>")
    ticks = "`" * (longest(BACKTICKS, line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return Markup(f"{ticks}{pad}{line}{pad}{ticks}")


def fence(text: str, limit: int = 2000) -> Markup:
    """Untrusted text as a fenced block: its fence is longer than any run of backticks inside."""
    body = shortened(visible(text), limit)
    ticks = "`" * max(3, longest(BACKTICKS, body) + 1)
    return Markup(f"{ticks}text\n{body}\n{ticks}")


def longest(run: re.Pattern[str], text: str) -> int:
    """Length of the longest run in `text`."""
    return max((len(found) for found in run.findall(text)), default=0)


def prose(text: str, limit: int = 20_000) -> Markup:
    """A person's text from report.yaml: paragraphs, emphasis, code spans and `#98` stay; the rest stands still.

    No HTML, mention, link, image, closing keyword, heading, list or fence of its own can change the comment around it:
    report.yaml travels with the archive, so whoever could write the one could write the other.
    """
    body = shortened(visible(text).strip(), limit)
    return Markup("\n\n".join(paragraph(part) for part in BLANK_LINES.split(body)))


def sentence(text: str, limit: int = 2000) -> Markup:
    """Likewise in the middle of a line."""
    return Markup(paragraph(shortened(one_line(text), limit)))


def paragraph(text: str) -> str:
    """One paragraph of prose. Code spans are found here and written anew, so that nobody can read them otherwise."""
    text = "\n".join(line.strip() for line in text.split("\n"))
    parts, end = [], 0
    for span in CODE_SPAN.finditer(text):
        parts += [words(text[end : span.start()]), code(span.group(2), len(text))]
        end = span.end()
    return at_line_starts("".join([*parts, words(text[end:])]))


def words(text: str) -> str:
    """The text between code spans."""
    text = ELSEWHERE.sub(JOINER, CLOSING.sub(lambda m: m.group() + JOINER, text))
    text = BACKSLASH.sub("&bsol;", unlinked(text).translate(PROSE_ENTITIES))
    return PROSE_PUNCTUATION.sub(r"\\\1", text)
