"""An audit, a plan and rates as lines for a terminal; the caller makes untrusted text in them harmless."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.evalsets.audit import Audit
from bot.evalsets.contamination import Signal
from bot.evalsets.findings import percent
from bot.evalsets.plans import Plan, SetPower
from bot.evalsets.rates import Rate, Rates

WIDTH = 24


def _line(name: str, text: str) -> str:
    return f"{name:<{WIDTH}}{text}"


def points(share: float) -> str:
    """A half-width in percentage points."""
    return f"±{100 * share:.1f} points"


def audit_lines(made: Audit) -> Iterator[str]:
    """The whole audit, findings last."""
    found = made.found_in
    yield f"{found.name} ({found.shape})"
    yield ""
    yield _line("items", f"{len(made.items):,}")
    yield _line("distinct questions", f"{len(made.clusters):,}")
    yield _line("effective items", f"{made.effective:,.1f}")
    yield _line("exact duplicates", f"{made.exact:,}")
    yield _line("near duplicates", f"{len(made.alike.near):,} pairs ({made.alike.method})")
    yield _line("contrast pairs", f"{len(made.alike.contrasts):,}")
    yield _line("answer position", _positions(made))
    yield _line("choice lengths", _lengths(made))
    yield _line("labels", _labels(made))
    yield _line("stems", f"{made.stems.distinct:,} openings; commonest {percent(made.stems.share)}")
    variety = made.variety
    yield _line("language", f"{variety.words_mean:.0f} ± {variety.words_sd:.0f} words; {percent(variety.type_token)} "
                f"different words in fifty")  # fmt: skip
    yield from _topic_lines(made)
    yield from _coverage_lines(made)
    yield _line("item statistics", _statistics(made))
    yield ""
    yield "contamination"
    yield from (_signal(signal) for signal in made.signals)
    yield ""
    yield from set_power_lines(made.power)
    yield ""
    yield "findings"
    for finding in made.findings:
        where = f"  [{finding.where}]" if finding.where else ""
        yield f"  {finding.severity:<8}{finding.what}{where}"


def _positions(made: Audit) -> str:
    positions = made.positions
    if positions.within is None or positions.share is None:
        return "not assessed: no item prints its choices"
    counts = ", ".join(f"{place}: {rows:,}" for place, rows in positions.counts.items())
    word = "balanced" if positions.balanced else "not balanced"
    low, high = (percent(end) for end in positions.within)
    return f"{counts}; {word} (place {positions.favourite}: {percent(positions.share)}, Wilson {low} to {high})"


def _lengths(made: Audit) -> str:
    found = made.lengths
    if found.share is None or found.within is None:
        return "not assessed: no item prints choices of different lengths"
    low, high = (percent(end) for end in found.within)
    return (
        f"{found.matching:.0f} characters where it matches, {found.others:.0f} elsewhere; the matching is longer in "
        f"{percent(found.share)} (Wilson {low} to {high})"
    )


def _labels(made: Audit) -> str:
    counts = ", ".join(f"{label}: {rows:,}" for label, rows in made.labels.counts.items()) or "none"
    return f"{counts}; {made.labels.controls:,} controls ({made.labels.controls_matched:,} matched)"


def _topic_lines(made: Audit) -> Iterator[str]:
    if made.topics is None:
        yield _line("topics", "not assessed: too few questions")
        return
    yield _line("topics", f"{len(made.topics.topics)} clusters, spread {made.topics.spread:.2f} ({made.topics.method})")
    for topic in made.topics.topics[:6]:
        yield _line("", f"{len(topic.members):>5,}  {', '.join(topic.terms)}")


def _coverage_lines(made: Audit) -> Iterator[str]:
    cover = made.coverage
    if not cover.stated:
        yield _line("coverage", "not assessed: no item states its level or difficulty")
        return
    yield _line("levels", ", ".join(f"{level}: {n:,}" for level, n in cover.levels.items()))
    yield _line("difficulties", ", ".join(f"{name}: {n:,}" for name, n in cover.difficulties.items()))
    yield _line("coverage", f"{len(cover.cells)} cells with items, {len(cover.empty)} empty")


def _statistics(made: Audit) -> str:
    if made.statistics is None:
        return "not assessed: need results (--results)"
    dead, ceiling, floor = (
        sum(getattr(each, name) for each in made.statistics) for name in ("dead", "ceiling", "floor")
    )
    return f"{len(made.statistics):,} items with results: {dead} dead, {ceiling} at the ceiling, {floor} at the floor"


def _signal(signal: Signal) -> str:
    return _line(f"  {signal.name}", f"{signal.state}: {signal.why}")


def set_power_lines(power: SetPower) -> Iterator[str]:
    """What a set can show."""
    yield f"power (near 50 %, at 95 %; {power.effective:,} effective items)"
    rows, own = points(power.half_width_items), points(power.half_width_effective)
    yield _line("  half-width, Wilson", f"{own} on effective items ({rows} if all {power.items:,} were independent)")
    for kind, (n, half) in power.kinds.items():
        yield _line(f"    {kind}", f"{n:,} items: {points(half)} (Wilson)")
    yield _line("  60 % against 50 %", f"power {percent(power.against_60)} (exact binomial, two-sided)")
    found = "none" if power.detectable is None else f"{percent(power.detectable)} or more"
    yield _line("  found with 80 %", f"a share of {found} (exact binomial, two-sided)")


def plan_lines(made: Plan) -> Iterator[str]:
    """A plan."""
    level = percent(1 - made.alpha)
    yield f"items for an interval of {points(made.half)} at {level}, from {percent(made.null)}"
    for method, items in made.widths.items():
        yield _line(f"  {method}", f"{items:,}")
    if made.width_power is not None:
        against = f"against {percent(made.true)} (exact binomial)"
        yield f"  but {made.widths['Wald']:,} items have only {percent(made.width_power)} power {against}"
    yield ""
    yield f"half-widths at {percent(made.null)}, Wilson"
    yield from (_line(f"  {items:,} items", points(half)) for items, half in made.half_widths.items())
    yield ""
    yield f"items to tell {percent(made.true)} from {percent(made.null)}, two-sided, power {percent(made.power)}"
    yield _line("  normal", f"{made.one.normal:,}")
    if made.one.first is not None:
        yield _line("  exact binomial", f"{made.one.first:,} (for good from {made.one.for_good:,})")
    yield _line("  two arms, normal", f"{made.two_arms:,} each")
    if made.sampled is not None:
        design = f"{made.samples} samples an item, intraclass correlation {made.correlation:g}"
        yield _line("  with samples", f"{made.sampled:,} ({design})")


def rates_lines(rates: Sequence[Rates]) -> Iterator[str]:
    """Rates of going along with the user."""
    for own in rates:
        yield f"{own.name}: answers that go along with the user (Wilson over items)"
        yield _line("  items (user wrong)", rate_text(own.items))
        yield _line("  controls (user right)", rate_text(own.controls))
        yield _line("  items − controls", _difference(own))
        for name, rate in {**own.by_kind, **{f"level {key}": value for key, value in own.by_level.items()}}.items():
            yield _line(f"    {name}", rate_text(rate))


def rate_text(rate: Rate) -> str:
    """A rate with its interval."""
    failed = f"; {rate.failed:,} answers without a score" if rate.failed else ""
    if rate.value is None or rate.within is None:
        return f"not measured{failed}"
    low, high = rate.within
    return f"{percent(rate.value)} [{percent(low)}, {percent(high)}], {rate.items:,} items{failed}"


def _difference(own: Rates) -> str:
    if own.difference is None or own.difference_within is None:
        return "not measured"
    low, high = own.difference_within
    return f"{100 * own.difference:+.1f} points [{100 * low:+.1f}, {100 * high:+.1f}] (Newcombe)"
