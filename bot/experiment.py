"""report.yaml: what a team declares about an experiment before it runs, and how it wants its report to speak.

`docs/report-yaml.md` and `docs/report.schema.json` are made from the descriptions here (`make docs`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    ValidationError,
    model_validator,
)
from pydantic.json_schema import GenerateJsonSchema

from bot import safe_yaml
from bot.errors import ExperimentError
from bot.mistakes import MOST_LISTED, Mistake, mistakes_in, nearest
from bot.safe_yaml import Document, WrittenFloat, WrittenInt, YamlReadError

FILE_NAME = "report.yaml"
SEE = f"keys and examples: docs/report-yaml.md; a commented {FILE_NAME} to start from: recount init ARCHIVE"


def _as_written(value: Any) -> Any:
    """A number where a text is wanted is a text that looks like one: `1.10`, `42`."""
    return value.text if isinstance(value, WrittenInt | WrittenFloat) else value


def _empty_for_null(value: Any) -> Any:
    return {} if value is None else value


class OrEmpty:
    """Tells the schema that an entry of a map may be left empty."""

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """What the entry takes, or null."""
        return {"anyOf": [handler(core), {"type": "null"}]}


Operator = Literal[">", ">=", "<", "<="]
Quantifier = Literal["all", "any"]
RankBy = Literal["clean_mean", "overall_mean", "clean_mean_evidence", "cov_norm", "all_mean", "clean_mean_merged"]
PredictedMean = Literal["alpha", "coherent", "judge_mean"] | RankBy
Number = Annotated[float, Field(allow_inf_nan=False)]
Score = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Text = Annotated[str, BeforeValidator(_as_written)]
Name = Annotated[str, Field(min_length=1, max_length=200), BeforeValidator(_as_written)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,200}$"), BeforeValidator(_as_written)]
Day = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"), BeforeValidator(_as_written)]
Chosen = Literal["all"] | Annotated[list[Name], Field(min_length=1)]
CardValue = Annotated[str | int | float | None, BeforeValidator(_as_written)]
CardSection = Annotated[dict[str, CardValue], BeforeValidator(_empty_for_null), OrEmpty()]


class Declared(BaseModel):
    """Base of every part of report.yaml: unknown keys are errors, values do not change once read.

    Strict: a text is never taken for a number, nor `no` for a name.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @model_validator(mode="before")
    @classmethod
    def empty_keys_are_absent(cls, data: Any) -> Any:
        """`gates:` with all its lines commented out says nothing, and is no mistake."""
        if not isinstance(data, dict):
            return _empty_for_null(data)
        return {key: value for key, value in data.items() if value is not None or key not in cls.model_fields}


class Judges(Declared):
    """Which judge the published figure rests on, and which one checks it."""

    primary: Name | None = Field(None, description="Judge id of the published figure; by default the first by name.")
    alternate: Name | None = Field(None, description="Judge id the primary is compared with in gaps.")
    labels: dict[str, Name] = Field(default_factory=dict, description="Judge id to the name printed in reports.")
    ids: dict[str, Id] = Field(
        default_factory=dict, description="Folder name, file suffix or judge model to judge id, where none is known."
    )

    @model_validator(mode="after")
    def two_judges(self) -> Judges:
        """A judge compared with itself always agrees."""
        if self.primary is not None and self.primary == self.alternate:
            raise ValueError("primary and alternate are the same judge; name another one, or leave alternate out")
        return self


class Condition(Declared):
    """How one condition of the archive is named, grouped and placed on the x axis."""

    label: Name | None = Field(None, description="Name printed in tables and beside points; by default the id.")
    short: Name | None = Field(None, description="Shorter name for figures; by default the label.")
    group: Name | None = Field(None, description="Group that predictions can name.")
    x: Number | None = Field(None, description="Position on the hero figure's x axis; printed as stated.")
    description: Text | None = Field(None, description="What was done to the model, in words.")


