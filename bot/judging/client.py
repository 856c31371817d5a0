"""The one protocol behind which a judge's service stands, and Anthropic's client as it.

Nothing is retried in here, and nothing is decided: an answer comes back as plain values, a refusal of the service as
one of three errors. The SDK costs a second to import, so it is imported when a client is made.
"""

from __future__ import annotations

import warnings
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from bot.errors import JudgingError
from bot.judging.answers import Reply, shortened

if TYPE_CHECKING:
    import anthropic
    from anthropic.types import Message
    from anthropic.types.messages import MessageBatch, MessageBatchIndividualResponse

    from bot.settings import Settings

MESSAGE_TIMEOUT = 300.0
BATCH_TIMEOUT = 900.0
PAGE = 100


class TryAgain(Exception):
    """The service could not take the request now.

    `after` is how many seconds it asked to wait, None where it did not say. `perhaps_taken`: it may have taken the
    request all the same, because the answer was lost on the way.
    """

    def __init__(self, detail: str, *, after: float | None = None, perhaps_taken: bool = False) -> None:
        super().__init__(detail)
        self.detail = detail
        self.after = after
        self.perhaps_taken = perhaps_taken


class NotTaken(Exception):
    """The service refuses this request, and would refuse it again."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class BatchInfo(NamedTuple):
    """A batch as the service knows it: how many requests it has, and whether it has ended."""

    id: str
    created: datetime
    requests: int
    ended: bool


class BatchItem(NamedTuple):
    """One result: an answer, or the class of what became of the request instead (errored, expired, canceled)."""

    custom_id: str
    reply: Reply | None
    outcome: str
    detail: str = ""


class Service(Protocol):
    """What a judge's service can be asked. Every call may raise TryAgain, NotTaken or JudgingError (give up)."""

    def ask(self, request: Mapping[str, Any]) -> Reply:
        """One message."""

    def create(self, requests: Sequence[Mapping[str, Any]]) -> BatchInfo:
        """Send a batch of `{"custom_id": …, "params": …}`."""

    def retrieve(self, batch: str) -> BatchInfo:
        """How a batch stands."""

    def recent(self) -> Iterable[BatchInfo]:
        """All batches, the newest first."""

    def results(self, batch: str) -> Generator[BatchItem]:
        """The results of a batch that has ended, in any order."""

    def cancel(self, batch: str) -> None:
        """Ask that a batch be stopped; what it has done by then is paid for and has results."""

    def close(self) -> None:
        """Let go of its connections."""


class AnthropicService:
    """The Messages API, or any server that speaks it, through Anthropic's client."""

    def __init__(self, client: anthropic.Anthropic) -> None:
        self._client = client

    def ask(self, request: Mapping[str, Any]) -> Reply:
        """One message."""
        with _translated():
            return reply_of(self._client.messages.create(**request, timeout=MESSAGE_TIMEOUT))

    def create(self, requests: Sequence[Mapping[str, Any]]) -> BatchInfo:
        """Send a batch."""
        with _translated():
            made = self._client.messages.batches.create(requests=requests, timeout=BATCH_TIMEOUT)  # type: ignore[arg-type]  # plain values in the shape of Request
            return _info(made)

    def retrieve(self, batch: str) -> BatchInfo:
        """How a batch stands; NotTaken where there is none of this name for this key."""
        with _translated(may_be_gone=True):
            return _info(self._client.messages.batches.retrieve(batch))

    def recent(self) -> Iterable[BatchInfo]:
        """All batches, the newest first, page by page."""
        with _translated():
            yield from map(_info, self._client.messages.batches.list(limit=PAGE))

    def results(self, batch: str) -> Generator[BatchItem]:
        """The results, as the service streams them."""
        with _translated(may_be_gone=True), closing(self._client.messages.batches.results(batch)) as lines:
            yield from map(_item, lines)

    def cancel(self, batch: str) -> None:
        """Ask that a batch be stopped."""
        with _translated(may_be_gone=True):
            self._client.messages.batches.cancel(batch)

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()


def anthropic_service(settings: Settings) -> AnthropicService:
    """The service at the address, and with the key, of the environment; raises JudgingError without a key."""
    if settings.anthropic_api_key is None or not settings.anthropic_api_key.get_secret_value():
        raise JudgingError("no judge was asked: ANTHROPIC_API_KEY is not set", fix="set it, or leave re-judging off")
    import anthropic

    # A judge may well be a model near its end of life: the report names it, and Python's warning says it to nobody.
    warnings.filterwarnings("ignore", message="The model '", category=DeprecationWarning)
    return AnthropicService(
        anthropic.Anthropic(
            api_key=settings.anthropic_api_key.get_secret_value(),
            base_url=settings.anthropic_base_url,
            max_retries=0,  # each way retries in its own manner: one of them must look first whether it was taken
        )
    )


