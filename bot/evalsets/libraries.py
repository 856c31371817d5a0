"""The libraries that only an audit needs, imported when it starts, and a plain word where they are missing."""

from __future__ import annotations

import importlib
from typing import Any

from bot.errors import EvalSetError

EXTRA = "evalsets"


def library(name: str) -> Any:
    """The module `name`; raises EvalSetError that names the extra to install where it is missing."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise EvalSetError(
            f"the library {name.partition('.')[0]} is not installed, and auditing an eval set needs it",
            fix=f"pip install 'recount[{EXTRA}]'",
        ) from error
