"""The three answers of the command parser: not mine, mine, mine but wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tracker.commands import NAMES, Command, Wrong, parse

MINE = [
    ("/report", Command("report")),
    ("/report\r\n\r\nthanks!", Command("report")),
    ("/REPORT dry-run", Command("report", dry_run=True)),
    ("/report path=eval_results/issue-164", Command("report", path="eval_results/issue-164")),
    ("/report rejudge=off judge=claude-opus-4-7", Command("report", rejudge="off", judge="claude-opus-4-7")),
    ("/rejudge rejudge=all", Command("rejudge", rejudge="all")),
    ("/review", Command("review")),
    ("/review #12", Command("review", issue=12)),
    ("/promote 12", Command("promote", issue=12)),
    ("/restore", Command("restore")),
    ("/follow-up 2", Command("follow-up", number=2)),
    ("/recount help", Command("help")),
    ("hello there\n\n/report", Command("report")),
]

NOT_MINE = [
    "", "hello", "please /report this", "`/report`", "```\n/report\n```", "    /report", "> /report", "- /report",
    "| /report |\n|---|", "<div>\n/report\n</div>", "<!-- /report -->", "/etc/passwd", "/deploy now", "**/report**",
    "[/report](x)", "# /report", "1. /report", "/", "//report", "text\n/report", "~~~\n/report\n~~~",
    "<details>\n/report\n</details>", "\\/report",
]  # fmt: skip

WRONG = [
    ("/report path=../../etc", "below the repository", "../../etc"),
    ("/report path=/etc", "below the repository", "/etc"),
    ("/report path=a/../../b", "below the repository", "a/../../b"),
    ("/report path=a;rm", "character", "a;rm"),
    ("/report; rm -rf /", "cannot stand", ";"),
    ("/report rm -rf", "no option", "rm"),
    ("/report pth=x", "did you mean `path`", "pth=x"),
    ("/report rejudge=maybe", "one of", "maybe"),
    ("/report rejudge=off rejudge=all", "given twice", "rejudge=all"),
    ("/report dry-run=yes", "no option", "dry-run=yes"),
    ("/report path=", "needs a folder", ""),
    ("/report judge=$(id)", "model's name", "$(id)"),
    ("/repot", "did you mean `/report`", "/repot"),
    ("/review me", "no issue number", "me"),
    ("/promote #1 #2", "one issue at most", "#2"),
    ("/restore now", "no options", "now"),
    ("/follow-up", "one follow-up", "/follow-up"),
    ("/follow-up #2", "no number", "#2"),
    ("/recount", "help", "/recount"),
]


@pytest.mark.parametrize(("body", "command"), MINE)
def test_mine(body: str, command: Command) -> None:
    assert parse(body) == command


@pytest.mark.parametrize("body", NOT_MINE)
def test_not_mine(body: str) -> None:
    assert parse(body) is None


@pytest.mark.parametrize(("body", "what", "marked"), WRONG)
def test_mine_but_wrong_marks_the_place(body: str, what: str, marked: str) -> None:
    answer = parse(body)
    assert isinstance(answer, Wrong)
    assert what in answer.what
    assert answer.line[answer.at : answer.at + len(marked)] == marked
    assert "Allowed:" in answer.explain()


@given(st.text(max_size=200))
def test_no_text_is_ever_more_than_an_answer(text: str) -> None:
    answer = parse(text)
    assert answer is None or isinstance(answer, Command | Wrong)


@given(st.sampled_from(NAMES), st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=80))
def test_a_command_never_leaves_the_repository(name: str, rest: str) -> None:
    answer = parse(f"/{name} {rest}")
    if isinstance(answer, Command) and answer.path is not None:
        assert not answer.path.startswith("/") and ".." not in answer.path.split("/")
    if isinstance(answer, Wrong):
        assert "\n```" in answer.explain()
