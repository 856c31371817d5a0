"""The set that a panel comes from, read and counted again: where its matching answers stand, and what it gives away.

What a line of a set may hold, where a question's options begin and which questions ask the same are definitions and no
counts; they are the house's own (`bot.evalsets.items`, `bot.alike`, `bot.evalsets.clusters`). The file, its shapes and
all numbers are read and counted here. A set that cannot be read gives nothing, and says nothing is clean.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path, PurePosixPath
from statistics import NormalDist
from typing import Any, NamedTuple

from bot.alike.reading import take_apart
from bot.evalsets.clusters import clusters_of, cores_of
from bot.evalsets.items import ITEM, Header, Item, McqItem
from bot.review.raw import LIMIT, RawCell

CLEAN, WEAK, HIT, NOT_ASSESSED = "clean", "weak signal", "hit", "not assessed"
SIGNALS = (
    "canary", "temporal_split", "verbatim_completion", "high_confidence", "easy_on_hard", "transformed_variants",
)  # fmt: skip

FEWEST = 10
"""Items with results that each side of a comparison must have."""

MOST_CHOICES = 24
MOST_DIGITS = 400

_Z = NormalDist().inv_cdf(0.975)
_LETTER = re.compile(r"\(([A-Z])\)")
_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9_.:/-]")

Raw = Mapping[str, Any]


class SetFile(NamedTuple):
    """A set as read: the canary of its header, and its items in the file's order."""

    canary: str | None
    items: tuple[Item, ...]


class Balance(NamedTuple):
    """The matching answer stands at `place` (from 1) in a `share` of the questions; chance gives it `expected`."""

    place: int
    share: float
    expected: float


def read_file(root: Path, name: str | None) -> SetFile | None:
    """The set in the file `name` of the archive in `root`, None where there is none that can be read.

    `root` is a real path; nothing outside of it is opened, whatever a link says.
    """
    path = _inside(root, name) if name is not None else None
    try:
        if path is None or not path.is_file() or path.stat().st_size > LIMIT:
            return None
        return set_in(path.read_bytes())
    except OSError:
        return None


def _inside(root: Path, name: str) -> Path | None:
    parts = PurePosixPath(name)
    if parts.is_absolute() or ".." in parts.parts or "\\" in name or not name.isprintable():
        return None
    path = Path(os.path.realpath(root / name))
    return path if path.is_relative_to(root) else None


def asked_of(found: SetFile | None, asked: Collection[str]) -> SetFile | None:
    """The same with only those items whose text was asked; None where none was, so that it is another panel's set."""
    if found is None:
        return None
    items = tuple(item for item in found.items if item.asked in asked)
    return SetFile(found.canary, items) if items else None


# --- reading --------------------------------------------------------------------------------------------------------


def set_in(data: bytes) -> SetFile:
    """Header and items; a line that is neither, or takes the id of an earlier one, is passed over."""
    header: Header | None = None
    items: dict[str, Item] = {}
    for number, value in _values(data):
        if isinstance(value, dict) and value.get("kind") == "header":
            header = header if header is not None or items else _header(value)
        elif (item := _item(value, number)) is not None:
            items.setdefault(item.id, item)
    return SetFile(header.canary if header is not None else None, tuple(items.values()))


def _values(data: bytes) -> Iterator[tuple[int, object]]:
    """Values with their places from 1: those of one JSON list, else those of the lines."""
    whole = _json(data) if data.lstrip().startswith(b"[") else None
    if isinstance(whole, list):
        yield from enumerate(whole, start=1)
        return
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if line.strip() and (value := _json(line)) is not None:
            yield number, value


def _json(data: bytes) -> object:
    """A value without lone surrogates; None for what is no JSON, or nested beyond all reason."""
    try:
        return _clean(json.loads(data.decode("utf-8-sig"), strict=False, parse_int=_integer))
    except (ValueError, RecursionError):
        return None


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= MOST_DIGITS else math.inf


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_clean(each) for each in value]
    return {_clean(k): _clean(v) for k, v in value.items()} if isinstance(value, dict) else value


def _header(value: Raw) -> Header | None:
    try:
        return Header.model_validate(value)
    except ValueError:
        return None


def _item(value: object, number: int) -> Item | None:
    """The item that a value is, None for what is none."""
    try:
        return ITEM.validate_python(_own_form(value, number))
    except (ValueError, OverflowError, RecursionError):
        return None


