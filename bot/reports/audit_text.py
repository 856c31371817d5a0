"""`recount audit` on a terminal: the ranking, the fairness audit and every flag, readable without a browser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.reports.sanitising import visible

if TYPE_CHECKING:
    from bot.archives.records import Flag
    from bot.scoring.facts import Facts
    from bot.scoring.sweep import SweepTables
    from bot.scoring.sweep_audit import Audit, Variance
    from bot.scoring.sweep_gates import SweepGate
    from bot.scoring.sweep_predictions import SweepOutcome

STYLES = {"passed": "green", "failed": "bold red", "not recorded": "yellow"}
PLAIN_WIDTH = 160


def print_audit(
    tables: SweepTables, facts: Facts, flags: Sequence[Flag], audits: Sequence[Audit], variances: Sequence[Variance],
    gates: Sequence[SweepGate] = (), outcomes: Sequence[SweepOutcome] = (), *, brief: bool = False,
) -> None:  # fmt: skip
    """Print it all; `brief` leaves the flags and the variance split out."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PLAIN_WIDTH)
    archive = tables.archive
    due = tables.expected
    shape = f"{len(tables.models)} models × {due.tasks} tasks × {due.runs} runs"
    how = "declared" if due.declared else "inferred"
    console.print(safe(f"{archive.name}, tag {archive.tag}: {shape} ({how})"))
    console.print(ranking(tables, facts))
    console.print(fairness_table(audits))
    for gate in gates:
        if not gate.passed:
            console.print(safe(f"gate {gate.name} on {gate.where}: BREACHED"), style="bold red")
    for outcome in outcomes:
        console.print(safe(f"prediction {outcome.prediction.id}: {outcome.outcome} ({outcome.why})"))
    if not brief:
        console.print(flag_table(flags))
        console.print(variance_table(variances, facts))
    for path, reason in archive.unreadable:
        console.print(safe(f"could not be read: {path}: {reason}"), style="yellow")


def safe(text: str) -> Text:
    """Untrusted text: no markup, no control character steers the terminal."""
    return Text(visible(text))


def ranking(tables: SweepTables, facts: Facts) -> Table:
    """One line a model."""
    names = (tables.rank_by, "cov_norm", "coverage", "archived", "missing", "judge_failures", "rejudged", "infra_zero")
    table = Table("rank", "model", *names, title="Ranking")
    for model in tables.models:
        cells = [facts[f"{name}/{model.model}"].shown for name in names]
        if (half := f"{tables.rank_by}/{model.model}/half") in facts:
            cells[0] += f" ± {facts[half].shown}"
        table.add_row(facts[f"rank/{model.model}"].shown, safe(model.model), *cells)
    return table


def fairness_table(audits: Sequence[Audit]) -> Table:
    """One line an audit."""
    table = Table("fairness audit", "", "computed from", title="Fairness")
    for audit in audits:
        table.add_row(audit.name, Text(audit.status, style=STYLES[audit.status]), safe(audit.evidence))
    return table


def flag_table(flags: Sequence[Flag]) -> Table:
    """Every flag with its evidence."""
    table = Table("flag", "where", "evidence", title=f"Flags ({len(flags)})")
    for flag in flags:
        table.add_row(flag.kind, safe(flag.where), safe(flag.evidence))
    return table


def variance_table(variances: Sequence[Variance], facts: Facts) -> Table:
    """The tasks that cannot separate the models."""
    table = Table("task", "seed", "capability", "ratio", title="Tasks that cannot separate the models (ratio below 1)")
    for variance in variances:
        if variance.ratio is not None and variance.ratio < 1:
            name = f"variance/{variance.task}"
            table.add_row(
                safe(variance.task), *(facts[f"{name}/{part}"].shown for part in ("seed", "capability", "ratio"))
            )
    return table
