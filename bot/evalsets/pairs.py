"""Pairs of questions that look alike: near duplicates, and contrast pairs that only look like them.

Up to ALL_PAIRS questions every pair is compared; beyond that MinHash finds the pairs worth comparing (Broder 1997).
Their similarity is the cosine of TF-IDF character n-grams of the normalised text, options sorted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from bot.alike.contrasts import Relation, is_contrast, prepared, relation_of
from bot.alike.ngrams import LONGEST, SHORTEST, similarities
from bot.alike.reading import canonical
from bot.evalsets.libraries import library

NEAR = 0.85
"""From this similarity on, two questions are near duplicates: chosen on real sets, where labels bear it out."""

CONTRAST_FROM = 0.55
"""Below this similarity, a negation or swapped roles say nothing: the questions differ anyway."""

WITHOUT_LIBRARY, ALL_PAIRS = 200, 2_500
BANDS, BAND_SIZE, SHINGLE = 42, 3, 4
CHUNK = 20_000


FRAME_SHARE, FRAMED_FROM = 0.5, 10
_HEAD = re.compile(r"[^.!?:\n]{8,200}[.!?:\n]+\s+(?=\S)(?!\s*\(A\)|choices|options|answers)", re.IGNORECASE)


class Pair(NamedTuple):
    """Two questions by place (a < b), how similar (0–1), and how they are related where a rule tells."""

    a: int
    b: int
    similarity: float
    relation: Relation | None

    @property
    def is_contrast(self) -> bool:
        """Whether the two ask for opposite things."""
        return is_contrast(self.relation)


class Alike(NamedTuple):
    """All pairs found, the most similar first; `closest` is the nearest one of any kind. `method` says how."""

    near: tuple[Pair, ...]
    contrasts: tuple[Pair, ...]
    closest: Pair | None
    method: str


def alike(questions: Sequence[str], near: float = NEAR) -> Alike:
    """Near duplicates and contrast pairs among questions that are no exact duplicates of each other."""
    bare = without_frame(questions)
    method, scored = _scored([canonical(question) for question in bare])
    ready = [prepared(question) for question in bare]
    pairs = [
        Pair(a, b, value, relation_of(ready[a], ready[b]) if value >= CONTRAST_FROM else None)
        for (a, b), value in scored
    ]
    pairs.sort(key=lambda pair: (-pair.similarity, pair.a, pair.b))
    closest = pairs[0] if pairs else None
    return Alike(
        tuple(pair for pair in pairs if is_near(pair, near)),
        tuple(pair for pair in pairs if pair.is_contrast and pair.similarity >= CONTRAST_FROM),
        closest,
        method,
    )


def without_frame(questions: Sequence[str]) -> list[str]:
    """Questions without a first sentence that most of them share, as `Is the following something you would say?`.

    It would make any two of them look alike.
    """
    heads = [_HEAD.match(question) for question in questions]
    counts = Counter(head[0].strip() for head in heads if head)
    frame, times = counts.most_common(1)[0] if counts else ("", 0)
    if times < max(FRAMED_FROM, FRAME_SHARE * len(questions)):
        return list(questions)
    return [
        question[head.end() :] if head and head[0].strip() == frame else question
        for question, head in zip(questions, heads, strict=True)
    ]


def is_near(pair: Pair, near: float = NEAR) -> bool:
    """Whether two questions are near duplicates; a contrast pair never is, however alike it looks."""
    return not pair.is_contrast and (pair.similarity >= near or pair.relation == "option_order")


Scored = Iterable[tuple[tuple[int, int], float]]


def _scored(texts: Sequence[str]) -> tuple[str, Scored]:
    """How pairs were compared, and those with any similarity worth a look, with it."""
    if len(texts) <= WITHOUT_LIBRARY:
        return "TF-IDF of character n-grams, every pair", similarities(texts).items()
    if len(texts) <= ALL_PAIRS:
        return "TF-IDF of character n-grams, every pair", _every_pair(_matrix(texts))
    return "MinHash, then TF-IDF of character n-grams", _candidates_scored(_matrix(texts), list(_candidates(texts)))


def _matrix(texts: Sequence[str]) -> Any:
    """Unit rows (CSR) with the weights of `bot.alike.ngrams`."""
    text = library("sklearn.feature_extraction.text")
    vectoriser = text.TfidfVectorizer(
        analyzer="char_wb", ngram_range=(SHORTEST, LONGEST), sublinear_tf=True, lowercase=False
    )
    return vectoriser.fit_transform(texts)


def _every_pair(matrix: Any) -> Scored:
    """All pairs from CONTRAST_FROM on, some rows against all at a time; and the closest one whatever it is."""
    numpy = library("numpy")
    closest: tuple[tuple[int, int], float] = ((0, 0), -1.0)
    for start in range(0, matrix.shape[0], 256):
        block = (matrix[start : start + 256] @ matrix.T).toarray()
        block[numpy.tril_indices_from(block, k=start)] = 0.0
        for row, column in zip(*numpy.nonzero(block >= CONTRAST_FROM), strict=True):
            yield (start + int(row), int(column)), min(float(block[row, column]), 1.0)
        row, column = divmod(int(block.argmax()), block.shape[1])
        closest = max(closest, ((start + row, column), float(block[row, column])), key=lambda found: found[1])
    if 0 < closest[1] < CONTRAST_FROM:
        yield closest


def _candidates_scored(matrix: Any, candidates: Sequence[tuple[int, int]]) -> Scored:
    numpy = library("numpy")
    for start in range(0, len(candidates), CHUNK):
        chunk = numpy.array(candidates[start : start + CHUNK])
        values = numpy.asarray(matrix[chunk[:, 0]].multiply(matrix[chunk[:, 1]]).sum(axis=1)).ravel()
        for place in numpy.flatnonzero(values >= CONTRAST_FROM):
            yield (int(chunk[place, 0]), int(chunk[place, 1])), min(float(values[place]), 1.0)


def _candidates(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs that share a band of their MinHash: 99.6 % of those with half of their shingles in common."""
    datasketch = library("datasketch")
    index = datasketch.MinHashLSH(params=(BANDS, BAND_SIZE), num_perm=BANDS * BAND_SIZE)
    shingled = [_shingles(text) for text in texts]
    for place, signature in enumerate(datasketch.MinHash.bulk(shingled, num_perm=BANDS * BAND_SIZE, seed=1)):
        yield from ((earlier, place) for earlier in index.query(signature))
        index.insert(place, signature)


def _shingles(text: str) -> list[bytes]:
    return sorted({text[at : at + SHINGLE].encode() for at in range(max(1, len(text) - SHINGLE + 1))})
