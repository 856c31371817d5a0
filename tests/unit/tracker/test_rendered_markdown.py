from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tracker.markdown import render_markdown

VOID = {"br", "hr", "img", "input", "wbr"}
LIVE = {"script", "style", "iframe", "object", "embed", "form", "button", "textarea", "select", "svg", "math", "link"}
LIVE |= {"meta", "base", "template", "video", "audio", "source", "picture", "frame", "html", "body", "dialog"}


class Seen(HTMLParser):
    """Collects what a browser would be handed, and checks that every element is closed in its body."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.comments: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes something around the body"
        assert self.open.pop() == tag

    def handle_comment(self, data):
        self.comments.append(data)

    def handle_data(self, data):
        self.text += data


def render(text: str) -> str:
    return render_markdown(text, scope="1")


def seen(text: str) -> Seen:
    return Seen(render(text))


def assert_harmless(text: str) -> None:
    page = seen(text)
    assert page.comments == []
    assert page.open == []
    for tag, attributes in page.elements:
        assert tag not in LIVE
        if tag == "input":
            assert {"type", "disabled"} <= attributes.keys() <= {"type", "class", "checked", "disabled"}
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in {"style", "srcset", "name", "action", "formaction", "background"}
            if name == "id":
                assert value.startswith("user-content-1-")
            if name in {"href", "src"}:
                assert_goes_nowhere_bad(tag, value)


def assert_goes_nowhere_bad(tag: str, value: str) -> None:
    # What a browser does to an address before it reads it: https://url.spec.whatwg.org/#concept-basic-url-parser
    address = "".join(char for char in value.strip("".join(map(chr, range(33)))) if char not in "\t\n\r")
    address = address.replace("\\", "/")
    assert not address.startswith("/")
    assert urlsplit(address).scheme in (("http", "https", "mailto", "") if tag == "a" else ("",))


FRAGMENTS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<a href='javascript:alert(1)'>",
    "[x](javascript:alert(1))",
    "![x](//evil.example/x.png)",
    "![x](https://evil.example/x.png)",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<style>*{display:none}</style>",
    "<input type=text>",
    '<input type="checkbox" class="task-list-item-checkbox" checked="" disabled="" />',
    "<form action=https://evil.example>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "</div></article></main>",
    "<details><summary>",
    "<details open ontoggle=alert(1)>",
    "<base href=https://evil.example>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<p style='position:fixed;inset:0'>",
    "<!--",
    "-->",
    "<![CDATA[",
    "<?php",
    "```",
    "~~~html",
    "`",
    "|",
    "|-|-|\n",
    "> [!WARNING]\n> ",
    "- [x] ",
    "[^1]",
    "\n\n[^1]: ",
    "&#x6a;avascript:",
    "\x00",
    "\u202e",
    "\n",
    "\n\n",
    "    ",
    '"',
    "'",
    ">",
    "<",
    "file:///etc/passwd",
    "data:text/html,<script>alert(1)</script>",
    '<span class="task-done"></span>',
    "<a id=theme-dark>",
]
hostile = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=8)), max_size=12).map("".join)


@given(hostile)
def test_no_body_becomes_live(text):
    assert_harmless(text)


@given(st.text(alphabet="<>/='\"! abcsrconerjavipt:-&#;\n\t[]()`x\\", max_size=120))
def test_no_string_of_markup_letters_becomes_live(text):
    assert_harmless(text)


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_no_single_fragment_becomes_live(fragment):
    assert_harmless(fragment)
    assert_harmless(f"<div>{fragment}</div>\n\ntext")


@pytest.mark.parametrize(
    "address",
    [
        "//host/x",
        "\\\\host\\x",
        "/\\host/x",
        "/etc/x",
        " //host",
        "file:///x",
        "https://host/x",
        "data:image/png;base64,x",
    ],
)
def test_images_from_anywhere_but_beside_the_page_lose_their_address(address):
    html = render(f'<img alt="what it was" src="{address}">')
    assert "src" not in html
    assert 'alt="what it was"' in html


def test_images_beside_the_page_keep_their_address():
    assert '<img src="figures/ab/hero.png" alt="Hero">' in render("![Hero](figures/ab/hero.png)")


@pytest.mark.parametrize("address", ["https://a.example/x", "http://a.example", "mailto:a@b.example", "issue-7.html"])
def test_links_to_the_web_and_to_pages_beside_stay(address):
    assert f'href="{address}"' in render(f"[x]({address})")


def test_anchors_stay_inside_their_body_except_for_those_of_the_page():
    assert 'href="#user-content-1-top"' in render("[x](#top)")
    assert 'href="#issuecomment-7"' in render("[x](#issuecomment-7)")


def test_footnotes_of_two_bodies_do_not_clash():
    one, two = (render_markdown("a[^1]\n\n[^1]: note", scope=scope) for scope in ("1", "2"))
    ids = [{attributes["id"] for _, attributes in Seen(html).elements if "id" in attributes} for html in (one, two)]
    assert len(ids[0]) == 2
    assert not ids[0] & ids[1]
    for html in (one, two):
        page = Seen(html)
        targets = {attributes["href"][1:] for tag, attributes in page.elements if tag == "a"}
        assert targets == {attributes["id"] for _, attributes in page.elements if "id" in attributes}


def test_markers_vanish_and_what_they_enclose_stays():
    html = render("<!-- epm:results v1 digest=ab -->\n## Results\n\ntext\n<!-- /epm:results -->")
    assert "epm" not in html
    assert "<h2>Results</h2>" in html


def test_a_marker_inside_a_fence_is_text():
    assert "&lt;!-- epm:results v9 --&gt;" in render("```\n<!-- epm:results v9 -->\n```")


def test_html_that_github_shows_works():
    html = render("<details><summary><b>More</b></summary>\n\n- x<sub>1</sub><sup>2</sup> <kbd>k</kbd>\n\n</details>")
    for part in (
        "<details><summary><b>More</b></summary>",
        "<sub>1</sub>",
        "<sup>2</sup>",
        "<kbd>k</kbd>",
        "</details>",
    ):
        assert part in html


def test_scripts_are_shown_as_text_rather_than_hidden():
    assert "<script>alert(1)</script>" in seen("see <script>alert(1)</script>").text


def test_lines_break_where_they_break_in_a_comment():
    assert "one<br>" in render("one\ntwo")


def test_tables_keep_their_alignment():
    html = render("| a | b |\n|:--|--:|\n| 1 | 2 |")
    assert '<th align="left">a</th>' in html
    assert '<td align="right">2</td>' in html


@pytest.mark.parametrize("kind", ["note", "tip", "important", "warning", "caution"])
def test_alerts_carry_github_s_classes(kind):
    html = render(f"> [!{kind.upper()}]\n> text")
    assert f'<div class="markdown-alert markdown-alert-{kind}">' in html
    assert f'<p class="markdown-alert-title">{kind.capitalize()}</p>' in html


def test_task_lists_have_boxes_that_nobody_can_tick():
    boxes = [attributes for tag, attributes in seen("- [x] a\n- [ ] b").elements if tag == "input"]
    assert [("checked" in box, "disabled" in box) for box in boxes] == [(True, True), (False, True)]


def test_a_raw_input_is_dropped():
    assert "input" not in render("<input type=text value=x>")
