"""Speed and memory of a sweep's report against the usual way: ratios of one run on one machine, never a timed test.

    python benchmarks/bench.py [--generator FILE] [--archive small|large]... [--rounds N]

The usual way is `peer.py`: three scripts that each read every file. All commands are timed as whole processes, in
turn, and the best of some rounds counts. Archives are made in a temporary folder by the generator
(RECOUNT_SWEEP_GENERATOR, by default ../shared/tools/make_sweep.py, else the copy that the tests use) and removed
afterwards; the large one needs 1.1 GB for some minutes. With RECOUNT_SIMDJSON set to a folder that holds simdjson.h and
simdjson.cpp, and a C++ compiler at hand, the limit is measured too: the same fields by simdjson On-Demand.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
GENERATORS = ("../shared/tools/make_sweep.py", "tests/fixtures/make_sweep.py")

# What is timed: ours, with the sweep's folder and further options behind it.
COMMAND = (str(BIN / "recount"), "score", "--json")
PEERS = tuple((sys.executable, str(HERE / "peer.py"), name) for name in ("run-audit", "per-run-audit", "fair-report"))

# As installed software runs: with its bytecode written once, whatever this shell says about that.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}

MEGABYTES = 150
SCAN_LIMIT = 2.2


class Archive(NamedTuple):
    """A sweep to make, how often to time it, and how many times as fast as the peer each command is to be."""

    tasks: int
    rounds: int
    goals: dict[str, float]


class Took(NamedTuple):
    """Wall-clock seconds of a process, and the peak memory in MB of the largest process in it."""

    seconds: float
    megabytes: float


ARCHIVES = {
    "small": Archive(40, 7, {"two processes": 8}),
    "large": Archive(400, 3, {"one process": 10, "two processes": 15, "nothing changed": 50, "1 % changed": 50}),
}


def main() -> int:
    options = parse()
    generator = find_generator(options.generator)
    print(f"generator: {generator}")
    with tempfile.TemporaryDirectory(prefix="recount-bench-") as scratch:
        ENVIRONMENT["PYTHONPYCACHEPREFIX"] = f"{scratch}/bytecode"
        limit = compile_limit(Path(scratch))
        for name in options.archive or ARCHIVES:
            with made(Path(scratch) / name, generator, ARCHIVES[name]) as root:
                report(name, root, generator, limit, options.rounds or ARCHIVES[name].rounds)
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--generator", type=Path)
    parser.add_argument("--archive", choices=list(ARCHIVES), action="append")
    parser.add_argument("--rounds", type=int)
    return parser.parse_args()


def find_generator(given: Path | None) -> Path:
    named = given or (Path(os.environ["RECOUNT_SWEEP_GENERATOR"]) if "RECOUNT_SWEEP_GENERATOR" in os.environ else None)
    candidates = [named] if named else [HERE.parent / path for path in GENERATORS]
    for path in candidates:
        if path.is_file():
            return path.resolve()
    sys.exit(f"no generator of sweeps at {candidates[0]}: name one by --generator or RECOUNT_SWEEP_GENERATOR")


@contextmanager
def made(root: Path, generator: Path, archive: Archive) -> Iterator[Path]:
    run = [sys.executable, str(generator), "--out", str(root), "--tasks", str(archive.tasks)]
    print("\n" + subprocess.run(run, check=True, capture_output=True, text=True).stdout.strip())
    try:
        yield root
    finally:
        shutil.rmtree(root)


# --- measuring ---


def timed(command: Sequence[str], processors: int | None = None, cache: Path | None = None) -> Took:
    """Run a command to its end; on so many processors, with its cache in a folder of its own."""
    environment = ENVIRONMENT | ({"XDG_CACHE_HOME": str(cache)} if cache else {})
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, env=environment, preexec_fn=lambda: keep_to(processors)
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return Took(seconds, usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2))


def keep_to(processors: int | None) -> None:
    if processors is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:processors])


def best(found: Sequence[Took]) -> Took:
    return Took(min(took.seconds for took in found), max(took.megabytes for took in found))


def measure(root: Path, generator: Path, rounds: int) -> dict[str, Took]:
    """All commands in turn, round after round, so that whatever else the machine does falls on all of them."""
    found: dict[str, list[Took]] = {}
    cache = root / "cache"
    ours = (*COMMAND, str(root))
    timed(ours, cache=cache)
    for seed in range(rounds):
        peers = [timed((*peer, str(root))) for peer in PEERS]
        total = Took(sum(took.seconds for took in peers), max(took.megabytes for took in peers))
        found.setdefault("three scripts", []).append(total)
        found.setdefault("one process", []).append(timed((*ours, "--no-cache"), processors=1))
        found.setdefault("two processes", []).append(timed((*ours, "--no-cache"), processors=2))
        found.setdefault("nothing changed", []).append(timed(ours, cache=cache))
        mutate(root, generator, seed)
        found.setdefault("1 % changed", []).append(timed(ours, cache=cache))
        timed(ours, cache=cache)
    return {name: best(times) for name, times in found.items()}


def mutate(root: Path, generator: Path, seed: int) -> None:
    run = [sys.executable, str(generator), "--out", str(root), "--mutate", "0.01", "--seed", str(seed)]
    subprocess.run(run, check=True, capture_output=True)


def printed_seconds(command: Sequence[str]) -> float:
    return float(subprocess.run(command, check=True, capture_output=True, text=True, env=ENVIRONMENT).stdout)


def compile_limit(scratch: Path) -> Path | None:
    folder = os.environ.get("RECOUNT_SIMDJSON")
    compiler = shutil.which("c++") or shutil.which("g++")
    if not folder or not compiler:
        print("the limit is not measured: that takes a C++ compiler, and RECOUNT_SIMDJSON set to simdjson's folder")
        return None
    program = scratch / "limit"
    sources = [str(HERE / "limit.cpp"), str(Path(folder) / "simdjson.cpp")]
    options = ["-O3", "-march=native", "-std=c++17", f"-I{folder}", "-o", str(program)]
    subprocess.run([compiler, *options, *sources], check=True)
    return program


# --- telling ---


def report(name: str, root: Path, generator: Path, limit: Path | None, rounds: int) -> None:
    runs = root / "data/run_cache_archive"
    scans = [printed_seconds([sys.executable, str(HERE / "scan.py"), str(root), "3"]) for _ in range(rounds)]
    limits = [timed([str(limit), str(runs)]).seconds for _ in range(rounds * 3)] if limit else []
    floor = min(printed_seconds([sys.executable, str(HERE / "floor.py"), str(runs)]) for _ in range(rounds))
    found = measure(root, generator, rounds)
    peer = found.pop("three scripts")
    print(f"{name + ': whole process':32} {'seconds':>8} {'MB':>6} {'times as fast':>14}   goal")
    print(f"{'three scripts':32} {peer.seconds:8.3f} {peer.megabytes:6.0f}")
    for what, took in found.items():
        goal = ARCHIVES[name].goals.get(what)
        print(line(what, took, peer.seconds / took.seconds, goal))
    if name == "large":
        most = max(took.megabytes for took in found.values())
        print(f"{'peak memory':32} {most:14.0f} MB {'':12} {verdict(most < MEGABYTES)} under {MEGABYTES} MB")
    print(f"{'scan alone, one process':32} {min(scans):8.3f}")
    print(f"{'walk and read every byte':32} {floor:8.3f}   the scan takes {min(scans) / floor:.1f} times as long")
    if limits:
        ratio = min(scans) / min(limits)
        told = f"{verdict(ratio <= SCAN_LIMIT)} within {SCAN_LIMIT} times"
        print(f"{'simdjson On-Demand, C++':32} {min(limits):8.3f}   the scan takes {ratio:.2f} times as long   {told}")


def line(what: str, took: Took, ratio: float, goal: float | None) -> str:
    told = f"{verdict(ratio >= goal)} at least {goal:g}" if goal else ""
    return f"{what:32} {took.seconds:8.3f} {took.megabytes:6.0f} {ratio:14.1f}   {told}".rstrip()


def verdict(reached: bool) -> str:
    return "reached:" if reached else "MISSED:"


if __name__ == "__main__":
    sys.exit(main())
