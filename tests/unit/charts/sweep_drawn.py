"""Everything that a figure of a sweep shows, measured: all of its texts, not only those that carry an id."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from drawn_figures import _box, _line
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.text import Text

from bot.charts.geometry import Box, inside, overlaps, strikes, table
from bot.charts.style import figure_style

MARKS = ("marker-", "bar-", "tie-", "sign-")


class Measured(NamedTuple):
    """Boxes in points: visible texts, and marks, bars and cells they keep clear of; lines that must not strike them."""

    texts: dict[str, Box]
    solids: dict[str, Box]
    lines: dict[str, tuple[float, float, float, float]]
    sheet: Box


def measured(figure: Figure) -> Measured:
    with figure_style():
        figure.draw_without_rendering()
    solids, lines = {}, {}
    for artist in figure.findobj(lambda artist: bool(artist.get_gid())):
        name = artist.get_gid()
        if isinstance(artist, Line2D) and name.startswith(("leader", "target-line")):
            lines[name] = _line(figure, artist)
        elif isinstance(artist, PathPatch) and not _are_written_in(figure):
            solids |= {f"{name}-{number}": box for number, box in enumerate(boxes_of(figure, artist))}
        elif isinstance(artist, Line2D | Rectangle) and name.startswith(MARKS):
            solids[name] = _box(figure, artist)
    for number, mesh in enumerate(figure.findobj(QuadMesh)):
        solids[f"mesh-{number}"] = _box(figure, mesh.axes)
    texts = {f"{text.get_gid()} {text.get_text()!r} {n}": _box(figure, text) for n, text in enumerate(visible(figure))}
    return Measured(texts, solids, lines, Box(0, 0, *(float(side) * 72 for side in figure.get_size_inches())))


def visible(figure: Figure) -> list[Text]:
    return [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def words(figure: Figure) -> list[str]:
    return [text.get_text() for text in visible(figure)]


def _are_written_in(figure: Figure) -> bool:
    """Whether its cells hold numbers, as those of a small separation chart do."""
    return any((text.get_gid() or "").endswith("-half") for text in figure.texts)


def boxes_of(figure: Figure, patch: PathPatch) -> list[Box]:
    """The boxes that one shape is made of."""
    corners = patch.get_transform().transform(patch.get_path().vertices) * 72 / figure.dpi
    return [Box(*(float(edge) for edge in (*corners[n], *corners[n + 2]))) for n in range(0, len(corners), 5)]


def overlaps_in(shown: Measured) -> list[str]:
    """Every text that meets another, a mark or a line, and all that leaves the sheet; empty for a good figure."""
    names, solids, lines = list(shown.texts), list(shown.solids), list(shown.lines)
    boxes, marks = table(shown.texts.values()), table(shown.solids.values())
    met = [(names, names, np.triu(overlaps(boxes, boxes), 1)), (names, solids, overlaps(boxes, marks))]
    met.append((lines, names, strikes(table(shown.lines.values()), boxes + np.array([0.2, 0.2, -0.2, -0.2]))))
    found = [f"{of[a]} meets {others[b]}" for of, others, flags in met for a, b in np.argwhere(flags)]
    held = ~inside(np.concatenate([boxes, marks]), shown.sheet.grown(0.1))
    return found + [f"{[*names, *solids][n]} leaves the sheet" for n in np.flatnonzero(held)]
