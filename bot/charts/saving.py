"""Figures to files: three formats, the same bytes on any day, never a half-written file."""

from __future__ import annotations

import os
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from bot.charts.style import DPI, figure_style

NO_METADATA: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Producer": None, "Creator": None},
    "svg": {"Date": None, "Creator": None},
}
MOST_PIXELS = 60_000
"""The raster canvas ends at 65,536 pixels a side; a taller figure is drawn at a lower resolution."""


def save(figure: Figure, stem: Path) -> list[Path]:
    """Write `figure` beside `stem` as .png (300 dpi), .pdf and .svg; answers with the paths in this order.

    The bytes depend on the figure and the versions of matplotlib and its font alone. OSError where the folder cannot
    be written; then each file is either the old one or whole.
    """
    stem.parent.mkdir(parents=True, exist_ok=True)
    return [write_whole(stem.with_name(f"{stem.name}.{kind}"), rendered(figure, kind)) for kind in NO_METADATA]


def rendered(figure: Figure, kind: str) -> bytes:
    """The bytes of `figure` as "png", "pdf" or "svg"."""
    buffer = BytesIO()
    with figure_style():
        figure.savefig(
            buffer, format=kind, dpi=min(DPI, MOST_PIXELS / max(figure.get_size_inches())), metadata=NO_METADATA[kind]
        )
    return buffer.getvalue()


def write_whole(path: Path, content: bytes) -> Path:
    """Write beside `path` first and then take its place, so that a reader sees the old file or all of the new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path
