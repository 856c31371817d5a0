"""What hypothesis makes: scores of a few questions, with failures, from exact grids so that sums are exact."""

from __future__ import annotations

from hypothesis import strategies as st

score = st.integers(0, 200).map(lambda half: half / 2)
maybe_failed = st.one_of(score, score, score, st.none())
row = st.lists(maybe_failed, min_size=1, max_size=6)


def panel(*, least: int = 1, most: int = 8, rows: st.SearchStrategy = row) -> st.SearchStrategy:
    """Question to aligned scores, None for a failed judgement."""
    return st.integers(least, most).flatmap(lambda n: st.fixed_dictionaries({f"q{k}": rows for k in range(n)}))


full_row = st.lists(score, min_size=2, max_size=5)
