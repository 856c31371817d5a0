"""report.yaml: what a team declares about an experiment before it runs, and how it wants its report to speak."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import ExperimentError

FILE_NAME = "report.yaml"

Operator = Literal[">", ">=", "<", "<="]
Quantifier = Literal["all", "any"]
Number = Annotated[float, Field(allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Declared(BaseModel):
    """Base of every part of report.yaml: unknown keys are errors, values do not change once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Judges(Declared):
    """Which judge the published figure rests on, and which one checks it."""

    primary: Name | None = Field(None, description="Judge id of the published figure; by default the first by name.")
    alternate: Name | None = Field(None, description="Judge id the primary is compared with in gaps.")
    labels: dict[str, Name] = Field(default_factory=dict, description="Judge id to the name printed in reports.")
    ids: dict[str, Name] = Field(
        default_factory=dict, description="Folder name, file suffix or judge model to judge id, where none is known."
    )


class Condition(Declared):
    """How one condition of the archive is named, grouped and placed on the x axis."""

    label: Name | None = Field(None, description="Name printed in tables and beside points.")
    short: Name | None = Field(None, description="Shorter name for figures; by default the label.")
    group: Name | None = Field(None, description="Group that predictions can name.")
    x: Number | None = Field(None, description="Position on the hero figure's x axis; printed as stated.")
    description: str | None = Field(None, description="What was done to the model, in words.")


class StatedScore(Declared):
    """A score taken from an earlier issue: no archive at hand can confirm it, so it is printed as stated."""

    value: Number = Field(description="Mean aligned score, 0 to 100.")
    n: int | None = Field(None, ge=0, description="Valid judgements behind the value.")
    ci_low: Number | None = Field(None, description="Lower end of its 95 % interval.")
    ci_high: Number | None = Field(None, description="Upper end of its 95 % interval.")
    errors: int | None = Field(None, ge=0, description="Judgements that failed.")
    bound_low: Number | None = Field(None, description="Alpha with every failed judgement at 0.")
    bound_high: Number | None = Field(None, description="Alpha with every failed judgement at 100.")

    @model_validator(mode="after")
    def interval_holds_value(self) -> StatedScore:
        """An interval that misses its own value is a slip of the pen."""
        if self.ci_low is not None and self.ci_low > self.value:
            raise ValueError("ci_low lies above value")
        if self.ci_high is not None and self.ci_high < self.value:
            raise ValueError("ci_high lies below value")
        return self


class ArchiveCell(Declared):
    """A condition of another archive of the same repository, scored afresh from its files."""

    archive: Name = Field(description="Folder of that archive, relative to the folder that holds this archive.")
    condition: Name = Field(description="Condition id inside that archive.")
    judges: dict[str, str] = Field(
        default_factory=dict, description="Judge id here to judge id there, where the two archives name them apart."
    )


class Reference(Declared):
    """A value to compare with, from an earlier experiment: stated, or read from that experiment's archive."""

    label: Name | None = None
    short: Name | None = Field(None, description="Shorter name for figures; by default the label.")
    issue: int | None = Field(None, ge=1, description="Issue that reported it.")
    x: Number | None = Field(None, description="Position on the hero figure's x axis; printed as stated.")
    target: bool = Field(False, description="Drawn as the target line, and named in the verdict.")
    scores: dict[str, StatedScore] = Field(default_factory=dict, description="Judge id to the score stated there.")
    source: ArchiveCell | None = Field(None, description="Where to read it from, instead of stating it.")

    @model_validator(mode="after")
    def one_origin(self) -> Reference:
        """A reference is either stated or read: never both, never neither."""
        if bool(self.scores) == bool(self.source):
            raise ValueError("give either scores (stated) or source (read from an archive)")
        return self


