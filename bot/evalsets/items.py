"""The words of this room: an item of each kind, the header of a set, and the JSON Schema of both.

What an item says comes from people and from models: it is carried as it is and made harmless where it is shown.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, field_validator, model_validator
from pydantic.json_schema import GenerateJsonSchema

FORMAT = "recount-evalset"
FORMAT_VERSION = 1
LETTERS = "ABCDEFGH"
LEVELS = {1: "chatbot", 2: "coding", 3: "research", 4: "institutional"}
DIFFICULTIES = ("easy", "medium", "hard")

Level = Literal[1, 2, 3, 4]
Difficulty = Literal["easy", "medium", "hard"]
Origin = Literal["human", "synthetic"]
Pressure = Literal["doubles_down", "social_pressure", "claims_authority"]
PRESSURES: tuple[Pressure, ...] = ("doubles_down", "social_pressure", "claims_authority")
KINDS = ("mcq", "free_form", "dialogue", "trajectory", "preference")

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:/-]{1,160}$")]
Text = Annotated[str, Field(max_length=200_000)]
Said = Annotated[str, Field(min_length=1, max_length=200_000)]
Url = Annotated[str, Field(pattern=r"^https?://[^\s<>\"]{3,2000}$")]
Plain = str | int | float | bool | None


class Part(BaseModel):
    """Base of everything in a set: unknown keys are errors, values do not change once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Choice(Part):
    """One answer to choose: its letter or word as it is to be answered with, and its text."""

    label: Annotated[str, Field(min_length=1, max_length=200)] = Field(description='As answered: "A", or "Yes".')
    text: Text = Field("", description="What the choice says.")


class Turn(Part):
    """One turn of the user in a dialogue, and which pressure it puts on the model (None: none)."""

    says: Said = Field(description="The user's words.")
    pressure: Pressure | None = Field(None, description="What the turn does after the model has answered.")


class Step(Part):
    """One step of an agent's trajectory as it is handed to the model: who speaks, and what."""

    role: Literal["task", "agent", "tool", "user"] = Field(
        description="Who speaks: the task, the agent, a tool, a user."
    )
    content: Said = Field(description="What is said, or what the tool returned.")


class BaseItem(Part):
    """What items of every kind have. `user_statement` holds the wrong belief or the hidden risk; in a control neither.

    `question` is the whole prompt, options included, where a set gives it as one text; else it is put together.
    """

    id: Id = Field(description="Unique in its set.")
    level: Level | None = Field(None, description="1 chatbot, 2 coding, 3 research, 4 institutional.")
    context: Text = Field("", description="What stands before the user's words.")
    user_statement: Text = Field("", description="The user's words, with the wrong belief or the hidden risk.")
    question: Text | None = Field(None, description="The whole prompt, where a set gives it as one text.")
    honest_criteria: Text = Field("", description="What an honest response does.")
    sycophantic_criteria: Text = Field("", description="What a sycophantic response does.")
    rationale: Text = Field("", description="What the item tests, and why it does.")
    difficulty: Difficulty | None = Field(None, description="How hard it is to answer honestly.")
    source: Origin | None = Field(None, description="Who wrote it: a human, or a model or template (synthetic).")
    source_url: Url | None = Field(None, description="Where the fact that the item rests on can be read.")
    topic: Annotated[str, Field(max_length=200)] | None = Field(None, description="What it is about.")
    created: dt.date | None = Field(None, description="The day it was written.")
    canary: Annotated[str, Field(max_length=200)] | None = Field(None, description="GUID of its set's version.")
    control: bool = Field(False, description="Whether the user is right: then going along is the honest answer.")
    matched: Id | None = Field(None, description="The item of which this is the control, or the other way round.")
    tags: list[Annotated[str, Field(max_length=200)]] = Field(default_factory=list, description="Free words.")
    provenance: dict[str, Plain] = Field(default_factory=dict, description="How it was made: template, model, prompt.")
    label_confidence: Annotated[float, Field(ge=0, le=1)] | None = Field(
        None, description="How sure the label is, as its set states."
    )
    annotations: dict[str, str | int | float] = Field(default_factory=dict, description="Annotator to label.")

    @property
    def asked(self) -> str:
        """All that the model is shown, as one text; two items are exact duplicates where these strings are equal."""
        return self.question if self.question is not None else "\n\n".join(self._parts())

    def _parts(self) -> list[str]:
        return [part for part in (self.context, self.user_statement) if part]

    @model_validator(mode="after")
    def asks_something(self) -> BaseItem:
        """An item without a word to show measures nothing."""
        if not self.asked.strip():
            raise ValueError("the item shows the model nothing; give user_statement or question")
        return self


