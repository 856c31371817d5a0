"""Every number of a sentence held against what the archive says of the condition, judge and metric it is bound to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from bot.review.abreast import Abreast
from bot.review.agreeing import (
    EXACT,
    ROUNDS,
    UNMATCHED,
    WRONG,
    Finding,
    expected_text,
    facts_behind,
    status_of,
    told_twice,
)
from bot.review.answers import Answer, Answers, Ask, Value, Where, reference_others
from bot.review.binding import Frame, Sentence
from bot.review.cues import Lexicon
from bot.review.further import Further
from bot.review.grading import Grading
from bot.review.names import GENERIC, JUDGE, PLACE, Given, Vocabulary
from bot.review.numbers import Spot
from bot.review.quotes import SHORTEST, flat
from bot.review.recount import Book, questions_of
from bot.review.series import SIMPLE
from bot.review.singles import Singles

if TYPE_CHECKING:
    from bot.review.claims import PageReader
    from bot.review.tables import TableReader
    from bot.review.text import Block

PATIENCE = 2000  # statistics of single answers that are worked out for one text, however many numbers it has
# Short words that are told to stand for names: "S = Sonnet", "G1, G2, G3 = Grid #1, …".
DEFINED = re.compile(r"(?<![\w=])((?:[A-Z]{1,4}\d{0,4})(?:\s*,\s*[A-Z]{1,4}\d{0,4})*)\s*=\s*(?=[A-Za-z#`*])")
FEW_IN_A_LIST = 4
MOST_GROUPS = 200  # of numbers that are tried together in one text, however many it has
OVER_BOTH = re.compile(r"\b(?:over|across|for) (?:both|the two) judges,?\s*(?:it is\s+)?$")
# "More than twice the limit (Grid #2 and Grid #3)": no names of what stands behind them.
NO_NAMES = frozenset(
    ["limit", "limits", "gates", "tolerance", "threshold", "margin", "scale", "range", "spread", "order"]
)
IN_MARKS = re.compile(r"[\"“](?P<words>.+)[\"”]", re.DOTALL)  # with what says behind the marks whose answer it is
GIVEN = re.compile(r"\b[Tt]he ([a-z]{5,}) \(?$")


class Matcher:
    """Reads sentences against one book."""

    def __init__(self, book: Book, grading: Grading) -> None:
        self.book = book
        self.grading = grading
        self.answers = Answers(book)
        self.vocabulary = Vocabulary(book)
        self.lexicon = Lexicon(book.declared.metric_label, book.declared.x_name)
        self.own_judges = tuple(j for j in book.judges if any((c, j) in book.cells for c in book.conditions))
        self.targets = reference_others(book)
        self.singles = Singles(book, self.answers, self.own_judges, self.targets)
        self.further = Further(book, self.answers, self.targets)
        self.pair = tuple(j for j in (book.primary, book.alternate) if j) if len(self.own_judges) == 2 else ()
        self.offered: dict[tuple[str, Where], list[list[Answer]]] = {}
        self.patience = PATIENCE
        self.groups_left = MOST_GROUPS
        self.metrics: dict[tuple[Where, bool], Mapping[str, Sequence[Answer]]] = {}  # of each cell that was asked for
        self._sentences: dict[tuple[str, Frame | None, Given], Sentence] = {}
        self._findings: dict[tuple[str, Frame, Given], list[Finding]] = {}

    def begin(self) -> None:
        """Drop what an earlier text taught, and what was worked out for it."""
        self.vocabulary.forget()
        self.offered.clear()
        self.patience = PATIENCE
        self.groups_left = MOST_GROUPS

    def names_given(self, text: str) -> Iterator[tuple[str, str]]:
        """Words that stand in front of a single place as another name of it, or are defined: "G1 = Grid #1"."""
        sentence = self.sentence(text)
        yield from self._defined(text, sentence)
        for mention in sentence.mentions:
            if mention.kind == PLACE and len(mention.ids) == 1 and not mention.every:
                word = GIVEN.search(text[: mention.start])
                if word is not None and self._may_name(word[1].casefold()):
                    yield word[1], mention.ids[0]

    def _defined(self, text: str, sentence: Sentence) -> Iterator[tuple[str, str]]:
        """ "S = Sonnet", "G1, G2 = Grid #1, Grid #2": as many names as there are words before the sign."""
        alone = [m for m in sentence.mentions if len(m.ids) == 1 and not m.every]
        for found in DEFINED.finditer(text):
            words = re.findall(r"\w+", found[1])
            behind = [m for m in alone if m.start >= found.end()][: len(words)]
            at = behind[0].start if behind else -1
            if len(behind) == len(words) and re.fullmatch(r"(?:the )?(?:target )?", text[found.end() : at]):
                yield from ((word, m.ids[0]) for word, m in zip(words, behind, strict=True))

    def _may_name(self, word: str) -> bool:
        """Whether a word can be a name: no metric, and nothing that says how something is ("the failed …")."""
        told = self.lexicon.bases(word) or self.lexicon.parts(word)
        return (
            word not in GENERIC and word not in NO_NAMES and not told and not word.endswith(("ed", "est", "ing", "ly"))
        )

    def questions(self, flat: str) -> list[str]:
        """Questions of the archive that these words (small letters, single spaces) are, or are the start of."""
        head = flat.partition(" … [shortened]")[0].rstrip("… ")
        if flat in self.flat_questions:
            return [self.flat_questions[flat]]
        return [q for f, q in self.flat_questions.items() if head != flat and len(head) > 20 and f.startswith(head)]

    @cached_property
    def all_values(self) -> list[Value]:
        """Every fact but those of single questions."""
        names = (n for n in self.book.facts if "/q" not in n)
        return [v for n in names if (v := self.answers.value(n)) is not None]

    @cached_property
    def flat_questions(self) -> dict[str, str]:
        """The archive's questions by their words in small letters with single spaces between."""
        return {" ".join(q.casefold().split()): q for cell in self.book.cells.values() for q in questions_of(cell)}

    def answer_quoted(self, words: str) -> tuple[str, str] | None:
        """The question and the answer, where these words are an archived answer, or the start of one."""
        marked = IN_MARKS.search(words)
        for text in (words, *([marked["words"]] if marked is not None else [])):
            head = flat(text).partition(" … [shortened]")[0].rstrip("… ")
            if len(head) > SHORTEST and (answer := self._answer_beginning(head)) is not None:
                return answer
        return None

    def _answer_beginning(self, head: str) -> tuple[str, str] | None:
        given = self._answers_given
        return given.get(head) or next((told for text, told in given.items() if text.startswith(head)), None)

    @cached_property
    def _answers_given(self) -> dict[str, tuple[str, str]]:
        verdicts = (v for cell in self.book.cells.values() for v in cell.verdicts if v.completion)
        return {flat(v.completion): (v.question, v.completion) for v in verdicts if v.completion}

    def question_values(self, question: str, where: Where) -> list[Value]:
        """The mean of one question in every bound cell."""
        found = []
        for cell in self.answers.archived(where):
            asked, name = list(questions_of(cell)), f"alpha/{cell.judge}/{cell.condition}"
            if question in asked and (value := self.answers.value(f"{name}/q{asked.index(question)}")):
                found.append(value)
        return found

    def sample_scores(self, question: str, completion: str | None, where: Where, field: str) -> Iterator[Answer]:
        """What the bound judges gave to answers of this question, to the quoted one where it is known."""
        for cell in self.answers.archived(where):
            told = [v for v in cell.verdicts if v.question == question]
            same = [v for v in told if completion is not None and completion in (v.completion, v.reasoning)]
            for verdict in same or told:
                score = verdict.aligned if field == "aligned" else verdict.coherent
                if score is not None:
                    yield Answer(Value(score, f"sample({cell.judge}/{cell.condition}: {verdict.at})", 0))

    def sentence(self, text: str, frame: Frame | None = None) -> Sentence:
        """A sentence ready to be read; the same words in the same surroundings are read once."""
        key = (text, frame, self.vocabulary.given)
        if key not in self._sentences:
            mentions, around = self.vocabulary.find(text), frame or Frame()
            if around.cue == "x" and any(m.kind == JUDGE for m in mentions):
                around = replace(around, cue=None)  # no judge scores a C
            self._sentences[key] = Sentence(text, mentions, around, self.pair)
        return self._sentences[key]

    def table(self, reader: PageReader, block: Block) -> TableReader:
        """A table ready to be read."""
        from bot.review.tables import TableReader  # which reads its cells as this does sentences

        return TableReader(reader, block)

    def read(self, sentence: Sentence) -> list[Finding]:
        """A finding for every number that claims something."""
        key = (sentence.text, sentence.frame, self.vocabulary.given)
        if key not in self._findings:
            self._findings[key] = Reading(self, sentence).findings()
        return self._findings[key]


