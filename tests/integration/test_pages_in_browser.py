"""The local tracker's pages in a real browser, opened from disk as a person would."""

import shutil
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.tracker.local import LocalTracker
from bot.tracker.pages import issue_page, write_pages

pytestmark = pytest.mark.browser

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE_TABLE = (
    "| "
    + " | ".join(f"a long heading {i}" for i in range(14))
    + " |\n"
    + "|--:" * 14
    + "|\n"
    + "| 67.80 ± 4.53 " * 14
    + "|"
)
REPORT = f"""<!-- epm:results v1 digest=ab -->
## Results: a finding

> [!WARNING]
> **Declared gate breached.**

![Alpha by condition]({{prefix}}/hero.png)

{WIDE_TABLE}

<details><summary><b>Samples</b></summary>

```text
{"a line that is longer than any phone is wide " * 8}
```

</details>

A{"VeryLongWordWithoutAnyBreak" * 20}
<!-- /epm:results -->
"""
HOSTILE = """<script>document.title = "owned"</script>
<img src=x onerror="document.title = 'owned'">
<svg onload="document.title = 'owned'"></svg>
<details open ontoggle="document.title = 'owned'"><summary>s</summary></details>
<iframe srcdoc="<script>parent.document.title = 'owned'</script>"></iframe>
<style>body { display: none }</style>
<meta http-equiv="refresh" content="0;url=https://evil.example/">
<link rel="stylesheet" href="https://evil.example/x.css">
<form action="https://evil.example/"><button id=go>Go</button></form>
<input autofocus onfocus="document.title = 'owned'">
<a id=trap href="javascript:document.title='owned'">click</a>
![spy](https://evil.example/spy.png) <img alt=spy src="//evil.example/spy.png"> <img src="file:///etc/passwd">
</div></div></article></main><b id="theme-dark">out</b>
"""


