"""The tables of an alignment archive as facts: each number with its recipe and the files it starts from.

Names follow the list in docs/facts.md; they are stable, since readers and checks rely on them.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.archives.records import Source
from bot.experiment import Experiment
from bot.scoring import shown
from bot.scoring.alignment import AlignmentTables, NamedDifference
from bot.scoring.alpha import COHERENT_ENOUGH, HIGH, LOW, Alpha
from bot.scoring.clusters import LEVEL, Estimate
from bot.scoring.comparing import (
    BY_SAMPLE,
    BY_SUMMARY,
    PAIRED,
    WELCH,
    Gap,
    ReferenceScore,
    score_of,
)
from bot.scoring.confidence import duplicate_share
from bot.scoring.facts import Fact, Facts, Origin, Value
from bot.scoring.grading import CUTOFFS
from bot.scoring.pairing import Difference
from bot.scoring.panel import POWER, Panel, Reach

POINTS, SHARE, COUNT, RATIO = "points", "share", "count", "ratio"
GATE_UNITS = {"judge_gap_max": POINTS, "judge_error_rate_max": SHARE, "min_seeds": COUNT, "min_questions": COUNT}

RECIPES = {
    "alpha": "sum of the valid aligned scores over their number, all questions and seeds together",
    "alpha_summary": "sum over questions of mean × count, over the sum of the counts",
    "alpha_headline": "the mean as the archive's headline gives it, several seeds weighted by their counts; "
    "nothing finer is archived",
    "coherent": "sum of the valid coherent scores over their number",
    "se": "sqrt(G/(G−1) · Σ_question (Σ (score − mean))²) / n over the G questions with a valid score; df = G − 1",
    "se_two_way": "sqrt(V_question + V_seed − V_question×seed), each V = G/(G−1) · Σ_cluster (Σ (score − mean))² / n², "
    "not below the error by question alone; df = the smaller number of clusters − 1",
    "half": "t(0.975, df) · se with df = {:.12g}, before clipping",
    "ci": "value ± half, clipped to {:g} and {:g}",
    "bound": "failed judgements all scored {} : (sum + {}·failed) / (n + failed)",
    "naive": "standard deviation / sqrt(n), as if samples were independent; never used alone",
    "headline_n": "questions × samples − errors, as the headline gives them",
}

ERRORS = {
    PAIRED: "sqrt(G/(G−1) · Σ_question (u_a/n_a − u_b/n_b)²), u = Σ (score − alpha) of that question; df = G − 1",
    WELCH: "sqrt(se_a² + se_b²), a stated 95 % interval read as ± 1.96 se; df by Welch–Satterthwaite",
    BY_SAMPLE: "sqrt(G/(G−1) · Σ_question (Σ (difference − mean))²) / pairs; df = G − 1",
    BY_SUMMARY: "sqrt(G/(G−1) · Σ_question (difference − mean)²) / G; df = G − 1",
}


class Book:
    """Facts under construction: one place that knows how each kind of number is shown."""

    def __init__(self) -> None:
        self.facts = Facts()

    def points(
        self, name: str, value: float | None, recipe: str, origins: Sequence[Origin], *, stated: bool = False
    ) -> None:
        """A score or a difference of scores, two decimals."""
        self._add(name, value, shown.points(value), POINTS, recipe, origins, stated)

    def count(
        self, name: str, value: int | None, recipe: str, origins: Sequence[Origin], *, stated: bool = False
    ) -> None:
        """How many there are."""
        self._add(name, value, shown.count(value), COUNT, recipe, origins, stated)

    def share(
        self, name: str, value: float | None, recipe: str, origins: Sequence[Origin], *, stated: bool = False
    ) -> None:
        """A share, shown in per cent."""
        self._add(name, value, shown.percent(value), SHARE, recipe, origins, stated)

    def ratio(self, name: str, value: float | None, recipe: str, origins: Sequence[Origin], places: int = 2) -> None:
        """A number without a unit."""
        self._add(name, value, shown.decimals(value, places), RATIO, recipe, origins, False)

    def as_shown(self, name: str, value: Value, text: str, unit: str, recipe: str, origins: Sequence[Origin]) -> None:
        """A stated value, shown as its author wrote it."""
        self._add(name, value, text, unit, recipe, origins, True)

    def _add(
        self, name: str, value: Value, text: str, unit: str, recipe: str, origins: Sequence[Origin], stated: bool
    ) -> None:
        self.facts.add(Fact(name, value, text, unit, recipe, tuple(origins), stated))


def alignment_facts(tables: AlignmentTables, experiment: Experiment, declared_in: Source | None) -> Facts:
    """All facts of a report. `declared_in` is report.yaml's file, the origin of everything stated."""
    book = Book()
    for alpha in tables.alphas:
        alpha_facts(book, alpha)
    for gap in tables.gaps:
        gap_facts(book, gap)
    agreement_facts(book, tables)
    for reference in tables.references:
        reference_facts(book, reference, declared_in)
    reference_gaps(book, tables, declared_in)
    for named in tables.differences:
        difference_facts(book, named, tables, declared_in)
    stated_x(book, experiment, tables, declared_in)
    gate_facts(book, tables, experiment, declared_in)
    range_facts(book, tables)
    panel_facts(book, tables)
    definition_facts(book)
    issue_facts(book, experiment, declared_in)
    confidence_facts(book, tables)
    from bot.scoring.rejudging_facts import rejudging_facts  # it is written with the words of this module

    rejudging_facts(book, tables)
    return book.facts


