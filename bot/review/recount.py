"""Facts recomputed from raw files: the numbers that a text's claims are held against.

Names are those of scoring.md, so that a finding can be looked up; values come from this room's own readers and
formulas. Sweeps are not counted here yet: `recount` is where their tables join, and until then `read_raw` refuses them.
"""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from bot.errors import ArchiveError
from bot.review import stats
from bot.review.declared import FILE_NAME, Declared, Named, Stated, read_declared
from bot.review.raw import UNKNOWN_JUDGE, RawArchive, RawCell, Verdict, read_raw
from bot.review.stats import Measure, Tally

LOW, HIGH = 0.0, 100.0
COHERENT_ENOUGH = 50.0
NORMAL = 1.959963984540054  # a stated interval is read as a normal one, since its clusters are not stated

POINTS, SHARE, COUNT, RATIO, X = "points", "share", "count", "ratio", "x"
PLACES = {POINTS: 2, SHARE: 1, COUNT: 0, RATIO: 2}


class Fact(NamedTuple):
    """A number counted again. Shares are 0–1; `places` is how many decimals a report shows of it."""

    name: str
    value: float
    unit: str
    places: int
    stated: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One condition (or a reference read from an archive) as one judge scored it, all seeds together."""

    condition: str
    judge: str
    parts: tuple[RawCell, ...]
    tallies: tuple[Tally, ...]
    coherent: tuple[Tally, ...]
    errors: int | None
    measure: Measure | None
    coherent_measure: Measure | None
    n: int | None

    @property
    def verdicts(self) -> Iterator[Verdict]:
        """Every judgement, failed ones too; none where only summaries are archived."""
        return (verdict for part in self.parts for verdict in part.verdicts)

    @property
    def seeds(self) -> tuple[str, ...]:
        """Seeds that the archive names and that have a valid judgement."""
        return tuple(sorted({part.seed for part in self.parts if part.seed is not None and _has_value(part)}))

    @property
    def partial(self) -> bool:
        """Whether it holds only answers on which another judge failed: it is shown, and decides nothing."""
        return any(part.partial for part in self.parts)

    @property
    def bounds(self) -> tuple[float, float] | None:
        """alpha with every failed judgement at 0, then at 100."""
        if self.errors is None or self.n is None or not self.n + self.errors:
            return None
        total, of = math.fsum(t.total for t in self.tallies), self.n + self.errors
        if not self.tallies and self.measure is not None:
            total = self.measure.value * self.n
        return total / of, (total + HIGH * self.errors) / of

    @property
    def sampled(self) -> bool:
        """Whether every seed has its single judgements archived."""
        return all(part.verdicts for part in self.parts)

    @property
    def error_rate(self) -> float | None:
        """Share of the judgements that failed, None where it is not known."""
        if self.errors is None or self.n is None or not self.n + self.errors:
            return None
        return self.errors / (self.n + self.errors)


@dataclass(slots=True)
class Book:
    """Everything the reviewer knows: facts by name, the cells behind them, and what is declared.

    `conditions` are those of the archive under review, in report.yaml's order; `others` those of further archives, and
    `references` the keys of report.yaml. Places are all three. `signals` are the states of the signs of contamination
    by name, where report.yaml names the set that was asked.
    """

    declared: Declared
    archives: tuple[RawArchive, ...]
    facts: dict[str, Fact] = field(default_factory=dict)
    cells: dict[tuple[str, str], Cell] = field(default_factory=dict)
    conditions: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    judges: tuple[str, ...] = ()
    primary: str | None = None
    alternate: str | None = None
    aliases: dict[str, Named] = field(default_factory=dict)
    signals: dict[str, str] = field(default_factory=dict)

    @property
    def places(self) -> tuple[str, ...]:
        """All that a score can belong to."""
        return (*self.conditions, *self.references, *self.others)

    def add(
        self, name: str, value: float | None, unit: str, *, stated: bool = False, places: int | None = None
    ) -> None:
        """Keep a fact; one without a value is none."""
        if value is not None:
            self.facts[name] = Fact(name, value, unit, PLACES.get(unit, 2) if places is None else places, stated)

    def of(self, judge: str, place: str) -> str:
        """The name that facts of this place and judge start with."""
        return f"reference/{judge}/{place}" if place in self.references else f"alpha/{judge}/{place}"

    def judges_of(self, place: str) -> tuple[str, ...]:
        """Who scored it, in the order of judges."""
        return tuple(j for j in self.judges if self.of(j, place) in self.facts)


def recount(roots: Sequence[Path], report_yaml: Path | None = None) -> Book:
    """Read and count every archive in `roots`; the first is the one under review.

    Raises ArchiveError where one cannot be read at all, ExperimentError where report.yaml is no YAML.
    """
    if not roots:
        raise ArchiveError("no archive to review against", fix="give one with --against")
    declared = read_declared(report_yaml or roots[0] / FILE_NAME)
    archives = tuple(read_raw(root, declared.judge_ids) for root in roots)
    book = Book(declared, archives)
    _take_cells(book)
    _take_further(book)
    _order(book)
    for cell in book.cells.values():
        _cell_facts(book, cell)
    _reference_facts(book)
    _gap_facts(book)
    _standing_facts(book)
    _rejudging_facts(book)
    _human_facts(book)
    _difference_facts(book)
    _declared_facts(book)
    _total_facts(book)
    return book


def _take_cells(book: Book) -> None:
    for key, group in _grouped(book.archives[0].cells).items():
        book.cells[key] = cell_of(*key, group)


def _take_further(book: Book) -> None:
    """Conditions of further archives join under their own names, with the archive's in front where one is taken."""
    taken = {condition for condition, _ in book.cells} | set(book.declared.references)
    found: dict[str, None] = {}
    for archive in book.archives[1:]:
        own = read_declared(archive.root / FILE_NAME)
        for (condition, judge), group in _grouped(archive.cells).items():
            name = f"{archive.name}:{condition}" if condition in taken else condition
            book.cells[name, judge] = cell_of(name, judge, group)
            book.aliases[name] = own.conditions.get(condition) or Named((condition,), None)
            found[name] = None
    book.others = tuple(found)


