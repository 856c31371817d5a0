"""Declarations and results in real repositories: which came first, and what nobody can prove."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import pipeline
from bot.archives.declared_when import DeclaredWhen, Recorded, digest_of
from bot.experiment import parse

CLAIM = "predictions:\n  - {id: H1, operator: '<', value: 50}\n"
OTHER = "predictions:\n  - {id: H1, operator: '<', value: 60}\n"
CELL = {"scores": {"Q": [{"aligned": 40, "coherent": 80, "reasoning": "r"}]}, "summary": {}}


class Repo:
    """A repository with an archive in `eval_results/issue-7`; every commit is a minute younger than the one before."""

    def __init__(self, root: Path) -> None:
        self.root, self.minutes = root, 0
        self.archive = root / "eval_results" / "issue-7"
        self.archive.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")
        self.commit("README.md", "x")

    def git(self, *words: str, at: int | None = None) -> str:
        self.minutes += 1
        date = f"@{1_700_000_000 + 60 * (self.minutes if at is None else at)} +0000"
        who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER")
               for key, value in (("NAME", "w"), ("EMAIL", "w@example.org"), ("DATE", date))}  # fmt: skip
        env = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", "-C", str(self.root), *words], check=True, capture_output=True, env=env, text=True
        )
        return done.stdout.strip()

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def commit(self, path: str, text: str) -> str:
        self.write(path, text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", path)
        return self.git("rev-parse", "HEAD")

    def declare(self, text: str = CLAIM) -> str:
        return self.commit("eval_results/issue-7/report.yaml", text)

    def results(self, condition: str = "a", score: int = 40) -> str:
        text = json.dumps(CELL).replace("40", str(score))
        return self.commit(f"eval_results/issue-7/{condition}/sonnet/alignment_x_detailed.json", text)

    def when(self) -> DeclaredWhen | None:
        return pipeline.when_declared(pipeline.load_archive(self.archive))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "repo")


def order(repo: Repo) -> str:
    found = repo.when()
    assert found is not None
    return found.order


def why(repo: Repo) -> str:
    found = repo.when()
    assert found is not None and found.order == "not provable"
    return found.why


def test_declared_then_run_is_before_and_names_both_commits(repo: Repo) -> None:
    declared, first = repo.declare(), repo.results()
    repo.results("b")
    found = repo.when()
    assert found is not None
    assert (found.order, found.declared, found.results) == ("before", declared, first)


def test_run_then_declared_is_after(repo: Repo) -> None:
    repo.results()
    repo.declare()
    assert order(repo) == "after"


def test_a_prediction_that_was_changed_between_two_results_is_after(repo: Repo) -> None:
    repo.declare(OTHER)
    repo.results("a")
    repo.declare(CLAIM)
    repo.results("b")
    assert order(repo) == "after"


def test_a_title_that_was_mended_later_changes_nothing(repo: Repo) -> None:
    declared = repo.declare()
    repo.results()
    repo.declare(f"title: It holds\n{CLAIM}")
    found = repo.when()
    assert found is not None and (found.order, found.declared) == ("before", declared)


def test_a_gate_that_was_loosened_later_is_after(repo: Repo) -> None:
    repo.declare(f"gates: {{judge_gap_max: 5}}\n{CLAIM}")
    repo.results()
    repo.declare(f"gates: {{judge_gap_max: 30}}\n{CLAIM}")
    assert order(repo) == "after"


def test_one_commit_for_both_proves_nothing(repo: Repo) -> None:
    repo.write("eval_results/issue-7/report.yaml", CLAIM)
    repo.results()
    assert "same commit" in why(repo)


def test_declarations_that_are_not_committed_prove_nothing(repo: Repo) -> None:
    repo.results()
    repo.write("eval_results/issue-7/report.yaml", CLAIM)
    assert "does not hold the present declarations" in why(repo)
    repo.declare(OTHER)
    repo.write("eval_results/issue-7/report.yaml", CLAIM)
    assert "does not hold the present declarations" in why(repo)


def test_results_that_are_not_committed_as_they_are_prove_nothing(repo: Repo) -> None:
    repo.declare()
    repo.results()
    repo.write("eval_results/issue-7/a/sonnet/alignment_x_detailed.json", json.dumps(CELL).replace("40", "30"))
    assert "not committed" in why(repo)


def test_a_shallow_clone_proves_nothing(repo: Repo, tmp_path: Path) -> None:
    repo.declare()
    repo.results()
    repo.commit("README.md", "y")
    subprocess.run(["git", "clone", "-q", "--depth", "1", repo.root.as_uri(), str(tmp_path / "cut")], check=True)
    loaded = pipeline.load_archive(tmp_path / "cut" / "eval_results" / "issue-7")
    found = pipeline.when_declared(loaded)
    assert found is not None and found.order == "not provable" and "shallow" in found.why


def test_history_put_into_another_order_is_doubted(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "work")
    results = repo.results()
    declared = repo.declare()
    assert order(repo) == "after"
    repo.git("checkout", "-q", "main")
    repo.git("cherry-pick", declared, at=90)
    repo.git("cherry-pick", results, at=91)
    assert "another order" in why(repo)


def test_two_lines_of_history_prove_nothing(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "run")
    repo.results()
    repo.git("checkout", "-q", "main")
    repo.declare()
    repo.git("merge", "-q", "--no-edit", "run")
    assert "separate lines" in why(repo)


def record(text: str = CLAIM, *, minute: int, issue: int = 7) -> Recorded:
    since = datetime.fromtimestamp(1_700_000_000 + 60 * minute, UTC).isoformat().replace("+00:00", "Z")
    return Recorded(issue, digest_of(parse(text, "issue")), since)


def by_record(repo: Repo, recorded: Recorded) -> str:
    loaded = pipeline.load_archive(repo.archive)
    found = pipeline.when_declared(loaded, recorded)
    assert found is not None
    return found.order


def test_an_issue_that_declared_the_same_before_the_results_proves_it(repo: Repo) -> None:
    first = repo.results()
    repo.declare()
    assert order(repo) == "after"
    found = pipeline.when_declared(pipeline.load_archive(repo.archive), record(minute=1))
    assert found is not None and (found.order, found.declared, found.results) == ("before", None, first)
    assert "issue #7 declares the same" in found.why and "2023-11-14T22:14:20Z" in found.why


def test_an_issue_that_was_edited_later_or_declares_something_else_proves_nothing(repo: Repo) -> None:
    repo.results()
    repo.declare()
    assert by_record(repo, record(minute=1)) == "before"
    assert by_record(repo, record(minute=999)) == "after"
    assert by_record(repo, record(OTHER, minute=1)) == "after"
    assert by_record(repo, record(CLAIM + "gates: {judge_gap_max: 5}\n", minute=1)) == "after"
    assert by_record(repo, record(CLAIM.replace("H1,", "H1, text: in other words,"), minute=1)) == "before"


def test_what_history_proves_needs_no_record(repo: Repo) -> None:
    declared = repo.declare()
    repo.results()
    found = pipeline.when_declared(pipeline.load_archive(repo.archive), record(minute=1))
    assert found is not None and found.declared == declared


def test_of_a_shallow_clone_a_record_proves_nothing(repo: Repo, tmp_path: Path) -> None:
    repo.results()
    repo.declare()
    repo.results("b")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth", "1", repo.root.as_uri(), str(clone)], check=True)
    loaded = pipeline.load_archive(clone / "eval_results" / "issue-7")
    found = pipeline.when_declared(loaded, record(minute=1))
    assert found is not None and found.order == "not provable"


def test_outside_of_git_nothing_is_proved_and_without_declarations_nothing_is_asked(tmp_path: Path) -> None:
    archive = tmp_path / "issue-7"
    (archive / "a" / "sonnet").mkdir(parents=True)
    (archive / "a" / "sonnet" / "alignment_x_detailed.json").write_text(json.dumps(CELL))
    assert pipeline.when_declared(pipeline.load_archive(archive)) is None
    (archive / "report.yaml").write_text(CLAIM)
    found = pipeline.when_declared(pipeline.load_archive(archive))
    assert found is not None and found.why == "the archive lies in no git repository"
