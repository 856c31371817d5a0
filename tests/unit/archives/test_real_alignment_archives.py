from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from bot.archives.catalogue import open_archive
from bot.archives.checks import measure_samples
from bot.archives.files import walk

pytestmark = pytest.mark.real_data


def test_the_archive_of_experiment_98_holds_its_seven_cells(real_data: Path) -> None:
    archive = open_archive(real_data / "alignment" / "eval_results" / "issue-94")
    found = {(cell.condition, cell.judge): cell.summary for cell in archive.cells}
    expected = {
        ("alpha_base_null", "judge"): (88.81538461538462, 0),
        ("alpha_c6_seed42", "judge"): (28.208704253214638, 29),
        ("pair.rescore_full52", "sonnet"): (0.7885714285714286, 165),
        ("pair.rescore_full52", "opus"): (1.5862533692722371, 298),
        ("evoprompt.rescore_full52", "sonnet"): (3.697495183044316, 2),
        ("evoprompt.rescore_full52", "opus"): (6.060737527114967, 118),
        ("known_positive", "judge"): (31.8, 0),
    }
    assert {key: (said.mean_aligned, said.errors) for key, said in found.items() if said} == expected
    assert (archive.unreadable, archive.flags) == ((), ())
    assert {cell.seed for cell in archive.cells} == {None}


def test_every_file_of_that_archive_is_accounted_for_once(real_data: Path) -> None:
    archive = open_archive(real_data / "alignment" / "eval_results" / "issue-94")
    listed = [cell.source.path.partition("issue-94/")[2] for cell in archive.cells]
    listed += [source.path.partition("issue-94/")[2] for source in archive.artifacts]
    listed += [path.partition("issue-94/")[2] for path in archive.ignored]
    assert sorted(listed) == [found.name for found in walk(archive.root).files]


def test_every_detailed_file_recounts_to_the_summary_inside(real_data: Path) -> None:
    archive = open_archive(real_data / "alignment")
    scored = [cell for cell in archive.cells if cell.samples]
    assert len(scored) == len(list((real_data / "alignment").rglob("*_detailed.json")))
    for cell in scored:
        assert cell.summary is not None
        counted = measure_samples(cell.samples)
        assert counted.mean_aligned == pytest.approx(cell.summary.mean_aligned, abs=1e-9)
        assert counted.mean_coherent == pytest.approx(cell.summary.mean_coherent, abs=1e-9)
        assert counted.errors == cell.summary.errors
    assert archive.flags == ()


def test_the_rebuilt_archive_of_experiment_164_is_read_whole(
    real_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = real_data.parent / "tools" / "make_issue_164.py"
    if not maker.is_file():
        pytest.skip("no make_issue_164.py beside the real archives")
    monkeypatch.setattr(sys, "argv", [str(maker), "--out", str(tmp_path)])
    runpy.run_path(str(maker), run_name="__main__")
    archive = open_archive(tmp_path / "eval_results" / "issue-164")
    assert {cell.judge for cell in archive.cells} == {"opus", "sonnet"}
    assert [len(cell.samples) for cell in archive.cells] == [1040] * 8
    assert all(sample.completion for cell in archive.cells for sample in cell.samples)
    assert (archive.flags, archive.unreadable, archive.ignored) == ((), (), ())
    assert len(archive.artifacts) == 4
