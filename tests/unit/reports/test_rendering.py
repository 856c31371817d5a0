from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.errors import ReportError
from bot.experiment import Experiment
from bot.reports.rendering import Page, environment, render
from bot.reports.templates import template_folder
from bot.scoring.facts import Fact, Facts

COMMENTS = sorted((template_folder() / "comments").glob("*.j2"))


@pytest.fixture
def page() -> Page:
    facts = Facts()
    facts.add(Fact("alpha/sonnet/a", 67.8, "67.80", "points", "a recipe"))
    facts.add(Fact("conditions", 4, "4", "count", "a recipe"))
    return Page(facts)


@pytest.fixture
def rendered(tmp_path: Path, page: Page):
    def from_text(template: str, **context: object) -> str:
        (tmp_path / "own.j2").write_text(template, encoding="utf-8")
        return render("own.j2", page, context, tmp_path)

    return from_text


def test_a_fact_is_printed_as_it_is_shown_and_remembered(rendered, page: Page) -> None:
    assert rendered("α = {{ fact('alpha/sonnet/a') }}") == "α = 67.80"
    assert list(page.used) == ["alpha/sonnet/a"]


def test_a_count_can_be_printed_in_words(rendered, page: Page) -> None:
    assert rendered("{{ words('conditions') | capitalize }} stay") == "Four stay"
    assert list(page.used) == ["conditions"]
    with pytest.raises(ReportError, match="is no count"):
        rendered("{{ words('alpha/sonnet/a') }}")


@pytest.mark.parametrize(
    "bare",
    [
        "{{ 5 }}",
        "{{ 67.8 }}",
        "{{ 'text' }}",
        "{{ number }}",
        "{{ text }}",
        "{{ text ~ number }}",
        "{{ number + 1 }}",
        "{{ none }}",
        "{{ true }}",
        "{{ [number] }}",
        "{{ text | length }}",
        "{{ text | string }}",
        "{{ loop_text[0] }}",
        "{% for n in [1, 2] %}{{ loop.index }}{% endfor %}",
        "{% autoescape false %}{{ text }}{% endautoescape %}",
        "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(number) }}",
        "{{ 5 ~ fact('conditions') }}",
        "{{ fact('conditions') ~ text }}",
        "{{ fact('conditions') + text }}",
        "{{ text % fact('conditions') }}",
        "{{ fact('conditions') * 3 }}",
    ],
)
def test_a_bare_number_or_text_is_an_error(rendered, bare: str) -> None:
    with pytest.raises(ReportError, match="tried to print a bare") as error:
        rendered(bare, number=67.8, text="<b>", loop_text=["x"])
    assert error.value.where == "own.j2, line 1"
    assert "fact" in error.value.fix


@pytest.mark.parametrize(
    "way", ["safe", "escape", "e", "forceescape", "urlize", "tojson", "xmlattr", "join", "format", "replace('a', 'b')"]
)
def test_no_filter_takes_a_value_for_safe_as_it_is(rendered, way: str) -> None:
    with pytest.raises(ReportError, match="No filter named"):
        rendered(f"{{{{ text | {way} }}}}", text="<script>")


@pytest.mark.parametrize(
    ("way", "shown"),
    [
        ("inline", "&lt;b&gt; \\*x\\*"),
        ("html", "&lt;b&gt; *x*"),
        ("code", "`<b> *x*`"),
        ("fence", "```text\n<b> *x*\n```"),
        ("prose", "&lt;b&gt; *x*"),
        ("sentence", "&lt;b&gt; *x*"),
        ("inline(3)", "&lt;b&gt; … \\[shortened\\]"),
    ],
)
def test_text_comes_through_the_filters_that_make_it_safe(rendered, way: str, shown: str) -> None:
    assert rendered(f"{{{{ text | {way} }}}}", text="<b> *x*") == shown


