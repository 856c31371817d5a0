"""Where texts go: every text has many candidate places, and a greedy search with take-backs picks one for each.

No text may overlap an obstacle, another text, or a leader line; among what is left the cheapest place wins. The search
is deterministic and does not depend on the order the texts are given in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.charts.geometry import Box, Table, crossings, distances, inside, overlaps, strikes, table

BETWEEN_TEXTS = (3.0, 0.6)
"""Free points kept to the left and right, and above and below, of every text."""

NEAR, LEADER_FROM = 4.2, 5.0
"""Nearer than the first is no better; farther than the second from its marker, a text gets a leader line."""

SPOILED = 12.0
"""What a place costs more each time a text was sent away from it, so that the search does not go in circles."""

TAKE_BACKS_PER_TEXT = 14
POLISHING_ROUNDS = 4

DISTANCES = (3.6, 5.4, 8.0, 13.0, 19.0, 26.0, 35.0, 46.0, 60.0, 78.0, 100.0, 130.0)
CLEARANCE = np.array([-2.0, -1.0, 2.0, 1.0])
"""What a text's box is widened by before it is held against what is drawn."""


class Manner(NamedTuple):
    """How freely labels may stand: directions tried around a mark, the longest leader line, and whether a leader line
    may pass through marks of others."""

    directions: int
    reach: float
    through_marks: bool


NAMES = Manner(directions=16, reach=56.0, through_marks=False)
NUMBERS = Manner(directions=48, reach=130.0, through_marks=True)


@dataclass(frozen=True, slots=True)
class Candidates:
    """The places one text could take: `boxes` (n, 4), `costs` (n,), `leaders` (n, 4) with NaN where none is drawn.

    Texts of a lower `rank` choose first.
    """

    name: str
    boxes: Table
    costs: Table
    leaders: Table
    rank: int = 0

    def only(self, chosen: NDArray[np.bool_]) -> Candidates:
        """The candidates that `chosen` (n,) marks."""
        return Candidates(self.name, self.boxes[chosen], self.costs[chosen], self.leaders[chosen], self.rank)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text went: its box, and its leader line from the marker to the box, if it needs one."""

    box: Box
    leader: tuple[float, float, float, float] | None


@dataclass(frozen=True, slots=True)
class Anchor:
    """A mark that a label can stand beside: its middle, its radius, and the ends of its error bar."""

    x: float
    y: float
    radius: float
    bottom: float
    top: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is drawn already. `room` holds every text; none may touch `marks`, `bars` or `lines`.

    `marks` are the boxes of markers, `bars` those of error bars and bounds, with their owners' names in the same
    order: a leader line should not pass through those of others. `pale` boxes may be written on, at a small cost.
    """

    room: Box
    lines: Table
    marks: Table
    mark_owners: tuple[str, ...]
    bars: Table
    bar_owners: tuple[str, ...]
    pale: Table = field(default_factory=lambda: table([]))


def clear(candidates: Candidates, around: Surroundings) -> Candidates:
    """The candidates that lie in the room and touch nothing that is drawn already."""
    wide = candidates.boxes + CLEARANCE
    free = inside(candidates.boxes, around.room)
    for drawn in (around.marks, around.bars):
        free &= ~overlaps(wide, drawn).any(axis=1)
    return candidates.only(free & ~strikes(around.lines, wide).any(axis=0))


def beside(
    name: str,
    size: tuple[float, float],
    anchors: Sequence[Anchor],
    around: Surroundings,
    em: float,
    manner: Manner = NAMES,
) -> Candidates:
    """Candidates for the label of the marks at `anchors`, `size` wide and high, in a ring of places around each.

    Cost is in ems of distance, plus what makes a label hard to read: a foreign mark nearby, a leader line across
    other marks. A place where a foreign mark is as near as the own one is given only with a leader line.
    """
    rings = [_ring(anchor, size, manner) for anchor in anchors]
    boxes, costs = np.concatenate([ring[0] for ring in rings]), np.concatenate([ring[1] for ring in rings])
    starts = np.concatenate([ring[2] for ring in rings])
    around_own = Candidates(name, boxes, costs, np.concatenate([boxes[:, :2], starts[:, :2]], axis=1))
    return _judged(clear(around_own, around), anchors, around, em, manner)


