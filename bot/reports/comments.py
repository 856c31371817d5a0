"""Comments made from templates: what each kind of comment hands to its template."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from markupsafe import Markup

from bot.archives.declared_when import DeclaredWhen
from bot.archives.records import AlignmentArchive, Source
from bot.experiment import Experiment, Prediction, Rule
from bot.reports import sanitising
from bot.reports.bundle import LINK
from bot.reports.narrative import NOTHING_TOLD, Told, narrative_context
from bot.reports.rendering import Page, render
from bot.reports.results import ResultsView, bounds_matter, place_label, results_view
from bot.reports.splitting import CUT, INSIDE
from bot.scoring import shown
from bot.scoring.alignment import AlignmentTables
from bot.scoring.comparing import ReferenceScore
from bot.scoring.facts import Fact, Facts, Origin
from bot.scoring.grading import Confidence, Deduction

SIGNS = {">": "&gt;", ">=": "≥", "<": "&lt;", "<=": "≤"}
FACTS_A_LINE = 4_000  # characters


@dataclass(frozen=True, slots=True)
class Draft:
    """A comment before it is split and wrapped: Markdown with cuts in it, and the facts it prints."""

    kind: str
    text: str
    used: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class AlignmentReport:
    """All that comments about one alignment archive are made from.

    `figures` maps a figure's name to its alt text; `declared` says when the declarations came, None where not assessed.
    """

    archive: AlignmentArchive
    experiment: Experiment
    declared_in: Source | None
    tables: AlignmentTables
    facts: Facts
    figures: Mapping[str, str]
    command: str
    declared: DeclaredWhen | None = None


def prepare(report: AlignmentReport) -> ResultsView:
    """What all comments of one report share: its view, and the facts that only a report needs."""
    add_report_facts(report)
    view = results_view(report.archive, report.tables, report.experiment, report.facts)
    add_verdict_facts(report.facts, view)
    return view


def results_comment(report: AlignmentReport, templates: Path | None = None, view: ResultsView | None = None) -> Draft:
    """The `results` comment."""
    view, page = view or prepare(report), Page(report.facts)
    text = render("comments/results.md.j2", page, results_context(report, view, page), templates)
    return Draft("results", text.replace(COMPACT, compact(page.used)), page.used)


def clean_result(
    report: AlignmentReport, view: ResultsView, templates: Path | None = None, told: Told = NOTHING_TOLD
) -> Draft:
    """The body of the clean-result issue, and nothing of its title; with what a model told, where it was taken."""
    page = Page(report.facts)
    context = results_context(report, view, page) | narrative_context(told, page, names_of(view))
    text = render("comments/clean-result.md.j2", page, context, templates)
    return Draft("clean-result", text.replace(COMPACT, compact(page.used)), page.used)


def analysis_comment(
    report: AlignmentReport, view: ResultsView, templates: Path | None = None, told: Told = NOTHING_TOLD
) -> Draft:
    """The `analysis` comment on the source issue: hero figure, recap, and where the clean result stands."""
    page = Page(report.facts)
    context = results_context(report, view, page) | {"clean_result": Markup(LINK)}
    context |= narrative_context(told, page, names_of(view))
    text = render("comments/analysis.md.j2", page, context, templates)
    return Draft("analysis", text.replace(COMPACT, compact(page.used)), page.used)


def names_of(view: ResultsView) -> dict[str, str]:
    """What a narrative may name: conditions, references and judges, by their ids."""
    return {**view.labels, **{judge.id: judge.label for judge in view.judges}}


def clean_title(view: Titled) -> str:
    """`<claim> (<grade> confidence)`: the grade is the computed one, whatever the claim."""
    grade = f" ({view.confidence.grade} confidence)"
    claim = str(sanitising.title(view.title, limit=TITLE_LIMIT - len(grade)))
    return claim[: TITLE_LIMIT - len(grade)] + grade


class Titled(Protocol):
    """What a title is made of."""

    @property
    def title(self) -> str:
        """The claim."""
        ...

    @property
    def confidence(self) -> Confidence:
        """Its grade."""
        ...


TITLE_LIMIT = 250
COMPACT = "\x1dfacts\x1d"


def results_context(report: AlignmentReport, view: ResultsView, page: Page) -> dict[str, object]:
    """What the template may call and read beside its view."""
    archive, tables, labels = report.archive, report.tables, {j.id: j.label for j in view.judges}
    return {
        "view": view,
        "tables": tables,
        "experiment": report.experiment,
        "unreadable": archive.unreadable,
        "ignored": archive.ignored,
        "sources": sources_of(report),
        "commit": archive.commit,
        "command": report.command,
        "declared": report.declared,
        "archive_name": archive.name,
        "has_fact": report.facts.__contains__,
        "judge_label": labels.__getitem__,
        "figure": partial(figure, report.figures),
        "initials": initials(view, " − "),
        "initials_slash": Markup(" / ".join(sanitising.inline(j.label[:1]) for j in view.judges)),
        "all_of": lambda count: Markup("The" if count == "1" else "All"),
        "reason": partial(reason, page),
        "points_of": points_of,
        "rule": partial(rule, page, view.metric),
        "place": lambda where: sanitising.inline(place_label(where, view.labels)),
        "any_borrowed": any(cell is not None and cell.borrowed for row in view.differences for cell in row.cells),
        "any_reference": any(row.reference for row in view.rows),
        "any_stated": any(row.stated for row in view.rows),
        "any_breached_gap": any(row.gap_breached for row in view.rows),
        "warned": (warned := warned_of(report, view)),
        "any_warning": bool(warned),
        "cut": Markup(CUT),
        "cut_inside": Markup(INSIDE),
        "compact_facts": Markup(COMPACT),
    }  # fmt: skip


def add_report_facts(report: AlignmentReport) -> None:
    """Facts about the archive as a whole, and about what is declared."""
    facts, archive = report.facts, report.archive
    for name, number, recipe in (
        ("unreadable", len(archive.unreadable), "files of the archive that could not be read"),
        ("ignored", len(archive.ignored), "JSON files of the archive that are no results"),
    ):
        facts.add(Fact(name, number, shown.count(number), "count", recipe))
    if report.experiment.issue is not None:
        origins = (Origin(report.declared_in, "/issue"),) if report.declared_in else ()
        number = report.experiment.issue
        facts.add(Fact("issue", number, str(number), "issue", "stated in report.yaml", origins, True))
    for k, prediction in enumerate(report.experiment.predictions):
        for name, value in thresholds_of(prediction):
            pointer = f"/predictions/{k}" + ("/falsified_by" if name == "falsified_by" else "")
            origins = (Origin(report.declared_in, f"{pointer}/value"),) if report.declared_in else ()
            text = shown.stated(value)
            recipe = "stated in report.yaml"
            facts.add(Fact(f"prediction/{prediction.id}/{name}", value, text, "points", recipe, origins, True))


def thresholds_of(prediction: Prediction) -> list[tuple[str, float]]:
    """The stated thresholds of a prediction."""
    rules = (("threshold", prediction), ("falsified_by", prediction.falsified_by))
    return [(name, r.value) for name, r in rules if r is not None and r.value is not None]


def add_verdict_facts(facts: Facts, view: ResultsView) -> None:
    """How many conditions lie on which side of the target."""
    recipe = "conditions whose every difference from the target has its whole interval {}"
    for name, number, side in (
        ("above", view.verdict.above, "above zero"),
        ("below", view.verdict.below, "below zero"),
        ("between", view.verdict.between, "on neither side"),
    ):
        facts.add(Fact(f"verdict/{name}", number, shown.count(number), "count", recipe.format(side)))


def sources_of(report: AlignmentReport) -> list[Source]:
    """Every file that a fact starts from, by path."""
    found = {o.source.path: o.source for f in report.facts.values() for o in f.origins}
    found.update({source.path: source for source in report.archive.artifacts})
    return [found[path] for path in sorted(found)]


def figure(figures: Mapping[str, str], name: str) -> Markup:
    """A figure's link with its alt text, nothing where that figure was not drawn."""
    if name not in figures:
        return Markup("")
    return Markup(f"![{sanitising.inline(figures[name])}](figures/{name}.png)")


