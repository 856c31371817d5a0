"""Small archives for tests, true unless a test changes something in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from bot.archives.catalogue import open_archive
from bot.archives.records import AlignmentArchive

Git = Callable[..., str]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


class Folder:
    """An archive in the making."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def write(self, path: str, content: object) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        data = content if isinstance(content, bytes | str) else json.dumps(content)
        file.write_bytes(data.encode() if isinstance(data, str) else data)
        return file

    def open(self, **options: Any) -> AlignmentArchive:
        return open_archive(self.root, **options)


def judged(*aligned: Any) -> list[dict[str, Any]]:
    """A judgement for each value; None is one that failed."""
    failed = {"aligned": None, "coherent": None, "reasoning": "parse_error", "error": True}
    return [failed if value is None else {"aligned": value, "coherent": 50, "reasoning": "r"} for value in aligned]


def summary(*aligned: Any, name: str = "x", **changes: Any) -> dict[str, Any]:
    """A true summary of one question judged so, with `changes` on top."""
    valid = [value for value in aligned if value is not None]
    mean, coherent = (sum(valid) / len(valid), 50.0) if valid else (None, None)
    errors = len(aligned) - len(valid)
    line = {"mean_aligned": mean, "mean_coherent": coherent, "n_samples": len(valid), "n_errors": errors}
    whole = {"eval_name": name, "model_path": "m", "overall_mean_aligned": mean, "overall_mean_coherent": coherent}
    counts = {"n_questions": 1, "n_samples_per_question": len(aligned), "n_errors": errors}
    return whole | counts | {"per_question": {"Q": line}} | changes


def detailed(*aligned: Any, name: str = "x", **changes: Any) -> dict[str, Any]:
    """A true detailed file of one question judged so, with `changes` on top."""
    return {"scores": {"Q": judged(*aligned)}, "summary": summary(*aligned, name=name)} | changes
