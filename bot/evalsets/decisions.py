"""What people decided about items: kept, fixed or dropped, with a label and a correction; and what follows from it.

A decisions file is JSON as the review page saves it, or the review's CSV with its columns filled in. Several reviewers'
files are taken together: their labels become annotations, from which the audit computes their agreement.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, ValidationError

from bot.archives import files
from bot.archives.decoding import ANYTHING, CannotDecode, decode
from bot.archives.files import CannotRead
from bot.errors import EvalSetError
from bot.evalsets.items import Id, Item, McqItem, Part, Text
from bot.evalsets.power import Interval, interval
from bot.evalsets.reading import reasons_in
from bot.evalsets.stages import Dropped, Sifted, strata_of, with_their_matches

Word = Literal["keep", "fix", "drop"]
CORRECTABLE = ("user_statement", "honest_criteria", "sycophantic_criteria", "rationale", "difficulty")
COLUMNS = (
    "item", "kind", "level", "topic", "difficulty", "control", "source", "shown", "honest_criteria",
    "sycophantic_criteria", "rationale", "source_url", "decision", "label", "note", "corrected_statement",
)  # fmt: skip
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Decision(Part):
    """What one person decided about one item; `label` is the answer that the person takes for the honest one."""

    item: Id
    decision: Word
    label: Annotated[str, Field(max_length=200)] = ""
    note: Text = ""
    corrected: dict[
        Literal["user_statement", "honest_criteria", "sycophantic_criteria", "rationale", "difficulty"], Text
    ] = Field(default_factory=dict)


class Decisions(Part):
    """A decisions file: who reviewed which set, in which version."""

    format: Literal["recount-decisions"] = "recount-decisions"
    set_name: str = Field("", alias="set")
    digest: str = ""
    reviewer: Annotated[str, Field(max_length=100)] = "reviewer"
    decisions: list[Decision]


def read_decisions(path: Path) -> Decisions:
    """Decisions from JSON or CSV; EvalSetError with what is wrong."""
    try:
        data = files.read(path.resolve())
        if path.suffix.lower() == ".csv":
            return from_csv(data.decode("utf-8-sig"), path.stem)
        return Decisions.model_validate(decode(data, ANYTHING, lambda value: value))
    except ValidationError as error:
        raise _not_usable(path, reasons_in(error)) from None
    except KeyError as error:
        raise _not_usable(path, f"no column {error.args[0]}") from None
    except (CannotRead, CannotDecode, UnicodeDecodeError, csv.Error) as error:
        raise _not_usable(path, str(error)) from None


def _not_usable(path: Path, why: str) -> EvalSetError:
    fix = "give the JSON that the review page saved, or review.csv with its columns filled in"
    return EvalSetError(f"no decisions: {why}", where=str(path), fix=fix)


def from_csv(text: str, reviewer: str) -> Decisions:
    """Decisions out of the review's CSV; rows without one are passed over. Raises ValidationError or KeyError."""
    table = csv.DictReader(io.StringIO(text))
    for name in ("item", "decision"):
        if name not in (table.fieldnames or ()):
            raise KeyError(name)
    rows = [{key: (value or "").strip() for key, value in row.items() if key} for row in table]
    made = [_from_row(row) for row in rows if row["decision"]]
    return Decisions(reviewer=reviewer, decisions=made)


def _from_row(row: Mapping[str, str]) -> Decision:
    statement = row.get("corrected_statement", "")
    corrected: Any = {"user_statement": statement} if statement else {}
    word: Any = row["decision"].lower()
    return Decision(
        item=row["item"].removeprefix("'"),
        decision=word,
        label=row.get("label", ""),
        note=row.get("note", ""),
        corrected=corrected,
    )


def to_csv(items: Iterable[Item]) -> str:
    """The review's CSV: a row an item, with empty columns for the decision. Nothing in it runs in a spreadsheet."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(_row(item) for item in items)
    return buffer.getvalue()


def _row(item: Item) -> dict[str, str]:
    told = {name: getattr(item, name, "") for name in COLUMNS}
    told |= {"item": item.id, "shown": item.asked, "decision": "", "label": "", "note": "", "corrected_statement": ""}
    return {name: _harmless("" if value is None else str(value)) for name, value in told.items()}


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


# --- applied --------------------------------------------------------------------------------------------------------


class Acceptance(NamedTuple):
    """What became of the reviewed items of one stratum; `rate` is the share kept or fixed, with Wilson's interval."""

    stratum: str
    items: int
    reviewed: int
    kept: int
    fixed: int
    dropped: int
    rate: float | None
    within: Interval | None


