from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from archive_builders import Folder, Git

from bot.archives.files import git_blob
from bot.archives.repository import locate

DAY = {"GIT_COMMITTER_DATE": "2026-02-03T00:00:00+0000"}


@pytest.fixture
def repo(tmp_path: Path, git: Git) -> Folder:
    folder = Folder(tmp_path / "repo")
    git("init", "-q", "-b", "main", at=folder.root)
    return folder


def commit(git: Git, at: Path, **env: str) -> str:
    git("add", "-A", at=at)
    git("commit", "-q", "-m", "m", at=at, env=env)
    return git("rev-parse", "HEAD", at=at)


def signed(git: Git, at: Path) -> str:
    """A commit that carries a signature, so that showing it would have it checked."""
    head, message = git("cat-file", "commit", "HEAD", at=at).split("\n\n", 1)
    seal = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    (at.parent / "commit").write_text(f"{head}\n{seal}\n\n{message}\n")
    name = git("hash-object", "-t", "commit", "-w", str(at.parent / "commit"), at=at)
    git("update-ref", "HEAD", name, at=at)
    return name


def test_there_is_none_outside_of_a_repository(tmp_path: Path) -> None:
    assert locate(tmp_path) is None


def test_there_is_none_without_git(repo: Folder, git: Git, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    repo.write("a/f", "x")
    commit(git, repo.root)
    assert locate(repo.root) is not None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert locate(repo.root) is None


def test_the_last_commit_that_touched_the_folder_is_found_with_its_date_in_utc(repo: Folder, git: Git) -> None:
    repo.write("a/f", "x")
    first = commit(git, repo.root)
    repo.write("b/f", "x")
    commit(git, repo.root, **DAY)
    found = locate(repo.root / "a")
    assert found is not None
    assert (found.root, found.folder) == (repo.root, "a")
    assert (found.commit, found.committed_at) == (first, "2026-01-02T01:04:05Z")
    assert found.shallow is False


def test_only_files_that_equal_what_is_committed_have_the_commit(repo: Folder, git: Git) -> None:
    repo.write("a/same", "x")
    repo.write("a/changed", "x")
    head = commit(git, repo.root)
    found = locate(repo.root / "a")
    assert found is not None
    assert found.commit_of(b"same", git_blob(b"x")) == head
    assert found.commit_of(b"changed", git_blob(b"y")) is None
    assert found.commit_of(b"untracked", git_blob(b"x")) is None


def test_the_root_of_the_repository_may_be_the_archive(repo: Folder, git: Git) -> None:
    repo.write("c/f", "x")
    head = commit(git, repo.root)
    found = locate(repo.root)
    assert found is not None
    assert (found.folder, found.commit_of(b"c/f", git_blob(b"x"))) == ("", head)


@pytest.mark.parametrize("name", ["new\nline", ":(top)x", "-rf", "tab\tname", 'quo"te', "ünï", os.fsdecode(b"\xff")])
def test_strange_names_are_found(repo: Folder, git: Git, name: str) -> None:
    repo.write(f"{name}/{name}", "x")
    head = commit(git, repo.root)
    found = locate(repo.root / name)
    assert found is not None
    assert found.commit_of(os.fsencode(name), git_blob(b"x")) == head


def test_a_committed_link_is_no_committed_file(repo: Folder, git: Git) -> None:
    repo.write("a/f", "x")
    (repo.root / "a" / "link").symlink_to("f")
    commit(git, repo.root)
    found = locate(repo.root / "a")
    assert found is not None
    assert set(found.blobs) == {b"f"}


def test_a_folder_that_was_never_committed_has_no_commit(repo: Folder, git: Git) -> None:
    repo.write("a/f", "x")
    commit(git, repo.root)
    repo.write("b/f", "x")
    found = locate(repo.root / "b")
    assert found is not None
    assert (found.folder, found.commit, found.committed_at, dict(found.blobs)) == ("b", None, None, {})


def test_a_repository_without_commits_is_one(repo: Folder) -> None:
    found = locate(repo.root)
    assert found is not None
    assert found.commit is None


def test_objects_named_by_sha256_are_compared_as_such(tmp_path: Path, git: Git) -> None:
    folder = Folder(tmp_path / "new")
    git("init", "-q", "--object-format=sha256", at=folder.root)
    folder.write("f", "x")
    head = commit(git, folder.root)
    found = locate(folder.root)
    assert found is not None
    assert found.algorithm == "sha256"
    assert found.commit_of(b"f", git_blob(b"x", "sha256")) == head


def test_a_shallow_clone_says_so(repo: Folder, git: Git, tmp_path: Path) -> None:
    for text in "xy":
        repo.write("a/f", text)
        commit(git, repo.root)
    git("clone", "-q", "--depth", "1", repo.root.as_uri(), "shallow")
    found = locate(tmp_path / "shallow" / "a")
    assert found is not None
    assert found.shallow is True


def test_another_repository_in_the_environment_is_not_asked(
    repo: Folder, git: Git, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.write("f", "x")
    head = commit(git, repo.root)
    git("init", "-q", "other")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    found = locate(repo.root)
    assert found is not None
    assert found.commit == head


def test_nothing_that_the_repository_configures_is_run(repo: Folder, git: Git, tmp_path: Path) -> None:
    repo.write("f", "x")
    commit(git, repo.root)
    head = signed(git, repo.root)
    trap, sprung = tmp_path / "trap", tmp_path / "sprung"
    trap.write_text(f"#!/bin/sh\ntouch {sprung}\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "gpg.program", "core.sshCommand", "diff.external", "core.hooksPath"):
        git("config", key, str(trap), at=repo.root)
    git("config", "log.showSignature", "true", at=repo.root)
    for command in ("status", "log"):
        git(command, at=repo.root)
        assert sprung.exists(), "the trap is live"
        sprung.unlink()
    found = locate(repo.root)
    assert found is not None
    assert found.commit == head
    assert not sprung.exists()


def test_a_repository_hidden_in_the_files_of_another_is_not_entered(repo: Folder, git: Git) -> None:
    repo.write("f", "x")
    git("init", "-q", "--bare", "results", at=repo.root)
    git("config", "core.worktree", "/", at=repo.root / "results")
    git("config", "core.bare", "false", at=repo.root / "results")
    found = locate(repo.root / "results")
    assert found is None or found.root == repo.root


def test_git_is_asked_three_times(repo: Folder, git: Git, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write("a/f", "x")
    commit(git, repo.root)
    asked: list[Any] = []
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: asked.append(a) or run(*a, **k))
    locate(repo.root / "a")
    assert len(asked) == 3