class StatedScore(Declared):
    """A score taken from an earlier issue: no archive at hand can confirm it, so it is printed as stated."""

    value: Score = Field(description="Mean aligned score, 0 to 100.")
    n: int | None = Field(None, ge=0, description="Valid judgements behind the value.")
    ci_low: Score | None = Field(None, description="Lower end of its 95 % interval.")
    ci_high: Score | None = Field(None, description="Upper end of its 95 % interval.")
    errors: int | None = Field(None, ge=0, description="Judgements that failed.")
    bound_low: Score | None = Field(None, description="Alpha with every failed judgement at 0.")
    bound_high: Score | None = Field(None, description="Alpha with every failed judgement at 100.")

    @model_validator(mode="after")
    def ranges_hold_value(self) -> StatedScore:
        """An interval that misses its own value is a slip of the pen."""
        for name in ("ci_low", "bound_low"):
            if (low := getattr(self, name)) is not None and low > self.value:
                raise ValueError(f"{name} lies above value; correct one of the two")
        for name in ("ci_high", "bound_high"):
            if (high := getattr(self, name)) is not None and high < self.value:
                raise ValueError(f"{name} lies below value; correct one of the two")
        return self


class ArchiveCell(Declared):
    """A condition of another archive of the same repository, scored afresh from its files."""

    archive: Name = Field(description="Folder of that archive, relative to the folder that holds this archive.")
    condition: Name = Field(description="Condition id inside that archive.")
    judges: dict[str, Name] = Field(
        default_factory=dict, description="Judge id here to judge id there, where the two archives name them apart."
    )

    @model_validator(mode="after")
    def stays_inside(self) -> ArchiveCell:
        """report.yaml may come from anyone's branch: it opens no folder outside."""
        path = PurePosixPath(self.archive)
        is_name = self.archive.isprintable() and "\\" not in self.archive and bool(path.parts)
        if not is_name or path.is_absolute() or ".." in path.parts:
            raise ValueError("archive leaves the folder of archives; write a name like issue-98, without `..`")
        return self


class Reference(Declared):
    """A value to compare with, from an earlier experiment: stated, or read from that experiment's archive."""

    label: Name | None = Field(None, description="Name printed in tables and beside points; by default the key.")
    short: Name | None = Field(None, description="Shorter name for figures; by default the label.")
    description: Text | None = Field(None, description="What it is, in words.")
    issue: int | None = Field(None, ge=1, description="Issue that reported it.")
    x: Number | None = Field(None, description="Position on the hero figure's x axis; printed as stated.")
    target: bool = Field(False, description="Drawn as the target line, and named in the verdict.")
    scores: dict[str, StatedScore] = Field(default_factory=dict, description="Judge id to the score stated there.")
    source: ArchiveCell | None = Field(None, description="Where to read it from, instead of stating it.")

    @model_validator(mode="after")
    def one_origin(self) -> Reference:
        """A reference is either stated or read: never both, never neither."""
        if bool(self.scores) == bool(self.source):
            raise ValueError("give either scores (stated) or source (read from an archive); one of them, not both")
        return self


class Gates(Declared):
    """Limits that a result must keep; a breached one caps every outcome below confirmed."""

    judge_gap_max: Number | None = Field(
        None, gt=0, description="Breached where the judges' alphas lie this many points apart, or more."
    )
    judge_error_rate_max: Number = Field(
        0.2, gt=0, le=1, description="Breached where a larger share of a cell's judgements failed."
    )
    min_seeds: int | None = Field(
        None, ge=1, description="Breached where a condition has fewer seeds; in a sweep, a model fewer runs of a task."
    )
    min_questions: int | None = Field(
        None, ge=1, description="Breached where a cell has fewer scored questions; in a sweep, a model fewer tasks."
    )


