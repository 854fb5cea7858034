"""The same answers as JSON, and their OpenAPI description."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import jsonschema
from starlette.requests import Request
from starlette.responses import JSONResponse

import hushgate
from hushgate.console.desk import LONGEST_VALUE, Desk, watching
from hushgate.console.pages import SPANS
from hushgate.console.visitors import Role, Visitor
from hushgate.identity.scope import written

MOST_ROWS: Final = 200
STATES: Final = ("pending", "approved", "rejected", "expired")

_ANYTHING: Final[dict[str, Any]] = {"type": "object"}
_LIST: Final[dict[str, Any]] = {"type": "array", "items": _ANYTHING}
_VALUE: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["value"],
    "properties": {"value": {"type": "string", "minLength": 1, "maxLength": LONGEST_VALUE}},
}
_FAULT: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "hint"],
            "properties": {"message": {"type": "string"}, "hint": {"type": "string"}},
        }
    },
}


class Wrong(Exception):
    """A question that cannot be answered: `status`, what is wrong, and what to do."""

    def __init__(self, status: int, says: str, hint: str) -> None:
        super().__init__(says)
        self.status = status
        self.hint = hint


def fault(status: int, says: str, hint: str) -> JSONResponse:
    """An error as every route of the API tells it."""
    return JSONResponse({"error": {"message": says, "hint": hint}}, status)


@dataclass(frozen=True, slots=True)
class Call:
    """One question: how it is asked, who may, and what the answer looks like."""

    path: str
    says: str
    role: Role
    answer: Callable[[Request, Visitor], Any]
    schema: dict[str, Any]
    body: dict[str, Any] | None = None
    """What has to be sent with it, if anything: then it is a POST."""
    span: bool = False
    limit: bool = False
    state: bool = False

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"


def given(call: Call, raw: bytes | None) -> Any:
    """What was sent with a question; Wrong where it is not what the call takes, and nothing of it is said again."""
    if call.body is None:
        return None
    try:
        said = json.loads(raw or b"")
        jsonschema.validate(said, call.body)
    except (ValueError, RecursionError, jsonschema.ValidationError):
        named = ", ".join(f'"{name}"' for name in call.body["properties"])
        hint = f"send an object with {named}: /api/openapi.json has their form"
        raise Wrong(400, "the body is not what this takes", hint) from None
    return said


class Api:
    """One method a question."""

    def __init__(self, desk: Desk, more: tuple[Call, ...] = ()) -> None:
        self._desk = desk
        self.calls: tuple[Call, ...] = (
            Call("/api/health", "How the gate is", Role.DEVELOPER, self.health, _ANYTHING),
            Call("/api/sessions", "Sessions, the latest first", Role.DEVELOPER, self.sessions, _LIST, limit=True),
            Call("/api/sessions/{session}", "A session's exchanges", Role.DEVELOPER, self.session, _LIST),
            Call("/api/exchanges", "The latest exchanges", Role.DEVELOPER, self.exchanges, _LIST, limit=True),
            Call("/api/exchanges/{exchange}", "All of one exchange", Role.DEVELOPER, self.exchange, _ANYTHING),
            Call("/api/search", "Where a value travelled; recorded", Role.AUDITOR, self.search, _LIST, _VALUE),
            Call("/api/policy", "Rules in force, and what they did", Role.DEVELOPER, self.policy, _ANYTHING, span=True),
            Call("/api/coverage", "What was read and what was not", Role.AUDITOR, self.coverage, _ANYTHING, span=True),
            Call("/api/users", "Who may use the gate", Role.ADMIN, self.users, _LIST),
            *more,
            Call("/api/openapi.json", "This description", Role.DEVELOPER, self.description, _ANYTHING),
        )  # fmt: skip

    def health(self, request: Request, visitor: Visitor) -> Any:
        return dict(self._desk.health())

    def sessions(self, request: Request, visitor: Visitor) -> Any:
        with self._desk.reading() as reader:
            return reader.sessions(actor=visitor.sees, limit=_limit(request))

    def session(self, request: Request, visitor: Visitor) -> Any:
        with self._desk.reading() as reader:
            found = reader.of_session(request.path_params["session"], MOST_ROWS, actor=visitor.sees)
        if not found:
            raise Wrong(404, "there is no such session on record, or it is not yours to see", "ask /api/sessions")
        return found

    def exchanges(self, request: Request, visitor: Visitor) -> Any:
        with self._desk.reading() as reader:
            return reader.latest(_limit(request), actor=visitor.sees)

    def exchange(self, request: Request, visitor: Visitor) -> Any:
        found = self._desk.exchange(request.path_params["exchange"], visitor)
        if found is None:
            raise Wrong(404, "there is no such exchange on record, or it is not yours to see", "ask /api/exchanges")
        return found

    def search(self, request: Request, visitor: Visitor) -> Any:
        value = request.scope["given"]["value"].strip()
        if not value:
            raise Wrong(400, "there is no value to look for", 'send {"value": "..."}')
        return self._desk.look_up(value, visitor)

    def policy(self, request: Request, visitor: Visitor) -> Any:
        rules, since = self._desk.policy(), _since(request)
        with self._desk.reading() as reader:
            spoke, shadow = reader.spoke(since), watching(reader.warned(since))
        listed = [
            {
                "id": rule.id,
                "then": rule.then.value,
                "enforce": rule.enforce,
                "spoke": spoke.get(rule.id, {}).get("times", 0),
                "shadow": shadow.get(rule.id, 0),
            }
            for rule in rules.rules
        ]
        return {"revision": rules.revision, "rules": listed}

    def coverage(self, request: Request, visitor: Visitor) -> Any:
        since = _since(request)
        with self._desk.reading() as reader:
            return {"read": reader.coverage(since), "unread": reader.unread(since), "passed": reader.passed_by(since)}

    def users(self, request: Request, visitor: Visitor) -> Any:
        return [
            {"name": u.name, "groups": list(u.groups), "roles": list(u.roles), "added": u.added,
             "token": u.id or None, "scope": written(u.scope), "expires": u.expires or None}
            for u in self._desk.users()
        ]  # fmt: skip

    def description(self, request: Request, visitor: Visitor) -> Any:
        return described(self.calls)


def described(calls: tuple[Call, ...]) -> dict[str, Any]:
    """OpenAPI 3.1 of the calls."""
    paths: dict[str, Any] = {}
    for call in calls:
        steps = [step[1:-1] for step in call.path.split("/") if step.startswith("{")]
        asked: list[dict[str, Any]] = [
            {"name": step, "in": "path", "required": True, "schema": {"type": "string"}} for step in steps
        ]
        if call.span:
            asked.append({"name": "span", "in": "query", "schema": {"enum": list(SPANS)}})
        if call.limit:
            schema = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}
            asked.append({"name": "limit", "in": "query", "schema": schema})
        if call.state:
            asked.append({"name": "state", "in": "query", "schema": {"enum": list(STATES)}})
        codes = ["401", "403", "421", "429", "503"]
        codes += ["404"] if steps else []
        codes += ["400"] if call.span or call.limit or call.state or call.body is not None else []
        codes += ["411", "413", "415"] if call.body is not None else []
        codes += ["409"] if steps and call.body is not None else []
        told: dict[str, Any] = {
            "summary": call.says,
            "description": f"For the role {call.role.value}.",
            "parameters": asked,
            "responses": {
                "200": {"description": "The answer", "content": {"application/json": {"schema": call.schema}}},
                **{
                    code: {"description": "Refused", "content": {"application/json": {"schema": _FAULT}}}
                    for code in sorted(codes)
                },
            },
        }
        if call.body is not None:
            told["requestBody"] = {"required": True, "content": {"application/json": {"schema": call.body}}}
        paths.setdefault(call.path, {})[call.method.lower()] = told
    return {
        "openapi": "3.1.0",
        "info": {"title": "hushgate console", "version": hushgate.__version__},
        "paths": paths,
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "basic"}}},
        "security": [{"token": []}],
    }


def _since(request: Request) -> float:
    span = request.query_params.get("span", "month")
    if span not in SPANS:
        raise Wrong(400, "there is no such span", f"one of {', '.join(SPANS)}")
    return time.time() - SPANS[span][0]


def _limit(request: Request) -> int:
    asked = request.query_params.get("limit", "50")
    if not (asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= MOST_ROWS and len(asked) < 9):
        raise Wrong(400, "limit is not a number of rows", f"1 to {MOST_ROWS}")
    return int(asked)
