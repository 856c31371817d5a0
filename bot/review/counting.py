"""Numbers that count something: judgements, failures, questions, conditions."""

from __future__ import annotations

import re

from bot.review import cues
from bot.review.answers import Ask
from bot.review.cues import last_before
from bot.review.names import PLACE
from bot.review.numbers import JUDGE_CHAR, PLACE_CHAR, Spot
from bot.review.scope import Inquiry
from bot.review.special import Special

STANDING = (
    ("standing/original", r"\s+(?:judge?ments?\s+)?stands?\s+as\s+first\s+given"),
    ("standing/rejudged", r"\s+(?:were|was)\s+re-?judged"),
    ("standing/failed", r"\s+(?:still\s+fail|remain)"),
)
# "Of Sonnet's judgements 39 failed": of all of them.
OF_ALL = re.compile(rf"\s*of\s+(?:the\s+)?(?:\d[\d,]*\s+)?(?:{JUDGE_CHAR}+(?:['’]s)?\s+)?judge?ments\b")
LOST = re.compile(
    r"\b(?:lost|missed|failed|dropped)\s+(?:on\s+)?(?:only\s+|about\s+|all\s+of\s+|at\s+(?:most|least)\s+|up\s+to\s+)?$"
)
# "39 Sonnet judgements failed out of 4,160, and 10 Opus judgements out of the same number".
OUT_OF_THEM = re.compile(r"\s*(?:\S+\s+)?judge?ments\s+(?:out\s+)?of\s+(?:the|as)\b")
EACH_QUESTION = re.compile(r"[\s-]*\w+(?:\s+\w+)?\s+(?:each\b|(?:per|a|for each|for every|of each)\s+question)")
LOSING = re.compile(r"\s*of (?:the )?\d+ questions\s+(?:\w+\s+)?(?:lost|lose|miss\w*|fail\w*|have|had)\b")
OF_AS_MANY = re.compile(r"[(\[]\s*\d+\s*/\s*\d+\s*[)\]]")
VALID = re.compile(r"\bvalid (?:judge?ments?|answers?|scores?|samples?)\b[^.;]{0,80}$")
# "Scoring those 30 all at 0 …": the failed ones.
THOSE, AT_AN_END = re.compile(r"\b(?:those|these|the)\s+$"), re.compile(r"\s+(?:all\s+)?(?:at|as)\s+(?:0|zero|100)\b")
SCORED_BY_BOTH = re.compile(r"[^.;,]{0,60}\b(?:that|which)?\s*both\b[^.;,]{0,20}\b(?:scored|judged|rated)\b")
REPEATING = re.compile(r"\bquestions?\b[^.;]{0,40}\brepeat|\brepeat\w* (?:questions?|items?)\b|\bduplicate")
N_IS = re.compile(r"\bn\s*[=:]\s*$")
LISTING = re.compile(r"(?:[,;]|\band\b|\bbut\b)[^.\d]{0,30}$")


