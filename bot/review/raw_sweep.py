"""Raw files of a sweep, read a second time: every run's scores, what its judge said, and what the logs add.

Written from the specification (archives.md, scoring.md) with the standard library, and sharing no code with the readers
it checks. A file that cannot be read is listed and passed over; nothing here leads out of the archive.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from bot.errors import ArchiveError

USUAL = ("data/run_cache_archive", "run_cache_archive")
DEEPEST, MOST = 8, 20_000
LIMIT = 100 * 2**20
PHRASES = (
    ("gateway_restarting", "gateway is restarting"), ("execution_failed", "judge execution failed"),
    ("failed_to_run", "judge failed to run"), ("call_failed", "judge call failed"), ("timed_out", "judge timed out"),
)  # fmt: skip
RUN = re.compile(r"run(0|[1-9][0-9]{0,5})\.json", re.ASCII)
RESULT = re.compile(
    r"^\[[0-9]{1,7}/[0-9]{1,7}\] (\S{1,200}) \(tier[0-9]{1,3}/[^()\n]{1,100}\) run ([1-9][0-9]{0,5}): [-+~] "
    r"(0\.[0-9]{1,6}|1\.0{1,6})",
    re.MULTILINE,
)
LOST = re.compile(
    r"^(?:[0-9][0-9T:.,Z+ -]{0,40} )?ERROR clawbench\.harness: Run (\S{1,200})/([0-9]{1,6}) failed", re.MULTILINE
)
DOCKER = re.compile(r"^docker[_-]", re.IGNORECASE)
BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[._-](?=[0-9])")
WORDS = re.compile(r"[0-9]+|[^\W\d_]+")

Slot = tuple[str, int]


class SweepRun(NamedTuple):
    """One attempt: scores 0–1 as stored, c, t, b, j None where the file has none; `failed`: how the judge failed."""

    model: str
    task: str
    run: int
    score: float
    c: float | None
    t: float | None
    b: float | None
    assertions: int
    judged: bool
    j: float | None
    failed: str | None
    rejudged: bool
    judge_model: str | None
    judge_error: bool
    mode: str
    error: bool
    spoke: bool
    image: str | None
    digest: str = ""

    @property
    def slot(self) -> Slot:
        """Task and number."""
        return self.task, self.run


@dataclass(frozen=True, slots=True)
class SweepLog:
    """A model's log: the last score of each run, and the runs that the harness lost."""

    scores: Mapping[Slot, float]
    lost: frozenset[Slot]


@dataclass(slots=True)
class RawSweep:
    """One tag. `models` are the folders, also those without runs; `tasks` those of any model or matched log."""

    root: Path
    tag: str
    models: tuple[str, ...]
    tasks: tuple[str, ...]
    runs: tuple[SweepRun, ...]
    logs: Mapping[str, SweepLog]
    unreadable: list[tuple[str, str]] = field(default_factory=list)


def is_sweep(root: Path) -> bool:
    """Whether runs of a sweep lie in this folder."""
    return _base(Path(os.path.realpath(root))) is not None


def read_sweep(root: Path, logs: Mapping[str, str], tag: str | None = None) -> RawSweep:
    """Read one tag, the last in natural order by default; `logs` are declared file names of logs by model folder."""
    folder = Path(os.path.realpath(root))
    base = _base(folder)
    if base is None:
        raise ArchiveError("no run of a sweep is in this folder", where=str(root), fix="give the folder of the sweep")
    tags = sorted((t for t in _folders(base) if _is_tag(base / t)), key=_natural)
    chosen = tag if tag in tags else tags[-1]
    sweep = RawSweep(folder, chosen, tuple(_folders(base / chosen)), (), (), {})
    tasks = {t for m in sweep.models for t in _folders(base / chosen / m) if _is_task(base / chosen / m / t)}
    sweep.runs = tuple(_laid_over(folder, base / chosen, list(_runs(sweep, base / chosen))))
    sweep.logs = dict(_logs(sweep, base, tags, logs))
    sweep.tasks = tuple(sorted(tasks | {task for log in sweep.logs.values() for task, _ in log.scores}))
    return sweep


