"""What a set is about and how widely it spreads: TF-IDF of words, SVD, k-means; or vectors that the user brings.

No model is fetched: vectors come from a file (JSONL of `item` and `vector`), and the audit names which of the two ran.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from bot.alike.reading import take_apart, words
from bot.evalsets.libraries import library

METHOD = "TF-IDF of words, SVD, k-means"
SEED = 0
FEWEST, MOST_TOPICS, DIMENSIONS = 10, 12, 50
MOST_TERMS = 20_000


class Topic(NamedTuple):
    """One cluster of questions: the words that mark it, and the places of its questions."""

    terms: tuple[str, ...]
    members: tuple[int, ...]


class Topics(NamedTuple):
    """Clusters of distinct questions, the largest first; `spread` is 1 − the mean cosine of all pairs (0: all alike).

    `silhouette` is that of the clustering (−1 to 1). `method` names what made the vectors.
    """

    method: str
    topics: tuple[Topic, ...]
    spread: float
    silhouette: float | None

    def of(self, place: int) -> str:
        """The name of a question's topic: its first words."""
        return next((" ".join(topic.terms[:2]) for topic in self.topics if place in topic.members), "")


def topics_of(questions: Sequence[str], vectors: Mapping[int, Sequence[float]] | None = None) -> Topics | None:
    """Cluster distinct questions; None where there are fewer than ten, or no word is left to tell them apart."""
    if len(questions) < FEWEST:
        return None
    terms = _terms([take_apart(question).stem for question in questions])
    if terms is None:
        return None
    points = _given(vectors, len(questions)) if vectors is not None else _reduced(terms.matrix)
    labels, silhouette = _clustered(points)
    method = "vectors from a file, k-means" if vectors is not None else METHOD
    return Topics(method, _named(labels, terms), spread_of(points), silhouette)


class _Terms(NamedTuple):
    matrix: Any
    names: Sequence[str]


def _terms(texts: Sequence[str]) -> _Terms | None:
    text = library("sklearn.feature_extraction.text")
    vectoriser = text.TfidfVectorizer(analyzer=_telling, sublinear_tf=True, max_features=MOST_TERMS)
    try:
        return _Terms(vectoriser.fit_transform(texts), vectoriser.get_feature_names_out())
    except ValueError:  # what scikit-learn raises for a set without a word that is no stop word
        return None


def _telling(text: str) -> list[str]:
    """The words of a text that say what it is about."""
    stop_words = library("sklearn.feature_extraction.text").ENGLISH_STOP_WORDS
    return [word for word in words(text) if len(word) > 2 and word.isalpha() and word not in stop_words]


def _reduced(matrix: Any) -> Any:
    """Unit vectors in at most fifty dimensions."""
    decomposition, preprocessing = library("sklearn.decomposition"), library("sklearn.preprocessing")
    dimensions = max(1, min(DIMENSIONS, matrix.shape[1] - 1, matrix.shape[0] - 1))
    reduced = decomposition.TruncatedSVD(dimensions, random_state=SEED).fit_transform(matrix)
    return preprocessing.normalize(reduced)


def _given(vectors: Mapping[int, Sequence[float]], questions: int) -> Any:
    numpy, preprocessing = library("numpy"), library("sklearn.preprocessing")
    return preprocessing.normalize(numpy.array([vectors[place] for place in range(questions)], dtype=float))


def _clustered(points: Any) -> tuple[list[int], float | None]:
    """Labels of the clustering with the best silhouette, of two clusters up to as many as the square root of n/2."""
    cluster, metrics = library("sklearn.cluster"), library("sklearn.metrics")
    different = len({tuple(point) for point in points.round(9).tolist()})
    most = min(MOST_TOPICS, max(2, round((len(points) / 2) ** 0.5)), different)
    best: tuple[float, list[int]] | None = None
    for k in range(2, most + 1):
        labels = cluster.KMeans(k, n_init=4, random_state=SEED).fit_predict(points)
        score = float(metrics.silhouette_score(points, labels, sample_size=min(2_000, len(points)), random_state=SEED))
        if best is None or score > best[0]:
            best = (score, [int(label) for label in labels])
    return (best[1], best[0]) if best else ([0] * len(points), None)


def _named(labels: Sequence[int], terms: _Terms) -> tuple[Topic, ...]:
    numpy = library("numpy")
    topics = []
    for label in sorted(set(labels)):
        members = [place for place, each in enumerate(labels) if each == label]
        weights = numpy.asarray(terms.matrix[members].mean(axis=0)).ravel()
        order = numpy.argsort(-weights, kind="stable")[:5]
        topics.append(Topic(tuple(str(terms.names[at]) for at in order if weights[at] > 0), tuple(members)))
    return tuple(sorted(topics, key=lambda topic: (-len(topic.members), topic.terms)))


def spread_of(points: Any) -> float:
    """1 − the mean cosine of all pairs of unit vectors."""
    numpy = library("numpy")
    n, total = len(points), points.sum(axis=0)
    own = float((points * points).sum())
    return 1 - (float(numpy.dot(total, total)) - own) / (n * (n - 1))
