"""A small stand-in for Projects (v2): one organisation's or user's board with one single-select field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

WHEN = "2026-01-01T00:00:00Z"
COLUMNS = ["To do", "In flight", "Blocked", "Awaiting promotion", "Clean results", "Done"]
PATH = re.compile(r"/(orgs|users)/([^/]+)/projectsV2/(\d+)/(fields|items)(?:/(\d+))?")


def words(text: str) -> dict[str, str]:
    """A name as the API gives it."""
    return {"raw": text, "html": text}


@dataclass
class Projects:
    """Cards by issue: the column each is in."""

    token: str = "project-token"
    columns: list[str] = field(default_factory=lambda: list(COLUMNS))
    cards: dict[str, str | None] = field(default_factory=dict)
    forbidden: bool = False

    def answer(self, method: str, path: str, token: str, body: Any) -> tuple[int, Any]:
        """Status and content."""
        match = PATH.fullmatch(path)
        if match is None or match.group(2) != "lab" or match.group(3) != "7":
            return 404, {"message": "Not Found"}
        if token != self.token or self.forbidden:
            return 403, {"message": "Resource not accessible by personal access token"}
        if match.group(4) == "fields":
            return 200, [self.field()]
        return self.add(body) if method == "POST" else self.change(int(match.group(5)), body)

    def field(self) -> dict[str, Any]:
        """The status field."""
        options = [
            {"id": f"o{i}", "name": words(name), "description": words(""), "color": "GRAY"}
            for i, name in enumerate(self.columns)
        ]
        return {
            "id": 11, "node_id": "F", "project_url": "http://127.0.0.1/", "name": "Status",
            "data_type": "single_select", "options": options, "created_at": WHEN, "updated_at": WHEN,
        }  # fmt: skip

    def add(self, body: Any) -> tuple[int, Any]:
        """A card; one that is there already is given back."""
        key = f"{body['owner']}/{body['repo']}#{body['number']}"
        self.cards.setdefault(key, None)
        return 201, self.item(list(self.cards).index(key))

    def change(self, item: int, body: Any) -> tuple[int, Any]:
        """Another column."""
        key = list(self.cards)[item - 1]
        value = body["fields"][0]["value"]
        if value not in {f"o{i}" for i in range(len(self.columns))} or body["fields"][0]["id"] != 11:
            return 422, {"message": "Validation Failed", "documentation_url": "", "errors": []}
        self.cards[key] = self.columns[int(value[1:])]
        return 200, self.item(item - 1)

    def item(self, index: int) -> dict[str, Any]:
        """A card."""
        return {
            "id": index + 1, "node_id": "I", "content_type": "Issue", "created_at": WHEN, "updated_at": WHEN,
            "archived_at": None,
        }  # fmt: skip
