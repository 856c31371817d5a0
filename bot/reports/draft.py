"""The report.yaml that `recount init` writes: what the archive shows, filled in; what only a person knows, left open.

Lines to fill in start with `#` right before their key; take it away and the line counts. Sentences start with `# `.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, takewhile
from typing import TypeVar

from bot.archives.records import AlignmentArchive, Cell
from bot.safe_yaml import plain_scalar

T = TypeVar("T", str, int)

MOST_CONDITIONS = 300
LONGEST_NAME = 200
_LONGEST_KEY = 900  # YAML itself takes no more than 1,024 characters before the colon

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_./ -]*(?<! )")
_DATE = re.compile(r"[-@](20\d{6}|20\d\d-\d\d-\d\d)$")
_CLAUDE = re.compile(r"claude-(?:(?P<before>\d[\d.-]*)-)?(?P<family>sonnet|opus|haiku)(?:-(?P<after>\d[\d.-]*))?")
_WITH_NUMBER = re.compile(r"(?P<family>gemini|llama|qwen|mistral|deepseek|grok)-?(?P<rest>[\w. -]*)")

_HEAD = """\
# What this experiment declared, and how its report speaks. Every key is optional; docs/report-yaml.md explains each.
# To use a line that starts with `#` right before its key, take that sign away and fill it in.
"""

_WORDS = """\
#title: the finding in one line
#question: what the experiment was to find out
#metric_label: "α"
#lower_means: more misaligned
#x_name: C
#x_source: where the x values come from
"""

_GATES = """\
# Limits that the result must keep. Declare them before the run: a breached gate caps every outcome below confirmed.
#gates:
#  judge_gap_max: 10
#  judge_error_rate_max: 0.2
#  min_seeds: 3
#  min_questions: 30
"""

_REFERENCES = """\
# Values to compare with, from earlier experiments. Stated ones are printed as stated.
#references:
#  baseline:
#    label: baseline
#    issue: 1
#    target: true
#    scores:
#      {judge}:
#        value: 50
#        ci_low: 45
#        ci_high: 55
#        n: 1000
#        errors: 0
"""

_PREDICTIONS = """\
# Claims, declared before the run.
#predictions:
#  - id: H1
#    text: every condition stays above 50, for every judge
#    operator: ">"
#    value: 50
#    quantifier: all
#    falsified_by:
#      operator: "<="
#      value: 30
#      quantifier: any
"""

_LAST = """\
#hero:
#  x_label: what x is, in words, with its direction
#  y_label: what the metric is, in words, with its direction
#background: why the experiment was made
#methodology: what was done, and how it was scored
#updates:
#  - what this result updates
#does_not_update:
#  - what it does not update
#next_steps:
#  - what comes next
"""

_CARD_FIELDS = {
    "Model": ("model", "revision", "system prompt", "sampling"),
    "Data": ("panel", "training data"),
    "Eval": ("judges", "rubric", "judge settings"),
    "Compute": ("hardware", "GPU-hours", "cost"),
    "Environment": ("code commit", "packages"),
}


def draft_report_yaml(archive: AlignmentArchive) -> str:
    """A commented report.yaml for `archive`, which `bot.experiment.parse` reads as it stands."""
    judges = _judge_models(archive.cells)
    first = next(iter(judges), "judge")
    parts = [
        _HEAD,
        _issue(archive.name) + _WORDS,
        _judges(archive.cells, judges),
        _conditions(archive.cells),
        _panel(archive.cells),
    ]
    parts += [_GATES, _REFERENCES.format(judge=quoted(first)), _PREDICTIONS, _card(archive.cells, judges), _LAST]
    return "\n".join(part for part in parts if part)


def judge_label(model: str) -> str:
    """A short name for a judge's model: `claude-sonnet-4-5-20250929` gives `Sonnet 4.5`, others stay as is."""
    name = _DATE.sub("", model.rsplit("/", 1)[-1].strip().lower().removesuffix("-latest"))
    if claude := _CLAUDE.fullmatch(name):
        version = (claude["before"] or claude["after"] or "").replace("-", ".")
        return f"{claude['family'].capitalize()} {version}".strip()
    if name.startswith("gpt-"):
        return "GPT-" + name.removeprefix("gpt-").replace("-", " ")
    if known := _WITH_NUMBER.fullmatch(name):
        return f"{known['family'].capitalize()} {known['rest'].replace('-', ' ').title()}".strip()
    return model


def quoted(text: str) -> str:
    """`text` as a YAML scalar on one line that reads back as the same text; no character in it hides or steers."""
    if _PLAIN.fullmatch(text) and isinstance(plain_scalar(text), str):
        return text
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _issue(name: str) -> str:
    number = re.search(r"issue[-_]?(\d{1,9})(?!\d)", name)
    return f"issue: {int(number[1])}\n" if number and int(number[1]) else "#issue: 1\n"


def _judge_models(cells: Iterable[Cell]) -> dict[str, str]:
    """Judge id to the model most of its cells name, empty where none does."""
    models: dict[str, list[str]] = {}
    for cell in cells:
        models.setdefault(cell.judge, []).extend([cell.judge_model] if cell.judge_model else [])
    return {judge: _most_common(models[judge]) or "" for judge in sorted(models)}


def _most_common(values: Iterable[T]) -> T | None:
    """The most frequent one; of equals the first in order; None of none."""
    counts = Counter(values)
    return min(counts, key=lambda each: (-counts[each], str(each)), default=None)


def _by_standing(cells: Iterable[Cell], judges: Iterable[str]) -> list[str]:
    """Judges that judged first before those that judged again, then those of more cells, then by name."""
    standing = {judge: [0, 0] for judge in judges}
    for cell in cells:
        again = cell.summary is not None and cell.summary.original_judge is not None
        standing[cell.judge][0] += again
        standing[cell.judge][1] -= 1
    return sorted(standing, key=lambda judge: (*standing[judge], judge))


