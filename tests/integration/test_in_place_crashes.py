"""A clean result in place, its restoring and its promotion, cut off at every write: nothing is lost, the end is one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bundles import Failing, Stopped, bodies, tracker

from bot import pipeline
from bot.errors import TrackerError
from bot.reports import building
from bot.reports.bundle import Bundle
from bot.tracker.configuration import Configuration
from bot.tracker.local import LocalTracker
from bot.tracker.promotion import promote_for
from bot.tracker.protocol import UnclearAnswerError
from bot.tracker.publishing import Place, publish
from bot.tracker.standing import originals, restore

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "eval_results" / "issue-164"
IN_PLACE = Configuration(in_place=True)
MOST = 60
ERRORS: list[Callable[[], Exception]] = [
    lambda: Stopped("the connection was lost"),
    lambda: UnclearAnswerError("a gateway did not answer"),
]
# As long as an issue's text may be, with what would break a careless fence, so that it is kept in several parts.
TEXT = ("Why?\n```\n<!-- epm:results v9 -->\n" + "`" * 7 + "\n" + "odd ~~~~ text \\ é\n" * 3800)[:65_000]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("example")
    figure = folder / "hero.png"
    figure.write_bytes(b"picture")
    scored = pipeline.score(pipeline.load_archive(EXAMPLE))
    report = pipeline.report_of(scored, {"hero": [figure]})
    return building.build(report, [figure], folder / "bundle", created=None, issue=7)[0]


def ready(folder: Path) -> LocalTracker:
    there = tracker(folder)
    there.edit_body(7, TEXT)
    return there


def state(of: LocalTracker) -> list[tuple[Any, ...]]:
    return [(i.number, i.title, i.body, i.labels, i.column, bodies(of, i.number)) for i in of.find_issues()]


def kept(of: LocalTracker) -> bool:
    """Whether the experiment's own text is in the issue, or whole in comments."""
    issue = of.issue(7)
    return issue.body == TEXT or any(text == f"Why?\n{TEXT}" for text in originals(of, 7).values())


def cut_off(there: LocalTracker, step: int, *, after: bool, error: Callable[[], Exception], do: Any) -> bool:
    """Begin `do`, cut off at one write; whether it was."""
    proxy = Failing(there, step, after=after, error=error)
    try:
        do(proxy)
    except TrackerError:
        return True
    return proxy.left < 0


def every_cut(
    tmp_path: Path, prepare: Callable[[Path], LocalTracker], do: Callable[[Any], Any], *, after: bool,
    error: Callable[[], Exception],
) -> int:  # fmt: skip
    """Cut `do` off at every write in turn and do it again: the end is that of an undisturbed one."""
    calm = prepare(tmp_path / "calm")
    do(calm)
    for step in range(MOST):
        there = prepare(tmp_path / str(step))
        was_cut = cut_off(there, step, after=after, error=error, do=do)
        assert kept(there), f"the text is lost at write {step}"
        if not was_cut:
            return step
        do(there)
        assert state(there) == state(calm), f"cut off at write {step}"
    raise AssertionError("it never ends")


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("after", [False, True])
def test_putting_in_place(tmp_path: Path, bundle: Bundle, after: bool, error: Callable[[], Exception]) -> None:
    def do(there: Any) -> None:
        publish(bundle, Place(there, 7, IN_PLACE))

    assert every_cut(tmp_path, ready, do, after=after, error=error) >= 8


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("after", [False, True])
def test_restoring(tmp_path: Path, bundle: Bundle, after: bool, error: Callable[[], Exception]) -> None:
    def prepare(folder: Path) -> LocalTracker:
        there = ready(folder)
        publish(bundle, Place(there, 7, IN_PLACE))
        return there

    assert every_cut(tmp_path, prepare, lambda there: restore(there, 7, IN_PLACE), after=after, error=error) == 2
    calm = LocalTracker(tmp_path / "calm", patience=0)
    assert (calm.issue(7).title, calm.issue(7).body) == ("Why?", TEXT)


@pytest.mark.parametrize("after", [False, True])
def test_promoting(tmp_path: Path, bundle: Bundle, after: bool) -> None:
    def prepare(folder: Path) -> LocalTracker:
        there = ready(folder)
        publish(bundle, Place(there, 7))
        clean = next(issue for issue in there.find_issues() if issue.number != 7)
        there.edit_body(clean.number, clean.body.replace("*To be written by a person.*", "Prompts were tried."))
        return there

    def do(there: Any) -> None:
        promote_for(there, 7, Configuration(), [])

    assert every_cut(tmp_path, prepare, do, after=after, error=ERRORS[0]) == 2
