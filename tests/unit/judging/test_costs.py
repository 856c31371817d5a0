from __future__ import annotations

import pytest

from bot.errors import JudgingError
from bot.judging.costs import (
    PRICES,
    Ceilings,
    Estimate,
    Price,
    cost_of_usage,
    estimate,
    given_prices,
    price_of,
    refuse_above,
    tokens_in,
)


def test_a_dated_model_costs_what_its_name_without_date_does() -> None:
    assert price_of("claude-sonnet-4-5-20250929") == price_of("claude-sonnet-4-5") == Price(3, 15)


def test_a_model_nobody_priced_has_no_price() -> None:
    assert price_of("my-own-judge") is None


def test_usage_is_charged_by_a_million_tokens_and_half_in_a_batch() -> None:
    usage = {"input_tokens": 1_000_000, "output_tokens": 100_000, "cache_read_input_tokens": 1_000_000}
    assert cost_of_usage("claude-haiku-4-5", usage, PRICES, batch=False) == pytest.approx(2.5)
    assert cost_of_usage("claude-haiku-4-5", usage, PRICES, batch=True) == pytest.approx(1.25)


def test_prices_can_be_given() -> None:
    assert given_prices(["my-own-judge=0.5/2"]) == {"my-own-judge": Price(0.5, 2)}


@pytest.mark.parametrize("text", ["my-own-judge", "a=1", "a=1/b", "=1/2", "a=-1/2"])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(JudgingError, match="is no price"):
        given_prices([text])


def test_other_scripts_take_more_tokens_than_ascii() -> None:
    assert tokens_in("word " * 70) == 100
    assert tokens_in("日本語") == 3


def test_an_estimate_grows_with_the_text() -> None:
    short, long = (estimate("claude-haiku-4-5", "x" * n, PRICES, batch=False) for n in (10, 10_000))
    assert long.input_tokens > short.input_tokens
    assert (long.cost or 0) > (short.cost or 0) > 0


def test_one_unknown_price_makes_the_sum_unknown() -> None:
    assert Estimate(1, 1, 1, 0.5).plus(Estimate(1, 1, 1, None)) == Estimate(2, 2, 2, None)


@pytest.mark.parametrize(
    ("expected", "ceilings", "message"),
    [
        (Estimate(11, 0, 0, 1.0), Ceilings(calls=10), "11 calls are needed, the ceiling is 10; nothing was sent"),
        (Estimate(1, 0, 0, 2.0), Ceilings(cost=1.5), r"\$2.00 is needed, the ceiling is \$1.50; nothing was sent"),
        (Estimate(1, 0, 0, None), Ceilings(cost=1.5), "no known price"),
    ],
)
def test_above_a_ceiling_nothing_is_sent(expected: Estimate, ceilings: Ceilings, message: str) -> None:
    with pytest.raises(JudgingError, match=message):
        refuse_above(expected, ceilings)


@pytest.mark.parametrize("expected", [Estimate(10, 0, 0, 1.5), Estimate(0, 0, 0, None)])
def test_up_to_a_ceiling_it_may_go_on(expected: Estimate) -> None:
    refuse_above(expected, Ceilings(10, 1.5))
