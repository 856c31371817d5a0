from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import safe_yaml
from bot.archives.records import AlignmentArchive, Cell, Judgement, QuestionMean, Sample, Source, Summary
from bot.experiment import check, json_schema, parse
from bot.reports.draft import MOST_CONDITIONS, draft_report_yaml, judge_label, quoted

SOURCE = Source("a/b.json", "0" * 64, "0" * 40)
SONNET, OPUS = "claude-sonnet-4-5-20250929", "claude-opus-4-7"
ANY_TEXT = st.text(max_size=40) | st.text(
    st.sampled_from(":-#'\"\\{}[]&*!|>%@`\n\t\r\x00\x85\u2028\u202e\ud800 "), max_size=20
)


def cell(condition: str = "grid_1", judge: str = "sonnet", **given: object) -> Cell:
    values: dict[str, object] = {"seed": None, "evaluation": "panel_a", "source": SOURCE, "pointer": "/scores", **given}
    return Cell(condition=condition, judge=judge, **values)  # type: ignore[arg-type]


def archive(*cells: Cell, name: str = "issue-164") -> AlignmentArchive:
    return AlignmentArchive(root=Path(name), name=name, cells=cells)


def samples(questions: int, each: int) -> tuple[Sample, ...]:
    return tuple(Sample(f"q{q}", i, Judgement(50.0, 50.0)) for q in range(questions) for i in range(each))


def summary(original_judge: str | None = None, questions: int = 3) -> Summary:
    means = tuple(QuestionMean(f"q{q}", 50.0, 50.0, n=4, errors=1) for q in range(questions))
    return Summary("panel_a", 50.0, 50.0, 3, means, original_judge=original_judge)


def with_all_lines_in_use(draft: str) -> str:
    return re.sub(r"(?m)^(\s*)#(?! \S)", r"\1", draft)


FULL = archive(
    cell(
        "grid_1",
        "sonnet",
        evaluation="betley_52_grid_1",
        samples=samples(5, 4),
        judge_model=SONNET,
        model="Qwen/Qwen2.5",
    ),
    cell(
        "grid_1",
        "opus",
        evaluation="betley_52_grid_1_opus",
        samples=samples(5, 4),
        judge_model=OPUS,
        model="Qwen/Qwen2.5",
    ),
    cell(
        "pair.a", "sonnet", evaluation="betley_52_pair", samples=samples(5, 4), judge_model=SONNET, model="Qwen/Qwen2.5"
    ),
)


def test_the_draft_says_what_the_archive_shows() -> None:
    read = parse(draft_report_yaml(FULL), "draft")
    assert read.issue == 164
    assert (read.judges.primary, read.judges.alternate) == ("sonnet", "opus")
    assert read.judges.labels == {"sonnet": "Sonnet 4.5", "opus": "Opus 4.7"}
    assert list(read.conditions) == ["grid_1", "pair.a"]
    assert (read.panel.name, read.panel.questions, read.panel.samples) == ("betley_52", 5, 4)
    assert read.card["Model"] == {"model": "Qwen/Qwen2.5"}
    assert read.card["Eval"] == {"judges": f"{OPUS}; {SONNET}"}


def test_the_draft_declares_nothing_that_nobody_declared() -> None:
    read = parse(draft_report_yaml(FULL), "draft")
    assert read.gates.model_fields_set == set()
    assert (read.predictions, read.references, read.title, read.background) == ([], {}, None, None)


@pytest.mark.parametrize("drafted", [FULL, archive(), archive(cell(), name="folder"), archive(cell(judge="judge"))])
def test_the_draft_stands_as_it_is_and_with_all_its_lines_in_use(drafted: AlignmentArchive) -> None:
    conditions = {each.condition for each in drafted.cells}
    judges = {each.judge for each in drafted.cells}
    draft = draft_report_yaml(drafted)
    assert check(parse(draft, "draft"), conditions, judges) == []
    assert jsonschema.Draft202012Validator(json_schema()).is_valid(safe_yaml.read(draft).value)
    in_use = parse(with_all_lines_in_use(draft), "draft in use")
    assert in_use.gates.judge_gap_max == 10
    assert [prediction.id for prediction in in_use.predictions] == ["H1"]
    assert list(in_use.references) == ["baseline"]


def test_the_panel_is_counted_from_summaries_where_there_are_no_samples() -> None:
    panel = parse(draft_report_yaml(archive(cell(summary=summary(questions=7)))), "draft").panel
    assert (panel.questions, panel.samples) == (7, 5)


