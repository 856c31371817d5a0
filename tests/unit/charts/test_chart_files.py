"""Figures and their data as files: whole, and the same bytes on any day and machine."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from chart_plots import issue_164
from test_supporting_charts import GAPS, heat

from bot.charts.hero import draw_hero
from bot.charts.points import Gap, GapPlot
from bot.charts.saving import save, write_whole
from bot.charts.sidecar import write_sidecar

HERE = Path(__file__).parent
ROOT = HERE.parents[2]

DRAW = """
import sys, time
shift, real = float(sys.argv[2]), time.time
time.time = lambda: real() + shift
from pathlib import Path
from chart_plots import issue_164
from bot.charts.hero import draw_hero
from bot.charts.saving import save
save(draw_hero(issue_164()), Path(sys.argv[1]) / "hero")
"""


def drawn_elsewhere(folder: Path, days: int, settings: str) -> dict[str, str]:
    """Digests of the figure drawn by another process, at another time, under a user's own settings."""
    folder.mkdir()
    (folder / "matplotlibrc").write_text(settings)
    paths = os.pathsep.join([str(ROOT), str(HERE)])
    env = {**os.environ, "MPLCONFIGDIR": str(folder), "PYTHONHASHSEED": str(days), "PYTHONPATH": paths}
    env |= {"SOURCE_DATE_EPOCH": str(days * 86_400), "TZ": "Asia/Tokyo" if days else "UTC"}
    subprocess.run([sys.executable, "-c", DRAW, str(folder), str(days * 86_400)], env=env, check=True, cwd=folder)
    files = sorted(folder.glob("hero.*"))
    assert [file.suffix for file in files] == [".pdf", ".png", ".svg"]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_the_same_figure_has_the_same_bytes_on_any_day_and_under_any_settings(tmp_path):
    today = drawn_elsewhere(tmp_path / "a", 0, "")
    assert drawn_elsewhere(tmp_path / "b", 400, "font.size: 30\nsvg.hashsalt: x\nsavefig.bbox: tight\n") == today


def test_three_formats_in_order_and_nothing_left_behind(tmp_path):
    paths = save(draw_hero(issue_164()), tmp_path / "new" / "issue.164")
    assert [path.name for path in paths] == ["issue.164.png", "issue.164.pdf", "issue.164.svg"]
    assert paths[0].read_bytes()[16:20] == (2158).to_bytes(4, "big")
    assert sorted((tmp_path / "new").iterdir()) == sorted(paths)


def test_a_failed_write_leaves_the_old_file_whole(tmp_path, monkeypatch):
    target = write_whole(tmp_path / "figure.png", b"old")

    def refuse(self, other):
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="disk full"):
        write_whole(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_the_sidecar_holds_every_point_with_its_fact_and_origin(tmp_path):
    plot, provenance = issue_164(), {"commit": "abc", "sources": [{"path": "a.json", "sha256": "0" * 64}]}
    table, document = write_sidecar(plot, tmp_path / "hero", provenance=provenance)
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == len(plot.points) + 1
    pair = next(row for row in rows if (row["condition"], row["judge"]) == ("pair98", "opus"))
    assert (pair["x"], pair["y"], pair["n_failed"], pair["fact"]) == ("0.031", "1.59", "298", "alpha/opus/pair98")
    assert float(pair["bound_high"]) == pytest.approx(29.79, abs=0.01)
    assert (rows[-1]["role"], rows[-1]["y"], rows[-1]["fact"]) == ("target", "28.21", "alpha/judge/c6")
    content = json.loads(document.read_text())
    assert content["provenance"] == provenance
    assert [point["y"] for point in content["points"][:-1]] == [point.y for point in plot.points]


def test_gap_and_heat_map_have_sidecars_too(tmp_path):
    _, gaps = write_sidecar(GapPlot(GAPS, "gap", 10.0), tmp_path / "gap", provenance={})
    assert [row["breached"] for row in json.loads(gaps.read_text())["points"]] == [False, True, True]
    _, cells = write_sidecar(heat(3), tmp_path / "heat", provenance={})
    assert len(json.loads(cells.read_text())["points"]) == 3 * 8


@pytest.mark.parametrize("label", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\ud800", 'a,"b"\nc'])
def test_a_hostile_label_is_no_formula_in_the_table_and_whole_in_the_document(tmp_path, label):
    plot = GapPlot((Gap("a", label, 1.0, "gap/a"),), "gap")
    table, document = write_sidecar(plot, tmp_path / "gap", provenance={})
    with table.open(encoding="utf-8", newline="") as lines:
        (row,) = csv.DictReader(lines)
    assert row["label"][0] not in "=+-@"
    assert row["gap"] == "1.0"
    assert json.loads(document.read_text())["points"][0]["label"] == label
