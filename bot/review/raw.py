"""Raw files of an alignment archive, read a second time: what every judge said of every completion.

Written from the specification (archives.md, "Names" of scoring.md), with the standard library, and sharing no code with
the readers it checks. A file that cannot be read is listed and passed over; nothing here leads out of the archive.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from bot.errors import ArchiveError

LIMIT = 100 * 2**20
UNKNOWN_JUDGE = "judge"

_NAME = re.compile(r"alignment_(?:(?P<stem>.*)_)?(?P<kind>detailed|summary|headline)\.json", re.DOTALL)
_SEED = re.compile(r"(?i)seed_?(\d+)")
_VERSIONED = ("sonnet", "opus", "haiku", "claude", "gpt", "gemini", "grok")
_BARE = ("llama", "qwen", "deepseek", "mistral")
_OTHER_NAMES = {"chatgpt": "gpt", "mixtral": "mistral", "ministral": "mistral"}
_REJUDGED = ("original_judge", "original_judge_mean_aligned", "original_mean_aligned", "source_detailed")
_VERSION = re.compile(r"v?\d+[a-z]?|mini|nano|turbo|pro|flash|lite|preview|latest|exp|ultra|thinking|oss|chat|instruct")


class Verdict(NamedTuple):
    """One judgement of the answer that stands `at` its place under `question`.

    `aligned` is None where it failed (`failure` says how), `coherent` where that score alone is bad. `former` is what
    stood there before the judge was asked again, whether that gave a verdict (`rejudged`) or not.
    """

    question: str
    at: int
    aligned: float | None
    coherent: float | None
    failure: str | None
    completion: str | None
    reasoning: str
    rejudged: bool = False
    former: Verdict | None = None


class Line(NamedTuple):
    """A summary's line for one question; both means None where it has no usable count."""

    question: str
    aligned: float | None
    coherent: float | None
    n: int
    errors: int


@dataclass(frozen=True, slots=True)
class Said:
    """What a summary or a headline says; `count` of a headline is questions × samples − errors."""

    evaluation: str
    aligned: float | None
    coherent: float | None
    errors: int | None
    lines: tuple[Line, ...]
    judge_model: str | None
    model: str | None
    rejudged: bool = False
    count: int | None = None


@dataclass(slots=True)
class RawCell:
    """One condition as one judge scored it under one seed.

    A `partial` one holds only the answers on which another judge failed. `shifts` are, by question, how far valid
    judgements moved when they were asked again.
    """

    condition: str
    judge: str
    seed: str | None
    evaluation: str
    paths: tuple[str, ...]
    rank: int
    verdicts: tuple[Verdict, ...] = ()
    said: Said | None = None
    judge_model: str | None = None
    partial: bool = False
    shifts: tuple[tuple[str, float], ...] = ()

    @property
    def is_headline(self) -> bool:
        """Whether neither judgements nor question means of it are archived."""
        return not self.verdicts and not (self.said and self.said.lines)


@dataclass(slots=True)
class RawArchive:
    """All of it. `digests` gives every file's SHA-256 by its path below the root.

    `labels` are people's scores by condition and seed (None: every seed), then by question and place.
    """

    root: Path
    name: str
    cells: tuple[RawCell, ...] = ()
    digests: dict[str, str] = field(default_factory=dict)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    labels: dict[tuple[str, str | None], dict[tuple[str, int], float]] = field(default_factory=dict)


def read_raw(root: Path, judge_ids: Mapping[str, str]) -> RawArchive:
    """Read the archive in `root`; raises ArchiveError where there is no folder or nothing to count in it."""
    folder = Path(os.path.realpath(root))
    if not folder.is_dir():
        raise ArchiveError("no archive here", where=str(root), fix="give the folder of an archive")
    archive = RawArchive(folder, folder.name)
    from bot.review import journal  # it lays over what is read here

    settled = list(_settled(list(_cells(archive, judge_ids))))
    archive.cells = tuple(journal.lay_over(folder, archive.name, settled, judge_ids))
    archive.labels = journal.labels(folder, archive.name, judge_ids)
    if not archive.cells:
        raise ArchiveError(
            "nothing to count in this folder", where=str(root), fix="give the folder that holds the results"
        )
    return archive