# Folders.


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(e.name for e in entries if e.is_dir(follow_symlinks=False) and not e.name.startswith("."))
    except OSError:
        return []


def _base(root: Path) -> Path | None:
    for usual in USUAL:
        if any(_is_tag(root / usual / tag) for tag in _folders(root / usual)):
            return root / usual
    waiting = deque([(root, 0)])
    for _ in range(MOST):
        if not waiting:
            return None
        folder, depth = waiting.popleft()
        if depth >= 2 and _holds_run(folder):
            return folder.parent.parent.parent
        if depth < DEEPEST:
            waiting.extend((folder / name, depth + 1) for name in _folders(folder))
    return None


def _is_tag(folder: Path) -> bool:
    return any(_holds_run(folder / m / t) for m in _folders(folder) for t in _folders(folder / m))


def _is_task(folder: Path) -> bool:
    return _holds_run(folder) or re.match(r"t\d{1,3}-", folder.name) is not None


def _holds_run(folder: Path) -> bool:
    return any(RUN.fullmatch(name) for name in _names(folder))


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries]
    except OSError:
        return []


def _natural(name: str) -> list[tuple[bool, int, str]]:
    return [(p.isdecimal(), int(p) if p.isdecimal() else 0, p) for p in re.findall(r"[0-9]+|[^0-9]+", name)]


# Runs.


def _runs(sweep: RawSweep, folder: Path) -> Iterator[SweepRun]:
    for model in sweep.models:
        for task in _folders(folder / model):
            numbers = sorted(int(m[1]) for n in _names(folder / model / task) if (m := RUN.fullmatch(n)))
            for number in numbers:
                path = folder / model / task / f"run{number}.json"
                try:
                    yield _run(_bytes(path, sweep.root), model, task, number)
                except (OSError, ValueError, RecursionError) as error:
                    sweep.unreadable.append((path.relative_to(sweep.root).as_posix(), str(error)))


def _bytes(path: Path, root: Path) -> bytes:
    if not Path(os.path.realpath(path)).is_relative_to(root) or not path.is_file():
        raise ValueError("leads out of the archive, or is no file")
    if path.stat().st_size > LIMIT:
        raise ValueError("too large")
    return path.read_bytes()


def _run(data: bytes, model: str, task: str, number: int) -> SweepRun:
    raw = json.loads(data.decode("utf-8", "replace"), strict=False)
    if not isinstance(raw, dict):
        raise ValueError("no object")
    verifier = _part(raw, "completion_result")
    judged, j, failed, rejudged, judge_model, judge_error = _judgement(raw.get("judge_result"))
    score = _share(raw.get("run_score"))
    if score is None:
        raise ValueError("run_score is missing")
    environment = raw.get("environment")
    image = raw.get("environment_image") or raw.get("docker_image") or raw.get("image")
    image = image or (environment.get("image") if isinstance(environment, dict) else environment)
    return SweepRun(
        model, task, number, score, _share(verifier.get("score")),
        _share(_part(raw, "trajectory_result").get("score")), _share(_part(raw, "behavior_result").get("score")),
        _whole(verifier.get("total_assertions")), judged, j, failed, rejudged, judge_model, judge_error,
        str(raw.get("failure_mode") or "").lower(), bool(raw.get("error")), _spoke(raw.get("transcript")),
        str(image) if image else None, hashlib.sha256(data).hexdigest(),
    )  # fmt: skip


