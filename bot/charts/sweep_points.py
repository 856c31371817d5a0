"""What the charts of a sweep are drawn from: plain immutable values, already counted elsewhere.

As in `bot.charts.points`, labels are untrusted and made harmless where they are drawn, numbers are finite, and what is
unknown is None. Every plot lists the values it shows (`rows`), for the data file beside its figure.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any, ClassVar, NamedTuple

from bot.charts.points import require_finite, require_once
from bot.errors import ReportError

ROUNDING = 1e-12
"""A variance below that comes from rounding: scores have four decimals."""

JUDGE_FACTS = {"judged_fact": "judge_enabled/{}", "failed_fact": "judge_failures/{}", "rejudged_fact": "rejudged/{}"}
VARIANCE_FACTS = {"seed_fact": "variance/{}/seed", "capability_fact": "variance/{}/capability"}


class SweepPlot(ABC):
    """A chart of a sweep, as `bot.charts.sidecar` writes it down."""

    __slots__ = ()
    kind: ClassVar[str]

    @abstractmethod
    def rows(self) -> list[dict[str, Any]]:
        """Every value drawn, one row each, all with the same keys."""

    def says(self) -> dict[str, Any]:
        """What the figure says beside its values."""
        return {}


class Span(NamedTuple):
    """The first and the last row of models that stand together."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class RankedModel:
    """One model's line of the ranking: `value` with its 95 % interval, and `beside` (cov_norm), all 0–1.

    `rank` is None where the model has no value; `tied` says that others have the same rank. `fact` and `beside_fact`
    name the facts behind the two values.
    """

    model: str
    label: str
    rank: int | None
    tied: bool
    value: float | None
    fact: str
    low: float | None = None
    high: float | None = None
    beside: float | None = None
    beside_fact: str | None = None

    def __post_init__(self) -> None:
        require_finite((self.value, self.low, self.high, self.beside), where=self.model)


@dataclass(frozen=True, slots=True)
class RankingPlot(SweepPlot):
    """The hero figure of a sweep. `models` stand in the order of their rank, those without a value last.

    `ties` are the longest runs of neighbouring rows of which no two models are told apart. `value_name` and
    `beside_name` are what the two markers stand for; `notes` are printed below the figure.
    """

    kind: ClassVar[str] = "ranking"
    models: tuple[RankedModel, ...]
    ties: tuple[Span, ...]
    x_label: str
    value_name: str
    beside_name: str | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.models:
            raise ReportError("a ranking needs at least one model", fix="leave the figure out of an empty report")
        require_once((model.model for model in self.models), what="line")

    def rows(self) -> list[dict[str, Any]]:
        """A row for every model, best first."""
        return [asdict(model) for model in self.models]

    def says(self) -> dict[str, Any]:
        """Axis, markers, and the models that are not told apart."""
        ties = [[model.model for model in self.models[span.first : span.last + 1]] for span in self.ties]
        return {"x_label": self.x_label, "value": self.value_name, "beside": self.beside_name, "not_told_apart": ties}


class State(Enum):
    """What became of an expected run."""

    CLEAN = "clean"
    ZERO = "genuine zero"
    INFRA = "infrastructure zero"
    LOGGED = "logged only"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One model's expected runs: `cells[i][r]` is run r of task i."""

    model: str
    label: str
    cells: tuple[tuple[State, ...], ...]

    def count(self, state: State) -> int:
        """How many of the expected runs are in `state`."""
        return sum(runs.count(state) for runs in self.cells)


@dataclass(frozen=True, slots=True)
class CoveragePlot(SweepPlot):
    """What became of every expected run. `tasks` are the columns, `tiers` the heading over each of them."""

    kind: ClassVar[str] = "coverage"
    models: tuple[CoverageRow, ...]
    tasks: tuple[str, ...]
    tiers: tuple[str, ...]
    runs: int
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.models or not self.tasks or self.runs < 1:
            raise ReportError("a coverage strip needs models and expected runs", fix="leave it out where none is due")
        if len(self.tiers) != len(self.tasks):
            raise ReportError("a coverage strip needs a tier (or an empty text) for every task")
        shape = {(len(row.cells), len(runs)) for row in self.models for runs in row.cells}
        if shape != {(len(self.tasks), self.runs)}:
            raise ReportError("a coverage strip needs every expected run of every model")

    def rows(self) -> list[dict[str, Any]]:
        """A row for every expected run."""
        return [
            {"model": row.model, "label": row.label, "task": task, "run": run, "state": state.value}
            for row in self.models
            for task, runs in zip(self.tasks, row.cells, strict=True)
            for run, state in enumerate(runs)
        ]