def alpha_name(alpha: Alpha) -> str:
    """The fact that holds this alpha."""
    return f"alpha/{alpha.judge}/{alpha.condition}"


def origins_of(alpha: Alpha) -> tuple[Origin, ...]:
    """The file of every seed's cell, and the journal where judges were asked again."""
    journals = dict.fromkeys(c.journal for c in alpha.cells if c.journal is not None and c.journal != c.source)
    return (*(Origin(cell.source, cell.pointer) for cell in alpha.cells), *(Origin(j, "") for j in journals))


def alpha_recipe(alpha: Alpha) -> str:
    """How alpha was made, which depends on what is archived."""
    return RECIPES[{"samples": "alpha", "summary": "alpha_summary", "headline": "alpha_headline"}[alpha.rests_on]]


def alpha_facts(book: Book, alpha: Alpha) -> None:
    """alpha, its error and interval, its counts, its bounds, its questions."""
    name, origins = alpha_name(alpha), origins_of(alpha)
    book.points(name, alpha.value, alpha_recipe(alpha), origins)
    interval_facts(book, name, alpha.estimate, origins, se_recipe(alpha))
    count_facts(book, name, alpha, origins)
    bound_facts(book, name, alpha.bounds, origins)
    seed_facts(book, name, alpha, origins)
    coherent = f"coherent/{alpha.judge}/{alpha.condition}"
    book.points(coherent, alpha.coherent.value if alpha.coherent else None, RECIPES["coherent"], origins)
    interval_facts(book, coherent, alpha.coherent, origins, se_recipe(alpha))
    if alpha.coherent_only is not None:
        book.points(f"{name}/coherent_only", alpha.coherent_only, "alpha over judgements with coherent ≥ 50", origins)
        book.count(f"{name}/coherent_only_n", alpha.coherent_only_n, "judgements with coherent ≥ 50", origins)
    question_facts(book, name, alpha)


def se_recipe(alpha: Alpha) -> str:
    """Which error it is."""
    return RECIPES["se" if len(alpha.seeds) < 2 else "se_two_way"]


def interval_facts(
    book: Book, name: str, estimate: Estimate | None, origins: Sequence[Origin], recipe: str,
    low: float = LOW, high: float = HIGH,
) -> None:  # fmt: skip
    """Error, half-width and interval under `name`; nothing where there is no error."""
    if estimate is None or estimate.se is None:
        return
    ends = estimate.interval(low, high)
    book.points(f"{name}/se", estimate.se, recipe, origins)
    book.points(f"{name}/half", estimate.half_width, RECIPES["half"].format(estimate.df), origins)
    if ends is not None:
        clipped = RECIPES["ci"].format(low, high)
        book.points(f"{name}/ci_low", ends[0], clipped, origins)
        book.points(f"{name}/ci_high", ends[1], clipped, origins)


