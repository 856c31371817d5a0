"""Task definitions of a sweep: the rubric and the passing threshold of each task, from `tasks/tier<K>/*.yaml`.

Slow in comparison with everything else about a sweep, and needed only to judge again or to show a rubric: read late.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bot.archives import files
from bot.archives.records import Unreadable
from bot.archives.sweep_records import TaskDefinition, tier_of

DEFAULT_THRESHOLD = 0.7

_TIER_FOLDER = re.compile(r"tier([0-9]{1,3})")


class Tasks(NamedTuple):
    """Definitions by task id, and the files that give none; paths are relative to the folder of tasks."""

    by_id: dict[str, TaskDefinition]
    unreadable: tuple[Unreadable, ...]


def read_tasks(folder: Path) -> Tasks:
    """Read every `tier<K>/*.yaml` and `*.yml` of `folder`. Raises for no file: what cannot be read is listed."""
    found = Tasks({}, ())
    unreadable: list[Unreadable] = []
    for path in _definitions(folder):
        name = files.printable(path.relative_to(folder).as_posix())
        try:
            task = _task(path, name)
            if task.id in found.by_id:
                raise files.CannotRead(f"defines {task.id} again, after {found.by_id[task.id].path}")
            found.by_id[task.id] = task
        except files.CannotRead as refusal:
            unreadable.append(Unreadable(name, str(refusal)))
    return found._replace(unreadable=tuple(unreadable))


def _definitions(folder: Path) -> Iterator[Path]:
    for tier in sorted(folder.iterdir()):
        if _TIER_FOLDER.fullmatch(tier.name) and tier.is_dir() and not tier.is_symlink():
            yield from sorted(path for path in tier.iterdir() if path.suffix in (".yaml", ".yml"))


def _task(path: Path, name: str) -> TaskDefinition:
    from bot import safe_yaml

    try:
        text = files.read(path, files.MEGABYTE).decode("utf-8")
        value = safe_yaml.read(text).value
    except UnicodeDecodeError:
        raise files.CannotRead("not UTF-8 text") from None
    except safe_yaml.YamlReadError as error:
        raise files.CannotRead(f"line {error.line}: {error.what}") from None
    return _defined(value, path, name)


def _defined(value: Any, path: Path, name: str) -> TaskDefinition:
    if not isinstance(value, dict):
        raise files.CannotRead("no map of keys")
    task = value.get("id")
    if task is None or isinstance(task, dict | list | bool):
        raise files.CannotRead("no id")
    judge = value.get("judge")
    rubric = judge.get("rubric") if isinstance(judge, dict) else None
    threshold = judge.get("passing_threshold") if isinstance(judge, dict) else None
    return TaskDefinition(
        id=str(getattr(task, "text", task)),
        tier=_tier(str(task), path),
        rubric=rubric.strip() or None if isinstance(rubric, str) else None,
        passing_threshold=_threshold(threshold),
        path=name,
    )


def _tier(task: str, path: Path) -> int | None:
    found = _TIER_FOLDER.fullmatch(path.parent.name)
    return tier_of(task) or (int(found[1]) if found else None)


def _threshold(value: object) -> float:
    if value is None:
        return DEFAULT_THRESHOLD
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise files.CannotRead("judge.passing_threshold is no number from 0 to 1")
    return float(value)