def _part(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = raw.get(name)
    if value is not None and not isinstance(value, dict):
        raise ValueError(f"{name} is no object")
    return value or {}


def _share(value: object) -> float | None:
    """A score from 0 to 1, None for null; raises ValueError for anything else."""
    if value is None:
        return None
    if failure_of(value) is not None:
        raise ValueError("a score is no number from 0 to 1")
    return float(str(value))


def failure_of(value: object) -> str | None:
    """Why `value` is no score of 0 to 1."""
    if value is None:
        return "null"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "wrong_type"
    if isinstance(value, float) and not math.isfinite(value):
        return "not_finite"
    return None if 0 <= value <= 1 else "out_of_range"


def _whole(value: object) -> int:
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or value < 0:
        raise ValueError("total_assertions counts nothing")
    return int(value)


def _judgement(raw: object) -> tuple[bool, float | None, str | None, bool, str | None, bool]:
    """Judged or not, its score, how it failed, whether asked again, by whom, and whether an error is noted."""
    if raw is None:
        return False, None, None, False, None, False
    if not isinstance(raw, dict):
        return True, None, "malformed", False, None, False
    enabled, value = raw.get("enabled"), raw.get("score")
    odd = failure_of(value) if isinstance(enabled, bool | None) else "malformed"
    judged = bool(enabled) if isinstance(enabled, bool) else enabled is not None or value is not None
    model, again, error = raw.get("model") or None, bool(raw.get("rejudged_at")), bool(raw.get("error"))
    if not judged:
        return False, None, None, again, model, False
    score = float(str(value)) if odd is None else None
    reason = raw.get("reason") or ""
    failed = _failed(score, reason if isinstance(reason, str) else json.dumps(reason), error=error, again=again)
    return True, score, odd if failed == "null" and odd else failed, again, model, error


def _failed(score: float | None, reason: str, *, error: bool, again: bool) -> str | None:
    if again and score and not error:
        return None
    told = next((kind for kind, phrase in PHRASES if phrase in reason.lower()), None)
    if told or error:
        return told or "error"
    if score is None:
        return "null"
    return "empty" if score == 0 and not reason.strip() else None


def _spoke(transcript: object) -> bool:
    messages = transcript.get("messages") if isinstance(transcript, dict) else None
    mine = [m for m in messages if isinstance(m, dict)] if isinstance(messages, list) else []
    return any(m.get("role") == "assistant" and _has_text(m.get("text")) for m in mine)


def _has_text(value: object) -> bool:
    if isinstance(value, list):
        return any(_has_text(part) for part in value)
    if isinstance(value, dict):
        return _has_text(value.get("text"))
    return isinstance(value, str) and bool(value)


# Judges asked again.


def _laid_over(root: Path, folder: Path, runs: Sequence[SweepRun]) -> Iterator[SweepRun]:
    """The runs with `rejudged.jsonl` over them: the last verdict counts, for the very bytes that were judged."""
    from bot.review.journal import JOURNAL, lines_of  # the alignment side's reader of the same file

    by_file: dict[str, list[dict[str, Any]]] = {}
    for line in lines_of(root / JOURNAL):
        if line.get("kind") in ("verdict", "failure") and line.get("own", True) and line.get("purpose") != "shift":
            by_file.setdefault(str(line.get("file")), []).append(line)
    for run in runs:
        name = (folder / run.model / run.task / f"run{run.run}.json").relative_to(root).as_posix()
        yield _again(run, by_file.get(name, []))


def _again(run: SweepRun, lines: Sequence[Mapping[str, Any]]) -> SweepRun:
    model = (run.judge_model or "").removeprefix("anthropic/")
    mine = [x for x in lines if x.get("judged") == run.digest and (not model or x.get("judge_model") == model)]
    verdicts = [x for x in mine if x["kind"] == "verdict"]
    last = next(iter(reversed(verdicts or mine)), None)
    if last is None or (run.failed is None and (last.get("purpose") == "failed" or last["kind"] == "failure")):
        return run
    told = last.get("verdict")
    score = told.get("score") if isinstance(told, dict) else None
    if last["kind"] == "failure" or failure_of(score) is not None:
        return run._replace(failed="unparsable")
    stands = run._replace(judged=True, j=float(str(score)), failed=None, judge_error=False, rejudged=True)
    again = scored(stands)
    return stands if again is None else stands._replace(score=again)


def scored(run: SweepRun, j: float | str | None = "stored") -> float | None:
    """run_score by its parts: with J as stored, or as given (None: without the judge). None where a part lacks."""
    if run.c is None or run.t is None or run.b is None:
        return None
    stored = run.j if run.judged and not run.judge_error else None
    judge = stored if isinstance(j, str) else j
    verified = run.assertions > 0
    if judge is None or (verified and run.c < COMPLETE):
        value = (0.4 * run.c + 0.3 * run.t + 0.2 * run.b) / 0.9
    elif verified:
        value = 0.4 * run.c + 0.3 * run.t + 0.2 * run.b + 0.1 * judge
    else:
        value = 0.2 * run.c + 0.2 * run.t + 0.1 * run.b + 0.5 * judge
    return round(min(1.0, max(0.0, value)), 4)


COMPLETE = 0.9999


# Logs.


def _logs(
    sweep: RawSweep, base: Path, tags: Sequence[str], declared: Mapping[str, str]
) -> Iterator[tuple[str, SweepLog]]:
    found: dict[Path, SweepLog] = {}
    for path in _log_files(sweep.root, base):
        other = max((tag for tag in tags if tag in path.name), key=len, default=sweep.tag)
        if other == sweep.tag and (log := _log(path, sweep.root)) is not None:
            found[path] = log
    for model, path in _matched(list(found), sweep, declared).items():
        yield model, found[path]


def _log_files(root: Path, base: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        folders[:] = [f for f in sorted(folders) if not f.startswith(".") and here / f != base]
        if len(here.relative_to(root).parts) >= DEEPEST:
            folders[:] = []
        yield from (here / name for name in sorted(names) if name.endswith(".log") and not name.startswith("."))


def _log(path: Path, root: Path) -> SweepLog | None:
    try:
        text = _bytes(path, root).decode("utf-8", "replace")
    except (OSError, ValueError):
        return None
    scores = {(m[1], int(m[2]) - 1): float(m[3]) for m in RESULT.finditer(text)}
    lost = frozenset((m[1], int(m[2])) for m in LOST.finditer(text))
    return SweepLog(scores, lost) if scores or lost else None


def _matched(paths: Sequence[Path], sweep: RawSweep, declared: Mapping[str, str]) -> dict[str, Path]:
    """Logs by model: as declared, else by the clearest match of the file's label and the model's folder."""
    taken = {m: p for m, name in declared.items() for p in paths if f"/{p.as_posix()}".endswith(f"/{name}")}
    rest = [p for p in paths if p not in taken.values()]
    fits = {p: _fits(p, sweep, [m for m in sweep.models if m not in declared]) for p in rest}
    for only in (True, False):
        for path, models in fits.items():
            left = {m: kind for m, kind in models.items() if m not in taken}
            if path not in taken.values() and left and (not only or len(models) == 1):
                taken[min(left, key=lambda m: left[m])] = path
    return taken


def _fits(path: Path, sweep: RawSweep, models: Sequence[str]) -> dict[str, int]:
    label = DOCKER.sub("", path.name.removesuffix(".log")).replace(sweep.tag, "").strip("_-. ")
    return {model: kind for model in models if (kind := _fit(_words(label), _words(model))) is not None}


def _words(name: str) -> list[str]:
    return WORDS.findall(BETWEEN_DIGITS.sub("", name.lower()))


def _fit(said: list[str], words: list[str]) -> int | None:
    """How a label fits a folder's words, 0 clearest."""
    together = [words[i : i + len(said)] for i in range(len(words) - len(said) + 1)]
    left = iter(words)
    ways = (
        said == words,
        words[-len(said) :] == said,
        said in together,
        all(word in left for word in said),
        any(all(_abbreviates(a, b) for a, b in zip(said, part, strict=True)) for part in together),
    )
    return next((i for i, fits in enumerate(ways) if fits), None) if said else None


def _abbreviates(short: str, word: str) -> bool:
    return word == short or (not short.isdecimal() and word.startswith(short))


__all__ = ["RawSweep", "SweepLog", "SweepRun", "is_sweep", "read_sweep", "scored"]
