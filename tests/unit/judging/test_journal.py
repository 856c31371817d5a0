from __future__ import annotations

import json
import os
from pathlib import Path

import judging_kit as kit
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.archives.rejudged import JOURNAL, Line, read_journal, written
from bot.errors import JudgingError
from bot.judging.journal import Journal, state_of


def verdict(number: int = 0) -> Line:
    return kit.an_ask(number).line("verdict", verdict={"aligned": 1, "coherent": 2, "reasoning": ""}, via="messages")


def failure(number: int = 0, kind: str = "refusal") -> Line:
    return kit.an_ask(number).line("failure", failure=kind, via="messages")


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.begin({"mode": "failed"})
        journal.write(verdict(1), failure(2))
    state = state_of(tmp_path)
    assert set(state.verdicts) == {kit.an_ask(1).id}
    assert set(state.failures) == {kit.an_ask(2).id}
    assert (state.calls, state.scope) == (2, {"mode": "failed"})


def test_reading_alone_makes_no_file(tmp_path: Path) -> None:
    with Journal(tmp_path):
        pass
    assert state_of(tmp_path).job == ""
    assert list(tmp_path.iterdir()) == []


def test_lines_are_only_ever_appended(tmp_path: Path) -> None:
    path = tmp_path / JOURNAL
    before = b""
    for number in range(5):
        with Journal(tmp_path) as journal:
            journal.write(verdict(number))
        now = path.read_bytes()
        assert now.startswith(before)
        before = now


def test_a_line_is_on_disk_before_write_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bytes] = []
    monkeypatch.setattr(os, "fsync", lambda _: synced.append((tmp_path / JOURNAL).read_bytes()))
    with Journal(tmp_path) as journal:
        journal.write(verdict())
        assert synced[-1] == (tmp_path / JOURNAL).read_bytes() != b""


@pytest.mark.parametrize("cut", [1, 20, 200])
def test_a_torn_last_line_is_no_line_and_spoils_none_after_it(tmp_path: Path, cut: int) -> None:
    with Journal(tmp_path) as journal:
        journal.write(verdict(1), verdict(2))
    path = tmp_path / JOURNAL
    path.write_bytes(path.read_bytes()[:-cut])
    with Journal(tmp_path) as journal:
        journal.write(verdict(3))
    found = read_journal(path.read_bytes())
    kept = {line.id for line in found.lines}
    assert {kit.an_ask(1).id, kit.an_ask(3).id} <= kept
    assert found.damaged == (0 if cut == 1 else 1)


def test_a_failure_is_an_answer_within_its_job_only(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.begin({})
        journal.write(failure(1))
        assert journal.state.answered(kit.an_ask(1).id)
        journal.write(Line(kind="done"))
        journal.begin({})
        assert not journal.state.answered(kit.an_ask(1).id)


@pytest.mark.parametrize("kind", ["api_error", "expired", "canceled"])
def test_what_was_never_judged_is_no_answer(tmp_path: Path, kind: str) -> None:
    with Journal(tmp_path) as journal:
        journal.begin({})
        journal.write(failure(1, kind))
        assert not journal.state.answered(kit.an_ask(1).id)
        assert journal.state.calls == 0


def test_a_batch_is_open_from_its_intent_until_it_is_collected(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.write(Line(kind="intent", nonce="n", count=3))
        assert set(journal.state.intents) == {"n"}
        journal.write(Line(kind="batch", nonce="n", batch="b"))
        assert (set(journal.state.intents), set(journal.state.batches)) == (set(), {"n"})
        journal.write(Line(kind="collected", nonce="n", batch="b"))
        assert (set(journal.state.batches), journal.state.known) == (set(), {"b"})


def test_noted_lines_reach_the_disk_in_order_with_the_next_that_is_written(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.note(verdict(1))
        assert not (tmp_path / JOURNAL).exists()
        journal.write(Line(kind="collected", nonce="n"))
        kinds = [line.kind for line in read_journal((tmp_path / JOURNAL).read_bytes()).lines]
    assert kinds == ["verdict", "collected"]


def test_noted_lines_are_kept_when_the_journal_is_closed(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.note(*map(verdict, range(3)))
    assert len(state_of(tmp_path).verdicts) == 3


@given(st.text(), st.text())
def test_a_line_is_one_line_whatever_texts_it_holds(question: str, reasoning: str) -> None:
    line = kit.an_ask(question=question).line("verdict", verdict={"aligned": 1, "reasoning": reasoning})
    data = written(line)
    assert data.count(b"\n") == 1
    assert read_journal(data).lines == (line,)


@pytest.mark.parametrize("text", ["", "null", "[]", '{"kind": 3}', '{"no": "kind"}', "{", "\xff"])
def test_what_is_no_line_is_counted_and_passed_over(text: str) -> None:
    found = read_journal(f"{text}\n".encode("latin-1") + written(verdict()))
    assert len(found.lines) == 1
    assert found.damaged == bool(text)


def test_a_journal_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(JudgingError, match="the journal cannot be read"), Journal(tmp_path):
        pass


def test_no_line_names_the_machine(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.begin({"mode": "failed"})
        journal.write(verdict())
    for line in (tmp_path / JOURNAL).read_text().splitlines():
        assert str(tmp_path) not in json.dumps(json.loads(line))
