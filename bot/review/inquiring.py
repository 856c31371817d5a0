"""Which metric a number is of: what its words ask of the archive."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.review import cues
from bot.review.answers import Ask
from bot.review.cues import Cue, last_before
from bot.review.names import JUDGE, PLACE
from bot.review.numbers import AGAINST, Spot
from bot.review.percents import Percents
from bot.review.scope import Inquiry

NEAR = 40  # characters within which a word and a number belong together
OUT_OF = re.compile(
    r"(?:\s*(?:for|on|under|by)?\s*\(?[\ue000\ue001]+\)?)?\s*,?\s*(?:(?:in\s+(?:total|all)|altogether),?\s+)?"
    r"(?:times\s+)?(?:(?:out\s+)?of|(?<=times\s)in)\s+(?:the\s+|its\s+|all\s+|a\s+total\s+of\s+)?"
)
FAILURES_IN = re.compile(
    r"\s*(?:failures?|failed|errors?|lost|missing|of (?:them|these)|times)\s+in\s+(?:a\s+total\s+of\s+|all\s+)?"
)  # "49 failures in 8,320"
OF_THE = re.compile(r"\s*(?:of|for|on|around)\s+(?:the\s+|this\s+|that\s+|its\s+)?(?:\w+\s+){0,2}")
BESIDE = re.compile(r"\b(?:on|by|under|for|with|to|from|of)\s+(?:the\s+)?$")  # "on the Opus side": no subject
ITS_SCORE = re.compile(cues.ITS_SCORE)
OF_PLACE = re.compile(r"\s*(?:of|for)\s+(?:the\s+)?")
SET_AGAINST = re.compile(r",\s*(?:against|versus|vs\.?|compared (?:with|to))\s*$")
SHARED = re.compile(r"\bpaired\b|\bpairs? of\b|\bpair(?:ing|wise)\b|\bshared\b")
ANEW = re.compile(r",\s+(?:and|but|while)\b|;")
CHANGE_OF_GAP = re.compile(
    r"\s*(?:points\s+)?(?:(?P<wider>wider|larger|bigger|greater)|narrower|smaller|tighter)\s+than\s+"
    r"(?:(?:on|for|in|at|with|that of|the one (?:on|for|of))\s+)?(?:the\s+)?(?=\ue000)"
)
DID_SO = re.compile(r"\b(?:did|does|do) so by\s+(?:about\s+|only\s+)?$")
THE_OTHERS = re.compile(
    r"[^,;.]{0,20},\s*(?:and\s+)?(?:the\s+)?(?:\w+\s+){0,2}(?:ones?|others?|rest|two)\s+(?:(?:by|at|are|is|about|some|only)\s+)*"
)
ALONE = ("se", "naive_se", "half", "correlation", "spearman", "krippendorff", "tau")
JUDGE_SAYS = re.compile(
    r"\ue001+\s+(?:says|has|sees|reads)\s+$|\ue001+\s+(?:says|has|sees|reads)\s+[\d.]+\s*(?:,|and|,\s*and|but)\s*\ue001+\s+$"
)
TIMES_THE = re.compile(r"\s*(?:times|×|x)\s+(?:the\s+|that\s+of\s+(?:the\s+)?)?(?:(?:c|α|alpha)\s+of\s+(?:the\s+)?)?")
TIMES_THE_METRIC = re.compile(r"\s*(?:times|×|x)\s+the\s+(?P<metric>c|α|alpha|coherence)\s+(?:of|that)\b")
METRICS = {"c": "x", "coherence": "coherent"}
ANOTHER = re.compile(r"\s*(?:for\s+|by\s+|on\s+)?(?:the\s+)?[\ue000\ue001]+\s*[:=,]?\s*")
AND_ALSO = re.compile(r"\s*\([^()]*\)\s*(?:,|and|or)\s*(?:and\s+)?")
MEANT = ("alpha", "coherent", "gap", "gap_paired", "apart", "diff", "x")
LEVEL = re.compile(
    r"(?:(?:^|[\s,(])(?<!starts )(?<!begins )(?<!ends )at|,\s*with)\s+(?:about\s+|roughly\s+|around\s+)?$"
)
NAMES_A_GAP = re.compile(r"gap|differ|distance|disagree|apart|step")
MANNER = re.compile(r"milder|harsher|lenient|stricter|kinder|generous")
FORWARD_KINDS = {"above": "diff", "below": "diff", "higher": "diff", "lower": "diff", "apart": "apart"}


class Inquiring(Percents):
    """From the words around a number to the questions that it may answer."""

    def inquire(self, i: int, spot: Spot) -> Inquiry:
        """What a number may be of."""
        for way in (
            self._on_average,
            self._change_of_gap,
            self._compared_number,
            self._tail,
            self.in_percent,
            self.noun,
            self._ratio,
        ):
            inquiry = way(i, spot)
            if inquiry is not None:
                return inquiry
        return self._by_cues(i, spot)

    def _on_average(self, i: int, spot: Spot) -> Inquiry | None:
        """ "16.2, 19.1, 24.0 and 28.9, so 22 on average": the mean of what was spoken of."""
        listed_one_by_one = len(self.s.runs.get(i, [i])) > 1 and len(self.bound(i, PLACE).ids) == 1
        average = re.match(r"\s*(?:on average|in the mean)\b", self.s.low[spot.end :]) is not None
        if spot.is_range or not average or listed_one_by_one:
            return None
        kinds = [c.kind for c in self.bases if c.end <= spot.start and c.kind in MEANT]
        carried = self.s.frame.cue if self.s.frame.cue in MEANT else "alpha"
        kind = kinds[-1] if kinds else str(carried)
        if spot.points and not kinds and any(m.kind == JUDGE and not m.every for m in self.s.mentions):
            kind = "gap"  # "Opus is higher every time, 22 points on average"
        if kind == "diff" and len({m.ids for m in self.s.mentions if m.kind == JUDGE and not m.every}) > 1:
            kind = "gap"  # "Opus scores higher than Sonnet everywhere, by 22.0 points on average"
        listed = self._named_before(i)
        places = listed if len(listed) > 1 else ()
        ask = Ask("mean", "gap" if kind == "apart" else kind)
        return Inquiry([ask], True, self.others_of(i), places=places, magnitude=True)

    def _change_of_gap(self, i: int, spot: Spot) -> Inquiry | None:
        """ "On Grid #2 it is about 12.7 points wider than on Grid #1": of a gap."""
        told = CHANGE_OF_GAP.match(self.s.low, spot.end)
        gap = self.s.frame.cue == "gap" or any(c.kind == "gap" and c.end <= spot.start for c in self.bases)
        if told is None or spot.is_range or spot.percent or not gap:
            return None
        other = next((m.ids for m in self.s.mentions if m.kind == PLACE and m.start == told.end()), None)
        direction = "wider" if told["wider"] else "narrower"
        return Inquiry([Ask("gap_change", direction)], True, other) if other is not None else None

    def _compared_number(self, i: int, spot: Spot) -> Inquiry | None:
        """ "17.25 points above 28.21": the number of what is compared with."""
        if spot.is_range or cues.COMPARED_NUMBER.search(self.s.low[: spot.start]) is None:
            return None
        spot.operator = None
        measured = self.inquiries.get(i - 1)
        behind = self.s.behind[PLACE].get(i)
        told = "coherent" if measured is not None and measured.asks[:1] == [Ask("coherent")] else "alpha"
        if behind is not None and not behind.every and OF_PLACE.fullmatch(self.s.low[spot.end : behind.start]):
            return Inquiry([Ask(told)], True, places=behind.ids)
        others = measured.others if measured is not None and measured.others else self.m.targets
        return Inquiry([Ask(told)], True, places=others or self.m.book.references or self.m.book.conditions)

    def _tail(self, i: int, spot: Spot) -> Inquiry | None:
        """The ± behind a number, its interval in brackets, the total behind "of"."""
        before = self.s.low[: spot.start]
        if i and re.search(r"\d\s?(?:%|points?)?\s?±\s?$", before):
            return self._of_head(i - 1, "half")
        if before.rstrip().endswith("±"):
            gap = last_before(self.bases, spot.start)  # "the CI on Sonnet is ± 4.53"
            return Inquiry([Ask("gap" if gap is not None and gap.kind == "gap" else "alpha", "half")], True)
        between = self.s.low[self.s.spots[i - 1].end : spot.start] if i else ""
        larger = i and spot.low.value > max(self.s.spots[i - 1].low.value, 49) and between.strip() == "/"
        if i and (larger or OUT_OF.fullmatch(between) or FAILURES_IN.fullmatch(between)):
            return self._total(i, spot)
        if spot.is_range and (owner := self._owner(i)) is not None and not self.s.spots[owner].is_range:
            return self._bracketed(i, spot, owner)
        return self._for_another(i, spot)

    def _for_another(self, i: int, spot: Spot) -> Inquiry | None:
        """ "A range of 17.4 points (Sonnet: 22.3)": the same of another judge, or of another condition."""
        span = self.s.inner(spot.start)
        if span is None or spot.is_range or spot.percent:
            return None
        owner = self.s.owner(span)
        alone = ANOTHER.fullmatch(self.s.hidden[span[0] + 1 : spot.start]) is not None
        known = self.inquiries.get(owner) if owner is not None and alone else None
        return replace(known, head=None) if known is not None and known.asks and known.certain else None

    def _of_head(self, head: int, part: str) -> Inquiry | None:
        known = self.inquiries.get(head)
        if known is None or not known.asks:
            return None
        asks = [ask._replace(part=part) for ask in known.asks if not ask.part]
        return Inquiry(asks, known.certain, known.others, head, known.places, known.direction) if asks else None

    def _total(self, i: int, spot: Spot) -> Inquiry | None:
        head = self.inquiries.get(i - 1)
        if head is None or spot.is_range:
            return None
        if any(ask == Ask("coherent_only", "n") for ask in head.asks):
            return Inquiry([Ask("alpha", "n"), Ask("alpha", "judgements")], True, (), i - 1)
        if any(ask.part in ("errors", "error_rate") or ask.base == "sum:errors" for ask in head.asks):
            return Inquiry(
                [Ask("alpha", "judgements"), Ask("sum:judgements"), Ask("total:errors"), Ask("total:judgements")],
                True,
                (),
                i - 1,
            )
        if any(ask.base == "breached" for ask in head.asks):
            facts = [ask for ask in head.asks if ask.base == "fact"]
            return Inquiry([Ask("places", "breached"), *facts], True)
        if any(ask.base == "x" for ask in head.asks):
            named = [m.ids for m in self.s.compared if m.end <= spot.start]
            return Inquiry([Ask("x")], True, places=named[-1] if named else self.others_of(i) or self.m.targets)
        return None

    def _owner(self, i: int) -> int | None:
        spot = self.s.spots[i]
        span = self.s.inner(spot.start)
        if span is None:
            return None
        if spot.bracket and span[0] + 1 >= spot.start - 1:
            outer = self.s.inner(span[0])
            owner = self.s.owner(span)
            return self._measured(owner if owner is not None or outer is None else self.s.owner(outer))
        return self._measured(self.s.owner(span))

    def _measured(self, owner: int | None) -> int | None:
        """ "17.25 points above 28.21 (…)": the brackets are the difference's."""
        if owner and cues.COMPARED_NUMBER.search(self.s.low[: self.s.spots[owner].start]):
            return owner - 1
        return owner

    def _bracketed(self, i: int, spot: Spot, owner: int) -> Inquiry | None:
        inside = self.s.inner(spot.start) or (0, 0)
        if last_before(self.bases, spot.start, inside[0]) is not None:
            return None
        part = last_before(self.parts, spot.start, inside[0])
        if part is not None and part.kind == "bound":
            return self._of_head(owner, "bound")
        interval = self._of_head(owner, "ci")
        if interval is None:
            return None
        sure = part is not None and part.kind == "ci"
        if not sure and not spot.bracket:
            bounds = [ask._replace(part="bound") for ask in interval.asks if ask.base == "alpha"]
            interval.asks += [*bounds, *(ask._replace(part="") for ask in interval.asks)]
        return interval

    def _ratio(self, i: int, spot: Spot) -> Inquiry | None:
        run = [self.s.spots[j] for j in self.s.runs.get(i, [i])]  # "2.4, 2.3, 1.6 and 1.6 times as high"
        end = run[-1].end if len({s.low.places for s in run}) == 1 else spot.end
        if cues.RIGHT_TIMES.match(self.s.low, end) is None or spot.percent:
            return None
        counts = last_before(self.bases, spot.start)
        failing = counts is not None and counts.kind == "errors" and not spot.low.places
        product = re.match(
            r"\s*×(?!\s*[).,;]|\s*$)(?!\s*(?:the|that|its|bigger|larger|higher|lower|smaller|wider|as)\b)",
            self.s.low[spot.end :],
        )
        if product or failing:
            return None
        behind = self.s.low[spot.end :]
        if spot.low.value >= 100 and cues.ASKED.search(self.s.low[: spot.start]):
            return Inquiry([Ask("alpha", "judgements"), Ask("sum:judgements")], True)
        if re.match(
            r"\s*\w+\s+(?:under|with|for|on|in)\s+each|\s+under each|\s*times\s+(?:under|each|per|for each)"
            r"|\s*times\s+(?:on|for|over|with)\s+(?:the\s+|all\s+)?\d+\s+questions",
            behind,
        ):
            return Inquiry([Ask("fact", "panel/samples")], True)
        if self._is_asked(spot):
            return Inquiry([Ask("fact", "panel/samples")], True)
        if "naive" in self.s.low or "independent" in self.s.low or "clustered" in self.s.low:
            return Inquiry([Ask("alpha", "se_ratio")], True)
        cue = last_before([c for c in self.bases if c.kind in ("x", "alpha", "coherent", "gap")], spot.start)
        carried = self.s.frame.cue if self.s.frame.cue in ("x", "coherent") else "alpha"
        named = any(m.kind == PLACE and not m.every for m in self.s.mentions)
        others = self._times_whom(end) or self.others_of(i, ahead=True)
        behind_it = TIMES_THE_METRIC.match(self.s.low, end)  # "14 times the C of the null baseline"
        kind = METRICS.get(behind_it["metric"], "alpha") if behind_it else cue.kind if cue else str(carried)
        return Inquiry([Ask("ratio", kind)], named, others)

    def _times_whom(self, end: int) -> tuple[str, ...]:
        """ "14 to 16 times the baseline": who is named right behind."""
        told = [m for m in self.s.mentions if m.kind == PLACE and m.start >= end]
        beside = told and TIMES_THE.fullmatch(self.s.low[end : told[0].start])
        return told[0].ids if beside else ()

    def _is_asked(self, spot: Spot) -> bool:
        """ "We asked each of the 52 questions 20 times", where nothing follows that it would be a multiple of."""
        behind = self.s.low[spot.end :]
        clause = re.match(r"\s*times\s*(?:[.,;()]|$)", behind) is not None
        return clause and "question" in self.s.low and cues.ASKED.search(self.s.low[: spot.start]) is not None

    def _by_cues(self, i: int, spot: Spot) -> Inquiry:
        """The nearest word that names a metric, on the left first, decides."""
        before = self.inquiries.get(i - 1) if i else None
        if before is not None and before.certain and self._says_the_same(i):
            return replace(before, head=None)
        right = self._right_cue(i, spot)
        left = self._averaged(i, spot, self._left_base(i, spot))
        base = right or left
        if (
            right is None
            and (left is None or left.kind == "alpha")
            and (forward := cues.FORWARD.match(self.s.low, spot.end)) is not None
        ):
            told = FORWARD_KINDS.get(forward["word"], "gap")
            right = base = Cue(told, forward.start("word"), forward.end("word"))
        if right is not None and left is not None and left.kind == "mean":
            kind = "gap" if right.kind == "apart" else right.kind
            return Inquiry([Ask("mean", kind)], True, self.others_of(i), magnitude=True)
        if base is not None and (of_coherence := self._of_coherence(i, spot, left, base)) is not None:
            return of_coherence
        part = self._left_part(i, spot, base) if self.own_place(i) is None and not self.stranger(spot) else None
        if part is not None and right is None:
            inquiry = self._with_part(i, spot, base, self._listed_part(i, part))
            inquiry.firm = self._is_beside(i, part)
            return inquiry
        if (base is None or base.kind == "x") and (versus := self._versus(i, spot)) is not None:
            return versus
        if base is None:
            return self._without_cue(i, spot)
        inquiry = self._with_base(i, spot, base)
        inquiry.magnitude = right is not None or base.kind == "apart"
        inquiry.firm = right is not None or self._is_beside(i, base)
        return inquiry

    def _says_the_same(self, i: int) -> bool:
        """ "exceeded it by 16.15 on Grid #1 and did so by 28.90 on Grid #2", "the other two about 38 and 40"."""
        run = self.s.runs.get(i, [i])
        between = self.s.low[self.s.spots[run[0] - 1].end : self.s.spots[run[0]].start] if run[0] else ""
        return DID_SO.search(between) is not None or THE_OTHERS.fullmatch(between) is not None

    def _of_coherence(self, i: int, spot: Spot, left: Cue | None, base: Cue) -> Inquiry | None:
        """ "Opus rates coherence 10.1 points below Sonnet", "they agree about coherence to within 0.4 points"."""
        last = self.s.spots[self.s.runs.get(i, [i])[-1]]
        if left is None or left.kind != "coherent" or spot.is_range or not last.points:
            return None
        agree = re.search(r"\b(?:agree|differ|apart)\w*\b", self.s.low) is not None
        agree = agree or re.search(r"\bthan\s+\ue001", self.s.low[left.end : spot.start]) is not None
        if base.kind in ("gap", "apart") or (base.kind == "coherent" and agree):
            return Inquiry([Ask("coherent_gap")], True, magnitude=True)
        return None

    def _versus(self, i: int, spot: Spot) -> Inquiry | None:
        """ "PAIR #111 vs Grid #1 by Sonnet: 1.9 ± 6.1": a difference of the two."""
        before = [g for g in self.s.groups[PLACE] if g.end <= spot.start]
        if not before or len(before[-1].members) != 2 or before[-1].members[-1] not in self.s.compared:
            return None
        between = self.s.low[before[-1].end : spot.start]
        if re.search(r"[\d.;]", between) or not between.rstrip().endswith((":", "=")):
            return None
        one, other = (m.ids for m in before[-1].members)
        return Inquiry([Ask("diff")], True, other, places=one, magnitude=True)

    def _averaged(self, i: int, spot: Spot, left: Cue | None) -> Cue | None:
        """ "The average α over the four prompts is 56.26": the metric's name stands between the word and the number."""
        if left is None or left.kind not in ("alpha", "gap", "coherent", "x", "diff") or self.s.runs.get(i, [i]) != [i]:
            return left
        means = [c for c in self.bases if c.kind == "mean" and c.end <= left.start]
        known = self.inquiries.get(i - 1)
        goes_on = known is not None and i > 0 and any(a == Ask("mean", left.kind) for a in known.asks)
        clear = re.search(r"[;.\d]", self.s.low[means[-1].end : spot.start]) is None if means else False
        near = means and (clear or goes_on) and not spot.is_range
        return means[-1] if near else left

    def _is_beside(self, i: int, cue: Cue) -> bool:
        """Whether a word stands right before a number, or before the list that the number stands in."""
        start = self.s.spots[self.s.runs.get(i, [i])[0]].start
        between = [s for s in self.s.spots if cue.end <= s.start < start]
        return start - cue.end <= NEAR and not between

    def _right_cue(self, i: int, spot: Spot) -> Cue | None:
        if (less := cues.RIGHT_COHERENT.match(self.s.low, spot.end)) is not None:
            return Cue("coherent_gap" if self._names_judges() else "diff", less.start(), less.end())
        if (gap := cues.RIGHT_GAP.match(self.s.low, spot.end)) is not None:
            return Cue("apart" if "apart" in gap.group() else "gap", gap.start(), gap.end())
        pattern = cues.RIGHT_POINTS if spot.points else cues.RIGHT_DIFF
        if (diff := pattern.match(self.s.low, spot.end)) is not None:
            return Cue("diff", diff.start(), diff.end())
        end = self.s.spots[self.s.runs.get(i, [i])[-1]].end
        if (on := cues.ON_COHERENCE.match(self.s.low, end)) is not None:
            return Cue("coherent", on.start(), on.end())
        return None

    def _left_base(self, i: int, spot: Spot) -> Cue | None:
        """Inside its own brackets, then before them; a place's own number is no difference."""
        span = self.s.inner(spot.start)
        known = self.bases
        if self._is_level(i):
            known = [c for c in known if c.kind not in ("gap", "diff") or self._names_a_gap(c, spot)]
        if known and known is self.bases and self.s.is_pair(i) and self._follows_a_gap(i):
            told = self.s.frame.cue if self.s.frame.cue in ("coherent", "x") else "alpha"
            return Cue(str(told), spot.start, spot.start)
        if self.own_place(i) is not None:
            known = [c for c in known if c.kind in ("x", "alpha", "coherent", "errors")]
        if span is not None and (inside := last_before(known, spot.start, span[0])) is not None:
            return inside
        limit = span[0] if span is not None else spot.start
        return last_before([c for c in known if not self._closed(c, limit)], limit)

    def _is_said_by_a_judge(self, i: int) -> bool:
        """ "The gap is largest for Grid #2, where Sonnet says 46 and Opus 75"."""
        return JUDGE_SAYS.search(self.s.low[: self.s.spots[i].start]) is not None

    def _is_level(self, i: int) -> bool:
        """ "… 20 to 22 points lower, at 45.8 (SE 2.14) and 45.5 (SE 1.84)": values, and no differences."""
        first = self.s.runs.get(i, [i])[0]
        if LEVEL.search(self.s.low[: self.s.spots[first].start]) or self._is_said_by_a_judge(i):
            return True
        for j in reversed(range(max(0, first - 3), first)):
            between = self.s.low[self.s.spots[j].end : self.s.spots[first].start]
            if AND_ALSO.fullmatch(between):
                return self._is_level(j)
        return False

    def _names_a_gap(self, cue: Cue, spot: Spot) -> bool:
        """ "The gap stands at 28.9": a noun that is what the number is."""
        return spot.start - cue.end < 20 and NAMES_A_GAP.search(self.s.low[cue.start : cue.end]) is not None

    def _follows_a_gap(self, i: int) -> bool:
        """ "They are 10 points apart, 47.5 against 37.4": what is compared is told behind its gap."""
        run = self.s.runs[i]
        before = last_before([c for c in self.bases if c.kind in ("gap", "apart")], self.s.spots[run[0]].start)
        between = self.s.low[before.end : self.s.spots[run[0]].start] if before is not None else "."
        against = AGAINST.fullmatch(self.s.low[self.s.spots[run[0]].end : self.s.spots[run[1]].start])
        return against is not None and re.fullmatch(r"\s*(?:here too|there)?\s*[,:(]\s*", between) is not None

    def _closed(self, cue: Cue, position: int) -> bool:
        """Whether a cue stands in brackets that are closed before a position."""
        span = self.s.inner(cue.start)
        return span is not None and span[1] < position

    def _left_part(self, i: int, spot: Spot, base: Cue | None) -> Cue | None:
        if cues.PLAIN_AGAIN.search(self.s.low[: spot.start]) or SET_AGAINST.search(self.s.low[: spot.start]):
            return None
        span = self.s.inner(spot.start)
        if span is not None and (inside := last_before(self.parts, spot.start, span[0])) is not None:
            return inside
        limit = span[0] if span is not None else spot.start
        part = last_before([c for c in self.parts if not self._closed(c, limit)], limit, 0)
        if part is None or (span is not None and not self._told_of_all(part, spot, span)):
            return None
        if self._had_its_range(i, spot, part):
            return None
        if part.kind == "bound" and any(c.kind == "coherent_only" and c.end <= limit for c in self.bases):
            return None
        # A metric named after it starts anew ("the interval …; its coherence is 47.52"), α alone does not.
        newer = (
            base is not None
            and base.start >= part.end
            and not (part.kind == "bound" and base.kind in ("alpha", "errors"))
        )
        if newer and base is not None and OF_THE.fullmatch(self.s.low[part.end : base.start]):
            newer = False  # "the interval of the smallest gap is …"
        return None if newer else part

    def _had_its_range(self, i: int, spot: Spot, part: Cue) -> bool:
        """ "Sonnet 45.84 with CI [41.55, 50.14], Opus 74.74": the interval has been told, a name begins anew."""
        former = self.s.spots[i - 1] if i else None
        if former is None or part.kind != "ci" or spot.is_range or not former.is_range or former.start < part.end:
            return False
        return any(former.end <= m.start and m.end <= spot.start for m in self.s.mentions)

    def _told_of_all(self, part: Cue, spot: Spot, span: tuple[int, int]) -> bool:
        """ "the standard errors (2.25, 2.01 …)": brackets that hold what was announced before them."""
        own = last_before(self.bases, spot.start, span[0])
        return (
            own is None and self.s.owner(span) is None and (part.kind in ALONE or (part.kind == "ci" and spot.is_range))
        )

    def _listed_part(self, i: int, part: Cue) -> Cue:
        """ "the clustered error …, the naive one: 2.25 against 0.66": as many parts as numbers are taken in order."""
        run = self.s.runs.get(i, [i])
        seen = [c for c in self.parts if c.end <= self.s.spots[run[0]].start and c.kind in ("se", "naive_se", "half")][
            -len(run) :
        ]
        if len(run) < 2 or len({c.kind for c in seen}) < len(run) or part not in seen:
            return part
        return seen[run.index(i)]

    def _with_part(self, i: int, spot: Spot, base: Cue | None, part: Cue) -> Inquiry:
        part = self._naive_rather(part, spot)
        if (of_difference := self._of_difference(i, part)) is not None:
            return of_difference
        if (alone := self._part_alone(spot, part)) is not None:
            return alone
        owner = self._owner(i)
        head = self.inquiries.get(owner) if owner is not None else None
        asked = [a.base for a in head.asks if not a.part] if head is not None else []
        others = head.others if head is not None else self.others_of(i)
        before = self.inquiries.get(i - 1)
        if not asked and before is not None and i and (base is None or base.end <= self.s.spots[i - 1].start):
            asked = [a.base for a in before.asks if not a.part]
        asked = [b for b in asked or self._bases_of(i, base) if b not in ("x",)] or ["alpha"]
        if base is None and set(self.bound(i, PLACE).ids) <= set(self.m.book.references) and self.bound(i, PLACE).ids:
            asked = ["alpha"]
        if part.kind in ("bound", "naive_se", "seed_sd", "se_ratio", "design_effect", "effective_n"):
            asked = ["alpha"]
        if part.kind == "bound" and not self.bound_words() and not spot.is_range:
            return self._without_cue(i, spot) if base is None else self._with_base(i, spot, base)
        if (
            part.kind == "ci"
            and base is None
            and asked == ["gap"]
            and len(self.bound(i, JUDGE).ids) == 1
            and self._names_a_judge()
        ):
            asked = ["alpha"]  # a gap is no single judge's
        if part.kind == "ci" and base is None and asked == ["diff"] and not self.s.compared and head is None:
            asked = ["alpha", "diff"]  # "the lower end of the interval is above 41 for every condition"
        if part.kind == "ci" and self._starts_anew(base, part):
            asked = ["alpha", *asked]
        asks = self._asks_of(part.kind, asked, base)
        return Inquiry(asks, part.kind not in ("n",) or bool(asked), others, owner)

    def _of_difference(self, i: int, part: Cue) -> Inquiry | None:
        """ "PAIR #111 minus Grid #1 is 1.88, interval −4.23 to 7.98": a part of the difference right before it."""
        before = self.inquiries.get(i - 1) if i else None
        if before is None or part.kind not in ("ci", "se", "half") or not before.certain:
            return None
        if not any(a == Ask("diff") for a in before.asks):
            return None
        between = (self.s.spots[i - 1].end, self.s.spots[i].start)
        named = any(between[0] <= m.start < between[1] for m in self.s.mentions)
        if named or part.start < between[0] or ANEW.search(self.s.low[between[0] : part.start]):
            return None
        return Inquiry([Ask("diff", part.kind)], True, before.others, i - 1, before.places)

    def _naive_rather(self, part: Cue, spot: Spot) -> Cue:
        """ "Treated as independent, the standard error would have been 0.66"."""
        naive = last_before([p for p in self.parts if p.kind == "naive_se"], part.start)
        would = naive is not None and re.search(r"\bwould\b", self.s.low[naive.end : spot.start])
        return naive if part.kind == "se" and naive is not None and would else part

    def _part_alone(self, spot: Spot, part: Cue) -> Inquiry | None:
        """Parts that belong to no metric: agreement, and the number of questions behind an interval."""
        if part.kind == "tau":
            return Inquiry([Ask("fact", "rank_stability")], True)
        if part.kind in ("spearman", "krippendorff"):
            return Inquiry([Ask("agreement", part.kind)], True)
        if part.kind == "n" and 1 < spot.low.value <= len(self.m.book.conditions) and not self.s.mentions:
            return Inquiry([Ask("fact", "conditions")], True)  # "n = 4, one model"
        if part.kind == "n" and re.search(r"\bquestions?\s*\(\s*n\s*=\s*$", self.s.low[: spot.start]):
            return Inquiry([Ask("alpha", "questions"), Ask("fact", "panel/questions")], True)
        return None

    def _starts_anew(self, base: Cue | None, part: Cue) -> bool:
        """ "… exceeds it by 17.25, and the lower end of the lowest interval, 41.55": no interval of the difference."""
        if base is None or base.kind != "diff" or base.end > part.start:
            return False
        return ANEW.search(self.s.low[base.end : part.start]) is not None

    def _asks_of(self, kind: str, asked: list[str], base: Cue | None) -> list[Ask]:
        extra = [Ask("gap_paired", kind)] if kind in ("n", "correlation") and "gap" in asked else []
        if kind == "correlation" and (base is None or not {"gap", "gap_paired", "diff"} & set(asked)):
            return [Ask("gap_paired", kind), Ask("gap", kind), Ask("diff", kind)]
        return [*(Ask(b, kind) for b in asked), *extra]

    def _bases_of(self, i: int, cue: Cue | None) -> list[str]:
        kind = cue.kind if cue is not None else (self.s.frame.cue or "alpha")
        if kind == "apart":
            return self._apart(i)
        return ["alpha"] if kind in ("errors", "mean", "span") else [kind]

    def _apart(self, i: int) -> list[str]:
        """Two conditions are apart, or two judges are: by who is named."""
        places, judge = self.named_places(i), self.bound(i, JUDGE)
        if any(m.nth for m in self.s.mentions) and len(judge.ids) == 1 and len(self.bound(i, PLACE).ids) == 2:
            return ["diff"]  # "on Sonnet the last two are only 0.4 points apart"
        if len(places) >= 2 or (len(places) == 1 and self._two_before(i)):
            return ["diff"] if len(judge.ids) == 1 else ["diff", "gap"]
        return ["diff", "gap"] if self._two_before(i) else ["gap"]

    def _two_before(self, i: int) -> tuple[str, ...]:
        """ "Grid #2 against Grid #3 … On Opus they are further apart": one judge is named, and two before."""
        judge, told = self.bound(i, JUDGE), self.s.frame.places.ids
        named = len(judge.ids) == 1 and judge is not self.s.frame.judges
        here = self.named_places(i)
        if named and len(told) == 1 and len(here) == 1 and told != here:
            return (*told, *here)  # "it can't be told apart from Grid #2 (they differ by 0.38)"
        return told if named and len(told) == 2 and not self.named_places(i) else ()

    def _with_base(self, i: int, spot: Spot, base: Cue) -> Inquiry:
        kind = base.kind
        if kind == "errors":
            if not spot.low.places and not spot.is_range:
                return Inquiry([Ask("alpha", "errors"), Ask("sum:errors")], True)
            return self._without_cue(i, spot)
        if kind == "apart":
            coherent = self.s.frame.cue == "coherent" or any(c.kind == "coherent" for c in self.bases)
            kept = ["kept_gap"] if self.s.frame.cue == "coherent_only" else []
            own = self.s.behind[JUDGE].get(i)
            if self._is_announced(base, spot) and (self.s.runs.get(i, [i]) != [i] or (own and len(own.ids) == 1)):
                return Inquiry([Ask("gap"), Ask("alpha")], True)  # "the judges differ by less: 0.79 and 1.59"
            bases = [*(["coherent_gap"] if coherent else kept), *self._apart(i)]
            certain = bool(self.s.mentions) and "bound" not in self.s.low
            return Inquiry([Ask(b) for b in bases], certain, self._two_before(i) or self.others_of(i))
        if kind in ("mean", "span"):
            return self._of_group(i, base)
        return self._of_one(i, spot, base)

    def _of_group(self, i: int, base: Cue) -> Inquiry:
        """A mean or a span over what is bound, over a list before it where it stands in brackets."""
        inner = Ask(self._inner_base(base))
        if self.s.low[base.start : base.end].endswith(" over"):
            self.s.spots[i].operator = None  # "spread over 22.3 points" sets no bound
        alone = len(self.bound(i, PLACE).ids) == 1
        if alone and len(named := self._named_before(i)) > 1 and self._is_bracketed(base):
            return Inquiry([Ask(base.kind, inner.base)], True, places=named)
        before = [m for m in self.s.mentions if m.end <= self.s.spots[i].start]
        certain = base.kind != "span" or bool(before)
        return Inquiry([inner if alone else Ask(base.kind, inner.base)], certain)

    def _of_one(self, i: int, spot: Spot, base: Cue) -> Inquiry:
        kind = base.kind
        if (kept := self._of_the_kept(spot, kind)) is not None:
            return kept
        if kind == "alpha" and spot.low.places >= 3 and spot.low.value < 1 and not spot.is_range:
            return Inquiry([Ask("alpha"), Ask("x")], True)
        if kind == "alpha" and spot.low.places >= 2 and spot.low.value < 1 and any(c.kind == "x" for c in self.bases):
            return Inquiry([Ask("x"), Ask("alpha")], True)  # "By C these prompts score 0.65 to 0.74"
        if kind == "gap" and (gap := self._of_a_manner(spot, base)) is not None:
            return gap
        if kind == "diff" and self.own_place(i) is not None:
            kind = "alpha"
        if kind == "diff" and self._between_judges(i, base):
            return Inquiry([*([Ask("coherent_gap")] if self._speaks_of_coherence(spot) else []), Ask("gap")], True)
        if kind == "diff" and self._goes_on_about_judges(i, base):
            return Inquiry([Ask("gap"), Ask("diff")], True, self.others_of(i))
        asks = [Ask(kind)]
        shared = any(c.kind == "gap_paired" for c in self.bases) or SHARED.search(self.s.low) is not None
        if kind == "gap" and shared:
            asks.append(Ask("gap_paired"))
        others = self.others_of(i) if kind == "diff" else ()
        vague = self.s.low[base.start : base.end].startswith("step")
        if kind == "gap" and re.search(r"\bcould\b[^;]*$", self.s.low[: spot.start]):
            return Inquiry([], False)  # what failed judgements could do to a gap is no fact
        return Inquiry(
            asks,
            not self._weak(base, spot) and not vague,
            others,
            direction=self._direction(base) if kind == "diff" else 0,
        )

    def _names_judges(self) -> bool:
        return len({m.ids for m in self.s.mentions if m.kind == JUDGE}) > 1

    def _names_a_judge(self) -> bool:
        return any(m.kind == JUDGE and not m.every for m in self.s.mentions)

    def _speaks_of_coherence(self, spot: Spot) -> bool:
        """ "Coherence: the judges agree to within 2 points", and no other metric beside it."""
        before = [c for c in self.bases if c.end <= spot.start]
        named = [c.kind for c in before if c.kind in ("alpha", "coherent")]
        return set(named) == {"coherent"} or (not named and self.s.frame.cue == "coherent")

    def _of_a_manner(self, spot: Spot, base: Cue) -> Inquiry | None:
        """ "Opus is milder throughout: 86.9, 82.1", "Coherence: they agree to within 2 points": no plain gap."""
        if MANNER.fullmatch(self.s.low[base.start : base.end]) and self._is_announced(base, spot):
            return Inquiry([Ask("gap"), Ask("alpha")], True)
        if spot.points and self._speaks_of_coherence(spot):
            return Inquiry([Ask("coherent_gap"), Ask("gap")], True, magnitude=True)
        return None

    def _of_the_kept(self, spot: Spot, kind: str) -> Inquiry | None:
        """ "Where coherent ≥ 50: α 88.12, the gap 30.35": of coherent answers alone."""
        again = cues.PLAIN_AGAIN.search(self.s.low[: spot.start]) is not None  # "57.8 instead of 45.8"
        if kind == "alpha" and any(c.kind == "coherent_only" and c.end <= spot.start for c in self.bases):
            return Inquiry([Ask("alpha" if again else "coherent_only")], True)
        if self.s.frame.cue == "coherent_only" and kind in ("alpha", "gap"):
            return Inquiry([Ask("coherent_only" if kind == "alpha" else "kept_gap"), Ask(kind)], True)
        return None

    def _goes_on_about_judges(self, i: int, cue: Cue) -> bool:
        """ "Opus scores PAIR 2.36 points higher than Sonnet does, and EvoPrompt 0.80 points higher"."""
        before = self.inquiries.get(i - 1) if i else None
        if before is None or not any(ask.base in ("gap", "coherent_gap") for ask in before.asks) or self.s.compared:
            return False
        between = self.s.low[self.s.spots[i - 1].end : self.s.spots[i].start]
        return cue.end > self.s.spots[i].start and ";" not in between and ". " not in between

    def _is_announced(self, base: Cue, spot: Spot) -> bool:
        """ "Opus is milder throughout: 86.9, 82.1": what follows the colon may be the gaps, or the scores."""
        return ":" in self.s.low[base.end : spot.start]

    def _named_before(self, i: int) -> tuple[str, ...]:
        """Places that the numbers before this one belong to."""
        return tuple(dict.fromkeys(p for j in range(i) for p in self.s.bind(j, PLACE).ids))

    def _is_bracketed(self, cue: Cue) -> bool:
        """ "-28.90 for Grid #2 and -24.02 for Grid #3 (mean 26.5 points)": what is told of the whole list."""
        span = self.s.inner(cue.start)
        return span is not None and span[0] + 2 >= cue.start

    def _between_judges(self, i: int, cue: Cue) -> bool:
        """Whether a judge lies above or below, not a condition: "Opus is higher, by 19 points on PAIR #111"."""
        over = next((m for m in self.s.mentions if cue.start <= m.start and m.end <= cue.end), None)
        if over is not None and over.kind == JUDGE and ITS_SCORE.match(self.s.hidden, over.end) is None:
            return True  # "on Grid #1, where Opus exceeded Sonnet by 16.15"
        behind = next((m for m in self.s.mentions if m.start >= min(cue.end, self.s.spots[i].start) - 1), None)
        if (
            behind is not None
            and behind.kind == JUDGE
            and ITS_SCORE.match(self.s.hidden, behind.end) is None
            and re.fullmatch(r"\s*(?:than\s+)?", self.s.low[cue.end : behind.start] or " ")
        ):
            return True
        clause = max(
            (m.end() for m in re.finditer(r"[;.](?!\d)|\b(?:while|whereas)\b", self.s.low[: cue.start])), default=0
        )
        subjects = [
            m for m in self.s.mentions if clause <= m.start and m.end <= cue.start and not (m.kind == PLACE and m.every)
        ]
        named = self.s.compared or cues.PRONOUN.search(self.s.low) or self.s.frame.cue == "diff"
        return (
            bool(subjects)
            and subjects[0].kind == JUDGE
            and BESIDE.search(self.s.low[: subjects[0].start]) is None
            and all(m.kind == JUDGE for m in subjects)
            and not named
            and ("by" in self.s.low[cue.start : cue.end] or cue.end > self.s.spots[i].start)
        )

    def _direction(self, cue: Cue) -> int:
        """1 where the words say that it lies above, −1 below, 0 where they do not say."""
        words = self.s.low[cue.start : cue.end]
        return int(cues.UP.search(words) is not None) - int(cues.DOWN.search(words) is not None)

    def _inner_base(self, cue: Cue) -> str:
        other = [c for c in self.bases if c.kind in ("x", "coherent", "gap", "alpha") and c.start < cue.end + 45]
        near = min(other, key=lambda c: abs(c.start - cue.start), default=None)
        carried = self.s.frame.cue if self.s.frame.cue in ("coherent", "x") else "alpha"
        return near.kind if near else str(carried)

    def _weak(self, base: Cue, spot: Spot) -> bool:
        """A metric named in an earlier part of a long sentence may have been left behind."""
        between = self.s.low[base.end : spot.start] if base.end <= spot.start else ""
        return ";" in between or " — " in between or (": " in between and len(between) > 80)

    def _without_cue(self, i: int, spot: Spot) -> Inquiry:
        if spot.low.places >= 3 and 0 <= spot.low.value < 1 and any(n.startswith("x/") for n in self.m.book.facts):
            return Inquiry([Ask("x")], True)
        carried = self.s.frame.cue
        base = (
            carried
            if carried in ("alpha", "coherent", "coherent_only", "gap", "gap_paired", "diff", "x", "errors")
            else None
        )
        if base == "errors":
            total = [Ask("sum:errors")] if cues.TOGETHER.search(self.s.low[: spot.start]) else []
            return Inquiry([Ask("alpha", "errors"), *total] if not spot.low.places else [Ask("alpha")], bool(total))
        stated = set(self.bound(i, PLACE).ids)
        if self.own_place(i) is not None or (base == "diff" and stated and stated <= set(self.m.book.references)):
            return Inquiry([Ask(base if base in ("x", "coherent") else "alpha")], True)
        if self._goes_on_counting(spot):
            return Inquiry([Ask("sum:errors")], True)
        others = self.others_of(i) if base == "diff" else ()
        asks = [Ask(base or "alpha")]
        if base not in (None, "alpha"):
            asks.append(Ask("alpha"))
        if (spot.low.sign or (spot.points and spot.is_range)) and base in (None, "alpha"):
            asks = [Ask("gap"), Ask("gap_paired"), Ask("diff")]
            others = self.others_of(i)
        if (
            spot.is_range
            and base in (None, "alpha")
            and self.bound_here(i)
            and spot.high is not None
            and spot.high.value <= 100
        ):
            return Inquiry(asks, True)
        gives = (
            base in (None, "alpha")
            and asks == [Ask("alpha")]
            and cues.GIVES.search(self.s.low[: spot.start]) is not None
        )
        return Inquiry(asks, gives, others, told=base not in (None, "alpha"))

    def _goes_on_counting(self, spot: Spot) -> bool:
        """ "- Sonnet: 39 failed. - Opus: 10 failed. - Together 49 of 8,320": failures were counted before."""
        told = self.s.frame.told[-3:]
        counted = any(v.fact.startswith("errors/") or v.fact.endswith("/errors") for v in told)
        return counted and not spot.low.places and cues.TOGETHER.search(self.s.low[: spot.start]) is not None
