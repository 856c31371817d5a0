"""Signs that a model has seen a set: each is assessed, or said to be not assessed; never taken for clean in silence."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from bot.evalsets.findings import NOT_ASSESSED, Finding, percent
from bot.evalsets.items import Header, Item
from bot.evalsets.power import interval
from bot.evalsets.results import Results

State = Literal["clean", "weak signal", "hit", "not assessed"]
SIGNALS = (
    "canary", "temporal_split", "verbatim_completion", "high_confidence", "easy_on_hard", "transformed_variants",
)  # fmt: skip

SURE, MOSTLY_SURE = 0.99, 0.8
FEWEST = 10
SAME_REST = 0.8
"""Share of the rest's words, in one run, that makes a completion verbatim."""


class Signal(NamedTuple):
    """One signal: its state, and why in words (what was seen, or what is needed to assess it)."""

    name: str
    state: State
    why: str


class Continued(NamedTuple):
    """What a model made of the beginning of an item: the share (0–1) of the rest that it gave word for word."""

    item: str
    share: float


def signals_of(
    items: Sequence[Item],
    header: Header | None,
    results: Results | None,
    cutoff: dt.date | None = None,
    continued: Sequence[Continued] | None = None,
) -> tuple[Signal, ...]:
    """All six signals; `cutoff` is the last day of the model's training data."""
    return (
        _canary(items, header, results),
        _temporal(items, results, cutoff),
        _verbatim(continued),
        _confidence(results),
        _easy_on_hard(items, results),
        _variants(results),
    )


def _unknown(name: str, needs: str) -> Signal:
    return Signal(name, "not assessed", f"needs {needs}")


def _canary(items: Sequence[Item], header: Header | None, results: Results | None) -> Signal:
    canaries = {each for each in (header.canary if header else None, *(item.canary for item in items)) if each}
    if not canaries:
        return _unknown("canary", "a set with a canary")
    if results is None or not results.texts:
        return _unknown("canary", "responses to look for the canary in")
    if any(canary.casefold() in text.casefold() for text in results.texts for canary in canaries):
        return Signal("canary", "hit", "a response holds the set's canary")
    return Signal("canary", "clean", f"in none of {len(results.texts):,} texts")


def _temporal(items: Sequence[Item], results: Results | None, cutoff: dt.date | None) -> Signal:
    name = "temporal_split"
    dated = [item for item in items if item.created is not None]
    if cutoff is None or not dated:
        return _unknown(name, "the model's cutoff (--cutoff)" if dated else "items that say when they were written")
    before = [item.id for item in dated if item.created is not None and item.created <= cutoff]
    after = [item.id for item in dated if item.created is not None and item.created > cutoff]
    if not before:
        return Signal(name, "clean", f"all {len(dated)} dated items were written after {cutoff}")
    if results is None or not after:
        return Signal(name, "weak signal", f"{len(before)} of {len(dated)} dated items were written by {cutoff}")
    return _compared(name, results, before, after, "items from before the cutoff", "those from after it")


def _compared(name: str, results: Results, first: Sequence[str], second: Sequence[str], one: str, other: str) -> Signal:
    """A weak signal where the first items are answered better than the second, by more than chance."""
    a, b = _means(results, first), _means(results, second)
    if len(a) < FEWEST or len(b) < FEWEST:
        return _unknown(name, f"results on {FEWEST} {one} and {FEWEST} of {other}")
    low = newcombe(math.fsum(a), len(a), math.fsum(b), len(b))[0]
    told = f"{percent(_mean(a))} honest on {one}, {percent(_mean(b))} on {other}"
    return Signal(name, "weak signal" if low > 0 else "clean", told)


def _means(results: Results, ids: Sequence[str]) -> list[float]:
    return [_mean(own) for item in ids if (own := results.of_item(item))]


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def newcombe(k1: float, n1: int, k2: float, n2: int) -> tuple[float, float]:
    """Interval of p₁ − p₂ from two Wilson intervals (Newcombe 1998, Statistics in Medicine 17:873, method 10)."""
    p1, p2 = k1 / n1, k2 / n2
    first, second = interval(k1, n1), interval(k2, n2)
    down = math.hypot(p1 - first.low, second.high - p2)
    up = math.hypot(first.high - p1, p2 - second.low)
    return p1 - p2 - down, p1 - p2 + up


def _verbatim(continued: Sequence[Continued] | None) -> Signal:
    if continued is None:
        return _unknown("verbatim_completion", "a model to ask for the rest of the stems (--ask MODEL, with a key)")
    hits = [each.item for each in continued if each.share >= SAME_REST]
    if hits:
        return Signal(
            "verbatim_completion", "hit", f"{len(hits)} of {len(continued)} stems were completed word for word"
        )
    best = max((each.share for each in continued), default=0.0)
    return Signal("verbatim_completion", "clean", f"none of {len(continued)} stems; at most {percent(best)} of a rest")


def _confidence(results: Results | None) -> Signal:
    given = [max(own) for own in results.confidences.values() if own] if results else []
    if len(given) < FEWEST:
        return _unknown("high_confidence", "responses with the model's confidence or log-probabilities")
    sure = sum(value >= SURE for value in given) / len(given)
    told = f"{percent(sure)} of {len(given)} items answered with a confidence of {SURE} or more"
    return Signal("high_confidence", "weak signal" if sure >= MOSTLY_SURE else "clean", told)


def _easy_on_hard(items: Sequence[Item], results: Results | None) -> Signal:
    name = "easy_on_hard"
    by_difficulty = {level: [i.id for i in items if i.difficulty == level] for level in ("easy", "hard")}
    if results is None or not all(by_difficulty.values()):
        return _unknown(name, "results on items that state their difficulty")
    return _compared(name, results, by_difficulty["hard"], by_difficulty["easy"], "hard items", "easy ones")


def _variants(results: Results | None) -> Signal:
    name = "transformed_variants"
    if results is None or not results.variants:
        return _unknown(name, "responses to transformed variants (run-file --variants)")
    changed = {item: own for scores in results.variants.values() for item, own in scores.items()}
    both = [item for item in changed if results.of_item(item)]
    if len(both) < FEWEST:
        return _unknown(name, f"{FEWEST} items answered as they are and transformed")
    original = math.fsum(_mean(results.of_item(item)) for item in both)
    transformed = math.fsum(_mean(changed[item]) for item in both)
    low = newcombe(original, len(both), transformed, len(both))[0]
    told = (
        f"{percent(original / len(both))} honest on {len(both)} items, {percent(transformed / len(both))} on variants"
    )
    return Signal(name, "weak signal" if low > 0 else "clean", told)


def states_of(signals: Sequence[Signal]) -> Mapping[str, str]:
    """State by signal."""
    return {signal.name: signal.state for signal in signals}


def findings_of(signals: Sequence[Signal], header: Header | None) -> Iterator[Finding]:
    """What was seen, and what was not looked at."""
    for signal in signals:
        if signal.state == "hit":
            yield Finding("high", f"contamination: {signal.why}", signal.name)
        elif signal.state == "weak signal":
            yield Finding("medium", f"sign of contamination: {signal.why}", signal.name)
        elif signal.state == NOT_ASSESSED:
            yield Finding("info", f"not assessed: {signal.why}", signal.name)
    if header is None or header.canary is None:
        yield Finding("low", "the set carries no canary, so leaks of it cannot be found")
