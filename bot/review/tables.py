"""Numbers in tables: the heads of row and column say of which condition, judge and metric they are."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from bot.review import cues
from bot.review.agreeing import EXACT, UNMATCHED, WRONG, Finding
from bot.review.answers import OVER_COHERENCE, Answer, Ask, Value, Where
from bot.review.binding import Bound, Frame, Sentence
from bot.review.matching import Reading
from bot.review.names import JUDGE, PLACE, Mention
from bot.review.numbers import JUDGE_CHAR, PLACE_CHAR, Spot
from bot.review.otherwise import ask_of
from bot.review.quotes import HIDDEN
from bot.review.recount import HIGH, questions_of
from bot.review.scope import Inquiry
from bot.review.singles import thresholds
from bot.review.slips import loosened
from bot.review.special import LEVEL
from bot.review.text import LONGEST, Block, Text, sentences
from bot.review.voting import Entry, fits_one, voted, ways_of

if TYPE_CHECKING:
    from bot.review.claims import Claim, PageReader

OTHER_SIDE = re.compile(r"^(?:from|vs\.?|versus|against|reference|compared (?:to|with)|relative to|minus|other)\b")
PROSE_WORDS = 5
LEVEL_LABEL = re.compile(r"\s*95\s?%\s*(?:clustered\s+|confidence\s+)*(?:ci|c\.i\.|interval|limit|bound)")
NEIGHBOURS = 20  # columns on the left that one may take its judge or its metric over from
PLANS = re.compile(
    r"^(?:hypothes[ie]s|falsified if|what differs|differs|change[sd]?|cost|if it (?:works|fails)|plan|next)\b"
)
WORDS = re.compile(r"[^\W\d_]{2,}")
KEPT_HEAD = re.compile(r"(?:≥|>=|\bat least|\bover|\babove)\s*\d|\bonly\b|\bfilter|\bkept\b")
BY_QUESTION = re.compile(r"\bquestions?\b")
BY_BOTH = re.compile(r"\b(?:scored|judged|rated) by both\b|\bboth judges\b|\bshared\b")
NAME_LIKE = {"valid", "judge", "errors", "error", "failed", "the", "winner", "points", "mean"}


ONE_MINUS_OTHER = re.compile(rf"{JUDGE_CHAR}+\s*(?:minus|[−–-])\s*{JUDGE_CHAR}+")
BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


class Head(NamedTuple):
    """What the head of a column, or the label of a row, says."""

    text: str
    places: tuple[str, ...]
    judges: tuple[str, ...]
    bases: tuple[str, ...]
    part: str | None
    sliced: tuple[str, ...] = ()
    oriented: tuple[str, str] | None = None
    of: tuple[str, ...] = ()


@dataclass
class TableReader:
    """One table."""

    reader: PageReader
    block: Block
    heads: list[Head] = field(default_factory=list)
    told: list[_Told] = field(default_factory=list)
    above: Head | None = None

    def __post_init__(self) -> None:
        """Read the heads first."""
        self.matcher = self.reader.matcher
        self.around = self.reader.surroundings()
        self.heads = [self._head(cell.plain[:LONGEST]) for cell in self.block.rows[0]]
        if self.heads[:1] and any(head.part == "points_off" for head in self.heads[1:]):
            self.heads[0] = self.heads[0]._replace(part=None)  # "| Deduction | Points |"

        left: tuple[str, ...] = ()  # metrics of the nearest head on the left that names any
        for k, head in enumerate(list(self.heads)):
            of_x = head.bases == ("diff",) and left[:1] == ("x",) and self._is_small(k)
            if of_x and self._is_only_against(self.matcher.sentence(head.text)):
                self.heads[k] = head._replace(bases=("x", "diff"))  # "| C | vs target |"
            left = self.heads[k].bases or left
        self.has_columns_of_judges = sum(1 for head in self.heads if head.judges and not head.bases) > 1

    def _is_small(self, k: int) -> bool:
        """Whether no number of a column reaches 1, as no difference in x does where α's reach tens."""
        cells = [row[k].plain.strip() for row in self.block.rows[1:] if k < len(row)]
        return all(BELOW_ONE.match(cell) or not cell[-1:].isdigit() for cell in cells)

    @property
    def oriented(self) -> tuple[str, str] | None:
        """ "Judges side by side (Opus minus Sonnet)" above a table: which judge is taken from which."""
        told = self.around.judges.ids
        return (told[0], told[1]) if len(told) == 2 and ONE_MINUS_OTHER.search(self.around.words) else None

    @cached_property
    def is_of_gates(self) -> bool:
        """Whether a column tells limits, and another one what came of them."""
        texts = [head.text.strip().casefold() for head in self.heads]
        limits = any(head.part == "limit" for head in self.heads)
        counts = any(pattern.search(text) for text in texts for _, pattern in GATE_COUNTS)
        return limits and (counts or any(OUTCOME.search(text) for text in texts))

    def claims(self) -> Iterator[Claim]:
        """Cell by cell, row by row."""
        for cell in self.block.rows[0]:
            yield from self._in_head(cell)
        for row in self._filled():
            yield from self._row(row)
        yield from self._told_claims()

    def _told_claims(self) -> Iterator[Claim]:
        """Claims of all cells; where a column or a row names no metric, its numbers may tell which one it is of."""
        for groups in (lambda told: told.column, lambda told: told.row) if len(self.told) <= MOST_CELLS else ():
            for group in _grouped(self.told, groups):
                self._vote(group)
                self._unlike(group)
                self._misread(group)
        for told in self.told:
            told.finding = loosened(told.finding) if told.is_share_of_something_else else told.finding
            claim = self.reader.claim(told.text, told.finding, quoted=self.reader.is_declared(told.text.plain))
            yield claim.as_planned() if told.planned else claim

    def _vote(self, group: Sequence[_Told]) -> None:
        """Take what a whole column, or row, fits."""
        entries = [told.entry for told in group]
        few = sum(entry.is_doubtful for entry in entries) < len(entries) / 2
        if few or not all(told.label.is_nameless(told.k) for told in group):
            return
        ways = [told.label.ways(told.column[0], told.entry) for told in group]
        better = {id(entry): finding for entry, finding in voted(entries, ways)}
        for told, entry in zip(group, entries, strict=True):
            told.finding = better.get(id(entry), told.finding)

    def _misread(self, group: Sequence[_Told]) -> None:
        """A column, or a row, all wrong of what its head names and all right of one other metric of the same judge.

        Either the head is wrong or this reader has misread it: nobody is accused, and a person should look.
        """
        if len(group) < FEWEST_MISREAD or any(told.finding.status != WRONG for told in group):
            return
        entries = [told.entry for told in group]
        self._by_the_other_judge(group, entries)
        plain = all(told.label.names_one_metric(told.k) for told in group)
        doubted = not plain and all(told.finding.status == WRONG for told in group)
        if doubted and fits_one(entries, [t.label.ways(t.k, e) for t, e in zip(group, entries, strict=True)]):
            for told in group:
                told.finding = loosened(told.finding)

    def _by_the_other_judge(self, group: Sequence[_Told], entries: Sequence[Entry]) -> None:
        """ "| α Opus | minus target (Sonnet) |": the judge named beside a reference is the one who scored that."""
        ways = [told.label.against_a_reference(told.k, e) for told, e in zip(group, entries, strict=True)]
        better = {id(entry): finding for entry, finding in voted(entries, ways)}
        for told, entry in zip(group, entries, strict=True):
            told.finding = better.get(id(entry), told.finding)

    def _unlike(self, group: Sequence[_Told]) -> None:
        """A column, or a row, of which nothing fits and everything is of another kind: counts, where scores should be.

        Its head speaks of something that this reader does not know.
        """
        if all(told.finding.status in (WRONG, UNMATCHED) and told.is_of_another_kind for told in group):
            for told in group:
                told.finding = loosened(told.finding)

    def _filled(self) -> Iterator[list[Text]]:
        """Rows; one whose first cell is empty, or a ditto mark, goes on with what heads the row above."""
        above: list[Text] = []
        for row in self.block.rows[1:]:
            empty = next((k for k, cell in enumerate(row) if cell.plain.strip() not in DITTO), 0)
            if 0 < empty < len(above) and self._is_name(row[empty]):
                yield [*above[:empty], *row[empty:]]
                continue
            above = list(row)
            yield list(row)

    def _is_name(self, text: Text) -> bool:
        """Whether a cell names a judge or a condition, so that an empty one before it is no missing value."""
        sentence = self.matcher.sentence(text.plain[:LONGEST])
        return bool(sentence.mentions) and not sentence.spots

    def _in_head(self, cell: Text) -> Iterator[Claim]:
        """Definitions in a head: "95 % interval", "coherent ≥ 50", "all failed at 0"."""
        reading = Reading(self.matcher, self.matcher.sentence(cell.plain))
        bounds = any(part.kind == "bound" for part in reading.parts)
        for i, spot in enumerate(reading.s.spots):
            if bounds and not spot.is_range:
                yield self.reader.claim(cell, _end_of_scale(reading, i, spot))
                continue
            for special in (reading.level, reading.coherent_enough, reading.scale):
                if (finding := special(i, spot)) is not None:
                    yield self.reader.claim(cell, finding)
                    break

    # Heads.

    def _head(self, text: str) -> Head:
        sentence = self.matcher.sentence(text)
        bare = BRACKETS.sub(_blank, sentence.hidden)
        # "Gap (95 % interval)" is a gap: what stands in brackets is told of it.
        aside = len(_of_the_head(sentence)) < len(sentence.mentions)
        hidden = bare if aside or self._says_a_metric(bare) else sentence.hidden
        value, margin, _ = hidden.partition("±")
        if margin and self._says_a_metric(value):  # "α ± half-width" is a column of α
            hidden = value
        low = hidden.lower().strip().replace("_", " ")
        bases = tuple(dict.fromkeys(c.kind for c in self.matcher.lexicon.bases(hidden)))
        parts = self.matcher.lexicon.parts(hidden.replace("_", " "))
        judges = tuple(dict.fromkeys(j for m in _of_the_head(sentence) if m.kind == JUDGE for j in m.ids))
        before = {m: sentence.low[: m.start] for m in sentence.mentions if m.kind == PLACE}
        compared = [m for m, words in before.items() if SHARE_OF.search(words) or OF_ALONE.fullmatch(words.strip())]
        matched = [m for m in sentence.mentions if m.kind == PLACE and MATCH_TO.search(sentence.low[: m.start])]
        taken = _taken_from(sentence)  # "PAIR #111 − Grid #1"
        compared += [taken] if taken is not None else []
        own = [m for m in sentence.mentions if m.kind == PLACE and not m.every and m not in [*compared, *matched]]
        places = tuple(dict.fromkeys(p for m in own for p in m.ids))
        of = tuple(dict.fromkeys(p for m in compared for p in m.ids))
        initial = re.search(r"(?:^|[_\s(])([A-Z])\)?$", text.strip())
        if not judges and initial is not None:
            judges = tuple(j for letter, j in self.matcher.vocabulary.initials.items() if letter == initial[1])
        sliced = self._sliced(text, sentence)
        oriented = self._oriented(text, sentence)
        part = _plain_part(low) or (parts[-1].kind if parts else None)
        if part == "error_rate" and bases and SHARE_HEAD.search(low):
            part = None  # "share of the EM's C"
        if any(p.kind == "bound" for p in parts):
            part, bases = _which_bound(sentence), ()
        elif part in BOUND_OF and self.around.bounds and EITHER_END.fullmatch(low):
            part, bases = BOUND_OF[part], ()
        bases = (*bases, "diff") if taken is not None and not {"diff", "x"} & {*bases} else bases
        score = judges or bases in (("alpha",), ("x",)) or self._is_only_against(sentence)
        taken_off = self._taken_off(sentence)
        of = of or taken_off
        if taken_off or ("diff" not in bases and score and places and not of and self._takes_from(sentence)):
            bases = (*(b for b in bases if b != "alpha"), "diff")
        return Head(text, places, sliced or (() if oriented else judges), bases, part, sliced, oriented, of)

    def _is_only_against(self, sentence: Sentence) -> bool:
        """ "vs PAIR #98", "minus null (Sonnet)": a head of nothing but a reference, and a word that sets it against."""
        told = ONLY_AGAINST.fullmatch(BRACKETS.sub("", sentence.low).strip(" |*"))
        return told is not None and {p for m in sentence.mentions for p in m.ids} <= {
            *self.matcher.book.references, *self.matcher.book.judges
        }  # fmt: skip

    def _takes_from(self, sentence: Sentence) -> bool:
        """ "S minus EM": a difference from a condition or a reference."""
        first = next(m for m in sentence.mentions if m.kind == PLACE)
        return FROM_PLACE.search(sentence.low[: first.start]) is not None

    def _taken_off(self, sentence: Sentence) -> tuple[str, ...]:
        """ "Sonnet α − 28.21", "α − 88.82 (95 %)": the reference whose α is taken off, the target first."""
        matcher = self.matcher
        taken = [s for s in sentence.spots if FROM_PLACE.search(sentence.low[: s.start]) or s.low.sign == "-"]
        for place in (*matcher.targets, *matcher.book.references) if taken else ():
            values = matcher.answers.values(Ask("alpha"), Where((place,), matcher.book.judges))
            if any(abs(abs(s.low.value) - v.value) < LITTLE for s in taken for v in values):
                return (place,)
        return ()

    def _says_a_metric(self, hidden: str) -> bool:
        lexicon = self.matcher.lexicon
        return bool(lexicon.bases(hidden) or lexicon.parts(hidden) or _plain_part(hidden.lower().strip()))

    def _sliced(self, text: str, sentence: Sentence) -> tuple[str, ...]:
        """ "errors S/O", "Sonnet / Opus": the judges that numbers between slashes belong to, in order."""
        named = [m for m in sentence.mentions if m.kind == JUDGE and len(m.ids) == 1]
        if len(named) > 1 and all("/" in sentence.hidden[a.end : b.start] for a, b in pairwise(named)):
            return tuple(m.ids[0] for m in named)
        initials = re.search(r"(?<![^\W_])([^\W_](?:\s*/\s*[^\W_])+)(?!\w)", text)
        return self._by_initials(re.split(r"\s*/\s*", initials[1])) if initials else ()

    def _oriented(self, text: str, sentence: Sentence) -> tuple[str, str] | None:
        """ "Gap S − O": which judge is taken from which."""
        named = [m for m in sentence.mentions if m.kind == JUDGE and len(m.ids) == 1]
        if len(named) == 2 and re.fullmatch(
            r"['’s\s]*(?:α)?\s*(?:−|–|-|minus)\s*(?:α)?\s*", sentence.hidden[named[0].end : named[1].start]
        ):
            return named[0].ids[0], named[1].ids[0]
        initials = re.search(r"(?<!\w)(\w)\s*[−–-]\s*(\w)(?!\w)", text)
        pair = self._by_initials([initials[1], initials[2]]) if initials else ()
        return (pair[0], pair[1]) if len(pair) == 2 else None

    def _by_initials(self, letters: Sequence[str]) -> tuple[str, ...]:
        found = []
        labels = self.matcher.book.declared.judge_labels
        for letter in letters:
            fitting = [j for j in self.matcher.book.judges if labels.get(j, j)[:1].casefold() == letter.casefold()]
            if len(fitting) != 1:
                return ()
            found.append(fitting[0])
        return tuple(found)

    # Rows.

    def _row(self, row: Sequence[Text]) -> Iterator[Claim]:
        cells = [self.matcher.sentence(cell.plain[:LONGEST]) for cell in row]
        labels = [k for k, cell in enumerate(cells) if self._is_label(k, cell)]
        planned = PLANS.match(row[0].plain.casefold()) is not None
        label = self.row(row, cells, labels)
        label.above, self.above = self.above, label.own
        for k, cell in enumerate(cells):
            if k in labels and cell.spots and BESIDE_NAME.search(row[k].plain):
                yield from self._prose(k, row[k], label)
            if k in labels or k >= len(self.heads) or not cell.spots or self._is_question(row[k]):
                continue
            if self._is_prose(k, cell) and not label.is_level:
                claims = self._prose(k, row[k], label)
                yield from (claim.as_planned() if planned else claim for claim in claims)
            else:
                for finding in label.findings(k):
                    self.told.append(_Told(row[k], finding, label, k, planned))

    def _is_question(self, text: Text) -> bool:
        """Whether a cell quotes a question of the archive: the numbers in it are the question's own."""
        flat = _flat(HIDDEN.sub("", text.plain))
        return len(flat) > 20 and bool(self.matcher.questions(flat))

    def row(self, row: Sequence[Text], cells: Sequence[Sentence], labels: Sequence[int]) -> _Row:
        """A row with what its labels say."""
        return _Row(self, row, cells, labels)

    def _is_label(self, k: int, cell: Sentence) -> bool:
        if not cell.spots:
            return True
        named = LEVEL_LABEL.match(cell.low) is not None  # "95 % CI" heads its row, and is no value
        if k == 0 and len(self.heads) > 1 and THRESHOLD_LABEL.fullmatch(cell.low.strip()):
            return True
        return k == 0 and bool(WORDS.search(cell.low) or cell.mentions) and (named or not self._is_value(cell))

    def _is_value(self, cell: Sentence) -> bool:
        return cell.spots[0].start < 3

    def _is_prose(self, k: int, cell: Sentence) -> bool:
        """Whether a cell is told in words: many, or a few in a column that names no metric, judge or condition."""
        words = [w for w in WORDS.findall(cell.low) if w not in NAME_LIKE]
        head = self.heads[k]
        wordy = not head.bases and not head.judges and not head.places and head.part in (None, "value")
        return (
            len(cell.text) == LONGEST
            or len(words) >= PROSE_WORDS
            or (len(words) >= 2 and any(s.operator for s in cell.spots))
            or (wordy and len(words) >= 1)
        )

    def _prose(self, k: int, text: Text, label: _Row) -> Iterator[Claim]:
        frame = label.frame(k)
        for part in sentences(text):
            sentence = self.matcher.sentence(part.plain, frame)
            yield from self.reader.read(part, sentence)