class Counting(Special):
    """What a count counts, by the noun behind it or by what the sentence speaks of."""

    def noun(self, i: int, spot: Spot) -> Inquiry | None:
        """A count with what it counts behind it: "52 questions", "30 errors"."""
        if spot.low.places or spot.percent or spot.points or spot.is_range or N_IS.search(self.s.low[: spot.start]):
            return None
        if (told := self._told_outright(spot)) is not None:
            return Inquiry(told, True)
        if self._is_of_as_many(i, spot):
            return Inquiry([Ask("breached")], True)
        if self._is_of_all(spot):
            return Inquiry([Ask("fact", "conditions")], True)
        kind, adjectives = self._noun_behind(i, spot)
        if kind == "judgements":
            self.nouns[i] = kind, adjectives
        if self._is_part_of(i, spot) and kind in ("conditions", "cells"):
            breached = cues.BREACH.search(self.s.low) is not None
            return Inquiry([Ask("breached"), *([] if breached else [Ask("fact", kind)])], breached)
        filtered = self.s.frame.cue == "coherent_only" or any(
            c.kind == "coherent_only" and c.end <= spot.start for c in self.bases
        )
        if kind is None and filtered and spot.low.value >= 100:
            return Inquiry([Ask("coherent_only", "n")], True)
        if kind == "times" or (kind is None and not self._counts_failures(i, spot)):
            return None
        if kind is None or kind == "errors" or self._is_of_failures(i, spot, kind, adjectives):
            return self._failures(spot, told=kind is not None)
        return self._count_of(i, spot, kind)

    def _is_of_all(self, spot: Spot) -> bool:
        """ "On all four conditions (4 of 4)", "in 4/4 conditions": as many as there are."""
        count = f"{len(self.m.book.conditions)}"
        around = self.s.text[max(0, spot.start - 6) : spot.end + 16]
        told = re.search(rf"\b{count}\s*(?:/|of)\s*{count}\b(?:[)\]]|\s+(?:conditions|prompts|cells))?", around)
        every = any(m.kind == PLACE and m.every and m.start < spot.end + 16 for m in self.s.mentions)
        return told is not None and f"{spot.low.value:g}" == count and (every or "condition" in around)

    def _is_of_as_many(self, i: int, spot: Spot) -> bool:
        """ "Breached on all four conditions (4/4)": on how many of how many."""
        around = self.s.low[max(0, spot.start - 4) : spot.end + 4]
        few = spot.low.value <= len(self.m.book.conditions)
        return (
            few and OF_AS_MANY.search(around) is not None and cues.BREACH.search(self.s.low[: spot.start]) is not None
        )

    def _told_outright(self, spot: Spot) -> list[Ask] | None:
        """Counts that need no binding: what repeats, what is valid, judges, where judgements stand, how they failed."""
        before, behind = self.s.low[: spot.start], self.s.text[spot.end :]
        if THOSE.search(before) and AT_AN_END.match(behind):
            return [Ask("alpha", "errors")]
        if REPEATING.search(before):
            return [Ask("fact", "panel/duplicates")]
        again = cues.PLAIN_AGAIN.search(before) is not None  # "1,010 valid scores instead of 1,040"
        valid = VALID.search(before) is not None
        if spot.low.value >= 100 and (valid or re.match(r"\s+valid ones\b", behind)):
            part = "judgements" if valid and again else "n"
            return [Ask("alpha", part), Ask(f"sum:{part}")]
        if re.match(r"\s+judges\b", behind):
            return [Ask("fact", "judges"), Ask("all judges")]
        if (standing := self._standing(spot)) is not None:
            return [Ask("fact", standing)]
        word = re.match(r"\s+(\w+)", behind)
        failed = word is not None and word[1] in self.m.answers.failure_classes
        return [Ask("alpha", f"failed/{word[1]}")] if failed and word is not None else None

    def _is_of_failures(self, i: int, spot: Spot, kind: str, adjectives: str) -> bool:
        """ "30 failed judgements", "lost 165 judgements": then what is counted behind it in the same breath too."""
        first = self.s.spots[self.s.runs.get(i, [i])[0]].start  # "lost 165 and 298 judgements"
        lost = kind == "judgements" and LOST.search(self.s.low[:first]) is not None
        if lost:
            self.nouns[i] = "judgements", adjectives + " failed"
        again = OUT_OF_THEM.match(self.s.low, spot.end) and cues.FAILING.search(self.s.low[: spot.start])
        return lost or (kind == "judgements" and bool(again or cues.FAILING.search(adjectives)))

    def _failures(self, spot: Spot, *, told: bool) -> Inquiry:
        """Failed judgements: of what is bound, of all where the words say so; or what they are counted out of."""
        if not told and self._is_whole(spot):
            return Inquiry([Ask("alpha", "judgements"), Ask("sum:judgements")], True)
        if cues.IN_TOTAL.match(self.s.low, spot.end):
            return Inquiry([Ask("sum:errors")], True)
        if OF_ALL.match(self.s.low) and PLACE_CHAR not in self.s.hidden[: spot.start]:
            return Inquiry([Ask("sum:errors")], True, places=self.m.book.conditions)
        return Inquiry([Ask("alpha", "errors"), Ask("sum:errors")], True)

    def _is_whole(self, spot: Spot) -> bool:
        """ "Of 4,160 judgements by Sonnet 39 failed; of 4,160 by Opus, 10": what failures are counted out of."""
        return spot.low.value >= 100 and re.search(r"\bof\s+(?:the\s+)?$", self.s.low[: spot.start]) is not None

    def _standing(self, spot: Spot) -> str | None:
        """Judgements of the whole archive by where they stand: as first given, re-judged, still failed."""
        behind = self.s.low[spot.end :]
        for name, pattern in STANDING:
            if re.match(pattern, behind):
                return name
        if "re-judged" in self.s.low and (word := re.match(r"\s+(\w+)", behind)) is not None:
            return f"standing/failed/{word[1]}" if f"standing/failed/{word[1]}" in self.m.book.facts else None
        return None

    def _noun_behind(self, i: int, spot: Spot) -> tuple[str | None, str]:
        """What is counted: the noun behind the number, behind its list, or behind the number before "in all"."""
        last = self.s.spots[self.s.runs.get(i, [i])[-1]]
        for end in (spot.end, last.end):
            for kind, pattern in cues.NOUN.items():
                if (found := pattern.match(self.s.low, end)) is not None and (end == spot.end or kind != "times"):
                    failed = cues.FAILED_BEHIND.match(self.s.low, found.end()) is not None
                    return kind, (found["adjectives"] or "") + (" failed" if failed else "")
        if re.match(rf"\s*of\s+{PLACE_CHAR}", self.s.low[spot.end :]) and cues.BREACH.search(self.s.low):
            return "conditions", ""
        in_a_chain = i > 0 and self._is_part_of(i - 1, self.s.spots[i - 1])  # "4 of 4 of 4 of" has no noun
        if self._is_part_of(i, spot) and i + 1 < len(self.s.spots) and not in_a_chain:
            whole = self._noun_behind(i + 1, self.s.spots[i + 1])
            return whole if whole[0] in ("conditions", "cells", "questions") else (None, "")
        if (carried := self._carried_noun(i, spot)) is not None:
            return carried
        in_all = re.match(r"\s*(?:in all|in total|altogether|overall)\b", self.s.low[spot.end :])
        if i and in_all and not self._is_part_of(i - 1, self.s.spots[i - 1]):  # "10 of 4,160 in all" has no noun
            return self._noun_behind(i - 1, self.s.spots[i - 1])
        return None, ""

    def _carried_noun(self, i: int, spot: Spot) -> tuple[str, str] | None:
        """ "1,038 and 922 valid judgements for EvoPrompt, 875 and 742 for PAIR": the noun stands for all of them."""
        former = self.nouns.get(i - 1)
        if former is None or i - 1 < 0:
            return None
        between = self.s.low[self.s.spots[i - 1].end : spot.start]
        told = any(c.start >= self.s.spots[i - 1].end and c.end <= spot.start for c in self.bases if c.kind == "errors")
        fails = cues.FAILING.search(former[1]) is not None
        return former if LISTING.search(between) and (fails or not told) else None

    def _is_part_of(self, i: int, spot: Spot) -> bool:
        """ "1 of 7 cells", "4 of 4 conditions"."""
        if i + 1 < len(self.s.spots):
            between = self.s.low[spot.end : self.s.spots[i + 1].start]
            if re.fullmatch(r"\s*of\s+(?:the\s+|its\s+|all\s+)?", between):
                return True
        return re.match(rf"\s*of\s+{PLACE_CHAR}", self.s.low[spot.end :]) is not None

    def _counts_failures(self, i: int, spot: Spot) -> bool:
        """Whether a bare whole number counts failures: failure is the nearest metric, or "of 1,040" follows."""
        behind = self.s.low[spot.end :]
        cue = last_before(self.bases, spot.start)
        failing = cue is not None and cue.kind == "errors"
        if failing and last_before(self.parts, spot.start, cue.end if cue else 0) is not None:
            return False
        if failing or (cue is None and self.s.frame.cue == "errors" and not self.nouns):
            return True
        of_all = re.match(r"\s*of\s+(?:the\s+|its\s+|all\s+)?\d|/\d[\d,]{2,}", behind) is not None
        return of_all and any(c.kind == "errors" for c in self.bases)

    def _count_of(self, i: int, spot: Spot, kind: str) -> Inquiry | None:
        if self._is_planned(spot) and (kind == "seeds" or not self.bound_here(i)) and spot.low.value < 100:
            return Inquiry([], False)
        if kind in ("conditions", "cells", "judges", "seeds"):
            return self._small_count(i, spot, kind)
        if kind == "questions":  # "15 of the 52 questions lost half of theirs" counts some of them
            whole = not (self._is_part_of(i, spot) and LOSING.match(self.s.low, spot.end))
            return Inquiry([Ask("alpha", "questions"), Ask("fact", "panel/questions")], whole)
        strict = (
            self.bound_here(i)
            or abs(spot.low.value) >= 100
            or re.match(
                r"[\s-]*\w+(?:\s+\w+)?\s+(?:(?:an?|per|every|for each)\s+\w+|each\b)"
                r"|\s*\w+\s+(?:in all|in total|altogether)",
                self.s.low[spot.end :],
            )
            is not None
            or re.search(r"(?:×|x|times)\s*$", self.s.low[: spot.start]) is not None
        )
        coherent = any(c.kind == "coherent_only" for c in self.bases) or self.s.frame.cue == "coherent_only"
        each = EACH_QUESTION.match(self.s.low, spot.end) is not None
        asks = [
            *([Ask("alpha", "per_question")] if each else []),
            Ask("alpha", "judgements"),
            Ask("alpha", "n"),
            Ask("fact", "panel/samples"),
            Ask("sum:judgements"),
            Ask("sum:n"),
            Ask("gap_paired", "n"),
        ]
        if SCORED_BY_BOTH.match(self.s.text, spot.end):
            return Inquiry([Ask("gap_paired", "n")], True)
        if "valid" in self.nouns.get(i, ("", ""))[1] or re.search(r"\bn\s*=\s*[\d,\s]*$", self.s.low[: spot.start]):
            asks = [ask for ask in asks if ask == Ask("alpha", "n") or ask.base == "sum:n"]
        return Inquiry([Ask("coherent_only", "n"), *asks] if coherent else asks, strict)

    def _is_planned(self, spot: Spot) -> bool:
        """ "two more seeds", "at least 30 questions": wished for, not reported."""
        before = re.split(r"[;:.(]", self.s.low[max(0, spot.start - 40) : spot.start])[-1]
        behind = re.split(r"[;:.,)]", self.s.low[spot.end : spot.end + 24])[0]
        return cues.PLANNED.search(before) is not None or cues.PLANNED.search(behind) is not None

    def _small_count(self, i: int, spot: Spot, kind: str) -> Inquiry:
        of = re.search(r"\bof\s+(?:the\s+|its\s+|all\s+)?$", self.s.low[: spot.start]) is not None
        named = (
            re.search(r"\b(?:all|the|these|both|every one of|on)\s+(?:of\s+)?$", self.s.low[: spot.start]) is not None
        )
        asks = [Ask("fact", kind), *([Ask("all judges")] if kind == "judges" else [])]
        if kind in ("conditions", "cells"):
            asks += [Ask("fact", "panel/questions")] if re.match(r"\s*prompts?\b", self.s.low[spot.end :]) else []
            asks += [Ask("places"), Ask("breached"), Ask("fact", "conditions"), Ask("fact", "cells")]
        return Inquiry(asks, of or named or kind in ("judges", "seeds"))