def count_facts(book: Book, name: str, alpha: Alpha, origins: Sequence[Origin]) -> None:
    """How many judgements are valid, how many failed and of which class, how many questions there are."""
    counted = RECIPES["headline_n"] if alpha.rests_on == "headline" else "valid judgements"
    book.count(f"{name}/n", alpha.n, counted, origins)
    book.count(f"{name}/errors", alpha.errors, "failed judgements", origins)
    book.share(f"{name}/error_rate", alpha.error_rate, "failed / (valid + failed)", origins)
    if alpha.errors is not None and alpha.n is not None:
        book.count(f"{name}/judgements", alpha.n + alpha.errors, "valid + failed", origins)
    book.count(f"{name}/questions", alpha.blocks.questions.size, "questions with a valid judgement", origins)
    book.count(
        f"{name}/seeds",
        max(1, len(alpha.seed_names)),
        "named seeds with a valid judgement, one where none is named",
        origins,
    )
    book.share(f"{name}/duplicates", duplicate_share(alpha), "questions that repeat another / questions", origins)
    for failure, number in alpha.failures:
        book.count(f"{name}/failed/{failure}", number, f"failed judgements of class {failure}", origins)
    if alpha.naive_se is not None and alpha.estimate is not None and alpha.estimate.se:
        book.points(f"{name}/naive_se", alpha.naive_se, RECIPES["naive"], origins)
        book.ratio(f"{name}/se_ratio", alpha.estimate.se / alpha.naive_se if alpha.naive_se else None,
                   "clustered se / naive se", origins, 1)  # fmt: skip


def bound_facts(book: Book, name: str, bounds: tuple[float, float] | None, origins: Sequence[Origin]) -> None:
    """Where alpha would lie if all failed judgements had said the worst, or the best."""
    if bounds is None:
        return
    book.points(f"{name}/bound_low", bounds[0], RECIPES["bound"].format(0, 0), origins)
    book.points(f"{name}/bound_high", bounds[1], RECIPES["bound"].format(100, 100), origins)


def seed_facts(book: Book, name: str, alpha: Alpha, origins: Sequence[Origin]) -> None:
    """alpha of each named seed, and their spread."""
    only = [(alpha.seed_names[0], alpha.value)] if len(alpha.seed_names) == 1 and not alpha.seeds else []
    for seed, value in (*alpha.seeds, *only):
        if seed:
            book.points(f"{name}/seed_{seed}", value, f"alpha over the judgements of seed {seed}", origins)
    if alpha.seed_sd is not None:
        book.points(f"{name}/seed_sd", alpha.seed_sd, "standard deviation of the seeds' alphas (n−1)", origins)


def question_facts(book: Book, name: str, alpha: Alpha) -> None:
    """The per-question table; questions are numbered from 0 in the order in which the file names them."""
    asked = [(cell, {row.question for row in rows}) for cell, rows in zip(alpha.cells, alpha.asked, strict=True)]
    for k, line in enumerate(alpha.questions):
        origins = [
            Origin(c.source, f"{c.pointer}/{escaped(line.question)}") for c, all_ in asked if line.question in all_
        ]
        book.points(f"{name}/q{k}", line.mean, "mean of the valid aligned scores of this question", origins)
        book.count(f"{name}/q{k}/n", line.n, "valid judgements of this question", origins)
        book.count(f"{name}/q{k}/errors", line.errors, "failed judgements of this question", origins)


