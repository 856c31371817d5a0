"""`recount score --json`: one object with every fact, for checks and other programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from bot.reports.fact_object import fact_object

if TYPE_CHECKING:
    from bot.archives.records import AlignmentArchive, Flag
    from bot.archives.sweep_records import SweepArchive
    from bot.scoring.alignment import AlignmentTables
    from bot.scoring.facts import Facts
    from bot.scoring.gates import GateResult
    from bot.scoring.grading import Confidence
    from bot.scoring.predictions import Outcome
    from bot.scoring.sweep_audit import Audit
    from bot.scoring.sweep_gates import SweepGate
    from bot.scoring.sweep_predictions import SweepOutcome


def score_json(archive: AlignmentArchive, tables: AlignmentTables, facts: Facts) -> str:
    """The object that docs/commands.md describes, full precision in `value`."""
    document: dict[str, object] = {
        "kind": "alignment",
        "facts": {name: fact_object(fact) for name, fact in facts.items()},
        "gates": gate_objects(tables.gates),
        "predictions": outcome_objects(tables.outcomes),
        "confidence": confidence_object(tables.confidence),
        "flags": [{"kind": f.kind, "where": f.where, "evidence": f.evidence} for f in tables.flags],
        "unreadable": [{"path": u.path, "reason": u.reason} for u in archive.unreadable],
        "ignored": list(archive.ignored),
    }
    return msgspec.json.encode(document).decode()


def sweep_json(
    archive: SweepArchive, facts: Facts, flags: Sequence[Flag], audits: Sequence[Audit], confidence: Confidence,
    gates: Sequence[SweepGate] = (), outcomes: Sequence[SweepOutcome] = (),
) -> str:  # fmt: skip
    """The same object for a sweep, with its fairness audit."""
    document: dict[str, object] = {
        "kind": "sweep",
        "tag": archive.tag,
        "facts": {name: fact_object(fact) for name, fact in facts.items()},
        "gates": gate_objects(gates),
        "predictions": outcome_objects(outcomes),
        "confidence": confidence_object(confidence),
        "fairness": [{"name": a.name, "status": a.status, "evidence": a.evidence} for a in audits],
        "flags": [{"kind": f.kind, "where": f.where, "evidence": f.evidence} for f in flags],
        "unreadable": [{"path": u.path, "reason": u.reason} for u in archive.unreadable],
        "ignored": list(archive.ignored),
    }
    return msgspec.json.encode(document).decode()


def gate_objects(gates: Sequence[GateResult] | Sequence[SweepGate]) -> list[dict[str, object]]:
    """Each gate on each place."""
    return [{"name": g.name, "limit": g.limit, "value": g.value, "passed": g.passed, "where": g.where} for g in gates]


def outcome_objects(outcomes: Sequence[Outcome] | Sequence[SweepOutcome]) -> list[dict[str, object]]:
    """Each prediction with what came of it."""
    return [{"id": o.prediction.id, "outcome": o.outcome, "why": o.why} for o in outcomes]


def confidence_object(confidence: Confidence) -> dict[str, object]:
    """The grade with its deductions."""
    return {
        "grade": confidence.grade,
        "direction": confidence.direction,
        "magnitude": confidence.magnitude,
        "deductions": [
            {"domain": d.domain, "points": d.points, "why": d.why, "lift": d.lift, "value": d.number}
            for d in confidence.deductions
        ],
    }
