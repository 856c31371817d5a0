"""GitHub behind the tracker's protocol, by PyGithub."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote

from bot.errors import TrackerError
from bot.tracker.faults import LATER, told
from bot.tracker.limits import check_body, check_file_names, check_labels, check_title
from bot.tracker.protocol import Comment, Issue, State

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from github import Github
    from github.Issue import Issue as GithubIssue
    from github.IssueComment import IssueComment
    from github.Repository import Repository

ACTIONS_LOGIN = "github-actions[bot]"
FIGURES_BRANCH = "report-figures"
PER_PAGE = 100
READ_RETRIES = 3
RACES = 5


class Board(Protocol):
    """Where cards are moved: GitHub Projects, or nothing."""

    def move(self, number: int, column: str) -> None:
        """Put the issue's card into a column; raises TrackerError where it cannot."""
        ...


def connect(token: str, *, base_url: str, seconds_between_writes: float = 1.0) -> Github:
    """A client that sends a read again on a passing fault, and never a write: a POST that failed may have happened.

    GitHub asks for a second between writes; only tests take less.
    """
    from github import Auth, Github
    from urllib3.util.retry import Retry

    retry = Retry(
        total=READ_RETRIES, backoff_factor=0.5, status_forcelist=(500, 502, 503, 504), allowed_methods=("GET",),
        raise_on_status=False, respect_retry_after_header=True,
    )  # fmt: skip
    return Github(
        auth=Auth.Token(token), base_url=base_url, retry=retry, per_page=PER_PAGE,
        seconds_between_writes=seconds_between_writes, seconds_between_requests=seconds_between_writes / 4,
    )  # fmt: skip


def own_login(client: Github, configured: str | None = None) -> str:
    """The account that this token writes as: configured, else asked, else the one all workflows share."""
    if configured:
        return configured
    from github import GithubException

    try:
        return client.get_user().login
    except GithubException as error:
        if error.status in (401, 403, 404):
            return ACTIONS_LOGIN
        raise


