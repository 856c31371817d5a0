"""Who may command, and how the others are told, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.tracker.events import CommentEvent
from bot.tracker.faults import told

if TYPE_CHECKING:
    from github.Repository import Repository

# What GitHub's endpoint answers for those who may push; an emulator says `push` for write.
MAY_COMMAND = frozenset({"admin", "maintain", "write", "push"})
REFUSAL = "refusal"


def may_command(repository: Repository, login: str) -> bool:
    """Whether `login` may push here, by the collaborator-permission endpoint; an unknown account may not."""
    from github import GithubException

    with told(f"asking what {login} may do"):
        try:
            return repository.get_collaborator_permission(login) in MAY_COMMAND
        except GithubException as error:
            if error.status == 404:
                return False
            raise


def is_ignored(event: CommentEvent, own_login: str) -> bool:
    """Edited comments, bots, and our own comments never command."""
    return not event.created or event.is_bot or event.author == own_login


def refusal_text(login: str) -> str:
    """The reply; the name stands in code, so that nobody is called."""
    name = "".join(c for c in login if c.isalnum() or c in "-_[]")[:60]
    return f"`{name}` cannot command Recount here: it takes the right to write to this repository."
