"""The shipped workflow files: run for real, and read for what running cannot show."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, Stage
from emulator import BOT
from events import commented, pushed
from front import Front
from runner import Runner

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SHA = "a" * 40


@pytest.fixture
def runner(stage: Stage, tmp_path: Path) -> Runner:
    return Runner(stage, tmp_path)


def by_bot(stage: Stage, number: int | None = None) -> list[str]:
    return [comment["body"] for comment in stage.comments(number) if comment["user"]["login"] == BOT]


def test_a_comment_is_reported_once_and_changed_results_again(runner: Runner, stage: Stage, front: Front) -> None:
    body = "/report rejudge=off"
    number = int(stage.comment(body)["id"])
    event = commented(stage.full_name, stage.number, number, "wren", body)
    done = runner.run("report.yml", "issue_comment", event)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    results, analysis, *_ = by_bot(stage)
    clean = stage.issues()[-1]
    image = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", results)[0]
    print(image, stage.full_name)
    assert urllib.request.urlopen(image).read()[:8] == b"\x89PNG\r\n\x1a\n"
    assert [label["name"] for label in clean["labels"]] == ["clean-results:draft"]
    assert f"#{clean['number']}" in analysis and f"#{stage.number}" in clean["body"]
    assert front.reactions == {number: {"eyes", "rocket"}}

    before = stage.comments(), stage.issues()
    assert runner.run("report.yml", "issue_comment", event).returncode == 0
    assert (stage.comments(), stage.issues()) == before

    (path,) = (runner.at("main") / "eval_results" / "issue-164").glob("grid_3*/sonnet/*_detailed.json")
    path.write_text(re.sub(r'("aligned": )\d+', r"\g<1>99", path.read_text(), count=40))
    assert runner.run("report.yml", "issue_comment", event).returncode == 0
    (second,) = [text for text in by_bot(stage) if "epm:results v2" in text]
    assert "**Changed since v1:**" in second

    there = len(by_bot(stage))
    shutil.rmtree(runner.folder / "artifacts")  # each run has its own
    number = int(stage.comment("/review")["id"])
    reviewed = runner.run(
        "report.yml", "issue_comment", commented(stage.full_name, stage.number, number, "wren", "/review")
    )
    assert reviewed.returncode == 0, reviewed.stdout[-4000:] + reviewed.stderr[-2000:]
    assert len(by_bot(stage)) == there and front.reactions[number] == {"eyes", "rocket"}


def test_a_push_to_a_branch_reports_its_two_archives(runner: Runner, stage: Stage) -> None:
    number = int(stage.api("POST", f"{stage.path}/issues", {"title": "Another", "body": "?"})["number"])
    branch = runner.at(SHA)
    shutil.copytree(runner.at("main") / "eval_results", branch / "eval_results")
    shutil.copytree(branch / "eval_results" / "issue-164", branch / "eval_results" / f"issue-{number}")
    # What a branch brings beside its results is never run.
    (branch / "action.yml").write_text("runs: {using: composite, steps: [{run: exit 1, shell: bash}]}")
    paths = ["eval_results/issue-164/x.json", f"eval_results/issue-{number}/y.json"]
    event = pushed(stage.full_name, SHA, paths, ref="refs/heads/new-results")
    done = runner.run("results-pushed.yml", "push", event)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert [len(by_bot(stage, n)) for n in (stage.number, number)] == [5, 5]
    assert f"checkout {SHA} results" in (runner.folder / "log").read_text()


CALLER = """\
on: workflow_dispatch
jobs:
  results:
    uses: ./.github/workflows/results-pushed.yml
    with: {path: elsewhere/latest, issue: "%s"}
    permissions: {contents: write, issues: write}
    secrets: inherit