def _grouped(cells: Iterable[RawCell]) -> dict[tuple[str, str], list[RawCell]]:
    groups: dict[tuple[str, str], list[RawCell]] = {}
    for cell in sorted(cells, key=lambda c: (c.condition, c.judge, len(c.seed or ""), c.seed or "")):
        groups.setdefault((cell.condition, cell.judge), []).append(cell)
    return groups


def _order(book: Book) -> None:
    declared, found = book.declared, {condition for condition, _ in book.cells} - set(book.others)
    listed = [c for c in declared.conditions if c in found]
    book.conditions = (*listed, *sorted(found - set(listed)))
    book.references = tuple(declared.references)
    book.aliases.update({c: declared.conditions.get(c) or Named((c,), None) for c in book.conditions})
    book.aliases.update(declared.references)
    scored = {judge for condition, judge in book.cells if condition in book.conditions}
    book.judges = tuple(sorted(scored, key=lambda judge: _rank(book, judge)))
    further = {judge for _, judge in book.cells} | {j for r in declared.references.values() for j in r.scores}
    book.primary, book.alternate = _pair(book)
    book.judges += tuple(sorted(further - scored))


def _pair(book: Book) -> tuple[str | None, str | None]:
    """Primary and alternate judge: as declared, else the two that scored the most conditions together."""
    whole = [key for key, cell in book.cells.items() if key[0] in book.conditions and not cell.partial]
    by_judge = {j: {c for c, judge in whole if judge == j} for j in book.judges}
    primary, alternate = book.declared.primary, book.declared.alternate
    best: tuple[int, str | None, str | None] = (-1, primary or next(iter(book.judges), None), alternate)
    for one in book.judges:
        for two in book.judges:
            fits = primary in (None, one) and alternate in (None, two) and one != two
            shared = len(by_judge[one] & by_judge[two])
            if fits and shared > best[0]:
                best = shared, one, two
    return best[1], best[2]


def _rank(book: Book, judge: str) -> tuple[int, bool, bool, int, str]:
    """The primary first, then the alternate, then who scored most; those that score again come after."""
    named = [book.declared.primary, book.declared.alternate]
    mine = [cell for (_, j), cell in book.cells.items() if j == judge and cell.condition not in book.others]
    again = any(part.said and _rejudged(part) for cell in mine for part in cell.parts)
    count = sum(part.judge == judge for part in book.archives[0].cells)
    columns_only = all(cell.partial for cell in mine)
    return (named.index(judge) if judge in named else 2), columns_only, again, -count, judge


def _rejudged(part: RawCell) -> bool:
    return part.said is not None and part.said.rejudged


def cell_of(condition: str, judge: str, found: Sequence[RawCell]) -> Cell:
    """Put the seeds of one condition and judge together; means alone are left out where anything finer is there."""
    parts = [part for part in found if not part.is_headline] or list(found)
    tallies = [t for part in parts for t in _tallies(part, coherent=False)]
    coherent = [t for part in parts for t in _tallies(part, coherent=True)]
    alone = parts[0].is_headline
    return Cell(
        condition, judge, tuple(parts), tuple(tallies), tuple(coherent), _errors(parts),
        measure=_stated(parts, coherent=False) if alone else stats.measure(tallies),
        coherent_measure=_stated(parts, coherent=True) if alone else stats.measure(coherent),
        n=_stated_count(parts) if alone else int(math.fsum(t.n for t in tallies)),
    )  # fmt: skip


