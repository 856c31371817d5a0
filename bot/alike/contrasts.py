"""Pairs that look alike and ask for opposite things: told by negation, by an opposite word, or by swapped roles.

Two questions that differ in this way measure different things, so they are a contrast pair and never duplicates. Told
by rules on words alone; a rule that does not fit leaves the pair to its similarity. (`control` no rule tells: an item
names its matched control.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from bot.alike.reading import Asked, bag, take_apart, words

Relation = Literal["negation", "opposite", "role_swap", "control", "option_order", "word_order"]


NEGATORS = bag("not no never neither nor nobody nothing nowhere none without hardly barely")
AUXILIARIES = bag("do does did a an the")
INTENSIFIERS = bag("very really quite so much far too truly extremely just also even")
COORDINATORS = bag("or and nor versus vs either both")
ARTICLES = bag("a an the")

OPPOSITES = (
    "like dislike", "like hate", "love hate", "enjoy dislike", "enjoy hate", "agree disagree", "more less",
    "more fewer", "most least", "better worse", "best worst", "good bad", "increase decrease", "increases decreases",
    "higher lower", "high low", "always never", "everyone nobody", "everyone none", "all none", "safe dangerous",
    "true false", "right wrong", "correct incorrect", "accept reject", "allow forbid", "with without", "support oppose",
    "trust distrust", "kind cruel", "kind unkind", "important unimportant", "important pointless", "easy difficult",
    "easy hard", "honest dishonest", "bigger smaller", "larger smaller", "strong weak", "stronger weaker",
    "often rarely", "often seldom", "win lose", "include exclude", "approve disapprove", "liberal conservative",
    "avoid seek", "lower raise", "above below", "before after", "start stop",
)  # fmt: skip
PREFIXES = ("un", "in", "im", "ir", "il", "dis", "non", "mis")

SAME_REST = 0.7
"""Share of the remaining words that two questions must have in common to be told a contrast."""


def _opposites() -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair.split()) for pair in OPPOSITES)


_PAIRS = _opposites()
_RELATED = frozenset(word for pair in _PAIRS for word in pair)


class Prepared(NamedTuple):
    """A question ready to be compared: the words of its stem, and of each option, options in their own order."""

    stem: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]

    def told(self) -> tuple[str, ...]:
        """All its words, the options in an order that does not depend on theirs."""
        return self.stem + tuple(word for option in sorted(self.options, key=sorted) for word in option)


def prepared(question: str) -> Prepared:
    """A question ready to be compared."""
    asked: Asked = take_apart(question)
    return Prepared(words(asked.stem), tuple(words(option.text) for option in asked.options))


def is_contrast(relation: Relation | None) -> bool:
    """Whether a relation sets two questions against each other."""
    return relation in ("negation", "opposite", "role_swap", "control")


def relation_of(a: Prepared, b: Prepared) -> Relation | None:
    """How two questions that look alike are related; None where no rule tells."""
    if a.stem == b.stem and a.options != b.options and sorted(a.options) == sorted(b.options):
        return "option_order"
    mine, theirs = a.told(), b.told()
    if mine == theirs:
        return None
    return _by_polarity(mine, theirs) or _by_order(_bare(mine), _bare(theirs))


def _by_polarity(a: Sequence[str], b: Sequence[str]) -> Relation | None:
    rest_a, rest_b = Counter(_content(a)), Counter(_content(b))
    flips = _flips(rest_a - rest_b, rest_b - rest_a)
    for mine, theirs in flips:
        rest_a[mine] -= 1
        rest_b[theirs] -= 1
    negated = (_negations(a) - _negations(b)) % 2
    if not (negated + len(flips)) % 2 or _common(+rest_a, +rest_b) < SAME_REST:
        return None
    return "negation" if negated else "opposite"


def _content(told: Sequence[str]) -> list[str]:
    return [_stemmed(word) for word in told if word not in NEGATORS | AUXILIARIES | INTENSIFIERS]


def _stemmed(word: str) -> str:
    """Without a plural or third person s, so that `others` and `other people` stay close."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _negations(told: Sequence[str]) -> int:
    return sum(word in NEGATORS for word in told)


def _flips(only_a: Counter[str], only_b: Counter[str]) -> list[tuple[str, str]]:
    """Words on one side with their opposites on the other, each used once."""
    found, left = [], list(only_b.elements())
    for mine in only_a.elements():
        match = next((theirs for theirs in left if are_opposite(mine, theirs)), None)
        if match is not None:
            found.append((mine, match))
            left.remove(match)
    return found


def are_opposite(a: str, b: str) -> bool:
    """Whether two words are listed as opposites, or one is the other with a negating prefix."""
    if frozenset((a, b)) in _PAIRS or frozenset((f"{a}s", f"{b}s")) in _PAIRS:
        return True
    short, long = sorted((a, b), key=len)
    return len(short) > 3 and any(long == prefix + short for prefix in PREFIXES)


def _common(a: Counter[str], b: Counter[str]) -> float:
    """Words that both have, over those that either has (Jaccard's index of the two bags)."""
    return (a & b).total() / max((a | b).total(), 1)


def _bare(told: Sequence[str]) -> list[str]:
    return [word for word in told if word not in ARTICLES | INTENSIFIERS]


def _by_order(a: list[str], b: list[str]) -> Relation | None:
    """The same words in another order: two parts that changed places around a word that sets them in relation."""
    if a == b or Counter(a) != Counter(b):
        return None
    first = next(place for place, (mine, theirs) in enumerate(zip(a, b, strict=True)) if mine != theirs)
    last = next(place for place in range(len(a), 0, -1) if a[place - 1] != b[place - 1])
    between = _between(a[first:last], b[first:last])
    if between is None or not between or set(between) <= COORDINATORS:
        return "word_order"
    return "role_swap"


def _between(a: list[str], b: list[str]) -> list[str] | None:
    """The longest middle with a = left + middle + right and b = right + middle + left; None where there is none."""
    size = len(a)
    for length in range(size - 2, -1, -1):
        for start in range(1, size - length):
            middle, right = a[start : start + length], a[start + length :]
            if b == right + middle + a[:start]:
                return middle
    return None
