from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sweep_builders import TAG, document, generate, result_line, write_log, write_run

from bot.archives.logs import fit_of, label_of, match_logs, read_log
from bot.archives.records import Unreadable
from bot.archives.sweep import open_sweep
from bot.archives.sweep_records import HarnessError, Log
from bot.errors import ArchiveError

MODELS = {
    "opus46": "anthropic_claude-opus-4-6",
    "opus47": "anthropic_claude-opus-4-7",
    "sonnet46": "anthropic_claude-sonnet-4-6",
    "gpt54": "openai_gpt-5.4",
    "gemini": "google_gemini-3.1-pro-preview",
    "glm": "openrouter_z-ai_glm-5.1",
    "minimax": "openrouter_minimax_minimax-m2.7",
    "kimi": "openrouter_moonshotai_kimi-k2.5",
    "qwen": "openrouter_qwen_qwen3.6-plus",
}


def logs(*labels: str) -> list[Log]:
    return [Log(f"logs/docker_{label}.log", label, None, None, (), ()) for label in labels]


def matched(labels: list[str], models: list[str], declared: dict[str, str] | None = None) -> dict[str, str]:
    found = match_logs(logs(*labels), models, declared)
    return {path.removeprefix("logs/docker_").removesuffix(".log"): model for path, (model, _) in found.items()}


def parsed(tmp_path, *lines: str) -> Log:
    return read_log(write_log(tmp_path, "m", *lines), tmp_path)


# --- lines ---


def test_result_lines_count_runs_from_one_and_errors_from_zero(tmp_path):
    log = parsed(
        tmp_path,
        "2026-04-19 10:00:01 INFO clawbench.harness: TIMING t2-config-loader/run1 total=4.1s",
        "[12/120] t2-config-loader (tier2/coding) run 1: + 0.93 C=1.00 T=0.90 B=0.80 J=0.70",
        "2026-04-19 10:00:02 ERROR clawbench.harness: Run t2-config-loader/1 failed: gateway handshake timeout",
        "ERROR clawbench.harness: Run t2-config-loader/2 failed",
    )
    (line,) = log.lines
    assert (line.task, line.run, line.score, line.mark) == ("t2-config-loader", 0, 0.93, "+")
    assert (line.position, line.total, line.line) == (12, 120, 2)
    assert [line.part(letter) for letter in "CTBJ"] == [1.0, 0.9, 0.8, 0.7]
    assert log.errors == (
        HarnessError("t2-config-loader", 1, "gateway handshake timeout", 3),
        HarnessError("t2-config-loader", 2, "", 4),
    )
    assert log.total == 120


@pytest.mark.parametrize("mark", ["+", "-", "~"])
def test_each_sign_is_a_result(tmp_path, mark):
    (line,) = parsed(tmp_path, f"[1/9] t1-a (tier1/multi_tool) run 2: {mark} 0.00 C=0.00").lines
    assert (line.mark, line.run, line.part("C"), line.part("J")) == (mark, 1, 0.0, None)


def test_a_later_line_for_a_run_replaces_the_earlier(tmp_path):
    log = parsed(tmp_path, result_line(score="0.10"), result_line(run=2), result_line(score="0.90"))
    assert [(line.run, line.score) for line in log.lines] == [(1, 0.5), (0, 0.9)]
    assert log.replaced == 1


@pytest.mark.parametrize(
    "line",
    [
        "agent said: [1/8] t1-a (tier1/coding) run 1: + 1.00 C=1.00",
        "[1/8] t1-a (tier1/coding) run 0: + 1.00 C=1.00",
        "[1/8] t1-a (tier1/coding) run 1: * 1.00 C=1.00",
        "[1/8] t1-a (tier1/coding) run 1: + 1.50 C=1.00",
        "[1/8] t1-a (tier1/coding) run 1: + nan",
        "[1/8] t1-a run 1: + 1.00",
        "tool printed ERROR clawbench.harness: Run t1-a/0 failed: no",
        "2026-04-19 10:00:02 WARNING clawbench.harness: Run t1-a/0 failed: retry",
        "",
    ],
)
def test_other_lines_are_passed_over(tmp_path, line):
    log = parsed(tmp_path, line)
    assert (log.lines, log.errors) == ((), ())


