"""`recount setup`: the workflows, the issue template and a first configuration, written into a repository."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from bot import __version__
from bot.errors import RecountError

_PACKAGE = Path(__file__).resolve().parent.parent
ACTION = f"recount-bot/recount@v{__version__}"
ACTION_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}@[A-Za-z0-9][A-Za-z0-9._/-]{0,99}")
FILES = {
    "workflows/report.yml": ".github/workflows/report.yml",
    "workflows/results-pushed.yml": ".github/workflows/results-pushed.yml",
    "workflows/board.yml": ".github/workflows/board.yml",
    "ISSUE_TEMPLATE/experiment.yml": ".github/ISSUE_TEMPLATE/experiment.yml",
}
CONFIGURATION = """\
# What Recount may do in this repository; docs/github.md has every key. All of it may be left out.

# The most that one command may spend on judges.
limits: {max_calls: 2000, max_cost: 20.0}

# The board, where there is one; cards move only with the secret PROJECT_TOKEN.
# project: {owner: your-organization, number: 1, kind: organization}

# The experiment's own issue becomes the clean result, instead of a second one.
# in_place: true
"""
SAMPLE = """\
# Copy this file to eval_results/issue-<N>/report.yaml and commit it to the default branch before the run.
# `recount init ARCHIVE` writes a fuller one from what an archive holds; docs/report-yaml.md has every key.
issue: 1
question: "What was to be found out?"

# predictions:
#   - {id: H1, text: "The claim.", operator: "<", value: 50}
# gates: {judge_gap_max: 5}
"""
REMAINS = (
    "Commit these files to the default branch: commands are read there.",
    "Settings → Actions → General → Workflow permissions: nothing to change; each job names its own.",
    "Secret ANTHROPIC_API_KEY: only if judges are to be asked again where they failed.",
    "Secret PROJECT_TOKEN: only if cards are to move; a token that may write to the project.",
    "A branch report-figures is made by the first report; let the bot push to it if branches are protected.",
)


def shipped_folder() -> Path:
    """Where the workflows lie: inside an installed package, or in a checkout's own `.github`."""
    for folder in (_PACKAGE / "shipped", _PACKAGE.parent / ".github"):
        if (folder / "workflows" / "report.yml").is_file():
            return folder
    raise RecountError("the workflows are missing", where=str(_PACKAGE), fix="install Recount again")


def set_up(repository: Path, action: str, *, force: bool, say: Callable[[str], None]) -> tuple[str, ...]:
    """Write what is missing into `repository`; the steps that remain. What is there with other text is an error."""
    if not repository.is_dir():
        raise RecountError("there is no such folder", where=str(repository), fix="name the repository's checkout")
    if not ACTION_FORM.fullmatch(action):
        raise RecountError(f"{action!r} is no action", where="--action", fix="write it as OWNER/NAME@COMMIT")
    texts = files_for(action)
    other = [name for name, text in texts.items() if differs(repository / name, text)]
    if other and not force:
        raise RecountError(f"there are files with other text: {', '.join(other)}", where=str(repository),
                           fix="use --force to replace them")  # fmt: skip
    for name, text in texts.items():
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        say(f"wrote {path}")
    return REMAINS


def files_for(action: str) -> dict[str, str]:
    """Every file by its path in the repository; workflows use `action`."""
    folder = shipped_folder()
    texts = {place: (folder / name).read_text(encoding="utf-8") for name, place in FILES.items()}
    texts = {place: text.replace("uses: ./\n", f"uses: {action}\n") for place, text in texts.items()}
    return texts | {".github/recount.yaml": CONFIGURATION, "eval_results/report.sample.yaml": SAMPLE}


def differs(path: Path, text: str) -> bool:
    """Whether something else is there."""
    return path.exists() and path.read_text(encoding="utf-8", errors="replace") != text