def _ring(anchor: Anchor, size: tuple[float, float], manner: Manner) -> tuple[Table, Table, Table]:
    """Boxes at all angles and distances around an anchor, their leanings, and the anchor's middle for each."""
    angles = np.linspace(0, 2 * np.pi, manner.directions, endpoint=False)
    beside_mark = [(angle, anchor.radius + far, anchor.y) for far in DISTANCES for angle in angles]
    above = [(np.deg2rad(angle), far, anchor.top) for far in DISTANCES[:2] for angle in (60.0, 90.0, 120.0)]
    below = [(np.deg2rad(-angle), far, anchor.bottom) for far in DISTANCES[:2] for angle in (60.0, 90.0, 120.0)]
    places = np.array([*beside_mark, *above, *below])
    across, along = np.cos(places[:, 0]), np.sin(places[:, 0])
    x = anchor.x + across * places[:, 1] + np.clip(across * 1.42, -1, 1) * size[0] / 2
    y = places[:, 2] + along * places[:, 1] + np.clip(along * 1.42, -1, 1) * size[1] / 2
    half = np.array([size[0] / 2, size[1] / 2])
    middles = np.stack([x, y], axis=1)
    boxes = np.concatenate([middles - half, middles + half], axis=1)
    leaning = 0.1 * (across < -0.5) + 0.3 * np.abs(along)
    return boxes, leaning, np.tile([anchor.x, anchor.y], (len(boxes), 1))


def _judged(free: Candidates, anchors: Sequence[Anchor], around: Surroundings, em: float, manner: Manner) -> Candidates:
    """The free candidates with their leader lines and full costs, without those that would mislead."""
    own = table(_body(anchor) for anchor in anchors)
    nearest_own = distances(free.boxes, own).min(axis=1, initial=np.inf)
    marks, bars = _foreign(free.name, around)
    foreign = distances(free.boxes, np.concatenate([marks, bars])).min(axis=1, initial=np.inf)
    doubtful = foreign < nearest_own + 3.0
    leaders = _leaders(free.boxes, free.leaders[:, 2:], max(anchor.radius for anchor in anchors))
    length = np.hypot(leaders[:, 2] - leaders[:, 0], leaders[:, 3] - leaders[:, 1])
    led = (nearest_own > LEADER_FROM) | doubtful
    leaders[~led] = np.nan
    struck = strikes(leaders, marks).sum(axis=1)
    costs = free.costs + np.maximum(nearest_own, NEAR) / em + np.clip(1.5 - foreign / em, 0, None) + 2.0 * doubtful
    costs = costs + led * (1.0 + 0.5 * length / em) + 5.0 * struck + 1.5 * strikes(leaders, bars).sum(axis=1)
    costs = costs + 0.8 * crossings(leaders, around.lines).sum(axis=1)
    costs = costs + 0.4 * overlaps(free.boxes, around.pale).any(axis=1)
    clear_leader = (length >= 4.0) & (length <= manner.reach) & ((struck == 0) | manner.through_marks)
    return Candidates(free.name, free.boxes, costs, leaders, rank=2).only(~led | clear_leader)


def _body(anchor: Anchor) -> Box:
    return Box(
        anchor.x - anchor.radius,
        min(anchor.bottom, anchor.y - anchor.radius),
        anchor.x + anchor.radius,
        max(anchor.top, anchor.y + anchor.radius),
    )


def _foreign(name: str, around: Surroundings) -> tuple[Table, Table]:
    """Markers and bars that belong to others."""
    marks = around.marks[[owner != name for owner in around.mark_owners]]
    return marks, around.bars[[owner != name for owner in around.bar_owners]]


