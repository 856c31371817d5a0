"""GitHubTracker against the emulator."""

from __future__ import annotations

import urllib.request

import pytest
from conftest import Stage
from emulator import BOT
from front import Fault, Front

from bot.errors import TrackerError
from bot.tracker.protocol import UnclearAnswerError


def test_comments_of_all_pages_come_in_order(stage: Stage) -> None:
    for i in range(130):
        stage.comment(f"comment {i}")
    found = stage.tracker().comments(stage.number)
    assert [comment.body for comment in found] == [f"comment {i}" for i in range(130)]
    assert {comment.author for comment in found} == {"wren"}


def test_a_comment_is_posted_as_the_bot(stage: Stage) -> None:
    posted = stage.tracker().post_comment(stage.number, "hello")
    (there,) = stage.comments()
    assert (there["id"], there["body"], there["user"]["login"]) == (posted.id, "hello", BOT)
    assert posted.url == there["html_url"]


def test_an_issue_is_opened_labelled_edited_and_found(stage: Stage) -> None:
    tracker = stage.tracker()
    made = tracker.create_issue("A claim", "text", ["clean-results:draft"])
    tracker.edit_title(made.number, "Another claim")
    tracker.edit_body(made.number, "other text")
    tracker.add_labels(made.number, ["clean-results"])
    tracker.remove_label(made.number, "clean-results:draft")
    tracker.remove_label(made.number, "was never there")
    (found,) = tracker.find_issues(label="clean-results")
    assert (found.title, found.body, found.labels) == ("Another claim", "other text", ("clean-results",))
    assert [issue.number for issue in tracker.find_issues(author=BOT)] == [made.number]
    assert [issue.number for issue in tracker.find_issues()] == [stage.number, made.number]


def test_comments_are_edited_and_deleted_once_gone_is_fine(stage: Stage) -> None:
    tracker = stage.tracker()
    posted = tracker.post_comment(stage.number, "at work")
    tracker.edit_comment(stage.number, posted.id, "nearly done")
    assert stage.comments()[0]["body"] == "nearly done"
    tracker.delete_comment(stage.number, posted.id)
    tracker.delete_comment(stage.number, posted.id)
    assert stage.comments() == []


def test_figures_are_served_at_their_pinned_link(stage: Stage) -> None:
    tracker = stage.tracker()
    prefix = tracker.store_figures(stage.number, {"abc/figures/hero.png": b"\x89PNG one"})
    later = tracker.store_figures(stage.number, {"def/figures/hero.png": b"\x89PNG two"})
    for link, data in (
        (f"{prefix}/abc", b"\x89PNG one"),
        (f"{later}/abc", b"\x89PNG one"),
        (f"{later}/def", b"\x89PNG two"),
    ):
        with urllib.request.urlopen(f"{link}/figures/hero.png") as answer:
            assert answer.read() == data
    assert prefix != later


def test_the_same_figures_are_not_committed_twice(stage: Stage, front: Front) -> None:
    tracker = stage.tracker()
    first = tracker.store_figures(stage.number, {"abc/hero.png": b"one"})
    written = len(front.writes())
    assert tracker.store_figures(stage.number, {"abc/hero.png": b"one"}) == first
    assert len(front.writes()) == written


def test_figures_of_another_writer_are_kept(stage: Stage, front: Front) -> None:
    tracker = stage.tracker()
    tracker.store_figures(stage.number, {"abc/hero.png": b"one"})
    race = {"times": 1}

    def other_writes_first(method: str, path: str) -> bool:
        if method == "POST" and path.endswith("/git/commits") and race["times"]:
            race["times"] = 0
            stage.put("other.txt", b"theirs", branch="report-figures")
        return False

    front.faults.append(Fault(matches=other_writes_first))
    prefix = tracker.store_figures(stage.number, {"def/hero.png": b"two"})
    commit = prefix.split("/raw/")[1].split("/")[0]
    for path in (f"issue-{stage.number}/abc/hero.png", f"issue-{stage.number}/def/hero.png", "other.txt"):
        assert urllib.request.urlopen(f"{front.url}/{stage.full_name}/raw/{commit}/{path}").status == 200


def test_a_write_is_never_sent_twice_by_itself(stage: Stage, front: Front) -> None:
    tracker = stage.tracker()
    front.faults.append(Fault(matches=lambda method, _: method == "POST", answer=(502, {"message": "Bad gateway"}, {})))
    with pytest.raises(UnclearAnswerError, match="502"):
        tracker.post_comment(stage.number, "once")
    assert len([call for call in front.writes() if "comments" in call]) == 1


