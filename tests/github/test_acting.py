"""Events through `recount act`, in one process: who may command, what is answered, what is reported."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import EXAMPLE, Stage
from emulator import BOT
from events import commented, pushed
from front import Fault, Front

from bot.acting.checking import Counted, write_counted
from bot.acting.jobs import Where, act
from bot.errors import TrackerError
from bot.judging import standin
from bot.judging.standin import StandIn
from bot.reports.bundle import Bundle
from bot.reports.markers import wrap
from bot.settings import Settings

KINDS = ["results", "analysis", "reviewer-verdict", "done", "follow-ups"]


class Actions:
    """A runner's surroundings: the checkout, the event file, the files for outputs and summary."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage, self.folder = stage, folder
        self.root = folder / "checkout"
        shutil.copytree(EXAMPLE, self.root / "eval_results" / "issue-164")
        report = self.root / "eval_results" / "issue-164" / "report.yaml"
        report.write_text(report.read_text().replace("issue: 164", f"issue: {stage.number}", 1))
        self.said: list[str] = []
        self.extra: dict[str, str] = {}

    def settings(self, name: str, event: Mapping[str, Any]) -> Settings:
        path = self.folder / "event.json"
        path.write_text(json.dumps(event))
        return Settings.model_validate({
            "GITHUB_TOKEN": "bot-token", "GITHUB_API_URL": self.stage.front.url, "RECOUNT_WRITE_PAUSE": 0,
            "GITHUB_SERVER_URL": self.stage.front.url, "GITHUB_REPOSITORY": self.stage.full_name,
            "GITHUB_EVENT_NAME": name, "GITHUB_EVENT_PATH": path, "GITHUB_RUN_ID": 7,
            "GITHUB_OUTPUT": self.folder / "output", "GITHUB_STEP_SUMMARY": self.folder / "summary", **self.extra,
        })  # fmt: skip

    def act(self, name: str, event: Mapping[str, Any]) -> None:
        where = Where(self.root, self.root, self.folder / "out")
        shutil.rmtree(where.out, ignore_errors=True)
        act(None, self.settings(name, event), where, self.said.append)

    def comment(self, body: str, author: str = "wren", **how: Any) -> int:
        """Somebody comments, and the event arrives; the comment's number."""
        token = {"wren": "writer-token", "rhea": "reader-token", "otto": "outsider-token", BOT: "bot-token"}[author]
        number = int(self.stage.comment(body, token=token)["id"])
        self.act("issue_comment", commented(self.stage.full_name, self.stage.number, number, author, body, **how))
        return number


@pytest.fixture
def actions(stage: Stage, tmp_path: Path) -> Actions:
    return Actions(stage, tmp_path)


