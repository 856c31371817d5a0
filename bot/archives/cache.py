"""A small store of what was read before, in the user's cache folder: bytes under names, in one SQLite file.

It is safe to delete at any time, and never worth an error: a store that is damaged is made anew, one that is locked or
cannot be written is done without. Every entry carries a checksum, so damage is never taken for content.
"""

from __future__ import annotations

import contextlib
import os
import time
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")

MOST_PACKS = 32
PATIENCE = 2.0
FILE_NAME = "rows-1.sqlite"

# Faults that lie with the moment or the machine; every other one lies in the file.
_PASSING = tuple(
    f"SQLITE_{name}"
    for name in ("BUSY", "CANTOPEN", "FULL", "INTERRUPT", "IOERR", "LOCKED", "NOMEM", "PERM", "PROTOCOL", "READONLY")
)
_TABLES = (
    "CREATE TABLE IF NOT EXISTS packs "
    "(name TEXT PRIMARY KEY, used REAL NOT NULL, checksum INTEGER NOT NULL, data BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS aliases (alias TEXT PRIMARY KEY, name TEXT NOT NULL)",
)
_FIND = "SELECT checksum, data FROM packs WHERE name = ?"
_FIND_BY_ALIAS = "SELECT checksum, data FROM packs WHERE name = (SELECT name FROM aliases WHERE alias = ?)"
_FORGET = "DELETE FROM packs WHERE name NOT IN (SELECT name FROM packs ORDER BY used DESC LIMIT ?)"
_FORGET_ALIASES = "DELETE FROM aliases WHERE name NOT IN (SELECT name FROM packs)"


def cache_folder() -> Path:
    """`recount` in XDG_CACHE_HOME, or in `~/.cache` where that is not set to an absolute path."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(given) if given.startswith("/") else Path(os.path.expanduser("~")) / ".cache"  # noqa: PTH111
    return base / "recount"


class Cache:
    """The store in `folder`, by default the user's. No method raises for a store that does not work."""

    def __init__(self, folder: Path | None = None) -> None:
        self.path = (folder or cache_folder()) / FILE_NAME

    def find(self, name: str) -> bytes | None:
        """What was put under `name`, or under it as an alias; None where nothing sound is there."""
        return self._attempt(lambda store: _find(store, name)) if self.path.is_file() else None

    def put(self, name: str, data: bytes, aliases: Iterable[str] = ()) -> None:
        """Keep `data` under `name` in place of what was there; the longest unused of many packs are forgotten."""
        stored = self._attempt(lambda store: _put(store, name, data, aliases))
        if stored is None and not self.path.exists():
            self._attempt(lambda store: _put(store, name, data, aliases))

    def _attempt(self, action: Callable[[sqlite3.Connection], T]) -> T | None:
        """What `action` gives; None where the store does not work. A damaged one is removed."""
        import sqlite3

        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with contextlib.closing(sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)) as store:
                # Losing the last entry with the power is fine here; waiting for the disk is not.
                store.execute("PRAGMA synchronous = OFF")
                for table in _TABLES:
                    store.execute(table)
                return action(store)
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorname", "").startswith(_PASSING):
                return None
        except UnicodeDecodeError:
            # SQLite quotes from the damaged file in what it says of it.
            pass
        except OSError:
            return None
        self._discard()
        return None

    def _discard(self) -> None:
        for path in (self.path, Path(f"{self.path}-journal")):
            with contextlib.suppress(OSError):
                path.unlink()


def _find(store: sqlite3.Connection, name: str) -> bytes | None:
    for statement in (_FIND, _FIND_BY_ALIAS):
        found = store.execute(statement, (name,)).fetchone()
        if found and isinstance(found[1], bytes) and zlib.crc32(found[1]) == found[0]:
            return found[1]
    return None


def _put(store: sqlite3.Connection, name: str, data: bytes, aliases: Iterable[str]) -> bool:
    store.execute("BEGIN IMMEDIATE")
    store.execute("INSERT OR REPLACE INTO packs VALUES (?, ?, ?, ?)", (name, time.time(), zlib.crc32(data), data))
    store.executemany("INSERT OR REPLACE INTO aliases VALUES (?, ?)", [(alias, name) for alias in aliases])
    store.execute(_FORGET, (MOST_PACKS,))
    store.execute(_FORGET_ALIASES)
    store.execute("COMMIT")
    return True
