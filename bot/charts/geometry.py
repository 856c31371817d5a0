"""Boxes and lines in points (1/72 inch), many at a time.

A box is a row (x0, y0, x1, y1) with x0 <= x1 and y0 <= y1; a line is a row (x0, y0, x1, y1) from end to end, all NaN
where there is none. Tables have shape (n, 4); the functions of two tables answer with shape (n, m).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Box(NamedTuple):
    """A box, or the box around a text, marker or bar."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Its width in points."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Its height in points."""
        return self.y1 - self.y0

    @property
    def center(self) -> tuple[float, float]:
        """Its middle."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def grown(self, x: float, y: float | None = None) -> Box:
        """The box with `x` more on the left and right and `y` (by default `x`) more above and below."""
        y = x if y is None else y
        return Box(self.x0 - x, self.y0 - y, self.x1 + x, self.y1 + y)


def table(rows: Iterable[Iterable[float]]) -> Table:
    """Rows of four as a table, shape (0, 4) where there are none."""
    return np.array([tuple(row) for row in rows], dtype=np.float64).reshape(-1, 4)


def overlaps(boxes: Table, others: Table) -> Flags:
    """Which boxes share an area with which others (touching sides do not count)."""
    a, b = boxes[:, None, :], others[None, :, :]
    across = (a[..., 0] < b[..., 2]) & (b[..., 0] < a[..., 2])
    along = (a[..., 1] < b[..., 3]) & (b[..., 1] < a[..., 3])
    return across & along


def distances(boxes: Table, others: Table) -> Table:
    """The shortest way between boxes, 0 where they overlap."""
    a, b = boxes[:, None, :], others[None, :, :]
    across = np.maximum(np.maximum(a[..., 0] - b[..., 2], b[..., 0] - a[..., 2]), 0.0)
    along = np.maximum(np.maximum(a[..., 1] - b[..., 3], b[..., 1] - a[..., 3]), 0.0)
    return np.hypot(across, along)


def inside(boxes: Table, room: Box) -> Flags:
    """Which boxes lie wholly in `room`, shape (n,)."""
    low = (boxes[:, 0] >= room.x0) & (boxes[:, 1] >= room.y0)
    return low & (boxes[:, 2] <= room.x1) & (boxes[:, 3] <= room.y1)


def strikes(lines: Table, boxes: Table) -> Flags:
    """Which lines pass through which boxes (the slab method); a missing line passes through nothing."""
    start = lines[:, None, :2]
    way = lines[:, None, 2:] - start
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = (boxes[None, :, :2] - start) / way, (boxes[None, :, 2:] - start) / way
    still = way == 0
    within = (start > boxes[None, :, :2]) & (start < boxes[None, :, 2:])
    near = np.where(still, np.where(within, -np.inf, np.inf), np.minimum(first, second))
    far = np.where(still, np.where(within, np.inf, -np.inf), np.maximum(first, second))
    enter, leave = np.maximum(near[..., 0], near[..., 1]), np.minimum(far[..., 0], far[..., 1])
    return np.asarray((enter < leave) & (enter < 1) & (leave > 0), dtype=np.bool_)


def crossings(lines: Table, others: Table) -> Flags:
    """Which lines cross which others; a missing line crosses none."""
    a, b = lines[:, None, :], others[None, :, :]
    apart_a = _side(a, b[..., :2]) * _side(a, b[..., 2:])
    apart_b = _side(b, a[..., :2]) * _side(b, a[..., 2:])
    return np.asarray((apart_a < 0) & (apart_b < 0), dtype=np.bool_)


def _side(line: Table, point: Table) -> Table:
    dx, dy = line[..., 2] - line[..., 0], line[..., 3] - line[..., 1]
    return np.asarray(dx * (point[..., 1] - line[..., 1]) - dy * (point[..., 0] - line[..., 0]))