@pytest.fixture
def quick(example_bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example's bundle without building it again, where a test is about what comes after."""

    def build_one(_wanted: object, _root: Path, _results: Path, folder: Path, _say: object) -> None:
        shutil.copytree(example_bundle.folder, folder / "bundle")

    monkeypatch.setattr("bot.acting.building.build_one", build_one)


def bot_comments(stage: Stage) -> list[str]:
    return [comment["body"] for comment in stage.comments() if comment["user"]["login"] == BOT]


def test_a_report_command_is_acknowledged_reported_and_ended(actions: Actions, stage: Stage, front: Front) -> None:
    number = actions.comment("/report rejudge=off")
    kinds = re.findall(r"<!-- epm:(\S+) v1 digest=\S+ run=7 -->", "\n".join(bot_comments(stage)))
    assert kinds == KINDS
    assert front.reactions == {number: {"eyes", "rocket"}}
    assert "results v1 posted" in (actions.folder / "summary").read_text()
    assert "results-url=http" in (actions.folder / "output").read_text()


@pytest.mark.usefixtures("quick")
def test_the_same_event_again_changes_nothing(actions: Actions, stage: Stage, front: Front) -> None:
    body = "/report rejudge=off"
    number = actions.comment(body)
    before = stage.comments(), stage.issues()
    actions.act("issue_comment", commented(stage.full_name, stage.number, number, "wren", body))
    assert (stage.comments(), stage.issues()) == before
    assert front.reactions == {number: {"eyes", "rocket"}}


@pytest.mark.parametrize("author", ["rhea", "otto"])
def test_who_may_not_write_gets_one_refusal(actions: Actions, stage: Stage, author: str) -> None:
    actions.comment("/report", author)
    actions.comment("/report path=elsewhere", author)
    (refusal,) = bot_comments(stage)
    assert "epm:refusal" in refusal and f"`{author}`" in refusal
    assert len(stage.issues()) == 1


@pytest.mark.parametrize("how", [{"kind": "Bot"}, {"action": "edited"}, {"action": "deleted"}])
def test_bots_and_edits_do_nothing(actions: Actions, stage: Stage, front: Front, how: dict[str, str]) -> None:
    actions.comment("/report", **how)
    assert front.writes() == []


def test_the_bots_own_comments_do_nothing(actions: Actions, front: Front) -> None:
    actions.comment("/report", BOT)
    assert front.writes() == []


@pytest.mark.parametrize(
    ("body", "said"), [("/report path=../../etc", "below the repository"), ("/report; rm -rf", "cannot stand")]
)
def test_a_wrong_command_gets_the_parsers_answer(
    actions: Actions, stage: Stage, front: Front, body: str, said: str
) -> None:
    number = actions.comment(body)
    actions.act("issue_comment", commented(stage.full_name, stage.number, number, "wren", body))
    (reply,) = bot_comments(stage)
    assert "epm:wrong-command" in reply and said in reply and "^" in reply
    assert len(stage.issues()) == 1
    assert front.reactions == {number: {"confused"}}


def test_help_is_given(actions: Actions, stage: Stage) -> None:
    actions.comment("/recount help")
    (reply,) = bot_comments(stage)
    assert "`/report`" in reply and "`/promote [#N]`" in reply


def test_other_talk_is_left_alone(actions: Actions, front: Front) -> None:
    actions.comment("We could `/report` this.\n\n    /report\n\n> /report")
    assert front.writes() == []


def test_a_dry_run_posts_nothing_and_says_what_it_would(actions: Actions, stage: Stage) -> None:
    actions.comment("/report dry-run")
    assert bot_comments(stage) == []
    assert f"would post on issue {stage.number}: results" in (actions.folder / "summary").read_text()


def second_archive(actions: Actions, stage: Stage) -> int:
    number = stage.api("POST", f"{stage.path}/issues", {"title": "Another", "body": "?"})["number"]
    other = actions.root / "eval_results" / f"issue-{number}"
    shutil.copytree(actions.root / "eval_results" / "issue-164", other)
    report = other / "report.yaml"
    report.write_text(re.sub(r"(?m)^issue: \d+", f"issue: {number}", report.read_text()))
    return int(number)


def test_a_push_reports_the_archives_that_it_changed_and_no_other(actions: Actions, stage: Stage) -> None:
    other, untouched = second_archive(actions, stage), second_archive(actions, stage)
    paths = ["eval_results/issue-164/a.json", f"eval_results/issue-{other}/b/c.json", "README.md"]
    actions.act("push", pushed(stage.full_name, "a" * 40, paths))
    for number, kinds in ((stage.number, len(KINDS)), (other, len(KINDS)), (untouched, 0)):
        assert len(stage.comments(number)) == kinds, number
    cleans = [issue for issue in stage.issues() if "clean result of" in (issue["body"] or "")]
    assert len(cleans) == 2


def test_declarations_come_from_the_default_branch(actions: Actions, stage: Stage, tmp_path: Path) -> None:
    results = tmp_path / "results"
    shutil.copytree(actions.root, results)
    theirs = results / "eval_results" / "issue-164" / "report.yaml"
    theirs.write_text("title: Everything is confirmed\n")
    event = commented(stage.full_name, stage.number, 1, "wren", "/report rejudge=off")
    act(None, actions.settings("issue_comment", event), Where(actions.root, results, tmp_path / "out"), print)
    assert not any("Everything is confirmed" in body for body in bot_comments(stage))


def test_a_missing_archive_is_told_as_a_failure(actions: Actions, stage: Stage, front: Front) -> None:
    with pytest.raises(TrackerError, match="not every report"):
        number = actions.comment("/report path=eval_results/nowhere")
    (failure,) = bot_comments(stage)
    assert "epm:failure" in failure and "failure_class: code" in failure
    assert "there is no such folder" in failure and "/actions/runs/7" in failure
    (number,) = front.reactions
    assert front.reactions[number] == {"eyes", "confused"}


def test_a_crash_is_told_with_its_class(actions: Actions, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("bot.pipeline.build", crash)
    with pytest.raises(TrackerError):
        actions.comment("/report rejudge=off")
    (failure,) = bot_comments(stage)
    assert "ZeroDivisionError" in failure and "failure_class: code" in failure


def test_a_link_out_of_the_repository_is_refused(actions: Actions, stage: Stage, tmp_path: Path) -> None:
    (actions.root / "eval_results" / "out").symlink_to(tmp_path)
    with pytest.raises(TrackerError):
        actions.comment("/report path=eval_results/out")
    assert "leads out of the repository" in bot_comments(stage)[0]


@pytest.mark.usefixtures("quick")
def test_a_failed_reaction_fails_nothing(actions: Actions, stage: Stage, front: Front) -> None:
    front.faults.append(Fault(matches=lambda _, path: path.endswith("/reactions"), answer=(403, {"message": "no"}, {})))
    actions.comment("/report rejudge=off")
    assert len(bot_comments(stage)) == len(KINDS)
    assert any("no reaction was left" in line for line in actions.said)


@pytest.mark.usefixtures("quick")
def test_a_locked_issue_is_said_and_published_later(actions: Actions, stage: Stage, front: Front) -> None:
    locked = (403, {"message": "Unable to create comment because issue is locked."}, {})
    front.faults.append(Fault(matches=lambda m, p: m == "POST" and p.endswith("/comments"), answer=locked))
    with pytest.raises(TrackerError):
        actions.comment("/report rejudge=off")
    assert any("the issue is locked" in line and "recount publish BUNDLE" in line for line in actions.said)
    front.faults.clear()
    from bot.acting.desk import desk_of
    from bot.acting.publishing import publish_to
    from bot.reports.bundle import read_bundle

    desk = desk_of(actions.settings("issue_comment", {}), actions.root, print)
    publish_to(desk, read_bundle(actions.folder / "out" / "0" / "bundle"), stage.number, dry_run=False)
    assert len(bot_comments(stage)) == len(KINDS)


Configure = Callable[[str], None]


@pytest.fixture
def configure(actions: Actions) -> Configure:
    def write(text: str) -> None:
        (actions.root / ".github").mkdir(exist_ok=True)
        (actions.root / ".github" / "recount.yaml").write_text(text)

    return write


BOARD = "project: {owner: lab, number: 7, kind: %s}\n"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("kind", ["organization", "user"])
def test_the_clean_results_card_is_moved(
    actions: Actions, stage: Stage, front: Front, configure: Configure, kind: str
) -> None:
    configure(BOARD % kind)
    actions.extra["PROJECT_TOKEN"] = "project-token"
    actions.comment("/report rejudge=off")
    assert front.projects.cards == {f"{stage.full_name}#2": "Awaiting promotion"}


@pytest.mark.usefixtures("quick")
def test_a_renamed_column_is_said_and_the_report_stands(
    actions: Actions, stage: Stage, front: Front, configure: Configure
) -> None:
    configure(BOARD % "organization")
    actions.extra["PROJECT_TOKEN"] = "project-token"
    front.projects.columns.remove("Awaiting promotion")
    actions.comment("/report rejudge=off")
    assert len(bot_comments(stage)) == len(KINDS)
    assert any("no column 'Awaiting promotion'" in line and "in flight" in line for line in actions.said)


@pytest.mark.usefixtures("quick")
def test_a_missing_project_scope_is_said_and_the_report_stands(
    actions: Actions, stage: Stage, front: Front, configure: Configure
) -> None:
    configure(BOARD % "organization")
    actions.extra["PROJECT_TOKEN"] = "project-token"
    front.projects.forbidden = True
    actions.comment("/report rejudge=off")
    assert len(bot_comments(stage)) == len(KINDS)
    assert any("PROJECT_TOKEN" in line and "write to the project" in line for line in actions.said)


def labelled(stage: Stage, labels: list[str]) -> dict[str, Any]:
    return {"action": "labeled", "issue": {"number": stage.number, "labels": [{"name": each} for each in labels]}}


def test_a_label_moves_its_issues_card(actions: Actions, stage: Stage, front: Front, configure: Configure) -> None:
    configure(BOARD % "organization")
    actions.extra["PROJECT_TOKEN"] = "project-token"
    actions.act("issues", labelled(stage, ["bug", "status:running"]))
    assert front.projects.cards == {f"{stage.full_name}#{stage.number}": "In flight"}
    actions.act("issues", labelled(stage, ["status:blocked", "clean-results", "clean-results:draft"]))
    assert front.projects.cards == {f"{stage.full_name}#{stage.number}": "Awaiting promotion"}


def test_two_status_labels_are_an_error_told(
    actions: Actions, stage: Stage, front: Front, configure: Configure
) -> None:
    configure(BOARD % "organization")
    actions.extra["PROJECT_TOKEN"] = "project-token"
    actions.act("issues", labelled(stage, ["status:running", "status:blocked"]))
    assert front.projects.cards == {}
    assert any("several columns" in line for line in actions.said)


def clean_issue(stage: Stage) -> Any:
    return next(issue for issue in stage.issues() if "clean result of" in (issue["body"] or ""))


@pytest.mark.usefixtures("quick")
def test_promotion_is_withheld_while_a_person_has_to_write(actions: Actions, stage: Stage) -> None:
    actions.comment("/report rejudge=off")
    actions.comment("/promote")
    assert any("promotion is withheld" in body and "still empty" in body for body in bot_comments(stage))
    assert [label["name"] for label in clean_issue(stage)["labels"]] == ["clean-results:draft"]


@pytest.mark.usefixtures("quick")
def test_a_person_writes_and_promotes(actions: Actions, stage: Stage, front: Front) -> None:
    actions.comment("/report rejudge=off")
    clean = clean_issue(stage)
    body = clean["body"].replace("*To be written by a person.*", "Four prompts were tried.")
    stage.api("PATCH", f"{stage.path}/issues/{clean['number']}", {"body": body})
    number = actions.comment("/promote")
    assert [label["name"] for label in clean_issue(stage)["labels"]] == ["clean-results"]
    assert front.reactions[number] == {"eyes", "rocket"}


def rewrite(stage: Stage, change: Callable[[str], str]) -> None:
    """A person fills in what only a person can write, and changes something else."""
    clean = clean_issue(stage)
    body = re.sub(r"\*To be written by a person[^*]*\*", "Prompts were tried.", clean["body"])
    changed = change(body)
    assert changed != body or change(" ") == " "
    stage.api("PATCH", f"{stage.path}/issues/{clean['number']}", {"body": changed})


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda b: b.replace("45.46", "54.46"), "“54.46” is wrong; it should be 45.46"),
        (lambda b: b.replace("Prompts were tried.", "We used 731 accounts.", 1), "“731” is no number of the archive"),
        (lambda b: b.replace("Prompts were tried.", "This confirms our hypothesis.", 1), "no prediction is confirmed"),
        (lambda b: re.sub(r"/raw/[0-9a-f]{40}/", f"/raw/{'0' * 40}/", b), "is not there"),
        (lambda b: b.replace("hero.png", "nero.png"), "is not there"),
        (lambda b: b.replace("### Next steps", "### What next"), "the headings under TL;DR are not"),
        (lambda b: b.replace("**Confidence: LOW**", "**Confidence: HIGH**"), "the title does not carry"),
        (lambda b: b.replace("Prompts were tried.", "Model: TBD", 1), "something is left to be filled in"),
    ],
)  # fmt: skip
def test_promotion_is_withheld_while_the_text_does_not_hold(
    actions: Actions, stage: Stage, change: Callable[[str], str], told: str
) -> None:
    actions.comment("/report rejudge=off")
    rewrite(stage, change)
    actions.comment("/promote")
    assert told in bot_comments(stage)[-1]
    assert [label["name"] for label in clean_issue(stage)["labels"]] == ["clean-results:draft"]