def escaped(key: str) -> str:
    """A key as a JSON pointer's part (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def gap_facts(book: Book, gap: Gap) -> None:
    """Both kinds of gap."""
    origins = (*origins_of(gap.primary), *origins_of(gap.alternate))
    pair = f"{gap.primary.judge} − {gap.alternate.judge}"
    comparison_facts(book, f"gap/{gap.condition}", gap.plain, f"alpha {pair}", origins)
    book.points(f"gap/{gap.condition}/abs", gap.size, f"|alpha {pair}|", origins)
    if gap.pairs is not None:
        recipe = f"mean of {pair}, {gap.pairs.method}"
        comparison_facts(book, f"gap_paired/{gap.condition}", gap.pairs, recipe, origins)


def agreement_facts(book: Book, tables: AlignmentTables) -> None:
    """How far two judges agree on single samples, and on the order of the conditions."""
    for found in tables.agreements:
        name, origins = f"agreement/{found.condition}", (*origins_of(found.primary), *origins_of(found.alternate))
        over = f"over the samples both {found.primary.judge} and {found.alternate.judge} scored"
        book.count(f"{name}/n", found.n, f"samples behind it, {over}", origins)
        book.ratio(f"{name}/spearman", found.spearman, f"Spearman correlation {over}", origins)
        book.ratio(f"{name}/krippendorff", found.krippendorff, f"Krippendorff's alpha (interval) {over}", origins)
    if tables.ranks is not None:
        alphas = (*tables.ranks.primary, *tables.ranks.alternate)
        origins = tuple(origin for alpha in alphas for origin in origins_of(alpha))
        book.ratio("rank_stability", tables.ranks.tau, "Kendall's tau-b of the conditions' alphas, two judges", origins)
        book.count("rank_stability/n", tables.ranks.n, "conditions behind it", origins)


def comparison_facts(book: Book, name: str, step: Difference, recipe: str, origins: Sequence[Origin]) -> None:
    """A difference with its interval, its n and the correlation of what was paired."""
    book.points(name, step.estimate.value, recipe, origins)
    interval_facts(book, name, step.estimate, origins, ERRORS.get(step.method, step.method), -HIGH, HIGH)
    if step.n is not None:
        book.count(f"{name}/n", step.n, f"behind the difference, {step.method}", origins)
    if step.correlation is not None:
        book.ratio(f"{name}/correlation", step.correlation, f"Pearson correlation, {step.method}", origins)


def declared(source: Source | None, pointer: str) -> tuple[Origin, ...]:
    """report.yaml as an origin."""
    return (Origin(source, pointer),) if source is not None else ()


def reference_origins(reference: ReferenceScore, declared_in: Source | None) -> tuple[Origin, ...]:
    """report.yaml where it is stated there, else the files it was counted from."""
    if reference.alpha is not None:
        return origins_of(reference.alpha)
    return declared(declared_in, f"/references/{escaped(reference.key)}/scores/{escaped(reference.judge)}")


def reference_facts(book: Book, reference: ReferenceScore, declared_in: Source | None) -> None:
    """A reference's score: stated ones keep saying so."""
    name = f"reference/{reference.judge}/{reference.key}"
    stated, alpha = reference.stated, reference.alpha
    origins = reference_origins(reference, declared_in)
    recipe = "stated in report.yaml" if alpha is None else alpha_recipe(alpha)
    book.points(name, reference.value, recipe, origins, stated=stated)
    if reference.low is not None and reference.high is not None:
        book.points(f"{name}/ci_low", reference.low, recipe, origins, stated=stated)
        book.points(f"{name}/ci_high", reference.high, recipe, origins, stated=stated)
        book.points(
            f"{name}/half", (reference.high - reference.low) / 2, "(ci_high − ci_low) / 2", origins, stated=stated
        )
    for part, number in (("n", reference.n), ("errors", reference.errors)):
        if number is not None:
            book.count(f"{name}/{part}", number, recipe, origins, stated=stated)
    if reference.n is not None and reference.errors is not None:
        book.count(f"{name}/judgements", reference.n + reference.errors, "n + errors", origins, stated=stated)
    for part, bound in (("bound_low", reference.bound_low), ("bound_high", reference.bound_high)):
        if bound is not None:
            book.points(f"{name}/{part}", bound, recipe, origins, stated=stated)


def reference_gaps(book: Book, tables: AlignmentTables, declared_in: Source | None) -> None:
    """The gap of a reference that both judges scored, of two stated values as stated as they are."""
    for key in dict.fromkeys(r.key for r in tables.references):
        pair = [tables.reference(judge, key) for judge in (tables.primary, tables.alternate) if judge]
        if len(pair) == 2 and pair[0] is not None and pair[1] is not None:
            recipe = f"alpha {pair[0].judge} − {pair[1].judge} of the reference"
            stated = pair[0].stated or pair[1].stated
            origins = [
                origin for score in pair if score is not None for origin in reference_origins(score, declared_in)
            ]
            book.points(f"reference_gap/{key}", pair[0].value - pair[1].value, recipe, origins, stated=stated)


def difference_facts(book: Book, named: NamedDifference, tables: AlignmentTables, declared_in: Source | None) -> None:
    """alpha of a condition minus that of another condition or of a reference."""
    alpha, other = tables.alpha(named.judge, named.condition), tables.alpha(named.judge, named.other)
    origins = [o for a in (alpha, other) if a is not None for o in origins_of(a)]
    recipe = f"alpha {named.condition} − {named.other}, {named.difference.method}"
    reference = score_of(tables.references, named.other, named.judge)
    if other is None and reference is not None:
        origins += reference_origins(reference, declared_in)
        borrowed = f", as {reference.judge} scored it" if reference.judge != named.judge else ""
        recipe = f"alpha {named.condition} − reference {named.other}{borrowed}, {named.difference.method}"
    comparison_facts(book, f"diff/{named.judge}/{named.condition}/{named.other}", named.difference, recipe, origins)