def test_safe_pieces_join_as_they_are(rendered) -> None:
    joined = "{{ (text | inline) ~ fact('conditions') ~ (text | inline) + fact('conditions') }}"
    assert rendered(joined, text="<") == "&lt;4&lt;4"


def test_an_unknown_fact_is_an_error_that_names_it_and_the_place(rendered) -> None:
    with pytest.raises(ReportError, match="no fact is called 'alpha/opus/a'") as error:
        rendered("first\n{{ fact('alpha/opus/a') }}")
    assert error.value.where == "own.j2, line 2"


@pytest.mark.parametrize(
    "name", ["{{ unknown }}", "{{ thing.unknown }}", "{% if unknown %}{% endif %}", "{{ thing['x'] }}"]
)
def test_an_unknown_name_is_an_error(rendered, name: str) -> None:
    with pytest.raises(ReportError, match=r"undefined|has no attribute"):
        rendered(name, thing={})


@pytest.mark.parametrize(
    ("template", "line"),
    [("\n{{ 1 / 0 }}", 2), ("\n\n{% if %}", 3), ("{{ text() }}", 1), ("{{ fact() }}", 1), ("{{ 5 | inline }}", 1)],
)
def test_a_mistake_in_a_template_is_told_with_its_line(rendered, template: str, line: int) -> None:
    with pytest.raises(ReportError, match="cannot be rendered") as error:
        rendered(template, text="x")
    assert error.value.where == f"own.j2, line {line}"


def test_a_template_that_is_not_there_is_told(page: Page) -> None:
    with pytest.raises(ReportError, match="cannot be rendered"):
        render("comments/none.md.j2", page, {})


@pytest.mark.parametrize(
    "trick",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ fact.__globals__ }}",
        "{{ fact.__func__.__globals__['__builtins__'] }}",
        "{{ fact.__self__.used.clear() }}",
        "{{ things.append('x') }}",
        "{{ '{0.__class__}'.format(fact) }}",
        "{{ ('%s' % fact).mro() }}",
        "{{ fact('conditions').replace('4', '5') }}",
        "{{ fact('conditions').join(['5', '6']) }}",
        "{{ fact('conditions').format(5) }}",
        "{{ fact('conditions').upper() }}",
        "{{ ('{}' | html).format(5) }}",
        "{{ self._TemplateReference__context }}",
        "{{ experiment.model_dump_json() }}",
        "{{ experiment.parse_file('/etc/hostname') }}",
        "{{ experiment.parse_raw('cos\\ngetcwd\\n(tR.', content_type='pickle', allow_pickle=true) }}",
        "{{ experiment.model_config }}",
        "{{ lipsum() }}",
        "{{ range(9) }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{% include '/etc/hostname' %}",
        "{% include '../../pyproject.toml' %}",
    ],
)
def test_a_template_cannot_reach_beyond_what_it_is_given(rendered, trick: str) -> None:
    things = ["a"]
    with pytest.raises(ReportError):
        rendered(trick, things=things, experiment=Experiment())
    assert things == ["a"]


def test_declarations_can_be_read(rendered) -> None:
    assert rendered("{{ e.title | inline }}", e=Experiment(title="a *b*")) == "a \\*b\\*"


def test_a_teams_own_template_stands_before_ours(tmp_path: Path, page: Page) -> None:
    (tmp_path / "comments").mkdir()
    (tmp_path / "comments" / "issue.md.j2").write_text("ours is {{ fact('alpha/sonnet/a') }}")
    assert render("comments/issue.md.j2", page, {}, tmp_path) == "ours is 67.80"


@pytest.mark.parametrize("path", COMMENTS, ids=lambda path: path.name)
def test_no_template_types_a_digit(path: Path) -> None:
    tokens = environment(template_folder()).lex(path.read_text(encoding="utf-8"))
    text = "".join(value for _, kind, value in tokens if kind == "data")
    assert text
    assert not re.findall(r".*\d.*", text)
