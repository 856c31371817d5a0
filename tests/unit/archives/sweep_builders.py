"""Sweeps for tests: made by the generator, or written run by run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

TAG = "v2026-4-19-full"
BASE = "data/run_cache_archive"
GENERATOR = Path(os.environ.get("RECOUNT_SWEEP_GENERATOR") or Path(__file__).parents[2] / "fixtures" / "make_sweep.py")
SMALL = {"models": 2, "tasks": 8, "runs": 2, "size_min": 1500, "size_max": 4000, "jobs": 1}


def generate(folder: Path, **options: Any) -> Path:
    """A sweep by the generator, small unless told otherwise; the time of its files lies in the past."""
    run_generator(folder, **SMALL | options)
    age(folder)
    return folder


def run_generator(folder: Path, **options: Any) -> None:
    flags = [text for key, value in options.items() for text in (f"--{key.replace('_', '-')}", str(value))]
    subprocess.run([sys.executable, str(GENERATOR), "--out", str(folder), *flags], check=True, capture_output=True)


def age(folder: Path) -> None:
    """Wait until every file and folder there is old enough to be remembered."""
    paths = [Path(at, name) for at, folders, files in os.walk(folder) for name in (*folders, *files)]
    newest = max((os.lstat(path).st_ctime for path in paths), default=0)
    time.sleep(max(0.0, min(0.1, newest + 0.08 - time.time())))


def truth(folder: Path) -> dict[tuple[str, str, int], dict[str, Any]]:
    lines = (folder / "data/truth.jsonl").read_text().splitlines()
    return {(row["model"], row["task"], row["run"]): row for row in map(json.loads, lines)}


def document(**changes: Any) -> dict[str, Any]:
    """A run's file as it should be; `changes` replace top-level keys."""
    return {
        "task_id": "t1-a",
        "run_index": 0,
        "completion_result": {"total_assertions": 4, "passed_assertions": 3, "score": 0.75},
        "trajectory_result": {"score": 0.5},
        "behavior_result": {"score": 0.25},
        "judge_result": judged(),
        "run_score": 0.6,
        "transcript": {"messages": [{"role": "user", "text": "do"}, {"role": "assistant", "text": "done"}]},
        "delivery_outcome": "partial",
        "failure_mode": "timeout",
        "error": None,
    } | changes


def judged(**changes: Any) -> dict[str, Any]:
    return {"enabled": True, "score": 0.9, "reason": "well done", "error": None, "model": "judge-1"} | changes


def write_run(root: Path, place: str, content: dict[str, Any] | bytes, tag: str = TAG) -> Path:
    """Write one file at `<model>/<task>/<name>` of a tag."""
    path = root / BASE / tag / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def write_log(root: Path, label: str, *lines: str, tag: str = TAG) -> Path:
    path = root / f"data/drift/docker_{label}_{tag}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path


def result_line(task: str = "t1-a", run: int = 1, score: str = "0.50", rest: str = " C=0.50 T=0.50 B=0.50") -> str:
    return f"[1/8] {task} (tier1/coding) run {run}: ~ {score}{rest}"
