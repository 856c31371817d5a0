"""Facts about where judgements come from: original, re-judged or still failed, the scale, people's labels."""

from __future__ import annotations

from collections.abc import Sequence

from bot.scoring.alignment import AlignmentTables
from bot.scoring.alignment_facts import Book, interval_facts, origins_of
from bot.scoring.alpha import HIGH, LOW
from bot.scoring.facts import Origin
from bot.scoring.human import Corrected
from bot.scoring.rejudging import Rejudged, Shift

POWERED = "mean of the judge over unlabelled samples + mean of (people − judge) over labelled ones (arXiv 2301.09633)"


def rejudging_facts(book: Book, tables: AlignmentTables) -> None:
    """All of them."""
    standing_facts(book, tables)
    for rejudged in tables.rejudged:
        rejudged_facts(book, rejudged)
    for shift in tables.shifts:
        shift_facts(book, shift)
    for corrected in tables.corrected:
        human_facts(book, corrected)


def standing_facts(book: Book, tables: AlignmentTables) -> None:
    """Totals over the archive, which every report states."""
    everyone = [origin for alpha in tables.alphas for origin in origins_of(alpha)]
    standing = tables.standing
    book.count("standing/original", standing.original, "valid judgements as they were first given", everyone)
    book.count(
        "standing/rejudged", standing.rejudged, "valid judgements given when the judge was asked again", everyone
    )
    failed = sum(number for _, number in standing.failed)
    book.count("standing/failed", failed, "judgements that failed and still do", everyone)
    for failure, number in standing.failed:
        book.count(f"standing/failed/{failure}", number, f"judgements that failed, of class {failure}", everyone)


def rejudged_facts(book: Book, found: Rejudged) -> None:
    """One condition and judge, before and after."""
    name = f"rejudged/{found.after.judge}/{found.after.condition}"
    now, then = both_origins(found)
    book.count(name, found.rejudged, "judgements that stand as given when the judge was asked again", now)
    book.count(f"{name}/original", found.original, "valid judgements as they were first given", now)
    book.count(f"{name}/recovered", found.recovered, "judgements that had failed and are valid now", now)
    book.count(f"{name}/replaced", found.replaced, "judgements that were valid and were given again", now)
    in_vain = sum(number for _, number in found.in_vain)
    book.count(f"{name}/in_vain", in_vain, "judgements that were asked again and still failed", now)
    for failure, number in found.in_vain:
        book.count(f"{name}/in_vain/{failure}", number, f"asked again, failed as {failure}", now)
    book.points(
        f"{name}/before", found.before.value, "alpha over the judgements as the archive's files have them", then
    )
    book.count(f"{name}/before_n", found.before.n, "valid judgements in the archive's files", then)
    book.count(f"{name}/before_errors", found.before.errors, "failed judgements in the archive's files", then)
    if found.before.bounds is not None:
        low, high = found.before.bounds
        book.points(f"{name}/before_bound_low", low, "before, failed judgements all scored 0", then)
        book.points(f"{name}/before_bound_high", high, "before, failed judgements all scored 100", then)
    if found.change is not None:
        book.points(f"{name}/change", found.change, "alpha after − alpha before", now)


def both_origins(found: Rejudged) -> tuple[Sequence[Origin], Sequence[Origin]]:
    """Where the numbers after and before start from: before, no journal is read."""
    then = [Origin(cell.source, cell.pointer) for cell in found.after.cells]
    return origins_of(found.after), then


def shift_facts(book: Book, shift: Shift) -> None:
    """Whether a judge asked again scores on the same scale."""
    origins = [Origin(cell.journal, "") for cell in shift.cells if cell.journal is not None]
    origins += [Origin(cell.source, cell.pointer) for cell in shift.cells]
    name = f"shift/{shift.judge}"
    book.points(name, shift.estimate.value, "mean of (asked again − original) over valid judgements", origins)
    book.count(f"{name}/n", shift.n, "valid judgements that were asked again", origins)
    interval_facts(book, name, shift.estimate, origins, "clustered by question", -HIGH, HIGH)


def human_facts(book: Book, found: Corrected) -> None:
    """alpha corrected by people's labels, beside the judge's."""
    alpha = found.alpha
    labels = [Origin(cell.labelled_in, "") for cell in alpha.cells if cell.labelled_in is not None]
    origins = [*origins_of(alpha), *labels]
    name = f"human/{alpha.judge}/{alpha.condition}"
    book.points(name, min(HIGH, max(LOW, found.estimate.value)), POWERED, origins)
    interval_facts(book, name, found.estimate, origins, "clustered by question over both parts", LOW, HIGH)
    book.count(f"{name}/n", found.labelled, "samples with people's label and the judge's score", origins)
    book.points(f"{name}/people", found.people, "mean of people's labels", labels)
    book.points(f"{name}/judge", found.judge, "mean of the judge's scores on the same samples", origins)
