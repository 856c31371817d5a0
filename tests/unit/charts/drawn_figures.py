"""What a drawn figure holds and where, for tests: boxes of texts, markers, bars and lines by their ids, in points."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from bot.charts.geometry import Box, overlaps, strikes, table
from bot.charts.style import figure_style

TEXTS = (
    "label-",
    "star",
    "target",
    "note",
    "title",
    "key-",
    "question-",
    "judge-",
    "condition-",
    "scale-",
    "gate-label",
)
AROUND = ("title", "note-below", "key-")


class Drawn(NamedTuple):
    texts: dict[str, Box]
    solids: dict[str, Box]
    lines: dict[str, tuple[float, float, float, float]]
    axes: Box
    sheet: Box


def drawn(figure: Figure) -> Drawn:
    """Boxes as matplotlib itself measures them after drawing; error bars and bounds from their ends."""
    with figure_style():
        figure.canvas.draw()
    texts, solids, lines = {}, {}, {}
    for name, artist in _named(figure):
        if isinstance(artist, Text) and name.startswith(TEXTS):
            texts[name] = _box(figure, artist)
        elif isinstance(artist, Legend):
            texts["legend"] = _box(figure, artist)
        elif name.startswith(("marker-", "star")):
            solids[f"{name} mark"] = _box(figure, artist)
        elif isinstance(artist, Rectangle) and name.startswith("bounds-"):
            solids[name] = _box(figure, artist)
        elif isinstance(artist, Line2D):
            line = _line(figure, artist)
            if name.startswith("interval-"):
                upright = line[0] == line[2]
                solids[name] = Box(*line).grown(3 if upright else 0.75, 0.75 if upright else 3)
            lines[f"{name}{len(lines)}"] = line
    axes = figure.axes[0].get_tightbbox(figure.canvas.get_renderer())
    points = 72 / figure.dpi
    width, height = figure.get_size_inches() * 72
    return Drawn(texts, solids, lines, Box(*(edge * points for edge in axes.extents)), Box(0, 0, width, height))


def _named(figure: Figure) -> Iterator[tuple[str, object]]:
    for artist in figure.findobj(lambda artist: artist.get_gid() is not None, include_self=False):
        yield artist.get_gid(), artist


def _box(figure: Figure, artist) -> Box:
    extent = artist.get_window_extent(figure.canvas.get_renderer())
    return Box(*(float(edge) * 72 / figure.dpi for edge in extent.extents))


def _line(figure: Figure, line: Line2D) -> tuple[float, float, float, float]:
    ends = line.get_transform().transform(np.column_stack(line.get_data(orig=False))) * 72 / figure.dpi
    return (*ends[0], *ends[-1])


def faults(shown: Drawn) -> list[str]:
    """Every overlap and everything that leaves the sheet, in words; empty for a good figure."""
    found = [f"{a} on {b}" for a, b in combinations(sorted(shown.texts), 2) if _meet(shown.texts[a], shown.texts[b])]
    for name, box in shown.texts.items():
        found += [f"{name} on {other}" for other, solid in shown.solids.items() if _meet(box, solid)]
        found += [f"{line} through {name}" for line, ends in shown.lines.items() if _through(line, ends, name, box)]
    found += [
        f"{name} on the axes"
        for name in shown.texts
        if name.startswith(AROUND) and _meet(shown.texts[name], shown.axes)
    ]
    held = {**shown.texts, **shown.solids, "axes": shown.axes}
    return found + [f"{name} leaves the sheet" for name, box in held.items() if not _holds(shown.sheet, box)]


def _meet(a: Box, b: Box) -> bool:
    return bool(overlaps(table([a]), table([b]))[0, 0])


def _through(line: str, ends: tuple[float, float, float, float], name: str, box: Box) -> bool:
    if not line.startswith(("connector", "leader", "target-line")):
        return False
    return bool(strikes(table([ends]), table([box.grown(-0.2)]))[0, 0])


def _holds(sheet: Box, box: Box) -> bool:
    return box.x0 >= -0.1 and box.y0 >= -0.1 and box.x1 <= sheet.x1 + 0.1 and box.y1 <= sheet.y1 + 0.1
