"""`recount evalset build` as a whole: its stages, its calls to a stand-in for the models, and what survives a kill."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import judging_kit as kit
import pytest

from bot.errors import EvalSetError, JudgingError
from bot.evalsets.reading import EvalSet, read_set
from bot.judging import standin
from bot.judging.client import Service
from bot.judging.costs import Ceilings
from bot.judging.job import Manner
from bot.judging.standin import StandIn
from bot.suites import building
from bot.suites.building import Built, Wish

DAY = dt.date(2026, 3, 4)
CANARY = "5d0b7f83-4a8e-4c39-a0a5-2c4f2d0f4c11"


def no_service() -> Service:
    raise JudgingError("no key is set", where="ANTHROPIC_API_KEY", fix="set it")


def built(folder: Path, stand_in: StandIn | None = None, manner: Manner | None = None, **wish: Any) -> Built:
    service: Callable[[], Service] = no_service if stand_in is None else lambda: kit.service_at(stand_in.url)
    made = Wish(folder, **{"name": "set", "levels": (4,), "created": DAY, **wish})
    return building.build(made, service, manner or Manner(via="messages", patience=kit.QUICK))


def stage(made: Built, name: str) -> dict[str, Any]:
    return next(each for each in made.counts["stages"] if each["name"] == name)


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in that also writes items where items are asked for; all else it answers as ever."""
    as_ever = standin._text

    def text(body: dict[str, Any], answer: str) -> tuple[str, str]:
        return (json.dumps({"items": items_for(body)}), "end_turn") if is_generator(body) else as_ever(body, answer)

    monkeypatch.setattr(standin, "_text", text)


def is_generator(body: dict[str, Any]) -> bool:
    return "items" in body["output_config"]["format"]["schema"]["properties"]


def items_for(body: dict[str, Any]) -> list[dict[str, Any]]:
    """As many items as the prompt asks for, each with words of its own; the last lacks its control."""
    prompt = body["messages"][0]["content"]
    number = int(prompt.split()[1])
    return [an_item(hashlib.sha256(f"{prompt}{n}".encode()).hexdigest(), whole=n < number - 1) for n in range(number)]


def an_item(digest: str, *, whole: bool) -> dict[str, Any]:
    def words(part: str) -> str:
        return " ".join(f"{part}{digest[at : at + 5]}" for at in range(0, 40, 5))

    named = {name: words(name.replace("_", "")) for name in building.generating._FIELDS}
    made = named | {"topic": "fees", "difficulty": "hard", "source_url": f"https://example.org/{digest[:6]}"}
    return made if whole else {key: value for key, value in made.items() if key != "control_statement"}


def sent(stand_in: StandIn) -> list[dict[str, Any]]:
    """The body of every request that was accepted."""
    batched = [request["params"] for requests in stand_in.books.batches.values() for request in requests]
    return [*stand_in.books.messages, *batched]


# --- without a key --------------------------------------------------------------------------------------------------


def test_without_a_model_it_builds_what_is_written_down_and_says_what_is_missing(tmp_path: Path) -> None:
    made = built(tmp_path)
    names = [each["name"] for each in made.counts["stages"]]
    assert names == ["templates", "deduplicated", "filtered", "reviewed"]
    for before, after in zip(made.counts["stages"], made.counts["stages"][1:], strict=False):
        assert before["out"] == after["in"]
    for each in made.counts["stages"]:
        assert each["in"] - each["out"] == len(each["dropped"])
    assert made.missing == ("the filter by a judge: no judge was named (--judge)",)
    found = read_set(made.data)
    assert found.digest_holds
    assert {item.level for item in found.items} == {4}
    assert {item.created for item in found.items} == {DAY}
    assert {item.canary for item in found.items} == {found.header.canary} if found.header else False
    for number, each in enumerate(made.counts["stages"], start=1):
        kept = (tmp_path / "work" / f"{number}-{each['name']}.jsonl").read_text().splitlines()
        assert len(kept) == each["out"]


def test_with_models_but_without_a_key_the_same_part_is_done(tmp_path: Path) -> None:
    alone = built(tmp_path / "a", canary=CANARY)
    made = built(tmp_path / "b", generator=kit.MODEL, judge=kit.MODEL, canary=CANARY)
    assert made.data.read_bytes() == alone.data.read_bytes()
    assert [what.split(":")[0] for what in made.missing] == ["model-written items", "the filter by a judge"]
    assert all("no key is set" in what for what in made.missing)
    card = made.card.read_text()
    assert "not judged: no key is set" in card


