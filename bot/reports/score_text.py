"""`recount score` for a person: the headline numbers on a terminal, without Markdown."""

from __future__ import annotations

from bot.archives.records import AlignmentArchive
from bot.experiment import Experiment
from bot.reports.sanitising import visible
from bot.scoring.alignment import AlignmentTables
from bot.scoring.facts import Facts


def score_text(archive: AlignmentArchive, tables: AlignmentTables, facts: Facts, experiment: Experiment) -> str:
    """A line a cell, then gaps, gates, predictions, confidence, and what could not be read."""
    size = f"{counted(len(tables.conditions), 'condition')}, {counted(len(tables.judges), 'judge')}"
    lines = [f"{archive.name}: {size}", ""]
    lines += cell_lines(tables, facts, experiment)
    lines += [f"gap {g.condition}: {facts[f'gap/{g.condition}'].shown}" for g in tables.gaps]
    lines += [f"gate {g.name} on {g.where}: {'passed' if g.passed else 'BREACHED'}" for g in tables.gates]
    lines += [f"prediction {o.prediction.id}: {o.outcome} ({o.why})" for o in tables.outcomes]
    why = "; ".join(f"{d.why} −{d.points}" for d in tables.confidence.deductions)
    lines += [f"confidence: {tables.confidence.grade}" + (f" ({why})" if why else "")]
    lines += [f"flag {f.kind} at {f.where}: {f.evidence}" for f in tables.flags]
    lines += [f"could not be read: {u.path}: {u.reason}" for u in archive.unreadable]
    return "\n".join(visible(line).replace("\n", " ") for line in lines)


def counted(number: int, what: str) -> str:
    """1 judge, 2 judges."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def cell_lines(tables: AlignmentTables, facts: Facts, experiment: Experiment) -> list[str]:
    """One line a condition and judge, aligned for the eye."""
    names = {c: (d.label or c) for c, d in experiment.conditions.items()}
    width = max((len(names.get(c, c)) for c in tables.conditions), default=0)
    judge_width = max((len(j) for j in tables.judges), default=0)
    lines = []
    for alpha in tables.alphas:
        name = f"alpha/{alpha.judge}/{alpha.condition}"
        half = f" ± {facts[f'{name}/half'].shown}" if f"{name}/half" in facts else ""
        errors = (
            f"{facts[f'{name}/errors'].shown} of {facts[f'{name}/judgements'].shown} failed"
            if f"{name}/judgements" in facts
            else ""
        )
        label = names.get(alpha.condition, alpha.condition)
        lines.append(f"{label:<{width}}  {alpha.judge:<{judge_width}}  {facts[name].shown:>6}{half:<9}  {errors}")
    return [*lines, ""]
