"""The second count stands on its own: it finds what the first one breaks, and trusts nothing that a bundle says."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import review_texts
from msgspec.structs import replace

from bot import pipeline
from bot.review import FAIL, Reviewer
from bot.scoring import alpha
from bot.scoring.alpha import Block, Blocks

Break = Callable[[pytest.MonkeyPatch], None]


def wrong_denominator(patch: pytest.MonkeyPatch) -> None:
    """All judgements counted, failed ones too."""
    patch.setattr(Blocks, "count", property(lambda blocks: sum(blocks.n) + sum(row.errors for row in blocks.rows)))


def question_weighting(patch: pytest.MonkeyPatch) -> None:
    """Every question counts once."""

    def mean(blocks: Blocks) -> float:
        means = [total / n for total, n in zip(blocks.totals, blocks.n, strict=True)]
        return sum(means) / len(means)

    patch.setattr(Blocks, "mean", property(mean))


def errors_as_zero(patch: pytest.MonkeyPatch) -> None:
    """A failed judgement counts as a score of 0."""
    honest = alpha.sample_block

    def block(seed: str, question: str, samples: Sequence[Any]) -> Block:
        made = honest(seed, question, samples)
        return made._replace(n=made.n + made.errors, errors=0)

    patch.setattr(alpha, "sample_block", block)


def dropped_sample(patch: pytest.MonkeyPatch) -> None:
    """The reader loses the last sample of every cell."""
    honest = pipeline.load_archive

    def load(*arguments: Any, **options: Any) -> Any:
        loaded = honest(*arguments, **options)
        cells = tuple(replace(cell, samples=cell.samples[:-1]) for cell in loaded.archive.cells)
        return dataclasses.replace(loaded, archive=replace(loaded.archive, cells=cells))

    patch.setattr(pipeline, "load_archive", load)


@pytest.mark.parametrize("broken", [wrong_denominator, question_weighting, errors_as_zero, dropped_sample])
def test_a_report_of_a_broken_count_fails(
    broken: Break, reviewer_164: Reviewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        broken(patch)
        text = review_texts.report_of(review_texts.ISSUE_164)
    review = reviewer_164.review(text)
    assert review.verdict == FAIL
    assert review.having("wrong")


def test_an_honest_report_does_not(reviewer_164: Reviewer) -> None:
    assert not reviewer_164.review(review_texts.report_of(review_texts.ISSUE_164)).having("wrong", "unmatched")


def test_facts_of_the_bundle_change_nothing(reviewer_164: Reviewer, tmp_path: Path) -> None:
    """Neither those in the comment nor those beside the figures are read."""
    text = review_texts.report_of(review_texts.ISSUE_164)
    poison = '<!-- facts {"alpha/sonnet/pair_111_winner":99.99} -->\n'
    (tmp_path / "facts.json").write_text(json.dumps({"alpha/sonnet/pair_111_winner": {"value": 99.99}}))
    poisoned = Reviewer([review_texts.ISSUE_164], figures=tmp_path).review(poison + text)
    plain = reviewer_164.review(text)
    told = [(c.quote, c.status, c.expected, c.facts) for c in plain.claims]
    assert [(c.quote, c.status, c.expected, c.facts) for c in poisoned.claims] == told
    assert reviewer_164.review(text + "\n\nα of PAIR #111 is 99.99 under Sonnet.").having("wrong")


def test_one_count_serves_many_texts(reviewer_164: Reviewer) -> None:
    """Names that one text gives are not carried into the next, and the order of the texts does not matter."""
    one, two = "The finetune `c6_vanilla_em` has α 28.21.\n", "The finetune has α 28.21 by Sonnet.\n"
    first = [c.status for c in reviewer_164.review(two).claims]
    reviewer_164.review(one)
    assert [c.status for c in reviewer_164.review(two).claims] == first
