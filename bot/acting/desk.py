"""What every job works with: the repository, its tracker, its configuration, and where words and outputs go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import TrackerError
from bot.tracker.board import ProjectBoard
from bot.tracker.configuration import Configuration, column_of, load_configuration
from bot.tracker.faults import told
from bot.tracker.github import GitHubTracker, connect, own_login
from bot.tracker.publishing import Place

if TYPE_CHECKING:
    from github.Repository import Repository

    from bot.settings import Settings
    from bot.tracker.gate import Plan

SEEN, DONE, CONFUSED = "eyes", "rocket", "confused"
SETUP = "`recount act` runs in GitHub Actions; docs/setup.md shows how"
# GitHub asks for a second between writes to one repository.
WRITE_PAUSE = 1.0
# How long an unclear answer is given before one looks whether the write happened.
PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Desk:
    """One job's desk. `root` is the checkout of the default branch, where configuration and declarations come from."""

    settings: Settings
    repository: Repository
    tracker: GitHubTracker
    configuration: Configuration
    root: Path
    say: Callable[[str], None]

    def place(self, number: int) -> Place:
        """Where something about issue `number` is posted."""
        return Place(self.tracker, number, self.configuration, self.settings.github_run_id or 0)


def desk_of(settings: Settings, root: Path, say: Callable[[str], None]) -> Desk:
    """Connect; raises TrackerError where the environment lacks what GitHub needs."""
    if settings.github_token is None or not settings.github_repository:
        raise TrackerError("GITHUB_TOKEN and GITHUB_REPOSITORY must be set", where="environment", fix=SETUP)
    configuration = load_configuration(root)
    token = settings.github_token.get_secret_value()
    client = connect(token, base_url=settings.github_api_url, seconds_between_writes=pause(settings))
    with told("reading the repository"):
        repository = client.get_repo(settings.github_repository)
        login = own_login(client, configuration.login)
    tracker = GitHubTracker(
        repository, login=login, server_url=settings.github_server_url, figures_branch=configuration.figures_branch,
        board=board_of(settings, configuration), patience=min(PATIENCE, 2 * pause(settings)),
    )  # fmt: skip
    return Desk(settings, repository, tracker, configuration, root, say)


def pause(settings: Settings) -> float:
    """Seconds between writes: GitHub's wish, or what an own server needs."""
    return WRITE_PAUSE if settings.write_pause is None else settings.write_pause


def board_of(settings: Settings, configuration: Configuration) -> ProjectBoard | None:
    """The board, where a project is configured and a token for it is there."""
    if settings.project_token is None or configuration.project is None or not settings.github_repository:
        return None
    client = connect(
        settings.project_token.get_secret_value(), base_url=settings.github_api_url,
        seconds_between_writes=pause(settings),
    )  # fmt: skip
    return ProjectBoard(client, configuration.project, settings.github_repository)


def react(desk: Desk, plan: Plan, content: str) -> None:
    """Acknowledge a comment; a reaction that fails never fails a report."""
    if plan.comment is None or plan.issue is None:
        return
    try:
        with told("reacting to the comment"):
            desk.repository.get_issue(plan.issue).get_comment(plan.comment).create_reaction(content)
    except TrackerError as error:
        desk.say(f"no reaction was left: {error.what}")


def move_card(desk: Desk, number: int, labels: tuple[str, ...]) -> None:
    """Put the card where the labels say; what cannot be moved is said and fails nothing."""
    try:
        column = column_of(labels, desk.configuration)
        if column is not None:
            desk.tracker.move(number, column)
    except TrackerError as error:
        desk.say(f"{error.what} ({error.where}). {error.fix}")


def write_outputs(settings: Settings, values: Mapping[str, str]) -> None:
    """Outputs for later jobs, one line each: no value may hold a line break."""
    if settings.github_output is not None:
        with settings.github_output.open("a", encoding="utf-8") as file:
            file.writelines(f"{name}={' '.join(value.splitlines())}\n" for name, value in values.items())


def write_summary(settings: Settings, lines: list[str]) -> None:
    """The job's summary page."""
    if settings.github_step_summary is not None and lines:
        with settings.github_step_summary.open("a", encoding="utf-8") as file:
            file.write("### Recount\n\n" + "".join(f"- {line}\n" for line in lines))
