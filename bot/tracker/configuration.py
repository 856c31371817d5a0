"""recount.yaml of a repository: what the bot may do there, and what labels and columns are called."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import TrackerError
from bot.safe_yaml import YamlReadError, read

FILE_NAMES = (".github/recount.yaml", ".github/recount.yml")

COLUMNS = {
    "status:proposed": "To do",
    "status:gate-pending": "To do",
    "status:planning": "Planning",
    "status:plan-pending": "Plan awaiting review",
    **dict.fromkeys(
        (
            "status:approved", "status:implementing", "status:code-reviewing", "status:testing", "status:running",
            "status:uploading", "status:interpreting", "status:reviewing", "status:under-review",
        ),
        "In flight",
    ),
    "status:blocked": "Blocked",
    "status:awaiting-promotion": "Awaiting promotion",
    "clean-results:draft": "Awaiting promotion",
    "status:followups-running": "Followups running",
    "clean-results": "Clean results",
    "status:done-experiment": "Done",
    "status:done-impl": "Done",
    "status:archived": "Archived",
}  # fmt: skip


class Part(BaseModel):
    """Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(Part):
    """The most that one command may spend; report.yaml may ask for less, never for more."""

    max_calls: int = Field(2_000, ge=0, description="Judge calls a command.")
    max_cost: float = Field(20.0, ge=0, description="US dollars a command, estimated.")


class Project(Part):
    """The board: a project of an organisation or a user."""

    owner: str = Field(description="Login of the organisation or user.")
    number: int = Field(ge=1, description="The project's number.")
    kind: str = Field("organization", pattern="^(organization|user)$", description="organization or user.")
    field: str = Field("Status", description="The single-select field whose options are the columns.")


class Configuration(Part):
    """All of it; everything is optional."""

    login: str | None = Field(None, description="The bot's own account, where it cannot be asked for.")
    figures_branch: str = Field("report-figures", pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,100}$",
                                description="Branch that figures are committed to.")  # fmt: skip
    limits: Limits = Field(default_factory=Limits, description="What a command may spend.")
    project: Project | None = Field(None, description="The board, where there is one.")
    columns: dict[str, str] = Field(default_factory=lambda: dict(COLUMNS), description="Label to column.")
    draft_label: str = Field("clean-results:draft", description="Label of a clean result that awaits promotion.")
    clean_label: str = Field("clean-results", description="Label of a promoted clean result.")
    follow_up_label: str = Field("status:proposed", description="Label of an issue that `/follow-up K` opens.")
    clean_results: bool = Field(True, description="Whether clean-result issues are opened.")
    in_place: bool = Field(False, description="Whether the experiment's issue itself becomes the clean result.")


def load_configuration(root: Path) -> Configuration:
    """The repository's own, or the defaults; raises TrackerError for one that does not say what it may say."""
    path = next((root / name for name in FILE_NAMES if (root / name).is_file()), None)
    if path is None:
        return Configuration()
    try:
        return Configuration.model_validate(read(path.read_text(encoding="utf-8")).value or {})
    except (YamlReadError, ValidationError, UnicodeDecodeError) as error:
        said = " ".join(str(error).split())[:500]
        raise TrackerError(f"cannot be used: {said}", where=str(path), fix="docs/setup.md lists its keys") from None


def column_of(labels: tuple[str, ...], configuration: Configuration) -> str | None:
    """The column that an issue's labels stand for; a draft wins, then a clean result, then its one status label.

    Raises TrackerError for two status labels that stand for different columns: nobody can tell which is meant.
    """
    known = {label: configuration.columns[label] for label in labels if label in configuration.columns}
    for winner in (configuration.draft_label, configuration.clean_label):
        if winner in known:
            return known[winner]
    columns = sorted(set(known.values()))
    if len(columns) > 1:
        raise TrackerError(f"labels stand for several columns: {', '.join(sorted(known))}", where="labels",
                           fix="leave one status label on the issue")  # fmt: skip
    return columns[0] if columns else None
