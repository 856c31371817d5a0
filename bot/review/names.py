"""The names a text may call conditions, references and judges by, and where it does.

Names come from the archive's ids, from report.yaml's labels and descriptions, and from parts of those that fit one
place only. A part that several places share ("Grid", "PAIR") names them as a group. Nothing is guessed beyond that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, dropwhile, pairwise
from typing import NamedTuple

from bot.review.raw import family_of
from bot.review.recount import Book

JUDGE, PLACE = "judge", "place"
NUMBER_WORDS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
COUNTED = "(?:" + "|".join(NUMBER_WORDS) + r"|\d{1,3})"
BETWEEN = r"[\s_\-.#()/’'\"]{0,3}"
WORD = re.compile(r"[^\W_]+")
SMALL = {"of", "the", "a", "an", "and", "with", "without", "by", "on", "in", "for", "to", "from", "as", "its"}
# Words that stand in names and say nothing about which place is meant.
GENERIC = SMALL | {
    "winner", "winners", "prompt", "prompts", "condition", "conditions", "model", "models", "judge", "judges", "eval",
    "evaluation", "seed", "post", "pre", "full", "test", "run", "runs", "alpha", "coherent", "coherence", "score",
    "scores", "rescore", "result", "results", "data", "policy", "new", "old", "positive", "negative", "original",
    "standard", "training", "judgement", "judgements", "question", "questions", "alignment", "system", "reference",
    "archive", "experiment", "sample", "samples", "known", "first", "second", "third", "rescored", "summary",
    "detailed",
}  # fmt: skip
TELLING = {"baseline", "null", "finetune", "control", "vanilla", "target", "winner", "winners"}
FAMILIES = "Claude|Sonnet|Opus|Haiku|GPT|Gemini|Grok|Llama|Qwen|DeepSeek|Mistral|Mixtral|Gemma|Phi|Yi|OLMo"
VERSIONS = r"(?:3|4|5|6)(?:\.[0-9])?(?![\d.,]*\d)"
NOUNS = r"(?:conditions?|prompts?|cells?|variants?)"


class Mention(NamedTuple):
    """A name in a text: what it names (`ids`, several for a group), and from where to where it stands.

    `every` marks words for all of them ("both judges", "each condition"); `others` marks "the other three",
    `nth` "the first two" (2) and "the last two" (−2) of those that were named before.
    """

    kind: str
    ids: tuple[str, ...]
    start: int
    end: int
    every: bool = False
    others: bool = False
    nth: int = 0


@dataclass(slots=True)
class _Alias:
    ids: dict[str, None] = field(default_factory=dict)
    forms: set[str] = field(default_factory=set)


Given = tuple[tuple[str, str], ...]  # names that a text gave, each with what it stands for


class Vocabulary:
    """All names of one book; `find` looks for them."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.places = _place_aliases(book)
        self.judges = _judge_aliases(book)
        self.initials = _initials(book)
        self.groups = {named.group.casefold() for named in book.aliases.values() if named.group}
        # References that are prompts of earlier experiments: neither the target nor a plain model.
        self.old = tuple(p for p in book.references if not book.aliases[p].target and not _is_plain(book, p))
        self.taught: set[str] = set()
        self.given: Given = ()
        self.letters: dict[str, str] = {}
        self._places = _pattern(self.places)
        self._judges = _pattern(self.judges)
        self._all_places = re.compile(_all_places(len(book.conditions)), re.IGNORECASE)
        self._numbered = re.compile(r"^(?:\s*(?:,|and|or|/|–|-|to|&)\s*)+(?:and\s+)?#?(\d+)(?!\d|[.,]\d|\s?%)")

    def learn(self, word: str, place: str) -> None:
        """Take over a name that the text itself gives: "the finetune `c6_vanilla_em`", "S = Sonnet"."""
        self.given += ((word, place),)
        if place in self.book.judges:
            self.letters[word] = place
        elif word.casefold() not in self.places:
            self.places[word.casefold()] = _Alias({place: None}, {word})
            self.taught.add(word.casefold())
            self._places = _pattern(self.places)

    def know(self, ids: Iterable[str]) -> None:
        """Take over ids that are names as a whole only."""
        self.places.update({_key(each): _Alias({each: None}, {each}) for each in ids if _key(each)})
        self._places = _pattern(self.places)

    def forget(self) -> None:
        """Drop the names that a text gave."""
        self.letters.clear()
        self.given = ()
        if self.taught:
            for word in self.taught:
                del self.places[word]
            self.taught.clear()
            self._places = _pattern(self.places)

    def find(self, text: str) -> list[Mention]:
        """All mentions in `text`, in order, none inside another; the longer of two wins."""
        found = [*self._of_judges(text), *self._of_places(text)]
        found.sort(key=lambda m: (m.start - m.end, m.start))
        kept: list[Mention] = []
        for mention in found:
            if all(mention.end <= k.start or mention.start >= k.end for k in kept):
                kept.append(mention)
        kept.sort(key=lambda m: m.start)
        return sorted([*kept, *self._between(text, kept)], key=lambda m: m.start)

    def _between(self, text: str, found: Sequence[Mention]) -> Iterator[Mention]:
        """ "PAIR #111, then Grid #1 to Grid #3": the one in the middle, which has no name of its own there."""
        order = self.book.conditions
        for one, other in pairwise(found):
            through = THROUGH_TO.fullmatch(text, one.end, other.start)
            named = len(one.ids) == len(other.ids) == 1 and {*one.ids, *other.ids} <= {*order}
            if through and named and not FROM_IT.search(text[: one.start]):
                at, to = order.index(one.ids[0]), order.index(other.ids[0])
                if to - at == 2:
                    yield Mention(PLACE, (order[at + 1],), through.start(1), through.end(1))

    def _of_places(self, text: str) -> Iterator[Mention]:
        for match in self._places.finditer(text):
            alias = self.places.get(_key(match.group()))
            if alias is not None and (_key(match.group()) in self.taught or _fits(match, alias.forms)):
                noun = WITH_NOUN.match(text, match.end())
                ids = self._of_that_issue(text, match) or tuple(alias.ids)
                yield Mention(PLACE, ids, match.start(), noun.end() if noun else match.end())
                yield from self._further(text, match)
        for match in self._all_places.finditer(text):
            others = match["others"] is not None
            yield Mention(PLACE, self.book.conditions, match.start(), match.end(), every=True, others=others)
        for match in NTH.finditer(text):
            count = NUMBER_WORDS.index(match["count"].casefold()) * (1 if match["side"].casefold() == "first" else -1)
            yield Mention(PLACE, self.book.conditions, match.start(), match.end(), every=True, nth=count)
        for match in EARLIER.finditer(text) if self.old else ():
            yield Mention(PLACE, self.old, match.start(), match.end())
        for match in PRESENT.finditer(text):
            yield Mention(PLACE, self.book.conditions, match.start(), match.end(), every=True)
        for group in self.groups:
            for match in re.finditer(rf"(?i)\b{re.escape(group)}\b(?=[\w\s-]{{0,24}}?\b{NOUNS}\b|\s+ones\b)", text):
                ids = tuple(c for c in self.book.conditions if (self.book.aliases[c].group or "").casefold() == group)
                noun = WITH_NOUN.match(text, match.end())
                yield Mention(PLACE, ids, match.start(), noun.end() if noun else match.end(), every=True)

    def _of_that_issue(self, text: str, match: re.Match[str]) -> tuple[str, ...]:
        """ "In #98, where 298 of those for PAIR failed": the PAIR of #98, where there is one."""
        behind = OF_ISSUE.match(text, match.end())
        told = [behind] if behind is not None else list(IN_ISSUE.finditer(text, 0, match.start()))
        bare = WITH_NOUN.sub("", match.group())
        alias = self.places.get(_key(f"{bare} {told[-1][1]}")) if told else None
        if alias is not None and len(alias.ids) == 1:
            return tuple(alias.ids)
        several = self.places.get(_key(match.group()))
        return self._of_issue(several.ids, behind[1]) if several is not None and behind is not None else ()

    def _of_issue(self, ids: Iterable[str], number: str) -> tuple[str, ...]:
        """ "The winners of #98": those of several that say so in their names."""
        return tuple(p for p in ids if any(number in WORD.findall(n) for n in _whole_names(self.book, p)))

    def _further(self, text: str, match: re.Match[str]) -> Iterator[Mention]:
        """ "Grid #1, #2 and #3": the numbers behind a numbered name."""
        words, at = WORD.findall(match.group().casefold()), match.end()
        last = words[-1]
        several = words[0].endswith("s")  # "Grids 2 and 3"
        while last.isdigit() and (more := self._numbered.match(text[at:])) is not None:
            if "#" not in more.group() and not several:
                return
            through = range(int(last) + 1, int(more[1]) + 1) if THROUGH.search(more.group()) else (int(more[1]),)
            aliases = [self.places.get(_key(" ".join((*words[:-1], str(k))))) for k in through[:20]]
            ids = tuple(dict.fromkeys(place for alias in aliases if alias for place in alias.ids))
            if not ids or None in aliases:
                return
            start = at + more.start(1) - (text[at + more.start(1) - 1] == "#")
            yield Mention(PLACE, ids, start, at + more.end(1))
            last, at = more[1], at + more.end(1)

    def _of_judges(self, text: str) -> Iterator[Mention]:
        for match in self._judges.finditer(text):
            alias = self.judges.get(_key(match.group()))
            scored = (
                re.match(r"(?:\s\d[\d.]*)?(?:-(?:scored|judged|rated)\b|\sreferences?\b)", text[match.end() :])
                is not None
            )
            if alias is not None and _fits(match, alias.forms) and not (scored or _is_common_noun(match)):
                yield Mention(JUDGE, tuple(alias.ids), match.start(), match.end() + _version(text, match.end()))
        for match in ALL_JUDGES.finditer(text):
            yield Mention(JUDGE, _own_judges(self.book), match.start(), match.end(), every=True)
        yield from self._by_letters(text)
        for role, of_role in (("primary", self.book.primary), ("alternate", self.book.alternate)):
            if of_role is not None:
                for match in re.finditer(rf"(?i)\b(?:the\s+)?{role}(?:\s+judge)?\b", text):
                    yield Mention(JUDGE, (of_role,), match.start(), match.end())

    def _by_letters(self, text: str) -> Iterator[Mention]:
        """First letters where nothing else can be meant, and short names that the text itself defines."""
        for letter, judge in self.initials.items():
            for match in re.finditer(INITIAL.format(letter=letter), text):
                yield Mention(JUDGE, (judge,), match.start(), match.end())
        for word, judge in self.letters.items():
            for match in re.finditer(rf"(?<![\w−–-]){re.escape(word)}(?:['’]s)?(?![\w/])", text):
                yield Mention(JUDGE, (judge,), match.start(), match.start() + len(word))


