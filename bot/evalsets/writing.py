"""A set to a file: the header with its digest, then one line an item."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bot.evalsets.items import Header, Item
from bot.evalsets.reading import digest_of


def written(header: Header, items: Sequence[Item]) -> bytes:
    """The bytes of a set: `header` with the digest and count of these items, and the items with its canary."""
    stamped = [item.model_copy(update={"canary": header.canary}) for item in items]
    body = "".join(line_of(item) for item in stamped).encode()
    told = header.model_copy(update={"digest": digest_of(body), "items": len(items)})
    first = json.dumps({"kind": "header", **told.model_dump(mode="json", exclude_none=True)}, ensure_ascii=False)
    return first.encode() + b"\n" + body


def line_of(item: Item) -> str:
    """An item's line: kind and id first, what is not given left out."""
    values = item.model_dump(mode="json", exclude_defaults=True)
    return one_line({"kind": item.kind, "id": item.id, **values})


def one_line(value: Any) -> str:
    """A JSON line."""
    return json.dumps(value, ensure_ascii=False) + "\n"


def write_set(path: Path, header: Header, items: Sequence[Item]) -> Path:
    """Write the set whole or not at all; OSError where the folder cannot be written."""
    return write_whole(path, written(header, items))


def write_lines(path: Path, values: Iterable[Any]) -> Path:
    """Write JSON lines whole or not at all."""
    return write_whole(path, "".join(map(one_line, values)).encode())


def write_whole(path: Path, content: bytes) -> Path:
    """Write beside `path` first and then take its place: a reader sees the old file or all of the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path
