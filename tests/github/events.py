"""Recorded webhook payloads (npm: @octokit/webhooks-examples), laid onto a test's repository."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from emulator import MODULES

FILE = MODULES / "@octokit" / "webhooks-examples" / "api.github.com" / "index.json"


@cache
def _recorded() -> dict[str, list[str]]:
    return {each["name"]: [json.dumps(e) for e in each["examples"]] for each in json.loads(FILE.read_text())}


def recorded(name: str, **having: Any) -> dict[str, Any]:
    """The first recorded event of a name whose top keys have the given values."""
    for text in _recorded()[name]:
        event: dict[str, Any] = json.loads(text)
        if all(event.get(key) == value for key, value in having.items()):
            return event
    raise LookupError(f"no {name} with {having} is recorded")


def commented(
    full_name: str, issue: int, comment: int, author: str, body: str, *, action: str = "created", kind: str = "User"
) -> dict[str, Any]:
    """issue_comment."""
    event = recorded("issue_comment", action=action)
    event["issue"] |= {"number": issue}
    event["issue"].pop("pull_request", None)
    event["comment"] |= {"id": comment, "body": body}
    event["comment"]["user"] |= {"login": author, "type": kind}
    event["sender"] |= {"login": author, "type": kind}
    event["repository"] |= {"full_name": full_name, "default_branch": "main"}
    return event


def pushed(full_name: str, sha: str, paths: Sequence[str], *, ref: str = "refs/heads/main") -> dict[str, Any]:
    """push: a recorded one's form, with a commit that touched `paths`."""
    event = recorded("push", deleted=False)
    event |= {"ref": ref, "before": "1" * 40, "after": sha, "deleted": False, "forced": False, "created": False}
    event["commits"] = [{"id": sha, "added": list(paths[:1]), "modified": list(paths[1:]), "removed": []}]
    event["repository"] |= {"full_name": full_name, "default_branch": "main"}
    return event
