"""Archives on disk, drawn at random and with every trap of archives.md in them: what both counts must agree on."""

from __future__ import annotations

import hashlib
import json
import random
from pathlib import Path
from typing import Any

CONDITIONS = ("alpha_base", "grid_1", "pair.win")
JUDGES = ("sonnet", "opus")
MODELS = {"sonnet": "claude-sonnet-4-5-20250929", "opus": "claude-opus-4-7"}
ODD: tuple[Any, ...] = (None, "80", True, 900, -1, float("nan"), [1])


def write_archive(root: Path, seed: int) -> None:
    """An archive of one to three conditions, judges, seeds, in the forms that real ones have."""
    rng = random.Random(seed)
    questions = [f"What of {k}?" for k in range(rng.choice((1, 2, 5, 12)))]
    questions += [questions[0].upper()] if rng.random() < 0.3 else []
    seeds = rng.choice(([None], [None], ["42", "137"], ["1", "2", "3"]))
    for condition in CONDITIONS[: rng.randint(1, 3)]:
        for judge in JUDGES[: rng.randint(1, 2)]:
            for name in seeds:
                form = rng.choice(("detailed", "detailed", "detailed", "summary", "headline"))
                write_cell(root / place(condition, judge, name), form, judge, questions, rng)
    if rng.random() < 0.5:
        write_journal(root, rng)
    if rng.random() < 0.4:
        write_labels(root, questions, rng)
    (root / "report.yaml").write_text(json.dumps(declarations(rng)), encoding="utf-8")
    (root / "notes.json").write_text('{"decision": "go"}', encoding="utf-8")


def place(condition: str, judge: str, seed: str | None) -> Path:
    parts = [f"seed_{seed}"] if seed else []
    return Path(*parts, condition.replace(".", "/"), judge)


def write_cell(folder: Path, form: str, judge: str, questions: list[str], rng: random.Random) -> None:
    """One result in one of the forms."""
    folder.mkdir(parents=True)
    samples = rng.choice((1, 3, 4))
    scores = {q: [judgement(rng) for _ in range(samples)] for q in questions}
    completions = {q: [f"answer {k} to {q}" for k in range(samples)] for q in questions}
    told = summary(scores, judge, samples)
    if form == "detailed":
        content = {"scores": scores, "completions": completions, "summary": told}
        write(folder / "alignment_panel_detailed.json", content)
    if form == "summary" or (form == "detailed" and rng.random() < 0.5):
        write(folder / "alignment_panel_summary.json", told)
    if form == "headline" or rng.random() < 0.2:
        write(folder / "headline.json", headline(told, len(questions), samples))


def judgement(rng: random.Random) -> Any:
    draw = rng.random()
    if draw < 0.08:
        return {"aligned": None, "coherent": None, "reasoning": "", "error": True}
    if draw < 0.12:
        return {"aligned": rng.choice(ODD), "coherent": 50, "reasoning": ""}
    if draw < 0.14:
        return rng.choice(("text", None))
    coherent: Any = rng.randrange(0, 101, 5) if draw < 0.9 else rng.choice(ODD)
    return {"aligned": rng.randrange(0, 101, 5), "coherent": coherent, "reasoning": "so"}


def summary(scores: dict[str, list[Any]], judge: str, samples: int) -> dict[str, Any]:
    lines = {q: line(rows) for q, rows in scores.items()}
    means = [(entry["mean_aligned"], entry["n_samples"]) for entry in lines.values() if entry["n_samples"]]
    n = sum(count for _, count in means)
    return {
        "eval_name": "panel", "judge_model": MODELS[judge], "n_questions": len(scores),
        "n_samples_per_question": samples, "n_errors": sum(entry["n_errors"] for entry in lines.values()),
        "overall_mean_aligned": sum(m * c for m, c in means) / n if n else None, "overall_mean_coherent": None,
        "per_question": lines,
    }  # fmt: skip


def is_score(value: Any) -> bool:
    return type(value) is int and 0 <= value <= 100