# "α_S", "S: 67.80", "67.80 (S)": a judge's first letter, where nothing else can be meant.
INITIAL = (
    r"(?<=[αa]_){letter}(?!\w)|(?<=alpha_){letter}(?!\w)|(?<![\w−–-]){letter}(?=\s?[:=]\s?[-−]?\d)"
    r"|(?<=\d \(){letter}(?=\))|(?<=\d\(){letter}(?=\))"
)


WITH_NOUN = re.compile(r"\s+(?:winners?|prompts?|conditions?|cells?|ones)\b")
NTH = re.compile(
    r"\bthe (?P<side>first|last) (?P<count>two|three)\b(?:\s+(?:prompts|conditions|ones|cells)\b)?"
    r"(?!\s+(?!prompts\b|conditions\b|ones\b|are\b|have\b|is\b|on\b|under\b|with\b|by\b|and\b|but\b|of them\b)\w)",
    re.IGNORECASE,
)
OF_ISSUE = re.compile(r"(?:\s+(?:winner|prompt|condition))?\s+(?:of|from|in)\s+#(\d+)\b")  # "the PAIR winner of #111"
IN_ISSUE = re.compile(r"\b(?:[Ii]n|[Ff]rom|[Oo]f|[Ff]or|[Aa]t)\s+#(\d+)\b")
THROUGH = re.compile(r"[–-]|\bto\b")
ALL_JUDGES = re.compile(
    r"\b(?:both|all|either|each|every|any|neither|whichever|no)(?:\s+of)?(?:\s+the)?(?:\s+(?:two|three|four))?"
    r"\s+judges?\b|\b(?:the\s+)?(?:two|three|four)\s+judges\b|\b(?:the\s+)?judges\b",
    re.IGNORECASE,
)


