"""All claims of a page: every number, in prose and in tables, with what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from bot.review.agreeing import EXACT, ROUNDS, Finding
from bot.review.answers import Value
from bot.review.binding import NOTHING, Bound, Frame, Sentence
from bot.review.matching import Matcher
from bot.review.names import JUDGE, PLACE
from bot.review.numbers import JUDGE_CHAR
from bot.review.quotes import HIDDEN, Quoted, Quotes
from bot.review.tallying import rules_of
from bot.review.text import LONGEST, Block, Page, Text, sentences

AT_ENDS = re.compile(r"\bfail\w*\b[^.;]{0,30}\b(?:at|as)\s+(?:0|zero|100)\b", re.IGNORECASE)
TITLE = re.compile(r"\s*(?:\(?[^()]*\)\s*)?[.:]?\s*")
LEADS = re.compile(r"\s*(?:\([^()]*\)\s*)?[:—–]")
NUMBERED = re.compile(r"(?:[A-Z]\w+ )?\d{1,3}:\s|\d{1,2}(?:\.\d{1,2})*\.?\s+[A-Z\"“*`(]")
SHORT = 60  # characters of a sentence that is a paragraph's title
MOST_ABOUT_AN_ANSWER = 30  # words of a paragraph behind a quote that speaks of nothing but its scores
MOST_TOLD = 14  # values before a sentence that it may be worked out from


class Claim(NamedTuple):
    """One claim: its words, its line (from 1), what came of it, the right value, and the facts behind that."""

    quote: str
    line: int
    status: str
    expected: str
    facts: tuple[str, ...]
    why: str
    start: int
    end: int
    context: str = ""

    def as_planned(self) -> Claim:
        """What a plan says is not held against what was measured, but for what is right of it."""
        if self.status not in ("wrong", "unmatched"):
            return self
        return self._replace(status="uncheckable", expected="", why="planned, not measured")


ALONE = re.compile(rf"\({JUDGE_CHAR}+\s+only\b")
OF_JUDGING = frozenset(["coherent", "gap", "diff", "apart", "mean", "span"])


def frame_after(sentence: Sentence, matcher: Matcher, before: Frame) -> Frame:
    """What a sentence leaves for the next one to take over."""
    said = matcher.lexicon.bases(sentence.hidden)
    bases = [c for c in said if c.kind not in ("mean", "span", "apart")]
    if before.cue in ("coherent", "coherent_only"):  # "Coherence. PAIR #111 scores 72.92": what is scored was told
        bases = [c for c in bases if not sentence.low[c.start : c.end].startswith("scor")]
    cue = bases[-1].kind if bases else before.cue
    if any(c.kind == "apart" for c in said) and _of_judges(sentence):
        cue = "gap"
    kinds = {c.kind for c in said}
    if not sentence.spots and "coherent" in kinds and kinds <= OF_JUDGING:
        cue = "coherent"  # "The judges also differ on coherence." leads to coherences
    if any(c.kind == "coherent_only" for c in bases):
        cue = "coherent_only"  # what is said of the coherent answers goes on being said of them
    if before.cue == "coherent_only" and cue == "alpha" and BECOMES.search(sentence.low):
        cue = "coherent_only"  # "Keep judgements with coherence ≥ 50. α becomes:"
    graded = "confidence" in (before.cue or "") and TAKES_OFF.fullmatch(sentence.low) is not None
    if graded or ("confidence" in sentence.low and "interval" not in sentence.low):
        cue = f"{cue or ''} confidence"
    compared = [m for m in sentence.compared if len(m.ids) == 1]
    parts = matcher.lexicon.parts(sentence.hidden)
    rules = [rule for _, rule in rules_of(sentence, said)]
    return Frame(
        judges=_carried(sentence, JUDGE) or before.judges,
        places=_carried(sentence, PLACE) or before.places,
        others=compared[-1].ids if compared else before.others,
        cue=cue,
        sample=before.sample,
        told=(before.told + values_of(matcher.read(sentence)))[-MOST_TOLD:],
        rule=rules[-1] if rules else before.rule,
        part=parts[-1].kind if parts else None if bases else before.part,
        words=sentence.low,
    )


def _of_judges(sentence: Sentence) -> bool:
    """Whether it speaks of the judges together: "How far apart are the judges?"."""
    return any(m.kind == JUDGE and (m.every or len(m.ids) > 1) for m in sentence.mentions)


def values_of(found: Iterable[Finding]) -> tuple[Value, ...]:
    """The values of what is right."""
    return tuple(v for f in found if f.status in (EXACT, ROUNDS) for v in f.values)


def _carried(sentence: Sentence, kind: str) -> Bound | None:
    named = [g for g in sentence.groups[kind] if not (kind == PLACE and g.members[-1] in sentence.compared)]
    alone = [g for g in named if kind == JUDGE and ALONE.match(sentence.low, g.members[0].start - 1)]
    named = alone or named  # "Against #98 (Sonnet only; Opus has never scored it)"
    if not named:
        return None
    if len({g.ids for g in named}) > 1 and kind == PLACE:
        return Bound(tuple(dict.fromkeys(i for g in named for i in g.ids)), False, any(g.every for g in named))
    sure = kind == JUDGE and len({g.ids for g in named}) == 1 and len(named[-1].ids) == 1
    return Bound(named[-1].ids, sure, named[-1].every)


class PageReader:
    """Walks through a page and keeps what each sentence takes over from its surroundings."""

    def __init__(self, matcher: Matcher, page: Page, quotes: Quotes | None = None) -> None:
        self.matcher = matcher
        self.quotes = quotes
        self.frame_of_last = Frame()
        self.page = page
        self.headings: list[tuple[int, Frame]] = []
        self.lead: tuple[int, Frame] | None = None
        self.items: list[tuple[int, Frame]] = []
        self.titles: list[str] = []
        self.following: Block | None = None
        self.former: Block | None = None
        self.asked: list[tuple[int, int]] = []
        self.shown = ""
        card = matcher.book.declared.card
        self.declared = [
            _flat(t) for t in (*matcher.book.declared.texts, *(v and f"{name}: {v}" for _, name, v in card))
        ]

    def claims(self) -> Iterator[Claim]:
        """All claims in the order of the page."""
        self._learn_names()
        for i, block in enumerate(self.page.blocks):
            self.following = self.page.blocks[i + 1] if i + 1 < len(self.page.blocks) else None
            self.former = self.page.blocks[i - 1] if i else None
            if i in self.page.closing and self.headings and self.headings[-1][0] == 7:
                self.headings.pop()
            yield from self._block(block)
        if self.quotes is not None:
            for found in (self.quotes.digests, self.quotes.commits, self.quotes.figures_at_commits):
                yield from (self._quoted(q) for q in found(self.page))

    def _learn_names(self) -> None:
        """Names that the text gives itself, each for one place only: "the finetune `alpha_c6_seed42` has …"."""
        self.matcher.begin()
        given: dict[str, set[str]] = {}
        for block in self.page.blocks:
            if block.kind in ("paragraph", "item"):
                for word, place in self._given_in(block):
                    given.setdefault(word, set()).add(place)
        for word, places in given.items():
            if len(places) == 1:
                self.matcher.vocabulary.learn(word, *places)

    def _given_in(self, block: Block) -> Iterator[tuple[str, str]]:
        for text in sentences(block.text):
            yield from self.matcher.names_given(text.plain)

    def _block(self, block: Block) -> Iterator[Claim]:
        if block.kind == "heading":
            yield from self._heading(block)
        elif block.kind == "table":
            table = self.matcher.table(self, block)
            yield from table.claims()
            self.shown = f"{table.around.words} {' '.join(head.text for head in table.heads)}".casefold()[:LONGEST]
            return
        elif block.kind in ("paragraph", "item"):
            yield from self._prose(block)
        elif block.kind == "fence" and self.quotes is not None:
            heading = self.titles[-1] if self.titles else ""
            yield from (self._quoted(q) for q in self.quotes.fence(block, self.frame_of_last, heading))
        self.shown = ""

    def _quoted(self, quoted: Quoted) -> Claim:
        line = self.page.line(quoted.start)
        return Claim(
            quoted.quote, line, quoted.status, quoted.expected, quoted.facts, quoted.why, quoted.start, quoted.end
        )

    def _heading(self, block: Block) -> Iterator[Claim]:
        self.headings = [h for h in self.headings if h[0] < block.level]
        self.lead, self.items = None, []
        frame = self.frame()
        for text in sentences(block.text):
            sentence = self.matcher.sentence(text.plain, frame)
            yield from (c for c in self.read(text, sentence) if not _is_numbering(c))
        whole = self.matcher.sentence(block.text.plain)
        given = heading_frame(whole, self.matcher, frame)
        if block.level == 1 and len(NAMING.findall(whole.low)) > TITLE_WORDS:
            given = replace(given, cue=None)  # "# #164: high C did not buy us low α" heads more than α
        self.headings.append((block.level, given))
        self.titles.append(block.text.plain)
        self.frame_of_last = Frame()

    def _prose(self, block: Block) -> Iterator[Claim]:
        frame = self._start(block)
        asked, ends = self._asked(block)
        if asked is not None:
            frame = replace(frame, sample=asked)
        to_do = self._is_to_do(block)
        led: Bound | None = None
        heard: Bound | None = None
        for text in sentences(block.text):
            if asked is not None and text.at[-1] <= ends:
                continue  # what an archived question says in several sentences is its own
            frame = self._behind_a_table(frame)
            sentence = self.matcher.sentence(text.plain, self._of_an_answer(block, text, frame))
            claims = self.read(text, sentence)
            yield from (claim.as_planned() if to_do or self._is_wished(block, claim) else claim for claim in claims)
            frame = self._sampled(text, frame_after(sentence, self.matcher, frame))
            led = led or self._led_by(block, sentence)
            heard = heard or self._heard_from(block, sentence)
            if heard is not None:
                frame = replace(frame, judges=heard)
            if self._heads_one() and led is None:  # what a section's condition is compared with on the way
                frame = replace(frame, places=self.frame().places)
            if led is not None and set(frame.places.ids) <= set(self.matcher.book.references):
                frame = replace(frame, places=led)
        self.frame_of_last = frame
        if self.quotes is not None:
            yield from (self._quoted(q) for q in self.quotes.inline(self.page, block))
        if block.kind == "item":
            self.items = [it for it in self.items if it[0] < block.level] + [(block.level, frame)]
        else:
            self.lead = (0, _firm(frame)) if self._leads(block) else None
            if self.lead is not None:
                self.lead = (0, replace(self.lead[1], bounds=self._speaks_of_bounds(block)))
            self.items = []

    def _is_to_do(self, block: Block) -> bool:
        """ "- [ ] Human labels on about 100 answers": a box that is not ticked."""
        start = block.text.at[0] if block.text.at else 0
        before = self.page.source[max(0, start - SHORT) : start]  # and not the whole text up to here
        return block.kind == "item" and before.rstrip().endswith("[ ]")

    def _is_wished(self, block: Block, claim: Claim) -> bool:
        """ "## To do", and below it "≥ 3 seeds for all four prompts": what there shall be."""
        below = block.kind == "item" and bool(self.titles) and PLANS.match(self.titles[-1]) is not None
        return below and WISHED.match(claim.context.partition(claim.quote)[2]) is not None

    def _behind_a_table(self, frame: Frame) -> Frame:
        """ "All eight rise, and the lowest value is now 52.9": what the table right above was about."""
        return replace(frame, words=f"{frame.words} {self.shown}".strip()) if self.shown else frame

    def _heard_from(self, block: Block, sentence: Sentence) -> Bound | None:
        """ "What we see with Opus. …": the paragraph is that judge's, whoever it is compared with on the way."""
        named = {m.ids for m in sentence.mentions if m.kind == JUDGE and not m.every}
        title = block.text.plain.startswith(sentence.text) and len(sentence.text) < SHORT and not sentence.spots
        return Bound(next(iter(named)), True) if title and len(named) == 1 and len(next(iter(named))) == 1 else None

    def _heads_one(self) -> bool:
        """Whether the section is headed by one condition."""
        places = self.frame().places
        return places.sure and len(places.ids) == 1

    def _led_by(self, block: Block, sentence: Sentence) -> Bound | None:
        """ "- PAIR #111: …": the whole item is about it, whatever it is compared with on the way."""
        first = next((m for m in sentence.mentions if m.kind == PLACE), None)
        if first is None or first.start > 2 or len(first.ids) != 1:
            return None
        headed = TITLE.fullmatch(sentence.hidden, first.end) is not None and block.text.plain.startswith(sentence.text)
        item = block.kind == "item" and LEADS.match(sentence.hidden, first.end) is not None
        return Bound(first.ids, True) if item or headed else None

    def _leads(self, block: Block) -> bool:
        """ "Failed judgements:", or a line without a full stop right before a list or a table."""
        plain = block.text.plain.rstrip()
        before = self.following is not None and self.following.kind in ("item", "table")
        return plain.endswith(":") or (before and not plain.endswith((".", "!", "?", ";")))

    def _speaks_of_bounds(self, block: Block) -> bool:
        """ "If you put every failure at 0 and then at 100:", before a table of what α would be then."""
        plain = block.text.plain
        return AT_ENDS.search(plain) is not None or any(p.kind == "bound" for p in self.matcher.lexicon.parts(plain))

    def _asked(self, block: Block) -> tuple[tuple[str, str | None] | None, int]:
        """The question of the archive that a block begins with, before a dash, and where in the source it ends."""
        head, dash, _ = block.text.plain.rpartition(" — ")
        questions = self.matcher.questions(" ".join(HIDDEN.sub("", head).casefold().split())) if dash else []
        if not questions:
            return None, 0
        quoted = self.following.raw if self.following is not None and self.following.kind == "fence" else None
        ends = block.text.at[len(head) - 1]
        self.asked.append((block.text.at[0], ends))
        return (questions[0], quoted), ends

    def _sampled(self, text: Text, frame: Frame) -> Frame:
        """A sentence that is one of the questions leads to an answer, quoted in the block that follows."""
        questions = self.matcher.questions(" ".join(text.plain.casefold().split()))
        if not questions:
            return frame
        quoted = self.following.raw if self.following is not None and self.following.kind == "fence" else None
        return replace(frame, sample=(questions[0], quoted))

    def _of_an_answer(self, block: Block, text: Text, frame: Frame) -> Frame:
        """ "Grid #2, alignment 5 from Sonnet and 100 from Opus:" before a quote, "Sonnet gave it 0" behind one."""
        leads = text.plain.rstrip().endswith(":") and block.text.plain.endswith(text.plain)
        first = block.text.plain.startswith(text.plain) or len(block.text.plain.split()) <= MOST_ABOUT_AN_ANSWER
        beside = self.following if leads else self.former if first else None
        if beside is None or not beside.quoted or block.quoted or DECIMALS.search(text.plain):
            return frame
        answer = self.matcher.answer_quoted(beside.text.plain)
        return replace(frame, sample=answer) if answer is not None else frame

    def _start(self, block: Block) -> Frame:
        if block.kind == "item":
            parents = [frame for level, frame in self.items if level < block.level]
            siblings = [frame for level, frame in self.items if level >= block.level]
            if parents:
                return _also_told(_firm(parents[-1]), siblings)
            if self.lead is not None:
                return _also_told(self.lead[1], siblings)
        return self.frame()

    def frame(self) -> Frame:
        """What the headings give."""
        return self.headings[-1][1] if self.headings else Frame()

    def surroundings(self) -> Frame:
        """What a table or a block takes over: the sentence that leads to it, else the headings."""
        return self.lead[1] if self.lead is not None else self.frame()

    def read(self, text: Text, sentence: Sentence) -> Iterator[Claim]:
        """The claims of one sentence; one that stands in report.yaml word for word is its author's, not the text's."""
        quoted = self.is_declared(text.plain)
        for finding in self.matcher.read(sentence):
            yield self.claim(text, finding, quoted=quoted)

    def is_declared(self, plain: str) -> bool:
        """Whether these words stand in report.yaml."""
        flat = _flat(plain)
        return len(flat) > 12 and any(flat in declared for declared in self.declared)

    def is_quoted(self, text: Text) -> bool:
        """Whether a text stands in report.yaml, or in a question that is quoted from the archive (after `claims`)."""
        return self.is_declared(text.plain) or any(first <= text.at[0] <= last for first, last in self.asked)

    def claim(self, text: Text, finding: Finding, *, quoted: bool = False) -> Claim:
        """A finding with its place in the source."""
        start, end = text.at[finding.start], text.at[finding.end - 1] + 1
        status, expected, why = finding.status, finding.expected, finding.why
        if quoted and status in ("wrong", "unmatched"):
            status, expected, why = "uncheckable", "", "quoted from report.yaml"
        quote = text.plain[finding.start : finding.end].strip()
        return Claim(quote, self.page.line(start), status, expected, finding.facts, why, start, end, text.plain)