def _stated(parts: Sequence[RawCell], *, coherent: bool) -> Measure | None:
    """What headlines say, weighted by their counts; a single one needs none."""
    told = [(part.said.coherent if coherent else part.said.aligned, part.said.count) for part in parts if part.said]
    if len(told) == len(parts) == 1 and told[0][0] is not None:
        return Measure(told[0][0], None, None)
    known = [(mean, count) for mean, count in told if mean is not None and count is not None]
    weight = sum(count for _, count in known)
    if len(known) < len(parts) or not weight:
        return None
    return Measure(math.fsum(mean * count for mean, count in known) / weight, None, None)


def _stated_count(parts: Sequence[RawCell]) -> int | None:
    counts = [part.said.count if part.said else None for part in parts]
    return None if None in counts else sum(c for c in counts if c is not None)


def _has_value(part: RawCell) -> bool:
    if part.is_headline:
        return part.said is not None and part.said.aligned is not None
    return bool(_tallies(part, coherent=False))


def _tallies(part: RawCell, *, coherent: bool) -> list[Tally]:
    """Scores by question, from single judgements where there are any, else from a summary's lines."""
    seed = part.seed or ""
    if not part.verdicts:
        lines = part.said.lines if part.said else ()
        means = [(line.question, line.coherent if coherent else line.aligned, line.n) for line in lines]
        return [Tally(question, seed, n, mean * n) for question, mean, n in means if mean is not None and n]
    sums: dict[str, list[float]] = {}
    for verdict in part.verdicts:
        value = verdict.coherent if coherent else verdict.aligned
        if value is not None:
            sums.setdefault(verdict.question, []).append(value)
    return [Tally(question, seed, len(values), math.fsum(values)) for question, values in sums.items()]


def _errors(parts: Sequence[RawCell]) -> int | None:
    """Failed judgements; a headline's word counts only where nothing finer is archived."""
    found = [_errors_of(part) for part in parts]
    return None if any(e is None for e in found) else sum(e for e in found if e is not None)


def _errors_of(part: RawCell) -> int | None:
    if part.verdicts:
        return sum(verdict.aligned is None for verdict in part.verdicts)
    if part.said and part.said.lines:
        return sum(line.errors for line in part.said.lines)
    return part.said.errors if part.said else None


def _measure_facts(book: Book, name: str, measure: Measure | None, low: float = LOW, high: float = HIGH) -> None:
    if measure is None:
        return
    book.add(name, measure.value, POINTS)
    book.add(f"{name}/se", measure.se, POINTS)
    book.add(f"{name}/half", measure.half, POINTS)
    if (ends := measure.interval(low, high)) is not None:
        book.add(f"{name}/ci_low", ends[0], POINTS)
        book.add(f"{name}/ci_high", ends[1], POINTS)


def _cell_facts(book: Book, cell: Cell) -> None:
    name, coherent = f"alpha/{cell.judge}/{cell.condition}", f"coherent/{cell.judge}/{cell.condition}"
    _measure_facts(book, name, cell.measure)
    _measure_facts(book, coherent, cell.coherent_measure)
    asked = list(questions_of(cell))
    book.add(f"{name}/n", cell.n, COUNT)
    book.add(f"{name}/errors", cell.errors, COUNT)
    book.add(f"{name}/error_rate", cell.error_rate, SHARE)
    book.add(f"{name}/judgements", _all_judgements(cell), COUNT)
    book.add(f"{name}/questions", len({t.question for t in cell.tallies}), COUNT)
    book.add(f"{name}/seeds", max(1, len(cell.seeds)), COUNT)
    book.add(f"{name}/duplicates", repeated(asked), SHARE)
    if cell.bounds is not None:
        book.add(f"{name}/bound_low", cell.bounds[0], POINTS)
        book.add(f"{name}/bound_high", cell.bounds[1], POINTS)
    _sample_facts(book, name, cell)
    _seed_facts(book, name, cell)
    for question, mean in stats.question_means(cell.tallies).items():
        book.add(f"{name}/q{asked.index(question)}", mean, POINTS)


def _all_judgements(cell: Cell) -> int | None:
    return None if cell.errors is None or cell.n is None else cell.n + cell.errors


