from __future__ import annotations

import evalset_builders as builders

from bot.evalsets.coverage import coverage_of, findings_of
from bot.evalsets.labelling import findings_of as label_findings
from bot.evalsets.labelling import labelling_of
from bot.evalsets.topics import spread_of, topics_of

ITEMS = [
    builders.free("a", "A?", level=1, topic="history", difficulty="easy"),
    builders.free("b", "B?", level=1, topic="history", difficulty="hard"),
    builders.free("c", "C?", level=3, topic="statistics", difficulty="easy"),
]
TOPICS = [str(item.topic) for item in ITEMS]


def test_empty_cells_are_those_of_topics_that_a_level_has() -> None:
    found = coverage_of(ITEMS, TOPICS)
    empty = {(cell.level, cell.topic, cell.difficulty) for cell in found.empty}
    assert empty == {
        (1, "history", "medium"),
        (3, "statistics", "medium"),
        (3, "statistics", "hard"),
    }
    assert found.levels == {"1": 2, "3": 1}


def test_missing_levels_and_difficulties_are_told() -> None:
    told = " ".join(finding.what for finding in findings_of(coverage_of(ITEMS, TOPICS)))
    assert "no item of level 2 (coding), 4 (institutional)" in told
    assert "no medium item" in told
    assert "3 of 6 cells" in told


def test_a_set_that_states_nothing_is_not_assessed() -> None:
    found = coverage_of([builders.free("a", "A?")], [""])
    assert (found.stated, found.empty) == (False, ())
    assert next(findings_of(found)).what.startswith("coverage by level and difficulty not assessed")


def test_topics_part_what_is_about_different_things() -> None:
    sea = [f"The ship {n} sails the deep ocean with whales and harbour sailors" for n in range(10)]
    bread = [f"Bake {n} loaves of sourdough bread in a hot oven with flour" for n in range(10)]
    found = topics_of([*sea, *bread])
    assert found is not None
    assert {topic.members for topic in found.topics} == {tuple(range(10)), tuple(range(10, 20))}
    assert found.method == "TF-IDF of words, SVD, k-means"


def test_given_vectors_are_used_and_named() -> None:
    texts = [f"word{chr(97 + n)} thing" for n in range(12)]
    found = topics_of(texts, {n: [1.0, 0.0] if n < 4 else [0.0, 1.0] for n in range(12)})
    assert found is not None
    assert [len(topic.members) for topic in found.topics] == [8, 4]
    assert found.method == "vectors from a file, k-means"


def test_few_questions_have_no_topics() -> None:
    assert topics_of(["Why is the sky blue?"] * 3) is None
    assert topics_of(["it is"] * 30) is None


def test_spread_is_one_minus_the_mean_cosine_of_pairs() -> None:
    import numpy as np

    points = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    assert spread_of(points) == 1 - (0 + 1 + 0) / 3


def test_labels_that_annotators_contest_are_told() -> None:
    contested = [builders.free(f"i{n}", f"Q{n}?", annotations={"ann": "a", "bob": "ab"[n % 2]}) for n in range(10)]
    found = labelling_of(contested)
    assert (found.annotated, found.annotators) == (10, 2)
    assert found.alpha is not None
    assert found.alpha < 0.667
    assert any("annotators agree too little" in finding.what for finding in label_findings(found, 0.8))


def test_unsure_labels_are_named() -> None:
    stated = {"a": 0.5, "b": 0.9}
    found = labelling_of([builders.free(key, f"{key}?", label_confidence=value) for key, value in stated.items()])
    assert (found.stated, found.unsure) == (2, ("a",))
    assert any(finding.where == "a" for finding in label_findings(found, 0.8))