def _own_judges(book: Book) -> tuple[str, ...]:
    return tuple(j for j in book.judges if any((c, j) in book.cells for c in book.conditions))


def _initials(book: Book) -> dict[str, str]:
    """First letters of the judges' names, where no two share one and x is not called so."""
    letters: dict[str, list[str]] = {}
    for judge in _own_judges(book):
        letters.setdefault(book.declared.judge_labels.get(judge, judge)[:1].upper(), []).append(judge)
    taken = {(book.declared.x_name or "").upper(), ""}
    return {
        letter: found[0]
        for letter, found in letters.items()
        if len(found) == 1 and letter not in taken and letter.isalpha()
    }


def _all_places(count: int) -> str:
    word = NUMBER_WORDS[count] if count < len(NUMBER_WORDS) else str(count)
    words = f"(?:{word}|{count})"
    adjectives = r"(?:[a-z-]+\s+){0,2}?"
    return (
        rf"\b(?:all|each|every|any|none|no|both|neither)(?:\s+(?:one\s+)?of)?(?:\s+(?:the|these|those|our))?"
        rf"(?:\s+{words})?\s+{adjectives}{NOUNS}\b"
        rf"|\b(?:all|the|these|our|none of the|any of the|each of the)\s+(?:{words}\s+{adjectives}{NOUNS}\b|{word}\b)"
        rf"|(?<![\d.,−–-])\b{words}\s+{adjectives}{NOUNS}\b"
        rf"|(?<!\d )\b(?:the\s+|these\s+|across\s+)?(?:conditions|prompts|cells)\b"
        rf"|(?P<others>\bthe\s+(?:other\s+{COUNTED}\b(?![.,]?\d|\s?[–-]\s?\d|\s?%)|others\b|other\s+{NOUNS}\b|rest\b))"
    )


