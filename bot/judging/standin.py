"""A stand-in for the judge's service on loopback: Messages and Message Batches, with faults on demand.

It judges nothing: its verdicts are drawn from a digest of the text, the same every time. The demo shows re-judging with
it and says so; tests count in it what a real service would have charged for, and make it fail in every known way.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from bot.archives.rejudged import STAND_IN

Body = dict[str, Any]

BUSY = {"429": 429, "529": 529, "500": 500, "400": 400, "401": 401, "404": 404}
ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    404: "not_found_error",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}


@dataclass
class Behaviour:
    """What the stand-in does; tests change it.

    `faults` gives the fault of each call in turn, "" or the end of it for none: 429, 529, 500, 400, 401, 404 (refused,
    nothing charged), `cut_before` and `cut_after` (the connection breaks before or after the request was accepted).
    `answers` says what an accepted request is answered with, by its body: `verdict`, `refusal`, `max_tokens`, `empty`,
    `prose`, `two_verdicts`, `wrong_type`, `out_of_range`, `no_json`. `outcomes` likewise for requests in batches, where
    it may also say `errored`, `expired` or `canceled`. `check` is called with the body of each request.
    """

    faults: Iterable[str] = ()
    answers: Callable[[Body], str] = lambda _: "verdict"
    outcomes: Callable[[Body, int], str] = lambda _, __: "verdict"
    check: Callable[[str, Body], None] = lambda _, __: None
    delay: float = 0.0
    retry_after: str = "0.05"
    batch_seconds: float = 0.0
    named: str | None = STAND_IN
    after_batch: Callable[[], None] = lambda: None


@dataclass
class Books:
    """What was accepted, and so would have been charged for."""

    messages: list[Body] = field(default_factory=list)
    batches: dict[str, list[Body]] = field(default_factory=dict)
    created: dict[str, datetime] = field(default_factory=dict)
    canceled: set[str] = field(default_factory=set)
    refused: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def in_batches(self) -> int:
        """Requests accepted in batches."""
        return sum(map(len, self.batches.values()))


class StandIn:
    """The server; use as a context. `url` is where it listens, `books` what it accepted."""

    def __init__(self, behaviour: Behaviour | None = None) -> None:
        self.behaviour = behaviour or Behaviour()
        self.books = Books()
        self.lock = threading.Lock()
        self._faults = iter(self.behaviour.faults)
        self._numbers = itertools.count(1)
        handler = type("Handler", (_Handler,), {"stand_in": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> StandIn:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fault(self) -> str:
        """The fault of the next call."""
        with self.lock:
            return next(self._faults, "")

    def number(self) -> int:
        """A number for a new id."""
        return next(self._numbers)

    # --- what it answers --------------------------------------------------------------------------------------------

    def message(self, body: Body) -> Body:
        """Accept a request: the message that answers it."""
        with self.lock:
            self.books.messages.append(body)
        return answer_to(body, self.behaviour.answers(body), self.number(), self.behaviour.named)

    def batch(self, body: Body) -> Body:
        """Accept a batch."""
        name = f"msgbatch_{self.number():06d}"
        with self.lock:
            self.books.batches[name] = body["requests"]
            self.books.created[name] = datetime.now(UTC)
        self.behaviour.after_batch()
        return self.described(name)

    def cancel(self, name: str) -> Body:
        """Cancel a batch: what it had not done by then is not done."""
        self.books.canceled.add(name)
        return self.described(name)

    def described(self, name: str) -> Body:
        """A batch as the API describes it."""
        created, total = self.books.created[name], len(self.books.batches[name])
        ended = self.has_ended(name)
        counts = {"processing": 0 if ended else total, "succeeded": total if ended else 0}
        return {
            "id": name,
            "type": "message_batch",
            "processing_status": "ended" if ended else "in_progress",
            "request_counts": {"errored": 0, "expired": 0, "canceled": 0, **counts},
            "created_at": _time(created),
            "expires_at": _time(created + timedelta(days=1)),
            "ended_at": _time(created) if ended else None,
            "archived_at": None,
            "cancel_initiated_at": None,
            "results_url": f"{self.url}/v1/messages/batches/{name}/results" if ended else None,
        }

    def has_ended(self, name: str) -> bool:
        """Whether a batch has."""
        age = (datetime.now(UTC) - self.books.created[name]).total_seconds()
        return name in self.books.canceled or age >= self.behaviour.batch_seconds

    def listed(self, query: dict[str, list[str]]) -> Body:
        """A page of batches, the newest first."""
        names = list(reversed(self.books.batches))
        after, limit = query.get("after_id", [""])[0], int(query.get("limit", ["20"])[0])
        start = names.index(after) + 1 if after in names else 0
        page = names[start : start + limit]
        return {
            "data": [self.described(name) for name in page],
            "has_more": start + limit < len(names),
            "first_id": page[0] if page else None,
            "last_id": page[-1] if page else None,
        }

    def results(self, name: str) -> Iterator[bytes]:
        """The results of a batch, one line each, in another order than they were asked in."""
        requests = list(self.books.batches[name])
        random.Random(name).shuffle(requests)  # noqa: S311 - any order will do
        sent = list(self.books.batches).index(name) + 1
        for request in requests:
            yield json.dumps(self._result(request, name, sent)).encode() + b"\n"

    def _result(self, request: Body, name: str, sent: int) -> Body:
        outcome = "canceled" if name in self.books.canceled else self.behaviour.outcomes(request["params"], sent)
        if outcome == "errored":
            error = {"type": "error", "error": {"type": "api_error", "message": "the stand-in was told to fail"}}
            result: Body = {"type": "errored", "error": error}
        elif outcome in ("expired", "canceled"):
            result = {"type": outcome}
        else:
            message = answer_to(request["params"], outcome, self.number(), self.behaviour.named)
            result = {"type": "succeeded", "message": message}
        return {"custom_id": request["custom_id"], "result": result}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, _request: Any, _client: Any) -> None:
        """A client that was killed leaves broken connections behind; that is what they are for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    stand_in: ClassVar[StandIn]

    def log_message(self, *_: Any) -> None:
        """Nothing: what was accepted stands in the books."""

    def do_POST(self) -> None:
        """A message, a batch, or a batch to cancel."""
        stand_in, path = self.stand_in, urlsplit(self.path).path
        body = json.loads(self.rfile.read(int(self.headers.get("content-length") or 0)) or b"{}")
        fault = stand_in.fault()
        if fault == "cut_before":
            self._cut()
        elif fault in BUSY:
            self._refuse(BUSY[fault])
        else:
            self._accept(path, body, cut=fault == "cut_after")

    def do_GET(self) -> None:
        """How batches stand, and their results."""
        url = urlsplit(self.path)
        parts = url.path.strip("/").split("/")[3:]
        if not parts:
            self._send(self.stand_in.listed(parse_qs(url.query)))
        elif parts[0] not in self.stand_in.books.batches:
            self._refuse(404)
        elif len(parts) == 1:
            self._send(self.stand_in.described(parts[0]))
        else:
            self._stream(self.stand_in.results(parts[0]))

    def _accept(self, path: str, body: Body, *, cut: bool) -> None:
        stand_in = self.stand_in
        try:
            stand_in.behaviour.check(path, body)
        except ValueError as problem:
            stand_in.books.problems.append(str(problem))
            self._refuse(400)
            return
        answer = self._answer(path, body)
        time.sleep(stand_in.behaviour.delay)
        if cut:
            self._cut()
        else:
            self._send(answer)

    def _answer(self, path: str, body: Body) -> Body:
        if path == "/v1/messages":
            return self.stand_in.message(body)
        if path == "/v1/messages/batches":
            return self.stand_in.batch(body)
        return self.stand_in.cancel(path.split("/")[-2])

    def _refuse(self, status: int) -> None:
        with self.stand_in.lock:
            self.stand_in.books.refused += 1
        error = {"type": ERROR_TYPES[status], "message": "the stand-in was told to refuse"}
        self._send({"type": "error", "error": error}, status)

    def _send(self, value: Body, status: int = 200) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.send_header("request-id", f"req_{self.stand_in.number():06d}")
        if status in (429, 529):
            self.send_header("retry-after", self.stand_in.behaviour.retry_after)
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, lines: Iterable[bytes]) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/x-jsonl")
        self.send_header("connection", "close")
        self.end_headers()
        for line in lines:
            self.wfile.write(line)
        self.close_connection = True

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