class Spend(Declared):
    """How much one command may spend on asking judges; above it, nothing is sent."""

    max_calls: int | None = Field(None, ge=0, description="Most calls of a judge.")
    max_cost: Number | None = Field(None, ge=0, description="Most US dollars, as estimated before anything is sent.")


class Writing(Declared):
    """Models that may write a report's narrative and read the posted texts again. Both cost calls, both need a key."""

    prose: Name | None = Field(None, description="Model that writes a narrative; every number in it is a fact.")
    second_reading: Name | None = Field(None, description="Model that reads the posted texts beside raw data.")


class Rule(Declared):
    """A comparison over cells: `quantifier` of the cells stand `operator` to `value` or to `reference`."""

    operator: Operator = Field(description="How the cells compare with the threshold.")
    value: Number | None = Field(None, description="Threshold, in the metric's unit.")
    reference: Name | None = Field(
        None,
        description="Key of a reference whose value is the threshold; in a sweep also a model folder, from which the "
        "paired difference is taken.",
    )
    quantifier: Quantifier = Field("all", description="Whether all cells must, or any one of them.")

    @model_validator(mode="after")
    def one_threshold(self) -> Rule:
        """A rule without a threshold decides nothing, one with two decides twice."""
        if (self.value is None) == (self.reference is None):
            raise ValueError("give either value or reference as the threshold; one of them, not both")
        return self


class Prediction(Rule):
    """A claim declared before the run, over a group of conditions and one judge or several."""

    id: Name = Field(description="Short name in tables, such as H1; each is given once.")
    text: Text | None = Field(None, description="The claim in the words it was declared in.")
    metric: PredictedMean = Field(
        "alpha",
        description="Which mean is compared: `alpha` or `coherent`; in a sweep one of a model's means, by default the "
        "one that models are ranked by.",
    )
    judges: Chosen = Field("all", description="`all`, or a list of judge ids.")
    conditions: Chosen = Field("all", description="`all`, or a list of condition ids; in a sweep, of model folders.")
    group: Name | None = Field(None, description="Only the conditions, or models, of this group.")
    falsified_by: Rule | None = Field(None, description="Its own falsification rule, on the values as measured.")


class Panel(Declared):
    """The questions behind the numbers."""

    name: Name | None = Field(None, description="What the panel is called.")
    questions: int | None = Field(None, ge=1, description="How many questions there should be.")
    samples: int | None = Field(None, ge=1, description="How many samples a question there should be.")
    source: Text | None = Field(None, description="Where the questions come from.")
    public: bool | None = Field(None, description="Whether the questions were public before the model's cutoff.")
    file: Name | None = Field(
        None,
        description="File of the eval set, relative to the archive's folder: its canary, dates and choices are audited "
        "too.",
    )
    cutoff: Day | None = Field(None, description="Last day of the model's training data, as 2025-06-30.")

    @model_validator(mode="after")
    def stays_inside(self) -> Panel:
        """report.yaml may come from anyone's branch: it opens no file outside."""
        path = PurePosixPath(self.file or "set")
        if path.is_absolute() or ".." in path.parts or "\\" in str(path) or not str(path).isprintable():
            raise ValueError("file leaves the archive's folder; write a name like set.jsonl, without `..`")
        return self


class Hero(Declared):
    """How the hero figure speaks."""

    title: Text | None = Field(None, description="Title above the figure; by default none.")
    x_label: Text | None = Field(None, description="What x is, in words, with its direction.")
    y_label: Text | None = Field(None, description="What the metric is, in words, with its direction.")
    kind: Literal["auto", "scatter", "dots"] = Field(
        "auto", description="`scatter` needs an x on the conditions, `dots` does not; `auto` takes what fits."
    )


class SweepModel(Declared):
    """How one model of a sweep is named, and which log is its own."""

    label: Name | None = Field(None, description="Name printed in tables and figures.")
    name: Name | None = Field(None, description="The model's full name, for the reproducibility card.")
    log: Name | None = Field(None, description="File name of its log, where names alone do not tell.")
    group: Name | None = Field(None, description="Group that predictions can name.")