def initials(view: ResultsView, between: str) -> Markup:
    """S − O: the two judges of the gap by their first letters; by name where those are the same."""
    if view.primary is None or view.alternate is None:
        return Markup("")
    pair = [view.primary.label, view.alternate.label]
    short = [label[:1] for label in pair]
    return Markup(between.join(sanitising.inline(s) for s in (short if short[0] != short[1] else pair)))


def reason(page: Page, deduction: Deduction) -> Markup:
    """Why points were taken off, with its number by fact."""
    words: dict[str, Callable[[Markup], Markup]] = {
        "judges": lambda number: Markup(f"judges {number} apart"),
        "missing judgements": lambda number: Markup(f"{number} of a cell unjudged"),
        "questions": lambda number: Markup(f"{number} question" + ("" if number == "1" else "s")),
        "eval-set duplicates": lambda number: Markup(f"{number} of the questions repeat another"),
    }
    if deduction.number is None or deduction.fact is None or deduction.domain not in words:
        return sanitising.inline(deduction.why)
    text = words[deduction.domain](page.fact(deduction.fact + ("/abs" if deduction.domain == "judges" else "")))
    tails = ("bounds reach the threshold", "no less than the distance to the threshold")
    return text + "".join(f" ({tail})" for tail in tails if tail in deduction.why)


