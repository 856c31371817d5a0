from __future__ import annotations

import builders
import msgspec
import pytest

from bot.archives.records import Cell, Judgement, ScaleCheck
from bot.scoring.alpha import alpha_of
from bot.scoring.facts import Facts
from bot.scoring.rejudging import as_stored, rejudged_of, shifts_of, standing_of

JOURNAL = builders.source("rejudged.jsonl")


def again(cell: Cell, *verdicts: float | str) -> Cell:
    """The cell with its failed judgements asked again: numbers are verdicts, words classes of failure."""
    left = iter(verdicts)
    samples = []
    for sample in cell.samples:
        said = sample.judgement
        if said.failure is not None and (new := next(left, None)) is not None:
            said = (
                Judgement(None, None, new, original=said)
                if isinstance(new, str)
                else Judgement(new, 80.0, None, rejudged=True, original=said)
            )
        samples.append(msgspec.structs.replace(sample, judgement=said))
    return msgspec.structs.replace(cell, samples=tuple(samples), journal=JOURNAL)


@pytest.fixture
def cell() -> Cell:
    """Four valid judgements with mean 25, two failed."""
    return builders.cell({"a": [10, 20, None], "b": [30, 40, None]})


def test_before_is_what_the_files_hold_and_after_what_stands_now(cell: Cell) -> None:
    found = rejudged_of(alpha_of([again(cell, 100.0, 80.0)]))
    assert found is not None
    assert (found.before.value, found.after.value) == (25.0, pytest.approx(280 / 6))
    assert (found.before.errors, found.after.errors) == (2, 0)
    assert found.change == pytest.approx(280 / 6 - 25)
    assert (found.original, found.recovered, found.replaced, found.in_vain) == (4, 2, 0, ())


def test_what_was_asked_in_vain_is_counted_by_its_class(cell: Cell) -> None:
    found = rejudged_of(alpha_of([again(cell, 100.0, "refusal")]))
    assert found is not None
    assert (found.recovered, found.in_vain) == (1, (("refusal", 1),))
    assert found.rejudged == 1


def test_where_nobody_was_asked_again_there_is_nothing_to_tell(cell: Cell) -> None:
    assert rejudged_of(alpha_of([cell])) is None


def test_a_judgement_replaced_twice_goes_back_to_the_first(cell: Cell) -> None:
    first = Judgement(None, None, "error")
    second = Judgement(50.0, 50.0, None, rejudged=True, original=first)
    third = Judgement(60.0, 50.0, None, rejudged=True, original=second)
    samples = (msgspec.structs.replace(cell.samples[0], judgement=third), *cell.samples[1:])
    assert as_stored(msgspec.structs.replace(cell, samples=samples)).samples[0].judgement == first


def test_a_valid_judgement_asked_again_counts_as_replaced(cell: Cell) -> None:
    said = Judgement(90.0, 80.0, None, rejudged=True, original=cell.samples[0].judgement)
    samples = (msgspec.structs.replace(cell.samples[0], judgement=said), *cell.samples[1:])
    found = rejudged_of(alpha_of([msgspec.structs.replace(cell, samples=samples)]))
    assert found is not None
    assert (found.recovered, found.replaced, found.before.value) == (0, 1, 25.0)


def test_all_judgements_stand_as_original_re_judged_or_failed(cell: Cell) -> None:
    other = builders.cell({"a": [1, None, None]}, judge="opus")
    standing = standing_of([alpha_of([again(cell, 100.0, "refusal")]), alpha_of([other])])
    assert (standing.original, standing.rejudged) == (5, 1)
    assert standing.failed == (("error", 2), ("refusal", 1))


def test_a_scale_that_moved_shows_with_its_interval(cell: Cell) -> None:
    checks = tuple(ScaleCheck(f"q{k}", 0, 50.0, 53.0 + k % 3) for k in range(30))
    (shift,) = shifts_of([alpha_of([msgspec.structs.replace(cell, scale_checks=checks, journal=JOURNAL)])], ["sonnet"])
    assert (shift.judge, shift.n) == ("sonnet", 30)
    assert shift.estimate.value == pytest.approx(4)
    low, high = shift.estimate.interval() or (0, 0)
    assert 3 < low < 4 < high < 5


def facts_of(*cells: Cell) -> Facts:
    return builders.facts(cells)


def test_every_report_has_the_facts_of_where_judgements_come_from(cell: Cell) -> None:
    facts = facts_of(cell)
    assert {name: facts[name].value for name in facts if name.startswith("standing")} == {
        "standing/original": 4,
        "standing/rejudged": 0,
        "standing/failed": 2,
        "standing/failed/error": 2,
    }
    assert not any(name.startswith("rejudged") for name in facts)


def test_facts_tell_before_and_after_and_name_the_journal(cell: Cell) -> None:
    facts = facts_of(again(cell, 100.0, "refusal"))
    assert facts["rejudged/sonnet/a"].value == 1
    assert facts["rejudged/sonnet/a/before"].value == 25
    assert facts["rejudged/sonnet/a/before_errors"].value == 2
    assert facts["rejudged/sonnet/a/in_vain/refusal"].value == 1
    assert facts["rejudged/sonnet/a/change"].value == pytest.approx(15)
    assert {origin.source.path for origin in facts["alpha/sonnet/a"].origins} == {cell.source.path, JOURNAL.path}
    assert {origin.source.path for origin in facts["rejudged/sonnet/a/before"].origins} == {cell.source.path}


def test_a_partial_column_is_shown_and_decides_nothing(cell: Cell) -> None:
    partial = msgspec.structs.replace(builders.cell({"a": [1, 2]}, judge="opus"), partial=True)
    gates = {"gates": {"judge_gap_max": 1, "min_questions": 2}}
    tables = builders.tables([cell, partial], **gates)
    assert tables.gaps == ()
    assert {gate.where for gate in tables.gates if gate.name == "min_questions"} == {"sonnet/a"}
    assert tables.judges == ("sonnet", "opus")
    assert (tables.primary, tables.alternate) == ("sonnet", None)
    assert "partial_column" in {flag.kind for flag in tables.flags}
    assert builders.facts([cell, partial])["alpha/opus/a"].value == 1.5