@dataclass(slots=True)
class _Told:
    """What came of one number in a cell."""

    text: Text
    finding: Finding
    label: _Row
    k: int
    planned: bool

    @property
    def place(self) -> int:
        """Which number of its cell it is."""
        return next((i for i, s in enumerate(self.label.cells[self.k].spots) if s.start == self.finding.start), -1)

    @property
    def column(self) -> tuple[int, int]:
        """The column, and which number of a cell."""
        return self.k, self.place

    @property
    def row(self) -> tuple[int, int]:
        """The row, and which number of a cell."""
        return id(self.label), self.place

    @property
    def _facts(self) -> list[Value]:
        """What it was held against."""
        return self.label.table.matcher.answers.values_of(self.finding.facts)

    @property
    def is_of_another_kind(self) -> bool:
        """Whether a number is no value of its fact, however wrong: whole for a score, or many times a count."""
        number, facts = self.label.cells[self.k].spots[self.place].low, self._facts
        whole = not number.places and bool(facts) and "%" not in self.finding.expected
        return whole and all(f.places > 0 or not _is_of_like_size(number.value, f.value) for f in facts)

    @property
    def is_share_of_something_else(self) -> bool:
        """ "| 202 (4.9 %) |": a percentage, where nothing but counts or gaps were found to hold it against."""
        if self.finding.status != WRONG or self.place < 0 or not self.label.cells[self.k].spots[self.place].percent:
            return False
        facts = self._facts
        scores = any(value.fact.startswith(("alpha/", "reference/", "coherent/")) for value in facts)
        return bool(facts) and not scores and not any(value.percent for value in facts)

    @property
    def entry(self) -> Entry:
        """As the numbers of its column vote."""
        cell = self.label.cells[self.k]
        reading, spot = Reading(self.label.table.matcher, cell), cell.spots[self.place]
        if "%" in self.label.table.heads[self.k].text:
            spot = replace(spot, percent=True)
        return Entry(spot, self.label.where(self.k), self.finding, reading)


