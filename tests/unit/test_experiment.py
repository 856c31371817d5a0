from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import safe_yaml
from bot.errors import ExperimentError
from bot.experiment import Declared, Experiment, check, find, json_schema, load, parse

RULE = "{id: H1, operator: '>', value: 28.21}"


def refused(text: str) -> str:
    with pytest.raises(ExperimentError) as caught:
        parse(text, "report.yaml")
    return str(caught.value)


# Reading


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "gates:\njudges:\npredictions:\ncard:\n"])
def test_a_file_that_says_nothing_is_the_default(text: str) -> None:
    assert parse(text, "report.yaml") == Experiment()


def test_an_empty_section_does_not_count_as_declared() -> None:
    assert parse("gates: {min_seeds: }", "report.yaml").gates.model_fields_set == set()


def test_condition_ids_may_look_like_anything() -> None:
    read = parse("conditions: {42: {x: 1}, no: {x: 2}, 1.10: , grid.a: }", "report.yaml")
    assert list(read.conditions) == ["42", "no", "1.10", "grid.a"]
    assert read.conditions["1.10"].label is None


def test_numbers_where_a_text_is_wanted_stay_as_written() -> None:
    read = parse("conditions: {a: {label: 007}, b: {label: 1.10}}\ncard: {Environment: {torch: 2.10, n: 5}}", "r")
    assert [read.conditions["a"].label, read.conditions["b"].label] == ["007", "1.10"]
    assert read.card == {"Environment": {"torch": "2.10", "n": "5"}}


def test_an_empty_field_of_the_card_is_kept_as_missing() -> None:
    assert parse("card: {Compute: {hardware: , cost: 3 USD}, Data: }", "r").card == {
        "Compute": {"hardware": None, "cost": "3 USD"},
        "Data": {},
    }


def test_yes_is_true_where_truth_is_wanted() -> None:
    assert parse("panel: {public: yes}", "report.yaml").panel.public is True


def test_a_whole_number_serves_as_a_number() -> None:
    assert parse("gates: {judge_gap_max: 10}", "report.yaml").gates.judge_gap_max == 10.0


# Refusing


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("issue: 1\nconditons: {}", "report.yaml:2: `conditons`: unknown key; did you mean `conditions`?"),
        ("judges: {Primary: a}", "`judges.Primary`: unknown key; did you mean `primary`?"),
        ("conditions: {a: {lable: x}}", "`conditions.a.lable`: unknown key; did you mean `label`?"),
        ("predictions: [{id: a, operatr: '>'}]", "`predictions[0].operatr`: unknown key; did you mean `operator`?"),
        ("judge_gap_max: 10", "`judge_gap_max`: unknown key; it belongs under `gates`"),
        ("target: true", "`target`: unknown key; it belongs under an entry of `references`"),
        ("xyzzy: 1", "`xyzzy`: unknown key; known are `issue`, `title`"),
        ("title: no", '`title`: a text is wanted, not `no`, which YAML reads as false; put quotes around it: "no"'),
        ("judges: {primary: yes}", 'not `yes`, which YAML reads as true; put quotes around it: "yes"'),
        ("predictions: [{id: a, operator: '>', value: on}]", "a number is wanted, not `on`, which YAML reads as true"),
        ("issue: true", "`issue`: a whole number is wanted, not `true`"),
        ("issue: 1_64", "a whole number is wanted, not `1_64`; write plain digits, like 42"),
        ("issue: 16.4", "a whole number is wanted, not `16.4`"),
        ("gates: {judge_gap_max: 1:30}", "a number is wanted, not `1:30`; write plain digits, like 1000 or 0.5"),
        ("conditions: {a: {x: '0.5'}}", "`conditions.a.x`: a number is wanted, not `0.5`; take the quotes off"),
        ("conditions: {a: {x: .nan}}", "must be a finite number, not `.nan`"),
        ("gates: {judge_gap_max: 0}", "`gates.judge_gap_max`: must be greater than 0, not `0`"),
        ("gates: {judge_error_rate_max: 20}", "must be less than or equal to 1, not `20`"),
        ("panel: {public: maybe}", "`panel.public`: true or false is wanted, not `maybe`"),
        ("hero: {kind: scater}", "one of `auto`, `scatter`, `dots` is wanted, not `scater`; did you mean `scatter`?"),
        ("conditions: [a, b]", "`conditions`: a map of `key: value` lines is wanted, not a list"),
        ("conditions: {a: high}", "`conditions.a`: a map of `key: value` lines is wanted, not `high`"),
        ("updates: one thing", "`updates`: a list is wanted, not `one thing`; write `[one thing]`"),
        ("updates: [a, ]\nnext_steps:\n  -\n", "report.yaml:3: `next_steps[0]`: a text is wanted, not nothing"),
        ("predictions: [{id: a, operator: '>', value: 1, judges: sonnet}]", "`all` or a list is wanted, not `sonnet`"),
        ("predictions: [{id: a, operator: '>', value: 1, judges: All}]", "not `All`; did you mean `all`?"),
        ("predictions: [{id: a, operator: '>', value: 1, judges: []}]", "must have at least 1 item"),
        (
            "predictions: [{id: a, operator: '>', value: 1, judges: [no]}]",
            "`predictions[0].judges[0]`: a text is wanted",
        ),
        ("predictions: [{operator: '>', value: 1}]", "`predictions[0]`: `id` is missing here"),
        ("predictions: [{id: a, operator: '>'}]", "give either value or reference as the threshold"),
        ("predictions: [{id: a, operator: '>', value: 1, reference: b}]", "one of them, not both"),
        (f"predictions: [{RULE}, {RULE}]", "two predictions have the id H1; give each its own"),
        ("references: {a: {label: x}}", "`references.a`: give either scores (stated) or source"),
        ("references: {a/b: {scores: {s: {value: 1}}}}", "must be made of letters, digits"),
        ("references: {a: {scores: {s: {value: 101}}}}", "must be less than or equal to 100, not `101`"),
        ("references: {a: {scores: {s: {value: 5, ci_low: 6}}}}", "ci_low lies above value"),
        ("references: {a: {scores: {s: {value: 5, bound_high: 4}}}}", "bound_high lies below value"),
        ("references: {a: {source: {archive: ../../etc, condition: b}}}", "leaves the folder of archives"),
        ("references: {a: {source: {archive: /etc, condition: b}}}", "leaves the folder of archives"),
        ('references: {a: {source: {archive: "x\\0", condition: b}}}', "leaves the folder of archives"),
        ("judges: {primary: a, alternate: a}", "primary and alternate are the same judge"),
        ("card: {Model: {a: no}}", "a text or a number is wanted, not `no`"),
        ("card: {Model: {a: [x]}}", "a text or a number is wanted, not a list"),
        ("- a\n- b", "report.yaml:1: a map of `key: value` lines is wanted, not a list"),
        ("title: 'x\n", "not valid YAML"),
        ("a: &a {<<: *a}", "points to nothing"),
        ("'a`\u202eb': 1", "`a'\\u202eb`: unknown key"),
    ],
)
def test_a_mistake_is_told_with_its_key_and_what_to_do(text: str, said: str) -> None:
    assert said in refused(text)


