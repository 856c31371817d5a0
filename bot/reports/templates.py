"""Where the templates lie: inside an installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from bot.errors import ReportError

_PACKAGE = Path(__file__).resolve().parent.parent


def template_folder() -> Path:
    """Give the folder of all templates; raises ReportError where the installation lacks them."""
    for folder in (_PACKAGE / "templates", _PACKAGE.parent / "templates"):
        if (folder / "page").is_dir():
            return folder
    raise ReportError("the templates are missing", where=str(_PACKAGE), fix="install Recount again")
