"""The harness's logs of a sweep: what each run scored, also those never archived, and which runs the harness lost.

Result lines count runs from 1, ERROR lines from 0; records count from 0. Only lines that start as the harness starts
them are taken: what an agent printed into the log further right is no result. Every other line is passed over.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.archives.files import CannotRead, printable, reason_of
from bot.archives.sweep_records import SHORT, HarnessError, Log, LogLine
from bot.errors import ArchiveError

LIMIT = 2**30

# How a label fits a model's folder, clearest first. Both are cut into words and numbers: opus46 is (opus, 46), and
# anthropic_claude-opus-4-6 is (anthropic, claude, opus, 46).
FITS = {
    "whole": "the same words",
    "end": "the folder ends with the label's words",
    "part": "the label's words stand together in the folder's",
    "in order": "the label's words stand in the folder's, in this order",
    "abbreviation": "words that stand together in the folder's begin with the label's, and the numbers are the same",
}

_LINES = (
    rb"^(?:"
    rb"\[([0-9]{1,7})/([0-9]{1,7})\] (\S{1,200}) \(tier[0-9]{1,3}/[^()\n]{1,100}\) "
    rb"run ([1-9][0-9]{0,5}): ([-+~]) (0\.[0-9]{1,6}|1\.0{1,6})((?: [CTBJ]=[01]\.[0-9]{1,6}){0,4})"
    rb"|(?:[0-9][0-9T:.,Z+ -]{0,40} )?ERROR clawbench\.harness: Run (\S{1,200})/([0-9]{1,6}) failed([^\r\n]*)"
    rb")"
)
_PREFIX = re.compile(r"^docker[_-]", re.IGNORECASE)
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[._-](?=[0-9])")
_WORDS = re.compile(r"[0-9]+|[^\W\d_]+")

_OPEN_FLAGS = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))


def read_log(path: Path, root: Path) -> Log:
    """The log at `path`, not yet matched, under its file name. Links lead inside `root` only. Raises CannotRead."""
    target = _followed(path, root)
    try:
        with _mapped(target) as data:
            return _parsed(data, printable(path.name))
    except OSError as error:
        raise CannotRead(reason_of(error)) from error


def label_of(path: Path, tag: str) -> str:
    """What a log's file name says of its model: `docker_opus46_v2026-4-19-full.log` gives opus46."""
    stem = _PREFIX.sub("", printable(path.name).removesuffix(".log"))
    return stem.replace(printable(tag), "").strip("_-. ")


def match_logs(
    logs: Sequence[Log], models: Sequence[str], declared: Mapping[str, str] | None = None
) -> dict[str, tuple[str, str]]:
    """Which model each log belongs to: path to (model folder, "declared" or a key of FITS), for logs that fit any.

    `declared` maps model folders to file names of logs. For the others the clearest fit counts; a log that fits one
    model only has that model before a log that fits others too. Raises ArchiveError where a log fits two models equally
    well, where two logs fit one, and where a declared log is not there exactly once.
    """
    declared = declared or {}
    found = {_declared_log(name, logs): (model, "declared") for model, name in declared.items() if model in models}
    open_logs = [log for log in logs if log.path not in found]
    fits = {log.path: _fits(log.label, [model for model in models if model not in declared]) for log in open_logs}
    for path, each in fits.items():
        _clearest(path, each)
    _take(found, {path: each for path, each in fits.items() if len(each) == 1})
    taken = {model for model, _ in found.values()}
    rest = {
        path: {m: fit for m, fit in each.items() if m not in taken} for path, each in fits.items() if path not in found
    }
    _take(found, {path: each for path, each in rest.items() if each})
    return found


def fit_of(label: str, model: str) -> str | None:
    """How `label` fits the model's folder, a key of FITS; None where it does not."""
    said, words = _words(label), _words(model)
    if not said:
        return None
    if said == words:
        return "whole"
    if words[-len(said) :] == said:
        return "end"
    together = [words[at : at + len(said)] for at in range(len(words) - len(said) + 1)]
    if said in together:
        return "part"
    left = iter(words)
    if all(each in left for each in said):
        return "in order"
    return "abbreviation" if any(_abbreviates(said, words) for words in together) else None


# --- matching -------------------------------------------------------------------------------------------------------


def _words(name: str) -> list[str]:
    return _WORDS.findall(_BETWEEN_DIGITS.sub("", name.lower()))


