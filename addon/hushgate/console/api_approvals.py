"""The approvals' part of the API: what the pages do, for programs. The gate's desk says who may do what."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request

from hushgate.approvals.wishes import LONGEST_GRANT, LONGEST_TEXT
from hushgate.console.api import STATES, Call, Wrong
from hushgate.console.counter import Counter
from hushgate.console.visitors import Role, Visitor

_ANYTHING: Final[dict[str, Any]] = {"type": "object"}
_LIST: Final[dict[str, Any]] = {"type": "array", "items": _ANYTHING}
_NUMBER: Final[dict[str, Any]] = {"type": "integer", "minimum": 0, "maximum": 9999}


def _takes(*required: str, **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties, "additionalProperties": False}


_WISH: Final = _takes(
    raw={
        "type": "array", "items": _NUMBER, "maxItems": 200,
        "description": "Findings that may go as they are, by number; empty for all that are held.",
    },
    any_content={"type": "boolean", "description": "Not this content alone, but all that is held for the same."},
    group={"type": "string", "description": "For everybody in this group, not the actor alone."},
    uses={"type": ["integer", "null"], "minimum": 1, "maximum": 1_000_000, "description": "null: as many as asked."},
    seconds={"type": "integer", "minimum": 1, "maximum": LONGEST_GRANT},
)  # fmt: skip
_REASON: Final = _takes("reason", reason={"type": "string", "maxLength": LONGEST_TEXT})
_FINDING: Final = _takes("finding", finding=_NUMBER)
_NOTHING: Final = _takes()


class ApprovalsApi:
    """One method a question."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        one = "/api/approvals/{approval}"
        self.calls: tuple[Call, ...] = (
            Call("/api/approvals", "Approvals, oldest first", Role.DEVELOPER, self.listed, _LIST, state=True),
            Call(one, "All of one approval", Role.DEVELOPER, self.shown, _ANYTHING),
            Call(f"{one}/approve", "Say yes: this content, once, masked, unless more is said", Role.DECIDING,
                 self.approve, _ANYTHING, _WISH),
            Call(f"{one}/reject", "Say no", Role.DECIDING, self.reject, _ANYTHING, _REASON),
            Call(f"{one}/reveal", "A value, once, while its request waits; recorded", Role.REVEALER, self.reveal,
                 _ANYTHING, _FINDING),
            Call("/api/grants", "Grants in force", Role.DEVELOPER, self.grants, _LIST),
            Call("/api/grants/{grant}/revoke", "Take a grant back", Role.DEVELOPER, self.revoke, _ANYTHING, _NOTHING),
        )  # fmt: skip

    def listed(self, request: Request, visitor: Visitor) -> Any:
        state = request.query_params.get("state")
        if state not in (None, *STATES):
            raise Wrong(400, "there is no such state", f"one of {', '.join(STATES)}")
        return self._counter.do(visitor, "list", state=state)

    def shown(self, request: Request, visitor: Visitor) -> Any:
        return self._do(request, visitor, "show")

    def approve(self, request: Request, visitor: Visitor) -> Any:
        return self._do(request, visitor, "approve", **request.scope["given"])

    def reject(self, request: Request, visitor: Visitor) -> Any:
        return self._do(request, visitor, "reject", **request.scope["given"])

    def reveal(self, request: Request, visitor: Visitor) -> Any:
        return {"value": self._do(request, visitor, "reveal", **request.scope["given"])}

    def grants(self, request: Request, visitor: Visitor) -> Any:
        return self._counter.do(visitor, "grants")

    def revoke(self, request: Request, visitor: Visitor) -> Any:
        return self._counter.do(visitor, "revoke", id=request.path_params["grant"])

    def _do(self, request: Request, visitor: Visitor, what: str, **said: Any) -> Any:
        return self._counter.do(visitor, what, id=request.path_params["approval"], **said)