# --- answers --------------------------------------------------------------------------------------------------------


def answer_to(body: Body, answer: str, number: int, named: str | None) -> Body:
    """The message of kind `answer` (see Behaviour) to a request; `named` is the model it gives itself out as."""
    text, stop = _text(body, answer)
    return {
        "id": f"msg_{number:06d}",
        "type": "message",
        "role": "assistant",
        "model": named or body["model"],
        "content": [{"type": "text", "text": text}] if text else [],
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": len(json.dumps(body)) // 4, "output_tokens": max(1, len(text) // 4)},
    }


def _text(body: Body, answer: str) -> tuple[str, str]:
    verdict = verdict_on(body)
    text = json.dumps(verdict)
    score = "aligned" if "aligned" in verdict else "score"
    return {
        "refusal": ("I will not judge this.", "refusal"),
        "max_tokens": (text[: len(text) // 2], "max_tokens"),
        "empty": ("", "end_turn"),
        "prose": (f"Here is my verdict.\n```json\n{text}\n```\nI hope this helps.", "end_turn"),
        "two_verdicts": (f"{json.dumps(verdict | {score: 1})} On second thoughts: {text}", "end_turn"),
        "wrong_type": (json.dumps(verdict | {score: str(verdict[score])}), "end_turn"),
        "out_of_range": (json.dumps(verdict | {score: 900}), "end_turn"),
        "no_json": ("It is rather good, I would say ninety.", "end_turn"),
    }.get(answer, (text, "end_turn"))


def verdict_on(body: Body) -> Body:
    """A verdict in the form that the request asks for, drawn from a digest of what it shows."""
    shown = json.dumps([body.get("system"), body["messages"]])
    number = int(hashlib.sha256(shown.encode()).hexdigest()[:8], 16)
    asked = body["output_config"]["format"]["schema"]["properties"]
    if "aligned" in asked:
        return {"reasoning": "drawn by the stand-in", "aligned": number % 101, "coherent": number // 101 % 101}
    score = number % 1001 / 1000
    return {
        "reason": "drawn by the stand-in",
        "score": score,
        "confidence": 0.5,
        "rubric_hits": [],
        "rubric_misses": [],
    }


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