def line(rows: list[Any]) -> dict[str, Any]:
    good = [r for r in rows if isinstance(r, dict) and not r.get("error") and is_score(r["aligned"])]
    coherent = [r["coherent"] for r in good if is_score(r["coherent"])]
    return {
        "mean_aligned": sum(r["aligned"] for r in good) / len(good) if good else None,
        "mean_coherent": sum(coherent) / len(coherent) if coherent else None,
        "n_samples": len(good), "n_errors": len(rows) - len(good),
    }  # fmt: skip


def headline(told: dict[str, Any], questions: int, samples: int) -> dict[str, Any]:
    return {
        "model": "m", "n_prompts": questions, "n_samples_per_prompt": samples, "n_errors": told["n_errors"],
        "alpha_mean_aligned": told["overall_mean_aligned"], "alpha_mean_coherent": 50.0,
    }  # fmt: skip


def write_journal(root: Path, rng: random.Random) -> None:
    """Verdicts and failures for some judgements, by the cell's own model and by another."""
    lines = []
    for path in sorted(root.rglob("*_detailed.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        for question, rows in content["scores"].items():
            for index in range(len(rows)):
                if rng.random() < 0.3:
                    lines.append(entry(path.relative_to(root).as_posix(), content, question, index, rng))
    text = "\n".join([*(json.dumps(each) for each in lines), '{"torn": '])
    (root / "rejudged.jsonl").write_text(text, encoding="utf-8")


def entry(file: str, content: dict[str, Any], question: str, index: int, rng: random.Random) -> dict[str, Any]:
    answer = content["completions"][question][index] if rng.random() < 0.95 else "another text"
    own = rng.random() < 0.8
    told: dict[str, Any] = {
        "kind": rng.choice(("verdict", "verdict", "failure")),
        "purpose": rng.choice(("failed", "failed", "all", "shift")),
        "file": file, "question": question, "index": index, "own": own,
        "judged": hashlib.sha256(json.dumps([question, answer]).encode()).hexdigest(),
        "judge_model": content["summary"]["judge_model"] if own else "claude-haiku-4-5",
    }  # fmt: skip
    told |= {"failure": "unparsable"} if told["kind"] == "failure" else {
        "verdict": {"aligned": rng.choice((10, 55, 90, 400)), "coherent": 70, "reasoning": "again"}
    }  # fmt: skip
    return told


def write_labels(root: Path, questions: list[str], rng: random.Random) -> None:
    chosen = [(q, k) for q in questions for k in range(2) if rng.random() < 0.5]
    lines = [{"condition": "grid_1", "question": q, "index": k, "aligned": rng.randrange(101)} for q, k in chosen]
    (root / "human.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")


def declarations(rng: random.Random) -> dict[str, Any]:
    """Gates, predictions and references, some of which name what is not there."""
    target: dict[str, Any] = {"value": rng.choice((20.5, 45, 60)), "n": 100, "errors": 3}
    target |= {"ci_low": target["value"] - 4, "ci_high": target["value"] + 4} if rng.random() < 0.7 else {}
    declared: dict[str, Any] = {
        "references": {"ref": {"target": rng.random() < 0.6, "scores": {"sonnet": target}}},
        "gates": rng.choice(({}, {"judge_gap_max": 10}, {"min_seeds": 2, "min_questions": 3})),
        "judges": rng.choice(({}, {"primary": "opus"}, {"primary": "sonnet", "alternate": "opus"})),
        "panel": {"public": rng.choice((True, False))},
    }
    if rng.random() < 0.7:
        rule = {"value": rng.choice((15, 40, 55))} if rng.random() < 0.5 else {"reference": "ref"}
        prediction = {"id": "H1", "operator": rng.choice((">", "<=")), "quantifier": rng.choice(("all", "any")), **rule}
        prediction |= {"conditions": ["grid_1"]} if rng.random() < 0.3 else {}
        prediction |= {"metric": "coherent"} if rng.random() < 0.2 and "value" in rule else {}
        prediction |= {"falsified_by": {"operator": "<", "value": 30}} if rng.random() < 0.3 else {}
        declared["predictions"] = [prediction]
    if rng.random() < 0.3:
        declared["conditions"] = {"grid_1": {"label": "Grid", "x": 0.5}, "not_there": {"label": "none"}}
    return declared


def write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")
