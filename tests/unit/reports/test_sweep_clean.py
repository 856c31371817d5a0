"""The clean result of a sweep: its form, its samples, and what it is linked by."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import sweeps
from bot.archives.asking import Asked
from bot.reports.bundle import LINK, Bundle
from bot.reports.sweep_clean import draw_runs
from bot.scoring.facts import Facts
from bot.tracker.clean_results import problems_of

SWEEP = Path(__file__).parents[3] / "examples" / "sweep"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    new = tmp_path_factory.mktemp("sweep")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeps, "draw", lambda *_: {"hero": [figure(new)]})
        return sweeps.build(sweeps.score(SWEEP, Asked(cache=False)), new / "bundle", figures=new / "figures")


def figure(folder: Path) -> Path:
    path = folder / "hero.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n")
    return path


def clean_text(bundle: Bundle) -> str:
    found = bundle.manifest.clean_result
    assert found is not None
    return "\n\n".join((bundle.folder / part).read_text() for part in found.parts)


def test_its_form_is_that_of_a_clean_result(bundle: Bundle) -> None:
    found = bundle.manifest.clean_result
    assert found is not None
    text = re.sub(r"\(figures/hero", "(figures/0123456789ab/hero", clean_text(bundle))
    assert problems_of(found.title, text, promoting=False) == []
    assert problems_of(found.title, text, promoting=True) == ["a section that only a person can write is still empty"]
    assert found.title.endswith("(LOW confidence)")


def test_the_analysis_links_it(bundle: Bundle) -> None:
    found = bundle.manifest.clean_result
    assert found is not None
    assert LINK in (bundle.folder / found.link).read_text()


def test_every_model_shows_three_runs_of_different_tasks(bundle: Bundle) -> None:
    part = clean_text(bundle).partition("## Sample outputs")[2].partition("## Headline numbers")[0]
    pieces = re.split(r"^### Condition: ", part, flags=re.MULTILINE)[1:]
    assert len(pieces) == 4
    for piece in pieces:
        places = re.findall(r"^\| `([^/`]+)/([^/`]+)/run\d+\.json` \|", piece, re.MULTILINE)
        assert len({task for _, task in places}) == 3
        assert len(re.findall(r"^`{3,}text$", piece, re.MULTILINE)) == 3


def test_the_draw_is_the_same_every_time_and_each_score_is_a_fact() -> None:
    scored = sweeps.score(SWEEP, Asked(cache=False))
    first, second = Facts(), Facts()
    for facts in (first, second):
        for fact in scored.facts.values():
            facts.add(fact)
    drawn = [draw_runs(scored.tables.models, facts, lambda run: run.place) for facts in (first, second)]
    assert drawn[0] == drawn[1]
    stored = {run.place: run.run_score for run in scored.archive.runs}
    assert all(first[run.fact].value == stored[run.place] for model in drawn[0] for run in model.runs)


def test_a_run_without_a_transcript_says_so() -> None:
    scored = sweeps.score(SWEEP, Asked(cache=False))
    (model, *_) = draw_runs(scored.tables.models[:1], scored.facts, lambda _: "")
    assert {run.text for run in model.runs} == {"(no transcript is archived for this run)"}
