"""Whether the present declarations were there before the results: by the ancestry of their commits, else by a tracker's
record of when the text of an issue that declares the same was last edited.

What is compared is what predictions rest on (gates, predictions, references, groups), not the file's bytes, so that a
mended title changes nothing. Where neither proves an order it is *not provable*. Of clocks only the tracker's is
trusted; an author's can make results look younger than they are, and the report says that it was relied on.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from bot.archives.repository import ask
from bot.errors import ExperimentError
from bot.experiment import FILE_NAME, Experiment, parse


class DeclaredWhen(NamedTuple):
    """Before the results, after, or not provable, and why; the commits that brought either, None where not known."""

    order: Literal["before", "after", "not provable"]
    why: str
    declared: str | None = None
    results: str | None = None


class Recorded(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a tracker vouches for: the text of `issue` declares what `digest` stands for, unedited since `since`."""

    issue: int
    digest: str
    since: str


class Commit(NamedTuple):
    """A commit: its parents, and when its author and its committer say it was made (seconds)."""

    id: str
    parents: tuple[str, ...]
    authored: int
    committed: int


def declared_when(
    root: Path, experiment: Experiment, results: Mapping[str, str | None], recorded: Recorded | None = None
) -> DeclaredWhen | None:
    """When what `experiment` declares came, against the results of the archive in `root`.

    `results` maps the path of each result file, as sources give it, to the commit that holds these very bytes (None:
    none does). None where nothing is declared, or there are no results.
    """
    if not (experiment.predictions or experiment.gates.model_fields_set) or not results:
        return None
    if (answer := ask(root, "rev-parse", "--show-prefix")) is None:
        return unknown("the archive lies in no git repository")
    if None in results.values():
        return unknown("some results are not committed as they are")
    prefix = os.fsdecode(answer).removesuffix("\n")
    brought = commits(root, *sorted({path.removeprefix(prefix).split("/")[0] for path in results}))
    declared = declaring(root, experiment)
    by_history = unknown("the results' history does not hold the present declarations")
    if brought and declared is not None:
        by_history = ordered(root, declared, brought)._replace(declared=declared.id, results=brought[-1].id)
    by_record = None if is_cut(root) else recorded_before(experiment, brought, recorded)
    return by_history if by_history.order == "before" or by_record is None else by_record


def recorded_before(
    experiment: Experiment, brought: Sequence[Commit], recorded: Recorded | None
) -> DeclaredWhen | None:
    """What the tracker's record proves: the same stood on the issue before the first commit of results was made."""
    if recorded is None or not brought or recorded.digest != digest_of(experiment):
        return None
    first = min(brought, key=lambda commit: min(commit.authored, commit.committed))
    if datetime.fromisoformat(recorded.since).timestamp() >= min(first.authored, first.committed):
        return None
    why = (
        f"by the tracker's record, the text of issue #{recorded.issue} declares the same and was not edited since "
        f"{recorded.since}, and every commit that brought results is dated later by its authors"
    )
    return DeclaredWhen("before", why, None, first.id)


def digest_of(experiment: Experiment) -> str:
    """What the outcomes of predictions and gates depend on, as one digest: with the references and groups they name."""
    rules = [rule for p in experiment.predictions for rule in (p, p.falsified_by) if rule is not None]
    named = {rule.reference for rule in rules if rule.reference}
    groups = {p.group for p in experiment.predictions if p.group}
    told = {
        "gates": experiment.gates.model_dump(mode="json"),
        "predictions": [p.model_dump(mode="json", exclude={"text"}) for p in experiment.predictions],
        "references": {k: r.model_dump(mode="json") for k, r in experiment.references.items() if k in named},
        "groups": {k: c.group for k, c in experiment.conditions.items() if c.group in groups},
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def unknown(why: str) -> DeclaredWhen:
    """Not provable, and why."""
    return DeclaredWhen("not provable", why)


def ordered(root: Path, declared: Commit, brought: list[Commit]) -> DeclaredWhen:
    """The order of the declaring commit and of all that brought results."""
    if is_cut(root) and not all(commit.parents for commit in (declared, *brought)):
        return unknown("history is cut off here (a shallow clone)")
    if declared.id in {commit.id for commit in brought}:
        return unknown("declarations and results came with the same commit")
    later, earlier = after(root, declared.id), before(root, declared.id)
    if any(commit.id in earlier for commit in brought):
        return DeclaredWhen("after", "results were there before the present declarations")
    if not all(commit.id in later for commit in brought):
        return unknown("declarations and results came on separate lines of history")
    if declared.authored > min(commit.authored for commit in brought):
        return unknown("history was put into another order: by their authors' dates the results are older")
    return DeclaredWhen("before", "every commit that brought results descends from the one that declared")


def commits(root: Path, *paths: str) -> list[Commit]:
    """The commits that touched these paths below `root`, newest first; no merge that only joins others."""
    answer = ask(root, "log", "--topo-order", "--format=%H|%at|%ct|%P", "--", *(f":(literal){path}" for path in paths))
    lines = (line.split("|") for line in (answer or b"").decode("ascii").splitlines())
    return [Commit(name, tuple(parents.split()), int(made), int(kept)) for name, made, kept, parents in lines]


def declaring(root: Path, experiment: Experiment) -> Commit | None:
    """The oldest of the newest commits of report.yaml that all declare what `experiment` does."""
    found = None
    for commit in commits(root, FILE_NAME):
        if not declares(root, commit.id, experiment):
            break
        found = commit
    return found


def declares(root: Path, commit: str, experiment: Experiment) -> bool:
    """Whether report.yaml of that commit declares the same."""
    data = ask(root, "cat-file", "blob", f"{commit}:./{FILE_NAME}")
    try:
        return data is not None and rests_on(parse(data.decode("utf-8-sig"), FILE_NAME)) == rests_on(experiment)
    except (ExperimentError, UnicodeDecodeError):
        return False


def rests_on(experiment: Experiment) -> tuple[object, ...]:
    """What the outcome of predictions and gates depends on."""
    groups = {name: condition.group for name, condition in experiment.conditions.items() if condition.group}
    return experiment.gates, experiment.predictions, experiment.references, groups


def is_cut(root: Path) -> bool:
    """Whether the repository lacks the older part of its history."""
    return ask(root, "rev-parse", "--is-shallow-repository") == b"true\n"


def after(root: Path, commit: str) -> Collection[str]:
    """Every commit up to what is checked out that descends from `commit`."""
    return listed(ask(root, "rev-list", "--ancestry-path", f"{commit}..HEAD"))


def before(root: Path, commit: str) -> Collection[str]:
    """Every commit that `commit` descends from."""
    return listed(ask(root, "rev-list", f"{commit}^@"))


def listed(answer: bytes | None) -> Collection[str]:
    """Commits, a line each."""
    return set(os.fsdecode(answer or b"").split())