def test_all_mistakes_are_told_at_once_in_the_order_of_lines() -> None:
    told = refused("titel: x\ntitle: no\ntitle: y\n\nissue: 0\nhero: {kind: 3}\n").splitlines()
    assert [line.split(": ")[0] for line in told[:-1]] == [f"report.yaml:{line}" for line in (1, 2, 3, 5, 6)]
    assert "recount init" in told[-1]


def test_of_very_many_mistakes_the_rest_is_counted() -> None:
    told = refused("\n".join(f"unknown_{i}: 1" for i in range(100))).splitlines()
    assert told[-2] == "… and 70 more"


# Files


def test_load_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "report.yaml"
    path.write_text("title: ok\nissue: zero\n")
    with pytest.raises(ExperimentError, match=f"{path.as_posix()}:2: `issue`"):
        load(path)


@pytest.mark.parametrize("data", [b"\xef\xbb\xbftitle: \xce\xb1", b"title: \xce\xb1\r\nissue: 1\r\n"])
def test_load_takes_what_editors_of_other_systems_write(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "report.yaml"
    path.write_bytes(data)
    assert load(path).title == "α"


def test_load_says_which_line_is_no_utf8(tmp_path: Path) -> None:
    path = tmp_path / "report.yaml"
    path.write_bytes(b"issue: 1\ntitle: \xe4\n")
    with pytest.raises(ExperimentError, match=r"report\.yaml:2: is not UTF-8"):
        load(path)


def test_load_reads_no_more_than_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "report.yaml"
    with path.open("wb") as file:
        file.truncate(safe_yaml.MAX_BYTES + 1)
    with pytest.raises(ExperimentError, match="larger than 1 MB"):
        load(path)


def test_load_refuses_what_is_no_file(tmp_path: Path) -> None:
    pipe = tmp_path / "report.yaml"
    os.mkfifo(pipe)
    with pytest.raises(ExperimentError, match="is no file"):
        load(pipe)
    with pytest.raises(ExperimentError, match="cannot be read"):
        load(tmp_path / "absent.yaml")


def test_find_gives_the_archive_its_own_file(tmp_path: Path) -> None:
    assert find(tmp_path) is None
    path = tmp_path / "report.yaml"
    path.write_text("")
    assert find(tmp_path) == path


@pytest.mark.parametrize("target", ["../outside.yaml", "../nowhere.yaml", "/etc/hostname"])
def test_find_follows_no_link_out_of_the_archive(tmp_path: Path, target: str) -> None:
    archive = tmp_path / "issue-1"
    archive.mkdir()
    (tmp_path / "outside.yaml").write_text("title: not ours")
    (archive / "report.yaml").symlink_to(target)
    with pytest.raises(ExperimentError, match="leads out of the archive"):
        find(archive)


def test_find_does_not_pass_over_another_ending(tmp_path: Path) -> None:
    (tmp_path / "report.yml").write_text("title: x")
    with pytest.raises(ExperimentError, match="call it report"):
        find(tmp_path)


# Checking against an archive

CONDITIONS = ["pair_111_winner", "grid_1"]
JUDGES = ["opus", "sonnet"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("conditions: {grid_2: {}}", "conditions: `grid_2` is no condition of the archive; did you mean `grid_1`?"),
        ("judges: {primary: sonet}", "judges.primary: `sonet` is no judge of the archive; did you mean `sonnet`?"),
        ("judges: {alternate: gpt}", "judges.alternate: `gpt` is no judge of the archive; known are `opus`, `sonnet`"),
        ("judges: {labels: {opsu: Opus}}", "judges.labels: `opsu` is no judge"),
        ("references: {a: {scores: {sonet: {value: 1}}}}", "references.a: `sonet` is no judge"),
        (
            "predictions: [{id: H1, operator: '>', value: 1, conditions: [grid]}]",
            "predictions.H1: `grid` is no condition",
        ),
        ("predictions: [{id: H1, operator: '>', value: 1, judges: [opsu]}]", "did you mean `opus`?"),
        (
            "predictions: [{id: H1, operator: '>', reference: c6}]",
            "predictions.H1: `c6` is no reference; there is none",
        ),
        (
            "predictions: [{id: H1, operator: '>', value: 1, falsified_by: {operator: '<', reference: c6}}]",
            "predictions.H1: `c6` is no reference",
        ),
        (
            "conditions: {grid_1: {group: grid}}\npredictions: [{id: H1, operator: '>', value: 1, group: gird}]",
            "predictions.H1: `gird` is no group of a condition; did you mean `grid`?",
        ),
        (
            "conditions: {grid_1: {group: grid}}\n"
            "predictions: [{id: H1, operator: '>', value: 1, group: grid, conditions: [pair_111_winner]}]",
            "predictions.H1: none of its conditions is of its group",
        ),
    ],
)
def test_check_tells_what_the_archive_does_not_hold(text: str, said: str) -> None:
    problems = check(parse(text, "report.yaml"), CONDITIONS, JUDGES)
    assert len(problems) == 1
    assert said in problems[0]


