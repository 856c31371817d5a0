"""`recount review` as a person types it: words, JSON and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import review_texts
from commands import recount

from bot.errors import RecountError
from bot.review.command import read_text, review_command

RIGHT = (
    "The declared gate of 10 points between the judges is breached on all four conditions.\n"
    "Under Sonnet, α of PAIR #111 is 67.80.\n"
)
PUBLISHED = "- α=45–88 (Opus)\n- α=45–87 (Sonnet)\n- C 73–82 % of EM\n- α=45–87 across two judges\n"


def test_the_three_wrong_ranges_of_the_published_record_are_found(tmp_path: Path) -> None:
    (tmp_path / "text.md").write_text(PUBLISHED, encoding="utf-8")
    ran = recount("review", "text.md", "--against", review_texts.ISSUE_164, "--json", at=tmp_path)
    told = json.loads(ran.out)
    assert (ran.code, ran.err, told["verdict"]) == (5, "", "FAIL")
    assert [(c["line"], c["status"], c["expected"]) for c in told["claims"]] == [
        (1, "wrong", "69.49–86.88"),
        (2, "wrong", "45.46–67.80"),
        (3, "wrong", "72–82 %"),
        (4, "rounds", "45.46–86.88"),
    ]
    assert set(told) == {"verdict", "claims", "overclaims"}
    assert all(set(c) == {"quote", "line", "status", "expected", "facts"} for c in told["claims"])
    assert all(set(o) == {"quote", "line", "rule", "why"} for o in told["overclaims"])


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        (RIGHT, 0, "PASS: "),
        (f"{RIGHT}\nIt took 3,141 attempts.\n", 4, "CONCERNS: "),
        (RIGHT.replace("67.80", "68.80"), 5, "'68.80' is wrong, should be 67.80"),
    ],
)
def test_the_exit_code_is_the_verdict(text: str, code: int, word: str, tmp_path: Path) -> None:
    (tmp_path / "text.md").write_text(text, encoding="utf-8")
    answer = review_command(tmp_path / "text.md", [review_texts.ISSUE_164])
    assert (answer.exit_code, word in answer.output) == (code, True), answer.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("text.md",), "no archive to review against"),
        (("nowhere.md", "--against", review_texts.ISSUE_164), "nowhere.md: cannot be read"),
        (("text.md", "--against", "nowhere"), "nowhere: no archive here"),
        (("text.md", "--against", "."), "nothing to count in this folder"),
        ((".", "--against", review_texts.ISSUE_164), ".: cannot be read"),
    ],
)
def test_mistakes_are_told_plainly(arguments: tuple[object, ...], said: str, tmp_path: Path) -> None:
    (tmp_path / "text.md").write_text(RIGHT, encoding="utf-8")
    ran = recount("review", *arguments, at=tmp_path)
    assert ran.code == 1
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_text_larger_than_ten_megabytes_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.md").write_bytes(b"x" * (10 * 2**20 + 1))
    with pytest.raises(RecountError, match="larger than 10 MB"):
        read_text(tmp_path / "text.md")
