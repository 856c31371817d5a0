"""What Recount writes itself passes its own review: no wrong number, no false overclaim."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import review_texts

from bot import pipeline, sweeps
from bot.archives.asking import Asked
from bot.charts import saving
from bot.review import FAIL, Review, Reviewer
from bot.review.agreeing import UNMATCHED, WRONG

ROOT = review_texts.ROOT
TRUE_REASONS = ("fields of the reproducibility card are missing", "of the archive could not be read")
NOT_REVIEWED = ("reviewer-verdict",)  # it repeats the wrong numbers of others


def stands(review: Review) -> None:
    """Nothing is accused or unmatched, and only what is true of the archive is a concern."""
    bad = [f"line {c.line}: {c.quote!r} {c.status} {c.expected}" for c in review.having(WRONG, UNMATCHED)]
    assert not bad, "\n".join(bad)
    assert not review.overclaims, review.overclaims
    assert review.verdict != FAIL
    assert all(reason.endswith(TRUE_REASONS) for reason in review.reasons), review.reasons


def comments_of(archive: Path, folder: Path) -> dict[str, str]:
    """Every comment and body of the bundle of an archive."""
    if (archive / "data").is_dir():
        sweeps.build(sweeps.score(archive, Asked(cache=False)), folder, figures=folder.parent / "figures")
    else:
        pipeline.build(pipeline.load_archive(archive), folder, figures=folder.parent / "figures")
    found = {path.stem: path.read_text(encoding="utf-8") for path in sorted((folder / "comments").glob("*.md"))}
    return {kind: text for kind, text in found.items() if kind not in NOT_REVIEWED}


@pytest.fixture(scope="module", autouse=True)
def figures_undrawn() -> Iterator[None]:
    """Nobody looks at a figure here, and to draw them takes most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(saving, "rendered", lambda _figure, kind: str(kind).encode())
        yield


@pytest.fixture(scope="module")
def of_164(tmp_path_factory: pytest.TempPathFactory) -> tuple[Reviewer, dict[str, str]]:
    folder = tmp_path_factory.mktemp("bundle") / "bundle"
    comments = comments_of(review_texts.ISSUE_164, folder)
    return Reviewer([review_texts.ISSUE_164], figures=folder / "figures"), comments


@pytest.mark.parametrize("kind", ["results", "analysis", "clean-result", "done", "follow-ups"])
def test_comments_on_the_example_stand(kind: str, of_164: tuple[Reviewer, dict[str, str]]) -> None:
    reviewer, comments = of_164
    stands(reviewer.review(comments[kind]))


@pytest.mark.real_data
@pytest.mark.parametrize("name", ["issue-94", "tulu_control_em_seed42"])
def test_comments_on_real_archives_stand(name: str, real_data: Path, tmp_path: Path) -> None:
    archive = real_data / "alignment" / "eval_results" / name
    reviewer = Reviewer([archive])
    for text in comments_of(archive, tmp_path / "bundle").values():
        stands(reviewer.review(text))


def test_comments_on_the_example_sweep_stand(tmp_path: Path) -> None:
    reviewer = Reviewer([ROOT / "examples" / "sweep"])
    for text in comments_of(ROOT / "examples" / "sweep", tmp_path / "bundle").values():
        stands(reviewer.review(text))


@pytest.mark.parametrize("seed", [1, 2])
def test_comments_on_made_sweeps_stand(seed: int, tmp_path: Path) -> None:
    tool, root = ROOT / "tests" / "fixtures" / "make_sweep.py", tmp_path / "made"
    size = ("--models", 2 + seed, "--tasks", 7 + 6 * seed, "--runs", seed, "--seed", seed, "--corrupt", 1)
    command = [sys.executable, tool, "--out", root, *size, "--size-min", 100, "--size-max", 400, "--jobs", 1]
    subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=60)
    reviewer = Reviewer([root])
    for text in comments_of(root, tmp_path / "bundle").values():
        stands(reviewer.review(text))