@pytest.mark.usefixtures("quick")
def test_a_number_from_a_linked_source_may_stand(actions: Actions, stage: Stage) -> None:
    actions.comment("/report rejudge=off")
    rewrite(stage, lambda b: b.replace("Prompts were tried.", "An earlier study used 731 accounts, see #98.", 1))
    actions.comment("/promote")
    assert [label["name"] for label in clean_issue(stage)["labels"]] == ["clean-results"]


@pytest.mark.usefixtures("quick")
def test_a_text_changed_while_it_is_checked_is_not_promoted(
    actions: Actions, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.comment("/report rejudge=off")
    rewrite(stage, lambda b: b)
    counted = write_counted

    def changed_meanwhile(folder: Path, found: Counted) -> None:
        rewrite(stage, lambda b: b.replace("Prompts were tried.", "Meanwhile.", 1))
        counted(folder, found)

    monkeypatch.setattr("bot.acting.checking.write_counted", changed_meanwhile)
    actions.comment("/promote")
    assert "changed while it was being checked" in bot_comments(stage)[-1]
    assert [label["name"] for label in clean_issue(stage)["labels"]] == ["clean-results:draft"]


@pytest.mark.usefixtures("quick")
def test_in_place_the_issue_becomes_the_result_and_is_restored(
    actions: Actions, stage: Stage, configure: Configure
) -> None:
    configure("in_place: true\n")
    stage.api("PATCH", f"{stage.path}/issues/{stage.number}", {"body": "Why?\r\n```\n<!-- epm:x v1 -->\n~~~~ odd"})
    before = stage.issues()[0]
    actions.comment("/report rejudge=off")
    (now,) = stage.issues()
    assert "## TL;DR" in now["body"] and now["title"].endswith("confidence)")
    actions.comment("/report rejudge=off")
    assert sum("epm:original-body" in body for body in bot_comments(stage)) == 1
    actions.comment("/restore")
    (after,) = stage.issues()
    assert after["title"] == before["title"]
    assert after["body"] == before["body"].replace("\r\n", "\n")


def test_what_judges_said_again_is_committed_beside_the_archive(actions: Actions, stage: Stage) -> None:
    with StandIn() as judge:
        actions.extra |= {"ANTHROPIC_API_KEY": "key", "ANTHROPIC_BASE_URL": judge.url}
        actions.comment("/rejudge")
    path = f"{stage.path}/contents/eval_results/issue-164/rejudged.jsonl"
    assert stage.api("GET", path)["size"] > 0
    assert any("rejudged.jsonl is on branch main" in line for line in actions.said)


def test_a_declared_model_writes_in_the_job_with_the_key_and_the_report_is_built_without_it(
    actions: Actions, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = "[[name pair_111_winner]] lies at [[fact alpha/opus/pair_111_winner]] by [[name opus]]."
    monkeypatch.setattr(standin, "_text", lambda *_: (draft, "end_turn"))
    with (actions.root / "eval_results" / "issue-164" / "report.yaml").open("a") as file:
        file.write("\nwriting:\n  prose: claude-opus-4-7\n")
    with StandIn() as model:
        actions.extra |= {"ANTHROPIC_API_KEY": "key", "ANTHROPIC_BASE_URL": model.url}
        actions.comment("/report rejudge=off")
        actions.comment("/report rejudge=off")
        assert len(model.books.messages) == 1
    (analysis,) = [body for body in bot_comments(stage) if "epm:analysis " in body]
    assert "The narrative is by `claude-opus-4-7`" in analysis and "lies at 86.88 by" in analysis
    assert stage.api("GET", f"{stage.path}/contents/eval_results/issue-164/written.jsonl")["size"] > 0


def test_a_text_that_stood_unedited_before_the_results_is_told_as_the_proof(
    actions: Actions, stage: Stage, front: Front
) -> None:
    declared = (actions.root / "eval_results" / "issue-164" / "report.yaml").read_text()
    stage.api("PATCH", f"{stage.path}/issues/{stage.number}", {"body": f"Why?\n\n```yaml\n{declared}\n```\n"})
    front.edited[stage.number] = "2020-01-01T00:00:00Z"
    committed(actions.root)
    actions.comment("/report rejudge=off")
    (results,) = [body for body in bot_comments(stage) if "epm:results " in body]
    assert "**before the results**: by the tracker's record" in results.replace("\N{WORD JOINER}", "")
    front.edited[stage.number] = "2030-01-01T00:00:00Z"
    actions.comment("/report rejudge=off")
    wanted = "*not provable*: declarations and results came with the same commit"
    assert any(wanted in body for body in bot_comments(stage))


def test_a_record_that_cannot_be_read_holds_no_report_up(actions: Actions, stage: Stage, front: Front) -> None:
    front.faults = [Fault(matches=lambda _, path: path == "/graphql", answer=(403, {"message": "Forbidden"}, {}))]
    actions.comment("/report rejudge=off")
    assert any("the record of edits" in line for line in actions.said)
    assert any("epm:results " in body for body in bot_comments(stage))


def committed(root: Path) -> None:
    for words in (["init", "-q"], ["add", "-A"], ["-c", "user.name=w", "-c", "user.email=w@x", "commit", "-qm", "x"]):
        subprocess.run(["git", "-C", str(root), *words], check=True)


def kinds_of(stage: Stage) -> list[tuple[str, int]]:
    found = re.findall(r"<!-- epm:(\S+) v(\d+) ", "\n".join(bot_comments(stage)))
    return [(kind, int(version)) for kind, version in found]


def follow_ups_of(stage: Stage) -> list[Any]:
    return [issue for issue in stage.issues() if "<!-- follow-up of #" in (issue["body"] or "")]


@pytest.mark.usefixtures("quick")
def test_a_follow_up_command_opens_its_issue_once_and_links_both_ways(
    actions: Actions, stage: Stage, front: Front
) -> None:
    actions.comment("/report rejudge=off")
    number = actions.comment("/follow-up 2")
    actions.comment("/follow-up 2")
    (issue,) = follow_ups_of(stage)
    assert issue["title"].startswith(f"Follow-up of #{stage.number}: ")
    assert [label["name"] for label in issue["labels"]] == ["status:proposed"]
    assert f"Follow-up 2 of #{stage.number}" in issue["body"]
    assert "\npredictions:\n" in issue["body"] and "| Hypothesis |" in issue["body"]
    assert "Follow-ups: what would" not in issue["body"] and "### " not in issue["body"]
    told = [body for body in bot_comments(stage) if "epm:follow-up " in body]
    assert len(told) == 1 and f"is #{issue['number']}." in told[0]
    assert front.reactions[number] == {"eyes", "rocket"}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("cut", ["before", "after"])
def test_a_follow_up_killed_at_any_write_and_run_again_is_opened_once(
    actions: Actions, stage: Stage, front: Front, cut: str
) -> None:
    actions.comment("/report rejudge=off")
    for at in range(4):
        front.faults = [
            Fault(matches=lambda m, p: m == "POST" and ("/comments" in p or p.endswith("/issues")), cut=cut, times=1)
        ]
        try:
            actions.comment(f"/follow-up {1 + at % 2}")
        except TrackerError:
            actions.comment(f"/follow-up {1 + at % 2}")
    front.faults = []
    actions.comment("/follow-up 1")
    actions.comment("/follow-up 2")
    assert len(follow_ups_of(stage)) == 2
    assert len([body for body in bot_comments(stage) if "epm:follow-up " in body]) == 2


@pytest.mark.usefixtures("quick")
def test_a_follow_up_that_nobody_proposed_is_told(actions: Actions, stage: Stage) -> None:
    actions.comment("/follow-up 1")
    assert "has no follow-ups comment" in bot_comments(stage)[-1]
    actions.comment("/report rejudge=off")
    actions.comment("/follow-up 9")
    assert "there is no follow-up 9" in bot_comments(stage)[-1] and "1, 2, 3" in bot_comments(stage)[-1]
    assert follow_ups_of(stage) == []


def test_proposals_that_somebody_else_typed_are_none(actions: Actions, stage: Stage) -> None:
    typed = wrap("follow-ups", "## Follow-ups\n\n### 1. Mine the coins\n\n| Lifts | judges: −2 |\n")
    stage.comment(typed)
    actions.comment("/follow-up 1")
    assert follow_ups_of(stage) == []


@pytest.mark.usefixtures("quick")
def test_a_review_of_what_stands_posts_nothing_new(actions: Actions, stage: Stage, front: Front) -> None:
    actions.comment("/report rejudge=off")
    before = kinds_of(stage)
    assert before[2] == ("reviewer-verdict", 1)
    number = actions.comment("/review")
    assert kinds_of(stage) == before
    assert "reviewer-verdict v1 is there already" in (actions.folder / "summary").read_text()
    assert front.reactions[number] == {"eyes", "rocket"}


@pytest.mark.usefixtures("quick")
def test_a_review_against_an_archive_that_has_changed_fails_and_says_what_changed(
    actions: Actions, stage: Stage
) -> None:
    actions.comment("/report rejudge=off")
    archive = actions.root / "eval_results" / "issue-164" / "grid_1_institutional_policy" / "sonnet"
    (file,) = archive.glob("*_detailed.json")
    file.write_text(re.sub(r'"aligned": ?\d+', '"aligned": 7', file.read_text(), count=40))
    other = stage.api("POST", f"{stage.path}/issues", {"title": "Another", "body": "?"})["number"]
    actions.act("issue_comment", commented(stage.full_name, other, 900, "wren", f"/review #{stage.number}"))
    assert kinds_of(stage)[-1] == ("reviewer-verdict", 2)
    assert "## Review: FAIL" in bot_comments(stage)[-1] and "`review/results/wrong` 0 → " in bot_comments(stage)[-1]
    assert len(stage.comments(other)) == 0


def test_a_review_counts_the_archive_as_of_the_commit_that_the_report_names(actions: Actions, stage: Stage) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=w", "-c", "user.email=w@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, "-C", str(actions.root), *arguments], check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "results")
    actions.comment("/report rejudge=off")
    before = kinds_of(stage)
    for file in (actions.root / "eval_results").glob("*/grid_1*/sonnet/*_detailed.json"):
        file.write_text(file.read_text().replace('"aligned": 9', '"aligned": 1'))
    git("commit", "-q", "-a", "-m", "other results")
    actions.comment("/review")
    assert kinds_of(stage) == before


