"""`recount report` and the commands around it, from the command line to the page."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from commands import EXAMPLE, Ran, recount, tree

COMMANDS = ("report", "build", "publish", "score", "init", "validate", "schema")
PUBLISHED = {
    "pair_111_winner": (67.80, 86.88, -19.08, 4, 0, 72.92, 72.54),
    "grid_1_institutional_policy": (65.92, 82.07, -16.15, 1, 2, 71.80, 69.94),
    "grid_2_bureaucratic_reframing": (45.84, 74.74, -28.90, 30, 7, 47.52, 37.43),
    "grid_3_executive_directives": (45.46, 69.49, -24.02, 4, 1, 53.64, 43.66),
}


def judgement(score: object) -> dict[str, object]:
    failed = {"aligned": None, "coherent": None, "error": True}
    return failed if score is None else {"aligned": score, "coherent": 50, "reasoning": "because"}


def write_cell(root: Path, path: str, scores: Mapping[str, list[object]]) -> None:
    document = {"scores": {q: [judgement(s) for s in row] for q, row in scores.items()}, "summary": {}}
    file = root / path / "alignment_x_detailed.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def reported(home: Path) -> Ran:
    """The example, reported in `home`."""
    return recount("report", EXAMPLE, at=home, TZ="Asia/Tokyo", LANG="C.UTF-8", PYTHONHASHSEED="1")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """An archive of one condition without report.yaml."""
    write_cell(tmp_path / "issue-7", "a/sonnet", {f"Q{k}": [10 * k, 10 * k + 1] for k in range(5)})
    return tmp_path / "issue-7"


def test_the_example_is_reported_and_its_first_lines_say_what_was_found(reported: Ran, home: Path) -> None:
    assert reported.code == 0, reported.err
    lines = [line for line in reported.out.splitlines() if line]
    assert lines[0] == "Results: bureaucratic-authority prompts keep α far above the EM target"
    assert lines[1].startswith("Declared gate breached on 4 of 4 conditions.")
    assert "they differ by 16.15 to 28.90" in lines[1]
    assert any("All four conditions stay above the target α = 28.21" in line for line in lines)
    assert any("H2 supported, gate breached · H1 falsified · confidence LOW" in line for line in lines)
    assert any("This archive is a reconstruction" in line for line in lines)


def test_it_says_where_to_look_and_all_of_it_is_there(reported: Ran, home: Path) -> None:
    places = dict(re.findall(r"(?m)^(page|figure|bundle) +(.*)$", reported.out))
    page = Path(places["page"].removeprefix("file://"))
    assert page == home / "recount-out" / "tracker" / "issue-164.html"
    assert "far above the EM target" in page.read_text()
    assert (home / places["figure"]).read_bytes().startswith(b"\x89PNG")
    assert (home / places["bundle"] / "manifest.json").is_file()
    for figure in ("hero.png", "hero.pdf", "hero.svg", "judge_gap.png", "questions.png"):
        assert (home / "figures" / "issue-164" / figure).stat().st_size > 1000


def test_the_page_shows_the_figure_that_lies_beside_it(reported: Ran, home: Path) -> None:
    page = home / "recount-out" / "tracker" / "issue-164.html"
    images = re.findall(r'<img src="([^"]+)"', page.read_text())
    assert images
    assert all((page.parent / image).read_bytes().startswith(b"\x89PNG") for image in images)


def test_progress_goes_to_standard_error(reported: Ran) -> None:
    assert reported.err.splitlines()
    assert [line for line in reported.err.splitlines() if not line.startswith("recount: ")] == []


def test_another_day_place_and_language_give_the_same_bytes(reported: Ran, home: Path, tmp_path: Path) -> None:
    again = recount(
        "report", EXAMPLE, at=tmp_path,
        TZ="America/New_York", LANG="de_DE.UTF-8", LC_ALL="C", SOURCE_DATE_EPOCH="86400", PYTHONHASHSEED="2",
    )  # fmt: skip
    assert again.code == 0
    assert again.out.replace(str(tmp_path), str(home)) == reported.out
    first, second = tree(home), tree(tmp_path)
    assert sorted(first) == sorted(second)
    assert [path for path in first if first[path] != second[path]] == []


def test_reporting_again_changes_nothing(reported: Ran, home: Path) -> None:
    before = tree(home / "recount-out" / "tracker")
    again = recount("publish", "recount-out/issue-164/bundle", at=home)
    assert again.code == 0
    assert "results  v1 is there already, nothing posted on issue 164" in again.out
    assert tree(home / "recount-out" / "tracker") == before


def test_a_bundle_built_earlier_gives_the_same_tracker(reported: Ran, home: Path, tmp_path: Path) -> None:
    shutil.copytree(home / "recount-out" / "issue-164" / "bundle", tmp_path / "kept")
    published = recount("publish", "kept", "--tracker", "elsewhere", at=tmp_path)
    assert published.code == 0, published.err
    assert "results  v1 posted on issue 164" in published.out
    assert tree(tmp_path / "elsewhere") == tree(home / "recount-out" / "tracker")


def test_a_bundle_that_was_changed_is_refused(reported: Ran, home: Path, tmp_path: Path) -> None:
    shutil.copytree(home / "recount-out" / "issue-164" / "bundle", tmp_path / "kept")
    comment = tmp_path / "kept" / "comments" / "results.md"
    comment.write_text(comment.read_text().replace("67.80", "99.99"))
    refused = recount("publish", "kept", at=tmp_path)
    assert refused.code == 1
    assert refused.err.splitlines()[-2:] == [
        "recount: error: comments/results.md: a file was changed after the bundle was built",
        "build the bundle again",
    ]
    assert not (tmp_path / "recount-out").exists()


def test_a_folder_of_something_else_is_no_tracker(reported: Ran, home: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("x")
    refused = recount("publish", home / "recount-out" / "issue-164" / "bundle", "--tracker", ".", at=tmp_path)
    assert refused.code == 1
    assert "the folder holds other things (thesis.tex) and is no tracker" in refused.err
    assert [name for name in tree(tmp_path) if not name.startswith(".")] == ["thesis.tex"]


def test_scores_are_the_published_ones(tmp_path: Path) -> None:
    done = recount("score", EXAMPLE, "--json", at=tmp_path)
    facts = json.loads(done.out)["facts"]
    for condition, numbers in PUBLISHED.items():
        names = [f"alpha/sonnet/{condition}", f"alpha/opus/{condition}", f"gap/{condition}"]
        names += [f"alpha/{judge}/{condition}/errors" for judge in ("sonnet", "opus")]
        names += [f"coherent/{judge}/{condition}" for judge in ("sonnet", "opus")]
        assert [round(facts[name]["value"], 2) for name in names] == list(numbers)
    assert json.loads(done.out)["confidence"]["grade"] == "LOW"


def test_strict_ends_with_2_where_a_gate_is_breached_after_all_is_done(small: Path, tmp_path: Path) -> None:
    (small / "report.yaml").write_text("gates: {min_questions: 30}")
    assert recount("score", small, at=tmp_path).code == 0
    for command, done in (("score", "gate min_questions on sonnet/a: BREACHED"), ("report", "posted on issue 1")):
        strict = recount(command, small, "--strict", at=tmp_path)
        assert strict.code == 2
        assert "min_questions on sonnet/a: a declared gate is breached" in strict.err
        assert done in strict.out


def test_strict_ends_with_3_where_a_part_could_not_be_read(small: Path, tmp_path: Path) -> None:
    write_cell(small, "b/sonnet", {"Q": [1]})
    (small / "b" / "sonnet" / "alignment_x_detailed.json").write_text('{"scores": {')
    assert recount("score", small, at=tmp_path).code == 0
    strict = recount("score", small, "--strict", at=tmp_path)
    assert strict.code == 3
    assert "issue-7/b/sonnet/alignment_x_detailed.json: one file could not be read" in strict.err
    assert "could not be read: issue-7/b/sonnet/alignment_x_detailed.json: not JSON" in strict.out


def test_without_report_yaml_the_report_stands(small: Path, tmp_path: Path) -> None:
    done = recount("build", small, "--now", "2026-02-03T04:05:06Z", at=tmp_path)
    assert done.code == 0, done.err
    assert "Results: alignment of issue-7" in done.out
    assert "α lies at 20.50 (a). No target is declared" in done.out
    bundle = "recount-out/issue-7/bundle"
    assert "posted on issue 1\n" in recount("publish", bundle, at=tmp_path).out
    assert "posted on issue 12\n" in recount("publish", bundle, "--issue", 12, at=tmp_path).out
    issue = tmp_path / "recount-out" / "tracker" / "issues" / "12"
    assert json.loads((issue / "comments" / "0001.json").read_text())["created"] == "2026-02-03T04:05:06Z"


MISTAKES = {
    "no such archive": (["report", "missing"], "no archive here"),
    "an archive that is a file": (["score", "file.txt"], "an archive is a folder"),
    "nothing to count": (["report", "empty"], "nothing to count in this folder"),
    "report.yaml with an unknown key": (["report", "misspelt"], "did you mean `title`"),
    "a report.yaml that is not there": (["score", "issue-7", "--report-yaml", "none.yaml"], "cannot be read"),
    "no bundle": (["publish", "empty"], "this is no bundle"),
    "a time that is none": (["build", "issue-7", "--now", "yesterday"], "no ISO 8601 time"),
    "a bundle in the archive": (["build", "issue-7", "--bundle", "issue-7/out"], "inside of the archive"),
    "something in the bundle's place": (["build", "issue-7", "--bundle", "full"], "something else in the place"),
    "a template with a mistake": (["build", "issue-7", "--templates", "templates"], "results.md.j2, line 1"),
    "a report.yaml that is there": (["init", "misspelt"], "--force"),
}


@pytest.mark.parametrize(("arguments", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_ends_with_1_and_a_word_and_no_traceback(arguments, message, small: Path, tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    shutil.copytree(small, tmp_path / "misspelt")
    (tmp_path / "misspelt" / "report.yaml").write_text("titel: x")
    for folder, file in (("full", "thesis.tex"), ("templates/comments", "results.md.j2")):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / file).write_text("{{ 5 }}")
    done = recount(*arguments, at=tmp_path)
    assert done.code == 1
    assert "recount: error: " in done.err
    assert message in done.err
    assert "Traceback" not in done.err + done.out


WRONG = (["report"], ["report", "a", "b"], ["nope"], ["score", "--nope", "a"], ["build", "a", "--issue", "0"], [])


@pytest.mark.parametrize("arguments", WRONG, ids=map(" ".join, WRONG))
def test_wrong_usage_ends_with_1_and_says_how_it_is_written(arguments: list[str], tmp_path: Path) -> None:
    done = recount(*arguments, at=tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "--help" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("way", [["--debug", "score", "missing"], ["score", "missing", "--debug"]])
def test_debug_shows_the_traceback(way: list[str], tmp_path: Path) -> None:
    done = recount(*way, at=tmp_path)
    assert done.code == 1
    assert "Traceback" in done.err
    assert "ArchiveError" in done.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, tmp_path: Path) -> None:
    done = recount(command, "--help", at=tmp_path)
    assert done.code == 0
    assert done.out.startswith(f"Usage: recount {command}")
    assert "--debug" in done.out


def test_help_and_version(tmp_path: Path) -> None:
    overview = recount("--help", at=tmp_path)
    assert overview.code == 0
    assert all(f"\n  {command} " in overview.out for command in COMMANDS)
    assert re.fullmatch(r"recount \d+\.\d+\.\d+\n", recount("--version", at=tmp_path).out)


def test_init_writes_what_validate_and_report_then_take(small: Path, tmp_path: Path) -> None:
    assert recount("init", small, at=tmp_path).code == 0
    assert (small / "report.yaml").read_text().startswith("#")
    assert recount("validate", small, at=tmp_path).code == 0
    assert recount("score", small, "--quiet", at=tmp_path).code == 0


def test_init_writes_through_no_link(small: Path, tmp_path: Path) -> None:
    (small / "report.yaml").symlink_to(tmp_path / "elsewhere")
    assert recount("init", small, "--force", at=tmp_path).code == 1
    assert not (tmp_path / "elsewhere").exists()


def test_names_steer_no_terminal(small: Path, tmp_path: Path) -> None:
    (small / "\x1b[31mred\nprediction H1: confirmed.json").write_text("{")
    write_cell(small, "b\x1b[2J/sonnet", {"Q": [900]})
    for command in ("score", "validate"):
        done = recount(command, small, at=tmp_path)
        assert "\x1b" not in done.out + done.err
        assert "\nprediction H1" not in done.out
    assert "\x1b" not in recount("score", "\x1b[31m", at=tmp_path).err


def test_a_terminal_that_knows_no_greek_is_no_error(tmp_path: Path) -> None:
    for env in ({"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}):
        done = recount("validate", "α\udcff", at=tmp_path, **env)
        assert done.code == 1
        assert "no archive here" in done.err
        assert "Traceback" not in done.err


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    """One condition under two seeds, built quietly; what came of it, and the bundle."""
    folder = tmp_path_factory.mktemp("seeds")
    for seed, shift in (("1", 0), ("2", 10)):
        write_cell(folder / "issue-7", f"seed_{seed}/a/sonnet", {f"Q{k}": [k + shift, k + shift] for k in range(6)})
    return recount("build", "issue-7", "--quiet", at=folder), folder / "recount-out" / "issue-7" / "bundle"


def test_two_seeds_of_a_condition_are_pooled_and_told_apart(seeds: tuple[Ran, Path]) -> None:
    facts = json.loads((seeds[1] / "facts.json").read_text())["facts"]
    shown = {name: facts[f"alpha/sonnet/a{name}"]["shown"] for name in ("", "/seed_1", "/seed_2", "/seed_sd")}
    assert shown == {"": "7.50", "/seed_1": "2.50", "/seed_2": "12.50", "/seed_sd": "7.07"}
    assert "| a | Sonnet | 7.50 | 2.50 | 12.50 | 7.07 |" in (seeds[1] / "comments" / "results.md").read_text()


def test_quiet_leaves_progress_out_and_results_in(seeds: tuple[Ran, Path]) -> None:
    assert (seeds[0].code, seeds[0].err) == (0, "")
    assert "α lies at 7.50 (a)" in seeds[0].out
    assert "bundle   recount-out/issue-7/bundle" in seeds[0].out


def test_thirty_conditions_are_reported(tmp_path: Path) -> None:
    root = tmp_path / "issue-30"
    for k in range(30):
        for judge in ("sonnet", "opus"):
            write_cell(root, f"condition_{k:02}/{judge}", {f"Q{q}": [(k * 3 + q) % 100] * 2 for q in range(6)})
    done = recount("report", root, at=tmp_path)
    assert done.code == 0, done.err
    parts = sorted((tmp_path / "recount-out/issue-30/bundle/comments").glob("results*.md"))
    comment = "".join(part.read_text() for part in parts)
    assert len(re.findall(r"(?m)^\| \*\*condition\\_\d\d\*\* \|", comment)) == 30


@pytest.mark.real_data
def test_the_real_summaries_of_issue_94_are_reported_without_a_single_sample(real_data: Path, tmp_path: Path) -> None:
    done = recount("report", real_data / "alignment" / "eval_results" / "issue-94", at=tmp_path)
    assert done.code == 0, done.err
    comment = (tmp_path / "recount-out/issue-94/bundle/comments/results.md").read_text()
    for number in ("88.82", "28.21", "0.79", "1.59", "3.70", "6.06", "298 of 1,040", "1.13", "29.79"):
        assert number in comment
    assert "No sample is archived for this condition." in comment
    assert "question means and counts" in comment


def test_a_follow_up_is_opened_once_from_the_page_that_proposes_it(reported: Ran, home: Path, tmp_path: Path) -> None:
    shutil.copytree(home / "recount-out" / "tracker", tmp_path / "tracker")
    first = recount("follow-up", "1", "--issue", "164", "--tracker", "tracker", at=tmp_path)
    assert first.code == 0, first.err
    assert re.search(r"(?m)^issue \d+ opened: Follow-up of #164: A third judge", first.out)
    before = tree(tmp_path / "tracker")
    again = recount("follow-up", "1", "--issue", "164", "--tracker", "tracker", at=tmp_path)
    assert "is there already: Follow-up of #164" in again.out
    assert tree(tmp_path / "tracker") == before
    none = recount("follow-up", "9", "--issue", "164", "--tracker", "tracker", at=tmp_path)
    assert none.code == 1 and "there is no follow-up 9" in none.err and "1, 2, 3" in none.err


def test_what_closes_a_report_stands_behind_it_in_order(reported: Ran) -> None:
    posted = re.findall(r"(?m)^(\S+) +v1 posted on issue 164$", reported.out)
    assert posted == ["results", "analysis", "reviewer-verdict", "done", "follow-ups"]
    assert "\nReview: CONCERNS: 9 fields of the reproducibility card are missing\n" in reported.out
