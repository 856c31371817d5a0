"""Markdown as a reviewer reads it: headings, sentences, list items, tables and fenced blocks, with their places.

Markup is taken off and what stands for a character is put in its place (entities, escapes, word joiners, TeX), while
every character remembers where in the source it stands. HTML comments are dropped: whatever a report says of its own
numbers there is not read.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

TEX = {
    "alpha": "α", "pm": "±", "ge": "≥", "geq": "≥", "le": "≤", "leq": "≤", "times": "×", "approx": "≈", "sim": "~",
    "rho": "ρ", "Delta": "Δ", "to": "→", "cdot": "·",
}  # fmt: skip
INLINE = re.compile(
    r"(?P<code>(?P<ticks>`+)(?P<inside>.+?)(?<!`)(?P=ticks)(?!`))"
    r"|(?P<image>!\[(?P<alt>[^\]]*)\]\((?P<src>[^)\s]*)[^)]*\))"
    r"|(?P<note>\[\^[^\]]*\])"
    r"|(?P<link>\[(?P<label>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<url>[^)\s]*)[^)]*\))"
    r"|(?P<auto><?https?://[^\s<>)\]]+>?)"
    r"|(?P<tag></?[A-Za-z][^<>]*>)"
    r"|(?P<entity>&(?:\#\d+|\#[xX][0-9a-fA-F]+|[A-Za-z]+);)"
    r"|(?P<math>\$(?=[^\s$])(?P<formula>[^$\n]{1,200}?)(?<=[^\s$])\$(?!\d))"
    r"|(?P<tex>\\(?:alpha|pm|geq?|leq?|times|approx|sim|rho|Delta|to|cdot)(?![A-Za-z]))"
    r"|(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<mark>\*+(?=\S)|(?<=\S)\*+|~~|(?<![^\W_])_+(?=\S)|(?<=\S)_+(?![^\W_])|\$(?!\s?\d))"
    r"|(?P<hidden>[\u2060\u200b-\u200d\ufeff\u00ad])",
    re.DOTALL,
)
MATH = re.compile(r"\\(?P<word>[A-Za-z]+)|\\(?P<sign>[^A-Za-z])|(?P<dropped>[{}^])|(?P<space>_)")
THIN = str.maketrans({"\u2009": "\u00a0", "\u202f": "\u00a0", "\u2007": "\u00a0", "\t": " ", "\n": " ", "\u2011": "-"})
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})\s*([^`]*)$")
HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
UNDERLINE = re.compile(r"^\s{0,3}(=+|-+)\s*$")
RULE = re.compile(r"^\s{0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")
ITEM = re.compile(r"^(\s*)([-*+]|\d{1,9}[.)])\s+(\[[ xX]\]\s+)?")
DELIMITERS = re.compile(r"^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$")
QUOTE = re.compile(r"^\s{0,3}>\s?")
ALERT = re.compile(r"^\s*\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*$")
HTML_TABLE = re.compile(r"^\s*<table\b", re.IGNORECASE)
HTML_TABLE_END = re.compile(r"</table\s*>", re.IGNORECASE)
HTML_ROW = re.compile(r"<tr\b[^>]*>(?=(?P<inside>.*?)(?:</tr|<tr\b|\Z))", re.IGNORECASE | re.DOTALL)
HTML_CELL = re.compile(r"<t[dh]\b[^>]*>(?P<inside>[^<]*(?:<(?!/?t[dhr]\b)[^<]*)*)", re.IGNORECASE)
SUMMARY = re.compile(r"<summary>(.*?)</summary>", re.DOTALL)
ABBREVIATIONS = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|cf|approx|resp|max|min|[Ff]igs?|[Ss]ecs?|[Tt]ab|[Nn]o|al|ca|etc|[Ee]qs?|St|Dr)|\b[A-Z])\.$"
)
LONGEST = 1_500
READ_AT_MOST = 2**19
LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
NO_SPACE = re.compile(r"\S")
STOP = re.compile(r"[.!?][\"'”’)\]]*(?=\s+[\"“(\[]?[^\s\"“(\[])")


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text; `at[i]` is the offset in the source of its i-th character."""

    plain: str
    at: Sequence[int]

    def part(self, start: int, end: int) -> Text:
        """Characters `start` to `end`."""
        return Text(self.plain[start:end], self.at[start:end])

    def stripped(self) -> Text:
        """Without space around it."""
        start = len(self.plain) - len(self.plain.lstrip())
        return self.part(start, max(start, len(self.plain.rstrip())))