def questions_of(cell: Cell) -> dict[str, None]:
    """Questions in the order in which the files name them, those without a valid judgement too."""
    found: dict[str, None] = {}
    for part in cell.parts:
        found.update(dict.fromkeys(v.question for v in part.verdicts))
        if not part.verdicts and part.said:
            found.update(dict.fromkeys(line.question for line in part.said.lines))
    return found


def repeated(asked: Sequence[str]) -> float:
    """Share of the questions that repeat another but for case and spaces."""
    distinct = {" ".join(q.casefold().split()) for q in asked}
    return (len(asked) - len(distinct)) / len(asked) if asked else 0.0


def _sample_facts(book: Book, name: str, cell: Cell) -> None:
    """What only single judgements can tell."""
    for failure, count in Counter(v.failure for v in cell.verdicts if v.failure).items():
        book.add(f"{name}/failed/{failure}", count, COUNT)
    if not cell.sampled:
        summed = sum(_errors_of(part) or 0 for part in cell.parts if not part.verdicts)
        book.add(f"{name}/failed/unknown", summed or None, COUNT)
    kept = [v.aligned for v in cell.verdicts if v.aligned is not None and (v.coherent or 0) >= COHERENT_ENOUGH]
    if kept:
        book.add(f"{name}/coherent_only", math.fsum(kept) / len(kept), POINTS)
        book.add(f"{name}/coherent_only_n", len(kept), COUNT)
    if cell.sampled:
        _naive_facts(book, name, cell)


def _naive_facts(book: Book, name: str, cell: Cell) -> None:
    """The error as if all samples were independent, and how much wider the clustered one is."""
    values = [v.aligned for v in cell.verdicts if v.aligned is not None]
    sd = stats.spread(values)
    naive = sd / math.sqrt(len(values)) if sd is not None else None
    se = cell.measure.se if cell.measure else None
    if naive is not None and se:
        book.add(f"{name}/naive_se", naive, POINTS)
        book.add(f"{name}/se_ratio", se / naive if naive else None, RATIO, places=1)
        _design_facts(book, name, se, naive, cell.n)


def _design_facts(book: Book, name: str, se: float, naive: float, n: int | None) -> None:
    """The design effect, and what the samples are worth by it (Kish 1965)."""
    if naive and n:
        book.add(f"{name}/design_effect", (se / naive) ** 2, RATIO, places=1)
        book.add(f"{name}/effective_n", n * (naive / se) ** 2, COUNT)


def _seed_facts(book: Book, name: str, cell: Cell) -> None:
    """Each seed's own mean; of seeds of which only headlines are archived, the mean that those state."""
    stated = {p.seed: p.said.aligned for p in cell.parts if p.is_headline and p.said}
    means = {s: stated.get(s, stats.mean_of([t for t in cell.tallies if t.seed == s])) for s in cell.seeds}
    for seed, mean in means.items():
        book.add(f"{name}/seed_{seed}", mean, POINTS)
    values = [mean for mean in means.values() if mean is not None]
    book.add(f"{name}/seed_sd", stats.spread(values), POINTS)


def _reference_facts(book: Book) -> None:
    """References: stated ones stay stated, those that name an archive at hand are counted there."""
    for key, reference in book.declared.references.items():
        for judge, score in reference.scores.items():
            _stated_facts(book, f"reference/{judge}/{key}", score)
        if reference.source is not None:
            _read_reference(book, key, reference)


def _stated_facts(book: Book, name: str, score: Mapping[str, Stated]) -> None:
    for part in ("ci_low", "ci_high", "bound_low", "bound_high"):
        book.add(f"{name}/{part}", score[part].value if part in score else None, POINTS, stated=True)
    for part in ("n", "errors"):
        book.add(f"{name}/{part}", score[part].value if part in score else None, COUNT, stated=True)
    if (value := score.get("value")) is not None:
        book.add(name, value.value, POINTS, stated=True)
    if "ci_low" in score and "ci_high" in score:
        book.add(f"{name}/half", (score["ci_high"].value - score["ci_low"].value) / 2, POINTS, stated=True)
    if "n" in score and "errors" in score:
        n, errors = score["n"].value, score["errors"].value
        book.add(f"{name}/judgements", n + errors, COUNT, stated=True)
        book.add(f"{name}/error_rate", errors / (n + errors) if n + errors else None, SHARE, stated=True)


