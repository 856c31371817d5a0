"""A server in front of the emulator: it records, cuts connections when told to, holds every exchange against GitHub's
description, is as strict as GitHub where the emulator is not, and adds reactions and Projects, which it lacks."""

from __future__ import annotations

import http.client
import itertools
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from contract import Contract
from emulator import BOT, TOKENS, Emulator, fresh
from projects import Projects

MOST = 65_536
GRAPHQL = "/graphql"
REACTIONS = re.compile(r"/repos/([^/]+/[^/]+)/issues/comments/(\d+)/reactions")
PERMISSION = re.compile(r"/repos/[^/]+/[^/]+/collaborators/[^/]+/permission")
Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Call:
    """One request that was made."""

    method: str
    path: str
    body: bytes
    status: int
    token: str

    @property
    def writes(self) -> bool:
        """Whether it was to change something."""
        return self.method != "GET"


@dataclass
class Fault:
    """What is to go wrong: `at` is the number of the call from 0, or `matches` says which. Cut connections and answers.

    `cut` before: the server never saw it. after: it acted and nobody heard. `answer`: it answers so instead.
    """

    at: int | None = None
    matches: Callable[[str, str], bool] | None = None
    cut: str | None = None
    answer: tuple[int, dict[str, Any], dict[str, str]] | None = None
    times: int = 1_000_000

    def hits(self, number: int, method: str, path: str) -> bool:
        """Whether this call is the one."""
        if self.times <= 0 or (self.at is not None and self.at != number):
            return False
        if self.matches is not None and not self.matches(method, path):
            return False
        self.times -= 1
        return True


