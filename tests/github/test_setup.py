"""`recount setup`, and docs/setup.md step by step on an empty repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import EXAMPLE, ROOT, Stage
from emulator import BOT
from events import commented
from runner import Runner

from bot.acting.setup import ACTION, SAMPLE, set_up
from bot.errors import RecountError
from bot.experiment import parse
from bot.tracker.configuration import load_configuration

BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
BIN = Path(sys.executable).parent


def test_the_code_blocks_of_the_guide_lead_to_a_report(stage: Stage, tmp_path: Path) -> None:
    upstream, checkout = tmp_path / "upstream.git", tmp_path / "checkout"
    results = tmp_path / "runs"
    shutil.copytree(EXAMPLE, results, ignore=shutil.ignore_patterns("report.yaml"))
    environment = {
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "HOME": str(tmp_path), "RESULTS": str(results),
        "GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_NAME": "wren", "GIT_AUTHOR_EMAIL": "w@example.org",
        "GIT_COMMITTER_NAME": "wren", "GIT_COMMITTER_EMAIL": "w@example.org",
    }  # fmt: skip

    def shell(script: str, cwd: Path) -> None:
        done = subprocess.run(["bash", "-euc", script], cwd=cwd, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"

    shell(f"git init -q --bare -b main {upstream}; git clone -q {upstream} {checkout}", tmp_path)
    shell("git checkout -q -b main; git commit -q --allow-empty -m Begin; git push -q -u origin main", checkout)
    blocks = BLOCK.findall((ROOT / "docs" / "setup.md").read_text())
    assert len(blocks) == 3
    for block in blocks:
        shell(block, checkout)

    runner = Runner(stage, tmp_path, bare=True)
    shell(f"git clone -q {upstream} {runner.folder}/refs/main", tmp_path)
    assert stage.number == 1
    number = int(stage.comment("/report")["id"])
    done = runner.run("report.yml", "issue_comment", commented(stage.full_name, 1, number, "wren", "/report"))
    assert done.returncode == 0, done.stdout[-3000:]
    bodies = [comment["body"] for comment in stage.comments() if comment["user"]["login"] == BOT]
    assert "epm:results v1" in bodies[0]
    assert len(stage.issues()) == 2


def test_setup_writes_once_and_names_what_it_would_replace(tmp_path: Path) -> None:
    said: list[str] = []
    remains = set_up(tmp_path, ACTION, force=False, say=said.append)
    assert any("ANTHROPIC_API_KEY" in line for line in remains) and any("PROJECT_TOKEN" in line for line in remains)
    set_up(tmp_path, ACTION, force=False, say=said.append)
    report = tmp_path / ".github" / "workflows" / "report.yml"
    assert "uses: ./" not in report.read_text() and f"uses: {ACTION}\n" in report.read_text()
    report.write_text("name: mine\n")
    with pytest.raises(RecountError, match=re.escape(".github/workflows/report.yml")):
        set_up(tmp_path, ACTION, force=False, say=said.append)
    assert report.read_text() == "name: mine\n"
    set_up(tmp_path, ACTION, force=True, say=said.append)
    assert "name: report" in report.read_text()


def test_what_setup_writes_can_be_read(tmp_path: Path) -> None:
    set_up(tmp_path, ACTION, force=False, say=lambda _: None)
    assert load_configuration(tmp_path).limits.max_calls == 2000
    assert parse(SAMPLE, "report.yaml").issue == 1
    uncommented = SAMPLE.replace("# predictions", "predictions").replace("#   -", "  -").replace("# gates", "gates")
    assert parse(uncommented, "report.yaml").gates.judge_gap_max == 5


@pytest.mark.parametrize("action", ["x", "a/b", "a/b@c d", "a/b@c\nrun: evil"])
def test_what_is_no_action_is_refused(tmp_path: Path, action: str) -> None:
    with pytest.raises(RecountError, match="no action"):
        set_up(tmp_path, action, force=False, say=lambda _: None)
