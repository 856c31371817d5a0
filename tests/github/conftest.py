"""The stage for the tests of the GitHub side: one emulator for all, one repository for each."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from contract import Contract
from emulator import BOT, OWNER, Api, Emulator
from front import Front, serve

from bot import pipeline
from bot.charts import gap, heatmap, hero, saving
from bot.reports.bundle import Bundle
from bot.tracker.github import GitHubTracker, connect

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "eval_results" / "issue-164"
COUNT = itertools.count(1)
DRAWN: dict[tuple[str, str], bytes] = {}


@pytest.fixture(autouse=True)
def figures_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same plot gives the same bytes (the charts' own tests see to that), so it is drawn once for all of these."""
    rendered = saving.rendered

    def once(figure: Any, kind: str) -> bytes:
        key = (getattr(figure, "drawn_from", ""), kind)
        if not key[0]:
            return rendered(figure, kind)
        if key not in DRAWN:
            DRAWN[key] = rendered(figure, kind)
        return DRAWN[key]

    monkeypatch.setattr(saving, "rendered", once)
    for module, name in ((hero, "draw_hero"), (gap, "draw_gaps"), (heatmap, "draw_heatmap")):
        monkeypatch.setattr(module, name, marking(getattr(module, name)))


def marking(draw: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Draws, and writes on the figure what it was drawn from."""

    def drawn(plot: Any) -> Any:
        figure = draw(plot)
        figure.drawn_from = f"{draw.__name__} {plot!r}"
        return figure

    return drawn


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """The emulator with the server in front of it."""
    front = Front(Contract())
    server = serve(front)
    front.emulator = Emulator(tmp_path_factory.mktemp("emulator"), front.url)
    yield front
    server.shutdown()
    server.server_close()
    front.emulator.stop()


@pytest.fixture
def front(running: Front) -> Iterator[Front]:
    """The server, with nothing remembered; at the end, all that was said kept to GitHub's description."""
    running.reset()
    yield running
    assert running.contract.broken == []


@pytest.fixture(scope="session")
def example_bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The bundle of the example, built once."""
    folder = tmp_path_factory.mktemp("example")
    return pipeline.build(pipeline.load_archive(EXAMPLE), folder / "bundle", figures=folder / "figures").bundle


@dataclass
class Stage:
    """A repository of one test. `number` is the experiment's issue."""

    front: Front
    api: Api
    name: str
    number: int

    @property
    def full_name(self) -> str:
        """owner/name."""
        return f"{OWNER}/{self.name}"

    @property
    def path(self) -> str:
        """Its place in the API."""
        return f"/repos/{OWNER}/{self.name}"

    def tracker(self, token: str = "bot-token", **options: Any) -> GitHubTracker:
        """The tracker as a job has it."""
        client = connect(token, base_url=self.front.url, seconds_between_writes=0)
        return GitHubTracker(
            client.get_repo(self.full_name), login=BOT, server_url=self.front.url, patience=0, **options
        )

    def comments(self, number: int | None = None) -> list[Any]:
        """What stands on an issue."""
        return self.api.all(f"{self.path}/issues/{number or self.number}/comments")

    def issues(self) -> list[Any]:
        """All issues."""
        return sorted(self.api.all(f"{self.path}/issues?state=all"), key=lambda issue: issue["number"])

    def comment(self, body: str, *, token: str = "writer-token", number: int | None = None) -> Any:
        """Somebody writes."""
        return Api(self.front.url, token)(
            "POST", f"{self.path}/issues/{number or self.number}/comments", {"body": body}
        )

    def put(self, path: str, data: bytes, branch: str = "main") -> None:
        """A file into the repository."""
        content = base64.b64encode(data).decode()
        body: dict[str, Any] = {"message": f"Add {path}", "content": content, "branch": branch}
        self.api("PUT", f"{self.path}/contents/{path}", body)


def make_stage(front: Front) -> Stage:
    """A repository with collaborators and an experiment's issue."""
    api = Api(front.url)
    name = f"work-{next(COUNT)}"
    api("POST", "/user/repos", {"name": name, "auto_init": True})
    stage = Stage(front, api, name, 0)
    for login, permission in ((BOT, "push"), ("wren", "push"), ("rhea", "pull")):
        api("PUT", f"{stage.path}/collaborators/{login}", {"permission": permission})
    stage.number = api("POST", f"{stage.path}/issues", {"title": "Do prompts matter?", "body": "A question."})["number"]
    return stage


@pytest.fixture
def stage(front: Front) -> Stage:
    """A repository of the test's own."""
    return make_stage(front)