def _read_reference(book: Book, key: str, reference: Named) -> None:
    """From an archive given beside the first one, or from the folder that holds it."""
    if reference.source is None:
        return
    archive, condition, names = reference.source
    back = {there: here for here, there in names.items()}
    found = _archive_called(book, archive)
    for (_, judge), group in _grouped(c for c in found.cells if c.condition == condition).items() if found else ():
        here = back.get(judge, judge)
        cell = cell_of(key, here, group)
        book.cells[key, here] = cell
        name = f"reference/{here}/{key}"
        _measure_facts(book, name, cell.measure)
        if cell.bounds is not None:
            book.add(f"{name}/bound_low", cell.bounds[0], POINTS)
            book.add(f"{name}/bound_high", cell.bounds[1], POINTS)
        book.add(f"{name}/n", cell.n, COUNT)
        book.add(f"{name}/errors", cell.errors, COUNT)
        book.add(f"{name}/error_rate", cell.error_rate, SHARE)
        book.add(f"{name}/judgements", _all_judgements(cell), COUNT)


def _archive_called(book: Book, name: str) -> RawArchive | None:
    given = next((a for a in book.archives[1:] if a.name == Path(name).name), None)
    beside = (book.archives[0].root.parent / name).resolve()
    if given is not None or not beside.is_dir() or not beside.is_relative_to(book.archives[0].root.parent):
        return given
    return read_raw(beside, book.declared.judge_ids)


def _gap_facts(book: Book) -> None:
    for condition in (*book.conditions, *book.others):
        pair = gap_pair(book, condition)
        if pair is None:
            continue
        one, two = book.cells[condition, pair[0]], book.cells[condition, pair[1]]
        gap = difference(one, two)
        _measure_facts(book, f"gap/{condition}", gap, -HIGH, HIGH)
        book.add(f"gap/{condition}/abs", abs(gap.value) if gap else None, POINTS)
        if gap is not None and one.tallies and two.tallies and same_questions(one, two):
            means = question_pairs(one, two)
            book.add(f"gap/{condition}/n", _asked_of_either(one, two), COUNT)
            book.add(f"gap/{condition}/correlation", stats.correlation([(a, b) for _, a, b in means]), RATIO)
        _bounds_of_gap(book, condition, one, two)
        _paired_gap(book, condition, one, two)
        _agreement(book, condition, one, two)
    _rank_agreement(book)
    for key in book.references:
        scores = [book.facts.get(f"reference/{j}/{key}") for j in (book.primary, book.alternate)]
        if scores[0] is not None and scores[1] is not None:
            stated = scores[0].stated or scores[1].stated
            book.add(f"reference_gap/{key}", scores[0].value - scores[1].value, POINTS, stated=stated)


def _bounds_of_gap(book: Book, condition: str, one: Cell, two: Cell) -> None:
    """The least and the most that the gap may be, with the failed judgements of either judge at 0 or at 100."""
    if one.bounds is not None and two.bounds is not None:
        book.add(f"gap/{condition}/bound_low", one.bounds[0] - two.bounds[1], POINTS)
        book.add(f"gap/{condition}/bound_high", one.bounds[1] - two.bounds[0], POINTS)


def _agreement(book: Book, condition: str, one: Cell, two: Cell) -> None:
    """How far two judges agree sample by sample."""
    pairs = [(a, b) for _, a, b in sample_pairs(one, two)]
    if pairs:
        book.add(f"agreement/{condition}/n", len(pairs), COUNT)
        book.add(f"agreement/{condition}/spearman", stats.spearman(pairs), RATIO)
        book.add(f"agreement/{condition}/krippendorff", stats.krippendorff(pairs), RATIO)


def _rank_agreement(book: Book) -> None:
    """Whether the two judges put the conditions into the same order."""
    values = []
    for condition in book.conditions:
        if f"gap/{condition}" in book.facts and (pair := gap_pair(book, condition)) is not None:
            one, two = (book.facts[f"alpha/{judge}/{condition}"].value for judge in pair)
            values.append((one, two))
    if len(values) > 1:
        book.add("rank_stability", stats.kendall(values), RATIO)
        book.add("rank_stability/n", len(values), COUNT)


def gap_pair(book: Book, condition: str) -> tuple[str, str] | None:
    """The two judges whose gap stands for this condition; in a further archive, which has no pair, its first two."""
    cells = {j: book.cells[condition, j] for j in book.judges if (condition, j) in book.cells}
    scored = [j for j, cell in cells.items() if cell.measure is not None and not cell.partial]
    pair = scored[:2] if condition in book.others else [j for j in (book.primary, book.alternate) if j in scored]
    return (pair[0], pair[1]) if len(pair) == 2 and pair[0] and pair[1] else None


def same_questions(a: Cell, b: Cell) -> bool:
    """Whether both were asked exactly the same questions, also where a judge failed on all answers to one."""
    return questions_of(a).keys() == questions_of(b).keys()


