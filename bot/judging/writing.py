"""Putting a file in place at once, so that a crash leaves the old one or the new one, never a half."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def put(path: Path, data: bytes) -> None:
    """Give `path` the content `data`: on disk first, named second, with the rights of what it replaces."""
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        shutil.copymode(path, part)
    part.replace(path)
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Bring a folder's names to disk, so that a new file outlives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
