from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rendered import LIVE, Rendered

from bot.reports import sanitising
from bot.reports.markers import find_markers, wrap
from bot.reports.sanitising import HIDDEN, JOINER, code, fence, html, inline, prose, sentence, title, visible

MANY = 10**9
TOKENS = [
    *("@everyone", "fixes ", "Closes: ", "#1", "GH-1", "a/b#2", "http://x.y", "www.x.com", "ftp://a.b", "mailto:a@b.c"),
    *("x@y.z", "_", "*", "**", "`", "``", "```", "~~~", "|", "\\", "[", "]", "(", ")", "<", ">", "!", "-->", "<!--"),
    *("<b>", "<script>alert(1)</script>", "<img src=x onerror=y>", "<http://a.b>", "![i](u)", "[t](u)"),
    *("[x]: http://a", "[x] ", "[^1]", "[^1]: x", "^[x]", "- [ ] x", "- ", "+ ", "1. ", "1) ", "# ", "##", "==="),
    *("---", ":--", "> ", "> [!NOTE]\n", "$", "$$", "$`x`$", ":smile:", ":100:", "&lt;", "&#64;", "&copy", "{{ 1 }}"),
    *("^", "~", "    ", "\t", " ", "\n", "\n\n", "\r\n", "\r", "\x00", "\x1b[31m", "\x1e\n", "\x1f\n", "\x1d"),
    *("\u202e", "\u200b", "\u200d", "\ufe0f", "\u2060", "\ufeff", "\ud800", "\U000e0041", "😀", "é", "0", "a"),
    *("<!-- epm:results v9 -->\n", "<!-- /epm:results -->\n", wrap("results", "spoofed"), "<!-- facts {} -->\n"),
]
# Any text, with the pieces that mean something to somebody much more often than chance would bring them.
hostile = st.lists(st.sampled_from(TOKENS) | st.text(st.characters(), max_size=4), max_size=8).map("".join)
worded = hostile.filter(lambda text: text.split())
few = settings(max_examples=120, deadline=None)

MARK = "§"
IN_TEXT = {
    "paragraph": f"before\n\n{MARK}\n\nafter",
    "line of a paragraph": f"before\n{MARK}\nafter",
    "cell": f"| a | b |\n|:--|:--|\n| {MARK} | end |\n\nafter",
    "cell without blanks": f"| a | b |\n|:--|:--|\n|{MARK}|end|\n\nafter",
    "item": f"- {MARK}\n- next",
    "heading": f"## {MARK}\n\nafter",
    "after a fence": f"```text\nx\n```\n{MARK}\n\nafter",
    "before a fence": f"{MARK}\n```text\nx\n```",
}
FOLD = f"<details><summary><b>{MARK}</b></summary>\n\nx\n\n</details>"


def one_line(text: str) -> str:
    return " ".join(visible(text).split())


def assert_only_text(frame: str, written: str, text: str, *allowed: str) -> None:
    """`written` in `frame` shows `text`, changes nothing around it, and nothing in it is live."""
    page, plain = Rendered(frame.replace(MARK, written)), Rendered(frame)
    assert page.without(*allowed) == plain.without(*allowed)
    assert page.attributes == plain.attributes
    assert page.words == plain.words.replace(MARK, text)
    assert not LIVE.search(page.free)
    page.html.encode()


@pytest.mark.parametrize("frame", IN_TEXT.values(), ids=IN_TEXT)
@few
@given(text=worded)
@example(text="_www.example.com")
@example(text="abc\n:--")
@example(text="a \\|")
@example(text="x #")
def test_inline_text_is_shown_whole_and_does_nothing(frame: str, text: str) -> None:
    assert_only_text(frame, inline(text, MANY), one_line(text), "span")


@pytest.mark.parametrize("frame", IN_TEXT.values(), ids=IN_TEXT)
@few
@given(text=worded)
@example(text="a\\|b")
@example(text="`|`")
def test_a_code_span_is_shown_whole_and_does_nothing(frame: str, text: str) -> None:
    assert_only_text(frame, code(text, MANY), one_line(text), "span", "code")


@few
@given(text=worded)
def test_text_in_a_folds_summary_is_shown_whole_and_does_nothing(text: str) -> None:
    assert_only_text(FOLD, html(text, MANY), one_line(text), "span")


@few
@given(text=hostile)
def test_a_fence_shows_its_text_to_the_letter_and_ends_where_it_ends(text: str) -> None:
    page = Rendered(f"before\n\n{fence(text, MANY)}\n\nafter")
    assert page.tags == ["p", "pre", "code", "p"]
    assert page.text == f"before\n{visible(text)}\n\nafter\n"


def letters(text: str) -> str:
    """Without what emphasis, code spans and their escapes are written with."""
    return re.sub(r"[*_`\\\s]", "", text)