def png(width: int, height: int) -> bytes:
    """A white picture, written by hand: no drawing library is needed to show that a file is shown."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\xff" * width) * height)
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium is installed")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def tracker(tmp_path_factory) -> LocalTracker:
    tracker = LocalTracker(tmp_path_factory.mktemp("pages") / "tracker", now="2025-11-20T12:00:00+00:00")
    tracker.ensure_issue(164, "Bureaucratic-authority prompts keep α far above the target (LOW confidence)", "Body")
    prefix = tracker.store_figures(164, {"hero.png": png(1600, 900)})
    tracker.post_comment(164, REPORT.replace("{prefix}", prefix))
    tracker.post_comment(164, "> [!NOTE]\n> Thanks")
    tracker.add_labels(
        164,
        [
            "status:awaiting-promotion",
            "clean-results:draft",
            "a-label-of-fifty-characters-without-any-break-at-all"[:50],
        ],
    )
    for number, column in (
        (164, "Awaiting promotion"),
        (165, "To do"),
        (166, "Blocked"),
        (167, "Done"),
        (168, "Planning"),
    ):
        tracker.ensure_issue(number, f"Issue {number}", "Body")
        tracker.move(number, column)
    tracker.post_comment(165, HOSTILE)
    write_pages(tracker)
    return tracker


@pytest.fixture
def open_page(browser, tracker):
    """Open a page of the tracker; afterwards, nothing may have been asked of a network, and nothing complained."""
    contexts, asked, said, allowed = [], [], [], set()

    def opened(page: Path, *, width: int = 1280, scheme: str = "light", forgiven: str = ""):
        allowed.add(forgiven)
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
    assert asked
    assert [url for url in asked if not url.startswith(tracker.folder.as_uri())] == []
    assert set(said) <= allowed


def issue(tracker: LocalTracker) -> Path:
    return issue_page(tracker, 164)


def background(tab, selector: str = "body") -> str:
    return tab.eval_on_selector(selector, "element => getComputedStyle(element).backgroundColor")


def test_the_figure_shows(open_page, tracker):
    tab = open_page(issue(tracker))
    figure = tab.get_by_alt_text("Alpha by condition")
    assert figure.evaluate("image => image.naturalWidth") == 1600
    assert 0 < figure.bounding_box()["width"] < 1000


def test_details_open_on_a_click(open_page, tracker):
    tab = open_page(issue(tracker))
    inside = tab.locator("details pre").first
    assert not inside.is_visible()
    tab.get_by_text("Samples").click()
    assert inside.is_visible()


@pytest.mark.parametrize("width", [375, 768, 1280])
@pytest.mark.parametrize("name", ["issue-164.html", "index.html"])
def test_nothing_is_wider_than_the_window(open_page, tracker, width, name):
    tab = open_page(tracker.folder / name, width=width)
    for summary in tab.locator("summary").all():
        summary.click()
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [375, 1280])
def test_a_wide_table_scrolls_inside_its_comment(open_page, tracker, width):
    tab = open_page(issue(tracker), width=width)
    inner, outer = tab.locator("table").first.evaluate("table => [table.scrollWidth, table.clientWidth]")
    assert inner > outer


def test_dark_and_light_follow_the_system_and_the_switch(open_page, tracker):
    light, dark = (open_page(issue(tracker), scheme=scheme) for scheme in ("light", "dark"))
    pages = [background(tab) for tab in (light, dark)]
    bodies = [background(tab, ".markdown-body") for tab in (light, dark)]
    assert pages == bodies == ["rgb(255, 255, 255)", "rgb(13, 17, 23)"]
    light.get_by_label("Dark").check(force=True)
    dark.get_by_label("Light").check(force=True)
    assert [background(tab) for tab in (light, dark)] == pages[::-1]
    assert [background(tab, ".markdown-body") for tab in (light, dark)] == bodies[::-1]
    light.get_by_label("As the system").check(force=True)
    assert background(light) == pages[0]


CONTRAST = """selector => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgb = (color, under) => {
    canvas.globalCompositeOperation = "copy"; canvas.fillStyle = under; canvas.fillRect(0, 0, 1, 1);
    canvas.globalCompositeOperation = "source-over"; canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = color => {
    const [r, g, b] = color.map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = element => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.unshift(getComputedStyle(e).backgroundColor);
    return layers.reduce((under, color) => `rgb(${rgb(color, under)})`, "white");
  };
  return [...document.querySelectorAll(selector)].map(element => {
    const under = ground(element);
    const pair = [light(rgb(getComputedStyle(element).color, under)), light(rgb(under, "white"))].sort((a, b) => b - a);
    return [element.className || element.tagName, (pair[0] + 0.05) / (pair[1] + 0.05)];
  });
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_words_around_the_bodies_stand_out_enough(open_page, tracker, scheme):
    """Ratio 4.5 of WCAG 2.2, 1.4.3, for the page's words and for every colour that a label may take."""
    tab = open_page(issue(tracker), scheme=scheme)
    tab.eval_on_selector(
        ".sidebar p",
        "p => [...Array(10).keys()].map(i => p.insertAdjacentHTML('beforeend', `<b class='label tint-${i}'>l</b>`))",
    )
    measured = tab.evaluate(
        CONTRAST, ".label, .column, .state, .bot, .number, .top-note, .post-head a, .sidebar h2, .author"
    )
    assert len(measured) > 20
    assert [pair for pair in measured if pair[1] < 4.5] == []


def test_a_hostile_comment_runs_loads_and_hides_nothing(open_page, tracker):
    # Its <img src=x> names a file beside the page, which is not there; that, and no more, the browser may say.
    tab = open_page(issue_page(tracker, 165), forgiven="Failed to load resource: net::ERR_FILE_NOT_FOUND")
    tab.locator("#issuecomment-1 summary").first.click()
    tab.get_by_text("click", exact=True).click()
    tab.wait_for_timeout(300)
    assert "owned" not in tab.title()
    assert tab.url == issue_page(tracker, 165).as_uri()
    assert tab.locator("script, iframe, form, button, style, svg[onload]").count() == 0
    assert tab.locator("#issuecomment-1 .markdown-body").get_by_text("out", exact=True).is_visible()
    assert background(tab) == "rgb(255, 255, 255)"


def test_the_policy_stops_a_script_even_where_one_slipped_in(browser, tracker, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(tracker.folder, copy)
    page = copy / "issue-164.html"
    slipped = "<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\"></main>"
    page.write_text(page.read_text(encoding="utf-8").replace("</main>", slipped), encoding="utf-8")
    tab = browser.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.goto(page.as_uri())
    tab.wait_for_timeout(300)
    assert "owned" not in tab.title()
    assert any("Content Security Policy" in text for text in complaints)
    tab.close()


def test_a_link_to_a_comment_leads_to_it(open_page, tracker):
    tab = open_page(tracker.folder / "index.html")
    tab.get_by_role("link", name="Bureaucratic-authority").first.click()
    tab.locator("#issuecomment-2 .post-head a").click()
    assert tab.url.endswith("issue-164.html#issuecomment-2")
    assert tab.locator("#issuecomment-2").is_visible()


def test_on_paper_everything_is_open_and_light(open_page, tracker):
    tab = open_page(issue(tracker), scheme="dark")
    tab.emulate_media(media="print")
    assert background(tab) == "rgb(255, 255, 255)"
    assert tab.locator("details pre").first.bounding_box()["height"] > 0
    assert not tab.locator(".top").is_visible()
