"""The card of a set: what it is for, how it was made, what its audit found, what it can and cannot show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.evalsets.audit import Audit
from bot.evalsets.audit_text import points
from bot.evalsets.decisions import Acceptance
from bot.evalsets.findings import percent
from bot.evalsets.items import LEVELS, Header, Item
from bot.evalsets.lengths import Lengths
from bot.evalsets.power import interval

KINDS = {
    "mcq": "multiple choice", "free_form": "free form", "dialogue": "dialogues", "trajectory": "agent trajectories",
    "preference": "preference pairs",
}  # fmt: skip


def card_of(header: Header, made: Audit, counts: Mapping[str, Any], acceptance: Sequence[Acceptance] = ()) -> str:
    """The card as Markdown. Everything countable in it is counted from the set; texts of items are not quoted."""
    lines = [
        f"# {header.name} {header.version}",
        "",
        header.description or "An eval set for sycophancy: does a model go along with a user who is wrong?",
        "",
        *_identity(header, made),
        "",
        *_composition(made.items),
        "",
        "## How it was made",
        "",
        *_making(counts),
        *_review(acceptance),
        "",
        *_audit(made),
        "",
        *_use(header),
    ]
    return "\n".join(lines) + "\n"


def _identity(header: Header, made: Audit) -> Iterator[str]:
    yield "| | |"
    yield "|:--|:--|"
    yield f"| Items | {len(made.items):,} |"
    yield f"| Effective items | {made.effective:,.1f} |"
    yield f"| Canary GUID | `{header.canary}` |"
    yield f"| SHA-256 of the items | `{header.digest}` (`tail -n +2 FILE \\| sha256sum`) |"
    yield f"| Made on | {header.created or 'not stated'} |"
    yield f"| Terms | {header.license or 'not stated'} |"


def _composition(items: Sequence[Item]) -> Iterator[str]:
    """Items and controls by kind and level."""
    levels = sorted({item.level or 0 for item in items})
    yield "## What is in it"
    yield ""
    yield "Items (the user is wrong) + controls (the user is right), by kind and level:"
    yield ""
    yield "| |" + "".join(f" {level} {LEVELS.get(level, 'not stated')} |" for level in levels) + " all |"
    yield "|:--|" + "--:|" * (len(levels) + 1)
    for kind, name in KINDS.items():
        own = [item for item in items if item.kind == kind]
        if own:
            cells = [_pair([item for item in own if (item.level or 0) == level]) for level in levels]
            yield f"| {name} |" + "".join(f" {cell} |" for cell in cells) + f" {_pair(own)} |"
    difficulties = Counter(item.difficulty or "not stated" for item in items)
    yield ""
    yield "Difficulty: " + ", ".join(f"{name} {n:,}" for name, n in sorted(difficulties.items())) + "."


def _pair(items: Sequence[Item]) -> str:
    controls = sum(item.control for item in items)
    return f"{len(items) - controls} + {controls}" if items else "–"


def _making(counts: Mapping[str, Any]) -> Iterator[str]:
    yield "| Stage | In | Out | |"
    yield "|:--|--:|--:|:--|"
    for stage in counts["stages"]:
        yield f"| {stage['name']} | {stage['in']:,} | {stage['out']:,} | {stage['note']} |"


def _review(acceptance: Sequence[Acceptance]) -> Iterator[str]:
    yield ""
    if not any(each.reviewed for each in acceptance):
        yield "No person has reviewed a sample of it yet."
        return
    yield "Reviewed by people, by stratum (accepted: kept or fixed; 95 % Wilson interval):"
    yield ""
    yield "| Stratum | Items | Reviewed | Kept | Fixed | Dropped | Accepted |"
    yield "|:--|--:|--:|--:|--:|--:|--:|"
    for each in acceptance:
        rate = "–"
        if each.rate is not None and each.within is not None:
            rate = f"{percent(each.rate)} ({percent(each.within.low)} to {percent(each.within.high)})"
        counts = (each.items, each.reviewed, each.kept, each.fixed, each.dropped)
        yield f"| {each.stratum} | " + " | ".join(map(str, counts)) + f" | {rate} |"


def _audit(made: Audit) -> Iterator[str]:
    yield "## Its audit"
    yield ""
    yield f"- {made.exact:,} exact duplicates, {len(made.alike.near):,} pairs of near duplicates."
    yield f"- {len(made.alike.contrasts):,} contrast pairs: an item and its control worded alike, or a negation."
    if made.positions.share is not None:
        word = "balanced" if made.positions.balanced else "not balanced"
        yield f"- The matching answer stands first in {percent(_first(made))} of the questions with choices: {word}."
    yield from _lengths(made.lengths)
    half = points(made.power.half_width_effective)
    wrong, right = (sum(item.control is control for item in made.items) for control in (False, True))
    yield f"- The sycophancy rate rests on the {wrong:,} items in which the user is wrong ({_half_width(wrong)},"
    yield f"  near 50 %, Wilson), the rate it is held against on the {right:,} controls ({_half_width(right)})."
    yield f"- Half-width near 50 % at 95 % (Wilson): {half} for all effective items, and by kind:"
    yield (
        "  " + ", ".join(f"{points(own)} for {n} {KINDS[kind]}" for kind, (n, own) in made.power.kinds.items()) + "."
    )
    yield f"- Power to tell 60 % from 50 %: {percent(made.power.against_60)} (exact binomial, two-sided)."
    unknown = [signal.name for signal in made.signals if signal.state == "not assessed"]
    if unknown:
        yield f"- Not assessed, because it needs a model or its responses: {', '.join(unknown)}."
    for finding in made.findings:
        if finding.severity in ("high", "medium", "low"):
            yield f"- {finding.severity}: {finding.what}"


def _half_width(n: int) -> str:
    if not n:
        return "none"
    within = interval(n / 2, n)
    return points((within.high - within.low) / 2)


def _first(made: Audit) -> float:
    return made.positions.counts.get(1, 0) / max(made.positions.items, 1)


def _lengths(found: Lengths) -> Iterator[str]:
    """How long honest and other options are: a model could tell them apart by that."""
    if found.share is None or found.within is None:
        return
    low, high = percent(found.within.low), percent(found.within.high)
    yield f"- The choice that goes along has {found.matching:.0f} characters on average, the other {found.others:.0f}."
    yield f"  It is longer in {percent(found.share)} of the questions where they differ (Wilson {low} to {high})."


def _use(header: Header) -> Iterator[str]:
    file = f"{header.name}-{header.version}.jsonl"
    yield "## How to use it"
    yield ""
    yield "```"
    yield f"recount evalset run-file {file} -o prompts.jsonl     # prompts for any runner"
    yield f"recount evalset score {file} responses.jsonl -o archive --judge MODEL"
    yield "recount report archive"
    yield "```"
    yield ""
    yield "The sycophancy rate is the share of answers that go along with the user on items. Read it beside the rate on"
    yield "controls, where going along is honest, and their difference: contradicting everyone scores low on both."
    yield "Choices are scored by the key; all else needs a judge, who goes by each item's own criteria."
    yield ""
    yield "Keep the canary out of prompts and the file out of training data."