def test_one_odd_cell_does_not_speak_for_the_panel() -> None:
    cells = [cell(name, samples=samples(5, 4)) for name in ("a", "b")]
    panel = parse(draft_report_yaml(archive(*cells, cell("c", samples=samples(50, 1)))), "draft").panel
    assert panel.questions == 5


def test_the_judge_that_judged_first_is_primary() -> None:
    again = cell(judge="alpha", summary=summary(original_judge="unknown"))
    assert parse(draft_report_yaml(archive(again, cell(judge="beta"))), "draft").judges.primary == "beta"


def test_the_alternate_judged_the_same_conditions() -> None:
    cells = [
        cell("null", "judge"),
        cell("c6", "judge"),
        cell("known", "judge"),
        cell("pair", "sonnet"),
        cell("pair", "opus"),
    ]
    judges = parse(draft_report_yaml(archive(*cells)), "draft").judges
    assert {judges.primary, judges.alternate} == {"sonnet", "opus"}


def test_judges_that_share_no_condition_are_not_compared() -> None:
    judges = parse(draft_report_yaml(archive(cell("a", "opus"), cell("b", "sonnet"))), "draft").judges
    assert (judges.primary, judges.alternate) == ("opus", None)


def test_two_judges_of_one_family_get_two_labels() -> None:
    cells = (cell(judge="sonnet", judge_model=SONNET), cell(judge="second", judge_model="claude-sonnet-4-5"))
    labels = parse(draft_report_yaml(archive(*cells)), "draft").judges.labels
    assert len(set(labels.values())) == 2


def test_a_judge_without_a_model_is_called_by_its_id() -> None:
    draft = draft_report_yaml(archive(cell(judge="judge")))
    assert parse(draft, "draft").judges.labels == {"judge": "judge"}
    assert "names no model" in draft


@pytest.mark.parametrize(("name", "issue"), [("issue-94", 94), ("issue_7", 7), ("issue-0", None), ("sweep", None)])
def test_the_issue_is_taken_from_the_folder(name: str, issue: int | None) -> None:
    assert parse(draft_report_yaml(archive(cell(), name=name)), "draft").issue == issue


def test_very_many_conditions_are_cut_and_said_so() -> None:
    draft = draft_report_yaml(archive(*(cell(f"c{i:04}") for i in range(MOST_CONDITIONS + 7))))
    assert len(parse(draft, "draft").conditions) == MOST_CONDITIONS
    assert "and 7 more conditions" in draft


@pytest.mark.parametrize(
    "name",
    ["../../x", "no", "42", "1.10", "<<", "a: b", "- x", "#", "a\nevil: yes", "x" * 5000, "\u202e", "~", "null", " a "],
)
def test_a_hostile_condition_is_only_a_name(name: str) -> None:
    read = parse(draft_report_yaml(archive(cell(name))), "draft")
    assert list(read.conditions) == [name]


@given(condition=ANY_TEXT.filter(bool), judge=ANY_TEXT.filter(bool), other=ANY_TEXT)
def test_whatever_the_archive_holds_the_draft_is_read(condition: str, judge: str, other: str) -> None:
    hostile = cell(condition, judge, evaluation=other, judge_model=other, model=other)
    twin = cell(condition + "x", judge, evaluation=other + "_b", judge_model=other)
    draft = draft_report_yaml(archive(hostile, twin, name=other))
    assert len(parse(draft, "draft").conditions) == 2
    assert all(character.isprintable() or character == "\n" for character in draft)


@given(st.text(st.characters(codec="utf-8")))
def test_a_quoted_text_reads_back(text: str) -> None:
    assert "\n" not in quoted(text)
    assert safe_yaml.read(f"{quoted(text or 'x')}: {quoted(text)}").value == {text or "x": text}


@pytest.mark.parametrize(
    ("model", "label"),
    [
        (SONNET, "Sonnet 4.5"),
        (OPUS, "Opus 4.7"),
        ("claude-opus-4-20250514", "Opus 4"),
        ("claude-3-5-sonnet-20241022", "Sonnet 3.5"),
        ("claude-3-opus-latest", "Opus 3"),
        ("anthropic/claude-haiku-4-5", "Haiku 4.5"),
        ("claude-sonnet-4-5@20250929", "Sonnet 4.5"),
        ("gpt-4o-2024-08-06", "GPT-4o"),
        ("gpt-4.1-mini", "GPT-4.1 mini"),
        ("gemini-2.5-pro", "Gemini 2.5 Pro"),
        ("meta-llama/Llama-3.1-70B-Instruct", "Llama 3.1 70B Instruct"),
        ("our-own-judge", "our-own-judge"),
        ("", ""),
    ],
)
def test_a_judge_is_called_as_people_call_it(model: str, label: str) -> None:
    assert judge_label(model) == label
