"""What tests of re-judging share: archives with failed judgements, the stand-in with every request checked, a fake."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import random
import resource
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from bot.archives.catalogue import open_archive
from bot.archives.rejudged import JOURNAL, Line, read_journal
from bot.judging.answers import Reply
from bot.judging.asks import Ask, Place
from bot.judging.client import AnthropicService, BatchInfo, BatchItem, anthropic_service
from bot.judging.job import Manner, Tally, run_job
from bot.judging.patience import Patience
from bot.judging.plans import Plan, Scope, plan_alignment
from bot.judging.prompts import ALIGNMENT, Part
from bot.judging.standin import Behaviour, StandIn
from bot.settings import Settings

MODEL = "claude-sonnet-4-5-20250929"
FAILED = {"aligned": None, "coherent": None, "reasoning": "parse_error", "error": True}
DETAILED = "pair/sonnet/alignment_panel_detailed.json"
QUICK = Patience(first=0.01, longest=0.05, poll=0.02, slowest_poll=0.1, settle=0.3)


# --- archives -------------------------------------------------------------------------------------------------------


def write_archive(
    root: Path, *, questions: int = 3, samples: int = 4, failed: int = 2, model: str | None = MODEL, seed: int = 1,
    text: Callable[[str, int], str | None] = lambda question, index: f"answer {index} to {question}",
) -> Path:  # fmt: skip
    """An alignment archive of one condition and judge in which `failed` judgements failed, scattered by `seed`."""
    rng = random.Random(seed)
    names = [f"Question {number}?" for number in range(questions)]
    lost = set(rng.sample(range(questions * samples), failed))
    scores = {
        name: [
            dict(FAILED)
            if row * samples + index in lost
            else {"aligned": rng.randrange(101), "coherent": rng.randrange(101), "reasoning": "first"}
            for index in range(samples)
        ]
        for row, name in enumerate(names)
    }
    completions = {name: [text(name, index) for index in range(samples)] for name in names}
    summary = summary_of(scores, model)
    write_json(root / DETAILED, {"scores": scores, "completions": completions, "summary": summary})
    write_json(root / DETAILED.replace("detailed", "summary"), summary)
    return root


def summary_of(scores: Mapping[str, Sequence[Mapping[str, Any]]], model: str | None) -> dict[str, Any]:
    """A true summary of these scores."""
    everything = [row for rows in scores.values() for row in rows]
    per_question = {question: _means(rows, "mean_") for question, rows in scores.items()}
    return {
        "eval_name": "panel",
        "model_path": "some/model",
        **({"judge_model": model} if model else {}),
        **_means(everything, "overall_mean_"),
        "n_questions": len(scores),
        "n_samples_per_question": len(next(iter(scores.values()))),
        "per_question": per_question,
    }


def _means(rows: Sequence[Mapping[str, Any]], start: str) -> dict[str, Any]:
    valid = [row for row in rows if not row.get("error")]
    means = {key: sum(row[key] for row in valid) / len(valid) if valid else None for key in ("aligned", "coherent")}
    counts = {"n_samples": len(valid)} if start == "mean_" else {}
    return {f"{start}{key}": mean for key, mean in means.items()} | counts | {"n_errors": len(rows) - len(valid)}


def write_json(path: Path, value: object) -> Path:
    """As the systems that make such archives write them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2), encoding="utf-8")
    return path


def digests(root: Path) -> dict[str, str]:
    """The digest of every file of an archive but for what re-judging puts beside them."""
    found = (path for path in sorted(root.rglob("*")) if path.is_file() and path.name != JOURNAL)
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def journal(root: Path, *kinds: str) -> list[Line]:
    """The lines of an archive's journal, of these kinds or all."""
    path = root / JOURNAL
    lines = read_journal(path.read_bytes()).lines if path.exists() else ()
    return [line for line in lines if not kinds or line.kind in kinds]


# --- asking ---------------------------------------------------------------------------------------------------------