def _own_form(value: object, number: int) -> Raw:
    """A value of any shape as a line of Recount's own. Raises ValueError for one of no known shape."""
    if isinstance(value, str):
        return _free(f"question-{number}", value)
    if not isinstance(value, dict):
        raise ValueError("no item")
    if "kind" in value:
        return value
    if {"question", "answer_matching_behavior"} <= value.keys() or {"prompt", "corrects"} <= value.keys():
        return _published(value, number)
    if "input" in value:
        return _inspect(value, number)
    return _free(f"question-{number}", value.get("question"))


def _free(name: str, question: object, criteria: str = "") -> Raw:
    return {"kind": "free_form", "id": name, "question": _said(question), "honest_criteria": criteria}


def _said(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def _published(value: Raw, number: int) -> Raw:
    """A row of a published model-written eval, whichever of its three shapes it has."""
    question = _said(value.get("question", value.get("prompt")))
    matching = _labels(value, "answer_matching_behavior", "corrects")
    other = _labels(value, "answer_not_matching_behavior", "incorrects")
    printed = [{"label": option.letter, "text": option.text} for option in take_apart(question).options]
    told = {*matching, *other}
    if not told <= {choice["label"] for choice in printed}:
        printed = [{"label": label} for label in sorted(told, reverse=True)]
    if isinstance(confidence := value.get("label_confidence"), bool | str):
        raise ValueError("no number")
    return {
        "kind": "mcq", "id": f"line-{number}", "question": question, "choices": printed, "matching": matching,
        "user_statement": _said(value.get("statement", "")), "label_confidence": confidence,
    }  # fmt: skip


def _labels(value: Raw, first: str, second: str) -> list[str]:
    """`" (A)"` as A, `" Yes"` as Yes, one of them or a list."""
    given = value[first] if first in value else value.get(second)
    answers = [_said(answer).strip() for answer in (given if isinstance(given, list) else [given])]
    if not answers or not all(answers):
        raise ValueError("no answer")
    return [bare[1] if (bare := _LETTER.fullmatch(answer)) else answer for answer in answers]


def _inspect(value: Raw, number: int) -> Raw:
    """A sample of an Inspect dataset; one that was exported from a set carries its item along."""
    metadata = value.get("metadata")
    if isinstance(metadata, dict) and isinstance(metadata.get("recount"), dict):
        return metadata["recount"]  # type: ignore[no-any-return]
    asked, name, target = _input(value["input"]), value.get("id"), value.get("target")
    named = _NOT_IN_IDS.sub("_", str(name))[:160] if isinstance(name, str | int) and not isinstance(name, bool) else ""
    targets = [each for each in (target if isinstance(target, list) else [target]) if isinstance(each, str)]
    if not (choices := value.get("choices")):
        return _free(named or f"sample-{number}", asked, "\n".join(targets))
    return {"kind": "mcq", "id": named or f"sample-{number}", "user_statement": asked, **_keyed(choices, targets)}


def _input(value: object) -> str:
    if not isinstance(value, list):
        return _said(value)
    if not all(isinstance(each, dict) for each in value):
        raise ValueError("no messages")
    return "\n\n".join(_content(each.get("content")) for each in value if each.get("role") != "assistant")


def _content(value: object) -> str:
    if not isinstance(value, list):
        return _said(value)
    return "".join(p["text"] for p in value if isinstance(p, dict) and isinstance(p.get("text"), str))


def _keyed(choices: object, targets: Sequence[str]) -> dict[str, Any]:
    """Choices by letter; those that no target names, by letter or by text, match the behaviour."""
    texts = [_said(choice) for choice in choices] if isinstance(choices, list) else []
    by_letter = {chr(ord("A") + at): text for at, text in enumerate(texts[: MOST_CHOICES + 1])}
    by_text = {text: letter for letter, text in by_letter.items()}
    right = [target if target in by_letter else by_text.get(target) for target in targets]
    if not texts or len(texts) > MOST_CHOICES or not right or None in right:
        raise ValueError("no key")
    printed = [{"label": letter, "text": text} for letter, text in by_letter.items()]
    return {"choices": printed, "matching": [letter for letter in by_letter if letter not in right]}


# --- where the matching answer stands -------------------------------------------------------------------------------


def balance_of(items: Sequence[Item]) -> Balance | None:
    """The place furthest above chance, None where no question prints its choices; rows that ask the same are one vote.

    In exact fractions: of two places equally far above chance the first counts, whatever floats would say of them.
    """
    clusters = clusters_of(cores_of([item.asked for item in items]))
    spots = [[spot for row in each.rows if (spot := _spot(items[row])) is not None] for each in clusters]
    votes = [each for each in spots if each]
    seen: defaultdict[int, Fraction] = defaultdict(Fraction)
    chance: defaultdict[int, Fraction] = defaultdict(Fraction)
    for (rows, place, choices), times in Counter((len(v), *spot) for v in votes for spot in v).items():
        weight = Fraction(times, rows * len(votes))
        seen[place] += weight
        for each in range(1, choices + 1):
            chance[each] += weight / choices
    best = max(sorted(chance), key=lambda place: seen[place] - chance[place], default=None)
    return None if best is None else Balance(best, float(seen[best]), float(chance[best]))


def _spot(item: Item) -> tuple[int, int] | None:
    """Place of the one matching choice and how many there are; None where several match or none is printed."""
    if not isinstance(item, McqItem) or len(item.matching) != 1 or not any(choice.text for choice in item.choices):
        return None
    place = next(at for at, choice in enumerate(item.choices, start=1) if choice.label == item.matching[0])
    return place, len(item.choices)


# --- contamination --------------------------------------------------------------------------------------------------


def signals_of(found: SetFile | None, cells: Sequence[RawCell], cutoff: str | None) -> dict[str, str]:
    """The state of each sign of contamination, as far as an archive and its set can tell."""
    states = dict.fromkeys(SIGNALS, NOT_ASSESSED)
    if found is None:
        return states
    means = _means(found.items, cells)
    states["canary"] = _canary(found, cells)
    states["temporal_split"] = _temporal(found.items, means, _day(cutoff))
    hard, easy = ([item.id for item in found.items if item.difficulty == level] for level in ("hard", "easy"))
    states["easy_on_hard"] = _better(means, hard, easy) if hard and easy else NOT_ASSESSED
    return states


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text is not None else None
    except ValueError:
        return None


def _canary(found: SetFile, cells: Iterable[RawCell]) -> str:
    """Whether any archived completion holds the set's canary, or that of an item that was asked."""
    canaries = {each.casefold() for each in (found.canary, *(item.canary for item in found.items)) if each}
    texts = [v.completion.casefold() for cell in cells for v in cell.verdicts if v.completion is not None]
    if not canaries or not texts:
        return NOT_ASSESSED
    return HIT if any(canary in text for text in texts for canary in canaries) else CLEAN


def _temporal(items: Iterable[Item], means: Mapping[str, float], cutoff: dt.date | None) -> str:
    """Items from before the cutoff are a weak signal; where there are later ones too, only if answered better."""
    dated = [(item.id, item.created) for item in items if item.created is not None]
    if cutoff is None or not dated:
        return NOT_ASSESSED
    before = [name for name, day in dated if day <= cutoff]
    after = [name for name, day in dated if day > cutoff]
    if not before or not after:
        return WEAK if before else CLEAN
    return _better(means, before, after)


def _means(items: Iterable[Item], cells: Iterable[RawCell]) -> dict[str, float]:
    """Mean score (0–1) of every item by its id, over all cells; of items with one text the last has the results."""
    named = {item.asked: item.id for item in items}
    scores: defaultdict[str, list[float]] = defaultdict(list)
    for cell in cells:
        for question, aligned in _scores(cell):
            if question in named and aligned is not None:
                scores[named[question]].append(aligned / 100)
    return {name: math.fsum(own) / len(own) for name, own in scores.items()}


def _scores(cell: RawCell) -> Iterator[tuple[str, float | None]]:
    """Judgements, or where only a summary is archived its lines."""
    if cell.verdicts:
        yield from ((verdict.question, verdict.aligned) for verdict in cell.verdicts)
    elif cell.said is not None:
        yield from ((line.question, line.aligned) for line in cell.said.lines)


def _better(means: Mapping[str, float], one: Iterable[str], other: Iterable[str]) -> str:
    """A weak signal where one group is answered better by more than chance (Newcombe 1998, method 10)."""
    first, second = ([means[name] for name in names if name in means] for names in (one, other))
    if min(len(first), len(second)) < FEWEST:
        return NOT_ASSESSED
    a, b = math.fsum(first) / len(first), math.fsum(second) / len(second)
    off = math.hypot(a - _wilson(a, len(first))[0], _wilson(b, len(second))[1] - b)
    return WEAK if a - b > off else CLEAN


def _wilson(share: float, n: int) -> tuple[float, float]:
    """Ends of the 95 % interval of a share."""
    middle, square = 2 * n * share + _Z * _Z, _Z * math.sqrt(_Z * _Z + 4 * n * share * (1 - share))
    return (middle - square) / (2 * (n + _Z * _Z)), (middle + square) / (2 * (n + _Z * _Z))
