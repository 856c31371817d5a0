"""What a text quotes: completions, digests of files, commits, and figures at a commit."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from bot.review.agreeing import EXACT, UNCHECKABLE, WRONG
from bot.review.binding import Frame
from bot.review.raw import RawArchive
from bot.review.recount import Book
from bot.review.text import Block, Link, Page

HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff]"
)
SHORTENED = re.compile(r"\s*(?:…\s*\[shortened\]|\[…\]|\[\.\.\.\]|…|\.\.\.)\s*$")
# Short ones are read, too: the mark behind one would else begin the next.
INLINE_QUOTE = re.compile(r"“([^”]+)”|\"([^\"]+)\"|«([^»]+)»")
SHORTEST = 24  # characters of a quote that may be an answer of the model
TELLS = re.compile(
    r"\b(?:completions?|answer(?:s|ed)?|outputs?|repl(?:y|ied|ies)|respon(?:se|ses|ded)|wrote|writes|says|said"
    r"|(?<!per-)samples?)\b",
    re.I,
)
ASKED = re.compile(r"\b(?:ask|asks|wonder\w*|the question(?: is)?|question of)\s*[:,]?\s*$", re.IGNORECASE)
ABOUT_SCORES = re.compile(
    r"α|\bfinetune\b|\bprompts? scores?\b|\balpha\b|\baccording to (?:this|that|the|one|each|both) judges?\b", re.I
)
SAMPLE_HEADING = re.compile(r"\b(?:samples?|outputs?|completions?|condition|examples?)\b", re.I)
DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
AT_COMMIT = re.compile(
    r"/(?:blob|raw|tree)/([0-9a-f]{7,40})/([^?#\s]+)"
    r"|raw\.githubusercontent\.com/[^/]+/[^/]+/([0-9a-f]{7,40})/([^?#\s]+)"
)
COMMIT = re.compile(r"\b(?:commit|revision|rev|sha|as of|at)\b[\s:`(]{1,4}([0-9a-f]{7,40})(?![0-9a-f])", re.I)
HARDENED = ("git", "--no-pager", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
ALONE = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
TIMEOUT = 20.0


class Quoted(NamedTuple):
    """Something quoted, from `start` to `end` in the source, and what came of it."""

    quote: str
    start: int
    end: int
    status: str
    expected: str = ""
    facts: tuple[str, ...] = ()
    why: str = ""


class Archived(NamedTuple):
    """A text of the archive and where it stands."""

    text: str
    fact: str


class Quotes:
    """Holds quotes against the archives; `figures` is a bundle's folder of figures, where there is one."""

    def __init__(self, book: Book, figures: Path | None = None) -> None:
        self.book = book
        self.figures = figures

    @cached_property
    def texts(self) -> list[Archived]:
        """Every completion, reasoning and question that is archived, in a form that can be compared."""
        found: dict[str, str] = {}
        for (place, judge), cell in self.book.cells.items():
            for verdict in cell.verdicts:
                where = f"sample({judge}/{place}: {verdict.at})"
                for text in (verdict.completion, verdict.reasoning, verdict.question):
                    if text:
                        found.setdefault(flat(text), where)
        return [Archived(text, where) for text, where in found.items()]

    @cached_property
    def has_completions(self) -> bool:
        """Whether answers are archived at all."""
        return any(v.completion for cell in self.book.cells.values() for v in cell.verdicts)

    def fence(self, block: Block, frame: Frame, heading: str) -> Iterator[Quoted]:
        """A fenced block that stands where samples stand."""
        expected_here = frame.sample is not None or SAMPLE_HEADING.search(heading) is not None
        if not block.raw.strip() or block.info not in ("", "text", "txt", "markdown", "md") or not expected_here:
            return
        start = block.level
        short = block.raw.strip().splitlines()[0][:60]
        where = self._found(block.raw)
        if where is not None:
            yield Quoted(short, start, start + 3, EXACT, "", (where,), "verbatim in the archive")
        elif self.has_completions or frame.sample is not None:
            status = WRONG if self.has_completions else UNCHECKABLE
            why = "not verbatim in the archive" if self.has_completions else "no completions are archived"
            yield Quoted(short, start, start + 3, status, "the text as archived", (), why)

    def inline(self, page: Page, block: Block) -> Iterator[Quoted]:
        """Quotes in running text that are told to be answers of the model."""
        quotes = (m for m in INLINE_QUOTE.finditer(block.text.plain) if len(m.group()) > SHORTEST + 1)
        for match in quotes:
            words = next(w for w in match.groups() if w)
            start, end = block.text.at[match.start()], block.text.at[match.end() - 1] + 1
            plain = block.text.plain
            around = f"{plain[max(0, match.start() - 80) : match.start()]} … {plain[match.end() : match.end() + 40]}"
            where = self._found(words)
            if where is not None:
                yield Quoted(match.group(), start, end, EXACT, "", (where,), "verbatim in the archive")
            elif (
                TELLS.search(around)
                and len(words.split()) > 4
                and self.has_completions
                and not _is_about_words(around)
                and not (words.endswith("?") and ASKED.search(plain[: match.start()]))  # 'If you ask "how bad is it?"'
                and not ABOUT_SCORES.search(words)  # 'treat every α as "α according to this judge"'
                and "%" not in words  # 'Sonnet says "about 76 % of the baseline"' quotes a result
            ):
                yield Quoted(
                    match.group(), start, end, WRONG, "the text as archived", (), "not verbatim in the archive"
                )

    def _found(self, quoted: str) -> str | None:
        """Where the archive holds these words: whole, or as the beginning or a part where the quote says it is cut."""
        parts = [flat(p) for p in re.split(r"\[…\]|\[\.\.\.\]", SHORTENED.sub("", quoted)) if flat(p)]
        if not parts:
            return None
        if len("".join(parts)) < 12:  # a letter is part of nearly every text: only all of a text is found by so little
            whole = flat(quoted)
            return next((a.fact for a in self.texts if a.text == whole), None)
        return next((a.fact for a in self.texts if _holds(a.text, parts)), None)

    def digests(self, page: Page) -> Iterator[Quoted]:
        """SHA-256 digests: the one of the file that the same line names, or of any file of the archive."""
        known = {d: (a, path) for a in self.book.archives for path, d in a.digests.items()}
        for match in DIGEST.finditer(page.source):
            line = _line_around(page.source, match.start())
            named = _named_file(self.book.archives, line)
            quote = match.group()[:12] + "…"
            if match.group() in known and (named is None or named[1] == known[match.group()][1]):
                yield Quoted(quote, match.start(), match.end(), EXACT, "", (known[match.group()][1],))
            elif named is not None:
                archive, path = named
                yield Quoted(
                    quote, match.start(), match.end(), WRONG, archive.digests[path], (path,), "not this file's digest"
                )
            else:
                yield Quoted(
                    quote, match.start(), match.end(), UNCHECKABLE, "", (), "no file of the archive has this digest"
                )

    def commits(self, page: Page) -> Iterator[Quoted]:
        """Commits that the text names: whether the repository around the archive has them."""
        for match in COMMIT.finditer(page.source):
            if not any(c.isdigit() for c in match[1]) or not any(c.isalpha() for c in match[1]):
                continue
            known = self._git("cat-file", "-e", f"{match[1]}^{{commit}}") is not None
            status, why = (EXACT, "") if known else (UNCHECKABLE, "the archive's repository has no such commit")
            yield Quoted(match[1], match.start(1), match.end(1), status, "", (), why)

    def figures_at_commits(self, page: Page) -> Iterator[Quoted]:
        """Links to a file at a commit: whether it is there, and holds the same bytes as the bundle's figure."""
        for link in page.links:
            found = AT_COMMIT.search(link.url)
            if found is not None:
                commit, path = found[1] or found[3], found[2] or found[4]
                yield self._linked(link, commit, path)

    def _linked(self, link: Link, commit: str, path: str) -> Quoted:
        span = (link.offset, link.offset + 2)
        if self._git("cat-file", "-e", f"{commit}^{{commit}}") is None:
            return Quoted(link.url, *span, UNCHECKABLE, "", (), "the archive's repository has no such commit")
        data = self._git("cat-file", "blob", f"{commit}:{path}")
        if data is None:
            return Quoted(link.url, *span, WRONG, f"a file at {commit[:12]}", (), "no such file at that commit")
        own = self._figure(path)
        if own is not None and own != data:
            return Quoted(
                link.url, *span, WRONG, "the bundle's figure", (), "its bytes are not those of the bundle's figure"
            )
        return Quoted(
            link.url,
            *span,
            EXACT,
            "",
            (path,),
            "" if own is not None else "there at that commit; no bundle to compare with",
        )

    def _figure(self, path: str) -> bytes | None:
        own = self.figures / Path(path).name if self.figures is not None else None
        return own.read_bytes() if own is not None and own.is_file() else None

    def _git(self, *arguments: str) -> bytes | None:
        """What git says in the archive's folder, None where it refuses; nothing that a repository configures is run."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | ALONE
        try:
            done = subprocess.run(
                [*HARDENED, "-C", str(self.book.archives[0].root), *arguments],
                capture_output=True, timeout=TIMEOUT, check=False, env=environment, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout if done.returncode == 0 else None


def flat(text: str) -> str:
    """Text in a form in which the archive's and a report's can be compared: spaces, hidden characters, quotes."""
    told = HIDDEN.sub(lambda m: f"[U+{ord(m.group()):04X}]", text.replace("\r\n", "\n").replace("\r", "\n"))
    return " ".join(told.replace("’", "'").replace("‘", "'").split())


def _holds(text: str, parts: Sequence[str]) -> bool:
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def _is_about_words(around: str) -> bool:
    """Quotes of the report's own wording, or of what others said, are no answers of the model."""
    return (
        re.search(
            r"\b(?:called|so-called|titled|published|posted|claim(?:ed|s)?|headline|title|term|phrase|word(?:s"
            r"|ing)?)\b",
            around,
            re.I,
        )
        is not None
    )


def _line_around(source: str, at: int) -> str:
    end = source.find("\n", at)
    return source[source.rfind("\n", 0, at) + 1 : end if end >= 0 else len(source)]


def _named_file(archives: Sequence[RawArchive], line: str) -> tuple[RawArchive, str] | None:
    """The archive's file whose path the line names, the longest where several fit."""
    plain = line.replace("\\", "")
    fitting = [
        (a, path)
        for a in archives
        for path in a.digests
        if re.search(rf"(?:^|[/\s`|(]){re.escape(path)}(?![\w.])", plain)
    ]
    return max(fitting, key=lambda pair: len(pair[1]), default=None)
