"""README, CONTRIBUTING and the pages of docs/: what they name exists, and what they show is what Recount makes."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from markdown_pages import PAGES, ROOT, Typed, anchors_of, command_tree, links_of, name_of, prose_of, typed_commands

from bot import pipeline

README = ROOT / "README.md"
EXAMPLE = ROOT / "examples" / "eval_results" / "issue-164"
HERO = ROOT / "figures" / "issue-164"
PICTURE = ROOT / "docs" / "images" / "report.png"


def test_the_readme_opens_with_a_sentence_two_commands_and_a_picture() -> None:
    head, sentence, block, *rest = README.read_text().split("\n\n")
    assert head == "# Recount"
    assert sentence.count(".") == 1
    assert re.findall(r"(?m)^\$ (make \w+)", block) == ["make report", "make test"]
    assert "![" in rest[1]
    assert "docs/images/report.png" in rest[1]


def test_the_readme_says_that_the_example_is_a_reconstruction() -> None:
    assert "archive is a reconstruction" in README.read_text()


def test_the_picture_is_a_png_that_loads_quickly() -> None:
    assert PICTURE.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert PICTURE.stat().st_size < 400_000


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    pinned = re.search(r"(?m)^matplotlib==(\S+)", (ROOT / "constraints.txt").read_text())
    assert pinned
    if version("matplotlib") != pinned[1]:
        pytest.skip(f"the committed figure was drawn by matplotlib {pinned[1]}, here is {version('matplotlib')}")
    folder = tmp_path_factory.mktemp("figures")
    paths = pipeline.draw(pipeline.score(pipeline.load_archive(EXAMPLE)), folder)["hero"]
    return {path.name: path.read_bytes() for path in paths}


@pytest.mark.parametrize("name", ["hero.png", "hero.pdf", "hero.svg", "hero.csv"])
def test_the_committed_hero_figure_is_the_one_that_is_drawn(drawn: dict[str, bytes], name: str) -> None:
    same = drawn[name] == (HERO / name).read_bytes()
    assert same, f"run `make report` and commit figures/issue-164/{name}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    lost = []
    for target in links_of(page):
        path, _, anchor = target.partition("#")
        there = (page.parent / path) if path else page
        if not there.exists() or (anchor and anchor not in anchors_of(there)):
            lost.append(target)
    assert not lost


@pytest.mark.parametrize(
    "typed", sorted(set(typed_commands())), ids=lambda typed: f"{typed.page}: {' '.join(typed.words)}"
)
def test_commands_in_pages_exist_with_their_options(typed: Typed) -> None:
    command, words = command_tree(), list(typed.words[1:])
    while words and hasattr(command, "commands") and not words[0].startswith(("-", "[")):
        name = words.pop(0)
        assert name in command.commands, f"there is no command {name}"
        command = command.commands[name]
    known = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}
    given = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
    assert given <= known


def test_pages_name_commands_at_all() -> None:
    assert {"README.md", "docs/commands.md", "docs/bundle.md", "examples/README.md"} <= {
        t.page for t in typed_commands()
    }


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_make_targets_in_pages_exist(page: Path) -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text()))
    named = re.findall(r"(?:`|^\$ )make (?:[A-Z]+=\S+ )?([a-z-]+)", page.read_text(), re.MULTILINE)
    assert set(named) <= targets


def test_the_index_lists_every_page() -> None:
    listed = set(links_of(ROOT / "docs" / "README.md"))
    pages = {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages <= listed


def test_contributing_shows_every_room_of_the_house() -> None:
    text = prose_of(ROOT / "CONTRIBUTING.md")
    rooms = [path.parent.name for path in (ROOT / "bot").glob("*/__init__.py")]
    assert [room for room in rooms if f"`bot/{room}/`" not in text] == []


@pytest.mark.parametrize("page", [*PAGES, *(ROOT / "docs" / "parts").glob("*.md")], ids=name_of)
def test_files_of_the_code_that_pages_name_exist(page: Path) -> None:
    named = re.findall(r"`((?:bot|templates|tests|docs|examples)/[\w./-]*\w)/?`", prose_of(page))
    assert [path for path in named if not (ROOT / path).exists()] == []
