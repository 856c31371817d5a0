"""The audit of a set: every check in turn, and all of it as one JSON object."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.evalsets import balance, contamination, coverage, labelling, lengths, statistics, topics
from bot.evalsets.clusters import Cluster, clusters_of, cores_of, effective_number
from bot.evalsets.contamination import Continued, Signal
from bot.evalsets.findings import NOT_ASSESSED, Finding, in_order, percent, some
from bot.evalsets.items import Item, McqItem
from bot.evalsets.pairs import NEAR, Alike, Pair, alike, without_frame
from bot.evalsets.plans import SetPower, power_of
from bot.evalsets.reading import EvalSet
from bot.evalsets.results import Results

DUPLICATES_ONE, DUPLICATES_TWO = 0.02, 0.10
"""Shares of repeated questions that cost a report one and two points of confidence."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an audit is given besides the set.

    `near` is the similarity of near duplicates, `confidence` the label confidence below which an item is told,
    `cutoff` the model's last day of training data, `continued` what a model made of beginnings, `vectors` the user's
    own embeddings by item id.
    """

    near: float = NEAR
    confidence: float = labelling.CONFIDENT
    results: Results | None = None
    cutoff: dt.date | None = None
    continued: Sequence[Continued] | None = None
    vectors: Mapping[str, Sequence[float]] | None = None


@dataclass(frozen=True, slots=True)
class Audit:
    """All that was found. `clusters` hold the rows of one question each; places in `alike` are places in `clusters`."""

    found_in: EvalSet
    exact: int
    clusters: tuple[Cluster, ...]
    alike: Alike
    effective: float
    positions: balance.Positions
    lengths: lengths.Lengths
    labels: balance.Labels
    labelling: labelling.Labelling
    stems: balance.Stems
    variety: balance.Variety
    topics: topics.Topics | None
    coverage: coverage.Coverage
    statistics: tuple[statistics.ItemStatistic, ...] | None
    signals: tuple[Signal, ...]
    power: SetPower
    findings: tuple[Finding, ...] = ()

    def id_of(self, place: int) -> str:
        """The id of the first row of a cluster."""
        return self.items[self.clusters[place].rows[0]].id

    @property
    def items(self) -> tuple[Item, ...]:
        """The set's items."""
        return self.found_in.items


NOTHING_ASKED = Asked()


def audit(found: EvalSet, asked: Asked = NOTHING_ASKED) -> Audit:
    """Audit a set with at least one item."""
    questions = [item.asked for item in found.items]
    clusters = tuple(clusters_of(cores_of(questions)))
    cores = [cluster.core for cluster in clusters]
    close = _without_controls(alike(cores, asked.near), found.items, clusters)
    sizes = [len(cluster.rows) for cluster in clusters]
    effective = effective_number(sizes, [(pair.a, pair.b) for pair in close.near])
    about = topics.topics_of(without_frame(cores), _vectors(found.items, clusters, asked.vectors))
    signals = contamination.signals_of(found.items, found.header, asked.results, asked.cutoff, asked.continued)
    made = Audit(
        found_in=found,
        exact=len(questions) - len(set(questions)),
        clusters=clusters,
        alike=close,
        effective=effective,
        positions=balance.positions_of(found.items, clusters),
        lengths=lengths.lengths_of(found.items, clusters),
        labels=balance.labels_of(found.items),
        labelling=labelling.labelling_of(found.items, asked.confidence),
        stems=balance.stems_of(cores),
        variety=balance.variety_of(cores),
        topics=about,
        coverage=coverage.coverage_of(found.items, _topic_names(found.items, clusters, about)),
        statistics=statistics.statistics_of(found.items, asked.results) if asked.results else None,
        signals=signals,
        power=power_of(len(found.items), effective, found.items),
    )
    return Audit(**{name: getattr(made, name) for name in Audit.__slots__ if name != "findings"},
                 findings=in_order(_findings(made, asked)))  # fmt: skip


def _without_controls(close: Alike, items: Sequence[Item], clusters: Sequence[Cluster]) -> Alike:
    """An item and its own matched control are a contrast pair, however alike they are worded."""
    first = [items[cluster.rows[0]] for cluster in clusters]
    pairs = {pair: _are_matched(first[pair.a], first[pair.b]) for pair in close.near}
    told = [pair._replace(relation="control") for pair, matched in pairs.items() if matched]
    contrasts = sorted([*close.contrasts, *told], key=lambda pair: (-pair.similarity, pair.a, pair.b))
    return close._replace(near=tuple(p for p, matched in pairs.items() if not matched), contrasts=tuple(contrasts))


def _are_matched(a: Item, b: Item) -> bool:
    return a.control != b.control and (a.matched == b.id or b.matched == a.id)


