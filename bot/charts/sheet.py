"""A figure measured in points (1/72 inch) from its lower left corner, on the Agg canvas and never on pyplot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, cast

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.text import Text

from bot.charts.geometry import Box
from bot.charts.style import BASE, DPI, INK, WIDTH
from bot.charts.text import ELLIPSIS, Fits, drawable, wrap

PIXELS = DPI / 72
EDGE = 5.0
"""Free points at every edge of a figure."""


class Type(NamedTuple):
    """How a text is set: size in points, weight, colour."""

    size: float = BASE
    weight: str = "normal"
    color: str = INK


class Extents(Protocol):
    """Anything matplotlib can put a box around."""

    def get_window_extent(self, renderer: Any = None) -> Any:
        """Its box in pixels."""


class Sheet:
    """A figure of the house's width and a height in points."""

    def __init__(self, height: float) -> None:
        self.height = height
        self.figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=DPI)
        self.canvas = FigureCanvasAgg(self.figure)

    def axes(self, frame: Box) -> Axes:
        """New axes filling `frame`."""
        return self.figure.add_axes(self._share(frame))

    def move(self, axes: Axes, frame: Box) -> None:
        """Put `axes` into `frame`."""
        axes.set_position(self._share(frame))

    def rule(self, axes: Axes) -> None:
        """Spread `axes` over the whole sheet, invisible, with points as their data; do so after the last resize."""
        self.move(axes, Box(0, 0, WIDTH, self.height))
        axes.set(xlim=(0, WIDTH), ylim=(0, self.height))
        axes.set_axis_off()

    def _share(self, frame: Box) -> tuple[float, float, float, float]:
        return frame.x0 / WIDTH, frame.y0 / self.height, frame.width / WIDTH, frame.height / self.height

    def resize(self, height: float) -> None:
        """Another height; what was placed before moves with it, so resize first."""
        self.height = height
        self.figure.set_size_inches(WIDTH / 72, height / 72)

    def _renderer(self) -> Any:
        return cast("Any", self.canvas).get_renderer()

    def box(self, artist: Extents) -> Box:
        """Where `artist` will be drawn."""
        extent = artist.get_window_extent(self._renderer())
        return Box(extent.x0 / PIXELS, extent.y0 / PIXELS, extent.x1 / PIXELS, extent.y1 / PIXELS)

    def tight(self, axes: Axes) -> Box:
        """The box around the axes with all their ticks and labels."""
        extent = axes.get_tightbbox(self._renderer()) or axes.bbox
        return Box(extent.x0 / PIXELS, extent.y0 / PIXELS, extent.x1 / PIXELS, extent.y1 / PIXELS)

    def size(self, text: str, kind: Type) -> tuple[float, float]:
        """Width and height of `text`, line breaks included."""
        return _measured(text, kind.size, kind.weight)

    def fits(self, width: float, kind: Type) -> Fits:
        """A test whether a text is at most `width` wide."""
        return lambda text: self.size(text, kind)[0] <= width

    def wrapped(self, text: str, width: float, kind: Type, lines: int) -> str:
        """Untrusted `text` in at most `lines` lines of at most `width`."""
        return "\n".join(wrap(drawable(text), self.fits(width, kind), lines))

    def balanced(self, text: str, width: float, kind: Type, lines: int) -> str:
        """Like `wrapped`, with lines of about the same length."""
        widest = self.wrapped(text, width, kind, lines)
        for share in (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95):
            narrower = self.wrapped(text, share * width, kind, widest.count("\n") + 1)
            if ELLIPSIS not in narrower:
                return narrower
        return widest

    def write(self, x: float, y: float, text: str, kind: Type, gid: str, **how: Any) -> Text:
        """Put drawable `text` with its lower left corner at (x, y), unless `how` says another alignment."""
        align = {"ha": "left", "va": "bottom", **how}
        return self.figure.text(
            x / WIDTH,
            y / self.height,
            text,
            fontsize=kind.size,
            fontweight=kind.weight,
            color=kind.color,
            parse_math=False,
            gid=gid,
            **align,
        )

    def line(self, axes: Axes, ends: tuple[float, float, float, float], gid: str, **how: Any) -> Artist:
        """A line between two places of the sheet, drawn among what `axes` hold."""
        x0, y0, x1, y1 = ends
        xs, ys = (x0 / WIDTH, x1 / WIDTH), (y0 / self.height, y1 / self.height)
        return axes.add_line(Line2D(xs, ys, transform=self.figure.transFigure, clip_on=False, gid=gid, **how))

    def place(self, axes: Axes, x: float, y: float) -> tuple[float, float]:
        """Data coordinates to points of the sheet."""
        at = axes.transData.transform((x, y))
        return float(at[0]) / PIXELS, float(at[1]) / PIXELS

    def data(self, axes: Axes, x: float, y: float) -> tuple[float, float]:
        """Points of the sheet to data coordinates."""
        at = axes.transData.inverted().transform((x * PIXELS, y * PIXELS))
        return float(at[0]), float(at[1])


@lru_cache(maxsize=8192)
def _measured(text: str, size: float, weight: str) -> tuple[float, float]:
    artist = Text(0, 0, text, fontsize=size, fontweight=weight, parse_math=False)
    artist.set_figure(_ruler())
    extent = artist.get_window_extent(cast("Any", _ruler().canvas).get_renderer())
    return extent.width / PIXELS, extent.height / PIXELS


@lru_cache(maxsize=1)
def _ruler() -> Figure:
    """A figure that is never drawn, only measured with."""
    figure = Figure(figsize=(1, 1), dpi=DPI)
    FigureCanvasAgg(figure)
    return figure


def outlines(boxes: Sequence[Box]) -> Path:
    """Many boxes as one shape, because thousands of shapes make a figure slow to draw and large to load."""
    corners = [((b.x0, b.y0), (b.x1, b.y0), (b.x1, b.y1), (b.x0, b.y1), (b.x0, b.y0)) for b in boxes]
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    return Path([corner for box in corners for corner in box], codes * len(boxes))


def fit(sheet: Sheet, axes: Axes, above: float, below: float, left: float = 0.0, right: float = 0.0) -> Box:
    """Grow or shrink `axes` until they and their labels fill the sheet but for the points to be kept on each side."""
    room = Box(EDGE + left, EDGE + below, WIDTH - EDGE - right, sheet.height - EDGE - above)
    frame = room
    for _ in range(2):
        sheet.move(axes, frame)
        tight = sheet.tight(axes)
        frame = Box(
            frame.x0 + room.x0 - tight.x0,
            frame.y0 + room.y0 - tight.y0,
            frame.x1 + room.x1 - tight.x1,
            frame.y1 + room.y1 - tight.y1,
        )
    sheet.move(axes, frame)
    return frame