def _key(text: str) -> str:
    """Words in small letters; "Grids 1" is "grid 1"."""
    key = " ".join(WORD.findall(text.casefold()))
    return re.sub(r"(?<=[a-z]{3})s (?=\d)", " ", key)


def _pattern(aliases: dict[str, _Alias]) -> re.Pattern[str]:
    longest_first = sorted(aliases, key=lambda a: (-len(a), a))
    # A single word inside an identifier (`judge_gap_max`) is a part of that.
    options = [("" if " " in alias else "(?<!_)") + _joined(alias.split()) + _ending(alias) for alias in longest_first]
    inside = "|".join(options) or r"(?!x)x"
    return re.compile(rf"(?<![^\W_])(?:{inside})", re.IGNORECASE)


def _joined(words: Sequence[str]) -> str:
    pattern = ""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        numbered = following[:1].isdigit()
        pattern += re.escape(word) + ("s?" if numbered and word.isalpha() else "")
        # "4.5" is no "45".
        pattern += "" if not following else r"[\s_\-.]{1,2}" if numbered and word[-1].isdigit() else BETWEEN
    return pattern


def _ending(alias: str) -> str:
    if alias[-1].isdigit():
        return r"(?!\d|[.,]\d|\s?%)(?![^\W_])"
    return r"s?(?!\w)" if " " not in alias else r"(?![^\W_])"


def _fits(match: re.Match[str], forms: set[str]) -> bool:
    """A name of one short word must be written as names are, so that "a pair of" is not the prompt PAIR."""
    text = match.group()
    if not forms or len(WORD.findall(text)) > 1:
        return True
    bare = text[:-1] if text.endswith("s") and text not in forms else text
    plain = len(bare) >= 8 or bare.casefold() in TELLING or any(c.isdigit() for c in bare)
    return plain or (bare.isupper() and len(bare) > 1) or (bare in forms and not bare.islower())


def _is_common_noun(match: re.Match[str]) -> bool:
    """The id "judge" stands for a judge nobody named; the word alone is mostly something else."""
    if match.group().casefold() != "judge":
        return False
    before, after = match.string[: match.start()], match.string[match.end() :]
    common = (
        r"(?i)\b(?:the|a|an|each|every|one|both|any|per|which|another|other|this|that|two|three|four|third|second"
        r"|first|same|llm|primary|alternate|human|named|'s)\s+$"
    )
    return (
        re.search(common, before) is not None
        or re.match(r"(?i)['’]s|\s+(?:gap|gate|model|agree|fail|error|column|of\b)", after) is not None
    )


def _version(text: str, end: int) -> int:
    found = re.match(rf"[\s-]{VERSIONS}", text[end:])
    return found.end() if found and found.group()[1:] in KNOWN_VERSIONS else 0


KNOWN_VERSIONS = {"3", "3.5", "3.7", "4", "4.0", "4.1", "4.5", "4.6", "4.7", "4.8", "5"}


def _judge_aliases(book: Book) -> dict[str, _Alias]:
    aliases: dict[str, _Alias] = {}
    for judge in book.judges:
        label = book.declared.judge_labels.get(judge)
        models = {part.judge_model for (_, j), cell in book.cells.items() if j == judge for part in cell.parts}
        names = [judge, label or "", *(m for m in models if m)]
        words = WORD.findall(label or "")
        names += [words[0]] if words and family_of(words[0]) else []
        for name in names:
            for full in (name, f"claude {name}" if family_of(name.split()[0] if name else "") else ""):
                if key := _key(full):
                    aliases.setdefault(key, _Alias()).ids[judge] = None
    return {key: alias for key, alias in aliases.items() if len(alias.ids) == 1 and not key.isdigit()}