class Link(NamedTuple):
    """A link or an image: where it leads, and where it stands."""

    url: str
    offset: int
    image: bool


@dataclass(slots=True)
class Block:
    """One block. `kind` is heading, paragraph, item, table or fence.

    `level` is a heading's depth, or an item's indentation; `rows` a table's cells, its head first; `raw` what stands
    in a fence. `quoted` says that it stands in a block quote, `end` where it ends in the source.
    """

    kind: str
    text: Text
    level: int = 0
    rows: list[list[Text]] = field(default_factory=list)
    raw: str = ""
    info: str = ""
    quoted: bool = False


@dataclass(slots=True)
class Page:
    """A parsed text. `closing` holds the places in `blocks` before which a folded section ends.

    `unread` counts characters beyond READ_AT_MOST, eight times what GitHub takes for a comment: they are not read.
    """

    source: str
    blocks: list[Block] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    closing: set[int] = field(default_factory=set)
    starts: list[int] = field(default_factory=list)
    unread: int = 0

    def line(self, offset: int) -> int:
        """The line, from 1, that an offset stands in."""
        return bisect_right(self.starts, offset)


class _Line(NamedTuple):
    text: str
    at: int
    quoted: bool


def parse(source: str) -> Page:
    """Read `source`, the Markdown of a comment, an issue's body or a file."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    unread = max(0, len(source) - READ_AT_MOST)
    source = source[:READ_AT_MOST]
    page = Page(source, unread=unread)
    page.starts = [0, *(i + 1 for i, c in enumerate(source) if c == "\n")]
    _Reader(page, _without_comments(source)).read()
    return page


def _lines(hollow: str) -> list[_Line]:
    lines, at = [], 0
    for raw in hollow.split("\n"):
        text, start, quoted = raw, at, False
        while (found := QUOTE.match(text)) is not None:
            text, start, quoted = text[found.end() :], start + found.end(), True
        lines.append(_Line(text, start, quoted))
        at += len(raw) + 1
    return lines


def _without_comments(source: str) -> str:
    """HTML comments as spaces, new lines kept, so that every other character stays in its place."""
    fenced = [m.span() for m in re.finditer(r"(?ms)^[ >]*(`{3,}|~{3,})[^\n`]*\n.*?^[ >]*\1", source)]

    def blank(found: re.Match[str]) -> str:
        if any(start <= found.start() < end for start, end in fenced):
            return found.group()
        return re.sub(r"[^\n]", " ", found.group())

    return COMMENT.sub(blank, source)


class _Reader:
    """Goes through the lines once."""

    def __init__(self, page: Page, hollow: str) -> None:
        self.page = page
        self.hollow = hollow
        self.lines = _lines(hollow)
        self.i = 0
        self.open: list[_Line] = []
        self.shape = ("paragraph", 0)

    def read(self) -> None:
        while self.i < len(self.lines):
            self._line(self.lines[self.i])
            self.i += 1
        self._flush()

    def _line(self, line: _Line) -> None:
        if HTML_TABLE.match(line.text):
            self._flush()
            self._html_table(line)
        elif fence := FENCE.match(line.text):
            self._flush()
            self._fence(line, fence)
        elif not line.text.strip() or ALERT.match(line.text):
            self._flush()
        elif heading := HEADING.match(line.text):
            self._flush()
            self._add("heading", [_sub(line, heading.start(2), heading.end(2))], len(heading.group(1)))
        elif self.open and self.shape[0] == "paragraph" and len(self.open) == 1 and UNDERLINE.match(line.text):
            self.shape = "heading", 1 if "=" in line.text else 2
            self._flush()
        elif RULE.match(line.text):
            self._flush()
        elif self._is_table():
            self._flush()
            self._table()
        else:
            self._prose(line)

    def _prose(self, line: _Line) -> None:
        if "</details>" in line.text:
            self._flush()
            self.page.closing.add(len(self.page.blocks))
        if summary := SUMMARY.search(line.text):
            self._flush()
            self._add("heading", [_sub(line, summary.start(1), summary.end(1))], 7)
            return
        if item := ITEM.match(line.text):
            self._flush()
            self.shape = "item", 1 + len(item.group(1).expandtabs(4))
            self.open.append(_sub(line, item.end(), len(line.text)))
            return
        if self.open and self.open[-1].quoted != line.quoted:
            self._flush()
        indent = len(line.text) - len(line.text.lstrip())
        self.open.append(_sub(line, indent, len(line.text)))

    def _flush(self) -> None:
        if self.open:
            self._add(*(self.shape[0], self.open, self.shape[1]))
        self.open, self.shape = [], ("paragraph", 0)

    def _add(self, kind: str, lines: Sequence[_Line], level: int) -> None:
        text = _plain(lines, self.page.links).stripped()
        if text.plain:
            self.page.blocks.append(Block(kind, text, level, quoted=lines[0].quoted))

    def _fence(self, line: _Line, fence: re.Match[str]) -> None:
        closing = re.compile(rf"^\s{{0,3}}{re.escape(fence.group(1)[0])}{{{len(fence.group(1))},}}\s*$")
        inside = []
        while self.i + 1 < len(self.lines):
            self.i += 1
            if closing.match(self.lines[self.i].text):
                break
            inside.append(self.lines[self.i].text)
        text = Text("", [])
        block = Block("fence", text, raw="\n".join(inside), info=fence.group(2).strip(), quoted=line.quoted)
        block.level = line.at
        self.page.blocks.append(block)

    def _is_table(self) -> bool:
        if self.i + 1 >= len(self.lines) or "|" not in self.lines[self.i].text:
            return False
        under = self.lines[self.i + 1].text
        return "-" in under and DELIMITERS.match(under) is not None

    def _table(self) -> None:
        rows = [self._cells(self.lines[self.i])]
        self.i += 1
        while self.i + 1 < len(self.lines) and "|" in self.lines[self.i + 1].text:
            self.i += 1
            rows.append(self._cells(self.lines[self.i]))
        self.page.blocks.append(Block("table", rows[0][0], rows=rows, quoted=self.lines[self.i].quoted))

    def _html_table(self, line: _Line) -> None:
        """Rows and cells by their tags; a table that is not closed ends with the text."""
        closing = HTML_TABLE_END.search(self.hollow, line.at)
        end = closing.end() if closing else len(self.hollow)
        rows = []
        for row in HTML_ROW.finditer(self.hollow, line.at, end):
            cells = [
                m for m in HTML_CELL.finditer(self.hollow, row.end(), row.end("inside")) if m["inside"] is not None
            ]
            rows.append([self._html_cell(m.start("inside"), m.end("inside"), line.quoted) for m in cells])
        rows = [row for row in rows if row]
        if rows:
            self.page.blocks.append(Block("table", rows[0][0], rows=rows, quoted=line.quoted))
        while self.i + 1 < len(self.lines) and self.lines[self.i + 1].at < end:
            self.i += 1

    def _html_cell(self, start: int, end: int, quoted: bool) -> Text:
        return _plain([_Line(self.hollow[start:end], start, quoted)], self.page.links).stripped()

    def _cells(self, line: _Line) -> list[Text]:
        bars = [m.start() for m in re.finditer(r"(?<!\\)\|", line.text)]
        if not line.text.lstrip().startswith("|"):
            bars.insert(0, -1)
        if not line.text.rstrip().endswith("|") or len(bars) == 1:
            bars.append(len(line.text))
        return [_plain([_sub(line, a + 1, b)], self.page.links).stripped() for a, b in pairwise(bars)]


def _sub(line: _Line, start: int, end: int) -> _Line:
    return _Line(line.text[start:end], line.at + start, line.quoted)


def _plain(lines: Sequence[_Line], links: list[Link]) -> Text:
    raw = "\n".join(line.text for line in lines)
    at: list[int] = []
    for line in lines:
        at += range(line.at, line.at + len(line.text) + 1)
    out: list[str] = []
    where: list[int] = []
    _inline(raw, at, out, where, links)
    return Text("".join(out), where)


def _inline(raw: str, at: Sequence[int], out: list[str], where: list[int], links: list[Link]) -> None:
    last = 0
    for found in INLINE.finditer(raw):
        _emit(raw, last, found.start(), at, out, where)
        last = found.end()
        _token(found, at, out, where, links)
    _emit(raw, last, len(raw), at, out, where)


def _emit(raw: str, start: int, end: int, at: Sequence[int], out: list[str], where: list[int]) -> None:
    out.append(raw[start:end].translate(THIN))
    where += at[start:end]


def _token(found: re.Match[str], at: Sequence[int], out: list[str], where: list[int], links: list[Link]) -> None:
    start = at[found.start()]
    if found["code"] is not None:
        _emit(found.string, found.start("inside"), found.end("inside"), at, out, where)
    elif found["image"] is not None:
        links.append(Link(found["src"], start, True))
    elif found["link"] is not None:
        links.append(Link(found["url"], start, False))
        a, b = found.span("label")
        _inline(found.string[a:b], at[a:b], out, where, links)
    elif found["auto"] is not None:
        links.append(Link(found["auto"].strip("<>"), start, False))
    elif found["math"] is not None:
        _formula(found.string, found.start("formula"), found.end("formula"), at, out, where)
    elif found["tag"] is not None:
        if found["tag"].lower().startswith("<br"):
            _put(" ", start, out, where)
    else:
        _put(_sign(found), start, out, where)


def _sign(found: re.Match[str]) -> str:
    """What stands for a character; nothing for marks and what is hidden."""
    if found["entity"] is not None:
        return html.unescape(found["entity"]).translate(THIN)
    if found["tex"] is not None:
        return TEX[found["tex"][1:]]
    return found["escape"][1] if found["escape"] is not None else ""


def _formula(raw: str, start: int, end: int, at: Sequence[int], out: list[str], where: list[int]) -> None:
    """TeX between dollars: signs and Greek letters as characters, other commands and braces left out."""
    last = start
    for found in MATH.finditer(raw, start, end):
        _emit(raw, last, found.start(), at, out, where)
        last = found.end()
        word, sign = found["word"], found["sign"]
        text = TEX.get(word, "") if word else (sign if sign in "%$#&_|" else " ") if sign else ""
        _put(" " if found["space"] else text, at[found.start()], out, where)
    _emit(raw, last, end, at, out, where)


def _put(text: str, start: int, out: list[str], where: list[int]) -> None:
    out.append(text)
    where += [start] * len(text)


def sentences(text: Text) -> Iterator[Text]:
    """Split at full stops that end a sentence; a stop in a number or an abbreviation does not.

    What is longer than any sentence is cut at a space, so that no text makes the reading of one take for ever.
    """
    for sentence in _sentences(text):
        start, end = 0, len(sentence.plain)
        while end - start > LONGEST:
            cut = sentence.plain.rfind(" ", start + LONGEST // 2, start + LONGEST) + 1 or start + LONGEST
            yield sentence.part(start, cut).stripped()
            start = cut
        rest = sentence.part(start, end) if start else sentence
        if rest.plain.strip():
            yield rest


def _next_letter(plain: str, position: int) -> str:
    """What comes next that is no space; nothing at the end."""
    found = NO_SPACE.search(plain, position)
    return found.group() if found is not None else ""


def _sentences(text: Text) -> Iterator[Text]:
    start = 0
    for stop in STOP.finditer(text.plain):
        before, after = text.plain[start : stop.end()], _next_letter(text.plain, stop.end())
        if ABBREVIATIONS.search(before.rstrip("\"'”’)]")) or (
            after in LOWER and stop.group()[0] == "." and not before.rstrip().endswith(").")
        ):
            continue
        quoted = before.rstrip()[-1:] in "\"'”’)]" and bool(after)
        aside = stop.group()[0] == "?" and after == "("  # '"What …?" (Grid #3) and 14.72 for …'
        if quoted and (after in LOWER or aside):
            continue  # a question that is quoted in the middle of a sentence
        if re.fullmatch(r"\s*\d+\.", before):
            continue
        yield text.part(start, stop.end()).stripped()
        start = stop.end()
    if text.plain[start:].strip():
        yield text.part(start, len(text.plain)).stripped()
