from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest

from bot import safe_yaml
from bot.experiment import json_schema, parse

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def make() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_make", ROOT / "docs" / "make.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_docs_are_what_the_code_makes(make: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert make.main(["--check"]) == 0, capsys.readouterr().out


def test_a_document_out_of_date_is_named_and_left(
    make: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(make, "DOCS", tmp_path)
    monkeypatch.setattr(make, "DOCUMENTS", {"a.md": lambda: "new\n"})
    (tmp_path / "a.md").write_text("old\n")
    assert make.main(["--check"]) == 1
    assert capsys.readouterr().out == "docs/a.md: out of date, run `make docs`\n"
    assert (tmp_path / "a.md").read_text() == "old\n"
    assert make.main([]) == 0
    assert (tmp_path / "a.md").read_text() == "new\n"
    assert make.main(["--check"]) == 0


def test_every_key_of_the_schema_is_in_the_reference() -> None:
    page = (ROOT / "docs" / "report-yaml.md").read_text()
    schema = json_schema()
    for part in [schema, *schema["$defs"].values()]:
        missing = [key for key in part["properties"] if f"| `{key}` |" not in page]
        assert not missing


def test_links_inside_the_reference_lead_somewhere() -> None:
    page = (ROOT / "docs" / "report-yaml.md").read_text()
    headings = re.findall(r"(?m)^#+ (.+)$", page)
    anchors = {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]*)\)", page)) <= anchors
    for target in re.findall(r"\]\(([^#)][^)]*)\)", page):
        assert (ROOT / "docs" / target).exists()


def test_yaml_blocks_of_the_prose_are_right() -> None:
    prose = (ROOT / "docs" / "parts" / "report-yaml.md").read_text()
    blocks = re.findall(r"```yaml\n(.*?)```", prose, re.DOTALL)
    assert blocks
    for block in blocks:
        parse(block, "docs")


def test_the_example_fits_the_published_schema() -> None:
    example = ROOT / "examples" / "eval_results" / "issue-164" / "report.yaml"
    jsonschema.Draft202012Validator(json_schema()).validate(safe_yaml.read(example.read_text()).value)