@dataclass
class Front:
    """The server's state, reset for every test."""

    contract: Contract
    emulator: Emulator | None = None
    port: int = 0
    calls: list[Call] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    reactions: dict[int, set[str]] = field(default_factory=dict)
    projects: Projects = field(default_factory=Projects)
    lock: threading.Lock = field(default_factory=threading.Lock)
    numbered: int = 0
    edited: dict[int, str] = field(default_factory=dict)
    asked: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def url(self) -> str:
        """Where clients go."""
        return f"http://127.0.0.1:{self.port}"

    def reset(self) -> None:
        """Forget what the last test did; repositories stay, each test has its own."""
        self.calls, self.faults, self.numbered = [], [], 0
        self.reactions, self.projects, self.edited = {}, Projects(), {}
        self.contract.broken.clear()

    def writes(self) -> list[str]:
        """What was written, as `METHOD path`."""
        return [f"{call.method} {call.path}" for call in self.calls if call.writes]

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer | None:
        """The answer to a request, None where the connection is to be cut."""
        path = target.partition("?")[0]
        staged = headers.get("X-Stage") == "1"
        token = headers.get("Authorization", "").rpartition(" ")[2]
        if staged:
            return self.through(method, target, headers, body)
        with self.lock:
            number, self.numbered = self.numbered, self.numbered + 1
            fault = next((f for f in self.faults if f.hits(number, method, path)), None)
        if fault is not None and fault.cut == "before":
            return None
        if fault is not None and fault.answer is not None:
            status, content, extra = fault.answer
            given: Answer = (status, {"content-type": "application/json", **extra}, json.dumps(content).encode())
        else:
            given = self.strict(method, path, token, body) or self.through(method, target, headers, body)
        self.note(Call(method, path, body, given[0], token), target, headers, given)
        return None if fault is not None and fault.cut == "after" else given

    def note(self, call: Call, target: str, headers: Mapping[str, str], given: Answer) -> None:
        """Record the call and hold it against the description; pages are not part of the API."""
        with self.lock:
            self.calls.append(call)
            if "/raw/" not in call.path and call.path != GRAPHQL:
                self.contract.check(call.method, target, headers, call.body, *given)

    def strict(self, method: str, path: str, token: str, body: bytes) -> Answer | None:
        """What GitHub would answer and the emulator would not."""
        if token not in TOKENS and token != self.projects.token and "/raw/" not in path:
            return told(401, "Bad credentials")
        if path == "/user" and TOKENS.get(token) == BOT:
            return told(403, "Resource not accessible by integration")
        text = json.loads(body).get("body") if body and body.startswith(b"{") else None
        if isinstance(text, str) and len(text) > MOST:
            return told(422, "Validation Failed", [{"message": f"body is too long (maximum is {MOST} characters)"}])
        if path == GRAPHQL:
            return self.recorded(json.loads(body))
        if "/projectsV2/" in path:
            return encoded(*self.projects.answer(method, path, token, json.loads(body) if body else None))
        if match := REACTIONS.fullmatch(path):
            return self.react(int(match.group(2)), json.loads(body)["content"])
        return None

    def recorded(self, asked: dict[str, Any]) -> Answer:
        """An issue by GraphQL, which the emulator lacks: its text by REST, when it was edited as the test says."""
        wants = asked["variables"]
        self.contract.check_query(asked["query"], wants)
        path = f"/repos/{wants['owner']}/{wants['name']}/issues/{wants['number']}"
        issue = json.loads(self.through("GET", path, {"Authorization": "Bearer bot-token"}, b"")[2])
        told = {"body": issue["body"] or "", "createdAt": issue["created_at"]}
        told["lastEditedAt"] = self.edited.get(wants["number"])
        return encoded(200, {"data": {"repository": {"issue": told}}})

    def react(self, comment: int, content: str) -> Answer:
        """Add a reaction; the same one again is fine."""
        there = content in self.reactions.setdefault(comment, set())
        self.reactions[comment].add(content)
        user = USER | {"login": BOT}
        reaction = {"id": 1, "node_id": "R", "user": user, "content": content, "created_at": "2026-01-01T00:00:00Z"}
        return encoded(200 if there else 201, reaction)

    def through(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """What the emulator answers; where it speaks otherwise than GitHub, GitHub's words."""
        assert self.emulator is not None
        connection = http.client.HTTPConnection("127.0.0.1", self.emulator.port, timeout=60)
        sent = {k: v for k, v in headers.items() if k.lower() not in ("connection", "accept-encoding")}
        if token := sent.pop("Authorization", "").rpartition(" ")[2]:
            sent["Authorization"] = f"Bearer {fresh(token, next(self.asked))}"
        connection.request(method, target, body=body or None, headers=sent)
        answer = connection.getresponse()
        raw, kept = answer.read(), {k.lower(): v for k, v in answer.getheaders()}
        connection.close()
        if PERMISSION.fullmatch(target):
            if answer.status == 404:  # GitHub answers so for a stranger to a public repository
                return encoded(200, {"permission": "read", "role_name": "read", "user": USER})
            raw = raw.replace(b'"permission":"push"', b'"permission":"write"')
        for name in ("transfer-encoding", "connection", "content-length", "keep-alive"):
            kept.pop(name, None)
        return answer.status, kept, raw


def told(status: int, message: str, errors: list[dict[str, str]] | None = None) -> Answer:
    """A refusal in GitHub's form."""
    return encoded(status, {"message": message, **({"errors": errors} if errors else {})})


def encoded(status: int, content: Any) -> Answer:
    """JSON."""
    return status, {"content-type": "application/json; charset=utf-8"}, json.dumps(content).encode()


URLS = (
    "avatar_url", "url", "html_url", "followers_url", "following_url", "gists_url", "starred_url", "subscriptions_url",
    "organizations_url", "repos_url", "events_url", "received_events_url",
)  # fmt: skip
USER: dict[str, Any] = {
    "login": "somebody", "id": 1, "node_id": "U", "gravatar_id": "", "type": "User", "site_admin": False,
    **dict.fromkeys(URLS, "http://127.0.0.1/"),
}  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    """Hands everything to the front."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or every answer waits 40 ms for the client to acknowledge its headers
    front: Front

    def do(self) -> None:
        """Any method."""
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        given = self.front.answer(self.command, self.path, dict(self.headers.items()), body)
        if given is None:
            self.close_connection = True
            self.connection.shutdown(2)
            return
        status, headers, raw = given
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        if status != 204:
            self.wfile.write(raw)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Quiet about connections that it cut itself."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        """Nothing to say: a failed exchange fails the test on the client's side."""


def serve(front: Front) -> Server:
    """Listen; the caller shuts it down."""
    handler = type("OwnHandler", (Handler,), {"front": front})
    server = Server(("127.0.0.1", 0), handler)
    front.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}).start()
    return server
