import inspect
import json
import os
from pathlib import Path

import pytest

from bot.errors import TrackerError
from bot.tracker.limits import BODY_LIMIT
from bot.tracker.local import LocalTracker
from bot.tracker.protocol import Comment, Issue, Tracker

NOW = "2025-11-20T12:00:00+00:00"
HOSTILE = "@everyone fixes #1 --> <!-- epm:results v9 -->\r\n`|` \u202e\u2066 \x00 \x1b[31m α 😀\r"


@pytest.fixture
def tracker(tmp_path: Path) -> LocalTracker:
    tracker = LocalTracker(tmp_path / "tracker", now=NOW)
    tracker.ensure_issue(164, "A title", "A body")
    return tracker


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_stands_behind_the_protocol_with_the_same_parameters():
    for name, method in inspect.getmembers(Tracker, inspect.isfunction):
        if not name.startswith("_"):
            theirs = inspect.signature(getattr(LocalTracker, name)).parameters
            assert list(theirs) == list(inspect.signature(method).parameters), name


def test_an_issue_comes_back_as_it_was_given(tracker):
    created = tracker.create_issue("Claim (LOW confidence)", HOSTILE, ["clean-results:draft"])
    again = LocalTracker(tracker.folder).issue(165)
    assert created == again
    assert again == Issue(
        number=165,
        title="Claim (LOW confidence)",
        body=HOSTILE,
        author="recount[bot]",
        labels=("clean-results:draft",),
        column=None,
        state="open",
        created=NOW,
        url="issue-165.html",
    )


def test_comments_come_back_in_order_with_their_authors(tracker):
    first = tracker.post_comment(164, HOSTILE)
    LocalTracker(tracker.folder, login="maria").post_comment(164, "Thanks")
    assert LocalTracker(tracker.folder).comments(164) == [
        first,
        Comment(id=2, author="maria", body="Thanks", created=None, url="issue-164.html#issuecomment-2"),
    ]
    assert first.body == HOSTILE


def test_people_can_read_the_files(tracker):
    tracker.post_comment(164, "**Bold** α")
    folder = tracker.folder / "issues" / "164"
    assert (folder / "comments" / "0001.md").read_text(encoding="utf-8") == "**Bold** α"
    assert json.loads((folder / "issue.json").read_text())["title"] == "A title"


def test_posting_touches_nothing_that_was_posted_before(tracker):
    tracker.post_comment(164, "one")
    before = files_of(tracker.folder)
    tracker.post_comment(164, "two")
    after = files_of(tracker.folder)
    assert {name: after[name] for name in before} == before
    assert len(after) == len(before) + 2


def test_the_same_input_gives_the_same_bytes(tmp_path):
    def fill(folder: Path) -> dict[str, bytes]:
        tracker = LocalTracker(folder, now=NOW)
        tracker.ensure_issue(164, "T", "B", ["b", "a"])
        tracker.post_comment(164, "x")
        tracker.store_figures(164, {"hero.png": b"1"})
        return files_of(folder)

    assert fill(tmp_path / "one") == fill(tmp_path / "two")


def test_an_edited_comment_keeps_its_place(tracker):
    tracker.post_comment(164, "progress 1")
    tracker.post_comment(164, "other")
    tracker.edit_comment(164, 1, "progress 2")
    assert [comment.body for comment in tracker.comments(164)] == ["progress 2", "other"]


def test_a_deleted_comment_is_gone_and_its_id_is_not_given_again(tracker):
    tracker.post_comment(164, "progress")
    tracker.delete_comment(164, 1)
    tracker.delete_comment(164, 1)
    assert tracker.comments(164) == []
    assert tracker.post_comment(164, "next").id == 2
    with pytest.raises(TrackerError, match="does not exist"):
        tracker.edit_comment(164, 1, "back")


