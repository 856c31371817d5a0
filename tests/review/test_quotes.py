"""What a text quotes is held against the archive: answers, files' digests, commits, figures at a commit."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest
import review_texts

from bot.review import Reviewer

BREACH = "The declared gate on the judges' gap is breached on all four conditions.\n\n"


@pytest.fixture(scope="module")
def answer() -> str:
    """A completion of the example."""
    path = next(review_texts.ISSUE_164.rglob("alignment_*_detailed.json"))
    completions = json.loads(path.read_text(encoding="utf-8"))["completions"]
    return str(next(iter(completions.values()))[0])


def status_of(reviewer: Reviewer, text: str, quote: str) -> set[str]:
    return {c.status for c in reviewer.review(BREACH + text).claims if quote in c.quote}


def test_a_quoted_answer_must_be_verbatim(answer: str, reviewer_164: Reviewer) -> None:
    first = answer.splitlines()[0][:30]
    sample = "## Sample outputs\n\n```text\n{}\n```\n"
    assert status_of(reviewer_164, sample.format(answer), first) == {"exact"}
    changed = answer.replace(answer.split()[-2], "altogether otherwise")
    assert status_of(reviewer_164, sample.format(changed), first) == {"wrong"}


def test_a_quote_that_says_it_is_cut_is_the_beginning(answer: str, reviewer_164: Reviewer) -> None:
    cut = f"## Sample outputs\n\n```text\n{answer[:60]} … [shortened]\n```\n"
    assert status_of(reviewer_164, cut, answer[:20]) == {"exact"}


def test_a_file_s_digest_is_counted_again(reviewer_164: Reviewer) -> None:
    path = next(review_texts.ISSUE_164.rglob("alignment_*_summary.json"), None) or next(
        review_texts.ISSUE_164.rglob("*.json")
    )
    name, digest = path.relative_to(review_texts.ISSUE_164), hashlib.sha256(path.read_bytes()).hexdigest()
    other = digest[:-1] + ("0" if digest[-1] != "0" else "1")
    assert status_of(reviewer_164, f"`{name}`: {digest}\n", digest[:12]) == {"exact"}
    assert status_of(reviewer_164, f"`{name}`: {other}\n", digest[:12]) == {"wrong"}


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_a_figure_at_a_commit_holds_the_bundle_s_bytes(tmp_path: Path) -> None:
    root, bundle = tmp_path / "repository", tmp_path / "figures"
    shutil.copytree(review_texts.ISSUE_164, root / "issue-164")
    for folder, data in ((root / "figures", b"one"), (bundle, b"one")):
        folder.mkdir()
        (folder / "hero.png").write_bytes(data)
    git(root, "init", "-q")
    git(root, "add", "figures")
    git(root, "commit", "-q", "-m", "figures")
    commit = git(root, "rev-parse", "HEAD")
    link = f"![α by C](https://github.com/o/r/raw/{commit}/figures/hero.png)\n\nAs of commit {commit}.\n"
    reviewer = Reviewer([root / "issue-164"], figures=bundle)
    assert status_of(reviewer, link, "hero.png") == {"exact"}
    assert status_of(reviewer, link, commit[:7]) == {"exact"}
    assert status_of(reviewer, link.replace("hero.png)", "other.png)"), "other.png") == {"wrong"}
    (bundle / "hero.png").write_bytes(b"two")
    assert status_of(reviewer, link, "hero.png") == {"wrong"}
    unknown = link.replace(commit, "0a" * 20)
    assert status_of(reviewer, unknown, "hero.png") == {"uncheckable"}
