"""`recount evalset …`: what a person types about eval sets. Each command calls one function of `bot.suites`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.errors import EvalSetError

app = typer.Typer(
    name="recount evalset",
    help="Build eval sets, audit them, and say what they can show.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

EvalSetFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="Eval set, or the folder of an archive.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print results and errors only, no progress.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Out = Annotated[Path, typer.Option("--output", "-o", help="File or folder to write.", show_default=False)]
Via = Annotated[str, typer.Option("--via", metavar="messages|batches|auto", help="Call by call, or in batches.")]
MaxCalls = Annotated[int | None, typer.Option("--max-calls", min=0, metavar="N", help="Most calls to make.")]
MaxCost = Annotated[float | None, typer.Option("--max-cost", min=0, metavar="USD", help="Most dollars to spend.")]
Prices = Annotated[
    list[str] | None,
    typer.Option("--price", metavar="MODEL=IN/OUT", help="Price of a model, dollars per million tokens."),
]
Share = Annotated[float, typer.Option(min=0, max=1)]

STRICT_EXIT = 2


@app.command()
def audit(
    file: EvalSetFile,
    as_json: AsJson = False,
    figures: Annotated[Path | None, typer.Option("--figures", metavar="DIR", help="Draw the figures there.")] = None,
    results: Annotated[
        Path | None, typer.Option("--results", metavar="PATH", help="Archive or responses: item statistics.")
    ] = None,
    cutoff: Annotated[
        str | None, typer.Option("--cutoff", metavar="DAY", help="The model's last day of training data.")
    ] = None,
    ask: Annotated[
        str | None, typer.Option("--ask", metavar="MODEL", help="Ask it for the rest of some items; costs.")
    ] = None,
    near: Annotated[float, typer.Option("--near", help="Similarity from which questions are near duplicates.")] = 0.85,
    confidence: Annotated[float, typer.Option("--confidence", help="Label confidence below which it is told.")] = 0.8,
    embeddings: Annotated[
        Path | None, typer.Option("--embeddings", metavar="FILE", help="Your own vectors: lines of item and vector.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 2 where a finding is of high severity.")] = False,
    via: Via = "auto",
    max_calls: MaxCalls = None,
    max_cost: MaxCost = None,
    price: Prices = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Audit an eval set: duplicates, hidden clusters, balance, coverage, labels, contamination, power."""
    from bot.suites import auditing

    wish = auditing.Wish(file, results, cutoff, near, confidence, embeddings)
    continued = None
    if ask is not None:
        continued = _probed(file, ask, _manner(via, max_calls, max_cost, price), quiet)
    made = auditing.audited(wish, continued)
    _print_audit(made, as_json)
    if figures is not None:
        from bot.charts.evalset_plots import draw_all

        for name, paths in draw_all(made, figures).items():
            _progress(quiet)(f"{name}: {paths[0]}")
    if strict and any(finding.severity == "high" for finding in made.findings):
        raise typer.Exit(STRICT_EXIT)


def _print_audit(made: Any, as_json: bool) -> None:
    if as_json:
        from bot.evalsets.audit import as_json as as_values

        _print_json(as_values(made))
        return
    from bot.evalsets.audit_text import audit_lines

    _print_lines(audit_lines(made))


def _probed(file: Path, model: str, manner: Any, quiet: bool) -> Any:
    from bot.evalsets.reading import read_set
    from bot.suites.probing import probed

    folder = file.with_name(f"{file.name}.asked")
    return probed(read_set(file).items, model, folder, _service, manner, _watch(quiet))


