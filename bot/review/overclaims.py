"""Words stronger than the archive: rules as data in `rules.yaml`, and the checks on gates, outcomes and confidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import yaml

from bot.review.grading import CONFIRMED, FALSIFIED, GRADES, SUPPORTED, Grading
from bot.review.names import JUDGE, PLACE, Vocabulary
from bot.review.recount import Book
from bot.review.text import Block, Page, Text, sentences

FIRST_LINES = 12
FAIL, CONCERNS = "FAIL", "CONCERNS"
OUTCOME_WORDS = {
    "confirmed": CONFIRMED, "supported": SUPPORTED, "falsified": FALSIFIED, "refuted": FALSIFIED, "rejected": FALSIFIED,
    "inconclusive": "inconclusive",
}  # fmt: skip
GRADE = re.compile(
    r"\b(?i:confidence)\b[\s:*—–-]{1,5}(?:is\s+|of\s+)?(HIGH|MODERATE|LOW)\b|\b(HIGH|MODERATE|LOW)\s+(?i:confidence)\b"
    r"|\((?i:(high|moderate|low)\s+confidence)\)|^(?i:confidence\s*[:—–-]\s*(high|moderate|low))\b"
)
BREACH = re.compile(
    r"\b(?:breach\w*|violat\w*|exceed\w*|broken?|broke|fail(?:s|ed)?|not (?:met|kept|held|passed)|misse[sd]|beyond|over"
    r"|above|more than|wider than|larger than|disagree\w*|(?:do|does|did)\s+not)\b|n['’]t\b|✗",
    re.I,
)
OUTRIGHT = re.compile(r"\b(?:breach\w*|violat\w*|broken?|broke|not (?:met|kept|held))\b|✗", re.I)
MUCH_UNJUDGED = re.compile(
    r"\b(?:part|many|much|share|third|quarter|half|lots?)\b[^.]*\b(?:unjudged|missing|failed|without a score)\b", re.I
)
GATE_WORDS = {
    "judge_gap_max": re.compile(
        r"\b(?:gates?|limits?|declared|gap|judges? (?:disagree|differ)|disagree\w*|apart|agree(?:ment)?)\b", re.I
    ),
    "judge_error_rate_max": re.compile(
        r"\b(?:gates?|limits?|declared)\b[^.]*\b(?:fail|error|judge?ments?|unjudged)"
        r"|\b(?:fail\w*|errors?|unjudged|missing)\b[^.]*(?:\d|limit|gate)",
        re.I,
    ),
    "min_seeds": re.compile(r"\bseeds?\b", re.I),
    "min_questions": re.compile(r"\bquestions\b", re.I),
}
PRONOUN = re.compile(r"\b(?:it|there|that one|this one|here)\b", re.I)
INTERVAL = re.compile(r"±|\b(?:interval|ci|cis|standard error|test)\b|\bp\s?[<=>]|\[\s*[-−]?\d", re.I)


class Overclaim(NamedTuple):
    """Words that claim more than the archive bears out. `verdict` is what they cost, `label` how they are called."""

    quote: str
    line: int
    rule: str
    why: str
    verdict: str
    label: str


class Rule(NamedTuple):
    """A rule of `rules.yaml`."""

    id: str
    pattern: re.Pattern[str]
    needs: str
    verdict: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All of them."""

    rules: tuple[Rule, ...]
    exempt: tuple[re.Pattern[str], ...]
    exempt_behind: tuple[re.Pattern[str], ...]
    alternatives: Mapping[str, str]


@cache
def rules() -> Rules:
    """The rules that come with Recount."""
    raw = yaml.safe_load(files("bot.review").joinpath("rules.yaml").read_text(encoding="utf-8"))
    made = (
        Rule(r["id"], re.compile(r["pattern"], re.I), r["needs"], r["verdict"], r["label"], r["why"])
        for r in raw["rules"]
    )
    compiled = [tuple(re.compile(p, re.I) for p in raw[key]) for key in ("exempt", "exempt_behind")]
    return Rules(tuple(made), compiled[0], compiled[1], raw["alternatives"])


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence where a rule's words stand, with what stands around it."""

    text: Text
    around: str
    book: Book
    grading: Grading


def is_confirmed(spoken: Spoken) -> bool:
    """Some prediction is confirmed; where the sentence names some, each of those."""
    named = [
        o for name, o in spoken.grading.outcomes.items() if re.search(rf"\b{re.escape(name)}\b", spoken.text.plain)
    ]
    chosen = named or list(spoken.grading.outcomes.values())
    return bool(chosen) and (all if named else any)(o == CONFIRMED for o in chosen)


def has_three_seeds(spoken: Spoken) -> bool:
    """No condition and judge has fewer than three seeds."""
    return "replication" not in spoken.grading.deductions


