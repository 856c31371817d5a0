from __future__ import annotations

import evalset_builders as builders
import numpy as np
import pytest

from bot.archives.records import AlignmentArchive
from bot.evalsets.responses import Response, score
from bot.evalsets.results import Results, from_archive, from_responses
from bot.evalsets.statistics import findings_of, statistics_of

ITEMS = [builders.free(name, f"Question {name}?") for name in "abcd"]
# rows: respondents, columns: items
TABLE = np.array([[1, 1, 1, 0], [1, 1, 0, 1], [1, 0, 0, 1], [1, 0, 0, 0.5], [1, 1, 1, 0.2]], dtype=float)
RESULTS = Results("t", {f"m{r}": {item.id: [row[c]] for c, item in enumerate(ITEMS)} for r, row in enumerate(TABLE)})


def test_difficulty_and_item_rest_correlation() -> None:
    found = statistics_of(ITEMS, RESULTS)
    for column, each in enumerate(found):
        rest = np.delete(TABLE, column, axis=1).mean(axis=1)
        assert each.mean == pytest.approx(TABLE[:, column].mean())
        if column:
            assert each.item_rest == pytest.approx(np.corrcoef(TABLE[:, column], rest)[0, 1])
    assert found[0].item_rest is None


def test_an_item_on_which_all_score_the_same_is_dead() -> None:
    found = statistics_of(ITEMS, RESULTS)
    assert [each.dead for each in found] == [True, False, False, False]
    assert found[0].ceiling
    assert any("dead" in finding.what and finding.where == "a" for finding in findings_of(found))


def test_two_respondents_say_nothing_of_dead_items() -> None:
    two = Results("t", dict(list(RESULTS.respondents.items())[:2]))
    assert not any(each.dead or each.item_rest is not None for each in statistics_of(ITEMS, two))


def test_floor() -> None:
    zeros = Results("t", {"m": {"a": [0.0, 0.0]}})
    (found,) = statistics_of(ITEMS, zeros)
    assert (found.floor, found.ceiling, found.answers, found.respondents) == (True, False, 2, 1)


def test_results_of_responses_keep_variants_apart() -> None:
    items = [builders.mcq("a")]
    responses = [
        Response("a", ("B",), model="m", confidence=0.7),
        Response("a", ("A",), model="m", variant="option_shuffle"),
        Response("a", ("what?",), model="m", sample=1),
    ]
    found = from_responses(score(items, responses)[0], "r.jsonl")
    assert found.respondents == {"m": {"a": [1.0]}}
    assert found.variants == {"option_shuffle": {"a": [0.0]}}
    assert found.confidences == {"a": [0.7]}


def test_an_empty_archive_has_no_results(tmp_path: object) -> None:
    from pathlib import Path

    archive = AlignmentArchive(Path(), "x", ())
    assert not from_archive(archive, ITEMS).any_scores