@pytest.mark.parametrize("frame", [IN_TEXT["paragraph"], IN_TEXT["after a fence"]], ids=["paragraph", "after a fence"])
@few
@given(text=worded)
@example(text="abc\n:--")
@example(text="[x]: http://a.b\n\n[x]")
@example(text="a\n===")
@example(text="`<b>` <b> `")
def test_prose_keeps_emphasis_and_code_and_nothing_else_is_live(frame: str, text: str) -> None:
    page, plain = Rendered(frame.replace(MARK, prose(text, MANY))), Rendered(frame)
    inner = ("p", "em", "strong", "code", "span")
    assert page.without(*inner) == plain.without(*inner)
    assert page.attributes == plain.attributes
    assert letters(page.words) == letters(plain.words.replace(MARK, visible(text)))
    assert not re.search(r"(?i)@[a-z0-9]|://|www\.|:[\w+-]+:|[\w./-]#\d", page.free)


@pytest.mark.parametrize("frame", [IN_TEXT["line of a paragraph"], IN_TEXT["item"]], ids=["line", "item"])
@few
@given(text=worded)
def test_a_sentence_stays_in_its_line(frame: str, text: str) -> None:
    page, plain = Rendered(frame.replace(MARK, sentence(text, MANY))), Rendered(frame)
    assert page.without("em", "strong", "code", "span") == plain.tags
    assert letters(page.words) == letters(plain.words.replace(MARK, visible(text)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("*so* and **so**, by `a[0] < $b`", "<em>so</em> and <strong>so</strong>, by <code>a[0] &lt; $b</code>"),
        ("as #98 says", "as #98 says"),
        ("2 \\* 3 \\* 4", "2 * 3 * 4"),
        ("c6_vanilla_em", "c6_vanilla_em"),
    ],
)
def test_prose_reads_as_its_author_wrote_it(text: str, shown: str) -> None:
    assert Rendered(prose(text)).html == f"<p>{shown}</p>\n"


@pytest.mark.parametrize(
    "keyword", ["fix", "Fixes", "FIXED", "close", "closes:", "closed", "resolve", "resolves", "_fixes"]
)
@pytest.mark.parametrize("issue", ["#12", "GH-12", "owner/repo#12", "**#12**", "\n#12"])
@pytest.mark.parametrize("way", [inline, prose, sentence, title])
def test_no_closing_keyword_reaches_an_issue(way, keyword: str, issue: str) -> None:
    assert not re.search(r"(#|GH-)12", way(f"{keyword} {issue}"))


@few
@given(text=hostile)
def test_a_title_is_one_line_that_github_takes(text: str) -> None:
    made = title(text * 9)
    assert len(made) <= 256
    assert "\n" not in made
    assert not LIVE.search(made)
    made.encode()


@few
@given(text=hostile)
@example(text="<!-- epm:results v9 -->\n")
@example(text="<!-- epm:results v9 digest=0 part=1/1 -->\nx\n<!-- /epm:results -->")
def test_no_marker_of_ours_is_found_in_text(text: str) -> None:
    for way in (inline, code, html, fence, prose, sentence, title):
        assert find_markers(f"x\n{way(text, MANY)}\ny") == []


@few
@given(text=hostile)
def test_nothing_stays_hidden(text: str) -> None:
    shown = visible(text)
    assert visible(shown) == shown
    assert not [
        c for c in shown if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} - {"\n", "\t"} and c not in "\n\t"
    ]
    assert re.sub(r"\[U\+[0-9A-F]{4,5}\]", "", shown) == HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u202egnp.exe", "[U+202E]gnp.exe"),
        ("pass\u200bword", "pass[U+200B]word"),
        ("\x1b[31mred", "[U+001B][31mred"),
        ("a\u200db", "a[U+200D]b"),
        ("half \ud83d", "half [U+D83D]"),
        ("a\U000e0041", "a[U+E0041]"),
        ("👩🏽\u200d⚕\ufe0f ❤\ufe0f\u200d🔥 1\ufe0f\u20e3", "👩🏽\u200d⚕\ufe0f ❤\ufe0f\u200d🔥 1\ufe0f\u20e3"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("tab\tand\nline", "tab\tand\nline"),
    ],
)
def test_what_hides_is_shown_and_what_scripts_need_stays(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize("way", [inline, code, html, fence, prose, sentence, title])
@pytest.mark.parametrize("text", ["x" * 100, "\u202e" * 100, "@" * 100, "x y " * 25])
def test_a_long_text_is_shortened_and_says_so(way, text: str) -> None:
    made = way(text, 60)
    assert re.search(r"… \\?\[shortened\\?\]", made)
    assert "shortened" not in way(text, 5000)


@pytest.mark.parametrize(
    "text",
    [
        "`" * 20_000,
        " ".join("`" * k for k in range(1, 200)),
        "\n\n`" * 5000,
        "fixes" + " " * 20_000,
        "a/" * 10_000,
        ":a" * 9000,
    ],
)
@pytest.mark.timeout(20)
def test_no_text_takes_long(text: str) -> None:
    for way in (inline, code, html, fence, prose, sentence, title):
        assert way(text, MANY)


def test_the_joiner_is_ours_alone() -> None:
    assert JOINER not in visible(f"a{JOINER}b")
    assert sanitising.JOINER == "\u2060"
