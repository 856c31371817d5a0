"""What GitHub vouches for of an issue's text: that it declares gates and predictions, and since when it stands there.

The text declares in fenced blocks of YAML, written as in `report.yaml`; the experiment form makes such a block. Blocks
inside of HTML comments do not count, since nobody sees them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.archives.declared_when import Recorded, digest_of
from bot.reports.issue_form import declared_in
from bot.tracker.faults import told

if TYPE_CHECKING:
    from github.Repository import Repository

QUERY = """\
query Recorded($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) { body createdAt lastEditedAt }
  }
}"""


def recorded(repository: Repository, number: int) -> Recorded | None:
    """What GitHub's record says of issue `number`; None where its text declares nothing. Raises TrackerError."""
    owner, _, name = repository.full_name.partition("/")
    with told(f"reading when issue {number} was edited"):
        _, answer = repository.requester.graphql_query(QUERY, {"owner": owner, "name": name, "number": number})
    return record_in(answer, number)


def record_in(answer: Any, number: int) -> Recorded | None:
    """The record in GitHub's answer."""
    try:
        issue = answer["data"]["repository"]["issue"]
        body, since = issue["body"], issue["lastEditedAt"] or issue["createdAt"]
    except (KeyError, TypeError):
        return None
    declared = declared_in(body) if isinstance(body, str) and isinstance(since, str) else None
    return Recorded(number, digest_of(declared), since) if declared is not None else None
