"""Publishing killed at every single write, and run again: the issue ends as if nothing had happened."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from bundles import VALUES, Failing, Stopped, bodies, body, bundle, tracker

from bot import pipeline
from bot.errors import TrackerError
from bot.experiment import Experiment
from bot.reports import building
from bot.reports.bundle import Bundle
from bot.reports.markers import find_markers
from bot.tracker.local import LocalTracker
from bot.tracker.protocol import UnclearAnswerError
from bot.tracker.publishing import Place, publish
from bot.verdicts import reviewer

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "eval_results" / "issue-164"
MOST = 60


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bundle, Bundle]:
    """A report in three parts, and the same after a number changed."""
    folder = tmp_path_factory.mktemp("bundles")
    changed = VALUES | {"alpha/sonnet/a": 66.0}
    parts = [[body(values), "second\n", "third\n"] for values in (VALUES, changed)]
    return bundle(folder / "a" / "bundle", parts=parts[0]), bundle(folder / "b" / "bundle", changed, parts=parts[1])


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> tuple[Bundle, Bundle]:
    """The bundled experiment with its clean result, and the same under another title."""
    folder = tmp_path_factory.mktemp("example")
    figure = folder / "hero.png"
    figure.write_bytes(b"picture")
    loaded = pipeline.load_archive(EXAMPLE)
    retitled = loaded.experiment.model_copy(update={"title": "another claim"})
    return made(loaded, loaded.experiment, folder / "a", figure), made(loaded, retitled, folder / "b", figure)


def made(loaded: pipeline.Loaded, experiment: Experiment, folder: Path, figure: Path) -> Bundle:
    scored = pipeline.score(pipeline.Loaded(loaded.archive, experiment, loaded.declared_in, loaded.read))
    report = pipeline.report_of(scored, {"hero": [figure]})
    review, _ = reviewer([EXAMPLE])
    return building.build(report, [figure], folder, created=None, issue=7, review=review)[0]


def state(of: LocalTracker) -> list[tuple[Any, ...]]:
    """All that stands in a tracker."""
    return [
        (issue.number, issue.title, issue.body, issue.labels, issue.column, bodies(of, issue.number))
        for issue in of.find_issues()
    ]


def stopped() -> Exception:
    return Stopped("the connection was lost")


def unclear() -> Exception:
    return UnclearAnswerError("a gateway did not answer")


def undisturbed(folder: Path, pair: tuple[Bundle, Bundle]) -> list[tuple[Any, ...]]:
    there = tracker(folder)
    for one in pair:
        publish(one, Place(there, 7))
    return state(there)


def disturbed(
    folder: Path, pair: tuple[Bundle, Bundle], go: Callable[[Bundle, LocalTracker], bool]
) -> tuple[Any, bool]:
    """Publish both, each begun by `go` and then run again; what stands there, and whether anything was cut off."""
    there = tracker(folder)
    cut_off = False
    for one in pair:
        cut_off |= go(one, there)
        publish(one, Place(there, 7))
    return state(there), cut_off


def ends_the_same(tmp_path: Path, pair: tuple[Bundle, Bundle], at: Callable[[int], Any]) -> int:
    """Cut off at every write in turn; how many writes there were."""
    wanted = undisturbed(tmp_path / "undisturbed", pair)
    for step in range(MOST):
        found, cut_off = disturbed(tmp_path / str(step), pair, at(step))
        if not cut_off:
            return step
        assert found == wanted, f"cut off at write {step}"
    raise AssertionError("it never ends")


def failing(step: int, *, after: bool, error: Callable[[], Exception]) -> Callable[[Bundle, LocalTracker], bool]:
    def go(one: Bundle, there: LocalTracker) -> bool:
        proxy = Failing(there, step, after=after, error=error)
        try:
            publish(one, Place(proxy, 7))  # type: ignore[arg-type]
        except TrackerError:
            return True
        return proxy.left < 0  # an unclear answer was looked up, and the run went on

    return go


def killed(step: int, *, after: bool) -> Callable[[Bundle, LocalTracker], bool]:
    def die() -> NoReturn:
        os._exit(9)

    def go(one: Bundle, there: LocalTracker) -> bool:
        child = os.fork()
        if not child:
            publish(one, Place(Failing(there, step, after=after, error=die), 7))  # type: ignore[arg-type]
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9

    return go


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("error", [stopped, unclear])
def test_a_report_in_parts_cut_off_at_any_write_ends_the_same(tmp_path, reports, after: bool, error) -> None:
    writes = ends_the_same(tmp_path, reports, lambda step: failing(step, after=after, error=error))
    assert writes == 4  # the figures and three parts


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_report_whose_process_dies_at_any_write_ends_the_same(tmp_path, reports, after: bool) -> None:
    assert ends_the_same(tmp_path, reports, lambda step: killed(step, after=after)) == 4


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_report_with_its_clean_result_cut_off_at_any_write_ends_the_same(tmp_path, example, after: bool) -> None:
    writes = ends_the_same(tmp_path, example, lambda step: failing(step, after=after, error=stopped))
    assert writes >= 5
    source, clean = undisturbed(tmp_path / "again", example)
    kinds = [marker.kind for text in source[-1] for marker in find_markers(text)]
    assert kinds == ["results", "analysis", "reviewer-verdict", "done", "follow-ups", "results", "done"]
    assert f"| Clean result | #{clean[0]} |" in source[-1][3]
    assert "| Board column | Awaiting promotion |" in source[-1][3]
    assert clean[1] == "another claim (LOW confidence)"


def test_cut_off_again_and_again_it_still_comes_to_its_end(tmp_path: Path, reports) -> None:
    there = tracker(tmp_path / "tracker")
    for one in reports:
        for _ in range(MOST):
            if not failing(1, after=True, error=stopped)(one, there):
                break
    assert state(there) == undisturbed(tmp_path / "undisturbed", reports)


def test_a_second_version_begun_and_overtaken_by_a_third_stays_as_it_is(tmp_path: Path, reports) -> None:
    first, second = reports
    there = tracker(tmp_path / "tracker")
    publish(first, Place(there, 7))
    assert failing(2, after=True, error=stopped)(second, there)
    publish(first, Place(there, 7))
    publish(first, Place(there, 7))
    found = [(m.version, m.part) for text in bodies(there) for m in find_markers(text) if m.honest]
    assert found == [(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3)]