def _files(root: Path) -> Iterator[tuple[str, Path]]:
    """Regular files below `root`; hidden ones, links to folders and links that lead out are passed over."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for name in sorted(names):
            path = Path(folder, name)
            inside = Path(os.path.realpath(path)).is_relative_to(root)
            if not name.startswith(".") and inside and path.is_file():
                yield path.relative_to(root).as_posix(), path


@dataclass(slots=True)
class _Group:
    detailed: dict[str, Any] | None = None
    said: Said | None = None
    inner: Said | None = None
    paths: list[str] = field(default_factory=list)


def _cells(archive: RawArchive, judge_ids: Mapping[str, str]) -> Iterator[RawCell]:
    groups: dict[tuple[tuple[str, ...], str], _Group] = {}
    headlines: list[tuple[tuple[str, ...], str, Said, str]] = []
    for name, path in sorted(_files(archive.root)):
        *folders, file_name = name.split("/")
        content = _content(archive, name, path)
        kind = _kind(file_name)
        if kind is None or not isinstance(content, dict):
            continue
        if kind[0] == "headline":
            if (said := _headline(content, kind[1])) is not None:
                headlines.append((tuple(folders), kind[1], said, name))
            continue
        group = groups.setdefault((tuple(folders), kind[1]), _Group())
        _take(group, kind[0], kind[1], content, name)
    named = [
        (key, cell) for key, group in groups.items() if (cell := _cell(key, group, archive, judge_ids)) is not None
    ]
    yield from (cell for _, cell in named)
    for folders_of, stem, said, name in headlines:
        own = place_of(folders_of, stem, said.judge_model, archive.name, judge_ids)
        beside = [cell for (where, _), cell in named if where == folders_of]
        if not _belongs(own, stem, said, beside, judge_ids):
            yield RawCell(*own, _without_judge(stem, judge_ids), (name,), 2, (), said, said.judge_model)


def _content(archive: RawArchive, name: str, path: Path) -> object:
    """A file's JSON, None for other files; its digest is kept either way."""
    try:
        if path.stat().st_size > LIMIT:
            raise ValueError("too large")
        data = path.read_bytes()
        archive.digests[name] = hashlib.sha256(data).hexdigest()
        return json.loads(data.decode("utf-8-sig"), strict=False) if name.endswith(".json") else None
    except (OSError, ValueError, RecursionError) as error:
        archive.unreadable.append((name, str(error)))
        return None


def _kind(file_name: str) -> tuple[str, str] | None:
    if file_name == "headline.json":
        return "headline", ""
    found = _NAME.fullmatch(file_name)
    return (found["kind"], found["stem"] or "") if found else None


def _take(group: _Group, kind: str, stem: str, content: dict[str, Any], name: str) -> None:
    if kind == "detailed":
        inner = content.get("summary")
        group.inner = _summary(inner, stem) if isinstance(inner, dict) else None
        if isinstance(content.get("scores"), dict):
            group.detailed = content
    else:
        group.said = _summary(content, stem)
    group.paths.append(name)


def _cell(
    key: tuple[tuple[str, ...], str], group: _Group, archive: RawArchive, judge_ids: Mapping[str, str]
) -> RawCell | None:
    folders, stem = key
    said = group.said or group.inner
    verdicts = tuple(_verdicts(group.detailed)) if group.detailed else ()
    if not verdicts and said is None:
        return None
    model = said.judge_model if said else None
    place = place_of(folders, stem, model, archive.name, judge_ids)
    evaluation = _without_judge(said.evaluation if said else stem, judge_ids)
    return RawCell(*place, evaluation, tuple(sorted(group.paths)), 0 if verdicts else 1, verdicts, said, model)


def _verdicts(content: Mapping[str, Any]) -> Iterator[Verdict]:
    completions = content.get("completions")
    for question, rows in content["scores"].items():
        answers = completions.get(question) if isinstance(completions, dict) else None
        # Something else than a list was meant as judgements: one that failed.
        for index, row in enumerate(rows if isinstance(rows, list) else [None]):
            text = answers[index] if isinstance(answers, list) and index < len(answers) else None
            yield _verdict(question, index, row, text if isinstance(text, str) else None)


