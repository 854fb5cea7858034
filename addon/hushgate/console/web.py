"""The application: every route with the role it asks for, and what is done about a visitor before a handler runs."""

from __future__ import annotations

import binascii
import hmac
import logging
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from inspect import iscoroutinefunction
from typing import Any, Final, cast
from urllib.parse import parse_qsl, urlencode

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from hushgate.approvals.notify.links import PATH
from hushgate.console.api import Api, Call, Wrong, fault, given
from hushgate.console.api_approvals import ApprovalsApi
from hushgate.console.deciding import Deciding
from hushgate.console.desk import Desk
from hushgate.console.guard import Guard
from hushgate.console.live import Feed, Full
from hushgate.console.login import COOKIE, Login, address_of, later, seconds
from hushgate.console.pages import Pages
from hushgate.console.provider import Provider
from hushgate.console.views import HERE, Views
from hushgate.console.visitors import Door, Role, TooMany, Visitor, Way
from hushgate.console.waiting import Waiting
from hushgate.errors import Absent, HushgateError, Refused, TooLate, Unfit
from hushgate.identity.passwords import Passwords

THREADS: Final = 4
"""Pages drawn at the same time; others wait."""

FIELDS: Final = 256
"""Of one form: each finding of an approval may be one."""

_REFUSED: Final[tuple[tuple[type[Refused], int, str, str], ...]] = (
    (Absent, 404, "Not found", "The list has what you can open."),
    (TooLate, 409, "Too late", "Nothing was changed. The list has what still waits."),
    (Unfit, 400, "This does not fit", "Nothing was changed. Choose otherwise, or reject it."),
    (Refused, 403, "Not yours to do", "Nothing was changed."),
)
"""What a refusal of the desk is in HTTP, and what a page says above and below its words."""

logger = logging.getLogger("hushgate.console")

type Watch = Callable[[Visitor, Callable[[], Visitor | None]], AsyncIterator[str]]

type Answer = Callable[[Request], Response] | Callable[[Request], Coroutine[Any, Any, Response]]
"""What takes time and waits for nothing runs in a thread."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A route. `role` None: for anybody. A `POST` has to carry what the visitor's forms carry."""

    path: str
    method: str
    role: Role | None
    answer: Answer


