"""Fail closed: mitmproxy's hooks forward what an addon failed to judge; this turns that round.

`addonmanager.safecall` logs an exception raised in a hook and goes on, so the
message is forwarded as it came. `install` replaces the event dispatch of one
master. From then on a hook that raises anything, and a request that no hook
gave an explicit verdict, end in an error for the client and nothing for the
provider:

| hook | what a failure, or a missing verdict, does |
| --- | --- |
| requestheaders, request | 503, the body is never streamed |
| http_connect | 503 |
| server_connect | the connection is refused |
| responseheaders, response | 503 in place of the reply |
| next_layer | the client's connection is closed |
| websocket_start, websocket_message, websocket_end | nothing more goes either way, the WebSocket is closed |
| tls_* | no TLS context, so no connection; or interception, the safe side |
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, Final

from mitmproxy import addonmanager, flow, hooks, http, master
from mitmproxy.proxy import commands, events, layer

from hushgate.proxy.websocket import MOVES

logger = logging.getLogger(__name__)

VERDICT: Final = "hushgate.verdict"
BROKEN: Final = "hushgate.broken"

_NEEDS_VERDICT: Final = frozenset({"requestheaders", "request"})
_REPLY: Final = frozenset({"responseheaders", "response"})


class Verdict(StrEnum):
    """What the gate says of a flow, kept in its metadata under `VERDICT`."""

    READ_BODY = "read-body"
    FORWARD = "forward"
    REFUSE = "refuse"


def give(judged: flow.Flow, verdict: Verdict) -> None:
    """Put an explicit verdict on a flow. Without one it gets a 503."""
    judged.metadata[VERDICT] = verdict


def unavailable(what: str) -> http.Response:
    """The answer where nothing better could be made: 503, retry later, no detail that traffic could be in."""
    body = (
        '{"type":"error","error":{"type":"unavailable","code":"gate_fault","param":null,'
        f'"message":"hushgate could not judge this {what}, so nothing was forwarded. '
        "hint: see the gate's own output for the fault, then try again\"}}"
    )
    headers = {"content-type": "application/json", "retry-after": "5", "x-should-retry": "false"}
    return http.Response.make(503, body, headers)


type Handler = Callable[..., Awaitable[None] | None]


class GuardedDispatch:
    """Runs the addon chain of one master, failing closed. The chain is fixed once traffic flows."""

    def __init__(self, manager: addonmanager.AddonManager) -> None:
        self._manager = manager
        self._handlers: dict[str, tuple[Handler, ...]] = {}

    def _of(self, event: hooks.Hook) -> tuple[Handler, ...]:
        found = self._handlers.get(event.name)
        if found is None:
            # The manager's own look-up walks every addon for every event; the chain does not change, so once is enough.
            found = tuple(func for one in self._manager.chain for _, func in self._manager._iter_hooks(one, event))
            self._handlers[event.name] = found
        return found

    def forget(self) -> None:
        """Look the chain up anew: an addon was added or removed."""
        self._handlers.clear()

    async def trigger_event(self, event: hooks.Hook) -> None:
        """Run one event; whatever goes wrong in it closes the flow it is about."""
        try:
            for handler in self._of(event):
                result = handler(*event.args())
                if result is not None and inspect.isawaitable(result):
                    await result
        except BaseException as failure:
            _report(event, failure)
            close(event)
            task = asyncio.current_task()
            if isinstance(failure, (KeyboardInterrupt, SystemExit)) or (task is not None and task.cancelling()):
                raise
            return
        if event.name in _NEEDS_VERDICT:
            _demand_verdict(event)
        elif event.name == "response" and event.args()[0].metadata.get(BROKEN):
            close(event)  # mitmproxy has put the provider's body into the reply that responseheaders made.

    async def handle_lifecycle(self, event: hooks.Hook) -> None:
        """Like the manager's own, without the `update` event that only user interfaces read."""
        await self.trigger_event(event)


def install(gate: master.Master) -> GuardedDispatch:
    """Replace the dispatch of `gate`'s events by a guarded one."""
    dispatch = GuardedDispatch(gate.addons)
    manager: Any = gate.addons
    manager.trigger_event = dispatch.trigger_event
    manager.handle_lifecycle = dispatch.handle_lifecycle
    return dispatch


def close(event: hooks.Hook) -> None:
    """Leave nothing of `event` to be forwarded."""
    subject = event.args()[0] if event.args() else None
    if isinstance(subject, http.HTTPFlow):
        subject.metadata[BROKEN] = True
        if event.name.startswith("websocket_"):
            subject.metadata.pop(MOVES, None)
        elif event.name in _REPLY:
            _replace_reply(event, subject)
        elif event.name in _NEEDS_VERDICT or event.name == "http_connect":
            _refuse_request(subject)
    elif event.name == "server_connect" and subject is not None:
        subject.server.error = "hushgate: this connection could not be judged. hint: see the gate's own output"
    elif event.name == "next_layer" and isinstance(subject, layer.NextLayer):
        subject.layer = ClosedLayer(subject.context)


class ClosedLayer(layer.Layer):
    """A protocol layer that hangs up."""

    def _handle_event(self, event: events.Event) -> layer.CommandGenerator[None]:
        if isinstance(event, events.Start):
            yield commands.CloseConnection(self.context.client)


def _demand_verdict(event: hooks.Hook) -> None:
    subject = event.args()[0]
    if not isinstance(subject, http.HTTPFlow):
        return
    verdict = subject.metadata.get(VERDICT)
    done = {Verdict.FORWARD, Verdict.REFUSE} if event.name == "request" else set(Verdict)
    if verdict in done and not subject.metadata.get(BROKEN):
        if verdict is Verdict.REFUSE and subject.response is None:
            subject.response = unavailable("request")
        if verdict is not Verdict.REFUSE and subject.request.stream:
            _refuse_request(subject)
        return
    _refuse_request(subject)


def _refuse_request(subject: http.HTTPFlow) -> None:
    subject.metadata[VERDICT] = Verdict.REFUSE
    subject.request.stream = False
    subject.response = unavailable("request")


def _replace_reply(event: hooks.Hook, subject: http.HTTPFlow) -> None:
    if event.name == "response" and subject.response is not None and subject.response.stream:
        return  # It has left, through a callable that closes by itself.
    subject.response = unavailable("reply")


def _report(event: hooks.Hook, failure: BaseException) -> None:
    """Say where it failed: types and places only, since an exception's text may quote traffic."""
    places = []
    trace = failure.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    logger.error("hook %s failed with %s at %s", event.name, type(failure).__name__, " < ".join(reversed(places[-4:])))
