"""The environment: where the bot runs and with which keys. Secrets never show in a repr or a log."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What GitHub Actions and the Anthropic client put into the environment; all of it may be absent."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    github_token: SecretStr | None = Field(None, alias="GITHUB_TOKEN", description="Token that publishes.")
    github_api_url: str = Field("https://api.github.com", alias="GITHUB_API_URL", description="Address of the API.")
    github_server_url: str = Field("https://github.com", alias="GITHUB_SERVER_URL", description="Address of the pages.")
    github_repository: str | None = Field(None, alias="GITHUB_REPOSITORY", description="owner/name.")
    github_event_path: Path | None = Field(None, alias="GITHUB_EVENT_PATH", description="The event, as a file.")
    github_event_name: str | None = Field(None, alias="GITHUB_EVENT_NAME", description="The event's name.")
    github_run_id: int | None = Field(None, alias="GITHUB_RUN_ID", description="Number of the workflow's run.")
    github_output: Path | None = Field(None, alias="GITHUB_OUTPUT", description="File for a step's outputs.")
    github_step_summary: Path | None = Field(
        None, alias="GITHUB_STEP_SUMMARY", description="File for a job's summary page."
    )
    plan: str | None = Field(None, alias="RECOUNT_PLAN", description="What the gate decided, for the jobs after it.")
    wanted_path: str | None = Field(
        None, alias="RECOUNT_PATH", description="Archive to report, instead of the event's."
    )
    wanted_issue: str | None = Field(None, alias="RECOUNT_ISSUE", description="Issue of that archive.")
    wanted_ref: str | None = Field(None, alias="RECOUNT_REF", description="Commit that holds that archive.")
    write_pause: float | None = Field(
        None, ge=0, alias="RECOUNT_WRITE_PAUSE", description="Seconds between writes; GitHub asks for one."
    )
    project_token: SecretStr | None = Field(None, alias="PROJECT_TOKEN", description="Token that moves cards.")
    anthropic_api_key: SecretStr | None = Field(None, alias="ANTHROPIC_API_KEY", description="Key that judges.")
    anthropic_base_url: str | None = Field(None, alias="ANTHROPIC_BASE_URL", description="Another Messages API.")
    max_calls: int | None = Field(None, ge=0, alias="RECOUNT_MAX_CALLS", description="Most judge calls a command.")
    max_cost: float | None = Field(None, ge=0, alias="RECOUNT_MAX_COST", description="Most US dollars a command.")
