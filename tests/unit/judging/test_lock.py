from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import JudgingError
from bot.judging.lock import LOCK, held

HOLDER = """
import sys, time
from pathlib import Path
from bot.judging.lock import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    """Another process that holds the lock."""
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_process_is_told_who_holds_it(tmp_path: Path) -> None:
    process = holder(tmp_path)
    try:
        with pytest.raises(JudgingError, match=rf"process {process.pid} on .* since .* is re-judging"), held(tmp_path):
            pass
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()


def test_the_lock_of_a_killed_process_is_taken_over(tmp_path: Path) -> None:
    process = holder(tmp_path)
    process.kill()
    process.communicate()
    assert str(process.pid) in (tmp_path / LOCK).read_text()
    with held(tmp_path):
        assert str(os.getpid()) in (tmp_path / LOCK).read_text()


def test_nothing_is_left_afterwards(tmp_path: Path) -> None:
    with held(tmp_path):
        assert (tmp_path / LOCK).exists()
    assert list(tmp_path.iterdir()) == []
    with held(tmp_path):
        pass


def test_it_is_freed_where_its_holder_fails(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), held(tmp_path):
        raise ZeroDivisionError
    with held(tmp_path):
        pass


def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("precious")
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / LOCK).symlink_to(target)
    with pytest.raises(OSError, match="symbolic"), held(tmp_path / "archive"):
        pass
    assert target.read_text() == "precious"