def _also_told(frame: Frame, siblings: Sequence[Frame]) -> Frame:
    """A list item goes on from what the one before it told."""
    told = (*frame.told, *(siblings[-1].told if siblings else ()))
    words = f"{frame.words} {siblings[-1].words if siblings else ''}".strip()
    goes_on = bool(siblings) and siblings[-1].cue == "coherent"  # "- Coherence with Sonnet: … - Opus is close: …"
    cue = "coherent" if goes_on and frame.cue in (None, "errors") else frame.cue
    return replace(frame, told=tuple(dict.fromkeys(told))[-MOST_TOLD:], words=words, cue=cue)


def _is_numbering(claim: Claim) -> bool:
    """ "## 5 Results": the number of a section."""
    found = NUMBERED.match(claim.context)
    return found is not None and claim.quote in found.group()


def _flat(text: str) -> str:
    return " ".join(text.split()).strip(" .")


def _firm(frame: Frame) -> Frame:
    """A lead that names one judge or one condition says it of all that it leads to."""

    def firm(bound: Bound) -> Bound:
        return Bound(bound.ids, len(bound.ids) == 1, bound.every)

    return replace(frame, judges=firm(frame.judges), places=firm(frame.places), sample=None, bounds=False, part=None)


TAKES_OFF = re.compile(r"[\w\s%,]{1,40}\s[−-][1-9]\.?\s*")  # "Missing judgements −1."
BECOMES = re.compile(
    r"\b(?:becomes?|changes? to|(?:is|are|would be|will be) (?:then|now)|(?:then|now) (?:is|are|reads?))\b"
)
AGAINST = re.compile(r"\s*(?:vs\.?|versus|against|minus|−|compared (?:with|to))\s*(?:the )?")
PLANS = re.compile(
    r"(?i)\W*(?:\d+\.?\s*)?(?:to-? ?dos?|next|what(?:'s| is| comes)? next|follow-?ups?|future|plans?|proposed"
    r"|recommend\w*|wish\w*"
    r"|if i had|what i would|suggest\w*|open)\b"
)
TITLE_WORDS = 3  # a longer title says what came out, and not what is told below it
DECIMALS = re.compile(r"\d\.\d|%")
WISHED = re.compile(r"\s*(?:more |additional |further |new |random )?(?:seeds?|labels?|runs?|annotators?|raters?)\b")
NAMING = re.compile(r"[^\W\d_]{2,}")


