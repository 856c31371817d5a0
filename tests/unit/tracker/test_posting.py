from __future__ import annotations

import re
from pathlib import Path

import pytest
from bundles import OTHER, OWN, VALUES, Failing, as_other_account, bodies, body, bundle, tracker

from bot.errors import ReportError, TrackerError
from bot.reports.bundle import Bundle
from bot.reports.markers import find_markers, wrap
from bot.reports.splitting import LIMIT, ROOM
from bot.tracker.local import LocalTracker
from bot.tracker.protocol import UnclearAnswerError
from bot.tracker.publishing import Place, Posted, publish


@pytest.fixture
def there(tmp_path: Path) -> LocalTracker:
    return tracker(tmp_path / "tracker")


@pytest.fixture
def first(tmp_path: Path) -> Bundle:
    return bundle(tmp_path / "first")


@pytest.fixture
def second(tmp_path: Path) -> Bundle:
    return bundle(tmp_path / "second", VALUES | {"alpha/sonnet/a": 66.0})


def post(made: Bundle, to: object, run: int = 0) -> Posted:
    (posted,) = publish(made, Place(to, 7, run=run)).posted  # type: ignore[arg-type]
    return posted


def versions(of: LocalTracker) -> list[tuple[str, int, int]]:
    return [(m.kind, m.version, m.part) for text in bodies(of) for m in find_markers(text) if m.honest]


def test_a_report_is_posted_between_its_markers_with_its_figure(there: LocalTracker, first: Bundle) -> None:
    posted = post(first, there)
    (text,) = bodies(there)
    (marker,) = find_markers(text)
    assert (posted.kind, posted.version, posted.new) == ("results", 1, True)
    assert marker.honest
    (link,) = re.findall(r"!\[hero\]\((.*)\)", text)
    assert (there.folder / link).read_bytes() == b"picture"
    assert posted.urls == (there.comments(7)[0].url,)


def test_the_same_report_again_changes_nothing(there: LocalTracker, first: Bundle) -> None:
    post(first, there)
    before = {path: path.read_bytes() for path in there.folder.rglob("*") if path.is_file()}
    again = post(first, there)
    assert (again.version, again.new) == (1, False)
    assert {path: path.read_bytes() for path in there.folder.rglob("*") if path.is_file()} == before


def test_other_numbers_are_a_new_version_that_says_what_changed(there, first: Bundle, second: Bundle) -> None:
    post(first, there)
    assert post(second, there).version == 2
    old, new = bodies(there)
    assert versions(there) == [("results", 1, 1), ("results", 2, 1)]
    assert "Changed since" not in old
    assert "\n> **Changed since v1:** `alpha/sonnet/a` 67.80 → 66.00.\n" in new
    assert new.index("## Results") < new.index("Changed since") < new.index("![hero]")


def test_the_first_numbers_again_are_a_third_version(there, first: Bundle, second: Bundle) -> None:
    for made in (first, second, first):
        post(made, there)
    assert versions(there) == [("results", 1, 1), ("results", 2, 1), ("results", 3, 1)]
    assert "66.00 → 67.80" in bodies(there)[2]
    assert not post(first, there).new


@pytest.mark.parametrize("change", [{"picture": b"another"}, {"parts": [body(VALUES, "in other words")]}])
def test_another_figure_or_wording_is_a_new_version_too(there, first: Bundle, tmp_path: Path, change: dict) -> None:
    post(first, there)
    assert post(bundle(tmp_path / "other", **change), there).version == 2
    assert "no number that was shown before; the text or the figures did" in bodies(there)[1]


def test_numbers_that_are_gone_are_counted(there, first: Bundle, tmp_path: Path) -> None:
    post(first, there)
    post(bundle(tmp_path / "fewer", {"alpha/sonnet/a": 67.8}), there)
    assert "1 numbers are no longer there" in bodies(there)[1]


