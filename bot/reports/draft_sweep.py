"""What `recount init` writes for a sweep: a commented report.yaml from what is there."""

from __future__ import annotations

from bot.archives.sweep_records import SweepArchive
from bot.reports.draft import quoted

HEAD = """\
# report.yaml: what this sweep was to be, and how its report speaks. Everything is optional; docs/report-yaml.md
# explains every key. `recount validate FOLDER` checks this file.
# issue: 1
# title: The finding in one line.
metric: run_score

"""

TAIL = """\

# panel:
#   public: false     # whether the tasks were public before the models' cutoff

card:
  Model: {}
  Data: {}
  Eval: {}
  Compute: {}
  Environment: {}
"""


def draft_sweep_yaml(archive: SweepArchive) -> str:
    """A report.yaml that reads back without a mistake; what was found stands in it, what was not is commented out."""
    lines = [
        "# How many runs each model was to have: inferred from files and logs, so correct it where some never came.",
        "sweep:",
        f"  tag: {quoted(archive.tag)}",
        f"  tasks: {max(1, len(archive.tasks))}",
        f"  runs: {max(1, archive.runs_per_task)}",
        "  # rank_by: clean_mean",
        "  # exclude: []",
        "",
        "# Model folder to the name that tables print, and to its log where names alone do not tell.",
        "models:",
    ]
    logs = {log.model: log.path.rsplit("/", 1)[-1] for log in archive.logs if log.model}
    for model in archive.models:
        lines += [f"  {quoted(model)}:", f"    label: {quoted(model[:200])}"]
        lines += [f"    # log: {quoted(logs[model])}"] if model in logs else []
    return HEAD + "\n".join(lines) + "\n" + TAIL
