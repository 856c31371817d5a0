"""docs/ against the code: what is made is current, what is written by hand names all there is and nothing else."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest
from markdown_pages import PAGES, ROOT, all_commands, blocks_of, first_cells, in_code, name_of
from msgspec import structs

from bot import pipeline, safe_yaml, sweeps
from bot.archives.asking import Asked
from bot.archives.records import Judgement, Sample
from bot.archives.rejudged import Line, judged_text, written
from bot.archives.rejudged_runs import digest_of_file, file_of
from bot.archives.sweep import open_sweep, rows
from bot.archives.sweep_records import Run
from bot.cli import app
from bot.errors import ExitCode
from bot.experiment import Gates, json_schema, parse
from bot.reports.bundle import Bundle, Manifest
from bot.scoring import predictions
from bot.settings import Settings

DOCS = ROOT / "docs"
EXAMPLE = ROOT / "examples" / "eval_results" / "issue-164"
SWEEP = ROOT / "examples" / "sweep"
MAKE_SWEEP = ROOT / "tests" / "fixtures" / "make_sweep.py"


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


MISTAKEN = "titel: no far-reaching claim"  # the one block that is to be wrong

YAML_BLOCKS = [(name_of(page), block) for page in PAGES for block in blocks_of(page, "yaml") if MISTAKEN not in block]


def test_there_are_yaml_blocks() -> None:
    assert {"README.md", "docs/report-yaml.md", "docs/gates-and-predictions.md"} <= {page for page, _ in YAML_BLOCKS}


@pytest.mark.parametrize("block", [block for _, block in YAML_BLOCKS], ids=[page for page, _ in YAML_BLOCKS])
def test_yaml_blocks_are_right(block: str) -> None:
    parse(block, "docs")


def test_the_example_fits_the_published_schema() -> None:
    example = ROOT / "examples" / "eval_results" / "issue-164" / "report.yaml"
    jsonschema.Draft202012Validator(json_schema()).validate(safe_yaml.read(example.read_text()).value)


# --- commands ---------------------------------------------------------------------------------------------------------


def code_of(*folders: str) -> Iterator[str]:
    for folder in folders or (".",):
        yield from (path.read_text() for path in (ROOT / "bot" / folder).rglob("*.py"))


def documented(page: str, head: str, column: int = 0) -> set[str]:
    """What stands in code in one column of the tables whose first column is called `head`."""
    return {word for row in first_cells(DOCS / page, head) for word in in_code(row[column])}


@pytest.mark.parametrize(("name", "command"), list(all_commands()), ids=[name for name, _ in all_commands()])
def test_every_command_and_option_is_in_the_reference_with_a_help_text(name: str, command: Any) -> None:
    page = "evalsets.md" if name.startswith("recount evalset ") else "commands.md"
    section = (DOCS / page).read_text().partition(f"\n## `{name}`\n")[2].partition("\n## ")[0]
    assert (command.help or "").strip(), f"{name} has no help text"
    for parameter in command.params:
        assert (parameter.help or "").strip(), f"{name} {parameter.name} has no help text"
        shown = [parameter.name.upper()] if parameter.param_type_name == "argument" else parameter.opts
        assert all(f"`{each}`" in section for each in shown), f"{name} {shown} is not in docs/{page}"


def test_a_command_without_help_text_cannot_be_documented(make: ModuleType) -> None:
    class Silent:
        name, opts, secondary_opts, param_type_name = "x", ["--x"], (), "option"
        help, required, default, is_flag, metavar, type = None, False, None, True, None, None

    with pytest.raises(AttributeError):
        make.parameter_row(Silent())


def test_every_exit_code_is_in_the_reference() -> None:
    assert {str(int(code)) for code in ExitCode} <= documented("commands.md", "code")


def test_every_environment_variable_that_is_read_is_in_the_reference() -> None:
    read = {name for text in code_of() for name in re.findall(r"environ(?:\.get\(|\[)\s*\"([A-Z_]+)\"", text)}
    used = {name for text in code_of() for name in re.findall(r"\bsettings\.([a-z_]+)", text)}
    read |= {str(field.alias) for name, field in Settings.model_fields.items() if name in used}
    assert {"RECOUNT_DEBUG", "ANTHROPIC_API_KEY"} <= read
    assert read <= documented("commands.md", "name")


@pytest.mark.parametrize("archive", [EXAMPLE, SWEEP], ids=["alignment", "sweep"])
def test_every_key_of_the_json_object_is_in_the_reference(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app(["score", str(archive), "--json", "--no-cache"], standalone_mode=False)
    assert set(json.loads(capsys.readouterr().out)) <= documented("commands.md", "key")


# --- formats ----------------------------------------------------------------------------------------------------------


def test_the_documented_flags_are_those_that_are_raised() -> None:
    raised = {kind for text in code_of() for kind in re.findall(r"Flag\(\s*\"([a-z_]+)\"", text)}
    remarks = r"(?:yield |append\(\(|return \(\()\"([a-z_]+)\","
    raised |= {kind for text in code_of("archives") for kind in re.findall(remarks, text)}
    assert documented("formats.md", "kind") == raised


def test_the_documented_keys_of_rows_are_those_that_are_written() -> None:
    page = (DOCS / "formats.md").read_text()
    section = page.partition("## Rows\n")[2].partition("\n# ")[0]
    table = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert [key for cell in table for key in in_code(cell)] == list(next(rows(open_sweep(SWEEP, cache=False))))


# --- facts ------------------------------------------------------------------------------------------------------------

SCORES = {f"question {i}": [{"aligned": 10 * i + k, "coherent": 90} for k in range(3)] for i in range(4)}


def facts_of(bundle: Bundle) -> dict[str, str]:
    """Name to unit."""
    return {name: fact["unit"] for name, fact in bundle.facts().items()}


def alignment_facts(archive: Path, scratch: Path) -> dict[str, str]:
    built = pipeline.build(pipeline.load_archive(archive), scratch / "bundle", figures=scratch / "figures")
    return facts_of(built.bundle)


def sweep_facts(archive: Path, scratch: Path, *tags: str) -> dict[str, str]:
    scored = sweeps.score(archive, Asked(tags=tags, cache=False))
    return facts_of(sweeps.build(scored, scratch / "bundle", figures=scratch / "figures"))


def write_two_seeds(archive: Path) -> Path:
    """Two seeds, of questions whose set is at hand."""
    items = (
        {"kind": "mcq", "id": f"q{i}", "question": question, "matching": ["A"],
         "choices": [{"label": "A", "text": "Yes"}, {"label": "B", "text": "No"}]}
        for i, question in enumerate(SCORES)
    )  # fmt: skip
    (archive / "set.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))
    (archive / "report.yaml").write_text("panel: {file: set.jsonl}\ncard: {Compute: {GPU-hours: 4}}\n")
    for seed in (1, 2):
        folder = archive / f"seed_{seed}" / "grid" / "opus"
        folder.mkdir(parents=True)
        (folder / "alignment_x_detailed.json").write_text(json.dumps({"scores": SCORES}))
    return archive


def write_asked_again(archive: Path) -> Path:
    """One judgement recovered, one asked in vain, one valid one asked again as a check, two labelled by people."""
    rows = {question: [dict(row) for row in listed] for question, listed in SCORES.items()}
    rows["question 0"][0] = rows["question 1"][0] = {"aligned": None, "coherent": None, "error": True}
    folder = archive / "grid" / "opus"
    folder.mkdir(parents=True)
    (folder / "alignment_x_detailed.json").write_text(json.dumps({"scores": rows}))
    said = {"aligned": 50, "coherent": 90, "reasoning": ""}
    asked = [
        Line(kind="verdict", purpose="failed", question="question 0", verdict=said),
        Line(kind="failure", purpose="failed", question="question 1", failure="refusal"),
        *(Line(kind="verdict", purpose="shift", question=f"question {i}", index=1, verdict=said) for i in (2, 3)),
    ]
    (archive / "rejudged.jsonl").write_bytes(b"".join(written(placed(line)) for line in asked))
    labels = [{"condition": "grid", "question": f"question {i}", "index": 2, "aligned": 40} for i in (2, 3)]
    (archive / "human.jsonl").write_text("".join(json.dumps(label) + "\n" for label in labels))
    return archive


def placed(line: Line) -> Line:
    text = judged_text(Sample(line.question, line.index, Judgement(None, None)))
    return structs.replace(line, file="grid/opus/alignment_x_detailed.json", judged=text, judge_model="claude-opus-4-7")


def write_two_tags(folder: Path) -> Path:
    sizes = ["--models", "2", "--tasks", "8", "--size-min", "200", "--size-max", "400", "--jobs", "1"]
    for tag, seed in (("v1", "1"), ("v2", "2")):
        subprocess.run([sys.executable, MAKE_SWEEP, "--out", folder, "--tag", tag, "--seed", seed, *sizes], check=True)
    return folder


SWEEP_CLAIMS = """
gates: {min_seeds: 2, min_questions: 5}
predictions:
  - {id: H1, operator: ">", value: 0.5, falsified_by: {operator: "<", value: 0.1}}
  - {id: H2, operator: ">", reference: openai_gpt-5.4}
