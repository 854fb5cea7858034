"""The way in and out: the page, name and token or password against a cookie, and each of it on record.

The cookie is `SameSite=Lax`: a link in a mail or a chat leads to a page, and what changes something is a form with
a token of the session. `next` leads to a path of the console and nowhere else.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial
from math import ceil
from typing import Final

import anyio.to_thread
from anyio import CapacityLimiter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from hushgate.console.desk import Record
from hushgate.console.provider import FLOW_SECONDS, Provider
from hushgate.console.views import Views
from hushgate.console.visitors import Door, Role, TooMany, Way
from hushgate.errors import Malformed
from hushgate.identity.pace import Pace
from hushgate.identity.passwords import TOKENS, Passwords

COOKIE: Final = "__Host-hushgate"
CHECKS: Final = 2
"""Passwords checked at the same time: each takes 64 MiB and a core."""
MOST_WAITING: Final = 32
BEGUN: Final = "__Host-hushgate-login"
"""The cookie of a log-in that is on its way by the provider."""
ASKING: Final = 4
"""Log-ins that talk to the provider at the same time."""
NOTED: Final = 60
"""Wrong log-ins that go on record one by one, within `NOTED_SECONDS`; those beyond are counted with the next."""
NOTED_SECONDS: Final = 60.0

_HERE: Final = re.compile(r"/(?!/|log(?:in|out)\b)[!#-\[\]-~]{0,500}\Z", re.ASCII)


class Login:
    """Answers for `/login` and `/logout`. For the console's event loop."""

    def __init__(
        self, door: Door, views: Views, passwords: Passwords, record: Record, provider: Provider | None = None
    ) -> None:
        self._door = door
        self._views = views
        self._passwords = passwords
        self._record = record
        self._provider = provider
        self._noted = Pace(time.monotonic, tries=NOTED, seconds=NOTED_SECONDS)
        self._left_out = 0
        self._waiting = 0
        self._checks: CapacityLimiter | None = None
        self._asking: CapacityLimiter | None = None

    async def page(self, request: Request) -> Response:
        """`GET /login`."""
        onward = here(request.query_params.get("next", ""))
        if request.scope["visitor"] is not None:
            return RedirectResponse(onward, 303)
        return self._again(request, 200, "", onward)

    async def enter(self, request: Request) -> Response:
        """`POST /login`: a name, and a token or a password."""
        form = request.scope["form"]
        onward = here(form.get("next", ""))
        if not self._door.asks:
            return RedirectResponse(onward, 303)
        name, secret, address = form.get("name", "").strip(), form.get("token", ""), address_of(request)
        way = Way.TOKEN if secret.strip().startswith(TOKENS) else Way.PASSWORD
        try:
            roles = await self._roles(name, secret, address, way)
        except TooMany as wait:
            says = f"Too many wrong log-ins. Wait {seconds(wait)} seconds and try again."
            return later(self._again(request, 429, says, onward), wait)
        if roles is None:
            await self.failed(name, address, way)
            return self._again(request, 401, "These do not fit. Check the name, and the token or password.", onward)
        return await self._welcome(request, name, way, roles, onward)

    async def depart(self, request: Request) -> Response:
        """`GET /login/provider`: to the OpenID provider, with what the browser has to bring back in a cookie."""
        if self._provider is None:
            return RedirectResponse("/login", 303)
        place, sealed = await self._aside(self._provider.begin, here(request.query_params.get("next", "")))
        answer = RedirectResponse(place, 303)
        answer.set_cookie(BEGUN, sealed, FLOW_SECONDS, secure=True, httponly=True, samesite="lax", path="/")
        return answer

    async def arrive(self, request: Request) -> Response:
        """`GET /login/callback`: back from the provider. Cross-site, so that a `Strict` cookie would not be there."""
        address, onward = address_of(request), "/"
        if self._provider is None:
            return RedirectResponse("/login", 303)
        try:
            self._door.knock(address)
            onward, pending = self._provider.begun(request.cookies.get(BEGUN, ""))
            arrived, name = await self._aside(self._provider.finish, pending, dict(request.query_params))
        except TooMany as wait:
            says = f"Too many wrong log-ins. Wait {seconds(wait)} seconds and try again."
            answer = later(self._again(request, 429, says, onward), wait)
        except Malformed as why:
            await self.failed("", address, Way.PROVIDER)
            answer = self._again(request, 401, f"You were not let in: {why}.", onward)
        else:
            self._door.welcome(address)
            answer = await self._welcome(request, name, Way.PROVIDER, frozenset(Role), onward, arrived.leaving)
        answer.delete_cookie(BEGUN, secure=True, httponly=True, samesite="lax", path="/")
        return answer

    async def leave(self, request: Request) -> Response:
        """`POST /logout`."""
        visitor = request.scope["visitor"]
        leaving = self._door.log_out(request.cookies.get(COOKIE))
        if visitor.named:
            await self._note("logged-out", by=visitor.name)
        request.scope["visitor"] = None
        answer = self._again(request, 200, "", "/", leaving) if leaving else RedirectResponse("/login", 303)
        answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="lax", path="/")
        return answer

    async def failed(self, name: str, address: str, way: Way, through: str = "console") -> None:
        """Put a wrong log-in on record. A name that nobody has is not kept: it may be a password in the wrong field."""
        if self._noted.waits(""):
            self._left_out += 1
            return
        self._noted.wrong("")
        left_out, self._left_out = self._left_out, 0
        whose = name if self._door.knows(name) else None
        await self._note("login-failed", by=whose, address=address, way=way, through=through, left_out=left_out)

    async def _roles(self, name: str, secret: str, address: str, way: Way) -> frozenset[Role] | None:
        """Which roles a log-in opens at most; None for a wrong one, TooMany after too many of those."""
        if way is Way.TOKEN:
            visitor = self._door.check(name, secret.strip(), address)
            return None if visitor is None else visitor.roles
        if self._waiting >= MOST_WAITING:
            raise TooMany(5.0)
        self._door.begin(name, address)
        if await self._checked(name, secret) is None:
            return None
        self._door.right(name, address)
        return frozenset(Role)

    async def _checked(self, name: str, password: str) -> object:
        if self._checks is None:
            self._checks = CapacityLimiter(CHECKS)
        self._waiting += 1
        try:
            return await anyio.to_thread.run_sync(self._passwords.check, name, password, limiter=self._checks)
        finally:
            self._waiting -= 1

    async def _welcome(
        self, request: Request, name: str, way: Way, roles: frozenset[Role], onward: str, leaving: str = ""
    ) -> Response:
        """Record it, then begin the session: no log-in that is not on record."""
        await self._note("logged-in", by=name, address=address_of(request), way=way, through="console")
        if (cookie := self._door.enter(name, way, roles, leaving)) is None:
            return self._again(request, 401, "This user was taken away just now.", onward)
        self._door.log_out(request.cookies.get(COOKIE))
        answer = RedirectResponse(onward, 303)
        answer.set_cookie(COOKIE, cookie, secure=True, httponly=True, samesite="lax", path="/")
        return answer

    def _again(self, request: Request, status: int, fault: str, onward: str, leaving: str = "") -> Response:
        there = self._provider.host if self._provider is not None else ""
        return self._views.page(request, "login", status, fault=fault, onward=onward, provider=there, leaving=leaving)

    async def _aside[**P, R](self, work: Callable[P, R], *given: P.args, **named: P.kwargs) -> R:
        """In a thread, of as few as check passwords: the provider may be slow, and the pages are not to be."""
        if self._asking is None:
            self._asking = CapacityLimiter(ASKING)
        return await anyio.to_thread.run_sync(partial(work, *given, **named), limiter=self._asking)

    async def _note(self, kind: str, **said: object) -> None:
        def write() -> None:
            self._record.append_now(kind, {"at": time.time(), **said})

        await anyio.to_thread.run_sync(write)


def here(said: str) -> str:
    """A path of the console, to go to behind the log-in; its first page for anything else."""
    return said if _HERE.match(said) else "/"


def seconds(wait: TooMany) -> int:
    """Whole seconds after which it is not too early."""
    return ceil(wait.seconds)


def later[R: Response](answer: R, wait: TooMany) -> R:
    """An answer that says when to come back (RFC 6585, 4)."""
    answer.headers["retry-after"] = str(seconds(wait))
    return answer


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""
