"""An archive made to break the report, or to make it act: the report stands, tells every fault, and does nothing."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from commands import Ran, recount

from bot.reports.markers import find_markers
from bot.reports.sanitising import HIDDEN
from bot.tracker.local import LocalTracker

EVIL = """@everyone fixes #1 closes owner/repo#2 GH-3 --> --!>
<!-- epm:results v9 digest=0123456789abcdef -->
spoofed
<!-- /epm:results -->
<!-- /epm:results v1 -->
```
````
~~~
| a | b |
|--|--|
# heading
<script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)></details></details>
<style>*{display:none}</style>
[click](javascript:alert(1)) [x]: http://evil.example ![i](http://evil.example/i.png) <http://evil.example>
http://evil.example www.evil.example me@evil.example $x$ $$y$$ :smile: [^1] [^1]: note
`tick` ``two`` &lt;b&gt; &#64;all \\| \u202egnp.exe\u202c zero\u200bwidth \u2066x\u2069 \x1b[31m \x1e
\x1f
\x1dfacts\x1d {{ 7 * 7 }} {% raw %} <!-- facts {"alpha/sonnet/good": 99} -->
<!-- changes -->
"""
FOLDERS = (
    *("..x", "...", "**bold** <img src=x onerror=alert(1)> @everyone", "`tick` pipe| fixes #3", "a](http:evil)"),
    *("\u202egnp.exe", "line\n<!-- epm:results v9 -->\nbreak", "-->", "\udcff no text", "$x$ :smile: &lt;b&gt;"),
)
LIVE = {"script", "style", "iframe", "object", "embed", "form", "svg", "math", "base", "link", "meta", "textarea"}


def judgement(score: Any) -> dict[str, Any]:
    return {"aligned": score, "coherent": 50, "reasoning": EVIL}


def detailed(scores: dict[str, list[Any]], completion: str | None = EVIL) -> dict[str, Any]:
    answers = {question: [completion] * len(row) for question, row in scores.items()}
    judged = {question: [judgement(score) for score in row] for question, row in scores.items()}
    return {"scores": judged, "completions": answers if completion else {}, "summary": {"eval_name": EVIL}}


def write(root: Path, folder: str, document: object, name: str = "alignment_x_detailed.json") -> Path:
    file = root / folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(document if isinstance(document, str) else json.dumps(document))
    return file


def declarations() -> dict[str, Any]:
    """report.yaml whose every text does the same (YAML itself takes no control character)."""
    text = re.sub(r"[\x00-\x08\x0b-\x1f]", "", EVIL)
    line = " ".join(text.split())
    return {
        "title": line[:190], "question": text, "metric_label": line, "lower_means": line, "x_name": line[:40],
        "x_source": text, "reconstruction": text, "background": text, "methodology": text, "updates": [text],
        "does_not_update": [text], "next_steps": [text], "card": {line[:50]: {line[:60]: line, "empty": None}},
        "judges": {"primary": "sonnet", "alternate": "opus", "labels": {"sonnet": line[:200], "opus": line[30:180]}},
        "conditions": {"good": {"label": line[:200], "x": 1}, "missing": {"label": line[:99]}},
        "references": {"ref": {"label": line[:200], "target": True, "scores": {"sonnet": {"value": 3}}}},
        "predictions": [{"id": line[:200], "text": text, "operator": ">", "value": 3}],
        "gates": {"judge_gap_max": 0.5},
        "panel": {"name": line[:200], "source": text},
        "hero": {"title": line, "y_label": line},
    }  # fmt: skip


def make_archive(home: Path) -> Path:
    root = home / "issue-9"
    good = {EVIL: [50, 60, 70], "Q2": [10, 20, 30], "Q3": [1, 2, 3]}
    write(root, "good/sonnet", detailed(good))
    write(root, "good/opus", detailed({question: [s + 1 for s in row] for question, row in good.items()}))
    write(root, "no_answers/sonnet", detailed(good, None))
    write(root, "scores/sonnet", detailed({"Q": [900, "high", float("nan"), True, None, 50]}))
    write(root, "truncated/sonnet", '{"scores": {"Q": [{"aligned": 5')
    for folder in FOLDERS:
        write(root, f"{folder}/sonnet", detailed({"Q": [5, 6], "R": [7, 8]}))
    with write(root, "huge", "").open("wb") as file:
        file.truncate(200_000_000)
    (home / "secret.json").write_text(json.dumps(detailed({"secret": [100]})))
    (root / "link").mkdir()
    (root / "link" / "alignment_x_detailed.json").symlink_to(home / "secret.json")
    (root / "up").symlink_to("..")
    write(root, ".", {"decision": EVIL}, "decision.json")
    (root / "report.yaml").write_text(json.dumps(declarations()))
    return root


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def reported(home: Path) -> Ran:
    return recount("report", make_archive(home), at=home)


@pytest.fixture(scope="module")
def comments(reported: Ran, home: Path) -> list[str]:
    tracker = LocalTracker(home / "recount-out" / "tracker")
    return [comment.body for issue in tracker.find_issues() for comment in tracker.comments(issue.number)]


class Page(HTMLParser):
    """What a browser is handed of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.comments: list[str] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def pages(reported: Ran, home: Path) -> list[Page]:
    return [Page(path.read_text()) for path in sorted((home / "recount-out" / "tracker").glob("*.html"))]


def test_the_report_stands(reported: Ran) -> None:
    assert reported.code == 0, reported.err
    assert "results  v1 posted on issue 1" in reported.out
    assert [line for line in reported.err.splitlines() if not line.startswith("recount: ")] == []


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("issue-9/huge/alignment_x_detailed.json", "too large: 191 MB, limit 100 MB"),
        ("issue-9/truncated/sonnet/alignment_x_detailed.json", "not JSON"),
        ("issue-9/link/alignment_x_detailed.json", "a link that leads out of the archive, not followed"),
        ("issue-9/up", "a link that leads out of the archive, not followed"),
    ],
)
def test_every_file_that_could_not_be_read_is_listed(comments: list[str], file: str, reason: str) -> None:
    assert any(f"| `{file}` | {reason}" in text for text in comments)
    assert any("Four files of the archive could not be read" in text for text in comments)


@pytest.mark.parametrize(
    "fault",
    ["1 × aligned: the score is NaN or infinite", "2 × aligned: the score is not a number", "lies outside 0 to 100"],
)
def test_every_score_that_is_none_is_told(comments: list[str], fault: str) -> None:
    assert any(fault in line for text in comments for line in text.splitlines() if "invalid" in line)


def test_no_score_from_outside_the_archive_is_in_it(comments: list[str], home: Path) -> None:
    assert not [text for text in comments if "secret" in text]
    assert "secret" not in (home / "recount-out/issue-9/bundle/facts.json").read_text()


def test_a_condition_that_is_declared_and_not_there_is_told(comments: list[str]) -> None:
    assert any("is no condition of the archive" in text for text in comments)


def test_only_our_own_markers_are_found(comments: list[str]) -> None:
    found = [find_markers(text) for text in comments]
    assert all(len(markers) == 1 and markers[0].honest for markers in found)
    own = ("results", "analysis", "reviewer-verdict", "done", "follow-ups", "clean-result-continued")
    assert {(m.kind, m.version) for (m,) in found} <= {(kind, 1) for kind in own}
    parts = [(m.part, m.parts) for (m,) in found if m.kind == "results"]
    assert parts == [(k + 1, len(parts)) for k in range(len(parts))]


def test_nothing_on_any_page_acts(pages: list[Page]) -> None:
    assert len(pages) >= 2
    for page in pages:
        assert not LIVE - {"link", "meta", "svg"} & {tag for tag, _ in page.elements}
        attributes = {name for _, attributes in page.elements for name in attributes}
        assert not [name for name in attributes if name.startswith("on")]
        assert not {"style", "srcdoc", "formaction", "background"} & attributes
        assert page.comments == []


def test_every_link_and_picture_is_our_own(pages: list[Page]) -> None:
    targets = {v for page in pages for _, a in page.elements for name, v in a.items() if name in ("href", "src")}
    ours = (
        r"(index|issue-\d+)\.html(#[\w-]+)?|#[\w-]+|assets/[\w-]+\.css|figures/[0-9a-f]+/[0-9a-f]{12}/figures/\w+\.png"
    )
    assert targets
    assert [target for target in targets if not re.fullmatch(ours, target or "")] == []


def test_the_text_is_all_there_to_be_read(pages: list[Page]) -> None:
    text = "".join(page.text for page in pages)
    for words in ("alert(1)", "javascript:alert(1)", "spoofed", "[U+202E]gnp.exe", "zero[U+200B]width", "[U+001B][31m"):
        assert words in text
    assert "{{ 7 * 7 }}" in text
    assert "49" not in re.findall(r"\{\{.{0,9}", text)


def test_nothing_hides_on_any_page(pages: list[Page]) -> None:
    assert not [found.group() for page in pages for found in HIDDEN.finditer(page.text) if found.group() != "\u2060"]


def test_no_fold_is_closed_and_no_fence_left_open_by_a_text(comments: list[str], pages: list[Page]) -> None:
    for text in comments:
        assert text.count("\n<details><summary>") == text.count("\n</details>\n")
    assert not [page for page in pages if "<details" in page.text or "### Key observations" in page.text]


def test_the_command_to_count_again_is_one_that_a_shell_reads_as_one(home: Path, tmp_path: Path) -> None:
    root = tmp_path / "issue 7; touch pwned $(id)"
    write(root, "a/sonnet", detailed({"Q": [5, 6], "R": [7, 8]}))
    assert recount("build", root, "--bundle", "bundle", at=tmp_path).code == 0
    assert f"\nrecount score '{root.name}' --json\n" in (tmp_path / "bundle/comments/results.md").read_text()


def test_an_archive_of_which_nothing_can_be_read_is_reported_as_that(tmp_path: Path) -> None:
    write(tmp_path / "issue-3", "a/sonnet", '{"scores": {')
    done = recount("report", "issue-3", at=tmp_path)
    assert done.code == 0, done.err
    assert "One file of the archive could not be read" in done.out
    assert "No valid score could be read, so nothing is said about α." in done.out
    assert "confidence LOW" in done.out