def _abbreviates(said: Sequence[str], words: Sequence[str]) -> bool:
    return all(
        word == each or (not each.isdecimal() and word.startswith(each)) for each, word in zip(said, words, strict=True)
    )


def _fits(label: str, models: Sequence[str]) -> dict[str, str]:
    return {model: fit for model in models if (fit := fit_of(label, model)) is not None}


def _clearest(path: str, fits: Mapping[str, str]) -> list[str]:
    """The models that fit best: one or none."""
    best = next((kind for kind in FITS if kind in fits.values()), None)
    models = [model for model, fit in fits.items() if fit == best]
    if len(models) > 1:
        raise ArchiveError(f"this log fits {len(models)} models equally well: {_listed(models)}", where=path, fix=_FIX)
    return models


def _take(found: dict[str, tuple[str, str]], fits: Mapping[str, Mapping[str, str]]) -> None:
    owner: dict[str, str] = {}
    for path, each in fits.items():
        for model in _clearest(path, each):
            if model in owner:
                raise ArchiveError(
                    f"two logs fit the model {printable(model)}: {owner[model]} and this one", where=path, fix=_FIX
                )
            owner[model] = path
            found[path] = (model, each[model])


def _declared_log(name: str, logs: Sequence[Log]) -> str:
    """The path of the one log of this file name, which may come with folders in front of it."""
    paths = [log.path for log in logs if f"/{log.path}".endswith(f"/{name}")]
    if len(paths) == 1:
        return paths[0]
    said = "no log of this name is there" if not paths else f"{len(paths)} logs have this name: {_listed(paths)}"
    there = f"; there are: {_listed([log.path for log in logs])}" if logs and not paths else ""
    raise ArchiveError(
        said + there, where=f"models: log: {name}", fix="give the file's name, with its folder if need be"
    )


_FIX = "say in report.yaml whose it is: models: {<model folder>: {log: <file name>}}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(printable(name) for name in names[:6]) + (" …" if len(names) > 6 else "")


# --- lines ----------------------------------------------------------------------------------------------------------


def _followed(path: Path, root: Path) -> Path:
    if not path.is_symlink():
        return path
    target = Path(os.path.realpath(path))
    if not target.is_relative_to(root):
        raise CannotRead("a link that leads out of the archive, not followed")
    return target


@contextlib.contextmanager
def _mapped(path: Path) -> Iterator[mmap.mmap | bytes]:
    """The bytes of a file without taking them into memory."""
    if not path.is_file():
        raise CannotRead("not a file")
    descriptor = os.open(path, _OPEN_FLAGS)
    try:
        size = os.fstat(descriptor).st_size
        if size > LIMIT:
            raise CannotRead(f"too large: {size // 2**20} MB, limit {LIMIT // 2**20} MB")
        if size == 0:
            yield b""
            return
        with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as data:
            yield data
    finally:
        os.close(descriptor)


def _parsed(data: mmap.mmap | bytes, name: str) -> Log:
    lines: dict[tuple[str, int], LogLine] = {}
    errors: list[HarnessError] = []
    replaced = 0
    number, at = 1, 0
    tasks: dict[bytes, str] = {}
    for found in re.finditer(_LINES, data, re.MULTILINE):
        number += data[at : found.start()].count(b"\n")
        at = found.start()
        if found[1] is None:
            errors.append(_error(found, number, tasks))
            continue
        line = _line(found, number, tasks)
        # Taken out first: the last line of a run also has the last place.
        replaced += lines.pop((line.task, line.run), None) is not None
        lines[line.task, line.run] = line
    return Log(name, name, None, None, tuple(lines.values()), tuple(errors), replaced)


def _line(found: re.Match[bytes], number: int, tasks: dict[bytes, str]) -> LogLine:
    position, total, task, run, mark, score, parts = found.groups()[:7]
    return LogLine(
        _text(task, tasks),
        int(run) - 1,
        float(score),
        mark.decode("ascii"),
        int(position),
        int(total),
        number,
        parts.decode("ascii"),
    )


def _error(found: re.Match[bytes], number: int, tasks: dict[bytes, str]) -> HarnessError:
    message = found[10].decode("utf-8", "replace").lstrip(": ")[:SHORT]
    return HarnessError(_text(found[8], tasks), int(found[9]), message, number)


def _text(raw: bytes, known: dict[bytes, str]) -> str:
    text = known.get(raw)
    if text is None:
        text = known[raw] = raw.decode("utf-8", "replace")
    return text
