"""One look for every figure, the same on every machine and on paper without colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import matplotlib
from matplotlib import font_manager

from bot.charts.points import Judge

FONT = "DejaVu Sans"
DPI = 300
WIDTH = 518.0
"""Width of every figure in points: 7.2 inches, the text width of a page; 600 pixels of it show 9 pt as 10 pixels."""

LARGE, BASE, SMALL = 10.5, 9.5, 8.5
INK, SOFT_INK, LINE, BAND, GRID = "#1a1a1a", "#555555", "#b5b5b5", "#ebebeb", "#e9e9e9"

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""The palette of Okabe and Ito (2008), readable with every common colour blindness; its yellow is lost on white."""

MARKERS = (("o", 6.4), ("D", 5.6), ("s", 5.8), ("^", 6.8), ("v", 6.8), ("P", 7.0), ("X", 7.0))
"""Shapes told apart without colour, with the size in points at which they look equally heavy."""


@dataclass(frozen=True, slots=True)
class JudgeStyle:
    """How one judge's points look: colour, marker shape and marker size in points."""

    color: str
    marker: str
    size: float


def judge_styles(judges: Sequence[Judge]) -> dict[str, JudgeStyle]:
    """Judge id to its look. No two of the first 42 judges share both colour and shape."""
    return {judge.id: _judge_style(place) for place, judge in enumerate(judges)}


def _judge_style(place: int) -> JudgeStyle:
    marker, size = MARKERS[place % len(MARKERS)]
    return JudgeStyle(OKABE_ITO[place % len(OKABE_ITO)], marker, size)


@contextmanager
def figure_style() -> Iterator[None]:
    """matplotlib's own defaults plus ours, whatever a user's matplotlibrc says; all restored on leaving.

    Both drawing and saving must run inside, because matplotlib makes some texts only when it saves.
    """
    with matplotlib.rc_context():
        # rcdefaults() would do, but reads every style sheet that matplotlib brings along.
        defaults = {key: value for key, value in matplotlib.rcParamsDefault.items() if key != "backend"}
        dict.update(cast("dict[Any, Any]", matplotlib.rcParams), cast("dict[Any, Any]", defaults))
        cast("dict[Any, Any]", matplotlib.rcParams).update(_OURS)
        yield


_OURS: dict[str, Any] = {
    "font.family": [FONT],
    "font.size": BASE,
    "text.parse_math": False,
    "text.usetex": False,
    "text.color": INK,
    "text.hinting": "no_hinting",
    "axes.labelsize": LARGE,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "axes.formatter.useoffset": False,
    "xtick.labelsize": BASE,
    "ytick.labelsize": BASE,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.fontsize": BASE,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "hatch.linewidth": 0.5,
    "figure.dpi": DPI,
    # Type 3 fonts are faster to write, but publishers refuse them.
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "recount",
}


def glyphs() -> frozenset[int]:
    """Code points that both weights of the figures' font can show."""
    regular, bold = (
        font_manager.get_font(font_manager.findfont(font_manager.FontProperties(family=FONT, weight=weight)))
        for weight in ("normal", "bold")
    )
    return frozenset(regular.get_charmap()) & frozenset(bold.get_charmap())
