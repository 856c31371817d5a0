"""A question taken apart: its stem, its options, and the words both are made of."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

_BRACKETED = re.compile(r"(?<![\w(])\(([A-H])\)")
_AT_LINE_START = re.compile(r"(?m)^[ \t]{0,12}(?:[-*][ \t]{1,4})?([A-H])[.):][ \t]{1,12}")
_CALLED_CHOICES = re.compile(r"[\s*_#(:]*\b(?:choices|choises|options|answers)\b[\s*_):]*$", re.IGNORECASE)
_ASKS_FOR_ANSWER = re.compile(r"\s*\b(?:answer|your answer|assistant)\s*:\s*\(?\s*$", re.IGNORECASE)
_FENCE = re.compile(r"(?m)^[ \t]{0,8}(?:human|user|question|q)[ \t]{0,8}:[ \t]{0,8}", re.IGNORECASE)
_NUMBERING = re.compile(r"^\s*(?:\(?\d{1,3}[.):]|[-*#]+)\s+")
_COUNTRY = re.compile(r"\bU\.?S\.?(?:A\.?)?(?![\w])")
_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)*")
_QUOTES = str.maketrans(dict.fromkeys("‘’ʼ`´", "'") | dict.fromkeys("“”„«»", '"'))

LETTERS = "ABCDEFGH"
TAIL = 60
"""Only so many signs at the end of a text are searched for a trailing label, however long the text is."""

IRREGULAR = {"won't": ("will", "not"), "can't": ("can", "not"), "cannot": ("can", "not"), "shan't": ("shall", "not")}
ENDINGS = {"n't": "not", "'re": "are", "'m": "am", "'ll": "will", "'ve": "have", "'d": "would"}


def bag(listed: str) -> frozenset[str]:
    """The words of a list in one line."""
    return frozenset(listed.split())


class Option(NamedTuple):
    """One answer to choose: its letter ("A") and its text."""

    letter: str
    text: str


class Asked(NamedTuple):
    """A question as asked: what stands before the options, and the options in their order (none for a free one)."""

    stem: str
    options: tuple[Option, ...] = ()


def take_apart(question: str) -> Asked:
    """Stem and options of a question; a question without a run of options from A on is all stem."""
    marks = _run_from_a(list(_BRACKETED.finditer(question))) or _run_from_a(list(_AT_LINE_START.finditer(question)))
    if not marks:
        return Asked(_without_heads(_cut(_ASKS_FOR_ANSWER, question)))
    ends = [mark.start() for mark in marks[1:]] + [len(question)]
    texts = [question[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)]
    texts[-1] = _cut(_ASKS_FOR_ANSWER, texts[-1]).strip()
    options = tuple(Option(mark[1], text) for mark, text in zip(marks, texts, strict=True))
    return Asked(_without_heads(_cut(_CALLED_CHOICES, question[: marks[0].start()])), options)


def _cut(label: re.Pattern[str], text: str) -> str:
    """`text` without a label at its end."""
    text = text.rstrip()
    return text[:-TAIL] + label.sub("", text[-TAIL:])


def _run_from_a(marks: list[re.Match[str]]) -> list[re.Match[str]]:
    """The last run A, B, … of at least two: a text may speak of `(A)` before it lists it."""
    for start in range(len(marks) - 2, -1, -1):
        run = list(takewhile(_in_order, zip(marks[start : start + len(LETTERS)], LETTERS, strict=False)))
        if len(run) > 1:
            return [mark for mark, _ in run]
    return []


def _in_order(pair: tuple[re.Match[str], str]) -> bool:
    return pair[0][1] == pair[1]


def _without_heads(stem: str) -> str:
    return _NUMBERING.sub("", _FENCE.sub("", stem)).strip()


@lru_cache(maxsize=65_536)
def words(text: str) -> tuple[str, ...]:
    """Words and numbers in lower case; contractions in full (`don't` as do, not), U.S. as `usa`, no punctuation."""
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    plain = _COUNTRY.sub("USA", plain).replace(",000", "000").casefold()
    return tuple(part for word in _WORD.findall(plain) for part in _in_full(word))


def _in_full(word: str) -> tuple[str, ...]:
    if "'" not in word and word != "cannot":
        return (word,)
    if word in IRREGULAR:
        return IRREGULAR[word]
    for ending, full in ENDINGS.items():
        if word.endswith(ending) and len(word) > len(ending):
            return (word.removesuffix(ending), full)
    return ("let", "us") if word == "let's" else (word.removesuffix("'s"),)


def canonical(question: str) -> str:
    """A question's words with its options sorted: the same text whatever the order of its options."""
    asked = take_apart(question)
    options = sorted(" ".join(words(option.text)) for option in asked.options)
    return " | ".join([" ".join(words(asked.stem)), *options])