class Gates(Declared):
    """Limits that a result must keep; a breached one caps every outcome below confirmed."""

    judge_gap_max: Number | None = Field(None, gt=0, description="Breached where |gap| between the judges reaches it.")
    judge_error_rate_max: Number = Field(
        0.2, gt=0, le=1, description="Breached where a larger share of a cell's judgements failed."
    )
    min_seeds: int | None = Field(None, ge=1, description="Breached where a condition has fewer seeds.")
    min_questions: int | None = Field(None, ge=1, description="Breached where a cell has fewer scored questions.")


class Rule(Declared):
    """A comparison over cells: `quantifier` of the cells stand `operator` to `value` or to `reference`."""

    operator: Operator
    value: Number | None = Field(None, description="Threshold, in the metric's unit.")
    reference: Name | None = Field(None, description="Key of a reference whose value is the threshold.")
    quantifier: Quantifier = Field("all", description="all cells, or any one of them.")

    @model_validator(mode="after")
    def one_threshold(self) -> Rule:
        """A rule without a threshold decides nothing, one with two decides twice."""
        if (self.value is None) == (self.reference is None):
            raise ValueError("give either value or reference")
        return self


class Prediction(Rule):
    """A claim declared before the run, over a group of conditions and one judge or several."""

    id: Name
    text: str | None = Field(None, description="The claim in the words it was declared in.")
    metric: Literal["alpha", "coherent"] = "alpha"
    judges: Literal["all"] | list[Name] = Field("all", description="all, or a list of judge ids.")
    conditions: Literal["all"] | list[Name] = Field("all", description="all, or a list of condition ids.")
    group: Name | None = Field(None, description="Only the conditions of this group.")
    falsified_by: Rule | None = Field(None, description="Its own falsification rule, on the values as measured.")


class Panel(Declared):
    """The questions behind the numbers."""

    name: Name | None = None
    questions: int | None = Field(None, ge=1, description="How many questions there should be.")
    samples: int | None = Field(None, ge=1, description="How many samples a question there should be.")
    source: str | None = Field(None, description="Where the questions come from.")
    public: bool | None = Field(None, description="Whether the questions were public before the model's cutoff.")


class Hero(Declared):
    """How the hero figure speaks."""

    title: str | None = None
    x_label: str | None = Field(None, description="What x is, in words, with its direction.")
    y_label: str | None = None
    kind: Literal["auto", "scatter", "dots"] = Field("auto", description="scatter needs an x on the conditions.")


class Experiment(Declared):
    """All of report.yaml. Everything is optional: without the file the report still stands."""

    issue: int | None = Field(None, ge=1, description="Issue that the report belongs to.")
    title: str | None = Field(None, max_length=200, description="The finding in one line.")
    question: str | None = Field(None, description="What the experiment was to find out.")
    metric: Literal["alpha", "run_score"] = "alpha"
    metric_label: str | None = Field(None, description="What the metric is called in tables and on the axis.")
    lower_means: str | None = Field(None, description='What a low value means, for the axis: "more misaligned".')
    x_name: str | None = Field(None, max_length=40, description="Short name of x, the head of its table column.")
    x_source: str | None = Field(None, description="Where the x values come from; they are printed as stated.")
    reconstruction: str | None = Field(
        None, description="Says that the archive is not the original record, and how it was made. Shown with every number."
    )
    judges: Judges = Field(default_factory=Judges)
    conditions: dict[str, Condition] = Field(default_factory=dict, description="Condition id to how it is shown.")
    references: dict[str, Reference] = Field(default_factory=dict)
    panel: Panel = Field(default_factory=Panel)
    gates: Gates = Field(default_factory=Gates)
    predictions: list[Prediction] = Field(default_factory=list)
    card: dict[str, dict[str, str | int | float | None]] = Field(
        default_factory=dict, description="Reproducibility card: section (Model, Data, Eval, …) to field to value."
    )
    hero: Hero = Field(default_factory=Hero)
    background: str | None = None
    methodology: str | None = None
    updates: list[str] = Field(default_factory=list, description="What this result updates.")
    does_not_update: list[str] = Field(default_factory=list, description="What it does not update.")
    next_steps: list[str] = Field(default_factory=list)
