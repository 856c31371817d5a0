"""What an issue's text declares, and what GitHub's answer says of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.archives.declared_when import digest_of
from bot.errors import ExperimentError
from bot.experiment import parse
from bot.reports.issue_form import declared_in, drawn, fields, with_issue
from bot.tracker.pre_registration import record_in

ROOT = Path(__file__).resolve().parents[3]
CLAIM = "predictions:\n  - {id: H1, operator: '<', value: 50}\n"
GATE = "gates:\n  judge_gap_max: 10\n"
FORM = f"### Goal\n\nIs it?\n\n### Prediction\n\n```yaml\n{CLAIM}```\n\n### Decision rule\n\n```yaml\n{GATE}```\n"


def answer(**issue: Any) -> Any:
    told = {"body": FORM, "createdAt": "2026-01-01T00:00:00Z", "lastEditedAt": None} | issue
    return {"data": {"repository": {"issue": told}}}


def test_blocks_of_the_form_declare_together() -> None:
    found = declared_in(FORM.replace("\n", "\r\n"))
    assert found is not None
    assert digest_of(found) == digest_of(parse(CLAIM + GATE, "report.yaml"))


@pytest.mark.parametrize(
    "body",
    [
        "", "predictions: none", f"```\n{CLAIM}```", f"```json\n{CLAIM}```", "```yaml\ntitle: x\n```",
        f"<!--\n```yaml\n{CLAIM}```\n-->", f"<!--\n```yaml\n{CLAIM}```\n", f"```yaml\n{CLAIM}```\n```yaml\n{CLAIM}```",
        "```yaml\npredictions: [\n```", f"    ```yaml\n{CLAIM}```", "```yaml\n&a [*a]\n```", f"```yaml\n{CLAIM}",
    ],
)  # fmt: skip
def test_nothing_else_declares(body: str) -> None:
    assert declared_in(body) is None


def test_the_last_edit_counts_else_the_opening() -> None:
    opened, edited = record_in(answer(), 7), record_in(answer(lastEditedAt="2026-02-01T00:00:00Z"), 7)
    assert opened is not None and edited is not None
    assert (opened.issue, opened.since, edited.since) == (7, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")
    assert opened.digest == edited.digest


@pytest.mark.parametrize("odd", [None, {}, {"data": None}, {"data": {"repository": None}}, answer(body=None), []])
def test_an_answer_without_an_issue_is_no_record(odd: Any) -> None:
    assert record_in(odd, 7) is None


@given(st.text(max_size=200))
def test_any_text_is_read(body: str) -> None:
    declared_in(body)
    declared_in(f"```yaml\n{body}\n```")


OPENED = (
    "### Goal\n\nDoes it: stay?\n\n### Hypotheses\n\nH1: yes\n\n### Prediction\n\n```yaml\n" + CLAIM + "```\n\n"
    '### Parents\n\n_No response_\n\n### Out of scope\n\n- other models\n- "quotes" # and more\n'
)


def test_the_forms_fields_are_drawn_into_a_report_yaml() -> None:
    assert "Parents" not in fields(OPENED)
    found = parse(with_issue("title: x\n", OPENED, "issue.md"), "report.yaml")
    assert (found.title, found.question) == ("x", "Does it: stay?")
    assert found.does_not_update == ["other models", '"quotes" # and more']
    assert [p.id for p in found.predictions] == ["H1"]


def test_what_does_not_fit_is_told_and_a_text_without_a_form_adds_nothing() -> None:
    with pytest.raises(ExperimentError, match="cannot be taken over"):
        with_issue("question: mine\n", OPENED, "issue.md")
    assert drawn("Just words.") == ""


@given(st.text(max_size=100), st.text(max_size=100))
def test_any_goal_reads_back(goal: str, scope: str) -> None:
    body = f"### Goal\n\nA{goal}\n\n### Out of scope\n\n{scope}"
    parse(with_issue("", body, "issue.md"), "report.yaml")


def test_the_form_itself_declares_by_its_example() -> None:
    form = yaml.safe_load((ROOT / ".github" / "ISSUE_TEMPLATE" / "experiment.yml").read_text())
    (field,) = (f["attributes"] for f in form["body"] if f.get("id") == "prediction")
    assert field["render"] == "yaml"
    assert declared_in(f"```yaml\n{field['placeholder']}```") is not None