def stated_x(book: Book, experiment: Experiment, tables: AlignmentTables, declared_in: Source | None) -> None:
    """x of conditions and of references, each kind with as many decimals as its finest value."""
    conditions = {c: d.x for c, d in experiment.conditions.items() if d.x is not None and c in tables.conditions}
    references = {k: r.x for k, r in experiment.references.items() if r.x is not None}
    for kind, values in (("conditions", conditions), ("references", references)):
        places = shown.places_of([*values.values()])
        for key, x in values.items():
            origins = declared(declared_in, f"/{kind}/{escaped(key)}/x")
            recipe = f"stated in report.yaml; source: {experiment.x_source or 'not named'}"
            book.as_shown(f"x/{key}", x, shown.decimals(x, places), experiment.x_name or "x", recipe, origins)


def gate_facts(book: Book, tables: AlignmentTables, experiment: Experiment, declared_in: Source | None) -> None:
    """Each gate's limit, on how many places it stands and on how many it is breached."""
    for name in dict.fromkeys(g.name for g in tables.gates):
        mine = [g for g in tables.gates if g.name == name]
        limit = mine[0].limit
        stated = name in experiment.gates.model_fields_set
        text = shown.percent(limit) if name == "judge_error_rate_max" else shown.stated(limit)
        origins = declared(declared_in, f"/gates/{name}") if stated else ()
        recipe = "stated in report.yaml" if stated else "the default limit"
        book.as_shown(f"gate/{name}/limit", limit, text, GATE_UNITS[name], recipe, origins)
        measured = all_origins(tables)
        book.count(f"gate/{name}/places", len(mine), "places the gate applies to", measured)
        book.count(f"gate/{name}/breached", sum(not g.passed for g in mine), "places where it is breached", measured)


def all_origins(tables: AlignmentTables) -> list[Origin]:
    """The files of all cells."""
    return [origin for alpha in tables.alphas for origin in origins_of(alpha)]


def range_facts(book: Book, tables: AlignmentTables) -> None:
    """Lowest and highest alpha a judge gives, narrowest and widest gap, failed judgements a judge."""
    for judge in tables.judges:
        mine = [a for a in tables.alphas if a.judge == judge]
        valued = [(a.value, a) for a in mine if a.value is not None]
        if valued:
            low, high = min(valued, key=lambda p: p[0]), max(valued, key=lambda p: p[0])
            book.points(f"alpha_min/{judge}", low[0], f"lowest alpha, of {low[1].condition}", origins_of(low[1]))
            book.points(f"alpha_max/{judge}", high[0], f"highest alpha, of {high[1].condition}", origins_of(high[1]))
        everyone = [o for a in mine for o in origins_of(a)]
        failed, valid = known_sum([a.errors for a in mine]), known_sum([a.n for a in mine])
        book.count(f"errors/{judge}", failed, "failed judgements", everyone)
        both = None if failed is None or valid is None else failed + valid
        book.count(f"judgements/{judge}", both, "valid + failed", everyone)
    if tables.gaps:
        by_size = sorted(tables.gaps, key=lambda gap: gap.size)
        for name, gap in (("gap_min", by_size[0]), ("gap_max", by_size[-1])):
            origins = (*origins_of(gap.primary), *origins_of(gap.alternate))
            book.points(name, gap.size, f"|gap| of {gap.condition}", origins)


def known_sum(counts: Sequence[int | None]) -> int | None:
    """Their sum, None where one is not known."""
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def panel_facts(book: Book, tables: AlignmentTables) -> None:
    """Counts that the first screen speaks of."""
    everyone = all_origins(tables)
    asked = {q.question for a in tables.alphas for q in a.questions}
    book.count("conditions", len(tables.conditions), "conditions in the archive", everyone)
    book.count("judges", len(tables.judges), "judges in the archive", everyone)
    book.count("panel/questions", len(asked), "distinct question texts in the archive", everyone)
    distinct = len({" ".join(question.casefold().split()) for question in asked})
    recipe = "question texts that repeat another but for case and spaces"
    book.count("panel/duplicates", len(asked) - distinct, recipe, everyone)
    share = (len(asked) - distinct) / len(asked) if asked else None
    book.share("panel/duplicate_share", share, recipe + " / all", everyone)
    audit_facts(book, tables)
    seeds = {s for a in tables.alphas for s in a.seed_names}
    book.count("seeds", max(1, len(seeds)), "named seeds, one where none is named", everyone)
    per_question = {row.n + row.errors for a in tables.alphas for rows in a.asked for row in rows}
    if len(per_question) == 1:
        book.count("panel/samples", per_question.pop(), "judgements a question and seed, the same everywhere", everyone)


