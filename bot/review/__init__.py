"""The second count: a reviewer that starts from posted text and recomputes what it says from raw files.

A room of its own. It imports neither `bot.archives` nor `bot.scoring`, nor anything that does (a contract in
pyproject.toml says so): a mistake there must not be able to hide here. What the two share is the specification.
"""

from bot.review.claims import Claim
from bot.review.overclaims import CONCERNS, FAIL, Overclaim
from bot.review.verdict import PASS, Missing, Review, Reviewer, as_json, as_text

__all__ = [
    "CONCERNS",
    "FAIL",
    "PASS",
    "Claim",
    "Missing",
    "Overclaim",
    "Review",
    "Reviewer",
    "as_json",
    "as_text",
]