def _is_of_like_size(count: float, other: float) -> bool:
    return min(abs(count), abs(other)) * MANY_TIMES >= max(abs(count), abs(other))


def _paired_told(finding: Finding | None) -> Ask | None:
    """ "−28.73 [−31.76, −25.70]": the interval is that of the paired gap."""
    told = ask_of(finding.facts[0]) if finding is not None and finding.facts else None
    return told if told is not None and told.base == "gap_paired" and not told.part else None


def _grouped(told: Sequence[_Told], key: Callable[[_Told], tuple[int, int]]) -> list[list[_Told]]:
    groups: dict[tuple[int, int], list[_Told]] = {}
    for one in told:
        if one.place >= 0 and one.label.cells[one.k].spots[one.place].operator is None:
            groups.setdefault(key(one), []).append(one)
    return [group for group in groups.values() if len(group) > 1]


def _of_the_head(sentence: Sentence) -> list[Mention]:
    """ "Opus (target as scored by Sonnet)": the judge that stands outside of brackets, where one does."""
    spans = [match.span() for match in BRACKETS.finditer(sentence.hidden)]
    outside = [m for m in sentence.mentions if not any(a < m.start < b for a, b in spans)]
    return outside if any(m.kind == JUDGE for m in outside) else list(sentence.mentions)


def _taken_from(sentence: Sentence) -> Mention | None:
    """ "PAIR #111 − Grid #1", "Grid #1 minus Grid #2": the second of two places with a minus between them."""
    places = [m for m in sentence.mentions if m.kind == PLACE]
    alone = len(places) == 2 and all(len(m.ids) == 1 for m in places)
    minus = alone and re.fullmatch(r"\s*(?:[−–-]|minus)\s*(?:the\s+)?", sentence.low[places[0].end : places[1].start])
    return places[1] if minus else None


def _plain_part(low: str) -> str | None:
    """Heads that name a count, a limit or a bound with one word."""
    for part, pattern in HEAD_WORDS:
        if re.search(pattern, low):
            return part
    return None


def _end_of_scale(reading: Reading, i: int, spot: Spot) -> Finding:
    """Failed judgements are counted at 0, or at 100, and at nothing else."""
    several = len(reading.s.spots) > 1
    allowed = ((0.0,) if i == 0 else (100.0,)) if several else (0.0, 100.0)
    right = spot.low.value in allowed
    return reading.found(
        spot, EXACT if right else WRONG, " or ".join(f"{a:g}" for a in allowed), ("scale/low", "scale/high")
    )


def _which_bound(sentence: Sentence) -> str:
    """ "all failed at 0" is the lower bound."""
    values = [spot.low.value for spot in sentence.spots if not spot.is_range]
    if len(values) == 2:
        return "bounds"
    return {0.0: "bound_low", 100.0: "bound_high"}.get(values[0], "bound") if values else "bound"