class GitHubTracker:
    """One repository's issues. `server_url` is where its pages are; `board` moves cards, None where there is none.

    `patience` is how long, in seconds, an unclear answer is given before one looks whether the write happened.
    """

    def __init__(
        self, repository: Repository, *, login: str, server_url: str = "https://github.com",
        figures_branch: str = FIGURES_BRANCH, board: Board | None = None, patience: float = 2.0,
    ) -> None:  # fmt: skip
        self._repository = repository
        self._login = login
        self._server = server_url.rstrip("/")
        self._branch = figures_branch
        self._board = board
        self._met: dict[int, GithubIssue] = {}
        self.patience = patience

    def login(self) -> str:
        """Give the own account's name."""
        return self._login

    def writing(self) -> AbstractContextManager[None]:
        """Runs on one issue are kept apart by the workflow's `concurrency`; there is no lock on GitHub's side."""
        return nullcontext()

    def issue(self, number: int) -> Issue:
        """Give issue `number`."""
        with told(f"reading issue {number}"):
            return self._record(self._get(number))

    def _get(self, number: int) -> GithubIssue:
        """GitHub's own record; raises TrackerError where the issue was moved to another repository."""
        issue = self._repository.get_issue(number)
        place = f"/repos/{self._repository.full_name}/issues/{number}".lower()
        if not issue.url.lower().endswith(place):
            raise TrackerError(f"the issue was moved: it is {issue.html_url} now", where=f"issue {number}",
                               fix="report on it there, with the bot set up in that repository")  # fmt: skip
        return issue

    def _address(self, number: int) -> GithubIssue:
        """The record as it was read first: it tells where comments and labels are, and spares a request each time."""
        if number not in self._met:
            self._met[number] = self._get(number)
        return self._met[number]

    def find_issues(self, *, label: str | None = None, author: str | None = None) -> list[Issue]:
        """Give all issues by number, or those with `label` by `author`; pull requests are none."""
        with told("listing issues"):
            chosen: dict[str, Any] = ({"labels": [label]} if label else {}) | ({"creator": author} if author else {})
            found = self._repository.get_issues(state="all", sort="created", direction="asc", **chosen)
            return [self._record(issue) for issue in found if issue.pull_request is None]

    def create_issue(self, title: str, body: str, labels: Sequence[str] = ()) -> Issue:
        """Open a new issue; labels that the repository lacks are made."""
        check_title(title, where="a new issue")
        check_body(body, where="a new issue")
        check_labels(labels, where="a new issue")
        with told("opening an issue", unclear=True):
            return self._record(self._repository.create_issue(title=title, body=body, labels=list(labels)))

    def comments(self, number: int) -> list[Comment]:
        """Give all comments of all pages, oldest first."""
        with told(f"reading the comments of issue {number}"):
            return [record_of(comment) for comment in self._address(number).get_comments()]

    def post_comment(self, number: int, body: str) -> Comment:
        """Add a comment; never sent twice."""
        check_body(body, where=f"issue {number}")
        with told(f"commenting on issue {number}", unclear=True):
            return record_of(made(self._address(number).create_comment(body), number))

    def edit_comment(self, number: int, comment_id: int, body: str) -> None:
        """Replace a comment's text."""
        check_body(body, where=f"issue {number}")
        with told(f"editing a comment of issue {number}"):
            self._address(number).get_comment(comment_id).edit(body)

    def delete_comment(self, number: int, comment_id: int) -> None:
        """Remove a comment; one that is gone already is fine."""
        with told(f"removing a comment of issue {number}"), gone_is_fine():
            self._address(number).get_comment(comment_id).delete()

    def add_labels(self, number: int, labels: Iterable[str]) -> None:
        """Put labels on an issue; GitHub makes those that the repository lacks."""
        wanted = list(labels)
        check_labels(wanted, where=f"issue {number}")
        if wanted:
            with told(f"labelling issue {number}"):
                self._address(number).add_to_labels(*wanted)

    def remove_label(self, number: int, label: str) -> None:
        """Take a label off an issue."""
        with told(f"unlabelling issue {number}"), gone_is_fine():
            self._address(number).remove_from_labels(label)

    def move(self, number: int, column: str) -> None:
        """Put the issue's card into a column of the board."""
        if self._board is None:
            raise TrackerError(f"the card was not moved to {column!r}", where=f"issue {number}",
                               fix="set the secret PROJECT_TOKEN and the project, as docs/setup.md says")  # fmt: skip
        self._board.move(number, column)

    def edit_body(self, number: int, body: str) -> None:
        """Replace the issue's text."""
        check_body(body, where=f"issue {number}")
        with told(f"editing issue {number}"):
            self._get(number).edit(body=body)

    def edit_title(self, number: int, title: str) -> None:
        """Replace the issue's title."""
        check_title(title, where=f"issue {number}")
        with told(f"editing issue {number}"):
            self._get(number).edit(title=title)

    def store_figures(self, number: int, files: Mapping[str, bytes]) -> str:
        """Commit `files` to the figures branch and give the prefix pinned to that commit."""
        check_file_names(files, where=f"figures of issue {number}")
        paths = {f"issue-{number}/{path}": data for path, data in files.items()}
        with told(f"storing the figures of issue {number} on branch {self._branch}"):
            commit = self._commit_that_holds(self._branch, paths, "Figures of a report")
        return f"{self._server}/{self._repository.full_name}/raw/{commit}/issue-{number}"

    def shows(self, link: str) -> bool:
        """Whether the link is this repository's, pinned to a commit, and there is a file behind it."""
        from github import UnknownObjectException

        base = re.escape(f"{self._server}/{self._repository.full_name}")
        found = re.fullmatch(rf"{base}/raw/([0-9a-f]{{40}})/([^?#]+)", link)
        if found is None:
            return False
        with told(f"looking for the figure {link}"):
            try:
                commit = self._repository.get_git_commit(found.group(1))
                tree = self._repository.get_git_tree(commit.tree.sha, recursive=True)
            except UnknownObjectException:
                return False
        return unquote(found.group(2)) in {entry.path for entry in tree.tree if entry.type == "blob"}

    def store_file(self, branch: str, path: str, data: bytes, why: str) -> None:
        """Commit one file to a branch that is there, unless it holds these very bytes."""
        with told(f"committing {path} to branch {branch}"):
            self._commit_that_holds(branch, {path: data}, why)

    def _commit_that_holds(self, branch: str, files: Mapping[str, bytes], why: str) -> str:
        """The branch's head where it holds them all, else a new commit on top; another writer's commit is kept."""
        for _ in range(RACES):
            head = self._head(branch)
            if head is not None and self._holds(head, files):
                return head
            commit = self._commit(files, head, why)
            if self._advance(branch, commit, head):
                return commit
        raise TrackerError("others kept writing to the branch", where=branch, fix="run it again")

    def _head(self, branch: str) -> str | None:
        """The commit the branch is at, None where there is no such branch."""
        from github import GithubException

        try:
            return self._repository.get_git_ref(f"heads/{branch}").object.sha
        except GithubException as error:
            if error.status in (404, 409):
                return None
            raise

    def _holds(self, commit: str, files: Mapping[str, bytes]) -> bool:
        """Whether that commit's tree holds exactly these bytes, told by their blob ids."""
        from bot.archives.files import git_blob

        tree = self._repository.get_git_tree(commit, recursive=True)
        there = {entry.path: entry.sha for entry in tree.tree}
        return all(there.get(path) == git_blob(data) for path, data in files.items())

    def _commit(self, files: Mapping[str, bytes], head: str | None, why: str) -> str:
        """Blobs, tree and commit; nothing is visible before the branch moves."""
        from github import InputGitTreeElement

        elements = []
        for path, data in sorted(files.items()):
            blob = self._repository.create_git_blob(base64.b64encode(data).decode(), "base64")
            elements.append(InputGitTreeElement(path=path, mode="100644", type="blob", sha=blob.sha))
        parents = [self._repository.get_git_commit(head)] if head else []
        tree = (
            self._repository.create_git_tree(elements, parents[0].tree) if parents
            else self._repository.create_git_tree(elements)
        )  # fmt: skip
        return self._repository.create_git_commit(why, tree, parents).sha

    def _advance(self, branch: str, commit: str, head: str | None) -> bool:
        """Move the branch forward, never by force; False where somebody else moved it first."""
        from github import GithubException

        try:
            if head is None:
                self._repository.create_git_ref(f"refs/heads/{branch}", commit)
            else:
                # GitRef.edit goes to a path that not every server knows; this is the documented one.
                url = f"{self._repository.url}/git/refs/heads/{branch}"
                self._repository._requester.requestJsonAndCheck("PATCH", url, input={"sha": commit, "force": False})
        except GithubException as error:
            if error.status == 422 and self._head(branch) != head:
                return False
            raise
        return True

    def _record(self, issue: GithubIssue) -> Issue:
        """An issue as the protocol speaks of it."""
        created = issue.created_at.isoformat() if issue.created_at else None
        labels = tuple(label.name for label in issue.labels)
        state: State = "closed" if issue.state == "closed" else "open"
        return Issue(
            issue.number, issue.title, issue.body or "", issue.user.login if issue.user else "", labels, None, state,
            created, issue.html_url,
        )  # fmt: skip


@contextmanager
def gone_is_fine() -> Iterator[None]:
    """A removal of what is not there any more has nothing left to do."""
    from github import GithubException

    try:
        yield
    except GithubException as error:
        if error.status not in (404, 410):
            raise


def made(comment: IssueComment, number: int) -> IssueComment:
    """What was posted; a redirect makes PyGithub give a comment that has no number."""
    if not isinstance(comment.raw_data.get("id"), int):
        raise TrackerError("the issue or repository was moved", where=f"issue {number}",
                           fix=f"name the place where it is now; {LATER}")  # fmt: skip
    return comment


def record_of(comment: Any) -> Comment:
    """A comment as the protocol speaks of it."""
    created = comment.created_at.isoformat() if comment.created_at else None
    author = comment.user.login if comment.user else ""
    return Comment(comment.id, author, comment.body or "", created, comment.html_url)
