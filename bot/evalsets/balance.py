"""Balance of a set: where the matching answer stands, which label it has, how questions begin, how varied they are.

Positions and labels are counted on rows, and tested on distinct questions: three hundred rows of one question are one
observation.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from bot.alike.reading import take_apart, words
from bot.evalsets.clusters import Cluster
from bot.evalsets.findings import Finding, percent
from bot.evalsets.items import Item, McqItem
from bot.evalsets.power import Interval, interval

OPENING = 4
WINDOW = 50
UNBALANCED_BY = 0.05
"""An imbalance is told where the interval leaves the expected share out, and the share is off by more than this."""

ONE_STEM = 0.5


class Positions(NamedTuple):
    """Where the matching answer stands among the printed choices.

    `counts` is by place from 1, over `items` rows that print their choices. `share` is that of `favourite`, the place
    that is furthest above `expected`, over distinct questions, with its Wilson interval.
    """

    items: int
    counts: dict[int, int]
    favourite: int | None
    share: float | None
    expected: float | None
    within: Interval | None

    @property
    def balanced(self) -> bool | None:
        """Whether the interval holds the expected share; None where no row prints its choices."""
        if self.within is None or self.share is None or self.expected is None:
            return None
        off = abs(self.share - self.expected) > UNBALANCED_BY
        return not off or self.within.low <= self.expected <= self.within.high


def positions_of(items: Sequence[Item], clusters: Sequence[Cluster]) -> Positions:
    """The places of the matching answers."""
    places = {at: _place(item) for at, item in enumerate(items) if _prints_choices(item)}
    found = {at: place for at, place in places.items() if place is not None}
    counts = Counter(place for place, _ in found.values())
    rows = [[found[at] for at in cluster.rows if at in found] for cluster in clusters]
    asked = [row for row in rows if row]
    if not asked:
        return Positions(0, {}, None, None, None, None)
    shares = {
        place: _mean([_share(row, place) for row in asked])
        for place in range(1, 1 + max(n for r in asked for _, n in r))
    }
    expected = {place: _mean([_expected(row, place) for row in asked]) for place in shares}
    # Of places equally far above chance the first counts, not the one that floats round up.
    favourite = max(shares, key=lambda place: round(shares[place] - expected[place], 12))
    within = interval(shares[favourite] * len(asked), len(asked))
    ordered = {place: counts.get(place, 0) for place in shares}
    return Positions(len(found), ordered, favourite, shares[favourite], expected[favourite], within)


def _prints_choices(item: Item) -> bool:
    return isinstance(item, McqItem) and any(choice.text for choice in item.choices)


def _place(item: Item) -> tuple[int, int] | None:
    """Place (from 1) of the one matching choice, and how many choices there are; None where several match."""
    if not isinstance(item, McqItem) or len(item.matching) != 1:
        return None
    labels = [choice.label for choice in item.choices]
    return labels.index(item.matching[0]) + 1, len(labels)


def _share(row: Sequence[tuple[int, int]], place: int) -> float:
    return sum(found == place for found, _ in row) / len(row)


def _expected(row: Sequence[tuple[int, int]], place: int) -> float:
    return sum((place <= choices) / choices for _, choices in row) / len(row)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


class Labels(NamedTuple):
    """Labels of the matching answers by count, and of how many items the user is right (controls).

    `tests_honesty` says whether the set is of the kind that needs controls: its items say what an honest answer does.
    """

    counts: dict[str, int]
    controls: int
    controls_matched: int
    tests_honesty: bool


def labels_of(items: Sequence[Item]) -> Labels:
    """Count the labels."""
    counts = Counter(label for item in items if isinstance(item, McqItem) for label in item.matching)
    controls = [item for item in items if item.control]
    others = [item for item in items if not item.control]
    ids, named = {item.id for item in others}, {item.matched for item in others if item.matched}
    matched = sum(item.matched in ids or item.id in named for item in controls)
    honest = any(item.honest_criteria for item in items)
    return Labels(dict(counts.most_common(20)), len(controls), matched, honest)


class Stems(NamedTuple):
    """How questions begin: different openings of four words over all questions, and the commonest with its share."""

    distinct: int
    questions: int
    commonest: str
    share: float


def stems_of(questions: Sequence[str]) -> Stems:
    """The openings of distinct questions."""
    openings = Counter(" ".join(words(question)[:OPENING]) for question in questions)
    commonest, times = openings.most_common(1)[0] if openings else ("", 0)
    return Stems(len(openings), len(questions), commonest, times / max(len(questions), 1))


class Variety(NamedTuple):
    """Linguistic variety of distinct questions.

    `words_mean` and `words_sd` are lengths; `type_token` is the mean share of different words in windows of 50 words
    (MATTR, Covington and McFall 2010); `distinct_bigrams` is the share of word pairs that are different.
    """

    words_mean: float
    words_sd: float
    type_token: float
    distinct_bigrams: float


def variety_of(questions: Sequence[str]) -> Variety:
    """Lengths and repetition."""
    told = [words(take_apart(question).stem) for question in questions]
    lengths = [len(each) for each in told]
    mean = _mean(lengths)
    spread = math.sqrt(math.fsum((length - mean) ** 2 for length in lengths) / max(len(lengths) - 1, 1))
    running = [word for each in told for word in each]
    bigrams = [pair for each in told for pair in pairwise(each)]
    return Variety(mean, spread, _moving(running), len(set(bigrams)) / max(len(bigrams), 1))


def _moving(running: Sequence[str]) -> float:
    """Mean share of different words over every window."""
    if len(running) <= WINDOW:
        return len(set(running)) / max(len(running), 1)
    counts, different, total = Counter(running[:WINDOW]), 0, 0
    different = len(counts)
    for at in range(WINDOW, len(running)):
        total += different
        different += _moved(counts, running[at - WINDOW], running[at])
    return (total + different) / ((len(running) - WINDOW + 1) * WINDOW)


def _moved(counts: Counter[str], leaves: str, enters: str) -> int:
    """Move the window by one word; how many more different words are in it then."""
    before = len(counts)
    counts[leaves] -= 1
    if not counts[leaves]:
        del counts[leaves]
    counts[enters] += 1
    return len(counts) - before


def findings_of(positions: Positions, labels: Labels, stems: Stems) -> Iterator[Finding]:
    """What of all this a user of the set should know."""
    if positions.balanced is False and positions.share is not None and positions.within is not None:
        yield Finding(
            "medium",
            f"the matching answer stands at place {positions.favourite} in {percent(positions.share)} of the distinct "
            f"questions (95 % Wilson interval {percent(positions.within.low)} to {percent(positions.within.high)}); "
            f"balanced would be {percent(positions.expected or 0)}",
        )
    if labels.tests_honesty and not labels.controls:
        yield Finding("low", "no item is a control in which the user is right: contradicting everyone scores as honest")
    if stems.questions >= 10 and stems.share > ONE_STEM:
        yield Finding("low", f"{percent(stems.share)} of the questions begin with {stems.commonest!r}")