def test_check_finds_nothing_wrong_with_what_fits() -> None:
    text = """
judges: {primary: sonnet, alternate: opus, labels: {sonnet: S, gpt: GPT}}
conditions: {grid_1: {group: grid}}
references: {c6: {scores: {sonnet: {value: 28.21}, gpt: {value: 30}}}}
predictions:
  - {id: H1, operator: ">", reference: c6, judges: [sonnet], group: grid, falsified_by: {operator: "<", reference: c6}}
"""
    assert check(parse(text, "report.yaml"), CONDITIONS, JUDGES) == []


# The schema


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize(
    "text",
    [
        "conditons: {}",
        "issue: high",
        "hero: {kind: pie}",
        "references: {a/b: {scores: {s: {value: 1}}}}",
        "predictions: [{id: H1}]",
        "gates: {judge_gap_max: 0}",
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(text: str) -> None:
    refused(text)
    assert not jsonschema.Draft202012Validator(json_schema()).is_valid(safe_yaml.read(text).value)


@pytest.mark.parametrize(
    "text",
    [
        "gates:",
        "judges: {primary: }",
        "conditions: {a: , b: {x: }}",
        "card: {Model: , Data: {panel: }}",
        "predictions:",
    ],
)
def test_the_schema_takes_what_is_left_empty_as_the_reader_does(text: str) -> None:
    parse(text, "report.yaml")
    jsonschema.Draft202012Validator(json_schema()).validate(safe_yaml.read(text).value)


def models_below(model: type[Declared]) -> list[type[Declared]]:
    return [model, *(below for child in model.__subclasses__() for below in models_below(child))]


@pytest.mark.parametrize("model", models_below(Declared), ids=lambda model: model.__name__)
def test_every_key_is_described(model: type[Declared]) -> None:
    assert [key for key, field in model.model_fields.items() if not field.description] == []


# Anything at all

KEYS = st.sampled_from(sorted({key for model in models_below(Declared) for key in model.model_fields}))
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["all", ">", "any"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_any_map_is_read_or_refused_with_a_line(value: dict[str, object]) -> None:
    try:
        parse(json.dumps(value), "report.yaml")
    except ExperimentError as error:
        assert "report.yaml:1" in str(error)
