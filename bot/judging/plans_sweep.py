"""What there is to ask in a sweep: one call a run whose judge failed, with the task's rubric and the run's excerpt."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from bot.archives import files
from bot.archives.decoding import ANYTHING, CannotDecode, decode
from bot.archives.rejudged import api_model
from bot.archives.rejudged_runs import file_of
from bot.archives.sweep_records import Run, SweepArchive, TaskDefinition
from bot.errors import JudgingError
from bot.judging.asks import Ask, Place, Purpose
from bot.judging.excerpts import excerpt, verifier_summary
from bot.judging.failures import gathered, same_model, served
from bot.judging.plans import SHIFT_SEED, Plan, Scope
from bot.judging.prompts import Part, sweep_rubric


class Shown(NamedTuple):
    """What a run's file has for a judge: the digest of its bytes, the verifier's summary, the excerpt."""

    digest: str
    verifier: str
    transcript: str


class CannotAsk(Exception):
    """A run cannot be asked about; its text is the class of `failures.CANNOT`."""


Tasks = Mapping[str, TaskDefinition]


def plan_sweep(archive: SweepArchive, tasks: Tasks, scope: Scope) -> Plan:
    """What to ask in a sweep; `tasks` are its definitions by id. Reads the files of the runs that are asked about.

    Raises JudgingError where an alternate judge's column is asked for: a sweep's runs have one judge.
    """
    if scope.column:
        raise JudgingError(
            "a sweep's runs have one judge each; an alternate judge's folder is made for alignment archives",
            fix="re-judge failures with recount rejudge",
        )
    maker = _Maker(archive, tasks, scope)
    wanted = [run for run in archive.runs if run.enabled and (scope.mode == "all" or run.judge_failed is not None)]
    asks = [ask for run in wanted if (ask := maker.ask(run, scope.mode)) is not None]
    asks += [ask for run in _checked(archive, scope) if (ask := maker.ask(run, "shift")) is not None]
    return Plan(tuple(asks), gathered(maker.refused))


def _checked(archive: SweepArchive, scope: Scope) -> Iterator[Run]:
    """A seeded sample of `scope.shift` runs whose judge gave a score and has not been asked again."""
    valid = [run for run in archive.runs if run.enabled and run.judge_failed is None and not run.rejudged]
    if scope.mode == "all" or not scope.shift:
        return
    chosen = random.Random(SHIFT_SEED).sample(range(len(valid)), min(scope.shift, len(valid)))  # noqa: S311 - repeatable
    yield from (valid[at] for at in sorted(chosen))


class _Maker:
    """Makes the asks of one archive, and keeps count of what cannot be asked."""

    def __init__(self, archive: SweepArchive, tasks: Tasks, scope: Scope) -> None:
        self._archive = archive
        self._tasks = tasks
        self._scope = scope
        self._usual = _usual_model(archive)
        self.refused: list[tuple[str, str, int]] = []

    def ask(self, run: Run, purpose: Purpose) -> Ask | None:
        """The ask about a run; None where it cannot be asked, which is counted if its judge failed."""
        try:
            return self._ask(run, purpose)
        except CannotAsk as reason:
            if run.judge_failed is not None:
                self.refused.append((run.model, str(reason), 1))
            return None

    def _ask(self, run: Run, purpose: Purpose) -> Ask:
        model = self._model(run)
        task = self._tasks.get(run.task)
        if task is None or task.rubric is None:
            raise CannotAsk("no_rubric")
        shown = shown_of(self._archive, run)
        return Ask(
            place=Place(file_of(self._archive, run), "", run.run),
            purpose=purpose,
            model=model,
            own=True,
            rubric=sweep_rubric(task.rubric),
            parts=(
                Part("task", run.task),
                Part("verifier", shown.verifier),
                Part("transcript", shown.transcript),
            ),
            judged=shown.digest,
            failure=run.judge_failed or "",
            where=run.model,
        )

    def _model(self, run: Run) -> str:
        model = api_model(run.judge_model) if run.judge_model else self._usual
        if self._scope.judge is not None and not same_model(model, self._scope.judge):
            raise CannotAsk("other_judge")
        if model is None:
            raise CannotAsk("no_model")
        if not served(model, any_provider=self._scope.any_provider):
            raise CannotAsk("other_provider")
        return model


def _usual_model(archive: SweepArchive) -> str | None:
    """The one model that judged all runs which name theirs; None where that are several, or none."""
    found = Counter(api_model(run.judge_model) for run in archive.runs if run.enabled and run.judge_model)
    return next(iter(found)) if len(found) == 1 else None


def shown_of(archive: SweepArchive, run: Run) -> Shown:
    """What the run's file has for a judge. Raises CannotAsk."""
    try:
        data = files.read(archive.folder / run.place)
        document = decode(data, ANYTHING, _as_is)
    except (files.CannotRead, CannotDecode) as refusal:
        raise CannotAsk("unreadable") from refusal
    transcript = document.get("transcript") if isinstance(document, dict) else None
    messages = transcript.get("messages") if isinstance(transcript, dict) else None
    text = excerpt(messages if isinstance(messages, list) else [])
    if not text.strip():
        raise CannotAsk("no_text")
    return Shown(files.sha256(data), verifier_summary(document.get("completion_result")), text)


def _as_is(value: object) -> Any:
    return value