LOW_WORDS, HIGH_WORDS = r"(?:low(?:er)?|lo|min(?:imum)?|left)", r"(?:high(?:er)?|hi|upp?(?:er)?|max(?:imum)?|right)"
OF_ALPHA_HEAD = r"(?:(?:α|alpha|alignment|score)[\s,_]+)?"  # "α low"
CI_WORDS = r"(?:(?:95\s?%\s*)?(?:ci|confidence interval|interval|bound|limit|end)s?)"
# "% of the EM's C": what stands behind it is what is compared with.
SHARE_OF = re.compile(
    r"(?:%|\bper ?cent|\bpercentage|\bshare|\bfraction|\brelative)\s+(?:of|to)\s+(?:that\s+of\s+)?(?:the\s+)?$"
)
# "Match to the finetune, C": what C is by itself, and no column of the finetune.
MATCH_TO = re.compile(
    r"\b(?:match|match(?:es|ing)|close(?:ness)?|similar(?:ity)?|likeness|overlap|fit|resemblance)\s+(?:to|with)\s+"
    r"(?:that\s+of\s+)?(?:the\s+)?$"
)
OF_ALONE = re.compile(r"(?:as\s+)?(?:%\s+)?of(?:\s+(?:the|its))?")  # a column headed "Of target"
RANK_HEAD = re.compile(r"\brank(?:ed)?\b(?!.*\b(?:correlation|lowest|ascending)\b)")
GAP_OF_DISTANCE = re.compile(r"\bgap\b[^|]*(?:%|\bper ?cent|\bshare|\bfraction) of\b[^|]*\bdistance\b")
SHARE_HEAD = re.compile(r"%\s*of\b|\b(?:share|percent(?:age)?|per cent) of\b")
OF_TWO_JUDGES = ("gap", "gap_paired", "coherent_gap", "kept_gap")
AVERAGED = ("alpha", "gap", "coherent_gap", "coherent", "x")
SCORED = ("x", "alpha", "coherent")
FROM_PLACE = re.compile(r"(?:\bminus|[−–]|\babove|\bover|\bbelow|\bvs\.?|\bversus|\bagainst|\bfrom)\s+(?:the\s+)?$")
BELOW_ONE = re.compile(r"[+−-]?0?\.\d")
ONLY_AGAINST = re.compile(rf"(?:vs\.?|versus|against|minus|[−–]|over|above|below)\s+(?:the\s+)?{PLACE_CHAR}+")
BELOW_HEAD = re.compile(r"\bbelow\b|\bshort of\b")
EACH_JUDGE = re.compile(r"\b(?:per|by|for|from) (?:each )?judge\b|\beach judge\b")
OVER_GATE = re.compile(
    r"\b(?:over|above|beyond|past|excess (?:of|over)) (?:the )?(?:declared |gap |judge[- ]gap )?(?:gate|limit)\b"
)
TIMES_GATE = re.compile(
    r"(?:\btimes|×|÷|/|\bdivided by|\bmultiples? of|\bratio (?:to|of gap to)|\brelative to|\bin units of)"
    r"\s+(?:the )?(?:declared )?(?:gate|limit)\b"
)
MEAN_HEAD = re.compile(r"^(?:(?:simple|overall|unweighted|the) )*(?:mean|average|avg\.?)\b(?: of (?:the |all )*\w+)?$")
TOTAL_HEAD = re.compile(
    r"^(?:both|total|sum|all|together|overall|Σ)"
    r"(?: (?:both )?(?:judges|failed|failures|errors|conditions|cells|prompts|missing))?$"
)
PERCENT_HEAD = re.compile(r"(?<!95)(?<!95 )%|\bper ?cent|\brates?\b|\bshare\b")
EITHER_END = re.compile(rf"(?:{LOW_WORDS}|{HIGH_WORDS})(?:\s+(?:end|limit|α|alpha))?")
BOUND_OF = {"ci_low": "bound_low", "ci_high": "bound_high"}
OVER_ITS_COHERENCE = re.compile(r"^(?:α|alpha)\s*(?:[−–-]|minus)\s*(?:mean )?coherence\b")
OF_CELL = (
    (
        "sum",
        re.compile(
            r"^(?:raw |total )?sum (?:of )?(?:(?:all|the|its|valid|aligned|alignment|judge) )*(?:scores?|points|α)?$"
        ),
    ),
    ("panel/detectable", re.compile(r"^told with|\bdetectable\b|\bsmallest (?:distance|difference|effect)\b")),
    ("panel/distance", re.compile(r"^distance seen\b")),
    ("panel/power", re.compile(r"^(?:observed |achieved )?power\b")),
)
# A table of gates: what its rows are about, and what its columns count.
GATES_TOLD = (
    ("judge_error_rate_max", re.compile(r"\b(?:errors?|failures?|failed|missing|unjudged)\b")),
    ("judge_gap_max", re.compile(r"\b(?:gaps?|disagree\w*|apart|between (?:the )?judges)\b")),
)
GATE_COUNTS = (
    ("places", re.compile(r"^(?:places|(?:cells|conditions|places) checked|checked(?: (?:in|on))?|checks|cases)$")),
    ("breached", re.compile(r"^(?:breach\w*|broken|violat\w*|exceeded)(?: (?:in|on|by|places|cells|conditions))?$")),
    ("passed", re.compile(r"^(?:pass(?:ed|es)|within)(?: (?:in|on|places|cells|conditions))?$")),
)
OUTCOME = re.compile(r"^(?:results?|outcome|status|verdict|met\??|holds\??|passed\??|worst(?: (?:case|cell|value))?)$")
FILTERED = re.compile(r"\bcoheren\w*|\bfilter\w*|\bkept\b|\bkeep\w*")
OFF_WITH_SIGN = re.compile(r"^\s*[-−–]\d")
# "| PAIR #111 (C = 0.6945) | 67.80 |": told of the row, and of none of its cells.
BESIDE_NAME = re.compile(r"\((?:[^()\d]{1,20}?)[\s=:]\s*[−-]?\d{1,3}\.\d{1,6}\)|,\s*C\s*[=:]?\s*0\.\d{1,6}\s*$")
# "| ≤ 15 | 202 (4.9 %) |", "| 50 or more | … |": what the rest of a row is counted by.
THRESHOLD_LABEL = re.compile(
    r"(?:scores?\s+)?(?:[≤≥<>]=?|=|exactly|at (?:least|most)|below|above|under|over)\s*\d+(?:\.\d+)?"
    r"|\d+(?:\.\d+)?\s+(?:or|and)\s+(?:below|above|less|more|lower|higher|under|over|up)"
)
FEWEST_MISREAD = 3  # numbers of a column, so that no exchange of two is taken for another metric
SHORT_HEAD = 80  # characters of a head that may set a threshold
MOST_CELLS = 300  # of a larger table each number stands for itself
DEDUCTED = re.compile(r"[-−–]\d")
GRADED = re.compile(r"^\W*(?:confidence|deductions?|grade)\b")
NUMBER_HEAD = re.compile(r"\(\s*n\s*\)")  # "α at coherence ≥ 50 (n)"
MANY_TIMES = 3  # as many times more or less is another thing that is counted
LITTLE = 0.005
TIMES_CELL = re.compile(r"\s*(?:×|x\b|times\b)")
OF_THE_WAY = re.compile(
    r"\b(?:share|part|much|fraction|%) of the (?:way|distance)\b|\bway (?:covered|done)\b|\bcovered by\b|\bhow far\b"
)
SAME_SHARE = re.compile(r"\s*(?:the )?same,? (?:share|for|by|in)\b")
BY_METRIC = re.compile(r"\s*(?:by|in|for) ")
IS_A_RULE = re.compile(r"(?:the )?(?:declared )?(?:gates?|rules?|limits?)$")
DITTO = ("", '"', "″", "〃", "''")
BOUNDS = ("bound", "bound_low", "bound_high")
OF_DESIGN = ("design_effect", "effective_n")
OF_ALPHA = ("bound", "bound_low", "bound_high", "questions", "seeds", "judgements", "naive_se", "se_ratio")
HEAD_WORDS = (
    ("half", r"^±|^\+\s?/?\s?[-−]"),
    ("ci_low", rf"^{OF_ALPHA_HEAD}(?:{CI_WORDS}[_\s]*\(?{LOW_WORDS}\)?|{LOW_WORDS}[_\s]*{CI_WORDS}?|2\.5\s?%)$"),
    ("ci_high", rf"^{OF_ALPHA_HEAD}(?:{CI_WORDS}[_\s]*\(?{HIGH_WORDS}\)?|{HIGH_WORDS}[_\s]*{CI_WORDS}?|97\.5\s?%)$"),
    ("spearman", r"^spearman\b"),
    ("krippendorff", r"^krippendorff\b"),
    ("correlation", r"^(?:r|ρ|pearson(?:'s r)?|correlation)$"),
    ("seed_sd", r"^(?:standard deviation|sd)$"),
    ("limit", r"^(?:limit|allowed|tolerance|allows|threshold)\b|\bdeclared limit\b"),
    ("points_off", r"^points?(?: off)?$|^deductions?$"),
    (
        "error_rate",
        r"\b(?:error|failure) rate\b|\bshare\b|%\s*(?:failed|unjudged|missing)"
        r"|(?:failed|failures|unjudged|errors|missing|lost),?\s*\(?%",
    ),
    (
        "judgements",
        r"^(?:of|out of|total|judgements|judged|completions)"
        r"(?: (?:per|by|for|from) (?:each )?(?:judge|condition|prompt|cell))?$",
    ),
    ("errors", r"\berrors?\b|\bfailed\b|\bfailures\b|\bunjudged\b|\bmissing\b"),
    ("n", r"^(?:valid\s+)?n\b|^valid\b|^samples\b|^labelled$"),
    ("questions", r"^questions$|^clusters$|^g$"),
    ("seeds", r"^seeds$"),
    ("value", r"^(?:value|measured|result|observed)$"),
)


