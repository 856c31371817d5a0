"""The texts of a scatter and the places each could take: condition labels, target label, note, legend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from bot.charts.furniture import NOTE
from bot.charts.geometry import Box, Table, distances, table
from bot.charts.marks import connectors
from bot.charts.page import STAR, Page
from bot.charts.placement import NAMES, NUMBERS, Anchor, Candidates, Place, Surroundings, beside, clear, place
from bot.charts.sheet import Type
from bot.charts.style import SOFT_INK

LEGEND, TARGET, STAR_LABEL, NOTE_INSIDE = "legend", "target", "star", "note"
NOTE_WIDTHS = (330.0, 250.0, 190.0, 150.0)
NOTE_LINES = 5
LEGEND_RANK, TARGET_RANK, NAME_RANK, NOTE_RANK = 0, 1, 2, 3
MOST_NAMES = 4
OWNER = "condition "


class Label(NamedTuple):
    """A text as it is drawn."""

    text: str
    kind: Type


class Arrangement(NamedTuple):
    """The labels of a page by name, the places found for them and for the legend, and what found none.

    `hopeless` says that what is missing would find no place even with all other texts gone.
    """

    labels: dict[str, Label]
    places: dict[str, Place]
    missing: frozenset[str]
    hopeless: bool = False


def arrange(page: Page) -> Arrangement:
    """Find places for all texts of a page."""
    around = surroundings(page)
    texts = list(_texts(page, around))
    labels = {candidates.name: label for label, candidates in texts}
    items = [candidates for _, candidates in texts]
    if not page.outside.legend:
        items.append(_legend(page, around))
    hopeless = frozenset(item.name for item in items if not len(item.costs))
    if hopeless:
        return Arrangement(labels, {}, hopeless, hopeless=True)
    places = place(items)
    return Arrangement(labels, places, frozenset({item.name for item in items} - set(places)))


def owner(condition: str) -> str:
    """The name of a condition's label, which no other text's name can be."""
    return f"{OWNER}{condition}"


def surroundings(page: Page) -> Surroundings:
    """Everything on the page that labels keep clear of."""
    label_of = {condition: owner(bunch[0]) for bunch in page.bunches for condition in bunch}
    owners = [label_of[mark.point.condition] for mark in page.marks]
    bars = [(box, name) for mark, name in zip(page.marks, owners, strict=True) for box in mark.bar_boxes]
    stars = [page.star] if page.star else []
    return Surroundings(
        room=page.frame.grown(-2.0),
        lines=table([*connectors(page.marks), *([page.target_line] if page.target_line else [])]),
        marks=table([*(mark.marker_box for mark in page.marks), *stars]),
        mark_owners=(*owners, *(STAR_LABEL for _ in stars)),
        bars=table(box for box, _ in bars),
        bar_owners=tuple(name for _, name in bars),
        pale=table([page.target_band] if page.target_band else []),
    )


def _texts(page: Page, around: Surroundings) -> Iterator[tuple[Label, Candidates]]:
    for bunch in page.bunches:
        yield _bunch(page, bunch, around)
    if page.plot.target and not page.outside.target:
        yield Label(page.target_label, NOTE), _along_target(page, around)
    if page.plot.target and page.star and page.plot.target.point_label:
        yield _star(page, page.star, page.plot.target.point_label, around)
    if page.note and not page.outside.note:
        yield from _notes(page, page.note, around)


def _bunch(page: Page, bunch: Sequence[str], around: Surroundings) -> tuple[Label, Candidates]:
    """The label of one condition, or of several whose points cover each other."""
    members = [group for group in page.groups if group.condition in bunch]
    leading = next((group for group in members if not group.is_reference), members[0])
    label = Label(_bunch_text(page, bunch), leading.type(page.rung.size))
    if len(bunch) > MOST_NAMES and not page.numbers:
        return label, _fixed(owner(bunch[0]), table([]), np.empty(0), NAME_RANK)
    anchors = [mark.anchor for mark in page.marks if mark.point.condition in bunch]
    manner = NUMBERS if bunch[0] in page.numbers else NAMES
    return label, beside(owner(bunch[0]), page.sheet.size(*label), anchors, around, page.rung.size, manner)


def _bunch_text(page: Page, bunch: Sequence[str]) -> str:
    names = [page.names[condition] for condition in bunch if condition not in page.numbers]
    numbers = runs([page.numbers[condition] for condition in bunch if condition in page.numbers])
    return "\n".join([*names, *([page.sheet.wrapped(numbers, 60, Type(page.rung.size), lines=8)] if numbers else [])])


def runs(numbers: Sequence[int]) -> str:
    """Rising numbers as text, neighbours joined: "1, 3–5"."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(str(part[0]) if len(part) == 1 else f"{part[0]}–{part[-1]}" for part in parts)