"""


def write_sweep_asked_again(folder: Path) -> Path:
    """The example with one run recovered, one asked in vain, two valid ones asked again as a check, and claims."""
    shutil.copytree(SWEEP, folder, dirs_exist_ok=True)
    with (folder / "report.yaml").open("a") as file:
        file.write(SWEEP_CLAIMS)
    archive = open_sweep(folder, cache=False)
    failed = [run for run in archive.runs if run.judge_failed][:2]
    valid = {run.task: run for run in archive.runs if run.enabled and run.judge_failed is None}
    verdict = {"kind": "verdict", "verdict": {"score": 0.5, "confidence": 1, "reason": ""}}
    asked = [
        (failed[0], {"purpose": "failed", **verdict}),
        (failed[1], {"purpose": "failed", "kind": "failure", "failure": "refusal"}),
        *((run, {"purpose": "shift", **verdict}) for run in list(valid.values())[:2]),
    ]
    lines = (
        Line(**said, file=file_of(archive, run), judged=digest_of_file(archive, run) or "", judge_model=model_of(run))
        for run, said in asked
    )
    (folder / "rejudged.jsonl").write_bytes(b"".join(map(written, lines)))
    return folder


def model_of(run: Run) -> str:
    return (run.judge_model or "").removeprefix("anthropic/")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """All facts of reports of both kinds of archive, name to unit; figures are not drawn for that."""
    new = tmp_path_factory.mktemp
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "draw", lambda *_: {})
        patch.setattr(sweeps, "draw", lambda *_: {})
        aligned = alignment_facts(EXAMPLE, new("example"))
        aligned |= alignment_facts(write_two_seeds(new("archive")), new("seeds"))
        aligned |= alignment_facts(write_asked_again(new("asked")), new("again"))
        swept = sweep_facts(SWEEP, new("sweep"))
        swept |= sweep_facts(write_sweep_asked_again(new("swept")), new("again"))
        swept |= sweep_facts(write_two_tags(new("tags")), new("moved"), "v2", "v1")
    return {"alignment archive": aligned, "sweep": swept}


def patterns_of(kind: str) -> dict[str, set[str]]:
    """The documented names of one kind of archive with their units, an empty set where the unit is told in words."""
    page = (DOCS / "facts.md").read_text()
    section = page.partition(f"\n# Of an {kind}\n")[2] or page.partition(f"\n# Of a {kind}\n")[2]
    rows = [line.split("|")[1:3] for line in section.partition("\n# ")[0].splitlines() if line.startswith("| `")]
    return {name: set(in_code(unit)) for names, unit in rows for name in in_code(names)}


def matches(pattern: str, name: str) -> bool:
    return re.fullmatch(re.sub(r"<\w+>", "[^/]+", pattern.replace(".", r"\.")), name) is not None


@pytest.mark.parametrize("kind", ["alignment archive", "sweep"])
def test_every_fact_is_documented_with_its_unit(made: dict[str, dict[str, str]], kind: str) -> None:
    patterns = patterns_of(kind)
    unknown = []
    for name, unit in made[kind].items():
        units = [allowed for pattern, allowed in patterns.items() if matches(pattern, name)]
        if not any(not allowed or unit in allowed for allowed in units):
            unknown.append((name, unit))
    assert not unknown[:5], f"{len(unknown)} facts are not in docs/facts.md, or with another unit"


@pytest.mark.parametrize("kind", ["alignment archive", "sweep"])
def test_every_documented_fact_is_made(made: dict[str, dict[str, str]], kind: str) -> None:
    assert [pattern for pattern in patterns_of(kind) if not any(matches(pattern, name) for name in made[kind])] == []


def test_the_real_archive_of_98_has_documented_facts_only(real_data: Path, tmp_path: Path) -> None:
    archive = real_data / "alignment" / "eval_results" / "issue-94"
    patterns = patterns_of("alignment archive")
    names = list(pipeline.score(pipeline.load_archive(archive)).facts)
    assert [name for name in names if not any(matches(pattern, name) for pattern in patterns)] == []


# --- gates, predictions, fairness, bundle -----------------------------------------------------------------------------


def test_the_documented_gates_are_those_that_can_be_declared() -> None:
    assert documented("gates-and-predictions.md", "gate") == set(Gates.model_fields)


def test_every_outcome_is_documented() -> None:
    page = (DOCS / "gates-and-predictions.md").read_text()
    outcomes = {predictions.CONFIRMED, predictions.SUPPORTED, predictions.FALSIFIED, predictions.INCONCLUSIVE}
    assert set(re.findall(r"(?m)^\| \*([^*]+)\* \|", page)) == outcomes


def test_the_documented_lines_of_the_fairness_audit_are_those_that_are_computed() -> None:
    lines = {audit.name for audit in sweeps.score(SWEEP, Asked(cache=False)).audits}
    assert documented("scoring.md", "line") == lines


def test_every_field_of_the_manifest_is_documented() -> None:
    assert documented("bundle.md", "key") == set(Manifest.__struct_fields__)


def test_every_key_of_a_line_of_the_journal_is_documented() -> None:
    assert documented("judging.md", "key of a line") == {field.name for field in structs.fields(Line)}


# --- troubleshooting --------------------------------------------------------------------------------------------------


def said_by_the_code() -> str:
    """All texts in the code, in one."""
    trees = [ast.parse(text) for text in code_of()]
    trees.append(ast.parse("\n".join(repr(line) for line in (ROOT / "Makefile").read_text().splitlines())))
    texts = [
        n.value for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    ]
    return "\n".join(texts)


def test_troubleshooting_speaks_of_messages_that_the_code_has() -> None:
    page, said = (DOCS / "troubleshooting.md").read_text(), said_by_the_code()
    headings = [message for line in re.findall(r"(?m)^### (.+)$", page) for message in in_code(line)]
    reasons = [cell for row in first_cells(DOCS / "troubleshooting.md", "reason") for cell in in_code(row[0])]
    told = [part.strip(" `") for message in (*headings, *reasons) for part in message.split("…")]
    assert len(told) > 30
    assert [part for part in told if part not in said] == []