class McqItem(BaseItem):
    """A question with choices; `matching` are the labels that show the behaviour (for a sycophancy set: go along)."""

    kind: Literal["mcq"] = "mcq"
    choices: Annotated[list[Choice], Field(min_length=2, max_length=26)]
    matching: Annotated[list[str], Field(min_length=1)] = Field(description="Labels that show the behaviour.")

    def _parts(self) -> list[str]:
        options = [f" ({choice.label}) {choice.text}" for choice in self.choices]
        return [*super()._parts(), "\n".join(["Choices:", *options])]

    @property
    def honest_labels(self) -> list[str]:
        """The labels that do not show the behaviour."""
        return [choice.label for choice in self.choices if choice.label not in self.matching]

    @model_validator(mode="after")
    def labels_fit(self) -> McqItem:
        """Labels are unique, the matching ones are among them, and one is left that does not match."""
        labels = [choice.label for choice in self.choices]
        if len(set(labels)) < len(labels):
            raise ValueError("two choices have the same label")
        if strange := [label for label in self.matching if label not in labels]:
            raise ValueError(f"matching names {strange[0]!r}, which is no choice")
        if not self.honest_labels:
            raise ValueError("every choice shows the behaviour, so the item measures nothing")
        return self


class FreeItem(BaseItem):
    """A question that is answered in the model's own words and judged by the two criteria."""

    kind: Literal["free_form"] = "free_form"


class DialogueItem(BaseItem):
    """`user_statement` opens; after each answer comes the next of `turns`, each with its pressure."""

    kind: Literal["dialogue"] = "dialogue"
    turns: Annotated[list[Turn], Field(min_length=1)] = Field(description="What the user says after each answer.")

    def _parts(self) -> list[str]:
        return [*super()._parts(), *(turn.says for turn in self.turns)]


class TrajectoryItem(BaseItem):
    """An agent at work: `steps` is what has happened; what the model does and reports next is judged."""

    kind: Literal["trajectory"] = "trajectory"
    steps: Annotated[list[Step], Field(min_length=1)] = Field(description="The trajectory so far.")

    def _parts(self) -> list[str]:
        return [*super()._parts(), *(f"[{step.role}] {step.content}" for step in self.steps)]


class PreferenceItem(BaseItem):
    """Two responses to the same words: the honest one is `chosen`, the sycophantic one `rejected`."""

    kind: Literal["preference"] = "preference"
    chosen: Said = Field(description="The response that should be preferred.")
    rejected: Said = Field(description="The response that should not.")


Item = McqItem | FreeItem | DialogueItem | TrajectoryItem | PreferenceItem
SycophancyItem = Annotated[Item, Field(discriminator="kind")]
ITEM: TypeAdapter[Item] = TypeAdapter(SycophancyItem)


class Header(Part):
    """The first line of a set: which set, which version, and what its items' bytes must come to.

    `canary` is minted for each version; `digest` is the SHA-256 of everything after the header's line, in hexadecimal
    (`tail -n +2 FILE | sha256sum`).
    """

    kind: Literal["header"] = "header"
    format: Literal["recount-evalset"] = "recount-evalset"
    format_version: Literal[1] = 1
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,100}$")] = Field(description="Name of the set.")
    version: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.+-]{1,50}$")] = Field(description="Version of the set.")
    canary: str | None = Field(None, description="canary GUID of this version, to be kept out of training data.")
    digest: str | None = Field(None, pattern=r"^[0-9a-f]{64}$", description="SHA-256 of all after the first line.")
    items: int | None = Field(None, ge=0, description="How many items follow.")
    created: dt.date | None = Field(None, description="The day this version was made.")
    license: str | None = Field(None, description="Under which terms the items may be used.")
    description: Text = Field("", description="What the set is for.")

    @field_validator("canary")
    @classmethod
    def is_guid(cls, value: str | None) -> str | None:
        """A canary that is no GUID finds nothing, or too much."""
        import uuid

        return None if value is None else str(uuid.UUID(value))


class _Schema(GenerateJsonSchema):
    """Without the titles that pydantic makes of field names."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 (the name is pydantic's)
        return False


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a line of a set: its header, or an item of one of the five kinds."""
    line: TypeAdapter[Any] = TypeAdapter(Annotated[Header | Item, Field(discriminator="kind")])
    schema = line.json_schema(schema_generator=_Schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "A line of a Recount eval set",
    }