def _metric(finding: Finding) -> str:
    """What kind of fact a number was found to be: "coherent", "alpha/half"."""
    fact = finding.facts[0] if finding.facts else ""
    parts = fact.split("/")
    return f"{parts[0].removeprefix('reference_')}/{'/'.join(parts[3:])}" if " " not in fact else "worked out"


class Reading(Abreast):
    """One sentence being read."""

    def findings(self) -> list[Finding]:
        """Go through the numbers from left to right."""
        found = []
        for i, spot in enumerate(self.s.spots):
            if i not in self.taken and (finding := self._finding(i, spot)) is not None:
                found.append(finding)
                self.right.update(v.fact for v in finding.values)
        found = self._halves_of_heads(found)
        found = list(self.tallied(self._derived_of(found)))
        if any(f.status in (WRONG, UNMATCHED) for f in found):
            found = self._derived_of(found)  # from what was only now found right
            found = list(self.doubted(found))
        found = [self._in_its_place(self._of_its_list(f, found), found) for f in found]
        found = self.copied(self.together(self.firmly(self.with_intervals(self.in_series(found)))))
        found = self.weighed(found)
        return [*self._each_once(found), *self._all_of_them(), *self.word_ratios()]

    def _halves_of_heads(self, found: Sequence[Finding]) -> list[Finding]:
        """ "86.9 ± 3.7, 82.1 ± 3.1": behind a ± stands what belongs to the very number before it."""
        done: list[Finding] = []
        for finding in found:
            twice = done and sum(f.facts == done[-1].facts for f in found) > 1  # one of them is not what it seems
            done.append(finding if not done or twice else self._half_of_head(done[-1], finding))
        return done

    def _half_of_head(self, head: Finding, finding: Finding) -> Finding:
        beside = self.s.low[head.end : finding.start].strip() == "±" and head.status in (EXACT, ROUNDS)
        halves = [self.m.answers.value(f"{head.facts[0]}/{part}") for part in ("half", "se")] if beside else []
        i, known = self.place_of(finding), [Answer(half) for half in halves if half is not None]
        alone = len(head.facts) == 1 and head.facts[0].startswith("alpha/")
        if not known or not alone or i < 0 or "se" in self.s.low.split():
            return finding
        self.held.add(finding.start)
        return self.judged(self.s.spots[i], known[:1], certain=True) or finding

    def _derived_of(self, found: list[Finding]) -> list[Finding]:
        return [self.derived(self.place_of(f), f, found) if self.place_of(f) >= 0 else f for f in found]

    def _all_of_them(self) -> Iterator[Finding]:
        """ "4 conditions" where there are four: a name for all of them, and a right count."""
        for mention in self.s.mentions:
            counted = re.search(r"\d+", self.s.text[mention.start : mention.end])
            if mention.kind == PLACE and mention.every and counted is not None:
                start, end = mention.start + counted.start(), mention.start + counted.end()
                yield Finding(start, end, EXACT, counted.group(), ("conditions",))

    def _each_once(self, found: list[Finding]) -> list[Finding]:
        """In a list of as many numbers as an unnamed group has members, no member stands twice."""
        for run in {tuple(run) for run in self.s.runs.values() if len(run) > 1}:
            mine = [f for f in found if f.start in {self.s.spots[i].start for i in run} and f.status in (EXACT, ROUNDS)]
            members = self._members(run, {fact for f in mine for fact in f.facts})
            twice = [
                f for f in mine if sum(f.facts == other.facts for other in mine) > self._may_stand(f, run, members)
            ]
            if twice and members:
                expected = ", ".join(expected_text(self.s.spots[run[0]], a) for a in members)
                whole = told_twice(twice[0], twice[-1], expected, facts_behind(members))
                found = [f for f in found if f not in twice] + [whole]
        return found

    def _of_its_list(self, finding: Finding, found: Sequence[Finding]) -> Finding:
        """ "Opus goes lower: 72.54, 69.94, 46.53 and 43.66": what stands in a list is of the metric of all the rest."""
        i = self.place_of(finding)
        run = self.s.runs.get(i, [i])
        if len(run) < FEW_IN_A_LIST or finding.status not in (EXACT, ROUNDS) or not finding.facts:
            return finding
        starts = {self.s.spots[j].start for j in run}
        rest = {_metric(f) for f in found if f.start in starts and f is not finding and f.status in (EXACT, ROUNDS)}
        inquiry = self.inquiries.get(i)
        plain = len(rest) == 1 and rest <= {"alpha/", "coherent/", "gap/"}
        if not plain or rest == {_metric(finding)} or " " in finding.facts[0] or inquiry is None or not inquiry.asks:
            return finding
        offered = [a for ask in inquiry.asks for a in self.m.answers.singles(ask, self.where(i, inquiry))]
        return self.judged(self.s.spots[i], offered, certain=True) or finding

    def _in_its_place(self, finding: Finding, found: Sequence[Finding]) -> Finding:
        """ "Opus gives 72.5, 43.7, 37.4 and 43.7", of four conditions in order: the same one does not stand twice."""
        i = self.place_of(finding)
        run = self.s.runs.get(i, [i])
        bound = [self.s.bind(j, PLACE).ids for j in run]
        inquiry, own = self.inquiries.get(i), self.s.bind(i, PLACE).ids
        one_each = len(run) > 2 and all(len(ids) == 1 for ids in bound) and len(set(bound)) == len(run)
        twice = sum(f.facts == finding.facts for f in found) > 1
        if not (one_each and twice) or inquiry is None or any(own[0] in fact.split("/") for fact in finding.facts):
            return finding
        plain = SIMPLE.fullmatch(finding.facts[0]) if finding.facts else None
        asks = [Ask(plain["base"])] if plain and plain["base"] in ("alpha", "coherent") and not plain["part"] else []
        offered = [a for ask in asks or inquiry.asks for a in self.m.answers.singles(ask, self.where(i, inquiry))]
        return self.judged(self.s.spots[i], offered, certain=True) or finding

    def over_both_judges(self, i: int, spot: Spot) -> Finding | None:
        """ "With Sonnet it is 45–68, with Opus 69–87, and over both judges 45–87"."""
        told = OVER_BOTH.search(self.s.text[: spot.start].casefold()) is not None
        known = self.inquiries.get(i - 1)
        if not told or not spot.is_range or known is None or known.asks[:1] != [Ask("alpha")]:
            return None
        self.held.add(spot.start)
        whole = Where(self.m.book.conditions, self.m.own_judges)
        return self.judged(spot, list(self.m.answers.ranges(Ask("alpha"), whole)), certain=True)

    def _members(self, run: Sequence[int], facts: Collection[str]) -> list[Answer]:
        """What an unnamed group has of the metric that `facts` are, where it has as many members as a list numbers."""
        inquiry = self.inquiries.get(run[0])
        for ask in inquiry.asks if inquiry is not None else ():
            members = list(self.m.answers.singles(ask, self.where(run[0], inquiry)))
            meant = any(fact in facts for a in members for fact in a.facts)
            if meant and len(members) == len(run) == len({a.facts for a in members}):
                return members
        return []

    def _may_stand(self, finding: Finding, run: Sequence[int], members: Sequence[Answer]) -> int:
        """How many members of a group a number may stand for: "4, 1, 30 and 4" is right where two of them are 4."""
        spot = next(self.s.spots[i] for i in run if self.s.spots[i].start == finding.start)
        return max(1, sum(status_of(spot, a) is not None for a in members))

    def _finding(self, i: int, spot: Spot) -> Finding | None:
        for special in (
            self.sample,
            self.scale,
            self.level,
            self.of_gate,
            self.worded,
            self.detectable,
            self.uncheckable,
            self.of_two,
            self.each_times,
            self.all_cells,
            self.over_both_judges,
            self.confidence_rule,
            self.coherent_enough,
            self.of_zero,
            self.deduction,
            self.counted_at,
            self.limit,
        ):
            finding = special(i, spot)
            if finding is not None:
                return finding if finding.status else None
        inquiry = self.inquire(i, spot)
        self.inquiries[i] = inquiry
        if not inquiry.asks:
            return None
        if spot.operator is not None and not self.is_extreme(spot) and not self.is_domain(spot):
            return self.compare(i, spot, inquiry)
        return self.match(i, spot, inquiry)