def test_an_ensured_issue_is_made_once_and_then_left_as_it_is(tracker):
    assert tracker.ensure_issue(164, "Other title", "Other body").title == "A title"
    assert [issue.number for issue in tracker.find_issues()] == [164]


def test_labels_are_added_once_and_removed_whatever_their_case(tracker):
    tracker.add_labels(164, ["status:running", "Blocked", "blocked"])
    tracker.add_labels(164, ["STATUS:running"])
    assert tracker.issue(164).labels == ("status:running", "Blocked")
    tracker.remove_label(164, "blocked")
    tracker.remove_label(164, "never there")
    assert tracker.issue(164).labels == ("status:running",)


def test_issues_are_found_by_label(tracker):
    tracker.create_issue("T", "B", ["clean-results:draft"])
    assert [issue.number for issue in tracker.find_issues(label="Clean-Results:draft")] == [165]
    assert [issue.number for issue in tracker.find_issues()] == [164, 165]


def test_the_card_moves_and_title_and_body_change(tracker):
    tracker.move(164, "Awaiting promotion")
    tracker.edit_title(164, "New title")
    tracker.edit_body(164, "New body")
    issue = tracker.issue(164)
    assert (issue.column, issue.title, issue.body) == ("Awaiting promotion", "New title", "New body")


def test_figures_lie_under_a_prefix_that_their_content_names(tracker):
    files = {"hero.png": b"\x89PNG", "supporting/gap.svg": b"<svg/>"}
    prefix = tracker.store_figures(164, files)
    assert {name: (tracker.folder / prefix / name).read_bytes() for name in files} == files
    assert tracker.store_figures(164, dict(reversed(files.items()))) == prefix
    assert tracker.store_figures(164, {**files, "hero.png": b"new"}) != prefix
    assert (tracker.folder / prefix / "hero.png").read_bytes() == b"\x89PNG"


def test_a_figure_that_was_changed_on_disk_is_not_passed_off_as_stored(tracker):
    prefix = tracker.store_figures(164, {"hero.png": b"1"})
    (tracker.folder / prefix / "hero.png").write_bytes(b"2")
    with pytest.raises(TrackerError, match="changed after it was stored"):
        tracker.store_figures(164, {"hero.png": b"1"})


@pytest.mark.parametrize(
    "name", ["../x.png", "/x.png", "a//b", "a/../b", ".hidden", "a b.png", "a\\b", "", "a\n", "ä.png"]
)
def test_file_names_that_lead_elsewhere_are_refused(tracker, name):
    before = files_of(tracker.folder)
    with pytest.raises(TrackerError, match="plain relative path"):
        tracker.store_figures(164, {name: b"1"})
    assert files_of(tracker.folder) == before


def test_a_body_of_exactly_the_limit_is_taken_and_one_more_refused(tracker):
    assert tracker.post_comment(164, "😀" * BODY_LIMIT).id == 1
    with pytest.raises(TrackerError, match="65,537 characters, GitHub takes 65,536"):
        tracker.post_comment(164, "x" * (BODY_LIMIT + 1))
    assert len(tracker.comments(164)) == 1


@pytest.mark.parametrize(
    "write",
    [
        lambda tracker: tracker.post_comment(164, " \n"),
        lambda tracker: tracker.post_comment(164, "half \ud800"),
        lambda tracker: tracker.edit_body(164, ""),
        lambda tracker: tracker.edit_title(164, "two\nlines"),
        lambda tracker: tracker.edit_title(164, "x" * 257),
        lambda tracker: tracker.create_issue("", "B"),
        lambda tracker: tracker.add_labels(164, ["x" * 51]),
        lambda tracker: tracker.add_labels(164, ["fine", ""]),
        lambda tracker: tracker.ensure_issue(0, "T", "B"),
        lambda tracker: tracker.post_comment(7, "no such issue"),
        lambda tracker: tracker.store_figures(7, {"hero.png": b"1"}),
    ],
)
def test_what_github_refuses_is_refused_and_leaves_no_trace(tracker, write):
    before = files_of(tracker.folder)
    with pytest.raises(TrackerError):
        write(tracker)
    assert files_of(tracker.folder) == before