def audit_facts(book: Book, tables: AlignmentTables) -> None:
    """What the questions are worth, and what they can show of each cell."""
    panel = tables.panel
    if panel is not None:
        everyone = all_origins(tables)
        book.count("panel/distinct", panel.distinct, "questions without the personas before them", everyone)
        recipe = "n² over the pairs of questions that ask the same, each with itself included"
        book.as_shown("panel/effective", panel.effective, f"{panel.effective:.1f}", COUNT, recipe, everyone)
        book.count("panel/near_duplicates", panel.near, f"pairs; {panel.method}", everyone)
        book.count(
            "panel/contrast_pairs", panel.contrasts, "pairs that differ by a negation or swapped roles", everyone
        )
        book.count("panel/repeated", panel.repeated, "questions beyond the first of those that ask the same", everyone)
        book.share("panel/repeated_share", panel.repeated_share, "panel/repeated / questions", everyone)
        if panel.closest is not None:
            book.ratio("panel/closest", panel.closest, f"similarity of the two most alike; {panel.method}", everyone)
        answer_facts(book, panel, everyone)
    if tables.reaches:
        book.as_shown("panel/power_level", POWER, "80 %", "definition", "power of the detectable distance", ())
    for reach in tables.reaches:
        reach_facts(book, reach)


def answer_facts(book: Book, panel: Panel, origins: Sequence[Origin]) -> None:
    """Where the matching answer stands, where questions print their choices."""
    if panel.answer is not None:
        place, share, expected = panel.answer
        book.count("panel/answer_place", place, "place of the matching answer furthest above chance", origins)
        book.share("panel/answer_share", share, "questions whose matching answer stands there / questions", origins)
        book.share("panel/answer_expected", expected, "share that chance gives that place", origins)


def reach_facts(book: Book, reach: Reach) -> None:
    """What can be shown of one cell."""
    place, origins = f"{reach.alpha.judge}/{reach.alpha.condition}", origins_of(reach.alpha)
    recipe = "half-width · (1 + z(0.80) / z(0.975)), of the nearest threshold's difference where there is one"
    book.points(f"panel/detectable/{place}", reach.detectable, recipe, origins)
    if reach.distance is not None:
        book.points(f"panel/distance/{place}", reach.distance, "|alpha − nearest threshold|", origins)
        recipe = "Φ(z·(d/h − 1)) + Φ(−z·(d/h + 1)), z = z(0.975), d the distance, h its half-width"
        book.share(f"panel/power/{place}", reach.power, recipe, origins)


def definition_facts(book: Book) -> None:
    """Numbers that are so by definition, printed by fact like all others."""
    for name, value, text, recipe in (
        ("scale/low", LOW, "0", "lowest score a judge can give"),
        ("scale/high", HIGH, "100", "highest score a judge can give"),
        ("interval/level", LEVEL, "95 %", "level of every interval"),
        ("coherent_only/threshold", COHERENT_ENOUGH, "50", "coherence from which a judgement counts as coherent"),
    ):
        book.as_shown(name, value, text, "definition", recipe, ())


def issue_facts(book: Book, experiment: Experiment, declared_in: Source | None) -> None:
    """Issue numbers of references."""
    for key, reference in experiment.references.items():
        if reference.issue is not None:
            origins = declared(declared_in, f"/references/{escaped(key)}/issue")
            text = str(reference.issue)
            book.as_shown(f"issue/{key}", reference.issue, text, "issue", "stated in report.yaml", origins)


def confidence_facts(book: Book, tables: AlignmentTables) -> None:
    """Points taken off, domain by domain."""
    for deduction in tables.confidence.deductions:
        row = CUTOFFS[deduction.domain]
        recipe = f"{deduction.why}; −1: {row.one}" + (f"; −2: {row.two}" if row.two else "")
        slug = deduction.domain.replace(" ", "_")
        behind = book.facts[deduction.fact].origins if deduction.fact else all_origins(tables)
        book.count(f"confidence/{slug}", -deduction.points, recipe, behind)
