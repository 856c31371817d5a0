"""Points gathered by condition, each condition with the one label it carries in the figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.charts.points import Judge, Point
from bot.charts.sheet import Type
from bot.charts.style import BASE, INK, SOFT_INK


@dataclass(frozen=True, slots=True)
class Group:
    """All points of one condition, in the order of the judges."""

    condition: str
    points: tuple[Point, ...]

    @property
    def raw_label(self) -> str:
        """The label as it was given: untrusted, of any length."""
        return self.points[0].label

    @property
    def is_reference(self) -> bool:
        """Whether it comes from an earlier experiment."""
        return self.points[0].role == "reference"

    @property
    def x(self) -> float | None:
        """The position of its points: the first that is stated."""
        return next((point.x for point in self.points if point.x is not None), None)

    def type(self, size: float = BASE) -> Type:
        """How its label is set: this experiment's conditions stand out."""
        return Type(size, "normal", SOFT_INK) if self.is_reference else Type(size, "bold", INK)


def grouped(points: Sequence[Point], judges: Sequence[Judge]) -> tuple[Group, ...]:
    """Conditions in the order of their first points."""
    place = {judge.id: index for index, judge in enumerate(judges)}
    members: dict[str, list[Point]] = {}
    for point in points:
        members.setdefault(point.condition, []).append(point)
    return tuple(
        Group(condition, tuple(sorted(own, key=lambda point: place[point.judge]))) for condition, own in members.items()
    )


def has_references(groups: Sequence[Group]) -> bool:
    """Whether any of the conditions comes from an earlier experiment."""
    return any(group.is_reference for group in groups)
