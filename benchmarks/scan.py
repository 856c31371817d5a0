"""The scan alone, in one process: walk a sweep and turn every run file into a row; prints the best seconds of some.

python benchmarks/scan.py SWEEP [TIMES]
"""

import sys
import time
from pathlib import Path

from bot.archives.forked import InProcess
from bot.archives.sweep_layout import find_layout
from bot.archives.sweep_scan import read_folders
from bot.archives.sweep_walk import Walk


def scan(root: Path) -> float:
    start = time.perf_counter()
    layout = find_layout(root)
    walk = Walk(layout.root, layout.folder, marking=False).everything()
    rows = list(read_folders(str(layout.folder), walk.folders, InProcess()))
    seconds = time.perf_counter() - start
    assert len(rows) == len(walk.folders)
    return seconds


if __name__ == "__main__":
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    print(min(scan(Path(sys.argv[1])) for _ in range(times)))
