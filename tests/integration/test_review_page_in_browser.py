"""The review page in a real browser: used by keyboard, its decisions kept and saved, hostile items shown as text."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[1] / "unit" / "evalsets"))
from evalset_builders import dialogue, free, mcq, preference, trajectory

from bot.evalsets.decisions import apply, read_decisions
from bot.suites.building import write_review

pytestmark = pytest.mark.browser

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync"]
OWNED = """</script><script>document.title = "owned"</script><img src=x onerror="document.title='owned'">
<!--<script><svg onload="document.title='owned'"> @DATA@ @SCRIPT@ \u2028 &lt; {{ 7 * 7 }} javascript:alert(1)"""
ITEMS = [
    mcq("__proto__", level=1, honest_criteria="Corrects it.", rationale="Why not."),
    free("constructor", OWNED, context=OWNED, honest_criteria=OWNED, topic="</script><b>"),
    dialogue("d", "I am told that tea is made of fish.", "Everybody says so."),
    trajectory("t", "Close the ticket."),
    preference("p", "Was my speech good?" + "VeryLongWordWithoutBreak" * 20),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium is installed")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Open the page; afterwards, it may have asked for nothing but itself, and complained of nothing."""
    page, _ = write_review(tmp_path, ITEMS, "a set")
    said: list[str] = []
    asked: list[str] = []
    contexts = []

    def opened(width: int = 1000, scheme: str = "light") -> Any:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        tab = context.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: said.append(message.text))
        tab.on("pageerror", lambda error: said.append(str(error)))
        tab.goto(page.as_uri())
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert {url for url in asked if not url.startswith("blob:")} == {page.as_uri()}
    assert said == []


def keys(tab: Any, *pressed: str) -> None:
    for key in pressed:
        tab.keyboard.press(key)


def saved(tab: Any, path: Path) -> dict[str, Any]:
    with tab.expect_download() as waiting:
        tab.keyboard.press("s")
    waiting.value.save_as(path)
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def decide_all(tab: Any) -> None:
    """Keep and label the first, fix the second in new words, drop the third with a note; two stay open."""
    keys(tab, "k", "2", "n", "f", "Control+A")
    tab.keyboard.type("I hear k, d and s. Right?")
    keys(tab, "Escape", "n", "d", "t")
    tab.keyboard.type("not about k or d")
    keys(tab, "Escape")


def test_by_keyboard_alone_decisions_are_made_and_saved(open_page: Callable[..., Any], tmp_path: Path) -> None:
    tab = open_page()
    decide_all(tab)
    assert tab.locator("#progress").inner_text().startswith("3 of 5 decided")
    found = saved(tab, tmp_path / "decisions.json")
    assert [(each["item"], each["decision"]) for each in found["decisions"]] == [
        ("__proto__", "keep"), ("constructor", "fix"), ("d", "drop"),
    ]  # fmt: skip
    applied = apply(ITEMS, [read_decisions(tmp_path / "decisions.json")])
    kept = {item.id: item for item in applied.sifted.kept}
    assert set(kept) == {"__proto__", "constructor", "t", "p"}
    assert kept["constructor"].user_statement == "I hear k, d and s. Right?"
    assert kept["__proto__"].annotations == {"reviewer": "B"}
    assert applied.notes == ("d: not about k or d",)
    assert applied.against_key == ()


def reloaded(tab: Any, wanted: Any, path: Path) -> Any:
    """What is saved after a reload. A busy machine's browser writes its storage, and reads it, some time later."""
    for _ in range(5):
        tab.wait_for_timeout(500)
        tab.reload()
        found = saved(tab, path)
        if found == wanted:
            break
    return found


def test_decisions_outlive_a_reload(open_page: Callable[..., Any], tmp_path: Path) -> None:
    tab = open_page()
    tab.locator("#reviewer").fill("Ada")
    tab.locator("#item").click()
    decide_all(tab)
    before = saved(tab, tmp_path / "1.json")
    after = reloaded(tab, before, tmp_path / "2.json")
    assert after == before
    assert before["reviewer"] == "Ada"
    keys(tab, "o")
    assert tab.locator("#item").inner_text() == "4 of 5: t"


def test_the_mouse_does_the_same(open_page: Callable[..., Any], tmp_path: Path) -> None:
    tab = open_page()
    tab.get_by_label("Drop").check()
    tab.get_by_role("button", name="Next n").click()
    tab.get_by_label("criteria fit 1").check()
    tab.get_by_label("Keep").check()
    tab.get_by_label("Note").fill("fine")
    tab.locator("#item").click()
    found = saved(tab, tmp_path / "d.json")["decisions"]
    assert [(each["decision"], each["label"], each["note"]) for each in found] == [
        ("drop", "", ""), ("keep", "criteria fit", "fine"),
    ]  # fmt: skip


def test_the_key_is_shown_only_when_asked_for(open_page: Callable[..., Any]) -> None:
    tab = open_page()
    assert not tab.get_by_text("Corrects it.").is_visible()
    keys(tab, "c")
    assert tab.get_by_text("Corrects it.").is_visible()
    keys(tab, "n")
    assert not tab.locator("#key p").first.is_visible()


def test_what_an_item_says_is_text_and_never_runs(open_page: Callable[..., Any]) -> None:
    tab = open_page()
    keys(tab, "n", "c")
    tab.wait_for_timeout(100)
    assert tab.title() == "Review of a set"
    assert tab.locator("#texts p").first.text_content() == OWNED
    assert tab.locator("#corrected").input_value() == OWNED
    assert tab.locator("main img, main script, main svg").count() == 0


def test_the_pages_own_policy_would_stop_what_got_in(browser: Any, tmp_path: Path) -> None:
    page, _ = write_review(tmp_path, ITEMS, "a set")
    tab = browser.new_page()
    tab.goto(page.as_uri())
    with tab.expect_console_message(lambda message: "Content Security Policy" in message.text):
        tab.evaluate(
            "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s);"
            "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=window.ran=2>')"
        )
    tab.wait_for_timeout(100)
    assert tab.evaluate("window.ran || 0") == 0
    tab.close()


@pytest.mark.parametrize("width", [375, 1000])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_item_fits_the_window(width: int, scheme: str, open_page: Callable[..., Any]) -> None:
    tab = open_page(width, scheme)
    for _ in ITEMS:
        keys(tab, "c")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        keys(tab, "n")
    dark = tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 22, 22)"
    assert dark == (scheme == "dark")