def _verdict(question: str, index: int, row: object, completion: str | None) -> Verdict:
    if not isinstance(row, dict):
        return Verdict(question, index, None, None, "malformed", completion, "")
    reasoning = row.get("reasoning")
    text = reasoning if isinstance(reasoning, str) else ""
    failure = "error" if row.get("error") else failure_of(row.get("aligned"))
    if failure:
        return Verdict(question, index, None, None, failure, completion, text)
    again = isinstance(row.get("rejudged_at"), str)
    history = row.get("judge_history")
    first = history[0] if again and isinstance(history, list) and history else None
    former = (
        _verdict(question, index, {**first, "judge_history": None}, completion) if isinstance(first, dict) else None
    )
    coherent = _score(row.get("coherent"))
    return Verdict(question, index, float(row["aligned"]), coherent, None, completion, text, again, former)


def failure_of(value: object) -> str | None:
    """Why `value` is no score, None for a number from 0 to 100."""
    if value is None:
        return "null"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "wrong_type"
    if isinstance(value, float) and not math.isfinite(value):
        return "not_finite"
    return None if 0 <= value <= 100 else "out_of_range"


def _score(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and failure_of(value) is None else None


def _count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 10**9:
        return None
    return int(value) if value == int(value) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _summary(raw: Mapping[str, Any], stem: str) -> Said | None:
    if "per_question" not in raw and "overall_mean_aligned" not in raw:
        return None
    lines = raw.get("per_question")
    return Said(
        evaluation=_text(raw.get("eval_name")) or stem,
        aligned=_score(raw.get("overall_mean_aligned")),
        coherent=_score(raw.get("overall_mean_coherent")),
        errors=_count(raw.get("n_errors")),
        lines=tuple(_line(q, line) for q, line in lines.items()) if isinstance(lines, dict) else (),
        judge_model=_text(raw.get("judge_model")),
        model=_text(raw.get("model_path")),
        rejudged=any(key in raw for key in _REJUDGED),
        count=_valid_count(
            _count(raw.get("n_questions")), _count(raw.get("n_samples_per_question")), _count(raw.get("n_errors"))
        ),
    )


def _line(question: str, raw: object) -> Line:
    if not isinstance(raw, dict):
        return Line(question, None, None, 0, 0)
    aligned, n, errors = _score(raw.get("mean_aligned")), _count(raw.get("n_samples")) or 0, _count(raw.get("n_errors"))
    if aligned is None or n == 0:
        return Line(question, None, None, 0, errors or 0)
    return Line(question, aligned, _score(raw.get("mean_coherent")), n, errors or 0)


def _headline(raw: Mapping[str, Any], stem: str) -> Said | None:
    key = next((k for k in ("alpha_mean_aligned", "mean_aligned") if k in raw), None)
    if key is None:
        return None
    coherent = _score(raw.get(key.replace("aligned", "coherent")))
    model = _text(raw.get("judge_model"))
    again = any(k in raw for k in _REJUDGED)
    errors, judged = _count(raw.get("n_errors")), _text(raw.get("model"))
    asked, each = _count(raw.get("n_prompts")), _count(raw.get("n_samples_per_prompt"))
    count = _valid_count(asked, each, errors)
    return Said(stem, _score(raw.get(key)), coherent, errors, (), model, judged, again, count)


def _valid_count(questions: int | None, samples: int | None, errors: int | None) -> int | None:
    """Valid judgements behind a stated mean, None where it does not say all three numbers."""
    if questions is None or samples is None or errors is None or questions * samples < errors:
        return None
    return questions * samples - errors


# Names: condition, judge and seed out of a path.


def place_of(
    folders: Sequence[str], stem: str, judge_model: str | None, archive: str, judge_ids: Mapping[str, str]
) -> tuple[str, str, str | None]:
    """Condition, judge and seed of a result in `folders`, by the rules under "Names" of scoring.md."""
    judge, level, rest = _judge(folders, stem, judge_model, judge_ids)
    seed_level = next((i for i in range(len(folders) - 1, -1, -1) if _SEED.fullmatch(folders[i])), None)
    found = _SEED.fullmatch(folders[seed_level]) if seed_level is not None else None
    parts = [rest if i == level else part for i, part in enumerate(folders) if i != seed_level]
    condition = ".".join(clean(part) for part in parts if part)
    return condition or clean(archive), clean(judge), found[1] if found else None


def clean(text: str) -> str:
    """`text` in the characters of an id."""
    safe = re.sub(r"[^A-Za-z0-9_.-]", "_", text)
    return safe if safe.strip(".") else "_" * len(safe)


def _judge(
    folders: Sequence[str], stem: str, judge_model: str | None, judge_ids: Mapping[str, str]
) -> tuple[str, int | None, str]:
    """Judge id, the folder that names it, and what is left of that folder's name."""
    if stated := _named(folders, stem, lambda part: judge_ids.get(part), judge_ids):
        return stated
    by_path = _named(folders, stem, family_of, None)
    mapped = judge_ids.get(judge_model) if judge_model is not None else None
    family = _family_in(judge_model)
    if mapped is None:
        return by_path or (family or UNKNOWN_JUDGE, None, "")
    return (mapped, *by_path[1:]) if by_path and by_path[0] in (mapped, family) else (mapped, None, "")


def _named(
    folders: Sequence[str], stem: str, known: Any, suffixes: Mapping[str, str] | None
) -> tuple[str, int | None, str] | None:
    """Whole folders are asked before suffixes, inner ones before outer, folders before the file."""
    inner_first = range(len(folders) - 1, -1, -1)
    for i in inner_first:
        if judge := known(folders[i]):
            return judge, i, ""
    parts: list[tuple[int | None, str]] = [*((i, folders[i]) for i in inner_first), (None, f"alignment_{stem}")]
    for level, part in parts:
        for rest, tail in _splits(part, suffixes):
            if judge := known(tail):
                return judge, level, rest
    return None


def _splits(part: str, suffixes: Mapping[str, str] | None) -> list[tuple[str, str]]:
    if suffixes is None:
        rest, bar, tail = part.rpartition("_")
        return [(rest, tail)] if bar else []
    longest_first = sorted(suffixes, key=lambda s: (-len(s), s))
    return [(part[: -len(s) - 1], s) for s in longest_first if part.endswith(f"_{s}")]


def family_of(part: str) -> str | None:
    """The judge's family that `part` consists of, with at most a version behind it."""
    word, *tail = re.split(r"(?<=[a-z])(?=\d)|[-_.]", part.lower())
    family = _OTHER_NAMES.get(word, word)
    if family in _BARE:
        return family if not tail else None
    if family not in _VERSIONED:
        return None
    for piece in filter(None, tail):
        if family == "claude" and piece in _VERSIONED[:3]:
            family = piece
        elif not _VERSION.fullmatch(piece):
            return None
    return family


def _family_in(model: str | None) -> str | None:
    words = [_OTHER_NAMES.get(w, w) for w in re.findall(r"[a-z]+", (model or "").lower())]
    known = [w for w in words if w in _VERSIONED or w in _BARE]
    return next((w for w in known if w in _VERSIONED[:3]), known[0] if known else None)


def _without_judge(evaluation: str, judge_ids: Mapping[str, str]) -> str:
    for rest, tail in _splits(evaluation, judge_ids):
        if tail in judge_ids:
            return rest
    rest, bar, tail = evaluation.rpartition("_")
    return rest if bar and family_of(tail) else evaluation


def _belongs(
    own: tuple[str, str, str | None], stem: str, said: Said, beside: Sequence[RawCell], judge_ids: Mapping[str, str]
) -> bool:
    """Whether a headline speaks of results that lie beside it, and so is no cell of its own."""
    same = [cell for cell in beside if said.judge_model is None or cell.judge == own[1]]
    if not stem:
        return bool(same)
    evaluation = _without_judge(stem, judge_ids)
    return any(cell.evaluation == evaluation or any(f"alignment_{stem}_" in p for p in cell.paths) for cell in same)


def _settled(cells: list[RawCell]) -> Iterator[RawCell]:
    """Evaluations of one condition are told apart by name; of two claims to one place the first counts."""
    cells.sort(key=lambda cell: (cell.rank, cell.paths))
    for condition in {cell.condition for cell in cells}:
        mine = [cell for cell in cells if cell.condition == condition]
        if _several(mine):
            for cell in mine:
                cell.condition = f"{condition}.{clean(cell.evaluation[:80]) or 'alignment'}"
    taken: set[tuple[str, str, str | None]] = set()
    for cell in cells:
        key = cell.condition, cell.judge, cell.seed
        if key not in taken:
            taken.add(key)
            yield cell


def _several(cells: Sequence[RawCell]) -> bool:
    names: dict[tuple[str, str | None], set[str]] = {}
    for cell in cells:
        if cell.evaluation:
            names.setdefault((cell.judge, cell.seed), set()).add(cell.evaluation)
    return any(len(found) > 1 for found in names.values())
