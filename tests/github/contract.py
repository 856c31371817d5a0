"""GitHub's own description of its API, held against every request that is made and every answer to it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate
from graphql.execution import get_variable_values
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from werkzeug.datastructures import Headers, ImmutableMultiDict

FILE = Path(__file__).resolve().parents[1] / "contract" / "github-openapi.json"
GRAPHQL = Path(__file__).resolve().parent / "node_modules/@octokit/graphql-schema/schema.graphql"
SERVER = "https://api.github.com"
# A path variable of several segments must arrive as one for a template to match it.
SEVERAL = re.compile(r"(/contents/|/git/refs?/|/compare/|/branches/|/matching-refs/)(.+)$")
# What the emulator's answers lack or have too much; none of it is read by Recount.
LACKS = ("network_count", "subscribers_count", "state_reason", "role_name")


@lru_cache(maxsize=1)
def graphql_schema() -> GraphQLSchema:
    """GitHub's schema, as @octokit/graphql-schema publishes it."""
    return build_schema(GRAPHQL.read_text(encoding="utf-8"), assume_valid=True)


class Asked:
    """A request as openapi-core wants it."""

    def __init__(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
        path, _, query = target.partition("?")
        self.host_url = SERVER
        self.path = SEVERAL.sub(lambda m: m.group(1) + quote(unquote(m.group(2)), safe=""), path)
        self.method = method.lower()
        self.body = body or None
        self.content_type = headers.get("Content-Type", "").partition(";")[0] or "application/json"
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(query)), header=Headers(dict(headers)), cookie=ImmutableMultiDict()
        )


class Answered:
    """An answer as openapi-core wants it."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status_code = status
        self.data = body
        self.content_type = headers.get("content-type", "").partition(";")[0] or "application/json"
        self.headers = Headers(dict(headers))


class Contract:
    """Collects what was against it."""

    def __init__(self) -> None:
        self.api = OpenAPI.from_dict(json.loads(FILE.read_text()))
        self.broken: list[str] = []
        self.checked: set[tuple[str, str]] = set()

    def check_query(self, query: str, variables: Mapping[str, Any]) -> None:
        """Hold a GraphQL query and its variables against GitHub's own schema."""
        document = parse(query)
        (operation,) = (d for d in document.definitions if isinstance(d, OperationDefinitionNode))
        found = get_variable_values(graphql_schema(), operation.variable_definitions, dict(variables))
        errors = [*validate(graphql_schema(), document), *(found if isinstance(found, list) else [])]
        self.broken += [f"GraphQL: {error.message}" for error in errors]

    def check(
        self, method: str, target: str, sent: Mapping[str, str], body: bytes, status: int,
        headers: Mapping[str, str], answer: bytes,
    ) -> None:  # fmt: skip
        """Hold one exchange against the description; faults that a test made (5xx) are only checked on the way in."""
        asked = Asked(method, target, sent, body)
        self.checked.add((method, asked.path))
        problems = self.of_request(asked)
        if 200 <= status < 300 and status != 204:
            problems += self.of_answer(asked, Answered(status, headers, answer))
        self.broken += [f"{method} {target}: {problem}" for problem in problems]

    def of_request(self, asked: Asked) -> list[str]:
        """What is wrong with a request."""
        found = list(self.api.iter_request_errors(asked))
        return [told for error in found for told in reasons(error) if not bare_labels(asked, told)]

    def of_answer(self, asked: Asked, answer: Answered) -> list[str]:
        """What is wrong with an answer."""
        found = list(self.api.iter_response_errors(asked, answer))
        return [told for error in found for told in reasons(error) if not any(word in told for word in LACKS)]


def bare_labels(asked: Asked, told: str) -> bool:
    """PyGithub posts labels as a bare array, which GitHub takes and its description does not list."""
    return asked.path.endswith("/labels") and asked.method == "post" and "schema" in told.lower()


def reasons(error: Any) -> list[str]:
    """An error with those it rests on."""
    inner = getattr(error.__cause__, "schema_errors", None) or getattr(error, "schema_errors", None)
    if not inner:
        return [f"{type(error).__name__}: {error} {error.__cause__ or ''}"]
    return [f"{type(error).__name__}: {'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in inner]