@dataclass(frozen=True, slots=True)
class JudgedModel:
    """One model's judgements: how many runs the judge was enabled on, how many failed, how many were re-judged."""

    model: str
    label: str
    judged: int
    failed: int
    rejudged: int

    @property
    def share(self) -> float | None:
        """Share of the judged runs whose judge failed, 0–1."""
        return self.failed / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class JudgePlot(SweepPlot):
    """Judge failures by model."""

    kind: ClassVar[str] = "judge_failures"
    models: tuple[JudgedModel, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not any(model.judged for model in self.models):
            raise ReportError("nothing was judged", fix="leave the chart of judge failures out")

    def rows(self) -> list[dict[str, Any]]:
        """A row for every model."""
        return [{**asdict(model), "share": model.share, **_facts(JUDGE_FACTS, model.model)} for model in self.models]


@dataclass(frozen=True, slots=True)
class TaskVariance:
    """One task's variance over runs (`seed`) and of the models' means (`capability`), and their `ratio` if any."""

    task: str
    seed: float
    capability: float
    ratio: float | None

    def __post_init__(self) -> None:
        require_finite((self.seed, self.capability, self.ratio), where=self.task)

    @property
    def below(self) -> bool:
        """Whether the task separates the models less than chance separates its runs."""
        return self.ratio is not None and self.ratio < 1 and not self.flat

    @property
    def flat(self) -> bool:
        """Whether nothing varies on this task at all."""
        return max(self.seed, self.capability) < ROUNDING


@dataclass(frozen=True, slots=True)
class VariancePlot(SweepPlot):
    """Seed variance against capability variance; tasks without one of the two are counted as `unknown`."""

    kind: ClassVar[str] = "variance"
    tasks: tuple[TaskVariance, ...]
    metric: str
    unknown: int = 0
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if all(task.flat for task in self.tasks):
            raise ReportError("no task varies", fix="leave the chart of variances out")
        require_once((task.task for task in self.tasks), what="point")

    def rows(self) -> list[dict[str, Any]]:
        """A row for every task."""
        return [{**asdict(task), **_facts(VARIANCE_FACTS, task.task)} for task in self.tasks]


class Verdict(Enum):
    """What the interval of a paired difference says of the model of the row."""

    BETTER = "better"
    WORSE = "worse"
    NOISE = "within noise"


@dataclass(frozen=True, slots=True)
class Pair:
    """The paired difference `a` minus `b` over `n` shared tasks; without an interval nothing is told apart."""

    a: str
    b: str
    difference: float
    n: int | None
    fact: str
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        require_finite((self.difference, self.low, self.high), where=self.fact)

    @property
    def verdict(self) -> Verdict:
        """Better or worse where the whole interval lies on one side of zero."""
        if self.low is not None and self.low > 0:
            return Verdict.BETTER
        if self.high is not None and self.high < 0:
            return Verdict.WORSE
        return Verdict.NOISE


@dataclass(frozen=True, slots=True)
class SeparationPlot(SweepPlot):
    """Which models are told apart: one pair for every two of `models` (id and label, in the order of their rank)."""

    kind: ClassVar[str] = "separation"
    models: tuple[tuple[str, str], ...]
    pairs: tuple[Pair, ...]
    value_label: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.pairs:
            raise ReportError("no two models share two tasks", fix="leave the chart of differences out")
        require_once(((pair.a, pair.b) for pair in self.pairs), what="pair")

    def rows(self) -> list[dict[str, Any]]:
        """A row for every pair."""
        return [{**asdict(pair), "verdict": pair.verdict.value} for pair in self.pairs]

    def says(self) -> dict[str, Any]:
        """What the differences are of."""
        return {"value_label": self.value_label}


def _facts(names: dict[str, str], of: str) -> dict[str, str]:
    """The facts behind a row's values."""
    return {column: name.format(of) for column, name in names.items()}