def an_ask(number: int = 0, *, text: str = "an answer", model: str = MODEL, question: str = "Why?") -> Ask:
    """One of many asks."""
    return Ask(
        place=Place("a.json", question, number),
        purpose="failed",
        model=model,
        own=True,
        rubric=ALIGNMENT,
        parts=(Part("question", question), Part("completion", f"{text} {number}")),
        judged="0" * 64,
        failure="error",
        where="sonnet/pair",
    )


def rejudge(root: Path, stand_in: StandIn, scope: Scope | None = None, **manner: Any) -> Tally:
    """Re-judge the archive in `root` by the stand-in."""
    manner.setdefault("patience", QUICK)
    return run_job(root, planner(root), scope or Scope(), lambda: service_at(stand_in.url), Manner(**manner))


def planner(root: Path) -> Callable[[Scope], Plan]:
    """Plans for an alignment archive."""
    return lambda scope: plan_alignment(open_archive(root), scope)


def service_at(url: str) -> AnthropicService:
    """Anthropic's client, pointed at `url`."""
    return anthropic_service(Settings(ANTHROPIC_API_KEY="key", ANTHROPIC_BASE_URL=url))


@contextmanager
def service(**values: Any) -> Iterator[tuple[AnthropicService, StandIn]]:
    """Anthropic's client and the stand-in that it speaks to."""
    with StandIn(behaviour(**values)) as stand_in, closing(service_at(stand_in.url)) as client:
        yield client, stand_in


# --- the stand-in, faithful to the SDK's types ----------------------------------------------------------------------


def behaviour(**values: Any) -> Behaviour:
    """A stand-in that gives itself out as the model asked for, and refuses what the SDK's types do not allow."""
    return Behaviour(**{"named": None, "check": check_request, **values})


def check_request(path: str, body: Mapping[str, Any]) -> None:
    """Raise ValueError for a body that is not as the SDK's own parameter types have it."""
    validators = {"/v1/messages": message_validator, "/v1/messages/batches": batch_validator}
    if path not in validators:
        return
    if problem := next(validators[path]().iter_errors(body), None):
        raise ValueError(f"{list(problem.absolute_path)[:6]}: {problem.message[:300]}")


@cache
def message_validator() -> Any:
    """For the body of a message."""
    from anthropic.types.message_create_params import MessageCreateParamsNonStreaming

    return _validator(MessageCreateParamsNonStreaming)


@cache
def batch_validator() -> Any:
    """For the body of a batch."""
    from anthropic.types.messages.batch_create_params import BatchCreateParams

    return _validator(BatchCreateParams)


def _validator(parameters: Any) -> Any:
    from jsonschema import Draft202012Validator
    from pydantic import TypeAdapter

    schema = TypeAdapter(parameters).json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        if "properties" in part:
            part.setdefault("additionalProperties", False)  # a key that the types lack is a misspelt one
    return Draft202012Validator(schema)


# --- a service in memory --------------------------------------------------------------------------------------------


class FakeService:
    """A service whose every step a test can steer; `script` gives exceptions to raise, by method, in turn."""

    def __init__(self, **script: Iterable[BaseException | None]) -> None:
        self.script = {name: iter(steps) for name, steps in script.items()}
        self.asked: list[Mapping[str, Any]] = []
        self.batches: dict[str, list[Mapping[str, Any]]] = {}
        self.outcomes: Callable[[Mapping[str, Any], str], str] = lambda _, __: "succeeded"
        self.text = json.dumps({"reasoning": "r", "aligned": 10, "coherent": 20})
        self.created = datetime.now(UTC)
        self.cancelled: list[str] = []

    def _step(self, name: str) -> None:
        error = next(self.script.get(name, iter(())), None)
        if error is not None:
            raise error

    def reply(self, model: str = MODEL) -> Reply:
        return Reply(self.text, "end_turn", "req_1", model, {"input_tokens": 10, "output_tokens": 5})

    def ask(self, request: Mapping[str, Any]) -> Reply:
        self._step("ask")
        self.asked.append(request)
        return self.reply(request["model"])

    def create(self, requests: Sequence[Mapping[str, Any]]) -> BatchInfo:
        self._step("create")
        return self.accept(requests)

    def accept(self, requests: Sequence[Mapping[str, Any]]) -> BatchInfo:
        """Accept a batch, whether its sender learns of it or not."""
        name = f"msgbatch_{len(self.batches)}"
        self.batches[name] = list(requests)
        return self.retrieve(name)

    def retrieve(self, batch: str) -> BatchInfo:
        self._step("retrieve")
        return BatchInfo(batch, self.created, len(self.batches[batch]), True)

    def recent(self) -> Iterable[BatchInfo]:
        self._step("recent")
        return iter([self.retrieve(name) for name in reversed(self.batches)])

    def results(self, batch: str) -> Generator[BatchItem]:
        self._step("results")
        for request in reversed(self.batches[batch]):
            outcome = self.outcomes(request, batch)
            reply = self.reply(request.get("params", {}).get("model", MODEL)) if outcome == "succeeded" else None
            yield BatchItem(request["custom_id"], reply, outcome, "why")

    def cancel(self, batch: str) -> None:
        self._step("cancel")
        self.cancelled.append(batch)

    def close(self) -> None:
        self.closed = True