# --- answers to plain values ----------------------------------------------------------------------------------------


def reply_of(message: Message | object) -> Reply:
    """A message as plain values, also one in which a server of one's own left something out."""
    blocks = getattr(message, "content", None) or ()
    texts = [block.text for block in blocks if getattr(block, "type", "") == "text" and isinstance(block.text, str)]
    return Reply(
        text="".join(texts),
        stop_reason=_text(message, "stop_reason") or None,
        request_id=_text(message, "_request_id") or _text(message, "id"),
        answered_by=_text(message, "model"),
        usage=_usage(getattr(message, "usage", None)),
    )


def _text(value: object, name: str) -> str:
    found = getattr(value, name, None)
    return found if isinstance(found, str) else ""


def _usage(usage: object) -> dict[str, int]:
    names = ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    counts = {name: getattr(usage, name, None) for name in names}
    return {name: count for name, count in counts.items() if isinstance(count, int) and count > 0}


def _info(batch: MessageBatch) -> BatchInfo:
    counts = batch.request_counts
    requests = counts.processing + counts.succeeded + counts.errored + counts.canceled + counts.expired
    return BatchInfo(batch.id, batch.created_at, requests, batch.processing_status == "ended")


def _item(line: MessageBatchIndividualResponse) -> BatchItem:
    result = line.result
    if result.type == "succeeded":
        return BatchItem(line.custom_id, reply_of(result.message), result.type)
    error = getattr(getattr(result, "error", None), "error", None)
    detail = f"{_text(error, 'type')}: {_text(error, 'message')}" if error is not None else ""
    return BatchItem(line.custom_id, None, result.type, shortened(detail))


# --- errors to what can be done about them --------------------------------------------------------------------------


class _translated:  # noqa: N801 - reads as a word where it is used
    """Turns the SDK's errors into ours; with `may_be_gone`, 404 is about one batch and not about the service."""

    def __init__(self, *, may_be_gone: bool = False) -> None:
        self._may_be_gone = may_be_gone

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        import anthropic

        if self._may_be_gone and isinstance(error, anthropic.NotFoundError):
            raise NotTaken(f"404: {shortened(error.message)}") from error
        if isinstance(error, anthropic.APIStatusError):
            raise translated_status(error) from error
        if isinstance(error, anthropic.APIConnectionError):
            raise TryAgain(f"no answer: {error.__cause__ or error}", perhaps_taken=True) from error
        if isinstance(error, anthropic.APIResponseValidationError | anthropic.AnthropicError):
            raise NotTaken(shortened(str(error))) from error


GIVE_UP = {
    401: ("the key was refused", "check ANTHROPIC_API_KEY"),
    402: ("the account cannot pay for this", "look at the account's billing"),
    403: ("the key may not do this", "check what the key is allowed to do"),
    404: (
        "the model or the endpoint is not there",
        "check the judge's model (--judge asks one) and ANTHROPIC_BASE_URL",
    ),
}


def translated_status(error: anthropic.APIStatusError) -> Exception:
    """What an answer with an error's status means for whoever asked."""
    status, detail = error.status_code, shortened(error.message)
    if status in GIVE_UP:
        what, fix = GIVE_UP[status]
        return JudgingError(f"{what} ({status}: {detail})", fix=f"{fix}, then run the same command again")
    if status in (408, 409, 429) or status >= 500:
        return TryAgain(
            f"{status}: {detail}",
            after=retry_after(error.response.headers),
            # Too many requests and a full service say so before they take anything.
            perhaps_taken=status not in (429, 529),
        )
    return NotTaken(f"{status}: {detail}")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, by `retry-after-ms` or `retry-after` (a number or a date); None where neither says."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    stated = headers.get("retry-after")
    seconds = _number(stated)
    return _until(stated) if seconds is None and stated else seconds


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and 0 <= value < 1e6 else None


def _until(date: str) -> float | None:
    from email.utils import parsedate_to_datetime

    try:
        then = parsedate_to_datetime(date)
    except ValueError:
        return None
    return max(0.0, then.timestamp() - datetime.now(then.tzinfo).timestamp())
