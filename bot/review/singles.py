"""Statistics of single answers and of single questions, for numbers that words speak of as such.

How often one judge scored higher than the other, how many answers or questions lie beyond a threshold, medians,
standard deviations, the lowest and the highest question. They are no facts of a report, but a stranger can count them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import combinations, product
from statistics import median

from bot.review import stats
from bot.review.answers import Answer, Answers, Value, Where, scores_of
from bot.review.recount import Book, Cell, question_pairs, questions_of, sample_pairs

# Which of two judges scored higher; whose score stands first is seldom told, so that both ways round are meant.
UNEQUAL = re.compile(
    r"\b(?:higher|lower|above|below|lenient|generous|mild\w*|harsh\w*|strict\w*|severe|kind\w*)\b|\ue001\s*[<>]\s*\ue001"
)
EQUAL = re.compile(r"\b(?:tied?|ties|equal|level|the same|agree\w*|identical)\b")
SIDES = ((">", UNEQUAL), ("<", UNEQUAL), ("==", EQUAL))
SIGNS = tuple(sign for sign, _ in SIDES)
OR_EQUAL = {"<": "<=", ">": ">="}
KINDS = ("answers", "questions")
BOTH = re.compile(
    r"(?:\b(?:both|joint\w*|shared|paired|pairs|cases|tied?|ties|one by one|two scores|scored twice"
    r"|(?:same|single|each|every|per) (?:answers?|completions?|repl(?:y|ies)|samples?|responses?|questions?)"
    r"|by (?:answer|completion|reply|sample)|of the answers|(?:higher|lower) scores?"
    r"|(?:higher|lower)\b[^.;\d]{0,24}\b(?:on|in|for|one))\b|\ue001\s*[<>]\s*\ue001)"
)
APART = re.compile(
    r"\b(?:within|apart|differ\w*|differences?|disagree\w*|agree\w*|gaps?|distance|large|wide)\b|\|[^|]{3,20}\|"
)
MEDIAN = re.compile(r"\bmedians?\b|\btypical\b|\bquartiles?\b")
DEVIATION = re.compile(r"\b(?:standard deviations?|sd|s\.d\.|std)\b")
QUESTIONS = re.compile(r"\bquestions?\b|\bitems?\b|\bmeans\b")
ENDS = re.compile(
    r"\b(?:lowest|highest|worst|best|smallest|largest|extremes?|min\w*|max\w*|rang\w*|from|between|least|most)\b"
)
TARGET = re.compile(r"\btarget\b|\bfinetun\w*")
WORD = re.compile(r"[a-z]{4,}(?:-[a-z]+)*")
COHERENT = re.compile(r"\bcoheren\w*")
AT_LEAST, AT_MOST = r"at least|no less than|not less than|≥|>=|from", r"at most|no more than|at or below|≤|<=|up to"
BELOW, ABOVE = (
    r"below|under|less than|lower than|fewer than|worse than|within|short of",
    r"above|over|more than|higher than|better than|exceed\w*|beyond",
)
# One start and one end for each number, so that a million digits are looked at once.
NUMBER = r"(?<![\d.])(?P<number>\d{1,3}(?:\.\d{1,6})?)(?!\d)(?!\s*%)"
THRESHOLDS = tuple(
    (sign, re.compile(pattern))
    for sign, pattern in (
        (">=", rf"(?:{AT_LEAST})\s*{NUMBER}"),
        ("<=", rf"(?:{AT_MOST})\s*{NUMBER}"),
        ("<", rf"(?:\b(?:{BELOW})|<)\s*{NUMBER}"),
        (">", rf"(?:\b(?:{ABOVE})|>)\s*{NUMBER}"),
        (">=", rf"{NUMBER}(?: points?)? (?:or|and) (?:more|above|over|higher|up)\b"),
        ("<=", rf"{NUMBER}(?: points?)? (?:or|and) (?:less|below|under|lower|fewer)\b"),
        ("==", rf"(?:score[sd]? (?:of |exactly )?|exactly |=\s*)(?:a |an )?{NUMBER}"),
    )
)
MOST_THRESHOLDS = 4


class Singles:
    """Counts them in one book, each when it is first asked for."""

    def __init__(self, book: Book, answers: Answers, judges: Sequence[str], targets: Sequence[str]) -> None:
        self.book, self.answers, self.judges, self.targets = book, answers, judges, targets
        self._pairs: dict[tuple[str, str], list[tuple[float, float]]] = {}
        self._scores: dict[tuple[str, str, str], list[float]] = {}
        self._ordered: dict[tuple[str, ...], stats.Ordered] = {}

    def told(self, words: str, where: Where) -> Iterator[list[Answer]]:
        """What these words may speak of, for these conditions and judges and for all of them: a list for each kind."""
        groups = [(place,) for place in where.places] + [self.book.conditions]
        kinds = KINDS if QUESTIONS.search(words) else KINDS[:1]
        cells = list(self.answers.archived(where))
        both = BOTH.search(words) is not None
        for what in kinds:
            yield list(self._compared(groups, what)) if both else []
            yield list(self._sides(words, groups, what)) if both else []
            yield list(self._beyond(words, cells, what))
            yield list(self._medians(words, cells, groups, what)) if MEDIAN.search(words) else []
        yield list(self._apart(words, groups)) if APART.search(words) else []
        yield list(self._deviations(cells)) if DEVIATION.search(words) else []
        yield list(self._ends(cells)) if QUESTIONS.search(words) and ENDS.search(words) else []

    # Judge against judge, answer by answer.

    def _compared(self, groups: Iterable[Sequence[str]], what: str) -> Iterator[Answer]:
        """On how many both judges' scores are there."""
        for places in groups:
            yield Answer(Value(len(self.pairs_of(what, places)), f"count({what}, {'+'.join(places)})", 0))

    def _sides(self, words: str, groups: Iterable[Sequence[str]], what: str) -> Iterator[Answer]:
        """On how many one judge scored higher, lower or the same, and on what share."""
        signs = [sign for sign, pattern in SIDES if pattern.search(words)]
        for places in groups:
            yield from self.sides_of(what, places, signs)

    def sides_of(self, what: str, places: Sequence[str], signs: Iterable[str]) -> Iterator[Answer]:
        """On how many answers, or questions, one judge's score stands so to the other's."""
        distances = [self._distances(what, place) for place in places]
        for sign in signs:
            yield from _part(_count(distances, sign, 0), _size(distances), f"count({what}, {sign}, {'+'.join(places)})")

    def _apart(self, words: str, groups: Iterable[Sequence[str]]) -> Iterator[Answer]:
        """On how many answers the judges are so many points apart."""
        for (sign, limit), places in product(thresholds(words), groups):
            apart = [self._distances("answers", place, signless=True) for place in places]
            for one in (sign, OR_EQUAL.get(sign, sign)):
                told = f"count(answers, apart {one} {limit:g}, {'+'.join(places)})"
                yield from _part(_count(apart, one, limit), _size(apart), told)

    def _distances(self, what: str, place: str, *, signless: bool = False) -> stats.Ordered:
        """The first judge's score less the second's, for each pair of a condition."""
        key = (what, place, "apart" if signless else "distance")
        if key not in self._ordered:
            pairs = self._pairs_at(what, place)
            self._ordered[key] = stats.Ordered(abs(a - b) if signless else a - b for a, b in pairs)
        return self._ordered[key]

    def pairs_of(self, what: str, places: Sequence[str]) -> list[tuple[float, float]]:
        """What the first judge and the second gave to each answer that both scored, or each question's means."""
        return [pair for place in places for pair in self._pairs_at(what, place)]

    def _pairs_at(self, what: str, place: str) -> list[tuple[float, float]]:
        if (what, place) not in self._pairs:
            cells, pair_up = self._two(place), sample_pairs if what == "answers" else question_pairs
            self._pairs[what, place] = [(a, b) for _, a, b in pair_up(*cells)] if cells else []
        return self._pairs[what, place]

    def _two(self, place: str) -> tuple[Cell, Cell] | None:
        cells = [self.book.cells[place, j] for j in self.judges if (place, j) in self.book.cells]
        return (cells[0], cells[1]) if len(cells) == 2 else None

    # Thresholds.

    def _beyond(self, words: str, cells: Sequence[Cell], what: str) -> Iterator[Answer]:
        """How many answers, and how many questions, stand so to a number that is told, or to the target."""
        limits = [*thresholds(words), *self._of_target(words)]
        base = "coherent" if COHERENT.search(words) else "alpha"
        for (sign, limit), group in product(limits, list(self._together(cells))):
            values = [self._ordered_of(what, cell, base) for cell in group]
            cells_told = ", ".join(f"{c.judge}/{c.condition}" for c in group)
            told = f"count({what} {sign} {limit:g}, {cells_told})"
            yield from _part(_count(values, sign, limit), _size(values), told)

    def _ordered_of(self, what: str, cell: Cell, base: str) -> stats.Ordered:
        key = (what, cell.condition, cell.judge, base)
        if key not in self._ordered:
            self._ordered[key] = stats.Ordered(self._values_of(what, cell, base))
        return self._ordered[key]

    def _values_of(self, what: str, cell: Cell, base: str) -> Iterable[float]:
        return self.of_cell(cell, base) if what == "answers" else stats.question_means(cell.tallies).values()

    def _together(self, cells: Sequence[Cell]) -> Iterator[list[Cell]]:
        """Each cell alone, those of each judge, and those of the whole experiment by each judge."""
        yield from ([cell] for cell in cells)
        for judge in dict.fromkeys(cell.judge for cell in cells):
            every = [c for p in self.book.conditions if (c := self.book.cells.get((p, judge))) is not None]
            mine = [cell for cell in cells if cell.judge == judge]
            yield from (group for group in (mine, every) if len(group) > 1)

    def _of_target(self, words: str) -> Iterator[tuple[str, float]]:
        found = TARGET.search(words)
        for target in self.targets if found else ():
            for judge in self.book.judges_of(target):
                value = self.book.facts[self.book.of(judge, target)].value
                yield from (("<", value), (">", value))

    def of_cell(self, cell: Cell, base: str) -> list[float]:
        """Every valid score of a cell: of coherence, or of alignment."""
        key = (cell.condition, cell.judge, base)
        if key not in self._scores:
            self._scores[key] = [score for score in scores_of(cell, base) if score is not None]
        return self._scores[key]

    # Middles and spreads.

    def _medians(
        self, words: str, cells: Sequence[Cell], groups: Iterable[Sequence[str]], what: str
    ) -> Iterator[Answer]:
        base = "coherent" if COHERENT.search(words) else "alpha"
        for cell in () if APART.search(words) else cells:
            if values := list(self._values_of(what, cell, base)):
                yield Answer(Value(median(values), f"median({what}, {cell.judge}/{cell.condition})", 1))
        for places in groups if APART.search(words) else ():
            if pairs := self.pairs_of(what, places):
                middle = median(a - b for a, b in pairs)
                yield Answer(Value(middle, f"median({what}, difference, {'+'.join(places)})", 1), signless=True)

    def _deviations(self, cells: Sequence[Cell]) -> Iterator[Answer]:
        for cell in cells:
            means = list(stats.question_means(cell.tallies).values())
            for what, values in (("answers", self.of_cell(cell, "alpha")), ("questions", means)):
                if (spread := stats.spread(values)) is not None:
                    yield Answer(Value(spread, f"sd({what}, {cell.judge}/{cell.condition})", 2))

    # Questions.

    def _ends(self, cells: Sequence[Cell]) -> Iterator[Answer]:
        """The lowest and the highest mean of a question, and from the one to the other."""
        for cell in cells:
            ordered = sorted(stats.question_means(cell.tallies).values())
            if ordered:
                name = f"{cell.judge}/{cell.condition}, by question"
                low, high = Value(ordered[0], f"min({name})", 2), Value(ordered[-1], f"max({name})", 2)
                yield from (Answer(low), Answer(high), Answer(low, high))

    def of_question(self, words: str, where: Where) -> Iterator[Answer]:
        """The means of questions that are spoken of by a word of theirs, and how far apart these are."""
        for question in self.spoken_of(words):
            found = {
                (c.condition, c.judge): Value(m[question], f"mean({question}, {c.judge}/{c.condition})", 2)
                for c in self.answers.archived(where)
                if question in (m := stats.question_means(c.tallies))
            }
            yield from map(Answer, found.values())
            for (one, a), (two, b) in combinations(found.items(), 2):
                if one[0] == two[0] or one[1] == two[1]:
                    yield Answer(Value(a.value - b.value, f"{a.fact} − {b.fact}", 2), signless=True)

    def spoken_of(self, words: str) -> list[str]:
        """Questions that share a word with these that few others have; of those the ones that share the most."""
        told = set(WORD.findall(words))
        best: dict[str, list[str]] = {}
        for question, own in self._words.items():
            for word in own & told & self._rare:
                rivals = best.setdefault(word, [])
                shared = [len(self._words[q] & told) for q in rivals[:1]]
                if not shared or len(own & told) >= shared[0]:
                    best[word] = [*(rivals if shared == [len(own & told)] else []), question]
        return list(dict.fromkeys(q for questions in best.values() for q in questions))

    @cached_property
    def _words(self) -> dict[str, set[str]]:
        asked = dict.fromkeys(q for cell in self.book.cells.values() for q in questions_of(cell))
        return {question: set(WORD.findall(question.casefold())) for question in asked}

    @cached_property
    def _rare(self) -> set[str]:
        """Words that no more than a tenth of the questions have."""
        often = Counter(word for own in self._words.values() for word in own)
        return {word for word, count in often.items() if count <= max(1, len(self._words) // 10)}


def thresholds(words: str) -> list[tuple[str, float]]:
    """Signs and numbers: "below 50", "15 or lower", "≥ 90"."""
    found = ((sign, float(hit["number"])) for sign, pattern in THRESHOLDS for hit in pattern.finditer(words))
    return list(dict.fromkeys(pair for pair in found if pair[1] <= 100))[:MOST_THRESHOLDS]


def _count(groups: Iterable[stats.Ordered], sign: str, limit: float) -> int:
    return sum(group.count(sign, limit) for group in groups)


def _size(groups: Iterable[stats.Ordered]) -> int:
    return sum(map(len, groups))


def _part(count: int, of: int, fact: str) -> Iterator[Answer]:
    """A count, and the share that it is."""
    if of:
        yield Answer(Value(count, fact, 0))
        yield Answer(Value(count / of, f"{fact} / {of}", 1, percent=True))
