import hashlib
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.reports.templates import template_folder
from bot.tracker.local import LocalTracker
from bot.tracker.pages import POLICY, TINTS, issue_page, order_board, write_pages

ASSETS = template_folder() / "assets"
HOSTILE = '"><script>alert(1)</script><b onclick=alert(1)>{{ 7 * 7 }}'


@pytest.fixture
def tracker(tmp_path: Path) -> LocalTracker:
    tracker = LocalTracker(tmp_path / "tracker", now="2025-11-20T23:30:00-05:00")
    tracker.ensure_issue(164, "A title", "A body", ["blocked"])
    return tracker


def issue_html(tracker: LocalTracker, number: int = 164) -> str:
    write_pages(tracker)
    return issue_page(tracker, number).read_text(encoding="utf-8")


def index_html(tracker: LocalTracker) -> str:
    return write_pages(tracker).read_text(encoding="utf-8")


class Seen(HTMLParser):
    """All elements with their attributes, and all text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def values(self, *names: str) -> set[str]:
        return {value for _, attributes in self.elements for name, value in attributes.items() if name in names}


def test_the_page_tells_title_number_state_labels_column_and_people(tracker):
    tracker.move(164, "Awaiting promotion")
    tracker.post_comment(164, "text")
    text = " ".join(Seen(issue_html(tracker)).text.split())
    for part in ("A title #164", "Open", "blocked", "Awaiting promotion", "recount", "1 comment", "on Nov 20, 2025"):
        assert part in text


def test_without_a_time_no_date_is_shown(tmp_path):
    tracker = LocalTracker(tmp_path / "tracker")
    tracker.ensure_issue(1, "T", "B")
    tracker.post_comment(1, "text")
    assert "<time" not in issue_html(tracker, 1)


def test_every_comment_has_an_anchor_that_its_url_names(tracker):
    urls = [tracker.post_comment(164, text).url for text in ("one", "two")]
    ids = Seen(issue_html(tracker)).values("id")
    for url in urls:
        page, anchor = url.split("#")
        assert (tracker.folder / page).is_file()
        assert anchor in ids


def test_a_deleted_comment_is_not_shown(tracker):
    tracker.post_comment(164, "progress, soon gone")
    tracker.delete_comment(164, 1)
    assert "soon gone" not in issue_html(tracker)


def test_nothing_that_people_name_becomes_markup(tmp_path):
    tracker = LocalTracker(tmp_path / "tracker", login=HOSTILE)
    tracker.ensure_issue(1, HOSTILE, "body", [HOSTILE[:50]])
    tracker.post_comment(1, "text")
    tracker.move(1, HOSTILE[:50])
    for html in (issue_html(tracker, 1), index_html(tracker)):
        page = Seen(html)
        assert "script" not in {tag for tag, _ in page.elements}
        assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)
        assert HOSTILE in page.text
        assert "{{ 7 * 7 }}" in page.text


def test_a_body_cannot_leave_its_box_or_take_the_page_s_ids(tracker):
    tracker.post_comment(164, '</div></div></article><b id="theme-dark">out</b><i id="issuecomment-1">')
    page = Seen(issue_html(tracker))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    tags = issue_html(tracker)
    assert tags.count("<article") == tags.count("</article>") == 2


def test_pages_ask_for_nothing_but_files_beside_them(tracker):
    prefix = tracker.store_figures(164, {"hero.png": b"1"})
    tracker.post_comment(164, f"![h]({prefix}/hero.png) ![x](https://evil.example/x.png)")
    for html in (issue_html(tracker), index_html(tracker)):
        loaded = {
            value
            for tag, attributes in Seen(html).elements
            for name, value in attributes.items()
            if name in {"src", "srcset", "data", "poster"} or (tag == "link" and name == "href")
        }
        assert loaded
        assert all((tracker.folder / address).is_file() for address in loaded)
    for sheet in (tracker.folder / "assets").glob("*.css"):
        assert not re.search(r"@import|url\((?!\"data:)", sheet.read_text(encoding="utf-8"))


def test_the_policy_allows_no_script_and_stands_before_anything_is_loaded(tracker):
    for html in (issue_html(tracker), index_html(tracker)):
        metas = [attributes for tag, attributes in Seen(html).elements if tag in {"meta", "link"}]
        policies = [meta.get("content") for meta in metas if meta.get("http-equiv") == "Content-Security-Policy"]
        assert policies == [POLICY]
        assert html.index("Content-Security-Policy") < html.index("<link")
    assert "script-src 'none'" in POLICY
    assert "unsafe" not in POLICY
    assert "http" not in POLICY


def test_alerts_get_their_icon(tracker):
    tracker.post_comment(164, "> [!WARNING]\n> text")
    assert re.search(
        r'<p class="markdown-alert-title"><svg class="octicon"[^>]*>.*</svg>Warning</p>', issue_html(tracker)
    )


def test_the_index_lists_every_issue_newest_first_with_its_comments(tracker):
    tracker.create_issue("Second <title>", "B", ["clean-results:draft"])
    tracker.post_comment(164, "one")
    page = Seen(index_html(tracker))
    assert page.text.index("Second <title>") < page.text.index("A title")
    assert {"issue-164.html", "issue-165.html"} <= page.values("href")
    assert "clean-results:draft" in page.text
    assert {"1 comment", "0 comments"} <= page.values("title")


def test_an_empty_tracker_says_so(tmp_path):
    assert "There are no issues yet." in index_html(LocalTracker(tmp_path / "tracker"))


def test_the_board_keeps_the_columns_order_and_puts_unknown_ones_last(tracker):
    for number, column in ((164, "Zebra"), (165, "Done"), (166, "To do"), (167, "Ape"), (168, "To do")):
        tracker.ensure_issue(number, f"Issue {number}", "B")
        tracker.move(number, column)
    tracker.ensure_issue(169, "Nowhere", "B")
    board = [(column, [issue.number for issue in issues]) for column, issues in order_board(tracker.find_issues())]
    assert board == [("To do", [166, 168]), ("Done", [165]), ("Ape", [167]), ("Zebra", [164])]


DIGEST = """
import hashlib, sys
from pathlib import Path
from bot.tracker.local import LocalTracker
from bot.tracker.pages import write_pages
tracker = LocalTracker(Path(sys.argv[1]), now="2025-11-20T12:00:00+00:00")
tracker.ensure_issue(164, "T", "- [x] a[^1]\\n\\n[^1]: b\\n\\n> [!NOTE]\\n> c", ["x", "y"])
tracker.post_comment(164, "<a href=x title=y id=z>d</a>")
tracker.post_comment(164, "| a | b |\\n|--|--:|\\n| 1 | 2 |\\n\\n<details open><summary>e</summary>f</details>")
tracker.move(164, "Done")
write_pages(tracker)
files = sorted(path for path in tracker.folder.rglob("*") if path.is_file())
print(hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in files)).hexdigest())
"""


def test_the_same_contents_give_the_same_bytes_in_any_process_zone_and_language(tmp_path):
    # Hash seeds differ between processes, in Python and in the libraries below it: several must agree.
    digests = set()
    for index, (zone, language) in enumerate([("UTC", "C"), ("Asia/Tokyo", "de_DE.UTF-8")] * 3):
        environment = {**os.environ, "TZ": zone, "LC_ALL": language, "PYTHONHASHSEED": str(index)}
        command = [sys.executable, "-c", DIGEST, str(tmp_path / str(index))]
        digests.add(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)
    assert len(digests) == 1


def test_writing_again_changes_no_byte(tracker):
    write_pages(tracker)
    before = {path: path.read_bytes() for path in tracker.folder.rglob("*") if path.is_file()}
    write_pages(tracker)
    assert {path: path.read_bytes() for path in tracker.folder.rglob("*") if path.is_file()} == before


def test_the_licences_travel_with_what_they_license(tracker):
    write_pages(tracker)
    for name in ("github-markdown.LICENSE.txt", "octicons/LICENSE.txt"):
        assert "MIT License" in (tracker.folder / "assets" / name).read_text(encoding="utf-8")


def test_the_vendored_sheet_is_the_published_one():
    published = "6112686f954db5d3806fb96116d2ab20ad3018469ab1015c587fd8efe7d25cf4"
    assert hashlib.sha256((ASSETS / "github-markdown.css").read_bytes()).hexdigest() == published


def test_the_page_names_every_colour_that_bodies_use_as_github_markdown_css_does():
    sheet, page = ((ASSETS / name).read_text(encoding="utf-8") for name in ("github-markdown.css", "page.css"))
    used = {name for name in re.findall(r"var\((--\w*[cC]olor[\w-]*)", sheet) if "prettylights" not in name}
    defined = set(re.findall(r"^\s+(--[\w-]+):", sheet, re.MULTILINE))
    dark, light = sheet.split("@media (prefers-color-scheme: light)")
    for name in used & defined:
        assert re.search(rf"^  {name}: inherit;", page, re.MULTILINE), name
        values = [re.findall(rf"{name}: (#\w+);", half)[-1:] for half in (light, dark)]
        if all(values):
            assert f"{name}: light-dark({values[0][0]}, {values[1][0]});" in page


def test_every_tint_has_its_colour():
    page = (ASSETS / "page.css").read_text(encoding="utf-8")
    assert re.findall(r"^\.tint-(\d+) ", page, re.MULTILINE) == [str(number) for number in range(TINTS)]
