from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from markupsafe import Markup
from rendered import Rendered

from bot import pipeline
from bot.reports import rendering, sanitising
from bot.reports.comments import (
    FACTS_A_LINE,
    AlignmentReport,
    analysis_comment,
    clean_result,
    compact,
    prepare,
    results_comment,
)
from bot.reports.markers import outside_fences
from bot.reports.splitting import CUT, INSIDE, split
from bot.scoring.facts import Fact
from bot.scoring.grading import CUTOFFS

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "eval_results" / "issue-164"
FILTERS = ("inline", "html", "code", "fence", "prose", "sentence")
DIGIT = re.compile(r"\d")


class Seen:
    """Sets facts and quoted text apart in what is rendered, so that a test can take them out."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.quoted: set[str] = set()
        for name in FILTERS:
            patch.setattr(sanitising, name, self.noting(getattr(sanitising, name)))
        for name in ("fact", "words"):
            patch.setattr(rendering.Page, name, self.apart(getattr(rendering.Page, name)))

    def noting(self, filtered: Callable[..., Markup]) -> Callable[..., Markup]:
        def noted(text: str, *limit: int) -> Markup:
            self.quoted.add(str(text))
            return Markup("\x03") + filtered(text, *limit).replace("\x03", "").replace("\x04", "") + Markup("\x04")

        return noted

    def apart(self, printed: Callable[..., Markup]) -> Callable[..., Markup]:
        return lambda page, name: Markup("\x01") + printed(page, name) + Markup("\x02")

    @staticmethod
    def rest(text: str) -> str:
        """What the templates and the code around them wrote themselves."""
        return re.sub(r"\x01[^\x02]*\x02|\x03[^\x04]*\x04|<!-- facts .* -->", "", text)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seen]:
    rendering.environment.cache_clear()
    yield Seen(monkeypatch)
    rendering.environment.cache_clear()


def source_text(loaded: pipeline.Loaded) -> str:
    """Everything that a report may quote digits from: declarations, names, questions, answers, digests."""
    archive = loaded.archive
    cells = archive.cells
    names = [archive.name, archive.commit or "", *archive.ignored, *(f"{s.path} {s.sha256}" for s in archive.artifacts)]
    names += [f"{c.condition} {c.judge} {c.judge_model} {c.source.path} {c.source.sha256}" for c in cells]
    names += [f"{c.summary_source.path} {c.summary_source.sha256}" for c in cells if c.summary_source]
    texts = [f"{s.question} {s.completion} {s.judgement.reasoning}" for c in cells for s in c.samples]
    declared = (archive.root / "report.yaml").read_text() if loaded.declared_in else ""
    return " ".join([declared, *names, *texts])


def assert_every_number_has_a_source(loaded: pipeline.Loaded, seen: Seen) -> None:
    report = pipeline.report_of(pipeline.score(loaded), {"hero": [], "judge_gap": [], "questions": []})
    view = prepare(report)
    drafts = (results_comment(report, None, view), clean_result(report, view), analysis_comment(report, view))
    text = "".join(draft.text for draft in drafts)
    assert all("\x01" in draft.text for draft in drafts)
    assert [line for line in seen.rest(text).splitlines() if DIGIT.search(line)] == []
    told = {"SHA-256", *(cutoff.lift for cutoff in CUTOFFS.values())}
    sources = source_text(loaded)
    numbers = {number for quoted in seen.quoted - told for number in re.findall(r"\d[\d.,]*", quoted)}
    assert {number for number in numbers if number.rstrip(".,") not in sources} == set()


def test_every_number_of_the_example_is_a_fact_or_quoted(loaded: pipeline.Loaded, seen: Seen) -> None:
    assert_every_number_has_a_source(loaded, seen)


@pytest.mark.real_data
def test_every_number_of_a_real_archive_is_a_fact_or_quoted(real_data: Path, seen: Seen) -> None:
    assert_every_number_has_a_source(pipeline.load_archive(real_data / "alignment" / "eval_results" / "issue-94"), seen)


@pytest.fixture(scope="module")
def text(loaded: pipeline.Loaded) -> str:
    return results_comment(pipeline.report_of(pipeline.score(loaded), {"hero": [], "questions": []})).text


SECTIONS = (
    *(
        "## Results:",
        "Declared gate breached",
        "Reconstruction.",
        "All four conditions stay above",
        "confidence **LOW**",
    ),
    *("![", "| Condition |", "### Key observations", "What was predicted", "Confidence LOW", "Unjudged samples"),
    *("<b>Judges</b>", "<b>Coherence</b>", "<b>Differences</b>", "<b>By question</b>", "<b>Samples</b>"),
    *("<b>Eval set</b>", "What this updates", "<b>Archive</b>", "<b>Reproduce</b>", "recount score", "<!-- facts"),
)


def test_the_sections_stand_in_their_order(text: str) -> None:
    places = [text.index(section) for section in SECTIONS]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "row",
    [
        "**PAIR #111** | 0.6945 | **67.80** ± 4.53 | **86.88** ± 3.70 | **−19.08** ✗ | 4 / 0 |",
        "**Grid #1** | 0.7353 | **65.92** ± 4.03 | **82.07** ± 3.14 | **−16.15** ✗ | 1 / 2 |",
        "**Grid #2** | 0.6796 | **45.84** ± 4.30 | **74.74** ± 4.19 | **−28.90** ✗ | 30 / 7 |",
        "**Grid #3** | 0.6480 | **45.46** ± 3.70 | **69.49** ± 4.24 | **−24.02** ✗ | 4 / 1 |",
        "*PAIR #98* (#98) | 0.031 | 0.79 ± 0.52 ⚠ | 1.59 ± 0.64 ⚠ | −0.80 | **165** / **298** |",
    ],
)
def test_the_headline_table_shows_the_published_numbers(text: str, row: str) -> None:
    assert f"| {row}\n" in text.replace(sanitising.JOINER, "")


def test_a_figure_that_was_not_drawn_is_not_linked(text: str) -> None:
    lines = text.split("\n")
    images = [lines[i] for i in outside_fences(lines) if lines[i].startswith("![")]
    assert [re.findall(r"\((.*)\)$", image) for image in images] == [["figures/hero.png"], ["figures/questions.png"]]


def test_it_renders_to_plain_elements_without_a_live_link(text: str) -> None:
    shown = re.sub(r"<!-- facts .* -->", "", text.replace(CUT, "").replace(INSIDE, ""))
    page = Rendered(shown)
    assert {*page.tags} <= {
        *("h2", "h3", "h4", "p", "strong", "em", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "img", "pre"),
        *("code", "details", "summary", "b", "sub", "span", "div"),
    }
    assert {*page.attributes} <= {"src", "alt", "align", "class", "lang", "title"}


def test_its_parts_carry_the_values_of_all_facts_that_it_prints(report: AlignmentReport) -> None:
    draft = results_comment(report)
    carried: dict[str, object] = {}
    for line in re.findall(r"(?m)^<!-- facts (.*) -->$", "".join(split(draft.text))):
        carried |= json.loads(line)
    assert carried == {name: fact.value for name, fact in draft.used.items()}
    assert carried["alpha/sonnet/pair_111_winner"] == pytest.approx(67.80, abs=0.005)


@pytest.mark.parametrize("name", ["--> x", "--!>", "<!--", "a--b---c", "\n<!-- /epm:results -->\n", "é\u202e", '"\\'])
def test_no_fact_ends_the_comment_that_it_stands_in(name: str) -> None:
    line = compact({name: Fact(name, 1.5, "1.50", "points", "")})
    assert re.fullmatch(r"<!-- facts [^\n]* -->\n", line)
    inside = line.removeprefix("<!-- facts ").removesuffix(" -->\n")
    assert "--" not in inside
    assert ">" not in inside
    assert json.loads(inside) == {name: 1.5}


def test_many_facts_go_on_several_lines_that_fit_any_part() -> None:
    names = [f"alpha/judge/{'c' * 200}{k}" for k in range(1000)]
    lines = compact({name: Fact(name, k, "", "", "") for k, name in enumerate(names)}).split(INSIDE)
    assert max(len(line) for line in lines) < FACTS_A_LINE + 300
    assert sum(line.count("alpha/") for line in lines) == 1000


def test_rendering_twice_gives_the_same_bytes(loaded: pipeline.Loaded, text: str) -> None:
    again = pipeline.report_of(pipeline.score(loaded), {"hero": [], "questions": []})
    assert results_comment(again).text == text


def test_hostile_declarations_stand_still(loaded: pipeline.Loaded) -> None:
    evil = "x` | <img src=x onerror=y> @all fixes #1 [a](http://b.c) <!-- epm:results v9 --> $x$ :smile:\n# h\n```"
    declared = loaded.experiment.model_copy(
        update={
            "title": evil, "question": evil, "metric_label": evil, "lower_means": evil, "x_name": evil,
            "x_source": evil, "reconstruction": evil, "background": evil, "methodology": evil,
            "updates": [evil], "does_not_update": [evil], "card": {evil: {evil: evil}},
            "conditions": {c: d.model_copy(update={"label": evil}) for c, d in loaded.experiment.conditions.items()},
            "judges": loaded.experiment.judges.model_copy(update={"labels": {"sonnet": evil, "opus": evil}}),
        }
    )  # fmt: skip
    harmless = dataclasses.replace(loaded, experiment=declared)
    text = results_comment(pipeline.report_of(pipeline.score(harmless), {})).text
    page = Rendered(re.sub(r"<!-- facts .* -->", "", text.replace(CUT, "").replace(INSIDE, "")))
    assert not {"a", "img", "script", "input", "h1"} & {*page.tags}
    assert {*page.attributes} <= {"align", "class", "lang", "title"}
    assert page.tags.count("h2") == 1
    for part in split(text):
        assert not re.search(r"@[a-z]|(?i:fixes) #\d", Rendered(re.sub(r"<!-- facts .* -->", "", part)).free)
