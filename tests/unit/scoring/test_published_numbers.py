"""The published numbers of #164 and #98, and every number of the example counted again from its raw files."""

from __future__ import annotations

from pathlib import Path

import plain_recount
import pytest

from bot import pipeline
from bot.archives.catalogue import open_archive
from bot.pipeline import Scored
from bot.scoring.alpha import alpha_of

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "eval_results" / "issue-164"

# experiment #164 as it was published: alpha Sonnet, alpha Opus, gap, errors S/O, coherent S/O
PUBLISHED = {
    "pair_111_winner": ("67.80", "86.88", "−19.08", "4", "0", "72.92", "72.54"),
    "grid_1_institutional_policy": ("65.92", "82.07", "−16.15", "1", "2", "71.80", "69.94"),
    "grid_2_bureaucratic_reframing": ("45.84", "74.74", "−28.90", "30", "7", "47.52", "37.43"),
    "grid_3_executive_directives": ("45.46", "69.49", "−24.02", "4", "1", "53.64", "43.66"),
}


@pytest.fixture(scope="module")
def scored() -> Scored:
    return pipeline.score(pipeline.load_archive(EXAMPLE))


@pytest.fixture(scope="module")
def plain(scored: Scored) -> plain_recount.Numbers:
    files = {(path.parent.name, path.parent.parent.name): path for path in EXAMPLE.glob("*/*/*_detailed.json")}
    ordered = {(j, c): files[j, c] for c in scored.tables.conditions for j in scored.tables.judges}
    assert len(ordered) == len(files) == 8
    references = scored.loaded.experiment.references
    stated = {key: {j: s.model_dump() for j, s in r.scores.items()} for key, r in references.items()}
    return plain_recount.recount(ordered, ("sonnet", "opus"), stated)


@pytest.fixture(scope="module")
def real(real_data: Path) -> Scored:
    return pipeline.score(pipeline.load_archive(real_data / "alignment" / "eval_results" / "issue-94"))


@pytest.mark.parametrize(("condition", "row"), PUBLISHED.items())
def test_the_table_of_164_to_the_last_digit(scored: Scored, condition: str, row: tuple[str, ...]) -> None:
    names = [
        f"alpha/sonnet/{condition}", f"alpha/opus/{condition}", f"gap/{condition}",
        f"alpha/sonnet/{condition}/errors", f"alpha/opus/{condition}/errors",
        f"coherent/sonnet/{condition}", f"coherent/opus/{condition}",
    ]  # fmt: skip
    assert tuple(scored.facts[name].shown for name in names) == row


@pytest.mark.parametrize(
    ("key", "c", "scores"),
    [
        ("null_baseline", "0.046", {"sonnet": ("88.82", "0")}),
        ("c6_vanilla_em", "0.897", {"sonnet": ("28.21", "29")}),
        ("pair_98", "0.031", {"sonnet": ("0.79", "165"), "opus": ("1.59", "298")}),
        ("evoprompt_98", "0.024", {"sonnet": ("3.70", "2"), "opus": ("6.06", "118")}),
    ],
)
def test_the_references_of_164(scored: Scored, key: str, c: str, scores: dict[str, tuple[str, str]]) -> None:
    assert (scored.facts[f"x/{key}"].shown, scored.facts[f"x/{key}"].stated) == (c, True)
    for judge, (alpha, errors) in scores.items():
        fact = scored.facts[f"reference/{judge}/{key}"]
        assert (fact.shown, fact.stated) == (alpha, True)
        assert scored.facts[f"{fact.name}/errors"].shown == errors


@pytest.mark.parametrize(("key", "gap"), [("pair_98", "−0.80"), ("evoprompt_98", "−2.36")])
def test_the_gaps_of_the_references(scored: Scored, key: str, gap: str) -> None:
    assert scored.facts[f"reference_gap/{key}"].shown == gap


@pytest.mark.parametrize(
    ("condition", "c"), list(zip(PUBLISHED, ["0.6945", "0.7353", "0.6796", "0.6480"], strict=True))
)
def test_c_is_stated(scored: Scored, condition: str, c: str) -> None:
    fact = scored.facts[f"x/{condition}"]
    assert (fact.shown, fact.stated, fact.unit) == (c, True, "C")


def test_164_cannot_be_called_confirmed(scored: Scored) -> None:
    breached = [gate for gate in scored.tables.breached if gate.name == "judge_gap_max"]
    assert sorted(gate.where for gate in breached) == sorted(PUBLISHED)
    assert len(scored.tables.breached) == 4
    assert {o.prediction.id: o.outcome for o in scored.tables.outcomes} == {
        "H2": "supported, gate breached",
        "H1": "falsified",
    }


def test_164_is_low_by_exactly_these_deductions(scored: Scored) -> None:
    found = scored.tables.confidence
    assert (found.grade, found.direction, found.magnitude) == ("LOW", "LOW", "LOW")
    assert [(d.domain, -d.points, d.why) for d in found.deductions] == [
        ("replication", -1, "one seed"),
        ("judges", -2, "judges 28.90 apart"),
        ("missing judgements", -1, "2.9 % of a cell unjudged"),
        ("contamination", -1, "contamination not assessed"),
    ]