def _leaders(boxes: Table, middles: Table, radius: float) -> Table:
    """Lines from the edge of each mark to the nearest point of each box."""
    ends = np.clip(middles, boxes[:, :2], boxes[:, 2:])
    way = ends - middles
    length = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)[:, None]
    starts = middles + way / length * np.minimum(radius, length)
    return np.concatenate([starts, ends], axis=1)


def place(texts: Sequence[Candidates]) -> dict[str, Place]:
    """A place for each text by its name; a text that could not be placed is missing.

    Texts choose in the order of rank, then of how few places they have. One that finds all its places taken sends
    the texts away that stand in its cheapest one, each time at a higher price, and they choose again.
    """
    search = _Search({text.name: text for text in texts})
    search.place_all()
    search.polish()
    return {name: search.placed(name) for name in sorted(search.chosen)}


class _Search:
    """The state of one search: which candidate each text holds."""

    def __init__(self, texts: dict[str, Candidates]) -> None:
        self.texts = texts
        self.order = sorted(texts, key=lambda name: (texts[name].rank, len(texts[name].costs), name))
        self.chosen: dict[str, int] = {}
        self.sent_away: Counter[str] = Counter()
        self.costs = {name: text.costs.copy() for name, text in texts.items()}

    def place_all(self) -> None:
        waiting = [name for name in self.order if len(self.texts[name].costs)]
        for _ in range(TAKE_BACKS_PER_TEXT * len(self.order)):
            if not waiting:
                return
            waiting.extend(self._settle(waiting.pop(0)))

    def polish(self) -> None:
        """Let each text move to a cheaper free place now that all others stand."""
        self.costs = {name: text.costs for name, text in self.texts.items()}
        for _ in range(POLISHING_ROUNDS):
            before = dict(self.chosen)
            for name in [name for name in self.order if name in self.chosen]:
                del self.chosen[name]
                self._settle(name, price=np.inf)
            if self.chosen == before:
                return

    def placed(self, name: str) -> Place:
        text, index = self.texts[name], self.chosen[name]
        leader = text.leaders[index]
        line = None if np.isnan(leader).any() else (leader[0], leader[1], leader[2], leader[3])
        return Place(Box(*(float(edge) for edge in text.boxes[index])), line)

    def _settle(self, name: str, price: float = 20.0) -> list[str]:
        """Give `name` its best place; answers with the texts that had to leave, each at `price` or more."""
        text, others = self.texts[name], sorted(self.chosen)
        boxes = table(self.texts[other].boxes[self.chosen[other]] for other in others)
        leaders = table(self.texts[other].leaders[self.chosen[other]] for other in others)
        clash = _clashes(text, boxes, leaders)
        prices = np.array([price * (1 + self.sent_away[other]) for other in others])
        costs = self.costs[name] + np.where(clash, prices, 0.0).sum(axis=1)
        self.chosen[name] = best = int(np.argmin(np.round(costs, 6)))
        leaving = [other for other, hit in zip(others, clash[best], strict=True) if hit]
        for other in leaving:
            self.costs[other][self.chosen.pop(other)] += SPOILED
            self.sent_away[other] += 1
        return leaving


def _clashes(text: Candidates, boxes: Table, leaders: Table) -> NDArray[np.bool_]:
    """Which candidates cannot stand together with which placed texts and their leader lines; symmetric."""
    pad = np.array([-BETWEEN_TEXTS[0], -BETWEEN_TEXTS[1], BETWEEN_TEXTS[0], BETWEEN_TEXTS[1]])
    own_struck = strikes(leaders, text.boxes + pad).T
    crossed = crossings(text.leaders, leaders)
    return overlaps(text.boxes + pad, boxes) | own_struck | strikes(text.leaders, boxes + pad) | crossed