def test_a_review_where_nothing_is_posted_is_told(actions: Actions, stage: Stage) -> None:
    actions.comment("/review")
    assert "has no results comment" in bot_comments(stage)[-1]


# --- progress ---------------------------------------------------------------------------------------------------------


def progress_shown(stage: Stage) -> list[str]:
    return [body for body in bot_comments(stage) if "epm:progress" in body]


def test_the_progress_is_shown_while_the_archive_is_read_and_gone_at_the_end(
    actions: Actions, stage: Stage, example_bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def build_one(_wanted: object, _root: Path, _results: Path, folder: Path, _say: object) -> None:
        seen.extend(progress_shown(stage))
        shutil.copytree(example_bundle.folder, folder / "bundle")

    monkeypatch.setattr("bot.acting.building.build_one", build_one)
    actions.comment("/report rejudge=off")
    (shown,) = seen
    assert "**Working on `/report`**" in shown and "- [x] accepted" in shown and "- [ ] publishing" in shown
    assert "/actions/runs/7" in shown
    assert progress_shown(stage) == []


@pytest.mark.usefixtures("quick")
def test_what_a_run_that_was_cut_off_left_is_taken_over(
    actions: Actions, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("bot.acting.jobs.build", kill)
        with pytest.raises(Killed):
            actions.comment("/report rejudge=off")
    assert len(progress_shown(stage)) == 1
    seen: list[int] = []
    with monkeypatch.context() as patch:
        patch.setattr("bot.acting.jobs.rejudge", lambda *_: seen.append(len(progress_shown(stage))))
        actions.comment("/report rejudge=off")
    assert seen == [1]
    assert progress_shown(stage) == []


def test_the_progress_goes_also_where_the_build_fails(
    actions: Actions, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("bot.acting.building.build_one", fail)
    with pytest.raises(TrackerError):
        actions.comment("/report rejudge=off")
    assert progress_shown(stage) == []
    assert any("epm:failure" in body for body in bot_comments(stage))


@pytest.mark.usefixtures("quick")
def test_a_later_runs_progress_is_its_own(actions: Actions, stage: Stage) -> None:
    stage.comment(wrap("progress", "another run", run=99), token="bot-token")
    actions.comment("/report rejudge=off")
    (left,) = progress_shown(stage)
    assert "another run" in left
    assert "results v1 posted" in (actions.folder / "summary").read_text()


def test_where_no_clean_results_are_opened_none_is_reviewed(
    actions: Actions, stage: Stage, configure: Configure
) -> None:
    configure("clean_results: false\n")
    actions.comment("/report rejudge=off")
    assert [kind for kind, _ in kinds_of(stage)] == [kind for kind in KINDS if kind != "analysis"]
    assert "| clean result |" not in bot_comments(stage)[1] and len(stage.issues()) == 1
    before = kinds_of(stage)
    actions.comment("/review")
    assert kinds_of(stage) == before