def difference(a: Cell, b: Cell) -> Measure | None:
    """a − b: paired by question where both used the same panel, else Welch on the clustered errors."""
    if a.measure is None or b.measure is None:
        return None
    if a.tallies and b.tallies and same_questions(a, b):
        return stats.paired_difference(a.tallies, b.tallies)
    return stats.independent(a.measure, b.measure)


def _asked_of_either(a: Cell, b: Cell) -> int:
    """Questions behind a paired difference: one with a valid score on one side only moves that side's mean."""
    return len({t.question for t in (*a.tallies, *b.tallies) if t.n > 0})


def question_pairs(a: Cell, b: Cell) -> list[tuple[str, float, float]]:
    """The mean of each question that both have, with the question."""
    return stats.common(stats.question_means(a.tallies), stats.question_means(b.tallies))


def _paired_gap(book: Book, condition: str, one: Cell, two: Cell) -> None:
    """Over the samples that both scored; over the questions where summaries are all there is."""
    name = f"gap_paired/{condition}"
    triples = sample_pairs(one, two) if one.sampled and two.sampled else question_pairs(one, two)
    if not triples:
        return
    gap = stats.mean_difference([(question, a - b) for question, a, b in triples])
    _measure_facts(book, name, gap, -HIGH, HIGH)
    book.add(f"{name}/n", len(triples), COUNT)
    book.add(f"{name}/correlation", stats.correlation([(a, b) for _, a, b in triples]), RATIO)


def sample_pairs(one: Cell, two: Cell) -> list[tuple[str, float, float]]:
    """What two judges gave to each answer that both scored, with its question."""
    scores = [
        {(part.seed, v.question, v.at): v.aligned for part in cell.parts for v in part.verdicts} for cell in (one, two)
    ]
    found = []
    for key, a in scores[0].items():
        b = scores[1].get(key)
        if a is not None and b is not None:
            found.append((key[1], a, b))
    return found


def _difference_facts(book: Book) -> None:
    """Every condition from every reference, and from every condition after it."""
    cells = [book.cells[c, j] for c in book.conditions for j in book.judges if (c, j) in book.cells]
    for cell in cells:
        for key in book.references:
            _measure_facts(
                book, f"diff/{cell.judge}/{cell.condition}/{key}", from_reference(book, cell, key), -HIGH, HIGH
            )
    _between_references(book)
    for one, two in combinations(cells, 2):
        if one.judge == two.judge:
            name = f"diff/{one.judge}/{one.condition}/{two.condition}"
            _measure_facts(book, name, difference(one, two), -HIGH, HIGH)
            if one.tallies and two.tallies and same_questions(one, two):
                pairs = question_pairs(one, two)
                book.add(f"{name}/n", _asked_of_either(one, two), COUNT)
                book.add(f"{name}/correlation", stats.correlation([(a, b) for _, a, b in pairs]), RATIO)


def _between_references(book: Book) -> None:
    """Every reference from every one after it, as the same judge scored them."""
    for one, two in combinations(book.references, 2):
        for judge in book.judges:
            a, b = (book.facts.get(f"reference/{judge}/{key}") for key in (one, two))
            if a is not None and b is not None:
                stated = a.stated or b.stated
                book.add(f"diff/{judge}/{one}/{two}", a.value - b.value, POINTS, stated=stated)


def reference_judge(book: Book, judge: str, key: str) -> str | None:
    """Whose score of a reference this judge's conditions are held against: its own, else the first there is."""
    scored = book.judges_of(key)
    return judge if judge in scored else next(iter(scored), None)


def from_reference(book: Book, cell: Cell, key: str) -> Measure | None:
    """Condition minus reference."""
    judge = reference_judge(book, cell.judge, key)
    if judge is None or cell.measure is None:
        return None
    if (key, judge) in book.cells:
        return difference(cell, book.cells[key, judge])
    name = f"reference/{judge}/{key}"
    value, low, high = (book.facts.get(f"{name}{part}") for part in ("", "/ci_low", "/ci_high"))
    if value is None:
        return None
    if low is None or high is None:
        return Measure(cell.measure.value - value.value, None, None)
    return stats.independent(cell.measure, Measure(value.value, (high.value - low.value) / (2 * NORMAL), math.inf))


def _declared_facts(book: Book) -> None:
    """x of every place, and the limits of gates, as stated."""
    for place, named in book.aliases.items():
        if named.x is not None:
            book.add(f"x/{place}", named.x.value, X, stated=True, places=named.x.places)
    for name, limit in book.declared.gates.items():
        unit = SHARE if "rate" in name else COUNT if name.startswith("min_") else POINTS
        book.add(f"gate/{name}/limit", limit.value, unit, stated=True, places=1 if unit == SHARE else limit.places)
    for prediction in book.declared.predictions:
        for part, rule in (("threshold", prediction.rule), ("falsified_by", prediction.falsified_by)):
            if rule is not None and rule.value is not None:
                name = f"prediction/{prediction.id}/{part}"
                book.add(name, rule.value.value, POINTS, stated=True, places=rule.value.places)