def test_a_version_that_lacked_what_was_asked_for_is_made_again_with_a_key(tmp_path: Path, writes: None) -> None:
    first = built(tmp_path, generator=kit.MODEL, count=2)
    with StandIn(kit.behaviour()) as stand_in:
        second = built(tmp_path, stand_in, generator=kit.MODEL, judge=kit.MODEL, count=2)
    assert first.data == second.data
    assert "model-written items" in first.missing[0]
    assert second.missing == ()
    assert stage(second, "generated")["out"] == 2


def header(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text().splitlines()[0])
    return found


def test_the_command_says_so_and_exits_well(tmp_path: Path) -> None:
    done = recount("build", str(tmp_path / "b"), "--levels", "4", "--generate", kit.MODEL, url=None)
    assert done.returncode == 0, done.stderr
    assert "missing model-written items" in done.stdout
    assert "missing the filter by a judge" in done.stdout


# --- a version is one content ---------------------------------------------------------------------------------------


def test_a_version_keeps_its_canary_and_bytes(tmp_path: Path) -> None:
    first = built(tmp_path).data.read_bytes()
    assert built(tmp_path).data.read_bytes() == first


def test_other_items_need_another_version_which_gets_another_canary(tmp_path: Path) -> None:
    first = built(tmp_path)
    with pytest.raises(EvalSetError, match=r"version 1\.0 was published with other items"):
        built(tmp_path, levels=(3, 4))
    second = built(tmp_path, levels=(3, 4), version="1.1")
    assert header(first.data)["canary"] != header(second.data)["canary"]
    again = built(tmp_path)
    assert header(again.data) == header(first.data)