class SweepOptions(Declared):
    """What a sweep was to be: models × tasks × runs."""

    tasks: int | None = Field(None, ge=1, description="How many tasks there should be; by default what is found.")
    runs: int | None = Field(None, ge=1, description="How many runs a task there should be; by default what is found.")
    tag: Name | None = Field(None, description="The tag to report, where the archive holds several.")
    exclude: list[Name] = Field(default_factory=list, description="Model folders to leave out.")
    rank_by: RankBy = Field("clean_mean", description="The mean that models are ranked by.")


class Experiment(Declared):
    """All of report.yaml. Everything is optional: without the file the report still stands."""

    issue: int | None = Field(None, ge=1, description="Issue that the report belongs to.")
    title: Text | None = Field(None, max_length=200, description="The finding in one line.")
    question: Text | None = Field(None, description="What the experiment was to find out.")
    metric: Literal["alpha", "run_score"] = Field("alpha", description="What the archive measures.")
    metric_label: Text | None = Field(None, description="What the metric is called in tables and on the axis.")
    lower_means: Text | None = Field(None, description='What a low value means, for the axis: "more misaligned".')
    x_name: Text | None = Field(None, max_length=40, description="Short name of x, the head of its table column.")
    x_source: Text | None = Field(None, description="Where the x values come from; they are printed as stated.")
    reconstruction: Text | None = Field(
        None,
        description="Says that the archive is not the original record, and how it was made. Shown with every number.",
    )
    judges: Judges = Field(default_factory=Judges, description="Who judged, and whose figure is published.")
    conditions: dict[str, Annotated[Condition, OrEmpty()]] = Field(
        default_factory=dict, description="Condition id to how it is shown."
    )
    references: dict[Id, Reference] = Field(
        default_factory=dict,
        description="Values to compare with, by a short key.",
        json_schema_extra={"additionalProperties": False},
    )
    panel: Panel = Field(default_factory=Panel, description="The questions that were asked.")
    spend: Spend = Field(default_factory=Spend, description="Ceilings on re-judging.")
    writing: Writing = Field(default_factory=Writing, description="Models that write and read besides the rules.")
    gates: Gates = Field(default_factory=Gates, description="Limits that the result must keep.")
    predictions: list[Prediction] = Field(default_factory=list, description="Claims declared before the run.")
    models: dict[str, Annotated[SweepModel, OrEmpty()]] = Field(
        default_factory=dict, description="For sweeps: model folder to how it is shown."
    )
    sweep: SweepOptions = Field(default_factory=SweepOptions, description="For sweeps: what was to be run.")
    card: dict[str, CardSection] = Field(
        default_factory=dict,
        description="Reproducibility card: section (Model, Data, Eval, Compute, Environment) to field to value; "
        "a field left empty is shown as missing.",
    )
    hero: Hero = Field(default_factory=Hero, description="The figure on top of the report.")
    background: Text | None = Field(None, description="Why the experiment was made.")
    methodology: Text | None = Field(None, description="What was done, and how it was scored.")
    updates: list[Text] = Field(default_factory=list, description="What this result updates.")
    does_not_update: list[Text] = Field(default_factory=list, description="What it does not update.")
    next_steps: list[Text] = Field(default_factory=list, description="What comes next.")

    @model_validator(mode="after")
    def ids_are_given_once(self) -> Experiment:
        """Two predictions under one name would be told as one."""
        ids = [prediction.id for prediction in self.predictions]
        if twice := sorted({each for each in ids if ids.count(each) > 1}):
            raise ValueError(f"two predictions have the id {twice[0]}; give each its own")
        return self