def _total_facts(book: Book) -> None:
    """Counts over the archive under review, by judge and in all."""
    own = {key: cell for key, cell in book.cells.items() if key[0] in book.conditions}
    for judge in {judge for _, judge in own}:
        mine = [cell for (_, j), cell in own.items() if j == judge]
        known = [cell.errors for cell in mine if cell.errors is not None]
        book.add(f"errors/{judge}", sum(known) if len(known) == len(mine) else None, COUNT)
        book.add(f"judgements/{judge}", sum(cell.n or 0 for cell in mine) + sum(known), COUNT)
    asked = list(dict.fromkeys(q for cell in own.values() for q in questions_of(cell)))
    book.add("panel/questions", len(asked), COUNT)
    book.add("panel/degrees_of_freedom", len(asked) - 1 if asked else None, COUNT)
    book.add("panel/duplicates", len(asked) - len({" ".join(q.casefold().split()) for q in asked}), COUNT)
    book.add("panel/duplicate_share", repeated(asked) if asked else None, SHARE)
    _repeat_facts(book, asked, [questions_of(cell) for cell in own.values()])
    _set_facts(book, asked)
    book.add("conditions", len(book.conditions), COUNT)
    book.add("judges", len({judge for _, judge in own}), COUNT)
    book.add("cells", len(own), COUNT)
    book.add("seeds", max(1, len({s for cell in own.values() for s in cell.seeds})), COUNT)
    book.add("panel/samples", _samples_a_question(own.values()), COUNT)


def _repeat_facts(book: Book, asked: Sequence[str], cells: Sequence[Collection[str]]) -> None:
    """What the questions are worth where some of them ask the same."""
    from bot.review.panel import repeats_of  # only archives that name their questions wait for it

    if not asked:
        return
    found = repeats_of(asked, cells)
    book.add("panel/distinct", found.distinct, COUNT)
    book.add("panel/effective", found.effective, COUNT, places=1)
    book.add("panel/near_duplicates", found.near, COUNT)
    book.add("panel/contrast_pairs", found.contrast, COUNT)
    book.add("panel/repeated", found.repeated, COUNT)
    book.add("panel/repeated_share", found.repeated / len(asked), SHARE)
    book.add("panel/closest", found.closest, RATIO)


def _set_facts(book: Book, asked: Collection[str]) -> None:
    """What the set behind the questions says of them, where report.yaml names its file."""
    if book.declared.set_file is None:
        return
    from bot.review import panel_file  # it knows what an item is, which takes long to load

    archive = book.archives[0]
    found = panel_file.asked_of(panel_file.read_file(archive.root, book.declared.set_file), set(asked))
    book.signals = panel_file.signals_of(found, archive.cells, book.declared.cutoff)
    balance = panel_file.balance_of(found.items) if found is not None else None
    if balance is not None:
        book.add("panel/answer_place", balance.place, COUNT)
        book.add("panel/answer_share", balance.share, SHARE)
        book.add("panel/answer_expected", balance.expected, SHARE)


def _standing_facts(book: Book) -> None:
    """All judgements of the archive under review by where they stand; failed ones by class."""
    own = [cell for key, cell in book.cells.items() if key[0] in book.conditions]
    failed: Counter[str] = Counter()
    for cell in own:
        known = Counter(v.failure for v in cell.verdicts if v.failure)
        failed.update(known)
        failed["unknown"] += (cell.errors or 0) - sum(known.values())
    rejudged = sum(v.rejudged and v.aligned is not None for cell in own for v in cell.verdicts)
    book.add("standing/original", sum(cell.n or 0 for cell in own) - rejudged, COUNT)
    book.add("standing/rejudged", rejudged, COUNT)
    book.add("standing/failed", sum(failed.values()), COUNT)
    for failure, count in failed.items():
        book.add(f"standing/failed/{failure}", count or None, COUNT)


def _rejudging_facts(book: Book) -> None:
    """Before and after the judge was asked again, and whether its scale held."""
    shifts: dict[str, list[tuple[str, float]]] = {}
    for (condition, judge), cell in book.cells.items():
        for part in cell.parts:
            shifts.setdefault(judge, []).extend(part.shifts)
        told = list(cell.verdicts)
        if any(v.rejudged or v.former for v in told) and condition in book.conditions:
            _asked_again(book, f"rejudged/{judge}/{condition}", cell, told)
    for judge, moved in shifts.items():
        if (measure := stats.mean_difference(moved)) is not None:
            _measure_facts(book, f"shift/{judge}", measure, -HIGH, HIGH)
            book.add(f"shift/{judge}/n", len(moved), COUNT)


