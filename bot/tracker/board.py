"""The board: cards of a GitHub project (v2), moved by their labels, through the REST API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.errors import TrackerError
from bot.tracker.configuration import Project
from bot.tracker.faults import told

if TYPE_CHECKING:
    from github import Github

SCOPE = "give PROJECT_TOKEN the right to write to the project (classic: the scope `project`)"


class ProjectBoard:
    """One project of an organisation or a user. `client` carries PROJECT_TOKEN: a job's own token may not do this."""

    def __init__(self, client: Github, project: Project, repository: str) -> None:
        self._client = client
        self._project = project
        self._owner, _, self._name = repository.partition("/")
        self._field: tuple[int, dict[str, str]] | None = None

    def move(self, number: int, column: str) -> None:
        """Put the issue's card into a column, adding the card where there is none; may be repeated."""
        with scope_told(), told(f"moving the card of issue {number}"):
            field, options = self._options()
            option = options.get(column.casefold())
            if option is None:
                raise TrackerError(f"the board has no column {column!r}", where=f"project {self._project.number}",
                                   fix=f"name it so, or change `columns` in .github/recount.yaml; it has: "
                                       f"{', '.join(options)}")  # fmt: skip
            card = {"type": "Issue", "owner": self._owner, "repo": self._name, "number": number}
            item = self._ask("POST", "items", card)
            self._ask("PATCH", f"items/{int(item['id'])}", {"fields": [{"id": field, "value": option}]})

    def _options(self) -> tuple[int, dict[str, str]]:
        """The field's id and its columns, name in small letters to option id."""
        if self._field is None:
            fields = self._ask("GET", "fields?per_page=100")
            wanted = self._project.field.casefold()
            mine = [f for f in fields if f["name"].casefold() == wanted and f["data_type"] == "single_select"]
            if not mine:
                raise TrackerError(f"the board has no single-select field {self._project.field!r}",
                                   where=f"project {self._project.number}",
                                   fix="name it so, or set project.field in .github/recount.yaml")  # fmt: skip
            self._field = int(mine[0]["id"]), names_of(mine[0].get("options", ()))
        return self._field

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """One request below the project."""
        kind = "orgs" if self._project.kind == "organization" else "users"
        url = f"/{kind}/{self._project.owner}/projectsV2/{self._project.number}/{path}"
        _, data = self._client.requester.requestJsonAndCheck(method, url, input=dict(body) if body else None)
        return data


@contextmanager
def scope_told() -> Iterator[None]:
    """GitHub hides a project, or forbids it, to a token without the right; only that is worth saying."""
    from github import GithubException

    try:
        yield
    except TrackerError as error:
        cause = error.__cause__
        if isinstance(cause, GithubException) and cause.status in (401, 403, 404):
            raise TrackerError("the card was not moved: the project cannot be reached with this token",
                               where=error.where, fix=SCOPE) from cause  # fmt: skip
        raise


def names_of(options: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Columns by name; the API gives a name as raw text and as HTML."""
    found = {}
    for option in options:
        name = option["name"]
        found[str(name["raw"] if isinstance(name, dict) else name).casefold()] = str(option["id"])
    return found
