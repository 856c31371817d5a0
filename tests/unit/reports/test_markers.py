from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ReportError
from bot.reports.markers import current, digest_of, find_markers, wrap

HERO = "![hero](figures/hero.png)"
TEXT = f"## Results\n\nα is 67.80\n\n{HERO}\n\nmore"
CLOSING = "<!-- /epm:results -->"


def opening(version: int = 9, kind: str = "results", more: str = "") -> str:
    return f"<!-- epm:{kind} v{version}{more} -->"


contents = st.lists(
    st.sampled_from(["text", "", "```", "~~~", "    ", "> quote", "α", "| a |", "\t", opening(), "<!-- x -->"])
    | st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=9),
    max_size=8,
).map("\n".join)


@settings(max_examples=200, deadline=None)
@given(content=contents, version=st.integers(1, 999_999_999), part=st.integers(1, 9), parts=st.integers(9, 9999))
def test_what_is_wrapped_is_found_again_whole_or_refused(content: str, version: int, part: int, parts: int) -> None:
    try:
        comment = wrap("results", content, version=version, part=part, parts=parts)
    except ReportError as error:
        assert "hide its own marker" in error.what
        return
    (marker,) = find_markers(comment)
    assert (marker.kind, marker.version, marker.part, marker.parts) == ("results", version, part, parts)
    assert marker.content == content.strip()
    assert marker.honest


def test_a_fence_that_nobody_closes_is_refused_because_it_would_hide_the_marker() -> None:
    with pytest.raises(ReportError, match="hide its own marker"):
        wrap("results", "```text\nopen")


@pytest.mark.parametrize("kind", ["", "Results", "1st", "a b", "a_b", "results -->", "é"])
def test_a_kind_that_could_not_be_read_back_is_refused(kind: str) -> None:
    with pytest.raises(ReportError, match="no comment kind"):
        wrap(kind, TEXT)


@pytest.mark.parametrize(
    "prefix",
    [
        "figures/20a1b2c3d4/0123456789ab/",
        f"https://github.example/owner/repo/raw/{'a' * 40}/figures/0123456789ab/",
        f"https://other.example/o/r/raw/{'b' * 40}/0123456789ab/",
    ],
)
def test_the_digest_does_not_depend_on_where_figures_are_kept(prefix: str) -> None:
    posted = TEXT.replace("figures/hero.png", f"{prefix}figures/hero.png")
    assert digest_of(posted) == digest_of(TEXT.replace("figures/hero.png", "0123456789ab/figures/hero.png"))


def test_the_digest_depends_on_what_figures_show() -> None:
    one, other = (TEXT.replace("figures/", f"p/{content * 12}/figures/") for content in "ab")
    assert digest_of(one) != digest_of(other)


def test_the_digest_does_not_depend_on_line_ends_and_blank_ends() -> None:
    assert digest_of(f"\n\n{TEXT.replace(chr(10), chr(13) + chr(10))}\r\n\r\n") == digest_of(TEXT)


NOTE = "<!-- changes -->\n\n> **Changed since v1:** a\n<!-- /changes -->\n"


def test_the_note_on_what_changed_is_no_part_of_the_digest() -> None:
    heading, rest = TEXT.split("\n", 1)
    assert digest_of(f"{heading}\n{NOTE}{rest}") == digest_of(TEXT)


def test_what_a_completion_calls_changes_is_content() -> None:
    def archived(word: str) -> str:
        return f"{TEXT}\n```text\n<!-- changes -->\n{word}\n<!-- /changes -->\n```"

    assert digest_of(archived("one")) != digest_of(archived("two"))


@pytest.mark.parametrize(
    "body",
    [
        f"```\n{opening()}\nx\n{CLOSING}\n```",
        f"~~~text\n{opening()}\nx\n{CLOSING}\n~~~~",
        f"````\n```\n{opening()}\nx\n{CLOSING}\n```\n````",
        f"> {opening()}\n> x\n> {CLOSING}",
        f"    {opening()}\n    x\n    {CLOSING}",
        f"- {opening()}\n  x\n  {CLOSING}",
        f"`{opening()}`\nx\n`{CLOSING}`",
        f"see {opening()}\nx\n{CLOSING}",
        f"{opening()} and so on\nx\n{CLOSING}",
        f"```\nopen to the end\n{opening()}\nx\n{CLOSING}",
        wrap("results", "x").replace("epm:", "other:"),
        wrap("results", "x").replace("epm:", "EPM:"),
        "<!-- epm:results v0 -->\nx\n<!-- /epm:results -->",
        "<!-- epm:results v1 part= -->\nx\n<!-- /epm:results -->",
        "<!-- epm:results v1 x -->\nx\n<!-- /epm:results -->",
        "<!-- epm:results -->\nx\n<!-- /epm:results -->",
        "<!--epm:results v1-->\nx\n<!--/epm:results-->",
    ],
)
def test_a_marker_in_code_or_a_quote_or_misspelt_is_text(body: str) -> None:
    assert find_markers(body) == []