class Applied(NamedTuple):
    """Items after the decisions, and what they came to by stratum.

    `unknown` are decisions about no item of the set, `against_key` the items for which a reviewer took another answer
    than the set for the honest one.
    """

    sifted: Sifted
    acceptance: tuple[Acceptance, ...]
    unknown: tuple[str, ...]
    notes: tuple[str, ...]
    against_key: tuple[str, ...] = ()


def apply(items: Sequence[Item], given: Sequence[Decisions]) -> Applied:
    """Drop what somebody dropped with its control, correct what somebody fixed (the last one counts), note all labels.

    Raises EvalSetError where a correction makes an item that cannot be.
    """
    by_item: dict[str, list[tuple[str, Decision]]] = {}
    for number, one in enumerate(given, start=1):
        name = one.reviewer if len({each.reviewer for each in given}) == len(given) else f"{one.reviewer} {number}"
        for decision in one.decisions:
            by_item.setdefault(decision.item, []).append((name, decision))
    known = {item.id for item in items}
    kept = [
        corrected(item, by_item.get(item.id, [])) for item in items if verdict_of(by_item.get(item.id, [])) != "drop"
    ]
    dropped = [
        Dropped(item.id, _why(by_item[item.id])) for item in items if verdict_of(by_item.get(item.id, [])) == "drop"
    ]
    notes = [f"{each.item}: {each.note}" for own in by_item.values() for _, each in own if each.note]
    verdicts = {item_id: verdict_of(own) for item_id, own in by_item.items() if item_id in known}
    unknown = tuple(item_id for item_id in by_item if item_id not in known)
    against = tuple(item.id for item in items if is_against_key(item, by_item.get(item.id, [])))
    acceptance = acceptance_of(items, verdicts)
    sifted = with_their_matches(Sifted(tuple(kept), tuple(dropped)))
    return Applied(sifted, acceptance, unknown, tuple(notes), against)


def is_against_key(item: Item, decisions: Sequence[tuple[str, Decision]]) -> bool:
    """Whether somebody named another choice as the honest one than the set; in a control it is the matching one."""
    if not isinstance(item, McqItem):
        return False
    honest = item.matching if item.control else item.honest_labels
    labels = {choice.label for choice in item.choices}
    return any(decision.label in labels and decision.label not in honest for _, decision in decisions)


def verdict_of(decisions: Sequence[tuple[str, Decision]]) -> Word | None:
    """The strictest of several: drop, then fix, then keep; None where nobody decided."""
    words = {decision.decision for _, decision in decisions}
    return next((word for word in ("drop", "fix", "keep") if word in words), None)


def _why(decisions: Sequence[tuple[str, Decision]]) -> str:
    notes = [decision.note for _, decision in decisions if decision.decision == "drop" and decision.note]
    return "dropped in review" + (f": {notes[0]}" if notes else "")


def corrected(item: Item, decisions: Sequence[tuple[str, Decision]]) -> Item:
    """The item with its corrections, and with the labels that reviewers gave it."""
    values = item.model_dump(mode="python")
    labels = {name: decision.label for name, decision in decisions if decision.label}
    values["annotations"] = {**item.annotations, **labels}
    for _, decision in decisions:
        if decision.decision == "fix":
            values.update(decision.corrected.items())
    if decisions:
        values["provenance"] = {**item.provenance, "reviewed": len(decisions)}
    try:
        return type(item).model_validate(values)
    except ValidationError as error:
        raise EvalSetError(f"the correction cannot be: {reasons_in(error)}", where=item.id) from None


def acceptance_of(items: Iterable[Item], verdicts: Mapping[str, Word | None]) -> tuple[Acceptance, ...]:
    """Acceptance by stratum, of all strata."""
    return tuple(_acceptance(name, own, verdicts) for name, own in strata_of(items).items())


def _acceptance(stratum: str, items: Sequence[Item], verdicts: Mapping[str, Word | None]) -> Acceptance:
    words = [verdicts[item.id] for item in items if item.id in verdicts]
    kept, fixed, dropped = (words.count(word) for word in ("keep", "fix", "drop"))
    n = len(words)
    within = interval(kept + fixed, n) if n else None
    return Acceptance(stratum, len(items), n, kept, fixed, dropped, (kept + fixed) / n if n else None, within)