def test_a_read_is_sent_again_after_a_passing_fault(stage: Stage, front: Front) -> None:
    tracker = stage.tracker()
    front.faults.append(Fault(matches=lambda *_: True, answer=(502, {"message": "Bad gateway"}, {}), times=1))
    assert tracker.issue(stage.number).title == "Do prompts matter?"


MESSAGES = [
    (403, {"message": "You have exceeded a secondary rate limit."}, {"Retry-After": "60"}, "slow down", "60 seconds"),
    (403, {"message": "API rate limit exceeded"}, {}, "hourly limit", "wait"),
    (403, {"message": "Unable to create comment because issue is locked."}, {}, "locked", "unlock"),
    (403, {"message": "Resource not accessible by integration"}, {}, "lacks a permission", "permissions"),
    (403, {"message": "Repository was archived so is read-only."}, {}, "archived", "unarchive"),
    (404, {"message": "Not Found"}, {}, "does not find", "token's rights"),
    (410, {"message": "This issue was deleted"}, {}, "deleted", "another issue"),
    (422, {"message": "Validation Failed", "errors": [{"message": "body is odd"}]}, {}, "body is odd", "message says"),
    (401, {"message": "Bad credentials"}, {}, "does not know the token", "secret"),
    (301, {"message": "Moved Permanently"}, {}, "moved", "where it is now"),
    (503, {"message": "Unavailable"}, {}, "failed with 503", "recount publish BUNDLE"),
]


@pytest.mark.parametrize(("status", "body", "headers", "what", "fix"), MESSAGES, ids=lambda v: str(v)[:20])
def test_every_refusal_has_its_message(
    stage: Stage, front: Front, status: int, body: dict[str, object], headers: dict[str, str], what: str, fix: str
) -> None:
    tracker = stage.tracker()
    front.faults.append(Fault(matches=lambda method, _: method == "POST", answer=(status, body, headers)))
    with pytest.raises(TrackerError) as caught:
        tracker.post_comment(stage.number, "text")
    assert what in caught.value.what
    assert fix in caught.value.fix
    assert "recount publish BUNDLE" in caught.value.fix


def test_a_protected_branch_of_figures_is_named(stage: Stage, front: Front) -> None:
    tracker = stage.tracker()
    refused = (422, {"message": "Cannot update this protected ref."}, {})
    front.faults.append(
        Fault(matches=lambda method, path: method == "POST" and path.endswith("/git/refs"), answer=refused)
    )
    with pytest.raises(TrackerError, match="protected"):
        tracker.store_figures(stage.number, {"abc/hero.png": b"one"})


def test_figures_are_stored_again_after_their_branch_was_deleted(stage: Stage, front: Front) -> None:
    tracker = stage.tracker()
    tracker.store_figures(stage.number, {"abc/hero.png": b"one"})
    stage.api("DELETE", f"{stage.path}/git/refs/heads/report-figures")
    prefix = tracker.store_figures(stage.number, {"abc/hero.png": b"one"})
    with urllib.request.urlopen(f"{prefix}/abc/hero.png") as answer:
        assert answer.read() == b"one"


def test_a_file_is_committed_to_a_branch_and_the_rest_of_it_kept(stage: Stage, front: Front) -> None:
    tracker = stage.tracker()
    stage.put("eval_results/issue-1/a.json", b"{}")
    tracker.store_file("main", "eval_results/issue-1/rejudged.jsonl", b"one\n", "why")
    tracker.store_file("main", "eval_results/issue-1/rejudged.jsonl", b"one\ntwo\n", "why")
    written = len(front.writes())
    tracker.store_file("main", "eval_results/issue-1/rejudged.jsonl", b"one\ntwo\n", "why")
    assert len(front.writes()) == written
    for path, data in (("rejudged.jsonl", b"one\ntwo\n"), ("a.json", b"{}")):
        with urllib.request.urlopen(f"{front.url}/{stage.full_name}/raw/main/eval_results/issue-1/{path}") as answer:
            assert answer.read() == data


def test_a_transferred_issue_is_named_with_its_new_place(stage: Stage, front: Front) -> None:
    tracker = stage.tracker()
    other = stage.api("GET", f"{stage.path}/issues/{stage.number}")
    other["url"] = f"{front.url}/repos/lab/elsewhere/issues/5"
    other["html_url"] = "https://example.org/lab/elsewhere/issues/5"
    front.faults.append(Fault(matches=lambda method, path: path.endswith("/issues/1"), answer=(200, other, {})))
    with pytest.raises(TrackerError, match=r"moved: it is \S+elsewhere/issues/5"):
        tracker.post_comment(stage.number, "text")