def points_of(deduction: Deduction) -> str:
    """The name of the fact that holds its points."""
    return f"confidence/{deduction.domain.replace(' ', '_')}"


def rule(page: Page, metric: str, prediction: Prediction) -> Markup:
    """A prediction's rule in a formula's words."""
    whom = "every" if prediction.quantifier == "all" else "any"
    text = Markup(f"{whom} {scope(prediction)}: {sanitising.inline(metric_of(prediction, metric))} ")
    text += sign_and_threshold(page, prediction, f"prediction/{prediction.id}/threshold")
    own = prediction.falsified_by
    if own is None:
        return text
    text += Markup(f"; falsified by {'every' if own.quantifier == 'all' else 'any'} ")
    return text + sign_and_threshold(page, own, f"prediction/{prediction.id}/falsified_by")


def metric_of(prediction: Prediction, metric: str) -> str:
    """The metric's name in the report's own words."""
    return metric if prediction.metric == "alpha" else prediction.metric


def scope(prediction: Prediction) -> Markup:
    """Which cells it speaks of."""
    conditions = "condition" if prediction.conditions == "all" else " or ".join(prediction.conditions)
    conditions += f" of {prediction.group}" if prediction.group else ""
    judges = "judge" if prediction.judges == "all" else " or ".join(prediction.judges)
    return sanitising.inline(f"{conditions} and {judges}")


def sign_and_threshold(page: Page, declared: Rule, name: str) -> Markup:
    """The operator and what stands behind it."""
    value = page.fact(name) if declared.value is not None else sanitising.inline(declared.reference or "")
    return Markup(f"{SIGNS[declared.operator]} {value}")


@dataclass(frozen=True, slots=True)
class Warned:
    """A score whose bounds reach outside of its interval."""

    label: str
    judge: str
    name: str
    reaches: bool


def warned_of(report: AlignmentReport, view: ResultsView) -> list[Warned]:
    """All of them, conditions before references; `reaches` says whether the bounds reach the target."""
    target = report.facts[view.verdict.target].value if view.verdict.target else None
    labels, judges = view.labels, {j.id: j.label for j in view.judges}
    warned = []
    for alpha in report.tables.alphas:
        if bounds_matter(alpha) and alpha.bounds and alpha.value is not None:
            reaches = between(target, alpha.value, alpha.bounds)
            name = f"alpha/{alpha.judge}/{alpha.condition}"
            warned.append(Warned(labels[alpha.condition], judges[alpha.judge], name, reaches))
    return warned + [w for r in report.tables.references if (w := warned_reference(r, labels, judges, target))]


def warned_reference(
    score: ReferenceScore, labels: Mapping[str, str], judges: Mapping[str, str], target: object
) -> Warned | None:
    """A reference whose bounds matter, None where they do not."""
    if not bounds_matter(score) or score.bound_low is None or score.bound_high is None:
        return None
    reaches = between(target, score.value, (score.bound_low, score.bound_high))
    name = f"reference/{score.judge}/{score.key}"
    return Warned(labels[score.key], judges.get(score.judge, score.judge), name, reaches)


def between(target: object, value: float, bounds: tuple[float, float]) -> bool:
    """Whether the failed judgements could carry `value` across the target."""
    if not isinstance(target, float | int):
        return False
    return value < target <= bounds[1] or bounds[0] <= target < value


def compact(used: Mapping[str, Fact]) -> str:
    """The facts a comment prints, name to value, in HTML comments that machines read and people do not see."""
    lines: list[str] = []
    group: dict[str, object] = {}
    for name in sorted(used):
        if len(harmless_json({**group, name: used[name].value})) > FACTS_A_LINE and group:
            lines.append(facts_line(group))
            group = {}
        group[name] = used[name].value
    return INSIDE.join([*lines, facts_line(group)])


def facts_line(group: Mapping[str, object]) -> str:
    """One line of the compact facts."""
    return f"<!-- facts {harmless_json(group)} -->\n"


def harmless_json(values: Mapping[str, object]) -> str:
    """JSON that cannot end the HTML comment it stands in."""
    text = json.dumps(values, ensure_ascii=True, separators=(",", ":"))
    return text.replace("--", "-\\u002d").replace(">", "\\u003e")