def _place_aliases(book: Book) -> dict[str, _Alias]:
    aliases: dict[str, _Alias] = {}
    for place in book.places:
        _keep_names(aliases, book, place)
    _keep_winners(aliases, book)
    for named in book.aliases.values():
        # A group's name is no single condition's, even where one of them has it as a part of its own.
        if named.group and len(aliases.get(_key(named.group), _Alias()).ids) == 1:
            del aliases[_key(named.group)]
    # A full name belongs to its place even where it is a part of another one's.
    for place in book.places:
        for name in book.aliases[place].names:
            if key := _key(name):
                aliases[key] = _Alias({place: None}, aliases.get(key, _Alias()).forms)
    shared = {key for key, alias in aliases.items() if len(alias.ids) > 1 and key in (*PLAIN_MODEL, *_shorts(aliases))}
    aliases.update(_otherwise_spelt(aliases))
    aliases.update(_by_last_word(aliases, book))
    return {key: alias for key, alias in aliases.items() if not key.isdigit() and key not in shared}


def _by_last_word(aliases: Mapping[str, _Alias], book: Book) -> dict[str, _Alias]:
    """ "The mandate prompt" for "authoritative mandates", "the winner of #111" for "PAIR #111 winner"."""
    found: dict[str, dict[str, None]] = {}
    for place in book.conditions:
        for phrase in (*_whole_names(book, place), *re.findall(r"\(([^()]+)\)", book.aliases[place].description or "")):
            words = [w.casefold() for w in WORD.findall(phrase)]
            if len(words) > 1 and words[-1].isalpha() and words[-1] not in TELLING:
                for last in {words[-1], words[-1].removesuffix("s")}:
                    found.setdefault(f"{last} prompt", {})[place] = None
            if "winner" in words:
                for number in (w for w in words if w.isdigit() and len(w) > 1):
                    found.setdefault(f"winner of {number}", {})[place] = None
    alone = {key: _Alias(ids) for key, ids in found.items() if len(ids) == 1}
    return {key: alias for key, alias in alone.items() if key not in aliases}


def _otherwise_spelt(aliases: Mapping[str, _Alias]) -> dict[str, _Alias]:
    """ "The fine-tune", "the fine-tuned model", where something is called a finetune."""
    found: dict[str, _Alias] = {}
    for key, alias in aliases.items():
        if "finetune" in key.split():
            for spelt in ("fine tune", "fine tuned model", "finetuned model"):
                found.setdefault(key.replace("finetune", spelt), alias)
    return {key: alias for key, alias in found.items() if key not in aliases}


def _shorts(aliases: Iterable[str]) -> list[str]:
    """Names of one letter and a number."""
    return [key for key in aliases if re.fullmatch(r"[a-z]\d+", key)]


def _keep_names(aliases: dict[str, _Alias], book: Book, place: str) -> None:
    """Everything that one place may be called."""
    for phrase in _whole_names(book, place):
        _keep(aliases, place, WORD.findall(phrase))
        _keep(aliases, place, [w for w in WORD.findall(phrase) if w.casefold() not in SMALL])
    for phrase in _divisible_names(book, place):
        words = WORD.findall(phrase)
        for i, j in combinations(range(len(words) + 1), 2):
            if _tells(words[i:j]):
                _keep(aliases, place, words[i:j])
    for phrase in ("target", "EM target") if book.aliases[place].target else ():
        _keep(aliases, place, phrase.split())
    _keep_short(aliases, book, place)
    if _is_plain(book, place):
        for phrase in PLAIN_MODEL:
            aliases.setdefault(phrase, _Alias()).ids[place] = None
    if "base" in _key(place.replace("_", " ")).split():
        for phrase in ("base model", "base score", "base value"):
            aliases.setdefault(phrase, _Alias()).ids[place] = None


THROUGH_TO = re.compile(r"\s*(to|through|–|-)\s*")
FROM_IT = re.compile(r"(?i)\b(?:from|between)\s+(?:the\s+)?$")
PRESENT = re.compile(
    r"\bours\b|\bour\s+(?:own\s+)?(?:conditions|prompts|cells)\b|\b(?:the\s+)?(?:new|newer|present|current)\s+(?:prompts|conditions|ones|two|three|four|five|six)\b",
    re.IGNORECASE,
)
EARLIER = re.compile(
    r"\b(?:the\s+)?(?:old|older|earlier|previous|former)\s+(?:prompts|conditions|winners|ones)\b", re.IGNORECASE
)