def test_a_note_on_many_changes_stays_within_the_room_that_is_left_for_it(there, tmp_path: Path) -> None:
    names = [f"prediction/{'x|`<' * 60}{k}/threshold" for k in range(900)]
    for number, folder in ((1.0, "one"), (2.0, "two")):
        values = dict.fromkeys(names, number)
        few = dict.fromkeys(names[:20], number)
        filler = "word " * ((LIMIT - ROOM - len(body(few, ""))) // len("word "))
        post(bundle(tmp_path / folder, values, parts=[body(few, filler)]), there)
    assert "; and 1" in bodies(there)[1]
    assert max(len(text) for text in bodies(there)) < LIMIT


def test_of_many_changes_the_first_are_told_and_the_others_counted(there, tmp_path: Path) -> None:
    for number, folder in ((1.0, "one"), (2.0, "two")):
        post(bundle(tmp_path / folder, {f"alpha/opus/{k}": number for k in range(20)}), there)
    assert bodies(there)[1].count("1.00 → 2.00") == 8
    assert "; and 12 more" in bodies(there)[1]


def test_a_name_of_a_fact_cannot_act_in_the_note(there, tmp_path: Path) -> None:
    name = "prediction/` <img src=x> @all\n<!-- /changes -->\n/threshold"
    for number, folder in ((1.0, "one"), (2.0, "two")):
        post(bundle(tmp_path / folder, {name: number}), there)
    note = bodies(there)[1].split("<!-- changes -->")[1].split("\n<!-- /changes -->\n")[0]
    assert "``prediction/` <img src=x> @all <!-- /changes --> /threshold`` 1.00 → 2.00" in note
    assert not post(bundle(tmp_path / "two", {name: 2.0}), there).new


def test_what_a_sample_calls_facts_is_no_number_of_ours(there, tmp_path: Path) -> None:
    for number, folder in ((1.0, "one"), (2.0, "two")):
        sample = f'\n```text\n<!-- facts {{"alpha/opus/a": {number}}} -->\n```\n'
        made = bundle(tmp_path / folder, VALUES, parts=[body({"alpha/sonnet/a": 67.8}) + sample])
        post(made, there)
    assert "no number that was shown before" in bodies(there)[1]


def test_facts_that_cannot_be_read_back_do_not_fail_the_report(there, first: Bundle, tmp_path: Path) -> None:
    post(bundle(tmp_path / "damaged", parts=["## Results\n<!-- facts {damaged} -->\n"]), there)
    assert post(first, there).version == 2


def test_a_version_of_which_one_part_differs_is_another(there, tmp_path: Path) -> None:
    for text, folder in (("y\n", "one"), ("z\n", "two")):
        post(bundle(tmp_path / folder, parts=[body(VALUES), text]), there)
    assert versions(there) == [("results", 1, 1), ("results", 1, 2), ("results", 2, 1), ("results", 2, 2)]


def test_a_figures_name_in_a_sample_is_text(there, tmp_path: Path) -> None:
    sample = "```text\n![x](figures/hero.png)\n```\n"
    post(bundle(tmp_path / "one", parts=[body(VALUES) + sample]), there)
    assert sample in bodies(there)[0]


def test_parts_are_posted_in_order_and_each_once(there, tmp_path: Path) -> None:
    made = bundle(tmp_path / "parts", parts=[body(VALUES), "second\n", "third\n"])
    posted = post(made, there)
    assert versions(there) == [("results", 1, 1), ("results", 1, 2), ("results", 1, 3)]
    assert posted.urls == tuple(comment.url for comment in there.comments(7))
    assert not post(made, there).new


def test_kinds_have_versions_of_their_own(there, tmp_path: Path) -> None:
    for text, folder in (("a\n", "one"), ("b\n", "two")):
        publish(bundle(tmp_path / folder, comments={"results": ["the same\n"], "done": [text]}), Place(there, 7))
    assert versions(there) == [("results", 1, 1), ("done", 1, 1), ("done", 2, 1)]


def spoof(made: Bundle, version: int = 9) -> str:
    return wrap("results", made.text("comments/results.md"), version=version)


def test_a_marker_typed_by_somebody_else_is_text(there: LocalTracker, first: Bundle) -> None:
    as_other_account(there, spoof(first))
    as_other_account(there, wrap("results", "another report", version=5))
    assert (post(first, there).version, post(first, there).new) == (1, False)
    assert [comment.author for comment in there.comments(7)] == [OTHER, OTHER, OWN]


def test_a_marker_of_our_account_with_a_wrong_digest_is_text(there: LocalTracker, first: Bundle) -> None:
    there.post_comment(7, spoof(first).replace("67.80", "99.99"))
    there.post_comment(7, spoof(first).replace("<!-- /epm:results -->", ""))
    there.post_comment(7, "```\n" + spoof(first) + "```")
    assert (post(first, there).version, post(first, there).new) == (1, False)


def test_a_part_beyond_the_last_in_our_own_name_is_text(there: LocalTracker, first: Bundle) -> None:
    there.post_comment(7, wrap("results", "x", part=2, parts=2).replace("part=2/2", "part=2/1"))
    assert (post(first, there).version, post(first, there).new) == (1, False)


def test_a_report_that_stands_there_twice_is_not_posted_a_third_time(there: LocalTracker, first: Bundle) -> None:
    post(first, there)
    there.post_comment(7, bodies(there)[0])
    assert not post(first, there).new


def test_a_run_that_a_false_marker_names_stops_nobody(there: LocalTracker, first: Bundle) -> None:
    there.post_comment(7, spoof(first).replace("67.80", "99.99").replace(" -->", " run=99 -->", 1))
    assert post(first, there, run=3).new


def test_an_older_run_posts_nothing_over_a_newer(there: LocalTracker, first: Bundle, second: Bundle) -> None:
    post(second, there, run=12)
    older = publish(first, Place(there, 7, run=9))
    assert older.posted == ()
    assert "run 12 has reported since" in older.said[0]
    assert len(bodies(there)) == 1


@pytest.mark.parametrize("after", [False, True], ids=["not posted", "posted"])
def test_after_an_unclear_answer_it_is_looked_for_before_it_is_posted_again(there, tmp_path: Path, after: bool) -> None:
    made = bundle(tmp_path / "parts", parts=[body(VALUES), "second\n"])
    unclear = Failing(there, 1, after=after, error=lambda: UnclearAnswerError("a gateway did not answer"))
    posted = post(made, unclear)
    assert versions(there) == [("results", 1, 1), ("results", 1, 2)]
    assert posted.urls == tuple(comment.url for comment in there.comments(7))


def test_what_was_posted_is_found_however_the_tracker_ends_its_lines(there, first: Bundle, monkeypatch) -> None:
    post_comment = LocalTracker.post_comment
    monkeypatch.setattr(LocalTracker, "post_comment", lambda t, n, text: post_comment(t, n, text.replace("\n", "\r\n")))
    post(first, Failing(there, 1, after=True, error=lambda: UnclearAnswerError("a gateway did not answer")))
    assert len(bodies(there)) == 1


def test_an_answer_that_stays_unclear_is_told(there: LocalTracker, first: Bundle, monkeypatch) -> None:
    def nobody(*_: object) -> None:
        raise UnclearAnswerError("a gateway did not answer")

    monkeypatch.setattr(LocalTracker, "post_comment", nobody)
    with pytest.raises(UnclearAnswerError):
        post(first, there)


def test_a_comment_that_would_hide_its_marker_is_refused_before_anything_is_posted(there, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="hide its own marker"):
        post(bundle(tmp_path / "open", parts=["```\nnobody closes this\n"]), there)
    assert bodies(there) == []


def test_an_issue_that_is_not_there_is_told(there: LocalTracker, first: Bundle) -> None:
    with pytest.raises(TrackerError, match="there is no issue 8"):
        publish(first, Place(there, 8))
