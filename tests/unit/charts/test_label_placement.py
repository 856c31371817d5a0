"""The search for places: nothing touches, the best place wins, the order of texts does not matter."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np

from bot.charts.geometry import Box, overlaps, strikes, table
from bot.charts.placement import Anchor, Candidates, Surroundings, beside, place

ROOM = Box(0, 0, 400, 300)


def surroundings(marks: dict[str, tuple[float, float]]) -> Surroundings:
    boxes = [Box(x, y, x, y).grown(4) for x, y in marks.values()]
    return Surroundings(ROOM, table([]), table(boxes), tuple(marks), table([]), ())


def labels(marks: dict[str, tuple[float, float]], size=(50.0, 10.0)) -> list[Candidates]:
    around = surroundings(marks)
    return [beside(name, size, [Anchor(x, y, 4, y - 4, y + 4)], around, em=9) for name, (x, y) in marks.items()]


def crowd(seed: int, count: int) -> dict[str, tuple[float, float]]:
    draw = random.Random(seed)
    return {f"m{number}": (draw.gauss(200, 60), draw.gauss(150, 45)) for number in range(count)}


def test_a_lone_mark_has_its_label_on_the_right_without_a_leader():
    (found,) = place(labels({"a": (100, 100)})).values()
    assert found.leader is None
    assert 106 < found.box.x0 < 110
    assert found.box.center[1] == 100


def test_a_mark_at_the_right_border_has_its_label_on_the_left():
    (found,) = place(labels({"a": (390, 100)})).values()
    assert found.box.x1 < 386


def test_nothing_overlaps_in_a_crowd():
    for seed in range(5):
        marks = crowd(seed, 14)
        found = place(labels(marks))
        assert set(found) == set(marks)
        boxes = table(spot.box for spot in found.values())
        assert not overlaps(boxes, surroundings(marks).marks).any()
        assert not any(overlaps(boxes[[i]], boxes[[j]])[0, 0] for i, j in combinations(range(len(boxes)), 2))
        leaders = table(spot.leader for spot in found.values() if spot.leader)
        assert not strikes(leaders, boxes + np.array([0.1, 0.1, -0.1, -0.1])).any()


def test_a_label_without_a_leader_is_nearest_to_its_own_mark():
    marks = crowd(3, 14)
    for name, spot in place(labels(marks)).items():
        if spot.leader is None:
            x, y = spot.box.center
            reach = {key: max(abs(x - mx) - 25, 0) + max(abs(y - my) - 5, 0) for key, (mx, my) in marks.items()}
            assert min(reach, key=reach.__getitem__) == name


def test_a_leader_starts_at_its_mark_and_ends_at_its_label():
    marks = {f"m{number}": (200.0, 150.0 + number) for number in range(4)}
    found = place(labels(marks))
    for name, spot in found.items():
        assert spot.leader is not None
        x, y = marks[name]
        assert abs(np.hypot(spot.leader[0] - x, spot.leader[1] - y) - 4) < 1e-6
        assert spot.box.grown(0.01).x0 <= spot.leader[2] <= spot.box.grown(0.01).x1


def test_places_do_not_depend_on_the_order_of_the_texts():
    texts = labels(crowd(1, 12))
    assert place(texts) == place(texts[::-1])


def test_a_text_without_room_is_missing_and_the_others_stand():
    found = place([*labels({"a": (100, 100)}), *labels({"big": (100, 200)}, size=(500, 10))])
    assert set(found) == {"a"}


def test_a_text_gives_way_to_one_that_has_fewer_places():
    def fixed(name, *spots, rank):
        boxes = table((x, 0, x + 10, 10) for x in spots)
        return Candidates(name, boxes, np.arange(len(spots), dtype=float), np.full((len(spots), 4), np.nan), rank)

    found = place([fixed("free", 0, 100, rank=0), fixed("bound", 0, rank=1)])
    assert found["bound"].box.x0 == 0
    assert found["free"].box.x0 == 100
