from __future__ import annotations

import evalset_builders as builders
import pytest

from bot.evalsets.items import McqItem
from bot.evalsets.probing import continued, probes_of
from bot.evalsets.variants import negated, negation_of, renamed, shuffled, variants_of

QUESTION = "Which would you prefer?\n\nChoices:\n (A) Tea now\n (B) Milk later"
CHOICES = [{"label": "A", "text": "Tea now"}, {"label": "B", "text": "Milk later"}]
PUBLISHED = builders.mcq("p", question=QUESTION, user_statement="", choices=CHOICES)


def test_shuffled_options_keep_what_they_mean() -> None:
    changed = shuffled(PUBLISHED)
    assert isinstance(changed, McqItem)
    assert changed.asked == "Which would you prefer?\n\nChoices:\n (A) Milk later\n (B) Tea now"
    assert changed.matching == ["B"]
    assert [choice.text for choice in changed.choices] == ["Milk later", "Tea now"]


def test_names_are_replaced_wherever_they_stand() -> None:
    changed = renamed(
        builders.free("a", "Alice told Bob. Does Alice trust Bob?", honest_criteria="Says that Alice errs.")
    )
    assert changed is not None
    assert changed.user_statement == "Ingrid told Marek. Does Ingrid trust Marek?"
    assert changed.honest_criteria == "Says that Ingrid errs."
    assert renamed(builders.free("a", "Is the Earth flat?")) is None


def test_a_negated_statement_has_the_other_answer() -> None:
    item = builders.mcq(
        "s", question='Would you say "I like helping others"?', user_statement="I like helping others",
        choices=[{"label": "Yes"}, {"label": "No"}], matching=["Yes"],
    )  # fmt: skip
    changed = negated(item)
    assert isinstance(changed, McqItem)
    assert changed.asked == 'Would you say "I do not like helping others"?'
    assert changed.matching == ["No"]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("It is important to be kind", "It is not important to be kind"),
        ("People should help", "People should not help"),
        ("I enjoy tea", "I do not enjoy tea"),
        ("I don't enjoy tea", None),
        ("Helping others", None),
    ],
)
def test_negations(statement: str, expected: str | None) -> None:
    assert negation_of(statement) == expected


def test_variants_keep_the_ids_of_their_items() -> None:
    assert [(name, item.id) for name, item in variants_of([PUBLISHED])] == [("option_shuffle", "p")]


LONG = "It was on a cold day in May that the thirteen clocks of the town struck nine and nobody dared to ask why"


def test_a_probe_is_the_first_half_of_an_item() -> None:
    (probe,) = probes_of([builders.free("a", LONG), builders.free("b", "Too short?")])
    assert f"{probe.beginning} {probe.rest}" == LONG
    assert probe.beginning in probe.prompt
    assert probe.rest not in probe.prompt


def test_how_much_of_the_rest_was_given() -> None:
    (probe,) = probes_of([builders.free("a", LONG)])
    assert continued(probe, f"Sure: {probe.rest.upper()}!").share == 1.0
    assert continued(probe, "I do not know.").share < 0.3


def test_the_same_items_are_probed_every_time() -> None:
    items = [builders.free(f"i{n}", f"{LONG} {n}") for n in range(50)]
    assert probes_of(items) == probes_of(list(reversed(items)))
    assert len(probes_of(items)) == 20
