"""The panel behind a report, audited: what its questions repeat, what they are worth, what contamination shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.archives.records import AlignmentArchive
from bot.errors import EvalSetError
from bot.evalsets.clusters import clusters_of, cores_of, effective_number
from bot.evalsets.pairs import Alike, alike

if TYPE_CHECKING:
    from bot.evalsets.balance import Positions

NEEDS = (
    ("canary", "a set with a canary"),
    ("temporal_split", "items that say when they were written"),
    ("verbatim_completion", "a model to ask for the rest of the stems"),
    ("high_confidence", "the model's confidence or log-probabilities"),
    ("easy_on_hard", "items that state their difficulty"),
    ("transformed_variants", "responses to transformed variants"),
)


class Repeats(NamedTuple):
    """What a panel's questions have in common.

    `distinct` counts questions without their personas; `effective` is n² / Σ over pairs that ask the same (see
    `effective_number`); `repeated` are the questions beyond the first of each group that asks the same, exactly or
    nearly; `closest` are the two questions most alike with their similarity (0–1), None for fewer than two.
    """

    questions: int
    distinct: int
    effective: float
    repeated: int
    near: int
    contrasts: int
    closest: tuple[str, str, float] | None
    method: str


class State(NamedTuple):
    """One signal of contamination: `state` is clean, weak signal, hit or not assessed; `needs` what assessing takes."""

    signal: str
    state: str
    needs: str


class Balance(NamedTuple):
    """Where the matching answer stands among the choices: at `place` (from 1) in a `share` of the questions.

    `expected` is the share (0–1) that chance gives that place, the one furthest above it.
    """

    place: int
    share: float
    expected: float
    balanced: bool


class PanelAudit(NamedTuple):
    """All of it; `balance` is None where the questions print no choices."""

    repeats: Repeats
    signals: tuple[State, ...]
    balance: Balance | None


def audit_panel(
    archive: AlignmentArchive, file: Path | None = None, cutoff: dt.date | None = None
) -> PanelAudit | None:
    """Audit an archive's questions; `file` is the eval set that they come from, where it is at hand.

    None where the archive names no question. Raises EvalSetError for a set that cannot be read or was not asked.
    """
    from bot.evalsets.reading import panel_of

    questions = panel_of(archive)
    if not questions:
        return None
    repeats = repeats_of(questions, asked_together(archive))
    if file is None:
        return PanelAudit(repeats, tuple(State(name, "not assessed", needs) for name, needs in NEEDS), None)
    return with_set(archive, questions, repeats, file, cutoff)


def asked_together(archive: AlignmentArchive) -> list[set[str]]:
    """What each cell asked: an item and its matched control, asked in two conditions, are no two items of one panel."""
    from bot.evalsets.reading import asked_in

    return list({frozenset(asked): set(asked) for cell in archive.cells if (asked := list(asked_in(cell)))}.values())


def repeats_of(questions: Sequence[str], together: Sequence[set[str]] = ()) -> Repeats:
    """What `questions`, each another text, have in common.

    A pair of near duplicates counts where one of the sets `together` holds both; without sets every pair does.
    """
    clusters = clusters_of(cores_of(questions))
    cores = [cluster.core for cluster in clusters]
    close = alike(cores)
    rows = [{questions[row] for row in cluster.rows} for cluster in clusters]
    sets = together or [set(questions)]
    near = [(a, b) for a, b, *_ in close.near if any(own & rows[a] and own & rows[b] for own in sets)]
    groups = groups_of(len(clusters), near)
    effective = effective_number([len(cluster.rows) for cluster in clusters], near)
    return Repeats(
        len(questions), len(clusters), effective, len(questions) - groups, len(near), len(close.contrasts),
        closest_of(cores, close), close.method,
    )  # fmt: skip


def closest_of(cores: Sequence[str], close: Alike) -> tuple[str, str, float] | None:
    """The two questions that are most alike, whatever they are to each other."""
    pair = close.closest
    return None if pair is None else (cores[pair.a], cores[pair.b], pair.similarity)


def groups_of(number: int, pairs: Iterable[tuple[int, int]]) -> int:
    """How many groups `number` places fall into, where pairs belong together."""
    parent = list(range(number))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for a, b in pairs:
        parent[root(a)] = root(b)
    return len({root(place) for place in range(number)})


def with_set(
    archive: AlignmentArchive, questions: Sequence[str], repeats: Repeats, file: Path, cutoff: dt.date | None
) -> PanelAudit:
    """The audit where the set itself is at hand: its canary, dates and choices say more than its questions."""
    from bot.evalsets.balance import positions_of
    from bot.evalsets.contamination import signals_of
    from bot.evalsets.reading import read_set
    from bot.evalsets.results import from_archive

    found = read_set(file)
    asked = set(questions)
    items = tuple(item for item in found.items if item.asked in asked)
    if not items:
        raise EvalSetError("none of this set's questions is in the archive", where=str(file), fix="name its own set")
    signals = signals_of(items, found.header, from_archive(archive, items), cutoff)
    needs = dict(NEEDS)
    positions = positions_of(items, clusters_of(cores_of([item.asked for item in items])))
    return PanelAudit(repeats, tuple(State(s.name, s.state, needs[s.name]) for s in signals), balance_of(positions))


def balance_of(positions: Positions) -> Balance | None:
    """None where no question prints its choices."""
    place, share, expected = positions.favourite, positions.share, positions.expected
    if place is None or share is None or expected is None:
        return None
    return Balance(place, share, expected, bool(positions.balanced))