def _vectors(
    items: Sequence[Item], clusters: Sequence[Cluster], given: Mapping[str, Sequence[float]] | None
) -> dict[int, Sequence[float]] | None:
    if given is None:
        return None
    return {place: given[items[cluster.rows[0]].id] for place, cluster in enumerate(clusters)}


def _topic_names(items: Sequence[Item], clusters: Sequence[Cluster], about: topics.Topics | None) -> list[str]:
    """Every item's stated topic, else that of its cluster of questions."""
    found: dict[int, str] = {}
    if about is not None:
        names = {place: " ".join(topic.terms[:2]) for topic in about.topics for place in topic.members}
        found = {row: names[place] for place, cluster in enumerate(clusters) for row in cluster.rows}
    return [item.topic or found.get(row, "") for row, item in enumerate(items)]


# --- findings -------------------------------------------------------------------------------------------------------


def _findings(made: Audit, asked: Asked) -> Iterator[Finding]:
    yield from _on_reading(made.found_in)
    yield from _on_duplicates(made)
    yield from balance.findings_of(made.positions, made.labels, made.stems)
    yield from lengths.findings_of(made.lengths)
    yield from labelling.findings_of(made.labelling, asked.confidence)
    yield from _on_conflicts(made)
    yield from coverage.findings_of(made.coverage)
    if made.topics is None:
        yield Finding("info", "topics and spread not assessed: too few questions, or no word to tell them apart")
    if made.statistics is None:
        yield Finding("info", "item statistics not assessed: need results (--results)")
    else:
        yield from statistics.findings_of(made.statistics)
    yield from contamination.findings_of(made.signals, made.found_in.header)


def _on_reading(found: EvalSet) -> Iterator[Finding]:
    if found.digest_holds is False:
        yield Finding("high", "the items are not those of this version: the header's digest does not hold")
    if found.unreadable:
        listed = some([f"{u.path} ({u.reason})" for u in found.unreadable], 3)
        yield Finding("medium", f"{len(found.unreadable)} lines could not be read", listed)


def _on_duplicates(made: Audit) -> Iterator[Finding]:
    n = len(made.items)
    if made.exact:
        share = made.exact / n
        severity = "high" if share > DUPLICATES_TWO else "medium" if share > DUPLICATES_ONE else "low"
        times, repeated = _commonest(made.items)
        what = f"{made.exact:,} rows ({percent(share)}) repeat the question of an earlier one"
        yield Finding(severity, what, f"{repeated} and {times - 1} more have the same question")  # type: ignore[arg-type]
    yield from _on_personas(made)
    if made.alike.near:
        yield _on_near(made, n)
    elif made.alike.closest is not None:
        yield Finding("info", f"no near duplicate; {_closest(made, made.alike.closest)}")
    if made.alike.contrasts:
        first = [f"{made.id_of(pair.a)} / {made.id_of(pair.b)}" for pair in made.alike.contrasts]
        yield Finding(
            "info",
            f"{len(first)} contrast pairs (negation, swapped roles, or an item and its control), no duplicates",
            some(first),
        )


def _commonest(items: Sequence[Item]) -> tuple[int, str]:
    question, times = Counter(item.asked for item in items).most_common(1)[0]
    return times, next(item.id for item in items if item.asked == question)


def _closest(made: Audit, pair: Pair) -> str:
    a, b = (made.clusters[place].core for place in (pair.a, pair.b))
    ids = f"{made.id_of(pair.a)} and {made.id_of(pair.b)}"
    return f"the closest pair is {ids} (similarity {pair.similarity:.2f}): {_short(a)} / {_short(b)}"


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return repr(plain if len(plain) <= 90 else f"{plain[:89]}…")


def _on_personas(made: Audit) -> Iterator[Finding]:
    hidden = [cluster for cluster in made.clusters if cluster.personas > 1]
    if not hidden:
        return
    rows = sum(len(cluster.rows) for cluster in hidden)
    personas = max(cluster.personas for cluster in hidden)
    share = (rows - len(hidden)) / len(made.items)
    yield Finding(
        "high" if share > DUPLICATES_TWO else "medium",
        f"{rows:,} rows are {len(hidden)} distinct questions behind up to {personas} personas each: an error bar over "
        f"rows is too narrow; cluster by question ({made.effective:.1f} effective items)",
        some([made.items[cluster.rows[0]].id for cluster in hidden]),
    )