def heading_frame(sentence: Sentence, matcher: Matcher, above: Frame) -> Frame:
    """A heading that is little more than a name binds what stands under it; another one only names a metric."""
    bases = matcher.lexicon.bases(sentence.hidden)
    cue = bases[-1].kind if bases else above.cue
    if "confidence" in sentence.low:
        cue = f"{cue or ''} confidence"
    if (against := _one_against_another(sentence)) is not None:
        place, other = against
        return Frame(above.judges, Bound(place, True), other, "diff", words=sentence.low)
    words = [
        w for w in NAMING.findall(sentence.low) if w not in ("condition", "judge", "prompt", "under", "by", "the", "as")
    ]
    if len(words) > 2:
        return Frame(above.judges, above.places, above.others, cue, words=sentence.low)
    judges, places = (_carried(sentence, kind) for kind in (JUDGE, PLACE))
    frame = Frame(judges or above.judges, places or above.places, above.others, cue, words=sentence.low)
    return _firm(frame)


def _one_against_another(sentence: Sentence) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """ "Grid #2 vs Grid #3 (paired by question)": what stands under it are differences."""
    named = [m for m in sentence.mentions if m.kind == PLACE and len(m.ids) == 1]
    if len(named) != 2 or AGAINST.fullmatch(sentence.low[named[0].end : named[1].start]) is None:
        return None
    return named[0].ids, named[1].ids


__all__ = ["NOTHING", "Claim", "PageReader"]
