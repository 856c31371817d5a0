"""The errors a user sees: what happened, where, and what to do next."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process tells the shell. Documented in docs/commands.md."""

    FINE = 0
    USER_ERROR = 1
    GATE_BREACHED = 2
    UNREADABLE_PARTS = 3
    REVIEW_CONCERNS = 4
    REVIEW_FAILED = 5


class RecountError(Exception):
    """A mistake or a fault that its reader can mend; printed without a traceback.

    `what` says what is wrong, `where` the file, line or key, `fix` the next step.
    """

    exit_code = ExitCode.USER_ERROR

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.fix:
            parts.append(self.fix)
        return "\n".join(parts)


class ArchiveError(RecountError):
    """The archive as a whole cannot be used (a single bad file never raises: it is listed)."""


class ExperimentError(RecountError):
    """report.yaml does not say what it may say."""


class ReportError(RecountError):
    """A template, a fact or a marker is not as it must be."""


class BundleError(RecountError):
    """The bundle is incomplete, changed since it was built, or of another version."""


class JudgingError(RecountError):
    """A judge cannot be asked, or asking had to stop; every verdict that was paid for is kept."""


class EvalSetError(RecountError):
    """An eval set cannot be read, built or audited as asked."""


class TrackerError(RecountError):
    """The tracker refused, or could not be reached; the bundle is safe to publish later."""


class GateBreached(RecountError):
    """`--strict` was given and a declared gate is breached."""

    exit_code = ExitCode.GATE_BREACHED


class UnreadableParts(RecountError):
    """`--strict` was given and parts of the archive could not be read."""

    exit_code = ExitCode.UNREADABLE_PARTS