@dataclass
class _Row:
    """A row with what its labels say."""

    table: TableReader
    texts: Sequence[Text]
    cells: Sequence[Sentence]
    labels: Sequence[int]
    above: Head | None = None  # what the labels of the row above say

    @cached_property
    def own(self) -> Head:
        """The labels read as one head."""
        kept = [k for k in self.labels if k < len(self.table.heads) and not self._is_other(k)]
        first = min((k for k in range(len(self.cells)) if k not in self.labels), default=len(self.cells))
        told = {k: BESIDE_NAME.sub("", self.texts[k].plain) for k in kept}
        whole = self.table._head(" | ".join(told.values()))
        left = self.table._head(" | ".join(text for k, text in told.items() if k < first))
        # Words behind the numbers ("Welch on clustered errors") name no metric of theirs.
        return left._replace(places=left.places or whole.places, judges=left.judges or whole.judges)

    @property
    def is_level(self) -> bool:
        """ "Intervals | 95 %, clustered by question"."""
        return re.match(r"\s*(?:confidence )?intervals?\b", self.own.text.casefold()) is not None

    def frame(self, k: int) -> Frame:
        """What a cell that is told in words takes over from its row."""
        where, head = self._where(k, None), self.table.heads[k].text.casefold()
        named_places, named_judges = bool(self.own.places), bool(self.own.judges)
        cue = (
            "rule"
            if re.search(r"\brules?\b|\bcriteri|\bthreshold", head)
            or IS_A_RULE.match(self.own.text.strip(" |").casefold())
            else self._base_on_the_left(k) or self.table.around.cue
        )
        if k and GRADED.search(self.cells[0].low):
            cue = "confidence"  # "| Confidence | LOW: one seed −1; … |"
        return Frame(
            Bound(where.judges, True) if named_judges else self.table.around.judges,
            Bound(where.places, True) if named_places else self.table.around.places,
            self.others, cue,
        )  # fmt: skip

    @cached_property
    def others(self) -> tuple[str, ...]:
        """Places that the row compares with: in a column headed "from", "vs" …"""
        found = [p for k in self.labels if self._is_other(k) for p in self.table._head(self.texts[k].plain).places]
        return tuple(dict.fromkeys(found))

    @cached_property
    def gate(self) -> str | None:
        """The gate that the row speaks of."""
        names = self.table.matcher.book.declared.gates
        written = next((t.plain for t in self.texts if t.plain in names), None)
        return written or (self._gate_told() if self.table.is_of_gates else None)

    def _gate_told(self) -> str | None:
        """ "gap between judges", "judge error rate": the gate that a row of a table of gates is about."""
        label = " ".join(self.texts[k].plain for k in self.labels[:1]).casefold()
        told = next((gate for gate, pattern in GATES_TOLD if pattern.search(label)), None)
        return told if told is not None and not self.own.places and len(self.own.judges) != 1 else None

    @cached_property
    def question(self) -> str | None:
        """The question that the row speaks of, as the archive has it."""
        flat = {_flat(text.plain) for text in self.texts}
        return next((q for f in flat if len(f) > 8 for q in self.table.matcher.questions(f)), None)

    def _is_other(self, k: int) -> bool:
        return (
            0 < k < len(self.table.heads) and OTHER_SIDE.match(self.table.heads[k].text.strip().casefold()) is not None
        )

    def findings(self, k: int) -> Iterator[Finding]:
        """What came of each number in column `k`."""
        cell = self.cells[k]
        slices = [m.start() for m in re.finditer("/", cell.hidden)]
        bounds = self.table.heads[k].part == "bounds"
        judges = self._slice_judges(k, len(slices) + 1) if slices and not bounds else ()
        previous: Ask | None = None
        for i, spot in enumerate(cell.spots):
            judge = judges[sum(at < spot.start for at in slices)] if judges else None
            finding, previous = self._finding(k, i, spot, judge, previous)
            if finding is not None:
                yield finding

    def _slice_judges(self, k: int, count: int) -> tuple[str, ...]:
        head = self.table.heads[k]
        sliced = head.sliced or self.own.sliced
        if len(sliced) == count:
            return sliced
        own = self.table.matcher.own_judges
        return own if len(own) == count and not head.judges else ()

    def _finding(
        self, k: int, i: int, spot: Spot, judge: str | None, previous: Ask | None
    ) -> tuple[Finding | None, Ask | None]:
        reading = Reading(self.table.matcher, self.cells[k])
        for special in (reading.level, reading.uncheckable, reading.deduction):
            if (special_finding := special(i, spot)) is not None:
                return special_finding, previous
        share = reading.of_two(i, spot)
        if share is not None and share.status != WRONG:
            return share, previous
        if spot.percent and not spot.is_range and self.is_level:
            right = spot.low.value == LEVEL
            return reading.found(spot, EXACT if right else WRONG, "95 %", ("interval/level",)), previous
        where = self._where(k, judge)
        if self._is_points_off(k):
            return self._points_off(reading, spot, k), previous
        if self.gate is not None and (counted := self._gate_counted(reading, k, spot)) is not None:
            return counted, previous
        if self.gate is not None and self.table.heads[k].part in ("limit", "value"):
            return self._gate_value(reading, k, spot, where), previous
        if declared := self._of_limit(k, spot, where):
            return reading.judged(spot, declared, certain=True), previous
        return self._measured_so(reading, k, i, where, previous)

    def _measured_so(
        self, reading: Reading, k: int, i: int, where: Where, previous: Ask | None
    ) -> tuple[Finding | None, Ask | None]:
        """By what the heads of column and row ask for, or else by what the words around may speak of."""
        spot = self.cells[k].spots[i]
        asks, certain = self._asks(k, i, spot, previous)
        answers = [a for ask in asks for a in self._answers(reading, k, spot, ask, where)]
        if not certain:
            loose = (
                reading.loosely(i, spot, [where], Inquiry([], False)) if reading.hit(spot, answers) is None else None
            )
            if loose is not None:
                return loose, previous
        finding = reading.judged(spot, answers, certain=certain)
        if finding is not None and finding.status == WRONG and self._is_of_percent(k, spot, answers):
            spot.percent = True
            finding = reading.judged(spot, answers, certain=certain)
        if finding is not None and finding.status in (WRONG, UNMATCHED) and not self._is_margin(k, i, previous):
            finding = self._doubted(reading, k, spot, where) or finding
        return finding, _paired_told(finding) or (asks[0] if asks and not asks[0].part else previous)

    def _is_margin(self, k: int, i: int, previous: Ask | None) -> bool:
        """Whether it stands behind the ± of a value that is known."""
        before = self.cells[k].low[: self.cells[k].spots[i].start]
        return previous is not None and before.rstrip().endswith("±")

    def _is_of_percent(self, k: int, spot: Spot, answers: Sequence[Answer]) -> bool:
        """ "Failed, %", "error rate" above cells without a sign: 0.4 means 0.4 %."""
        head = f"{self.table.heads[k].text} {self.own.text}".casefold()
        return not spot.percent and PERCENT_HEAD.search(head) is not None and any(a.low.percent for a in answers)

    def _doubted(self, reading: Reading, k: int, spot: Spot, where: Where) -> Finding | None:
        """What else the words around a cell may speak of."""
        if self.question is not None and spot.low.places:
            return None  # the mean of that very question, and of the judge of its column
        words, said = self._words(k), self._said(k)
        said = said or (("diff",) if self.others else ())  # a row of what lies between two
        sliced = "/" in self.cells[k].hidden  # "30 / 7" is no part of a whole
        part = None if sliced else reading.of_part_and_whole(reading.s.spots.index(spot), spot, where)
        another = part or reading.another_of(spot, where, words, said)
        another = None if another is not None and self._is_of_another_column(k, another) else another
        return another or (
            reading.single_of(spot, where, words) if spot.percent or not said or self._counts_by(k) else None
        )

    def _counts_by(self, k: int) -> bool:
        """ "| scores ≤ 28.21 | 470 | 44 |": whether the row, or the column, counts by a threshold."""
        heads = (head.text.casefold() for head in (self.table.heads[k], self.own))
        told = (thresholds(text) for text in heads if len(text) < SHORT_HEAD)
        return not self.cells[k].spots[0].low.places and any(told)

    def _is_of_another_column(self, k: int, finding: Finding) -> bool:
        """ "| α | α with failures at 0 / 100 |": where bounds have a column of their own, α is none."""
        ends = {fact.rpartition("/")[2] for fact in finding.facts} & {"bound_low", "bound_high", "ci_low", "ci_high"}
        kinds = {end.partition("_")[0] for end in ends}
        parts = [(head.part or "").partition("_")[0].removesuffix("s") for head in self.table.heads]
        return bool(kinds & {*parts}) and parts[k] not in kinds and self.table.heads[k].bases == ("alpha",)

    def _of_limit(self, k: int, spot: Spot, where: Where) -> list[Answer]:
        """A column, or a row, of the declared limit, or of how far it is exceeded."""
        limit = self.table.matcher.answers.value("gate/judge_gap_max/limit")
        if spot.is_range or limit is None:
            return []
        limits = "limit" in (self.table.heads[k].part, self.own.part)
        if self.gate is None and limits and limit.percent == spot.percent:
            return [Answer(limit)]
        for text in (self.table.heads[k].text.casefold(), self.own.text.casefold()):
            for part, pattern in (("over", OVER_GATE), ("times", TIMES_GATE)):
                if pattern.search(text) is not None:
                    found = list(self.table.matcher.answers.singles(Ask("gap_limit", part), where))
                    return [_mean_of(found)] if found and self._is_headed(k, MEAN_HEAD) else found
        return []

    def _is_total_of_failures(self, k: int, spot: Spot) -> bool:
        """ "Failed judgements" above a table with a column "both", or a row "total"."""
        carried = (self.table.around.cue or "").partition(" ")[0] == "errors"
        return carried and not (spot.low.places or spot.percent) and self._is_headed(k, TOTAL_HEAD)

    def _is_headed(self, k: int, pattern: re.Pattern[str]) -> bool:
        """Whether the column, or the row, is headed so."""
        return any(pattern.match(head.text.strip(" |").casefold()) for head in (self.table.heads[k], self.own))

    def _words(self, k: int) -> str:
        """What is said of a column: its head, the labels of the row, and what leads to the table."""
        return f"{self.table.heads[k].text} {self.own.text} {self.table.around.words}".casefold()

    def _said(self, k: int) -> tuple[str, ...]:
        """The metrics that head a column, or its row."""
        base, part = self._base(k), self._part(k)
        return tuple(said for said in (base, part) if said is not None)

    def names_one_metric(self, k: int) -> bool:
        """Whether the head of the column alone names a metric, and one only: "Sonnet coherence"."""
        head = self.table.heads[k]
        return len({*head.bases, head.part} - {None}) == 1 and not (self.own.bases or self.own.part)

    def is_nameless(self, k: int) -> bool:
        """Whether neither the column nor the row names a metric."""
        named = {*self.table.heads[k].bases, *self.own.bases} - {"errors", "diff"}
        return not named and self.own.part is None

    def where(self, k: int) -> Where:
        """Where a cell belongs that is of no judge by its place in a list."""
        return self._where(k, None)

    def ways(self, k: int, entry: Entry) -> dict[str, list[Answer]]:
        """What each metric is in a cell, by all its judges and by each of them."""
        matcher, where = self.table.matcher, entry.where
        found = self._ways_by(entry, where.judges)
        words = f"{self._words(k)} both questions"  # a column of its own leaves little to chance
        for n, answer in enumerate(a for kind in matcher.singles.told(words, where) for a in kind):
            found[f"single {n}"] = [answer]
        return found

    def _ways_by(self, entry: Entry, judges: Sequence[str]) -> dict[str, list[Answer]]:
        matcher, found = self.table.matcher, dict[str, list[Answer]]()
        for judge in judges:
            one = replace(entry.where, judges=(judge,))
            told = ways_of(matcher.answers, matcher.book, one, is_range=entry.spot.is_range)
            found |= {f"{name}@{judge}": answers for name, answers in told.items()}
        return found

    def against_a_reference(self, k: int, entry: Entry) -> dict[str, list[Answer]]:
        """What lies between a cell and the reference in its head, by each judge, where it names who scored that."""
        if not self._names_who_scored(k):
            return {}
        ways = self._ways_by(entry, self.table.matcher.own_judges)
        return {name: answers for name, answers in ways.items() if name.startswith("diff/")}

    def _names_who_scored(self, k: int) -> bool:
        """ "minus target (Sonnet)": whether the judge in a head may be the one who alone scored the reference there."""
        head, book = self.table.heads[k], self.table.matcher.book
        scored = {judge for place in (*head.of, *head.places) for judge in book.judges_of(place)}
        return len(head.judges) == 1 and scored == {*head.judges}

    # Where a cell belongs.

    def _where(self, k: int, judge: str | None) -> Where:
        head, around, matcher = self.table.heads[k], self.table.around, self.table.matcher
        own = self.own
        places = own.places or head.places
        if own.places and head.places and set(own.places) != set(head.places):
            places = own.places
        judges = (judge,) if judge else head.judges or own.judges or around.judges.ids
        if self._is_distance_of_columns(k):
            places, compared = head.places, own.places  # a row "above the target by" below columns of conditions
            return Where(places, judges or matcher.own_judges, compared)
        if self._is_distance_of_a_section(k):
            return Where(around.places.ids, judges or matcher.own_judges, own.places)
        others = self.others or self._compared_in(k) or own.of or around.others or matcher.targets
        if not judges and k > 0 and self._takes_over(k) and not TOTAL_HEAD.match(head.text.strip().casefold()):
            judges = self._judges_on_the_left(k)
        around_places = () if self._is_of_all else around.places.ids
        return Where(places or around_places or matcher.book.conditions, judges or matcher.own_judges, others)

    def _compared_in(self, k: int) -> tuple[str, ...]:
        """What a head compares with; "95 % interval" what the head on its left does: "α − null (88.82)"."""
        head = self.table.heads[k]
        of = head.of or (head.places if self.own.places and not self.own.of else ())
        goes_on = k > 0 and not of and not head.bases and head.part in ("ci", "half")
        return self._compared_in(k - 1) if goes_on else of

    @cached_property
    def _is_of_all(self) -> bool:
        """ "| the four of #164 | 45.46–67.80 |": whether the label names all conditions."""
        named = (m for k in self.labels for m in self.cells[k].mentions if m.kind == PLACE)
        return any(m.every and not (m.others or m.nth) for m in named)

    def _is_distance_of_columns(self, k: int) -> bool:
        references, head, own = {*self.table.matcher.book.references}, self.table.heads[k], self.own
        told = bool(own.bases) and bool(own.places) and {*own.places} <= references
        return told and bool(head.places) and not {*head.places} & references

    def _is_distance_of_a_section(self, k: int) -> bool:
        """A row "above the target" of a table below the heading "Grid #1", whose columns are judges."""
        around, references = self.table.around.places.ids, {*self.table.matcher.book.references}
        told = "diff" in self.own.bases and bool(self.own.places) and {*self.own.places} <= references
        return told and not self.table.heads[k].places and len(around) == 1 and not {*around} & references

    def _judges_on_the_left(self, k: int) -> tuple[str, ...]:
        for j in range(k - 1, max(-1, k - NEIGHBOURS), -1):
            told = self.table.heads[j].judges and not self._names_who_scored(j)
            if told or not self._takes_over(j):
                return self.table.heads[j].judges
        return ()

    def _takes_over(self, k: int) -> bool:
        """Whether a column speaks of the one on its left: an interval, a ±, a count of failures beside a score."""
        head = self.table.heads[k]
        return not head.bases or head.bases == ("errors",) or head.part is not None

    # What a cell is.

    def _asks(self, k: int, i: int, spot: Spot, previous: Ask | None) -> tuple[list[Ask], bool]:
        cell, before = self.cells[k], self.cells[k].low[: spot.start]
        if i and re.search(r"±\s?$", before) and previous is not None:
            return [previous._replace(part="half")], True
        if i and spot.is_range and previous is not None:
            return [previous._replace(part="ci")], True
        kept = previous is not None and previous.base == "coherent_only"
        in_brackets = kept and before.rstrip().endswith("(") and NUMBER_HEAD.search(self.table.heads[k].text)
        if i and previous is not None and (in_brackets or re.search(r"\bn\s*[=:]?\s*$", before)):
            return [previous._replace(part="n")], True
        if i and re.search(r"\bof\s*$", before):
            return [Ask("alpha", "judgements")], True
        if self.question is not None:
            return [Ask("question")], True
        if (headed := self._named_by_head(k)) is not None:
            return [headed], True
        base, part = self._base(k), self._part(k)
        if part == "ci" and self._is_before_a_range(k, i):  # "−19.08 [−22.01, −16.15]" under "Gap, 95 % CI"
            base, part = base or (self._headed() if self.table.heads[k].judges else None), None
        if (known := self._share(k, spot, base, part) or self._failure_class(k, spot)) is not None:
            return [known], True
        if cues.NOUN["errors"].match(cell.low, spot.end) and not spot.percent:
            part = "errors"
        return self._of(base, part, k, spot)

    def _named_by_head(self, k: int) -> Ask | None:
        """What a head in words of its own names: "α − coherence", "Raw sum", "Power"."""
        head = self.table.heads[k].text.casefold()
        if OVER_ITS_COHERENCE.search(head):
            return Ask("mean", OVER_COHERENCE) if self._is_headed(k, MEAN_HEAD) else Ask(OVER_COHERENCE)
        told = next((fact for fact, pattern in OF_CELL if pattern.search(head)), None)
        return None if told is None else Ask("alpha", "sum") if told == "sum" else Ask("of cell", told)

    def _headed(self) -> str:
        """What columns of judges are of: coherence, where the heading says so."""
        return "coherent" if self.table.around.cue == "coherent" else "alpha"

    def _is_before_a_range(self, k: int, i: int) -> bool:
        spots = self.cells[k].spots
        return i == 0 and len(spots) == 2 and not spots[0].is_range and spots[1].is_range

    def _of_counts(self, base: str | None, part: str | None, k: int, spot: Spot) -> list[Ask] | None:
        """A total of failures, or a number of scores."""
        if base is None and part in (None, "judgements") and self._is_total_of_failures(k, spot):
            return [Ask("together:errors")]
        if base in ("alpha", None) and part is None and _is_large_count(spot):
            kept = [Ask("coherent_only", "n")] if FILTERED.search(self._words(k)) else []
            return [*kept, Ask("alpha", "n"), Ask("alpha", "judgements"), Ask("gap_paired", "n"), Ask("sum:n")]
        return None

    def _share(self, k: int, spot: Spot, base: str | None, part: str | None) -> Ask | None:
        """ "% of the EM's α", "77.4 %" under "C": a part of what another one has; α itself may be told as "67.80 %"."""
        if part in (None, "value") and base in (*SCORED, None) and TIMES_CELL.match(self.cells[k].low, spot.end):
            return Ask("ratio", base or "alpha")  # "2.40 ×" under "α relative to target"
        if spot.percent and part in (None, "error_rate") and self._is_of_the_way(k):
            return Ask("way", "x" if "x" in self.table.heads[k].bases else "alpha")
        heads = f"{self.table.heads[k].text} {self.own.text}".casefold()
        if RANK_HEAD.search(heads) and not (spot.low.places or spot.percent or spot.is_range):
            return Ask("rank", "x" if base == "x" else "coherent" if base == "coherent" else "alpha")
        if GAP_OF_DISTANCE.search(heads) and not spot.is_range:
            return Ask("gap_share")
        told = SHARE_HEAD.search(heads) is not None
        alone = base is None and spot.percent and bool(self.table.heads[k].of)  # "240 %" under "Of target"
        if (
            spot.is_range
            or part not in (None, "value")
            or not (alone or (base == "x" and spot.percent) or (base in SCORED and told))
        ):
            return None
        spot.percent = True
        return Ask("share", base or "alpha")

    def _is_of_the_way(self, k: int) -> bool:
        """ "Share of the way from null to target, α", and "same share, C" beside it."""
        head, left = (self.table.heads[j].text.casefold() for j in (k, k - 1))
        same = k > 0 and SAME_SHARE.match(head) is not None and OF_THE_WAY.search(left) is not None
        by_metric = BY_METRIC.match(head) is not None and OF_THE_WAY.search(self.table.around.words) is not None
        return OF_THE_WAY.search(head) is not None or same or by_metric

    def _failure_class(self, k: int, spot: Spot) -> Ask | None:
        """ "4 error, 2 null": how judgements failed."""
        word = re.match(r"\s+(\w+)", self.cells[k].text[spot.end :])
        known = word is not None and word[1] in self.table.matcher.answers.failure_classes
        return Ask("alpha", f"failed/{word[1]}") if known and word is not None else None

    def _of(self, base: str | None, part: str | None, k: int, spot: Spot) -> tuple[list[Ask], bool]:
        if (counted := self._of_counts(base, part, k, spot)) is not None:
            return counted, True
        if part is None and base is None:
            return self._guess(k, spot)
        if part in ("spearman", "krippendorff"):
            return [Ask("agreement", part)], True
        if part == "bounds":
            return [Ask("alpha", self._bound(k, spot))], True
        if part == "judgements" and EACH_JUDGE.search(
            self.own.text.casefold() + " " + self.table.heads[k].text.casefold()
        ):
            return [Ask("sum:judgements")], True
        if part in ("errors", "error_rate") or base == "errors":
            return [self._failures(part, spot, k)], True
        return self._measured(base, part, k, spot), True

    def _failures(self, part: str | None, spot: Spot, k: int) -> Ask:
        if part == "judgements":
            return Ask("alpha", "judgements")
        if not spot.percent and part != "error_rate" and self._is_headed(k, TOTAL_HEAD):
            return Ask("together:errors")
        if self._is_headed(k, TOTAL_HEAD):
            return Ask("together:error_rate")
        return Ask("alpha", "error_rate" if spot.percent or part == "error_rate" else "errors")

    def _bound(self, k: int, spot: Spot) -> str:
        """Under "all failed at 0 / 100" the first of two is the lower bound."""
        if spot.is_range:
            return "bound"
        return "bound_low" if "/" not in self.cells[k].hidden[: spot.start] else "bound_high"

    def _measured(self, base: str | None, part: str | None, k: int, spot: Spot) -> list[Ask]:
        if part in ("ci_low", "ci_high", "ci", "half", "se", "n", "correlation") and base is None:
            base = self._headed() if self.table.heads[k].judges else self._base_on_the_left(k) or "alpha"
            base = "alpha" if part == "n" and base in ("coherent", "x", "coherent_only") else base
            base = "gap" if part == "half" and self._goes_on_about_a_gap(k) else base
        if part == "n" and BY_BOTH.search(self.table.heads[k].text.casefold()):
            return [Ask("gap_paired", "n")]
        if part == "correlation" and BY_QUESTION.search(self.table.heads[k].text.casefold()):
            return [Ask("gap", "correlation")]
        if part in OF_ALPHA or part in OF_DESIGN:
            of_gap = part in BOUNDS and "gap" in (base, self._base_on_the_left(k)) and not self.own.judges
            base = "gap" if of_gap else "alpha"
        if base == "apart":
            base = "diff" if self.others or len(self.own.places) > 1 else "gap"
        part = None if part in ("value", "limit", "points_off") else part
        if part is None and base in AVERAGED and not spot.is_range and self._is_headed(k, MEAN_HEAD):
            return [Ask("mean", base)]
        compares = self.others or self.own.of or self.table.heads[k].of
        if base == "diff" and not compares and part is None and self._has_both_judges():
            return [Ask("gap"), Ask("diff")]
        asks = [Ask(base or "alpha", part or "")]
        if spot.is_range and part is None:
            asks = [Ask(base or "alpha", "ci"), Ask(base or "alpha", "bound"), *asks]
        return asks

    def _goes_on_about_a_gap(self, k: int) -> bool:
        """ "| ± | 2.93 | 2.60 |" below a row of gaps."""
        alone = self.own.text.strip(" |") == "±" and not self.table.heads[k].bases
        return alone and self.above is not None and self.above.bases[-1:] == ("gap",)

    def _has_both_judges(self) -> bool:
        """Whether columns of two judges stand in the table, so that a difference is one between them."""
        return len({j for head in self.table.heads for j in head.judges}) > 1

    def _base(self, k: int) -> str | None:
        """The metric that the column's head names, else the row's label."""
        head, own = self.table.heads[k], self.own
        corner = () if head.part or own.part else self._corner.bases
        for bases in (head.bases, own.bases, corner):
            if "gap_paired" in bases or {"gap", "paired"} <= set(bases):
                return "gap_paired"
            kept = ["gap" if b == "diff" and (head.oriented or own.oriented) else b for b in bases if b != "mean"]
            if "coherent_only" in kept:
                return "kept_gap" if "gap" in kept else "coherent_only"
            if {"coherent", "gap"} <= set(kept):
                return "kept_gap" if KEPT_HEAD.search(f"{head.text} {own.text}".casefold()) else "coherent_gap"
            if {"x", "diff"} <= set(kept):
                return "x_diff"
            if (
                kept == ["gap"]
                and self.table.has_columns_of_judges
                and self.table.around.cue in ("coherent", "coherent_only")
            ):
                return "coherent_gap" if self.table.around.cue == "coherent" else "kept_gap"
            if kept:
                return next((b for b in kept if b != "alpha"), kept[0])
        return None

    def _part(self, k: int) -> str | None:
        head, own = self.table.heads[k], self.own
        if head.part is not None and not (head.part == "value" and own.part in ("seeds", "questions")):
            return head.part
        told = own.part if own.part not in ("limit", "value") else None
        return None if head.bases else told or (self._corner.part if not own.bases else None)

    @property
    def _corner(self) -> Head:
        """The head above the labels, where it says what all cells are: "Failed judgements | PAIR #111 | Grid #1"."""
        first = self.table.heads[0]
        known = 0 in self.labels and len(self.table.heads) > 1 and not first.places
        return first if known and (first.bases or first.part) else Head("", (), (), (), None)

    def _base_on_the_left(self, k: int) -> str | None:
        for j in reversed(range(max(0, k - NEIGHBOURS), k)):
            head = self.table.heads[j]
            if head.part in ("spearman", "krippendorff"):
                return "agreement"
            kept = [b for b in head.bases if b != "mean"]
            if "coherent_only" in kept:
                return "coherent_only"
            if kept and kept[-1] != "errors":
                return next((b for b in kept if b != "alpha"), kept[0])
        return None

    def _guess(self, k: int, spot: Spot) -> tuple[list[Ask], bool]:
        """A head without a metric: a judge alone heads α, or what the heading above names."""
        head, around = self.table.heads[k], self.table.around
        carried = (around.cue or "").split()[0] if around.cue and around.cue.split() else None
        if self.others and carried in (None, "diff", "alpha"):
            return [Ask("diff")], True
        if carried == "diff" and around.others and spot.low.sign:
            return [Ask("diff")], True  # "Distance to the target:" above a column of "+39.59"
        if head.judges or self.own.judges or (head.places and self.own.places == ()):
            base = carried if carried in ("coherent", "gap", "x", "coherent_only") and head.judges else "alpha"
            if carried == "errors" and not spot.low.places:
                return [self._failures("errors", spot, k)], True
            return [Ask(base)], True
        return [Ask(carried if carried in ("coherent", "gap", "x", "diff") else "alpha")], False

    def _answers(self, reading: Reading, k: int, spot: Spot, ask: Ask, where: Where) -> list[Answer]:
        if ask.base == "question":
            return [Answer(v) for v in reading.m.question_values(self.question or "", where)]
        if spot.is_range:
            found = list(reading.m.answers.ranges(ask, where))
        else:
            found = list(reading.m.answers.singles(ask, where))
        if ask.base in OF_TWO_JUDGES and ask.part in ("", "ci", "bound"):
            return [self._turned(k, answer) for answer in found]
        if ask.base in ("diff", "x_diff") and not ask.part:
            return [side for answer in found for side in self._either_side(k, answer._replace(signless=False))]
        return found

    def _either_side(self, k: int, answer: Answer) -> list[Answer]:
        """A difference with its sign, and under "below the target's C by" as a plain distance."""
        below = BELOW_HEAD.search(self.table.heads[k].text.casefold()) is not None and answer.high is None
        low = answer.low
        return [answer, Answer(low._replace(value=-low.value))] if below and low.value < 0 else [answer]

    def _turned(self, k: int, answer: Answer) -> Answer:
        """A gap with the sign that the head asks for; unsigned only where no cell of the column has a sign."""
        oriented, book = (
            self.table.heads[k].oriented or self.own.oriented or self.table.oriented,
            self.table.matcher.book,
        )
        signless = answer.signless and oriented is None and not self._column_is_signed(k)
        if oriented is not None and oriented == (book.alternate, book.primary):
            low = answer.low._replace(value=-answer.low.value)
            high = answer.high._replace(value=-answer.high.value) if answer.high else None
            return Answer(high or low, low if high else None, signless)
        return answer._replace(signless=signless)

    def _column_is_signed(self, k: int) -> bool:
        rows = self.table.block.rows[1:]
        cells = [row[k].plain for row in rows if k < len(row) and row is not self.texts]
        cells += [text.plain for text in self.texts] if not self.table.heads[k].bases else []
        return any(re.search(r"(?<![\w.])[-−–]\d", cell) for cell in cells)

    # Gates and deductions.

    def _gate_counted(self, reading: Reading, k: int, spot: Spot) -> Finding | None:
        """On how many places a gate was checked, breached or passed."""
        text = self.table.heads[k].text.strip().casefold()
        part = next((part for part, pattern in GATE_COUNTS if pattern.search(text)), None)
        if part is None or spot.is_range or spot.percent or self.gate is None:
            return None
        return reading.judged(spot, [Answer(reading.gate_count(self.gate, part))], certain=True)

    def _gate_value(self, reading: Reading, k: int, spot: Spot, where: Where) -> Finding | None:
        if self.table.heads[k].part == "limit":
            return reading.judged(
                spot, list(reading.m.answers.singles(Ask("fact", f"gate/{self.gate}/limit"), where)), certain=True
            )
        part = {"judge_error_rate_max": "error_rate", "min_seeds": "seeds", "min_questions": "questions"}.get(
            self.gate or ""
        )
        ask = Ask("alpha", part) if part else Ask("gap")
        found = list(reading.m.answers.singles(ask, where))
        return reading.judged(spot, [self._turned(k, a) for a in found] if not part else found, certain=True)

    def _is_points_off(self, k: int) -> bool:
        return self.table.heads[k].part == "points_off" or self._is_below_the_confidence(k)

    def _is_below_the_confidence(self, k: int) -> bool:
        """ "| Confidence | LOW |", and below it "| – one seed | −1 |"."""
        from bot.review.special import DOMAINS

        label, cell = self.texts[0].plain.casefold(), self.cells[k]
        told = any(re.search(pattern, label) for _, pattern in DOMAINS) and DEDUCTED.fullmatch(cell.low.strip())
        firsts = (row[0].plain.casefold().strip() for row in self.table.block.rows if row)
        return bool(told) and k > 0 and any(GRADED.match(first) for first in firsts)

    def _points_off(self, reading: Reading, spot: Spot, k: int) -> Finding:
        from bot.review.special import DOMAINS

        labels = [text.plain.casefold() for text in (self.texts[0], *(self.texts[j] for j in self.labels[:1]))]
        named = [d for label in labels for d in reading.m.grading.deductions if d == label]
        told = [d for label in labels for d, pattern in DOMAINS if re.search(pattern, label)]
        domain = next(iter([*named, *told]), "")
        points = -reading.m.grading.deductions.get(domain, 0)
        column = [cell.plain for row in self.table.block.rows[1:] for cell in (*row[k : k + 1], *row[-1:])]
        signed = any(OFF_WITH_SIGN.search(text) for text in column)
        right = spot.low.value == points or (not signed and not spot.low.sign and spot.low.value == -points)
        value = Value(points, f"confidence/{domain.replace(' ', '_')}", 0)
        return reading.found(spot, EXACT if right else WRONG, f"−{-points}", (value.fact,))


def _is_large_count(spot: Spot) -> bool:
    """ "1,036" under "Scores": more than any score, so that scores were counted."""
    whole = not (spot.is_range or spot.percent or spot.low.places or spot.low.sign)
    return whole and spot.low.value > HIGH


def _mean_of(answers: Sequence[Answer]) -> Answer:
    values = [answer.low for answer in answers]
    mean = math.fsum(v.value for v in values) / len(values)
    return Answer(Value(mean, f"mean({', '.join(v.fact for v in values)})", values[0].places), signless=True)


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())


__all__ = ["TableReader", "questions_of"]
