"""Firm places: words around a number that leave open nothing but one kind of fact.

"The finetune scores 28.21" tells its α and no end of an interval, "17.25 points above it" a difference, "3.4 times the
naive one" a quotient of standard errors, "(n = 1,036)" behind a value how many that very value rests on. A number that
is right of something else there is right by chance, so it is held against what alone may stand there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.review.agreeing import UNMATCHED, WRONG, Finding, status_of
from bot.review.answers import BOUNDS, Answer, Ask, Where
from bot.review.besidetold import DIFFERENCE
from bot.review.doubting import WORKED_OUT
from bot.review.names import JUDGE, PLACE
from bot.review.numbers import JUDGE_CHAR, PLACE_CHAR, Spot
from bot.review.series import COMPARING, RIGHT, Series

LEVEL = re.compile(r"(?P<base>alpha|coherent|reference|x)/(?:(?P<judge>[^/ ]+)/)?(?P<place>[^/ ]+)(?:/(?P<part>\w+))?")
# "The finetune scores 28.21", "even the null baseline's 0.046", "PAIR #98 (0.031".
OWN = re.compile(
    rf"{PLACE_CHAR}+(?P<how>['’]s?|\s+(?:scores|sits\s+at|stands\s+at|is\s+at|is))\s+$|{PLACE_CHAR}+(?P<opens>\s+\()$"
)
ABOVE_IT = re.compile(r"\s*(?:points?\s+)?(?:above|below|over|under)\s+")
ABOVE_A_PLACE = re.compile(rf"\s*(?:points?\s+)?(?:above|below)\s+(?:the\s+)?{PLACE_CHAR}")
ENDS = ("ci_low", "ci_high", "bound_low", "bound_high", "half", "se")
WAY = re.compile(r"\s*(?:points?\s+)?(?:above|below|higher|lower|milder|harsher|stricter|more|less)\b")
NEARER = re.compile(r"\b(?:nearer|closer|farther|further)\b(?:[^.;]|\.\d)*\b(?:to|than|from)\s+(?:the\s+)?$")
HIGHER = re.compile(r"\s*(?:points?\s+)?(?:above|below|higher|lower|milder|harsher|stricter|apart|more|less)\b")
NAIVE_TIMES = re.compile(r"\s*(?:times|×)\s+(?:the\s+)?naive\b")
SPEARMAN = re.compile(r"\bspearman(?:['’]s)?\s+(?:rank\s+correlation\s+)?(?:of\s+)?$")
OF_A_CELL = re.compile(r"\s*of a cell (?:unjudged|failed)\b")
JUDGES_LIMIT = re.compile(
    rf"\b(?:gap|distance|difference) between (?:the judges|{JUDGE_CHAR}+) was to (?:stay|be|remain)\s+"
    r"(?:below|under|within|at most)\s+$"
)
BETWEEN_JUDGES = re.compile(r"\s*(?:points?\s+)?between\s+(?:the\s+judges|\ue001)")
LIMIT_OF = re.compile(r"\b(?:limit|gate|tolerance) of\s+$")
ADDED = re.compile(r"[=+]\s*$|\b(?:total|together|altogether|all)\b[^.;]{0,20}$")
OF_THE_PANEL = re.compile(r"\bquestions?\b|\bitems?\b|\beffective\b")
COUNTS = {
    "seeds": "seeds",
    "seed": "seeds",
    "questions": "panel/questions",
    "conditions": "conditions",
    "prompts": "conditions",
}
COUNTED = re.compile(rf"\s*(?P<noun>{'|'.join(COUNTS)})\b")
BREACHED_ON = re.compile(r"\bbreached on\s+$")
FAILED = re.compile(r"\s*(?:judge\s+)?(?:errors?|failures?)\b(?!\s+rate)")
OUT_OF = re.compile(r"\s*(?:out\s+)?of\s+")
SAMPLES_EACH = re.compile(r"\s*(?:samples|completions|answers)\s+(?:each|per question)\b")
QUESTIONS_WITH = re.compile(r"\bquestions?\s*(?:with|×|x|,|and)\s*$")
IN_BRACKETS = re.compile(r"[(\[]\s*(?:n\s*=|(?P<se>se)\s*=?)\s*$")
DIFFER_BY = re.compile(rf"\bdiffer(?:s|ed)? by\s+$|\bdiffer(?:s|ed)? by [\d.]+ under {JUDGE_CHAR}+\s+and by\s+$")
BY_ZERO = re.compile(r"\bat (?:0|zero)\b|\bscored (?:as )?(?:0|zero)\b|\bwere\b[^.;]*\b0\b")
BY_HUNDRED = re.compile(r"\b100\b")


class Firm(Series):
    """Each rule tells what alone may stand in a place, or None where the words are not of its kind."""

    def firmly(self, found: Sequence[Finding]) -> list[Finding]:
        """The findings, what is right of the wrong thing held against the right one."""
        firm = [self._firm(f, found) if f.status != WRONG and self.place_of(f) >= 0 else f for f in found]
        return [self._of_wrong_counts(f, firm) for f in firm]

    def _of_wrong_counts(self, finding: Finding, found: Sequence[Finding]) -> Finding:
        """ "31 of 1,040 failed (2.9 %)": a share that the archive has is right, though a count before it is not."""
        i = self.place_of(finding)
        worked_out = finding.status == WRONG and any(WORKED_OUT.fullmatch(fact) for fact in finding.facts)
        counts = {s.start for s in self.s.spots[max(0, i - 2) : max(0, i)]}
        if i < 0 or not worked_out:
            return finding
        where, right = self.where(i, self.inquiries.get(i)), [f for f in found if f.start in counts]
        if all(f.status in RIGHT for f in right) and len(where.places) * len(where.judges) > 1:
            return finding
        places = (self.s.bind(i, PLACE).ids or self._named_before(i), where.places)
        ways = [Where(own, judges) for own in places for judges in (where.judges, self.m.book.judges) if own]
        asks = (Ask("alpha", "error_rate"), Ask("sum:error_rate"))
        rates = [a for way in ways for ask in asks for a in self._each_of(ask, way)]
        return self.hit(self.s.spots[i], rates) or finding

    def _firm(self, finding: Finding, found: Sequence[Finding]) -> Finding:
        i = self.place_of(finding)
        spot = self.s.spots[i]
        if spot.operator is not None and JUDGES_LIMIT.search(self.s.low[: spot.start]) is None:
            return finding
        if (signed := self._with_a_direction(finding, spot)) is not None:
            return signed
        for rule in (
            self._plain_words, self._of_the_named, self._of_an_owner, self._only_apart, self._other_bound,
            self._of_the_other, self._of_one_judge_alone, self._errors_of_the_cell,
        ):  # fmt: skip
            only = rule(i, spot, finding, found)
            if only:
                return self.judged(spot, only, certain=True) or finding
        return self._never_negative(i, finding, spot) or finding

    def _never_negative(self, i: int, finding: Finding, spot: Spot) -> Finding | None:
        """ "The target is −28.21": right but for a sign that no score and no count has."""
        inquiry = self.inquiries.get(i)
        signed = spot.low.sign == "-" and not spot.is_range and finding.status == UNMATCHED
        if not signed or not self.s.text[spot.start + 1].isdigit():
            return None
        plain = replace(spot, low=spot.low._replace(value=abs(spot.low.value), sign=""))
        asks, where = (inquiry.asks if inquiry is not None else []), self.where(i, inquiry)
        offered = [a for ask in (*asks, Ask("alpha")) for a in self.m.answers.singles(ask, where)]
        if OF_THE_PANEL.search(self.s.low):
            offered += [
                Answer(v) for v in self.m.all_values if v.fact.startswith(("panel/effective", "panel/distinct"))
            ]
        hit = self.hit(plain, [a for a in offered if not a.signless and a.low.value > 0])
        return hit._replace(status=WRONG, values=()) if hit is not None else None

    def _of_the_other(self, i: int, spot: Spot, finding: Finding, found: Sequence[Finding]) -> list[Answer] | None:
        """ "17.25 points above 28.21": the value of what that difference is from."""
        before = next((f for f in found if i and f.start == self.s.spots[i - 1].start), None)
        above = before is not None and ABOVE_IT.fullmatch(self.s.low[before.end : spot.start])
        told = DIFFERENCE.fullmatch(before.facts[0]) if above and before is not None and before.facts else None
        known = self._level(finding)
        if told is None or known is None or known["part"] or before is None or before.status not in RIGHT:
            return None
        return self._each_of(Ask("alpha"), Where((told["other"],), (told["judge"],)))

    def _of_one_judge_alone(
        self, i: int, spot: Spot, finding: Finding, found: Sequence[Finding]
    ) -> list[Answer] | None:
        """ "Of 4,160 judgements by Sonnet 39 failed": by that judge, and by no other."""
        if (cell := self._of_so_many_of_a_cell(i, found)) is not None:
            return self._fact_called(f"{cell}/errors") if any("+" in fact for fact in finding.facts) else None
        if self._is_of_all_judgements(spot):
            return None
        judges = self.s.bind(i, JUDGE)
        of_both = any(fact.startswith("errors/") and "+" in fact for fact in finding.facts)
        added = ADDED.search(self.s.low[: self.s.spots[i].start])
        if not of_both or added or len(judges.ids) != 1 or not judges.sure or not self._is_next_to(i, JUDGE):
            return None
        where = self.where(i, self.inquiries.get(i))
        return [a for base in (Ask("alpha", "errors"), Ask("sum:errors")) for a in self.m.answers.singles(base, where)]

    def _is_of_all_judgements(self, spot: Spot) -> bool:
        """ "10 for Opus, 49 of 8,320": a whole that is all judgements there are."""
        behind = OUT_OF.match(self.s.low, spot.end)
        whole = next((s for s in self.s.spots if behind is not None and s.start == behind.end()), None)
        asked = self._counted_everywhere("judgements") if whole is not None else []
        return whole is not None and any(status_of(whole, answer) is not None for answer in asked)

    def _of_so_many_of_a_cell(self, i: int, found: Sequence[Finding]) -> str | None:
        """ "37 of 1,040 failed": the cell that has so many judgements, where it is one."""
        whole = self.s.spots[i + 1] if i + 1 < len(self.s.spots) else None
        if whole is None or OUT_OF.fullmatch(self.s.low[self.s.spots[i].end : whole.start]) is None:
            return None
        told = next((f.facts for f in found if f.start == whole.start and f.status in RIGHT), ())
        return told[0].removesuffix("/judgements") if len(told) == 1 and told[0].endswith("/judgements") else None

    def _errors_of_the_cell(
        self, i: int, spot: Spot, finding: Finding, found: Sequence[Finding]
    ) -> list[Answer] | None:
        """ "Grid #2: α = 74.7, coherence 37.4, 7 errors": of the one cell whose α is told there."""
        told = {f.facts[0] for f in found if f.status in RIGHT and len(f.facts) == 1 and f.start < spot.start}
        cells = [m for fact in sorted(told) if (m := LEVEL.fullmatch(fact)) and m["base"] == "alpha" and not m["part"]]
        noun = FAILED.match(self.s.low, spot.end) is not None and not (spot.percent or spot.is_range or spot.low.places)
        if not noun or len(cells) != 1 or cells[0]["place"] not in self.s.bind(i, PLACE).ids:
            return None
        return self._fact_called(f"{cells[0].group()}/errors")

    def _with_a_direction(self, finding: Finding, spot: Spot) -> Finding | None:
        """ "−43.36 points lower": the word gives the direction, so that a minus turns it round."""
        signed = spot.low.sign == "-" and not spot.is_range and spot.low.value
        if not signed or WAY.match(self.s.low, spot.end) is None or finding.status not in RIGHT:
            return None
        return finding._replace(status=WRONG, expected=finding.expected.lstrip("−-"), values=())

    def _plain_words(self, i: int, spot: Spot, finding: Finding, found: Sequence[Finding]) -> list[Answer] | None:
        """Words that name one fact, or the same one of each that is bound."""
        before, everywhere = self.s.low[: spot.start], Where(self.m.book.conditions, self.m.own_judges)
        if spot.is_range:
            return None
        if SAMPLES_EACH.match(self.s.low, spot.end) and QUESTIONS_WITH.search(before):
            return self._fact_called("panel/samples")
        if JUDGES_LIMIT.search(before) or (LIMIT_OF.search(before) and BETWEEN_JUDGES.match(self.s.low, spot.end)):
            return self._fact_called("gate/judge_gap_max/limit")
        if SPEARMAN.search(before) and any(" − " in f or f.endswith("/correlation") for f in finding.facts):
            return self._each_of(Ask("agreement", "spearman"), self.where(i))
        if NAIVE_TIMES.match(self.s.low, spot.end):
            return self._each_of(Ask("alpha", "se_ratio"), self.where(i))
        if spot.percent and OF_A_CELL.match(self.s.low, spot.end):
            rates = self.m.answers.values(Ask("alpha", "error_rate"), everywhere)
            return [Answer(max(rates))] if rates else None
        if (noun := COUNTED.match(self.s.low, spot.end)) and any(f.startswith("count(answers") for f in finding.facts):
            return self._fact_called(COUNTS[noun["noun"]])
        if BREACHED_ON.search(before) and finding.facts and finding.facts[0].endswith("/passed"):
            gate = finding.facts[0].removesuffix("passed")
            return [a for a in self._gate_counts(breached=True) if a.low.fact.startswith(gate)]
        return None

    def _fact_called(self, name: str) -> list[Answer]:
        value = self.m.answers.value(name)
        return [Answer(value)] if value is not None else []

    def _each_of(self, ask: Ask, where: Where) -> list[Answer]:
        return list(self.m.answers.singles(ask, where))

    def _of_the_named(self, i: int, spot: Spot, finding: Finding, found: Sequence[Finding]) -> list[Answer] | None:
        """ "The finetune scores 28.21": the value of that very one."""
        told = OWN.search(self.s.low[: spot.start])
        known = self._level(finding)
        named = [m for m in self.s.mentions if told and m.kind == PLACE and m.start == told.start() and len(m.ids) == 1]
        plain = bool(spot.low.places) and not (spot.points or spot.percent or spot.is_range or spot.low.sign == "+")
        if told is None or not named or not plain or COMPARING.match(self.s.low, spot.end):
            return None
        if told["opens"] and NEARER.search(self.s.low[: told.start()]):
            return None  # "nearer to the target (17.63) than to the null baseline (42.98)"
        if told["how"] and any(len(g.members) > 1 and named[0] in g.members for g in self.s.groups[PLACE]):
            return None  # "Mean coherence for Grid #2 and Grid #3 is 47.52 and 53.64"
        if any(part.kind in ("ci", "bound", "half", "se") and part.end <= told.start() for part in self.parts):
            return None  # "the upper limit of the target is 30.45"
        same = known is not None and known["place"] == named[0].ids[0] and known["part"] not in ENDS
        words = self.s.low[: spot.start]
        if known is not None and known["part"] in BOUNDS and (BY_ZERO.search(words) or BY_HUNDRED.search(words)):
            return None  # "with every failure of the target at 100, the target is at 30.21"
        loose = told["opens"] or told["how"].strip() in ("'s", "’s", "'", "’", "is")
        if same or (known is None and loose) or (told["opens"] and known is not None and known["part"] not in ENDS):
            return None
        base = known["base"] if known is not None and known["base"] in ("coherent", "x") else "alpha"
        judges = self.s.bind(i, JUDGE).ids or self.m.book.judges
        return self._each_of(Ask(base), Where(named[0].ids, judges))

    def _of_an_owner(self, i: int, spot: Spot, finding: Finding, found: Sequence[Finding]) -> list[Answer] | None:
        """ "−28.73 on Grid #2 (n = 1,003": how many that value rests on."""
        span = self.s.inner(spot.start)
        told = IN_BRACKETS.search(self.s.low[: spot.start])
        owner = self.s.owner(span) if span is not None and told is not None else None
        head = next((f for f in found if owner is not None and f.start == self.s.spots[owner].start), None)
        own = head.facts[0] if head is not None and len(head.facts) == 1 and head.status in RIGHT else ""
        own = "" if own.startswith("gap/") else own
        if told is not None and told["se"]:
            return self._fact_called(f"{own}/se") if own else None
        value = self.m.answers.value(f"{own}/n" if not own.endswith("coherent_only") else f"{own}_n") if own else None
        return [Answer(value)] if value is not None else None

    def _only_apart(self, i: int, spot: Spot, finding: Finding, found: Sequence[Finding]) -> list[Answer] | None:
        """ "45.46 points higher than that", "Grid #2 and Grid #3 differ by 0.38": a difference, and no value."""
        told = spot.points if HIGHER.match(self.s.low, spot.end) else DIFFER_BY.search(self.s.low[: spot.start])
        goes_on = spot.points and self.s.frame.cue in ("diff", "gap")  # "…; the largest that of PAIR #111, 58.7 points"
        apart = told or goes_on or ABOVE_A_PLACE.match(self.s.low, spot.end)
        known = self._level(finding)
        inquiry = self.inquiries.get(i)
        margin = self.s.low[: spot.start].rstrip().endswith("±")
        if not apart or known is None or spot.is_range or not spot.low.places or inquiry is None or margin:
            return None
        where = self.where(i, inquiry)
        where = replace(where, others=where.others or self.others_of(i))
        judged = [ask for ask in inquiry.asks if ask.base in ("gap", "diff", "gap_paired")] or [Ask("diff")]
        return [a for ask in judged for a in self.m.answers.singles(ask, where)]

    def _level(self, finding: Finding) -> re.Match[str] | None:
        """What one value it was found to be, where it is no span of several."""
        value = self.m.answers.value(finding.facts[0]) if len(finding.facts) == 1 else None
        same = value is not None and all(v.value == value.value for v in finding.values)
        return LEVEL.fullmatch(finding.facts[0]) if same else None

    def _other_bound(self, i: int, spot: Spot, finding: Finding, found: Sequence[Finding]) -> list[Answer] | None:
        """ "44.5 with all of them at 0 and 47.4 with all of them at 100": both bounds of one cell."""
        bounds = [f for f in found if f is not finding and f.status in RIGHT and len(f.facts) == 1]
        bounds = [f for f in bounds if f.facts[0].endswith(("/bound_low", "/bound_high"))]
        told = BY_ZERO.search(self.s.low) and BY_HUNDRED.search(self.s.low) and spot.low.places
        mentioned = [p for m in self.s.mentions if m.kind == PLACE and not m.every for p in m.ids]
        named = {*mentioned, *self.s.frame.places.ids}
        bounds = [f for f in bounds if f.facts[0].split("/")[2] in named]
        own = finding.facts[0].split("/") if finding.status in RIGHT and len(finding.facts) == 1 else []
        elsewhere = len(own) > 2 and own[2] in named and finding.facts[0].endswith(("/bound_low", "/bound_high"))
        if elsewhere and len(mentioned) > 1:
            return None  # "with every failure of Grid #2 at 0 it is 44.52, with every one of the target at 100 30.21"
        near = len(bounds) == 1 and 0 < abs(self.place_of(bounds[0]) - i) <= 2
        if not told or not near or spot.is_range or spot.percent or spot.points:
            return None
        cell, _, end = bounds[0].facts[0].rpartition("/")
        first = finding.start < bounds[0].start
        other = "bound_low" if end == "bound_high" else "bound_high"
        if finding.facts[:1] == (cell,) or self._is_aside(i) or first != (other == "bound_low"):
            return None
        return self._fact_called(f"{cell}/{other}")