@app.command()
def build(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder of the build.", show_default=False)],
    name: Annotated[str, typer.Option("--name", help="Name of the set.")] = "suite",
    version: Annotated[str, typer.Option("--version", help="Version to publish.")] = "1.0",
    levels: Annotated[str, typer.Option("--levels", help="Levels to build, as 1,2,3,4.")] = "1,2,3,4",
    generate: Annotated[
        str | None, typer.Option("--generate", metavar="MODEL", help="Add items that this model writes; costs.")
    ] = None,
    count: Annotated[
        int, typer.Option("--count", min=1, help="Items for the model to write, each with a control.")
    ] = 20,
    judge: Annotated[
        str | None, typer.Option("--judge", metavar="MODEL", help="Keep items that it scores 0.8 or more; costs.")
    ] = None,
    decisions: Annotated[
        list[Path] | None, typer.Option("--decisions", metavar="FILE", help="Decisions of a reviewer: JSON or CSV.")
    ] = None,
    share: Annotated[float, typer.Option("--review-share", help="Share to sample for people, 0.1 to 0.2.")] = 0.15,
    review_cost: Annotated[
        float | None, typer.Option("--review-cost", min=0, metavar="USD", help="Cost of a person's review, an item.")
    ] = None,
    created: Annotated[str | None, typer.Option("--created", metavar="DAY", help="Day that the items carry.")] = None,
    description: Annotated[str, typer.Option("--description", help="What the set is for, in its card.")] = "",
    canary: Annotated[
        str | None, typer.Option("--canary", metavar="GUID", help="Canary of this version; by default a new one.")
    ] = None,
    as_json: AsJson = False,
    via: Via = "auto",
    max_calls: MaxCalls = None,
    max_cost: MaxCost = 5.0,
    price: Prices = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Build a sycophancy suite in stages, or go on where a build stopped; without a key, its deterministic part."""
    from bot.suites import building
    from bot.suites.auditing import day_of

    wish = building.Wish(
        folder, name, version, _levels(levels), day_of(created, "--created"), generate, count, judge, share,
        tuple(decisions or ()), review_cost, description=description, canary=canary,
    )  # fmt: skip
    built = building.build(wish, _service, _manner(via, max_calls, max_cost, price), _watch(quiet))
    if as_json:
        counts = {"items": len(built.audit.items), "effective_items": built.audit.effective}
        places = {"set": str(built.data), "card": str(built.card), "review": str(built.review)}
        _print_json(counts | {"missing": list(built.missing), **places, "stages": built.counts["stages"]})
        return
    _print_lines(_told(built))


def _levels(text: str) -> tuple[int, ...]:
    try:
        return tuple(sorted({int(part) for part in text.split(",")}))
    except ValueError:
        raise EvalSetError(f"{text!r} are no levels", where="--levels", fix="write them as 1,2,3") from None


def _told(built: Any) -> list[str]:
    made = built.audit
    return [
        f"items   {len(made.items):,} ({made.effective:,.1f} effective)",
        *(f"missing {what}" for what in built.missing),
        f"set     {built.data}",
        f"card    {built.card}",
        f"review  {built.review}",
    ]


@app.command()
def review(
    file: EvalSetFile,
    output: Out,
    share: Annotated[float, typer.Option("--share", help="Share of every stratum to review.")] = 0.15,
    decisions: Annotated[
        list[Path] | None, typer.Option("--decisions", metavar="FILE", help="Apply these and write a new version.")
    ] = None,
    version: Annotated[str, typer.Option("--version", help="The new version, with --decisions.")] = "2",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write a review page and CSV for people; with --decisions, apply what they decided and write a new version."""
    from bot.suites import building

    if decisions:
        applied = building.review_applied(file, decisions, output, version)
        _print_lines(_reviewed(applied))
        _progress(quiet)(f"wrote {len(applied.sifted.kept):,} items to {output}")
        return
    page, table, chosen = building.review_files(file, output, share)
    _progress(quiet)(f"{chosen:,} items to review in {page} or {table}")


def _reviewed(applied: Any) -> list[str]:
    from bot.evalsets.findings import percent

    lines = [
        f"{each.stratum}: {each.reviewed} reviewed, {each.kept} kept, {each.fixed} fixed, {each.dropped} dropped; "
        f"accepted {percent(each.rate)} [{percent(each.within.low)}, {percent(each.within.high)}] (Wilson)"
        for each in applied.acceptance
        if each.reviewed
    ]
    against = (f"labelled against the key: {item_id}" for item_id in applied.against_key)
    return [*lines, *against, *(f"no such item: {item_id}" for item_id in applied.unknown)]


@app.command()
def power(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Set to speak of.", show_default=False)] = None,
    null: Annotated[float, typer.Option("--from", help="Share without an effect.")] = 0.5,
    true: Annotated[float, typer.Option("--to", help="Share to be found.")] = 0.6,
    wanted: Annotated[float, typer.Option("--power", help="Power to reach.")] = 0.8,
    alpha: Annotated[float, typer.Option("--alpha", help="Level of the two-sided test.")] = 0.05,
    half: Annotated[float, typer.Option("--half-width", help="Half-width of the interval.")] = 0.1,
    items: Annotated[int | None, typer.Option("--items", min=1, help="Items you have: what they can show.")] = None,
    samples: Annotated[int, typer.Option("--samples", min=1, help="Samples an item.")] = 1,
    correlation: Annotated[float, typer.Option("--rho", help="Correlation of the samples of one item.")] = 0.0,
    as_json: AsJson = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Plan: how many items an interval or a test needs; or what a set, or a number of items, can show."""
    from bot.evalsets import plans

    made = plans.plan(null, true, wanted, alpha, half, samples, correlation)
    own = _set_power(file, items)
    if as_json:
        _print_json({"plan": made.as_dict(), "set": own.as_dict() if own else None})
        return
    from bot.evalsets.audit_text import plan_lines, set_power_lines

    if own is not None:
        _print_lines([*set_power_lines(own), ""])
    _print_lines(plan_lines(made))


def _set_power(file: Path | None, items: int | None) -> Any:
    from bot.evalsets.plans import power_of

    if file is not None:
        from bot.suites.auditing import effective_items

        number, effective, all_items = effective_items(file)
        return power_of(number, effective, all_items)
    return power_of(items, items) if items is not None else None


@app.command(name="run-file")
def run_file(
    file: EvalSetFile,
    output: Out,
    samples: Annotated[int, typer.Option("--samples", min=1, help="Responses to ask for, an item.")] = 1,
    variants: Annotated[
        bool, typer.Option("--variants", help="Also transformed variants, which show contamination.")
    ] = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write the prompts for any runner, one JSON line a wanted response."""
    from bot.evalsets.reading import read_set
    from bot.evalsets.running import prompts_of
    from bot.evalsets.writing import write_lines

    lines = list(prompts_of(read_set(file).items, samples, variants=variants))
    write_lines(output, lines)
    _progress(quiet)(f"wrote {len(lines):,} prompts to {output}")


@app.command()
def score(
    file: EvalSetFile,
    responses: Annotated[
        Path, typer.Argument(metavar="RESPONSES", help="JSONL of item and response.", show_default=False)
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder for the archive that `recount report` reads.")
    ] = None,
    judge: Annotated[
        str | None, typer.Option("--judge", metavar="MODEL", help="Judge free answers by their items' criteria; costs.")
    ] = None,
    as_json: AsJson = False,
    via: Via = "auto",
    max_calls: MaxCalls = None,
    max_cost: MaxCost = None,
    price: Prices = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Score responses: the sycophancy rate on items and on controls, and an archive to report."""
    from bot.suites import scoring

    asking = None
    if judge is not None:
        folder = responses.with_name(f"{responses.name}.judged")
        manner = _manner(via, max_calls, max_cost, price)
        asking = scoring.judge_with(judge, folder, _service, manner, _watch(quiet))
    done = scoring.scored_set(file, responses, output, asking)
    _print_scores(done, as_json)
    say = _progress(quiet)
    if done.unjudged:
        say(f"{done.unjudged:,} responses in free words are not judged: name a judge (--judge MODEL)")
    if done.strange or done.unreadable:
        say(f"left out: {len(done.strange):,} ids that the set lacks, {len(done.unreadable):,} lines that say nothing")
    if output is not None:
        say(f"wrote {output}; report it with: recount report {output}")


def _print_scores(done: Any, as_json: bool) -> None:
    from bot.evalsets.audit_text import rates_lines
    from bot.evalsets.rates import as_dict

    if as_json:
        left_out = {"unknown_items": list(done.strange), "unreadable": [list(line) for line in done.unreadable]}
        _print_json({"rates": [as_dict(own) for own in done.rates], **left_out})
    else:
        _print_lines(rates_lines(done.rates))


@app.command(name="import")
def import_set(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Any set that can be read.", show_default=False)],
    output: Out,
    name: Annotated[str | None, typer.Option("--name", help="Name of the set; by default the file's.")] = None,
    version: Annotated[str, typer.Option("--version", help="Version to write into the header.")] = "1",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Turn a published set, an Inspect dataset or a panel into Recount's own JSONL with a header."""
    from bot.suites.converting import import_file

    written = import_file(file, output, name, version)
    _progress(quiet)(f"wrote {written.items:,} items to {output}; {written.left_out:,} lines could not be read")


@app.command(name="export")
def export_set(
    file: EvalSetFile,
    output: Out,
    shape: Annotated[str, typer.Option("--format", metavar="inspect", help="Shape to write.")] = "inspect",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write a set as an Inspect AI dataset (JSONL)."""
    from bot.suites.converting import export_file

    if shape != "inspect":
        raise EvalSetError(f"{shape!r} is no shape that can be written", where="--format", fix="write inspect")
    _progress(quiet)(f"wrote {export_file(file, output):,} samples to {output}")


@app.command()
def schema(quiet: Quiet = False, debug: Debug = False) -> None:
    """Print the JSON Schema of a line of an eval set."""
    from bot.evalsets.items import json_schema

    _print_json(json_schema())


# --- shared ---------------------------------------------------------------------------------------------------------


def _progress(quiet: bool) -> Callable[[str], None]:
    return (lambda _: None) if quiet else (lambda step: typer.echo(f"recount: {_printable(step)}", err=True))


def _printable(text: str) -> str:
    from bot.reports.sanitising import visible

    return visible(text)


def _print_lines(lines: Iterable[str]) -> None:
    """Lines that may hold an item's text: nothing in it steers the terminal."""
    for line in lines:
        typer.echo(_printable(line))


def _print_json(value: Any) -> None:
    import json

    typer.echo(json.dumps(value, indent=2, ensure_ascii=True, allow_nan=False))


def _service() -> Any:
    from bot.judging.client import anthropic_service
    from bot.settings import Settings

    return anthropic_service(Settings())


def _manner(via: str, max_calls: int | None, max_cost: float | None, price: list[str] | None) -> Any:
    from bot.judging.costs import PRICES, Ceilings, given_prices
    from bot.judging.job import Manner

    if via not in ("messages", "batches", "auto"):
        raise EvalSetError(f"{via!r} is no way to ask", where="--via", fix="write messages, batches or auto")
    prices = {**PRICES, **given_prices(price or ())}
    return Manner(via=via, ceilings=Ceilings(max_calls, max_cost), prices=prices)  # type: ignore[arg-type]


def _watch(quiet: bool) -> Any:
    from bot.judging.job import Watch

    say = _progress(quiet)
    return Watch(say=say)
