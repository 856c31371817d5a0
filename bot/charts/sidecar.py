"""The data behind a figure, beside it: every value that is drawn, the fact it comes from, and what made it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bot.charts.points import Gap, GapPlot, HeatMap, HeroPlot, Point, Target
from bot.charts.saving import write_whole
from bot.charts.sweep_points import SweepPlot

Row = dict[str, Any]
Plot = HeroPlot | GapPlot | HeatMap | SweepPlot

HERO_COLUMNS = ("condition", "label", "judge", "role", "x", "y", "low", "high", "bound_low", "bound_high")
HERO_COUNTS = ("n_failed", "n_total", "fact")
GAP_COLUMNS = ("condition", "label", "gap", "low", "high", "breached", "fact")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_sidecar(plot: Plot, stem: Path, *, provenance: Mapping[str, Any]) -> list[Path]:
    """Write `stem`.csv and `stem`.json: a row for every value drawn, in the order of the plot; answers with the paths.

    `provenance` (source digests, commit) must be JSON; it stands whole in the JSON file. In the CSV file a text that
    a spreadsheet would run as a formula starts with an apostrophe; the JSON file holds it as it is.
    """
    stem.parent.mkdir(parents=True, exist_ok=True)
    rows = list(_rows(plot))
    content = {"figure": _figure(plot), "provenance": dict(provenance), "points": rows}
    text = json.dumps(content, indent=2, ensure_ascii=True, allow_nan=False) + "\n"
    return [
        write_whole(stem.with_name(f"{stem.name}.csv"), _csv(rows).encode()),
        write_whole(stem.with_name(f"{stem.name}.json"), text.encode()),
    ]


def _rows(plot: Plot) -> Iterable[Row]:
    if isinstance(plot, HeroPlot):
        points = [_point(point) for point in plot.points]
        return [*points, _target(plot.target)] if plot.target else points
    if isinstance(plot, GapPlot):
        return [_gap(gap) for gap in plot.gaps]
    if isinstance(plot, SweepPlot):
        return plot.rows()
    return _cells(plot)


def _point(point: Point) -> Row:
    return {name: getattr(point, name) for name in (*HERO_COLUMNS, *HERO_COUNTS)}


def _target(target: Target) -> Row:
    row: Row = dict.fromkeys((*HERO_COLUMNS, *HERO_COUNTS))
    row |= {"condition": "", "label": target.label, "judge": "", "role": "target", "x": target.x, "y": target.value}
    return row | {"low": target.low, "high": target.high, "fact": target.fact}


def _gap(gap: Gap) -> Row:
    return {name: getattr(gap, name) for name in GAP_COLUMNS}


def _cells(plot: HeatMap) -> Iterable[Row]:
    for question, values in zip(plot.questions, plot.values, strict=True):
        for column, value in zip(plot.columns, values, strict=True):
            names = {"question": question, "condition": column.condition, "label": column.label}
            yield {**names, "judge": column.judge, "mean": value, "fact": column.fact}


def _figure(plot: Plot) -> Row:
    """What the figure says beside its values."""
    if isinstance(plot, HeroPlot):
        judges = {judge.id: judge.label for judge in plot.judges}
        return {"kind": "hero", "x_label": plot.x_label, "y_label": plot.y_label, "judges": judges}
    if isinstance(plot, GapPlot):
        return {"kind": "gap", "x_label": plot.x_label, "limit": plot.limit}
    if isinstance(plot, SweepPlot):
        return {"kind": plot.kind, **plot.says()}
    return {"kind": "heatmap", "value_label": plot.value_label}


def _csv(rows: list[Row]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return buffer.getvalue()


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    clean = value.encode("utf-8", "backslashreplace").decode()
    return f"'{clean}" if clean.startswith(FORMULA_STARTS) else clean
