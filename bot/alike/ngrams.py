"""Cosine similarity of TF-IDF character n-grams, in plain Python: for a panel of some hundred questions.

The weights are those of scikit-learn's TfidfVectorizer with `analyzer="char_wb"`, `ngram_range=(3, 5)` and
`sublinear_tf=True`; tests hold the two together. Larger sets go through scikit-learn, which takes seconds to import.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

SHORTEST, LONGEST = 3, 5

Vector = dict[str, float]


def ngrams(text: str) -> list[str]:
    """Character n-grams of every word with a space on both sides; a word shorter than n counts once."""
    found = []
    for word in text.split():
        padded = f" {word} "
        for n in range(SHORTEST, LONGEST + 1):
            found.append(padded[:n])
            found.extend(padded[at : at + n] for at in range(1, len(padded) - n + 1))
            if len(padded) <= n:
                break
    return found


def vectors(texts: Sequence[str]) -> list[Vector]:
    """Unit vectors: weight (1 + ln tf) · (ln((1 + N)/(1 + df)) + 1) a gram."""
    counted = [Counter(ngrams(text)) for text in texts]
    documents = Counter(gram for counts in counted for gram in counts)
    idf = {gram: math.log((1 + len(texts)) / (1 + df)) + 1 for gram, df in documents.items()}
    return [_unit({gram: (1 + math.log(tf)) * idf[gram] for gram, tf in counts.items()}) for counts in counted]


def _unit(vector: Vector) -> Vector:
    length = math.sqrt(math.fsum(weight * weight for weight in vector.values()))
    return {gram: weight / length for gram, weight in vector.items()} if length else vector


def similarities(texts: Sequence[str]) -> dict[tuple[int, int], float]:
    """Cosine of every pair (i, j), i < j, that shares a gram; 1 for the same text."""
    postings: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    sums: defaultdict[tuple[int, int], float] = defaultdict(float)
    for place, vector in enumerate(vectors(texts)):
        for gram, weight in vector.items():
            for earlier, other in postings[gram]:
                sums[earlier, place] += weight * other
            postings[gram].append((place, weight))
    return {pair: min(value, 1.0) for pair, value in sums.items()}
