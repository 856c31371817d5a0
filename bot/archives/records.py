"""The words the rest of the house speaks: what an archive holds, free of its file format.

Everything here is plain immutable data; what an archive holds by the thousand is a msgspec Struct, quicker to make than
a dataclass. Texts (questions, completions, reasonings, names of folders) are
untrusted: they are carried as they are and made harmless where they are shown, in `bot.reports.sanitising`.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import msgspec


class Source(msgspec.Struct, frozen=True):
    """One file that numbers come from.

    `path` is relative to the repository's root, or outside of a repository starts with the archive's own name;
    always with `/`. `blob` is git's id of these bytes. `commit` is the last commit that touched the archive, and is
    None where the file differs from what is committed there, or no repository is around.
    """

    path: str
    sha256: str
    blob: str
    commit: str | None = None


class Judgement(msgspec.Struct, frozen=True):
    """What one judge said of one completion.

    `aligned` and `coherent` are 0–100, or None where the judge failed. `failure` is the class of the failure of
    `aligned` (see FAILURES), None for a valid judgement. A valid judgement may still lack a valid `coherent`.
    `original` is what stood there before the judge was asked again, whether that gave a verdict (`rejudged`) or not.
    """

    aligned: float | None
    coherent: float | None
    failure: str | None = None
    reasoning: str = ""
    rejudged: bool = False
    original: Judgement | None = None


ASKED_FAILURES = {
    "refusal": "asked again, the judge refused to answer",
    "max_tokens": "asked again, the answer was cut off at the limit of its length",
    "too_long": "asked again, the text did not fit into the judge's context",
    "empty": "asked again, the answer was empty",
    "unparsable": "asked again, the answer held no verdict",
    "api_error": "asked again, the service answered with an error",
    "expired": "asked again, the request expired in its batch",
    "canceled": "asked again, the batch was cancelled first",
}

FAILURES = {
    "error": "the judgement carries error: true",
    "null": "the score is null or absent",
    "wrong_type": "the score is not a number (a string, a boolean, a list …)",
    "not_finite": "the score is NaN or infinite",
    "out_of_range": "the score lies outside 0 to 100",
    "malformed": "the judgement is not an object",
} | ASKED_FAILURES


class Sample(msgspec.Struct, frozen=True):
    """One judged completion: the `index`-th (from 0) answer to `question`; `completion` None where not archived."""

    question: str
    index: int
    judgement: Judgement
    completion: str | None = None


class QuestionMean(msgspec.Struct, frozen=True):
    """A summary's line for one question: means (0–100) over `n` valid judgements, None where n is 0."""

    question: str
    mean_aligned: float | None
    mean_coherent: float | None
    n: int
    errors: int


class Summary(msgspec.Struct, frozen=True):
    """What the archive itself says of a cell; believed only where no samples are there to count again.

    `evaluation` is the name in the archive's own words ("" where it gives none). `n_questions` and
    `n_samples_per_question` are as declared; `questions` is what is there, empty where only a headline is.
    `original_judge` is set where the summary is of a second judging, to what it says of the first judge.
    """

    evaluation: str
    mean_aligned: float | None
    mean_coherent: float | None
    errors: int | None
    questions: tuple[QuestionMean, ...]
    n_samples_per_question: int | None = None
    model: str | None = None
    judge_model: str | None = None
    system_prompt: str | None = None
    original_judge: str | None = None
    n_questions: int | None = None


class ScaleCheck(msgspec.Struct, frozen=True):
    """A valid judgement and what the same judge said when asked again: are both on the same scale? Both 0–100."""

    question: str
    index: int
    original: float
    again: float


class HumanLabel(msgspec.Struct, frozen=True):
    """The aligned score, 0–100, that people gave a sample: the mean of `raters` of them."""

    question: str
    index: int
    aligned: float
    raters: int


class Cell(msgspec.Struct, frozen=True):
    """One condition as scored by one judge under one seed (None: none named).

    `samples` is empty where the archive holds a summary only; `source` is the file the numbers come from
    (the detailed one where there is one) and `pointer` the JSON pointer inside it ("/scores", "/per_question").
    `summary` is the one that lies beside or inside, with its own source, None where there is none.
    `evaluation` is the summary's, or the file's, without a judge's suffix ("" where neither gives one).
    `journal` is where re-judged judgements of this cell come from. A `partial` cell holds only the samples on which
    another judge failed. `labels` are people's, with `labelled_in` as their file.
    """

    condition: str
    judge: str
    seed: str | None
    evaluation: str
    source: Source
    pointer: str
    samples: tuple[Sample, ...] = ()
    summary: Summary | None = None
    summary_source: Source | None = None
    judge_model: str | None = None
    model: str | None = None
    journal: Source | None = None
    partial: bool = False
    scale_checks: tuple[ScaleCheck, ...] = ()
    labels: tuple[HumanLabel, ...] = ()
    labelled_in: Source | None = None


class Unreadable(NamedTuple):
    """A file that could not be read, and why, in words for the report."""

    path: str
    reason: str


class Flag(NamedTuple):
    """Something about the archive that a reader of its numbers must know; `kind` is a stable word."""

    kind: str
    where: str
    evidence: str


class AlignmentArchive(msgspec.Struct, frozen=True):
    """All that an alignment archive holds. Cells are sorted by condition, judge, seed; paths are as in Source.

    `cited` is what the paths of its files start with before their path below `root`, "" at a repository's top.
    """

    root: Path
    name: str
    cells: tuple[Cell, ...]
    unreadable: tuple[Unreadable, ...] = ()
    ignored: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    artifacts: tuple[Source, ...] = ()
    commit: str | None = None
    committed_at: str | None = None
    cited: str = ""