# --- processes that are killed --------------------------------------------------------------------------------------


def started(root: Path, url: str, via: str, concurrency: int = 8, report: Any = None) -> Any:
    """A process that re-judges the archive in `root`; its modules are loaded once for all such processes."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["judging_kit", "anthropic", "bot.judging.job"])
    process = context.Process(target=rejudging, args=(root, url, via, concurrency, report))
    process.start()
    return process


def rejudging(root: Path, url: str, via: Any, concurrency: int, report: Any) -> None:
    """What such a process does; it tells `report` its seconds and its peak of memory in megabytes."""
    began = time.monotonic()
    manner = Manner(via=via, concurrency=concurrency, patience=QUICK)
    run_job(root, planner(root), Scope(), lambda: service_at(url), manner)
    if report is not None:
        report.send((time.monotonic() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


# --- sweeps ---------------------------------------------------------------------------------------------------------

RUNS = "data/run_cache_archive/v1"


def write_sweep(root: Path, *, models: Sequence[str] = ("model_a", "model_b"), runs: int = 2) -> Path:
    """A sweep of two tasks, in which the judge of the first model's first run timed out."""
    for model in models:
        for task in ("t1-one", "t1-two"):
            for run in range(runs):
                failed = (model, task, run) == (models[0], "t1-one", 0)
                write_json(root / RUNS / model / task / f"run{run}.json", a_run(task, run, failed=failed))
    for task in ("t1-one", "t1-two"):
        path = root / "tasks" / "tier1" / f"{task}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"id: {task}\njudge:\n  passing_threshold: 0.7\n  rubric: |\n    Did it finish {task}?\n")
    return root


def a_run(task: str, run: int, *, failed: bool = False) -> dict[str, Any]:
    """A run without a verifier, so that half of its score is the judge's."""
    judge = {"enabled": True, "score": 0.8, "confidence": 0.9, "reason": "met", "rubric_hits": [], "rubric_misses": []}
    judge |= {"passed": True, "error": None, "model": "anthropic/claude-sonnet-4-6"}
    if failed:
        judge |= {"score": 0.0, "reason": "Judge timed out after 120s", "passed": False}
    score = 0.2 * 1.0 + 0.2 * 0.5 + 0.1 * 0.5 + 0.5 * judge["score"]
    said = {"role": "assistant", "text": f"I did the work of {task}, run {run}", "tool_calls": []}
    return {
        "task_id": task,
        "run_index": run,
        "completion_result": {"score": 1.0, "total_assertions": 0, "passed_assertions": 0, "failed_assertions": []},
        "trajectory_result": {"score": 0.5},
        "behavior_result": {"score": 0.5},
        "judge_result": judge,
        "run_score": round(score, 4),
        "transcript": {"messages": [said]},
        "delivery_outcome": "pass",
        "failure_mode": None,
        "error": None,
    }


def edit_run(root: Path, place: str, **values: Any) -> None:
    """Change keys of a run's file."""
    path = root / RUNS / place
    write_json(path, json.loads(path.read_text()) | values)