def judges_agree(spoken: Spoken) -> bool:
    """The judges lie less than ten points apart everywhere, and no gap gate is breached."""
    breached = any(g.name == "judge_gap_max" for g in spoken.grading.breached)
    return "judges" not in spoken.grading.deductions and not breached


def nothing_failed(spoken: Spoken) -> bool:
    """No judgement failed of the condition and judge that the sentence names, else of any."""
    book = spoken.book
    goes_on = (
        spoken.around.partition(spoken.text.plain)[0] if PRONOUN.search(spoken.text.plain) else ""
    )  # "Opus had no failures on it at all"
    told = (*Vocabulary(book).find(goes_on), *Vocabulary(book).find(spoken.text.plain))
    named = {m.kind: m.ids for m in told if len(m.ids) == 1}
    judges, places = named.get(JUDGE, book.judges), named.get(PLACE, book.conditions)
    counts = (book.facts.get(f"{book.of(judge, place)}/errors") for judge in judges for place in places)
    return all(count.value == 0 for count in counts if count is not None)


# The conditions that rules may name under `needs`, listed in docs/review.md.
NEEDS: Mapping[str, Callable[[Spoken], bool]] = {
    "never": lambda _: False,
    "confirmed": is_confirmed,
    "three_seeds": has_three_seeds,
    "three_seeds_and_agreeing_judges": lambda s: has_three_seeds(s) and judges_agree(s),
    "interval_told": lambda s: INTERVAL.search(s.around) is not None,
    "gates_passed": lambda s: not s.grading.breached,
    "judges_agree": judges_agree,
    "nothing_failed": nothing_failed,
    "declared_private": lambda s: "contamination" not in s.grading.deductions,
}


def overclaims(page: Page, book: Book, grading: Grading, declared: Callable[[Text], bool]) -> list[Overclaim]:
    """Everything that a page claims beyond what it may. `declared` tells words of report.yaml or the archive."""
    found = [*_by_rules(page, book, grading, declared), *_outcomes(page, grading, declared), *_grades(page, grading)]
    found += _gates_unmentioned(page, grading)
    return sorted(found, key=lambda o: (o.line, o.rule))


def _texts(page: Page) -> Iterator[tuple[Block, Text]]:
    """Sentences of the page, and its cells."""
    for block in page.blocks:
        if block.kind == "table":
            for row in block.rows:
                yield from ((block, cell) for cell in row if cell.plain)
        elif block.kind != "fence":
            yield from ((block, sentence) for sentence in sentences(block.text))


def _by_rules(page: Page, book: Book, grading: Grading, declared: Callable[[Text], bool]) -> Iterator[Overclaim]:
    told = list(_texts(page))
    for i, (block, text) in enumerate(told):
        if declared(text) or text.plain.rstrip().endswith("?"):
            continue  # "Do the judges agree?" claims nothing
        near = " ".join(t.plain for b, t in told[max(0, i - 1) : i + 2] if b is block)
        spoken = Spoken(text, near, book, grading)
        for rule in rules().rules:
            if (match := _claimed(rule, text.plain)) is not None and not NEEDS[rule.needs](spoken):
                yield _overclaim(page, text, match, rule)


def _claimed(rule: Rule, plain: str) -> re.Match[str] | None:
    """The rule's words where they are claimed, not denied or wished for."""
    for match in rule.pattern.finditer(plain):
        before, behind = plain[: match.start()], plain[match.end() :]
        quoted = before.count("“") > before.count("”") or before.count('"') % 2 == 1
        denied = any(p.search(before) for p in rules().exempt) or any(p.search(behind) for p in rules().exempt_behind)
        if not quoted and not denied:
            return match
    return None


def _overclaim(page: Page, text: Text, match: re.Match[str], rule: Rule) -> Overclaim:
    line = page.line(text.at[match.start()])
    return Overclaim(_shortened(text.plain), line, rule.id, rule.why, rule.verdict, rule.label)


def _shortened(text: str, limit: int = 200) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _outcomes(page: Page, grading: Grading, declared: Callable[[Text], bool]) -> Iterator[Overclaim]:
    """ "H1 is supported": the outcome that a text gives a prediction must be the computed one."""
    if not grading.outcomes:
        return
    ids = "|".join(re.escape(name) for name in sorted(grading.outcomes, key=len, reverse=True))
    token = re.compile(rf"\b(?P<id>{ids})\b|\b(?P<word>{'|'.join(OUTCOME_WORDS)})\b", re.I)
    for text in _rows_and_sentences(page):
        if declared(text):
            continue
        current = ""
        for match in token.finditer(text.plain):
            if match["id"]:
                current = match["id"]
            elif current and _is_stated(text.plain, match):
                yield from _outcome(page, text, match, current, grading)
                current = ""


