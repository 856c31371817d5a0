from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import pipeline
from bot.errors import ReportError
from bot.experiment import Experiment
from bot.reports.building import first_screen, issue_entry, parts_of, plain, write_markdown
from bot.reports.comments import Draft, results_comment
from bot.reports.sanitising import inline, visible
from bot.reports.splitting import CUT, INSIDE, LIMIT, size
from bot.scoring.facts import Facts


def draft(text: str) -> Draft:
    return Draft("results", text, {})


def test_the_first_screen_is_what_stands_above_the_figure_without_its_markup(loaded: pipeline.Loaded) -> None:
    report = pipeline.report_of(pipeline.score(loaded), {"hero": []})
    lines = first_screen(results_comment(report).text)
    assert lines[0] == "Results: bureaucratic-authority prompts keep α far above the EM target"
    assert lines[1].startswith(
        "Declared gate breached on 4 of 4 conditions. The judges were to agree within 10 points;"
    )
    assert lines[-1].startswith(
        "H2 supported, gate breached · H1 falsified · confidence LOW (one seed −1, judges 28.90"
    )
    assert not [line for line in lines if line.startswith(("[!", "|", "#")) or "![" in line or "**" in line]


@given(text=st.text().filter(lambda text: bool(text.split())))
def test_a_line_without_its_markup_is_the_text_that_was_made_safe(text: str) -> None:
    assert plain(f"> **{inline(text, 9999)}** x") == f"{' '.join(visible(text).split())} x"


@pytest.mark.parametrize(
    ("declared", "title"),
    [
        ({"question": "Why?", "title": "Because"}, "Why?"),
        ({"title": "Because"}, "Because"),
        ({"question": " \n ", "title": " "}, "Experiment issue-7"),
        ({}, "Experiment issue-7"),
    ],
)
def test_an_issue_is_called_by_its_question_or_else(declared: dict[str, str], title: str) -> None:
    assert issue_entry(Experiment(**declared), "issue-7", Facts(), 7, None).title == title


@pytest.mark.parametrize("evil", ["\u202e", "@", "$", "<", "[", "`"])
def test_an_issue_of_any_text_is_one_that_a_tracker_takes(evil: str) -> None:
    words = Experiment(question=evil * 2000, background=evil * 30_000, methodology=f"{evil} " * 15_000)
    entry = issue_entry(words, "issue-7", Facts(), None, None)
    assert size(entry.body) <= LIMIT
    assert len(entry.title) <= 256
    assert "all of it stands in the results comment" in entry.body or "shortened" in entry.body


def test_a_comment_that_could_not_be_found_again_is_not_built() -> None:
    with pytest.raises(ReportError, match="hide its own marker"):
        parts_of(draft("## Results\n\n```text\nnobody closes this\n"))


def test_the_markdown_file_stands_alone_and_links_its_figures_where_they_lie(tmp_path: Path) -> None:
    text = f"## Results\n\n![a](figures/hero.png)\n{CUT}x\n{INSIDE}```text\n![b](figures/hero.png)\n```\n"
    write_markdown(draft(text), tmp_path / "out" / "report.md", tmp_path / "my figures")
    assert (tmp_path / "out" / "report.md").read_text() == (
        "## Results\n\n![a](../my%20figures/hero.png)\nx\n```text\n![b](figures/hero.png)\n```\n"
    )
