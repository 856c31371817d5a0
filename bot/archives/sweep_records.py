"""The words of a sweep: runs, logs, task definitions, and the archive that holds them.

Rows, never transcripts: 10,000 runs take a few megabytes. Texts are untrusted, and short.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import msgspec

from bot.archives.records import ASKED_FAILURES, Flag, ScaleCheck, Source, Unreadable

SHORT = 200

JUDGE_FAILURES = {
    "gateway_restarting": "the judge's reason says that the gateway is restarting",
    "execution_failed": "the judge's reason says that judge execution failed",
    "failed_to_run": "the judge's reason says that the judge failed to run",
    "call_failed": "the judge's reason says that the judge call failed",
    "timed_out": "the judge's reason says that the judge timed out",
    "error": "the judgement carries an error",
    "null": "the judge's score is null or absent",
    "wrong_type": "the judge's score is not a number",
    "not_finite": "the judge's score is NaN or infinite",
    "out_of_range": "the judge's score lies outside 0 to 1",
    "malformed": "the judgement is not an object, or does not say whether the judge was enabled",
    "empty": "the judge scored 0 and gave no reason",
} | {name: words for name, words in ASKED_FAILURES.items() if name != "empty"}

_TIER = re.compile(r"t(\d{1,3})-")


class Run(msgspec.Struct, frozen=True, gc=False, array_like=True, tag=0):
    """One attempt of an agent at a task: one `run<N>.json`, without its transcript.

    `run` counts from 0. `run_score`, `c`, `t`, `b`, `j` are 0–1 as stored; `c`, `t`, `b` are None where the file has no
    such part, `j` where the judge was not enabled or gave no valid score. `judge_failed` is a class of JUDGE_FAILURES,
    None where the judge did not fail (re-judged with success included); `judge_reason` is kept for failures only.
    `stated_task` and `stated_run` are what the file says of itself where it lies elsewhere.
    """

    model: str
    task: str
    run: int
    run_score: float
    c: float | None
    t: float | None
    b: float | None
    total_assertions: int
    enabled: bool
    j: float | None
    judge_failed: str | None
    rejudged: bool
    delivery: str | None
    failure_mode: str | None
    error: str | None
    n_messages: int
    has_assistant_text: bool
    judge_model: str | None = None
    judge_reason: str = ""
    judge_error: str | None = None
    image: str | None = None
    stated_task: str | None = None
    stated_run: int | None = None
    n_bytes: int = 0

    @property
    def tier(self) -> int | None:
        """The K of a task id `t<K>-…`, None for other ids."""
        return tier_of(self.task)

    @property
    def place(self) -> str:
        """The file's path below the tag's folder."""
        return f"{self.model}/{self.task}/run{self.run}.json"


class Refusal(msgspec.Struct, frozen=True, gc=False, array_like=True, tag=1):
    """Why a run's file gave no row; `lasting` says that its bytes are the reason, so that the same bytes fail again."""

    reason: str
    lasting: bool = True


Row = Run | Refusal


class LogLine(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A result line of a log. `run` counts from 0, whatever the log does; scores have two decimals there.

    `parts` holds the rest of the line as it stands: " C=0.83 T=0.75 B=0.55 J=0.55".
    """

    task: str
    run: int
    score: float
    mark: str
    position: int
    total: int
    line: int
    parts: str = ""

    def part(self, letter: str) -> float | None:
        """The score that the line gives for C, T, B or J; None where it gives none."""
        _, found, rest = self.parts.partition(f" {letter}=")
        return float(rest.split(" ", 1)[0]) if found else None


class HarnessError(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An ERROR line of the harness about one run, counted from 0; `message` is what follows "failed"."""

    task: str
    run: int
    message: str
    line: int


class Log(msgspec.Struct, frozen=True):
    """One log: the last result line of each run, and every harness error, in the log's order.

    `model` is the model folder it belongs to, None where it fits none; `matched` says how that is known: "declared" or
    the kind of match of `bot.archives.logs.FITS`. `replaced` counts result lines that a later one replaced.
    """

    path: str
    label: str
    model: str | None
    matched: str | None
    lines: tuple[LogLine, ...]
    errors: tuple[HarnessError, ...]
    replaced: int = 0

    @property
    def total(self) -> int | None:
        """How many runs the log announces, None where it holds no result line."""
        return max((line.total for line in self.lines), default=None)


class TaskDefinition(msgspec.Struct, frozen=True):
    """What `tasks/tier<K>/<file>.yaml` declares of a task; `rubric` is None where the judge has none."""

    id: str
    tier: int | None
    rubric: str | None
    passing_threshold: float
    path: str


class SweepArchive(msgspec.Struct, frozen=True):
    """One tag of a sweep: models × tasks × runs, with its logs.

    `root` is the folder that was asked for, `folder` that of the tag; `name` is the root's own name. `tags` are all
    that lie beside it, in natural order. `models` are the model folders, also those without runs; `tasks` the task
    folders of any model and the tasks of matched logs. `runs` are sorted by model, task, run. `log_of` maps models to
    their logs. Paths are as in `records.Source`; `cited` is that of `folder`.

    `commit` is the last one that touched the root, where every run and log is as it was committed; else None.
    `from_cache` counts run files that were not read again. `journal` holds what judges said when asked again;
    `as_stored` are, by place, the runs that it changed, as their files have them. `scale_checks` are of valid
    judgements asked again (0–1; the place stands for the question).
    """

    root: Path
    name: str
    folder: Path
    tag: str
    tags: tuple[str, ...]
    models: tuple[str, ...]
    tasks: tuple[str, ...]
    runs: tuple[Run, ...]
    logs: tuple[Log, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    ignored: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    cited: str = ""
    tasks_folder: Path | None = None
    commit: str | None = None
    committed_at: str | None = None
    from_cache: int = 0
    log_of: dict[str, Log] = msgspec.field(default_factory=dict)
    journal: Source | None = None
    as_stored: dict[str, Run] = msgspec.field(default_factory=dict)
    scale_checks: tuple[ScaleCheck, ...] = ()

    def path_of(self, run: Run) -> str:
        """The run's file as records and reports cite it."""
        return f"{self.cited}/{run.place}"

    @property
    def runs_per_task(self) -> int:
        """The number of runs a task has as far as files and logs show: one more than the highest run number."""
        numbers = [run.run for run in self.runs]
        numbers += [line.run for log in self.log_of.values() for line in log.lines]
        return max(numbers, default=-1) + 1


@lru_cache(maxsize=4096)
def tier_of(task: str) -> int | None:
    """The K of a task id `t<K>-…`, None for other ids."""
    found = _TIER.match(task)
    return int(found[1]) if found else None
