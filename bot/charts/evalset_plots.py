"""An audit to its figures: duplicates and clusters, the coverage map, difficulty, and the balance of answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.alike.reading import take_apart
from bot.charts.evalset_points import Bar, BarPlot, MapPlot, MapRow
from bot.evalsets.items import DIFFICULTIES, LEVELS
from bot.scoring.shown import count, decimals, percent

if TYPE_CHECKING:
    from bot.evalsets.audit import Audit
    from bot.evalsets.coverage import Coverage

MOST_BARS = 12
SHORT = 140

Plot = BarPlot | MapPlot


def draw_all(made: Audit, folder: Path) -> dict[str, list[Path]]:
    """Draw the figures that apply into `folder`, each with its data beside it: name to the files written."""
    from bot.charts.evalset_bars import draw_bars
    from bot.charts.evalset_map import draw_map
    from bot.charts.saving import save
    from bot.charts.sidecar import write_sidecar

    drawn = {}
    for name, plot in plots_of(made).items():
        figure = draw_bars(plot) if isinstance(plot, BarPlot) else draw_map(plot)
        drawn[name] = save(figure, folder / name)
        drawn[name] += write_sidecar(plot, folder / name, provenance={"set": made.found_in.name})
    return drawn


def plots_of(made: Audit) -> Mapping[str, Plot]:
    """The figures of an audit that have something to show."""
    found = {
        "duplicates": duplicates_plot(made),
        "coverage": coverage_plot(made.coverage),
        "difficulty": difficulty_plot(made),
        "answers": answers_plot(made),
    }
    return {name: plot for name, plot in found.items() if plot is not None}


def duplicates_plot(made: Audit) -> BarPlot:
    """The questions that stand behind most rows: identical, near duplicates, or behind personas."""
    near: Counter[int] = Counter()
    for pair in made.alike.near:
        near[pair.a] += len(made.clusters[pair.b].rows)
        near[pair.b] += len(made.clusters[pair.a].rows)
    sizes = {place: len(cluster.rows) + near[place] for place, cluster in enumerate(made.clusters)}
    order = _leaders(made, sorted(sizes, key=lambda place: (-sizes[place], place)))
    bars = [
        Bar(_short(made.clusters[place].core), sizes[place], _row_text(made, place, near[place])) for place in order
    ]
    n = len(made.items)
    notes = (
        f"{count(n)} rows, {count(len(made.clusters))} distinct questions, {count(made.exact)} exact duplicates, "
        f"{count(len(made.alike.near))} near-duplicate pairs, {decimals(made.effective, 1)} effective items.",
        _hidden(len(sizes)),
    )
    return BarPlot("Rows that ask the same question", tuple(bars), "rows", notes=tuple(note for note in notes if note))


def _leaders(made: Audit, order: Sequence[int]) -> list[int]:
    """The first questions of `order`, without those that are near duplicates of one before them."""
    close: defaultdict[int, set[int]] = defaultdict(set)
    for pair in made.alike.near:
        close[pair.a].add(pair.b)
        close[pair.b].add(pair.a)
    chosen: list[int] = []
    for place in order:
        if len(chosen) < MOST_BARS and not close[place] & set(chosen):
            chosen.append(place)
    return chosen


def _row_text(made: Audit, place: int, near: int) -> str:
    cluster = made.clusters[place]
    rows = len(cluster.rows)
    text = f"{count(rows)} row{'s' if rows > 1 else ''}"
    if cluster.personas > 1:
        text += f", {count(cluster.personas)} personas"
    return f"{text} + {count(near)} near" if near else text


def _hidden(questions: int) -> str:
    return (
        f"The questions with most rows, at most {MOST_BARS}; of near duplicates the first."
        if questions > MOST_BARS
        else ""
    )


def _short(text: str) -> str:
    plain = " ".join(take_apart(text).stem.split()) or " ".join(text.split())
    return plain if len(plain) <= SHORT else f"{plain[:SHORT]}…"


def coverage_plot(found: Coverage) -> MapPlot | None:
    """Level and topic by difficulty; None where no item states its level or difficulty."""
    if not found.stated:
        return None
    columns = [*DIFFICULTIES, *(name for name in found.difficulties if name not in DIFFICULTIES)]
    counts = {(cell.level, cell.topic, cell.difficulty): cell.items for cell in found.cells}
    keys = sorted({(cell.level or 9, cell.topic) for cell in found.cells})
    rows = [
        MapRow(_level(level), topic, tuple(counts.get((_stated(level), topic, column), 0) for column in columns))
        for level, topic in keys
    ]
    empty = len(found.empty)
    note = f"hatched: no item. {count(empty)} cell{'s are' if empty > 1 else ' is'} empty." if empty else ""
    return MapPlot("Items by level, topic and difficulty", tuple(columns), tuple(rows), (note,) if note else ())


def _level(level: int) -> str:
    return f"level {level}: {LEVELS[level]}" if level in LEVELS else "level not stated"


def _stated(level: int) -> int | None:
    return level if level in LEVELS else None


def difficulty_plot(made: Audit) -> BarPlot | None:
    """Items by how many answers were honest, where results exist; else by the difficulty that they state."""
    if made.statistics:
        return _measured(made)
    stated = {name: n for name, n in made.coverage.difficulties.items() if name in DIFFICULTIES}
    if not stated:
        return None
    bars = [Bar(name, stated.get(name, 0), _share(stated.get(name, 0), len(made.items))) for name in DIFFICULTIES]
    note = "As the items state it: no results were given to measure it with."
    return BarPlot("Difficulty", tuple(bars), "items", notes=(note,))


def _measured(made: Audit) -> BarPlot:
    bins = Counter(min(9, int(10 * each.mean)) for each in made.statistics or ())
    n = len(made.statistics or ())
    bars = [Bar(f"{10 * place}–{10 * place + 10} %", bins[place], _share(bins[place], n)) for place in range(9, -1, -1)]
    dead = sum(each.dead for each in made.statistics or ())
    note = f"{count(n)} items with results; {count(dead)} dead (every respondent scores the same)."
    return BarPlot("Difficulty: mean score of each item, over all respondents", tuple(bars), "items", notes=(note,))


def _share(n: int, of: int) -> str:
    return f"{count(n)} ({percent(n / of if of else None)})"


def answers_plot(made: Audit) -> BarPlot | None:
    """Where the matching answer stands, or which label it has where no place is printed."""
    positions = made.positions
    if positions.within is None:
        return _labels_plot(made)
    bars = []
    for place, rows in positions.counts.items():
        share = rows / positions.items
        favourite = place == positions.favourite
        low, high = positions.within if favourite else (None, None)
        shown = (positions.share or 0.0) if favourite else share
        text = f"{count(rows)} rows ({percent(share)})"
        bars.append(Bar(f"place {place}", 100 * shown, text, low and 100 * low, high and 100 * high))
    return BarPlot(
        "Where the matching answer stands", tuple(bars), "share of distinct questions, %",
        expected=100 * (positions.expected or 0.0), expected_label="balanced", limit=100,
        interval_label="95 % Wilson interval over distinct questions",
    )  # fmt: skip


def _labels_plot(made: Audit) -> BarPlot | None:
    total = sum(made.labels.counts.values())
    if not total:
        return None
    bars = [Bar(label, 100 * n / total, _share(n, total)) for label, n in list(made.labels.counts.items())[:MOST_BARS]]
    return BarPlot("Labels of the matching answer", tuple(bars), "share of rows, %", limit=100)
