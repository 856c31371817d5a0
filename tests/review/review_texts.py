"""Texts with their keys: which number claims which fact, and what the scoring (not the reviewer) says of that fact.

Beside every `texts/NAME.md` stands `texts/NAME.key`: a line a number, in the order of the text, the number as it is
written, a tab, and what it claims:

    67.80   alpha/sonnet/pair_111_winner       the fact, rounded to the decimals written
    72      = 100 * [x/grid_3] / [x/em]        a value worked out from facts
    45      <= [alpha/sonnet/grid_3]           a threshold: the statement holds while this does
    20      ~ [diff/…]                         "about": right within its last digit
    111     -                                  no claim: an issue, a version, a name

The keys are the truth that mutations are made against, so that what is a mutation does not depend on the matcher.
"""

from __future__ import annotations

import operator
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from markupsafe import Markup

from bot import pipeline
from bot.reports.comments import results_comment
from bot.reports.rendering import Page
from bot.reports.splitting import split
from bot.review import Review, Reviewer
from bot.review.agreeing import EXACT, ROUNDS, UNMATCHED, WRONG
from bot.review.claims import Claim

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ISSUE_164 = ROOT / "examples" / "eval_results" / "issue-164"
NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:,\d{3})*(?:\.\d+)?")
COMPARE = {"<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt}
SWEEP_MAKER = ROOT / "tests" / "fixtures" / "make_sweep.py"
SMALL = ("--size-min", 100, "--size-max", 400, "--jobs", 1, "--defects", "all")
MADE = {  # sweeps that texts are about, by the first letter of their names
    "m": ("--models", 3, "--tasks", 9, "--runs", 2, "--seed", 7),
    "l": ("--models", 5, "--tasks", 14, "--runs", 3, "--seed", 11, "--corrupt", 1, "--missing", 0.03),
    "k": ("--models", 6, "--tasks", 20, "--runs", 2, "--seed", 11, "--missing", 0.03, "--size-max", 700),
}
PASSED = "passed"
UNSIGNED = ("gap/", "gap_paired/", "diff/", "reference_gap/")


@dataclass(frozen=True)
class Known:
    """A number of a text: where it stands and what it claims. `fact` is None where it is worked out from several."""

    start: int
    end: int
    written: str
    claim: str
    fact: str | None
    value: float

    def holds(self, written: str) -> bool:
        """Whether `written` in this place would be true."""
        number, places = read(written)
        sign, value = self.claim.split(" ", 1)[0], self.value
        if sign in COMPARE:
            return bool(COMPARE[sign](number, value))
        if self.is_unsigned and written[0] not in "-−":
            value = abs(value)
        width = 1.0 if sign == "~" else 0.5
        return abs(number - value) <= width * 10.0**-places + 1e-9

    @property
    def is_unsigned(self) -> bool:
        """A gap or a difference, which prose may give without its sign; the ends of an interval have theirs."""
        return (self.fact or self.claim).startswith(UNSIGNED) and not (self.fact or "").endswith(("ci_low", "ci_high"))


def read(written: str) -> tuple[float, int]:
    """A written number and its decimals."""
    plain = written.replace("−", "-").replace(",", "")
    return float(plain), len(plain.partition(".")[2])


@cache
def facts_of(archive: Path) -> dict[str, float]:
    """Every fact by the scoring; shares as percentages, since that is how texts give them."""
    found = pipeline.score(pipeline.load_archive(archive)).facts
    numbers = {n: f for n, f in found.items() if isinstance(f.value, int | float) and f.value is not None}
    return {n: 100 * f.value if f.unit == "share" or n == "interval/level" else f.value for n, f in numbers.items()}


def known_numbers(name: str, archive: Path) -> list[Known]:
    """The numbers of `texts/NAME.md` that claim something, by their key; raises where key and text do not fit."""
    text, facts = text_of(name), facts_of(archive)
    lines = [line.split("\t") for line in (HERE / "texts" / f"{name}.key").read_text(encoding="utf-8").splitlines()]
    found = list(NUMBER.finditer(text))
    assert [m.group() for m in found] == [written for written, _ in lines], f"{name}.key does not fit {name}.md"
    return [
        Known(m.start(), m.end(), m.group(), claim, claim if claim in facts else None, worth(claim, facts))
        for m, (_, claim) in zip(found, lines, strict=True)
        if claim != "-"
    ]


def worth(claim: str, facts: dict[str, float]) -> float:
    """The value that a key claims."""
    if claim in facts:
        return facts[claim]
    assert " " in claim, f"no fact is called {claim}"
    formula = claim.split(" ", 1)[1]
    filled = re.sub(r"\[([^\]]+)\]", lambda m: f"({facts[m[1]]!r})", formula)
    return float(eval(filled, {"__builtins__": {}}))


class Marked(Markup):
    """A fact as a template prints it, with its name around it; equal to what it shows."""

    shown: str

    def __new__(cls, name: str, shown: str) -> Marked:
        """`shown` between marks that no report holds."""
        made = super().__new__(cls, f"\ue010{name}\ue011{shown}\ue012")
        made.shown = shown
        return made

    def __eq__(self, other: object) -> bool:
        return self.shown == other

    def __ne__(self, other: object) -> bool:
        return self.shown != other

    __hash__ = Markup.__hash__


def report_of(archive: Path, report_yaml: Path | None = None) -> str:
    """The results comment that Recount posts of an archive, all parts of it."""
    report = pipeline.report_of(pipeline.score(pipeline.load_archive(archive, report_yaml)), {})
    return "\n\n".join(split(results_comment(report).text))


def known_report(archive: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, list[Known]]:
    """Recount's own report, and of each number in it the fact that its template printed."""
    with monkeypatch.context() as patch:
        patch.setattr(Page, "fact", lambda page, name: Marked(name, page.look_up(name).shown))
        marked = report_of(archive)
    facts = facts_of(archive)
    text, known, at = "", [], 0
    for match in re.finditer("\ue010([^\ue011]*)\ue011([^\ue012]*)\ue012", marked):
        text += marked[at : match.start()]
        number = NUMBER.search(match[2])
        if number is not None and match[1] in facts and not match[1].startswith("issue/"):
            start = len(text) + number.start()
            known.append(Known(start, start + len(number.group()), number.group(), match[1], match[1], facts[match[1]]))
        text += match[2]
        at = match.end()
    return text + marked[at:], known


def text_of(name: str) -> str:
    """The text itself."""
    return (HERE / "texts" / f"{name}.md").read_text(encoding="utf-8")


# Mutations: one number of a right text made wrong.


@dataclass(frozen=True)
class Mutation:
    """`text` with one number changed, from `start` to `end`; `kind` says how."""

    kind: str
    text: str
    start: int
    end: int
    was: str
    now: str


def mutations(text: str, known: list[Known], facts: dict[str, float], rng: random.Random, count: int) -> list[Mutation]:
    """`count` changes that make a true number false, evenly over the kinds that each number allows."""
    made: list[Mutation] = []
    while len(made) < count:
        number = rng.choice(known)
        kind = rng.choice(("digit", "digit", "sign", "row", "judge", "column"))
        now = changed(kind, number, text, facts, rng)
        if now is not None and not number.holds(now):
            changed_text = text[: number.start] + now + text[number.end :]
            end = number.start + len(now)
            made.append(Mutation(kind, changed_text, number.start, end, number.written, now))
    return made


def changed(kind: str, number: Known, text: str, facts: dict[str, float], rng: random.Random) -> str | None:
    """The number changed in one way, None where that way is not open to it."""
    if kind == "digit":
        return other_digit(number.written, rng)
    if kind == "sign":
        return other_sign(number, text)
    siblings = [name for name in sorted(facts) if is_sibling(kind, number.fact, name)]
    return as_written(facts[rng.choice(siblings)], number) if siblings else None


def other_digit(written: str, rng: random.Random) -> str:
    """One digit replaced by another one."""
    places = [i for i, c in enumerate(written) if c.isdigit()]
    at = rng.choice(places)
    leading = at == places[0] and len(places) > 1 and written[at + 1 : at + 2] != "."
    options = [d for d in "0123456789" if d != written[at] and not (leading and d == "0")]
    return written[:at] + rng.choice(options) + written[at + 1 :]


def other_sign(number: Known, text: str) -> str | None:
    """A minus taken away or put in front, where that makes another statement.

    A gap or a difference may stand without its sign in prose, so there only tables count.
    """
    line = text[text.rfind("\n", 0, number.start) + 1 :]
    if number.written[0] in "-−":
        return number.written[1:] if line.startswith("|") or not number.is_unsigned else None
    before = text[max(0, number.start - 2) : number.start]
    fits = before[-1:] in (" ", "|", "(") and before[:1] not in "±–-" and not number.is_unsigned
    return f"−{number.written}" if fits and read(number.written)[0] else None


BASES = ("alpha", "coherent", "gap", "gap_paired")
PARTS = ("", "half", "se", "ci_low", "ci_high", "bound_low", "bound_high", "errors", "n", "coherent_only")


def is_sibling(kind: str, fact: str | None, other: str) -> bool:
    """Whether `other` stands in another row, judge or column of a table that holds `fact`."""
    if fact is None or fact == other:
        return False
    mine, theirs = parted(fact), parted(other)
    if mine is None or theirs is None:
        return False
    if kind == "row":
        return mine._replace(place="") == theirs._replace(place="")
    if kind == "judge":
        return mine._replace(judge="") == theirs._replace(judge="")
    return (mine.place, mine.judge) == (theirs.place, theirs.judge) and mine != theirs


class Split(tuple):
    """Base, judge, place and part of a fact's name."""

    __slots__ = ()
    base, judge, place, part = (property(lambda self, i=i: self[i]) for i in range(4))

    def _replace(self, **new: str) -> Split:
        names = ("base", "judge", "place", "part")
        return Split(new.get(name, value) for name, value in zip(names, self, strict=True))


def parted(fact: str) -> Split | None:
    """`alpha/sonnet/grid_1/half` → alpha, sonnet, grid_1, half; None for facts of another form."""
    base, *rest = fact.split("/")
    if base in ("alpha", "coherent", "reference") and len(rest) in (2, 3):
        part = rest[2] if len(rest) == 3 else ""
        return Split((base, rest[0], rest[1], part)) if part in PARTS else None
    if base in ("gap", "gap_paired", "x") and len(rest) in (1, 2):
        part = rest[1] if len(rest) == 2 else ""
        return Split((base, "", rest[0], part)) if part in PARTS else None
    if base == "diff" and len(rest) == 3:
        return Split((f"diff {rest[2]}", rest[0], rest[1], ""))
    return None


def as_written(value: float, number: Known) -> str:
    """Another value in the manner of this number: its decimals, its commas, its kind of minus."""
    _, places = read(number.written)
    text = f"{value:,.{places}f}" if "," in number.written or places == 0 else f"{value:.{places}f}"
    if text.startswith("-"):
        minus = number.written[0] if number.written[0] in "-−" else "−"
        text = (minus if not number.is_unsigned or number.written[0] in "-−" else "") + text[1:]
    return text


def made_sweep(name: str, folder: Path) -> Path:
    """A sweep as `make_sweep.py` makes it, with the report.yaml that its texts go by, where there is one."""
    made = folder / "made"
    command = [sys.executable, SWEEP_MAKER, "--out", made, *SMALL, *MADE[name]]
    subprocess.run(list(map(str, command)), check=True, capture_output=True, timeout=60)
    if (declared := HERE / "sweeps" / f"{name}.yaml").is_file():
        shutil.copy(declared, made / "report.yaml")
    return made


def some_of(names: Sequence[str]) -> list[ParameterSet]:
    """Names of posts as parameters: two of three are read in full runs only."""
    full = pytest.mark.in_full
    return [pytest.param(name, marks=() if at % 3 == 0 else full) for at, name in enumerate(names)]


def outcome(review: Review, start: int, end: int) -> str:
    """What came of the characters from `start` to `end` that somebody changed: wrong, else unmatched, else passed."""
    states = {claim.status for claim in review.claims if claim.start < end and start < claim.end}
    return next((status for status in (WRONG, UNMATCHED) if status in states), PASSED)


def assert_all_right(reviewer: Reviewer, text: str) -> None:
    """The text claims something, and all of it is right."""
    claims = reviewer.review(text).claims
    assert claims
    assert [c for c in claims if c.status not in (EXACT, ROUNDS)] == []


def assert_noticed(reviewer: Reviewer, text: str) -> None:
    """Something in the text is told wrong, or not found."""
    claims = reviewer.review(text).claims
    assert any(c.status in (WRONG, UNMATCHED) for c in claims), [(c.quote, c.status) for c in claims]


def assert_noticed_there(reviewer: Reviewer, text: str, written: str) -> None:
    """What is written in place of "{}" is told wrong, or not found."""
    there = _written_there(reviewer, text, written)
    assert any(c.status in (WRONG, UNMATCHED) for c in there), [(c.quote, c.status) for c in there]


def assert_wrong_there(reviewer: Reviewer, text: str, written: str) -> None:
    """What is written in place of "{}" is told wrong."""
    there = _written_there(reviewer, text, written)
    assert any(c.status == WRONG for c in there), [(c.quote, c.status) for c in there]


def _written_there(reviewer: Reviewer, text: str, written: str) -> list[Claim]:
    """The claims on what is written in place of "{}"."""
    start, claims = text.index("{}"), reviewer.review(text.format(written)).claims
    return [c for c in claims if c.start < start + len(written) and start < c.end]
