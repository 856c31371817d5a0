"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Time limits per example would fail tests by chance on a busy machine; pytest-timeout stops what hangs.
settings.register_profile("recount", deadline=None)
# The same examples each time, so that CI answers for the change alone; elsewhere each run looks for new ones.
settings.register_profile("ci", settings.get_profile("recount"), derandomize=True, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "recount"))

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real archives; tests that need it are skipped where it is absent."""
    folder = ROOT / os.environ.get("RECOUNT_REAL_DATA", "../shared/data")
    if not folder.is_dir():
        pytest.skip("no real archives here: set RECOUNT_REAL_DATA to the folder that holds alignment/")
    return folder