def _on_near(made: Audit, n: int) -> Finding:
    in_pairs = {place for pair in made.alike.near for place in (pair.a, pair.b)}
    rows = sum(len(made.clusters[place].rows) for place in in_pairs)
    swaps = sum(pair.relation == "option_order" for pair in made.alike.near)
    words = f", {swaps} of them the same options in another order" if swaps else ""
    share = rows / n
    severity = "high" if share > 0.3 else "medium" if share > DUPLICATES_TWO else "low"
    what = f"{len(made.alike.near):,} pairs of near duplicates among {rows:,} rows ({percent(share)}){words}"
    pairs = [f"{made.id_of(pair.a)} / {made.id_of(pair.b)}" for pair in made.alike.near]
    return Finding(severity, what, some(pairs))  # type: ignore[arg-type]


def _on_conflicts(made: Audit) -> Iterator[Finding]:
    """Rows of one question, or of near duplicates, whose matching answers differ in what they say."""
    by_question: dict[str, set[str]] = {}
    for item in made.items:
        if isinstance(item, McqItem):
            by_question.setdefault(item.asked, set()).add("|".join(sorted(item.matching)))
    clashing = [question for question, answers in by_question.items() if len(answers) > 1]
    if clashing:
        ids = [next(item.id for item in made.items if item.asked == question) for question in clashing]
        yield Finding("high", f"{len(clashing)} questions stand in the set with different matching answers", some(ids))
    pairs = [(pair.a, pair.b) for pair in made.alike.near if _disagree(made, pair)]
    if pairs:
        ids = [f"{made.id_of(a)} / {made.id_of(b)}" for a, b in pairs]
        what = (
            f"{len(pairs)} pairs of near duplicates have different matching answers: a label is wrong, or they differ"
        )
        yield Finding("medium", what, some(ids))


def _disagree(made: Audit, pair: Pair) -> bool:
    """Whether two near duplicates offer the same answers and match different ones."""
    told = []
    for place in (pair.a, pair.b):
        item = made.items[made.clusters[place].rows[0]]
        if not isinstance(item, McqItem):
            return False
        texts = {choice.label: (choice.text or choice.label).strip(" .").casefold() for choice in item.choices}
        told.append((sorted(texts.values()), sorted(texts[label] for label in item.matching)))
    return told[0][0] == told[1][0] and told[0][1] != told[1][1]


# --- as JSON --------------------------------------------------------------------------------------------------------


def as_json(made: Audit) -> dict[str, Any]:
    """The audit as plain values, with exactly the keys that `--json` promises."""
    return {
        "items": len(made.items),
        "distinct_questions": len(made.clusters),
        "effective_items": made.effective,
        "exact_duplicates": made.exact,
        "near_duplicates": [_pair(made, pair) for pair in made.alike.near],
        "contrast_pairs": [_pair(made, pair) | {"differs_by": pair.relation} for pair in made.alike.contrasts],
        "answer_position": _positions(made.positions),
        "labels": _labels(made),
        "topics": _topics(made),
        "coverage": _coverage(made.coverage),
        "item_statistics": _statistics(made),
        "contamination": contamination.states_of(made.signals),
        "power": made.power.as_dict(),
        "findings": [finding._asdict() for finding in made.findings],
    }


def _pair(made: Audit, pair: Pair) -> dict[str, Any]:
    return {"a": made.id_of(pair.a), "b": made.id_of(pair.b), "similarity": pair.similarity}


def _positions(positions: balance.Positions) -> dict[str, Any] | str:
    if positions.within is None:
        return NOT_ASSESSED
    told = positions._asdict() | {"within": None, "counts": {str(k): v for k, v in positions.counts.items()}}
    del told["within"]
    low, high = positions.within
    return told | {"ci_low": low, "ci_high": high, "method": "Wilson", "balanced": positions.balanced}


def _labels(made: Audit) -> dict[str, Any]:
    return made.labels._asdict() | made.labelling.as_dict() | {"choice_lengths": made.lengths.as_dict()}


def _topics(made: Audit) -> dict[str, Any]:
    told: dict[str, Any] = {"stems": made.stems._asdict(), "variety": made.variety._asdict()}
    if made.topics is None:
        return {"method": NOT_ASSESSED, "clusters": [], "spread": None, "silhouette": None} | told
    clusters = [
        {"terms": list(topic.terms), "questions": len(topic.members), "example": made.id_of(topic.members[0])}
        for topic in made.topics.topics
    ]
    return {
        "method": made.topics.method, "clusters": clusters, "spread": made.topics.spread,
        "silhouette": made.topics.silhouette,
    } | told  # fmt: skip


def _coverage(found: coverage.Coverage) -> dict[str, Any]:
    cells = {"cells": [cell._asdict() for cell in found.cells], "empty": [cell._asdict() for cell in found.empty]}
    return found._asdict() | cells


def _statistics(made: Audit) -> list[dict[str, Any]] | str:
    if made.statistics is None:
        return NOT_ASSESSED
    return [each._asdict() for each in made.statistics]