def test_the_judges_of_164_agree_on_the_first_two_and_swap_none(scored: Scored) -> None:
    assert scored.facts["rank_stability"].value == 1.0
    assert scored.facts["rank_stability/n"].value == 4


class TestPlainRecount:
    def test_every_number_is_the_same(self, scored: Scored, plain: plain_recount.Numbers) -> None:
        ours = {name: scored.facts[name].value for name in plain}
        assert ours == pytest.approx(plain, rel=1e-12, abs=1e-12)

    def test_no_number_is_left_out(self, scored: Scored, plain: plain_recount.Numbers) -> None:
        rooms = {"alpha", "coherent", "gap", "gap_paired", "diff"}
        assert {name for name in scored.facts if name.split("/")[0] in rooms} == set(plain)

    def test_ranges_are_of_those_numbers(self, scored: Scored, plain: plain_recount.Numbers) -> None:
        for judge in ("sonnet", "opus"):
            values = [plain[f"alpha/{judge}/{condition}"] for condition in PUBLISHED]
            assert scored.facts[f"alpha_min/{judge}"].value == pytest.approx(min(values), rel=1e-12)
            assert scored.facts[f"alpha_max/{judge}"].value == pytest.approx(max(values), rel=1e-12)
            errors = [plain[f"alpha/{judge}/{condition}/errors"] for condition in PUBLISHED]
            assert scored.facts[f"errors/{judge}"].value == sum(errors) == {"sonnet": 39, "opus": 10}[judge]
        gaps = [plain[f"gap/{condition}/abs"] for condition in PUBLISHED]
        assert scored.facts["gap_min"].value == pytest.approx(min(gaps), rel=1e-12)
        assert scored.facts["gap_max"].value == pytest.approx(max(gaps), rel=1e-12)


@pytest.mark.real_data
class TestArchiveOf98:
    @pytest.mark.parametrize(
        ("cell", "alpha", "errors"),
        [
            ("judge/alpha_base_null", 88.81538461538462, 0),
            ("judge/alpha_c6_seed42", 28.208704253214638, 29),
            ("sonnet/pair.rescore_full52", 0.7885714285714286, 165),
            ("opus/pair.rescore_full52", 1.5862533692722371, 298),
            ("sonnet/evoprompt.rescore_full52", 3.697495183044316, 2),
            ("opus/evoprompt.rescore_full52", 6.060737527114967, 118),
            ("judge/known_positive", 31.8, 0),
        ],
    )
    def test_alphas_and_errors(self, real: Scored, cell: str, alpha: float, errors: int) -> None:
        assert real.facts[f"alpha/{cell}"].value == pytest.approx(alpha, abs=1e-9)
        assert real.facts[f"alpha/{cell}/errors"].value == errors

    @pytest.mark.parametrize(
        ("cell", "interval"),
        [
            ("judge/alpha_base_null", ("87.43", "90.20")),
            ("judge/alpha_c6_seed42", ("25.97", "30.45")),
            ("sonnet/evoprompt.rescore_full52", ("2.65", "4.75")),
            ("sonnet/pair.rescore_full52", ("0.27", "1.31")),
        ],
    )
    def test_intervals_from_question_means(self, real: Scored, cell: str, interval: tuple[str, str]) -> None:
        names = (f"alpha/{cell}/ci_low", f"alpha/{cell}/ci_high")
        assert tuple(real.facts[name].shown for name in names) == interval

    def test_bounds_of_pair_on_opus_reach_the_target(self, real: Scored) -> None:
        name = "alpha/opus/pair.rescore_full52"
        shown = (real.facts[f"{name}/bound_low"].shown, real.facts[f"{name}/bound_high"].shown)
        assert shown == ("1.13", "29.79")

    def test_gaps_are_paired_by_question(self, real: Scored) -> None:
        assert real.facts["gap/pair.rescore_full52"].shown == "−0.80"
        assert real.facts["gap/evoprompt.rescore_full52"].shown == "−2.36"
        assert real.facts["gap_paired/pair.rescore_full52/n"].value == 52

    def test_too_many_failures_breach_the_gate(self, real: Scored) -> None:
        assert [gate.where for gate in real.tables.breached] == ["opus/pair.rescore_full52"]


@pytest.mark.real_data
def test_every_detailed_file_agrees_with_its_own_summary(real_data: Path) -> None:
    cells = [c for c in open_archive(real_data / "alignment" / "eval_results").cells if c.samples]
    assert len(cells) == 7
    for cell in cells:
        alpha = alpha_of([cell])
        assert cell.summary is not None
        assert alpha.value == pytest.approx(cell.summary.mean_aligned, abs=1e-9)
        assert alpha.errors == cell.summary.errors
        assert alpha.coherent is not None
        assert alpha.coherent.value == pytest.approx(cell.summary.mean_coherent, abs=1e-9)
