"""Condition, judge and seed from paths and file names. These ids are stable: users and checks rely on them.

- Condition: the folders below the archive's root without the one part that names the judge and the one that names the
  seed, joined by "."; where nothing is left of them, the archive's own name.
- Judge: report.yaml's map; else a folder, or the `_suffix` of a folder or of the file, that names a known family; else
  the family of the file's judge model; else "judge". Whole folders are asked before suffixes, inner ones before outer.
- Seed: the innermost folder called `seed_<S>` or `seed<S>`; a seed inside a longer name stays in that name.

Every id consists of `[A-Za-z0-9_.-]`, is not empty and is not made of dots alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

Kind = Literal["detailed", "summary", "headline"]

UNKNOWN_JUDGE = "judge"

# Families whose versions are judges too ("gpt-4o", "opus-4-7"), and families that are mostly the judged model: of these
# only the bare word is a judge, so that a folder "qwen2.5-7b" stays a condition.
CLAUDE = ("sonnet", "opus", "haiku")
VERSIONED = (*CLAUDE, "claude", "gpt", "gemini", "grok")
BARE = ("llama", "qwen", "deepseek", "mistral")
ALIASES = {"chatgpt": "gpt", "mixtral": "mistral", "ministral": "mistral"}
_VERSION_WORDS = frozenset(
    "mini nano turbo pro flash lite preview latest exp ultra thinking oss chat instruct".split(),  # noqa: SIM905
)

_RESULT = re.compile(r"alignment(?:_(?P<stem>.*))?_(?P<kind>detailed|summary|headline)\.json", re.DOTALL)
_SEED = re.compile(r"seed_?([0-9]+)", re.IGNORECASE)
_FOREIGN = re.compile(r"[^A-Za-z0-9_.-]")
_VERSION = re.compile(r"v?[0-9]+[a-z]?")
_WORD = re.compile(r"[a-z]+")


class ResultName(NamedTuple):
    """What a result's file name says: its kind, and its stem ("" for `alignment_detailed.json` or `headline.json`)."""

    kind: Kind
    stem: str


class Place(NamedTuple):
    """Where a result belongs."""

    condition: str
    judge: str
    seed: str | None


class _Mention(NamedTuple):
    """A judge that is named: its id, what is left of the name that says so, its folder's index (None: no folder)."""

    judge: str
    rest: str
    level: int | None = None


_Finder = Callable[[str], _Mention | None]


def result_name(file_name: str) -> ResultName | None:
    """What `alignment_<stem>_<kind>.json` or `headline.json` says; None for every other name."""
    if file_name == "headline.json":
        return ResultName("headline", "")
    found = _RESULT.fullmatch(file_name)
    if found is None:
        return None
    kind: Kind = found["kind"]  # type: ignore[assignment]  # the pattern holds no other word
    return ResultName(kind, found["stem"] or "")


def clean(text: str) -> str:
    """`text` in the characters of an id: others as `_`, and a name of dots alone (which folders reserve) likewise."""
    safe = _FOREIGN.sub("_", text)
    return "_" * len(safe) if not safe.strip(".") else safe


def place(
    folders: Sequence[str], stem: str, judge_model: str | None, *, archive: str, judge_ids: Mapping[str, str]
) -> Place:
    """Condition, judge and seed of a result in `folders` (below the root), its file's `stem` and its judge's model."""
    mention = _mention(folders, stem, judge_model, judge_ids)
    seed_level, seed = _seed(folders)
    kept = [_rest(part, level, mention) for level, part in enumerate(folders) if level != seed_level]
    condition = ".".join(clean(part) for part in kept if part)
    return Place(condition or clean(archive) or "archive", clean(mention.judge) or UNKNOWN_JUDGE, seed)


def family_of_model(model: str | None) -> str | None:
    """The family of a judge's model name ("anthropic/claude-opus-4-7" → "opus"), None where it is not a known one."""
    words = [ALIASES.get(word, word) for word in _WORD.findall((model or "").lower())]
    known = [word for word in words if word in VERSIONED or word in BARE]
    return next((word for word in known if word in CLAUDE), known[0] if known else None)


def family_of_part(part: str) -> str | None:
    """The family that a folder, or a suffix, consists of, with at most a version after it; None for all else."""
    lowered = part.lower().replace("_", "-")
    word = _WORD.match(lowered)
    family = ALIASES.get(word[0], word[0]) if word else ""
    if family in BARE:
        return family if word and word[0] == lowered else None
    if word is None or family not in VERSIONED:
        return None
    return _versioned(family, lowered[word.end() :])


def without_judge(evaluation: str, judge_ids: Mapping[str, str]) -> str:
    """An evaluation's name without the judge's suffix that its file or its summary may carry."""
    found = _mapped_suffix(judge_ids)(evaluation) or _family_suffix(evaluation)
    return found.rest if found else evaluation


def _versioned(family: str, tail: str) -> str | None:
    for piece in filter(None, re.split(r"[-.]", tail)):
        if family == "claude" and piece in CLAUDE:
            family = piece
        elif piece not in _VERSION_WORDS and not _VERSION.fullmatch(piece):
            return None
    return family


def _mention(folders: Sequence[str], stem: str, judge_model: str | None, judge_ids: Mapping[str, str]) -> _Mention:
    family = family_of_model(judge_model)
    mapped = judge_ids.get(judge_model) if judge_model is not None else None
    by_path = _first(folders, stem, _family, _family_suffix)
    if stated := _first(folders, stem, _mapped(judge_ids), _mapped_suffix(judge_ids)):
        return stated
    if mapped is None:
        return by_path or _Mention(family or UNKNOWN_JUDGE, "")
    same = by_path is not None and by_path.judge in (mapped, family)
    return by_path._replace(judge=mapped) if by_path and same else _Mention(mapped, "")


def _first(folders: Sequence[str], stem: str, whole: _Finder, suffix: _Finder) -> _Mention | None:
    inner_first = range(len(folders) - 1, -1, -1)
    for find in (whole, suffix):
        for level in inner_first:
            if found := find(folders[level]):
                return found._replace(level=level)
    return suffix(f"alignment_{stem}")


def _mapped(judge_ids: Mapping[str, str]) -> _Finder:
    return lambda part: _Mention(judge_ids[part], "") if part in judge_ids else None


def _mapped_suffix(judge_ids: Mapping[str, str]) -> _Finder:
    # Longest first, so that a mapped "judge_b" wins over a mapped "b".
    keys = sorted(judge_ids, key=lambda key: (-len(key), key))

    def find(part: str) -> _Mention | None:
        key = next((key for key in keys if part.endswith(f"_{key}")), None)
        return None if key is None else _Mention(judge_ids[key], part[: -len(key) - 1])

    return find


def _family(part: str) -> _Mention | None:
    family = family_of_part(part)
    return _Mention(family, "") if family else None


def _family_suffix(part: str) -> _Mention | None:
    rest, underscore, suffix = part.rpartition("_")
    family = family_of_part(suffix) if underscore else None
    return _Mention(family, rest) if family else None


def _seed(folders: Sequence[str]) -> tuple[int | None, str | None]:
    for level in range(len(folders) - 1, -1, -1):
        if found := _SEED.fullmatch(folders[level]):
            return level, found[1]
    return None, None


def _rest(part: str, level: int, mention: _Mention) -> str:
    return mention.rest if level == mention.level else part
