"""`recount rejudge`, `recount judge`, `--rejudge` and `recount demo rejudge`, as a person types them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import judging_kit as kit
import pytest

from bot import cli
from bot.judging.lock import held
from bot.judging.standin import StandIn


class Said(NamedTuple):
    code: int
    out: str
    err: str


Recount = Callable[..., Said]


@pytest.fixture
def recount(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Recount:
    """The command line, in a folder of its own and without a key."""
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "RECOUNT_MAX_CALLS", "RECOUNT_MAX_COST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["recount", *map(str, arguments)])
        code = cli.run()
        return Said(code, *capsys.readouterr())

    return run


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, recount: Recount) -> Iterator[StandIn]:
    """A service with a key to it."""
    with StandIn(kit.behaviour()) as stand_in:
        monkeypatch.setenv("ANTHROPIC_API_KEY", "key")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", stand_in.url)
        yield stand_in


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return kit.write_archive(tmp_path / "issue-7", questions=6, samples=5, failed=7)


def facts(said: Said) -> dict[str, Any]:
    return {name: fact["value"] for name, fact in json.loads(said.out)["facts"].items()}


def test_rejudging_says_what_came_of_it_and_scores_know_it(recount: Recount, stand_in: StandIn, root: Path) -> None:
    before = kit.digests(root)
    said = recount("rejudge", root)
    assert said.code == 0
    assert "7 new verdicts, 0 still without one" in said.out
    assert "sonnet/pair: " in said.out
    assert "7 recovered" in said.out
    assert "23 judgements are original, 7 re-judged, 0 still failed" in said.out
    assert kit.digests(root) == before
    found = facts(recount("score", root, "--json"))
    assert (found["alpha/sonnet/pair/n"], found["rejudged/sonnet/pair"]) == (30, 7)


def test_a_dry_run_prices_everything_and_touches_nothing(recount: Recount, root: Path) -> None:
    before = sorted(root.rglob("*"))
    said = recount("rejudge", root, "--dry-run")
    assert said.code == 0
    line = next(line for line in said.out.splitlines() if "error" in line)
    assert line.startswith(kit.MODEL)
    assert line.split()[2] == "7"
    assert float(line.split()[-1]) > 0
    assert sorted(root.rglob("*")) == before


def test_a_dry_run_tells_what_cannot_be_asked(recount: Recount, tmp_path: Path) -> None:
    root = kit.write_archive(tmp_path / "a", failed=3, text=lambda *_: None)
    assert "cannot be asked: 3 no_text" in recount("rejudge", root, "--dry-run").out


def test_without_a_key_one_line_says_so_and_nothing_changes(recount: Recount, root: Path) -> None:
    before = sorted(root.rglob("*"))
    said = recount("rejudge", root)
    assert said.code == 1
    assert said.out == ""
    assert said.err.splitlines()[0] == "recount: error: no judge was asked: ANTHROPIC_API_KEY is not set"
    assert sorted(root.rglob("*")) == before


def test_a_report_without_a_key_says_so_in_one_line_and_goes_on(recount: Recount, root: Path) -> None:
    plain = facts(recount("score", root, "--json"))
    said = recount("build", root, "--rejudge", "failed", "--bundle", "bundle")
    assert said.code == 0
    (line,) = [line for line in said.err.splitlines() if "not re-judged" in line]
    assert "ANTHROPIC_API_KEY is not set" in line
    assert "7 judgements are left" in line
    assert facts(recount("score", root, "--json")) == plain
    assert "7 `error`" in Path("bundle/comments/results.md").read_text()


def test_a_report_that_re_judges_shows_before_and_after_and_marks_samples(
    recount: Recount, stand_in: StandIn, tmp_path: Path
) -> None:
    root = kit.write_archive(tmp_path / "all", questions=2, samples=3, failed=6)
    stand_in.behaviour.answers = lambda body: "refusal" if "answer 2 to" in str(body) else "verdict"
    assert recount("build", root, "--rejudge", "failed", "--bundle", "bundle").code == 0
    text = Path("bundle/comments/results.md").read_text()
    assert "0 stand as first given, 4 were re-judged and 2 still failed (2 `refusal`)" in text
    assert "before |" in text
    assert text.count("(re-judged)") + text.count("*failed: refusal*") == 3
    assert len(stand_in.books.messages) == 6


def test_ceilings_refuse_before_anything_is_spent(recount: Recount, stand_in: StandIn, root: Path) -> None:
    assert "7 calls are needed, the ceiling is 6" in recount("rejudge", root, "--max-calls", 6).err
    assert "the ceiling is $0.01" in recount("rejudge", root, "--max-cost", 0.01).err
    (root / "report.yaml").write_text("spend:\n  max_calls: 5\n")
    assert "the ceiling is 5" in recount("rejudge", root).err
    assert stand_in.books.messages == []


def test_nobody_may_ask_for_more_than_the_place_allows(
    recount: Recount, stand_in: StandIn, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOUNT_MAX_CALLS", "10")
    (root / "report.yaml").write_text("spend:\n  max_calls: 1000\n")
    assert "1,000 calls are asked for, this place allows 10" in recount("rejudge", root).err
    assert stand_in.books.messages == []
    assert recount("rejudge", root, "--max-calls", 7).code == 0


def test_a_model_without_a_price_needs_one_under_a_ceiling(recount: Recount, stand_in: StandIn, tmp_path: Path) -> None:
    root = kit.write_archive(tmp_path / "a", model="my-own-judge")
    assert "give its price" in recount("rejudge", root, "--max-cost", 1).err
    assert recount("rejudge", root, "--max-cost", 1, "--price", "my-own-judge=1/2").code == 0
    root = kit.write_archive(tmp_path / "b", model="my-own-judge")
    assert "$0.00 and 2 answers without a known price spent" in recount("rejudge", root).out


def test_a_second_process_is_told_who_is_at_it(recount: Recount, stand_in: StandIn, root: Path) -> None:
    with held(root):
        said = recount("rejudge", root)
    assert said.code == 1
    assert "is re-judging this archive" in said.err


def test_another_judge_becomes_another_column(recount: Recount, stand_in: StandIn, root: Path) -> None:
    before = facts(recount("score", root, "--json"))
    assert recount("rejudge", root, "--judge", "claude-opus-4-7").code == 0
    after = facts(recount("score", root, "--json"))
    assert after["alpha/opus/pair/n"] == 7
    assert {k: after[k] for k in before if k.startswith("alpha/sonnet")} == {
        k: v for k, v in before.items() if k.startswith("alpha/sonnet")
    }


def test_an_alternate_judge_fills_its_folder(recount: Recount, stand_in: StandIn, root: Path) -> None:
    assert "30 " in recount("judge", root, "--judge", "claude-opus-4-7", "--dry-run").out
    said = recount("judge", root, "--judge", "claude-opus-4-7")
    assert said.code == 0
    assert "alignment_panel_opus_detailed.json" in said.out
    found = facts(recount("score", root, "--json"))
    assert found["alpha/opus/pair/n"] == found["agreement/pair/n"] + 7 == 30
    assert len(stand_in.books.messages) == 30
    assert recount("judge", root, "--judge", "claude-opus-4-7").out.startswith("nothing was to be asked")


def test_a_column_without_a_model_is_a_mistake_told(recount: Recount, root: Path) -> None:
    assert "an alternate judge needs a model" in recount("judge", root).err


def test_written_back_the_files_hold_what_the_journal_does(recount: Recount, stand_in: StandIn, root: Path) -> None:
    assert "7 verdicts written back, into 2 files" in recount("rejudge", root, "--write-back").out
    value = json.loads((root / kit.DETAILED).read_text())
    assert sum("judge_history" in row for rows in value["scores"].values() for row in rows) == 7
    found = facts(recount("score", root, "--json"))
    assert (found["rejudged/sonnet/pair"], found["standing/failed"]) == (7, 0)


def test_a_sweep_is_re_judged_like_an_archive(recount: Recount, stand_in: StandIn, tmp_path: Path) -> None:
    root = kit.write_sweep(tmp_path / "sweep")
    before = kit.digests(root)
    said = recount("rejudge", root, "--shift-check", 3)
    assert said.code == 0
    assert "model_a: 0.650 → " in said.out
    assert "over 3 judgements" in said.out
    assert kit.digests(root) == before
    assert facts(recount("score", root, "--json", "--no-cache"))["judge_failures"] == 0
    assert "1 verdicts written back" in recount("rejudge", root, "--write-back").out
    assert facts(recount("score", root, "--json", "--no-cache"))["stored_differs"] == 0


def test_batches_can_be_asked_for_and_cancelled(recount: Recount, stand_in: StandIn, root: Path) -> None:
    assert recount("rejudge", root, "--via", "batches").code == 0
    assert (len(stand_in.books.batches), stand_in.books.in_batches) == (1, 7)
    assert "0 batches stopped" in recount("rejudge", root, "--cancel").out


@pytest.mark.parametrize("option", [("--via", "pigeon"), ("--rejudge", "some"), ("--price", "x")])
def test_wrong_options_are_told(recount: Recount, stand_in: StandIn, root: Path, option: tuple[str, str]) -> None:
    said = recount("rejudge", root, *option)
    assert said.code == 1
    assert option[0] in said.err


def test_progress_is_told_in_plain_lines_off_a_terminal(recount: Recount, stand_in: StandIn, root: Path) -> None:
    assert "recount: 7 of 7 asked, 0 without a verdict, $0.0" in recount("rejudge", root).err
    assert recount("rejudge", root, "--quiet").err == ""


def test_on_a_terminal_there_is_a_bar(
    recount: Recount, stand_in: StandIn, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert "7 of 7 asked" in recount("rejudge", root).err


@pytest.mark.parametrize("example", ["alignment", "sweep"])
def test_the_demonstration_says_that_its_judge_is_a_stand_in(recount: Recount, example: str) -> None:
    said = recount("demo", "rejudge", "--example", example, "--quiet")
    assert said.code == 0
    assert said.out.startswith("This is a demonstration: the judge is a stand-in")
    assert "re-judged" in said.out
    (comment,) = Path("recount-out/demo/bundles").glob("*/comments/results.md")
    text = comment.read_text()
    assert "DEMONSTRATION" in text
    assert "`stand_in_judge`" in text