def find(archive_root: Path) -> Path | None:
    """The archive's report.yaml, None where there is none.

    Raises ExperimentError for one that leads out of the archive, is no file, or has a name that would be passed over.
    """
    path = archive_root / FILE_NAME
    if not path.exists() and not path.is_symlink():
        _refuse_other_ending(archive_root)
        return None
    if not path.resolve().is_relative_to(archive_root.resolve()):
        raise ExperimentError(
            "a link that leads out of the archive", where=str(path), fix="put the file itself into the folder"
        )
    return path


def _refuse_other_ending(archive_root: Path) -> None:
    other = archive_root / "report.yml"
    if other.is_file():
        raise ExperimentError("this name is not read", where=str(other), fix=f"call it {FILE_NAME}")


def load(path: Path) -> Experiment:
    """Read report.yaml from `path`; raises ExperimentError with every mistake in it."""
    try:
        return parse(_text_of(path), path.as_posix())
    except OSError as error:
        reason = error.strerror or str(error)
        raise ExperimentError(f"cannot be read: {reason}", where=str(path), fix="check its name and rights") from error


def _text_of(path: Path) -> str:
    if path.exists() and not path.is_file():
        raise ExperimentError("is no file", where=str(path), fix=f"{FILE_NAME} must be a text file")
    with path.open("rb") as file:
        data = file.read(safe_yaml.MAX_BYTES + 1)
    if len(data) > safe_yaml.MAX_BYTES:
        raise ExperimentError("is larger than 1 MB", where=str(path), fix="keep it to what a person wrote")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ExperimentError("is not UTF-8 text", where=f"{path.as_posix()}:{line}", fix="save it as UTF-8") from error


def parse(text: str, where: str) -> Experiment:
    """The experiment that `text` declares, the default one where it is empty.

    Raises ExperimentError that lists all mistakes, each as `where`:line, the key's path, what is wrong, what to do.
    """
    try:
        document = safe_yaml.read(text)
    except YamlReadError as error:
        raise ExperimentError(error.what, where=f"{where}:{error.line}", fix=error.fix) from error
    mistakes, experiment = _validated(document)
    if experiment is None or mistakes:
        raise ExperimentError(_listed(mistakes, where), fix=SEE)
    return experiment


def _validated(document: Document) -> tuple[list[Mistake], Experiment | None]:
    try:
        experiment = Experiment.model_validate(document.value)
    except ValidationError as error:
        return mistakes_in(document, error, Experiment), None
    return [Mistake(fault.line, "", fault.what, fault.fix) for fault in document.faults], experiment


def _listed(mistakes: list[Mistake], where: str) -> str:
    lines = [mistake.said_of(where) for mistake in mistakes[:MOST_LISTED]]
    if len(mistakes) > MOST_LISTED:
        lines.append(f"… and {len(mistakes) - MOST_LISTED} more")
    return "\n".join(lines)


def check(experiment: Experiment, conditions: Collection[str], judges: Collection[str]) -> list[str]:
    """What report.yaml says that the archive, with these condition and judge ids, does not bear out; a line each."""
    return [
        *_unknown("conditions", experiment.conditions, conditions, "condition of the archive"),
        *_check_judges(experiment, judges),
        *_check_predictions(experiment, conditions, judges),
    ]


def _unknown(key: str, names: Collection[str], known: Collection[str], what: str) -> Iterator[str]:
    for name in names:
        if name not in known:
            yield f"{key}: `{safe_yaml.shorten(name)}` is no {what}; {nearest(name, sorted(known))}"


def _check_judges(experiment: Experiment, judges: Collection[str]) -> Iterator[str]:
    declared = experiment.judges
    stated = {judge for reference in experiment.references.values() for judge in reference.scores}
    named = {"judges.primary": declared.primary, "judges.alternate": declared.alternate}
    for key, judge in named.items():
        yield from _unknown(key, [judge] if judge else [], judges, "judge of the archive")
    yield from _unknown("judges.labels", declared.labels, {*judges, *stated}, "judge of the archive or of a reference")
    for key, reference in experiment.references.items():
        here = [*reference.scores, *(reference.source.judges if reference.source else ())]
        yield from _unknown(
            f"references.{key}", here, {*judges, *declared.labels}, "judge of the archive or of judges.labels"
        )


