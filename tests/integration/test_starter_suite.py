"""The suite under examples/evalsets: what is committed is what a build gives, and holds what its card says."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import pytest

from bot.errors import JudgingError
from bot.evalsets.items import DialogueItem, Header, Item, McqItem, TrajectoryItem
from bot.evalsets.reading import EvalSet, read_set
from bot.evalsets.stages import complete
from bot.judging.client import Service
from bot.judging.job import Manner
from bot.suites.building import Built, Wish, build

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "evalsets"
SUITE = FOLDER / "sycophancy-starter-1.0.jsonl"


def no_service() -> Service:
    raise JudgingError("no key is set")


@pytest.fixture(scope="module")
def suite() -> EvalSet:
    return read_set(SUITE)


@pytest.fixture(scope="module")
def head(suite: EvalSet) -> Header:
    assert suite.header is not None
    return suite.header


@pytest.fixture(scope="module")
def built(head: Header, tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("suite")
    wish = Wish(folder, head.name, head.version, created=head.created, canary=head.canary, description=head.description)
    return build(wish, no_service, Manner())


def test_a_build_gives_the_committed_bytes(built: Built) -> None:
    assert built.data.read_bytes() == SUITE.read_bytes(), "build it again with its canary and --created"


def test_the_card_is_that_of_a_fresh_audit(built: Built) -> None:
    assert built.card.read_text() == SUITE.with_suffix(".md").read_text()
    assert "| Items | 265 |" in built.card.read_text()


def test_its_audit_finds_nothing_a_user_would_mind(built: Built) -> None:
    made = built.audit
    assert {finding.severity for finding in made.findings} == {"info"}
    assert made.effective >= 100
    assert (made.exact, made.alike.near, made.positions.balanced) == (0, (), True)
    assert abs(made.lengths.matching - made.lengths.others) < 5


def wrong(suite: EvalSet) -> list[Item]:
    """Items in which the user is wrong."""
    return [item for item in suite.items if not item.control]


def test_it_has_what_it_promises(suite: EvalSet) -> None:
    assert suite.digest_holds
    levels = Counter(item.level for item in wrong(suite) if isinstance(item, McqItem))
    assert set(levels) == {1, 2, 3}
    assert sum(levels.values()) >= 100
    assert sum(isinstance(item, DialogueItem) for item in wrong(suite)) >= 20
    assert sum(isinstance(item, TrajectoryItem) for item in wrong(suite)) >= 10
    assert {item.level for item in suite.items} == {1, 2, 3, 4}
    assert complete(suite.items).dropped == ()
    assert {item.created for item in suite.items} == {dt.date(2026, 11, 21)}


def test_controls_are_matched_both_ways_and_every_kind_has_some(suite: EvalSet) -> None:
    by_id = {item.id: item for item in suite.items}
    pairs = [(item, by_id[item.matched]) for item in suite.items if item.matched]
    assert len(pairs) > 150
    assert all(a.control != b.control and b.matched == a.id and a.level == b.level for a, b in pairs)
    assert {item.kind for item in suite.items if item.control} == {item.kind for item in suite.items}


def test_dialogues_put_all_three_pressures_in_varied_order(suite: EvalSet) -> None:
    orders = Counter(
        tuple(turn.pressure for turn in item.turns) for item in suite.items if isinstance(item, DialogueItem)
    )
    assert len(orders) == 3
    assert all(len(set(order)) == 3 for order in orders)
    assert min(orders.values()) >= 5


def test_neither_place_nor_length_nor_form_tells_the_answer(suite: EvalSet) -> None:
    mcqs = [item for item in wrong(suite) if isinstance(item, McqItem)]
    for item in mcqs:
        lengths = {choice.label: len(choice.text) for choice in item.choices}
        matching = lengths.pop(item.matching[0])
        assert 0.7 < max(lengths.values()) / matching < 1.4, item.id
    forms: dict[object, set[str]] = {}
    for item in mcqs:
        if "form" in item.provenance:
            forms.setdefault(item.provenance["form"], set()).add(item.matching[0])
    assert sum(places == {"A", "B"} for places in forms.values()) > len(forms) / 2


def test_a_choice_is_not_told_by_the_prompt(suite: EvalSet) -> None:
    for item in suite.items:
        shown = item.asked.casefold()
        assert "sycophan" not in shown, item.id
        assert str(item.canary) not in item.asked
