"""The usual way, plainly: three scripts, each of which reads every file of a sweep with `json.loads`.

    python benchmarks/peer.py run-audit|per-run-audit|fair-report SWEEP

Our own reimplementation, from what such scripts are for; it shares no code with the package. It is what `bench.py`
compares with, and it is written as one would write it: simple loops over parsed documents.
"""

import json
import re
import statistics
import sys
from collections import Counter, defaultdict
from pathlib import Path

PHRASES = [
    "gateway is restarting",
    "judge execution failed",
    "judge failed to run",
    "judge call failed",
    "judge timed out",
]
RESULT = re.compile(r"^\[(\d+)/(\d+)\] (\S+) \(tier(\d+)/([^)]*)\) run (\d+): ([-+~]) ([\d.]+)")
ERROR = re.compile(r"ERROR clawbench\.harness: Run (\S+)/(\d+) failed")


def load_runs(root, unreadable):
    """Every run with its model and task, one at a time; a file that is no JSON is noted and passed over."""
    for path in sorted(Path(root).rglob("run*.json")):
        try:
            data = json.loads(path.read_bytes())
        except ValueError as error:
            unreadable.append((str(path), str(error)))
            continue
        yield path.parts[-3], path.parts[-2], int(path.stem[3:]), data


def load_logs(root):
    logged, errors = {}, Counter()
    for path in sorted(Path(root).rglob("*.log")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if found := RESULT.match(line):
                logged[path.stem, found[3], int(found[6]) - 1] = float(found[8])
            elif found := ERROR.search(line):
                errors[found[1]] += 1
    return logged, errors


def judge_failed(data):
    judge = data.get("judge_result") or {}
    if not judge.get("enabled"):
        return False
    reason = (judge.get("reason") or "").lower()
    if any(phrase in reason for phrase in PHRASES) or judge.get("error"):
        return True
    return not reason.strip() and judge.get("score") == 0


def recomputed(data):
    judge = data.get("judge_result") or {}
    c, t, b = (data[key]["score"] for key in ("completion_result", "trajectory_result", "behavior_result"))
    assertions = data["completion_result"]["total_assertions"]
    base = round(min(1, max(0, (0.4 * c + 0.3 * t + 0.2 * b) / 0.9)), 4)
    if not judge.get("enabled") or judge.get("error") or (assertions and c < 0.9999):
        return base
    j = judge["score"]
    score = 0.4 * c + 0.3 * t + 0.2 * b + 0.1 * j if assertions else 0.2 * c + 0.2 * t + 0.1 * b + 0.5 * j
    return round(min(1, max(0, score)), 4)


def spoke(data):
    return any(message["role"] == "assistant" and message["text"] for message in data["transcript"]["messages"])


def run_audit(root):
    """How many runs are there, zero, judged in vain, judged again, or not as recomputed?"""
    unreadable = []
    counts = defaultdict(Counter)
    for model, _task, _run, data in load_runs(root, unreadable):
        counts[model]["archived"] += 1
        counts[model]["zero"] += data["run_score"] < 0.01
        counts[model]["judge failed"] += judge_failed(data)
        counts[model]["rejudged"] += "rejudged_at" in (data.get("judge_result") or {})
        counts[model]["not as recomputed"] += abs(recomputed(data) - data["run_score"]) > 0.00005
    for model, found in sorted(counts.items()):
        print(model, dict(found))
    for path, reason in unreadable:
        print("unreadable:", path, reason)


def per_run_audit(root):
    """Which tasks are dead, badly verified, short of a judge or a harness, or cannot separate the models?"""
    logged, errors = load_logs(root)
    scores, verified, texts, failures = defaultdict(list), defaultdict(list), defaultdict(list), Counter()
    cells = defaultdict(list)
    for model, task, _run, data in load_runs(root, []):
        scores[task].append(data["run_score"])
        verified[task].append(data["completion_result"]["score"])
        texts[task].append(spoke(data))
        failures[task] += judge_failed(data)
        cells[task, model].append(data["run_score"])
    for (_, task, _run), score in logged.items():
        scores[task].append(score)
    for task in sorted(scores):
        flags = []
        if statistics.fmean(scores[task]) < 0.1:
            flags.append("dead")
        if verified[task] and statistics.fmean(verified[task]) < 0.05 and statistics.fmean(texts[task]) > 0.5:
            flags.append("verifier rejects valid outputs")
        if errors[task] >= 5:
            flags.append("harness errors")
        if failures[task] >= 5:
            flags.append("judge failures")
        by_model = [values for (of, _), values in cells.items() if of == task]
        seeds = [statistics.variance(values) for values in by_model if len(values) > 1]
        means = [statistics.fmean(values) for values in by_model]
        seed = statistics.fmean(seeds) if seeds else 0.0
        capability = statistics.variance(means) if len(means) > 1 else 0.0
        print(task, round(statistics.fmean(scores[task]), 4), round(capability / seed, 2) if seed else None, flags)


def fair_report(root):
    """Means, clean means, coverage and tiers by model, in the order of the clean means."""
    logged, _ = load_logs(root)
    by_model, tiers, judged, passed = defaultdict(list), defaultdict(list), defaultdict(list), Counter()
    tasks, last = set(), -1
    for model, task, run, data in load_runs(root, []):
        tasks.add(task)
        last = max(last, run)
        by_model[model].append(data["run_score"])
        tiers[model, task.split("-")[0]].append(data["run_score"])
        passed[model] += data["completion_result"]["score"] >= 0.9999
        judge = data.get("judge_result") or {}
        if judge.get("enabled") and not judge_failed(data):
            judged[model].append(judge["score"])
    lines, expected = [], len(tasks) * (last + 1)
    for model, values in by_model.items():
        clean = [value for value in values if value >= 0.01]
        lines.append((statistics.fmean(clean), model, statistics.fmean(values), sum(clean) / expected))
    for clean_mean, model, mean, normalised in sorted(lines, reverse=True):
        judge_mean = statistics.fmean(judged[model]) if judged[model] else 0.0
        print(f"{model:40} {clean_mean:.4f} {mean:.4f} {normalised:.4f} {judge_mean:.4f} {passed[model]}")
        print({tier: round(statistics.fmean(found), 4) for (of, tier), found in sorted(tiers.items()) if of == model})
    print(sum(map(len, by_model.values())), "archived,", len(logged), "logged")


PASSES = {"run-audit": run_audit, "per-run-audit": per_run_audit, "fair-report": fair_report}

if __name__ == "__main__":
    PASSES[sys.argv[1]](sys.argv[2])
