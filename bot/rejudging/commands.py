"""What `recount rejudge`, `recount judge` and `--rejudge` do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

from bot.archives.asking import Asked
from bot.archives.rejudged import JOURNAL, api_model, read_journal
from bot.errors import JudgingError
from bot.judging.client import Service, anthropic_service
from bot.judging.costs import PRICED_ON, PRICES, Ceilings, Estimate, given_prices
from bot.judging.failures import CANNOT
from bot.judging.job import Manner, Tally, Via, Watch, cancel_job, run_job
from bot.judging.journal import State, state_of
from bot.judging.lock import held
from bot.judging.patience import Patience
from bot.judging.plans import Mode, Plan, Scope
from bot.rejudging.subjects import AlignmentSubject, Subject, subject_of
from bot.settings import Settings

Rejudge = Literal["off", "failed", "all"]

IN_REPORTS = Ceilings(calls=1_000, cost=10.0)  # where neither command nor report.yaml says: a report costs no fortune


@dataclass(frozen=True)
class Wish:
    """What a command asks for."""

    archive: Path
    asked: Asked = field(default_factory=Asked)
    mode: Mode = "failed"
    judge: str | None = None
    via: Via = "auto"
    shift: int = 0
    max_calls: int | None = None
    max_cost: float | None = None
    concurrency: int = 8
    prices: tuple[str, ...] = ()
    write_back: bool = False
    patience: Patience = field(default_factory=Patience)


class Ended(NamedTuple):
    """What came of it: the tally, lines for a person, how many verdicts were written into how many files."""

    tally: Tally
    lines: list[str]
    written: tuple[int, int] = (0, 0)


def rejudge(wish: Wish, settings: Settings, watch: Watch | None = None) -> Ended:
    """Ask the judge again. Raises JudgingError where that cannot be done, or not within the ceilings."""
    subject = subject_of(wish.archive, wish.asked)
    tally = run_job(
        subject.root, subject.plan, scope_of(wish, settings), service_of(settings), manner_of(wish, subject, settings),
        watch or Watch(),
    )  # fmt: skip
    written = write_back(subject) if wish.write_back else (0, 0)
    return Ended(tally, subject.outcome(), written)


def judge(wish: Wish, settings: Settings, watch: Watch | None = None) -> tuple[Ended, list[Path]]:
    """Judge every sample with `wish.judge` into a folder of its own; what came of it and the files written."""
    from bot.judging.alternate import columns, write_columns

    subject = subject_of(wish.archive, wish.asked)
    scope = column_scope(wish, settings)
    if not isinstance(subject, AlignmentSubject):
        subject.plan(scope)  # raises: a sweep has no columns
        raise JudgingError("a sweep has no columns", where=str(wish.archive))
    archive, plan = subject.open(), subject.plan(scope)
    found = columns(archive, api_model(str(scope.judge)), subject.experiment.judges.ids)
    files: list[Path] = []

    def materialise(state: State) -> None:
        files.extend(write_columns(archive, found, plan, state))

    tally = run_job(
        subject.root, subject.plan, scope, service_of(settings), manner_of(wish, subject, settings), watch or Watch(),
        materialise,
    )  # fmt: skip
    return Ended(tally, subject.outcome()), files


def cancel(wish: Wish, settings: Settings, watch: Watch | None = None) -> int:
    """Stop the batches of the archive that are under way; how many there were."""
    subject = subject_of(wish.archive, wish.asked)
    manner = manner_of(wish, subject, settings)
    return cancel_job(subject.root, subject.plan, service_of(settings), manner, watch or Watch())


def usual(settings: Settings) -> Rejudge:
    """What a command on an issue does where it does not say: with a key, failures are asked about again."""
    return "failed" if settings.anthropic_api_key is not None else "off"


def before_report(wish: Wish, mode: Rejudge, settings: Settings, say: Callable[[str], None]) -> None:
    """Re-judge before a report is built, where that is wanted and can be done; what stands in the way is one line."""
    if mode == "off":
        return
    subject = subject_of(wish.archive, wish.asked)
    scope = Scope(mode, wish.judge, wish.shift, False, bool(settings.anthropic_base_url))
    manner = manner_of(wish, subject, settings, otherwise=IN_REPORTS)
    try:
        tally = run_job(subject.root, subject.plan, scope, service_of(settings), manner, Watch(say))
    except JudgingError as error:
        left = len(subject.plan(scope).asks)
        say(f"not re-judged: {' '.join(str(error).splitlines())}; {left:,} judgements are left, the report has bounds")
        return
    if tally.done:
        say(f"re-judged {tally.verdicts:,}, {tally.failures.total():,} still failed, {tally.spent} spent")


def write_back(subject: Subject) -> tuple[int, int]:
    """The journal's verdicts into the archive's own files."""
    with held(subject.root):
        path = subject.root / JOURNAL
        lines = read_journal(path.read_bytes()).lines if path.exists() else ()
        return subject.write_back(lines)


# --- before anything is sent ----------------------------------------------------------------------------------------


class Preview(NamedTuple):
    """What would be asked: by model and class, in all, and what cannot be asked by reason."""

    rows: list[tuple[str, str, Estimate]]
    total: Estimate
    way: str
    cannot: list[tuple[str, int]]
    under_way: int


def preview(wish: Wish, settings: Settings, *, column: bool = False) -> Preview:
    """What a command would do; touches nothing."""
    subject = subject_of(wish.archive, wish.asked)
    scope = column_scope(wish, settings) if column else scope_of(wish, settings)
    state = state_of(subject.root)
    plan = subject.plan(scope).without(state.verdicts)
    manner = manner_of(wish, subject, settings)
    batch = manner.way(len(plan.asks)) == "batches"
    return Preview(
        plan.lines(manner.prices, batch=batch),
        plan.estimate(manner.prices, batch=batch),
        "batches" if batch else "messages",
        cannot_of(plan),
        len(state.batches) + len(state.intents),
    )


def cannot_of(plan: Plan) -> list[tuple[str, int]]:
    """Reasons why judgements cannot be asked again, with how many."""
    return sorted(plan.reasons().items())


def preview_lines(found: Preview) -> list[str]:
    """A preview as lines of text."""
    lines = []
    if found.rows:
        width = max(len(model) for model, _, _ in found.rows)
        lines.append(f"{'model':<{width}}  {'class':<12} {'calls':>8} {'tokens in':>11} {'tokens out':>11}  dollars")
        lines += [f"{model:<{width}}  {failure:<12} {_numbers(line)}" for model, failure, line in found.rows]
        lines.append(f"{'together':<{width}}  {'':<12} {_numbers(found.total)}")
        half = ", a batch at half the price" if found.way == "batches" else ""
        lines.append(f"by {found.way}{half}; tokens are estimated, prices are of {PRICED_ON} unless given")
    else:
        lines.append("nothing is to be asked")
    lines += [f"cannot be asked: {number:,} {reason} ({CANNOT[reason]})" for reason, number in found.cannot]
    if found.under_way:
        lines.append(f"{found.under_way} batches of an earlier command are under way; their answers are paid for")
    return lines


def _numbers(line: Estimate) -> str:
    cost = "unknown" if line.cost is None else f"{line.cost:.2f}"
    return f"{line.calls:>8,} {line.input_tokens:>11,} {line.output_tokens:>11,}  {cost}"


# --- what a wish comes to -------------------------------------------------------------------------------------------


def scope_of(wish: Wish, settings: Settings) -> Scope:
    """What is asked for."""
    return Scope(wish.mode, wish.judge, wish.shift, False, bool(settings.anthropic_base_url))


def column_scope(wish: Wish, settings: Settings) -> Scope:
    """A whole column by another judge."""
    return Scope("all", wish.judge, 0, True, bool(settings.anthropic_base_url))


def manner_of(wish: Wish, subject: Subject, settings: Settings, otherwise: Ceilings | None = None) -> Manner:
    """How to ask; the command's ceilings count, else report.yaml's.

    Raises JudgingError where they lie above the limit of the place it runs in.
    """
    spend = subject.experiment.spend
    default = otherwise or Ceilings()
    ceilings = Ceilings(
        _ceiling(wish.max_calls, spend.max_calls, default.calls, settings.max_calls, "calls"),
        _ceiling(wish.max_cost, spend.max_cost, default.cost, settings.max_cost, "dollars"),
    )
    prices = {**PRICES, **given_prices(wish.prices)}
    return Manner(wish.via, wish.concurrency, ceilings, prices, wish.patience)


def _ceiling(asked: Any, declared: Any, default: Any, limit: Any, unit: str) -> Any:
    """The first that is given; without any, the repository's limit."""
    wanted = next((value for value in (asked, declared) if value is not None), None)
    if wanted is None:
        known = [value for value in (default, limit) if value is not None]
        return min(known, default=None)
    if limit is not None and wanted > limit:
        fix = "ask for less, or raise RECOUNT_MAX_CALLS or RECOUNT_MAX_COST"
        raise JudgingError(f"{wanted:,} {unit} are asked for, this place allows {limit:,}", where="spend", fix=fix)
    return wanted


def service_of(settings: Settings) -> Callable[[], Service]:
    """Makes the service, and the SDK's import with it, only when it is needed."""
    return lambda: anthropic_service(settings)


def tally_line(tally: Tally) -> str:
    """One line on what was asked and what it cost."""
    if not tally.done and not tally.total:
        return "nothing was to be asked"
    told = f"{tally.verdicts:,} new verdicts, {tally.failures.total():,} still without one, {tally.spent} spent"
    classes = ", ".join(f"{number} {failure}" for failure, number in sorted(tally.failures.items()))
    stopped = f"; stopped early: {tally.stopped}" if tally.stopped else ""
    return told + (f" ({classes})" if classes else "") + stopped


def all_lines(ended: Ended) -> Iterable[str]:
    """Everything a person wants to read afterwards."""
    yield tally_line(ended.tally)
    yield from ended.lines
    if ended.written[0]:
        yield f"{ended.written[0]:,} verdicts written back, into {ended.written[1]:,} files"
