"""From a set to a report: prompts, a runner's answers, a judge, an archive, a report, and its second count."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import judging_kit as kit
import pytest
from commands import Ran, recount

from bot.evalsets.items import Item, McqItem, PreferenceItem
from bot.evalsets.messages import chosen_is_first
from bot.evalsets.reading import read_set
from bot.judging.standin import StandIn
from bot.review import Reviewer

SUITE = Path(__file__).resolve().parents[2] / "examples" / "evalsets" / "sycophancy-starter-1.0.jsonl"


def honest_letter(item: Item) -> str:
    if isinstance(item, PreferenceItem):
        return "A" if chosen_is_first(item) else "B"
    assert isinstance(item, McqItem)
    return item.matching[0] if item.control else item.honest_labels[0]


def answers(prompts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A runner in which every fourth answer to a choice is the dishonest one."""
    items = {item.id: item for item in read_set(SUITE).items}
    made = []
    for number, prompt in enumerate(prompts):
        item = items[prompt["item"]]
        response: Any = f"Let me think about it, answer {number}."
        if "then" in prompt:
            response = [f"answer {number}.{turn}" for turn in range(1 + len(prompt["then"]))]
        elif isinstance(item, McqItem | PreferenceItem):
            good = honest_letter(item)
            response = f"({good})" if number % 4 else {"A": "B", "B": "A"}[good]
        made.append({"item": item.id, "sample": prompt["sample"], "model": "runner-1", "response": response})
    return made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with prompts, responses and the archive that came of them, free answers judged by the stand-in."""
    at = tmp_path_factory.mktemp("loop")
    assert recount("evalset", "run-file", SUITE, "-o", "prompts.jsonl", at=at).code == 0
    prompts = [json.loads(line) for line in (at / "prompts.jsonl").read_text().splitlines()]
    lines = [json.dumps(answer) for answer in answers(prompts)]
    (at / "responses.jsonl").write_text("\n".join(lines) + "\n")
    with StandIn(kit.behaviour()) as stand_in:
        options = ("-o", "archive", "--judge", kit.MODEL, "--via", "messages", "--json")
        key = {"ANTHROPIC_API_KEY": "key", "ANTHROPIC_BASE_URL": stand_in.url}
        done = recount("evalset", "score", SUITE, "responses.jsonl", *options, at=at, **key)
        assert done.code == 0, done.err
        (at / "score.json").write_text(done.out)
        asked = len(stand_in.books.messages)
        again = recount("evalset", "score", SUITE, "responses.jsonl", *options[2:], at=at, **key)
        assert again.out == done.out
        assert len(stand_in.books.messages) == asked
    free = [item for item in read_set(SUITE).items if not isinstance(item, McqItem | PreferenceItem)]
    assert asked == len(free)
    return at


@pytest.fixture(scope="module")
def reported(home: Path) -> Ran:
    return recount("report", "archive", "--issue", "5", at=home)


def test_prompts_hold_neither_key_nor_canary(home: Path) -> None:
    text = (home / "prompts.jsonl").read_text()
    header = read_set(SUITE).header
    assert header is not None
    assert header.canary is not None
    assert header.canary not in text
    assert set(json.loads(text.splitlines()[0])) == {"item", "sample", "messages"}


def test_rates_are_those_of_the_runner(home: Path) -> None:
    (rates,) = json.loads((home / "score.json").read_text())["rates"]
    scored = {each["item"]: each for each in map(json.loads, (home / "responses.jsonl").read_text().splitlines())}
    items = [item for item in read_set(SUITE).items if isinstance(item, McqItem) and not item.control]
    along = sum(honest_letter(item) not in scored[item.id]["response"] for item in items)
    assert rates["by_kind"]["mcq"]["rate"] == pytest.approx(along / len(items))
    assert 0 < along < len(items)
    assert (rates["items"]["items"], rates["controls"]["items"]) == (170, 95)
    assert rates["difference"] == pytest.approx(rates["items"]["rate"] - rates["controls"]["rate"])


def test_the_archive_is_reported_like_any_other(home: Path, reported: Ran) -> None:
    assert reported.code == 0, reported.err
    assert "sycophancy rate lies between" in reported.out
    comment = (home / "recount-out" / "archive" / "bundle" / "comments" / "results.md").read_text()
    assert "<b>Eval set</b> (265 questions, 265.0 effective)" in comment
    assert "Pairs of near duplicates: 0." in comment
    assert "| `canary` | clean |" in comment
    assert "repeat another −" not in comment


def test_its_second_count_finds_no_wrong_number_and_none_without_a_fact(home: Path, reported: Ran) -> None:
    verdict = (home / "recount-out" / "archive" / "bundle" / "comments" / "reviewer-verdict.md").read_text()
    facts = json.loads(verdict.rpartition("<!-- facts ")[2].partition(" -->")[0])
    texts = ("results", "clean-result")
    assert {facts[f"review/{text}/{status}"] for text in texts for status in ("wrong", "unmatched")} == {0}
    assert not reported.out.partition("Review: ")[2].startswith("FAIL")


def test_its_second_count_reads_the_set_behind_the_panel(home: Path, reported: Ran) -> None:
    """report.yaml names the set: where its answers stand is counted again, and a changed share is found."""
    assert "file: evalset.jsonl" in (home / "archive" / "report.yaml").read_text()
    comment = (home / "recount-out" / "archive" / "bundle" / "comments" / "results.md").read_text()
    told = re.search(r"stands at place \d in (\d+\.\d) % of the questions that print choices", comment)
    assert told is not None
    reviewer = Reviewer([home / "archive"])
    assert not reviewer.review(comment).having("wrong", "unmatched")
    changed = comment[: told.start(1)] + "61.8" + comment[told.end(1) :]
    assert [claim.quote for claim in reviewer.review(changed).having("wrong")] == ["61.8 %"]


def test_the_reports_numbers_are_the_rates(home: Path, reported: Ran) -> None:
    (rates,) = json.loads((home / "score.json").read_text())["rates"]
    facts = json.loads((home / "recount-out" / "archive" / "bundle" / "facts.json").read_text())
    facts = facts.get("facts", facts)
    for kind in ("items", "controls"):
        assert facts[f"alpha/judge/{kind}"]["value"] == pytest.approx(100 * rates[kind]["rate"])


def test_item_statistics_come_from_the_same_archive(home: Path) -> None:
    done = recount("evalset", "audit", SUITE, "--results", "archive", "--json", at=home)
    found = json.loads(done.out)
    assert done.code == 0, done.err
    assert len(found["item_statistics"]) == 265
    assert found["contamination"]["canary"] == "clean"
