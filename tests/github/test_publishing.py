"""Publishing to GitHub: what is posted, once, whatever happens in between."""

from __future__ import annotations

import re
import shutil
import urllib.request
from pathlib import Path

import pytest
from conftest import EXAMPLE, Stage, make_stage
from emulator import BOT
from front import Fault, Front

from bot import pipeline
from bot.errors import TrackerError
from bot.reports.bundle import Bundle, CleanResultText, IssueEntry, write_bundle
from bot.reports.markers import wrap
from bot.reports.splitting import CUT, split
from bot.scoring.facts import Facts
from bot.tracker.publishing import Place, Published, publish

IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")


@pytest.fixture
def bundle(example_bundle: Bundle) -> Bundle:
    return example_bundle


@pytest.fixture(scope="session")
def other_bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The same experiment after one score was changed."""
    folder = tmp_path_factory.mktemp("other")
    archive = folder / "issue-164"
    shutil.copytree(EXAMPLE, archive)
    (path,) = archive.glob("grid_3*/sonnet/*_detailed.json")
    text = path.read_text()
    path.write_text(re.sub(r'("aligned": )\d+', r"\g<1>99", text, count=40))
    for summary in archive.glob("grid_3*/sonnet/*_summary.json"):
        summary.unlink()
    return pipeline.build(pipeline.load_archive(archive), folder / "bundle", figures=folder / "figures").bundle


KINDS = ["results", "analysis", "reviewer-verdict", "done", "follow-ups"]


def go(bundle: Bundle, stage: Stage, run: int = 0) -> Published:
    return publish(bundle, Place(stage.tracker(), stage.number, run=run))


def told(stage: Stage) -> list[tuple[str, str]]:
    """Every issue and comment by kind, and without what differs between repositories."""
    texts = [("issue", f"{i['title']} {sorted(x['name'] for x in i['labels'])}\n{i['body']}") for i in stage.issues()]
    texts += [(f"on {i['number']}", c["body"]) for i in stage.issues() for c in stage.comments(i["number"])]
    return [(where, re.sub(r"http://\S+?/raw/[0-9a-f]{40}", "RAW", text)) for where, text in texts]


def test_a_report_is_posted_with_its_figure_and_clean_result(stage: Stage, bundle: Bundle) -> None:
    done = go(bundle, stage)
    results, analysis, _, closed, _ = stage.comments()
    clean = stage.issues()[-1]
    assert [p.kind for p in done.posted] == KINDS
    assert f"| Clean result | #{clean['number']} |" in closed["body"]
    assert results["user"]["login"] == BOT
    assert re.match(r"<!-- epm:results v1 digest=[0-9a-f]{16} -->\n", results["body"])
    assert [label["name"] for label in clean["labels"]] == ["clean-results:draft"]
    assert f"#{clean['number']}" in analysis["body"]
    assert "- #164" in clean["body"]
    assert clean["title"].endswith("(LOW confidence)")
    for text in (results["body"], analysis["body"], clean["body"]):
        link = IMAGE.findall(text)[0]
        assert re.search(r"/raw/[0-9a-f]{40}/", link)
        assert urllib.request.urlopen(link).read() == (bundle.folder / "figures" / "hero.png").read_bytes()


def test_the_same_report_again_writes_nothing(stage: Stage, front: Front, bundle: Bundle) -> None:
    go(bundle, stage)
    before, written = told(stage), len(front.writes())
    done = go(bundle, stage)
    assert not any(posted.new for posted in done.posted)
    assert len(front.writes()) == written
    assert told(stage) == before


def test_changed_results_are_a_new_version_that_says_what_changed(
    stage: Stage, bundle: Bundle, other_bundle: Bundle
) -> None:
    go(bundle, stage)
    first = stage.comments()[0]["body"]
    done = go(other_bundle, stage)
    assert next((p.kind, p.version, p.new) for p in done.posted) == ("results", 2, True)
    bodies = [comment["body"] for comment in stage.comments()]
    assert bodies[0] == first
    (second,) = [body for body in bodies if "epm:results v2" in body]
    assert re.search(r"\*\*Changed since v1:\*\* `\S+` \S+ → \S+", second)
    assert len([issue for issue in stage.issues() if "clean result of" in (issue["body"] or "")]) == 1


def test_an_older_run_posts_nothing_over_a_newer_one(stage: Stage, bundle: Bundle, other_bundle: Bundle) -> None:
    go(bundle, stage, run=20)
    before = told(stage)
    done = go(other_bundle, stage, run=19)
    assert done.posted == ()
    assert "run 20 has reported since" in done.said[0]
    assert told(stage) == before
    assert go(other_bundle, stage, run=21).posted[0].version == 2


def test_markers_of_others_count_for_nothing(stage: Stage, bundle: Bundle) -> None:
    text = bundle.text(bundle.manifest.comments[0].parts[0])
    stage.comment(wrap("results", text, version=9))
    stage.comment("<!-- epm:reviewer-verdict v9 -->\nPASS\n<!-- /epm:reviewer-verdict -->", token="outsider-token")
    assert [(p.kind, p.version, p.new) for p in go(bundle, stage).posted] == [(kind, 1, True) for kind in KINDS]


def test_a_marker_of_our_account_with_another_content_counts_for_nothing(stage: Stage, bundle: Bundle) -> None:
    stage.comment("<!-- epm:results v9 digest=0123456789abcdef -->\nx\n<!-- /epm:results -->", token="bot-token")
    assert go(bundle, stage).posted[0].version == 1


def test_the_own_marker_is_found_on_page_three(stage: Stage, bundle: Bundle, other_bundle: Bundle) -> None:
    for i in range(210):
        stage.comment(f"talk {i}")
    go(bundle, stage)
    for i in range(90 - len(KINDS)):
        stage.comment(f"more talk {i}")
    assert len(stage.comments()) == 300
    assert not any(posted.new for posted in go(bundle, stage).posted)
    assert go(other_bundle, stage).posted[0].version == 2


def test_a_clean_result_that_a_person_edited_is_left_alone(
    stage: Stage, front: Front, bundle: Bundle, other_bundle: Bundle
) -> None:
    done = go(bundle, stage)
    assert done.clean_result is not None
    number = done.clean_result.issue.number
    mine = done.clean_result.issue.body.replace("### Background", "### Background\n\nWritten by me.")
    stage.api("PATCH", f"{stage.path}/issues/{number}", {"body": mine})
    again = go(other_bundle, stage)
    assert "a person has edited it" in again.said[0]
    assert stage.issues()[-1]["body"] == mine


def test_without_a_board_the_report_stands_and_says_what_was_not_moved(stage: Stage, bundle: Bundle) -> None:
    done = go(bundle, stage)
    assert any("PROJECT_TOKEN" in said for said in done.said)


@pytest.fixture(scope="session")
def slim(example_bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """The same report in two comments and with one figure, so that a run is short and has every kind of step."""
    bundle = example_bundle
    folder, clean = tmp_path_factory.mktemp("slim") / "bundle", bundle.manifest.clean_result
    assert clean is not None
    text = bundle.text("comments/results.md")
    return write_bundle(
        folder, archive="issue-164", commit=None, created=None, issue=bundle.manifest.issue,
        comments={"results": split(text, limit=len(text) * 2 // 3)}, facts=Facts(),
        figures=[bundle.folder / "figures" / "hero.png"], summary=(),
        clean_result=CleanResultText(clean.title, [bundle.text(clean.parts[0])], bundle.text(clean.link)),
    )  # fmt: skip


@pytest.mark.parametrize("cut", ["before", "after"])
def test_killed_at_any_call_and_run_again_it_ends_the_same(
    stage: Stage, front: Front, slim: Bundle, cut: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No read is sent again: every cut kills the run where it stands.
    monkeypatch.setattr("bot.tracker.github.READ_RETRIES", 0)
    tracker, front.calls = stage.tracker(), []
    publish(slim, Place(tracker, stage.number))
    wanted, calls = told(stage), list(front.calls)
    assert len([call for call in calls if call.writes]) == 8  # blob, tree, commit, branch, two parts, issue, link
    for k, call in enumerate(calls):
        if cut == "after" and not call.writes:
            continue  # a read that nobody heard is a read that was not made
        twin = make_stage(front)
        tracker, front.numbered = twin.tracker(), 0
        front.numbered = 0
        front.faults = [Fault(cut=cut, at=k), *(Fault(cut="before", at=j) for j in range(k + 1, k + 9))]
        with pytest.raises(TrackerError):
            publish(slim, Place(tracker, twin.number))
        front.faults = []
        publish(slim, Place(tracker, twin.number))
        assert told(twin) == wanted, f"killed at call {k}: {call.method} {call.path}"


@pytest.mark.parametrize("cut", ["before", "after"])
def test_one_lost_answer_to_a_write_is_looked_up_and_the_run_goes_on(
    stage: Stage, front: Front, bundle: Bundle, cut: str
) -> None:
    lost = Fault(matches=lambda m, p: m == "POST" and ("/comments" in p or p.endswith("/issues")), cut=cut, times=1)
    front.faults = [lost]
    go(bundle, stage)
    assert lost.times == 0
    assert [kind for kind, _ in told(stage)] == ["issue", "issue", *("on 1" for _ in KINDS)]


def test_a_report_of_200_kb_comes_in_parts_in_order(stage: Stage, bundle: Bundle, tmp_path: Path) -> None:
    sections = [f"## Section {i}\n\n" + "".join(f"line {i}.{j} {'x' * 60}\n" for j in range(100)) for i in range(30)]
    text = CUT.join(sections)
    assert len(text) > 200_000
    parts = split(text)
    long = write_bundle(
        tmp_path / "bundle", archive="a", commit=None, created=None, issue=IssueEntry(1, "t", "b"),
        comments={"results": parts}, facts=Facts(), figures=(), summary=(),
    )  # fmt: skip
    go(long, stage)
    bodies = [comment["body"] for comment in stage.comments()]
    assert len(bodies) == len(parts) > 3
    assert all(len(body) <= 65_536 for body in bodies)
    assert [re.findall(r"part=(\d+)/(\d+)", body)[0] for body in bodies] == [
        (str(i + 1), str(len(parts))) for i in range(len(parts))
    ]
    told_lines = re.findall(r"^line (\d+\.\d+) ", "\n".join(bodies), re.MULTILINE)
    assert told_lines == [f"{i}.{j}" for i in range(30) for j in range(100)]