def _star(page: Page, star: Box, text: str, around: Surroundings) -> tuple[Label, Candidates]:
    label = Label(
        page.sheet.wrapped(text, 190, Type(page.rung.size), lines=1), Type(page.rung.size, "normal", SOFT_INK)
    )
    x, y = star.center
    anchor = Anchor(x, y, STAR / 2, y - STAR / 2, y + STAR / 2)
    return label, beside(STAR_LABEL, page.sheet.size(*label), [anchor], around, em=page.rung.size)


def _fixed(name: str, boxes: Table, costs: Table, rank: int) -> Candidates:
    return Candidates(name, boxes, costs, np.full((len(boxes), 4), np.nan), rank)


def _grid(room: Box, size: tuple[float, float], columns: int, rows: int) -> Table:
    """Boxes of `size` spread evenly over `room`, none where it is too small."""
    if size[0] > room.width or size[1] > room.height:
        return table([])
    x, y = np.meshgrid(
        np.linspace(room.x0, room.x1 - size[0], columns), np.linspace(room.y0, room.y1 - size[1], rows), indexing="ij"
    )
    corners = np.stack([x.ravel(), y.ravel()], axis=1)
    return np.concatenate([corners, corners + np.array(size)], axis=1)


def _nearness(boxes: Table, others: Table, reach: float) -> Table:
    """0 for boxes at least `reach` away from all others, rising to 1 where they touch."""
    return np.asarray(np.clip(1 - distances(boxes, others).min(axis=1, initial=np.inf) / reach, 0, 1))


def _legend(page: Page, around: Surroundings) -> Candidates:
    """The legend inside the axes: best in a free corner, the lower right one first, else along a side."""
    legend_box = page.sheet.box(page.legend)
    room = page.frame.grown(-8.0)
    boxes = _grid(room, (legend_box.width, legend_box.height), 7, 7)
    across, up = np.divmod(np.arange(len(boxes)), 7)
    corner = np.minimum(across, 6 - across) + np.minimum(up, 6 - up)
    leaning = 0.3 * (across < 3) + 0.15 * (up > 3)
    crowd = 2.0 * _nearness(boxes, np.concatenate([around.marks, around.bars]), reach=24.0)
    return clear(_fixed(LEGEND, boxes, 1.5 * corner + leaning + crowd, LEGEND_RANK), around)


def _along_target(page: Page, around: Surroundings) -> Candidates:
    """The target's label just above or below its line, best a little left of the middle."""
    size, line = page.sheet.size(page.target_label, NOTE), page.target_line or page.frame
    starts = np.linspace(line.x0 + 6, max(line.x1 - size[0] - 6, line.x0 + 6), 33)
    above = [(x, line.y0 + 1.5, x + size[0], line.y0 + 1.5 + size[1]) for x in starts]
    under = [(x, line.y0 - 1.5 - size[1], x + size[0], line.y0 - 1.5) for x in starts]
    boxes = table([*above, *under])
    middle = np.abs((boxes[:, 0] + boxes[:, 2]) / 2 - line.x0 - 0.45 * line.width) / line.width
    below = 0.3 * (np.arange(len(boxes)) >= len(starts))
    crowd = _nearness(boxes, np.concatenate([around.marks, around.bars]), reach=14.0)
    return clear(_fixed(TARGET, boxes, middle + below + crowd, TARGET_RANK), around)


def _notes(page: Page, note: str, around: Surroundings) -> Iterator[tuple[Label, Candidates]]:
    """The note on bounds, in the broadest shape that has any free place near the bars it explains."""
    shaded = table(box for mark in page.marks if mark.bounds for box in mark.bar_boxes[-1:])
    for width in NOTE_WIDTHS:
        text = page.sheet.balanced(note, width, NOTE, NOTE_LINES)
        boxes = _grid(page.frame.grown(-6.0), page.sheet.size(text, NOTE), 25, 20)
        away = distances(boxes, shaded).min(axis=1, initial=np.inf) / NOTE.size
        crowd = _nearness(boxes, np.concatenate([around.marks, around.bars, around.lines, around.pale]), reach=10.0)
        free = clear(_fixed(NOTE_INSIDE, boxes, away + crowd, NOTE_RANK), around)
        if len(free.costs):
            yield Label(text, NOTE), free
            return
    yield Label(note, NOTE), _fixed(NOTE_INSIDE, table([]), np.empty(0), NOTE_RANK)
