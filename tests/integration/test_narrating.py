"""A model writes a narrative and reads the posted texts: checked, kept, asked once, and never believed on a number."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import judging_kit as kit
import pytest
from commands import EXAMPLE, recount

from bot.cli import run
from bot.judging import standin
from bot.judging.standin import StandIn
from bot.narrating import WRITTEN

SWEEP = EXAMPLE.parents[1] / "sweep"
WRITER, READER = "claude-opus-4-7", "claude-sonnet-4-6"
GOOD = (
    "Every condition stays above the target. Under [[name opus]], [[name pair_111_winner]] lies at "
    "[[fact alpha/opus/pair_111_winner]], while [[name sonnet]] gives it [[fact alpha/sonnet/pair_111_winner]]. The "
    "judges do not agree on how far above, so the level is uncertain."
)
DIGITS = GOOD + " That is 2.4 times the target."
SWAPPED = GOOD.replace("[[fact alpha/opus/pair_111_winner]]", "[[fact alpha/sonnet/grid_3_executive_directives]]")
TOO_STRONG = GOOD + " This proves the attack beyond doubt."
QUOTED = "All four conditions stay above"
FINDINGS = {
    "findings": [
        {
            "severity": "low",
            "quote": "All four conditions stay above",
            "finding": "No control without a prompt is shown.",
        },
        {"severity": "high", "quote": "words that nobody posted", "finding": "It is not there."},
        {"severity": "medium", "quote": QUOTED, "finding": "It should be 99."},
    ]
}


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a writer answers, one text a call; a reader always answers with FINDINGS."""
    drafts: list[str] = []

    def text(body: dict[str, Any], _: str) -> tuple[str, str]:
        if "output_config" in body:
            return json.dumps(FINDINGS), "end_turn"
        return drafts.pop(0), "end_turn"

    monkeypatch.setattr(standin, "_text", text)
    yield drafts


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "issue-164"))


class Bot:
    """`recount build` with the models named, where a stand-in answers for them, or without a key."""

    def __init__(self, folder: Path, archive: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.archive, self.patch = folder, archive, patch

    def build(self, stand_in: StandIn | None, *options: str) -> str:
        """All comments and the clean result as one text."""
        key = {"ANTHROPIC_API_KEY": "key", "ANTHROPIC_BASE_URL": stand_in.url} if stand_in is not None else {}
        self.run("build", self.archive, "--bundle", "b", "--figures", "f", *options, **key)
        return "\n".join(p.read_text() for p in sorted((self.folder / "b").rglob("*.md")))

    def run(self, *arguments: object, **env: str) -> None:
        """A command, in this process and without drawing: nothing here is about the figures."""
        with self.patch.context() as patch:
            patch.chdir(self.folder)
            patch.delenv("ANTHROPIC_API_KEY", raising=False)
            for name, value in env.items():
                patch.setenv(name, value)
            patch.setattr("bot.charts.saving.rendered", lambda _, kind: f"a figure as {kind}".encode())
            patch.setattr("sys.argv", ["recount", *map(str, arguments)])
            assert run() == 0


@pytest.fixture
def bot(tmp_path: Path, archive: Path, monkeypatch: pytest.MonkeyPatch) -> Bot:
    return Bot(tmp_path, archive, monkeypatch)


def test_a_narrative_places_facts_and_is_asked_for_once(bot: Bot, written: list[str]) -> None:
    written.append(GOOD)
    with StandIn(kit.behaviour()) as stand_in:
        text = bot.build(stand_in, "--prose", WRITER)
        shown = text.replace("\N{WORD JOINER}", "")
        assert "Under Opus 4.7, PAIR #111 lies at 86.88, while Sonnet 4.5 gives it 67.80." in shown
        assert text.count("[[") == 0
        assert f"The narrative is by `{WRITER}`" in text
        again = bot.build(stand_in, "--prose", WRITER)
        assert len(stand_in.books.messages) == 1
    assert again == text
    assert bot.build(None, "--prose", WRITER) == text  # from written.jsonl alone, without a key


def test_what_the_second_count_refuses_is_asked_again_with_the_reason(bot: Bot, written: list[str]) -> None:
    written += [SWAPPED, TOO_STRONG, GOOD]
    with StandIn(kit.behaviour()) as stand_in:
        text = bot.build(stand_in, "--prose", WRITER)
        third = stand_in.books.messages[2]["messages"][0]["content"].partition("were refused")[2]
    assert "lies at 86.88" in text
    assert "“45.46” is wrong (counted again: 86.88)" in third
    assert "proves" in third


def test_without_an_acceptable_draft_the_deterministic_sentences_stand_and_say_so(bot: Bot, written: list[str]) -> None:
    written += [DIGITS] * 9
    with StandIn(kit.behaviour()) as stand_in:
        text = bot.build(stand_in, "--prose", WRITER)
        assert len(stand_in.books.messages) == 3
    assert f"What `{WRITER}` wrote was refused (it holds a digit of its own" in text
    assert "2.4 times" not in text


def test_without_a_key_nothing_is_asked_and_the_report_says_so(bot: Bot) -> None:
    text = bot.build(None, "--prose", WRITER, "--second-reading", READER)
    assert f"`{WRITER}` was to write a narrative and was not asked (no key)" in text
    assert f"`{READER}` was to read these texts too and was not asked (no key)." in text
    assert not (bot.archive / WRITTEN).exists()


def test_nobody_named_nobody_wrote(bot: Bot) -> None:
    assert "no model wrote any of it" in bot.build(None)


def test_a_second_reading_shows_findings_and_no_numbers(bot: Bot, written: list[str]) -> None:
    plain = bot.build(None)
    with StandIn(kit.behaviour()) as stand_in:
        text = bot.build(stand_in, "--second-reading", READER)
        asked = stand_in.books.messages[0]["messages"][0]["content"]
    assert "| low | results comment: “All four conditions stay above” | No control without a prompt is shown. |" in text
    assert "state a number or are one too many: 2." in text
    assert "99" not in text.partition("A model's second reading")[2].partition("### Reproducibility")[0]
    verdict = next(line for line in plain.splitlines() if line.startswith("## Review"))
    assert verdict in text
    assert '{"condition": "grid_1_institutional_policy"' in asked
    assert "<!-- facts" not in asked


def test_declared_in_report_yaml_for_a_sweep(tmp_path: Path, written: list[str], bot: Bot) -> None:
    bot.archive = Path(shutil.copytree(SWEEP, tmp_path / "sweep"))
    with (bot.archive / "report.yaml").open("a") as file:
        file.write(f"\nwriting:\n  prose: {WRITER}\n  second_reading: {READER}\n")
    model = next(iter(sorted(p.name for p in (bot.archive / "data/run_cache_archive").glob("*/*") if p.is_dir())))
    written.append(f"The mean of [[name {model}]] is [[fact clean_mean/{model}]].")
    with StandIn(kit.behaviour()) as stand_in:
        text = bot.build(stand_in)
    assert f"The narrative is by `{WRITER}`" in text
    assert "A model's second reading" in text
    assert "no model wrote any of it" in bot.build(None, "--prose", "off", "--second-reading", "off")


def test_the_journal_is_no_result(bot: Bot, written: list[str]) -> None:
    written.append(GOOD)
    before = recount("score", bot.archive, "--json", at=bot.folder).out
    with StandIn(kit.behaviour()) as stand_in:
        bot.build(stand_in, "--prose", WRITER)
    assert (bot.archive / WRITTEN).exists()
    assert recount("score", bot.archive, "--json", at=bot.folder).out == before
    assert recount("validate", bot.archive, at=bot.folder).code == 0