def test_a_time_that_is_none_is_refused():
    with pytest.raises(TrackerError, match="'yesterday' is not an ISO 8601 time"):
        LocalTracker(Path("x"), now="yesterday")


def test_a_folder_that_does_not_exist_holds_no_issues_and_is_not_made_by_reading(tmp_path):
    tracker = LocalTracker(tmp_path / "none")
    assert tracker.find_issues() == []
    with pytest.raises(TrackerError, match="there is no issue 164"):
        tracker.issue(164)
    assert not tracker.folder.exists()


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(TrackerError, match=r"holds other things \(thesis.tex\)"):
        LocalTracker(tmp_path).ensure_issue(1, "T", "B")
    assert not (tmp_path / "issues").exists()


def damaged_title(folder: Path) -> Path:
    path = folder / "issues" / "164" / "issue.json"
    path.write_text(path.read_text().replace('"A title"', "17"))
    return path


def cut_short(folder: Path) -> Path:
    path = folder / "issues" / "164" / "issue.json"
    path.write_text('{"number": 16')
    return path


def not_text(folder: Path) -> Path:
    path = folder / "issues" / "164" / "comments" / "0001.json"
    path.write_bytes(b"\xff\xfe")
    return path


def body_not_utf8(folder: Path) -> Path:
    path = folder / "issues" / "164" / "body.md"
    path.write_bytes(b"\xff")
    return path


def body_gone(folder: Path) -> Path:
    path = folder / "issues" / "164" / "body.md"
    path.unlink()
    return path


def comment_text_gone(folder: Path) -> Path:
    path = folder / "issues" / "164" / "comments" / "0001.md"
    path.unlink()
    return path


def issue_file_gone(folder: Path) -> Path:
    path = folder / "issues" / "164" / "issue.json"
    path.unlink()
    return path


def copied_comment(folder: Path) -> Path:
    comments = folder / "issues" / "164" / "comments"
    (comments / "0007.md").write_text("copy")
    path = comments / "0007.json"
    path.write_bytes((comments / "0001.json").read_bytes())
    return path


def bad_time(folder: Path) -> Path:
    path = folder / "issues" / "164" / "issue.json"
    path.write_text(path.read_text().replace(NOW, "soon"))
    return path


def other_format(folder: Path) -> Path:
    path = folder / "tracker.json"
    path.write_text('{"format": 2}')
    return path


@pytest.mark.parametrize(
    "damage",
    [
        damaged_title,
        cut_short,
        not_text,
        body_not_utf8,
        body_gone,
        comment_text_gone,
        issue_file_gone,
        copied_comment,
        bad_time,
        other_format,
    ],
)
def test_a_damaged_folder_is_told_with_place_and_remedy(tracker, damage):
    tracker.post_comment(164, "one")
    place = damage(tracker.folder)
    with pytest.raises(TrackerError) as caught:
        tracker.find_issues()
        tracker.comments(164)
    assert caught.value.where == str(place)
    assert caught.value.fix


def test_files_of_the_system_and_of_people_are_passed_over(tracker):
    (tracker.folder / "issues" / ".DS_Store").write_bytes(b"x")
    (tracker.folder / "issues" / "notes").mkdir()
    assert [issue.number for issue in tracker.find_issues()] == [164]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_told(tracker):
    (tracker.folder / "issues" / "164").chmod(0o500)
    with pytest.raises(TrackerError, match="the system refused"):
        tracker.move(164, "Done")


def test_a_full_disk_is_told_and_the_next_try_succeeds(tracker, monkeypatch):
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(TrackerError, match="No space left on device"):
            tracker.post_comment(164, "one")
    assert tracker.comments(164) == []
    assert tracker.post_comment(164, "one").id == 1