def test_line_endings_of_windows_and_bytes_that_are_no_text_do_no_harm(tmp_path):
    path = write_log(tmp_path, "m")
    path.write_bytes(
        b"\xff\xfe\r\n" + result_line("t1-\xe9").encode("latin-1") + b"\r\n" + result_line(run=2).encode() + b"\r\n"
    )
    log = read_log(path, tmp_path)
    assert [(line.task, line.run, line.line) for line in log.lines] == [("t1-\ufffd", 0, 2), ("t1-a", 1, 3)]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_log(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("log") / "docker_m.log"
    path.write_bytes(data)
    assert read_log(path, path.parent).lines == ()


# --- whose log ---


def test_the_label_is_what_stands_between_docker_and_the_tag(tmp_path):
    assert label_of(tmp_path / f"docker_opus46_{TAG}.log", TAG) == "opus46"
    assert label_of(tmp_path / "gpt-5.4.log", TAG) == "gpt-5.4"


def test_all_labels_of_a_usual_sweep_find_their_models():
    assert matched(list(MODELS), list(MODELS.values())) == MODELS


def test_every_log_of_a_generated_sweep_finds_its_model(tmp_path):
    archive = open_sweep(generate(tmp_path, models=30, tasks=1, runs=2, missing=0), cache=False)
    labels = MODELS | {f"m{number}": f"vendor_model-{number}" for number in range(9, 30)}
    assert {log.label: model for model, log in archive.log_of.items()} == labels
    assert {log.matched for log in archive.logs} <= {"end", "part", "abbreviation"}


@pytest.mark.parametrize(
    ("label", "model", "fit"),
    [
        ("openai_gpt-5.4", "openai_gpt-5.4", "whole"),
        ("gpt54", "openai_gpt-5.4", "end"),
        ("gpt54", "openai_gpt-5.4-mini", "part"),
        ("claude46", "anthropic_claude-opus-4-6", "in order"),
        ("m9", "vendor_model-9", "abbreviation"),
        ("m9", "vendor_model-90", None),
        ("opus4", "anthropic_claude-opus-4-6", None),
        ("gpt5", "openai_gpt-5.4", None),
        ("46opus", "anthropic_claude-opus-4-6", None),
        ("", "openai_gpt-5.4", None),
        ("_", "openai_gpt-5.4", None),
    ],
)
def test_a_label_fits_by_words_and_whole_numbers(label, model, fit):
    assert fit_of(label, model) == fit


def test_the_clearer_fit_wins():
    assert matched(["gpt54"], ["openai_gpt-5.4-mini", "openai_gpt-5.4"]) == {"gpt54": "openai_gpt-5.4"}
    assert (
        matched(["gpt54", "gpt54mini"], ["openai_gpt-5.4", "openai_gpt-5.4-mini"])["gpt54mini"] == "openai_gpt-5.4-mini"
    )


def test_a_log_that_fits_two_models_equally_is_an_error():
    with pytest.raises(ArchiveError, match="fits 2 models equally well") as caught:
        match_logs(logs("opus"), [MODELS["opus46"], MODELS["opus47"]])
    assert "report.yaml" in caught.value.fix


def test_two_logs_that_fit_one_model_are_an_error():
    with pytest.raises(ArchiveError, match="two logs fit the model openai_gpt"):
        match_logs(logs("gpt54", "gpt-5.4"), ["openai_gpt-5.4"])


def test_a_declared_log_settles_it():
    models = [MODELS["opus46"], MODELS["opus47"]]
    assert matched(["opus"], models, {models[1]: "docker_opus.log"}) == {"opus": models[1]}
    assert matched(["old", "opus46"], models, {models[0]: "docker_old.log"}) == {"old": models[0]}


@pytest.mark.parametrize("name", ["docker_none.log", "opus46"])
def test_a_declared_log_that_is_not_there_is_an_error(name):
    with pytest.raises(ArchiveError, match="no log of this name"):
        match_logs(logs("opus46"), [MODELS["opus46"]], {MODELS["opus46"]: name})


def test_a_declared_name_that_two_logs_have_is_an_error():
    twice = [Log(f"{folder}/x.log", "x", None, None, (), ()) for folder in ("a", "b")]
    with pytest.raises(ArchiveError, match="2 logs have this name"):
        match_logs(twice, ["model"], {"model": "x.log"})
    assert match_logs(twice, ["model"], {"model": "b/x.log"}) == {"b/x.log": ("model", "declared")}


def test_logs_without_a_line_of_the_harness_are_ignored_and_odd_ones_kept_apart(tmp_path):
    write_run(tmp_path, "m/t1-a/run0.json", document())
    write_log(tmp_path, "server", "started")
    write_log(tmp_path, "stranger", result_line())
    write_log(tmp_path, "m", result_line())
    archive = open_sweep(tmp_path, cache=False)
    assert archive.ignored == (f"{tmp_path.name}/data/drift/docker_server_{TAG}.log",)
    assert [(log.label, log.model) for log in archive.logs] == [("m", "m"), ("stranger", None)]
    assert [(flag.kind, flag.evidence) for flag in archive.flags] == [
        ("log_without_model", "its label 'stranger' fits no model's folder; 1 results in it are not counted")
    ]


def test_a_log_that_leads_out_of_the_archive_is_listed(tmp_path):
    root = tmp_path / "sweep"
    write_run(root, "m/t1-a/run0.json", document())
    secret = tmp_path / "secret.log"
    secret.write_text(result_line() + "\n")
    write_log(root, "m").unlink()
    (root / f"data/drift/docker_m_{TAG}.log").symlink_to(secret)
    assert open_sweep(root, cache=False).unreadable == (
        Unreadable(f"sweep/data/drift/docker_m_{TAG}.log", "a link that leads out of the archive, not followed"),
    )
