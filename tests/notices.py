"""Approvals as notifications tell of them, and what receives those: an HTTP sink and a mail server, both real."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any, Self

import h11
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from hushgate.approvals.cases import Approval, Found
from hushgate.approvals.grants import Terms
from hushgate.consent import Quorum

AT = 1_760_000_000.0


def approval(id: str = "a1", wanted: int = 1, **changes: Any) -> Approval:
    """One that is pending: alice's, for an address, to openai."""
    made: dict[str, Any] = {
        "id": id, "exchange": "x1", "session": "s", "actor": "alice", "groups": ("dev",), "destination": "openai",
        "model": "m", "level": "confidential", "reasons": (("ask-first", "ask-first waits"),),
        "findings": (Found("EMAIL_ADDRESS", "confidential", "/messages/0/content", "print", True),),
        "unmaskable": False, "revision": "r", "terms": Terms("alice", None, "openai", "digest"), "why": "",
        "at": AT, "expires_at": AT + 1800, "quorums": (Quorum((), wanted),),
    }  # fmt: skip
    return Approval(**{**made, **changes})


@dataclass
class Post:
    """What the sink got."""

    target: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Sink:
    """Takes POSTs on loopback and answers `says`, in turn, then 204. A status of 0 closes without a word."""

    tls: ssl.SSLContext | None = None
    says: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    got: list[Post] = field(default_factory=list)
    delay: float = 0.0
    port: int = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._server.close()

    @property
    def url(self) -> str:
        return f"{'http' if self.tls is None else 'https'}://127.0.0.1:{self.port}/hook?x=1"

    async def wait(self, count: int, seconds: float = 15) -> list[Post]:
        """What came, once it is so much."""
        async with asyncio.timeout(seconds):
            while len(self.got) < count:
                await asyncio.sleep(0.01)
        return self.got

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        http, body = h11.Connection(h11.SERVER), b""
        asked = None
        while not isinstance(event := http.next_event(), h11.EndOfMessage):
            match event:
                case h11.NEED_DATA:
                    http.receive_data(await reader.read(65536))
                case h11.Request():
                    asked = event
                case h11.Data():
                    body += bytes(event.data)
                case h11.ConnectionClosed():
                    writer.close()
                    return
        assert asked is not None
        headers = {name.decode(): value.decode() for name, value in asked.headers}
        self.got.append(Post(asked.target.decode(), headers, body))
        status, more = self.says.pop(0) if self.says else (204, {})
        await asyncio.sleep(self.delay)
        if status:
            head = h11.Response(status_code=status, headers=[*more.items(), ("content-length", "0")])
            writer.write((http.send(head) or b"") + (http.send(h11.EndOfMessage()) or b""))
        writer.close()


@dataclass
class Mailbox:
    """A mail server on loopback: with STARTTLS or from the first byte on where it has `tls`, asking for `login`."""

    tls: ssl.SSLContext | None = None
    first: bool = False
    login: tuple[str, str] | None = None
    says: list[str] = field(default_factory=list)
    got: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)
    port: int = 0

    async def __aenter__(self) -> Self:
        loop, tls = asyncio.get_running_loop(), self.tls if self.first else None
        self._server = await loop.create_server(self._made, "127.0.0.1", self.port, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._server.close()

    @property
    def url(self) -> str:
        return f"{'smtps' if self.first else 'smtp'}://127.0.0.1:{self.port}"

    async def wait(self, count: int, seconds: float = 15) -> list[EmailMessage]:
        """What came, once it is so much."""
        async with asyncio.timeout(seconds):
            while len(self.got) < count:
                await asyncio.sleep(0.01)
        return self.got

    def _made(self) -> SMTP:
        starttls = self.tls is not None and not self.first
        with warnings.catch_warnings():  # it does not see TLS that was there from the first byte on
            warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS", UserWarning)
            return SMTP(
                self, tls_context=self.tls if starttls else None, require_starttls=starttls, hostname="mail.test",
                auth_required=self.login is not None, auth_require_tls=starttls, authenticator=self._check,
            )  # fmt: skip

    def _check(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        fits = isinstance(data, LoginPassword) and self.login == (data.login.decode(), data.password.decode())
        return AuthResult(success=fits, handled=fits)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """aiosmtpd's name for it."""
        if self.says:
            return self.says.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        made = message_from_bytes(content, policy=policy.default)
        assert isinstance(made, EmailMessage)
        self.got.append(made)
        self.to.append(list(envelope.rcpt_tos))
        self.secure.append(session.ssl is not None or self.first)
        return "250 taken"