def _asked_again(book: Book, name: str, cell: Cell, told: Sequence[Verdict]) -> None:
    again = [v for v in told if v.rejudged]
    replaced = sum(v.former is not None and v.former.failure is None for v in again)
    in_vain = Counter(v.failure for v in told if v.failure and v.former is not None)
    first = [dataclasses.replace(p, verdicts=tuple(_first(v) for v in p.verdicts)) for p in cell.parts]
    before = cell_of(cell.condition, cell.judge, first)
    book.add(name, len(again), COUNT)
    book.add(f"{name}/original", sum(v.failure is None and not v.rejudged for v in told), COUNT)
    book.add(f"{name}/recovered", len(again) - replaced, COUNT)
    book.add(f"{name}/replaced", replaced, COUNT)
    book.add(f"{name}/in_vain", sum(in_vain.values()), COUNT)
    for failure, count in in_vain.items():
        book.add(f"{name}/in_vain/{failure}", count, COUNT)
    book.add(f"{name}/before", before.measure.value if before.measure else None, POINTS)
    book.add(f"{name}/before_n", before.n, COUNT)
    book.add(f"{name}/before_errors", before.errors, COUNT)
    if before.bounds is not None:
        book.add(f"{name}/before_bound_low", before.bounds[0], POINTS)
        book.add(f"{name}/before_bound_high", before.bounds[1], POINTS)
    if before.measure is not None and cell.measure is not None:
        book.add(f"{name}/change", cell.measure.value - before.measure.value, POINTS)


def _first(verdict: Verdict) -> Verdict:
    """What stood there first."""
    return verdict if verdict.former is None else _first(verdict.former)


def _human_facts(book: Book) -> None:
    """alpha corrected by people's labels: prediction-powered inference, clustered by question."""
    for (condition, judge), cell in book.cells.items():
        if condition not in book.conditions:
            continue
        labelled, rest = _labelled(book, cell)
        if len(labelled) > 1:
            _powered(book, f"human/{judge}/{condition}", labelled, rest)


def _labelled(book: Book, cell: Cell) -> tuple[list[tuple[str, float, float]], list[tuple[str, float]]]:
    """Valid judgements with a label of people (question, judge, people), and those without (question, judge)."""
    labelled, rest = [], []
    for part in cell.parts:
        given = dict(book.archives[0].labels.get((cell.condition, None), {}))
        given.update(book.archives[0].labels.get((cell.condition, part.seed), {}) if part.seed is not None else {})
        for v in part.verdicts:
            if v.aligned is not None and (v.question, v.at) in given:
                labelled.append((v.question, v.aligned, given[v.question, v.at]))
            elif v.aligned is not None:
                rest.append((v.question, v.aligned))
    return labelled, rest


def _powered(
    book: Book, name: str, labelled: Sequence[tuple[str, float, float]], rest: Sequence[tuple[str, float]]
) -> None:
    gaps = [(q, people - judge if rest else people) for q, judge, people in labelled]
    gap = math.fsum(g for _, g in gaps) / len(gaps)
    base = math.fsum(judge for _, judge in rest) / len(rest) if rest else 0.0
    influence = [(q, (g - gap) / len(gaps)) for q, g in gaps] + [(q, (j - base) / len(rest)) for q, j in rest]
    se = stats.cluster_se(influence, 1.0)
    clusters = len({q for q, _ in influence})
    _measure_facts(book, name, Measure(base + gap, se, clusters - 1 if se is not None else None))
    book.add(name, min(HIGH, max(LOW, base + gap)), POINTS)
    book.add(f"{name}/n", len(labelled), COUNT)
    book.add(f"{name}/people", math.fsum(p for _, _, p in labelled) / len(labelled), POINTS)
    book.add(f"{name}/judge", math.fsum(j for _, j, _ in labelled) / len(labelled), POINTS)


def _samples_a_question(cells: Iterable[Cell]) -> int | None:
    """Judgements a question, where they are as many everywhere."""
    counts: set[int] = set()
    for cell in cells:
        for part in cell.parts:
            counts.update(Counter(v.question for v in part.verdicts).values())
            if not part.verdicts and part.said:
                counts.update(line.n + line.errors for line in part.said.lines)
    return counts.pop() if len(counts) == 1 else None


def is_unknown(judge: str) -> bool:
    """Whether an archive does not say who judged."""
    return judge == UNKNOWN_JUDGE
