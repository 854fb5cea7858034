"""One mail to the server that was configured (RFC 5321), under TLS: from the first byte on, or by STARTTLS (RFC 3207).

A server that offers no STARTTLS gets no mail, since whoever sits between could have taken the offer out; but for
one on this machine. What a server says is read for its code alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Final
from urllib.parse import urlsplit

from hushgate.approvals.notify.carrying import Undelivered
from hushgate.approvals.notify.places import SMTP_PORTS, is_loopback

STEP_SECONDS: Final = 10.0
"""For each thing that the server is asked."""
SECONDS: Final = 45.0
"""For all of one try."""


@dataclass(frozen=True, slots=True)
class Postman:
    """Hands mails to one server. `user` and `password` where it asks for them."""

    server: str
    tls: ssl.SSLContext = field(repr=False)
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    seconds: float = SECONDS

    async def send(self, mail: EmailMessage) -> None:
        """Return once the server has taken it for everybody it is for; Undelivered otherwise."""
        open_: list[smtplib.SMTP] = []
        work = asyncio.create_task(asyncio.to_thread(self._send, mail, open_))
        try:
            done, _ = await asyncio.wait({work}, timeout=self.seconds)
        finally:
            if not work.done():
                for one in open_:
                    _cut(one)  # so that its thread ends as well
                work.cancel()
        if not done:
            raise Undelivered(f"the server took longer than {self.seconds:g} s", again=True)
        await work

    def _send(self, mail: EmailMessage, open_: list[smtplib.SMTP]) -> None:
        try:
            with self._connected(open_) as server:
                if self.user is not None:
                    server.login(self.user, self.password or "")
                refused = server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as why:
            codes = {code for code, _ in why.recipients.values()}
            says = f"all addresses were refused ({', '.join(map(str, sorted(codes)))})"
            raise Undelivered(says, again=max(codes) < 500) from None  # greylisting answers 450 at first
        except smtplib.SMTPAuthenticationError as why:
            raise Undelivered(f"the server does not take user and password ({why.smtp_code})", again=False) from None
        except smtplib.SMTPResponseException as why:
            raise Undelivered(f"the server answered {why.smtp_code}", again=400 <= why.smtp_code < 500) from None
        except smtplib.SMTPNotSupportedError:
            raise Undelivered("the server offers no way to log in", again=False) from None
        except ssl.SSLCertVerificationError as why:
            raise Undelivered(f"its certificate is not to be trusted: {why.verify_message}", again=False) from None
        except UnicodeEncodeError:
            raise Undelivered("user or password have letters that SMTP cannot carry", again=False) from None
        except (smtplib.SMTPException, OSError) as why:
            says = getattr(why, "strerror", None) or type(why).__name__
            raise Undelivered(f"cannot be reached, or breaks off: {says}", again=True) from None
        if refused:
            raise Undelivered(f"{len(refused)} of the addresses were refused", again=False)

    def _connected(self, open_: list[smtplib.SMTP]) -> smtplib.SMTP:
        parts = urlsplit(self.server)
        host, port, here = parts.hostname or "", parts.port or SMTP_PORTS[parts.scheme], socket.gethostname()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, here, timeout=STEP_SECONDS, context=self.tls)
            open_.append(server)
            return server
        server = smtplib.SMTP(host, port, here, timeout=STEP_SECONDS)
        open_.append(server)
        server.ehlo_or_helo_if_needed()
        if server.has_extn("starttls"):
            server.starttls(context=self.tls)
        elif not is_loopback(host):
            server.close()
            raise Undelivered("the server offers no STARTTLS, and without TLS nothing is sent", again=False)
        return server


def _cut(server: smtplib.SMTP) -> None:
    with contextlib.suppress(OSError):
        if server.sock is not None:
            server.sock.shutdown(socket.SHUT_RDWR)
