"""Two files that claim the same condition, judge and seed: which one counts, and what the reader is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple, TypeVar

import msgspec

from bot.archives.names import clean
from bot.archives.records import Cell, Flag

_LABEL_LENGTH = 80
_UNNAMED = "alignment"

K = TypeVar("K", bound=Hashable)


class Claim(NamedTuple):
    """A cell and the files that hold it, the deciding one first.

    `rank` is 0 for samples, 1 for a summary, 2 for a headline; `stem` is what the file's name says besides its kind.
    """

    cell: Cell
    rank: int
    stem: str
    paths: tuple[str, ...]


class Settled(NamedTuple):
    """The claims that count, each with a condition, judge and seed of its own, and the files of the others."""

    claims: tuple[Claim, ...]
    flags: tuple[Flag, ...]
    ignored: tuple[str, ...]


def settle(claims: Iterable[Claim]) -> Settled:
    """Tell different evaluations of one condition apart by name; of two claims to one evaluation the first counts.

    First is samples before summaries before headlines, then the path in sorted order.
    """
    named, flags = _tell_apart(sorted(claims, key=lambda claim: (claim.rank, claim.paths)))
    kept: list[Claim] = []
    ignored: list[str] = []
    for first, *others in _grouped(named, _key).values():
        kept.append(first)
        flags.extend(_duplicate(first, other) for other in others)
        ignored.extend(path for other in others for path in other.paths)
    return Settled(tuple(sorted(kept, key=_order)), tuple(flags), tuple(ignored))


def _tell_apart(claims: Sequence[Claim]) -> tuple[list[Claim], list[Flag]]:
    named: list[Claim] = []
    flags: list[Flag] = []
    for condition, group in _grouped(claims, lambda claim: claim.cell.condition).items():
        several = any(len(_labels(rivals)) > 1 for rivals in _grouped(group, _key).values())
        named.extend(_renamed(claim) if several else claim for claim in group)
        flags.extend([_several(condition, group)] if several else [])
    return named, flags


def _labels(claims: Iterable[Claim]) -> set[str]:
    # A file that does not name its evaluation may be of any.
    return {_label(claim) for claim in claims if claim.cell.evaluation}


def _label(claim: Claim) -> str:
    return clean(claim.cell.evaluation[:_LABEL_LENGTH]) or _UNNAMED


def _renamed(claim: Claim) -> Claim:
    condition = f"{claim.cell.condition}.{_label(claim)}"
    return claim._replace(cell=msgspec.structs.replace(claim.cell, condition=condition))


def _several(condition: str, claims: Sequence[Claim]) -> Flag:
    names = ", ".join(sorted({f"{condition}.{_label(claim)}" for claim in claims}))
    return Flag("several_evaluations", condition, f"one condition was evaluated in several ways, reported as {names}")


def _duplicate(first: Claim, other: Claim) -> Flag:
    cell = first.cell
    seed = f", seed {cell.seed}" if cell.seed is not None else ""
    evidence = (
        f"{first.paths[0]} and {other.paths[0]} both hold condition {cell.condition}, judge {cell.judge}{seed}: "
        "the first counts, the other is ignored (if they are two judges, name them in report.yaml under judges.ids)"
    )
    return Flag("duplicate_claim", first.paths[0], evidence)


def _key(claim: Claim) -> tuple[str, str, str]:
    return claim.cell.condition, claim.cell.judge, claim.cell.seed or ""


def _order(claim: Claim) -> tuple[str, str, int, str]:
    # Seeds are numbers to a reader: 7 comes before 42.
    seed = claim.cell.seed or ""
    return claim.cell.condition, claim.cell.judge, len(seed), seed


def _grouped(claims: Iterable[Claim], key: Callable[[Claim], K]) -> dict[K, list[Claim]]:
    groups: defaultdict[K, list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[key(claim)].append(claim)
    return groups
