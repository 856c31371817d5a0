"""Runs the command line as a person does: in a process of its own, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "eval_results" / "issue-164"
MAIN = "import sys; sys.argv[0] = 'recount'; from bot.cli import main; main()"
KEPT = ("PATH", "HOME", "LANG", "MPLCONFIGDIR", "XDG_CACHE_HOME", "PYTHONPATH", "VIRTUAL_ENV")


class Ran(NamedTuple):
    """What came of a command."""

    code: int
    out: str
    err: str


def recount(*arguments: object, at: Path, **env: str) -> Ran:
    """Run `recount` with `arguments` in the folder `at`, in an environment of little more than `env`."""
    settings = {name: os.environ[name] for name in KEPT if name in os.environ} | env
    command = [sys.executable, "-c", MAIN, *map(str, arguments)]
    done = subprocess.run(command, cwd=at, env=settings, capture_output=True, timeout=120)
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below `folder` with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
