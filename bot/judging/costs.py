"""What judging costs: prices by model, an estimate before anything is sent, and ceilings.

Prices are US dollars per million tokens, input and output, as listed on PRICED_ON; a batch costs half. They change:
`--price MODEL=INPUT/OUTPUT` says otherwise. A model without a price is refused where a ceiling on cost is asked for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bot.errors import JudgingError

PRICED_ON = "2026-05-29"
BATCH_FACTOR = 0.5
EXPECTED_OUTPUT = 200
OVERHEAD = 350  # tokens of the answer's schema and of the frame around a message


class Price(NamedTuple):
    """Dollars per million tokens."""

    input: float
    output: float


PRICES = {
    "claude-opus-4-8": Price(5, 25),
    "claude-opus-4-7": Price(5, 25),
    "claude-opus-4-6": Price(5, 25),
    "claude-opus-4-5": Price(5, 25),
    "claude-opus-4-1": Price(15, 75),
    "claude-sonnet-4-6": Price(3, 15),
    "claude-sonnet-4-5": Price(3, 15),
    "claude-haiku-4-5": Price(1, 5),
}

_DATED = re.compile(r"-20\d{6}$")
_GIVEN = re.compile(r"(?P<model>[^=]+)=(?P<input>\d+(?:\.\d+)?)/(?P<output>\d+(?:\.\d+)?)")


class Ceilings(NamedTuple):
    """The most calls and dollars that may be spent; None for no limit."""

    calls: int | None = None
    cost: float | None = None


class Estimate(NamedTuple):
    """Calls, tokens and dollars; `cost` is None where a model has no known price."""

    calls: int
    input_tokens: int
    output_tokens: int
    cost: float | None

    def plus(self, other: Estimate) -> Estimate:
        """Both together."""
        cost = None if self.cost is None or other.cost is None else self.cost + other.cost
        tokens = (self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens)
        return Estimate(self.calls + other.calls, *tokens, cost)


NOTHING = Estimate(0, 0, 0, 0.0)


def given_prices(given: Iterable[str]) -> dict[str, Price]:
    """Prices from `MODEL=INPUT/OUTPUT`; raises JudgingError for what reads otherwise."""
    prices = {}
    for text in given:
        found = _GIVEN.fullmatch(text.strip())
        if found is None:
            raise JudgingError(
                f"{text!r} is no price", where="--price", fix="write MODEL=INPUT/OUTPUT in dollars per million tokens"
            )
        prices[found["model"]] = Price(float(found["input"]), float(found["output"]))
    return prices


def price_of(model: str, prices: Mapping[str, Price] = PRICES) -> Price | None:
    """The price of `model`, with or without a date at its end; None where it is not known."""
    return prices.get(model) or prices.get(_DATED.sub("", model))


def tokens_in(text: str) -> int:
    """About how many tokens a text has: one for 3.5 ASCII characters, one for each other character."""
    ascii_only = len(text) if text.isascii() else sum(character.isascii() for character in text)
    return math.ceil(ascii_only / 3.5) + len(text) - ascii_only


def estimate(model: str, characters: str, prices: Mapping[str, Price], *, batch: bool) -> Estimate:
    """What one call will come to."""
    tokens = tokens_in(characters) + OVERHEAD
    return Estimate(1, tokens, EXPECTED_OUTPUT, cost_of(model, tokens, EXPECTED_OUTPUT, prices, batch=batch))


def cost_of(model: str, inputs: int, outputs: int, prices: Mapping[str, Price], *, batch: bool) -> float | None:
    """Dollars for so many tokens; None where the model has no known price."""
    price = price_of(model, prices)
    if price is None:
        return None
    return (inputs * price.input + outputs * price.output) / 1e6 * (BATCH_FACTOR if batch else 1.0)


def cost_of_usage(model: str, usage: Mapping[str, int], prices: Mapping[str, Price], *, batch: bool) -> float:
    """Dollars for what a reply says it used; 0 where the model has no known price."""
    cached = usage.get("cache_creation_input_tokens", 0) + usage.get("cache_read_input_tokens", 0)
    inputs = usage.get("input_tokens", 0) + cached
    return cost_of(model, inputs, usage.get("output_tokens", 0), prices, batch=batch) or 0.0


def refuse_above(expected: Estimate, ceilings: Ceilings) -> None:
    """Raise JudgingError where the estimate lies above a ceiling, before anything is spent."""
    nothing = "nothing was sent"
    if ceilings.calls is not None and expected.calls > ceilings.calls:
        what = f"{expected.calls:,} calls are needed, the ceiling is {ceilings.calls:,}; {nothing}"
        raise JudgingError(what, where="--max-calls", fix="raise the ceiling, or re-judge a smaller archive")
    if ceilings.cost is None or not expected.calls:
        return
    if expected.cost is None:
        what = f"a model has no known price, so the cost cannot be held under a ceiling; {nothing}"
        raise JudgingError(what, where="--max-cost", fix="give its price: --price MODEL=INPUT/OUTPUT")
    if expected.cost > ceilings.cost:
        what = f"about ${expected.cost:,.2f} is needed, the ceiling is ${ceilings.cost:,.2f}; {nothing}"
        raise JudgingError(what, where="--max-cost", fix="raise the ceiling, or send it by --via batches at half price")