"""


def test_a_workflow_that_makes_results_calls_for_their_report(runner: Runner, stage: Stage) -> None:
    main = runner.at("main")
    (main / "elsewhere").mkdir()
    (main / "eval_results" / "issue-164").rename(main / "elsewhere" / "latest")
    (main / ".github" / "workflows" / "caller.yml").write_text(CALLER % stage.number)
    repository = {"full_name": stage.full_name, "default_branch": "main"}
    done = runner.run("caller.yml", "workflow_dispatch", {"repository": repository, "ref": "refs/heads/main"})
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "epm:results v1" in by_bot(stage)[0] and len(by_bot(stage)) == 5


def test_a_dispatch_names_the_archive(runner: Runner, stage: Stage) -> None:
    event = {
        "repository": {"full_name": stage.full_name, "default_branch": "main"}, "ref": "refs/heads/main",
        "inputs": {"path": "eval_results/issue-164", "issue": "", "ref": ""},
    }  # fmt: skip
    done = runner.run("results-pushed.yml", "workflow_dispatch", event)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "epm:results v1" in by_bot(stage)[0]


def test_a_person_promotes_what_was_counted_again(runner: Runner, stage: Stage) -> None:
    for body in ("/report rejudge=off", "/promote"):
        number = int(stage.comment(body)["id"])
        shutil.rmtree(runner.folder / "artifacts", ignore_errors=True)  # each run has its own
        done = runner.run("report.yml", "issue_comment", commented(stage.full_name, stage.number, number, "wren", body))
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
        clean = stage.issues()[-1]
        written = re.sub(r"\*To be written by a person[^*]*\*", "Prompts were tried.", clean["body"])
        if "To be written" in clean["body"]:
            stage.api("PATCH", f"{stage.path}/issues/{clean['number']}", {"body": written})
    assert [label["name"] for label in stage.issues()[-1]["labels"]] == ["clean-results"]


def test_an_outsider_gets_a_refusal_and_nothing_is_built(runner: Runner, stage: Stage) -> None:
    number = int(stage.comment("/report", token="outsider-token")["id"])
    runner.run("report.yml", "issue_comment", commented(stage.full_name, stage.number, number, "otto", "/report"))
    (refusal,) = by_bot(stage)
    assert "epm:refusal" in refusal
    assert not (runner.folder / "artifacts").exists()


def test_a_comment_cannot_reach_a_shell(runner: Runner, stage: Stage, tmp_path: Path) -> None:
    body = f'/report path="$(touch {tmp_path}/pwned)`touch {tmp_path}/pwned`'
    number = int(stage.comment(body)["id"])
    runner.run("report.yml", "issue_comment", commented(stage.full_name, stage.number, number, "wren", body))
    assert not (tmp_path / "pwned").exists()
    assert "epm:wrong-command" in by_bot(stage)[0]


def test_a_failed_build_is_told(runner: Runner, stage: Stage, front: Front) -> None:
    body = "/report path=eval_results/nowhere"
    number = int(stage.comment(body)["id"])
    done = runner.run("report.yml", "issue_comment", commented(stage.full_name, stage.number, number, "wren", body))
    assert done.returncode != 0
    assert "epm:failure" in by_bot(stage)[0] and "there is no such folder" in by_bot(stage)[0]
    assert front.reactions == {number: {"eyes", "confused"}}


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(path.read_text(), Loader=yaml.BaseLoader)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_nothing_is_allowed_that_a_job_does_not_name(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["permissions"]
        assert int(job["timeout-minutes"]) <= 60


ALLOWED = {
    "gate": {"contents": "read", "issues": "read"},
    "answer": {"contents": "read", "issues": "write"},
    "build": {"contents": "read"},
    "publish": {"contents": "write", "issues": "write"},
}


@pytest.mark.parametrize("name", ["report.yml", "results-pushed.yml"])
def test_each_job_has_its_own_rights_and_secrets(name: str) -> None:
    jobs = read(ROOT / ".github" / "workflows" / name)["jobs"]
    reads = {"build": {"contents": "read", "issues": "read"}} if name == "report.yml" else {}
    assert {job: spec["permissions"] for job, spec in jobs.items()} == ALLOWED | reads
    for job, spec in jobs.items():
        for step in spec["steps"]:
            given = step.get("with", {})
            own = step.get("uses") == "./" and (job != "build" or given.get("job") == "read")
            assert ("token" in given) == own
            assert ("anthropic-api-key" in given) == (given.get("job") == "rejudge")
            assert ("project-token" in given) == (given.get("job") == "publish")
            if step.get("uses", "").startswith("actions/checkout@") and given.get("path") != "results":
                assert given["ref"] == "${{ github.event.repository.default_branch }}"
    assert all("path" not in step.get("with", {}) or step["with"]["path"] == "bundles"
               for step in jobs["publish"]["steps"])  # fmt: skip
    assert jobs["publish"]["concurrency"]["cancel-in-progress"] == "false"


def test_the_triggers_are_those_that_were_meant() -> None:
    assert read(ROOT / ".github/workflows/report.yml")["on"] == {"issue_comment": {"types": ["created"]}}
    pushed_on = read(ROOT / ".github/workflows/results-pushed.yml")["on"]
    assert pushed_on["push"] == {"branches-ignore": ["report-figures"], "paths": ["eval_results/**"]}
    assert set(pushed_on) == {"push", "workflow_dispatch", "workflow_call"}
    assert read(ROOT / ".github/workflows/board.yml")["on"] == {"issues": {"types": ["labeled", "unlabeled"]}}


@pytest.mark.parametrize("path", [*FILES, ROOT / "action.yml"], ids=lambda path: path.name)
def test_actions_are_pinned_and_no_expression_stands_in_a_script(path: Path) -> None:
    text = path.read_text()
    for used in re.findall(r"uses: (\S+)", text):
        assert used == "./" or re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", used)
    spec = yaml.safe_load(text)
    steps = spec["runs"]["steps"] if "runs" in spec else [s for job in spec["jobs"].values() for s in job["steps"]]
    assert not [step for step in steps if "${{" in step.get("run", "")]
    for step in steps:
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_zizmor_finds_nothing() -> None:
    tool = Path(sys.executable).parent / "zizmor"
    done = subprocess.run([tool, "--offline", ROOT / ".github/workflows", ROOT / "action.yml"], capture_output=True)
    assert done.returncode == 0, done.stdout.decode()


@pytest.mark.parametrize(
    ("schema", "files"), [("vendor.github-workflows", FILES), ("vendor.github-actions", [ROOT / "action.yml"])]
)
def test_the_files_are_of_githubs_schema(schema: str, files: list[Path]) -> None:
    tool = Path(sys.executable).parent / "check-jsonschema"
    done = subprocess.run([tool, "--builtin-schema", schema, *files], capture_output=True)
    assert done.returncode == 0, done.stdout.decode()
