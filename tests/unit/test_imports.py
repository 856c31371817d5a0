"""What a command imports: a person waits for every module before the first word is printed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "eval_results" / "issue-164"
PROBE = """
import io, sys
from bot.cli import run
told, sys.stdout = sys.stdout, io.StringIO()
sys.argv = ["recount", *sys.argv[1:]]
code = run()
print(code, *sorted({name.partition(".")[0] for name in sys.modules}), file=told)
"""
# Drawing, networks, models' clients, statistics for tests: nothing that counts or checks needs them.
HEAVY = {"matplotlib", "PIL", "github", "requests", "anthropic", "scipy", "pandas", "statsmodels"}
RENDERING = {"jinja2", "comrak", "nh3", "marko"}
NUMBERS = {"numpy", "pydantic", "pydantic_core", "msgspec", "yaml"}


def imported(*arguments: str, at: Path) -> set[str]:
    """The packages that a process holds after `recount` with these arguments, which ends well."""
    done = subprocess.run([sys.executable, "-c", PROBE, *arguments], cwd=at, capture_output=True, text=True, timeout=60)
    code, *modules = done.stdout.split()
    assert code == "0", done.stderr
    return {*modules}


@pytest.mark.parametrize(
    ("command", "kept_out"),
    [
        (["--help"], HEAVY | RENDERING | NUMBERS | {"rich"}),
        (["--version"], HEAVY | RENDERING | NUMBERS | {"rich"}),
        (["report", "--help"], HEAVY | RENDERING | NUMBERS | {"rich"}),
        (["evalset", "--help"], HEAVY | RENDERING | NUMBERS | {"rich", "sklearn", "datasketch"}),
        (["score", str(EXAMPLE)], HEAVY | RENDERING | {"numpy", "sklearn", "datasketch"}),
        (["score", str(EXAMPLE), "--json"], HEAVY | RENDERING | {"numpy"}),
        (["validate", str(EXAMPLE)], HEAVY | RENDERING | {"numpy"}),
    ],
    ids=["help", "version", "report help", "evalset help", "score", "score json", "validate"],
)
def test_a_command_imports_what_it_needs_and_no_more(command: list[str], kept_out: set[str], tmp_path: Path) -> None:
    modules = imported(*command, at=tmp_path)
    assert "typer" in modules
    assert modules & kept_out == set()


def test_building_a_report_needs_no_network(tmp_path: Path) -> None:
    modules = imported("build", str(EXAMPLE), "--quiet", at=tmp_path)
    assert {"matplotlib", "jinja2"} <= modules
    assert modules & {"github", "requests", "anthropic", "scipy", "pandas", "statsmodels", "comrak"} == set()
