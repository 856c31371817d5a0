"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

# Time limits per example would fail tests by chance on a busy machine; pytest-timeout stops what hangs.
settings.register_profile("recount", deadline=None)
# The same examples each time, so that CI answers for the change alone; elsewhere each run looks for new ones.
settings.register_profile("ci", settings.get_profile("recount"), derandomize=True, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "recount"))

# What the fixtures of these build takes seconds: it is built once where all tests of a module run in one process.
TOGETHER = frozenset(
    ["test_evalset_audit", "test_evalset_loop", "test_hostile_archive", "test_own_reports", "test_pages_in_browser",
     "test_publishing", "test_report_command", "test_review_page_in_browser", "test_starter_suite"]
)  # fmt: skip
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real archives; tests that need it are skipped where it is absent."""
    folder = ROOT / os.environ.get("RECOUNT_REAL_DATA", "../shared/data")
    if not folder.is_dir():
        pytest.skip("no real archives here: set RECOUNT_REAL_DATA to the folder that holds alignment/")
    return folder


class Together(LoadScopeScheduling):
    """Gives a module of `TOGETHER` to one process, and every other test to whichever has room."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if Path(module).stem in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Asked for by pytest-xdist, where tests run in several processes."""
    return Together(config, log)