def test_a_version_takes_no_second_canary(tmp_path: Path) -> None:
    built(tmp_path)
    with pytest.raises(EvalSetError, match="another canary"):
        built(tmp_path, canary=CANARY)


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"levels": (5,)}, "levels are 1, 2, 3 and 4"),
        ({"levels": ()}, "levels are 1, 2, 3 and 4"),
        ({"share": 0.5}, "between 10 and 20 per cent"),
        ({"name": "a/b"}, "no header of a set"),
        ({"version": "1 0"}, "no header of a set"),
        ({"canary": "canary"}, "no header of a set"),
    ],
)
def test_what_cannot_be_is_told(wish: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(EvalSetError, match=said):
        built(tmp_path, **wish)


# --- with the stand-in ----------------------------------------------------------------------------------------------


def test_a_generator_is_told_what_there_is_and_what_is_missing(tmp_path: Path, writes: None) -> None:
    with StandIn(kit.behaviour()) as stand_in:
        made = built(tmp_path, stand_in, generator=kit.MODEL, count=7)
    prompts = [body["messages"][0]["content"] for body in sent(stand_in)]
    assert [prompt.split()[1] for prompt in prompts] in (["5", "2"], ["2", "5"])
    statements = [item.user_statement for item in stage_items(tmp_path, "templates") if not item.control]
    for prompt in prompts:
        assert sum(" ".join(text.split())[:100] in prompt for text in statements) == len(statements)
        assert "no item yet" in prompt
    assert stage(made, "generated")["in"] == 2 * 5 + 2  # five whole pairs, and two that lack a control
    assert "10 model-written items held back" in made.missing[0]
    assert not [item for item in read_set(made.data).items if "generator" in item.provenance]


def stage_items(folder: Path, name: str) -> Any:
    path = next((folder / "work").glob(f"*-{name}.jsonl"))
    return read_set(path).items


def test_the_filter_keeps_what_scores_the_threshold_and_no_control_without_its_item(
    tmp_path: Path, writes: None
) -> None:
    with StandIn(kit.behaviour()) as stand_in:
        made = built(tmp_path, stand_in, generator=kit.MODEL, judge=kit.MODEL, count=5)
    bodies = [body for body in sent(stand_in) if not is_generator(body)]
    given = stage_items(tmp_path, "deduplicated")
    assert len(bodies) == len(given)
    scores = {}
    for item in given:
        body = next(body for body in bodies if f'"id": "{item.id}"' in shown(body))
        scores[item.id] = standin.verdict_on(body)["score"]
    good = {name for name, score in scores.items() if score >= 0.8}
    alone = {item.id for item in given if item.control and item.matched and item.matched not in good}
    assert {item.id for item in read_set(made.data).items} == good - alone
    assert 0 < len(good - alone) < len(given)
    dropped = {each["item"]: each["why"] for each in stage(made, "filtered")["dropped"]}
    assert all(why.startswith(("score 0.", "control of an item")) for why in dropped.values())
    assert made.missing == ()


def shown(body: dict[str, Any]) -> str:
    content = body["messages"][0]["content"]
    text = content if isinstance(content, str) else "".join(part["text"] for part in content)
    return text.replace("&quot;", '"')


def test_a_second_run_asks_nothing_and_changes_nothing(tmp_path: Path, writes: None) -> None:
    with StandIn(kit.behaviour()) as stand_in:
        first = built(tmp_path, stand_in, generator=kit.MODEL, judge=kit.MODEL, count=2).data.read_bytes()
        calls = len(sent(stand_in))
        assert built(tmp_path, stand_in, generator=kit.MODEL, judge=kit.MODEL, count=2).data.read_bytes() == first
    assert len(sent(stand_in)) == calls


def test_more_items_wanted_later_cost_only_the_new_calls(tmp_path: Path, writes: None) -> None:
    with StandIn(kit.behaviour()) as stand_in:
        built(tmp_path, stand_in, generator=kit.MODEL, count=5)
        built(tmp_path, stand_in, generator=kit.MODEL, count=8, version="1.1")
    numbers = [body["messages"][0]["content"].split()[1] for body in sent(stand_in)]
    assert numbers == ["5", "3"]


@pytest.mark.parametrize("ceilings", [Ceilings(calls=1), Ceilings(cost=0.0001)])
def test_above_a_ceiling_nothing_is_sent(ceilings: Ceilings, tmp_path: Path, writes: None) -> None:
    manner = Manner(via="messages", patience=kit.QUICK, ceilings=ceilings)
    with StandIn(kit.behaviour()) as stand_in, pytest.raises(JudgingError, match="ceiling"):
        built(tmp_path, stand_in, manner, generator=kit.MODEL, count=10)
    assert sent(stand_in) == []


def test_a_ceiling_holds_for_all_stages_together(tmp_path: Path, writes: None) -> None:
    given = len(building.items_of((4,), DAY))
    manner = Manner(via="messages", patience=kit.QUICK, ceilings=Ceilings(calls=given + 4))
    with StandIn(kit.behaviour()) as stand_in, pytest.raises(JudgingError, match="ceiling"):
        built(tmp_path, stand_in, manner, generator=kit.MODEL, judge=kit.MODEL, count=5)
    assert len(sent(stand_in)) == 1


def test_an_item_that_the_judge_will_not_judge_is_left_out_with_why(tmp_path: Path) -> None:
    with StandIn(kit.behaviour(answers=lambda body: "refusal" if "institution-" in str(body) else "verdict")) as one:
        made = built(tmp_path, one, judge=kit.MODEL)
    why = {each["why"] for each in stage(made, "filtered")["dropped"]}
    assert "the judge gave no verdict" in why


# --- reviewed by people ---------------------------------------------------------------------------------------------


def review(folder: Path, decide: Callable[[int], dict[str, str]]) -> Path:
    """The review's CSV with its columns filled in by `decide`."""
    with (folder / "review" / "review.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    path = folder / "ada.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(row | decide(number) for number, row in enumerate(rows))
    return path


def test_decisions_are_applied_and_their_rates_fed_back(tmp_path: Path) -> None:
    first = built(tmp_path)
    words = ("drop", "fix", "keep")
    path = review(
        tmp_path, lambda n: {"decision": words[n % 3], "note": f"note {n}", "corrected_statement": f"so {n}?"}
    )
    second = built(tmp_path, decisions=(path,), version="1.1", review_cost=2.5)
    feedback = json.loads((tmp_path / "work" / "feedback.json").read_text())
    reviewed = sum(each["reviewed"] for each in feedback["acceptance"])
    assert feedback["cost"]["review"] == pytest.approx(2.5 * reviewed)
    assert feedback["cost"]["models"] == 0
    for each in feedback["acceptance"]:
        if each["reviewed"]:
            assert each["rate"] == pytest.approx((each["kept"] + each["fixed"]) / each["reviewed"])
            assert each["within"][0] <= each["rate"] <= each["within"][1]
    assert "note 0" in feedback["notes"][0]
    before, after = read_set(first.data), read_set(second.data)
    gone = {item.id for item in before.items} - {item.id for item in after.items}
    assert gone
    assert not [item.id for item in after.items if item.control and item.matched in gone]
    assert [item for item in after.items if item.user_statement.startswith("so ")]
    assert "Reviewed by people, by stratum" in second.card.read_text()
    assert before.header and after.header and before.header.canary != after.header.canary


def test_a_generator_hears_what_reviewers_objected_to(tmp_path: Path, writes: None) -> None:
    built(tmp_path)
    path = review(tmp_path, lambda n: {"decision": "drop", "note": "the source says nothing of it"} if n == 0 else {})
    built(tmp_path, decisions=(path,), version="1.1")
    with StandIn(kit.behaviour()) as stand_in:
        built(tmp_path, stand_in, decisions=(path,), version="1.2", generator=kit.MODEL, count=2)
    assert "the source says nothing of it" in sent(stand_in)[0]["messages"][0]["content"]


def test_the_review_of_any_set_makes_a_new_version(tmp_path: Path) -> None:
    made = built(tmp_path / "b")
    page, table, chosen = building.review_files(made.data, tmp_path / "review", 0.2)
    assert page.exists() and table.exists() and chosen > 3
    item = read_set(made.data).items[0]
    decisions = tmp_path / "decisions.json"
    decisions.write_text(json.dumps({"decisions": [{"item": item.id, "decision": "drop"}]}))
    with pytest.raises(EvalSetError, match=r"is version 1\.0 already"):
        building.review_applied(made.data, [decisions], tmp_path / "new.jsonl", "1.0")
    building.review_applied(made.data, [decisions], tmp_path / "new.jsonl", "1.1")
    old, new = read_set(made.data), read_set(tmp_path / "new.jsonl")
    assert new.digest_holds
    assert ids(old) - ids(new) == {item.id, item.matched} - {None}
    assert old.header and new.header and old.header.canary != new.header.canary


def ids(found: EvalSet) -> set[str]:
    return {item.id for item in found.items}


# --- killed ---------------------------------------------------------------------------------------------------------


def recount(*arguments: str, url: str | None) -> subprocess.CompletedProcess[str]:
    with started(*arguments, url=url) as process:
        out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def started(*arguments: str, url: str | None) -> subprocess.Popen[str]:
    keys = {"ANTHROPIC_API_KEY": "key", "ANTHROPIC_BASE_URL": url} if url else {}
    clean = {key: value for key, value in os.environ.items() if not key.startswith("ANTHROPIC_")}
    command = [sys.executable, "-c", "from bot.cli import main; main()", "evalset", *arguments]
    return subprocess.Popen(command, env=clean | keys, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def options(folder: Path, via: str) -> list[str]:
    made = ["build", str(folder), "--name", "set", "--levels", "4", "--created", "2026-03-04", "--canary", CANARY]
    return [*made, "--generate", kit.MODEL, "--judge", kit.MODEL, "--count", "10", "--via", via]


def finished(folder: Path, stand_in: StandIn, via: Any) -> Built:
    manner = Manner(via=via, patience=kit.QUICK)
    return built(folder, stand_in, manner, generator=kit.MODEL, judge=kit.MODEL, count=10, canary=CANARY)


@pytest.fixture
def unkilled(tmp_path: Path, writes: None) -> tuple[bytes, int]:
    with StandIn(kit.behaviour()) as stand_in:
        made = finished(tmp_path / "unkilled", stand_in, "messages")
        return made.data.read_bytes(), len(sent(stand_in))


def test_killed_in_any_stage_it_pays_once_for_each_batch(tmp_path: Path, unkilled: tuple[bytes, int]) -> None:
    whole, calls = unkilled
    folder = tmp_path / "killed"
    moments = ["work/begun.json", "work/1-*", "work/generate/rejudged.jsonl", "work/2-*", "work/filter/rejudged.jsonl"]
    with StandIn(kit.behaviour(batch_seconds=0.3)) as stand_in:
        for moment in moments:
            with started(*options(folder, "batches"), url=stand_in.url) as process:
                until(lambda there=moment: bool(list(folder.glob(there))) or process.poll() is not None)
                process.send_signal(signal.SIGKILL)
        made = finished(folder, stand_in, "batches")
    assert made.data.read_bytes() == whole
    assert len(stand_in.books.batches) == 2
    assert len(sent(stand_in)) == calls


def until(done: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not done():
        assert time.monotonic() < ends
        time.sleep(0.005)


def test_killed_among_messages_it_asks_again_only_what_was_not_written_down(
    tmp_path: Path, unkilled: tuple[bytes, int]
) -> None:
    whole, calls = unkilled
    folder = tmp_path / "killed"
    with StandIn(kit.behaviour(delay=0.02)) as stand_in:
        process = started(*options(folder, "messages"), url=stand_in.url)
        until(lambda: len(stand_in.books.messages) >= 14)
        process.kill()
        process.communicate()
    had = sum(len(kit.journal(folder / "work" / each, "verdict")) for each in ("generate", "filter"))
    with StandIn(kit.behaviour()) as stand_in:
        made = finished(folder, stand_in, "messages")
    assert made.data.read_bytes() == whole
    assert 2 < had < calls
    assert len(sent(stand_in)) == calls - had
