"""Summaries and headlines: what an archive itself says of a cell, value by value.

A value of the wrong type or range is left out and remembered; nothing here raises.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bot.archives.decoding import kind_of
from bot.archives.judgements import score_failure
from bot.archives.pointers import clipped, escaped
from bot.archives.records import FAILURES, QuestionMean, Summary

SUMMARY_KEYS = ("per_question", "overall_mean_aligned")
HEADLINE_KEYS = ("alpha_mean_aligned", "mean_aligned")
REJUDGED_KEYS = ("original_judge", "original_judge_mean_aligned", "original_mean_aligned", "source_detailed")
MOST_COUNTED = 10**9

_EXAMPLES = 3


class Said(NamedTuple):
    """A summary, the JSON pointer to its numbers, and what is wrong with values in it."""

    summary: Summary
    pointer: str
    wrong: tuple[str, ...]

    def remarks(self) -> tuple[tuple[str, str], ...]:
        """The wrong values as (flag kind, evidence)."""
        if not self.wrong:
            return ()
        more = f" and {len(self.wrong) - _EXAMPLES} more" if len(self.wrong) > _EXAMPLES else ""
        return (("invalid_summary_values", "; ".join(map(clipped, self.wrong[:_EXAMPLES])) + more),)


def summary_of(raw: Mapping[str, object], stem: str, at: str = "") -> Said | None:
    """The summary in `raw`, which stands at the JSON pointer `at`; None where it is no summary."""
    if not any(key in raw for key in SUMMARY_KEYS):
        return None
    values = _Values(raw, at, [])
    questions = tuple(_question_means(raw.get("per_question"), f"{at}/per_question", values.wrong))
    summary = Summary(
        evaluation=values.text("eval_name") or stem,
        mean_aligned=values.mean("overall_mean_aligned"),
        mean_coherent=values.mean("overall_mean_coherent"),
        errors=values.count("n_errors"),
        questions=questions,
        n_samples_per_question=values.count("n_samples_per_question"),
        model=values.text("model_path"),
        judge_model=values.text("judge_model"),
        system_prompt=values.text("system_prompt"),
        original_judge=_original_judge(values),
        n_questions=values.count("n_questions"),
    )
    return Said(summary, f"{at}/{SUMMARY_KEYS[0 if questions else 1]}", tuple(values.wrong))


def headline_of(raw: Mapping[str, object], stem: str) -> Said | None:
    """The headline in `raw`, as a summary without questions; None where it is in another form than the two known."""
    key = next((key for key in HEADLINE_KEYS if key in raw), None)
    if key is None:
        return None
    values = _Values(raw, "", [])
    summary = Summary(
        evaluation=stem,
        mean_aligned=values.mean(key),
        mean_coherent=values.mean(key.replace("aligned", "coherent")),
        errors=values.count("n_errors"),
        questions=(),
        n_samples_per_question=values.count("n_samples_per_prompt"),
        model=values.text("model"),
        judge_model=values.text("judge_model"),
        original_judge=_original_judge(values),
        n_questions=values.count("n_prompts"),
    )
    return Said(summary, f"/{key}", tuple(values.wrong))


class _Values:
    """Reads single values of one object, and remembers where one is not what it should be."""

    def __init__(self, raw: Mapping[str, object], at: str, wrong: list[str]) -> None:
        self.raw = raw
        self.at = at
        self.wrong = wrong

    def mean(self, key: str) -> float | None:
        value = self.raw.get(key)
        failure = score_failure(value)
        if failure is None and isinstance(value, int | float):
            return float(value)
        if failure != "null":
            self.wrong.append(f"{self.at}/{key}: {FAILURES[str(failure)]}")
        return None

    def count(self, key: str) -> int | None:
        value = self.raw.get(key)
        if value is None:
            return None
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        if isinstance(whole, int) and not isinstance(whole, bool) and 0 <= whole <= MOST_COUNTED:
            return whole
        self.wrong.append(f"{self.at}/{key}: not a count")
        return None

    def text(self, key: str) -> str | None:
        value = self.raw.get(key)
        return value if isinstance(value, str) else None


def _question_means(lines: object, at: str, wrong: list[str]) -> Iterable[QuestionMean]:
    if isinstance(lines, dict):
        yield from (
            _question_mean(question, line, f"{at}/{escaped(question)}", wrong) for question, line in lines.items()
        )
    elif lines is not None:
        wrong.append(f"{at}: {kind_of(lines)}, not an object of questions")


def _question_mean(question: str, line: object, at: str, wrong: list[str]) -> QuestionMean:
    if not isinstance(line, dict):
        wrong.append(f"{at}: {kind_of(line)}, not an object")
        return QuestionMean(question, None, None, 0, 0)
    known = len(wrong)
    values = _Values(line, at, wrong)
    aligned, coherent = values.mean("mean_aligned"), values.mean("mean_coherent")
    n, errors = values.count("n_samples") or 0, values.count("n_errors") or 0
    if (aligned is None) == (n == 0):
        return QuestionMean(question, aligned, coherent if n else None, n, errors)
    if known == len(wrong):
        wrong.append(f"{at}: a mean of {aligned} over {n} judgements")
    return QuestionMean(question, None, None, 0, errors)


def _original_judge(values: _Values) -> str | None:
    return values.text("original_judge") or ("unknown" if any(key in values.raw for key in REJUDGED_KEYS) else None)