def _two_judges(cells: Sequence[Cell], judges: Iterable[str]) -> tuple[str, str | None]:
    """Primary and alternate: the two that judged the most conditions in common; no alternate where none is shared."""
    judged: dict[str, set[str]] = {}
    for cell in cells:
        judged.setdefault(cell.judge, set()).add(cell.condition)
    ranked = _by_standing(cells, judges)
    pairs = list(combinations(ranked, 2))
    shared = [len(judged[one] & judged[other]) for one, other in pairs]
    return pairs[shared.index(max(shared))] if any(shared) else (ranked[0], None)


def _judges(cells: Sequence[Cell], models: Mapping[str, str]) -> str:
    if not models:
        return "#judges:\n#  primary: sonnet\n"
    primary, alternate = _two_judges(cells, models)
    lines = ["# The published figure rests on the primary judge; the alternate checks it.", "judges:"]
    lines += [f"  primary: {quoted(primary)}"]
    lines += [f"  alternate: {quoted(alternate)}"] if alternate else ["  #alternate: another judge id"]
    return "\n".join([*lines, "  labels:", *_labels(models)]) + "\n"


def _labels(models: Mapping[str, str]) -> Iterator[str]:
    """A line a judge; two judges never get one label."""
    labels = {judge: judge_label(model) if model else judge for judge, model in models.items()}
    counts = Counter(labels.values())
    for judge, label in labels.items():
        distinct = label if counts[label] == 1 else f"{judge} ({models[judge] or 'model not named'})"
        note = f"  # {quoted(models[judge])}" if models[judge] else "  # the archive names no model"
        yield from _entry("    ", judge, quoted(distinct[:LONGEST_NAME]) + note)


def _conditions(cells: Sequence[Cell]) -> str:
    found = sorted({cell.condition for cell in cells})
    if not found:
        return "#conditions:\n#  condition_id:\n#    label: its name in tables\n"
    lines = [
        "# What the archive holds. `group` is what predictions can name, `x` the place on the figure's axis.",
        "conditions:",
    ]
    for condition in found[:MOST_CONDITIONS]:
        lines += _entry("  ", condition, "")
        lines.append(f"    label: {quoted(condition[:LONGEST_NAME])}")
        lines += ["    #group: a", "    #x: 0.5", "    #description: what was done to the model"]
    if len(found) > MOST_CONDITIONS:
        lines.append(f"# … and {len(found) - MOST_CONDITIONS} more conditions, shown by their ids")
    return "\n".join(lines) + "\n"


def _entry(indent: str, key: str, value: str) -> list[str]:
    """`key: value`; a key too long for YAML's short form in its long one."""
    name = quoted(key)
    if len(name) <= _LONGEST_KEY:
        return [f"{indent}{name}: {value}".rstrip()]
    return [f"{indent}? {name}", f"{indent}: {value}".rstrip()]


def _panel(cells: Sequence[Cell]) -> str:
    lines = ["# The questions behind the numbers, as counted in the archive.", "panel:"]
    questions, samples = _most_common(_question_counts(cells)), _most_common(_sample_counts(cells))
    name = _panel_name(cells)
    lines += [f"  name: {quoted(name)}" if name else "  #name: what the panel is called"]
    lines += [f"  questions: {questions}" if questions else "  #questions: 52"]
    lines += [f"  samples: {samples}" if samples else "  #samples: 20"]
    lines += ["  #source: where the questions come from", "  #public: true"]
    return "\n".join(lines if name or questions or samples else [_commented(line) for line in lines]) + "\n"


def _commented(line: str) -> str:
    return line if line.startswith("#") else "#" + line.replace("#", "", 1)


def _question_counts(cells: Iterable[Cell]) -> Iterator[int]:
    for cell in cells:
        if count := len(_samples_by_question(cell)):
            yield count


def _sample_counts(cells: Iterable[Cell]) -> Iterator[int]:
    for cell in cells:
        yield from (count for count in _samples_by_question(cell).values() if count)


def _samples_by_question(cell: Cell) -> Mapping[str, int]:
    """Judgements a question, failed ones included; from the summary where the archive holds no samples."""
    if cell.samples:
        return Counter(sample.question for sample in cell.samples)
    return {each.question: each.n + each.errors for each in cell.summary.questions} if cell.summary else {}


def _panel_name(cells: Iterable[Cell]) -> str:
    """What the names of several evals begin with alike: `betley_wang_52_a` and `…_b` give `betley_wang_52`."""
    names = {cell.evaluation for cell in cells if cell.evaluation}
    if len(names) < 2:
        return ""
    columns = zip(*(name.split("_") for name in sorted(names)), strict=False)
    return "_".join(column[0] for column in takewhile(lambda column: len(set(column)) == 1, columns))[:LONGEST_NAME]


def _card(cells: Sequence[Cell], models: Mapping[str, str]) -> str:
    known = {
        ("Model", "model"): "; ".join(sorted({cell.model for cell in cells if cell.model})),
        ("Data", "panel"): _panel_name(cells),
        ("Eval", "judges"): "; ".join(sorted({model for model in models.values() if model})),
    }
    lines = ["# Reproducibility card. A field left empty (`revision:`) is shown as missing.", "card:"]
    for section, fields in _CARD_FIELDS.items():
        lines.append(f"  {section}:")
        for field in fields:
            value = known.get((section, field), "")
            lines.append(f"    {field}: {quoted(value)}" if value else f"    #{field}:")
    return "\n".join(lines) + "\n"