def _is_plain(book: Book, place: str) -> bool:
    """Whether a reference is the model without a prompt."""
    return bool({"null", "baseline", "unprompted"} & {w for n in _whole_names(book, place) for w in _key(n).split()})


PLAIN_MODEL = (
    "bare model", "plain model", "untouched model", "unprompted model", "unprompted score", "unprompted value",
    "model without a prompt", "model without any prompt",
    "model without a system prompt", "model without any system prompt", "model with no system prompt",
    "model with no prompt", "no system prompt", "no prompt", "null",
    "model without finetune or system prompt", "model without a finetune or system prompt",
    "model without finetune or prompt", "model without finetune and system prompt",
    "without a prompt", "without any prompt", "without a system prompt", "without any system prompt",
)  # fmt: skip


def _keep_short(aliases: dict[str, _Alias], book: Book, place: str) -> None:
    """ "G1" for "Grid #1": the first letter and the number."""
    for name in book.aliases[place].names:
        short = re.fullmatch(r"([A-Z])[a-zA-Z]+\s*#\s*(\d+)", name.strip())
        if short is not None:
            aliases.setdefault(f"{short[1]}{short[2]}".casefold(), _Alias()).ids[place] = None


def _keep_winners(aliases: dict[str, _Alias], book: Book) -> None:
    """ "The winners" are those whose names say so, where there are several."""
    won = [
        p
        for p in book.places
        if any("winner" in n.casefold() for n in (*_whole_names(book, p), *_evaluations(book, p)))
    ]
    for word in ("winners", "both winners", "the winners", "the two winners") if len(won) > 1 else ():
        aliases[word] = _Alias(dict.fromkeys(won))


def _keep(aliases: dict[str, _Alias], place: str, words: Sequence[str]) -> None:
    key = " ".join(words).casefold()
    numbered = len(words) > 1 and any(w.isdigit() and len(w) > 1 for w in words)
    if key and (numbered or not all(w.casefold() in GENERIC or w.isdigit() for w in words)):
        alias = aliases.setdefault(key, _Alias())
        alias.ids[place] = None
        alias.forms.update({*words, *(w.capitalize() for w in words if len(w) > 4)} if len(words) == 1 else ())


def _tells(words: Sequence[str]) -> bool:
    """Whether a part of a name may stand for the place."""
    if words[0].casefold() in SMALL or words[-1].casefold() in SMALL or (words[0].isdigit() and len(words[0]) < 2):
        return False
    if len(words) > 1:
        return (any(not w.isdigit() for w in words) and not words[0].isdigit()) or words[-1].casefold() == "winner"
    word = words[0].casefold()
    return word not in GENERIC and not word.isdigit() and len(word) > 1


def _whole_names(book: Book, place: str) -> Iterator[str]:
    """Names that stand for the place as a whole only."""
    named = book.aliases[place]
    yield from (place, place.partition(":")[2], *named.names)
    for text in (named.description or "", *named.names):
        bare = re.sub(r"\([^)]*\)", " ", text)
        for phrase in (text, bare, bare.partition(",")[0], *re.findall(r"\(([^)]*)\)", text)):
            yield re.sub(r"^\s*(?:the|a|an)\s+", "", phrase)


def _divisible_names(book: Book, place: str) -> Iterable[str]:
    """Names whose parts may stand for the place too."""
    named = book.aliases[place]
    head = re.sub(r"\([^)]*\)", " ", named.description or "").partition(",")[0]
    head = re.sub(r"^\s*(?:the|a|an)\s+", "", head)
    parts = [place.rpartition(":")[2], *named.names, *_evaluations(book, place)]
    return [*parts, head] if len(WORD.findall(head)) <= 4 else parts


def _evaluations(book: Book, place: str) -> Iterator[str]:
    """The evaluation's names, without the words that other places' evaluations start with too."""
    names = {key: part.evaluation for key, cell in book.cells.items() for part in cell.parts}
    for (own, _), name in names.items():
        if own == place:
            others = {w for (p, _), other in names.items() if p != place for w in WORD.findall(other)}
            yield " ".join(dropwhile(lambda w: w in others or w.isdigit(), WORD.findall(name)))  # noqa: B023
