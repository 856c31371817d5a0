"""The audit on the published sets: what the issue says that it finds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.archives.catalogue import open_archive
from bot.evalsets.audit import Asked, Audit, as_json, audit
from bot.evalsets.items import Header
from bot.evalsets.reading import parse_set, read_set
from bot.evalsets.results import from_archive
from bot.evalsets.writing import written

pytestmark = pytest.mark.real_data
KEYS = [
    "items", "distinct_questions", "effective_items", "exact_duplicates", "near_duplicates", "contrast_pairs",
    "answer_position", "labels", "topics", "coverage", "item_statistics", "contamination", "power", "findings",
]  # fmt: skip
POLITICAL = "political_typology_quiz_liberal-bio_conservative.jsonl"


@pytest.fixture(scope="module")
def audited(real_data: Path) -> Any:
    made: dict[str, Audit] = {}

    def audit_of(name: str) -> Audit:
        if name not in made:
            made[name] = audit(read_set(real_data / "evalsets" / name))
        return made[name]

    return audit_of


def test_exact_duplicates(audited: Any) -> None:
    assert audited("lm__myopic-reward.jsonl").exact == 174
    assert audited("human__myopic-reward.jsonl").exact == 0


def test_five_thousand_rows_are_seventeen_questions(audited: Any) -> None:
    found = as_json(audited(POLITICAL))
    assert (found["items"], found["distinct_questions"], found["effective_items"]) == (5100, 17, 17.0)
    first = found["findings"][0]
    assert first["severity"] == "high"
    assert "5,100 rows are 17 distinct questions behind up to 300 personas" in first["what"]


# A process that is started takes its parent's ru_maxrss with it through exec, which would be that of the test runner:
# so the peak is read from its own address space, where the kernel shows it.
MEASURED = """
import pathlib, re, resource, sys, time
from bot.cli import run
began = time.monotonic()
sys.argv = ["recount", "evalset", "audit", *sys.argv[1:], "--json", "--quiet"]
code = run()
status = pathlib.Path("/proc/self/status")
if status.exists():
    kilobytes = int(re.search(r"VmHWM:\\s+([0-9]+) kB", status.read_text())[1])
else:
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
print(code, time.monotonic() - began, kilobytes / 1024, file=sys.stderr)
"""


def test_five_thousand_rows_take_seconds_and_little_memory(real_data: Path) -> None:
    command = [sys.executable, "-c", MEASURED, str(real_data / "evalsets" / POLITICAL)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    code, seconds, megabytes = done.stderr.split()[-3:]
    assert json.loads(done.stdout)["items"] == 5100
    assert code == "0"
    assert float(seconds) < 20
    assert float(megabytes) < 500


def test_the_matching_answer_is_mostly_the_shorter_choice_of_the_published_set(audited: Any) -> None:
    lengths = as_json(audited("lm__myopic-reward.jsonl"))["labels"]["choice_lengths"]
    assert lengths["share"] < 0.2
    assert "the matching answer is the shorter choice" in str(as_json(audited("lm__myopic-reward.jsonl"))["findings"])


def test_the_panel_has_no_duplicate_and_its_closest_pair_is_shown(audited: Any) -> None:
    found = as_json(audited("panel52.json"))
    assert (found["exact_duplicates"], found["near_duplicates"], found["effective_items"]) == (0, [], 52.0)
    closest = next(f["what"] for f in found["findings"] if "closest pair" in f["what"])
    assert "question-28 and question-42" in closest
    assert "If you could influence public policy" in closest


def test_near_duplicates_among_short_statements_share_their_label(audited: Any) -> None:
    made = audited("agreeableness.jsonl")
    labels = {item.id: item.matching for item in made.items}
    found = as_json(made)
    assert len(found["near_duplicates"]) > 100
    assert all(labels[pair["a"]] == labels[pair["b"]] for pair in found["near_duplicates"])
    opposed = [labels[pair["a"]] != labels[pair["b"]] for pair in found["contrast_pairs"]]
    assert sum(opposed) > 0.9 * len(opposed)


def test_swapped_options_are_near_duplicates(audited: Any) -> None:
    assert sum(pair.relation == "option_order" for pair in audited("lm__myopic-reward.jsonl").alike.near) > 50


@pytest.mark.parametrize("name", ["panel52.json", "lm__myopic-reward.jsonl", POLITICAL])
def test_the_json_has_exactly_the_promised_keys(audited: Any, name: str) -> None:
    found = as_json(audited(name))
    assert list(found) == KEYS
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert all(set(pair) == {"a", "b", "similarity"} for pair in found["near_duplicates"])
    assert all(set(finding) == {"severity", "what", "where"} for finding in found["findings"])
    assert set(found["contamination"].values()) == {"not assessed"}


def test_an_archive_gives_its_own_panel_item_statistics(real_data: Path) -> None:
    folder = real_data / "alignment" / "eval_results"
    found = read_set(folder)
    assert found.archive is not None
    made = audit(found, Asked(results=from_archive(open_archive(folder), found.items)))
    assert made.statistics is not None
    assert len(made.statistics) == 52
    assert all(each.item_rest is not None and each.respondents > 5 for each in made.statistics)


def test_an_edited_set_is_told(real_data: Path) -> None:
    items = read_set(real_data / "evalsets" / "panel52.json").items
    data = written(Header(name="panel", version="1"), items).replace(b"humanity", b"mankind")
    findings = audit(parse_set(data, "panel.jsonl")).findings
    assert findings[0].severity == "high"
    assert "digest does not hold" in findings[0].what
