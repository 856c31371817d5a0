"""What closes a report, by where its clean result goes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bundles import bodies, tracker

from bot import pipeline
from bot.reports import building
from bot.reports.bundle import Bundle
from bot.reports.markers import find_markers
from bot.tracker.configuration import Configuration
from bot.tracker.local import LocalTracker
from bot.tracker.publishing import Place, publish

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "eval_results" / "issue-164"
CLOSING = ["done", "follow-ups"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The example without the second count, which is held elsewhere."""
    folder = tmp_path_factory.mktemp("closing")
    (folder / "hero.png").write_bytes(b"picture")
    report = pipeline.report_of(pipeline.score(pipeline.load_archive(EXAMPLE)), {"hero": [folder / "hero.png"]})
    return building.build(report, [folder / "hero.png"], folder / "bundle", created=None, issue=7)[0]


@pytest.fixture
def there(tmp_path: Path) -> LocalTracker:
    return tracker(tmp_path / "tracker")


def posted(made: Bundle, there: LocalTracker, **configured: object) -> dict[str, str]:
    """Comments by kind, after publishing twice."""
    place = Place(there, 7, Configuration.model_validate(configured))
    publish(made, place)
    before = bodies(there)
    publish(made, place)
    assert bodies(there) == before
    return {marker.kind: marker.content for text in before for marker in find_markers(text)}


def row(text: str, name: str) -> str:
    (value,) = re.findall(rf"(?m)^\| {name} \| (.*) \|$", text)
    return str(value)


def test_beside_a_clean_result_of_its_own_the_closing_names_it(made: Bundle, there: LocalTracker) -> None:
    found = posted(made, there)
    assert list(found) == ["results", "analysis", *CLOSING]
    assert row(found["done"], "Clean result") == "#8" and "#8" in found["analysis"]
    assert row(found["done"], "Board column") == "Awaiting promotion"
    assert row(found["done"], "Review") == "not reviewed"


def test_in_place_the_closing_names_the_issue_itself(made: Bundle, there: LocalTracker) -> None:
    found = posted(made, there, in_place=True)
    assert list(found) == ["results", "original-body", "analysis", *CLOSING]
    assert row(found["done"], "Clean result") == "#7" and "The clean result is #7" in found["analysis"]


def test_where_none_is_opened_the_closing_says_so(made: Bundle, there: LocalTracker) -> None:
    found = posted(made, there, clean_results=False)
    assert list(found) == ["results", *CLOSING]
    assert row(found["done"], "Clean result") == "none was opened"
    assert row(found["done"], "Board column") == "as it was"


def test_a_column_of_another_name_is_the_one_that_is_told(made: Bundle, there: LocalTracker) -> None:
    found = posted(made, there, columns={"clean-results:draft": "To | look at"})
    assert row(found["done"], "Board column") == r"To \| look at"
