"""What the reviewer's tests share: the example counted once."""

from __future__ import annotations

import pytest
import review_texts

from bot.review import Reviewer


@pytest.fixture(scope="session")
def reviewer_164() -> Reviewer:
    """One count of the example, for all texts on it."""
    return Reviewer([review_texts.ISSUE_164])