class Web:
    """The pages, the API and the feed of one gate. `here` is the name that people reach it by, beside the machine's."""

    def __init__(
        self,
        desk: Desk,
        door: Door,
        passwords: Passwords,
        feed: Feed | None = None,
        provider: Provider | None = None,
        here: str = "",
    ) -> None:
        self._door = door
        self.feed = feed or Feed(desk)
        self._views = Views()
        self.counter, self.waiting = desk.counter, Waiting(desk.counter)
        self._pages = Pages(desk, self._views)
        self.calls: tuple[Call, ...] = Api(desk, ApprovalsApi(desk.counter).calls).calls
        self._limiter: CapacityLimiter | None = None
        self._login = Login(door, self._views, passwords, desk.record, provider)
        pages, deciding, login = self._pages, Deciding(desk.counter, self._views), self._login
        self.entries: tuple[Entry, ...] = (
            Entry("/", "GET", Role.DEVELOPER, pages.overview),
            Entry("/sessions", "GET", Role.DEVELOPER, pages.sessions),
            Entry("/sessions/{session}", "GET", Role.DEVELOPER, pages.session),
            Entry("/exchanges/{exchange}", "GET", Role.DEVELOPER, pages.exchange),
            Entry("/approvals", "GET", Role.DEVELOPER, deciding.listed),
            Entry("/approvals/{approval}", "GET", Role.DEVELOPER, deciding.one),
            Entry("/approvals/{approval}/approve", "POST", Role.DECIDING, deciding.approved),
            Entry("/approvals/{approval}/reject", "POST", Role.DECIDING, deciding.rejected),
            Entry("/approvals/{approval}/reveal", "POST", Role.REVEALER, deciding.revealed),
            Entry(f"{PATH}{{token}}", "GET", Role.DECIDING, deciding.followed),
            Entry("/grants", "GET", Role.DEVELOPER, deciding.grants),
            Entry("/grants/{grant}/revoke", "POST", Role.DEVELOPER, deciding.revoked),
            Entry("/search", "GET", Role.AUDITOR, pages.search),
            Entry("/search", "POST", Role.AUDITOR, pages.searched),
            Entry("/policy", "GET", Role.DEVELOPER, pages.policy),
            Entry("/coverage", "GET", Role.AUDITOR, pages.coverage),
            Entry("/users", "GET", Role.ADMIN, pages.users),
            Entry("/health", "GET", Role.DEVELOPER, pages.health),
            Entry("/login", "GET", None, login.page),
            Entry("/login", "POST", None, login.enter),
            Entry("/login/provider", "GET", None, login.depart),
            Entry("/login/callback", "GET", None, login.arrive),
            Entry("/logout", "POST", Role.DEVELOPER, login.leave),
        )
        routes: list[Route | Mount] = [
            *(Route(_any(e.path), partial(self._page, e), methods=[e.method]) for e in self.entries),
            *(Route(_any(c.path), partial(self._call, c), methods=[c.method]) for c in self.calls),
            Route("/live", partial(self._live, self.feed.watch), methods=["GET"]),
            Route("/live/approvals", partial(self._live, self.waiting.watch), methods=["GET"]),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ]
        self.app = Starlette(
            routes=routes,
            middleware=[Middleware(Guard, also=here)],
            exception_handlers={HTTPException: self._http, Exception: self._failed},
        )

    def close(self) -> None:
        """Let everybody go who watches."""
        self.feed.close()
        self.waiting.close()

    async def _page(self, entry: Entry, request: Request) -> Response:
        visitor = self._door.visitor(request.cookies.get(COOKIE))
        request.scope["visitor"] = visitor
        if entry.method == "POST":
            request.scope["form"] = await _form(request)
        if entry.role is not None:
            if visitor is None:
                return RedirectResponse(_login_for(request), 303)
            if not visitor.may(entry.role):
                says = f"This page is for the role {entry.role.value}."
                return self._fault(
                    request, 403, "Not yours to see", says, "Log in with the token for deciding and reading."
                )
            if entry.method == "POST" and not _fits(request, visitor):
                says = "The form is from another log-in."
                return self._fault(request, 403, "Sent too late", says, "Open the page again and send it once more.")
        try:
            if iscoroutinefunction(answer := entry.answer):
                return cast(Response, await answer(request))
            return await self._aside(lambda: cast(Response, answer(request)))
        except Refused as why:
            status, title, hint = _refusal(why)
            return self._fault(request, status, title, f"{why}.", hint)
        except HushgateError as error:
            return self._fault(
                request, 503, "Not now", f"{error}.", error.hint or "Try a shorter span, or in a moment."
            )

    async def _call(self, call: Call, request: Request) -> Response:
        try:
            visitor = await self._caller(request)
        except TooMany as wait:
            return later(fault(429, "too many wrong tokens", f"wait {seconds(wait)} seconds"), wait)
        if visitor is None:
            return fault(401, "nobody is named", "send a user's name and token (HTTP Basic), or log in")
        if not visitor.may(call.role):
            return fault(403, f"this is for the role {call.role.value}", "use the token for deciding and reading")
        if call.method == "POST":
            if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
                return fault(415, "the body is not JSON", "send it as application/json")
            request.scope["body"] = await request.body()
        try:
            request.scope["given"] = given(call, request.scope.get("body"))
            return await self._aside(lambda: JSONResponse(call.answer(request, visitor)))
        except Wrong as wrong:
            return fault(wrong.status, str(wrong), wrong.hint)
        except Refused as why:
            return fault(_refusal(why)[0], str(why), why.hint or _refusal(why)[2])
        except HushgateError as error:
            return fault(503, str(error), error.hint or "try again in a moment")

    async def _live(self, watch: Watch, request: Request) -> Response:
        cookie = request.cookies.get(COOKIE)
        visitor = self._door.visitor(cookie)
        if visitor is None:
            return fault(401, "nobody is named", "log in")
        try:
            told = watch(visitor, lambda: self._door.visitor(cookie, visits=False))
        except Full:
            return fault(503, "as many watch as may", "reload the page to see what is new")
        return StreamingResponse(told, media_type="text/event-stream")

    async def _caller(self, request: Request) -> Visitor | None:
        said = request.headers.get("authorization")
        if said is None or not self._door.asks:
            return self._door.visitor(request.cookies.get(COOKIE))
        scheme, _, given = said.partition(" ")
        try:
            name, colon, token = b64decode(given, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return None
        if not colon or scheme.lower() != "basic":
            return None
        address = address_of(request)
        if (visitor := self._door.check(name, token, address)) is None:
            await self._login.failed(name, address, Way.TOKEN, "api")
        return visitor

    async def _aside(self, work: Callable[[], Response]) -> Response:
        if self._limiter is None:
            self._limiter = CapacityLimiter(THREADS)
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)

    def _fault(self, request: Request, status: int, title: str, says: str, hint: str) -> Response:
        return self._views.page(request, "fault", status, title=title, says=says, hint=hint)

    async def _http(self, request: Request, error: Exception) -> Response:
        status = getattr(error, "status_code", 500)
        if request.url.path.startswith("/api/"):
            return fault(status, "there is no such route", "ask /api/openapi.json")
        request.scope["visitor"] = self._door.visitor(request.cookies.get(COOKIE))
        return self._fault(request, status, "Not found", "There is no such page.", "The menu has all that there are.")

    async def _failed(self, request: Request, error: Exception) -> Response:
        logger.error("a page failed: %s", type(error).__name__)  # its text may quote what nobody may see
        return Response("The console failed at this page.\nhint: the gate's output names the error\n", 500)


def _any(path: str) -> str:
    """The path of a route in Starlette's words: a session may have been named with slashes."""
    return path.replace("{session}", "{session:path}")


async def _form(request: Request) -> dict[str, str]:
    """Fields of a form; none of what is no form."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        return {}
    try:
        return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True, max_num_fields=FIELDS))
    except ValueError:
        return {}


def _refusal(why: Refused) -> tuple[int, str, str]:
    """Status, title and hint of a refusal."""
    return next((status, title, hint) for kind, status, title, hint in _REFUSED if isinstance(why, kind))


def _login_for(request: Request) -> str:
    """The log-in page, which leads on to the page that was asked for."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/login?{urlencode({'next': wanted})}" if request.method == "GET" and wanted != "/" else "/login"


def _fits(request: Request, visitor: Visitor) -> bool:
    return hmac.compare_digest(request.scope["form"].get("form", "").encode(), visitor.form.encode())