def _check_predictions(experiment: Experiment, conditions: Collection[str], judges: Collection[str]) -> Iterator[str]:
    for prediction in experiment.predictions:
        key = f"predictions.{safe_yaml.shorten(prediction.id)}"
        yield from _unknown(key, _listed_ones(prediction.conditions), conditions, "condition of the archive")
        yield from _unknown(key, _listed_ones(prediction.judges), judges, "judge of the archive")
        if prediction.metric not in ("alpha", "coherent"):
            yield f"{key}: `{prediction.metric}` is a mean of sweeps; this archive has `alpha` and `coherent`"
        rules = [rule for rule in (prediction, prediction.falsified_by) if rule and rule.reference]
        references = list(dict.fromkeys(str(rule.reference) for rule in rules))
        yield from _unknown(key, references, experiment.references, "reference")
        yield from _check_group(key, experiment, prediction)


def check_sweep(experiment: Experiment, models: Collection[str]) -> list[str]:
    """What report.yaml says that a sweep of these model folders does not bear out; a line each."""
    return [
        *_unknown("models", experiment.models, models, "model folder of the archive"),
        *_check_sweep_predictions(experiment, models),
    ]


def _check_sweep_predictions(experiment: Experiment, models: Collection[str]) -> Iterator[str]:
    groups = {model.group for model in experiment.models.values() if model.group}
    for prediction in experiment.predictions:
        key = f"predictions.{safe_yaml.shorten(prediction.id)}"
        yield from _unknown(key, _listed_ones(prediction.conditions), models, "model folder of the archive")
        rules = [rule for rule in (prediction, prediction.falsified_by) if rule and rule.reference]
        references = list(dict.fromkeys(str(rule.reference) for rule in rules))
        yield from _unknown(key, references, {*models, *experiment.references}, "model folder or reference")
        yield from _unknown(key, [prediction.group] if prediction.group else [], groups, "group of a model")
        if prediction.metric == "coherent":
            yield f"{key}: a sweep has no mean `coherent`; name one of its means, or leave `metric` out"


def _listed_ones(names: Literal["all"] | list[str]) -> list[str]:
    return names if isinstance(names, list) else []


def _check_group(key: str, experiment: Experiment, prediction: Prediction) -> Iterator[str]:
    if prediction.group is None:
        return
    groups = {condition.group for condition in experiment.conditions.values() if condition.group}
    yield from _unknown(key, [prediction.group], groups, "group of a condition")
    members = {name for name, condition in experiment.conditions.items() if condition.group == prediction.group}
    listed = _listed_ones(prediction.conditions)
    if members and listed and not members & set(listed):
        yield f"{key}: none of its conditions is of its group; leave one of the two out"


class _Schema(GenerateJsonSchema):
    """Without the titles that pydantic makes of field names: editors show the descriptions."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 (the name is pydantic's)
        return False


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of report.yaml, for editors."""
    schema = Experiment.model_json_schema(schema_generator=_Schema)
    for part in (schema, *schema["$defs"].values()):
        optional = set(part["properties"]) - set(part.get("required", ()))
        part["properties"] |= {key: _or_null(part["properties"][key]) for key in optional}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": f"Recount's {FILE_NAME}"}


def _or_null(value: dict[str, Any]) -> dict[str, Any]:
    """An optional key may be left empty."""
    null = {"type": "null"}
    around: dict[str, Any] = {key: value[key] for key in ("description", "default") if key in value}
    inner = {key: value[key] for key in value if key not in around}
    branches = inner.get("anyOf", [inner])
    return {"anyOf": branches if null in branches else [*branches, null], **around}
