"""`recount score --json`: one object with every fact, for checks and other programs."""

from __future__ import annotations

import msgspec

from bot.archives.records import AlignmentArchive
from bot.reports.bundle import fact_object
from bot.scoring.alignment import AlignmentTables
from bot.scoring.facts import Facts


def score_json(archive: AlignmentArchive, tables: AlignmentTables, facts: Facts) -> str:
    """The object that docs/commands.md describes, full precision in `value`."""
    document = {
        "kind": "alignment",
        "facts": {name: fact_object(fact) for name, fact in facts.items()},
        "gates": [
            {"name": g.name, "limit": g.limit, "value": g.value, "passed": g.passed, "where": g.where}
            for g in tables.gates
        ],
        "predictions": [{"id": o.prediction.id, "outcome": o.outcome, "why": o.why} for o in tables.outcomes],
        "confidence": {
            "grade": tables.confidence.grade,
            "direction": tables.confidence.direction,
            "magnitude": tables.confidence.magnitude,
            "deductions": [
                {"domain": d.domain, "points": d.points, "why": d.why, "lift": d.lift, "value": d.number}
                for d in tables.confidence.deductions
            ],
        },
        "flags": [{"kind": f.kind, "where": f.where, "evidence": f.evidence} for f in tables.flags],
        "unreadable": [{"path": u.path, "reason": u.reason} for u in archive.unreadable],
        "ignored": list(archive.ignored),
    }
    return msgspec.json.encode(document).decode()
