from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alike.ngrams import similarities, vectors

TEXTS = st.lists(st.text(alphabet="abcde ", min_size=1, max_size=30), min_size=2, max_size=8)


@given(TEXTS)
def test_similarity_is_what_scikit_learn_computes(texts: list[str]) -> None:
    text = pytest.importorskip("sklearn.feature_extraction.text")
    if not any(text.split() for text in texts):
        return
    matrix = text.TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, lowercase=False)
    expected = (lambda x: (x @ x.T).toarray())(matrix.fit_transform(texts))
    found = similarities(texts)
    for i in range(len(texts)):
        for j in range(i + 1, len(texts)):
            assert found.get((i, j), 0.0) == pytest.approx(expected[i, j], abs=1e-9)


def test_the_same_text_has_similarity_one() -> None:
    assert similarities(["which would you prefer", "which would you prefer"]) == {(0, 1): pytest.approx(1.0)}


def test_texts_without_a_common_gram_are_not_listed() -> None:
    assert similarities(["aaa", "zzz"]) == {}


def test_an_empty_text_has_no_vector() -> None:
    assert vectors(["", "word"])[0] == {}
