"""Boxes and lines against slow and plain definitions."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bot.charts.geometry import Box, crossings, distances, inside, overlaps, strikes, table

PLACE = st.integers(-8, 8)
LINES = st.tuples(PLACE, PLACE, PLACE, PLACE)
BOXES = st.tuples(PLACE, PLACE, st.integers(1, 8), st.integers(1, 8)).map(
    lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
)


@given(BOXES, BOXES)
def test_boxes_overlap_when_they_share_a_cell(a, b):
    def cells(box):
        return {(x, y) for x in range(box[0], box[2]) for y in range(box[1], box[3])}

    shared = bool(cells(a) & cells(b))
    assert overlaps(table([a]), table([b]))[0, 0] == shared
    if shared:
        assert distances(table([a]), table([b]))[0, 0] == 0


@given(LINES, BOXES)
def test_a_line_strikes_a_box_when_some_of_it_lies_inside(line, box):
    steps = np.linspace(0, 1, 4001)[1:-1]
    x, y = line[0] + steps * (line[2] - line[0]), line[1] + steps * (line[3] - line[1])
    within = ((x > box[0]) & (x < box[2]) & (y > box[1]) & (y < box[3])).any()
    assert strikes(table([line]), table([box]))[0, 0] == within


@given(LINES, LINES)
def test_crossing_does_not_depend_on_order_or_direction(a, b):
    back = (b[2], b[3], b[0], b[1])
    found = crossings(table([a]), table([b]))[0, 0]
    assert found == crossings(table([b]), table([a]))[0, 0] == crossings(table([a]), table([back]))[0, 0]


def test_crossing_lines():
    cross, apart, touching = (0, 0, 2, 2), (5, 5, 6, 6), (1, 1, 3, 0)
    assert crossings(table([(0, 2, 2, 0)]), table([cross, apart, touching])).tolist() == [[True, False, False]]


def test_a_line_that_is_not_there_meets_nothing():
    none = table([[np.nan] * 4])
    assert not strikes(none, table([(0, 0, 1, 1)])).any()
    assert not crossings(none, table([(0, 0, 1, 1)])).any()


def test_distance_is_the_shortest_way():
    assert distances(table([(0, 0, 1, 1)]), table([(4, 5, 6, 6), (3, 0, 4, 1)])).tolist() == [[5.0, 2.0]]


def test_a_box_on_the_border_is_inside():
    assert inside(table([(0, 0, 2, 2), (0, 0, 3, 2)]), Box(0, 0, 2, 2)).tolist() == [True, False]
