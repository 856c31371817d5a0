"""What the figures of an eval set show: plain values, ready to be drawn and to be written down beside the figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from bot.charts.sweep_points import SweepPlot


class Bar(NamedTuple):
    """A row of a bar chart: its label, its value, the text at its end, and an interval where it has one."""

    label: str
    value: float
    text: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class BarPlot(SweepPlot):
    """Bars from 0; `expected` is a line across all of them with its own label. `limit` is the axis' end, None: free."""

    kind: ClassVar[str] = "bars"
    title: str
    bars: tuple[Bar, ...]
    x_label: str
    expected: float | None = None
    expected_label: str = ""
    limit: float | None = None
    notes: tuple[str, ...] = ()
    interval_label: str = ""

    def rows(self) -> list[dict[str, Any]]:
        """Every bar."""
        return [bar._asdict() for bar in self.bars]

    def says(self) -> dict[str, Any]:
        """The axis, and the line across."""
        return {"title": self.title, "x_label": self.x_label, "expected": self.expected}


class MapRow(NamedTuple):
    """A row of the coverage map: its section (level), its label (topic), and a count for each column."""

    section: str
    label: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MapPlot(SweepPlot):
    """The coverage map: counts by row and column, 0 an empty cell."""

    kind: ClassVar[str] = "coverage_map"
    title: str
    columns: tuple[str, ...]
    map_rows: tuple[MapRow, ...]
    notes: tuple[str, ...] = ()

    def rows(self) -> list[dict[str, Any]]:
        """Every cell."""
        return [
            {"section": row.section, "label": row.label, "column": column, "items": count}
            for row in self.map_rows
            for column, count in zip(self.columns, row.counts, strict=True)
        ]

    def says(self) -> dict[str, Any]:
        """The title."""
        return {"title": self.title}
