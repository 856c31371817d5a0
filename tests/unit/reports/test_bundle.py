from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.archives.records import Source
from bot.errors import BundleError
from bot.reports import bundle as bundles
from bot.reports.bundle import IssueEntry, read_bundle, write_bundle
from bot.scoring.facts import Fact, Facts, Origin

SOURCE = Source("issue-7/a.json", "a" * 64, "b" * 40, "c" * 40)
Change = Callable[[dict[str, Any]], None]


def written(folder: Path, text: str = "the report", **changes: Any) -> bundles.Bundle:
    facts = Facts()
    facts.add(Fact("alpha/sonnet/a", 67.8, "67.80", "points", "a recipe", (Origin(SOURCE, "/scores"),)))
    facts.add(Fact("alpha/opus/a", None, "–", "points", "a recipe", stated=True))
    figure = folder.parent / "hero.png"
    figure.write_bytes(b"picture")
    parts: dict[str, Any] = {
        "archive": "issue-7", "commit": "c" * 40, "created": "2026-01-02T03:04:05+00:00",
        "issue": IssueEntry(7, "Why?", "body α"), "facts": facts,
        "comments": {"results": [f"{text} α\n", "part two\n"], "done": ["x\n"]},
        "figures": [figure], "summary": ["Results: α"],
    }  # fmt: skip
    return write_bundle(folder, **parts | changes)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    written(tmp_path / "bundle")
    return tmp_path / "bundle"


