"""Numbers and ranges in a sentence, and what looks like one but claims nothing: dates, issues, model names …"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.review.names import FAMILIES, JUDGE, Mention

PLACE_CHAR, JUDGE_CHAR, SILENT_CHAR = "\ue000", "\ue001", "\ue002"
MINUS = "−–-"  # the hyphen last, so that it stands for itself in a set of characters
DIGITS = r"(?:\d{1,3}(?:[,\u00a0 ]\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][-+−]?\d+)?|\.\d+"
SIGNED = rf"(?:(?<![\w%)\].{MINUS}])[+{MINUS}](?=[\d.])|(?<=\s)(?<![\d%)]\s)[-−]\s(?=\d))?(?:{DIGITS})"
SECOND = rf"(?:[-−+](?=[\d.]))?(?:{DIGITS})"
UNIT = r"(?:\s?%|\s?percent\b|\s?per\scent\b|\s?pp\b|[\s-](?:α-)?(?:points?|pts?)\b)"
DASH = r"\s?[–—-]\s?"
SPOT = re.compile(
    rf"(?<![\w.,])(?P<a>{SIGNED})(?P<ua>{UNIT})?"
    rf"(?:×?(?P<sep>{DASH}|\s+(?:(?:up|down)\s+)?to\s+|\s?(?:\.\.\.?|…)\s?|\s+through\s+|\s+and\s+"
    rf"|[,;]\s?)(?P<b>{SECOND})(?P<ub>{UNIT})?(?![\w]))?"
)
ALONE = re.compile(rf"(?<![\w.,])(?P<a>{SIGNED})(?P<ua>{UNIT})?")
MONTHS = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)

# What holds digits and claims nothing about the archive. Order matters: the first that fits takes the characters.
SILENT = tuple(
    re.compile(pattern)
    for pattern in (
        rf"^\d{{1,2}}[.)]\s+(?=[A-Z{PLACE_CHAR}{JUDGE_CHAR}])",
        rf"^\d\.\d{{1,2}}\s+(?={JUDGE_CHAR}+[.:]|[A-Z{PLACE_CHAR}])(?!\w+ (?:is|was|points)\b)",
        r"^\d{1,2}\.\d{1,2}\.?\s+(?=[A-Z][a-z]+)(?![A-Z][a-z]+ (?:is|was)\b)",  # "3.1 Alignment"
        r"\S+\.(?:jsonl?|txt|md|ya?ml|png|svg|pdf|py|eval|csv|j2|sh)\b",
        r"\bv?\d{4}-\d{1,2}-\d{1,2}(?:-[A-Za-z][\w.-]*)?(?![\dT:])",
        r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?Z?)?\b",
        rf"\b\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTHS}\b\.?(?:,?\s+\d{{4}}\b)?",
        rf"\b{MONTHS}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}}\b)?",
        rf"\b{MONTHS}\s+\d{{4}}\b|\b(?:in|since|until|by|of|from)\s+(?:19|20)\d\d\b(?![,.]?\d)",
        r"\b\d{1,2}:\d\d(?::\d\d)?\b",
        r"\bet al\.?,?\s+\(?(?:19|20)\d\d[a-z]?\b",
        r"\bv?\d+\.\d+\.\d+(?:[.\-+]\w+)*\b|\bv\d+(?:\.\d+)*\b",
        r"(?i)\b(?:GH-|issues?\s+#?|PRs?\s+#?|pull\srequests?\s+#?|experiments?\s+#?|discussions?\s+#?)\d+\b"
        r"(?!\.\d| of \d)",
        r"#\d+(?:\s?[–/-]\s?#?\d+)?",
        r"(?i)\b(?:fig(?:ure)?s?|tab(?:le)?s?|sec(?:tion)?s?|appendix|chapter|step|page|line|footnote"
        r"|eq(?:uation)?s?|ref"
        r"|version|part|row|column|char|byte|offset|item|point|bullet|remark|finding|phase|stage|level|lesson"
        r"|option|note|check|goal|aim|objective|caveat|limitation|observation|takeaway|reason|action"
        r"|slide)\b\.?\s*\(?\d+(?:\.\d+)*\)?(?!\s?%)",
        r"(?i)\b(?:figures|tables|sections|steps|pages|lines|footnotes|stages|phases)\s+\d{1,2}(?:\s*(?:,|and|to|–"
        r"|-)\s*\d{1,2})+\b"
        r"(?![.,]?\d|\s?%)",
        r"(?i)\b(?:do|see|skip|start with|under|in) points\s+\d(?:\s*(?:,|and|to|–)\s*\d)*\b",
        r"§\s?\d+(?:\.\d+)*",
        r"\b(?:[1-9]0|1[0-9]0)s\b",  # "in the mid-to-high 60s"
        r"(?i)\barxiv[:\s]\s?\d{4}\.\d{4,5}(?:v\d+)?",
        r"(?i)\b(?:random\s)?seeds?(?:\s+(?:of|is|was|number|no\.?))?[\s:=]+\d+(?:(?:\s*,\s*|\s*,?\s+and\s+)\d+)*\b"
        r"(?!\s*(?:seeds|conditions|prompts))",
        r"(?i)\b(?:reconstructed\s+)?(?:sample|question|run|prompt|completion|example"
        r"|q)\s+#?\d+\b(?![.,]\d)(?!\s*(?:%|of\b|points|samples|to\b|–))",
        rf"\b(?:{FAMILIES})[\s-]?\d+(?:\.\d+)?(?:[-\s]\d+(?:\.\d+)?[BbMmKk]\b)?[\w.\-]*",
        r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b",
        r"\b[A-Za-z][A-Za-z_]*[-_.]?\d[\w\-]*(?:\.\d[\w\-]*)*",
        r"\b[A-Z][A-Za-z]+-\d+(?:\.\d+)*[A-Za-z]?\b",
        r"(?<![\w.])\d[\d.]*(?:B|b|M|K|k|th|st|nd|rd|GB|MB|GiB|MiB|ms)\b",
        r"\[\d{1,3}\](?!\()",
        r"(?<!\w)\(\d\)(?=\s+[a-z])",
        r"(?<=\bbefore )\(\d\)",
    )
)
# "Institutional policy (1), bureaucratic reframing (2) and executive directives (3)": which is which.
GLOSSED = re.compile(
    rf"{PLACE_CHAR}\s?\(1\)[^.;()\d]{{0,30}}{PLACE_CHAR}\s?\(2\)(?:[^.;()\d]{{0,30}}{PLACE_CHAR}\s?\(3\))?"
)
APPROXIMATE = re.compile(
    r"(?:\b(?:about|around|roughly|approximately|approx\.?|circa|ca\.|some|nearly|almost|close to|on the order of)"
    r"|~|≈)\s*$",
    re.IGNORECASE,
)
WORDS_BEFORE = 80  # characters
OPERATORS = tuple(
    (sign, re.compile(rf"(?:{pattern})\s*(?:just\s+|even\s+)?$", re.IGNORECASE))
    for sign, pattern in (
        (">=", r"≥|>=|⩾|\bat least|\bno less than|\bnot less than|\bno fewer than|\bor more than"),
        (
            ">",
            r"(?<![-<])>|\babove|\bover|\bbeyond|\bexceed(?:s|ed|ing)?|\bsurpass(?:es|ed)?"
            r"|\b(?:more|greater|higher|larger|wider) than",
        ),
        ("<=", r"≤|<=|⩽|\bat most|\bno more than|\bnot more than|\bwithin|\bat or below"),
        ("<", r"(?<!-)<|\bbelow|\bunder|\bless than|\blower than|\bfewer than|\bsmaller than|\bshort of"),
    )
)  # fmt: skip
AT_OR_ABOVE = re.compile(r"\bat or above\s*$", re.IGNORECASE)
BEHIND = re.compile(
    r"\s*(?:(?:or|and)\s+(?P<less>less(?!\s+than)|below|lower|fewer|under)|(?:or|and)\s+(?P<more>more|above|higher|over|better"
    r"|up(?!\s+(?:to|by)))|(?P<plus>\+))(?!\w)",
    re.IGNORECASE,
)


class Number(NamedTuple):
    """A written number: its value, its decimals, and its sign as written ("" where it has none)."""

    value: float
    places: int
    sign: str


@dataclass(slots=True)
class Spot:
    """A number, or a range of two, in a sentence: from `start` to `end` with its unit.

    `operator` is set where the text compares with it ("at least 45"), `approximate` where it says "about".
    `bracket` marks `[a, b]`, `between` a range told as "between a and b".
    """

    start: int
    end: int
    low: Number
    high: Number | None
    percent: bool
    points: bool
    operator: str | None = None
    approximate: bool = False
    bracket: bool = False
    between: bool = False
    number_end: int = 0

    @property
    def is_range(self) -> bool:
        """Whether it has two ends."""
        return self.high is not None


def number_of(text: str) -> Number:
    """Read one number as people write it: either minus, commas between thousands."""
    text = text.strip()
    sign = "-" if text[0] in MINUS else "+" if text[0] == "+" else ""
    bare = text.lstrip(MINUS + "+ ").replace(",", "").replace("\u00a0", "").replace(" ", "").replace("−", "-")
    mantissa = bare.lower().partition("e")[0]
    value = float(bare)
    return Number(-value if sign == "-" else value, len(mantissa.partition(".")[2]), sign)


def masked(text: str, mentions: Iterable[Mention]) -> str:
    """`text` with names and silent numbers blanked out, every character in its place."""
    chars = list(text)
    for mention in mentions:
        char = JUDGE_CHAR if mention.kind == JUDGE else PLACE_CHAR
        chars[mention.start : mention.end] = char * (mention.end - mention.start)
    hidden = "".join(chars)
    for pattern in SILENT:
        hidden = pattern.sub(_silence, hidden)
    return GLOSSED.sub(_without_digits, hidden)


def _without_digits(match: re.Match[str]) -> str:
    return re.sub(r"\d", SILENT_CHAR, match.group())


def _silence(match: re.Match[str]) -> str:
    text = match.group()
    if PLACE_CHAR in text or JUDGE_CHAR in text:
        return text
    return SILENT_CHAR * len(text)


def spots(hidden: str) -> list[Spot]:
    """All numbers and ranges of a masked sentence, in order."""
    found: list[Spot] = []
    at = 0
    while (match := SPOT.search(hidden, at)) is not None:
        spot = _range(hidden, match) if match["b"] is not None and _is_range(hidden, match) else None
        if spot is None:
            match = ALONE.search(hidden, match.start()) or match
            spot = _single(hidden, match)
        found.append(spot)
        at = max(spot.end, at + 1)
    return found


def _is_range(hidden: str, match: re.Match[str]) -> bool:
    separator = match["sep"].strip()
    before = hidden[max(0, match.start() - 24) : match.start()]
    if separator == "to" and GIVEN_TO.search(before) and ANSWERS.match(hidden, match.end()):
        return False  # "gave the full 100 to 428 answers"
    if separator == "and":
        return re.search(r"\b(?:between|[Bb]etween)\s*(?:about\s+)?$", before) is not None
    if (
        separator == "to"
        and (match["ua"] or (not match["ub"] and CLIMBS.search(hidden[: match.start()])))
        and re.search(r"\bby\s+(?:about|around|roughly|some|another)?\s*$", before)
    ):
        return False  # "climbs by about 12 points to 57.8"
    if separator in (",", ";"):
        square = before.rstrip().endswith("[") and hidden[match.end() :].lstrip().startswith("]")
        return square or _is_interval_of(before, hidden[match.end() :], match)
    if match["b"].startswith("+"):
        return False
    # "1.5 - 2" with one space only is a sign, "45 -88" likewise.
    lopsided = match["sep"] != match["sep"].strip() and len(match["sep"].strip()) == 1 and len(match["sep"]) == 2
    return not lopsided


def _is_interval_of(before: str, behind: str, match: re.Match[str]) -> bool:
    """ "67.80 (63.27, 72.32)": two ends in round brackets with the number before them in between."""
    owner = re.search(rf"({SIGNED})\s?%?\s*[^\w\s(]{{0,3}}\s*\(\s*$", before)
    if owner is None or not behind.lstrip().startswith(")"):
        return False
    low, own, high = (number_of(text).value for text in (match["a"], owner[1], match["b"]))
    return low <= own <= high and low < high


def _range(hidden: str, match: re.Match[str]) -> Spot:
    units = f"{match['ua'] or ''}{match['ub'] or ''}"
    separator = match["sep"].strip()
    spot = Spot(
        match.start(), match.end(), number_of(match["a"]), number_of(match["b"]), _percent(units),
        points="p" in units and not _percent(units), bracket=separator in (",", ";"), between=separator == "and",
        number_end=match.end("b"),
    )  # fmt: skip
    spot.approximate = APPROXIMATE.search(_right_before(hidden, spot.start)) is not None
    return spot


def _single(hidden: str, match: re.Match[str]) -> Spot:
    unit = match["ua"] or ""
    spot = Spot(
        match.start(), match.end(), number_of(match["a"]), None, _percent(unit), bool(unit) and not _percent(unit),
        number_end=match.end("a"),
    )  # fmt: skip
    before, behind = _right_before(hidden, spot.start), BEHIND.match(hidden, spot.end)
    spot.approximate = APPROXIMATE.search(before) is not None
    spot.operator = next((sign for sign, pattern in OPERATORS if pattern.search(before)), None)
    if AT_OR_ABOVE.search(before):
        spot.operator = ">="
    if behind is not None:
        spot.operator = "<=" if behind["less"] else ">="
        spot.end = behind.end()
    return spot


def _right_before(hidden: str, position: int) -> str:
    """As much as words right before a number may be, so that a long sentence costs no more by the number."""
    return hidden[max(0, position - WORDS_BEFORE) : position]


def _percent(unit: str) -> bool:
    return "%" in unit or "cent" in unit


def runs(hidden: str, found: Sequence[Spot]) -> Iterator[list[int]]:
    """Numbers that are listed one after the other ("67.80, 65.92 and 45.84"; "4 / 0"): their places in `found`.

    A half-width stands alone, and parts no list: "45.8 ± 4.3 and 45.5 ± 3.7" lists two numbers.
    """
    groups: list[list[int]] = []
    for i, spot in enumerate(found):
        between = hidden[found[i - 1].end : spot.start] if i else ""
        if i and HALF.search(between):
            yield [i]
        elif (
            groups
            and _of_a_kind(found[i - 1], spot)
            and (LISTED.fullmatch(between) or (AGAINST.fullmatch(between) and len(groups[-1]) == 1))
        ):
            groups[-1].append(i)
        else:
            groups.append([i])
    yield from groups


def _of_a_kind(one: Spot, other: Spot) -> bool:
    """ "An α of 57.77, and 358 from Opus": a score and a count are no list."""
    counts = [s for s in (one, other) if not s.low.places and s.low.value > 100]
    return len(counts) != 1 or max(one.low.places, other.low.places) < 2


CLIMBS = re.compile(
    r"(?i)\b(?:ris|rose|climb|f[ae]ll|drop|increas|decreas|go|went|lift|mov|lower|rais|grow|grew|shrink|shrank"
    r"|narrow|widen|cut)"
    r"\w*\b[^.;]{0,40}$"
)
GIVEN_TO = re.compile(r"\b(?:gave|giv\w+|award\w*|assign\w*)\b[^.;\d]*$")
ANSWERS = re.compile(r"\s+(?:of\s+|\w+\s+)?(?:answers|completions|samples|responses|replies)\b")
HALF = re.compile(r"^\s?±\s?$")
LISTED = re.compile(r"\s*(?:,\s*(?:and|or)?|and|or|/|&|→|,?\s*then)\s*(?:only\s+|just\s+|about\s+)?")
AGAINST = re.compile(r"\s*(?:against|versus|vs\.?)\s*")
