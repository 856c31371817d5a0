"""Every number of a sentence held against what the archive says of the condition, judge and metric it is bound to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from bot.review.agreeing import EXACT, ROUNDS, UNMATCHED, WRONG, Finding, expected_text, facts_behind, status_of
from bot.review.answers import Answer, Answers, Value, Where, reference_others
from bot.review.binding import Frame, Sentence
from bot.review.cues import Lexicon
from bot.review.doubting import Doubting
from bot.review.further import Further
from bot.review.grading import Grading
from bot.review.names import GENERIC, PLACE, Vocabulary
from bot.review.numbers import Spot
from bot.review.recount import Book, questions_of
from bot.review.singles import Singles

if TYPE_CHECKING:
    from bot.review.claims import PageReader
    from bot.review.tables import TableReader
    from bot.review.text import Block

PATIENCE = 2000  # statistics of single answers that are worked out for one text, however many numbers it has
# Short words that are told to stand for names: "S = Sonnet", "G1, G2, G3 = Grid #1, …".
DEFINED = re.compile(r"(?<![\w=])((?:[A-Z]{1,4}\d{0,4})(?:\s*,\s*[A-Z]{1,4}\d{0,4})*)\s*=\s*(?=[A-Za-z#`*])")
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
        self._sentences: dict[tuple[str, Frame | None], Sentence] = {}
        self._findings: dict[tuple[str, Frame], list[Finding]] = {}

    def begin(self) -> None:
        """Drop what an earlier text taught, and what was worked out for it."""
        self.forget_names()
        self.offered.clear()
        self.patience = PATIENCE

    def forget_names(self) -> None:
        """Drop what an earlier text taught, and what was read with it."""
        if self.vocabulary.taught or self.vocabulary.letters:
            self.vocabulary.forget()
            self._sentences.clear()
            self._findings.clear()

    def learn_name(self, word: str, place: str) -> None:
        """Take over another name of a place."""
        self.vocabulary.learn(word, place)
        self._sentences.clear()
        self._findings.clear()

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
        return word not in GENERIC and not told and not word.endswith(("ed", "est", "ing", "ly"))

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
        key = (text, frame)
        if key not in self._sentences:
            self._sentences[key] = Sentence(text, self.vocabulary.find(text), frame or Frame(), self.pair)
        return self._sentences[key]

    def table(self, reader: PageReader, block: Block) -> TableReader:
        """A table ready to be read."""
        from bot.review.tables import TableReader  # which reads its cells as this does sentences

        return TableReader(reader, block)

    def read(self, sentence: Sentence) -> list[Finding]:
        """A finding for every number that claims something."""
        key = (sentence.text, sentence.frame)
        if key not in self._findings:
            self._findings[key] = Reading(self, sentence).findings()
        return self._findings[key]


class Reading(Doubting):
    """One sentence being read."""

    def findings(self) -> list[Finding]:
        """Go through the numbers from left to right."""
        found = []
        for i, spot in enumerate(self.s.spots):
            if i not in self.taken and (finding := self._finding(i, spot)) is not None:
                found.append(finding)
                self.right.update(v.fact for v in finding.values)
        found = list(self.tallied(self._derived_of(found)))
        if any(f.status in (WRONG, UNMATCHED) for f in found):
            found = self._derived_of(found)  # from what was only now found right
            found = list(self.doubted(found))
        return [*self._each_once(found), *self._all_of_them(), *self.word_ratios()]

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
        """In a list of as many numbers as an unnamed group has members, no member stands twice.

        Which of two equal numbers is the wrong one nobody can tell, so they are one finding.
        """
        for run in {tuple(run) for run in self.s.runs.values() if len(run) > 1}:
            members = self._members(run)
            mine = [f for f in found if f.start in {self.s.spots[i].start for i in run} and f.status in (EXACT, ROUNDS)]
            mine = [f for f in mine if not any(fact.startswith("count(") for fact in f.facts)]
            twice = [
                f for f in mine if sum(f.facts == other.facts for other in mine) > self._may_stand(f, run, members)
            ]
            if twice and members:
                expected = ", ".join(expected_text(self.s.spots[run[0]], a) for a in members)
                whole = Finding(
                    twice[0].start, twice[-1].end, WRONG, expected, facts_behind(members), "one of them stands twice"
                )
                found = [f for f in found if f not in twice] + [whole]
        return found

    def _members(self, run: Sequence[int]) -> list[Answer]:
        """What an unnamed group has, where it has as many members as a list has numbers."""
        inquiry = self.inquiries.get(run[0])
        if inquiry is None or not inquiry.asks:
            return []
        members = list(self.m.answers.singles(inquiry.asks[0], self.where(run[0], inquiry)))
        return members if len(members) == len(run) == len({a.facts for a in members}) else []

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
            self.confidence_rule,
            self.coherent_enough,
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
