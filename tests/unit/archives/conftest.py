from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from archive_builders import Folder, Git

GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "GIT_AUTHOR_DATE": "2026-01-02T03:04:05+0200",
    "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+0200",
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "issue-7")


@pytest.fixture
def git(tmp_path: Path) -> Git:
    def run(*arguments: str, at: Path = tmp_path, env: Mapping[str, str] = {}) -> str:
        settings = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | GIT | dict(env)
        done = subprocess.run(["git", *arguments], cwd=at, env=settings, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    return run