def edited(folder: Path, change: Change) -> None:
    """Change the manifest, as somebody would who can compute digests."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_what_is_written_is_read_again(folder: Path) -> None:
    bundle = read_bundle(folder)
    assert [(c.kind, c.parts) for c in bundle.manifest.comments] == [
        ("results", ["comments/results.1.md", "comments/results.2.md"]),
        ("done", ["comments/done.md"]),
    ]
    assert bundle.text("comments/results.1.md") == "the report α\n"
    assert bundle.figures() == {"figures/hero.png": b"picture"}
    assert bundle.manifest.issue == IssueEntry(7, "Why?", "body α")
    assert (bundle.manifest.commit, bundle.manifest.summary) == ("c" * 40, ["Results: α"])


def test_its_facts_carry_recipe_and_sources(folder: Path) -> None:
    facts = read_bundle(folder).facts()
    assert facts["alpha/sonnet/a"] == {
        "value": 67.8, "shown": "67.80", "unit": "points", "recipe": "a recipe", "stated": False,
        "sources": [{"file": 0, "pointer": "/scores"}],
    }  # fmt: skip
    assert facts["alpha/opus/a"]["stated"]
    files = json.loads((folder / "facts.json").read_text())["files"]
    assert files == [{"path": SOURCE.path, "sha256": "a" * 64, "blob": "b" * 40, "commit": "c" * 40}]


def test_the_manifest_gives_the_digest_of_every_other_file(folder: Path) -> None:
    digests = json.loads((folder / "manifest.json").read_text())["digests"]
    assert digests == {
        path: hashlib.sha256(data).hexdigest() for path, data in content(folder).items() if path != "manifest.json"
    }


def test_the_same_report_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    written(tmp_path / "elsewhere" / "other name")
    assert content(tmp_path / "elsewhere" / "other name") == content(folder)


def append_to(path: str) -> Callable[[Path], None]:
    return lambda folder: (folder / path).write_bytes((folder / path).read_bytes() + b" ")


def link(path: str, target: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / path).unlink(missing_ok=True)
        (folder / path).symlink_to(target)

    return make


def move_out(folder: Path) -> None:
    shutil.move(folder / "figures", folder.parent / "figures")
    (folder / "figures").symlink_to(folder.parent / "figures")


@pytest.mark.parametrize(
    "tamper",
    [
        append_to("comments/results.1.md"),
        append_to("facts.json"),
        append_to("figures/hero.png"),
        lambda folder: (folder / "manifest.json.bak").write_text("{}"),
        lambda folder: (folder / "figures" / "more.svg").write_text("<svg/>"),
        lambda folder: (folder / ".hidden").write_text("x"),
        lambda folder: (folder / "comments" / "results.2.md").unlink(),
        lambda folder: (folder / "facts.json").unlink(),
        lambda folder: (folder / "manifest.json").unlink(),
        lambda folder: (folder / "manifest.json").write_bytes(b"{"),
        lambda folder: (folder / "manifest.json").write_bytes(b"[]"),
        lambda folder: (folder / "manifest.json").write_bytes(b"\xff"),
        lambda folder: (folder / "manifest.json").write_bytes(b'{"a":' * 50_000),
        link("comments/results.2.md", "results.1.md"),
        link("comments/results.2.md", "/etc/hostname"),
        link("more", "/etc"),
        move_out,
        lambda folder: os.mkfifo(folder / "pipe"),
    ],
    ids=range(18),
)
def test_a_bundle_that_was_tampered_with_is_refused(folder: Path, tamper: Callable[[Path], None]) -> None:
    tamper(folder)
    with pytest.raises(BundleError) as error:
        read_bundle(folder)
    assert error.value.fix


def test_a_manifest_that_is_a_link_is_refused(folder: Path, tmp_path: Path) -> None:
    shutil.move(folder / "manifest.json", tmp_path / "manifest.json")
    (folder / "manifest.json").symlink_to(tmp_path / "manifest.json")
    with pytest.raises(BundleError, match=r"manifest.json is missing"):
        read_bundle(folder)


@pytest.mark.parametrize(
    "path",
    [
        "../x", "comments/../../x", "/etc/hostname", "", ".", "..", "a//b", "./facts.json", "a\\b", "C:x", "a/b/c/d/e",
        ".git/config", "comments/.x", "x" * 300, "é", "a b", "a\n", "~/x",
    ],
)  # fmt: skip
def test_a_path_that_is_not_plain_is_refused_before_it_is_opened(folder: Path, path: str) -> None:
    (folder.parent / "x").write_text("outside")
    digest = hashlib.sha256(b"outside").hexdigest()
    edited(folder, lambda manifest: manifest["digests"].update({path: digest}))
    with pytest.raises(BundleError, match="outside of the bundle"):
        read_bundle(folder)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda m: m.update(schema=2), "schema 2, this version reads 1"),
        (lambda m: m.update(schema="1"), "schema '1'"),
        (lambda m: m.pop("schema"), "schema None"),
        (lambda m: m.update(unknown=1), "unknown"),
        (lambda m: m["issue"].update(labels=[]), "labels"),
        (lambda m: m["comments"][0].update(version=3), "version"),
        (lambda m: m.pop("summary"), "summary"),
        (lambda m: m["issue"].update(number="7"), "number"),
        (lambda m: m["comments"][0].update(kind="results --> x"), "no comment kind"),
        (lambda m: m["comments"][0].update(parts=[]), "no parts"),
        (lambda m: m["comments"].append(m["comments"][0]), "named twice"),
        (lambda m: m["comments"][1]["parts"].append("comments/other.md"), "no digest"),
        (lambda m: m["figures"].append("figures/other.png"), "no digest"),
        (lambda m: m["digests"].pop("facts.json"), "no digest"),
    ],
)
def test_a_manifest_that_says_anything_else_is_refused(folder: Path, change: Change, what: str) -> None:
    edited(folder, change)
    with pytest.raises(BundleError, match=what):
        read_bundle(folder)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("comments/results.1.md", b"\xff\xfe"),
        ("facts.json", b"[]"),
        ("facts.json", b'{"schema": 1, "files": [], "facts": {"a": {"value": 1}}}'),
        ("facts.json", b'{"schema": 1, "files": [], "facts": {"a": []}}'),
        ("facts.json", b"\xff"),
    ],
)
def test_a_file_that_is_not_what_it_is_for_is_refused(folder: Path, path: str, data: bytes) -> None:
    (folder / path).write_bytes(data)
    edited(folder, lambda manifest: manifest["digests"].update({path: hashlib.sha256(data).hexdigest()}))
    with pytest.raises(BundleError):
        read_bundle(folder)


def test_a_file_too_large_to_publish_is_refused_unread(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = folder / "figures" / "hero.png"
    with large.open("wb") as file:
        file.truncate(bundles.MAX_FILE + 1)
    measured = bundles.digest
    monkeypatch.setattr(bundles, "digest", lambda path: pytest.fail("it was read") if path == large else measured(path))
    with pytest.raises(BundleError, match="was changed"):
        read_bundle(folder)


def test_a_link_is_refused_though_what_it_leads_to_is_right(folder: Path, tmp_path: Path) -> None:
    for path in ("comments/done.md", "figures"):
        shutil.move(folder / path, tmp_path / "moved")
        (folder / path).symlink_to(tmp_path / "moved")
        with pytest.raises(BundleError, match="is missing"):
            read_bundle(folder)
        (folder / path).unlink()
        shutil.move(tmp_path / "moved", folder / path)
    assert read_bundle(folder)


def test_a_folder_that_is_no_bundle_is_told(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(BundleError, match="no bundle") as error:
            read_bundle(folder)
        assert error.value.where == str(folder)


def test_a_new_bundle_takes_the_place_of_the_old(folder: Path) -> None:
    written(folder, "another report")
    assert read_bundle(folder).text("comments/results.1.md") == "another report α\n"
    assert [path.name for path in folder.parent.iterdir() if path.is_dir()] == ["bundle"]


def test_an_empty_folder_may_become_a_bundle(tmp_path: Path) -> None:
    (tmp_path / "bundle").mkdir()
    assert written(tmp_path / "bundle").manifest.archive == "issue-7"


@pytest.mark.parametrize(
    "files",
    [
        {"thesis.tex": "x"},
        {"manifest.json": '{"name": "a web app"}', "index.html": "x"},
        {"manifest.json": "no json"},
        {"manifest.json": '{"recount": "1"}'},
        {"manifest.json": '{"recount": "1", "digests": {}}', "thesis.tex": "x"},
    ],
)
def test_a_folder_of_something_else_is_never_replaced(tmp_path: Path, files: dict[str, str]) -> None:
    (tmp_path / "bundle").mkdir()
    for name, text in files.items():
        (tmp_path / "bundle" / name).write_text(text)
    with pytest.raises(BundleError, match="something else in the place"):
        written(tmp_path / "bundle")
    assert {path.name: path.read_text() for path in (tmp_path / "bundle").iterdir()} == files


def run_and_die(action: Callable[[], object], step: int) -> bool:
    """Run `action` in a child that is killed at its `step`-th change of the disk; whether it was."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    left = [step]

    def dying(change: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return change(*arguments, **named)

        return call

    for name in ("write_bytes", "write_text", "replace", "mkdir", "chmod"):
        setattr(Path, name, dying(getattr(Path, name)))
    for name in ("copyfile", "rmtree"):
        setattr(shutil, name, dying(getattr(shutil, name)))
    bundles.swap = dying(bundles.swap)
    action()
    os._exit(0)


@pytest.mark.parametrize("there", [False, True], ids=["first", "again"])
def test_a_kill_at_any_step_leaves_the_old_bundle_or_the_new(tmp_path: Path, there: bool) -> None:
    seen = set()
    for step in range(100):
        folder = tmp_path / str(step) / "bundle"
        folder.parent.mkdir()
        if there:
            written(folder, "the old")
        died = run_and_die(lambda folder=folder: written(folder, "the new"), step)
        seen.add(read_bundle(folder).text("comments/results.1.md")[:7] if folder.exists() else None)
        if not died:
            break
    assert step > 8
    assert seen == ({"the old", "the new"} if there else {None, "the new"})


def test_where_folders_cannot_change_places_at_once_the_new_one_still_comes(folder: Path, monkeypatch) -> None:
    monkeypatch.setattr(bundles, "swap", lambda one, other: False)
    written(folder, "another report")
    assert read_bundle(folder).text("comments/results.1.md") == "another report α\n"
    assert [path.name for path in folder.parent.iterdir() if path.is_dir()] == ["bundle"]