def _rows_and_sentences(page: Page) -> Iterator[Text]:
    for block in page.blocks:
        if block.kind == "table":
            for row in block.rows[1:]:
                ends = [i for i, cell in enumerate(row) if cell.plain]
                if ends and len(row[ends[0]].plain) < 12:
                    short = [row[ends[0]], *(row[i] for i in ends[1:] if len(row[i].plain) < 40)]
                    yield Text(" | ".join(c.plain for c in short), _joined(short))
        elif block.kind != "fence":
            yield from sentences(block.text)


def _joined(cells: Sequence[Text]) -> list[int]:
    at: list[int] = []
    for i, cell in enumerate(cells):
        at += ([cell.at[0]] * 3 if i else []) + list(cell.at)
    return at


def _is_stated(plain: str, match: re.Match[str]) -> bool:
    before, behind = plain[: match.start()], plain[match.end() :]
    if re.match(r"\s+(?:by|if|when|where)\b", behind) and "falsif" in match.group().lower():
        return False
    return not any(p.search(before) for p in rules().exempt)


def _outcome(page: Page, text: Text, match: re.Match[str], name: str, grading: Grading) -> Iterator[Overclaim]:
    key = next((k for k in grading.outcomes if k.casefold() == name.casefold()), name)
    told, computed = OUTCOME_WORDS[match.group().lower()], grading.outcomes.get(key)
    supported = told == SUPPORTED and computed in (SUPPORTED, CONFIRMED)
    if computed is None or told == computed or supported:
        return
    why = f"by its rule and the recounted numbers, {key} is {computed}"
    yield Overclaim(_shortened(text.plain), page.line(text.at[match.start()]), "outcome", why, FAIL, "WRONG")


def _grades(page: Page, grading: Grading) -> Iterator[Overclaim]:
    """A confidence in the title or in the text must not be higher than the computed one."""
    for text in _rows_and_sentences(page):
        for match in GRADE.finditer(text.plain):
            told = next(g for g in match.groups() if g).upper()
            if told == grading.grade:
                continue
            higher = GRADES.index(told) < GRADES.index(grading.grade)
            taken = (
                ", ".join(f"{domain} −{points}" for domain, points in grading.deductions.items()) or "nothing taken off"
            )
            why = f"the computed confidence is {grading.grade} ({taken})"
            verdict, label = (FAIL, "OVERCLAIMED") if higher else (CONCERNS, "WRONG")
            yield Overclaim(
                _shortened(text.plain), page.line(text.at[match.start()]), "confidence", why, verdict, label
            )


def _gates_unmentioned(page: Page, grading: Grading) -> Iterator[Overclaim]:
    """A breached gate is a headline: it must stand in the first lines."""
    first = first_lines(page)
    if PLANS.match(first):
        return
    for name in dict.fromkeys(gate.name for gate in grading.breached):
        told = re.split(r"(?<=[.!?])\s+|\n", first)
        if not any(_tells_breach(told, k, name) for k in range(len(told))):
            places = [g.where for g in grading.breached if g.name == name]
            why = f"the gate {name} is breached on {', '.join(places[:4])}, and the first lines do not say so"
            yield Overclaim(
                _shortened(first.strip().split("\n")[0], 120), 1, "gate-unmentioned", why, FAIL, "OVERCLAIMED"
            )


def _tells_breach(sentences: Sequence[str], k: int, gate: str) -> bool:
    """ "The gate is breached", or "Gate first. Declared: within 10 points. Outcome: breached on all four"."""
    if gate == "judge_error_rate_max" and MUCH_UNJUDGED.search(sentences[k]):
        return True
    outright = OUTRIGHT.search(sentences[k]) is not None
    around = " ".join(sentences[max(0, k - 2) : k + 1]) if outright else sentences[k]
    return BREACH.search(sentences[k]) is not None and (gate in around or GATE_WORDS[gate].search(around) is not None)


def first_lines(page: Page) -> str:
    """The first lines of a page: up to its first table, the section TL;DR as a whole where there is one."""
    lines: list[str] = []
    headings: list[str] = []
    for block in page.blocks:
        if block.kind == "heading" and block.level < 7:
            headings.append(block.text.plain)
        in_short = any(SHORT_FORM.search(h) for h in headings) and not (
            block.kind == "heading" and block.level == 1 and lines
        )
        if block.kind == "table" and len(lines) <= len(headings):  # nothing but headings stands before it
            lines += [" ".join(cell.plain for cell in row) for row in block.rows[:FIRST_LINES]]
        if block.kind == "table" or (not in_short and (len(headings) > 2 or len(lines) >= FIRST_LINES)):
            break
        lines += [s.plain for s in sentences(block.text)] if block.kind != "fence" else []
    return "\n".join(lines)


PLANS = re.compile(r"^follow-?ups?\b", re.I)
SHORT_FORM = re.compile(r"^tl;?dr", re.I)