@pytest.mark.parametrize("fence", ["```a`b", "`` ` ``", "    ```", "``"])
def test_what_only_looks_like_a_fence_hides_no_marker(fence: str) -> None:
    assert [m.honest for m in find_markers(f"{fence}\n{wrap('results', TEXT)}")] == [True]


def test_another_namespace_is_another_bots() -> None:
    assert find_markers(wrap("results", TEXT), namespace="other") == []
    assert find_markers(wrap("results", TEXT, namespace="a.b"), namespace="a.b")[0].honest
    assert find_markers(wrap("results", TEXT, namespace="axb"), namespace="a.b") == []


def test_a_marker_without_its_closing_tag_is_told_and_counts_for_nothing() -> None:
    cut_off = wrap("results", TEXT).replace(CLOSING, "")
    (marker,) = find_markers(cut_off)
    assert not marker.terminated
    assert not marker.honest
    assert current([marker], "results") == []


def test_a_closing_tag_in_a_fence_closes_nothing() -> None:
    (marker,) = find_markers(f"{opening()}\n```\n{CLOSING}\n```\n")
    assert not marker.terminated


def test_an_unterminated_marker_does_not_hide_the_next() -> None:
    found = find_markers(f"{opening(kind='progress')}\n{wrap('results', TEXT)}")
    assert [(m.kind, m.honest) for m in found] == [("progress", False), ("results", True)]


def test_a_marker_inside_of_a_marker_is_its_content() -> None:
    kept = wrap("original-body", f"an old issue\n{opening()}\nx\n{CLOSING}\nits end")
    assert [(m.kind, m.honest) for m in find_markers(kept)] == [("original-body", True)]


@pytest.mark.parametrize(
    ("attributes", "part"),
    [
        ("", (1, 1)),
        (" part=2/3", (2, 3)),
        (" part=x/y", (1, 1)),
        (" part=0/0", (1, 1)),
        (" part=-1/2", (1, 2)),
        (f" part={'9' * 6000}/2", (1, 2)),
        (" part=٣/٣", (1, 1)),
        (" part=2/3/4", (2, 1)),
        (" digest=x digest=y part=1/2 part=2/2", (2, 2)),
    ],
)
def test_hostile_attributes_are_read_as_the_only_part(attributes: str, part: tuple[int, int]) -> None:
    (marker,) = find_markers(f"{opening(more=attributes)}\nx\n{CLOSING}")
    assert (marker.part, marker.parts) == part
    assert not marker.honest


def test_a_part_beyond_the_last_is_not_honest() -> None:
    comment = wrap("results", TEXT, part=2, parts=3).replace("part=2/3", "part=4/3")
    assert not find_markers(comment)[0].honest


def test_a_digest_of_other_content_is_not_honest() -> None:
    (marker,) = find_markers(wrap("results", TEXT).replace("67.80", "99.99"))
    assert marker.terminated
    assert not marker.honest


def markers(*made: str) -> list:
    return find_markers("\n".join(made))


def test_the_highest_honest_version_is_current_with_its_parts_in_order() -> None:
    found = markers(
        wrap("results", "old", version=1),
        wrap("results", "b", version=3, part=2, parts=2),
        wrap("results", "forged", version=9).replace("forged", "changed"),
        wrap("results", "a", version=3, part=1, parts=2),
        wrap("analysis", "other", version=7),
    )
    assert [m.content for m in current(found, "results")] == ["a", "b"]
    assert current(found, "done") == []


@pytest.mark.parametrize(
    "body",
    [
        f"{opening()}\n" * 30_000,
        f"{opening()}\n{CLOSING}\n" * 30_000,
        "".join(f"{opening(kind=f'k{i}')}\n" for i in range(20_000))
        + "".join(f"<!-- /epm:k{i} -->\n" for i in range(20_000)),
        "<!-- epm:results v1" + " a=b" * 300_000,
        "<!-- epm:" + "a-" * 500_000 + " v1 -->",
        "```\n" * 300_000,
        "`" * 1_000_000,
        " " * 1_000_000,
        "\r\n" * 500_000,
    ],
    ids=range(9),
)
@pytest.mark.timeout(10)
def test_a_huge_body_takes_no_longer_than_its_length(body: str) -> None:
    for marker in find_markers(body):
        assert len(marker.content) < len(body)


@pytest.mark.timeout(10)
def test_a_huge_content_is_digested_in_one_pass() -> None:
    assert digest_of("](" * 500_000) != digest_of("<!-- changes -->\n" * 100_000)
