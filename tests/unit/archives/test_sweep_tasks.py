from __future__ import annotations

from pathlib import Path

import pytest
from sweep_builders import generate

from bot.archives.records import Unreadable
from bot.archives.sweep import open_sweep
from bot.archives.sweep_records import TaskDefinition
from bot.archives.tasks import read_tasks


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


def test_every_task_of_a_generated_sweep_has_its_rubric(tmp_path):
    archive = open_sweep(generate(tmp_path), cache=False)
    tasks = read_tasks(archive.tasks_folder)
    assert set(tasks.by_id) == set(archive.tasks)
    assert tasks.unreadable == ()
    task = tasks.by_id["t2-fs-quick-note"]
    assert (task.tier, task.passing_threshold, task.path) == (2, 0.7, "tier2/t2-fs-quick-note.yaml")
    assert task.rubric.startswith("Did the agent finish 't2-fs-quick-note' as asked")


def test_what_is_not_declared_has_its_default(tmp_path):
    write(tmp_path, "tier3/a.yml", "id: lonely\njudge: {}\n")
    assert read_tasks(tmp_path).by_id == {"lonely": TaskDefinition("lonely", 3, None, 0.7, "tier3/a.yml")}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("- a list\n", "no map of keys"),
        ("name: x\n", "no id"),
        ("id: [x]\n", "no id"),
        ("id: a\njudge: {passing_threshold: high}\n", "judge.passing_threshold is no number from 0 to 1"),
        ("id: a\njudge: {passing_threshold: 70}\n", "judge.passing_threshold is no number from 0 to 1"),
        ("id: 'a\n", "line 2: not valid YAML: found unexpected end of stream"),
        ("id: " + "[" * 5000, "line 1: nested more than 20 deep"),
        ("x" * 1_100_000, "too large: 2 MB, limit 1 MB"),
    ],
)
def test_what_is_no_definition_is_listed_and_costs_no_other(tmp_path, text, reason):
    write(tmp_path, "tier1/bad.yaml", text)
    write(tmp_path, "tier1/good.yaml", "id: t1-good\n")
    tasks = read_tasks(tmp_path)
    assert set(tasks.by_id) == {"t1-good"}
    assert tasks.unreadable == (Unreadable("tier1/bad.yaml", reason),)


def test_a_task_that_is_defined_twice_keeps_its_first_definition(tmp_path):
    write(tmp_path, "tier1/a.yaml", "id: t1-x\njudge: {rubric: first}\n")
    write(tmp_path, "tier1/b.yaml", "id: t1-x\njudge: {rubric: second}\n")
    tasks = read_tasks(tmp_path)
    assert tasks.by_id["t1-x"].rubric == "first"
    assert tasks.unreadable == (Unreadable("tier1/b.yaml", "defines t1-x again, after tier1/a.yaml"),)


def test_nothing_is_constructed_and_links_are_not_followed(tmp_path):
    write(tmp_path, "tasks/tier1/a.yaml", "id: !!python/object/apply:os.system ['touch hacked']\n")
    write(tmp_path, "secret.yaml", "id: secret\n")
    (tmp_path / "tasks/tier1/b.yaml").symlink_to(tmp_path / "secret.yaml")
    tasks = read_tasks(tmp_path / "tasks")
    assert tasks.by_id == {}
    assert {path for path, _ in tasks.unreadable} == {"tier1/a.yaml", "tier1/b.yaml"}
